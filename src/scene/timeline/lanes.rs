//! The life of every ordinal's pod as bars.

use super::Axis;
use crate::api::{Kind, Object, ObjectKey, Text};
use crate::component::{Happening, What};
use crate::scene::model::{PodState, ordinal_of, pod_word};
use crate::sim::SortedMap;

/// One ordinal.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The ordinal.
    pub ordinal: i64,
    /// What its pods went through, in order.
    pub bars: Vec<Bar>,
}

/// A stretch in one state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The moment it begins.
    pub from: f64,
    /// The moment it ends.
    pub to: f64,
    /// The state.
    pub state: LaneState,
}

/// The states a lane tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneState {
    /// Made, not ready yet.
    Creating,
    /// Ready.
    Ready,
    /// Was ready.
    NotReady,
    /// Being deleted.
    Terminating,
    /// Cannot run.
    Failed,
    /// On a node nothing is heard of.
    Lost,
    /// Finished.
    Done,
}

impl LaneState {
    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            LaneState::Creating => "creating",
            LaneState::Ready => "ready",
            LaneState::NotReady => "unready",
            LaneState::Terminating => "terminating",
            LaneState::Failed => "failed",
            LaneState::Lost => "lost",
            LaneState::Done => "done",
        }
    }
}

/// A pod while the run is read.
struct Seen {
    lane: i64,
    node: Text,
    state: LaneState,
    since: f64,
    was_ready: bool,
}

/// The lanes of a set's pods; without a set, of every pod, in the order in which they came.
pub fn lanes(happenings: &[Happening], set: Option<&ObjectKey>, axis: &Axis) -> Vec<Lane> {
    let mut lanes: SortedMap<i64, Vec<Bar>> = SortedMap::new();
    let mut pods: SortedMap<Text, Seen> = SortedMap::new();
    let mut places: SortedMap<Text, i64> = SortedMap::new();
    let mut silent: SortedMap<Text, bool> = SortedMap::new();
    for (n, happening) in happenings.iter().enumerate() {
        let What::Write(write) = &happening.what else { continue };
        match write.key.kind {
            Kind::Pod => {
                let name = &write.key.name;
                let lane = match set {
                    Some(set) if set.namespace == write.key.namespace => ordinal_of(name, &set.name),
                    Some(_) => None,
                    None => {
                        let next = places.len() as i64;
                        Some(*places.entry(name.clone()).or_insert(next))
                    }
                };
                let Some(lane) = lane else { continue };
                let moment = axis.step_of(n) as f64;
                let seen = pods.get(&**name);
                let Some(pod) = &write.new else {
                    if let Some(seen) = pods.remove(&**name) {
                        close(&mut lanes, &seen, moment);
                    }
                    continue;
                };
                let node = pod.spec().get("nodeName").text();
                let was_ready = seen.is_some_and(|s| s.was_ready);
                let is_silent = silent.get(&*node).copied().unwrap_or(false);
                let state = state(pod, was_ready, is_silent);
                let was_ready = was_ready || state == LaneState::Ready;
                let begin = || Seen { lane, node: node.clone(), state, since: moment, was_ready };
                let seen = pods.entry(name.clone()).or_insert_with(begin);
                turn(&mut lanes, seen, state, moment);
                (seen.node, seen.was_ready) = (node, was_ready);
            }
            Kind::Node => {
                let name = &write.key.name;
                let is_silent = match &write.new {
                    Some(node) => node.condition("Ready").get("status").str() == "Unknown",
                    None => true,
                };
                if silent.insert(name.clone(), is_silent) == Some(is_silent) {
                    continue;
                }
                let moment = axis.step_of(n) as f64;
                for seen in pods.values_mut().filter(|p| p.node == *name) {
                    let state = match seen.state {
                        LaneState::Ready | LaneState::NotReady if is_silent => LaneState::Lost,
                        LaneState::Lost if !is_silent => LaneState::Ready,
                        state => state,
                    };
                    turn(&mut lanes, seen, state, moment);
                }
            }
            _ => {}
        }
    }
    for seen in pods.values() {
        close(&mut lanes, seen, axis.len() as f64);
    }
    // Ordinals in between stay as empty lanes, so that heights mean ordinals.
    if let (Some(first), Some(last)) = (lanes.keys().next().copied(), lanes.keys().next_back().copied()) {
        for ordinal in first.min(0).max(first - 8)..=last.min(first + 120) {
            lanes.entry(ordinal).or_default();
        }
    }
    lanes.into_iter().map(|(ordinal, bars)| Lane { ordinal, bars }).collect()
}

fn turn(lanes: &mut SortedMap<i64, Vec<Bar>>, seen: &mut Seen, state: LaneState, moment: f64) {
    if state != seen.state {
        close(lanes, seen, moment);
        seen.state = state;
        seen.since = moment;
    }
}

fn close(lanes: &mut SortedMap<i64, Vec<Bar>>, seen: &Seen, moment: f64) {
    let bars = lanes.entry(seen.lane).or_default();
    // What begins and ends within one step is not seen, but a lane that has a pod is there.
    if moment > seen.since {
        bars.push(Bar { from: seen.since, to: moment, state: seen.state });
    }
}

fn state(pod: &Object, was_ready: bool, silent: bool) -> LaneState {
    let (_, state) = pod_word(pod);
    let ready = pod.condition("Ready").get("status").str() == "True";
    match state {
        PodState::Terminating => LaneState::Terminating,
        PodState::Crash | PodState::Failed => LaneState::Failed,
        PodState::Done => LaneState::Done,
        PodState::Lost => LaneState::Lost,
        _ if silent && was_ready => LaneState::Lost,
        _ if ready => LaneState::Ready,
        _ if was_ready => LaneState::NotReady,
        _ => LaneState::Creating,
    }
}
