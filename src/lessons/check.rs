//! Does a lesson keep its word? It is played as the page plays it, and the cluster itself is asked.
//!
//! Held against the run: the proof of every answer, the object to be picked, the names in captions, and the goal, which
//! doing nothing must not reach and the solution must. Held against the craft: the number of steps and questions.

use super::lesson::{Answer, Goal, Lesson, LessonError, Probe, Step};
use super::text::spans;
use super::{LESSONS, lesson};
use crate::api::ObjectKey;
use crate::component::What;
use crate::kubectl::resource;
use crate::scenario::Directive;
use crate::session::{Position, Run};
use crate::sim::SimTime;
use std::ops::Range;

/// How many steps and questions a lesson has (design of the lessons).
const STEPS: std::ops::RangeInclusive<usize> = 4..=8;
const ASKS: std::ops::RangeInclusive<usize> = 1..=2;
/// At how many moments it is looked whether the goal is reached, at most.
const LOOKS: usize = 80;

/// What was checked and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// One line for each thing that holds.
    pub held: Vec<String>,
    /// What does not.
    pub wrong: Vec<LessonError>,
}

/// True if all that the goal asks for is so at a moment.
pub fn reached(goal: &Goal, run: &Run, at: SimTime) -> bool {
    goal.checks.iter().all(|check| check.holds(&run.ask(at, &check.run)))
}

/// Plays a lesson and checks all that can be checked.
pub fn check(lesson: &Lesson) -> Checked {
    let mut checked = Checked::default();
    craft(lesson, &mut checked);
    let mut run = Run::new(lesson.header.clone());
    for (i, step) in lesson.steps.iter().enumerate() {
        let before = run.stands();
        let begun = run.last().happenings;
        if let Some(Answer::Pick(key)) = step.ask.as_ref().map(|ask| &ask.answer)
            && run.still(before).store().by_key(key).is_none()
        {
            let line = step.ask.as_ref().map_or(step.line, |ask| ask.line);
            checked.fail(line, format!("{key} cannot be picked: it does not exist when this is asked"));
        }
        if let Err(message) = play(&mut run, &step.run) {
            checked.fail(step.run_line, message);
            return checked;
        }
        let seen = begun..run.happenings().len();
        if !step.run.is_empty() {
            checked.held.push(format!("step {} ends at {}", i + 1, seconds(run.stands().time)));
        }
        names(step, &run, before, seen, &mut checked);
        if let Some(ask) = &step.ask {
            for proof in &ask.proof {
                hold(proof, &run, &mut checked);
            }
        }
        if let Some(goal) = &step.goal {
            strive(goal, &mut run, &mut checked);
        }
    }
    checked
}

impl Checked {
    fn fail(&mut self, line: usize, message: String) {
        self.wrong.push(LessonError::new(line, 1, message));
    }
}

fn seconds(at: SimTime) -> String {
    format!("{:.1} s", at.as_millis() as f64 / 1000.0)
}

// What the machine cannot see in the run.
fn craft(lesson: &Lesson, checked: &mut Checked) {
    let end = lesson.steps.last().map_or(1, |step| step.line);
    let asks = lesson.steps.iter().filter(|step| step.ask.is_some()).count();
    if !STEPS.contains(&lesson.steps.len()) {
        let (from, to) = (STEPS.start(), STEPS.end());
        checked.fail(1, format!("a lesson has {from} to {to} steps; this has {}", lesson.steps.len()));
    }
    if !ASKS.contains(&asks) {
        checked.fail(1, format!("a lesson has one or two questions; this has {asks}"));
    }
    match lesson.steps.iter().position(|step| step.goal.is_some()) {
        Some(i) if i + 1 < lesson.steps.len() => {
            checked.fail(lesson.steps[i].line, "the goal belongs into the last step".into());
        }
        Some(_) => {}
        None => checked.fail(end, "the last step needs a `goal` and a `solution`".into()),
    }
    let is_ours = |slug: &str| LESSONS.iter().any(|(known, _)| *known == slug);
    if is_ours(&lesson.front.id) {
        for slug in lesson.front.after.iter().filter(|slug| !is_ours(slug)) {
            checked.fail(1, format!("`after` names `{slug}`, which is no lesson"));
        }
    }
}

// Carries directives out where the run stands, and no further.
fn play(run: &mut Run, directives: &[Directive]) -> Result<(), String> {
    if !directives.is_empty() {
        run.begin(run.stands(), directives.to_vec()).map_err(|error| error.0)?;
        run.carry_out()?;
    }
    match run.is_full() {
        true => Err("there are more pods than the simulator runs".into()),
        false => Ok(()),
    }
}

fn hold(probe: &Probe, run: &Run, checked: &mut Checked) {
    let printed = run.ask(run.stands().time, &probe.run);
    if probe.holds(&printed) {
        checked.held.push(format!("`{}` prints what the answer says", probe.run));
    } else {
        checked.fail(probe.line, differs(probe, &printed));
    }
}

fn differs(probe: &Probe, printed: &str) -> String {
    let verb = if probe.is_part { "has" } else { "prints" };
    format!("`{}`: expected {verb} {:?}, and it prints {:?}", probe.run, probe.text, printed.trim())
}

// The names in the captions: what is there at the end of the step, was there at its beginning or came in between.
fn names(step: &Step, run: &Run, before: Position, seen: Range<usize>, checked: &mut Checked) {
    let mut known: Vec<ObjectKey> = run.still(before).store().all().map(|object| object.key()).collect();
    for happening in &run.happenings()[seen] {
        if let What::Write(write) = &happening.what {
            known.push(write.key.clone());
        }
    }
    let exists = |name: &str| match name.split_once('/') {
        Some((kind, rest)) => match resource::find(kind).ok().and_then(|resource| resource.kind) {
            Some(kind) => known.iter().any(|key| key.kind == kind && *key.name == *rest),
            // A path, a media type.
            None => true,
        },
        None => !looks_numbered(name) || known.iter().any(|key| *key.name == *name),
    };
    let mut count = 0;
    for (text, first) in [&step.caption.ko, &step.caption.en].into_iter().zip(step.caption_lines) {
        let mut line = first;
        for span in spans(text).unwrap_or_default() {
            if span.code && !exists(span.text) {
                let message = format!(
                    "`{}` neither exists at the end of this step nor has existed during it; without backticks it is a \
                     plain word",
                    span.text
                );
                checked.fail(line, message);
            }
            count +=
                usize::from(span.code && (looks_numbered(span.text) || lesson::object(span.text).is_some()));
            line += span.text.matches('\n').count();
        }
    }
    if count > 0 {
        checked.held.push(format!("{count} names in the captions of line {} exist", step.line));
    }
}

// `web-0`, `www-web-0`: what a set numbers.
fn looks_numbered(word: &str) -> bool {
    let (name, ordinal) = word.rsplit_once('-').unwrap_or_default();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_name =
        |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_digits(ordinal) && name.starts_with(|c: char| c.is_ascii_lowercase()) && is_name(name)
}

// Doing nothing must not reach the goal, the solution must; it is looked at from where the step stands to the end of what
// is computed.
fn strive(goal: &Goal, run: &mut Run, checked: &mut Checked) {
    let from = run.stands().time;
    run.compute(usize::MAX);
    match first_reached(goal, run, from) {
        Some(at) => {
            let message = format!("doing nothing reaches this goal, at {}: ask for more", seconds(at));
            checked.fail(goal.line, message);
        }
        None => checked.held.push("doing nothing does not reach the goal".into()),
    }
    if let Err(message) = play(run, &goal.solution) {
        checked.fail(goal.solution_line, message);
        return;
    }
    run.compute(usize::MAX);
    if let Some(at) = first_reached(goal, run, from) {
        checked.held.push(format!("the solution reaches the goal, at {}", seconds(at)));
        return;
    }
    checked.fail(goal.solution_line, "the solution does not reach the goal".into());
    for probe in &goal.checks {
        let printed = run.ask(run.end(), &probe.run);
        if !probe.holds(&printed) {
            checked.fail(probe.line, format!("after the solution, {}", differs(probe, &printed)));
        }
    }
}

fn first_reached(goal: &Goal, run: &Run, from: SimTime) -> Option<SimTime> {
    let mut moments: Vec<SimTime> = run.happenings().iter().map(|h| h.at).filter(|at| *at >= from).collect();
    moments.push(from);
    moments.push(run.end());
    moments.sort_unstable();
    moments.dedup();
    let every = moments.len().div_ceil(LOOKS);
    let last = moments.len() - 1;
    let looks = moments.iter().enumerate().filter(|(i, _)| i % every == 0 || *i == last);
    looks.map(|(_, at)| *at).find(|at| reached(goal, run, *at))
}
