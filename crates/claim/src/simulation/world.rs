//! Everything together: what is under way, and when it arrives.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use glowjar_lifecycle::{rng::Rng, time::Timestamp};

use super::{
    ledger::Ledger,
    provider::{Provider, Reply},
    store::{Secret, Store},
};
use crate::{
    exchange::{Effect, Input, Refusal},
    member::{Member, Settings},
    memory::OwnStore,
    plan::{BUDGET, TIME_TO_ANSWER, TIME_TO_SEND},
    record::{Answer, Attempt, KeeperId, Record, Revision, TroubleKind},
};

/// What a story may do to its keepers, each in parts of 100.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    pub(super) rotates: bool,
    pub(super) pauses: u64,
    pub(super) cuts: u64,
    pub(super) provider_cuts: u64,
    pub(super) kills: u64,
    pub(super) rewinds: bool,
    pub(super) halts: bool,
    pub(super) throttles: bool,
    pub(super) lost_leases: bool,
}

pub(super) struct World {
    now: u64,
    rng: Rng,
    weather: Weather,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    events: BTreeMap<u64, Event>,
    next_event: u64,
    keepers: Vec<Keeper>,
    store: Store,
    pub(super) provider: Provider,
    pub(super) ledger: Ledger,
    halted_at: Option<u64>,
    calm: bool,
    trace: Option<Vec<String>>,
}

struct Keeper {
    /// How far its clock is off.
    skew: i64,
    life: u32,
    member: Option<Member<Secret>>,
    own: OwnStore<Secret>,
    stopped_until: u64,
    store_cut_until: u64,
    provider_cut_until: u64,
    sent: BTreeMap<Attempt, Sent>,
    /// The one timer that counts.
    timer: u64,
    /// The token that it hands out, and its end by its own clock.
    announced: Option<(Secret, Timestamp)>,
}

#[derive(Clone, Copy)]
struct Sent {
    at: u64,
    refresh_token: Option<Secret>,
    is_over: bool,
}

#[derive(Debug)]
enum Event {
    Input(usize, u32, Input<Secret>),
    Act(usize, u32, Effect<Secret>),
    Timer(usize, u64),
    AtStore(usize, u32, Effect<Secret>),
    AtProvider(usize, u32, Attempt, Option<Secret>),
    TimeIsUp(usize, u32, Attempt),
    Start(usize),
    Nemesis,
    Strike(usize),
    PersonLooks,
    Resume,
}

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const KEEPERS: usize = 3;

impl World {
    pub(super) fn new(seed: u64, weather: Weather) -> Self {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let mut provider = Provider::new(HOUR);
        let first = weather.rotates.then(|| provider.sign_in());
        let keepers = (0..KEEPERS).map(|_| {
            let skew = (rng.next_u64() % (2 * HOUR)).cast_signed() - HOUR.cast_signed();
            Keeper {
                skew,
                life: 0,
                member: None,
                own: OwnStore::default(),
                stopped_until: 0,
                store_cut_until: 0,
                provider_cut_until: 0,
                sent: BTreeMap::new(),
                timer: 0,
                announced: None,
            }
        });
        let keepers = keepers.collect();
        let mut world = Self {
            // A machine's clock has run for a while.
            now: 1_000 * HOUR,
            rng,
            weather,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            next_event: 0,
            keepers,
            store: Store::new(Record::new(1, first)),
            provider,
            ledger: Ledger::default(),
            halted_at: None,
            calm: false,
            trace: None,
        };
        for keeper in 0..KEEPERS {
            let after = world.below(5 * SECOND);
            world.after(after, Event::Start(keeper));
        }
        world.after(5 * MINUTE, Event::Nemesis);
        world.after(HOUR / 2, Event::PersonLooks);
        world
    }

    pub(super) fn traced(mut self) -> Self {
        self.trace = Some(Vec::new());
        self
    }

    /// All that happened, but for the routine.
    pub(super) fn trace(&self) -> String {
        self.trace.as_ref().map(|lines| lines.join("\n")).unwrap_or_default()
    }

    /// So many hours of trouble, and then three of peace.
    pub(super) fn live(&mut self, hours: u64) {
        self.run_until(self.now + hours * HOUR);
        self.calm = true;
        self.provider.fails_until = 0;
        if self.halted_at.is_some() {
            self.resume();
        }
        for keeper in 0..KEEPERS {
            let it = &mut self.keepers[keeper];
            it.store_cut_until = 0;
            it.provider_cut_until = 0;
            if it.member.is_none() {
                self.after(1, Event::Start(keeper));
            }
        }
        self.run_until(self.now + 3 * HOUR);
        self.check_custody();
        for keeper in 0..KEEPERS {
            if !self.has_live_token(keeper) {
                let it = &self.keepers[keeper];
                let what = format!(
                    "after hours of peace, keeper {keeper} has no live token: stopped {}, cut {}, {:?}",
                    it.stopped_until.saturating_sub(self.now),
                    it.store_cut_until.saturating_sub(self.now),
                    it.member
                );
                self.ledger.broken(self.now, what);
            }
        }
        if self.store.record.rewound {
            self.ledger.broken(self.now, "the pool never went on after it was rewound");
        }
        if self.store.record.budget > BUDGET {
            self.ledger.broken(self.now, "the budget grew");
        }
    }

    fn has_live_token(&self, keeper: usize) -> bool {
        let own_now = self.clock(keeper);
        self.keepers[keeper].announced.is_some_and(|(token, ends)| {
            ends > own_now && self.provider.access.get(&token).is_some_and(|end| *end > self.now)
        })
    }

    fn run_until(&mut self, end: u64) {
        while let Some(Reverse((at, number))) = self.queue.pop() {
            if at > end {
                self.queue.push(Reverse((at, number)));
                break;
            }
            self.now = at;
            let event = self.events.remove(&number).expect("queued");
            self.happen(event);
            if !self.ledger.broken.is_empty() {
                break;
            }
        }
        self.now = self.now.max(end);
    }

    fn happen(&mut self, event: Event) {
        let is_noise = matches!(event, Event::Timer(..) | Event::Input(_, _, Input::Read(_)));
        if let Some(lines) = &mut self.trace
            && !is_noise
        {
            lines.push(format!("{:>10.3} {event:?}", self.now as f64 / 1_000.0 - 3_600_000.0));
        }
        // Whatever happens to a stopped process waits for it.
        if let Event::Input(keeper, ..)
        | Event::Act(keeper, ..)
        | Event::Timer(keeper, ..)
        | Event::TimeIsUp(keeper, ..) = event
        {
            let until = self.keepers[keeper].stopped_until;
            if until > self.now {
                return self.at(until, event);
            }
        }
        match event {
            Event::Input(keeper, life, input) if self.lives(keeper, life) => {
                let (Input::Answered(attempt, _) | Input::Refused(attempt, _)) = &input else {
                    return self.input(keeper, input);
                };
                let cut_until = self.keepers[keeper].provider_cut_until;
                if cut_until > self.now {
                    return self.at(cut_until, Event::Input(keeper, life, input));
                }
                match self.keepers[keeper].sent.get_mut(attempt) {
                    Some(sent) if !sent.is_over => {
                        sent.is_over = true;
                        self.input(keeper, input);
                    }
                    sent => {
                        let token = sent.and_then(|sent| sent.refresh_token);
                        self.ledger.unanswered.extend(token);
                    }
                }
            }
            Event::Act(keeper, life, effect) if self.lives(keeper, life) => {
                self.act(keeper, life, effect);
            }
            Event::Timer(keeper, timer)
                if self.keepers[keeper].timer == timer && self.keepers[keeper].member.is_some() =>
            {
                let now = self.clock(keeper);
                let member = self.keepers[keeper].member.as_mut().expect("lives");
                member.handle_timeout(now);
                self.drain(keeper);
            }
            Event::TimeIsUp(keeper, life, attempt) if self.lives(keeper, life) => {
                if let Some(sent) = self.keepers[keeper].sent.get_mut(&attempt)
                    && !sent.is_over
                {
                    sent.is_over = true;
                    let token = sent.refresh_token;
                    self.ledger.unanswered.extend(token);
                    self.input(keeper, Input::Lost(attempt));
                }
            }
            Event::AtStore(keeper, life, effect) => self.at_store(keeper, life, effect),
            Event::AtProvider(keeper, life, attempt, token) => {
                self.at_provider(keeper, life, attempt, token);
            }
            Event::Start(keeper) => self.start(keeper),
            Event::Nemesis => self.nemesis(),
            Event::Strike(keeper) => self.strike(keeper),
            Event::PersonLooks => self.person_looks(),
            Event::Resume => self.resume(),
            // To a process that is gone.
            Event::Input(..) | Event::Act(..) | Event::Timer(..) | Event::TimeIsUp(..) => {}
        }
    }

    fn input(&mut self, keeper: usize, input: Input<Secret>) {
        if let Input::Refused(_, Refusal { pause: Some(span), .. }) = &input
            && self.keepers[keeper].store_cut_until <= self.now
        {
            let span = u64::try_from(span.as_millis()).unwrap_or(0);
            self.ledger.pause_heard = Some((self.now, self.now + span - SECOND));
        }
        if let Input::Answered(_, Answer { refresh_token: Some(token), .. }) = &input {
            self.ledger.answered.insert(*token, self.now);
        }
        let now = self.clock(keeper);
        let member = self.keepers[keeper].member.as_mut().expect("lives");
        member.handle_input(now, input);
        self.drain(keeper);
    }

    fn drain(&mut self, keeper: usize) {
        let (now, life) = (self.clock(keeper), self.keepers[keeper].life);
        let mut delay = 0;
        let mut steps = 0;
        while let Some(effect) = self.keepers[keeper].member.as_mut().expect("lives").poll_effect()
        {
            steps += 1;
            assert!(steps < 100, "it never settles");
            delay += 1;
            self.after(delay, Event::Act(keeper, life, effect));
        }
        let member = self.keepers[keeper].member.as_ref().expect("lives");
        if let Some(at) = member.poll_timeout(now)
            && at != Timestamp::FAR_FUTURE
        {
            let wait = u64::try_from(at.since(now).as_millis()).unwrap_or(u64::MAX).min(HOUR);
            self.keepers[keeper].timer = self.next_event;
            let timer = Event::Timer(keeper, self.next_event);
            self.after(wait.max(1), timer);
        }
    }

    fn act(&mut self, keeper: usize, life: u32, effect: Effect<Secret>) {
        let own_now = self.clock(keeper);
        match effect {
            Effect::Read
            | Effect::Swap { .. }
            | Effect::Lead
            | Effect::KeepAlive(_)
            | Effect::Resign(_) => self.send_to_store(keeper, life, effect),
            Effect::Connect(attempt) => {
                if self.keepers[keeper].provider_cut_until > self.now {
                    return self
                        .after(3 * SECOND, Event::Input(keeper, life, Input::NotSent(attempt)));
                }
                let wait = self.latency(400);
                self.after(wait, Event::Input(keeper, life, Input::Connected(attempt)));
            }
            Effect::Write { attempt, refresh_token, not_after } => {
                if own_now > not_after {
                    return self.after(1, Event::Input(keeper, life, Input::NotSent(attempt)));
                }
                if !self.ledger.claimed.contains_key(&attempt) {
                    self.ledger.broken(self.now, "a request goes out without a claim");
                }
                let limit = u64::try_from(TIME_TO_SEND.as_millis()).expect("short");
                if self.ledger.claimed.get(&attempt).is_some_and(|at| self.now > at + limit) {
                    self.ledger.broken(self.now, "a request goes out too late");
                }
                let sent = Sent { at: self.now, refresh_token, is_over: false };
                self.keepers[keeper].sent.insert(attempt, sent);
                // A cut is repaired in time by what TCP sends again, or the bytes never arrive.
                let cut = self.keepers[keeper].provider_cut_until.saturating_sub(self.now);
                if cut < 30 * SECOND {
                    let wait = cut + self.latency(100);
                    let arrives = Event::AtProvider(keeper, life, attempt, refresh_token);
                    self.after(wait, arrives);
                }
                let limit = u64::try_from(TIME_TO_ANSWER.as_millis()).expect("short");
                self.after(limit, Event::TimeIsUp(keeper, life, attempt));
            }
            Effect::Abandon(_) => {
                self.ledger.counts.given_back += 1;
            }
            Effect::Keep { attempt, kept } => {
                self.keepers[keeper].own.answers.insert(attempt, kept);
                let wait = 1 + self.below(20);
                self.after(wait, Event::Input(keeper, life, Input::Kept(attempt)));
            }
            Effect::Forget(attempt) => {
                self.keepers[keeper].own.answers.remove(&attempt);
            }
            Effect::Remember(memory) => self.keepers[keeper].own.memory = *memory,
            Effect::Announce { access_token, ends, .. } => {
                let end = self.provider.access.get(&access_token).copied().unwrap_or(0);
                let said = ends.as_millis() - self.keepers[keeper].skew;
                if said > end.cast_signed() {
                    let what = format!(
                        "keeper {keeper} says that a token lives {} ms longer than it does",
                        said - end.cast_signed()
                    );
                    self.ledger.broken(self.now, what);
                }
                self.keepers[keeper].announced = Some((access_token, ends));
            }
        }
    }

    /// A request may be lost on the way there or back.
    fn send_to_store(&mut self, keeper: usize, life: u32, effect: Effect<Secret>) {
        if self.keepers[keeper].store_cut_until > self.now {
            let failed = match effect {
                Effect::Read => Input::ReadFailed,
                Effect::Swap { .. } => Input::SwapUnknown,
                Effect::Lead | Effect::KeepAlive(_) => Input::LeadFailed,
                _ => return,
            };
            return self.after(2 * SECOND, Event::Input(keeper, life, failed));
        }
        let wait = self.latency(8);
        self.after(wait, Event::AtStore(keeper, life, effect));
    }

    fn at_store(&mut self, keeper: usize, life: u32, effect: Effect<Secret>) {
        let now = self.now;
        let asked_at = self.clock(keeper) - Duration::from_millis(10);
        let before = self.store.revision;
        let input = match effect {
            Effect::Read => Input::Read(Box::new(self.store.read(now))),
            Effect::Swap { expected, record, leading } => {
                let claims = record.claim != self.store.record.claim && record.claim.is_some();
                let found = record.found.len() > self.store.record.found.len();
                match self.store.swap(now, expected, *record, leading) {
                    Some(Revision(revision)) => {
                        if claims && let Some(claim) = self.store.record.claim {
                            self.ledger.claimed.entry(claim.attempt).or_insert(self.now);
                        }
                        self.ledger.counts.found += u64::from(found);
                        self.check_progress();
                        if claims && !self.calm {
                            let wait = self.below(4 * SECOND);
                            self.after(wait, Event::Strike(keeper));
                        }
                        Input::Swapped(Revision(revision))
                    }
                    None => Input::Stale,
                }
            }
            Effect::Lead => {
                let fence = self.store.lead(now, keeper);
                Input::Led { fence, asked_at }
            }
            Effect::KeepAlive(fence) => {
                Input::Led { fence: self.store.keep_alive(now, fence), asked_at }
            }
            Effect::Resign(fence) => {
                self.store.resign(fence);
                return self.stir(None);
            }
            _ => return,
        };
        if self.store.revision != before {
            self.stir(Some(keeper));
        }
        let lost = self.keepers[keeper].store_cut_until > now;
        let input = match (lost, &input) {
            (false, _) => input,
            (true, Input::Read(_)) => Input::ReadFailed,
            (true, Input::Led { .. }) => Input::LeadFailed,
            (true, _) => Input::SwapUnknown,
        };
        let wait = if lost { 2 * SECOND } else { self.latency(8) };
        self.after(wait, Event::Input(keeper, life, input));
    }

    fn stir(&mut self, but: Option<usize>) {
        for keeper in 0..KEEPERS {
            let reached = self.keepers[keeper].store_cut_until <= self.now;
            if Some(keeper) != but && reached {
                let (life, wait) = (self.keepers[keeper].life, self.latency(8));
                self.after(wait, Event::Input(keeper, life, Input::Stirred));
            }
        }
    }

    fn at_provider(&mut self, keeper: usize, life: u32, attempt: Attempt, token: Option<Secret>) {
        if let (Some(halted_at), Some(sent)) =
            (self.halted_at, self.keepers[keeper].sent.get(&attempt))
            && sent.at > halted_at + 5 * SECOND
        {
            self.ledger.broken(self.now, "a request was sent while the pool was halted");
        }
        if let (Some((heard_at, until)), Some(sent)) =
            (self.ledger.pause_heard, self.keepers[keeper].sent.get(&attempt))
            && sent.at > heard_at + 10 * SECOND
            && self.now < until
        {
            self.ledger.broken(self.now, "the provider asked to be left alone, and was not");
        }
        if let Some(token) = token
            && !self.provider.is_busy(self.now)
        {
            let before = self.provider.arrivals(token);
            let excused = self.ledger.unanswered.contains(&token);
            if before == 1 && excused {
                self.ledger.counts.unavoidable += 1;
                if self.ledger.counts.unavoidable > self.store.record.resends {
                    self.ledger.broken(self.now, "a second use is not counted");
                }
            } else if before > 0 {
                self.ledger.counts.second_uses += 1;
                self.ledger.broken(
                    self.now,
                    format!("refresh token {token} arrives once more, from keeper {keeper}"),
                );
            }
        }
        let reply = self.provider.ask(self.now, token);
        let refill = 15 * MINUTE;
        let most = u64::from(BUDGET) + (self.now - 1_000 * HOUR) / refill + 1;
        if self.provider.requests.len() as u64 > most {
            self.ledger.broken(self.now, "more requests than the pool may make");
        }
        let input = match reply {
            Reply::Failed => Input::Refused(attempt, Refusal { pause: None, trouble: None }),
            Reply::Issued { refresh_token, access_token } => {
                self.ledger.counts.answers += 1;
                let lifetime = Duration::from_millis(self.provider.lifetime);
                // Counted from when it was sent, a bit before.
                let lifetime = lifetime - Duration::from_millis(1);
                Input::Answered(attempt, Answer { refresh_token, access_token, lifetime })
            }
            Reply::Throttled { left } => {
                let pause = Some(Duration::from_millis(left + SECOND));
                Input::Refused(attempt, Refusal { pause, trouble: None })
            }
            Reply::Dead => {
                let trouble = Some(TroubleKind::SignInRefused);
                Input::Refused(attempt, Refusal { pause: None, trouble })
            }
        };
        let slow = if self.below(10) == 0 { self.below(25 * SECOND) } else { 0 };
        let wait = slow + self.latency(800);
        if self.lives(keeper, life) {
            self.after(wait, Event::Input(keeper, life, input));
        } else {
            self.ledger.unanswered.extend(token);
        }
    }

    fn start(&mut self, keeper: usize) {
        if self.keepers[keeper].member.is_some() {
            return;
        }
        let settings = Settings {
            keeper: KeeperId(keeper as u64),
            schema: 1,
            seed: self.rng.next_u64(),
            resends: true,
            alone: false,
        };
        let now = self.clock(keeper);
        let it = &mut self.keepers[keeper];
        it.life += 1;
        it.sent.clear();
        it.announced = None;
        it.member = Some(Member::new(settings, it.own.clone(), now));
        self.drain(keeper);
    }

    fn kill(&mut self, keeper: usize) {
        self.ledger.pause_heard = None;
        let it = &mut self.keepers[keeper];
        if it.member.take().is_none() {
            return;
        }
        // Whatever was on its way back has nobody to go to.
        let waiting: Vec<Secret> = it.sent.values().filter_map(|sent| sent.refresh_token).collect();
        it.life += 1;
        for token in waiting {
            let came = self.provider.successor(token);
            let came = came.is_some_and(|successor| self.ledger.answered.contains_key(&successor));
            if !came {
                self.ledger.unanswered.insert(token);
            }
        }
        self.check_custody();
        self.ledger.counts.kills += 1;
        let down = SECOND + self.below(5 * MINUTE);
        self.after(down, Event::Start(keeper));
    }

    /// At the worst moment: a claim was just made.
    fn strike(&mut self, keeper: usize) {
        self.ledger.pause_heard = None;
        let dice = self.below(100);
        let weather = self.weather;
        if self.keepers[keeper].stopped_until > self.now {
            return;
        }
        if dice < weather.pauses {
            self.pause(keeper);
        } else if dice < weather.pauses + weather.cuts {
            self.cut(keeper);
        } else if dice < weather.pauses + weather.cuts + weather.provider_cuts {
            let span = self.below(3 * MINUTE);
            self.keepers[keeper].provider_cut_until = self.now + span;
            self.ledger.counts.cuts += 1;
        } else if dice < weather.pauses + weather.cuts + weather.provider_cuts + weather.kills {
            self.kill(keeper);
        }
    }

    fn pause(&mut self, keeper: usize) {
        let span = match self.below(3) {
            0 => self.below(5 * SECOND),
            1 => self.below(MINUTE),
            _ => self.below(10 * MINUTE),
        };
        self.keepers[keeper].stopped_until = self.now + span;
        self.ledger.counts.pauses += 1;
    }

    fn cut(&mut self, keeper: usize) {
        let span = self.below(5 * MINUTE);
        self.keepers[keeper].store_cut_until = self.now + span;
        self.ledger.counts.cuts += 1;
    }

    /// At any moment.
    fn nemesis(&mut self) {
        self.ledger.pause_heard = None;
        if self.calm {
            return;
        }
        let keeper = self.store.leader().filter(|_| self.below(2) == 0);
        let keeper = keeper.unwrap_or_else(|| self.below(KEEPERS as u64) as usize);
        match self.below(8) {
            0 | 1 => self.strike(keeper),
            2 if self.weather.lost_leases => self.store.lose_leases(),
            3 if self.weather.rewinds => self.store.back_up(),
            4 if self.weather.rewinds => {
                // Everybody is there to say what they saw; a store and all who remember, lost at once, is another matter.
                let all = self.keepers.iter().all(|it| {
                    it.member.is_some()
                        && it.stopped_until <= self.now
                        && it.store_cut_until <= self.now
                });
                if all && self.store.restore() {
                    self.ledger.counts.rewinds += 1;
                    self.ledger.highest = self.store.record.grant.version;
                    for keeper in 0..KEEPERS {
                        // The engine was restarted.
                        let life = self.keepers[keeper].life;
                        self.after(2 * SECOND, Event::Input(keeper, life, Input::ReadFailed));
                        self.after(3 * SECOND, Event::Input(keeper, life, Input::Staying));
                    }
                }
            }
            5 if self.weather.halts && self.halted_at.is_none() => {
                self.halted_at = Some(self.now);
                self.store.record.halted = Some("a drill".to_owned());
                self.store.revision += 1;
                self.stir(None);
                self.after(10 * MINUTE, Event::Resume);
            }
            6 if self.weather.throttles && self.below(3) == 0 => {
                if self.below(3) == 0 {
                    self.provider.fails_until = self.now + 5 * HOUR;
                } else {
                    self.provider.throttles_until = self.now + 10 * MINUTE;
                }
            }
            7 if self.weather.cuts > 0 => {
                // The store is away from everybody.
                let span = self.below(5 * MINUTE);
                for keeper in &mut self.keepers {
                    keeper.store_cut_until = self.now + span;
                }
                self.ledger.counts.cuts += 1;
            }
            _ => {}
        }
        let wait = SECOND + self.below(10 * MINUTE);
        self.after(wait, Event::Nemesis);
    }

    fn resume(&mut self) {
        self.halted_at = None;
        self.store.record.halted = None;
        self.store.revision += 1;
        self.stir(None);
    }

    /// Who is called signs in anew.
    fn person_looks(&mut self) {
        if self.store.record.trouble.is_some() && !self.store.record.rewound {
            if self.ledger.unanswered.is_empty() {
                self.ledger.broken(
                    self.now,
                    format!("a person is called: {:?}", self.store.record.trouble),
                );
            }
            let refresh_token = self.provider.sign_in();
            self.store.record = self.store.record.replaced(Some(refresh_token));
            self.store.revision += 1;
            self.ledger.highest = self.store.record.grant.version;
            self.stir(None);
        }
        if self.store.record.halted.is_some() && self.halted_at.is_none() {
            // The halt came back with what a keeper remembered of a store that was restored.
            self.resume();
        }
        self.after(HOUR / 2, Event::PersonLooks);
    }

    fn check_progress(&mut self) {
        let version = self.store.record.grant.version;
        if version < self.ledger.highest {
            self.ledger.broken(
                self.now,
                format!("the grant went back from {:?} to {version:?}", self.ledger.highest),
            );
        }
        self.ledger.highest = version;
    }

    /// The refresh token that would be taken is somewhere, from the moment its answer came.
    fn check_custody(&mut self) {
        let Some(current) = self.provider.current() else { return };
        let Some(came) = self.ledger.answered.get(&current) else { return };
        if came + 100 > self.now {
            return;
        }
        let holds = |record: &Record<Secret>| {
            record.grant.refresh_token == Some(current)
                || record.found.values().any(|found| found.answer.refresh_token == Some(current))
        };
        let kept = self.keepers.iter().any(|keeper| {
            keeper.own.memory.record.as_ref().is_some_and(holds)
                || keeper
                    .own
                    .answers
                    .values()
                    .any(|kept| kept.answer.refresh_token == Some(current))
        });
        if !kept && !holds(&self.store.record) {
            self.ledger.broken(self.now, format!("refresh token {current} is lost"));
        }
    }

    fn lives(&self, keeper: usize, life: u32) -> bool {
        self.keepers[keeper].life == life && self.keepers[keeper].member.is_some()
    }

    fn clock(&self, keeper: usize) -> Timestamp {
        Timestamp::from_millis(self.now.cast_signed() + self.keepers[keeper].skew)
    }

    /// Mostly short, at times long.
    fn latency(&mut self, usual: u64) -> u64 {
        match self.below(50) {
            0 if !self.calm => self.below(3 * SECOND),
            _ => 1 + self.below(usual),
        }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit.max(1)
    }

    fn after(&mut self, wait: u64, event: Event) {
        self.at(self.now.saturating_add(wait), event);
    }

    fn at(&mut self, at: u64, event: Event) {
        self.next_event += 1;
        self.queue.push(Reverse((at, self.next_event)));
        self.events.insert(self.next_event, event);
    }
}
