//! Tells a story: one process of the application after the other, each in a runtime of its own whose time passes only
//! when everybody waits for it. Dropping that runtime is SIGKILL.

use std::{cell::RefCell, path::PathBuf, sync::Arc, time::Duration};

use glowjar_agent::{
    controller::{self, Agent, HostEvent, InitialState, Ports},
    folders::Folders,
    handout::http::HttpApi,
    history::HistoryFile,
    managed::Managed,
    permissions::PermissionsFile,
    ports::NoUpdates,
    preferences::Preferences,
    profiles::ProfilesFile,
    sinks::SinksFile,
};
use glowjar_ims::{Client, ClientSettings, ProxyChoice, Timeouts};
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    figures::Figures,
    story::{DAY, Death, Event, HOUR, MINUTE, Mood, Network, Story, Weather},
    world::{Spell, World},
};

/// What came of a story.
pub struct Outcome {
    pub figures: Figures,
    pub violation: Option<String>,
    pub timeline: String,
}

pub fn tell(story: &Story, is_recorded: bool) -> Outcome {
    let mut telling = Telling {
        world: World::new(story, is_recorded),
        story,
        next: 0,
        lives: 0,
        folder: folder(),
    };
    telling.tell();
    let mut state = telling.world.state();
    Outcome {
        figures: std::mem::take(&mut state.ledger.figures),
        violation: state.violation().map(str::to_owned),
        timeline: state.timeline(),
    }
}

struct Telling<'a> {
    world: World,
    story: &'a Story,
    next: usize,
    lives: u64,
    folder: TempDir,
}

/// After the story, a day of peace in which a person looks in now and then.
const PEACE: Duration = Duration::from_secs(26 * 3_600);
const VISITS: [Duration; 5] = [
    MINUTE,
    Duration::from_secs(600),
    HOUR,
    Duration::from_secs(25 * 3_600),
    Duration::from_secs(25 * 3_600 + 1_200),
];

impl Telling<'_> {
    fn tell(&mut self) {
        while self.now() < self.story.span && !self.is_broken() {
            self.live(false);
            let death = self.world.state().death.take();
            let down_until = self.now() + death.map_or(Duration::ZERO, |(_, span)| span);
            self.skip_to(down_until.min(self.story.span));
        }
        if !self.is_broken() {
            self.live(true);
        }
    }

    fn now(&self) -> Duration {
        self.world.state().now()
    }

    fn is_broken(&self) -> bool {
        self.world.state().violation().is_some()
    }

    /// Nobody runs. The world goes on.
    fn skip_to(&mut self, at: Duration) {
        while let Some((when, event)) =
            self.story.events.get(self.next).filter(|(when, _)| *when <= at)
        {
            self.world.state().skip_to(*when);
            self.next += 1;
            match event {
                Event::Sleeps(_)
                | Event::Dies(..)
                | Event::Person(..)
                | Event::PersonMends
                | Event::PersonLooks => {}
                Event::ClockSet { millis } => {
                    let mut state = self.world.state();
                    state.note(|| format!("the clock is set by {millis} ms"));
                    state.set += millis;
                    let now = state.now();
                    state.ledger.clock_was_set_unseen(now);
                }
                event => self.world.happens(*event),
            }
        }
        self.world.state().skip_to(at);
    }

    fn live(&mut self, is_peace: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O");
        self.lives += 1;
        runtime.block_on(async {
            let clock = self.world.state().begin_life(self.story.system);
            let agent = self.start(clock);
            if is_peace {
                self.peace(&agent).await
            } else {
                self.go_on(&agent).await
            }
            self.world.state().end_life();
        });
    }

    fn start(&self, clock: glowjar_agent::clock::Clock) -> Agent {
        let profiles_file = ProfilesFile::at(self.file());
        let world = Arc::new(self.world.clone());
        let loaded = profiles_file.load().expect("the profiles file can be read");
        let ports = Ports {
            clock,
            keychain: world.clone(),
            shell: world.clone(),
            sandbox: world.clone(),
            presence: world.clone(),
            preferences: world.clone(),
            updates: Arc::new(NoUpdates),
            http_api: HttpApi::at(self.folder.path().join("http.json")),
            client: CLIENT.with_borrow(Client::clone).answered_by(world, Timeouts::default().total),
            client_settings: ClientSettings::default(),
        };
        let beginning = InitialState {
            version: "0.0.0".to_owned(),
            profiles_file,
            profiles: loaded.profiles,
            leaving: loaded.leaving,
            sinks_file: SinksFile::at(self.folder.path().join("outlets.json")),
            permissions_file: PermissionsFile::at(self.folder.path().join("permissions.json")),
            history_file: HistoryFile::at(self.folder.path().join("history.json")),
            languages: Vec::new(),
            folders: self.folders(),
            preferences: Preferences::default(),
            managed: Managed::default(),
            banners: Vec::new(),
            seed: self.story.seed.wrapping_mul(1_000).wrapping_add(self.lives),
        };
        controller::start(ports, beginning)
    }

    fn folders(&self) -> Folders {
        let data = self.folder.path().to_owned();
        Folders { logs: data.clone(), downloads: data.clone(), data }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("profiles.json")
    }

    /// From event to event, until the process dies or the story ends.
    async fn go_on(&mut self, agent: &Agent) {
        let over = self.world.state().over.clone();
        loop {
            let next = self.story.events.get(self.next).copied();
            let at = next.map_or(self.story.span, |(at, _)| at.min(self.story.span));
            let wait = at.saturating_sub(self.now());
            tokio::select! {
                biased;
                () = over.notified() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let Some((_, event)) = next.filter(|(at, _)| *at < self.story.span) else { return };
            // Sleep took time away under the sleeping feet.
            self.next += 1;
            self.world.state().weigh();
            match event {
                Event::Dies(death, down_for) => {
                    self.world.state().note(|| format!("is to die: {death:?}"));
                    self.world.state().arm(death, down_for);
                    match death {
                        Death::AtOnce => return,
                        Death::Quit => return self.quit(agent).await,
                        Death::AtChange(_) | Death::AtRequest | Death::AtAnswer => {}
                    }
                }
                Event::Sleeps(span) => {
                    self.world.state().note(|| format!("the machine sleeps for {span:?}"));
                    self.world.state().ledger.figures.count("sleeps");
                    self.world.state().sleep(span);
                    self.world.state().note(|| "the machine wakes up".to_owned());
                    let network_came_back = self.world.state().dice.once_in(2);
                    if network_came_back {
                        agent.tell(HostEvent::Woke);
                    }
                }
                Event::ClockSet { millis } => {
                    self.world.state().note(|| format!("the clock is set by {millis} ms"));
                    self.world.state().ledger.figures.count("clock steps");
                    self.world.state().set_clock(millis);
                }
                Event::Person(place, act) => self.world.act(agent, place, act),
                Event::PersonMends => self.world.mend(agent),
                Event::PersonLooks => self.world.look(agent),
                event => {
                    self.world.happens(event);
                    let stirs =
                        matches!(event, Event::Keychain(..)) && self.world.state().dice.once_in(3);
                    if stirs {
                        agent.tell(HostEvent::KeychainChanged);
                    }
                }
            }
        }
    }

    async fn quit(&self, agent: &Agent) {
        agent.tell(HostEvent::Quitting);
        // Returns when the controller has ended, since then nobody shows anything any more.
        agent.snapshot_when(|_| false).await;
    }

    /// Everything is good again, and a person comes by: nothing may be left that neither of them can heal.
    async fn peace(&self, agent: &Agent) {
        self.world.calms_down();
        let over = self.world.state().over.clone();
        let began = Instant::now();
        for visit in VISITS {
            tokio::select! {
                biased;
                () = over.notified() => return,
                () = tokio::time::sleep_until(began + visit) => self.world.mend(agent),
            }
        }
        tokio::select! {
            biased;
            () = over.notified() => return,
            () = tokio::time::sleep_until(began + PEACE) => {}
        }
        self.world.state().weigh();
        let now = self.now();
        let lifetime = self.story.cast.first().map_or(DAY, |part| part.lifetime);
        for profile in agent.snapshot().profiles {
            use glowjar_agent::view::PhaseView;
            // Tokens of a minute have their gaps; those of a day have none.
            let is_fine = profile.can_copy || profile.phase == PhaseView::Paused || lifetime < DAY;
            if !is_fine {
                let words = format!("{} can be left by nobody: {:?}", profile.name, profile.phase);
                self.world.state().violate(words);
            }
        }
        let _ = now;
    }
}

impl World {
    /// What happens to the world whether or not the application runs.
    fn happens(&self, event: Event) {
        let mut state = self.state();
        let now = state.now();
        state.weigh();
        state.note(|| format!("{event:?}"));
        match event {
            Event::Network(what, span) => {
                state.ledger.figures.count(match what {
                    Network::Fails(_) => "network failures",
                    Network::LosesAnswers => "networks that lose answers",
                    Network::HoldsBack => "networks that hold requests back",
                    Network::Portal => "captive portals",
                });
                state.network = Some(Spell { what, until: now + span });
            }
            Event::Provider(place, what, span) => {
                state.ledger.figures.count(match what {
                    Weather::IsDown => "providers down",
                    Weather::Hangs => "providers that never answer",
                    Weather::Slow => "slow providers",
                    Weather::Throttles => "providers that throttle",
                    Weather::Breaks => "providers that answer nonsense",
                    Weather::Refuses(_) => "providers that refuse for good",
                    Weather::DeniesItsTokens => "providers that deny their own tokens",
                });
                state.issuers[place].weather = Some(Spell { what, until: now + span });
            }
            Event::Keychain(mood, span) => {
                state.ledger.figures.count(match mood {
                    Mood::Locked => "keychains locked",
                    Mood::Absent => "keychains absent",
                    Mood::Hangs => "keychains that hang",
                    Mood::RefusesChanges => "keychains that refuse changes",
                });
                state.keychain.turns(mood, now + span);
            }
            Event::EntryLost(place, which) => {
                let Some(id) = state.ledger.watched(place).id() else { return };
                if state.keychain.lose(&id, which) {
                    state.ledger.figures.count("keychain entries lost");
                    state.ledger.watched(place).is_missing = true;
                    state.ledger.watched(place).custody.is_taken_from_the_keychain();
                }
            }
            Event::SecretRevoked(place) => {
                state.ledger.figures.count("secrets revoked");
                state.issuers[place].revoke_secret();
            }
            Event::SignInEnds(place) => {
                state.ledger.figures.count("sign-ins ended by the provider");
                state.issuers[place].end_sign_in();
            }
            Event::StrangerRotates(place) => state.a_stranger_rotates(place),
            Event::Sleeps(_)
            | Event::ClockSet { .. }
            | Event::Dies(..)
            | Event::Person(..)
            | Event::PersonMends
            | Event::PersonLooks => {}
        }
    }

    fn calms_down(&self) {
        let mut state = self.state();
        state.note(|| "peace".to_owned());
        state.network = None;
        state.keychain.calms_down();
        for issuer in &mut state.issuers {
            issuer.calms_down();
        }
    }
}

fn folder() -> TempDir {
    // Saving profiles syncs, which memory does for nothing.
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

thread_local! {
    /// Setting up TLS takes longer than a year of tokens.
    static CLIENT: RefCell<Client> = RefCell::new(
        Client::new(&ClientSettings { proxy: ProxyChoice::Direct, ..ClientSettings::default() })
            .expect("a client"),
    );
}
