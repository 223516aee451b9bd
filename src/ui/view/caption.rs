//! The sentence over the picture.

/// What happened, what comes next, and where in the run that is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// The chapter: what the last command set going.
    pub chapter: String,
    /// `27 / 32 단계`.
    pub place: String,
    /// What happened.
    pub done: String,
    /// What comes next, or empty.
    pub next: String,
}
