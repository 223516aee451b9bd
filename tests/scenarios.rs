//! Scenarios and what they print: `scenarios/**/*.scn` beside `*.out`, written anew with UPDATE_EXPECT=1.

use ordinal::samples::STORIES;
use ordinal::session::Run;
use std::fs;
use std::path::{Path, PathBuf};

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|e| e == "scn") {
            found.push(path);
        }
    }
}

fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"), &mut found);
    assert!(!found.is_empty());
    found
}

/// Every scenario, the page's stories included, by name and text.
pub fn all() -> Vec<(String, String)> {
    let read = |file: PathBuf| (file.display().to_string(), fs::read_to_string(&file).unwrap());
    let stories = STORIES.iter().map(|story| (story.slug.to_string(), story.scenario.to_string()));
    files().into_iter().map(read).chain(stories).collect()
}

#[test]
fn scenarios_print_what_they_printed() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let run = Run::from_scenario(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let got = run.print_transcript();
        let expected = file.with_extension("out");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &got).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(got, expected, "{}", file.display());
    }
}
