//! A real PostgreSQL.

use std::{
    fmt::Write as _,
    fs,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use crate::{
    ground::Ground,
    studio::{free_port, until},
};

/// A server of its own, as the user `postgres` where the tests run as root, which it refuses to be.
pub struct Server {
    folder: tempfile::TempDir,
    data: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    process: Option<Child>,
}

impl Ground for Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let user = (rustix::process::getuid().is_root()).then(postgres);
        if let Some((user, group)) = user {
            chown(folder.path(), Some(user), Some(group)).expect("given to postgres");
        }
        let data = folder.path().join("data");
        let mut server = Self { folder, data, port: free_port(), user, process: None };
        server.resume();
        server
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn ports(&self) -> Vec<u16> {
        vec![self.port]
    }

    fn addresses(ports: &[u16]) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", ports[0])
    }

    fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let id = i32::try_from(process.id()).ok().and_then(rustix::process::Pid::from_raw);
        // It takes its own children along, and finds at its next start that it had no time to tidy up.
        let _ = rustix::process::kill_process(id.expect("an id"), rustix::process::Signal::QUIT);
        process.wait().expect("it ends");
    }

    fn resume(&mut self) {
        if !self.data.exists() {
            self.make();
        }
        let process = command("postgres", self.user)
            .arg("-D")
            .arg(&self.data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-p", &self.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        self.process = Some(process);
        until("PostgreSQL to be well", || self.psql(&["-c", "SELECT 1"]).status.success());
    }

    fn kill_leader(&mut self) {
        self.stop();
        self.resume();
    }

    fn backup(&self, name: &str) -> PathBuf {
        // What is in memory and in the log comes to be in the tables' files as well.
        self.told("CHECKPOINT");
        let file = self.folder.path().join(name);
        let dumped = command("pg_dump", None)
            .args(["--clean", "--if-exists", "--dbname", &self.address()])
            .output()
            .expect("pg_dump runs");
        assert!(dumped.status.success(), "{dumped:?}");
        fs::write(&file, dumped.stdout).expect("written");
        file
    }

    fn restore(&mut self, backup: &Path) {
        let restored = self.psql(&["--single-transaction", "-f", &backup.display().to_string()]);
        assert!(restored.status.success(), "{restored:?}");
    }

    fn wipe(&mut self) {
        self.stop();
        self.data.set_extension("wiped");
        self.resume();
    }

    fn keys(&self) -> Vec<String> {
        let tables = "to_regclass('glowjar_value') IS NOT NULL";
        if self.told(&format!("SELECT {tables}")) == "f" {
            return Vec::new();
        }
        let keys = "SELECT key FROM glowjar_value UNION ALL SELECT key FROM glowjar_lease";
        self.told(keys).lines().map(str::to_owned).collect()
    }

    fn value(&self, key: &str) -> Vec<u8> {
        let digits = self
            .told(&format!("SELECT encode(sealed, 'hex') FROM glowjar_value WHERE key = '{key}'"));
        let bytes = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
        bytes.map(|it| u8::from_str_radix(it, 16).expect("hexadecimal")).collect()
    }

    fn put(&self, key: &str, value: &[u8]) {
        let mut digits = String::new();
        for byte in value {
            let _ = write!(digits, "{byte:02x}");
        }
        self.told(&format!(
            "INSERT INTO glowjar_value VALUES ('{key}', nextval('glowjar_revision'), decode('{digits}', 'hex'))
             ON CONFLICT (key) DO UPDATE SET revision = EXCLUDED.revision, sealed = EXCLUDED.sealed;
             NOTIFY glowjar, '{key}'"
        ));
    }

    #[cfg(target_os = "linux")]
    fn writes(&self) -> u64 {
        let changes = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables";
        self.told(changes).parse().expect("a number")
    }

    fn files() -> &'static [&'static str] {
        &["pg_wal", "data/base"]
    }
}

impl Server {
    /// What `initdb` makes takes it seconds, and is the same each time: one test makes it, and all have a copy of their own.
    fn make(&self) {
        let version = command("postgres", None).arg("--version").output().expect("it runs").stdout;
        let version = String::from_utf8(version).expect("text");
        let version = version.split_whitespace().nth(2).expect("postgres (PostgreSQL) 15.14");
        let pattern = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgresql-{version}"));
        let lock = fs::File::create(format!("{}.lock", pattern.display())).expect("a file");
        lock.lock().expect("one at a time");
        if !pattern.join("PG_VERSION").exists() {
            let _ = fs::remove_dir_all(&pattern);
            let made_in = self.folder.path().join("made");
            let made = command("initdb", self.user)
                .args(["--auth=trust", "--username=postgres", "--no-sync", "--pgdata"])
                .arg(&made_in)
                .output()
                .expect("initdb runs; is `cargo xtask setup` done?");
            assert!(made.status.success(), "{made:?}");
            let half = PathBuf::from(format!("{}.half", pattern.display()));
            copy(&made_in, &half);
            fs::rename(half, &pattern).expect("renamed");
        }
        drop(lock);
        copy(&pattern, &self.data);
    }

    /// What this says, without decoration.
    pub fn told(&self, query: &str) -> String {
        let said = self.psql(&["-At", "-c", query]);
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).expect("text").trim().to_owned()
    }

    fn psql(&self, arguments: &[&str]) -> Output {
        let mut psql = command("psql", None);
        psql.args(["--set", "ON_ERROR_STOP=1", &self.address()]).args(arguments);
        psql.output().expect("psql runs")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// With its owner.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let copied = Command::new("cp").arg("--archive").arg(from).arg(to).status();
    assert!(copied.expect("cp runs").success(), "{}", to.display());
}

/// Debian keeps the server's programs out of the search path.
fn command(program: &str, user: Option<(u32, u32)>) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|it| it.path().join("bin").join(program)).find(|it| it.exists());
    let mut command = Command::new(found.unwrap_or_else(|| program.into()));
    command.current_dir("/");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

fn postgres() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("readable");
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user for it");
    let mut fields = line.split(':').skip(2).map(|it| it.parse().expect("a number"));
    (fields.next().expect("a user"), fields.next().expect("a group"))
}
