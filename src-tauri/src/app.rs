//! The tray's process: puts its parts together, and owns the event loop.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, anyhow};
use glowjar_agent::{
    controller::HostEvent,
    folder_lock::{Claim, FolderLock},
    json_file::make_folder,
    link::Front,
    notices::{Notice, Urgency},
    ports::Shell,
    request::Request,
    view::{BannerView, Language, LanguageChoice},
};
use tauri::{AppHandle, RunEvent, async_runtime};
use tokio::{
    runtime,
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        watch,
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    arguments::Wishes,
    banners::{self, Unusable},
    clipboard::Clipboard,
    folders::Folders,
    following, leading,
    leading::Leading,
    logging,
    notifications::Notifications,
    own_program,
    platform::{Part, Platform, This},
    preflight,
    shell::Desktop,
    shortcut::Shortcut,
    shutdown::{self, Ending, Open},
    tray::Tray,
    window_process::{self, NoWindow, WindowProgram},
};

/// Runs until the person quits.
///
/// # Errors
/// There is no desktop, or a folder or file of the person's can't be used.
pub fn run(wishes: Wishes) -> anyhow::Result<()> {
    preflight::random_numbers().map_err(|missing| anyhow!(missing))?;
    let folders = Folders::of_this_person();
    let no_log = logging::start(&folders.state);
    This::display().map_err(|missing| anyhow!(missing))?;
    let runtime =
        runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    async_runtime::set(runtime.handle().clone());
    let _entered = runtime.enter();

    let (another, launches) = mpsc::unbounded_channel();
    let launched = another.clone();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |_, arguments, _| {
            let _ = launched.send(Wishes::of_another(&arguments));
        }))
        .plugin(tauri_plugin_store::Builder::default().build())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .build(tauri::generate_context!())
        .context("the tray could not be made")?;
    This::introduce();
    This::apply_activation(app.handle(), Part::Tray);
    turn(app, Start { folders, wishes, no_log }, another, launches)
}

/// What is known before there is an event loop.
struct Start {
    folders: Folders,
    wishes: Wishes,
    no_log: Option<logging::NoLog>,
}

/// The event loop. Everything begins in it, since macOS takes no tray icon any sooner.
fn turn(
    app: tauri::App,
    start: Start,
    another: UnboundedSender<Wishes>,
    launches: UnboundedReceiver<Wishes>,
) -> anyhow::Result<()> {
    let mut beginning = Some((start, launches));
    let ending = Ending::of(app.handle(), This::end);
    let code = app.run_return(move |app, event| match event {
        RunEvent::Ready => {
            if let Some((start, launches)) = beginning.take() {
                ending.holds(begin(app, start, launches, &ending));
            }
        }
        event if This::is_reopened(&event) => drop(another.send(Wishes::to_see_it())),
        // No window is the usual state of things.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => ending.put_away(),
        _ => {}
    });
    match code {
        0 => Ok(()),
        _ => Err(anyhow!("Glowjar had to end; its log says why")),
    }
}

fn begin(
    app: &AppHandle,
    start: Start,
    launches: UnboundedReceiver<Wishes>,
    ending: &Ending,
) -> Open {
    let Start { folders, wishes, no_log } = start;
    let languages: Vec<String> = sys_locale::get_locales().collect();
    let language = Language::resolve(LanguageChoice::System, &languages);
    let mut troubles = Vec::new();
    if let Some(logging::NoLog { path, cause }) = no_log {
        troubles.push(banners::unusable(Unusable::Log, &path, &cause, language));
    }
    if !folders.has_home {
        troubles.push(banners::no_home(&folders.data, language));
    }
    let (clicks, clicked) = mpsc::unbounded_channel();
    let shortcut = Shortcut::new(clicks.clone());
    let on_toast = clicks.clone();
    let tray = put_up_tray(app, language, &mut troubles, move |click| drop(clicks.send(click)));
    let has_tray = tray.is_some();
    let (shows, shown) = mpsc::channel(1);
    let (snapshots, newest) = watch::channel(None);
    let desk: Arc<dyn Shell> = Arc::new(Desktop {
        app: app.clone(),
        ending: ending.clone(),
        snapshots,
        shows: shows.clone(),
        tray,
        notifications: Notifications::new(move |click| drop(on_toast.send(click))),
        clipboard: Clipboard::start(),
        shortcut,
    });
    let front = Front::default();
    This::watch_the_desktop(ending, &front);
    let window_unwanted = CancellationToken::new();
    let answer = {
        let front = front.clone();
        move |request| {
            let front = front.clone();
            async move { front.ask(request).await }
        }
    };
    let window = tokio::spawn(window_process::keep(
        WindowProgram::standing_in().unwrap_or_else(|| WindowProgram::of_this(this_program())),
        answer,
        newest,
        shown,
        window_unwanted.clone(),
        no_window(desk.clone(), front.clone(), language),
    ));
    tokio::spawn(shutdown::on_signal(ending.clone()));
    tokio::spawn({
        let (front, shows) = (front.clone(), shows.clone());
        async move { attend(&front, &shows, clicked, launches).await }
    });
    // Without an icon to click, a person would see nothing at all.
    if !has_tray {
        let _ = shows.try_send(());
    }
    fulfil(&front, &shows, wishes.clone());
    let listening = Arc::default();
    let leading = Leading {
        app: app.clone(),
        ending: ending.clone(),
        desk: desk.clone(),
        front: front.clone(),
        shows,
        folders,
        languages,
        wishes,
        has_tray,
        window_unwanted: window_unwanted.clone(),
        listening: Arc::clone(&listening),
    };
    decide(leading, troubles, language);
    Open { front, desk, window, window_unwanted, listening }
}

/// Leads, or follows the Glowjar that does.
fn decide(leading: Leading, mut troubles: Vec<BannerView>, language: Language) {
    match FolderLock::claim(&leading.folders.data) {
        Ok(Claim::Ours(lock)) => leading::lead(leading, Some(lock), troubles),
        Ok(Claim::Taken(waiting)) => following::follow(leading, waiting, troubles, language),
        Err(error) => {
            let (path, cause) = (&leading.folders.data, error.to_string());
            tracing::warn!(event = "no_lock", path = %path.display(), cause);
            troubles.push(banners::unusable(Unusable::Lock, path, &cause, language));
            leading::lead(leading, None, troubles);
        }
    }
}

/// Says that the window could not be opened, where a person can still read it.
fn no_window(
    desk: Arc<dyn Shell>,
    front: Front,
    language: Language,
) -> impl Fn(NoWindow<'_>) + Send {
    move |why| {
        let language = front.agent().map_or(language, |agent| agent.snapshot().language);
        let banner = match why {
            NoWindow::NotStarted { program, error } => {
                banners::unusable(Unusable::Window, program, &error.to_string(), language)
            }
            NoWindow::NoWebView => {
                let banner = banners::no_web_view(language);
                let question = language.say("offer-web_view");
                This::offer_web_view(&format!(
                    "{}\n\n{}\n\n{question}",
                    banner.headline, banner.advice
                ));
                banner
            }
        };
        desk.raise(&Notice {
            id: banner.code.clone(),
            title: banner.headline.clone(),
            body: banner.advice.clone(),
            urgency: Urgency::Normal,
            buttons: Vec::new(),
        });
        if let Some(agent) = front.agent() {
            agent.tell(HostEvent::BannerRaised(banner));
        }
    }
}

fn put_up_tray(
    app: &AppHandle,
    language: Language,
    troubles: &mut Vec<BannerView>,
    on_click: impl Fn(glowjar_agent::tray::Click) + Send + Sync + 'static,
) -> Option<Arc<Tray>> {
    let missing = match This::tray_library() {
        Ok(()) => {
            let pictures = leading::folder_of_pictures();
            // If it can't be made, the tray says so.
            let _ = make_folder(&pictures);
            match Tray::put_up(app, &pictures, on_click) {
                Ok(tray) => return Some(Arc::new(tray)),
                Err(error) => error.to_string(),
            }
        }
        Err(missing) => missing.to_owned(),
    };
    tracing::error!(event = "no_tray", "{missing}");
    troubles.push(banners::no_tray(Some(&missing), language));
    None
}

/// Passes on what comes from outside: clicks in the tray's menu, and further launches.
async fn attend(
    front: &Front,
    shows: &mpsc::Sender<()>,
    mut clicked: UnboundedReceiver<glowjar_agent::tray::Click>,
    mut launches: UnboundedReceiver<Wishes>,
) {
    loop {
        tokio::select! {
            Some(click) = clicked.recv() => front.click(click),
            Some(wishes) = launches.recv() => fulfil(front, shows, wishes),
            else => return,
        }
    }
}

fn fulfil(front: &Front, shows: &mpsc::Sender<()>, wishes: Wishes) {
    if wishes.show {
        let _ = shows.try_send(());
    }
    if let Some(text) = wishes.opened {
        let (front, shows) = (front.clone(), shows.clone());
        tokio::spawn(async move {
            if front.ask(Request::PasteSignIn { text }).await.is_of_the_sign_in() {
                let _ = shows.try_send(());
            }
        });
    }
    if wishes.sandbox {
        let front = front.clone();
        tokio::spawn(async move { front.ask(Request::TrySandbox).await });
    }
}

/// The window's process is started from the same file.
fn this_program() -> PathBuf {
    own_program::file().unwrap_or_else(|error| {
        tracing::error!(event = "own_file_unknown", %error);
        PathBuf::from("glowjar-app")
    })
}

/// One request now and then: two are there so that one that blocks does not hold up the other.
const WORKERS: usize = 2;
