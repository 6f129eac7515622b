//! Everything a keeper has: its pools, its desks and its record.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use axum::body::Bytes;
use glowjar_claim::record::{KeeperId, Record, TroubleKind};
use glowjar_ims::Authority;
use glowjar_lifecycle::time::Timestamp;
use glowjar_token_endpoint::{Refusal, SecretHash, Strangers};
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, mpsc, watch};

use crate::{
    clock,
    control::{Command, Pasted, PoolLine, Reply},
    desk::{Desk, Desks},
    disk::{Disk, DiskError},
    engine::Engine,
    events::{Listeners, Standing},
    log::Log,
    pool::{AnyPool, OwnPool, Pool as _, PoolError, SharedPool},
    provider::Credential,
    register::{Register, RegisterError},
    running::{Running, SCHEMA, State, change_record, known_record},
    secret::Secret,
    secret_source::SecretSource,
};

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Office(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    disk: Disk,
    log: Log,
    engine: Option<Engine>,
    register: Register,
    reach: Reach,
    keeper: KeeperId,
    /// One at a time, or a pool might be kept twice.
    taking_over: Mutex<()>,
    /// Whether it keeps its pools, or is only looked into while no keeper runs.
    runs: bool,
    pools: RwLock<BTreeMap<String, Kept>>,
    desks: RwLock<Desks>,
    listeners: Listeners,
    /// Rises when somebody who listens may have something to hear.
    standings: watch::Sender<u64>,
}

/// How desks reach the keepers of a studio, for what they paste.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// In the order in which desks try them.
    pub addresses: Vec<String>,
    /// Who signed the keepers' certificates, if that is nobody whom the desks' systems trust.
    pub authority: Option<Authority>,
}

/// What became of a one-time word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The desk of this name has its secret from now on, or had it before.
    Done(String),
    /// Somebody else used it before.
    UsedBefore,
    Unknown,
    /// Too many tries from there.
    TooMany(Refusal),
    /// The engine, which has to hear of it, is away.
    NotNow,
}

#[derive(Debug)]
struct Kept {
    client_id: String,
    running: Option<Running<AnyPool>>,
}

#[derive(Debug, thiserror::Error)]
enum OfficeError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Register(#[from] RegisterError),
}

impl Office {
    /// Opens what is on the disk. Wants a tokio runtime if `runs`.
    ///
    /// # Errors
    /// Something on the disk can't be read.
    pub fn open(
        disk: Disk,
        engine: Option<Engine>,
        reach: Reach,
        runs: bool,
    ) -> Result<Self, DiskError> {
        let keeper = match disk.read("keeper")? {
            Some(keeper) => keeper,
            None => {
                let id = getrandom::u64().map_err(|error| DiskError::Store(error.to_string()))?;
                disk.write("keeper", &KeeperId(id))?;
                KeeperId(id)
            }
        };
        let register = Register::new(disk.clone(), engine.clone());
        let desks: Vec<(String, Desk)> = register.all(DESK)?;
        let credentials: Vec<(String, Credential)> = register.all(CREDENTIAL)?;
        let office = Self(Arc::new(Inner {
            log: Log::open(disk.clone())?,
            engine,
            register,
            disk,
            reach,
            keeper,
            taking_over: Mutex::default(),
            runs,
            pools: RwLock::default(),
            desks: RwLock::new(desks.into_iter().collect()),
            listeners: Listeners::default(),
            standings: watch::Sender::new(0),
        }));
        for (name, credential) in credentials {
            office.keep(&name, credential)?;
        }
        Ok(office)
    }

    /// Follows what other keepers of the studio are told, until it is dropped.
    pub async fn follow(&self) {
        let Some(engine) = &self.0.engine else { return std::future::pending().await };
        let mut changes = engine.register_changes();
        loop {
            changes.borrow_and_update();
            let wait = match self.take_over().await {
                Ok(()) => BETWEEN_LOOKS,
                Err(error) => {
                    tracing::warn!(%error, "this keeper goes on with what it knows of desks and pools");
                    BETWEEN_TRIES
                }
            };
            tokio::select! {
                Ok(()) = changes.changed() => {}
                () = clock::pass(wait) => {}
            }
        }
    }

    /// Lets other keepers lead at once, before this one ends.
    pub async fn leave(&self) {
        let leaving: Vec<_> = {
            let pools = read(&self.0.pools);
            pools.values().filter_map(|kept| kept.running.as_ref()).map(Running::leave).collect()
        };
        let all = futures_util::future::join_all(leaving);
        if clock::within(LONGEST_FAREWELL, all).await.is_none() {
            tracing::warn!("another keeper leads only when this one's lease ends");
        }
    }

    /// Tells who listens what there is to tell, until it is dropped.
    pub async fn tell(&self) {
        let mut standings = self.0.standings.subscribe();
        let mut signed_at = clock::now();
        loop {
            standings.borrow_and_update();
            self.0.listeners.tell(|desk, client_id| self.standing(desk, client_id));
            let rest = (signed_at + BETWEEN_SIGNS_OF_LIFE).since(clock::now());
            if clock::within(rest, standings.changed()).await.is_none() {
                signed_at = clock::now();
                self.0.listeners.give_sign_of_life();
            }
        }
    }

    /// What this desk is told from now on, beginning with how its pool is; `None` if there is no pool of this client id for it.
    #[must_use]
    pub fn listen(&self, desk: &str, client_id: &str) -> Option<mpsc::Receiver<Bytes>> {
        self.pool_for(desk, client_id)?;
        let standing = || self.standing(desk, client_id).unwrap_or(Standing::Unknown);
        Some(self.0.listeners.open(desk, client_id, standing))
    }

    /// How many desks listen.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.0.listeners.count()
    }

    /// `None` if there is no such desk.
    fn standing(&self, desk: &str, client_id: &str) -> Option<Standing> {
        let (desks, pools) = (read(&self.0.desks), read(&self.0.pools));
        let desk = desks.named(desk)?;
        let mut fitting =
            pools.iter().filter(|(name, kept)| kept.client_id == client_id && desk.may_have(name));
        let running = fitting.next().and_then(|(_, kept)| kept.running.as_ref());
        Some(match running.map(Running::halted) {
            None => Standing::Unknown,
            Some(None) => Standing::Open,
            Some(Some(why)) => Standing::Halted(why),
        })
    }

    pub async fn handle(&self, command: Command) -> Reply {
        match self.answer(command).await {
            Ok(reply) => reply,
            Err(error) => Reply::Refused(format!("Nothing was done: {error}.")),
        }
    }

    /// The desk that has this secret.
    #[must_use]
    pub fn desk(&self, secret: &SecretHash) -> Option<String> {
        read(&self.0.desks).with(secret).map(str::to_owned)
    }

    /// The desk in whose line this is the one-time word.
    #[must_use]
    pub fn invited(&self, word: &SecretHash) -> Option<String> {
        read(&self.0.desks).invited(word).map(|(name, _)| name.to_owned())
    }

    /// A desk brings the word from its line and the hash of a secret of its own. The same once more does no harm; with another
    /// secret the word is refused, and the record says so.
    pub async fn join(
        &self,
        word: &SecretHash,
        own: &SecretHash,
        from: Option<IpAddr>,
        strangers: &Strangers,
    ) -> Joined {
        let mut name = self.invited(word);
        if name.is_none() {
            if let Err(refusal) = strangers.let_in(from) {
                return Joined::TooMany(refusal);
            }
            // Another keeper may have let it in a moment ago.
            if let Err(error) = self.take_over().await {
                tracing::warn!(%error, "a desk can't join");
                return Joined::NotNow;
            }
            name = self.invited(word);
        }
        let Some(name) = name else {
            self.note_wrong_secret();
            return Joined::Unknown;
        };
        let joins = |desk: Option<&Desk>| {
            let desk = desk.filter(|desk| desk.is_invited_by(word) && !desk.has_joined());
            desk.map(|desk| desk.joined(own, clock::now()))
        };
        let desk = match self.0.register.change(DESK, &name, joins).await {
            Ok(Some(desk)) if desk.is_invited_by(word) => desk,
            Ok(_) => return Joined::Unknown,
            Err(error) => {
                tracing::warn!(%error, "a desk can't join");
                return Joined::NotNow;
            }
        };
        let from_where = from.map(|from| format!(" from {from}")).unwrap_or_default();
        if !desk.has(own) {
            if let Err(refusal) = strangers.let_in(from) {
                return Joined::TooMany(refusal);
            }
            self.note(&name, format!("its line was used again{from_where}, and refused")).await;
            return Joined::UsedBefore;
        }
        let is_new = self.desk(own).is_none();
        if let Err(error) = self.look_at_desk(&name) {
            tracing::warn!(%error, "a desk can't join");
            return Joined::NotNow;
        }
        if is_new {
            self.note(&name, format!("joined{from_where}")).await;
        }
        Joined::Done(name)
    }

    /// Forgets words that were used long ago, each day, until it is dropped.
    pub async fn tidy(&self) {
        loop {
            self.forget_used_words(clock::now()).await;
            clock::pass(BETWEEN_TIDYING).await;
        }
    }

    /// Forgets the one-time words that were used longer ago than [`RECORD_IS_KEPT`](crate::desk::RECORD_IS_KEPT), here and in the
    /// engine.
    pub async fn forget_used_words(&self, now: Timestamp) {
        let names = read(&self.0.desks).with_old_words(now);
        for name in names {
            let forgets = |desk: Option<&Desk>| desk.and_then(|desk| desk.without_old_word(now));
            let changed = self.0.register.change(DESK, &name, forgets).await;
            let looked = self.look_at_desk(&name).map_err(RegisterError::from);
            if let Err(error) = changed.map(drop).and(looked) {
                // Tomorrow, then.
                return tracing::warn!(%error, "used words are not forgotten");
            }
            // Whatever joined on one day is no burden to the engine on another.
            clock::pass(BETWEEN_WORDS).await;
        }
    }

    /// The pool of this client id, if this desk may have its tokens.
    #[must_use]
    pub fn pool_for(&self, desk: &str, client_id: &str) -> Option<(String, State)> {
        let (desks, pools) = (read(&self.0.desks), read(&self.0.pools));
        let desk = desks.named(desk)?;
        let mut fitting =
            pools.iter().filter(|(name, kept)| kept.client_id == client_id && desk.may_have(name));
        let (name, kept) = fitting.next()?;
        Some((name.clone(), kept.running.as_ref()?.state()))
    }

    /// All pools and how they are.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolLine> {
        let desks = read(&self.0.desks);
        let line = |(name, kept): (&String, &Kept)| {
            let state = kept.running.as_ref().map(Running::state);
            let shown = state.clone().unwrap_or_default();
            PoolLine {
                name: name.clone(),
                client_id: kept.client_id.clone(),
                seconds_left: state.as_ref().and_then(seconds_left),
                state: words(state.as_ref()),
                leads: shown.leads_until.is_some_and(|until| clock::now() < until),
                is_paused: shown.is_paused,
                version: shown.version,
                budget: shown.budget,
                resends: shown.resends,
                desks: desks.of(name),
            }
        };
        read(&self.0.pools).iter().map(line).collect()
    }

    /// Whether a token of this client id is the one in use, and how long it is good for.
    #[must_use]
    pub fn seconds_left_of(&self, client_id: &str, token: &str) -> Option<u64> {
        let pools = read(&self.0.pools);
        let states = pools.values().filter(|kept| kept.client_id == client_id);
        let states = states.filter_map(|kept| kept.running.as_ref()).map(Running::state);
        states.into_iter().find_map(|state| {
            let is_it = state.token.as_ref().is_some_and(|(_, own, _)| own.expose() == token);
            seconds_left(&state).filter(|_| is_it)
        })
    }

    /// Adds a line to the record; returns when it is there.
    pub async fn note(&self, who: &str, what: impl Into<String>) {
        self.0.log.note(who, what).await;
    }

    /// Somebody tried a secret that nobody has.
    pub fn note_wrong_secret(&self) {
        self.0.log.note_wrong_secret();
    }

    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.0.disk.folder()
    }

    async fn answer(&self, command: Command) -> Result<Reply, OfficeError> {
        let refused = |why: String| Ok(Reply::Refused(why));
        match command {
            Command::Import { pool, text, secret_source } => {
                self.import(&pool, &text, secret_source).await
            }
            Command::Admit { name, pool, lasting, authority } => {
                if !is_name(&name) {
                    return refused(NOT_A_NAME.to_owned());
                }
                if read(&self.0.desks).named(&name).is_some() {
                    return refused(let_in_before(&name));
                }
                self.admit(&name, pool, lasting, authority).await
            }
            Command::Remove { name } => {
                if read(&self.0.desks).named(&name).is_none() {
                    return refused(format!("Nobody of the name {name} was let in."));
                }
                self.0.register.set::<Desk>(DESK, &name, None).await?;
                self.look_at_desk(&name)?;
                self.stands_otherwise();
                self.note("admin", format!("removed {name}")).await;
                Ok(Reply::Done(format!(
                    "{name} gets no more tokens. One that it has is good until its end."
                )))
            }
            Command::Pools | Command::Status => Ok(Reply::Pools(self.pools())),
            Command::Log { lines } => Ok(Reply::Log(self.0.log.latest(lines)?)),
            Command::Halt { pool, .. } | Command::Resume { pool } if !self.has_pool(&pool) => {
                refused(NO_POOL.to_owned())
            }
            Command::Halt { pool, why } => {
                let halted = Some(why.clone());
                self.change(&pool, move |record| record.halted(halted.clone())).await?;
                self.takes_effect(&pool, |state| state.halted.is_some()).await;
                self.note("admin", format!("halted {pool}: {why}")).await;
                Ok(Reply::Done(format!(
                    "{pool} is halted: nobody gets a token, and none is asked for. Tokens that are out live on until their end; to end them, rotate the client secret at the provider."
                )))
            }
            Command::Resume { pool } => {
                self.change(&pool, |record| record.halted(None)).await?;
                self.takes_effect(&pool, |state| state.halted.is_none()).await;
                self.note("admin", format!("resumed {pool}")).await;
                Ok(Reply::Done(format!("{pool} goes on.")))
            }
        }
    }

    async fn import(
        &self,
        name: &str,
        text: &Pasted,
        secret_source: Option<SecretSource>,
    ) -> Result<Reply, OfficeError> {
        if !is_name(name) {
            return Ok(Reply::Refused(NOT_A_NAME.to_owned()));
        }
        let understood = match glowjar_import::understand(text.0.expose_secret()) {
            Ok(understood) => understood,
            Err(refusal) => return Ok(Reply::Refused(format!("Nothing was imported: {refusal}."))),
        };
        let mut credential = Credential::of(&understood);
        if let Some(source) = secret_source {
            if let Err(error) = source.read().await {
                return Ok(Reply::Refused(format!("Nothing was imported: {error}.")));
            }
            credential = credential.with_secret_from(source);
        }
        if let Some(other) = self.twin(name, &credential.client_id).await? {
            return Ok(Reply::Refused(format!(
                "Another pool has the client id {} already: {other}. Two pools would spend one sign-in twice.",
                credential.client_id
            )));
        }
        let refresh_token = match understood.grant {
            glowjar_import::Grant::ClientCredentials => None,
            glowjar_import::Grant::RefreshToken => {
                understood.refresh_token.as_ref().map(|token| Secret::from(token.expose_secret()))
            }
        };
        // What another keeper says of it meanwhile waits.
        let _alone = self.0.taking_over.lock().await;
        // What was under way with the credential before is over.
        drop(write(&self.0.pools).remove(name));
        self.0.register.set(CREDENTIAL, name, Some(credential.clone())).await?;
        let pool = self.pool(name);
        let shared = pool.read().await?;
        if shared.record.is_some() {
            change_record(&pool, |record| record.replaced(refresh_token.clone())).await?;
        } else {
            // After an engine was wiped, keepers would believe what they know rather than a pool that begins anew.
            let record = known_record(&self.0.disk, name)?.map_or_else(
                || Record::new(SCHEMA, refresh_token.clone()),
                |known| known.replaced(refresh_token.clone()),
            );
            pool.swap(shared.revision, record, None).await?;
        }
        let client_id = credential.client_id.clone();
        self.keep(name, credential)?;
        self.note("admin", format!("imported {name} ({client_id})")).await;
        Ok(Reply::Done(format!(
            "{name} keeps tokens of {client_id}. Let a desk in with `glowjar-keeper admit NAME`."
        )))
    }

    /// The other pool that has this client id, at whichever keeper it was imported. If there is none, this one has it from now on.
    async fn twin(&self, name: &str, client_id: &str) -> Result<Option<String>, OfficeError> {
        let has_it = |pool: &str, kept: &Kept| pool != name && kept.client_id == client_id;
        let known = || {
            let pools = read(&self.0.pools);
            pools.iter().find(|(pool, kept)| has_it(pool, kept)).map(|(pool, _)| pool.clone())
        };
        if let Some(twin) = known() {
            return Ok(Some(twin));
        }
        let register = &self.0.register;
        register.found().await?;
        self.take_over().await?;
        if let Some(twin) = known() {
            return Ok(Some(twin));
        }
        // A pool that has another client id by now has given this one up.
        let gave_up = |pool: &String| {
            let pools = read(&self.0.pools);
            pools.get(pool).is_some_and(|kept| kept.client_id != client_id)
        };
        let takes = |owner: Option<&String>| match owner {
            Some(owner) if owner == name || !gave_up(owner) => None,
            _ => Some(name.to_owned()),
        };
        // The names of keys are not sealed.
        let key = SecretHash::of(client_id).to_string();
        let owner = register.change(CLIENT, &key, takes).await?;
        Ok(owner.filter(|owner| owner != name))
    }

    /// Where the keepers of this pool meet.
    fn pool(&self, name: &str) -> AnyPool {
        match &self.0.engine {
            None => AnyPool::Own(OwnPool::of(self.0.disk.clone(), name)),
            Some(engine) => {
                AnyPool::Shared(SharedPool::of(engine.clone(), self.0.disk.key(), name))
            }
        }
    }

    async fn take_over(&self) -> Result<(), RegisterError> {
        let _alone = self.0.taking_over.lock().await;
        let register = &self.0.register;
        let mut desks = Vec::new();
        let merged = register.merge::<Desk>(DESK, &mut desks).await;
        for name in &desks {
            self.look_at_desk(name)?;
        }
        if !desks.is_empty() {
            self.stands_otherwise();
        }
        merged?;
        let mut pools = Vec::new();
        let merged = register.merge::<Credential>(CREDENTIAL, &mut pools).await;
        for name in &pools {
            // The one before has to have ended when the new one begins.
            drop(write(&self.0.pools).remove(name));
            if let Some(credential) = register.one(CREDENTIAL, name)? {
                self.keep(name, credential)?;
            }
        }
        merged
    }

    /// What the disk says of it holds, which may be newer than what led here. Whoever changes a desk writes it there first, so that the
    /// last one to look sees the last change.
    fn look_at_desk(&self, name: &str) -> Result<(), DiskError> {
        let mut desks = write(&self.0.desks);
        match self.0.register.one(DESK, name)? {
            Some(desk) => desks.add(name.to_owned(), desk),
            None => drop(desks.remove(name)),
        }
        Ok(())
    }

    fn keep(&self, name: &str, credential: Credential) -> Result<(), DiskError> {
        let client_id = credential.client_id.clone();
        let running = if self.0.runs {
            let (disk, pool) = (self.0.disk.clone(), self.pool(name));
            let standings = self.0.standings.clone();
            Some(Running::start(name, pool, disk, credential, self.0.keeper, standings)?)
        } else {
            None
        };
        write(&self.0.pools).insert(name.to_owned(), Kept { client_id, running });
        self.stands_otherwise();
        Ok(())
    }

    /// A desk or a pool is there or not, unlike before.
    fn stands_otherwise(&self) {
        self.0.standings.send_modify(|count| *count += 1);
    }

    fn has_pool(&self, name: &str) -> bool {
        read(&self.0.pools).contains_key(name)
    }

    async fn admit(
        &self,
        name: &str,
        pool: Option<String>,
        lasting: bool,
        authority: Option<String>,
    ) -> Result<Reply, OfficeError> {
        let client_id = {
            let pools = read(&self.0.pools);
            let mut fitting =
                pools.iter().filter(|(own, _)| pool.as_ref().is_none_or(|pool| pool == *own));
            match (fitting.next(), fitting.next()) {
                (Some((_, kept)), None) => kept.client_id.clone(),
                (None, _) => return Ok(Reply::Refused(NO_POOL.to_owned())),
                _ => {
                    return Ok(Reply::Refused(
                        "There are several pools. Say which with --pool.".to_owned(),
                    ));
                }
            }
        };
        let admitted = if lasting { Desk::admit(pool) } else { Desk::invite(pool) };
        let admitted = admitted.map_err(|error| DiskError::Store(error.to_string()))?;
        let (desk, secret) = admitted;
        let lets_in = |now: Option<&Desk>| now.is_none().then(|| desk.clone());
        let is_in = self.0.register.change(DESK, name, lets_in).await?;
        self.look_at_desk(name)?;
        if is_in.is_none_or(|is_in| is_in != desk) {
            return Ok(Reply::Refused(let_in_before(name)));
        }
        self.note("admin", format!("admitted {name}")).await;
        let Reach { addresses, authority: own } = &self.0.reach;
        let authority = authority.or_else(|| own.as_ref().map(ToString::to_string));
        let authority = authority.map(|it| format!(" -H 'Glowjar-Authority: {it}'"));
        let line = format!(
            "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={client_id}&client_secret={}' -H 'Glowjar-Keepers: {}'{}",
            addresses.first().map(String::as_str).unwrap_or_default(),
            secret.expose_secret(),
            addresses.join(" "),
            authority.unwrap_or_default()
        );
        Ok(Reply::Admitted(Pasted(line.into())))
    }

    /// Whoever asks this keeper after its admin was answered finds it so.
    async fn takes_effect(&self, pool: &str, is_so: impl Fn(&State) -> bool) {
        let running = {
            let pools = read(&self.0.pools);
            pools.get(pool).and_then(|kept| kept.running.as_ref()).map(Running::watch)
        };
        let Some(mut state) = running else { return };
        // Its store said that it is done, so that it is only a matter of reading it.
        let _ = clock::within(TIME_TO_HEAR, state.wait_for(|state| is_so(state))).await;
    }

    async fn change(
        &self,
        name: &str,
        change: impl Fn(&Record<Secret>) -> Record<Secret> + Send,
    ) -> Result<(), OfficeError> {
        // The running pool hears of it from its store.
        let pool =
            read(&self.0.pools).get(name).and_then(|kept| kept.running.as_ref().map(Running::pool));
        let pool = pool.unwrap_or_else(|| self.pool(name));
        Ok(change_record(&pool, change).await?)
    }
}

fn let_in_before(name: &str) -> String {
    format!("{name} was let in before. Remove it first, or take another name.")
}

/// How long the token in use is still good for.
#[must_use]
pub fn seconds_left(state: &State) -> Option<u64> {
    let (_, _, ends) = state.token.as_ref()?;
    Some(ends.since(clock::now()).as_secs()).filter(|left| *left > 0)
}

fn words(state: Option<&State>) -> String {
    let Some(state) = state else { return "no keeper runs".to_owned() };
    if let Some(why) = &state.halted {
        return format!("halted: {why}");
    }
    match state.trouble {
        Some(TroubleKind::SignInRefused) => "the provider refuses the sign-in: it is over, or somebody else uses this sign-in (a desk that still has it). Import a new one that nobody else has".to_owned(),
        Some(TroubleKind::AnswerLost) => "an answer of the provider was lost: import a new sign-in".to_owned(),
        Some(TroubleKind::CredentialRefused) => "the provider refuses the credential: import it again, or resume after it was mended there".to_owned(),
        None if state.rewound => "the store went back in time: comparing what is known".to_owned(),
        None if seconds_left(state).is_some() => "good".to_owned(),
        None => "waiting for a token".to_owned(),
    }
}

/// As it stands in addresses, log lines and places on the disk.
fn is_name(name: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_.@".contains(character);
    (1..=64).contains(&name.len()) && name.chars().all(fits)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

const DESK: &str = "desk";
const CREDENTIAL: &str = "credential";
/// Which pool has a client id, by the hash of that.
const CLIENT: &str = "client";
/// An engine that tells of no change is looked at all the same.
/// For an answer that is under way.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_secs(1);
const BETWEEN_TIDYING: Duration = Duration::from_secs(86_400);
const BETWEEN_WORDS: Duration = Duration::from_secs(1);
/// Half of what a desk waits for one (`glowjar-ims`), with something over.
const BETWEEN_SIGNS_OF_LIFE: Duration = Duration::from_secs(60);
const TIME_TO_HEAR: Duration = Duration::from_secs(3);
const NO_POOL: &str =
    "There is no such pool. `glowjar-keeper pools` shows them; `glowjar-keeper import` makes one.";
const NOT_A_NAME: &str = "A name has up to 64 letters, digits and the signs - _ . @";
