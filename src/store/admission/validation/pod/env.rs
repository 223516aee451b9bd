//! Environment variables and where they come from.

use super::super::text::{self, Name};
use super::super::{Errors, child, index};
use crate::api::Value;

// What a pod can tell its containers of itself, and what it knows but does not tell.
const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const UNTOLD: &[&str] =
    &["metadata.annotations", "metadata.labels", "spec.restartPolicy", "spec.schedulerName", "status.phase"];
const AMOUNTS: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];
const TOO_MANY: &str = "may not have more than one field specified at a time";

/// The `env` and `envFrom` of a container.
pub(super) fn variables(errors: &mut Errors, container: &Value, path: &str) {
    for (i, variable) in container.get("env").items().iter().enumerate() {
        let at = index(&child(path, "env"), i);
        let name = variable.get("name").str();
        if name.is_empty() {
            errors.required(&child(&at, "name"), "");
        } else {
            errors.each(&child(&at, "name"), name, text::variable_name(name));
        }
        let from = variable.get("valueFrom");
        if from.is_null() {
            continue;
        }
        let at = child(&at, "valueFrom");
        let mut sources = 0;
        for member in ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] {
            let (source, at) = (from.get(member), child(&at, member));
            if source.is_null() {
                continue;
            }
            sources += 1;
            match member {
                "fieldRef" => field(errors, source.get("fieldPath").str(), &at, FIELDS),
                "resourceFieldRef" => amount(errors, source.get("resource").str(), &child(&at, "resource")),
                "fileKeyRef" => {}
                _ => {
                    let name = source.get("name").str();
                    errors.each(&child(&at, "name"), name, Name::Subdomain.check(name));
                    let (key, at) = (source.get("key").str(), child(&at, "key"));
                    match key {
                        "" => errors.required(&at, ""),
                        _ => errors.each(&at, key, text::config_key(key)),
                    }
                }
            }
        }
        let problem = match sources {
            0 => {
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            }
            _ if !variable.get("value").str().is_empty() => "may not be specified when `value` is not empty",
            1 => continue,
            _ => TOO_MANY,
        };
        errors.invalid_text(&at, "", problem);
    }
    let list = child(path, "envFrom");
    for (i, source) in container.get("envFrom").items().iter().enumerate() {
        let at = index(&list, i);
        let prefix = source.get("prefix").str();
        if !prefix.is_empty() {
            errors.each(&child(&at, "prefix"), prefix, text::variable_name(prefix));
        }
        let mut sources = 0;
        for member in ["configMapRef", "secretRef"] {
            if !source.get(member).is_null() {
                sources += 1;
                let name = source.get(member).get("name").str();
                errors.name(&child(&child(&at, member), "name"), name, Name::Subdomain);
            }
        }
        match sources {
            0 => errors.invalid_text(&list, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => errors.invalid_text(&list, "", TOO_MANY),
        }
    }
}

/// A reference to a field of the pod; `told` are those that may be asked for.
pub(super) fn field(errors: &mut Errors, field: &str, path: &str, told: &[&str]) {
    let at = child(path, "fieldPath");
    if field.is_empty() {
        return errors.required(&at, "");
    }
    let key = field.strip_suffix("']").and_then(|rest| rest.split_once("['"));
    let refuse = |errors: &mut Errors, problem: &str| {
        errors.invalid_text(
            &at,
            field,
            &["error converting fieldPath: field label ", problem, field].concat(),
        );
    };
    match key.filter(|(field, _)| !field.is_empty()) {
        Some(("metadata.annotations", key)) => {
            let key = key.to_lowercase();
            errors.each(path, &key, text::label_key(&key));
        }
        Some(("metadata.labels", key)) => errors.each(path, key, text::label_key(key)),
        Some(_) => refuse(errors, "does not support subscript: "),
        None if told.contains(&field) => {}
        None if FIELDS.contains(&field) || UNTOLD.contains(&field) => errors.not_supported(&at, field, told),
        None => refuse(errors, "not supported: "),
    }
}

/// A reference to an amount of the container.
pub(super) fn amount(errors: &mut Errors, resource: &str, path: &str) {
    let huge = |list: &str| resource.starts_with(list);
    if resource.is_empty() {
        errors.required(path, "");
    } else if !AMOUNTS.contains(&resource) && !huge("limits.hugepages-") && !huge("requests.hugepages-") {
        errors.not_supported(path, resource, AMOUNTS);
    }
}
