//! Ordinals, names, labels and claim names: what makes pod n of a set pod n (S18 to S30).

use crate::api::{Kind, Map, Object, Text, Value};
use crate::object;

/// The label with the pod's own name.
pub const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
/// The label with the ordinal.
pub const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";
/// The label with the name of the pod's ControllerRevision.
pub const REVISION_LABEL: &str = "controller-revision-hash";

/// Splits `web-2` into `web` and 2; none without that shape or above 32 bits (S18).
pub fn parent_and_ordinal(name: &str) -> Option<(&str, i64)> {
    let (parent, digits) = name.rsplit_once('-')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let ordinal: i64 = digits.parse().ok()?;
    (ordinal <= i64::from(i32::MAX)).then_some((parent, ordinal))
}

/// The pod's ordinal in the set of that name, none if the name belongs to no pod of it.
pub fn ordinal_in(set: &str, pod: &str) -> Option<i64> {
    parent_and_ordinal(pod).filter(|(parent, _)| *parent == set).map(|(_, ordinal)| ordinal)
}

/// `web-2` (S20).
pub fn pod_name(set: &str, ordinal: i64) -> Text {
    format!("{set}-{ordinal}").into()
}

/// `www-web-2` (S28).
pub fn claim_name(template: &str, set: &str, ordinal: i64) -> Text {
    format!("{template}-{set}-{ordinal}").into()
}

/// The set's claim templates.
pub fn claim_templates(set: &Object) -> &[Value] {
    set.spec().get("volumeClaimTemplates").items()
}

/// The names of the claims of one ordinal, in the order of the templates.
pub fn claim_names(set: &Object, ordinal: i64) -> impl Iterator<Item = Text> + '_ {
    claim_templates(set)
        .iter()
        .map(move |template| claim_name(template.at(&["metadata", "name"]).str(), set.name(), ordinal))
}

/// True if the pod's name, namespace and pod-name label are those of its ordinal (S25).
pub fn identity_matches(set: &Object, pod: &Object) -> bool {
    ordinal_in(set.name(), pod.name()).is_some_and(|ordinal| {
        pod_name(set.name(), ordinal) == pod.name() // `web-01` parses as 1 and does not match.
            && pod.namespace() == set.namespace()
            && pod.label(POD_NAME_LABEL) == pod.name()
    })
}

/// True if every claim template has its volume in the pod (S26).
pub fn storage_matches(set: &Object, pod: &Object, ordinal: i64) -> bool {
    let volumes = pod.spec().get("volumes").items();
    claim_templates(set).iter().all(|template| {
        let name = template.at(&["metadata", "name"]).str();
        volumes.iter().any(|volume| {
            volume.get("name").str() == name
                && volume.at(&["persistentVolumeClaim", "claimName"]).str()
                    == claim_name(name, set.name(), ordinal).as_str()
        })
    })
}

/// The volumes of a pod: one per claim template, before the template's own (S24).
pub fn volumes(set: &Object, template: &[Value], ordinal: i64) -> Value {
    let claims = claim_templates(set).iter().map(|claim| {
        let name = claim.at(&["metadata", "name"]);
        object! {
            "name" => name.text(),
            "persistentVolumeClaim" => object! { "claimName" => claim_name(name.str(), set.name(), ordinal) },
        }
    });
    let own = template.iter().filter(|volume| {
        !claim_templates(set).iter().any(|claim| claim.at(&["metadata", "name"]) == volume.get("name"))
    });
    claims.chain(own.cloned()).collect::<Vec<_>>().into()
}

/// The pod of an ordinal made from a pod template of the revision of that name (S20 to S24).
pub fn new_pod(set: &Object, template: &Value, revision: &str, ordinal: i64) -> Object {
    let name = pod_name(set.name(), ordinal);
    let mut pod = Object::new(Kind::Pod, set.meta("namespace").text(), name.clone());
    let metadata = pod.body.at_mut(&["metadata"]).map_mut();
    metadata.insert("generateName", format!("{}-", set.name()));
    let mut labels: Map = template.at(&["metadata", "labels"]).as_map().cloned().unwrap_or_default();
    labels.insert(POD_NAME_LABEL, name.clone());
    labels.insert(POD_INDEX_LABEL, ordinal.to_string());
    labels.insert(REVISION_LABEL, revision.to_string());
    metadata.insert("labels", labels);
    for member in ["annotations", "finalizers"] {
        if let value @ (Value::Map(_) | Value::List(_)) = template.at(&["metadata", member]) {
            metadata.insert(member, value.clone());
        }
    }
    metadata.insert("ownerReferences", Value::list(vec![set.owner_reference()]));
    let mut spec = template.get("spec").clone();
    let members = spec.map_mut();
    members.insert("hostname", name);
    match set.spec().get("serviceName") {
        Value::Str(service) if !service.is_empty() => members.insert("subdomain", service.clone()),
        _ => drop(members.remove("subdomain")),
    }
    let own = template.at(&["spec", "volumes"]).items();
    if !own.is_empty() || !claim_templates(set).is_empty() {
        members.insert("volumes", volumes(set, own, ordinal));
    }
    pod.body.map_mut().insert("spec", spec);
    pod
}

/// The claim of an ordinal made from a claim template: its labels are overlaid with the selector's (S29, S30).
pub fn new_claim(set: &Object, template: &Value, ordinal: i64) -> Object {
    let name = claim_name(template.at(&["metadata", "name"]).str(), set.name(), ordinal);
    let mut claim = Object::new(Kind::PersistentVolumeClaim, set.meta("namespace").text(), name);
    let mut labels: Map = template.at(&["metadata", "labels"]).as_map().cloned().unwrap_or_default();
    for (key, value) in set.spec().at(&["selector", "matchLabels"]).entries() {
        labels.insert(key.clone(), value.clone());
    }
    let metadata = claim.body.at_mut(&["metadata"]).map_mut();
    if !labels.is_empty() {
        metadata.insert("labels", labels);
    }
    if let annotations @ Value::Map(_) = template.at(&["metadata", "annotations"]) {
        metadata.insert("annotations", annotations.clone());
    }
    claim.body.map_mut().insert("spec", template.get("spec").clone());
    claim
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s18_names_split_into_parent_and_ordinal() {
        assert_eq!(parent_and_ordinal("web-2"), Some(("web", 2)));
        assert_eq!(parent_and_ordinal("web-1-2"), Some(("web-1", 2)));
        assert_eq!(parent_and_ordinal("web-01"), Some(("web", 1)));
        for name in ["web", "web-", "web-x", "web-99999999999", "web-2147483648"] {
            assert_eq!(parent_and_ordinal(name), None, "{name}");
        }
    }
}
