//! API server and etcd: the one place where objects change.
//!
//! [`Store`] holds every object, numbers every change and keeps the recent changes as a stream. Readers who must
//! not see the newest state (an informer that runs late) read through a [`View`] at an earlier point of that
//! stream. Admission, patches and the rules of deletion stand in their own files; who wrote what, and because of
//! what, is the business of `component::client`.

pub mod admission;
pub mod error;
pub mod eviction;
pub mod fields;
pub mod patch;
pub mod quota;
pub mod server;
pub mod view;

pub use error::{Reason, Status};
pub use server::{ApiServer, DeleteOptions, Propagation, Writer};
pub use view::View;

use crate::api::{Kind, Object, ObjectKey, Text};
use crate::sim::{SimTime, SortedMap};
use std::collections::VecDeque;
use std::rc::Rc;

/// One change of one object, as a watch delivers it.
#[derive(Clone, Debug)]
pub struct Change {
    /// Position in the stream; grows by one a change.
    pub seq: u64,
    /// When it happened.
    pub at: SimTime,
    /// The number of the write that made it (its place in the trace).
    pub write: u64,
    /// Which object.
    pub key: ObjectKey,
    /// Before; none if it was created.
    pub old: Option<Rc<Object>>,
    /// After; none if it was removed.
    pub new: Option<Rc<Object>>,
}

/// Every object of the cluster: by kind, namespace (empty for cluster-wide kinds) and name.
#[derive(Clone, Debug)]
pub struct Store {
    kinds: Vec<SortedMap<Text, SortedMap<Text, Rc<Object>>>>,
    count: usize,
    revision: u64,
    changes: VecDeque<Change>,
    first_seq: u64,
    /// The object of each kind that was written last.
    last: Vec<Option<Rc<Object>>>,
}

impl Default for Store {
    fn default() -> Self {
        Store {
            kinds: vec![SortedMap::new(); crate::api::KINDS.len()],
            count: 0,
            revision: 0,
            changes: VecDeque::new(),
            first_seq: 0,
            last: vec![None; crate::api::KINDS.len()],
        }
    }
}

impl Store {
    /// The object of that name; the namespace is empty for cluster-wide kinds.
    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Rc<Object>> {
        self.kinds[kind as usize].get(namespace)?.get(name)
    }

    /// The object of that key.
    pub fn by_key(&self, key: &ObjectKey) -> Option<&Rc<Object>> {
        self.get(key.kind, &key.namespace, &key.name)
    }

    /// All objects of a kind, of one namespace or of all, ordered by namespace and name.
    pub fn list<'a>(
        &'a self,
        kind: Kind,
        namespace: Option<&str>,
    ) -> impl DoubleEndedIterator<Item = &'a Rc<Object>> + use<'a> {
        let spaces = &self.kinds[kind as usize];
        let (one, all) = match namespace {
            Some(namespace) => (spaces.get(namespace), None),
            None => (None, Some(spaces)),
        };
        one.into_iter().chain(all.into_iter().flat_map(SortedMap::values)).flat_map(SortedMap::values)
    }

    /// The number of objects of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.kinds[kind as usize].values().map(SortedMap::len).sum()
    }

    /// Every object, ordered by kind, namespace and name.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Rc<Object>> {
        self.kinds.iter().flat_map(|spaces| spaces.values().flat_map(SortedMap::values))
    }

    /// The number of objects.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there is no object at all.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The newest resource version.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The position behind the newest change.
    pub fn head(&self) -> u64 {
        self.first_seq + self.changes.len() as u64
    }

    /// The kept changes from position `seq` on.
    pub fn changes_from(&self, seq: u64) -> impl DoubleEndedIterator<Item = &Change> {
        let skip = seq.saturating_sub(self.first_seq) as usize;
        self.changes.range(skip.min(self.changes.len())..)
    }

    /// The position of the first kept change that happened after `at`.
    pub fn first_after(&self, at: SimTime) -> u64 {
        self.first_seq + self.changes.partition_point(|change| change.at <= at) as u64
    }

    /// The change at position `seq`, if it is still kept.
    pub fn change(&self, seq: u64) -> Option<&Change> {
        self.changes.get(seq.checked_sub(self.first_seq)? as usize)
    }

    /// Forgets the changes before position `seq`; everyone has read them.
    pub fn forget_changes_before(&mut self, seq: u64) {
        while self.first_seq < seq && self.changes.pop_front().is_some() {
            self.first_seq += 1;
        }
    }

    /// Puts or removes an object as a recorded write left it, without numbering anything; for looking back.
    pub fn replay(&mut self, key: &ObjectKey, new: Option<&Rc<Object>>) {
        self.put(key, new.cloned());
    }

    fn put(&mut self, key: &ObjectKey, new: Option<Rc<Object>>) -> Option<Rc<Object>> {
        let spaces = &mut self.kinds[key.kind as usize];
        let added = usize::from(new.is_some());
        let old = match new {
            Some(object) => match spaces.get_mut(&*key.namespace) {
                Some(names) => names.insert(key.name.clone(), object),
                None => spaces.entry(key.namespace.clone()).or_default().insert(key.name.clone(), object),
            },
            None => spaces.get_mut(&*key.namespace)?.remove(&*key.name),
        };
        self.count = self.count + added - usize::from(old.is_some());
        old
    }

    /// Puts or removes an object and appends the change; the stored object gets the next resource version. Every
    /// version stays in the history of a run, so what it has in common with the one before (what is new: with the last
    /// one of its kind) is kept once.
    pub(crate) fn commit(
        &mut self,
        at: SimTime,
        write: u64,
        key: ObjectKey,
        new: Option<Object>,
    ) -> (Option<Rc<Object>>, Option<Rc<Object>>) {
        self.revision += 1;
        let new = new.map(|mut object| {
            object.body.set(&["metadata", "resourceVersion"], Text::from(self.revision.to_string()));
            let last = self.by_key(&key).or(self.last[key.kind as usize].as_ref());
            if let Some(last) = last {
                object.body.share(&last.body);
            }
            let new = Rc::new(object);
            self.last[key.kind as usize] = Some(new.clone());
            new
        });
        let old = self.put(&key, new.clone());
        let seq = self.head();
        self.changes.push_back(Change { seq, at, write, key, old: old.clone(), new: new.clone() });
        (old, new)
    }
}
