//! The lesson on the page: which step is shown, what is asked, what was answered.
//!
//! [`Course`] is data and knows no run; [`play`] carries its steps out, one behind the other at the very moments at which
//! the one before ended, so that page, checker and command line see the same run. Whoever types something else in the
//! middle leaves the path; one press carries the steps out anew and is back on it.

pub mod errands;
pub mod keys;
pub mod play;
pub mod shelf;
#[cfg(test)]
mod tests;

use crate::api::{Kind, ObjectKey};
use crate::lang::Lang;
use crate::lessons::{Answer, Ask, Goal, Lesson, Step};
use crate::sim::SimTime;
use std::rc::Rc;

/// Where a lesson came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// It comes with the page, under that name.
    Page(String),
    /// From that address.
    Address(String),
    /// A file of that name, dropped onto the page.
    File(String),
}

/// Everything that can happen to a lesson.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Fetch that lesson and open it at that step, from 1.
    Fetch(From, usize),
    /// Its text has come, or the reason why not.
    Fetched(From, usize, Result<String, String>),
    /// The index of the lessons has come, or the reason why not.
    Index(Result<String, String>),
    /// To the next step, or to the step before.
    Step(i32),
    /// To that step, from 0.
    Go(usize),
    /// Choose an answer, without giving it yet.
    Draft(Answer),
    /// The n-th key of an answer was pressed: the option of that number.
    Letter(usize),
    /// Move an option of an order by so many places.
    Move(usize, i32),
    /// Move the choice on the stage to the next object.
    Pick(i32),
    /// Give the answer that is chosen.
    Commit,
    /// Show the answer without giving one.
    Reveal,
    /// How many hands were raised for each option.
    Hands(Vec<u32>),
    /// Show or hide the hint.
    Hint,
    /// Show or hide the solution.
    Solution,
    /// Carry the solution out.
    Solve,
    /// Back onto the path, or to the start of the last step.
    Return,
    /// Close the lesson; the run stays.
    Leave,
}

/// How far the step shown has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The steps before it are being carried out.
    Preparing,
    /// It waits for an answer.
    Asking,
    /// It is played, and its end was not seen yet.
    Playing,
    /// Its end was seen.
    Shown,
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// Somebody answered.
    Answer(Answer),
    /// Somebody had the answer shown.
    Nothing,
}

/// A lesson under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The lesson.
    pub lesson: Rc<Lesson>,
    /// Where it came from.
    pub from: From,
    /// The step shown, from 0.
    pub step: usize,
    /// How far it has come.
    pub phase: Phase,
    /// Questions are asked.
    pub asks: bool,
    /// The answer chosen but not given.
    pub draft: Option<Answer>,
    /// What was answered, by step.
    pub given: Vec<Option<Given>>,
    /// Hands raised for each option of the question shown; empty where nobody counted.
    pub hands: Vec<u32>,
    /// The hint is shown.
    pub hint: bool,
    /// The solution is shown.
    pub solution: bool,
    /// The goal was reached.
    pub reached: bool,
    /// Somebody left the path.
    pub away: bool,
    /// Where each step that was carried out ended.
    ends: Vec<SimTime>,
    /// A step is being carried out.
    is_running: bool,
    /// The run at which the goal was last looked for.
    looked: (u64, SimTime),
}

impl Course {
    /// A lesson about to be shown at that step.
    pub fn new(lesson: Rc<Lesson>, from: From, step: usize, asks: bool) -> Course {
        let last = lesson.steps.len() - 1;
        let given = vec![None; lesson.steps.len()];
        Course {
            lesson,
            from,
            step: step.min(last),
            phase: Phase::Preparing,
            asks,
            draft: None,
            given,
            hands: Vec::new(),
            hint: false,
            solution: false,
            reached: false,
            away: false,
            ends: Vec::new(),
            is_running: false,
            looked: (0, SimTime::ZERO),
        }
    }

    /// The step shown.
    pub fn now(&self) -> &Step {
        &self.lesson.steps[self.step]
    }

    /// The step after it.
    pub fn next(&self) -> Option<&Step> {
        self.lesson.steps.get(self.step + 1)
    }

    /// How many steps there are.
    pub fn count(&self) -> usize {
        self.lesson.steps.len()
    }

    /// What the speaker wants to say to the step shown.
    pub fn notes(&self, lang: Lang) -> Option<&str> {
        self.now().notes.as_ref().map(|notes| notes.get(lang))
    }

    /// The question that waits for an answer.
    pub fn question(&self) -> Option<&Ask> {
        self.now().ask.as_ref().filter(|_| self.phase == Phase::Asking && !self.away)
    }

    /// Which of these objects the open question names; the stage shows them and dims the rest. A set is never one of
    /// them: it is all its pods, and its title stands so near them that they would be lit in part. None while nothing
    /// is asked, where any of them may be picked, and where none is named.
    pub fn named<'a>(&self, keys: impl Iterator<Item = &'a ObjectKey>) -> Option<Vec<ObjectKey>> {
        let ask = self.question().filter(|ask| !matches!(ask.answer, Answer::Pick(_)))?;
        let names = |key: &&ObjectKey| {
            let text = &ask.question.en;
            let mut rest = text.match_indices(&*key.name);
            // `web-1` is not named by `web-10` nor by `www-web-1`.
            rest.any(|(at, name)| {
                let (before, after) = (&text[..at], &text[at + name.len()..]);
                let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
                !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
            })
        };
        let named: Vec<_> = keys.filter(|key| key.kind != Kind::StatefulSet).filter(names).cloned().collect();
        (!named.is_empty()).then_some(named)
    }

    /// The object on the stage that is chosen but not given as an answer.
    pub fn picked(&self) -> Option<&ObjectKey> {
        match (self.question(), &self.draft) {
            (Some(_), Some(Answer::Pick(key))) => Some(key),
            _ => None,
        }
    }

    /// An object on the stage is asked for.
    pub fn asks_to_pick(&self) -> bool {
        self.question().is_some_and(|ask| matches!(ask.answer, Answer::Pick(_)))
    }

    /// The question of the step shown and what was answered. Whether that was right is to be seen when the step has ended.
    pub fn answered(&self) -> Option<(&Ask, &Given)> {
        let given = self.given[self.step].as_ref()?;
        self.now().ask.as_ref().filter(|_| self.phase != Phase::Asking).map(|ask| (ask, given))
    }

    /// The right answer to the question shown, open or over, in words; for the speaker.
    pub fn answer(&self, lang: Lang) -> Option<String> {
        self.now().ask.as_ref().map(|ask| in_words(ask, &ask.answer, lang))
    }

    /// The goal, while it is up to the visitor to reach it.
    pub fn goal(&self) -> Option<&Goal> {
        self.now().goal.as_ref().filter(|_| self.phase == Phase::Shown)
    }

    /// The last step is shown, and its goal, if it has one, is reached.
    pub fn is_over(&self) -> bool {
        self.next().is_none() && self.phase == Phase::Shown && (self.reached || self.now().goal.is_none())
    }

    /// Where the step shown begins; none while that is not known.
    pub fn begins(&self) -> Option<SimTime> {
        match self.step.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(SimTime::ZERO),
        }
    }

    /// Where the step shown ends; none while it is being carried out.
    pub fn ends(&self) -> Option<SimTime> {
        self.ends.get(self.step).copied()
    }

    /// The run has been changed by somebody; in the step of the goal that is what it is for.
    pub fn stray(&mut self) {
        self.away = self.away || self.now().goal.is_none();
    }

    /// Chooses an answer. What does not fit the question leaves the choice as it was.
    pub fn choose(&mut self, answer: Answer) {
        let Some(ask) = self.question() else { return };
        let fits = match (&answer, &ask.answer) {
            (Answer::Choice(i), Answer::Choice(_)) => *i < ask.options.len(),
            (Answer::Pick(_), Answer::Pick(_)) | (Answer::Number(_), Answer::Number(_)) => true,
            (Answer::Order(order), Answer::Order(right)) => {
                order.len() == right.len() && right.iter().all(|option| order.contains(option))
            }
            _ => false,
        };
        if fits {
            self.draft = Some(answer);
        }
    }

    /// The order chosen so far; the options as written, before anybody moved one.
    pub fn order(&self) -> Vec<usize> {
        match &self.draft {
            Some(Answer::Order(order)) => order.clone(),
            _ => (0..self.now().ask.as_ref().map_or(0, |ask| ask.options.len())).collect(),
        }
    }

    /// Moves the option at a place of the order by so many places.
    pub fn shift(&mut self, place: usize, by: i32) {
        let mut order = self.order();
        let to = place as i64 + i64::from(by);
        if place < order.len() && to >= 0 && (to as usize) < order.len() {
            order.swap(place, to as usize);
            self.choose(Answer::Order(order));
        }
    }

    /// Counts the hands raised; more than there are options are left out.
    pub fn count_hands(&mut self, mut hands: Vec<u32>) {
        hands.truncate(self.now().ask.as_ref().map_or(0, |ask| ask.options.len()));
        self.hands = hands;
    }

    fn close_question(&mut self, given: Given) {
        self.given[self.step] = Some(given);
        self.draft = None;
        self.phase = Phase::Playing;
    }

    // Stands at another step, as if it had never been seen but for the answers.
    fn stand(&mut self, step: usize) {
        self.step = step;
        (self.draft, self.hint, self.solution) = (None, false, false);
        self.hands.clear();
        let waits = self.asks && self.now().ask.is_some() && self.given[step].is_none();
        self.phase = if waits { Phase::Asking } else { Phase::Playing };
    }
}

/// The letter of an option: `A` for the first.
pub fn letter(option: usize) -> char {
    char::from(b'A' + (option as u8).min(25))
}

/// An answer as one would say it: `B. …`, `web-2`, `3`, `B → A → C`.
pub fn in_words(ask: &Ask, answer: &Answer, lang: Lang) -> String {
    match answer {
        Answer::Choice(i) => {
            let text = ask.options.get(*i).map_or("", |option| option.get(lang));
            [letter(*i).to_string().as_str(), ". ", text].concat()
        }
        Answer::Pick(key) => key.name.to_string(),
        Answer::Number(number) => number.to_string(),
        Answer::Order(order) => {
            let letters: Vec<String> = order.iter().map(|i| letter(*i).to_string()).collect();
            letters.join(" → ")
        }
    }
}
