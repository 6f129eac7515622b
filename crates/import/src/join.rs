//! Puts together what all readers found: which client, which secrets, which server, which scopes.

use super::{
    Refusal,
    asked::is_token_path,
    facts::{Fact, Facts, Given, Reader},
    form::REQUEST_URL,
    names::Part,
    value::{is_example, reference, unpacked},
};
use secrecy::zeroize::Zeroize;

/// What all facts say together, values as they stood. Wiped when dropped.
#[derive(Default)]
pub(super) struct Joined {
    pub client_id: Option<String>,
    /// Where a client id was only called an API key.
    pub is_api_key: bool,
    pub secrets: Vec<String>,
    pub refresh_token: Option<String>,
    pub access_token: Option<String>,
    pub scopes: String,
    pub addresses: Addresses,
    pub grant_type: Option<String>,
    pub title: Option<String>,
    pub has_jwt: bool,
    pub has_redirect: bool,
    /// A secret, or the client id, could be read in two ways.
    pub is_unclear: bool,
    /// By their looks alone, without a name.
    pub is_unlabelled: bool,
    pub reader: Option<Reader>,
}

/// The servers that a text names for tokens.
#[derive(Default)]
pub(super) struct Addresses {
    /// The one that counts. As written.
    pub used: Option<String>,
    /// One that names another server, and was passed over.
    pub unused: Option<String>,
    /// A name stands in place of the one that counts, and nothing says what it means.
    pub is_unknown: bool,
}

impl Joined {
    /// # Errors
    /// The text holds two different credentials.
    pub(super) fn of(text: &str, facts: &Facts) -> Result<Self, Refusal> {
        let values = Values::of(facts);
        let mut joined = Self::default();
        joined.has_redirect = facts.has(Part::Redirect);
        joined.title = facts.notes.title.clone().or_else(|| values.first(Part::Title));
        joined.grant_type = values.first(Part::GrantType);
        joined.access_token = values.first(Part::AccessToken);
        joined.client(&values)?;
        joined.secrets(&values)?;
        let refresh = values.distinct(Part::RefreshToken);
        if refresh.len() > 1 {
            return Err(Refusal::SeveralCredentials);
        }
        joined.refresh_token = refresh.into_iter().next();
        joined.by_looks(text, facts);
        joined.scopes(&values);
        joined.addresses = Addresses::of(text, &values);
        let stem = values
            .of_part(Part::ClientId)
            .next()
            .map(|it| it.stem().to_owned())
            .unwrap_or_default();
        joined.has_jwt = values.of_part(Part::Jwt).any(|it| {
            it.stem().is_empty()
                || it.stem() == stem
                || JWT.iter().any(|word| it.stem().contains(word))
        });
        if values.all.iter().any(|it| it.fact.reader == Reader::Request && it.is_of_credential()) {
            joined.reader = Some(Reader::Request);
        }
        Ok(joined)
    }

    fn client(&mut self, values: &Values<'_>) -> Result<(), Refusal> {
        let ids = values.distinct(Part::ClientId);
        let id = match ids.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            // An id without a secret is no credential of its own, if another has one.
            _ => {
                let mut whole: Vec<String> = Vec::new();
                for id in values.of_part(Part::ClientId) {
                    let has_secret = values.secrets().any(|it| it.belongs_to(id));
                    if has_secret && !whole.contains(&id.value) {
                        whole.push(id.value.clone());
                    }
                }
                match whole.as_slice() {
                    [only] => Some(only.clone()),
                    _ => return Err(Refusal::SeveralCredentials),
                }
            }
        };
        if let Some(id) = id {
            self.reader =
                values.of_part(Part::ClientId).find(|it| it.value == id).map(|it| it.fact.reader);
            self.client_id = Some(id);
            return Ok(());
        }
        self.is_unclear |= values.has_unclear(&[Part::ClientId]);
        // A client id is an API key as well, and some call it only that.
        let with_secret = |key: &&Value<'_>| values.secrets().any(|it| it.belongs_to(key));
        let of_adobe = |key: &&Value<'_>| {
            key.value.len() == 32 && key.value.chars().all(|c| c.is_ascii_hexdigit())
        };
        let keys: Vec<&Value<'_>> = values.of_part(Part::ApiKey).collect();
        let narrowed = [
            keys.clone(),
            keys.iter().copied().filter(with_secret).collect(),
            keys.iter().copied().filter(of_adobe).collect(),
        ];
        for keys in narrowed {
            if let Some(first) = keys.first()
                && keys.iter().all(|key| key.value == first.value)
            {
                self.client_id = Some(first.value.clone());
                self.reader = Some(first.fact.reader);
                self.is_api_key = true;
                return Ok(());
            }
        }
        if keys.is_empty() { Ok(()) } else { Err(Refusal::SeveralCredentials) }
    }

    fn secrets(&mut self, values: &Values<'_>) -> Result<(), Refusal> {
        let part = if self.is_api_key { Part::ApiKey } else { Part::ClientId };
        let ids: Vec<&Value<'_>> =
            values.of_part(part).filter(|it| Some(&it.value) == self.client_id.as_ref()).collect();
        let is_ours = |secret: &&Value<'_>| ids.iter().any(|id| secret.belongs_to(id));
        let strong: Vec<_> = values.secrets().filter(|it| !it.is_weak()).collect();
        let weak: Vec<_> = values
            .secrets()
            .filter(|it| it.is_weak())
            .filter(|it| {
                ids.is_empty()
                    || ids.iter().any(|id| it.stem() == id.stem())
                    || it.stem().is_empty()
                    || ADOBES.iter().any(|word| it.stem().contains(word))
            })
            .collect();
        let candidates = if strong.is_empty() { weak } else { strong };
        let ours: Vec<_> = candidates.iter().copied().filter(is_ours).collect();
        let chosen = if ours.is_empty() { candidates.clone() } else { ours.clone() };
        let mut found: Vec<String> = Vec::new();
        let mut separate = 0;
        for secret in chosen.iter().filter(|it| it.part() == Part::ClientSecret) {
            if !found.contains(&secret.value) {
                separate += usize::from(!secret.is_of_list);
                found.push(secret.value.clone());
            }
        }
        if separate > 2 {
            return Err(Refusal::SeveralCredentials);
        }
        for secret in candidates.iter().filter(|it| it.part() == Part::StandbySecret) {
            if !found.contains(&secret.value) {
                found.push(secret.value.clone());
            }
        }
        // Another group says otherwise of the same client, and nobody knows which is newer.
        let has_other = candidates.iter().any(|it| {
            !found.contains(&it.value)
                && it.part() == Part::ClientSecret
                && !values
                    .of_part(Part::ClientId)
                    .any(|id| Some(&id.value) != self.client_id.as_ref() && it.belongs_to(id))
        });
        let groups = found.len() > 1
            && ours.is_empty()
            && candidates.windows(2).any(|pair| pair[0].fact.group != pair[1].fact.group);
        if has_other || groups {
            return Err(Refusal::SeveralCredentials);
        }
        self.is_unclear |= values.has_unclear(&[Part::ClientSecret, Part::StandbySecret]);
        self.secrets = found;
        Ok(())
    }

    /// An id or a secret that stands there without a name, if there is but one that looks like Adobe's.
    fn by_looks(&mut self, text: &str, facts: &Facts) {
        if (self.client_id.is_some() && !self.secrets.is_empty())
            || self.is_unclear
            || facts.notes.is_cut_off
            || facts.notes.has_jwt
        {
            return;
        }
        let words = || {
            text.split(|c: char| c.is_whitespace() || "\"'`“”‘’„<>()[]{},;|=&".contains(c))
                .map(|word| word.trim_matches(['.', ':', '*', '!']))
        };
        let only = |fits: &dyn Fn(&str) -> bool| {
            let mut found = words().filter(|word| fits(word));
            let first = found.next()?;
            found.all(|it| it == first).then(|| first.to_owned())
        };
        let is_adobes_secret = |word: &str| {
            word.strip_prefix("p8e-").is_some_and(|rest| {
                rest.len() >= 20
                    && rest.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
            })
        };
        let is_adobes_id = |word: &str| {
            word.len() == 32
                && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let is_switched_off = |value: &str| {
            facts.all.iter().any(|fact| {
                !fact.is_enabled && matches!(&fact.given, Given::Text(text) if text == value)
            })
        };
        let secret = only(&is_adobes_secret).filter(|it| !is_switched_off(it));
        let id = only(&is_adobes_id).filter(|it| !is_switched_off(it));
        if self.client_id.is_none()
            && (secret.is_some() || !self.secrets.is_empty())
            && id.is_some()
        {
            self.client_id = id;
            self.reader.get_or_insert(Reader::Looks);
            self.is_unlabelled = true;
        }
        let has_dots = facts
            .all
            .iter()
            .any(|fact| matches!(&fact.given, Given::Text(text) if text.contains('•')));
        if self.client_id.is_some()
            && self.secrets.is_empty()
            && self.refresh_token.is_none()
            && !has_dots
        {
            self.is_unlabelled |= secret.is_some();
            self.secrets.extend(secret);
        }
    }

    fn scopes(&mut self, values: &Values<'_>) {
        let all: Vec<_> = values.of_part(Part::Scopes).collect();
        let of_client = |it: &&&Value<'_>| {
            values
                .of_part(Part::ClientId)
                .chain(values.of_part(Part::ApiKey))
                .any(|id| Some(&id.value) == self.client_id.as_ref() && it.belongs_to(id))
        };
        let chosen = all
            .iter()
            .find(|it| it.fact.reader == Reader::Request)
            .or_else(|| all.iter().find(of_client))
            .or_else(|| all.first());
        let Some(chosen) = chosen else { return };
        let together = all
            .iter()
            .filter(|it| it.fact.group == chosen.fact.group && it.fact.name == chosen.fact.name);
        self.scopes = together.map(|it| it.value.as_str()).collect::<Vec<_>>().join(" ");
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.secrets.zeroize();
        self.refresh_token.zeroize();
        self.access_token.zeroize();
    }
}

impl Addresses {
    fn of(text: &str, values: &Values<'_>) -> Self {
        let mut candidates: Vec<(String, bool)> = Vec::new();
        let named = |part: Part, is_of_request: bool| {
            values
                .all
                .iter()
                .filter(move |it| it.part() == part)
                .filter(move |it| (it.fact.name == REQUEST_URL) == is_of_request)
        };
        let of_requests = named(Part::TokenEndpoint, true)
            .filter(|it| it.fact.reader == Reader::Request || is_token_path(&it.value));
        let of_names = named(Part::TokenEndpoint, false).chain(named(Part::Server, false));
        for value in of_requests.chain(of_names) {
            let address = value.value.trim();
            let is_unresolved = value.is_unresolved || marks(address);
            let is_address = address.contains("://") || address.contains('.') || is_unresolved;
            if is_address && !address.contains("/ims/authorize") {
                candidates.push((address.to_owned(), is_unresolved));
            }
        }
        candidates.extend(token_addresses(text).into_iter().map(|address| {
            let is_unresolved = marks(&address);
            (address, is_unresolved)
        }));
        let used = candidates.iter().find(|(_, is_unresolved)| !is_unresolved);
        let server = |address: &str| {
            let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
            rest.split(['/', '?', ':']).next().unwrap_or_default().to_ascii_lowercase()
        };
        let unused = used.and_then(|(used, _)| {
            candidates
                .iter()
                .find(|(it, is_unresolved)| !is_unresolved && server(it) != server(used))
                .and_then(|it| it.0.split(['?', '=', '&', ';']).next())
                .map(str::to_owned)
        });
        // Of a host and an address at the same host, the address says more.
        let fuller = used.and_then(|(used, _)| {
            candidates.iter().find(|(it, is_unresolved)| {
                !is_unresolved && server(it) == server(used) && is_token_path(it)
            })
        });
        let is_whole = used.is_some_and(|(used, _)| is_token_path(used));
        let used = if is_whole { used } else { fuller.or(used) };
        Self {
            is_unknown: used.is_none() && !candidates.is_empty(),
            used: used.map(|it| it.0.clone()),
            unused,
        }
    }
}

/// Addresses anywhere in a text at which tokens are issued.
fn token_addresses(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices("://").take(MOST_ADDRESSES) {
        let start = text[..at]
            .rfind(|c: char| !c.is_ascii_alphabetic())
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        if !["http", "https"].contains(&text[start..at].to_ascii_lowercase().as_str()) {
            continue;
        }
        let rest = &text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "\"'`<>()|“”‘’,;\\?&".contains(c));
        let address = rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', '*', ':']);
        let host = address.split("://").nth(1).unwrap_or_default();
        let is_ims_host =
            host.trim_end_matches('/').ends_with(".adobelogin.com") && host.starts_with("ims");
        if (is_token_path(address) || is_ims_host) && !found.iter().any(|it| it == address) {
            found.push(address.to_owned());
        }
    }
    found
}

/// Whether a name is left in an address.
fn marks(address: &str) -> bool {
    address.contains(['{', '}', '$', '<', '%', '\u{f0000}'])
        || address.contains(char::is_whitespace)
}

/// A fact with one value, names in it looked up.
struct Value<'a> {
    fact: &'a Fact,
    value: String,
    is_of_list: bool,
    /// A name is left for which nothing stands.
    is_unresolved: bool,
}

impl Value<'_> {
    fn part(&self) -> Part {
        self.fact.part.as_ref().map_or(Part::Title, |name| name.part)
    }

    fn stem(&self) -> &str {
        self.fact.part.as_ref().map_or("", |name| &name.stem)
    }

    fn is_weak(&self) -> bool {
        self.fact.part.as_ref().is_some_and(|name| name.is_weak)
    }

    /// Whether both stand in the same object, request or row, and have names of the same family.
    fn belongs_to(&self, other: &Self) -> bool {
        self.fact.group == other.fact.group && self.stem() == other.stem()
    }

    fn is_of_credential(&self) -> bool {
        matches!(
            self.part(),
            Part::ClientId
                | Part::ClientSecret
                | Part::StandbySecret
                | Part::RefreshToken
                | Part::GrantType
        )
    }
}

impl Drop for Value<'_> {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

/// The facts that hold and play a part.
struct Values<'a> {
    all: Vec<Value<'a>>,
    unclear: Vec<&'a Fact>,
}

impl<'a> Values<'a> {
    fn of(facts: &'a Facts) -> Self {
        let lookup = Lookup { facts };
        let mut values = Self { all: Vec::new(), unclear: Vec::new() };
        for fact in facts.all.iter().filter(|fact| fact.is_enabled) {
            let Some(name) = &fact.part else { continue };
            let is_address = matches!(name.part, Part::TokenEndpoint | Part::Server);
            let resolved = match &fact.given {
                Given::Text(text) if is_address => Some(Given::Text(lookup.filled(text, fact))),
                given => lookup.resolved(given, fact, 0),
            };
            let texts: &[String] = match &resolved {
                None => &[],
                Some(Given::Text(text)) => std::slice::from_ref(text),
                Some(Given::List(texts)) => texts,
                Some(Given::Unclear) => {
                    values.unclear.push(fact);
                    &[]
                }
            };
            let is_of_list = texts.len() > 1;
            for text in texts.iter().filter(|text| !is_example(text)) {
                let is_secret = matches!(
                    name.part,
                    Part::ClientSecret | Part::StandbySecret | Part::RefreshToken
                );
                let value = if is_secret { text.clone() } else { text.trim().to_owned() };
                let is_unresolved = is_address && (marks(&value) || reference(&value).is_some());
                values.all.push(Value { fact, value, is_of_list, is_unresolved });
            }
        }
        values
    }

    fn of_part(&self, part: Part) -> impl Iterator<Item = &Value<'a>> {
        self.all.iter().filter(move |it| it.part() == part)
    }

    fn secrets(&self) -> impl Iterator<Item = &Value<'a>> {
        self.all.iter().filter(|it| matches!(it.part(), Part::ClientSecret | Part::StandbySecret))
    }

    fn first(&self, part: Part) -> Option<String> {
        self.of_part(part).next().map(|it| it.value.clone())
    }

    fn distinct(&self, part: Part) -> Vec<String> {
        let mut distinct: Vec<String> = Vec::new();
        for value in self.of_part(part) {
            if !distinct.contains(&value.value) {
                distinct.push(value.value.clone());
            }
        }
        distinct
    }

    fn has_unclear(&self, parts: &[Part]) -> bool {
        self.unclear.iter().any(|fact| {
            fact.part.as_ref().is_some_and(|name| parts.contains(&name.part) && !name.is_weak)
        })
    }
}

/// Finds what names stand for.
struct Lookup<'a> {
    facts: &'a Facts,
}

impl Lookup<'_> {
    fn named(&self, name: &str, asking: &Fact) -> Option<&Fact> {
        let plain = |name: &str| -> String {
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let others =
            || self.facts.all.iter().filter(|it| it.is_enabled && !std::ptr::eq(*it, asking));
        others().find(|it| it.name == name && it.given != asking.given).or_else(|| {
            let wanted = plain(name);
            others().find(|it| it.given != asking.given && plain(&it.name) == wanted)
        })
    }

    /// The value with a name in its place looked up. `None` if nothing has that name.
    fn resolved(&self, given: &Given, asking: &Fact, depth: usize) -> Option<Given> {
        match unpacked(given) {
            Given::Text(ref text) => {
                let Some((name, other)) = reference(text) else { return Some(unpacked(given)) };
                match self.named(&name, asking) {
                    Some(found) if depth < DEEPEST => self.resolved(&found.given, found, depth + 1),
                    _ => other.map(Given::Text),
                }
            }
            Given::List(ref items) => {
                let items: Vec<String> = items
                    .iter()
                    .filter_map(|item| {
                        match self.resolved(&Given::text(item), asking, depth + 1)? {
                            Given::Text(ref text) => Some(text.clone()),
                            _ => None,
                        }
                    })
                    .collect();
                (!items.is_empty()).then_some(Given::List(items))
            }
            Given::Unclear => Some(Given::Unclear),
        }
    }

    /// An address with the names in it replaced by what they stand for, as far as that is known.
    fn filled(&self, text: &str, asking: &Fact) -> String {
        let value = |name: &str| match self.resolved(&Given::text(name), asking, 0) {
            Some(Given::Text(ref text)) if text != name => Some(text.clone()),
            _ => None,
        };
        if let Some(whole) = value(text) {
            return whole;
        }
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '$', '%', '#']) {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let closed = |open: &str, close: &str| {
                rest.starts_with(open).then(|| rest.find(close).map(|end| end + close.len()))?
            };
            let word = || {
                let length = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
                (length > 0).then_some(length + 1)
            };
            let length = closed("${{", "}}")
                .or_else(|| closed("{{", "}}"))
                .or_else(|| closed("${", "}"))
                .or_else(|| closed("#{", "}"))
                .or_else(|| closed("{", "}"))
                .or_else(|| rest[1..].find('%').filter(|_| rest.starts_with('%')).map(|it| it + 2))
                .or_else(|| word().filter(|_| rest.starts_with('$')))
                .unwrap_or(1);
            match value(&rest[..length]) {
                // Only the host of an address with a scheme of its own fits behind another scheme.
                Some(value) if filled.ends_with("://") => {
                    filled.push_str(value.split_once("://").map_or(&*value, |(_, host)| host));
                }
                Some(value) => filled.push_str(&value),
                None => filled.push_str(&rest[..length]),
            }
            rest = &rest[length..];
        }
        filled.push_str(rest);
        // `{{base}}/ims/token` with a slash at the end of the base.
        filled.replacen("com//", "com/", 1)
    }
}

/// Of names that stand for names.
const DEEPEST: usize = 4;
/// Pages have hundreds of links.
const MOST_ADDRESSES: usize = 2_000;
const ADOBES: [&str; 4] = ["adobe", "firefly", "ims", "aio"];
const JWT: [&str; 4] = ["adobe", "ims", "jwt", "aio"];
