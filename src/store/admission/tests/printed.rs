//! What `kubectl get -o yaml` and `-o json` of a real control plane printed: read, printed again, defaulted again.

use super::super::*;
use crate::api::print::{to_json, to_yaml};
use crate::api::schema::{normalise, resolve};
use crate::api::{Profile, Text, manifest};
use std::fs;
use std::path::PathBuf;

#[test]
fn recorded_objects_are_printed_and_defaulted_as_they_were() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/yaml");
    let mut objects = 0;
    let mut different = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("# stderr").next().unwrap_or("").split("# exit").next().unwrap_or("");
        let printed: String = text.lines().skip(1).map(|line| format!("{line}\n")).collect();
        let Ok(documents) = manifest::parse(&printed) else { continue };
        let [document] = documents.as_slice() else { continue };
        let again = if name.ends_with("json.txt") {
            to_json(&document.value) + "\n"
        } else {
            to_yaml(&document.value)
        };
        if again != printed {
            different.push(format!("{name}: printed\n{again}"));
        }
        let value = &document.value;
        let list: Vec<&Value> = match value.get("kind").str() {
            "List" => value.get("items").items().iter().collect(),
            _ => vec![value],
        };
        for value in list {
            let Ok(kind) = resolve(value) else { continue };
            objects += 1;
            let normal = normalise(kind, value);
            if normal != *value && !name.contains("dry-run") {
                different.push(format!("{name}: normalised\n{}\nfrom\n{}", to_yaml(&normal), to_yaml(value)));
            }
            // kubectl itself prints revisions as sets, and dry runs as it made them.
            if value.at(&["metadata", "uid"]).is_null() || name.contains("rollout-history") {
                continue;
            }
            let mut object = Object::of(kind, value.clone());
            let mut addresses = || Text::from("10.96.0.11");
            let mut context = AdmissionContext {
                profile: Profile::default_release(),
                default_storage_class: None,
                toleration_secs: (300, 300),
                cluster_ip: &mut addresses,
                old: Some(&object.clone()),
            };
            default_object(&mut object, &mut context);
            if object.body != *value {
                different.push(format!(
                    "{name}: defaulted\n{}\nfrom\n{}",
                    to_yaml(&object.body),
                    to_yaml(value)
                ));
            }
            let causes = validate_update(&object, &object, Profile::default_release());
            if !causes.is_empty() {
                different.push(format!("{name}: {causes:?}"));
            }
        }
    }
    assert!(objects > 20, "only {objects} objects found");
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}
