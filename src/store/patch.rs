//! The four kinds of patches: JSON merge, JSON operations, strategic merge, and the three-way patch of `apply`.
//!
//! Works on trees; which lists merge, and by what, is asked of `api::schema`. The result is as sent: decoding, defaults
//! and validation come after it. Follows apimachinery's strategicpatch, errors included where a manifest or a
//! command line can cause them.

mod diff;
mod operations;
mod strategic;

#[cfg(test)]
mod tests;

pub use diff::{three_way, two_way};
pub use operations::json_patch;
pub use strategic::strategic;

use crate::api::{Map, Value};

/// Applies a JSON merge patch (RFC 7396): null removes, lists are replaced.
pub fn json_merge(target: &Value, patch: &Value) -> Value {
    let Value::Map(patch) = patch else { return patch.clone() };
    let mut merged = target.as_map().cloned().unwrap_or_default();
    for (key, value) in patch {
        if value.is_null() {
            merged.remove(key);
        } else {
            let old = merged.get(key).cloned().unwrap_or_default();
            merged.insert(key.clone(), json_merge(&old, value));
        }
    }
    merged.into()
}

/// The JSON merge patch that makes `to` of `from`; empty if they are equal.
pub fn merge_diff(from: &Value, to: &Value) -> Value {
    let mut patch = Map::new();
    for (key, value) in to.entries() {
        match from.as_map().and_then(|map| map.get(key)) {
            Some(old) if old == value => {}
            Some(old @ Value::Map(_)) if value.as_map().is_some() => {
                patch.insert(key.clone(), merge_diff(old, value));
            }
            _ => patch.insert(key.clone(), value.clone()),
        }
    }
    for (key, _) in from.entries() {
        if to.as_map().is_none_or(|map| !map.contains_key(key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    patch.into()
}
