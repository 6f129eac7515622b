//! Signing in with a code on whichever device: the device authorization grant (RFC 8628).
//!
//! [`DeviceAuthorization`] is what the provider answers first: a code for the person, the page to type it in at, and a code
//! of our own with which the token endpoint is asked whether the person has agreed.

use std::{fmt, time::Duration};

use glowjar_lifecycle::time::Timestamp;
use oauth2::{DeviceCodeErrorResponseType, StandardDeviceAuthorizationResponse};
use serde_json::{Value, json};
use url::Url;

use crate::{
    client_id::ClientId,
    endpoint,
    error::RequestError,
    identity::{self, IdTokenError, Keys, Person},
    lenient_json::Fields,
    request::Grant,
    secret::DeviceCode,
    token_response::Issued,
};

/// One sign-in by code (RFC 8628 section 3.2).
#[derive(Clone)]
pub struct DeviceAuthorization {
    device_code: DeviceCode,
    user_code: String,
    page: Url,
    page_with_code: Option<Url>,
    lasts: Duration,
    interval: Duration,
}

impl DeviceAuthorization {
    /// Nothing if a person could not sign in with it: a code or the page is missing or is nothing to show.
    pub(crate) fn read(fields: &Fields) -> Option<Self> {
        let page = fields.text("verification_uri").or_else(|| fields.text("verification_url"))?;
        let whole = |key| fields.number(key).filter(|number| *number >= 0.0).map(f64::floor);
        // Numbers that came as texts, written as the crate wants them; a cast ends at the largest.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = |key| whole(key).map(|number| number as u64);
        let told = json!({
            "device_code": fields.text("device_code")?,
            "user_code": fields.code("user_code")?.trim(),
            "verification_uri": page.trim(),
            "verification_uri_complete": fields.text("verification_uri_complete"),
            "expires_in": whole("expires_in")?,
            "interval": whole("interval"),
        });
        let told: StandardDeviceAuthorizationResponse = serde_json::from_value(told).ok()?;
        let user_code = told.user_code().secret().clone();
        let can_be_shown = (1..=LONGEST_CODE).contains(&user_code.chars().count())
            && user_code.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if !can_be_shown {
            return None;
        }
        let page_with_code = told.verification_uri_complete();
        Some(Self {
            device_code: DeviceCode::parse(told.device_code().secret().clone()).ok()?,
            user_code,
            page: shown(told.verification_uri().as_str())?,
            page_with_code: page_with_code.and_then(|it| shown(it.secret())),
            lasts: told.expires_in().min(LONGEST_WAIT),
            interval: told.interval().max(SHORTEST_INTERVAL),
        })
    }

    /// What the person types in.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.user_code
    }

    /// The page to type it in at, short enough to be copied by hand.
    #[must_use]
    pub fn page(&self) -> &str {
        self.page.as_str()
    }

    /// The page with the code filled in where the provider has one, else [`Self::page`].
    #[must_use]
    pub fn page_with_code(&self) -> &str {
        self.page_with_code.as_ref().unwrap_or(&self.page).as_str()
    }

    /// From when it was asked for. An hour at most.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        self.lasts
    }

    /// Between two questions, at least a second.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// With what is asked whether the person has agreed.
    #[must_use]
    pub fn grant(&self) -> Grant<'_> {
        Grant::DeviceCode { device_code: &self.device_code }
    }

    /// Who signed in, by the ID token that came. `None` if there is none to check. There is no nonce in this grant: the token
    /// came in answer to a device code that nobody else has. `now` is ours.
    ///
    /// # Errors
    /// The ID token was made for another client or time, or by somebody else. What came with it is not to be used.
    pub fn person(
        &self,
        issued: &Issued,
        keys: Option<&Keys>,
        client_id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Person>, IdTokenError> {
        identity::person(
            issued.id_token.as_ref(),
            keys,
            client_id,
            None,
            issued.on_server_clock(now),
        )
    }
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("page", &self.page.host_str())
            .finish_non_exhaustive()
    }
}

/// Why there is no token for a device code yet, or will be none.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotYet {
    #[error("the person has not decided yet")]
    Pending,
    /// Ask [`SLOWER_BY`] later from now on.
    #[error("the provider wants to be asked less often")]
    SlowDown,
    #[error("the person or an administrator refused")]
    Denied,
    #[error("the code's time is over")]
    Expired,
    #[error(transparent)]
    Failed(RequestError),
}

impl From<RequestError> for NotYet {
    /// RFC 8628 section 3.5; and `authorization_declined`, which Microsoft Entra says for it.
    fn from(error: RequestError) -> Self {
        let said = error.technical.error.clone().map(Value::from);
        match said.and_then(|said| serde_json::from_value(said).ok()) {
            Some(DeviceCodeErrorResponseType::AuthorizationPending) => Self::Pending,
            Some(DeviceCodeErrorResponseType::SlowDown) => Self::SlowDown,
            Some(DeviceCodeErrorResponseType::AccessDenied) => Self::Denied,
            Some(DeviceCodeErrorResponseType::ExpiredToken) => Self::Expired,
            _ if error.technical.error.as_deref() == Some("authorization_declined") => Self::Denied,
            _ => Self::Failed(error),
        }
    }
}

/// A page that a person may be sent to. Other than an endpoint it may have a `#` part.
fn shown(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok().filter(|url| url.as_str().len() <= LONGEST_PAGE)?;
    let is_safe = url.scheme() == "https" || url.scheme() == "http" && endpoint::is_loopback(&url);
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_safe && is_plain && url.has_host()).then_some(url)
}

/// RFC 8628 section 3.5.
pub const SLOWER_BY: Duration = Duration::from_secs(5);
/// In characters. RFC 8628 section 6.1 speaks of eight; more than this nobody types.
const LONGEST_CODE: usize = 40;
/// In bytes.
const LONGEST_PAGE: usize = 2_048;
/// Providers give five minutes to half an hour; somebody who has not come within an hour won't.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// RFC 8628 section 3.2 has no lower limit; a provider that says 0 would be asked without a pause.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"device_code":"dc-hunter2","user_code":"WDJB-MJHT","verification_uri":"https://id.example/device","verification_uri_complete":"https://id.example/device?user_code=WDJB-MJHT","expires_in":1800,"interval":7}"#;

    fn read(text: &str) -> Option<DeviceAuthorization> {
        DeviceAuthorization::read(&Fields::parse(text.as_bytes()).unwrap())
    }

    /// [`GOOD`] with something else in the place of one thing.
    fn with(old: &str, new: &str) -> Option<DeviceAuthorization> {
        assert!(GOOD.contains(old), "{old}");
        read(&GOOD.replacen(old, new, 1))
    }

    #[test]
    fn what_rfc_8628_shows_is_read() {
        let told = read(GOOD).unwrap();
        assert_eq!(told.user_code(), "WDJB-MJHT");
        assert_eq!(told.page(), "https://id.example/device");
        assert_eq!(told.page_with_code(), "https://id.example/device?user_code=WDJB-MJHT");
        assert_eq!((told.lasts().as_secs(), told.interval().as_secs()), (1_800, 7));
    }

    #[test]
    fn what_is_left_out_or_written_otherwise_is_read_as_it_is_meant() {
        let seconds = |told: Option<DeviceAuthorization>| told.unwrap().interval().as_secs();
        assert_eq!(seconds(with(r#","interval":7"#, "")), 5, "RFC 8628 section 3.2");
        assert_eq!(seconds(with(r#""interval":7"#, r#""interval":null"#)), 5);
        assert_eq!(seconds(with(r#""interval":7"#, r#""interval":"7""#)), 7);
        assert_eq!(seconds(with(r#""interval":7"#, r#""interval":0"#)), 1);
        assert_eq!(with("1800", "\"900.0\"").unwrap().lasts().as_secs(), 900);
        assert_eq!(with("1800", "1e18").unwrap().lasts(), LONGEST_WAIT);
        let google = with("verification_uri", "verification_url").unwrap();
        assert_eq!(google.page(), "https://id.example/device");
        let spa = with("https://id.example/device\"", "https://id.example/#/device\"").unwrap();
        assert_eq!(spa.page(), "https://id.example/#/device");
        let digits = with("\"WDJB-MJHT\"", "12345678").unwrap();
        assert_eq!(digits.user_code(), "12345678");
        // The page alone will do.
        let script = with("https://id.example/device?", "javascript:alert(1)//?").unwrap();
        assert_eq!(script.page_with_code(), "https://id.example/device");
    }

    #[test]
    fn what_a_person_could_not_use_or_should_not_follow_is_none() {
        let long = format!("\"{}\"", "A".repeat(41));
        for (old, new) in [
            ("dc-hunter2", " "),
            (r#""device_code":"dc-hunter2","#, ""),
            ("WDJB-MJHT", ""),
            ("WDJB-MJHT", "WDJB\\u202eMJHT"),
            ("WDJB-MJHT", "WDJB\\nMJHT"),
            ("\"WDJB-MJHT\"", &long),
            ("https://id.example/device\"", "http://id.example/device\""),
            ("https://id.example/device\"", "https://dana@id.example/device\""),
            ("https://id.example/device\"", "javascript:alert(1)\""),
            ("https://id.example/device\"", "/device\""),
            (r#""expires_in":1800,"#, ""),
            ("1800", "-1"),
        ] {
            assert!(with(old, new).is_none(), "{old} as {new}");
        }
        assert!(read("{}").is_none());
    }

    #[test]
    fn f33_debug_of_a_device_authorization_hides_its_codes() {
        let told = read(GOOD).unwrap();
        let text = format!("{told:?} {told:#?} {:?}", told.grant());
        assert!(!text.contains("hunter2") && !text.contains("WDJB"), "{text}");
    }
}
