//! The tour itself, act by act.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use desktop::{App, Desktop, PATIENCE, Query, Sandbox, TrayItem, Window, timeouts::until};
use glowjar_sandbox::Outage;

use crate::on_linux::{
    checklist::{Checklist, Sight},
    diary::Diary,
    event::Event,
    pictures::Pictures,
    proof,
};

pub struct Story<'a> {
    pub desktop: &'a Desktop,
    pub app: &'a App,
    pub diary: &'a Diary,
    pub checklist: &'a Checklist,
    pub pictures: &'a Pictures,
}

impl Story<'_> {
    /// # Errors
    /// Says what should have been seen and was not.
    pub async fn play(self) -> Result<()> {
        let (tray, url) = self.first_token().await?;
        let sandbox = Sandbox::at(&url)?;
        self.copy(&tray, &url).await?;
        self.look(&tray).await?;
        self.refresh_now(&tray, &sandbox).await?;
        self.close_window().await?;
        let last = self.two_renewals(&sandbox).await?;
        self.outage(&tray, &sandbox, &last).await?;
        self.close_window().await?;
        self.checklist.tick(Sight::NoWebView);
        self.checklist.tick(Sight::Pictures);
        Ok(())
    }

    /// Waits for a token, and for an icon in the tray that offers it.
    async fn first_token(&self) -> Result<(TrayItem, String)> {
        let started = self.happened(0, "sandbox_started", PATIENCE).await?;
        let url = started.field("url").context("the sandbox did not say where it is")?;
        self.happened(0, "granted", PATIENCE).await?;
        let tray = self.desktop.tray()?.wait_for_item(PATIENCE).await?;
        tray.wait_until(PATIENCE, |menu| menu.clickable(&COPY).is_ok()).await?;
        self.tell_tray(&tray).await?;
        self.checklist.tick(Sight::FirstToken);
        Ok((tray, url))
    }

    async fn copy(&self, tray: &TrayItem, url: &str) -> Result<()> {
        let mark = self.diary.mark();
        tray.click_when_enabled(&COPY, PATIENCE).await?;
        self.diary.tell("click", "Copy token, in the tray");
        self.happened(mark, "copied", PATIENCE).await?;
        let token = self.desktop.clipboard()?.text().await?.context("the clipboard is empty")?;
        proof::is_accepted(url, &token).await?;
        self.diary.tell("checked", "read back: the identity server and Firefly both accept it");
        self.checklist.tick(Sight::Copy);
        Ok(())
    }

    /// Looks at the light window and at the tray.
    async fn look(&self, tray: &TrayItem) -> Result<()> {
        let window = self.open_window(tray).await?;
        self.checklist.tick(Sight::Window);
        self.pictures.window(&window, "window-light").await?;
        self.pictures.tray(self.desktop, "tray").await?;
        self.pictures.tray_menu(self.desktop).await?;
        self.diary.tell("pictures", "of window and tray");
        Ok(())
    }

    async fn refresh_now(&self, tray: &TrayItem, sandbox: &Sandbox) -> Result<()> {
        let before = sandbox.counts().await?;
        let mark = self.diary.mark();
        tray.click_when_enabled(&["Refresh now"], PATIENCE).await?;
        self.diary.tell("click", "Refresh now, in the tray");
        self.renewal(mark, PATIENCE).await?;
        let asked = sandbox.counts().await?.to("token") - before.to("token");
        ensure!(asked == 1, "one click made {asked} requests");
        self.checklist.tick(Sight::RefreshNow);
        Ok(())
    }

    /// Waits while nobody clicks anything.
    async fn two_renewals(&self, sandbox: &Sandbox) -> Result<Event> {
        let before = sandbox.counts().await?;
        self.diary.tell("waiting", "for two renewals that nobody asks for");
        let first = self.renewal(self.diary.mark(), A_TOKENS_LIFE).await?;
        ensure!(first.kind == "rotated", "the refresh token was not rotated");
        let second = self.renewal(self.diary.mark(), A_TOKENS_LIFE).await?;
        let rotated =
            sandbox.counts().await?.of("token", "rotated") - before.of("token", "rotated");
        ensure!(rotated == 2, "the identity server counted {rotated} rotations");
        self.checklist.tick(Sight::Renewals);
        Ok(second)
    }

    /// Takes the identity server away shortly before a renewal is due, looks at the dark window, and waits until all
    /// is well again.
    async fn outage(&self, tray: &TrayItem, sandbox: &Sandbox, last: &Event) -> Result<()> {
        prefer_dark(self.desktop)?;
        let window = self.open_window(tray).await?;
        self.pictures.window(&window, "window-dark").await?;
        self.diary.tell("pictures", "of the dark window");
        let begin = last.expires_at() - OUTAGE_BEFORE_EXPIRY;
        tokio::time::sleep(begin.duration_since(SystemTime::now()).unwrap_or_default()).await;

        let mark = self.diary.mark();
        self.diary
            .tell("outage", format!("the identity server is away for {} s", OUTAGE.as_secs()));
        sandbox.outage(Outage::ConnectionRefused, OUTAGE).await?;
        self.happened(mark, "failed", A_TOKENS_LIFE).await?;
        let menu = tray.wait_until(PATIENCE, |menu| !is_well(&menu.labels())).await?;
        ensure!(menu.clickable(&COPY).is_ok(), "the live token can't be copied:\n{menu}");
        self.tell_tray(tray).await?;
        window.wait_for(&Query::test_id("trouble"), PATIENCE).await?;
        self.pictures.window(&window, "window-dark-outage").await?;
        self.pictures.tray(self.desktop, "tray-outage").await?;
        self.diary.tell("pictures", "of both while it lasts");

        self.happened(mark, "recovered", A_TOKENS_LIFE).await?;
        tray.wait_until(PATIENCE, |menu| is_well(&menu.labels())).await?;
        window.wait_until_gone(&Query::test_id("trouble"), PATIENCE).await?;
        self.tell_tray(tray).await?;
        self.checklist.tick(Sight::Outage);
        Ok(())
    }

    async fn open_window(&self, tray: &TrayItem) -> Result<Window> {
        tray.click(&["Open Glowjar"]).await?;
        self.diary.tell("click", "Open Glowjar, in the tray");
        let window = Window::attach(self.desktop, self.app, PATIENCE).await?;
        let left = window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
        self.diary.tell("window", format!("open: {}", left.text().await?));
        Ok(window)
    }

    /// Closes the window as a person does, and looks for what is left of it.
    async fn close_window(&self) -> Result<()> {
        self.desktop.screen()?.close_window(TITLE).await?;
        until(PATIENCE, "the window's processes to end", || async {
            Ok(self.app.descendants().is_empty().then_some(()))
        })
        .await?;
        let memory = self.app.itself().context("Glowjar is gone")?.resident / 1_000_000;
        let words = format!("closed; no web view process is left, Glowjar takes {memory} MB");
        self.diary.tell("window", words);
        Ok(())
    }

    async fn tell_tray(&self, tray: &TrayItem) -> Result<()> {
        let menu = tray.menu().await?;
        self.diary.tell("tray", menu.labels().first().context("an empty menu")?);
        Ok(())
    }

    async fn happened(&self, mark: usize, kind: &str, limit: Duration) -> Result<Event> {
        self.diary.wait_for(mark, limit, kind, |event| event.kind == kind).await
    }

    async fn renewal(&self, mark: usize, limit: Duration) -> Result<Event> {
        self.diary.wait_for(mark, limit, "a renewal", Event::is_renewal).await
    }
}

/// Looks into the keychain: what it holds, nobody but its owner can read.
///
/// # Errors
/// When nothing is there.
pub async fn look_into_keychain(
    desktop: &mut Desktop,
    diary: &Diary,
    checklist: &Checklist,
) -> Result<()> {
    let entries = desktop.keychain()?.entries().await?;
    ensure!(!entries.is_empty(), "nothing is in the keychain");
    diary.tell("keychain", format!("holds {} entries", entries.len()));
    checklist.tick(Sight::Keychain);
    Ok(())
}

/// Quits through the tray.
///
/// # Errors
/// When Glowjar doesn't end, or not well, or leaves a token on the clipboard.
pub async fn quit(
    desktop: &Desktop,
    app: &mut App,
    diary: &Diary,
    checklist: &Checklist,
) -> Result<()> {
    desktop.tray()?.wait_for_item(PATIENCE).await?.click(&["Quit"]).await?;
    diary.tell("click", "Quit, in the tray");
    let status = app.wait(PATIENCE).await?;
    diary.catch_up(app);
    ensure!(status.success(), "Glowjar ended with {status}");
    ensure!(desktop.clipboard()?.text().await?.is_none(), "something is still on the clipboard");
    checklist.tick(Sight::Ending);
    Ok(())
}

/// The wish that GTK programs look for at their start; there is no settings daemon on this desktop to ask.
fn prefer_dark(desktop: &Desktop) -> Result<()> {
    let folder = desktop.home().join(".config/gtk-3.0");
    fs::create_dir_all(&folder)?;
    let wish = "[Settings]\ngtk-application-prefer-dark-theme=1\n";
    Ok(fs::write(folder.join("settings.ini"), wish)?)
}

/// The first row tells of nothing but the token's life.
fn is_well(labels: &[&str]) -> bool {
    labels.first().is_some_and(|status| status.contains(": valid until"))
}

const TITLE: &str = "Glowjar";
const COPY: [&str; 1] = ["Copy token"];
const A_TOKENS_LIFE: Duration = Duration::from_secs(60);
/// A renewal is due 15 s before the end, give or take 3 s.
const OUTAGE_BEFORE_EXPIRY: Duration = Duration::from_secs(20);
/// So long that the renewal fails, so short that there is time to heal before the token ends.
const OUTAGE: Duration = Duration::from_secs(14);
