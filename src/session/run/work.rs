//! Doing things a slice at a time: what was begun goes on in [`Run::work`], so that nobody has to wait for it.
//!
//! Slices change nothing: the machine takes the same steps in the same order however often somebody looks in between
//! (`tests/determinism.rs`). What is not slow is done at once, so a line at the prompt shows its effect in the slice
//! in which it is typed. After a step back the machine has to catch up with a past that is known already; that past
//! stays as it is meanwhile.

use super::{ActError, Future, Position, Run};
use crate::api::Kind;
use crate::component::{Happening, What};
use crate::scenario::{Directive, Scenario, ScenarioError};
use crate::session::SETTLE_LIMIT;
use crate::sim::SimTime;

/// The most pods the simulator runs; a run that makes more is stopped there.
pub const MOST_PODS: usize = 10_000;

/// How far a run has come with what there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    Working,
    /// Everything was carried out, and the run is computed up to its horizon.
    Done,
    /// There are more than [`MOST_PODS`] pods: nothing further is computed.
    Full,
}

/// A directive that is being carried out.
pub(super) struct Open {
    pub(super) begin: SimTime,
    pub(super) directive: Directive,
    until: Until,
}

impl Open {
    /// A line at the prompt.
    pub(super) fn is_line(&self) -> bool {
        matches!(self.directive, Directive::Line(_))
    }
}

enum Until {
    /// Everything up to that time has happened, and it is that time.
    Time(SimTime),
    /// Nothing is due any more, or not before that time.
    Quiet(SimTime),
    /// The prompt is free again, or nothing is due before that time.
    Prompt(SimTime),
}

impl Run {
    /// Reads a scenario; [`Run::work`] carries it out. Its first files are there at once.
    pub fn load(text: &str) -> Result<Run, ScenarioError> {
        Scenario::parse(text).map(Run::begun)
    }

    /// The same of a scenario that is read already.
    pub fn begun(scenario: Scenario) -> Run {
        let mut run = Run::new(scenario.header);
        run.todo = scenario.actions.into_iter().map(|(_, directive)| directive).collect();
        while matches!(run.todo.front(), Some(Directive::File { .. })) {
            run.work_once();
        }
        run
    }

    /// Begins to do things at a moment, one after another; [`Run::work`] carries them out. Everything computed behind
    /// that moment is dropped; true if inputs lie behind it, which stay as an old future. Refused actions change
    /// nothing.
    pub fn begin(&mut self, at: Position, directives: Vec<Directive>) -> Result<bool, ActError> {
        let most = crate::scenario::MAX_ACTIONS;
        if self.done.len() + self.todo.len() + directives.len() > most {
            return Err(ActError(format!("a run has at most {most} actions")));
        }
        let time = at.time;
        if self.begun_at == Some(time) && !self.is_carried_out() {
            // Typed faster than computed: this comes behind what was typed before.
            self.todo.extend(directives);
            return Ok(false);
        }
        self.leave();
        self.full = false;
        let forked = self.done.iter().any(|(begin, _, _)| *begin > time);
        let still_runs = self.done.last().is_some_and(|(_, end, _)| *end > time);
        if forked || still_runs || time < self.session.now() {
            for directive in &directives {
                if let Directive::Fault(fault) = directive {
                    // Whether it can be done is known only there; try it before the old future goes.
                    self.session_at(time).fault(fault).map_err(ActError)?;
                }
            }
            if forked {
                let first = self.done.iter().find(|(begin, _, _)| *begin > time);
                let first = first.map_or("".into(), |(_, _, directive)| first_line(directive));
                self.futures.push(Future { from: time, first, until: self.end(), scenario: self.scenario() });
            }
            self.rewind(time);
        }
        if self.begun_at.is_none() {
            self.todo.push_back(Directive::Wait(time.since(self.session.now())));
        }
        self.begun_at = Some(time);
        self.todo.extend(directives);
        Ok(forked)
    }

    /// Computes for at most so many steps of the machine.
    pub fn work(&mut self, steps: usize) -> Progress {
        for _ in 0..steps {
            let progress = self.work_once();
            if progress != Progress::Working {
                return progress;
            }
        }
        Progress::Working
    }

    /// True when nothing that was begun is left to do; computing ahead may still go on.
    pub fn is_carried_out(&self) -> bool {
        self.open.is_none() && self.todo.is_empty()
    }

    /// True when the last thing begun is done or being done.
    pub fn is_begun(&self) -> bool {
        self.todo.is_empty()
    }

    /// Gives up what is being carried out: it ends where it is, and nothing further is computed until
    /// [`Run::extend`] or the next action.
    pub fn stop(&mut self) {
        self.leave();
        self.horizon = self.session.now();
    }

    /// Why the last thing begun was refused, once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Exchanges the present future with an old one, which is forgotten as an old one. [`Run::work`] carries it out.
    pub fn go_back_to(&mut self, index: usize) -> Result<(), ScenarioError> {
        if index >= self.futures.len() {
            return Ok(());
        }
        let mut run = Run::load(&self.futures[index].scenario.print())?;
        let from = self.futures[index].from;
        let first = self.done.iter().find(|(begin, _, _)| *begin >= from);
        let first = first.map_or("".into(), |(_, _, directive)| first_line(directive));
        let present = Future { from, first, until: self.end(), scenario: self.scenario() };
        run.futures = std::mem::take(&mut self.futures);
        run.futures.remove(index);
        run.futures.push(present);
        *self = run;
        Ok(())
    }

    /// Does everything that was begun, without computing ahead; the error says why the rest was left.
    pub fn carry_out(&mut self) -> Result<(), String> {
        while !self.is_carried_out() && self.work_once() == Progress::Working {}
        self.trouble.take().map_or(Ok(()), Err)
    }

    fn work_once(&mut self) -> Progress {
        if self.full {
            self.leave();
            return Progress::Full;
        }
        if let Some(open) = &self.open {
            let due = |next: Option<SimTime>, limit: SimTime| next.is_some_and(|at| at <= limit);
            let goes_on = match open.until {
                Until::Time(limit) => due(self.session.next_at(), limit),
                Until::Quiet(limit) => due(self.session.busy_at(), limit),
                Until::Prompt(limit) => due(self.session.next_at(), limit) && self.session.holds_prompt(),
            };
            if goes_on && self.session.step() {
                self.collect();
            } else {
                match open.until {
                    Until::Time(limit) => self.session.run_until(limit),
                    Until::Quiet(limit) => self.session.settle_names(limit),
                    Until::Prompt(_) => {}
                }
                self.close();
            }
            return Progress::Working;
        }
        if let Some(next) = self.todo.pop_front() {
            if let Err(message) = self.start(next) {
                self.todo.clear();
                self.trouble = Some(message);
            }
            return Progress::Working;
        }
        self.begun_at = None;
        if self.session.next_at().is_none_or(|at| at > self.horizon) || !self.session.step() {
            self.collect();
            return Progress::Done;
        }
        self.collect();
        Progress::Working
    }

    // Begins a directive now; what takes no time is done at once.
    pub(super) fn start(&mut self, directive: Directive) -> Result<(), String> {
        let begin = self.session.now();
        let until = match &directive {
            Directive::Line(line) => {
                self.session.type_line(line);
                self.collect();
                Until::Prompt(begin + SETTLE_LIMIT)
            }
            Directive::Wait(duration) => Until::Time(begin + *duration),
            Directive::Settle(limit) => Until::Quiet(begin + limit.unwrap_or(SETTLE_LIMIT)),
            Directive::File { name, text } => {
                self.session.write_file(name, text);
                Until::Quiet(SimTime::ZERO)
            }
            Directive::StopBackground => {
                self.session.stop_background();
                Until::Quiet(SimTime::ZERO)
            }
            Directive::Label(text) => {
                self.session.label(text);
                Until::Quiet(SimTime::ZERO)
            }
            Directive::Fault(fault) => {
                self.session.fault(fault)?;
                Until::Quiet(SimTime::ZERO)
            }
        };
        let at_once = match until {
            Until::Prompt(_) => !self.session.holds_prompt(),
            Until::Quiet(limit) => limit == SimTime::ZERO,
            Until::Time(_) => false,
        };
        self.open = Some(Open { begin, directive, until });
        if at_once {
            self.close();
        } else if self.open.as_ref().is_some_and(Open::is_line) {
            // Somebody may go back to a moment at which the line is still running.
            self.copy_session();
        }
        Ok(())
    }

    // The open directive has ended.
    fn close(&mut self) {
        self.collect();
        let Some(open) = self.open.take() else { return };
        (self.behind, self.unheard) = (0, 0);
        let end = self.session.now();
        if !matches!(open.directive, Directive::Wait(_)) {
            self.done.push((open.begin, end, open.directive));
        }
        self.stands = end;
        self.copy_session();
        self.horizon = super::horizon_after(end, self.header.observed.as_deref());
    }

    // The open directive ends where it is, and what was to come does not come.
    fn leave(&mut self) {
        self.todo.clear();
        self.begun_at = None;
        let now = self.session.now();
        if let Some(open) = self.open.take()
            && !matches!(open.directive, Directive::Wait(_) | Directive::Settle(_))
        {
            // It has not ended yet, and whoever acts now acts while it runs.
            self.done.push((open.begin, SimTime(now.0 + 1), open.directive));
        }
    }

    // Steps back to `time`: drops everything behind it and takes up the session from the copy before. The machine
    // then catches up: what was begun waits until it is there.
    fn rewind(&mut self, time: SimTime) {
        self.done.retain(|(begin, _, _)| *begin <= time);
        // What was still going on at that moment ends there: a settle becomes a plain wait, and a line that still held
        // the prompt goes on in the background, as in a second terminal.
        self.done.retain(|(_, end, directive)| *end <= time || !matches!(directive, Directive::Settle(_)));
        let running = self.done.pop_if(|(_, end, directive)| {
            *end > time && matches!(directive, Directive::Line(line) if !line.contains('\n'))
        });
        if let Some((_, end, _)) = self.done.last_mut() {
            *end = (*end).min(time);
        }
        self.stands = self.stands.min(time);
        let most = self.done.len();
        let keep = self.sessions.iter().rposition(|copy| copy.session.now() <= time && copy.done <= most);
        self.sessions.truncate(keep.unwrap_or(0) + 1);
        let copy = &self.sessions[self.sessions.len() - 1];
        self.session = copy.session.clone();
        let (happenings, said) = (copy.happenings, copy.said);
        // What the machine does again is known already.
        let is_known = |happening: &Happening| match running {
            Some((begin, _, _)) => {
                happening.at < begin || (happening.at == begin && !matches!(happening.what, What::Input(_)))
            }
            None => happening.at <= time,
        };
        let known = self.happenings[happenings..].iter().take_while(|h| is_known(h)).count();
        self.happenings.truncate(happenings + known);
        let until = running.as_ref().map_or(time, |(begin, _, _)| *begin);
        let heard = self.said[said..]
            .iter()
            .take_while(|said| match running {
                Some(_) => said.at() < until,
                None => said.at() <= until,
            })
            .count();
        self.said.truncate(said + heard);
        (self.behind, self.unheard) = (known, heard);
        let last = self.happenings.len();
        self.stores.retain(|(at, _)| *at <= last);
        self.memories.retain(|(at, _)| *at <= until);
        self.full = false;
        self.seen = None;
        self.transcript.clear();
        for said in self.said.clone() {
            self.enter(said);
        }
        let now = self.session.now();
        if let Some((begin, _, Directive::Line(line))) = running {
            self.todo.push_back(Directive::Wait(begin.since(now)));
            self.todo.push_back(Directive::Line(line + " &"));
            self.todo.push_back(Directive::Wait(time.since(begin)));
        } else {
            self.todo.push_back(Directive::Wait(time.since(now)));
        }
        self.begun_at = Some(time);
    }

    /// True if more pods exist than the simulator runs; looked at only where a pod was made.
    pub(super) fn has_too_many(&self, news: &[Happening]) -> bool {
        let store = self.session.cluster().store();
        let made = |h: &Happening| match &h.what {
            What::Write(write) => write.key.kind == Kind::Pod && write.old.is_none() && write.new.is_some(),
            _ => false,
        };
        store.count(Kind::Pod) > MOST_PODS && news.iter().any(made)
    }
}

fn first_line(directive: &Directive) -> String {
    directive.to_string().lines().next().unwrap_or("").to_string()
}
