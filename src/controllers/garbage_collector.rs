//! The garbage collector: dependents of owners that are gone, foreground deletion, orphaning (S120 to S127).

use crate::api::{Kind, Object, ObjectKey, OwnerRef, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, Propagation, SyncError, WorkKey, WorkQueue};
use crate::sim::{SortedMap, SortedSet};
use crate::store::{Change, Reason, View};
use std::rc::Rc;

const FOREGROUND: &str = "foregroundDeletion";
const ORPHAN: &str = "orphan";

/// The collector. Its work is named by kind: `Pod`, `StatefulSet` …
#[derive(Clone, Default)]
pub struct GarbageCollector {
    /// Dependents by the uid of each owner.
    dependents: SortedMap<Text, SortedSet<ObjectKey>>,
    /// Objects that exist, by uid.
    live: SortedMap<Text, ObjectKey>,
}

const WATCHED: &[Kind] = &[
    Kind::StatefulSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::DaemonSet,
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

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let owned_by = |object: &Option<Rc<Object>>, uid: &str| {
            object.as_ref().is_some_and(|object| object.owners().any(|owner| owner.uid() == uid))
        };
        for uid in change.old.iter().flat_map(|old| owner_uids(old)) {
            if owned_by(&change.new, &uid) {
                continue;
            }
            if let Some(dependents) = self.dependents.get_mut(&*uid) {
                dependents.remove(&change.key);
                if dependents.is_empty() {
                    self.dependents.remove(&*uid);
                }
            }
            // An owner that waits for its dependents looks again when one is gone, and only then: what is made for
            // it in the meantime stays until the next one goes (C7).
            if let Some(owner) = self.live.get(&*uid)
                && view.by_key(owner).is_some_and(|owner| awaits_dependents(owner))
            {
                queue.add(work(owner));
            }
        }
        let Some(new) = &change.new else {
            if let Some(old) = &change.old {
                self.live.remove(old.uid());
                for dependent in self.dependents.get(old.uid()).into_iter().flatten() {
                    queue.add(work(dependent));
                }
            }
            return;
        };
        self.live.insert(new.meta("uid").text(), change.key.clone());
        let mut missing = false;
        for uid in owner_uids(new) {
            missing |= !self.live.contains_key(&*uid);
            if !owned_by(&change.old, &uid) {
                self.dependents.entry(uid).or_default().insert(change.key.clone());
            }
        }
        let begins =
            |wanted: fn(&Object) -> bool| wanted(new) && !change.old.as_ref().is_some_and(|old| wanted(old));
        if begins(awaits_dependents) {
            for dependent in self.dependents.get(new.uid()).into_iter().flatten() {
                queue.add(work(dependent));
            }
        }
        if missing || begins(awaits_dependents) || begins(awaits_orphaning) {
            queue.add(work(&change.key));
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(kind) = Kind::from_name(key.task) else { return Ok(()) };
        let key = ObjectKey::new(kind, key.namespace.clone(), key.name.clone());
        let Some(object) = ctx.client.store().by_key(&key).cloned() else { return Ok(()) };
        if awaits_orphaning(&object) {
            return self.orphan(&object, ctx);
        }
        if awaits_dependents(&object) {
            return self.foreground(&object, ctx);
        }
        self.collect(&object, ctx)
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

/// What is left of an owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It exists and keeps what it owns.
    Solid,
    /// It goes as soon as what it owns is gone.
    Waiting,
    /// There is no such object.
    Gone,
}

fn awaits_dependents(object: &Object) -> bool {
    object.is_terminating() && object.has_finalizer(FOREGROUND)
}

fn awaits_orphaning(object: &Object) -> bool {
    object.is_terminating() && object.has_finalizer(ORPHAN)
}

// Asked of the server, as the collector does before it deletes anything.
fn state(owner: OwnerRef<'_>, dependent: &Object, ctx: &Ctx<'_>) -> Owner {
    // Nothing is known of other kinds, so nothing is taken from them.
    let Some(kind) = Kind::from_name(owner.kind()) else { return Owner::Solid };
    let namespace = if kind.info().namespaced { dependent.namespace() } else { "" };
    match ctx.client.store().get(kind, namespace, owner.name()).filter(|object| object.uid() == owner.uid()) {
        None => Owner::Gone,
        Some(object) if awaits_dependents(object) => Owner::Waiting,
        Some(_) => Owner::Solid,
    }
}

fn delete(object: &Object, propagation: Propagation, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let options = DeleteOptions {
        propagation: Some(propagation),
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

    // S120, S127: an object whose owners are gone goes too; one that has another owner only forgets the dead ones.
    fn collect(&self, object: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if object.is_terminating() {
            return Ok(());
        }
        let owners: Vec<(Text, Owner)> =
            object.owners().map(|owner| (owner.0.get("uid").text(), state(owner, object, ctx))).collect();
        let none = |state: Owner| owners.iter().all(|(_, of)| *of != state);
        if none(Owner::Gone) && none(Owner::Waiting) {
            return Ok(());
        }
        if !none(Owner::Solid) {
            let dead: Vec<Text> = owners
                .iter()
                .filter(|(_, state)| *state != Owner::Solid)
                .map(|(uid, _)| uid.clone())
                .collect();
            return remove_owners(&object.key(), &dead, ctx);
        }
        // Whoever waits for this object waits for what it owns as well.
        let in_turn = !none(Owner::Waiting) && self.dependents.contains_key(object.uid());
        let propagation = match (in_turn, object.has_finalizer(ORPHAN), object.has_finalizer(FOREGROUND)) {
            (true, ..) => Propagation::Foreground,
            (_, true, _) => Propagation::Orphan,
            (.., true) => Propagation::Foreground,
            _ => Propagation::Background,
        };
        delete(object, propagation, ctx)
    }

    // S122: every dependent loses the reference, then the owner may go.
    fn orphan(&mut self, owner: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let uid = [owner.meta("uid").text()];
        for dependent in self.dependents_of(owner) {
            remove_owners(&dependent, &uid, ctx)?;
        }
        drop_finalizer(owner, ORPHAN, ctx)
    }

    // S121: the owner goes when no dependent that blocks is left; those that are left are looked at once more.
    fn foreground(&mut self, owner: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let mut blocked = false;
        for dependent in self.dependents_of(owner) {
            let blocks = ctx.client.store().by_key(&dependent).is_some_and(|object| {
                object.owners().any(|of| of.uid() == owner.uid() && of.blocks_deletion())
            });
            if blocks {
                ctx.queue.add(work(&dependent));
            }
            blocked |= blocks;
        }
        if blocked { Ok(()) } else { drop_finalizer(owner, FOREGROUND, ctx) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Verb, Write};
    use crate::controllers::endpoints::tests::Driver;
    use crate::controllers::stateful_set::StatefulSetController;

    const PODS: [&str; 3] = ["web-0", "web-1", "web-2"];

    const WEB: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: nginx, image: nginx}]}
";

    // The set and its three pods, which run.
    fn settled() -> Driver {
        let mut driver = Driver::new(vec![
            Box::new(StatefulSetController::default()),
            Box::new(GarbageCollector::default()),
        ]);
        driver.create(WEB);
        driver.settle();
        for name in PODS {
            driver.run_pod(name, true);
            driver.settle();
        }
        driver
    }

    // Pods end one after the other, in the steps of the recorded kubelet.
    fn delete_web(driver: &mut Driver, propagation: Propagation) -> Vec<Rc<Write>> {
        // A pod on no node would go at once.
        for name in PODS {
            driver.user().bind(&ObjectKey::new(Kind::Pod, "default", name), "node-1").unwrap();
        }
        driver.settle();
        let options = DeleteOptions { propagation: Some(propagation), ..DeleteOptions::default() };
        driver.user().delete(&ObjectKey::new(Kind::StatefulSet, "default", "web"), &options).unwrap();
        let mut written = writes(driver);
        let ending = |driver: &Driver| driver.store().list(Kind::Pod, None).any(|pod| pod.is_terminating());
        if ending(driver) {
            for step in [Driver::end_pod, Driver::remove_pod] {
                for name in PODS {
                    step(driver, name);
                    written.extend(writes(driver));
                }
            }
        }
        written
    }

    // What the collector wrote until everything rests.
    fn writes(driver: &mut Driver) -> Vec<Rc<Write>> {
        let mut writes = driver.settle();
        writes.retain(|write| write.actor == "generic-garbage-collector");
        writes
    }

    fn count(writes: &[Rc<Write>], verb: Verb, kind: Kind) -> usize {
        writes.iter().filter(|write| write.verb == verb && write.key.kind == kind).count()
    }

    #[test]
    fn in_the_background_everything_owned_goes_at_once() {
        let mut driver = settled();
        let writes = delete_web(&mut driver, Propagation::Background);
        assert_eq!((count(&writes, Verb::Delete, Kind::Pod), writes.len()), (3, 4), "and one revision");
        let times: SortedSet<_> = writes.iter().map(|write| write.at).collect();
        assert_eq!(times.len(), 1, "in no order and without waiting");
        assert_eq!(driver.store().list(Kind::Pod, None).count(), 0);
    }

    #[test]
    fn in_the_foreground_the_owner_goes_last_and_the_revision_is_made_again() {
        let mut driver = settled();
        let writes = delete_web(&mut driver, Propagation::Foreground);
        // As recorded in `cascade`: once at the beginning, then with the first and with the last pod that goes.
        assert_eq!(count(&writes, Verb::Delete, Kind::ControllerRevision), 3);
        assert_eq!(count(&writes, Verb::Delete, Kind::Pod), 3);
        let last = writes.last().unwrap();
        assert_eq!((last.verb, last.key.kind, last.new.is_none()), (Verb::Patch, Kind::StatefulSet, true));
        assert_eq!(driver.store().list(Kind::StatefulSet, None).count(), 0);
        assert_eq!(driver.store().list(Kind::ControllerRevision, None).count(), 0);
    }

    #[test]
    fn orphans_stay_and_belong_to_nobody() {
        let mut driver = settled();
        let writes = delete_web(&mut driver, Propagation::Orphan);
        assert_eq!(count(&writes, Verb::Delete, Kind::Pod), 0);
        let last = writes.last().unwrap();
        assert_eq!((last.verb, last.key.kind), (Verb::Patch, Kind::StatefulSet));
        let pods = Vec::from_iter(driver.store().list(Kind::Pod, None));
        assert_eq!(pods.len(), 3);
        assert!(pods.iter().all(|pod| pod.owners().next().is_none() && !pod.is_terminating()));
        assert!(driver.store().list(Kind::StatefulSet, None).next().is_none());
    }

    fn map(name: &'static str, owners: &[&Object]) -> Object {
        let mut map = Object::new(Kind::ConfigMap, "default", name);
        if !owners.is_empty() {
            let owners = owners.iter().map(|owner| {
                let mut reference = owner.owner_reference();
                reference.set(&["controller"], false);
                reference
            });
            map.body.set(&["metadata", "ownerReferences"], Value::list(owners.collect()));
        }
        map
    }

    #[test]
    fn a_second_owner_keeps_what_is_owned() {
        for propagation in [Propagation::Background, Propagation::Foreground] {
            let mut driver = Driver::new(vec![Box::new(GarbageCollector::default())]);
            let mut client = driver.user();
            let (one, two) =
                (client.create(map("one", &[])).unwrap(), client.create(map("two", &[])).unwrap());
            client.create(map("shared", &[&one, &two])).unwrap();
            driver.settle();
            let options = DeleteOptions { propagation: Some(propagation), ..DeleteOptions::default() };
            driver.user().delete(&one.key(), &options).unwrap();
            let writes = writes(&mut driver);
            let shared = driver.store().get(Kind::ConfigMap, "default", "shared").unwrap();
            let owners: Vec<&str> = shared.owners().map(OwnerRef::uid).collect();
            assert_eq!(owners, [two.uid()], "{propagation:?}");
            assert!(driver.store().by_key(&one.key()).is_none(), "{propagation:?}");
            assert_eq!(count(&writes, Verb::Delete, Kind::ConfigMap), 0, "{propagation:?}");
        }
    }

    #[test]
    fn what_names_an_owner_that_never_was_is_deleted() {
        let mut driver = Driver::new(vec![Box::new(GarbageCollector::default())]);
        let mut nobody = map("nobody", &[]);
        nobody.body.set(&["metadata", "uid"], "00000000-0000-0000-0000-000000000000");
        driver.user().create(map("orphan", &[&nobody])).unwrap();
        assert_eq!(count(&writes(&mut driver), Verb::Delete, Kind::ConfigMap), 1);
    }
}
