//! From moments and times to places and back.

use super::{QUIET, Tick};
use crate::sim::SimTime;

/// How time is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// Every step takes the same room.
    #[default]
    Even,
    /// Simulated seconds; quiet stretches are squeezed.
    Real,
}

/// A squeezed stretch takes the room of so many milliseconds.
const SQUEEZED: f64 = 600.0;
/// Steps at the same time still stand beside each other.
const LEAST: f64 = 30.0;

/// The steps of a run and where they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    spacing: Spacing,
    /// Time of every moment; the first is the beginning.
    times: Vec<SimTime>,
    /// First happening of every step.
    firsts: Vec<usize>,
    /// Room used up to every moment.
    sums: Vec<f64>,
}

impl Axis {
    /// Lays out steps.
    pub fn new(ticks: &[Tick], spacing: Spacing) -> Axis {
        let mut axis = Axis { spacing, times: vec![SimTime::ZERO], firsts: Vec::new(), sums: vec![0.0] };
        for tick in ticks {
            let before = axis.times[axis.times.len() - 1];
            let length = tick.at.since(before).0;
            let room = match spacing {
                Spacing::Even => 1.0,
                // What comes before the first step is no part of the story.
                Spacing::Real if axis.firsts.is_empty() || length > QUIET => SQUEEZED,
                Spacing::Real => (length as f64).max(LEAST),
            };
            axis.times.push(tick.at.max(before));
            axis.firsts.push(tick.first);
            axis.sums.push(axis.sums[axis.sums.len() - 1] + room);
        }
        axis
    }

    /// How many steps there are; the last moment.
    pub fn len(&self) -> usize {
        self.firsts.len()
    }

    /// True before the first step.
    pub fn is_empty(&self) -> bool {
        self.firsts.is_empty()
    }

    /// How time is laid out.
    pub fn spacing(&self) -> Spacing {
        self.spacing
    }

    /// The time of moment `k`.
    pub fn time(&self, k: usize) -> SimTime {
        self.times[k.min(self.times.len() - 1)]
    }

    /// The step, counted from 1, that a happening belongs to; 0 before the first.
    pub fn step_of(&self, happening: usize) -> usize {
        self.firsts.partition_point(|first| *first <= happening)
    }

    /// Where a moment is, from 0 to 1.
    pub fn place(&self, moment: f64) -> f64 {
        let all = self.sums[self.sums.len() - 1];
        if all == 0.0 {
            return 0.0;
        }
        let moment = moment.clamp(0.0, self.len() as f64);
        let k = (moment as usize).min(self.len().saturating_sub(1));
        let (a, b) = (self.sums[k], self.sums[k + 1]);
        (a + (b - a) * (moment - k as f64)) / all
    }

    /// The moment at a place.
    pub fn moment(&self, place: f64) -> f64 {
        let at = place.clamp(0.0, 1.0) * self.sums[self.sums.len() - 1];
        let k =
            self.sums.partition_point(|sum| *sum <= at).saturating_sub(1).min(self.len().saturating_sub(1));
        if self.is_empty() {
            return 0.0;
        }
        let (a, b) = (self.sums[k], self.sums[k + 1]);
        k as f64 + (at - a) / (b - a)
    }

    /// The moment of a time: after every step that has begun by then.
    pub fn moment_of(&self, time: SimTime) -> f64 {
        let k = self.times.partition_point(|t| *t <= time).saturating_sub(1);
        if k >= self.len() {
            return self.len() as f64;
        }
        let (a, b) = (self.times[k], self.times[k + 1]);
        k as f64 + time.since(a).0 as f64 / b.since(a).0.max(1) as f64
    }

    /// The time of a moment, to the millisecond.
    pub fn time_of(&self, moment: f64) -> SimTime {
        let moment = moment.clamp(0.0, self.len() as f64);
        let k = moment as usize;
        let (a, b) = (self.time(k), self.time(k + 1));
        SimTime(a.0 + (b.since(a).0 as f64 * (moment - k as f64)).round() as u64)
    }

    /// The step nearest to a place: what a click there means.
    pub fn step_at(&self, place: f64) -> usize {
        (self.moment(place).round() as usize).min(self.len())
    }
}
