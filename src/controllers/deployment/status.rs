//! What a Deployment says of itself: counters, and the conditions Available, Progressing and ReplicaFailure (S198).
//!
//! Counters are those of the replica sets as the pass found them, before it resized any.

use super::{Pass, Sets, counted, limits, replicas};
use crate::api::{Object, Value};
use crate::component::{SyncError, WorkKey};
use crate::object;
use crate::sim::{SimDuration, SimTime};

pub(super) const PROGRESSING: &str = "Progressing";
const DONE: &str = "NewReplicaSetAvailable";
const TIMED_OUT: &str = "ProgressDeadlineExceeded";

/// True if somebody wants to hear when a rollout makes no progress.
pub(super) fn has_deadline(deployment: &Object) -> bool {
    deadline(deployment).is_some()
}

fn deadline(deployment: &Object) -> Option<i64> {
    let seconds = deployment.spec().get("progressDeadlineSeconds").as_int();
    seconds.filter(|seconds| *seconds != i64::from(i32::MAX))
}

fn find<'a>(status: &'a Value, kind: &str) -> Option<&'a Value> {
    status.get("conditions").items().iter().find(|condition| condition.get("type").str() == kind)
}

fn drop_condition(status: &mut Value, kind: &str) {
    if find(status, kind).is_some() {
        let conditions = status.at_mut(&["conditions"]).list_mut();
        conditions.retain(|condition| condition.get("type").str() != kind);
        if conditions.is_empty() {
            status.remove(&["conditions"]);
        }
    }
}

// Behind the others, unless it is there with this status and reason; the time of transition is kept with the status.
fn set(status: &mut Value, mut condition: Value) {
    let kind = condition.get("type").str().to_string();
    if let Some(old) = find(status, &kind)
        && old.get("status") == condition.get("status")
    {
        if old.get("reason") == condition.get("reason") {
            return;
        }
        condition.set(&["lastTransitionTime"], old.get("lastTransitionTime").clone());
    }
    drop_condition(status, &kind);
    status.at_mut(&["conditions"]).list_mut().push(condition);
}

fn number(status: &Value, member: &str) -> i64 {
    status.get(member).as_int().unwrap_or(0)
}

impl Pass<'_, '_> {
    fn condition(
        &self,
        kind: &'static str,
        status: &'static str,
        reason: &'static str,
        text: String,
    ) -> Value {
        let now = self.ctx.client.now().rfc3339();
        object! {
            "lastTransitionTime" => now.clone(), "lastUpdateTime" => now, "message" => text,
            "reason" => reason, "status" => status, "type" => kind,
        }
    }

    /// Sets a condition of the Deployment the pass works with.
    pub(super) fn put_condition(
        &mut self,
        kind: &'static str,
        status: &'static str,
        reason: &'static str,
        text: String,
    ) {
        let condition = self.condition(kind, status, reason, text);
        set(self.deployment.body.at_mut(&["status"]), condition);
    }

    /// Says that the Deployment is paused, or no longer is.
    pub(super) fn note_pause(&mut self) -> Result<(), SyncError> {
        if !has_deadline(&self.deployment) {
            return Ok(());
        }
        let reason = self.deployment.condition(PROGRESSING).get("reason").str();
        let paused = self.deployment.spec().get("paused").is_true();
        let (reason, text) = match (paused, reason) {
            (_, TIMED_OUT) | (true, "DeploymentPaused") => return Ok(()),
            (true, _) => ("DeploymentPaused", "Deployment is paused"),
            (false, "DeploymentPaused") => ("DeploymentResumed", "Deployment is resumed"),
            _ => return Ok(()),
        };
        self.put_condition(PROGRESSING, "Unknown", reason, text.into());
        self.write()
    }

    // The counters, and whether enough is available.
    fn count(&self, sets: &Sets) -> Value {
        let deployment = &self.deployment;
        let sum = |member: &str| sets.all().map(|set| counted(set, member)).sum::<i64>();
        let available = sum("availableReplicas");
        let wanted: i64 = sets.all().map(|set| replicas(set)).sum();
        let mut status = object! { "observedGeneration" => deployment.generation() };
        for (member, count) in [
            ("replicas", sum("replicas")),
            ("updatedReplicas", sets.new.as_ref().map_or(0, |new| counted(new, "replicas"))),
            ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", available),
            ("unavailableReplicas", wanted - available),
        ] {
            if count > 0 {
                status.set(&[member], count);
            }
        }
        for member in ["collisionCount", "conditions"] {
            let value = deployment.status().get(member);
            if !value.is_null() {
                status.set(&[member], value.clone());
            }
        }
        let seen = |set: &Object| counted(set, "observedGeneration") > 0;
        let silent = |set: &Object| set.status().get("terminatingReplicas").is_null();
        if !self.ctx.client.profile().before(1, 35) && !sets.all().any(|set| seen(set) && silent(set)) {
            status.set(&["terminatingReplicas"], sum("terminatingReplicas"));
        }
        let (value, reason, text) = if available >= replicas(deployment) - limits(deployment).1 {
            ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        };
        set(&mut status, self.condition("Available", value, reason, text.into()));
        status
    }

    /// The status of a pass that rolls nothing out: no progress is looked for.
    pub(super) fn write_plain_status(&mut self, sets: &Sets) -> Result<(), SyncError> {
        let status = self.count(sets);
        self.replace(status).map(drop)
    }

    fn replace(&mut self, status: Value) -> Result<bool, SyncError> {
        if status == *self.deployment.status() {
            return Ok(false);
        }
        self.deployment.body.set(&["status"], status);
        self.write()?;
        Ok(true)
    }

    /// True if everything wanted is updated and available and nothing old is left.
    pub(super) fn is_complete(&self, status: &Value) -> bool {
        let wanted = replicas(&self.deployment);
        ["updatedReplicas", "replicas", "availableReplicas"].iter().all(|m| number(status, m) == wanted)
            && number(status, "observedGeneration") >= self.deployment.generation()
    }

    fn progresses(&self, status: &Value) -> bool {
        let old = self.deployment.status();
        let outdated = |status| number(status, "replicas") - number(status, "updatedReplicas");
        outdated(status) < outdated(old)
            || ["updatedReplicas", "readyReplicas", "availableReplicas"]
                .iter()
                .any(|member| number(status, member) > number(old, member))
    }

    /// The status of a rollout: done, going on, or stuck for longer than the deadline.
    pub(super) fn write_rollout_status(&mut self, sets: &Sets) -> Result<(), SyncError> {
        let mut status = self.count(sets);
        let now = self.ctx.client.now();
        let Some(deadline) = deadline(&self.deployment) else {
            drop_condition(&mut status, PROGRESSING);
            self.copy_failure(sets, &mut status);
            return self.replace(status).map(drop);
        };
        let before = find(self.deployment.status(), PROGRESSING).cloned();
        let reason = before.as_ref().map_or("", |condition| condition.get("reason").str());
        let complete = number(&status, "replicas") == number(&status, "updatedReplicas") && reason == DONE;
        let subject = match &sets.new {
            Some(new) => ["ReplicaSet \"", new.name(), "\" "].concat(),
            None => ["Deployment \"", self.deployment.name(), "\" "].concat(),
        };
        let since = |condition: &Value| SimTime::parse(condition.get("lastUpdateTime").str());
        let until = before.as_ref().and_then(since).map(|at| at + SimDuration::secs(deadline.max(0) as u64));
        if complete {
        } else if self.is_complete(&status) {
            let text = subject + "has successfully progressed.";
            set(&mut status, self.condition(PROGRESSING, "True", DONE, text));
        } else if self.progresses(&status) {
            // Told again with the same reason, for the time of the last progress.
            let text = subject + "is progressing.";
            let mut condition = self.condition(PROGRESSING, "True", "ReplicaSetUpdated", text);
            if let Some(old) = before.as_ref().filter(|old| old.get("status").str() == "True") {
                condition.set(&["lastTransitionTime"], old.get("lastTransitionTime").clone());
            }
            drop_condition(&mut status, PROGRESSING);
            set(&mut status, condition);
        } else if reason != DONE && until.is_some_and(|until| until < now) {
            let text = subject + "has timed out progressing.";
            set(&mut status, self.condition(PROGRESSING, "False", TIMED_OUT, text));
        }
        self.copy_failure(sets, &mut status);
        let finished = self.is_complete(&status) || reason == TIMED_OUT;
        if !self.replace(status)?
            && !finished
            && let Some(until) = until
        {
            // A second more, so that the time is over then.
            let wait = SimDuration(until.since(now).as_millis().max(1_000) + 1_000);
            let key = WorkKey::of(&self.deployment);
            self.ctx.requeue_after(key, wait);
        }
        Ok(())
    }

    // A failure of a replica set, of the new one first, is one of the Deployment.
    fn copy_failure(&self, sets: &Sets, status: &mut Value) {
        let mut failure = sets.new.iter().chain(&sets.old).map(|set| set.condition("ReplicaFailure"));
        match failure.find(|condition| !condition.is_null()) {
            Some(failure) => {
                let mut condition = failure.clone();
                condition.set(&["lastUpdateTime"], failure.get("lastTransitionTime").clone());
                set(status, condition);
            }
            None => drop_condition(status, "ReplicaFailure"),
        }
    }
}
