//! Claims, volumes and classes.

use super::text::Name;
use super::{Errors, child, diff, immutable, selector};
use crate::api::quantity::Quantity;
use crate::api::{Object, Value};
use crate::object;

const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const VOLUME_MODES: &[&str] = &["Block", "Filesystem"];
const POSITIVE: &str = "must be greater than zero";

pub(super) fn claim(errors: &mut Errors, spec: &Value, path: &str) {
    if spec.get("accessModes").items().is_empty() {
        errors.required(&child(path, "accessModes"), "at least 1 access mode is required");
    }
    if !spec.get("selector").is_null() {
        selector(errors, spec.get("selector"), &child(path, "selector"));
    }
    access_modes(errors, spec, path);
    let size = spec.at(&["resources", "requests", "storage"]);
    let at = format!("{path}.resources[storage]");
    match Quantity::parse(size.str()) {
        _ if size.is_null() => errors.required(&at, ""),
        Ok(quantity) if quantity.sign() <= 0 => errors.invalid(&at, size, POSITIVE),
        _ => {}
    }
    let class = spec.get("storageClassName").str();
    if !class.is_empty() {
        errors.each(&child(path, "storageClassName"), class, Name::Subdomain.check(class));
    }
    volume_mode(errors, spec, path);
}

fn access_modes(errors: &mut Errors, spec: &Value, path: &str) {
    let modes = spec.get("accessModes").items();
    let at = child(path, "accessModes");
    for mode in modes {
        if !MODES.contains(&mode.str()) {
            errors.not_supported(&at, mode.str(), MODES);
        }
    }
    let alone = modes.iter().any(|mode| mode.str() == "ReadWriteOncePod");
    if alone && modes.iter().any(|mode| MODES[..3].contains(&mode.str())) {
        errors.forbidden(&at, "may not use ReadWriteOncePod with other access modes");
    }
}

fn volume_mode(errors: &mut Errors, spec: &Value, path: &str) {
    let mode = spec.get("volumeMode").str();
    if !mode.is_empty() && !VOLUME_MODES.contains(&mode) {
        errors.not_supported(&child(path, "volumeMode"), mode, VOLUME_MODES);
    }
}

// What the claim asks for.
fn asked(claim: &Object) -> Option<Quantity> {
    Quantity::parse(claim.spec().at(&["resources", "requests", "storage"]).str()).ok()
}

/// True if the claim asks for more than before, which its class has to allow.
pub fn grows(new: &Object, old: &Object) -> bool {
    matches!((asked(new), asked(old)), (Some(after), Some(before)) if after > before)
}

/// What an update of a claim may change: the volume once, the size of a bound claim upwards.
pub(super) fn claim_update(errors: &mut Errors, new: &Object, old: &Object) {
    let bound = new.status().get("phase").str() == "Bound";
    let (mut after, mut before) = (new.spec().clone(), old.spec().clone());
    if before.get("volumeName").str().is_empty() {
        let name = after.get("volumeName").clone();
        if name.is_null() {
            before.remove(&["volumeName"]);
        } else {
            before.map_mut().insert("volumeName", name);
        }
    }
    // A claim that came before there was a default class may get it.
    if before.get("storageClassName").is_null() && !after.get("storageClassName").is_null() {
        after.remove(&["storageClassName"]);
    }
    if bound {
        let kept = before.at(&["resources", "requests", "storage"]).clone();
        if !after.at(&["resources", "requests"]).is_null() && !kept.is_null() {
            after.set(&["resources", "requests", "storage"], kept);
        }
        after.remove(&["volumeAttributesClassName"]);
        before.remove(&["volumeAttributesClassName"]);
    }
    if after != before {
        let text = diff::unified(&internal_claim(&before), &internal_claim(&after));
        errors.forbidden(
            "spec",
            &format!(
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound \
                 claims\n{text}"
            ),
        );
    }
    let capacity = Quantity::parse(old.status().at(&["capacity", "storage"]).str()).ok();
    if let (Some(after), Some(before)) = (asked(new), asked(old))
        && after < before
        && capacity.is_some_and(|capacity| after <= capacity)
    {
        errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
    }
    immutable(errors, "volumeMode", new.spec().get("volumeMode"), old.spec().get("volumeMode"));
}

// The server compares its own form of a claim, which has other names and an order of its own.
fn internal_claim(spec: &Value) -> Vec<(&'static str, Value)> {
    let or_empty = |name: &str| match spec.get(name) {
        Value::Null => "".into(),
        value => value.clone(),
    };
    let resources = spec.get("resources");
    let list = |name: &str| resources.get(name).clone();
    vec![
        ("AccessModes", spec.get("accessModes").clone()),
        ("Selector", spec.get("selector").clone()),
        ("Resources", object! { "Limits" => list("limits"), "Requests" => list("requests") }),
        ("VolumeName", or_empty("volumeName")),
        ("StorageClassName", spec.get("storageClassName").clone()),
        ("VolumeMode", spec.get("volumeMode").clone()),
        ("DataSource", spec.get("dataSource").clone()),
        ("DataSourceRef", spec.get("dataSourceRef").clone()),
        ("VolumeAttributesClassName", spec.get("volumeAttributesClassName").clone()),
    ]
}

pub(super) fn volume(errors: &mut Errors, spec: &Value) {
    if spec.get("accessModes").items().is_empty() {
        errors.required("spec.accessModes", "");
    }
    access_modes(errors, spec, "spec");
    let capacity = spec.get("capacity");
    if capacity.entries().is_empty() {
        errors.required("spec.capacity", "");
    }
    if capacity.get("storage").is_null() || capacity.entries().len() > 1 {
        let shown = crate::api::print::to_go_json(capacity);
        errors.add("spec.capacity", "Unsupported value", &shown, "supported values: \"storage\"");
    }
    for (name, amount) in capacity.entries() {
        if Quantity::parse(amount.str()).is_ok_and(|q| q.sign() <= 0) {
            errors.invalid(&["spec.capacity[", name, "]"].concat(), amount, POSITIVE);
        }
    }
    let policy = spec.get("persistentVolumeReclaimPolicy").str();
    let policies = ["Delete", "Recycle", "Retain"];
    if !policy.is_empty() && !policies.contains(&policy) {
        errors.not_supported("spec.persistentVolumeReclaimPolicy", policy, &policies);
    }
    match sources(spec).count() {
        0 => errors.required("spec", "must specify a volume type"),
        1 => {}
        _ => {
            for (name, _) in sources(spec).skip(1) {
                errors.forbidden(&child("spec", name), "may not specify more than 1 volume type");
            }
        }
    }
    if let Some(path) = spec.get("hostPath").as_map()
        && path.get("path").is_none_or(|p| p.str().is_empty())
    {
        errors.required("spec.hostPath.path", "");
    }
    volume_mode(errors, spec, "spec");
}

fn sources(spec: &Value) -> impl Iterator<Item = &(crate::api::Text, Value)> {
    const OTHERS: &[&str] = &[
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    ];
    spec.entries().iter().filter(|(name, value)| !OTHERS.contains(&name.as_str()) && !value.is_null())
}

pub(super) fn volume_update(errors: &mut Errors, new: &Value, old: &Value) {
    if !sources(new).eq(sources(old)) {
        errors.forbidden(
            "spec.persistentvolumesource",
            "spec.persistentvolumesource is immutable after creation",
        );
    }
    immutable(errors, "volumeMode", new.get("volumeMode"), old.get("volumeMode"));
}

pub(super) fn class(errors: &mut Errors, body: &Value) {
    if body.get("provisioner").str().is_empty() {
        errors.required("provisioner", "");
    }
    let policy = body.get("reclaimPolicy").str();
    if !matches!(policy, "" | "Delete" | "Retain") {
        errors.not_supported("reclaimPolicy", policy, &["Delete", "Retain"]);
    }
    errors.one_of(
        "volumeBindingMode",
        body.get("volumeBindingMode").str(),
        &["Immediate", "WaitForFirstConsumer"],
    );
}

pub(super) fn class_update(errors: &mut Errors, new: &Value, old: &Value) {
    for member in ["parameters", "provisioner", "reclaimPolicy"] {
        if new.get(member) != old.get(member) {
            errors.forbidden(member, &format!("updates to {member} are forbidden."));
        }
    }
    immutable(errors, "volumeBindingMode", new.get("volumeBindingMode"), old.get("volumeBindingMode"));
}
