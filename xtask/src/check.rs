//! What a change must pass before anybody reads it: format, lints, layers, documentation.
//!
//! The combinations of features are the fences of the layout: the core compiles without the page and without the
//! native program.

use crate::run::{Result, command, minutes, run as run_command};
use crate::setup;
use std::time::Instant;

const CHECKS: &[(&str, &str)] = &[
    ("format", "fmt --all --check"),
    (
        "clippy, the page and all tests",
        "clippy --workspace --all-targets --features e2e --quiet -- -D warnings",
    ),
    ("clippy, the core alone", "clippy --no-default-features --quiet -- -D warnings"),
    (
        "clippy, the native program",
        "clippy --no-default-features --features cli --lib --bin ordinal --quiet -- -D warnings",
    ),
    ("the core compiles alone", "check --lib --no-default-features --quiet"),
    ("documentation", "doc --no-deps --quiet"),
];

/// `cargo xtask check`
pub fn run(_words: &[String]) -> Result<()> {
    setup::components()?;
    let mut failed = Vec::new();
    for (name, words) in CHECKS {
        let start = Instant::now();
        let mut cargo = command("cargo");
        cargo.args(words.split(' ')).env("RUSTDOCFLAGS", "-D warnings");
        match run_command(&mut cargo, minutes(15)) {
            Ok(()) => eprintln!("ok    {name} ({:.1} s)", start.elapsed().as_secs_f64()),
            Err(reason) => {
                eprintln!("FAIL  {name}: {reason}");
                failed.push(*name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join("; "))) }
}
