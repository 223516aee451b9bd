//! A real cluster's own log on the stage: what was simulated and printed by `kubectl get --watch` is seen again as it was,
//! and recordings of a real control plane, turned into such logs, show the gates that held.

use ordinal::api::{Kind, Object, ObjectKey, Value};
use ordinal::component::{Gate, What};
use ordinal::scenario::observed::{is_log, read};
use ordinal::scenario::{Header, Scenario};
use ordinal::session::Run;
use ordinal::sim::SimTime;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::rc::Rc;

const WATCHED: [&str; 7] = ["sts", "pods", "pvc", "pv", "svc", "endpointslices", "controllerrevisions"];

const WEB: &str = include_str!("../static/samples/web.yaml");

/// What was typed, and the files that the watches wrote meanwhile.
fn watched(typed: &str) -> (Run, Vec<(String, String)>) {
    // With something that nobody is to see.
    let image = "image: k8s.gcr.io/nginx-slim:0.8\n";
    let set = WEB.replace(image, &format!("{image}        env: [{{name: PASSWORD, value: hunter2}}]\n"));
    let mut text = format!("file web.yaml <<EOF\n{set}EOF\n");
    for kind in WATCHED {
        text += &format!("$ kubectl get {kind} -o json --watch --output-watch-events > {kind}.json &\n");
    }
    text += typed;
    text += "stop &\n";
    let run = Run::from_scenario(&text).unwrap();
    let files = WATCHED.map(|kind| (format!("{kind}.json"), run.files()[&format!("{kind}.json")].clone()));
    (run, files.to_vec())
}

fn observed(files: &[(String, String)]) -> Run {
    let (seen, _) = read(files).unwrap();
    let header = Header { observed: Some(Rc::new(seen)), ..Header::default() };
    Run::from_scenario(&Scenario { header, actions: Vec::new() }.print()).unwrap()
}

fn web() -> ObjectKey {
    ObjectKey::new(Kind::StatefulSet, "default", "web")
}

// The gates of the set web in their order, without times, that held for so many milliseconds.
fn gates(run: &Run, least: u64) -> Vec<String> {
    let mut held: Vec<(SimTime, Option<String>)> = Vec::new();
    for happening in run.happenings() {
        if let What::Decision(decision) = &happening.what
            && decision.set == web()
        {
            let gate = decision.gate.as_ref().map(|gate| match gate {
                Gate::Terminating { pod, .. } => format!("Terminating {pod}"),
                Gate::CondemnedTerminating { pod, .. } => format!("CondemnedTerminating {pod}"),
                gate => format!("{gate:?}"),
            });
            held.push((happening.at, gate));
        }
    }
    let ends = held.iter().skip(1).map(|(at, _)| *at).chain([SimTime(u64::MAX)]);
    let long = held.iter().zip(ends).filter(|((at, _), end)| end.since(*at).as_millis() >= least);
    let mut gates: Vec<String> = long.filter_map(|((_, gate), _)| gate.clone()).collect();
    gates.dedup();
    gates
}

#[test]
fn a_simulated_run_is_seen_again_from_its_watches() {
    let (run, files) = watched(
        "$ kubectl apply -f web.yaml\nsettle\nhold web-2\n$ kubectl scale sts web --replicas=4\nwait 20s\nrelease web-2\n\
         settle\n$ kubectl scale sts web --replicas=3\nsettle\nhold web-1\n$ kubectl delete pod web-1\nwait 1m\n",
    );
    assert!(files.iter().all(|(_, text)| is_log(text)), "the watches are told from manifests");
    let again = observed(&files);
    let (then, now) = (run.still(run.last()), again.still(again.last()));
    for kind in [Kind::Pod, Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::StatefulSet] {
        let seen = |store: &ordinal::store::Store| -> Vec<(String, Value)> {
            store.list(kind, None).map(|o| (o.name().to_string(), o.status().get("phase").clone())).collect()
        };
        assert_eq!(seen(then.store()), seen(now.store()), "{kind:?}");
        assert!(!seen(now.store()).is_empty(), "{kind:?}");
    }
    // A log has whole seconds, so what held for a moment may be lost; what held longer is seen, in its order.
    let (held, seen) = (gates(&run, 500), gates(&again, 0));
    let mut rest = seen.iter();
    assert!(held.iter().all(|gate| rest.any(|other| other == gate)), "{held:#?} in {seen:#?}");
    assert!(held.len() >= 5, "{held:?}");
    let ever = gates(&run, 0);
    assert!(seen.iter().all(|gate| ever.contains(gate)), "{seen:#?} of {ever:#?}");
    // Every pod the controller made has its reason.
    let reasons = again.happenings().iter().filter_map(|h| match &h.what {
        What::Decision(decision) => Some(decision.actions.len()),
        _ => None,
    });
    let made = again.happenings().iter().filter(|h| match &h.what {
        What::Write(write) => write.key.kind == Kind::Pod && write.old.is_none(),
        _ => false,
    });
    assert!(reasons.sum::<usize>() >= made.count());
}

#[test]
fn nothing_secret_is_kept() {
    let (_, mut files) = watched("$ kubectl apply -f web.yaml\nsettle\n");
    assert!(files.iter().any(|(_, text)| text.contains("hunter2")), "the log has it");
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "aHVudGVyMg=="}});
    let config =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"k": "hunter2"}});
    files.push(("more.json".into(), format!("{secret}\n{config}")));
    let (_, found) = read(&files).unwrap();
    assert_eq!(found.left_out, ["Secret", "ConfigMap"]);
    let text = observed(&files).text();
    assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
}

#[test]
fn an_observed_cluster_answers_and_refuses() {
    let (_, files) = watched("$ kubectl apply -f web.yaml\nsettle\n");
    let text = observed(&files).text();
    let run = Run::from_scenario(&format!(
        "{text}$ kubectl get pods\nwait 5m\n$ kubectl get pods -o name\n$ kubectl scale sts web --replicas=5\n$ kubectl exec web-0 -- hostname\n"
    ))
    .unwrap();
    assert_eq!(
        run.print_transcript(),
        "$ kubectl get pods\nNo resources found in default namespace.\n$ kubectl get pods -o name\npod/web-0\npod/web-1\n\
         $ kubectl scale sts web --replicas=5\nError from server (Forbidden): this cluster was observed elsewhere: it can be \
         asked, not changed\n# exit 1\n$ kubectl exec web-0 -- hostname\nError from server (Forbidden): this cluster was observed \
         elsewhere: it can be asked, not changed\n# exit 1\n"
    );
    let refused = Run::from_scenario(&format!("{text}stop node-1\n")).err().unwrap();
    assert!(refused.message.contains("observed elsewhere"), "{refused}");
}

#[test]
fn what_is_no_log_says_where() {
    let error = |text: &str| read(&[("log.json".into(), text.into())]).unwrap_err().to_string();
    assert_eq!(
        error("{\"type\":\"ADDED\",\n \"object\": }"),
        "log.json: line 2, column 12: invalid character '}' looking for beginning of value"
    );
    assert!(error("hello").contains("no object of a cluster is in this file"), "{}", error("hello"));
    assert!(error("").contains("no object"), "{}", error(""));
    assert!(error(&"[".repeat(1_000_000)).starts_with("log.json: line"));
    // Cut off in the middle, as Ctrl+C does: what stands before is read.
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"}});
    let (seen, found) = read(&[("log.json".into(), format!("{pod}\n{{\"type\":"))]).unwrap();
    assert_eq!((seen.start.len(), found.cut.as_slice()), (1, &["log.json".to_string()][..]));
    // A manifest is none.
    assert!(
        !is_log("apiVersion: v1\nkind: Pod\n")
            && !is_log("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}")
    );
}

// One recorded write as the object it left; `base` fills in what the recordings leave out.
fn object_of(write: &Json, manifests: &[Json], secs: i64) -> Json {
    let (kind, name, fields) =
        (write["kind"].as_str().unwrap(), write["name"].as_str().unwrap(), &write["fields"]);
    let at = |secs: i64| format!("2026-03-01T{:02}:{:02}:{:02}Z", secs / 3600, secs / 60 % 60, secs % 60);
    let mut object = manifests
        .iter()
        .find(|m| m["kind"] == kind && m["metadata"]["name"] == name)
        .cloned()
        .unwrap_or_else(|| json!({"kind": kind}));
    object["apiVersion"] = match kind {
        "StatefulSet" | "ControllerRevision" => "apps/v1".into(),
        "EndpointSlice" => "discovery.k8s.io/v1".into(),
        _ => json!("v1"),
    };
    object["metadata"] = json!({
        "name": name, "namespace": write["ns"], "labels": fields["labels"], "uid": format!("{kind}/{name}"),
        "resourceVersion": write["n"].to_string(), "generation": fields["generation"],
        "managedFields": [{"manager": "kube-controller-manager", "time": at(secs)}],
    });
    if let Some(owner) = fields["owners"].get(0).and_then(Json::as_str) {
        let (kind, name) = owner.split_once('/').unwrap();
        object["metadata"]["ownerReferences"] =
            json!([{"apiVersion": "v1", "kind": kind, "name": name, "uid": owner, "controller": true}]);
    }
    if fields["deleting"] == true {
        object["metadata"]["deletionTimestamp"] = at(secs).into();
    }
    match kind {
        "StatefulSet" => {
            for (member, value) in fields["spec"].as_object().into_iter().flatten() {
                object["spec"][member] = value.clone();
            }
            object["status"] = fields["status"].clone();
        }
        "Pod" => {
            let conditions = fields["conditions"].as_object().into_iter().flatten().map(|(kind, text)| {
                json!({"type": kind, "status": text.as_str().unwrap().split(' ').next(), "lastTransitionTime": at(secs)})
            });
            object["status"] =
                json!({"phase": fields["phase"], "conditions": conditions.collect::<Vec<_>>()});
            object["spec"] = json!({"nodeName": fields["nodeName"], "containers": []});
        }
        _ => object["status"] = json!({"phase": fields["phase"]}),
    }
    object
}

// The recording as somebody would have watched it.
fn log_of(folder: &Path) -> String {
    let mut manifests = Vec::new();
    for entry in std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "yaml"))
    {
        for document in serde_yaml::Deserializer::from_str(&std::fs::read_to_string(entry.path()).unwrap()) {
            manifests.extend(<Json as serde::Deserialize>::deserialize(document));
        }
    }
    let scenario = std::fs::read_to_string(folder.join("scenario.yaml")).unwrap();
    let scenario: Json = serde_yaml::from_str(&scenario).unwrap();
    let began =
        |step: &Json| scenario["steps"][step.as_u64().unwrap() as usize]["at_ms"].as_i64().unwrap_or(0);
    let mut out = String::new();
    let mut known: Vec<(String, String)> = Vec::new();
    for line in std::fs::read_to_string(folder.join("writes.jsonl")).unwrap().lines() {
        let write: Json = serde_json::from_str(line).unwrap();
        let watched = ["StatefulSet", "Pod", "PersistentVolumeClaim", "ControllerRevision"];
        if !watched.iter().any(|kind| write["kind"] == *kind) || write["code"].as_i64().unwrap() >= 300 {
            continue;
        }
        let key = (write["kind"].to_string(), format!("{}/{}", write["ns"], write["name"]));
        let fields = &write["fields"];
        let kept =
            fields["deleting"] == true && (fields["finalizers"].get(0).is_some() || write["kind"] == "Pod");
        let gone = match write["verb"].as_str().unwrap() {
            "delete" => !kept || write["actor"] == "kubelet" || fields["deletionGracePeriodSeconds"] == 0,
            _ => fields["deleting"] == true && !kept,
        };
        let secs = (began(&write["step"]) + write["t_ms"].as_i64().unwrap_or(0)) / 1000;
        let event = match (gone, known.contains(&key)) {
            (true, _) => "DELETED",
            (false, true) => "MODIFIED",
            (false, false) => "ADDED",
        };
        known.retain(|k| *k != key);
        if !gone {
            known.push(key);
        }
        out += &format!("{}\n", json!({"type": event, "object": object_of(&write, &manifests, secs)}));
    }
    out
}

fn unfinished(set: &Object) -> bool {
    let count = |member| set.status().get(member).as_int().unwrap_or(0);
    let wanted = set.spec().get("replicas").as_int().unwrap_or(1);
    ["replicas", "readyReplicas", "updatedReplicas"].into_iter().any(|member| count(member) != wanted)
}

#[test]
fn recordings_of_a_real_control_plane_show_the_gates_that_held() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/recordings");
    let names = [
        "stuck-unready",
        "broken-rollout",
        "seed-web",
        "partition-canary",
        "ondelete",
        "min-ready",
        "parallel-rollout",
    ];
    let (mut sets, mut gates) = (0, Vec::new());
    for folder in names.map(|name| folder.join(name)) as [PathBuf; 7] {
        let run = observed(&[("log.json".into(), log_of(&folder))]);
        let last = run.still(run.last());
        for happening in run.happenings() {
            if let What::Decision(decision) = &happening.what {
                gates.extend(decision.gate.as_ref().map(Gate::rule));
            }
        }
        for set in last.store().list(Kind::StatefulSet, None) {
            sets += 1;
            if unfinished(set) {
                let gate = last.decision(&set.key()).and_then(|decision| decision.gate.clone());
                assert!(
                    gate.is_some(),
                    "{}: {} is not done, and nothing holds it",
                    folder.display(),
                    set.name()
                );
            }
        }
    }
    gates.sort();
    gates.dedup();
    assert!(sets >= 3, "{sets}");
    for rule in ["S67.5", "S75.1", "S83", "S84"] {
        assert!(gates.contains(&rule), "{rule} is not among {gates:?}");
    }
}
