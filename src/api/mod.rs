//! Kubernetes objects as plain data: trees, kinds, and small readers.
//!
//! An [`Object`] is a kind and a tree. Readers for one kind stand in that kind's file (`pod.rs`, `service.rs` …);
//! there are no setters: who changes an object copies it, changes the tree and hands it to the store.

pub mod hash;
pub mod kind;
pub mod managers;
pub mod manifest;
pub mod object;
pub mod placement;
pub mod print;
pub mod profile;
pub mod quantity;
pub mod repair;
pub mod schema;
pub mod value;

pub use kind::{KINDS, Kind};
pub use object::{Object, ObjectKey, OwnerRef};
pub use profile::Profile;
pub use value::{Map, Text, Value};
