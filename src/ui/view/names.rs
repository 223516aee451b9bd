//! What each name answers now, beside what it answered before.

use crate::ui::state::Model;

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// The Services, in the order of columns.
    pub columns: Vec<Column>,
    /// The rows: the Service itself first, then one per ordinal.
    pub rows: Vec<Row>,
    /// Pods that can ask.
    pub clients: Vec<String>,
    /// The Service that `serviceName` names does not exist.
    pub missing: Option<String>,
}

/// One Service.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// It has no cluster IP.
    pub is_headless: bool,
}

/// One name under every Service.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `web-3`, or empty for the Service itself.
    pub host: String,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// One answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// Addresses with the ordinal of their pod.
    pub addresses: Vec<(String, Option<usize>)>,
    /// There is no such name.
    pub is_missing: bool,
    /// The address stands for any of so many ready pods.
    pub one_of: Option<usize>,
    /// The answer before the step shown, where it was another.
    pub before: Option<Vec<String>>,
}

/// The table at the moment shown.
pub fn read(_model: &mut Model) -> Names {
    Names::default()
}
