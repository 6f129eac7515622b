//! What was understood of a paste, as a person sees it and as a form.

use glowjar_import::{
    Authentication, Body, Ended, Environment, Grant, Kind, Refusal, Remark, SignIn, Source,
    Understood,
};
use glowjar_ims::ClientId;
use glowjar_lifecycle::time::Timestamp;
use glowjar_protocol::names;
use secrecy::ExposeSecret;

use crate::{
    localization::Message,
    presets::api_label,
    request::{ClientAuthentication, Draft, Encoding},
    view::{
        self, CredentialType, GrantView, Language, PasteSource, Preset, RemarkView, ScopesView,
        UnderstoodView,
    },
};

pub(crate) fn view(it: &Understood, handle: String, language: Language) -> UnderstoodView {
    let draft = draft(it, String::new());
    let length = it.client_secret.as_ref().map_or(0, |it| it.expose_secret().chars().count());
    UnderstoodView {
        handle: Some(handle),
        source: match it.source {
            Source::Curl => PasteSource::Curl,
            Source::ProjectJson => PasteSource::ProjectJson,
            Source::Postman => PasteSource::Postman,
            Source::Env => PasteSource::Env,
            Source::Labels => PasteSource::Mail,
        },
        preset: draft.preset,
        token_endpoint: draft.token_endpoint,
        environment: match it.environment {
            Environment::Production => view::Environment::Production,
            Environment::Stage => view::Environment::Stage,
            Environment::Other => view::Environment::Other,
        },
        credential_type: match it.kind {
            Kind::ServerToServer => CredentialType::OauthServerToServer,
            Kind::WebApp => CredentialType::OauthWebApp,
            Kind::Unknown => CredentialType::Unknown,
        },
        grant: draft.grant,
        client_id: it.client_id.clone(),
        scopes: ScopesView {
            scopes: it.scopes.iter().map(str::to_owned).collect(),
            api: it.told.api.map(|api| api.id.to_owned()),
            api_label: it.told.api.map(|api| api_label(api, language)).unwrap_or_default(),
        },
        has_secret: it.client_secret.is_some(),
        secret_length: u32::try_from(length).unwrap_or(u32::MAX),
        has_refresh_token: it.refresh_token.is_some(),
        suggested_name: name(it),
        warnings: it.remarks.iter().map(|remark| self::remark(*remark, it, language)).collect(),
        refusal: None,
    }
}

/// `local_time` writes a moment, in milliseconds since 1970, as this computer's clocks show it.
pub(crate) fn refused(
    refusal: Refusal,
    language: Language,
    now: Timestamp,
    local_time: impl Fn(i64) -> String,
) -> UnderstoodView {
    let (id, kind) = match refusal {
        Refusal::Empty => ("empty", CredentialType::Unknown),
        Refusal::TooLong => ("too_long", CredentialType::Unknown),
        Refusal::Binary => ("binary", CredentialType::Unknown),
        Refusal::CutOff => ("cut_off", CredentialType::Unknown),
        Refusal::SeveralCredentials => ("several", CredentialType::Unknown),
        Refusal::FromFile => ("from_file", CredentialType::Unknown),
        Refusal::ServiceAccount => ("service_account", CredentialType::ServiceAccountJwt),
        Refusal::ApiKeyOnly => ("api_key_only", CredentialType::ApiKey),
        Refusal::Token { ends: None } => ("token", CredentialType::Unknown),
        Refusal::Token { ends: Some(ends) } if ends.saturating_mul(1_000) > now.as_millis() => {
            ("token_ends", CredentialType::Unknown)
        }
        Refusal::Token { .. } => ("token_over", CredentialType::Unknown),
        Refusal::SecretsElsewhere => ("secrets_elsewhere", CredentialType::Unknown),
        Refusal::SignIn(SignIn::WebApp) => ("sign_in", CredentialType::OauthWebApp),
        Refusal::SignIn(_) => ("sign_in", CredentialType::Unknown),
        Refusal::Unclear => ("unclear", CredentialType::Unknown),
        Refusal::Address => ("address", CredentialType::Unknown),
        Refusal::AddressUnknown => ("address_unknown", CredentialType::Unknown),
        Refusal::Scopes => ("scopes", CredentialType::Unknown),
        Refusal::Nothing => ("nothing", CredentialType::Unknown),
    };
    let time = match refusal {
        Refusal::Token { ends: Some(ends) } => local_time(ends.saturating_mul(1_000)),
        _ => String::new(),
    };
    UnderstoodView {
        handle: None,
        source: PasteSource::Nothing,
        preset: Preset::AdobeIms,
        token_endpoint: String::new(),
        environment: view::Environment::Production,
        credential_type: kind,
        grant: GrantView::ClientCredentials,
        client_id: String::new(),
        scopes: ScopesView::default(),
        has_secret: false,
        secret_length: 0,
        has_refresh_token: false,
        suggested_name: String::new(),
        warnings: Vec::new(),
        refusal: Some(say(id, &[("time", &time)], language)),
    }
}

fn remark(remark: Remark, it: &Understood, language: Language) -> RemarkView {
    let id = match remark {
        Remark::SecretMissing => "secret_missing",
        Remark::SecretMasked => "secret_masked",
        Remark::SecretLooksCutOff => "secret_cut_off",
        Remark::SecretWasWrapped => "secret_wrapped",
        Remark::SecretTakenLiterally => "secret_literal",
        Remark::RefreshTokenMissing => "refresh_token_missing",
        Remark::ScopesAssumed => "scopes_assumed",
        Remark::FireflyScopeMissing => "scope_missing",
        Remark::StageHost => "stage",
        Remark::OtherHost => "other_host",
        Remark::Keeper => "keeper",
        Remark::SecretUnclear => "secret_unclear",
        Remark::EndLeftOut => "end_left_out",
        Remark::KnownByLooks => "known_by_looks",
        Remark::AddressNotUsed => "address_not_used",
        Remark::ApiEnded(Ended::Photoshop) => "ended_photoshop",
        Remark::ApiEnded(Ended::Lightroom) => "ended_lightroom",
        Remark::ApiEnded(Ended::FireflyWaiting) => "ended_firefly_waiting",
    };
    let host = match (remark, &it.unused_address) {
        (Remark::AddressNotUsed, Some(address)) => address.as_str(),
        _ => it.token_endpoint.as_ref().map(|endpoint| endpoint.host()).unwrap_or_default(),
    };
    let api = it.told.api.map(|api| api_label(api, language)).unwrap_or_default();
    say(id, &[("host", host), ("api", &api)], language)
}

fn say(id: &str, arguments: &[(&'static str, &str)], language: Language) -> RemarkView {
    let Message { headline, advice, .. } = language.tell(&format!("paste-{id}"), arguments);
    RemarkView { code: id.to_owned(), message: headline, advice }
}

/// What to call it: as its sender did, or by where it belongs.
pub(crate) fn name(it: &Understood) -> String {
    match (&it.told.title, it.environment, &it.token_endpoint) {
        (Some(title), ..) => title.chars().filter(|c| !c.is_control()).take(60).collect(),
        (None, Environment::Production, _) => "Firefly".to_owned(),
        (None, Environment::Other, _) if !it.told.keepers.is_empty() => "Firefly".to_owned(),
        (None, Environment::Stage, _) => "Firefly Stage".to_owned(),
        (None, Environment::Other, Some(endpoint)) => endpoint.host().to_owned(),
        (None, Environment::Other, None) => "OAuth".to_owned(),
    }
}

/// The form, filled in.
pub(crate) fn draft(it: &Understood, name: String) -> Draft {
    let keepers: Vec<String> = it.told.keepers.iter().map(ToString::to_string).collect();
    let (preset, token_endpoint) = match (it.environment, &it.token_endpoint) {
        (Environment::Production, _) => (Preset::AdobeIms, String::new()),
        (Environment::Stage, _) => (Preset::AdobeImsStage, String::new()),
        (Environment::Other, _) if !keepers.is_empty() => (Preset::Keeper, keepers.join(" ")),
        (Environment::Other, Some(endpoint)) => {
            let is_tutorial = it.body == Body::Json && endpoint.path().ends_with("/oauth/token");
            let preset = if is_tutorial { Preset::Tutorial } else { Preset::Custom };
            (preset, endpoint.to_string())
        }
        (Environment::Other, None) => (Preset::Custom, String::new()),
    };
    let encoding = match it.body {
        Body::Form => Encoding::Form,
        Body::Json => Encoding::Json,
    };
    let has_secret = it.client_secret.is_some();
    Draft {
        name,
        preset,
        token_endpoint,
        encoding,
        client_authentication: match it.authentication {
            Authentication::Basic => ClientAuthentication::Basic,
            // A refresh token alone is what a public client has.
            Authentication::Body if !has_secret && it.refresh_token.is_some() => {
                ClientAuthentication::None
            }
            Authentication::Body => ClientAuthentication::Body,
        },
        client_id: ClientId::parse(&it.client_id).map(|id| id.to_string()).unwrap_or_default(),
        grant: match it.grant {
            Grant::ClientCredentials => GrantView::ClientCredentials,
            Grant::RefreshToken => GrantView::RefreshToken,
        },
        scopes: it.scopes.to_string(),
        client_secret: it.client_secret.clone(),
        standby_secret: it.standby_secret.clone(),
        refresh_token: it.refresh_token.clone(),
        renew_early_minutes: None,
        family: names::family_of(it.told.names.iter().map(String::as_str))
            .map(|it| it.name.clone()),
        authority: it.told.authority.clone(),
    }
}
