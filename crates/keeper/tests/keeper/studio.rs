//! A keeper's folder, address and commands.

use std::{
    fs::File,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use glowjar_token_endpoint::SecretHash;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::Value;

pub struct Studio {
    folder: tempfile::TempDir,
    port: u16,
    authority: Option<Arc<Authority>>,
    /// What each of its commands gets as well.
    arguments: Vec<String>,
    /// What its commands begin with, where they run on another machine.
    prefix: Vec<String>,
    /// Where what it says is kept; on this test's own otherwise.
    log: Option<PathBuf>,
    /// In which systemd would put its credentials.
    credentials: Option<PathBuf>,
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// A keeper that runs. It is killed when this is dropped.
pub struct Keeper(Child);

impl Studio {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            port: free_port(),
            authority: None,
            arguments: Vec::new(),
            prefix: Vec::new(),
            log: None,
            credentials: None,
        }
    }

    /// One of several keepers, which has the studio's key.
    pub fn at(engine: &str, key: &str) -> Self {
        let arguments = vec!["--engine".to_owned(), engine.to_owned()];
        let studio = Self { arguments, ..Self::new() };
        std::fs::write(studio.file("glowjar-key"), key).expect("written");
        studio
    }

    pub fn with_credentials(folder: &Path) -> Self {
        Self { credentials: Some(folder.to_owned()), ..Self::new() }
    }

    /// On another machine.
    #[cfg(target_os = "linux")]
    pub fn on(self, namespace: &crate::namespace::Namespace) -> Self {
        Self { prefix: namespace.prefix(), ..self }
    }

    /// A figure of the pool `firefly`.
    pub async fn value(&self, name: &str) -> String {
        let said = self.client().get(format!("{}/metrics", self.url())).send().await;
        let text = said.expect("an answer").text().await.expect("text");
        let prefix = format!("glowjar_{name}{{pool=\"firefly\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&prefix)).expect(name).to_owned()
    }

    /// With a certificate from an authority of its own, whose certificate is `authority.pem`.
    pub fn with_certificate() -> Self {
        Self::new().certified_by(&authority())
    }

    /// What it says goes to this file.
    #[cfg(target_os = "linux")]
    pub fn logs_to(self, file: PathBuf) -> Self {
        Self { log: Some(file), ..self }
    }

    /// With what each of its commands gets as well.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|it| (*it).to_owned()));
        self
    }

    pub fn certified_by(self, authority: &Arc<Authority>) -> Self {
        let studio = Self { authority: Some(Arc::clone(authority)), ..self };
        let key = KeyPair::generate().expect("a key");
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let params = CertificateParams::new(names).expect("parameters");
        let certificate = params.signed_by(&key, authority.as_ref()).expect("a certificate");
        for (file, text) in [
            ("authority.pem", authority.pem()),
            ("keeper.pem", certificate.pem()),
            ("keeper.key", key.serialize_pem()),
        ] {
            std::fs::write(studio.file(file), text).expect("written");
        }
        let authority = studio.file("authority.pem").display().to_string();
        studio.with(&["--authority", &authority])
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    pub fn client(&self) -> reqwest::Client {
        let mut client = reqwest::Client::builder();
        if let Some(authority) = &self.authority {
            let pem = authority.pem();
            let certificate =
                reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
            client = client.tls_certs_merge([certificate]);
        }
        client.build().expect("a client")
    }

    pub fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_glowjar-keeper");
        let words: Vec<&str> = self.prefix.iter().map(String::as_str).chain([program]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command.arg("--folder").arg(self.folder.path()).arg("--url").arg(self.url());
        command.args(&self.arguments);
        if let Some(credentials) = &self.credentials {
            command.env("CREDENTIALS_DIRECTORY", credentials);
        }
        command
    }

    /// Runs a command of the admin's.
    pub fn ran(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // A command that takes no input may have ended.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// The same, which has to succeed; gives what it printed.
    #[track_caller]
    pub fn told(&self, words: &[&str], input: &str) -> String {
        let output = self.ran(words, input);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }

    /// The same, which has to fail; gives why.
    #[track_caller]
    pub fn refused(&self, words: &[&str], input: &str) -> String {
        let output = self.ran(words, input);
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8(output.stderr).expect("text").trim().to_owned()
    }

    /// Returns when it has a token in hand.
    pub fn serves(&self) -> Keeper {
        let keeper = self.starts();
        until("the keeper to have a token", || self.ran(&["status"], "").status.success());
        keeper
    }

    pub fn starts(&self) -> Keeper {
        let mut command = self.command();
        command.args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)]);
        if self.authority.is_some() {
            command.arg("--certificate").arg(self.file("keeper.pem"));
            command.arg("--key").arg(self.file("keeper.key"));
        }
        if let Some(log) = &self.log {
            let log = std::fs::File::options().create(true).append(true).open(log);
            command.env("NO_COLOR", "1").stderr(log.expect("a file"));
        }
        Keeper(command.spawn().expect("it starts"))
    }

    /// Everything that its machine has, as it is now.
    pub fn snapshot(&self) -> tempfile::TempDir {
        let snapshot = tempfile::tempdir().expect("a folder");
        copy(self.folder.path(), snapshot.path());
        snapshot
    }

    pub fn restore(&self, snapshot: &tempfile::TempDir) {
        copy(snapshot.path(), self.folder.path());
    }

    #[track_caller]
    pub fn holds_nothing_in_clear(&self, secrets: &[&str]) {
        holds_nothing(self.folder.path(), secrets);
    }
}

impl Keeper {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// SIGSTOP: nothing of it runs, and its connections stay open.
    pub fn pause(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    pub fn wake(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.id()).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.expect("an id"), signal).expect("it runs");
    }

    /// SIGTERM, as systemd sends it. Returns when it has ended.
    pub fn end(&mut self) {
        self.signal(rustix::process::Signal::TERM);
        assert!(self.0.wait().expect("it ends").success());
    }

    /// By SIGKILL.
    pub fn kill(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn authority() -> Arc<Authority> {
    let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes a certificate whose issuer has its own name for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "the studio's authority");
    let own = KeyPair::generate().expect("a key");
    Arc::new(CertifiedIssuer::self_signed(params, own).expect("a certificate"))
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let file = entry.expect("a file").path();
        // Not the socket.
        if file.is_file() {
            std::fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("copied");
        }
    }
}

/// No file in this folder or below holds one of them.
#[track_caller]
pub fn holds_nothing(folder: &Path, texts: &[&str]) {
    let found = files_with(folder, texts);
    assert!(found.is_empty(), "{found}");
}

/// The files in this folder or below that hold one of them, by grep.
pub fn files_with(folder: &Path, texts: &[&str]) -> String {
    let mut grep = Command::new("grep");
    grep.args(["--recursive", "--files-with-matches", "--text", "--fixed-strings"]);
    texts.iter().for_each(|text| {
        grep.args(["-e", text]);
    });
    // Sockets are passed over.
    let output = grep.args(["--devices", "skip"]).arg(folder).output().expect("grep runs");
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What Adobe's console would show, with the sandbox's address.
pub fn pasted(sandbox: &Sandbox) -> String {
    format!(
        "curl -X POST '{}/ims/token/v3' -d 'grant_type=client_credentials&client_id={CLIENT_ID}&scope=openid,AdobeID,firefly_api,ff_apis' --data-urlencode 'client_secret={CLIENT_SECRET}'",
        sandbox.url()
    )
}

pub fn refreshing(sandbox: &Sandbox, refresh_token: &str) -> String {
    format!(
        "curl -X POST '{}/ims/token/v3' -d 'grant_type=refresh_token&client_id={CLIENT_ID}&refresh_token={refresh_token}' --data-urlencode 'client_secret={CLIENT_SECRET}'",
        sandbox.url()
    )
}

/// Sends what stands in the line, as curl would.
pub async fn ask(studio: &Studio, line: &str) -> Value {
    let body = line.split('\'').nth(3).expect("the body in quotes").to_owned();
    let request = studio.client().post(format!("{}/ims/token/v3", studio.url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    // An empty answer says that it was asked too often, none that it is about to listen.
    match request.send().await {
        Ok(answer) => answer.json().await.unwrap_or_default(),
        Err(error) if error.is_connect() => Value::Null,
        Err(error) => panic!("{error:?}"),
    }
}

/// Exchanges the word in the line for a secret of the desk's own, as Glowjar does.
pub async fn joins(studio: &Studio, line: &str, own: &str) -> Value {
    join(&studio.client(), &studio.url(), line, own).await
}

/// The same at this address. `null` if nobody is there.
pub async fn join(client: &reqwest::Client, url: &str, line: &str, own: &str) -> Value {
    let hash = SecretHash::of(own).to_string();
    let form = [("word", secret_of(line)), ("secret_sha256", &hash)];
    match client.post(format!("{url}/v1/join")).form(&form).send().await {
        Ok(answer) => answer.json().await.unwrap_or_default(),
        Err(_) => Value::Null,
    }
}

/// The line with the desk's own secret in it.
pub fn with_own(line: &str, own: &str) -> String {
    line.replace(secret_of(line), own)
}

/// The desk's secret, out of the line that it pastes.
pub fn secret_of(line: &str) -> &str {
    let (_, secret) = line.split_once("client_secret=").expect("a secret");
    secret.split('\'').next().unwrap_or_default()
}

/// Asks again until the answer is right; says after [`LONGEST_WAIT`] what was waited for.
pub async fn wait_for<F>(
    what: &str,
    ask: impl FnMut() -> F,
    is_right: impl Fn(&Value) -> bool,
) -> Value
where
    F: Future<Output = Value>,
{
    wait_with_pauses_of(Duration::from_millis(200), what, ask, is_right).await
}

/// As [`wait_for`], with this long between two questions.
pub async fn wait_with_pauses_of<F>(
    pause: Duration,
    what: &str,
    mut ask: impl FnMut() -> F,
    is_right: impl Fn(&Value) -> bool,
) -> Value
where
    F: Future<Output = Value>,
{
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        if is_right(&answer) {
            return answer;
        }
        assert!(begun.elapsed() < LONGEST_WAIT, "waited for {what} in vain; last: {answer}");
        tokio::time::sleep(pause).await;
    }
}

/// Returns when it is so; says after [`LONGEST_WAIT`] what was waited for.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONGEST_WAIT, "waited for {what} in vain");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Below those that systems give to connections, one of which could take it before somebody listens there. No other of these
/// tests has it while this one runs: a lock says so, which the system lifts when the process ends.
pub fn free_port() -> u16 {
    let folder = std::env::temp_dir().join("glowjar-keeper-ports");
    std::fs::create_dir_all(&folder).expect("a folder");
    loop {
        let random = getrandom::u64().expect("random numbers") % 12_000;
        let port = 20_000 + u16::try_from(random).expect("small");
        let lock = File::create(folder.join(port.to_string())).expect("a file");
        if lock.try_lock().is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            Box::leak(Box::new(lock));
            return port;
        }
    }
}

/// More than a token of the tests lives, and more than an answer that never comes is waited for, on the slowest of machines.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
