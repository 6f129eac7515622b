//! Requests that the client gave up and the system still sends: they arrive when nobody listens for their answer any more.

use std::time::Duration;

use glowjar_ims::Timeouts;

use crate::{
    dice::Dice,
    provider::{Asked, RefreshTokenName},
};

#[derive(Default)]
pub struct LateRequests(Vec<Late>);

pub struct Late {
    pub place: usize,
    pub asked: Asked,
    /// In true time.
    arrives: Duration,
    presented: Option<RefreshTokenName>,
    /// The process that sent it still runs.
    is_remembered: bool,
}

impl LateRequests {
    /// It is given up when its time is over, and arrives so long after that as the system goes on sending.
    pub fn hold_back(&mut self, place: usize, asked: Asked, now: Duration, dice: &mut Dice) {
        let Timeouts { total, unacknowledged, .. } = Timeouts::default();
        let late = Duration::from_millis(dice.below(unacknowledged.as_millis() as u64));
        let arrives = now + total + late;
        let presented = asked.refresh_token.as_deref().and_then(RefreshTokenName::find);
        self.0.push(Late { place, asked, arrives, presented, is_remembered: true });
    }

    /// What has arrived by now, in its order.
    pub fn arrived(&mut self, now: Duration) -> Vec<Late> {
        let (mut arrived, under_way): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.0).into_iter().partition(|late| late.arrives <= now);
        self.0 = under_way;
        arrived.sort_by_key(|late| late.arrives);
        arrived
    }

    /// Whether this refresh token is on its way in a request that this process gave up.
    pub fn carries(&self, presented: RefreshTokenName) -> bool {
        self.0.iter().any(|late| late.is_remembered && late.presented == Some(presented))
    }

    /// The system sends nothing while the machine sleeps.
    pub fn sleep(&mut self, span: Duration) {
        self.0.iter_mut().for_each(|late| late.arrives += span);
    }

    pub fn process_ended(&mut self) {
        self.0.iter_mut().for_each(|late| late.is_remembered = false);
    }
}
