//! Finalizers that keep claims and volumes while they are used (S108).

use crate::api::object::set_condition;
use crate::api::{Kind, Object, Text, Value};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue, World};
use crate::object;
use crate::sim::{SimDuration, SortedMap, SortedSet};
use crate::store::{Change, View};
use std::rc::Rc;

/// The finalizer of a claim.
pub const PVC_PROTECTION: &str = "kubernetes.io/pvc-protection";
/// The finalizer of a volume.
pub const PV_PROTECTION: &str = "kubernetes.io/pv-protection";

fn drop_finalizer(object: &Object, finalizer: &str, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let mut changed = object.clone();
    let left: Vec<Value> =
        object.meta("finalizers").items().iter().filter(|f| f.str() != finalizer).cloned().collect();
    if left.is_empty() {
        changed.body.remove(&["metadata", "finalizers"]);
    } else {
        changed.body.set(&["metadata", "finalizers"], Value::list(left));
    }
    ctx.client.update(changed)?;
    Ok(())
}

/// Lets a claim go once no pod uses it, and says in it whether one refers to it where the release does so.
#[derive(Clone, Default)]
pub struct ClaimProtection {
    /// Pods on a node, by the claims they use.
    users: SortedMap<(Text, Text), SortedSet<Text>>,
    /// Pods that have not ended, by the claims they name; kept only to say so.
    named: Option<SortedMap<(Text, Text), SortedSet<Text>>>,
}

/// The condition of a claim to which no pod refers.
const UNUSED: &str = "Unused";

fn claims(pod: &Object) -> impl Iterator<Item = Text> + '_ {
    pod.spec().get("volumes").items().iter().filter_map(|volume| {
        match volume.at(&["persistentVolumeClaim", "claimName"]) {
            Value::Str(name) => Some(name.clone()),
            _ => None,
        }
    })
}

// S108: a pod counts if it has a node, also once it has ended.
fn uses(pod: &Rc<Object>) -> bool {
    !pod.spec().get("nodeName").str().is_empty()
}

// A pod that has ended refers to nothing any more.
fn names(pod: &Rc<Object>) -> bool {
    !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded")
}

// Notes in an index of pods by claim what a change does to it; every claim it touches is looked at, or only those that lose
// a pod.
fn index(
    users: &mut SortedMap<(Text, Text), SortedSet<Text>>,
    change: &Change,
    counts: fn(&Rc<Object>) -> bool,
    always: bool,
    queue: &mut WorkQueue,
) {
    let used = change.new.as_ref().is_some_and(counts);
    let was = change.old.as_ref().is_some_and(counts);
    if used == was {
        return;
    }
    let Some(pod) = change.new.as_ref().or(change.old.as_ref()) else { return };
    for claim in claims(pod) {
        let users = users.entry((change.key.namespace.clone(), claim.clone())).or_default();
        if used {
            users.insert(change.key.name.clone());
        } else {
            users.remove(&*change.key.name);
        }
        if always || !used {
            queue.add(WorkKey::new(change.key.namespace.clone(), claim));
        }
    }
}

impl ClaimProtection {
    /// The controller; `unused` if claims say whether they are used.
    pub fn new(unused: bool) -> ClaimProtection {
        ClaimProtection { users: SortedMap::new(), named: unused.then(SortedMap::new) }
    }

    // Follows pvc_protection_controller.go updateUnusedCondition (1.37).
    fn tell(&self, claim: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(named) = &self.named else { return Ok(()) };
        if claim.is_terminating() || claim.status().get("phase").str() != "Bound" {
            return Ok(());
        }
        let key = (claim.meta("namespace").text(), claim.meta("name").text());
        let used = named.get(&key).is_some_and(|pods| !pods.is_empty());
        let (status, reason, message) = match used {
            true => ("False", "PodUsingPVC", "A pod is currently referencing this PVC"),
            false => ("True", "NoPodsUsingPVC", "No pods are currently referencing this PVC"),
        };
        if claim.condition(UNUSED).get("status").str() == status {
            return Ok(());
        }
        let mut changed = claim.clone();
        let condition = object! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.client.now().rfc3339(), "message" => message,
            "reason" => reason, "status" => status, "type" => UNUSED,
        };
        set_condition(&mut changed.body, condition);
        ctx.client.update_status(changed)?;
        Ok(())
    }
}

impl Component for ClaimProtection {
    fn name(&self) -> &'static str {
        "pvc-protection-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PersistentVolumeClaim, Kind::Pod]
    }

    // Before it lets a claim go it lists all pods uncached, so that a controller that only looks is quicker.
    fn reaction(&self, world: &World) -> SimDuration {
        SimDuration(world.pace.sync.as_millis() * 3)
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        if change.key.kind == Kind::PersistentVolumeClaim {
            let news = |claim: &Rc<Object>| {
                claim.is_terminating() || self.named.is_some() && claim.condition(UNUSED).is_null()
            };
            if change.new.as_ref().is_some_and(news) {
                queue.add(WorkKey::new(change.key.namespace.clone(), change.key.name.clone()));
            }
            return;
        }
        index(&mut self.users, change, uses, false, queue);
        if let Some(named) = &mut self.named {
            index(named, change, names, true, queue);
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(claim) = ctx.get(Kind::PersistentVolumeClaim, &key.namespace, &key.name) else {
            return Ok(());
        };
        self.tell(&claim, ctx)?;
        let used =
            self.users.get(&(key.namespace.clone(), key.name.clone())).is_some_and(|users| !users.is_empty());
        if claim.is_terminating() && claim.has_finalizer(PVC_PROTECTION) && !used {
            drop_finalizer(&claim, PVC_PROTECTION, ctx)?;
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

/// Lets a volume go once no claim is bound to it.
#[derive(Clone, Default)]
pub struct VolumeProtection;

impl Component for VolumeProtection {
    fn name(&self) -> &'static str {
        "pv-protection-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PersistentVolume]
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        if change.new.as_ref().is_some_and(|volume| volume.is_terminating()) {
            queue.add(WorkKey::new("", change.key.name.clone()));
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(volume) = ctx.get(Kind::PersistentVolume, "", &key.name) else { return Ok(()) };
        if volume.is_terminating()
            && volume.has_finalizer(PV_PROTECTION)
            && volume.status().get("phase").str() != "Bound"
        {
            drop_finalizer(&volume, PV_PROTECTION, ctx)?;
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
