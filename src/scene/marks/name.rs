//! What the DNS name of an ordinal answers now.

use super::CARD;
use super::icon::Icon;
use crate::lang::Lang;
use crate::scene::model::NameModel;
use crate::scene::text::{elide, split_name, width};
use crate::scene::{Anchor, Group};

/// The height of a name.
pub const HEIGHT: f64 = 26.0;

/// The class of its look.
pub fn class(name: &NameModel) -> &'static str {
    match (&name.address, name.changed) {
        (None, false) => "record record--missing",
        (None, true) => "record record--missing record--changed",
        (Some(_), false) => "record",
        (Some(_), true) => "record record--changed",
    }
}

/// A name in a column of that width; in a chip or a dot only its sign.
pub fn record(g: &mut Group, name: &NameModel, w: f64) {
    let middle = HEIGHT / 2.0;
    g.rect("record__box", [0.0, 0.0, w, HEIGHT], middle);
    let narrow = w < 84.0;
    let x = if narrow { w / 2.0 } else { CARD.spine };
    match &name.address {
        Some(_) => g.circle("record__dot", x, middle, 3.0),
        None => g.icon(Icon::Cross, "icon icon--quiet", x, middle, 11.0),
    }
    if narrow {
        return;
    }
    let left = if w >= 112.0 { 33.0 } else { 30.0 };
    let (class, text) = match &name.address {
        Some(_) => ("t t--record", fit(&name.name, w - left - 6.0)),
        None => ("t t--record t--muted", "NXDOMAIN".to_string()),
    };
    g.spans(class, left, middle + 4.0, Anchor::Start, vec![crate::scene::Span::plain(text)]);
}

/// The name with its ordinal always readable: `samp…-0.he…s`.
fn fit(name: &str, room: f64) -> String {
    if width(name, 11.5, false, true) <= room {
        return name.to_string();
    }
    let (pod, service) = name.split_once('.').unwrap_or((name, ""));
    let service = elide(service, room * 0.4, 11.5, true);
    let (base, ordinal) = split_name(pod, room - width(&service, 11.5, false, true) - 7.0, 11.5);
    // The parts were measured in another face; cut once more in this one.
    let base = elide(&base, room - width(&format!("{ordinal}.{service}"), 11.5, false, true), 11.5, true);
    format!("{base}{ordinal}.{service}")
}

/// What a screen reader says of a name.
pub fn label(name: &NameModel, lang: Lang) -> String {
    let answer = name.address.as_ref().map_or("NXDOMAIN", |a| a);
    format!("{} {}, {answer}", lang.pick("이름", "name"), name.name)
}
