//! What the API server says of mutated manifests: the rows of `families.txt`, taken from its own validation.

use super::super::{AdmissionContext, decode, default_object, validate_create, validate_update};
use crate::api::{Object, Profile, Text, manifest};

fn read(text: &str, old: Option<&Object>) -> Object {
    let documents = manifest::parse(text).unwrap();
    let (mut object, problems) = decode(&documents[0].value).unwrap();
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    if object.kind.info().namespaced {
        object.body.set(&["metadata", "namespace"], "default");
    }
    let mut addresses = || Text::from("10.96.0.11");
    let mut context = AdmissionContext {
        profile: Profile::default_release(),
        default_storage_class: None,
        toleration_secs: (300, 300),
        cluster_ip: &mut addresses,
        old,
    };
    default_object(&mut object, &mut context);
    object
}

// What the server adds to new pods without being asked comes with every update of them.
fn with_admitted(mut object: Object, old: &Object) -> Object {
    for member in ["tolerations", "priority", "preemptionPolicy", "serviceAccountName", "serviceAccount"] {
        let value = old.spec().get(member).clone();
        if !value.is_null() && object.spec().get(member).is_null() {
            object.body.set(&["spec", member], value);
        }
    }
    object
}

fn causes(base: &str, from: &str, to: &str, updated: bool) -> Vec<String> {
    let from = from.replace("\\n", "\n");
    assert!(base.contains(&from), "{from:?} is not in\n{base}");
    let text = base.replacen(&from, &to.replace("\\n", "\n"), 1);
    let profile = Profile::default_release();
    if !updated {
        return validate_create(&read(&text, None), profile);
    }
    let old = read(base, None);
    validate_update(&with_admitted(read(&text, Some(&old)), &old), &old, profile)
}

#[test]
fn mutated_manifests_are_answered_as_the_server_does() {
    let (mut count, mut different) = (0, Vec::new());
    let sections = include_str!("families.txt").split("\n=== ").skip(1);
    for section in sections {
        let mut parts = section.split("\n--- ");
        let base = parts.next().unwrap().split_once('\n').unwrap().1;
        for part in parts {
            let (title, rows) = part.split_once('\n').unwrap();
            let mut expected: Vec<String> = Vec::new();
            // From the last to the first, so that causes are known when their row comes.
            for line in rows.lines().rev().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                if let Some(cause) = line.strip_prefix("    ") {
                    expected.insert(0, cause.replace("\\n", "\n").replace("\\\\", "\\"));
                    continue;
                }
                let (from, to) = line.split_once(" =>").unwrap();
                let to = to.strip_prefix(' ').unwrap_or(to);
                let found = causes(base, from, to, title == "updated");
                count += 1;
                if found != expected {
                    different.push(format!("{line}\nexpected {expected:#?}\nfound {found:#?}"));
                }
                expected.clear();
            }
        }
    }
    assert!(count > 100, "only {count} rows");
    assert!(different.is_empty(), "{} of {count} differ\n{}", different.len(), different.join("\n\n"));
}
