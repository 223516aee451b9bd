//! The HorizontalPodAutoscaler controller in a cluster that measures nothing: it keeps the number of pods between its
//! bounds and says that it has no metrics.
//!
//! Follows pkg/controller/podautoscaler. Every autoscaler is looked at every 15 seconds, whatever happens.

use crate::api::object::set_condition;
use crate::api::{Kind, Object, ObjectKey, Value};
use crate::component::{Component, Ctx, EventType, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::{Change, Reason, Status, View};

/// `--horizontal-pod-autoscaler-sync-period`.
const PERIOD: SimDuration = SimDuration(15_000);

/// The controller.
#[derive(Clone, Default)]
pub struct Autoscaler {
    /// When each is looked at next.
    due: SortedMap<WorkKey, SimTime>,
}

/// The target of an autoscaler, if it is one that can be scaled.
fn target(scaler: &Object) -> Result<ObjectKey, Status> {
    let of = scaler.spec().get("scaleTargetRef");
    let kind = Kind::from_name(of.get("kind").str())
        .filter(|kind| matches!(kind, Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet));
    let Some(kind) = kind else {
        let text = format!("no matches for kind \"{}\" in group \"{}\"", of.get("kind").str(), "apps");
        return Err(Status::new(Reason::NotFound, text));
    };
    Ok(ObjectKey::new(kind, scaler.meta("namespace").text(), of.get("name").text()))
}

fn condition(
    scaler: &mut Object,
    kind: &'static str,
    status: &'static str,
    reason: &'static str,
    message: String,
    now: SimTime,
) {
    set_condition(
        &mut scaler.body,
        object! {
            "lastTransitionTime" => now.rfc3339(), "message" => message, "reason" => reason, "status" => status,
            "type" => kind,
        },
    );
}

// What is said of a metric that nobody measures.
fn unmeasured(metric: &Value) -> (String, String) {
    let resource = metric.at(&["resource", "name"]).str();
    let what =
        if metric.at(&["resource", "target", "averageValue"]).is_null() { "utilization" } else { "usage" };
    let text = format!(
        "failed to get {resource} {what}: unable to get metrics for resource {resource}: unable to fetch metrics from \
         resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"
    );
    (format!("failed to get {resource} resource metric value: {text}"), text)
}

impl Autoscaler {
    fn reconcile(&self, scaler: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let now = ctx.client.now();
        let mut changed = scaler.clone();
        let found = target(scaler).and_then(|key| {
            let gone = || Status::not_found(key.kind, &key.name);
            ctx.client.store().by_key(&key).cloned().ok_or_else(gone)
        });
        let object = match found {
            Ok(object) => object,
            Err(status) => {
                ctx.event(scaler, EventType::Warning, "FailedGetScale", status.message.clone());
                let text = format!(
                    "the HPA controller was unable to get the target's current scale: {}",
                    status.message
                );
                condition(&mut changed, "AbleToScale", "False", "FailedGetScale", text, now);
                return self.write(scaler, changed, ctx);
            }
        };
        let text = "the HPA controller was able to get the target's current scale".to_string();
        condition(&mut changed, "AbleToScale", "True", "SucceededGetScale", text, now);
        let number = |value: &Value, otherwise: i64| value.as_int().unwrap_or(otherwise);
        let current = number(object.status().get("replicas"), 0);
        let wanted = number(object.spec().get("replicas"), 1);
        let least = number(scaler.spec().get("minReplicas"), 1);
        let most = number(scaler.spec().get("maxReplicas"), 1);
        changed.body.set(&["status", "currentReplicas"], current);
        let bound = if wanted > most {
            Some((most, "Current number of replicas above Spec.MaxReplicas"))
        } else if wanted < least {
            Some((least, "Current number of replicas below Spec.MinReplicas"))
        } else {
            None
        };
        if wanted == 0 && least != 0 {
            let text = "scaling is disabled since the replica count of the target is zero".to_string();
            condition(&mut changed, "ScalingActive", "False", "ScalingDisabled", text, now);
            changed.body.set(&["status", "desiredReplicas"], 0);
        } else if let Some((replicas, why)) = bound {
            let mut scaled = (*object).clone();
            scaled.body.set(&["spec", "replicas"], replicas);
            ctx.client.update_scale(scaled)?;
            let text = format!("the HPA controller was able to update the target scale to {replicas}");
            condition(&mut changed, "AbleToScale", "True", "SucceededRescale", text, now);
            let text = format!("New size: {replicas}; reason: {why}");
            ctx.event(scaler, EventType::Normal, "SuccessfulRescale", text);
            changed.body.set(&["status", "desiredReplicas"], replicas);
            changed.body.set(&["status", "lastScaleTime"], now.rfc3339());
        } else {
            let metrics = scaler.spec().get("metrics").items();
            let measured = metrics.iter().filter(|metric| metric.get("type").str() == "Resource");
            let told: Vec<(String, String)> = measured.map(unmeasured).collect();
            for (_, text) in &told {
                ctx.event(scaler, EventType::Warning, "FailedGetResourceMetric", text.clone());
            }
            if let Some((first, text)) = told.first() {
                let n = told.len();
                let all = format!("invalid metrics ({n} invalid out of {n}), first error is: {first}");
                ctx.event(scaler, EventType::Warning, "FailedComputeMetricsReplicas", all);
                let text = format!("the HPA was unable to compute the replica count: {text}");
                condition(&mut changed, "ScalingActive", "False", "FailedGetResourceMetric", text, now);
            }
        }
        self.write(scaler, changed, ctx)
    }

    fn write(&self, scaler: &Object, changed: Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if changed != *scaler {
            ctx.client.update_status(changed)?;
        }
        Ok(())
    }
}

impl Component for Autoscaler {
    fn name(&self) -> &'static str {
        "horizontal-pod-autoscaler"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::HorizontalPodAutoscaler]
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
        if change.new.is_none() {
            self.due.remove(&key);
        } else if !self.due.contains_key(&key) {
            self.due.insert(key.clone(), change.at + PERIOD);
            queue.add_later(change.at + PERIOD, key);
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let now = ctx.client.now();
        let Some(scaler) = ctx.get(Kind::HorizontalPodAutoscaler, &key.namespace, &key.name) else {
            return Ok(());
        };
        if self.due.get(key).is_none_or(|due| *due > now) {
            return Ok(());
        }
        self.due.insert(key.clone(), now + PERIOD);
        ctx.requeue_after(key.clone(), PERIOD);
        self.reconcile(&scaler, ctx)
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
