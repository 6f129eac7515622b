//! Tokens for other programs. Only here does an answer hold a token, and only programs can ask for it: the window's
//! [`Request`](crate::request::Request) knows nothing of it.

use std::time::Duration;

use glowjar_lifecycle::{
    id::{Generation, ProfileId},
    input::Input,
    status::{Phase, Status, TokenStatus, Trouble},
    time::{Step, Timestamp},
};
use glowjar_protocol::message::{
    AdmittedAnswer, Answer, Ask, LONGEST_TIMEOUT, Reason, Refusal, StatusAnswer, TokenAnswer,
    TokenAsk,
};
use tokio::sync::{oneshot, watch};

use super::{
    Agent, Controller,
    locking::LockedBy,
    outcomes::Event,
    questions::{self, PutOff, Waiting},
};
use crate::{
    handout::{Caller, Counted, Record, fingerprint, refusal, refused, rfc3339, seconds, status},
    present,
    profile::Profile,
    timed::Timed,
    view::{Language, Snapshot},
};

/// A program waits for a token.
#[derive(Debug)]
struct WaitingCaller {
    profile: ProfileId,
    until: Timestamp,
    wish: Wish,
    /// Not this token: it was rejected, or a person wants another.
    unwanted: Option<Generation>,
    /// Whether a request was under way since: if that did not help, waiting longer won't.
    was_tried: bool,
    caller: Caller,
    reply: oneshot::Sender<Answer>,
}

#[derive(Debug)]
enum Wish {
    Token { min_valid: Option<Duration>, format: String },
    Refresh,
}

/// What becomes of a caller now.
enum Turn {
    Wait,
    Serve(TokenStatus, Option<String>),
    Refuse(Answer),
}

/// Programs that wait for a token, and the record of those that got one.
#[derive(Default)]
pub(super) struct Callers {
    waiting: Vec<WaitingCaller>,
    record: Record,
}

impl Callers {
    pub(super) fn record(
        &mut self,
        at: Timestamp,
        caller: &Caller,
        profile: (ProfileId, &str),
        format: &str,
    ) {
        self.record.add(at, caller, profile, format);
    }

    pub(super) fn record_turned_away(&mut self, at: Timestamp, counted: Counted) {
        self.record.add_turned_away(at, counted);
    }

    /// Nothing in the record tells of this profile any more.
    pub(super) fn forget(&mut self, profile: ProfileId) {
        self.record.forget(profile);
    }
}

impl Timed for Callers {
    fn deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|caller| caller.until).min()
    }

    /// The record tells the time that the clock showed, as a log does.
    fn shift(&mut self, step: Step) {
        for caller in &mut self.waiting {
            caller.until = caller.until.shifted(step);
        }
    }
}

impl Agent {
    /// Serves another program. The answer may hold a token; there is none if the application ends meanwhile.
    pub(crate) async fn serve(&self, ask: Ask, caller: Caller) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        let _ = self.events.send(Event::Wanted { ask, caller, reply });
        answer.await.ok()
    }

    pub(crate) fn snapshots(&self) -> watch::Receiver<Snapshot> {
        self.snapshots.clone()
    }
}

impl Controller {
    pub(super) fn wanted(&mut self, ask: Ask, caller: Caller, reply: oneshot::Sender<Answer>) {
        match ask {
            Ask::Token(ask) => self.token_wanted(ask, caller, reply),
            Ask::Refresh { profile, timeout } => {
                let wanted = self.named(profile.as_deref());
                self.with(wanted, reply, |this, profile, reply| {
                    let unwanted = this.current(profile).map(|token| token.generation);
                    this.input(Input::RefreshRequested { profile });
                    let until = this.patience(timeout);
                    let (wish, was_tried) = (Wish::Refresh, false);
                    this.callers.waiting.push(WaitingCaller {
                        profile,
                        until,
                        wish,
                        unwanted,
                        was_tried,
                        caller,
                        reply,
                    });
                });
            }
            // The conversation asks again after each change.
            Ask::Status | Ask::Watch => {
                let _ = reply.send(Answer::Status(self.status_of(self.profiles.ids())));
            }
            Ask::Log => {
                let _ = reply.send(self.callers.record.answer());
            }
            Ask::Lock => {
                self.lock(LockedBy::Hand);
                let _ = reply.send(Answer::Locked);
            }
            Ask::Outlets => {
                let _ = reply.send(self.outlets_answer());
            }
            Ask::AddOutlet { profile, target } => {
                let wanted = self.named(profile.as_deref());
                self.with(wanted, reply, |this, profile, reply| {
                    let until = this.clock.now() + questions::PATIENCE;
                    let want = PutOff::Outlet(target);
                    this.with_leave(profile, Waiting::new(want, until, (caller, reply)));
                });
            }
            Ask::Admit { profile, .. } => {
                if let Some(refusal) = self.refusal_while_locked() {
                    let _ = reply.send(refusal);
                    return;
                }
                let wanted = self.named(profile.as_deref());
                self.with(wanted, reply, |this, profile, reply| {
                    let until = this.clock.now() + questions::PATIENCE;
                    this.with_leave(
                        profile,
                        Waiting::new(PutOff::Admission, until, (caller, reply)),
                    );
                });
            }
            Ask::RemoveOutlet { number } => self.outlet_removed(number, reply),
            // Who may ask over HTTP is the door's business; whether the caller may change that, is ours.
            Ask::AddHttp { .. } | Ask::RenewHttp { .. } | Ask::MoveHttp => {
                let until = self.clock.now() + questions::PATIENCE;
                self.door_wanted(Waiting::new(PutOff::Door, until, (caller, reply)));
            }
            // What is left of that is the door's, and new profiles come the window's way.
            Ask::Http | Ask::RemoveHttp { .. } | Ask::Understand { .. } | Ask::Import { .. } => {
                let _ = reply.send(refused(Reason::Usage, "here", "This is not asked here", ""));
            }
            // The conversation goes on the window's way with the profile that is meant.
            Ask::Check { profile } => {
                let wanted = self.named(profile.as_deref());
                self.with(wanted, reply, |this, profile, reply| {
                    let _ = reply.send(Answer::Status(this.status_of(&[profile])));
                });
            }
        }
    }

    fn token_wanted(&mut self, ask: TokenAsk, caller: Caller, reply: oneshot::Sender<Answer>) {
        if let Some(refusal) = self.refusal_while_locked() {
            let _ = reply.send(refusal);
            return;
        }
        let wanted = self.named(ask.profile.as_deref());
        let until = self.patience(ask.timeout);
        self.with(wanted, reply, |this, profile, reply| {
            let want = PutOff::Token(ask);
            this.with_leave(profile, Waiting::new(want, until, (caller, reply)));
        });
    }

    pub(super) fn token_allowed(
        &mut self,
        profile: ProfileId,
        ask: TokenAsk,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        let token = self.current(profile);
        let min_valid = ask.min_valid.map(Duration::from_secs);
        // Only the current token can be rejected: of an older one, that is no news.
        let is_current = ask.rejected.is_some() && ask.rejected == self.fingerprint_of(profile);
        let unwanted = token.filter(|_| is_current).map(|token| token.generation);
        let now = self.clock.now();
        let status = self.engine.status(profile, now);
        let may_ask = status.is_some_and(|status| status.phase != Phase::Halted);
        match (unwanted, token) {
            (Some(generation), _) => self.input(Input::TokenRejected { profile, generation }),
            (None, Some(token)) if is_enough(&token, min_valid, now) => {}
            _ if may_ask => self.input(Input::RefreshRequested { profile }),
            _ => {}
        }
        let format = ask.format.unwrap_or_default().chars().take(LONGEST_FORMAT).collect();
        self.callers.waiting.push(WaitingCaller {
            profile,
            until,
            wish: Wish::Token { min_valid, format },
            unwanted,
            was_tried: false,
            caller,
            reply,
        });
    }

    pub(super) fn serve_callers(&mut self) {
        let now = self.clock.now();
        for mut waiting in std::mem::take(&mut self.callers.waiting) {
            if waiting.reply.is_closed() {
                continue;
            }
            match self.turn_of(&mut waiting, now) {
                Turn::Wait => self.callers.waiting.push(waiting),
                Turn::Refuse(answer) => {
                    let _ = waiting.reply.send(answer);
                }
                Turn::Serve(token, note) => self.hand_out(waiting, &token, note),
            }
        }
    }

    fn turn_of(&self, waiting: &mut WaitingCaller, now: Timestamp) -> Turn {
        if let (Wish::Token { .. }, Some(refusal)) = (&waiting.wish, self.refusal_while_locked()) {
            return Turn::Refuse(refusal);
        }
        let config = self.profiles.get(&waiting.profile);
        let status = self.engine.status(waiting.profile, now);
        let (Some(config), Some(status)) = (config, status) else {
            return Turn::Refuse(gone());
        };
        let is_wanted = |token: &TokenStatus| waiting.unwanted != Some(token.generation);
        let usable = status.token.filter(|token| token.live && is_wanted(token));
        let min_valid = match waiting.wish {
            Wish::Token { min_valid, .. } => min_valid,
            Wish::Refresh => Some(Duration::ZERO),
        };
        if let Some(token) = usable.filter(|token| is_enough(token, min_valid, now)) {
            return Turn::Serve(token, note(&token, min_valid, now, None));
        }
        let is_under_way = matches!(
            status.phase,
            Phase::Acquiring { .. } | Phase::Refreshing { .. } | Phase::Empty
        );
        waiting.was_tried |= is_under_way;
        let is_due_soon =
            matches!(status.phase, Phase::Waiting { until } if until <= waiting.until);
        // A token that is merely short is not held back for a second try.
        let may_help = !waiting.was_tried || (usable.is_none() && !wants_a_person(&status));
        if now < waiting.until && (is_under_way || (is_due_soon && may_help)) {
            return Turn::Wait;
        }
        match usable {
            Some(token) => {
                Turn::Serve(token, note(&token, min_valid, now, Some((config, &status))))
            }
            None => Turn::Refuse(no_token(config, &status, waiting.unwanted.is_some())),
        }
    }

    fn hand_out(&mut self, waiting: WaitingCaller, token: &TokenStatus, note: Option<String>) {
        let (Some(config), Some(secret)) =
            (self.profiles.get(&waiting.profile), self.vault.access_token(waiting.profile))
        else {
            let _ = waiting.reply.send(gone());
            return;
        };
        let profile = config.name.as_str().to_owned();
        let expires_at = seconds(token.validity.expires_at);
        let expires_at_rfc3339 = rfc3339(expires_at);
        let expires_in = token.validity.expires_at.since(self.clock.now()).as_secs();
        let answer = match waiting.wish {
            Wish::Refresh => Answer::Refreshed { profile, expires_at, expires_at_rfc3339 },
            Wish::Token { format, .. } => {
                let answer = TokenAnswer {
                    access_token: secret.expose().into(),
                    token_type: "Bearer".to_owned(),
                    client_id: config.client_id.to_string(),
                    expires_at,
                    expires_at_rfc3339,
                    expires_in,
                    profile,
                    scopes: config.scopes.to_string(),
                    fingerprint: fingerprint(secret),
                    note,
                };
                self.taken(waiting.profile, &waiting.caller, &format);
                Answer::Token(answer)
            }
        };
        let _ = waiting.reply.send(answer);
    }

    /// What a program needs that gets its own tokens from now on, apart from address and secret.
    pub(super) fn admission(&self, profile: ProfileId) -> Answer {
        self.profiles.get(&profile).map_or_else(gone, |config| {
            Answer::Admitted(AdmittedAnswer {
                profile: config.name.as_str().to_owned(),
                client_id: config.client_id.to_string(),
                scopes: config.scopes.to_string(),
                ..AdmittedAnswer::default()
            })
        })
    }

    /// The profile a program means.
    fn named(&self, name: Option<&str>) -> Result<ProfileId, Refusal> {
        let named = |wanted: &str| {
            let by_id = || self.profile_named(wanted).filter(|it| it.id.to_string() == wanted);
            self.profiles.named(wanted.trim()).or_else(by_id).map(|profile| profile.id)
        };
        let names = || {
            let names: Vec<_> = self.profiles.iter().map(|profile| profile.name.as_str()).collect();
            format!("There are: {}", names.join(", "))
        };
        match (name, self.profiles.ids()) {
            (_, []) => Err(refusal(
                Reason::Person,
                "no_profile",
                "Glowjar has no profile yet",
                "Open its window (glowjar open) and add one.",
            )),
            (Some(name), _) => named(name).ok_or_else(|| {
                let message = format!("There is no profile called {name:?}");
                refusal(Reason::Usage, "unknown_profile", &message, &names())
            }),
            (None, [only]) => Ok(*only),
            (None, _) => Err(refusal(
                Reason::Usage,
                "which_profile",
                "There is more than one profile: say which",
                &names(),
            )),
        }
    }

    fn with(
        &mut self,
        profile: Result<ProfileId, Refusal>,
        reply: oneshot::Sender<Answer>,
        serve: impl FnOnce(&mut Self, ProfileId, oneshot::Sender<Answer>),
    ) {
        match profile {
            Ok(profile) => serve(self, profile, reply),
            Err(refusal) => {
                let _ = reply.send(Answer::Failed(refusal));
            }
        }
    }

    pub(super) fn current(&self, profile: ProfileId) -> Option<TokenStatus> {
        self.engine.status(profile, self.clock.now())?.token.filter(|token| token.live)
    }

    fn status_of(&self, profiles: &[ProfileId]) -> StatusAnswer {
        let now = self.clock.now();
        let shown = profiles.iter().filter_map(|id| {
            let (profile, status) = (self.profiles.get(id)?, self.engine.status(*id, now)?);
            Some(status::of_profile(self.view_of(profile, &status), self.fingerprint_of(*id), now))
        });
        let troubles = self.banners.iter().filter(|banner| banner.is_trouble());
        StatusAnswer {
            app_version: self.version.clone(),
            profiles: shown.collect(),
            troubles: troubles.map(status::of_banner).collect(),
        }
    }

    fn fingerprint_of(&self, profile: ProfileId) -> Option<String> {
        self.vault.access_token(profile).map(fingerprint)
    }

    fn patience(&self, timeout: u64) -> Timestamp {
        self.clock.now() + Duration::from_secs(timeout.min(LONGEST_TIMEOUT))
    }
}

/// Whether this token will do. Without a wish, one that the engine would not renew yet does, so that asking never costs
/// a request. With one, nothing newer than half its life is renewed: short lives would end in a storm.
fn is_enough(token: &TokenStatus, min_valid: Option<Duration>, now: Timestamp) -> bool {
    let life = token.validity.lifetime();
    let needed = match min_valid {
        None => ENOUGH.min(life / 8),
        Some(wish) => wish.min(life / 2),
    };
    token.live && token.validity.expires_at.since(now) >= needed.max(Duration::from_secs(1))
}

/// What a person should know about a token that is less than was asked for.
fn note(
    token: &TokenStatus,
    min_valid: Option<Duration>,
    now: Timestamp,
    trouble: Option<(&Profile, &Status)>,
) -> Option<String> {
    let left = token.validity.expires_at.since(now);
    let wish = min_valid?;
    if left >= wish {
        return None;
    }
    let left = format!("This token lives for another {} s only", left.as_secs());
    let headline =
        trouble.map(|(profile, status)| present::standing(profile, status, Language::En).headline);
    Some(match headline.filter(|headline| !headline.is_empty()) {
        Some(headline) => format!("{left}, and renewing it failed: {headline}"),
        None => {
            let life = token.validity.lifetime().as_secs();
            format!("{left}: this provider issues tokens of {life} s")
        }
    })
}

fn no_token(profile: &Profile, status: &Status, is_rejected: bool) -> Answer {
    let standing = present::standing(profile, status, Language::En);
    let name = profile.name.as_str();
    let reason = if wants_a_person(status) { Reason::Person } else { Reason::Failed };
    let (message, advice) = match (status.phase, standing.headline.as_str()) {
        (Phase::Paused, _) => {
            (format!("{name} is paused"), "Resume it in Glowjar's window or tray.".to_owned())
        }
        (_, "") if is_rejected => (
            format!("{name} has no newer token than the rejected one"),
            "If new ones are rejected as well, run `glowjar check`.".to_owned(),
        ),
        (_, "") => (format!("{name} has no live token yet"), "Try again.".to_owned()),
        (_, headline) => (format!("{name}: {headline}"), standing.advice),
    };
    refused(reason, "no_live_token", &message, &advice)
}

/// Whether nothing will change before a person does something.
fn wants_a_person(status: &Status) -> bool {
    matches!(status.phase, Phase::Halted | Phase::Paused)
        || matches!(status.trouble, Some(Trouble::Keychain(_)))
}

pub(super) fn gone() -> Answer {
    refused(Reason::Failed, "unknown_profile", "This profile is gone", "It was removed meanwhile.")
}

/// A minute is enough for nearly every call, and far less than the margin at which tokens are renewed anyway.
const ENOUGH: Duration = Duration::from_secs(60);
/// Characters. It goes into the record, so nobody can write a novel there.
const LONGEST_FORMAT: usize = 32;
