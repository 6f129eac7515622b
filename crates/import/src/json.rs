//! The project that the Developer Console lets one download, its Postman environment, and plain objects.

use serde_json::{Map, Value};

use super::{
    Refusal, Source,
    fields::{Fields, part},
};

/// The first object in a text that holds a credential. `None` if there is no JSON at all.
pub(super) fn read(text: &str) -> Option<Result<(Source, Fields), Refusal>> {
    let start = text.find('{')?;
    if !names_a_part(&straightened(text)) {
        return None;
    }
    let tries = text[start..].match_indices('{').take(MOST_TRIES);
    let mut outcome = Err(Refusal::Nothing);
    for (at, _) in tries {
        match object(&text[start + at..]).map(|object| credential(&object)) {
            None => outcome = Err(Refusal::CutOff),
            Some(Err(refusal @ (Refusal::SignIn | Refusal::SecretsElsewhere))) => {
                return Some(Err(refusal));
            }
            // Some other object, perhaps inside of one that was cut off.
            Some(Err(Refusal::Nothing)) => {}
            Some(found) => return Some(found),
        }
    }
    Some(outcome)
}

/// Whether a key of an object reads as a part of a credential, with whatever before it: `"firefly_client_id":`.
fn names_a_part(text: &str) -> bool {
    let is_key = |key: &str| key.chars().all(|c| c.is_alphanumeric() || "_-. ".contains(c));
    text.split('"')
        .skip(1)
        .step_by(2)
        .any(|key| is_key(key) && part(key).is_some() || NAMES.contains(&key))
        || text.replace("\\\"", "\"").split('"').any(|key| NAMES.contains(&key))
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
        let is_enabled = |value: &&Value| value.get("enabled") != Some(&Value::Bool(false));
        for value in values.iter().filter(is_enabled) {
            if let (Some(key), Some(texts)) =
                (value.get("key").and_then(Value::as_str), value.get("value"))
            {
                let one = Map::from_iter([(key.to_owned(), texts.clone())]);
                if texts.is_array() {
                    flat(&one, &mut fields);
                }
            }
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
    if !fields.is_something() {
        // Settings of a program, with the credential somewhere inside.
        inside(object, DEEPEST, &mut fields);
    }
    finish(Source::ProjectJson, fields)
}

/// Reads the objects within an object.
fn inside(object: &Map<String, Value>, deepest: usize, fields: &mut Fields) {
    for value in object.values().filter(|_| deepest > 0) {
        let within: &[Value] = match value {
            Value::Array(values) => values,
            one => std::slice::from_ref(one),
        };
        for object in within.iter().filter_map(Value::as_object) {
            flat(object, fields);
            inside(object, deepest - 1, fields);
        }
    }
}

/// A project may hold several kinds of credentials; the one that can be renewed counts.
fn of_project(credentials: &[Value]) -> Result<Fields, Refusal> {
    let mut best: Option<Fields> = None;
    let mut others = Fields::default();
    let (mut signs_in, mut is_elsewhere) = (false, false);
    for credential in credentials {
        let renewable = ["oauth_server_to_server", "oauthservertoserver"];
        let sign_in = ["oauth2", "oauthwebapp", "oauth2web", "oauth_web_app", "oauthweb"];
        let without_secret = ["oauthnativeapp", "oauthsinglepageapp", "oauthspa"];
        // The file that is safe to share names its credentials and holds none.
        let is_renewable = credential
            .get("integration_type")
            .and_then(Value::as_str)
            .is_some_and(|kind| renewable.contains(&kind));
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
        } else if inner(&without_secret).is_some() {
            signs_in = true;
        } else if is_renewable {
            is_elsewhere = true;
        } else if inner(&["jwt", "service_account"]).is_some() {
            others.has_jwt = true;
        } else if let Some(object) = inner(&["apikey", "api_key"]) {
            flat(object, &mut others);
            others.is_api_key = true;
        }
    }
    match best {
        Some(fields) => Ok(fields),
        None if is_elsewhere => Err(Refusal::SecretsElsewhere),
        None if others.has_jwt => Err(Refusal::ServiceAccount),
        None if signs_in => Err(Refusal::SignIn),
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
/// Settings of programs are nested; an object that is made to be deep must not use up the stack.
const DEEPEST: usize = 12;
/// A mail may have braces before the JSON; a megabyte of braces must not take a minute.
const MOST_TRIES: usize = 32;
