//! The pictures of the README, made from the page: `ORDINAL_DIST=dist cargo test --test e2e --features e2e -- --ignored`.

use crate::driver::{Browser, Options, key};
use crate::visit;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name)
}

/// So many steps before the end of the story.
fn before_the_end(browser: &Browser, steps: usize) {
    let long = Duration::from_secs(30);
    browser.wait_for("the story", long, |b| b.has(".track__head"));
    std::thread::sleep(Duration::from_secs(2));
    browser.script("document.querySelector('.timeline__slider').focus()");
    browser.type_keys(&key::END.to_string());
    for _ in 0..steps {
        browser.type_keys(&key::LEFT.to_string());
    }
    browser.script("document.activeElement.blur()");
    std::thread::sleep(Duration::from_millis(800));
}

#[test]
#[ignore = "writes docs/pictures"]
fn pictures_of_the_readme() {
    let wide = |lang| Options { width: 1440, height: 900, lang, ..Options::default() };
    visit(&wide("en"), "", |page| {
        // At the moment of the still, which has to be computed first.
        let long = Duration::from_secs(30);
        page.browser.wait_for("the still's moment", long, |b| {
            !b.has(".timeline__note") && !b.text(".transport__clock").starts_with("0.0")
        });
        page.browser.screenshot(&file("first-en.png"));
    });
    visit(&wide("ko"), "#n1=ordered", |page| {
        before_the_end(&page.browser, 4);
        page.browser.screenshot(&file("scale-in-ko.png"));
    });
    let nodes = Options { dark: true, ..wide("en") };
    visit(&nodes, "#n1=node", |page| {
        before_the_end(&page.browser, 8);
        page.browser.type_keys("v");
        std::thread::sleep(Duration::from_millis(800));
        page.browser.screenshot(&file("nodes-dark-en.png"));
    });
    let phone = Options { width: 390, height: 844, lang: "ko", ..Options::default() };
    visit(&phone, "#n1=ordered", |page| {
        before_the_end(&page.browser, 4);
        page.browser.screenshot(&file("phone-ko.png"));
    });
}
