//! The selected object as YAML, and which lines its last change touched.

use crate::api::ObjectKey;

/// The object as it is at the moment shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectView {
    /// `Pod/web-3`.
    pub title: String,
    /// It does not exist now.
    pub is_gone: bool,
    /// `StatefulSet/web`.
    pub owner: Option<(String, ObjectKey)>,
    /// Its lines; true where the last change touched them.
    pub lines: Vec<(String, bool)>,
}
