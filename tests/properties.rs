//! Random runs from printed seeds: every promise after every step, and every set well once everything is mended.
//!
//! Two sets with policies of chance live under all faults, every component late now and then. `ORDINAL_STEPS=1000000`
//! takes that many steps, `ORDINAL_SEED` begins elsewhere. A failure prints the shortest scenario that shows it, ready
//! for `tests/scenarios/regressions/`.

mod play;

use crate::scenarios;
use ordinal::api::Kind;
use ordinal::cluster::invariants::{Promise, Witness};
use ordinal::cluster::{Cluster, Config};
use ordinal::component::What;
use ordinal::scenario::{Directive, Header, Scenario, parse_fault};
use ordinal::session::Session;
use ordinal::sim::{Rng, SimDuration};
use ordinal::store::View;

/// A set as a manifest; every word in capitals is replaced.
const SET: &str = "apiVersion: v1
kind: Service
metadata: {name: NAME}
spec: {clusterIP: None, selector: {app: NAME}, ports: [{port: 80, name: web}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: NAME}
spec:
  serviceName: NAME
  replicas: 3
  podManagementPolicy: POLICY
  minReadySeconds: YOUNG
  ordinals: {start: START}
  updateStrategy: STRATEGY
  persistentVolumeClaimRetentionPolicy: {whenScaled: SCALED, whenDeleted: DELETED}
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      terminationGracePeriodSeconds: 5
      containers: [{name: nginx, image: 'nginx:1'}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

const SECOND_CLAIM: &str = "  - metadata: {name: log}
    spec: {accessModes: [ReadWriteOnce], storageClassName: late, resources: {requests: {storage: 1Gi}}}
";

const SETS: [&str; 2] = ["web", "db"];
const VERSIONS: [&str; 6] = ["1.33", "1.34", "1.35.0", "1.35.4", "1.36", "1.37"];

fn manifest(rng: &mut Rng, name: &str) -> String {
    let mut one_of = |choices: &[&'static str]| choices[rng.below(choices.len())];
    let policy = one_of(&["OrderedReady", "Parallel"]);
    // Without rollingUpdate a Parallel set of 1.37 can make and remove a Pod for ever: S71 makes it at the old revision,
    // S90 removes it for that.
    let bare = if policy == "Parallel" { "{}" } else { "{type: RollingUpdate}" };
    let text = SET
        .replace("NAME", name)
        .replace("POLICY", policy)
        .replace("YOUNG", one_of(&["0", "0", "3"]))
        .replace("START", one_of(&["0", "0", "2"]))
        .replace("SCALED", one_of(&["Retain", "Delete"]))
        .replace("DELETED", one_of(&["Retain", "Delete"]))
        .replace(
            "STRATEGY",
            one_of(&[
                "{}",
                bare,
                "{type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}",
                "{type: OnDelete}",
            ]),
        );
    if rng.below(3) == 0 { text + SECOND_CLAIM } else { text }
}

fn fault(text: &str) -> Directive {
    Directive::Fault(parse_fault(text).unwrap().unwrap())
}

fn line(text: String) -> Directive {
    Directive::Line(text)
}

fn random_step(rng: &mut Rng, components: &[&str]) -> Directive {
    let set = SETS[rng.below(2)];
    let pod = format!("{set}-{}", rng.below(6));
    let node = format!("node-{}", 1 + rng.below(3));
    let component = components[rng.below(components.len())];
    match rng.below(44) {
        0..3 => line(format!("kubectl scale sts {set} --replicas={}", rng.below(6))),
        3..5 => line(format!("kubectl delete pod {pod} --wait=false")),
        5..7 => line(format!("kubectl set image sts/{set} nginx=nginx:{}", rng.below(4))),
        7 => line(format!(
            "kubectl patch sts {set} -p '{{\"spec\":{{\"updateStrategy\":{{\"rollingUpdate\":{{\"partition\":{}}}}}}}}}'",
            rng.below(4)
        )),
        8 => line(format!("kubectl rollout undo sts/{set}")),
        9 => line(format!("kubectl delete pvc www-{pod} --wait=false")),
        10 => line(format!("kubectl rollout restart sts/{set}")),
        11 => line(format!("kubectl delete sts {set} --wait=false")),
        12 => line(format!("kubectl delete sts {set} --cascade=orphan --wait=false")),
        13 => line(format!("kubectl apply -f {set}.yaml")),
        14 => line(format!("kubectl label pod {pod} app-")),
        15 => line(format!("kubectl label pod {pod} app={set} --overwrite")),
        16 => line(format!("kubectl delete pod {pod} --force --grace-period=0")),
        17 => line(format!("kubectl cordon {node}")),
        18 => line(format!("kubectl uncordon {node}")),
        19 => line(format!("kubectl drain {node} --ignore-daemonsets --delete-emptydir-data --timeout=20s")),
        20 => line(format!(
            "kubectl patch sts {set} -p '{{\"spec\":{{\"persistentVolumeClaimRetentionPolicy\":{{\"whenScaled\":\"{}\"}}}}}}'",
            ["Retain", "Delete"][rng.below(2)]
        )),
        21 => line(format!(
            "kubectl patch sts {set} -p '{{\"spec\":{{\"ordinals\":{{\"start\":{}}}}}}}'",
            rng.below(3)
        )),
        22 => fault(&format!("hold {pod}")),
        23 => fault(&format!("release {pod}")),
        24 => fault(&format!("unready {pod}")),
        25 => fault(&format!("ready {pod}")),
        26 => fault(&format!("crash {pod}")),
        27 => fault(&format!("crashloop {pod}")),
        28 => fault(&format!("break image nginx:{}", rng.below(4))),
        29 => fault(&format!("fix image nginx:{}", rng.below(4))),
        30 => fault(&format!("stop {node}")),
        31 => fault(&format!("start {node}")),
        32 => fault(&format!("cut {node}")),
        33 => fault(&format!("mend {node}")),
        34 => fault(&format!("fail storage {}", ["standard", "late"][rng.below(2)])),
        35 => fault("mend storage standard"),
        36..38 => fault(&format!("slow {component} {}ms", 1 + rng.below(5000))),
        38 => fault(&format!("mend {component}")),
        39 => Directive::Wait(SimDuration::secs(60 * rng.below(8) as u64)),
        _ => Directive::Wait(SimDuration(rng.below(4000) as u64)),
    }
}

// Back to health: everything mended and released, labels and sets put back, and time for the longest back-off.
fn healing(components: &[&str]) -> Vec<Directive> {
    let mut tail = Vec::new();
    tail.extend(components.iter().map(|name| fault(&format!("mend {name}"))));
    tail.extend(["standard", "late"].map(|class| fault(&format!("mend storage {class}"))));
    for i in 1..=3 {
        tail.extend(["start", "mend"].map(|word| fault(&format!("{word} node-{i}"))));
        tail.push(line(format!("kubectl uncordon node-{i}")));
    }
    tail.extend((0..4).map(|i| fault(&format!("fix image nginx:{i}"))));
    for set in SETS {
        for i in 0..8 {
            tail.extend(["release", "ready"].map(|word| fault(&format!("{word} {set}-{i}"))));
            tail.push(line(format!("kubectl label pod {set}-{i} app={set} --overwrite")));
        }
        tail.push(line(format!("kubectl apply -f {set}.yaml")));
    }
    tail.push(Directive::Wait(SimDuration::secs(3600)));
    // A claim that is gone wakes no set (S48); a pass after it does.
    tail.extend(SETS.map(|set| line(format!("kubectl annotate sts {set} touched=again --overwrite"))));
    tail.push(Directive::Wait(SimDuration::secs(3600)));
    tail
}

fn run(seed: u64, steps: usize, components: &[&str]) {
    let mut rng = Rng::new(seed, "properties");
    let version = VERSIONS[rng.below(VERSIONS.len())].to_string();
    let header = Header { seed, version, ..Header::default() };
    let mut body: Vec<Directive> = SETS
        .iter()
        .map(|set| Directive::File { name: format!("{set}.yaml"), text: manifest(&mut rng, set) })
        .collect();
    body.extend(SETS.map(|set| line(format!("kubectl apply -f {set}.yaml"))));
    body.extend((0..steps).map(|_| random_step(&mut rng, components)));
    let tail = healing(components);
    let all: Vec<Directive> = body.iter().chain(&tail).cloned().collect();
    let (_, end) = play::play(&header, &all, true);
    if let Err(wrong) = end {
        let shortest = play::shrink(&header, body, &tail, &wrong.fault);
        panic!("seed {seed}: {}\n\n{}", wrong.words, shortest.print());
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
fn promises_hold_in_random_runs() {
    const LENGTH: u64 = 50;
    let config = Config::default();
    let components: Vec<&'static str> = Cluster::new(&config).component_names().collect();
    let (first, steps) = (number("ORDINAL_SEED", 1), number("ORDINAL_STEPS", 10_000));
    let runs = steps.div_ceil(LENGTH);
    for seed in first..first + runs {
        run(seed, LENGTH as usize, &components);
    }
    println!("{steps} random steps in {runs} runs");
}

#[test]
fn promises_hold_in_every_scenario() {
    for (name, text) in scenarios::all() {
        let scenario = Scenario::parse(&text).unwrap();
        let directives: Vec<Directive> =
            scenario.actions.into_iter().map(|(_, directive)| directive).collect();
        let (_, end) = play::play(&scenario.header, &directives, false);
        assert!(end.is_ok(), "{name}: {end:?}");
    }
}

#[test]
fn a_broken_promise_is_noticed() {
    // A claim deleted by a controller although nobody asked for it.
    let mut session = Session::new(&Header::default().config());
    session.put_file("web.yaml", &manifest(&mut Rng::new(1, "noticed"), "web"));
    session.type_line("kubectl apply -f web.yaml");
    session.run_until(session.now() + SimDuration::secs(60));
    let mut writes: Vec<_> = session
        .take_happenings()
        .into_iter()
        .filter_map(|h| if let What::Write(w) = h.what { Some((*w).clone()) } else { None })
        .collect();
    let mut stolen = writes.iter().find(|w| w.key.kind == Kind::PersistentVolumeClaim).unwrap().clone();
    stolen.verb = ordinal::component::Verb::Delete;
    stolen.old = stolen.new.take();
    writes.push(stolen);
    let mut witness = Witness::default();
    let store = session.cluster().store();
    let broken: Vec<_> = writes
        .iter()
        .flat_map(|w| witness.see(w, store, View::live(store), &|_| false))
        .map(|b| b.promise)
        .collect();
    assert!(broken.contains(&Promise::ClaimsStay), "{broken:?}");
}
