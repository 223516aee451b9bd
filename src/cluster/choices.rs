//! The machine with somebody else choosing who acts next: what a search over all orders of events needs.
//!
//! Time follows the choice: whoever is chosen acts at once, as if all others were late. Two clusters have the same
//! fingerprint when their objects agree (but for events, endpoints, times, versions and uids), what each component has
//! not heard of yet, and what is due, in order.

use super::{Cluster, Due, bits};
use crate::api::{Kind, Object, Value};
use crate::sim::SimTime;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Members that tell when or the how-manieth, not what.
const TIMES: [&str; 12] = [
    "podIP",
    "podIPs",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "lastTransitionTime",
    "lastProbeTime",
    "lastHeartbeatTime",
    "startTime",
    "startedAt",
    "finishedAt",
    "renewTime",
];

impl Cluster {
    /// The components that have something due.
    pub fn choices(&self) -> Vec<&'static str> {
        let due = |i: usize| self.due.iter().any(|(_, due)| due.is_of(i));
        (0..self.slots.len()).filter(|i| due(*i)).map(|i| self.slots[i].component.name()).collect()
    }

    /// Lets the component of that name do what it has due first (a key that comes back is worked on); false if it has nothing due.
    pub fn step_of(&mut self, component: &str) -> bool {
        let Some(i) = self.slots.iter().position(|slot| slot.component.name() == component) else {
            return false;
        };
        let Some((at, due)) = self.take(i, |_| true) else { return false };
        self.now = self.now.max(at);
        if matches!(due, Due::Deliver(_)) && self.slots[i].deliver_at == Some(at) {
            self.slots[i].deliver_at = Some(self.now);
        }
        let key_came_back = matches!(due, Due::Requeue(..));
        self.act(due);
        if key_came_back && let Some((at, sync)) = self.take(i, |due| matches!(due, Due::Sync(_))) {
            self.now = self.now.max(at);
            self.act(sync);
        }
        true
    }

    /// Lets the component of that name hear of what it has not heard of; false if there is nothing.
    pub fn hear(&mut self, component: &str) -> bool {
        let Some(i) = self.slots.iter().position(|slot| slot.component.name() == component) else {
            return false;
        };
        let Some((_, hear)) = self.take(i, |due| matches!(due, Due::Deliver(_))) else { return false };
        self.slots[i].deliver_at = Some(self.now);
        self.act(hear);
        true
    }

    // What the component of that number has due first; others who would hear of something with it stay as they are.
    fn take(&mut self, i: usize, wanted: impl Fn(&Due) -> bool) -> Option<(SimTime, Due)> {
        let (ticket, due) = self.due.find(|due| due.is_of(i) && wanted(due))?;
        match due {
            Due::Deliver(slots) if *slots != 1 << i => {
                *slots &= !(1 << i);
                Some((ticket.0, Due::Deliver(1 << i)))
            }
            _ => Some((ticket.0, self.due.cancel(ticket)?)),
        }
    }

    /// A number that is the same for clusters that can go on in the same ways.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let counts = |kind: Kind| !matches!(kind, Kind::Event | Kind::Endpoints | Kind::EndpointSlice);
        for object in self.server.store.all().filter(|object| counts(object.kind)) {
            hash_object(object, &mut hasher);
        }
        for (i, slot) in self.slots.iter().enumerate() {
            i.hash(&mut hasher);
            for change in self.server.store.changes_from(slot.cursor) {
                if counts(change.key.kind) && slot.component.watches().contains(&change.key.kind) {
                    change.key.hash(&mut hasher);
                    change.old.iter().chain(&change.new).for_each(|object| hash_object(object, &mut hasher));
                }
            }
            slot.queue.hash_waiting(&mut hasher);
        }
        for (_, due) in self.due.iter() {
            for i in due.slots() {
                std::mem::discriminant(due).hash(&mut hasher);
                i.hash(&mut hasher);
            }
            if let Due::Requeue(_, key, _) = due {
                key.hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

impl Due {
    fn slots(&self) -> impl Iterator<Item = usize> + use<> {
        bits(match self {
            Due::Deliver(slots) => *slots,
            Due::Sync(i) | Due::Requeue(i, ..) => 1 << i,
            Due::Seen(_) => 0,
        })
    }

    fn is_of(&self, slot: usize) -> bool {
        self.slots().any(|i| i == slot)
    }
}

fn hash_object(object: &Object, hasher: &mut DefaultHasher) {
    object.key().hash(hasher);
    hash_value(&object.body, hasher);
}

fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Null | Value::Float(_) => {}
        Value::Bool(b) => b.hash(hasher),
        Value::Int(n) => n.hash(hasher),
        Value::Str(text) => text.as_str().hash(hasher),
        Value::List(items) => items.iter().for_each(|item| hash_value(item, hasher)),
        Value::Map(map) => {
            for (name, member) in map.entries().iter().filter(|(name, _)| !TIMES.contains(&name.as_str())) {
                name.as_str().hash(hasher);
                if name.as_str() != "deletionTimestamp" {
                    hash_value(member, hasher);
                }
            }
        }
    }
}
