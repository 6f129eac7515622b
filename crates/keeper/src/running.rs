//! A pool that is kept: its member's effects are acted on, and what became of them is told to it.

use std::sync::Arc;

use glowjar_claim::{
    exchange::{Effect, Input, Reading},
    member::{Member, Settings},
    memory::{Kept, Memory, OwnStore},
    record::{Attempt, Fence, KeeperId, Record, TroubleKind, Version},
};
use glowjar_lifecycle::time::Timestamp;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use crate::{
    clock,
    disk::{Disk, DiskError},
    pool::{Pool, PoolError},
    provider::{self, Credential, Go, InUse},
    secret::Secret,
};

/// What is to be known of a pool from outside.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The token in use, and when it ends by this keeper's clock.
    pub token: Option<(Version, Secret, Timestamp)>,
    pub halted: Option<String>,
    pub trouble: Option<TroubleKind>,
    /// By this keeper's clock, which goes on while it hears nothing.
    pub leads_until: Option<Timestamp>,
    pub version: u64,
    pub budget: u32,
    pub resends: u64,
    pub rewound: bool,
    /// Whether the provider asked to be left alone for a while.
    pub is_paused: bool,
}

/// A pool that runs. It ends when this is dropped.
#[derive(Debug)]
pub struct Running<P> {
    pool: P,
    state: watch::Receiver<State>,
    said: mpsc::UnboundedSender<Input<Secret>>,
    resigned: watch::Receiver<u64>,
    task: JoinHandle<()>,
}

struct Runner<P> {
    name: String,
    pool: P,
    disk: Disk,
    credential: Arc<InUse>,
    member: Member<Secret>,
    said: mpsc::UnboundedSender<Input<Secret>>,
    heard: mpsc::UnboundedReceiver<Input<Secret>>,
    going: Option<(Attempt, oneshot::Sender<Go>)>,
    token: Option<(Version, Secret, Timestamp)>,
    state: watch::Sender<State>,
    /// Rises when it is halted or goes on.
    standings: watch::Sender<u64>,
    /// Rises when another may lead because this keeper said so.
    resigned: watch::Sender<u64>,
}

impl<P: Pool> Running<P> {
    /// `standings` rises when the pool is halted or goes on.
    ///
    /// # Errors
    /// What this keeper knew of the pool can't be read.
    pub fn start(
        name: &str,
        pool: P,
        disk: Disk,
        credential: Credential,
        keeper: KeeperId,
        standings: watch::Sender<u64>,
    ) -> Result<Self, DiskError> {
        let own = own_store(&disk, name)?;
        let seed = getrandom::u64().map_err(|error| DiskError::Store(error.to_string()))?;
        let settings =
            Settings { keeper, schema: SCHEMA, seed, resends: true, alone: pool.is_own() };
        let (said, heard) = mpsc::unbounded_channel();
        let (shown, state) = watch::channel(State::default());
        let (resigning, resigned) = watch::channel(0);
        let credential = Arc::new(InUse::new(credential));
        let reading = Arc::clone(&credential);
        tokio::spawn(async move { reading.read_secret().await });
        let runner = Runner {
            name: name.to_owned(),
            pool: pool.clone(),
            disk,
            credential,
            member: Member::new(settings, own, clock::now()),
            said: said.clone(),
            heard,
            going: None,
            token: None,
            state: shown,
            standings,
            resigned: resigning,
        };
        Ok(Self { pool, state, said, resigned, task: tokio::spawn(runner.run()) })
    }

    #[must_use]
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Why it is halted, if it is.
    #[must_use]
    pub fn halted(&self) -> Option<String> {
        self.state.borrow().halted.clone()
    }

    /// Lets another keeper lead, once an answer that is under way has come. Returns at once where this one does not lead.
    pub fn leave(&self) -> impl Future<Output = ()> + Send + use<P> {
        let leads = self.state.borrow().leads_until.is_some_and(|until| clock::now() < until);
        let mut resigned = self.resigned.clone();
        resigned.mark_unchanged();
        // It has ended by itself.
        let _ = self.said.send(Input::Leaving);
        async move {
            if leads {
                let _ = resigned.changed().await;
            }
        }
    }

    #[must_use]
    pub fn pool(&self) -> P {
        self.pool.clone()
    }

    #[must_use]
    pub fn watch(&self) -> watch::Receiver<State> {
        self.state.clone()
    }
}

impl<P> Drop for Running<P> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Changes the record, whatever others change meanwhile.
///
/// # Errors
/// The pool's store can't be used.
pub async fn change_record<P: Pool>(
    pool: &P,
    change: impl Fn(&Record<Secret>) -> Record<Secret> + Send,
) -> Result<(), PoolError> {
    loop {
        let shared = pool.read().await?;
        let Some(record) = &shared.record else { return Ok(()) };
        if pool.swap(shared.revision, change(record), None).await?.is_some() {
            return Ok(());
        }
    }
}

impl<P: Pool> Runner<P> {
    async fn run(mut self) {
        let mut changes = self.pool.changes();
        loop {
            while let Some(effect) = self.member.poll_effect() {
                self.act(effect);
            }
            self.show();
            let now = clock::now();
            let wait = self.member.poll_timeout(now).unwrap_or(Timestamp::FAR_FUTURE).since(now);
            tokio::select! {
                Some(input) = self.heard.recv() => self.member.handle_input(clock::now(), input),
                Ok(()) = changes.changed() => self.member.handle_input(clock::now(), Input::Stirred),
                () = clock::pause(wait) => self.member.handle_timeout(clock::now()),
            }
        }
    }

    fn act(&mut self, effect: Effect<Secret>) {
        match effect {
            Effect::Read => self.at_pool(|pool| async move {
                match pool.read().await {
                    Ok(shared) => Input::Read(Box::new(Reading {
                        revision: shared.revision,
                        leader: shared.leader,
                        record: shared.record,
                    })),
                    Err(error) => failed(&error, Input::ReadFailed),
                }
            }),
            Effect::Swap { expected, record, leading } => self.at_pool(move |pool| async move {
                match pool.swap(expected, *record, leading).await {
                    Ok(Some(revision)) => Input::Swapped(revision),
                    Ok(None) => Input::Stale,
                    Err(error) => failed(&error, Input::SwapUnknown),
                }
            }),
            Effect::Lead => {
                let asked_at = clock::now();
                self.at_pool(move |pool| async move {
                    match pool.lead().await {
                        Ok(fence) => Input::Led { fence, asked_at },
                        Err(error) => failed(&error, Input::LeadFailed),
                    }
                });
            }
            Effect::KeepAlive(fence) => {
                let asked_at = clock::now();
                self.at_pool(move |pool| async move {
                    match pool.keep_alive(fence).await {
                        Ok(leads) => Input::Led { fence: leads.then_some(fence), asked_at },
                        Err(error) => failed(&error, Input::LeadFailed),
                    }
                });
            }
            Effect::Resign(fence) => self.resign(fence),
            Effect::Connect(attempt) => self.connect(attempt),
            Effect::Write { attempt, refresh_token, not_after } => {
                if let Some((_, go)) = self.going.take().filter(|(going, _)| *going == attempt) {
                    // The connection broke meanwhile, and that is told by itself.
                    let _ = go.send(Go { refresh_token, not_after });
                }
            }
            Effect::Abandon(_) => self.going = None,
            Effect::Keep { attempt, kept } => {
                self.own(|disk, name| disk.write(&answer_place(name, attempt), &kept));
                let _ = self.said.send(Input::Kept(attempt));
            }
            Effect::Forget(attempt) => {
                self.own(|disk, name| disk.remove(&answer_place(name, attempt)));
            }
            Effect::Remember(memory) => {
                self.own(|disk, name| disk.write(&memory_place(name), &*memory));
            }
            Effect::Announce { generation, access_token, ends } => {
                tracing::info!(pool = self.name, generation = generation.0, "a token is in use");
                self.token = Some((generation, access_token, ends));
            }
        }
    }

    fn at_pool<F>(&self, ask: impl FnOnce(P) -> F)
    where
        F: Future<Output = Input<Secret>> + Send + 'static,
    {
        let (asking, said) = (ask(self.pool.clone()), self.said.clone());
        tokio::spawn(async move {
            // The pool has ended meanwhile.
            let _ = said.send(asking.await);
        });
    }

    fn resign(&self, fence: Fence) {
        let (pool, resigned) = (self.pool.clone(), self.resigned.clone());
        tokio::spawn(async move {
            pool.resign(fence).await;
            resigned.send_modify(|count| *count += 1);
        });
    }

    fn connect(&mut self, attempt: Attempt) {
        let (go, going) = oneshot::channel();
        self.going = Some((attempt, go));
        let record = self.member.record();
        let refresh_token = record.and_then(|record| record.grant.refresh_token.clone());
        let (credential, said) = (Arc::clone(&self.credential), self.said.clone());
        tokio::spawn(provider::ask(credential, attempt, refresh_token, going, said));
    }

    /// On the keeper's own disk, before anything else is done.
    fn own(&self, change: impl FnOnce(&Disk, &str) -> Result<(), DiskError>) {
        if let Err(error) = change(&self.disk, &self.name) {
            tracing::error!(pool = self.name, %error, "the keeper's own store failed");
        }
    }

    fn show(&self) {
        // A keeper that was started while the engine is away goes on with what it knew: a halted pool stays halted.
        let record = self.member.known_record();
        let trouble = record.and_then(|record| {
            record.trouble.filter(|trouble| trouble.version == record.grant.version)
        });
        let before = self.state.send_replace(State {
            token: self.token.clone(),
            halted: record.and_then(|record| record.halted.clone()),
            trouble: trouble.map(|trouble| trouble.kind),
            leads_until: self.member.leads_until(),
            version: record.map_or(0, |record| record.grant.version.0),
            budget: record.map_or(0, |record| record.budget),
            resends: record.map_or(0, |record| record.resends),
            rewound: record.is_some_and(|record| record.rewound),
            is_paused: record.is_some_and(|record| record.pause.is_some()),
        });
        if before.halted != self.state.borrow().halted {
            self.standings.send_modify(|count| *count += 1);
        }
    }
}

/// What this keeper saw of the pool last.
///
/// # Errors
/// The disk can't be read.
pub fn known_record(disk: &Disk, name: &str) -> Result<Option<Record<Secret>>, DiskError> {
    let memory: Option<Memory<Secret>> = disk.read(&memory_place(name))?;
    Ok(memory.and_then(|memory| memory.record))
}

fn failed(error: &PoolError, input: Input<Secret>) -> Input<Secret> {
    tracing::warn!(%error, "the pool's store did not answer");
    input
}

fn own_store(disk: &Disk, name: &str) -> Result<OwnStore<Secret>, DiskError> {
    let memory: Option<Memory<Secret>> = disk.read(&memory_place(name))?;
    let answers: Vec<(String, Kept<Secret>)> = disk.all(&format!("pool/{name}/answer/"))?;
    let answers = answers.into_iter().filter_map(|(attempt, kept)| {
        u64::from_str_radix(&attempt, 16).ok().map(|attempt| (Attempt(attempt), kept))
    });
    Ok(OwnStore { memory: memory.unwrap_or_default(), answers: answers.collect() })
}

fn memory_place(name: &str) -> String {
    format!("pool/{name}/memory")
}

fn answer_place(name: &str, attempt: Attempt) -> String {
    format!("pool/{name}/answer/{:016x}", attempt.0)
}

/// The form of the record that this keeper writes and understands.
pub const SCHEMA: u32 = 1;
