//! A service: an outlined pill with many answers (headless), or a filled one with a single address.

use super::icon::Icon;
use crate::lang::Lang;
use crate::scene::model::{ServiceModel, ServiceShape};
use crate::scene::text::{elide, width};
use crate::scene::{Anchor, Group};

/// The height of a pill.
pub const HEIGHT: f64 = 32.0;

fn note(service: &ServiceModel, lang: Lang) -> String {
    match &service.shape {
        ServiceShape::Missing => lang.pick("서비스 없음", "no such Service").to_string(),
        _ if service.ordinals.is_empty() => lang.pick("엔드포인트 없음", "no endpoints").to_string(),
        ServiceShape::Headless => lang.pick("헤드리스", "headless").to_string(),
        ServiceShape::Cluster(ip) => ip.to_string(),
    }
}

/// The class of its look.
pub fn class(service: &ServiceModel) -> &'static str {
    match &service.shape {
        ServiceShape::Missing => "empty",
        _ if service.ordinals.is_empty() => "empty",
        ServiceShape::Headless => "headless",
        ServiceShape::Cluster(_) => "cluster",
    }
}

/// How wide its pill is.
pub fn pill_width(service: &ServiceModel, lang: Lang) -> f64 {
    let mono = class(service) == "cluster";
    let name = width(&elide(&service.name, 180.0, 14.0, false), 14.0, true, false);
    38.0 + name + 10.0 + width(&note(service, lang), 12.0, false, mono) + 16.0
}

/// Draws the pill.
pub fn pill(g: &mut Group, service: &ServiceModel, lang: Lang) {
    let w = pill_width(service, lang);
    let middle = HEIGHT / 2.0;
    let cluster = class(service) == "cluster";
    g.rect("pill", [0.0, 0.0, w, HEIGHT], middle);
    // Many answers are a list, one answer is a dot that fans out; without endpoints the kind still shows.
    if matches!(service.shape, ServiceShape::Cluster(_)) {
        g.circle("pill__dot", 15.0, middle, 2.6);
        g.icon(Icon::Fan, "icon icon--pill", 21.0, middle, 14.0);
    } else {
        g.icon(Icon::List, "icon icon--pill", 20.0, middle, 14.0);
    }
    g.text("t t--pill", 35.0, middle + 5.0, elide(&service.name, 180.0, 14.0, false));
    let class = if cluster { "t t--pillnote t--mono" } else { "t t--pillnote" };
    g.text_at(class, w - 15.0, middle + 4.5, Anchor::End, note(service, lang));
}

/// What a screen reader says of a service.
pub fn label(service: &ServiceModel, lang: Lang) -> String {
    format!("{} {}, {}", lang.pick("서비스", "Service"), service.name, note(service, lang))
}
