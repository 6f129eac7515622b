//! What has times of its own. The controller's loop goes over all of it alike, so that nothing is left behind when the
//! clock is set, and nothing sleeps past its time.

use glowjar_lifecycle::time::{Step, Timestamp};

/// Holds points in time, and may have something to do at one.
pub(crate) trait Timed {
    /// When it has something to do next.
    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The wall clock was set: moves every time held, since a span does not change by that.
    fn shift(&mut self, step: Step);

    /// Does what is due by `now`, and says what is left to the controller.
    fn on_time(&mut self, _now: Timestamp) -> Option<Due> {
        None
    }
}

/// What something that is due leaves to the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A copied token has been on the clipboard for long enough.
    ClipboardCleared,
    /// Files that could not be written are tried again.
    SinksRetried,
    /// The system is asked how long nobody has been at the computer.
    IdleTimeAsked,
    /// The port that another program had is tried again.
    PortRetried,
    /// Trials that waited until an earlier one could not arrive any more.
    TrialsSent,
    /// Nobody came back from the sign-in page in time.
    SignInOver,
    /// Whether the person has agreed on another device.
    SignInAsked,
    /// It is time to replace a client secret.
    SecretReminded,
    /// What a removed profile still has in the keychain is deleted.
    SecretsDeleted,
    /// What a webhook was not told yet is sent again.
    WebhookSent,
    /// Keepers that were not there are tried again, to listen to.
    KeepersTried,
    /// Whether there is a newer version of Glowjar.
    UpdateLookedFor,
    /// A removal can't be undone any more.
    RemovalFinished,
}

impl Timed for Option<Timestamp> {
    fn deadline(&self) -> Option<Timestamp> {
        *self
    }

    fn shift(&mut self, step: Step) {
        *self = self.map(|at| at.shifted(step));
    }
}
