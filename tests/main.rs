//! The tests that need no browser, as one program.
//!
//! - `colours`: words and shapes stand out from their grounds, in every theme.
//! - `determinism`: the same text gives the same run; looking back agrees with having been there.
//! - `html`: every panel as markup, drawn on the host.
//! - `properties`: random runs from printed seeds, every promise after every write.
//! - `replay`: recordings of a real control plane.
//! - `scenarios`: command scripts and what they print.
//! - `tidy`: house rules: who may use whom, headers, linked stylesheets, no path of anybody's machine.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, missing_docs)] // The bans are for the simulation.

mod colours;
mod determinism;
#[cfg(feature = "ui")]
mod html;
mod properties;
mod replay;
mod scenarios;
mod tidy;
