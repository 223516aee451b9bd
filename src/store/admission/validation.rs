//! Whether an object is valid, in the API server's words.
//!
//! Follows pkg/apis/core/validation and pkg/apis/apps/validation of 1.36: the same checks in the same order, as far as
//! objects of this cluster can fail them. Where Go walks a map in random order, keys are taken in byte order. Objects
//! are expected defaulted; what depends on other objects is for the caller.

mod diff;
mod pod;
mod pod_update;
mod policies;
mod service;
mod stateful_set;
mod storage;
mod text;
mod workloads;

pub use service::SERVICE_RANGE;
pub(super) use service::service_external;
pub use storage::grows;

use crate::api::print::{quote_json, to_go_json};
use crate::api::{Kind, Object, Profile, Value};
use text::Name;

/// Everything that is wrong with a new object; empty if nothing is.
pub fn validate_create(object: &Object, profile: &Profile) -> Vec<String> {
    let mut errors = Errors::default();
    let name = match object.kind {
        Kind::StatefulSet | Kind::Namespace => Name::Label,
        // Names of services may begin with a digit since 1.36.
        Kind::Service if !profile.read_your_writes => Name::Label1035,
        Kind::Service => Name::Label,
        _ => Name::Subdomain,
    };
    names(&mut errors, object, name);
    metadata_maps(&mut errors, object, None);
    kind_specific(&mut errors, object, None, profile);
    errors.finish()
}

/// Everything that is wrong with a changed object; empty if nothing is.
pub fn validate_update(new: &Object, old: &Object, profile: &Profile) -> Vec<String> {
    let mut errors = Errors::default();
    metadata_update(&mut errors, new, old);
    match new.kind {
        Kind::Pod | Kind::PersistentVolumeClaim | Kind::PersistentVolume => {
            names(&mut errors, new, Name::Subdomain);
        }
        Kind::Service => service::update(&mut errors, new.spec(), old.spec()),
        _ => {}
    }
    kind_specific(&mut errors, new, Some(old), profile);
    match new.kind {
        Kind::Pod => pod_update::update(&mut errors, new.spec(), old.spec()),
        Kind::PersistentVolumeClaim => storage::claim_update(&mut errors, new, old),
        Kind::PersistentVolume => storage::volume_update(&mut errors, new.spec(), old.spec()),
        Kind::StorageClass => storage::class_update(&mut errors, &new.body, &old.body, profile),
        Kind::ControllerRevision => {
            immutable(&mut errors, "data", new.body.get("data"), old.body.get("data"));
        }
        Kind::ConfigMap | Kind::Secret => {
            if new.kind == Kind::Secret {
                immutable(&mut errors, "type", new.body.get("type"), old.body.get("type"));
            }
            if !old.body.get("immutable").is_true() {
                return errors.finish();
            }
            let frozen = "field is immutable when `immutable` is set";
            if !new.body.get("immutable").is_true() {
                errors.forbidden("immutable", frozen);
            }
            for member in ["data", "binaryData"] {
                if new.body.get(member) != old.body.get(member) {
                    errors.forbidden(member, frozen);
                }
            }
        }
        _ => {}
    }
    errors.finish()
}

/// Everything that is wrong with a new status (S17).
pub fn validate_status(new: &Object, old: &Object) -> Vec<String> {
    let mut errors = Errors::default();
    if new.kind == Kind::StatefulSet {
        stateful_set::status(&mut errors, new.status(), old.status());
    }
    errors.finish()
}

/// What the server warns of without refusing; kubectl prints each behind `Warning: `.
pub fn warnings(object: &Object) -> Vec<String> {
    let mut warnings = Vec::new();
    match object.kind {
        Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            pod_update::warnings(
                &mut warnings,
                object.spec().at(&["template", "spec"]),
                "spec.template.spec",
            );
            if object.kind == Kind::StatefulSet
                && object.spec().get("revisionHistoryLimit").as_int().is_some_and(|n| n < 0)
            {
                warnings.push(
                    "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is \
                     recommended"
                        .into(),
                );
            }
        }
        Kind::Pod => pod_update::warnings(&mut warnings, object.spec(), "spec"),
        _ => {}
    }
    warnings
}

fn kind_specific(errors: &mut Errors, object: &Object, old: Option<&Object>, profile: &Profile) {
    match object.kind {
        Kind::StatefulSet => stateful_set::validate(errors, object, old, profile),
        Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            workloads::validate(errors, object, old, profile);
        }
        // What has not changed was found valid when it came.
        Kind::Pod | Kind::PersistentVolumeClaim | Kind::PersistentVolume
            if old.is_some_and(|old| old.spec() == object.spec()) => {}
        Kind::Pod => {
            pod::spec(errors, object.spec(), "spec", None);
            if old.is_none() {
                pod_update::images(errors, object.spec());
                if !object.spec().get("ephemeralContainers").items().is_empty() {
                    errors.forbidden("spec.ephemeralContainers", "cannot be set on create");
                }
            }
        }
        Kind::Service => service::spec(errors, object.spec(), old.is_none()),
        Kind::PersistentVolumeClaim => storage::claim(errors, object.spec(), "spec"),
        Kind::PersistentVolume => storage::volume(errors, object.spec()),
        Kind::StorageClass => storage::class(errors, &object.body),
        Kind::ConfigMap => {
            let size = |member: &str| -> usize {
                let entries = object.body.get(member).entries().iter();
                entries.map(|(_, value)| value.str().len()).sum()
            };
            if size("data") + size("binaryData") * 3 / 4 > 1 << 20 {
                errors.add("[]", "Too long", "", "may not be more than 1048576 bytes");
            }
            for member in ["data", "binaryData"] {
                for (key, _) in object.body.get(member).entries() {
                    let path = [member, "[", key, "]"].concat();
                    errors.each(&path, key, text::config_key(key));
                    if member == "data"
                        && object.body.get("binaryData").as_map().is_some_and(|m| m.contains_key(key))
                    {
                        errors.invalid_text(&path, key, "duplicate of key present in binaryData");
                    }
                }
            }
        }
        Kind::Secret => policies::secret(errors, object),
        Kind::ResourceQuota => policies::quota(errors, object.spec()),
        Kind::PodDisruptionBudget => policies::budget(errors, object.spec()),
        Kind::HorizontalPodAutoscaler => policies::autoscaler(errors, object.spec()),
        Kind::Node => {
            for (i, taint) in object.spec().get("taints").items().iter().enumerate() {
                let path = index("spec.taints", i);
                label_name(errors, &child(&path, "key"), taint.get("key").str());
                let effect = taint.get("effect").str();
                pod::taint_effect(errors, &child(&path, "effect"), effect);
            }
        }
        Kind::ControllerRevision => {
            non_negative(errors, "revision", object.body.get("revision"));
            if object.body.get("data").is_null() {
                errors.required("data", "data is mandatory");
            }
        }
        _ => {}
    }
}

/// The causes found so far. Paths are those of the field, details the server's texts.
#[derive(Default)]
pub(super) struct Errors(Vec<String>);

impl Errors {
    fn add(&mut self, path: &str, what: &str, value: &str, detail: &str) {
        let mut line = String::with_capacity(path.len() + what.len() + value.len() + detail.len() + 6);
        for (i, part) in [path, what, value, detail].into_iter().enumerate() {
            if i < 2 || !part.is_empty() {
                if i > 0 {
                    line.push_str(": ");
                }
                line.push_str(part);
            }
        }
        self.0.push(line);
    }
    fn required(&mut self, path: &str, detail: &str) {
        self.add(path, "Required value", "", detail);
    }
    fn forbidden(&mut self, path: &str, detail: &str) {
        self.add(path, "Forbidden", "", detail);
    }
    /// A value as it stands in the tree.
    fn invalid(&mut self, path: &str, value: &Value, detail: &str) {
        self.add(path, "Invalid value", &to_go_json(value), detail);
    }
    fn invalid_text(&mut self, path: &str, value: &str, detail: &str) {
        self.add(path, "Invalid value", &quote(value), detail);
    }
    /// A value that is already written the server's way.
    fn invalid_raw(&mut self, path: &str, value: &str, detail: &str) {
        self.add(path, "Invalid value", value, detail);
    }
    fn duplicate(&mut self, path: &str, value: &str) {
        self.add(path, "Duplicate value", &quote(value), "");
    }
    fn not_found(&mut self, path: &str, value: &str) {
        self.add(path, "Not found", &quote(value), "");
    }
    fn not_supported(&mut self, path: &str, value: &str, supported: &[&str]) {
        let list: Vec<String> = supported.iter().map(|s| quote(s)).collect();
        self.add(path, "Unsupported value", &quote(value), &format!("supported values: {}", list.join(", ")));
    }
    fn each(&mut self, path: &str, value: &str, problems: Vec<String>) {
        for problem in problems {
            self.invalid_text(path, value, &problem);
        }
    }
    /// One of a closed list: required when empty.
    fn one_of(&mut self, path: &str, value: &str, supported: &[&str]) {
        if value.is_empty() {
            self.required(path, "");
        } else if !supported.contains(&value) {
            self.not_supported(path, value, supported);
        }
    }
    /// One of a closed list, or absent.
    fn if_set(&mut self, path: &str, value: &Value, supported: &[&str]) {
        if !value.is_null() && !supported.contains(&value.str()) {
            self.not_supported(path, value.str(), supported);
        }
    }
    /// A name that has to be there.
    fn name(&mut self, path: &str, value: &str, rule: Name) {
        match value {
            "" => self.required(path, ""),
            _ => self.each(path, value, rule.check(value)),
        }
    }
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    // The same cause is told once.
    fn finish(self) -> Vec<String> {
        let mut list: Vec<String> = Vec::with_capacity(self.0.len());
        for line in self.0 {
            if !list.contains(&line) {
                list.push(line);
            }
        }
        list
    }
}

// Paths are put together here and not with `format!`, which takes ten times the code at each of its places.
fn child(path: &str, member: &str) -> String {
    [path, ".", member].concat()
}

fn index(path: &str, i: usize) -> String {
    [path, "[", &i.to_string(), "]"].concat()
}

// Go's %q; differs from JSON in what it does with <, > and &.
fn quote(text: &str) -> String {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\') {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        quoted.push_str(text);
        quoted.push('"');
        return quoted;
    }
    quote_json(text).replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&")
}

fn names(errors: &mut Errors, object: &Object, name: Name) {
    let prefix = object.meta("generateName").str();
    if !prefix.is_empty() {
        errors.each("metadata.generateName", prefix, name.check(prefix.trim_end_matches('-')));
    }
    if object.name().is_empty() {
        errors.required("metadata.name", "name or generateName is required");
    } else {
        errors.each("metadata.name", object.name(), name.check(object.name()));
    }
    let namespace = object.namespace();
    match (object.kind.info().namespaced, namespace.is_empty()) {
        (true, true) => errors.required("metadata.namespace", ""),
        (true, false) => errors.each("metadata.namespace", namespace, Name::Label.check(namespace)),
        (false, false) => errors.forbidden("metadata.namespace", "not allowed on this type"),
        (false, true) => {}
    }
    non_negative(errors, "metadata.generation", object.meta("generation"));
}

// What has not changed was found valid when it came.
fn metadata_maps(errors: &mut Errors, object: &Object, old: Option<&Object>) {
    let changed = |member: &str| old.is_none_or(|old| old.meta(member) != object.meta(member));
    if changed("labels") {
        labels(errors, object.meta("labels"), "metadata.labels");
    }
    if changed("annotations") {
        annotations(errors, object.meta("annotations"), "metadata.annotations");
    }
    if !changed("ownerReferences") && !changed("finalizers") {
        return;
    }
    let mut controller: Option<String> = None;
    for owner in object.meta("ownerReferences").items() {
        let path = "metadata.ownerReferences";
        if owner.get("apiVersion").str().is_empty() {
            errors.invalid_text("metadata.ownerReferences.apiVersion", "", "version must not be empty");
        }
        for member in ["kind", "name", "uid"] {
            if owner.get(member).str().is_empty() {
                errors.invalid_text(&child(path, member), "", "must not be empty");
            }
        }
        if owner.get("controller").is_true() {
            let this = format!("{}/{}", owner.get("kind").str(), owner.get("name").str());
            if let Some(first) = &controller {
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {first} and \
                     {this}"
                );
                errors.invalid(path, object.meta("ownerReferences"), &detail);
            } else {
                controller = Some(this);
            }
        }
    }
    for finalizer in object.meta("finalizers").items() {
        label_name(errors, "metadata.finalizers", finalizer.str());
    }
    for (i, finalizer) in object.meta("finalizers").items().iter().enumerate() {
        if !matches!(finalizer.str(), "foregroundDeletion" | "kubernetes" | "orphan")
            && !finalizer.str().contains('/')
        {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid_text(&index("metadata.finalizers", i), finalizer.str(), detail);
        }
    }
}

fn metadata_update(errors: &mut Errors, new: &Object, old: &Object) {
    if old.is_terminating() {
        let known = old.meta("finalizers").items();
        let extra: Vec<String> = new
            .meta("finalizers")
            .items()
            .iter()
            .filter(|f| !known.contains(f))
            .map(|f| quote(f.str()))
            .collect();
        if !extra.is_empty() {
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                extra.join(", ")
            );
            errors.forbidden("metadata.finalizers", &detail);
        }
    }
    for member in
        ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"]
    {
        if new.meta(member) != old.meta(member) {
            errors.invalid(&child("metadata", member), new.meta(member), "field is immutable");
        }
    }
    metadata_maps(errors, new, Some(old));
}

fn immutable(errors: &mut Errors, path: &str, new: &Value, old: &Value) {
    if new != old {
        errors.invalid(path, new, "field is immutable");
    }
}

fn non_negative(errors: &mut Errors, path: &str, value: &Value) {
    if value.as_int().is_some_and(|n| n < 0) {
        errors.invalid(path, value, "must be greater than or equal to 0");
    }
}

fn labels(errors: &mut Errors, labels: &Value, path: &str) {
    for (key, value) in labels.entries() {
        label_name(errors, path, key);
        errors.each(path, value.str(), text::label_value(value.str()));
    }
}

fn annotations(errors: &mut Errors, annotations: &Value, path: &str) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        let problems = match key.bytes().any(|b| b.is_ascii_uppercase()) {
            true => text::label_key(&key.to_ascii_lowercase()),
            false => text::label_key(key),
        };
        errors.each(path, key, problems);
        size += key.len() + value.str().len();
    }
    if size > 256 * 1024 {
        errors.add(path, "Too long", "", "may not be more than 262144 bytes");
    }
}

fn label_name(errors: &mut Errors, path: &str, name: &str) {
    errors.each(path, name, text::label_key(name));
}

// A label selector; true if requirements can be made of it at all.
fn selector(errors: &mut Errors, selector: &Value, path: &str) -> bool {
    let before = errors.0.len();
    labels(errors, selector.get("matchLabels"), &child(path, "matchLabels"));
    for (i, rule) in selector.get("matchExpressions").items().iter().enumerate() {
        requirement(errors, rule, &index(&child(path, "matchExpressions"), i), false, true);
    }
    errors.0.len() == before
}

// One requirement, of nodes or of labels alone; `strict` if values have to be those of labels.
fn requirement(errors: &mut Errors, rule: &Value, path: &str, nodes: bool, strict: bool) {
    let (values, at) = (rule.get("values").items(), child(path, "values"));
    match rule.get("operator").str() {
        "In" | "NotIn" => {
            if values.is_empty() {
                errors.required(&at, "must be specified when `operator` is 'In' or 'NotIn'");
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                errors.forbidden(&at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }
        }
        "Gt" | "Lt" if nodes => {
            if values.len() != 1 {
                errors.required(&at, "must be specified single value when `operator` is 'Lt' or 'Gt'");
            }
        }
        other => errors.invalid_text(&child(path, "operator"), other, "not a valid selector operator"),
    }
    label_name(errors, &child(path, "key"), rule.get("key").str());
    for (i, value) in values.iter().enumerate().filter(|_| strict) {
        errors.each(&index(&at, i), value.str(), text::label_value(value.str()));
    }
}

// Whether a label selector selects an object with these labels.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector.get("matchLabels").entries().iter().all(|(key, value)| labels.get(key) == value);
    wanted
        && selector.get("matchExpressions").items().iter().all(|requirement| {
            let has = labels.as_map().and_then(|map| map.get(requirement.get("key").str()));
            let listed = has.is_some_and(|value| requirement.get("values").items().contains(value));
            match requirement.get("operator").str() {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => has.is_some(),
                _ => has.is_none(),
            }
        })
}
