//! Printing, and nothing else: objects in, text out.

pub mod age;
pub mod describe;
pub mod fill;
pub mod format;
pub mod gotemplate;
pub mod jsonpath;
pub mod kyaml;
pub mod list;
pub mod table;
