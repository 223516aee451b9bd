//! Small pictures beside words: a time that runs out as a bar, a state as its sign, a record that is remembered.

use super::marks::pod::look;
use super::marks::sign::sign;
use super::model::PodState;
use super::shapes::{Pen, round_rect};
use super::text::width;
use super::{Anchor, Group, Scene};
use crate::lang::Lang;
use crate::sim::SimDuration;

/// A time that runs out.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// How long it is.
    pub total: SimDuration,
    /// How much of it is over.
    pub gone: SimDuration,
    /// What happens at its beginning and at its end: `SIGTERM`, `SIGKILL`.
    pub ends: [&'static str; 2],
    /// Something that happens in between, and when.
    pub between: Option<(SimDuration, &'static str)>,
    /// The token of its colour: `terminating`, `pending`, `ready`, `failed`.
    pub token: &'static str,
}

/// The time as a bar: solid is what is left.
pub fn meter(meter: &Meter, w: f64, lang: Lang) -> Scene {
    let mut scene = Scene { class: "scene grace".into(), width: w, height: 52.0, ..Scene::default() };
    let mut g = Group::new("meter", "meter", 0.0, 0.0);
    let x = |time: SimDuration| (time.0 as f64 / meter.total.0.max(1) as f64).clamp(0.0, 1.0) * w;
    let now = x(meter.gone);
    let left = if meter.token == "terminating" {
        "meter__left".into()
    } else {
        format!("meter__left meter__left--{}", meter.token)
    };
    g.rect(left, [0.0, 20.0, w, 8.0], 4.0);
    if now > 4.0 {
        g.path("meter__gone", round_rect(0.0, 20.0, now, 8.0, 4.0));
    }
    g.path("meter__now", Pen::default().go('M', &[now, 14.0]).go('V', &[34.0]).0);
    let seconds = lang.seconds(meter.gone);
    let label = lang.pick(format!("지금 {seconds}"), format!("now {seconds}"));
    let half = width(&label, 11.5, true, false) / 2.0;
    g.text_at("t t--now", now.clamp(half, w - half), 10.0, Anchor::Middle, label);
    // The ends speak where the present leaves them room.
    if now > half * 2.0 + 24.0 {
        g.text("t t--note", 0.0, 10.0, lang.seconds(SimDuration(0)));
    }
    let end = lang.seconds(meter.total);
    if w - now > half + width(&end, 11.5, false, false) + 12.0 {
        g.text_at("t t--note", w, 10.0, Anchor::End, end);
    }
    g.text("t t--note t--mono", 0.0, 46.0, meter.ends[0]);
    g.text_at("t t--note t--mono", w, 46.0, Anchor::End, meter.ends[1]);
    if let Some((at, label)) = meter.between {
        g.path("meter__tick", Pen::default().go('M', &[x(at), 28.0]).go('v', &[6.0]).0);
        let room = width(meter.ends[0], 11.5, false, true) + width(label, 11.5, false, true) / 2.0 + 8.0;
        if x(at) > room {
            g.text_at("t t--note t--mono", x(at), 46.0, Anchor::Middle, label);
        }
    }
    scene.push(g);
    scene
}

/// The sign of a pod's state in a square of 16, to stand before a word.
pub fn state_sign(state: PodState, part: Option<f64>) -> Scene {
    let mut scene = Scene { class: "icon16 scene".into(), width: 16.0, height: 16.0, ..Scene::default() };
    let mut g = Group::new("sign", "", 0.0, 0.0);
    if let (_, Some(mark), token) = look(state) {
        sign(&mut g, mark, token, 8.0, 8.0, part, 16.0);
    }
    scene.push(g);
    scene
}

/// A dial of 44 with seconds in its middle: how long an answer is remembered.
pub fn remembered(part: f64, seconds: u64) -> Scene {
    let mut scene = Scene { class: "scene".into(), width: 44.0, height: 44.0, ..Scene::default() };
    let mut g = Group::new("remembered", "dial", 0.0, 0.0);
    g.circle("dial__track", 22.0, 22.0, 19.0);
    g.arc("dial__arc ttl__arc", 22.0, 22.0, 19.0, part);
    g.text_at("t t--count", 22.0, 27.0, Anchor::Middle, seconds.to_string());
    scene.push(g);
    scene
}
