//! New profiles from the command: on the window's way, so that both understand, try and store alike.

use glowjar_protocol::message::{Answer, Reason, SentText, UnderstoodAnswer, Warning};

use super::{Caller, refused};
use crate::{
    agent::Agent,
    request::{Anyway, Reply, Request},
    view::{
        Action, CredentialType, Environment, GrantView, PasteSource, RemarkView, TroubleView,
        UnderstoodView,
    },
};

pub(super) async fn understand(
    agent: &Agent,
    caller: &Caller,
    text: SentText,
    api: Option<String>,
) -> Answer {
    if let Some(named) = api.as_deref().filter(|named| glowjar_import::api(named).is_none()) {
        let known: Vec<&str> = glowjar_import::apis().iter().map(|api| api.id).collect();
        let message = format!("There is no API called {named:?}");
        let advice = format!("There are: {}", known.join(", "));
        return refused(Reason::Usage, "unknown_api", &message, &advice);
    }
    match agent.ask_for(caller, Request::Understand { text: text.0, api }).await {
        Reply::Understood { understood: UnderstoodView { refusal: Some(refusal), .. } } => {
            refused(Reason::Usage, &refusal.code, &refusal.message, &refusal.advice)
        }
        Reply::Understood { understood } => Answer::Understood(told(understood)),
        other => failed(other),
    }
}

pub(super) async fn import(
    agent: &Agent,
    caller: &Caller,
    handle: String,
    name: String,
    anyway: bool,
) -> Answer {
    let add =
        |anyway| Request::AddUnderstood { handle: handle.clone(), name: name.clone(), anyway };
    let mut reply = agent.ask_for(caller, add(None)).await;
    let untried = Some(Anyway::Untried);
    if anyway && matches!(&reply, Reply::Refused { anyway, .. } if *anyway == untried) {
        reply = agent.ask_for(caller, add(untried)).await;
    }
    let Reply::Saved { profile: id } = reply else { return failed(reply) };
    let saved = agent.ask(Request::Snapshot).await;
    let Reply::Snapshot { snapshot } = saved else { return failed(saved) };
    let profile = snapshot.profiles.iter().find(|profile| profile.id == id);
    // Whoever removes it in this very moment knows what it was called.
    let profile = profile.map(|profile| profile.name.clone()).unwrap_or(name);
    Answer::Imported { profile, id }
}

fn told(it: UnderstoodView) -> UnderstoodAnswer {
    let warning = |RemarkView { code, message, advice }| Warning { code, message, advice };
    UnderstoodAnswer {
        handle: it.handle.unwrap_or_default(),
        source: source(it.source).to_owned(),
        credential_type: credential_type(it.credential_type).to_owned(),
        grant: match it.grant {
            GrantView::ClientCredentials => "client_credentials",
            GrantView::RefreshToken => "refresh_token",
        }
        .to_owned(),
        environment: match it.environment {
            Environment::Production => "production",
            Environment::Stage => "stage",
            Environment::Other => "other",
        }
        .to_owned(),
        token_endpoint: it.token_endpoint,
        client_id: it.client_id,
        scopes: it.scopes.scopes,
        api: it.scopes.api,
        suggested_name: it.suggested_name,
        warnings: it.warnings.into_iter().map(warning).collect(),
    }
}

const fn source(source: PasteSource) -> &'static str {
    match source {
        PasteSource::Curl => "curl",
        PasteSource::ProjectJson => "project_json",
        PasteSource::Env => "env",
        PasteSource::Mail => "mail",
        PasteSource::Postman => "postman",
        PasteSource::Nothing => "",
    }
}

const fn credential_type(kind: CredentialType) -> &'static str {
    match kind {
        CredentialType::OauthServerToServer => "oauth_server_to_server",
        CredentialType::OauthWebApp => "oauth_web_app",
        CredentialType::ServiceAccountJwt => "service_account_jwt",
        CredentialType::ApiKey => "api_key",
        CredentialType::Unknown => "unknown",
    }
}

/// Why nothing was stored.
pub(super) fn failed(reply: Reply) -> Answer {
    match reply {
        Reply::Refused { trouble, anyway } => {
            let TroubleView { code, headline, advice, action, .. } = trouble;
            // A provider that can't be asked is nobody's fault; terms to be accepted are somebody's business.
            let may_work_later =
                anyway == Some(Anyway::Untried) && action != Some(Action::OpenAccountPage);
            let reason = if may_work_later { Reason::Failed } else { Reason::Person };
            refused(reason, &code, &headline, &advice)
        }
        Reply::Invalid { fields } => {
            let said: Vec<_> =
                fields.iter().map(|field| field.message.trim_end_matches('.')).collect();
            refused(Reason::Usage, "invalid", &said.join(". "), "")
        }
        Reply::Failed { code, message, advice, cause } => {
            let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
            let message = message + &cause;
            let reason = match code.as_str() {
                "paste_forgotten" => Reason::Usage,
                _ => Reason::Failed,
            };
            refused(reason, &code, &message, &advice)
        }
        _ => refused(Reason::Failed, "not_imported", "Nothing was imported", ""),
    }
}
