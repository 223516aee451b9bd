//! Several scenes as one moving SVG file: keyframes alone, no script, so it moves inside an `<img>`.
//!
//! Every look of every group is drawn once and shown while its scenes are; looks that come and go together share their
//! keyframes. Who wishes less motion sees the last scene.

use super::svg::{self, escape};
use super::text;
use super::{Group, Scene};
use std::fmt::Write;

/// A scene, how long it stays, and the sentence below it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What is drawn.
    pub scene: Scene,
    /// For so many seconds.
    pub seconds: f64,
    /// What happened.
    pub caption: String,
}

/// A change takes so long, in seconds.
const FADE: f64 = 0.25;
const SIZE: f64 = 15.0;
const LINE: f64 = 22.0;
const LINES: usize = 2;

/// A look of a group, and in which frames it is seen.
struct Look<'a> {
    group: &'a Group,
    frames: Vec<bool>,
}

/// The file; `theme`: `light`, `dark` or `contrast`. Empty without frames.
pub fn animation(frames: &[Frame], theme: &str) -> String {
    let Some(last) = frames.last() else { return String::new() };
    let width = frames.iter().map(|frame| frame.scene.width).fold(0.0, f64::max);
    let height = frames.iter().map(|frame| frame.scene.height).fold(0.0, f64::max);
    let mut spans: Vec<Vec<bool>> = Vec::new();
    let mut inside = String::new();
    for look in looks(frames) {
        let k = span(&mut spans, look.frames);
        let _ = write!(inside, "<g class=\"k k{k}\">");
        svg::write_group(&mut inside, look.group);
        inside.push_str("</g>\n");
    }
    for (i, frame) in frames.iter().enumerate() {
        let same = i > 0 && frames[i - 1].caption == frame.caption;
        if same {
            continue;
        }
        let shown =
            (0..frames.len()).map(|j| j >= i && frames[i..=j].iter().all(|f| f.caption == frame.caption));
        let k = span(&mut spans, shown.collect());
        for (n, line) in wrap(&frame.caption, width).into_iter().enumerate() {
            let y = height + 20.0 + LINE * n as f64;
            let _ = write!(inside, "<text class=\"k k{k} t t--name\" x=\"0\" y=\"{y}\">");
            escape(&mut inside, &line);
            inside.push_str("</text>\n");
        }
    }

    let total: f64 = frames.iter().map(|frame| frame.seconds).sum();
    let mut css = format!(".k{{opacity:0;animation:{total:.2}s linear infinite}}");
    for (k, shown) in spans.iter().enumerate() {
        if shown.iter().all(|on| *on) {
            let _ = write!(css, ".k{k}{{opacity:1;animation:none}}");
            continue;
        }
        let _ = write!(
            css,
            ".k{k}{{animation-name:m{k}{}}}",
            if shown[frames.len() - 1] { ";opacity:1" } else { "" }
        );
        keyframes(&mut css, k, shown, frames, total);
    }
    css.push_str("@media (prefers-reduced-motion:reduce){.k{animation:none}}");
    let size = (width, height + 12.0 + LINE * LINES as f64);
    svg::document(&last.scene.class, size, theme, &css, &inside)
}

// When a look is seen: it comes while the one before it goes.
fn keyframes(css: &mut String, k: usize, shown: &[bool], frames: &[Frame], total: f64) {
    let _ = write!(css, "@keyframes m{k}{{0%{{opacity:{}}}", u8::from(shown[0]));
    let mut at = 0.0;
    for i in 1..=frames.len() {
        at += frames[i - 1].seconds;
        let on = shown.get(i).copied().unwrap_or(shown[0]);
        if on != shown[i - 1] {
            let percent = |time: f64| (time.clamp(0.0, total) / total * 10_000.0).round() / 100.0;
            let (from, to) = (percent(at - FADE), percent(at));
            let (before, after) = (u8::from(!on), u8::from(on));
            let _ = write!(css, "{from}%{{opacity:{before}}}{to}%{{opacity:{after}}}");
        }
    }
    if shown[0] == shown[frames.len() - 1] {
        let _ = write!(css, "100%{{opacity:{}}}", u8::from(shown[0]));
    }
    css.push('}');
}

fn span(spans: &mut Vec<Vec<bool>>, frames: Vec<bool>) -> usize {
    spans.iter().position(|known| *known == frames).unwrap_or_else(|| {
        spans.push(frames);
        spans.len() - 1
    })
}

// Every look, back to front: a group keeps its place among those it was first seen with.
fn looks(frames: &[Frame]) -> Vec<Look<'_>> {
    let mut looks: Vec<Look<'_>> = Vec::new();
    for (i, frame) in frames.iter().enumerate() {
        let mut behind = 0;
        for group in &frame.scene.groups {
            match looks.iter().position(|look| look.group == group) {
                Some(at) => {
                    looks[at].frames[i] = true;
                    behind = behind.max(at + 1);
                }
                None => {
                    let own = looks.iter().rposition(|look| look.group.id == group.id);
                    let at = own.map_or(behind, |own| own + 1);
                    let mut seen = vec![false; frames.len()];
                    seen[i] = true;
                    looks.insert(at, Look { group, frames: seen });
                    behind = behind.max(at + 1);
                }
            }
        }
    }
    looks
}

// The sentence in at most two lines; Korean too is parted at its spaces.
fn wrap(sentence: &str, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in sentence.split(' ') {
        let line = lines.last().map_or("", String::as_str);
        let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        if text::width(&longer, SIZE, true, false) <= width || line.is_empty() || lines.len() == LINES {
            lines.pop();
            lines.push(longer);
        } else {
            lines.push(word.to_string());
        }
    }
    lines.into_iter().map(|line| text::elide(&line, width, SIZE, false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Shape;

    fn frame(groups: &[(&str, &str)], caption: &str) -> Frame {
        let groups = groups.iter().map(|(id, class)| Group {
            id: (*id).to_string(),
            class: (*class).to_string(),
            x: 0.0,
            y: 0.0,
            opacity: 1.0,
            offset: 0.0,
            motion: super::super::Motion::Still,
            shapes: vec![Shape::Circle { class: "dot".into(), x: 1.0, y: 1.0, r: 1.0 }],
        });
        let scene = Scene {
            class: "scene".into(),
            width: 200.0,
            height: 100.0,
            groups: groups.collect(),
            ..Scene::default()
        };
        Frame { scene, seconds: 1.0, caption: caption.to_string() }
    }

    #[test]
    fn every_look_is_drawn_once_and_seen_when_its_frames_are() {
        let frames = [
            frame(&[("wash", "w"), ("pod", "pod--pending")], "a < b"),
            frame(&[("wash", "w"), ("pod", "pod--ready")], "c"),
            frame(&[("wash", "w"), ("pod", "pod--ready"), ("claim", "c")], "c"),
        ];
        let file = animation(&frames, "light");
        assert_eq!(file.matches("data-id=\"wash\"").count(), 1);
        assert_eq!(file.matches("data-id=\"pod\"").count(), 2);
        assert_eq!(file.matches("<text").count(), 2, "a sentence that stays is drawn once");
        assert!(
            file.contains("a &lt; b") && !file.contains("<script") && file.contains("prefers-reduced-motion")
        );
        // The second look of the pod and the second sentence come and go together.
        assert!(file.contains("@keyframes m2{0%{opacity:0}25%{opacity:0}33.33%{opacity:1}"), "{file}");
        assert!(file.find("data-id=\"wash\"") < file.find("data-id=\"pod\""));
    }

    #[test]
    fn nothing_to_show_is_no_file() {
        assert_eq!(animation(&[], "light"), "");
    }
}
