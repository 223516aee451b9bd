//! The update phase: which pods of an older revision make way now (S80 to S90).

use super::decide::{Facts, Part, Plan, Step, unavailable};
use super::spec::Strategy;
use crate::api::Text;
use crate::component::{Gate, Why};

/// Adds the deletions of the update phase, or the gate that holds it.
pub fn decide(facts: &Facts<'_>, plan: &mut Plan) {
    let (start, end) = (facts.spec.start, facts.spec.end());
    if facts.spec.strategy == Strategy::OnDelete {
        let pods = names(facts, &facts.pods.outdated(start, end, facts.update));
        if !pods.is_empty() {
            plan.gate.get_or_insert(Gate::OnDelete { pods });
        }
        return;
    }
    let before = plan.steps.len();
    if facts.profile.max_unavailable_gate {
        with_budget(facts, plan);
    } else {
        one_at_a_time(facts, plan);
    }
    plan.updates = plan.steps.len() - before;
    if plan.updates == 0 && plan.gate.is_none() {
        let below = facts.pods.outdated(start, facts.spec.update_min().min(end), facts.update);
        if !below.is_empty() {
            let partition = facts.spec.update_min() - start;
            plan.gate = Some(Gate::Partition { partition, pods: names(facts, &below) });
        }
    }
}

// The gate MaxUnavailableStatefulSet is off (S80): the highest pod that is not done decides.
fn one_at_a_time(facts: &Facts<'_>, plan: &mut Plan) {
    let (min, end) = (facts.spec.update_min(), facts.spec.end());
    let old = facts.pods.outdated(min, end, facts.update).first().copied();
    let down = facts
        .pods
        .troubled(min, end, facts.spec.min_ready_secs)
        .into_iter()
        .rev()
        .find(|(_, pod)| unavailable(facts, pod))
        .map(|(ordinal, _)| ordinal);
    // The pods this pass creates are not available either. Without a rolling update block some are of the current
    // revision (S71), and are deleted as soon as they are made.
    let mut created = plan.steps.iter().rev().filter_map(|(_, step)| match step {
        Step::Create { ordinal, revision } if *ordinal >= min => Some((*ordinal, revision != facts.update)),
        _ => None,
    });
    let down = down.max(created.clone().next().map(|(ordinal, _)| ordinal));
    let old = old.max(created.find_map(|(ordinal, is_old)| is_old.then_some(ordinal)));
    match old {
        Some(ordinal) if down.is_none_or(|down| ordinal >= down) => match facts.pods.get(ordinal) {
            Some(pod) if pod.terminating() => {
                let gate = Gate::UpdatedNotAvailable { pod: pod.name.clone(), ordinal, until: pod.deletion };
                plan.gate.get_or_insert(gate);
            }
            _ => delete(plan, ordinal),
        },
        Some(_) => {
            // Something higher is not done; which pod it is names the gate.
            if let Some((ordinal, pod)) = down.and_then(|o| Some((o, facts.pods.get(o)?))) {
                let until = pod.available_at(facts.spec.min_ready_secs);
                plan.gate.get_or_insert(Gate::UpdatedNotAvailable { pod: pod.name.clone(), ordinal, until });
            }
        }
        None => {}
    }
}

// One after the other: where one deletion fails, the next is not tried.
fn delete(plan: &mut Plan, ordinal: i64) {
    let batch = Part::Update.batch(plan.steps.len());
    plan.steps.push((batch, Step::Delete { ordinal, why: Why::OldRevision }));
}

// The gate is on (S86), and in 1.37 broken old pods of Parallel sets go first (S90).
fn with_budget(facts: &Facts<'_>, plan: &mut Plan) {
    let (start, end, min) = (facts.spec.start, facts.spec.end(), facts.spec.update_min());
    let max = facts.spec.max_unavailable();
    let down: Vec<(i64, Text)> = facts
        .pods
        .troubled(start, end, facts.spec.min_ready_secs)
        .into_iter()
        .filter(|(_, pod)| unavailable(facts, pod))
        .map(|(ordinal, pod)| (ordinal, pod.name.clone()))
        .collect();
    let present = facts.pods.range(start, end).count() as i64;
    let missing = (facts.spec.replicas - present).max(0) as usize;
    let count = down.len() + missing;
    let two_phase = facts.profile.parallel_two_phase_deletion && !facts.spec.monotonic;
    let outdated: Vec<i64> = facts
        .pods
        .outdated(min, end, facts.update)
        .into_iter()
        .filter(|o| facts.pods.get(*o).is_some_and(|pod| !pod.terminating()))
        .collect();
    if outdated.is_empty() {
        return;
    }
    let is_down = |ordinal: &i64| down.iter().any(|(o, _)| o == ordinal);
    let mut budget = max.saturating_sub(count);
    if two_phase {
        for ordinal in outdated.iter().filter(|o| is_down(o)) {
            delete(plan, *ordinal);
        }
    }
    for ordinal in outdated.iter().filter(|o| !two_phase || !is_down(o)) {
        if budget == 0 {
            break;
        }
        budget -= 1;
        delete(plan, *ordinal);
    }
    if plan.steps.iter().all(|(_, step)| !matches!(step, Step::Delete { why: Why::OldRevision, .. })) {
        let pods = down.into_iter().map(|(_, name)| name).collect();
        plan.gate.get_or_insert(Gate::Budget { unavailable: count, max, pods });
    }
}

fn names(facts: &Facts<'_>, ordinals: &[i64]) -> Vec<Text> {
    ordinals.iter().filter_map(|o| facts.pods.get(*o)).map(|pod| pod.name.clone()).collect()
}
