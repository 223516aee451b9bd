//! What a browser keeps of the page, so that it opens without a network: the list in `static/sw.js`.
//!
//! Everything that the document names, the document itself, and the lessons. The worker checks each file against its SHA-256 before it
//! shows a version, so a visitor never gets half of one and half of another.

use crate::run::{Result, command, pipe};
use std::fs;
use std::path::Path;

const DIGEST: &str = "const fs = require('fs'), { createHash } = require('crypto');
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
for (const file of fs.readFileSync(0, 'utf8').split('\\n').filter(Boolean)) console.log(sha(fs.readFileSync(file)));";

/// Writes the list of a finished build into its worker.
pub fn list_files(dist: &Path) -> Result<()> {
    let html = fs::read_to_string(dist.join("index.html")).map_err(|error| error.to_string())?;
    let mut names = vec!["index.html".to_string()];
    let entries = fs::read_dir(dist).map_err(|error| error.to_string())?;
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "index.html" && html.contains(&name) {
            names.push(name);
        }
    }
    let lessons = fs::read_dir(dist.join("lessons")).into_iter().flatten().flatten();
    names.extend(lessons.map(|entry| format!("lessons/{}", entry.file_name().to_string_lossy())));
    names.sort();
    let files: Vec<_> = names.iter().map(|name| dist.join(name).display().to_string()).collect();
    let hashes = pipe(command("node").args(["-e", DIGEST]), &files.join("\n"))?;
    let hashes: Vec<&str> = hashes.lines().collect();
    if hashes.len() != names.len() {
        return Err("a file of the page could not be read".into());
    }
    let list: Vec<_> =
        names.iter().zip(&hashes).map(|(name, hash)| format!("\"{name}\":\"{hash}\"")).collect();
    let list = format!("{{{}}}", list.join(","));
    let version = crate::build::fnv(list.as_bytes());

    let worker = dist.join("sw.js");
    let text = fs::read_to_string(&worker).map_err(|error| format!("{}: {error}", worker.display()))?;
    let (files, number) = ("const FILES = {};", "const VERSION = \"\";");
    if !(text.contains(files) && text.contains(number)) {
        return Err(format!("{}: `{files}` or `{number}` is missing", worker.display()));
    }
    let text = text.replacen(files, &format!("const FILES = {list};"), 1);
    let text = text.replacen(number, &format!("const VERSION = \"{version:016x}\";"), 1);
    fs::write(&worker, text).map_err(|error| format!("{}: {error}", worker.display()))
}
