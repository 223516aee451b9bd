//! The tests that need no browser, as one program.
//!
//! - `tidy`: house rules: who may use whom, headers, linked stylesheets, no path of anybody's machine.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, missing_docs)] // The bans are for the simulation.

mod tidy;
