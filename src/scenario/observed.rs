//! From what `kubectl get … -o json --watch --output-watch-events --show-managed-fields` printed to an [`Observed`].
//!
//! A log has no times of its own: an object tells when it changed last and by whom (`managedFields`, conditions, its
//! containers' states), and resource versions give the order, over several files too. What is secret is dropped while
//! reading: Secrets, ConfigMaps, environment variables, arguments, and annotations of kubectl.

use crate::api::manifest::{self, JsonFault};
use crate::api::{Kind, Object, ObjectKey, Profile, Text, Value};
use crate::cluster::observed::{Observed, Seen};
use crate::object;
use crate::sim::{Arrange, SimTime, SortedMap, time};

/// The longest log, all its files together, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most changes.
const MOST_CHANGES: usize = 50_000;
/// What was made longer ago than this before the first change was there when the watch began; in seconds.
const BEFORE: i64 = 60;
/// Two changes are at least so many milliseconds apart.
const APART: u64 = 5;

/// Who may stand in a log as the author of a change.
const ACTORS: &[&str] = &[
    "user",
    "kube-scheduler",
    "kubelet",
    "statefulset-controller",
    "replicaset-controller",
    "deployment-controller",
    "daemon-set-controller",
    "endpointslice-controller",
    "endpoint-controller",
    "persistentvolume-binder",
    "node-controller",
    "kube-controller-manager",
    UNKNOWN,
];
const UNKNOWN: &str = "unknown";

/// What was found in a log besides what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Objects that are shown.
    pub objects: usize,
    /// Changes.
    pub changes: usize,
    /// The release its nodes run, if it is modelled and a node is among the objects.
    pub release: String,
    /// Kinds that are left out, each once: those that are not modelled and those that hold secrets.
    pub left_out: Vec<String>,
    /// Files that end in the middle of an object, as after Ctrl+C; what stands before is read.
    pub cut: Vec<String>,
}

/// Why a log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogError {
    /// Which file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: line {}, column {}: {}", self.file, self.line, self.column, self.message)
    }
}

/// True if a text looks like what a cluster printed rather than like a manifest: watch events, or a list of objects
/// that have a uid.
pub fn is_log(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(4000).filter(|c| !c.is_whitespace()).collect();
    let starts = |words: &[&str]| words.iter().any(|word| head.starts_with(word));
    starts(&["{\"type\":\"ADDED\"", "{\"type\":\"MODIFIED\"", "{\"type\":\"DELETED\"", "{\"object\":{"])
        || (starts(&["{\"apiVersion\"", "{\"items\"", "{\"kind\""])
            && head.contains("\"items\":[{")
            && head.contains("\"uid\":\""))
}

/// One event of a watch.
struct Raw {
    gone: bool,
    added: bool,
    version: u64,
    /// Unix seconds of the last change, as far as the object tells.
    secs: Option<i64>,
    actor: &'static str,
    object: Object,
}

/// Reads the files of a log, each given with its name.
pub fn read(files: &[(String, String)]) -> Result<(Observed, Found), LogError> {
    let error =
        |file: &str, message: String| LogError { file: file.to_string(), line: 1, column: 1, message };
    let mut raws = Vec::new();
    let mut found = Found::default();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    if bytes > MOST_BYTES {
        let name = files.first().map_or("", |(name, _)| name.as_str());
        let message = format!(
            "a log has at most {} MiB, these files have {}",
            MOST_BYTES >> 20,
            bytes.div_ceil(1 << 20)
        );
        return Err(error(name, message));
    }
    for (name, text) in files {
        let before = raws.len() + found.left_out.len();
        read_file(name, text, &mut raws, &mut found)?;
        if raws.len() + found.left_out.len() == before {
            let message = "no object of a cluster is in this file; expected the output of \
                           `kubectl get … -o json`, with or without --watch --output-watch-events";
            return Err(error(name, message.into()));
        }
        if raws.len() > MOST_CHANGES {
            return Err(error(name, format!("a log has at most {MOST_CHANGES} changes")));
        }
    }
    if raws.iter().all(|raw| raw.version > 0) {
        raws.arrange_by(|a, b| a.version.cmp(&b.version));
    }
    let observed = arrange(raws);
    found.objects = observed.start.len()
        + observed.seen.iter().map(|seen| &seen.key).collect::<crate::sim::SortedSet<_>>().len();
    found.changes = observed.seen.len();
    found.release = release(&observed).unwrap_or_default();
    Ok((observed, found))
}

// The modelled release of a node's kubelet: `1.34` of `v1.34.4+k3s1`.
fn release(observed: &Observed) -> Option<String> {
    let seen = observed.seen.iter().filter_map(|seen| seen.new.as_ref());
    let node = observed.start.iter().chain(seen).find(|object| object.kind == Kind::Node)?;
    let version = node.status().at(&["nodeInfo", "kubeletVersion"]).str();
    let numbers: String =
        version.trim_start_matches('v').chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Profile::find(&numbers).map(|profile| profile.name.to_string())
}

fn read_file(name: &str, text: &str, raws: &mut Vec<Raw>, found: &mut Found) -> Result<(), LogError> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        // A list as YAML is read as well.
        let documents = manifest::parse(text).map_err(|fault| LogError {
            file: name.to_string(),
            line: fault.line,
            column: fault.column,
            message: fault.message,
        })?;
        for document in documents {
            take(document.value, raws, found);
        }
        return Ok(());
    }
    let mut rest = text;
    while !rest.trim_start().is_empty() {
        match manifest::first_json(rest) {
            Ok((value, end)) => {
                take(value, raws, found);
                rest = &rest[end..];
            }
            Err(fault) if fault.at_end && rest.len() < text.len() => {
                found.cut.push(name.to_string());
                break;
            }
            Err(fault) => return Err(place(name, text, text.len() - rest.len(), fault)),
        }
    }
    Ok(())
}

fn place(file: &str, text: &str, done: usize, fault: JsonFault) -> LogError {
    let upto = (0..=(done + fault.offset.saturating_sub(1)).min(text.len())).rev();
    let before = &text[..upto.into_iter().find(|i| text.is_char_boundary(*i)).unwrap_or(0)];
    LogError {
        file: file.to_string(),
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1,
        message: fault.problem,
    }
}

// A watch event, a list, or an object.
fn take(value: Value, raws: &mut Vec<Raw>, found: &mut Found) {
    let event = value.get("type").str();
    if matches!(event, "ADDED" | "MODIFIED" | "DELETED") {
        take_object(value.get("object"), event, raws, found);
    } else if value.get("kind").str().ends_with("List") {
        for item in value.get("items").items() {
            take_object(item, "ADDED", raws, found);
        }
    } else if event.is_empty() {
        take_object(&value, "ADDED", raws, found);
    }
}

fn take_object(value: &Value, event: &str, raws: &mut Vec<Raw>, found: &mut Found) {
    let name = value.get("kind").str();
    let kind = Kind::from_name(name).filter(|kind| !matches!(kind, Kind::ConfigMap | Kind::Secret));
    let (Some(kind), false) = (kind, value.at(&["metadata", "name"]).str().is_empty()) else {
        if !name.is_empty() && !found.left_out.iter().any(|known| known == name) {
            found.left_out.push(name.to_string());
        }
        return;
    };
    let manager = last_manager(value);
    let mut secs = value.at(&["metadata", "creationTimestamp"]).as_str().and_then(time::unix_secs);
    latest(value, "", &mut secs);
    let mut object = Object::of(kind, value.clone());
    forget(&mut object);
    let gone = event == "DELETED";
    let actor = match manager {
        _ if gone && kind == Kind::Pod => "kubelet",
        _ if gone => UNKNOWN,
        Some(manager) => actor(&manager, &object),
        None => UNKNOWN,
    };
    let version = value.at(&["metadata", "resourceVersion"]).str().parse().unwrap_or(0);
    raws.push(Raw { gone, added: event == "ADDED", version, secs, actor, object });
}

// The newest entry of `managedFields`.
fn last_manager(value: &Value) -> Option<String> {
    let fields = value.at(&["metadata", "managedFields"]).items();
    let newest = fields.iter().max_by_key(|entry| entry.get("time").as_str().and_then(time::unix_secs))?;
    Some(newest.get("manager").str().to_string())
}

fn actor(manager: &str, object: &Object) -> &'static str {
    if manager.starts_with("kubectl") || manager.starts_with("helm") || manager.starts_with("argocd") {
        return "user";
    }
    if manager != "kube-controller-manager" {
        return ACTORS.iter().find(|known| **known == manager).copied().unwrap_or(UNKNOWN);
    }
    // Controllers share one manager; what they write tells them apart.
    match object.kind {
        Kind::StatefulSet | Kind::ControllerRevision => "statefulset-controller",
        Kind::Deployment => "deployment-controller",
        Kind::ReplicaSet if object.controller().is_some_and(|owner| owner.kind() == "Deployment") => {
            "deployment-controller"
        }
        Kind::ReplicaSet => "replicaset-controller",
        Kind::DaemonSet => "daemon-set-controller",
        Kind::EndpointSlice => "endpointslice-controller",
        Kind::Endpoints => "endpoint-controller",
        Kind::PersistentVolume => "persistentvolume-binder",
        Kind::PersistentVolumeClaim if !object.spec().get("volumeName").is_null() => {
            "persistentvolume-binder"
        }
        Kind::PersistentVolumeClaim => "statefulset-controller",
        Kind::Node => "node-controller",
        Kind::Pod => match object.controller().map(crate::api::OwnerRef::kind) {
            Some("StatefulSet") => "statefulset-controller",
            Some("ReplicaSet") => "replicaset-controller",
            Some("DaemonSet") => "daemon-set-controller",
            _ => "kube-controller-manager",
        },
        _ => "kube-controller-manager",
    }
}

// Who is known to make such a change, where the log does not say: what nobody else writes.
fn guess(old: Option<&Object>, new: &Object) -> &'static str {
    let Some(old) = old else {
        return match new.kind {
            Kind::Pod if new.controller().is_some() => actor("kube-controller-manager", new),
            Kind::ReplicaSet if new.controller().is_some() => "deployment-controller",
            Kind::ControllerRevision | Kind::EndpointSlice | Kind::Endpoints => {
                actor("kube-controller-manager", new)
            }
            Kind::StatefulSet | Kind::Deployment | Kind::DaemonSet | Kind::Service => "user",
            _ => UNKNOWN,
        };
    };
    let status = old.status() != new.status();
    match new.kind {
        Kind::Pod if old.spec().get("nodeName") != new.spec().get("nodeName") => "kube-scheduler",
        Kind::Pod if status => "kubelet",
        Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet if status => {
            actor("kube-controller-manager", new)
        }
        Kind::StatefulSet | Kind::Deployment | Kind::DaemonSet if old.spec() != new.spec() => "user",
        Kind::EndpointSlice | Kind::Endpoints => actor("kube-controller-manager", new),
        Kind::PersistentVolumeClaim | Kind::PersistentVolume if status => "persistentvolume-binder",
        _ => UNKNOWN,
    }
}

// Members that hold a moment; a deletion is asked for its grace period before the moment it names.
fn is_moment(member: &str) -> bool {
    member.ends_with("Timestamp") || member.ends_with("Time") || member.ends_with("At") || member == "time"
}

// The newest moment anywhere in an object.
fn latest(value: &Value, member: &str, secs: &mut Option<i64>) {
    match value {
        Value::Str(text) if is_moment(member) && member != "deletionTimestamp" => {
            *secs = (*secs).max(time::unix_secs(text));
        }
        Value::List(items) => items.iter().for_each(|item| latest(item, member, secs)),
        Value::Map(map) => {
            for (name, value) in map.entries() {
                latest(value, name, secs);
            }
            let grace = map.get("deletionGracePeriodSeconds").and_then(Value::as_int).unwrap_or(0);
            let deleted = map.get("deletionTimestamp").and_then(Value::as_str).and_then(time::unix_secs);
            *secs = (*secs).max(deleted.map(|at| at - grace));
        }
        _ => {}
    }
}

// Drops what nobody needs here and what may be secret.
fn forget(object: &mut Object) {
    object.body.remove(&["metadata", "managedFields"]);
    if !object.meta("annotations").is_null() {
        let annotations = object.body.at_mut(&["metadata", "annotations"]).map_mut();
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    for path in [&["spec"][..], &["spec", "template", "spec"], &["data", "spec", "template", "spec"]] {
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            let mut whole = path.to_vec();
            whole.push(list);
            if object.body.at(&whole).items().is_empty() {
                continue;
            }
            for container in object.body.at_mut(&whole).list_mut() {
                for member in ["env", "envFrom", "args", "command", "lifecycle"] {
                    container.map_mut().remove(member);
                }
            }
        }
    }
}

// Events in their order to what was there and what changed.
fn arrange(raws: Vec<Raw>) -> Observed {
    let first = raws.iter().position(|raw| !raw.added);
    let began = first.and_then(|first| raws[first].secs);
    let mut observed = Observed::default();
    let mut versions: SortedMap<ObjectKey, u64> = SortedMap::new();
    let mut seen: Vec<Raw> = Vec::new();
    for (i, raw) in raws.into_iter().enumerate() {
        let key = raw.object.key();
        if raw.version > 0 && !raw.gone && versions.get(&key) == Some(&raw.version) {
            continue; // The same again, in a second list.
        }
        let known = versions.contains_key(&key);
        if raw.gone {
            versions.remove(&key);
        } else {
            versions.insert(key, raw.version);
        }
        let is_old = match (first, began, raw.secs) {
            (None, ..) => true,
            (Some(first), Some(began), Some(secs)) => i < first && secs < began - BEFORE,
            (Some(first), ..) => i < first,
        };
        if is_old && !known {
            observed.start.push(raw.object);
        } else if !raw.gone || known {
            seen.push(raw);
        }
    }
    // The run begins when its oldest namespaced object was made, a second before a change if that is the beginning.
    let made = |object: &Object| object.meta("creationTimestamp").as_str().and_then(time::unix_secs);
    let oldest = observed.start.iter().filter(|object| object.kind.info().namespaced).filter_map(made).min();
    let start = match (oldest, seen.iter().find_map(|raw| raw.secs)) {
        (Some(oldest), Some(change)) => oldest.min(change - 1),
        (oldest, change) => oldest.or(change.map(|at| at - 1)).unwrap_or(0),
    };
    for object in &mut observed.start {
        shift(&mut object.body, "", start);
    }
    let mut now: SortedMap<ObjectKey, Object> =
        observed.start.iter().map(|object| (object.key(), object.clone())).collect();
    let mut at = 0;
    for mut raw in seen {
        let told = raw.secs.map_or(0, |secs| u64::try_from(secs - start).unwrap_or(0) * 1000);
        at = told.max(at + APART);
        let key = raw.object.key();
        shift(&mut raw.object.body, "", start);
        if raw.actor == UNKNOWN && !raw.gone {
            raw.actor = guess(now.get(&key), &raw.object);
        }
        let new = (!raw.gone).then_some(raw.object);
        match &new {
            Some(object) => drop(now.insert(key.clone(), object.clone())),
            None => drop(now.remove(&key)),
        }
        observed.seen.push(Seen { at: SimTime(at), actor: raw.actor, key, new });
    }
    observed
}

// Moments count from the beginning of the run; what is older than it is as old as it.
fn shift(value: &mut Value, member: &str, start: i64) {
    match value {
        Value::Str(text) if is_moment(member) => {
            if let Some(secs) = time::unix_secs(text) {
                let ms = u64::try_from(secs - start).unwrap_or(0) * 1000;
                *text = SimTime(ms).rfc3339().into();
            }
        }
        Value::List(_) => value.list_mut().iter_mut().for_each(|item| shift(item, member, start)),
        Value::Map(_) => {
            for (name, value) in value.map_mut().values_mut() {
                let name: Text = name.clone();
                shift(value, &name, start);
            }
        }
        _ => {}
    }
}

/// The lines of `observed <<WORD` in a scenario: one JSON object each.
pub fn print(observed: &Observed) -> String {
    let mut out = String::new();
    for object in &observed.start {
        out.push_str(&one_line(object! { "object" => object.body.clone() }));
    }
    for seen in &observed.seen {
        let mut line = object! { "at" => seen.at.as_millis() as i64, "by" => seen.actor };
        match &seen.new {
            Some(object) => line.set(&["object"], object.body.clone()),
            None => {
                let ObjectKey { kind, namespace, name } = seen.key.clone();
                line.set(&["gone"], Object::new(kind, namespace, name).body);
            }
        }
        out.push_str(&one_line(line));
    }
    out
}

fn one_line(value: Value) -> String {
    let mut text = crate::api::print::to_go_json(&value);
    text.push('\n');
    text
}

/// Reads what [`print()`] wrote; an error says which line (from 0), at which byte, and what is wrong.
pub fn parse(lines: &[&str]) -> Result<Observed, (usize, usize, String)> {
    let mut observed = Observed::default();
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |message: &str| (i, 0, message.to_string());
        let value =
            manifest::parse_json(line).map_err(|fault| (i, fault.offset.saturating_sub(1), fault.problem))?;
        let gone = !value.get("gone").is_null();
        let body = value.get(if gone { "gone" } else { "object" });
        let kind = Kind::from_name(body.get("kind").str())
            .filter(|_| !body.at(&["metadata", "name"]).str().is_empty())
            .ok_or_else(|| {
                wrong("expected {\"at\": …, \"by\": …, \"object\": {…}} with an object of a known kind")
            })?;
        let mut object = Object::of(kind, body.clone());
        forget(&mut object);
        let Some(at) = value.get("at").as_int() else {
            observed.start.push(object);
            continue;
        };
        let at =
            SimTime(u64::try_from(at).map_err(|_| wrong("a change has a time of 0 or more milliseconds"))?);
        if observed.seen.last().is_some_and(|last| last.at >= at) {
            return Err(wrong("changes stand in order of time, each later than the one before"));
        }
        let actor = ACTORS.iter().find(|known| **known == value.get("by").str()).copied().unwrap_or(UNKNOWN);
        let key = object.key();
        observed.seen.push(Seen { at, actor, key, new: (!gone).then_some(object) });
    }
    Ok(observed)
}
