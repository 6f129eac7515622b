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
mod questions;
mod remembering;
mod removing;
mod settings;
mod settling;
mod supplying;
mod working;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, atomic::AtomicU64},
};

use glowjar_ims::{Client, ClientSettings, Endpoint};
use glowjar_lifecycle::{
    engine::Engine,
    id::{Attempt, ProfileId},
    input::Input,
    time::{Step, Timestamp},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::AbortHandle,
};

use self::{
    adding::Paste,
    copying::{ClipboardHold, WaitingCopy},
    handing_out::WaitingCaller,
    locking::Lock,
    outcomes::Event,
    questions::Question,
    removing::Removed,
    settling::failed,
    supplying::Outlets,
};
use crate::{
    clock::{Clock, Jump},
    credential::Credential,
    deliberate::{Fault, is_committed},
    environment,
    folders::Folders,
    handout::{Record, http::Door},
    history::{Entry, History, HistoryFile},
    keychain::KeychainThread,
    notices::Notices,
    outlets::OutletsFile,
    permissions::{Permissions, PermissionsFile},
    ports::{Desk, Keychain, Presence, Sandbox, Shell},
    preferences::{Preferences, PreferencesStore},
    present::Remembered,
    profile::Profile,
    profiles::{Leaving, ProfilesFile},
    request::{Reply, Request},
    tray::{Click, TrayView},
    vault::{Secrets, Vault},
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
        let (reply, answer) = oneshot::channel();
        let desk = self.desk.clone();
        let _ = self.events.send(Event::Asked { request, desk, reply });
        let language = self.snapshots.borrow().language;
        answer.await.unwrap_or_else(|_| failed(language, "stopping", &[]))
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
    let permissions = questions::open(beginning.permissions_file, language, &mut banners);
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
        preferences_store: ports.preferences,
        door: ports.door,
        client: ports.client,
        version: beginning.version,
        profiles_file: beginning.profiles_file,
        client_settings: ports.client_settings,
        language,
        system_languages: beginning.languages,
        history: History::open(beginning.history_file),
        pastes: Vec::new(),
        kept_trials: Vec::new(),
        removed: None,
        order: beginning.profiles.iter().map(|profile| profile.id).collect(),
        profiles: beginning.profiles.into_iter().map(|profile| (profile.id, profile)).collect(),
        preferences: beginning.preferences,
        folders: beginning.folders,
        banners,
        outlets,
        seed: beginning.seed,
        ids_given: AtomicU64::new(0),
        sandbox_url: None,
        remembered: HashMap::new(),
        in_flight: HashMap::new(),
        clock_set_by: Step::from_millis(0),
        copies: Vec::new(),
        callers: Vec::new(),
        record: Record::default(),
        programs_revision: 0,
        permissions,
        questions: Vec::new(),
        questions_asked: 0,
        lock: Lock::default(),
        clipboard: None,
        notices: Notices::default(),
        tray: None,
        published,
        events: events.downgrade(),
    };
    tokio::spawn(controller.run(inbox, beginning.leaving));
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
    preferences_store: Arc<dyn PreferencesStore>,
    door: Door,
    client: Client,
    client_settings: ClientSettings,
    version: String,
    language: Language,
    system_languages: Vec<String>,
    history: History,
    pastes: Vec<Paste>,
    /// What trials were given that could not be stored, by what was typed.
    kept_trials: Vec<(Credential, Secrets)>,
    removed: Option<Removed>,
    profiles_file: ProfilesFile,
    profiles: BTreeMap<ProfileId, Profile>,
    /// The order in which a person sees the profiles.
    order: Vec<ProfileId>,
    preferences: Preferences,
    folders: Folders,
    banners: Vec<BannerView>,
    outlets: Outlets,
    seed: u64,
    ids_given: AtomicU64,
    sandbox_url: Option<Endpoint>,
    remembered: HashMap<ProfileId, Remembered>,
    in_flight: HashMap<ProfileId, InFlight>,
    /// All steps of the wall clock since the start.
    clock_set_by: Step,
    copies: Vec<WaitingCopy>,
    callers: Vec<WaitingCaller>,
    record: Record,
    programs_revision: u64,
    permissions: Permissions,
    questions: Vec<Question>,
    questions_asked: u32,
    lock: Lock,
    clipboard: Option<ClipboardHold>,
    notices: Notices,
    tray: Option<TrayView>,
    published: watch::Sender<Snapshot>,
    /// Weak, so that the controller ends when nobody can speak to it any more.
    events: mpsc::WeakUnboundedSender<Event>,
}

/// A token request under way.
struct InFlight {
    attempt: Attempt,
    abort: AbortHandle,
    /// [`Controller::clock_set_by`] when it was sent: its answer counts from a time on that clock.
    clock_set_by: Step,
}

impl Controller {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Event>, leaving: Vec<Leaving>) {
        self.begin(&leaving).await;
        self.take_settings_into_use();
        self.finish_leaving(leaving);
        self.history.note(self.clock.now(), None, Entry::Started);
        loop {
            self.settle();
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
        if let Some(clipboard) = &self.clipboard {
            clipboard.desk.clear_clipboard();
        }
        self.history.note(self.clock.now(), None, Entry::Ended);
        self.history.keep();
    }

    /// Profiles of the built-in sandbox need its address before they can ask for anything.
    async fn begin(&mut self, leaving: &[Leaving]) {
        if self
            .profiles
            .values()
            .chain(leaving.iter().map(|leaving| &leaving.profile))
            .any(|profile| profile.source.preset == crate::view::Preset::Sandbox)
        {
            match self.sandbox.start().await {
                Ok(offer) => self.sandbox_url = Endpoint::parse(&offer.url).ok(),
                Err(error) => tracing::warn!(%error, "the sandbox did not start"),
            }
        }
        let now = self.clock.now();
        for profile in self.profiles.values() {
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
                    self.vault.shift(step);
                    self.clock_set_by = self.clock_set_by.then(step);
                    if let Some(clipboard) = &mut self.clipboard {
                        clipboard.clears_at = clipboard.clears_at.shifted(step);
                    }
                    for paste in &mut self.pastes {
                        paste.forgotten_at = paste.forgotten_at.shifted(step);
                    }
                    if let Some(removed) = &mut self.removed {
                        removed.until = removed.until.shifted(step);
                    }
                    self.lock.shift(step);
                    self.history.shift(step);
                    self.door.shift(step);
                    self.shift_questions(step);
                    self.engine.handle_input(now, Input::ClockStepped(step));
                }
                Jump::Slept(span) => {
                    tracing::info!(event = "woke");
                    self.slept(span);
                    self.engine.handle_input(now, Input::Woke);
                }
            }
        }
        let now = self.clock.now();
        self.engine.handle_timeout(now);
        self.supply_again(now);
        self.open_port_if_due(now);
        if self.clipboard.as_ref().is_some_and(|clipboard| clipboard.clears_at <= now) {
            self.clear_clipboard();
        }
        self.forget_old_pastes(now);
        self.look_for_idleness(now);
        self.finish_removal_if_due(now);
        self.history.keep_what_is_due(now);
    }

    fn deadline(&self) -> Timestamp {
        let engine = self.engine.poll_timeout().map(|wakeup| wakeup.at);
        let clipboard = self.clipboard.as_ref().map(|clipboard| clipboard.clears_at);
        let copies = self.copies.iter().map(|copy| copy.until);
        let pastes = self.pastes.iter().map(|paste| paste.forgotten_at);
        let removed = self.removed.as_ref().map(|removed| removed.until);
        let callers = self.callers.iter().map(WaitingCaller::until);
        let all = engine.into_iter().chain(clipboard).chain(copies).chain(pastes).chain(removed);
        let all = all
            .chain(callers)
            .chain(self.lock.look_at())
            .chain(self.outlets.retry_at())
            .chain(self.door.retry_at())
            .chain(self.history.deadline())
            .chain(self.questions_deadline());
        all.min().unwrap_or(Timestamp::FAR_FUTURE)
    }

    fn input(&mut self, input: Input) {
        self.engine.handle_input(self.clock.now(), input);
    }

    /// The profile by its id as text, as window and tray name it.
    fn profile_named(&self, id: &str) -> Option<&Profile> {
        self.profiles.get(&id.parse().ok()?)
    }
}
