//! All profiles in a person's order, and the file that keeps them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

use glowjar_lifecycle::id::ProfileId;

use super::{PendingRemoval, ProfilesFile, ProfilesFileError};
use crate::profile::{Name, Profile};

/// The profiles. They change only by [`Profiles::change`].
#[derive(Debug)]
pub(crate) struct Profiles {
    file: ProfilesFile,
    list: List,
    /// Decides the ids of new profiles.
    seed: u64,
    ids_given: AtomicU64,
    by_name: HashMap<String, ProfileId>,
    changed: BTreeSet<ProfileId>,
    /// Grows with each change of the list.
    revision: u64,
}

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct List {
    by_id: BTreeMap<ProfileId, Profile>,
    order: Vec<ProfileId>,
    /// Removed, or not entered yet, and something of them may be kept somewhere.
    leaving: Vec<PendingRemoval>,
}

impl Profiles {
    /// With what was loaded from `file`.
    pub(crate) fn new(
        file: ProfilesFile,
        profiles: Vec<Profile>,
        leaving: Vec<PendingRemoval>,
        seed: u64,
    ) -> Self {
        let mut list = List { leaving, ..List::default() };
        for profile in profiles {
            list.push(profile);
        }
        let changed = list.order.iter().copied().collect();
        let by_name = list.by_name();
        let ids_given = AtomicU64::new(0);
        Self { file, list, seed, ids_given, by_name, changed, revision: 1 }
    }

    /// Changes the list and saves it. With an error neither the list nor the file has changed.
    pub(crate) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut List) -> T,
    ) -> Result<T, ProfilesFileError> {
        let mut list = self.list.clone();
        let outcome = change(&mut list);
        if list != self.list {
            self.file.save(list.iter(), &list.leaving)?;
            let ids = list.by_id.keys().chain(self.list.by_id.keys()).copied();
            let changed = ids.filter(|id| list.by_id.get(id) != self.list.by_id.get(id));
            self.changed.extend(changed);
            self.by_name = list.by_name();
            self.revision += 1;
            self.list = list;
        }
        Ok(outcome)
    }

    pub(crate) fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.list.by_id.get(id)
    }

    /// The one of that name, in whatever case.
    pub(crate) fn named(&self, name: &str) -> Option<&Profile> {
        self.get(self.by_name.get(&name.to_lowercase())?)
    }

    /// Grows with each change of the list or of a profile in it.
    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }

    /// The profiles that are new, gone or changed since this was last asked.
    pub(crate) fn take_changed(&mut self) -> BTreeSet<ProfileId> {
        std::mem::take(&mut self.changed)
    }

    pub(crate) fn contains(&self, id: &ProfileId) -> bool {
        self.list.by_id.contains_key(id)
    }

    /// In a person's order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.list.iter()
    }

    /// In a person's order.
    pub(crate) fn ids(&self) -> &[ProfileId] {
        &self.list.order
    }

    pub(crate) fn leaving(&self) -> &[PendingRemoval] {
        &self.list.leaving
    }

    pub(crate) fn contains_or_leaving(&self, id: ProfileId) -> bool {
        self.contains(&id) || self.leaving_profile(id).is_some()
    }

    /// One that was removed and is not gone yet.
    pub(crate) fn leaving_profile(&self, id: ProfileId) -> Option<&Profile> {
        self.leaving().iter().map(|leaving| &leaving.profile).find(|profile| profile.id == id)
    }

    /// The names that `id`, which may be new, can't have.
    pub(crate) fn names_beside(&self, id: ProfileId) -> Vec<&Name> {
        self.iter().filter(|other| other.id != id).map(|other| &other.name).collect()
    }

    /// The name, or the name with the first number that makes it another than all there are.
    pub(crate) fn free_name(&self, name: &str) -> String {
        let is_taken = |name: &str| self.named(name).is_some();
        std::iter::once(name.to_owned())
            .chain((2..).map(|number| format!("{name} {number}")))
            .find(|name| !is_taken(name))
            .unwrap_or_default()
    }

    /// Spread from the seed, so that the same seed tells the same story. Never given twice: of a removed profile there
    /// may still be work under way.
    pub(crate) fn unused_id(&self) -> ProfileId {
        loop {
            let mut hasher = DefaultHasher::new();
            (self.seed, self.ids_given.fetch_add(1, Ordering::Relaxed)).hash(&mut hasher);
            let id = ProfileId::new(hasher.finish());
            if !self.contains_or_leaving(id) {
                return id;
            }
        }
    }
}

impl List {
    fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// By the name in lower case. Of two with the same, the first.
    fn by_name(&self) -> HashMap<String, ProfileId> {
        let names = self.iter().map(|profile| (profile.name.as_str().to_lowercase(), profile.id));
        let mut by_name = HashMap::new();
        for (name, id) in names {
            by_name.entry(name).or_insert(id);
        }
        by_name
    }

    pub(crate) fn get_mut(&mut self, id: ProfileId) -> Option<&mut Profile> {
        self.by_id.get_mut(&id)
    }

    /// At the end.
    pub(crate) fn push(&mut self, profile: Profile) {
        self.insert(usize::MAX, profile);
    }

    /// At this place, or at the end if there are fewer.
    pub(crate) fn insert(&mut self, place: usize, profile: Profile) {
        let id = profile.id;
        if self.by_id.insert(id, profile).is_none() {
            self.order.insert(place.min(self.order.len()), id);
        }
    }

    /// Moves a profile to those that are leaving, and says where it stood.
    pub(crate) fn remove(&mut self, id: ProfileId, revoke: bool) -> Option<usize> {
        let profile = self.by_id.remove(&id)?;
        let place = self.order.iter().position(|known| *known == id)?;
        self.order.remove(place);
        self.leaving.push(PendingRemoval { profile, revoke });
        Some(place)
    }

    /// Secrets of a profile that is not in the list yet are about to be stored. Until it is entered they are named like
    /// those of one that was removed, so that somebody deletes them.
    pub(crate) fn announce(&mut self, profile: Profile) {
        self.leaving.push(PendingRemoval { profile, revoke: false });
    }

    /// Tokens that are to be revoked are about to be stored under the id of this profile, which is in no list.
    pub(crate) fn leave_to_be_revoked(&mut self, profile: Profile) {
        self.leaving.push(PendingRemoval { profile, revoke: true });
    }

    /// Nothing is left of it, it has come back, or it is entered now.
    pub(crate) fn take_leaving(&mut self, id: ProfileId) -> Option<PendingRemoval> {
        let place = self.leaving.iter().position(|leaving| leaving.profile.id == id)?;
        Some(self.leaving.remove(place))
    }

    /// Ids that are gone are passed over, and profiles that are not named keep their order at the end.
    pub(crate) fn reorder(&mut self, wanted: impl Iterator<Item = ProfileId>) {
        let mut order: Vec<ProfileId> = Vec::with_capacity(self.order.len());
        for id in wanted.chain(self.order.iter().copied()) {
            if self.by_id.contains_key(&id) && !order.contains(&id) {
                order.push(id);
            }
        }
        self.order = order;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles::tests::profile;

    fn in_folder() -> (tempfile::TempDir, Profiles) {
        let folder = tempfile::tempdir().unwrap();
        let file = ProfilesFile::at(folder.path().join("deep/profiles.json"));
        let profiles = vec![profile(1, "One"), profile(2, "Two"), profile(3, "Three")];
        (folder, Profiles::new(file, profiles, Vec::new(), 1))
    }

    fn names(profiles: &Profiles) -> Vec<&str> {
        profiles.iter().map(|profile| profile.name.as_str()).collect()
    }

    #[test]
    fn a_change_that_can_not_be_saved_changes_nothing() {
        let (folder, mut profiles) = in_folder();
        std::fs::write(folder.path().join("deep"), "in the way").unwrap();
        let before = profiles.list.clone();
        let id = ProfileId::new(2);
        let failed = [
            profiles.change(|list| list.push(profile(4, "Four"))).is_err(),
            profiles.change(|list| list.remove(id, true)).is_err(),
            profiles.change(|list| list.reorder([id].into_iter())).is_err(),
            profiles.change(|list| list.get_mut(id).unwrap().paused ^= true).is_err(),
        ];
        assert_eq!(failed, [true; 4]);
        assert_eq!(profiles.list, before);
    }

    #[test]
    fn what_is_leaving_stays_in_the_file_until_nothing_is_left_of_it() {
        let (_folder, mut profiles) = in_folder();
        let id = ProfileId::new(2);
        assert_eq!(profiles.change(|list| list.remove(id, true)).unwrap(), Some(1));
        profiles.change(|list| list.get_mut(ProfileId::new(1)).unwrap().paused ^= true).unwrap();
        let loaded = profiles.file.load().unwrap();
        assert_eq!(loaded.leaving, profiles.leaving());
        assert_eq!((loaded.leaving[0].profile.id, loaded.leaving[0].revoke), (id, true));

        profiles
            .change(|list| {
                let leaving = list.take_leaving(id).unwrap();
                list.insert(1, leaving.profile);
            })
            .unwrap();
        assert_eq!(names(&profiles), ["One", "Two", "Three"]);
        assert!(profiles.file.load().unwrap().leaving.is_empty());
    }

    #[test]
    fn an_id_is_given_once() {
        let (_folder, profiles) = in_folder();
        let ids: std::collections::BTreeSet<_> = (0..100).map(|_| profiles.unused_id()).collect();
        assert_eq!(ids.len(), 100);
    }
}
