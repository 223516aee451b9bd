//! `ordinal replay`: reads folders of recordings and prints what differs.

use ordinal::replay::{Class, folder, replay};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// Replays every folder; fails if any differs.
pub fn main(folders: &[String], all: bool) -> ExitCode {
    let mut totals: BTreeMap<Class, (usize, usize)> = BTreeMap::new();
    let mut failed = false;
    for name in folders {
        let recording = match folder::read(Path::new(name)) {
            Ok(recording) => recording,
            Err(message) => {
                eprintln!("{name}: {message}");
                failed = true;
                continue;
            }
        };
        match replay(&recording) {
            Err(message) => {
                eprintln!("{name}: {message}");
                failed = true;
            }
            Ok(report) => {
                let shown = if all { usize::MAX } else { 8 };
                for difference in report.differences.iter().take(shown) {
                    let step = difference.step.map_or(String::new(), |n| format!(" step {n}"));
                    say!("{name}{step}: {} {}", difference.class.name(), difference.subject);
                    say!("  expected: {}", difference.expected.replace('\n', "\n            "));
                    say!("  got:      {}", difference.got.replace('\n', "\n            "));
                }
                if report.differences.len() > shown {
                    say!("{name}: {} more differences (--all prints them)", report.differences.len() - shown);
                }
                let counts: Vec<String> = Class::ALL
                    .iter()
                    .map(|class| {
                        let (equal, of) = report.of(*class);
                        let total = totals.entry(*class).or_default();
                        *total = (total.0 + equal, total.1 + of);
                        format!("{} {equal} of {of}", class.name())
                    })
                    .collect();
                say!("{name}: {}", counts.join(", "));
                failed |= !report.differences.is_empty();
            }
        }
    }
    let line: Vec<String> =
        totals.iter().map(|(class, (equal, of))| format!("{} {equal} of {of}", class.name())).collect();
    say!("{}", line.join(", "));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
