//! What a good reply brings.

use glowjar_lifecycle::{time::Timestamp, validity::Validity};

use secrecy::zeroize::Zeroizing;

use crate::{
    identity::IdToken,
    jwt,
    lenient_json::{Fields, bare},
    lifetime::{Clues, Hints, LifetimeSource},
    moments,
    provider::LifetimeUnit,
    reply::Reply,
    request::{Grant, TokenRequest},
    secret::{AccessToken, RefreshToken},
    skew::Skew,
};

/// An issued token set with the facts about it.
#[derive(Clone, Debug)]
pub struct Issued {
    pub access_token: AccessToken,
    /// Absent or empty in the reply: keep the old one (RFC 6749 section 6).
    pub refresh_token: Option<RefreshToken>,
    /// After a sign-in for which `openid` was asked. Not checked yet.
    pub id_token: Option<IdToken>,
    /// As the server wrote it; absent if it is the one asked for (RFC 6749 section 5.1).
    pub scope: Option<String>,
    /// From the moment of sending to the earlier of the reply's and the token's own end.
    pub validity: Validity,
    pub lifetime_source: LifetimeSource,
    /// When the refresh token that holds from now on ends, if it or the access token says so. Our clock.
    pub refresh_token_ends: Option<Timestamp>,
    /// Absent without a `Date` header.
    pub skew: Option<Skew>,
}

impl Issued {
    /// Our `now` as the server has it, as far as its clock is known.
    pub(crate) fn on_server_clock(&self, now: Timestamp) -> Timestamp {
        let ahead = self.skew.map_or(0, |skew| skew.ahead_millis());
        Timestamp::from_millis(now.as_millis().saturating_sub(ahead))
    }
}

/// Reads a reply to a token request (RFC 6749 section 5.1); nothing if it brings no token that could be used.
pub(crate) fn read(
    reply: &Reply,
    request: &TokenRequest<'_>,
    unit: LifetimeUnit,
    sent_at: Timestamp,
) -> Option<Issued> {
    let fields = reply.fields.as_ref().filter(|_| reply.is_success() && !reply.denies_itself())?;
    let access_token = access_token(fields)?;
    if !is_bearer(fields) {
        return None;
    }
    let refresh_token =
        fields.text("refresh_token").and_then(|text| RefreshToken::parse(text).ok());
    let hints = jwt::hints(access_token.expose());
    let skew = reply.skew(sent_at);
    let expires_in = fields.number("expires_in").or_else(|| moments::span(fields));
    let clues = Clues { expires_in, unit, ends: moments::end(fields), hints, skew };
    let (validity, lifetime_source) = clues.validity(sent_at);
    let refresh_token_ends =
        refresh_token_ends(fields, refresh_token.as_ref(), request, hints, skew, sent_at);
    Some(Issued {
        scope: scope(fields),
        access_token,
        refresh_token,
        id_token: fields.text("id_token").map(IdToken::new),
        validity,
        lifetime_source,
        refresh_token_ends,
        skew,
    })
}

fn access_token(fields: &Fields) -> Option<AccessToken> {
    let text = Zeroizing::new(fields.text("access_token")?);
    // A line end is the file's that the server took it from, and the scheme the header's that it copied.
    let token = text.trim_ascii();
    let token = match token.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim_ascii(),
        _ => token,
    };
    // RFC 6750 section 2.1 allows still less, but whatever fits into a header can be used.
    let fits = token.bytes().all(|byte| matches!(byte, 0x21..=0x7e));
    AccessToken::parse(token).ok().filter(|_| fits)
}

/// Adobe writes `bearer` in lower case or leaves the type out; RFC 6749 section 5.1 ignores case. Apigee writes
/// `BearerToken`, others what the token is instead of how it is used. Types that want a proof with each request are none.
fn is_bearer(fields: &Fields) -> bool {
    let kind = bare(&fields.text("token_type").unwrap_or_default());
    kind.is_empty() || kind.contains("bearer") || ["accesstoken", "jwt"].contains(&kind.as_str())
}

fn scope(fields: &Fields) -> Option<String> {
    let scope = fields.text("scope").or_else(|| Some(fields.texts("scope")?.join(" ")))?;
    Some(scope.trim().to_owned()).filter(|scope| !scope.is_empty())
}

/// The earliest of what the reply says, the refresh token's own end and the access token's `rtea`.
fn refresh_token_ends(
    fields: &Fields,
    new: Option<&RefreshToken>,
    request: &TokenRequest<'_>,
    access: Hints,
    skew: Option<Skew>,
    sent_at: Timestamp,
) -> Option<Timestamp> {
    let own = match (new, request.grant) {
        (Some(new), _) => jwt::hints(new.expose()),
        (None, Grant::RefreshToken { refresh_token, .. }) => jwt::hints(refresh_token.expose()),
        (
            None,
            Grant::ClientCredentials { .. }
            | Grant::AuthorizationCode { .. }
            | Grant::DeviceCode { .. },
        ) => Hints::default(),
    };
    let on_our_clock = |end: Timestamp| skew.map_or(end, |skew| skew.into_our_clock(end));
    // A refresh token that was made just now needs no clock but ours.
    let by_lifetime = own.lifetime.filter(|_| new.is_some()).map(|lifetime| sent_at + lifetime);
    let by_clock = own.end.filter(|_| skew.is_some() || by_lifetime.is_none()).map(on_our_clock);
    let told = moments::refresh_token_end(fields);
    let told_by_span = told.span.map(|span| sent_at + span);
    [by_lifetime, by_clock, told_by_span]
        .into_iter()
        .flatten()
        .chain(told.at.into_iter().chain(access.refresh_token_end).map(on_our_clock))
        .min()
}
