//! Reading an issuer's metadata (OpenID Connect Discovery 1.0, RFC 8414).

use crate::{endpoint::Endpoint, reply::Reply};

/// What an issuer says about itself, as far as a [`Provider`](crate::Provider) needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The issuer's name for itself, an address, as its ID tokens have to hold it.
    pub issuer: Option<String>,
    pub token_endpoint: Endpoint,
    /// Where a person signs in; absent where nobody does.
    pub authorization: Option<Endpoint>,
    /// Where a device without a browser begins a sign-in (RFC 8628).
    pub device_authorization: Option<Endpoint>,
    pub revocation: Option<Endpoint>,
    /// Where the keys are with which it signs ID tokens.
    pub keys: Option<Endpoint>,
    /// Says who a token belongs to.
    pub userinfo: Option<Endpoint>,
    /// `grant_types_supported`; absent if not said.
    pub grants: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; absent if not said, which means HTTP Basic (RFC 8414 section 2).
    pub authentication_methods: Option<Vec<String>>,
}

/// OpenID Connect Discovery 1.0 section 4 appends to the issuer's path, RFC 8414 section 3.1 puts itself before it.
pub(crate) fn places(issuer: &Endpoint) -> [Endpoint; 2] {
    let path = issuer.path().trim_end_matches('/');
    [
        issuer.at(&format!("{path}/.well-known/openid-configuration")),
        issuer.at(&format!("/.well-known/oauth-authorization-server{path}")),
    ]
}

/// The `issuer` in it is not compared: Adobe's differs from the address it is found at, and a person sees and accepts
/// the endpoints before a secret goes there.
pub(crate) fn read(reply: &Reply) -> Option<Metadata> {
    let fields = reply.fields.as_ref().filter(|_| reply.is_success())?;
    let endpoint = |key| Endpoint::parse(&fields.text(key)?).ok();
    Some(Metadata {
        issuer: fields.text("issuer"),
        token_endpoint: endpoint("token_endpoint")?,
        authorization: endpoint("authorization_endpoint"),
        device_authorization: endpoint("device_authorization_endpoint"),
        revocation: endpoint("revocation_endpoint"),
        keys: endpoint("jwks_uri"),
        userinfo: endpoint("userinfo_endpoint"),
        grants: fields.texts("grant_types_supported"),
        authentication_methods: fields.texts("token_endpoint_auth_methods_supported"),
    })
}
