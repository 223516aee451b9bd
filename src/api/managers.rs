//! Which manager owns which field of an object, kept beside its tree; `store::fields` has the rules.

use super::value::{Text, Value};
use crate::sim::SimTime;
use std::rc::Rc;

/// What one manager owns of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Manager {
    /// `kubectl-client-side-apply`.
    pub name: Text,
    /// True for what was applied on the server's side.
    pub applies: bool,
    /// `scale`, or empty.
    pub subresource: &'static str,
    /// When it changed last.
    pub at: SimTime,
    /// The fields.
    pub fields: Value,
}

impl Manager {
    /// True if it owns the annotation that client-side apply writes.
    pub fn owns_last_applied(&self) -> bool {
        const KEY: &str = "f:kubectl.kubernetes.io/last-applied-configuration";
        self.fields.at(&["f:metadata", "f:annotations"]).as_map().is_some_and(|map| map.contains_key(KEY))
    }
}

/// The managers of an object.
#[derive(Clone, Debug, Default)]
pub struct Managers {
    list: Option<Rc<Vec<Manager>>>,
    /// When the status was written last.
    pub status_at: SimTime,
}

// When a status was written is no difference between two objects.
impl PartialEq for Managers {
    fn eq(&self, other: &Self) -> bool {
        self.list() == other.list()
    }
}

impl Managers {
    /// Those that are kept.
    pub fn list(&self) -> &[Manager] {
        self.list.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Puts others in their place; who owns nothing any more goes.
    pub fn replace(&mut self, mut list: Vec<Manager>) {
        list.retain(|manager| !manager.fields.entries().is_empty());
        self.list = Some(Rc::new(list));
    }
}
