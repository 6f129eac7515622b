//! How to say which part of a page is meant.

use std::fmt;

use serde::Serialize;

/// Describes a part of a page as a person would, or by its test id. Looks through shadow roots.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    test_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inside: Option<Box<Query>>,
}

impl Query {
    /// By the attribute `data-testid`.
    #[must_use]
    pub fn test_id(id: &str) -> Self {
        Self { test_id: Some(id.to_owned()), ..Self::default() }
    }

    /// By ARIA role, e.g. `button`, `textbox`, `alert`.
    #[must_use]
    pub fn role(role: &str) -> Self {
        Self { role: Some(role.to_owned()), ..Self::default() }
    }

    /// A button with this name.
    #[must_use]
    pub fn button(name: &str) -> Self {
        Self::role("button").named(name)
    }

    /// A field (text, number, choice, check box, switch) with this label.
    #[must_use]
    pub fn field(label: &str) -> Self {
        Self::role("field").named(label)
    }

    /// The innermost thing that contains this text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::default() }
    }

    /// Only what has this accessible name, exactly (white space aside).
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Only what contains this text.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..self }
    }

    /// Only what is inside something else.
    #[must_use]
    pub fn inside(self, outer: Self) -> Self {
        Self { inside: Some(Box::new(outer)), ..self }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.role.as_deref().unwrap_or("element"))?;
        let details = [("test id", &self.test_id), ("name", &self.name), ("text", &self.text)];
        for (what, value) in
            details.iter().filter_map(|(what, value)| Some((what, value.as_ref()?)))
        {
            write!(f, " with {what} {value:?}")?;
        }
        match &self.inside {
            Some(outer) => write!(f, " inside {outer}"),
            None => Ok(()),
        }
    }
}
