//! Maps and sets in the order of their keys, compiled small.
//!
//! The standard library's B-tree is compiled anew for every pair of types, some five kilobytes each. Here keys and values
//! stand in lists of their own, so that a list of names is compiled once however many maps have names as keys, and all
//! there is to a list is a few vectors. They are cut into pieces, so that an insertion moves little in a map of ten
//! thousand entries too. What has a method's name in the standard library does what it does there.

mod list;
#[cfg(test)]
mod tests;

pub use list::Items;

use list::{At, List};
use std::borrow::Borrow;
use std::fmt;
use std::iter::{Flatten, Zip};
use std::ops::{Index, RangeBounds};
use std::vec;

/// A map in the order of its keys.
#[derive(Clone)]
pub struct SortedMap<K, V> {
    keys: List<K>,
    values: List<V>,
}

impl<K, V> SortedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        SortedMap { keys: List::new(), values: List::new() }
    }

    /// The number of entries; it is counted piece by piece.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True if there is no entry.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Removes every entry.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
    }

    /// The entries in order.
    pub fn iter(&self) -> Entries<'_, K, V> {
        Entries { keys: self.keys.iter(), values: self.values.iter() }
    }

    /// The entries in order, values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.keys.iter().zip(self.values.0.iter_mut().flatten())
    }

    /// The keys in order.
    pub fn keys(&self) -> Items<'_, K> {
        self.keys.iter()
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> Items<'_, V> {
        self.values.iter()
    }

    /// The values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.values.0.iter_mut().flatten()
    }

    /// The values in the order of their keys; the keys are dropped.
    pub fn into_values(self) -> Flatten<vec::IntoIter<Vec<V>>> {
        self.values.0.into_iter().flatten()
    }

    /// The first entry.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.keys.first().map(|at| (self.keys.get(at), self.values.get(at)))
    }

    /// The last entry.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.keys.last().map(|at| (self.keys.get(at), self.values.get(at)))
    }

    /// Takes out the first entry.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        self.keys.first().map(|at| self.take(at))
    }

    /// Takes out the last entry.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        self.keys.last().map(|at| self.take(at))
    }

    /// Keeps the entries of which that is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        for (keys, values) in self.keys.0.iter_mut().zip(&mut self.values.0) {
            let mut item = 0;
            while item < keys.len() {
                if keep(&keys[item], &mut values[item]) {
                    item += 1;
                } else {
                    keys.remove(item);
                    values.remove(item);
                }
            }
        }
        self.keys.0.retain(|piece| !piece.is_empty());
        self.values.0.retain(|piece| !piece.is_empty());
    }

    fn take(&mut self, at: At) -> (K, V) {
        (self.keys.remove(at), self.values.remove(at))
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.keys.find(key).ok().map(|at| self.values.get(at))
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.keys.find(key).ok().map(|at| self.values.get_mut(at))
    }

    /// True if there is an entry of that key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.keys.find(key).is_ok()
    }

    /// Sets the value of a key and answers the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.keys.find(&key) {
            Ok(at) => Some(std::mem::replace(self.values.get_mut(at), value)),
            Err(at) => {
                self.keys.insert(at, key);
                self.values.insert(at, value);
                None
            }
        }
    }

    /// Takes out the entry of a key and answers its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.keys.find(key).ok().map(|at| self.take(at).1)
    }

    /// The place of a key, to be looked at and filled with one search.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { found: self.keys.find(&key), key, map: self }
    }

    /// The entries whose keys are in a range, in order.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Entries<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (from, to) = self.keys.bounds(&range);
        Entries { keys: self.keys.between(from, to), values: self.values.between(from, to) }
    }
}

/// The entries of a map, from either end.
pub struct Entries<'a, K, V> {
    keys: Items<'a, K>,
    values: Items<'a, V>,
}

impl<K, V> Clone for Entries<'_, K, V> {
    fn clone(&self) -> Self {
        Entries { keys: self.keys.clone(), values: self.values.clone() }
    }
}

impl<'a, K, V> Iterator for Entries<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.keys.next().zip(self.values.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }
}

impl<K, V> ExactSizeIterator for Entries<'_, K, V> {}

impl<K, V> DoubleEndedIterator for Entries<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.keys.next_back().zip(self.values.next_back())
    }
}

/// The place of a key in a map, filled or not.
pub struct Entry<'a, K, V> {
    map: &'a mut SortedMap<K, V>,
    key: K,
    found: Result<At, At>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// The value, made if there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        match self.found {
            Ok(at) => self.map.values.get_mut(at),
            Err(at) => {
                self.map.keys.insert(at, self.key);
                self.map.values.insert(at, make())
            }
        }
    }

    /// The value, or this one if there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value, or the default if there is none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        SortedMap::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for SortedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for SortedMap<K, V> {}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = SortedMap::new();
        map.extend(entries);
        map
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = Zip<Flatten<vec::IntoIter<Vec<K>>>, Flatten<vec::IntoIter<Vec<V>>>>;
    fn into_iter(self) -> Self::IntoIter {
        self.keys.0.into_iter().flatten().zip(self.values.0.into_iter().flatten())
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Entries<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for SortedMap<K, V> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("an entry of that key")
    }
}

/// A set in order.
#[derive(Clone)]
pub struct SortedSet<K>(List<K>);

impl<K> SortedSet<K> {
    /// An empty set.
    pub const fn new() -> Self {
        SortedSet(List::new())
    }

    /// The number of members; it is counted piece by piece.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes every member.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The members in order.
    pub fn iter(&self) -> Items<'_, K> {
        self.0.iter()
    }

    /// The first member.
    pub fn first(&self) -> Option<&K> {
        self.0.first().map(|at| self.0.get(at))
    }

    /// The last member.
    pub fn last(&self) -> Option<&K> {
        self.0.last().map(|at| self.0.get(at))
    }

    /// Takes out the first member.
    pub fn pop_first(&mut self) -> Option<K> {
        self.0.first().map(|at| self.0.remove(at))
    }

    /// Keeps the members of which that is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&K) -> bool) {
        for piece in &mut self.0.0 {
            piece.retain(&mut keep);
        }
        self.0.0.retain(|piece| !piece.is_empty());
    }
}

impl<K: Ord> SortedSet<K> {
    /// True if this is a member.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.find(key).is_ok()
    }

    /// Adds a member, answering whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        let found = self.0.find(&key);
        if let Err(at) = found {
            self.0.insert(at, key);
        }
        found.is_err()
    }

    /// Takes out a member, answering whether it was one.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.find(key).is_ok_and(|at| {
            self.0.remove(at);
            true
        })
    }

    /// The members in a range, in order.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Items<'_, K>
    where
        K: Borrow<Q>,
    {
        let (from, to) = self.0.bounds(&range);
        self.0.between(from, to)
    }
}

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        SortedSet::new()
    }
}

impl<K: fmt::Debug> fmt::Debug for SortedSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<K: PartialEq> PartialEq for SortedSet<K> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Eq> Eq for SortedSet<K> {}

impl<K: Ord> Extend<K> for SortedSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Ord> FromIterator<K> for SortedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut set = SortedSet::new();
        set.extend(keys);
        set
    }
}

impl<K> IntoIterator for SortedSet<K> {
    type Item = K;
    type IntoIter = Flatten<vec::IntoIter<Vec<K>>>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.0.into_iter().flatten()
    }
}

impl<'a, K> IntoIterator for &'a SortedSet<K> {
    type Item = &'a K;
    type IntoIter = Items<'a, K>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
