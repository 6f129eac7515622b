//! From the first start to the last: import, hand-out, renewal, a crash, and a request to end, as a person on Windows or
//! their scripts would have it. Ends with 0 only if all of it was seen.

use std::{
    collections::BTreeSet,
    path::Path,
    process::ExitCode,
    sync::OnceLock,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use desktop::timeouts::until;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Route, Sandbox, Settings};
use machine::{Machine, Ran, Row};
use serde_json::{Map, Value, json};
use window::{Window, Windows};

mod installer;
mod machine;
mod window;

#[tokio::main]
pub async fn main() -> ExitCode {
    match Box::pin(tour()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn tour() -> Result<()> {
    let sandbox = Sandbox::start(Settings::default()).await?;
    let windows = Windows::listen().await?;
    let machine = Machine::start(windows.port()?).await?;
    let mut person = Person { sandbox, machine, windows };

    person.machine.start_the_application()?;
    person.wait_until_it_answers().await?;
    person.machine.picture("first-start").await?;
    seen("the application starts, and answers the command through its pipe");

    let mut missing = 0;
    for outcome in [
        person.imports().await,
        person.the_menu_copies_and_clears().await,
        person.a_left_click_opens_the_window().await,
        person.it_starts_at_login_or_not().await,
        person.who_asks_is_asked_about_once().await,
        person.many_ask_at_once().await,
        person.programs_are_given_a_token().await,
        person.a_file_is_kept_current().await,
        person.http_is_served().await,
        person.the_token_is_renewed_by_itself().await,
        person.a_refresh_token_rotates().await,
        person.a_sign_in_comes_back_by_adobe_s_scheme().await,
        person.a_second_start_ends().await,
        person.a_crash_costs_no_request().await,
        person.it_ends_when_asked_to().await,
        person.the_command_starts_it().await,
        person.it_locks().await,
        person.it_is_installed_upgraded_and_removed().await,
        person.it_ends_with_the_session().await,
        person.what_an_earlier_version_kept_is_there().await,
    ] {
        if let Err(error) = outcome {
            println!("MISSING  {error:#}");
            missing += 1;
        }
    }
    println!("pictures: {}", person.machine.pictures().display());
    ensure!(missing == 0, "{missing} things were not seen");
    Ok(())
}

struct Person {
    sandbox: Sandbox,
    machine: Machine,
    windows: Windows,
}

impl Person {
    async fn wait_until_it_answers(&self) -> Result<()> {
        until(LONG, "the application to answer", || async {
            let ran = self.glowjar(&["profiles", "--no-start"], "").await?;
            Ok((ran.code == Some(0)).then_some(()))
        })
        .await
    }

    async fn imports(&self) -> Result<()> {
        let asked = format!("grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPES}");
        self.import(&asked, "Campaign").await?;
        let token = self.token(&["Campaign"]).await?;
        ensure!(self.sandbox.accepts(&token), "not the sandbox's token: {} bytes", token.len());
        ensure!(self.asked() == 1, "{} requests for one token", self.asked());
        self.machine.picture("live").await?;
        seen("`glowjar import` brings the first token, which Credential Manager keeps");
        Ok(())
    }

    async fn import(&self, form: &str, name: &str) -> Result<()> {
        let text = format!(
            "curl -X POST '{}/ims/token/v3' -d '{form}' --data-urlencode 'client_secret={CLIENT_SECRET}'",
            self.sandbox.url()
        );
        self.glowjar(&["import", "-", "--name", name], &text).await?.succeeded().map(drop)
    }

    async fn the_menu_copies_and_clears(&self) -> Result<()> {
        let token = self.token(&["Campaign"]).await?;
        self.machine.open_the_menu().await?;
        self.machine.picture("menu").await?;
        self.machine.choose(COPY_TOKEN).await?;
        until(LONG, "the token on the clipboard", || async {
            Ok((self.machine.clipboard("UTF8_STRING").await == token).then_some(()))
        })
        .await?;
        let formats = self.machine.clipboard("TARGETS").await;
        ensure!(
            formats.contains("ExcludeClipboardContentFromMonitorProcessing"),
            "histories would keep it: {formats}"
        );
        self.machine.open_the_menu().await?;
        self.machine.choose(CLEAR_CLIPBOARD).await?;
        until(LONG, "an empty clipboard", || async {
            Ok((self.machine.clipboard("UTF8_STRING").await != token).then_some(()))
        })
        .await?;
        seen("the icon's menu copies the token, kept out of histories, and clears it");
        Ok(())
    }

    async fn a_left_click_opens_the_window(&self) -> Result<()> {
        self.machine.click_the_icon().await?;
        let mut window = self.windows.opened().await?;
        window.profile("Campaign").await?;
        seen("a left click on the icon opens the window, which knows the profile");
        Ok(())
    }

    async fn it_starts_at_login_or_not(&self) -> Result<()> {
        let mut window = self.open_the_window().await?;
        let choices = |snapshot: &Value| {
            let choices = &snapshot["settings"]["choices"];
            choices.is_object().then(|| choices.clone())
        };
        let mut from = window.find("the settings", choices).await?;
        for wanted in [true, false] {
            let mut to = from.clone();
            to["startAtLogin"] = json!(wanted);
            window.ask(json!({ "kind": "changeSettings", "from": from, "to": to })).await?;
            from = to;
            let entry = self.machine.registry(RUN, "Glowjar").await?;
            let is_there = entry.as_deref().is_some_and(|entry| {
                entry.starts_with('"') && entry.trim_end().ends_with(r#"glowjar-app.exe""#)
            });
            ensure!(is_there == wanted && entry.is_some() == wanted, "in the registry: {entry:?}");
        }
        seen("the settings have Windows start it at login, quoted, and no longer");
        Ok(())
    }

    /// W4.
    async fn who_asks_is_asked_about_once(&self) -> Result<()> {
        let mut window = self.open_the_window().await?;
        let profile = window.profile("Campaign").await?;
        let asks_first =
            |wanted: bool| json!({ "kind": "askFirst", "profile": profile, "wanted": wanted });
        window.ask(asks_first(true)).await?;
        let line = ["token", "Campaign", "--timeout", "60s"];
        let asking = self.machine.begin("glowjar.exe", &line, "")?;
        // Nothing of Windows' started it, so it is asked about itself.
        let question = self.question(&mut window, r"\glowjar.exe").await?;
        self.answer(&mut window, &question, "always").await?;
        let token = asking.end(LONG).await?.succeeded()?;
        ensure!(self.sandbox.accepts(token.trim()), "no token after the answer");
        let again = self.machine.begin("glowjar.exe", &line, "")?.end(LONG).await?.succeeded()?;
        ensure!(again == token, "another token");

        let command = self.machine.command();
        let line = [&["/c", &command], &line[..]].concat();
        let asking = self.machine.begin("cmd.exe", &line, "")?;
        let question = match self.question(&mut window, r"\cmd.exe").await {
            Ok(question) => question,
            Err(error) => {
                let ran = asking.end(LONG).await?;
                bail!("{error:#}; the command {}: {}", ran.ended, ran.err);
            }
        };
        ensure!(question["runsAnything"] == true, "taken for one program: {question}");
        self.answer(&mut window, &question, "never").await?;
        let ran = asking.end(LONG).await?;
        ensure!(ran.code != Some(0) && ran.out.trim().is_empty(), "given out all the same");
        window.ask(asks_first(false)).await?;
        seen(
            "a program is asked about by its file, and a command by who runs it; answers are kept to",
        );
        Ok(())
    }

    /// The one about the program whose file is so called. What the window shows of others may be older than their answers.
    async fn question(&self, window: &mut Window, name: &str) -> Result<Value> {
        let is_about = |question: &Value| {
            let file = question["program"]["file"].as_str().unwrap_or_default().to_lowercase();
            file.ends_with(name) && question["isWaiting"] == true
        };
        let look = |snapshot: &Value| {
            let mut questions = snapshot["questions"].as_array()?.iter();
            questions.find(|question| is_about(question)).cloned()
        };
        window.find(&format!("the question about {name}"), look).await
    }

    async fn answer(&self, window: &mut Window, question: &Value, consent: &str) -> Result<()> {
        let number = &question["number"];
        let answer = json!({ "kind": "answerQuestion", "question": number, "consent": consent });
        window.ask(answer).await.map(drop)
    }

    async fn open_the_window(&self) -> Result<Window> {
        self.glowjar(&["open"], "").await?.succeeded()?;
        self.windows.opened().await
    }

    /// W1.
    async fn many_ask_at_once(&self) -> Result<()> {
        let mut running = Vec::new();
        for _ in 0..AT_ONCE {
            running.push(self.machine.begin("glowjar.exe", &["token", "Campaign"], "")?);
        }
        let mut tokens = BTreeSet::new();
        for program in running {
            tokens.insert(program.end(LONG).await?.succeeded()?);
        }
        ensure!(tokens.len() == 1, "{} different tokens", tokens.len());
        seen(format!("{AT_ONCE} `glowjar token` at once bring {AT_ONCE} tokens"));
        Ok(())
    }

    async fn programs_are_given_a_token(&self) -> Result<()> {
        let line = [
            "exec",
            "-p",
            "Campaign",
            "--",
            "cmd.exe",
            "/c",
            "echo %FIREFLY_SERVICES_ACCESS_TOKEN%",
        ];
        let said = self.glowjar(&line, "").await?.succeeded()?;
        ensure!(self.sandbox.accepts(said.trim()), "no token in the program's environment");
        seen("`glowjar exec` gives a program its token");
        Ok(())
    }

    async fn a_file_is_kept_current(&self) -> Result<()> {
        let file = self.machine.folder().join("project.env");
        std::fs::write(&file, "# mine\r\nOTHER=1\r\nTOKEN=old\r\n")?;
        let windows = self.machine.windows_path(&file);
        let line = ["files", "env", &windows, "--key", "TOKEN", "-p", "Campaign"];
        self.glowjar(&line, "").await?.succeeded()?;
        let token = self.token(&["Campaign"]).await?;
        let expected = format!("# mine\r\nOTHER=1\r\nTOKEN={token}\r\n");
        until(LONG, "the file to hold the token", || async {
            Ok((std::fs::read_to_string(&file)? == expected).then_some(()))
        })
        .await?;
        self.glowjar(&["refresh", "Campaign"], "").await?.succeeded()?;
        until(LONG, "the file to hold the next token", || async {
            let now = std::fs::read_to_string(&file)?;
            let next = now
                .strip_prefix("# mine\r\nOTHER=1\r\nTOKEN=")
                .and_then(|rest| rest.strip_suffix("\r\n"));
            Ok(next.is_some_and(|next| next != token && self.sandbox.accepts(next)).then_some(()))
        })
        .await?;
        seen("a file is kept current, the rest of it and its line ends untouched");
        Ok(())
    }

    async fn http_is_served(&self) -> Result<()> {
        let said = self.glowjar(&["http", "add", "postman"], "").await?.succeeded()?;
        ensure!(!said.is_empty(), "no secret");
        let shown = self.glowjar(&["http"], "").await?;
        let shown = [shown.out.as_str(), shown.err.as_str()].concat();
        ensure!(shown.contains("http://127.0.0.1:"), "no address in {shown}");
        seen("a program is let in over HTTP");
        Ok(())
    }

    async fn the_token_is_renewed_by_itself(&self) -> Result<()> {
        self.sandbox.change(|settings| settings.access_token_lifetime = SHORT_LIFE);
        self.glowjar(&["refresh", "Campaign"], "").await?.succeeded()?;
        let (first, asked) = (self.token(&["Campaign"]).await?, self.asked());
        let begun = Instant::now();
        until(SHORT_LIFE + LONG, "the renewal", || async {
            Ok((self.asked() > asked).then_some(()))
        })
        .await?;
        self.sandbox.change(|settings| settings.access_token_lifetime = LONG_LIFE);
        ensure!(begun.elapsed() < SHORT_LIFE, "renewed too late");
        until(LONG, "the renewed token", || async {
            let token = self.token(&["Campaign"]).await?;
            Ok((token != first && self.sandbox.accepts(&token)).then_some(()))
        })
        .await?;
        self.glowjar(&["refresh", "Campaign"], "").await?.succeeded()?;
        seen("a token is renewed by itself before it ends");
        Ok(())
    }

    async fn a_refresh_token_rotates(&self) -> Result<()> {
        let refresh = self.sandbox.issue_refresh_token(CLIENT_ID);
        self.import(
            &format!("grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={refresh}"),
            "Studio",
        )
        .await?;
        let mut before = self.token(&["Studio"]).await?;
        for _ in 0..3 {
            self.glowjar(&["refresh", "Studio"], "").await?.succeeded()?;
            let token = self.token(&["Studio"]).await?;
            ensure!(token != before && self.sandbox.accepts(&token), "no new token");
            before = token;
        }
        seen("a refresh token that rotates brings one token after another");
        Ok(())
    }

    async fn a_sign_in_comes_back_by_adobe_s_scheme(&self) -> Result<()> {
        let mut window = self.open_the_window().await?;
        self.begin_to_sign_in(&mut window, "Native").await?;
        let program = self.machine.windows_path(&self.machine.programs().join("glowjar-app.exe"));
        self.windows_hands_the_scheme_to(&program).await?;
        drop(window);

        let page = self.machine.browsed().await?;
        let forged = format!("{SCHEME}://adobeid/{NATIVE_CLIENT_ID}?code=x&state=forged");
        self.machine.open_address(&forged).await?;
        until(LONG, "the forged call to be heard", || async {
            Ok(self.machine.log().contains("sign_in_not_ours").then_some(()))
        })
        .await?;
        ensure!(!self.windows.opens().await, "a forged call opens the window");

        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent("Browser")
            .build()?;
        let sent = browser.get(format!("{page}&decision=allow")).send().await?;
        let back =
            sent.headers().get("location").context("the browser is sent nowhere")?.to_str()?;
        ensure!(back.starts_with(SCHEME), "the browser is sent to {back}");
        self.machine.open_address(back).await?;
        let mut window = self.windows.opened().await.context("after the sign-in")?;
        window.profile("Native").await?;
        let token = self.token(&["Native"]).await?;
        ensure!(self.sandbox.accepts(&token), "not the token of who signed in");
        seen(
            "a sign-in opens the browser and comes back by Adobe's scheme, which Windows hands to the running Glowjar; a forged call does nothing",
        );
        Ok(())
    }

    /// Until the browser is where a person gives their password.
    async fn begin_to_sign_in(&self, window: &mut Window, name: &str) -> Result<()> {
        let draft = json!({
            "name": name,
            "preset": "custom",
            "tokenEndpoint": self.sandbox.url(),
            "encoding": "form",
            "clientAuthentication": "none",
            "clientId": NATIVE_CLIENT_ID,
            "grant": "refresh_token",
            "scopes": "openid,offline_access",
        });
        let redirect = format!("{SCHEME}://adobeid/{NATIVE_CLIENT_ID}");
        let sign_in = json!({ "kind": "signIn", "draft": draft, "redirect": redirect });
        window.begin(&sign_in).await?;
        let waits = |snapshot: &Value| {
            let sign_in = &snapshot["signIn"];
            (sign_in["step"] == "waiting").then(|| sign_in["comesBack"] == true)
        };
        ensure!(window.find("the sign-in to wait", waits).await?, "the scheme was not taken");
        Ok(())
    }

    async fn windows_hands_the_scheme_to(&self, program: &str) -> Result<()> {
        let key = format!(r"Software\Classes\{SCHEME}");
        let is_scheme = self.machine.registry(&key, "URL Protocol").await?.is_some();
        ensure!(is_scheme, "it does not count as a scheme");
        let command = self.machine.registry(&format!(r"{key}\{OPEN}"), "").await?;
        let expected = format!(r#""{program}" --opened "%1""#);
        let is_it = command.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&expected));
        ensure!(is_it, "{expected} is wanted, the registry has {command:?}");
        Ok(())
    }

    async fn a_second_start_ends(&self) -> Result<()> {
        let second = self.machine.begin("glowjar-app.exe", &[], "")?;
        let ran = second.end(LONG).await.context("a second start")?;
        ensure!(ran.code == Some(0), "a second start ended with {:?}", ran.code);
        self.windows.opened().await?;
        seen("a second start ends, and has the first show its window");
        Ok(())
    }

    async fn a_crash_costs_no_request(&self) -> Result<()> {
        let (before, asked) = (self.token(&["Campaign"]).await?, self.asked());
        self.machine.taskkill(&["/F"]).await?;
        self.machine.wait_until_it_is_gone().await?;
        self.machine.start_the_application()?;
        self.wait_until_it_answers().await?;
        ensure!(self.token(&["Campaign"]).await? == before, "another token");
        ensure!(self.asked() == asked, "{} requests more", self.asked() - asked);
        self.glowjar(&["refresh", "Studio"], "").await?.succeeded()?;
        seen("killed and started again it has its tokens and asks for none; rotation goes on");
        Ok(())
    }

    async fn it_locks(&self) -> Result<()> {
        self.glowjar(&["lock"], "").await?.succeeded()?;
        let ran = self.glowjar(&["token", "Campaign", "--timeout", "2s"], "").await?;
        ensure!(ran.code != Some(0) && ran.out.is_empty(), "a locked Glowjar gave out a token");
        self.machine.open_the_menu().await?;
        self.machine.picture("locked").await?;
        self.machine.choose(UNLOCK).await?;
        self.windows.opened().await.context("the menu, locked")?;
        seen("locked it gives nothing out, and the menu leads to the window to unlock it");
        Ok(())
    }

    /// By an installer that differs from Tauri's in all but what Glowjar adds to it.
    async fn it_is_installed_upgraded_and_removed(&self) -> Result<()> {
        let place = self.machine.local_folder()?.join("Glowjar");
        for version in ["1", "2"] {
            // The first finds the one that runs from elsewhere, the second the one that it is to replace.
            let made = installer::make(self.machine.programs(), self.machine.folder(), version);
            let signed = installer::sign(&made.await?).await?;
            self.machine.begin_file(&signed, &["/S"])?.end(LONG).await?.succeeded()?;
            self.machine.wait_until_it_is_gone().await?;
            let installed = std::fs::read_to_string(place.join("version.txt"))?;
            ensure!(installed == version, "version {installed} is installed, not {version}");
            let name = self.machine.registry(APP_ID, "DisplayName").await?;
            ensure!(name.as_deref() == Some("Glowjar"), "notices are named {name:?}");
            self.machine.start_file(&place.join("glowjar-app.exe"))?;
            self.wait_until_it_answers().await?;
        }
        seen("an installer, signed, ends what runs and installs it, and so does its next version");

        let mut window = self.open_the_window().await?;
        window.ask(json!({ "kind": "unlock" })).await?;
        self.begin_to_sign_in(&mut window, "Given up").await?;
        self.machine.browsed().await?;
        window.ask(json!({ "kind": "cancelSignIn" })).await?;
        drop(window);
        let program = self.machine.windows_path(&place.join("glowjar-app.exe"));
        self.windows_hands_the_scheme_to(&program).await?;
        let others = format!(r"Software\Classes\{}\{OPEN}", SCHEME.replace('0', "f"));
        self.machine.write_registry(&others, r"C:\other.exe").await?;
        let uninstaller = place.join("uninstall.exe");
        self.machine.begin_file(&uninstaller, &["/S"])?.end(LONG).await?.succeeded()?;
        self.machine.wait_until_it_is_gone().await?;
        until(LONG, "the files to be gone", || async { Ok((!place.exists()).then_some(())) })
            .await?;
        ensure!(self.machine.registry(APP_ID, "DisplayName").await?.is_none(), "a name is left");
        let own = format!(r"Software\Classes\{SCHEME}");
        ensure!(self.machine.registry(&own, "URL Protocol").await?.is_none(), "a scheme is left");
        ensure!(self.machine.registry(&others, "").await?.is_some(), "another's scheme is gone");
        ensure!(self.machine.data_folder()?.join("profiles.json").exists(), "the data is gone");
        seen("removed, it is gone, Adobe's scheme included, and the person's data is still there");
        self.machine.start_the_application()?;
        self.wait_until_it_answers().await
    }

    async fn it_ends_with_the_session(&mut self) -> Result<()> {
        let mut window = self.open_the_window().await?;
        window.ask(json!({ "kind": "unlock" })).await?;
        let token = self.token(&["Campaign"]).await?;
        let asked = self.asked();
        self.machine.log_off().await?;
        self.machine.start_the_desktop()?;
        self.machine.wait_until_it_is_gone().await?;
        self.machine.start_the_application()?;
        self.wait_until_it_answers().await?;
        ensure!(self.token(&["Campaign"]).await? == token, "another token after logging off");
        ensure!(self.asked() == asked, "asked again after logging off");
        seen("it ends with the session, and has its tokens in the next one");
        Ok(())
    }

    /// Its files as that version wrote them, its credentials where that version kept them. Its tokens are left out: Windows'
    /// keychain takes none so long in one piece.
    async fn what_an_earlier_version_kept_is_there(&self) -> Result<()> {
        self.machine.taskkill(&["/F"]).await?;
        self.machine.wait_until_it_is_gone().await?;
        self.machine.forget_the_data()?;
        let folder = self.machine.data_folder()?;
        std::fs::create_dir_all(&folder)?;
        let home = format!("Z:{}", self.machine.folder().display());
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("behaviour/earlier_versions/b75c3b8");
        for file in std::fs::read_dir(kept)? {
            let file = file?.path();
            let text = std::fs::read_to_string(&file)?.replace("{folder}", &home);
            let name = file.file_name().context("no name")?;
            if name == "keychain.json" {
                let mut entries: Map<String, Value> = serde_json::from_str(&text)?;
                entries.retain(|entry, _| entry.ends_with("/credential"));
                let entries = serde_json::to_string(&entries)?;
                let program = "examples/keychain_entries.exe";
                self.machine.begin(program, &[], &entries)?.end(LONG).await?.succeeded()?;
            } else if name == "kept.env" {
                std::fs::write(self.machine.folder().join(name), text)?;
            } else {
                std::fs::write(folder.join(name), text)?;
            }
        }
        self.machine.start_the_application()?;
        self.wait_until_it_answers().await?;
        let mut window = self.open_the_window().await?;
        let snapshot =
            window.find("profiles", |it| it["profiles"].is_array().then(|| it.clone())).await?;
        let choices = &snapshot["settings"]["choices"];
        ensure!(choices["language"] == "de" && choices["theme"] == "dark", "{choices}");
        ensure!(choices["clearClipboardAfterSeconds"] == 77, "{choices}");
        ensure!(snapshot["banners"] == json!([]), "{}", snapshot["banners"]);
        window.profile("Own server").await?;
        window.profile("Paused").await?;
        let profile = window.profile("Campaign «Frühling»").await?;
        // From the sandbox of the application itself, which refuses a wrong secret.
        window
            .find("a live token", |snapshot| {
                let mut profiles = snapshot["profiles"].as_array()?.iter();
                let profile = profiles.find(|it| it["id"] == profile.as_str())?;
                (profile["canCopy"] == true).then_some(())
            })
            .await?;
        self.machine.picture("earlier-version").await?;
        seen(
            "profiles, settings and credentials of an earlier version are there, and bring a token",
        );
        Ok(())
    }

    /// W6.
    async fn it_ends_when_asked_to(&self) -> Result<()> {
        self.machine.taskkill(&[]).await?;
        self.machine.wait_until_it_is_gone().await?;
        seen("asked to end by `taskkill` it ends");
        Ok(())
    }

    async fn the_command_starts_it(&self) -> Result<()> {
        let asked = self.asked();
        let token = self.token(&["Campaign"]).await?;
        ensure!(self.sandbox.accepts(&token) && self.asked() == asked, "not the token that it had");
        self.glowjar(&["profiles", "--no-start"], "").await?.succeeded()?;
        seen("`glowjar token` starts the application, which goes on when the command has ended");
        Ok(())
    }

    async fn token(&self, arguments: &[&str]) -> Result<String> {
        let line = [&["token"], arguments].concat();
        Ok(self.glowjar(&line, "").await?.succeeded()?.trim().to_owned())
    }

    async fn glowjar(&self, arguments: &[&str], input: &str) -> Result<Ran> {
        self.machine.begin("glowjar.exe", arguments, input)?.end(LONG).await
    }

    fn asked(&self) -> usize {
        self.sandbox.requests_to(Route::Token).len()
    }
}

fn seen(what: impl std::fmt::Display) {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    println!("seen  {:>5.1} s  {what}", BEGUN.get_or_init(Instant::now).elapsed().as_secs_f32());
}

const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";
const AT_ONCE: usize = 100;
const SHORT_LIFE: Duration = Duration::from_secs(40);
const LONG_LIFE: Duration = Duration::from_secs(86_399);
const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// One as Adobe gives to a client.
const SCHEME: &str = "adobe+0123456789abcdef0123456789abcdef01234567";
/// What Windows starts for an address, below the key of its scheme.
const OPEN: &str = r"shell\open\command";
const APP_ID: &str = r"Software\Classes\AppUserModelId\app.glowjar.Glowjar";
/// Rows of the menu, counted from below: what is above depends on what there is to say.
const COPY_TOKEN: Row = Row { rows_below: 6, lines_below: 1 };
const CLEAR_CLIPBOARD: Row = Row { rows_below: 3, lines_below: 0 };
const UNLOCK: Row = Row { rows_below: 2, lines_below: 0 };
/// Nobody waits for less on a busy machine.
const LONG: Duration = Duration::from_secs(120);
