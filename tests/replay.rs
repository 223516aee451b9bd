//! The engine against recordings of a real control plane, in `tests/golden/recordings`.
//!
//! All four classes have to be equal. What cannot be stands in `tests/golden/exceptions.txt`, and must differ: so a mended
//! one announces itself.

use ordinal::replay::{Class, folder, replay};
use std::path::Path;

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
