//! The application on a desktop of its own, and an identity server that outlives it.

use std::{env, fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use desktop::{
    App, Desktop, Menu, PATIENCE, Parts, Query, Running, TrayItem, Window, timeouts::until,
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};

pub struct Scene {
    // Dropped in this order: the application would call for a desktop that has gone.
    pub app: App,
    pub desktop: Desktop,
    pub sandbox: Sandbox,
}

/// What a person types into the form for a new profile.
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    /// The provider as the form calls it.
    pub provider: &'static str,
    pub endpoint: String,
    pub client_id: String,
    pub secret: String,
    /// Absent for client credentials.
    pub refresh_token: Option<String>,
}

impl Scene {
    /// Somebody new: the window is about to open by itself.
    pub async fn new() -> Result<Self> {
        Self::with(Parts::default(), Settings::default()).await
    }

    pub async fn with(parts: Parts, settings: Settings) -> Result<Self> {
        Self::with_variables(parts, settings, &[]).await
    }

    pub async fn with_variables(
        parts: Parts,
        settings: Settings,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let sandbox = Sandbox::start(settings).await?;
        let desktop = Box::pin(Desktop::start(parts)).await?;
        desktop.keep_still()?;
        let app = App::start_with(&desktop, NO_ARGUMENTS, variables)?;
        Ok(Self { app, desktop, sandbox })
    }

    /// One profile with a live token, and the window closed.
    pub async fn at_work(settings: Settings) -> Result<Self> {
        Box::pin(Self::at_work_on(Parts::default(), settings)).await
    }

    pub async fn at_work_on(parts: Parts, settings: Settings) -> Result<Self> {
        Box::pin(Self::at_work_with(parts, settings, &[])).await
    }

    pub async fn at_work_with(
        parts: Parts,
        settings: Settings,
        variables: &[(&str, &str)],
    ) -> Result<Self> {
        let scene = Self::with_variables(parts, settings, variables).await?;
        let window = scene.window().await?;
        add(&window, &scene.refreshing()).await?;
        window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
        scene.close(window).await?;
        Ok(scene)
    }

    /// A profile that renews with a refresh token, as the tutorial has it.
    pub fn refreshing(&self) -> Typed {
        Typed { refresh_token: Some(self.sandbox.issue_refresh_token(CLIENT_ID)), ..self.minting() }
    }

    /// A profile that mints again with id and secret.
    pub fn minting(&self) -> Typed {
        Typed {
            name: NAME.to_owned(),
            provider: "Tutorial style",
            endpoint: self.sandbox.url(),
            client_id: CLIENT_ID.to_owned(),
            secret: CLIENT_SECRET.to_owned(),
            refresh_token: None,
        }
    }

    /// The window that is open or about to open.
    pub async fn window(&self) -> Result<Window> {
        self.window_showing(&Query::test_id("open-settings")).await
    }

    /// The window, as soon as it has this, on whichever page.
    pub async fn window_showing(&self, query: &Query) -> Result<Window> {
        let shown = self.desktop.screen()?.wait_for_window(TITLE, true, PATIENCE).await;
        shown.with_context(|| self.circumstances())?;
        let window = Box::pin(Window::attach(&self.desktop, &self.app, PATIENCE)).await?;
        window.wait_for(query, PATIENCE).await?;
        Ok(window)
    }

    /// Opens it from the tray.
    pub async fn open_window(&self) -> Result<Window> {
        self.item().await?.click(&["Open Glowjar"]).await?;
        self.window().await
    }

    /// Closes it as a person does, and waits for the last of its processes.
    pub async fn close(&self, window: Window) -> Result<()> {
        drop(window);
        self.desktop.screen()?.close_window(TITLE).await?;
        self.wait_until_alone().await
    }

    /// Waits until nothing descends from the application any more.
    pub async fn wait_until_alone(&self) -> Result<()> {
        let alone = || async { Ok(self.app.descendants().is_empty().then_some(())) };
        let waited = until(PATIENCE, "the window's processes to end", alone).await;
        waited.with_context(|| format!("still there: {:?}", names(&self.app.descendants())))
    }

    /// For an error: what runs and what was said last.
    fn circumstances(&self) -> String {
        let output = self.app.output();
        let lines: Vec<&str> = output.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        format!("running: {:?}\nsaid last:\n{last}", names(&self.app.descendants()))
    }

    pub async fn item(&self) -> Result<TrayItem> {
        self.desktop.tray()?.wait_for_item(PATIENCE).await
    }

    /// Waits until the menu's first row contains these words.
    pub async fn wait_for_status(&self, words: &str) -> Result<Menu> {
        self.item().await?.wait_until(PATIENCE, |menu| status_of(menu).contains(words)).await
    }

    /// Copies by the tray and reads the clipboard.
    pub async fn copied_by_tray(&self) -> Result<String> {
        let clipboard = self.desktop.clipboard()?;
        // So that what is read afterwards has just been put there.
        clipboard.write(SOMETHING_ELSE).await?;
        self.item().await?.click_when_enabled(&["Copy token"], PATIENCE).await?;
        let copied = clipboard.wait_until(PATIENCE, |text| text != Some(SOMETHING_ELSE)).await?;
        copied.context("the clipboard is empty")
    }

    /// How many token requests have arrived.
    pub fn token_requests(&self) -> u64 {
        self.sandbox.requests_to(Route::Token).len() as u64
    }

    /// Ends the application with SIGKILL and starts it again.
    pub async fn crash_and_start(&mut self) -> Result<()> {
        self.app.kill_hard().await?;
        self.app = App::start(&self.desktop, NO_ARGUMENTS)?;
        Ok(())
    }

    /// Profiles and preferences.
    pub fn data_folder(&self) -> PathBuf {
        data_folder(&self.desktop)
    }

    /// What was begun is named in the list before the keychain is asked, and has to be gone again.
    pub fn assert_that_no_profile_is_kept(&self) -> Result<()> {
        let list = fs::read_to_string(self.data_folder().join("profiles.json"))?;
        let list: serde_json::Value = serde_json::from_str(&list)?;
        assert_eq!(list["profiles"], serde_json::json!([]));
        assert_eq!(list["leaving"].as_array().map_or(0, Vec::len), 0, "{list}");
        Ok(())
    }

    /// As [`Scene::picture`], of the screen with the tray's menu open.
    pub async fn picture_of_menu(&self, name: &str) -> Result<()> {
        let Some(folder) = env::var_os("GLOWJAR_SHOTS").map(PathBuf::from) else { return Ok(()) };
        fs::create_dir_all(&folder)?;
        let screen = self.desktop.screen()?;
        // The icon is the last thing in the panel at the top.
        screen.click_at(1_264, 16).await?;
        // A menu sends nothing by which one could tell that it is drawn.
        tokio::time::sleep(Duration::from_secs(2)).await;
        screen.picture(&folder.join(format!("{name}.png"))).await?;
        screen.press("Escape").await
    }

    /// Takes pictures of page and screen for people, into the folder that `GLOWJAR_SHOTS` names, if it does.
    pub async fn picture(&self, window: &Window, name: &str) -> Result<()> {
        let Some(folder) = env::var_os("GLOWJAR_SHOTS").map(PathBuf::from) else { return Ok(()) };
        fs::create_dir_all(&folder)?;
        window.picture(&folder.join(format!("{name}.png"))).await?;
        self.desktop.screen()?.picture(&folder.join(format!("{name}-screen.png"))).await
    }
}

/// Opens the form from wherever the page is, fills it in, and saves.
pub async fn add(window: &Window, typed: &Typed) -> Result<()> {
    fill(window, typed).await?;
    window.click(&Query::test_id("save-profile")).await?;
    window.wait_until_gone(&Query::test_id("save-profile"), PATIENCE).await
}

/// Clicks an item of the menu for the profile that is shown.
pub async fn click_in_menu(window: &Window, item: &str) -> Result<()> {
    window.click(&Query::test_id("profile-menu")).await?;
    window.click(&Query::test_id(item)).await
}

/// As [`add`], without saving.
pub async fn fill(window: &Window, typed: &Typed) -> Result<()> {
    if !window.has(&Query::test_id("welcome-add")).await? {
        window.click(&Query::test_id("add-profile")).await?;
    }
    window.click(&Query::test_id("welcome-add")).await?;
    window.fill(&Query::test_id("field-name"), &typed.name).await?;
    window.choose(&Query::test_id("field-preset"), typed.provider).await?;
    window.fill(&Query::test_id("field-token-endpoint"), &typed.endpoint).await?;
    window.fill(&Query::test_id("field-client-id"), &typed.client_id).await?;
    window.fill(&Query::test_id("field-client-secret"), &typed.secret).await?;
    let grant = match typed.refresh_token {
        Some(_) => "Refresh token",
        None => "Client credentials (ID and secret)",
    };
    let grants = Query::test_id("field-grant");
    if !window.wait_for(&grants, PATIENCE).await?.text().await?.contains(grant) {
        window.choose(&grants, grant).await?;
    }
    if let Some(refresh_token) = &typed.refresh_token {
        window.fill(&Query::test_id("field-refresh-token"), refresh_token).await?;
    }
    Ok(())
}

/// The first row: how the worst profile stands.
pub fn status_of(menu: &Menu) -> &str {
    menu.entries.first().map_or("", |entry| &entry.label)
}

pub fn data_folder(desktop: &Desktop) -> PathBuf {
    desktop.home().join(".local/share/app.glowjar.Glowjar")
}

pub fn names(processes: &[Running]) -> Vec<&str> {
    processes.iter().map(|process| process.name.as_str()).collect()
}

pub const NAME: &str = "Campaign";
pub const TITLE: &str = "Glowjar";
pub const NO_ARGUMENTS: [&str; 0] = [];
const LAST_LINES: usize = 30;
const SOMETHING_ELSE: &str = "something else";
