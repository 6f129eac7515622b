//! What the one Glowjar does that renews: it starts the controller, and lets programs and other sessions ask it.

use std::{
    env,
    path::PathBuf,
    process,
    sync::{Arc, Mutex, PoisonError},
};

use glowjar_agent::{
    clock::Clock,
    controller::{self, Agent, HostEvent, InitialState, Ports},
    folder_lock::FolderLock,
    handout::{Listener, http::HttpApi},
    history::HistoryFile,
    link::{Desks, Front, Side},
    managed::Managed,
    permissions::PermissionsFile,
    ports::Shell,
    preferences::PreferencesStore,
    profiles::{Loaded, ProfilesFile},
    sinks::SinksFile,
    view::{BannerView, Language},
};
use glowjar_ims::{Client, ClientSettings};
use tauri::AppHandle;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    arguments::Wishes,
    banners::{self, Kept, Unusable},
    folders::Folders,
    keychain::SystemKeychain,
    platform::{self, Platform, SystemPresence, This},
    preferences,
    sandbox::BuiltInSandbox,
    shutdown::{self, Ending},
    updates::Releases,
};

/// What there is of this process before it leads.
pub struct Leading {
    pub app: AppHandle,
    pub ending: Ending,
    /// This session's own.
    pub desk: Arc<dyn Shell>,
    pub front: Front,
    pub shows: mpsc::Sender<()>,
    pub folders: Folders,
    pub languages: Vec<String>,
    pub wishes: Wishes,
    pub has_tray: bool,
    pub window_unwanted: CancellationToken,
    /// What is to end before the controller does.
    pub listening: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

/// Starts the controller. Without a `lock`, it is unknown whether another one runs. Must be called within the runtime.
pub fn lead(this: Leading, lock: Option<FolderLock>, troubles: Vec<BannerView>) {
    let (mut beginning, preferences) = this.found(troubles);
    let is_new_here = beginning.profiles.is_empty();
    let language = beginning.language();
    let client_settings = ClientSettings::default();
    let client =
        match controller::client_for(&beginning.choices(), client_settings.clone(), language) {
            Ok(client) => client,
            Err(cause) => {
                tracing::error!(event = "network_settings", cause);
                beginning.banners.push(banners::network_settings(&cause, language));
                Client::open(&client_settings)
            }
        };
    let version = beginning.version.clone();
    let http_api = HttpApi::at(this.folders.data.join("http.json"));
    let desks = Arc::new(Desks::new(this.desk.clone()));
    let ports = Ports {
        clock: Clock::system(),
        keychain: Arc::new(SystemKeychain),
        shell: desks.clone(),
        sandbox: Arc::new(BuiltInSandbox::new(this.wishes.sandbox_token_life())),
        presence: Arc::new(SystemPresence),
        preferences,
        updates: Arc::new(Releases::of(&this.app, &this.ending)),
        http_api: http_api.clone(),
        client,
        client_settings,
    };
    let agent = controller::start(ports, beginning);
    this.front.turn_to(Side::Leading(agent.clone()));
    tracing::info!(event = "started", version);

    tokio::spawn(shutdown::when_the_controller_fails(
        this.ending.clone(),
        agent.clone(),
        this.window_unwanted.clone(),
    ));
    // Somebody new would see nothing at all.
    if is_new_here && !this.wishes.sandbox {
        let _ = this.shows.try_send(());
    }
    if this.has_tray {
        This::watch_for_a_panel(agent.clone(), this.shows.clone());
    }
    This::watch_the_keychain(agent.clone());
    platform::watch_the_network(agent.clone());
    This::watch_the_screen(agent.clone());
    This::watch_managed_settings(agent.clone());
    let mut listening = this.listening.lock().unwrap_or_else(PoisonError::into_inner);
    listening.extend(serve(&this.folders, &agent, desks, http_api, language));
    if let Some(lock) = lock {
        lock.hold_until_the_process_ends();
    }
}

impl Leading {
    /// What was kept from the run before.
    fn found(&self, mut banners: Vec<BannerView>) -> (InitialState, Arc<dyn PreferencesStore>) {
        let data = &self.folders.data;
        let opened = preferences::open(&self.app, data);
        let language = Language::resolve(opened.preferences.choices.language, &self.languages);
        let profiles_file = ProfilesFile::at(data.join("profiles.json"));
        let loaded = profiles_file.load().unwrap_or_else(|error| {
            let (path, cause) = (data.join("profiles.json"), error.cause());
            tracing::error!(event = "profiles_unreadable", path = %path.display(), cause);
            banners.push(banners::unusable(Unusable::Profiles, &path, &cause, language));
            Loaded { profiles: Vec::new(), leaving: Vec::new(), kept_aside: None }
        });
        if let Some(cause) = &opened.unusable {
            let path = data.join("preferences.json");
            tracing::error!(event = "preferences_unreadable", path = %path.display(), cause);
            banners.push(banners::unusable(Unusable::Preferences, &path, cause, language));
        }
        let kept = [(Kept::Profiles, &loaded.kept_aside), (Kept::Preferences, &opened.kept_aside)];
        banners.extend(
            kept.into_iter().filter_map(|(what, kept)| {
                Some(banners::kept_aside(what, kept.as_ref()?, language))
            }),
        );
        let dismissed = &opened.preferences.dismissed_banners;
        banners.retain(|banner| !dismissed.contains(&banner.code));
        let beginning = InitialState {
            version: env!("CARGO_PKG_VERSION").into(),
            banners,
            profiles_file,
            profiles: loaded.profiles,
            sinks_file: SinksFile::at(data.join("outlets.json")),
            permissions_file: PermissionsFile::at(data.join("permissions.json")),
            leaving: loaded.leaving,
            history_file: HistoryFile::at(data.join("history.json")),
            languages: self.languages.clone(),
            preferences: opened.preferences,
            managed: Managed::of(&This::managed_settings()),
            folders: self.folders.known_to_the_agent(),
            seed: seed(),
        };
        (beginning, Arc::new(opened.store))
    }
}

/// Jitter and the ids of new profiles come from it, and no secret.
fn seed() -> u64 {
    getrandom::u64().unwrap_or_else(|error| {
        tracing::warn!(event = "no_random_numbers", %error);
        let now = Clock::system().now().as_millis().unsigned_abs();
        now.rotate_left(20) ^ u64::from(process::id())
    })
}

/// Lets programs ask for tokens, and other sessions follow. Everything else works without.
fn serve(
    folders: &Folders,
    agent: &Agent,
    desks: Arc<Desks>,
    http_api: HttpApi,
    language: Language,
) -> Vec<JoinHandle<()>> {
    tokio::spawn({
        let (http_api, agent) = (http_api.clone(), agent.clone());
        async move {
            if let Err(error) = http_api.open(&agent).await {
                tracing::error!(event = "http_not_open", %error);
            }
        }
    });
    let mut serving = Vec::new();
    let mut running = glowjar_agent::handout::Running::default();
    match Listener::open() {
        Ok(listener) => {
            running.programs = listener.socket();
            serving.push(tokio::spawn(listener.serve(agent.clone(), http_api)));
        }
        Err(error) => {
            tracing::error!(event = "not_listening", %error);
            agent.tell(HostEvent::BannerRaised(banners::not_listening(&error, language)));
        }
    }
    serving.extend(serve_sessions(agent, desks, &mut running));
    if let Err(error) = glowjar_agent::handout::announce(&folders.data, &running) {
        let cause = error.to_string();
        tracing::error!(event = "data_folder", path = %folders.data.display(), cause);
        let banner = banners::unusable(Unusable::Data, &folders.data, &cause, language);
        agent.tell(HostEvent::BannerRaised(banner));
    }
    serving
}

#[cfg(unix)]
fn serve_sessions(
    agent: &Agent,
    desks: Arc<Desks>,
    running: &mut glowjar_agent::handout::Running,
) -> Option<JoinHandle<()>> {
    match glowjar_agent::link::Leader::open() {
        Ok(leader) => {
            running.sessions = Some(leader.socket().to_owned());
            let version = env!("CARGO_PKG_VERSION").to_owned();
            Some(tokio::spawn(leader.serve(agent.clone(), desks, version, display())))
        }
        Err(error) => {
            tracing::error!(event = "no_sessions", %error);
            None
        }
    }
}

/// There, a second session waits until the first ends.
#[cfg(not(unix))]
fn serve_sessions(
    _: &Agent,
    _: Arc<Desks>,
    _: &mut glowjar_agent::handout::Running,
) -> Option<JoinHandle<()>> {
    None
}

/// Names the display of this session, the same for each process on it. Empty where displays have no names.
pub fn display() -> String {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("WAYLAND_DISPLAY"), variable("DISPLAY")) {
        (Some(wayland), _) => {
            // As in wl_display_connect(3): below this folder, unless it is a whole path.
            let folder = PathBuf::from(variable("XDG_RUNTIME_DIR").unwrap_or_default());
            folder.join(wayland).display().to_string()
        }
        (None, Some(x11)) => x11,
        (None, None) => String::new(),
    }
}

/// Where the panel finds the icon's picture. One for each display, since files of the same name lie in each.
pub fn folder_of_pictures() -> PathBuf {
    let display: String =
        display().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    #[cfg(unix)]
    let folder = glowjar_agent::handout::folder();
    #[cfg(not(unix))]
    let folder = env::temp_dir();
    folder.join(format!("icons{display}"))
}
