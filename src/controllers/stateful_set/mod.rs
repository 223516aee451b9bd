//! The StatefulSet controller: observe, decide, act.
//!
//! Pods are indexed per set as changes come in (`pods`); a pass is decided by a pure function (`decide`) and
//! performed here. Rules are those of statefulset.md sections 2 to 8; upstream is pkg/controller/statefulset.

mod act;
pub mod decide;
mod foresee;
pub mod identity;
pub mod pods;
pub mod retention;
pub mod revision;
mod rollout;
pub mod spec;
pub mod status;
#[cfg(test)]
mod tests;

use crate::api::placement::labels_match;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, Gate, SyncError, WorkKey, WorkQueue};
use crate::sim::{SimDuration, SimTime, SortedMap, SortedSet};
use crate::store::{Change, View};
use decide::{Facts, Plan};
use pods::{Pod, Pods};
use spec::SetSpec;
use std::rc::Rc;

/// The controller and what it remembers between passes.
#[derive(Clone, Default)]
pub struct StatefulSetController {
    sets: SortedMap<WorkKey, SetMemory>,
    /// Pods without controller, which some set may adopt.
    orphans: SortedSet<ObjectKey>,
    /// Claims that have any owner; owners are compared only where there are some.
    owned_claims: SortedSet<ObjectKey>,
}

/// What is remembered of one set.
#[derive(Clone, Default)]
struct SetMemory {
    /// The set's uid; another uid is another set.
    uid: Text,
    pods: Pods,
    /// Controlled by the set, but with labels or a name that do not fit: to be released (S55).
    misfits: SortedMap<Text, Rc<Object>>,
    /// The template last serialised, and its revision data (S41).
    template: Value,
    data: Value,
    first_hash: Text,
    gate: Option<Gate>,
    /// When the set looks again by itself.
    wakes: SimTime,
    /// The position behind the newest own write of a pod, a claim or the status (S53).
    written: u64,
}

impl SetMemory {
    // A key sleeps once, until the earliest time asked for (upstream's delaying queue); false if it wakes before.
    fn sleeps(&mut self, now: SimTime, until: SimTime) -> bool {
        let sooner = self.wakes <= now || until < self.wakes;
        if sooner {
            self.wakes = until;
        }
        sooner
    }
}

/// True if the labels of an object satisfy `spec.selector` of a set.
pub(super) fn selects(set: &Object, object: &Object) -> bool {
    labels_match(set.spec().get("selector"), object.labels())
}

impl StatefulSetController {
    // What a pass over a set that is remembered does, for one that acts and one that only looks.
    fn plan(&mut self, set: &Object, spec: &SetSpec, current: &Text, update: &Text, ctx: &Ctx<'_>) -> Plan {
        let key = WorkKey::of(set);
        let namespace = &key.namespace;
        let view = ctx.view();
        decide::decide(&mut Facts {
            set,
            spec,
            pods: &mut self.sets.get_mut(&key).expect("remembered by the caller").pods,
            current,
            update,
            now: ctx.client.now(),
            profile: ctx.client.profile(),
            claim: &|name: &str| view.get(Kind::PersistentVolumeClaim, namespace, name).cloned(),
            claims_have_owners: self.owned_claims.iter().any(|claim| claim.namespace == *namespace),
        })
    }

    fn memory(&mut self, set: &Object) -> &mut SetMemory {
        let memory = self.sets.entry(WorkKey::of(set)).or_default();
        if *memory.uid != *set.uid() {
            *memory = SetMemory { uid: set.meta("uid").text(), ..SetMemory::default() };
        }
        memory
    }

    // Files a pod under the set that controls it, if its labels and name fit (S55).
    fn file(&mut self, set: &Object, pod: &Rc<Object>) {
        let fits = selects(set, pod);
        let ordinal = identity::ordinal_in(set.name(), pod.name());
        let memory = self.memory(set);
        memory.misfits.remove(pod.name());
        match ordinal {
            Some(ordinal) if fits => memory.pods.put(ordinal, Pod::read(set, pod, ordinal)),
            ordinal => {
                if let Some(ordinal) = ordinal {
                    memory.pods.forget(ordinal);
                }
                memory.misfits.insert(pod.meta("name").text(), pod.clone());
            }
        }
    }

    fn unfile(&mut self, key: &WorkKey, pod: &Object) {
        if let Some(memory) = self.sets.get_mut(key) {
            memory.misfits.remove(pod.name());
            if let Some(ordinal) = identity::ordinal_in(&key.name, pod.name())
                && memory.pods.get(ordinal).is_some_and(|known| *known.uid == *pod.uid())
            {
                memory.pods.forget(ordinal);
            }
        }
    }

    fn observe_pod(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let owner = |pod: &Rc<Object>| {
            let owner = pod.controller().filter(|owner| owner.kind() == "StatefulSet")?;
            let key = WorkKey::new(pod.meta("namespace").text(), owner.name().to_string());
            Some((key, Text::from(owner.uid().to_string())))
        };
        let old_owner = change.old.as_ref().and_then(owner);
        let new_owner = change.new.as_ref().and_then(owner);
        if let (Some((key, _)), Some(old)) = (&old_owner, &change.old)
            && old_owner != new_owner
        {
            self.unfile(key, old);
            queue.add(key.clone());
        }
        match (&change.new, &new_owner) {
            (Some(pod), Some((key, uid))) => {
                self.orphans.remove(&change.key);
                let Some(set) = view.get(Kind::StatefulSet, &key.namespace, &key.name) else { return };
                if *set.uid() != **uid {
                    return;
                }
                self.file(set, pod);
                queue.add(key.clone());
                let min_ready = set.spec().get("minReadySeconds").as_int().unwrap_or(0);
                let ready = |pod: &Object| pod.condition("Ready").get("status").str() == "True";
                if min_ready > 0 && ready(pod) && change.old.as_ref().is_none_or(|old| !ready(old)) {
                    let at = change.at + SimDuration::secs(min_ready as u64 + 1);
                    if self.memory(set).sleeps(change.at, at) {
                        queue.add_later(at, key.clone());
                    }
                }
            }
            (Some(pod), None) if pod.controller().is_none() => {
                self.orphans.insert(change.key.clone());
                let changed = change
                    .old
                    .as_ref()
                    .is_none_or(|old| old.labels() != pod.labels() || old.controller().is_some());
                if changed {
                    for set in view.list(Kind::StatefulSet, Some(pod.namespace())) {
                        if selects(set, pod) {
                            queue.add(WorkKey::of(set));
                        }
                    }
                }
            }
            _ => {
                self.orphans.remove(&change.key);
            }
        }
    }
}

impl Component for StatefulSetController {
    fn name(&self) -> &'static str {
        "statefulset-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::StatefulSet, Kind::Pod, Kind::PersistentVolumeClaim, Kind::ControllerRevision]
    }

    // S47: claims and revisions are watched for their content and wake no set.
    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::StatefulSet => {
                let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                queue.add(key.clone());
                match (&change.old, &change.new) {
                    (None, Some(set)) => {
                        self.memory(set);
                        // Pods of an earlier life of this uid cannot be; orphans are found by the pass.
                    }
                    (_, None) => drop(self.sets.remove(&key)),
                    _ => {}
                }
            }
            Kind::Pod => self.observe_pod(change, view, queue),
            Kind::PersistentVolumeClaim => {
                let owned = change.new.as_ref().is_some_and(|claim| claim.owners().next().is_some());
                if owned {
                    self.owned_claims.insert(change.key.clone());
                } else {
                    self.owned_claims.remove(&change.key);
                }
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        act::sync(self, key, ctx)
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
