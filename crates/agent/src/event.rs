//! What happens to the controller, and what a feature leaves to it: requests from people and programs, what the shell
//! noticed, and the outcomes of work that was started.

use std::{collections::BTreeSet, time::Duration};

use glowjar_connect::mcp::McpError;
use glowjar_ims::{
    AccessReport, AccessToken, Client, ConsoleCredential, ConsoleError, DeviceAuthorization,
    Endpoint, IdTokenError, Issued, KeeperEvent, KeeperEvents, Keys, ListedSecret, MadeSecret,
    Metadata, NotYet, Person, RequestError, Verification,
};
use glowjar_lifecycle::{
    id::{Attempt, Generation, ProfileId},
    input::{KeychainTrouble, SecretSlot},
    time::Timestamp,
};
use glowjar_protocol::message::{Answer, Ask, Target, TokenAsk};
use secrecy::SecretString;
use tokio::sync::oneshot;

#[cfg(test)]
use crate::token_requests::Requests;
use crate::{
    credential::Credential,
    draft::Parsed,
    handout::{Caller, Program},
    localization::FieldError,
    managed::Managed,
    ports::{Desk, SandboxOffer, UpdateError},
    preferences::ChoicesEdit,
    profile::Profile,
    redirect_listener::{Page, PortTaken, RedirectListener},
    request::{Field, Reply, Request},
    secret_store::Secrets,
    sinks::SinkError,
    token_requests::SentAt,
    tray::Click,
    view::{BannerView, Choices, FileChangeView, ProxyView},
};

/// The closed set of things that happen to the controller.
#[derive(Debug)]
pub(crate) enum Event {
    Asked {
        request: Request,
        asker: Asker,
        desk: Desk,
        reply: oneshot::Sender<Reply>,
    },
    /// By another program, whose answer may hold a token.
    Wanted {
        ask: Ask,
        caller: Caller,
        reply: oneshot::Sender<Answer>,
    },
    /// Files and programs that get tokens by themselves were served.
    Supplied {
        profile: ProfileId,
        /// Of the token that was brought.
        fingerprint: String,
        results: Vec<(u32, Result<(), SinkError>)>,
    },
    /// A program was let in over HTTP, as the person wanted, or not.
    LetIn {
        profile: ProfileId,
        name: String,
        answer: Answer,
        desk: Desk,
        reply: oneshot::Sender<Reply>,
    },
    /// A program's settings file was changed, or would be.
    SettingsConnected {
        outcome: Result<FileChangeView, McpError>,
        reply: oneshot::Sender<Reply>,
    },
    /// The text of a program's settings file, which may hold a secret.
    SettingsRead {
        outcome: Result<SecretString, McpError>,
        asker: Asker,
        reply: oneshot::Sender<Reply>,
    },
    SinkLookedAt {
        number: u32,
        result: Result<(), SinkError>,
    },
    Clicked(Click, Desk),
    Happened(HostEvent),
    Opened {
        profile: ProfileId,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    Rechecked {
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    Answered {
        profile: ProfileId,
        attempt: Attempt,
        outcome: Result<Box<Issued>, RequestError>,
    },
    Stored {
        profile: ProfileId,
        generation: Generation,
        credential: Credential,
        outcome: Result<(), KeychainTrouble>,
    },
    Verified {
        profile: ProfileId,
        generation: Generation,
        verification: Verification,
    },
    Checked {
        profile: ProfileId,
        generation: Generation,
        report: AccessReport,
        reply: oneshot::Sender<Reply>,
    },
    /// The task of an attempt ended without an outcome.
    RequestPanicked {
        profile: ProfileId,
        attempt: Attempt,
    },
    DraftStored {
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    },
    /// A new profile was tried at its provider.
    Tried {
        trial: Box<Trial>,
        outcome: Result<Box<Issued>, RequestError>,
        reply: oneshot::Sender<Reply>,
    },
    /// Another secret of a profile was tried at its provider, or the old one once more.
    SecretTried {
        trial: Box<SecretTrial>,
        verdict: Verdict,
        reply: oneshot::Sender<Reply>,
    },
    /// The console's API answered, or could not be asked.
    ConsoleAsked {
        profile: ProfileId,
        outcome: Result<ConsoleAnswer, ConsoleError>,
        reply: oneshot::Sender<Reply>,
    },
    /// The secrets of a profile that was removed before the application ended were read once more.
    LeftBehind {
        profile: ProfileId,
        outcome: Result<Secrets, KeychainTrouble>,
    },
    /// A removed profile's secrets are gone from the keychain, or not.
    SecretsDeleted {
        profile: ProfileId,
        outcome: Result<(), KeychainTrouble>,
    },
    /// What was removed a while ago, or signed out of, was revoked, or not.
    Revoked {
        profile: ProfileId,
        /// To be tried again with.
        secrets: Box<Secrets>,
        /// Absent if the work panicked.
        outcome: Option<Result<(), RequestError>>,
    },
    /// The secrets of a sign-in moved to where they wait to be revoked, or not.
    SignedOut {
        /// The profile that is leaving in its place.
        leaving: ProfileId,
        secrets: Box<Secrets>,
        outcome: Result<(), KeychainTrouble>,
        reply: Option<oneshot::Sender<Reply>>,
    },
    /// A client with the settings' proxy and certificates.
    ClientMade {
        change: Box<SettingsChange>,
        outcome: Result<Client, (Field, FieldError)>,
        reply: oneshot::Sender<Reply>,
    },
    /// `None` if that panicked.
    SignInPrepared {
        number: u64,
        outcome: Option<Box<SignInPrepared>>,
    },
    /// The provider gave a code to sign in with on another device, or not; `None` if that panicked.
    DeviceAuthorized {
        number: u64,
        outcome: Option<Result<Box<DeviceAuthorization>, RequestError>>,
    },
    /// Whether the person has agreed there.
    DevicePolled {
        number: u64,
        outcome: Result<Box<SignedIn>, PollError>,
    },
    /// A browser came to the port that a sign-in waits at.
    SignInArrived {
        number: u64,
        address: SecretString,
        reply: oneshot::Sender<Page>,
    },
    SignInExchanged {
        number: u64,
        outcome: Result<Box<SignedIn>, ExchangeError>,
    },
    /// The provider said whose token it is, or not.
    PersonTold {
        profile: ProfileId,
        person: Option<Person>,
    },
    /// Where messages go from now on was stored, or not. Absent if they end.
    WebhookStored {
        server: Option<String>,
        outcome: Result<(), KeychainTrouble>,
        reply: oneshot::Sender<Reply>,
    },
    WebhookTried {
        outcome: Result<(), Undelivered>,
        reply: oneshot::Sender<Reply>,
    },
    WebhookDelivered {
        /// To which it went.
        server: String,
        profile: ProfileId,
        needs_person: bool,
        outcome: Result<(), Undelivered>,
    },
    /// A studio's keeper said something on a stream of events, or is not to be heard.
    KeeperHeard {
        profile: ProfileId,
        /// Of the stream.
        number: u64,
        heard: Option<Box<Heard>>,
    },
    IdleTimeTold {
        idle: Option<Duration>,
    },
    /// The version that can be installed, or why that could not be found out.
    UpdateLookedFor {
        outcome: Result<Option<String>, String>,
    },
    UpdateInstalled {
        outcome: Result<(), UpdateError>,
        reply: oneshot::Sender<Reply>,
    },
    /// While it was installed.
    UpdatePanicked,
    FileWritten {
        outcome: std::io::Result<std::path::PathBuf>,
        /// Absent for a click in the tray.
        reply: Option<oneshot::Sender<Reply>>,
    },
    SandboxStarted {
        outcome: std::io::Result<SandboxOffer>,
        reply: oneshot::Sender<Reply>,
    },
    /// For the sake of an attempt that has not gone out yet.
    SandboxStartedFor {
        profile: ProfileId,
        attempt: Attempt,
        slot: SecretSlot,
        outcome: std::io::Result<SandboxOffer>,
    },
}

/// Something the shell noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum HostEvent {
    /// The keychain may have been unlocked.
    KeychainChanged,
    /// The network came back, or the machine woke up.
    Woke,
    /// The desktop locked its screen.
    ScreenLocked,
    /// The person unlocked the screen.
    ScreenUnlocked,
    /// Whether this desktop says such things at all.
    ScreenLockWatched {
        works: bool,
    },
    /// Shown until it is waved away; one with the same code takes the place of the one before.
    BannerRaised(BannerView),
    BannerCleared {
        code: String,
    },
    /// Others than before may ask over HTTP.
    HttpApiChanged,
    /// Requests over HTTP were refused; the HTTP API has counted them.
    TurnedAway,
    /// The studio's admin may have set something else than before.
    ManagedSettingsRead(Box<Managed>),
    /// The application is about to end.
    Quitting,
}

/// What a feature leaves to others, which it does not know. The controller sees to it right after the feature.
#[derive(Debug)]
pub(crate) enum FollowUp {
    /// What was copied is not to stay on the clipboard, if it is of this profile.
    ClearClipboard { of: Option<ProfileId> },
    /// Nothing is given away from now on, and what was allowed until then is over.
    Locked,
    /// Files and programs that get this profile's tokens by themselves are to get the current one.
    Supply(ProfileId),
    /// A person signed out of this profile, and nothing new comes for those that get its tokens by themselves.
    SuppliesEnd(ProfileId),
    /// Nothing outside of the keychain is to tell of this profile any more.
    ForgetProfile(ProfileId),
    /// A program may have what it waits for.
    GoOn(ProfileId, Waiting),
    /// What a sign-in, or the trial of another secret, brought is to be saved.
    Granted(Box<(Parsed, Secrets)>, oneshot::Sender<Reply>),
    /// Another secret was made, and is to be kept as the standby.
    Made(Box<Parsed>, oneshot::Sender<Reply>),
    /// These secrets were still there of a sign-in that a person signed out of.
    SignedOut(ProfileId, Box<Secrets>),
    /// A profile and its secrets are where they belong.
    Saved(ProfileId),
    /// A request of a profile that was removed meanwhile was answered.
    AnsweredAfterRemoval(ProfileId, Box<Issued>),
}

/// Who wants something of the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// By window or tray.
    Person,
    /// By the socket. All programs that the system can't name count as one.
    Program(Program),
}

/// What a keeper said, and the stream on which it says what comes next.
#[derive(Debug)]
pub(crate) struct Heard {
    pub event: KeeperEvent,
    pub events: KeeperEvents,
}

/// What a sign-in needs before a person can begin.
#[derive(Debug)]
pub(crate) struct SignInPrepared {
    /// Absent where no browser is to come back.
    pub redirect_listener: Option<Result<RedirectListener, PortTaken>>,
    /// The system hands over addresses of the redirect's scheme.
    pub has_scheme: bool,
    pub metadata: Result<Metadata, RequestError>,
    pub keys: Option<Keys>,
}

/// What the person's consent brought.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub issued: Box<Issued>,
    /// By the ID token, which was checked.
    pub person: Option<Person>,
    pub userinfo: Option<Endpoint>,
}

/// Why a code brought nothing that may be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("refused: {}", .0.technical)]
    Refused(RequestError),
    #[error(transparent)]
    IdToken(IdTokenError),
    #[error("panicked")]
    Panicked,
}

/// Why a device code brought nothing that may be used, or not yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PollError {
    #[error(transparent)]
    NotYet(NotYet),
    #[error(transparent)]
    Over(ExchangeError),
}

/// Why a message did not get through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undelivered {
    #[error("the keychain does not give its secret: {0:?}")]
    Keychain(KeychainTrouble),
    #[error("the keychain holds no webhook")]
    Nothing,
    #[error("{}", unanswered(.0))]
    Refused(RequestError),
    #[error("a bug in Glowjar ended the request")]
    Panicked,
}

/// The classes of a refusal are those of a token endpoint, so here the status has to do.
fn unanswered(error: &RequestError) -> String {
    match error.technical.status {
        Some(status) => format!("its answer was HTTP {status}"),
        None => error.to_string(),
    }
}

/// A new profile at its provider.
#[derive(Debug)]
pub(crate) struct Trial {
    pub parsed: Parsed,
    /// The keeper did not take the one-time word, and no token was asked for.
    pub is_refused_word: bool,
    pub sent: SentAt,
}

/// Secrets at the provider of a profile that is there.
#[derive(Debug)]
pub(crate) struct SecretTrial {
    /// As it was when the trial began, which has to be so still.
    pub config: Profile,
    pub before: Credential,
    /// The secret was made by the console's API, which nobody mistyped.
    pub is_made: bool,
    pub sent: SentAt,
}

/// What Adobe's console said of a credential's secrets.
#[derive(Debug)]
pub(crate) enum ConsoleAnswer {
    /// Of the credential that the person named, if they did just now.
    Listed(Option<ConsoleCredential>, Vec<ListedSecret>),
    /// Another one may be made with this token.
    ToMake {
        token: AccessToken,
        known: Vec<ListedSecret>,
    },
    Made(MadeSecret),
    /// Perhaps it was made all the same.
    NotMade(ConsoleError),
    /// Of what was to be deleted nothing is left.
    Deleted,
    /// The one that was lost is deleted, or there was none.
    LostDropped,
    /// Which secret is meant can't be told, so that none was deleted.
    Unclear,
}

/// What a trial of secrets came to: what is to be stored from now on with what it brought, or that both secrets work.
pub(crate) type Verdict = Result<Option<(Credential, Box<Issued>)>, RequestError>;

#[cfg(test)]
impl Trial {
    pub(crate) fn of(parsed: Parsed) -> Self {
        Self { parsed, is_refused_word: false, sent: Requests::default().now() }
    }
}

/// Settings that are good as far as one can see without trying them, and what was wrong with the others.
#[derive(Debug)]
pub(crate) struct SettingsChange {
    pub edit: ChoicesEdit,
    /// What the client is made with.
    pub network: Network,
    pub faults: Vec<(Field, FieldError)>,
}

/// The choices that decide how servers are reached.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Network {
    pub extra_ca: Option<String>,
    pub proxy: ProxyView,
}

impl Network {
    pub(crate) fn of(choices: &Choices) -> Self {
        Self { extra_ca: choices.extra_ca.clone(), proxy: choices.proxy.clone() }
    }
}

/// Something that a program wants, and until when an answer is of use to it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub want: Deferred,
    pub until: Timestamp,
    pub caller: Caller,
    pub reply: oneshot::Sender<Answer>,
    /// What the person has allowed for this alone: the answer for a program without a name can't be remembered.
    pub allowed: BTreeSet<ProfileId>,
}

/// What has to wait for the answer.
#[derive(Debug)]
pub(crate) enum Deferred {
    Token(TokenAsk),
    Sink(Target),
    /// A secret of its own as long as it runs. It is not the controller that makes it.
    Admission,
    /// Another way in, over HTTP. It is not the controller that opens it.
    HttpApi,
}

impl Deferred {
    /// Goes on by itself, whenever the answer ends.
    pub(crate) const fn lasts(&self) -> bool {
        matches!(self, Self::Sink(_) | Self::HttpApi)
    }
}

impl Waiting {
    pub(crate) fn new(
        want: Deferred,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) -> Self {
        Self { want, until, caller, reply, allowed: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests;
