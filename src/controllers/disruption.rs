//! The disruption controller: how many pods of a budget may go now (S179).
//!
//! Follows pkg/controller/disruption. The eviction itself asks what stands in the status (`store::eviction`).

use super::owned_pods::{ready_since, scaled};
use crate::api::placement::labels_match;
use crate::api::{Kind, Map, Object, Value};
use crate::component::{Component, Ctx, EventType, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{SimDuration, SimTime};
use crate::store::eviction::set_allowed;
use crate::store::{Change, View};
use std::rc::Rc;

/// A pod that was evicted and goes on living is counted again after so long.
const DELETION_TIMEOUT: SimDuration = SimDuration(120_000);

/// A pod that several budgets select.
const CONTESTED: &str = "contested";

/// The controller.
#[derive(Clone, Default)]
pub struct DisruptionController;

fn budgets(view: View<'_>, pod: &Object) -> Vec<Rc<Object>> {
    let all = view.list(Kind::PodDisruptionBudget, Some(pod.namespace())).into_iter();
    all.filter(|budget| labels_match(budget.spec().get("selector"), pod.labels())).cloned().collect()
}

impl Component for DisruptionController {
    fn name(&self) -> &'static str {
        "disruption-controller"
    }

    fn event_source(&self) -> &'static str {
        "controllermanager"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PodDisruptionBudget, Kind::Pod]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        if change.key.kind == Kind::PodDisruptionBudget {
            if change.new.is_some() {
                queue.add(WorkKey::new(change.key.namespace.clone(), change.key.name.clone()));
            }
            return;
        }
        let Some(pod) = change.new.as_ref().or(change.old.as_ref()) else { return };
        let selecting = budgets(view, pod);
        if let Some(first) = selecting.first() {
            queue.add(WorkKey::of(first));
        }
        if selecting.len() > 1 && change.new.is_some() {
            queue.add(WorkKey::task(CONTESTED, change.key.namespace.clone(), change.key.name.clone()));
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if key.task == CONTESTED {
            let Some(pod) = ctx.get(Kind::Pod, &key.namespace, &key.name) else { return Ok(()) };
            if let [first, _, ..] = &budgets(ctx.view(), &pod)[..] {
                let text = format!(
                    "Pod \"{}\"/\"{}\" matches multiple PodDisruptionBudgets.  Chose \"{}\" arbitrarily.",
                    key.namespace,
                    key.name,
                    first.name()
                );
                ctx.event(&pod, EventType::Warning, "MultiplePodDisruptionBudgets", text);
            }
            return Ok(());
        }
        let Some(budget) = ctx.get(Kind::PodDisruptionBudget, &key.namespace, &key.name) else {
            return Ok(());
        };
        let mut pods = ctx.list(Kind::Pod, Some(&key.namespace));
        pods.retain(|pod| labels_match(budget.spec().get("selector"), pod.labels()));
        if pods.is_empty() {
            ctx.event(&budget, EventType::Normal, "NoPods", "No matching pods found".into());
        }
        match needed(&budget, &pods, ctx.view()) {
            Ok(needed) => {
                if needed.unmanaged {
                    ctx.event(&budget, EventType::Warning, "UnmanagedPods", unmanaged(&budget));
                }
                update(&budget, &pods, &needed, ctx)
            }
            Err(why) => {
                let text = format!("Failed to calculate the number of expected pods: {why}");
                ctx.event(&budget, EventType::Warning, "CalculateExpectedPodCountFailed", text);
                // Nothing is allowed as long as nobody knows.
                let mut failed = (*budget).clone();
                failed.body.set(&["status", "disruptionsAllowed"], 0);
                set_allowed(&mut failed, ctx.client.now());
                let condition = &mut failed.body.at_mut(&["status", "conditions"]).list_mut()[0];
                condition.set(&["reason"], "SyncFailed");
                condition.set(&["message"], why.clone());
                if failed != *budget {
                    ctx.client.update_status(failed)?;
                }
                Err(SyncError(why))
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

/// How many pods there should be, and how many of them have to be healthy.
struct Needed {
    expected: i64,
    desired: i64,
    /// Some pod has no controller, so that nobody says how many there should be.
    unmanaged: bool,
}

fn needed(budget: &Object, pods: &[Rc<Object>], view: View<'_>) -> Result<Needed, String> {
    let (least, most) = (budget.spec().get("minAvailable"), budget.spec().get("maxUnavailable"));
    if most.is_null() && least.as_int().is_some() {
        let (expected, desired) = (pods.len() as i64, least.as_int().unwrap_or(0));
        return Ok(Needed { expected, desired, unmanaged: false });
    }
    let mut scales = Map::new();
    let mut unmanaged = false;
    for pod in pods {
        let Some(owner) = pod.controller() else {
            unmanaged = true;
            continue;
        };
        scales.insert(owner.uid().to_string(), scale(pod, view)?);
    }
    let expected: i64 = scales.iter().filter_map(|(_, scale)| scale.as_int()).sum();
    let desired = match most {
        Value::Null => scaled(least, expected),
        most => (expected - scaled(most, expected)).max(0),
    };
    Ok(Needed { expected, desired, unmanaged })
}

// How many pods the pod's controller wants; that of a ReplicaSet, if it has one.
fn scale(pod: &Object, view: View<'_>) -> Result<i64, String> {
    let mut found = None;
    let mut at = Some(pod);
    while let Some(owner) = at.and_then(Object::controller) {
        let kind = match owner.kind() {
            "StatefulSet" => Kind::StatefulSet,
            "ReplicaSet" => Kind::ReplicaSet,
            "Deployment" => Kind::Deployment,
            "DaemonSet" => return Err("daemonsets.apps does not implement the scale subresource".into()),
            _ => break,
        };
        let object = view.get(kind, pod.namespace(), owner.name());
        at = object.filter(|object| object.uid() == owner.uid()).map(|object| &**object);
        found = at.map(|owner| owner.spec().get("replicas").as_int().unwrap_or(1)).or(found);
    }
    found.ok_or_else(|| format!("found no controllers for pod \"{}\"", pod.name()))
}

fn update(budget: &Object, pods: &[Rc<Object>], needed: &Needed, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let now = ctx.client.now();
    let until = |at: &Value| SimTime::parse(at.str()).unwrap_or_default() + DELETION_TIMEOUT;
    // Evicted pods that do not go yet.
    let lasting = budget.status().get("disruptedPods").entries().iter().filter(|(name, at)| {
        until(at) > now && pods.iter().any(|pod| *pod.name() == **name && !pod.is_terminating())
    });
    let disrupted: Map = lasting.cloned().collect();
    let healthy = pods
        .iter()
        .filter(|pod| !pod.is_terminating() && !disrupted.contains_key(pod.name()))
        .filter(|pod| ready_since(pod).is_some())
        .count() as i64;
    let allowed = if needed.expected > 0 { (healthy - needed.desired).max(0) } else { 0 };
    let mut status = object! {
        "conditions" => budget.status().get("conditions").clone(),
        "currentHealthy" => healthy, "desiredHealthy" => needed.desired, "disruptionsAllowed" => allowed,
        "expectedPods" => needed.expected, "observedGeneration" => budget.generation(),
    };
    if let Some(last) = disrupted.iter().map(|(_, at)| until(at)).max() {
        status.set(&["disruptedPods"], disrupted);
        ctx.requeue_after(WorkKey::of(budget), last.since(now));
    }
    let mut changed = budget.clone();
    changed.body.set(&["status"], status);
    set_allowed(&mut changed, now);
    if changed != *budget {
        ctx.client.update_status(changed)?;
    }
    Ok(())
}

fn unmanaged(budget: &Object) -> String {
    let selector = budget.spec().get("selector");
    let labels = selector.get("matchLabels").entries().iter();
    let labels: String = labels.map(|(key, value)| format!("{key}: {},", value.str())).collect();
    let list = selector.get("matchExpressions").items().iter().map(|expression| {
        let values = expression.get("values").items();
        let values: Vec<&str> = values.iter().map(Value::str).collect();
        format!(
            "LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},",
            expression.get("key").str(),
            expression.get("operator").str(),
            values.join(" ")
        )
    });
    let expressions: String = list.collect();
    format!(
        "Pods selected by this PodDisruptionBudget (selector: &LabelSelector{{MatchLabels:map[string]string{{{labels}}},\
         MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}) were found to be unmanaged. As a result, the \
         status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these \
         pods please set \".spec.minAvailable\" field of the PDB to an integer value."
    )
}
