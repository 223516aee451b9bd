//! Why the controller does what it does, and what would release it.

use crate::sim::SimTime;
use crate::ui::state::Model;

/// The panel's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// The sentence over everything.
    pub title: String,
    /// A quiet explanation, or empty.
    pub lead: String,
    /// The stretch of time that is running out.
    pub meter: Option<Meter>,
    /// Why, each with where that is said.
    pub because: Vec<Because>,
    /// What is left alone.
    pub stays: Vec<Because>,
    /// What happens when the gate opens, and when.
    pub releases: Vec<Release>,
    /// Commands that would fork the run here.
    pub what_if: Vec<WhatIf>,
}

/// A stretch of time with its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// When it began.
    pub from: SimTime,
    /// When it ends.
    pub to: SimTime,
    /// Now.
    pub now: SimTime,
    /// What stands at the beginning, `SIGTERM`.
    pub first: String,
    /// What stands at the end, `SIGKILL`.
    pub last: String,
    /// The colour: `terminating`, `pending`, `ready`.
    pub token: &'static str,
}

/// A reason and its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    /// The reason, with `` `code` ``.
    pub text: String,
    /// Where it is said.
    pub source: Source,
}

/// Where a reason is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Nowhere in particular.
    None,
    /// In a line of the manifest.
    Line(usize),
    /// By a command; the position of its input.
    Command(String, usize),
    /// By a default.
    Default(String),
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// What.
    pub text: String,
    /// When.
    pub note: String,
    /// The step to go to, if the run has come that far.
    pub step: Option<usize>,
}

/// Another way the run could go from here.
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// The command.
    pub line: String,
    /// What it would do.
    pub note: String,
}

/// The reasons at the moment shown.
pub fn read(_model: &mut Model) -> Reasons {
    Reasons::default()
}
