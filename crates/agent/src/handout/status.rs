//! How all profiles are, for programs.

use glowjar_lifecycle::time::Timestamp;
use glowjar_protocol::message::{
    GeneralTrouble, PersonStatus, ProfileStatus, SignInEndStatus, StatusAnswer,
};

use super::{rfc3339, seconds};
use crate::view::{Action, BannerView, Level, PhaseView, ProfileView};

/// Whether a program that watches would want to hear it: seconds passing by are no news.
pub(crate) fn is_news(before: &StatusAnswer, now: &StatusAnswer) -> bool {
    let timeless = |status: &StatusAnswer| {
        let mut status = status.clone();
        status.profiles.iter_mut().for_each(|profile| profile.expires_in = None);
        status
    };
    timeless(before) != timeless(now)
}

pub(crate) fn of_profile(
    view: ProfileView,
    fingerprint: Option<String>,
    now: Timestamp,
) -> ProfileStatus {
    let ends = view.validity.map(|validity| Timestamp::from_millis(validity.expires_at));
    let action = view.trouble.as_ref().and_then(|trouble| trouble.action);
    ProfileStatus {
        profile: view.name,
        id: view.id,
        provider: view.client.provider.label,
        client_id: view.client.client_id,
        family: view.client.family,
        level: word(view.level).to_owned(),
        headline: view.headline,
        advice: view.trouble.map(|trouble| trouble.advice).unwrap_or_default(),
        live: view.can_copy,
        expires_at: ends.map(seconds),
        expires_at_rfc3339: ends.map(|at| rfc3339(seconds(at))),
        expires_in: ends.map(|at| at.since(now).as_secs()),
        fingerprint: fingerprint.filter(|_| ends.is_some()),
        rejected: false,
        person: PersonStatus {
            is_needed: view.phase == PhaseView::Halted
                || matches!(action, Some(Action::UnlockKeychain | Action::CreateKeyring)),
            sign_in_end: view.sign_in_end.map(|end| {
                let at = seconds(Timestamp::from_millis(end.at));
                SignInEndStatus {
                    at,
                    at_rfc3339: rfc3339(at),
                    assumed: end.is_assumed,
                    near: end.is_near,
                }
            }),
        },
    }
}

pub(crate) fn of_banner(banner: &BannerView) -> GeneralTrouble {
    GeneralTrouble {
        code: banner.code.clone(),
        headline: banner.headline.clone(),
        advice: match &banner.cause {
            Some(cause) => format!("{} ({cause})", banner.advice),
            None => banner.advice.clone(),
        },
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Off => "off",
        Level::Fresh => "fresh",
        Level::Busy => "busy",
        Level::Soon => "soon",
        Level::Attention => "attention",
    }
}
