//! A run as a story: happenings in steps a person would name, each with a sentence.
//!
//! A [`Story`] reads happenings as they come and keeps the steps so far. A step begins with something worth
//! telling (a beat); what follows without a beat of its own belongs to it. The last step may still grow.
//! [`caption`] turns a step into words.

mod beats;
mod captions;
mod landings;
#[cfg(test)]
pub(crate) mod tests;

pub use captions::{caption, landing_says};

use crate::api::{Kind, ObjectKey, Text};
use crate::component::decision::{Gate, Why};
use crate::component::{Happening, Request, What};
use crate::scene::timeline::Tick;
use crate::sim::{SimDuration, SimTime, SortedMap};
use beats::Beat;
use landings::Landings;

/// Beats of one kind that come this close together are one step.
const TOGETHER: SimDuration = SimDuration(60);
/// What a command causes at once belongs to the command's step.
const AT_ONCE: SimDuration = SimDuration(400);

/// A step: a few happenings that are one thing to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Index of its first happening.
    pub first: usize,
    /// Index of its last happening.
    pub last: usize,
    /// When it began.
    pub at: SimTime,
    /// When its last happening was.
    pub until: SimTime,
    /// What it is about.
    pub caption: Caption,
    /// What comes next, where that is known.
    pub next: Next,
}

/// What a step is about.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the variants' comments say what the names stand for")]
pub enum Caption {
    /// A line typed or a fault that changed nothing yet.
    Said { text: Text },
    /// Objects were created from outside; `set` and its replicas if one of them is a set.
    Created { names: Vec<String>, set: Option<(Text, i64)> },
    /// Objects were changed from outside.
    Changed { names: Vec<String> },
    /// Objects were deleted from outside.
    Removed { names: Vec<String> },
    /// `spec.replicas` was changed.
    Scaled { set: Text, from: i64, to: i64 },
    /// The pod template was changed.
    NewTemplate { set: Text },
    /// Claims were made, their pods not yet.
    ClaimMade { claims: Vec<Text> },
    /// Pods were made, with claims or onto ones that were kept.
    PodMade { pods: Vec<Text>, new_claims: usize, kept: bool },
    /// Pods have a node and are being started.
    Scheduled { pods: Vec<Text>, node: Text },
    /// No node takes the pods.
    Unschedulable { pods: Vec<Text> },
    /// Pods are ready; `named`: their names answer since.
    Ready { pods: Vec<Text>, named: bool },
    /// Pods are no longer ready.
    NotReady { pods: Vec<Text> },
    /// A container was started again.
    Restarted { pods: Vec<Text> },
    /// Pods cannot run; the word is kubectl's.
    Failed { pods: Vec<Text>, word: Text },
    /// Pods have finished.
    Finished { pods: Vec<Text> },
    /// Deletion began; why, if the set's controller did it.
    Deleting { pods: Vec<Text>, why: Option<Why>, grace: i64 },
    /// Pods are gone; what became of their claims.
    Gone { pods: Vec<Text>, kept: Vec<Text>, deleted: Vec<Text> },
    /// Deletion of claims began.
    ClaimDeleting { claims: Vec<Text> },
    /// Claims are gone.
    ClaimGone { claims: Vec<Text> },
    /// Every wanted pod is there, ready and up to date.
    Complete { set: Text, replicas: i64, rollout: bool },
    /// The set is gone.
    SetGone { set: Text },
    /// Nothing is heard of a node.
    NodeSilent { node: Text },
    /// A node reports again.
    NodeBack { node: Text },
    /// A node was taken off the list.
    NodeGone { node: Text },
    /// The controller has come to a gate that a person should know of.
    Holds { gate: Gate },
    /// Requests of a program in a pod fare otherwise than before.
    Landed { request: Request },
}

/// What comes next.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Next {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The controller waits at a gate.
    Gate(Gate),
    /// This followed at once: the next step, or that all is done.
    Soon(Box<Caption>),
}

/// The steps of a run, as far as it has been read.
#[derive(Clone, Debug, Default)]
pub struct Story {
    steps: Vec<Step>,
    read: usize,
    claims: SortedMap<ObjectKey, bool>,
    beat_at: SimTime,
    gate: SortedMap<ObjectKey, Option<Gate>>,
    /// The step that an input began and nothing else has taken over.
    input: Option<usize>,
    landings: Landings,
}

/// The steps of a whole run.
pub fn steps(happenings: &[Happening]) -> Vec<Step> {
    let mut story = Story::default();
    story.read(happenings);
    story.steps
}

impl Story {
    /// The steps so far.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many happenings have been read.
    pub fn happenings(&self) -> usize {
        self.read
    }

    /// When and where each step begins, for the timeline.
    pub fn ticks(&self) -> Vec<Tick> {
        self.steps.iter().map(|s| Tick { at: s.at, first: s.first, last: s.last }).collect()
    }

    /// Reads what has been added to the run's happenings since the last call. If the run was cut shorter than what
    /// has been read, it is read again from the beginning.
    pub fn read(&mut self, happenings: &[Happening]) {
        if happenings.len() < self.read {
            *self = Story::default();
        }
        for (n, happening) in happenings.iter().enumerate().skip(self.read) {
            self.one(n, happening);
        }
        self.read = happenings.len();
    }

    fn one(&mut self, n: usize, happening: &Happening) {
        let at = happening.at;
        match &happening.what {
            What::Input(note) => {
                if note.text.starts_with('@') || note.text.starts_with("file ") || &*note.text == "stop &" {
                    return self.attach(n, at);
                }
                self.begin(n, at, Caption::Said { text: note.text.clone() });
                self.input = Some(self.steps.len() - 1);
            }
            What::Write(write) => {
                let by_user = matches!(write.actor, "user" | "kubectl");
                for beat in beats::of(write, &mut self.claims) {
                    if by_user && self.take_over(&beat, at) {
                        self.attach(n, at);
                    } else {
                        self.beat(n, at, beat);
                    }
                }
                self.attach(n, at);
            }
            What::Decision(decision) => {
                for (_, action) in &decision.actions {
                    if action.object.kind == Kind::Pod {
                        self.explain(&action.object.name, &action.why);
                    }
                }
                let before = self.gate.insert(decision.set.clone(), decision.gate.clone()).flatten();
                match &decision.gate {
                    Some(gate) if notable(gate) && before.as_ref() != Some(gate) => {
                        self.begin(n, at, Caption::Holds { gate: gate.clone() });
                    }
                    Some(gate) => {
                        if let Some(step) = self.steps.last_mut() {
                            step.next = Next::Gate(gate.clone());
                        }
                    }
                    None => {}
                }
                self.attach(n, at);
            }
            What::Request(request) => {
                // Requests that fare as the ones before tell nothing; they come every second.
                if let Some(caption) = self.landings.news(request, at) {
                    self.begin(n, at, caption);
                }
            }
        }
    }

    /// A happening without a beat belongs to the step before it; before the first step to none.
    fn attach(&mut self, n: usize, at: SimTime) {
        if let Some(step) = self.steps.last_mut() {
            step.last = step.last.max(n);
            step.until = step.until.max(at);
        }
    }

    fn begin(&mut self, n: usize, at: SimTime, caption: Caption) {
        if let Some(step) = self.steps.last_mut() {
            let soon = at.since(step.until.max(self.beat_at)).as_millis() < 1000;
            if step.next == Next::Unknown && soon {
                step.next = Next::Soon(Box::new(caption.clone()));
            }
        }
        self.steps.push(Step { first: n, last: n, at, until: at, caption, next: Next::Unknown });
        self.beat_at = at;
    }

    /// A beat joins the step before it where both are one thing to a person.
    fn beat(&mut self, n: usize, at: SimTime, beat: Beat) {
        let near = at.since(self.beat_at).as_millis() <= TOGETHER.as_millis();
        let answers = beats::answers(&beat);
        if let Some(step) = self.steps.last_mut()
            && near
            && beats::join(&mut step.caption, &beat)
        {
            self.beat_at = at;
            return self.attach(n, at);
        }
        if let (true, Beat::Tell(done @ Caption::Complete { .. }), Some(step)) =
            (near, &beat, self.steps.last_mut())
        {
            // That all is well now is the end of the step that made it so; nothing more would be seen.
            if matches!(step.caption, Caption::Ready { .. } | Caption::Gone { .. }) {
                step.next = Next::Soon(Box::new(done.clone()));
                return self.attach(n, at);
            }
        }
        let Some(caption) = beats::caption(beat) else {
            if answers {
                self.name_the_ready();
            }
            return;
        };
        self.begin(n, at, caption);
    }

    /// What a person did is the step of the line they typed.
    fn take_over(&mut self, beat: &Beat, at: SimTime) -> bool {
        let Some(step) = self.input.and_then(|i| self.steps.get_mut(i)) else { return false };
        if at.since(step.at).as_millis() > AT_ONCE.as_millis()
            && !matches!(step.caption, Caption::Said { .. })
        {
            return false;
        }
        beats::take_over(&mut step.caption, beat)
    }

    /// Why a pod is deleted is only known when the pass ends.
    fn explain(&mut self, pod: &Text, reason: &Why) {
        for step in self.steps.iter_mut().rev().take(6) {
            if let Caption::Deleting { pods, why, .. } = &mut step.caption
                && pods.contains(pod)
            {
                *why = Some(reason.clone());
                return;
            }
        }
    }

    fn name_the_ready(&mut self) {
        if let Some(Step { caption: Caption::Ready { named, .. }, .. }) = self.steps.last_mut() {
            *named = true;
        }
    }
}

/// Gates that are news by themselves; the others are the usual order.
fn notable(gate: &Gate) -> bool {
    !matches!(
        gate,
        Gate::NotReady { .. }
            | Gate::Unready { .. }
            | Gate::Terminating { .. }
            | Gate::NotAvailable { .. }
            | Gate::CondemnedTerminating { .. }
            | Gate::CondemnedNotAvailable { .. }
            | Gate::UpdatedNotAvailable { .. }
            | Gate::Finished { .. }
            | Gate::Budget { .. }
            | Gate::SetDeleting
    )
}
