//! The handle other crates hold.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;

use crate::answer::{Answer, Outage, Route};
use crate::listener::{self, Listening};
use crate::record::Recorded;
use crate::settings::Settings;
use crate::state::Shared;

/// A running sandbox. Dropping it closes the port and every connection.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Listens on 127.0.0.1 and answers on the current tokio runtime.
    ///
    /// # Errors
    /// The port is taken, or the system gives none.
    ///
    /// # Panics
    /// Outside a tokio runtime with IO and time.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let (port, listener) = listener::open(settings.port)?;
        let address = port.address();
        let (shared, orders) = Shared::new(settings, format!("http://{address}"));
        let task = tokio::spawn(listener::run(shared.clone(), port, listener, orders));
        Ok(Self { shared, address, task })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port it listens on, also during an outage.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The latest thousand requests, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests_to(Route::Any)
    }

    /// Those of the latest thousand requests that went to this route, oldest first.
    pub fn requests_to(&self, route: Route) -> Vec<Recorded> {
        self.shared.lock().record.of(route)
    }

    /// Waits until `count` requests have arrived since the start, then gives [`Self::requests`].
    /// A request has arrived once its body has: before a scripted delay, hang or cut.
    pub async fn wait_for_requests(&self, count: u64) -> Vec<Recorded> {
        self.wait_for(Route::Any, count).await
    }

    /// Waits until `count` requests have arrived at this route since the start, then gives [`Self::requests_to`].
    pub async fn wait_for(&self, route: Route, count: u64) -> Vec<Recorded> {
        let mut arrivals = self.shared.arrivals.subscribe();
        loop {
            arrivals.borrow_and_update();
            {
                let state = self.shared.lock();
                if state.record.count(route) >= count {
                    return state.record.of(route);
                }
            }
            // The sender lives in `shared`, which lives in `self`.
            let _ = arrivals.changed().await;
        }
    }

    /// The sandbox's own clock.
    pub fn now(&self) -> SystemTime {
        self.shared.lock().now()
    }

    /// Moves the sandbox's own clock forward: tokens age, and spans of [`Self::during`] pass. Delays, drips and
    /// outages run on the real clock and do not notice.
    pub fn advance(&self, span: Duration) {
        self.shared.lock().advanced += span;
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.shared.lock().settings.clone()
    }

    /// Changes settings while running; what was issued before keeps its life. `port` and `clock` stay as they were.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        let mut state = self.shared.lock();
        let (port, clock) = (state.settings.port, state.settings.clock);
        change(&mut state.settings);
        (state.settings.port, state.settings.clock) = (port, clock);
    }

    /// Gives this answer to the next request to this route, after those already queued for it.
    pub fn next(&self, route: Route, answer: Answer) {
        self.shared.lock().script.queue(route, answer);
    }

    /// Gives this answer to every request to this route for a span of the sandbox's own clock, from now.
    pub fn during(&self, route: Route, span: Duration, answer: Answer) {
        let mut state = self.shared.lock();
        let until = state.now() + span;
        state.script.stand(route, answer, Some(until));
    }

    /// Gives this answer to every request to this route until [`Self::clear`].
    pub fn until_cleared(&self, route: Route, answer: Answer) {
        self.shared.lock().script.stand(route, answer, None);
    }

    /// Forgets the whole script. Held answers stay held, and an outage goes on.
    pub fn clear(&self) {
        self.shared.lock().script.clear();
    }

    /// Sends out every answer held by [`Answer::Held`] so far.
    pub fn release(&self) {
        self.shared.released.send_modify(|count| *count += 1);
    }

    /// Takes the server away until [`Self::end_outage`]. For [`Outage::ConnectionRefused`] the port is closed on return.
    ///
    /// # Errors
    /// The port could not be opened again after a refusing outage gave way to another kind.
    pub async fn set_outage(&self, outage: Outage) -> io::Result<()> {
        self.shared.lock().outage = Some(outage);
        self.shared
            .order(if outage == Outage::ConnectionRefused { Listening::Off } else { Listening::On })
            .await
    }

    /// Brings the server back, on the same port.
    ///
    /// # Errors
    /// The port could not be opened again.
    pub async fn end_outage(&self) -> io::Result<()> {
        self.shared.lock().outage = None;
        self.shared.order(Listening::On).await
    }

    /// Whether this is an access or refresh token of the sandbox that it would take now: signed by it (or by a sandbox
    /// before it), not at its end on the sandbox's own clock, not revoked, not rotated away.
    pub fn accepts(&self, token: &str) -> bool {
        self.shared.lock().accepts(token)
    }

    /// Whether it would have taken this access token at `moment`, on its own clock. What has ended since was right then.
    pub fn accepted_at(&self, token: &str, moment: SystemTime) -> bool {
        self.shared.lock().accepted_at(token, moment)
    }

    /// A new refresh token for this client, as if a person had signed in.
    pub fn issue_refresh_token(&self, client_id: &str) -> String {
        self.shared.lock().issue_refresh_token(client_id)
    }

    /// Revokes every access token issued so far, those of earlier runs included.
    pub fn revoke_access_tokens(&self) {
        self.shared.lock().ledger.revoke_access_tokens();
    }

    /// Revokes every refresh token issued so far, the seed and those of earlier runs included.
    pub fn revoke_refresh_tokens(&self) {
        self.shared.lock().ledger.revoke_refresh_tokens();
    }

    /// Stops and returns once the port is closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // Cancelled, as asked.
        let _ = (&mut self.task).await;
    }
}

/// Nothing of what it holds: there are tokens and codes in it.
impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}
