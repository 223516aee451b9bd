//! The picture and the places of its buttons.

use crate::api::ObjectKey;
use crate::scene::Paging;

/// The picture at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// The picture as SVG markup.
    pub svg: String,
    /// Its own width and height.
    pub width: f64,
    /// Its own width and height.
    pub height: f64,
    /// Its buttons, in the order of ordinals.
    pub slots: Vec<Slot>,
    /// Which columns are shown, if not all.
    pub paging: Option<Paging>,
    /// What an open question names; everything else is dimmed.
    pub named: Option<Vec<ObjectKey>>,
}

/// A place in the picture that can be pressed: it belongs to an ordinal, not to the object that stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// What stands there or would.
    pub key: ObjectKey,
    /// The spoken name: "web-3, Terminating, 12 s left, node-1".
    pub name: String,
    /// Left, top, width, height in the picture's own units.
    pub place: [f64; 4],
    /// Which column.
    pub column: usize,
}
