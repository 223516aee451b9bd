//! What a real control plane said to the manifests of `tests/golden/validation`, against what is said here.
//!
//! Plays only what manifests, admission and patches answer: `apply -f`, `create -f` and `patch`. Everything else of a
//! recording is for the tests of kubectl.

use super::super::*;
use crate::api::{Profile, Text, manifest};
use crate::store::patch;
use std::fs;
use std::path::PathBuf;

/// Recordings about kubectl itself.
const OTHERS: &[&str] = &["08", "17", "18", "47", "52", "57", "66", "67", "68"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/validation")
}

#[derive(Default)]
struct Server {
    objects: Vec<Object>,
    applied: Vec<Value>,
    out: String,
    err: String,
    failed: bool,
}

impl Server {
    fn fail(&mut self, line: &str) {
        self.err.push_str(line);
        self.err.push('\n');
        self.failed = true;
    }

    fn refuse(&mut self, object: &Object, causes: &[String]) {
        let head = format!("The {} \"{}\" is invalid: ", object.kind.name(), object.name());
        match causes {
            [one] => self.fail(&format!("{head}{one}")),
            _ => self.fail(&format!("{head}\n* {}", causes.join("\n* "))),
        }
    }

    fn apply(&mut self, file: &str, warn: bool) {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let (documents, error) = manifest::parse_some(&text);
        if documents.is_empty() && error.is_none() {
            self.fail("error: no objects passed to apply");
        }
        for document in documents {
            let (mut object, problems) = match decode(&document.value) {
                Ok(read) => read,
                Err(status) => {
                    match schema::resolve(&document.value) {
                        Ok(_) => self
                            .fail(&format!("Error from server (BadRequest): error when creating \"{file}\": {status}")),
                        Err(error @ schema::KindError::NoMatch { .. }) => {
                            let meta = document.value.get("metadata");
                            self.fail(&format!(
                                "error: resource mapping not found for name: \"{}\" namespace: \"{}\" from \"{file}\": \
                                 {error}",
                                meta.get("name").str(),
                                meta.get("namespace").str()
                            ));
                        }
                        Err(error) => self.fail(&format!(
                            "error: error validating \"{file}\": error validating data: {error}; if you choose to \
                             ignore these errors, turn validation off with --validate=false"
                        )),
                    }
                    continue;
                }
            };
            if object.kind.info().namespaced {
                object.body.set(&["metadata", "namespace"], "default");
            }
            let index = self.objects.iter().position(|old| old.key() == object.key());
            if warn {
                problems.iter().for_each(|problem| self.err.push_str(&format!("Warning: {problem}\n")));
            } else if let Err(status) = strict(object.kind, &problems) {
                self.fail(&format!(
                    "Error from server (BadRequest): error when creating \"{file}\": {status}"
                ));
                continue;
            }
            match index {
                None => {
                    default(&mut object, None);
                    let causes = validate_create(&object, Profile::default_release());
                    if causes.is_empty() {
                        self.say(&object, "created");
                        warnings(&object).iter().for_each(|w| self.err.push_str(&format!("Warning: {w}\n")));
                        self.objects.push(object);
                        self.applied.push(document.value);
                    } else {
                        self.refuse(&object, &causes);
                    }
                }
                Some(i) => {
                    let old = self.objects[i].clone();
                    let ty = schema::of(object.kind);
                    let patch = patch::three_way(&self.applied[i], &old.body, &document.value, ty);
                    self.change(i, &patch, "configured", "unchanged");
                }
            }
        }
        if let Some(error) = error {
            self.fail(&format!("error: error parsing {file}: {error}"));
        }
    }

    fn change(&mut self, index: usize, change: &Value, done: &str, same: &str) {
        let old = self.objects[index].clone();
        let ty = schema::of(old.kind);
        let patched = patch::strategic(&old.body, change, ty).unwrap();
        let (mut object, problems) = schema::decode_as(old.kind, &patched).unwrap();
        problems.iter().for_each(|problem| self.err.push_str(&format!("Warning: {problem}\n")));
        default(&mut object, Some(&old));
        let causes = validate_update(&object, &old, Profile::default_release());
        if !causes.is_empty() {
            return self.refuse(&object, &causes);
        }
        self.say(&object, if object == old { same } else { done });
        self.objects[index] = object;
    }

    fn say(&mut self, object: &Object, verb: &str) {
        let info = object.kind.info();
        let dot = if info.group.is_empty() { "" } else { "." };
        self.out.push_str(&format!("{}{dot}{}/{} {verb}\n", info.singular, info.group, object.name()));
    }

    fn patch(&mut self, words: &[&str]) {
        let (plural, name) = (words[0], words[1]);
        let text = words[3];
        let change = match manifest::parse_json(text) {
            Ok(change) => change,
            Err(fault) => return self.fail(&format!("Error from server (BadRequest): {}", fault.problem)),
        };
        let kind = if plural == "pvc" { Kind::PersistentVolumeClaim } else { Kind::StatefulSet };
        let index = self.objects.iter().position(|o| o.kind == kind && o.name() == name).unwrap();
        self.change(index, &change, "patched", "patched (no change)");
    }
}

fn default(object: &mut Object, old: Option<&Object>) {
    let mut addresses = || Text::from("10.96.0.11");
    let mut context = AdmissionContext {
        profile: Profile::default_release(),
        default_storage_class: Some("standard".into()),
        toleration_secs: (300, 300),
        cluster_ip: &mut addresses,
        old,
    };
    default_object(object, &mut context);
}

/// Plays one recording; answers the first difference.
fn play(name: &str) -> Option<String> {
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let mut server = Server::default();
    for step in text.split("\n$ ").skip(1) {
        let (command, answer) = step.split_once('\n').unwrap_or((step, ""));
        let answer = answer.split("# exit ").next().unwrap_or(answer);
        let (out, err) = match answer.strip_prefix("# stderr\n") {
            Some(err) => ("", err),
            None => answer.split_once("# stderr\n").unwrap_or((answer, "")),
        };
        (server.out, server.err, server.failed) = Default::default();
        let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches('\'')).collect();
        match words[1] {
            "apply" | "create" => {
                let file = words.iter().find(|word| word.ends_with(".yaml")).unwrap();
                server.apply(file, words.contains(&"--validate=warn"));
            }
            "patch" => server.patch(&words[2..]),
            _ => continue,
        }
        for (what, expected, found) in [("stdout", out, &server.out), ("stderr", err, &server.err)] {
            if expected.trim_end() != found.trim_end() {
                return Some(format!(
                    "{name}: {command}\n{what} recorded:\n{expected}\n{what} here:\n{found}"
                ));
            }
        }
    }
    None
}

#[test]
fn recordings_of_manifests_are_answered_word_for_word() {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".txt")?.to_string()))
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    names.sort();
    assert!(names.len() > 50, "only {} recordings found", names.len());
    let different: Vec<String> = names.iter().filter_map(|name| play(name)).collect();
    assert!(
        different.is_empty(),
        "{} of {} differ\n\n{}",
        different.len(),
        names.len(),
        different.join("\n\n")
    );
}
