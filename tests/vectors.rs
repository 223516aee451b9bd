//! Test vectors of statefulset.md 18.8 to 18.10 that need more than the StatefulSet controller: a story, and the calls of
//! the controllers that own pods and claims, in order. Status writes and events are left out, revisions have no hash.

use ordinal::api::Kind;
use ordinal::component::{What, Write};
use ordinal::scenario::{Header, parse_fault};
use ordinal::session::Session;
use ordinal::sim::SimDuration;

/// The set `web` with a claim a pod; `{}` stands for what else its spec says.
const WEB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  replicas: 3
  {}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: web, image: nginx:1}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Vector, what else the spec says, and what happens with the calls that follow; the set runs before. A line of a story
/// is typed (`$`), a fault, `wait SECONDS`, or nothing: then everything settles.
const STORIES: &[Row] = &[
    (
        "T157",
        "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}",
        &[(
            "$ kubectl delete sts web",
            "gc delete pod web-0, gc delete pod web-1, gc delete pod web-2, gc delete pvc www-web-0, gc delete pvc www-web-1, gc \
             delete pvc www-web-2, gc delete cr",
        )],
    ),
    (
        "T158",
        "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
        &[(
            "$ kubectl scale sts web --replicas=1",
            "update pvc www-web-2, update pvc www-web-1, delete pod web-2, delete pod web-1, gc delete pvc www-web-2, gc \
             delete pvc www-web-1",
        )],
    ),
    (
        "T161",
        "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
        &[
            (
                "$ kubectl patch pod web-2 --type merge -p '{\"metadata\":{\"ownerReferences\":null}}'",
                "patch pod web-2",
            ),
            (
                "$ kubectl scale sts web --replicas=2",
                "update pvc www-web-2, delete pod web-2, gc delete pvc www-web-2",
            ),
        ],
    ),
    (
        "T163",
        "",
        &[
            ("$ kubectl cordon node-1 node-2 node-3", ""),
            ("$ kubectl delete pod web-2", "create pod web-2"),
            ("$ kubectl delete pvc www-web-2", "create pvc www-web-2"),
            ("$ kubectl uncordon node-1", ""),
        ],
    ),
    ("T175", "", &[("$ kubectl scale sts web --replicas=4", "create pvc www-web-3, create pod web-3")]),
    (
        "T188",
        "",
        &[
            ("stop node-2\nwait 60", ""),
            ("wait 300", ""),
            // T189.
            ("$ kubectl delete pod web-1 --force", "create pod web-1"),
        ],
    ),
    (
        "T190",
        "",
        &[(
            "$ kubectl delete sts web",
            "gc delete cr, gc delete pod web-0, gc delete pod web-1, gc delete pod web-2",
        )],
    ),
    (
        "T191",
        "",
        &[
            (
                "$ kubectl delete sts web --cascade=orphan",
                "gc patch cr, gc patch pod web-0, gc patch pod web-1, gc patch pod web-2",
            ),
            ("$ kubectl apply -f web.yaml", "patch cr, patch pod web-0, patch pod web-1, patch pod web-2"),
        ],
    ),
    (
        "T192",
        "",
        &[
            ("$ kubectl delete pvc www-web-1 --wait=false", ""),
            ("$ kubectl delete pod web-1", "create pvc www-web-1, create pod web-1"),
        ],
    ),
    (
        "T193",
        "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}",
        &[
            (
                "$ kubectl scale sts web --replicas=2",
                "update pvc www-web-2, delete pod web-2, gc delete pvc www-web-2",
            ),
            ("$ kubectl scale sts web --replicas=3", "create pvc www-web-2, create pod web-2"),
        ],
    ),
    (
        "T196",
        "",
        &[(
            "$ kubectl rollout restart sts web",
            "create cr, delete pod web-2, create pod web-2, delete pod web-1, create pod web-1, delete pod web-0, create \
             pod web-0",
        )],
    ),
];

fn settle(session: &mut Session) {
    let limit = session.now() + SimDuration::secs(120);
    while session.next_at().is_some_and(|at| at <= limit) && session.step() {}
}

fn calls(session: &mut Session) -> String {
    let mut lines: Vec<String> = Vec::new();
    for happening in session.take_happenings() {
        let What::Write(write) = happening.what else { continue };
        let prefix = match write.actor {
            "statefulset-controller" => "",
            "generic-garbage-collector" => "gc ",
            _ => continue,
        };
        lines.extend(line(&write).map(|line| [prefix, &line].concat()));
    }
    // The collector takes what it finds in any order.
    let is_gc = |line: &String| line.starts_with("gc ") && !line.starts_with("gc delete pvc");
    lines.chunk_by_mut(|a, b| is_gc(a) && is_gc(b)).for_each(<[String]>::sort);
    lines.join(", ")
}

fn line(write: &Write) -> Option<String> {
    let name = &write.key.name;
    let object = match write.key.kind {
        _ if write.subresource == "status" => return None,
        Kind::ControllerRevision => "cr".to_string(),
        Kind::Pod => format!("pod {name}"),
        Kind::PersistentVolumeClaim => format!("pvc {name}"),
        _ => return None,
    };
    let code = if write.code < 400 { String::new() } else { format!(" ({})", write.code) };
    Some(format!("{} {object}{code}", write.verb.name()))
}

#[test]
fn stories_make_the_calls_of_the_vectors() {
    let mut wrong = Vec::new();
    for (vector, more, steps) in STORIES {
        let mut session = Session::new(&Header::default().config());
        session.put_file("web.yaml", &WEB.replace("{}", more).replace("  \n", ""));
        session.type_line("kubectl apply -f web.yaml");
        settle(&mut session);
        session.take_happenings();
        for (story, expected) in *steps {
            for line in story.lines() {
                if let Some(command) = line.strip_prefix("$ ") {
                    session.type_line(command);
                    session.finish_foreground();
                } else if let Some(seconds) = line.strip_prefix("wait ") {
                    let until = session.now() + SimDuration::secs(seconds.parse().unwrap());
                    session.run_until(until);
                } else {
                    session.fault(&parse_fault(line).unwrap().unwrap()).unwrap();
                }
            }
            settle(&mut session);
            let got = calls(&mut session);
            if got != *expected {
                wrong.push(format!("{vector} {story}:\n  expected {expected}\n  got      {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
