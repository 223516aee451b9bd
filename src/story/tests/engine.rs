//! A real run from the first command to the last, as steps, sentences, lanes and stages.

#![allow(clippy::disallowed_methods)] // The bans are for the simulation.

use crate::api::{Kind, ObjectKey, manifest};
use crate::cluster::{Cluster, Config};
use crate::component::{DeleteOptions, Happening, What};
use crate::lang::Lang;
use crate::scene::model::StageModel;
use crate::scene::tests::expect;
use crate::scene::timeline::{Spacing, TrackOptions, track};
use crate::scene::{StageOptions, Timeline, stage};
use crate::sim::SimTime;
use crate::store::admission;
use crate::story::{Story, caption};

const WEB: &str = "
apiVersion: v1
kind: Service
metadata: {name: nginx}
spec: {clusterIP: None, selector: {app: nginx}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 3
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - name: nginx
        image: registry.k8s.io/nginx-slim:0.24
        volumeMounts: [{name: www, mountPath: /usr/share/nginx/html}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
";

fn web() -> ObjectKey {
    ObjectKey::new(Kind::StatefulSet, "default", "web")
}

struct Machine {
    cluster: Cluster,
    happenings: Vec<Happening>,
    stages: Vec<(usize, SimTime, StageModel)>,
}

impl Machine {
    /// Runs on until `until`, and keeps a picture of every moment at which something happened.
    fn run(&mut self, until: u64) {
        loop {
            self.happenings.extend(self.cluster.take_happenings());
            let decision = self.happenings.iter().rev().find_map(|h| match &h.what {
                What::Decision(d) => Some(d.clone()),
                _ => None,
            });
            let now = self.cluster.now();
            let model = StageModel::from_store(self.cluster.store(), Some(&web()), now, decision.as_deref());
            self.stages.push((self.happenings.len(), now, model));
            if self.cluster.next_at().is_none_or(|at| at.0 > until) || !self.cluster.step() {
                break;
            }
        }
    }
    fn change(&mut self, line: &str, key: &ObjectKey, path: &[&'static str], value: i64) {
        let input = self.cluster.begin_input(line);
        let mut object = (**self.cluster.store().by_key(key).unwrap()).clone();
        object.body.set(path, value);
        self.cluster.client("user", input).update(object).unwrap();
        self.cluster.announce();
    }
}

fn machine() -> Machine {
    let mut m =
        Machine { cluster: Cluster::new(&Config::default()), happenings: Vec::new(), stages: Vec::new() };
    let input = m.cluster.begin_input("$ kubectl apply -f web.yaml");
    for document in manifest::parse(WEB).unwrap() {
        let (object, _) = admission::decode(&document.value).unwrap();
        m.cluster.client("user", input).create(object).unwrap();
        m.cluster.announce();
    }
    m.run(60_000);
    m.change("$ kubectl scale sts web --replicas=2", &web(), &["spec", "replicas"], 2);
    m.run(160_000);
    let input = m.cluster.begin_input("$ kubectl delete pod web-0");
    let pod = ObjectKey::new(Kind::Pod, "default", "web-0");
    m.cluster.client("user", input).delete(&pod, &DeleteOptions::default()).unwrap();
    m.cluster.announce();
    m.run(260_000);
    m
}

#[test]
fn a_real_run_is_told_and_drawn() {
    let m = machine();
    let mut story = Story::default();
    story.read(&m.happenings);
    let mut text = String::new();
    for (i, step) in story.steps().iter().enumerate() {
        let (happened, next) = caption(step, Lang::Ko);
        text += &format!("{} {:>7} {happened} {}\n", i + 1, step.at.0, next.unwrap_or_default());
        let (happened, next) = caption(step, Lang::En);
        text += &format!("{} {:>7} {happened} {}\n", i + 1, step.at.0, next.unwrap_or_default());
    }
    // The engine's own times may change; that a story is told must not.
    assert!(story.steps().len() > 12, "{text}");
    let timeline = Timeline::new(&m.happenings, &story.ticks(), Some(&web()), Spacing::Even);
    assert_eq!(timeline.lanes.len(), 3);
    for (n, _, model) in &m.stages {
        let scene = stage(model, &StageOptions::page(704.0, Lang::Ko));
        assert_eq!(
            scene.groups.iter().filter(|g| g.id.starts_with("pod/")).count(),
            model.columns.iter().filter(|c| c.pod.is_some()).count(),
            "{n}"
        );
    }
    // To look at: `SHOW_STAGES=100,2500 UPDATE_EXPECT=1 cargo test a_real_run -- --nocapture`.
    if let Ok(wanted) = std::env::var("SHOW_STAGES") {
        println!("{text}");
        expect("engine-track", &track(&timeline, &TrackOptions::page(1088.0, Lang::Ko)));
        for (i, at) in wanted.split(',').filter_map(|t| t.parse::<u64>().ok()).enumerate() {
            let (_, now, model) = m.stages.iter().rev().find(|s| s.1.0 <= at).unwrap();
            println!("{now:?} {:?}", model.hand);
            expect(&format!("engine-{i}"), &stage(model, &StageOptions::page(704.0, Lang::Ko)));
        }
    }
}

#[test]
fn without_a_set_and_after_it() {
    let mut m = machine();
    let now = m.cluster.now();
    let bare = StageModel::from_store(m.cluster.store(), None, now, None);
    assert_eq!(bare.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["web-0", "web-1"]);
    assert!(
        bare.set.is_none() && bare.sets == [web()] && StageModel::choose(m.cluster.store()) == Some(web())
    );

    let mut kept = StageModel::from_store(m.cluster.store(), Some(&web()), now, None);
    assert_eq!(kept.columns.len(), 3, "the kept claim holds its column");
    assert!(!kept.columns[2].wanted && kept.columns[2].pod.is_none());
    kept.keep_columns(0..=4);
    assert_eq!(kept.columns.len(), 5);
    assert!(!kept.columns[4].is_shown());

    let input = m.cluster.begin_input("$ kubectl delete sts web --cascade=orphan");
    let options =
        DeleteOptions { propagation: Some(crate::component::Propagation::Background), ..Default::default() };
    m.cluster.client("user", input).delete(&web(), &options).unwrap();
    let after = StageModel::from_store(m.cluster.store(), Some(&web()), now, None);
    assert!(!after.set.as_ref().unwrap().exists);
    assert_eq!(after.columns.len(), 3, "what it left is still shown by ordinal");
    let scene = stage(&after, &StageOptions::page(704.0, Lang::En));
    assert!(scene.group("ground/default/web").is_none() && scene.group("pod/default/web-0").is_some());
}

#[test]
fn ordinals_may_start_anywhere() {
    let mut cluster = Cluster::new(&Config::default());
    let input = cluster.begin_input("$ kubectl apply -f web.yaml");
    let text = WEB.replace("replicas: 3", "replicas: 2\n  ordinals: {start: 5}");
    for document in manifest::parse(&text).unwrap() {
        let (object, _) = admission::decode(&document.value).unwrap();
        cluster.client("user", input).create(object).unwrap();
    }
    let model = StageModel::from_store(cluster.store(), Some(&web()), cluster.now(), None);
    assert_eq!(model.columns.iter().map(|c| c.ordinal).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(model.columns[0].name, "web-5");
    assert_eq!(model.columns[0].dns.as_ref().unwrap().name, "web-5.nginx");
}
