//! The tests that need no browser, as one program.
//!
//! - `colours`: words and shapes stand out from their grounds, in every theme.
//! - `determinism`: the same text gives the same run; looking back agrees with having been there.
//! - `fuzz`: random lines and templates: no panic, no hang.
//! - `gates`: whenever a set is not done and its controller does nothing, the gate that holds it has a name.
//! - `html`: every panel as markup, drawn on the host.
//! - `hostile`: input that means harm: a clear error in time, nothing changed, nothing lost.
//! - `lessons`: every lesson that comes with the page, played and checked.
//! - `model`: every order in which the actors can act, with faults: promises in every state.
//! - `observed`: logs of a real cluster on the stage.
//! - `program`: what the native program prints, over every scenario.
//! - `properties`: random runs from printed seeds, every promise after every write.
//! - `replay`: recordings of a real control plane.
//! - `scenarios`: command scripts and what they print.
//! - `tidy`: house rules: who may use whom, headers, linked stylesheets, no path of anybody's machine.
//! - `upstream`: the test vectors of the specification, pass by pass.
//! - `vectors`: those of them that need the whole cluster.
//! - `yaml`: our reader of YAML against the YAML organisation's.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, missing_docs)] // The bans are for the simulation.

mod colours;
mod determinism;
mod fuzz;
mod gates;
mod hostile;
#[cfg(feature = "ui")]
mod html;
mod lessons;
mod model;
mod observed;
mod program;
mod properties;
mod replay;
mod scenarios;
mod tidy;
mod upstream;
mod vectors;
mod yaml;
