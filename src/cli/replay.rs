//! `ordinal replay`: reads folders of recordings and prints what differs.

use ordinal::replay::{Class, folder, replay};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

// How many outputs cannot agree (tests/golden/exceptions.txt).
fn apart(excepted: usize) -> String {
    if excepted == 0 { String::new() } else { format!(", {excepted} excepted") }
}

/// Replays every folder; fails if any differs.
pub fn main(folders: &[String], all: bool) -> ExitCode {
    let mut totals: BTreeMap<Class, (usize, usize)> = BTreeMap::new();
    let (mut failed, mut excepted) = (false, 0);
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
                for file in &report.idle {
                    say!("{name}: {file} is excepted and does not differ");
                }
                excepted += report.excepted;
                say!("{name}: {}{}", counts.join(", "), apart(report.excepted));
                failed |= !report.differences.is_empty() || !report.idle.is_empty();
            }
        }
    }
    let line: Vec<String> =
        totals.iter().map(|(class, (equal, of))| format!("{} {equal} of {of}", class.name())).collect();
    say!("{}{}", line.join(", "), apart(excepted));
    let outputs = totals.get(&Class::Outputs).map_or(0, |(_, all)| *all);
    if excepted * 20 > outputs + excepted {
        say!("more than 5 % of the outputs are excepted");
        failed |= folders.len() > 1;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
