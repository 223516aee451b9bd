//! Scenarios and what they print: `scenarios/**/*.scn` beside `*.out`, written anew with UPDATE_EXPECT=1.

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

#[test]
fn scenarios_print_what_they_printed() {
    let mut found = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios"), &mut found);
    assert!(!found.is_empty());
    for file in found {
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

#[test]
fn hostile_scenarios_are_refused_or_bounded() {
    for text in [
        "$ kubectl scale sts web --replicas=1000000000",
        "$ kubectl apply -f -",
        "\0\0\0",
        "$ \u{feff}",
        "wait 99999999h",
    ] {
        let _ = Run::from_scenario(text).map(|run| run.print_transcript());
    }
}
