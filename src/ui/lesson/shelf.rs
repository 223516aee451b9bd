//! The list of lessons, and how far the visitor has come in each.

use super::{Course, From};
use crate::lessons::{self, Front, LESSONS, Part};

/// The list and the progress.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// What the index says; none before it was read.
    pub fronts: Option<Vec<Front>>,
    /// The index could not be fetched, and why.
    pub trouble: Option<String>,
    progress: Vec<(String, Mark)>,
}

/// How far somebody has come in a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// That step was shown, from 1.
    Step(usize),
    /// It was gone through to the end.
    Done,
}

impl Shelf {
    /// Reads the index, or notes why there is none.
    pub fn read(&mut self, text: Result<String, String>) {
        match text {
            Ok(text) => (self.fronts, self.trouble) = (Some(lessons::index(&text)), None),
            Err(why) => self.trouble = Some(why),
        }
    }

    /// The lessons of a part.
    pub fn part(&self, part: Part) -> impl Iterator<Item = &Front> {
        let is_of = move |front: &Front| LESSONS.iter().any(|(slug, of)| *slug == front.id && *of == part);
        self.fronts.iter().flatten().filter(move |front| is_of(front))
    }

    /// How far the visitor has come.
    pub fn mark(&self, slug: &str) -> Option<Mark> {
        self.progress.iter().find(|(known, _)| known == slug).map(|(_, mark)| *mark)
    }

    /// What to see after a lesson: the first ones that were not gone through, of the same part first.
    pub fn after(&self, slug: &str, most: usize) -> Vec<&Front> {
        let at = LESSONS.iter().position(|(known, _)| *known == slug).map_or(0, |at| at + 1);
        let order = LESSONS[at..].iter().chain(&LESSONS[..at]);
        let front = |slug: &str| self.fronts.iter().flatten().find(|front| front.id == slug);
        order
            .filter(|(known, _)| *known != slug && self.mark(known) != Some(Mark::Done))
            .filter_map(|(known, _)| front(known))
            .take(most)
            .collect()
    }

    /// Notes where a course stands; true if that is news. What has been gone through stays so.
    pub fn note(&mut self, course: &Course) -> bool {
        let From::Page(slug) = &course.from else { return false };
        let mark = if course.is_over() { Mark::Done } else { Mark::Step(course.step + 1) };
        match self.progress.iter_mut().find(|(known, _)| known == slug) {
            Some((_, known)) if *known == Mark::Done || *known == mark => false,
            Some((_, known)) => {
                *known = mark;
                true
            }
            None => {
                self.progress.push((slug.clone(), mark));
                true
            }
        }
    }

    /// The progress as it is kept.
    pub fn kept(&self) -> String {
        let words = self.progress.iter().map(|(slug, mark)| match mark {
            Mark::Step(step) => format!("{slug}:{step}"),
            Mark::Done => format!("{slug}:done"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Takes up what was kept; what cannot be read is left out.
    pub fn take_up(&mut self, kept: &str) {
        for word in kept.split_whitespace() {
            let Some((slug, mark)) = word.split_once(':') else { continue };
            let mark = match mark.parse() {
                Ok(step) => Mark::Step(step),
                Err(_) if mark == "done" => Mark::Done,
                Err(_) => continue,
            };
            if LESSONS.iter().any(|(known, _)| *known == slug) && self.mark(slug).is_none() {
                self.progress.push((slug.to_string(), mark));
            }
        }
    }
}
