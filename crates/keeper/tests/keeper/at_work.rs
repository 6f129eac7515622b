//! A studio at work: three keepers, each on a machine of its own, twenty desks on theirs, real engines, a provider with strict rotation,
//! and somebody who kills, stops and cuts.
//!
//! `cargo xtask studio` runs it for longer. Every event is a line, and what it came to a table.

use std::{
    collections::{BTreeMap, HashSet},
    env, fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use glowjar_lifecycle::rng::Rng;
use glowjar_sandbox::{Answer, CLIENT_SECRET, Outcome, Route, SEED_REFRESH_TOKEN, Sandbox};

use crate::{
    cluster::Cluster,
    ground::{Ground, Wires},
    namespace::Namespace,
    postgres::Server,
    several::{KEY, admitted, strict},
    studio::{Keeper, Studio, authority, files_with, join, refreshing, secret_of, with_own},
};

#[tokio::test(flavor = "multi_thread")]
async fn s04_a_studio_at_work_uses_no_refresh_token_twice_and_loses_none() {
    match env::var("GLOWJAR_STUDIO_ENGINE").as_deref() {
        Ok("postgres") => at_work::<Server>().await,
        _ => at_work::<Cluster>().await,
    }
}

async fn at_work<G: Ground>() {
    if Namespace::new().is_none() {
        return println!("left out: it takes root");
    }
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let minutes = number("GLOWJAR_STUDIO_MINUTES").unwrap_or(1);
    let seed = number("GLOWJAR_SEED").unwrap_or(u64::from(std::process::id()));
    println!("{minutes} min, GLOWJAR_SEED={seed}");
    let mut site = Site::<G>::open(seed).await;
    let desks: Vec<_> = (0..DESKS).map(|number| site.desk(number)).collect();
    let until = site.begun + Duration::from_secs(60 * minutes);
    site.settles().await;
    let writes = site.engine.writes();
    let counted = Instant::now();
    while Instant::now() < until {
        let before = site.below(3..10);
        tokio::time::sleep(before).await;
        site.strike().await;
        site.settles().await;
    }
    let a_second = (site.engine.writes() - writes) as f64 / counted.elapsed().as_secs_f64();
    site.say("peace");
    site.settles().await;
    // In which the refresh token that came last is used once more.
    let count = site.sandbox.requests_to(Route::Token).len() as u64 + 1;
    tokio::time::timeout(PATIENCE, site.sandbox.wait_for(Route::Token, count))
        .await
        .expect("a token is renewed in peace");
    tokio::time::sleep(AFTERWARDS).await;
    site.is_over.store(true, Ordering::SeqCst);
    for desk in desks {
        desk.join().expect("a desk");
    }
    site.concludes(a_second).await;
}

/// Everything on this machine that plays the studio.
struct Site<G> {
    engine: G,
    sandbox: Arc<Sandbox>,
    keepers: Vec<Machine>,
    rng: Rng,
    begun: Instant,
    figures: Arc<Mutex<Figures>>,
    is_over: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

/// A keeper's.
struct Machine {
    name: String,
    namespace: Arc<Namespace>,
    studio: Studio,
    keeper: Option<Keeper>,
    log: PathBuf,
}

impl Machine {
    /// How its pool is. Nothing until its keeper answers, at whose start this is in no way.
    fn says(&self) -> String {
        let output = self.studio.ran(&["status"], "");
        String::from_utf8(output.stdout).expect("text")
    }
}

#[derive(Default)]
struct Figures {
    events: BTreeMap<&'static str, u64>,
    /// Of what desks asked, when a keeper answered.
    answers: Vec<Duration>,
    failures: u64,
    /// What no provider would take.
    bad_tokens: u64,
    /// Times in which a desk that had had a token had no live one.
    gaps: Vec<Duration>,
    successions: Vec<Duration>,
    halts: Vec<Duration>,
}

impl<G: Ground> Site<G> {
    async fn open(seed: u64) -> Self {
        let sandbox = Arc::new(strict(LIFE.as_secs()).await);
        let engine = G::start();
        let folder = tempfile::tempdir().expect("a folder");
        let authority = authority();
        let mut keepers = Vec::new();
        for number in 1..=3 {
            let name = format!("keeper-{number}");
            let namespace = Arc::new(Namespace::new().expect("root"));
            Wires::from(&namespace, &[engine.ports(), vec![sandbox.port()]].concat());
            let log = folder.path().join(&name);
            let studio = Studio::at(&engine.address(), KEY).certified_by(&authority);
            let studio = studio.on(&namespace).logs_to(log.clone());
            keepers.push(Machine { name, namespace, studio, keeper: None, log });
        }
        let urls: Vec<String> = keepers.iter().map(|it| it.studio.url()).collect();
        for it in &mut keepers {
            let studio = std::mem::replace(&mut it.studio, Studio::new());
            it.studio = studio.with(&["--keepers", &urls.join(",")]);
        }
        keepers[0].studio.told(&["import"], &refreshing(&sandbox, SEED_REFRESH_TOKEN));
        for it in &mut keepers {
            it.keeper = Some(it.studio.starts());
        }
        Self {
            engine,
            sandbox,
            keepers,
            rng: Rng::new(seed),
            begun: Instant::now(),
            figures: Arc::default(),
            is_over: Arc::default(),
            _folder: folder,
        }
    }

    /// On a machine and a thread of its own, which nobody disturbs.
    fn desk(&self, number: usize) -> std::thread::JoinHandle<()> {
        let namespace = Namespace::new().expect("root");
        for it in &self.keepers {
            Wires::between(&namespace, &it.namespace, it.studio.port());
        }
        let first = &self.keepers[0].studio;
        let line = admitted_once(first, &format!("desk-{number:02}"));
        let desk = Desk {
            line,
            number,
            client: first.client(),
            urls: self.keepers.iter().map(|it| it.studio.url()).collect(),
            sandbox: Arc::clone(&self.sandbox),
            figures: Arc::clone(&self.figures),
            is_over: Arc::clone(&self.is_over),
        };
        std::thread::spawn(move || {
            namespace.inside(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(desk.works());
            });
        })
    }

    fn say(&self, what: &str) {
        println!("[{:7.1} s] {what}", self.begun.elapsed().as_secs_f64());
    }

    fn count(&self, event: &'static str) {
        *locked(&self.figures).events.entry(event).or_default() += 1;
    }

    fn draw(&mut self, most: u64) -> u64 {
        self.rng.next_u64() % most
    }

    /// A span of so many seconds.
    fn below(&mut self, seconds: std::ops::Range<u64>) -> Duration {
        let millis = self.draw((seconds.end - seconds.start) * 1_000);
        Duration::from_millis(seconds.start * 1_000 + millis)
    }

    /// Which keeper leads; waits until one does.
    async fn leader(&self) -> usize {
        let begun = Instant::now();
        loop {
            if let Some(leader) = self.leading(None) {
                return leader;
            }
            assert!(begun.elapsed() < PATIENCE, "nobody leads");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn leading(&self, but: Option<usize>) -> Option<usize> {
        (0..self.keepers.len()).find(|number| {
            let it = &self.keepers[*number];
            Some(*number) != but && it.keeper.is_some() && it.says().contains("leads")
        })
    }

    /// Everything that was done to it is over, and someone leads.
    async fn settles(&mut self) {
        self.sandbox.clear();
        self.sandbox.release();
        for it in &mut self.keepers {
            if it.keeper.is_none() {
                it.keeper = Some(it.studio.starts());
            }
            let begun = Instant::now();
            while it.says().is_empty() {
                assert!(begun.elapsed() < PATIENCE, "{} does not answer", it.name);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        self.leader().await;
    }

    async fn strike(&mut self) {
        let leader = self.leader().await;
        let any = usize::try_from(self.draw(3)).expect("small");
        match self.draw(11) {
            0 => self.kills(leader).await,
            1 => self.kills(any).await,
            2 | 3 => self.stops(leader, false).await,
            4 | 5 => self.stops(leader, true).await,
            6 => self.cuts_engine(any).await,
            7 => self.cuts_provider(leader).await,
            8 => {
                self.say("the engine's leader is killed");
                self.count("the engine's leader killed");
                self.engine.kill_leader();
                tokio::time::sleep(self.below(1..4)).await;
                self.engine.resume();
            }
            9 => {
                self.say("all keepers are killed");
                self.count("all keepers killed");
                for it in &mut self.keepers {
                    it.keeper.take().expect("it runs").kill();
                }
                tokio::time::sleep(self.below(2..8)).await;
            }
            _ => self.halts().await,
        }
    }

    async fn kills(&mut self, number: usize) {
        let led = self.leading(None) == Some(number);
        let it = &mut self.keepers[number];
        it.keeper.take().expect("it runs").kill();
        let name = it.name.clone();
        self.say(&format!("{name} is killed"));
        self.count("a keeper killed");
        if led {
            self.succeeds(number).await;
        }
        tokio::time::sleep(self.below(1..5)).await;
    }

    /// With or without a request of its under way.
    async fn stops(&mut self, number: usize, renewing: bool) {
        let mut held = false;
        if renewing {
            self.sandbox.next(Route::Token, Answer::Held { then: Box::new(Answer::Normal) });
            let count = self.sandbox.requests_to(Route::Token).len() as u64 + 1;
            let sent = self.sandbox.wait_for(Route::Token, count);
            held = tokio::time::timeout(LIFE, sent).await.is_ok();
        }
        // Whoever leads by now.
        let number = if held { self.leader().await } else { number };
        let span = self.below(1..20);
        let name = self.keepers[number].name.clone();
        let when = if held { " while it renews" } else { "" };
        self.say(&format!("{name} is stopped for {:.1} s{when}", span.as_secs_f64()));
        self.count(if held { "the leader stopped while it renews" } else { "the leader stopped" });
        self.running(number).pause();
        let begun = Instant::now();
        self.sandbox.release();
        if span > Duration::from_secs(8) {
            self.succeeds(number).await;
        }
        tokio::time::sleep(span.saturating_sub(begun.elapsed())).await;
        self.running(number).wake();
    }

    fn running(&self, number: usize) -> &Keeper {
        self.keepers[number].keeper.as_ref().expect("it runs")
    }

    async fn succeeds(&self, number: usize) {
        let begun = Instant::now();
        while self.leading(Some(number)).is_none() {
            assert!(begun.elapsed() < PATIENCE, "nobody succeeds");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.say(&format!("another leads after {:.1} s", begun.elapsed().as_secs_f64()));
        locked(&self.figures).successions.push(begun.elapsed());
    }

    async fn cuts_engine(&mut self, number: usize) {
        let (span, way) = (self.below(2..20), self.draw(3));
        let ports: Vec<String> = self.engine.ports().iter().map(ToString::to_string).collect();
        let ports = format!("{{ {} }}", ports.join(", "));
        let it = &self.keepers[number];
        if way != 1 {
            it.namespace.lose(&format!("tcp dport {ports}"));
        }
        if way != 0 {
            it.namespace.lose(&format!("tcp sport {ports}"));
        }
        let way = ["what it says to", "what it hears from", "both ways to"]
            [usize::try_from(way).expect("small")];
        self.say(&format!("{} loses {way} the engine for {:.1} s", it.name, span.as_secs_f64()));
        self.count("a keeper cut from the engine");
        tokio::time::sleep(span).await;
        self.keepers[number].namespace.mend();
    }

    /// What is under way is let through: its loss is the true limit (docs/decisions/claim.md).
    async fn cuts_provider(&mut self, number: usize) {
        let span = self.below(5..25);
        let it = &self.keepers[number];
        it.namespace
            .lose(&format!("tcp dport {} tcp flags & (syn | ack) == syn", self.sandbox.port()));
        self.say(&format!("{} can't reach the provider for {:.1} s", it.name, span.as_secs_f64()));
        self.count("a keeper cut from the provider");
        tokio::time::sleep(span).await;
        self.keepers[number].namespace.mend();
    }

    async fn halts(&mut self) {
        let admin = &self.keepers[0].studio;
        if !admin.ran(&["halt", "firefly", "--why", "a drill"], "").status.success() {
            return self.say("the engine does not take a halt just now");
        }
        let begun = Instant::now();
        let is_halted = |it: &Machine| it.says().contains("halted: a drill");
        while !self.keepers.iter().all(is_halted) {
            assert!(begun.elapsed() < PATIENCE, "a keeper does not hear of it");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        locked(&self.figures).halts.push(begun.elapsed());
        self.say(&format!("halted at all keepers after {:.2} s", begun.elapsed().as_secs_f64()));
        self.count("halted and resumed");
        tokio::time::sleep(self.below(1..4)).await;
        self.keepers[1].studio.told(&["resume", "firefly"], "");
    }

    async fn concludes(&mut self, writes: f64) {
        let requests = self.sandbox.requests_to(Route::Token);
        let mut used = HashSet::new();
        let again = requests.iter().filter_map(|it| it.field("refresh_token"));
        let again = again.filter(|token| !used.insert((*token).to_owned())).count();
        let issued = requests.iter().filter(|it| it.answered.outcome == Outcome::Rotated).count();
        let lost = requests.iter().filter(|it| it.answered.words.contains("invalid")).count();
        let secrets: Vec<&str> =
            requests.iter().filter_map(|it| it.field("refresh_token")).collect();
        let secrets = [secrets, vec![CLIENT_SECRET]].concat();
        let clear = files_with(self.engine.folder(), &secrets).lines().count();
        let memory =
            self.keepers.iter().map(|it| memory_of(it.keeper.as_ref().expect("it runs"), "VmHWM"));
        let memory = memory.max().unwrap_or_default();
        let logs: Vec<PathBuf> = self.keepers.iter().map(|it| it.log.clone()).collect();
        let spread = spread_of(&logs);
        let figures = locked(&self.figures);
        let of = quantile;
        println!("\n| what | seen |\n|---|---|");
        let row = |what: &str, seen: String| println!("| {what} | {seen} |");
        row(
            "time",
            format!(
                "{:.1} min, {DESKS} desks, 3 keepers",
                self.begun.elapsed().as_secs_f64() / 60.0
            ),
        );
        for (event, count) in &figures.events {
            row(event, format!("{count} times"));
        }
        row(
            "requests to the provider",
            format!("{}, of which {issued} brought a token", requests.len()),
        );
        row("refresh tokens used twice", again.to_string());
        row("sign-ins lost", lost.to_string());
        row(
            "desks asked",
            format!(
                "{} times with an answer (median {:.0?}, 99 % within {:.0?}), {} times in vain",
                figures.answers.len(),
                of(&figures.answers, 0.5),
                of(&figures.answers, 0.99),
                figures.failures
            ),
        );
        row("tokens that the provider did not know", figures.bad_tokens.to_string());
        row(
            "times in which a desk had no live token",
            format!(
                "{}, the longest {:.1} s",
                figures.gaps.len(),
                of(&figures.gaps, 1.0).as_secs_f64()
            ),
        );
        row(
            "another leads after the leader was killed or stopped",
            format!(
                "{} times; median {:.1} s, longest {:.1} s",
                figures.successions.len(),
                of(&figures.successions, 0.5).as_secs_f64(),
                of(&figures.successions, 1.0).as_secs_f64()
            ),
        );
        row(
            "a new token is at all keepers",
            format!(
                "median {:.0?}, of {} tokens of which each keeper heard",
                of(&spread, 0.5),
                spread.len()
            ),
        );
        row(
            "halted at all keepers",
            format!("longest {:.2} s", of(&figures.halts, 1.0).as_secs_f64()),
        );
        row("changes of the engine", format!("{writes:.2} a second"));
        row("a keeper's memory", format!("{} MB at most", memory / 1024));
        row("files of the engine with a secret or refresh token in clear", clear.to_string());
        assert_eq!((again, lost, figures.bad_tokens, clear), (0, 0, 0, 0));
        assert!(figures.answers.len() > DESKS && issued > 1);
    }
}

struct Desk {
    line: String,
    number: usize,
    client: reqwest::Client,
    urls: Vec<String>,
    sandbox: Arc<Sandbox>,
    figures: Arc<Mutex<Figures>>,
    is_over: Arc<AtomicBool>,
}

impl Desk {
    async fn works(self) {
        let mut rng = Rng::new(self.number as u64);
        let own = format!("{:064x}", rng.next_u64());
        while join(&self.client, &self.urls[0], &self.line, &own).await.get("name").is_none() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let line = with_own(&self.line, &own);
        let body = line.split('\'').nth(3).expect("the body").to_owned();
        let mut live_until = None;
        while !self.is_over.load(Ordering::SeqCst) {
            let left = self.asks(&body).await;
            let now = Instant::now();
            if let (Some(until), Some(_)) = (live_until, left)
                && now > until
            {
                locked(&self.figures).gaps.push(now - until);
            }
            // Before the first token nobody has one.
            if left.is_none() && live_until.is_some() {
                locked(&self.figures).failures += 1;
            }
            live_until = left.map(|left| now + left).or(live_until);
            let pause = Duration::from_millis(1_000 + rng.next_u64() % 4_000);
            tokio::time::sleep(pause).await;
        }
    }

    /// How much is left of the token that the first keeper gave that had one.
    async fn asks(&self, body: &str) -> Option<Duration> {
        for url in &self.urls {
            let begun = Instant::now();
            let request = self.client.post(format!("{url}/ims/token/v3")).body(body.to_owned());
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let Ok(answer) = request.timeout(Duration::from_secs(3)).send().await else { continue };
            let answer: serde_json::Value = answer.json().await.unwrap_or_default();
            let Some(token) = answer["access_token"].as_str() else { continue };
            let mut figures = locked(&self.figures);
            figures.answers.push(begun.elapsed());
            figures.bad_tokens += u64::from(!self.sandbox.accepts(token));
            return answer["expires_in"].as_u64().map(Duration::from_secs);
        }
        None
    }
}

fn admitted_once(studio: &Studio, desk: &str) -> String {
    // It answers from here on.
    if desk.ends_with("-00") {
        admitted(studio, "first");
    }
    let line = studio.told(&["admit", desk], "");
    assert!(secret_of(&line).starts_with("once-"));
    line
}

/// `2026-11-30T00:31:33.123456Z …`
fn seconds_of_day(line: &str) -> f64 {
    let (_, time) = line.split_once('T').expect("a time");
    let time = time.split('Z').next().expect("a time");
    time.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().expect("a number"))
}

/// Of each token, how long after the first keeper the last one had it, by the logs of all.
pub fn spread_of(logs: &[PathBuf]) -> Vec<Duration> {
    let mut had: BTreeMap<u64, BTreeMap<&PathBuf, f64>> = BTreeMap::new();
    for file in logs {
        let log = fs::read_to_string(file).expect("a log");
        for line in log.lines().filter(|line| line.contains("a token is in use")) {
            let (_, generation) = line.rsplit_once("generation=").expect("a generation");
            let generation = generation.trim().parse().expect("a number");
            let of_generation = had.entry(generation).or_default();
            of_generation.entry(file).or_insert_with(|| seconds_of_day(line));
        }
    }
    let all = had.into_values().filter(|at| at.len() == logs.len());
    let spread = all.map(|at| {
        let (first, last) = at
            .values()
            .fold((f64::MAX, 0.0_f64), |(first, last), at| (first.min(*at), last.max(*at)));
        Duration::from_secs_f64(last - first)
    });
    spread.collect()
}

/// Within which this part of them lies.
pub fn quantile(spans: &[Duration], part: f64) -> Duration {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let at = (spans.len().saturating_sub(1)) as f64 * part;
    spans.get(at.round() as usize).copied().unwrap_or_default()
}

/// In kB: `VmRSS` is what it has now, `VmHWM` the most that it had.
pub fn memory_of(keeper: &Keeper, what: &str) -> u64 {
    memory_of_process(keeper.id(), what)
}

/// The same of any process.
pub fn memory_of_process(id: u32, what: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("its memory");
    let number = line.trim_start_matches(':').trim().trim_end_matches(" kB");
    number.parse().expect("a number")
}

fn locked(figures: &Mutex<Figures>) -> std::sync::MutexGuard<'_, Figures> {
    figures.lock().unwrap_or_else(PoisonError::into_inner)
}

const DESKS: usize = 20;
/// Of a token: so long that a request whose answer is waited for, or came to nothing, fits into the half that is left.
const LIFE: Duration = Duration::from_secs(100);
const PATIENCE: Duration = Duration::from_secs(120);
/// So that each desk has asked once more, every 5 s at the longest.
const AFTERWARDS: Duration = Duration::from_secs(8);
