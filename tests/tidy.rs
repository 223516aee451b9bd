//! House rules, read off the tree: layers, headers, linked stylesheets, no path of anybody's machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom, bottom up: a layer may name itself and what stands beside it here, nothing else. A new folder
/// or file directly under `src` needs a line; a layer that is not there yet needs none removed.
const LAYERS: &[(&str, &str)] = &[
    ("sim", ""),
    ("api", "sim"),
    ("store", "sim api"),
    ("component", "sim api store"),
    ("lang", "sim api component"),
    ("samples", "lang"),
    ("scheduler", "sim api store component"),
    ("kubelet", "sim api store component"),
    ("dns", "sim api store component"),
    ("controllers", "sim api store component"),
    ("cluster", "sim api store component scheduler kubelet dns controllers"),
    ("scenario", "sim api component samples dns cluster"),
    ("kubectl", "sim api store component samples cluster"),
    ("session", "sim api store component samples dns cluster scenario kubectl"),
    ("lessons", "sim api component scenario kubectl session lang"),
    ("replay", "sim api store component cluster scenario session kubectl dns controllers"),
    ("advice", "sim api lang samples"),
    ("story", "sim api store component cluster scenario lang scene"),
    ("scene", "sim api store component cluster scenario lang story"),
    (
        "program",
        "sim api store component cluster scenario session lessons kubectl lang samples advice scene story",
    ),
    (
        "ui",
        "sim api store component scheduler kubelet dns controllers cluster scenario session kubectl lessons lang samples advice scene story program",
    ),
];

/// The two programs stand above the library and name it by its name.
const PROGRAMS: &[&str] = &["main.rs", "lib.rs", "cli"];

/// The web's own crates, and the only folder that may name them.
const WEB: &[&str] = &["web_sys", "js_sys", "gloo"];
const WEB_FOLDER: &str = "ui/platform";

/// Yew has one folder too.
const YEW_FOLDER: &str = "ui";

#[test]
fn layers_use_only_what_is_below() {
    let mut broken = Vec::new();
    let macros = macros();
    for file in sources() {
        let name = relative(&file, "src");
        let layer = name.split(['/', '.']).next().unwrap_or_default();
        if PROGRAMS.iter().any(|program| *program == name || name.starts_with(&format!("{program}/"))) {
            continue;
        }
        let Some((_, below)) = LAYERS.iter().find(|(known, _)| *known == layer) else {
            broken.push(format!("src/{name}: the layer {layer:?} is not in LAYERS of tests/tidy.rs"));
            continue;
        };
        let code = code_of(&read(&file));
        for used in crate_paths(&code) {
            if used != layer && !macros.contains(&used) && !below.split(' ').any(|allowed| allowed == used) {
                broken.push(format!("src/{name}: {layer} uses crate::{used}"));
            }
        }
        for web in WEB {
            if names_crate(&code, web) && !name.starts_with(WEB_FOLDER) {
                broken.push(format!("src/{name}: {web} belongs into src/{WEB_FOLDER}"));
            }
        }
        if names_crate(&code, "yew") && layer != YEW_FOLDER {
            broken.push(format!("src/{name}: yew belongs into src/{YEW_FOLDER}"));
        }
        if layer == "sim" {
            for other in dependencies().iter().filter(|other| names_crate(&code, other)) {
                broken.push(format!("src/{name}: sim uses {other}, and may use std only"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_module_has_a_header() {
    // A module's tests in a file of their own are described by the module.
    let modules = sources().into_iter().filter(|file| !file.ends_with("tests.rs"));
    let bare: Vec<_> = modules.filter(|file| !read(file).starts_with("//!")).collect();
    assert!(bare.is_empty(), "no `//!` header on the first line: {bare:#?}");
}

#[test]
fn every_stylesheet_is_linked() {
    let index = read(&root().join("index.html"));
    let mut files = Vec::new();
    walk(&root().join("styles"), &mut files);
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "css")) {
        let href = format!("href=\"{}\"", relative(file, ""));
        assert!(index.contains(&href), "index.html lacks <link data-trunk rel=\"css\" {href}>");
    }
    for line in index.lines().filter(|line| line.contains("rel=\"css\"")) {
        let href = line.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        assert!(root().join(href).exists(), "index.html links {href}, which is not there");
    }
}

#[test]
fn the_page_runs_under_its_policy() {
    let index = read(&root().join("index.html"));
    assert!(index.contains("script-src 'self' 'wasm-unsafe-eval'"), "index.html states no policy");
    for tag in index.split("<script").skip(1) {
        let (attributes, body) = tag.split_once('>').unwrap_or_default();
        assert!(
            attributes.contains("src=") && body.starts_with("</script>"),
            "an inline script: <script{attributes}>"
        );
    }
}

#[test]
fn nothing_names_a_machine() {
    // Put together here, so that this file passes.
    let folders = ["work", "root", "farm", "home/[a-z]", "Users/[A-Za-z]"].map(|name| format!("/{name}/"));
    let mut files = Vec::new();
    walk(&root(), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for (number, line) in text.lines().enumerate() {
            if folders.iter().any(|folder| has_path(line, folder)) {
                found.insert(format!("{}:{}: {}", relative(&file, ""), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Whether an absolute path begins with this folder; `[…]` at its end stands for any name.
fn has_path(line: &str, folder: &str) -> bool {
    let (start, any_name) = match folder.split_once('[') {
        Some((start, _)) => (start, true),
        None => (folder, false),
    };
    line.match_indices(start).any(|(at, _)| {
        let absolute = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~})".contains(c));
        let named = line[at + start.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
        absolute && (!any_name || named)
    })
}

/// Rust text without comments, so that prose may name whatever it likes.
fn code_of(text: &str) -> String {
    let line = |line: &str| line.split("//").next().unwrap_or_default().to_string() + "\n";
    text.lines().map(line).collect()
}

/// The modules named by `crate::…`, also inside braces.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(top_names(list)),
            None => drop(found.insert(first_name(rest))),
        }
    }
    found.remove("");
    found
}

/// The macros of the crate: they stand at its root, wherever they are written.
fn macros() -> BTreeSet<String> {
    let texts: Vec<_> = sources().iter().map(|file| read(file)).collect();
    texts.iter().flat_map(|text| text.split("macro_rules! ").skip(1)).map(first_name).collect()
}

/// `api::{Kind, Object}, sim::time}` as api, sim.
fn top_names(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && !c.is_whitespace() => {
                names.push(first_name(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The crates of Cargo.toml's `[dependencies]`, as Rust spells them.
fn dependencies() -> Vec<String> {
    let manifest = read(&root().join("Cargo.toml"));
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.trim().replace('-', "_")).collect()
}

fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let rest = &code[at + name.len()..];
        !code[..at].ends_with(word) && (rest.starts_with("::") || rest.starts_with(';'))
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files
}

/// All files below a folder but what is built or hidden by version control.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "dist", "dist-single", ".git", ".dist.new", ".dist.old", "node_modules"]
                .contains(&name.as_str())
            {
                walk(&path, files);
            }
        } else if name != ".git" {
            files.push(path);
        }
    }
}

fn relative(file: &Path, below: &str) -> String {
    let path = file.strip_prefix(root().join(below)).unwrap_or(file);
    path.to_string_lossy().replace('\\', "/")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn paths_are_found_in_code() {
    let code =
        code_of("use crate::{api::{Kind, Object}, sim::time};\nlet x = crate::store::get(); // crate::ui\n");
    assert_eq!(crate_paths(&code).into_iter().collect::<Vec<_>>(), ["api", "sim", "store"]);
    assert!(names_crate("use web_sys::Window;", "web_sys") && !names_crate("my_web_sys::x", "web_sys"));
}
