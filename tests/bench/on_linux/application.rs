//! The running application on a private desktop, its window closed: hand-outs, rest, memory and restart, with one profile and
//! with many.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use desktop::{Desktop, PATIENCE, Parts, Process, process_table::descendants_of, timeouts::until};
use glowjar_protocol::{
    client::Client,
    message::{Answer, Ask, SentText, TokenAsk},
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox, Settings};
use serde_json::Value;

use crate::on_linux::{
    processes::{cpu_micros, cpu_micros_of_children, share_of_memory, wake_ups, wake_ups_since},
    table::{Table, median},
};

pub async fn measure(
    program: &Path,
    empty_tray: &Path,
    most: usize,
    table: &mut Table,
) -> Result<()> {
    let desktop = Box::pin(Desktop::start(Parts::default())).await?;
    desktop.keep_still()?;
    rest_of_an_empty_tray(&desktop, empty_tray, table).await?;
    let (bench, mut app) = Box::pin(Bench::start(desktop, program)).await?;
    rest(&app, "window closed", table).await?;
    let with_one = share_of_memory(app.id())?;
    table.add("memory (PSS), window closed, 1 profile", with_one / 1_024.0, "MB");
    bench.renewals(&app, table)?;

    let begun = Instant::now();
    for number in 1..most {
        bench.import(number)?;
    }
    if most > 1 {
        let each = begun.elapsed().as_secs_f64() * 1e3 / (most - 1) as f64;
        table.add(format!("one import, of {most}, mean"), each, "ms");
        bench.hand_outs_beside_one(&app, most, program, table).await?;
        rest(&app, &format!("{most} profiles, after {HAND_OUTS} hand-outs"), table).await?;
        let with_all = share_of_memory(app.id())?;
        table.add("memory a profile", (with_all - with_one) / (most - 1) as f64, "kB");
        app.terminate()?;
        app.wait(PATIENCE).await?;
        let begun = Instant::now();
        app = Process::start(bench.desktop.command(program))?;
        let (first, all) = bench.wait_until_all_are_live(begun, most).await?;
        table.add(format!("restart until the first of {most} is live"), first, "ms");
        table.add(format!("restart until all {most} are live"), all, "ms");
    }
    app.terminate()?;
    app.wait(PATIENCE).await?;
    bench.neighbours(NEIGHBOURS)?;
    app = Process::start(bench.desktop.command(program))?;
    bench.wait_until_live(name_of(0)).await?;
    bench.hand_outs_beside_one(&app, NEIGHBOURS, program, table).await?;
    app.terminate()?;
    app.wait(PATIENCE).await.map(drop)
}

/// Waits until it did next to nothing for a second.
async fn at_rest(app: &Process) -> Result<()> {
    let rests = || async {
        let before = cpu_micros(app.id())?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok((cpu_micros(app.id())? - before < LEAST_CPU_MICROS).then_some(()))
    };
    until(LONG, "the application to be at rest", rests).await
}

/// What any program of this kind costs: an icon, a menu with one row, and no window.
async fn rest_of_an_empty_tray(desktop: &Desktop, program: &Path, table: &mut Table) -> Result<()> {
    let mut empty = Process::start(desktop.command(program))?;
    rest(&empty, "an empty Tauri tray", table).await?;
    let memory = share_of_memory(empty.id())? / 1_024.0;
    table.add("memory (PSS), an empty Tauri tray", memory, "MB");
    empty.terminate()?;
    empty.wait(PATIENCE).await.map(drop)
}

async fn rest(app: &Process, how: &str, table: &mut Table) -> Result<()> {
    tokio::time::sleep(SETTLING).await;
    let (before, cpu) = (wake_ups(app.id())?, cpu_micros(app.id())?);
    tokio::time::sleep(RESTING).await;
    let span = format!("at rest for {} s, {how}", RESTING.as_secs());
    table.add(format!("{span}: wake-ups"), wake_ups_since(&before, app.id())?, "");
    table.add(format!("{span}: processor time"), (cpu_micros(app.id())? - cpu) / 1e3, "ms");
    Ok(())
}

struct Bench {
    sandbox: Sandbox,
    desktop: Desktop,
    socket: std::path::PathBuf,
}

impl Bench {
    /// The application with one profile and its window closed.
    async fn start(desktop: Desktop, program: &Path) -> Result<(Self, Process)> {
        let sandbox = Sandbox::start(Settings::default()).await?;
        let app = Process::start(desktop.command(program))?;
        let socket = desktop.runtime_folder().join("glowjar/handout.sock");
        let bench = Self { sandbox, desktop, socket };
        bench.wait_until_it_listens().await?;
        bench.close_window(&app).await?;
        bench.import(0)?;
        bench.wait_until_live(name_of(0)).await?;
        Ok((bench, app))
    }

    async fn wait_until_it_listens(&self) -> Result<()> {
        let listens = || async { Ok(Client::connect_to(&self.socket).ok().map(drop)) };
        until(PATIENCE, "the application to listen", listens).await
    }

    /// It opens by itself for somebody new.
    async fn close_window(&self, app: &Process) -> Result<()> {
        self.desktop.screen()?.wait_for_window(TITLE, true, PATIENCE).await?;
        self.desktop.screen()?.close_window(TITLE).await?;
        let alone = || async { Ok(descendants_of(app.id()).is_empty().then_some(())) };
        until(PATIENCE, "the window's processes to end", alone).await
    }

    fn import(&self, number: usize) -> Result<()> {
        let text = format!(
            "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPES}' \
             --data-urlencode 'client_secret={CLIENT_SECRET}'",
            self.sandbox.url()
        );
        let mut client = Client::connect_to(&self.socket)?;
        let handle =
            match client.ask(Ask::Understand { text: SentText(text.into()), api: None }, LONG)? {
                Answer::Understood(understood) => understood.handle,
                other => bail!("not understood: {other:?}"),
            };
        let name = name_of(number);
        match client.ask(Ask::Import { handle, name, anyway: false }, LONG)? {
            Answer::Imported { .. } => Ok(()),
            other => bail!("not imported: {other:?}"),
        }
    }

    /// In turn with an application that has one profile, since whatever else the machine does would show up as a difference.
    async fn hand_outs_beside_one(
        &self,
        app: &Process,
        profiles: usize,
        program: &Path,
        table: &mut Table,
    ) -> Result<()> {
        // After a start it goes on reading the keychain, for all profiles.
        at_rest(app).await?;
        let desktop = Box::pin(Desktop::start(Parts::default())).await?;
        desktop.keep_still()?;
        let (with_one, mut app_with_one) = Box::pin(Self::start(desktop, program)).await?;
        at_rest(&app_with_one).await?;
        let both = [(&with_one, &app_with_one), (self, app)];
        for (bench, _) in both {
            // A processor that slept takes longer to wake than a hand-out takes.
            for _ in 0..WARMING_UP {
                bench.hand_out()?;
            }
        }
        let (mut micros, mut cpu) = ([Vec::new(), Vec::new()], [0.0; 2]);
        for _ in 0..HAND_OUTS / IN_A_ROW {
            for (which, (bench, app)) in both.into_iter().enumerate() {
                let before = cpu_micros(app.id())?;
                for _ in 0..IN_A_ROW {
                    micros[which].push(bench.hand_out()?);
                }
                cpu[which] += (cpu_micros(app.id())? - before) / HAND_OUTS as f64;
            }
        }
        let p50 = micros.map(|mut each| median(&mut each).unwrap_or_default());
        let of = "one hand-out, in turn";
        for (what, [one, many]) in [("p50", p50), ("processor time of the application", cpu)] {
            table.add(format!("{of}, 1 profile: {what}"), one, "µs");
            table.add(format!("{of}, {profiles} profiles: {what}"), many, "µs");
            table.add(format!("{of}, {profiles} profiles, of 1: {what}"), many / one, "times");
        }
        app_with_one.terminate()?;
        app_with_one.wait(PATIENCE).await.map(drop)
    }

    /// Microseconds, from the connection to the token.
    fn hand_out(&self) -> Result<f64> {
        let begun = Instant::now();
        let mut client = Client::connect_to(&self.socket)?;
        let ask = TokenAsk { profile: Some(name_of(0)), ..TokenAsk::default() };
        match client.ask(Ask::Token(ask), LONG)? {
            Answer::Token(_) => Ok(begun.elapsed().as_secs_f64() * 1e6),
            other => bail!("no token: {other:?}"),
        }
    }

    /// "Refresh now", beside curl with the same request to the same server. In turn: who runs once in five seconds finds
    /// cold caches and a sleeping processor, and takes several times as long as who runs all the time.
    fn renewals(&self, app: &Process, table: &mut Table) -> Result<()> {
        let form = format!("grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPES}");
        let secret = format!("client_secret={CLIENT_SECRET}");
        let mut ours = 0.0;
        let before_all = cpu_micros_of_children()?;
        for _ in 0..RENEWALS {
            let before = cpu_micros(app.id())?;
            let ask = Ask::Refresh { profile: None, timeout: LONG.as_secs() };
            match Client::connect_to(&self.socket)?.ask(ask, LONG)? {
                Answer::Refreshed { .. } => {}
                other => bail!("not refreshed: {other:?}"),
            }
            // Its icon and menu come after the token.
            std::thread::sleep(AFTER_A_RENEWAL);
            ours += cpu_micros(app.id())? - before;

            let mut curl = Command::new("curl");
            curl.args(["--silent", "--fail", "--output", "/dev/null", "--data", &form]);
            curl.args(["--data-urlencode", &secret]);
            let ended = curl.arg(format!("{}/ims/token/v3", self.sandbox.url())).status()?;
            ensure!(ended.success(), "curl got no token");
        }
        let curls = (cpu_micros_of_children()? - before_all) / f64::from(RENEWALS);
        let ours = ours / f64::from(RENEWALS);
        table.add("one renewal, processor time of the application", ours, "µs");
        table.add("one token request of curl, processor time", curls, "µs");
        table.add("one renewal, of curl's request", ours / curls, "times");
        Ok(())
    }

    /// Profiles written beside those that are there, while the application does not run.
    fn neighbours(&self, count: usize) -> Result<()> {
        let file = self.desktop.home().join(".local/share/app.glowjar.Glowjar/profiles.json");
        let mut stored: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let list = stored["profiles"].as_array_mut().context("no list of profiles")?;
        let first = list.first().context("no profile")?.clone();
        for number in list.len()..count {
            let mut another = first.clone();
            another["id"] = format!("{number:016x}").into();
            another["name"] = format!("Neighbour {number}").into();
            another["paused"] = true.into();
            list.push(another);
        }
        fs::write(&file, stored.to_string()).map_err(Into::into)
    }

    async fn wait_until_live(&self, name: String) -> Result<()> {
        let ask = TokenAsk { profile: Some(name), ..TokenAsk::default() };
        let live = || async {
            let Ok(mut client) = Client::connect_to(&self.socket) else { return Ok(None) };
            Ok(match client.ask(Ask::Token(ask.clone()), LONG) {
                Ok(Answer::Token(_)) => Some(()),
                _ => None,
            })
        };
        until(LONG, "a token", live).await
    }

    /// Milliseconds until the first and until the last.
    async fn wait_until_all_are_live(&self, begun: Instant, all: usize) -> Result<(f64, f64)> {
        let mut first = None;
        let deadline = begun + LONG;
        while Instant::now() < deadline {
            let live = self.live().unwrap_or_default();
            let millis = begun.elapsed().as_secs_f64() * 1e3;
            if live > 0 {
                first.get_or_insert(millis);
            }
            if live == all {
                return Ok((first.context("none was live")?, millis));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("not all profiles became live")
    }

    fn live(&self) -> Result<usize> {
        match Client::connect_to(&self.socket)?.ask(Ask::Status, LONG)? {
            Answer::Status(status) => {
                Ok(status.profiles.iter().filter(|profile| profile.expires_at.is_some()).count())
            }
            other => bail!("no status: {other:?}"),
        }
    }
}

fn name_of(number: usize) -> String {
    format!("Campaign {number}")
}

const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";
const TITLE: &str = "Glowjar";
const HAND_OUTS: usize = 1_000;
const WARMING_UP: usize = 100;
const IN_A_ROW: usize = 50;
const LEAST_CPU_MICROS: f64 = 2_000.0;
/// Fewer than a profile may ask for in a day; they are five seconds apart.
const RENEWALS: u32 = 20;
const AFTER_A_RENEWAL: Duration = Duration::from_secs(1);
/// More than anybody has, to see what a hand-out costs then. They are paused, so that nobody waits for ten thousand imports.
const NEIGHBOURS: usize = 10_000;
const SETTLING: Duration = Duration::from_secs(5);
const RESTING: Duration = Duration::from_secs(120);
/// Nobody waits for less on a busy machine.
const LONG: Duration = Duration::from_secs(120);
