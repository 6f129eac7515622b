//! etcd, 3.4 or newer: leases, transactions and a watch. Its lock API is not used.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use etcd_client::{
    Certificate, Client, Compare, CompareOp, ConnectOptions, Error, GetOptions, Identity, KeyValue,
    PutOptions, TlsOptions, Txn, TxnOp, TxnOpResponse, WatchOptions,
};
use glowjar_claim::{
    plan::LEASE,
    record::{Fence, Revision},
};
use tokio::{sync::watch, task::JoinHandle};

use super::cell::{
    CANARY, Cell, EngineError, POOLS, PoolCells, REGISTER, Settings, Tls, leader_key, record_key,
};
use crate::clock;

/// Cheap to clone.
#[derive(Clone)]
pub struct Etcd {
    members: Members,
    prefix: String,
    /// Of the terms that this process began.
    leases: Arc<Mutex<HashMap<(String, Fence), i64>>>,
    changes: Arc<Changes>,
    _watching: Arc<Watching>,
}

/// A client of each member's own, of which one is in use: what can't be reached is left at once, without a balancer's guesses.
#[derive(Clone)]
struct Members {
    clients: Arc<[Client]>,
    in_use: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Changes {
    pools: watch::Sender<u64>,
    register: watch::Sender<u64>,
}

/// Ends the task when it is dropped.
struct Watching(JoinHandle<()>);

impl Etcd {
    pub(super) async fn open(settings: &Settings) -> Result<Self, EngineError> {
        let prefix = format!("glowjar/{}/", settings.studio);
        let mut clients = Vec::new();
        for member in &settings.members {
            if !["http", "https"].contains(&member.scheme()) {
                return Err(EngineError::Address);
            }
            let mut options = ConnectOptions::new()
                .with_connect_timeout(PATIENCE)
                .with_keep_alive(KEEP_ALIVE, PATIENCE)
                .with_keep_alive_while_idle(true)
                // A member that was cut off from the others says so, instead of saying nothing.
                .with_require_leader(true);
            if member.scheme() == "https" {
                options = options.with_tls(tls(&settings.tls)?);
            }
            clients.push(Client::connect([member.as_str()], Some(options)).await.map_err(silent)?);
        }
        if clients.is_empty() {
            return Err(EngineError::Address);
        }
        let members = Members { clients: clients.into(), in_use: Arc::default() };
        let changes = Arc::new(Changes::default());
        let task = tokio::spawn(watch(members.clone(), prefix.clone(), Arc::clone(&changes)));
        Ok(Self {
            members,
            prefix,
            leases: Arc::default(),
            changes,
            _watching: Arc::new(Watching(task)),
        })
    }

    pub(super) async fn pool(&self, name: &str) -> Result<PoolCells, EngineError> {
        let places = [CANARY.to_owned(), record_key(name), leader_key(name)];
        let gets: Vec<TxnOp> =
            places.iter().map(|place| TxnOp::get(self.key(place), None)).collect();
        let txn = Txn::new().and_then(gets);
        let said = self.members.ask_any(|mut client| {
            let txn = txn.clone();
            async move { client.txn(txn).await }
        });
        let mut found: Vec<Option<KeyValue>> = Vec::new();
        for response in said.await?.op_responses() {
            let TxnOpResponse::Get(mut get) = response else { continue };
            found.push(get.take_kvs().into_iter().next());
        }
        let mut found = found.into_iter();
        let mut next = || found.next().flatten();
        Ok(PoolCells {
            canary: next().map(|it| self.cell(it)),
            record: next().map(|it| self.cell(it)),
            leader: next().map(|it| Fence(it.create_revision().unsigned_abs())),
        })
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<Cell>, EngineError> {
        let key = self.key(key);
        let said = self.members.ask_any(|mut client| {
            let key = key.clone();
            async move { client.get(key, None).await }
        });
        let found = said.await?.take_kvs().into_iter().next();
        Ok(found.map(|it| self.cell(it)))
    }

    pub(super) async fn all(&self, prefix: &str) -> Result<Vec<Cell>, EngineError> {
        let prefix = self.key(prefix);
        let said = self.members.ask_any(|mut client| {
            let prefix = prefix.clone();
            async move { client.get(prefix, Some(GetOptions::new().with_prefix())).await }
        });
        Ok(said.await?.take_kvs().into_iter().map(|it| self.cell(it)).collect())
    }

    pub(super) async fn swap(
        &self,
        key: &str,
        expected: Revision,
        sealed: Vec<u8>,
        leading: Option<(&str, Fence)>,
    ) -> Result<Option<Revision>, EngineError> {
        let mut conditions =
            vec![Compare::mod_revision(self.key(key), CompareOp::Equal, signed(expected.0))];
        if let Some((pool, fence)) = leading {
            let leader = self.key(&leader_key(pool));
            conditions.push(Compare::create_revision(leader, CompareOp::Equal, signed(fence.0)));
        }
        let txn = Txn::new().when(conditions).and_then([TxnOp::put(self.key(key), sealed, None)]);
        let said = self.members.ask(|mut client| async move { client.txn(txn).await }).await?;
        let revision = said.header().map_or(0, |header| header.revision().unsigned_abs());
        Ok(said.succeeded().then_some(Revision(revision)))
    }

    pub(super) async fn lead(&self, pool: &str) -> Result<Option<Fence>, EngineError> {
        let ttl = signed(LEASE.as_secs());
        let granted =
            self.members.ask(|mut client| async move { client.lease_grant(ttl, None).await });
        let lease = granted.await?.id();
        let key = self.key(&leader_key(pool));
        let nobody = Compare::create_revision(key.clone(), CompareOp::Equal, 0);
        let put = TxnOp::put(key, "", Some(PutOptions::new().with_lease(lease)));
        let txn = Txn::new().when([nobody]).and_then([put]);
        let said = self.members.ask(|mut client| async move { client.txn(txn).await }).await;
        match said {
            Ok(said) if said.succeeded() => {
                let revision = said.header().map_or(0, |header| header.revision().unsigned_abs());
                let fence = Fence(revision);
                self.leases().insert((pool.to_owned(), fence), lease);
                Ok(Some(fence))
            }
            other => {
                // Also if it is not known: it must not lead without knowing by which term.
                self.revoke(lease).await;
                other.map(|_| None)
            }
        }
    }

    pub(super) async fn keep_alive(&self, pool: &str, fence: Fence) -> Result<bool, EngineError> {
        let Some(lease) = self.leases().get(&(pool.to_owned(), fence)).copied() else {
            return Ok(false);
        };
        let said = self.members.ask_any(|mut client| async move {
            match client.lease_keep_alive(lease).await {
                Ok(_) => Ok(true),
                // There is no such lease any more.
                Err(Error::LeaseKeepAliveError(_)) => Ok(false),
                Err(error) => Err(error),
            }
        });
        let holds = said.await? && self.pool(pool).await?.leader == Some(fence);
        if !holds {
            self.leases().remove(&(pool.to_owned(), fence));
        }
        Ok(holds)
    }

    pub(super) async fn resign(&self, pool: &str, fence: Fence) {
        let lease = self.leases().remove(&(pool.to_owned(), fence));
        if let Some(lease) = lease {
            self.revoke(lease).await;
        }
    }

    pub(super) fn pool_changes(&self) -> watch::Receiver<u64> {
        self.changes.pools.subscribe()
    }

    pub(super) fn register_changes(&self) -> watch::Receiver<u64> {
        self.changes.register.subscribe()
    }

    pub(super) fn studio(&self) -> &str {
        &self.prefix
    }

    async fn revoke(&self, lease: i64) {
        let said = self.members.ask(|mut client| async move { client.lease_revoke(lease).await });
        // It ends by itself, too.
        let _ = said.await;
    }

    fn key(&self, place: &str) -> String {
        format!("{}{place}", self.prefix)
    }

    fn cell(&self, it: KeyValue) -> Cell {
        let revision = Revision(it.mod_revision().unsigned_abs());
        let (key, sealed) = it.into_key_value();
        let key = String::from_utf8_lossy(&key).into_owned();
        let key = key.strip_prefix(&self.prefix).unwrap_or(&key).to_owned();
        Cell { key, revision, sealed }
    }

    fn leases(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Fence), i64>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Etcd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Etcd").field(&self.prefix).finish()
    }
}

impl Members {
    fn current(&self) -> (usize, Client) {
        let at = self.in_use.load(Ordering::SeqCst);
        (at, self.clients[at % self.clients.len()].clone())
    }

    /// The next one's turn, unless another call has seen to it.
    fn leave(&self, at: usize) {
        let _ = self.in_use.compare_exchange(at, at + 1, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Once: what may change something must not be said twice.
    async fn ask<T, F>(&self, ask: impl FnOnce(Client) -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let (at, client) = self.current();
        let said = clock::within(PATIENCE, ask(client)).await;
        let said = match said {
            Some(said) => said.map_err(silent),
            None => Err(EngineError::Silent(format!("no answer within {PATIENCE:?}"))),
        };
        said.inspect_err(|_| self.leave(at))
    }

    /// One member after the other.
    async fn ask_any<T, F>(&self, mut ask: impl FnMut(Client) -> F) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut said = self.ask(&mut ask).await;
        for _ in 1..self.clients.len() {
            if said.is_ok() {
                break;
            }
            said = self.ask(&mut ask).await;
        }
        said
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// For as long as it is not ended. After each gap everything may have changed.
async fn watch(members: Members, prefix: String, changes: Arc<Changes>) {
    loop {
        let (at, mut client) = members.current();
        let options = WatchOptions::new().with_prefix();
        let begun = clock::within(PATIENCE, client.watch(prefix.clone(), Some(options))).await;
        if let Some(Ok(mut stream)) = begun {
            changes.pools.send_modify(|it| *it += 1);
            changes.register.send_modify(|it| *it += 1);
            while let Ok(Some(said)) = stream.message().await {
                if said.canceled() {
                    break;
                }
                for event in said.events() {
                    let key = event.kv().map(KeyValue::key).unwrap_or_default();
                    let place = key.strip_prefix(prefix.as_bytes()).unwrap_or_default();
                    if place.starts_with(REGISTER.as_bytes()) || place == CANARY.as_bytes() {
                        changes.register.send_modify(|it| *it += 1);
                    }
                    if place.starts_with(POOLS.as_bytes()) || place == CANARY.as_bytes() {
                        changes.pools.send_modify(|it| *it += 1);
                    }
                }
            }
        }
        members.leave(at);
        clock::pass(BETWEEN_WATCHES).await;
    }
}

fn tls(tls: &Tls) -> Result<TlsOptions, EngineError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|cause| EngineError::File { path: path.to_owned(), cause })
    };
    let mut options = TlsOptions::new();
    options = match &tls.authority {
        Some(authority) => options.ca_certificate(Certificate::from_pem(read(authority)?)),
        None => options.with_native_roots(),
    };
    if let Some((certificate, key)) = &tls.identity {
        options = options.identity(Identity::from_pem(read(certificate)?, read(key)?));
    }
    Ok(options)
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped with")]
fn silent(error: Error) -> EngineError {
    EngineError::Silent(error.to_string())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A lease is kept alive with three tries in its 5 s, and a claim is to be sent within 2 s.
const PATIENCE: Duration = Duration::from_millis(1_500);
const KEEP_ALIVE: Duration = Duration::from_secs(3);
const BETWEEN_WATCHES: Duration = Duration::from_millis(250);
