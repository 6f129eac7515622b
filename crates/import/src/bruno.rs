//! Requests and environments of Bruno (<https://docs.usebruno.com/bru-lang/overview>): blocks of lines, each a name and a value.

use super::{
    curl::address,
    request::{Body, FormPart, HttpRequest, RequestFormat, Value},
};

/// A block: `name {`, its lines, and `}` at the beginning of a line.
struct Block<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

/// The request of a `.bru` file. Its environments are read as variables are.
pub(super) fn request(text: &str) -> Option<HttpRequest> {
    let blocks = blocks(text);
    let method = blocks.iter().find(|block| METHODS.contains(&block.name))?;
    let (_, url) = pairs(method).into_iter().find(|(name, _)| *name == "url")?;
    let mut request = HttpRequest::new(RequestFormat::HttpFile);
    request.method = method.name.to_uppercase();
    let (url, user) = address::without_user(&Value::marked(url));
    request.url = Some(url);
    request.user = user;
    for block in &blocks {
        let marked = |(name, value): (&str, &str)| (name.to_owned(), Value::marked(value));
        match block.name {
            "headers" => request.headers = pairs(block).into_iter().map(marked).collect(),
            "body:form-urlencoded" => {
                let fields = pairs(block).into_iter().map(marked);
                let fields = fields.map(|(name, value)| FormPart::Field { name, value });
                request.body = Body::Form(fields.collect());
            }
            "body:multipart-form" => {
                request.body = Body::Multipart(pairs(block).into_iter().map(marked).collect());
            }
            "body:json" => request.body = Body::Json(Value::marked(&block.lines.join("\n"))),
            "auth:basic" => {
                let of = |wanted: &str| {
                    let found = pairs(block).into_iter().find(|(name, _)| *name == wanted);
                    found.map(|(_, value)| Value::marked(value)).unwrap_or_default()
                };
                let mut user = of("username");
                user.push(':');
                user.append(&of("password"));
                request.user = Some(user);
            }
            // It says where a token comes from, and the request itself is another.
            "auth:oauth2" => return None,
            "vars:pre-request" | "vars" => {
                request.assignments.extend(pairs(block).into_iter().map(marked));
            }
            _ => {}
        }
    }
    let lookup = |name: &str| {
        let found = request.assignments.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    Some(request.resolved(&lookup))
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in text.lines() {
        match &mut open {
            Some(_) if line.trim_end() == "}" => blocks.extend(open.take()),
            Some(block) => block.lines.push(line),
            None => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || ":-".contains(c);
                open = line
                    .trim_end()
                    .strip_suffix(" {")
                    .filter(|name| !name.is_empty() && name.chars().all(is_name))
                    .map(|name| Block { name, lines: Vec::new() });
            }
        }
    }
    blocks
}

/// Without those that `~` switches off.
fn pairs<'a>(block: &Block<'a>) -> Vec<(&'a str, &'a str)> {
    let lines = block.lines.iter().filter_map(|line| line.trim().split_once(':'));
    let pairs = lines.map(|(name, value)| (name.trim(), value.trim()));
    pairs.filter(|(name, _)| !name.starts_with('~')).collect()
}

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
