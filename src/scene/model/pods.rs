//! One pod as the stage shows it: kubectl's STATUS word, the condition that decides the drawing, what is left of
//! its time.
//!
//! The word follows pkg/printers/internalversion/printers.go, printPod.

use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::sim::{Arrange, SimDuration, SimTime};
use crate::store::Store;

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodModel {
    /// Its key.
    pub key: ObjectKey,
    /// The condition that decides the drawing.
    pub state: PodState,
    /// kubectl's STATUS.
    pub word: Text,
    /// Ready containers.
    pub ready: usize,
    /// All containers.
    pub containers: usize,
    /// Its address, or empty.
    pub ip: Text,
    /// Its node, or empty.
    pub node: Text,
    /// Its revision, if a set made it.
    pub revision: Option<Revision>,
    /// Restarts of all containers.
    pub restarts: i64,
    /// What is left of the time it is given, where time alone ends the state.
    pub countdown: Option<Countdown>,
    /// What its third line says.
    pub note: Note,
}

/// The condition that decides how a pod is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodState {
    /// The place is empty.
    #[default]
    None,
    /// No node yet.
    Pending,
    /// No node yet, because its volume is missing.
    Volume,
    /// On a node, being started.
    Creating,
    /// Running, takes no requests.
    NotReady,
    /// Running and ready.
    Ready,
    /// Ready, but not for minReadySeconds yet.
    Settling,
    /// Being deleted.
    Terminating,
    /// Crashes and waits for the next try.
    Crash,
    /// Failed: image, error, eviction.
    Failed,
    /// Running when its node was last heard of.
    Lost,
    /// Finished.
    Done,
}

impl PodState {
    /// Every state, in order.
    pub const ALL: [PodState; 12] = [
        PodState::None,
        PodState::Pending,
        PodState::Volume,
        PodState::Creating,
        PodState::NotReady,
        PodState::Ready,
        PodState::Settling,
        PodState::Terminating,
        PodState::Crash,
        PodState::Failed,
        PodState::Lost,
        PodState::Done,
    ];
}

/// A revision as a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// A for the oldest that is kept.
    pub letter: char,
    /// True if the set is moving away from it.
    pub old: bool,
}

/// Time that runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// When it ends.
    pub until: SimTime,
    /// How long it was.
    pub total: SimDuration,
    /// What is left at the moment of the picture.
    pub left: SimDuration,
}

impl Countdown {
    fn new(until: SimTime, total: SimDuration, now: SimTime) -> Option<Countdown> {
        let left = until.since(now);
        (left.as_millis() > 0).then_some(Countdown { until, total: SimDuration(total.0.max(left.0)), left })
    }
    /// What is left, as a part of the whole.
    pub fn part(&self) -> f64 {
        if self.total.0 == 0 { 0.0 } else { self.left.0 as f64 / self.total.0 as f64 }
    }
}

/// What the third line of a card says.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Note {
    /// Nothing.
    #[default]
    None,
    /// Its address.
    Address,
    /// No node takes it.
    NeedsNode,
    /// Its claim is not bound.
    NeedsVolume,
    /// Grace left.
    Grace,
    /// Time left until it counts as available.
    Settling,
    /// The node says nothing.
    Unconfirmed,
    /// Its object is gone, and its containers run on where nobody can tell them.
    Unknown,
    /// How it ended.
    Exit(i64),
    /// A reason in the cluster's own word.
    Reason(Text),
}

/// Reads a pod.
pub fn pod_model(store: &Store, pod: &Object, now: SimTime) -> PodModel {
    let status = pod.status();
    let containers = status.get("containerStatuses").items();
    let node = pod.spec().get("nodeName").text();
    let ready = pod.condition("Ready").get("status").str() == "True";
    let (word, state) = pod_word(pod);
    let set = pod.controller().filter(|o| o.kind() == "StatefulSet");
    let set = set.and_then(|o| store.get(Kind::StatefulSet, pod.namespace(), o.name()));
    let unconfirmed = !node.is_empty() && node_is_silent(store, &node);

    let mut model = PodModel {
        key: pod.key(),
        state,
        word,
        ready: containers.iter().filter(|c| c.get("ready").is_true()).count(),
        containers: pod.spec().get("containers").items().len().max(containers.len()),
        ip: status.get("podIP").text(),
        node,
        revision: set.and_then(|set| revision(store, pod, set)),
        restarts: containers.iter().filter_map(|c| c.get("restartCount").as_int()).sum(),
        countdown: None,
        note: Note::None,
    };
    match model.state {
        PodState::Terminating => {
            let until = SimTime::parse(pod.meta("deletionTimestamp").str()).unwrap_or_default();
            let grace = pod.meta("deletionGracePeriodSeconds").as_int().unwrap_or(0).max(0) as u64;
            model.countdown = Countdown::new(until, SimDuration(grace * 1000), now);
            model.note = match model.countdown {
                _ if unconfirmed => Note::Unconfirmed,
                Some(_) => Note::Grace,
                None => Note::None,
            };
            if unconfirmed {
                model.countdown = None;
            }
        }
        PodState::Ready | PodState::NotReady if unconfirmed => {
            model.state = PodState::Lost;
            model.note = Note::Unconfirmed;
        }
        PodState::NotReady if ready && model.ready == model.containers => {
            ready_state(&mut model, pod, set.map(|s| &**s), now);
        }
        PodState::NotReady => model.note = Note::Address,
        PodState::Pending => {
            let waits = pod.condition("PodScheduled");
            if !model.node.is_empty() {
                model.note = Note::None;
            } else if claims_wait(store, pod) {
                model.state = PodState::Volume;
                model.note = Note::NeedsVolume;
            } else if waits.get("status").str() == "False" {
                model.note = Note::NeedsNode;
            }
        }
        PodState::Crash => model.countdown = back_off(containers, now),
        PodState::Done | PodState::Failed => {
            let exit = containers.iter().find_map(|c| c.at(&["state", "terminated", "exitCode"]).as_int());
            model.note = exit.map_or(Note::None, Note::Exit);
        }
        _ => {}
    }
    model
}

fn ready_state(model: &mut PodModel, pod: &Object, set: Option<&Object>, now: SimTime) {
    model.state = PodState::Ready;
    model.note = Note::Address;
    let wait = set.and_then(|s| s.spec().get("minReadySeconds").as_int()).unwrap_or(0).max(0) as u64 * 1000;
    let since = SimTime::parse(pod.condition("Ready").get("lastTransitionTime").str());
    if let (Some(since), true) = (since, wait > 0) {
        model.countdown = Countdown::new(since + SimDuration(wait), SimDuration(wait), now);
        if model.countdown.is_some() {
            model.state = PodState::Settling;
            model.note = Note::Settling;
        }
    }
}

/// kubectl's STATUS, and the condition it stands for. A running pod comes back as `NotReady`; the caller looks at
/// its readiness.
pub fn pod_word(pod: &Object) -> (Text, PodState) {
    let status = pod.status();
    let phase = status.get("phase").text();
    let mut word = if status.get("reason").is_null() { phase.clone() } else { status.get("reason").text() };
    let mut running = false;
    for container in status.get("containerStatuses").items().iter().rev() {
        let state = container.get("state");
        let waiting = state.at(&["waiting", "reason"]).text();
        let ended = state.get("terminated");
        if !waiting.is_empty() {
            word = waiting;
        } else if !ended.is_null() {
            let reason = ended.get("reason").text();
            word = if !reason.is_empty() {
                reason
            } else if let Some(signal) = ended.get("signal").as_int().filter(|s| *s != 0) {
                format!("Signal:{signal}").into()
            } else {
                format!("ExitCode:{}", ended.get("exitCode").as_int().unwrap_or(0)).into()
            };
        } else if container.get("ready").is_true() && !state.get("running").is_null() {
            running = true;
        }
    }
    if &*word == "Completed" && running {
        let ready = pod.condition("Ready").get("status").str() == "True";
        word = if ready { "Running" } else { "NotReady" }.into();
    }
    let init = status.get("initContainerStatuses").items();
    let done = init.iter().filter(|c| c.at(&["state", "terminated", "exitCode"]).as_int() == Some(0)).count();
    if done < init.len() {
        let waiting = init[done].at(&["state", "waiting", "reason"]).str();
        word = match waiting {
            "" | "PodInitializing" => format!("Init:{done}/{}", init.len()).into(),
            reason => format!("Init:{reason}").into(),
        };
    }
    if pod.is_terminating() {
        let lost = status.get("reason").str() == "NodeLost";
        return (if lost { "Unknown" } else { "Terminating" }.into(), PodState::Terminating);
    }
    let state = match &*word {
        "Running" | "NotReady" => PodState::NotReady,
        "Pending" => PodState::Pending,
        "ContainerCreating" | "PodInitializing" => PodState::Creating,
        "Completed" | "Succeeded" => PodState::Done,
        w if w.contains("CrashLoopBackOff") => PodState::Crash,
        "Unknown" => PodState::Lost,
        w if w.starts_with("Init:") && w.as_bytes()[5].is_ascii_digit() => PodState::Creating,
        _ => PodState::Failed,
    };
    (word, state)
}

/// True if nothing has been heard of the node for too long, or its object is gone. Where no node is known at all, as in a
/// cluster whose nodes nobody watched, none is silent.
fn node_is_silent(store: &Store, node: &str) -> bool {
    match store.get(Kind::Node, "", node) {
        Some(node) => node.condition("Ready").get("status").str() == "Unknown",
        None => store.count(Kind::Node) > 0,
    }
}

/// True if one of the pod's claims is missing or not bound.
fn claims_wait(store: &Store, pod: &Object) -> bool {
    pod.spec().get("volumes").items().iter().any(|volume| {
        let claim = volume.at(&["persistentVolumeClaim", "claimName"]).str();
        !claim.is_empty()
            && store
                .get(Kind::PersistentVolumeClaim, pod.namespace(), claim)
                .is_none_or(|claim| claim.status().get("phase").str() != "Bound")
    })
}

/// What is left of `back-off 20s restarting failed container`, from the end of the last try.
fn back_off(containers: &[Value], now: SimTime) -> Option<Countdown> {
    containers.iter().find_map(|container| {
        let message = container.at(&["state", "waiting", "message"]).str();
        let wait = message.strip_prefix("back-off ")?.split(' ').next()?;
        let total = SimDuration::parse(wait)?;
        let ended = SimTime::parse(container.at(&["lastState", "terminated", "finishedAt"]).str())?;
        Countdown::new(ended + total, total, now)
    })
}

/// The letter of the pod's revision: its place among those kept, by age.
fn revision(store: &Store, pod: &Object, set: &Object) -> Option<Revision> {
    let name = pod.label("controller-revision-hash");
    if name.is_empty() {
        return None;
    }
    let mut kept: Vec<_> = store
        .list(Kind::ControllerRevision, Some(set.namespace()))
        .filter(|r| r.controller().is_some_and(|o| o.uid() == set.uid()))
        .collect();
    let age = |r: &Object| (r.created_at(), r.body.get("revision").as_int());
    kept.arrange_by_key(|revision| age(revision));
    let index = kept.iter().position(|r| r.name() == name);
    let letter = index.map_or('?', |i| (b'A' + (i % 26) as u8) as char);
    let update = set.status().get("updateRevision").str();
    Some(Revision { letter, old: !update.is_empty() && update != name })
}
