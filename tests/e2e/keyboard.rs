//! Every panel and every dialog by keyboard alone: Tab leads over everything in it and out of it again, what has the
//! focus shows it, Escape closes and gives the focus back.

use crate::driver::{Browser, Options, key};
use crate::{lessons, visit};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);
/// More stops than the page has anywhere.
const MOST_STOPS: usize = 400;

/// Marks everything below `SCOPE` that Tab should stop at: shown, enabled, one of each group of radio buttons.
const MARK: &str = "
const scope = document.querySelector('SCOPE');
const radios = new Set();
let n = 0;
document.querySelectorAll('[data-stop]').forEach((e) => e.removeAttribute('data-stop'));
for (const e of scope.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')) {
  if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true }) || e.closest('[inert]')) continue;
  if (e.type === 'radio') {
    const chosen = scope.querySelector(`input[name='${e.name}']:checked`);
    if (radios.has(e.name) || (chosen && chosen !== e)) continue;
    radios.add(e.name);
  }
  e.dataset.stop = n++;
}
return n;";

/// Where the focus is: its number, what it is, and what is wrong with it.
const STOP: &str = "
const e = document.activeElement;
if (!e || e === document.body) return [-1, 'body', ''];
const box = e.getBoundingClientRect();
const seen = getComputedStyle(e);
const around = e.closest('label, .editor, .terminal__line, .ask__option');
const rings = [e, around].filter(Boolean).map((x) => getComputedStyle(x))
  .some((s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1.5) || s.boxShadow !== 'none');
const says = `${e.tagName}.${e.className?.baseVal ?? e.className} ${(e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40)}`;
let wrong = '';
if (box.width < 1 || box.height < 1) wrong = 'has no size';
else if (!rings && seen.caretColor === 'transparent') wrong = 'shows no focus';
else if (!rings) wrong = 'shows no focus';
return [+(e.dataset.stop ?? -2), says, wrong];";

fn press(browser: &Browser, key: char) {
    browser.type_keys(&key.to_string());
}

/// Tabs until every marked stop has had the focus; what is wrong, a line each.
fn walk(browser: &Browser, scope: &str) -> Vec<String> {
    let marked = browser.script(&MARK.replace("SCOPE", scope)).as_u64().unwrap_or(0) as usize;
    assert!(marked > 0, "{scope} has nothing to stop at");
    let (mut seen, mut wrong) = (vec![false; marked], Vec::new());
    for _ in 0..MOST_STOPS {
        // Tab indents and completes; Escape, then Tab leaves (and is not pressed elsewhere: it would close).
        if browser.script("return ['manifest', 'prompt'].includes(document.activeElement?.id)") == true {
            press(browser, key::ESCAPE);
        }
        press(browser, key::TAB);
        let stop = browser.script(STOP);
        let says = stop[1].as_str().unwrap_or_default().to_string();
        if let Some(place) =
            stop[0].as_i64().and_then(|n| usize::try_from(n).ok()).and_then(|n| seen.get_mut(n))
        {
            *place = true;
        }
        if let Some(what) = stop[2].as_str().filter(|what| !what.is_empty()) {
            wrong.push(format!("{scope}: {says} {what}"));
        }
        if seen.iter().all(|seen| *seen) {
            break;
        }
    }
    for (n, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
        // What went away meanwhile need not be reached.
        let says = browser.script(&format!(
            "return document.querySelector(\"[data-stop='{n}']\")?.outerHTML.slice(0, 120) ?? ''"
        ));
        if let Some(says) = says.as_str().filter(|says| !says.is_empty()) {
            wrong.push(format!("{scope}: Tab never came to {says}"));
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

fn english() -> Options {
    Options { width: 1440, height: 900, lang: "en", reduced_motion: true, ..Options::default() }
}

fn whole_story(browser: &Browser) {
    browser.wait_for("the whole story", LONG, |b| {
        b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
    });
    browser.script("document.querySelector('.timeline__slider').focus()");
    press(browser, key::END);
    browser.wait_for("a pod that terminates", LONG, |b| {
        press(b, key::LEFT);
        b.has(".slot[aria-label*='Terminating']")
    });
}

#[test]
fn tab_leads_over_every_panel() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        whole_story(browser);
        browser.script("document.querySelector(\".slot[aria-label^='web-0']\").click()");
        let mut wrong = Vec::new();
        for tab in ["why", "dns", "events", "objects", "claims", "compare"] {
            browser.click(&format!("#tab-{tab}"));
            browser.script("document.activeElement.blur()");
            wrong.extend(walk(browser, "#app"));
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    });
}

#[test]
fn tab_leads_over_the_first_page_a_lesson_and_a_question() {
    visit(&english(), "?lang=en", |page| {
        let browser = &page.browser;
        let mut wrong = walk(browser, "#app");
        wrong.extend(dialog(browser, "own cluster", ".first__own button"));
        lessons::open_short(browser);
        wrong.extend(walk(browser, "#app"));
        browser.click("#lesson-next");
        browser.wait_for_element(".ask");
        wrong.extend(walk(browser, "#app"));
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    });
}

/// Opens a dialog with Enter, walks it, closes it; what is wrong.
fn dialog(browser: &Browser, name: &str, opener: &str) -> Vec<String> {
    browser.script(&format!("document.querySelector(\"{opener}\").focus()"));
    press(browser, key::ENTER);
    browser.wait_for(name, LONG, |b| b.has("dialog[open] .dialog__body"));
    browser.script_async("new Promise((done) => setTimeout(done, 200))");
    let mut wrong = walk(browser, "dialog[open]");
    // What lies behind a modal dialog cannot have the focus.
    let outside = "const e = document.activeElement; return !e.closest('dialog') && e !== document.body";
    if browser.script(outside) == true {
        wrong.push("the focus left the dialog".into());
    }
    press(browser, key::ESCAPE);
    browser.wait_for("the dialog to close", LONG, |b| !b.has("dialog[open]"));
    let back = format!("return document.activeElement === document.querySelector(\"{opener}\")");
    if browser.script(&back) != true {
        let now = browser.script("return document.activeElement?.outerHTML.slice(0, 120)");
        wrong.push(format!("the focus came back to {now}"));
    }
    wrong.into_iter().map(|line| format!("{name}: {line}")).collect()
}

/// Dialogs: what opens each, and its name.
const DIALOGS: &[(&str, &str)] = &[
    ("share", ".head__share"),
    ("settings", ".head [aria-label='Settings']"),
    ("help", ".head__help"),
    ("lessons", ".head__lessons"),
];

#[test]
fn escape_closes_every_dialog_and_gives_the_focus_back() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        whole_story(browser);
        let mut wrong = Vec::new();
        for (name, opener) in DIALOGS {
            wrong.extend(dialog(browser, name, opener));
        }
        // Opened by a key, it is given back to whatever had it.
        browser.script("document.querySelector('.timeline__slider').focus()");
        browser.type_keys("g");
        browser.wait_for_element("#go-to");
        press(browser, key::ESCAPE);
        browser.wait_for("the dialog to close", LONG, |b| !b.has("dialog[open]"));
        if browser.script("return document.activeElement.classList.contains('timeline__slider')") != true {
            wrong.push("go to: the focus did not come back".into());
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    });
}

#[test]
fn a_presentation_is_left_with_escape() {
    visit(&english(), "?lang=en#n1=ordered", |page| {
        let browser = &page.browser;
        whole_story(browser);
        browser.script("document.querySelector('.head__present').focus()");
        press(browser, key::ENTER);
        browser.wait_for_element(".page--present");
        browser.script_async("new Promise((done) => setTimeout(done, 400))");
        browser.script("dispatchEvent(new PointerEvent('pointermove'))");
        let wrong = walk(browser, ".page--present");
        browser.wait_for("the page", LONG, |b| {
            press(b, key::ESCAPE);
            !b.has(".page--present")
        });
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
        assert_eq!(
            browser
                .script("return document.activeElement?.className ?? ''")
                .as_str()
                .map(|c| c.contains("head__present")),
            Some(true),
            "the focus goes back to the button that began it"
        );
    });
}
