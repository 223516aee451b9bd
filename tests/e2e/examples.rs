//! The host pages of `examples/`, as their generators write them, with the built page in them.

use crate::driver::{Browser, Options};
use crate::static_server::Server;
use crate::{BASE, dist};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);
const PLACE: &str = "https://EXAMPLE/ordinal/";

fn read(file: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples").join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The value of `name="…"`.
fn attribute(text: &str, name: &str) -> String {
    let found = text.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    found.unwrap_or_else(|| panic!("no {name} in {text}")).to_string()
}

/// The line of a post that asks for a run.
fn call(post: &str, start: &str) -> String {
    post.lines()
        .find(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no {start} in {post}"))
        .to_string()
}

/// A page around what a generator makes of a post.
fn page(inside: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>A post</title><link rel=icon href=data:,><p>Before.</p>{inside}"
    )
}

fn hugo() -> String {
    let line = call(&read("hugo/content/posts/scale-in.md"), "{{< ordinal ");
    let code = read("hugo/layouts/shortcodes/ordinal.html");
    page(
        &code
            .replace("{{ .Get \"run\" | safeURL }}", &attribute(&line, "run"))
            .replace("{{ .Get \"title\" }}", &attribute(&line, "title")),
    )
}

fn jekyll() -> String {
    let line = call(&read("jekyll/_posts/2026-11-21-scale-in.md"), "{% include ordinal.html ");
    let code = read("jekyll/_includes/ordinal.html");
    page(
        &code
            .replace("{{ include.run }}", &attribute(&line, "run"))
            .replace("{{ include.title }}", &attribute(&line, "title")),
    )
}

// Markdown leaves a line of HTML as it is.
fn mdbook() -> String {
    page(&call(&read("mdbook/src/scale-in.md"), "<iframe "))
}

// What React makes of the component: attributes in the place of their expressions.
fn docusaurus() -> String {
    let line = call(&read("docusaurus/docs/scale-in.mdx"), "<Ordinal ");
    let code = read("docusaurus/src/components/Ordinal.jsx");
    let frame = code.split("<iframe").nth(1).and_then(|rest| rest.split("/>").next()).expect("an iframe");
    let frame = frame
        .replace("{`", "\"")
        .replace("`}", "\"")
        .replace("${run}", &attribute(&line, "run"))
        .replace("{title}", &format!("\"{}\"", attribute(&line, "title")))
        .replace("style={{ border: 0 }}", "style=\"border:0\"");
    assert!(!frame.contains('{'), "{frame}");
    page(&format!("<iframe{frame}></iframe>"))
}

type Example = (&'static str, fn() -> String);

const EXAMPLES: &[Example] = &[
    ("plain", || read("plain/index.html")),
    ("hugo", hugo),
    ("jekyll", jekyll),
    ("mdbook", mdbook),
    ("docusaurus", docusaurus),
];

#[test]
fn every_example_shows_a_run_that_wakes() {
    let folder = std::env::temp_dir().join(format!("ordinal-examples-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let blog = Server::start(&folder, "/", 0).unwrap();
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let browser = Browser::start(&Options { lang: "en", ..Options::default() });
    for (name, make) in EXAMPLES {
        let html = make().replace(PLACE, &server.url());
        assert!(!html.contains("EXAMPLE"), "{name} names a place that it should not");
        fs::write(folder.join("index.html"), html).unwrap();
        browser.goto(&blog.url());
        match *name {
            "plain" => {
                browser.wait_for("the element", LONG, |b| {
                    b.script("return !!document.querySelector('sts-stage')?.ready") == true
                });
                browser.script_async("document.querySelector('sts-stage').pause()");
                browser.wait_for("the moment", LONG, |b| {
                    b.script_async("document.querySelector('sts-stage').get('state')")["event"] == 60
                });
            }
            _ => assert_eq!(browser.attribute("iframe", "title").as_deref(), Some("Scaling in"), "{name}"),
        }
        browser.enter_frame("iframe");
        browser.wait_for(name, LONG, |b| b.has("#wake"));
        browser.click("#wake");
        browser.wait_for(name, LONG, |b| b.has(".page--embed .caption__text"));
        browser.leave_frame();
    }
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn every_folder_is_tried() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir());
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(EXAMPLES.iter().any(|(known, _)| *known == name), "examples/{name} is opened by no test");
    }
}
