//! From hyper's request to the state's answer and back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper::body::{Bytes, Incoming};

use crate::control;
use crate::reply::{CutOff, Reply, ReplyBody};
use crate::request::Request;
use crate::state::Shared;

/// Takes the whole request in, decides, records, and delivers.
///
/// `announced` takes an outage that is to begin once this connection has had its answer.
///
/// # Errors
/// The connection is to be closed without an answer.
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    announced: &Mutex<Option<Duration>>,
    request: hyper::Request<Incoming>,
) -> Result<Response<ReplyBody>, CutOff> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body: Bytes::new(),
    };
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => request.body = body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            let reply = shared.lock().refuse_size(&request);
            shared.arrivals.send_modify(|count| *count += 1);
            return deliver(shared, reply.with("connection", "close")).await;
        }
        // The client went away in the middle of its own request.
        Err(_) => return Err(CutOff),
    }
    if control::is_for_us(&request) {
        let reply = control::answer(shared, &request, announced);
        return deliver(shared, reply).await;
    }
    // Before the arrival is told, so that whoever waits for it and releases at once releases this one too.
    let released = shared.released.subscribe();
    let (reply, date) = {
        let mut state = shared.lock();
        (state.answer(&request), state.date())
    };
    shared.arrivals.send_modify(|count| *count += 1);
    reply.deliver(date, released).await
}

async fn deliver(shared: &Shared, reply: Reply) -> Result<Response<ReplyBody>, CutOff> {
    let date = shared.lock().date();
    reply.deliver(date, shared.released.subscribe()).await
}

/// Far above what any honest token request needs, the 1 MB paste of a test included.
const LONGEST_BODY: usize = 1024 * 1024;
