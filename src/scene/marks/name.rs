//! What the DNS name of an ordinal answers now.

use super::CARD;
use super::icon::Icon;
use crate::lang::Lang;
use crate::scene::Group;
use crate::scene::model::NameModel;
use crate::scene::text::{elide, split_name, width};

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
    let (mut left, mut class) = (if w >= 112.0 { 33.0 } else { 30.0 }, "t t--record");
    let Some(_) = &name.address else {
        g.text("t t--record t--muted", left, middle + 4.0, "NXDOMAIN");
        return;
    };
    let mut size = 11.5;
    if width(&name.name, size, false, true) > w - left - 6.0 {
        // A size smaller, and closer to its dot, before anything is cut.
        (left, class, size) = (28.0, "t t--record t--tight", 10.5);
    }
    g.text(class, left, middle + 4.0, fit(&name.name, w - left - 7.0, size));
}

/// The name with its ordinal always readable: the service is cut first, then the set.
fn fit(name: &str, room: f64, size: f64) -> String {
    if width(name, size, false, true) <= room {
        return name.to_string();
    }
    let (pod, service) = name.split_once('.').unwrap_or((name, ""));
    let left = room - width(pod, size, false, true) - width(".", size, false, true);
    if left > size {
        return format!("{pod}.{}", elide(service, left, size, true));
    }
    let (base, ordinal) = split_name(pod, room, size);
    format!("{}{ordinal}", elide(&base, room - width(&ordinal, size, false, true), size, true))
}

/// What a screen reader says of a name.
pub fn label(name: &NameModel, lang: Lang) -> String {
    let answer = name.address.as_ref().map_or("NXDOMAIN", |a| a);
    format!("{} {}, {answer}", lang.pick("이름", "name"), name.name)
}
