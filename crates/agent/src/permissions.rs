//! Which programs a person lets take a profile's tokens, and for how long: what was answered, and where that is kept.
//! Nothing secret.

use std::{fs, io, path::PathBuf, time::Duration};

use glowjar_lifecycle::{
    id::ProfileId,
    time::{Step, Timestamp},
};
use serde::{Deserialize, Serialize};

use crate::{handout::Program, json_file, timed::Timed, view::Consent};

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Names it to the window.
    pub number: u32,
    pub profile: ProfileId,
    pub program: Program,
    pub consent: Consent,
    /// Absent for answers of a Glowjar that did not write it down.
    pub since: Option<Timestamp>,
}

impl Permission {
    /// When it ends by itself; absent if it does at no time that is known.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        let since = self.since.filter(|_| self.consent == Consent::Hour)?;
        Some(since + HOUR)
    }
}

/// `permissions.json` in the data folder.
#[derive(Clone, Debug)]
pub struct PermissionsFile {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    permissions: Vec<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    profile: String,
    #[serde(flatten)]
    program: Program,
    consent: Consent,
    /// Milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

/// Of version 1, which knew "always" and "never".
#[derive(Deserialize)]
struct FirstEntry {
    profile: String,
    #[serde(flatten)]
    program: Program,
    allowed: bool,
}

impl From<FirstEntry> for Entry {
    fn from(FirstEntry { profile, program, allowed }: FirstEntry) -> Self {
        let consent = if allowed { Consent::Always } else { Consent::Never };
        Self { profile, program, consent, since: None }
    }
}

impl PermissionsFile {
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// A missing file is an empty list.
    fn load(&self, now: Timestamp) -> io::Result<Loaded> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::default()),
            text => text?,
        };
        let document: Document = serde_json::from_slice(&text)?;
        let read = match document.version {
            1 => |value| serde_json::from_value::<FirstEntry>(value).map(Entry::from),
            VERSION => serde_json::from_value::<Entry>,
            _ => return Err(io::Error::other("it was written by a newer Glowjar")),
        };
        let mut loaded = Loaded::default();
        for value in document.permissions {
            let parsed = read(value).ok().and_then(Entry::parse);
            let Some(permission) = parsed else {
                loaded.is_partly_unreadable = true;
                continue;
            };
            if permission.holds_after_restart(now) {
                loaded.answers.push(permission);
            }
        }
        Ok(loaded)
    }

    fn save(&self, permissions: &[Permission]) -> io::Result<()> {
        let lasting = permissions.iter().filter(|it| it.consent != Consent::UntilLocked);
        let entry = |permission: &Permission| {
            serde_json::to_value(Entry {
                profile: permission.profile.to_string(),
                program: permission.program.clone(),
                consent: permission.consent,
                since: permission.since.map(Timestamp::as_millis),
            })
        };
        let permissions = lasting.map(entry).collect::<Result<_, _>>()?;
        json_file::replace(&self.path, &Document { version: VERSION, permissions })
    }
}

impl Entry {
    /// `None` if somebody wrote something else into the file.
    fn parse(self) -> Option<Permission> {
        let Self { profile, program, consent, since } = self;
        let since = since.map(Timestamp::from_millis);
        // Nobody could say when that hour began, or who is let in at all.
        if program.file.is_empty() || (consent == Consent::Hour && since.is_none()) {
            return None;
        }
        Some(Permission { number: 0, profile: profile.parse().ok()?, program, consent, since })
    }
}

impl Permission {
    /// An hour whose clock was set back meanwhile would last longer than that, so it counts as over.
    fn holds_after_restart(&self, now: Timestamp) -> bool {
        match self.consent {
            Consent::Always | Consent::Never => true,
            Consent::UntilLocked => false,
            Consent::Hour => self.since.is_some_and(|since| since <= now && now < since + HOUR),
        }
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.until().is_none_or(|until| now < until)
    }
}

#[derive(Default)]
struct Loaded {
    answers: Answers,
    is_partly_unreadable: bool,
}

/// Answers with their numbers, of which none is given twice.
#[derive(Clone, Debug, Default)]
struct Answers {
    list: Vec<Permission>,
    highest: u32,
}

impl Answers {
    /// The newest answer about a program takes the place of the one before.
    fn push(&mut self, permission: Permission) {
        let Permission { profile, ref program, .. } = permission;
        self.list.retain(|it| it.profile != profile || it.program != *program);
        self.highest += 1;
        self.list.push(Permission { number: self.highest, ..permission });
    }
}

/// All answers that hold.
#[derive(Debug)]
pub(crate) struct Permissions {
    file: PermissionsFile,
    answers: Answers,
}

impl Permissions {
    /// What can't be read, of the file or of one entry, is kept aside, and the person is asked again: no program is let
    /// in by a torn file. The second part then says where it is.
    pub(crate) fn open(file: PermissionsFile, now: Timestamp) -> (Self, Option<PathBuf>) {
        let copy = json_file::aside(&file.path);
        match file.load(now) {
            Ok(Loaded { answers, is_partly_unreadable: false }) => (Self { file, answers }, None),
            Ok(Loaded { answers, is_partly_unreadable: true }) => {
                tracing::warn!(event = "permissions_partly_unreadable", copy = %copy.display());
                let _ = fs::copy(&file.path, &copy);
                (Self { file, answers }, Some(copy))
            }
            Err(error) => {
                tracing::warn!(event = "permissions_unreadable", %error, copy = %copy.display());
                let _ = fs::rename(&file.path, &copy);
                (Self { file, answers: Answers::default() }, Some(copy))
            }
        }
    }

    pub(crate) fn of(
        &self,
        profile: ProfileId,
        program: &Program,
        now: Timestamp,
    ) -> Option<Consent> {
        let known = |it: &&Permission| it.profile == profile && it.program == *program;
        let permission = self.answers.list.iter().find(known)?;
        permission.holds(now).then_some(permission.consent)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Permission> {
        self.answers.list.iter()
    }

    pub(crate) fn of_profile(&self, profile: ProfileId) -> impl Iterator<Item = &Permission> {
        self.iter().filter(move |permission| permission.profile == profile)
    }

    /// Holds from now on, and after a restart unless there is an error or it ends with the lock.
    pub(crate) fn decide(
        &mut self,
        profile: ProfileId,
        program: Program,
        consent: Consent,
        now: Timestamp,
    ) -> io::Result<()> {
        let since = Some(now);
        self.answers.push(Permission { number: 0, profile, program, consent, since });
        self.file.save(&self.answers.list)
    }

    /// With an error nothing was forgotten.
    pub(crate) fn forget(&mut self, number: u32) -> io::Result<()> {
        self.without(|permission| permission.number == number)
    }

    pub(crate) fn forget_profile(&mut self, profile: ProfileId) -> io::Result<()> {
        self.without(|permission| permission.profile == profile)
    }

    /// Says whether there was anything that ended with it.
    pub(crate) fn locked(&mut self) -> bool {
        // None of these is in the file.
        self.end(|permission| permission.consent == Consent::UntilLocked)
    }

    /// Says whether there was anything whose time was over.
    pub(crate) fn end_those_over(&mut self, now: Timestamp) -> bool {
        let has_ended = self.end(|permission| !permission.holds(now));
        if has_ended {
            self.save_ends();
        }
        has_ended
    }

    fn end(&mut self, is_over: impl Fn(&Permission) -> bool) -> bool {
        let before = self.answers.list.len();
        self.answers.list.retain(|permission| !is_over(permission));
        self.answers.list.len() < before
    }

    /// What stays in the file has its time beside it, and ends by that as well.
    fn save_ends(&self) {
        if let Err(error) = self.file.save(&self.answers.list) {
            tracing::warn!(event = "permissions_not_saved", %error);
        }
    }

    fn without(&mut self, is_gone: impl Fn(&Permission) -> bool) -> io::Result<()> {
        let list = &mut self.answers.list;
        if !list.iter().any(&is_gone) {
            return Ok(());
        }
        let before = list.clone();
        list.retain(|permission| !is_gone(permission));
        self.file.save(list).inspect_err(|_| *list = before)
    }
}

impl Timed for Permissions {
    fn deadline(&self) -> Option<Timestamp> {
        self.iter().filter_map(Permission::until).min()
    }

    fn shift(&mut self, step: Step) {
        for permission in &mut self.answers.list {
            permission.since.shift(step);
        }
        // After a restart, only what is in the file says when an hour is over.
        if self.deadline().is_some() {
            self.save_ends();
        }
    }
}

/// A newer file is kept aside: what it means by its entries is not known here.
const VERSION: u32 = 2;
const HOUR: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: ProfileId = ProfileId::new(7);
    const NOW: Timestamp = Timestamp::from_millis(1_795_900_000_000);

    fn in_folder() -> (tempfile::TempDir, PermissionsFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = PermissionsFile::at(folder.path().join("deep/permissions.json"));
        (folder, file)
    }

    fn program(file: &str, sender: Option<&str>) -> Program {
        Program { file: file.to_owned(), sender: sender.map(str::to_owned) }
    }

    #[test]
    fn an_answer_holds_for_one_profile_and_one_program_and_comes_back_after_a_restart() {
        let (_folder, file) = in_folder();
        let (mut permissions, _) = Permissions::open(file.clone(), NOW);
        let (node, make) =
            (program("/usr/bin/node", None), program("/usr/bin/glowjar", Some("/usr/bin/make")));
        permissions.decide(PROFILE, node.clone(), Consent::Always, NOW).unwrap();
        permissions.decide(PROFILE, make.clone(), Consent::Always, NOW).unwrap();
        permissions.decide(PROFILE, make.clone(), Consent::Never, NOW).unwrap();
        let (mut again, aside) = Permissions::open(file, NOW);
        assert_eq!(aside, None);
        assert_eq!(
            (again.of(PROFILE, &node, NOW), again.of(PROFILE, &make, NOW)),
            (Some(Consent::Always), Some(Consent::Never))
        );
        assert_eq!(again.of(ProfileId::new(8), &node, NOW), None);
        assert_eq!(
            again.of(PROFILE, &program("/usr/bin/glowjar", Some("/usr/bin/bash")), NOW),
            None
        );
        assert_eq!(again.of(PROFILE, &program("/usr/bin/glowjar", None), NOW), None);

        let number = again.of_profile(PROFILE).next().unwrap().number;
        again.forget(number).unwrap();
        assert_eq!(
            (again.of(PROFILE, &node, NOW), again.of(PROFILE, &make, NOW)),
            (None, Some(Consent::Never))
        );
        again.forget_profile(PROFILE).unwrap();
        assert_eq!(again.of(PROFILE, &make, NOW), None);
    }

    #[test]
    fn f05_one_entry_that_can_not_be_read_costs_no_other_and_each_is_forgotten_by_itself() {
        let entry = |profile: &str, file: &str| serde_json::json!({ "profile": profile, "file": file, "allowed": true });
        let good = PROFILE.to_string();
        for bad in [
            entry("no id", "/bin/bad"),
            entry("", "/bin/bad"),
            serde_json::json!({ "profile": good, "allowed": true }),
            serde_json::json!({ "profile": good, "file": "/bin/bad", "allowed": "perhaps" }),
            entry(&good, ""),
            serde_json::json!(7),
        ] {
            let (folder, file) = in_folder();
            let path = folder.path().join("deep/permissions.json");
            let entries = [&bad, &entry(&good, "/bin/one"), &entry(&good, "/bin/two")];
            let text = serde_json::json!({ "version": 1, "permissions": entries }).to_string();
            fs::create_dir_all(folder.path().join("deep")).unwrap();
            fs::write(&path, &text).unwrap();
            let (mut permissions, aside) = Permissions::open(file, NOW);
            assert_eq!(fs::read_to_string(aside.expect("kept aside")).unwrap(), text);
            permissions.decide(PROFILE, program("/bin/three", None), Consent::Always, NOW).unwrap();
            let numbers = permissions.of_profile(PROFILE).map(|it| it.number);
            let numbers: std::collections::BTreeSet<_> = numbers.collect();
            assert_eq!(numbers.len(), 3, "{bad}");
            let known = |permissions: &Permissions| {
                ["one", "two", "three"].map(|name| {
                    permissions.of(PROFILE, &program(&format!("/bin/{name}"), None), NOW).is_some()
                })
            };
            assert_eq!(known(&permissions), [true; 3]);
            let newest = *numbers.last().unwrap();
            permissions.forget(newest).unwrap();
            assert_eq!(known(&permissions), [true, true, false], "{bad}");
        }
    }

    #[test]
    fn of_two_answers_about_one_program_the_newer_holds_and_both_are_forgotten() {
        let (folder, file) = in_folder();
        let entry = |allowed: bool| serde_json::json!({ "profile": PROFILE.to_string(), "file": "/bin/one", "allowed": allowed });
        let text = serde_json::json!({ "version": 1, "permissions": [entry(true), entry(false)] });
        fs::create_dir_all(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("deep/permissions.json"), text.to_string()).unwrap();
        let (mut permissions, aside) = Permissions::open(file, NOW);
        assert_eq!(aside, None);
        let one = program("/bin/one", None);
        assert_eq!(permissions.of(PROFILE, &one, NOW), Some(Consent::Never));
        let number = permissions.of_profile(PROFILE).next().unwrap().number;
        permissions.forget(number).unwrap();
        assert_eq!(permissions.of(PROFILE, &one, NOW), None);
    }

    #[test]
    fn f05_nobody_is_let_in_by_a_torn_file_and_it_is_kept_aside() {
        let (folder, file) = in_folder();
        let (mut permissions, _) = Permissions::open(file.clone(), NOW);
        permissions.decide(PROFILE, program("/usr/bin/node", None), Consent::Always, NOW).unwrap();
        let path = folder.path().join("deep/permissions.json");
        let whole = fs::read_to_string(&path).unwrap();
        for torn in
            [&whole[..whole.len() / 2], "", &whole.replace("\"version\": 2", "\"version\": 3")]
        {
            fs::write(&path, torn).unwrap();
            let (permissions, aside) = Permissions::open(file.clone(), NOW);
            assert_eq!(permissions.of(PROFILE, &program("/usr/bin/node", None), NOW), None);
            assert_eq!(fs::read_to_string(aside.unwrap()).unwrap(), torn);
        }
    }

    #[test]
    fn f05_an_answer_that_can_not_be_kept_still_holds_and_one_that_can_not_be_forgotten_stays() {
        let (folder, file) = in_folder();
        fs::write(folder.path().join("deep"), "in the way").unwrap();
        let (mut permissions, _) = Permissions::open(file, NOW);
        let node = program("/usr/bin/node", None);
        assert!(permissions.decide(PROFILE, node.clone(), Consent::Always, NOW).is_err());
        assert_eq!(permissions.of(PROFILE, &node, NOW), Some(Consent::Always));
        assert!(permissions.forget(1).is_err());
        assert_eq!(permissions.of(PROFILE, &node, NOW), Some(Consent::Always));
    }

    #[test]
    fn an_hour_is_one_and_until_locked_ends_with_the_lock_and_with_glowjar() {
        let (folder, file) = in_folder();
        let (mut permissions, _) = Permissions::open(file.clone(), NOW);
        let [hour, locked, always] = ["hour", "locked", "always"].map(|name| program(name, None));
        permissions.decide(PROFILE, hour.clone(), Consent::Hour, NOW).unwrap();
        permissions.decide(PROFILE, locked.clone(), Consent::UntilLocked, NOW).unwrap();
        permissions.decide(PROFILE, always.clone(), Consent::Always, NOW).unwrap();
        let end = NOW + HOUR;
        let shortly_before = end.shifted(Step::from_millis(-1));
        let held = |permissions: &Permissions, now| {
            [&hour, &locked, &always].map(|it| permissions.of(PROFILE, it, now).is_some())
        };
        assert_eq!(permissions.deadline(), Some(end));
        assert_eq!(held(&permissions, shortly_before), [true; 3]);
        assert_eq!(held(&permissions, end), [false, true, true], "nobody had to tend it");

        let after = |now| held(&Permissions::open(file.clone(), now).0, now);
        assert_eq!(after(shortly_before), [true, false, true]);
        assert_eq!(after(end), [false, false, true]);
        // Glowjar did not run when the clock was set back: that hour would have been longer.
        assert_eq!(after(NOW.shifted(Step::from_millis(-1))), [false, false, true]);

        assert!(!permissions.end_those_over(shortly_before));
        assert!(permissions.locked() && !permissions.locked());
        assert!(permissions.end_those_over(end) && !permissions.end_those_over(end));
        assert_eq!(held(&permissions, NOW), [false, false, true]);
        let kept = fs::read_to_string(folder.path().join("deep/permissions.json")).unwrap();
        assert!(!kept.contains("hour") && !kept.contains("locked"), "{kept}");
    }

    #[test]
    fn f18_an_hour_is_as_long_as_it_was_when_the_clock_is_set_in_it() {
        for millis in [-86_400_000, -5_000, 5_000, 86_400_000] {
            let (_folder, file) = in_folder();
            let (mut permissions, _) = Permissions::open(file.clone(), NOW);
            let node = program("/usr/bin/node", None);
            permissions.decide(PROFILE, node.clone(), Consent::Hour, NOW).unwrap();
            let step = Step::from_millis(millis);
            permissions.shift(step);
            let end = (NOW + HOUR).shifted(step);
            let shortly_before = end.shifted(Step::from_millis(-1));
            let (again, _) = Permissions::open(file, shortly_before);
            for permissions in [&permissions, &again] {
                assert_eq!(permissions.deadline(), Some(end));
                assert_eq!(permissions.of(PROFILE, &node, shortly_before), Some(Consent::Hour));
                assert_eq!(permissions.of(PROFILE, &node, end), None);
            }
        }
    }

    /// The text that Glowjar wrote before there was anything but "always" and "never", byte by byte.
    #[test]
    fn answers_of_the_first_version_are_always_and_never_and_are_written_as_the_second() {
        let (folder, file) = in_folder();
        let path = folder.path().join("deep/permissions.json");
        fs::create_dir_all(folder.path().join("deep")).unwrap();
        fs::write(&path, include_str!("permissions/version-1.json")).unwrap();
        let (mut permissions, aside) = Permissions::open(file.clone(), NOW);
        assert_eq!(aside, None);
        permissions.decide(PROFILE, program("/opt/blender", None), Consent::Hour, NOW).unwrap();
        let written = fs::read_to_string(&path).unwrap();
        assert_eq!(written, include_str!("permissions/version-2.json"));

        let (again, aside) = Permissions::open(file, NOW);
        assert_eq!(aside, None);
        let consents: Vec<_> = again.of_profile(PROFILE).map(|it| it.consent).collect();
        assert_eq!(consents, [Consent::Always, Consent::Never, Consent::Hour]);
    }
}
