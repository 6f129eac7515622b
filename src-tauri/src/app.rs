//! The tray's process: puts controller, ports and tray together, and owns the event loop.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use glowjar_agent::{
    clock::Clock,
    controller::{self, Agent, Beginning, Happening, Ports},
    handout::{Listener, http::Door},
    history::HistoryFile,
    outlets::OutletsFile,
    permissions::PermissionsFile,
    preferences::PreferencesStore,
    profiles::ProfilesFile,
    request::Request,
    view::Language,
};
use glowjar_ims::{Client, ClientSettings};
use tauri::{AppHandle, RunEvent, async_runtime};
use tokio::{
    runtime,
    sync::{
        mpsc::{self, UnboundedReceiver},
        watch,
    },
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    arguments::Wishes,
    banners::{self, Kept},
    clipboard::Clipboard,
    folders::Folders,
    keychain::SystemKeychain,
    logging,
    notifications::Notifications,
    own_program, preferences, preflight,
    presence::SystemPresence,
    quitting::{self, Open},
    sandbox::BuiltInSandbox,
    shell::Desktop,
    shortcut::Shortcut,
    surroundings,
    tray::Tray,
    window_process,
};

/// Runs until the person quits.
///
/// # Errors
/// There is no desktop, or a folder or file of the person's can't be used.
pub fn run(wishes: Wishes) -> anyhow::Result<()> {
    let folders = Folders::of_this_person()?;
    logging::start(&folders.state)?;
    preflight::display().map_err(|missing| anyhow!(missing))?;
    let runtime =
        runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    async_runtime::set(runtime.handle().clone());
    let _entered = runtime.enter();

    let (another, launches) = mpsc::unbounded_channel();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |_, arguments, _| {
            let _ = another.send(Wishes::of_another(&arguments));
        }))
        .plugin(tauri_plugin_store::Builder::default().build())
        .build(tauri::generate_context!())
        .context("the tray could not be made")?;
    turn(app, folders, wishes, launches)
}

/// The event loop. Everything begins in it, since macOS takes no tray icon any sooner.
fn turn(
    app: tauri::App,
    folders: Folders,
    wishes: Wishes,
    launches: UnboundedReceiver<Wishes>,
) -> anyhow::Result<()> {
    let mut launches = Some(launches);
    let mut open = None;
    let (failed, failure) = std::sync::mpsc::channel();
    let code = app.run_return(move |app, event| match event {
        RunEvent::Ready => {
            let Some(launches) = launches.take() else { return };
            match begin(app, &folders, wishes, launches) {
                Ok(begun) => open = Some(begun),
                Err(error) => {
                    tracing::error!(event = "not_started", "{error:#}");
                    let _ = failed.send(error);
                    app.exit(1);
                }
            }
        }
        // No window is the usual state of things.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => {
            if let Some(open) = open.take() {
                open.put_away();
            }
        }
        _ => {}
    });
    match failure.try_recv() {
        Ok(failure) => Err(failure),
        Err(_) if code != 0 => Err(anyhow!("Glowjar had to end; its log says why")),
        Err(_) => Ok(()),
    }
}

fn begin(
    app: &AppHandle,
    folders: &Folders,
    wishes: Wishes,
    launches: UnboundedReceiver<Wishes>,
) -> anyhow::Result<Open> {
    let (mut beginning, preferences) = found(app, folders)?;
    let is_new_here = beginning.profiles.is_empty();
    let language = beginning.language();
    let client_settings = ClientSettings::default();
    let client = match beginning.preferences.client(client_settings.clone(), language) {
        Ok(client) => client,
        Err(cause) => {
            tracing::error!(event = "network_settings", cause);
            beginning.banners.push(banners::network_settings(&cause, language));
            Client::open(&client_settings)
        }
    };
    let (clicks, clicked) = mpsc::unbounded_channel();
    let shortcut = Shortcut::new(clicks.clone());
    let on_toast = clicks.clone();
    let tray = match preflight::tray_library() {
        Ok(()) => Some(Arc::new(Tray::put_up(app, move |click| drop(clicks.send(click)))?)),
        Err(missing) => {
            tracing::error!(event = "no_tray", "{missing}");
            beginning.banners.push(banners::no_tray(Some(missing), language));
            None
        }
    };
    let has_tray = tray.is_some();
    let door = Door::at(folders.data.join("http.json"));
    let (shows, shown) = mpsc::channel(1);
    let (snapshots, newest) = watch::channel(None);
    let ports = Ports {
        clock: Clock::system(),
        keychain: Arc::new(SystemKeychain),
        shell: Arc::new(Desktop {
            app: app.clone(),
            snapshots,
            shows: shows.clone(),
            tray,
            notifications: Notifications::new(move |click| drop(on_toast.send(click))),
            clipboard: Clipboard::start(),
            shortcut,
        }),
        sandbox: Arc::new(BuiltInSandbox::new(wishes.sandbox_token_life())),
        presence: Arc::new(SystemPresence),
        preferences,
        door: door.clone(),
        client,
        client_settings,
    };
    let agent = controller::start(ports, beginning);
    tracing::info!(event = "started", version = env!("CARGO_PKG_VERSION"));

    let window_unwanted = CancellationToken::new();
    let answer = {
        let agent = agent.clone();
        move |request| {
            let agent = agent.clone();
            async move { agent.ask(request).await }
        }
    };
    let window = tokio::spawn(window_process::keep(
        own_program::file().context("Glowjar can't find its own program file")?,
        answer,
        newest,
        shown,
        window_unwanted.clone(),
    ));
    tokio::spawn(quitting::on_signal(app.clone()));
    tokio::spawn(quitting::when_the_controller_fails(
        app.clone(),
        agent.clone(),
        window_unwanted.clone(),
    ));
    // Somebody new, or somebody without an icon to click, would see nothing at all.
    let mut wishes = wishes;
    wishes.show |= !has_tray || (is_new_here && !wishes.sandbox);
    fulfil(&agent, &shows, wishes);
    if has_tray {
        surroundings::watch_for_a_panel(agent.clone(), shows.clone());
    }
    surroundings::watch_the_keychain(agent.clone());
    surroundings::watch_the_network(agent.clone());
    surroundings::watch_the_screen(agent.clone());
    tokio::spawn({
        let agent = agent.clone();
        async move { attend(&agent, &shows, clicked, launches).await }
    });
    let programs = serve_programs(&agent, door, language);
    Ok(Open { agent, window, window_unwanted, programs })
}

/// What was kept from the run before.
fn found(
    app: &AppHandle,
    folders: &Folders,
) -> anyhow::Result<(Beginning, Arc<dyn PreferencesStore>)> {
    let opened = preferences::open(app, &folders.data).context("preferences can't be used")?;
    let profiles_file = ProfilesFile::at(folders.data.join("profiles.json"));
    let loaded = profiles_file.load().context("profiles can't be used")?;
    let kept = [(Kept::Profiles, &loaded.kept_aside), (Kept::Preferences, &opened.kept_aside)];
    let languages: Vec<String> = sys_locale::get_locales().collect();
    let language = Language::resolve(opened.preferences.choices.language, &languages);
    let banners = kept
        .into_iter()
        .filter_map(|(what, kept)| Some(banners::kept_aside(what, kept.as_ref()?, language)));
    let beginning = Beginning {
        version: env!("CARGO_PKG_VERSION").into(),
        banners: banners.collect(),
        profiles_file,
        profiles: loaded.profiles,
        outlets_file: OutletsFile::at(folders.data.join("outlets.json")),
        permissions_file: PermissionsFile::at(folders.data.join("permissions.json")),
        leaving: loaded.leaving,
        history_file: HistoryFile::at(folders.data.join("history.json")),
        languages,
        preferences: opened.preferences,
        folders: folders.known_to_the_agent(),
        seed: getrandom::u64().context("the system gives no random numbers")?,
    };
    Ok((beginning, Arc::new(opened.store)))
}

/// Lets other programs ask for tokens. Everything else works without.
fn serve_programs(agent: &Agent, door: Door, language: Language) -> Option<JoinHandle<()>> {
    tokio::spawn({
        let (door, agent) = (door.clone(), agent.clone());
        async move {
            if let Err(error) = door.open(&agent).await {
                tracing::error!(event = "http_not_open", %error);
            }
        }
    });
    match Listener::open() {
        Ok(listener) => Some(tokio::spawn(listener.serve(agent.clone(), door))),
        Err(error) => {
            tracing::error!(event = "not_listening", %error);
            agent.tell(Happening::BannerRaised(banners::not_listening(&error, language)));
            None
        }
    }
}

/// Passes on what comes from outside: clicks in the tray's menu, and further launches.
async fn attend(
    agent: &Agent,
    shows: &mpsc::Sender<()>,
    mut clicked: UnboundedReceiver<glowjar_agent::tray::Click>,
    mut launches: UnboundedReceiver<Wishes>,
) {
    loop {
        tokio::select! {
            Some(click) = clicked.recv() => agent.click(click),
            Some(wishes) = launches.recv() => fulfil(agent, shows, wishes),
            else => return,
        }
    }
}

fn fulfil(agent: &Agent, shows: &mpsc::Sender<()>, wishes: Wishes) {
    if wishes.show {
        let _ = shows.try_send(());
    }
    if wishes.sandbox {
        let agent = agent.clone();
        tokio::spawn(async move { agent.ask(Request::TrySandbox).await });
    }
}

/// One request now and then: two are there so that one that blocks does not hold up the other.
const WORKERS: usize = 2;
