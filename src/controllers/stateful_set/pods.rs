//! What the controller knows of a set's pods: counted and indexed as changes come in, so that a pass does not walk
//! all pods because one changed.

use super::identity;
use crate::api::{Object, Text};
use crate::sim::{SimDuration, SimTime};
use std::collections::{BTreeMap, BTreeSet};

/// What decisions need to know of one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Its name.
    pub name: Text,
    /// Its uid.
    pub uid: Text,
    /// Its revision label.
    pub revision: Text,
    /// Phase Running.
    pub running: bool,
    /// Phase Pending.
    pub pending: bool,
    /// Phase Failed or Succeeded.
    pub finished: bool,
    /// Condition Ready is True, since then.
    pub ready_since: Option<SimTime>,
    /// Deletion timestamp, if set.
    pub deletion: Option<SimTime>,
    /// Identity and storage are those of its ordinal (S25, S26).
    pub fits: bool,
}

impl Pod {
    /// Reads a pod of the set.
    pub fn read(set: &Object, pod: &Object, ordinal: i64) -> Pod {
        let phase = pod.status().get("phase").str();
        let ready = pod.condition("Ready");
        Pod {
            name: pod.meta("name").text(),
            uid: pod.meta("uid").text(),
            revision: pod
                .labels()
                .get(identity::REVISION_LABEL)
                .map_or(Text::default(), crate::api::value::Value::text),
            running: phase == "Running",
            pending: phase == "Pending",
            finished: matches!(phase, "Failed" | "Succeeded"),
            ready_since: (ready.get("status").str() == "True")
                .then(|| SimTime::parse(ready.get("lastTransitionTime").str()).unwrap_or_default()),
            deletion: pod
                .meta("deletionTimestamp")
                .as_str()
                .map(|text| SimTime::parse(text).unwrap_or_default()),
            fits: identity::identity_matches(set, pod) && identity::storage_matches(set, pod, ordinal),
        }
    }

    /// S57.
    pub fn running_and_ready(&self) -> bool {
        self.running && self.ready_since.is_some()
    }

    /// S59.
    pub fn terminating(&self) -> bool {
        self.deletion.is_some()
    }

    /// S58: Ready, and for more than `min_ready_secs`.
    pub fn available(&self, min_ready_secs: i64, now: SimTime) -> bool {
        match self.ready_since {
            None => false,
            Some(_) if min_ready_secs <= 0 => true,
            Some(since) => since + SimDuration::secs(min_ready_secs as u64) < now,
        }
    }

    /// When it becomes available by time alone.
    pub fn available_at(&self, min_ready_secs: i64) -> Option<SimTime> {
        self.ready_since.map(|since| since + SimDuration::secs(min_ready_secs.max(0) as u64) + SimDuration(1))
    }

    // Nothing holds the controller here, as long as minReadySeconds is 0.
    fn fine(&self) -> bool {
        self.running_and_ready() && !self.terminating() && self.fits
    }
}

/// The claimed pods of one set.
#[derive(Clone, Debug, Default)]
pub struct Pods {
    by_ordinal: BTreeMap<i64, Pod>,
    /// Ordinals whose pod is not fine: the only ones a pass has to look at.
    troubled: BTreeSet<i64>,
    /// Ordinals by revision label.
    by_revision: BTreeMap<Text, BTreeSet<i64>>,
    /// Not terminating pods by revision label.
    live_by_revision: BTreeMap<Text, usize>,
    ready: usize,
    // Every ordinal from `gap_from` up to `gap` (exclusive) has a pod.
    gap_from: i64,
    gap: i64,
}

impl Pods {
    /// Puts or replaces the pod of an ordinal.
    pub fn put(&mut self, ordinal: i64, pod: Pod) {
        self.remove(ordinal);
        if !pod.fine() {
            self.troubled.insert(ordinal);
        }
        self.by_revision.entry(pod.revision.clone()).or_default().insert(ordinal);
        if !pod.terminating() {
            *self.live_by_revision.entry(pod.revision.clone()).or_default() += 1;
        }
        self.ready += usize::from(pod.running_and_ready());
        self.by_ordinal.insert(ordinal, pod);
    }

    /// Takes the pod of an ordinal away.
    pub fn remove(&mut self, ordinal: i64) {
        let Some(pod) = self.by_ordinal.remove(&ordinal) else { return };
        self.troubled.remove(&ordinal);
        if let Some(ordinals) = self.by_revision.get_mut(&*pod.revision) {
            ordinals.remove(&ordinal);
            if ordinals.is_empty() {
                self.by_revision.remove(&*pod.revision);
            }
        }
        if !pod.terminating()
            && let Some(count) = self.live_by_revision.get_mut(&*pod.revision)
        {
            *count -= 1;
        }
        self.ready -= usize::from(pod.running_and_ready());
    }

    /// The pod of an ordinal.
    pub fn get(&self, ordinal: i64) -> Option<&Pod> {
        self.by_ordinal.get(&ordinal)
    }

    /// All pods, lowest ordinal first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &Pod)> {
        self.by_ordinal.iter().map(|(ordinal, pod)| (*ordinal, pod))
    }

    /// The pods of a range of ordinals, lowest first.
    pub fn range(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = (i64, &Pod)> {
        let to = to.max(from);
        self.by_ordinal.range(from..to).map(|(ordinal, pod)| (*ordinal, pod))
    }

    /// Those of a range that are not fine, lowest first. With `min_ready_secs` any Ready pod may be too young, so
    /// all are named.
    pub fn troubled(&self, from: i64, to: i64, min_ready_secs: i64) -> Vec<(i64, &Pod)> {
        if min_ready_secs > 0 {
            return self.range(from, to).collect();
        }
        let to = to.max(from);
        self.troubled.range(from..to).filter_map(|o| Some((*o, self.by_ordinal.get(o)?))).collect()
    }

    /// The first of a range that is not available, or on its way out.
    pub fn first_unavailable(&self, from: i64, to: i64, min_ready: i64, now: SimTime) -> Option<(i64, &Pod)> {
        let down = |pod: &Pod| !pod.running || !pod.available(min_ready, now) || pod.terminating();
        if min_ready > 0 {
            return self.range(from, to).find(|(_, pod)| down(pod));
        }
        let troubled = self.troubled.range(from..to.max(from));
        troubled.filter_map(|o| Some((*o, self.by_ordinal.get(o)?))).find(|(_, pod)| down(pod))
    }

    /// Those of a range that are not of `revision`, highest first.
    pub fn outdated(&self, from: i64, to: i64, revision: &str) -> Vec<i64> {
        let to = to.max(from);
        let mut ordinals: Vec<i64> = self
            .by_revision
            .iter()
            .filter(|(name, _)| **name != *revision)
            .flat_map(|(_, ordinals)| ordinals.range(from..to).copied())
            .collect();
        ordinals.sort_unstable_by(|a, b| b.cmp(a));
        ordinals
    }

    /// The pods outside of a range, highest first (S63).
    pub fn outside(&self, from: i64, to: i64) -> Vec<(i64, &Pod)> {
        if self.by_ordinal.first_key_value().is_none_or(|(first, _)| *first >= from)
            && self.by_ordinal.last_key_value().is_none_or(|(last, _)| *last < to)
        {
            return Vec::new();
        }
        let to = to.max(from);
        self.by_ordinal
            .range(to..)
            .rev()
            .chain(self.by_ordinal.range(..from).rev())
            .map(|(ordinal, pod)| (*ordinal, pod))
            .collect()
    }

    /// The first ordinal from `from` on that has no pod.
    pub fn first_gap(&mut self, from: i64) -> i64 {
        if self.gap_from != from || self.gap < from {
            self.gap_from = from;
            self.gap = from;
        }
        // Pods below the remembered gap may have gone since; only troubled ones go, and forget_gap is told.
        while self.by_ordinal.contains_key(&self.gap) {
            self.gap += 1;
        }
        self.gap
    }

    /// The pod of an ordinal is gone for good: the next gap may be here.
    pub fn forget(&mut self, ordinal: i64) {
        self.remove(ordinal);
        if ordinal < self.gap {
            self.gap = ordinal.max(self.gap_from);
        }
    }

    /// The number of pods.
    pub fn len(&self) -> usize {
        self.by_ordinal.len()
    }

    /// True if there is no pod.
    pub fn is_empty(&self) -> bool {
        self.by_ordinal.is_empty()
    }

    /// The number of Running and Ready pods.
    pub fn ready(&self) -> usize {
        self.ready
    }

    /// The number of available pods (S91).
    pub fn available(&self, min_ready_secs: i64, now: SimTime) -> usize {
        if min_ready_secs <= 0 {
            return self.ready;
        }
        self.by_ordinal
            .values()
            .filter(|pod| pod.running_and_ready() && pod.available(min_ready_secs, now))
            .count()
    }

    /// The number of not terminating pods of a revision.
    pub fn live_of(&self, revision: &str) -> usize {
        self.live_by_revision.get(revision).copied().unwrap_or(0)
    }

    /// The revisions that pods are of.
    pub fn revisions(&self) -> impl Iterator<Item = &Text> {
        self.by_revision.keys()
    }
}
