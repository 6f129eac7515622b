//! Reading an issuer's metadata (OpenID Connect Discovery 1.0, RFC 8414).

use crate::endpoint::Endpoint;

/// What an issuer says about itself, as far as a [`Provider`](crate::Provider) needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub token_endpoint: Endpoint,
    pub revocation: Option<Endpoint>,
    /// `grant_types_supported`; absent if not said.
    pub grants: Option<Vec<String>>,
    /// `token_endpoint_auth_methods_supported`; absent if not said, which means HTTP Basic (RFC 8414 section 2).
    pub authentication_methods: Option<Vec<String>>,
}
