//! What a person sees, as plain data: the window renders a [`Snapshot`], the tray is made from the same statuses.
//!
//! These types belong to the boundary between Rust and the web page. They can't hold a secret: no type here
//! has a field that a token or secret would fit into by accident, and a test searches everything shown for one.
//! TypeScript types are generated from them into `ui/src/bindings`.
//!
//! Times are milliseconds since the Unix epoch, UTC, as JavaScript counts them.

mod connecting;
mod history;
mod profile_views;
mod programs;
mod settings;
mod understood;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::localization::Message;

pub use crate::localization::{Language, LanguageChoice};

pub use self::{
    connecting::{FileChangeView, FileStep, RecipeView, ServerChangeView},
    history::{EntryKind, EntryView, HistoryView, SpanView},
    profile_views::ProfileViews,
    programs::{
        Consent, ConsumerView, PermissionView, PermissionsView, ProgramView, ProgramsView,
        QuestionView, SinkView, TakerView,
    },
    settings::{
        Choices, Hours, IgnoredView, ManagedKey, ManagedView, NoticesWanted, ProxyView,
        SettingsView, TextSize, Theme,
    },
    understood::{
        CredentialType, Environment, PasteSource, RemarkView, ScopesView, UnderstoodView,
    },
};

/// Everything the window shows. A new one is sent whole after each change; `revision` only grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct Snapshot {
    #[ts(type = "number")]
    pub revision: u64,
    pub version: String,
    #[ts(as = "Vec<ProfileView>")]
    pub profiles: ProfileViews,
    /// Trouble that belongs to no single profile, worst first.
    pub banners: Vec<BannerView>,
    /// Oldest first.
    pub questions: Vec<QuestionView>,
    /// Set while the clipboard still holds a token of ours.
    pub clipboard: Option<ClipboardView>,
    /// The built-in sandbox's address while it runs.
    pub sandbox: Option<String>,
    /// The language of every sentence in here.
    pub language: Language,
    pub theme: Theme,
    pub settings: SettingsView,
    /// What the global shortcut and a call without a name mean.
    pub default_profile: Option<String>,
    /// The sign-in that is under way.
    pub sign_in: Option<Box<SignInView>>,
    /// A profile that was removed and can still be brought back.
    pub undo: Option<UndoView>,
    /// Grows whenever the history of some profile does.
    #[ts(type = "number")]
    pub history_revision: u64,
    /// Grows whenever [`ProgramsView`] may be another for a reason that is not in the history.
    #[ts(type = "number")]
    pub programs_revision: u64,
}

impl Snapshot {
    /// Before anything is known.
    #[must_use]
    pub fn empty(version: String, settings: SettingsView) -> Self {
        Self {
            revision: 0,
            version,
            profiles: ProfileViews::default(),
            banners: Vec::new(),
            questions: Vec::new(),
            clipboard: None,
            sandbox: None,
            language: Language::En,
            theme: settings.choices.theme,
            settings,
            default_profile: None,
            sign_in: None,
            undo: None,
            history_revision: 0,
            programs_revision: 0,
        }
    }

    /// Whether what a person sees at once is the same, whatever the revisions are.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        let Self {
            revision: _,
            history_revision: _,
            programs_revision: _,
            version,
            profiles,
            banners,
            questions,
            clipboard,
            sandbox,
            language,
            theme,
            settings,
            default_profile,
            sign_in,
            undo,
        } = self;
        *version == other.version
            && *profiles == other.profiles
            && *banners == other.banners
            && *questions == other.questions
            && *clipboard == other.clipboard
            && *sandbox == other.sandbox
            && *language == other.language
            && *theme == other.theme
            && *settings == other.settings
            && *default_profile == other.default_profile
            && *sign_in == other.sign_in
            && *undo == other.undo
    }
}

/// A person is signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SignInView {
    /// Of the profile.
    pub name: String,
    /// "Adobe", or the host of a custom provider.
    pub provider: String,
    pub step: SignInStep,
    pub way: SignInWay,
    /// The page at which to sign in, once it is known. Who has it can look at the page, and not more.
    pub address: Option<String>,
    /// What the person types in there, on [`SignInWay::Device`].
    pub code: Option<String>,
    /// Whether the browser finds back to Glowjar. If not, the address that it ends at has to be pasted.
    pub comes_back: bool,
    /// When the provider is asked next whether the person has typed the code in; absent while it is being asked.
    #[ts(type = "number | null")]
    pub asks_at: Option<i64>,
    /// It did not answer the last time.
    pub stalled: bool,
    /// Whether the provider offers the other way as well.
    pub has_other_way: bool,
    #[ts(type = "number")]
    pub until: i64,
}

/// How a person is led to the provider's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum SignInWay {
    /// A browser opens there, and comes back with an answer.
    #[default]
    Browser,
    /// They type a code in there, on whichever device (RFC 8628).
    Device,
}

impl SignInWay {
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum SignInStep {
    /// The provider is asked for its addresses.
    Preparing,
    /// The person is to decide on the provider's page.
    Waiting,
    /// The person has agreed, and the token is being fetched.
    Finishing,
}

/// How a profile was signed in for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SignedInView {
    /// A mail address or a name, if the provider told one.
    pub account: Option<String>,
    /// Whether tokens are renewed without another sign-in.
    pub renews: bool,
    /// The person signed out, and nothing of it is kept.
    pub signed_out: bool,
}

/// A removal that can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct UndoView {
    pub name: String,
    #[ts(type = "number")]
    pub until: i64,
}

/// One profile, its token's validity and what to do about its trouble.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ProfileView {
    pub id: String,
    pub name: String,
    #[serde(flatten)]
    pub client: ClientView,
    pub is_default: bool,
    pub level: Level,
    pub phase: PhaseView,
    /// The status in a few words, "Live" or "Adobe is not answering".
    pub headline: String,
    /// The token in use. Absent while there is none; still present after it has expired.
    pub validity: Option<ValidityView>,
    /// When the next automatic request goes out, be it a renewal or a retry.
    #[ts(type = "number | null")]
    pub next_attempt_at: Option<i64>,
    /// When a person has to sign in again, as far as that is known.
    pub sign_in_end: Option<SignInEndView>,
    /// True while a newer secret waits in memory because the keychain refused it.
    pub not_saved: bool,
    pub trouble: Option<TroubleView>,
    #[serde(flatten)]
    pub checks: ChecksView,
    pub can_copy: bool,
    pub can_refresh: bool,
}

/// When nothing can be renewed any more without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SignInEndView {
    #[ts(type = "number")]
    pub at: i64,
    /// Nobody said it: the provider usually gives so long.
    pub is_assumed: bool,
    /// Each renewal has put it off so far.
    pub slides: bool,
    /// Days or hours away, and no renewal will put it off.
    pub is_near: bool,
}

/// Who asks for a profile's tokens, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ClientView {
    pub provider: ProviderView,
    pub client_id: String,
    /// Comma-separated.
    pub scopes: String,
    pub grant: GrantView,
    /// Where a person looks after the account behind this profile.
    pub account_url: Option<String>,
    /// The names that were chosen for this profile's programs; absent for the usual ones.
    pub family: Option<String>,
    /// What stands before the token in a copied `.env` line.
    pub env_name: String,
    /// Present where a person signs in with a browser.
    pub signed_in: Option<SignedInView>,
    /// Present where the client secret can be replaced by itself.
    pub secret: Option<SecretView>,
}

/// Facts about a client secret. Times are milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SecretView {
    /// When it was entered; absent where an earlier version took it.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    pub replace_by: Option<ReplaceByView>,
    /// The moment that this comes to.
    #[ts(type = "number | null")]
    pub due_at: Option<i64>,
    /// An old or a second secret is there as well.
    pub has_standby: bool,
    /// The provider refused the first one and takes the second.
    pub standby_in_use: bool,
    /// Present where the provider has an API to make and delete secrets.
    pub api: Option<SecretApiView>,
}

/// Making and deleting client secrets by the provider's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct SecretApiView {
    /// The person said which credential it is.
    pub is_set_up: bool,
    pub step: SecretStep,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum SecretStep {
    Make,
    /// One may have been made, and nobody has it.
    LookAfterLost,
    /// One was made, is kept as the standby, and was not tried yet.
    TryMade,
    /// The one that was made is in use, and the old one is the standby.
    DeleteOld,
    /// There are two, and the API does not say which is which.
    ByHand,
}

/// What the provider tells of a client secret. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ClientSecretView {
    #[ts(type = "number | null")]
    pub created_at: Option<i64>,
    #[ts(type = "number | null")]
    pub last_used_at: Option<i64>,
    /// It is the one that was made here last.
    pub is_made_here: bool,
}

/// By when a person wants another secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum ReplaceByView {
    /// Milliseconds since the Unix epoch.
    On {
        #[ts(type = "number")]
        at: i64,
    },
    /// Days after it was entered.
    After { days: u32 },
}

/// What others said of the token in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ChecksView {
    /// The result of the last "Check access", kept until the next one or a new token.
    pub access: Option<AccessView>,
    /// When the provider said that this very token is good.
    #[ts(type = "number | null")]
    pub verified_at: Option<i64>,
    /// The provider did not say how long the token lives, so its end is a guess on the safe side.
    pub life_is_assumed: bool,
}

/// Where a profile's tokens come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ProviderView {
    pub preset: Preset,
    /// "Adobe", "Sandbox" or the host of a custom provider.
    pub label: String,
    pub token_endpoint: String,
}

/// The known providers, and the form for any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Preset {
    AdobeIms,
    AdobeImsStage,
    /// A server of the studio's, which has the credential and hands its tokens to desks (docs/studio.md).
    Keeper,
    Tutorial,
    Custom,
    Sandbox,
}

impl Preset {
    /// Whether the token endpoint is the person's to give.
    #[must_use]
    pub const fn has_own_endpoint(self) -> bool {
        matches!(self, Self::Keeper | Self::Tutorial | Self::Custom)
    }
}

/// RFC 6749 grant types that keep a token fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "view.ts")]
pub enum GrantView {
    ClientCredentials,
    RefreshToken,
}

/// How worried a person should be. Icons and colours follow it, with a shape of its own for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Level {
    /// Paused or without anything to do.
    Off,
    /// A live token, and nothing to do.
    Fresh,
    /// A request is under way and there is no live token to show meanwhile.
    Busy,
    /// A live token, but renewing it meets trouble that may heal by itself.
    Soon,
    /// A person is needed, or there is no live token although there should be.
    Attention,
}

/// The state machine's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum PhaseView {
    Empty,
    Acquiring,
    Holding,
    Refreshing,
    Waiting,
    Halted,
    Paused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ValidityView {
    #[ts(type = "number")]
    pub issued_at: i64,
    #[ts(type = "number")]
    pub expires_at: i64,
}

/// What went wrong, why, and the one thing to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct TroubleView {
    /// Stable name of the cause, for tests and for the curious.
    pub code: String,
    pub headline: String,
    pub advice: String,
    pub action: Option<Action>,
    /// One click away.
    pub technical: TechnicalView,
}

/// What an engineer wants to know. Redacted and capped; never a body or a header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct TechnicalView {
    #[ts(type = "number | null")]
    pub at: Option<i64>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The `error` of RFC 6749 section 5.2.
    pub error: Option<String>,
    pub description: Option<String>,
    /// Adobe's `x-debug-id`, or another request id.
    pub request_id: Option<String>,
}

/// The one button that belongs to a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Action {
    RetryNow,
    /// Opens the form at the client secret.
    ReplaceSecret,
    /// Opens the form at the refresh token.
    ReplaceRefreshToken,
    /// Opens the browser at the provider's sign-in page.
    SignIn,
    /// Opens the form at the scopes.
    EditScopes,
    /// Opens the form.
    EditProfile,
    /// Asks the keychain again; the desktop then shows its own password prompt.
    UnlockKeychain,
    /// The same request: the system's prompt asks for a new keyring where there is none to unlock.
    CreateKeyring,
    OpenAccountPage,
    /// Opens the system's settings of date and time.
    SetClock,
    /// Opens Glowjar's settings at proxy and certificates.
    OpenSettings,
    /// Opens a page that lets the network show its own sign-in.
    OpenNetworkSignIn,
    /// Lets tokens be given away again.
    Unlock,
    /// Puts a newer version of Glowjar in this one's place.
    InstallUpdate,
}

/// The code of the banner that is there while tokens are renewed and not given away.
pub(crate) const LOCKED: &str = "locked";
/// How the code of the banner about a newer version begins, which follows.
pub(crate) const UPDATE: &str = "update-";
/// The code of the banner about a sign-in that failed after its window was closed.
pub(crate) const SIGN_IN_FAILED: &str = "sign_in_failed";

/// Trouble that belongs to no single profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct BannerView {
    pub code: String,
    pub level: Level,
    pub headline: String,
    pub advice: String,
    pub action: Option<Action>,
    /// True where the person may wave it away ([`Request::DismissBanner`](crate::request::Request::DismissBanner)).
    pub dismissible: bool,
    /// In the words of the system or a library, for who asks for details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cause: Option<String>,
}

impl BannerView {
    /// Trouble that a person may want to do something about, shown until it is over.
    pub(crate) fn lasting(code: &str, said: Message) -> Self {
        Self {
            code: code.to_owned(),
            level: Level::Soon,
            headline: said.headline,
            advice: said.advice,
            action: None,
            dismissible: false,
            cause: said.cause,
        }
    }

    /// Whether something can't be used, as opposed to what a person has chosen or had better know.
    pub(crate) fn is_trouble(&self) -> bool {
        self.level >= Level::Soon && self.code != LOCKED
    }

    /// Whether it speaks of a newer version of Glowjar.
    pub(crate) fn is_update(&self) -> bool {
        self.code.starts_with(UPDATE)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ClipboardView {
    pub profile: String,
    #[ts(type = "number")]
    pub clears_at: i64,
}

/// What the Firefly gateway said to this token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct AccessView {
    #[ts(type = "number")]
    pub at: i64,
    /// True only if the gateway accepted token and client id.
    pub works: bool,
    pub headline: String,
    pub advice: String,
    pub technical: TechnicalView,
}
