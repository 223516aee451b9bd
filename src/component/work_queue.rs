//! Keys to look at: each at most once, first come first served, with back-off per key (S50).

use super::WorkKey;
use super::client::Cause;
use crate::sim::SortedMap;
use crate::sim::{SimDuration, SimTime};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// The queue of one component.
#[derive(Clone, Debug, Default)]
pub struct WorkQueue {
    ready: VecDeque<WorkKey>,
    waiting: SortedMap<WorkKey, Cause>,
    /// How often a key has failed in a row, and when it is tried again for that.
    failures: SortedMap<WorkKey, (u32, SimTime)>,
    later: Vec<(SimTime, WorkKey, Cause)>,
    withdrawn: Vec<WorkKey>,
    cause: Cause,
}

impl WorkQueue {
    /// Adds a key because of the change being observed; a key already waiting stays where it is.
    pub fn add(&mut self, key: WorkKey) {
        self.add_because(key, self.cause);
    }

    /// Adds a key with its cause.
    pub fn add_because(&mut self, key: WorkKey, cause: Cause) {
        if self.waiting.insert(key.clone(), cause).is_none() {
            self.ready.push_back(key);
        }
    }

    /// Looks at a key at a later time.
    pub fn add_at(&mut self, at: SimTime, key: WorkKey, cause: Cause) {
        self.later.push((at, key, cause));
    }

    /// Looks at a key at a later time, because of the change being observed.
    pub fn add_later(&mut self, at: SimTime, key: WorkKey) {
        self.later.push((at, key, self.cause));
    }

    /// Takes back every later look at a key.
    pub fn withdraw(&mut self, key: &WorkKey) {
        self.later.retain(|(_, later, _)| later != key);
        self.withdrawn.push(key.clone());
    }

    /// When a key that has just failed is tried again: 5 ms later, 10 ms, 20 ms … 1000 s. None if it already waits to be
    /// tried again, and not longer (as upstream's delaying queue keeps the earliest time of a key).
    pub fn back_off(&mut self, now: SimTime, key: &WorkKey) -> Option<SimTime> {
        let (failures, due) = self.failures.entry(key.clone()).or_insert((0, SimTime::ZERO));
        *failures += 1;
        let at = now + SimDuration((5u64 << (*failures - 1).min(20)).min(1_000_000));
        let waits = *due > now && *due <= at;
        if !waits {
            *due = at;
        }
        (!waits).then_some(at)
    }

    /// How often a key has failed in a row.
    pub fn failures(&self, key: &WorkKey) -> u32 {
        self.failures.get(key).map_or(0, |(failures, _)| *failures)
    }

    /// Forgets the failures of a key.
    pub fn forget(&mut self, key: &WorkKey) {
        if !self.failures.is_empty() {
            self.failures.remove(key);
        }
    }

    /// True if nothing waits to be looked at now.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    pub(crate) fn hash_waiting(&self, hasher: &mut impl Hasher) {
        self.ready.hash(hasher);
    }

    pub(crate) fn set_cause(&mut self, cause: Cause) {
        self.cause = cause;
    }

    pub(crate) fn pop(&mut self) -> Option<(WorkKey, Cause)> {
        let key = self.ready.pop_front()?;
        let cause = self.waiting.remove(&key).unwrap_or_default();
        Some((key, cause))
    }

    pub(crate) fn len(&self) -> usize {
        self.ready.len()
    }

    pub(crate) fn take_withdrawn(&mut self) -> Vec<WorkKey> {
        std::mem::take(&mut self.withdrawn)
    }

    pub(crate) fn take_later(&mut self) -> Vec<(SimTime, WorkKey, Cause)> {
        std::mem::take(&mut self.later)
    }
}
