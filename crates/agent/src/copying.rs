//! The forms in which a token leaves Glowjar, as text. What is made here holds the token.

use std::path::PathBuf;

use glowjar_ims::AccessToken;
use glowjar_protocol::{
    names::{Ready, Variable},
    quoting::{self, Unquotable},
};
use secrecy::{SecretString, zeroize::Zeroizing};
use serde_json::json;

use crate::{profile::Profile, request::CopyFormat, view::Preset};

/// A call that costs no credits (`docs/adobe-ims.md` section 5).
const FIREFLY: &str = "https://firefly-api.adobe.io/v3/custom-models?start=0&limit=1";
/// Whose token it is nobody knows, so nobody's address is put in.
const UNKNOWN: &str = "https://api.example.com/";

/// Why there is nothing to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyTrouble {
    /// The form needs a token.
    NoToken,
    /// Where this is pasted, it would be something else than the token.
    Unquotable,
}

impl From<Unquotable> for CopyTrouble {
    fn from(_: Unquotable) -> Self {
        Self::Unquotable
    }
}

/// A token comes with its end, in seconds since 1970.
///
/// # Errors
/// See [`CopyTrouble`].
pub(crate) fn text(
    format: CopyFormat,
    profile: &Profile,
    token: Option<(&AccessToken, i64)>,
    sandbox: Option<&str>,
) -> Result<SecretString, CopyTrouble> {
    let id = profile.client_id.as_str();
    if format == CopyFormat::ClientId {
        return Ok(id.into());
    }
    let (token, expires_at) = token.ok_or(CopyTrouble::NoToken)?;
    let token = token.expose();
    Ok(match format {
        CopyFormat::Token | CopyFormat::ClientId => quoting::plain(token)?.into(),
        CopyFormat::Header => format!("Authorization: Bearer {}", quoting::header(token)?).into(),
        CopyFormat::Curl => curl(&address(profile.source.preset, sandbox), token, id)?.into(),
        CopyFormat::Env => {
            let scopes = profile.scopes.to_string();
            let ready = Ready { access_token: token, client_id: id, expires_at, scopes: &scopes };
            env(&profile.env_variables(), &ready)?.into()
        }
    })
}

fn curl(address: &str, token: &str, id: &str) -> Result<String, Unquotable> {
    let authorization = Zeroizing::new(format!("Authorization: Bearer {token}"));
    Ok(format!(
        "curl {} \\\n  -H {} \\\n  -H {}",
        quoting::shell(address)?,
        quoting::shell(&authorization)?,
        quoting::shell(&format!("x-api-key: {id}"))?
    ))
}

/// One line for each name, the token first.
fn env(variables: &[Variable], ready: &Ready) -> Result<String, Unquotable> {
    let (first, rest): (Vec<_>, Vec<_>) = variables.iter().partition(|it| it.template.is_secret());
    let mut lines = Zeroizing::new(String::new());
    for Variable { name, template } in first.into_iter().chain(rest) {
        let value = Zeroizing::new(template.filled(|placeholder| ready.value(placeholder)));
        lines.extend([name, "=", &quoting::dotenv(&value)?, "\n"]);
    }
    Ok(lines.as_str().to_owned())
}

fn address(preset: Preset, sandbox: Option<&str>) -> String {
    match (preset, sandbox) {
        (Preset::AdobeIms | Preset::Keeper | Preset::Tutorial, _) => FIREFLY.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_looks_like_a_command_is_one_argument_of_the_copied_curl_call() {
        for (token, id) in [("a';id;'", "i"), ("$(id)", "i'd"), ("`id`", "a b"), ("a\\", "\\")] {
            let call = curl(FIREFLY, token, id).expect("quoted");
            // A function in place of curl shows what it would be given.
            let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{call}");
            let output = std::process::Command::new("sh").arg("-c").arg(script).output();
            let output = output.expect("sh runs");
            let heard = String::from_utf8(output.stdout).expect("text");
            let expected =
                format!("{FIREFLY}\n-H\nAuthorization: Bearer {token}\n-H\nx-api-key: {id}\n");
            assert_eq!((heard, output.stderr.as_slice()), (expected, &b""[..]));
        }
    }

    #[test]
    fn a_token_with_a_line_end_is_copied_in_no_form() {
        assert_eq!(curl(FIREFLY, "a\nid", "i"), Err(Unquotable::Control));
        let lines = |access_token| {
            let usual = glowjar_protocol::names::usual().expect("a family");
            let variables: Vec<_> = usual.token_and_id().collect();
            env(&variables, &Ready { access_token, client_id: "i", expires_at: 0, scopes: "" })
        };
        assert_eq!(lines("a\nid"), Err(Unquotable::Control));
        assert_eq!(lines("a$(id)"), Err(Unquotable::Ambiguous));
    }
}
