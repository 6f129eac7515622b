//! The HTTP client: one connection per request, no redirects, bounded in time and size.

use std::{borrow::Cow, ffi::OsString, sync::Arc};

use glowjar_lifecycle::{
    failure::{Failure, Transient},
    time::Timestamp,
};
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::zeroize::Zeroizing;
use tracing::debug;

use self::certificates::Authorities;
pub use self::{
    gate::Gate,
    settings::{ClientSettings, ProxyChoice, Timeouts},
    warning::{CertificateFault, ClientWarning, ProxyFault},
};
use crate::{
    access::{self, Access, AccessReport},
    authority::Authority,
    classify::{self, Asked},
    client_id::ClientId,
    compression,
    console::{self, ConsoleCredential, ConsoleError, ListedSecret, MadeSecret},
    device::{DeviceAuthorization, NotYet},
    discovery::{self, Metadata},
    endpoint::{Endpoint, Gateway},
    error::{RequestError, Technical},
    events::{self, KeeperEvents, LONGEST_CONNECTION, LONGEST_SILENCE},
    identity::{self, Keys, Person},
    join,
    provider::{Encoding, Provider},
    redact::Redactor,
    reply::{Body, Content, Reply},
    request::{self, TokenRequest, Wire},
    scopes::Scopes,
    secret::{AccessToken, ClientSecret, RefreshToken},
    token_response::{self, Issued},
    transport,
    verification::{self, Verification},
    webhook::{Message, Webhook},
};

mod certificates;
mod gate;
mod proxy;
mod settings;
#[cfg(feature = "simulated")]
pub mod simulated;
mod warning;

/// Sends requests. Cheap to clone; wants a tokio runtime with IO and time.
#[derive(Clone, Debug)]
pub struct Client {
    /// For this machine: never through a proxy.
    direct: reqwest::Client,
    routed: reqwest::Client,
    /// The variable that names the proxy which `routed` goes through, if one does.
    proxy_variable: Option<&'static str>,
    warnings: Arc<[ClientWarning]>,
    /// As it was made, to make another that trusts one authority more.
    settings: Arc<ClientSettings>,
    #[cfg(feature = "simulated")]
    simulated: Option<simulated::Network>,
}

/// What [`Client::revoke`] ends.
#[derive(Clone, Copy, Debug)]
pub enum Revocable<'a> {
    Access(&'a AccessToken),
    Refresh(&'a RefreshToken),
}

/// Why there is no client with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the extra certificate file holds no certificate in PEM form, or a damaged one")]
    ExtraCa,
    #[error("the proxy's address is malformed")]
    Proxy,
    #[error("the user agent holds a character that no header may have")]
    UserAgent,
    #[error("TLS could not be set up: {0}")]
    Tls(String),
}

impl Client {
    /// Speaks to `far_end` and never to the network; gives up after `total`.
    #[cfg(feature = "simulated")]
    #[must_use]
    pub fn answered_by(
        self,
        far_end: Arc<dyn simulated::FarEnd>,
        total: std::time::Duration,
    ) -> Self {
        Self { simulated: Some(simulated::Network::new(far_end, total)), ..self }
    }

    /// A client with exactly these settings. What the environment says and can't be used is left out and told by
    /// [`warnings`](Self::warnings).
    ///
    /// # Errors
    /// What was chosen in the settings can't be used.
    pub fn new(settings: &ClientSettings) -> Result<Self, ClientError> {
        Self::in_environment(settings, &variable, None)
    }

    /// A client that asks `gate` each time a connection stands, TLS done and nothing sent.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn gated(settings: &ClientSettings, gate: Gate) -> Result<Self, ClientError> {
        Self::in_environment(settings, &variable, Some(gate))
    }

    /// A client in any case. Of settings that can't be used, only the time limits are kept.
    #[must_use]
    pub fn open(settings: &ClientSettings) -> Self {
        let plain = ClientSettings { timeouts: settings.timeouts, ..ClientSettings::default() };
        Self::new(settings)
            .or_else(|_| Self::new(&plain))
            .expect("without settings, nothing that could be missing is needed")
    }

    /// What of the environment could not be used. The same for all clones.
    #[must_use]
    pub fn warnings(&self) -> &[ClientWarning] {
        &self.warnings
    }

    fn in_environment(
        settings: &ClientSettings,
        variable: &dyn Fn(&str) -> Option<OsString>,
        gate: Option<Gate>,
    ) -> Result<Self, ClientError> {
        let extra_ca = match &settings.extra_ca {
            Some(pem) => extra_certificates(pem)?,
            None => Vec::new(),
        };
        let user_agent =
            HeaderValue::from_str(&settings.user_agent).map_err(|_| ClientError::UserAgent)?;
        let (authorities, mut warnings) = certificates::authorities(variable);
        let builder = |authorities: &Authorities| {
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                // A refresh token must not be sent twice behind the engine's back.
                .retry(reqwest::retry::never())
                // After a sleep every kept connection is dead, and requests are too rare to gain by keeping one.
                .pool_max_idle_per_host(0)
                .referer(false)
                .connect_timeout(settings.timeouts.connect)
                .timeout(settings.timeouts.total)
                // More than all of a request may take, but for one that listens.
                .read_timeout(LONGEST_SILENCE.max(settings.timeouts.total))
                .user_agent(user_agent.clone());
            #[cfg(target_os = "linux")]
            let builder = builder.tcp_user_timeout(settings.timeouts.unacknowledged);
            let builder = match &gate {
                Some(gate) => builder.connector_layer(gate.clone()),
                None => builder,
            };
            match authorities {
                Authorities::System => builder.tls_certs_merge(extra_ca.clone()),
                Authorities::These(these) => {
                    builder.tls_certs_only(these.iter().chain(&extra_ca).cloned())
                }
            }
        };
        let finish = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| match transport::classify(&error) {
                (Transient::Tls, _) if !extra_ca.is_empty() => ClientError::ExtraCa,
                (_, words) => ClientError::Tls(words),
            })
        };
        let (authorities, direct) = match finish(builder(&authorities).no_proxy()) {
            // A system without any certificates: this machine can still be asked.
            Err(ClientError::Tls(_)) if matches!(authorities, Authorities::System) => {
                warnings.push(ClientWarning::NoCertificates);
                let nobody = Authorities::These(Vec::new());
                let direct = finish(builder(&nobody).no_proxy())?;
                (nobody, direct)
            }
            built => (authorities, built?),
        };
        let mut proxy_variable = None;
        let routed = match &settings.proxy {
            ProxyChoice::System => {
                let found = proxy::from_environment(variable);
                let is_clean = found.warnings.is_empty();
                warnings.extend(found.warnings);
                match found.proxy {
                    Some((variable, url)) => {
                        proxy_variable = Some(variable);
                        let exempt = found.exempt;
                        let proxy = reqwest::Proxy::custom(move |target| {
                            (!exempt.covers(target)).then(|| url.clone())
                        });
                        finish(builder(&authorities).no_proxy().proxy(proxy))?
                    }
                    // What macOS and Windows are set to, which their own settings check. The HTTP library asks the
                    // environment first, and would use what can't be used.
                    None if cfg!(any(target_os = "macos", windows)) && is_clean => {
                        finish(builder(&authorities))?
                    }
                    None => direct.clone(),
                }
            }
            ProxyChoice::Direct => direct.clone(),
            ProxyChoice::At(address) => {
                let url = proxy::parse(address).ok().flatten().ok_or(ClientError::Proxy)?;
                let proxy = reqwest::Proxy::all(url).map_err(|_| ClientError::Proxy)?;
                finish(builder(&authorities).no_proxy().proxy(proxy))?
            }
        };
        Ok(Self {
            direct,
            routed,
            proxy_variable,
            warnings: warnings.into(),
            settings: Arc::new(settings.clone()),
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
        let client = self.trusting(provider.authority.as_ref());
        let reply = client.exchange(&call, client.post(endpoint, request.wire(provider))).await?;
        match token_response::read(&reply, request, provider.lifetime_unit, sent_at) {
            Some(issued) => {
                debug!(host = endpoint.host(), client_id = %request.client_id, status = reply.status, "token issued");
                Ok(issued)
            }
            None => Err(call.refused(&reply, request.sends_secret(provider), request.is_refresh())),
        }
    }

    /// Asks for a code with which a person can sign in on another device (RFC 8628 section 3.1). `endpoint` is where the
    /// provider gives them out.
    pub async fn authorize_device(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        client_id: &ClientId,
        secret: Option<&ClientSecret>,
        scopes: &Scopes,
    ) -> Result<DeviceAuthorization, RequestError> {
        let redactor = Redactor::new(secret.map(ClientSecret::expose));
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let (mut fields, authorization) =
            request::authenticate(provider.client_authentication, client_id, secret);
        let scope = scopes.joined(provider.scope_separator);
        if !scopes.is_empty() {
            fields.push(("scope", &scope));
        }
        let wire = Wire::new(Encoding::Form, &fields, authorization);
        let reply = self.exchange(&call, self.post(endpoint, wire)).await?;
        let fields = reply.fields.as_ref();
        let told = fields.filter(|_| reply.is_success()).and_then(DeviceAuthorization::read);
        told.ok_or_else(|| call.refused(&reply, secret.is_some(), false))
    }

    /// Asks once whether the person has agreed by now. `request` is with the grant of a [`DeviceAuthorization`].
    ///
    /// # Errors
    /// [`NotYet::Pending`] and [`NotYet::SlowDown`] are no failures.
    pub async fn poll_device(
        &self,
        provider: &Provider,
        request: &TokenRequest<'_>,
        sent_at: Timestamp,
    ) -> Result<Issued, NotYet> {
        self.request_token(provider, request, sent_at).await.map_err(NotYet::from)
    }

    /// Exchanges a one-time word for a secret of the desk's own, of which the keeper is told the SHA-256 in hexadecimal digits.
    /// The same once more does no harm.
    ///
    /// # Errors
    /// The keeper is not there, or refuses the word.
    pub async fn join(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        word: &ClientSecret,
        own_hash: &str,
    ) -> Result<(), RequestError> {
        let (endpoint, wire) = join::request(provider, client_id, word, own_hash);
        let redactor = Redactor::new([word.expose()]);
        let call = Call { endpoint: &endpoint, redactor: &redactor, sent_at: None };
        let client = self.trusting(provider.authority.as_ref());
        let reply = client.exchange(&call, client.post(&endpoint, wire)).await?;
        if reply.is_success() && reply.content != Content::Html {
            return Ok(());
        }
        Err(call.refused(&reply, true, false))
    }

    /// Listens to a studio's keeper.
    ///
    /// # Errors
    /// The keeper is not there, or does not know this desk.
    pub async fn listen(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        secret: &ClientSecret,
    ) -> Result<KeeperEvents, RequestError> {
        let endpoint = events::place(provider, client_id);
        let redactor = Redactor::new([secret.expose()]);
        let call = Call { endpoint: &endpoint, redactor: &redactor, sent_at: None };
        #[cfg(feature = "simulated")]
        if self.simulated.is_some() {
            return Err(
                call.unanswered(Transient::Connect, "nobody tells anything in the simulation")
            );
        }
        let client = self.trusting(provider.authority.as_ref());
        let request = client
            .at(&endpoint)
            .get(endpoint.url().clone())
            .bearer_auth(secret.expose())
            .header(ACCEPT, "text/event-stream")
            .timeout(LONGEST_CONNECTION);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let (cause, words) = client.blame(&endpoint, transport::classify(&error));
                return Err(call.unanswered(cause, &words));
            }
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        if status == 200 && kind.starts_with(b"text/event-stream") {
            return Ok(KeeperEvents::new(response));
        }
        let body = compression::decoded(&headers, read_body(response).await, MOST_BYTES);
        Err(call.refused(&Reply::new(status, endpoint.url(), &headers, &body), true, false))
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
    /// organisation's, four calls a minute.
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

    /// Which client secrets a credential has. `token` was asked for with [`console_scopes`](crate::console_scopes), here and
    /// below.
    pub async fn list_secrets(
        &self,
        at: (&Gateway, &ConsoleCredential),
        client_id: &ClientId,
        token: &AccessToken,
    ) -> Result<Vec<ListedSecret>, ConsoleError> {
        let endpoint = at.1.secrets(at.0);
        let (reply, redactor) = self.console(Method::GET, &endpoint, client_id, token).await?;
        let fields = reply.fields.as_ref().filter(|_| reply.is_success());
        let list = fields.and_then(console::read_list);
        list.ok_or_else(|| ConsoleError::of(&reply, endpoint.url(), &redactor))
    }

    /// Makes another client secret. Whoever does not keep what comes back has lost it.
    pub async fn make_secret(
        &self,
        at: (&Gateway, &ConsoleCredential),
        client_id: &ClientId,
        token: &AccessToken,
    ) -> Result<MadeSecret, ConsoleError> {
        let endpoint = at.1.secrets(at.0);
        let (reply, redactor) = self.console(Method::POST, &endpoint, client_id, token).await?;
        let fields = reply.fields.as_ref().filter(|_| reply.is_success());
        let made = fields.and_then(console::read_made);
        made.ok_or_else(|| ConsoleError::of(&reply, endpoint.url(), &redactor))
    }

    /// Deletes a client secret for good. One that is not there any more is [`NotFound`](crate::ConsoleRefusal::NotFound).
    pub async fn delete_secret(
        &self,
        (console, credential): (&Gateway, &ConsoleCredential),
        uuid: &str,
        client_id: &ClientId,
        token: &AccessToken,
    ) -> Result<(), ConsoleError> {
        let endpoint = credential.secret(console, uuid);
        let (reply, redactor) = self.console(Method::DELETE, &endpoint, client_id, token).await?;
        if reply.is_success() && reply.content != Content::Html {
            return Ok(());
        }
        Err(ConsoleError::of(&reply, endpoint.url(), &redactor))
    }

    async fn console(
        &self,
        method: Method,
        endpoint: &Endpoint,
        client_id: &ClientId,
        token: &AccessToken,
    ) -> Result<(Reply, Redactor), ConsoleError> {
        let redactor = Redactor::new([token.expose()]);
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let mut request = self
            .at(endpoint)
            .request(method.clone(), endpoint.url().clone())
            .bearer_auth(token.expose())
            .header("x-api-key", client_id.as_str());
        if method == Method::POST {
            // So that its length, none, is said.
            request = request.body("");
        }
        if let Some(id) = access::request_id() {
            request = request.header("x-request-id", id);
        }
        let reply = self.exchange(&call, request).await.map_err(ConsoleError::unanswered)?;
        debug!(host = endpoint.host(), %method, status = reply.status, "console");
        Ok((reply, redactor))
    }

    /// Ends a token (RFC 7009). Does nothing where the provider has no endpoint for that.
    pub async fn revoke(
        &self,
        provider: &Provider,
        client_id: &ClientId,
        secret: Option<&ClientSecret>,
        token: Revocable<'_>,
    ) -> Result<(), RequestError> {
        let Some(endpoint) = &provider.revocation else {
            return Ok(());
        };
        let (token, hint) = match token {
            Revocable::Access(token) => (token.expose(), "access_token"),
            Revocable::Refresh(token) => (token.expose(), "refresh_token"),
        };
        let redactor = Redactor::new(secret.map(ClientSecret::expose).into_iter().chain([token]));
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let (mut fields, authorization) =
            request::authenticate(provider.client_authentication, client_id, secret);
        fields.extend([("token", token), ("token_type_hint", hint)]);
        let wire = Wire::new(Encoding::Form, &fields, authorization);
        let reply = self.exchange(&call, self.post(endpoint, wire)).await?;
        // RFC 7009 section 2.2: 200, and the body says nothing.
        if reply.is_success() && reply.content != Content::Html {
            return Ok(());
        }
        Err(call.refused(&reply, secret.is_some(), hint == "refresh_token"))
    }

    /// Sends a message. Whatever a server answers with a good status will do; `at` is now.
    pub async fn deliver(
        &self,
        webhook: &Webhook,
        message: &Message<'_>,
        at: Timestamp,
    ) -> Result<(), RequestError> {
        let endpoint = webhook.address();
        let redactor = Redactor::new(webhook.secrets());
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let mut request = self
            .at(endpoint)
            .post(endpoint.url().clone())
            .header(CONTENT_TYPE, "application/json")
            .body(message.body.to_owned());
        for (name, value) in webhook.headers(message, at) {
            request = request.header(name, value);
        }
        let reply = self.exchange(&call, request).await?;
        if reply.is_success() { Ok(()) } else { Err(call.refused(&reply, false, false)) }
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

    /// Reads the keys that `metadata` names. `None` if it names none.
    pub async fn keys(&self, metadata: &Metadata) -> Result<Option<Keys>, RequestError> {
        let (Some(endpoint), Some(issuer)) = (&metadata.keys, &metadata.issuer) else {
            return Ok(None);
        };
        let redactor = Redactor::new([]);
        let call = Call { endpoint, redactor: &redactor, sent_at: None };
        let reply = self.exchange(&call, self.at(endpoint).get(endpoint.url().clone())).await?;
        let keys = Keys::read(issuer, &reply);
        keys.map(Some).ok_or_else(|| call.refused(&reply, false, false))
    }

    /// Asks the provider whose token this is; with `subject`, whether it is theirs. `None` if it does not say.
    pub async fn person(
        &self,
        userinfo: &Endpoint,
        token: &AccessToken,
        subject: Option<&str>,
    ) -> Option<Person> {
        let redactor = Redactor::new([token.expose()]);
        let call = Call { endpoint: userinfo, redactor: &redactor, sent_at: None };
        let request = self.at(userinfo).get(userinfo.url().clone()).bearer_auth(token.expose());
        let reply = self.exchange(&call, request).await.ok()?;
        identity::read_userinfo(&reply, subject)
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

    /// The same, for a provider whose certificate this authority signed. One that can't be used is left out, and the connection
    /// says so.
    fn trusting(&self, authority: Option<&Authority>) -> Cow<'_, Self> {
        let Some(authority) = authority else { return Cow::Borrowed(self) };
        let mut extra_ca = self.settings.extra_ca.clone().unwrap_or_default();
        extra_ca.extend_from_slice(authority.to_pem().as_bytes());
        let settings = ClientSettings { extra_ca: Some(extra_ca), ..(*self.settings).clone() };
        match Self::new(&settings) {
            #[cfg(feature = "simulated")]
            Ok(client) => Cow::Owned(Self { simulated: self.simulated.clone(), ..client }),
            #[cfg(not(feature = "simulated"))]
            Ok(client) => Cow::Owned(client),
            Err(error) => {
                debug!(%error, "an authority can't be used");
                Cow::Borrowed(self)
            }
        }
    }

    fn at(&self, endpoint: &Endpoint) -> &reqwest::Client {
        if endpoint.is_loopback() { &self.direct } else { &self.routed }
    }

    /// The cause of a failed exchange, where the environment has something to do with it.
    fn blame(
        &self,
        endpoint: &Endpoint,
        (cause, words): (Transient, String),
    ) -> (Transient, String) {
        if endpoint.is_loopback() {
            return (cause, words);
        }
        let mut warnings = self.warnings.iter();
        match cause {
            Transient::Tls => match warnings.find(|warning| warning.is_about_certificates()) {
                Some(warning) => (cause, format!("{words}; {warning}")),
                None => (cause, words),
            },
            Transient::Proxy => match self.proxy_variable {
                Some(variable) => (cause, format!("{words} ({variable})")),
                None => (cause, words),
            },
            // Perhaps there is no way out but by the proxy that was meant.
            Transient::Dns
            | Transient::Connect
            | Transient::ConnectTimeout
            | Transient::Timeout => {
                match warnings.find(|warning| matches!(warning, ClientWarning::Proxy { .. })) {
                    Some(warning) => (Transient::ProxyUnusable, format!("{warning}; {words}")),
                    None => (cause, words),
                }
            }
            _ => (cause, words),
        }
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
                let (cause, words) = self.blame(call.endpoint, transport::classify(&error));
                return Err(call.unanswered(cause, &words));
            }
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = compression::decoded(&headers, read_body(response).await, MOST_BYTES);
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
        let failure = classify::classify(reply, asked);
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

/// A variable of this process. On Windows a name in lower case is the same variable as that in upper case, and told once.
fn variable(name: &str) -> Option<OsString> {
    let is_told_already = cfg!(windows) && name.contains(|c: char| c.is_ascii_lowercase());
    if is_told_already { None } else { std::env::var_os(name) }
}

fn extra_certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, ClientError> {
    let certificates =
        reqwest::Certificate::from_pem_bundle(pem).map_err(|_| ClientError::ExtraCa)?;
    if certificates.is_empty() {
        return Err(ClientError::ExtraCa);
    }
    Ok(certificates)
}

/// Replies are one or two kilobytes; what is larger is no token reply.
const MOST_BYTES: usize = 64 * 1024;
