//! Another future tried out: a copy of the session at a moment, something done to it, and what came out, counted.
//!
//! Nothing of the run changes. The copy is taken from the run's last copy before the moment and catches up in slices,
//! like everything else that takes time.

use super::run::HORIZON;
use super::{Promises, SETTLE_LIMIT, Said, Session};
use crate::api::{Kind, Object, ObjectKey, Text};
use crate::cluster::invariants::Broken;
use crate::component::{Gate, Happening, What};
use crate::scenario::Directive;
use crate::sim::{SimDuration, SimTime};
use std::collections::VecDeque;

/// What came out of a trial, about one set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What was printed by a command that failed.
    pub refused: Option<String>,
    /// `spec.replicas` at the end; none if the set is gone.
    pub wanted: Option<i64>,
    /// Its pods at the end.
    pub pods: i64,
    /// How many of them are Ready.
    pub ready: i64,
    /// How many of them are of an older revision than the newest.
    pub old: i64,
    /// Pods of the beginning whose place another pod has at the end.
    pub replaced: usize,
    /// Claims of the beginning that are gone.
    pub claims_gone: usize,
    /// When, after what was done, all wanted pods were there, Ready and up to date, and stayed so.
    pub complete: Option<SimDuration>,
    /// How long was looked ahead.
    pub looked: SimDuration,
    /// Nothing would happen any more.
    pub settled: bool,
    /// What holds the controller at the end.
    pub gate: Option<Gate>,
    /// The first promise that broke.
    pub broken: Option<Broken>,
}

/// A future being tried.
pub struct Trial {
    session: Session,
    set: ObjectKey,
    at: SimTime,
    todo: VecDeque<Directive>,
    begun: bool,
    pods: Vec<(Text, Text)>,
    claims: Vec<Text>,
    happenings: Vec<Happening>,
    promises: Promises,
    revision: u64,
    complete: Option<SimTime>,
    gate: Option<Gate>,
    refused: Option<String>,
    printed: String,
}

impl Trial {
    /// Tries `directives` at `at`; `session` is a copy from then or before, `gate` what holds the set then.
    pub(super) fn new(
        session: Session,
        set: ObjectKey,
        at: SimTime,
        gate: Option<Gate>,
        directives: Vec<Directive>,
    ) -> Trial {
        Trial {
            session,
            set,
            at,
            todo: directives.into(),
            begun: false,
            pods: Vec::new(),
            claims: Vec::new(),
            happenings: Vec::new(),
            promises: Promises::default(),
            revision: 0,
            complete: None,
            gate,
            refused: None,
            printed: String::new(),
        }
    }

    /// Computes at most so many steps; the outcome when there is nothing more to compute.
    pub fn work(&mut self, steps: usize) -> Option<Outcome> {
        for _ in 0..steps {
            let next = self.session.next_at();
            if !self.begun {
                if next.is_some_and(|next| next <= self.at) && self.session.step() {
                    self.session.take_happenings();
                    continue;
                }
                self.begin();
            }
            let limit = if self.todo.is_empty() { HORIZON } else { SETTLE_LIMIT };
            let waits = !self.todo.is_empty() && !self.session.holds_prompt();
            if waits || next.is_none_or(|next| next > self.at + limit) || !self.session.step() {
                let Some(directive) = self.todo.pop_front() else { return Some(self.outcome()) };
                match directive {
                    Directive::File { name, text } => self.session.write_file(&name, &text),
                    Directive::Line(line) => self.session.type_line(&line),
                    Directive::Fault(fault) => self.refused = self.session.fault(&fault).err(),
                    _ => {}
                }
            }
            self.look();
        }
        None
    }

    fn begin(&mut self) {
        self.session.run_until(self.at);
        drop((self.session.take_happenings(), self.session.take_said()));
        let store = self.session.cluster().store();
        let pods = store.list(Kind::Pod, Some(&self.set.namespace));
        self.pods = pods
            .filter(|pod| is_of(pod, &self.set))
            .map(|pod| (pod.key().name, pod.meta("uid").text()))
            .collect();
        let claims = store.list(Kind::PersistentVolumeClaim, Some(&self.set.namespace));
        self.claims = claims.map(|claim| claim.meta("uid").text()).collect();
        self.promises = Promises::new(store, self.session.cluster().world());
        self.begun = true;
    }

    // Takes notes of what the last step did.
    fn look(&mut self) {
        for said in self.session.take_said() {
            match said {
                Said::Printed { text, .. } => self.printed = text,
                Said::Ended { code, .. } if code != 0 => {
                    self.refused.get_or_insert(self.printed.trim_end().to_string());
                }
                _ => {}
            }
        }
        for happening in self.session.take_happenings() {
            if let What::Decision(decision) = &happening.what
                && decision.set == self.set
            {
                self.gate.clone_from(&decision.gate);
            }
            self.happenings.push(happening);
        }
        self.promises.read(&self.happenings, usize::MAX);
        let store = self.session.cluster().store();
        if store.revision() != self.revision {
            self.revision = store.revision();
            let is_complete = store.by_key(&self.set).is_some_and(|set| is_complete(set));
            self.complete = is_complete.then(|| self.complete.unwrap_or(self.session.now()));
        }
    }

    fn outcome(&mut self) -> Outcome {
        let store = self.session.cluster().store();
        let set = store.by_key(&self.set);
        let newest = set.map(|set| set.status().get("updateRevision").text());
        let mut outcome = Outcome {
            refused: self.refused.take(),
            wanted: set.map(|set| set.spec().get("replicas").as_int().unwrap_or(1)),
            complete: self.complete.map(|at| at.since(self.at)),
            looked: self.session.now().since(self.at),
            settled: self.session.next_at().is_none(),
            gate: self.gate.take().filter(|_| set.is_some()),
            broken: self.promises.broken().first().map(|(_, broken)| broken.clone()),
            ..Outcome::default()
        };
        for pod in store.list(Kind::Pod, Some(&self.set.namespace)) {
            if is_of(pod, &self.set) {
                outcome.pods += 1;
                outcome.ready += i64::from(pod.condition("Ready").get("status").str() == "True");
                let own = pod.label("controller-revision-hash");
                outcome.old += i64::from(newest.as_ref().is_some_and(|newest| *own != **newest));
                let before = self.pods.iter().find(|(name, _)| *name == *pod.name());
                outcome.replaced += usize::from(before.is_some_and(|(_, uid)| **uid != *pod.uid()));
            }
        }
        let left = |uid: &Text| {
            store
                .list(Kind::PersistentVolumeClaim, Some(&self.set.namespace))
                .any(|claim| *claim.uid() == **uid)
        };
        outcome.claims_gone = self.claims.iter().filter(|uid| !left(uid)).count();
        outcome
    }
}

fn is_of(pod: &Object, set: &ObjectKey) -> bool {
    pod.controller().is_some_and(|owner| owner.kind() == "StatefulSet" && *owner.name() == *set.name)
}

// As the controller last reported: everything wanted is there, Ready and up to date.
fn is_complete(set: &Object) -> bool {
    let count = |field: &str| set.status().get(field).as_int().unwrap_or(0);
    let wanted = set.spec().get("replicas").as_int().unwrap_or(1);
    let current = set.status().get("currentRevision") == set.status().get("updateRevision");
    count("observedGeneration") == set.meta("generation").as_int().unwrap_or(0)
        && count("replicas") == wanted
        && count("readyReplicas") == wanted
        && (current || count("updatedReplicas") == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Run;

    fn tried(scenario: &str, lines: &[&str]) -> Outcome {
        let run = Run::from_scenario(scenario).unwrap();
        let set = ObjectKey::new(Kind::StatefulSet, "default", "web");
        let directive = |line: &&str| match crate::scenario::parse_fault(line) {
            Some(fault) => Directive::Fault(fault.unwrap()),
            None => Directive::Line(line.to_string()),
        };
        let happenings = run.happenings().len();
        let mut trial = run.trial(run.last(), &set, lines.iter().map(directive).collect());
        let outcome = loop {
            if let Some(outcome) = trial.work(7) {
                break outcome;
            }
        };
        assert_eq!(run.happenings().len(), happenings, "the run itself goes on as it was");
        outcome
    }

    #[test]
    fn what_comes_out_is_counted() {
        let web = include_str!("../../static/samples/web.yaml");
        let held =
            format!("hold web-0\nfile web.yaml <<EOF\n{web}EOF\n$ kubectl apply -f web.yaml\nwait 20s\n");
        let waited = tried(&held, &[]);
        assert_eq!((waited.wanted, waited.pods, waited.ready, waited.complete), (Some(2), 1, 0, None));
        assert!(matches!(waited.gate, Some(Gate::NotReady { .. })), "{waited:?}");
        let released = tried(&held, &["release web-0"]);
        assert_eq!((released.ready, released.replaced, released.refused.clone()), (2, 0, None));
        assert!(released.complete.is_some_and(|t| t < SimDuration::secs(10)), "{released:?}");
        let again = tried(&held, &["release web-0", "kubectl delete pod web-0"]);
        assert_eq!((again.ready, again.replaced), (2, 1));
        let refused =
            tried(&held, &["kubectl patch sts web -p '{\"spec\":{\"podManagementPolicy\":\"Parallel\"}}'"]);
        assert!(refused.refused.is_some_and(|text| text.contains("Forbidden")));
        let gone = tried(&held, &["kubectl delete sts web", "kubectl delete pvc --all"]);
        assert_eq!((gone.wanted, gone.pods, gone.claims_gone), (None, 0, 1));
    }
}
