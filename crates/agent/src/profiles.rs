//! The profiles file: nothing secret, but the person's work. Versioned, written whole, mode 0600.

mod list;
mod runtime;

use std::{
    fs, io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use glowjar_ims::{Authority, ClientId, ConsoleCredential, Endpoint, Scopes};
use glowjar_lifecycle::{failure::Permanent, id::ProfileId, sign_in_end::Ahead, time::Timestamp};
use glowjar_protocol::names;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{
    console::{Console, Making},
    json_file,
    profile::{Foretold, Halt, Name, Profile, Refused, SignIn, Source},
    request::{ClientAuthentication, Encoding},
    secret_life::{Reminder, ReplaceBy, SecretLife},
    view::{GrantView, Preset, SignInWay},
};

pub(crate) use self::{
    list::Profiles,
    runtime::{ProfileRuntime, ProfileRuntimes},
};

/// A newer file is left alone: an older program must not drop what it does not know.
const VERSION: u32 = 1;

/// A year, longer than any token lives. Found by fuzzing: ages of it were read back as fewer.
const MOST_MINUTES: u64 = 366 * 24 * 60;

/// Reads and writes the profiles file.
#[derive(Clone, Debug)]
pub struct ProfilesFile {
    path: PathBuf,
    /// What lies there could not be read when it was loaded, and is moved aside before it would be written over.
    is_in_the_way: Arc<AtomicBool>,
}

/// What [`ProfilesFile::load`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    pub profiles: Vec<Profile>,
    /// Removed, or never entered, while its secrets may be in the keychain: Glowjar ended before the time to undo was over,
    /// or while a new profile was being saved.
    pub leaving: Vec<PendingRemoval>,
    /// Set if the file, or a part of it, could not be read. The whole file was then kept aside first.
    pub kept_aside: Option<KeptAside>,
}

/// A profile that was removed, until nobody can want it back.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingRemoval {
    pub profile: Profile,
    /// Whether its refresh token is to be revoked at the provider.
    pub revoke: bool,
}

/// A file that could not be read, and where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAside {
    pub why: Unreadable,
    pub copy: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    Corrupt,
    /// Written by a newer Glowjar.
    Newer,
}

/// The profiles file could not be read or written at all.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct ProfilesFileError {
    path: PathBuf,
    source: io::Error,
}

impl ProfilesFileError {
    /// What is in the way, in the system's words.
    #[must_use]
    pub fn cause(&self) -> String {
        self.source.to_string()
    }
}

/// With profiles as they are read, one by one, or written. None is held as a tree of JSON, which would be some ten pieces of
/// memory for each, at each change.
#[derive(Serialize, Deserialize)]
struct Document<P> {
    version: u32,
    profiles: Vec<P>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leaving: Vec<LeavingEntry>,
}

#[derive(Serialize, Deserialize)]
struct LeavingEntry {
    profile: Entry,
    revoke: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    name: String,
    preset: Preset,
    #[serde(flatten)]
    place: PlaceEntry,
    encoding: Encoding,
    client_authentication: ClientAuthentication,
    client_id: String,
    grant: GrantView,
    scopes: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renew_early_minutes: Option<u64>,
    #[serde(default)]
    paused: bool,
    #[serde(default)]
    asks_first: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignInEntry>,
    #[serde(flatten)]
    ahead: AheadEntry,
}

/// Where tokens come from, if the preset leaves it open.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaceEntry {
    /// Several, where a studio has several keepers, are separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    /// Who signed their certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
}

/// What a person was told ahead of its time, or is to be, and what is done for it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AheadEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    foretold: Option<ForetoldEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret_life: Option<SecretLifeEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    console: Option<ConsoleEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    halted: Option<HaltEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HaltEntry {
    at: i64,
    why: String,
}

/// What the provider said no with.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum RefusedEntry {
    SecretRejected,
    ClientRejected,
    SecretNotWanted,
    RefreshTokenRejected,
    ScopeRejected,
    GrantNotAllowed,
    AccountAction,
    RequestRejected,
    EndpointMissing,
}

impl From<Permanent> for RefusedEntry {
    fn from(cause: Permanent) -> Self {
        match cause {
            Permanent::SecretRejected => Self::SecretRejected,
            Permanent::ClientRejected => Self::ClientRejected,
            Permanent::SecretNotWanted => Self::SecretNotWanted,
            Permanent::RefreshTokenRejected => Self::RefreshTokenRejected,
            Permanent::ScopeRejected => Self::ScopeRejected,
            Permanent::GrantNotAllowed => Self::GrantNotAllowed,
            Permanent::AccountAction => Self::AccountAction,
            Permanent::RequestRejected => Self::RequestRejected,
            Permanent::EndpointMissing => Self::EndpointMissing,
        }
    }
}

impl From<RefusedEntry> for Permanent {
    fn from(entry: RefusedEntry) -> Self {
        match entry {
            RefusedEntry::SecretRejected => Self::SecretRejected,
            RefusedEntry::ClientRejected => Self::ClientRejected,
            RefusedEntry::SecretNotWanted => Self::SecretNotWanted,
            RefusedEntry::RefreshTokenRejected => Self::RefreshTokenRejected,
            RefusedEntry::ScopeRejected => Self::ScopeRejected,
            RefusedEntry::GrantNotAllowed => Self::GrantNotAllowed,
            RefusedEntry::AccountAction => Self::AccountAction,
            RefusedEntry::RequestRejected => Self::RequestRejected,
            RefusedEntry::EndpointMissing => Self::EndpointMissing,
        }
    }
}

/// A credential in the console, and the last secret that was asked for there.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsoleEntry {
    organization: String,
    credential: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    making: Option<MakingEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MakingEntry {
    /// Milliseconds since 1970.
    at: i64,
    known: Vec<String>,
}

impl From<&Console> for ConsoleEntry {
    fn from(console: &Console) -> Self {
        Self {
            organization: console.credential.organization().to_owned(),
            credential: console.credential.credential().to_owned(),
            making: console.making.as_ref().map(|making| MakingEntry {
                at: making.at.as_millis(),
                known: making.known.clone(),
            }),
        }
    }
}

impl ConsoleEntry {
    fn into_console(self) -> Option<Console> {
        let credential = ConsoleCredential::new(&self.organization, &self.credential).ok()?;
        let making =
            self.making.map(|it| Making { at: Timestamp::from_millis(it.at), known: it.known });
        Some(Console { credential, making })
    }
}

/// Times are milliseconds since 1970.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecretLifeEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replace_by: Option<ReplaceByEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reminded: Option<ReminderEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReplaceByEntry {
    On(i64),
    AfterDays(u32),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReminderEntry {
    Ahead,
    Due,
}

impl From<SecretLife> for SecretLifeEntry {
    fn from(life: SecretLife) -> Self {
        Self {
            since: life.since.map(Timestamp::as_millis),
            replace_by: life.replace_by.map(|it| match it {
                ReplaceBy::On(at) => ReplaceByEntry::On(at.as_millis()),
                ReplaceBy::After { days } => ReplaceByEntry::AfterDays(days),
            }),
            reminded: life.reminded.map(|it| match it {
                Reminder::Ahead => ReminderEntry::Ahead,
                Reminder::Due => ReminderEntry::Due,
            }),
        }
    }
}

impl From<SecretLifeEntry> for SecretLife {
    fn from(entry: SecretLifeEntry) -> Self {
        Self {
            since: entry.since.map(Timestamp::from_millis),
            replace_by: entry.replace_by.map(|it| match it {
                ReplaceByEntry::On(at) => ReplaceBy::On(Timestamp::from_millis(at)),
                ReplaceByEntry::AfterDays(days) => ReplaceBy::After { days },
            }),
            reminded: entry.reminded.map(|it| match it {
                ReminderEntry::Ahead => Reminder::Ahead,
                ReminderEntry::Due => Reminder::Due,
            }),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ForetoldEntry {
    hours_ahead: u64,
    /// Milliseconds since 1970.
    at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignInEntry {
    #[serde(default, skip_serializing_if = "SignInWay::is_usual")]
    way: SignInWay,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revocation: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    signed_out: bool,
}

impl ProfilesFile {
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path, is_in_the_way: Arc::default() }
    }

    /// A missing file is an empty list. What can't be read is copied aside before anything is written.
    pub fn load(&self) -> Result<Loaded, ProfilesFileError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Loaded { profiles: Vec::new(), leaving: Vec::new(), kept_aside: None });
            }
            Err(error) => {
                self.is_in_the_way.store(true, Ordering::Relaxed);
                return Err(self.error(error));
            }
        };
        let (profiles, leaving, trouble) = parse(&text);
        let kept_aside = match trouble {
            Some(why) => {
                Some(KeptAside { why, copy: self.keep_aside().map_err(|error| self.error(error))? })
            }
            None => None,
        };
        Ok(Loaded { profiles, leaving, kept_aside })
    }

    /// Replaces the file at once: whoever reads it, even after a crash, finds the old list or the new one.
    pub fn save<'a>(
        &self,
        profiles: impl IntoIterator<Item = &'a Profile>,
        leaving: impl IntoIterator<Item = &'a PendingRemoval>,
    ) -> Result<(), ProfilesFileError> {
        let document = Document {
            version: VERSION,
            profiles: profiles.into_iter().map(Written).collect(),
            leaving: leaving
                .into_iter()
                .map(|it| LeavingEntry { profile: Entry::from(&it.profile), revoke: it.revoke })
                .collect(),
        };
        if self.is_in_the_way.load(Ordering::Relaxed) {
            json_file::move_aside(&self.path).map_err(|error| self.error(error))?;
            self.is_in_the_way.store(false, Ordering::Relaxed);
        }
        json_file::replace(&self.path, &document).map_err(|error| self.error(error))
    }

    fn keep_aside(&self) -> io::Result<PathBuf> {
        let copy = json_file::aside(&self.path);
        fs::copy(&self.path, &copy)?;
        Ok(copy)
    }

    fn error(&self, source: io::Error) -> ProfilesFileError {
        ProfilesFileError { path: self.path.clone(), source }
    }
}

/// Reads as much as can be read; an unknown entry does not cost the others.
fn parse(text: &[u8]) -> (Vec<Profile>, Vec<PendingRemoval>, Option<Unreadable>) {
    let Ok(document) = serde_json::from_slice::<Document<Box<RawValue>>>(text) else {
        return (Vec::new(), Vec::new(), Some(Unreadable::Corrupt));
    };
    let count = document.profiles.len();
    let mut profiles: Vec<Profile> = Vec::new();
    for text in document.profiles {
        let parsed = entry(&text).and_then(Entry::into_profile);
        if let Some(profile) = parsed
            && profiles.iter().all(|known| known.id != profile.id)
        {
            profiles.push(profile);
        }
    }
    let trouble = if document.version > VERSION {
        Some(Unreadable::Newer)
    } else if profiles.len() < count {
        Some(Unreadable::Corrupt)
    } else {
        None
    };
    let leaving = document.leaving.into_iter().filter_map(|it| {
        Some(PendingRemoval { profile: it.profile.into_profile()?, revoke: it.revoke })
    });
    (profiles, leaving.collect(), trouble)
}

/// Of a key that is there twice the last one counts.
fn entry(text: &RawValue) -> Option<Entry> {
    let value = serde_json::from_str::<serde_json::Value>(text.get()).ok()?;
    serde_json::from_value(value).ok()
}

/// Becomes an entry at the moment it is written.
struct Written<'a>(&'a Profile);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Entry::from(self.0).serialize(serializer)
    }
}

impl From<&Profile> for Entry {
    fn from(profile: &Profile) -> Self {
        Self {
            id: profile.id.to_string(),
            name: profile.name.as_str().to_owned(),
            preset: profile.source.preset,
            place: PlaceEntry {
                token_endpoint: Some(profile.source.addresses()).filter(|it| !it.is_empty()),
                authority: profile.source.authority.as_ref().map(ToString::to_string),
            },
            encoding: profile.source.encoding,
            client_authentication: profile.source.client_authentication,
            client_id: profile.client_id.to_string(),
            grant: profile.grant,
            scopes: profile.scopes.to_string(),
            renew_early_minutes: profile.renew_early.map(|span| span.as_secs() / 60),
            paused: profile.paused,
            asks_first: profile.asks_first,
            family: profile.family.map(|family| family.name.clone()),
            sign_in: profile.sign_in.as_ref().map(|it| SignInEntry {
                way: it.way,
                issuer: it.issuer.as_ref().map(ToString::to_string),
                redirect: it.redirect.clone(),
                account: it.account.clone(),
                revocation: it.revocation.as_ref().map(ToString::to_string),
                signed_out: it.signed_out,
            }),
            ahead: AheadEntry {
                foretold: profile.foretold.map(|it| ForetoldEntry {
                    hours_ahead: it.ahead.span().as_secs() / 3_600,
                    at: it.at.as_millis(),
                }),
                secret_life: (profile.secret_life != SecretLife::default())
                    .then(|| profile.secret_life.into()),
                console: profile.console.as_ref().map(Into::into),
                refused: profile.refused.cause.map(Into::into),
                halted: profile
                    .refused
                    .halted
                    .as_ref()
                    .map(|it| HaltEntry { at: it.at.as_millis(), why: it.why.clone() }),
            },
        }
    }
}

impl Entry {
    fn into_profile(self) -> Option<Profile> {
        let mut endpoints = match self.place.token_endpoint {
            Some(text) if self.preset.has_own_endpoint() => {
                let all: Result<Vec<_>, _> = text.split(' ').map(Endpoint::parse).collect();
                all.ok()?
            }
            None if self.preset.has_own_endpoint() => return None,
            Some(_) | None => Vec::new(),
        }
        .into_iter();
        Some(Profile {
            id: self.id.parse::<ProfileId>().ok()?,
            name: Name::parse(&self.name).ok()?,
            source: Source {
                preset: self.preset,
                token_endpoint: endpoints.next(),
                other_endpoints: endpoints.collect(),
                authority: self.place.authority.as_deref().and_then(Authority::parse),
                encoding: self.encoding,
                client_authentication: self.client_authentication,
            },
            client_id: ClientId::parse(&self.client_id).ok()?,
            grant: self.grant,
            scopes: Scopes::parse(&self.scopes).ok()?,
            renew_early: self
                .renew_early_minutes
                .map(|minutes| Duration::from_secs(minutes.min(MOST_MINUTES) * 60)),
            paused: self.paused,
            asks_first: self.asks_first,
            family: self.family.as_deref().and_then(names::family),
            sign_in: self.sign_in.map(|it| SignIn {
                way: it.way,
                issuer: it.issuer.and_then(|text| Endpoint::parse(&text).ok()),
                redirect: it.redirect,
                account: it.account,
                revocation: it.revocation.and_then(|text| Endpoint::parse(&text).ok()),
                signed_out: it.signed_out,
            }),
            foretold: self.ahead.foretold.and_then(|it| {
                let is_meant =
                    |ahead: &Ahead| ahead.span().as_secs() == it.hours_ahead.saturating_mul(3_600);
                let ahead = Ahead::ALL.into_iter().find(is_meant)?;
                Some(Foretold { ahead, at: Timestamp::from_millis(it.at) })
            }),
            secret_life: self.ahead.secret_life.unwrap_or_default().into(),
            refused: Refused {
                cause: self.ahead.refused.map(Into::into),
                halted: self
                    .ahead
                    .halted
                    .map(|it| Halt { at: Timestamp::from_millis(it.at), why: it.why }),
            },
            console: self.ahead.console.and_then(ConsoleEntry::into_console),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn profile(id: u64, name: &str) -> Profile {
        Profile {
            id: ProfileId::new(id),
            name: Name::parse(name).unwrap(),
            source: Source {
                preset: Preset::Custom,
                token_endpoint: Some(Endpoint::parse("https://id.example/token").unwrap()),
                other_endpoints: vec![Endpoint::parse("https://other.example/token").unwrap()],
                authority: Authority::from_der(&[[0x30, 0x81].as_slice(), &[7; 200]].concat()),
                encoding: Encoding::Form,
                client_authentication: ClientAuthentication::Basic,
            },
            client_id: ClientId::parse("abc").unwrap(),
            grant: GrantView::RefreshToken,
            scopes: Scopes::parse("openid,firefly_api").unwrap(),
            renew_early: Some(Duration::from_secs(600)),
            paused: true,
            asks_first: true,
            family: names::family("adobe"),
            sign_in: Some(SignIn {
                way: SignInWay::Device,
                issuer: Some(Endpoint::parse("https://id.example/").unwrap()),
                redirect: Some("http://127.0.0.1:7000/back".to_owned()),
                account: Some("dana@studio.example".to_owned()),
                revocation: Some(Endpoint::parse("https://id.example/revoke").unwrap()),
                signed_out: true,
            }),
            foretold: Some(Foretold { ahead: Ahead::OneDay, at: Timestamp::from_millis(7) }),
            secret_life: SecretLife {
                since: Some(Timestamp::from_millis(5)),
                replace_by: Some(if id.is_multiple_of(2) {
                    ReplaceBy::On(Timestamp::from_millis(9))
                } else {
                    ReplaceBy::After { days: 90 }
                }),
                reminded: Some(Reminder::Ahead),
            },
            refused: Refused {
                cause: id.is_multiple_of(2).then_some(Permanent::ScopeRejected),
                halted: id.is_multiple_of(2).then(|| Halt {
                    at: Timestamp::from_millis(13),
                    why: "the secret leaked".to_owned(),
                }),
            },
            console: Some(Console {
                credential: ConsoleCredential::new("23294", "436084").unwrap(),
                making: id.is_multiple_of(2).then(|| Making {
                    at: Timestamp::from_millis(11),
                    known: vec!["11ede399".to_owned()],
                }),
            }),
        }
    }

    fn in_folder() -> (tempfile::TempDir, ProfilesFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = ProfilesFile::at(folder.path().join("deep/profiles.json"));
        (folder, file)
    }

    #[test]
    fn profiles_come_back_as_they_were_saved() {
        let (_folder, file) = in_folder();
        let profiles = vec![profile(1, "Campaign"), profile(u64::MAX, "مشروع 日本 🫙")];
        file.save(&profiles, None).unwrap();
        assert_eq!(
            file.load().unwrap(),
            Loaded { profiles, leaving: Vec::new(), kept_aside: None }
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, file) = in_folder();
        file.save(&[profile(1, "Campaign")], None).unwrap();
        assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_file_is_an_empty_list() {
        let (_folder, file) = in_folder();
        assert_eq!(
            file.load().unwrap(),
            Loaded { profiles: Vec::new(), leaving: Vec::new(), kept_aside: None }
        );
    }

    #[test]
    fn f05_a_torn_file_is_kept_aside_to_the_byte_at_every_length() {
        let (_folder, file) = in_folder();
        file.save(&[profile(1, "Campaign")], None).unwrap();
        let whole = fs::read(&file.path).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 3] {
            fs::write(&file.path, &whole[..length]).unwrap();
            let kept = file.load().unwrap().kept_aside.expect("kept aside");
            assert_eq!(kept.why, Unreadable::Corrupt);
            assert_eq!(fs::read(kept.copy).unwrap(), &whole[..length]);
        }
    }

    #[test]
    fn f05_one_bad_entry_does_not_cost_the_others() {
        let (_folder, file) = in_folder();
        file.save(&[profile(1, "Campaign"), profile(2, "Packaging")], None).unwrap();
        let text = fs::read_to_string(&file.path).unwrap().replacen(
            "\"preset\": \"custom\"",
            "\"preset\": \"?\"",
            1,
        );
        fs::write(&file.path, text).unwrap();
        let loaded = file.load().unwrap();
        assert_eq!(loaded.profiles, [profile(2, "Packaging")]);
        assert!(loaded.kept_aside.is_some());
    }

    #[test]
    fn a_file_from_a_newer_version_is_kept_aside_and_read_as_far_as_it_can_be() {
        let (_folder, file) = in_folder();
        file.save(&[profile(1, "Campaign")], None).unwrap();
        let text =
            fs::read_to_string(&file.path).unwrap().replace("\"version\": 1", "\"version\": 2");
        fs::write(&file.path, text).unwrap();
        let loaded = file.load().unwrap();
        assert_eq!(loaded.kept_aside.map(|kept| kept.why), Some(Unreadable::Newer));
        assert_eq!(loaded.profiles.len(), 1);
    }

    #[test]
    fn f11_a_margin_of_ages_is_read_as_a_year_and_stays_one() {
        let mut entry = serde_json::to_value(Entry::from(&profile(1, "One"))).unwrap();
        entry["renewEarlyMinutes"] = u64::MAX.into();
        let text = serde_json::json!({ "version": VERSION, "profiles": [entry] }).to_string();
        let (profiles, _, trouble) = parse(text.as_bytes());
        assert_eq!(profiles[0].renew_early, Some(Duration::from_secs(MOST_MINUTES * 60)));
        assert_eq!(trouble, None);
    }

    #[test]
    fn f05_whatever_is_read_of_a_fuzzed_file_can_be_written_and_read_again() {
        glowjar_fuzz::feed("profiles", |text| {
            let (profiles, leaving, trouble) = parse(text);
            let leaving_again = leaving.iter().map(|leaving| LeavingEntry {
                profile: Entry::from(&leaving.profile),
                revoke: leaving.revoke,
            });
            let document = Document {
                version: VERSION,
                profiles: profiles.iter().map(Written).collect(),
                leaving: leaving_again.collect(),
            };
            let again = parse(&serde_json::to_vec(&document).unwrap());
            assert_eq!(again, (profiles, leaving, None), "{trouble:?}");
        });
    }
}
