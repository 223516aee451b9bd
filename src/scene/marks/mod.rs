//! One file per thing drawn. A mark takes data and a size and fills a group; it knows no place on the page.

pub mod claim;
pub mod client;
pub mod controller;
pub mod edge;
pub mod icon;
pub mod name;
pub mod node;
pub mod pod;
pub mod service;
pub mod sign;
pub mod volume;

/// The sizes of one form of the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// Height of a pod's card.
    pub pod: f64,
    /// Height of a claim.
    pub claim: f64,
    /// Height of a volume.
    pub volume: f64,
    /// From the left edge of a column to its spine, on which marks and cables lie.
    pub spine: f64,
    /// From the left edge to text beside the mark.
    pub text: f64,
    /// From the left edge to text of a full line.
    pub pad: f64,
    /// Type size of names.
    pub name: f64,
    /// Type size of states.
    pub state: f64,
    /// Type size of notes.
    pub note: f64,
}

/// The page and the projector.
pub const CARD: Sizes = Sizes {
    pod: 108.0,
    claim: 48.0,
    volume: 46.0,
    spine: 19.0,
    text: 33.0,
    pad: 12.0,
    name: 15.0,
    state: 13.0,
    note: 11.5,
};

/// Embeds and nodes.
pub const COMPACT: Sizes = Sizes {
    pod: 96.0,
    claim: 42.0,
    volume: 40.0,
    spine: 15.0,
    text: 26.0,
    pad: 9.0,
    name: 14.0,
    state: 12.0,
    note: 11.0,
};
