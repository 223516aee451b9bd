//! The timeline as a picture.

/// The lanes, and where time stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// The picture as SVG markup, without the line of now.
    pub svg: String,
    /// Its height.
    pub height: f64,
    /// Labels of the futures left behind.
    pub futures: Vec<String>,
    /// Nothing has happened yet.
    pub is_blank: bool,
}

use crate::ui::player::Player;
use crate::ui::state::Model;
use crate::ui::view::Pictures;

/// The lanes of a story as a small picture.
pub fn small(_player: &Player) -> String {
    String::new()
}

/// One bar of the legend.
pub fn legend(_state: &str) -> String {
    String::new()
}

/// Where the line of now stands.
pub fn head(model: &Model, _pictures: &Pictures) -> f64 {
    let last = (model.player.steps().len() - 1).max(1) as f64;
    model.player.moment(model.ui.spacing) / last * model.ui.track_width
}

/// The time at the end of what is known.
pub fn end_seconds(player: &Player) -> f64 {
    player.steps().last().map_or(0.0, |s| s.time.0 as f64 / 1000.0)
}
