//! Volumes, and where containers mount them.

use super::super::text::{Name, path_problems};
use super::super::{Errors, child, index, storage};
use super::env;
use crate::api::Value;
use crate::api::quantity::Quantity;

// In the order the server looks for them; a second one is one too many. What is not here comes last.
const SOURCES: &[&str] = &[
    "emptyDir",
    "hostPath",
    "secret",
    "nfs",
    "iscsi",
    "persistentVolumeClaim",
    "downwardAPI",
    "configMap",
    "projected",
    "csi",
    "ephemeral",
    "image",
];
// Members that have to be there.
const NEEDED: &[(&str, &[&str])] = &[
    ("secret", &["secretName"]),
    ("nfs", &["server", "path"]),
    ("persistentVolumeClaim", &["claimName"]),
    ("configMap", &["name"]),
    ("csi", &["driver"]),
    ("ephemeral", &["volumeClaimTemplate"]),
];
const HOST_PATHS: &[&str] =
    &["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const TOLD_IN_FILES: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

/// A volume that can be mounted: its name, and whether it can be a device.
pub(super) type Usable<'a> = (&'a str, bool);

/// The usable volumes: first those of the claim templates, then the pod's own that no claim replaces.
pub(super) fn volumes<'a>(
    errors: &mut Errors,
    spec: &'a Value,
    path: &str,
    claims: &'a [Value],
) -> Vec<Usable<'a>> {
    let name_of = |claim: &'a Value| claim.at(&["metadata", "name"]).str();
    let mut all: Vec<(&str, Option<&Value>)> = Vec::new();
    for claim in claims {
        // The server has them in a map.
        if all.iter().all(|(name, _)| *name != name_of(claim)) {
            all.push((name_of(claim), None));
        }
    }
    let templates = all.len();
    for volume in spec.get("volumes").items() {
        let name = volume.get("name").str();
        if all[..templates].iter().all(|(claim, _)| *claim != name) {
            all.push((name, Some(volume)));
        }
    }
    let mut usable: Vec<Usable> = Vec::new();
    for (i, (name, volume)) in all.into_iter().enumerate() {
        let path = index(path, i);
        let mut found = Errors::default();
        match volume {
            Some(volume) => volume_source(&mut found, volume, &path),
            // A claim template without a name makes a volume of a claim without one.
            None if name.is_empty() => found.required(&child(&path, "persistentVolumeClaim.claimName"), ""),
            None => {}
        }
        let name_path = child(&path, "name");
        found.name(&name_path, name, Name::Label);
        if usable.iter().any(|(other, _)| *other == name) {
            found.duplicate(&name_path, name);
        }
        if found.is_empty() {
            let is_claim = |volume: &Value| {
                !volume.get("persistentVolumeClaim").is_null() || !volume.get("ephemeral").is_null()
            };
            usable.push((name, volume.is_none_or(is_claim)));
        }
        errors.0.append(&mut found.0);
    }
    usable
}

fn volume_source(errors: &mut Errors, volume: &Value, path: &str) {
    let others = volume.entries().iter().map(|(source, _)| source.as_str());
    let others = others.filter(|source| *source != "name" && !SOURCES.contains(source));
    let mut seen = false;
    for source in SOURCES.iter().copied().chain(others) {
        let value = volume.get(source);
        if value.is_null() {
            continue;
        }
        let path = child(path, source);
        if seen {
            // The server's own slip.
            let path = if source == "downwardAPI" { path.replace("downwardAPI", "downwarAPI") } else { path };
            errors.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        seen = true;
        for (_, needed) in NEEDED.iter().filter(|(name, _)| *name == source) {
            for member in *needed {
                let value = value.get(member);
                if value.str().is_empty() && value.as_map().is_none() {
                    errors.required(&child(&path, member), "");
                }
            }
        }
        match source {
            "emptyDir" if Quantity::parse(value.get("sizeLimit").str()).is_ok_and(|q| q.sign() < 0) => {
                let detail = "SizeLimit field must be a valid resource quantity";
                errors.forbidden(&child(&path, "sizeLimit"), detail);
            }
            "hostPath" => host_path(errors, value, &path),
            "nfs" => absolute(errors, value, &path),
            "csi" if !value.get("driver").str().is_empty() => {
                let driver = value.get("driver").str();
                let problems = Name::Subdomain.check(&driver.to_lowercase());
                errors.each(&child(&path, "driver"), driver, problems);
            }
            "ephemeral" if !value.get("volumeClaimTemplate").is_null() => {
                let claim = value.at(&["volumeClaimTemplate", "spec"]);
                storage::claim(errors, claim, &child(&path, "volumeClaimTemplate.spec"));
            }
            "image" => {
                let policies = ["Always", "IfNotPresent", "Never"];
                errors.if_set(&child(&path, "pullPolicy"), value.get("pullPolicy"), &policies);
            }
            _ => {}
        }
        mode(errors, value, &path, "defaultMode");
        files(errors, value, &path);
        for (i, part) in value.get("sources").items().iter().enumerate() {
            let at = index(&child(&path, "sources"), i);
            for member in ["secret", "configMap", "downwardAPI"] {
                let (part, at) = (part.get(member), child(&at, member));
                if member != "downwardAPI" && !part.is_null() && part.get("name").str().is_empty() {
                    errors.required(&child(&at, "name"), "");
                }
                files(errors, part, &at);
            }
            let token = part.get("serviceAccountToken");
            if token.get("expirationSeconds").as_int().is_some_and(|seconds| seconds < 600) {
                errors.invalid(
                    &child(&at, "serviceAccountToken.expirationSeconds"),
                    token.get("expirationSeconds"),
                    "may not specify a duration less than 10 minutes",
                );
            }
            if !token.is_null() && token.get("path").str().is_empty() {
                errors.required(&child(&path, "path"), "");
            }
            if part.entries().iter().filter(|(_, source)| !source.is_null()).count() > 1 {
                errors.forbidden(&at, "may not specify more than 1 volume type per source");
            }
        }
    }
    if !seen {
        errors.required(path, "must specify a volume type");
    }
}

/// The path of a share.
pub(in super::super) fn absolute(errors: &mut Errors, value: &Value, path: &str) {
    let target = value.get("path").str();
    if !target.starts_with('/') {
        errors.invalid_text(&child(path, "path"), target, "must be an absolute path");
    }
}

/// A path of the node.
pub(in super::super) fn host_path(errors: &mut Errors, value: &Value, path: &str) {
    let target = value.get("path").str();
    if target.is_empty() {
        return errors.required(&child(path, "path"), "");
    }
    errors.each(&child(path, "path"), target, path_problems(target, true));
    errors.if_set(&child(path, "type"), value.get("type"), HOST_PATHS);
}

fn mode(errors: &mut Errors, value: &Value, path: &str, member: &str) {
    if value.get(member).as_int().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        errors.invalid(
            &child(path, member),
            value.get(member),
            "must be a number between 0 and 0777 (octal), both inclusive",
        );
    }
}

// The files that are made of keys, or of fields of the pod.
fn files(errors: &mut Errors, value: &Value, path: &str) {
    for (i, item) in value.get("items").items().iter().enumerate() {
        let (field, amount) = (item.get("fieldRef"), item.get("resourceFieldRef"));
        let downward = path.ends_with("downwardAPI");
        // Files of fields are told of without a number.
        let at = if downward { path.to_string() } else { index(&child(path, "items"), i) };
        if !downward && item.get("key").str().is_empty() {
            errors.required(&child(&at, "key"), "");
        }
        let (file, file_path) = (item.get("path").str(), child(&at, "path"));
        if file.is_empty() {
            errors.required(&file_path, "");
        }
        errors.each(&file_path, file, path_problems(file, false));
        if file.starts_with("..") && !file.starts_with("../") {
            errors.invalid_text(&file_path, file, "must not start with '..'");
        }
        if !field.is_null() {
            env::field(errors, field.get("fieldPath").str(), &child(path, "fieldRef"), TOLD_IN_FILES);
        } else if !amount.is_null() {
            let at = child(path, "resourceFieldRef");
            match amount.get("containerName").str() {
                "" => errors.required(&child(&at, "containerName"), ""),
                _ => env::amount(errors, amount.get("resource").str(), &child(&at, "resource")),
            }
        } else if downward {
            errors.required(path, "one of fieldRef and resourceFieldRef is required");
        }
        mode(errors, item, &at, "mode");
    }
}

/// The `volumeMounts` of a container.
pub(super) fn mounts(errors: &mut Errors, container: &Value, path: &str, volumes: &[Usable]) {
    let mut points: Vec<&str> = Vec::new();
    for (i, mount) in container.get("volumeMounts").items().iter().enumerate() {
        let at = index(path, i);
        let (name, point) = (mount.get("name").str(), mount.get("mountPath").str());
        if name.is_empty() {
            errors.required(&child(&at, "name"), "");
        }
        if volumes.iter().all(|(other, _)| *other != name) {
            errors.not_found(&child(&at, "name"), name);
        }
        if point.is_empty() {
            errors.required(&child(&at, "mountPath"), "");
        }
        if points.contains(&point) {
            errors.invalid_text(&child(&at, "mountPath"), point, "must be unique");
        }
        points.push(point);
        for device in container.get("volumeDevices").items() {
            if device.get("name").str() == name {
                errors.invalid_text(&child(&at, "name"), name, "must not already exist in volumeDevices");
            }
            if device.get("devicePath").str() == point {
                let detail = "must not already exist as a path in volumeDevices";
                errors.invalid_text(&child(&at, "mountPath"), point, detail);
            }
        }
        let (sub, expression) = (mount.get("subPath").str(), mount.get("subPathExpr").str());
        errors.each(&child(path, "subPath"), sub, path_problems(sub, false));
        if !sub.is_empty() && !expression.is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            errors.invalid_text(&child(&at, "subPathExpr"), expression, detail);
        }
        errors.each(&child(path, "subPathExpr"), expression, path_problems(expression, false));
        let propagation = mount.get("mountPropagation");
        let at = child(path, "mountPropagation");
        errors.if_set(&at, propagation, &["Bidirectional", "HostToContainer", "None"]);
        if propagation.str() == "Bidirectional" && !container.at(&["securityContext", "privileged"]).is_true()
        {
            errors
                .forbidden(&at, "Bidirectional mount propagation is available only to privileged containers");
        }
    }
}

/// The `volumeDevices` of a container.
pub(super) fn devices(errors: &mut Errors, container: &Value, path: &str, volumes: &[Usable]) {
    let devices = container.get("volumeDevices").items();
    let mounts = container.get("volumeMounts").items();
    for (i, device) in devices.iter().enumerate() {
        let at = index(path, i);
        let (name_at, path_at) = (child(&at, "name"), child(&at, "devicePath"));
        let (name, target) = (device.get("name").str(), device.get("devicePath").str());
        let among =
            |list: &[Value], member: &str, text: &str| list.iter().any(|v| v.get(member).str() == text);
        if name.is_empty() {
            errors.required(&name_at, "");
        } else if among(&devices[..i], "name", name) {
            errors.invalid_text(&name_at, name, "must be unique");
        }
        match volumes.iter().find(|(other, _)| *other == name) {
            None => errors.not_found(&name_at, name),
            Some((_, true)) => {}
            Some(_) => {
                let detail =
                    "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                errors.invalid_text(&name_at, name, detail);
            }
        }
        if target.is_empty() {
            errors.required(&path_at, "");
        }
        if among(&devices[..i], "devicePath", target) {
            errors.invalid_text(&path_at, target, "must be unique");
        }
        if !path_problems(target, true).is_empty() {
            errors.invalid_text(&path_at, target, "can not contain backsteps ('..')");
        }
        if among(mounts, "name", name) {
            errors.invalid_text(&name_at, name, "must not already exist in volumeMounts");
        }
        if among(mounts, "mountPath", target) {
            errors.invalid_text(&path_at, target, "must not already exist as a path in volumeMounts");
        }
    }
}
