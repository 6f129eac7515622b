//! Everything a keeper has: its pools, its desks and its record.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use glowjar_claim::record::{KeeperId, Record, TroubleKind};
use glowjar_token_endpoint::SecretHash;
use secrecy::ExposeSecret;

use crate::{
    clock,
    control::{Command, Pasted, PoolLine, Reply},
    desk::{Desk, Desks},
    disk::{Disk, DiskError},
    engine::Engine,
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
    /// Where desks reach keepers, in the order in which they try them, for what they paste.
    addresses: Vec<String>,
    keeper: KeeperId,
    /// Whether it keeps its pools, or is only looked into while no keeper runs.
    runs: bool,
    pools: RwLock<BTreeMap<String, Kept>>,
    desks: RwLock<Desks>,
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
        addresses: Vec<String>,
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
            addresses,
            keeper,
            runs,
            pools: RwLock::default(),
            desks: RwLock::new(desks.into_iter().collect()),
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
            Command::Admit { name, pool } => {
                if !is_name(&name) {
                    return refused(NOT_A_NAME.to_owned());
                }
                if read(&self.0.desks).named(&name).is_some() {
                    return refused(format!(
                        "{name} was let in before. Remove it first, or take another name."
                    ));
                }
                self.admit(&name, pool).await
            }
            Command::Remove { name } => {
                if read(&self.0.desks).named(&name).is_none() {
                    return refused(format!("Nobody of the name {name} was let in."));
                }
                self.0.register.set::<Desk>(DESK, &name, None).await?;
                write(&self.0.desks).remove(&name);
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
                self.note("admin", format!("halted {pool}: {why}")).await;
                Ok(Reply::Done(format!(
                    "{pool} is halted: nobody gets a token, and none is asked for. Tokens that are out live on until their end; to end them, rotate the client secret at the provider."
                )))
            }
            Command::Resume { pool } => {
                self.change(&pool, |record| record.halted(None)).await?;
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
        let twin = read(&self.0.pools)
            .iter()
            .any(|(other, kept)| other != name && kept.client_id == credential.client_id);
        if twin {
            return Ok(Reply::Refused(format!(
                "Another pool has the client id {} already. Two pools would spend one sign-in twice.",
                credential.client_id
            )));
        }
        let refresh_token = match understood.grant {
            glowjar_import::Grant::ClientCredentials => None,
            glowjar_import::Grant::RefreshToken => {
                understood.refresh_token.as_ref().map(|token| Secret::from(token.expose_secret()))
            }
        };
        // What was under way with the credential before is over.
        drop(write(&self.0.pools).remove(name));
        self.0.register.found().await?;
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
        let register = &self.0.register;
        if !register.merge::<Desk>(DESK).await?.is_empty() {
            *write(&self.0.desks) = register.all(DESK)?.into_iter().collect();
        }
        for name in register.merge::<Credential>(CREDENTIAL).await? {
            // The one before has to have ended when the new one begins.
            drop(write(&self.0.pools).remove(&name));
            if let Some(credential) = register.one(CREDENTIAL, &name)? {
                self.keep(&name, credential)?;
            }
        }
        Ok(())
    }

    fn keep(&self, name: &str, credential: Credential) -> Result<(), DiskError> {
        let client_id = credential.client_id.clone();
        let running = if self.0.runs {
            let (disk, pool) = (self.0.disk.clone(), self.pool(name));
            Some(Running::start(name, pool, disk, credential, self.0.keeper)?)
        } else {
            None
        };
        write(&self.0.pools).insert(name.to_owned(), Kept { client_id, running });
        Ok(())
    }

    fn has_pool(&self, name: &str) -> bool {
        read(&self.0.pools).contains_key(name)
    }

    async fn admit(&self, name: &str, pool: Option<String>) -> Result<Reply, OfficeError> {
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
        let admitted = Desk::admit(pool).map_err(|error| DiskError::Store(error.to_string()))?;
        let (desk, secret) = admitted;
        self.0.register.set(DESK, name, Some(desk.clone())).await?;
        write(&self.0.desks).add(name.to_owned(), desk);
        self.note("admin", format!("admitted {name}")).await;
        let line = format!(
            "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={client_id}&client_secret={}' -H 'Glowjar-Keepers: {}'",
            self.0.addresses.first().map(String::as_str).unwrap_or_default(),
            secret.expose_secret(),
            self.0.addresses.join(" ")
        );
        Ok(Reply::Admitted(Pasted(line.into())))
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
        Some(TroubleKind::SignInRefused) => "the provider refuses the sign-in: import a new one".to_owned(),
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
/// An engine that tells of no change is looked at all the same.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);
const BETWEEN_TRIES: Duration = Duration::from_secs(1);
const NO_POOL: &str =
    "There is no such pool. `glowjar-keeper pools` shows them; `glowjar-keeper import` makes one.";
const NOT_A_NAME: &str = "A name has up to 64 letters, digits and the signs - _ . @";
