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
    permissions: Vec<Entry>,
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
    fn load(&self) -> io::Result<Vec<Permission>> {
        let text = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let document: Document = serde_json::from_slice(&text)?;
        if document.version != VERSION {
            return Err(io::Error::other("it was written by a newer Glowjar"));
        }
        let permissions = document.permissions.into_iter().zip(1..);
        let permission = |(entry, number): (Entry, u32)| {
            let profile = entry.profile.parse().ok()?;
            Some(Permission { number, profile, program: entry.program, allowed: entry.allowed })
        };
        Ok(permissions.filter_map(permission).collect())
    }

    fn save(&self, permissions: &[Permission]) -> io::Result<()> {
        let entry = |permission: &Permission| Entry {
            profile: permission.profile.to_string(),
            program: permission.program.clone(),
            allowed: permission.allowed,
        };
        let permissions = permissions.iter().map(entry).collect();
        document::replace(&self.path, &Document { version: VERSION, permissions })
    }
}

/// All answers that hold.
#[derive(Debug)]
pub(crate) struct Permissions {
    file: PermissionsFile,
    list: Vec<Permission>,
    highest: u32,
}

impl Permissions {
    /// What can't be read is kept aside, and the person is asked again: nobody is let in by a torn file. The second
    /// part then says where it is.
    pub(crate) fn open(file: PermissionsFile) -> (Self, Option<PathBuf>) {
        let mut aside = None;
        let list = file.load().unwrap_or_else(|error| {
            let copy = document::aside(&file.path);
            tracing::warn!(event = "permissions_unreadable", %error, copy = %copy.display());
            let _ = fs::rename(&file.path, &copy);
            aside = Some(copy);
            Vec::new()
        });
        let highest = list.len().try_into().unwrap_or(u32::MAX);
        (Self { file, list, highest }, aside)
    }

    pub(crate) fn of(&self, profile: ProfileId, program: &Program) -> Option<bool> {
        let known = |it: &&Permission| it.profile == profile && it.program == *program;
        self.list.iter().find(known).map(|permission| permission.allowed)
    }

    pub(crate) fn of_profile(&self, profile: ProfileId) -> impl Iterator<Item = &Permission> {
        self.list.iter().filter(move |permission| permission.profile == profile)
    }

    /// Holds from now on, and after a restart unless there is an error.
    pub(crate) fn decide(
        &mut self,
        profile: ProfileId,
        program: Program,
        allowed: bool,
    ) -> io::Result<()> {
        self.list.retain(|it| it.profile != profile || it.program != program);
        self.highest += 1;
        self.list.push(Permission { number: self.highest, profile, program, allowed });
        self.file.save(&self.list)
    }

    /// With an error nothing was forgotten.
    pub(crate) fn forget(&mut self, number: u32) -> io::Result<()> {
        self.without(|permission| permission.number == number)
    }

    pub(crate) fn forget_profile(&mut self, profile: ProfileId) -> io::Result<()> {
        self.without(|permission| permission.profile == profile)
    }

    fn without(&mut self, is_gone: impl Fn(&Permission) -> bool) -> io::Result<()> {
        if !self.list.iter().any(&is_gone) {
            return Ok(());
        }
        let before = self.list.clone();
        self.list.retain(|permission| !is_gone(permission));
        self.file.save(&self.list).inspect_err(|_| self.list = before)
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
