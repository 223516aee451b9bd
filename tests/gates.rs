//! Over all recordings: whenever a set is not done and its controller does nothing, the gate that holds it has a name;
//! and every write names what led to it, up to an input.
//!
//! `ORDINAL_GOLDEN` names a folder with more recordings.

use ordinal::api::{Kind, Object, ObjectKey};
use ordinal::component::{Cause, Gate, Happening, What};
use ordinal::replay::{folder, happenings};
use ordinal::sim::SimDuration;
use ordinal::store::Store;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A pass begins so long after what woke it up.
const REACTION: SimDuration = SimDuration(5);

fn recordings(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    entries.sort();
    if entries.iter().any(|path| path.ends_with("scenario.yaml")) {
        found.push(folder.to_path_buf());
        return;
    }
    for path in entries.iter().filter(|path| path.is_dir()) {
        recordings(path, found);
    }
}

fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    recordings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/recordings"), &mut found);
    assert!(found.len() > 15);
    if let Some(more) = std::env::var_os("ORDINAL_GOLDEN") {
        recordings(Path::new(&more), &mut found);
    }
    found
}

// What a set's status says otherwise than its spec asks for.
fn open_ends(set: &Object) -> Option<String> {
    let wanted = set.spec().get("replicas").as_int().unwrap_or(1);
    let status = set.status();
    let count = |member| status.get(member).as_int().unwrap_or(0);
    let counts = ["replicas", "readyReplicas", "availableReplicas", "updatedReplicas"];
    let differing = counts.into_iter().find(|member| count(member) != wanted);
    // With OnDelete the current revision stays behind for good (S84).
    let follows = set.spec().at(&["updateStrategy", "type"]).str() == "RollingUpdate";
    let behind = follows && status.get("currentRevision") != status.get("updateRevision");
    let revisions = behind.then_some("currentRevision");
    differing.or(revisions).map(|member| format!("{member} {:?} of {wanted}", status.get(member)))
}

/// Moments seen, and those at which no gate has a name.
fn look(store: &mut Store, happenings: &[Happening]) -> (usize, Vec<String>) {
    let mut gates: BTreeMap<ObjectKey, Option<Gate>> = BTreeMap::new();
    let (mut moments, mut nameless) = (0, Vec::new());
    for (i, happening) in happenings.iter().enumerate() {
        match &happening.what {
            What::Write(write) => store.replay(&write.key, write.new.as_ref()),
            What::Decision(decision) => drop(gates.insert(decision.set.clone(), decision.gate.clone())),
            What::Input(_) | What::Request(_) => {}
        }
        let goes_on = happenings.get(i + 1).is_some_and(|next| next.at <= happening.at + REACTION);
        if goes_on {
            continue;
        }
        for set in store.list(Kind::StatefulSet, None) {
            let Some(open) = open_ends(set) else { continue };
            moments += 1;
            if !matches!(gates.get(&set.key()), Some(Some(_))) {
                nameless.push(format!("{} ms: {}: {open}", happening.at.as_millis(), set.key()));
            }
        }
    }
    (moments, nameless)
}

#[test]
fn a_controller_that_waits_says_for_what() {
    let mut moments = 0;
    let mut nameless = Vec::new();
    for path in all() {
        let (mut store, happenings) = happenings(&folder::read(&path).unwrap()).unwrap();
        let (seen, without) = look(&mut store, &happenings);
        moments += seen;
        nameless.extend(without.into_iter().map(|line| format!("{}: {line}", path.display())));
    }
    println!("{moments} moments");
    assert!(moments > 500);
    assert!(nameless.is_empty(), "{} of {moments}:\n{}", nameless.len(), nameless.join("\n"));
}

#[test]
fn every_write_goes_back_to_an_input() {
    let mut seen = 0;
    for path in all() {
        let (_, happenings) = happenings(&folder::read(&path).unwrap()).unwrap();
        let mut rooted = std::collections::BTreeSet::new();
        for happening in &happenings {
            let What::Write(write) = &happening.what else { continue };
            let known = match write.because {
                Cause::Start => false,
                Cause::Input(n) => n > 0,
                Cause::Write(n) => rooted.contains(&n),
            };
            assert!(
                known,
                "{}: {} by {} because of {:?}",
                path.display(),
                write.key,
                write.actor,
                write.because
            );
            rooted.insert(write.n);
            seen += 1;
        }
    }
    println!("{seen} writes");
    assert!(seen > 5_000);
}
