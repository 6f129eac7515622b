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
    AdmittedAnswer, Answer, LONGEST_TIMEOUT, ProfileStatus, Reason, Refusal, StatusAnswer,
    TokenAnswer, TokenAsk,
};
use tokio::sync::oneshot;

use super::{core::Core, locking};
use crate::{
    handout::{Caller, fingerprint, gone, refusal, refused, rfc3339, seconds, status},
    profile::Profile,
    profile_view,
    timed::Timed,
    view::Language,
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

#[derive(Debug, PartialEq)]
enum Wish {
    Token { min_valid: Option<Duration>, format: String },
    Refresh { is_requested: bool },
}

/// What becomes of a caller now.
enum Turn {
    Wait,
    Serve(TokenStatus, Option<String>),
    Refuse(Box<Answer>),
}

/// Programs that wait for a token.
#[derive(Default)]
pub(super) struct Callers {
    waiting: Vec<WaitingCaller>,
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

impl Callers {
    pub(super) fn refresh_wanted(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        timeout: u64,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        let mut waiting = WaitingCaller {
            profile,
            until: patience(core, timeout),
            wish: Wish::Refresh { is_requested: false },
            unwanted: core.current(profile).map(|token| token.generation),
            was_tried: false,
            caller,
            reply,
        };
        request_refresh(core, &mut waiting);
        self.waiting.push(waiting);
    }

    pub(super) fn token_allowed(
        &mut self,
        core: &mut Core,
        profile: ProfileId,
        ask: TokenAsk,
        until: Timestamp,
        (caller, reply): (Caller, oneshot::Sender<Answer>),
    ) {
        let token = core.current(profile);
        let min_valid = ask.min_valid.map(Duration::from_secs);
        // Only the current token can be rejected: of an older one, that is no news.
        let is_current = ask.rejected.is_some() && ask.rejected == core.fingerprint_of(profile);
        let unwanted = token.filter(|_| is_current).map(|token| token.generation);
        let now = core.clock.now();
        let status = core.engine.status(profile, now);
        let may_ask = status.is_some_and(|status| status.phase != Phase::Halted);
        match (unwanted, token) {
            // Another is got in its place already.
            (None, Some(token)) if token.rejected => {}
            (Some(generation), _) => core.input(Input::TokenRejected { profile, generation }),
            (None, Some(token)) if is_enough(&token, min_valid, now) => {}
            _ if may_ask => core.input(Input::RefreshRequested { profile }),
            _ => {}
        }
        let format = ask.format.unwrap_or_default().chars().take(LONGEST_FORMAT).collect();
        self.waiting.push(WaitingCaller {
            profile,
            until,
            wish: Wish::Token { min_valid, format },
            unwanted,
            was_tried: false,
            caller,
            reply,
        });
    }

    pub(super) fn serve_callers(&mut self, core: &mut Core) {
        let now = core.clock.now();
        for mut waiting in std::mem::take(&mut self.waiting) {
            if waiting.reply.is_closed() {
                continue;
            }
            request_refresh(core, &mut waiting);
            match turn_of(core, &mut waiting, now) {
                Turn::Wait => self.waiting.push(waiting),
                Turn::Refuse(answer) => {
                    let _ = waiting.reply.send(*answer);
                }
                Turn::Serve(token, note) => hand_out(core, waiting, &token, note),
            }
        }
    }
}

/// A refresh that came while the newest token was on its way to the keychain is requested as soon as that is over.
fn request_refresh(core: &mut Core, waiting: &mut WaitingCaller) {
    let profile = waiting.profile;
    if let Wish::Refresh { is_requested: is_requested @ false } = &mut waiting.wish
        && core.engine.status(profile, core.clock.now()).is_none_or(|status| status.can_refresh)
    {
        *is_requested = true;
        core.input(Input::RefreshRequested { profile });
    }
}

fn hand_out(core: &mut Core, waiting: WaitingCaller, token: &TokenStatus, note: Option<String>) {
    let (Some(config), Some(secret)) =
        (core.profiles.get(&waiting.profile), core.secret_store.access_token(waiting.profile))
    else {
        let _ = waiting.reply.send(gone());
        return;
    };
    let profile = config.name.as_str().to_owned();
    let expires_at = seconds(token.validity.expires_at);
    let expires_at_rfc3339 = rfc3339(expires_at);
    let expires_in = token.validity.expires_at.since(core.clock.now()).as_secs();
    let answer = match waiting.wish {
        Wish::Refresh { .. } => Answer::Refreshed { profile, expires_at, expires_at_rfc3339 },
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
                family: config.family.map(|family| family.name.clone()),
                fingerprint: fingerprint(secret),
                note,
            };
            core.taken(waiting.profile, &waiting.caller, &format);
            Answer::Token(answer)
        }
    };
    let _ = waiting.reply.send(answer);
}

fn turn_of(core: &Core, waiting: &mut WaitingCaller, now: Timestamp) -> Turn {
    if let (Wish::Token { .. }, Some(refusal)) =
        (&waiting.wish, locking::refusal_while_locked(core))
    {
        return Turn::Refuse(Box::new(refusal));
    }
    let config = core.profiles.get(&waiting.profile);
    let status = core.engine.status(waiting.profile, now);
    let (Some(config), Some(status)) = (config, status) else {
        return Turn::Refuse(Box::new(gone()));
    };
    let is_wanted = |token: &TokenStatus| waiting.unwanted != Some(token.generation);
    let usable = status.token.filter(|token| token.live && is_wanted(token));
    let min_valid = match waiting.wish {
        Wish::Token { min_valid, .. } => min_valid,
        Wish::Refresh { .. } => Some(Duration::ZERO),
    };
    let is_under_way = status.is_under_way;
    let is_replaced_soon = status.token.is_some_and(|token| token.rejected)
        && status.next_attempt_at.is_some_and(|at| at <= waiting.until);
    let is_awaited = is_under_way || is_replaced_soon;
    let will_do =
        |token: &TokenStatus| is_enough(token, min_valid, now) && !(token.rejected && is_awaited);
    if let Some(token) = usable.filter(will_do) {
        return Turn::Serve(token, note(&token, min_valid, now, None));
    }
    waiting.was_tried |= is_under_way && waiting.wish != Wish::Refresh { is_requested: false };
    let is_due_soon = matches!(status.phase, Phase::Waiting { until } if until <= waiting.until);
    // A token that is merely short is not held back for a second try.
    let may_help = !waiting.was_tried || (usable.is_none() && !wants_a_person(&status));
    let is_due_soon = is_due_soon || is_replaced_soon;
    if now < waiting.until && (is_under_way || (is_due_soon && may_help)) {
        return Turn::Wait;
    }
    match usable {
        Some(token) => Turn::Serve(token, note(&token, min_valid, now, Some((config, &status)))),
        None => Turn::Refuse(Box::new(no_token(config, &status, waiting))),
    }
}

/// What a program needs that gets its own tokens from now on, apart from address and secret.
pub(super) fn admission(core: &Core, profile: ProfileId) -> Answer {
    core.profiles.get(&profile).map_or_else(gone, |config| {
        Answer::Admitted(AdmittedAnswer {
            profile: config.name.as_str().to_owned(),
            client_id: config.client_id.to_string(),
            scopes: config.scopes.to_string(),
            family: config.family.map(|family| family.name.clone()),
            ..AdmittedAnswer::default()
        })
    })
}

/// The profile a program means, and whom to answer. If it means none, that was answered.
pub(super) fn meant(
    core: &Core,
    name: Option<&str>,
    reply: oneshot::Sender<Answer>,
) -> Option<(ProfileId, oneshot::Sender<Answer>)> {
    match named(core, name) {
        Ok(profile) => Some((profile, reply)),
        Err(refusal) => {
            let _ = reply.send(Answer::Failed(refusal));
            None
        }
    }
}

fn named(core: &Core, name: Option<&str>) -> Result<ProfileId, Refusal> {
    let named = |wanted: &str| {
        let by_id = || core.profile_named(wanted).filter(|it| it.id.to_string() == wanted);
        core.profiles.named(wanted.trim()).or_else(by_id).map(|profile| profile.id)
    };
    let names = || {
        let names: Vec<_> = core.profiles.iter().map(|profile| profile.name.as_str()).collect();
        format!("There are: {}", names.join(", "))
    };
    match (name, core.profiles.ids()) {
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

pub(super) fn status_of(core: &Core, profiles: &[ProfileId]) -> StatusAnswer {
    let now = core.clock.now();
    let shown = profiles.iter().filter_map(|id| {
        let (profile, status) = (core.profiles.get(id)?, core.engine.status(*id, now)?);
        let is_rejected = status.token.is_some_and(|token| token.rejected);
        let view = core.view_of(profile, &status);
        Some(ProfileStatus {
            rejected: is_rejected,
            ..status::of_profile(view, core.fingerprint_of(*id), now)
        })
    });
    let troubles = core.banners.iter().filter(|banner| banner.is_trouble() || banner.is_update());
    StatusAnswer {
        app_version: core.host.version.clone(),
        profiles: shown.collect(),
        troubles: troubles.map(status::of_banner).collect(),
        webhook: core.preferences.webhook.as_ref().map(|kept| kept.server.clone()),
        managed: Some(Box::new(core.preferences.managed().status(core.language))),
    }
}

/// Until when somebody waits who gave this many seconds.
pub(super) fn patience(core: &Core, timeout: u64) -> Timestamp {
    core.clock.now() + Duration::from_secs(timeout.min(LONGEST_TIMEOUT))
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
    let headline = trouble
        .map(|(profile, status)| profile_view::standing(profile, status, Language::En).headline);
    Some(match headline.filter(|headline| !headline.is_empty()) {
        Some(headline) => format!("{left}, and renewing it failed: {headline}"),
        None => {
            let life = token.validity.lifetime().as_secs();
            format!("{left}: this provider issues tokens of {life} s")
        }
    })
}

fn no_token(profile: &Profile, status: &Status, waiting: &WaitingCaller) -> Answer {
    let standing = profile_view::standing(profile, status, Language::En);
    let name = profile.name.as_str();
    let reason = if wants_a_person(status) { Reason::Person } else { Reason::Failed };
    let (message, advice) = match (status.phase, standing.headline.as_str()) {
        (Phase::Paused, _) => {
            (format!("{name} is paused"), "Resume it in Glowjar's window or tray.".to_owned())
        }
        (_, "") if matches!(waiting.wish, Wish::Refresh { .. }) => (
            format!("{name} has no new token yet"),
            "Try again with a longer --timeout.".to_owned(),
        ),
        (_, "") if waiting.unwanted.is_some() => (
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

/// A minute is enough for nearly every call, and far less than the margin at which tokens are renewed anyway.
const ENOUGH: Duration = Duration::from_secs(60);
/// Characters. It goes into the record, so nobody can write a novel there.
const LONGEST_FORMAT: usize = 32;
