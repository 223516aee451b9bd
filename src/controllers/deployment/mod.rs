//! The Deployment controller: one ReplicaSet per template, and how they change places (S186 to S198).
//!
//! Follows pkg/controller/deployment: `sets` finds and makes replica sets, `rollout` moves their sizes, `status` counts
//! and tells how far a rollout is. A pass writes the Deployment's status twice where upstream does, and the second time
//! with a version that is too old; the pass then comes back, as it does there.

mod rollout;
mod sets;
mod status;

use super::owned_pods;
use super::stateful_set::selects;
use crate::api::{Kind, Object, Value};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue};
use crate::store::{Change, Reason, View};
use std::rc::Rc;

/// The annotation with the number of a revision, on replica sets and on the Deployment.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// The label with the hash of the template (S186).
pub const HASH_LABEL: &str = "pod-template-hash";

/// The controller.
#[derive(Clone, Default)]
pub struct DeploymentController;

/// What a pass works with: the Deployment as it was read, with what the pass itself changed in it.
struct Pass<'a, 'b> {
    deployment: Object,
    ctx: &'a mut Ctx<'b>,
}

/// The new replica set and the old ones, oldest first.
struct Sets {
    new: Option<Rc<Object>>,
    old: Vec<Rc<Object>>,
}

impl Sets {
    fn all(&self) -> impl Iterator<Item = &Rc<Object>> {
        self.old.iter().chain(&self.new)
    }
}

/// The wanted size of a replica set or Deployment.
fn replicas(object: &Object) -> i64 {
    object.spec().get("replicas").as_int().unwrap_or(1)
}

/// A counter of a status.
fn counted(object: &Object, member: &str) -> i64 {
    object.status().get(member).as_int().unwrap_or(0)
}

fn is_rolling(deployment: &Object) -> bool {
    deployment.spec().at(&["strategy", "type"]).str() != "Recreate"
}

// A number or a share of the wanted pods.
fn scaled(value: &Value, of: i64, up: bool) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')?.parse::<i64>().ok()) {
        Some(percent) if !up => (percent * of).div_euclid(100),
        _ => owned_pods::scaled(value, of),
    }
}

/// How many pods more, and how many less, there may be during a rollout (S194).
fn limits(deployment: &Object) -> (i64, i64) {
    if !is_rolling(deployment) {
        return (0, 0);
    }
    let wanted = replicas(deployment);
    let rolling = deployment.spec().at(&["strategy", "rollingUpdate"]);
    let surge = scaled(rolling.get("maxSurge"), wanted, true);
    let unavailable = scaled(rolling.get("maxUnavailable"), wanted, false);
    match (surge, unavailable) {
        (0, 0) => (0, i64::from(wanted > 0)),
        _ => (surge, unavailable.min(wanted)),
    }
}

impl Component for DeploymentController {
    fn name(&self) -> &'static str {
        "deployment-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::Deployment => {
                queue.add(WorkKey::new(change.key.namespace.clone(), change.key.name.clone()));
            }
            Kind::ReplicaSet => {
                for set in change.new.iter().chain(&change.old) {
                    if let Some(owner) = set.controller().filter(|owner| owner.kind() == "Deployment") {
                        queue.add(WorkKey::new(change.key.namespace.clone(), owner.name().to_string()));
                    }
                }
                if let Some(set) = change.new.as_ref().filter(|set| set.controller().is_none()) {
                    for deployment in view.list(Kind::Deployment, Some(&change.key.namespace)) {
                        if selects(deployment, set) {
                            queue.add(WorkKey::of(deployment));
                        }
                    }
                }
            }
            // Only a Recreate waits for pods (S197).
            _ => {
                let gone = change.old.as_ref().filter(|_| change.new.is_none());
                let set = gone.and_then(|pod| {
                    let owner = pod.controller().filter(|owner| owner.kind() == "ReplicaSet")?;
                    view.get(Kind::ReplicaSet, pod.namespace(), owner.name())
                });
                if let Some(owner) = set.and_then(|set| set.controller())
                    && let Some(deployment) = view.get(Kind::Deployment, &change.key.namespace, owner.name())
                    && !is_rolling(deployment)
                {
                    queue.add(WorkKey::of(deployment));
                }
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        // A look at the deadline that an earlier pass asked for is this one's to ask for again.
        ctx.queue.withdraw(key);
        let Some(deployment) = ctx.get(Kind::Deployment, &key.namespace, &key.name) else { return Ok(()) };
        Pass { deployment: (*deployment).clone(), ctx }.run()
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl Pass<'_, '_> {
    fn run(&mut self) -> Result<(), SyncError> {
        let owned = self.claim()?;
        if self.deployment.is_terminating() {
            let sets = self.sort_out(owned);
            return self.write_plain_status(&sets);
        }
        self.note_pause()?;
        let paused = self.deployment.spec().get("paused").is_true();
        let sets = self.find(owned, false)?;
        // Somebody changed the number of replicas since the sets were last told of it.
        let told = |set: &Rc<Object>| set.annotation(sets::DESIRED).parse::<i64>().ok();
        let wanted = replicas(&self.deployment);
        let scaling = sets.all().any(|set| replicas(set) > 0 && told(set).is_some_and(|told| told != wanted));
        if paused || scaling {
            self.scale(&sets)?;
            if paused {
                self.clean_up(&sets.old)?;
            }
            return self.write_plain_status(&sets);
        }
        if is_rolling(&self.deployment) { self.roll(sets) } else { self.recreate(sets) }
    }

    /// Writes the Deployment's status and annotations; a conflict ends the pass, which then comes back.
    fn write(&mut self) -> Result<(), SyncError> {
        match self.ctx.client.update_status(self.deployment.clone()) {
            Err(status) if status.reason != Reason::NotFound => Err(status.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn s194_shares_of_the_surge_round_up_and_of_the_unavailable_down() {
        let percent = |n: i64| Value::from(format!("{n}%"));
        for (wanted, surge, unavailable, limit) in [
            (3, percent(25), percent(25), (1, 0)),
            (10, percent(25), percent(25), (3, 2)),
            // Both nothing would be no rollout at all.
            (3, Value::from(0), percent(25), (0, 1)),
            (2, Value::from(1), Value::from(5), (1, 2)),
            (0, percent(25), percent(25), (0, 0)),
        ] {
            let mut deployment = Object::new(Kind::Deployment, "default", "front");
            let rolling = object! { "maxSurge" => surge, "maxUnavailable" => unavailable };
            let strategy = object! { "rollingUpdate" => rolling, "type" => "RollingUpdate" };
            deployment.body.set(&["spec"], object! { "replicas" => wanted, "strategy" => strategy });
            assert_eq!(limits(&deployment), limit, "{wanted}");
            deployment.body.set(&["spec", "strategy"], object! { "type" => "Recreate" });
            assert_eq!(limits(&deployment), (0, 0));
        }
    }
}
