//! Every lesson that comes with the page keeps its word, and the list names every file.

use ordinal::lessons::LESSONS;
use ordinal::program;
use std::fs;
use std::path::PathBuf;

// Those of the page, and those of the tests.
const FOLDERS: &[&str] = &["src/lessons/content", "tests/lessons"];

fn files() -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.sort();
    files
}

#[test]
fn every_lesson_keeps_its_word() {
    let mut wrong = String::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        if let Err(message) = program::check_lesson(&file.to_string_lossy(), &text) {
            wrong += &message;
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn ours() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FOLDERS[0])
}

#[test]
fn every_file_is_in_the_list() {
    for file in files().iter().filter(|file| file.starts_with(ours())) {
        let slug = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(LESSONS.iter().any(|(known, _)| *known == slug), "{slug} is missing in src/lessons/mod.rs");
    }
}
