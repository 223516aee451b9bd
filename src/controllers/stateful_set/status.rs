//! The counters a set reports (S91 to S94).

use super::pods::Pods;
use super::spec::{SetSpec, Strategy};
use crate::api::{Object, Text, Value};
use crate::sim::SimTime;

/// `status` as computed by a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the status field of that name")]
pub struct SetStatus {
    pub observed_generation: i64,
    pub replicas: i64,
    pub ready_replicas: i64,
    pub available_replicas: i64,
    pub current_replicas: i64,
    pub updated_replicas: i64,
    pub current_revision: Text,
    pub update_revision: Text,
    pub collision_count: i64,
}

impl SetStatus {
    /// Counts the claimed pods (S91, S92).
    pub fn count(
        set: &Object,
        spec: &SetSpec,
        pods: &Pods,
        current: &Text,
        update: &Text,
        collision_count: i64,
        now: SimTime,
    ) -> SetStatus {
        SetStatus {
            observed_generation: set.generation(),
            replicas: pods.len() as i64,
            ready_replicas: pods.ready() as i64,
            available_replicas: pods.available(spec.min_ready_secs, now) as i64,
            current_replicas: pods.live_of(current) as i64,
            updated_replicas: pods.live_of(update) as i64,
            current_revision: current.clone(),
            update_revision: update.clone(),
            collision_count,
        }
    }

    /// Ends the rollout where all wanted pods are updated and Ready (S93); with OnDelete only if `on_delete_too`.
    pub fn complete_rollout(&mut self, spec: &SetSpec, on_delete_too: bool) {
        if (on_delete_too || matches!(spec.strategy, Strategy::RollingUpdate(_)))
            && self.updated_replicas == spec.replicas
            && self.ready_replicas == spec.replicas
            && self.replicas == spec.replicas
        {
            self.current_replicas = self.updated_replicas;
            self.current_revision = self.update_revision.clone();
        }
    }

    /// True if the stored status has to be written (S94).
    pub fn differs_from(&self, set: &Object) -> bool {
        let status = set.status();
        let int = |member| status.get(member).as_int().unwrap_or(0);
        self.observed_generation > int("observedGeneration")
            || self.replicas != int("replicas")
            || self.ready_replicas != int("readyReplicas")
            || self.available_replicas != int("availableReplicas")
            || self.current_replicas != int("currentReplicas")
            || self.updated_replicas != int("updatedReplicas")
            || *status.get("currentRevision").str() != *self.current_revision
            || *status.get("updateRevision").str() != *self.update_revision
    }

    /// The status as stored: counters of zero are left out but for `replicas` and `availableReplicas`, as Go does.
    pub fn to_value(&self) -> Value {
        let mut status = crate::object! {
            "observedGeneration" => self.observed_generation,
            "replicas" => self.replicas,
            "availableReplicas" => self.available_replicas,
            "currentRevision" => &self.current_revision,
            "updateRevision" => &self.update_revision,
            "collisionCount" => self.collision_count,
        };
        for (member, count) in [
            ("readyReplicas", self.ready_replicas),
            ("currentReplicas", self.current_replicas),
            ("updatedReplicas", self.updated_replicas),
        ] {
            if count != 0 {
                status.set(&[member], count);
            }
        }
        status
    }
}
