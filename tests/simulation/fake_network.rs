//! The network between the application and its providers: what becomes of each request.

use std::{future::Future, pin::Pin, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use glowjar_ims::simulated::{FarEnd, RawReply, RawRequest};
use glowjar_lifecycle::failure::Transient;

use crate::{
    provider::{Asked, Granted, RefreshTokenName},
    replies::{self, Silence},
    story::{Death, Kind, Network, Refusal, Weather},
    world::{Spell, State, World},
};

/// What is going to happen to a request.
struct Plan {
    place: usize,
    /// `None` for an answer that never comes.
    after: Option<Duration>,
    answer: Result<RawReply, Transient>,
    granted: Option<Granted>,
    refused: bool,
    ordered: Option<Silence>,
    sleeps: u32,
}

impl FarEnd for World {
    fn answer(
        &self,
        request: RawRequest,
    ) -> Pin<Box<dyn Future<Output = Result<RawReply, Transient>> + Send + '_>> {
        Box::pin(async move {
            let plan = self.state().plan(&request);
            let Some(plan) = plan else { return std::future::pending().await };
            let flight =
                Flight { world: self, place: plan.place, counts: request.is_for_a_token() };
            match plan.after {
                Some(after) => tokio::time::sleep(after).await,
                None => std::future::pending().await,
            }
            let answer = self.state().land(plan, flight.counts);
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

/// A request on its way. It ends when it is answered, or dropped.
struct Flight<'a> {
    world: &'a World,
    place: usize,
    counts: bool,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if self.counts {
            self.world.state().ledger.landed(self.place);
        }
    }
}

trait Told {
    fn is_for_a_token(&self) -> bool;
    fn asked(&self) -> Asked;
}

impl Told for RawRequest {
    fn is_for_a_token(&self) -> bool {
        !self.path.contains("validate_token") && !self.path.contains("custom-models")
    }

    fn asked(&self) -> Asked {
        let mut asked = Asked::default();
        let mut take = |name: &str, value: String| match name {
            "client_id" => asked.client_id = value,
            "client_secret" => asked.client_secret = value,
            "grant_type" => asked.grant_type = value,
            "refresh_token" => asked.refresh_token = Some(value),
            _ => {}
        };
        if self.body.starts_with(b"{") {
            let fields: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(&self.body).expect("a request is JSON");
            for (name, value) in fields {
                take(&name, value.as_str().unwrap_or_default().to_owned());
            }
        } else {
            for (name, value) in url::form_urlencoded::parse(&self.body) {
                take(&name, value.into_owned());
            }
        }
        let basic = self.authorization.as_deref().and_then(|text| text.strip_prefix("Basic "));
        if let Some(pair) = basic.and_then(|text| BASE64_STANDARD.decode(text).ok()) {
            let pair = String::from_utf8(pair).unwrap_or_default();
            let (id, secret) = pair.split_once(':').unwrap_or_default();
            let decoded = |text: &str| {
                let pairs = url::form_urlencoded::parse(text.as_bytes());
                pairs.map(|(name, _)| name.into_owned()).next().unwrap_or_default()
            };
            // A `=` or `&` is encoded inside either, so each is one name without a value.
            (asked.client_id, asked.client_secret) = (decoded(id), decoded(secret));
        }
        asked
    }
}

impl State {
    /// `None` if nobody is there to ask any more.
    fn plan(&mut self, request: &RawRequest) -> Option<Plan> {
        if self.is_over() {
            return None;
        }
        if request.is_for_a_token() {
            return self.plan_token(&request.asked());
        }
        let token = match request.authorization.as_deref() {
            Some(header) => header.trim_start_matches("Bearer ").to_owned(),
            None => {
                let mut fields = url::form_urlencoded::parse(&request.body);
                fields.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())?
            }
        };
        let now = self.now();
        let found = self
            .issuers
            .iter()
            .enumerate()
            .find_map(|(place, issuer)| issuer.end_of(&token).map(|end| (place, end)));
        let (place, end) = found.unwrap_or((0, Duration::ZERO));
        let weather = self.issuers[place].weather(now);
        let is_good = end > now && weather != Some(Weather::DeniesItsTokens);
        let reply = match request.path.contains("custom-models") {
            true => replies::gateway(is_good, &mut self.dice),
            false => replies::validity(is_good),
        };
        let mut plan = self.plain(place, Ok(reply));
        match (Spell::at(self.network, now), weather) {
            (Some(Network::Fails(cause)), _) => plan.answer = Err(cause),
            (Some(Network::LosesAnswers | Network::HoldsBack), _) | (_, Some(Weather::Hangs)) => {
                plan.after = None;
            }
            (Some(Network::Portal), _) => plan.answer = Ok(replies::portal(&mut self.dice)),
            (None, Some(Weather::IsDown | Weather::Throttles)) => {
                plan.answer = Ok(replies::down(&mut self.dice));
            }
            _ => {}
        }
        Some(plan)
    }

    fn plain(&mut self, place: usize, answer: Result<RawReply, Transient>) -> Plan {
        Plan {
            place,
            after: Some(Duration::from_millis(20 + self.dice.below(1_800))),
            answer,
            granted: None,
            refused: false,
            ordered: None,
            sleeps: self.sleeps,
        }
    }

    fn plan_token(&mut self, asked: &Asked) -> Option<Plan> {
        let now = self.now();
        let place = self.issuers.iter().position(|issuer| issuer.client_id() == asked.client_id);
        let Some(place) = place else {
            self.violate(format!("a request of nobody's: {:?}", asked.client_id));
            return None;
        };
        self.late_requests_arrive(now);
        let presented = asked.refresh_token.as_deref().and_then(RefreshTokenName::find);
        if let Some(presented) = presented.filter(|presented| self.late.carries(*presented)) {
            let words = "is sent again, and the request that was given up may still arrive";
            self.violate(format!("profile {place}: {presented} {words}"));
            return None;
        }
        self.note(|| format!("{place} asks for a token with {presented:?}"));
        let checked = self.ledger.sent(place, presented, now, &self.keychain);
        self.check(checked.map_err(|words| format!("profile {place}: {words}")));
        if self.is_over() {
            return None;
        }
        let network = Spell::at(self.network, now);
        if let Some(Network::Fails(cause)) = network {
            let mut plan = self.plain(place, Err(cause));
            if cause == Transient::Timeout {
                plan.after = None;
            }
            return Some(plan);
        }
        if network == Some(Network::HoldsBack) {
            self.late.hold_back(place, asked.clone(), now, &mut self.dice);
            let mut plan = self.plain(place, Err(Transient::Timeout));
            plan.after = None;
            return Some(plan);
        }
        if network == Some(Network::Portal) {
            let reply = replies::portal(&mut self.dice);
            return Some(self.plain(place, Ok(reply)));
        }
        let weather = self.issuers[place].weather(now);
        let plan = match weather {
            None | Some(Weather::DeniesItsTokens) => self.carried_out(place, asked),
            Some(Weather::Slow) => {
                let mut plan = self.carried_out(place, asked);
                plan.after = Some(Duration::from_millis(5_000 + self.dice.below(23_000)));
                plan
            }
            Some(Weather::IsDown) => {
                self.perhaps_lost(place, asked, 10);
                let reply = replies::down(&mut self.dice);
                self.plain(place, Ok(reply))
            }
            Some(Weather::Breaks) => {
                self.perhaps_lost(place, asked, 8);
                let reply = replies::broken(&mut self.dice);
                self.plain(place, Ok(reply))
            }
            Some(Weather::Hangs) => {
                self.perhaps_lost(place, asked, 4);
                let mut plan = self.plain(place, Err(Transient::Timeout));
                plan.after = None;
                plan
            }
            Some(Weather::Throttles) => {
                let (clock, ahead) = (self.server_clock(), self.set);
                let (reply, ordered) = replies::throttled(now, clock, ahead, &mut self.dice);
                Plan { ordered, ..self.plain(place, Ok(reply)) }
            }
            Some(Weather::Refuses(refusal)) => self.refuse(place, refusal),
        };
        if self.death.is_some_and(|(death, _)| death == Death::AtRequest) {
            self.note(|| "the process dies with a request on its way".to_owned());
            self.die();
        }
        if network == Some(Network::LosesAnswers) {
            self.ledger.lost_on_the_way(place, plan.granted.as_ref());
            let after = self.dice.once_in(2).then(|| Duration::from_secs(3));
            let answer = Err(Transient::Connect);
            return Some(Plan {
                after,
                answer,
                granted: None,
                refused: false,
                ordered: None,
                ..plan
            });
        }
        Some(plan)
    }

    fn carried_out(&mut self, place: usize, asked: &Asked) -> Plan {
        let now = self.now();
        match self.issuers[place].carry_out(asked, now, &mut self.dice) {
            Ok(granted) => {
                let clock = self.server_clock();
                let reply = replies::granted(self.cast[place], &granted, clock, &mut self.dice);
                Plan { granted: Some(granted), ..self.plain(place, Ok(reply)) }
            }
            Err(refusal) => self.refuse(place, refusal),
        }
    }

    fn refuse(&mut self, place: usize, refusal: Refusal) -> Plan {
        // Only a refresh can be refused for its refresh token.
        let refusal = match refusal {
            Refusal::Grant if !self.cast[place].kind.refreshes() => Refusal::Scope,
            other => other,
        };
        let reply = replies::refused(refusal, &mut self.dice);
        Plan { refused: true, ..self.plain(place, Ok(reply)) }
    }

    /// What was given up takes effect, and nobody hears of it. Until the next request nobody could tell.
    fn late_requests_arrive(&mut self, now: Duration) {
        for late in self.late.arrived(now) {
            let place = late.place;
            let granted = self.issuers[place].carry_out(&late.asked, now, &mut self.dice).ok();
            self.note(|| format!("{place}'s request that was given up has arrived"));
            self.ledger.figures.count("given-up requests that arrived late");
            self.ledger.lost_on_the_way(place, granted.as_ref());
        }
    }

    /// Once in `times`, the request is carried out and nobody hears of it.
    fn perhaps_lost(&mut self, place: usize, asked: &Asked, times: u64) {
        if self.dice.once_in(times) {
            let now = self.now();
            let granted = self.issuers[place].carry_out(asked, now, &mut self.dice).ok();
            self.ledger.lost_on_the_way(place, granted.as_ref());
        }
    }

    /// `None` if nobody is there to hear it.
    fn land(&mut self, plan: Plan, is_token: bool) -> Option<Result<RawReply, Transient>> {
        let Plan { place, answer, granted, refused, ordered, sleeps, .. } = plan;
        if self.is_over() {
            self.ledger.lost_on_the_way(place, granted.as_ref());
            return None;
        }
        if !is_token {
            return Some(answer);
        }
        // Half of the connections don't outlive a sleep.
        if sleeps != self.sleeps && self.dice.once_in(2) {
            self.ledger.lost_on_the_way(place, granted.as_ref());
            return Some(Err(Transient::Connect));
        }
        let now = self.now();
        self.weigh();
        if let Some(silence) = ordered {
            let until = match silence {
                Silence::For(span) => now + span,
                Silence::Until(moment) => moment,
            };
            self.issuers[place].orders_silence_until(until);
            self.ledger.orders_silence(place, until);
        }
        let is_rotating = matches!(self.cast[place].kind, Kind::Strict | Kind::Lenient);
        let checked = self.ledger.answered(place, now, granted.as_ref(), refused, is_rotating);
        let outcome = match (&granted, refused) {
            (Some(_), _) => "is granted a token",
            (None, true) => "is refused",
            (None, false) => "gets no token",
        };
        self.note(|| format!("{place} {outcome}"));
        self.check(checked.map_err(|words| format!("profile {place}: {words}")));
        if self.death.is_some_and(|(death, _)| death == Death::AtAnswer) {
            self.note(|| "the process dies with an answer in its hands".to_owned());
            self.die();
            return None;
        }
        (!self.is_over()).then_some(answer)
    }
}

impl State {
    /// Another program of the same person's uses the stored refresh token, and stores what it gets for it.
    pub fn a_stranger_rotates(&mut self, place: usize) {
        let now = self.now();
        let Some(id) = self.ledger.watched(place).id() else { return };
        let is_possible = self.keychain.is_open(now)
            && Spell::at(self.network, now).is_none()
            && self.issuers[place].weather(now).is_none();
        let Some(stored) = self.keychain.refresh_token(&id).filter(|_| is_possible) else { return };
        let asked = Asked {
            client_id: self.issuers[place].client_id(),
            client_secret: self.issuers[place].secrets().0,
            grant_type: "refresh_token".to_owned(),
            refresh_token: Some(stored.to_string()),
        };
        let granted = self.issuers[place].carry_out(&asked, now, &mut self.dice);
        if let Some(new) = granted.ok().and_then(|granted| granted.refresh_token) {
            self.ledger.figures.count("refresh tokens rotated by another program");
            self.keychain.replace(
                &format!("{id}/credential"),
                &stored.to_string(),
                &new.to_string(),
            );
            self.ledger.watched(place).custody.a_stranger_stored(new);
        }
    }
}
