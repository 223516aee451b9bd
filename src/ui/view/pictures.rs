//! Pictures of the run, kept as long as they hold: the stage between two steps, the lanes of the timeline.

use super::{Stage, Track};
use crate::ui::player::Player;
use crate::ui::state::Model;

/// Pictures kept.
#[derive(Default)]
pub struct Pictures {}

impl Pictures {
    /// The stage at the moment shown, settled.
    pub fn stage(&self, _model: &mut Model) -> Stage {
        Stage::default()
    }

    /// The stage for the first page, at this width.
    pub fn still(&self, _model: &mut Model, _width: f64) -> Stage {
        Stage::default()
    }

    /// The stage as markup while it moves.
    pub fn moving(&self, _model: &mut Model) -> Option<String> {
        None
    }

    /// The timeline.
    pub fn track(&self, model: &mut Model) -> Track {
        Track { svg: String::new(), height: 92.0, futures: model.player.futures(), is_blank: model.player.is_blank() }
    }
}

/// Unused until the timeline is drawn.
pub fn seconds(player: &Player) -> f64 {
    player.run().end().0 as f64 / 1000.0
}
