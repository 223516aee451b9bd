//! Which nodes a DaemonSet's pods are for, and what the pod for a node looks like (S199, S201).

use super::{history, list};
use crate::api::placement::{repels, selects_node};
use crate::api::{Object, Text, Value};
use crate::object;
use crate::sim::Arrange;
use std::rc::Rc;

/// The label with the number of the template.
pub(super) const GENERATION_LABEL: &str = "pod-template-generation";
/// The annotation of a set with that number.
pub(super) const GENERATION: &str = "deprecated.daemonset.template.generation";

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

// What every daemon pod tolerates, with the effect (S201); the last only on the host's network.
const TOLERATED: &[(&str, &str)] = &[
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ("node.kubernetes.io/network-unavailable", "NoSchedule"),
];

fn tolerate(spec: &mut Value) {
    let count = TOLERATED.len() - usize::from(!spec.get("hostNetwork").is_true());
    let tolerations = spec.at_mut(&["tolerations"]).list_mut();
    for (key, effect) in &TOLERATED[..count] {
        let toleration = object! { "effect" => *effect, "key" => *key, "operator" => "Exists" };
        let same = |old: &Value| {
            ["key", "effect", "operator", "value"].iter().all(|m| old.get(m).str() == toleration.get(m).str())
        };
        match tolerations.iter().position(same) {
            Some(i) => tolerations[i] = toleration,
            None => tolerations.push(toleration),
        }
    }
}

/// Whether the node should get a pod of the set, and whether a pod that is there may stay.
pub(super) fn suits(set: &Object, node: &Object) -> (bool, bool) {
    let spec = set.spec().at(&["template", "spec"]);
    let fixed = spec.get("nodeName").str();
    if !(fixed.is_empty() || fixed == node.name()) || !selects_node(spec, node) {
        return (false, false);
    }
    if node.spec().get("taints").items().is_empty() {
        return (true, true);
    }
    let mut spec = spec.clone();
    tolerate(&mut spec);
    if repels(node, &spec, &["NoSchedule", "NoExecute"]) {
        return (false, !repels(node, &spec, &["NoExecute"]));
    }
    (true, true)
}

/// The node a pod is on, or is for; empty if it is for none.
pub(super) fn target(pod: &Object) -> Text {
    let spec = pod.spec();
    if !spec.get("nodeName").str().is_empty() {
        return spec.get("nodeName").text();
    }
    let terms = spec.at(&["affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms"]).items();
    let fields = terms.iter().flat_map(|term| term.get("matchFields").items());
    let mut names = fields.filter(|field| field.get("key").str() == "metadata.name");
    names.next().and_then(|field| field.get("values").items().first()).map(Value::text).unwrap_or_default()
}

/// The template of the pod for a node: it can go nowhere else.
pub(super) fn template(set: &Object, hash: &str, node: &Text) -> Value {
    let mut template = set.spec().get("template").clone();
    let labels = template.at_mut(&["metadata", "labels"]).map_mut();
    let generation = set.annotation(GENERATION);
    if !generation.is_empty() {
        labels.insert(GENERATION_LABEL, generation.to_string());
    }
    labels.insert(history::HASH_LABEL, hash.to_string());
    let spec = template.at_mut(&["spec"]);
    tolerate(spec);
    let field = object! {
        "key" => "metadata.name", "operator" => "In", "values" => list(vec![node.clone().into()]),
    };
    let terms = list(vec![object! { "matchFields" => list(vec![field]) }]);
    spec.set(&["affinity", "nodeAffinity", REQUIRED], object! { "nodeSelectorTerms" => terms });
    template
}

/// Sorts pods of a node: those that have the node first, then by age.
pub(super) fn oldest_first(pods: &mut [Rc<Object>]) {
    let unplaced = |pod: &Object| pod.spec().get("nodeName").str().is_empty();
    pods.arrange_by(|a, b| {
        let placed = unplaced(a).cmp(&unplaced(b));
        placed.then_with(|| a.created_at().cmp(&b.created_at())).then_with(|| a.name().cmp(b.name()))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;

    #[test]
    fn s199_s201_a_pod_may_stay_where_none_would_be_made() {
        let mut set = Object::new(Kind::DaemonSet, "default", "agent");
        set.body
            .set(&["spec", "template", "spec"], object! { "nodeSelector" => object! { "disk" => "ssd" } });
        let mut node = Object::new(Kind::Node, "", "node-1");
        assert_eq!(suits(&set, &node), (false, false), "not selected");
        node.body.set(&["metadata", "labels"], object! { "disk" => "ssd" });
        assert_eq!(suits(&set, &node), (true, true));
        for (key, effect, found) in [
            ("node.kubernetes.io/unschedulable", "NoSchedule", (true, true)),
            ("node.kubernetes.io/unreachable", "NoExecute", (true, true)),
            ("dedicated", "PreferNoSchedule", (true, true)),
            ("dedicated", "NoSchedule", (false, true)),
            ("dedicated", "NoExecute", (false, false)),
            // Only pods on the host's network bear this one.
            ("node.kubernetes.io/network-unavailable", "NoSchedule", (false, true)),
        ] {
            let taint = object! { "effect" => effect, "key" => key };
            node.body.set(&["spec", "taints"], list(vec![taint]));
            assert_eq!(suits(&set, &node), found, "{key}:{effect}");
        }
    }
}
