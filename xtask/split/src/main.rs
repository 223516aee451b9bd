//! Cuts the page's module in two: what the first picture needs, and the engine, which is fetched beside it.
//!
//! `split LINKED BOUND NOW LATER`: LINKED is what the linker made, with relocations; BOUND the same after wasm-bindgen,
//! with mangled names. `split --list LINKED BOUND` prints instead how large each Rust module's code is in either half.

mod cut;
mod graph;
mod parts;

use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    #[allow(clippy::disallowed_methods)] // A program has a command line; the library has none.
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = paths.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["--list", linked, bound] => list(linked, bound),
        [linked, bound, now, later] => run(linked, bound, now, later),
        _ => {
            eprintln!("usage: split LINKED BOUND NOW LATER | split --list LINKED BOUND");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("split: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn run(linked: &str, bound: &str, now: &str, later: &str) -> Result<(), cut::Error> {
    let (linked, bound) = (read(linked)?, read(bound)?);
    let parts = graph::later(&linked, &cut::roots(&bound)?, parts::is_cut)?;
    let halves = cut::cut(&bound, &parts)?;
    for (path, bytes) in [(now, &halves.now), (later, &halves.later)] {
        std::fs::write(path, bytes).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

fn list(linked: &str, bound: &str) -> Result<(), cut::Error> {
    let (linked, bound) = (read(linked)?, read(bound)?);
    let parts = graph::later(&linked, &cut::roots(&bound)?, parts::is_cut)?;
    let mut sizes: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (name, size) in cut::sizes(&bound)? {
        sizes.entry(parts::module(&name)).or_default()[usize::from(parts.functions.contains(&name))] += size;
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, [now, later])| std::cmp::Reverse(now + later));
    println!("{:>9}{:>9}", "now", "later");
    for (module, [now, later]) in sizes {
        println!("{now:>9}{later:>9}  {module}");
    }
    let data: u32 = parts.data.iter().map(|range| range.end - range.start).sum();
    println!("data that comes later: {data}");
    println!("functions that the page calls in the engine:");
    for name in cut::crossings(&bound, &parts)? {
        println!("  {}", parts::readable(&name));
    }
    Ok(())
}
