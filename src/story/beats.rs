//! What in a write is worth telling, and which beats are one thing to a person.

use super::Caption;
use crate::api::{Kind, Object, ObjectKey, Text};
use crate::component::Write;
use crate::scene::model::{PodState, pod_word};
use crate::sim::SortedMap;
use std::rc::Rc;

/// Something worth telling.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Beat {
    /// It begins a step of that caption, or joins one of its kind.
    Tell(Caption),
    /// A set was created or changed.
    Set { old: Option<Rc<Object>>, new: Rc<Object> },
    /// An object from outside was created, changed or deleted.
    Outside { name: String, had: bool, has: bool },
    /// Endpoints changed: names may answer.
    Endpoints,
}

/// The beats of a write. `claims`: those that exist, and whether they are being deleted.
pub(super) fn of(write: &Write, claims: &mut SortedMap<ObjectKey, bool>) -> Vec<Beat> {
    if !write.changed() {
        return Vec::new();
    }
    let (old, new) = (write.old.as_deref(), write.new.as_deref());
    let tell = |caption| vec![Beat::Tell(caption)];
    match write.key.kind {
        Kind::Pod => pod(write, old, new, claims),
        Kind::PersistentVolumeClaim => {
            let name = vec![write.key.name.clone()];
            let was = match new {
                Some(claim) => claims.insert(write.key.clone(), claim.is_terminating()),
                None => claims.remove(&write.key),
            };
            match (was, new) {
                (None, Some(_)) => tell(Caption::ClaimMade { claims: name }),
                (Some(false), Some(claim)) if claim.is_terminating() => {
                    tell(Caption::ClaimDeleting { claims: name })
                }
                (Some(_), None) => tell(Caption::ClaimGone { claims: name }),
                _ => Vec::new(),
            }
        }
        Kind::StatefulSet => match (old, &write.new) {
            (_, None) => tell(Caption::SetGone { set: write.key.name.clone() }),
            (Some(old), Some(new)) if completes(old, new) => {
                let status = |o: &Object, k| o.status().get(k).text();
                let rollout = status(old, "currentRevision") != status(new, "currentRevision")
                    && old.status().get("replicas").as_int() != Some(0);
                let replicas = new.status().get("replicas").as_int().unwrap_or(0);
                tell(Caption::Complete { set: write.key.name.clone(), replicas, rollout })
            }
            (_, Some(new)) if write.subresource != "status" => {
                vec![Beat::Set { old: write.old.clone(), new: new.clone() }]
            }
            _ => Vec::new(),
        },
        Kind::Node => node(write, old, new),
        Kind::EndpointSlice => vec![Beat::Endpoints],
        Kind::Event | Kind::ControllerRevision | Kind::Endpoints | Kind::PersistentVolume => Vec::new(),
        _ => vec![Beat::Outside { name: write.key.to_string(), had: old.is_some(), has: new.is_some() }],
    }
}

fn node(write: &Write, old: Option<&Object>, new: Option<&Object>) -> Vec<Beat> {
    let node = write.key.name.clone();
    let ready = |o: &Object| o.condition("Ready").get("status").str() == "True";
    match (old, new) {
        (Some(old), Some(new)) if ready(old) && !ready(new) => vec![Beat::Tell(Caption::NodeSilent { node })],
        (Some(old), Some(new)) if !ready(old) && ready(new) => vec![Beat::Tell(Caption::NodeBack { node })],
        (Some(_), None) => vec![Beat::Tell(Caption::NodeGone { node })],
        _ => vec![Beat::Outside { name: write.key.to_string(), had: old.is_some(), has: new.is_some() }],
    }
}

fn pod(
    write: &Write,
    old: Option<&Object>,
    new: Option<&Object>,
    claims: &SortedMap<ObjectKey, bool>,
) -> Vec<Beat> {
    let name = write.key.name.clone();
    let pods = vec![name.clone()];
    let used = |pod: &Object| -> Vec<(Text, bool)> {
        let volumes = pod.spec().get("volumes").items();
        let names = volumes
            .iter()
            .map(|v| v.at(&["persistentVolumeClaim", "claimName"]).text())
            .filter(|n| !n.is_empty());
        let key =
            |n: &Text| ObjectKey::new(Kind::PersistentVolumeClaim, write.key.namespace.clone(), n.clone());
        names.filter_map(|n| claims.get(&key(&n)).map(|dying| (n, *dying))).collect()
    };
    let caption = match (old, new) {
        (None, Some(pod)) => Caption::PodMade { pods, new_claims: 0, kept: !used(pod).is_empty() },
        (Some(pod), None) => {
            let (dying, kept): (Vec<_>, Vec<_>) = used(pod).into_iter().partition(|(_, dying)| *dying);
            let names = |list: Vec<(Text, bool)>| list.into_iter().map(|(n, _)| n).collect();
            Caption::Gone { pods, kept: names(kept), deleted: names(dying) }
        }
        (Some(old), Some(new)) => {
            if !old.is_terminating() && new.is_terminating() {
                let grace = new.meta("deletionGracePeriodSeconds").as_int().unwrap_or(0);
                return vec![Beat::Tell(Caption::Deleting { pods, why: None, grace })];
            }
            if new.is_terminating() {
                return Vec::new();
            }
            let node = |o: &Object| o.spec().get("nodeName").text();
            if node(old).is_empty() && !node(new).is_empty() {
                return vec![Beat::Tell(Caption::Scheduled { pods, node: node(new) })];
            }
            let condition = |o: &Object, kind| o.condition(kind).get("status").text();
            let restarts = |o: &Object| -> i64 {
                o.status()
                    .get("containerStatuses")
                    .items()
                    .iter()
                    .filter_map(|c| c.get("restartCount").as_int())
                    .sum()
            };
            let ((_, was), (word, is)) = (pod_word(old), pod_word(new));
            if was != is && matches!(is, PodState::Crash | PodState::Failed) {
                Caption::Failed { pods, word }
            } else if was != is && is == PodState::Done {
                Caption::Finished { pods }
            } else if condition(old, "Ready") != "True" && condition(new, "Ready") == "True" {
                Caption::Ready { pods, named: false }
            } else if restarts(new) > restarts(old) {
                Caption::Restarted { pods }
            } else if condition(old, "Ready") == "True" && condition(new, "Ready") != "True" {
                Caption::NotReady { pods }
            } else if condition(old, "PodScheduled") != "False" && condition(new, "PodScheduled") == "False" {
                // A claim that is not bound yet is the usual order, and told with it.
                let message = new.condition("PodScheduled").get("message").text();
                if message.contains("PersistentVolumeClaim") {
                    return Vec::new();
                }
                Caption::Unschedulable { pods }
            } else {
                return Vec::new();
            }
        }
        (None, None) => return Vec::new(),
    };
    vec![Beat::Tell(caption)]
}

/// True if the set has come to rest with this status and had not before.
fn completes(old: &Object, new: &Object) -> bool {
    let rests = |o: &Object| {
        let status = o.status();
        let count = |key| status.get(key).as_int().unwrap_or(0);
        let wanted = o.spec().get("replicas").as_int().unwrap_or(1);
        count("observedGeneration") >= o.generation()
            && count("replicas") == wanted
            && count("readyReplicas") == wanted
            && count("updatedReplicas") == wanted
    };
    !old.status().get("replicas").is_null() && rests(new) && !rests(old)
}

/// True if names may answer since.
pub(super) fn answers(beat: &Beat) -> bool {
    *beat == Beat::Endpoints
}

/// The caption of a step that this beat begins.
pub(super) fn caption(beat: Beat) -> Option<Caption> {
    match beat {
        Beat::Tell(caption) => Some(caption),
        Beat::Set { old, new } => set_caption(old.as_deref(), &new),
        Beat::Outside { .. } | Beat::Endpoints => None,
    }
}

fn set_caption(old: Option<&Object>, new: &Object) -> Option<Caption> {
    let set = new.meta("name").text();
    let replicas = |o: &Object| o.spec().get("replicas").as_int().unwrap_or(1);
    let Some(old) = old else {
        return Some(Caption::Created {
            names: vec![new.key().to_string()],
            set: Some((set, replicas(new))),
        });
    };
    if replicas(old) != replicas(new) {
        return Some(Caption::Scaled { set, from: replicas(old), to: replicas(new) });
    }
    if old.spec().get("template") != new.spec().get("template") {
        return Some(Caption::NewTemplate { set });
    }
    (old.spec() != new.spec()).then(|| Caption::Changed { names: vec![new.key().to_string()] })
}

/// Joins a beat to the step before it; false if it is another thing.
pub(super) fn join(step: &mut Caption, beat: &Beat) -> bool {
    let Beat::Tell(beat) = beat else { return false };
    match (step, beat) {
        (Caption::ClaimMade { claims }, Caption::ClaimMade { claims: more }) => {
            claims.extend(more.iter().cloned());
        }
        (step @ Caption::ClaimMade { .. }, Caption::PodMade { pods, .. }) => {
            let Caption::ClaimMade { claims } = step else { return false };
            *step = Caption::PodMade { pods: pods.clone(), new_claims: claims.len(), kept: false };
        }
        (Caption::PodMade { new_claims, .. }, Caption::ClaimMade { claims }) => *new_claims += claims.len(),
        (Caption::PodMade { pods, .. }, Caption::PodMade { pods: more, .. })
        | (Caption::Unschedulable { pods }, Caption::Unschedulable { pods: more })
        | (Caption::Ready { pods, .. }, Caption::Ready { pods: more, .. })
        | (Caption::NotReady { pods }, Caption::NotReady { pods: more })
        | (Caption::Restarted { pods }, Caption::Restarted { pods: more })
        | (Caption::Finished { pods }, Caption::Finished { pods: more })
        | (Caption::Deleting { pods, .. }, Caption::Deleting { pods: more, .. }) => add(pods, more),
        (Caption::Scheduled { pods, node }, Caption::Scheduled { pods: more, node: there }) => {
            add(pods, more);
            if node != there {
                *node = "".into();
            }
        }
        (Caption::Failed { pods, word }, Caption::Failed { pods: more, word: same }) if word == same => {
            add(pods, more);
        }
        (Caption::Gone { pods, kept, deleted }, Caption::Gone { pods: more, kept: k, deleted: d }) => {
            add(pods, more);
            add(kept, k);
            add(deleted, d);
        }
        (Caption::ClaimDeleting { claims }, Caption::ClaimDeleting { claims: more })
        | (Caption::ClaimGone { claims }, Caption::ClaimGone { claims: more }) => add(claims, more),
        // A pod that is deleted is no longer ready; that is one thing.
        (Caption::Deleting { .. }, Caption::NotReady { .. }) => {}
        _ => return false,
    }
    true
}

/// Lets a beat say what a typed line did; false if the line has said something else already.
pub(super) fn take_over(step: &mut Caption, beat: &Beat) -> bool {
    let told = match beat {
        Beat::Tell(caption) => Some(caption.clone()),
        Beat::Set { old, new } => match set_caption(old.as_deref(), new) {
            Some(caption) => Some(caption),
            None => return true,
        },
        Beat::Outside { name, had, has } => Some(match (had, has) {
            (false, _) => Caption::Created { names: vec![name.clone()], set: None },
            (true, true) => Caption::Changed { names: vec![name.clone()] },
            (true, false) => Caption::Removed { names: vec![name.clone()] },
        }),
        Beat::Endpoints => None,
    };
    let Some(told) = told else { return false };
    match (&mut *step, told) {
        (Caption::Said { .. }, told) => *step = told,
        (Caption::Created { names, set }, Caption::Created { names: more, set: other }) => {
            names.extend(more);
            if set.is_none() {
                *set = other;
            }
        }
        (Caption::Created { .. }, Caption::Changed { .. }) => {}
        (
            Caption::Changed { .. },
            told @ (Caption::Created { .. } | Caption::Scaled { .. } | Caption::NewTemplate { .. }),
        ) => *step = told,
        (Caption::Changed { names }, Caption::Changed { names: more })
        | (Caption::Removed { names }, Caption::Removed { names: more }) => names.extend(more),
        (Caption::Removed { .. }, Caption::SetGone { .. }) => {}
        (
            Caption::Scaled { .. } | Caption::NewTemplate { .. },
            Caption::Changed { .. } | Caption::NewTemplate { .. },
        ) => {}
        (_, told) => return join(step, &Beat::Tell(told)),
    }
    true
}

fn add(list: &mut Vec<Text>, more: &[Text]) {
    for name in more {
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
}
