//! How large the window is on which screen.

use tauri::{App, LogicalSize};

/// In CSS pixels, the frame and title bar left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// When it opens.
    pub first: LogicalSize<f64>,
    /// However small a person makes it.
    pub least: LogicalSize<f64>,
}

impl Sizes {
    /// For the screen that the window opens on, or as wished if there is no telling which.
    pub fn on_this_screen(app: &App) -> Self {
        let monitor = app.primary_monitor().ok().flatten();
        let monitor = monitor
            .or_else(|| app.available_monitors().ok().and_then(|all| all.into_iter().next()));
        monitor.map_or(WISHED, |monitor| {
            Self::within(monitor.work_area().size.to_logical(monitor.scale_factor()))
        })
    }

    /// `work_area` is what panels leave of a screen.
    fn within(work_area: LogicalSize<f64>) -> Self {
        let fitting = |wished: LogicalSize<f64>| {
            LogicalSize::new(
                wished.width.min(work_area.width),
                wished.height.min(work_area.height - TITLE_BAR),
            )
        };
        // A screen that says nothing sensible of itself.
        if work_area.width < 1.0 || work_area.height <= TITLE_BAR {
            return WISHED;
        }
        Self { first: fitting(WISHED.first), least: fitting(WISHED.least) }
    }
}

const WISHED: Sizes =
    Sizes { first: LogicalSize::new(400.0, 640.0), least: LogicalSize::new(320.0, 480.0) };
/// GNOME's, the highest, have 37 pixels.
const TITLE_BAR: f64 = 40.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(work_area: (f64, f64), first: (f64, f64), least: (f64, f64)) {
        let sizes = Sizes::within(LogicalSize::new(work_area.0, work_area.1));
        assert_eq!((sizes.first.width, sizes.first.height), first);
        assert_eq!((sizes.least.width, sizes.least.height), least);
    }

    #[test]
    fn on_an_ordinary_screen_the_window_is_as_it_was_drawn() {
        check((1920.0, 1040.0), (400.0, 640.0), (320.0, 480.0));
        check((1280.0, 680.0), (400.0, 640.0), (320.0, 480.0));
    }

    #[test]
    fn f57_on_a_low_screen_the_window_is_as_high_as_there_is_room() {
        // 1280 by 800 at scale 2.
        check((640.0, 400.0), (400.0, 360.0), (320.0, 360.0));
        check((1366.0, 600.0), (400.0, 560.0), (320.0, 480.0));
    }

    #[test]
    fn f57_on_a_narrow_screen_the_window_is_as_wide_as_there_is_room() {
        check((360.0, 720.0), (360.0, 640.0), (320.0, 480.0));
        check((240.0, 320.0), (240.0, 280.0), (240.0, 280.0));
    }

    #[test]
    fn f57_a_screen_that_says_it_has_no_room_is_not_believed() {
        for area in [(0.0, 0.0), (1280.0, 40.0), (0.5, 800.0), (f64::NAN, f64::NAN)] {
            let sizes = Sizes::within(LogicalSize::new(area.0, area.1));
            assert!(
                sizes.first.width >= 320.0 && sizes.first.height >= 480.0,
                "{area:?}: {sizes:?}"
            );
        }
    }
}
