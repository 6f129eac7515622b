//! A story: who is in it, and what happens to them when. Made from a seed; each event can be left out of it.

use std::{fmt, time::Duration};

use glowjar_agent::clock::simulated::System;
use glowjar_lifecycle::failure::Transient;

use crate::dice::Dice;

pub const SECOND: Duration = Duration::from_secs(1);
pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);

#[derive(Clone, Debug)]
pub struct Story {
    pub seed: u64,
    /// Whose clocks the machine has.
    pub system: System,
    pub cast: Vec<Part>,
    pub span: Duration,
    /// The longest value that a keychain entry takes.
    pub longest_value: usize,
    pub events: Vec<(Duration, Event)>,
}

/// A profile, and the provider that it gets its tokens from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: Kind,
    pub lifetime: Duration,
    pub has_standby: bool,
    pub renew_early_minutes: Option<u32>,
    /// Absent where a sign-in has no end of its own.
    pub second_life: Option<SecondLife>,
}

/// How long a sign-in lasts, and what the person does about that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondLife {
    pub span: Duration,
    /// Each renewal starts it anew.
    pub slides: bool,
    pub habit: Habit,
}

/// What a person does who looks at a window that says when a sign-in ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    SignsInAhead,
    /// Is in a hurry.
    SignsInTwice,
    SignsInLate,
    /// Until everything else is good.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mints at Adobe IMS, which also says whether a token is good.
    Adobe,
    /// Mints at some OAuth 2.0 server.
    Mint,
    /// Refreshes; each refresh token works once, and using one twice ends the sign-in.
    Strict,
    /// Refreshes as in the tutorial; the refresh token before works until the new one was used.
    Lenient,
    /// Refreshes and never rotates.
    Steady,
}

impl Kind {
    pub fn refreshes(self) -> bool {
        matches!(self, Self::Strict | Self::Lenient | Self::Steady)
    }
}

/// Something that the world does. `usize` is a place in the cast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    Network(Network, Duration),
    Provider(usize, Weather, Duration),
    Keychain(Mood, Duration),
    EntryLost(usize, Entry),
    Sleeps(Duration),
    ClockSet {
        millis: i64,
    },
    Dies(Death, Duration),
    Person(usize, Act),
    /// The person does what the window advises, for every profile that is in trouble.
    PersonMends,
    /// The person looks at the ends of sign-ins, and does as they use to.
    PersonLooks,
    SecretRevoked(usize),
    SignInEnds(usize),
    /// Another program of the same person refreshes, and stores what it got.
    StrangerRotates(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Fails(Transient),
    /// Requests arrive and answers don't.
    LosesAnswers,
    /// Requests get stuck on their way, and arrive after they were given up.
    HoldsBack,
    /// A web page in place of every answer.
    Portal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    IsDown,
    /// Never answers; whether the request was carried out nobody knows.
    Hangs,
    Slow,
    Throttles,
    Breaks,
    Refuses(Refusal),
    /// Calls its own good tokens invalid.
    DeniesItsTokens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Secret,
    Grant,
    Scope,
    GrantType,
    Account,
    NotFound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Locked,
    Absent,
    Hangs,
    RefusesChanges,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Credential,
    Token,
    /// A numbered part, where the value is split.
    Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    AtOnce,
    /// When the keychain takes its next changes but so many.
    AtChange(u32),
    /// Just after a token request reached the provider.
    AtRequest,
    /// Just after an answer to a token request came in.
    AtAnswer,
    /// The person quits.
    Quit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Add,
    Remove,
    Refresh,
    Copy,
    TrayCopy,
    Pause,
    Resume,
    Rename,
    EditMargin(Option<u32>),
    TypeSecret { right: bool },
    SignInAgain,
    CheckAccess,
    Unlock,
}

impl Story {
    pub fn from_seed(seed: u64) -> Self {
        let mut dice = Dice::from_seed(seed ^ 0x5eed);
        let (lifetime, span, profiles) = match dice.below(100) {
            0..86 => (DAY, 120 * DAY, 3),
            86..94 => (HOUR, 6 * DAY, 3),
            94..97 => (10 * MINUTE, DAY / 2, 2),
            _ => (MINUTE, DAY / 12, 2),
        };
        let kinds = [Kind::Adobe, Kind::Mint, Kind::Strict, Kind::Lenient, Kind::Steady];
        let cast: Vec<_> = (0..profiles)
            .map(|_| Part {
                kind: dice.pick(&kinds),
                lifetime,
                has_standby: dice.once_in(3),
                renew_early_minutes: dice.once_in(5).then(|| 1 + dice.below(200) as u32),
                second_life: None,
            })
            .collect();
        let mut story = Self {
            seed,
            system: System::ALL[seed as usize % System::ALL.len()],
            span,
            longest_value: dice.pick(&[usize::MAX, usize::MAX, 2_560]),
            events: (0..cast.len())
                .map(|part| (SECOND * (1 + part as u32), Event::Person(part, Act::Add)))
                .collect(),
            cast,
        };
        // Every fortieth world is a quiet one; others have an event every few lifetimes.
        let pace = if dice.once_in(40) { span } else { span / (15 + dice.below(60) as u32) };
        let mut at = HOUR.min(span / 50);
        loop {
            at += dice.span(pace / 20, pace * 3);
            if at >= span {
                break;
            }
            story.happens(at, &mut dice);
        }
        story.has_second_lives();
        story.events.sort_by_key(|(at, _)| *at);
        story
    }

    /// With dice of their own, so that everything else in a story is what it was without them.
    fn has_second_lives(&mut self) {
        let mut dice = Dice::from_seed(self.seed ^ 0x0014_DA15);
        let habits = [Habit::SignsInAhead, Habit::SignsInTwice, Habit::SignsInLate, Habit::Never];
        for part in &mut self.cast {
            let has_one = part.kind.refreshes() && part.lifetime == DAY && dice.once_in(2);
            part.second_life = has_one.then(|| SecondLife {
                span: DAY * (4 + dice.below(20) as u32) + dice.span(SECOND, DAY),
                slides: dice.once_in(3),
                habit: dice.pick(&habits),
            });
        }
        if self.cast.iter().any(|part| part.second_life.is_some()) {
            let mut at = HOUR;
            while at < self.span {
                self.events.push((at, Event::PersonLooks));
                at += dice.span(HOUR, 2 * DAY);
            }
        }
    }

    fn happens(&mut self, at: Duration, dice: &mut Dice) {
        let part = dice.below(self.cast.len() as u64) as usize;
        let lifetime = self.cast[0].lifetime;
        let spell = dice.span(2 * SECOND, lifetime.min(DAY / 2).max(HOUR));
        let later = at + dice.span(SECOND, lifetime * 2);
        match dice.below(100) {
            0..14 => self.push(at, Event::Network(network(dice), spell)),
            14..34 => {
                let weather = weather(dice);
                self.push(at, Event::Provider(part, weather, spell));
                if weather == Weather::DeniesItsTokens && dice.once_in(2) {
                    self.push(at, Event::Provider(part, weather, spell.max(HOUR)));
                    self.keeps_checking(at, 60, part);
                }
            }
            34..46 => {
                let mood = dice.pick(&[
                    Mood::Locked,
                    Mood::Locked,
                    Mood::Absent,
                    Mood::Hangs,
                    Mood::Hangs,
                    Mood::RefusesChanges,
                ]);
                self.push(at, Event::Keychain(mood, spell / 2));
            }
            46..48 => {
                let entry = dice.pick(&[Entry::Credential, Entry::Token, Entry::Part]);
                self.push(at, Event::EntryLost(part, entry));
            }
            48..58 => self.push(at, Event::Sleeps(dice.span(10 * SECOND, 3 * lifetime.min(DAY)))),
            58..64 => {
                let size = dice.span(SECOND, 4 * HOUR).as_millis() as i64;
                let millis = if dice.once_in(2) { size } else { -size };
                self.push(at, Event::ClockSet { millis });
            }
            64..72 => {
                let death = match dice.below(8) {
                    0 | 1 => Death::AtOnce,
                    2 => Death::AtRequest,
                    3 => Death::AtAnswer,
                    4 => Death::Quit,
                    _ => Death::AtChange(dice.below(3) as u32),
                };
                self.push(at, Event::Dies(death, dice.span(SECOND, lifetime)));
            }
            72..90 => {
                let act = act(dice);
                match act {
                    Act::Pause => self.push(later, Event::Person(part, Act::Resume)),
                    Act::Remove => self.push(later, Event::Person(part, Act::Add)),
                    Act::TypeSecret { right: false } => self.push(later, Event::PersonMends),
                    Act::CheckAccess => self.keeps_checking(at, dice.below(60) as u32, part),
                    // Somebody who did not want to wait.
                    Act::SignInAgain if dice.once_in(2) => {
                        self.push(at - SECOND, Event::Provider(part, Weather::Slow, MINUTE));
                        self.push(at - SECOND, Event::Person(part, Act::Refresh));
                    }
                    _ => {}
                }
                self.push(at, Event::Person(part, act));
            }
            90..93 => self.push(at, Event::SecretRevoked(part)),
            93..95 => self.push(at, Event::SignInEnds(part)),
            95..97 => self.push(at, Event::StrangerRotates(part)),
            _ => {}
        }
        self.push(later + HOUR.min(lifetime), Event::PersonMends);
    }

    fn keeps_checking(&mut self, at: Duration, times: u32, part: usize) {
        for n in 1..times {
            self.push(at + MINUTE * n, Event::Person(part, Act::CheckAccess));
        }
    }

    fn push(&mut self, at: Duration, event: Event) {
        if at < self.span {
            self.events.push((at, event));
        }
    }
}

fn network(dice: &mut Dice) -> Network {
    match dice.below(8) {
        0..5 => Network::Fails(dice.pick(&[
            Transient::Dns,
            Transient::Connect,
            Transient::Tls,
            Transient::Proxy,
            Transient::Timeout,
        ])),
        5 if dice.once_in(2) => Network::HoldsBack,
        5 => Network::LosesAnswers,
        _ => Network::Portal,
    }
}

fn weather(dice: &mut Dice) -> Weather {
    match dice.below(16) {
        0..3 => Weather::IsDown,
        3..5 => Weather::Hangs,
        5..7 => Weather::Slow,
        7..10 => Weather::Throttles,
        10..12 => Weather::Breaks,
        12 => Weather::DeniesItsTokens,
        _ => Weather::Refuses(dice.pick(&[
            Refusal::Secret,
            Refusal::Grant,
            Refusal::Scope,
            Refusal::GrantType,
            Refusal::Account,
            Refusal::NotFound,
        ])),
    }
}

fn act(dice: &mut Dice) -> Act {
    match dice.below(14) {
        0..2 => Act::Refresh,
        2..4 => Act::Copy,
        4 => Act::TrayCopy,
        5 => Act::Pause,
        6 => Act::Rename,
        7 => Act::EditMargin(dice.once_in(2).then(|| 1 + dice.below(300) as u32)),
        8 => Act::TypeSecret { right: true },
        9 => Act::TypeSecret { right: false },
        10 => Act::SignInAgain,
        11 => Act::CheckAccess,
        12 => Act::Unlock,
        _ => Act::Remove,
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  on {:?}", self.system)?;
        for (place, part) in self.cast.iter().enumerate() {
            writeln!(f, "  {place}: {part:?}")?;
        }
        for (at, event) in &self.events {
            writeln!(f, "  {} {event:?}", Moment(*at))?;
        }
        Ok(())
    }
}

/// A moment of a story, counted from its beginning.
pub struct Moment(pub Duration);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let (seconds, minutes, hours) = (millis / 1_000, millis / 60_000, millis / 3_600_000);
        write!(
            f,
            "{:>4} d {:02}:{:02}:{:02}.{:03}",
            hours / 24,
            hours % 24,
            minutes % 60,
            seconds % 60,
            millis % 1_000
        )
    }
}
