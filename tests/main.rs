//! The tests that need no browser, as one program.
//!
//! - `html`: every panel as markup, drawn on the host.
//! - `tidy`: house rules: who may use whom, headers, linked stylesheets, no path of anybody's machine.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, missing_docs)] // The bans are for the simulation.

mod html;
mod tidy;
