//! Two scenes and a fraction give a third: only position, opacity and the run of dashes change.
//!
//! What is in both and looks the same stays or travels; what looks different fades from one look to the other in
//! its place; pods drop in, everything else only fades. Claims and volumes never move when a pod comes or goes.
//! Changes start one after the other, in the order of the scene, so that order is visible.

use super::shapes::Shape;
use super::{Group, Motion, Scene};
use std::collections::BTreeMap;

/// No more than this many things start one after the other.
const STAGGERED: usize = 12;

/// The scene at `part` (0 to 1) of the way from `before` to `after`.
pub fn tween(before: &Scene, after: &Scene, part: f64) -> Scene {
    if part <= 0.0 {
        return before.clone();
    }
    if part >= 1.0 {
        return after.clone();
    }
    let old: BTreeMap<&str, &Group> = before.groups.iter().map(|g| (g.id.as_str(), g)).collect();
    let new: BTreeMap<&str, &Group> = after.groups.iter().map(|g| (g.id.as_str(), g)).collect();
    let changes = |g: &Group| old.get(g.id.as_str()).is_none_or(|o| *o != g);
    let changed = after.groups.iter().filter(|g| changes(g)).count();
    let gone = before.groups.iter().filter(|g| !new.contains_key(g.id.as_str())).count();
    let mut clock = Clock::new(changed + gone, part);

    let mut scene = Scene { groups: Vec::with_capacity(after.groups.len() + gone), ..after.clone() };
    scene.height = before.height.max(after.height);
    let mut leaving = before.groups.iter().filter(|g| !new.contains_key(g.id.as_str())).peekable();
    let place: BTreeMap<&str, usize> = before.groups.iter().enumerate().map(|(i, g)| (g.id.as_str(), i)).collect();
    for group in &after.groups {
        // What leaves keeps its place among its neighbours, so that it fades where it stood.
        if let Some(here) = place.get(group.id.as_str()) {
            while let Some(g) = leaving.next_if(|g| place[g.id.as_str()] < *here) {
                scene.groups.push(leave(g, clock.next()));
            }
        }
        match old.get(group.id.as_str()) {
            Some(was) if *was == group => scene.groups.push(group.clone()),
            Some(was) => change(&mut scene.groups, was, group, clock.next()),
            None => scene.groups.push(appear(group, clock.next())),
        }
    }
    for group in leaving {
        scene.groups.push(leave(group, clock.next()));
    }
    scene
}

/// Hands out the fractions of one change after the other.
struct Clock {
    part: f64,
    step: f64,
    length: f64,
    n: usize,
}

impl Clock {
    fn new(changes: usize, part: f64) -> Clock {
        let starts = changes.clamp(1, STAGGERED) as f64;
        let step = (0.5 / starts).min(0.08);
        Clock { part, step, length: 1.0 - step * (starts - 1.0), n: 0 }
    }
    /// The fraction of the next change, eased out.
    fn next(&mut self) -> f64 {
        let start = self.step * self.n.min(STAGGERED - 1) as f64;
        self.n += 1;
        let t = ((self.part - start) / self.length).clamp(0.0, 1.0);
        1.0 - (1.0 - t) * (1.0 - t) * (1.0 - t)
    }
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
    let swing = if phase < 0.25 { phase } else if phase < 0.75 { 0.5 - phase } else { phase - 1.0 };
    swing * 8.0 * (1.0 - t)
}
