//! A credential in Adobe's Developer Console whose client secrets are made and deleted from here. Nothing secret.

use glowjar_ims::ConsoleCredential;
use glowjar_lifecycle::time::Timestamp;

/// Where the secrets are made, as a person said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    pub credential: ConsoleCredential,
    /// The last secret that was asked for, kept before the question was sent.
    pub making: Option<Making>,
}

/// A question for another secret, of whose answer it depends whether there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Making {
    pub at: Timestamp,
    /// The uuids of the secrets that there were.
    pub known: Vec<String>,
}

impl Console {
    #[must_use]
    pub const fn new(credential: ConsoleCredential) -> Self {
        Self { credential, making: None }
    }

    /// The question for a secret that may have been made, and that nobody has: `kept` is the uuid of the one that is here.
    #[must_use]
    pub fn lost(&self, kept: Option<&str>) -> Option<&Making> {
        let came = |making: &&Making| {
            kept.is_some_and(|kept| making.known.iter().all(|known| known != kept))
        };
        self.making.as_ref().filter(|making| !came(making))
    }
}
