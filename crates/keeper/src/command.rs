//! The command line.
#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::{
    io::{IsTerminal as _, Read as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use axum_server::Handle;
use clap::{Args, Parser, Subcommand};
use glowjar_ims::Authority;
use glowjar_keeper::{
    clock,
    control::{Command, Pasted, Reply},
    disk::{Disk, DiskError},
    engine::{self, Engine, Tls},
    office::{Office, Reach},
    rekeying,
    secret_source::SecretSource,
    serving::{self, Certificate},
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use url::Url;

/// A studio's keeper: one Adobe credential for all desks.
#[derive(Parser)]
#[command(name = "glowjar-keeper", version)]
struct Arguments {
    /// Where it keeps what it has.
    #[arg(long, env = "STATE_DIRECTORY", default_value = SERVICE_FOLDER)]
    folder: PathBuf,
    /// The address at which desks reach it.
    #[arg(long, env = "GLOWJAR_URL", default_value = "http://127.0.0.1:7443")]
    url: Url,
    /// The addresses of all keepers, in the order in which desks try them, separated by commas. Without it, this one's.
    #[arg(long, env = "GLOWJAR_KEEPERS", value_delimiter = ',')]
    keepers: Vec<Url>,
    /// Who signed the keepers' certificates, PEM, where the desks' systems don't know it: `admit` writes it into the line.
    #[arg(long, env = "GLOWJAR_AUTHORITY", global = true)]
    authority: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(subcommand)]
    command: Sub,
}

/// Where several keepers meet. Without these, one keeper keeps all it has on its own disk.
#[derive(Args)]
struct EngineArguments {
    /// The addresses of etcd's members, separated by commas, or of a PostgreSQL (postgres://USER@HOST/DATABASE, password in PGPASSWORD).
    #[arg(long, env = "GLOWJAR_ENGINE", value_delimiter = ',')]
    engine: Vec<Url>,
    /// What tells this studio from others on the same engine.
    #[arg(long, env = "GLOWJAR_STUDIO", default_value = "studio")]
    studio: String,
    /// Who signed the engine's certificate, PEM.
    #[arg(long, env = "GLOWJAR_ENGINE_CA")]
    engine_ca: Option<PathBuf>,
    /// With which this keeper shows the engine who it is, PEM.
    #[arg(long, env = "GLOWJAR_ENGINE_CERTIFICATE", requires = "engine_key")]
    engine_certificate: Option<PathBuf>,
    #[arg(long, env = "GLOWJAR_ENGINE_KEY", requires = "engine_certificate")]
    engine_key: Option<PathBuf>,
}

impl EngineArguments {
    async fn open(self) -> Result<Option<Engine>> {
        if self.engine.is_empty() {
            return Ok(None);
        }
        let fits = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        if self.studio.is_empty() || !self.studio.chars().all(fits) {
            bail!("a studio's name has letters, digits and the signs - _ .");
        }
        // The client of the engine asks for it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let identity = self.engine_certificate.zip(self.engine_key);
        let tls = Tls { authority: self.engine_ca, identity };
        let settings = engine::Settings { members: self.engine, studio: self.studio, tls };
        Ok(Some(Engine::open(&settings).await?))
    }
}

#[derive(Subcommand)]
enum Sub {
    /// Take over a credential, as Adobe's console or an admin wrote it, from standard input.
    Import {
        #[arg(long, default_value = "firefly")]
        pool: String,
        /// A command that prints the client secret (`op read op://…`): it is run at each start, and the secret is kept nowhere.
        /// Words are separated by spaces; there is no shell.
        #[arg(long, conflicts_with = "secret_credential")]
        secret_command: Option<String>,
        /// The name of systemd's credential that holds the client secret (`LoadCredential=`), which is then kept nowhere else.
        #[arg(long)]
        secret_credential: Option<String>,
    },
    /// Run.
    Serve {
        #[arg(long, env = "GLOWJAR_LISTEN", default_value = "127.0.0.1:7443")]
        listen: SocketAddr,
        /// PEM; with --key. Needed on every address but this machine's own.
        #[arg(long, requires = "key")]
        certificate: Option<PathBuf>,
        #[arg(long, requires = "certificate")]
        key: Option<PathBuf>,
    },
    /// Let a desk in, and print the line that it pastes. It is good once.
    Admit {
        name: String,
        #[arg(long)]
        pool: Option<String>,
        /// For a farm node, CI or whatever else is no Glowjar: the line holds a secret that is good until it is removed.
        #[arg(long)]
        lasting: bool,
    },
    /// Shut a desk out.
    Remove { name: String },
    /// The pools, and how they are.
    Pools,
    /// Whether all is well; fails if not.
    Status,
    /// Who was handed what, and what was done.
    Log {
        #[arg(long, default_value_t = 50)]
        lines: usize,
    },
    /// Stop a pool: nobody gets a token, and none is asked for.
    Halt {
        pool: String,
        #[arg(long)]
        why: String,
    },
    /// Seal everything anew with another key. No keeper of the studio may run meanwhile; it is done at each of them.
    Rekey {
        /// The new key, the same for all: 64 hexadecimal digits. It is made if there is no such file.
        #[arg(long)]
        new_key: PathBuf,
    },
    /// Let a halted pool go on, or one whose credential was mended at the provider.
    Resume { pool: String },
}

#[tokio::main]
pub async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A journal is no terminal, and has no use for colours.
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_ansi(is_terminal).with_writer(std::io::stderr).init();
    match Box::pin(run(arguments)).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("glowjar-keeper: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let addresses = match arguments.keepers.as_slice() {
        [] => std::slice::from_ref(&arguments.url),
        keepers => keepers,
    };
    let addresses = addresses.iter().map(|it| it.as_str().trim_end_matches('/').to_owned());
    let authority = arguments.authority.as_deref().map(authority).transpose()?;
    let reach = Reach { addresses: addresses.collect(), authority };
    let is_status = matches!(arguments.command, Sub::Status);
    let command = match arguments.command {
        Sub::Serve { listen, certificate, key } => {
            let certificate = match (certificate, key) {
                (Some(chain), Some(key)) => {
                    let read = |path: PathBuf| {
                        std::fs::read(&path).with_context(|| path.display().to_string())
                    };
                    Some(Certificate { chain: read(chain)?, key: read(key)? })
                }
                _ => None,
            };
            let engine = arguments.engine.open().await?;
            let reached = Reached { url: arguments.url, reach, listen, certificate };
            return Box::pin(serve(arguments.folder, engine, reached)).await;
        }
        Sub::Import { pool, secret_command, secret_credential } => {
            let secret_source = match (secret_command, secret_credential) {
                (Some(words), _) => {
                    Some(SecretSource::command(&words).context("--secret-command is empty")?)
                }
                (None, name) => name.map(SecretSource::Credential),
            };
            let mut text = String::new();
            std::io::stdin().take(LONGEST_PASTE).read_to_string(&mut text)?;
            Command::Import { pool, text: Pasted(text.into()), secret_source }
        }
        Sub::Rekey { new_key } => {
            if serving::ask(&arguments.folder, &Command::Pools).await?.is_some() {
                bail!("a keeper runs on {}: stop it first", arguments.folder.display());
            }
            let engine = arguments.engine.open().await?;
            rekeying::rekey(&arguments.folder, engine.as_ref(), &new_key).await?;
            println!(
                "Everything is sealed with the new key. Make new backups: those from before need the old one."
            );
            return Ok(ExitCode::SUCCESS);
        }
        Sub::Admit { name, pool, lasting } => {
            let authority = reach.authority.as_ref().map(ToString::to_string);
            Command::Admit { name, pool, lasting, authority }
        }
        Sub::Remove { name } => Command::Remove { name },
        Sub::Pools => Command::Pools,
        Sub::Status => Command::Status,
        Sub::Log { lines } => Command::Log { lines },
        Sub::Halt { pool, why } => Command::Halt { pool, why },
        Sub::Resume { pool } => Command::Resume { pool },
    };
    let reply = match answer(&arguments.folder, &command, is_status).await? {
        Answer::Given(reply) => reply,
        Answer::Here(disk) => {
            let engine = arguments.engine.open().await?;
            Office::open(disk, engine, reach, false)?.handle(command).await
        }
    };
    Ok(print(reply, is_status))
}

/// Who answers an admin's command.
enum Answer {
    /// The keeper that runs.
    Given(Reply),
    /// Nobody runs, so this process has the folder.
    Here(Disk),
}

/// A keeper that starts or ends just now has the folder and can't be asked: it is waited for.
async fn answer(folder: &Path, command: &Command, is_status: bool) -> Result<Answer> {
    let mut tries = TRIES;
    loop {
        if let Some(reply) = serving::ask(folder, command).await? {
            return Ok(Answer::Given(reply));
        }
        if is_status {
            // Nothing is opened, which would be in the way of a keeper that starts just now.
            bail!("no keeper runs on {}", folder.display());
        }
        if is_the_service_s(folder) {
            bail!("{}", DiskError::OfAnother(folder.to_owned()));
        }
        match Disk::open(folder) {
            Err(DiskError::InUse) if tries > 0 => clock::pass(BETWEEN_TRIES).await,
            disk => return Ok(Answer::Here(disk?)),
        }
        tries -= 1;
    }
}

/// Whether a service will have this folder, with a key that it has from systemd. What is put there before its first start would
/// be sealed with another one. Where no systemd runs, as in most containers, there is no service.
fn is_the_service_s(folder: &Path) -> bool {
    !folder.exists()
        && sd_notify::booted().unwrap_or(false)
        && folder == Path::new(SERVICE_FOLDER)
        && UNITS.iter().any(|unit| Path::new(unit).exists())
}

fn authority(file: &Path) -> Result<Authority> {
    let at = || file.display().to_string();
    let der = CertificateDer::from_pem_file(file).with_context(at)?;
    Authority::from_der(&der).with_context(at)
}

/// How desks reach it.
struct Reached {
    url: Url,
    reach: Reach,
    listen: SocketAddr,
    certificate: Option<Certificate>,
}

async fn serve(folder: PathBuf, engine: Option<Engine>, reached: Reached) -> Result<ExitCode> {
    let Reached { url, reach, listen, certificate } = reached;
    // Both the client and the listener ask for it.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    allow_many_connections();
    let listener = TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
    let office = Office::open(open_disk(&folder).await?, engine, reach, true)?;
    let handle = Handle::new();
    let mut ended = signal(SignalKind::terminate())?;
    let control = serving::open_control(&office)?;
    tracing::info!(%url, %listen, "keeping");
    // Without systemd there is nobody to tell.
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Ready]) {
        tracing::warn!(%error, "systemd was not told that the keeper is ready");
    }
    tokio::select! {
        served = serving::serve(office.clone(), listener, &url, certificate, handle) => served?,
        controlled = serving::control(office.clone(), control) => controlled?,
        () = office.follow() => {}
        () = office.tell() => {}
        () = office.tidy() => {}
        _ = ended.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    office.leave().await;
    Ok(ExitCode::SUCCESS)
}

/// An admin's command may be at the folder just now, and is done in no time.
async fn open_disk(folder: &Path) -> Result<Disk, DiskError> {
    for _ in 0..TRIES_AT_A_START {
        match Disk::open(folder) {
            Err(DiskError::InUse) => clock::pass(BETWEEN_TRIES).await,
            other => return other,
        }
    }
    Disk::open(folder)
}

/// A connection of each desk needs a file, and a system's first limit is often 1 024.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "few connections are possible at once");
    }
}

fn print(reply: Reply, is_status: bool) -> ExitCode {
    match reply {
        Reply::Done(words) => println!("{words}"),
        Reply::Admitted(line) => println!("{}", line.0.expose_secret()),
        Reply::Pools(pools) => {
            for pool in &pools {
                let left = pool.seconds_left.map_or("-".to_owned(), |left| format!("{left} s"));
                let part = if pool.leads { "leads" } else { "follows" };
                println!(
                    "{}\t{}\t{left}\t{part}\t{}\t{} desks",
                    pool.name, pool.client_id, pool.state, pool.desks
                );
            }
            if is_status && (pools.is_empty() || pools.iter().any(|it| it.seconds_left.is_none())) {
                return ExitCode::FAILURE;
            }
        }
        Reply::Log(entries) => {
            for entry in entries {
                println!("{}\t{}\t{}", entry.at, entry.who, entry.what);
            }
        }
        Reply::Refused(why) => {
            eprintln!("glowjar-keeper: {why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

const SERVICE_FOLDER: &str = "/var/lib/glowjar-keeper";
const UNITS: [&str; 2] = [
    "/etc/systemd/system/glowjar-keeper.service",
    "/usr/lib/systemd/system/glowjar-keeper.service",
];
/// More than any export of a console.
const LONGEST_PASTE: u64 = 512 * 1024;

/// Some keepers take two seconds to start on a slow machine.
const TRIES: u32 = 50;
/// Commands are done within two.
const TRIES_AT_A_START: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);
