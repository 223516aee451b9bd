//! Promises that hold after every write, by name: checked in tests, shown on the page.
//!
//! A [`Witness`] sees every write in order and tells which promise it broke. One promise a person may break: a force
//! delete of a pod whose node does not answer lets two instances of one identity run, in a real cluster as here.

use crate::api::{Kind, Object, ObjectKey, Text};
use crate::component::{Cause, Verb, Write};
use crate::controllers::stateful_set::identity;
use crate::controllers::stateful_set::spec::SetSpec;
use crate::sim::{SortedMap, SortedSet};
use crate::store::{Store, View};

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// At most one pod of an identity runs (S176).
    OnePerIdentity,
    /// Pod n mounts only claim n (S26).
    OwnClaims,
    /// OrderedReady: pod n is made only when the controller sees all before it Running and Ready (S68).
    OrderedCreation,
    /// OrderedReady: scale-in takes the highest ordinal the controller sees first, and one at a time (S75).
    OrderedDeletion,
    /// A claim goes only by its retention policy or by hand (S98).
    ClaimsStay,
    /// The counters of a set agree with its pods once nothing happens any more (S91).
    CountsAgree,
    /// Owner references name what exists or did exist (S127).
    OwnersAreReal,
    /// Every write names what led to it: an input or an earlier write.
    CausesAreNamed,
}

impl Promise {
    /// True if a log of a real cluster can show it broken: it says nothing of what led to a change, and not everything
    /// may have been watched.
    pub fn shows_from_outside(self) -> bool {
        !matches!(self, Promise::ClaimsStay | Promise::OwnersAreReal | Promise::CausesAreNamed)
    }
}

/// Every promise, in the order in which they are shown.
pub const INVARIANTS: &[Promise] = &[
    Promise::OnePerIdentity,
    Promise::OwnClaims,
    Promise::OrderedCreation,
    Promise::OrderedDeletion,
    Promise::ClaimsStay,
    Promise::CountsAgree,
    Promise::OwnersAreReal,
    Promise::CausesAreNamed,
];

impl Promise {
    /// A stable name: `ordered-creation`.
    pub fn name(self) -> &'static str {
        match self {
            Promise::OnePerIdentity => "one-per-identity",
            Promise::OwnClaims => "own-claims",
            Promise::OrderedCreation => "ordered-creation",
            Promise::OrderedDeletion => "ordered-deletion",
            Promise::ClaimsStay => "claims-stay",
            Promise::CountsAgree => "counts-agree",
            Promise::OwnersAreReal => "owners-are-real",
            Promise::CausesAreNamed => "causes-are-named",
        }
    }
}

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub promise: Promise,
    /// The write that broke it.
    pub write: u64,
    /// About what.
    pub object: ObjectKey,
    /// Why, for the person who reads a failing test.
    pub reason: String,
}

/// Sees writes in order and tells what they break.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    uids: SortedSet<Text>,
    /// Pods whose object went while their containers may go on, by name.
    ghosts: SortedMap<ObjectKey, Text>,
}

impl Witness {
    /// Knows what exists already.
    pub fn of(store: &Store) -> Witness {
        Witness { uids: store.all().map(|object| object.meta("uid").text()).collect(), ..Witness::default() }
    }

    /// Looks at a write; `store` is the store right after it, `seen` what the StatefulSet controller sees, which may be
    /// late, and `unreachable` tells whether a node cannot be reached.
    pub fn see(
        &mut self,
        write: &Write,
        store: &Store,
        seen: View<'_>,
        unreachable: &dyn Fn(&str) -> bool,
    ) -> Vec<Broken> {
        let mut broken = Vec::new();
        let mut fail = |promise, reason: String| {
            broken.push(Broken { promise, write: write.n, object: write.key.clone(), reason });
        };
        if let Some(new) = &write.new {
            self.uids.insert(new.meta("uid").text());
        }
        match write.because {
            Cause::Input(n) if n > 0 => {}
            Cause::Write(n) if n > 0 && n < write.n => {}
            because => fail(Promise::CausesAreNamed, format!("{} names {because:?}", write.actor)),
        }
        if write.code >= 400 {
            return broken;
        }
        match write.key.kind {
            Kind::Pod => {
                if let Some(reason) = self.one_per_identity(write, unreachable) {
                    fail(Promise::OnePerIdentity, reason);
                }
                if let Some(new) = &write.new
                    && let Some(set) = owner_set(new, View::live(store))
                {
                    if let Some(reason) = own_claims(new, set) {
                        fail(Promise::OwnClaims, reason);
                    }
                    if write.verb == Verb::Create
                        && write.subresource.is_empty()
                        && write.actor == "statefulset-controller"
                        && let Some(reason) = ordered_creation(new, seen)
                    {
                        fail(Promise::OrderedCreation, reason);
                    }
                }
                if write.verb == Verb::Delete
                    && write.actor == "statefulset-controller"
                    && let Some(old) = &write.old
                    && let Some(reason) = ordered_deletion(old, store, seen)
                {
                    fail(Promise::OrderedDeletion, reason);
                }
            }
            Kind::PersistentVolumeClaim if write.verb == Verb::Delete => {
                let owned = write.old.as_ref().is_some_and(|claim| claim.owners().next().is_some());
                let allowed = match write.actor {
                    "generic-garbage-collector" => owned,
                    "user" | "namespace-controller" => true,
                    _ => false,
                };
                if !allowed {
                    fail(Promise::ClaimsStay, format!("{} deleted a claim without owner", write.actor));
                }
            }
            _ => {}
        }
        if let Some(new) = &write.new
            && let Some(owner) = new.owners().find(|owner| !self.uids.contains(owner.uid()))
            && !store.all().any(|object| object.uid() == owner.uid())
        {
            fail(Promise::OwnersAreReal, format!("owner {}/{} never was", owner.kind(), owner.name()));
        }
        broken
    }

    /// Looks at a cluster in which nothing happens any more.
    pub fn see_settled(&self, store: &Store, write: u64) -> Vec<Broken> {
        let mut broken = Vec::new();
        for set in store.list(Kind::StatefulSet, None) {
            let pods = store
                .list(Kind::Pod, Some(set.namespace()))
                .filter(|pod| pod.controller().is_some_and(|owner| owner.uid() == set.uid()));
            let (mut all, mut ready) = (0, 0);
            for pod in pods {
                all += 1;
                ready += i64::from(is_ready(pod));
            }
            let count = |member: &str| set.status().get(member).as_int().unwrap_or(0);
            if (count("replicas"), count("readyReplicas")) != (all, ready) {
                broken.push(Broken {
                    promise: Promise::CountsAgree,
                    write,
                    object: set.key(),
                    reason: format!(
                        "status says {} pods and {} ready, there are {all} and {ready}",
                        count("replicas"),
                        count("readyReplicas")
                    ),
                });
            }
        }
        broken
    }

    fn one_per_identity(&mut self, write: &Write, unreachable: &dyn Fn(&str) -> bool) -> Option<String> {
        match (&write.old, &write.new) {
            (Some(old), None) if write.actor != "kubelet" => {
                let node = old.spec().get("nodeName").str();
                if !node.is_empty() && unreachable(node) && old.status().get("phase").str() == "Running" {
                    self.ghosts.insert(write.key.clone(), node.to_string().into());
                }
                None
            }
            (_, Some(new)) if new.status().get("phase").str() == "Running" => {
                let node = self.ghosts.get(&write.key)?;
                if !unreachable(node) {
                    self.ghosts.remove(&write.key);
                    return None;
                }
                Some(format!("another {} may still run on {node}", write.key.name))
            }
            _ => None,
        }
    }
}

fn owner_set<'a>(pod: &Object, seen: View<'a>) -> Option<&'a Object> {
    let owner = pod.controller().filter(|owner| owner.kind() == "StatefulSet")?;
    seen.get(Kind::StatefulSet, pod.namespace(), owner.name())
        .filter(|set| set.uid() == owner.uid())
        .map(|set| &**set)
}

fn own_claims(pod: &Object, set: &Object) -> Option<String> {
    let ordinal = identity::ordinal_in(set.name(), pod.name())?;
    let own: Vec<Text> = identity::claim_names(set, ordinal).collect();
    let templates = identity::claim_templates(set);
    pod.spec()
        .get("volumes")
        .items()
        .iter()
        .filter(|volume| templates.iter().any(|t| t.at(&["metadata", "name"]) == volume.get("name")))
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).as_str())
        .find(|name| !own.iter().any(|claim| **claim == **name))
        .map(|name| format!("{} mounts {name}", pod.name()))
}

fn is_ready(pod: &Object) -> bool {
    pod.status().get("phase").str() == "Running" && pod.condition("Ready").get("status").str() == "True"
}

fn ordered_creation(pod: &Object, seen: View<'_>) -> Option<String> {
    let set = owner_set(pod, seen)?;
    let spec = SetSpec::read(set);
    let ordinal = identity::ordinal_in(set.name(), pod.name())?;
    if !spec.monotonic || !spec.wants(ordinal) {
        return None;
    }
    // The one before it stands for all before that: it was made under the same promise, but may have failed since.
    let before = (spec.start..ordinal).rev().take(64);
    for earlier in before {
        let name = identity::pod_name(set.name(), earlier);
        match seen.get(Kind::Pod, set.namespace(), &name) {
            None => return Some(format!("{name} does not exist")),
            Some(pod) if !is_ready(pod) => return Some(format!("{name} is not Running and Ready")),
            Some(_) => {}
        }
    }
    None
}

fn ordered_deletion(pod: &Object, store: &Store, seen: View<'_>) -> Option<String> {
    let set = owner_set(pod, seen)?;
    let spec = SetSpec::read(set);
    let ordinal = identity::ordinal_in(set.name(), pod.name())?;
    if !spec.monotonic || spec.wants(ordinal) {
        return None;
    }
    let others = seen.list(Kind::Pod, Some(set.namespace())).into_iter().filter(|other| {
        other.controller().is_some_and(|owner| owner.uid() == set.uid()) && other.name() != pod.name()
    });
    for other in others {
        let Some(higher) = identity::ordinal_in(set.name(), other.name()) else { continue };
        // A pod let go in this pass counts no more.
        if store.by_key(&other.key()).is_some_and(|now| now.controller().is_none()) {
            continue;
        }
        if higher > ordinal && !spec.wants(higher) {
            return Some(format!("{} is still there", other.name()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_have_unique_names() {
        let names: SortedSet<&str> = INVARIANTS.iter().map(|promise| promise.name()).collect();
        assert_eq!(names.len(), INVARIANTS.len());
    }
}
