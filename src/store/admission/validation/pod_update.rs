//! What an update of a pod may change, and what the server warns of.

use super::{Errors, child, diff, index};
use crate::api::Value;

const UPDATABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,\
                         `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only \
                         additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set \
                         to 1 if it was previously negative)";

/// Names of images, which templates may have with blanks around them.
pub(super) fn images(errors: &mut Errors, spec: &Value) {
    for list in ["containers", "initContainers"] {
        for (i, container) in spec.get(list).items().iter().enumerate() {
            let image = container.get("image").str();
            if image.trim() != image {
                let at = child(&index(&child("spec", list), i), "image");
                errors.invalid_text(&at, image, "must not have leading or trailing whitespace");
            }
        }
    }
}

/// What an update of a pod may change.
pub(super) fn update(errors: &mut Errors, new: &Value, old: &Value) {
    for list in ["containers", "initContainers"] {
        let (new, old) = (new.get(list).items(), old.get(list).items());
        let path = child("spec", list);
        if new.len() != old.len() {
            return errors.forbidden(&path, "pod updates may not add or remove containers");
        }
    }
    images(errors, new);
    let (deadline, before) = (new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds"));
    let path = "spec.activeDeadlineSeconds";
    match (deadline.as_int(), before.as_int()) {
        (Some(new), Some(old)) if new > old => {
            return errors.invalid(path, deadline, "must be less than or equal to previous value");
        }
        (None, Some(_)) => {
            errors.invalid(path, deadline, "must not update from a positive integer to nil value");
        }
        _ => {}
    }
    let kept = old
        .get("tolerations")
        .items()
        .iter()
        .all(|toleration| new.get("tolerations").items().contains(toleration));
    if !kept {
        errors.forbidden(
            "spec.tolerations",
            "existing toleration can not be modified except its tolerationSeconds",
        );
    }
    let mut munged = new.clone();
    for list in ["containers", "initContainers"] {
        if munged.get(list).items().is_empty() {
            continue;
        }
        let images: Vec<Value> = old.get(list).items().iter().map(|c| c.get("image").clone()).collect();
        for (container, image) in munged.map_mut().entry(list).list_mut().iter_mut().zip(images) {
            container.map_mut().insert("image", image);
        }
    }
    for member in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        restore(&mut munged, old, member);
    }
    let grace = |spec: &Value| spec.get("terminationGracePeriodSeconds").as_int();
    if grace(old).is_some_and(|n| n < 0) && grace(&munged) == Some(1) {
        restore(&mut munged, old, "terminationGracePeriodSeconds");
    }
    if munged != *old {
        let text = diff::unified("PodSpec", &host_in_context(old), &host_in_context(&munged));
        errors.forbidden("spec", &[UPDATABLE, "\n", &text].concat());
    }
}

// The server keeps what a pod shares with its node in the security context.
fn host_in_context(spec: &Value) -> Value {
    let mut spec = spec.clone();
    for member in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"] {
        if !spec.get(member).is_null() {
            let value = spec.get(member).clone();
            spec.set(&["securityContext", member], value);
        }
    }
    spec
}

fn restore(value: &mut Value, from: &Value, member: &'static str) {
    match from.get(member) {
        Value::Null => drop(value.remove(&[member])),
        old => value.map_mut().insert(member, old.clone()),
    }
}

/// What the server warns of in a pod or template.
pub(super) fn warnings(warnings: &mut Vec<String>, spec: &Value, path: &str) {
    let mut names: Vec<(&str, String)> = Vec::new();
    for list in ["initContainers", "containers"] {
        for (i, container) in spec.get(list).items().iter().enumerate() {
            let mut ports: Vec<(i64, &str)> = Vec::new();
            for (j, port) in container.get("ports").items().iter().enumerate() {
                let at = format!("{path}.{list}[{i}].ports[{j}]");
                let key = (port.get("containerPort").as_int().unwrap_or(0), port.get("protocol").str());
                let name = port.get("name").str();
                if ports.contains(&key) {
                    let first = first(&ports, key);
                    warnings.push(format!(
                        "{at}: duplicate port definition with {path}.{list}[{i}].ports[{first}]"
                    ));
                }
                ports.push(key);
                if name.is_empty() {
                    continue;
                }
                match names.iter().find(|(known, _)| *known == name) {
                    Some((_, other)) => warnings.push(format!(
                        "{at}: duplicate port name \"{name}\" with {other}, services and probes that select ports by \
                         name will use {other}"
                    )),
                    None => names.push((name, at)),
                }
            }
            let mut seen: Vec<&str> = Vec::new();
            for (j, variable) in container.get("env").items().iter().enumerate() {
                let name = variable.get("name").str();
                if seen.contains(&name) {
                    warnings.push(format!(
                        "{path}.{list}[{i}].env[{j}]: hides previous definition of \"{name}\", which may be dropped \
                         when using apply"
                    ));
                }
                seen.push(name);
            }
        }
    }
}

fn first(ports: &[(i64, &str)], key: (i64, &str)) -> usize {
    ports.iter().position(|known| *known == key).unwrap_or(0)
}
