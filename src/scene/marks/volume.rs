//! A volume: a cylinder.

use super::Sizes;
use super::edge::{Border, edge_class};
use super::icon::Icon;
use crate::scene::model::{VolumeModel, VolumeState};
use crate::scene::shapes::{cylinder, cylinder_lip};
use crate::scene::{Anchor, Group, Span};

/// How a state looks: word, class, border, token.
pub fn look(state: VolumeState) -> (&'static str, &'static str, Border, &'static str) {
    match state {
        VolumeState::Available => ("Available", "available", Border::Dashed, "line"),
        VolumeState::Bound => ("Bound", "bound", Border::Thin, "done"),
        VolumeState::Released => ("Released", "released", Border::Dotted, "pending"),
        VolumeState::Failed => ("Failed", "failed", Border::Notched, "failed"),
    }
}

fn body(g: &mut Group, state: VolumeState, w: f64, h: f64, ry: f64) -> &'static str {
    let (_, _, border, token) = look(state);
    g.path(edge_class(token, border.class()), cylinder(w, h, ry, border == Border::Notched));
    g.path(format!("{} edge--nofill", edge_class(token, border.class())), cylinder_lip(w, ry));
    token
}

/// The place of a volume that does not exist.
pub fn empty(g: &mut Group, w: f64, h: f64) {
    g.path("edge edge--line edge--none", cylinder(w, h, 6.0, false));
}

/// A volume as a card.
pub fn card(g: &mut Group, volume: &VolumeModel, w: f64, s: &Sizes) {
    let h = s.volume;
    let token = body(g, volume.state, w, h, 6.0);
    g.icon(Icon::Disk, format!("icon icon--{token}"), s.spine, h / 2.0 + 4.0, 14.0);
    let tint = if matches!(token, "pending" | "failed") {
        format!("t t--vol t--{token}")
    } else {
        "t t--vol".into()
    };
    let spans = vec![Span::plain(volume.size.to_string()), Span::of("t__qual", 6.0, look(volume.state).0)];
    g.spans(tint, s.text, h / 2.0 + 8.0, Anchor::Start, spans);
}

/// A volume as a chip; as a dot it has no words.
pub fn chip(g: &mut Group, volume: &VolumeModel, w: f64, h: f64) {
    let small = h < 30.0;
    let token = body(g, volume.state, w, h, if small { 4.0 } else { 5.0 });
    if !small {
        let tint = if token == "failed" { "t t--note t--failed" } else { "t t--note" };
        g.text_at(tint, w / 2.0, h / 2.0 + 7.0, Anchor::Middle, volume.size.to_string());
    }
}
