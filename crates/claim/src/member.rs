//! One keeper's part in one pool.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use glowjar_lifecycle::{plan::margin, rng::Rng, time::Timestamp};

use crate::{
    exchange::{Effect, Input, Reading, Refusal},
    fault_injection::{InjectedFault, is_committed},
    memory::{Kept, Memory, Moment, OwnStore},
    plan::{
        ABSTENTION, BETWEEN_HANDOVERS, HEARING, KEEP_ALIVE, LAST_ARRIVAL, LAST_RESORT, LEASE,
        LEASE_SLACK, LONGEST_PAUSE, LOOK, MARGIN, PROVIDER_PATIENCE, REFILL, RESTATE, SPACING,
        STORE_RETRY, TIME_TO_SEND, retry,
    },
    record::{Answer, Attempt, Fence, KeeperId, Pause, Record, Revision, TroubleKind, Version},
};

/// Decides when this keeper leads, claims, sends, waits and hands on.
///
/// Each input is followed by [`poll_effect`](Self::poll_effect) until there is none, then by waiting until
/// [`poll_timeout`](Self::poll_timeout) or the next input.
#[derive(Debug)]
pub struct Member<S> {
    settings: Settings,
    rng: Rng,
    /// What the next attempt will be called.
    next_attempt: Attempt,
    memory: Memory<S>,
    /// Not in the pool yet; whether they are durable in this keeper's own store.
    answers: BTreeMap<Attempt, (Kept<S>, bool)>,
    store: Store<S>,
    lease: Lease,
    request: Option<Request>,
    /// Claimed by this process and never sent, in case a late write makes one appear.
    unsent: BTreeSet<Attempt>,
    /// What an earlier process of this keeper was about to send, and left no answer to.
    left_behind: Option<Attempt>,
    sightings: Sightings,
    provider: ProviderSeen,
    effects: VecDeque<Effect<S>>,
}

/// How this keeper takes part.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub keeper: KeeperId,
    /// The newest form of the record that it understands.
    pub schema: u32,
    /// Decides the names of attempts, which must differ from every other process's: from the system's random numbers.
    pub seed: u64,
    /// Whether a refresh token may be used once more after no answer came.
    pub resends: bool,
    /// Whether the store is this keeper's own, so that nobody else could know more.
    pub alone: bool,
}

/// The pool's store, as it was seen last.
#[derive(Debug)]
struct Store<S> {
    seen: Option<Seen<S>>,
    busy: Option<Operation<S>>,
    /// Something changed since the last reading began.
    changed: bool,
    /// When to ask again after it did not answer.
    retry_at: Option<Timestamp>,
    /// Since when it has answered without a gap.
    heard_since: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct Seen<S> {
    at: Timestamp,
    reading: Reading<S>,
}

#[derive(Clone, Debug)]
enum Operation<S> {
    Read { begun: Timestamp },
    Swap { begun: Timestamp, purpose: Purpose, record: Box<Record<S>> },
}

/// What a change of the record is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Claim(Attempt),
    /// An answer, or the end of the waiting for one.
    Settle(Attempt),
    Refill,
    Other,
}

#[derive(Debug, Default)]
struct Lease {
    held: Option<(Fence, Timestamp)>,
    asking: bool,
    next: Option<Timestamp>,
    leaving: bool,
    abstains_until: Option<Timestamp>,
    handed_over_at: Option<Timestamp>,
}

/// This process's request in flight.
#[derive(Clone, Copy, Debug)]
struct Request {
    attempt: Attempt,
    version: Version,
    begun: Timestamp,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The claim is being written.
    Claiming,
    Connecting,
    /// The connection is there; the record is read once more, so that a machine that was set back to an earlier state notices.
    Confirming,
    Sent(Timestamp),
    /// Nothing goes out: the claim is to be given back.
    Unsent,
    /// The provider issued nothing.
    Refused(Refusal),
    Lost,
}

/// When this keeper first saw something of others, by its own clock: the only way in which spans are counted.
#[derive(Debug, Default)]
struct Sightings {
    claim: Option<(Attempt, Timestamp)>,
    pause: Option<(Pause, Timestamp)>,
    rewound: Option<Timestamp>,
    led: Option<Timestamp>,
    stated: Option<(Version, u64)>,
    /// When the readings of late were begun, and what they showed.
    readings: VecDeque<(Timestamp, Revision)>,
    announced: Option<(Version, Timestamp)>,
    refilled: Option<Timestamp>,
}

/// How the provider did lately.
#[derive(Debug, Default)]
struct ProviderSeen {
    failures: u32,
    retry_at: Option<Timestamp>,
    failing_since: Option<Timestamp>,
}

/// What to do next, or until when nothing.
enum Next<S> {
    Swap(Purpose, Record<S>, Option<Fence>),
    Claim { record: Record<S>, fence: Fence, attempt: Attempt },
    Read,
    Wait(Timestamp),
}

impl<S: Clone + PartialEq + std::fmt::Debug> Member<S> {
    /// Begins with what the keeper's own store holds.
    pub fn new(settings: Settings, own: OwnStore<S>, now: Timestamp) -> Self {
        let left_behind = own.memory.sending.filter(|it| !own.answers.contains_key(it));
        let answers = own.answers.into_iter().map(|(attempt, kept)| (attempt, (kept, true)));
        let mut rng = Rng::new(settings.seed);
        let mut member = Self {
            settings,
            next_attempt: Attempt(rng.next_u64()),
            rng,
            memory: own.memory,
            answers: answers.collect(),
            store: Store {
                seen: None,
                busy: None,
                changed: true,
                retry_at: None,
                heard_since: None,
            },
            lease: Lease::default(),
            request: None,
            unsent: BTreeSet::new(),
            left_behind,
            sightings: Sightings::default(),
            provider: ProviderSeen::default(),
            effects: VecDeque::new(),
        };
        member.announce(now);
        member.act(now);
        member
    }

    pub fn poll_effect(&mut self) -> Option<Effect<S>> {
        self.effects.pop_front()
    }

    /// Whether this keeper leads, as far as it knows.
    pub fn leads(&self, now: Timestamp) -> bool {
        self.fence(now).is_some()
    }

    /// Until when this keeper leads, as far as it knows, if nothing happens before.
    pub fn leads_until(&self) -> Option<Timestamp> {
        self.lease.held.map(|(_, until)| until - LEASE_SLACK)
    }

    /// What the pool held when it was last read.
    pub fn record(&self) -> Option<&Record<S>> {
        self.store.seen.as_ref()?.reading.record.as_ref()
    }

    /// The same, or what this keeper knew of it before, as long as the store was not read.
    pub fn known_record(&self) -> Option<&Record<S>> {
        self.record().or(self.memory.record.as_ref())
    }

    /// When the pool's store was last heard.
    pub fn heard_at(&self) -> Option<Timestamp> {
        self.store.seen.as_ref().filter(|_| self.store.heard_since.is_some()).map(|seen| seen.at)
    }

    /// Whether no request of this process is under way and no answer waits to be handed on.
    pub fn is_idle(&self) -> bool {
        self.request.is_none() && self.answers.is_empty()
    }

    pub fn handle_input(&mut self, now: Timestamp, input: Input<S>) {
        match input {
            Input::Read(reading) => self.read(now, *reading),
            Input::ReadFailed => {
                self.store.busy = None;
                self.silent(now);
            }
            Input::Swapped(revision) => self.swapped(now, revision),
            Input::Stale => {
                if let Some(Operation::Swap { purpose: Purpose::Claim(attempt), .. }) =
                    self.store.busy.take()
                {
                    self.drop_request(attempt);
                }
                self.store.changed = true;
            }
            Input::SwapUnknown => {
                self.store.busy = None;
                self.silent(now);
            }
            Input::Led { fence, asked_at } => self.led(now, fence, asked_at),
            Input::LeadFailed => {
                self.lease.asking = false;
                self.lease.next = Some(now + STORE_RETRY);
            }
            Input::Stirred => self.store.changed = true,
            Input::Connected(attempt) => {
                if let Some(request) = self.request_of(attempt, Stage::Connecting) {
                    request.stage = Stage::Confirming;
                    // A reading that is under way may have begun before.
                    self.store.changed = true;
                }
            }
            Input::NotSent(attempt) => {
                self.failed(now);
                if let Some(request) = self.request.as_mut().filter(|it| it.attempt == attempt) {
                    request.stage = Stage::Unsent;
                }
            }
            Input::Answered(attempt, answer) => self.answered(attempt, answer),
            Input::Refused(attempt, refusal) => {
                self.failed(now);
                self.provider.failing_since = None;
                if let Some(request) = self.request.as_mut().filter(|it| it.attempt == attempt) {
                    request.stage = Stage::Refused(refusal);
                }
            }
            Input::Lost(attempt) => {
                self.failed(now);
                if let Some(request) = self.request.as_mut().filter(|it| it.attempt == attempt) {
                    request.stage = Stage::Lost;
                }
            }
            Input::Kept(attempt) => {
                if let Some((_, durable)) = self.answers.get_mut(&attempt) {
                    *durable = true;
                }
            }
            Input::Leaving => self.lease.leaving = true,
            Input::Staying => {
                self.lease.leaving = false;
                self.store.heard_since = None;
                self.store.changed = true;
            }
        }
        self.act(now);
    }

    /// Does what is due. Harmless if nothing is.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.act(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), if nothing happens before.
    pub fn poll_timeout(&self, now: Timestamp) -> Option<Timestamp> {
        let lease = if self.lease.asking { None } else { self.lease_due(now) };
        let store = if self.store.busy.is_some() {
            None
        } else {
            match self.next(now) {
                Next::Wait(until) => Some(until),
                _ => Some(now),
            }
        };
        lease.into_iter().chain(store).min()
    }

    fn read(&mut self, now: Timestamp, reading: Reading<S>) {
        let Some(Operation::Read { begun }) = self.store.busy.take() else { return };
        self.store.retry_at = None;
        if self.store.heard_since.is_none() {
            self.store.heard_since = Some(now);
        }
        if let Some(record) = &reading.record {
            self.see_token(record);
        }
        self.sightings.readings.push_back((begun, reading.revision));
        if self.sightings.readings.len() > MOST_READINGS {
            self.sightings.readings.pop_front();
        }
        // Everything in a reading is at least as new as the moment at which it was asked for.
        self.see(now, Seen { at: begun, reading });
        self.confirm(now);
    }

    fn swapped(&mut self, now: Timestamp, revision: Revision) {
        let Some(Operation::Swap { begun, purpose, record }) = self.store.busy.take() else {
            return;
        };
        let leader = self.store.seen.as_ref().and_then(|seen| seen.reading.leader);
        let reading = Reading { revision, leader, record: Some(*record) };
        self.see(now, Seen { at: begun, reading });
        match purpose {
            Purpose::Claim(attempt) => self.connect(now, attempt),
            Purpose::Settle(attempt) => {
                if self.request.is_some_and(|request| request.attempt == attempt) {
                    self.request = None;
                }
                self.unsent.remove(&attempt);
                self.forget(attempt);
            }
            Purpose::Refill => self.sightings.refilled = Some(now),
            Purpose::Other => {}
        }
        self.announce(now);
    }

    /// Takes in what the pool holds.
    fn see(&mut self, now: Timestamp, seen: Seen<S>) {
        if let Some(record) = &seen.reading.record {
            let claim = record.open_claim().map(|claim| claim.attempt);
            if self.sightings.claim.map(|(attempt, _)| attempt) != claim {
                self.sightings.claim = claim.map(|attempt| (attempt, now));
            }
            if self.sightings.pause.map(|(pause, _)| pause) != record.pause {
                self.sightings.pause = record.pause.map(|pause| (pause, now));
            }
            match (record.rewound, self.sightings.rewound) {
                (true, None) => self.sightings.rewound = Some(now),
                (false, Some(_)) => self.sightings.rewound = None,
                _ => {}
            }
            if self.answers.keys().any(|attempt| record.grant.from == Some(*attempt)) {
                // A write whose outcome was not known.
                let delivered = record.grant.from.expect("seen");
                self.forget(delivered);
            }
            let is_newer = !self.memory.is_ahead_of(seen.reading.revision, record);
            if is_newer || is_committed(InjectedFault::RewindIgnored) {
                self.remember(seen.reading.revision, record);
            }
        }
        self.store.seen = Some(seen);
        self.announce(now);
    }

    /// `left` was true when its writer looked at its clock, which was after the revision that it had read came to be, and that was
    /// after a reading of ours that did not show it yet. The writer may have been stopped for an hour since.
    fn see_token(&mut self, record: &Record<S>) {
        let Some(token) = &record.token else { return };
        let stated = Some((token.generation, token.stated));
        if self.sightings.stated == stated {
            return;
        }
        self.sightings.stated = stated;
        if is_committed(InjectedFault::WallClocksCompared) {
            let end = Timestamp::from_millis(i64::try_from(token.left.as_millis()).unwrap_or(0));
            self.memory.ends = Some((token.generation, Moment(end)));
            return;
        }
        let mut earlier = self.sightings.readings.iter().rev();
        let Some((before, _)) = earlier.find(|(_, revision)| revision.0 < token.base) else {
            return;
        };
        let ends = *before + token.left;
        let known = self.memory.ends.filter(|(generation, _)| *generation == token.generation);
        if known.is_none_or(|(_, Moment(known))| known < ends) {
            self.memory.ends = Some((token.generation, Moment(ends)));
        }
    }

    fn remember(&mut self, revision: Revision, record: &Record<S>) {
        let same = self.memory.record.as_ref().is_some_and(|known| {
            known.grant == record.grant
                && known.claim == record.claim
                && known.found == record.found
                && known.steps == record.steps
                && known.halted == record.halted
                && known.trouble == record.trouble
                && known.token.as_ref().map(|token| token.generation)
                    == record.token.as_ref().map(|token| token.generation)
        });
        self.memory.revision = revision;
        if !same || self.memory.record.is_none() {
            let mut record = record.clone();
            if is_committed(InjectedFault::RefreshTokenFromMemory)
                && let Some(known) = &self.memory.record
            {
                record.grant.refresh_token.clone_from(&known.grant.refresh_token);
            }
            self.memory.record = Some(record);
            self.effects.push_back(Effect::Remember(Box::new(self.memory.clone())));
        }
    }

    fn announce(&mut self, now: Timestamp) {
        let Some((generation, Moment(ends))) = self.memory.ends else { return };
        if self.sightings.announced == Some((generation, ends)) || ends <= now {
            return;
        }
        let record = self.record().or(self.memory.record.as_ref());
        let Some(token) = record.and_then(|record| record.token.as_ref()) else { return };
        if token.generation == generation {
            let access_token = token.access_token.clone();
            self.sightings.announced = Some((generation, ends));
            self.effects.push_back(Effect::Announce { generation, access_token, ends });
        }
    }

    fn led(&mut self, now: Timestamp, fence: Option<Fence>, asked_at: Timestamp) {
        self.lease.asking = false;
        if fence.is_none() && self.lease.held.is_some() {
            self.store.changed = true;
        }
        let is_new = self.lease.held.map(|(fence, _)| fence) != fence;
        self.lease.held = fence.map(|fence| (fence, asked_at + LEASE));
        self.lease.next = Some(now + KEEP_ALIVE);
        if is_new {
            self.sightings.led = fence.map(|_| now);
            self.sightings.refilled = fence.map(|_| now);
            self.store.changed = true;
        }
    }

    fn silent(&mut self, now: Timestamp) {
        self.store.heard_since = None;
        self.store.changed = true;
        self.store.retry_at = Some(now + STORE_RETRY);
    }

    fn connect(&mut self, now: Timestamp, attempt: Attempt) {
        let Some(request) = self.request_of(attempt, Stage::Claiming) else {
            return;
        };
        if now > request.begun + TIME_TO_SEND && !is_committed(InjectedFault::ClockBeforeConnection)
        {
            request.stage = Stage::Unsent;
            return;
        }
        request.stage = Stage::Connecting;
        self.memory.sending = Some(attempt);
        self.effects.push_back(Effect::Remember(Box::new(self.memory.clone())));
        self.effects.push_back(Effect::Connect(attempt));
    }

    /// The last look before the request goes out.
    fn confirm(&mut self, now: Timestamp) {
        let Some(request) = self.request else { return };
        let Some(Seen { at, reading }) = &self.store.seen else { return };
        let Some(record) = &reading.record else { return };
        let claim = record.open_claim().filter(|claim| claim.attempt == request.attempt);
        match request.stage {
            Stage::Claiming if claim.is_some() => self.connect(now, request.attempt),
            Stage::Claiming if *at > request.begun => self.drop_request(request.attempt),
            Stage::Confirming => {
                let holds = claim.is_some_and(|claim| claim.version == request.version)
                    || is_committed(InjectedFault::LeaseInsteadOfClaim);
                let not_after = if is_committed(InjectedFault::ClockBeforeConnection) {
                    Timestamp::FAR_FUTURE
                } else {
                    request.begun + TIME_TO_SEND
                };
                let stage = if holds && now <= not_after && !self.lease.leaving {
                    let refresh_token = self.refresh_token_to_send(record);
                    let attempt = request.attempt;
                    self.effects.push_back(Effect::Write { attempt, refresh_token, not_after });
                    Stage::Sent(now)
                } else {
                    self.effects.push_back(Effect::Abandon(request.attempt));
                    Stage::Unsent
                };
                self.request = Some(Request { stage, ..request });
            }
            _ => {}
        }
    }

    fn refresh_token_to_send(&self, record: &Record<S>) -> Option<S> {
        // A process that goes on with what it had at first.
        let known = self
            .memory
            .record
            .as_ref()
            .filter(|_| is_committed(InjectedFault::RefreshTokenFromMemory));
        known.unwrap_or(record).grant.refresh_token.clone()
    }

    fn answered(&mut self, attempt: Attempt, answer: Answer<S>) {
        let Some(request) = self.request.filter(|it| it.attempt == attempt) else { return };
        let Stage::Sent(sent_at) = request.stage else { return };
        self.provider = ProviderSeen::default();
        let ends = sent_at + answer.lifetime;
        let kept = Kept { version: request.version, answer, ends: Moment(ends) };
        self.request = None;
        self.answers.insert(attempt, (kept.clone(), is_committed(InjectedFault::OwnStoreLast)));
        if !is_committed(InjectedFault::OwnStoreLast) {
            self.effects.push_back(Effect::Keep { attempt, kept });
        }
    }

    /// An answer is in the pool.
    fn forget(&mut self, attempt: Attempt) {
        if let Some((kept, _)) = self.answers.remove(&attempt) {
            let generation = self.record().and_then(|record| record.token.as_ref());
            if generation.is_none_or(|token| token.generation <= kept.version) {
                self.memory.ends = Some((kept.version, kept.ends));
            }
            self.effects.push_back(Effect::Remember(Box::new(self.memory.clone())));
            self.effects.push_back(Effect::Forget(attempt));
        }
    }

    fn failed(&mut self, now: Timestamp) {
        self.provider.failures += 1;
        self.provider.retry_at = Some(now + retry(self.provider.failures));
        self.provider.failing_since.get_or_insert(now);
    }

    fn drop_request(&mut self, attempt: Attempt) {
        self.unsent.insert(attempt);
        if self.request.is_some_and(|request| request.attempt == attempt) {
            self.request = None;
        }
    }

    fn request_of(&mut self, attempt: Attempt, stage: Stage) -> Option<&mut Request> {
        self.request.as_mut().filter(|it| it.attempt == attempt && it.stage == stage)
    }

    /// Its term, as long as its own clock says that the lease holds.
    fn fence(&self, now: Timestamp) -> Option<Fence> {
        let (fence, until) = self.lease.held?;
        (now + LEASE_SLACK < until).then_some(fence)
    }

    fn act(&mut self, now: Timestamp) {
        self.act_on_lease(now);
        if self.store.busy.is_some() {
            return;
        }
        match self.next(now) {
            Next::Wait(_) => {}
            Next::Read => {
                self.store.changed = false;
                self.store.busy = Some(Operation::Read { begun: now });
                self.effects.push_back(Effect::Read);
            }
            Next::Swap(purpose, record, leading) => self.swap(now, purpose, record, leading),
            Next::Claim { record, fence, attempt } => {
                self.next_attempt = Attempt(self.rng.next_u64());
                let version = record.grant.version;
                let stage = Stage::Claiming;
                self.request = Some(Request { attempt, version, begun: now, stage });
                if is_committed(InjectedFault::ClaimAfterSend) {
                    let refresh_token = record.grant.refresh_token.clone();
                    let not_after = Timestamp::FAR_FUTURE;
                    self.effects.push_back(Effect::Connect(attempt));
                    self.effects.push_back(Effect::Write { attempt, refresh_token, not_after });
                    self.request = self.request.map(|it| Request { stage: Stage::Sent(now), ..it });
                }
                self.swap(now, Purpose::Claim(attempt), record, Some(fence));
            }
        }
    }

    fn swap(
        &mut self,
        now: Timestamp,
        purpose: Purpose,
        record: Record<S>,
        leading: Option<Fence>,
    ) {
        let expected = self.store.seen.as_ref().map_or(Revision(0), |seen| seen.reading.revision);
        let mut record = Box::new(record);
        let stated = |record: &Record<S>| {
            record.token.as_ref().map(|token| (token.generation, token.stated))
        };
        if stated(&record) != self.record().and_then(stated)
            && let Some(token) = &mut record.token
        {
            token.base = expected.0;
        }
        let operation = Operation::Swap { begun: now, purpose, record: record.clone() };
        self.store.busy = Some(operation);
        self.effects.push_back(Effect::Swap { expected, record, leading });
    }

    fn act_on_lease(&mut self, now: Timestamp) {
        if self.lease.asking {
            return;
        }
        let may_go = self.request.is_none();
        if let Some((fence, until)) = self.lease.held {
            let hands_over = self.hands_over(now);
            if until <= now {
                self.lease.held = None;
                self.store.changed = true;
            } else if may_go && (self.lease.leaving || hands_over) {
                if hands_over {
                    self.lease.abstains_until = Some(now + ABSTENTION);
                    self.lease.handed_over_at = Some(now);
                    self.provider.failing_since = None;
                }
                self.lease.held = None;
                self.effects.push_back(Effect::Resign(fence));
                return;
            }
        }
        if self.lease_due(now).is_some_and(|at| at <= now) {
            self.lease.asking = true;
            self.effects.push_back(match self.lease.held {
                Some((fence, _)) => Effect::KeepAlive(fence),
                None => Effect::Lead,
            });
        }
    }

    fn hands_over(&self, now: Timestamp) -> bool {
        let long = self.provider.failing_since.is_some_and(|at| now >= at + PROVIDER_PATIENCE);
        let lately = self.lease.handed_over_at.is_some_and(|at| now < at + BETWEEN_HANDOVERS);
        long && !lately
    }

    /// When to ask for the lease, or to keep it.
    fn lease_due(&self, now: Timestamp) -> Option<Timestamp> {
        let next = self.lease.next.unwrap_or(now);
        if let Some((_, until)) = self.lease.held {
            return Some(next.min(until));
        }
        let seen = self.store.seen.as_ref()?;
        let record = seen.reading.record.as_ref()?;
        let eligible = record.schema <= self.settings.schema && !self.lease.leaving;
        if !eligible || seen.reading.leader.is_some() || self.store.heard_since.is_none() {
            return None;
        }
        Some(next.max(self.lease.abstains_until.unwrap_or(next)))
    }

    /// The one thing to do next, in the order of what must not wait.
    fn next(&self, now: Timestamp) -> Next<S> {
        if let Some(at) = self.store.retry_at.filter(|at| *at > now) {
            return Next::Wait(at);
        }
        if self.store.changed {
            return Next::Read;
        }
        let Some(seen) = &self.store.seen else { return Next::Read };
        let look = seen.at + LOOK;
        if look <= now {
            return Next::Read;
        }
        let Some(record) = &seen.reading.record else { return Next::Wait(look) };
        if let Some(next) = self.rewind(now, seen.reading.revision, record) {
            return next.or_wait(look);
        }
        if let Some(next) = self.settle(now, record) {
            return next;
        }
        if self.request.is_some() {
            return Next::Wait(look);
        }
        let Some(fence) = self.fence(now) else { return Next::Wait(look) };
        self.lead(now, fence, record).or_wait(look)
    }

    /// What to do about a store that went back in time.
    fn rewind(&self, now: Timestamp, revision: Revision, record: &Record<S>) -> Option<Next<S>> {
        if is_committed(InjectedFault::RewindIgnored) {
            return None;
        }
        if let Some(known) = &self.memory.record
            && self.memory.is_ahead_of(revision, record)
        {
            return Some(Next::Swap(Purpose::Other, record.raised_to(known), None));
        }
        if !record.rewound {
            return None;
        }
        // Everybody who knows more raises it; then the leader goes on.
        let settled_at = self.sightings.rewound.unwrap_or(now) + HEARING;
        match self.fence(now) {
            Some(fence) if settled_at <= now => {
                Some(Next::Swap(Purpose::Other, record.settled(), Some(fence)))
            }
            Some(_) => Some(Next::Wait(settled_at)),
            None => Some(Next::Wait(Timestamp::FAR_FUTURE)),
        }
    }

    /// Brings what this keeper has to say of its own attempts. Leading or not.
    fn settle(&self, now: Timestamp, record: &Record<S>) -> Option<Next<S>> {
        let durable = self.answers.iter().find(|(_, (_, durable))| *durable);
        if let Some((attempt, (kept, _))) = durable
            && (self.lease.held.is_some() || !is_committed(InjectedFault::DeliversOnlyWhileLeading))
        {
            let left = stated_left(now, kept.ends.0);
            let record = match record.delivered(*attempt, &kept.answer, left) {
                Some(record) => record,
                None if is_committed(InjectedFault::FoundForgotten) => record.clone(),
                None => record.with_found(*attempt, kept.version, &kept.answer),
            };
            return Some(Next::Swap(Purpose::Settle(*attempt), record, None));
        }
        if let Some(request) = &self.request {
            let attempt = request.attempt;
            let settled = match request.stage {
                Stage::Unsent => record.given_back(attempt),
                Stage::Refused(Refusal { pause, trouble }) => {
                    let pause = pause.filter(|_| !is_committed(InjectedFault::PauseForgotten));
                    // The first use may have been what made the second one wrong.
                    record.refused(attempt, pause.map(|it| it.min(LONGEST_PAUSE)), trouble)
                }
                Stage::Lost if is_committed(InjectedFault::ClaimDroppedOnTimeout) => {
                    record.given_back(attempt)
                }
                Stage::Lost => record.lost(attempt),
                Stage::Claiming | Stage::Connecting | Stage::Confirming | Stage::Sent(_) => {
                    return None;
                }
            };
            // A claim that is gone needs nothing said of it, but the request is over.
            let record = settled.unwrap_or_else(|| record.clone());
            return Some(Next::Swap(Purpose::Settle(attempt), record, None));
        }
        let claim = record.open_claim()?;
        if self.unsent.contains(&claim.attempt) {
            let record = record.given_back(claim.attempt)?;
            return Some(Next::Swap(Purpose::Settle(claim.attempt), record, None));
        }
        if claim.keeper == self.settings.keeper && self.left_behind == Some(claim.attempt) {
            let record = record.lost(claim.attempt)?;
            return Some(Next::Swap(Purpose::Other, record, None));
        }
        None
    }

    /// What the leader does.
    fn lead(&self, now: Timestamp, fence: Fence, record: &Record<S>) -> Next<S> {
        let leading = Some(fence);
        if let Some((attempt, _)) = record.found_for_grant()
            && let Some(record) = record.found_taken(attempt)
        {
            return Next::Swap(Purpose::Other, record, leading);
        }
        let known = self.memory.ends;
        let generation = record.token.as_ref().map(|token| token.generation);
        let ends = known.filter(|(of, _)| Some(*of) == generation).map(|(_, Moment(ends))| ends);
        let mut waits = Vec::new();
        // Others learn how long the token lives.
        if let Some(ends) = ends.filter(|ends| *ends > now) {
            let stated = Self::restate_at(ends, record);
            if stated <= now {
                let left = stated_left(now, ends);
                if let Some(record) = record.restated(left) {
                    return Next::Swap(Purpose::Other, record, leading);
                }
            }
            waits.push(stated);
        }
        if let Some(refilled) = record.refilled() {
            let lifetime = record.token.as_ref().map_or(Duration::MAX, |token| token.lifetime);
            let between = (lifetime / 2 - margin(lifetime, Some(MARGIN)) / 2).min(REFILL);
            let at = self.sightings.refilled.unwrap_or(now) + between;
            if at <= now {
                return Next::Swap(Purpose::Refill, refilled, leading);
            }
            waits.push(at);
        }
        let replaced = match self.waits_out(now, ends, record) {
            WaitsOut::Nothing => None,
            WaitsOut::Over(attempt) => Some(attempt),
            WaitsOut::Until(at) => {
                waits.push(at);
                return Next::Wait(waits.into_iter().min().unwrap_or(at));
            }
            WaitsOut::ForAPerson => {
                let record = record.in_trouble(TroubleKind::AnswerLost);
                return Next::Swap(Purpose::Other, record, leading);
            }
        };
        if !record.may_be_claimed() {
            return Next::Wait(waits.into_iter().min().unwrap_or(Timestamp::FAR_FUTURE));
        }
        let due = self.due(ends, record, replaced.is_some());
        if due > now {
            waits.push(due);
            return Next::Wait(waits.into_iter().min().unwrap_or(due));
        }
        let attempt = self.next_attempt;
        match record.claimed(attempt, self.settings.keeper, fence, replaced) {
            Some(record) => Next::Claim { record, fence, attempt },
            None => Next::Wait(waits.into_iter().min().unwrap_or(Timestamp::FAR_FUTURE)),
        }
    }

    /// When to write anew how much of the token's life is left: a while after that was last true.
    fn restate_at(ends: Timestamp, record: &Record<S>) -> Timestamp {
        let Some(token) = &record.token else { return Timestamp::FAR_FUTURE };
        (ends - token.left) + RESTATE.min(token.lifetime / 10)
    }

    /// Whether another's open claim has to be waited for.
    fn waits_out(&self, now: Timestamp, ends: Option<Timestamp>, record: &Record<S>) -> WaitsOut {
        let Some(claim) = record.open_claim() else { return WaitsOut::Nothing };
        if is_committed(InjectedFault::LeaseInsteadOfClaim) {
            return WaitsOut::Over(claim.attempt);
        }
        let seen = self.sightings.claim.map_or(now, |(_, at)| at);
        let arrived = seen + LAST_ARRIVAL;
        let at = if !record.rotates() || claim.is_lost {
            arrived
        } else {
            let live = ends.map_or(arrived, |ends| ends - LAST_RESORT);
            live.max(seen + LAST_RESORT)
        };
        if is_committed(InjectedFault::ResendWithoutWaiting) {
            return WaitsOut::Over(claim.attempt);
        }
        if at > now {
            return WaitsOut::Until(at);
        }
        if record.rotates() && (claim.is_resend || !self.settings.resends) {
            return if record.trouble.is_some_and(|it| it.version == record.grant.version) {
                WaitsOut::Nothing
            } else {
                WaitsOut::ForAPerson
            };
        }
        WaitsOut::Over(claim.attempt)
    }

    /// When the next request may go out.
    fn due(&self, ends: Option<Timestamp>, record: &Record<S>, replaces: bool) -> Timestamp {
        let lifetime = record.token.as_ref().map_or(Duration::ZERO, |token| token.lifetime);
        let renewal = match ends {
            Some(ends) if !replaces => ends - margin(lifetime, Some(MARGIN)),
            _ => Timestamp::EPOCH,
        };
        let hearing = if self.settings.alone { Duration::ZERO } else { HEARING };
        let heard = self.store.heard_since.map_or(Timestamp::FAR_FUTURE, |at| at + hearing);
        let paused = self.sightings.pause.map_or(Timestamp::EPOCH, |(pause, at)| at + pause.span);
        let retry = self.provider.retry_at.unwrap_or(Timestamp::EPOCH);
        let spaced = match ends {
            Some(ends) => (ends - lifetime) + SPACING,
            None => Timestamp::EPOCH,
        };
        let mine =
            if is_committed(InjectedFault::RewindIgnored) { Timestamp::EPOCH } else { heard };
        [renewal, mine, paused, retry, spaced].into_iter().max().unwrap_or(renewal)
    }
}

impl<S> Next<S> {
    fn or_wait(self, at: Timestamp) -> Self {
        match self {
            Self::Wait(until) => Self::Wait(until.min(at)),
            other => other,
        }
    }
}

/// How much of a token's life is written into the record.
fn stated_left(now: Timestamp, ends: Timestamp) -> Duration {
    if is_committed(InjectedFault::WallClocksCompared) {
        return Duration::from_millis(u64::try_from(ends.as_millis()).unwrap_or(0));
    }
    ends.since(now)
}

/// Enough for some minutes in which much changes.
const MOST_READINGS: usize = 64;

/// What an open claim means for who leads now.
enum WaitsOut {
    Nothing,
    Over(Attempt),
    Until(Timestamp),
    ForAPerson,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_injection::commit;

    const DAY: Duration = Duration::from_secs(86_400);

    /// A keeper that comes back with an answer, when its claim was replaced meanwhile.
    fn what_it_brings() -> Record<&'static str> {
        let (mine, other) = (Attempt(1), Attempt(2));
        let answer = Answer { refresh_token: Some("second"), access_token: "token", lifetime: DAY };
        let now = Timestamp::from_millis(1_000_000);
        let kept = Kept { version: Version(1), answer, ends: Moment(now + DAY) };
        let own = OwnStore { answers: [(mine, kept)].into(), ..OwnStore::default() };
        let settings =
            Settings { keeper: KeeperId(1), schema: 1, seed: 1, resends: true, alone: false };
        let mut member = Member::new(settings, own, now);
        assert_eq!(member.poll_effect(), Some(Effect::Read));

        let record = Record::new(1, Some("first"));
        let record = record.claimed(other, KeeperId(2), Fence(9), None).expect("free");
        let reading =
            Reading { revision: Revision(7), leader: Some(Fence(9)), record: Some(record) };
        member.handle_input(now, Input::Read(Box::new(reading)));
        loop {
            match member.poll_effect().expect("it brings the answer, although it does not lead") {
                Effect::Swap { record, leading: None, .. } => return *record,
                other => assert!(matches!(other, Effect::Remember(_)), "{other:?}"),
            }
        }
    }

    #[test]
    fn an_answer_whose_claim_is_gone_is_kept_beside_the_record_and_takes_the_place_of_what_it_was_issued_for()
     {
        let record = what_it_brings();
        let (attempt, found) = record.found_for_grant().expect("it is there");
        assert_eq!(found.answer.refresh_token, Some("second"));
        let taken = record.found_taken(attempt).expect("of this version");
        assert_eq!(taken.grant.refresh_token, Some("second"));
        assert_eq!((taken.grant.version, taken.claim), (Version(2), None));
    }

    #[test]
    fn an_answer_thrown_away_because_its_claim_is_gone_is_found() {
        commit(Some(InjectedFault::FoundForgotten));
        let record = what_it_brings();
        commit(None);
        assert!(record.found.is_empty(), "the fault was not committed");
    }

    #[test]
    fn s15_a_keeper_of_an_earlier_version_follows_and_does_not_lead() {
        let now = Timestamp::from_millis(1_000_000);
        let settings =
            Settings { keeper: KeeperId(1), schema: 1, seed: 1, resends: true, alone: false };
        for (schema, leads) in [(1, true), (2, false)] {
            let mut member = Member::new(settings, OwnStore::default(), now);
            assert_eq!(member.poll_effect(), Some(Effect::Read));
            let record = Some(Record::new(schema, Some("first")));
            let reading = Reading { revision: Revision(1), leader: None, record };
            member.handle_input(now, Input::Read(Box::new(reading)));
            let effects: Vec<_> = std::iter::from_fn(|| member.poll_effect()).collect();
            assert_eq!(effects.contains(&Effect::Lead), leads, "schema {schema}: {effects:?}");
        }
    }
}
