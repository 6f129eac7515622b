//! PowerShell's `Invoke-RestMethod` and `Invoke-WebRequest`, with what a script says before them:
//! <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/invoke-restmethod>.

mod script;

use self::script::{Expression, Script};
use super::{
    Refusal,
    curl::address,
    request::{Body, FormPart, Found, HttpRequest, RequestFormat, Value},
    shell,
};

/// Every such command in a text.
pub(super) fn requests(text: &str) -> Vec<Found> {
    let starts = starts(text);
    let Some(last) = starts.last() else { return Vec::new() };
    let script = Script::before(text, last.start);
    let mut found: Vec<Found> = Vec::new();
    for start in starts {
        if found.last().is_some_and(|it| start.start < it.range.end) {
            continue;
        }
        let Some(parameters) = script.parameters(&text[start.after..]) else {
            continue;
        };
        let range = start.start..start.after + parameters.used;
        if parameters.is_cut_off {
            found.push(Found { range, request: Err(Refusal::CutOff) });
        } else if let Some(mut request) = request(&parameters.named, &script) {
            request.assignments = script.texts();
            found.push(Found { range, request: Ok(request) });
        }
    }
    found
}

struct Start {
    start: usize,
    after: usize,
}

/// Where one of the commands' names stands. `curl` and `wget` are names for them in Windows PowerShell, which shows in
/// how their options are written.
fn starts(text: &str) -> Vec<Start> {
    let lower = text.to_ascii_lowercase();
    let mut starts: Vec<Start> = Vec::new();
    for name in ["invoke-restmethod", "invoke-webrequest", "irm", "iwr", "curl", "wget"] {
        let found = lower.match_indices(name).take(MOST_STARTS).map(|(at, _)| at).filter(|at| {
            let before = lower[..*at].chars().next_back();
            let after = &lower[at + name.len()..];
            let argument = after.trim_start_matches([' ', '\t', '`', '\n']);
            let is_word = before.is_none_or(|c| c.is_whitespace() || "=(|;&{`>\"'".contains(c))
                && after.starts_with([' ', '\t', '`']);
            let is_known = ["-uri", "-method", "-body", "-headers", "-contenttype", "-usebasic"];
            let is_short = name.len() <= 4;
            let line = after[..shell::floor(after, LONGEST_LINE)].lines().next();
            let is_named = |line: &str| NAMED.iter().any(|it| line.contains(it));
            is_word
                && (!is_short
                    || is_known.iter().any(|it| argument.starts_with(it))
                    || line.is_some_and(is_named)
                    || (name.len() == 3 && argument.starts_with(['@', '$', '"', '\'', '-']))
                    || (name.len() == 3 && argument.starts_with("http")))
        });
        starts.extend(found.map(|at| Start { start: at, after: at + name.len() }));
    }
    starts.sort_by_key(|it| it.start);
    starts
}

fn request(parameters: &[(String, Expression)], script: &Script) -> Option<HttpRequest> {
    let named = |name: &str| parameters.iter().rev().find(|(it, _)| it == name).map(|(_, it)| it);
    let text = |name: &str| named(name).map(|it| script.text(it));
    let mut request = HttpRequest::new(RequestFormat::PowerShell);
    let url = text("uri").map(|it| address::plain(&it, true));
    let url = url.filter(|it| address::likeness(it).is_some());
    let user = url.map(|it| address::without_user(&it)).map(|(url, user)| {
        request.url = Some(url);
        user
    });
    request.user = user.flatten();
    if let Some(Expression::Table(entries)) = named("headers").map(|it| script.resolved(it)) {
        let headers = entries.iter().map(|(name, value)| (name.clone(), script.text(value)));
        request.headers = headers.collect();
    }
    if let Some(content_type) = text("contenttype") {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        request.headers.push(("Content-Type".to_owned(), content_type));
    }
    if let Some(agent) = text("useragent") {
        request.headers.push(("User-Agent".to_owned(), agent));
    }
    let is_bearer = text("authentication")
        .is_some_and(|it| matches!(it.written().to_lowercase().as_str(), "bearer" | "oauth"));
    if let Some(token) = text("token").filter(|_| is_bearer) {
        let mut value = Value::literal("Bearer ");
        value.append(&token);
        request.headers.push(("Authorization".to_owned(), value));
    }
    let method = text("method").or_else(|| text("custommethod"));
    request.method = method.map_or_else(|| "GET".to_owned(), |it| it.written().to_uppercase());
    if let Some(Expression::Table(entries)) = named("form").map(|it| script.resolved(it)) {
        request.body = Body::Multipart(
            entries.iter().map(|(name, value)| (name.clone(), script.text(value))).collect(),
        );
    } else if let Some(file) = text("infile") {
        request.body = Body::FromFile(file.written());
    } else if let Some(body) = named("body") {
        set_body(&mut request, &script.resolved(body), script);
    }
    (request.url.is_some() || request.body != Body::None).then_some(request)
}

fn set_body(request: &mut HttpRequest, body: &Expression, script: &Script) {
    let Expression::Table(entries) = body else {
        request.body = Body::of_text(script.text(body), request.header("content-type"));
        imply_form(request);
        return;
    };
    let field = |(name, value): &(String, Expression)| FormPart::Field {
        name: name.clone(),
        value: script.text(value),
    };
    let fields: Vec<FormPart> = entries.iter().map(field).collect();
    if request.method == "GET" {
        // It becomes the address's query.
        let url = request.url.get_or_insert_default();
        for field in &fields {
            url.push(if url.written().contains('?') { '&' } else { '?' });
            url.append(&field.sent());
        }
        return;
    }
    request.body = Body::Form(fields);
    imply_form(request);
}

fn imply_form(request: &mut HttpRequest) {
    if matches!(request.body, Body::Form(_)) && request.header("content-type").is_none() {
        let form = Value::literal("application/x-www-form-urlencoded");
        request.headers.push(("Content-Type".to_owned(), form));
    }
}

/// Parameters that neither curl nor Wget has.
const NAMED: [&str; 5] = [" -uri ", " -method ", " -headers @", " -headers $", " -contenttype "];
/// In bytes. An address of that length and more is rare before the first parameter.
const LONGEST_LINE: usize = 300;
/// A long text about a command mentions it a hundred times.
const MOST_STARTS: usize = 64;
