//! How fast the simulation is: the native program measures itself, compiled for speed.

use crate::run::{Result, command, minutes, run as run_command};

/// `cargo xtask bench`
pub fn run(words: &[String]) -> Result<()> {
    let mut bench = command("cargo");
    bench.args(["run", "--quiet", "--profile", "native", "--no-default-features", "--features", "cli"]);
    bench.args(["--bin", "ordinal", "--", "bench"]).args(words);
    run_command(&mut bench, minutes(20))
}
