//! Started where something is missing, not writable or odd that a live token does not need.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use desktop::{
    App, PATIENCE, Query,
    app::app_file,
    process::{output_of, output_with_input},
    timeouts::until,
};
use glowjar_sandbox::{Rotation, Route, Settings};
use rustix::process::{Pid, Signal, kill_process};

use super::fixture::{NAME, NO_ARGUMENTS, Scene};
use crate::test_app::programs::command_file;

/// What is odd, and the words in which tray and command name it; none where nothing is amiss.
pub struct Odd {
    what: &'static str,
    pub variables: Vec<(&'static str, String)>,
    /// Beside the name of the variable or file.
    names: Vec<&'static str>,
}

impl Odd {
    pub fn nothing(what: &'static str) -> Self {
        Self::naming(what, &[])
    }

    pub fn naming(what: &'static str, names: &[&'static str]) -> Self {
        Self { what, variables: Vec::new(), names: names.to_vec() }
    }

    pub fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

fn with(what: &'static str, variable: &'static str, value: &str, names: &[&'static str]) -> Odd {
    Odd { variables: vec![(variable, value.to_owned())], ..Odd::naming(what, names) }
}

/// Starts it with a profile that has a live token already, and looks for the token and for the words.
async fn check(scene: &mut Scene, odd: &Odd) -> Result<()> {
    scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &odd.variables())?;
    look(scene, odd).await
}

/// Looks for a live token and for the words, in tray and command, and ends it.
pub async fn look(scene: &mut Scene, odd: &Odd) -> Result<()> {
    let menu = scene.wait_for_status("valid until").await;
    let menu = menu.with_context(|| format!("{}: {}", odd.what, scene.app.output()))?;
    let mut status = scene.desktop.command(command_file());
    status.arg("status").envs(odd.variables());
    let said = String::from_utf8(output_of(status, PATIENCE).await?)?;
    ensure!(said.contains("Live"), "{}: {said}", odd.what);
    for name in &odd.names {
        ensure!(said.contains(name), "{}: status does not name {name}: {said}", odd.what);
    }
    let is_named = menu.labels().iter().any(|label| said.contains(&format!("! {label}.")));
    ensure!(is_named != odd.names.is_empty(), "{}: {menu:?}", odd.what);
    scene.app.terminate().await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_odd_surroundings_are_named_and_a_live_token_stays_live() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let elsewhere = tempfile::tempdir()?;
    let empty = elsewhere.path().join("empty.pem");
    fs::write(&empty, "")?;
    let mut cases = vec![
        with("no such certificates", "SSL_CERT_FILE", "/nowhere.pem", &["SSL_CERT_FILE"]),
        with(
            "empty certificates",
            "SSL_CERT_FILE",
            &empty.display().to_string(),
            &["SSL_CERT_FILE"],
        ),
        with("no such folder", "SSL_CERT_DIR", "/nowhere", &["SSL_CERT_DIR"]),
        with("a language nobody speaks", "LC_ALL", "xx_YY.nonsense", &[]),
        with("a place nobody knows", "TZ", "Nowhere/Land", &[]),
        with("a relative state folder", "XDG_STATE_HOME", "state", &[]),
        with("a relative data folder", "XDG_DATA_HOME", "data", &[]),
        with("no run-time folder", "XDG_RUNTIME_DIR", "", &[]),
        with("a run-time folder that is gone", "XDG_RUNTIME_DIR", "/nowhere/run", &[]),
    ];
    if rustix::process::geteuid().is_root() {
        let theirs = elsewhere.path().join("theirs");
        fs::create_dir(&theirs)?;
        std::os::unix::fs::chown(&theirs, Some(12_345), Some(12_345))?;
        let theirs = theirs.display().to_string();
        cases.push(with("another user's run-time folder", "XDG_RUNTIME_DIR", &theirs, &[]));
    }
    for case in &cases {
        Box::pin(check(&mut scene, case)).await?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_a_log_that_cannot_be_written_is_named_and_done_without() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let state = scene.desktop.home().join(".local/state/app.glowjar.Glowjar");
    let names = &["No log is written", ".local/state/app.glowjar.Glowjar"];

    fs::rename(&state, state.with_extension("before"))?;
    fs::write(&state, "a file in the folder's place")?;
    Box::pin(check(&mut scene, &Odd::naming("a file for a folder", names))).await?;

    fs::remove_file(&state)?;
    let mut date = scene.desktop.command("date");
    date.args(["-u", "+%F"]);
    let today = String::from_utf8(output_of(date, PATIENCE).await?)?;
    fs::create_dir_all(state.join(format!("glowjar.{}.log", today.trim())))?;
    Box::pin(check(&mut scene, &Odd::naming("a folder for a file", names))).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_settings_and_profiles_that_cannot_be_opened_are_named_and_left_alone() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let folder = scene.data_folder();
    let preferences = folder.join("preferences.json");
    let _ = fs::remove_file(&preferences);
    fs::create_dir(&preferences)?;
    let names = &["Settings can’t be read", "preferences.json"];
    Box::pin(check(&mut scene, &Odd::naming("settings", names))).await?;
    assert!(preferences.is_dir());

    let (profiles, before) = (folder.join("profiles.json"), folder.join("before"));
    fs::rename(&profiles, &before)?;
    fs::create_dir(&profiles)?;
    scene.app = App::start(&scene.desktop, ["--show"])?;
    let window = scene.window().await?;
    let banner = Query::test_id("banner-profiles_unreadable");
    window.wait_until(&banner, PATIENCE, |text| text.contains("profiles.json")).await?;
    scene.close(window).await?;
    scene.app.terminate().await?;
    fs::remove_dir(&profiles)?;
    fs::rename(&before, &profiles)?;
    Box::pin(check(&mut scene, &Odd::naming("mended", names))).await?;
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_a_window_program_that_is_gone_is_named_in_the_tray() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let program = scene.desktop.home().join("glowjar-app");
    fs::copy(app_file()?, &program)?;
    scene.app = App::start_program(&scene.desktop, &program, NO_ARGUMENTS, &[])?;
    scene.wait_for_status("valid until").await?;
    fs::remove_file(&program)?;
    let item = scene.item().await?;
    item.click(&["Open Glowjar"]).await?;
    item.wait_until(PATIENCE, |menu| menu.labels().contains(&"The window can’t be opened")).await?;
    scene.wait_for_status("valid until").await?;
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn it_starts_without_open_outputs_and_from_within_a_command_substitution() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    let app = app_file()?.display().to_string();
    for redirections in [">/dev/full 2>&1", "<&- >&- 2>&-"] {
        scene.app.terminate().await?;
        let line = format!("exec \"$0\" {redirections}");
        scene.app =
            App::start_program(&scene.desktop, "sh", ["-c", line.as_str(), app.as_str()], &[])?;
        scene.wait_for_status("valid until").await.context(redirections)?;
    }
    scene.app.terminate().await?;
    let mut shell = scene.desktop.command("sh");
    shell.args(["-c", "echo \"<$(\"$0\" token)>\""]).arg(command_file());
    let said = String::from_utf8(output_of(shell, PATIENCE).await?)?;
    let token = said.trim().trim_start_matches('<').trim_end_matches('>');
    assert!(scene.sandbox.accepts(token), "{said}");
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f57_a_runtime_path_too_long_for_a_socket_gives_way_to_a_short_one() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let long = scene.desktop.home().join("long".repeat(25));
    fs::create_dir_all(&long)?;
    let long = long.display().to_string();
    Box::pin(check(&mut scene, &with("a long path", "XDG_RUNTIME_DIR", &long, &[]))).await?;

    // A program with other variables finds it as well.
    scene.app = App::start_with(&scene.desktop, NO_ARGUMENTS, &[("XDG_RUNTIME_DIR", &long)])?;
    scene.wait_for_status("valid until").await?;
    let mut token = scene.desktop.command(command_file());
    token.args(["token", "--no-start"]);
    let token = String::from_utf8(output_of(token, PATIENCE).await?)?;
    assert!(scene.sandbox.accepts(token.trim()));
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f57_with_an_open_umask_everything_is_private_all_the_same() -> Result<()> {
    let mut scene = Box::pin(Scene::new()).await?;
    scene.app.terminate().await?;
    // The keychain's files lie in `.local` as well, and stay.
    let _ = fs::remove_dir_all(scene.data_folder());
    for folder in [".local/state", ".cache"] {
        let _ = fs::remove_dir_all(scene.desktop.home().join(folder));
    }
    let _ = fs::remove_dir_all(scene.desktop.runtime_folder().join("glowjar"));
    let app = app_file()?.display().to_string();
    let line = "umask 000; exec \"$0\"";
    scene.app = App::start_program(&scene.desktop, "sh", ["-c", line, app.as_str()], &[])?;
    let window = scene.window().await?;
    super::fixture::add(&window, &scene.minting()).await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    scene.close(window).await?;
    scene.app.terminate().await?;
    let mut open = BTreeMap::new();
    for folder in [
        scene.data_folder(),
        scene.desktop.home().join(".local/state/app.glowjar.Glowjar"),
        scene.desktop.runtime_folder().join("glowjar"),
    ] {
        ensure!(folder.is_dir(), "{} is not there", folder.display());
        modes(&folder, &mut open)?;
    }
    open.retain(|_, mode| *mode & 0o077 != 0);
    let open: Vec<_> =
        open.iter().map(|(path, mode)| format!("{mode:o} {}", path.display())).collect();
    assert_eq!(open, Vec::<String>::new());
    Ok(())
}

/// The modes of a folder and of what is in it. What is in a private folder that another program fills is its own affair.
fn modes(path: &Path, into: &mut BTreeMap<PathBuf, u32>) -> Result<()> {
    let meta = fs::symlink_metadata(path)?;
    into.insert(path.to_owned(), meta.mode() & 0o777);
    let is_the_panels =
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("icons"));
    if meta.is_dir() && !is_the_panels {
        for entry in fs::read_dir(path)? {
            modes(&entry?.path(), into)?;
        }
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f57_files_that_are_links_into_dotfiles_are_written_through() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let (data, dotfiles) = (scene.data_folder(), scene.desktop.home().join("dotfiles"));
    fs::create_dir(&dotfiles)?;
    let files = ["profiles.json", "preferences.json", "permissions.json", "outlets.json"];
    for name in files {
        let (link, file) = (data.join(name), dotfiles.join(name));
        if link.exists() {
            fs::rename(&link, &file)?;
        }
        symlink(&file, &link)?;
    }
    scene.app = App::start(&scene.desktop, ["--show"])?;
    let window = scene.window().await?;
    window.wait_for(&Query::test_id("hero-countdown"), PATIENCE).await?;
    super::fixture::click_in_menu(&window, "pause-profile").await?;
    let paused = || async {
        let text = fs::read_to_string(dotfiles.join("profiles.json"))?;
        Ok(text.contains("\"paused\": true").then_some(()))
    };
    until(PATIENCE, "the pause to be written to the dotfiles", paused).await?;
    for name in files {
        assert!(data.join(name).is_symlink(), "{name} is no link any more");
    }
    let mode = fs::metadata(dotfiles.join("profiles.json"))?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_home_that_is_a_link_is_a_home() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let linked = scene.desktop.home().with_file_name("ünï home");
    symlink(scene.desktop.home(), &linked)?;
    let linked = linked.display().to_string();
    Box::pin(check(&mut scene, &with("a linked home", "HOME", &linked, &[]))).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f55_silent_connections_leave_room_for_one_that_asks() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let app = app_file()?.display().to_string();
    scene.app =
        App::start_program(&scene.desktop, "prlimit", ["--nofile=128:128", app.as_str()], &[])?;
    scene.wait_for_status("valid until").await?;
    let before = cpu_seconds(scene.app.id())?;
    let silent = silent_connections(&scene, 300).await?;
    let token = token(&scene).await?;
    assert!(scene.sandbox.accepts(&token));
    let used = cpu_seconds(scene.app.id())? - before;
    assert!(used < 3.0, "{used} s of the processor");
    drop(silent);
    let trouble = scene.wait_for_status("valid until").await?;
    assert!(!trouble.labels().iter().any(|label| label.contains("keychain")), "{trouble:?}");
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f55_without_descriptors_it_waits_quietly_and_goes_on_afterwards() -> Result<()> {
    let settings = Settings { rotation: Rotation::Strict, ..Settings::default() };
    let scene = Box::pin(Scene::at_work(settings)).await?;
    let id = scene.app.id();
    let (lines, open) = (scene.app.lines().len(), descriptors(id)?);
    limit(&scene, open + 2).await?;
    let before = cpu_seconds(id)?;
    let silent = silent_connections(&scene, 300).await?;
    scene.app.wait_for_line_after(lines, PATIENCE, |line| line.contains("not_accepting")).await?;
    // Meanwhile a person wants something that takes a connection and the keychain.
    let item = scene.item().await?;
    item.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    tokio::time::sleep(WATCHED).await;
    let used = cpu_seconds(id)? - before;
    assert!(used < WATCHED.as_secs_f64() / 4.0, "{used} s of the processor");
    let said = scene.app.output();
    assert!(said.matches("not_accepting").count() <= 3, "{said}");
    assert!(said.lines().count() < lines + 60, "{said}");
    let menu = item.menu().await?;
    assert!(!menu.labels().iter().any(|label| label.contains("no keychain")), "{menu:?}");

    drop(silent);
    limit(&scene, 1_024).await?;
    scene.app.wait_for_line_after(lines, PATIENCE, |line| line.contains("accepting_again")).await?;
    let live = || async {
        let token = token(&scene).await?;
        Ok(scene.sandbox.accepts(&token).then_some(()))
    };
    until(PATIENCE, "a live token", live).await?;
    assert!(!scene.sandbox.requests_to(Route::Token).is_empty());
    Ok(())
}

async fn silent_connections(scene: &Scene, count: usize) -> Result<Vec<UnixStream>> {
    let socket = scene.desktop.runtime_folder().join("glowjar/handout.sock");
    let connect = move || (0..count).map(|_| UnixStream::connect(&socket)).collect();
    let streams: std::io::Result<Vec<UnixStream>> = tokio::task::spawn_blocking(connect).await?;
    Ok(streams?)
}

async fn token(scene: &Scene) -> Result<String> {
    let mut token = scene.desktop.command(command_file());
    token.args(["token", "--no-start", NAME]);
    let said = output_with_input(token, b"", PATIENCE).await?;
    Ok(String::from_utf8(said)?.trim().to_owned())
}

async fn limit(scene: &Scene, files: usize) -> Result<()> {
    let mut command = scene.desktop.command("prlimit");
    command.args([format!("--pid={}", scene.app.id()), format!("--nofile={files}:1024")]);
    output_of(command, PATIENCE).await.map(drop)
}

fn descriptors(id: u32) -> Result<usize> {
    Ok(fs::read_dir(format!("/proc/{id}/fd"))?.count())
}

/// Of all its threads, as proc(5) has it in fields 14 and 15, in hundredths of a second.
fn cpu_seconds(id: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("a process's name")?;
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap_or(0.0))
        .sum();
    Ok(ticks / 100.0)
}

/// Long enough for a loop that spins to be seen.
const WATCHED: Duration = Duration::from_secs(10);

/// The signal comes to whatever was started in the terminal.
#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn a_terminal_that_is_closed_ends_it_as_its_menu_does_and_the_next_start_has_the_token()
-> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    let token = scene.copied_by_tray().await?;
    let id = i32::try_from(scene.app.id()).ok().and_then(Pid::from_raw).context("a process")?;
    kill_process(id, Signal::HUP)?;
    let ended = scene.app.wait(PATIENCE).await?;
    assert_eq!(ended.code(), Some(0), "{}", scene.app.output());
    assert!(scene.app.output().contains("quit"), "{}", scene.app.output());
    let clipboard = scene.desktop.clipboard()?;
    let cleared = clipboard.wait_until(PATIENCE, |text| text != Some(token.as_str())).await?;
    assert_ne!(cleared.as_deref(), Some(token.as_str()));

    // Started again as under `nohup`, in a terminal that is gone: nothing can be written there.
    let line = "trap '' HUP; exec \"$0\" 2>/dev/full >/dev/full";
    let app = app_file()?.display().to_string();
    let mut command = scene.desktop.command("sh");
    let mut unheard = command.args(["-c", line, &app]).kill_on_drop(true).spawn()?;
    scene.wait_for_status("valid until").await?;
    let asked = scene.token_requests();
    scene.item().await?.click_when_enabled(&["Refresh now"], PATIENCE).await?;
    scene.sandbox.wait_for(Route::Token, asked + 1).await;
    assert!(scene.sandbox.accepts(&scene.copied_by_tray().await?));
    assert!(unheard.try_wait()?.is_none(), "it ended");
    scene.item().await?.click(&["Quit"]).await?;
    assert!(tokio::time::timeout(PATIENCE, unheard.wait()).await??.success());
    Ok(())
}
