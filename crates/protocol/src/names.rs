//! Under which names programs look for an id, a secret, a token and what goes with them. The families are those that
//! public code uses; their table is `families.json`, beside this file, and every part of Glowjar reads it from here.

use std::{collections::BTreeMap, fmt, sync::OnceLock};

use serde::Deserialize;

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

/// Text with places to be filled in: `{access_token}`, `{client_id}` and the others of [`Placeholder`].
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The family of this name.
#[must_use]
pub fn family(name: &str) -> Option<&'static Family> {
    families().iter().find(|family| family.name == name)
}

impl Family {
    /// Each name with its template, for a program that takes tokens, or for one that gets its own.
    pub fn variables(&self, gets_its_own: bool) -> impl Iterator<Item = (&str, Template)> {
        let parsed = self.variables.iter().filter_map(|(name, template)| {
            Some((name.as_str(), template.parse::<Template>().ok()?))
        });
        parsed.filter(move |(_, template)| {
            if gets_its_own { !template.has_token() } else { !template.needs_admission() }
        })
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
            assert!(own.iter().any(|(_, template)| template.is_secret()), "{}", family.name);
            assert!(!own.iter().any(|(_, template)| template.has_token()), "{}", family.name);
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
