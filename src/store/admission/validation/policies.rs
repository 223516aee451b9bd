//! Secrets, quotas, disruption budgets and autoscalers.
//!
//! Follows pkg/apis/core, policy and autoscaling, validation; the texts are those of recordings where there are some.

use super::workloads::{amount, at_most_all};
use super::{Errors, child, index, selector, text};
use crate::api::print::to_go_json;
use crate::api::quantity::Quantity;
use crate::api::{Object, Value};

/// The keys that a secret of a type has to have.
const KEYS: &[(&str, &[&str])] = &[
    ("kubernetes.io/tls", &["tls.crt", "tls.key"]),
    ("kubernetes.io/ssh-auth", &["ssh-privatekey"]),
    ("kubernetes.io/dockerconfigjson", &[".dockerconfigjson"]),
    ("kubernetes.io/dockercfg", &[".dockercfg"]),
];

pub(super) fn secret(errors: &mut Errors, secret: &Object) {
    let data = secret.body.get("data");
    let has = |key: &str| !data.get(key).is_null();
    let path = |key: &str| ["data[", key, "]"].concat();
    let mut size = 0;
    for (key, value) in data.entries() {
        errors.each(&path(key), key, text::config_key(key));
        size += value.str().len() * 3 / 4;
    }
    if size > 1 << 20 {
        errors.add("data", "Too long", "", "may not be more than 1048576 bytes");
    }
    let kind = secret.body.get("type").str();
    for key in KEYS.iter().filter(|(of, _)| *of == kind).flat_map(|(_, keys)| *keys) {
        if !has(key) {
            errors.required(&path(key), "");
        }
    }
    if kind == "kubernetes.io/basic-auth" && !has("username") && !has("password") {
        errors.required(&path("username"), "");
        errors.required(&path("password"), "");
    }
    if kind == "kubernetes.io/service-account-token"
        && secret.annotation("kubernetes.io/service-account.name").is_empty()
    {
        errors.required("metadata.annotations[kubernetes.io/service-account.name]", "");
    }
}

/// What a quota may limit: things that are counted, and things that are measured.
const COUNTED: &str = " configmaps persistentvolumeclaims pods replicationcontrollers resourcequotas secrets services \
    services.loadbalancers services.nodeports ";
const MEASURED: &str = " cpu ephemeral-storage limits.cpu limits.ephemeral-storage limits.memory memory requests.cpu \
    requests.ephemeral-storage requests.memory requests.storage ";

pub(super) fn quota(errors: &mut Errors, spec: &Value) {
    for (resource, limit) in spec.get("hard").entries() {
        let path = ["spec.hard[", resource, "]"].concat();
        let is_in = |list: &str| list.contains(&*[" ", resource, " "].concat());
        if !resource.contains('/') && !is_in(COUNTED) && !is_in(MEASURED) {
            errors.invalid_text(&path, resource, "must be a standard resource type or fully qualified");
            errors.invalid_text(&path, resource, "must be a standard resource for quota");
            continue;
        }
        let Ok(amount) = Quantity::parse(limit.str()) else { continue };
        if amount.sign() < 0 {
            errors.invalid_text(&path, limit.str(), "must be greater than or equal to 0");
        }
        let whole = is_in(COUNTED) || resource.contains('/') && !resource.ends_with("/requests.storage");
        if whole && !amount.is_whole() {
            errors.invalid_text(&path, limit.str(), "must be an integer");
        }
    }
    for (i, scope) in spec.get("scopes").items().iter().enumerate() {
        let known = [
            "Terminating",
            "NotTerminating",
            "BestEffort",
            "NotBestEffort",
            "PriorityClass",
            "CrossNamespacePodAffinity",
        ];
        if !known.contains(&scope.str()) {
            errors.invalid_text(&index("spec.scopes", i), scope.str(), "unsupported scope");
        }
    }
}

pub(super) fn budget(errors: &mut Errors, spec: &Value) {
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if !least.is_null() && !most.is_null() {
        let members = [
            ("MinAvailable", least),
            ("Selector", spec.get("selector")),
            ("MaxUnavailable", most),
            ("UnhealthyPodEvictionPolicy", spec.get("unhealthyPodEvictionPolicy")),
        ];
        let members = members.map(|(name, value)| ["\"", name, "\":", &to_go_json(value)].concat());
        let shown = ["{", &members.join(","), "}"].concat();
        errors.invalid_raw("spec", &shown, "minAvailable and maxUnavailable cannot be both set");
    }
    for name in ["minAvailable", "maxUnavailable"] {
        let path = child("spec", name);
        amount(errors, spec.get(name), &path);
        at_most_all(errors, spec.get(name), &path);
    }
    let policies = &["AlwaysAllow", "IfHealthyBudget"];
    errors.if_set("spec.unhealthyPodEvictionPolicy", spec.get("unhealthyPodEvictionPolicy"), policies);
    selector(errors, spec.get("selector"), "spec.selector");
}

pub(super) fn autoscaler(errors: &mut Errors, spec: &Value) {
    let number = |name: &str| spec.get(name).as_int().unwrap_or(0);
    let (least, most) = (number("minReplicas"), number("maxReplicas"));
    if least < 1 {
        errors.invalid("spec.minReplicas", spec.get("minReplicas"), "must be greater than or equal to 1");
    }
    if most < 1 {
        errors.invalid("spec.maxReplicas", &most.into(), "must be greater than 0");
    }
    if most < least {
        let detail = "must be greater than or equal to `minReplicas`";
        errors.invalid("spec.maxReplicas", &most.into(), detail);
    }
    for member in ["kind", "name"] {
        if spec.at(&["scaleTargetRef", member]).str().is_empty() {
            errors.required(&child("spec.scaleTargetRef", member), "");
        }
    }
}
