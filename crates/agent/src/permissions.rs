//! Which programs a person lets take a profile's tokens: what was answered, and where that is kept. Nothing secret.

use std::{fs, io, path::PathBuf};

use glowjar_lifecycle::id::ProfileId;
use serde::{Deserialize, Serialize};

use crate::{document, handout::Program};

/// What a person answered once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Names it to the window.
    pub number: u32,
    pub profile: ProfileId,
    pub program: Program,
    pub allowed: bool,
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
    allowed: bool,
}

impl PermissionsFile {
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// A missing file is an empty list.
    fn load(&self) -> io::Result<Loaded> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Loaded::default()),
            text => text?,
        };
        let document: Document = serde_json::from_slice(&text)?;
        if document.version != VERSION {
            return Err(io::Error::other("it was written by a newer Glowjar"));
        }
        let mut loaded = Loaded::default();
        for value in document.permissions {
            let entry = serde_json::from_value::<Entry>(value).ok();
            let parsed = entry.and_then(|entry| Some((entry.profile.parse().ok()?, entry)));
            match parsed {
                Some((profile, entry)) => {
                    loaded.answers.push(profile, entry.program, entry.allowed)
                }
                None => loaded.is_partly_unreadable = true,
            }
        }
        Ok(loaded)
    }

    fn save(&self, permissions: &[Permission]) -> io::Result<()> {
        let entry = |permission: &Permission| {
            serde_json::to_value(Entry {
                profile: permission.profile.to_string(),
                program: permission.program.clone(),
                allowed: permission.allowed,
            })
        };
        let permissions = permissions.iter().map(entry).collect::<Result<_, _>>()?;
        document::replace(&self.path, &Document { version: VERSION, permissions })
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
    fn push(&mut self, profile: ProfileId, program: Program, allowed: bool) {
        self.list.retain(|it| it.profile != profile || it.program != program);
        self.highest += 1;
        self.list.push(Permission { number: self.highest, profile, program, allowed });
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
    pub(crate) fn open(file: PermissionsFile) -> (Self, Option<PathBuf>) {
        let copy = document::aside(&file.path);
        match file.load() {
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

    pub(crate) fn of(&self, profile: ProfileId, program: &Program) -> Option<bool> {
        let known = |it: &&Permission| it.profile == profile && it.program == *program;
        self.answers.list.iter().find(known).map(|permission| permission.allowed)
    }

    pub(crate) fn of_profile(&self, profile: ProfileId) -> impl Iterator<Item = &Permission> {
        self.answers.list.iter().filter(move |permission| permission.profile == profile)
    }

    /// Holds from now on, and after a restart unless there is an error.
    pub(crate) fn decide(
        &mut self,
        profile: ProfileId,
        program: Program,
        allowed: bool,
    ) -> io::Result<()> {
        self.answers.push(profile, program, allowed);
        self.file.save(&self.answers.list)
    }

    /// With an error nothing was forgotten.
    pub(crate) fn forget(&mut self, number: u32) -> io::Result<()> {
        self.without(|permission| permission.number == number)
    }

    pub(crate) fn forget_profile(&mut self, profile: ProfileId) -> io::Result<()> {
        self.without(|permission| permission.profile == profile)
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

/// A newer file is kept aside: what it means by its entries is not known here.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: ProfileId = ProfileId::new(7);

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
        let (mut permissions, _) = Permissions::open(file.clone());
        let (node, make) =
            (program("/usr/bin/node", None), program("/usr/bin/glowjar", Some("/usr/bin/make")));
        permissions.decide(PROFILE, node.clone(), true).unwrap();
        permissions.decide(PROFILE, make.clone(), true).unwrap();
        permissions.decide(PROFILE, make.clone(), false).unwrap();
        let (mut again, aside) = Permissions::open(file);
        assert_eq!(aside, None);
        assert_eq!((again.of(PROFILE, &node), again.of(PROFILE, &make)), (Some(true), Some(false)));
        assert_eq!(again.of(ProfileId::new(8), &node), None);
        assert_eq!(again.of(PROFILE, &program("/usr/bin/glowjar", Some("/usr/bin/bash"))), None);
        assert_eq!(again.of(PROFILE, &program("/usr/bin/glowjar", None)), None);

        let number = again.of_profile(PROFILE).next().unwrap().number;
        again.forget(number).unwrap();
        assert_eq!((again.of(PROFILE, &node), again.of(PROFILE, &make)), (None, Some(false)));
        again.forget_profile(PROFILE).unwrap();
        assert_eq!(again.of(PROFILE, &make), None);
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
            serde_json::json!(7),
        ] {
            let (folder, file) = in_folder();
            let path = folder.path().join("deep/permissions.json");
            let entries = [&bad, &entry(&good, "/bin/one"), &entry(&good, "/bin/two")];
            let text = serde_json::json!({ "version": 1, "permissions": entries }).to_string();
            fs::create_dir_all(folder.path().join("deep")).unwrap();
            fs::write(&path, &text).unwrap();
            let (mut permissions, aside) = Permissions::open(file);
            assert_eq!(fs::read_to_string(aside.expect("kept aside")).unwrap(), text);
            permissions.decide(PROFILE, program("/bin/three", None), true).unwrap();
            let numbers = permissions.of_profile(PROFILE).map(|it| it.number);
            let numbers: std::collections::BTreeSet<_> = numbers.collect();
            assert_eq!(numbers.len(), 3, "{bad}");
            let known = |permissions: &Permissions| {
                ["one", "two", "three"].map(|name| {
                    permissions.of(PROFILE, &program(&format!("/bin/{name}"), None)).is_some()
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
        let (mut permissions, aside) = Permissions::open(file);
        assert_eq!(aside, None);
        let one = program("/bin/one", None);
        assert_eq!(permissions.of(PROFILE, &one), Some(false));
        let number = permissions.of_profile(PROFILE).next().unwrap().number;
        permissions.forget(number).unwrap();
        assert_eq!(permissions.of(PROFILE, &one), None);
    }

    #[test]
    fn f05_nobody_is_let_in_by_a_torn_file_and_it_is_kept_aside() {
        let (folder, file) = in_folder();
        let (mut permissions, _) = Permissions::open(file.clone());
        permissions.decide(PROFILE, program("/usr/bin/node", None), true).unwrap();
        let path = folder.path().join("deep/permissions.json");
        let whole = fs::read_to_string(&path).unwrap();
        for torn in
            [&whole[..whole.len() / 2], "", &whole.replace("\"version\": 1", "\"version\": 2")]
        {
            fs::write(&path, torn).unwrap();
            let (permissions, aside) = Permissions::open(file.clone());
            assert_eq!(permissions.of(PROFILE, &program("/usr/bin/node", None)), None);
            assert_eq!(fs::read_to_string(aside.unwrap()).unwrap(), torn);
        }
    }

    #[test]
    fn f05_an_answer_that_can_not_be_kept_still_holds_and_one_that_can_not_be_forgotten_stays() {
        let (folder, file) = in_folder();
        fs::write(folder.path().join("deep"), "in the way").unwrap();
        let (mut permissions, _) = Permissions::open(file);
        let node = program("/usr/bin/node", None);
        assert!(permissions.decide(PROFILE, node.clone(), true).is_err());
        assert_eq!(permissions.of(PROFILE, &node), Some(true));
        assert!(permissions.forget(1).is_err());
        assert_eq!(permissions.of(PROFILE, &node), Some(true));
    }
}
