//! Lessons in the browser: opened by address, from the list and as a file; answered, left, and gone through to the goal.

use crate::driver::{Browser, Options, key};
use crate::visit;
use ordinal::lessons::LESSONS;
use std::time::Duration;

pub const SHORT: &str = include_str!("../lessons/short.md");
const LONG: Duration = Duration::from_secs(60);

/// Drops a file onto the page, as a hand would.
pub fn drop_file(browser: &Browser, name: &str, text: &str) {
    browser.wait_for("the page to listen", LONG, |b| b.script("return typeof ordinalHear") == "function");
    let (name, text) = (serde_json::to_string(name).unwrap(), serde_json::to_string(text).unwrap());
    // What listens is fetched when the file comes over the page.
    browser.script_async(
        "(dispatchEvent(new DragEvent('dragenter')),\
         new Promise((done) => { const look = () => performance.getEntriesByType('resource').some((e) =>\
         e.name.includes('/lesson-') && e.responseEnd) ? setTimeout(done, 100) : setTimeout(look, 20); look(); }))",
    );
    browser.script(&format!(
        "const data = new DataTransfer(); data.items.add(new File([{text}], {name}));\
         document.body.dispatchEvent(new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }}))"
    ));
}

/// Opens the lesson of the tests.
pub fn open_short(browser: &Browser) {
    drop_file(browser, "short.md", SHORT);
    at_step(browser, 1);
}

/// Waits until that step is shown.
pub fn at_step(browser: &Browser, step: usize) {
    let now = format!(".lesson__dots li:nth-child({step}) [aria-current=step]");
    browser.wait_for(&format!("step {step}"), LONG, |b| b.has(&now) && !b.has(".lesson[aria-busy]"));
}

fn press(browser: &Browser, key: char) {
    browser.type_keys(&key.to_string());
}

fn command(browser: &Browser, line: &str) {
    browser.click("#prompt");
    browser.type_keys(line);
    press(browser, key::ENTER);
}

fn still() -> Options {
    Options { width: 1440, height: 900, lang: "en", reduced_motion: true, ..Options::default() }
}

#[test]
fn what_a_question_does_not_name_steps_back() {
    visit(&still(), "?lesson=stuck-rollout&step=3", |page| {
        page.browser.wait_for_element(".ask");
        assert!(page.browser.has(".stage__veil"), "what the question does not name steps back");
    });
}

#[test]
fn a_lesson_is_answered_and_its_goal_is_reached_by_hand() {
    visit(&still(), "", |page| {
        let browser = &page.browser;
        open_short(browser);
        assert_eq!(browser.text("#lesson-purpose"), "Bring up two pods");

        // Wrong, and why.
        browser.click("#lesson-next");
        browser.wait_for_element(".ask");
        assert!(!browser.has(".stage__veil"), "the question is about the set as a whole");
        browser.type_keys("a");
        browser.wait_for("the choice", LONG, |b| b.has(".ask__option :checked"));
        press(browser, key::ENTER);
        browser.wait_for("the outcome", LONG, |b| b.has(".outcome__verdict"));
        let said = browser.text(".outcome");
        for part in ["A. One", "It went otherwise", "B. Two", "Retain"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(browser.text(".lesson__text").contains("www-web-1"));

        // Picked with arrows and Enter alone.
        browser.type_keys("n");
        browser.wait_for_element(".ask__how");
        press(browser, key::RIGHT);
        browser.wait_for("something picked", LONG, |b| b.text(".ask__picked").contains("web-0"));
        assert!(browser.has(".slot--selected[aria-label^='web-0']"));
        press(browser, key::ENTER);
        browser.wait_for("the outcome", LONG, |b| b.has(".outcome__verdict--right"));

        // The goal: nothing is not enough, and something else is not either.
        browser.type_keys("n");
        browser.wait_for_element(".goal");
        assert_eq!(browser.text(".goal__state"), "Not yet");
        press(browser, key::END);
        command(browser, "kubectl get pods");
        browser.wait_for("the answer", LONG, |b| b.text("#terminal-panel").contains("web-0 "));
        assert_eq!(browser.text(".goal__state"), "Not yet");
        command(browser, "kubectl scale sts web --replicas=3");
        browser.wait_for("the goal", LONG, |b| b.text(".goal__state") == "Reached");
        assert!(browser.text(".over").contains("You are through"));
    });
}

#[test]
fn whoever_leaves_the_path_comes_back_by_one_press() {
    visit(&still(), "", |page| {
        let browser = &page.browser;
        open_short(browser);
        command(browser, "kubectl delete sts web");
        browser.wait_for_element(".lesson__away");
        browser.wait_for("no pod", LONG, |b| !b.has(".slot[aria-label^='web-0, Running']"));
        browser.click(".lesson__away button");
        browser.wait_for("both pods", LONG, |b| {
            !b.has(".lesson__away") && b.has(".slot[aria-label^='web-1, Running']")
        });
    });
}

#[test]
fn a_broken_file_is_named_with_its_place_and_the_page_lives_on() {
    visit(&still(), "", |page| {
        let browser = &page.browser;
        drop_file(browser, "mine.md", &SHORT.replace("form: choice", "form: poll"));
        let line = SHORT.lines().position(|line| line == "form: choice").unwrap() + 1;
        browser.wait_for("the reason", LONG, |b| b.has(".work__notice"));
        let said = browser.text(".work__notice");
        assert!(said.contains(&format!("mine.md:{line}:1:")), "{said}");
        // Written anew, dropped again.
        drop_file(browser, "mine.md", SHORT);
        at_step(browser, 1);
        assert!(!browser.has(".work__notice"));
    });
}

#[test]
fn an_address_opens_a_lesson_at_its_step_and_follows() {
    visit(&still(), "?lesson=stuck-rollout&step=2&lang=en", |page| {
        let browser = &page.browser;
        at_step(browser, 2);
        press(browser, '\u{e00f}'); // PageDown, as presenters' remotes send it
        at_step(browser, 3);
        assert!(browser.url().ends_with("lesson=stuck-rollout&step=3"), "{}", browser.url());
        browser.reload();
        browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
        at_step(browser, 3);
        // Done marks and the place are kept; the list says so.
        browser.click(".head__lessons");
        browser.wait_for("the list", LONG, |b| b.count(".lessons__item") == LESSONS.len());
        assert!(browser.text(".dialog--lessons").contains("up to step 3"));
    });
    // What is no lesson, and what is no address of one. Chromium itself writes a line about the first.
    let page = crate::open(&still(), "?lesson=nothing-here");
    page.browser
        .wait_for("the reason", LONG, |b| b.has(".work__notice") && b.text(".work__notice").contains("404"));
    let page = crate::open(&still(), "?lesson=http%3A%2F%2Fexample.org%2Fa.md");
    page.browser.wait_for("the reason", LONG, |b| {
        b.has(".work__notice") && b.text(".work__notice").contains("https://")
    });
}

#[test]
fn questions_can_be_left_out_and_shown() {
    visit(&still(), "?lesson=partition&questions=off&lang=ko", |page| {
        let browser = &page.browser;
        for step in 1..=3 {
            at_step(browser, step);
            assert!(!browser.has(".ask"));
            browser.click("#lesson-next");
        }
    });
}

#[test]
fn every_lesson_is_gone_through_to_its_goal() {
    visit(&still(), "", |page| {
        let browser = &page.browser;
        for (slug, _) in LESSONS {
            browser.goto(&format!("{}?lesson={slug}&lang=ko", page.server.url()));
            browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
            at_step(browser, 1);
            let count = browser.count(".lesson__dot");
            for step in 1..=count {
                at_step(browser, step);
                browser.wait_for("the end of the step", LONG, |b| {
                    if b.has(".ask") {
                        b.click(".ask__row [type=button]");
                    }
                    b.has(".lesson__text")
                });
                assert!(!browser.has(".work__notice"), "{slug} {step}: {}", browser.text(".work__notice"));
                if step < count {
                    browser.click("#lesson-next");
                }
            }
            browser.wait_for_element(".goal");
            assert!(!browser.has(".goal--reached"), "{slug}: reached by doing nothing");
            browser.click(".goal__row button:nth-child(2)");
            browser.wait_for_element(".goal__solution");
            browser.click(".goal__solution + button");
            let (name, limit) = (format!("the goal of {slug}"), Duration::from_secs(120));
            browser.wait_for(&name, limit, |b| b.has(".goal--reached"));
        }
        browser.click(".over__all button");
        browser.wait_for("all done marks", LONG, |b| b.count(".lessons__done") == LESSONS.len());
    });
}

#[test]
fn an_order_and_a_number_are_answered_by_keyboard() {
    let order = SHORT.replace("form: choice", "form: order").replace("answer: 2\n", "answer: [2, 1, 3]\n");
    let options = SHORT.find("options:").unwrap();
    let number = [&SHORT[..options], &SHORT[SHORT.find("answer: 2").unwrap()..]].concat();
    let number = number.replace("form: choice", "form: number");
    visit(&still(), "", |page| {
        let browser = &page.browser;
        drop_file(browser, "order.md", &order);
        at_step(browser, 1);
        browser.click("#lesson-next");
        browser.wait_for("the focus", LONG, |b| b.script("return document.activeElement.id") == "ask-first");
        press(browser, key::DOWN);
        let letters = |b: &Browser| b.texts(".ask__letter").concat();
        browser.wait_for("the other order", LONG, |b| letters(b) == "BAC");
        press(browser, key::ENTER);
        browser.wait_for_element(".outcome__verdict--right");

        drop_file(browser, "number.md", &number);
        at_step(browser, 1);
        browser.click("#lesson-next");
        browser.wait_for("the focus", LONG, |b| b.script("return document.activeElement.id") == "ask-first");
        browser.type_keys("2");
        press(browser, key::ENTER);
        browser.wait_for_element(".outcome__verdict--right");
    });
}
