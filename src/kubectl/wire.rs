//! Objects as text and back, and patches: where kubectl leaves its own ground.

use crate::api::{Value, print};

/// YAML as `-o yaml` prints it.
pub fn yaml(value: &Value) -> String {
    print::to_yaml(value)
}

/// JSON as `-o json` prints it.
pub fn json(value: &Value) -> String {
    print::to_json(value) + "\n"
}

/// JSON without any blank.
pub fn compact(value: &Value) -> String {
    print::to_go_json(value)
}
