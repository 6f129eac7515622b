//! The running application on a private desktop, its window closed: hand-outs, rest, memory and restart, with one profile and
//! with many.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use desktop::{Desktop, PATIENCE, Parts, Process, patience::until, process_table::descendants_of};
use glowjar_protocol::{
    client::Client,
    message::{Answer, Ask, SentText, TokenAsk},
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox, Settings};

use crate::on_linux::{
    processes::{cpu_millis, share_of_memory, wake_ups},
    table::{Table, median},
};

pub async fn measure(program: &Path, most: usize, table: &mut Table) -> Result<()> {
    let sandbox = Sandbox::start(Settings::default()).await?;
    let desktop = Box::pin(Desktop::start(Parts::default())).await?;
    desktop.keep_still()?;
    let mut app = Process::start(desktop.command(program))?;
    let socket = desktop.runtime_folder().join("glowjar/handout.sock");
    let bench = Bench { sandbox, desktop, socket };
    bench.wait_until_it_listens().await?;
    bench.close_window(&app).await?;

    bench.import(0)?;
    bench.hand_outs(&app, 1, table)?;
    bench.rest(&app, "window closed", table).await?;
    let with_one = share_of_memory(app.id())?;
    table.add("memory (PSS), window closed, 1 profile", with_one / 1_024.0, "MB");

    let begun = Instant::now();
    for number in 1..most {
        bench.import(number)?;
    }
    if most > 1 {
        let each = begun.elapsed().as_secs_f64() * 1e3 / (most - 1) as f64;
        table.add(format!("one import, of {most}, mean"), each, "ms");
        bench.hand_outs(&app, most, table)?;
        bench.rest(&app, &format!("{most} profiles, after {HAND_OUTS} hand-outs"), table).await?;
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
    app.wait(PATIENCE).await.map(drop)
}

struct Bench {
    sandbox: Sandbox,
    desktop: Desktop,
    socket: std::path::PathBuf,
}

impl Bench {
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
        let handle = match client.ask(Ask::Understand { text: SentText(text.into()) }, LONG)? {
            Answer::Understood(understood) => understood.handle,
            other => bail!("not understood: {other:?}"),
        };
        let name = name_of(number);
        match client.ask(Ask::Import { handle, name, anyway: false }, LONG)? {
            Answer::Imported { .. } => Ok(()),
            other => bail!("not imported: {other:?}"),
        }
    }

    fn hand_outs(&self, app: &Process, profiles: usize, table: &mut Table) -> Result<()> {
        let before = cpu_millis(app.id())?;
        let mut micros = Vec::new();
        for number in 0..HAND_OUTS {
            let begun = Instant::now();
            let mut client = Client::connect_to(&self.socket)?;
            let ask = TokenAsk { profile: Some(name_of(number % profiles)), ..TokenAsk::default() };
            match client.ask(Ask::Token(ask), LONG)? {
                Answer::Token(_) => micros.push(begun.elapsed().as_secs_f64() * 1e6),
                other => bail!("no token: {other:?}"),
            }
        }
        let cpu = (cpu_millis(app.id())? - before) * 1e3 / HAND_OUTS as f64;
        let of =
            format!("one hand-out with {profiles} profile{}", if profiles == 1 { "" } else { "s" });
        table.add(format!("{of}, p50"), median(&mut micros).unwrap_or_default(), "µs");
        table.add(format!("{of}, processor time of the application"), cpu, "µs");
        Ok(())
    }

    async fn rest(&self, app: &Process, how: &str, table: &mut Table) -> Result<()> {
        tokio::time::sleep(SETTLING).await;
        let (before, cpu) = (wake_ups(app.id())?, cpu_millis(app.id())?);
        tokio::time::sleep(RESTING).await;
        let span = format!("at rest for {} s, {how}", RESTING.as_secs());
        table.add(format!("{span}: wake-ups"), wake_ups(app.id())? - before, "");
        table.add(format!("{span}: processor time"), cpu_millis(app.id())? - cpu, "ms");
        Ok(())
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
const HAND_OUTS: usize = 150;
const SETTLING: Duration = Duration::from_secs(5);
const RESTING: Duration = Duration::from_secs(120);
/// Nobody waits for less on a busy machine.
const LONG: Duration = Duration::from_secs(120);
