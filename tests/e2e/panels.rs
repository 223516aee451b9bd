//! Names, claims and the second run by hand: a client that is placed and followed, the files of a volume, the same set as
//! a Deployment.

use crate::driver::{Browser, Options, key};
use crate::visit;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

fn english() -> Options {
    Options { width: 1440, height: 900, lang: "en", ..Options::default() }
}

/// The first story, as far as the three pods before it is scaled.
fn at_three_pods(browser: &Browser) {
    browser.wait_for("the whole story", LONG, |b| {
        b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
    });
    browser.script("document.querySelector('.timeline__slider').focus()");
    browser.type_keys(&key::END.to_string());
    browser.script("document.activeElement.blur()");
}

/// Chooses in a list.
fn choose(browser: &Browser, list: &str, value: &str) {
    browser.script(&format!(
        "const list = document.querySelector('{list}'); list.value = '{value}';\
         list.dispatchEvent(new Event('change', {{ bubbles: true }}))"
    ));
}

/// Goes to a time after the last line was typed.
fn seconds_on(browser: &Browser, times: usize) {
    browser.script("document.activeElement.blur()");
    for _ in 0..times {
        browser.type_keys("l");
    }
}

/// Places a client by keyboard alone.
pub fn place_client(browser: &Browser, name: &str, resolver: &str) {
    browser.type_keys("d");
    browser.wait_for_element(".client-form");
    choose(browser, "#client-name", name);
    choose(browser, "#client-resolver", resolver);
    browser.script("document.querySelector('.client-form > .button').focus()");
    browser.type_keys(&key::ENTER.to_string());
    browser.wait_for("the client", LONG, |b| b.text("#terminal-log").contains("while true; do"));
}

#[test]
fn a_client_is_placed_and_followed() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        at_three_pods(browser);
        place_client(browser, "nginx", "0");
        browser.wait_for("a request", LONG, |b| b.has(".client__box"));
        seconds_on(browser, 2);
        browser.wait_for("every pod", LONG, |b| {
            let counts = b.texts(".client__to");
            counts.len() > 1 && counts.iter().all(|count| count.starts_with("web-"))
        });
        assert!(browser.has(".slot[aria-label^='client → nginx']"), "it can be chosen on the stage");
        assert!(browser.has(".wire--ray"), "a line leads to the pod reached");
        // It is part of the run, and removed by one press, which types the command.
        browser.script("document.querySelector('.client .button').click()");
        browser.wait_for("it to be gone", LONG, |b| {
            b.text("#terminal-log").contains("kubectl delete pod client --now") && !b.has(".client")
        });
    });
}

#[test]
fn a_program_that_keeps_answers_goes_to_a_stale_address() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        at_three_pods(browser);
        place_client(browser, "web-0.nginx", "2");
        browser.wait_for("a request", LONG, |b| b.has(".client__box"));
        browser.click("#prompt");
        browser.type_keys("kubectl delete pod web-0");
        browser.type_keys(&key::ENTER.to_string());
        browser.wait_for("the command", LONG, |b| b.text("#terminal-log").contains("pod \"web-0\" deleted"));
        seconds_on(browser, 1);
        browser.wait_for("the stale address", LONG, |b| {
            b.texts(".client__to--lost").iter().any(|text| text.starts_with("stale address"))
        });
        let kept = browser.text(".client .names__cached");
        assert!(kept.contains("keeps ") && kept.contains(" s more"), "{kept}");
        seconds_on(browser, 3);
        browser.wait_for("the new address", LONG, |b| b.has(".wire--ray"));
    });
}

#[test]
fn names_are_asked_for_every_type_of_record() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        at_three_pods(browser);
        browser.type_keys("d");
        browser.wait_for_element(".names__table");
        let row = |b: &Browser| b.texts(".names__table tbody tr").get(1).cloned().unwrap_or_default();
        for (n, expected) in
            [(2, "80 web-0.nginx.default.svc.cluster.local"), (3, "web-0.nginx.default.svc.cluster.local")]
        {
            browser.click(&format!(".chips .chip:nth-child({n})"));
            browser.wait_for("the records", LONG, |b| row(b).contains(expected));
        }
        browser.click(".chips .chip:nth-child(1)");
        browser.wait_for("addresses", LONG, |b| row(b).contains("10.244."));
    });
}

#[test]
fn the_files_of_a_volume_stay_when_the_pod_is_gone() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        at_three_pods(browser);
        for line in [
            "kubectl exec web-0 -- sh -c 'echo hello > /usr/share/nginx/html/index.html'",
            "kubectl scale sts web --replicas=0",
        ] {
            browser.click("#prompt");
            browser.type_keys(line);
            browser.type_keys(&key::ENTER.to_string());
            browser.wait_for("the command", LONG, |b| b.text("#terminal-log").contains(line));
        }
        seconds_on(browser, 3);
        browser.type_keys("c");
        browser.wait_for("nobody to use it", LONG, |b| {
            b.texts(".ledger--claims tbody").first().is_some_and(|row| row.contains("nobody"))
        });
        browser.click(".ledger__files");
        browser.wait_for("the file", LONG, |b| b.texts(".ledger__file").iter().any(|text| text == "hello"));
        assert_eq!(browser.attribute(".ledger__files", "aria-expanded").as_deref(), Some("true"));
    });
}

#[test]
fn the_same_pods_as_a_deployment() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        at_three_pods(browser);
        browser.click("#tab-compare");
        browser.wait_for_element(".chip");
        browser.script(
            "[...document.querySelectorAll('.chip')].find(b => b.textContent === 'Deployment').click()",
        );
        browser.wait_for("the first difference", LONG, |b| {
            b.has(".compare__says") && b.text(".compare__says").contains("ReplicaSet")
        });
        assert_eq!(browser.count(".compare__stage .pod--ready"), 3, "its pods stand there, without ordinals");
        let at = |b: &Browser| b.value(".timeline__slider");
        let end = at(browser);
        browser.type_keys("x");
        browser.wait_for("the first difference on the timeline", LONG, |b| at(b) != end);
    });
}
