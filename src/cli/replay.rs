//! `ordinal replay`: reads folders of recordings and prints what differs.

use ordinal::replay::{Class, Recording, replay};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// Replays every folder; fails if any differs.
pub fn main(folders: &[String], all: bool) -> ExitCode {
    let mut totals: BTreeMap<Class, (usize, usize)> = BTreeMap::new();
    let mut failed = false;
    for folder in folders {
        let recording = match read(Path::new(folder)) {
            Ok(recording) => recording,
            Err(message) => {
                eprintln!("{folder}: {message}");
                failed = true;
                continue;
            }
        };
        match replay(&recording) {
            Err(message) => {
                eprintln!("{folder}: {message}");
                failed = true;
            }
            Ok(report) => {
                let shown = if all { usize::MAX } else { 8 };
                for difference in report.differences.iter().take(shown) {
                    let step = difference.step.map_or(String::new(), |n| format!(" step {n}"));
                    println!("{folder}{step}: {} {}", difference.class.name(), difference.subject);
                    println!("  expected: {}", difference.expected.replace('\n', "\n            "));
                    println!("  got:      {}", difference.got.replace('\n', "\n            "));
                }
                if report.differences.len() > shown {
                    println!("{folder}: {} more differences (--all prints them)", report.differences.len() - shown);
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
                println!("{folder}: {}", counts.join(", "));
                failed |= !report.differences.is_empty();
            }
        }
    }
    let line: Vec<String> =
        totals.iter().map(|(class, (equal, of))| format!("{} {equal} of {of}", class.name())).collect();
    println!("{}", line.join(", "));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn read(folder: &Path) -> Result<Recording, String> {
    let mut files = BTreeMap::new();
    for sub in ["", "kubectl", "dns"] {
        let directory = folder.join(sub);
        let Ok(entries) = std::fs::read_dir(&directory) else {
            if sub.is_empty() {
                return Err("no such folder".into());
            }
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_file()
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                let name = if sub.is_empty() { name } else { format!("{sub}/{name}") };
                files.insert(name, text);
            }
        }
    }
    Ok(Recording { name: folder.display().to_string(), files })
}
