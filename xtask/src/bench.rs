//! How fast the simulation is: the native program measures itself, compiled for speed. And the page, in a browser.

use crate::run::{Result, command, minutes, run as run_command};
use crate::test::browser_tests;

/// `cargo xtask bench`
pub fn run(words: &[String]) -> Result<()> {
    if words.iter().any(|word| word == "--browser") {
        let words = ["--", "--ignored", "--nocapture", "page_budgets"].map(str::to_string);
        return run_command(&mut browser_tests(&words)?, minutes(20));
    }
    let mut bench = command("cargo");
    bench.args(["run", "--quiet", "--profile", "native", "--no-default-features", "--features", "cli"]);
    bench.args(["--bin", "ordinal", "--", "bench"]).args(words);
    run_command(&mut bench, minutes(20))
}
