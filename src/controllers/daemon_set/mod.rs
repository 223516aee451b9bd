//! The DaemonSet controller: one pod on every node that suits its template (S199 to S203).
//!
//! Follows pkg/controller/daemon. `nodes` says which nodes those are and what their pods look like, `history` keeps the
//! revisions, `update` replaces old pods. Where upstream goes through nodes in no order, this goes by name.

mod history;
mod nodes;
mod update;

use super::owned_pods::{OwnedPods, is_available, ready_since, scaled, write_status};
use crate::api::{Kind, Object, Text, Value};
use crate::component::{Component, Ctx, EventType, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::{Change, View};
use std::rc::Rc;

/// The most pods one pass makes or deletes.
const BURST: usize = 250;
/// Failed pods are replaced after so long, then twice as long, up to a quarter of an hour (S203).
const FIRST_BACK_OFF: SimDuration = SimDuration(1_000);
const LAST_BACK_OFF: SimDuration = SimDuration(900_000);

/// The controller and what it knows of pods.
#[derive(Clone)]
pub struct DaemonSetController {
    pods: OwnedPods,
    /// By set and node: how long failed pods stay, and since when.
    failed: SortedMap<(Text, Text), (SimDuration, SimTime)>,
}

impl Default for DaemonSetController {
    fn default() -> Self {
        DaemonSetController { pods: OwnedPods::new(Kind::DaemonSet), failed: SortedMap::new() }
    }
}

/// The pods of a set by the node they are for.
type ByNode = SortedMap<Text, Vec<Rc<Object>>>;

fn min_ready(set: &Object) -> i64 {
    set.spec().get("minReadySeconds").as_int().unwrap_or(0)
}

fn allows_surge(set: &Object) -> bool {
    let surge = set.spec().at(&["updateStrategy", "rollingUpdate", "maxSurge"]);
    update::is_rolling(set) && scaled(surge, 100) > 0
}

impl Component for DaemonSetController {
    fn name(&self) -> &'static str {
        "daemon-set-controller"
    }

    fn event_source(&self) -> &'static str {
        "daemonset-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::DaemonSet, Kind::Pod, Kind::Node, Kind::ControllerRevision]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::Pod => {
                self.pods.observe(change, view, queue);
                let became_ready = |pod: &&Rc<Object>| {
                    ready_since(pod).is_some()
                        && change.old.as_ref().is_some_and(|old| ready_since(old).is_none())
                };
                if let Some(pod) = change.new.as_ref().filter(became_ready)
                    && let Some(owner) = pod.controller().filter(|owner| owner.kind() == "DaemonSet")
                    && let Some(set) = view.get(Kind::DaemonSet, pod.namespace(), owner.name())
                    && min_ready(set) > 0
                {
                    let wait = SimDuration::secs(min_ready(set) as u64 + 1);
                    queue.add_later(change.at + wait, WorkKey::of(set));
                }
            }
            // Only nodes that begin or cease to suit a set.
            Kind::Node => {
                for set in view.list(Kind::DaemonSet, None) {
                    let suits = |node: &Option<Rc<Object>>| node.as_ref().map(|node| nodes::suits(set, node));
                    if suits(&change.old) != suits(&change.new) {
                        queue.add(WorkKey::of(set));
                    }
                }
            }
            Kind::ControllerRevision => {
                let gone = change.old.as_ref().filter(|_| change.new.is_none());
                if let Some(owner) = gone.and_then(|revision| revision.controller())
                    && owner.kind() == "DaemonSet"
                {
                    queue.add(WorkKey::new(change.key.namespace.clone(), owner.name().to_string()));
                }
            }
            _ => {
                let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                if change.new.is_none() {
                    self.pods.forget(&key);
                }
                queue.add(key);
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(set) = ctx.get(Kind::DaemonSet, &key.namespace, &key.name) else { return Ok(()) };
        if set.is_terminating() {
            return Ok(());
        }
        let all = ctx.list(Kind::Node, None);
        let (current, old) = history::construct(&set, &self.pods, ctx)?;
        let hash = current.label(history::HASH_LABEL).to_string();
        if !self.pods.is_settled(key, ctx.client.now()) {
            return self.write_status(&set, &all, &hash, false, ctx);
        }
        let done = self.update(&set, &all, &hash, key, &old, ctx);
        let told = self.write_status(&set, &all, &hash, true, ctx);
        done.and(told)
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl DaemonSetController {
    // Pods that have ended and are on their way out no longer count.
    fn by_node(&self, pods: &[Rc<Object>]) -> ByNode {
        let mut by_node = ByNode::new();
        for pod in pods {
            let ended = matches!(pod.status().get("phase").str(), "Failed" | "Succeeded");
            let node = nodes::target(pod);
            if !(node.is_empty() || ended && pod.is_terminating()) {
                by_node.entry(node).or_default().push(pod.clone());
            }
        }
        by_node
    }

    fn update(
        &mut self,
        set: &Object,
        all: &[Rc<Object>],
        hash: &str,
        key: &WorkKey,
        old: &[Rc<Object>],
        ctx: &mut Ctx<'_>,
    ) -> Result<(), SyncError> {
        let pods = self.pods.claim(set, false, ctx)?;
        let by_node = self.by_node(&pods);
        let (mut wanted, mut surplus) = (Vec::new(), Vec::new());
        for node in all {
            self.place(set, node, by_node.get(node.name()), hash, (&mut wanted, &mut surplus), ctx);
        }
        // Pods for nodes that are no more would wait for ever.
        for (node, pods) in &by_node {
            if !all.iter().any(|known| *known.name() == **node) {
                let unplaced = |pod: &&Rc<Object>| pod.spec().get("nodeName").str().is_empty();
                surplus.extend(pods.iter().filter(unplaced).cloned());
            }
        }
        self.carry_out(set, surplus, wanted, hash, ctx)?;
        if self.pods.is_settled(key, ctx.client.now()) && update::is_rolling(set) {
            let plan = update::plan(set, all, &by_node, hash, ctx.client.now());
            self.carry_out(set, plan.delete, plan.create, hash, ctx)?;
        }
        history::truncate(set, old, &pods, ctx)
    }

    fn carry_out(
        &mut self,
        set: &Object,
        mut delete: Vec<Rc<Object>>,
        mut create: Vec<Text>,
        hash: &str,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), SyncError> {
        create.truncate(BURST);
        delete.truncate(BURST);
        let templates = create.iter().map(|node| nodes::template(set, hash, node)).collect();
        let created = self.pods.create(set, templates, ctx);
        created.and(self.pods.delete(set, &delete, ctx))
    }

    // What is to be done on one node: the first list gets it if it needs a pod, the second its pods that have to go.
    fn place(
        &mut self,
        set: &Object,
        node: &Object,
        pods: Option<&Vec<Rc<Object>>>,
        hash: &str,
        (wanted, surplus): (&mut Vec<Text>, &mut Vec<Rc<Object>>),
        ctx: &mut Ctx<'_>,
    ) {
        let (run, keep) = nodes::suits(set, node);
        let name = node.meta("name").text();
        let Some(pods) = pods else {
            if run {
                wanted.push(name);
            }
            return;
        };
        let live = pods.iter().filter(|pod| !pod.is_terminating());
        if !keep {
            surplus.extend(live.cloned());
            return;
        }
        let mut running: Vec<Rc<Object>> = Vec::new();
        for pod in live {
            let path = [pod.namespace(), "/", pod.name(), " on node ", node.name()].concat();
            match pod.status().get("phase").str() {
                "Failed" => {
                    if self.is_backing_off(set, &name, ctx) {
                        continue;
                    }
                    let text = ["Found failed daemon pod ", &path, ", will try to kill it"].concat();
                    ctx.event(set, EventType::Warning, "FailedDaemonPod", text);
                    surplus.push(pod.clone());
                }
                "Succeeded" => {
                    let text = ["Found succeeded daemon pod ", &path, ", will try to delete it"].concat();
                    ctx.event(set, EventType::Normal, "SucceededDaemonPod", text);
                    surplus.push(pod.clone());
                }
                _ => running.push(pod.clone()),
            }
        }
        let surge = allows_surge(set);
        if running.is_empty() && surge && run {
            wanted.push(name);
        }
        if running.len() <= 1 {
            return;
        }
        nodes::oldest_first(&mut running);
        if !surge {
            surplus.extend(running.into_iter().skip(1));
            return;
        }
        // One old and one new pod may stand side by side while the new one is not available.
        let is_new = |pod: &Rc<Object>| pod.label(history::HASH_LABEL) == hash;
        let new = running.iter().position(is_new);
        let old = running.iter().position(|pod| !is_new(pod));
        if let (Some(new), Some(old)) = (new, old)
            && (ready_since(&running[old]).is_none()
                || is_available(&running[new], min_ready(set), ctx.client.now()))
        {
            surplus.push(running[old].clone());
        }
        let others = running.iter().enumerate().filter(|(i, _)| Some(*i) != new && Some(*i) != old);
        surplus.extend(others.map(|(_, pod)| pod.clone()));
    }

    // S203: the first failed pod of a node goes at once, the next ones after longer and longer.
    fn is_backing_off(&mut self, set: &Object, node: &Text, ctx: &mut Ctx<'_>) -> bool {
        let now = ctx.client.now();
        let key = (set.meta("uid").text(), node.clone());
        let next = match self.failed.get(&key) {
            Some((delay, since)) if now < *since + *delay => {
                let wait = (*since + *delay).since(now);
                ctx.requeue_after(WorkKey::of(set), wait);
                return true;
            }
            Some((delay, since)) if now < *since + SimDuration(2 * LAST_BACK_OFF.as_millis()) => {
                SimDuration((2 * delay.as_millis()).min(LAST_BACK_OFF.as_millis()))
            }
            _ => FIRST_BACK_OFF,
        };
        self.failed.insert(key, (next, now));
        false
    }

    fn write_status(
        &mut self,
        set: &Object,
        all: &[Rc<Object>],
        hash: &str,
        observed: bool,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), SyncError> {
        let now = ctx.client.now();
        let by_node = self.by_node(&self.pods.of(set));
        let [mut desired, mut current, mut stray, mut ready, mut updated, mut available] = [0i64; 6];
        for node in all {
            let mut pods = by_node.get(node.name()).cloned().unwrap_or_default();
            nodes::oldest_first(&mut pods);
            let pod = pods.first();
            if !nodes::suits(set, node).0 {
                stray += i64::from(pod.is_some());
                continue;
            }
            desired += 1;
            let Some(pod) = pod else { continue };
            current += 1;
            ready += i64::from(ready_since(pod).is_some());
            available += i64::from(is_available(pod, min_ready(set), now));
            updated += i64::from(update::is_updated(set, pod, hash));
        }
        let mut status = object! {
            "currentNumberScheduled" => current, "desiredNumberScheduled" => desired,
            "numberMisscheduled" => stray, "numberReady" => ready,
        };
        let seen = set.status().get("observedGeneration").as_int().unwrap_or(0);
        for (member, count) in [
            ("observedGeneration", if observed { set.generation() } else { seen }),
            ("updatedNumberScheduled", updated),
            ("numberAvailable", available),
            ("numberUnavailable", desired - available),
        ] {
            if count != 0 {
                status.set(&[member], count);
            }
        }
        for member in ["collisionCount", "conditions"] {
            let value = set.status().get(member);
            if !value.is_null() {
                status.set(&[member], value.clone());
            }
        }
        if status != *set.status() {
            write_status(set, status, ctx)?;
        }
        if min_ready(set) > 0 && ready != available {
            ctx.requeue_after(WorkKey::of(set), SimDuration::secs(min_ready(set) as u64));
        }
        Ok(())
    }
}

// A list as the tree holds it.
fn list(items: Vec<Value>) -> Value {
    Value::list(items)
}
