//! A last look before anything is sent.

use std::{
    fmt,
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tower::{BoxError, Layer, Service};

/// Asked when a connection stands, TLS done: whether the request may go out. If not, nothing is ever sent over it. Cheap to clone.
#[derive(Clone)]
pub struct Gate(Arc<dyn Fn() -> Verdict + Send + Sync>);

type Verdict = Pin<Box<dyn Future<Output = bool> + Send>>;

impl Gate {
    pub fn new<F, V>(may_send: F) -> Self
    where
        F: Fn() -> V + Send + Sync + 'static,
        V: Future<Output = bool> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(may_send())))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated { connector, gate: self.clone() }
    }
}

/// A connector whose connections pass the gate.
#[derive(Clone, Debug)]
pub struct Gated<S> {
    connector: S,
    gate: Gate,
}

impl<S, R> Service<R> for Gated<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let (connecting, gate) = (self.connector.call(target), self.gate.clone());
        Box::pin(async move {
            let connection = connecting.await?;
            if (gate.0)().await {
                Ok(connection)
            } else {
                Err(io::Error::other("the request was held back").into())
            }
        })
    }
}
