//! Programs that may ask as long as they run.

use glowjar_token_endpoint::SecretHash;

use crate::handout::Caller;

/// One that was let in with a secret of its own, which is forgotten when it ends.
#[derive(Clone, Debug)]
pub(in crate::handout) struct Passing {
    /// What it runs, for a person.
    pub name: String,
    /// Before it was let in, it has none.
    pub secret: Option<SecretHash>,
    /// The id of the one profile whose tokens it may have.
    pub profile: String,
    /// Who asked to be let in. Whether a person lets them is looked up at each token.
    pub caller: Caller,
}

impl Passing {
    pub(in crate::handout) fn new(label: &str, profile: String, caller: Caller) -> Self {
        let shown = label.chars().filter(|letter| !letter.is_control()).take(LONGEST_LABEL);
        let name = match shown.collect::<String>() {
            empty if empty.is_empty() => caller.program.line(),
            label => label,
        };
        Self { name, secret: None, profile, caller }
    }
}

/// A process whose end can be waited for.
#[cfg(target_os = "linux")]
pub(super) struct Process(tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>);

#[cfg(target_os = "linux")]
impl Process {
    /// The one that has this number now, and none that gets it later (pidfd_open(2)). It waits for an answer, so it is
    /// still there.
    pub(super) fn of(pid: i32) -> Option<Self> {
        use rustix::process::{Pid, PidfdFlags, pidfd_open};
        let descriptor = pidfd_open(Pid::from_raw(pid)?, PidfdFlags::NONBLOCK).ok()?;
        let interest = tokio::io::Interest::READABLE;
        #[expect(
            deprecated,
            reason = "its replacement is unsafe; an owned descriptor that nobody else holds is sound"
        )]
        let watched = tokio::io::unix::AsyncFd::with_interest(descriptor, interest);
        watched.ok().map(Self)
    }

    pub(super) async fn ended(&self) {
        // It becomes readable at the end. If it can't be waited for, that is taken for the end.
        let _ = self.0.readable().await;
    }
}

/// Nothing tells of the end of another's process here without a look now and then.
#[cfg(not(target_os = "linux"))]
pub(super) struct Process;

#[cfg(not(target_os = "linux"))]
impl Process {
    pub(super) const fn of(_: i32) -> Option<Self> {
        None
    }

    pub(super) async fn ended(&self) {
        std::future::pending().await
    }
}

/// Characters.
const LONGEST_LABEL: usize = 60;
