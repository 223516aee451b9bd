//! The ReplicaSet controller: so many pods of one template, none of them anybody in particular (S190 to S192).
//!
//! Follows pkg/controller/replicaset. A pod on its way out is replaced at once, unlike a StatefulSet's.

use super::owned_pods::{BURST, OwnedPods, is_active, is_available, ready_since, write_status};
use crate::api::{Kind, Object, OwnerRef, Text, Value};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{Arrange, SimDuration, SimTime};
use crate::store::{Change, View};
use std::cmp::Ordering;
use std::rc::Rc;

/// The controller and what it knows of pods.
#[derive(Clone)]
pub struct ReplicaSetController {
    pods: OwnedPods,
}

impl Default for ReplicaSetController {
    fn default() -> Self {
        ReplicaSetController { pods: OwnedPods::new(Kind::ReplicaSet) }
    }
}

fn min_ready(set: &Object) -> i64 {
    set.spec().get("minReadySeconds").as_int().unwrap_or(0)
}

impl Component for ReplicaSetController {
    fn name(&self) -> &'static str {
        "replicaset-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::ReplicaSet, Kind::Pod]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
        match (change.key.kind, &change.new) {
            (Kind::Pod, new) => {
                self.pods.observe(change, view, queue);
                // A pod that became Ready is looked at again when it may be available.
                let became_ready = |pod: &&Rc<Object>| {
                    ready_since(pod).is_some()
                        && change.old.as_ref().is_some_and(|old| ready_since(old).is_none())
                };
                if let Some(pod) = new.as_ref().filter(became_ready)
                    && let Some(owner) = pod.controller().filter(|owner| owner.kind() == "ReplicaSet")
                    && let Some(set) = view.get(Kind::ReplicaSet, pod.namespace(), owner.name())
                    && min_ready(set) > 0
                {
                    let wait = SimDuration::secs(min_ready(set) as u64 + 1);
                    queue.add_later(change.at + wait, WorkKey::of(set));
                }
            }
            (_, None) => {
                self.pods.forget(&key);
                queue.add(key);
            }
            _ => queue.add(key),
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(set) = ctx.get(Kind::ReplicaSet, &key.namespace, &key.name) else { return Ok(()) };
        let now = ctx.client.now();
        let may_act = self.pods.is_settled(key, now);
        let mut pods = self.pods.claim(&set, true, ctx)?;
        let terminating = pods.iter().filter(|pod| pod.is_terminating()).count();
        pods.retain(|pod| is_active(pod));
        let managed = match may_act && !set.is_terminating() {
            true => self.manage(&set, &pods, ctx),
            false => Ok(()),
        };
        let wanted = set.spec().get("replicas").as_int().unwrap_or(1);
        let new = status(&set, &pods, terminating, managed.as_ref().err(), wanted, ctx);
        let young = new.get("readyReplicas") != new.get("availableReplicas");
        if new != *set.status() {
            write_status(&set, new, ctx)?;
        }
        managed?;
        if min_ready(&set) > 0 && young {
            let wait = SimDuration::secs(min_ready(&set) as u64);
            let available = |pod: &Rc<Object>| Some(ready_since(pod)? + wait + SimDuration(1));
            let next = pods.iter().filter_map(available).filter(|at| *at > now).min();
            ctx.requeue_after(key.clone(), next.map_or(wait, |at| at.since(now)));
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl ReplicaSetController {
    fn manage(&mut self, set: &Object, pods: &[Rc<Object>], ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let wanted = set.spec().get("replicas").as_int().unwrap_or(1).max(0) as usize;
        if pods.len() < wanted {
            let missing = (wanted - pods.len()).min(BURST);
            let templates = vec![set.spec().get("template").clone(); missing];
            return self.pods.create(set, templates, ctx);
        }
        let surplus = (pods.len() - wanted).min(BURST);
        if surplus == 0 {
            return Ok(());
        }
        let victims = match surplus == pods.len() {
            true => pods.to_vec(),
            false => self.victims(set, pods, surplus, ctx),
        };
        self.pods.delete(set, &victims, ctx)
    }

    // S191; nodes that carry more pods of the same Deployment lose theirs first.
    fn victims(&self, set: &Object, pods: &[Rc<Object>], count: usize, ctx: &Ctx<'_>) -> Vec<Rc<Object>> {
        let view = ctx.view();
        let owner = set.controller().map(OwnerRef::uid);
        let related = view.list(Kind::ReplicaSet, Some(set.namespace())).into_iter().filter(|other| {
            other.uid() == set.uid() || owner.is_some() && other.controller().map(OwnerRef::uid) == owner
        });
        let mut nodes: Vec<Text> = Vec::new();
        for other in related {
            let own = self.pods.of(other);
            nodes
                .extend(own.iter().filter(|pod| is_active(pod)).map(|pod| pod.spec().get("nodeName").text()));
        }
        let now = ctx.client.now();
        let mut ranked: Vec<(usize, Rc<Object>)> = pods
            .iter()
            .map(|pod| {
                let node = pod.spec().get("nodeName").str();
                (nodes.iter().filter(|of| **of == *node).count(), pod.clone())
            })
            .collect();
        ranked.arrange_by(|a, b| before(a, b, now));
        ranked.into_iter().take(count).map(|(_, pod)| pod).collect()
    }
}

// Which of two pods goes first (S191).
fn before(a: &(usize, Rc<Object>), b: &(usize, Rc<Object>), now: SimTime) -> Ordering {
    let unassigned = |pod: &Object| !pod.spec().get("nodeName").str().is_empty();
    let phase = |pod: &Object| match pod.status().get("phase").str() {
        "Pending" => 0,
        "Unknown" => 1,
        _ => 2,
    };
    let cost = |pod: &Object| -> i64 {
        pod.annotation("controller.kubernetes.io/pod-deletion-cost").parse().unwrap_or(0)
    };
    let restarts = |pod: &Object| -> i64 {
        let all = pod.status().get("containerStatuses").items().iter();
        all.map(|status| status.get("restartCount").as_int().unwrap_or(0)).max().unwrap_or(0)
    };
    // Ages count on a scale of base two, so that pods made at about the same time are equal; then the uid decides.
    let age =
        |since: SimTime| (now.since(since).as_millis() * 1_000_000).checked_ilog2().map_or(-1, i64::from);
    let by_age = |a: &Object, x: SimTime, b: &Object, y: SimTime| match x == y {
        true => Ordering::Equal,
        false => age(x).cmp(&age(y)).then_with(|| a.uid().cmp(b.uid())),
    };
    let ((more_a, a), (more_b, b)) = (a, b);
    let (ready_a, ready_b) = (ready_since(a), ready_since(b));
    unassigned(a)
        .cmp(&unassigned(b))
        .then(phase(a).cmp(&phase(b)))
        .then(ready_a.is_some().cmp(&ready_b.is_some()))
        .then(cost(a).cmp(&cost(b)))
        .then(more_b.cmp(more_a))
        .then_with(|| match (ready_a, ready_b) {
            (Some(x), Some(y)) => by_age(a, x, b, y),
            _ => Ordering::Equal,
        })
        .then_with(|| restarts(b).cmp(&restarts(a)))
        .then_with(|| by_age(a, a.created_at(), b, b.created_at()))
}

fn status(
    set: &Object,
    pods: &[Rc<Object>],
    terminating: usize,
    error: Option<&SyncError>,
    wanted: i64,
    ctx: &Ctx<'_>,
) -> Value {
    let now = ctx.client.now();
    let template = set.spec().at(&["template", "metadata", "labels"]);
    let labelled = |pod: &&Rc<Object>| {
        template.entries().iter().all(|(key, value)| pod.labels().get(key.as_str()) == Some(value))
    };
    let mut status = object! { "replicas" => pods.len() as i64, "observedGeneration" => set.generation() };
    for (member, count) in [
        ("fullyLabeledReplicas", pods.iter().filter(labelled).count()),
        ("readyReplicas", pods.iter().filter(|pod| ready_since(pod).is_some()).count()),
        ("availableReplicas", pods.iter().filter(|pod| is_available(pod, min_ready(set), now)).count()),
    ] {
        if count > 0 {
            status.set(&[member], count as i64);
        }
    }
    if !ctx.client.profile().before(1, 35) {
        status.set(&["terminatingReplicas"], terminating as i64);
    }
    let mut conditions: Vec<Value> = set.status().get("conditions").items().to_vec();
    let failing = conditions.iter().position(|of| of.get("type").str() == "ReplicaFailure");
    match (error, failing) {
        (Some(SyncError(message)), None) => conditions.push(object! {
            "lastTransitionTime" => now.rfc3339(), "message" => message.clone(),
            "reason" => if (pods.len() as i64) < wanted { "FailedCreate" } else { "FailedDelete" },
            "status" => "True", "type" => "ReplicaFailure",
        }),
        (None, Some(i)) => drop(conditions.remove(i)),
        _ => {}
    }
    if !conditions.is_empty() {
        status.set(&["conditions"], Value::list(conditions));
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(
        name: &'static str,
        node: &'static str,
        phase: &'static str,
        ready: &str,
        restarts: i64,
    ) -> Rc<Object> {
        let mut pod = Object::new(Kind::Pod, "default", name);
        pod.body.set(&["metadata", "uid"], name);
        pod.body.set(&["metadata", "creationTimestamp"], SimTime(0).rfc3339());
        pod.body.set(&["spec", "nodeName"], node);
        pod.body.set(&["status", "phase"], phase);
        if !ready.is_empty() {
            let condition = object! {
                "lastTransitionTime" => ready.to_string(), "status" => "True", "type" => "Ready",
            };
            pod.body.set(&["status", "conditions"], Value::list(vec![condition]));
        }
        let status = object! { "restartCount" => restarts };
        pod.body.set(&["status", "containerStatuses"], Value::list(vec![status]));
        Rc::new(pod)
    }

    #[test]
    fn s191_the_least_useful_pod_goes_first() {
        let at = |secs: u64| SimTime(secs * 1000).rfc3339();
        let (early, late) = (at(1), at(3000));
        // In the order in which they go; the number is how many related pods stand on the node.
        let pods = [
            (0, pod("unplaced", "", "Pending", "", 0)),
            (0, pod("pending", "node-1", "Pending", "", 0)),
            (0, pod("unready-often", "node-1", "Running", "", 4)),
            (0, pod("unready", "node-1", "Running", "", 0)),
            (2, pod("crowded", "node-1", "Running", &early, 0)),
            (1, pod("young", "node-2", "Running", &late, 0)),
            (1, pod("old", "node-2", "Running", &early, 0)),
        ];
        let now = SimTime(3_600_000);
        for i in 0..pods.len() {
            for j in 0..pods.len() {
                assert_eq!(
                    before(&pods[i], &pods[j], now),
                    i.cmp(&j),
                    "{} {}",
                    pods[i].1.name(),
                    pods[j].1.name()
                );
            }
        }
    }
}
