//! The closed set of things that window, tray and command can ask of the controller, and its answers.
//!
//! Secrets come in through a [`Draft`] and never go out again: no [`Reply`] can carry one.

use glowjar_ims::Authority;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use crate::{
    localization::Message,
    view::{
        AccessView, Choices, ClientSecretView, Consent, FileChangeView, FileStep, GrantView,
        HistoryView, Language, PermissionsView, Preset, ProgramsView, RecipeView, ReplaceByView,
        SignInWay, Snapshot, TroubleView, UnderstoodView,
    },
};

/// What a person or program can ask for. `profile` is [`ProfileView::id`](crate::view::ProfileView::id).
#[derive(Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum Request {
    Snapshot,
    /// What the form offers to choose from.
    Presets,
    RefreshNow {
        profile: String,
    },
    /// Puts the access token on the clipboard. The token does not pass through the window.
    CopyToken {
        profile: String,
    },
    /// Puts one form of the token, or the client id, on the clipboard.
    CopyAs {
        profile: String,
        format: CopyFormat,
    },
    ClearClipboard,
    /// Writes a Postman environment into the downloads folder. It holds the token.
    SavePostman {
        profile: String,
    },
    /// Puts the technical side of a profile's trouble on the clipboard, as text. It can't hold a secret.
    CopyDetails {
        profile: String,
    },
    CheckAccess {
        profile: String,
    },
    /// The editable parts of a profile, without its secrets.
    DraftOf {
        profile: String,
    },
    /// Says what is wrong with a draft and stores nothing. `profile` is absent for a new one.
    CheckDraft {
        profile: Option<String>,
        draft: Draft,
        /// Where secrets that the draft leaves out are to come from.
        #[serde(default)]
        understood: Option<String>,
    },
    /// A new profile is tried at its provider before anything is stored, unless that was refused and the person wants
    /// it [`Anyway`].
    SaveProfile {
        profile: Option<String>,
        draft: Draft,
        /// Where secrets that the draft leaves out are to come from.
        #[serde(default)]
        understood: Option<String>,
        #[serde(default)]
        anyway: Option<Anyway>,
    },
    /// Reads what an admin sent. Nothing is stored.
    Understand {
        #[serde(serialize_with = "secret")]
        #[ts(type = "string")]
        text: SecretString,
        /// One of [`ApiView::api`], whose scopes are taken whatever the text says.
        #[serde(default)]
        api: Option<String>,
    },
    /// The form, filled in with what was understood.
    DraftOfUnderstood {
        handle: String,
    },
    /// As [`Request::SaveProfile`], with what was understood.
    AddUnderstood {
        handle: String,
        name: String,
        #[serde(default)]
        anyway: Option<Anyway>,
    },
    /// Opens the browser at the provider's sign-in page for a new profile, or shows a code for it. Answered when the sign-in has ended, one way or
    /// the other. Where the preset leaves the address open, the draft's is that of the server, and its endpoints are
    /// found from there. There is one sign-in at a time.
    SignIn {
        draft: Draft,
        /// The address that the browser ends at, as it is registered with the client. Empty for a free port of this
        /// machine.
        redirect: String,
        #[serde(default)]
        way: SignInWay,
    },
    /// The same for a profile that a person has signed in for before.
    SignInAgain {
        profile: String,
        /// As the last time, if absent.
        #[serde(default)]
        way: Option<SignInWay>,
    },
    /// Opens the page of the sign-in that waits once more.
    ReopenSignIn,
    /// The address that the browser ended at, or a part of it, also of a browser elsewhere.
    PasteSignIn {
        #[serde(serialize_with = "secret")]
        #[ts(type = "string")]
        text: SecretString,
    },
    CancelSignIn,
    /// Puts another client secret in the place of the one in use, which stays as the standby. It is tried at the provider
    /// before anything is stored.
    ReplaceSecret {
        profile: String,
        #[serde(serialize_with = "secret")]
        #[ts(type = "string")]
        text: SecretString,
    },
    /// Forgets the old one of two client secrets, once the provider refuses it.
    ConfirmSecretGone {
        profile: String,
    },
    /// Says which credential of Adobe's console the profile's is, by the address of its page there, and lists its secrets;
    /// without an address, forgets it.
    SetConsole {
        profile: String,
        page: String,
    },
    /// What the provider tells of a profile's client secrets, here and below by its API.
    ListSecrets {
        profile: String,
    },
    /// Has another client secret made and keeps it as the standby.
    MakeSecret {
        profile: String,
    },
    /// Tries the secret that was made and takes it into use. The old one becomes the standby.
    TryMadeSecret {
        profile: String,
    },
    /// Deletes a secret that was made and never arrived, if there is one.
    DropLostSecret {
        profile: String,
    },
    /// Deletes the old secret at the provider, once the one that was made is in use.
    DeleteOldSecret {
        profile: String,
    },
    /// When to remind a person of replacing the client secret, if at all.
    PlanSecret {
        profile: String,
        replace_by: Option<ReplaceByView>,
    },
    Rename {
        profile: String,
        name: String,
    },
    /// All profiles in their new order. Those left out keep theirs, at the end.
    Reorder {
        profiles: Vec<String>,
    },
    /// Makes a second profile with the same secrets.
    Duplicate {
        profile: String,
    },
    SetDefault {
        profile: String,
    },
    /// Can be undone for some seconds; secrets go after that, and only then the refresh token is revoked at the
    /// provider if so wished.
    RemoveProfile {
        profile: String,
        #[serde(default)]
        revoke: bool,
    },
    UndoRemove,
    /// Ends a person's sign-in at the provider, and forgets what it brought. The profile stays. Where the provider can't be
    /// reached that is done later.
    SignOut {
        profile: String,
    },
    Pause {
        profile: String,
    },
    Resume {
        profile: String,
    },
    /// From now on tokens are renewed and not given away. While it is so, there is a banner with the code `locked`.
    Lock,
    Unlock,
    /// Starts the built-in sandbox and a profile that uses it.
    TrySandbox,
    UnlockKeychain,
    OpenAccountPage,
    OpenClockSettings,
    OpenNetworkSignIn,
    /// Installs the version that the banner speaks of, and starts it.
    InstallUpdate,
    DismissBanner {
        code: String,
    },
    /// Changes what differs between the two; what else was changed meanwhile stays.
    ChangeSettings {
        /// As the page showed them.
        from: Choices,
        to: Choices,
    },
    /// A server of the person's own is told when a profile needs a person. With an empty address, none is.
    SetWebhook {
        /// It may hold a secret of the server's, as those of chats do.
        #[serde(serialize_with = "secret")]
        #[ts(type = "string")]
        address: SecretString,
        /// What messages are signed with: `whsec_` and 24 to 64 bytes in base64.
        #[serde(serialize_with = "secret")]
        #[ts(type = "string")]
        signing_secret: SecretString,
    },
    /// Sends that server a message, to see whether it arrives.
    TryWebhook,
    OpenLogFolder,
    /// Writes a file for a bug report into the downloads folder.
    ExportDiagnostics,
    /// How programs are connected, for this profile.
    Recipes {
        profile: String,
    },
    /// Lets a program in over HTTP for this profile and puts the secret that was made up for it on the clipboard: it is
    /// shown nowhere, and can't be had again. `name` gets a number if there is one of that name.
    LetIn {
        profile: String,
        name: String,
    },
    /// Has an MCP client's settings file run its servers through `glowjar exec`.
    ConnectFile {
        profile: String,
        /// A whole path.
        path: String,
        step: FileStep,
    },
    /// As [`Request::Understand`], with what stands in an MCP client's settings file.
    UnderstandFile {
        /// A whole path.
        path: String,
    },
    /// What happened to a profile since then, milliseconds since the Unix epoch.
    History {
        profile: String,
        #[ts(type = "number")]
        since: i64,
    },
    /// Which programs have to do with a profile's tokens.
    Programs {
        profile: String,
    },
    /// Whether to ask the person before a program takes a token of this profile for the first time.
    AskFirst {
        profile: String,
        wanted: bool,
    },
    /// Everybody who was let in or shut out, whichever profile it is about.
    Permissions,
    /// Remembered for the program, as long as the answer says or until it is forgotten. Where nobody knows the program,
    /// it holds this once.
    AnswerQuestion {
        /// [`QuestionView::number`](crate::view::QuestionView::number).
        question: u32,
        consent: Consent,
    },
    /// The program has to ask again.
    ForgetPermission {
        /// [`PermissionView::number`](crate::view::PermissionView::number).
        number: u32,
    },
    /// Leaves a file that was kept current alone, or runs a command no longer.
    RemoveSink {
        /// [`SinkView::number`](crate::view::SinkView::number).
        number: u32,
    },
    /// Lets somebody in over HTTP no longer. The secret can't be had again.
    RemoveConsumer {
        name: String,
    },
    /// As [`Request::RemoveConsumer`], for all that were let in under this name as long as they run.
    RemovePassing {
        name: String,
    },
}

/// What a person may want although something speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum Anyway {
    /// Saved without a token, since the provider can't be asked now.
    Untried,
    /// Held in memory until Glowjar ends or the keychain takes it.
    InMemory,
}

/// What "Copy as" puts on the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum CopyFormat {
    Token,
    /// `Authorization: Bearer …`
    Header,
    /// A command with both headers that Firefly wants.
    Curl,
    /// Lines of an `.env` file, with the names that were chosen for the profile.
    Env,
    /// Not secret.
    ClientId,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum Reply {
    Done,
    Snapshot {
        snapshot: Snapshot,
    },
    Presets {
        presets: Vec<PresetView>,
        /// The usual one first, those that have ended last.
        apis: Vec<ApiView>,
        /// The usual one first.
        families: Vec<FamilyView>,
    },
    Copied {
        /// When the clipboard will be cleared, milliseconds since the Unix epoch.
        #[ts(type = "number")]
        clears_at: i64,
    },
    Access {
        access: AccessView,
    },
    Draft {
        draft: DraftView,
    },
    Saved {
        profile: String,
    },
    /// Nothing was stored; each entry belongs beside its field.
    Invalid {
        fields: Vec<FieldTrouble>,
    },
    Understood {
        understood: UnderstoodView,
    },
    /// Provider or keychain said no, or could not be asked. Nothing was stored.
    Refused {
        trouble: TroubleView,
        /// What can be asked for all the same.
        anyway: Option<Anyway>,
    },
    FileSaved {
        path: String,
    },
    History {
        history: HistoryView,
    },
    Programs {
        programs: ProgramsView,
    },
    Permissions {
        permissions: PermissionsView,
    },
    Recipes {
        recipes: Vec<RecipeView>,
    },
    ClientSecrets {
        /// The oldest first.
        secrets: Vec<ClientSecretView>,
    },
    LetIn {
        name: String,
        /// Where it gets its tokens.
        token_url: String,
        /// When the clipboard will be cleared, milliseconds since the Unix epoch.
        #[ts(type = "number")]
        clears_at: i64,
    },
    FileChanged {
        change: FileChangeView,
    },
    Failed {
        code: String,
        message: String,
        advice: String,
        /// In the words of the system or a library, for who asks for details.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        cause: Option<String>,
    },
}

impl Reply {
    /// Why not, with the words of the catalogue: `id` is that of a message there, without `failed-`.
    pub(crate) fn failed(language: Language, id: &str, arguments: &[(&'static str, &str)]) -> Self {
        let said = language.tell(&format!("failed-{id}"), arguments);
        let Message { headline, advice, cause } = said;
        Self::Failed { code: id.to_owned(), message: headline, advice, cause }
    }

    /// To [`Request::PasteSignIn`]: whether the address was the one that the sign-in waited for, be it with a refusal. It may
    /// as well come from a web page or program that has nothing to do with it.
    #[must_use]
    pub fn is_of_the_sign_in(&self) -> bool {
        match self {
            Self::Done => true,
            Self::Failed { code, .. } => REFUSED_SIGN_IN.contains(&code.as_str()),
            _ => false,
        }
    }
}

/// A provider the form offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct PresetView {
    pub preset: Preset,
    pub label: String,
    pub help: String,
    /// Empty where the person has to give it.
    pub token_endpoint: String,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
    /// The grants that this provider is known to take, the usual one first.
    pub grants: Vec<GrantView>,
    pub default_scopes: String,
    /// True where the token endpoint can be typed in.
    pub custom_endpoint: bool,
}

/// Names under which programs look for a token and what goes with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct FamilyView {
    pub family: String,
    /// The programs that read them.
    pub label: String,
    /// Those for token and client id, with commas.
    pub names: String,
    /// Whether programs of this family take a token. Others get their own.
    pub has_token: bool,
}

/// An API of Adobe's, and the scopes that a token needs for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct ApiView {
    pub api: String,
    pub label: String,
    pub help: String,
    /// With commas; empty for one that has ended.
    pub scopes: String,
    /// How its tokens are got.
    pub grant: GrantView,
    pub has_ended: bool,
}

/// How the token request's body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum Encoding {
    /// `application/x-www-form-urlencoded`, RFC 6749 appendix B.
    Form,
    /// `application/json`, as the tutorial has it.
    Json,
}

/// How the client proves who it is (RFC 6749 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the body.
    Body,
    /// HTTP Basic.
    Basic,
    /// A public client: `client_id` only, and never a secret.
    None,
}

/// What a person typed into the form. Text arrives as typed; parsing it is the agent's work.
#[derive(Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct Draft {
    pub name: String,
    pub preset: Preset,
    /// Read only where the preset leaves it open.
    pub token_endpoint: String,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
    pub client_id: String,
    pub grant: GrantView,
    pub scopes: String,
    /// Absent: keep the stored one. Otherwise replaces it.
    #[serde(serialize_with = "optional_secret")]
    #[ts(type = "string | null")]
    pub client_secret: Option<SecretString>,
    /// Absent: keep the stored one. Empty: remove it. Otherwise replaces it.
    #[serde(serialize_with = "optional_secret")]
    #[ts(type = "string | null")]
    pub standby_secret: Option<SecretString>,
    /// Absent: keep the stored one. Otherwise replaces it.
    #[serde(serialize_with = "optional_secret")]
    #[ts(type = "string | null")]
    pub refresh_token: Option<SecretString>,
    /// Minutes before expiry to renew at; absent: as the design has it.
    pub renew_early_minutes: Option<u32>,
    /// One of [`FamilyView::family`]; absent: the usual one.
    #[serde(default)]
    pub family: Option<String>,
    /// Who signed the certificate of a studio's keeper, as the pasted line says it. The window neither sends nor shows it.
    #[serde(skip)]
    #[ts(skip)]
    pub authority: Option<Authority>,
}

/// A [`Draft`] on its way back into the form: what may be shown, and which secrets are stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct DraftView {
    pub name: String,
    pub preset: Preset,
    pub token_endpoint: String,
    pub encoding: Encoding,
    pub client_authentication: ClientAuthentication,
    pub client_id: String,
    pub grant: GrantView,
    pub scopes: String,
    pub renew_early_minutes: Option<u32>,
    pub family: Option<String>,
    pub has_client_secret: bool,
    pub has_standby_secret: bool,
    pub has_refresh_token: bool,
}

/// What is wrong with one field of a [`Draft`] or of the [`Choices`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub struct FieldTrouble {
    pub field: Field,
    pub message: String,
    /// As in [`Reply::Failed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cause: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "request.ts")]
pub enum Field {
    Name,
    TokenEndpoint,
    ClientId,
    ClientSecret,
    StandbySecret,
    RefreshToken,
    Scopes,
    Redirect,
    RenewEarlyMinutes,
    ReplaceBy,
    ConsolePage,
    StartAtLogin,
    ClearClipboardAfterSeconds,
    ExtraCa,
    Proxy,
    CopyShortcut,
    LockWithScreen,
    LockAfterMinutes,
    LookForUpdates,
    WebhookAddress,
    WebhookSecret,
}

/// Writes a secret that a person typed or copied: into the socket between one user's sessions, and nowhere else.
pub(crate) fn secret<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

fn optional_secret<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => to.serialize_some(secret.expose_secret()),
        None => to.serialize_none(),
    }
}

/// The codes of those answers of a provider after which nothing more comes.
const REFUSED_SIGN_IN: [&str; 6] = [
    "sign_in_denied",
    "sign_in_login_required",
    "sign_in_scope_refused",
    "sign_in_client_refused",
    "sign_in_server_trouble",
    "sign_in_refused",
];
