//! Two scenes and a fraction give a third: only position, opacity and the run of dashes change.
//!
//! What is in both and looks the same stays or travels; what looks different fades from one look to the other in
//! its place; pods drop in, everything else only fades. Claims and volumes never move when a pod comes or goes.
//! Changes start one after the other, in the order of the ordinals, so that order is visible.

use super::shapes::Shape;
use super::{Group, Motion, Scene};
use std::cell::Cell;

/// No more than this many ordinals start one after the other.
const STAGGERED: usize = 12;

/// The scene at `part` (0 to 1) of the way from `before` to `after`.
pub fn tween(before: &Scene, after: &Scene, part: f64) -> Scene {
    if part <= 0.0 {
        return before.clone();
    }
    if part >= 1.0 {
        return after.clone();
    }
    let was = Finder::new(before);
    let is = Finder::new(after);
    let changes = |g: &Group| was.find(&g.id).is_none_or(|(_, o)| o != g);
    let gone = before.groups.iter().filter(|g| is.find(&g.id).is_none());
    let mut ordinals = Vec::new();
    for ordinal in after.groups.iter().filter(|g| changes(g)).chain(gone).filter_map(|g| ordinal(&g.id)) {
        if !ordinals.contains(&ordinal) {
            ordinals.push(ordinal);
        }
    }
    let clock = Clock { part, ordinals };

    let mut scene = Scene {
        class: after.class.clone(),
        width: after.width,
        height: before.height.max(after.height),
        groups: Vec::with_capacity(after.groups.len() + 8),
        slots: after.slots.clone(),
        paging: after.paging,
    };
    let mut leaving = before.groups.iter().enumerate().filter(|(_, g)| is.find(&g.id).is_none()).peekable();
    for group in &after.groups {
        match was.find(&group.id) {
            Some((here, old)) => {
                // What leaves keeps its place among its neighbours, so that it fades where it stood.
                while let Some((_, g)) = leaving.next_if(|(i, _)| *i < here) {
                    scene.groups.push(leave(g, clock.of(g)));
                }
                if old == group {
                    scene.groups.push(group.clone());
                } else {
                    change(&mut scene.groups, old, group, clock.of(group));
                }
            }
            None => scene.groups.push(appear(group, clock.of(group))),
        }
    }
    for (_, group) in leaving {
        scene.groups.push(leave(group, clock.of(group)));
    }
    scene
}

/// Finds groups by id, quickest when asked in the order of the scene.
struct Finder<'a> {
    groups: &'a [Group],
    next: Cell<usize>,
}

impl<'a> Finder<'a> {
    fn new(scene: &'a Scene) -> Finder<'a> {
        Finder { groups: &scene.groups, next: Cell::new(0) }
    }
    fn find(&self, id: &str) -> Option<(usize, &'a Group)> {
        let n = self.groups.len();
        let i = (0..n).map(|i| (i + self.next.get()) % n).find(|&i| self.groups[i].id == id)?;
        self.next.set(i + 1);
        Some((i, &self.groups[i]))
    }
}

/// When the change of each ordinal happens: one after the other, those of one ordinal together.
struct Clock {
    part: f64,
    ordinals: Vec<u64>,
}

impl Clock {
    /// How far the change of this group has come, eased out.
    fn of(&self, group: &Group) -> f64 {
        let starts = self.ordinals.len().clamp(1, STAGGERED) as f64;
        let step = (0.5 / starts).min(0.12);
        let rank = ordinal(&group.id)
            .map_or(0, |o| self.ordinals.iter().filter(|p| **p < o).count())
            .min(STAGGERED - 1);
        let length = 1.0 - step * (starts - 1.0);
        let t = ((self.part - step * rank as f64) / length).clamp(0.0, 1.0);
        1.0 - (1.0 - t) * (1.0 - t) * (1.0 - t)
    }
}

/// The ordinal an id carries: the last number in it that a dash or a slash precedes.
fn ordinal(id: &str) -> Option<u64> {
    let bytes = id.as_bytes();
    let end = (1..=bytes.len()).rev().find(|&i| {
        bytes[i - 1].is_ascii_digit() && bytes.get(i).is_none_or(|c| !c.is_ascii_alphanumeric())
    })?;
    let start = (0..end).rev().find(|&i| !bytes[i].is_ascii_digit())? + 1;
    if matches!(bytes[start - 1], b'-' | b'/') { id[start..end].parse().ok() } else { None }
}

fn appear(group: &Group, t: f64) -> Group {
    let mut g = group.clone();
    g.opacity *= t;
    if g.motion == Motion::Drop {
        g.y -= 10.0 * (1.0 - t);
    }
    g.offset = 22.0 * (1.0 - t);
    g
}

fn leave(group: &Group, t: f64) -> Group {
    // Twice as fast: what is gone is gone.
    Group { opacity: group.opacity * (1.0 - t * 2.0).max(0.0), ..group.clone() }
}

fn change(groups: &mut Vec<Group>, was: &Group, group: &Group, t: f64) {
    let mix = |a: f64, b: f64| a + (b - a) * t;
    let (x, y) = (mix(was.x, group.x), mix(was.y, group.y));
    let mut g = Group { x, y, opacity: mix(was.opacity, group.opacity), ..group.clone() };
    if was.class == group.class && was.shapes.len() == group.shapes.len() {
        // The same look: only what is left of a time runs on.
        for (shape, old) in g.shapes.iter_mut().zip(&was.shapes) {
            run_on(shape, old, t);
        }
        groups.push(g);
        return;
    }
    if was.shapes == group.shapes {
        groups.push(g);
        return;
    }
    // The new look stands below, the old one fades above it.
    if failed(&group.class) && !failed(&was.class) {
        g.x += shake(t);
    }
    g.offset = 22.0 * (1.0 - t);
    let mut fading = Group { id: format!("{}~", was.id), x: g.x, y, ..was.clone() };
    fading.opacity *= 1.0 - t;
    groups.push(g);
    groups.push(fading);
}

fn run_on(shape: &mut Shape, old: &Shape, t: f64) {
    match (shape, old) {
        (Shape::Arc { part, .. }, Shape::Arc { part: from, .. })
        | (Shape::Level { part, .. }, Shape::Level { part: from, .. }) => *part = from + (*part - from) * t,
        _ => {}
    }
}

fn failed(class: &str) -> bool {
    class.ends_with("--crash") || class.ends_with("--failed")
}

/// Two pixels to and fro, twice, and still at the end.
fn shake(t: f64) -> f64 {
    let phase = t * 4.0 - (t * 4.0).floor();
    let swing = if phase < 0.25 {
        phase
    } else if phase < 0.75 {
        0.5 - phase
    } else {
        phase - 1.0
    };
    swing * 8.0 * (1.0 - t)
}
