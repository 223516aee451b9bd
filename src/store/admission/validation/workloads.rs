//! Deployments, ReplicaSets and DaemonSets, and amounts that are numbers or shares.
//!
//! Follows pkg/apis/apps/validation. Unlike a StatefulSet's, their pod templates have always been validated.

use super::stateful_set::{go, go_map, members};
use super::{Errors, child, immutable, non_negative, pod, selector, selects};
use crate::api::print::to_go_json;
use crate::api::{Kind, Object, Profile, Value};

fn percent(value: &Value) -> Option<&str> {
    let number = value.as_str()?.strip_suffix('%')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

/// A number that is not negative, or a percentage.
pub(super) fn amount(errors: &mut Errors, value: &Value, path: &str) {
    non_negative(errors, path, value);
    if value.as_str().is_some() && percent(value).is_none() {
        errors.invalid(
            path,
            value,
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex \
             used for validation is '[0-9]+%')",
        );
    }
}

/// A percentage of no more than everything.
pub(super) fn at_most_all(errors: &mut Errors, value: &Value, path: &str) {
    if percent(value).is_some_and(|number| number.parse().unwrap_or(u64::MAX) > 100) {
        errors.invalid(path, value, "must not be greater than 100%");
    }
}

/// True for 0, 0% and texts that are no percentage.
pub(super) fn is_zero(value: &Value) -> bool {
    match value {
        Value::Str(text) => percent(value).unwrap_or(text.as_str()).parse().unwrap_or(0) == 0,
        value => value.as_int() == Some(0),
    }
}

pub(super) fn validate(errors: &mut Errors, object: &Object, old: Option<&Object>, profile: &Profile) {
    let spec = object.spec();
    if object.kind == Kind::DaemonSet
        && let Some(old) = old
    {
        immutable(errors, "spec.selector", spec.get("selector"), old.spec().get("selector"));
    }
    match object.kind {
        Kind::Deployment => deployment(errors, spec, profile),
        Kind::ReplicaSet => {
            for member in ["replicas", "minReadySeconds"] {
                non_negative(errors, &child("spec", member), spec.get(member));
            }
            with_selector(errors, spec, ("deployment", "ReplicaSet"), profile);
        }
        _ => daemon_set(errors, spec, profile),
    }
    if object.kind != Kind::DaemonSet
        && let Some(old) = old
    {
        immutable(errors, "spec.selector", spec.get("selector"), old.spec().get("selector"));
    }
}

// The selector, then the template it has to select; `names` are the kind's in two texts.
fn with_selector(errors: &mut Errors, spec: &Value, names: (&str, &str), profile: &Profile) {
    let wanted = spec.get("selector");
    let mut usable = true;
    if wanted.is_null() {
        errors.required("spec.selector", "");
    } else {
        usable = selector(errors, wanted, "spec.selector");
        empty(errors, wanted, names.0, profile);
    }
    match usable {
        true => template(errors, spec, names.1, profile),
        false => errors.invalid_raw(
            "spec.selector",
            &go(wanted, profile, "LabelSelector"),
            "invalid label selector",
        ),
    }
}

fn empty(errors: &mut Errors, wanted: &Value, kind: &str, profile: &Profile) {
    if wanted.get("matchLabels").entries().is_empty() && wanted.get("matchExpressions").items().is_empty() {
        let detail = ["empty selector is invalid for ", kind].concat();
        errors.invalid_raw("spec.selector", &go(wanted, profile, "LabelSelector"), &detail);
    }
}

fn unlike(errors: &mut Errors, spec: &Value, profile: &Profile) {
    let found = spec.at(&["template", "metadata", "labels"]);
    let shown = if profile.validate_template_on_create { to_go_json(found) } else { go_map(found) };
    let detail = "`selector` does not match template `labels`";
    errors.invalid_raw("spec.template.metadata.labels", &shown, detail);
}

fn template(errors: &mut Errors, spec: &Value, kind: &str, profile: &Profile) {
    let wanted = spec.get("selector");
    // No selector selects nothing, an empty one everything.
    let nothing = !wanted.is_null()
        && wanted.get("matchLabels").entries().is_empty()
        && wanted.get("matchExpressions").items().is_empty();
    let found = spec.at(&["template", "metadata", "labels"]);
    if kind == "ReplicaSet" && !nothing && (wanted.is_null() || !selects(wanted, found)) {
        unlike(errors, spec, profile);
    }
    pod::template(errors, spec.get("template"), "spec.template", None);
    let pod = spec.at(&["template", "spec"]);
    if pod.get("restartPolicy").str() != "Always" {
        errors.not_supported("spec.template.spec.restartPolicy", pod.get("restartPolicy").str(), &["Always"]);
    }
    if !pod.get("activeDeadlineSeconds").is_null() {
        let detail = ["activeDeadlineSeconds in ", kind, " is not Supported"].concat();
        errors.forbidden("spec.template.spec.activeDeadlineSeconds", &detail);
    }
}

// In the words and the order of the server's own structs.
fn shown_strategy(strategy: &Value) -> String {
    let update = strategy.get("rollingUpdate");
    let number = |member: &str| match update.get(member) {
        Value::Null => "0".into(),
        value => to_go_json(value),
    };
    let update = match update {
        Value::Null => "null".into(),
        _ => members(&[("MaxUnavailable", number("maxUnavailable")), ("MaxSurge", number("maxSurge"))]),
    };
    members(&[("Type", to_go_json(strategy.get("type"))), ("RollingUpdate", update)])
}

fn deployment(errors: &mut Errors, spec: &Value, profile: &Profile) {
    non_negative(errors, "spec.replicas", spec.get("replicas"));
    with_selector(errors, spec, ("deployment", "ReplicaSet"), profile);
    let update = spec.at(&["strategy", "rollingUpdate"]);
    let path = "spec.strategy.rollingUpdate";
    match spec.at(&["strategy", "type"]).str() {
        "Recreate" if !update.is_null() => {
            errors.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
        }
        "Recreate" => {}
        "RollingUpdate" => {
            let (down, up) = (update.get("maxUnavailable"), update.get("maxSurge"));
            let down_path = child(path, "maxUnavailable");
            amount(errors, down, &down_path);
            amount(errors, up, &child(path, "maxSurge"));
            if is_zero(down) && is_zero(up) {
                errors.invalid(&down_path, down, "may not be 0 when `maxSurge` is 0");
            }
            at_most_all(errors, down, &down_path);
        }
        _ => errors.add(
            "spec.strategy",
            "Unsupported value",
            &shown_strategy(spec.get("strategy")),
            "supported values: \"Recreate\", \"RollingUpdate\"",
        ),
    }
    for member in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        non_negative(errors, &child("spec", member), spec.get(member));
    }
    let deadline = spec.get("progressDeadlineSeconds");
    let min_ready = spec.get("minReadySeconds").as_int().unwrap_or(0);
    if deadline.as_int().is_some_and(|seconds| seconds <= min_ready) {
        errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
    }
}

fn daemon_set(errors: &mut Errors, spec: &Value, profile: &Profile) {
    let wanted = spec.get("selector");
    if wanted.is_null() {
        // Asked for by the schema only; nothing selects nothing.
        unlike(errors, spec, profile);
    } else {
        let usable = selector(errors, wanted, "spec.selector");
        if usable && !selects(wanted, spec.at(&["template", "metadata", "labels"])) {
            unlike(errors, spec, profile);
        }
        empty(errors, wanted, "daemonset", profile);
    }
    template(errors, spec, "DaemonSet", profile);
    non_negative(errors, "spec.minReadySeconds", spec.get("minReadySeconds"));
    let update = spec.at(&["updateStrategy", "rollingUpdate"]);
    let path = "spec.updateStrategy.rollingUpdate";
    match spec.at(&["updateStrategy", "type"]).str() {
        "OnDelete" => {}
        "RollingUpdate" => {
            let (down, up) = (update.get("maxUnavailable"), update.get("maxSurge"));
            let (down_path, up_path) = (child(path, "maxUnavailable"), child(path, "maxSurge"));
            amount(errors, down, &down_path);
            amount(errors, up, &up_path);
            at_most_all(errors, down, &down_path);
            at_most_all(errors, up, &up_path);
            match (is_zero(down), is_zero(up)) {
                (false, false) => {
                    errors.invalid(&up_path, up, "may not be set when maxUnavailable is non-zero");
                }
                (true, true) => errors.required(&down_path, "cannot be 0 when maxSurge is 0"),
                _ => {}
            }
        }
        _ => errors.add(
            "spec.updateStrategy",
            "Unsupported value",
            &shown_strategy(spec.get("updateStrategy")),
            "supported values: \"RollingUpdate\", \"OnDelete\"",
        ),
    }
    non_negative(errors, "spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"));
}
