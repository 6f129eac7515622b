//! What a text says: names with their values, where each stands, and which of them stand together.

use std::ops::Range;

use secrecy::zeroize::Zeroize;

use super::{
    Authentication, Body,
    names::{Name, Part},
};

/// A name with a value.
pub(super) struct Fact {
    /// As written.
    pub name: String,
    pub part: Option<Name>,
    pub given: Given,
    pub group: Group,
    pub reader: Reader,
    /// Not commented out, and not switched off in an environment of Postman's.
    pub is_enabled: bool,
}

/// A value, decoded and nothing more. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Given {
    Text(String),
    List(Vec<String>),
    /// Two languages could have written it, and they disagree on what it says.
    Unclear,
}

/// Facts of one group stand in the same object, request or row, and speak of the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(pub u32);

/// What found a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    Request,
    /// A project or another object in JSON.
    Json,
    Postman,
    /// An assignment, in whatever language.
    Variables,
    Labels,
    /// Known by its looks alone.
    Looks,
}

/// What a request says beside its fields.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub group: Group,
    pub body: Body,
    pub authentication: Authentication,
}

/// A kind of credential with which a person signs in, by what Adobe's Developer Console calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    NativeApp,
    WebApp,
    SinglePageApp,
    /// Some other, or it is not said which.
    Unknown,
}

/// All that was found, in no order that matters.
#[derive(Default)]
pub(super) struct Facts {
    pub all: Vec<Fact>,
    pub manners: Vec<Manner>,
    pub notes: Notes,
    groups: u32,
    claimed: Vec<Range<usize>>,
}

/// What is no name with a value, and yet decides what can be said of a text.
#[derive(Default)]
pub(super) struct Notes {
    /// A command, a quote or JSON ends in the middle.
    pub is_cut_off: bool,
    /// A command reads its data from a file that is not here.
    pub from_file: bool,
    pub has_jwt: bool,
    pub sign_in: Option<SignIn>,
    /// A project lists a credential without its values.
    pub is_without_values: bool,
    pub is_api_key_only: bool,
    pub title: Option<String>,
    /// A comma, semicolon or bracket at the end of a bare value was left out.
    pub is_trimmed: bool,
    /// An `&` or `+` in a form was taken for a part of a secret.
    pub taken_literally: bool,
}

impl Facts {
    /// A group that no fact has yet.
    pub(super) fn group(&mut self) -> Group {
        self.groups += 1;
        Group(self.groups)
    }

    pub(super) fn add(&mut self, name: &str, given: Given, group: Group, reader: Reader) {
        self.add_fact(name, given, group, reader, true);
    }

    pub(super) fn add_fact(
        &mut self,
        name: &str,
        given: Given,
        group: Group,
        reader: Reader,
        is_enabled: bool,
    ) {
        let name = name.trim();
        if self.all.len() < MOST {
            let part = Name::parse(name);
            self.all.push(Fact { name: name.to_owned(), part, given, group, reader, is_enabled });
        }
    }

    /// Marks a part of the text as read, so that weaker readers leave it alone.
    pub(super) fn claim(&mut self, range: Range<usize>) {
        self.claimed.push(range);
    }

    /// The text with blanks in place of what was claimed. Positions stay.
    pub(super) fn unclaimed(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for range in &self.claimed {
            for byte in &mut bytes[range.clone()] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    pub(super) fn has(&self, part: Part) -> bool {
        self.all
            .iter()
            .any(|fact| fact.is_enabled && fact.part.as_ref().is_some_and(|name| name.part == part))
    }
}

impl Given {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        match self {
            Self::Text(text) => text.zeroize(),
            Self::List(texts) => texts.zeroize(),
            Self::Unclear => {}
        }
    }
}

/// Long mails have hundreds; what has more is no text that somebody wrote for a person.
const MOST: usize = 20_000;
