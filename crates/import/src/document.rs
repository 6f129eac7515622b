//! Texts that are trees: JSON and what is written like it, YAML, TOML. What each key says is told in one place for all.

mod json;
mod toml;
mod yaml;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::zeroize::Zeroize;

use super::{
    facts::{Facts, Given, Group, Reader, SignIn},
    form::{self, REQUEST_URL},
    names::{Name, Part},
};

/// A tree of values as they stand. Numbers and the like are the text that was written.
pub(super) enum Node {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Node {
    /// What the object has under this key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => get(members, key),
            Self::Text(_) | Self::List(_) => None,
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// A text that is one object of JSON.
pub(super) fn object(text: &str) -> Option<Node> {
    let text = unfenced(text);
    text.starts_with('{').then(|| json::whole(text)).flatten()
}

/// Reads a text that is one document and nothing else. Says whether it was.
pub(super) fn read_whole(text: &str, facts: &mut Facts) -> bool {
    let text = unfenced(text);
    let json =
        (text.starts_with('{') || text.starts_with('[')).then(|| json::whole(text)).flatten();
    let (node, reader) = match json {
        Some(node) => (node, Reader::Json),
        None => match toml::whole(text).or_else(|| yaml::whole(text)) {
            Some(node) => (node, Reader::Variables),
            None => return false,
        },
    };
    let is_telling = says_something(&node);
    if is_telling {
        Walk { facts, reader, depth: 0 }.node(&node);
    }
    is_telling
}

/// Without the marks of Markdown around a block of code that is all of a text.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix("```")
        .and_then(|rest| rest.strip_suffix("```"))
        .and_then(|rest| rest.split_once('\n'))
        .map(|(_, inner)| inner);
    inner.filter(|inner| !inner.contains("```")).unwrap_or(text).trim()
}

/// Reads every document in a text, and claims its part of it.
pub(super) fn read(text: &str, facts: &mut Facts) {
    for (node, range) in json::objects(text, facts) {
        if says_something(&node) {
            Walk { facts, reader: Reader::Json, depth: 0 }.node(&node);
            facts.claim(range);
        }
    }
}

/// Reads the JSON that a request carries.
pub(super) fn of_request(text: &str, group: Group, facts: &mut Facts) {
    match &json::whole(text.trim()) {
        Some(Node::Map(members)) => {
            Walk { facts, reader: Reader::Request, depth: 0 }.map(members, group);
        }
        _ => facts.notes.is_cut_off = true,
    }
}

/// Whether any key in it is one that a credential has.
fn says_something(node: &Node) -> bool {
    match node {
        Node::Text(_) => false,
        Node::List(items) => items.iter().any(|item| {
            says_something(item)
                || matches!(item, Node::Text(text) if assignment(text).is_some_and(|(name, _)| is_telling(name)))
        }),
        Node::Map(members) => members.iter().any(|(name, value)| {
            is_telling(name)
                || KINDS.iter().any(|kind| kind.0 == name.to_lowercase())
                || (matches!(name.as_str(), "key" | "name" | "id")
                    && matches!(value, Node::Text(text) if is_telling(text)))
                || matches!((name.as_str(), value), ("kind", Node::Text(kind)) if kind == "Secret")
                || matches!(value, Node::Text(text) if holds_a_document(text) || form::is_form(text))
                || says_something(value)
        }),
    }
}

/// Whether this is what a part of a credential is called.
pub(super) fn is_telling(name: &str) -> bool {
    Name::parse(name).is_some_and(|name| {
        !name.is_weak && !matches!(name.part, Part::Title | Part::Server | Part::Redirect)
    }) || name == "credentials"
}

struct Walk<'a> {
    facts: &'a mut Facts,
    reader: Reader,
    /// Of documents within strings.
    depth: usize,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node) {
        let group = self.facts.group();
        match node {
            Node::Text(_) => {}
            Node::List(items) => self.list(items, group),
            Node::Map(members) => self.map(members, group),
        }
    }

    fn map(&mut self, members: &[(String, Node)], group: Group) {
        let text = |key: &str| match get(members, key) {
            Some(Node::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if let Some(Node::List(credentials)) = get(members, "credentials")
            && credentials.iter().any(|it| matches!(it, Node::Map(_)))
        {
            for credential in credentials {
                if let Node::Map(credential) = credential {
                    self.credential(credential);
                }
            }
            return;
        }
        if text("kind") == Some("Secret") {
            return self.kubernetes_secret(members);
        }
        let holds_workspace =
            get(members, "workspace").is_some() || get(members, "details").is_some();
        if let Some(title) = text("title").or_else(|| text("name")).filter(|_| holds_workspace)
            && self.facts.notes.title.is_none()
        {
            self.facts.notes.title = Some(title.to_owned());
        }
        if let (Some(Node::List(values)), Some(name)) = (get(members, "values"), text("name"))
            && values.iter().any(|it| matches!(it, Node::Map(_)))
        {
            self.facts.notes.title = Some(name.to_owned());
            let outer = std::mem::replace(&mut self.reader, Reader::Postman);
            let group = self.facts.group();
            self.list(values, group);
            self.reader = outer;
            return;
        }
        for (name, value) in members {
            match value {
                Node::Text(text) => self.named_text(name, text, group),
                Node::List(items) => {
                    let texts: Vec<_> = items
                        .iter()
                        .filter_map(|item| match item {
                            Node::Text(text) => Some(text.clone()),
                            _ => None,
                        })
                        .collect();
                    if !texts.is_empty() && Name::parse(name).is_some() {
                        self.facts.add(name, Given::List(texts), group, self.reader);
                    } else {
                        let group = self.facts.group();
                        self.list(items, group);
                    }
                }
                Node::Map(inner) => {
                    // `url: { raw: "…" }`, as Postman's collections have it.
                    if let Some(Node::Text(raw)) = get(inner, "raw")
                        && name == "url"
                    {
                        self.facts.add(REQUEST_URL, Given::text(raw), group, self.reader);
                    }
                    self.node(value);
                }
            }
        }
    }

    fn named_text(&mut self, name: &str, text: &str, group: Group) {
        if self.depth < DEEPEST && holds_a_document(text) && self.inner_document(text) {
            return;
        }
        if form::is_form(text) {
            form::read(text, group, self.reader, self.facts);
            return;
        }
        self.facts.add(name, Given::text(text), group, self.reader_of(name));
    }

    /// A mail with labels can be YAML as well.
    fn reader_of(&self, name: &str) -> Reader {
        let is_label = self.reader == Reader::Variables && name.contains(' ');
        if is_label { Reader::Labels } else { self.reader }
    }

    /// JSON as the text of a string, as environment variables and AWS's Secrets Manager have it.
    fn inner_document(&mut self, text: &str) -> bool {
        let Some(node) = json::whole(text) else { return false };
        if !says_something(&node) {
            return false;
        }
        self.depth += 1;
        self.node(&node);
        self.depth -= 1;
        true
    }

    /// Items that have a name and a value each, and assignments in strings.
    fn list(&mut self, items: &[Node], group: Group) {
        for (index, item) in items.iter().enumerate() {
            match item {
                Node::Map(members) => {
                    let text = |key: &str| match get(members, key) {
                        Some(Node::Text(text)) => Some(text.as_str()),
                        _ => None,
                    };
                    let name = text("key").or_else(|| text("name")).or_else(|| text("id"));
                    let value = get(members, "value").or_else(|| get(members, "default"));
                    let (Some(name), Some(value)) = (name, value) else {
                        self.node(item);
                        continue;
                    };
                    let is_enabled = text("enabled") != Some("false")
                        && text("disabled") != Some("true")
                        && text("active") != Some("false");
                    let given = match value {
                        Node::Text(text) => Given::text(text),
                        Node::List(items) => Given::List(
                            items
                                .iter()
                                .filter_map(|item| match item {
                                    Node::Text(text) => Some(text.clone()),
                                    _ => None,
                                })
                                .collect(),
                        ),
                        Node::Map(_) => {
                            self.node(value);
                            continue;
                        }
                    };
                    self.facts.add_fact(name, given, group, self.reader, is_enabled);
                }
                Node::Text(text) => {
                    if let Some((name, value)) = assignment(text) {
                        self.facts.add(name, Given::text(value), group, self.reader);
                    } else if let Some(flag) = text.strip_prefix("--")
                        && let Some(Node::Text(value)) = items.get(index + 1)
                        && Name::parse(flag).is_some()
                    {
                        self.facts.add(flag, Given::text(value), group, self.reader);
                    }
                }
                Node::List(_) => self.node(item),
            }
        }
    }

    /// One of a project's credentials, by its kind.
    fn credential(&mut self, members: &[(String, Node)]) {
        let kind = |kinds: &[Credential]| {
            members.iter().find(|(name, _)| {
                let name = name.to_lowercase();
                KINDS.iter().any(|(known, kind)| *known == name && kinds.contains(kind))
            })
        };
        let sign_in = || {
            members.iter().find_map(|(name, value)| {
                let name = name.to_lowercase();
                KINDS.iter().find_map(|(known, kind)| match kind {
                    Credential::SignIn(kind) if *known == name => Some((*kind, value)),
                    _ => None,
                })
            })
        };
        if let Some((_, Node::Map(inner))) = kind(&[Credential::ServerToServer]) {
            let group = self.facts.group();
            self.map(inner, group);
        } else if let Some((kind, value)) = sign_in() {
            self.facts.notes.sign_in = Some(kind);
            // A refresh token beside it is as good as a person.
            if let Node::Map(inner) = value
                && inner.iter().any(|(name, _)| {
                    Name::parse(name).is_some_and(|it| it.part == Part::RefreshToken)
                })
            {
                let group = self.facts.group();
                self.map(inner, group);
            }
        } else if kind(&[Credential::Jwt]).is_some() {
            self.facts.notes.has_jwt = true;
        } else if kind(&[Credential::ApiKey]).is_some() {
            self.facts.notes.is_api_key_only = true;
        } else if get(members, "integration_type").is_some() {
            self.facts.notes.is_without_values = true;
        } else {
            let group = self.facts.group();
            self.map(members, group);
        }
    }

    /// `data` is encoded in base64, `stringData` is not.
    fn kubernetes_secret(&mut self, members: &[(String, Node)]) {
        let group = self.facts.group();
        for (section, value) in members {
            let Node::Map(inner) = value else { continue };
            for (name, value) in inner {
                let Node::Text(text) = value else { continue };
                if section == "stringData" {
                    self.named_text(name, text, group);
                } else if section == "data" {
                    let packed: String = text.split_whitespace().collect();
                    let bytes = BASE64_STANDARD.decode(packed).ok();
                    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                        Some(decoded) => {
                            self.named_text(name, decoded.trim_end_matches('\n'), group);
                        }
                        None => self.facts.add(name, Given::Unclear, group, self.reader),
                    }
                }
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Self::Text(text) = self {
            text.zeroize();
        }
    }
}

fn get<'a>(members: &'a [(String, Node)], key: &str) -> Option<&'a Node> {
    members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// `NAME=value` as lists of arguments and environments have it.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim_start_matches('-');
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, value))
}

fn holds_a_document(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && text.ends_with('}') && text.len() > 8
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Credential {
    ServerToServer,
    SignIn(SignIn),
    Jwt,
    ApiKey,
}

/// The keys under which a project's credentials stand, in lower case.
const KINDS: [(&str, Credential); 17] = [
    ("oauth_server_to_server", Credential::ServerToServer),
    ("oauthservertoserver", Credential::ServerToServer),
    ("oauthnativeapp", Credential::SignIn(SignIn::NativeApp)),
    ("oauth_native_app", Credential::SignIn(SignIn::NativeApp)),
    ("oauthwebapp", Credential::SignIn(SignIn::WebApp)),
    ("oauth_web_app", Credential::SignIn(SignIn::WebApp)),
    ("oauthweb", Credential::SignIn(SignIn::WebApp)),
    ("oauth2web", Credential::SignIn(SignIn::WebApp)),
    ("oauthsinglepageapp", Credential::SignIn(SignIn::SinglePageApp)),
    ("oauth_single_page_app", Credential::SignIn(SignIn::SinglePageApp)),
    ("oauthspa", Credential::SignIn(SignIn::SinglePageApp)),
    ("oauth2", Credential::SignIn(SignIn::Unknown)),
    ("jwt", Credential::Jwt),
    ("service_account", Credential::Jwt),
    ("serviceaccount", Credential::Jwt),
    ("apikey", Credential::ApiKey),
    ("api_key", Credential::ApiKey),
];
/// A string within a document within a string: nobody goes further.
const DEEPEST: usize = 3;
