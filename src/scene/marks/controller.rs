//! The controller's tag over the ordinal it works on or waits for.

use super::icon::Icon;
use crate::lang::{Lang, gate_says, why_says};
use crate::scene::model::Says;
use crate::scene::shapes::Pen;
use crate::scene::text::{elide, width};
use crate::scene::{Group, Motion};

/// The height of the tag without its point.
pub const HEIGHT: f64 = 28.0;

/// What the tag says.
pub fn sentence(says: &Says, lang: Lang) -> String {
    match says {
        Says::Gate(gate) => gate_says(gate, lang),
        Says::Did(why, name) => why_says(why, name, lang),
    }
}

/// The tag with its point at `tip`, no further right than `right` and no further left than `left`.
pub fn tag(id: String, says: &Says, lang: Lang, [left, right]: [f64; 2], tip: f64, y: f64) -> Group {
    let mood = says.mood();
    let text = elide(&sentence(says, lang), right - left - 46.0, 12.5, false);
    let w = 46.0 + width(&text, 12.5, true, false);
    let x = (tip - 50.0).min(right - w).max(left);
    let mut g = Group::new(id, format!("controller controller--{mood}"), x, y).moving(Motion::Travel);
    let tip = (tip - x).clamp(16.0, w - 16.0);
    let h = HEIGHT;
    g.path(
        "controller__box",
        Pen::default()
            .go('M', &[7.0, 0.0])
            .go('H', &[w - 7.0])
            .turn(7.0, 7.0, 7.0)
            .go('V', &[h - 7.0])
            .turn(7.0, -7.0, 7.0)
            .go('H', &[tip + 7.0])
            .go('l', &[-7.0, 8.0])
            .go('l', &[-7.0, -8.0])
            .go('H', &[7.0])
            .turn(7.0, -7.0, -7.0)
            .go('V', &[7.0])
            .turn(7.0, 7.0, -7.0)
            .end(),
    );
    let icon = match mood {
        "working" => Icon::Hand,
        "waiting" => Icon::Palm,
        _ => Icon::Clock,
    };
    g.icon(icon, "icon icon--hand", 19.0, h / 2.0, 17.0);
    g.text("t t--hand", 33.0, h / 2.0 + 4.5, text);
    g
}
