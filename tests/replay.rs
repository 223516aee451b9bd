//! The engine against recordings of a real control plane, in `tests/golden/recordings`.
//!
//! Decisions and settled states have to be equal; what a recording still shows otherwise stands in [`KNOWN`], so that a
//! fix announces itself.

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
];

/// Recording, class, subject: places that differ, and why.
const KNOWN: &[(&str, Class, &str)] = &[
    // kubectl's requests take no time here, so two deletions of one command are one change of the slice.
    ("ondelete", Class::Settled, "EndpointSlice/nginx-~1"),
];

#[test]
fn decisions_settled_states_and_events_are_those_of_the_recordings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/recordings");
    let mut wrong = Vec::new();
    let mut known: Vec<(&str, Class, &str)> = Vec::new();
    for name in EQUAL {
        let recording = folder::read(&root.join(name)).unwrap();
        let report = replay(&recording).unwrap();
        for class in [Class::Decisions, Class::Settled, Class::Events] {
            let (equal, all) = report.of(class);
            println!("{name}: {} {equal} of {all}", class.name());
            assert!(all > 0, "{name} compares nothing");
        }
        for difference in &report.differences {
            if difference.class == Class::Outputs {
                continue;
            }
            match KNOWN
                .iter()
                .find(|(n, c, s)| n == name && *c == difference.class && *s == difference.subject)
            {
                Some(entry) => known.push(*entry),
                None => wrong.push(format!("{name}: {difference:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for entry in KNOWN {
        assert!(known.contains(entry), "{entry:?} agrees now: take it off the list");
    }
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
