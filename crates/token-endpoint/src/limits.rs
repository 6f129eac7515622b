//! How often one program may ask, and how many of its requests are answered at a time. What one uses up is lost to no
//! other; those that prove nothing share an allowance by address.

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

use crate::{Refusal, secret::SecretHash};

pub(crate) struct Limits {
    programs: DefaultKeyedRateLimiter<[u8; 32]>,
    strangers: Strangers,
    clock: governor::clock::DefaultClock,
    under_way: Arc<Mutex<HashMap<[u8; 32], usize>>>,
}

/// How often those may try that prove nothing, by the address from which they come.
pub struct Strangers {
    limiter: DefaultKeyedRateLimiter<Option<IpAddr>>,
    clock: governor::clock::DefaultClock,
}

/// A place among the requests of one program; given back when it is dropped.
pub(crate) struct Place {
    under_way: Arc<Mutex<HashMap<[u8; 32], usize>>>,
    key: [u8; 32],
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            programs: RateLimiter::keyed(quota(A_SECOND, AT_ONCE)),
            strangers: Strangers::default(),
            clock: governor::clock::DefaultClock::default(),
            under_way: Arc::default(),
        }
    }

    /// # Errors
    /// The program asks too often, or for too much at a time.
    pub(crate) fn let_in(&self, program: &SecretHash) -> Result<Place, Refusal> {
        let key = program.bytes();
        // Programs come and go, and those that are full again need no memory.
        if self.programs.len() > MOST_REMEMBERED {
            self.programs.retain_recent();
        }
        self.programs.check_key(&key).map_err(|until| too_many(&self.clock, &until))?;
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = under_way.entry(key).or_default();
        if *count >= MOST_UNDER_WAY {
            return Err(Refusal::TooMany { retry_after_seconds: 1 });
        }
        *count += 1;
        Ok(Place { under_way: Arc::clone(&self.under_way), key })
    }

    /// # Errors
    /// See [`Strangers::let_in`].
    pub(crate) fn let_in_stranger(&self, from: Option<IpAddr>) -> Result<(), Refusal> {
        self.strangers.let_in(from)
    }
}

impl Strangers {
    /// # Errors
    /// Strangers from there ask too often, all together.
    pub fn let_in(&self, from: Option<IpAddr>) -> Result<(), Refusal> {
        if self.limiter.len() > MOST_ADDRESSES {
            self.limiter.retain_recent();
        }
        // Where there are more than anybody has, they are one to us.
        let from = from.map(network).filter(|_| self.limiter.len() <= MOST_ADDRESSES);
        self.limiter.check_key(&from).map_err(|until| too_many(&self.clock, &until))
    }
}

impl fmt::Debug for Strangers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Strangers")
    }
}

impl Default for Strangers {
    fn default() -> Self {
        Self {
            limiter: RateLimiter::keyed(quota(STRANGERS_A_SECOND, STRANGERS_AT_ONCE)),
            clock: governor::clock::DefaultClock::default(),
        }
    }
}

fn too_many(
    clock: &governor::clock::DefaultClock,
    until: &governor::NotUntil<DefaultInstant>,
) -> Refusal {
    let wait = until.wait_time_from(clock.now());
    Refusal::TooMany { retry_after_seconds: wait.as_secs() + 1 }
}

type DefaultInstant = <governor::clock::DefaultClock as Clock>::Instant;

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.key);
            }
        }
    }
}

/// Who has one IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

const fn quota(a_second: NonZeroU32, at_once: NonZeroU32) -> Quota {
    Quota::per_second(a_second).allow_burst(at_once)
}

/// A program that gets a token for each of its calls makes a few of them a second, and some dozens when it begins.
const A_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Who mistypes a secret tries a few times.
const STRANGERS_A_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("not zero");
const STRANGERS_AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Each may wait for a token for as long as half a minute and holds a connection meanwhile.
const MOST_UNDER_WAY: usize = 16;
const MOST_REMEMBERED: usize = 256;
const MOST_ADDRESSES: usize = 10_000;
