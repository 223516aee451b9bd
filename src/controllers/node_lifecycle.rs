//! Nodes that fall silent, taints that drive pods away, and the collector of pods whose node will not come back
//! (S170 to S178).
//!
//! While every node answers nothing here waits for a timer, so a healthy cluster settles.

use crate::api::object::set_condition;
use crate::api::{Kind, Object, Text, Value};
use crate::component::{
    Component, Ctx, DeleteOptions, EventType, Fault, Recorder, SyncError, WorkKey, WorkQueue,
};
use crate::object;
use crate::sim::{Arrange, SimDuration, SimTime, SortedMap};
use crate::store::eviction::mark;
use crate::store::{Change, Reason, Status, View};
use std::rc::Rc;

/// The taint of a node whose `Ready` is `Unknown`.
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// The taint of a node whose `Ready` is `False`.
pub const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// The taint of a cordoned node.
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
/// The taint by which somebody vouches that a node is off and stays off.
pub const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

const SILENT: &str = "Kubelet stopped posting node status.";
/// The conditions the kubelet reports; all become unknown with it.
const REPORTED: [&str; 4] = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];
/// The NoExecute taints follow the other ones after so long.
const NO_EXECUTE_PASS: SimDuration = SimDuration(15);
/// A node that answers again loses its NoExecute taint with the next look at all nodes.
const RECOVERY_PASS: SimDuration = SimDuration(200);
/// `--node-eviction-rate` 0.1: one node in ten seconds gets a NoExecute taint.
const BETWEEN_NODES: SimDuration = SimDuration(10_000);

/// The taints that follow `Ready`.
const CONDITION_TAINTS: &[&str] = &[UNREACHABLE, NOT_READY];
/// The taints that keep new pods away and are set and removed here.
const NO_SCHEDULE_TAINTS: &[&str] = &[UNREACHABLE, NOT_READY, UNSCHEDULABLE];

const EVICTION: &str = "TaintManagerEviction";
const SILENCE: &str = "silence";
const MARK: &str = "mark";
const NO_SCHEDULE: &str = "no-schedule";
const NO_EXECUTE: &str = "no-execute";
const EVICT: &str = "evict";

/// When a pod has to leave its node.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Eviction {
    /// At that time, unless the taints go before.
    Waiting(SimTime),
    /// Not any more; this has not been said yet.
    CalledOff,
    /// The deletion was asked for.
    Done,
}

/// Watches the nodes: marks silent ones, taints them, and evicts pods that do not tolerate a NoExecute taint.
#[derive(Clone)]
pub struct NodeLifecycle {
    grace: SimDuration,
    /// Nodes that cannot be reached, and since when.
    silent: SortedMap<Text, SimTime>,
    /// Pods that have to leave, by namespace and name.
    evictions: SortedMap<(Text, Text), Eviction>,
    /// Before then no further node gets a NoExecute taint.
    next_node: SimTime,
    /// Events of the part that evicts, which has a name of its own, by pod.
    recorders: SortedMap<(Text, Text), Recorder>,
}

impl NodeLifecycle {
    /// The controller of a cluster in which a node may be silent for `grace`.
    pub fn new(grace: SimDuration) -> NodeLifecycle {
        NodeLifecycle {
            grace,
            silent: SortedMap::new(),
            evictions: SortedMap::new(),
            next_node: SimTime::ZERO,
            recorders: SortedMap::new(),
        }
    }

    // S171 to S173: what is last known of the node becomes unknown, and its pods count as not ready.
    fn mark_silent(&mut self, name: &Text, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let due = self.silent.get(name).is_some_and(|since| *since + self.grace <= ctx.client.now());
        let Some(node) = ctx.get(Kind::Node, "", name) else { return Ok(()) };
        if !due || ready(&node) == "Unknown" {
            return Ok(());
        }
        let was_ready = ready(&node) == "True";
        let now = ctx.client.now().rfc3339();
        let mut changed = (*node).clone();
        for kind in REPORTED {
            let mut condition = node.condition(kind).clone();
            condition.set(&["type"], kind);
            condition.set(&["status"], "Unknown");
            condition.set(&["reason"], "NodeStatusUnknown");
            condition.set(&["message"], SILENT);
            condition.set(&["lastTransitionTime"], now.clone());
            set_condition(&mut changed.body, condition);
        }
        let node = ctx.client.update_status(changed)?;
        if was_ready {
            let text = format!("Node {name} status is now: NodeNotReady");
            ctx.event(&node, EventType::Normal, "NodeNotReady", text);
            let pods = ctx.list(Kind::Pod, None);
            for (i, pod) in pods.iter().filter(|pod| node_of(pod) == &**name).enumerate() {
                let key = WorkKey::task(MARK, pod.meta("namespace").text(), pod.meta("name").text());
                ctx.requeue_after(key, one_by_one(i));
            }
        }
        Ok(())
    }

    // S172: the taints that drive pods away, at most one node in ten seconds.
    fn no_execute(&mut self, name: &Text, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(node) = ctx.get(Kind::Node, "", name) else { return Ok(()) };
        let nobody = nobody_answers(&ctx.view().list(Kind::Node, None));
        let wanted = Vec::from_iter(condition_taint(&node).filter(|_| !nobody));
        if !differs(&node, &wanted, CONDITION_TAINTS, "NoExecute") {
            return Ok(());
        }
        let now = ctx.client.now();
        if !wanted.is_empty() {
            if now < self.next_node {
                ctx.requeue_after(WorkKey::task(NO_EXECUTE, "", name.clone()), self.next_node.since(now));
                return Ok(());
            }
            self.next_node = now + BETWEEN_NODES;
        }
        swap_taints(&node, &wanted, CONDITION_TAINTS, "NoExecute", ctx)
    }

    // S174: when the pod has to leave, given the NoExecute taints of its node.
    fn consider(&mut self, pod: &Object, node: &Object, now: SimTime, queue: &mut WorkQueue) {
        let id = (pod.meta("namespace").text(), pod.meta("name").text());
        let key = WorkKey::task(EVICT, id.0.clone(), id.1.clone());
        let Some(patience) = patience(pod, node) else {
            if let Some(Eviction::Waiting(_)) = self.evictions.remove(&id) {
                self.evictions.insert(id, Eviction::CalledOff);
                queue.add(key);
            }
            return;
        };
        let at = now + patience;
        match self.evictions.get(&id) {
            Some(Eviction::Waiting(earlier)) if *earlier <= at => return,
            // Asked for once; it is asked for again when the pod tolerates the taints no longer.
            Some(Eviction::Done) if patience > SimDuration(0) => return,
            _ => {}
        }
        self.evictions.insert(id, Eviction::Waiting(at));
        queue.add_later(at, key);
    }

    fn evict(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let id = (key.namespace.clone(), key.name.clone());
        let Some(pod) = ctx.get(Kind::Pod, &key.namespace, &key.name) else { return Ok(()) };
        match self.evictions.get(&id) {
            Some(Eviction::Waiting(at)) if *at <= ctx.client.now() => {}
            Some(Eviction::CalledOff) => {
                self.evictions.remove(&id);
                self.say("Cancelling deletion of", key, ctx);
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.say("Marking for deletion", key, ctx);
        let reason = "DeletionByTaintManager";
        if pod.condition("DisruptionTarget").get("reason").str() != reason {
            let now = ctx.client.now();
            let change = |body: &mut Value| {
                mark(body, reason, "Taint manager: deleting due to NoExecute taint", now);
            };
            unless_gone(ctx.client.patch(&pod.key(), "status", change))?;
        }
        unless_gone(ctx.client.delete(&pod.key(), &DeleteOptions::default()))?;
        self.evictions.insert(id, Eviction::Done);
        Ok(())
    }

    // The event names the pod without its uid, which is why `kubectl describe pod` does not show it.
    fn say(&mut self, what: &str, key: &WorkKey, ctx: &mut Ctx<'_>) {
        let pod = Object::new(Kind::Pod, key.namespace.clone(), key.name.clone());
        let id = (key.namespace.clone(), key.name.clone());
        let recorder = self.recorders.entry(id).or_insert_with(|| Recorder::new("taint-eviction-controller"));
        let text = format!("{what} Pod {}/{}", key.namespace, key.name);
        recorder.record(&mut ctx.client, &pod, "", EventType::Normal, EVICTION, text);
    }

    fn observe_node(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let Some(node) = &change.new else { return };
        let name = change.key.name.clone();
        if differs(node, &no_schedule_taints(node), NO_SCHEDULE_TAINTS, "NoSchedule") {
            queue.add(WorkKey::task(NO_SCHEDULE, "", name.clone()));
        }
        if change.old.as_ref().is_none_or(|old| ready(old) != ready(node)) {
            // What happens to one node can change what is right for the others.
            let nodes = view.list(Kind::Node, None);
            let nobody = nobody_answers(&nodes);
            for node in nodes {
                let wanted = Vec::from_iter(condition_taint(node).filter(|_| !nobody));
                if differs(node, &wanted, CONDITION_TAINTS, "NoExecute") {
                    let wait = if wanted.is_empty() { RECOVERY_PASS } else { NO_EXECUTE_PASS };
                    queue
                        .add_later(change.at + wait, WorkKey::task(NO_EXECUTE, "", node.meta("name").text()));
                }
            }
        }
        let old = change.old.as_ref().map(|old| Vec::from_iter(no_execute(old))).unwrap_or_default();
        if !no_execute(node).eq(old) {
            let pods = view.list(Kind::Pod, None);
            for (i, pod) in pods.into_iter().filter(|pod| node_of(pod) == &*name).enumerate() {
                self.consider(pod, node, change.at + one_by_one(i), queue);
            }
        }
    }
}

impl Component for NodeLifecycle {
    fn name(&self) -> &'static str {
        "node-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node, Kind::Pod]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        if change.key.kind == Kind::Node {
            return self.observe_node(change, view, queue);
        }
        let Some(pod) = &change.new else {
            if !self.evictions.is_empty() {
                self.evictions.remove(&(change.key.namespace.clone(), change.key.name.clone()));
            }
            return;
        };
        let same = |old: &Rc<Object>| {
            node_of(old) == node_of(pod) && old.spec().get("tolerations") == pod.spec().get("tolerations")
        };
        if node_of(pod).is_empty() || change.old.as_ref().is_some_and(same) {
            return;
        }
        if let Some(node) = view.get(Kind::Node, "", node_of(pod)) {
            self.consider(pod, node, change.at, queue);
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        match key.task {
            SILENCE => self.mark_silent(&key.name, ctx),
            MARK => mark_pod(key, ctx),
            NO_SCHEDULE => no_schedule(&key.name, ctx),
            NO_EXECUTE => self.no_execute(&key.name, ctx),
            _ => self.evict(key, ctx),
        }
    }

    fn fault(&mut self, fault: &Fault, ctx: &mut Ctx<'_>) {
        let (Fault::StopNode(node) | Fault::CutNode(node) | Fault::StartNode(node) | Fault::MendNode(node)) =
            fault
        else {
            return;
        };
        if ctx.world.node_is_reachable(node) {
            self.silent.remove(node);
        } else if !self.silent.contains_key(node) {
            self.silent.insert(node.clone(), ctx.client.now());
            ctx.requeue_after(WorkKey::task(SILENCE, "", node.clone()), self.grace);
        }
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

// The answer to one request is awaited before the next pod's.
fn one_by_one(i: usize) -> SimDuration {
    SimDuration(17 * i as u64)
}

// S173: a pod that was ready counts as not ready; its containers may go on.
fn mark_pod(key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let Some(pod) = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned() else {
        return Ok(());
    };
    let silent = ctx.get(Kind::Node, "", node_of(&pod)).is_some_and(|node| ready(&node) != "True");
    if !silent || pod.condition("Ready").get("status").str() != "True" {
        return Ok(());
    }
    let mut condition = pod.condition("Ready").clone();
    condition.set(&["status"], "False");
    condition.set(&["lastTransitionTime"], ctx.client.now().rfc3339());
    let mut changed = (*pod).clone();
    set_condition(&mut changed.body, condition);
    let pod = ctx.client.update_status(changed)?;
    ctx.event(&pod, EventType::Warning, "NodeNotReady", "Node is not ready".into());
    Ok(())
}

// S172: the taints that keep new pods away follow the conditions of the node.
fn no_schedule(name: &Text, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let Some(node) = ctx.get(Kind::Node, "", name) else { return Ok(()) };
    swap_taints(&node, &no_schedule_taints(&node), NO_SCHEDULE_TAINTS, "NoSchedule", ctx)
}

fn no_schedule_taints(node: &Object) -> Vec<&'static str> {
    let cordoned = node.spec().get("unschedulable").is_true();
    condition_taint(node).into_iter().chain(cordoned.then_some(UNSCHEDULABLE)).collect()
}

fn condition_taint(node: &Object) -> Option<&'static str> {
    match ready(node) {
        "Unknown" => Some(UNREACHABLE),
        "False" => Some(NOT_READY),
        _ => None,
    }
}

fn ready(node: &Object) -> &str {
    node.condition("Ready").get("status").str()
}

fn node_of(pod: &Object) -> &str {
    pod.spec().get("nodeName").str()
}

// With no node left that answers, the fault is more likely here than there: nobody is driven away.
fn nobody_answers(nodes: &[&Rc<Object>]) -> bool {
    nodes.iter().all(|node| ready(node) != "True")
}

fn taints<'a>(node: &'a Object, effect: &'static str) -> impl Iterator<Item = &'a Value> {
    node.spec().get("taints").items().iter().filter(move |taint| taint.get("effect").str() == effect)
}

fn no_execute(node: &Object) -> impl Iterator<Item = &Value> {
    taints(node, "NoExecute")
}

// True if the taints of that effect, as far as they are ours, are not the wanted ones.
fn differs(node: &Object, wanted: &[&str], ours: &[&str], effect: &'static str) -> bool {
    let has = |key: &str| taints(node, effect).any(|taint| taint.get("key").str() == key);
    ours.iter().any(|key| has(key) != wanted.contains(key))
}

fn swap_taints(
    node: &Object,
    wanted: &[&'static str],
    ours: &[&str],
    effect: &'static str,
    ctx: &mut Ctx<'_>,
) -> Result<(), SyncError> {
    if !differs(node, wanted, ours, effect) {
        return Ok(());
    }
    let now = ctx.client.now().rfc3339();
    unless_gone(ctx.client.patch(&node.key(), "", |body| {
        let taints = body.at_mut(&["spec", "taints"]).list_mut();
        taints.retain(|taint| {
            let key = taint.get("key").str();
            taint.get("effect").str() != effect || !ours.contains(&key) || wanted.contains(&key)
        });
        for key in wanted {
            if !taints
                .iter()
                .any(|taint| taint.get("key").str() == *key && taint.get("effect").str() == effect)
            {
                taints.push(object! { "effect" => effect, "key" => *key, "timeAdded" => now.clone() });
            }
        }
        if taints.is_empty() {
            body.remove(&["spec", "taints"]);
        }
    }))
}

// How long the pod may stay on the node; none if for ever.
fn patience(pod: &Object, node: &Object) -> Option<SimDuration> {
    let mut least: Option<i64> = None;
    let mut tainted = false;
    for taint in no_execute(node) {
        tainted = true;
        let Some(toleration) = pod.spec().get("tolerations").items().iter().find(|t| tolerates(t, taint))
        else {
            return Some(SimDuration(0));
        };
        if let Some(secs) = toleration.get("tolerationSeconds").as_int() {
            least = Some(least.map_or(secs, |least| least.min(secs)));
        }
    }
    least.filter(|_| tainted).map(|secs| SimDuration::secs(secs.max(0) as u64))
}

fn tolerates(toleration: &Value, taint: &Value) -> bool {
    let (key, effect) = (toleration.get("key").str(), toleration.get("effect").str());
    let exists = toleration.get("operator").str() == "Exists";
    (effect.is_empty() || effect == taint.get("effect").str())
        && (key == taint.get("key").str() || key.is_empty() && exists)
        && (exists || toleration.get("value").str() == taint.get("value").str())
}

fn unless_gone<T>(answer: Result<T, Rc<Status>>) -> Result<(), SyncError> {
    match answer {
        Err(status) if status.reason != Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}

/// The collector looks at all pods so often.
const COLLECTION: SimDuration = SimDuration(20_000);
/// A node may be missing so long before its pods are given up.
const QUARANTINE: SimDuration = SimDuration(40_000);
const LOOK: &str = "look";

/// Removes pods whose kubelet will not: those of nodes out of service or gone (S177).
#[derive(Clone, Default)]
pub struct PodGarbageCollector {
    /// The next look, if something is to be looked at.
    due: Option<SimTime>,
    /// Nodes that pods name and that do not exist, and until when they may come back.
    missing: SortedMap<Text, SimTime>,
    /// The pods of the last look that are to go, by namespace and name: their uids.
    chosen: SortedMap<(Text, Text), Text>,
}

fn out_of_service(node: &Object) -> bool {
    ready(node) != "True"
        && node.spec().get("taints").items().iter().any(|taint| taint.get("key").str() == OUT_OF_SERVICE)
}

fn concerns(pod: &Object, view: View<'_>) -> bool {
    if node_of(pod).is_empty() {
        return pod.is_terminating();
    }
    view.get(Kind::Node, "", node_of(pod)).is_none_or(|node| pod.is_terminating() && out_of_service(node))
}

impl PodGarbageCollector {
    // Marks a pod as failed, then deletes it without grace.
    fn remove(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(pod) = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned() else {
            return Ok(());
        };
        let orphan =
            ctx.client.store().get(Kind::Node, "", node_of(&pod)).is_none() && !node_of(&pod).is_empty();
        // A successor of the same name is left alone.
        if self.chosen.get(&(key.namespace.clone(), key.name.clone())).is_none_or(|uid| **uid != *pod.uid()) {
            return Ok(());
        }
        let now = ctx.client.now();
        if !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded") {
            unless_gone(ctx.client.patch(&pod.key(), "status", |body| {
                let generation = body.at(&["metadata", "generation"]).clone();
                body.set(&["status", "phase"], "Failed");
                body.set(&["status", "observedGeneration"], generation);
                if orphan {
                    mark(body, "DeletionByPodGC", "PodGC: node no longer exists", now);
                }
            }))?;
        }
        let options = DeleteOptions { grace_period_secs: Some(0), ..DeleteOptions::default() };
        unless_gone(ctx.client.delete(&pod.key(), &options))
    }
}

impl Component for PodGarbageCollector {
    fn name(&self) -> &'static str {
        "pod-garbage-collector"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Node, Kind::Pod]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let wanted = match (&change.new, change.key.kind) {
            (Some(pod), Kind::Pod) => concerns(pod, view),
            (None, Kind::Pod) => false,
            (Some(node), _) if !out_of_service(node) => false,
            _ => view
                .list(Kind::Pod, None)
                .iter()
                .any(|pod| node_of(pod) == &*change.key.name && concerns(pod, view)),
        };
        let at = SimTime((change.at.as_millis() / COLLECTION.0 + 1) * COLLECTION.0);
        if wanted && self.due.is_none_or(|due| due < at) {
            self.due = Some(at);
            queue.add_later(at, WorkKey::task(LOOK, "", ""));
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if key.task != LOOK {
            return self.remove(key, ctx);
        }
        let now = ctx.client.now();
        let pods = ctx.list(Kind::Pod, None);
        let exists = |name: &str| ctx.view().get(Kind::Node, "", name).is_some();
        let terminating = |pod: &&Rc<Object>| pod.is_terminating();
        let mut stuck: Vec<Rc<Object>> = pods
            .iter()
            .filter(terminating)
            .filter(|pod| {
                ctx.view().get(Kind::Node, "", node_of(pod)).is_some_and(|node| out_of_service(node))
            })
            .cloned()
            .collect();
        stuck.arrange_by_key(|pod| pod.created_at());
        let orphans: Vec<Rc<Object>> =
            pods.iter().filter(|pod| !node_of(pod).is_empty() && !exists(node_of(pod))).cloned().collect();
        let unscheduled: Vec<Rc<Object>> =
            pods.iter().filter(terminating).filter(|pod| node_of(pod).is_empty()).cloned().collect();
        self.missing.retain(|name, _| orphans.iter().any(|pod| node_of(pod) == &**name));
        for pod in &orphans {
            self.missing.entry(pod.spec().get("nodeName").text()).or_insert(now + QUARANTINE);
        }
        let gone = |pod: &Rc<Object>| self.missing.get(node_of(pod)).is_some_and(|until| *until <= now);
        let (given_up, waiting): (Vec<_>, Vec<_>) = orphans.into_iter().partition(gone);
        if !waiting.is_empty() {
            self.due = Some(now + COLLECTION);
            ctx.requeue_after(WorkKey::task(LOOK, "", ""), COLLECTION);
        }
        self.chosen.clear();
        for (i, pod) in stuck.iter().chain(&given_up).chain(&unscheduled).enumerate() {
            let (namespace, name) = (pod.meta("namespace").text(), pod.meta("name").text());
            self.chosen.insert((namespace.clone(), name.clone()), pod.meta("uid").text());
            ctx.requeue_after(WorkKey::new(namespace, name), one_by_one(i));
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
