//! From the first start to the last: import, hand-out, renewal, a crash, and a request to end, as a person on Windows or
//! their scripts would have it. Ends with 0 only if all of it was seen.

use std::{
    collections::BTreeSet,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use desktop::patience::until;
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Route, Sandbox, Settings};
use machine::{Machine, Ran};

mod machine;

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
    let machine = Machine::start().await?;
    let person = Person { sandbox, machine };

    person.machine.start_the_application()?;
    person.wait_until_it_answers().await?;
    person.machine.picture("first-start").await?;
    seen("the application starts, and answers the command through its pipe");

    let mut missing = 0;
    for outcome in [
        person.imports().await,
        person.many_ask_at_once().await,
        person.programs_are_given_a_token().await,
        person.a_file_is_kept_current().await,
        person.http_is_served().await,
        person.the_token_is_renewed_by_itself().await,
        person.a_refresh_token_rotates().await,
        person.a_second_start_ends().await,
        person.a_crash_costs_no_request().await,
        person.it_ends_when_asked_to().await,
        person.the_command_starts_it().await,
        person.it_locks().await,
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

    async fn a_second_start_ends(&self) -> Result<()> {
        let second = self.machine.begin("glowjar-app.exe", &[], "")?;
        let ran = second.end(LONG).await.context("a second start")?;
        ensure!(ran.code == Some(0), "a second start ended with {:?}", ran.code);
        seen("a second start ends, and leaves the field to the first");
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
        self.machine.picture("locked").await?;
        seen("locked it gives nothing out");
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
    println!("seen  {what}");
}

const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";
const AT_ONCE: usize = 100;
const SHORT_LIFE: Duration = Duration::from_secs(40);
const LONG_LIFE: Duration = Duration::from_secs(86_399);
/// Nobody waits for less on a busy machine.
const LONG: Duration = Duration::from_secs(120);
