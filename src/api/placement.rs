//! Whether a node suits what a pod asks of it: tolerations, node selector, required node affinity; label selectors.
//!
//! The scheduler and the DaemonSet controller ask the same (S140, S199). Follows component-helpers/scheduling.

use super::object::Object;
use super::value::{Map, Value};

/// True if the tolerations of a pod's spec let that taint pass.
pub fn tolerates(spec: &Value, key: &str, value: &str, effect: &str) -> bool {
    spec.get("tolerations").items().iter().any(|toleration| {
        let own = toleration.get("key").str();
        let exists = toleration.get("operator").str() == "Exists";
        let same_effect =
            matches!(toleration.get("effect").str(), "") || toleration.get("effect").str() == effect;
        let same_key = own == key || own.is_empty() && exists;
        same_effect && same_key && (exists || toleration.get("value").str() == value)
    })
}

/// True if the node has a taint of one of these effects that the pod's spec does not tolerate.
pub fn repels(node: &Object, spec: &Value, effects: &[&str]) -> bool {
    node.spec().get("taints").items().iter().any(|taint| {
        let part = |member| taint.get(member).str();
        effects.contains(&part("effect")) && !tolerates(spec, part("key"), part("value"), part("effect"))
    })
}

/// True if the node is one that the pod's spec selects.
pub fn selects_node(spec: &Value, node: &Object) -> bool {
    let plain = spec.get("nodeSelector").entries().iter().all(|(key, value)| node.label(key) == value.str());
    let required = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let required = spec.at(&required);
    let matches = |term: &Value| {
        let fields = term.get("matchFields").items();
        let expressions = term.get("matchExpressions").items();
        // A term without anything selects nothing.
        !(fields.is_empty() && expressions.is_empty())
            && expressions.iter().all(|e| holds(e, node.labels().get(e.get("key").str())))
            && fields.iter().all(|e| holds(e, Some(node.meta("name"))))
    };
    plain && (required.is_null() || required.get("nodeSelectorTerms").items().iter().any(matches))
}

/// True if a label selector (`matchLabels`, `matchExpressions`) selects these labels.
pub fn labels_match(selector: &Value, labels: &Map) -> bool {
    let own = |key: &str| labels.get(key);
    selector.get("matchLabels").entries().iter().all(|(key, value)| own(key) == Some(value))
        && selector.get("matchExpressions").items().iter().all(|e| holds(e, own(e.get("key").str())))
}

fn holds(expression: &Value, found: Option<&Value>) -> bool {
    let values = expression.get("values").items();
    let listed = found.is_some_and(|value| values.contains(value));
    let compared =
        || -> Option<(i64, i64)> { Some((found?.str().parse().ok()?, values.first()?.str().parse().ok()?)) };
    match expression.get("operator").str() {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        "Gt" => compared().is_some_and(|(own, limit)| own > limit),
        "Lt" => compared().is_some_and(|(own, limit)| own < limit),
        _ => false,
    }
}
