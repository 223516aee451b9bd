//! The pods a controller owns, indexed as changes come in: what ReplicaSets and DaemonSets have in common.
//!
//! Both make pods from a template under random names, take over orphans that fit and let go of pods that no longer do.
//! Pods a pass made are known at once, and those it deleted are waited for, so that a late copy does nothing twice. Follows
//! pkg/controller/controller_utils.go (expectations, pod control) and controller_ref_manager.go.

use super::stateful_set::selects;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Ctx, DeleteOptions, EventType, SyncError, WorkKey, WorkQueue};
use crate::sim::{SimDuration, SimTime, SortedMap, SortedSet};
use crate::store::{Change, Reason, View};
use std::rc::Rc;

/// The most pods one pass makes or deletes.
pub const BURST: usize = 500;

// What was asked for and never seen is forgotten after so long.
const EXPECTATION: SimDuration = SimDuration(300_000);

/// The pods of every owner of one kind.
#[derive(Clone)]
pub struct OwnedPods {
    kind: Kind,
    owners: SortedMap<WorkKey, Owned>,
    orphans: SortedSet<ObjectKey>,
}

#[derive(Clone, Default)]
struct Owned {
    pods: SortedMap<Text, Rc<Object>>,
    /// Pods that were deleted, which the copy does not show yet.
    deletions: SortedSet<Text>,
    since: SimTime,
}

/// True unless the pod has finished or is on its way out.
pub fn is_active(pod: &Object) -> bool {
    !pod.is_terminating() && !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded")
}

/// Since when the pod is Ready; none if it is not.
pub fn ready_since(pod: &Object) -> Option<SimTime> {
    let ready = pod.condition("Ready");
    (ready.get("status").str() == "True")
        .then(|| SimTime::parse(ready.get("lastTransitionTime").str()).unwrap_or_default())
}

/// Ready, and for more than `min_ready_secs`.
pub fn is_available(pod: &Object, min_ready_secs: i64, now: SimTime) -> bool {
    ready_since(pod)
        .is_some_and(|since| min_ready_secs <= 0 || since + SimDuration::secs(min_ready_secs as u64) < now)
}

/// A number, or a share of `of` rounded up.
pub fn scaled(value: &Value, of: i64) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')?.parse::<i64>().ok()) {
        Some(percent) => (percent * of + 99).div_euclid(100),
        None => value.as_int().unwrap_or(0),
    }
}

impl OwnedPods {
    /// An index for owners of that kind.
    pub fn new(kind: Kind) -> OwnedPods {
        OwnedPods { kind, owners: SortedMap::new(), orphans: SortedSet::new() }
    }

    fn owner_of(&self, pod: &Object) -> Option<WorkKey> {
        let owner = pod.controller().filter(|owner| owner.kind() == self.kind.name())?;
        Some(WorkKey::new(pod.meta("namespace").text(), owner.name().to_string()))
    }

    /// Takes in a change of a pod and adds the owners that have to look.
    pub fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let old = change.old.as_ref().and_then(|pod| self.owner_of(pod));
        let new = change.new.as_ref().and_then(|pod| self.owner_of(pod));
        if let Some(key) = old.as_ref().filter(|_| old != new) {
            if let Some(owned) = self.owners.get_mut(key) {
                owned.pods.remove(&change.key.name);
                owned.deletions.remove(&change.key.name);
            }
            queue.add(key.clone());
        }
        self.orphans.remove(&change.key);
        match (&change.new, new) {
            (Some(pod), Some(key)) => {
                let owned = self.owners.entry(key.clone()).or_default();
                owned.pods.insert(change.key.name.clone(), pod.clone());
                if pod.is_terminating() {
                    owned.deletions.remove(&change.key.name);
                }
                queue.add(key);
            }
            (Some(pod), None) if pod.controller().is_none() => {
                self.orphans.insert(change.key.clone());
                let same = |old: &Rc<Object>| old.labels() == pod.labels() && old.controller().is_none();
                if !change.old.as_ref().is_some_and(same) {
                    for owner in view.list(self.kind, Some(pod.namespace())) {
                        if selects(owner, pod) {
                            queue.add(WorkKey::of(owner));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Forgets an owner that is gone.
    pub fn forget(&mut self, key: &WorkKey) {
        self.owners.remove(key);
    }

    /// The pods of an owner, of whatever age and state.
    pub fn of(&self, owner: &Object) -> Vec<Rc<Object>> {
        let pods = self.owners.get(&WorkKey::of(owner)).map(|owned| owned.pods.values());
        let own = |pod: &&Rc<Object>| pod.controller().is_some_and(|of| of.uid() == owner.uid());
        pods.into_iter().flatten().filter(own).cloned().collect()
    }

    /// The pods of an owner after it took over orphans that fit and let go of pods that do not; a pass of an owner
    /// that is being deleted does neither.
    pub fn claim(
        &mut self,
        owner: &Object,
        only_active: bool,
        ctx: &mut Ctx<'_>,
    ) -> Result<Vec<Rc<Object>>, SyncError> {
        let mut pods = self.of(owner);
        if owner.is_terminating() {
            pods.retain(|pod| selects(owner, pod));
            return Ok(pods);
        }
        let concerned = |pod: &Object| !only_active || is_active(pod);
        for pod in pods.iter().filter(|pod| !selects(owner, pod) && concerned(pod)) {
            let done = ctx.client.patch(&pod.key(), "", |body| {
                let owners = body.at_mut(&["metadata", "ownerReferences"]).list_mut();
                owners.retain(|of| of.get("uid").str() != owner.uid());
                if owners.is_empty() {
                    body.remove(&["metadata", "ownerReferences"]);
                }
            });
            match done {
                Err(status) if status.reason != Reason::NotFound => return Err(status.into()),
                _ => {}
            }
        }
        pods.retain(|pod| selects(owner, pod));
        let namespace = owner.namespace();
        let orphans: Vec<ObjectKey> =
            self.orphans.iter().filter(|key| *key.namespace == *namespace).cloned().collect();
        for key in orphans {
            let Some(pod) = ctx.view().by_key(&key).cloned() else { continue };
            if pod.is_terminating() || !concerned(&pod) || !selects(owner, &pod) {
                continue;
            }
            // The owner is asked for uncached before it takes anything.
            let live = ctx.client.store().by_key(&owner.key());
            if !live.is_some_and(|live| live.uid() == owner.uid() && !live.is_terminating()) {
                return Err(SyncError(format!("original {}/{} is gone", namespace, owner.name())));
            }
            let reference = owner.owner_reference();
            let adopted = ctx.client.patch(&key, "", |body| {
                body.at_mut(&["metadata", "ownerReferences"]).list_mut().push(reference);
            });
            match adopted {
                Ok(pod) => pods.push(pod),
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => return Err(status.into()),
            }
        }
        Ok(pods)
    }

    /// False while the copy does not show what was deleted. Pods just made are known at once.
    pub fn is_settled(&self, key: &WorkKey, now: SimTime) -> bool {
        self.owners.get(key).is_none_or(|owned| owned.deletions.is_empty() || now > owned.since + EXPECTATION)
    }

    fn expects(&mut self, owner: &Object, now: SimTime) -> &mut Owned {
        let owned = self.owners.entry(WorkKey::of(owner)).or_default();
        owned.since = now;
        owned
    }

    /// Makes a pod from each template, in batches of 1, 2, 4 …; after a batch with an error no other begins. The error
    /// is the first one (S190, S203).
    pub fn create(
        &mut self,
        owner: &Object,
        templates: Vec<Value>,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), SyncError> {
        let (mut failed, mut batch, mut left) = (None, 1, 1);
        for template in templates {
            if left == 0 {
                if failed.is_some() {
                    break;
                }
                batch *= 2;
                left = batch;
            }
            left -= 1;
            let now = ctx.client.now();
            match ctx.client.create(new_pod(owner, template)) {
                Ok(pod) => {
                    let text = ["Created pod: ", pod.name()].concat();
                    self.expects(owner, now).pods.insert(pod.meta("name").text(), pod.clone());
                    ctx.event(owner, EventType::Normal, "SuccessfulCreate", text);
                }
                Err(status) => {
                    let text = ["Error creating: ", &status.message].concat();
                    ctx.event(owner, EventType::Warning, "FailedCreate", text);
                    failed.get_or_insert(SyncError::from(status));
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Deletes pods; the error is the first one.
    pub fn delete(
        &mut self,
        owner: &Object,
        pods: &[Rc<Object>],
        ctx: &mut Ctx<'_>,
    ) -> Result<(), SyncError> {
        let mut failed = None;
        for pod in pods {
            let now = ctx.client.now();
            match ctx.client.delete(&pod.key(), &DeleteOptions::default()) {
                Ok(_) => {
                    let text = ["Deleted pod: ", pod.name()].concat();
                    self.expects(owner, now).deletions.insert(pod.meta("name").text());
                    ctx.event(owner, EventType::Normal, "SuccessfulDelete", text);
                }
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => {
                    let text = ["Error deleting: ", &status.message].concat();
                    ctx.event(owner, EventType::Warning, "FailedDelete", text);
                    failed.get_or_insert(SyncError::from(status));
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

// The pod of a template; the server makes up the end of its name.
fn new_pod(owner: &Object, template: Value) -> Object {
    let mut pod = Object::new(Kind::Pod, owner.meta("namespace").text(), "");
    let metadata = pod.body.at_mut(&["metadata"]).map_mut();
    metadata.remove("name");
    metadata.insert("generateName", [owner.name(), "-"].concat());
    for member in ["annotations", "finalizers", "labels"] {
        let value = template.at(&["metadata", member]);
        if !value.is_null() {
            *metadata.entry(member) = value.clone();
        }
    }
    metadata.insert("ownerReferences", Value::list(vec![owner.owner_reference()]));
    pod.body.set(&["spec"], template.get("spec").clone());
    pod
}

/// Writes a status whole, whatever version of the object is stored.
pub fn write_status(owner: &Object, status: Value, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let mut changed = owner.clone();
    changed.body.remove(&["metadata", "resourceVersion"]);
    changed.body.set(&["status"], status);
    match ctx.client.update_status(changed) {
        Err(status) if status.reason != Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}
