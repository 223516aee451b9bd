//! The page's module, cut in two and made small.
//!
//! What the first picture needs arrives first; the engine follows while the picture is being looked at. Which Rust
//! modules are which says `xtask/split/src/parts.rs`; the document names both files (`meta[name=page-module]`,
//! `meta[name=page-engine]`) and loader.js joins them. Each half is optimised for itself after the cut, so that
//! nothing of one is inlined into the other.

use crate::build::fnv;
use crate::run::{Result, command, minutes, run, target_dir};
use crate::setup::Kit;
use std::fs;
use std::path::Path;

/// What today's browsers understand, of what the compiler may use.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The names of the halves in `dist/`, before their hash.
pub const HALVES: [&str; 2] = ["page", "engine"];

/// Cuts the module of a release build in `dist`.
pub fn cut(kit: &Kit, dist: &Path) -> Result<()> {
    let target = target_dir();
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    let name = html.split("name=\"page-module\" content=\"./").nth(1).and_then(|rest| rest.split('"').next());
    let name = name.ok_or("index.html names no module")?;
    let bound = dist.join(name);
    let linked = target.join("wasm32-unknown-unknown/release/ordinal-page.wasm");
    let raw = HALVES.map(|half| target.join(format!("{half}.raw.wasm")));

    let mut split = command("cargo");
    split.args(["run", "--quiet", "--package", "split", "--"]).arg(&linked).arg(&bound).args(&raw);
    run(&mut split, minutes(5))?;
    let mut names = Vec::new();
    for (half, raw) in HALVES.iter().zip(&raw) {
        let small = target.join(format!("{half}.wasm"));
        let mut optimise = kit.command("wasm-opt");
        optimise
            .arg("-Oz")
            .args(FEATURES)
            .args(std::env::var_os("ORDINAL_NAMES").map(|_| "-g"))
            .arg(raw)
            .arg("-o")
            .arg(&small);
        run(&mut optimise, minutes(5))?;
        let bytes = fs::read(&small).map_err(|error| format!("{}: {error}", small.display()))?;
        let file = format!("{half}-{:016x}.wasm", fnv(&bytes));
        fs::write(dist.join(&file), bytes).map_err(|error| format!("{file}: {error}"))?;
        names.push(file);
    }
    fs::remove_file(&bound).map_err(|error| format!("{}: {error}", bound.display()))?;
    let metas = format!("./{}\"><meta name=\"page-engine\" content=\"./{}", names[0], names[1]);
    let html = html.replacen(&format!("./{name}"), &metas, 1);
    fs::write(&index, html).map_err(|error| format!("{}: {error}", index.display()))
}
