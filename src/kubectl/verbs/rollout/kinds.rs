//! What `rollout` has to know of each kind: how far it is (K149, K150), and where its revisions are (K151, K152).
//!
//! A Deployment's revisions are its replica sets, the others have ControllerRevisions. Follows kubectl
//! pkg/polymorphichelpers.

use crate::api::{Kind, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::fill::sort_by;
use crate::kubectl::output::list::int;
use crate::store::Store;
use std::rc::Rc;

const REVISION: &str = "deployment.kubernetes.io/revision";
const HASH_LABEL: &str = "pod-template-hash";

/// True for kinds that roll out.
pub fn rolls_out(kind: Option<Kind>) -> bool {
    matches!(kind, Some(Kind::StatefulSet | Kind::Deployment | Kind::DaemonSet))
}

/// What is said of an object, and whether that is the end.
pub fn progress(object: &Object, revision: i64) -> Result<(String, bool)> {
    match object.kind {
        Kind::Deployment => deployment(object, revision),
        Kind::DaemonSet => daemon_set(object, revision),
        _ => stateful_set(object, revision),
    }
}

fn waiting(kind: &str, name: &str, what: &[&str]) -> (String, bool) {
    (["Waiting for ", kind, " \"", name, "\" rollout to finish: ", &what.concat(), "..."].concat(), false)
}

fn deployment(object: &Object, revision: i64) -> Result<(String, bool)> {
    let (name, status) = (object.name(), object.status());
    let count = |key: &str| int(status.get(key));
    let own = object.annotation(REVISION).parse().unwrap_or(0);
    if revision > 0 && revision != own {
        let text = format!("desired revision ({revision}) is different from the running revision ({own})");
        return Err(Error::client(text));
    }
    if object.generation() > count("observedGeneration") {
        return Ok(("Waiting for deployment spec update to be observed...".into(), false));
    }
    if object.condition("Progressing").get("reason").str() == "ProgressDeadlineExceeded" {
        return Err(Error::client(format!("deployment \"{name}\" exceeded its progress deadline")));
    }
    let wanted = object.spec().get("replicas").as_int().unwrap_or(0);
    let (all, updated, available) = (count("replicas"), count("updatedReplicas"), count("availableReplicas"));
    let [old, of_all, ready, new] = [all - updated, wanted, available, updated].map(|n| n.to_string());
    let wait = |what: &[&str]| Ok(waiting("deployment", name, what));
    if updated < wanted {
        return wait(&[&new, " out of ", &of_all, " new replicas have been updated"]);
    }
    if all > updated {
        return wait(&[&old, " old replicas are pending termination"]);
    }
    if available < updated {
        return wait(&[&ready, " of ", &new, " updated replicas are available"]);
    }
    Ok((["deployment \"", name, "\" successfully rolled out"].concat(), true))
}

fn daemon_set(set: &Object, revision: i64) -> Result<(String, bool)> {
    let (name, status) = (set.name(), set.status());
    rolling_only(set, revision)?;
    let count = |key: &str| int(status.get(key));
    if set.generation() > count("observedGeneration") {
        return Ok(("Waiting for daemon set spec update to be observed...".into(), false));
    }
    let members = ["updatedNumberScheduled", "numberAvailable", "desiredNumberScheduled"];
    let [updated, available, desired] = members.map(count);
    let [new, ready, all] = [updated, available, desired].map(|n| n.to_string());
    Ok(if updated < desired {
        waiting("daemon set", name, &[&new, " out of ", &all, " new pods have been updated"])
    } else if available < desired {
        waiting("daemon set", name, &[&ready, " of ", &all, " updated pods are available"])
    } else {
        (["daemon set \"", name, "\" successfully rolled out"].concat(), true)
    })
}

fn rolling_only(set: &Object, revision: i64) -> Result<()> {
    if set.spec().at(&["updateStrategy", "type"]).str() != "RollingUpdate" {
        let text = "rollout status is only available for RollingUpdate strategy type";
        return Err(Error::client(text));
    }
    if revision > 0 {
        let text = format!("revision is only used by deployments, not by \"{}\"", set.name());
        return Err(Error::client(text));
    }
    Ok(())
}

// K149.
fn stateful_set(set: &Object, revision: i64) -> Result<(String, bool)> {
    let (spec, status) = (set.spec(), set.status());
    let strategy = spec.get("updateStrategy");
    let number = |key: &str| int(status.get(key));
    rolling_only(set, revision)?;
    if number("observedGeneration") == 0 || set.generation() > number("observedGeneration") {
        return Ok(("Waiting for statefulset spec update to be observed...".into(), false));
    }
    let replicas = spec.get("replicas").as_int();
    if let Some(missing) = replicas.map(|replicas| replicas - number("readyReplicas")).filter(|n| *n > 0) {
        return Ok((format!("Waiting for {missing} pods to be ready..."), false));
    }
    let updated = number("updatedReplicas");
    let block = strategy.get("rollingUpdate");
    if !block.is_null() {
        let due =
            replicas.zip(block.get("partition").as_int()).map(|(replicas, partition)| replicas - partition);
        return Ok(match due {
            Some(due) if updated < due => (
                format!(
                    "Waiting for partitioned roll out to finish: {updated} out of {due} new pods have been updated..."
                ),
                false,
            ),
            _ => (format!("partitioned roll out complete: {updated} new pods have been updated..."), true),
        });
    }
    let (current, update) = (status.get("currentRevision").str(), status.get("updateRevision").str());
    Ok(if current != update {
        let text = format!(
            "waiting for statefulset rolling update to complete {updated} pods at revision {update}..."
        );
        (text, false)
    } else {
        let count = number("currentReplicas");
        (format!("statefulset rolling update complete {count} pods at revision {current}..."), true)
    })
}

/// The replica sets of a Deployment, by name.
pub fn replica_sets(store: &Store, deployment: &Object) -> Vec<Rc<Object>> {
    let own = |set: &&Rc<Object>| set.controller().is_some_and(|owner| owner.uid() == deployment.uid());
    store.list(Kind::ReplicaSet, Some(deployment.namespace())).filter(own).cloned().collect()
}

/// A replica set's pod template without the hash that only it has.
pub fn bare_template(set: &Object) -> Value {
    let mut template = set.spec().get("template").clone();
    template.remove(&["metadata", "labels", HASH_LABEL]);
    template
}

/// The revisions of an object, oldest first.
pub fn revisions(store: &Store, object: &Object) -> Vec<Rc<Object>> {
    let own = |revision: &&Rc<Object>| revision.owners().any(|owner| owner.uid() == object.uid());
    let mut found: Vec<Rc<Object>> = match object.kind {
        Kind::Deployment => replica_sets(store, object),
        _ => store.list(Kind::ControllerRevision, Some(object.namespace())).filter(own).cloned().collect(),
    };
    sort_by(&mut found, |a, b| number(a) < number(b));
    found
}

/// The number of a revision.
pub fn number(revision: &Object) -> i64 {
    match revision.kind {
        Kind::ReplicaSet => revision.annotation(REVISION).parse().unwrap_or(0),
        _ => int(revision.body.get("revision")),
    }
}

/// The pod template a revision holds, as it is shown.
pub fn template_of(revision: &Object) -> Value {
    if revision.kind == Kind::ReplicaSet {
        return revision.spec().get("template").clone();
    }
    let mut template = revision.body.at(&["data", "spec", "template"]).clone();
    template.remove(&["$patch"]);
    template
}

/// Which revision an undo goes back to: that of the number, or the one before the newest.
pub fn goal(history: &[Rc<Object>], wanted: i64, object: &Object) -> std::result::Result<Rc<Object>, String> {
    match wanted {
        0 if history.len() >= 2 => Ok(history[history.len() - 2].clone()),
        0 if object.kind == Kind::Deployment => {
            Err(format!("no rollout history found for deployment \"{}\"", object.name()))
        }
        0 => Err("no last revision to roll back to".to_string()),
        _ => history
            .iter()
            .find(|revision| number(revision) == wanted)
            .cloned()
            .ok_or_else(|| format!("unable to find specified revision {wanted} in history")),
    }
}

/// What an undo makes of the object: the template, and for a Deployment the annotations its replica set had then.
pub fn roll_back(body: &mut Value, revision: &Object, template: Value) {
    body.set(&["spec", "template"], template);
    if revision.kind != Kind::ReplicaSet {
        return;
    }
    let own = |key: &str| {
        key == super::super::apply::LAST_APPLIED
            || key == "deprecated.deployment.rollback.to"
            || ["revision", "revision-history", "desired-replicas", "max-replicas"]
                .iter()
                .any(|name| key.strip_prefix("deployment.kubernetes.io/") == Some(name))
    };
    if body.at(&["metadata", "annotations"]).is_null()
        && !revision.annotations().iter().any(|(key, _)| !own(key))
    {
        return;
    }
    let annotations = body.at_mut(&["metadata", "annotations"]).map_mut();
    let others: Vec<_> = annotations.iter().map(|(key, _)| key.clone()).filter(|key| !own(key)).collect();
    for key in others {
        annotations.remove(&key);
    }
    for (key, value) in revision.annotations().iter().filter(|(key, _)| !own(key)) {
        annotations.insert(key.clone(), value.clone());
    }
}
