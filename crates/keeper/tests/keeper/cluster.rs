//! Three real etcd.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    ground::Ground,
    studio::{free_port, until},
};

pub struct Cluster {
    folder: tempfile::TempDir,
    /// Bytes; etcd's own choice if absent.
    quota: Option<u64>,
    /// Where the certificates are that `certificates.sh` made.
    certificates: Option<PathBuf>,
    members: Vec<Member>,
}

struct Member {
    name: String,
    data: PathBuf,
    client: u16,
    peer: u16,
    process: Option<Child>,
}

impl Member {
    /// Says why it ended, if it has.
    fn runs(&mut self) {
        let ended = self.process.as_mut().and_then(|it| it.try_wait().expect("known"));
        if let Some(status) = ended {
            let said = std::fs::read_to_string(self.data.with_extension("log"));
            panic!("{} ended with {status}: {}", self.name, said.unwrap_or_default());
        }
    }
}

impl Ground for Cluster {
    fn start() -> Self {
        Self::of(None)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn ports(&self) -> Vec<u16> {
        self.members.iter().map(|it| it.client).collect()
    }

    fn addresses(ports: &[u16]) -> String {
        let addresses = ports.iter().map(|port| format!("http://127.0.0.1:{port}"));
        addresses.collect::<Vec<_>>().join(",")
    }

    fn address(&self) -> String {
        let addresses = self.members.iter().map(|it| self.url(it.client));
        addresses.collect::<Vec<_>>().join(",")
    }

    fn resume(&mut self) {
        let peers = self.peers();
        let quota = self.quota.map(|bytes| bytes.to_string());
        let scheme = self.scheme();
        let folder = self.certificates.clone();
        for it in self.members.iter_mut().filter(|it| it.process.is_none()) {
            let client = format!("{scheme}://127.0.0.1:{}", it.client);
            let peer = format!("{scheme}://127.0.0.1:{}", it.peer);
            let file = |name: &str| folder.as_ref().map(|at| at.join(name).display().to_string());
            let (ca, own) = (file("ca.pem"), file(&format!("{}.pem", it.name)));
            let key = file(&format!("{}.key", it.name));
            let mut tls = Vec::new();
            if let (Some(ca), Some(own), Some(key)) = (&ca, &own, &key) {
                for of in ["", "peer-"] {
                    tls.push(format!("--{of}trusted-ca-file={ca}"));
                    tls.push(format!("--{of}cert-file={own}"));
                    tls.push(format!("--{of}key-file={key}"));
                    tls.push(format!("--{of}client-cert-auth"));
                }
            }
            let process = Command::new("etcd")
                .args(["--name", &it.name, "--data-dir"])
                .arg(&it.data)
                .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
                .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
                .args(["--initial-cluster", &peers, "--log-level", "error"])
                .args(["--logger", "zap"])
                // As docs/studio.md has it.
                .args(["--snapshot-count", "2000"])
                .env("GOGC", "20")
                .args(tls)
                .args(quota.iter().flat_map(|it| ["--quota-backend-bytes", it]))
                .stdout(Stdio::null())
                .stderr(File::create(it.data.with_extension("log")).expect("a file"))
                .spawn()
                .expect("etcd starts; is `cargo xtask setup` done?");
            it.process = Some(process);
        }
        until("etcd to be well", || {
            self.members.iter_mut().for_each(Member::runs);
            self.etcdctl(&["endpoint", "health"])
        });
    }

    fn stop(&mut self) {
        (0..self.members.len()).for_each(|member| self.kill(member));
    }

    fn kill_leader(&mut self) {
        self.kill(self.leader());
    }

    fn backup(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let first = self.url(self.members[0].client);
        let saved = Command::new("etcdctl")
            .env("ETCDCTL_API", "3")
            .args(["--endpoints", &first, "snapshot", "save"])
            .arg(&path)
            .output()
            .expect("etcdctl runs");
        assert!(saved.status.success(), "{saved:?}");
        path
    }

    /// As after a disaster: all members from one backup, with the same ids.
    fn restore(&mut self, backup: &Path) {
        self.stop();
        let peers = self.peers();
        for it in &mut self.members {
            it.data.set_extension("restored");
            let restored = Command::new("etcdctl")
                .env("ETCDCTL_API", "3")
                .args(["snapshot", "restore"])
                .arg(backup)
                .args(["--name", &it.name, "--data-dir"])
                .arg(&it.data)
                .args(["--initial-cluster", &peers])
                .args(["--initial-advertise-peer-urls", &format!("http://127.0.0.1:{}", it.peer)])
                .output()
                .expect("etcdctl runs");
            assert!(restored.status.success(), "{restored:?}");
        }
        self.resume();
    }

    fn wipe(&mut self) {
        self.stop();
        self.members.iter_mut().for_each(|it| {
            it.data.set_extension("wiped");
        });
        self.resume();
    }

    fn value(&self, key: &str) -> Vec<u8> {
        let arguments = ["get", "--print-value-only", key];
        let mut said = self.command(&arguments).output().expect("etcdctl runs").stdout;
        // Its own end of the line.
        said.pop();
        said
    }

    fn keys(&self) -> Vec<String> {
        let arguments = ["get", "--prefix", "--keys-only", ""];
        let said = self.command(&arguments).output().expect("etcdctl runs").stdout;
        let text = String::from_utf8(said).expect("text");
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn put(&self, key: &str, value: &[u8]) {
        assert!(self.is_put(key, value));
    }

    #[cfg(target_os = "linux")]
    fn writes(&self) -> u64 {
        self.revision().parse().expect("a number")
    }

    fn files() -> &'static [&'static str] {
        &["wal", "snap/db"]
    }
}

impl Cluster {
    /// As docs/studio.md has it: nobody but members and keepers gets in.
    pub fn with_certificates() -> Self {
        let mut cluster = Self::planned();
        let folder = cluster.folder.path().join("tls");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("etcd/certificates.sh");
        let machines = ["m1", "m2", "m3", "keeper"].map(|name| format!("{name}=127.0.0.1"));
        let made = Command::new(script).arg(&folder).args(machines).output().expect("it runs");
        assert!(made.status.success(), "{made:?}");
        cluster.certificates = Some(folder);
        cluster.resume();
        cluster
    }

    /// A file that the script made.
    pub fn certificate(&self, name: &str) -> String {
        self.certificates.as_ref().expect("made").join(name).display().to_string()
    }

    /// With no more room than this.
    pub fn with_quota(bytes: u64) -> Self {
        Self::of(Some(bytes))
    }

    fn of(quota: Option<u64>) -> Self {
        let mut cluster = Self::planned();
        cluster.quota = quota;
        cluster.resume();
        cluster
    }

    fn planned() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let members = (1..=3).map(|number| Member {
            name: format!("m{number}"),
            data: folder.path().join(format!("m{number}")),
            client: free_port(),
            peer: free_port(),
            process: None,
        });
        Self { members: members.collect(), folder, quota: None, certificates: None }
    }

    fn url(&self, port: u16) -> String {
        format!("{}://127.0.0.1:{port}", self.scheme())
    }

    fn scheme(&self) -> &'static str {
        if self.certificates.is_some() { "https" } else { "http" }
    }

    /// Until nothing more can be written.
    pub fn fill(&self) {
        let junk = vec![b'a'; 512 * 1024];
        let mut key = 0;
        until("etcd to be full", || {
            key += 1;
            !self.is_put(&format!("junk/{key}"), &junk)
        });
    }

    pub fn make_room(&self) {
        assert!(self.etcdctl(&["del", "--prefix", "junk/"]));
        self.compact();
        assert!(self.etcdctl(&["defrag"]) && self.etcdctl(&["alarm", "disarm"]));
        until("etcd to be well", || self.etcdctl(&["endpoint", "health"]));
    }

    /// What was is forgotten.
    pub fn compact(&self) {
        assert!(self.etcdctl(&["compact", &self.revision()]));
    }

    fn revision(&self) -> String {
        let said = self.command(&["get", "x", "--write-out", "fields"]).output();
        let said = String::from_utf8(said.expect("etcdctl runs").stdout).expect("text");
        let revision = said.lines().find_map(|line| line.strip_prefix("\"Revision\" : "));
        revision.expect("a revision").trim().to_owned()
    }

    fn is_put(&self, key: &str, value: &[u8]) -> bool {
        use std::io::Write as _;
        let mut put = self.command(&["put", key]);
        put.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = put.spawn().expect("it runs");
        child.stdin.take().expect("piped").write_all(value).expect("it reads");
        child.wait().expect("it ends").success()
    }

    /// Of the member that has most, in kB.
    #[cfg(target_os = "linux")]
    pub fn memory(&self) -> u64 {
        let members = self.members.iter().filter_map(|it| it.process.as_ref());
        let memory = members.map(|it| crate::at_work::memory_of_process(it.id(), "VmHWM"));
        memory.max().unwrap_or_default()
    }

    /// Who follows changes, at all members together.
    #[cfg(target_os = "linux")]
    pub async fn watches(&self) -> u64 {
        let mut watches = 0;
        for it in &self.members {
            let said = reqwest::get(format!("{}/metrics", self.url(it.client))).await;
            let text = said.expect("an answer").text().await.expect("text");
            let name = "etcd_debugging_mvcc_watcher_total ";
            let count = text.lines().find_map(|line| line.strip_prefix(name)).expect("a figure");
            watches += count.parse::<f64>().expect("a number") as u64;
        }
        watches
    }

    /// By SIGKILL.
    fn kill(&mut self, member: usize) {
        if let Some(mut process) = self.members[member].process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// The one that leads the others.
    fn leader(&self) -> usize {
        let output = self.command(&["endpoint", "status"]).output().expect("etcdctl runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // http://127.0.0.1:1, 8e9e05c52164694d, 3.4.23, 20 kB, true, false, …
        text.lines().position(|line| line.split(", ").nth(4) == Some("true")).expect("a leader")
    }

    fn peers(&self) -> String {
        let peers = self.members.iter().map(|it| format!("{}={}", it.name, self.url(it.peer)));
        peers.collect::<Vec<_>>().join(",")
    }

    fn etcdctl(&self, arguments: &[&str]) -> bool {
        self.command(arguments).output().expect("etcdctl runs").status.success()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("etcdctl");
        command.env("ETCDCTL_API", "3").args(["--endpoints", &self.address()]).args(arguments);
        if self.certificates.is_some() {
            command.args(["--cacert", &self.certificate("ca.pem")]);
            command.args(["--cert", &self.certificate("keeper.pem")]);
            command.args(["--key", &self.certificate("keeper.key")]);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}
