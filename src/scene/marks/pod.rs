//! A pod: as a card, a chip or a dot, by the width its column has.

use super::edge::{Border, outline};
use super::icon::Icon;
use super::sign::{Sign, dial, sign};
use super::{CARD, Sizes};
use crate::lang::Lang;
use crate::scene::model::{Note, PodModel, PodState};
use crate::scene::shapes::{Pen, hatch, round_rect};
use crate::scene::text::{break_word, elide, split_name, width};
use crate::scene::{Anchor, Group, Shape, Span};

/// How a state looks: border, sign, and the token of its colour.
pub fn look(state: PodState) -> (Border, Option<Sign>, &'static str) {
    match state {
        PodState::None => (Border::None, None, "line"),
        PodState::Pending => (Border::Dotted, Some(Sign::Hourglass), "pending"),
        PodState::Volume => (Border::Dotted, Some(Sign::HourglassDisk), "pending"),
        PodState::Creating => (Border::Dashed, Some(Sign::Progress), "creating"),
        PodState::NotReady => (Border::Open, Some(Sign::Half), "pending"),
        PodState::Ready => (Border::Solid, Some(Sign::Check), "ready"),
        PodState::Settling => (Border::Solid, Some(Sign::CheckRing), "ready"),
        PodState::Terminating => (Border::Double, Some(Sign::Barred), "terminating"),
        PodState::Crash => (Border::Notched, Some(Sign::Loop), "failed"),
        PodState::Failed => (Border::Notched, Some(Sign::Cross), "failed"),
        PodState::Lost => (Border::Wavy, Some(Sign::Question), "pending"),
        PodState::Done => (Border::Thin, Some(Sign::Dash), "done"),
    }
}

/// The class of a state.
pub fn class(state: PodState) -> &'static str {
    match state {
        PodState::None => "none",
        PodState::Pending => "pending",
        PodState::Volume => "volume",
        PodState::Creating => "creating",
        PodState::NotReady => "unready",
        PodState::Ready => "ready",
        PodState::Settling => "settling",
        PodState::Terminating => "terminating",
        PodState::Crash => "crash",
        PodState::Failed => "failed",
        PodState::Lost => "lost",
        PodState::Done => "done",
    }
}

/// The place of an ordinal without a pod.
pub fn empty(g: &mut Group, label: &str, w: f64, s: &Sizes, lang: Lang) {
    g.path("edge edge--line edge--none", round_rect(0.0, 0.0, w, s.pod, 9.0));
    if label.len() > 4 {
        // The name of a pod that belongs to no ordinal.
        g.text("t t--note", s.pad, 28.0, elide(label, w - 2.0 * s.pad, s.note, false));
        return;
    }
    g.text_at("t t--ghost", s.spine, 28.0, Anchor::Middle, label);
    let after = s.spine + width(label, s.name, true, false) / 2.0 + 9.0;
    g.text("t t--note", after.max(s.text), 28.0, lang.pick("없음", "none"));
}

/// A pod as a card.
pub fn card(g: &mut Group, pod: &PodModel, w: f64, s: &Sizes, lang: Lang) {
    let h = s.pod;
    let full = s.pod >= CARD.pod;
    let (border, mark, token) = look(pod.state);
    outline(g, [0.0, 0.0, w, h], border, token, 9.0);
    if pod.revision.as_ref().is_some_and(|r| r.old) {
        g.path("hatch", hatch(3.0, 3.0, w - 6.0, h - 6.0, 10.0));
    }
    if pod.state == PodState::Lost {
        g.path("hatch hatch--pending", hatch(4.0, 4.0, w - 8.0, h - 8.0, 8.5));
    }
    let part = pod.countdown.map(|c| c.part());
    if let (PodState::Terminating, Some(part)) = (pod.state, part) {
        let class = format!("drain drain--{token}").into();
        g.shapes.push(Shape::Level { class, x: 5.0, y: 5.0, w: w - 10.0, h: h - 10.0, r: 5.0, part });
    }
    let cy = if full { 23.0 } else { 20.0 };
    // Narrower cards have no room for a dial: the sign itself is the dial, and the note says the number.
    let dialled = w >= 116.0 && pod.countdown.is_some();
    if let Some(mark) = mark {
        sign(
            g,
            mark,
            token,
            s.spine,
            cy,
            if dialled && pod.state == PodState::Terminating { None } else { part },
            16.0,
        );
    }
    let mut room = w - s.text - if full { 8.0 } else { 5.0 };
    if let (true, Some(c)) = (dialled, pod.countdown) {
        let r = if full { 11.5 } else { 9.5 };
        dial(g, w - if full { 22.0 } else { 17.0 }, cy, c.part(), c.left.0.div_ceil(1000), token, r);
        room -= 2.0 * r + 4.0;
    }
    g.spans("t t--name", s.text, cy + 5.0, Anchor::Start, name_spans(&pod.key.name, room, s.name));

    let line = if full { 52.0 } else { 45.0 };
    let state = format!("t t--state t--{token}");
    let (first, second) = break_word(&pod.word, w - 2.0 * s.pad + 2.0, s.state);
    if let Some(second) = second {
        g.text(state.clone(), s.pad, line - 1.0, first);
        g.text(state, s.pad, line - 1.0 + if full { 15.0 } else { 14.0 }, second);
    } else {
        let mut spans = vec![Span::plain(first)];
        if matches!(pod.state, PodState::NotReady | PodState::Ready | PodState::Settling) {
            spans.push(Span::of("t__qual", 5.0, format!("{}/{}", pod.ready, pod.containers)));
        }
        g.spans(state, s.pad, line, Anchor::Start, spans);
        let (note, mono) = note(pod, lang, full && w >= 108.0);
        if !note.is_empty() {
            let class = if mono { "t t--note t--mono" } else { "t t--note" };
            let note = elide(&note, w - 2.0 * s.pad + 4.0, s.note, mono);
            g.text(class, s.pad, line + if full { 19.0 } else { 17.0 }, note);
        }
    }
    if pod.restarts > 0
        && matches!(pod.state, PodState::Ready | PodState::NotReady | PodState::Settling)
        && w >= 104.0
    {
        g.glyph(
            "icon icon--quiet",
            "M13.4 6.2A5.8 5.8 0 1 0 13.8 9M13.9 2.7v3.6h-3.6",
            w - s.pad - 4.0 - 7.0 * pod.restarts.to_string().len() as f64,
            line - 4.0,
            10.0,
        );
        g.text_at("t t--note", w - s.pad + 2.0, line, Anchor::End, pod.restarts.to_string());
    }
    let foot = h - if full { 13.0 } else { 12.0 };
    if full {
        g.path("rule", Pen::default().go('M', &[12.0, foot - 17.0]).go('H', &[w - 12.0]).0);
    }
    if !pod.node.is_empty() {
        g.icon(Icon::Server, "icon icon--quiet", s.pad + 6.0, foot - 4.0, 12.0);
        let room = w - s.pad - 17.0 - if full { 30.0 } else { 26.0 };
        g.text("t t--foot", s.pad + 17.0, foot, elide(&pod.node, room, s.note, false));
    }
    if let Some(revision) = &pod.revision {
        let x = w - if full { 28.0 } else { 24.0 };
        g.open(if revision.old { "rev rev--old" } else { "rev" });
        g.rect("rev__box", [x, foot - 12.0, 16.0, 16.0], 4.0);
        g.text_at("t t--rev", x + 8.0, foot, Anchor::Middle, revision.letter);
        g.close();
    }
}

/// A pod as a chip: ordinal, sign, revision; the seconds left in the revision's place.
pub fn chip(g: &mut Group, pod: Option<&PodModel>, label: &str, w: f64, h: f64, lang: Lang) {
    let label = elide(label, w - 26.0, 17.0, false);
    let Some(pod) = pod else {
        g.path("edge edge--line edge--none", round_rect(0.0, 0.0, w, h, 8.0));
        g.text_at("t t--ghost t--chip", w / 2.0, h / 2.0 + 6.0, Anchor::Middle, label);
        return;
    };
    let (border, mark, token) = look(pod.state);
    outline(g, [0.0, 0.0, w, h], border, token, 8.0);
    let part = pod.countdown.map(|c| c.part());
    match (pod.state, part) {
        (PodState::Lost, _) => g.path("hatch hatch--pending", hatch(4.0, 4.0, w - 8.0, h - 8.0, 8.5)),
        (PodState::Terminating, Some(part)) => {
            let class = format!("drain drain--{token}").into();
            g.shapes.push(Shape::Level { class, x: 5.0, y: 5.0, w: w - 10.0, h: h - 10.0, r: 4.0, part });
        }
        _ => {}
    }
    if pod.revision.as_ref().is_some_and(|r| r.old) {
        g.path("hatch", hatch(3.0, 3.0, w - 6.0, h - 6.0, 10.0));
    }
    // Sign and label stand in the middle as one.
    let label_w = width(&label, 17.0, true, false);
    let left = (w - 16.0 - 4.0 - label_w) / 2.0;
    if let Some(mark) = mark {
        sign(
            g,
            mark,
            token,
            left + 8.0,
            h / 2.0 - 8.0,
            if pod.state == PodState::Terminating { None } else { part },
            16.0,
        );
    }
    g.text("t t--name t--chip", left + 20.0, h / 2.0 - 2.0, label);
    match (pod.countdown, &pod.revision) {
        (Some(c), _) => {
            g.text_at("t t--note t--strong", w / 2.0, h - 12.0, Anchor::Middle, lang.seconds(c.left));
        }
        (None, Some(revision)) => g.text_at("t t--rev", w / 2.0, h - 12.0, Anchor::Middle, revision.letter),
        _ => {}
    }
}

/// A pod as a dot of 26 pixels: the sign inside the border that says the same.
pub fn dot(g: &mut Group, pod: Option<&PodModel>) {
    let whole = [0.0, 0.0, 26.0, 26.0];
    let Some(pod) = pod else {
        g.path("edge edge--line edge--none", round_rect(0.0, 0.0, 26.0, 26.0, 7.0));
        return;
    };
    let (border, mark, token) = look(pod.state);
    outline(g, if border == Border::Double { [-0.5, -0.5, 27.0, 27.0] } else { whole }, border, token, 7.0);
    if pod.state == PodState::Lost {
        g.path("hatch hatch--pending", hatch(2.0, 2.0, 22.0, 22.0, 8.5));
    }
    if let Some(mark) = mark {
        sign(g, mark, token, 13.0, 13.0, pod.countdown.map(|c| c.part()), 14.0);
    }
}

/// The third line of a card, and whether it is set in the face of code. `long`: the card has room for words.
fn note(pod: &PodModel, lang: Lang, long: bool) -> (String, bool) {
    let text = match &pod.note {
        Note::None => String::new(),
        Note::Address => return (pod.ip.to_string(), true),
        Note::NeedsNode => lang.pick("노드를 찾는 중", "needs a node").to_string(),
        Note::NeedsVolume => lang.pick("볼륨을 기다림", "needs its volume").to_string(),
        Note::Unconfirmed => lang.pick("확인 불가", "unconfirmed").to_string(),
        Note::Unknown => lang.pick("API 서버는 모름", "API unaware").to_string(),
        Note::Exit(code) => format!("exit {code}"),
        Note::Reason(reason) => reason.to_string(),
        Note::Grace => pod.countdown.map_or_else(String::new, |c| {
            let (left, total) = (c.left.0.div_ceil(1000), c.total.0.div_ceil(1000));
            format!(
                "{}{left} / {total}{}",
                if long { lang.pick("유예 ", "grace ") } else { "" },
                lang.pick("초", " s")
            )
        }),
        Note::Settling => pod
            .countdown
            .map_or_else(String::new, |c| format!("{}{}", lang.seconds(c.left), lang.pick(" 더", " more"))),
    };
    (text, false)
}

/// What a screen reader says of a pod: `web-3, Terminating, 12초 남음, node-1`.
pub fn label(pod: &PodModel, lang: Lang) -> String {
    let mut parts = vec![pod.key.name.to_string(), pod.word.to_string()];
    if matches!(pod.state, PodState::NotReady | PodState::Ready | PodState::Settling) {
        parts[1] += &format!(" {}/{}", pod.ready, pod.containers);
    }
    if let Some(c) = pod.countdown {
        let left = lang.seconds(c.left);
        parts.push(lang.pick(format!("{left} 남음"), format!("{left} left")));
    } else if pod.note == Note::Unknown {
        parts.push(left_running(pod, lang));
    } else if pod.note != Note::Address {
        parts.push(note(pod, lang, true).0);
    }
    if pod.restarts > 0 {
        parts.push(lang.pick(format!("재시작 {}번", pod.restarts), format!("{} restarts", pod.restarts)));
    }
    parts.push(pod.node.to_string());
    if let Some(revision) = &pod.revision {
        parts.push(lang.pick(format!("리비전 {}", revision.letter), format!("revision {}", revision.letter)));
    }
    parts.retain(|p| !p.is_empty());
    parts.join(", ")
}

/// What is said of a pod that runs on without an object.
pub fn left_running(pod: &PodModel, lang: Lang) -> String {
    let node = &pod.node;
    lang.pick(
        format!("{node}에서 아직 실행 중, API 서버는 모름"),
        format!("still running on {node}, the API server does not know it"),
    )
}

/// A name whose ordinal is bold.
pub fn name_spans(name: &str, room: f64, size: f64) -> Vec<Span> {
    let (base, ordinal) = split_name(name, room, size);
    vec![Span::of("t__base", 0.0, base), Span::of("t__ordinal", 0.0, ordinal)]
}
