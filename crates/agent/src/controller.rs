//! The one owner of state, with one event loop: decides nothing about timing (the engine does), touches nothing of
//! the machine itself (the ports do).

mod adding;
mod arranging;
mod asking;
mod copying;
mod editing;
mod handing_out;
mod http_port;
mod locking;
mod outcomes;
mod programs;
mod publish;
mod questions;
mod remembering;
mod removing;
mod settings;
mod supplying;
mod working;

use std::{fmt, sync::Arc};

use glowjar_ims::{Client, ClientSettings, Endpoint};
use glowjar_lifecycle::{
    engine::Engine,
    input::Input,
    time::{Step, Timestamp},
};
use tokio::sync::{mpsc, oneshot, watch};

use self::{
    adding::{Asker, Imports},
    copying::Clipboard,
    editing::Saves,
    handing_out::Callers,
    locking::Lock,
    outcomes::Event,
    publish::{Publisher, failed},
    questions::Questions,
    removing::Removal,
    supplying::Outlets,
    working::Requests,
};
use crate::{
    clock::{Clock, Jump},
    deliberate::{Fault, is_committed},
    environment,
    folders::Folders,
    handout::{Caller, http::Door},
    history::{Entry, History, HistoryFile},
    keychain::KeychainThread,
    outlets::OutletsFile,
    permissions::PermissionsFile,
    ports::{Desk, Keychain, Presence, Sandbox, Shell},
    preferences::{KeptPreferences, Preferences, PreferencesStore},
    profile::Profile,
    profiles::{Leaving, ProfileRuntimes, Profiles, ProfilesFile},
    request::{Reply, Request},
    timed::{Due, Timed},
    tray::Click,
    vault::Vault,
    view::{BannerView, Language, Snapshot},
};

/// The machine as the controller uses it.
pub struct Ports {
    pub clock: Clock,
    pub keychain: Arc<dyn Keychain>,
    pub shell: Arc<dyn Shell>,
    pub sandbox: Arc<dyn Sandbox>,
    pub presence: Arc<dyn Presence>,
    pub preferences: Arc<dyn PreferencesStore>,
    /// Who may ask over HTTP.
    pub door: Door,
    pub client: Client,
    /// What `client` was made from, for another one when proxy or certificates change.
    pub client_settings: ClientSettings,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").field("clock", &self.clock).finish_non_exhaustive()
    }
}

/// What was found when the application started.
#[derive(Debug)]
pub struct Beginning {
    pub version: String,
    pub profiles_file: ProfilesFile,
    pub profiles: Vec<Profile>,
    pub outlets_file: OutletsFile,
    pub permissions_file: PermissionsFile,
    /// Removed shortly before the application ended.
    pub leaving: Vec<Leaving>,
    pub history_file: HistoryFile,
    /// The person's, most wanted first, as `de-AT`.
    pub languages: Vec<String>,
    pub preferences: Preferences,
    pub folders: Folders,
    /// Trouble met so far, such as a settings file that was kept aside.
    pub banners: Vec<BannerView>,
    /// Decides the jitter and the ids of new profiles; random, and never the same twice on one machine.
    pub seed: u64,
}

impl Beginning {
    /// The language of everything that is said.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::resolve(self.preferences.choices.language, &self.languages)
    }
}

/// Something the shell noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// The keychain may have been unlocked.
    KeychainStirred,
    /// The network came back, or the machine woke up.
    Woke,
    /// The desktop locked its screen.
    ScreenLocked,
    /// The person unlocked the screen.
    ScreenUnlocked,
    /// Whether this desktop says such things at all.
    ScreenLockWatched {
        works: bool,
    },
    /// Shown until it is waved away; one with the same code takes the place of the one before.
    BannerRaised(BannerView),
    BannerCleared {
        code: String,
    },
    /// Others than before may ask over HTTP.
    DoorChanged,
    /// Requests over HTTP were refused; the door has counted them.
    TurnedAway,
    /// The application is about to end.
    Quitting,
}

/// Speaks to the running controller. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Agent {
    events: mpsc::UnboundedSender<Event>,
    snapshots: watch::Receiver<Snapshot>,
    /// Where the person who asks and clicks sits.
    desk: Desk,
}

impl Agent {
    /// Asks and waits for the answer.
    pub async fn ask(&self, request: Request) -> Reply {
        self.ask_as(request, Asker::Person).await
    }

    /// As [`Agent::ask`], for a program: what it sends is for itself alone.
    pub(crate) async fn ask_for(&self, caller: &Caller, request: Request) -> Reply {
        self.ask_as(request, Asker::Program(caller.program.clone())).await
    }

    async fn ask_as(&self, request: Request, asker: Asker) -> Reply {
        let (reply, answer) = oneshot::channel();
        let desk = self.desk.clone();
        let _ = self.events.send(Event::Asked { request, asker, desk, reply });
        let language = self.snapshots.borrow().language;
        // Work that panics drops its reply, and the controller that ends drops all.
        let why = || if self.events.is_closed() { "stopping" } else { "internal" };
        answer.await.unwrap_or_else(|_| failed(language, why(), &[]))
    }

    /// Passes on a click in the tray's menu.
    pub fn click(&self, click: Click) {
        let _ = self.events.send(Event::Clicked(click, self.desk.clone()));
    }

    /// The same controller for a person at another desktop: what they copy and open goes there.
    #[must_use]
    pub fn at(&self, desk: Desk) -> Self {
        Self { desk, ..self.clone() }
    }

    pub fn tell(&self, happening: Happening) {
        let _ = self.events.send(Event::Happened(happening));
    }

    /// What the window would show now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshots.borrow().clone()
    }

    /// Waits for a snapshot that satisfies `condition`. Never returns if none does.
    pub async fn snapshot_when(&self, condition: impl FnMut(&Snapshot) -> bool) -> Snapshot {
        let mut snapshots = self.snapshots.clone();
        let snapshot = snapshots.wait_for(condition).await;
        snapshot.map(|snapshot| snapshot.clone()).unwrap_or_else(|_| self.snapshot())
    }
}

/// Starts the controller on the current tokio runtime. It ends when the last [`Agent`] is dropped or after
/// [`Happening::Quitting`].
pub fn start(ports: Ports, beginning: Beginning) -> Agent {
    let (events, inbox) = mpsc::unbounded_channel();
    let language = beginning.language();
    let settings = beginning.preferences.view(&beginning.folders);
    let (published, snapshots) =
        watch::channel(Snapshot::empty(beginning.version.clone(), settings));
    let stirred = {
        let events = events.downgrade();
        Arc::new(move || {
            if let Some(events) = events.upgrade() {
                let _ = events.send(Event::Happened(Happening::KeychainStirred));
            }
        })
    };
    let mut banners = beginning.banners;
    let outlets = Outlets::open(beginning.outlets_file, language, &mut banners);
    let questions = Questions::open(beginning.permissions_file, language, &mut banners);
    let profiles = Profiles::new(
        beginning.profiles_file,
        beginning.profiles,
        beginning.leaving,
        beginning.seed,
    );
    environment::show(&mut banners, &ports.client, &beginning.preferences, language);
    let desk = Desk::new(ports.shell.clone());
    let controller = Controller {
        engine: Engine::new(beginning.seed),
        vault: Vault::default(),
        keychain: KeychainThread::start(ports.keychain, stirred),
        clock: ports.clock,
        shell: ports.shell,
        sandbox: ports.sandbox,
        presence: ports.presence,
        door: ports.door,
        client: ports.client,
        version: beginning.version,
        client_settings: ports.client_settings,
        language,
        system_languages: beginning.languages,
        history: History::open(beginning.history_file),
        imports: Imports::default(),
        removal: Removal::default(),
        profiles,
        saves: Saves::default(),
        preferences: KeptPreferences::new(beginning.preferences, ports.preferences),
        folders: beginning.folders,
        banners,
        outlets,
        sandbox_url: None,
        runtimes: ProfileRuntimes::default(),
        requests: Requests::default(),
        callers: Callers::default(),
        programs_revision: 0,
        questions,
        lock: Lock::default(),
        clipboard: Clipboard::default(),
        publisher: Publisher::new(published),
        events: events.downgrade(),
    };
    tokio::spawn(controller.run(inbox));
    Agent { events, snapshots, desk }
}

struct Controller {
    engine: Engine,
    vault: Vault,
    keychain: KeychainThread,
    clock: Clock,
    shell: Arc<dyn Shell>,
    sandbox: Arc<dyn Sandbox>,
    presence: Arc<dyn Presence>,
    door: Door,
    client: Client,
    client_settings: ClientSettings,
    version: String,
    language: Language,
    system_languages: Vec<String>,
    history: History,
    imports: Imports,
    removal: Removal,
    profiles: Profiles,
    saves: Saves,
    preferences: KeptPreferences,
    folders: Folders,
    banners: Vec<BannerView>,
    outlets: Outlets,
    sandbox_url: Option<Endpoint>,
    runtimes: ProfileRuntimes,
    requests: Requests,
    callers: Callers,
    programs_revision: u64,
    questions: Questions,
    lock: Lock,
    clipboard: Clipboard,
    publisher: Publisher,
    /// Weak, so that the controller ends when nobody can speak to it any more.
    events: mpsc::WeakUnboundedSender<Event>,
}

impl Controller {
    #[expect(clippy::disallowed_methods, reason = "the one place that waits for a time")]
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>) {
        self.begin().await;
        self.take_settings_into_use();
        self.finish_leaving();
        self.history.note(self.clock.now(), None, Entry::Started);
        loop {
            self.drain_effects();
            self.publish();
            let deadline = self.deadline();
            tokio::select! {
                // What has happened comes before what is due, so that the same facts tell the same story.
                biased;
                event = inbox.recv() => match event {
                    Some(Event::Happened(Happening::Quitting)) | None => break,
                    Some(event) => self.handle(event),
                },
                () = self.clock.sleep_until(deadline) => {}
            }
            self.look_at_the_clock();
        }
        if self.clipboard.is_held() {
            self.clear_clipboard();
        }
        self.history.note(self.clock.now(), None, Entry::Ended);
        self.history.keep();
    }

    /// Profiles of the built-in sandbox need its address before they can ask for anything.
    async fn begin(&mut self) {
        let leaving = self.profiles.leaving().iter().map(|leaving| &leaving.profile);
        if self
            .profiles
            .iter()
            .chain(leaving)
            .any(|profile| profile.source.preset == crate::view::Preset::Sandbox)
        {
            match self.sandbox.start().await {
                Ok(offer) => self.sandbox_url = Endpoint::parse(&offer.url).ok(),
                Err(error) => tracing::warn!(%error, "the sandbox did not start"),
            }
        }
        let now = self.clock.now();
        for profile in self.profiles.iter() {
            let input = Input::ProfileAdded {
                profile: profile.id,
                policy: profile.policy(self.preferences.renew_early()),
                paused: profile.paused,
            };
            self.engine.handle_input(now, input);
        }
    }

    fn look_at_the_clock(&mut self) {
        let mut jumps = self.clock.observe();
        if is_committed(Fault::ClockStepsUnheard) {
            jumps.clear();
        }
        // A sleep before a step is told on the clock that was, or its time would be moved as well.
        let stepped = jumps.iter().fold(Step::from_millis(0), |sum, jump| match jump {
            Jump::Stepped(step) => sum.then(*step),
            Jump::Slept(_) => sum,
        });
        let mut now = self.clock.now().shifted(stepped.until(Step::from_millis(0)));
        for jump in jumps {
            match jump {
                Jump::Stepped(step) => {
                    now = now.shifted(step);
                    tracing::info!(event = "clock_set", millis = step.as_millis());
                    for timed in self.timed() {
                        timed.shift(step);
                    }
                    self.engine.handle_input(now, Input::ClockStepped(step));
                }
                Jump::Slept(span) => {
                    tracing::info!(event = "woke");
                    self.slept(span);
                    self.imports.woke(now);
                    self.engine.handle_input(now, Input::Woke);
                }
            }
        }
        let now = self.clock.now();
        self.engine.handle_timeout(now);
        let due: Vec<_> = self.timed().into_iter().filter_map(|timed| timed.on_time(now)).collect();
        for due in due {
            match due {
                Due::ClipboardCleared => self.clear_clipboard(),
                Due::OutletsRetried => self.supply_again(),
                Due::IdleTimeAsked => self.ask_idle_time(),
                Due::PortRetried => self.open_port_again(now),
                Due::TrialsSent => self.send_waiting_trials(now),
                Due::SecretsDeleted => self.delete_secrets_again(now),
                Due::RemovalFinished => self.finish_removal(),
            }
        }
    }

    fn deadline(&mut self) -> Timestamp {
        let engine = self.engine.poll_timeout().map(|wakeup| wakeup.at);
        let others = self.timed().into_iter().filter_map(|timed| timed.deadline()).min();
        engine.into_iter().chain(others).min().unwrap_or(Timestamp::FAR_FUTURE)
    }

    /// Everything with times of its own, but for the engine, which is told of the clock as of everything else.
    fn timed(&mut self) -> [&mut dyn Timed; 13] {
        [
            &mut self.vault,
            &mut self.requests,
            &mut self.runtimes,
            &mut self.saves,
            &mut self.imports,
            &mut self.removal,
            &mut self.clipboard,
            &mut self.callers,
            &mut self.questions,
            &mut self.outlets,
            &mut self.lock,
            &mut self.history,
            &mut self.door,
        ]
    }

    fn input(&mut self, input: Input) {
        self.engine.handle_input(self.clock.now(), input);
    }

    /// The profile by its id as text, as window and tray name it.
    fn profile_named(&self, id: &str) -> Option<&Profile> {
        self.profiles.get(&id.parse().ok()?)
    }
}
