//! The test vectors of the specification (statefulset.md 18) and its surprises (19) as tables: one row is one pass.
//!
//! A set is written in words: `3` replicas, `P` for Parallel, `start=2`, `part=2`, `max=2`, `young=30` (minReadySeconds),
//! `nil` (RollingUpdate without a block), `ondelete`, `cur=2` (status.currentReplicas), `going` (being deleted), and a
//! release, 1.36 unless given. A pod is its ordinal, its revision, and letters: `u` not Ready, `p` Pending, `f` finished,
//! `t` terminating, `y` Ready for ten seconds only. Revision A is current, B the update; `same` makes A both.

use ordinal::api::{Kind, Object, Profile, Text, Value};
use ordinal::controllers::stateful_set::decide::{Facts, Step, decide};
use ordinal::controllers::stateful_set::pods::{Pod, Pods};
use ordinal::controllers::stateful_set::retention::{needs_repair, repaired, wanted_owner};
use ordinal::controllers::stateful_set::spec::{Amount, RollingUpdate, SetSpec, Strategy};
use ordinal::controllers::stateful_set::status::SetStatus;
use ordinal::object;
use ordinal::sim::{SimDuration, SimTime};
use std::rc::Rc;

/// Vector or rule, the set, its pods, and the calls of the next pass.
const PASSES: &[(&str, &str, &str, &str)] = &[
    // 18.2 Creation, scaling, replacement.
    ("T1", "3 same", "", "create 0A"),
    ("T3", "3 same", "0Au", "-"),
    ("T4", "3 same", "0A", "create 1A"),
    ("T6", "3 P same", "", "create 0A, create 1A, create 2A"),
    ("T7", "4 same", "0A 1A 2A", "create 3A"),
    ("T8", "0 same", "0A 1A 2A", "delete 2"),
    ("T8", "0 same", "0A 1A 2At", "-"),
    ("T8", "0 same", "0A 1A", "delete 1"),
    ("T9", "0 P same", "0A 1A 2A", "delete 2, delete 1, delete 0"),
    ("T10", "5 same", "1A 3A", "create 0A"),
    ("T10", "5 same", "0A 1A 3A", "create 2A"),
    ("T11", "5 P same", "1A 3A", "create 0A, create 2A, create 4A"),
    ("T12", "3 same", "0Af", "delete 0"),
    ("T13", "3 P same", "0Af 1Ap 2Ap", "delete 0"),
    ("T21", "3 start=2 same", "", "create 2A"),
    ("T21", "3 start=2 same", "2A", "create 3A"),
    ("T24", "1 P same", "0A 1A 2A 3A", "delete 3, delete 2, delete 1"),
    ("T27", "3 same", "0A 1A 2A 3At 4At", "-"),
    ("T28", "0 same", "0A 1A 2A", "delete 2"),
    ("T29", "5 same", "0At 1A 2A", "-"),
    ("T30", "5 same", "1A 2A", "create 0A"),
    ("T31", "3 going same", "", "-"),
    // 18.5 Updates.
    ("T60", "3 nil cur=3", "0A 1A 2A", "delete 2"),
    ("T60", "3 nil cur=2", "0A 1A", "create 2B"),
    ("T60", "3 nil cur=2", "0A 1A 2B", "delete 1"),
    ("T60", "3 nil cur=2", "0A 1A 2Bu", "-"),
    ("T61", "5 nil cur=3", "0A 1A 2A", "create 3B"),
    ("T61", "5 nil cur=3", "0A 1A 2A 3B", "create 4B"),
    ("T61", "5 nil cur=3", "0A 1A 2A 3B 4B", "delete 2"),
    ("T62", "3 nil cur=5", "0A 1A 2A 3A 4A", "delete 4"),
    ("T62", "3 nil cur=3", "0A 1A 2A", "delete 2"),
    ("T63", "3 P nil cur=3", "0A 1A 2A", "delete 2"),
    ("T63", "3 P nil cur=2", "0A 1A 2Bu", "-"),
    ("T64", "5 P nil cur=3", "0A 1A 2A", "create 3B, create 4B"),
    ("T64", "5 P nil cur=3", "0A 1A 2A 3B 4Bu", "-"),
    ("T65", "3 P nil cur=5", "0A 1A 2A 3A 4A", "delete 4, delete 3, delete 2"),
    ("T66", "3 ondelete", "0A 1A 2A", "-"),
    ("T66", "3 ondelete", "", "create 0B"),
    ("T67", "5 ondelete", "0A 1A 2A", "create 3B"),
    ("T68", "3 ondelete", "0A 1A 2A 3A 4A", "delete 4"),
    ("T69", "3 P ondelete", "0A 1A 2A", "-"),
    ("T70", "3 part=2", "0A 1A 2A", "delete 2"),
    ("T70", "3 part=2", "0A 1A 2B", "-"),
    ("T71", "5 part=2", "0A 1A 2A", "create 3B"),
    ("T72", "3 P part=2", "0A 1A 2A", "delete 2"),
    ("T72", "3 P part=2", "0A 1A 2B", "-"),
    ("T73", "5 P part=2", "0A 1A 2A", "create 3B, create 4B"),
    ("T78", "3 part=3", "0A 1A 2A", "-"),
    ("T79", "3 part=2", "0A 1A 2A", "delete 2"),
    ("T79", "3 part=2", "0A 1A", "create 2B"),
    ("T80", "3 part=2", "1A", "create 0A"),
    ("T80", "3 part=2", "0A 1A", "create 2B"),
    ("T81", "3 part=1", "0A 1A 2B", "delete 1"),
    ("T81", "3", "0A 1B 2B", "delete 0"),
    ("T82", "3 ondelete same", "", "create 0A"),
    ("T82", "3 ondelete same", "0A", "create 1A"),
    ("T83", "3 ondelete", "0A 1A 2A", "-"),
    ("T83", "3 ondelete", "0B", "create 1B"),
    ("T84", "3", "0A 1A 2A", "delete 2"),
    ("T84", "3", "0A 1A 2B", "delete 1"),
    // 18.6 minReadySeconds and maxUnavailable.
    ("T87", "2 nil young=30 cur=2", "0Ay 1Ay", "-"),
    ("T88", "2 nil young=30 cur=2", "0A 1A", "delete 1"),
    ("T89", "1 young=30 same", "0Ay 1Ay 2Ay", "-"),
    ("T90", "2 ondelete young=30", "0Ay 1Ay", "-"),
    ("T92", "4 part=2 young=30", "0Ay 1Ay 2Ay 3Ay", "-"),
    ("T93", "6 part=3 max=2 1.35.0", "0A 1A 2A 3A 4A 5A", "delete 5, delete 4"),
    ("T93", "6 part=3 max=2 1.35.0", "0A 1A 2A 3A", "create 4B"),
    ("T93", "6 part=3 max=2 1.35.0", "0A 1A 2A 3A 4B 5B", "delete 3"),
    ("T94", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A", "create 4B, create 5B"),
    ("T94", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A 4B 5Bu", "delete 3"),
    // The update phase alone, which a Parallel set reaches with a terminating pod.
    ("T95", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A 4A 5A", "delete 5, delete 4"),
    ("T96", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A 4A 5At", "delete 4"),
    ("T97", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3At 4A 5A", "delete 5"),
    ("T98", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A 4At 5A", "delete 5"),
    ("T99", "6 P part=3 max=2 1.35.0", "0A 1A 2A 3A 4At 5At", "-"),
    ("T100", "6 P part=3 max=2 1.35.0", "0A 1A 2At 3A 4A 5A", "delete 5"),
    ("T101", "6 P part=3 max=2 1.35.0", "0A 1At 2A 3A 4A 5A", "delete 5"),
    ("T107", "5 P max=2 1.35.0", "0A 1A 2A 3A 4Au", "delete 4"),
    ("T114", "5 P max=3 1.35.0", "0A 1A 2A 3Au 4At", "delete 3"),
    ("T115", "5 P max=3 1.35.0", "0A 1A 2A 3At 4Au", "delete 4"),
    ("T102", "1 P max=1 1.37", "0Au", "delete 0"),
    ("T103", "3 P max=1 1.37", "0A 1A 2Au", "delete 2"),
    ("T104", "5 P max=2 1.37", "0A 1A 2A 3Au 4Au", "delete 4, delete 3"),
    ("T105", "1 max=1 1.37", "0Au", "-"),
    ("T106", "3 max=1 1.37", "0A 1A 2Au", "-"),
    ("T108", "3 P max=1 1.37", "0A 1A 2At", "-"),
    ("T109", "3 max=1 1.37", "0A 1A 2At", "-"),
    ("T110", "5 P max=3 1.37", "0A 1A 2A 3Au 4At", "delete 3, delete 2"),
    ("T111", "3 P max=1 young=30 1.37", "0A 1A 2Ay", "delete 2"),
    ("T112", "3 max=1 young=30 1.37", "0A 1A 2Ay", "-"),
    ("T113", "5 P max=3 1.37", "0A 1A 2A 3At 4Au", "delete 4, delete 2"),
    ("T116", "5 P part=2 max=1 1.37", "0A 1A 2A 3A 4Au", "delete 4"),
    ("T117", "5 P part=2 max=1 1.37", "0A 1A 2Au 3A 4A", "delete 2"),
    ("T118", "5 P part=2 max=1 1.37", "0A 1Au 2A 3A 4A", "-"),
    ("T119", "5 part=2 max=1 1.37", "0A 1A 2A 3A 4Au", "-"),
    ("T120", "5 P part=3 max=2 1.37", "0A 1A 2A 3Au 4Au", "delete 4, delete 3"),
    ("T121", "5 P part=3 max=2 1.37", "0A 1Au 2A 3A 4Au", "delete 4"),
    ("T122", "4 P max=2 1.37", "0Au 1Au 2A 3A", "delete 1, delete 0"),
    ("T123", "5 P max=3 1.37", "0Au 1Au 2A 3A 4A", "delete 1, delete 0, delete 4"),
    // 18.9 Start ordinal and health.
    ("T164", "3 start=2 same", "0A 1A", "create 2A"),
    ("T164", "3 start=2 same", "0A 1A 2A 3A 4A", "delete 1"),
    ("T165", "2 start=4 same", "2A 3A 4A 5A", "delete 3"),
    ("T166", "2 start=2 same", "2A 3A 4A", "delete 4"),
    ("T167", "2 same", "0A 1A 3A 4A", "delete 4"),
    ("T168", "3 same", "0Au", "-"),
    ("T169", "0 same", "0Au 1Au 2Au", "-"),
    ("T170", "3 P same", "0Au", "create 1A, create 2A"),
    ("T171", "0 P same", "0Au 1Au 2Au", "delete 2, delete 1, delete 0"),
    ("T172", "2 same", "1Au", "create 0A"),
    // 18.10 Derived from the rules.
    ("T176", "1 same", "0Au 1A 2A", "-"),
    ("T177", "1 same", "0A 1Au 2A", "delete 2"),
    ("T177", "1 same", "0A 1Au", "delete 1"),
    ("T178", "1 same", "0A 1Au 2Au", "-"),
    ("T179", "0 same", "0Ap", "delete 0"),
    ("T180", "1 young=30 same", "0A 1Ay", "delete 1"),
    ("T180", "1 young=30 same 1.33", "0A 1Ay", "-"),
    ("T182", "3", "0B 1B 2Au", "-"),
    ("T184", "3 P", "0B 1B 2Au", "delete 2"),
    ("T185", "3 P", "0Au 1A 2A", "delete 2"),
    ("T185", "3 P", "0Au 1B 2B", "delete 0"),
    ("T186", "3", "1A 2B", "create 0B"),
    ("T187", "3 nil cur=2", "1A 2B", "create 0A"),
    ("T198", "2 same", "0A 1X", "delete 1"),
    // 19 Surprises: Parallel does not update in parallel (S80), a healthy higher pod goes before a broken lower one (S76).
    ("S80", "5 P", "0A 1A 2A 3A 4A", "delete 4"),
    ("S76", "1 same", "0A 1Au 2A 3A", "delete 3"),
    // maxUnavailable was on by default only in 1.35.0 and again in 1.37 (0.3).
    ("S86", "3 max=2", "0A 1A 2A", "delete 2"),
    ("S86", "3 max=2 1.35.4", "0A 1A 2A", "delete 2"),
    ("S86", "3 max=2 1.35.0", "0A 1A 2A", "delete 2, delete 1"),
    ("S86", "3 max=2 1.37", "0A 1A 2A", "delete 2, delete 1"),
];

const NOW: SimTime = SimTime(1_000_000);

fn number(words: &str, name: &str) -> Option<i64> {
    words.split(' ').find_map(|word| word.strip_prefix(name)?.parse().ok())
}

fn has(words: &str, word: &str) -> bool {
    words.split(' ').any(|w| w == word)
}

fn spec(words: &str) -> SetSpec {
    let strategy = if has(words, "ondelete") {
        Strategy::OnDelete
    } else if has(words, "nil") {
        Strategy::RollingUpdate(None)
    } else {
        let max_unavailable = number(words, "max=").map(Amount::Int);
        Strategy::RollingUpdate(Some(RollingUpdate {
            partition: number(words, "part=").unwrap_or(0),
            max_unavailable,
        }))
    };
    SetSpec {
        replicas: number(words, "").unwrap(),
        start: number(words, "start=").unwrap_or(0),
        monotonic: !has(words, "P"),
        strategy,
        min_ready_secs: number(words, "young=").unwrap_or(0),
        delete_claims_with_set: false,
        delete_claims_on_scale_in: false,
        history_limit: 2,
    }
}

fn pods(words: &str) -> Pods {
    let mut pods = Pods::default();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let at = word.find(|c: char| c.is_ascii_uppercase()).unwrap();
        let (ordinal, flags) = (word[..at].parse().unwrap(), &word[at + 1..]);
        let flag = |c| flags.contains(c);
        let since = if flag('y') { NOW - SimDuration::secs(10) } else { SimTime::ZERO };
        pods.put(
            ordinal,
            Pod {
                name: format!("foo-{ordinal}").into(),
                uid: Text::Static("uid"),
                revision: word[at..=at].to_string().into(),
                running: !flag('p') && !flag('f'),
                pending: flag('p'),
                finished: flag('f'),
                ready_since: (!flag('u') && !flag('p') && !flag('f')).then_some(since),
                deletion: flag('t').then_some(NOW),
                fits: true,
            },
        );
    }
    pods
}

fn calls(words: &str, of: &str) -> String {
    let mut set = Object::new(Kind::StatefulSet, "default", "foo");
    set.body.set(&["status"], object! { "currentReplicas" => number(words, "cur=").unwrap_or(0) });
    if has(words, "going") {
        set.body.set(&["metadata", "deletionTimestamp"], NOW.rfc3339());
    }
    let release = words.split(' ').find(|word| word.starts_with("1.")).unwrap_or("1.36");
    let update = Text::Static(if has(words, "same") { "A" } else { "B" });
    let plan = decide(&mut Facts {
        set: &set,
        spec: &spec(words),
        pods: &mut pods(of),
        current: &Text::Static("A"),
        update: &update,
        now: NOW,
        profile: Profile::find(release).unwrap(),
        claim: &|_| None,
        claims_have_owners: false,
    });
    let text = |(_, step): &(u32, Step)| match step {
        Step::Create { ordinal, revision } => format!("create {ordinal}{revision}"),
        Step::Delete { ordinal, .. } => format!("delete {ordinal}"),
        other => format!("{other:?}"),
    };
    let calls: Vec<String> = plan.steps.iter().map(text).collect();
    if calls.is_empty() { "-".into() } else { calls.join(", ") }
}

#[test]
fn a_pass_makes_the_calls_of_the_vectors() {
    let wrong: Vec<String> = PASSES
        .iter()
        .map(|(id, set, of, expected)| (calls(set, of), id, set, of, expected))
        .filter(|(got, _, _, _, expected)| got != *expected)
        .map(|(got, id, set, of, expected)| format!("{id}: {set}: {of}: expected {expected}, got {got}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// T23, T24, T26: batches of 1, 2, 4 … 500 over all slots, or over all pods that are to go.
#[test]
fn batches_double_over_all_slots() {
    let sizes = |words: &str, of: &str| {
        let set = Object::new(Kind::StatefulSet, "default", "foo");
        let a = Text::Static("A");
        let plan = decide(&mut Facts {
            set: &set,
            spec: &spec(words),
            pods: &mut pods(of),
            current: &a,
            update: &a,
            now: NOW,
            profile: Profile::default_release(),
            claim: &|_| None,
            claims_have_owners: false,
        });
        let mut sizes: Vec<(u32, usize)> = Vec::new();
        for (batch, _) in plan.steps {
            match sizes.last_mut() {
                Some((last, size)) if *last == batch => *size += 1,
                _ => sizes.push((batch, 1)),
            }
        }
        sizes.into_iter().map(|(_, size)| size).collect::<Vec<_>>()
    };
    assert_eq!(sizes("30 P", "0A 1A 2A"), [4, 8, 15]);
    assert_eq!(sizes("1 P", "0A 1A 2A 3A 4A 5A 6A 7A 8A 9A"), [1, 2, 4, 2]);
    assert_eq!(sizes("1000 P", "")[..7], [1, 2, 4, 8, 16, 32, 64]);
}

/// T143 to T152: policies (whenDeleted, whenScaled), ordinal of two replicas, the claim's owners, and whether it is as it
/// should be. `set` and `pod` are controllers; `old` has another uid, `plain` no flag, `other` is somebody else.
const OWNERS: &[(&str, &str, i64, &str, bool)] = &[
    ("T143", "Retain Retain", 1, "", true),
    ("T143", "Retain Retain", 1, "set", false),
    ("T143", "Retain Retain", 1, "pod", false),
    ("T144", "Delete Retain", 1, "set", true),
    ("T144", "Delete Retain", 1, "", false),
    ("T144", "Delete Retain", 1, "set pod", false),
    ("T145", "Retain Delete", 2, "pod", true),
    ("T145", "Retain Delete", 2, "set", false),
    ("T145", "Retain Delete", 2, "", false),
    ("T146", "Retain Delete", 1, "", true),
    ("T146", "Retain Delete", 1, "pod", false),
    ("T147", "Delete Delete", 2, "pod", true),
    ("T147", "Delete Delete", 2, "set", false),
    ("T148", "Delete Delete", 1, "set", true),
    ("T148", "Delete Delete", 1, "pod", false),
    ("T149", "Delete Delete", 2, "plain-pod", false),
    ("T150", "Delete Delete", 2, "old-pod", true),
    ("T151", "Delete Delete", 2, "pod other", false),
    ("T152", "Delete Delete", 1, "old-set", true),
    ("T142", "Delete Retain", 1, "other", true),
];

fn owner(word: &str, pod: &str) -> Value {
    let (kind, name) = match word.rsplit('-').next().unwrap() {
        "set" => ("StatefulSet", "foo"),
        "pod" => ("Pod", pod),
        _ => ("ReplicaSet", "other"),
    };
    let uid = if word.starts_with("old") { "old" } else { kind };
    object! {
        "apiVersion" => if kind == "Pod" { "v1" } else { "apps/v1" }, "blockOwnerDeletion" => true,
        "controller" => !word.starts_with("plain"), "kind" => kind, "name" => name.to_string(), "uid" => uid,
    }
}

#[test]
fn claims_belong_to_whom_the_policy_says() {
    for (id, policy, ordinal, owners, fine) in OWNERS {
        let (deleted, scaled) = policy.split_once(' ').unwrap();
        let spec = SetSpec {
            delete_claims_with_set: deleted == "Delete",
            delete_claims_on_scale_in: scaled == "Delete",
            ..spec("2")
        };
        let mut set = Object::new(Kind::StatefulSet, "default", "foo");
        set.body.set(&["metadata", "uid"], "StatefulSet");
        let pod = format!("foo-{ordinal}");
        let mut claim = Object::new(Kind::PersistentVolumeClaim, "default", format!("datadir-{pod}"));
        let list: Vec<Value> =
            owners.split(' ').filter(|w| !w.is_empty()).map(|word| owner(word, &pod)).collect();
        if !list.is_empty() {
            claim.body.set(&["metadata", "ownerReferences"], Value::list(list));
        }
        let wanted = wanted_owner(&spec, *ordinal);
        assert_eq!(
            !needs_repair(&claim, &set, *ordinal, "Pod", &spec, wanted),
            *fine,
            "{id}: {policy}: {owners}"
        );
        // T153, T154: a repaired claim needs none, and keeps the owners of others.
        let (mended, _) = repaired(&claim, &set, *ordinal, "Pod", wanted);
        assert!(!needs_repair(&mended, &set, *ordinal, "Pod", &spec, wanted), "{id}: {mended:?}");
        assert_eq!(mended.owners().any(|o| o.name() == "other"), owners.contains("other"), "{id}");
    }
}

/// T85, T86, T91: minReadySeconds, pods, available replicas.
#[test]
fn pods_count_as_available_when_they_have_been_ready_long_enough() {
    for (id, words, of, expected) in [
        ("T85", "1 young=600", "0A", 1),
        ("T86", "1 young=3600", "0A", 0),
        ("T91", "2", "0Ay 1Ay", 2),
        ("T88", "2 young=30", "0A 1Ay", 1),
    ] {
        let (set, a) = (Object::new(Kind::StatefulSet, "default", "foo"), Text::Static("A"));
        let status = SetStatus::count(&set, &spec(words), &pods(of), &a, &a, 0, NOW);
        assert_eq!(status.available_replicas, expected, "{id}");
    }
}

/// Surprises 4 and 8: a rollout is complete with Ready pods that are not available yet (S93), OnDelete never completes,
/// and Ready pods that are on their way out still count (S92).
#[test]
fn completion_asks_for_ready_pods_only() {
    let (set, a, b) =
        (Object::new(Kind::StatefulSet, "default", "foo"), Text::Static("A"), Text::Static("B"));
    for (words, of, current, ready) in [
        ("2 young=30", "0By 1By", "B", 2),
        ("2 ondelete", "0B 1B", "A", 2),
        ("2", "0B 1B 2At", "A", 3),
        ("2 part=1", "0A 1B", "A", 2),
    ] {
        let spec = spec(words);
        let mut status = SetStatus::count(&set, &spec, &pods(of), &a, &b, 0, NOW);
        status.complete_rollout(&spec, false);
        assert_eq!((&*status.current_revision, status.ready_replicas), (current, ready), "{words}: {of}");
    }
}

/// T20: a Pending pod without its claim gets it. T156, S101: a claim of the pod before holds the new one back.
#[test]
fn claims_come_before_pods() {
    let mut set = Object::new(Kind::StatefulSet, "default", "foo");
    let template = object! { "metadata" => object! { "name" => "datadir" } };
    set.body.set(&["spec", "volumeClaimTemplates"], Value::list(vec![template]));
    let mut of_the_pod_before = Object::new(Kind::PersistentVolumeClaim, "default", "datadir-foo-0");
    of_the_pod_before
        .body
        .set(&["metadata", "ownerReferences"], Value::list(vec![owner("old-pod", "foo-0")]));
    let of_the_pod_before = Rc::new(of_the_pod_before);
    let spec = SetSpec { delete_claims_on_scale_in: true, ..spec("1") };
    let steps = |of: &str, claim: Option<Rc<Object>>| {
        let plan = decide(&mut Facts {
            set: &set,
            spec: &spec,
            pods: &mut pods(of),
            current: &Text::Static("A"),
            update: &Text::Static("A"),
            now: NOW,
            profile: Profile::default_release(),
            claim: &|_| claim.clone(),
            claims_have_owners: true,
        });
        (plan.steps.into_iter().map(|(_, step)| step).collect::<Vec<_>>(), plan.gate.map(|gate| gate.rule()))
    };
    assert_eq!(steps("0Ap", None), (vec![Step::EnsureClaims { ordinal: 0 }], Some("S67.5")));
    assert_eq!(steps("", Some(of_the_pod_before)), (vec![], Some("S101")));
}
