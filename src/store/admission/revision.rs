//! What a ControllerRevision holds of a set: sections 3.1 and 3.2 of the specification.

use crate::api::print::to_go_json;
use crate::api::{Profile, Value};
use crate::object;

/// The template as revision data holds it: marked as a replacing patch, and with the creation time that older
/// releases write (S41, S43). The template has to be defaulted.
pub fn prepare_template_for_revision(template: &Value, profile: &Profile) -> Value {
    let mut template = template.clone();
    let map = template.map_mut();
    map.insert("$patch", "replace");
    let metadata = map.entry("metadata").map_mut();
    if profile.creation_timestamp_in_revision {
        metadata.insert("creationTimestamp", Value::Null);
    } else if metadata.get("creationTimestamp").is_some_and(Value::is_null) {
        metadata.remove("creationTimestamp");
    }
    template
}

/// The data of a revision as text, which is what its hash is made of.
pub fn revision_data(prepared: &Value) -> String {
    to_go_json(&object! { "spec" => object! { "template" => prepared.clone() } })
}
