//! Every sentence of this crate, in every language: `words/LANGUAGE/agent.ftl`, in Project Fluent's format.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use unic_langid::LanguageIdentifier;

/// A language that Glowjar speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum Language {
    #[default]
    En,
    De,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export_to = "view.ts")]
pub enum LanguageChoice {
    #[default]
    System,
    En,
    De,
}

/// A headline and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub headline: String,
    pub advice: String,
    /// What the system or a library said, in its own words and language: for who asks for details, never within a sentence.
    pub cause: Option<String>,
}

/// What is wrong with a field, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    id: &'static str,
    argument: Option<(&'static str, String)>,
}

impl FieldError {
    /// `id` is that of the message, without `field-`.
    pub(crate) const fn new(id: &'static str) -> Self {
        Self { id, argument: None }
    }

    pub(crate) fn with(id: &'static str, name: &'static str, value: impl ToString) -> Self {
        Self { id, argument: Some((name, value.to_string())) }
    }

    /// What the system said, in its own words.
    pub(crate) fn cause(&self) -> Option<String> {
        let (_, value) = self.argument.as_ref().filter(|(name, _)| *name == CAUSE)?;
        Some(value.clone()).filter(|cause| !cause.is_empty())
    }

    pub(crate) fn say(&self, language: Language) -> String {
        let argument = self.argument.as_ref().map(|(name, value)| (*name, value.as_str()));
        language.say_with(&format!("field-{}", self.id), argument.as_slice())
    }
}

impl Language {
    /// The chosen one, or the one of Glowjar's that comes first in the system's list, such as `["de-AT", "en"]`.
    #[must_use]
    pub fn resolve(choice: LanguageChoice, system: &[String]) -> Self {
        match choice {
            LanguageChoice::En => Self::En,
            LanguageChoice::De => Self::De,
            LanguageChoice::System => {
                let known = |tag: &String| match tag.split(['-', '_', '.']).next() {
                    Some("de") => Some(Self::De),
                    Some("en" | "C" | "POSIX") => Some(Self::En),
                    _ => None,
                };
                system.iter().find_map(known).unwrap_or(Self::En)
            }
        }
    }

    /// One sentence.
    #[must_use]
    pub fn say(self, id: &str) -> String {
        self.write(id, None, &[])
    }

    #[must_use]
    pub fn say_with(self, id: &str, arguments: &[(&'static str, &str)]) -> String {
        self.write(id, None, arguments)
    }

    /// A headline with its advice. A message without advice has an empty one. The argument `cause` is told beside them.
    #[must_use]
    pub fn tell(self, id: &str, arguments: &[(&'static str, &str)]) -> Message {
        Message {
            headline: self.write(id, None, arguments),
            advice: self.write(id, Some("advice"), arguments),
            cause: arguments
                .iter()
                .find(|(name, cause)| *name == CAUSE && !cause.is_empty())
                .map(|(_, cause)| (*cause).to_owned()),
        }
    }

    pub(crate) fn help(self, id: &str) -> String {
        self.write(id, Some("help"), &[])
    }

    fn write(
        self,
        id: &str,
        attribute: Option<&str>,
        arguments: &[(&'static str, &str)],
    ) -> String {
        let bundle = match self {
            Self::En => &*ENGLISH,
            Self::De => &*GERMAN,
        };
        let message = bundle.get_message(id);
        let pattern = match attribute {
            None => message.and_then(|message| message.value()),
            Some(name) => {
                message.and_then(|message| message.get_attribute(name)).map(|found| found.value())
            }
        };
        let Some(pattern) = pattern else {
            debug_assert!(attribute.is_some(), "no words for {id}");
            return String::new();
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in arguments {
            // A profile called "007" keeps its name.
            let is_number = ["count", "day", "least", "most"].contains(name);
            let value = if is_number { FluentValue::try_number(value) } else { (*value).into() };
            fluent.set(*name, value);
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&fluent), &mut errors);
        debug_assert!(errors.is_empty(), "{id}: {errors:?}");
        text.into_owned()
    }
}

/// The argument that is in no sentence.
const CAUSE: &str = "cause";

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en", include_str!("../../../words/en/agent.ftl")));
static GERMAN: LazyLock<Bundle> =
    LazyLock::new(|| bundle("de", include_str!("../../../words/de/agent.ftl")));

/// What can't be parsed is left out; a test sees to it that there is no such thing.
fn bundle(language: &str, text: &str) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Both languages are written from left to right, and the marks would end up on the clipboard.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
    let _ = bundle.add_resource(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_first_language_that_glowjar_speaks_is_taken() {
        let resolved = |system: &[&str]| {
            let system: Vec<_> = system.iter().map(|&tag| tag.to_owned()).collect();
            Language::resolve(LanguageChoice::System, &system)
        };
        assert_eq!(resolved(&["de-AT", "en"]), Language::De);
        assert_eq!(resolved(&["fr", "de_DE.UTF-8"]), Language::De);
        assert_eq!(resolved(&["en-GB", "de"]), Language::En);
        assert_eq!(resolved(&["ja"]), Language::En);
        assert_eq!(resolved(&[]), Language::En);
        for odd in ["", "C", "C.UTF-8", "POSIX", "xx_YY.nonsense", "de\u{fffd}", "-", "\u{0}"] {
            assert_eq!(resolved(&[odd]), Language::En, "{odd:?}");
            assert_eq!(
                resolved(&[odd, "de"]),
                if odd.starts_with(['C', 'P']) { Language::En } else { Language::De },
                "{odd:?}"
            );
        }
        assert_eq!(Language::resolve(LanguageChoice::En, &["de".to_owned()]), Language::En);
    }

    #[test]
    fn a_sentence_takes_its_words_in_each_language() {
        let reach =
            |language: Language| language.say_with("trouble-connect", &[("provider", "Adobe")]);
        assert_eq!(reach(Language::En), "Adobe can’t be reached");
        assert_eq!(reach(Language::De), "Adobe ist nicht erreichbar");
    }
}
