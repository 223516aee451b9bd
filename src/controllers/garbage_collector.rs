//! The garbage collector: dependents of owners that are gone, foreground deletion, orphaning (S120 to S127).

use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, Propagation, SyncError, WorkKey, WorkQueue};
use crate::store::{Change, Reason, View};
use std::collections::{BTreeMap, BTreeSet};

const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";

/// The collector. Its work is named by kind: `Pod`, `StatefulSet` …
#[derive(Clone, Default)]
pub struct GarbageCollector {
    /// Dependents by the uid of each owner.
    dependents: BTreeMap<Text, BTreeSet<ObjectKey>>,
    /// Objects that exist, by uid.
    live: BTreeMap<Text, ObjectKey>,
}

const WATCHED: &[Kind] = &[
    Kind::StatefulSet,
    Kind::Service,
    Kind::Pod,
    Kind::PersistentVolumeClaim,
    Kind::ControllerRevision,
    Kind::EndpointSlice,
    Kind::ConfigMap,
];

fn work(key: &ObjectKey) -> WorkKey {
    WorkKey::task(key.kind.name(), key.namespace.clone(), key.name.clone())
}

fn owner_uids(object: &Object) -> impl Iterator<Item = Text> + '_ {
    object.owners().map(|owner| owner.0.get("uid").text())
}

impl Component for GarbageCollector {
    fn name(&self) -> &'static str {
        "generic-garbage-collector"
    }

    fn watches(&self) -> &'static [Kind] {
        WATCHED
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        if let Some(old) = &change.old {
            for uid in owner_uids(old) {
                if let Some(dependents) = self.dependents.get_mut(&*uid) {
                    dependents.remove(&change.key);
                    if dependents.is_empty() {
                        self.dependents.remove(&*uid);
                    }
                    // An owner that waits for its dependents looks again.
                    if let Some(owner) = self.live.get(&*uid) {
                        queue.add(work(owner));
                    }
                }
            }
        }
        match &change.new {
            Some(new) => {
                self.live.insert(new.meta("uid").text(), change.key.clone());
                let mut missing = false;
                for uid in owner_uids(new) {
                    missing |= !self.live.contains_key(&*uid);
                    self.dependents.entry(uid).or_default().insert(change.key.clone());
                }
                if missing
                    || new.is_terminating() && (new.has_finalizer(FOREGROUND) || new.has_finalizer(ORPHAN))
                {
                    queue.add(work(&change.key));
                }
            }
            None => {
                if let Some(old) = &change.old {
                    self.live.remove(old.uid());
                    for dependent in self.dependents.get(old.uid()).into_iter().flatten() {
                        queue.add(work(dependent));
                    }
                }
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(kind) = Kind::from_name(key.task) else { return Ok(()) };
        let key = ObjectKey::new(kind, key.namespace.clone(), key.name.clone());
        let Some(object) = ctx.client.store().by_key(&key).cloned() else { return Ok(()) };
        if object.is_terminating() && object.has_finalizer(ORPHAN) {
            return self.orphan(&object, ctx);
        }
        if object.is_terminating() && object.has_finalizer(FOREGROUND) {
            return self.foreground(&object, ctx);
        }
        let uids: Vec<Text> = owner_uids(&object).collect();
        if uids.is_empty() {
            return Ok(());
        }
        let (alive, dead): (Vec<&Text>, Vec<&Text>) = uids.iter().partition(|uid| exists(uid, &object, ctx));
        if dead.is_empty() {
            return Ok(());
        }
        if alive.is_empty() {
            return delete(&object, ctx);
        }
        let dead: Vec<Text> = dead.into_iter().cloned().collect();
        remove_owners(&key, &dead, ctx)
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

// Asked of the server, as the collector does before it deletes anything.
fn exists(uid: &str, dependent: &Object, ctx: &Ctx<'_>) -> bool {
    dependent.owners().filter(|owner| owner.uid() == uid).any(|owner| {
        let Some(kind) = Kind::from_name(owner.kind()) else { return true };
        let namespace = if kind.info().namespaced { dependent.namespace() } else { "" };
        ctx.client.store().get(kind, namespace, owner.name()).is_some_and(|object| object.uid() == uid)
    })
}

fn delete(object: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    if object.is_terminating() {
        return Ok(());
    }
    let options = DeleteOptions {
        propagation: Some(Propagation::Background),
        uid: Some(object.meta("uid").text()),
        grace_period_secs: None,
    };
    match ctx.client.delete(&object.key(), &options) {
        Err(status) if status.reason != Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}

fn remove_owners(key: &ObjectKey, uids: &[Text], ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let done = ctx.client.patch(key, "", |body| {
        let owners = body.at_mut(&["metadata", "ownerReferences"]).list_mut();
        owners.retain(|owner| !uids.iter().any(|uid| owner.get("uid").str() == &**uid));
        if owners.is_empty() {
            body.remove(&["metadata", "ownerReferences"]);
        }
    });
    match done {
        Err(status) if status.reason != Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}

fn drop_finalizer(object: &Object, finalizer: &str, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let left: Vec<Value> =
        object.meta("finalizers").items().iter().filter(|f| f.str() != finalizer).cloned().collect();
    let done = ctx.client.patch(&object.key(), "", |body| {
        if left.is_empty() {
            body.remove(&["metadata", "finalizers"]);
        } else {
            body.set(&["metadata", "finalizers"], Value::list(left));
        }
    });
    done.map(drop).map_err(SyncError::from)
}

impl GarbageCollector {
    fn dependents_of(&self, owner: &Object) -> Vec<ObjectKey> {
        self.dependents.get(owner.uid()).into_iter().flatten().cloned().collect()
    }

    // S122: every dependent loses the reference, then the owner may go.
    fn orphan(&mut self, owner: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let uid = [owner.meta("uid").text()];
        for dependent in self.dependents_of(owner) {
            remove_owners(&dependent, &uid, ctx)?;
        }
        drop_finalizer(owner, ORPHAN, ctx)
    }

    // S121: the dependents go first; the owner when none that blocks is left.
    fn foreground(&mut self, owner: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let mut blocked = false;
        for dependent in self.dependents_of(owner) {
            let Some(object) = ctx.client.store().by_key(&dependent).cloned() else { continue };
            delete(&object, ctx)?;
            let left = ctx.client.store().by_key(&dependent).is_some_and(|left| left.uid() == object.uid());
            blocked |= left && object.owners().any(|o| o.uid() == owner.uid() && o.blocks_deletion());
        }
        if blocked { Ok(()) } else { drop_finalizer(owner, FOREGROUND, ctx) }
    }
}
