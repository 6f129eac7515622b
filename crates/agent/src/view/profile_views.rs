//! The profiles of a [`Snapshot`](super::Snapshot). A snapshot that follows another shares with it every profile that
//! is unchanged, so that copying and comparing snapshots costs the same for one profile and for thousands.

use std::{ops::Index, slice, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ProfileView;

/// Profiles in a person's order. Cheap to clone; written as a plain list.
#[derive(Clone, Debug, Default)]
pub struct ProfileViews(Arc<Vec<Arc<ProfileView>>>);

impl ProfileViews {
    #[must_use]
    pub fn as_slice(&self) -> &[Arc<ProfileView>] {
        &self.0
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn first(&self) -> Option<&ProfileView> {
        self.iter().next()
    }

    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// Whether the other is the same list in memory: nothing has changed, and nothing needs to be compared.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for ProfileViews {
    fn eq(&self, other: &Self) -> bool {
        let is_equal = |(one, other): (&Arc<ProfileView>, &Arc<ProfileView>)| {
            Arc::ptr_eq(one, other) || one == other
        };
        self.is_same(other)
            || (self.len() == other.len() && self.0.iter().zip(other.0.iter()).all(is_equal))
    }
}

impl Index<usize> for ProfileViews {
    type Output = ProfileView;

    fn index(&self, place: usize) -> &ProfileView {
        &self.0[place]
    }
}

impl FromIterator<Arc<ProfileView>> for ProfileViews {
    fn from_iter<I: IntoIterator<Item = Arc<ProfileView>>>(views: I) -> Self {
        Self(Arc::new(views.into_iter().collect()))
    }
}

impl FromIterator<ProfileView> for ProfileViews {
    fn from_iter<I: IntoIterator<Item = ProfileView>>(views: I) -> Self {
        views.into_iter().map(Arc::new).collect()
    }
}

/// The profiles one after the other.
#[derive(Clone, Debug)]
pub struct Iter<'a>(slice::Iter<'a, Arc<ProfileView>>);

impl<'a> Iterator for Iter<'a> {
    type Item = &'a ProfileView;

    fn next(&mut self) -> Option<&'a ProfileView> {
        self.0.next().map(|view| &**view)
    }
}

impl<'a> IntoIterator for &'a ProfileViews {
    type Item = &'a ProfileView;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Copies each profile, for whoever needs one of their own.
impl IntoIterator for ProfileViews {
    type Item = ProfileView;
    type IntoIter = std::vec::IntoIter<ProfileView>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().cloned().collect::<Vec<_>>().into_iter()
    }
}

impl Serialize for ProfileViews {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for ProfileViews {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<ProfileView>::deserialize(deserializer).map(|views| views.into_iter().collect())
    }
}
