//! A place where the real controller works: real HTTP to a sandbox, a clock moved by hand, and a keychain, a desktop
//! and preferences that live in memory.

pub mod drafts;
pub mod keychain;
pub mod presence;
#[cfg(unix)]
pub mod programs;
mod settings;
pub mod shell;
pub mod updates;

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use glowjar_agent::{
    clock::Clock,
    controller::{self, Agent, HostEvent, InitialState, Ports},
    folders::Folders,
    handout::http::HttpApi,
    history::HistoryFile,
    managed::{Content, Managed, Reading},
    permissions::PermissionsFile,
    ports::{self, SandboxOffer},
    profiles::ProfilesFile,
    request::{Anyway, Draft, FieldTrouble, Reply, Request},
    sinks::SinksFile,
    view::{BannerView, Level, PhaseView, ProfileView, Snapshot},
};
use glowjar_ims::{Client, ClientSettings, ProxyChoice, Timeouts};
use glowjar_lifecycle::{sign_in_end::Ahead, time::Timestamp};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Recorded, Route, Sandbox, Settings};

use self::{
    keychain::MemoryKeychain,
    presence::MemoryPresence,
    shell::{MemoryPreferences, RecordingShell, Told},
    updates::MemoryUpdates,
};

/// 2030-01-01 12:00 UTC.
pub const NOON: u64 = 1_893_499_200;

/// Where the studio's admin would set something.
pub const MANAGED: &str = "/etc/glowjar/managed.json";

/// Far more than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stays when the application ends, and the application while it runs.
pub struct TestApp {
    pub sandbox: Arc<Sandbox>,
    pub clock: Clock,
    pub keychain: MemoryKeychain,
    pub shell: Arc<RecordingShell>,
    pub presence: Arc<MemoryPresence>,
    pub preferences: Arc<MemoryPreferences>,
    /// What the studio's admin has set.
    managed: Managed,
    pub updates: Arc<MemoryUpdates>,
    pub folder: Arc<tempfile::TempDir>,
    timeouts: Timeouts,
    /// The system's.
    pub languages: Vec<String>,
    /// Who may ask over HTTP, as this application knows it.
    http_api: HttpApi,
    /// The next start of the built-in sandbox panics.
    pub sandbox_panics: Arc<AtomicBool>,
    agent: Option<Agent>,
}

impl TestApp {
    /// With an empty keychain and no profile.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut office = Self::closed(change).await;
        office.start();
        office
    }

    /// Before the application was ever started.
    pub async fn closed(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON);
        settings.clock = glowjar_sandbox::Clock::StandingAt(noon);
        let sandbox = Sandbox::start(settings).await.expect("loopback has a free port");
        let shell = Arc::new(RecordingShell::default());
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            sandbox: Arc::new(sandbox),
            clock: Clock::manual(Timestamp::from_millis(NOON as i64 * 1_000)),
            keychain: MemoryKeychain::empty(),
            shell,
            presence: Arc::default(),
            preferences: Arc::default(),
            managed: Managed::default(),
            updates: Arc::new(MemoryUpdates::offered(false)),
            http_api: HttpApi::at(folder.path().join("http.json")),
            folder: Arc::new(folder),
            timeouts: Timeouts::default(),
            languages: Vec::new(),
            sandbox_panics: Arc::default(),
            agent: None,
        }
    }

    /// Gives up on unanswered requests after this time, which is real.
    pub fn give_up_after(&mut self, total: Duration) {
        self.timeouts.total = total;
    }

    /// Starts the application as `src-tauri` does: with what the files say.
    pub fn start(&mut self) {
        self.start_with_banners(Vec::new());
    }

    pub fn start_with_banners(&mut self, banners: Vec<BannerView>) {
        let profiles_file = self.profiles_file();
        let loaded = profiles_file.load().expect("the profiles file can be read");
        let ports = Ports {
            clock: self.clock.clone(),
            keychain: Arc::new(self.keychain.clone()),
            shell: self.shell.clone(),
            sandbox: Arc::new(RunningSandbox {
                sandbox: self.sandbox.clone(),
                panics: self.sandbox_panics.clone(),
            }),
            presence: self.presence.clone(),
            preferences: self.preferences.clone(),
            updates: self.updates.clone(),
            http_api: self.http_api.clone(),
            client: client(self.timeouts),
            client_settings: client_settings(self.timeouts),
        };
        let beginning = InitialState {
            version: "0.0.0".to_owned(),
            profiles_file,
            profiles: loaded.profiles,
            sinks_file: SinksFile::at(self.folder.path().join("outlets.json")),
            permissions_file: PermissionsFile::at(self.folder.path().join("permissions.json")),
            leaving: loaded.leaving,
            history_file: HistoryFile::at(self.folder.path().join("history.json")),
            languages: self.languages.clone(),
            preferences: self.preferences.kept(),
            managed: self.managed.clone(),
            folders: self.folders(),
            banners,
            seed: 1,
        };
        self.agent = Some(controller::start(ports, beginning));
    }

    /// The studio's admin writes this file, which a running application reads at once.
    pub fn manage(&mut self, json: &str) {
        let content = Content::of_json(json.as_bytes());
        self.managed = Managed::of(&Reading { source: MANAGED.to_owned(), content });
        if self.agent.is_some() {
            self.tell(HostEvent::ManagedSettingsRead(Box::new(self.managed.clone())));
        }
    }

    pub async fn restart(&mut self) {
        self.end().await;
        self.start();
    }

    /// Ends the application; whatever it had not stored is gone. Another desktop is there for the next one.
    pub async fn end(&mut self) {
        self.tell(HostEvent::Quitting);
        // It returns because nobody shows snapshots any more.
        self.within("the end", self.agent().snapshot_when(|_| false)).await;
        self.agent = None;
        self.shell = Arc::default();
        self.http_api = HttpApi::at(self.folder.path().join("http.json"));
    }

    /// A second application of the same person: same keychain, clock and server, files of its own.
    pub async fn neighbour(&self) -> Self {
        let mut neighbour = Self {
            sandbox: self.sandbox.clone(),
            clock: self.clock.clone(),
            keychain: self.keychain.clone(),
            shell: Arc::default(),
            presence: Arc::default(),
            preferences: Arc::default(),
            managed: Managed::default(),
            updates: Arc::new(MemoryUpdates::offered(false)),
            folder: self.folder.clone(),
            timeouts: self.timeouts,
            languages: Vec::new(),
            http_api: HttpApi::at(self.folder.path().join("http.json")),
            sandbox_panics: Arc::default(),
            agent: None,
        };
        neighbour.start();
        neighbour
    }

    pub fn profiles_file(&self) -> ProfilesFile {
        ProfilesFile::at(self.folder.path().join("profiles.json"))
    }

    pub fn folders(&self) -> Folders {
        let folder = |name| self.folder.path().join(name);
        Folders { data: folder(""), logs: folder("logs"), downloads: folder("downloads") }
    }

    pub fn agent(&self) -> &Agent {
        self.agent.as_ref().expect("the application runs")
    }

    /// The sandbox's token endpoint, for profiles that name it themselves.
    pub fn token_endpoint(&self) -> String {
        format!("{}/ims/token/v3", self.sandbox.url())
    }

    pub async fn ask(&self, request: Request) -> Reply {
        let what = format!("an answer to {request:?}");
        self.within(&what, self.agent().ask(request)).await
    }

    /// Wants a new profile saved; without an `anyway` it is tried first.
    pub async fn save(&self, draft: Draft, anyway: Option<Anyway>) -> Reply {
        self.ask(Request::SaveProfile { profile: None, draft, understood: None, anyway }).await
    }

    /// Saves a new profile without trying it first, and gives its id.
    pub async fn add(&self, draft: Draft) -> String {
        match self.save(draft, Some(Anyway::Untried)).await {
            Reply::Saved { profile } => profile,
            other => panic!("not saved: {other:?}"),
        }
    }

    pub async fn edit(&self, profile: &str, draft: Draft) -> Reply {
        self.ask(Request::SaveProfile {
            profile: Some(profile.to_owned()),
            draft,
            understood: None,
            anyway: Some(Anyway::Untried),
        })
        .await
    }

    /// What stands at the fields of a form that could not be saved.
    pub async fn refused(&self, draft: Draft) -> Vec<FieldTrouble> {
        match self.save(draft, Some(Anyway::Untried)).await {
            Reply::Invalid { fields } => fields,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub async fn copy(&self, profile: &str) -> Reply {
        self.ask(Request::CopyToken { profile: profile.to_owned() }).await
    }

    pub async fn refresh(&self, profile: &str) {
        let reply = self.ask(Request::RefreshNow { profile: profile.to_owned() }).await;
        assert_eq!(reply, Reply::Done);
    }

    /// Copies, and gives what is on the clipboard then.
    pub async fn copied(&self, profile: &str) -> String {
        let reply = self.copy(profile).await;
        assert!(matches!(reply, Reply::Copied { .. }), "{reply:?}");
        self.shell.clipboard().expect("something on the clipboard")
    }

    pub fn snapshot(&self) -> Snapshot {
        self.agent().snapshot()
    }

    /// The only profile as it is shown now.
    pub fn profile(&self) -> ProfileView {
        only(&self.snapshot())
    }

    pub async fn snapshot_when(
        &self,
        what: &str,
        condition: impl FnMut(&Snapshot) -> bool,
    ) -> Snapshot {
        self.within(what, self.agent().snapshot_when(condition)).await
    }

    /// Waits until the only profile is as described.
    pub async fn when(
        &self,
        what: &str,
        mut condition: impl FnMut(&ProfileView) -> bool,
    ) -> ProfileView {
        let is = |snapshot: &Snapshot| snapshot.profiles.first().is_some_and(&mut condition);
        only(&self.snapshot_when(what, is).await)
    }

    pub async fn live(&self) -> ProfileView {
        self.when("a live token", |profile| {
            profile.can_copy && profile.level == Level::Fresh && profile.phase == PhaseView::Holding
        })
        .await
    }

    /// Waits until the only profile tells of this trouble.
    pub async fn in_trouble(&self, code: &str) -> ProfileView {
        let has = |profile: &ProfileView| {
            profile.trouble.as_ref().is_some_and(|trouble| trouble.code == code)
        };
        self.when(&format!("the trouble {code}"), has).await
    }

    /// Waits until the tokens asked for are there or refused, and what is shown is true at this time.
    pub async fn settled(&self) -> Snapshot {
        let now = self.clock.now().as_millis();
        let profile_is_settled = |profile: &ProfileView| {
            use PhaseView::{Acquiring, Empty, Refreshing};
            let is_live = profile.validity.is_some_and(|validity| now < validity.expires_at);
            !matches!(profile.phase, Empty | Acquiring | Refreshing)
                && profile.next_attempt_at.is_none_or(|at| at > now)
                && profile.can_copy == is_live
        };
        self.snapshot_when("everything to settle", |snapshot| {
            snapshot.profiles.iter().all(profile_is_settled)
                && snapshot.clipboard.as_ref().is_none_or(|clipboard| clipboard.clears_at > now)
                && snapshot.sign_in.as_ref().is_none_or(|sign_in| {
                    sign_in.code.is_none() || sign_in.asks_at.is_some_and(|at| at > now)
                })
        })
        .await
    }

    /// Moves both clocks at once, as a machine that slept.
    pub fn advance(&self, span: Duration) {
        self.sandbox.advance(span);
        self.clock.advance(span);
    }

    /// Lets time pass from deadline to deadline, each of which is met on time.
    pub async fn pass(&self, span: Duration) {
        let end = self.clock.now() + span;
        loop {
            let snapshot = self.settled().await;
            let now = self.clock.now();
            if now >= end {
                return;
            }
            let deadlines = snapshot.profiles.iter().flat_map(|profile| {
                [profile.next_attempt_at, profile.validity.map(|validity| validity.expires_at)]
            });
            let forecasts = snapshot.profiles.iter().flat_map(|profile| {
                Ahead::ALL.map(|ahead| {
                    let end = Timestamp::from_millis(profile.sign_in_end?.at);
                    Some((end - ahead.span()).as_millis())
                })
            });
            let next = deadlines
                .chain(forecasts)
                .flatten()
                .chain(snapshot.clipboard.as_ref().map(|clipboard| clipboard.clears_at))
                .chain(snapshot.sign_in.as_ref().and_then(|sign_in| sign_in.asks_at))
                .map(Timestamp::from_millis)
                .filter(|at| *at > now && *at < end)
                .min();
            self.advance(next.unwrap_or(end).since(now));
        }
    }

    /// Everything done to toasts so far, once there is as much.
    pub async fn told(&self, count: usize) -> Vec<Told> {
        let mut telling = self.shell.telling();
        let enough = telling.wait_for(|told| told.len() >= count);
        let told = self.within(&format!("{count} toasts"), enough).await;
        told.map(|told| told.clone()).unwrap_or_else(|_| self.shell.told())
    }

    /// Token requests so far, once there are as many.
    pub async fn asked(&self, count: u64) -> Vec<Recorded> {
        self.within(&format!("{count} token requests"), self.sandbox.wait_for(Route::Token, count))
            .await
    }

    pub fn asked_so_far(&self) -> usize {
        self.sandbox.requests_to(Route::Token).len()
    }

    /// Asks the application something and so waits until everything told to it before has been dealt with.
    pub async fn barrier(&self) -> Snapshot {
        match self.ask(Request::Snapshot).await {
            Reply::Snapshot { snapshot } => snapshot,
            other => panic!("not a snapshot: {other:?}"),
        }
    }

    pub fn tell(&self, happening: HostEvent) {
        self.agent().tell(happening);
    }

    /// Fails with the last snapshot if it takes too long.
    pub async fn within<T>(&self, what: &str, future: impl Future<Output = T>) -> T {
        match tokio::time::timeout(PATIENCE, future).await {
            Ok(outcome) => outcome,
            Err(_) => panic!(
                "waited in vain for {what}; last seen: {:#?}\ntold: {:#?}",
                self.agent.as_ref().map(Agent::snapshot),
                self.shell.told()
            ),
        }
    }

    /// Fails if a request was one that a strict server objects to.
    pub fn assert_strict(&self) {
        for request in self.sandbox.requests() {
            assert_eq!(request.wrong, [""; 0], "{request}");
        }
    }
}

/// Made once for all, since reading the system's certificates takes longer than most tests.
fn client(timeouts: Timeouts) -> Client {
    static USUAL: OnceLock<Client> = OnceLock::new();
    let make = || Client::new(&client_settings(timeouts)).expect("an HTTP client");
    if timeouts == Timeouts::default() { USUAL.get_or_init(make).clone() } else { make() }
}

fn client_settings(timeouts: Timeouts) -> ClientSettings {
    ClientSettings { proxy: ProxyChoice::Direct, timeouts, ..ClientSettings::default() }
}

fn only(snapshot: &Snapshot) -> ProfileView {
    snapshot.profiles.first().cloned().expect("a profile")
}

/// The application's own sandbox, which here runs already.
struct RunningSandbox {
    sandbox: Arc<Sandbox>,
    panics: Arc<AtomicBool>,
}

impl ports::Sandbox for RunningSandbox {
    fn start(&self) -> Pin<Box<dyn Future<Output = io::Result<SandboxOffer>> + Send + '_>> {
        Box::pin(async {
            assert!(!self.panics.swap(false, Ordering::SeqCst), "ordered by a test");
            Ok(SandboxOffer {
                url: self.sandbox.url(),
                client_id: CLIENT_ID.to_owned(),
                client_secret: CLIENT_SECRET.into(),
                refresh_token: Some(glowjar_sandbox::SEED_REFRESH_TOKEN.into()),
                scopes: drafts::SCOPES.to_owned(),
            })
        })
    }
}
