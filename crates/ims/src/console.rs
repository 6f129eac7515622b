//! The client secrets of a credential in Adobe's Developer Console, by the API that an admin can give it the right to:
//! listed without themselves, made, and deleted by their uuid (docs/adobe-ims.md section 10).

use std::sync::LazyLock;

use glowjar_lifecycle::{failure::Failure, time::Timestamp};
use serde_json::Value;
use url::Url;

use crate::{
    classify::{self, Asked},
    endpoint::{Endpoint, Gateway},
    error::{RequestError, Technical},
    lenient_json::Fields,
    redact::Redactor,
    reply::Reply,
    scopes::Scopes,
    secret::ClientSecret,
};

/// An OAuth server-to-server credential, as the console's addresses name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleCredential {
    organization: String,
    credential: String,
}

/// A text that is no address of a credential in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the address of a credential's page in the Developer Console")]
pub struct NoConsoleCredential;

/// What is told of a secret: anything but itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSecret {
    pub uuid: String,
    pub created_at: Option<Timestamp>,
    /// The latest of its uses, if there was one.
    pub last_used_at: Option<Timestamp>,
}

/// A secret that was just made. Nobody is told it a second time.
#[derive(Clone, Debug)]
pub struct MadeSecret {
    pub uuid: String,
    pub secret: ClientSecret,
}

/// Why a call came to nothing, with details that are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why:?}{technical}")]
pub struct ConsoleError {
    pub why: ConsoleRefusal,
    pub technical: Box<Technical>,
}

/// Only what a caller does something different about is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleRefusal {
    /// 401: the token is not taken.
    TokenRejected,
    /// 403, or its scopes are not granted: the API was not added to the project, or the right is missing.
    NotAllowed,
    /// 404: no such credential in this organisation, or no such secret.
    NotFound,
    /// 409: there are as many secrets as there can be.
    TooMany,
    /// Any other refusal that asking once more does not change.
    Refused,
    /// No answer, or none that says anything: whether it was carried out is not known.
    Unanswered(Failure),
}

impl ConsoleCredential {
    /// From the address of the credential's page,
    /// `…/console/projects/{org}/{project}/credentials/{credential}/details/…`, or from that of the API.
    ///
    /// # Errors
    /// The text is neither.
    pub fn parse(text: &str) -> Result<Self, NoConsoleCredential> {
        let path = text.trim();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let after = |word: &str| {
            let (_, rest) = path.split_once(word)?;
            rest.split('/').next()
        };
        let organization = after("/console/projects/").or_else(|| after("/console/organizations/"));
        let found = organization.zip(after("/credentials/"));
        let (organization, credential) = found.ok_or(NoConsoleCredential)?;
        Self::new(organization, credential)
    }

    /// # Errors
    /// One of them is nothing that could stand in an address as it is.
    pub fn new(organization: &str, credential: &str) -> Result<Self, NoConsoleCredential> {
        if is_segment(organization) && is_segment(credential) {
            let (organization, credential) = (organization.to_owned(), credential.to_owned());
            Ok(Self { organization, credential })
        } else {
            Err(NoConsoleCredential)
        }
    }

    #[must_use]
    pub fn organization(&self) -> &str {
        &self.organization
    }

    #[must_use]
    pub fn credential(&self) -> &str {
        &self.credential
    }

    /// Where its secrets are.
    pub(crate) fn secrets(&self, console: &Gateway) -> Endpoint {
        let Self { organization, credential } = self;
        let base = console.endpoint();
        base.at(&format!("/console/organizations/{organization}/credentials/{credential}/secrets"))
    }

    /// Where this one of them is.
    pub(crate) fn secret(&self, console: &Gateway, uuid: &str) -> Endpoint {
        let all = self.secrets(console);
        all.at(&format!("{}/{uuid}", all.path()))
    }
}

/// What a token has to be asked for with.
#[must_use]
pub fn console_scopes() -> &'static Scopes {
    static SCOPES: LazyLock<Scopes> = LazyLock::new(|| {
        Scopes::parse(
            "AdobeID,openid,read_organizations,additional_info.projectedProductContext,\
             additional_info.roles,adobeio_api,read_client_secret,manage_client_secrets",
        )
        .expect("scopes as they are written")
    });
    &SCOPES
}

impl ConsoleError {
    /// No token could be had for the call. Scopes that are not granted are those of the API.
    #[must_use]
    pub fn without_token(error: RequestError) -> Self {
        use glowjar_lifecycle::failure::Permanent;
        let why = match error.failure {
            Failure::Permanent(Permanent::ScopeRejected) => ConsoleRefusal::NotAllowed,
            failure => ConsoleRefusal::Unanswered(failure),
        };
        Self { why, technical: error.technical }
    }

    pub(crate) fn unanswered(error: RequestError) -> Self {
        Self { why: ConsoleRefusal::Unanswered(error.failure), technical: error.technical }
    }

    pub(crate) fn of(reply: &Reply, asked: &Url, redactor: &Redactor) -> Self {
        let classified = || {
            let asked = Asked { url: asked, with_secret: false, with_refresh_token: false };
            classify::classify(reply, asked)
        };
        let is_page = reply.content == crate::reply::Content::Html;
        let why = match (reply.status, classified()) {
            (_, failure) if is_page => ConsoleRefusal::Unanswered(failure),
            (401, _) => ConsoleRefusal::TokenRejected,
            (403, _) => ConsoleRefusal::NotAllowed,
            (404, _) => ConsoleRefusal::NotFound,
            (409, _) => ConsoleRefusal::TooMany,
            (_, failure @ Failure::Transient { .. }) => ConsoleRefusal::Unanswered(failure),
            (_, Failure::Permanent(_)) => ConsoleRefusal::Refused,
        };
        Self { why, technical: Box::new(reply.technical(redactor)) }
    }
}

/// `None` if that is no list of secrets.
pub(crate) fn read_list(fields: &Fields) -> Option<Vec<ListedSecret>> {
    fields.value("client_secrets")?.as_array()?.iter().map(listed).collect()
}

fn listed(secret: &Value) -> Option<ListedSecret> {
    let used = secret["secret_usages"].as_array();
    let last_used_at =
        used.into_iter().flatten().filter_map(|usage| moment(&usage["last_used_at"])).max();
    Some(ListedSecret {
        uuid: uuid(secret["uuid"].as_str()?)?,
        created_at: moment(&secret["created_at"]),
        last_used_at,
    })
}

/// `None` if there is no new secret in it.
pub(crate) fn read_made(fields: &Fields) -> Option<MadeSecret> {
    let secret = ClientSecret::parse(fields.text("client_secret")?).ok()?;
    Some(MadeSecret { uuid: uuid(&fields.text("uuid")?)?, secret })
}

/// Milliseconds, as a text or a number.
fn moment(value: &Value) -> Option<Timestamp> {
    let millis = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Some(Timestamp::from_millis(millis))
}

fn uuid(text: &str) -> Option<String> {
    is_segment(text).then(|| text.to_owned())
}

/// What can stand in an address as it is, and means nothing there.
fn is_segment(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_@.".contains(c);
    (1..=80).contains(&text.len()) && text.chars().all(is_plain) && !text.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_found_in_the_addresses_of_its_page_and_of_the_api() {
        let page = "https://developer.adobe.com/console/projects/23294/4566206088344958295/credentials/436084/details/oauthservertoserver";
        let api = "https://api.adobe.io/console/organizations/23294/credentials/436084/secrets";
        let expected = ConsoleCredential::new("23294", "436084").unwrap();
        for text in [page, api, &format!("  {page}?tab=1#x\n"), &page[27..]] {
            assert_eq!(ConsoleCredential::parse(text).as_ref(), Ok(&expected), "{text}");
        }
        for wrong in [
            "",
            "436084",
            "https://developer.adobe.com/console/projects/23294/4566206088344958295/overview",
            "https://developer.adobe.com/console/projects//1/credentials/2",
            "https://x.example/console/projects/../1/credentials/2",
            "https://x.example/console/projects/1/1/credentials/2%2F3",
        ] {
            assert_eq!(ConsoleCredential::parse(wrong), Err(NoConsoleCredential), "{wrong}");
        }
    }

    #[test]
    fn a_list_is_read_as_adobe_documents_it_and_a_secret_without_a_name_is_none() {
        let fields = |text: &str| Fields::parse(text.as_bytes()).unwrap();
        let list = r#"{"client_id":"e0","client_secrets":[
            {"expires_at":"PERMANENT","created_at":"1682448485000","uuid":"11ede399","secret_usages":null},
            {"created_at":1683005777000,"uuid":"11ede8ab","secret_usages":[
                {"last_used_at":"5","grant_type":"a"},{"last_used_at":"1683162010101","grant_type":"b"}]}]}"#;
        let list = read_list(&fields(list)).unwrap();
        let at = |millis| Some(Timestamp::from_millis(millis));
        assert_eq!((list[0].created_at, list[0].last_used_at), (at(1_682_448_485_000), None));
        assert_eq!(
            (list[1].uuid.as_str(), list[1].last_used_at),
            ("11ede8ab", at(1_683_162_010_101))
        );
        for odd in [
            r#"{"client_secrets":null}"#,
            r#"{"secrets":[]}"#,
            r#"{"client_secrets":[{"created_at":"1"}]}"#,
            r#"{"client_secrets":[{"uuid":"../../v1"}]}"#,
        ] {
            assert_eq!(read_list(&fields(odd)), None, "{odd}");
        }
        assert!(read_made(&fields(r#"{"client_secret":"p8e-1","uuid":"11"}"#)).is_some());
        assert!(read_made(&fields(r#"{"client_secret":" ","uuid":"11"}"#)).is_none());
        assert!(read_made(&fields(r#"{"uuid":"11"}"#)).is_none());
    }

    #[test]
    fn f33_debug_of_a_made_secret_hides_it() {
        let made = MadeSecret {
            uuid: "11ede".to_owned(),
            secret: ClientSecret::parse("hunter2hunter2").unwrap(),
        };
        assert!(!format!("{made:?} {made:#?}").contains("hunter2"));
    }
}
