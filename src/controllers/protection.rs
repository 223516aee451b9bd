//! Finalizers that keep claims and volumes while they are used (S108).

use crate::api::{Kind, Object, Text, Value};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue, World};
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

/// Lets a claim go once no pod uses it.
#[derive(Clone, Default)]
pub struct ClaimProtection {
    /// Pods on a node, by the claims they use.
    users: SortedMap<(Text, Text), SortedSet<Text>>,
}

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
            if change.new.as_ref().is_some_and(|claim| claim.is_terminating()) {
                queue.add(WorkKey::new(change.key.namespace.clone(), change.key.name.clone()));
            }
            return;
        }
        let used = change.new.as_ref().is_some_and(uses);
        let was = change.old.as_ref().is_some_and(uses);
        if used == was {
            return;
        }
        let Some(pod) = change.new.as_ref().or(change.old.as_ref()) else { return };
        for claim in claims(pod) {
            let users = self.users.entry((change.key.namespace.clone(), claim.clone())).or_default();
            if used {
                users.insert(change.key.name.clone());
            } else {
                users.remove(&*change.key.name);
                queue.add(WorkKey::new(change.key.namespace.clone(), claim));
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(claim) = ctx.get(Kind::PersistentVolumeClaim, &key.namespace, &key.name) else {
            return Ok(());
        };
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
