//! From one scene to the next, and exports.

use super::expect;
use super::samples::*;
use crate::lang::Lang;
use crate::scene::svg::{svg_document, svg_inner};
use crate::scene::{Scene, StageOptions, stage, tween};

fn steps() -> (Scene, Scene) {
    let options = StageOptions::page(704.0, Lang::Ko);
    let mut before = scale_in();
    before.columns[4].pod = Some(pod(4, crate::scene::model::PodState::Terminating));
    before.columns[3].pod = Some(pod(3, crate::scene::model::PodState::Ready));
    (stage(&before, &options), stage(&scale_in(), &options))
}

#[test]
fn the_ends_are_the_two_scenes() {
    let (a, b) = steps();
    assert_eq!(tween(&a, &b, 0.0), a);
    assert_eq!(tween(&a, &b, 1.0), b);
    assert_eq!(tween(&a, &a, 0.5), a);
}

#[test]
fn claims_and_volumes_stay_where_they_are() {
    let (a, b) = steps();
    for i in 1..10 {
        let between = tween(&a, &b, f64::from(i) / 10.0);
        for g in between.groups.iter().filter(|g| g.id.starts_with("claim/") || g.id.starts_with("volume/")) {
            let there = b.group(g.id.trim_end_matches('~')).expect("claims stay");
            assert_eq!((g.x, g.y), (there.x, there.y), "{}", g.id);
        }
    }
}

#[test]
fn a_pod_that_leaves_fades_and_one_that_comes_drops_in() {
    let (a, b) = steps();
    let gone = |f: f64| tween(&a, &b, f).group("pod/default/web-4").map_or(0.0, |g| g.opacity);
    assert!(gone(0.1) > gone(0.3) && gone(0.9) == 0.0);
    let came =
        |f: f64| tween(&b, &a, f).group("pod/default/web-4").map(|g| (g.y, g.opacity)).unwrap_or_default();
    let rest = a.group("pod/default/web-4").unwrap().y;
    assert!(came(0.5).0 < rest && came(0.5).1 < 1.0 && came(0.9).0 > came(0.5).0);
    assert_eq!(tween(&b, &a, 1.0).group("pod/default/web-4").unwrap().y, rest);
}

#[test]
fn ids_are_unique_also_on_the_way() {
    let (a, b) = steps();
    for scene in [&a, &b, &tween(&a, &b, 0.5)] {
        let mut ids: Vec<&str> = scene.groups.iter().map(|g| g.id.as_str()).collect();
        ids.sort_unstable();
        let n = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), n);
    }
    expect("between", &tween(&a, &b, 0.4));
}

#[test]
fn what_is_left_runs_on() {
    let mut early = scale_in();
    let options = StageOptions::page(704.0, Lang::Ko);
    let late = stage(&early, &options);
    let countdown = early.columns[3].pod.as_mut().unwrap().countdown.as_mut().unwrap();
    countdown.left = crate::sim::SimDuration(24_000);
    let early = stage(&early, &options);
    let half = tween(&early, &late, 0.5);
    assert_eq!(half.groups.len(), late.groups.len(), "nothing fades");
    assert_ne!(svg_inner(&half), svg_inner(&late));
}

#[test]
fn exports_need_nothing_else() {
    let mut model = scale_in();
    model.columns[0].pod.as_mut().unwrap().note = crate::scene::model::Note::Reason("<script>&\"".into());
    let text = svg_document(&stage(&model, &StageOptions::page(704.0, Lang::Ko)), "dark");
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script"));
    for banned in ["foreignObject", "style=\"", "href=", "@import", "/*"] {
        assert!(!text.contains(banned), "{banned}");
    }
    assert!(text.len() < 64 * 1024);
}

#[test]
fn slots_lie_on_what_they_name() {
    let scene = stage(&scale_in(), &StageOptions::page(704.0, Lang::Ko));
    let pods: Vec<_> = scene.slots.iter().filter(|s| s.place == crate::scene::Place::Pod).collect();
    assert_eq!(pods.iter().map(|s| s.ordinal).collect::<Vec<_>>(), [0, 1, 2, 3, 4].map(Some));
    assert_eq!(pods[3].label, "web-3, Terminating, 12초 남음, node-1, 리비전 A");
    assert_eq!((pods[4].id.as_str(), pods[4].object.as_str()), ("slot/pod/4", ""));
    for slot in scene.slots.iter().filter(|s| !s.object.is_empty()) {
        // The title of a set lies on its ground; everything else is a group of its own.
        let id = match slot.place {
            crate::scene::Place::Set => slot.object.replacen("set", "ground", 1) + "/title",
            _ => slot.object.clone(),
        };
        let group = scene.group(&id).unwrap_or_else(|| panic!("{id}"));
        assert_eq!((group.x, group.y), (slot.x, slot.y));
        assert!(slot.x + slot.w <= scene.width + 8.0 && slot.y + slot.h <= scene.height);
    }
}
