//! The eviction subresource: a deletion that a disruption budget may refuse (S179).
//!
//! Follows pkg/registry/core/pod/storage/eviction.go. What the budget allows is what its controller wrote last; an
//! eviction takes one off at once, so that a second one does not see an old number.

use super::{Reason, Status, Store};
use crate::api::object::set_condition;
use crate::api::placement::labels_match;
use crate::api::{Kind, Object, Value};
use crate::object;
use crate::sim::SimTime;

/// The refusal, which kubectl takes as "later".
pub const REFUSAL: &str = "Cannot evict pod as it would violate the pod's disruption budget.";

/// The budget as it is once a pod is evicted, if one is touched by it; an error if the pod may not be evicted now.
pub fn permit(store: &Store, now: SimTime, pod: &Object) -> Result<Option<Object>, Status> {
    // Who does not run cannot be missed.
    if pod.is_terminating() || matches!(pod.status().get("phase").str(), "Succeeded" | "Failed" | "Pending") {
        return Ok(None);
    }
    let mut budgets = store
        .list(Kind::PodDisruptionBudget, Some(pod.namespace()))
        .filter(|budget| labels_match(budget.spec().get("selector"), pod.labels()));
    let Some(budget) = budgets.next() else { return Ok(None) };
    if budgets.next().is_some() {
        return Err(Status::new(
            Reason::InternalError,
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        ));
    }
    let status = budget.status();
    let number = |key: &str| status.get(key).as_int().unwrap_or(0);
    if pod.condition("Ready").get("status").str() != "True" {
        let always = budget.spec().get("unhealthyPodEvictionPolicy").str() == "AlwaysAllow";
        let (healthy, desired) = (number("currentHealthy"), number("desiredHealthy"));
        if always || healthy >= desired && desired > 0 {
            return Ok(None);
        }
    }
    let allowed = number("disruptionsAllowed");
    if number("observedGeneration") < budget.generation() || allowed <= 0 {
        return Err(Status::new(Reason::TooManyRequests, REFUSAL));
    }
    let mut budget = (**budget).clone();
    budget.body.set(&["status", "disruptionsAllowed"], allowed - 1);
    let disrupted = budget.body.at_mut(&["status", "disruptedPods"]).map_mut();
    disrupted.insert(pod.meta("name").text(), now.rfc3339());
    set_allowed(&mut budget, now);
    Ok(Some(budget))
}

/// Writes the condition that says whether anything is allowed.
pub fn set_allowed(budget: &mut Object, now: SimTime) {
    let allowed = budget.status().get("disruptionsAllowed").as_int().unwrap_or(0) > 0;
    let (status, reason) = if allowed { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
    let generation = budget.generation();
    set_condition(
        &mut budget.body,
        object! {
            "lastTransitionTime" => now.rfc3339(), "message" => "", "observedGeneration" => generation,
            "reason" => reason, "status" => status, "type" => "DisruptionAllowed",
        },
    );
}

/// Says in a pod why it is going.
pub fn mark(body: &mut Value, reason: &'static str, message: &'static str, now: SimTime) {
    let generation = body.at(&["metadata", "generation"]).clone();
    set_condition(
        body,
        object! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => now.rfc3339(), "message" => message,
            "observedGeneration" => generation, "reason" => reason, "status" => "True", "type" => "DisruptionTarget",
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::manifest;

    fn object(kind: Kind, text: &str) -> Object {
        Object::of(kind, manifest::parse(text).unwrap().remove(0).value)
    }

    // S179: who may go is what the budget's status says; who does not run may always go.
    #[test]
    fn s179_a_budget_is_asked_for_pods_that_run() {
        const READY: &str = "phase: Running, conditions: [{type: Ready, status: 'True'}]";
        const UNREADY: &str = "phase: Running, conditions: [{type: Ready, status: 'False'}]";
        for (status, pod, policy, answer) in [
            ("disruptionsAllowed: 1", READY, "", "one less"),
            ("disruptionsAllowed: 0", READY, "", "later"),
            ("disruptionsAllowed: 1, observedGeneration: 0", READY, "", "later"),
            ("disruptionsAllowed: 0", "phase: Pending", "", "free"),
            ("disruptionsAllowed: 0", "phase: Failed", "", "free"),
            ("disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2", UNREADY, "", "free"),
            ("disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2", UNREADY, "", "later"),
            ("disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0", UNREADY, "", "later"),
            ("disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2", UNREADY, "AlwaysAllow", "free"),
        ] {
            let mut store = Store::default();
            let generation = if status.contains("observedGeneration") { 1 } else { 0 };
            let text = format!(
                "metadata: {{name: b, namespace: default, generation: {generation}}}\n\
                 spec: {{selector: {{matchLabels: {{app: a}}}}, unhealthyPodEvictionPolicy: '{policy}'}}\n\
                 status: {{{status}}}"
            );
            let budget = object(Kind::PodDisruptionBudget, &text);
            store.commit(SimTime::ZERO, 0, budget.key(), Some(budget));
            let text =
                format!("metadata: {{name: p, namespace: default, labels: {{app: a}}}}\nstatus: {{{pod}}}");
            let got = permit(&store, SimTime::ZERO, &object(Kind::Pod, &text));
            let told = match &got {
                Ok(None) => "free",
                Ok(Some(budget)) => {
                    assert_eq!(budget.condition("DisruptionAllowed").get("reason").str(), "InsufficientPods");
                    assert!(!budget.status().at(&["disruptedPods", "p"]).is_null());
                    "one less"
                }
                Err(status) if status.code() == 429 => "later",
                Err(_) => "never",
            };
            assert_eq!(told, answer, "{status}; {pod}; {policy}");
        }
    }
}
