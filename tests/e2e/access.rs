//! What axe-core finds wrong with the page: its main states, one after another, in both languages and both themes.
//!
//! axe says "incomplete" where it cannot see a colour, above all for text over the picture; those colours are checked
//! as tokens (`tests/colours.rs`). Whatever it calls a violation fails here.

use crate::driver::{Browser, Options, key};
use crate::{lessons, visit};
use std::time::Duration;

const PAGE_DOWN: char = '\u{e00f}';
const LONG: Duration = Duration::from_secs(60);
const BROKEN: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\nspec:\n  replcas: 3\n";

/// A state of the page and how to get there from the one before.
type State = (&'static str, fn(&Browser));

const STATES: &[State] = &[
    ("the first page", |_| {}),
    ("a pod on its way out", |b| {
        b.click(".story");
        b.wait_for("the whole story", LONG, |b| {
            b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
        });
        press(b, key::END);
        b.wait_for("a pod that terminates", LONG, |b| {
            press(b, key::LEFT);
            b.has(".slot[aria-label*='Terminating']")
        });
    }),
    ("by node", |b| b.type_keys("v")),
    ("by ordinal, a pod chosen", |b| {
        b.type_keys("v");
        b.click(".slot[aria-label^='web-0']");
    }),
    ("its YAML", |b| b.type_keys("y")),
    ("events", |b| b.type_keys("t")),
    ("claims", |b| b.type_keys("c")),
    ("names", |b| b.type_keys("d")),
    ("names, asked from a pod", |b| {
        b.script(
            "const from = document.querySelector('.names__ask select'); from.selectedIndex = 1;\
             from.dispatchEvent(new Event('change', { bubbles: true }))",
        );
        b.wait_for_element("pre.names__conf");
    }),
    ("a second run beside it", |b| {
        b.type_keys("x");
        b.wait_for_element(".chip");
        b.click(".chip");
        b.wait_for("the difference", LONG, |b| b.has(".compare__stage svg"));
    }),
    ("an event and what led to it", |b| {
        b.type_keys("t");
        b.wait_for_element(".event .because__src");
        b.click(".event .because__src");
        b.wait_for_element(".chain");
    }),
    ("why", |b| b.type_keys("w")),
    ("what would come of it", |b| {
        b.click(".why__try button");
        b.wait_for("an answer", LONG, |b| b.has(".what__item small"));
    }),
    ("a client placed, and asked for by another type", |b| {
        crate::panels::place_client(b, "nginx", "2");
        b.click(".chips .chip:nth-child(2)");
        b.wait_for("a request", LONG, |b| b.has(".client"));
    }),
    ("claims with their files", |b| {
        b.script("document.activeElement.blur()");
        b.type_keys("c");
        b.wait_for_element(".ledger__files");
        b.click(".ledger__files");
    }),
    ("go to, in vain", |b| {
        b.script("document.activeElement.blur()");
        b.type_keys("g");
        b.wait_for_element("#go-to");
        b.type_into("#go-to", "nobody");
        press(b, key::ENTER);
        b.wait_for("the answer", LONG, |b| b.text("#go-to-error").contains("nobody"));
    }),
    ("sharing", |b| {
        leave_dialog(b);
        b.click(".head__share");
    }),
    ("help", |b| {
        leave_dialog(b);
        b.chord(&[key::SHIFT], '/');
        b.wait_for_element(".help__keys");
    }),
    ("a used terminal with choices", |b| {
        leave_dialog(b);
        b.click("#prompt");
        b.type_keys("kubectl gte pods");
        press(b, key::ENTER);
        b.wait_for_element(".terminal__near");
        b.type_keys("kubectl get pods web-");
        press(b, key::TAB);
        b.wait_for_element(".terminal__choices");
    }),
    ("more ordinals than fit", |b| {
        b.script("document.querySelector('#prompt').value = ''");
        b.type_keys("kubectl scale sts web --replicas=60");
        press(b, key::ENTER);
        b.wait_for_element(".stage__pages");
    }),
    ("a mistake in the manifest", |b| {
        b.click("#manifest");
        b.chord(&[key::CONTROL], 'a');
        let text = serde_json::to_string(BROKEN).unwrap();
        b.script(&format!("document.execCommand('insertText', false, {text})"));
        b.wait_for_element(".problem--error");
    }),
    ("the list of lessons", |b| {
        b.click(".head__lessons");
        b.wait_for("the list", LONG, |b| b.has(".lessons__item"));
    }),
    ("a lesson", |b| {
        leave_dialog(b);
        lessons::open_short(b);
    }),
    ("a question, its stage dimmed", |b| {
        b.wait_for("the end of the step", LONG, |b| {
            press(b, PAGE_DOWN);
            b.has(".ask")
        });
    }),
    ("the answer", |b| {
        b.type_keys("a");
        b.wait_for("the choice", LONG, |b| b.has(".ask__option :checked"));
        press(b, key::ENTER);
        b.wait_for("the outcome", LONG, |b| {
            press(b, key::END);
            b.has(".outcome__verdict")
        });
    }),
    ("a question on the stage", |b| {
        press(b, PAGE_DOWN);
        b.wait_for_element(".ask__how");
        press(b, key::RIGHT);
    }),
    ("the goal with hint and solution", |b| {
        b.click(".lesson__dots li:last-child button");
        b.wait_for_element(".goal");
        b.click(".goal__row button");
        b.click(".goal__row button:nth-child(2)");
        b.wait_for_element(".goal__solution");
    }),
    ("off the path", |b| {
        b.click(".lesson__dots li:first-child button");
        lessons::at_step(b, 1);
        b.click("#prompt");
        b.type_keys("kubectl delete sts web");
        press(b, key::ENTER);
        b.wait_for_element(".lesson__away");
    }),
    ("on a phone, the manifest", |b| {
        b.set_viewport(390, 844);
        b.wait_for("the narrow tabs", LONG, |b| {
            b.script("return document.querySelector('#tab-manifest').offsetWidth > 0") == true
        });
        b.click("#tab-manifest");
    }),
    ("a presentation", |b| {
        b.set_viewport(1280, 720);
        b.script("document.activeElement?.blur(); document.querySelector('.head__present').click()");
        b.wait_for("the stylesheet", LONG, |b| {
            b.script(
                "return getComputedStyle(document.querySelector('.page--present') ?? document.body).position",
            ) == "fixed"
        });
        b.script("dispatchEvent(new PointerEvent('pointermove'))");
    }),
    ("a presentation, names", |b| {
        b.type_keys("d");
        b.wait_for_element(".page--present.page--side");
    }),
    ("a presentation, why", |b| {
        b.type_keys("w");
        b.wait_for_element(".page--present .why__title");
    }),
    ("a presentation, the terminal", |b| {
        b.type_keys("`");
        b.wait_for_element(".page--present.page--terminal");
    }),
    ("a question in a room", |b| {
        leave_presentation(b);
        b.script("document.querySelector('.head__lessons').click()");
        b.wait_for_element(".lessons__item");
        b.script("document.querySelector('.lessons__item').click()");
        b.wait_for_element(".lesson__purpose");
        b.script("document.activeElement?.blur(); document.querySelector('.head__present').click()");
        b.wait_for("a question", LONG, |b| {
            let asks = |b: &Browser| b.has(".present__options button:not(:disabled)");
            // One more press would answer it.
            asks(b) || {
                press(b, key::PAGE_DOWN);
                b.script_async("new Promise((done) => setTimeout(done, 400))");
                asks(b)
            }
        });
        for key in ['a', '4', 'b', '7'] {
            press(b, key);
        }
        b.wait_for("the hands", LONG, |b| b.count(".present__hands") == 2);
    }),
    ("its answer in a room", |b| {
        press(b, key::PAGE_DOWN);
        b.wait_for("the answer", LONG, |b| b.has(".present__option--right"));
    }),
    ("after a presentation", leave_presentation),
    ("in an embed, why", |b| {
        b.set_viewport(600, 420);
        b.script("document.querySelector('#tab-why').click()");
    }),
];

fn press(browser: &Browser, key: char) {
    browser.type_keys(&key.to_string());
}

fn leave_presentation(browser: &Browser) {
    browser.wait_for("the page", LONG, |b| {
        b.script("document.activeElement?.blur()");
        press(b, key::ESCAPE);
        !b.has(".page--present")
    });
}

fn leave_dialog(browser: &Browser) {
    press(browser, key::ESCAPE);
    browser.wait_for("the dialog to close", LONG, |b| !b.has("dialog[open]"));
}

/// What axe calls a violation now, a line each.
fn violations(browser: &Browser) -> Vec<String> {
    let found = browser.script_async(
        "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap((rule) =>\
         rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 160)}`)))",
    );
    let lines = found.as_array().unwrap_or_else(|| panic!("axe did not run: {found}"));
    lines.iter().map(|line| line.as_str().unwrap_or_default().to_string()).collect()
}

fn every_state(lang: &'static str, dark: bool) {
    let axe =
        std::env::var_os("ORDINAL_AXE").expect("ORDINAL_AXE names no file: run `cargo xtask test --browser`");
    let axe = std::fs::read_to_string(axe).expect("axe-core can be read");
    visit(&Options { width: 1440, height: 900, lang, dark, ..Options::default() }, "", |page| {
        let browser = &page.browser;
        browser.script(&axe);
        let mut all = Vec::new();
        for (name, go) in STATES {
            go(browser);
            // What was just asked for is drawn in the next frame.
            browser.script_async("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))");
            all.extend(violations(browser).into_iter().map(|line| format!("{name}: {line}")));
        }
        assert!(all.is_empty(), "\n{}\n", all.join("\n"));
    });
}

#[test]
fn nothing_is_in_the_way_in_korean() {
    every_state("ko", false);
}

#[test]
fn nothing_is_in_the_way_in_korean_and_dark() {
    every_state("ko", true);
}

#[test]
fn nothing_is_in_the_way_in_english() {
    every_state("en", false);
}

#[test]
fn nothing_is_in_the_way_in_english_and_dark() {
    every_state("en", true);
}
