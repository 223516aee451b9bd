//! Claims, volumes and classes.

use super::text::{self, Name};
use super::{Errors, child, diff, immutable, pod, selector};
use crate::api::quantity::Quantity;
use crate::api::{Object, Profile, Value};

const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
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
    class_name(errors, spec, path);
    volume_mode(errors, spec, path);
}

fn class_name(errors: &mut Errors, spec: &Value, path: &str) {
    for member in ["storageClassName", "volumeAttributesClassName"] {
        let class = spec.get(member).str();
        if !class.is_empty() {
            errors.each(&child(path, member), class, Name::Subdomain.check(class));
        }
    }
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
    errors.if_set(&child(path, "volumeMode"), spec.get("volumeMode"), &["Block", "Filesystem"]);
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
    // No size is none at all.
    let quantity = |value: &Value| Quantity::parse(if value.is_null() { "0" } else { value.str() }).ok();
    let size = |spec: &Value| quantity(spec.at(&["resources", "requests", "storage"]));
    if bound {
        let kept = before.at(&["resources", "requests", "storage"]).clone();
        if !after.at(&["resources", "requests"]).is_null() && !kept.is_null() {
            after.set(&["resources", "requests", "storage"], kept);
        }
        after.remove(&["volumeAttributesClassName"]);
        before.remove(&["volumeAttributesClassName"]);
    }
    if after != before {
        let text = diff::unified("PersistentVolumeClaimSpec", &before, &after);
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for \
                      bound claims\n";
        errors.forbidden("spec", &[detail, &text].concat());
    }
    let capacity = quantity(old.status().at(&["capacity", "storage"]));
    if let (Some(after), Some(before)) = (size(new.spec()), size(old.spec()))
        && after < before
        && capacity.is_some_and(|capacity| after <= capacity)
    {
        errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
    }
    immutable(errors, "volumeMode", new.spec().get("volumeMode"), old.spec().get("volumeMode"));
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
        let Ok(quantity) = Quantity::parse(amount.str()) else { continue };
        if quantity.sign() < 0 {
            let number = quantity.whole().to_string();
            let detail = "must be a valid resource quantity";
            errors.invalid_raw(&["spec.capacity[", name, "]"].concat(), &number, detail);
        }
        if quantity.sign() <= 0 {
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
    let (host, node) = (spec.get("hostPath"), spec.get("nodeAffinity"));
    if !node.is_null() {
        let (terms, at) = (node.get("required"), "spec.nodeAffinity.required");
        if terms.is_null() {
            errors.required(at, "must specify required node constraints");
        } else {
            pod::node_selector(errors, terms, at);
        }
    }
    if !host.is_null() {
        pod::host_path(errors, host, "spec.hostPath");
    }
    for (source, needed) in [("nfs", ["server", "path"]), ("csi", ["driver", "volumeHandle"])] {
        let (value, at) = (spec.get(source), child("spec", source));
        for member in needed.iter().filter(|member| !value.is_null() && value.get(member).str().is_empty()) {
            errors.required(&child(&at, member), "");
        }
        if source == "nfs" && !value.is_null() {
            pod::absolute(errors, value, &at);
        }
    }
    let local = spec.get("local");
    if !local.is_null() {
        match local.get("path").str() {
            "" => errors.required("spec.local.path", ""),
            path => errors.each("spec.local.path", path, text::path_problems(path, true)),
        }
        if node.is_null() {
            errors.required("spec.nodeAffinity", "Local volume requires node affinity");
        }
    }
    if host.get("path").str() == "/" && policy == "Recycle" {
        let detail = "may not be 'recycle' for a hostPath mount of '/'";
        errors.forbidden("spec.persistentVolumeReclaimPolicy", detail);
    }
    class_name(errors, spec, "spec");
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
        let text = diff::unified("PersistentVolumeSource", old, new);
        let detail = "spec.persistentvolumesource is immutable after creation\n";
        errors.forbidden("spec.persistentvolumesource", &[detail, &text].concat());
    }
    immutable(errors, "volumeMode", new.get("volumeMode"), old.get("volumeMode"));
}

pub(super) fn class(errors: &mut Errors, body: &Value) {
    let provisioner = body.get("provisioner").str().to_lowercase();
    match &*provisioner {
        "" => errors.required("provisioner", ""),
        name => errors.each("provisioner", name, text::label_key(name)),
    }
    let policy = body.get("reclaimPolicy").str();
    if !matches!(policy, "" | "Delete" | "Retain") {
        errors.not_supported("reclaimPolicy", policy, &["Delete", "Retain"]);
    }
    let modes = ["Immediate", "WaitForFirstConsumer"];
    errors.if_set("volumeBindingMode", body.get("volumeBindingMode"), &modes);
    if body.get("parameters").entries().iter().any(|(key, _)| key.is_empty()) {
        errors.invalid_text("parameters", "", "field can not be empty.");
    }
}

pub(super) fn class_update(errors: &mut Errors, new: &Value, old: &Value, profile: &Profile) {
    for member in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"] {
        // Releases before 1.36 had words of their own for the first three.
        if profile.read_your_writes || member == "volumeBindingMode" {
            immutable(errors, member, new.get(member), old.get(member));
        } else if new.get(member) != old.get(member) {
            errors.forbidden(member, &["updates to ", member, " are forbidden."].concat());
        }
    }
}
