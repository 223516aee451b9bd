//! What everything that acts in a cluster has in common: its own copy, its queue, its way to write.
//!
//! A [`Component`] is a control loop, the scheduler, or the kubelets. It is told of changes in the order of the
//! watch ([`Component::observe`]), names keys to look at, and works on one key at a time ([`Component::sync`]).
//! It meets the others only in the store. The machine that calls it stands in `cluster`.

pub mod client;
pub mod decision;
pub mod recorder;
pub mod request;
pub mod work_queue;
pub mod world;

pub use client::{Cause, Client, DeleteOptions, Happening, Propagation, Verb, What, Write};
pub use decision::{Action, Decision, Gate, Why};
pub use recorder::Recorder;
pub use request::{Landing, Request};
pub use work_queue::WorkQueue;
pub use world::{Fault, Pace, World};

use crate::api::{Kind, Object, Text};
use crate::sim::SimDuration;
use crate::store::{Change, Status, View};
use std::rc::Rc;

/// What a component is asked to look at: an object, or anything else it gave a name to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkKey {
    /// Distinguishes kinds of work inside one component; `""` if there is only one.
    pub task: &'static str,
    /// The namespace, or empty.
    pub namespace: Text,
    /// The name.
    pub name: Text,
}

impl WorkKey {
    /// Work of the component's one kind on an object.
    pub fn new(namespace: impl Into<Text>, name: impl Into<Text>) -> WorkKey {
        WorkKey { task: "", namespace: namespace.into(), name: name.into() }
    }

    /// Work of the named kind.
    pub fn task(task: &'static str, namespace: impl Into<Text>, name: impl Into<Text>) -> WorkKey {
        WorkKey { task, namespace: namespace.into(), name: name.into() }
    }

    /// Work of the component's one kind on that object.
    pub fn of(object: &Object) -> WorkKey {
        WorkKey::new(object.meta("namespace").text(), object.meta("name").text())
    }
}

/// Why a pass failed; the key is tried again with back-off (S50).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncError(pub String);

impl From<Status> for SyncError {
    fn from(status: Status) -> Self {
        SyncError(status.message)
    }
}
impl From<Rc<Status>> for SyncError {
    fn from(status: Rc<Status>) -> Self {
        SyncError(status.message.clone())
    }
}

/// What a pass works with: reads from the component's own copy, writes to the API server.
pub struct Ctx<'a> {
    /// The way to write, and the time.
    pub client: Client<'a>,
    /// How far the component's copy is behind; used by [`Ctx::view`].
    pub cursor: u64,
    /// Keys to look at, now or later.
    pub queue: &'a mut WorkQueue,
    /// The outside world: what takes how long, what is broken.
    pub world: &'a mut World,
    /// Events of this component (`kubectl get events`).
    pub recorder: &'a mut Recorder,
}

impl Ctx<'_> {
    /// The component's own copy of the cluster.
    pub fn view(&self) -> View<'_> {
        View::new(self.client.store(), self.cursor)
    }

    /// The object as the component's copy has it.
    pub fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<Rc<Object>> {
        self.view().get(kind, namespace, name).cloned()
    }

    /// The objects of a kind and namespace as the component's copy has them.
    pub fn list(&self, kind: Kind, namespace: Option<&str>) -> Vec<Rc<Object>> {
        self.view().list(kind, namespace).into_iter().cloned().collect()
    }

    /// Looks at `key` again after `delay`.
    pub fn requeue_after(&mut self, key: WorkKey, delay: SimDuration) {
        let at = self.client.now() + delay;
        let cause = self.client.cause();
        self.queue.add_at(at, key, cause);
    }

    /// Records an event on `object`; identical ones are counted up (S114).
    pub fn event(&mut self, object: &Object, kind: EventType, reason: &'static str, message: String) {
        self.recorder.record(&mut self.client, object, "", kind, reason, message);
    }

    /// Records an event on a part of `object`, such as `spec.containers{nginx}`.
    pub fn event_at(
        &mut self,
        object: &Object,
        field_path: &str,
        kind: EventType,
        reason: &'static str,
        message: String,
    ) {
        self.recorder.record(&mut self.client, object, field_path, kind, reason, message);
    }
}

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventType {
    /// Information.
    Normal,
    /// Something went wrong.
    Warning,
}

impl EventType {
    /// `Normal` or `Warning`.
    pub fn name(self) -> &'static str {
        match self {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        }
    }
}

/// A control loop, the scheduler, or the kubelets.
pub trait Component {
    /// The actor in traces and recordings: `statefulset-controller`. Unique in the list of components.
    fn name(&self) -> &'static str;

    /// The source of its events, where that differs from the name: `default-scheduler`.
    fn event_source(&self) -> &'static str {
        self.name()
    }

    /// The kinds whose changes it is told of.
    fn watches(&self) -> &'static [Kind];

    /// One reaction takes so long; most take the pace `sync`.
    fn reaction(&self, world: &World) -> SimDuration {
        world.pace.sync
    }

    /// How much later than the store its copy always is (not a fault; the DNS server has such a delay).
    fn lag(&self, _world: &World) -> SimDuration {
        SimDuration(0)
    }

    /// Hears of one change, in the order of the watch, and adds to `queue` what has to be looked at.
    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue);

    /// Works on one key; an error puts the key back with back-off.
    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError>;

    /// Hears of a fault that somebody switched on or off (already noted in [`World`]).
    fn fault(&mut self, _fault: &Fault, _ctx: &mut Ctx<'_>) {}

    /// A copy of its state, for snapshots.
    fn boxed_clone(&self) -> Box<dyn Component>;
}

impl Clone for Box<dyn Component> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
