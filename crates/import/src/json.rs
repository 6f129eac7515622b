//! The project that the Developer Console lets one download, its Postman environment, and plain objects.

use serde_json::{Map, Value};

use super::{Refusal, Source, fields::Fields};

/// The first object in a text that holds a credential. `None` if there is no JSON at all.
pub(super) fn read(text: &str) -> Option<Result<(Source, Fields), Refusal>> {
    let start = text.find('{')?;
    let straight = straightened(text);
    if !NAMES.iter().any(|name| straight.contains(&format!("\"{name}\""))) {
        return None;
    }
    let tries = text[start..].match_indices('{').take(MOST_TRIES);
    let mut outcome = Err(Refusal::Nothing);
    for (at, _) in tries {
        match object(&text[start + at..]).map(|object| credential(&object)) {
            None => outcome = Err(Refusal::CutOff),
            // Some other object, perhaps inside of one that was cut off.
            Some(Err(Refusal::Nothing)) => {}
            Some(found) => return Some(found),
        }
    }
    Some(outcome)
}

fn straightened(text: &str) -> String {
    text.replace(['“', '”', '„'], "\"")
}

/// The object at the beginning of a text, as it is or as a word processor and cmd leave it.
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    let parse = |text: &str| {
        serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>().next()?.ok()
    };
    parse(text)
        .or_else(|| parse(&straightened(text)))
        .or_else(|| parse(&text.replace("\\\"", "\"")))
}

fn credential(object: &Map<String, Value>) -> Result<(Source, Fields), Refusal> {
    if let Some(values) = object.get("values").and_then(Value::as_array) {
        let mut fields = Fields::default();
        for value in values {
            let text = |key: &str| value.get(key).and_then(Value::as_str);
            if let (Some(key), Some(text)) = (text("key"), text("value")) {
                fields.put_named(key, text);
            }
        }
        fields.title = object.get("name").and_then(Value::as_str).map(str::to_owned);
        return finish(Source::Postman, fields);
    }
    let project = object.get("project").and_then(Value::as_object).unwrap_or(object);
    let details = project
        .get("workspace")
        .and_then(|workspace| workspace.get("details"))
        .or_else(|| project.get("details"))
        .unwrap_or(&Value::Null);
    let credentials = details.get("credentials").or_else(|| project.get("credentials"));
    if let Some(credentials) = credentials.and_then(Value::as_array) {
        let mut fields = of_project(credentials)?;
        let title = project.get("title").or_else(|| project.get("name"));
        fields.title = title.and_then(Value::as_str).map(str::to_owned);
        return Ok((Source::ProjectJson, fields));
    }
    let mut fields = Fields::default();
    flat(object, &mut fields);
    finish(Source::ProjectJson, fields)
}

/// A project may hold several kinds of credentials; the one that can be renewed counts.
fn of_project(credentials: &[Value]) -> Result<Fields, Refusal> {
    let mut best: Option<Fields> = None;
    let mut others = Fields::default();
    for credential in credentials {
        let renewable = ["oauth_server_to_server", "oauthservertoserver"];
        let sign_in = ["oauth2", "oauthwebapp", "oauth2web", "oauth_web_app", "oauthweb"];
        let inner = |names: &[&str]| {
            let object = credential.as_object()?;
            let key = object.keys().find(|key| names.contains(&key.to_lowercase().as_str()))?;
            object.get(key)?.as_object()
        };
        if let Some(object) = inner(&renewable).or_else(|| inner(&sign_in)) {
            let mut fields = Fields::default();
            flat(object, &mut fields);
            fields.has_redirect |= inner(&renewable).is_none();
            match &mut best {
                Some(known) if known.has_redirect && !fields.has_redirect => best = Some(fields),
                Some(known) if !known.has_redirect && fields.has_redirect => {}
                Some(_) => return Err(Refusal::SeveralCredentials),
                None => best = Some(fields),
            }
        } else if inner(&["jwt", "service_account"]).is_some() {
            others.has_jwt = true;
        } else if let Some(object) = inner(&["apikey", "api_key"]) {
            flat(object, &mut others);
            others.is_api_key = true;
        }
    }
    match best {
        Some(fields) => Ok(fields),
        None if others.has_jwt => Err(Refusal::ServiceAccount),
        None if others.is_api_key => Err(Refusal::ApiKeyOnly),
        None => Err(Refusal::Nothing),
    }
}

/// Reads the members of one object.
pub(super) fn flat(object: &Map<String, Value>, fields: &mut Fields) {
    for (name, value) in object {
        match value {
            Value::String(text) => drop(fields.put_named(name, text)),
            Value::Array(texts) => {
                let singular = name.strip_suffix(['s', 'S']).unwrap_or(name);
                for text in texts.iter().filter_map(Value::as_str) {
                    fields.put_named(singular, text);
                }
            }
            _ => {}
        }
    }
    // Every credential of a project has a client id; only a key without a secret is an API key.
    if object.contains_key("client_id") {
        fields.is_api_key = false;
    }
}

fn finish(source: Source, fields: Fields) -> Result<(Source, Fields), Refusal> {
    if !fields.is_something() {
        return Err(Refusal::Nothing);
    }
    if fields.contradicts {
        return Err(Refusal::SeveralCredentials);
    }
    Ok((source, fields))
}

/// One of these is in every object that holds a credential.
const NAMES: [&str; 7] = [
    "client_id",
    "CLIENT_ID",
    "clientId",
    "API_KEY",
    "credentials",
    "oauth_server_to_server",
    "client_secret",
];
/// A mail may have braces before the JSON; a megabyte of braces must not take a minute.
const MOST_TRIES: usize = 32;
