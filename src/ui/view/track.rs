//! The timeline as a picture: lanes, chapters, ticks. The page draws the line of now over it.

use crate::component::What;
use crate::scene::svg::svg_element;
use crate::scene::timeline::{LaneState, Timeline, TrackOptions, track};
use crate::ui::player::{Player, Spacing};
use crate::ui::state::Model;
use crate::ui::view::Pictures;

/// The lanes, and what stands beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// The picture as SVG markup, without the line of now.
    pub svg: String,
    /// Its height.
    pub height: f64,
    /// Where the lanes begin and end.
    pub lanes: (f64, f64),
    /// Labels of the futures left behind.
    pub futures: Vec<String>,
    /// More would happen behind what is computed.
    pub goes_on: bool,
    /// Nothing has happened yet.
    pub is_blank: bool,
}

/// Below this width the timeline has no words.
const NARROW: f64 = 560.0;

/// The timeline of the run.
pub fn read(model: &mut Model, pictures: &Pictures) -> Track {
    let futures = model.player.futures();
    let timeline = pictures.timeline(model);
    let lang = model.ui.language.lang();
    let width = model.ui.track_width;
    let mut options = if width < NARROW || model.ui.present.is_on {
        TrackOptions::small(width, lang)
    } else {
        TrackOptions::page(width, lang)
    };
    if let Some(key) = &model.ui.selected {
        let changes = model.player.run().happenings().iter().enumerate().filter(|(_, h)| match &h.what {
            What::Write(write) => write.key == *key && write.changed(),
            _ => false,
        });
        options.tall = changes.map(|(i, _)| timeline.axis.step_of(i)).collect();
        options.tall.dedup();
    }
    if let Some(future) = model.player.run().futures().last() {
        options.ghost = Some((timeline.axis.moment_of(future.from), timeline.axis.moment_of(future.until)));
    }
    if let Some(compare) = &model.compare {
        let (run, ticks) = (compare.player.run(), compare.player.story().ticks());
        let set = pictures.set_shown();
        options.beside = timeline.beside(run.happenings(), &ticks, set.as_ref());
        options.parting = compare.parting(&model.player).map(|step| step as f64);
    }
    let scene = track(&timeline, &options);
    let bottom = if options.ticks { scene.height - 20.0 } else { scene.height - 8.0 };
    // Without lanes the line of now still needs some length.
    let bottom = bottom.max(options.top + 24.0);
    Track {
        svg: svg_element(&scene),
        height: scene.height.max(bottom + 18.0),
        lanes: (options.top, bottom),
        futures,
        goes_on: model.player.goes_on(),
        is_blank: model.player.is_blank(),
    }
}

/// The lanes of a story as a small picture.
pub fn small(player: &mut Player) -> String {
    let last = player.steps()[player.steps().len() - 1];
    let position = crate::session::Position { happenings: last.happenings, time: last.time };
    let set = crate::scene::StageModel::choose(player.still(position).store());
    let timeline =
        Timeline::new(player.run().happenings(), &player.story().ticks(), set.as_ref(), Spacing::Even);
    svg_element(&track(&timeline, &TrackOptions::thumb(248.0, crate::lang::Lang::En)))
}

/// One bar of the legend: `creating`, `ready`, `terminating`, `lost`.
pub fn legend(state: &str) -> String {
    let state = match state {
        "creating" => LaneState::Creating,
        "terminating" => LaneState::Terminating,
        "lost" => LaneState::Lost,
        _ => LaneState::Ready,
    };
    svg_element(&crate::scene::timeline::legend(state))
}

/// Where the line of now stands.
pub fn head(model: &mut Model, pictures: &Pictures) -> f64 {
    let moment = model.player.moment(model.ui.spacing);
    pictures.timeline(model).axis.place(moment) * model.ui.track_width
}

/// The time at the end of what is known.
pub fn end_seconds(player: &Player) -> f64 {
    player.steps().last().map_or(0.0, |s| s.time.0 as f64 / 1000.0)
}
