//! A claim: a socket, square above and round below. One whose pod is gone carries a pin.

use super::Sizes;
use super::edge::{Border, edge_class};
use super::icon::Icon;
use super::pod::name_spans;
use crate::lang::Lang;
use crate::scene::model::{ClaimModel, ClaimState};
use crate::scene::shapes::socket;
use crate::scene::{Anchor, Group, Span};

/// How a state looks: word, border, icon, token.
pub fn look(state: ClaimState) -> (&'static str, Border, Icon, &'static str) {
    match state {
        ClaimState::Pending => ("Pending", Border::Dotted, Icon::PlugOff, "pending"),
        ClaimState::Bound => ("Bound", Border::Thin, Icon::Plug, "done"),
        ClaimState::Kept => ("Bound", Border::Solid, Icon::PlugOff, "done"),
        ClaimState::Terminating => ("Terminating", Border::Double, Icon::Lock, "terminating"),
        ClaimState::Lost => ("Lost", Border::Notched, Icon::PlugBroken, "failed"),
    }
}

/// The class of a state.
pub fn class(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Pending => "pending",
        ClaimState::Bound => "bound",
        ClaimState::Kept => "kept",
        ClaimState::Terminating => "terminating",
        ClaimState::Lost => "lost",
    }
}

/// The place of a claim that does not exist.
pub fn empty(g: &mut Group, w: f64, h: f64) {
    g.path("edge edge--line edge--none", socket(0.0, 0.0, w, h, (h / 2.0 - 1.0).min(14.0), 0.0));
}

fn outline(g: &mut Group, w: f64, h: f64, border: Border, token: &str, r: f64) {
    let class = edge_class(token, border.class());
    match border {
        Border::Double => {
            g.path(class, socket(0.5, 0.5, w - 1.0, h - 1.0, r, 0.0));
            let gap = if h < 30.0 { 3.5 } else { 4.5 };
            g.path(
                edge_class(token, "inner"),
                socket(gap, gap, w - 2.0 * gap, h - 2.0 * gap, (r - 4.0).max(2.0), 0.0),
            );
        }
        Border::Notched => g.path(class, socket(0.0, 0.0, w, h, r, if h < 30.0 { 7.0 } else { 12.0 })),
        _ => g.path(class, socket(0.0, 0.0, w, h, r, 0.0)),
    }
}

/// A claim as a card. `more`: how many further claims the ordinal has.
pub fn card(g: &mut Group, claim: &ClaimModel, more: usize, w: f64, s: &Sizes, lang: Lang) {
    let h = s.claim;
    let (word, border, icon, token) = look(claim.state);
    outline(g, w, h, border, token, 14.0);
    // Under 112 pixels the name takes a line of its own and the icon goes down beside the word.
    let stacked = w < 112.0;
    let low = h / 2.0 + 13.0;
    let (icon_y, size) = if stacked { (low - 4.0, 13.0) } else { (h / 2.0 - 4.0, 16.0) };
    g.icon(icon, format!("icon icon--{token}"), s.spine, icon_y, size);
    let left = if stacked { s.pad } else { s.text };
    let pin = if claim.state == ClaimState::Kept { 0.0 } else { 3.0 };
    g.spans(
        "t t--claim",
        left,
        h / 2.0 - 4.0,
        Anchor::Start,
        name_spans(&claim.key.name, w - left - 6.0 + pin, 12.0),
    );
    let mut spans = vec![Span::plain(word)];
    match claim.state {
        ClaimState::Kept => spans.push(Span::of("t__kept", 0.0, lang.pick(" · 보존", " · kept"))),
        _ if more > 0 => spans.push(Span::of("t__kept", 0.0, format!(" +{more}"))),
        _ => {}
    }
    let tint = if token == "done" { String::from("t t--sub") } else { format!("t t--sub t--{token}") };
    g.spans(tint, s.text - if stacked { 4.0 } else { 0.0 }, low, Anchor::Start, spans);
    if claim.state == ClaimState::Kept {
        pin_at(g, w - 17.0);
    }
}

fn pin_at(g: &mut Group, x: f64) {
    g.circle("pinhole", x, 0.0, 9.0);
    g.icon(Icon::Pin, "icon icon--done icon--pin", x, 0.0, 14.0);
}

/// A claim as a chip or a dot: only its icon; a kept one shows the pin in its place.
pub fn chip(g: &mut Group, claim: &ClaimModel, w: f64, h: f64) {
    let (_, border, icon, token) = look(claim.state);
    let small = h < 30.0;
    outline(g, w, h, border, token, if small { 8.0 } else { 11.0 });
    let size = if small { 12.0 } else { 16.0 };
    if claim.state == ClaimState::Kept {
        g.icon(Icon::Pin, "icon icon--done icon--pin", w / 2.0, h / 2.0, size);
    } else {
        g.icon(icon, format!("icon icon--{token}"), w / 2.0, h / 2.0, size);
    }
}

/// What a screen reader says of a claim.
pub fn label(claim: &ClaimModel, lang: Lang) -> String {
    let (word, ..) = look(claim.state);
    let more = match claim.state {
        ClaimState::Kept => lang.pick(", 보존", ", kept"),
        ClaimState::Terminating => lang.pick(", 보호됨", ", protected"),
        _ => "",
    };
    format!("{}, {word}{more}", claim.key.name)
}
