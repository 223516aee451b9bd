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
