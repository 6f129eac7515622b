//! What desks are told without asking: whether their pool is open or was halted. Server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), and never a token.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

/// Who listens, by the name of the desk.
#[derive(Default)]
pub struct Listeners(Mutex<BTreeMap<String, Vec<Listener>>>);

struct Listener {
    client_id: String,
    told: Standing,
    events: mpsc::Sender<Bytes>,
}

/// How the pool is from which a desk has its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is being imported anew, or was never there. Nothing is said of it.
    Unknown,
    Open,
    /// Why.
    Halted(String),
}

impl Listeners {
    /// A new one hears at once how its pool is. Of too many of one desk, the first is given up.
    pub fn open(
        &self,
        desk: &str,
        client_id: &str,
        standing: impl FnOnce() -> Standing,
    ) -> mpsc::Receiver<Bytes> {
        let (events, coming) = mpsc::channel(MOST_UNREAD);
        let mut all = self.locked();
        let own = all.entry(desk.to_owned()).or_default();
        own.retain(|listener| !listener.events.is_closed());
        if own.len() >= MOST_OF_A_DESK {
            own.remove(0);
        }
        let mut listener =
            Listener { client_id: client_id.to_owned(), told: Standing::Unknown, events };
        listener.is_told(standing());
        own.push(listener);
        coming
    }

    /// Tells each what is another than what it was told. `standing` is of a desk and a client id; without one, the desk was
    /// removed, and its events end.
    pub fn tell(&self, standing: impl Fn(&str, &str) -> Option<Standing>) {
        self.locked().retain(|desk, own| {
            own.retain_mut(|listener| {
                let standing = standing(desk, &listener.client_id);
                standing.is_some_and(|standing| listener.is_told(standing))
            });
            !own.is_empty()
        });
    }

    /// So that a desk notices a keeper that went without a word, and a keeper a desk.
    pub fn give_sign_of_life(&self) {
        let sign = Bytes::from_static(b":\n\n");
        self.locked().retain(|_, own| {
            own.retain(|listener| listener.events.try_send(sign.clone()).is_ok());
            !own.is_empty()
        });
    }

    /// How many listen.
    pub fn count(&self) -> usize {
        self.locked().values().map(Vec::len).sum()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Listener>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").field("count", &self.count()).finish()
    }
}

impl Listener {
    /// False if it has gone, or does not read.
    fn is_told(&mut self, standing: Standing) -> bool {
        if standing == self.told {
            return !self.events.is_closed();
        }
        let event = match &standing {
            Standing::Unknown => return !self.events.is_closed(),
            Standing::Open => "event: open\ndata: {}\n\n".to_owned(),
            Standing::Halted(why) => {
                format!("event: halted\ndata: {}\n\n", json!({ "why": why }))
            }
        };
        self.told = standing;
        self.events.try_send(event.into()).is_ok()
    }
}

/// Of events. Each is a change that an admin made; who has not read the last ones is not there.
const MOST_UNREAD: usize = 8;
/// A person may be logged in twice, and a connection that broke may not be known to be broken yet.
const MOST_OF_A_DESK: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(coming: &mut mpsc::Receiver<Bytes>) -> Vec<String> {
        let all = std::iter::from_fn(|| coming.try_recv().ok());
        all.map(|event| String::from_utf8(event.to_vec()).expect("text")).collect()
    }

    #[test]
    fn each_change_is_told_once_and_a_removed_desk_s_events_end() {
        let listeners = Listeners::default();
        let mut one = listeners.open("one", "id", || Standing::Open);
        let mut two = listeners.open("two", "id", || Standing::Halted("a drill".to_owned()));
        assert_eq!(heard(&mut one), ["event: open\ndata: {}\n\n"]);
        assert_eq!(heard(&mut two), ["event: halted\ndata: {\"why\":\"a drill\"}\n\n"]);
        listeners.tell(|_, _| Some(Standing::Unknown));
        listeners.tell(|_, _| Some(Standing::Halted("a\nline".to_owned())));
        listeners.tell(|_, _| Some(Standing::Halted("a\nline".to_owned())));
        assert_eq!(heard(&mut one), ["event: halted\ndata: {\"why\":\"a\\nline\"}\n\n"]);
        assert_eq!(heard(&mut two).len(), 1);
        listeners.tell(|desk, _| (desk == "two").then_some(Standing::Open));
        assert!(one.try_recv().is_err() && one.is_closed());
        assert_eq!(heard(&mut two), ["event: open\ndata: {}\n\n"]);
        listeners.give_sign_of_life();
        assert_eq!(heard(&mut two), [":\n\n"]);
        drop(two);
        listeners.give_sign_of_life();
        assert_eq!(listeners.count(), 0);
    }

    #[test]
    fn who_does_not_read_and_who_opens_too_many_costs_little() {
        let listeners = Listeners::default();
        let mut first = listeners.open("one", "id", || Standing::Open);
        let others: Vec<_> =
            (0..4).map(|_| listeners.open("one", "id", || Standing::Open)).collect();
        assert_eq!(heard(&mut first).len(), 1);
        assert!(first.is_closed(), "the fifth takes its place");
        assert_eq!(listeners.count(), 4);
        (0..MOST_UNREAD).for_each(|_| listeners.give_sign_of_life());
        assert_eq!(listeners.count(), 0);
        drop(others);
    }
}
