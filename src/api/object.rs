//! One object: its kind, its tree, and the readers of `metadata` that everything needs.

use super::kind::Kind;
use super::managers::Managers;
use super::value::{Map, Text, Value};
use crate::sim::SimTime;

/// What names an object in the store: kind, namespace (empty for cluster-wide kinds), name. Ordered that way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The kind.
    pub kind: Kind,
    /// The namespace, or empty.
    pub namespace: Text,
    /// The name.
    pub name: Text,
}

impl ObjectKey {
    /// A key of its three parts.
    pub fn new(kind: Kind, namespace: impl Into<Text>, name: impl Into<Text>) -> ObjectKey {
        ObjectKey { kind, namespace: namespace.into(), name: name.into() }
    }
}

impl std::fmt::Display for ObjectKey {
    /// `StatefulSet/web`, as traces and recordings name an object.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.name)
    }
}

/// One entry of `metadata.ownerReferences`, read from the tree.
#[derive(Clone, Copy, Debug)]
pub struct OwnerRef<'a>(pub &'a Value);

impl<'a> OwnerRef<'a> {
    /// `StatefulSet`.
    pub fn kind(self) -> &'a str {
        self.0.get("kind").str()
    }
    /// The owner's name.
    pub fn name(self) -> &'a str {
        self.0.get("name").str()
    }
    /// The owner's uid.
    pub fn uid(self) -> &'a str {
        self.0.get("uid").str()
    }
    /// True for the one managing controller.
    pub fn is_controller(self) -> bool {
        self.0.get("controller").is_true()
    }
    /// True if foreground deletion of the owner waits for this object.
    pub fn blocks_deletion(self) -> bool {
        self.0.get("blockOwnerDeletion").is_true()
    }
}

/// A Kubernetes object. Cloning shares the tree; changing a clone leaves the original alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The kind, also in the tree as `apiVersion` and `kind`.
    pub kind: Kind,
    /// The whole object, `apiVersion` and `kind` included.
    pub body: Value,
    /// Who owns its fields, as far as it is kept.
    pub managers: Managers,
}

impl Object {
    /// An object of a tree that has `apiVersion` and `kind` in it.
    pub fn of(kind: Kind, body: Value) -> Object {
        Object { kind, body, managers: Managers::default() }
    }

    /// A new object with only kind, namespace (left out when empty) and name.
    pub fn new(kind: Kind, namespace: impl Into<Text>, name: impl Into<Text>) -> Object {
        let namespace = namespace.into();
        let mut metadata = Map::new();
        metadata.insert("name", name.into());
        if !namespace.is_empty() {
            metadata.insert("namespace", namespace);
        }
        let mut body = Map::new();
        body.insert("apiVersion", kind.api_version());
        body.insert("kind", kind.name());
        body.insert("metadata", metadata);
        Object::of(kind, body.into())
    }

    /// The key in the store.
    pub fn key(&self) -> ObjectKey {
        ObjectKey {
            kind: self.kind,
            namespace: self.meta("namespace").text(),
            name: self.meta("name").text(),
        }
    }
    /// The member `key` of `metadata`.
    pub fn meta(&self, key: &str) -> &Value {
        self.body.get("metadata").get(key)
    }
    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.meta("name").str()
    }
    /// `metadata.namespace`, empty for cluster-wide kinds.
    pub fn namespace(&self) -> &str {
        self.meta("namespace").str()
    }
    /// `metadata.uid`.
    pub fn uid(&self) -> &str {
        self.meta("uid").str()
    }
    /// `metadata.generation`, 0 if absent.
    pub fn generation(&self) -> i64 {
        self.meta("generation").as_int().unwrap_or(0)
    }
    /// `metadata.resourceVersion` as a number, 0 if absent.
    pub fn resource_version(&self) -> u64 {
        self.meta("resourceVersion").str().parse().unwrap_or(0)
    }
    /// `metadata.labels`.
    pub fn labels(&self) -> &Map {
        self.meta("labels").as_map().unwrap_or(Map::empty())
    }
    /// One label, empty if absent.
    pub fn label(&self, key: &str) -> &str {
        self.labels().get(key).map_or("", |v| v.str())
    }
    /// `metadata.annotations`.
    pub fn annotations(&self) -> &Map {
        self.meta("annotations").as_map().unwrap_or(Map::empty())
    }
    /// One annotation, empty if absent.
    pub fn annotation(&self, key: &str) -> &str {
        self.annotations().get(key).map_or("", |v| v.str())
    }
    /// `metadata.ownerReferences`.
    pub fn owners(&self) -> impl Iterator<Item = OwnerRef<'_>> {
        self.meta("ownerReferences").items().iter().map(OwnerRef)
    }
    /// The owner with `controller: true`.
    pub fn controller(&self) -> Option<OwnerRef<'_>> {
        self.owners().find(|owner| owner.is_controller())
    }
    /// True if `metadata.deletionTimestamp` is set.
    pub fn is_terminating(&self) -> bool {
        !self.meta("deletionTimestamp").is_null()
    }
    /// True if `metadata.finalizers` names `finalizer`.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        self.meta("finalizers").items().iter().any(|f| f.str() == finalizer)
    }
    /// When the object was made.
    pub fn created_at(&self) -> SimTime {
        SimTime::parse(self.meta("creationTimestamp").str()).unwrap_or_default()
    }
    /// The member `spec`.
    pub fn spec(&self) -> &Value {
        self.body.get("spec")
    }
    /// The member `status`.
    pub fn status(&self) -> &Value {
        self.body.get("status")
    }
    /// The status condition of the given type, or null: `condition("Ready").get("status")`.
    pub fn condition(&self, kind: &str) -> &Value {
        let conditions = self.status().get("conditions").items();
        conditions.iter().find(|c| c.get("type").str() == kind).unwrap_or(super::value::null())
    }
    /// An owner reference to this object, as a controller writes it into what it makes.
    pub fn owner_reference(&self) -> Value {
        crate::object! {
            "apiVersion" => self.kind.api_version(),
            "blockOwnerDeletion" => true,
            "controller" => true,
            "kind" => self.kind.name(),
            "name" => self.meta("name").text(),
            "uid" => self.meta("uid").text(),
        }
    }
}

/// Sets one entry of `status.conditions` by its type; `lastTransitionTime` stays when the status did not change.
pub fn set_condition(body: &mut Value, mut condition: Value) {
    let conditions = body.at_mut(&["status", "conditions"]).list_mut();
    match conditions.iter_mut().find(|c| c.get("type") == condition.get("type")) {
        Some(old) => {
            if old.get("status") == condition.get("status") && !old.get("lastTransitionTime").is_null() {
                let since = old.get("lastTransitionTime").clone();
                *condition.at_mut(&["lastTransitionTime"]) = since;
            }
            *old = condition;
        }
        None => conditions.push(condition),
    }
}
