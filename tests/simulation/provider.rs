//! A provider: what it issued, what works, and what it refuses. As strict or as lenient as its part asks.

use std::{collections::VecDeque, fmt, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    dice::Dice,
    story::{Kind, Part, Refusal, Weather},
    world::{START, Spell},
};

pub struct Issuer {
    place: usize,
    part: Part,
    pub weather: Option<Spell<Weather>>,
    /// It ordered silence until then.
    ordered_until: Duration,
    /// Two versions of the secret work: this one, and the next.
    secret: u32,
    families: Vec<Family>,
    issued: VecDeque<(String, Duration)>,
    count: u64,
}

/// All refresh tokens that came of one sign-in.
struct Family {
    newest: u32,
    works: Vec<u32>,
    ends: Option<Duration>,
}

/// A refresh token: whose, of which sign-in, and the how-manieth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshTokenName {
    pub place: usize,
    pub family: usize,
    pub ordinal: u32,
}

/// A token set on its way.
pub struct Granted {
    pub access_token: String,
    pub refresh_token: Option<RefreshTokenName>,
    /// That of the refresh token it was granted for.
    pub sign_in: Option<usize>,
    /// As the reply says it.
    pub refresh_token_left: Option<Duration>,
}

/// What a token request says.
#[derive(Clone, Default)]
pub struct Asked {
    pub client_id: String,
    pub client_secret: String,
    pub grant_type: String,
    pub refresh_token: Option<String>,
}

impl Issuer {
    pub fn new(place: usize, part: Part) -> Self {
        Self {
            place,
            part,
            weather: None,
            ordered_until: Duration::ZERO,
            secret: 1,
            families: Vec::new(),
            issued: VecDeque::new(),
            count: 0,
        }
    }

    pub fn weather(&self, now: Duration) -> Option<Weather> {
        Spell::at(self.weather, now)
    }

    /// The end of all that keeps a token away here.
    pub fn trouble_until(&self) -> Option<Duration> {
        Some(self.weather.map_or(Duration::ZERO, |spell| spell.until).max(self.ordered_until))
    }

    pub fn orders_silence_until(&mut self, until: Duration) {
        self.ordered_until = self.ordered_until.max(until);
    }

    pub fn client_id(&self) -> String {
        format!("client-{}", self.place)
    }

    /// A secret that works, and the standby beside it.
    pub fn secrets(&self) -> (String, Option<String>) {
        let standby = self.part.has_standby.then(|| self.secret_text(self.secret + 1));
        (self.secret_text(self.secret), standby)
    }

    pub fn revoke_secret(&mut self) {
        self.secret += 1;
    }

    fn secret_text(&self, version: u32) -> String {
        format!(" s+&%\"-{}-{version}", self.place)
    }

    /// A person signs in and gets a first refresh token.
    pub fn sign_in(&mut self, now: Duration) -> RefreshTokenName {
        let ends = self.part.second_life.map(|life| now + life.span);
        self.families.push(Family { newest: 1, works: vec![1], ends });
        RefreshTokenName { place: self.place, family: self.families.len() - 1, ordinal: 1 }
    }

    pub fn end_sign_in(&mut self) {
        for family in &mut self.families {
            family.works.clear();
        }
    }

    /// When this sign-in ends in true time, if it does by itself.
    pub fn end_of_sign_in(&self, family: usize) -> Option<Duration> {
        self.families.get(family)?.ends
    }

    /// No sign-in ends by itself any more.
    pub fn calms_down(&mut self) {
        self.weather = None;
        self.part.second_life = None;
        self.families.iter_mut().for_each(|family| family.ends = None);
    }

    /// When a token ends in true time, if it was issued here of late.
    pub fn end_of(&self, access_token: &str) -> Option<Duration> {
        self.issued.iter().find(|(text, _)| text == access_token).map(|(_, end)| *end)
    }

    pub fn carry_out(
        &mut self,
        asked: &Asked,
        now: Duration,
        dice: &mut Dice,
    ) -> Result<Granted, Refusal> {
        let works = [self.secret_text(self.secret), self.secret_text(self.secret + 1)];
        if !works.contains(&asked.client_secret) {
            return Err(Refusal::Secret);
        }
        let expected =
            if self.part.kind.refreshes() { "refresh_token" } else { "client_credentials" };
        if asked.grant_type != expected {
            return Err(Refusal::GrantType);
        }
        let presented = asked.refresh_token.as_deref().and_then(RefreshTokenName::find);
        let refresh_token = if self.part.kind.refreshes() {
            self.rotate(presented.ok_or(Refusal::Grant)?, now)?
        } else {
            None
        };
        let sign_in = presented.map(|presented| presented.family);
        let ends = sign_in.and_then(|family| self.end_of_sign_in(family));
        let end = now + self.part.lifetime;
        let access_token = self.mint(now, dice);
        self.issued.push_back((access_token.clone(), end));
        // One that lives is remembered, however many requests that were given up arrived meanwhile.
        if self.issued.len() > 64 && self.issued.front().is_some_and(|(_, end)| *end < now) {
            self.issued.pop_front();
        }
        let refresh_token_left = ends.map(|ends| ends - now);
        Ok(Granted { access_token, refresh_token, sign_in, refresh_token_left })
    }

    fn rotate(
        &mut self,
        presented: RefreshTokenName,
        now: Duration,
    ) -> Result<Option<RefreshTokenName>, Refusal> {
        let RefreshTokenName { place, family: number, ordinal } = presented;
        let family = self.families.get_mut(number).filter(|_| place == self.place);
        let family = family.ok_or(Refusal::Grant)?;
        if !family.works.contains(&ordinal) {
            // Somebody has used it before: RFC 9700 section 4.14.2 ends the whole sign-in.
            if self.part.kind == Kind::Strict {
                family.works.clear();
            }
            return Err(Refusal::Grant);
        }
        if family.ends.is_some_and(|ends| ends <= now) {
            return Err(Refusal::Grant);
        }
        if let Some(life) = self.part.second_life.filter(|life| life.slides) {
            family.ends = Some(now + life.span);
        }
        if self.part.kind == Kind::Steady {
            return Ok(None);
        }
        family.newest += 1;
        family.works = match self.part.kind {
            Kind::Lenient => vec![ordinal, family.newest],
            _ => vec![family.newest],
        };
        Ok(Some(RefreshTokenName { ordinal: family.newest, ..presented }))
    }

    /// A JWT as Adobe makes them or an opaque token, sometimes longer than Windows keeps in one entry.
    fn mint(&mut self, now: Duration, dice: &mut Dice) -> String {
        self.count += 1;
        let padding = "x".repeat(if dice.once_in(4) { 3_000 } else { 200 });
        let id = format!("at-{}-{}-{padding}", self.place, self.count);
        if dice.once_in(3) {
            return id;
        }
        let claims = serde_json::json!({
            "id": id,
            "type": "access_token",
            "as": "ims-na1",
            "created_at": (START + now.as_millis() as i64).to_string(),
            "expires_in": self.part.lifetime.as_millis().to_string(),
        });
        let encode = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode("{\"alg\":\"RS256\"}".to_owned()), encode(claims.to_string()))
    }
}

impl RefreshTokenName {
    /// The first one in a text.
    pub fn find(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("rt-")?;
        let mut numbers = rest.split(|character: char| !character.is_ascii_digit());
        Some(Self {
            place: numbers.next()?.parse().ok()?,
            family: numbers.next()?.parse().ok()?,
            ordinal: numbers.next()?.parse().ok()?,
        })
    }
}

impl fmt::Display for RefreshTokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rt-{}-{}-{}", self.place, self.family, self.ordinal)
    }
}
