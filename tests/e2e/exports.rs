//! What only a browser can make of a run: PNG, WebM, paper.

use crate::driver::{Browser, Options};
use crate::visit;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

/// Files that are offered are looked at instead of saved.
const CATCH: &str = "window.offered = [];
    const blobs = new Map(), make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { const address = make.call(URL, blob); blobs.set(address, blob); return address; };
    HTMLAnchorElement.prototype.click = function () { offered.push({ name: this.download, blob: blobs.get(this.href) }); };";

fn press(browser: &Browser, word: &str) {
    browser.script(&format!(
        "[...document.querySelectorAll('.share__files button')].find((b) => b.textContent === '{word}').click()"
    ));
}

#[test]
fn a_run_becomes_a_picture_a_film_and_a_handout() {
    // A run of a few steps, because a film is recorded as fast as it is shown.
    let run = "?lang=en#p1=%24%20kubectl%20create%20namespace%20a%0Asettle%0A%24%20kubectl%20create%20namespace%20b%0Asettle%0A";
    visit(&Options { lang: "en", ..Options::default() }, run, |page| {
        let browser = &page.browser;
        browser.script(CATCH);
        browser.wait_for_element(".head__share");
        browser.click(".head__share");
        browser.wait_for_element(".share__files button");
        press(browser, "This picture, PNG");
        browser.wait_for("the picture", LONG, |b| b.script("return offered.length") == 1);
        let picture = browser.script_async(
            "createImageBitmap(offered[0].blob).then((map) => [offered[0].name, map.width, map.height])",
        );
        assert_eq!(picture[0], "moment.png");
        assert!(picture[1].as_i64() > Some(1_000), "twice as large as it is drawn: {picture}");

        press(browser, "Film, WebM");
        browser.wait_for("how far it is", LONG, |b| b.text("#recording").ends_with('%'));
        browser.wait_for("the film", LONG, |b| b.script("return offered.length") == 2);
        // The policy of the page lets no film play; its first bytes say what it is.
        let head = browser.script_async(
            "offered[1].blob.slice(0, 4).arrayBuffer().then((bytes) => [...new Uint8Array(bytes)].join())",
        );
        assert_eq!(head, "26,69,223,163");
        let film = browser.script("return [offered[1].name, offered[1].blob.size]");
        assert!(film[0] == "ordinal.webm" && film[1].as_u64() > Some(10_000), "{film}");
        assert_eq!(browser.text("#recording"), "");
    });
}

#[test]
fn a_handout_has_six_steps_to_a_sheet() {
    visit(&Options { lang: "en", ..Options::default() }, "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        browser.wait_for("the whole story", LONG, |b| {
            b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
        });
        browser.click(".head__share");
        browser.wait_for_element(".share__files button");
        browser.script("window.printed = 0; addEventListener('beforeprint', () => printed++)");
        press(browser, "Print (six steps to an A4 page)");
        browser.wait_for("the handout", LONG, |b| {
            b.script("return document.getElementById('printed')?.contentDocument?.querySelectorAll('figure').length > 0") == true
        });
        let html = browser.script("return document.getElementById('printed').srcdoc");
        let html = html.as_str().unwrap();
        let figures = html.matches("<figure>").count();
        assert!(figures >= 20 && html.matches("<figcaption>").count() == figures);
        // Printed, it has as many sheets as it should.
        let text = serde_json::to_string(html).unwrap();
        browser.goto("about:blank");
        browser.script(&format!("document.open(); document.write({text}); document.close()"));
        let options = serde_json::json!({ "preferCSSPageSize": true, "printBackground": true });
        let pdf = browser.devtools("Page.printToPDF", &options);
        let pdf = pdf["data"].as_str().unwrap();
        let sheets =
            browser.script(&format!("return (atob('{pdf}').match(/\\/Type\\s*\\/Page\\b/g) ?? []).length"));
        assert_eq!(sheets.as_u64(), Some(figures.div_ceil(6) as u64), "{figures} steps");
    });
}
