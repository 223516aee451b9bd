//! Pod to node: filter, score, bind (statefulset.md section 12).
//!
//! Ties that are random upstream go to the node with the fewest pods of the same owner, then to the first node by
//! name, as in the recordings; the help of the page says so.

mod filter;

use crate::api::{Kind, Object, ObjectKey, OwnerRef, Text, Value};
use crate::component::client::set_condition;
use crate::component::{Component, Ctx, EventType, SyncError, WorkKey, WorkQueue, World};
use crate::object;
use crate::sim::{SimDuration, SortedMap, SortedSet};
use crate::store::{Change, View};
use filter::{Load, Node, Refusal};

/// The scheduler.
#[derive(Clone, Default)]
pub struct Scheduler {
    /// Pods without a node.
    pending: SortedSet<WorkKey>,
    /// Their claims: claim, then pod. A change of a claim concerns only the pods that mount it.
    claims: SortedSet<(WorkKey, WorkKey)>,
    /// What each node carries.
    loads: SortedMap<Text, Load>,
    /// Pods bound by this scheduler that it has not heard of yet; they count already.
    assumed: SortedSet<Text>,
}

impl Scheduler {
    fn place(&mut self, pod: &Object, add: bool) {
        let node = pod.spec().get("nodeName").text();
        if !node.is_empty() {
            self.loads.entry(node).or_default().count(pod, add);
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
                let placed =
                    |pod: &&std::rc::Rc<Object>| !pod.spec().get("nodeName").str().is_empty() && counts(pod);
                let (was, is) = (change.old.as_ref().filter(placed), change.new.as_ref().filter(placed));
                if was.is_some() != is.is_some() {
                    if let Some(pod) = was {
                        self.place(pod, false);
                    }
                    if let Some(pod) = is
                        && !self.assumed.remove(pod.uid())
                    {
                        self.place(pod, true);
                    }
                }
                if let (Some(was), Some(is)) = (was, is)
                    && was.controller().map(OwnerRef::uid) != is.controller().map(OwnerRef::uid)
                {
                    // Adopted or let go.
                    self.place(was, false);
                    self.place(is, true);
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
                let phase = |o: &Option<std::rc::Rc<Object>>| {
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
        let owner = pod.controller().map_or(Text::default(), |owner| Text::from(owner.uid().to_string()));
        let mut refusals: Vec<Refusal> = Vec::new();
        let mut best: Option<(usize, &str)> = None;
        for node in &nodes {
            let load = self.loads.get(node.name()).unwrap_or(&empty);
            let found = filter::refusal(&pod, &Node { object: node, load }, &claims, ctx.client.profile());
            match found {
                Some(refusal) => refusals.push(refusal),
                None => {
                    let score = load.of_owner(&owner);
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
        // A claim that waits for its first consumer is told the node, and the pod comes back when it is bound.
        let late: Vec<ObjectKey> =
            claims.iter().filter(|c| c.waits_for_node).map(|c| c.key.clone()).collect();
        if !late.is_empty() {
            for claim in late {
                let node = node.clone();
                let Some(found) = ctx.client.store().by_key(&claim) else { continue };
                let mut chosen = (**found).clone();
                chosen.body.set(&["metadata", "annotations", "volume.kubernetes.io/selected-node"], node);
                ctx.client.update(chosen)?;
            }
            return Ok(());
        }
        match ctx.client.bind(&pod.key(), &node) {
            Ok(bound) => {
                self.pending.remove(key);
                self.place(&bound, true);
                self.assumed.insert(bound.meta("uid").text());
                let text = format!("Successfully assigned {}/{} to {node}", pod.namespace(), pod.name());
                ctx.event(&bound, EventType::Normal, "Scheduled", text);
                Ok(())
            }
            Err(status) => Err(status.into()),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Scheduler {
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
