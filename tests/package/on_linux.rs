//! Installed, upgraded over a person's data, and removed. Ends with 0 only if all of it was seen.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use debian::{Debian, HOME, PACKAGES, Person};
use desktop::{
    process::{Process, output_of, output_with_input},
    timeouts::until,
};
use glowjar_protocol::address::DATA_FOLDER;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};
use serde_json::{Map, Value};
use tokio::process::Command;

mod debian;

#[tokio::main]
pub async fn main() -> ExitCode {
    match Box::pin(tour()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("MISSING  {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Result<()> {
    let package = variable("GLOWJAR_DEB")?;
    let rpm = variable("GLOWJAR_RPM").ok();
    let folder = variable("GLOWJAR_CLEAN_DEBIAN")?;
    let packages = tempfile::tempdir()?;
    fs::copy(&package, packages.path().join(TODAYS))?;
    if let Some(rpm) = &rpm {
        fs::copy(rpm, packages.path().join(RPM))?;
    }
    fs::copy(variable("GLOWJAR_KEEPER_DEB")?, packages.path().join(KEEPER_DEB))?;
    make_older(&package, &packages.path().join(OLDER)).await?;

    let sandbox = Sandbox::start(Settings::default()).await?;
    let debian = Debian::fresh(&folder, packages.path()).await?;
    let rpms: &[&str] = if rpm.is_some() { &["rpm"] } else { &[] };
    debian.fetch(&[&[inside(OLDER).as_str()], SESSION, rpms].concat()).await?;
    // Before anything else, so that nothing else brings what it forgot to ask for.
    let begun = Instant::now();
    debian.install(&[&inside(OLDER)]).await?;
    let installation = begun.elapsed();
    ensure!(version(&debian).await? == OLDER_VERSION, "not the older version");
    let missing = debian.run(&["sh", "-c", "ldd /usr/bin/glowjar-app | grep 'not found' || true"]);
    ensure!(missing.await?.is_empty(), "a library is missing that the package did not ask for");
    seen("the package is installed in a Debian that has nothing else, with all it asks for");

    debian.install(SESSION).await?;
    let person = Person::log_in(&debian).await?;
    let mut used = Used { debian: &debian, person: &person, sandbox: &sandbox, app: None };
    used.a_new_person_has_a_token(installation).await?;
    used.forget().await?;
    leave_what_an_earlier_version_kept(&debian, &person).await?;
    used.has_what_an_earlier_version_kept().await?;
    let token = used.a_restart_costs_nothing().await?;
    used.is_upgraded_while_it_runs(&token).await?;
    used.pages_are_there().await?;
    used.is_removed().await?;
    used.the_keeper_hands_on_its_token_and_is_purged().await?;
    if rpm.is_some() {
        // What it asks for is there, under Debian's names, which are not Fedora's.
        used.the_rpm_is_installed_and_removed().await?;
    }
    Ok(())
}

/// The package as somebody uses it.
struct Used<'a> {
    debian: &'a Debian,
    person: &'a Person<'a>,
    sandbox: &'a Sandbox,
    app: Option<Process>,
}

impl Used<'_> {
    async fn has_what_an_earlier_version_kept(&mut self) -> Result<()> {
        self.start().await?;
        self.assert_that_nothing_is_lost().await?;
        seen("profiles, tokens and settings of an earlier version are there");
        Ok(())
    }

    async fn assert_that_nothing_is_lost(&self) -> Result<()> {
        let profiles = self.glowjar(&["profiles", "--no-start"], "").await?;
        for name in NAMES {
            ensure!(profiles.lines().any(|line| line == name), "no {name} in {profiles}");
        }
        let token = self.glowjar(&["token", KEPT, "--no-start"], "").await?;
        ensure!(kept_secrets()?.contains(&token), "not the token that was kept");
        let settings = self.debian.file(&format!("{}/preferences.json", data_folder()));
        let settings: Value = serde_json::from_str(&fs::read_to_string(settings)?)?;
        let cleared_after = &settings["preferences"]["clearClipboardAfterSeconds"];
        ensure!(cleared_after == 77, "the settings are lost: {settings}");
        Ok(())
    }

    /// By the clock, from when they install the package.
    async fn a_new_person_has_a_token(&mut self, installation: Duration) -> Result<()> {
        let begun = Instant::now();
        self.start().await?;
        let started = begun.elapsed();
        self.import().await?;
        let token = self.token().await?;
        let whole = installation + begun.elapsed();
        ensure!(self.sandbox.accepts(&token), "not the sandbox's token");
        let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
        let parts = format!(
            "{}: {} for the package and all it asks for, {} until it answers, {} from the import",
            seconds(whole),
            seconds(installation),
            seconds(started),
            seconds(begun.elapsed().saturating_sub(started))
        );
        ensure!(whole < A_MINUTE, "a new person has a token only after {parts}");
        seen(format!("a new person has a token after {parts}"));
        self.end()
    }

    async fn import(&self) -> Result<()> {
        self.glowjar(&["import", "-", "--name", FRESH], &self.pasted()).await.map(drop)
    }

    /// What Adobe's console would show, with the sandbox's address.
    fn pasted(&self) -> String {
        format!(
            "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPES}' \
             --data-urlencode 'client_secret={CLIENT_SECRET}'",
            self.sandbox.url()
        )
    }

    /// As if nobody had been here.
    async fn forget(&self) -> Result<()> {
        self.person.run(&["rm", "-r", &data_folder()], "").await?;
        self.person.run(&["secret-tool", "clear", "service", SERVICE], "").await.map(drop)
    }

    async fn a_restart_costs_nothing(&mut self) -> Result<String> {
        self.import().await?;
        let token = self.token().await?;
        self.end()?;
        let asked = self.asked();
        let begun = Instant::now();
        self.start().await?;
        ensure!(self.token().await? == token, "another token after a restart");
        ensure!(self.asked() == asked, "asked again after a restart");
        seen(format!(
            "a token {:.1} s after a start, without asking again",
            begun.elapsed().as_secs_f64()
        ));
        Ok(token)
    }

    async fn is_upgraded_while_it_runs(&mut self, token: &str) -> Result<()> {
        let asked = self.asked();
        self.debian.install(&[&inside(TODAYS)]).await?;
        ensure!(version(self.debian).await? != OLDER_VERSION, "still the older version");
        ensure!(self.token().await? == token, "another token after the upgrade");
        self.end()?;
        self.start().await?;
        ensure!(self.token().await? == token, "another token after the upgrade and a restart");
        ensure!(self.asked() == asked, "asked again after the upgrade");
        self.assert_that_nothing_is_lost().await?;
        seen(
            "upgraded while it runs, it has its tokens before and after a restart, and asks for none",
        );
        Ok(())
    }

    async fn pages_are_there(&self) -> Result<()> {
        for file in FILES {
            let size =
                fs::metadata(self.debian.file(file)).with_context(|| (*file).to_owned())?.len();
            ensure!(size > 0, "{file} is empty");
        }
        let entry = self.debian.file("/usr/share/applications/Glowjar.desktop");
        let mut check = Command::new("desktop-file-validate");
        check.arg(entry);
        output_of(check, QUICK).await?;
        seen("manual, completions, icons and a valid desktop entry are there");
        Ok(())
    }

    async fn is_removed(&mut self) -> Result<()> {
        let files = self.debian.run(&["dpkg", "-L", PACKAGE]).await?;
        let said = self.debian.remove(PACKAGE).await?;
        self.assert_that_it_is_gone(&files, &said)?;
        self.end()?;
        let profiles = self.debian.file(&format!("{}/profiles.json", data_folder()));
        ensure!(fs::read_to_string(profiles)?.contains(FRESH), "the profiles are gone");
        let search = ["secret-tool", "search", "--all", "service", SERVICE];
        ensure!(!self.person.run(&search, "").await?.is_empty(), "the secrets are gone");
        self.person.run(&["secret-tool", "clear", "service", SERVICE], "").await?;
        ensure!(
            self.person.run(&search, "").await?.is_empty(),
            "secrets stay after what it advises"
        );
        seen(
            "removed, nothing of it is left but what is the person's, and it says how to wipe that",
        );
        Ok(())
    }

    /// A package of its own, for a server, which starts nothing by itself.
    async fn the_keeper_hands_on_its_token_and_is_purged(&self) -> Result<()> {
        self.debian.install(&[&inside(KEEPER_DEB)]).await?;
        let missing = ["sh", "-c", "ldd /usr/bin/glowjar-keeper | grep 'not found' || true"];
        ensure!(
            self.debian.run(&missing).await?.is_empty(),
            "a library is missing that the keeper's package did not ask for"
        );
        let key = self.debian.file("/etc/glowjar-keeper/glowjar-key");
        ensure!(fs::read_to_string(key)?.trim().len() == 64, "the package made no studio's key");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (url, listen) = (format!("http://127.0.0.1:{port}"), format!("127.0.0.1:{port}"));
        let keeper =
            ["/usr/bin/glowjar-keeper", "--folder", "/var/lib/glowjar-keeper", "--url", &url];
        let told = async |words: &[&str], input: &str| -> Result<String> {
            let command = self.debian.command(&[&keeper[..], words].concat());
            let output = output_with_input(command, input.as_bytes(), QUICK).await?;
            Ok(String::from_utf8_lossy(&output).trim().to_owned())
        };
        told(&["import"], &self.pasted()).await?;
        let serving = [&keeper[..], &["serve", "--listen", &listen]].concat();
        let mut serving = Process::start(self.debian.command(&serving))?;
        until(QUICK, "the keeper to have a token", || async {
            Ok(told(&["status"], "").await.is_ok().then_some(()))
        })
        .await
        .with_context(|| serving.output())?;
        let asked = self.asked();
        let line = told(&["admit", "farm-01", "--lasting"], "").await?;
        let mut curl = Command::new("sh");
        curl.args(["-c", &format!("{line} --silent --fail")]);
        let answer: Value = serde_json::from_slice(&output_of(curl, QUICK).await?)?;
        let token = answer["access_token"].as_str().context("no token")?;
        ensure!(self.sandbox.accepts(token), "not the sandbox's token");
        ensure!(self.asked() == asked, "the keeper asked for another");
        serving.end();
        let files = self.debian.run(&["dpkg", "-L", KEEPER]).await?;
        self.debian.run(&["dpkg", "--purge", KEEPER]).await?;
        let left = files.lines().filter(|file| self.debian.file(file).is_file());
        let left = left.chain(KEEPERS_OWN.into_iter().filter(|it| self.debian.file(it).exists()));
        let left: Vec<&str> = left.collect();
        ensure!(left.is_empty(), "purged, it leaves {left:?}");
        seen("the keeper's package: it hands on its token to curl, and is purged with its key");
        Ok(())
    }

    async fn the_rpm_is_installed_and_removed(&mut self) -> Result<()> {
        self.debian.install(&["rpm"]).await?;
        let package = inside(RPM);
        let wanted = self.debian.run(&["rpm", "-qp", "--requires", &package]).await?;
        for library in ["libayatana-appindicator", "webkit2gtk", "gtk3"] {
            ensure!(wanted.contains(library), "it does not ask for {library}: {wanted}");
        }
        self.debian.run(&["rpm", "--install", "--nodeps", &package]).await?;
        let files = self.debian.run(&["rpm", "-ql", PACKAGE]).await?;
        self.pages_are_there().await?;
        self.start().await?;
        let profiles = self.glowjar(&["profiles", "--no-start"], "").await?;
        ensure!(profiles.lines().any(|line| line == FRESH), "no {FRESH} in {profiles}");
        self.end()?;
        let said = self.debian.run(&["rpm", "--erase", PACKAGE]).await?;
        self.assert_that_it_is_gone(&files, &said)?;
        seen("the .rpm is installed by rpm, without what it asks for, runs, and is removed");
        Ok(())
    }

    fn assert_that_it_is_gone(&self, files: &str, said: &str) -> Result<()> {
        ensure!(said.contains("secret-tool clear service"), "it does not say what stays: {said}");
        ensure!(files.lines().count() > FILES.len(), "it had no files: {files}");
        for file in files.lines() {
            ensure!(!self.debian.file(file).is_file(), "{file} is still there");
        }
        Ok(())
    }

    async fn start(&mut self) -> Result<()> {
        self.app = Some(Process::start(self.person.command(&["/usr/bin/glowjar-app"]))?);
        until(QUICK, "the application to answer", || async {
            let profiles = self.person.run(&["glowjar", "profiles", "--no-start"], "").await;
            Ok(profiles.is_ok().then_some(()))
        })
        .await
        .with_context(|| self.app.as_ref().map_or_else(String::new, Process::output))
    }

    fn end(&mut self) -> Result<()> {
        self.app.take().context("it does not run")?.end();
        Ok(())
    }

    async fn token(&self) -> Result<String> {
        self.glowjar(&["token", FRESH, "--no-start"], "").await
    }

    async fn glowjar(&self, arguments: &[&str], input: &str) -> Result<String> {
        self.person.run(&[&["glowjar"], arguments].concat(), input).await
    }

    fn asked(&self) -> usize {
        self.sandbox.requests_to(Route::Token).len()
    }
}

/// The data folder and the keyring as that version wrote them.
async fn leave_what_an_earlier_version_kept(debian: &Debian, person: &Person<'_>) -> Result<()> {
    let folder = data_folder();
    person.run(&["mkdir", "-p", &folder], "").await?;
    for file in fs::read_dir(kept())? {
        let file = file?.path();
        let name = file.file_name().context("no name")?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&file)?.replace("{folder}", HOME);
        match name.as_str() {
            "keychain.json" => {
                let entries: Map<String, Value> = serde_json::from_str(&text)?;
                for (entry, value) in entries {
                    let value = value.as_str().context("no text")?;
                    let store = ["secret-tool", "store", "--label=Glowjar", "service", SERVICE];
                    person.run(&[&store[..], &["username", &entry]].concat(), value).await?;
                }
            }
            "kept.env" => person.write(&format!("{HOME}/{name}"), &text)?,
            _ => person.write(&format!("{folder}/{name}"), &text)?,
        }
    }
    ensure!(debian.file(&folder).is_dir(), "no data folder");
    Ok(())
}

/// The same files under a lower version: no earlier version was ever packaged.
async fn make_older(package: &Path, older: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("--raw-extract").arg(package).arg(folder.path());
    output_of(unpack, QUICK).await?;
    let control = folder.path().join("DEBIAN/control");
    let lines = fs::read_to_string(&control)?;
    let lines = lines.lines().map(|line| match line.strip_prefix("Version: ") {
        Some(_) => format!("Version: {OLDER_VERSION}\n"),
        None => format!("{line}\n"),
    });
    fs::write(&control, lines.collect::<String>())?;
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--root-owner-group", "-Znone", "--build"]).arg(folder.path()).arg(older);
    output_of(pack, QUICK).await.map(drop)
}

async fn version(debian: &Debian) -> Result<String> {
    debian.run(&["dpkg-query", "--show", "--showformat=${Version}", PACKAGE]).await
}

fn kept_secrets() -> Result<String> {
    Ok(fs::read_to_string(kept().join("keychain.json"))?)
}

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("behaviour/earlier_versions/b75c3b8")
}

fn data_folder() -> String {
    format!("{HOME}/.local/share/{DATA_FOLDER}")
}

fn inside(package: &str) -> String {
    format!("{PACKAGES}/{package}")
}

fn variable(name: &str) -> Result<PathBuf> {
    let value = env::var_os(name).map(PathBuf::from);
    value.with_context(|| format!("{name} isn't set: `cargo xtask` sets it"))
}

fn seen(what: impl std::fmt::Display) {
    println!("seen  {what}");
}

const PACKAGE: &str = "glowjar";
const SERVICE: &str = "app.glowjar.Glowjar";
const TODAYS: &str = "glowjar.deb";
const RPM: &str = "glowjar.rpm";
const KEEPER: &str = "glowjar-keeper";
const KEEPER_DEB: &str = "glowjar-keeper.deb";
/// What it made itself.
const KEEPERS_OWN: [&str; 3] =
    ["/etc/glowjar-keeper", "/etc/glowjar-keeper.env", "/var/lib/glowjar-keeper"];
const OLDER: &str = "glowjar-older.deb";
const OLDER_VERSION: &str = "0.0.1";
/// What a person's session has, and a server's Debian has not.
const SESSION: &[&str] = &["xvfb", "dbus", "gnome-keyring", "libsecret-tools"];
/// Those of `b75c3b8`.
const NAMES: [&str; 3] = ["Own server", "Campaign «Frühling»", KEPT];
/// One that asks nobody before it is handed out.
const KEPT: &str = "Paused";
const FRESH: &str = "Studio";
const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";
const FILES: &[&str] = &[
    "/usr/share/man/man1/glowjar.1",
    "/usr/share/bash-completion/completions/glowjar",
    "/usr/share/zsh/vendor-completions/_glowjar",
    "/usr/share/fish/vendor_completions.d/glowjar.fish",
    "/usr/share/icons/hicolor/128x128/apps/glowjar-app.png",
];
const A_MINUTE: Duration = Duration::from_secs(60);
const QUICK: Duration = Duration::from_secs(60);
