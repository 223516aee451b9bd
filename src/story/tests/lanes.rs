//! The lanes of a story, and from places to moments and back.

use super::{set_key, up_and_down};
use crate::lang::Lang;
use crate::scene::Timeline;
use crate::scene::timeline::*;
use crate::story::Story;

fn laid_out(spacing: Spacing) -> Timeline {
    let film = up_and_down();
    let mut story = Story::default();
    story.read(&film.happenings);
    Timeline::new(&film.happenings, &story.ticks(), Some(&set_key()), spacing)
}

#[test]
fn moments_places_and_times_go_both_ways() {
    for spacing in [Spacing::Even, Spacing::Real] {
        let axis = laid_out(spacing).axis;
        let mut before = -1.0;
        for k in 0..=axis.len() * 4 {
            let moment = k as f64 / 4.0;
            let place = axis.place(moment);
            assert!(place > before, "{spacing:?}: places grow");
            before = place;
            assert!((axis.moment(place) - moment).abs() < 1e-6, "{spacing:?} {moment}");
            let time = axis.time_of(moment);
            let back = axis.moment_of(time);
            assert!(axis.time_of(back) == time, "{spacing:?} {moment} {time:?} {back}");
        }
        assert_eq!((axis.place(0.0), axis.place(axis.len() as f64)), (0.0, 1.0));
        assert_eq!(axis.step_at(1.0), axis.len());
    }
}

#[test]
fn lanes_are_the_lives_of_the_pods() {
    let timeline = laid_out(Spacing::Even);
    let states = |i: usize| timeline.lanes[i].bars.iter().map(|b| b.state).collect::<Vec<_>>();
    use LaneState::*;
    assert_eq!(timeline.lanes.len(), 5);
    assert_eq!(states(0), [Creating, Ready]);
    assert_eq!(states(4), [Creating, Ready, Terminating]);
    let labels: Vec<String> = timeline.chapters.iter().map(|c| c.label(Lang::Ko)).collect();
    assert_eq!(labels, ["apply · 차례로 생성 0 → 4", "scale 3 · 역순으로 종료 4 → 3"]);
    assert_eq!(timeline.gaps.len(), 1, "only the long rest is marked");
}

#[test]
fn tracks_as_pictures() {
    let even = laid_out(Spacing::Even);
    let mut options = TrackOptions::page(1088.0, Lang::Ko);
    options.head = Some(even.axis.len() as f64 - 1.5);
    options.tall = vec![3, 12];
    options.ghost = Some((18.0, 21.0));
    crate::scene::tests::expect("track-even", &track(&even, &options));
    crate::scene::tests::expect(
        "track-real",
        &track(&laid_out(Spacing::Real), &TrackOptions::page(1088.0, Lang::En)),
    );
    crate::scene::tests::expect(
        "track-small",
        &track(&even, &TrackOptions { head: Some(8.0), ..TrackOptions::small(358.0, Lang::Ko) }),
    );
    use LaneState::*;
    let sketch = Timeline::sketch(
        20,
        &[
            &[(0.0, 20.0, Ready)],
            &[
                (0.0, 4.0, Ready),
                (4.0, 10.0, Lost),
                (10.0, 15.0, Terminating),
                (15.0, 16.4, Creating),
                (16.4, 20.0, Ready),
            ],
            &[(0.0, 6.0, Ready), (6.0, 9.0, NotReady), (9.0, 20.0, Ready)],
            &[(0.0, 6.0, Creating), (6.0, 14.0, Failed), (14.0, 20.0, Done)],
        ],
    );
    crate::scene::tests::expect("thumb", &track(&sketch, &TrackOptions::thumb(248.0, Lang::Ko)));
    for state in [Creating, Ready, NotReady, Terminating, Failed, Lost, Done] {
        crate::scene::tests::expect(&format!("legend-{}", state.class()), &legend(state));
    }
}

#[test]
fn five_thousand_happenings_are_laid_out_at_once() {
    let mut happenings = Vec::new();
    while happenings.len() < 5000 {
        happenings.extend(up_and_down().happenings);
    }
    let mut story = Story::default();
    story.read(&happenings);
    let timeline = Timeline::new(&happenings, &story.ticks(), Some(&set_key()), Spacing::Real);
    assert!(timeline.axis.len() > 1000);
    let scene = track(&timeline, &TrackOptions::page(1088.0, Lang::Ko));
    assert!(scene.groups.len() < 400);
}
