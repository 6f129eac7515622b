//! What Glowjar says about trouble: made once, for toast, tray and window alike.

use std::time::Duration;

use glowjar_ims::{Access, Denial};
use glowjar_lifecycle::{
    failure::{Permanent, Transient},
    input::KeychainTrouble,
    status::Trouble,
    time::Step,
};

use crate::view::Action;

/// What happened, what to do, and the one button for it. `code` is stable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub code: &'static str,
    pub headline: String,
    pub advice: String,
    pub action: Option<Action>,
}

fn words(
    code: &'static str,
    headline: impl Into<String>,
    advice: &str,
    action: Option<Action>,
) -> Words {
    Words { code, headline: headline.into(), advice: advice.to_owned(), action }
}

/// `provider` as it stands at the start of a sentence.
pub(crate) fn trouble(trouble: Trouble, provider: &str) -> Words {
    match trouble {
        Trouble::Transient(cause) => transient(cause, provider),
        Trouble::Keychain(cause) => keychain(cause),
        Trouble::Rejected(cause) => rejected(cause, provider),
        Trouble::SecretMissing => words(
            "secret_missing",
            "The client secret is missing",
            "It is no longer in the keychain. Paste it once more; your admin or the Developer Console has it.",
            Some(Action::ReplaceSecret),
        ),
        Trouble::RefreshTokenMissing => words(
            "refresh_token_missing",
            "The refresh token is missing",
            "It is no longer in the keychain. Paste a new one to go on.",
            Some(Action::ReplaceRefreshToken),
        ),
        Trouble::BudgetSpent => words(
            "budget_spent",
            "Too many tokens today",
            "Glowjar stops here so that the provider does not block you. It goes on by itself within a day. \
             Some program may be asking for new tokens over and over.",
            Some(Action::RetryNow),
        ),
        Trouble::ShortLived => words(
            "short_lived",
            "These tokens end too soon",
            "They live so short that there can't always be a fresh one. Ask whoever runs the server for a longer life.",
            None,
        ),
    }
}

fn transient(cause: Transient, provider: &str) -> Words {
    let retry = Some(Action::RetryNow);
    match cause {
        Transient::Dns => words(
            "dns",
            "No network",
            "The provider's address could not be found. Check the network; Glowjar keeps trying by itself.",
            retry,
        ),
        Transient::Connect => words(
            "connect",
            format!("{provider} can't be reached"),
            "There is no connection at the moment. Glowjar keeps trying by itself.",
            retry,
        ),
        Transient::Tls => words(
            "tls",
            "The connection is not safe",
            "The server's certificate was refused, so nothing was sent. Some company networks do this: \
             try another network, or ask your admin.",
            retry,
        ),
        Transient::Proxy => words(
            "proxy",
            "The proxy refused",
            "Your network's proxy did not let Glowjar through, or wants a password. Ask your admin.",
            retry,
        ),
        Transient::Timeout => words(
            "timeout",
            format!("{provider} is not answering"),
            "No answer came in time. Glowjar keeps trying by itself.",
            retry,
        ),
        Transient::Throttled => words(
            "throttled",
            format!("{provider} asked us to wait"),
            "There were too many requests for a moment. Glowjar goes on by itself when the wait is over.",
            None,
        ),
        Transient::Server => words(
            "server",
            format!("{provider} has trouble"),
            "The fault is on the other side. Glowjar keeps trying by itself.",
            retry,
        ),
        Transient::CaptivePortal => words(
            "captive_portal",
            "The network wants a sign-in",
            "A web page answered in place of the provider, as hotel and café networks do. \
             Open a browser and sign in there; Glowjar then goes on by itself.",
            retry,
        ),
        Transient::BrokenReply => words(
            "broken_reply",
            format!("{provider} sent a broken answer"),
            "It could not be understood, so the token you have stays. Glowjar keeps trying by itself.",
            retry,
        ),
    }
}

fn rejected(cause: Permanent, provider: &str) -> Words {
    match cause {
        Permanent::SecretRejected => words(
            "secret_rejected",
            "The client secret was rejected",
            "It was changed or has been removed. Ask your admin for the new one and paste it here.",
            Some(Action::ReplaceSecret),
        ),
        Permanent::ClientRejected => words(
            "client_rejected",
            "The client id was rejected",
            "No such client id is known there. Check it against what your admin sent you.",
            Some(Action::EditProfile),
        ),
        Permanent::SecretNotWanted => words(
            "secret_not_wanted",
            "This client id goes without a secret",
            "It belongs to an app that must not send one. Choose “no secret” in the profile.",
            Some(Action::EditProfile),
        ),
        Permanent::RefreshTokenRejected => words(
            "refresh_token_rejected",
            "The sign-in has ended",
            "The refresh token has expired, was revoked or was used elsewhere. Sign in again and paste the new one.",
            Some(Action::ReplaceRefreshToken),
        ),
        Permanent::ScopeRejected => words(
            "scope_rejected",
            "A scope is not allowed",
            "This project was not granted everything the profile asks for. Compare the scopes with your admin's.",
            Some(Action::EditScopes),
        ),
        Permanent::GrantNotAllowed => words(
            "grant_not_allowed",
            "This credential can't be renewed this way",
            "The kind of credential does not fit the way the profile renews. Choose another way in the profile.",
            Some(Action::EditProfile),
        ),
        Permanent::AccountAction => words(
            "account_action",
            "Your Adobe account needs you",
            "Adobe wants something confirmed at your account, such as new terms. After that, refresh here.",
            Some(Action::OpenAccountPage),
        ),
        Permanent::RequestRejected => words(
            "request_rejected",
            format!("{provider} did not understand"),
            "The request was refused as it is. Check the address and the body format in the profile.",
            Some(Action::EditProfile),
        ),
        Permanent::EndpointMissing => words(
            "endpoint_missing",
            "There is no token endpoint",
            "Nothing answers token requests at this address. Check it in the profile.",
            Some(Action::EditProfile),
        ),
    }
}

pub(crate) fn keychain(cause: KeychainTrouble) -> Words {
    match cause {
        KeychainTrouble::Locked => words(
            "keychain_locked",
            "The keychain is locked",
            "Your secrets are in there. Unlock it, and Glowjar goes on by itself.",
            Some(Action::UnlockKeychain),
        ),
        KeychainTrouble::Absent => words(
            "keychain_absent",
            "There is no keychain",
            "This desktop has no Secret Service, and Glowjar stores no secret anywhere else. \
             Install gnome-keyring, KWallet or KeePassXC and log in again.",
            Some(Action::RetryNow),
        ),
        KeychainTrouble::NotAnswering => words(
            "keychain_not_answering",
            "The keychain is not answering",
            "Glowjar keeps asking. Look for a password prompt behind other windows.",
            Some(Action::UnlockKeychain),
        ),
        KeychainTrouble::Refused => words(
            "keychain_refused",
            "The keychain refused",
            "It would not give or take a secret. Glowjar keeps trying by itself.",
            Some(Action::RetryNow),
        ),
        KeychainTrouble::Incomplete => words(
            "keychain_incomplete",
            "A stored secret is incomplete",
            "A part of it is gone from the keychain. Paste the secret once more.",
            Some(Action::ReplaceSecret),
        ),
    }
}

/// The newest token set is in memory only.
pub(crate) fn not_saved(cause: KeychainTrouble) -> Words {
    let why = keychain(cause);
    Words {
        code: "not_saved",
        headline: format!("Not saved: {}", lower_first(&why.headline)),
        advice: "The new token works, but it would be lost if Glowjar ended now. Glowjar keeps trying to save it."
            .to_owned(),
        action: why.action.filter(|action| *action != Action::ReplaceSecret),
    }
}

/// What the Firefly gateway said (adobe-ims section 5, "Firefly gateway").
pub(crate) fn access(access: &Access) -> (bool, &'static str, &'static str) {
    match access {
        Access::Works => (true, "Firefly accepts this token", "Token and client id both work."),
        Access::TokenRejected => (
            false,
            "Firefly does not accept this token",
            "Glowjar asks for a new one. Check again in a moment.",
        ),
        Access::TokenMissing => {
            (false, "Firefly saw no token", "Something on the way removed it. Ask your admin.")
        }
        Access::ClientRejected => (
            false,
            "Firefly does not know this client id",
            "The project lacks the Firefly API. Ask your admin.",
        ),
        Access::Denied(Denial::QuotaExhausted) => (
            false,
            "The quota is used up",
            "The token is good. Your organisation has no credits left for now.",
        ),
        Access::Denied(Denial::UserNotEntitled) => (
            false,
            "Not entitled to Firefly",
            "The token is good. Ask your admin for the Firefly entitlement.",
        ),
        Access::Denied(Denial::ProfileDenied) => (
            false,
            "This profile is not allowed",
            "The token is good. Ask your admin to add you to the product profile.",
        ),
        Access::Denied(Denial::ScopeMissing) => (
            false,
            "A scope is missing",
            "The token lacks a scope that Firefly wants. Compare the scopes with your admin's.",
        ),
        Access::Denied(Denial::Other) | Access::Forbidden => (
            false,
            "Firefly refused this call",
            "The token is probably good. This project may not be entitled to what was asked for the check.",
        ),
        Access::Throttled { .. } => (
            false,
            "Too many calls just now",
            "Your organisation's limit of calls a minute is reached. Check again later.",
        ),
        Access::TokenUnchecked => (
            false,
            "Firefly could not check the token",
            "The fault is on the other side. Keep the token and check again.",
        ),
        Access::Unreachable(_) => (
            false,
            "Firefly can't be reached",
            "No usable answer came. Check the network and try again.",
        ),
    }
}

/// In the largest unit of which there are at least two.
fn roughly(span: Duration) -> String {
    let minutes = span.as_secs().div_ceil(60);
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / (24 * 60)),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        format!("{}{}", first.to_lowercase(), characters.as_str())
    })
}

/// A clock that is wrong by more than a minute. Tokens are kept all the same, since lifetimes are counted from here.
pub(crate) fn skew(ahead: Step) -> Words {
    let way = if ahead.as_millis() > 0 { "fast" } else { "slow" };
    words(
        "clock_skew",
        format!("Your clock is {} {way}", roughly(ahead.magnitude())),
        "Glowjar reckons with it, but other programs may take good tokens for expired. Set the clock.",
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_in_a_unit_that_people_use() {
        let told = |minutes: i64| skew(Step::from_millis(minutes * 60_000)).headline;
        assert_eq!(told(7), "Your clock is 7 min fast");
        assert_eq!(told(-119), "Your clock is 119 min slow");
        assert_eq!(told(120), "Your clock is 2 hours fast");
        assert_eq!(told(-2 * 24 * 60), "Your clock is 2 days slow");
    }
}
