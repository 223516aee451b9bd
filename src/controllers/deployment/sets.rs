//! The replica sets of a Deployment: which is the new one, making it, resizing, clearing away.

use super::{HASH_LABEL, Pass, REVISION, Sets, counted, limits, replicas, status};
use crate::api::hash::template_hash;
use crate::api::{Kind, Object, Value};
use crate::component::{DeleteOptions, EventType, SyncError};
use crate::controllers::stateful_set::selects;
use crate::sim::Arrange;
use crate::store::Reason;
use std::rc::Rc;

pub(super) const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MOST: &str = "deployment.kubernetes.io/max-replicas";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
// Annotations that do not pass from the Deployment to its sets.
const OWN: &[&str] = &[
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MOST,
    "deprecated.deployment.rollback.to",
];
// The longest list of earlier numbers a set remembers.
const LONGEST_HISTORY: usize = 2000;

fn number(set: &Object) -> i64 {
    set.annotation(REVISION).parse().unwrap_or(0)
}

fn annotate(object: &mut Object, key: &'static str, value: String) {
    object.body.at_mut(&["metadata", "annotations"]).map_mut().insert(key, value);
}

// Templates are compared without the label that only the set has.
fn same_template(set: &Object, template: &Value) -> bool {
    let mut own = set.spec().get("template").clone();
    own.remove(&["metadata", "labels", HASH_LABEL]);
    own == *template
}

impl Pass<'_, '_> {
    /// The Deployment's replica sets, oldest first, after orphans that fit were taken over and others let go.
    pub(super) fn claim(&mut self) -> Result<Vec<Rc<Object>>, SyncError> {
        let deployment = &self.deployment;
        let mut owned = Vec::new();
        for set in self.ctx.list(Kind::ReplicaSet, Some(deployment.namespace())) {
            let owner = set.controller().map(|owner| owner.uid().to_string());
            let fits = selects(deployment, &set);
            match owner {
                Some(uid) if uid == deployment.uid() && (fits || deployment.is_terminating()) => {
                    owned.push(set);
                }
                Some(uid) if uid == deployment.uid() => {
                    self.ctx.client.patch(&set.key(), "", |body| {
                        let owners = body.at_mut(&["metadata", "ownerReferences"]).list_mut();
                        owners.retain(|owner| *owner.get("uid").str() != uid);
                    })?;
                }
                None if fits && !deployment.is_terminating() && !set.is_terminating() => {
                    let owner = deployment.owner_reference();
                    owned.push(self.ctx.client.patch(&set.key(), "", |body| {
                        body.at_mut(&["metadata", "ownerReferences"]).list_mut().push(owner);
                    })?);
                }
                _ => {}
            }
        }
        owned.arrange_by(|a, b| a.created_at().cmp(&b.created_at()).then_with(|| a.name().cmp(b.name())));
        Ok(owned)
    }

    /// Which of them is the new one: the oldest with the Deployment's template.
    pub(super) fn sort_out(&self, mut owned: Vec<Rc<Object>>) -> Sets {
        let template = self.deployment.spec().get("template");
        let new = owned.iter().position(|set| same_template(set, template)).map(|i| owned.remove(i));
        Sets { new, old: owned }
    }

    /// Likewise, with the new one's number brought up to date, or made if `make` (S195.1).
    pub(super) fn find(&mut self, owned: Vec<Rc<Object>>, make: bool) -> Result<Sets, SyncError> {
        let mut sets = self.sort_out(owned);
        let next = sets.old.iter().map(|set| number(set)).max().unwrap_or(0) + 1;
        sets.new = match sets.new.take() {
            Some(set) => Some(self.keep_up(set, next)?),
            None if make => Some(self.make(&sets, next)?),
            None => None,
        };
        Ok(sets)
    }

    fn keep_up(&mut self, set: Rc<Object>, next: i64) -> Result<Rc<Object>, SyncError> {
        let mut changed = (*set).clone();
        self.annotate(&mut changed, next);
        let min_ready = self.deployment.spec().get("minReadySeconds").clone();
        if *changed.spec().get("minReadySeconds") != min_ready {
            match min_ready {
                Value::Null => drop(changed.body.remove(&["spec", "minReadySeconds"])),
                seconds => changed.body.set(&["spec", "minReadySeconds"], seconds),
            }
        }
        if changed != *set {
            return Ok(self.ctx.client.update(changed)?);
        }
        let number = set.annotation(REVISION).to_string();
        let mut write = self.deployment.annotation(REVISION) != number;
        annotate(&mut self.deployment, REVISION, number);
        if status::has_deadline(&self.deployment) && self.deployment.condition(status::PROGRESSING).is_null()
        {
            let text = ["Found new replica set \"", set.name(), "\""].concat();
            self.put_condition(status::PROGRESSING, "True", "FoundNewReplicaSet", text);
            write = true;
        }
        if write {
            self.write()?;
        }
        Ok(set)
    }

    // What a set takes over from the Deployment; a set that comes back remembers the numbers it had.
    fn annotate(&self, set: &mut Object, next: i64) {
        for (key, value) in self.deployment.annotations().iter() {
            if !OWN.contains(&key.as_str()) && set.annotations().get(key.as_str()) != Some(value) {
                set.body.at_mut(&["metadata", "annotations"]).map_mut().insert(key.clone(), value.clone());
            }
        }
        let old = set.annotation(REVISION).to_string();
        if number(set) >= next {
            return;
        }
        annotate(set, REVISION, next.to_string());
        if old.is_empty() {
            return;
        }
        let mut history = set.annotation(HISTORY).to_string();
        while !history.is_empty() && history.len() + old.len() + 1 > LONGEST_HISTORY {
            history = history.split_once(',').map_or(String::new(), |(_, rest)| rest.to_string());
        }
        if !history.is_empty() {
            history.push(',');
        }
        annotate(set, HISTORY, history + &old);
    }

    fn make(&mut self, sets: &Sets, next: i64) -> Result<Rc<Object>, SyncError> {
        let deployment = self.deployment.clone();
        let profile = self.ctx.client.profile();
        let template = deployment.spec().get("template");
        let collisions = deployment.status().get("collisionCount").as_int();
        let hash = template_hash(template, collisions, profile.minor());
        let name = [deployment.name(), "-", &hash].concat();
        let mut set = Object::new(Kind::ReplicaSet, deployment.meta("namespace").text(), name);
        let mut labelled = template.clone();
        labelled.set(&["metadata", "labels", HASH_LABEL], hash.clone());
        set.body.set(&["metadata", "labels"], labelled.at(&["metadata", "labels"]).clone());
        set.body.set(&["metadata", "ownerReferences"], Value::list(vec![deployment.owner_reference()]));
        let mut selector = deployment.spec().get("selector").clone();
        selector.set(&["matchLabels", HASH_LABEL], hash);
        let size = self.size_of_new(sets.all(), 0);
        let mut spec = crate::object! { "replicas" => size, "selector" => selector, "template" => labelled };
        if let Some(seconds) = deployment.spec().get("minReadySeconds").as_int() {
            spec.set(&["minReadySeconds"], seconds);
        }
        set.body.set(&["spec"], spec);
        self.annotate(&mut set, next);
        self.tell(&mut set);
        let made = match self.ctx.client.create(set.clone()) {
            Ok(made) => made,
            Err(status) if status.reason == Reason::AlreadyExists => {
                let there = self.ctx.client.store().by_key(&set.key()).cloned();
                let own = |set: &Rc<Object>| {
                    set.controller().is_some_and(|owner| owner.uid() == deployment.uid())
                        && same_template(set, template)
                };
                match there.filter(own) {
                    Some(there) => there,
                    None => {
                        let count = collisions.unwrap_or(0) + 1;
                        self.deployment.body.set(&["status", "collisionCount"], count);
                        self.write()?;
                        return Err(status.into());
                    }
                }
            }
            Err(status) => {
                let text =
                    ["Failed to create new replica set \"", set.name(), "\": ", &status.message].concat();
                if status::has_deadline(&deployment) {
                    self.put_condition(status::PROGRESSING, "False", "ReplicaSetCreateError", text.clone());
                    let _ = self.write();
                }
                self.ctx.event(&deployment, EventType::Warning, "ReplicaSetCreateError", text);
                return Err(status.into());
            }
        };
        if size > 0 {
            self.scaling_event("up", &made, 0, size);
        }
        annotate(&mut self.deployment, REVISION, next.to_string());
        if status::has_deadline(&deployment) {
            let text = ["Created new replica set \"", made.name(), "\""].concat();
            self.put_condition(status::PROGRESSING, "True", "NewReplicaSetCreated", text);
        }
        if self.deployment != deployment {
            self.write()?;
        }
        Ok(made)
    }

    /// How large the new set may be now (S195.2).
    pub(super) fn size_of_new<'s>(&self, all: impl Iterator<Item = &'s Rc<Object>>, own: i64) -> i64 {
        let wanted = replicas(&self.deployment);
        if !super::is_rolling(&self.deployment) {
            return wanted;
        }
        let surge = super::scaled(
            self.deployment.spec().at(&["strategy", "rollingUpdate", "maxSurge"]),
            wanted,
            true,
        );
        let room = wanted + surge - all.map(|set| replicas(set)).sum::<i64>();
        if room <= 0 { own } else { own + room.min(wanted - own) }
    }

    // How many replicas the Deployment wants and may have, as its sets are told.
    fn tell(&self, set: &mut Object) {
        let wanted = replicas(&self.deployment);
        annotate(set, DESIRED, wanted.to_string());
        annotate(set, MOST, (wanted + limits(&self.deployment).0).to_string());
    }

    /// Gives a set another size; `always`: also where only what it is told has changed. True if its size changed.
    pub(super) fn resize(&mut self, set: &Rc<Object>, size: i64, always: bool) -> Result<bool, SyncError> {
        let old = replicas(set);
        if old == size && !always {
            return Ok(false);
        }
        let mut changed = (**set).clone();
        changed.body.set(&["spec", "replicas"], size);
        self.tell(&mut changed);
        if changed != **set {
            self.ctx.client.update(changed)?;
        }
        if old != size {
            self.scaling_event(if old < size { "up" } else { "down" }, set, old, size);
        }
        Ok(old != size)
    }

    // S196.
    fn scaling_event(&mut self, way: &str, set: &Object, from: i64, to: i64) {
        let (from, to) = (from.to_string(), to.to_string());
        let text =
            ["Scaled ", way, " replica set ", set.name(), " from ", from.as_str(), " to ", to.as_str()]
                .concat();
        let deployment = self.deployment.clone();
        self.ctx.event(&deployment, EventType::Normal, "ScalingReplicaSet", text);
    }

    /// Deletes old, empty sets beyond the history limit (S195.4).
    pub(super) fn clean_up(&mut self, old: &[Rc<Object>]) -> Result<(), SyncError> {
        let limit = self.deployment.spec().get("revisionHistoryLimit").as_int();
        let Some(limit) = limit.filter(|limit| *limit != i64::from(i32::MAX)) else { return Ok(()) };
        let mut sets: Vec<Rc<Object>> = old.iter().filter(|set| !set.is_terminating()).cloned().collect();
        let surplus = sets.len().saturating_sub(limit.max(0) as usize);
        sets.arrange_by_key(|set| number(set));
        for set in sets.iter().take(surplus) {
            let busy = replicas(set) != 0 || counted(set, "replicas") != 0;
            if busy || set.generation() > counted(set, "observedGeneration") {
                continue;
            }
            match self.ctx.client.delete(&set.key(), &DeleteOptions::default()) {
                Err(status) if status.reason != Reason::NotFound => return Err(status.into()),
                _ => {}
            }
        }
        Ok(())
    }
}
