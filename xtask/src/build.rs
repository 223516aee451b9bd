//! The page in `dist/`.
//!
//! Trunk compiles and names the parts (Trunk.toml says how). What it leaves to us: the module is cut in two
//! (`halves.rs`); the stylesheets, which index.html links one by one for the sake of who writes them, become one file,
//! so that a visitor asks once; scripts and styles are minified; and the finished folder takes the place of `dist/` at
//! the end, so that whoever is being served never sees half a build.

use crate::halves;
use crate::lesson_pages;
use crate::offline;
use crate::run::{Result, minutes, root, run as run_command, target_dir};
use crate::setup::{self, Kit};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// `cargo xtask build`
pub fn run(words: &[String]) -> Result<()> {
    let dist = page(words.iter().any(|word| word == "--dev"))?;
    println!("the page is in {}", dist.strip_prefix(root()).unwrap_or(&dist).display());
    Ok(())
}

/// Builds the page and answers where it is.
pub fn page(dev: bool) -> Result<PathBuf> {
    let kit = setup::page()?;
    let start = Instant::now();
    let draft = target_dir().join("page");
    let mut trunk = kit.command("trunk");
    trunk.args(["build", "--dist"]).arg(&draft);
    if !dev {
        trunk.arg("--release");
    }
    eprintln!("building the page{}", if dev { " (not optimised)" } else { "" });
    run_command(&mut trunk, minutes(20))?;
    join_stylesheets(&draft)?;
    index_lessons(&draft.join("lessons"))?;
    if !dev {
        halves::cut(&kit, &draft)?;
        minify(&kit, &draft)?;
        name_parts(&draft)?;
        offline::list_files(&draft)?;
    }
    lesson_pages::write(&draft, &std::env::var("ORDINAL_URL").unwrap_or_default())?;
    let dist = root().join("dist");
    replace(&draft, &dist)?;
    eprintln!("built the page in {:.0} s", start.elapsed().as_secs_f64());
    Ok(dist)
}

/// Makes one hashed file of the stylesheets that index.html links, in that order.
fn join_stylesheets(dist: &Path) -> Result<()> {
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    let links: Vec<Tag> =
        tags(&html).into_iter().filter(|tag| tag.attribute("rel") == Some("stylesheet")).collect();
    let Some(first) = links.first() else { return Ok(()) };

    let mut css = String::new();
    for link in &links {
        let file = dist.join(link.attribute("href").unwrap_or_default());
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if text.contains("@import") {
            return Err(format!(
                "{}: @import costs a visitor a round trip: link it in index.html",
                file.display()
            ));
        }
        css += text.trim_end();
        css.push('\n');
        fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let name = format!("ordinal-{:016x}.css", fnv(css.as_bytes()));
    fs::write(dist.join(&name), css).map_err(|error| format!("{name}: {error}"))?;

    let mut out = html[..first.start].to_string();
    out += &format!("<link rel=\"stylesheet\" href=\"./{name}\">");
    let mut at = first.end;
    for link in &links[1..] {
        out += html[at..link.start].trim_end();
        at = link.end;
    }
    out += &html[at..];
    fs::write(&index, out).map_err(|error| format!("{}: {error}", index.display()))
}

/// Writes `lessons/index.yaml`, the front matter of every lesson, so that the list needs none of their texts.
fn index_lessons(folder: &Path) -> Result<()> {
    let io = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).map_err(io)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut index = String::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(file).map_err(io)?;
        let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let (front, _) = front.ok_or_else(|| format!("{}: no front matter", file.display()))?;
        index += &format!("---\n{front}\n");
    }
    fs::write(folder.join("index.yaml"), index).map_err(io)
}

/// Takes out what only the authors read. Trunk's own minifiers do not know today's JavaScript.
fn minify(kit: &Kit, dist: &Path) -> Result<()> {
    let entries = fs::read_dir(dist).map_err(|error| error.to_string())?;
    // The worker's list is written into it afterwards.
    let ours = |file: &PathBuf| {
        file.extension().is_some_and(|extension| extension == "js" || extension == "css")
            && !file.ends_with("sw.js")
    };
    let files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(ours).collect();
    let mut esbuild = kit.command("esbuild");
    esbuild.args([
        "--minify",
        "--log-level=warning",
        "--charset=utf8",
        "--target=es2022",
        "--allow-overwrite",
    ]);
    esbuild.arg(format!("--outdir={}", dist.display())).args(&files);
    run_command(&mut esbuild, minutes(2))?;

    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| error.to_string())?;
    fs::write(&index, without_comments(&html)).map_err(|error| error.to_string())
}

/// What is fetched only when it is needed, by the name that the page asks for (loader.js, `meta[name=page-parts]`).
pub const PARTS: &[&str] =
    &["classroom.js", "embed.js", "lesson.js", "panels.css", "pictures.js", "present.css"];

/// Gives the parts names with a hash, so that no two versions of the page ever share one.
fn name_parts(dist: &Path) -> Result<()> {
    let mut list = Vec::new();
    for part in PARTS {
        let file = dist.join(part);
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let (stem, ending) = part.rsplit_once('.').unwrap_or((part, ""));
        let name = format!("{stem}-{:016x}.{ending}", fnv(&bytes));
        fs::rename(&file, dist.join(&name)).map_err(|error| format!("{}: {error}", file.display()))?;
        list.push(format!("{part}=./{name}"));
    }
    let index = dist.join("index.html");
    let html = fs::read_to_string(&index).map_err(|error| error.to_string())?;
    let meta = format!("<meta name=\"page-parts\" content=\"{}\">\n</head>", list.join(" "));
    fs::write(&index, html.replacen("</head>", &meta, 1)).map_err(|error| error.to_string())
}

/// A document without its comments and indentation; it holds no `<pre>`.
fn without_comments(html: &str) -> String {
    let mut parts = html.split("<!--");
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        text += part.split_once("-->").map_or("", |(_, rest)| rest);
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n") + "\n"
}

/// A `<link …>` in a document, where it starts and ends.
struct Tag {
    start: usize,
    end: usize,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The links of a document. Values may stand without quotes.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = html[from..].find("<link").map(|at| from + at) {
        let mut rest = &html[start + "<link".len()..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let stop = rest.find(|c: char| c == '=' || c == '>' || c.is_whitespace()).unwrap_or(rest.len());
            let key = rest[..stop].to_ascii_lowercase();
            rest = &rest[stop..];
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let quote = after.chars().next().filter(|c| *c == '"' || *c == '\'');
                let body = &after[quote.map_or(0, char::len_utf8)..];
                let ends = |c: char| quote.map_or(c == '>' || c.is_whitespace(), |quote| c == quote);
                let stop = body.find(ends).unwrap_or(body.len());
                value = &body[..stop];
                rest = &body[stop..];
                rest = quote.and_then(|quote| rest.strip_prefix(quote)).unwrap_or(rest);
            }
            attributes.push((key, value.to_string()));
        }
        let end = (html.len() - rest.len() + 1).min(html.len());
        found.push(Tag { start, end, attributes });
        from = end;
    }
    found
}

/// Puts `new` in the place of `old`.
fn replace(new: &Path, old: &Path) -> Result<()> {
    let ready = old.with_file_name(".dist.new");
    let gone = old.with_file_name(".dist.old");
    let io = |error: std::io::Error| format!("{}: {error}", old.display());
    for leftover in [&ready, &gone] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(io)?;
        }
    }
    copy(new, &ready).map_err(io)?;
    if old.exists() {
        fs::rename(old, &gone).map_err(io)?;
    }
    fs::rename(&ready, old).map_err(io)?;
    if gone.exists() {
        fs::remove_dir_all(&gone).map_err(io)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// FNV-1a: a name for a cache, not a proof.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_with_and_without_quotes() {
        let html = r#"<a><link rel="stylesheet" href='./a b.css'/><link rel=stylesheet href=./b.css><link rel=icon>"#;
        let hrefs: Vec<_> = tags(html).iter().map(|tag| tag.attribute("href").map(str::to_string)).collect();
        assert_eq!(hrefs, [Some("./a b.css".into()), Some("./b.css".into()), None]);
        assert!(tags(html).iter().all(|tag| html[tag.start..tag.end].ends_with('>')));
    }
}
