//! The empty jar of `ui/index.html`, drawn by GTK where the page will draw it: a window has nothing else to show until
//! its page is there.

use gtk::{
    DrawingArea,
    cairo::{Context, Error, LineCap, LineJoin},
    glib::Propagation,
    prelude::{GtkSettingsExt, WidgetExt},
};
use std::f64::consts::{FRAC_PI_2, PI};

use crate::arguments::ColorScheme;

pub fn splash(chosen: Option<ColorScheme>) -> DrawingArea {
    let area = DrawingArea::new();
    area.connect_draw(move |area, context| {
        let colors = match chosen.unwrap_or_else(|| scheme_of(area)) {
            ColorScheme::Light => &LIGHT,
            ColorScheme::Dark => &DARK,
        };
        let size = (area.allocated_width(), area.allocated_height());
        if let Err(error) = draw(context, size, colors) {
            tracing::debug!(%error, "the window's first picture could not be drawn");
        }
        Propagation::Proceed
    });
    area
}

/// As WebKitGTK answers a page that asks.
fn scheme_of(area: &DrawingArea) -> ColorScheme {
    let Some(settings) = area.settings() else { return ColorScheme::Light };
    let theme = settings.gtk_theme_name().unwrap_or_default();
    if settings.is_gtk_application_prefer_dark_theme() || theme.ends_with("-dark") {
        ColorScheme::Dark
    } else {
        ColorScheme::Light
    }
}

fn draw(context: &Context, size: (i32, i32), colors: &Colors) -> Result<(), Error> {
    paint_with(context, colors.surface);
    context.paint()?;
    let jar = jar_width(size);
    context.translate((f64::from(size.0) - jar) / 2.0, ABOVE);
    context.scale(jar / VIEW_BOX.width, jar / VIEW_BOX.width);
    context.translate(-VIEW_BOX.x, -VIEW_BOX.y);

    context.set_line_width(11.0);
    context.set_line_join(LineJoin::Round);
    context.set_line_cap(LineCap::Round);
    body(context);
    paint_with(context, colors.glass);
    context.fill_preserve()?;
    paint_with(context, colors.glass_line);
    context.stroke()?;
    shine(context);
    paint_with(context, SHINE);
    context.stroke()?;

    lid(context);
    paint_with(context, colors.lid);
    context.fill()
}

fn paint_with(context: &Context, (color, opacity): Paint) {
    let part = |shift: u32| f64::from((color >> shift) & 0xff) / 255.0;
    context.set_source_rgba(part(16), part(8), part(0), opacity);
}

/// `M206 164h100v8c0 17 9 27 24 40 17 14 26 33 26 56v98c0 33-25 56-58 56h-84c-33 0-58-23-58-56v-98c0-23 9-42 26-56
/// 15-13 24-23 24-40z`
fn body(context: &Context) {
    context.move_to(206.0, 164.0);
    context.rel_line_to(100.0, 0.0);
    context.rel_line_to(0.0, 8.0);
    context.rel_curve_to(0.0, 17.0, 9.0, 27.0, 24.0, 40.0);
    context.rel_curve_to(17.0, 14.0, 26.0, 33.0, 26.0, 56.0);
    context.rel_line_to(0.0, 98.0);
    context.rel_curve_to(0.0, 33.0, -25.0, 56.0, -58.0, 56.0);
    context.rel_line_to(-84.0, 0.0);
    context.rel_curve_to(-33.0, 0.0, -58.0, -23.0, -58.0, -56.0);
    context.rel_line_to(0.0, -98.0);
    context.rel_curve_to(0.0, -23.0, 9.0, -42.0, 26.0, -56.0);
    context.rel_curve_to(15.0, -13.0, 24.0, -23.0, 24.0, -40.0);
    context.close_path();
}

/// `M186 286c0-19 6-32 19-43`
fn shine(context: &Context) {
    context.move_to(186.0, 286.0);
    context.rel_curve_to(0.0, -19.0, 6.0, -32.0, 19.0, -43.0);
}

fn lid(context: &Context) {
    let (left, top, right, bottom, radius) = (184.0, 96.0, 328.0, 150.0, 20.0);
    context.new_sub_path();
    context.arc(right - radius, top + radius, radius, -FRAC_PI_2, 0.0);
    context.arc(right - radius, bottom - radius, radius, 0.0, FRAC_PI_2);
    context.arc(left + radius, bottom - radius, radius, FRAC_PI_2, PI);
    context.arc(left + radius, top + radius, radius, PI, PI + FRAC_PI_2);
    context.close_path();
}

/// `--surface` of `ui/src/style/window.css`; the rest is in `jar.css`.
struct Colors {
    surface: Paint,
    glass: Paint,
    glass_line: Paint,
    lid: Paint,
}

/// Red, green and blue, and how opaque.
type Paint = (u32, f64);

const LIGHT: Colors = Colors {
    surface: (0xff_ffff, 1.0),
    glass: (0x78_788c, 0.07),
    glass_line: (0x77_777f, 1.0),
    lid: (0x5c_5c64, 1.0),
};
const DARK: Colors = Colors {
    surface: (0x1b_1b1b, 1.0),
    glass: (0xff_ffff, 0.06),
    glass_line: (0xd2_d2da, 1.0),
    lid: (0xc4_c4cc, 1.0),
};
const SHINE: Paint = (0xff_ffff, 0.7);

/// `inline-size` of `.hero > .jar` in `jar.css` and `hero.css`, in CSS pixels, which are GTK's.
fn jar_width((width, height): (i32, i32)) -> f64 {
    match (width, height) {
        (_, ..=700) => 164.0,
        (..=359, _) => 160.0,
        _ => 190.0,
    }
}

/// The height of `.bar`, less what `.hero > .jar` is moved up.
const ABOVE: f64 = 34.0;
const VIEW_BOX: ViewBox = ViewBox { x: 36.0, y: 60.0, width: 440.0 };

/// Of the jar in `ui/index.html`.
struct ViewBox {
    x: f64,
    y: f64,
    width: f64,
}
