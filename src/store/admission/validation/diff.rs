//! The difference of two objects as the server puts it into a refusal.

use crate::api::Value;
use crate::api::print::to_go_json;
use crate::api::schema::{self, Empty, Field, Ty};

const CONTEXT: usize = 3;

// Types whose fields the server's own structs have in another order than those of the API, or elsewhere.
const INTERNAL: &str = "\
PersistentVolumeClaimSpec AccessModes Selector Resources VolumeName StorageClassName VolumeMode DataSource DataSourceRef VolumeAttributesClassName
PersistentVolumeSource GCEPersistentDisk AWSElasticBlockStore HostPath Glusterfs NFS RBD Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO Local StorageOS CSI
PodSecurityContext HostNetwork HostPID HostIPC ShareProcessNamespace HostUsers SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls SeccompProfile AppArmorProfile SELinuxChangePolicy
PodSpec Volumes InitContainers Containers EphemeralContainers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ServiceAccountName AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain SetHostnameAsFQDN Affinity SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ReadinessGates RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints OS SchedulingGates ResourceClaims Resources HostnameOverride SchedulingGroup
VolumeSource HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI FC AzureFile ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image";
// The release whose structs are compared.
const MINOR: u32 = 36;

/// A unified difference of two values of a type, in the form in which the server compares them.
pub(super) fn unified(ty: &'static str, old: &Value, new: &Value) -> String {
    let lines = |value| {
        let mut out = Vec::new();
        write(&mut out, String::new(), &Ty::Object(ty), false, value, "");
        out
    };
    let (old, new) = (lines(old), lines(new));
    // Lines that many others are equal to do not make a match, but belong to one that they stand beside.
    let most = new.len() / 100 + 1;
    let common = |line: &String| new.len() >= 200 && new.iter().filter(|other| *other == line).count() > most;
    let popular: Vec<bool> = new.iter().map(common).collect();
    let mut found = Vec::new();
    blocks(&old, &new, &popular, (0, old.len()), (0, new.len()), &mut found);
    found.push((old.len(), new.len(), 0));
    let mut edits: Vec<(char, &str)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (a, b, size) in found {
        edits.extend(old[i..a].iter().map(|line| ('-', line.as_str())));
        edits.extend(new[j..b].iter().map(|line| ('+', line.as_str())));
        edits.extend(old[a..a + size].iter().map(|line| (' ', line.as_str())));
        (i, j) = (a + size, b + size);
    }
    hunks(&edits)
}

type Range = (usize, usize);

// The longest run of equal lines, then those before and behind it, as Python's difflib has taught others to do.
fn blocks(
    old: &[String],
    new: &[String],
    popular: &[bool],
    (from, to): Range,
    (start, end): Range,
    found: &mut Vec<(usize, usize, usize)>,
) {
    let (mut a, mut b, mut size) = (from, start, 0);
    // How long the run is that ends at each of the new lines and the old line before.
    let mut runs = vec![0; end + 1];
    for (i, line) in old.iter().enumerate().take(to).skip(from) {
        let mut next = vec![0; end + 1];
        for j in (start..end).filter(|j| !popular[*j] && *line == new[*j]) {
            let run = runs[j] + 1;
            next[j + 1] = run;
            if run > size {
                (a, b, size) = (i + 1 - run, j + 1 - run, run);
            }
        }
        runs = next;
    }
    while a > from && b > start && old[a - 1] == new[b - 1] {
        (a, b, size) = (a - 1, b - 1, size + 1);
    }
    while a + size < to && b + size < end && old[a + size] == new[b + size] {
        size += 1;
    }
    if size > 0 {
        blocks(old, new, popular, (from, a), (start, b), found);
        found.push((a, b, size));
        blocks(old, new, popular, (a + size, to), (b + size, end), found);
    }
}

fn hunks(edits: &[(char, &str)]) -> String {
    let mut out = String::new();
    let changed: Vec<usize> = (0..edits.len()).filter(|i| edits[*i].0 != ' ').collect();
    let mut next = 0;
    while let Some(first) = changed.get(next) {
        let mut last = *first;
        while let Some(following) = changed.get(next).filter(|i| **i <= last + 2 * CONTEXT + 1) {
            last = *following;
            next += 1;
        }
        let start = first.saturating_sub(CONTEXT);
        let end = (last + CONTEXT + 1).min(edits.len());
        let count =
            |edits: &[(char, &str)], without: char| edits.iter().filter(|(kind, _)| *kind != without).count();
        let (before, hunk) = (&edits[..start], &edits[start..end]);
        out.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            count(before, '+') + 1,
            count(hunk, '+'),
            count(before, '-') + 1,
            count(hunk, '-')
        ));
        for (kind, line) in hunk {
            out.push(*kind);
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A value of a type as the server prints it into a refusal, without blanks.
pub(super) fn on_one_line(ty: &'static str, value: &Value) -> String {
    let mut lines = Vec::new();
    write(&mut lines, String::new(), &Ty::Object(ty), false, value, "");
    lines.iter().map(|line| line.trim_start().replacen("\": ", "\":", 1)).collect()
}

// JSON with one space a level. `start` is what stands before the value on its first line: blanks and a name.
fn write(out: &mut Vec<String>, start: String, ty: &Ty, pointer: bool, value: &Value, comma: &str) {
    let pad = &start[..start.len() - start.trim_start().len()];
    let below = [pad, " "].concat();
    let name = |name: &str| [&below, "\"", name, "\": "].concat();
    let bracket = match ty {
        Ty::Object(_) if !(pointer && value.is_null()) => ["{", "}"],
        Ty::Map(..) if !value.is_null() => ["{", "}"],
        Ty::List(_) if !value.is_null() => ["[", "]"],
        _ => {
            let text = match (ty, value) {
                (Ty::Str(_), Value::Null) if !pointer => "\"\"".into(),
                (Ty::Bool, Value::Null) if !pointer => "false".into(),
                (Ty::Int32 | Ty::Int64(_) | Ty::IntOrString, Value::Null) if !pointer => "0".into(),
                (Ty::Quantity, Value::Null) if !pointer => "\"0\"".into(),
                _ => to_go_json(value),
            };
            return out.push([&start, &*text, comma].concat());
        }
    };
    let first = out.len();
    out.push([&*start, bracket[0]].concat());
    match ty {
        Ty::List(item) => {
            for value in value.items() {
                write(out, below.clone(), item, false, value, ",");
            }
        }
        Ty::Map(item, _) => {
            for (key, value) in value.entries() {
                write(out, name(key), item, false, value, ",");
            }
        }
        Ty::Object(ty) => fields(ty, value, &mut |label, field, value| {
            write(out, name(label), &field.ty, field.empty == Empty::Pointer, value, ",");
        }),
        _ => {}
    }
    let end = [pad, bracket[1], comma].concat();
    match out.last_mut().filter(|last| last.ends_with(',')) {
        Some(last) => drop(last.pop()),
        None => {
            out.truncate(first);
            return out.push([&start, bracket[0], bracket[1], comma].concat());
        }
    }
    out.push(end);
}

// Hands out the fields of a struct: its name there, the field of the API, and the value.
fn fields(ty: &str, value: &Value, each: &mut dyn FnMut(&str, &Field, &Value)) {
    // What is embedded or split off stands among the members of another type.
    let owner = match ty {
        "VolumeSource" => "Volume",
        "ProbeHandler" => "Probe",
        "PersistentVolumeSource" => "PersistentVolumeSpec",
        other => other,
    };
    // Structs of the API that the server uses as they are.
    let tagged = matches!(ty, "LabelSelector" | "LabelSelectorRequirement" | "ObjectMeta");
    let find = |ty: &str, name: &str| {
        schema::find(ty)?.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    };
    let one = |label: &str, json: &str, each: &mut dyn FnMut(&str, &Field, &Value)| {
        let Some(field) = find(owner, json).or_else(|| find("PodSpec", json)) else { return };
        let value = value.get(field.name);
        if !tagged {
            each(label, field, value);
        } else if !value.is_null() {
            each(field.name, field, value);
        }
    };
    let internal = INTERNAL.lines().find_map(|line| line.split_once(' ').filter(|(name, _)| *name == ty));
    if let Some((_, names)) = internal {
        names.split(' ').for_each(|name| one(name, name, each));
    } else if let Some(words) = schema::declared(ty, MINOR) {
        for word in words {
            if word.embedded {
                let inner = if word.name == "ObjectMeta" { value.get("metadata") } else { value };
                fields(word.name, inner, each);
                continue;
            }
            one(word.name, if word.json.is_empty() { word.name } else { word.json }, each);
        }
    } else {
        for field in schema::find(ty).into_iter().flat_map(|ty| &ty.fields) {
            let name = [&field.name[..1].to_ascii_uppercase(), &field.name[1..]].concat();
            one(&name, field.name, each);
        }
    }
}
