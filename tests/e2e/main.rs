//! The built page in a real browser, as a visitor meets it: under a path of its own, from plain files.
//!
//! `cargo xtask test` builds the page and runs this with `ORDINAL_DIST` naming the folder; Chromium and ChromeDriver
//! are taken from `CHROME` and `CHROMEDRIVER` or the path. A test opens a page with [`visit`], and fails on anything
//! the browser's console calls an error, whatever else it looks at.
//!
//! - `driver`: a WebDriver client
//! - `page`: the page loads, runs under its policy and says so when it cannot
//! - `harness`: the harness itself
//! - `access`: what axe-core finds, in every main state
//! - `budgets`: how fast the page is, for `cargo xtask bench --browser`
//! - `classroom`: presentation, speaker window, one file, no network
//! - `embed`: a run in somebody else's page
//! - `keyboard`: Tab over every panel and dialog, and out again
//! - `lessons`: lessons by address, from the list and as a file; questions and goals
//! - `examples`: the host pages of `examples/`
//! - `exports`: PNG, WebM, paper
//! - `looks`: what an address asks for
//! - `observed`: one's own cluster, from what kubectl watched
//! - `others`: what if, compare, causes, the keys around them
//! - `panels`: names with a client, claims with their files, the set as a Deployment
//! - `references`: ten states as they looked when somebody last looked
//! - `story`: the main story by hand, in both languages

#![allow(clippy::disallowed_methods, clippy::disallowed_types, missing_docs)] // The bans are for the simulation.

#[allow(dead_code)] // What no test uses yet is still part of the harness.
mod driver;

#[path = "../../xtask/src/static_server.rs"]
mod static_server;

mod access;
mod budgets;
mod classroom;
mod embed;
mod examples;
mod exports;
mod harness;
mod keyboard;
mod lessons;
mod looks;
mod observed;
mod others;
mod page;
mod panels;
mod pictures;
mod references;
mod story;

use driver::{Browser, Options};
use static_server::Server;
use std::path::PathBuf;
use std::time::Duration;

/// Where the page is put: a host that many share, as GitHub Pages is.
const BASE: &str = "/some/where/";

/// A page in a browser of its own.
pub struct Page {
    pub browser: Browser,
    pub server: Server,
}

/// Opens `address` (below the page's own, such as `?lang=en`), waits until the engine is there, hands the page to `look`
/// and fails if the console holds an error afterwards.
pub fn visit(options: &Options, address: &str, look: impl FnOnce(&Page)) {
    let page = open(options, address);
    page.browser.wait_for("the engine", Duration::from_secs(30), |browser| match browser.state().as_str() {
        "failed" => panic!("the page gave up: {}", browser.text("body")),
        state => state == "running" && browser.has("[data-engine=ready]"),
    });
    look(&page);
    let errors = page.browser.console_errors();
    assert!(errors.is_empty(), "the console holds errors: {errors:#?}");
}

/// Like [`visit`] without waiting or judging.
pub fn open(options: &Options, address: &str) -> Page {
    let server = Server::start(&dist(), BASE, 0).expect("a port of this machine");
    let browser = Browser::start(options);
    browser.goto(&format!("{}{address}", server.url()));
    Page { browser, server }
}

/// The built page.
pub fn dist() -> PathBuf {
    let dist = std::env::var_os("ORDINAL_DIST").map(PathBuf::from);
    let dist =
        dist.expect("ORDINAL_DIST names no folder: run `cargo xtask test --browser`, which builds the page");
    assert!(dist.join("index.html").is_file(), "{} holds no page: run `cargo xtask build`", dist.display());
    dist
}

/// The scenarios whose output is kept, and the page's stories, by name and text.
pub fn scenarios() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("tests/scenarios").flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "scn"));
    files.sort();
    let read = |file: PathBuf| (file.display().to_string(), std::fs::read_to_string(&file).expect("UTF-8"));
    let stories = ordinal::samples::STORIES.iter();
    let stories = stories.map(|story| (story.slug.to_string(), story.scenario.to_string()));
    files.into_iter().map(read).chain(stories).collect()
}
