//! Under which names programs look for an id, a secret, a token and what goes with them. The families are those that
//! public code uses; their table is `families.json`, beside this file, and every part of Glowjar reads it from here.

use std::{collections::BTreeMap, fmt, sync::OnceLock};

use serde::{Deserialize, Serialize};

/// Names that belong together, each with the [`Template`] of its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Family {
    /// What a person calls it by.
    #[serde(rename = "family")]
    pub name: String,
    /// Which programs read these names.
    pub read_by: String,
    variables: BTreeMap<String, String>,
}

/// A name with the template of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub template: Template,
}

/// Text with places to be filled in: `{access_token}`, `{client_id}` and the others of [`Placeholder`]. Written as one
/// string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(Placeholder),
}

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    AccessToken,
    ClientId,
    /// Seconds since 1970, UTC.
    ExpiresAt,
    /// With commas, as Adobe writes them.
    Scopes,
    /// As a JSON array.
    ScopesJson,
    /// The program's own, which Glowjar made up for it.
    Secret,
    /// The same as the only element of a JSON array.
    SecretsJson,
    /// The token endpoint on this machine.
    TokenUrl,
    /// The same without its path, where a program appends Adobe's.
    Url,
}

/// A live token and what goes with it, for [`Template::filled`].
#[derive(Clone, Copy)]
pub struct Ready<'a> {
    pub access_token: &'a str,
    pub client_id: &'a str,
    /// Seconds since 1970, UTC.
    pub expires_at: i64,
    /// With commas.
    pub scopes: &'a str,
}

/// Why a template can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("nothing is known of {{{0}}}. There are: {names}", names = placeholders())]
    Unknown(String),
    #[error("a {{ is never closed")]
    Unclosed,
}

/// Every family, the usual one first.
pub fn families() -> &'static [Family] {
    static FAMILIES: OnceLock<Vec<Family>> = OnceLock::new();
    // A test reads it, so that a mistake in the table never gets this far.
    FAMILIES.get_or_init(|| serde_json::from_str(TABLE).unwrap_or_default())
}

/// The one whose names are taken where nobody says which: those in Adobe's own guides.
#[must_use]
pub fn usual() -> Option<&'static Family> {
    families().first()
}

/// The family whose names a text is written with: the one of which it has most, if that is more than one name.
pub fn family_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<&'static Family> {
    let names: Vec<&str> = names.into_iter().collect();
    let count = |family: &Family| {
        let is_there = |name: &&String| names.contains(&name.as_str());
        family.variables.keys().filter(is_there).count()
    };
    // Of several, the first of the table.
    let most = families().iter().rev().max_by_key(|family| count(family))?;
    (count(most) > 1).then_some(most)
}

/// The family of this name.
#[must_use]
pub fn family(name: &str) -> Option<&'static Family> {
    families().iter().find(|family| family.name == name)
}

impl Family {
    /// Each name with its template, for a program that takes tokens, or for one that gets its own.
    pub fn variables(&self, gets_its_own: bool) -> impl Iterator<Item = Variable> {
        let parsed = self.variables.iter().filter_map(|(name, template)| {
            Some(Variable { name: name.clone(), template: template.parse().ok()? })
        });
        parsed.filter(move |Variable { template, .. }| {
            if gets_its_own { !template.has_token() } else { !template.needs_admission() }
        })
    }

    /// Token and client id alone.
    pub fn token_and_id(&self) -> impl Iterator<Item = Variable> {
        let wanted = [self.token_name(), self.client_id_name()].map(|name| name.map(str::to_owned));
        self.variables(false).filter(move |it| wanted.contains(&Some(it.name.clone())))
    }

    /// Where the token goes, if programs of this family take one.
    #[must_use]
    pub fn token_name(&self) -> Option<&str> {
        self.name_of("{access_token}")
    }

    #[must_use]
    pub fn client_id_name(&self) -> Option<&str> {
        self.name_of("{client_id}")
    }

    fn name_of(&self, wanted: &str) -> Option<&str> {
        let mut variables = self.variables.iter();
        variables.find(|(_, template)| *template == wanted).map(|(name, _)| name.as_str())
    }
}

impl Template {
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.holds(|placeholder| placeholder == Placeholder::AccessToken)
    }

    /// Whether it needs a token, or the time of its end.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        self.has_token() || self.holds(|placeholder| placeholder == Placeholder::ExpiresAt)
    }

    /// Whether it needs a secret or an address of the program's own.
    #[must_use]
    pub fn needs_admission(&self) -> bool {
        use Placeholder::{Secret, SecretsJson, TokenUrl, Url};
        self.holds(|placeholder| matches!(placeholder, Secret | SecretsJson | TokenUrl | Url))
    }

    /// Whether whoever reads the result can get at tokens with it.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        use Placeholder::{AccessToken, Secret, SecretsJson};
        self.holds(|placeholder| matches!(placeholder, AccessToken | Secret | SecretsJson))
    }

    /// The token in a text that this template was filled in with, if nothing else is filled in.
    #[must_use]
    pub fn token_in<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (mut before, mut after) = ("", "");
        match self.parts.as_slice() {
            [Part::Value(Placeholder::AccessToken)] => {}
            [Part::Text(text), Part::Value(Placeholder::AccessToken)] => before = text,
            [Part::Value(Placeholder::AccessToken), Part::Text(text)] => after = text,
            [Part::Text(one), Part::Value(Placeholder::AccessToken), Part::Text(other)] => {
                (before, after) = (one, other);
            }
            _ => return None,
        }
        text.strip_prefix(before)?.strip_suffix(after)
    }

    fn holds(&self, is_it: impl Fn(Placeholder) -> bool) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Value(value) if is_it(*value)))
    }

    /// The result, with what `value` says for each place.
    pub fn filled(&self, value: impl Fn(Placeholder) -> String) -> String {
        let filled = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(placeholder) => value(*placeholder),
        });
        filled.collect()
    }
}

/// Without the token.
impl fmt::Debug for Ready<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Ready<'_> {
    /// Empty for what is not known of a token: a secret or an address of the program's own.
    #[must_use]
    pub fn value(&self, placeholder: Placeholder) -> String {
        match placeholder {
            Placeholder::AccessToken => self.access_token.to_owned(),
            Placeholder::ClientId => self.client_id.to_owned(),
            Placeholder::ExpiresAt => self.expires_at.to_string(),
            Placeholder::Scopes => self.scopes.to_owned(),
            Placeholder::ScopesJson => scopes_json(self.scopes),
            Placeholder::Secret
            | Placeholder::SecretsJson
            | Placeholder::TokenUrl
            | Placeholder::Url => String::new(),
        }
    }
}

/// Scopes with commas, as a JSON array.
#[must_use]
pub fn scopes_json(scopes: &str) -> String {
    let list = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    serde_json::Value::from(list.collect::<Vec<_>>()).to_string()
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Part::Value(placeholder) => {
                    let named = PLACEHOLDERS.iter().find(|(_, known)| known == placeholder);
                    write!(f, "{{{}}}", named.map_or("", |(name, _)| name))?;
                }
            }
        }
        Ok(())
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl std::str::FromStr for Template {
    type Err = TemplateError;

    /// `{{` and `}}` stand for a brace.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                plain.push('}');
                rest = after;
                continue;
            }
            let (name, after) = after.split_once('}').ok_or(TemplateError::Unclosed)?;
            let placeholder = PLACEHOLDERS.iter().find(|(known, _)| *known == name);
            let (_, placeholder) =
                placeholder.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value(*placeholder));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }
}

/// Whether the tools of web pages put a variable of this name into the page, where everybody can read it.
#[must_use]
pub fn is_published(name: &str) -> bool {
    PUBLISHED.iter().any(|prefix| name.starts_with(prefix))
}

fn placeholders() -> impl fmt::Display {
    let names: Vec<_> = PLACEHOLDERS.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    names.join(", ")
}

const TABLE: &str = include_str!("families.json");

const PLACEHOLDERS: [(&str, Placeholder); 9] = [
    ("access_token", Placeholder::AccessToken),
    ("client_id", Placeholder::ClientId),
    ("expires_at", Placeholder::ExpiresAt),
    ("scopes", Placeholder::Scopes),
    ("scopes_json", Placeholder::ScopesJson),
    ("secret", Placeholder::Secret),
    ("secrets_json", Placeholder::SecretsJson),
    ("token_url", Placeholder::TokenUrl),
    ("url", Placeholder::Url),
];

/// Vite <https://vite.dev/guide/env-and-mode>, Next.js <https://nextjs.org/docs/pages/guides/environment-variables>,
/// Create React App, Nuxt, Gatsby, Expo, SvelteKit and Astro.
const PUBLISHED: [&str; 7] =
    ["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "EXPO_PUBLIC_", "PUBLIC_"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_of_the_table_can_be_used_and_names_each_thing_once() {
        let all: Vec<Family> = serde_json::from_str(TABLE).expect("the table is JSON");
        assert_eq!(all, families());
        assert!(all.len() >= 9);
        assert_eq!(all[0].name, "firefly-services", "what old command lines mean");
        for family in &all {
            assert_eq!(super::family(&family.name), Some(family), "the name is there once");
            assert!(!family.read_by.is_empty());
            for (name, template) in &family.variables {
                assert!(template.parse::<Template>().is_ok(), "{name}={template}");
                assert!(!is_published(name), "{name}");
            }
            assert!(family.client_id_name().is_some(), "{}", family.name);
            let own: Vec<_> = family.variables(true).collect();
            assert!(own.iter().any(|it| it.template.is_secret()), "{}", family.name);
            assert!(!own.iter().any(|it| it.template.has_token()), "{}", family.name);
        }
    }

    #[test]
    fn a_template_is_filled_in_and_a_doubled_brace_is_one() {
        let fill = |text: &str| {
            text.parse::<Template>().map(|template| template.filled(|it| format!("<{it:?}>")))
        };
        assert_eq!(fill("Bearer {access_token}"), Ok("Bearer <AccessToken>".to_owned()));
        assert_eq!(fill("{client_id}:{secret}"), Ok("<ClientId>:<Secret>".to_owned()));
        assert_eq!(
            fill("{{\"t\":\"{access_token}\"}}"),
            Ok("{\"t\":\"<AccessToken>\"}".to_owned())
        );
        assert_eq!(fill(""), Ok(String::new()));
        assert_eq!(fill("{token"), Err(TemplateError::Unclosed));
        assert_eq!(fill("{tokn}"), Err(TemplateError::Unknown("tokn".to_owned())));
        assert!(fill("{tokn}").is_err_and(|error| error.to_string().contains("{access_token}")));
    }

    #[test]
    fn a_template_is_written_as_it_was_read_and_finds_its_token_again() {
        for text in ["Bearer {access_token}", "{{{client_id}}}", "{access_token}.", "a{b", "}", ""]
        {
            let Ok(template) = text.parse::<Template>() else { continue };
            assert_eq!(template.to_string().parse(), Ok(template), "{text}");
        }
        let template = |text: &str| text.parse::<Template>().expect("a template");
        assert_eq!(template("Bearer {access_token}").token_in("Bearer abc"), Some("abc"));
        assert_eq!(template("<{access_token}>").token_in("<abc>"), Some("abc"));
        assert_eq!(template("Bearer {access_token}").token_in("abc"), None);
        assert_eq!(template("{client_id}").token_in("abc"), None);
        assert_eq!(template("{access_token}{expires_at}").token_in("abc1"), None);
    }

    #[test]
    fn the_family_of_a_text_is_the_one_of_which_it_has_most_names() {
        let name = |names: &[&str]| family_of(names.iter().copied()).map(|it| it.name.as_str());
        assert_eq!(name(&["ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "X"]), Some("adobe"));
        let firefly = ["FIREFLY_CLIENT_ID", "FIREFLY_CLIENT_SECRET", "ADOBE_CLIENT_ID"];
        assert_eq!(name(&firefly), Some("firefly"));
        assert_eq!(name(&["ADOBE_CLIENT_ID"]), None, "one name may be anybody's");
        assert_eq!(name(&["client_id", "client_secret"]), None);
    }

    #[test]
    fn what_is_ready_is_filled_in_and_nothing_else() {
        let ready =
            Ready { access_token: "t", client_id: "i", expires_at: 7, scopes: "openid,AdobeID" };
        let fill = |text: &str| text.parse::<Template>().map(|it| it.filled(|at| ready.value(at)));
        assert_eq!(
            fill("{access_token} {client_id} {expires_at} {scopes} {scopes_json}{secret}"),
            Ok(r#"t i 7 openid,AdobeID ["openid","AdobeID"]"#.to_owned())
        );
        let ready = Ready { access_token: "eyJ-secret", ..ready };
        assert!(!format!("{ready:?}").contains("eyJ"));
    }

    #[test]
    fn what_needs_a_secret_of_its_own_is_told_from_what_takes_a_token() {
        let template = |text: &str| text.parse::<Template>().expect("a template");
        assert!(template("{url}/x").needs_admission() && !template("{url}").is_secret());
        assert!(template("{access_token}").is_secret());
        assert!(!template("{client_id}").needs_admission());
        assert!(
            is_published("VITE_TOKEN")
                && is_published("NEXT_PUBLIC_X")
                && !is_published("INVITE_X")
        );
    }
}
