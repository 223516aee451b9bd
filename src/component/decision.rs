//! Why the StatefulSet controller wrote what it wrote, and why it wrote nothing: data, not sentences.
//!
//! The page, the command line and the tests turn these into words (`lang`). Each variant names the rule of
//! statefulset.md it follows.

#![allow(missing_docs, reason = "each field is what its variant's sentence names")]

use crate::api::{Kind, ObjectKey, Text};
use crate::sim::SimTime;
use crate::store::Store;

/// One pass of the StatefulSet controller over one set.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The set.
    pub set: ObjectKey,
    /// What was written, in order: the number of the write in the trace, and why.
    pub actions: Vec<(u64, Action)>,
    /// What keeps the controller from going on; none if nothing is left to do or the next pass will go on by
    /// itself.
    pub gate: Option<Gate>,
}

/// What a write is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The object written.
    pub object: ObjectKey,
    /// Why.
    pub why: Why,
}

/// Why the controller writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The template is new: a revision is stored (S34.3).
    NewRevision,
    /// The template equals an older revision, which becomes the newest (S34.2).
    Rollback,
    /// A revision beyond the history limit (S39).
    HistoryLimit,
    /// An orphan that fits is taken over (S54, S55).
    Adopt,
    /// A dependent that no longer fits is let go (S55).
    Release,
    /// The pod's claim does not exist yet (S70).
    MissingClaim,
    /// The claim's owner does not fit the retention policy (S102).
    RetentionPolicy,
    /// The ordinal is wanted and has no pod (S67.2).
    MissingPod,
    /// The pod has failed or finished and has to be made again (S67.1).
    FinishedPod,
    /// The pod's labels or volumes do not fit its identity (S73).
    Identity,
    /// The ordinal is no longer wanted (S75).
    Condemned,
    /// The pod is of another revision (S80, S86).
    OldRevision,
    /// The counters changed (S91).
    Status,
}

impl Why {
    /// True if the write makes an object that was not there.
    pub fn makes(&self) -> bool {
        matches!(self, Why::NewRevision | Why::MissingClaim | Why::MissingPod)
    }
}

/// What holds the controller: which rule, which object, what would release it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// OrderedReady: a wanted pod is not Running and Ready; nothing behind it is made, removed or updated (S67.5).
    NotReady { pod: Text, ordinal: i64 },
    /// OrderedReady: a wanted pod is being deleted; its successor has to wait (S67.4). `until`: latest end.
    Terminating { pod: Text, ordinal: i64, until: Option<SimTime> },
    /// OrderedReady: a wanted pod is Ready, but not for minReadySeconds yet (S67.6).
    NotAvailable { pod: Text, ordinal: i64, until: Option<SimTime> },
    /// Parallel: every wanted pod is made, and the set is done once this one and those behind it are Ready (S93).
    Unready { pod: Text, ordinal: i64 },
    /// A failed or finished pod is on its way out (S67.1).
    Finished { pod: Text, ordinal: i64 },
    /// Scale-in: the previous pod is not gone yet (S75.1).
    CondemnedTerminating { pod: Text, ordinal: i64, until: Option<SimTime> },
    /// Scale-in: the pod to remove next is not ready, and another pod is not either (S75.2).
    CondemnedNotReady { pod: Text, ordinal: i64, first_unavailable: Text },
    /// Scale-in: the pod to remove next is not available yet (S75.3).
    CondemnedNotAvailable { pod: Text, ordinal: i64, first_unavailable: Text, until: Option<SimTime> },
    /// Update: the pod updated last is not available yet (S80.2).
    UpdatedNotAvailable { pod: Text, ordinal: i64, until: Option<SimTime> },
    /// Update: as many pods are unavailable as may be (S86.2).
    Budget { unavailable: usize, max: usize, pods: Vec<Text> },
    /// Update: pods below the partition stay at the old revision (S83).
    Partition { partition: i64, pods: Vec<Text> },
    /// OnDelete: pods of the old revision stay until somebody deletes them (S84).
    OnDelete { pods: Vec<Text> },
    /// The claim still belongs to a pod that is gone; the garbage collector has to delete it (S101).
    StaleClaim { pod: Text, claim: Text },
    /// A claim is being deleted; the pod waits for a new one (S100).
    ClaimTerminating { pod: Text, claim: Text, retry: Option<SimTime> },
    /// The API server refused a write; it is tried again (S50).
    Refused { object: ObjectKey, message: String, retry: Option<SimTime> },
    /// The set is being deleted; only its status is kept (S96).
    SetDeleting,
}

impl Gate {
    /// The rule of statefulset.md.
    pub fn rule(&self) -> &'static str {
        match self {
            Gate::NotReady { .. } => "S67.5",
            Gate::Terminating { .. } => "S67.4",
            Gate::NotAvailable { .. } => "S67.6",
            Gate::Unready { .. } => "S93",
            Gate::Finished { .. } => "S67.1",
            Gate::CondemnedTerminating { .. } => "S75.1",
            Gate::CondemnedNotReady { .. } => "S75.2",
            Gate::CondemnedNotAvailable { .. } => "S75.3",
            Gate::UpdatedNotAvailable { .. } => "S80.2",
            Gate::Budget { .. } => "S86.2",
            Gate::Partition { .. } => "S83",
            Gate::OnDelete { .. } => "S84",
            Gate::StaleClaim { .. } => "S101",
            Gate::ClaimTerminating { .. } => "S100",
            Gate::Refused { .. } => "S50",
            Gate::SetDeleting => "S96",
        }
    }

    /// The pod the controller waits for, if it is one.
    pub fn pod(&self) -> Option<&str> {
        match self {
            Gate::NotReady { pod, .. }
            | Gate::Terminating { pod, .. }
            | Gate::NotAvailable { pod, .. }
            | Gate::Unready { pod, .. }
            | Gate::Finished { pod, .. }
            | Gate::CondemnedTerminating { pod, .. }
            | Gate::CondemnedNotReady { pod, .. }
            | Gate::CondemnedNotAvailable { pod, .. }
            | Gate::UpdatedNotAvailable { pod, .. }
            | Gate::StaleClaim { pod, .. }
            | Gate::ClaimTerminating { pod, .. } => Some(pod),
            Gate::Budget { pods, .. } => pods.first().map(|p| &**p),
            Gate::Partition { .. } | Gate::OnDelete { .. } | Gate::Refused { .. } | Gate::SetDeleting => None,
        }
    }

    /// True if `store` shows what the controller waits for in that namespace: it has not seen it yet.
    pub fn is_past(&self, store: &Store, namespace: &str) -> bool {
        let pod = |name: &str| store.get(Kind::Pod, namespace, name);
        match self {
            Gate::NotReady { pod: name, .. } | Gate::Unready { pod: name, .. } => {
                pod(name).is_some_and(|pod| {
                    !pod.is_terminating() && pod.condition("Ready").get("status").str() == "True"
                })
            }
            Gate::Terminating { pod: name, .. } | Gate::CondemnedTerminating { pod: name, .. } => {
                pod(name).is_none()
            }
            _ => false,
        }
    }

    /// When time alone opens the gate, at the latest.
    pub fn until(&self) -> Option<SimTime> {
        match self {
            Gate::Terminating { until, .. }
            | Gate::NotAvailable { until, .. }
            | Gate::CondemnedTerminating { until, .. }
            | Gate::CondemnedNotAvailable { until, .. }
            | Gate::UpdatedNotAvailable { until, .. } => *until,
            Gate::ClaimTerminating { retry, .. } | Gate::Refused { retry, .. } => *retry,
            _ => None,
        }
    }
}
