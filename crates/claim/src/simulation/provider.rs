//! A provider with strict rotation: a refresh token is good once, and who uses it twice ends the sign-in (RFC 9700 section 4.14.2).

use std::collections::BTreeMap;

use super::store::Secret;

#[derive(Debug)]
pub(super) struct Provider {
    next: Secret,
    current: Option<Secret>,
    used: BTreeMap<Secret, u32>,
    successors: BTreeMap<Secret, Secret>,
    pub(super) access: BTreeMap<Secret, u64>,
    pub(super) lifetime: u64,
    /// It answers 429 until then.
    pub(super) throttles_until: u64,
    /// It answers 500 until then.
    pub(super) fails_until: u64,
    pub(super) requests: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Issued { refresh_token: Option<Secret>, access_token: Secret },
    Throttled { left: u64 },
    Failed,
    Dead,
}

impl Provider {
    pub(super) fn new(lifetime: u64) -> Self {
        Self {
            next: 1,
            current: None,
            used: BTreeMap::new(),
            successors: BTreeMap::new(),
            access: BTreeMap::new(),
            lifetime,
            throttles_until: 0,
            fails_until: 0,
            requests: Vec::new(),
        }
    }

    /// A person signs in.
    pub(super) fn sign_in(&mut self) -> Secret {
        self.next += 1;
        self.current = Some(self.next);
        self.next
    }

    /// How often this one has arrived before.
    pub(super) fn arrivals(&self, refresh_token: Secret) -> u32 {
        self.used.get(&refresh_token).copied().unwrap_or(0)
    }

    pub(super) fn ask(&mut self, now: u64, refresh_token: Option<Secret>) -> Reply {
        self.requests.push(now);
        if now < self.throttles_until {
            return Reply::Throttled { left: self.throttles_until - now };
        }
        if now < self.fails_until {
            return Reply::Failed;
        }
        if let Some(token) = refresh_token {
            *self.used.entry(token).or_default() += 1;
            if self.current != Some(token) {
                self.current = None;
                return Reply::Dead;
            }
        }
        let refresh_token = refresh_token.map(|used| {
            let successor = self.sign_in();
            self.successors.insert(used, successor);
            successor
        });
        self.next += 1;
        self.access.insert(self.next, now + self.lifetime);
        Reply::Issued { refresh_token, access_token: self.next }
    }

    pub(super) fn successor(&self, used: Secret) -> Option<Secret> {
        self.successors.get(&used).copied()
    }

    /// Whether it looks at no refresh token now.
    pub(super) const fn is_busy(&self, now: u64) -> bool {
        now < self.throttles_until || now < self.fails_until
    }

    /// The one refresh token that would be taken.
    pub(super) const fn current(&self) -> Option<Secret> {
        self.current
    }
}
