//! What was understood of a paste: facts only. The secret stays behind, under the handle.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{GrantView, Preset};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct UnderstoodView {
    /// Names what was understood, for a few minutes; absent if the paste was refused.
    pub handle: Option<String>,
    pub source: PasteSource,
    pub preset: Preset,
    pub token_endpoint: String,
    pub environment: Environment,
    pub credential_type: CredentialType,
    pub grant: GrantView,
    pub client_id: String,
    #[serde(flatten)]
    pub scopes: ScopesView,
    pub has_secret: bool,
    /// In characters; zero if there is none.
    pub secret_length: u32,
    pub has_refresh_token: bool,
    pub suggested_name: String,
    pub warnings: Vec<RemarkView>,
    pub refusal: Option<RemarkView>,
}

/// What the token will be good for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct ScopesView {
    pub scopes: Vec<String>,
    /// The API that they are for, as far as they tell: [`ApiView::api`](crate::request::ApiView::api).
    pub api: Option<String>,
    /// What it is called; perhaps empty.
    pub api_label: String,
}

/// The form in which a credential was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum PasteSource {
    Curl,
    ProjectJson,
    Env,
    /// Fields with labels, "Client ID: …".
    Mail,
    Postman,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Environment {
    Production,
    Stage,
    Other,
}

/// Adobe's kinds of credentials (`docs/adobe-ims.md` section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum CredentialType {
    OauthServerToServer,
    OauthWebApp,
    ServiceAccountJwt,
    ApiKey,
    Unknown,
}

/// Something to know about a paste, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub struct RemarkView {
    pub code: String,
    pub message: String,
    pub advice: String,
}
