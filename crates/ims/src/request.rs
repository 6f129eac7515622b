//! What a token request says, and how it is written.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::zeroize::Zeroizing;
use serde::Serializer;
use url::form_urlencoded;

use crate::{
    client_id::ClientId,
    provider::{ClientAuthentication, Encoding, Provider},
    scopes::Scopes,
    secret::{AuthorizationCode, ClientSecret, DeviceCode, RefreshToken},
};

/// A token request (RFC 6749 sections 4.1.3, 4.4.2 and 6).
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    pub client_id: &'a ClientId,
    /// Left out for a public client, whatever is given here.
    pub secret: Option<&'a ClientSecret>,
    pub grant: Grant<'a>,
}

/// What the client asks with.
#[derive(Clone, Copy)]
pub enum Grant<'a> {
    /// Mint a new token.
    ClientCredentials { scopes: &'a Scopes },
    /// Trade a refresh token for a new access token. `scopes` are only sent if given: leaving them out asks for
    /// the same as before (RFC 6749 section 6).
    RefreshToken { refresh_token: &'a RefreshToken, scopes: Option<&'a Scopes> },
    /// Trade the code with which a sign-in ended (RFC 6749 section 4.1.3), with the verifier of RFC 7636 section 4.5.
    AuthorizationCode { code: &'a AuthorizationCode, redirect_uri: &'a str, verifier: &'a str },
    /// Ask whether the person with the user code has agreed (RFC 8628 section 3.4).
    DeviceCode { device_code: &'a DeviceCode },
}

impl fmt::Debug for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientCredentials { .. } => "ClientCredentials",
            Self::RefreshToken { .. } => "RefreshToken",
            Self::AuthorizationCode { .. } => "AuthorizationCode",
            Self::DeviceCode { .. } => "DeviceCode",
        })
    }
}

/// A request in the form it goes out in.
pub(crate) struct Wire {
    pub(crate) body: Zeroizing<String>,
    pub(crate) content_type: &'static str,
    pub(crate) authorization: Option<Zeroizing<String>>,
}

impl TokenRequest<'_> {
    pub(crate) fn wire(&self, provider: &Provider) -> Wire {
        let scope = match self.grant {
            Grant::ClientCredentials { scopes } => Some(scopes),
            Grant::RefreshToken { scopes, .. } => scopes,
            // They were asked for when the sign-in began.
            Grant::AuthorizationCode { .. } | Grant::DeviceCode { .. } => None,
        }
        .filter(|scopes| !scopes.is_empty())
        .map(|scopes| scopes.joined(provider.scope_separator));

        let (mut fields, authorization) =
            authenticate(provider.client_authentication, self.client_id, self.secret);
        // The tutorial's order: the seed's request goes out to the letter.
        match self.grant {
            Grant::ClientCredentials { .. } => fields.push(("grant_type", "client_credentials")),
            Grant::RefreshToken { refresh_token, .. } => {
                fields.push(("refresh_token", refresh_token.expose()));
                fields.push(("grant_type", "refresh_token"));
            }
            Grant::AuthorizationCode { code, redirect_uri, verifier } => {
                fields.push(("code", code.expose()));
                fields.push(("redirect_uri", redirect_uri));
                fields.push(("code_verifier", verifier));
                fields.push(("grant_type", "authorization_code"));
            }
            Grant::DeviceCode { device_code } => {
                fields.push(("device_code", device_code.expose()));
                fields.push(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"));
            }
        }
        if let Some(scope) = &scope {
            fields.push(("scope", scope));
        }
        Wire::new(provider.encoding, &fields, authorization)
    }

    /// What must not show up in an error.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let of_grant = match self.grant {
            Grant::ClientCredentials { .. } => [None, None],
            Grant::RefreshToken { refresh_token, .. } => [Some(refresh_token.expose()), None],
            Grant::AuthorizationCode { code, verifier, .. } => {
                [Some(code.expose()), Some(verifier)]
            }
            Grant::DeviceCode { device_code } => [Some(device_code.expose()), None],
        };
        let secret = self.secret.map(ClientSecret::expose);
        secret.into_iter().chain(of_grant.into_iter().flatten()).collect()
    }

    pub(crate) fn sends_secret(&self, provider: &Provider) -> bool {
        self.secret.is_some() && provider.client_authentication != ClientAuthentication::None
    }

    pub(crate) fn is_refresh(&self) -> bool {
        matches!(self.grant, Grant::RefreshToken { .. })
    }
}

impl Wire {
    pub(crate) fn new(
        encoding: Encoding,
        fields: &[(&str, &str)],
        authorization: Option<Zeroizing<String>>,
    ) -> Self {
        let (body, content_type) = match encoding {
            Encoding::Form => (form(fields), "application/x-www-form-urlencoded"),
            Encoding::Json => (json(fields), "application/json"),
        };
        Self { body: Zeroizing::new(body), content_type, authorization }
    }
}

/// The fields and the `Authorization` header that say who the client is.
pub(crate) fn authenticate<'a>(
    way: ClientAuthentication,
    client_id: &'a ClientId,
    secret: Option<&'a ClientSecret>,
) -> (Vec<(&'a str, &'a str)>, Option<Zeroizing<String>>) {
    let id = ("client_id", client_id.as_str());
    match (way, secret) {
        (ClientAuthentication::Basic, Some(secret)) => (Vec::new(), Some(basic(client_id, secret))),
        (ClientAuthentication::Body, Some(secret)) => {
            (vec![id, ("client_secret", secret.expose())], None)
        }
        (ClientAuthentication::None, _) | (_, None) => (vec![id], None),
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn json(fields: &[(&str, &str)]) -> String {
    let mut body = Vec::new();
    serde_json::Serializer::new(&mut body)
        .collect_map(fields.iter().copied())
        .expect("texts can be written as JSON");
    String::from_utf8(body).expect("JSON is UTF-8")
}

fn basic(client_id: &ClientId, secret: &ClientSecret) -> Zeroizing<String> {
    let encoded = |text: &str| {
        Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())
    };
    let pair =
        Zeroizing::new(format!("{}:{}", *encoded(client_id.as_str()), *encoded(secret.expose())));
    Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(pair.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;

    fn body(provider: &Provider, secret: Option<&str>, grant: Grant<'_>) -> String {
        let secret = secret.map(|secret| ClientSecret::parse(secret).unwrap());
        let client_id = ClientId::parse("id").unwrap();
        let request = TokenRequest { client_id: &client_id, secret: secret.as_ref(), grant };
        request.wire(provider).body.to_string()
    }

    fn custom() -> Provider {
        Provider::custom(Endpoint::parse("https://id.example/token").unwrap())
    }

    #[test]
    fn the_tutorials_request_is_written_to_the_letter() {
        let provider = Provider::tutorial(&Endpoint::parse("https://id.example").unwrap());
        let refresh_token = RefreshToken::parse("RT").unwrap();
        let grant = Grant::RefreshToken { refresh_token: &refresh_token, scopes: None };
        assert_eq!(
            body(&provider, Some("S"), grant),
            r#"{"client_id":"id","client_secret":"S","refresh_token":"RT","grant_type":"refresh_token"}"#
        );
    }

    #[test]
    fn f32_each_value_is_encoded() {
        let scopes = Scopes::parse("a,b").unwrap();
        assert_eq!(
            body(
                &Provider::adobe_ims(),
                Some(" +&%\"é\n"),
                Grant::ClientCredentials { scopes: &scopes }
            ),
            "client_id=id&client_secret=+%2B%26%25%22%C3%A9%0A&grant_type=client_credentials&scope=a%2Cb"
        );
    }

    #[test]
    fn a_public_client_sends_no_secret() {
        let provider = Provider { client_authentication: ClientAuthentication::None, ..custom() };
        let scopes = Scopes::default();
        assert_eq!(
            body(&provider, Some("S"), Grant::ClientCredentials { scopes: &scopes }),
            "client_id=id&grant_type=client_credentials"
        );
    }

    #[test]
    fn basic_encodes_before_it_joins() {
        let client_id = ClientId::parse("a:b").unwrap();
        let secret = ClientSecret::parse("c d+").unwrap();
        let header = basic(&client_id, &secret);
        let pair = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(pair, b"a%3Ab:c+d%2B");
    }

    #[test]
    fn with_basic_neither_id_nor_secret_is_in_the_body() {
        let provider = Provider { client_authentication: ClientAuthentication::Basic, ..custom() };
        let scopes = Scopes::parse("x y").unwrap();
        assert_eq!(
            body(&provider, Some("S"), Grant::ClientCredentials { scopes: &scopes }),
            "grant_type=client_credentials&scope=x+y"
        );
    }
}
