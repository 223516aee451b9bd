//! What somebody saw of a real cluster, played again: its objects change as they did, and nothing here acts.
//!
//! An observed cluster has one component, the [`Witness`]. It keeps the StatefulSet controller's memory and asks, after
//! each change, what a pass would do; it writes nothing. So the page can say which gate held at every moment, and why
//! a pod was made or removed, of a controller that ran elsewhere. How a log becomes an [`Observed`] stands in
//! `scenario::observed`.

use crate::api::{Kind, Object, ObjectKey};
use crate::component::{Action, Component, Ctx, Decision, Gate, SyncError, WorkKey, WorkQueue, World};
use crate::controllers::stateful_set::StatefulSetController;
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::{Change, View};

/// What a user is told who wants to change an observed cluster.
pub const REFUSAL: &str = "this cluster was observed elsewhere: it can be asked, not changed";

/// A cluster as somebody saw it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// What was there when the watch began.
    pub start: Vec<Object>,
    /// What changed, in order of time; no two at the same moment.
    pub seen: Vec<Seen>,
}

/// One change that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// When, as far as the object tells.
    pub at: SimTime,
    /// Who, as far as the object tells: an actor's name as in a trace.
    pub actor: &'static str,
    /// Which object.
    pub key: ObjectKey,
    /// The object after it; none if it is gone.
    pub new: Option<Object>,
}

impl Observed {
    /// The moment of the first change, or the beginning if nothing changed.
    pub fn begins(&self) -> SimTime {
        self.seen.first().map_or(SimTime::ZERO, |seen| seen.at)
    }

    /// The moment of the last change.
    pub fn ends(&self) -> SimTime {
        self.seen.last().map_or(SimTime::ZERO, |seen| seen.at)
    }
}

/// What a set's controller was about to do, and what held it.
#[derive(Clone, Default)]
struct Foreseen {
    actions: Vec<Action>,
    gate: Option<Gate>,
}

/// The only component of an observed cluster.
#[derive(Clone, Default)]
pub struct Witness {
    controller: StatefulSetController,
    foreseen: SortedMap<WorkKey, Foreseen>,
    /// Foreseen actions that were seen since the last pass: whose, the number of the write, which.
    done: Vec<(WorkKey, u64, Action)>,
}

impl Witness {
    // True if the change is what the controller was about to do: a pod or claim made, or a pod being deleted.
    fn fits(action: &Action, change: &Change) -> bool {
        action.object == change.key
            && match (&change.old, &change.new) {
                (None, Some(_)) => action.why.makes(),
                (Some(_), None) => !action.why.makes(),
                (Some(old), Some(new)) => {
                    !action.why.makes() && new.is_terminating() && !old.is_terminating()
                }
                (None, None) => false,
            }
    }
}

impl Component for Witness {
    fn name(&self) -> &'static str {
        "observed"
    }

    fn watches(&self) -> &'static [Kind] {
        self.controller.watches()
    }

    fn reaction(&self, _world: &World) -> SimDuration {
        SimDuration(0)
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        for (key, foreseen) in self.foreseen.iter_mut() {
            if let Some(i) = foreseen.actions.iter().position(|action| Witness::fits(action, change)) {
                self.done.push((key.clone(), change.write, foreseen.actions.remove(i)));
                queue.add(key.clone());
            }
        }
        self.controller.observe(change, view, queue);
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let mut actions = Vec::new();
        self.done.retain(|(of, n, action)| {
            if of == key {
                actions.push((*n, action.clone()));
            }
            of != key
        });
        let Some((next, gate)) = self.controller.foresee(key, ctx) else {
            self.foreseen.remove(key);
            return Ok(());
        };
        let known = self.foreseen.get(key).map(|foreseen| &foreseen.gate);
        let is_new = !actions.is_empty() || known != Some(&gate);
        if is_new && (known.is_some() || gate.is_some() || !actions.is_empty()) {
            let set = ObjectKey::new(Kind::StatefulSet, key.namespace.clone(), key.name.clone());
            ctx.client.note_decision(Decision { set, actions, gate: gate.clone() });
        }
        self.foreseen.insert(key.clone(), Foreseen { actions: next, gate });
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
