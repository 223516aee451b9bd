//! The run as lanes: time from left to right, one lane per ordinal, ordinal 0 at the bottom, so that growing goes
//! up and shrinking comes down.
//!
//! A moment is a number: 0 is the beginning, `k` is after step `k` (counted from 1), and what lies between is how
//! far the next step has come. Places are parts of the width, from 0 to 1.

mod axis;
mod chapters;
mod draw;
mod lanes;

pub use axis::{Axis, Spacing};
pub use chapters::{Chapter, Phrase};
pub use draw::{TrackOptions, legend, track};
pub use lanes::{Bar, Lane, LaneState, lanes};

use crate::api::ObjectKey;
use crate::component::Happening;
use crate::sim::{SimDuration, SimTime};

/// Where a step is in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When it began.
    pub at: SimTime,
    /// Index of its first happening.
    pub first: usize,
    /// Index of its last happening.
    pub last: usize,
}

/// A run laid out in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Steps and their places.
    pub axis: Axis,
    /// The lanes, by ordinal.
    pub lanes: Vec<Lane>,
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
    /// Quiet stretches that are drawn shorter than they are.
    pub gaps: Vec<Gap>,
}

/// A quiet stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Its middle, as a part of the width.
    pub at: f64,
    /// How long it really is.
    pub length: SimDuration,
}

/// A quiet stretch longer than this is squeezed.
const QUIET: u64 = 3000;
/// With even steps only longer ones are marked, and only where nothing is on its way.
const LONG: u64 = 10_000;

impl Timeline {
    /// Lays out a run. `ticks`: its steps ([`crate::story::Story::ticks`]); `set`: whose pods the lanes are.
    pub fn new(
        happenings: &[Happening],
        ticks: &[Tick],
        set: Option<&ObjectKey>,
        spacing: Spacing,
    ) -> Timeline {
        let axis = Axis::new(ticks, spacing);
        let lanes = lanes(happenings, set, &axis);
        let chapters = chapters::chapters(happenings, &lanes, &axis);
        let gaps = gaps(&axis, &lanes);
        Timeline { axis, lanes, chapters, gaps }
    }

    /// The ordinals that ever had a pod: what [`crate::scene::StageModel::keep_columns`] wants.
    pub fn ordinals(&self) -> Option<std::ops::RangeInclusive<i64>> {
        let used = |lane: &&Lane| !lane.bars.is_empty();
        Some(self.lanes.iter().find(used)?.ordinal..=self.lanes.iter().rfind(used)?.ordinal)
    }

    /// The lanes of another run, laid on this one's clock. What happens there behind the last step of this one stands at
    /// the end.
    pub fn beside(&self, happenings: &[Happening], ticks: &[Tick], set: Option<&ObjectKey>) -> Vec<Lane> {
        let axis = Axis::new(ticks, Spacing::Even);
        let mut lanes = lanes(happenings, set, &axis);
        // Every moment there has a time, and that time a moment here; what was never followed lasts to the end.
        let to = |moment: f64| {
            let last = moment >= axis.len() as f64;
            if last { self.axis.len() as f64 } else { self.axis.moment_of(axis.time_of(moment)) }
        };
        for bar in lanes.iter_mut().flat_map(|lane| &mut lane.bars) {
            (bar.from, bar.to) = (to(bar.from), to(bar.to));
        }
        lanes
    }

    /// The chapter a moment lies in.
    pub fn chapter_at(&self, moment: f64) -> Option<&Chapter> {
        self.chapters.iter().rev().find(|c| c.moment <= moment)
    }
}

fn gaps(axis: &Axis, lanes: &[Lane]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for k in 1..axis.len() {
        let length = axis.time(k + 1).since(axis.time(k));
        let middle = (axis.place(k as f64) + axis.place(k as f64 + 1.0)) / 2.0;
        let busy = || {
            let mut bars = lanes.iter().flat_map(|l| &l.bars);
            bars.any(|b| {
                matches!(b.state, LaneState::Creating | LaneState::Terminating)
                    && b.from <= k as f64
                    && b.to > k as f64
            })
        };
        let marked = match axis.spacing() {
            Spacing::Real => length.0 > QUIET,
            Spacing::Even => length.0 >= LONG && !busy(),
        };
        // Marks that would touch each other say nothing.
        if marked && gaps.last().is_none_or(|g| middle - g.at > 0.03) {
            gaps.push(Gap { at: middle, length });
        }
    }
    gaps
}
