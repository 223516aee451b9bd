//! Pod to node: filter, score, bind (statefulset.md section 12).
//!
//! The node with the fewest pods of the same selection is taken (`spread`). Ties that are random upstream go to the first
//! node by name, as in the recordings; the help of the page says so.

mod affinity;
mod filter;
mod spread;

use crate::api::object::set_condition;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, EventType, SyncError, WorkKey, WorkQueue, World};
use crate::object;
use crate::sim::{SimDuration, SimTime, SortedMap, SortedSet};
use crate::store::{Change, View};
use affinity::Exclusive;
use filter::{Load, Node, Refusal};
use spread::Spreads;
use std::rc::Rc;

/// The scheduler.
#[derive(Clone, Default)]
pub struct Scheduler {
    /// Pods without a node.
    pending: SortedSet<WorkKey>,
    /// Their claims: claim, then pod. A change of a claim concerns only the pods that mount it.
    claims: SortedSet<(WorkKey, WorkKey)>,
    /// What each node carries.
    loads: SortedMap<Text, Load>,
    /// How evenly.
    spreads: Spreads,
    /// Which of them keep others away.
    exclusive: Exclusive,
    /// Pods bound by this scheduler that it has not heard of yet; they count already.
    assumed: SortedSet<Text>,
    /// Pods that have a node as soon as their claims are bound; they count already.
    reserved: SortedMap<WorkKey, Reserved>,
}

/// A pod as it will be, and when its claims are looked at next.
#[derive(Clone)]
struct Reserved {
    pod: Rc<Object>,
    at: SimTime,
}

// How often claims that wait for their pod's node are looked at (volumebinding/binder.go BindPodVolumes).
const POLL: SimDuration = SimDuration(1_000);

impl Scheduler {
    fn place(&mut self, pod: &Object, add: bool) {
        let node = pod.spec().get("nodeName").text();
        if !node.is_empty() {
            self.loads.entry(node).or_default().count(pod, add);
            self.exclusive.place(pod, add);
        }
    }

    fn wait(&mut self, key: &WorkKey, pod: &Object, add: bool) {
        for volume in pod.spec().get("volumes").items() {
            let name = volume.at(&["persistentVolumeClaim", "claimName"]).text();
            if !name.is_empty() {
                let entry = (WorkKey::new(key.namespace.clone(), name), key.clone());
                if add {
                    self.claims.insert(entry)
                } else {
                    self.claims.remove(&entry)
                };
            }
        }
    }

    fn count(&mut self, pod: &Object, add: bool) {
        self.place(pod, add);
        self.spreads.count(pod, add);
    }

    fn release(&mut self, key: &WorkKey) {
        if let Some(reserved) = self.reserved.remove(key) {
            self.count(&reserved.pod, false);
        }
    }

    // Everything that waits may fit now.
    fn retry_all(&self, queue: &mut WorkQueue) {
        for key in &self.pending {
            queue.add(key.clone());
        }
    }
}

fn counts(pod: &Object) -> bool {
    !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded")
}

fn is_placed(pod: &Object) -> bool {
    !pod.spec().get("nodeName").str().is_empty() && counts(pod)
}

impl Component for Scheduler {
    fn name(&self) -> &'static str {
        "scheduler"
    }

    fn event_source(&self) -> &'static str {
        "default-scheduler"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Pod, Kind::Node, Kind::PersistentVolumeClaim]
    }

    fn reaction(&self, world: &World) -> SimDuration {
        world.pace.schedule
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::Pod => {
                let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                let placed = |pod: &&Rc<Object>| is_placed(pod);
                let (was, is) = (change.old.as_ref().filter(placed), change.new.as_ref().filter(placed));
                let assumed = was.is_none() && is.is_some_and(|pod| self.assumed.remove(pod.uid()));
                if was.is_some() != is.is_some() {
                    if let Some(pod) = was {
                        self.place(pod, false);
                    }
                    if let Some(pod) = is.filter(|_| !assumed) {
                        self.place(pod, true);
                    }
                }
                let spread = |pod: Option<&Rc<Object>>| pod.filter(|pod| spread::counts(pod)).cloned();
                let (left, stays) = (spread(was), spread(is));
                let same = match (&left, &stays) {
                    (Some(left), Some(stays)) => left.labels() == stays.labels(),
                    (None, None) => true,
                    _ => false,
                };
                if !same {
                    left.iter().for_each(|pod| self.spreads.count(pod, false));
                    stays.iter().filter(|_| !assumed).for_each(|pod| self.spreads.count(pod, true));
                }
                let waits = change.new.as_ref().is_some_and(|pod| {
                    pod.spec().get("nodeName").str().is_empty() && !pod.is_terminating() && counts(pod)
                });
                if waits {
                    let spec_changed = change
                        .old
                        .as_ref()
                        .is_none_or(|old| change.new.as_ref().is_none_or(|new| old.spec() != new.spec()));
                    if self.pending.insert(key.clone()) || spec_changed {
                        change.new.iter().for_each(|pod| self.wait(&key, pod, true));
                        queue.add(key);
                    }
                } else if self.pending.remove(&key) {
                    self.release(&key);
                    change.old.iter().for_each(|pod| self.wait(&key, pod, false));
                }
                // A pod that goes makes room.
                if was.is_some() && is.is_none() {
                    self.retry_all(queue);
                }
            }
            Kind::Node => {
                // Only what filters look at.
                let same = match (&change.old, &change.new) {
                    (Some(old), Some(new)) => {
                        old.spec() == new.spec()
                            && old.labels() == new.labels()
                            && old.status().get("allocatable") == new.status().get("allocatable")
                    }
                    _ => false,
                };
                if !same {
                    self.retry_all(queue);
                }
            }
            _ => {
                let phase = |o: &Option<Rc<Object>>| {
                    o.as_ref().map(|o| (o.status().get("phase").text(), o.spec().get("volumeName").text()))
                };
                if phase(&change.old) != phase(&change.new) {
                    let claim = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                    let first = (claim.clone(), WorkKey::new("", ""));
                    for (_, pod) in self.claims.range(first..).take_while(|(of, _)| *of == claim) {
                        queue.add(pod.clone());
                    }
                }
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if !self.pending.contains(key) {
            return Ok(());
        }
        let Some(pod) = ctx.get(Kind::Pod, &key.namespace, &key.name) else { return Ok(()) };
        if !pod.spec().get("nodeName").str().is_empty() || pod.is_terminating() {
            return Ok(());
        }
        if let Some(reserved) = self.reserved.get_mut(key) {
            let now = ctx.client.now();
            if now < reserved.at {
                return Ok(());
            }
            if filter::claims(&pod, ctx).is_ok_and(|claims| claims.iter().all(|claim| !claim.waits_for_node))
            {
                let node = reserved.pod.spec().get("nodeName").str().to_string();
                self.release(key);
                return self.bind(key, &pod, &node, ctx);
            }
            reserved.at = now + POLL;
            ctx.requeue_after(key.clone(), POLL);
            return Ok(());
        }
        let nodes = ctx.list(Kind::Node, None);
        let claims = match filter::claims(&pod, ctx) {
            Ok(claims) => claims,
            Err(reason) => {
                let message = self.whole_pod_message(&reason, nodes.len(), ctx);
                return self.refuse(&pod, message, ctx);
            }
        };
        if nodes.is_empty() {
            return self.refuse(&pod, "no nodes available to schedule pods".into(), ctx);
        }
        let empty = Load::default();
        let spread = self.spreads.of(&pod, ctx.view());
        let rules = self.exclusive.rules(&pod, ctx.view());
        let find = |name: &str| nodes.iter().find(|node| node.name() == name);
        let mut refusals: Vec<Refusal> = Vec::new();
        let mut best: Option<(usize, &str)> = None;
        for node in &nodes {
            let load = self.loads.get(node.name()).unwrap_or(&empty);
            let found = filter::refusal(&pod, &Node { object: node, load }, &claims, ctx.client.profile());
            let found = found.or_else(|| {
                let (reason, preemption_could_help) = rules.refusal(node, &find)?;
                Some(Refusal { reasons: vec![reason.into()], preemption_could_help })
            });
            match found {
                Some(refusal) => refusals.push(refusal),
                None => {
                    let score = spread.on(node.name());
                    if best.is_none_or(|(least, _)| score < least) {
                        best = Some((score, node.name()));
                    }
                }
            }
        }
        let Some((_, node)) = best else {
            let message = filter::message(&refusals, nodes.len());
            return self.refuse(&pod, message, ctx);
        };
        let node = node.to_string();
        // A claim that waits for its first consumer is told the node, and the pod gets it when the claim is bound.
        let late: Vec<ObjectKey> =
            claims.iter().filter(|c| c.waits_for_node).map(|c| c.key.clone()).collect();
        if late.is_empty() {
            return self.bind(key, &pod, &node, ctx);
        }
        for claim in late {
            let Some(found) = ctx.client.store().by_key(&claim) else { continue };
            let mut chosen = (**found).clone();
            let annotation = ["metadata", "annotations", "volume.kubernetes.io/selected-node"];
            chosen.body.set(&annotation, node.clone());
            ctx.client.update(chosen)?;
        }
        let mut placed = (*pod).clone();
        placed.body.set(&["spec", "nodeName"], node);
        self.count(&placed, true);
        let reserved = Reserved { pod: Rc::new(placed), at: ctx.client.now() + POLL };
        self.reserved.insert(key.clone(), reserved);
        ctx.requeue_after(key.clone(), POLL);
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Scheduler {
    fn bind(&mut self, key: &WorkKey, pod: &Object, node: &str, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let bound = ctx.client.bind(&pod.key(), node)?;
        self.pending.remove(key);
        self.count(&bound, true);
        self.assumed.insert(bound.meta("uid").text());
        let text = format!("Successfully assigned {}/{} to {node}", pod.namespace(), pod.name());
        ctx.event(&bound, EventType::Normal, "Scheduled", text);
        Ok(())
    }

    // A reason that holds on every node at once (S141, C2, C3).
    fn whole_pod_message(&self, reason: &str, nodes: usize, ctx: &Ctx<'_>) -> String {
        if ctx.client.profile().unbound_claims_not_found_text {
            if reason.starts_with("pod has unbound") {
                return format!("0/{nodes} nodes are available: {reason}. not found");
            }
            return format!(
                "0/{nodes} nodes are available: {reason}. no new claims to deallocate, preemption: 0/{nodes} nodes are \
                 available: {nodes} Preemption is not helpful for scheduling."
            );
        }
        format!(
            "0/{nodes} nodes are available: {reason}. preemption: 0/{nodes} nodes are available: {nodes} Preemption is \
             not helpful for scheduling."
        )
    }

    fn refuse(&mut self, pod: &Object, message: String, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        ctx.event(pod, EventType::Warning, "FailedScheduling", message.clone());
        let old = pod.condition("PodScheduled");
        if old.get("message").str() == message && old.get("status").str() == "False" {
            return Ok(());
        }
        let at = ctx.client.now().rfc3339();
        let done = ctx.client.patch(&pod.key(), "status", |body| {
            set_condition(
                body,
                object! {
                    "lastProbeTime" => Value::Null, "lastTransitionTime" => at, "message" => message,
                    "reason" => "Unschedulable", "status" => "False", "type" => "PodScheduled",
                },
            );
        });
        done.map(drop).map_err(SyncError::from)
    }
}
