//! Listening to the keepers of studios: when a pool is halted, no desk hands out its token any more, until the pool goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use glowjar_ims::{
    Client, ClientId, ClientSecret, KeeperEvent, KeeperEvents, Provider, RequestError,
};
use glowjar_lifecycle::{
    id::ProfileId,
    input::Input,
    time::{Step, Timestamp},
};

use super::{core::Core, work::Work};
use crate::{
    event::{Event, Heard},
    profile::{Halt, Source},
    timed::{Due, Timed},
    view::Preset,
};

#[derive(Default)]
pub(super) struct Listening {
    streams: BTreeMap<ProfileId, Stream>,
    /// Those that have nobody to listen to just now, and when they try again.
    waiting: BTreeSet<(Timestamp, ProfileId)>,
    /// Of the last stream. What comes of an earlier one counts no more.
    last: u64,
}

/// One profile's.
struct Stream {
    with: With,
    number: u64,
    work: Work,
    is_halted: bool,
    failures: usize,
}

/// What a desk listens with. Another of them is another stream.
#[derive(Clone)]
struct With {
    source: Source,
    client_id: ClientId,
    secret: ClientSecret,
}

impl Listening {
    /// Begins and ends listening as these profiles want it, which may be otherwise than before.
    pub(super) fn look(&mut self, core: &Core, changed: impl IntoIterator<Item = ProfileId>) {
        for profile in changed {
            let wanted = With::of(core, profile);
            let is_same = match (self.streams.get(&profile), &wanted) {
                (Some(stream), Some(wanted)) => stream.with.is(wanted),
                (None, None) => true,
                _ => false,
            };
            if is_same {
                continue;
            }
            let is_another = self.streams.remove(&profile).is_some();
            self.waiting.retain(|(_, waiting)| *waiting != profile);
            if let Some(with) = wanted {
                let work = Work::none();
                // What was heard of a halt before the application ended, or the profile rested.
                let halted = core.profiles.get(&profile).and_then(|it| it.refused.halted.as_ref());
                let is_halted = !is_another && halted.is_some();
                let stream = Stream { with, number: 0, work, is_halted, failures: 0 };
                self.streams.insert(profile, stream);
                self.begin(core, profile);
            }
        }
    }

    /// A keeper said something, or is not there.
    pub(super) fn heard(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        number: u64,
        heard: Option<Box<Heard>>,
    ) {
        let Some(stream) = self.streams.get_mut(&profile).filter(|it| it.number == number) else {
            return;
        };
        let Some(heard) = heard else {
            let again_at = core.clock.now() + pause(stream.failures);
            stream.failures += 1;
            stream.is_halted = false;
            stream.work = Work::none();
            self.waiting.insert((again_at, profile));
            return;
        };
        let Heard { event, events } = *heard;
        stream.failures = 0;
        stream.work = listen_on(core, profile, number, events);
        stream.is_halted = event != KeeperEvent::Open;
        tracing::info!(event = "keeper_heard", %profile, is_halted = stream.is_halted);
        match event {
            KeeperEvent::Open => {
                keep(core, profile, None);
                core.input(Input::TokenReleased { profile });
            }
            KeeperEvent::Halted(why) => {
                keep(core, profile, Some(why));
                self.withholds(core, profile);
            }
        }
    }

    /// Whether its pool is halted. A token that was on its way then is withheld like the one before.
    pub(super) fn withholds(&self, core: &mut Core, profile: ProfileId) -> bool {
        let is_halted = self.streams.get(&profile).is_some_and(|stream| stream.is_halted);
        if is_halted && let Some(token) = core.current(profile) {
            core.input(Input::TokenWithheld { profile, generation: token.generation });
        }
        is_halted
    }

    /// After a sleep or on another network, nobody may be at the other end.
    pub(super) fn woke(&mut self, core: &Core) {
        self.waiting.clear();
        let profiles: Vec<ProfileId> = self.streams.keys().copied().collect();
        profiles.into_iter().for_each(|profile| self.begin(core, profile));
    }

    pub(super) fn try_again(&mut self, core: &Core, now: Timestamp) {
        while let Some((at, profile)) = self.waiting.first().copied().filter(|(at, _)| *at <= now) {
            self.waiting.remove(&(at, profile));
            self.begin(core, profile);
        }
    }

    fn begin(&mut self, core: &Core, profile: ProfileId) {
        let Some(stream) = self.streams.get_mut(&profile) else { return };
        let Some(config) = core.profiles.get(&profile) else { return };
        let Some(first) = config.provider(core.sandbox.url.as_ref()) else { return };
        self.last += 1;
        stream.number = self.last;
        let keepers = [vec![first.clone()], config.elsewhere(&first)].concat();
        let (client, with, number) = (core.client.clone(), stream.with.clone(), stream.number);
        let over = Event::KeeperHeard { profile, number, heard: None };
        let work = async move {
            let heard = match with.connect(&client, &keepers).await {
                Ok(events) => next(events).await,
                Err(error) => {
                    tracing::debug!(%error, "no keeper to listen to");
                    None
                }
            };
            Event::KeeperHeard { profile, number, heard }
        };
        stream.work = Work::new(core.tasks.start(Some(over), work));
    }
}

impl Timed for Listening {
    fn deadline(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(at, _)| *at)
    }

    fn shift(&mut self, step: Step) {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting =
            waiting.into_iter().map(|(at, profile)| (at.shifted(step), profile)).collect();
    }

    fn on_time(&mut self, now: Timestamp) -> Option<Due> {
        self.deadline().filter(|at| *at <= now).map(|_| Due::KeepersTried)
    }
}

impl With {
    /// `None` if there is no keeper to listen to, or nothing that it would know this desk by.
    fn of(core: &Core, profile: ProfileId) -> Option<Self> {
        let config = core.profiles.get(&profile)?;
        if config.source.preset != Preset::Keeper || config.paused {
            return None;
        }
        let secret = core.secret_store.secrets(profile)?.credential.client_secret.clone()?;
        Some(Self { source: config.source.clone(), client_id: config.client_id.clone(), secret })
    }

    fn is(&self, other: &Self) -> bool {
        self.source == other.source
            && self.client_id == other.client_id
            && self.secret.expose() == other.secret.expose()
    }

    /// To the first keeper that is there.
    async fn connect(
        &self,
        client: &Client,
        keepers: &[Provider],
    ) -> Result<KeeperEvents, RequestError> {
        let mut outcome = None;
        for keeper in keepers {
            match client.listen(keeper, &self.client_id, &self.secret).await {
                Ok(events) => return Ok(events),
                // What the first one says counts.
                Err(error) => outcome = outcome.or(Some(error)),
            }
        }
        Err(outcome.expect("there is at least one keeper"))
    }
}

fn listen_on(core: &Core, profile: ProfileId, number: u64, events: KeeperEvents) -> Work {
    let over = Event::KeeperHeard { profile, number, heard: None };
    let work = async move { Event::KeeperHeard { profile, number, heard: next(events).await } };
    Work::new(core.tasks.start(Some(over), work))
}

async fn next(mut events: KeeperEvents) -> Option<Box<Heard>> {
    let event = events.next().await?;
    Some(Box::new(Heard { event, events }))
}

/// Why its pool is halted, for who wants to see that, and for the next start: whoever starts Glowjar anew is not to get a token that
/// the studio withholds.
fn keep(core: &mut Core, profile: ProfileId, why: Option<String>) {
    let Some(config) = core.profiles.get(&profile) else { return };
    if config.refused.halted.as_ref().map(|it| &it.why) == why.as_ref() {
        return;
    }
    let now = core.clock.now();
    let halted = why.map(|why| Halt { at: now, why });
    let kept = core.profiles.change(|list| {
        if let Some(config) = list.get_mut(profile) {
            config.refused.halted = halted;
        }
    });
    if let Err(error) = kept {
        tracing::warn!(event = "halt_not_kept", %error);
    }
}

/// Up to half as long again, so that a keeper that starts anew is not asked by all desks at once.
fn pause(failures: usize) -> Duration {
    let pause = PAUSES[failures.min(PAUSES.len() - 1)];
    let random = u32::try_from(getrandom::u64().unwrap_or(0) % 1_000).unwrap_or(0);
    pause + pause * random / 2_000
}

const PAUSES: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    // A keeper from before events, or one that no longer knows this desk.
    Duration::from_secs(5 * 60),
];
