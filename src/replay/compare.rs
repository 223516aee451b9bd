//! The four comparisons of a replay.

use super::{
    Class, Difference, Normaliser, Played, Recording, Report, Step, mask, mask_dns, mask_places, reduce,
    unnumbered,
};
use crate::api::{KINDS, Kind, Value, print};
use crate::component::Verb;
use std::collections::{BTreeMap, BTreeSet};

type Lists = BTreeMap<(String, String), Vec<String>>;

// Not compared as decisions: they depend on timing even in the real thing.
const LOOSE: &[&str] = &["Endpoints", "EndpointSlice", "Event"];

/// One controller and one object: the same writes in the same order.
pub fn decisions(writes: &[Value], actors: &Value, played: &Played, report: &mut Report) {
    let mut got: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut names = Normaliser::default();
    let mut collection = None;
    for (_, write) in &played.writes {
        if let Some(object) = &write.new {
            names.learn(object);
        }
        if write.verb == Verb::DeleteCollection {
            // One request, however many objects it took.
            let request = (write.at, write.key.kind, write.key.namespace.clone());
            if collection.as_ref() != Some(&request) {
                let line = format!("deletecollection {}/", write.key.kind.name());
                got.entry(write.actor.to_string()).or_default().push(line);
            }
            collection = Some(request);
            continue;
        }
        if write.actor == "user" || write.key.kind == Kind::Event || write.code == 409 {
            continue;
        }
        let mut line = format!(
            "{} {}/{}",
            write.verb.name(),
            write.key.kind.name(),
            names.name(write.key.kind, &write.key.name)
        );
        if !write.subresource.is_empty() {
            line.push('/');
            line.push_str(write.subresource);
        }
        let list = got.entry(write.actor.to_string()).or_default();
        if write.code >= 400 {
            line.push_str(&format!(" ({})", write.code));
            if list.last() == Some(&line) {
                continue;
            }
        }
        list.push(line);
    }
    for (actor, entry) in actors.entries() {
        if **actor == *"user" {
            continue;
        }
        let mut variants: Vec<Vec<String>> = vec![known(entry.get("writes"))];
        variants.extend(entry.get("variants").items().iter().map(known));
        let empty = Vec::new();
        let mine = got.get(&**actor).unwrap_or(&empty);
        let theirs: Vec<Lists> = variants.iter().map(|list| by_object(actor, list)).collect();
        let mine_lists = by_object(actor, mine);
        let units: BTreeSet<&(String, String)> =
            theirs.iter().flat_map(BTreeMap::keys).chain(mine_lists.keys()).collect();
        let mut alike = Alike::default();
        for unit in units {
            let have = mine_lists.get(unit).cloned().unwrap_or_default();
            // Volumes are numbered by the order of their creation, which is chance: any of them may be this one.
            let equal = if unit.1.starts_with("PersistentVolume/") {
                // Refused writes are the volume controller's races with itself.
                let plain = |list: &[String]| -> Vec<String> {
                    list.iter().filter(|l| !l.ends_with(')')).map(|l| without_number(l)).collect()
                };
                let mine = plain(&have);
                theirs
                    .iter()
                    .flat_map(|lists| lists.iter())
                    .any(|((_, object), list)| object.starts_with("PersistentVolume/") && plain(list) == mine)
            } else if is_one_of_many(&unit.1) {
                // Which of a ReplicaSet's pods is deleted first is chance as well; as many of them go each way.
                alike.add(&unit.1, theirs[0].get(unit).cloned(), mine_lists.get(unit).cloned());
                continue;
            } else {
                theirs.iter().any(|lists| lists.get(unit).cloned().unwrap_or_default() == have)
            };
            let expected = theirs[0].get(unit).cloned().unwrap_or_default();
            report.count(
                Class::Decisions,
                (!equal).then(|| Difference {
                    class: Class::Decisions,
                    step: None,
                    subject: format!("{} on {}", unit.0, unit.1),
                    expected: expected.join(", "),
                    got: have.join(", "),
                }),
            );
        }
        for (prefix, (expected, got)) in alike.0 {
            for (expected, got) in pairs(expected, got) {
                let text = |list: Option<Vec<String>>| list.unwrap_or_default().join(", ");
                report.count(
                    Class::Decisions,
                    (expected != got).then(|| Difference {
                        class: Class::Decisions,
                        step: None,
                        subject: format!("{actor} on {prefix}"),
                        expected: text(expected),
                        got: text(got),
                    }),
                );
            }
        }
        // A StatefulSet controller's order across the objects of an ordered set is fixed where all runs agree on it.
        if **actor == *"statefulset-controller" && entry.get("stable").is_true() {
            for set in ordered_sets(writes) {
                order(set, &variants[0], mine, report);
            }
        }
    }
}

// The names of the sets that were never anything but OrderedReady.
fn ordered_sets(writes: &[Value]) -> BTreeSet<&str> {
    let of = |policy: &'static str| -> BTreeSet<&str> {
        let sets = writes.iter().filter(move |write| {
            write.get("kind").str() == "StatefulSet"
                && write.at(&["fields", "spec", "podManagementPolicy"]).str() == policy
        });
        sets.map(|write| write.get("name").str()).collect()
    };
    of("OrderedReady").difference(&of("Parallel")).copied().collect()
}

// The controller's writes of one set, across its objects: all that bear its name before an ordinal or a hash.
fn order(set: &str, expected: &[String], have: &[String], report: &mut Report) {
    let own = |line: &&String| {
        let object = line.split(['/', ' ']).nth(2).unwrap_or("");
        let of_set = object == set
            || object.rsplit_once('-').is_some_and(|(name, _)| {
                name == set || name.strip_suffix(set).is_some_and(|claim| claim.ends_with('-'))
            });
        is_decision(line) && of_set
    };
    let all = |list: &[String]| -> Vec<String> {
        let mut list: Vec<String> = list.iter().filter(own).cloned().collect();
        // The claims of one pod come in any order (S23).
        let is_claim = |line: &String| line.contains(" PersistentVolumeClaim/");
        list.chunk_by_mut(|a, b| is_claim(a) && is_claim(b)).for_each(<[String]>::sort);
        list
    };
    let (expected, have) = (all(expected), all(have));
    let difference = (expected != have).then(|| {
        let at = expected.iter().zip(&have).take_while(|(a, b)| a == b).count();
        let show = |list: &[String]| {
            list.iter().skip(at.saturating_sub(1)).take(4).cloned().collect::<Vec<_>>().join(", ")
        };
        Difference {
            class: Class::Decisions,
            step: None,
            subject: format!("order of statefulset-controller on {set}, from write {at}"),
            expected: show(&expected),
            got: show(&have),
        }
    });
    report.count(Class::Decisions, difference);
}

// Pods of a ReplicaSet: nobody can tell one from another.
fn is_one_of_many(name: &str) -> bool {
    name.rsplit_once('~').is_some_and(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()))
}

// What the recording and the engine have of things of which any may stand for any, by their unnumbered name.
#[derive(Default)]
#[allow(clippy::type_complexity, reason = "the two lists are what is compared")]
struct Alike(BTreeMap<String, (Vec<Vec<String>>, Vec<Vec<String>>)>);

impl Alike {
    fn add(&mut self, name: &str, expected: Option<Vec<String>>, got: Option<Vec<String>>) {
        let (theirs, ours) = self.0.entry(unnumbered(name)).or_default();
        let plain = |list: Vec<String>| list.iter().map(|line| unnumbered(line)).collect();
        theirs.extend(expected.map(plain));
        ours.extend(got.map(plain));
    }
}

// Puts equals together, then whatever is left.
fn pairs<T: PartialEq>(expected: Vec<T>, mut got: Vec<T>) -> Vec<(Option<T>, Option<T>)> {
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for item in expected {
        match got.iter().position(|other| *other == item) {
            Some(i) => pairs.push((Some(item), Some(got.remove(i)))),
            None => left.push(item),
        }
    }
    let mut got = got.into_iter();
    for item in left {
        pairs.push((Some(item), got.next()));
    }
    pairs.extend(got.map(|item| (None, Some(item))));
    pairs
}

fn without_number(line: &str) -> String {
    match line.find('#') {
        Some(i) => {
            let rest = line[i + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{}#{rest}", &line[..i])
        }
        None => line.to_string(),
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.items().iter().map(|v| v.str().to_string()).collect()
}

// The recorder calls kinds it does not reduce by their plural; those that are not simulated have no writes here.
fn known(list: &Value) -> Vec<String> {
    let lines = strings(list).into_iter().filter_map(|line| {
        let (verb, target) = line.split_once(' ')?;
        let (kind, name) = target.split_once('/')?;
        if kind.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Some(line);
        }
        let info = KINDS.iter().find(|info| info.plural == kind)?;
        Some(format!("{verb} {}/{name}", info.name))
    });
    lines.collect()
}

fn is_decision(line: &str) -> bool {
    let target = line.split(' ').nth(1).unwrap_or("");
    let kind = target.split('/').next().unwrap_or("");
    !LOOSE.contains(&kind) && !target.ends_with("/status")
}

fn by_object(actor: &str, list: &[String]) -> Lists {
    let mut volumes: Vec<String> = Vec::new();
    let mut lists = Lists::new();
    for line in list.iter().filter(|line| is_decision(line)) {
        let target = line.split(' ').nth(1).unwrap_or("");
        let object = target.split('/').take(2).collect::<Vec<_>>().join("/");
        let (object, line) = match object.strip_prefix("PersistentVolume/") {
            Some(name) => {
                let i = match volumes.iter().position(|known| known == name) {
                    Some(i) => i,
                    None => {
                        volumes.push(name.to_string());
                        volumes.len() - 1
                    }
                };
                (format!("PersistentVolume/#{}", i + 1), line.replacen(name, &format!("#{}", i + 1), 1))
            }
            None => (object, line.clone()),
        };
        lists.entry((actor.to_string(), object)).or_default().push(line);
    }
    lists
}

/// One object at the end of one settle step.
pub fn settled(writes: &[Value], actors: &Value, steps: &[Step], played: &Played, report: &mut Report) {
    let chance = Chance::read(writes, actors);
    let mut theirs: BTreeMap<(String, String, String), (Value, bool)> = BTreeMap::new();
    let mut their_names = Normaliser::default();
    let mut our_names = Normaliser::default();
    for (_, write) in &played.writes {
        if let Some(object) = &write.new {
            our_names.learn(object);
        }
    }
    let mut next = 0;
    for step in steps.iter().filter(|step| step.kind == "settle") {
        while next < writes.len() && writes[next].get("step").as_int().unwrap_or(0) <= step.n {
            apply(&writes[next], &mut theirs, &mut their_names);
            next += 1;
        }
        let Some(objects) = played.settled.get(&step.n) else { continue };
        let mut ours = BTreeMap::new();
        for object in objects {
            let name = our_names.name(object.kind, object.name());
            let key = (object.kind.name().to_string(), object.namespace().to_string(), name);
            ours.insert(key, reduce(object, &our_names));
        }
        many(&theirs, &ours, &chance, step.n, report);
        for (key, (expected, whole)) in &theirs {
            if !COMPARED.contains(&key.0.as_str()) || is_pod_of_many(key) {
                continue;
            }
            let got = ours.get(key);
            let equal = match got {
                None => false,
                Some(got) if *whole => chance.free(got) == chance.free(expected),
                // The last write told only some fields.
                Some(got) => expected.entries().iter().all(|(k, v)| k == "owners" || got.get(k) == v),
            };
            report.count(
                Class::Settled,
                (!equal).then(|| Difference {
                    class: Class::Settled,
                    step: Some(step.n),
                    subject: format!("{}/{}", key.0, key.2),
                    expected: differing(expected, got),
                    got: got.map_or("nothing".into(), |got| differing(got, Some(expected))),
                }),
            );
        }
        let unknown = |key: &&Key| CREATED.contains(&key.0.as_str()) && !theirs.contains_key(*key);
        for key in ours.keys().filter(unknown).filter(|key| !is_pod_of_many(key)) {
            report.count(
                Class::Settled,
                Some(Difference {
                    class: Class::Settled,
                    step: Some(step.n),
                    subject: format!("{}/{}", key.0, key.2),
                    expected: "nothing".into(),
                    got: "the object".into(),
                }),
            );
        }
    }
}

type Key = (String, String, String);

fn is_pod_of_many(key: &Key) -> bool {
    key.0 == "Pod" && is_one_of_many(&key.2)
}

// The pods of each ReplicaSet: as many of each state, whichever they are.
fn many(
    theirs: &BTreeMap<Key, (Value, bool)>,
    ours: &BTreeMap<Key, Value>,
    chance: &Chance,
    step: i64,
    report: &mut Report,
) {
    let mut groups: BTreeMap<String, (Vec<Value>, Vec<Value>)> = BTreeMap::new();
    let placeless = Chance { places: true, slices: chance.slices };
    for (key, (fields, _)) in theirs.iter().filter(|(key, _)| is_pod_of_many(key)) {
        groups.entry(unnumbered(&key.2)).or_default().0.push(placeless.free(fields));
    }
    for (key, fields) in ours.iter().filter(|(key, _)| is_pod_of_many(key)) {
        groups.entry(unnumbered(&key.2)).or_default().1.push(placeless.free(fields));
    }
    for (name, (expected, got)) in groups {
        for (expected, got) in pairs(expected, got) {
            let text = |value: &Option<Value>, other: &Option<Value>| {
                value.as_ref().map_or("nothing".to_string(), |value| differing(value, other.as_ref()))
            };
            report.count(
                Class::Settled,
                (expected != got).then(|| Difference {
                    class: Class::Settled,
                    step: Some(step),
                    subject: format!("Pod/{name}"),
                    expected: text(&expected, &got),
                    got: text(&got, &expected),
                }),
            );
        }
    }
}

// What the runs of the recording themselves did not agree on.
pub struct Chance {
    /// The order in which pods of a burst were made, and so their nodes, addresses and volumes.
    places: bool,
    /// How often endpoint slices were written, and in which order endpoints that came together stand.
    slices: bool,
}

impl Chance {
    /// Reads it from what the runs did.
    pub fn read(writes: &[Value], actors: &Value) -> Chance {
        let unstable = |actor: &str| {
            let entry = actors.get(actor);
            !entry.is_null() && !entry.get("stable").is_true()
        };
        // The scheduler may be unstable for its second looks alone.
        let entry = actors.get("scheduler");
        let bound = |list: &Value| -> Vec<String> {
            strings(list).into_iter().filter(|line| line.ends_with("/binding")).collect()
        };
        let first = bound(entry.get("writes"));
        let differ = entry.get("variants").items().iter().any(|variant| bound(variant) != first);
        // What a Parallel set makes in one burst comes in any order, also where a few runs agree.
        let parallel = writes
            .iter()
            .any(|write| write.at(&["fields", "spec", "podManagementPolicy"]).str() == "Parallel");
        Chance {
            places: unstable("kubelet") || differ || parallel,
            slices: unstable("endpointslice-controller"),
        }
    }

    // The event without that: to which node a pod of a burst went, and which of them met its image there already.
    fn series(&self, (kind, reason, mut object, mut message): Series) -> Series {
        const MERGED: &str = "(combined from similar events)";
        if message.starts_with(MERGED) {
            // Which messages are merged depends on a set that forgets at random.
            message = MERGED.to_string();
        }
        if self.places {
            match reason.as_str() {
                "Scheduled" => message = message.split(" to ").next().unwrap_or("").to_string(),
                "Pulling" | "Pulled" => {
                    object = object.trim_end_matches(|c: char| c.is_ascii_digit()).to_string();
                }
                _ => {}
            }
        }
        (kind, reason, object, message)
    }

    // The object without that.
    fn free(&self, fields: &Value) -> Value {
        let mut fields = fields.clone();
        // The names of pods that were refused stand nowhere else.
        if fields.get("conditions").entries().iter().any(|(_, text)| text.str().contains("is forbidden")) {
            for (_, text) in fields.at_mut(&["conditions"]).map_mut().values_mut() {
                *text = mask(text.str()).into();
            }
        }
        // The controller adds the volumes of several claim templates in any order (S23).
        let mut claims = fields.get("claims").items().to_vec();
        if claims.len() > 1 {
            claims.sort_by(|a, b| a.str().cmp(b.str()));
            fields.set(&["claims"], Value::list(claims));
        }
        if self.places {
            for member in ["nodeName", "podIP", "volumeName", "claim"] {
                fields.remove(&[member]);
            }
        }
        if !fields.get("addressType").is_null() && (self.slices || self.places) {
            fields.remove(&["generation"]);
            let mut endpoints = fields.get("endpoints").items().to_vec();
            if self.places {
                for endpoint in &mut endpoints {
                    let target = unnumbered(endpoint.get("target").str());
                    endpoint.set(&["target"], target);
                    endpoint.remove(&["addresses"]);
                    endpoint.remove(&["nodeName"]);
                }
            }
            endpoints.sort_by(|a, b| a.get("target").str().cmp(b.get("target").str()));
            if !endpoints.is_empty() {
                fields.set(&["endpoints"], Value::list(endpoints));
            }
        }
        if self.places && !fields.get("subsets").is_null() {
            let mut subsets = fields.get("subsets").items().to_vec();
            for subset in &mut subsets {
                for member in ["ready", "notReady"] {
                    let mut names: Vec<Value> = subset
                        .get(member)
                        .items()
                        .iter()
                        .filter_map(|a| Some(unnumbered(a.items().last()?.str()).into()))
                        .collect();
                    names.sort_by(|a, b| a.str().cmp(b.str()));
                    subset.set(&[member], Value::list(names));
                }
            }
            fields.set(&["subsets"], Value::list(subsets));
        }
        fields
    }
}

const COMPARED: &[&str] = &[
    "Pod",
    "StatefulSet",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "EndpointSlice",
    "Endpoints",
    "Service",
    "Deployment",
    "ReplicaSet",
    "DaemonSet",
];
// Of these nothing is there before the first step.
const CREATED: &[&str] = &[
    "Pod",
    "StatefulSet",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Deployment",
    "ReplicaSet",
    "DaemonSet",
];

// The members of `a` that `b` has otherwise.
fn differing(a: &Value, b: Option<&Value>) -> String {
    let Some(b) = b else { return "the object".into() };
    let parts: Vec<String> = a
        .entries()
        .iter()
        .filter(|(key, value)| b.get(key) != value)
        .map(|(key, value)| format!("{key}: {}", print::to_go_json(value)))
        .collect();
    if parts.is_empty() { "without the other's members".into() } else { parts.join("; ") }
}

// Puts a recorded write onto the recorded state.
fn apply(
    write: &Value,
    state: &mut BTreeMap<(String, String, String), (Value, bool)>,
    names: &mut Normaliser,
) {
    let missing = write.get("code").as_int() == Some(404) && write.get("verb").str() == "delete";
    if write.get("code").as_int().unwrap_or(0) >= 400 && !missing {
        return;
    }
    let (kind, ns, name) = (write.get("kind").str(), write.get("ns").str(), write.get("name").str());
    if write.get("verb").str() == "deletecollection" {
        // What is not held goes at once; the others tell of themselves.
        let held = |fields: &Value| kind == "Pod" || !fields.get("finalizers").items().is_empty();
        state.retain(|key, (fields, _)| key.0 != kind || key.1 != ns || held(fields));
        return;
    }
    if kind == "PersistentVolume" {
        names.learn_volume(name, write.at(&["fields", "claim"]).str());
    }
    let name = if kind == "PersistentVolume" { names.volume(name) } else { name.to_string() };
    let key = (kind.to_string(), ns.to_string(), name);
    let mut fields = write.get("fields").clone();
    if let Some(volume) = fields.get("volumeName").as_str() {
        let volume = names.volume(volume);
        fields.set(&["volumeName"], volume);
    }
    let deleted = write.get("verb").str() == "delete";
    let finalizers = !fields.get("finalizers").items().is_empty();
    let ending = fields.get("deleting").is_true();
    let grace = fields.get("deletionGracePeriodSeconds").as_int().unwrap_or(i64::from(kind == "Pod"));
    let gone =
        if deleted { !ending || (grace == 0 && !finalizers) } else { ending && grace == 0 && !finalizers };
    if missing || gone || fields.entries().is_empty() && deleted {
        state.remove(&key);
        return;
    }
    let whole = match kind {
        "Pod" => !fields.get("images").is_null(),
        "StatefulSet" | "Deployment" | "ReplicaSet" | "DaemonSet" => !fields.get("spec").is_null(),
        "ControllerRevision" => !fields.get("revision").is_null(),
        "PersistentVolumeClaim" | "PersistentVolume" => !fields.get("phase").is_null(),
        _ => !fields.entries().is_empty(),
    };
    match state.get_mut(&key) {
        Some((known, known_whole)) if !whole => {
            for (k, v) in fields.entries() {
                *known.map_mut().entry(k.clone()) = v.clone();
            }
            *known_whole = false;
        }
        _ => {
            state.insert(key, (fields, whole));
        }
    }
}

type Series = (String, String, String, String);

/// One event series: type, reason, object and message.
pub fn events(writes: &[Value], actors: &Value, played: &Played, report: &mut Report) {
    let chance = Chance::read(writes, actors);
    let mut their_names = Normaliser::default();
    let mut theirs: BTreeSet<Series> = BTreeSet::new();
    for write in writes {
        let kind = write.get("kind").str();
        if kind == "PersistentVolume" {
            their_names.learn_volume(write.get("name").str(), write.at(&["fields", "claim"]).str());
        }
        let one = write.get("verb").str() != "deletecollection";
        if kind == "Event" && one && write.get("code").as_int().unwrap_or(0) < 400 {
            let fields = write.get("fields");
            let text = |member: &str| fields.get(member).str().to_string();
            theirs.insert((text("type"), text("reason"), text("object"), text("message")));
        }
    }
    let theirs: BTreeSet<Series> = theirs
        .into_iter()
        .map(|(t, r, o, m)| {
            chance.series((t, r, unnumbered(&their_names.text(&o)), said(&their_names.text(&m))))
        })
        .collect();
    let mut our_names = Normaliser::default();
    let mut ours: BTreeSet<Series> = BTreeSet::new();
    for (_, write) in &played.writes {
        if let Some(object) = &write.new {
            our_names.learn(object);
        }
    }
    for (_, write) in &played.writes {
        let Some(event) = write.new.as_ref().filter(|o| o.kind == Kind::Event && write.verb != Verb::Delete)
        else {
            continue;
        };
        let involved = event.body.get("involvedObject");
        let object = format!("{}/{}", involved.get("kind").str(), involved.get("name").str());
        ours.insert(chance.series((
            event.body.get("type").str().to_string(),
            event.body.get("reason").str().to_string(),
            unnumbered(&our_names.text(&object)),
            said(&our_names.text(event.body.get("message").str())),
        )));
    }
    for series in theirs.union(&ours) {
        let (has, had) = (ours.contains(series), theirs.contains(series));
        // Whether the scheduler sees a claim unbound depends on timing (golden/README.md 3).
        if has != had && series.1 == "FailedScheduling" {
            continue;
        }
        report.count(
            Class::Events,
            (has != had).then(|| Difference {
                class: Class::Events,
                step: None,
                subject: format!("{} {} {}", series.0, series.1, series.2),
                expected: if had { series.3.clone() } else { "no such event".into() },
                got: if has { series.3.clone() } else { "no such event".into() },
            }),
        );
    }
}

// A message without what is chance in it; the recorder numbers the volumes of tokens as it does pods.
fn said(text: &str) -> String {
    mask(&uid_free(&unnumbered(text).replace("-~\"", "-<random>\"")))
}

// The recorder writes `uid-7` for a uid.
fn uid_free(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(i) = rest.find("uid-") {
        out.push_str(&rest[..i]);
        let digits =
            rest[i + 4..].len() - rest[i + 4..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        out.push_str(if digits > 0 { "<uid>" } else { "uid-" });
        rest = &rest[i + 4 + digits..];
    }
    out + rest
}

/// One file of `kubectl/` or `dns/`, byte for byte after masking.
pub fn outputs(recording: &Recording, steps: &[Step], chance: &Chance, played: &Played, report: &mut Report) {
    for step in steps.iter().filter(|step| matches!(step.kind.as_str(), "kubectl" | "dns" | "watch")) {
        let prefixes = [format!("kubectl/{:02}-", step.n), format!("dns/{:02}-", step.n)];
        let found = recording.files.iter().find(|(name, _)| {
            name.ends_with(".txt") && prefixes.iter().any(|p| name.starts_with(p.as_str()))
        });
        let Some((name, text)) = found else { continue };
        let free = |text: &str| {
            let text = if step.kind == "dns" { mask(&mask_dns(text)) } else { mask(text) };
            if chance.places { mask_places(&text) } else { text }
        };
        let expected = free(&uid_free(&body(text)));
        let (mut got, code) = played.outputs.get(&step.n).cloned().unwrap_or_default();
        // What a watch ended with was not kept.
        if let Some(code) = code.filter(|code| *code != 0 && step.kind != "watch") {
            if !got.is_empty() && !got.ends_with('\n') {
                got.push('\n');
            }
            got.push_str(&format!("# exit {code}\n"));
        }
        let got = free(got.trim_end());
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
            lines.sort();
            lines
        };
        let equal = if step.kind == "watch" {
            by_subject(&got) == by_subject(&expected)
        } else if text.lines().any(|line| line == "# stderr")
            || expected.contains("pvc-<uid>")
            || expected.contains("-<random>")
            || step.kind == "dns"
        {
            // A recording keeps its two streams apart, so their lines have lost their common order; volumes are
            // named by uids, pods of a ReplicaSet by chance, and both listed by name. Addresses come in any order.
            sorted(&got) == sorted(&expected)
        } else {
            got == expected
        };
        report.count(
            Class::Outputs,
            (!equal).then(|| Difference {
                class: Class::Outputs,
                step: Some(step.n),
                subject: format!("{name}: {}", step.command.lines().next().unwrap_or("")),
                expected: expected.clone(),
                got,
            }),
        );
    }
}

// Without the command line and the marks between streams.
fn body(text: &str) -> String {
    let mut lines = text.lines().peekable();
    if lines.peek().is_some_and(|line| line.starts_with("$ ")) {
        lines.next();
    }
    const MARKS: [&str; 4] = ["# stopped", "# stderr", "# exit 0", "\\ no newline at the end of the output"];
    let kept: Vec<&str> = lines.filter(|line| !MARKS.contains(line)).collect();
    kept.join("\n").trim_end().to_string()
}

// A watch: per object the same lines.
fn by_subject(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut map: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let subject = line.split_whitespace().next().unwrap_or("").to_string();
        map.entry(subject).or_default().push(line.to_string());
    }
    for (subject, lines) in &mut map {
        if subject.ends_with("-<random>") {
            lines.sort();
        }
    }
    map
}
