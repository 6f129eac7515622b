//! What differs from system to system: one trait, and a file for each system.

#[cfg(unix)]
mod admins_file;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(target_os = "macos", test))]
mod property_list;
#[cfg(windows)]
mod windows;

use std::{future::Future, path::Path, pin::Pin, time::Duration};

use glowjar_agent::{
    controller::{Agent, HostEvent},
    link::Front,
    managed::{Managed, Reading},
    ports::Presence,
};
use glowjar_system::Event;
use tauri::{AppHandle, RunEvent};
use tokio::sync::mpsc;

use crate::shutdown::Ending;

#[cfg(target_os = "linux")]
pub use linux::Linux as This;
#[cfg(target_os = "macos")]
pub use macos::MacOs as This;
#[cfg(windows)]
pub use windows::Windows as This;

/// One of the two kinds of process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Tray,
    Window,
}

/// How long nobody was there; nothing where the system doesn't tell.
pub type IdleTime = Pin<Box<dyn Future<Output = Option<Duration>> + Send>>;

/// A system that Glowjar runs on.
pub trait Platform {
    /// Whether a left click on the tray icon opens the window, as people of this system expect. Otherwise it opens the menu.
    const LEFT_CLICK_OPENS_THE_WINDOW: bool;

    /// Whether there is a desktop to show anything on. The toolkit would end the process with a panic.
    ///
    /// # Errors
    /// A sentence for the person: there is no display, or it does not answer.
    fn display() -> Result<(), &'static str>;

    /// Whether this system can show a tray icon at all. Whether a panel shows it is another question.
    ///
    /// # Errors
    /// A sentence for the person, with the package that is missing.
    fn tray_library() -> Result<(), &'static str>;

    /// Whether the system has what the window's page is shown with.
    fn has_web_view() -> bool;

    /// Asks the person whether to open the page where the web view is to be had. Returns at once.
    fn offer_web_view(question: &str);

    /// Tells the system, once, what this program is called.
    fn introduce();

    /// Asks the system to write no picture of this process's memory, which has secrets in it, should it crash.
    fn forbid_memory_dumps() {}

    /// Has all threads share one heap, where each would otherwise keep what it once needed. Called before there is a second one.
    fn share_one_heap() {}

    /// Ends the process, when everything is put away.
    fn end(code: i32) -> ! {
        std::process::exit(code)
    }

    /// Puts the part where it belongs among the running applications.
    fn apply_activation(app: &AppHandle, part: Part);

    /// Whether the person clicked the application again, which started no second process.
    fn is_reopened(event: &RunEvent) -> bool;

    /// Hears of the desktop for as long as the process lives. Must be called on the main thread.
    fn watch_the_desktop(ending: &Ending, front: &Front);

    /// Tells a controller that just started whether it will hear of a locked screen, and of one that is locked.
    fn watch_the_screen(agent: Agent);

    /// Says so, and opens the window, where no panel shows the tray icon.
    fn watch_for_a_panel(agent: Agent, shows: mpsc::Sender<()>);

    /// Has the keychain asked again when it may have been unlocked.
    fn watch_the_keychain(agent: Agent);

    /// What a studio's admin has set for this computer, as it stands there. Blocks.
    fn managed_settings() -> Reading;

    /// Tells of them anew when they may have changed.
    fn watch_managed_settings(agent: Agent);

    /// How long nobody has touched keyboard or mouse.
    fn idle_time() -> IdleTime;

    /// Opens the system's settings of date and time. False if none were found.
    fn open_clock_settings() -> bool;

    /// The program as this system's entry for starting at login has it.
    fn started_at_login(program: &str) -> String;

    /// Has the system start `program` with [`OPENED`] and the address for each one of this scheme.
    ///
    /// # Errors
    /// The system does not allow it, or can't do it while the program runs.
    fn take_scheme(scheme: &str, program: &Path) -> anyhow::Result<()>;

    /// Shows why the program had to end to a person who has no terminal to read it in.
    fn show_failure(text: &str);
}

/// What stands before an address that the system hands over, on the command line.
#[cfg_attr(target_os = "macos", allow(dead_code, reason = "nothing is handed over there"))]
pub const OPENED: &str = "--opened";

/// Whether anybody is at the computer. Nothing is asked that the controller did not ask for.
pub struct SystemPresence;

impl Presence for SystemPresence {
    fn idle_time(&self) -> Pin<Box<dyn Future<Output = Option<Duration>> + Send + '_>> {
        This::idle_time()
    }
}

/// Has profiles that wait for the network try again when it may be back.
pub fn watch_the_network(agent: Agent) {
    tokio::spawn(async move {
        let watched = crate::network::watch(|| {
            tracing::info!(event = "network_changed");
            agent.tell(HostEvent::Woke);
        });
        if let Err(error) = watched.await {
            tracing::warn!(%error, "the system does not tell when the network is back");
        }
    });
}

/// Reads what the studio's admin has set. Nothing happens if it is the same as before.
fn read_managed_settings(agent: &Agent) {
    let managed = Managed::of(&This::managed_settings());
    agent.tell(HostEvent::ManagedSettingsRead(Box::new(managed)));
}

/// Where the system does not tell of changes.
#[cfg(not(target_os = "linux"))]
fn read_managed_settings_each_minute(agent: Agent) {
    let looks = std::thread::Builder::new().name("managed".to_owned()).spawn(move || {
        loop {
            std::thread::park_timeout(Duration::from_secs(60));
            read_managed_settings(&agent);
        }
    });
    if let Err(error) = looks {
        tracing::warn!(%error, "what the studio sets is read at the next start");
    }
}

/// Passes on what happened on the desktop: to the controller, where this Glowjar has it, or by quitting.
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "the bus tells there"))]
fn pass_on(event: Event, front: &Front, quit: impl FnOnce()) {
    tracing::info!(event = "desktop", what = ?event);
    match happening(event) {
        Some(happening) => {
            if let Some(agent) = front.agent() {
                agent.tell(happening);
            }
        }
        None => quit(),
    }
}

/// Nothing where the program is to end.
const fn happening(event: Event) -> Option<HostEvent> {
    match event {
        Event::ScreenLocked => Some(HostEvent::ScreenLocked),
        Event::ScreenUnlocked => Some(HostEvent::ScreenUnlocked),
        Event::Woke => Some(HostEvent::Woke),
        Event::AskedToEnd | Event::SessionEnds => None,
    }
}

/// The programs that this one starts get the same, and may ask for more.
#[cfg(unix)]
fn forbid_core_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let allowed = getrlimit(Resource::Core).maximum;
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: allowed }) {
        tracing::warn!(%error, "a crash may leave a picture of the memory behind");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_asked_to_end_quits_and_everything_else_is_the_controllers() {
        assert!(matches!(happening(Event::ScreenLocked), Some(HostEvent::ScreenLocked)));
        assert!(matches!(happening(Event::ScreenUnlocked), Some(HostEvent::ScreenUnlocked)));
        assert!(matches!(happening(Event::Woke), Some(HostEvent::Woke)));
        for event in [Event::AskedToEnd, Event::SessionEnds] {
            let mut has_quit = false;
            pass_on(event, &Front::default(), || has_quit = true);
            assert!(has_quit, "{event:?}");
        }
    }
}
