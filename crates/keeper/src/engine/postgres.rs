//! A PostgreSQL that the studio has, 11 or newer: rows with a revision, and leases by the server's clock. Notifications are hints;
//! what they miss is looked at each second. It has to be reached without a pooler of connections, which would lose them.

use std::{fmt::Write as _, future::poll_fn, net::IpAddr, path::Path, sync::Arc, time::Duration};

use glowjar_claim::{
    plan::LEASE,
    record::{Fence, Revision},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, NoTls, Row,
    config::{Host, SslMode, TargetSessionAttrs},
    types::ToSql,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::cell::{
    CANARY, Cell, EngineError, POOLS, PoolCells, REGISTER, Settings, leader_key, record_key,
};
use crate::clock;

/// Cheap to clone.
#[derive(Clone)]
pub struct Postgres(Arc<Inner>);

struct Inner {
    way: Arc<Way>,
    client: Mutex<Option<Arc<Client>>>,
    prefix: String,
    changes: Arc<Changes>,
    watching: JoinHandle<()>,
}

#[derive(Default)]
struct Changes {
    pools: watch::Sender<u64>,
    register: watch::Sender<u64>,
}

/// How the server is reached.
struct Way {
    config: Config,
    /// On this machine without.
    tls: Option<MakeRustlsConnect>,
}

impl Postgres {
    pub(super) fn open(settings: &Settings) -> Result<Self, EngineError> {
        let [address] = settings.members.as_slice() else { return Err(EngineError::Address) };
        let mut config: Config = address.as_str().parse().map_err(|_| EngineError::Address)?;
        if config.get_password().is_some() {
            return Err(EngineError::PasswordInAddress);
        }
        if let Some(password) = std::env::var_os("PGPASSWORD") {
            config.password(password.into_encoded_bytes());
        }
        config
            .application_name("glowjar-keeper")
            // A standby may be behind.
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(PATIENCE)
            .keepalives_idle(Duration::from_secs(3));
        let tls = if is_here(&config) {
            None
        } else {
            config.ssl_mode(SslMode::Require);
            Some(MakeRustlsConnect::new(tls(settings)?))
        };
        let way = Arc::new(Way { config, tls });
        let prefix = format!("glowjar/{}/", settings.studio);
        let changes = Arc::new(Changes::default());
        let watching = tokio::spawn(watch(Arc::clone(&way), prefix.clone(), Arc::clone(&changes)));
        let client = Mutex::default();
        Ok(Self(Arc::new(Inner { way, client, prefix, changes, watching })))
    }

    pub(super) async fn pool(&self, name: &str) -> Result<PoolCells, EngineError> {
        let [canary, record, leader] =
            [CANARY.to_owned(), record_key(name), leader_key(name)].map(|place| self.key(&place));
        let rows = self
            .ask(
                &format!(
                    "SELECT key, revision, sealed FROM glowjar_value WHERE key IN ($1, $2)
                     UNION ALL
                     SELECT key, fence, NULL FROM glowjar_lease WHERE key = $3 AND {}",
                    held()
                ),
                &[&canary, &record, &leader],
            )
            .await?;
        let mut cells = PoolCells { canary: None, record: None, leader: None };
        for row in rows {
            let key: String = row.get(0);
            if key == leader {
                cells.leader = Some(Fence(row.get::<_, i64>(1).unsigned_abs()));
            } else if key == canary {
                cells.canary = Some(self.cell(&row));
            } else {
                cells.record = Some(self.cell(&row));
            }
        }
        Ok(cells)
    }

    pub(super) async fn read(&self, key: &str) -> Result<Option<Cell>, EngineError> {
        let key = self.key(key);
        let query = "SELECT key, revision, sealed FROM glowjar_value WHERE key = $1";
        let rows = self.ask(query, &[&key]).await?;
        Ok(rows.first().map(|row| self.cell(row)))
    }

    pub(super) async fn all(&self, prefix: &str) -> Result<Vec<Cell>, EngineError> {
        let prefix = self.key(prefix);
        let query = "SELECT key, revision, sealed FROM glowjar_value WHERE starts_with(key, $1)";
        let rows = self.ask(query, &[&prefix]).await?;
        Ok(rows.iter().map(|row| self.cell(row)).collect())
    }

    pub(super) async fn swap(
        &self,
        key: &str,
        expected: Revision,
        sealed: Vec<u8>,
        leading: Option<(&str, Fence)>,
    ) -> Result<Option<Revision>, EngineError> {
        let key = self.key(key);
        let leader = leading.map(|(pool, fence)| (self.key(&leader_key(pool)), signed(fence.0)));
        let (leader, fence) = leader.unzip();
        let change = if expected.0 == 0 {
            "INSERT INTO glowjar_value (key, revision, sealed)
             SELECT $1::text, nextval('glowjar_revision'), $2::bytea
             WHERE $3::bigint = 0 AND ($4::text IS NULL OR EXISTS (SELECT FROM led))
             ON CONFLICT (key) DO NOTHING
             RETURNING revision"
        } else {
            "UPDATE glowjar_value SET revision = nextval('glowjar_revision'), sealed = $2
             WHERE key = $1 AND revision = $3 AND ($4::text IS NULL OR EXISTS (SELECT FROM led))
             RETURNING revision"
        };
        // The lease's row is held until it is done, so that nobody begins to lead meanwhile.
        let query = format!(
            "WITH led AS (
                 SELECT fence FROM glowjar_lease WHERE key = $4 AND fence = $5::bigint AND {}
                 FOR SHARE),
             done AS ({change})
             SELECT revision, pg_notify('glowjar', $1)::text FROM done",
            held()
        );
        let expected = signed(expected.0);
        let rows = self.ask(&query, &[&key, &sealed, &expected, &leader, &fence]).await?;
        Ok(rows.first().map(|row| Revision(row.get::<_, i64>(0).unsigned_abs())))
    }

    pub(super) async fn lead(&self, pool: &str) -> Result<Option<Fence>, EngineError> {
        let key = self.key(&leader_key(pool));
        let query = format!(
            "WITH done AS (
                 INSERT INTO glowjar_lease AS had (key, fence, ends)
                 VALUES ($1, nextval('glowjar_revision'), {end})
                 ON CONFLICT (key) DO UPDATE SET fence = EXCLUDED.fence, ends = {end}
                 WHERE NOT ({})
                 RETURNING fence)
             SELECT fence, pg_notify('glowjar', $1)::text FROM done",
            held().replace("ends", "had.ends"),
            end = end(),
        );
        let rows = self.ask(&query, &[&key]).await?;
        Ok(rows.first().map(|row| Fence(row.get::<_, i64>(0).unsigned_abs())))
    }

    pub(super) async fn keep_alive(&self, pool: &str, fence: Fence) -> Result<bool, EngineError> {
        let key = self.key(&leader_key(pool));
        let query = format!(
            "UPDATE glowjar_lease SET ends = {} WHERE key = $1 AND fence = $2 AND {} RETURNING fence",
            end(),
            held()
        );
        let rows = self.ask(&query, &[&key, &signed(fence.0)]).await?;
        Ok(!rows.is_empty())
    }

    pub(super) async fn resign(&self, pool: &str, fence: Fence) {
        let key = self.key(&leader_key(pool));
        let query = "WITH done AS (
                 UPDATE glowjar_lease SET ends = '-infinity' WHERE key = $1 AND fence = $2 RETURNING key)
             SELECT pg_notify('glowjar', key)::text FROM done";
        // It ends by itself, too.
        let _ = self.ask(query, &[&key, &signed(fence.0)]).await;
    }

    pub(super) fn pool_changes(&self) -> watch::Receiver<u64> {
        self.0.changes.pools.subscribe()
    }

    pub(super) fn register_changes(&self) -> watch::Receiver<u64> {
        self.0.changes.register.subscribe()
    }

    pub(super) fn studio(&self) -> &str {
        &self.0.prefix
    }

    /// Once: what may change something must not be said twice.
    async fn ask(
        &self,
        query: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, EngineError> {
        let said = clock::within(PATIENCE, async {
            let client = self.client().await?;
            client.query(query, values).await.map_err(silent)
        })
        .await;
        let said = said
            .unwrap_or_else(|| Err(EngineError::Silent(format!("no answer within {PATIENCE:?}"))));
        if said.is_err() {
            // The next call comes by another way.
            self.0.client.lock().await.take();
        }
        said
    }

    async fn client(&self) -> Result<Arc<Client>, EngineError> {
        let mut client = self.0.client.lock().await;
        if let Some(client) = client.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let (new, _) = self.0.way.connect(None).await?;
        new.batch_execute(TABLES).await.map_err(silent)?;
        let new = Arc::new(new);
        *client = Some(Arc::clone(&new));
        Ok(new)
    }

    fn key(&self, place: &str) -> String {
        format!("{}{place}", self.0.prefix)
    }

    fn cell(&self, row: &Row) -> Cell {
        let key: String = row.get(0);
        Cell {
            key: key.strip_prefix(&self.0.prefix).unwrap_or(&key).to_owned(),
            revision: Revision(row.get::<_, i64>(1).unsigned_abs()),
            sealed: row.get(2),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Postgres").field(&self.0.prefix).finish()
    }
}

impl Way {
    /// What is notified of goes to `heard`. The task ends with the connection.
    async fn connect(
        &self,
        heard: Option<tokio::sync::mpsc::UnboundedSender<String>>,
    ) -> Result<(Client, JoinHandle<()>), EngineError> {
        match &self.tls {
            Some(tls) => {
                let connected = self.config.connect(tls.clone()).await.map_err(silent)?;
                Ok((connected.0, tokio::spawn(carry(connected.1, heard))))
            }
            None => {
                let connected = self.config.connect(NoTls).await.map_err(silent)?;
                Ok((connected.0, tokio::spawn(carry(connected.1, heard))))
            }
        }
    }
}

async fn carry<S, T>(
    mut connection: Connection<S, T>,
    heard: Option<tokio::sync::mpsc::UnboundedSender<String>>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let (AsyncMessage::Notification(it), Some(heard)) = (message, &heard) {
            // Nobody listens any more.
            let _ = heard.send(it.payload().to_owned());
        }
    }
}

/// For as long as it is not ended. After each gap everything may have changed.
async fn watch(way: Arc<Way>, prefix: String, changes: Arc<Changes>) {
    loop {
        // What broke it shows itself at the next call.
        let _ = follow(&way, &prefix, &changes).await;
        clock::pass(BETWEEN_LOOKS).await;
    }
}

async fn follow(way: &Way, prefix: &str, changes: &Changes) -> Option<()> {
    let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let (client, _carrying) = clock::within(PATIENCE, way.connect(Some(said))).await?.ok()?;
    clock::within(PATIENCE, client.batch_execute(TABLES)).await?.ok()?;
    clock::within(PATIENCE, client.batch_execute("LISTEN glowjar")).await?.ok()?;
    changes.pools.send_modify(|it| *it += 1);
    changes.register.send_modify(|it| *it += 1);
    let mut leases = String::new();
    let mut look_at = clock::now();
    loop {
        match clock::within(look_at.since(clock::now()), heard.recv()).await {
            Some(Some(key)) => {
                let Some(place) = key.strip_prefix(prefix) else { continue };
                if place.starts_with(REGISTER) || place == CANARY {
                    changes.register.send_modify(|it| *it += 1);
                }
                if place.starts_with(POOLS) || place == CANARY {
                    changes.pools.send_modify(|it| *it += 1);
                }
            }
            Some(None) => return None,
            // Nothing tells of a lease that ends.
            None => {
                let query = format!(
                    "SELECT key, fence FROM glowjar_lease WHERE starts_with(key, $1) AND {} ORDER BY key",
                    held()
                );
                let rows = clock::within(PATIENCE, client.query(&query, &[&prefix])).await?.ok()?;
                look_at = clock::now() + BETWEEN_LOOKS;
                let mut now = String::new();
                for row in rows {
                    let _ = write!(now, "{} {};", row.get::<_, &str>(0), row.get::<_, i64>(1));
                }
                if now != leases {
                    leases = now;
                    changes.pools.send_modify(|it| *it += 1);
                }
            }
        }
    }
}

/// What goes to this machine alone needs no TLS.
fn is_here(config: &Config) -> bool {
    // Where an address is given beside a name, the address is where it goes.
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    }
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        Host::Unix(_) => true,
    };
    !config.get_hosts().is_empty() && config.get_hosts().iter().all(is_here)
}

fn tls(settings: &Settings) -> Result<ClientConfig, EngineError> {
    let mut known = RootCertStore::empty();
    match &settings.tls.authority {
        Some(path) => {
            for certificate in CertificateDer::pem_slice_iter(&read(path)?) {
                let certificate = certificate.map_err(|error| unusable(path, error))?;
                known.add(certificate).map_err(|error| unusable(path, error))?;
            }
        }
        None => {
            known.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder().with_root_certificates(known);
    let Some((chain, key)) = &settings.tls.identity else {
        return Ok(config.with_no_client_auth());
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(chain)?).collect();
    let certificates = certificates.map_err(|error| unusable(chain, error))?;
    let own = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| unusable(key, error))?;
    config.with_client_auth_cert(certificates, own).map_err(|error| unusable(chain, error))
}

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    std::fs::read(path).map_err(|cause| EngineError::File { path: path.to_owned(), cause })
}

fn unusable(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::File { path: path.to_owned(), cause: std::io::Error::other(error) }
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped with")]
fn silent(error: tokio_postgres::Error) -> EngineError {
    let cause =
        || std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
    let why = error
        .as_db_error()
        .map_or_else(|| format!("{error}{}", cause()), |it| it.message().to_owned());
    EngineError::Silent(why)
}

/// When a lease ends that is given or kept alive just now.
fn end() -> String {
    format!("clock_timestamp() + interval '{} milliseconds'", LEASE.as_millis())
}

/// Whether a lease goes on. One that ends later than any that could be given now is from before the server's clock was set back.
fn held() -> String {
    format!("ends > clock_timestamp() AND ends <= {}", end())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A claim is to be sent within 2 s.
const PATIENCE: Duration = Duration::from_millis(1_500);
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// Two keepers may make them at the same moment, which `IF NOT EXISTS` alone does not bear. What was confirmed has to outlive a crash
/// of the server, whatever it is set to for others.
const TABLES: &str = "
    SET synchronous_commit = on;
    SELECT pg_advisory_xact_lock(4750216);
    CREATE TABLE IF NOT EXISTS glowjar_value (key text PRIMARY KEY, revision bigint NOT NULL, sealed bytea NOT NULL);
    CREATE TABLE IF NOT EXISTS glowjar_lease (key text PRIMARY KEY, fence bigint NOT NULL, ends timestamptz NOT NULL);
    CREATE SEQUENCE IF NOT EXISTS glowjar_revision;
";
