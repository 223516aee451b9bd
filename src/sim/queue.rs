//! Future events ordered by (time, sequence number): what was scheduled first happens first.

use super::sorted::SortedMap;
use super::time::SimTime;

/// A queue of future events.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    events: SortedMap<(SimTime, u64), E>,
    next_seq: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Queue { events: SortedMap::new(), next_seq: 0 }
    }
}

impl<E> Queue<E> {
    /// Schedules `event`; the answer cancels it.
    pub fn push(&mut self, at: SimTime, event: E) -> (SimTime, u64) {
        let ticket = (at, self.next_seq);
        self.next_seq += 1;
        self.events.insert(ticket, event);
        ticket
    }

    /// Takes back a scheduled event.
    pub fn cancel(&mut self, ticket: (SimTime, u64)) -> Option<E> {
        self.events.remove(&ticket)
    }

    /// Takes back every event of which that is true.
    pub fn drop_where(&mut self, unwanted: impl Fn(&E) -> bool) {
        self.events.retain(|_, event| !unwanted(event));
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<SimTime> {
        self.events.keys().next().map(|(at, _)| *at)
    }

    /// The next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.events.pop_first().map(|((at, _), event)| (at, event))
    }

    /// The first event of which that is true, to be changed, and what cancels it.
    pub fn find(&mut self, wanted: impl Fn(&E) -> bool) -> Option<((SimTime, u64), &mut E)> {
        self.events.iter_mut().find(|(_, event)| wanted(event)).map(|(ticket, event)| (*ticket, event))
    }

    /// What is scheduled, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.events.iter().map(|((at, _), event)| (*at, event))
    }
}
