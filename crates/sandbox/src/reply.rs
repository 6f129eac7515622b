//! An answer on its way out: bytes, and the manner of their delivery.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::channel::{Channel, Sender};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, DATE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;
use tokio::sync::watch;

/// A whole answer, and how much of it the client gets to see.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) waits: Vec<Wait>,
    pub(crate) delivery: Delivery,
    /// Not some proxy or portal on the way to it.
    pub(crate) comes_from_the_server: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Wait {
    For(Duration),
    UntilReleased,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// Never a byte.
    Never,
    /// The connection closes without a byte.
    Cut,
    CutMidBody,
    Drip(Duration),
    /// The body, then filler without end.
    Endless,
    /// The body, then filler up to this many bytes.
    Huge(u64),
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".into(), content_type.into())];
        Self {
            status,
            headers,
            body: body.into(),
            waits: Vec::new(),
            delivery: Delivery::Whole,
            comes_from_the_server: true,
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::json_text(status, body.to_string())
    }

    pub(crate) fn json_text(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, "application/json;charset=UTF-8", body).with("cache-control", "no-store")
    }

    pub(crate) fn html(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, "text/html;charset=utf-8", body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { headers: Vec::new(), ..Self::new(status, "", "") }
    }

    pub(crate) fn with(mut self, header: &str, value: impl Into<String>) -> Self {
        self.headers.push((header.to_owned(), value.into()));
        self
    }

    pub(crate) fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    pub(crate) fn after(mut self, wait: Wait) -> Self {
        self.waits.insert(0, wait);
        self
    }

    pub(crate) fn sent_by_another(mut self) -> Self {
        self.comes_from_the_server = false;
        self
    }

    /// What the client will see as status, if it sees any.
    pub(crate) fn visible_status(&self) -> Option<u16> {
        (!matches!(self.delivery, Delivery::Never | Delivery::Cut)).then_some(self.status)
    }

    /// Waits as long as it takes, then gives hyper what to send.
    ///
    /// # Errors
    /// [`CutOff`] makes hyper close the connection without a byte.
    pub(crate) async fn deliver(
        self,
        date: Option<String>,
        mut released: watch::Receiver<u64>,
    ) -> Result<Response<ReplyBody>, CutOff> {
        for wait in &self.waits {
            match wait {
                Wait::For(span) => tokio::time::sleep(*span).await,
                Wait::UntilReleased => {
                    if released.changed().await.is_err() {
                        return Err(CutOff);
                    }
                }
            }
        }
        let length = match self.delivery {
            Delivery::Never => std::future::pending().await,
            Delivery::Cut => return Err(CutOff),
            Delivery::Endless => None,
            Delivery::Huge(bytes) => Some(bytes.max(self.body.len() as u64)),
            _ => Some(self.body.len() as u64),
        };
        let mut response = Response::new(body(self.body, self.delivery));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()))
            {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(length) = length {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
            response.headers_mut().entry(DATE).or_insert(date);
        }
        Ok(response)
    }
}

/// The connection ends here, by order of the script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutOff;

impl std::fmt::Display for CutOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection cut, as scripted")
    }
}

impl std::error::Error for CutOff {}

pub(crate) type ReplyBody = BoxBody<Bytes, CutOff>;

fn body(bytes: Bytes, delivery: Delivery) -> ReplyBody {
    let never = |never: Infallible| match never {};
    match delivery {
        Delivery::Whole | Delivery::Never | Delivery::Cut => {
            Full::new(bytes).map_err(never).boxed()
        }
        Delivery::CutMidBody => HalfThenCut::Half(bytes.slice(..bytes.len() / 2)).boxed(),
        Delivery::Drip(_) | Delivery::Endless | Delivery::Huge(_) => {
            let (sender, channel) = Channel::<Bytes, CutOff>::new(1);
            tokio::spawn(feed(sender, bytes, delivery));
            channel.boxed()
        }
    }
}

/// An error straight after the data would make hyper drop the connection before it wrote any of it: between the two
/// it must find nothing to do but flush.
enum HalfThenCut {
    Half(Bytes),
    Flush,
    Cut,
}

impl Body for HalfThenCut {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        match std::mem::replace(&mut *self, Self::Cut) {
            Self::Half(half) => {
                *self = Self::Flush;
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            Self::Flush => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Cut => Poll::Ready(Some(Err(CutOff))),
        }
    }
}

/// Ends by itself when hyper drops the other half, as it does once the client has gone.
async fn feed(mut sender: Sender<Bytes, CutOff>, bytes: Bytes, delivery: Delivery) {
    match delivery {
        Delivery::Drip(pause) => {
            for at in 0..bytes.len() {
                if sender.send_data(bytes.slice(at..=at)).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Delivery::Endless => fill(sender, bytes, u64::MAX).await,
        Delivery::Huge(total) => fill(sender, bytes, total).await,
        Delivery::Whole | Delivery::Never | Delivery::Cut | Delivery::CutMidBody => {}
    }
}

async fn fill(mut sender: Sender<Bytes, CutOff>, start: Bytes, total: u64) {
    let mut left = total.saturating_sub(start.len() as u64);
    let mut sent = sender.send_data(start).await;
    while sent.is_ok() && left > 0 {
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(FILLER.len());
        sent = sender.send_data(Bytes::from_static(&FILLER[..size])).await;
        left -= size as u64;
    }
}

const FILLER: &[u8] = &[b'a'; 16 * 1024];
