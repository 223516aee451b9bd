//! The revisions of a DaemonSet (S200): as those of a StatefulSet, but named by the hash of the pod template.

use crate::api::hash::template_hash;
use crate::api::{Kind, Object, Value};
use crate::component::{Ctx, DeleteOptions, SyncError};
use crate::controllers::owned_pods::{OwnedPods, write_status};
use crate::controllers::stateful_set::{revision, selects};
use crate::store::Reason;
use std::rc::Rc;

/// The label of pods and revisions with the bare hash.
pub(super) const HASH_LABEL: &str = "controller-revision-hash";

/// The revision of the set's template, made or raised if need be, and the other ones, oldest first.
pub(super) fn construct(
    set: &Object,
    pods: &OwnedPods,
    ctx: &mut Ctx<'_>,
) -> Result<(Rc<Object>, Vec<Rc<Object>>), SyncError> {
    let data = revision::data(revision::stored_template(set, ctx.client.profile()));
    let (mut current, mut old) = (Vec::new(), Vec::new());
    for found in ctx.list(Kind::ControllerRevision, Some(set.namespace())) {
        let revision = match found.controller() {
            Some(owner) if owner.uid() == set.uid() => found,
            None if selects(set, &found) && !found.is_terminating() => {
                let owner = set.owner_reference();
                ctx.client.patch(&found.key(), "", |body| {
                    body.at_mut(&["metadata", "ownerReferences"]).list_mut().push(owner);
                })?
            }
            _ => continue,
        };
        match *revision.body.get("data") == data {
            true => current.push(revision),
            false => old.push(revision),
        }
    }
    revision::sort(&mut current);
    revision::sort(&mut old);
    let next = old.last().map_or(0, |last| revision::number(last)) + 1;
    let Some(kept) = current.pop() else { return Ok((snapshot(set, data, next, ctx)?, old)) };
    // Of several with the same template the newest is kept and takes over the pods.
    for twin in &current {
        for pod in pods.of(set).iter().filter(|pod| pod.label(HASH_LABEL) != kept.label(HASH_LABEL)) {
            let hash = kept.label(HASH_LABEL).to_string();
            ctx.client.patch(&pod.key(), "", |body| {
                body.at_mut(&["metadata", "labels"]).map_mut().insert(HASH_LABEL, hash);
            })?;
        }
        ctx.client.delete(&twin.key(), &DeleteOptions::default())?;
    }
    if revision::number(&kept) < next {
        let mut raised = (*kept).clone();
        raised.body.set(&["revision"], next);
        ctx.client.update(raised)?;
    }
    Ok((kept, old))
}

fn snapshot(set: &Object, data: Value, number: i64, ctx: &mut Ctx<'_>) -> Result<Rc<Object>, SyncError> {
    let collisions = set.status().get("collisionCount").as_int();
    let template = set.spec().get("template");
    let hash = template_hash(template, collisions, ctx.client.profile().minor());
    let name = [set.name(), "-", &hash].concat();
    let mut revision = Object::new(Kind::ControllerRevision, set.meta("namespace").text(), name);
    let mut labels = template.at(&["metadata", "labels"]).clone();
    labels.map_mut().insert(HASH_LABEL, hash);
    let metadata = revision.body.at_mut(&["metadata"]).map_mut();
    metadata.insert("labels", labels);
    if !set.annotations().is_empty() {
        metadata.insert("annotations", set.annotations().clone());
    }
    metadata.insert("ownerReferences", Value::list(vec![set.owner_reference()]));
    revision.body.set(&["data"], data.clone());
    revision.body.set(&["revision"], number);
    let key = revision.key();
    match ctx.client.create(revision) {
        Ok(made) => Ok(made),
        Err(status) if status.reason == Reason::AlreadyExists => {
            let there = ctx.client.store().by_key(&key).cloned();
            if let Some(there) = there.filter(|there| *there.body.get("data") == data) {
                return Ok(there);
            }
            let mut counted = set.status().clone();
            counted.set(&["collisionCount"], collisions.unwrap_or(0) + 1);
            write_status(set, counted, ctx)?;
            Err(status.into())
        }
        Err(status) => Err(status.into()),
    }
}

/// Deletes old revisions that no pod is of, beyond the history limit.
pub(super) fn truncate(
    set: &Object,
    old: &[Rc<Object>],
    pods: &[Rc<Object>],
    ctx: &mut Ctx<'_>,
) -> Result<(), SyncError> {
    let limit = set.spec().get("revisionHistoryLimit").as_int().unwrap_or(10).max(0) as usize;
    let used =
        |revision: &&Rc<Object>| pods.iter().any(|pod| pod.label(HASH_LABEL) == revision.label(HASH_LABEL));
    let unused = old.iter().filter(|revision| !used(revision));
    for revision in unused.take(old.len().saturating_sub(limit)) {
        ctx.client.delete(&revision.key(), &DeleteOptions::default())?;
    }
    Ok(())
}
