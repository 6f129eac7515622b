//! Managed settings: what a studio's admin has set for a computer, over what the person at it chose.
//!
//! Each system keeps such settings in its own place, and reading them there ([`Reading`]) is all that differs. What they mean is
//! decided here. Nothing that stands there can keep Glowjar from working: what can't be used is left out and said.

use std::{fmt, ops::RangeInclusive, path::Path};

use glowjar_ims::Endpoint;
use glowjar_protocol::message::{IgnoredSetting, ManagedSetting, ManagedStatus};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, error::Category};

use crate::{
    choices::{CLEAR_CLIPBOARD_AFTER, LOCK_AFTER, parse_proxy},
    draft::LONGEST_RENEW_EARLY,
    profile::Source,
    request::Field,
    view::{Choices, IgnoredView, Language, ManagedKey, ManagedView, Preset, ProxyView},
};

/// What was found where this system keeps managed settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The file, or the key of the registry.
    pub source: String,
    pub content: Content,
}

#[derive(Clone, Default, PartialEq)]
pub enum Content {
    /// Nothing is there.
    #[default]
    Absent,
    /// Names and values in their order. The same name may be there twice.
    Values(Vec<(String, Value)>),
    /// Something is there, and as a whole it does not count.
    Unusable(Fault),
}

/// Why something does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// In the system's words.
    Unreadable(String),
    NotAFile,
    TooLong,
    /// Somebody other than the system's administrator owns it, or its folder.
    NotTheAdmins,
    /// Others than the system's administrator may write to it, or to its folder.
    WritableByOthers,
    /// Where it stops being what it has to be.
    NotJson {
        line: usize,
        column: usize,
    },
    NotAnObject,
    NotAPropertyList,
    /// Perhaps one of this name was meant.
    UnknownKey(Option<ManagedKey>),
    /// By its name it is a secret.
    Secret,
    Twice,
    NotABoolean,
    /// The least and the most that it can be.
    NotANumber(u64, u64),
    NotAProxy,
    ProxyPassword,
    NotAPath,
    NotAddresses,
}

/// What counts of the managed settings, and what does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Managed {
    source: String,
    keys: Vec<ManagedKey>,
    /// Only the `keys` of it mean anything.
    choices: Choices,
    keepers: Vec<Endpoint>,
    only_keepers: bool,
    ignored: Vec<Ignored>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Ignored {
    /// Empty where it is all of them.
    key: String,
    fault: Fault,
}

impl Content {
    /// What a file in JSON says: one object.
    #[must_use]
    pub fn of_json(text: &[u8]) -> Self {
        match serde_json::from_slice(text) {
            Ok(Entries(entries)) => Self::Values(entries),
            Err(error) if error.classify() == Category::Data => Self::Unusable(Fault::NotAnObject),
            // Its own words may quote what stands there.
            Err(error) => {
                Self::Unusable(Fault::NotJson { line: error.line(), column: error.column() })
            }
        }
    }
}

/// Without the values: a secret may stand there, where none should.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Values(entries) => {
                f.debug_list().entries(entries.iter().map(|(name, _)| name)).finish()
            }
            Self::Unusable(fault) => f.debug_tuple("Unusable").field(fault).finish(),
        }
    }
}

impl Managed {
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        let mut managed = Self { source: reading.source.clone(), ..Self::default() };
        match &reading.content {
            Content::Absent => {}
            Content::Unusable(fault) => managed.ignore("", fault.clone()),
            Content::Values(entries) => {
                for (name, value) in entries {
                    let times = entries.iter().filter(|(other, _)| other == name).count();
                    match managed.take(name, value, times > 1) {
                        Ok(()) => {}
                        Err(fault) => managed.ignore(name, fault),
                    }
                }
            }
        }
        managed.keys = KEYS.into_iter().filter(|key| managed.sets(*key)).collect();
        managed
    }

    /// The person's choices, with what was set in place of some.
    #[must_use]
    pub fn over(&self, own: &Choices) -> Choices {
        let mut choices = own.clone();
        self.keys.iter().for_each(|key| carry(*key, &self.choices, &mut choices));
        choices
    }

    #[must_use]
    pub fn sets(&self, key: ManagedKey) -> bool {
        self.keys.contains(&key)
    }

    /// Takes back what was changed of what is set, and says which that was.
    pub(crate) fn defend(&self, from: &Choices, to: &mut Choices) -> Vec<Field> {
        let mut refused = Vec::new();
        for key in &self.keys {
            let asked = to.clone();
            carry(*key, from, to);
            if *to != asked {
                refused.extend(field(*key));
            }
        }
        refused
    }

    /// Whether a person may have a new profile of this source, or move one there.
    pub(crate) fn allows(&self, source: &Source) -> bool {
        match source.preset {
            Preset::Keeper => {
                let mut all = source.token_endpoint.iter().chain(&source.other_endpoints);
                self.keepers.is_empty() || all.all(|keeper| self.keepers.contains(keeper))
            }
            // It is this computer's own, to try things out.
            Preset::Sandbox => true,
            Preset::AdobeIms | Preset::AdobeImsStage | Preset::Tutorial | Preset::Custom => {
                !self.only_keepers
            }
        }
    }

    pub(crate) fn view(&self, language: Language) -> ManagedView {
        let ignored = self.ignored.iter().map(|ignored| IgnoredView {
            key: ignored.key.clone(),
            why: ignored.fault.say(language),
            cause: ignored.fault.cause().map(str::to_owned),
        });
        ManagedView {
            source: self.source.clone(),
            keys: self.keys.clone(),
            keepers: self.keepers.iter().map(ToString::to_string).collect(),
            ignored: ignored.collect(),
        }
    }

    /// For the command, which says it to an admin.
    pub(crate) fn status(&self, language: Language) -> ManagedStatus {
        let settings = self
            .keys
            .iter()
            .map(|key| ManagedSetting { key: name(*key).to_owned(), value: self.value(*key) });
        let ignored = self.ignored.iter().map(|ignored| IgnoredSetting {
            key: ignored.key.clone(),
            code: ignored.fault.code().to_owned(),
            message: match ignored.fault.cause() {
                Some(cause) => format!("{} ({cause})", ignored.fault.say(language)),
                None => ignored.fault.say(language),
            },
        });
        ManagedStatus {
            source: self.source.clone(),
            settings: settings.collect(),
            ignored: ignored.collect(),
        }
    }

    /// Names what does not count, for as long as it is the same. Nothing if all does.
    pub(crate) fn code_of_ignored(&self) -> Option<String> {
        let mut codes: Vec<&str> = self.ignored.iter().map(|it| it.fault.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        (!codes.is_empty()).then(|| format!("{IGNORED}{}", codes.join(",")))
    }

    fn take(&mut self, name: &str, value: &Value, is_twice: bool) -> Result<(), Fault> {
        if looks_secret(name) {
            return Err(Fault::Secret);
        }
        let Some(key) = key_named(name) else {
            let meant = KEYS.into_iter().find(|key| self::name(*key).eq_ignore_ascii_case(name));
            return Err(Fault::UnknownKey(meant));
        };
        if is_twice {
            return Err(Fault::Twice);
        }
        let choices = &mut self.choices;
        match key {
            ManagedKey::StartAtLogin => choices.start_at_login = boolean(value)?,
            ManagedKey::LookForUpdates => choices.look_for_updates = boolean(value)?,
            ManagedKey::LockWithScreen => choices.lock_with_screen = boolean(value)?,
            ManagedKey::ClearClipboardAfterSeconds => {
                choices.clear_clipboard_after_seconds = number(value, CLEAR_CLIPBOARD_AFTER)?;
            }
            ManagedKey::RenewEarlyMinutes => {
                choices.renew_early_minutes = Some(number(value, 1..=LONGEST_RENEW_EARLY)?);
            }
            ManagedKey::LockAfterMinutes => {
                choices.lock_after_minutes = Some(number(value, LOCK_AFTER)?);
            }
            ManagedKey::Proxy => choices.proxy = proxy(value)?,
            ManagedKey::ExtraCa => choices.extra_ca = Some(path(value)?),
            ManagedKey::Keepers => self.keepers = keepers(value)?,
            ManagedKey::OnlyKeepers => self.only_keepers = boolean(value)?,
        }
        self.keys.push(key);
        Ok(())
    }

    fn ignore(&mut self, name: &str, fault: Fault) {
        let ignored = Ignored { key: cleaned(name), fault };
        if !self.ignored.contains(&ignored) {
            self.ignored.push(ignored);
        }
    }

    /// As it would stand in the file.
    fn value(&self, key: ManagedKey) -> Value {
        let choices = &self.choices;
        match key {
            ManagedKey::StartAtLogin => choices.start_at_login.into(),
            ManagedKey::LookForUpdates => choices.look_for_updates.into(),
            ManagedKey::LockWithScreen => choices.lock_with_screen.into(),
            ManagedKey::ClearClipboardAfterSeconds => choices.clear_clipboard_after_seconds.into(),
            ManagedKey::RenewEarlyMinutes => choices.renew_early_minutes.into(),
            ManagedKey::LockAfterMinutes => choices.lock_after_minutes.into(),
            ManagedKey::Proxy => match &choices.proxy {
                ProxyView::System => SYSTEM.into(),
                ProxyView::Direct => DIRECT.into(),
                ProxyView::At { address } => address.as_str().into(),
            },
            ManagedKey::ExtraCa => choices.extra_ca.as_deref().into(),
            ManagedKey::Keepers => self.keepers.iter().map(ToString::to_string).collect(),
            ManagedKey::OnlyKeepers => self.only_keepers.into(),
        }
    }
}

impl Fault {
    /// Stable, for programs.
    const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::NotAFile => "not_a_file",
            Self::TooLong => "too_long",
            Self::NotTheAdmins => "not_the_admins",
            Self::WritableByOthers => "writable_by_others",
            Self::NotJson { .. } => "not_json",
            Self::NotAnObject => "not_an_object",
            Self::NotAPropertyList => "not_a_property_list",
            Self::UnknownKey(_) => "unknown_key",
            Self::Secret => "secret",
            Self::Twice => "twice",
            Self::NotABoolean => "not_a_boolean",
            Self::NotANumber(..) => "not_a_number",
            Self::NotAProxy => "not_a_proxy",
            Self::ProxyPassword => "proxy_password",
            Self::NotAPath => "not_a_path",
            Self::NotAddresses => "not_addresses",
        }
    }

    /// What the system said, in its own words.
    fn cause(&self) -> Option<&str> {
        match self {
            Self::Unreadable(cause) => Some(cause),
            _ => None,
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Unreadable(_) => language.say("managed-unreadable"),
            Self::NotJson { line, column } => {
                let (line, column) = (line.to_string(), column.to_string());
                language.say_with("managed-not_json", &[("line", &line), ("column", &column)])
            }
            Self::UnknownKey(Some(meant)) => {
                language.say_with("managed-other_spelling", &[("name", name(*meant))])
            }
            Self::NotANumber(least, most) => {
                let (least, most) = (least.to_string(), most.to_string());
                language.say_with("managed-not_a_number", &[("least", &least), ("most", &most)])
            }
            Self::NotAFile => language.say("managed-not_a_file"),
            Self::TooLong => language.say("managed-too_long"),
            Self::NotTheAdmins => language.say("managed-not_the_admins"),
            Self::WritableByOthers => language.say("managed-writable_by_others"),
            Self::NotAnObject => language.say("managed-not_an_object"),
            Self::NotAPropertyList => language.say("managed-not_a_property_list"),
            Self::UnknownKey(None) => language.say("managed-unknown_key"),
            Self::Secret => language.say("managed-secret"),
            Self::Twice => language.say("managed-twice"),
            Self::NotABoolean => language.say("managed-not_a_boolean"),
            Self::NotAProxy => language.say("managed-not_a_proxy"),
            Self::ProxyPassword => language.say("managed-proxy_password"),
            Self::NotAPath => language.say("managed-not_a_path"),
            Self::NotAddresses => language.say("managed-not_addresses"),
        }
    }
}

/// The members of a JSON object. A map would forget those that are there twice.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

/// One of them from one to the other.
fn carry(key: ManagedKey, from: &Choices, to: &mut Choices) {
    match key {
        ManagedKey::StartAtLogin => to.start_at_login = from.start_at_login,
        ManagedKey::LookForUpdates => to.look_for_updates = from.look_for_updates,
        ManagedKey::LockWithScreen => to.lock_with_screen = from.lock_with_screen,
        ManagedKey::ClearClipboardAfterSeconds => {
            to.clear_clipboard_after_seconds = from.clear_clipboard_after_seconds;
        }
        ManagedKey::RenewEarlyMinutes => to.renew_early_minutes = from.renew_early_minutes,
        ManagedKey::LockAfterMinutes => to.lock_after_minutes = from.lock_after_minutes,
        ManagedKey::Proxy => to.proxy.clone_from(&from.proxy),
        ManagedKey::ExtraCa => to.extra_ca.clone_from(&from.extra_ca),
        ManagedKey::Keepers | ManagedKey::OnlyKeepers => {}
    }
}

/// Where the settings page has it.
const fn field(key: ManagedKey) -> Option<Field> {
    Some(match key {
        ManagedKey::StartAtLogin => Field::StartAtLogin,
        ManagedKey::LookForUpdates => Field::LookForUpdates,
        ManagedKey::ClearClipboardAfterSeconds => Field::ClearClipboardAfterSeconds,
        ManagedKey::RenewEarlyMinutes => Field::RenewEarlyMinutes,
        ManagedKey::LockWithScreen => Field::LockWithScreen,
        ManagedKey::LockAfterMinutes => Field::LockAfterMinutes,
        ManagedKey::Proxy => Field::Proxy,
        ManagedKey::ExtraCa => Field::ExtraCa,
        ManagedKey::Keepers | ManagedKey::OnlyKeepers => return None,
    })
}

/// As it is written in the file.
const fn name(key: ManagedKey) -> &'static str {
    match key {
        ManagedKey::StartAtLogin => "startAtLogin",
        ManagedKey::LookForUpdates => "lookForUpdates",
        ManagedKey::ClearClipboardAfterSeconds => "clearClipboardAfterSeconds",
        ManagedKey::RenewEarlyMinutes => "renewEarlyMinutes",
        ManagedKey::LockWithScreen => "lockWithScreen",
        ManagedKey::LockAfterMinutes => "lockAfterMinutes",
        ManagedKey::Proxy => "proxy",
        ManagedKey::ExtraCa => "extraCa",
        ManagedKey::Keepers => "keepers",
        ManagedKey::OnlyKeepers => "onlyKeepers",
    }
}

fn key_named(text: &str) -> Option<ManagedKey> {
    KEYS.into_iter().find(|key| name(*key) == text)
}

/// Everybody on a computer can read what is managed on it.
fn looks_secret(name: &str) -> bool {
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    let letters = letters.to_ascii_lowercase();
    OF_SECRETS.iter().any(|word| letters.contains(word))
}

/// A name as a line of a terminal and of the window can have it.
fn cleaned(name: &str) -> String {
    let shown = |c: char| if c.is_alphanumeric() || c.is_ascii_graphic() { c } else { '\u{fffd}' };
    let mut text: String = name.chars().take(LONGEST_NAME).map(shown).collect();
    if name.chars().nth(LONGEST_NAME).is_some() {
        text.push('…');
    }
    text
}

/// The registry has only numbers for it.
fn boolean(value: &Value) -> Result<bool, Fault> {
    match (value.as_bool(), value.as_u64()) {
        (Some(value), _) => Ok(value),
        (None, Some(0)) => Ok(false),
        (None, Some(1)) => Ok(true),
        _ => Err(Fault::NotABoolean),
    }
}

fn number<T: TryFrom<u64> + Into<u64> + Copy + PartialOrd>(
    value: &Value,
    range: RangeInclusive<T>,
) -> Result<T, Fault> {
    let number = value.as_u64().and_then(|number| T::try_from(number).ok());
    number
        .filter(|number| range.contains(number))
        .ok_or_else(|| Fault::NotANumber((*range.start()).into(), (*range.end()).into()))
}

fn proxy(value: &Value) -> Result<ProxyView, Fault> {
    let text = value.as_str().ok_or(Fault::NotAProxy)?.trim();
    match text {
        SYSTEM => return Ok(ProxyView::System),
        DIRECT => return Ok(ProxyView::Direct),
        // Before anything else is said of it.
        _ if text.contains('@') => return Err(Fault::ProxyPassword),
        _ => {}
    }
    let proxy = ProxyView::At { address: text.to_owned() };
    match parse_proxy(&proxy) {
        Ok(_) => Ok(proxy),
        Err(_) => Err(Fault::NotAProxy),
    }
}

fn path(value: &Value) -> Result<String, Fault> {
    let text = value.as_str().filter(|text| {
        Path::new(text).is_absolute()
            && text.len() <= LONGEST_PATH
            && !text.contains(char::is_control)
    });
    text.map(ToOwned::to_owned).ok_or(Fault::NotAPath)
}

/// A list of addresses, or one text with spaces between them. None would shut out all.
fn keepers(value: &Value) -> Result<Vec<Endpoint>, Fault> {
    let texts: Option<Vec<&str>> = match value {
        Value::String(text) => Some(text.split_whitespace().collect()),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let addresses = texts.unwrap_or_default().into_iter().map(|text| {
        let keeper = Endpoint::of_keeper(text).ok()?;
        // A query may hold a secret.
        (!text.contains('?')).then_some(keeper)
    });
    let keepers: Option<Vec<Endpoint>> = addresses.collect();
    keepers.filter(|keepers| !keepers.is_empty()).ok_or(Fault::NotAddresses)
}

/// How the code of the banner about what does not count begins, which follows.
pub(crate) const IGNORED: &str = "managed:";
/// In the order in which they are told.
const KEYS: [ManagedKey; 10] = [
    ManagedKey::StartAtLogin,
    ManagedKey::LookForUpdates,
    ManagedKey::ClearClipboardAfterSeconds,
    ManagedKey::RenewEarlyMinutes,
    ManagedKey::LockWithScreen,
    ManagedKey::LockAfterMinutes,
    ManagedKey::Proxy,
    ManagedKey::ExtraCa,
    ManagedKey::Keepers,
    ManagedKey::OnlyKeepers,
];
const OF_SECRETS: [&str; 9] = [
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "token",
    "credential",
    "apikey",
    "privatekey",
];
const SYSTEM: &str = "system";
const DIRECT: &str = "direct";
/// Characters.
const LONGEST_NAME: usize = 60;
/// Bytes, as Linux has it.
const LONGEST_PATH: usize = 4_096;

#[cfg(test)]
mod tests;
