//! The engine against recordings of a real control plane, in `tests/golden/recordings`.
//!
//! All four classes have to be equal. What cannot be stands in `tests/golden/exceptions.txt`, and must differ: so a mended
//! one announces itself.

use ordinal::replay::{Class, Recording, folder, replay};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const EQUAL: &[&str] = &[
    "seed-web",
    "parallel-up-down",
    "partition-canary",
    "ondelete",
    "start-ordinal",
    "stuck-unready",
    "min-ready",
    "retention-delete",
    "retention-retain-delete",
    "deploy-vs-sts",
    "daemonset",
    "node-loss",
    "adopt-and-release",
    "broken-rollout",
    "cascade",
    "max-unavailable-off",
    "parallel-rollout",
    "pending-cpu",
    "publish-not-ready",
    "quota",
    "drain",
    "more/autoscalers",
    "more/budgets",
    "more/claim-in-use",
    "more/failed-succeeded",
    "more/finalizers",
    "more/late-class",
    "more/mixed-node",
    "more/mixed-sets",
    "more/mixed-strategies",
    "more/partition-rolling",
    "more/retention-flip",
];

#[test]
fn decisions_settled_states_events_and_outputs_are_those_of_the_recordings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/recordings");
    let mut wrong = Vec::new();
    for name in EQUAL {
        let recording = folder::read(&root.join(name)).unwrap();
        let report = replay(&recording).unwrap();
        for class in Class::ALL {
            let (equal, all) = report.of(class);
            println!("{name}: {} {equal} of {all}", class.name());
            // What our own recordings print was not kept.
            assert!(all > 0 || class == Class::Outputs, "{name} compares nothing");
        }
        wrong.extend(report.differences.iter().map(|difference| format!("{name}: {difference:?}")));
        wrong.extend(report.idle.iter().map(|file| format!("{name}: {file} is excepted and agrees")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn revision_hashes_are_those_the_second_document_prints() {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/recordings/versions/1.33.13/seed-stateful");
    let report = replay(&folder::read(&root).unwrap()).unwrap();
    let (equal, all) = report.of(Class::Decisions);
    assert_eq!(
        equal,
        all,
        "{:#?}",
        report.differences.iter().filter(|d| d.class == Class::Decisions).collect::<Vec<_>>()
    );
    let text = std::fs::read_to_string(root.join("actors.json")).unwrap();
    for hash in ["7db594cfbd", "6c7d474cc"] {
        assert!(text.contains(hash), "the recording has {hash}");
    }
}

fn recordings(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    if entries.iter().any(|path| path.ends_with("scenario.yaml")) {
        found.push(folder.to_path_buf());
        return;
    }
    entries.iter().filter(|path| path.is_dir()).for_each(|path| recordings(path, found));
}

// `kubernetes: v1.36.3` of its scenario.
fn version(recording: &Recording) -> String {
    let text = &recording.files["scenario.yaml"];
    let line = text.lines().find_map(|line| line.trim().strip_prefix("kubernetes: "));
    line.expect("a recording names its version").trim_matches(['v', '\'', '"']).to_string()
}

/// The table that the page's help shows: by version how many recordings there are, then for each class how many agree and
/// of how many, then how many outputs are excepted. `UPDATE_EXPECT=1` writes it.
#[test]
fn the_help_shows_what_the_replay_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    recordings(&root.join("tests/golden/recordings"), &mut found);
    let mut versions: BTreeMap<String, [usize; 10]> = BTreeMap::new();
    for path in &found {
        let recording = folder::read(path).unwrap();
        let report = replay(&recording).unwrap();
        let row = versions.entry(version(&recording)).or_default();
        row[0] += 1;
        for (i, class) in Class::ALL.into_iter().enumerate() {
            let (equal, all) = report.of(class);
            row[1 + 2 * i] += equal;
            row[2 + 2 * i] += all;
        }
        row[9] += report.excepted;
    }
    let line = |(version, row): (&String, &[usize; 10])| {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        format!("{version} {}\n", cells.join(" "))
    };
    let table: String = versions.iter().map(line).collect();
    let file = root.join("static/replayed.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, table, "static/replayed.txt is stale: UPDATE_EXPECT=1 writes it");
}
