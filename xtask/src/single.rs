//! The page as one HTML file: for a room without a network, from a USB stick.
//!
//! The built page with everything in it: scripts as one module, styles, and both halves of the WebAssembly as text. loader.js looks
//! for a file in what is carried before it asks anybody, and the policy of this document forbids asking: it can fetch nothing at all.

use crate::build::{self, PARTS};
use crate::run::{Result, minutes, pipe, root, run as run_command, target_dir};
use crate::setup;
use std::fs;
use std::path::Path;

/// Where the file is written, below the project's folder.
pub const FILE: &str = "dist-single/ordinal.html";

const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; \
    img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'";

const PACK: &str = "const zlib = require('zlib'), fs = require('fs');
for (const file of fs.readFileSync(0, 'utf8').split('\\n').filter(Boolean))
  console.log(zlib.gzipSync(fs.readFileSync(file), { level: 9 }).toString('base64'));";

/// `cargo xtask single`
pub fn run(words: &[String]) -> Result<()> {
    let built = root().join("dist");
    let keep = words.iter().any(|word| word == "--no-build") && built.join("index.html").exists();
    let dist = if keep { built } else { build::page(false)? };
    let bytes = write(&dist)?;
    println!("the page is in {FILE}: {:.1} MB", bytes as f64 / (1024.0 * 1024.0));
    Ok(())
}

/// A text as a string of JavaScript.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            c if c < ' ' || c == '<' => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}

/// Writes the file from a built page; its size in bytes.
pub fn write(dist: &Path) -> Result<usize> {
    let kit = setup::page()?;
    let read =
        |name: &str| fs::read_to_string(dist.join(name)).map_err(|error| format!("dist/{name}: {error}"));
    let html = read("index.html")?;
    let between = |start: &str, end: &str| -> Result<String> {
        let found = html.split_once(start).and_then(|(_, rest)| rest.split_once(end));
        found.map(|(text, _)| text.to_string()).ok_or_else(|| format!("dist/index.html has no {start}"))
    };
    // As a release build writes them (build.rs, halves.rs, Trunk.toml).
    let page = between("name=\"page-module\" content=\"./", "\"")?;
    let engine = between("name=\"page-engine\" content=\"./", "\"")?;
    let glue = between("rel=\"modulepreload\" href=\"./", "\"")?;
    let sheet = between("rel=\"stylesheet\" href=\"./", "\"")?;
    let parts = between("name=\"page-parts\" content=\"", "\"")?;
    let script = between("src=\"./loader", "\"").or_else(|_| between("src=./loader", ">"))?;
    let script = format!("loader{}", script.split([' ', '>']).next().unwrap_or_default());

    let mut modules = format!("glue:()=>import(\"./{glue}\")");
    let mut styles = read(&sheet)?;
    for pair in parts.split(' ') {
        let (part, file) = pair.split_once("=./").ok_or_else(|| format!("{pair} names no part"))?;
        match part.ends_with(".css") {
            true => styles += &read(file)?,
            false => modules += &format!(",\"{part}\":()=>import(\"./{file}\")"),
        }
    }
    debug_assert!(PARTS.iter().all(|part| parts.contains(part)));
    let wasm = [&page, &engine].map(|name| dist.join(name).display().to_string());
    let packed = pipe(crate::run::command("node").args(["-e", PACK]), &wasm.join("\n"))?;
    let packed: Vec<&str> = packed.lines().collect();
    let [page_text, engine_text] = packed[..] else { return Err("the module could not be packed".into()) };
    let mut texts = String::new();
    for entry in fs::read_dir(dist.join("lessons")).into_iter().flatten().flatten() {
        let name = format!("lessons/{}", entry.file_name().to_string_lossy());
        texts += &format!("\"{name}\":{},", string(&read(&name)?));
    }
    let carried = format!(
        "const modules={{{modules}}},texts={{{texts}}},files={{\"./{page}\":\"{page_text}\",\"./{engine}\":\"{engine_text}\"}};
        globalThis.ordinalCarried={{
          module:(name)=>modules[name](),
          file(address){{
            if(address in texts)return new Response(texts[address]);
            const text=files[address];
            if(!text)return;
            const bytes=Uint8Array.from(atob(text),(c)=>c.charCodeAt(0));
            const plain=new Blob([bytes]).stream().pipeThrough(new DecompressionStream(\"gzip\"));
            return new Response(plain,{{headers:{{\"Content-Type\":\"application/wasm\"}}}});
          }},
        }};\n"
    );
    let folder = target_dir().join("single");
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(io)?;
    }
    fs::create_dir_all(&folder).map_err(io)?;
    for entry in fs::read_dir(dist).map_err(io)?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "js") {
            fs::copy(entry.path(), folder.join(entry.file_name())).map_err(io)?;
        }
    }
    fs::write(folder.join("carried.js"), carried).map_err(io)?;
    fs::write(folder.join("entry.js"), format!("import \"./carried.js\";\nimport \"./{script}\";\n"))
        .map_err(io)?;
    let bundle = folder.join("bundle.js");
    let mut esbuild = kit.command("esbuild");
    esbuild.args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--log-level=error",
        "--charset=utf8",
        "--target=es2022",
    ]);
    esbuild.arg(format!("--outfile={}", bundle.display())).arg(folder.join("entry.js"));
    run_command(&mut esbuild, minutes(2))?;
    let script = fs::read_to_string(&bundle).map_err(io)?;
    let icon = pipe(
        crate::run::command("node")
            .args(["-e", "process.stdout.write(encodeURIComponent(require('fs').readFileSync(0,'utf8')))"]),
        &read("icon.svg")?,
    )?;

    let body = html.split_once("<body>").map(|(_, body)| body).ok_or("dist/index.html has no body")?;
    let title = between("<title>", "</title>")?;
    let metas: String = html
        .lines()
        .filter(|line| line.starts_with("<meta name=\"") && !line.contains("page-"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let document = format!(
        "<!doctype html>\n<html lang=\"ko\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{title}</title>\n{metas}\
        <meta name=\"page-module\" content=\"./{page}\"><meta name=\"page-engine\" content=\"./{engine}\">\n\
        <link rel=\"icon\" href=\"data:image/svg+xml,{icon}\">\n<style>{styles}</style>\n\
        </head>\n<body>{body}<script type=\"module\">{}</script>\n",
        script.replace("</script", "<\\/script").replace("<!--", "<\\!--"),
    );
    let file = root().join(FILE);
    fs::create_dir_all(file.parent().unwrap_or(&file)).map_err(|error| error.to_string())?;
    fs::write(&file, &document).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(document.len())
}
