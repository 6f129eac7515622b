//! Watches every profile from outside, and says which promise was broken.

mod watched;

use std::time::Duration;

use glowjar_agent::{
    notices::{Notice, Urgency},
    view::{PhaseView, ProfileView, Snapshot},
};

use self::watched::{View, Watched};
use crate::{
    figures::Figures,
    keychain::Entries,
    provider::{Granted, RefreshTokenName},
    story::{DAY, MINUTE, Part},
    world::START,
};

pub struct Ledger {
    watched: Vec<Watched>,
    pub figures: Figures,
    began: Duration,
    woke: Duration,
    clock_set: Duration,
    /// Whether or not anybody ran.
    clock_touched: Duration,
    weighed: Duration,
    lifetimes: Vec<Duration>,
}

/// Two minutes, with what the clocks' granularity takes.
const TWO_MINUTES: Duration = Duration::from_millis(120_500);
/// A request, and storing what it brought, with every limit reached.
const LONGEST_BUSY: Duration = Duration::from_secs(80);
/// Changes of a clock below this go unseen, and a `Date` is no better.
const TOLERANCE: Duration = Duration::from_millis(3_100);
/// The nearest first.
const FORETOLD_AHEAD: [Duration; 3] =
    [Duration::from_secs(7_200), DAY, Duration::from_secs(259_200)];
/// Retries are at least a second apart, and rarely so close for long.
const MOST_IN_A_MINUTE: usize = 45;
/// A day in the dark: a retry about every 40 s.
const MOST_IN_A_DAY: usize = 3_000;

impl Ledger {
    pub fn new(cast: &[Part]) -> Self {
        Self {
            watched: cast.iter().map(|_| Watched::default()).collect(),
            figures: Figures::default(),
            began: Duration::ZERO,
            woke: Duration::ZERO,
            clock_set: Duration::ZERO,
            clock_touched: Duration::ZERO,
            weighed: Duration::ZERO,
            lifetimes: cast.iter().map(|part| part.lifetime).collect(),
        }
    }

    pub fn process_began(&mut self, now: Duration, set: i64) {
        (self.began, self.woke, self.weighed) = (now, now, now);
        for watched in &mut self.watched {
            watched.process_began(set);
        }
    }

    pub fn process_ended(&mut self, now: Duration, keychain: &Entries) -> Option<String> {
        self.figures.count("ends of the process");
        let open_since = keychain.is_open(now).then(|| {
            keychain
                .spell()
                .map_or(Duration::ZERO, |spell| spell.until)
                .max(self.began)
                .max(self.woke)
        });
        for (place, watched) in self.watched.iter_mut().enumerate() {
            let Some(id) = watched.id() else { continue };
            // What a removed profile's last request brought belongs to nobody.
            if watched.view.is_none() {
                continue;
            }
            let is_open = open_since.is_some_and(|open| now.saturating_sub(open) > TWO_MINUTES);
            if !is_open && !keychain.holds_credential(&id) {
                self.figures.count("profiles that lived in memory to the end");
                watched.is_missing = true;
            }
            match watched.custody.process_ended(&id, now, open_since, keychain) {
                Ok(false) => {}
                Ok(true) => self.figures.count(
                    "refresh tokens that died with memory before the keychain would take them",
                ),
                Err(words) => return Some(format!("profile {place}: {words}")),
            }
        }
        None
    }

    pub fn woke(&mut self, now: Duration) {
        self.woke = now;
        self.weighed = now;
    }

    pub fn clock_was_set(&mut self, now: Duration) {
        self.clock_set = now;
        self.clock_touched = now;
    }

    pub fn clock_was_set_unseen(&mut self, now: Duration) {
        self.clock_touched = now;
    }

    /// A person does something that may cost a request or a token.
    pub fn wants(&mut self, place: usize) {
        let at = self.weighed;
        self.watched[place].wanted.note(at);
    }

    pub fn watched(&mut self, place: usize) -> &mut Watched {
        &mut self.watched[place]
    }

    /// Before anything changes: how long has it been as it is?
    pub fn weigh(
        &mut self,
        place: usize,
        now: Duration,
        awake: Duration,
        wall: i64,
        good_since: Duration,
    ) -> Option<String> {
        let watched = &mut self.watched[place];
        let view = watched.view.as_ref()?;
        *self.figures.lived.entry(self.lifetimes[place]).or_default() +=
            now.saturating_sub(self.weighed);
        if watched.is_busy() && awake.saturating_sub(watched.busy_since) > LONGEST_BUSY {
            return Some(format!("stuck in {:?}", view.phase));
        }
        let is_settled = now.saturating_sub(self.woke.max(self.clock_set)) > 5 * TOLERANCE;
        if let Some(at) = view.next_attempt_at
            && is_settled
            && wall - at > 5_000
        {
            return Some(format!("what was due {} s ago was not done", (wall - at) / 1_000));
        }
        let good_since = good_since.max(self.woke).max(watched.open_since?);
        if good_since > now || !watched.can_expect_a_token() {
            return None;
        }
        let lit_until = watched.lit_until(now, wall);
        let dark_since = lit_until.max(good_since);
        let wait = now.saturating_sub(dark_since);
        self.figures.longest_wait = self.figures.longest_wait.max(wait);
        let from = self.weighed.max(good_since);
        let good = now.saturating_sub(from);
        self.figures.good += good;
        self.figures.good_and_lit += good - wait.min(good);
        (wait > TWO_MINUTES)
            .then(|| format!("a token could be had for {wait:?}, and none is there"))
    }

    pub fn weighed(&mut self, now: Duration) {
        self.weighed = now;
    }

    /// A new snapshot: how does it follow from the one before?
    pub fn shown(
        &mut self,
        snapshot: &Snapshot,
        now: Duration,
        awake: Duration,
        wall: i64,
        set: i64,
    ) -> Vec<Result<String, String>> {
        let mut told = Vec::new();
        for place in 0..self.watched.len() {
            let shown =
                snapshot.profiles.iter().find(|profile| place_of(&profile.name) == Some(place));
            let watched = &mut self.watched[place];
            let Some(profile) = shown else {
                if watched.view.is_some() {
                    told.push(Ok(format!("{place} is no longer shown")));
                    watched.is_gone();
                }
                continue;
            };
            let view = View::new(profile, set);
            if watched.view.as_ref() != Some(&view) {
                told.push(Ok(format!("{place} is {}", view.in_words(now))));
            }
            let checked = can_be_left(profile, wall)
                .and_then(|()| watched.is_shown(view, &profile.id, now, awake, wall));
            told.extend(checked.err().map(|words| Err(format!("profile {place}: {words}"))));
        }
        told
    }

    pub fn notice_raised(
        &mut self,
        notice: &Notice,
        now: Duration,
        wall: i64,
    ) -> Result<(), String> {
        let Some(watched) = self.of_notice(&notice.id) else { return Ok(()) };
        if notice.title.ends_with("is live again") {
            watched.told = None;
            return match watched.lit_until(now, wall) >= now {
                true => Ok(()),
                false => Err("says that it is live again, and it is not".to_owned()),
            };
        }
        let before = watched.told.replace(notice.urgency);
        let is_upgrade = (before, notice.urgency) == (Some(Urgency::Normal), Urgency::Critical);
        if before.is_some() && !is_upgrade {
            return Err(format!("the same incident is told again: {}", notice.title));
        }
        let lit_until = watched.lit_until(now, wall);
        let is_justified = match notice.urgency {
            Urgency::Critical => watched.needs_a_person(),
            Urgency::Normal => lit_until < now,
        };
        let open_since = watched.open_since;
        self.figures.notices += 1;
        let dark_since =
            lit_until.max(self.began).max(self.woke).max(open_since.unwrap_or_default());
        let had_time = notice.urgency == Urgency::Critical
            || now.saturating_sub(dark_since) >= 2 * MINUTE - TOLERANCE;
        match is_justified && had_time {
            true => Ok(()),
            false => Err(format!("a FALSE ALARM: {}", notice.title)),
        }
    }

    /// The end of a sign-in was told of: not sooner than three days ahead, and each span ahead once.
    pub fn foretold(
        &mut self,
        place: usize,
        sign_in: usize,
        ends: Duration,
        now: Duration,
    ) -> Result<(), String> {
        self.figures.count("ends of sign-ins foretold");
        let clock_touched = self.clock_touched;
        let watched = &mut self.watched[place];
        // What is stored did not move with a clock that was set.
        if clock_touched >= watched.signed_in_at {
            return Ok(());
        }
        let left = ends.saturating_sub(now);
        let is_within = |span: &&Duration| left <= **span + TOLERANCE;
        let Some(span) = FORETOLD_AHEAD.iter().find(is_within) else {
            return Err(format!("the end of a sign-in is foretold {left:?} ahead"));
        };
        match watched.foretold.replace((sign_in, *span)) == Some((sign_in, *span)) {
            true => Err(format!("the end of a sign-in is foretold twice, {left:?} ahead")),
            false => Ok(()),
        }
    }

    pub fn place_of_id(&self, id: &str) -> Option<usize> {
        self.watched.iter().position(|watched| watched.ids.iter().any(|known| known == id))
    }

    pub fn notice_withdrawn(&mut self, id: &str) {
        if let Some(watched) = self.of_notice(id) {
            watched.told = None;
        }
    }

    fn of_notice(&mut self, id: &str) -> Option<&mut Watched> {
        let id = id.strip_prefix("profile-")?;
        self.watched.iter_mut().find(|watched| watched.ids.iter().any(|known| known == id))
    }

    pub fn copied(&mut self, place: usize, now: Duration, end: Duration) -> Result<(), String> {
        self.figures.copies += 1;
        if now >= end + TOLERANCE && !self.watched[place].clock_was_set_unseen {
            return Err(format!("an expired token was handed out: it ended {:?} ago", now - end));
        }
        Ok(())
    }

    /// A token request goes out.
    pub fn sent(
        &mut self,
        place: usize,
        presented: Option<RefreshTokenName>,
        now: Duration,
        keychain: &Entries,
    ) -> Result<(), String> {
        let watched = &mut self.watched[place];
        self.figures.requests += 1;
        watched.in_flight += 1;
        if watched.in_flight > 1 {
            return Err("two requests in flight".to_owned());
        }
        watched.asked.note(now);
        let (minute, day) = (watched.asked.within(now, MINUTE), watched.asked.within(now, DAY));
        self.figures.most_in_a_minute = self.figures.most_in_a_minute.max(minute);
        self.figures.most_in_a_day = self.figures.most_in_a_day.max(day);
        let (wanted, wanted_today) =
            (watched.wanted.within(now, MINUTE), watched.wanted.within(now, DAY));
        if minute > MOST_IN_A_MINUTE + wanted {
            return Err(format!("{minute} requests in a minute"));
        }
        if day > MOST_IN_A_DAY + wanted_today {
            return Err(format!("{day} requests in a day"));
        }
        if watched.ordered_until > now {
            return Err(format!(
                "a request {:?} before the provider allows one",
                watched.ordered_until - now
            ));
        }
        let stored = watched.id().and_then(|id| keychain.refresh_token(&id));
        match presented {
            Some(presented) => watched.custody.is_sent(presented, stored),
            None => Ok(()),
        }
    }

    pub fn orders_silence(&mut self, place: usize, until: Duration) {
        self.watched[place].ordered_until = until.saturating_sub(TOLERANCE);
    }

    pub fn landed(&mut self, place: usize) {
        self.watched[place].in_flight = self.watched[place].in_flight.saturating_sub(1);
    }

    pub fn answered(
        &mut self,
        place: usize,
        now: Duration,
        granted: Option<&Granted>,
        refused: bool,
        is_rotating: bool,
    ) -> Result<(), String> {
        let watched = &mut self.watched[place];
        watched.is_refused |= refused;
        let Some(granted) = granted else {
            self.figures.count("token requests that brought nothing");
            return Ok(());
        };
        self.figures.granted += 1;
        self.figures.rotated += u64::from(is_rotating);
        watched.is_granted(granted, now);
        let needed = DAY.as_secs().div_ceil((self.lifetimes[place].as_secs() / 2).max(30)) as usize;
        let day = watched.granted.within(now, DAY);
        let wanted = watched.wanted.within(now, DAY);
        if day > 4 * needed + 24 + wanted {
            return Err(format!("{day} tokens in a day, {wanted} of them wanted by a person"));
        }
        Ok(())
    }

    /// The provider issued something and the application never heard of it.
    pub fn lost_on_the_way(&mut self, _place: usize, granted: Option<&Granted>) {
        if granted.is_some_and(|granted| granted.refresh_token.is_some()) {
            self.figures.count("refresh tokens that never arrived");
        }
    }

    /// The keychain took a value.
    pub fn stored(
        &mut self,
        entry: &str,
        value: &[u8],
        set: i64,
        _now: Duration,
        keychain: &Entries,
    ) -> Result<(), String> {
        let Some((id, _)) = entry.split_once('/') else { return Ok(()) };
        let Some(watched) =
            self.watched.iter_mut().find(|watched| watched.id().as_deref() == Some(id))
        else {
            return Ok(());
        };
        if entry.contains("/token") {
            watched.token_stored_at_set = Some(set);
        }
        watched.custody.is_stored(entry, value, keychain.refresh_token(id))
    }
}

/// Each state ends by itself, or a person can end it.
fn can_be_left(profile: &ProfileView, wall: i64) -> Result<(), String> {
    let is_planned = profile.next_attempt_at.is_some_and(|at| at >= wall - 2_100);
    let can_be_left = match profile.phase {
        PhaseView::Waiting | PhaseView::Holding => is_planned,
        PhaseView::Halted => {
            profile.can_refresh
                && profile.trouble.as_ref().is_some_and(|trouble| trouble.action.is_some())
        }
        // Watched by time.
        PhaseView::Empty | PhaseView::Acquiring | PhaseView::Refreshing | PhaseView::Paused => true,
    };
    match can_be_left {
        true => Ok(()),
        false => Err(format!(
            "nothing leads out of {:?} (next attempt at {:?}, now {wall})",
            profile.phase, profile.next_attempt_at
        )),
    }
}

/// "Profile 2 and some more" is played by part 2.
pub fn place_of(name: &str) -> Option<usize> {
    name.strip_prefix("Profile ")?.split(' ').next()?.parse().ok()
}

/// A moment of the wall clock in true time.
fn in_true_time(wall: i64, set: i64) -> Duration {
    Duration::from_millis(u64::try_from(wall - set - START).unwrap_or(0))
}
