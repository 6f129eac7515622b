//! Signing in with a browser: the authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636, S256 only).
//!
//! [`SignIn`] makes the address that the browser is sent to, and reads the address that the browser ends at, whichever
//! way that one comes back: to a port of this machine, by a scheme that the system knows, or pasted by a person.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use glowjar_lifecycle::time::Timestamp;
use oauth2::{
    AuthUrl, ClientId as OAuthClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, basic::BasicClient,
};
use openidconnect::Nonce;
use url::Url;

use crate::{
    client_id::ClientId,
    identity::{self, IdTokenError, Keys, Person},
    provider::Provider,
    request::Grant,
    scopes::Scopes,
    secret::AuthorizationCode,
    token_response::Issued,
};

/// Where the provider sends the browser once a person has decided. It has to be registered with the client, to the
/// letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// As it was registered: a parsed address may be written differently.
    text: String,
    url: Url,
}

/// Why a text is no [`Redirect`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    #[error("this is not an address")]
    Malformed,
    #[error("the address must not hold a # part")]
    Fragment,
    /// RFC 9700 section 2.6 wants encryption; RFC 8252 section 7.3 excepts this machine.
    #[error("a redirect goes to https://, to this machine, or to a scheme of Adobe's")]
    Scheme,
    #[error("the redirect is that of another client id")]
    OtherClient,
}

impl Redirect {
    /// A port of this machine (RFC 8252 section 7.3). The number and not the name, as section 8.3 there asks.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let text = format!("http://127.0.0.1:{port}/signed-in");
        Self { url: Url::parse(&text).expect("a number makes a port"), text }
    }

    /// As the person registered it: `https://…`, `http://` at this machine, or the one that Adobe gives a native
    /// application, `adobe+<40 hexadecimal digits>://adobeid/<client id>`.
    /// <https://developer.adobe.com/developer-console/docs/guides/authentication/UserAuthentication/implementation>
    pub fn parse(text: &str, client_id: &ClientId) -> Result<Self, RedirectError> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| RedirectError::Malformed)?;
        if url.fragment().is_some() {
            return Err(RedirectError::Fragment);
        }
        let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            scheme if is_of_adobe(scheme) && url.host_str() == Some("adobeid") => {
                if url.path().trim_matches('/') != client_id.as_str() {
                    return Err(RedirectError::OtherClient);
                }
            }
            _ => return Err(RedirectError::Scheme),
        }
        Ok(Self { text: text.to_owned(), url })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ports of this machine at which a browser arrives, the one that has to be had first. None where it goes elsewhere, or
    /// where it would want a certificate of this machine.
    #[must_use]
    pub fn ports(&self) -> Vec<SocketAddr> {
        let (Some(host), Some(port)) = (self.url.host_str(), self.url.port_or_known_default())
        else {
            return Vec::new();
        };
        let hosts: &[IpAddr] = match host {
            _ if self.url.scheme() != "http" => &[],
            "127.0.0.1" => &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
            "[::1]" => &[IpAddr::V6(Ipv6Addr::LOCALHOST)],
            _ => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        };
        hosts.iter().map(|host| SocketAddr::new(*host, port)).collect()
    }

    /// Host and port as a browser names them in its request.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Whether a request for this path and query is a browser's that was sent here. The address it then shows, if so.
    #[must_use]
    pub fn arrived(&self, path_and_query: &str) -> Option<String> {
        let url = self.url.join(path_and_query).ok()?;
        self.leads_to(&url).then(|| url.into())
    }

    /// The scheme that the system has to hand to us, if it is not a browser's own.
    #[must_use]
    pub fn custom_scheme(&self) -> Option<&str> {
        Some(self.url.scheme()).filter(|scheme| is_of_adobe(scheme))
    }

    /// Whether a browser that was sent here shows `url`.
    fn leads_to(&self, url: &Url) -> bool {
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        self.url.scheme() == url.scheme()
            && self.url.host() == url.host()
            && self.url.port_or_known_default() == url.port_or_known_default()
            && path(&self.url) == path(url)
    }
}

fn is_of_adobe(scheme: &str) -> bool {
    let digits = scheme.strip_prefix("adobe+");
    digits.is_some_and(|hex| hex.len() == 40 && hex.bytes().all(|c| c.is_ascii_hexdigit()))
}

/// The provider has no page to sign in at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this provider has no sign-in page")]
pub struct NoSignInPage;

/// One sign-in: good for one browser, one decision and one code.
pub struct SignIn {
    address: Url,
    redirect: Redirect,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
    /// Only where an ID token was asked for (OpenID Connect Core 1.0 section 3.1.2.1).
    nonce: Option<Nonce>,
}

impl SignIn {
    /// Makes `state`, `nonce` and verifier anew, from the system's random numbers.
    ///
    /// # Errors
    /// The provider has no authorization endpoint.
    pub fn begin(
        provider: &Provider,
        client_id: &ClientId,
        redirect: Redirect,
        scopes: &Scopes,
    ) -> Result<Self, NoSignInPage> {
        let page = provider.authorization.as_ref().ok_or(NoSignInPage)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let to = RedirectUrl::new(redirect.text.clone()).expect("it was parsed");
        let client = BasicClient::new(OAuthClientId::new(client_id.as_str().to_owned()))
            .set_auth_uri(AuthUrl::from_url(page.url().clone()))
            .set_redirect_uri(to);
        let mut request = client.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge);
        if !scopes.is_empty() {
            request = request.add_extra_param("scope", scopes.joined(provider.scope_separator));
        }
        let nonce = scopes.iter().any(|scope| scope == "openid").then(Nonce::new_random);
        if let Some(nonce) = &nonce {
            request = request.add_extra_param("nonce", nonce.secret().clone());
        }
        // Without it a provider is to leave the refresh token out (OpenID Connect Core 1.0 section 11). Adobe gives one
        // without, and documents `login` and `none` alone.
        let stays = nonce.is_some() && scopes.iter().any(|scope| scope == "offline_access");
        if stays && !page.is_under("adobelogin.com") {
            request = request.add_extra_param("prompt", "consent");
        }
        let (address, state) = request.url();
        Ok(Self { address, redirect, state, verifier, nonce })
    }

    /// What the browser opens. Who holds it can show the page, and not more: the code comes back to us.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    #[must_use]
    pub fn redirect(&self) -> &Redirect {
        &self.redirect
    }

    /// Reads the address that a browser ended at, or only its fields (`code=…&state=…`), as a person pastes it.
    ///
    /// An answer counts only with this sign-in's own `state`, errors included, so that nobody else can end it.
    ///
    /// # Errors
    /// It holds no code of this sign-in. [`CallbackError::ends_the_sign_in`] tells whether to go on waiting.
    pub fn callback(&self, text: &str) -> Result<AuthorizationCode, CallbackError> {
        let fields = self.fields(text)?;
        let one = |name: &str| {
            let mut values = fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            (values.next(), values.next().is_some())
        };
        let (state, twice) = one("state");
        if twice || state != Some(self.state.secret()) {
            return Err(CallbackError::OtherSignIn);
        }
        match (one("code"), one("error")) {
            ((Some(code), false), (None, _)) => {
                AuthorizationCode::parse(code.as_str()).map_err(|_| CallbackError::NoCode)
            }
            ((None, _), (Some(error), false)) => Err(CallbackError::of(error)),
            _ => Err(CallbackError::NoCode),
        }
    }

    /// With what the code is exchanged.
    #[must_use]
    pub fn grant<'a>(&'a self, code: &'a AuthorizationCode) -> Grant<'a> {
        Grant::AuthorizationCode {
            code,
            redirect_uri: self.redirect.as_str(),
            verifier: self.verifier.secret(),
        }
    }

    /// Who signed in, by the ID token that came with the code's exchange. `None` if there is none to expect or to check.
    /// `now` is ours.
    ///
    /// # Errors
    /// The ID token was made for another sign-in, client or time, or by somebody else. What came with it is not to be used.
    pub fn person(
        &self,
        issued: &Issued,
        keys: Option<&Keys>,
        client_id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Person>, IdTokenError> {
        let Some(nonce) = &self.nonce else { return Ok(None) };
        identity::person(
            issued.id_token.as_ref(),
            keys,
            client_id,
            Some(nonce),
            issued.on_server_clock(now),
        )
    }

    fn fields(&self, text: &str) -> Result<Vec<(String, String)>, CallbackError> {
        if text.len() > LONGEST {
            return Err(CallbackError::NotAnAddress);
        }
        // Mail programs and terminals break long lines, and chats put signs around addresses.
        let text: String = text.split_whitespace().collect();
        let text = text.trim_matches(['<', '>', '"', '\'', '`', '(', ')', '“', '”']);
        let query = match Url::parse(text) {
            Ok(url) if self.redirect.leads_to(&url) => {
                // `response_mode=fragment`, which some providers use without being asked.
                url.query().or(url.fragment()).unwrap_or_default().to_owned()
            }
            Ok(url) if url.origin() == self.address.origin() => {
                return Err(CallbackError::StillAtTheProvider);
            }
            Ok(url) if url.has_host() => return Err(CallbackError::OtherAddress),
            _ => text.trim_start_matches(['?', '#', '&']).to_owned(),
        };
        let fields: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let is_answer =
            |(name, _): &(String, String)| ["code", "error", "state"].contains(&name.as_str());
        if fields.iter().any(is_answer) { Ok(fields) } else { Err(CallbackError::NoCode) }
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("redirect", &self.redirect).finish_non_exhaustive()
    }
}

/// Why an address that came back brings no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    #[error("this is no address")]
    NotAnAddress,
    /// The page at which a person signs in, and not the one after it.
    #[error("the browser is still at the provider")]
    StillAtTheProvider,
    #[error("this is not the address that the sign-in comes back to")]
    OtherAddress,
    /// Without this sign-in's `state`: of an older one, or made up.
    #[error("this belongs to another sign-in")]
    OtherSignIn,
    #[error("the address holds no code")]
    NoCode,
    #[error("the person or an administrator refused")]
    Denied,
    /// `login_required` and its kin (OpenID Connect Core 1.0 section 3.1.2.6): the page needs a person, and showed none.
    #[error("a person has to sign in on the provider's page")]
    LoginRequired,
    #[error("the provider does not grant these scopes")]
    ScopeRefused,
    #[error("this client may not sign people in")]
    ClientRefused,
    #[error("the provider is out of order")]
    ServerTrouble,
    /// The provider's own word, at most 40 letters, digits and signs of a name.
    #[error("the provider refused: {0}")]
    Refused(String),
}

impl CallbackError {
    /// Whether the provider has answered, so that nothing more will come.
    #[must_use]
    pub fn ends_the_sign_in(&self) -> bool {
        matches!(
            self,
            Self::Denied
                | Self::LoginRequired
                | Self::ScopeRefused
                | Self::ClientRefused
                | Self::ServerTrouble
                | Self::Refused(_)
        )
    }

    /// RFC 6749 section 4.1.2.1 and OpenID Connect Core 1.0 section 3.1.2.6.
    fn of(error: &str) -> Self {
        match error {
            "access_denied" => Self::Denied,
            "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required" => Self::LoginRequired,
            "invalid_scope" => Self::ScopeRefused,
            "unauthorized_client" | "invalid_client" => Self::ClientRefused,
            "server_error" | "temporarily_unavailable" => Self::ServerTrouble,
            other => {
                let is_of_a_name = |c: &char| c.is_ascii_alphanumeric() || "_-.:".contains(*c);
                Self::Refused(other.chars().filter(is_of_a_name).take(40).collect())
            }
        }
    }
}

/// In bytes. Browsers and servers take addresses of 8 kB; codes and states are some hundred bytes.
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests;
