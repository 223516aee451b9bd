//! What the panels show at one moment: plain data read off the model, without a browser and without Yew.
//!
//! A panel gets its part and draws it. Only the part of the chosen tab is read.

pub mod caption;
pub mod claims;
pub mod events;
pub mod names;
pub mod objects;
pub mod reasons;
pub mod stage;
pub mod terminal;
pub mod track;

pub use caption::Caption;
pub use claims::ClaimRow;
pub use events::EventRow;
pub use names::Names;
pub use objects::ObjectView;
pub use reasons::Reasons;
pub use stage::Stage;
pub use terminal::Block;
pub use track::Track;

/// The number at the end of a name: 3 for `web-3`.
pub fn ordinal_of(name: &str) -> usize {
    name.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX)
}
