//! The wait for a person who signs in with a code, on whichever device (RFC 8628): when the provider is asked again whether
//! they have agreed.

use std::time::Duration;

use glowjar_ims::{DeviceAuthorization, Keys, Metadata, NotYet, Provider, SLOWER_BY};
use glowjar_lifecycle::{
    failure::{Failure, RetryAfter},
    time::{Step, Timestamp},
};

use super::work::Work;
use crate::token_requests::SentAt;

pub(super) struct DeviceWait {
    pub provider: Provider,
    pub metadata: Metadata,
    pub keys: Option<Keys>,
    pub authorization: DeviceAuthorization,
    /// Between two questions. The provider may have it grow.
    interval: Duration,
    /// Instead of the interval while there is no answer.
    pause: Option<Duration>,
    next: Timestamp,
    polling: Option<(SentAt, Work)>,
}

impl DeviceWait {
    pub(super) fn new(
        (provider, metadata, keys): (Provider, Metadata, Option<Keys>),
        authorization: DeviceAuthorization,
        now: Timestamp,
    ) -> Self {
        let interval = authorization.interval();
        let next = now + interval;
        Self { provider, metadata, keys, authorization, interval, pause: None, next, polling: None }
    }

    /// When to ask. `None` while that is being done: a request ends by itself.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.polling.is_none().then_some(self.next)
    }

    pub(super) fn shift(&mut self, step: Step) {
        self.next = self.next.shifted(step);
    }

    pub(super) fn polls(&mut self, sent: SentAt, work: Work) {
        self.polling = Some((sent, work));
    }

    /// The question was answered, or could not be. When it was sent, if it was this one.
    pub(super) fn polled(&mut self) -> Option<SentAt> {
        self.polling.take().map(|(sent, _)| sent)
    }

    /// The last question got no answer.
    pub(super) const fn is_stalled(&self) -> bool {
        self.pause.is_some()
    }

    /// Asks again later, unless the answer was one.
    ///
    /// # Errors
    /// As it was, if there is nothing to wait for any more.
    pub(super) fn put_off(&mut self, answer: NotYet, now: Timestamp) -> Result<(), NotYet> {
        let mut wait = None;
        match answer {
            NotYet::Pending => self.pause = None,
            NotYet::SlowDown => {
                self.pause = None;
                self.interval += SLOWER_BY;
            }
            NotYet::Failed(ref error) => match error.failure {
                // RFC 8628 section 3.5: each time twice as long, where there is no answer.
                Failure::Transient { retry_after, .. } => {
                    let longer = self.pause.unwrap_or(self.interval) * 2;
                    self.pause =
                        Some(longer.clamp(self.interval, LONGEST_PAUSE.max(self.interval)));
                    wait = retry_after;
                }
                Failure::Permanent(_) => return Err(answer),
            },
            NotYet::Denied | NotYet::Expired => return Err(answer),
        }
        let usual = now + self.pause.unwrap_or(self.interval);
        self.next = match wait {
            Some(RetryAfter::Delay(span)) => usual.max(now + span),
            Some(RetryAfter::At(at)) => usual.max(at),
            None => usual,
        };
        Ok(())
    }
}

/// So that a server that is back is noticed while its code still holds.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
