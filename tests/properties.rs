//! Random runs from printed seeds: every promise after every write, counts once settled.

use ordinal::api::Kind;
use ordinal::cluster::invariants::{Promise, Witness};
use ordinal::component::What;
use ordinal::scenario::{Directive, Header, parse_fault};
use ordinal::session::Session;
use ordinal::sim::{Rng, SimDuration};

const SET: &str = "apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {clusterIP: None, selector: {app: nginx}, ports: [{port: 80, name: web}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 3
  podManagementPolicy: POLICY
  persistentVolumeClaimRetentionPolicy: {whenScaled: SCALED, whenDeleted: Retain}
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      terminationGracePeriodSeconds: 5
      containers: [{name: nginx, image: 'nginx:1'}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

fn random_step(rng: &mut Rng) -> Directive {
    let pod = format!("web-{}", rng.below(5));
    let line = |text: String| Directive::Line(text);
    let fault = |text: String| Directive::Fault(parse_fault(&text).unwrap().unwrap());
    match rng.below(16) {
        0 | 1 => line(format!("kubectl scale sts web --replicas={}", rng.below(6))),
        2 => line(format!("kubectl delete pod {pod} --wait=false")),
        3 => line(format!("kubectl set image sts/web nginx=nginx:{}", rng.below(4))),
        4 => line(format!(
            "kubectl patch sts web -p '{{\"spec\":{{\"updateStrategy\":{{\"rollingUpdate\":{{\"partition\":{}}}}}}}}}'",
            rng.below(4)
        )),
        5 => line("kubectl rollout undo sts/web".into()),
        6 => line(format!("kubectl delete pvc www-{pod} --wait=false")),
        7 => fault(format!("hold {pod}")),
        8 => fault(format!("release {pod}")),
        9 => fault(format!("unready {pod}")),
        10 => fault(format!("ready {pod}")),
        11 => fault(format!("crash {pod}")),
        12 => fault(format!("break image nginx:{}", rng.below(4))),
        13 => fault(format!("fix image nginx:{}", rng.below(4))),
        _ => Directive::Wait(SimDuration(rng.below(4000) as u64)),
    }
}

fn look(session: &mut Session, witness: &mut Witness, store: &mut ordinal::store::Store, story: &[String]) {
    for happening in session.take_happenings() {
        let What::Write(write) = happening.what else { continue };
        store.replay(&write.key, write.new.as_ref());
        let broken = witness.see(&write, store, &|_| false);
        assert!(broken.is_empty(), "{broken:#?}\n{}", story.join("\n"));
    }
}

fn run(seed: u64, steps: usize) -> usize {
    let mut rng = Rng::new(seed, "properties");
    let policy = ["OrderedReady", "Parallel"][rng.below(2)];
    let scaled = ["Retain", "Delete"][rng.below(2)];
    let header = Header { seed, ..Header::default() };
    let mut session = Session::new(&header.config());
    let mut store = session.cluster().store().clone();
    let mut witness = Witness::default();
    let manifest = SET.replace("POLICY", policy).replace("SCALED", scaled);
    let mut story = vec![
        format!("seed {seed}"),
        format!("file web.yaml <<EOF\n{manifest}EOF"),
        "$ kubectl apply -f web.yaml".into(),
    ];
    session.put_file("web.yaml", &manifest);
    session.type_line("kubectl apply -f web.yaml");
    let mut writes = 0;
    for _ in 0..steps {
        let directive = random_step(&mut rng);
        story.push(directive.to_string());
        match &directive {
            Directive::Line(line) => session.type_line(line),
            Directive::Fault(fault) => drop(session.fault(fault)),
            Directive::Wait(time) => session.run_until(session.now() + *time),
            _ => {}
        }
        look(&mut session, &mut witness, &mut store, &story);
        writes += 1;
    }
    // Back to health: everything released and mended, then nothing may be left open.
    for i in 0..6 {
        let _ = session.fault(&parse_fault(&format!("release web-{i}")).unwrap().unwrap());
        let _ = session.fault(&parse_fault(&format!("ready web-{i}")).unwrap().unwrap());
    }
    for i in 0..4 {
        let _ = session.fault(&parse_fault(&format!("fix image nginx:{i}")).unwrap().unwrap());
    }
    session.run_until(session.now() + SimDuration::secs(3600));
    look(&mut session, &mut witness, &mut store, &story);
    let broken = witness.see_settled(session.cluster().store(), 0);
    assert!(broken.is_empty(), "{broken:#?}\n{}", story.join("\n"));
    writes
}

#[test]
fn promises_hold_in_random_runs() {
    let many: u64 = std::env::var("ORDINAL_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let mut steps = 0;
    for seed in 1..=many {
        steps += run(seed, 40);
    }
    println!("{steps} random steps in {many} runs");
}

#[test]
fn a_broken_promise_is_noticed() {
    // A claim deleted by a controller although nobody asked for it.
    let mut session = Session::new(&Header::default().config());
    session.put_file("web.yaml", &SET.replace("POLICY", "OrderedReady").replace("SCALED", "Retain"));
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
    let broken: Vec<_> = writes
        .iter()
        .flat_map(|w| witness.see(w, session.cluster().store(), &|_| false))
        .map(|b| b.promise)
        .collect();
    assert!(broken.contains(&Promise::ClaimsStay), "{broken:?}");
}
