//! A model of the far end in the network's place: what it answers is read as if it had come over the wire, so that
//! everything above a raw reply runs for real. Compiled for the simulation only.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use glowjar_lifecycle::failure::Transient;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::zeroize::Zeroizing;

use super::{Call, MOST_BYTES};
use crate::{
    error::RequestError,
    reply::{Body, Reply},
};

/// Everybody that could be spoken to.
pub trait FarEnd: Send + Sync + 'static {
    /// May take for ever: the client gives up after its time limit, and what it gave up on is dropped.
    fn answer(
        &self,
        request: RawRequest,
    ) -> Pin<Box<dyn Future<Output = Result<RawReply, Transient>> + Send + '_>>;
}

/// A request as it would have gone out. It holds secrets.
pub struct RawRequest {
    pub host: String,
    pub path: String,
    pub authorization: Option<String>,
    pub body: Vec<u8>,
}

/// A reply as it would have come in.
#[derive(Clone, Debug, Default)]
pub struct RawReply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// What broke the body off, if it does not come to its end.
    pub cut: Option<Transient>,
}

#[derive(Clone)]
pub(super) struct Network {
    far_end: Arc<dyn FarEnd>,
    total: Duration,
}

impl Network {
    pub(super) const fn new(far_end: Arc<dyn FarEnd>, total: Duration) -> Self {
        Self { far_end, total }
    }

    pub(super) async fn exchange(
        &self,
        call: &Call<'_>,
        request: reqwest::RequestBuilder,
    ) -> Result<Reply, RequestError> {
        let request = request.build().expect("what is sent can be written");
        let answer = self.far_end.answer(RawRequest::from(&request));
        let raw = match tokio::time::timeout(self.total, answer).await {
            Ok(Ok(raw)) => raw,
            Ok(Err(cause)) => return Err(call.unanswered(cause, "simulated")),
            Err(_) => return Err(call.unanswered(Transient::Timeout, "simulated")),
        };
        let headers: HeaderMap = raw
            .headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).expect("a model's header can be written");
                (HeaderName::from_static(name), value)
            })
            .collect();
        let mut body = Body { bytes: Zeroizing::new(raw.body), cut: raw.cut };
        if body.bytes.len() > MOST_BYTES {
            body.bytes.truncate(MOST_BYTES);
            body.cut = Some(Transient::BrokenReply);
        }
        Ok(Reply::new(raw.status, call.endpoint.url(), &headers, &body))
    }
}

impl From<&reqwest::Request> for RawRequest {
    fn from(request: &reqwest::Request) -> Self {
        let authorization = request.headers().get(reqwest::header::AUTHORIZATION);
        Self {
            host: request.url().host_str().unwrap_or_default().to_owned(),
            path: request.url().path().to_owned(),
            authorization: authorization.and_then(|value| value.to_str().ok()).map(str::to_owned),
            body: request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec(),
        }
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("host", &self.host)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("total", &self.total).finish_non_exhaustive()
    }
}
