//! Every order in which controller, scheduler and kubelet can act, with up to two faults at any moment: the promises hold
//! in every state, and every end has the pods that are wanted.
//!
//! A state is a whole cluster; two are the same when their fingerprints and the faults behind them agree. Whoever is not
//! among the three acts at once. Whoever is may be late as long as he likes, the controller also in hearing of a change,
//! so every lag of its copy is among these.

use ordinal::api::{Kind, manifest};
use ordinal::cluster::invariants::Witness;
use ordinal::cluster::{Cluster, Config};
use ordinal::component::{DeleteOptions, Happening, What};
use ordinal::scenario::parse_fault;
use ordinal::store::{View, admission};
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

const SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: REPLICAS
  podManagementPolicy: POLICY
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers: [{name: nginx, image: 'nginx:1'}]
";

/// Those whose order is searched.
const ACTORS: [&str; 3] = ["statefulset-controller", "scheduler", "kubelet"];

/// What can go wrong or be asked for, of each pod in turn or of the set.
const FAULTS: [&str; 5] = ["delete", "unready", "scale", "image", "crash"];

/// A cluster, its witness, and the faults so far.
#[derive(Clone)]
struct State {
    cluster: Cluster,
    witness: Witness,
    faults: Vec<(&'static str, usize)>,
    /// Who acted, in order.
    path: Vec<&'static str>,
}

impl State {
    fn begin(policy: &str, replicas: usize) -> State {
        let mut cluster = Cluster::new(&Config { nodes: vec!["node-1".into()], ..Config::default() });
        let input = cluster.begin_input("apply");
        let text = SET.replace("POLICY", policy).replace("REPLICAS", &replicas.to_string());
        for document in manifest::parse(&text).unwrap() {
            let (object, _) = admission::decode(&document.value).unwrap();
            cluster.client("user", input).create(object).unwrap();
            cluster.announce();
        }
        let mut state = State { cluster, witness: Witness::default(), faults: Vec::new(), path: Vec::new() };
        state.look();
        state
    }

    // The others act at once; the promises hold after every write.
    fn look(&mut self) {
        loop {
            for Happening { what, .. } in self.cluster.take_happenings() {
                let What::Write(write) = what else { continue };
                let store = self.cluster.store();
                let seen = self.cluster.view_of(ACTORS[0]).unwrap_or(View::live(store));
                let broken = self.witness.see(&write, store, seen, &|_| false);
                assert!(broken.is_empty(), "{broken:#?} after {:?}", self.path);
            }
            if ACTORS[1..].iter().any(|actor| self.cluster.hear(actor)) {
                continue;
            }
            match self.cluster.choices().into_iter().find(|name| !ACTORS.contains(name)) {
                Some(other) => self.cluster.step_of(other),
                None => break,
            };
        }
    }

    fn pod(&self, ordinal: usize) -> bool {
        self.cluster.store().get(Kind::Pod, "default", &format!("web-{ordinal}")).is_some()
    }

    // The state behind that fault, where it makes sense now.
    fn with_fault(&self, fault: &'static str, ordinal: usize) -> Option<State> {
        let name = format!("web-{ordinal}");
        let of_pod = matches!(fault, "delete" | "crash" | "unready");
        if of_pod && !self.pod(ordinal) || !of_pod && (ordinal > 0 || self.faults.contains(&(fault, 0))) {
            return None;
        }
        let mut next = self.clone();
        next.faults.push((fault, ordinal));
        next.path.push(fault);
        let cluster = &mut next.cluster;
        let input = cluster.begin_input(fault);
        let web = ordinal::component::Client::key(Kind::StatefulSet, "default", "web");
        match fault {
            "delete" => {
                let pod = ordinal::component::Client::key(Kind::Pod, "default", &name);
                let _ = cluster.client("user", input).delete(&pod, &DeleteOptions::default());
            }
            "scale" => {
                drop(
                    cluster.client("user", input).patch(&web, "", |body| body.set(&["spec", "replicas"], 1)),
                );
            }
            "image" => drop(cluster.client("user", input).patch(&web, "", |body| {
                let containers = body.at_mut(&["spec", "template", "spec", "containers"]).list_mut();
                containers[0].set(&["image"], "nginx:2");
            })),
            _ => cluster.fault(&parse_fault(&format!("{fault} {name}")).unwrap().unwrap(), input),
        }
        cluster.announce();
        next.look();
        Some(next)
    }

    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.cluster.fingerprint().hash(&mut hasher);
        self.faults.hash(&mut hasher);
        hasher.finish()
    }

    // Nobody has anything to do: the pods are those that are wanted.
    fn look_at_the_end(&self) {
        let store = self.cluster.store();
        let broken = self.witness.see_settled(store, 0);
        assert!(broken.is_empty(), "{broken:#?} after {:?}", self.path);
        let set = store.get(Kind::StatefulSet, "default", "web").unwrap();
        let unready = self.faults.iter().any(|(fault, _)| *fault == "unready");
        let (wanted, ready) = (set.spec().get("replicas"), set.status().get("readyReplicas"));
        assert!(unready || wanted == ready, "{wanted:?} wanted, {ready:?} ready after {:?}", self.path);
    }
}

/// Searches everything that can happen to one set; the number of states, and of states in which nothing is left to do.
fn search(policy: &str, replicas: usize, most_faults: usize, kinds: &[&'static str]) -> (usize, usize) {
    let first = State::begin(policy, replicas);
    let mut seen = HashSet::from([first.fingerprint()]);
    let mut open = VecDeque::from([first]);
    let mut ends = 0;
    while let Some(state) = open.pop_front() {
        let choices = state.cluster.choices();
        if choices.is_empty() {
            state.look_at_the_end();
            ends += 1;
        }
        let acted = choices.into_iter().map(|actor| {
            let mut next = state.clone();
            next.path.push(actor);
            next.cluster.step_of(actor);
            next.look();
            next
        });
        let most = if state.faults.len() < most_faults { replicas } else { 0 };
        let faults = (0..most).flat_map(|ordinal| kinds.iter().map(move |fault| (*fault, ordinal)));
        let faulted = faults.filter_map(|(fault, ordinal)| state.with_fault(fault, ordinal));
        let next: Vec<State> = acted.chain(faulted).collect();
        open.extend(next.into_iter().filter(|next| seen.insert(next.fingerprint())));
    }
    (seen.len(), ends)
}

#[test]
fn promises_hold_in_every_order_of_events() {
    // Replicas, faults, kinds of faults. Two faults among many Pods take minutes: with ORDINAL_MODEL only.
    let whole = std::env::var_os("ORDINAL_MODEL").is_some();
    let sizes: &[(usize, usize, usize)] =
        if whole { &[(2, 2, 5), (3, 2, 1)] } else { &[(1, 2, 5), (3, 1, 2)] };
    let mut states = 0;
    for policy in ["OrderedReady", "Parallel"] {
        for (replicas, faults, kinds) in sizes {
            let kinds = &FAULTS[..*kinds];
            let (found, ends) = search(policy, *replicas, *faults, kinds);
            println!("{policy}, {replicas} replicas, {faults} of {kinds:?}: {found} states, {ends} ends");
            assert!(ends > 0);
            states += found;
        }
    }
    println!("{states} states");
    assert!(states > 5_000);
}
