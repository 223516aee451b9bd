//! Carrying a lesson out on the page: everything that happens to a course, and what the run does for it.

use super::{Act, Course, From, Given, Phase};
use crate::api::ObjectKey;
use crate::lessons::{Answer, Lesson, reached};
use crate::scenario::Scenario;
use crate::session::Position;
use crate::sim::{SimDuration, SimTime};
use crate::ui::panels;
use crate::ui::player::Player;
use crate::ui::state::{Dialog, Effect, Model, Origin, Panel, Screen};
use crate::ui::update;
use std::rc::Rc;

/// A step of the player is shown so long after its last happening at most; it still belongs to the lesson's step.
const AFTER: SimDuration = SimDuration(100);

/// What the browser has to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// A lesson, to be opened at that step.
    Lesson(From, usize),
    /// The index of the lessons.
    Index,
}

/// Takes the next step of a lesson.
pub fn act(model: &mut Model, act: Act) -> Vec<Effect> {
    match act {
        Act::Fetch(from, step) => {
            model.ui.dialog = None;
            model.ui.screen = Screen::Page;
            return vec![Effect::Lesson(Errand::Lesson(from, step))];
        }
        Act::Fetched(from, step, text) => return fetched(model, from, step, text),
        Act::Index(text) => {
            model.shelf.read(text);
            return Vec::new();
        }
        _ => {}
    }
    let Some(course) = &mut model.course else { return Vec::new() };
    match act {
        Act::Step(by) => {
            if by > 0 && course.question().is_some() {
                // On, for somebody with two keys in the hand: the answer.
                let given = if course.draft.is_some() { Act::Commit } else { Act::Reveal };
                return self::act(model, given);
            }
            if let (true, Phase::Playing, Some(end)) = (by > 0 && !course.away, course.phase, course.ends()) {
                // First to the end of what is played.
                let end = place(&model.player, end);
                return seek(model, end);
            }
            let to = course.step as i64 + i64::from(by);
            match usize::try_from(to) {
                Ok(to) if to < course.count() => return go(model, to),
                _ => {}
            }
        }
        Act::Go(to) if to < course.count() => return go(model, to),
        Act::Draft(answer) => {
            // Pressing what is chosen already gives it, where there is nothing else to press.
            let again = matches!(answer, Answer::Pick(_)) && course.draft.as_ref() == Some(&answer);
            course.choose(answer);
            if again {
                return commit(model);
            }
        }
        Act::Letter(option) => course.choose(Answer::Choice(option)),
        Act::Move(place, by) => course.shift(place, by),
        Act::Commit => return commit(model),
        Act::Reveal if course.question().is_some() => return close(model, Given::Nothing),
        Act::Hands(hands) => course.count_hands(hands),
        Act::Hint => course.hint = !course.hint,
        Act::Solution => course.solution = !course.solution,
        Act::Solve => {
            let Some(goal) = course.goal() else { return Vec::new() };
            let solution = goal.solution.clone();
            return update::run_directives(model, solution);
        }
        Act::Return => return go_anew(model),
        Act::Leave => {
            model.course = None;
            model.ui.panel = Panel::Reasons;
            return vec![Effect::KeepRun];
        }
        _ => {}
    }
    Vec::new()
}

/// Moves the choice of an object on the stage among those of its kind that are there.
pub fn pick(model: &mut Model, slots: &[ObjectKey], by: i32) -> Option<ObjectKey> {
    let course = model.course.as_mut()?;
    let Answer::Pick(right) = &course.question()?.answer else { return None };
    let slots: Vec<&ObjectKey> = slots.iter().filter(|slot| slot.kind == right.kind).collect();
    if slots.is_empty() {
        return None;
    }
    let here = match &course.draft {
        Some(Answer::Pick(key)) => slots.iter().position(|slot| *slot == key),
        _ => None,
    };
    let last = slots.len() as i64 - 1;
    let to = match here {
        Some(here) => (here as i64 + i64::from(by)).clamp(0, last),
        None => {
            if by > 0 {
                0
            } else {
                last
            }
        }
    };
    let key = slots[to as usize].clone();
    course.choose(Answer::Pick(key.clone()));
    Some(key)
}

fn fetched(model: &mut Model, from: From, step: usize, text: Result<String, String>) -> Vec<Effect> {
    let name = match &from {
        From::Page(slug) => format!("{slug}.md"),
        From::Address(address) => address.clone(),
        From::File(name) => name.clone(),
    };
    model.ui.screen = Screen::Page;
    let read = text.and_then(|text| Lesson::parse(&text).map_err(|error| error.to_string()));
    match read {
        Ok(lesson) => {
            // The author's file, written anew: at the step that is being worked on.
            let step = match &model.course {
                Some(course) if course.from == from => course.step,
                _ => step.saturating_sub(1),
            };
            let mut effects = open(model, lesson, from, step);
            // What there is to see next, for the end.
            effects.extend(model.shelf.fronts.is_none().then_some(Effect::Lesson(Errand::Index)));
            effects
        }
        Err(message) => {
            let words = crate::ui::texts::lesson(model.ui.language);
            model.ui.notice = Some((words.broken)(&name, &message));
            Vec::new()
        }
    }
}

/// Opens a lesson at a step, from 0; the steps before it are carried out first.
pub fn open(model: &mut Model, lesson: Lesson, from: From, step: usize) -> Vec<Effect> {
    let course = Course::new(Rc::new(lesson), from, step, !model.is_asked_nothing);
    start(model, course)
}

// Begins with an empty cluster.
fn start(model: &mut Model, course: Course) -> Vec<Effect> {
    let header = course.lesson.header.clone();
    let release = course.lesson.header.config().profile.name;
    let text = Scenario { header, actions: Vec::new() }.print();
    let manifest = update::open_run(model, &text).unwrap_or_default();
    model.ui.release = release;
    model.ui.screen = Screen::Page;
    model.ui.origin = Origin::Lesson;
    model.ui.panel = model.ui.present.beside_stage();
    model.ui.dialog = None;
    model.course = Some(course);
    let mut effects = update::show_applied(model, manifest);
    effects.extend(pump(model));
    effects.push(Effect::Compute);
    effects
}

/// Goes on once what was begun is carried out: notes where a step ended, begins the next one that is needed, and shows
/// the step that was asked for.
pub fn pump(model: &mut Model) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    if course.away || !model.player.run().is_carried_out() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if std::mem::take(&mut course.is_running) {
        course.ends.push(model.player.run().stands().time);
        if course.phase == Phase::Playing && model.ui.less_motion {
            model.player.go_to(place(&model.player, model.player.run().stands().time));
        }
        effects.extend(show_file(model));
    }
    let Some(course) = &mut model.course else { return effects };
    if course.phase == Phase::Preparing {
        if course.ends.len() < course.step {
            let next = course.ends.len();
            carry_out(model, next);
            effects.push(Effect::Compute);
        } else {
            let step = course.step;
            effects.extend(stand(model, step));
        }
    }
    effects
}

// Carries a step out, where the one before ended.
fn carry_out(model: &mut Model, step: usize) {
    let Some(course) = &mut model.course else { return };
    let run = course.lesson.steps[step].run.clone();
    let at = course.ends.last().copied().unwrap_or_default();
    course.is_running = true;
    if let Err(message) = model.player.append(at, run) {
        model.ui.notice = Some(message);
    }
}

fn go(model: &mut Model, step: usize) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    if course.away {
        course.step = step;
        return go_anew(model);
    }
    // A step that is not carried out yet needs those before it.
    if course.ends.len() < step {
        course.step = step;
        course.phase = Phase::Preparing;
        let mut effects = pump(model);
        effects.push(Effect::Compute);
        return effects;
    }
    stand(model, step)
}

// The same step with a fresh cluster.
fn go_anew(model: &mut Model) -> Vec<Effect> {
    let Some(old) = model.course.take() else { return Vec::new() };
    let mut course = Course::new(old.lesson, old.from, old.step, old.asks);
    course.given = old.given;
    start(model, course)
}

// Shows a step whose predecessors are carried out: its question, or what it does.
fn stand(model: &mut Model, step: usize) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    course.stand(step);
    model.ui.panel = model.ui.present.beside_stage();
    model.ui.playing = false;
    model.play_when_ready = false;
    model.player.rest();
    if let Some(begins) = course.begins() {
        model.player.go_to(place(&model.player, begins));
    }
    match course.phase {
        // Where an answer is given by the keyboard.
        Phase::Asking => {
            let field = if course.asks_to_pick() { panels::stage::AREA } else { panels::question::FIRST };
            vec![Effect::ScrollTerminal, Effect::Focus(field)]
        }
        _ => enter(model),
    }
}

// Plays the step shown.
fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(course) = &model.course else { return Vec::new() };
    let (step, known) = (course.step, course.ends());
    match known {
        None => {
            carry_out(model, step);
            model.play_when_ready = !model.ui.less_motion;
            vec![Effect::Compute, Effect::ScrollTerminal]
        }
        Some(end) if model.ui.less_motion || course.begins() == Some(end) => {
            let end = place(&model.player, end);
            seek(model, end)
        }
        Some(_) => {
            model.ui.playing = true;
            vec![Effect::Frames, Effect::ScrollTerminal]
        }
    }
}

fn commit(model: &mut Model) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    let Some(ask) = course.question() else { return Vec::new() };
    // An order that nobody changed is an answer too.
    let answer = match (&ask.answer, &course.draft) {
        (Answer::Order(_), None) => Some(Answer::Order(course.order())),
        (_, draft) => draft.clone(),
    };
    let Some(answer) = answer else { return Vec::new() };
    close(model, Given::Answer(answer))
}

fn close(model: &mut Model, given: Given) -> Vec<Effect> {
    if let Some(course) = &mut model.course {
        course.close_question(given);
    }
    let mut effects = enter(model);
    effects.push(Effect::Focus(panels::lesson::NEXT));
    effects
}

/// Stops where the step shown ends, if playing has just come by there; true if it did.
pub fn stop(model: &mut Model, before: SimTime) -> bool {
    let Some(course) = &model.course else { return false };
    let (Some(end), false) = (course.ends(), course.away || course.reached) else { return false };
    let end = place(&model.player, end);
    let now = model.player.moving_position(model.ui.spacing).time;
    if before >= end.time || now < end.time {
        return false;
    }
    model.ui.playing = false;
    model.player.go_to(end);
    true
}

fn seek(model: &mut Model, to: Position) -> Vec<Effect> {
    model.ui.playing = false;
    model.play_when_ready = false;
    model.player.rest();
    model.player.go_to(to);
    vec![Effect::ScrollTerminal]
}

// Where a moment is shown: the player's own place for it, which lies a little behind.
fn place(player: &Player, at: SimTime) -> Position {
    let exact = player.run().position(at);
    let steps = player.steps().iter().skip(1);
    let near =
        steps.filter(|step| step.happenings >= exact.happenings && step.time >= at).min_by_key(|s| s.time);
    match near {
        Some(step) if step.happenings == exact.happenings && step.time.since(at) <= AFTER => {
            Position { happenings: step.happenings, time: step.time }
        }
        _ => exact,
    }
}

// The file that the lesson wrote last into the editor, as if it had been opened there.
fn show_file(model: &mut Model) -> Vec<Effect> {
    match model.player.run().files().get(update::FILE).cloned() {
        Some(text) if text != model.ui.applied => update::show_applied(model, text),
        _ => Vec::new(),
    }
}

/// Looks whether the end of the step and the goal are reached at the moment shown, and notes how far the lesson has come.
pub fn look(model: &mut Model) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    if let (Phase::Playing, Some(end)) = (course.phase, course.ends()) {
        let end = place(&model.player, end);
        // Where nothing more is to be seen, the rest of the time passes at once.
        let waits = !model.ui.playing && !model.play_when_ready && model.player.is_computed();
        if waits && model.player.at_end() && model.player.position().time < end.time {
            model.player.go_to(end);
        }
        if model.player.position().time >= end.time {
            course.phase = Phase::Shown;
        }
    }
    let now = (model.player.version, model.player.position().time);
    if let (Some(goal), Some(end)) = (course.goal().cloned(), course.ends())
        && !course.reached
        && course.looked != now
    {
        course.looked = now;
        course.reached = now.1 >= end && reached(&goal, model.player.run(), now.1);
    }
    match course.phase != Phase::Preparing && model.shelf.note(course) {
        true => vec![Effect::Keep("lessons", model.shelf.kept())],
        false => Vec::new(),
    }
}

/// Opens the list of lessons.
pub fn open_list(model: &mut Model) -> Vec<Effect> {
    model.ui.dialog = Some(Dialog::Lessons);
    match model.shelf.fronts {
        Some(_) => Vec::new(),
        None => vec![Effect::Lesson(Errand::Index)],
    }
}
