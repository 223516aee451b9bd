//! A program that sends requests: its pod, the name it asks for, and what became of the last of them.

use super::icon::Icon;
use crate::component::Landing;
use crate::lang::Lang;
use crate::scene::model::{ClientModel, ordinal_of};
use crate::scene::text::{elide, width};
use crate::scene::{Anchor, Group};

/// The height of its chip.
pub const HEIGHT: f64 = 30.0;
/// From one dot to the next.
const DOT: f64 = 19.0;

/// What became of the last request, in a word; none where the line to the pod says it.
fn word(landing: &Landing, lang: Lang) -> Option<&'static str> {
    Some(match landing {
        Landing::Pod(_) | Landing::Found => return None,
        Landing::Refused => lang.pick("거절", "refused"),
        Landing::Gone => lang.pick("낡은 주소", "stale address"),
        Landing::Silent => lang.pick("답 없음", "no answer"),
        Landing::NoName => "NXDOMAIN",
        Landing::NoAddress => "NOERROR · 0",
        Landing::NoServer => "SERVFAIL",
    })
}

/// The same of any landing.
pub fn short(landing: &Landing, lang: Lang) -> String {
    match landing {
        Landing::Pod(pod) => pod.to_string(),
        other => word(other, lang).unwrap_or_default().to_string(),
    }
}

/// Draws the chip, at most so wide; answers with its width.
pub fn chip(g: &mut Group, client: &ClientModel, set: &str, lang: Lang, most: f64) -> f64 {
    let middle = HEIGHT / 2.0;
    let dots = client.recent.len().max(1) as f64 * DOT;
    let word = client.recent.last().and_then(|landing| word(landing, lang)).unwrap_or_default();
    let word_w = if word.is_empty() { 0.0 } else { width(word, 11.5, true, false) + 10.0 };
    let room = (most - 30.0 - dots - word_w - 16.0).max(40.0);
    let name = elide(&client.pod.name, room.min(120.0), 13.0, false);
    let name_w = width(&name, 13.0, true, false);
    let asked = ["→ ", &client.name].concat();
    let asked =
        if room - name_w > 60.0 { elide(&asked, room - name_w - 8.0, 11.5, true) } else { String::new() };
    let asked_w = if asked.is_empty() { 0.0 } else { width(&asked, 11.5, false, true) + 8.0 };
    let w = 30.0 + name_w + asked_w + 10.0 + dots + word_w + 8.0;
    g.rect("client__box", [0.0, 0.0, w, HEIGHT], 8.0);
    g.icon(Icon::Fan, "icon icon--pill", 16.0, middle, 14.0);
    g.text("t t--pill", 30.0, middle + 4.5, name);
    g.text("t t--record", 38.0 + name_w, middle + 4.5, asked);
    let mut x = 30.0 + name_w + asked_w + 10.0 + DOT / 2.0;
    for landing in &client.recent {
        dot(g, landing, set, x, middle);
        x += DOT;
    }
    if !word.is_empty() {
        g.text("t t--client", x - DOT / 2.0 + 4.0, middle + 4.5, word);
    }
    w
}

// Answered is a full disc with the ordinal of who answered; anything else is an open ring with a cross or a dash.
fn dot(g: &mut Group, landing: &Landing, set: &str, x: f64, y: f64) {
    match landing {
        Landing::Pod(pod) => {
            g.circle("client__ok", x, y, 8.0);
            if let Some(ordinal) = ordinal_of(pod, set) {
                g.text_at("t t--dot", x, y + 3.8, Anchor::Middle, ordinal.to_string());
            }
        }
        Landing::NoName | Landing::NoAddress | Landing::NoServer | Landing::Found => {
            g.circle("client__none", x, y, 7.0);
            g.glyph("client__line", "M5 8h6", x, y, 16.0);
        }
        Landing::Refused | Landing::Gone | Landing::Silent => {
            g.circle("client__bad", x, y, 7.0);
            g.glyph("client__line", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8", x, y, 16.0);
        }
    }
}

/// What a screen reader says of it.
pub fn label(client: &ClientModel, lang: Lang) -> String {
    let last = client.recent.last().map_or(String::new(), |landing| short(landing, lang));
    format!("{} → {}: {last}", client.pod.name, client.name)
}
