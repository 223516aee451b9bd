//! What the manifest editor knows of its text, without a browser: places, colours, problems, differences.

mod complete;
mod diff;
mod highlight;
mod outline;

pub use crate::advice::{Problem, Repair, claims_found, mend_all, problems};
pub use complete::complete;
pub use diff::{DiffLine, diff};
pub use highlight::{Marks, highlight};
pub use outline::{Line, outline, spell};
