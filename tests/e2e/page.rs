//! The page loads, runs under its policy and says so when it cannot.

use crate::driver::{Browser, Options};
use crate::static_server::Server;
use crate::{dist, open, visit};
use std::fs;
use std::time::Duration;

#[test]
fn the_page_loads_and_shows_something() {
    visit(&Options::default(), "", |page| {
        // The page adds what it is, in the visitor's language.
        assert!(page.browser.title().starts_with("Ordinal"), "{}", page.browser.title());
        assert!(!page.browser.text("#app").trim().is_empty(), "#app is empty");
        assert!(!page.browser.has("#boot"), "the first picture is still there");
        let missing =
            "return performance.getEntriesByType('resource').filter(e => e.responseStatus >= 400).length";
        assert_eq!(page.browser.script(missing), 0);
    });
}

#[test]
fn the_page_asks_nobody_else() {
    visit(&Options::default(), "", |page| {
        let foreign = "return performance.getEntriesByType('resource').map(e => e.name)\
                       .filter(name => !name.startsWith(location.origin))";
        assert_eq!(page.browser.script(foreign), serde_json::json!([]));
        let wasm: Vec<String> =
            page.server.requests().into_iter().filter(|path| path.ends_with(".wasm")).collect();
        let once = |half: &str| wasm.iter().filter(|path| path.starts_with(half)).count() == 1;
        assert!(wasm.len() == 2 && once("page-") && once("engine-"), "each half is fetched once: {wasm:?}");
    });
}

#[test]
fn a_dark_phone_in_english_loads_it_too() {
    let options = Options { width: 390, height: 844, lang: "en", dark: true, ..Options::default() };
    visit(&options, "", |page| {
        assert_eq!(page.browser.script("return matchMedia('(prefers-color-scheme: dark)').matches"), true);
        assert_eq!(page.browser.script("return navigator.language"), "en");
        assert_eq!(page.browser.script("return innerWidth"), 390);
    });
}

#[test]
fn an_embedded_page_sleeps_until_it_is_clicked() {
    let page = open(&Options::default(), "?mode=embed");
    page.browser.wait_for("the button", Duration::from_secs(10), |browser| browser.has("#wake"));
    let modules = || page.server.requests().iter().filter(|path| path.ends_with(".wasm")).count();
    assert_eq!(modules(), 0, "asleep, and the module was fetched");
    page.browser.click("#wake");
    page.browser
        .wait_for("the engine", Duration::from_secs(30), |browser| browser.has("[data-engine=ready]"));
    assert_eq!(modules(), 2);
}

#[test]
fn what_is_pressed_before_the_engine_has_come_is_done_when_it_has() {
    let server = Server::start(&dist(), "/", 0).unwrap();
    server.hold(Some("engine-"));
    let browser = Browser::start(&Options { lang: "en", ..Options::default() });
    browser.goto(&server.url());
    let long = Duration::from_secs(30);
    browser.wait_for_element(".first__paste");
    assert!(browser.text("#stage").contains("web-3"), "the still is there: {}", browser.text("#stage"));
    browser.click(".head__lang");
    browser.wait_for("the other language", long, |b| b.attribute("html", "lang").as_deref() == Some("ko"));
    browser.click(".first__paste");
    browser.wait_for("it to be said", long, |b| b.has("[aria-busy=true]"));
    assert!(!browser.has("#manifest"), "the engine is held back");
    server.hold(None);
    browser.wait_for("the wish to be done", long, |b| b.has("#manifest"));
    assert_eq!(browser.attribute("html", "lang").as_deref(), Some("ko"));
    let errors = browser.console_errors();
    assert!(errors.is_empty(), "the console holds errors: {errors:#?}");
}

#[test]
fn a_missing_module_is_explained_in_both_languages() {
    let folder = std::env::temp_dir().join(format!("ordinal-no-module-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(dist()).unwrap().flatten() {
        if entry.path().is_file() && entry.path().extension().is_none_or(|extension| extension != "wasm") {
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    let server = Server::start(&folder, "/", 0).unwrap();
    let browser = Browser::start(&Options::default());
    browser.goto(&server.url());
    browser.wait_for("the reason", Duration::from_secs(10), |browser| browser.state() == "failed");
    let text = browser.text("#failure");
    assert!(text.contains("새로 고쳐") && text.contains("reload"), "{text}");
    fs::remove_dir_all(folder).unwrap();
}
