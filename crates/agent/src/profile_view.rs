//! From profiles and statuses to what a person sees.

use glowjar_ims::{AccessReport, Technical};
use glowjar_lifecycle::{
    failure::Permanent,
    input::SecretSlot,
    sign_in_end::Moves,
    status::{Incident, Phase, Status, Trouble},
    time::Timestamp,
};

use crate::{
    localization::Message,
    notices::{NoticeState, Outlook},
    profile::Profile,
    profiles::ProfileRuntime,
    secret_life::ReplaceBy,
    texts::{self, Words},
    view::{
        AccessView, ChecksView, ClientView, Language, Level, PhaseView, Preset, ProfileView,
        ProviderView, SecretView, SignInEndView, SignedInView, TechnicalView, ValidityView,
    },
};

pub(crate) fn profile(
    profile: &Profile,
    status: &Status,
    runtime: &ProfileRuntime,
    token_endpoint: String,
    language: Language,
) -> ProfileView {
    let is_live = status.token.is_some_and(|token| token.live);
    let trouble = trouble(profile, status, language);
    let level = if is_signed_out(profile, status) { Level::Off } else { level(status) };
    ProfileView {
        id: profile.id.to_string(),
        name: profile.name.as_str().to_owned(),
        client: ClientView {
            provider: ProviderView {
                preset: profile.source.preset,
                label: profile.provider_label(language),
                token_endpoint,
            },
            client_id: profile.client_id.to_string(),
            scopes: profile.scopes.to_string(),
            grant: profile.grant,
            account_url: profile.account_url().map(str::to_owned),
            family: profile.family.map(|family| family.name.clone()),
            env_name: profile.env_name().to_owned(),
            signed_in: profile.sign_in.as_ref().map(|it| SignedInView {
                account: it.account.clone(),
                renews: true,
                signed_out: it.signed_out,
            }),
            secret: profile.mints_with_a_secret().then(|| SecretView {
                since: profile.secret_life.since.map(Timestamp::as_millis),
                replace_by: profile.secret_life.replace_by.map(ReplaceBy::view),
                due_at: profile.secret_life.due().map(Timestamp::as_millis),
                has_standby: false,
                standby_in_use: status.secret == SecretSlot::Standby,
                api: None,
            }),
        },
        is_default: false,
        level,
        phase: phase(status.phase),
        headline: match &trouble {
            Some(words) if level != Level::Off || is_signed_out(profile, status) => {
                words.headline.clone()
            }
            Some(_) | None => language.say(calm_headline(status, is_live)),
        },
        validity: status.token.map(|token| ValidityView {
            issued_at: token.validity.issued_at.as_millis(),
            expires_at: token.validity.expires_at.as_millis(),
        }),
        next_attempt_at: status.next_attempt_at.map(Timestamp::as_millis),
        sign_in_end: sign_in_end(status),
        not_saved: status.not_saved.is_some(),
        trouble: trouble.map(|words| words.with_technical(technical(profile, status, runtime))),
        checks: ChecksView {
            access: runtime.access.clone(),
            verified_at: runtime.verified_at.map(Timestamp::as_millis),
            life_is_assumed: false,
        },
        can_copy: is_live,
        can_refresh: status.can_refresh,
    }
}

pub(crate) fn standing(profile: &Profile, status: &Status, language: Language) -> NoticeState {
    // A call that takes for ever has not failed yet, and still somebody has no token.
    let unexplained = || status.incident.map(|_| texts::no_live_token(language));
    let words = trouble(profile, status, language).or_else(unexplained);
    NoticeState {
        profile: profile.id,
        name: profile.name.as_str().to_owned(),
        incident: status.incident.filter(|_| !is_signed_out(profile, status)),
        headline: words.as_ref().map(|words| words.headline.clone()).unwrap_or_default(),
        advice: words.map(|words| words.advice).unwrap_or_default(),
        is_live: status.token.is_some_and(|token| token.live),
        outlook: outlook(status),
        signs_in: profile.sign_in.is_some(),
    }
}

/// Of their own will, so that nobody is called for it.
fn is_signed_out(profile: &Profile, status: &Status) -> bool {
    profile.is_signed_out() && status.trouble == Some(Trouble::RefreshTokenMissing)
}

fn sign_in_end(status: &Status) -> Option<SignInEndView> {
    let end = status.forecast.map(|it| it.end).or(status.refresh_token_ends)?;
    (status.trouble != Some(SIGN_IN_ENDED)).then(|| SignInEndView {
        at: end.at.as_millis(),
        is_assumed: end.is_assumed,
        slides: end.moves == Moves::Slides,
        is_near: status.forecast.is_some(),
    })
}

fn outlook(status: &Status) -> Outlook {
    match (status.forecast, status.phase) {
        (Some(forecast), _) => Outlook::Near(forecast),
        (None, Phase::Holding) => Outlook::Far(status.refresh_token_ends),
        // A moment's work or trouble, after which the same end is as near as before.
        (None, _) => Outlook::Unknown,
    }
}

pub(crate) fn access(report: &AccessReport, at: Timestamp, language: Language) -> AccessView {
    let (works, Message { headline, advice, .. }) = texts::access(language, &report.access);
    AccessView {
        at: at.as_millis(),
        works,
        headline,
        advice,
        technical: technical_view(Some(at), &report.technical),
    }
}

fn trouble(profile: &Profile, status: &Status, language: Language) -> Option<Words> {
    let label = profile.provider_label(language);
    if let Some(trouble) = status.trouble {
        let words = texts::trouble(language, trouble, &label);
        return Some(match profile.sign_in {
            Some(_) if is_signed_out(profile, status) => texts::signed_out(language),
            Some(_) => texts::of_sign_in(language, trouble, words),
            None if profile.source.preset == Preset::Keeper => {
                texts::of_keeper(language, trouble, words)
            }
            None => words,
        });
    }
    let not_saved = status.not_saved.map(|cause| texts::not_saved(language, cause));
    not_saved.or_else(|| status.skew.map(|ahead| texts::skew(language, ahead)))
}

fn is_withheld(status: &Status) -> bool {
    status.token.is_some_and(|token| token.withheld)
}

/// Only halts and failures of requests have a technical side worth showing.
fn technical(profile: &Profile, status: &Status, runtime: &ProfileRuntime) -> TechnicalView {
    if let (Some(halt), true) = (&profile.refused.halted, is_withheld(status)) {
        let description = Some(halt.why.clone()).filter(|why| !why.is_empty());
        let technical = Technical { description, ..Technical::default() };
        return technical_view(Some(halt.at), &technical);
    }
    match (status.trouble, &runtime.failure) {
        (
            Some(Trouble::Transient(_) | Trouble::NotUnderstood | Trouble::Rejected(_)),
            Some((at, technical)),
        ) => technical_view(Some(*at), technical),
        _ => TechnicalView::default(),
    }
}

pub(crate) fn technical_view(at: Option<Timestamp>, technical: &Technical) -> TechnicalView {
    TechnicalView {
        at: at.map(Timestamp::as_millis),
        status: technical.status,
        error: technical.error.clone(),
        description: technical.description.clone(),
        request_id: technical.request_id.clone(),
    }
}

fn level(status: &Status) -> Level {
    let is_live = status.token.is_some_and(|token| token.live);
    match status.phase {
        Phase::Paused => Level::Off,
        Phase::Halted => Level::Attention,
        _ if status.incident == Some(Incident::PersonNeeded) => Level::Attention,
        _ if is_withheld(status) => Level::Attention,
        Phase::Waiting { .. } if !is_live => Level::Attention,
        Phase::Empty | Phase::Acquiring { .. } => Level::Busy,
        Phase::Refreshing { .. } | Phase::Holding if !is_live => Level::Busy,
        _ if status.trouble.is_some() || status.not_saved.is_some() => Level::Soon,
        Phase::Holding | Phase::Refreshing { .. } | Phase::Waiting { .. } => Level::Fresh,
    }
}

fn phase(phase: Phase) -> PhaseView {
    match phase {
        Phase::Empty => PhaseView::Empty,
        Phase::Acquiring { .. } => PhaseView::Acquiring,
        Phase::Holding => PhaseView::Holding,
        Phase::Refreshing { .. } => PhaseView::Refreshing,
        Phase::Waiting { .. } => PhaseView::Waiting,
        Phase::Halted => PhaseView::Halted,
        Phase::Paused => PhaseView::Paused,
    }
}

fn calm_headline(status: &Status, is_live: bool) -> &'static str {
    match status.phase {
        Phase::Paused => "headline-paused",
        Phase::Empty => "headline-opening",
        Phase::Acquiring { .. } => "headline-acquiring",
        Phase::Refreshing { .. } => "headline-renewing",
        Phase::Holding | Phase::Waiting { .. } | Phase::Halted if is_live => "headline-live",
        Phase::Holding | Phase::Waiting { .. } | Phase::Halted => "headline-expired",
    }
}

/// The provider's word counts for more than the end that it once named.
const SIGN_IN_ENDED: Trouble = Trouble::Rejected(Permanent::RefreshTokenRejected);
