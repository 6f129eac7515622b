//! The forms in which a token leaves Glowjar, as text. What is made here holds the token.

use std::path::PathBuf;

use glowjar_ims::{AccessToken, ClientId};
use secrecy::SecretString;
use serde_json::json;

use crate::{profile::Profile, request::CopyFormat, view::Preset};

/// A call that costs no credits (`adobe-ims` section 5).
const FIREFLY: &str = "https://firefly-api.adobe.io/v3/custom-models?start=0&limit=1";
/// Whose token it is nobody knows, so nobody's address is put in.
const UNKNOWN: &str = "https://api.example.com/";

/// `None` where the form needs a token and there is none.
pub(crate) fn text(
    format: CopyFormat,
    profile: &Profile,
    token: Option<&AccessToken>,
    sandbox: Option<&str>,
) -> Option<SecretString> {
    let id = profile.client_id.as_str();
    if format == CopyFormat::ClientId {
        return Some(id.into());
    }
    let token = token?.expose();
    Some(match format {
        CopyFormat::Token | CopyFormat::ClientId => token.into(),
        CopyFormat::Header => format!("Authorization: Bearer {token}").into(),
        CopyFormat::Curl => {
            let quoted = id.replace('\'', r"'\''");
            let address = address(profile.source.preset, sandbox);
            format!(
                "curl '{address}' \\\n  -H 'Authorization: Bearer {token}' \\\n  -H 'x-api-key: {quoted}'"
            )
            .into()
        }
        CopyFormat::Env => env(token, &profile.client_id).into(),
    })
}

/// With the names that Adobe's documentation uses.
fn env(token: &str, client_id: &ClientId) -> String {
    format!("FIREFLY_SERVICES_ACCESS_TOKEN={token}\nFIREFLY_SERVICES_CLIENT_ID={client_id}\n")
}

fn address(preset: Preset, sandbox: Option<&str>) -> String {
    match (preset, sandbox) {
        (Preset::AdobeIms | Preset::Tutorial, _) => FIREFLY.to_owned(),
        (Preset::Sandbox, Some(url)) => {
            let path = FIREFLY.split_once(".io/").map_or("", |(_, path)| path);
            format!("{}/{path}", url.trim_end_matches('/'))
        }
        (Preset::AdobeImsStage | Preset::Custom | Preset::Sandbox, _) => UNKNOWN.to_owned(),
    }
}

/// A Postman environment: the file's name, and what belongs into it.
pub(crate) fn postman(profile: &Profile, token: &AccessToken) -> (PathBuf, SecretString) {
    let secret = |key: &str, value: &str| json!({"key": key, "value": value, "type": "secret", "enabled": true});
    let environment = json!({
        "name": format!("Glowjar: {}", profile.name.as_str()),
        "values": [
            secret("ACCESS_TOKEN", token.expose()),
            {"key": "CLIENT_ID", "value": profile.client_id.as_str(), "type": "default", "enabled": true},
        ],
        "_postman_variable_scope": "environment",
    });
    let name: String = profile
        .name
        .as_str()
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_ ".contains(c) { c } else { '_' })
        .take(LONGEST_FILE_NAME)
        .collect();
    (
        format!("{}.postman_environment.json", name.trim()).into(),
        format!("{environment:#}\n").into(),
    )
}

/// In characters. File systems take 255 bytes.
const LONGEST_FILE_NAME: usize = 50;
