//! Which old pods of a DaemonSet make way for new ones now (S202).

use super::{ByNode, history, min_ready, nodes};
use crate::api::{Object, Text};
use crate::controllers::owned_pods::{is_available, scaled};
use crate::sim::SimTime;
use std::rc::Rc;

/// Pods to delete, and nodes that get a new one beside the old.
#[derive(Default)]
pub(super) struct Plan {
    pub delete: Vec<Rc<Object>>,
    pub create: Vec<Text>,
}

/// True unless pods are replaced only when somebody deletes them.
pub(super) fn is_rolling(set: &Object) -> bool {
    set.spec().at(&["updateStrategy", "type"]).str() != "OnDelete"
}

/// True if the pod is of the set's template.
pub(super) fn is_updated(set: &Object, pod: &Object, hash: &str) -> bool {
    let generation = set.annotation(nodes::GENERATION);
    !hash.is_empty() && pod.label(history::HASH_LABEL) == hash
        || !generation.is_empty() && pod.label(nodes::GENERATION_LABEL) == generation
}

/// What a pass of a rolling update does; nodes with more pods than it can tell apart are left to the placing of pods.
pub(super) fn plan(set: &Object, all: &[Rc<Object>], by_node: &ByNode, hash: &str, now: SimTime) -> Plan {
    let available = |pod: &Rc<Object>| is_available(pod, min_ready(set), now);
    let suits = |name: &str| all.iter().any(|node| node.name() == name && nodes::suits(set, node).0);
    let wanted = all.iter().filter(|node| nodes::suits(set, node).0).count() as i64;
    let rolling = set.spec().at(&["updateStrategy", "rollingUpdate"]);
    let surge = scaled(rolling.get("maxSurge"), wanted);
    let unavailable = match scaled(rolling.get("maxUnavailable"), wanted) {
        0 if surge == 0 && wanted > 0 => 1,
        n => n,
    };
    let empty = Vec::new();
    let unplaced = all.iter().map(|node| node.meta("name").text());
    let unplaced: Vec<Text> = unplaced.filter(|name| !by_node.contains_key(name) && suits(name)).collect();
    let every = by_node.iter().chain(unplaced.iter().map(|name| (name, &empty)));
    let mut plan = Plan::default();
    // How many nodes are short of a pod, or have two; who may be replaced if there is room; who need not be there.
    let (mut short, mut surging, mut running) = (0, 0, 0);
    let (mut candidates, mut room_for, mut strays) = (Vec::new(), Vec::new(), Vec::new());
    for (name, pods) in every {
        let live = || pods.iter().filter(|pod| !pod.is_terminating());
        let mut old = live().filter(|pod| !is_updated(set, pod, hash));
        let mut new = live().filter(|pod| is_updated(set, pod, hash));
        let (first_old, first_new) = (old.next(), new.next());
        if old.next().is_some() || new.next().is_some() {
            short += 1;
            surging += 1;
            continue;
        }
        running += i64::from(first_old.or(first_new).is_some_and(available));
        match (first_old, first_new) {
            (None, None) => short += 1,
            (None, Some(new)) => short += i64::from(!available(new)),
            (Some(old), Some(new)) => {
                short += 1;
                if surge > 0 && available(new) {
                    plan.delete.push(old.clone());
                } else {
                    surging += 1;
                }
            }
            (Some(old), None) if surge == 0 => {
                if !available(old) {
                    plan.delete.push(old.clone());
                    short += 1;
                } else if short < unavailable {
                    candidates.push(old.clone());
                }
            }
            (Some(old), None) => match (available(old), suits(name)) {
                (false, false) => plan.delete.push(old.clone()),
                (false, true) => plan.create.push(name.clone()),
                (true, false) => strays.push(old.clone()),
                (true, true) if surging < surge => room_for.push(name.clone()),
                (true, true) => {}
            },
        }
    }
    if surge == 0 {
        candidates.truncate((unavailable - short).max(0) as usize);
        plan.delete.append(&mut candidates);
        return plan;
    }
    strays.truncate((running - wanted).max(0) as usize);
    plan.delete.append(&mut strays);
    room_for.truncate((surge - surging).max(0) as usize);
    plan.create.append(&mut room_for);
    plan
}
