//! ControllerRevisions: what a template hashes to, which revision is current, which is the update (S31 to S46).

use crate::api::{Kind, Map, Object, Profile, Text, Value};
use crate::sim::Arrange;
use std::rc::Rc;

/// The label of a revision with its hash.
pub const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The template as stored in a revision: `data.spec.template` (S41 to S43).
pub fn stored_template(set: &Object, profile: &Profile) -> Value {
    stored(set.spec().get("template").clone(), profile)
}

fn stored(mut template: Value, profile: &Profile) -> Value {
    let metadata = template.at_mut(&["metadata"]).map_mut();
    if profile.creation_timestamp_in_revision {
        metadata.insert("creationTimestamp", Value::Null);
    } else {
        metadata.remove("creationTimestamp");
    }
    template.set(&["$patch"], "replace");
    template
}

/// The member `data` of a revision.
pub fn data(template: Value) -> Value {
    crate::object! { "spec" => crate::object! { "template" => template } }
}

/// The pod template a revision holds, as a set would hold it (S40).
pub fn template_of(revision: &Object) -> Value {
    let mut template = revision.body.at(&["data", "spec", "template"]).clone();
    template.map_mut().remove("$patch");
    template
}

/// The revision's number.
pub fn number(revision: &Object) -> i64 {
    revision.body.get("revision").as_int().unwrap_or(0)
}

/// The ControllerRevision of a set for some data (S31, S45).
pub fn new_revision(set: &Object, data: &Value, number: i64, collision: i64, first_hash: &str) -> Object {
    let hash = hash(data, collision);
    let prefix: String = set.name().chars().take(223).collect();
    let mut revision =
        Object::new(Kind::ControllerRevision, set.meta("namespace").text(), format!("{prefix}-{hash}"));
    let mut labels: Map =
        set.spec().at(&["template", "metadata", "labels"]).as_map().cloned().unwrap_or_default();
    labels.insert(HASH_LABEL, first_hash.to_string());
    let metadata = revision.body.at_mut(&["metadata"]).map_mut();
    metadata.insert("labels", labels);
    if !set.annotations().is_empty() {
        metadata.insert("annotations", set.annotations().clone());
    }
    metadata.insert("ownerReferences", Value::list(vec![set.owner_reference()]));
    let body = revision.body.map_mut();
    body.insert("data", data.clone());
    body.insert("revision", number);
    revision
}

/// The hash of revision data and collision count (S44): FNV-1 over the JSON text.
pub fn hash(data: &Value, collision: i64) -> String {
    crate::api::hash::revision_hash(&crate::api::print::to_go_json(data), collision)
}

/// Sorts revisions by number, age and name (S33).
pub fn sort(revisions: &mut [Rc<Object>]) {
    revisions.arrange_by(|a, b| {
        number(a)
            .cmp(&number(b))
            .then(a.created_at().cmp(&b.created_at()))
            .then_with(|| a.name().cmp(b.name()))
    });
}

/// What S34 says about the update revision.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each field is what the sentence names")]
pub enum Choice {
    /// The newest revision already has the template.
    Latest(Text),
    /// An older revision has it and becomes number `number`.
    Rollback { name: Text, number: i64 },
    /// No revision has it; one with this number has to be made.
    New { number: i64 },
}

/// The newest revision, if it holds other bytes that mean the same to this release (S35).
pub fn same_meaning(revisions: &[Rc<Object>], data: &Value, profile: &Profile) -> Option<Text> {
    let last = revisions.last().filter(|_| profile.semantic_revision_comparison)?;
    let template = last.body.at(&["data", "spec", "template"]);
    let again = self::data(stored(template.clone(), profile));
    (again == *data).then(|| last.meta("name").text())
}

/// Chooses the update revision among the sorted existing ones (S34, S36).
pub fn choose(revisions: &[Rc<Object>], data: &Value) -> Choice {
    let number = revisions.last().map_or(0, |last| number(last)) + 1;
    match revisions.iter().rposition(|revision| revision.body.get("data") == data) {
        None => Choice::New { number },
        Some(i) if i + 1 == revisions.len() => Choice::Latest(revisions[i].meta("name").text()),
        Some(i) => Choice::Rollback { name: revisions[i].meta("name").text(), number },
    }
}
