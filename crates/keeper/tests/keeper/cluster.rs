//! Three real etcd.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    ground::Ground,
    studio::{free_port, until},
};

pub struct Cluster {
    folder: tempfile::TempDir,
    members: Vec<Member>,
}

struct Member {
    name: String,
    data: PathBuf,
    client: u16,
    peer: u16,
    process: Option<Child>,
}

impl Ground for Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let members = (1..=3).map(|number| Member {
            name: format!("m{number}"),
            data: folder.path().join(format!("m{number}")),
            client: free_port(),
            peer: free_port(),
            process: None,
        });
        let mut cluster = Self { members: members.collect(), folder };
        cluster.resume();
        cluster
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

    fn resume(&mut self) {
        let peers = self.peers();
        for it in self.members.iter_mut().filter(|it| it.process.is_none()) {
            let client = format!("http://127.0.0.1:{}", it.client);
            let peer = format!("http://127.0.0.1:{}", it.peer);
            let process = Command::new("etcd")
                .args(["--name", &it.name, "--data-dir"])
                .arg(&it.data)
                .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
                .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
                .args(["--initial-cluster", &peers, "--log-level", "error"])
                .args(["--logger", "zap"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("etcd starts; is `cargo xtask setup` done?");
            it.process = Some(process);
        }
        until("etcd to be well", || self.etcdctl(&["endpoint", "health"]));
    }

    fn stop(&mut self) {
        (0..self.members.len()).for_each(|member| self.kill(member));
    }

    fn kill_leader(&mut self) {
        self.kill(self.leader());
    }

    fn backup(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let first = format!("http://127.0.0.1:{}", self.members[0].client);
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
        use std::io::Write as _;
        let mut put = self.command(&["put", key]);
        let mut child = put.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
        child.stdin.take().expect("piped").write_all(value).expect("it reads");
        assert!(child.wait().expect("it ends").success());
    }

    fn files() -> &'static [&'static str] {
        &["wal", "snap/db"]
    }
}

impl Cluster {
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
        let peers =
            self.members.iter().map(|it| format!("{}=http://127.0.0.1:{}", it.name, it.peer));
        peers.collect::<Vec<_>>().join(",")
    }

    fn etcdctl(&self, arguments: &[&str]) -> bool {
        self.command(arguments).output().expect("etcdctl runs").status.success()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("etcdctl");
        command.env("ETCDCTL_API", "3").args(["--endpoints", &self.address()]).args(arguments);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}
