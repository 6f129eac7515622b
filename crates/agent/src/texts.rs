//! What Glowjar says about trouble: made once, for toast, tray and window alike. The sentences are in the catalogue.

use std::time::Duration;

use glowjar_ims::{Access, ConsoleRefusal, Denial};
use glowjar_lifecycle::{
    failure::{Failure, Permanent, Transient},
    input::KeychainTrouble,
    status::Trouble,
    time::Step,
};

use crate::{
    localization::Message,
    view::{Action, Language, TechnicalView, TroubleView},
};

/// What happened, what to do, and the one button for it. `code` is stable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub code: &'static str,
    pub headline: String,
    pub advice: String,
    pub action: Option<Action>,
}

impl Words {
    fn new(
        language: Language,
        (code, action): (&'static str, Option<Action>),
        arguments: &[(&'static str, &str)],
    ) -> Self {
        let Message { headline, advice, .. } = language.tell(&format!("trouble-{code}"), arguments);
        Self { code, headline, advice, action }
    }

    pub(crate) fn with_technical(self, technical: TechnicalView) -> TroubleView {
        let Self { code, headline, advice, action } = self;
        TroubleView { code: code.to_owned(), headline, advice, action, technical }
    }
}

/// `provider` as it stands at the start of a sentence.
pub(crate) fn trouble(language: Language, trouble: Trouble, provider: &str) -> Words {
    let cause = match trouble {
        Trouble::Transient(cause) => transient(cause),
        Trouble::Keychain(cause) => of_keychain(cause),
        Trouble::NotUnderstood => ("not_understood", Some(Action::EditProfile)),
        Trouble::Rejected(cause) => rejected(cause),
        Trouble::SecretMissing => ("secret_missing", Some(Action::ReplaceSecret)),
        Trouble::RefreshTokenMissing => {
            ("refresh_token_missing", Some(Action::ReplaceRefreshToken))
        }
        Trouble::BudgetSpent => ("budget_spent", Some(Action::RetryNow)),
        Trouble::ShortLived => ("short_lived", None),
    };
    Words::new(language, cause, &[("provider", provider)])
}

/// As [`trouble`], of a profile that isn't saved: nobody keeps trying, and its secret was not replaced by another.
pub(crate) fn trial(language: Language, trouble: Trouble, provider: &str) -> Words {
    let words = self::trouble(language, trouble, provider);
    let other = match trouble {
        Trouble::Rejected(Permanent::SecretRejected) => "trial-secret_rejected",
        Trouble::Rejected(Permanent::AccountAction) => "trial-account_action",
        Trouble::Transient(Transient::CaptivePortal) => "trial-captive_portal",
        Trouble::Transient(
            Transient::Tls | Transient::Proxy | Transient::ProxyUnusable | Transient::Blocked,
        ) => return words,
        Trouble::Transient(_) => "trial-not_now",
        _ => return words,
    };
    Words { advice: language.say(other), ..words }
}

/// As [`trial`], of another secret for a profile that exists. It works as before, unless its own secret is of no use.
pub(crate) fn secret_trial(
    language: Language,
    trouble: Trouble,
    provider: &str,
    works: bool,
) -> Words {
    let words = trial(language, trouble, provider);
    let advice = if works { "trial-secret_not_now" } else { "trial-secret_lost_not_now" };
    match trouble {
        Trouble::Transient(_) => Words { advice: language.say(advice), ..words },
        _ => words,
    }
}

/// What the console's API said to a call about client secrets. `may_be_made` if nobody knows whether it made one.
pub(crate) fn console(
    language: Language,
    why: ConsoleRefusal,
    provider: &str,
    may_be_made: bool,
) -> Words {
    let code = match why {
        ConsoleRefusal::Unanswered(_) if may_be_made => "console_perhaps_made",
        ConsoleRefusal::TokenRejected => "console_token_rejected",
        ConsoleRefusal::NotAllowed => "console_not_allowed",
        ConsoleRefusal::NotFound => "console_not_found",
        ConsoleRefusal::TooMany => "console_too_many",
        ConsoleRefusal::Refused => "console_refused",
        ConsoleRefusal::Unanswered(Failure::Transient { cause, .. }) => {
            return secret_trial(language, Trouble::Transient(cause), provider, true);
        }
        ConsoleRefusal::Unanswered(Failure::Permanent(cause)) => {
            return secret_trial(language, Trouble::Rejected(cause), provider, true);
        }
    };
    Words::new(language, (code, None), &[])
}

/// A secret that was just made by the console's API was refused.
pub(crate) fn not_yet_taken(language: Language) -> Words {
    Words::new(language, ("secret_not_yet_taken", None), &[])
}

/// As [`trouble`], of a profile that a person signs in for: nobody has to paste a refresh token.
pub(crate) fn of_sign_in(language: Language, trouble: Trouble, words: Words) -> Words {
    let code = match trouble {
        Trouble::RefreshTokenMissing => "sign_in_once_more",
        Trouble::Rejected(Permanent::RefreshTokenRejected) => "sign_in_ended",
        _ => return words,
    };
    Words::new(language, (code, Some(Action::SignIn)), &[])
}

/// As [`trouble`], where the tokens come from a studio's keeper: nobody at a desk can mend anything, and nothing of Adobe's is theirs.
pub(crate) fn of_keeper(language: Language, trouble: Trouble, words: Words) -> Words {
    let (code, action) = match trouble {
        Trouble::Transient(
            Transient::Dns
            | Transient::Connect
            | Transient::ConnectTimeout
            | Transient::Timeout
            | Transient::Server
            | Transient::Blocked
            | Transient::BrokenReply,
        )
        | Trouble::NotUnderstood => ("keeper_unreachable", Action::RetryNow),
        Trouble::Rejected(Permanent::SecretRejected | Permanent::ClientRejected) => {
            ("keeper_refuses", Action::ReplaceSecret)
        }
        _ => return words,
    };
    Words::new(language, (code, Some(action)), &[])
}

/// A studio's keeper did not take the one-time word of a pasted line.
pub(crate) fn word_refused(language: Language) -> Words {
    Words::new(language, ("word_refused", None), &[])
}

/// The person signed out.
pub(crate) fn signed_out(language: Language) -> Words {
    Words::new(language, ("signed_out", Some(Action::SignIn)), &[])
}

type Cause = (&'static str, Option<Action>);

const fn transient(cause: Transient) -> Cause {
    match cause {
        Transient::Dns => ("dns", Some(Action::RetryNow)),
        Transient::Connect => ("connect", Some(Action::RetryNow)),
        Transient::Tls => ("tls", Some(Action::OpenSettings)),
        Transient::Proxy => ("proxy", Some(Action::OpenSettings)),
        Transient::ProxyUnusable => ("proxy_unusable", Some(Action::OpenSettings)),
        Transient::ConnectTimeout | Transient::Timeout => ("timeout", Some(Action::RetryNow)),
        Transient::Throttled => ("throttled", None),
        Transient::Server => ("server", Some(Action::RetryNow)),
        Transient::CaptivePortal => ("captive_portal", Some(Action::OpenNetworkSignIn)),
        Transient::Blocked => ("blocked", Some(Action::RetryNow)),
        Transient::BrokenReply => ("broken_reply", Some(Action::RetryNow)),
        Transient::Withheld => ("withheld", Some(Action::RetryNow)),
        Transient::Internal => ("internal", Some(Action::RetryNow)),
    }
}

const fn rejected(cause: Permanent) -> Cause {
    match cause {
        Permanent::SecretRejected => ("secret_rejected", Some(Action::ReplaceSecret)),
        Permanent::ClientRejected => ("client_rejected", Some(Action::EditProfile)),
        Permanent::SecretNotWanted => ("secret_not_wanted", Some(Action::EditProfile)),
        Permanent::RefreshTokenRejected => {
            ("refresh_token_rejected", Some(Action::ReplaceRefreshToken))
        }
        Permanent::ScopeRejected => ("scope_rejected", Some(Action::EditScopes)),
        Permanent::GrantNotAllowed => ("grant_not_allowed", Some(Action::EditProfile)),
        Permanent::AccountAction => ("account_action", Some(Action::OpenAccountPage)),
        Permanent::RequestRejected => ("request_rejected", Some(Action::EditProfile)),
        Permanent::EndpointMissing => ("endpoint_missing", Some(Action::EditProfile)),
    }
}

const fn of_keychain(cause: KeychainTrouble) -> Cause {
    match cause {
        KeychainTrouble::Locked => ("keychain_locked", Some(Action::UnlockKeychain)),
        KeychainTrouble::NoDefault => ("keychain_no_default", Some(Action::CreateKeyring)),
        KeychainTrouble::DefaultLocked => ("keychain_default_locked", Some(Action::UnlockKeychain)),
        KeychainTrouble::Absent => ("keychain_absent", Some(Action::RetryNow)),
        KeychainTrouble::NotAnswering => ("keychain_not_answering", Some(Action::UnlockKeychain)),
        KeychainTrouble::Refused => ("keychain_refused", Some(Action::RetryNow)),
        KeychainTrouble::Exhausted => ("keychain_exhausted", Some(Action::RetryNow)),
        KeychainTrouble::Incomplete => ("keychain_incomplete", Some(Action::ReplaceSecret)),
    }
}

pub(crate) fn keychain(language: Language, cause: KeychainTrouble) -> Words {
    Words::new(language, of_keychain(cause), &[])
}

/// There should be a live token, and nothing has failed so far.
pub(crate) fn no_live_token(language: Language) -> Words {
    Words::new(language, ("no_live_token", None), &[])
}

/// The newest token set is in memory only.
pub(crate) fn not_saved(language: Language, cause: KeychainTrouble) -> Words {
    let why = keychain(language, cause);
    let action = why.action.filter(|action| *action != Action::ReplaceSecret);
    Words::new(language, ("not_saved", action), &[("why", &why.headline)])
}

/// A clock that is wrong by more than a minute. Tokens are kept all the same, since lifetimes are counted from here.
pub(crate) fn skew(language: Language, ahead: Step) -> Words {
    let id = if ahead.as_millis() > 0 { "clock_fast" } else { "clock_slow" };
    let span = roughly(language, ahead.magnitude());
    let words = Words::new(language, (id, Some(Action::SetClock)), &[("span", &span)]);
    Words { code: "clock_skew", ..words }
}

/// What the Firefly gateway said (docs/adobe-ims.md section 5, "Firefly gateway"), and whether the token works.
pub(crate) fn access(language: Language, access: &Access) -> (bool, Message) {
    let code = match access {
        Access::Works => "works",
        Access::TokenRejected => "token_rejected",
        Access::TokenMissing => "token_missing",
        Access::ClientRejected => "client_rejected",
        Access::Denied(Denial::QuotaExhausted) => "quota_exhausted",
        Access::Denied(Denial::UserNotEntitled) => "not_entitled",
        Access::Denied(Denial::ProfileDenied) => "profile_denied",
        Access::Denied(Denial::ScopeMissing) => "scope_missing",
        Access::Denied(Denial::Other) | Access::Forbidden => "forbidden",
        Access::Throttled { .. } => "throttled",
        Access::TokenUnchecked => "unchecked",
        Access::Unreachable(_) => "unreachable",
    };
    (*access == Access::Works, language.tell(&format!("access-{code}"), &[]))
}

/// In the largest unit of which there are at least two.
fn roughly(language: Language, span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60);
    let (id, count) = match minutes {
        0..120 => ("span-minutes", minutes),
        120..2_880 => ("span-hours", minutes / 60),
        _ => ("span-days", minutes / (24 * 60)),
    };
    language.say_with(id, &[("count", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_in_a_unit_that_people_use() {
        let told = |minutes: i64| skew(Language::En, Step::from_millis(minutes * 60_000)).headline;
        assert_eq!(told(7), "Your clock is 7 min fast");
        assert_eq!(told(-119), "Your clock is 119 min slow");
        assert_eq!(told(120), "Your clock is 2 hours fast");
        assert_eq!(told(-2 * 24 * 60), "Your clock is 2 days slow");
    }

    const CAUSES: [Transient; 14] = [
        Transient::Dns,
        Transient::Connect,
        Transient::Tls,
        Transient::Proxy,
        Transient::ProxyUnusable,
        Transient::ConnectTimeout,
        Transient::Timeout,
        Transient::Throttled,
        Transient::Server,
        Transient::CaptivePortal,
        Transient::Blocked,
        Transient::BrokenReply,
        Transient::Withheld,
        Transient::Internal,
    ];
    const REASONS: [Permanent; 9] = [
        Permanent::SecretRejected,
        Permanent::ClientRejected,
        Permanent::SecretNotWanted,
        Permanent::RefreshTokenRejected,
        Permanent::ScopeRejected,
        Permanent::GrantNotAllowed,
        Permanent::AccountAction,
        Permanent::RequestRejected,
        Permanent::EndpointMissing,
    ];

    /// What happened, why, and what to do: for each class that a reply can fall into, in words of its own and in both
    /// languages.
    #[test]
    fn f50_f51_every_class_of_a_reply_has_words_of_its_own_in_each_language() {
        let classes: Vec<_> = CAUSES
            .map(Trouble::Transient)
            .into_iter()
            .chain(REASONS.map(Trouble::Rejected))
            .collect();
        let told = |language| {
            classes.iter().map(|class| trouble(language, *class, "Adobe")).collect::<Vec<_>>()
        };
        let (english, german) = (told(Language::En), told(Language::De));
        for ((class, english), german) in classes.iter().zip(&english).zip(&german) {
            assert!(!english.headline.is_empty() && !german.headline.is_empty(), "{class:?}");
            assert!(!english.advice.is_empty() && !german.advice.is_empty(), "{class:?}");
            assert_ne!(english.advice, german.advice, "{class:?}");
            assert_eq!(english.code, german.code, "{class:?}");
        }
        let codes: std::collections::BTreeSet<_> = english.iter().map(|words| words.code).collect();
        // Before a connection or after it: to a person, nobody answered in time.
        assert_eq!(codes.len(), classes.len() - 1, "two classes have one code");
    }

    #[test]
    fn nobody_is_said_to_keep_trying_for_a_profile_that_is_not_saved() {
        for language in [Language::En, Language::De] {
            for cause in CAUSES {
                let advice = trial(language, Trouble::Transient(cause), "Adobe").advice;
                assert!(!advice.is_empty(), "{cause:?}");
                for promise in ["keeps trying", "by itself", "von selbst"] {
                    assert!(!advice.contains(promise), "{cause:?}: {advice}");
                }
            }
        }
    }
}
