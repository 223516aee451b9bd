//! The harness itself: keys arrive, viewports fit, and an error on the console is not missed.

use crate::driver::{Browser, Options, key};
use crate::static_server::Server;
use std::fs;

const PAGE: &str = "<!doctype html><title>harness</title><link rel=icon href=data:,><textarea></textarea><script>
    const seen = []; addEventListener('keydown', (e) => seen.push((e.ctrlKey ? 'C-' : '') + e.key));</script>";

#[test]
fn keys_viewport_screenshot_and_console_work() {
    let folder = std::env::temp_dir().join(format!("ordinal-harness-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("index.html"), PAGE).unwrap();
    let server = Server::start(&folder, "/", 0).unwrap();
    let browser = Browser::start(&Options { width: 600, height: 420, ..Options::default() });
    browser.goto(&server.url());

    browser.type_into("textarea", "복제본: 3");
    assert_eq!(browser.value("textarea"), "복제본: 3");
    browser.script("seen.length = 0");
    browser.chord(&[key::CONTROL], key::ENTER);
    browser.type_keys("ab");
    assert_eq!(browser.script("return seen.join(' ')"), "C-Control C-Enter a b");
    assert_eq!(browser.script("return [innerWidth, innerHeight].join()"), "600,420");
    assert_eq!(browser.script_async("new Promise((done) => setTimeout(done, 1, 7))"), 7);

    let picture = folder.join("pictures/harness.png");
    browser.screenshot(&picture);
    assert!(fs::read(&picture).unwrap().starts_with(b"\x89PNG"));

    assert!(browser.console_errors().is_empty());
    browser.script(
        "console.warn('not this'); console.error('this'); setTimeout(() => { throw Error('and this') })",
    );
    browser.script_async("new Promise((done) => setTimeout(done, 20))");
    let errors = browser.console_errors();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert_eq!(browser.console_errors().len(), 2, "asking again forgets nothing");
    fs::remove_dir_all(folder).unwrap();
}
