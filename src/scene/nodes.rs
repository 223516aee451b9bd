//! The stage by node: a frame per node with the pods on it, their claims and volumes inside.

use super::layout::{Form, StageOptions};
use super::marks::{self, COMPACT};
use super::model::{Column, NodeModel, NodeState, PodModel, StageModel};
use super::shapes::Pen;
use super::{Anchor, Group, Motion, Place, Scene, Slot};
use crate::api::Text;
use crate::sim::{Arrange, SimTime};

/// Height from the top of a frame to its first row.
const HEAD: f64 = 42.0;

/// Draws the cluster by node. Groups have the ids of the stage by ordinal, so things travel between the two.
pub fn node_stage(model: &StageModel, options: &StageOptions, now: SimTime) -> Scene {
    let lang = options.lang;
    let mut scene =
        Scene { class: "scene scene--compact scene--nodes".into(), width: options.width, ..Scene::default() };
    let mut nodes = model.nodes.clone();
    let on = |node: &str| -> Vec<(Option<&Column>, &PodModel)> {
        let columns = model.columns.iter().filter_map(|c| c.pod.as_ref().map(|p| (Some(c), p)));
        let others = model.others.iter().map(|p| (None, p));
        columns.chain(others).filter(|(_, p)| &*p.node == node).collect()
    };
    // Pods may name a node whose object is gone, or none yet.
    for pod in model.columns.iter().filter_map(|c| c.pod.as_ref()).chain(&model.others) {
        if !nodes.iter().any(|n| n.name == pod.node) {
            let state = if pod.node.is_empty() { NodeState::Cordoned } else { NodeState::Unknown };
            nodes.push(NodeModel { name: pod.node.clone(), state, since: None });
        }
    }
    if nodes.is_empty() {
        return scene;
    }
    let gap = 20.0;
    let across = nodes.len().min(((options.width + gap) / 180.0).max(1.0) as usize).min(4);
    let w = (options.width - gap * (across as f64 - 1.0)) / across as f64;
    // Two cards beside each other where they fit, else chips, else dots.
    let most = nodes.iter().map(|n| on(&n.name).len()).max().unwrap_or(0);
    let inner = w - 28.0;
    let two = (inner - 10.0) / 2.0;
    let cards = most <= 2 && (two >= 84.0 || most <= 1);
    let chips = !cards && most <= 8;
    let (pw, pitch, per) = if cards {
        (two.max(84.0).min(inner), two + 10.0, 2)
    } else if chips {
        let per = ((inner + 8.0) / 56.0).max(1.0) as usize;
        ((inner + 8.0) / per as f64 - 8.0, (inner + 8.0) / per as f64, per)
    } else {
        (26.0, 34.0, ((inner + 8.0) / 34.0).max(1.0) as usize)
    };
    let row_h = if cards {
        COMPACT.pod + 16.0 + COMPACT.claim + 12.0 + COMPACT.volume
    } else if chips {
        62.0 + 14.0 + 30.0
    } else {
        26.0 + 8.0 + 22.0
    };
    let lines = most.div_ceil(per).max(1);
    let frame_h = HEAD + row_h * lines as f64 + 14.0 * (lines as f64 - 1.0) + 14.0;
    let plane = options.form == Form::Page;
    let top = if plane { 92.0 } else { 4.0 };
    if plane {
        let mut g = Group::new("plane", "plane-box", 0.0, 2.0);
        g.rect("plane", [0.0, 0.0, options.width, 36.0], 8.0);
        g.icon(marks::icon::Icon::Stack, "icon icon--text", 20.0, 18.0, 15.0);
        g.text("t t--set t--plain", 36.0, 23.0, lang.pick("컨트롤 플레인", "Control plane"));
        let parts = lang.pick("API 서버 · 컨트롤러 · 스케줄러", "API server · controllers · scheduler");
        if options.width > 380.0 {
            g.text_at("t t--note", options.width - 14.0, 23.0, Anchor::End, parts);
        }
        scene.push(g);
    }
    for (i, node) in nodes.iter().enumerate() {
        let (x, y) = ((i % across) as f64 * (w + gap), top + (i / across) as f64 * (frame_h + 24.0));
        if plane && i < across && !node.name.is_empty() {
            scene.push(wire(node, x + w / 2.0, top, now, options));
        }
        let id = format!("node/{}", node.name);
        let mut g = Group::new(id.clone(), marks::node::class(node.state), x, y);
        let shown = NodeModel { name: node_name(node, options), ..node.clone() };
        marks::node::frame(&mut g, &shown, w, frame_h, now, lang);
        if node.name.is_empty() {
            // A frame that stands for no node has no condition of its own; its name takes the middle line.
            g.shapes.truncate(2);
            g.text("t t--node", 34.0, 25.0, shown.name.to_string());
        }
        scene.push(g);
        let label = format!("{}, {}", shown.name, marks::node::word(node.state));
        scene.slots.push(Slot {
            id: format!("slot/node/{i}"),
            object: id,
            place: Place::Node,
            ordinal: Some(i as i64),
            x,
            y,
            w,
            h: HEAD - 6.0,
            label,
        });
        for (j, (column, pod)) in on(&node.name).into_iter().enumerate() {
            let at = (x + 14.0 + (j % per) as f64 * pitch, y + HEAD + (j / per) as f64 * (row_h + 14.0));
            pod_stack(&mut scene, column, pod, at, pw, if cards { 2 } else { usize::from(chips) }, options);
        }
    }
    let rows = nodes.len().div_ceil(across) as f64;
    scene.height = top + rows * (frame_h + 24.0) - 18.0;
    scene.slots.arrange_by(|a, b| a.place.cmp(&b.place));
    scene
}

fn node_name(node: &NodeModel, options: &StageOptions) -> Text {
    if node.name.is_empty() {
        options.lang.pick("노드 없음", "no node").into()
    } else {
        node.name.clone()
    }
}

/// The line from the control plane to a node; cut where nothing is heard.
fn wire(node: &NodeModel, x: f64, top: f64, now: SimTime, options: &StageOptions) -> Group {
    let mut g = Group::new(format!("wire/{}", node.name), "node-wire", x, 38.0);
    let h = top - 38.0;
    if node.state == NodeState::Unknown {
        let d = Pen::default()
            .go('M', &[0.0, 0.0])
            .go('v', &[13.0])
            .go('M', &[-6.0, 13.0])
            .go('h', &[12.0])
            .go('M', &[0.0, h])
            .go('v', &[-13.0])
            .go('M', &[-6.0, h - 13.0])
            .go('h', &[12.0]);
        g.path("wire wire--cut", d.0);
        let said =
            node.since.map_or(String::new(), |since| format!(" {}", options.lang.seconds(now.since(since))));
        g.text(
            "t t--wire t--failed",
            16.0,
            h / 2.0 + 4.0,
            format!("{}{said}", options.lang.pick("소식 끊김", "no news")),
        );
    } else {
        g.path("wire wire--mount", Pen::default().go('M', &[0.0, 0.0]).go('V', &[h]).0);
    }
    g
}

/// A pod with its claim and volume below it: 2 as cards, 1 as chips, 0 as dots.
fn pod_stack(
    scene: &mut Scene,
    column: Option<&Column>,
    pod: &PodModel,
    (x, y): (f64, f64),
    w: f64,
    detail: usize,
    options: &StageOptions,
) {
    let lang = options.lang;
    let claim = column.and_then(|c| c.claims.first());
    let pod_h = [26.0, 62.0, COMPACT.pod][detail];
    let claim_h = [22.0, 30.0, COMPACT.claim][detail];
    let claim_y = y + pod_h + [8.0, 14.0, 16.0][detail];
    let volume_y = claim_y + claim_h + 12.0;
    if let (Some(claim), Some(column)) = (claim, column) {
        let spine = if detail == 2 { COMPACT.spine } else { w / 2.0 };
        let mut g =
            Group::new(format!("cable/{}", column.ordinal), "cable", x + spine, 0.0).moving(Motion::Travel);
        let line = |from: f64, to: f64| Pen::default().go('M', &[0.0, from]).go('V', &[to]).0;
        g.path("wire wire--mount", line(y + pod_h, claim_y));
        if detail == 2 && claim.volume.is_some() {
            g.path("wire wire--bound", line(claim_y + claim_h, volume_y + 3.0));
        }
        scene.push(g);
    }
    let id = super::layout::pod_id(pod);
    let mut g = Group::new(id.clone(), format!("pod pod--{}", marks::pod::class(pod.state)), x, y)
        .moving(Motion::Travel);
    let short = column.map_or_else(|| pod.key.name.to_string(), |c| c.ordinal.to_string());
    match detail {
        2 => marks::pod::card(&mut g, &PodModel { node: "".into(), ..pod.clone() }, w, &COMPACT, lang),
        1 => marks::pod::chip(&mut g, Some(pod), &short, w, pod_h, lang),
        _ => marks::pod::dot(&mut g, Some(pod)),
    }
    scene.push(g);
    let ordinal = column.map(|c| c.ordinal);
    let slot_id = ordinal.map_or_else(|| format!("slot/{id}"), |o| format!("slot/pod/{o}"));
    let label = marks::pod::label(pod, lang);
    scene.slots.push(Slot { id: slot_id, object: id, place: Place::Pod, ordinal, x, y, w, h: pod_h, label });
    let (Some(claim), Some(column)) = (claim, column) else { return };
    let id = super::layout::object_id("claim", &claim.key);
    let class = format!("claim claim--{}", marks::claim::class(claim.state));
    let mut g = Group::new(id.clone(), class, x, claim_y).moving(Motion::Travel);
    match detail {
        2 => marks::claim::card(&mut g, claim, column.claims.len() - 1, w, &COMPACT, lang),
        _ => marks::claim::chip(&mut g, claim, w, claim_h),
    }
    scene.push(g);
    let slot = format!("slot/claim/{}", column.ordinal);
    let label = marks::claim::label(claim, lang);
    scene.slots.push(Slot {
        id: slot,
        object: id,
        place: Place::Claim,
        ordinal,
        x,
        y: claim_y,
        w,
        h: claim_h,
        label,
    });
    if let (2, Some(volume)) = (detail, &claim.volume) {
        let (_, class, ..) = marks::volume::look(volume.state);
        let id = format!("volume/{}", volume.name);
        let mut g = Group::new(id, format!("volume volume--{class}"), x, volume_y).moving(Motion::Travel);
        marks::volume::card(&mut g, volume, w, &COMPACT);
        scene.push(g);
    }
}
