//! One pass over a set as a pure function: what is known in, ordered steps and the gate that holds out.
//!
//! Follows pkg/controller/statefulset/stateful_set_control.go updateStatefulSet, in the order of S65. Reads only
//! its arguments and writes nothing; `act` performs the steps and stops where a step fails.

use super::identity;
use super::pods::{Pod, Pods};
use super::rollout;
use super::spec::{SetSpec, Strategy};
use crate::api::{Object, ObjectKey, Profile, Text};
use crate::component::{Gate, Why};
use crate::sim::{Arrange, SimTime};
use std::rc::Rc;

/// Everything a pass looks at.
pub struct Facts<'a> {
    /// The set.
    pub set: &'a Object,
    /// Its spec, read.
    pub spec: &'a SetSpec,
    /// Its claimed pods.
    pub pods: &'a mut Pods,
    /// The name of the current revision (S38).
    pub current: &'a Text,
    /// The name of the update revision (S34).
    pub update: &'a Text,
    /// The time.
    pub now: SimTime,
    /// The modelled release.
    pub profile: &'a Profile,
    /// The claim of that name, if it exists.
    pub claim: &'a dyn Fn(&str) -> Option<Rc<Object>>,
    /// True if some claim of the namespace has an owner, so that owners have to be compared at all.
    pub claims_have_owners: bool,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is what the sentence names")]
pub enum Step {
    /// Create the claims that are missing, then the pod, at that revision (S70).
    Create { ordinal: i64, revision: Text },
    /// Delete the pod.
    Delete { ordinal: i64, why: Why },
    /// Create the missing claims of a pending pod (S99).
    EnsureClaims { ordinal: i64 },
    /// Repair identity, storage and claim owners of the pod (S73).
    Repair { ordinal: i64 },
    /// Repair the claim owners of a condemned pod (S65.9).
    RepairClaims { ordinal: i64 },
}

/// The answer of a pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What to do, in order. After a failed step only the rest of its batch is still done (S69).
    pub steps: Vec<(u32, Step)>,
    /// What holds the controller behind the last step.
    pub gate: Option<Gate>,
    /// How many steps at the end are deletions of the update phase, which lower `currentReplicas` (S80).
    pub updates: usize,
}

/// The most pods one pass makes in Parallel mode; the pods it made bring the next pass. The real controller makes all of
/// them in one, which would hold up the page.
const MOST_MADE: usize = 200;

/// The parts of a pass, in their order; a step of a later part is never in the batch of an earlier one.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Wanted,
    Claims,
    Condemned,
    Update,
}

impl Part {
    // The batch of the pod at `index` of this part. Slow start: batches of 1, 2, 4 … 500 (S69), whether or not there is
    // anything to do for a pod; the update deletes one pod after the other.
    pub(super) fn batch(self, index: usize) -> u32 {
        let mut number = (self as u32) << 24;
        if matches!(self, Part::Update) {
            return number + index as u32;
        }
        let (mut end, mut size) = (1, 1);
        while index >= end {
            size = (size * 2).min(500);
            end += size;
            number += 1;
        }
        number
    }
}

/// Decides one pass.
pub fn decide(facts: &mut Facts<'_>) -> Plan {
    let mut plan = Plan::default();
    if facts.set.is_terminating() {
        plan.gate = Some(Gate::SetDeleting);
        return plan;
    }
    if wanted(facts, &mut plan) || condemned(facts, &mut plan) {
        return plan;
    }
    rollout::decide(facts, &mut plan);
    if plan.gate.is_none() && !facts.spec.monotonic {
        plan.gate = unfinished(facts);
    }
    plan
}

// Nothing holds a Parallel set back, and still it is not done: its first pod that is not available yet.
fn unfinished(facts: &Facts<'_>) -> Option<Gate> {
    let min_ready = facts.spec.min_ready_secs;
    let (ordinal, pod) =
        facts.pods.first_unavailable(facts.spec.start, facts.spec.end(), min_ready, facts.now)?;
    let pod_name = pod.name.clone();
    if pod.running_and_ready() && !pod.terminating() {
        return Some(Gate::NotAvailable { pod: pod_name, ordinal, until: pod.available_at(min_ready) });
    }
    Some(Gate::Unready { pod: pod_name, ordinal })
}

/// The version's test of S61: not available, or terminating.
pub fn unavailable(facts: &Facts<'_>, pod: &Pod) -> bool {
    let good = if facts.profile.available_instead_of_ready {
        pod.available(facts.spec.min_ready_secs, facts.now)
    } else {
        pod.running_and_ready()
    };
    !good || pod.terminating()
}

// The wanted ordinals in ascending order (S67); true if the pass ends here.
fn wanted(facts: &mut Facts<'_>, plan: &mut Plan) -> bool {
    let (start, end, monotonic) = (facts.spec.start, facts.spec.end(), facts.spec.monotonic);
    let every = facts.claims_have_owners || !facts.spec.retains_all_claims();
    let first_gap = facts.pods.first_gap(start).min(end);
    // Pods without trouble ask for nothing, unless claims may need another owner.
    let mut seen: Vec<i64> = if every {
        facts.pods.range(start, end).map(|(ordinal, _)| ordinal).collect()
    } else {
        facts.pods.troubled(start, end, facts.spec.min_ready_secs).into_iter().map(|(o, _)| o).collect()
    };
    if first_gap < end {
        if monotonic {
            seen.retain(|ordinal| *ordinal < first_gap);
            seen.push(first_gap);
        } else {
            let gaps = (first_gap..end).filter(|ordinal| facts.pods.get(*ordinal).is_none());
            seen.extend(gaps.take(MOST_MADE));
            seen.arrange();
        }
    }
    for ordinal in seen {
        if let Some(gate) = wanted_one(facts, plan, ordinal) {
            // In Parallel mode the first gate is remembered, and the others go on.
            if monotonic {
                plan.gate = gate;
                return true;
            }
            if plan.gate.is_none() {
                plan.gate = gate;
            }
        }
    }
    false
}

// One wanted ordinal; Some if a monotonic pass ends here, with what it waits for.
fn wanted_one(facts: &mut Facts<'_>, plan: &mut Plan, ordinal: i64) -> Option<Option<Gate>> {
    let batch = Part::Wanted.batch((ordinal - facts.spec.start) as usize);
    let Some(pod) = facts.pods.get(ordinal) else {
        let name = identity::pod_name(facts.set.name(), ordinal);
        if let Some(claim) = stale_claim(facts, ordinal, &name, "") {
            return Some(Some(Gate::StaleClaim { pod: name, claim }));
        }
        let revision = revision_for(facts, ordinal);
        plan.steps.push((batch, Step::Create { ordinal, revision }));
        return Some(None);
    };
    let name = pod.name.clone();
    if pod.finished {
        if !pod.terminating() {
            plan.steps.push((batch, Step::Delete { ordinal, why: Why::FinishedPod }));
        }
        return Some(Some(Gate::Finished { pod: name, ordinal }));
    }
    let uid = pod.uid.clone();
    let lacks_claim = || {
        identity::claim_names(facts.set, ordinal)
            .any(|claim| (facts.claim)(&claim).is_none_or(|claim| claim.is_terminating()))
    };
    if pod.pending && (lacks_claim() || claims_need_owner(facts, ordinal, &uid)) {
        plan.steps.push((batch, Step::EnsureClaims { ordinal }));
    }
    if pod.terminating() {
        if facts.spec.monotonic {
            return Some(Some(Gate::Terminating { pod: name, ordinal, until: pod.deletion }));
        }
        return None;
    }
    let waits = if !pod.running_and_ready() {
        Some(Gate::NotReady { pod: name, ordinal })
    } else if !pod.available(facts.spec.min_ready_secs, facts.now) {
        Some(Gate::NotAvailable { pod: name, ordinal, until: pod.available_at(facts.spec.min_ready_secs) })
    } else {
        None
    };
    if facts.spec.monotonic && waits.is_some() {
        return Some(waits);
    }
    if !pod.fits || claims_need_owner(facts, ordinal, &uid) {
        plan.steps.push((batch, Step::Repair { ordinal }));
    }
    None
}

// The pods that are no longer wanted, highest ordinal first (S75); true if the pass ends here.
fn condemned(facts: &mut Facts<'_>, plan: &mut Plan) -> bool {
    let spec = facts.spec;
    let list: Vec<(i64, Pod)> =
        facts.pods.outside(spec.start, spec.end()).into_iter().map(|(o, pod)| (o, pod.clone())).collect();
    if list.is_empty() {
        return false;
    }
    for (i, (ordinal, pod)) in list.iter().enumerate() {
        if claims_need_owner(facts, *ordinal, &pod.uid) {
            plan.steps.push((Part::Claims.batch(i), Step::RepairClaims { ordinal: *ordinal }));
        }
    }
    // A wanted pod that is unavailable has ended a monotonic pass already, so only condemned ones are left.
    let first_unavailable =
        list.iter().rev().find(|(_, pod)| unavailable(facts, pod)).map(|(_, pod)| pod.name.clone());
    for (i, (ordinal, pod)) in list.into_iter().enumerate() {
        let gate = if pod.terminating() {
            Some(Gate::CondemnedTerminating { pod: pod.name.clone(), ordinal, until: pod.deletion })
        } else if !spec.monotonic {
            None
        } else {
            // C8: also where nothing is unavailable, as with a finished pod that still says it is Ready.
            let is_first = first_unavailable.as_ref() == Some(&pod.name);
            let another = first_unavailable.clone().filter(|_| !is_first).unwrap_or(pod.name.clone());
            if !pod.running_and_ready() && !is_first {
                Some(Gate::CondemnedNotReady { pod: pod.name.clone(), ordinal, first_unavailable: another })
            } else if !pod.available(spec.min_ready_secs, facts.now) && !is_first {
                let until = pod.available_at(spec.min_ready_secs);
                Some(Gate::CondemnedNotAvailable {
                    pod: pod.name.clone(),
                    ordinal,
                    first_unavailable: another,
                    until,
                })
            } else {
                None
            }
        };
        match gate {
            Some(gate) if spec.monotonic => {
                plan.gate = Some(gate);
                return true;
            }
            Some(gate) => {
                plan.gate.get_or_insert(gate);
            }
            None => {
                let step = Step::Delete { ordinal, why: Why::Condemned };
                plan.steps.push((Part::Condemned.batch(i), step));
                if spec.monotonic {
                    let until = pod.deletion;
                    plan.gate = Some(Gate::CondemnedTerminating { pod: pod.name, ordinal, until });
                    return true;
                }
            }
        }
    }
    false
}

/// The revision a new pod of that ordinal is made from (S71).
pub fn revision_for(facts: &Facts<'_>, ordinal: i64) -> Text {
    let current = match &facts.spec.strategy {
        Strategy::RollingUpdate(None) => {
            let count = facts.set.status().get("currentReplicas").as_int().unwrap_or(0);
            ordinal < facts.spec.start + count
        }
        Strategy::RollingUpdate(Some(rolling)) => ordinal < facts.spec.start + rolling.partition,
        Strategy::OnDelete => false,
    };
    if current { facts.current.clone() } else { facts.update.clone() }
}

// The claim that still belongs to another pod of this name (S101); `uid` is empty for a pod to be made.
fn stale_claim(facts: &Facts<'_>, ordinal: i64, pod: &str, uid: &str) -> Option<Text> {
    if !facts.spec.delete_claims_on_scale_in {
        return None;
    }
    identity::claim_names(facts.set, ordinal).find(|name| {
        (facts.claim)(name).is_some_and(|claim| {
            claim.owners().any(|o| o.kind() == "Pod" && o.name() == pod && o.uid() != uid)
        })
    })
}

/// True if a claim of that ordinal has not the owner the retention policy wants (S104).
pub fn claims_need_owner(facts: &Facts<'_>, ordinal: i64, pod_uid: &str) -> bool {
    if !facts.claims_have_owners && facts.spec.retains_all_claims() {
        return false;
    }
    identity::claim_names(facts.set, ordinal).any(|name| {
        (facts.claim)(&name).is_some_and(|claim| {
            let owner = super::retention::wanted_owner(facts.spec, ordinal);
            super::retention::needs_repair(&claim, facts.set, ordinal, pod_uid, facts.spec, owner)
        })
    })
}

/// The key of the pod of an ordinal.
pub fn pod_key(set: &Object, ordinal: i64) -> ObjectKey {
    ObjectKey::new(
        crate::api::Kind::Pod,
        set.meta("namespace").text(),
        identity::pod_name(set.name(), ordinal),
    )
}
