//! What was found in a text, by the part it plays, whatever it was called there.

use secrecy::zeroize::Zeroize;

use super::{Authentication, Body, Refusal};

/// Values as they stood, decoded and nothing more. Wiped when dropped.
#[derive(Default)]
pub(super) struct Fields {
    pub client_id: Option<String>,
    /// Where a client id was only called an API key.
    pub is_api_key: bool,
    pub client_secrets: Vec<String>,
    pub refresh_token: Option<String>,
    pub scopes: Option<String>,
    pub endpoint: Option<String>,
    pub grant_type: Option<String>,
    pub title: Option<String>,
    pub body: Option<Body>,
    pub authentication: Option<Authentication>,
    /// A private key, a JWT or a technical account's address: Adobe's old service accounts.
    pub has_jwt: bool,
    /// A redirect: a person signs in.
    pub has_redirect: bool,
    pub taken_literally: bool,
    /// Two values were given for a part that can have one.
    pub contradicts: bool,
}

/// The part that a named value plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    ClientId,
    ApiKey,
    ClientSecret,
    RefreshToken,
    Scopes,
    Endpoint,
    GrantType,
    Title,
    Jwt,
    Redirect,
}

impl Fields {
    pub(super) fn put(&mut self, part: Part, value: &str) {
        if is_placeholder(value) {
            return;
        }
        match part {
            Part::ClientId => {
                self.is_api_key = false;
                set(&mut self.client_id, value.trim(), &mut self.contradicts);
            }
            // It goes along with a client id, and is the same.
            Part::ApiKey if self.client_id.is_some() => {}
            Part::ApiKey => {
                self.is_api_key = true;
                self.client_id = Some(value.trim().to_owned());
            }
            Part::ClientSecret => {
                if !self.client_secrets.iter().any(|known| known == value) {
                    self.client_secrets.push(value.to_owned());
                }
            }
            Part::RefreshToken => set(&mut self.refresh_token, value, &mut self.contradicts),
            Part::Scopes => match &mut self.scopes {
                Some(scopes) => {
                    scopes.push(' ');
                    scopes.push_str(value);
                }
                None => self.scopes = Some(value.to_owned()),
            },
            Part::Endpoint => set(&mut self.endpoint, value.trim(), &mut self.contradicts),
            Part::GrantType => self.grant_type = Some(value.trim().to_owned()),
            Part::Title => self.title = Some(value.trim().to_owned()),
            Part::Jwt => self.has_jwt = true,
            Part::Redirect => self.has_redirect = true,
        }
    }

    pub(super) fn put_named(&mut self, name: &str, value: &str) -> bool {
        part(name).map(|part| self.put(part, value)).is_some()
    }

    /// Whether there is anything that only a credential has.
    pub(super) fn is_something(&self) -> bool {
        self.client_id.is_some() || !self.client_secrets.is_empty() || self.refresh_token.is_some()
    }

    /// Whether nothing that a token request needs is left open.
    pub(super) fn is_whole(&self) -> bool {
        self.client_id.is_some() && !self.client_secrets.is_empty()
    }

    /// Takes in what another part of the text says of the same credential.
    pub(super) fn join(mut self, mut other: Self) -> Result<Self, Refusal> {
        let differ = |one: &Option<String>, two: &Option<String>| {
            one.is_some() && two.is_some() && one != two
        };
        let secrets_differ = !self.client_secrets.is_empty()
            && !other.client_secrets.is_empty()
            && self.client_secrets != other.client_secrets;
        if differ(&self.client_id, &other.client_id)
            || differ(&self.refresh_token, &other.refresh_token)
            || secrets_differ
        {
            return Err(Refusal::SeveralCredentials);
        }
        let take = |mine: &mut Option<String>, theirs: &mut Option<String>| {
            if mine.is_none() {
                *mine = theirs.take();
            }
        };
        take(&mut self.client_id, &mut other.client_id);
        take(&mut self.refresh_token, &mut other.refresh_token);
        take(&mut self.scopes, &mut other.scopes);
        take(&mut self.endpoint, &mut other.endpoint);
        take(&mut self.grant_type, &mut other.grant_type);
        if self.client_secrets.is_empty() {
            self.client_secrets = std::mem::take(&mut other.client_secrets);
        }
        self.taken_literally |= other.taken_literally;
        self.has_jwt |= other.has_jwt;
        Ok(self)
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.client_secrets.zeroize();
        self.refresh_token.zeroize();
    }
}

fn set(slot: &mut Option<String>, value: &str, contradicts: &mut bool) {
    match slot {
        Some(known) if known != value => *contradicts = true,
        _ => *slot = Some(value.to_owned()),
    }
}

/// By the name of a form field, a variable, a key of a JSON object, or a label in a mail, in English or German.
pub(super) fn part(name: &str) -> Option<Part> {
    let plain: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let ends = |endings: &[&str]| endings.iter().any(|ending| plain.ends_with(ending));
    // Names that programs make, with underscores and no spaces, may be longer than what a person writes.
    let longest = if name.contains('_') { LONGEST_MADE_NAME } else { LONGEST_NAME };
    if plain.chars().count() > longest {
        None
    } else if ends(&[
        "clientsecret",
        "clientsecrets",
        "clientsecret1",
        "clientsecret2",
        "secretkey",
        "clientgeheimnis",
        "geheimnis",
        "appsecret",
    ]) || matches!(plain.as_str(), "secret" | "standbysecret" | "secondsecret")
    {
        Some(Part::ClientSecret)
    } else if ends(&["clientid", "clientkennung", "appid"]) {
        Some(Part::ClientId)
    } else if ends(&["apikey", "xapikey"]) {
        Some(Part::ApiKey)
    } else if ends(&["refreshtoken"]) {
        Some(Part::RefreshToken)
    } else if ends(&[
        "metascopes",
        "metascope",
        "privatekey",
        "jwttoken",
        "technicalaccountid",
        "technicalaccountemail",
    ]) {
        // A server-to-server credential has a technical account as well, but no JWT of its own.
        (!ends(&["technicalaccountid", "technicalaccountemail"])).then_some(Part::Jwt)
    } else if ends(&["scope", "scopes", "bereiche"]) {
        Some(Part::Scopes)
    } else if ends(&[
        "tokenendpoint",
        "tokenurl",
        "tokenuri",
        "authurl",
        "imsurl",
        "imsendpoint",
        "imshost",
    ]) || plain == "ims"
    {
        Some(Part::Endpoint)
    } else if plain == "granttype" {
        Some(Part::GrantType)
    } else if ends(&["redirecturi", "redirecturl"]) {
        Some(Part::Redirect)
    } else if matches!(plain.as_str(), "project" | "projectname" | "projecttitle" | "projekt") {
        Some(Part::Title)
    } else {
        None
    }
}

/// A name where a value should be: `{client_secret}`, `$CLIENT_SECRET`, `<your secret>`, `YOUR_CLIENT_ID`.
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let enclosed = |open: char, close: char| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inner| {
            inner.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.'))
                || inner.starts_with('{')
        })
    };
    let variable =
        value.strip_prefix("$env:").or_else(|| value.strip_prefix('$')).is_some_and(|name| {
            name.starts_with('{')
                || (name.len() > 2
                    && name
                        .chars()
                        .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))
        });
    let yours = value.get(..5).is_some_and(|start| {
        start.eq_ignore_ascii_case("your_") || start.eq_ignore_ascii_case("your-")
    });
    value.is_empty()
        || is_name(value)
        || enclosed('{', '}')
        || enclosed('<', '>')
        || enclosed('[', ']')
        || enclosed('%', '%')
        || variable
        || yours
}

/// The name of a variable where its value should be, as `client_id=WFB_CLIENT_ID` on a page of Adobe's.
fn is_name(value: &str) -> bool {
    let is_constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    value.contains('_')
        && value.chars().all(is_constant)
        && matches!(
            part(value),
            Some(
                Part::ClientId
                    | Part::ClientSecret
                    | Part::ApiKey
                    | Part::RefreshToken
                    | Part::Scopes
            )
        )
}

/// Letters and digits. A label is short, and a sentence that ends in "the client id" is none.
const LONGEST_NAME: usize = 40;
/// `AIO_ims_contexts_OAuth__Server-to-Server__name__Stage_client__secrets`, as Adobe's command line writes it.
const LONGEST_MADE_NAME: usize = 120;
