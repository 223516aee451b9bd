//! All tests: on the host, then the page in a real browser. The last line says how many passed.

use crate::build;
use crate::run::{Result, SAID, command, minutes, root, watch};
use crate::setup;
use crate::single;
use std::process::Command;

/// `cargo xtask test`
pub fn run(words: &[String]) -> Result<()> {
    let ours: Vec<&str> = words.iter().map(String::as_str).take_while(|word| *word != "--").collect();
    let theirs = words.get(ours.len()..).unwrap_or_default();
    let mut tally = Tally::default();

    if !ours.contains(&"--browser") {
        let mut host = command("cargo");
        host.args(["test", "--workspace", "--no-fail-fast"]).args(theirs);
        match setup::shellcheck() {
            Ok(found) => drop(found.map(|program| host.env("SHELLCHECK", program))),
            Err(reason) => tally.broken("shellcheck", &reason),
        }
        tally.count("the host tests", &mut host);
    }
    if !ours.contains(&"--host") {
        match browser_tests(theirs) {
            Ok(mut tests) => tally.count("the browser tests", &mut tests),
            Err(reason) => tally.broken("the browser tests", &reason),
        }
    }

    let good = tally.failed == 0 && tally.passed > 0;
    if tally.passed + tally.failed == 0 {
        println!("no test ran");
    }
    // The last line, whatever happened: whoever runs this reads it there.
    println!("\ntotal: {} passed, {} failed", tally.passed, tally.failed);
    if good { Ok(()) } else { Err(SAID.into()) }
}

/// The tests in a real browser, of the page built for them.
pub fn browser_tests(theirs: &[String]) -> Result<Command> {
    let browser = setup::browser()?;
    let dist = build::page(false)?;
    single::write(&dist)?;
    let mut tests = command("cargo");
    tests.args(["test", "--test", "e2e", "--features", "e2e"]);
    tests.args(if theirs.is_empty() { &[] } else { theirs });
    tests.env("ORDINAL_AXE", setup::axe()?);
    tests.env("ORDINAL_SINGLE", root().join(single::FILE));
    tests.env("ORDINAL_DIST", dist).env("CHROME", browser.chrome).env("CHROMEDRIVER", browser.driver);
    // Each test has a browser of its own: more at once than processors only makes them all late.
    if std::env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", "2");
    }
    Ok(tests)
}

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Runs tests and adds their results; a run that fails without a failed test (it did not compile, it crashed, it
    /// hung) counts as one.
    fn count(&mut self, what: &str, command: &mut Command) {
        let failed_before = self.failed;
        let result = watch(command, minutes(20), |line| {
            if let Some((passed, failed)) = result_line(line) {
                self.passed += passed;
                self.failed += failed;
            }
        });
        match result {
            Ok(true) => {}
            Ok(false) if self.failed > failed_before => {}
            Ok(false) => self.broken(what, "did not compile or broke off"),
            Err(reason) => self.broken(what, &reason),
        }
    }

    fn broken(&mut self, what: &str, reason: &str) {
        eprintln!("xtask test: {what}: {reason}");
        self.failed += 1;
    }
}

/// `test result: ok. 3 passed; 0 failed; …` as (3, 0).
fn result_line(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number =
        |name: &str| counts.split("; ").find_map(|part| part.strip_suffix(name)?.trim().parse().ok());
    Some((number(" passed")?, number(" failed")?))
}

#[cfg(test)]
mod tests {
    use super::result_line;

    #[test]
    fn result_lines_are_read() {
        let line = "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(result_line(line), Some((12, 1)));
        assert_eq!(result_line("test sim::queue::order ... ok"), None);
    }
}
