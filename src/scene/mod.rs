//! Pictures as plain data: what is drawn, where, under which class names. No colour, no markup, no browser.
//!
//! A model ([`model`]) is read from the store, [`layout`] and [`nodes`] turn it into a [`Scene`], [`svg`] writes
//! that as text and [`tween()`] makes the scene between two. Ids come from the object, so two scenes can be
//! compared. Colours belong to `styles/scene.css`, every layout number of a thing to its file under `marks`.

pub mod animation;
pub mod layout;
pub mod marks;
pub mod meter;
pub mod model;
pub mod nodes;
pub mod shapes;
pub mod svg;
pub mod text;
pub mod timeline;
pub mod tween;

#[cfg(test)]
pub(crate) mod tests;

pub use layout::{Form, StageOptions, stage};
pub use model::StageModel;
pub use nodes::node_stage;
pub use shapes::{Anchor, Class, Shape, Span};
pub use timeline::Timeline;
pub use tween::tween;

/// A whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Classes of the whole, such as `scene scene--card`.
    pub class: String,
    /// Width in its own pixels.
    pub width: f64,
    /// Height in its own pixels.
    pub height: f64,
    /// Everything drawn, back to front.
    pub groups: Vec<Group>,
    /// The places one can choose, in reading order: by kind of row, then by ordinal.
    pub slots: Vec<Slot>,
    /// Which columns are shown, if not all of them.
    pub paging: Option<Paging>,
}

/// Shapes that belong to one thing and move together; its coordinates begin at its own corner.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// From the object: `pod/default/web-3`.
    pub id: String,
    /// Classes: `pod pod--ready`.
    pub class: String,
    /// Where its corner is.
    pub x: f64,
    /// Where its corner is.
    pub y: f64,
    /// 1 is solid.
    pub opacity: f64,
    /// How far dashes have run along their lines.
    pub offset: f64,
    /// How it comes and goes.
    pub motion: Motion,
    /// What it is made of, in its own coordinates.
    pub shapes: Vec<Shape>,
}

/// How a group comes, goes and changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Only fades: claims, volumes, lines, words.
    #[default]
    Still,
    /// Comes in from above: pods.
    Drop,
    /// Travels: the controller's tag, and pods in the view by node.
    Travel,
}

/// A place on the picture over which the page lays a button. It belongs to kind and ordinal, not to the object.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Of kind and ordinal: `slot/pod/3`.
    pub id: String,
    /// The object that is there now, as `pod/default/web-3`; empty if the place is.
    pub object: String,
    /// What lies there.
    pub place: Place,
    /// The ordinal, for everything but services.
    pub ordinal: Option<i64>,
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// What a screen reader says: `web-3, Terminating, 12초 남음, node-1`.
    pub label: String,
}

/// The kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A Service.
    Service,
    /// The DNS name of an ordinal.
    Name,
    /// The pod of an ordinal.
    Pod,
    /// The claim of an ordinal.
    Claim,
    /// The volume of an ordinal.
    Volume,
    /// A node, in the view by node.
    Node,
    /// A set, at its title.
    Set,
}

/// Which part of many columns is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The page shown, from 0.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
    /// Index of the first column shown.
    pub first: usize,
    /// One after the last column shown.
    pub end: usize,
    /// All columns.
    pub total: usize,
}

impl Scene {
    /// The group of that id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.id == id)
    }

    /// Adds a group.
    pub fn push(&mut self, group: Group) {
        self.groups.push(group);
    }
}

impl Group {
    /// An empty group at a place.
    pub fn new(id: impl Into<String>, class: impl Into<String>, x: f64, y: f64) -> Group {
        Group {
            id: id.into(),
            class: class.into(),
            x,
            y,
            opacity: 1.0,
            offset: 0.0,
            motion: Motion::Still,
            shapes: Vec::new(),
        }
    }

    /// The same with another way to move.
    pub fn moving(mut self, motion: Motion) -> Group {
        self.motion = motion;
        self
    }
}
