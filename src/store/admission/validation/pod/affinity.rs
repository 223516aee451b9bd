//! Where pods may go: affinity, topology spread, tolerations.

use super::super::text::{self, Name};
use super::super::{Errors, child, index, label_name, requirement, selector};
use crate::api::Value;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(super) fn affinity(errors: &mut Errors, affinity: &Value, path: &str) {
    let node = affinity.get("nodeAffinity");
    let at = child(path, "nodeAffinity");
    if !node.get(REQUIRED).is_null() {
        node_selector(errors, node.get(REQUIRED), &child(&at, REQUIRED));
    }
    for (i, term) in node.get(PREFERRED).items().iter().enumerate() {
        let at = index(&child(&at, PREFERRED), i);
        weight(errors, term, &at);
        node_term(errors, term.get("preference"), &child(&at, "preference"), false);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let (rules, at) = (affinity.get(kind), child(path, kind));
        for (i, rule) in rules.get(REQUIRED).items().iter().enumerate() {
            pod_term(errors, rule, &index(&child(&at, REQUIRED), i));
        }
        for (i, rule) in rules.get(PREFERRED).items().iter().enumerate() {
            let at = index(&child(&at, PREFERRED), i);
            weight(errors, rule, &at);
            pod_term(errors, rule.get("podAffinityTerm"), &child(&at, "podAffinityTerm"));
        }
    }
}

/// The terms that nodes are chosen by, of pods and of volumes.
pub(in super::super) fn node_selector(errors: &mut Errors, selector: &Value, path: &str) {
    let at = child(path, "nodeSelectorTerms");
    let terms = selector.get("nodeSelectorTerms").items();
    if terms.is_empty() {
        errors.required(&at, "must have at least one node selector term");
    }
    for (i, term) in terms.iter().enumerate() {
        node_term(errors, term, &index(&at, i), true);
    }
}

// Values that are no labels only make a preference useless.
fn node_term(errors: &mut Errors, term: &Value, path: &str, strict: bool) {
    for (i, rule) in term.get("matchExpressions").items().iter().enumerate() {
        requirement(errors, rule, &index(&child(path, "matchExpressions"), i), true, strict);
    }
    for (i, rule) in term.get("matchFields").items().iter().enumerate() {
        let path = index(&child(path, "matchFields"), i);
        let (values, operator) = (rule.get("values").items(), rule.get("operator").str());
        if !matches!(operator, "In" | "NotIn") {
            errors.invalid_text(&child(&path, "operator"), operator, "not a valid selector operator");
        } else if values.len() != 1 {
            errors.required(
                &child(&path, "values"),
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
            );
        }
        let key = rule.get("key").str();
        if key != "metadata.name" {
            errors.invalid_text(&child(&path, "key"), key, "not a valid field selector key");
            continue;
        }
        for (j, value) in values.iter().enumerate() {
            let problems = Name::Subdomain.check(value.str());
            errors.each(&index(&child(&path, "values"), j), value.str(), problems);
        }
    }
}

fn weight(errors: &mut Errors, term: &Value, path: &str) {
    if !term.get("weight").as_int().is_some_and(|w| (1..=100).contains(&w)) {
        errors.invalid(&child(path, "weight"), term.get("weight"), "must be in the range 1-100");
    }
}

fn pod_term(errors: &mut Errors, term: &Value, path: &str) {
    for member in ["labelSelector", "namespaceSelector"] {
        selector(errors, term.get(member), &child(path, member));
    }
    for name in term.get("namespaces").items() {
        errors.each(&child(path, "namespace"), name.str(), Name::Label.check(name.str()));
    }
    label_keys(errors, term, path);
    let (key, at) = (term.get("topologyKey").str(), child(path, "topologyKey"));
    if key.is_empty() {
        errors.required(&at, "can not be empty");
    }
    label_name(errors, &at, key);
}

// Keys whose values the server takes from the pod's own labels.
fn label_keys(errors: &mut Errors, rule: &Value, path: &str) {
    for member in ["matchLabelKeys", "mismatchLabelKeys"] {
        let (keys, at) = (rule.get(member).items(), child(path, member));
        if !keys.is_empty() && rule.get("labelSelector").is_null() {
            errors.forbidden(&at, "must not be specified when labelSelector is not set");
            continue;
        }
        for (i, key) in keys.iter().enumerate() {
            label_name(errors, &index(&at, i), key.str());
        }
    }
}

pub(super) fn spread(errors: &mut Errors, constraints: &[Value], path: &str) {
    for (i, constraint) in constraints.iter().enumerate() {
        let path = index(path, i);
        let positive = |errors: &mut Errors, member: &str| {
            let value = constraint.get(member);
            if value.as_int().is_some_and(|n| n <= 0) {
                errors.invalid(&child(&path, member), value, "must be greater than zero");
            }
        };
        positive(errors, "maxSkew");
        let (key, action) = (constraint.get("topologyKey").str(), constraint.get("whenUnsatisfiable").str());
        if key.is_empty() {
            errors.required(&child(&path, "topologyKey"), "can not be empty");
        }
        if !matches!(action, "DoNotSchedule" | "ScheduleAnyway") {
            let at = child(&path, "whenUnsatisfiable");
            errors.not_supported(&at, action, &["DoNotSchedule", "ScheduleAnyway"]);
        }
        let same = |other: &&Value| {
            other.get("topologyKey").str() == key && other.get("whenUnsatisfiable").str() == action
        };
        if constraints[i + 1..].iter().any(|other| same(&other)) {
            let pair = ["{", key, ", ", action, "}"].concat();
            errors.duplicate(&child(&path, "{topologyKey, whenUnsatisfiable}"), &pair);
        }
        positive(errors, "minDomains");
        if !constraint.get("minDomains").is_null() && action != "DoNotSchedule" {
            let detail =
                ["can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ", action].concat();
            errors.invalid(&child(&path, "minDomains"), constraint.get("minDomains"), &detail);
        }
        for member in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            errors.if_set(&child(&path, member), constraint.get(member), &["Honor", "Ignore"]);
        }
        label_keys(errors, constraint, &path);
        selector(errors, constraint.get("labelSelector"), &child(&path, "labelSelector"));
    }
}

pub(super) fn tolerations(errors: &mut Errors, tolerations: &[Value], path: &str) {
    for (i, toleration) in tolerations.iter().enumerate() {
        let path = index(path, i);
        let member = |name: &str| toleration.get(name).str();
        let at = child(&path, "operator");
        if !member("key").is_empty() {
            label_name(errors, &child(&path, "key"), member("key"));
        } else if member("operator") != "Exists" {
            errors.invalid_text(
                &at,
                member("operator"),
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            );
        }
        if !toleration.get("tolerationSeconds").is_null() && member("effect") != "NoExecute" {
            errors.invalid_text(
                &child(&path, "effect"),
                member("effect"),
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match member("operator") {
            "Equal" | "" => {
                let problems = text::label_value(member("value"));
                if !problems.is_empty() {
                    errors.invalid_text(&at, member("value"), &problems.join(";"));
                }
            }
            "Exists" if !member("value").is_empty() => {
                errors.invalid_text(&at, member("value"), "value must be empty when `operator` is 'Exists'");
            }
            "Exists" => {}
            // Comparing is behind a gate that is closed.
            other @ ("Gt" | "Lt") => errors.not_supported(&at, other, &["Equal", "Exists", "Lt", "Gt"]),
            other => errors.not_supported(&at, other, &["Equal", "Exists"]),
        }
        if !member("effect").is_empty() {
            taint_effect(errors, &child(&path, "effect"), member("effect"));
        }
    }
}

pub(in super::super) fn taint_effect(errors: &mut Errors, path: &str, effect: &str) {
    errors.one_of(path, effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}
