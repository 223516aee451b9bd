//! StatefulSets (S12 to S17).

use super::workloads::{amount, at_most_all, is_zero};
use super::{Errors, child, index, labels, non_negative, pod, quote, selector, selects, storage, text::Name};
use crate::api::print::to_go_json;
use crate::api::{Object, Profile, Value};
use crate::object;

const IMMUTABLE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                         'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                         'minReadySeconds' are forbidden";
const MUTABLE: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

pub(super) fn validate(errors: &mut Errors, set: &Object, old: Option<&Object>, profile: &Profile) {
    let create = old.is_none();
    let template_too = profile.validate_template_on_create
        && old.is_none_or(|old| {
            // A set that was let in broken may stay so.
            let mut before = Errors::default();
            spec(&mut before, old.spec(), false, true, profile);
            before.is_empty()
        });
    spec(errors, set.spec(), create, template_too, profile);
    if let Some(old) = old {
        let fixed = |spec: &Value| -> Vec<(String, Value)> {
            let members = spec.entries().iter();
            members
                .filter(|(key, value)| !MUTABLE.contains(&key.as_str()) && !value.is_null())
                .map(|(key, value)| (key.to_string(), value.clone()))
                .collect()
        };
        if fixed(set.spec()) != fixed(old.spec()) {
            errors.forbidden("spec", IMMUTABLE);
        }
    }
}

fn spec(errors: &mut Errors, spec: &Value, create: bool, template_too: bool, profile: &Profile) {
    match spec.get("podManagementPolicy").str() {
        "" => errors.required("spec.podManagementPolicy", ""),
        "OrderedReady" | "Parallel" => {}
        other => {
            errors.invalid_text("spec.podManagementPolicy", other, "must be 'OrderedReady' or 'Parallel'");
        }
    }
    strategy(errors, spec.get("updateStrategy"), profile);
    for member in ["whenDeleted", "whenScaled"] {
        let policy = spec.at(&["persistentVolumeClaimRetentionPolicy", member]).str();
        if !matches!(policy, "Retain" | "Delete") {
            let path = child("spec.persistentVolumeClaimRetentionPolicy", member);
            errors.not_supported(&path, policy, &["Retain", "Delete"]);
        }
    }
    if create && profile.validate_template_on_create {
        for (i, claim) in spec.get("volumeClaimTemplates").items().iter().enumerate() {
            storage::claim(errors, claim.get("spec"), &child(&index("spec.volumeClaimTemplates", i), "spec"));
        }
    }
    non_negative(errors, "spec.replicas", spec.get("replicas"));
    non_negative(errors, "spec.minReadySeconds", spec.get("minReadySeconds"));
    non_negative(errors, "spec.ordinals.start", spec.at(&["ordinals", "start"]));
    let service = spec.get("serviceName").str();
    if create && !service.is_empty() {
        errors.each("spec.serviceName", service, Name::Label.check(service));
    }
    let wanted = spec.get("selector");
    let usable = if wanted.is_null() {
        errors.required("spec.selector", "");
        true
    } else {
        let usable = selector(errors, wanted, "spec.selector");
        if wanted.get("matchLabels").entries().is_empty() && wanted.get("matchExpressions").items().is_empty()
        {
            errors.invalid_raw(
                "spec.selector",
                &go(wanted, profile, "LabelSelector"),
                "empty selector is invalid for statefulset",
            );
        }
        usable
    };
    if usable {
        template(errors, spec, template_too, profile);
    } else {
        errors.invalid_raw("spec.selector", &go(wanted, profile, "LabelSelector"), "");
    }
    let pod = spec.at(&["template", "spec"]);
    if pod.get("restartPolicy").str() != "Always" {
        errors.not_supported("spec.template.spec.restartPolicy", pod.get("restartPolicy").str(), &["Always"]);
    }
    if !pod.get("activeDeadlineSeconds").is_null() {
        errors.forbidden(
            "spec.template.spec.activeDeadlineSeconds",
            "activeDeadlineSeconds in StatefulSet is not Supported",
        );
    }
}

fn strategy(errors: &mut Errors, strategy: &Value, profile: &Profile) {
    let path = "spec.updateStrategy.rollingUpdate";
    let update = strategy.get("rollingUpdate");
    let internal = |update: &Value| match update {
        Value::Null => Value::Null,
        update => object! {
            "Partition" => update.get("partition").as_int().unwrap_or(0),
            "MaxUnavailable" => update.get("maxUnavailable").clone(),
        },
    };
    match strategy.get("type").str() {
        "" => errors.required("spec.updateStrategy", ""),
        "OnDelete" => {
            if !update.is_null() {
                errors.invalid_raw(
                    path,
                    &go_struct(&internal(update), profile, "RollingUpdateStatefulSetStrategy"),
                    "only allowed for updateStrategy 'RollingUpdate'",
                );
            }
        }
        "RollingUpdate" => {
            let partition = update.get("partition");
            non_negative(errors, &child(path, "partition"), partition);
            let (value, path) = (update.get("maxUnavailable"), child(path, "maxUnavailable"));
            amount(errors, value, &path);
            if is_zero(value) {
                errors.invalid(&path, value, "cannot be 0");
            }
            at_most_all(errors, value, &path);
        }
        other => {
            let value = object! { "Type" => other.to_string(), "RollingUpdate" => internal(update) };
            errors.invalid_raw(
                "spec.updateStrategy",
                &go_struct(&value, profile, "StatefulSetUpdateStrategy"),
                "must be 'RollingUpdate' or 'OnDelete'",
            );
        }
    }
}

fn template(errors: &mut Errors, spec: &Value, whole: bool, profile: &Profile) {
    let template = spec.get("template");
    let found = template.at(&["metadata", "labels"]);
    let wanted = spec.get("selector");
    if wanted.is_null() || !selects(wanted, found) {
        let shown = if profile.validate_template_on_create { to_go_json(found) } else { go_map(found) };
        errors.invalid_raw(
            "spec.template.metadata.labels",
            &shown,
            "`selector` does not match template `labels`",
        );
    }
    if whole {
        let claims = spec.get("volumeClaimTemplates").items();
        pod::template(errors, template, "spec.template", Some(claims));
    }
    labels(errors, found, "spec.template.labels");
    super::annotations(errors, template.at(&["metadata", "annotations"]), "spec.template.annotations");
}

// Up to 1.33 structured values are shown in Go's syntax.
pub(super) fn go(value: &Value, profile: &Profile, ty: &str) -> String {
    if profile.validate_template_on_create {
        let given = ["matchLabels", "matchExpressions"].into_iter().filter(|name| !value.get(name).is_null());
        return members(&given.map(|name| (name, to_go_json(value.get(name)))).collect::<Vec<_>>());
    }
    let labels = go_map(value.get("matchLabels"));
    format!("v1.{ty}{{MatchLabels:{labels}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}}")
}

/// An object of JSON with its members as they are given.
pub(super) fn members(list: &[(&str, String)]) -> String {
    let mut out = String::from("{");
    for (i, (name, value)) in list.iter().enumerate() {
        for part in [if i > 0 { ",\"" } else { "\"" }, name, "\":", value] {
            out.push_str(part);
        }
    }
    out.push('}');
    out
}

fn go_struct(value: &Value, profile: &Profile, ty: &str) -> String {
    if profile.validate_template_on_create {
        // Go writes fields in the order of the struct.
        let first = if ty.starts_with("Rolling") { "Partition" } else { "Type" };
        let second = if ty.starts_with("Rolling") { "MaxUnavailable" } else { "RollingUpdate" };
        let inner = match value.get(second) {
            nested @ Value::Map(_) => go_struct(nested, profile, "RollingUpdateStatefulSetStrategy"),
            other => to_go_json(other),
        };
        return members(&[(first, to_go_json(value.get(first))), (second, inner)]);
    }
    if ty.starts_with("Rolling") {
        let partition = to_go_json(value.get("Partition"));
        return format!("apps.{ty}{{Partition:{partition}, MaxUnavailable:(*intstr.IntOrString)(nil)}}");
    }
    let kind = quote(value.get("Type").str());
    format!("apps.{ty}{{Type:{kind}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}}")
}

pub(super) fn go_map(value: &Value) -> String {
    if value.is_null() {
        return "map[string]string(nil)".into();
    }
    let entries: Vec<String> =
        value.entries().iter().map(|(key, value)| format!("{}:{}", quote(key), quote(value.str()))).collect();
    format!("map[string]string{{{}}}", entries.join(", "))
}

pub(super) fn status(errors: &mut Errors, new: &Value, old: &Value) {
    let count = |member: &str| new.get(member).as_int().unwrap_or(0);
    let members = [
        "replicas",
        "readyReplicas",
        "currentReplicas",
        "updatedReplicas",
        "availableReplicas",
        "observedGeneration",
    ];
    for member in members.iter().chain(&["collisionCount"]) {
        non_negative(errors, &child("status", member), new.get(member));
    }
    for member in &members[1..5] {
        if count(member) > count("replicas") {
            errors.invalid(
                &child("status", member),
                new.get(member),
                "cannot be greater than status.replicas",
            );
        }
    }
    if count("availableReplicas") > count("readyReplicas") {
        errors.invalid(
            "status.availableReplicas",
            new.get("availableReplicas"),
            "cannot be greater than status.readyReplicas",
        );
    }
    if count("collisionCount") < old.get("collisionCount").as_int().unwrap_or(0) {
        errors.invalid("status.collisionCount", &count("collisionCount").into(), "cannot be decremented");
    }
}
