//! Requests as they go over the wire, and as `.http` and `.rest` files have them: those of VS Code's REST Client
//! (<https://github.com/Huachao/vscode-restclient>), JetBrains' HTTP Client
//! (<https://www.jetbrains.com/help/idea/exploring-http-syntax.html>) and Visual Studio.

use super::{
    curl::address::{self, Likeness},
    request::{Body, FormPart, Found, HttpRequest, RequestFormat, Value},
};

/// Every request in a text whose first line names a method and an address.
pub(super) fn requests(text: &str) -> Vec<Found> {
    let variables = variables(text);
    let lookup = |name: &str| {
        let found = variables.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    let mut found = Vec::new();
    let mut read_to = 0;
    for (start, line) in lines(text) {
        if start < read_to || found.len() >= MOST_REQUESTS {
            continue;
        }
        let Some((method, target)) = request_line(line) else { continue };
        let (request, used) = request(&text[start..], method, &target);
        read_to = start + used;
        // In a file's order a variable may also be set below its use.
        let (once, twice) =
            (request.resolved(&lookup), request.resolved(&lookup).resolved(&lookup));
        let mut request = if once == twice { once } else { twice };
        request.assignments.clone_from(&variables);
        with_host(&mut request);
        if request.url.is_some() {
            found.push(Found { range: start..read_to, request: Ok(request) });
        }
    }
    found
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end())
    })
}

/// `@name = value`.
fn variables(text: &str) -> Vec<(String, Value)> {
    let named = lines(text).filter_map(|(_, line)| {
        let (name, value) = line.trim_start().strip_prefix('@')?.split_once('=')?;
        let name = name.trim();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        (!name.is_empty() && name.chars().all(is_name))
            .then(|| (name.to_owned(), Value::marked(value.trim())))
    });
    named.take(MOST_VARIABLES).collect()
}

/// The method and the target, if a line is the first of a request.
fn request_line(line: &str) -> Option<(&str, Value)> {
    let line = line.trim_start();
    let (method, rest) = line.split_once(' ')?;
    if !METHODS.contains(&method) {
        return None;
    }
    let mut target = rest.trim();
    if let Some((before, version)) = target.rsplit_once(' ')
        && version.starts_with("HTTP/")
    {
        target = before.trim_end();
    } else if target.starts_with('/') {
        // A path alone is an address only in a request as it goes over the wire.
        return None;
    }
    let target = Value::marked(target);
    let is_path = target.head().starts_with('/');
    let has_space =
        target.written().contains(char::is_whitespace) && target.references().count() == 0;
    let is_address = matches!(
        address::likeness(&target),
        Some(Likeness::Sure | Likeness::Reference | Likeness::Host)
    );
    ((is_path || is_address) && !has_space).then_some((method, target))
}

/// The request whose first line begins the text, and how many bytes it has.
fn request(text: &str, method: &str, target: &Value) -> (HttpRequest, usize) {
    let mut request = HttpRequest::new(RequestFormat::HttpFile);
    request.method = method.to_owned();
    let mut url = target.clone();
    let mut body: Option<Vec<&str>> = None;
    let mut used = text.len();
    for (start, line) in lines(text).skip(1) {
        let trimmed = line.trim();
        // The next request, a script for the answer, or the end of a block in a mail or a Markdown file.
        if trimmed.starts_with("###")
            || trimmed.starts_with("```")
            || trimmed.starts_with("> ")
            || trimmed.starts_with("HTTP/1")
            || request_line(line).is_some()
        {
            used = start;
            break;
        }
        match &mut body {
            Some(lines) => lines.push(line),
            None if trimmed.is_empty() => body = Some(Vec::new()),
            None if trimmed.starts_with('#') || trimmed.starts_with("//") => {}
            // A query over several lines: the first begins it, and only then the others go on with it.
            None if trimmed.starts_with('?')
                || (trimmed.starts_with('&') && url.written().contains('?')) =>
            {
                url.append(&Value::marked(trimmed));
            }
            None => match trimmed.split_once(':') {
                Some((name, value)) if is_header(name) => {
                    request.headers.push((name.to_owned(), Value::marked(value.trim())));
                }
                _ => {}
            },
        }
    }
    let (url, user) = address::without_user(&url);
    request.url = Some(url);
    request.user = user;
    request.body = body_of(&body.unwrap_or_default(), request.header("content-type"));
    (request, used)
}

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn body_of(lines: &[&str], content_type: Option<&Value>) -> Body {
    let is_form = content_type.is_some_and(|it| it.written().contains("x-www-form-urlencoded"));
    let has_words = lines.iter().position(|line| !line.trim().is_empty());
    let Some(first) = has_words else { return Body::None };
    let lines = &lines[first..];
    if let Some(file) = lines[0].trim().strip_prefix("< ") {
        return Body::FromFile(file.trim().to_owned());
    }
    if content_type.is_some_and(|it| it.written().contains("multipart/form-data")) {
        return Body::Multipart(parts(&lines.join("\n")));
    }
    if is_form || lines[0].starts_with(|c: char| c.is_ascii_alphabetic()) && lines[0].contains('=')
    {
        // The fields may stand in lines of their own, the `&` at either end of a line.
        let fields = lines.iter().map(|line| line.trim()).take_while(|line| !line.is_empty());
        let fields = fields.filter(|line| !line.starts_with('#') && !line.starts_with("//"));
        let fields = fields.flat_map(|line| line.split('&')).map(str::trim);
        let fields =
            fields.filter(|field| !field.is_empty()).map(|field| match field.split_once('=') {
                Some((name, value)) => format!("{}={}", name.trim(), value.trim()),
                None => field.to_owned(),
            });
        let joined = fields.collect::<Vec<_>>().join("&");
        return Body::Form(vec![FormPart::Written(Value::marked(&joined))]);
    }
    Body::of_text(Value::marked(lines.join("\n").trim_end()), content_type)
}

/// The fields of a body in several parts.
fn parts(body: &str) -> Vec<(String, Value)> {
    let boundary = body.lines().next().unwrap_or_default().trim();
    let parts = body.split(boundary).filter_map(|part| {
        let (head, value) = part.trim_start().split_once("\n\n")?;
        let name = head.split_once("name=\"")?.1.split_once('"')?.0;
        Some((name.to_owned(), Value::marked(value.trim_end())))
    });
    if boundary.starts_with("--") { parts.collect() } else { Vec::new() }
}

/// A path gets the host that the request's header names. Without one there is no address.
fn with_host(request: &mut HttpRequest) {
    let is_path = request.url.as_ref().is_some_and(|it| it.head().starts_with('/'));
    if !is_path {
        return;
    }
    let host = request.header("host").filter(|it| !it.is_empty()).cloned();
    request.url = host.zip(request.url.take()).map(|(host, path)| {
        let mut url = Value::literal("https://");
        url.append(&host);
        url.append(&path);
        url
    });
}

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// A file for requests has a handful for each of a few services.
const MOST_REQUESTS: usize = 128;
/// A file with more is no file for requests.
const MOST_VARIABLES: usize = 256;
