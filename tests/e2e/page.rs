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
        let modules = page.server.requests().iter().filter(|path| path.ends_with(".wasm")).count();
        assert_eq!(modules, 1, "the module is fetched once");
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
        .wait_for("the module to run", Duration::from_secs(30), |browser| browser.state() == "running");
    assert_eq!(modules(), 1);
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
