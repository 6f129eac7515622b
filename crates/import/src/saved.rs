//! Requests as programs save them: Bruno's, a browser's HAR (<http://www.softwareishard.com/blog/har-12-spec/>), and commands of
//! curl as lists of arguments in JSON, Dockerfiles and source code.

use super::{
    asked, bruno,
    curl::{self, address},
    document::{self, Node},
    facts::Facts,
    request::{Body, FormPart, HttpRequest, RequestFormat, Value},
};

/// Reads what such requests ask for, and claims their part of the text.
pub(super) fn read(text: &str, facts: &mut Facts) {
    if let Some(request) = bruno::request(text) {
        asked::fields(&request, facts);
        facts.claim(0..text.len());
        return;
    }
    if text.contains("\"entries\"")
        && let Some(node) = document::object(text)
    {
        let requests = requests_of_har(&node);
        for request in &requests {
            asked::fields(request, facts);
        }
        if !requests.is_empty() {
            facts.claim(0..text.len());
        }
        return;
    }
    let mut at = 0;
    while let Some(start) = text[at..].find("curl").map(|start| at + start) {
        at = start + "curl".len();
        let Some((arguments, end)) = arguments(text, at) else { continue };
        at = end;
        for request in curl::of_arguments(&arguments) {
            // The list names what it wants: whatever stands around it is not claimed.
            asked::fields(&request, facts);
        }
    }
}

/// The texts in quotes that follow `curl"`, and where they end.
fn arguments(text: &str, after_name: usize) -> Option<(Vec<String>, usize)> {
    let quote = text[after_name..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let before = text[..after_name].rfind(['"', '\'', '\n'])?;
    if !text[before..].starts_with(quote) {
        return None;
    }
    let mut at = after_name + 1;
    let mut found = Vec::new();
    loop {
        let rest = &text[at..];
        let between =
            rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | '\\'));
        let is_separated =
            rest.len() - between.len() > 0 && rest[..rest.len() - between.len()].contains(',');
        let open = between.chars().next().filter(|c| is_separated && matches!(c, '"' | '\''));
        let Some(open) = open else { break };
        let start = text.len() - between.len() + 1;
        let Some(length) = closing(&text[start..], open) else { break };
        found.push(unescaped(&text[start..start + length]));
        at = start + length + 1;
    }
    (found.len() > 1).then_some((found, at))
}

/// Where the quote that is open ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c == quote && !is_escaped {
            return Some(at);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    None
}

/// As JSON, JavaScript, Python and Rust write signs. What they do not agree on stays as it is.
fn unescaped(text: &str) -> String {
    let mut json = String::from("\"");
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '\\') {
            (_, true) => match signs.next() {
                Some('\'') => json.push('\''),
                other => json.extend([Some('\\'), other].into_iter().flatten()),
            },
            ('"', _) => json.push_str("\\\""),
            _ => json.push(sign),
        }
    }
    json.push('"');
    serde_json::from_str(&json).unwrap_or_else(|_| text.to_owned())
}

fn requests_of_har(node: &Node) -> Vec<HttpRequest> {
    let Some(Node::List(entries)) = node.get("log").and_then(|log| log.get("entries")) else {
        return Vec::new();
    };
    let requests = entries.iter().filter_map(|entry| request(entry.get("request")?));
    // A sign-in beside it has a client of its own.
    requests.filter(asks_for_a_token).take(MOST_REQUESTS).collect()
}

fn asks_for_a_token(request: &HttpRequest) -> bool {
    let body = match &request.body {
        Body::Json(text) => text.written(),
        Body::Form(_) => request.body.sent().map(|sent| sent.written()).unwrap_or_default(),
        Body::None | Body::Multipart(_) | Body::FromFile(_) => String::new(),
    };
    body.contains("client_secret")
        || request.url.as_ref().is_some_and(|url| {
            let url = url.written();
            asked::is_token_path(url.split('?').next().unwrap_or_default())
        })
}

fn request(node: &Node) -> Option<HttpRequest> {
    let mut request = HttpRequest::new(RequestFormat::HttpFile);
    request.method = node.text("method")?.to_owned();
    let (url, user) = address::without_user(&Value::literal(node.text("url")?));
    request.url = Some(url);
    request.user = user;
    request.headers = pairs(node.get("headers"));
    let Some(post) = node.get("postData") else { return Some(request) };
    let params = pairs(post.get("params"));
    request.body = match post.text("text").filter(|text| !text.is_empty()) {
        Some(text) => {
            let kind = post.text("mimeType").map(Value::literal);
            Body::of_text(Value::literal(text), kind.as_ref())
        }
        None => {
            let fields = params.into_iter().map(|(name, value)| FormPart::Field { name, value });
            Body::Form(fields.collect())
        }
    };
    Some(request)
}

/// Objects with a name and a value each.
fn pairs(node: Option<&Node>) -> Vec<(String, Value)> {
    let Some(Node::List(items)) = node else { return Vec::new() };
    let pairs = items.iter().filter_map(|item| {
        Some((item.text("name")?.to_owned(), Value::literal(item.text("value")?)))
    });
    pairs.collect()
}

/// A token is asked for once or a few times while a browser is watched.
const MOST_REQUESTS: usize = 128;
