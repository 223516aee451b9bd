//! Whether an object is valid, in the API server's words.

use crate::api::{Object, Profile};

/// Everything that is wrong with a new object; empty if nothing is.
pub fn validate_create(_object: &Object, _profile: &Profile) -> Vec<String> {
    Vec::new()
}

/// Everything that is wrong with a changed object.
pub fn validate_update(_new: &Object, _old: &Object, _profile: &Profile) -> Vec<String> {
    Vec::new()
}

/// What the server warns of without refusing.
pub fn warnings(_object: &Object) -> Vec<String> {
    Vec::new()
}
