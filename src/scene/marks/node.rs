//! A node: a large frame with its name and condition.

use super::edge::edge_class;
use super::icon::Icon;
use crate::lang::Lang;
use crate::scene::model::{NodeModel, NodeState};
use crate::scene::shapes::{hatch, round_rect, wavy};
use crate::scene::text::{elide, width};
use crate::scene::{Anchor, Group};
use crate::sim::SimTime;

/// The class of a condition.
pub fn class(state: NodeState) -> &'static str {
    match state {
        NodeState::Ready => "node node--ready",
        NodeState::NotReady | NodeState::Unknown => "node node--notready",
        NodeState::Cordoned => "node node--cordoned",
    }
}

/// What kubectl says of the node.
pub fn word(state: NodeState) -> &'static str {
    match state {
        NodeState::Ready => "Ready",
        NodeState::NotReady | NodeState::Unknown => "NotReady",
        NodeState::Cordoned => "SchedulingDisabled",
    }
}

/// The frame of a node.
pub fn frame(g: &mut Group, node: &NodeModel, w: f64, h: f64, now: SimTime, lang: Lang) {
    let away = matches!(node.state, NodeState::NotReady | NodeState::Unknown);
    let (token, border, tint) = match node.state {
        NodeState::Ready => ("line", "thin", "muted"),
        NodeState::Cordoned => ("line", "dashed", "muted"),
        _ => ("failed", "line", "failed"),
    };
    let edge = format!("{} node__frame", edge_class(token, border));
    if away {
        g.path(edge, wavy([0.0, 0.0, w, h], 12.0, 2.4, 11.0));
        g.path("hatch hatch--failed", hatch(5.0, 5.0, w - 10.0, h - 10.0, 12.5));
    } else {
        g.path(edge, round_rect(0.0, 0.0, w, h, 12.0));
    }
    // A node that says it is not ready still has a network; one that says nothing has none.
    let icon = match node.state {
        NodeState::Unknown => Icon::Unlink,
        NodeState::NotReady => Icon::Power,
        _ => Icon::Server,
    };
    g.icon(icon, if away { "icon icon--failed" } else { "icon icon--quiet" }, 20.0, 20.0, 15.0);
    let mut state = word(node.state).to_string();
    if let Some(since) = node.since {
        state += &format!(" · {}", lang.seconds(now.since(since)));
    }
    let room = w - 34.0 - 14.0;
    let both = width(&node.name, 13.5, true, false) + 8.0 + width(&state, 12.0, true, false);
    if both <= room {
        g.text("t t--node", 34.0, 25.0, node.name.to_string());
        g.text_at(format!("t t--nodestate t--{tint}"), w - 14.0, 25.0, Anchor::End, state);
        return;
    }
    // A narrow frame has a line for each.
    g.text("t t--node", 34.0, 19.0, elide(&node.name, room, 13.5, false));
    g.text(format!("t t--nodestate t--{tint}"), 34.0, 34.0, elide(&state, room, 12.0, false));
}
