//! Other futures and other runs, by hand: what if, compare, the switch of the release, and the keys around them.

use crate::driver::{Browser, Options, key};
use crate::visit;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

/// The first story at the moment at which a pod of the scale-in is on its way out.
fn at_a_gate(browser: &Browser) {
    browser.wait_for("the whole story", LONG, |b| {
        b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
    });
    browser.script("document.querySelector('.timeline__slider').focus()");
    browser.type_keys(&key::END.to_string());
    browser.wait_for("a pod that terminates", LONG, |b| {
        b.type_keys(&key::LEFT.to_string());
        b.has(".slot[aria-label*='Terminating']")
    });
}

fn what_if(lang: &'static str, address: &str, ready: &str) {
    visit(&Options { width: 1440, height: 900, lang, ..Options::default() }, address, |page| {
        let browser = &page.browser;
        at_a_gate(browser);
        let run = browser.text("#terminal-log");
        browser.click(".why__try button");
        browser.wait_for("what comes of it", LONG, |b| {
            let said = b.texts(".what__item small");
            said.len() >= 4 && said.iter().all(|text| !text.ends_with('…'))
        });
        let said = browser.texts(".what__item small").join("\n");
        assert!(said.contains(ready), "{said}");
        assert_eq!(browser.text("#terminal-log"), run, "trying types nothing");
        // One press does it, and what was there before can be gone back to.
        browser.script("[...document.querySelectorAll('button.what__item')].find(b => b.title.includes('--force')).click()");
        browser
            .wait_for("the command", LONG, |b| b.text("#terminal-log").contains("--grace-period=0 --force"));
        browser.script("document.querySelector('.timeline__slider').focus()");
        browser.wait_for("the pod to be gone", LONG, |b| {
            b.type_keys(&key::END.to_string());
            !b.has(".slot[aria-label*='Terminating']")
                && b.has(".slot[aria-label^='web-2'][aria-label*='Running']")
        });
    });
}

#[test]
fn what_if_in_korean() {
    what_if("ko", "?lang=ko#n1=ordered", "모두 Ready다");
}

#[test]
fn what_if_in_english() {
    what_if("en", "?lang=en#n1=ordered", "Pods are Ready");
}

#[test]
fn two_runs_are_compared_on_one_clock() {
    visit(
        &Options { width: 1440, height: 900, lang: "en", ..Options::default() },
        "?lang=en#n1=ordered",
        |page| {
            let browser = &page.browser;
            at_a_gate(browser);
            browser.type_keys("x");
            browser.wait_for_element(".chip");
            assert_eq!(browser.text(".chip"), "podManagementPolicy: Parallel");
            browser.click(".chip");
            browser.wait_for("the first difference", LONG, |b| {
                b.has(".compare__says") && b.text(".compare__says").contains("statefulset-controller")
            });
            assert!(browser.has(".track__differs") && browser.has(".compare__stage svg"));
            let clock = browser.text("#clock");
            browser.type_keys("x");
            browser.wait_for("to be there", LONG, |b| b.text("#clock") != clock);
            assert!(browser.has("#picture .differs"), "the stage marks what differs");
            // Another release: nothing differs, and the page says so.
            browser.click("[popovertarget=releases]");
            browser.script(
            "[...document.querySelectorAll('#releases button')].find(b => b.textContent.startsWith('1.35.4')).click()",
        );
            browser.wait_for("what it changes", LONG, |b| {
                b.has(".work__notice") && b.text(".work__notice").contains("Nothing differs")
            });
        },
    );
}

#[test]
fn an_event_leads_back_to_the_line_typed() {
    visit(
        &Options { width: 1440, height: 900, lang: "en", ..Options::default() },
        "?lang=en#n1=ordered&t=9.8s",
        |page| {
            let browser = &page.browser;
            // The link names a moment.
            browser.wait_for("the moment of the link", LONG, |b| b.text("#clock").starts_with("9.8"));
            browser.script("document.activeElement.blur()");
            browser.type_keys("t");
            browser.wait_for_element(".event .because__src");
            browser.click(".event .because__src");
            browser.wait_for_element(".chain");
            let chain = browser.texts(".chain li");
            assert!(chain.last().is_some_and(|line| line.contains("$ kubectl ")), "{chain:?}");
        },
    );
}

#[test]
fn keys_of_the_editor_the_terminal_and_the_whole_screen() {
    visit(
        &Options { width: 1440, height: 900, lang: "en", ..Options::default() },
        "?lang=en&sample=web",
        |page| {
            let browser = &page.browser;
            browser.wait_for_element("#manifest");
            browser.click("#manifest");
            browser.chord(&[key::CONTROL], 'a');
            browser
                .script("document.execCommand('insertText', false, 'kind: StatefulSet\\nspec:\\n  podMan')");
            browser.chord(&[key::CONTROL], ' ');
            browser.wait_for("the field", LONG, |b| b.value("#manifest").ends_with("podManagementPolicy: "));
            browser.chord(&[key::CONTROL], ' ');
            browser.wait_for("its values", LONG, |b| b.has(".problems__offers"));
            assert_eq!(browser.text(".problems__offers"), "OrderedReady  Parallel");

            browser.click("#prompt");
            for line in ["kubectl get nodes", "kubectl get pods"] {
                browser.type_keys(line);
                browser.type_keys(&key::ENTER.to_string());
            }
            browser.type_keys("nod");
            browser.chord(&[key::CONTROL], 'r');
            browser.wait_for("the line of before", LONG, |b| b.value("#prompt") == "kubectl get nodes");
            browser.script("document.querySelector('#prompt').value = 'kubectl ann'");
            browser.chord(&[key::CONTROL], ' ');
            browser.wait_for("the verb", LONG, |b| b.value("#prompt") == "kubectl annotate ");

            browser.script("document.activeElement.blur()");
            browser.type_keys("f");
            browser.wait_for("the whole screen", LONG, |b| {
                b.script("return !!document.fullscreenElement") == true
            });
            assert_eq!(browser.script("return document.querySelector('.manifest').offsetWidth"), 0);
            browser.type_keys("f");
            browser.wait_for("the page", LONG, |b| b.script("return !document.fullscreenElement") == true);
        },
    );
}

#[test]
fn a_phone_shows_what_the_controller_waits_for() {
    visit(
        &Options { width: 390, height: 844, lang: "en", ..Options::default() },
        "?lang=en#n1=ordered&t=10s",
        |page| {
            page.browser.wait_for("the sentence", LONG, |b| {
                b.has("#picture .controller") && b.text("#picture .controller").starts_with("waiting until")
            });
            assert_eq!(page.browser.script("return document.documentElement.scrollWidth"), 390);
        },
    );
}
