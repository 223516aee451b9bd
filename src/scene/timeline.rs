//! stub
/// stub
pub struct Timeline;
