//! One component's own, possibly late, copy of the cluster.
//!
//! The copy is not kept: it is the store with the changes after `cursor` taken back, so a component that is up to
//! date reads the store itself and pays nothing.

use super::{Change, Store};
use crate::api::{Kind, Object, ObjectKey};
use crate::sim::Arrange;
use std::rc::Rc;

/// The store as it was before the change at `cursor`.
#[derive(Clone, Copy)]
pub struct View<'a> {
    store: &'a Store,
    cursor: u64,
}

impl<'a> View<'a> {
    /// The store as seen before the change at position `cursor`.
    pub fn new(store: &'a Store, cursor: u64) -> View<'a> {
        View { store, cursor }
    }

    /// The store as it is.
    pub fn live(store: &'a Store) -> View<'a> {
        View { store, cursor: store.head() }
    }

    /// True if this copy has seen every change.
    pub fn is_current(self) -> bool {
        self.cursor >= self.store.head()
    }

    fn unseen(self) -> impl DoubleEndedIterator<Item = &'a Change> {
        self.store.changes_from(self.cursor)
    }

    /// The object of that key, as far as this copy has seen it.
    pub fn by_key(self, key: &ObjectKey) -> Option<&'a Rc<Object>> {
        self.get(key.kind, &key.namespace, &key.name)
    }

    /// The object of that name, as far as this copy has seen it.
    pub fn get(self, kind: Kind, namespace: &str, name: &str) -> Option<&'a Rc<Object>> {
        let names = |key: &ObjectKey| key.kind == kind && *key.name == *name && *key.namespace == *namespace;
        match self.unseen().find(|change| names(&change.key)) {
            Some(change) => change.old.as_ref(),
            None => self.store.get(kind, namespace, name),
        }
    }

    /// All objects of a kind, of one namespace or of all, ordered by namespace and name.
    pub fn list(self, kind: Kind, namespace: Option<&str>) -> Vec<&'a Rc<Object>> {
        let wanted = |key: &ObjectKey| key.kind == kind && namespace.is_none_or(|ns| key.namespace == *ns);
        let mut unseen: Vec<&Change> = Vec::new();
        for change in self.unseen().filter(|change| wanted(&change.key)) {
            // The first unseen change of an object knows what this copy still holds.
            if !unseen.iter().any(|earlier| earlier.key == change.key) {
                unseen.push(change);
            }
        }
        let current = self.store.list(kind, namespace);
        if unseen.is_empty() {
            return current.collect();
        }
        let mut list: Vec<&Rc<Object>> = current
            .filter(|object| {
                !unseen
                    .iter()
                    .any(|c| *c.key.name == *object.name() && *c.key.namespace == *object.namespace())
            })
            .collect();
        list.extend(unseen.iter().filter_map(|change| change.old.as_ref()));
        list.arrange_by_key(|object| object.key());
        list
    }
}
