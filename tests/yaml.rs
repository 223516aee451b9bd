//! Our reader of YAML against the YAML organisation's, over every manifest and every recorded `-o yaml`.
//!
//! Ours follows kubectl's (YAML 1.1: `yes` is a truth value), theirs YAML 1.2; no manifest here may depend on that.

use ordinal::api::{Value, manifest};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path.ends_with("scenario.yaml") {
            // The recorder's own, where a key `n` is no truth value.
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml")
            || path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("-o-yaml.txt"))
        {
            found.push(path);
        }
    }
    found.sort();
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Float(f) => (*f).into(),
        Value::Str(s) => s.as_str().into(),
        Value::List(list) => list.iter().map(json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.to_string(), json(value))).collect(),
    }
}

#[test]
fn both_readers_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["static", "tests/golden"] {
        manifests(&root.join(folder), &mut found);
    }
    let mut documents = 0;
    for file in &found {
        let text = fs::read_to_string(file).unwrap();
        let theirs: Result<Vec<serde_json::Value>, _> =
            serde_yaml::Deserializer::from_str(&text).map(serde_json::Value::deserialize).collect();
        match (manifest::parse(&text), theirs) {
            (Ok(ours), Ok(theirs)) => {
                let ours: Vec<_> = ours.iter().map(|document| json(&document.value)).collect();
                let theirs: Vec<_> = theirs.into_iter().filter(|document| !document.is_null()).collect();
                assert_eq!(ours, theirs, "{}", file.display());
                documents += ours.len();
            }
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => panic!("{}: only we refuse it: {error:?}", file.display()),
            // Theirs also refuses a key written twice, which kubectl takes and ours says apart; and what kubectl says
            // before what it prints, which ours takes for a document.
            (Ok(ours), Err(error)) => assert!(
                ours.iter()
                    .any(|document| !document.duplicates.is_empty() || document.value.as_map().is_none()),
                "{}: only they refuse it: {error}",
                file.display()
            ),
        }
    }
    assert!(documents > 100, "{documents} documents in {} files", found.len());
}
