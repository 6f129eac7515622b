//! A machine of its own, as far as the network goes: a namespace in which nothing is but what is put there.

use std::{
    fs::File,
    net::TcpListener,
    os::fd::AsFd as _,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// It goes when this is dropped, with its rules.
pub struct Namespace(String);

impl Namespace {
    /// `None` where nobody may make one: it takes root, `ip` and `nft`.
    pub fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let name = format!("glowjar-{}-{number}", std::process::id());
        let made = Command::new("ip").args(["netns", "add", &name]).stderr(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            return None;
        }
        let namespace = Self(name);
        namespace.told("ip", &["link", "set", "lo", "up"]);
        namespace.is_told("nft", &["list", "ruleset"]).then_some(namespace)
    }

    /// What begins a command that is to run there.
    pub fn prefix(&self) -> Vec<String> {
        ["ip", "netns", "exec", &self.0].map(str::to_owned).to_vec()
    }

    /// Listens there; who accepts is here.
    pub fn listen(&self, port: u16) -> TcpListener {
        self.inside(move || TcpListener::bind(("127.0.0.1", port)).expect("a port"))
    }

    /// Does this on a thread that is there. Sockets that it makes stay there.
    pub fn inside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let file = File::open(format!("/run/netns/{}", self.0)).expect("the namespace");
        let thread = std::thread::spawn(move || {
            move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("allowed");
            work()
        });
        thread.join().expect("done")
    }

    /// From now on, what fits this is lost there without a word. Each packet is counted.
    pub fn lose(&self, what: &str) {
        self.told("nft", &["add", "table", "inet", "cut"]);
        let chain = "{ type filter hook input priority 0; }";
        self.told("nft", &["add", "chain", "inet", "cut", "in", chain]);
        self.told("nft", &[&format!("add rule inet cut in {what} counter drop")]);
    }

    /// How many were lost.
    pub fn lost(&self) -> u64 {
        let rules = self.command("nft").args(["list", "table", "inet", "cut"]).output();
        let rules = String::from_utf8(rules.expect("nft runs").stdout).expect("text");
        let (_, rest) = rules.split_once("counter packets ").expect("a counter");
        rest.split(' ').next().and_then(|count| count.parse().ok()).expect("a number")
    }

    /// Everything passes again.
    pub fn mend(&self) {
        self.told("nft", &["delete", "table", "inet", "cut"]);
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, program]);
        command
    }

    fn is_told(&self, program: &str, words: &[&str]) -> bool {
        let told = self.command(program).args(words).stdout(Stdio::null()).status();
        told.is_ok_and(|status| status.success())
    }

    #[track_caller]
    fn told(&self, program: &str, words: &[&str]) {
        assert!(self.is_told(program, words), "{program} {words:?}");
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "delete", &self.0]).status();
    }
}
