//! Test vectors of statefulset.md 18 that need more than one decision: requests that fail, the queue, revisions, claims.
//!
//! A row is a set in words (`3`, `P` for Parallel, `limit=2`) and steps: what happens, and the calls that follow until
//! nothing is left to do. `refuse VERB KIND` lets the next such request fail with 500 (`skip` lets one pass before).

use super::StatefulSetController;
use crate::api::{Kind, Object, ObjectKey, Profile, Value, manifest};
use crate::component::client::Film;
use crate::component::{
    Cause, Client, Component, Ctx, DeleteOptions, Propagation, Recorder, Verb, What, WorkKey, WorkQueue,
    World,
};
use crate::object;
use crate::sim::{SimDuration, SimTime};
use crate::store::{ApiServer, View, admission};
use std::rc::Rc;

/// The controller over an API server; pods are run and ended by hand.
struct Bench {
    server: ApiServer,
    film: Film,
    world: World,
    now: SimTime,
    controller: StatefulSetController,
    queue: WorkQueue,
    recorder: Recorder,
    cursor: u64,
    image: String,
}

fn key(kind: Kind, name: &str) -> ObjectKey {
    ObjectKey::new(kind, "default", name.to_string())
}

impl Bench {
    fn new() -> Bench {
        let mut server = ApiServer::new(Rc::new(Profile::default_release().clone()), 1);
        server.seed(SimTime::ZERO, Object::new(Kind::Namespace, "", "default"));
        let controller = StatefulSetController::default();
        Bench {
            server,
            film: Film::default(),
            world: World::default(),
            now: SimTime::ZERO,
            recorder: Recorder::new(controller.event_source()),
            controller,
            queue: WorkQueue::default(),
            cursor: 0,
            image: "nginx".into(),
        }
    }

    fn user(&mut self) -> Client<'_> {
        Client::new(&mut self.server, &mut self.film, self.now, "user", Cause::Start)
    }

    // The fixture foo(n) of 18.1, under any name and label.
    fn set(&mut self, name: &str, label: &str, words: &str) {
        let mut parts = words.split(' ');
        let replicas = parts.next().unwrap();
        let (mut policy, mut limit, mut more) = ("OrderedReady", "2", String::new());
        for word in parts {
            match word.split_once('=') {
                None if word == "P" => policy = "Parallel",
                Some(("limit", n)) => limit = n,
                Some(("deleted", policy)) => {
                    more = format!("  persistentVolumeClaimRetentionPolicy: {{whenDeleted: {policy}}}\n");
                }
                _ => panic!("{word}"),
            }
        }
        let text = format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {name}, namespace: default}}\nspec:\n  \
             replicas: {replicas}\n  podManagementPolicy: {policy}\n  revisionHistoryLimit: {limit}\n{more}  \
             serviceName: s\n  selector: {{matchLabels: {{foo: {label}}}}}\n  template:\n    metadata: {{labels: {{foo: \
             {label}}}}}\n    spec: {{containers: [{{name: nginx, image: nginx}}]}}\n  volumeClaimTemplates:\n  - \
             metadata: {{name: datadir}}\n    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: \
             1Gi}}}}}}\n"
        );
        let document = manifest::parse(&text).unwrap().remove(0).value;
        let object = admission::decode(&document).unwrap().0;
        self.user().create(object).unwrap();
    }

    fn pod(&mut self, name: &str, labels: &[(&'static str, &'static str)], owner: &str) {
        let mut pod = Object::new(Kind::Pod, "default", name.to_string());
        pod.body.set(
            &["spec", "containers"],
            Value::list(vec![object! { "name" => "nginx", "image" => "nginx" }]),
        );
        for (label, value) in labels {
            pod.body.set(&["metadata", "labels", label], *value);
        }
        if let Some(set) = self.server.store.get(Kind::StatefulSet, "default", owner) {
            pod.body.set(&["metadata", "ownerReferences"], Value::list(vec![set.owner_reference()]));
        }
        self.user().create(pod).unwrap();
    }

    fn change(&mut self, kind: Kind, name: &str, subresource: &'static str, change: impl FnOnce(&mut Value)) {
        self.user().patch(&key(kind, name), subresource, change).unwrap();
    }

    fn hear(&mut self) {
        while let Some(change) = self.server.store.change(self.cursor) {
            self.cursor += 1;
            if self.controller.watches().contains(&change.key.kind) {
                let view = View::new(&self.server.store, self.cursor);
                self.controller.observe(change, view, &mut self.queue);
            }
        }
    }

    // The names of the sets that wait.
    fn waiting(&mut self) -> Vec<String> {
        self.hear();
        let mut names = Vec::new();
        while let Some((key, _)) = self.queue.pop() {
            names.push(key.name.to_string());
        }
        names.sort();
        names
    }

    fn pass(&mut self, key: &WorkKey) -> bool {
        let Bench { server, film, world, now, controller, queue, recorder, cursor, .. } = self;
        let client = Client::new(server, film, *now, "statefulset-controller", Cause::Start);
        let mut ctx = Ctx { client, cursor: *cursor, queue, world, recorder };
        controller.sync(key, &mut ctx).is_ok()
    }

    // What fails twice is tried again with the next step.
    fn settle(&mut self) -> Vec<String> {
        let mut failed = 0;
        for _ in 0..300 {
            self.now += SimDuration(5);
            self.hear();
            let Some((key, cause)) = self.queue.pop() else { return self.calls() };
            if !self.pass(&key) {
                self.queue.add_because(key, cause);
                failed += 1;
                if failed == 2 {
                    return self.calls();
                }
            }
        }
        panic!("the controller never comes to rest");
    }

    // What the controller asked for since the last look, in short.
    fn calls(&mut self) -> Vec<String> {
        let taken = std::mem::take(&mut self.film.pending);
        let writes = taken.into_iter().filter_map(|happening| match happening.what {
            What::Write(write) if write.actor != "user" => Some(write),
            _ => None,
        });
        let line = |write: Rc<crate::component::Write>| {
            if let Some(event) = write.new.as_ref().filter(|object| object.kind == Kind::Event) {
                let text = |key: &str| event.body.get(key).str().to_string();
                return [text("type"), text("reason")].join(" ");
            }
            let verb = if write.verb == Verb::Update { "put" } else { write.verb.name() };
            let code = if write.code < 400 { String::new() } else { format!(" ({})", write.code) };
            let name = &write.key.name;
            match write.key.kind {
                _ if write.subresource == "status" => format!("status{code}"),
                Kind::ControllerRevision => {
                    let number =
                        write.new.as_ref().or(write.old.as_ref()).map(|cr| cr.body.get("revision").clone());
                    format!("{verb} cr {}{code}", number.and_then(|n| n.as_int()).unwrap_or(0))
                }
                Kind::PersistentVolumeClaim => format!("{verb} pvc {name}{code}"),
                _ => format!("{verb} {name}{code}"),
            }
        };
        writes.map(line).collect()
    }

    fn act(&mut self, set: &str, action: &str) {
        let words: Vec<&str> = action.split(' ').collect();
        match words[..] {
            ["start"] => self.set("foo", "bar", set),
            ["refuse", verb, kind, ref rest @ ..] => {
                let kind = match kind {
                    "pvc" => Kind::PersistentVolumeClaim,
                    "pod" => Kind::Pod,
                    _ => Kind::StatefulSet,
                };
                let verbs = ["create", "update", "delete", "status"];
                let verb = verbs.into_iter().find(|known| *known == verb).unwrap();
                self.server.refuse.push((verb, kind, rest.len()));
            }
            ["ready", name] | ["unready", name] => {
                let status = if words[0] == "ready" { "True" } else { "False" };
                let condition = object! { "lastTransitionTime" => self.now.rfc3339(), "status" => status, "type" => "Ready" };
                let new = object! { "phase" => "Running", "conditions" => Value::list(vec![condition]) };
                self.change(Kind::Pod, name, "status", |body| body.set(&["status"], new));
            }
            ["phase", name, phase] => {
                let phase = phase.to_string();
                self.change(Kind::Pod, name, "status", |body| body.set(&["status", "phase"], phase));
            }
            ["delete", name] => {
                let options = DeleteOptions { grace_period_secs: Some(0), ..DeleteOptions::default() };
                self.user().delete(&key(Kind::Pod, name), &options).unwrap();
            }
            ["lose", claim] => {
                let claim = key(Kind::PersistentVolumeClaim, claim);
                self.change(claim.kind, &claim.name, "", |body| {
                    body.remove(&["metadata", "finalizers"]);
                });
                self.user().delete(&claim, &DeleteOptions::default()).unwrap();
            }
            ["end", claim] => {
                self.user()
                    .delete(&key(Kind::PersistentVolumeClaim, claim), &DeleteOptions::default())
                    .unwrap();
            }
            ["replicas", n] => {
                let n: i64 = n.parse().unwrap();
                self.change(Kind::StatefulSet, "foo", "", |body| body.set(&["spec", "replicas"], n));
            }
            ["image", image] => {
                let list = object! { "name" => "nginx", "image" => image.to_string() };
                self.image = image.to_string();
                self.change(Kind::StatefulSet, "foo", "", |body| {
                    body.set(&["spec", "template", "spec", "containers"], Value::list(vec![list]));
                });
            }
            ["policy", deleted] => {
                let policy = object! { "whenDeleted" => deleted.to_string(), "whenScaled" => "Retain" };
                self.change(Kind::StatefulSet, "foo", "", |body| {
                    body.set(&["spec", "persistentVolumeClaimRetentionPolicy"], policy);
                });
            }
            ["orphan", name] => {
                self.change(Kind::Pod, name, "", |body| {
                    body.remove(&["metadata", "ownerReferences"]);
                });
            }
            ["label", name, label, value] => {
                let (label, value) = (label.to_string(), value.to_string());
                self.change(Kind::Pod, name, "", |body| {
                    body.at_mut(&["metadata", "labels"]).map_mut().insert(label, value);
                });
            }
            ["unlabel", name, label] => {
                self.change(Kind::Pod, name, "", |body| {
                    body.remove(&["metadata", "labels", label]);
                });
            }
            ["title", label] => {
                let label = label.to_string();
                self.change(Kind::StatefulSet, "foo", "", |body| {
                    body.set(&["metadata", "labels", "a"], label);
                });
            }
            ["gates", switch] => {
                let mut profile = Profile::find("1.36").unwrap().clone();
                profile.set_gate("StatefulSetSemanticRevisionComparison", switch == "semantic");
                self.server.profile = Rc::new(profile);
                // Another release is another program, which begins with what the server tells it.
                (self.controller, self.cursor) = (StatefulSetController::default(), 0);
                self.change(Kind::StatefulSet, "foo", "", |body| body.set(&["metadata", "labels", "a"], "b"));
            }
            ["release", name] => self.server.profile = Rc::new(Profile::find(name).unwrap().clone()),
            _ => panic!("{action}"),
        }
    }
}

/// Vector, set, and steps with their calls.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Everything that is asked for but successful status writes and events that tell of success.
const CALLS: &[Row] = &[
    (
        "T5",
        "3",
        &[
            ("start", "create cr 1, create pvc datadir-foo-0, create foo-0"),
            ("ready foo-0", "create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", "create pvc datadir-foo-2, create foo-2"),
            ("ready foo-2", ""),
        ],
    ),
    ("T14", "3", &[START, ("phase foo-0 Succeeded", "delete foo-0, create foo-0")]),
    (
        "T15",
        "3",
        &[
            START,
            (
                "refuse delete pod, phase foo-0 Failed",
                "delete foo-0 (500), Warning FailedDelete, delete foo-0, create foo-0",
            ),
        ],
    ),
    (
        "T16",
        "3",
        &[
            START,
            (
                "refuse delete pod, phase foo-0 Succeeded",
                "delete foo-0 (500), Warning FailedDelete, delete foo-0, create foo-0",
            ),
        ],
    ),
    (
        "T17",
        "3",
        &[
            START,
            (
                "refuse create pod, ready foo-0",
                "create pvc datadir-foo-1, create foo-1 (500), Warning FailedCreate, create foo-1",
            ),
            ("ready foo-1", "create pvc datadir-foo-2, create foo-2"),
        ],
    ),
    // In a store an object's name is its place, so the label that repeats it is the wrong one.
    (
        "T18",
        "1",
        &[
            START,
            ("ready foo-0", ""),
            (
                "label foo-0 statefulset.kubernetes.io/pod-name goo-0, refuse update pod",
                "put foo-0 (500), Warning FailedUpdate, put foo-0",
            ),
        ],
    ),
    (
        "T19",
        "3",
        &[
            (
                "refuse status set skip, start",
                "create cr 1, create pvc datadir-foo-0, create foo-0, status (500)",
            ),
            ("ready foo-0", "create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", "create pvc datadir-foo-2, create foo-2"),
        ],
    ),
    (
        "T22",
        "3 P",
        &[
            ALL,
            (
                "refuse delete pod skip, replicas 0",
                "delete foo-2, delete foo-1 (500), Warning FailedDelete, delete foo-0, delete foo-1",
            ),
        ],
    ),
    (
        "T77",
        "3",
        &[
            START,
            ("ready foo-0", "create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", "create pvc datadir-foo-2, create foo-2"),
            ("ready foo-2", ""),
            (
                "refuse delete pod, image b",
                "create cr 2, delete foo-2 (500), Warning FailedDelete, delete foo-2, create foo-2",
            ),
        ],
    ),
    // T43 and T44: what somebody takes away comes back, and what does not fit any more is let go.
    ("T43", "1", &[START, ("ready foo-0", ""), ("orphan foo-0", "patch foo-0")]),
    (
        "T44",
        "1",
        &[
            START,
            ("ready foo-0", ""),
            ("unlabel foo-0 foo", "patch foo-0, create foo-0 (409), create foo-0 (409)"),
            ("label foo-0 foo bar", "patch foo-0"),
        ],
    ),
    ("T45", "0", &[("start", "create cr 1")]),
    ("T46", "0", &[("start", "create cr 1"), ("image b", "create cr 2")]),
    ("T47", "0", &[("start", "create cr 1"), ("image b", "create cr 2"), ("title x", "")]),
    (
        "T48",
        "0",
        &[
            ("start", "create cr 1"),
            ("image b", "create cr 2"),
            ("image c", "create cr 3"),
            ("image b", "put cr 4"),
        ],
    ),
    // T49 to T52: what 1.33 stored is the same to a release that compares meaning, and another one to those that do not.
    (
        "T49",
        "1",
        &[
            ("release 1.33, start", "create cr 1, create pvc datadir-foo-0, create foo-0"),
            ("gates semantic", ""),
        ],
    ),
    ("T50", "1", &[START, ("gates semantic", "")]),
    (
        "T51",
        "1",
        &[
            ("release 1.33, start", "create cr 1, create pvc datadir-foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("gates plain", "create cr 2, delete foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("gates semantic", ""),
        ],
    ),
    (
        "T52",
        "1",
        &[
            ("release 1.33, start", "create cr 1, create pvc datadir-foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("gates plain", "create cr 2, delete foo-0, create foo-0"),
        ],
    ),
    // T59: the template of a revision, put back, is that revision again.
    (
        "T59",
        "1",
        &[
            START,
            ("ready foo-0", ""),
            ("image b", "create cr 2, delete foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("image nginx", "put cr 3, delete foo-0, create foo-0"),
        ],
    ),
    (
        "T74",
        "2",
        &[
            START,
            ("ready foo-0", "create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", ""),
            ("image b", "create cr 2, delete foo-1, create foo-1"),
            ("ready foo-1", "delete foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("image nginx", "put cr 3, delete foo-1, create foo-1"),
            ("ready foo-1", "delete foo-0, create foo-0"),
            ("ready foo-0", ""),
        ],
    ),
    (
        "T75",
        "1",
        &[
            START,
            ("ready foo-0", ""),
            ("image b, replicas 2", "create cr 2, create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", "delete foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("image nginx", "put cr 3, delete foo-1, create foo-1"),
            ("ready foo-1", "delete foo-0, create foo-0"),
        ],
    ),
    (
        "T76",
        "2 P",
        &[
            (
                "start",
                "create cr 1, create pvc datadir-foo-0, create foo-0, create pvc datadir-foo-1, create foo-1",
            ),
            ("ready foo-0, ready foo-1", ""),
            ("image b", "create cr 2, delete foo-1, create foo-1"),
            ("ready foo-1", "delete foo-0, create foo-0"),
            ("ready foo-0", ""),
            ("image nginx", "put cr 3, delete foo-1, create foo-1"),
        ],
    ),
    // T181 and T183: a broken revision waits for somebody to delete its pod.
    (
        "T181",
        "2",
        &[
            START,
            ("ready foo-0", "create pvc datadir-foo-1, create foo-1"),
            ("ready foo-1", ""),
            ("image broken", "create cr 2, delete foo-1, create foo-1"),
            ("unready foo-1", ""),
            ("image nginx", "put cr 3"),
            ("delete foo-1", "create foo-1"),
            ("ready foo-1", ""),
        ],
    ),
    // T194 and T195: a policy is written into the claims; labels of the set concern nobody.
    (
        "T194",
        "1",
        &[
            START,
            ("ready foo-0", ""),
            ("policy Delete", "put pvc datadir-foo-0, put foo-0"),
            ("policy Retain", "put pvc datadir-foo-0, put foo-0"),
        ],
    ),
    ("T195", "1", &[START, ("ready foo-0", ""), ("title x", "")]),
];

const START: (&str, &str) = ("start", "create cr 1, create pvc datadir-foo-0, create foo-0");
const ALL: (&str, &str) = (
    "start",
    "create cr 1, create pvc datadir-foo-0, create foo-0, create pvc datadir-foo-1, create foo-1, create pvc \
     datadir-foo-2, create foo-2",
);

/// Calls on one pod, with the events they leave (18.7) and without status writes.
const POD_CALLS: &[Row] = &[
    (
        "T124",
        "1",
        &[(
            "start",
            "create cr 1, create pvc datadir-foo-0, Normal SuccessfulCreate, create foo-0, Normal SuccessfulCreate",
        )],
    ),
    (
        "T126",
        "1",
        &[(
            "refuse create pvc, start",
            "create cr 1, create pvc datadir-foo-0 (500), Warning FailedCreate, Warning FailedCreate, create pvc \
             datadir-foo-0, Normal SuccessfulCreate, create foo-0, Normal SuccessfulCreate",
        )],
    ),
    (
        "T129",
        "1",
        &[(
            "refuse create pod, start",
            "create cr 1, create pvc datadir-foo-0, Normal SuccessfulCreate, create foo-0 (500), Warning FailedCreate, \
             create foo-0, Normal SuccessfulCreate",
        )],
    ),
    (
        "T135",
        "1",
        &[
            (
                "start",
                "create cr 1, create pvc datadir-foo-0, Normal SuccessfulCreate, create foo-0, Normal SuccessfulCreate",
            ),
            ("replicas 0", "delete foo-0, Normal SuccessfulDelete"),
        ],
    ),
    (
        "T136",
        "1",
        &[
            (
                "start",
                "create cr 1, create pvc datadir-foo-0, Normal SuccessfulCreate, create foo-0, Normal SuccessfulCreate",
            ),
            (
                "refuse delete pod, replicas 0",
                "delete foo-0 (500), Warning FailedDelete, delete foo-0, Normal SuccessfulDelete",
            ),
        ],
    ),
    (
        "T139",
        "1",
        &[
            (
                "start",
                "create cr 1, create pvc datadir-foo-0, Normal SuccessfulCreate, create foo-0, Normal SuccessfulCreate",
            ),
            ("ready foo-0", ""),
            ("policy Delete", "put pvc datadir-foo-0, put foo-0, Normal SuccessfulUpdate"),
            // T138: and back.
            ("policy Retain", "put pvc datadir-foo-0, put foo-0, Normal SuccessfulUpdate"),
        ],
    ),
];

fn play(rows: &[Row], shown: fn(&str) -> bool) {
    let mut wrong = Vec::new();
    for (vector, set, steps) in rows {
        let mut bench = Bench::new();
        for (actions, expected) in *steps {
            actions.split(", ").for_each(|action| bench.act(set, action));
            let calls: Vec<String> = bench.settle().into_iter().filter(|call| shown(call)).collect();
            if calls.join(", ") != *expected {
                wrong.push(format!(
                    "{vector} {actions}:\n  expected {expected}\n  got      {}",
                    calls.join(", ")
                ));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn t5_to_t59_calls_until_nothing_is_left_to_do() {
    play(CALLS, |call| call != "status" && !call.starts_with("Normal"));
}

#[test]
fn t124_to_t139_calls_on_a_pod_and_their_events() {
    play(POD_CALLS, |call| call != "status");
}

// T33 to T41: which sets are looked at after a change of a pod.
#[test]
fn t33_to_t41_changes_of_pods_queue_their_sets() {
    const FITS: &[(&str, &str)] = &[("foo", "bar")];
    let bench = |sets: &[(&str, &str)]| {
        let mut bench = Bench::new();
        for (name, label) in sets {
            bench.set(name, label, "1");
        }
        bench.waiting();
        bench
    };
    let both = [("foo", "bar"), ("foo2", "bar")];

    let mut owned = bench(&both[..1]);
    owned.pod("foo-0", FITS, "foo");
    assert_eq!(owned.waiting(), ["foo"], "T33");
    owned.change(Kind::Pod, "foo-0", "", |_| {});
    assert!(owned.waiting().is_empty(), "T36: nothing changed");
    owned.act("", "delete foo-0");
    assert_eq!(owned.waiting(), ["foo"], "T41");

    let mut three = bench(&[("foo", "bar"), ("foo2", "bar"), ("foo3", "other")]);
    three.pod("foo-0", FITS, "");
    assert_eq!(three.waiting(), ["foo", "foo2"], "T34");
    three.act("", "delete foo-0");
    assert!(three.waiting().is_empty(), "T40");

    let mut none = bench(&[]);
    none.pod("foo-0", FITS, "");
    assert!(none.waiting().is_empty(), "T35");

    let mut passed_on = bench(&both);
    passed_on.pod("foo-0", FITS, "foo2");
    passed_on.waiting();
    let owner = passed_on.server.store.get(Kind::StatefulSet, "default", "foo").unwrap().owner_reference();
    passed_on.change(Kind::Pod, "foo-0", "", |body| {
        body.set(&["metadata", "ownerReferences"], Value::list(vec![owner]));
    });
    assert_eq!(passed_on.waiting(), ["foo", "foo2"], "T37");
    passed_on.act("", "orphan foo-0");
    assert_eq!(passed_on.waiting(), ["foo", "foo2"], "T38");
    passed_on.act("", "unlabel foo-0 foo");
    assert!(passed_on.waiting().is_empty(), "labels that no set selects");
    passed_on.act("", "label foo-0 foo bar");
    assert_eq!(passed_on.waiting(), ["foo", "foo2"], "T39");
}

#[test]
fn t42_only_orphans_that_fit_are_adopted() {
    let mut bench = Bench::new();
    bench.set("foo", "bar", "5");
    bench.pod("foo-1", &[("foo", "bar")], "foo");
    bench.pod("foo-2", &[("foo", "bar")], "");
    bench.pod("foo-3", &[], "");
    bench.pod("xfoo-4", &[("foo", "bar")], "");
    let patches: Vec<String> = bench.settle().into_iter().filter(|call| call.starts_with("patch")).collect();
    assert_eq!(patches, ["patch foo-2"]);
}

// T32: the copy says the set lives, the server says it is going: nothing is adopted and nothing made.
#[test]
fn t32_nothing_is_adopted_for_a_set_that_is_going() {
    let mut bench = Bench::new();
    bench.set("foo", "bar", "3");
    bench.pod("foo-1", &[("foo", "bar")], "");
    bench.hear();
    let options = DeleteOptions { propagation: Some(Propagation::Foreground), ..DeleteOptions::default() };
    bench.user().delete(&key(Kind::StatefulSet, "foo"), &options).unwrap();
    assert!(!bench.pass(&WorkKey::new("default", "foo")), "the pass fails");
    assert_eq!(bench.calls(), [""; 0]);
}

// T53 to T58: how many revisions there are at most while a set is updated ten times.
#[test]
fn t53_to_t58_history_keeps_to_its_limit() {
    for (vector, words, limit) in [
        ("T54", "3", 4),
        ("T55", "3 P", 4),
        ("T56", "3 limit=0", 2),
        ("T57", "3 limit=-2", 11),
        ("T58", "3 limit=5", 7),
    ] {
        let mut bench = Bench::new();
        bench.act(words, "start");
        let mut most = 0;
        for update in 0..=10 {
            if update > 0 {
                bench.act("", &format!("image v{update}"));
            }
            // Until a whole round changes nothing: pods that were made are run.
            while !bench.settle().is_empty() {
                for i in 0..3 {
                    let name = format!("foo-{i}");
                    if bench.server.store.get(Kind::Pod, "default", &name).is_some() {
                        bench.act("", &format!("ready {name}"));
                    }
                }
                most = most.max(bench.server.store.count(Kind::ControllerRevision));
            }
            let set = bench.server.store.get(Kind::StatefulSet, "default", "foo").unwrap();
            assert_eq!(
                set.status().get("currentRevision"),
                set.status().get("updateRevision"),
                "{vector} {update}"
            );
        }
        assert_eq!(most, limit, "{vector}");
    }
}

// T137: a status is written once a pass whatever became of the pods, and the first error counts.
#[test]
fn t137_a_pass_writes_its_status_once_and_fails_with_its_first_error() {
    for (refused, calls, fine) in [
        ("", "create cr 1, create pvc datadir-foo-0, create foo-0, status", true),
        ("refuse create pod", "create cr 1, create pvc datadir-foo-0, create foo-0 (500), status", false),
        ("refuse status set", "create cr 1, create pvc datadir-foo-0, create foo-0, status (500)", false),
        (
            "refuse create pod, refuse status set",
            "create cr 1, create pvc datadir-foo-0, create foo-0 (500), status (500)",
            false,
        ),
    ] {
        let mut bench = Bench::new();
        bench.set("foo", "bar", "3");
        bench.hear();
        refused.split(", ").filter(|action| !action.is_empty()).for_each(|action| bench.act("", action));
        assert_eq!(bench.pass(&WorkKey::new("default", "foo")), fine, "{refused}");
        let mut got = bench.calls();
        got.retain(|call| !call.contains("Normal") && !call.contains("Warning"));
        assert_eq!(got.join(", "), calls, "{refused}");
    }
}
