//! The HTTP client: one connection per request, no redirects, bounded in time and size.

use glowjar_lifecycle::{
    failure::{Failure, Transient},
    time::Timestamp,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::zeroize::Zeroizing;
use tracing::debug;

pub use self::settings::{ClientSettings, ProxyChoice, Timeouts};
use crate::{
    access::{self, Access, AccessReport},
    client_id::ClientId,
    discovery::{self, Metadata},
    endpoint::{Endpoint, Gateway},
    error::{RequestError, Technical},
    issued::{self, Issued},
    provider::{Encoding, Provider},
    redact::Redactor,
    refusal::{self, Asked},
    reply::{Body, Content, Reply},
    request::{self, TokenRequest, Wire},
    secret::{AccessToken, ClientSecret, RefreshToken},
    transport,
    verification::{self, Verification},
};

mod settings;
#[cfg(feature = "simulated")]
pub mod simulated;

/// Sends requests. Cheap to clone; wants a tokio runtime with IO and time.
#[derive(Clone, Debug)]
pub struct Client {
    /// For this machine: never through a proxy.
    direct: reqwest::Client,
    routed: reqwest::Client,
    #[cfg(feature = "simulated")]
    simulated: Option<simulated::Network>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the extra certificate file holds no certificate in PEM form, or a damaged one")]
    ExtraCa,
    #[error("the proxy's address is malformed")]
    Proxy,
    #[error("the user agent holds a character that no header may have")]
    UserAgent,
    /// For example no certificates installed on the system.
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}

impl Client {
    pub fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        let extra_ca = match &settings.extra_ca {
            Some(pem) => extra_certificates(pem)?,
            None => Vec::new(),
        };
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                // A refresh token must not be sent twice behind the engine's back.
                .retry(reqwest::retry::never())
                // After a sleep every kept connection is dead, and requests are too rare to gain by keeping one.
                .pool_max_idle_per_host(0)
                .referer(false)
                .connect_timeout(settings.timeouts.connect)
                .timeout(settings.timeouts.total)
                .tls_certs_merge(extra_ca.clone())
        };
        let user_agent =
            HeaderValue::from_str(&settings.user_agent).map_err(|_| ClientError::UserAgent)?;
        let finish = |builder: reqwest::ClientBuilder| {
            let built = builder.user_agent(user_agent.clone()).build();
            built.map_err(|error| match transport::classify(&error) {
                (Transient::Tls, _) if !extra_ca.is_empty() => ClientError::ExtraCa,
                (_, words) => ClientError::Tls(words),
            })
        };
        let direct = finish(builder().no_proxy())?;
        let routed = match &settings.proxy {
            ProxyChoice::System => finish(builder())?,
            ProxyChoice::Direct => direct.clone(),
            ProxyChoice::At(address) => {
                let proxy = reqwest::Proxy::all(address).map_err(|_| ClientError::Proxy)?;
                finish(builder().no_proxy().proxy(proxy))?
            }
        };
        Ok(Self {
            direct,
            routed,
            #[cfg(feature = "simulated")]
            simulated: None,
        })
    }

    /// Asks for a token. `sent_at` is now, on the caller's clock.
    pub async fn request_token(
        &self,
        provider: &Provider,
        request: &TokenRequest<'_>,
        sent_at: Timestamp,
    ) -> Result<Issued, RequestError> {
        let redactor = Redactor::new(request.secrets());
        let endpoint = &provider.token_endpoint;
        let call = Call { endpoint, redactor: &redactor, sent_at: Some(sent_at) };
        let reply = self.exchange(&call, self.post(endpoint, request.wire(provider))).await?;
        match issued::read(&reply, request, provider.lifetime_unit, sent_at) {
            Some(issued) => {
                debug!(host = endpoint.host(), client_id = %request.client_id, status = reply.status, "token issued");
                Ok(issued)
            }
            None => Err(call.refused(&reply, request.sends_secret(provider), request.is_refresh())),
        }
    }

    /// Asks the provider about a token; [`Verification::Unknown`] where it has no endpoint for that.
    pub async fn verify(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        token: &AccessToken,
    ) -> Verification {
        let Some(endpoint) = &provider.validation else {
            return Verification::Unknown;
        };
        let redactor = Redactor::new([token.expose()]);
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let fields = [
            ("type", "access_token"),
            ("client_id", client_id.as_str()),
            ("token", token.expose()),
        ];
        match self
            .exchange(&call, self.post(endpoint, Wire::new(Encoding::Form, &fields, None)))
            .await
        {
            Ok(reply) => verification::read(&reply, &redactor),
            Err(_) => Verification::Unknown,
        }
    }

    /// Tries a token at the Firefly gateway. Never call this by itself more than once per token: the limits are the
    /// organisation's, four calls a minute (`adobe-ims` section 5).
    pub async fn check_access(
        &self,
        gateway: &Gateway,
        client_id: &ClientId,
        token: &AccessToken,
    ) -> AccessReport {
        let redactor = Redactor::new([token.expose()]);
        let endpoint = access::probe(gateway);
        let call = Call { endpoint: &endpoint, redactor: &redactor, sent_at: None };
        let mut request = self
            .at(&endpoint)
            .get(endpoint.url().clone())
            .bearer_auth(token.expose())
            .header("x-api-key", client_id.as_str());
        if let Some(id) = access::request_id() {
            request = request.header("x-request-id", id);
        }
        match self.exchange(&call, request).await {
            Ok(reply) => access::read(&reply, endpoint.url(), &redactor),
            Err(error) => AccessReport {
                access: Access::Unreachable(error.failure),
                technical: *error.technical,
            },
        }
    }

    /// Ends a refresh token (RFC 7009). Does nothing where the provider has no endpoint for that.
    pub async fn revoke(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        secret: Option<&ClientSecret>,
        token: &RefreshToken,
    ) -> Result<(), RequestError> {
        let Some(endpoint) = &provider.revocation else {
            return Ok(());
        };
        let redactor =
            Redactor::new(secret.map(ClientSecret::expose).into_iter().chain([token.expose()]));
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let (mut fields, authorization) =
            request::authenticate(provider.client_authentication, client_id, secret);
        fields.extend([("token", token.expose()), ("token_type_hint", "refresh_token")]);
        let wire = Wire::new(Encoding::Form, &fields, authorization);
        let reply = self.exchange(&call, self.post(endpoint, wire)).await?;
        // RFC 7009 section 2.2: 200, and the body says nothing.
        if reply.is_success() && reply.content != Content::Html {
            return Ok(());
        }
        Err(call.refused(&reply, secret.is_some(), true))
    }

    /// Reads the metadata of `issuer` where OpenID Connect Discovery 1.0 puts it, else where RFC 8414 does.
    pub async fn discover(&self, issuer: &Endpoint) -> Result<Metadata, RequestError> {
        let redactor = Redactor::new([]);
        let [openid, oauth] = discovery::places(issuer);
        match self.read_metadata(&openid, &redactor).await {
            Err(RequestError { technical, .. })
                if technical.status.is_some_and(|status| (400..500).contains(&status)) =>
            {
                self.read_metadata(&oauth, &redactor).await
            }
            found_or_unreachable => found_or_unreachable,
        }
    }

    async fn read_metadata(
        &self,
        endpoint: &Endpoint,
        redactor: &Redactor,
    ) -> Result<Metadata, RequestError> {
        let call = Call { endpoint, redactor, sent_at: None };
        let reply = self.exchange(&call, self.at(endpoint).get(endpoint.url().clone())).await?;
        discovery::read(&reply).ok_or_else(|| call.refused(&reply, false, false))
    }

    fn at(&self, endpoint: &Endpoint) -> &reqwest::Client {
        if endpoint.is_loopback() { &self.direct } else { &self.routed }
    }

    fn post(&self, endpoint: &Endpoint, wire: Wire) -> reqwest::RequestBuilder {
        let request = self
            .at(endpoint)
            .post(endpoint.url().clone())
            .header(CONTENT_TYPE, wire.content_type)
            .body(wire.body.to_string());
        match wire.authorization.and_then(|value| HeaderValue::from_str(&value).ok()) {
            Some(mut value) => {
                value.set_sensitive(true);
                request.header(AUTHORIZATION, value)
            }
            None => request,
        }
    }

    async fn exchange(
        &self,
        call: &Call<'_>,
        request: reqwest::RequestBuilder,
    ) -> Result<Reply, RequestError> {
        let request = request.header(ACCEPT, "application/json");
        #[cfg(feature = "simulated")]
        if let Some(network) = &self.simulated {
            return network.exchange(call, request).await;
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let (cause, words) = transport::classify(&error);
                return Err(call.unanswered(cause, &words));
            }
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = read_body(response).await;
        Ok(Reply::new(status, call.endpoint.url(), &headers, &body))
    }
}

/// One exchange, with what its errors need.
struct Call<'a> {
    endpoint: &'a Endpoint,
    redactor: &'a Redactor,
    sent_at: Option<Timestamp>,
}

impl Call<'_> {
    fn unanswered(&self, cause: Transient, words: &str) -> RequestError {
        debug!(host = self.endpoint.host(), ?cause, "no answer");
        RequestError {
            failure: Failure::transient(cause),
            technical: Box::new(Technical {
                description: self.redactor.line(words, 200),
                ..Technical::default()
            }),
            skew: None,
        }
    }

    fn refused(&self, reply: &Reply, with_secret: bool, with_refresh_token: bool) -> RequestError {
        let asked = Asked { url: self.endpoint.url(), with_secret, with_refresh_token };
        let failure = refusal::classify(reply, asked);
        debug!(host = self.endpoint.host(), status = reply.status, ?failure, "refused");
        RequestError {
            failure,
            technical: Box::new(reply.technical(self.redactor)),
            skew: self.sent_at.and_then(|sent_at| reply.skew(sent_at)),
        }
    }
}

/// Reads to the end or to the limit, whichever comes first. What was read of a cut body still tells HTML from JSON.
async fn read_body(mut response: reqwest::Response) -> Body {
    let mut bytes = Zeroizing::new(Vec::new());
    let cut = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MOST_BYTES => {
                bytes.extend_from_slice(&chunk)
            }
            Ok(Some(chunk)) => {
                let room = MOST_BYTES - bytes.len();
                bytes.extend_from_slice(&chunk[..room]);
                break Some(Transient::BrokenReply);
            }
            Ok(None) => break None,
            Err(error) => break Some(transport::classify(&error).0),
        }
    };
    Body { bytes, cut }
}

fn extra_certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, ClientError> {
    let certificates =
        reqwest::Certificate::from_pem_bundle(pem).map_err(|_| ClientError::ExtraCa)?;
    if certificates.is_empty() {
        return Err(ClientError::ExtraCa);
    }
    Ok(certificates)
}

/// Replies are one or two kilobytes; what is larger is no token reply (design section 4).
const MOST_BYTES: usize = 64 * 1024;
