//! Guided tours: what a lesson file holds, whether it keeps its word, and which ones come with the page.
//!
//! The texts are data (`content/<slug>.md`), fetched by the page when one is opened and never a part of the module;
//! CONTRIBUTING.md says how to write one. A lesson from any other address is read by the same code.

mod check;
mod fields;
mod lesson;
#[cfg(test)]
mod tests;
pub mod text;

pub use check::{Checked, check, reached};
pub use lesson::{Answer, Ask, Both, Front, Goal, Lesson, LessonError, MAX_BYTES, Probe, Step, object};

/// A part of the list of lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The documents the project follows, one lesson each.
    Documents,
    /// One wrong belief each.
    Beliefs,
}

/// The lessons that come with the page, in the order of the list.
pub const LESSONS: &[(&str, Part)] = &[
    ("first-set", Part::Documents),
    ("labels-and-hash", Part::Documents),
    ("headless-or-not", Part::Documents),
    ("mysql-primary", Part::Documents),
    ("one-per-node", Part::Documents),
    ("stuck-rollout", Part::Beliefs),
    ("name-before-ready", Part::Beliefs),
    ("negative-cache", Part::Beliefs),
    ("wrong-service-name", Part::Beliefs),
    ("headless-balances", Part::Beliefs),
    ("claims-stay", Part::Beliefs),
    ("immutable", Part::Beliefs),
    ("ordered-deadlock", Part::Beliefs),
    ("node-loss", Part::Beliefs),
    ("partition", Part::Beliefs),
    ("on-delete", Part::Beliefs),
    ("delete-or-scale", Part::Beliefs),
    ("sick-scale-in", Part::Beliefs),
    ("versions", Part::Beliefs),
];

/// Reads the index that the build makes: the front matter of every lesson, each behind a line `---`. What cannot be
/// read, or is not one of [`LESSONS`], is left out; the order is theirs.
pub fn index(text: &str) -> Vec<Front> {
    let fronts: Vec<Front> = text.split("---\n").filter_map(|front| Front::parse(front, 1).ok()).collect();
    let find = |slug: &str| fronts.iter().find(|front| front.id == slug).cloned();
    LESSONS.iter().filter_map(|(slug, _)| find(slug)).collect()
}
