//! What a visitor downloads, against the budget.
//!
//! The budget is for what the first picture needs: what index.html names (and `snippets/`, which the glue imports), less
//! the engine, which is fetched behind it (halves.rs) and has a ceiling of its own. Everything else in `dist/` is
//! fetched only when somebody asks for it and is listed apart. Node.js, there anyway for wasm-opt, brings real zlib and Brotli.

use crate::build;
use crate::run::{Result, command, pipe, root};
use crate::setup;
use std::fs;
use std::path::{Path, PathBuf};

/// A kind of file, and how much of it there may be: kilobytes of 1,024 bytes, after gzip -9.
struct Part {
    name: &'static str,
    begins: &'static str,
    ends: &'static str,
    budget: f64,
}

/// What the first picture needs.
const PARTS: &[Part] = &[
    Part { name: "HTML", begins: "", ends: ".html", budget: 14.0 },
    Part { name: "CSS", begins: "", ends: ".css", budget: 12.0 },
    Part { name: "JS", begins: "", ends: ".js", budget: 10.0 },
    Part { name: "WASM", begins: "page-", ends: ".wasm", budget: 260.0 },
];
const TOTAL: f64 = 300.0;
/// What somebody else's page fetches, or a page inside it before it wakes.
const SMALL: &[Part] = &[
    Part { name: "element", begins: "sts-stage", ends: ".js", budget: 3.0 },
    Part { name: "embed", begins: "embed-", ends: ".js", budget: 3.0 },
];
/// What the first press of a button needs besides, and is fetched without being asked for. Whoever makes it smaller
/// lowers this; whoever has to raise it says in CHANGELOG.md what for.
const ENGINE: Part = Part { name: "engine", begins: "engine-", ends: ".wasm", budget: 1010.0 };
/// What we would like it to be.
const STRETCH_WASM: f64 = 180.0;
const STRETCH_TOTAL: f64 = 215.0;

const MEASURE: &str = "const zlib = require('zlib'), fs = require('fs');
for (const file of fs.readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  const bytes = fs.readFileSync(file);
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  console.log(bytes.length, zlib.gzipSync(bytes, { level: 9 }).length, zlib.brotliCompressSync(bytes, { params }).length);
}";

#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Size {
    fn add(self, other: Size) -> Size {
        Size { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// `cargo xtask size`
pub fn run(_words: &[String]) -> Result<()> {
    let mut dist = root().join("dist");
    if !dist.join("index.html").exists() {
        dist = build::page(false)?;
    }
    setup::npm()?;
    let mut files = Vec::new();
    list(&dist, &mut files).map_err(|error| format!("{}: {error}", dist.display()))?;
    files.sort();
    let sizes = measure(&files)?;
    let index = fs::read_to_string(dist.join("index.html")).map_err(|error| error.to_string())?;
    // Parts are named there to be found, and fetched only when they are needed.
    let (before, list) = index.split_once("<meta name=\"page-parts\"").unwrap_or((&index, ""));
    let index = [before, list.split_once('>').map_or("", |(_, rest)| rest)].concat();

    let (mut critical, mut apart) = (Vec::new(), Vec::new());
    for (file, size) in files.iter().zip(sizes) {
        let inside = file.strip_prefix(&dist).unwrap_or(file).to_string_lossy().into_owned();
        let counts = inside == "index.html" || inside.starts_with("snippets/") || index.contains(&inside);
        if counts { critical.push((inside, size)) } else { apart.push((inside, size)) }
    }

    println!("{:<10}{:>10}{:>10}{:>10}{:>10}", "KB", "raw", "gzip -9", "brotli", "budget");
    let mut over = Vec::new();
    let mut total = Size::default();
    for part in PARTS {
        let size = part.of(&critical);
        if size.raw == 0 && part.ends == ".wasm" {
            return Err("dist/ holds no module: build the page first".into());
        }
        total = total.add(size);
        row(part.name, size, part.budget, &mut over);
    }
    row("total", total, TOTAL, &mut over);
    println!("stretch: WASM {STRETCH_WASM:.0}, total {STRETCH_TOTAL:.0}");
    println!("\nfetched behind the first picture");
    let engine = ENGINE.of(&critical);
    row(ENGINE.name, engine, ENGINE.budget, &mut over);
    let both = total.add(engine);
    println!("{:<10}{:>10}{:>10}{:>10}", "both", kilo(both.raw), kilo(both.gzip), kilo(both.brotli));

    println!("\nfetched by pages that hold a run");
    for part in SMALL {
        row(part.name, part.of(&apart), part.budget, &mut over);
    }
    let single = root().join(crate::single::FILE);
    if single.exists() {
        let size = measure(std::slice::from_ref(&single))?;
        println!("\nthe page in one file (cargo xtask single)");
        println!(
            "{:>10}{:>10}{:>10}  {}",
            kilo(size[0].raw),
            kilo(size[0].gzip),
            kilo(size[0].brotli),
            crate::single::FILE
        );
    }

    let is_counted = |name: &str| PARTS.iter().chain([&ENGINE]).any(|part| part.holds(name));
    let rest: Vec<_> = critical.iter().filter(|(name, _)| !is_counted(name)).collect();
    if !(rest.is_empty() && apart.is_empty()) {
        println!("\nfetched when asked for, not counted");
        for (name, size) in rest.into_iter().chain(&apart) {
            println!("{:>10}{:>10}{:>10}  {name}", kilo(size.raw), kilo(size.gzip), kilo(size.brotli));
        }
    }
    if over.is_empty() { Ok(()) } else { Err(format!("over budget: {}", over.join(", "))) }
}

impl Part {
    fn holds(&self, name: &str) -> bool {
        name.starts_with(self.begins) && name.ends_with(self.ends)
    }

    fn of(&self, files: &[(String, Size)]) -> Size {
        let own = files.iter().filter(|(name, _)| self.holds(name));
        own.fold(Size::default(), |sum, (_, size)| sum.add(*size))
    }
}

fn row(name: &'static str, size: Size, budget: f64, over: &mut Vec<&'static str>) {
    let too_much = size.gzip as f64 / 1024.0 > budget;
    if too_much {
        over.push(name);
    }
    let mark = if too_much { "  OVER" } else { "" };
    let (raw, gzip, brotli) = (kilo(size.raw), kilo(size.gzip), kilo(size.brotli));
    println!("{name:<10}{raw:>10}{gzip:>10}{brotli:>10}{budget:>10.0}{mark}");
}

fn kilo(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1024.0)
}

fn measure(files: &[PathBuf]) -> Result<Vec<Size>> {
    let names: Vec<_> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let text = pipe(command("node").args(["-e", MEASURE]), &names.join("\n"))?;
    let sizes = text.lines().map(|line| {
        let mut numbers = line.split(' ').map(|word| word.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Size { raw: next(), gzip: next(), brotli: next() }
    });
    Ok(sizes.collect())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { list(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
