//! The command line.

use std::{convert::Infallible, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use glowjar_agent::view::Theme;
use secrecy::SecretString;

/// Keeps Adobe Firefly access tokens fresh.
#[derive(Debug, Parser)]
#[command(name = "glowjar-app", version)]
pub struct Arguments {
    #[command(flatten)]
    pub wishes: Wishes,
    #[command(subcommand)]
    pub role: Option<Role>,
}

/// What the person wants right after the start, or of the Glowjar that is running already.
#[derive(Args, Clone, Debug)]
pub struct Wishes {
    /// Open the window
    #[arg(long)]
    pub show: bool,
    /// Start the built-in sandbox and a profile that uses it
    #[arg(long)]
    pub sandbox: bool,
    /// How many seconds the sandbox's tokens live
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    sandbox_token_life: u64,
    /// An address that the system hands over. It may hold the code of a sign-in.
    #[arg(long, value_name = "ADDRESS", hide = true, allow_hyphen_values = true, value_parser = secret)]
    pub opened: Option<SecretString>,
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}

#[derive(Debug, Subcommand)]
pub enum Role {
    /// Shows the window for the process at the other end of standard input and output.
    #[command(hide = true)]
    Window {
        /// What the person chose for Glowjar. The system's otherwise.
        #[arg(long, value_name = "SCHEME")]
        color_scheme: Option<ColorScheme>,
    },
}

/// As in CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorScheme {
    Light,
    Dark,
}

impl ColorScheme {
    pub fn chosen(theme: Theme) -> Option<Self> {
        match theme {
            Theme::System => None,
            Theme::Light => Some(Self::Light),
            Theme::Dark => Some(Self::Dark),
        }
    }

    /// In CSS and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Wishes {
    /// Two minutes by default: long enough to copy a token, short enough to watch it being renewed.
    pub fn sandbox_token_life(&self) -> Duration {
        Duration::from_secs(self.sandbox_token_life)
    }

    /// Of a person who wants to see Glowjar and says nothing else.
    pub const fn to_see_it() -> Self {
        Self { show: true, sandbox: false, sandbox_token_life: 0, opened: None }
    }

    /// Of a second launch. One that can't be read at least shows the window. One that hands over an address shows it only if
    /// a sign-in waits for that address: any web page can have the system start one.
    pub fn of_another(arguments: &[String]) -> Self {
        let parsed = Arguments::try_parse_from(arguments).map(|arguments| arguments.wishes);
        let wishes = parsed.unwrap_or(Self::to_see_it()).only_to_open();
        Self { show: wishes.opened.is_none(), ..wishes }
    }

    /// Where an address is handed over, that alone: who wrote the address may have written options behind it.
    pub fn only_to_open(self) -> Self {
        match self.opened {
            Some(_) => Self { show: false, sandbox: false, ..self },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use secrecy::ExposeSecret;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_windows_own_role_is_not_advertised() {
        assert!(
            !Arguments::command().render_long_help().to_string().contains("window for the process")
        );
    }

    #[test]
    fn a_windows_appearance_is_called_on_the_command_line_as_it_is_in_css() {
        for scheme in ColorScheme::value_variants() {
            assert_eq!(ColorScheme::from_str(scheme.name(), false).as_ref(), Ok(scheme));
        }
    }

    #[test]
    fn an_address_that_the_system_hands_over_arrives_whole_and_is_shown_nowhere() {
        let address =
            "adobe+0123456789abcdef0123456789abcdef01234567://adobeid/abc?code=hunter2&state=x";
        let arguments = ["glowjar-app", crate::platform::OPENED, address].map(String::from);
        let wishes = Wishes::of_another(&arguments);
        assert_eq!(wishes.opened.as_ref().map(ExposeSecret::expose_secret), Some(address));
        assert!(!format!("{wishes:?} {wishes:#?}").contains("hunter2"));
        let odd = ["glowjar-app", crate::platform::OPENED, "--sandbox"].map(String::from);
        assert!(
            !Wishes::of_another(&odd).sandbox,
            "what is handed over is an address and no option"
        );
    }

    #[test]
    fn an_address_that_the_system_hands_over_shows_no_window_and_brings_no_options_along() {
        let line = ["glowjar-app", crate::platform::OPENED, "adobe+1:", "--show", "--sandbox"];
        let of_another = Wishes::of_another(&line.map(String::from));
        let of_the_first = Arguments::parse_from(line).wishes.only_to_open();
        for wishes in [of_another, of_the_first] {
            assert!(wishes.opened.is_some());
            assert!(!wishes.show && !wishes.sandbox, "{wishes:?}");
        }
    }

    #[test]
    fn f37_a_second_launch_shows_the_window_whatever_it_says() {
        for arguments in [
            vec!["glowjar-app"],
            vec!["glowjar-app", "--sandbox"],
            vec!["glowjar-app", "--nonsense"],
        ] {
            let arguments: Vec<String> = arguments.into_iter().map(String::from).collect();
            assert!(Wishes::of_another(&arguments).show, "{arguments:?}");
        }
    }
}
