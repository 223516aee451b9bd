//! A presentation by remote and by speaker window, the page in one file, and the page without a network.

use crate::driver::{Browser, Options, key};
use crate::static_server::Server;
use crate::{BASE, dist, visit};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

fn projector(lang: &'static str) -> Options {
    Options { width: 1280, height: 720, lang, ..Options::default() }
}

fn ready(browser: &Browser) {
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    browser.wait_for("the story", LONG, |b| place(b).ends_with("/ 3"));
}

fn place(browser: &Browser) -> String {
    let text = browser.script("return document.querySelector('.present__steps')?.textContent ?? ''");
    text.as_str().unwrap_or_default().to_string()
}

fn press(browser: &Browser, key: char) {
    browser.type_keys(&key.to_string());
}

/// Texts smaller than 24 pixels a 720th of the height, as a reader sees them.
const SMALL: &str = "const small = [], least = innerHeight / 720 * 24 - 0.1;
    for (const e of document.querySelectorAll('.page--present :not(script, style)')) {
      if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
      const box = e.getBoundingClientRect();
      if (!box.width || e.closest('.present__tools, .skip, .visually-hidden, option')) continue;
      const px = parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.().a ?? 1);
      if (px < least) small.push(`${px.toFixed(1)} ${e.textContent.slice(0, 30)}`);
    }
    return small;";

#[test]
fn a_remote_tells_a_run_in_words_of_24_pixels() {
    for (lang, width, height) in [("ko", 1280, 720), ("en", 1920, 1080)] {
        let options = Options { width, height, dark: true, ..projector(lang) };
        visit(&options, &format!("?mode=present&lang={lang}#n1=ordered"), |page| {
            let browser = &page.browser;
            ready(browser);
            assert_eq!(browser.attribute("html", "data-theme").as_deref(), Some("light"), "light by default");
            assert_eq!(
                browser.script("return getComputedStyle(document.querySelector('.present__tools')).opacity"),
                "0"
            );
            press(browser, key::PAGE_DOWN);
            browser.wait_for("the first chapter", LONG, |b| place(b) == "1 / 3");
            // Forward while it plays shows its end; forward again begins the next.
            browser.wait_for("it to play", LONG, |b| {
                b.script("return !!document.querySelector('.pod--creating')") == true
            });
            press(browser, key::PAGE_DOWN);
            browser.wait_for("three pods", LONG, |b| b.count("#picture .pod--ready") == 3);
            assert_eq!(browser.script(SMALL), serde_json::json!([]), "{lang}");
            for (key, part) in [('d', ".names__table"), ('w', ".why__title"), ('`', "#prompt")] {
                press(browser, key);
                browser.wait_for(part, LONG, |b| {
                    b.script(&format!("return document.querySelector('{part}')?.offsetWidth > 0")) == true
                });
                assert_eq!(browser.script(SMALL), serde_json::json!([]), "{lang} {part}");
                let right = format!(
                    "const box = document.querySelector('{part}').closest('.side, .terminal').getBoundingClientRect();\
                     return Math.round(box.left / innerWidth * 100)"
                );
                browser.wait_for("it to lie over the right 45 %", LONG, |b| b.script(&right) == 55);
                // The prompt takes letters: there Escape leaves it and closes what lies over.
                press(browser, if part == "#prompt" { key::ESCAPE } else { key });
                browser.wait_for("the stage", LONG, |b| b.has(".page--present.page--stage"));
            }
            press(browser, key::PAGE_DOWN);
            browser.wait_for("the second chapter", LONG, |b| place(b) == "2 / 3");
            press(browser, key::PAGE_UP);
            browser.wait_for("its beginning", LONG, |b| {
                b.script("return !document.querySelector('.pod--creating')") == true
            });
            press(browser, 'b');
            browser.wait_for_element(".present__blank");
            let covered =
                "const e = document.elementFromPoint(innerWidth / 2, innerHeight / 2); return e.className";
            assert_eq!(browser.script(covered), "present__blank");
            press(browser, key::ESCAPE);
            browser.wait_for("the stage again", LONG, |b| !b.has(".present__blank"));
            // The pointer brings the controls; nothing of ours is too wide.
            browser.script("dispatchEvent(new PointerEvent('pointermove'))");
            browser.wait_for("the controls", LONG, |b| {
                b.script("return getComputedStyle(document.querySelector('.present__tools')).opacity") == "1"
            });
            assert_eq!(browser.script("return document.documentElement.scrollWidth"), width);
            press(browser, key::ESCAPE);
            browser.wait_for("the page", LONG, |b| !b.has(".page--present") && !b.url().contains("mode="));
        });
    }
}

#[test]
fn the_speaker_window_follows_and_leads_and_both_survive_a_reload() {
    visit(&projector("en"), "?mode=present&lang=en#n1=ordered", |page| talk(&page.browser));
}

/// One talk with both windows, from a server or from a file.
fn talk(browser: &Browser) {
    ready(browser);
    let slides = browser.window();
    press(browser, 's');
    browser.wait_for("a second window", LONG, |b| b.windows().len() == 2);
    let speaker = browser.windows().into_iter().find(|window| *window != slides).expect("the speaker window");
    let on = |window: &str| browser.switch_to(window);
    let says = |selector: &str, part: &str| {
        // Asked in one go: the window draws itself anew at any time.
        let text = format!("return document.querySelector('{selector}')?.textContent ?? ''");
        browser.wait_for(part, LONG, |b| b.script(&text).as_str().is_some_and(|text| text.contains(part)));
    };
    on(&speaker);
    says(".speaker__head h1", "Created in order");
    assert!(!browser.has("[data-engine]"), "the speaker window runs nothing");
    // It leads.
    browser.script("document.querySelector('#speaker-forward').click()");
    says(".speaker__place", "1 / 3");
    on(&slides);
    assert_eq!(place(browser), "1 / 3");
    // It follows, and tells what comes next.
    press(browser, key::PAGE_DOWN);
    on(&speaker);
    says(".speaker__main", "scale 5");
    press(browser, 'b');
    says("#speaker-blank", "Show");
    on(&slides);
    assert!(browser.has(".present__blank"));
    on(&speaker);
    press(browser, key::PAGE_DOWN);
    says(".speaker__place", "2 / 3");
    let clock = "return JSON.parse(sessionStorage.clock).from";
    let began = browser.script(clock);
    // Either is reloaded: they find each other again, at the same place.
    browser.reload();
    says(".speaker__place", "2 / 3");
    assert_eq!(browser.script(clock), began, "the clock goes on");
    on(&slides);
    press(browser, key::PAGE_DOWN);
    let step = "return document.querySelector('.timeline__slider').value";
    browser.wait_for("the end of the slide", LONG, |b| b.count("#picture .pod--ready") == 5);
    let before = browser.script(step);
    browser.reload();
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    browser.wait_for("the same place", LONG, |b| place(b) == "2 / 3" && b.script(step) == before);
    on(&speaker);
    browser.script("document.querySelector('#speaker-forward').click()");
    says(".speaker__place", "3 / 3");
    on(&slides);
    browser.wait_for("the last slide", LONG, |b| place(b) == "3 / 3");
    press(browser, key::ESCAPE);
    on(&speaker);
    says(".notice", "ended");
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
    on(&slides);
}

/// The page as one file, beside the built one.
fn single() -> PathBuf {
    let file = std::env::var_os("ORDINAL_SINGLE").map(PathBuf::from);
    file.expect("ORDINAL_SINGLE names no file: run `cargo xtask test --browser`, which makes it")
}

#[test]
fn one_file_plays_the_first_story_and_asks_nobody() {
    let folder = folder("single");
    fs::copy(single(), folder.join("ordinal.html")).unwrap();
    let browser = Browser::start(&Options { lang: "ko", ..Options::default() });
    let address = format!("file://{}", folder.join("ordinal.html").display());
    browser.goto(&address);
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    browser.click(".story");
    browser.wait_for("the story", LONG, |b| {
        b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
    });
    press(&browser, key::END);
    browser.wait_for("its end", LONG, |b| b.count("#picture .pod--ready") >= 3);
    let asked = "return performance.getEntriesByType('resource').map((e) => e.name).filter((name) => !/^(data|blob):/.test(name))";
    assert_eq!(browser.script(asked), serde_json::json!([]), "it fetches nothing");
    browser.click("#prompt");
    browser.type_keys("kubectl get sts");
    press(&browser, key::ENTER);
    browser.wait_for("an answer", LONG, |b| b.text("#terminal-log").contains("READY"));
    browser.click(".head__lessons");
    browser.wait_for("the lessons", LONG, |b| b.count(".lessons__item") > 10);
    browser.script("document.querySelector('.lessons__item').click()");
    browser.wait_for_element(".lesson__purpose");
    assert_eq!(browser.script(asked), serde_json::json!([]), "lessons are in it too");
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn one_file_is_enough_for_a_talk() {
    let folder = folder("talk");
    fs::copy(single(), folder.join("ordinal.html")).unwrap();
    let browser = Browser::start(&projector("en"));
    browser
        .goto(&format!("file://{}?mode=present&lang=en#n1=ordered", folder.join("ordinal.html").display()));
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    talk(&browser);
    fs::remove_dir_all(folder).unwrap();
}

/// An empty folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ordinal-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder of this test with the built page in it.
fn copied(name: &str) -> PathBuf {
    let folder = folder(name);
    copy(&dist(), &folder);
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

/// Makes another version of the page in `folder`: another title, another part of the same name but for its hash, and the list
/// of the worker that goes with them.
fn next_version(folder: &Path) {
    let html = fs::read_to_string(folder.join("index.html")).unwrap();
    let part = html.split("present.css=./").nth(1).unwrap().split(['"', ' ']).next().unwrap().to_string();
    let new = "present-0123456789abcdef.css";
    let css = fs::read_to_string(folder.join(&part)).unwrap() + "/* newer */\n";
    fs::remove_file(folder.join(&part)).unwrap();
    fs::write(folder.join(new), &css).unwrap();
    let html = html.replace(&part, new).replace("</head>", "<meta name=\"version\" content=\"2\"></head>");
    fs::write(folder.join("index.html"), &html).unwrap();
    let worker = fs::read_to_string(folder.join("sw.js")).unwrap();
    let hash_of = |name: &str| worker.split(&format!("\"{name}\":\"")).nth(1).unwrap()[..64].to_string();
    let worker = worker
        .replace(&hash_of("index.html"), &sha256(&folder.join("index.html")))
        .replace(&hash_of(&part), &sha256(&folder.join(new)))
        .replace(&part, new)
        .replace("const VERSION = \"", "const VERSION = \"2");
    fs::write(folder.join("sw.js"), worker).unwrap();
}

fn sha256(file: &Path) -> String {
    let said = std::process::Command::new("sha256sum").arg(file).output().expect("sha256sum");
    String::from_utf8(said.stdout).unwrap()[..64].to_string()
}

fn kept(browser: &Browser) -> Vec<String> {
    let names = browser.script_async("caches.keys()");
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_string()).collect()
}

#[test]
fn a_page_visited_once_opens_without_a_network_and_a_new_version_replaces_it_whole() {
    let folder = copied("offline");
    let server = Server::start(&folder, BASE, 0).unwrap();
    let browser = Browser::start(&Options { lang: "en", ..Options::default() });
    let engine = |browser: &Browser| browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    let count = |ending: &str| server.requests().iter().filter(|path| path.ends_with(ending)).count();
    browser.goto(&server.url());
    engine(&browser);
    browser.wait_for("the page to be kept", LONG, |b| kept(b).len() == 1);
    browser.wait_for("the worker", LONG, |b| {
        b.script_async("navigator.serviceWorker.getRegistration().then((r) => !!r?.active)") == true
    });
    assert_eq!(count(".wasm"), 2, "what was there is not fetched again: {:?}", server.requests());

    // The server is gone: the page opens, and what is fetched late is there too.
    server.hold(Some(""));
    browser.set_offline(true);
    browser.reload();
    engine(&browser);
    browser.click(".head__present");
    browser.wait_for("a presentation without a network", LONG, |b| {
        b.script(
            "return getComputedStyle(document.querySelector('.page--present') ?? document.body).position",
        ) == "fixed"
    });
    press(&browser, key::ESCAPE);
    browser.wait_for("the page", LONG, |b| !b.has(".page--present"));
    browser.goto(&format!("{}?lang=en&lesson=first-set", server.url()));
    browser.wait_for("a lesson without a network", LONG, |b| b.has(".lesson__purpose"));
    browser.goto(&server.url());
    engine(&browser);
    browser.set_offline(false);
    server.hold(None);

    // Half of a new version is there: nothing changes.
    let first = kept(&browser);
    let worker = fs::read_to_string(folder.join("sw.js")).unwrap();
    next_version(&folder);
    let whole = fs::read(folder.join("index.html")).unwrap();
    fs::write(folder.join("index.html"), "<!doctype html><title>half</title>").unwrap();
    browser.reload();
    engine(&browser);
    browser.script_async("navigator.serviceWorker.getRegistration().then((r) => r.update()).catch(() => {})");
    browser.script_async("new Promise((done) => setTimeout(done, 1500))");
    assert_eq!(kept(&browser), first, "half a version is none");
    browser.reload();
    engine(&browser);
    assert!(!browser.has("meta[name=version]") && browser.title().starts_with("Ordinal"));

    // The other half comes: fetched behind the page that is shown, and shown at the next load, whole.
    fs::write(folder.join("index.html"), whole).unwrap();
    assert_ne!(fs::read_to_string(folder.join("sw.js")).unwrap(), worker);
    browser.script_async("navigator.serviceWorker.getRegistration().then((r) => r.update()).catch(() => {})");
    browser.wait_for("the new version", LONG, |b| kept(b).len() == 2);
    assert!(!browser.has("meta[name=version]"), "what is shown stays");
    browser.set_offline(true);
    // The older page still finds its own parts.
    browser.click(".head__present");
    browser.wait_for("the older part", LONG, |b| {
        b.script(
            "return getComputedStyle(document.querySelector('.page--present') ?? document.body).position",
        ) == "fixed"
    });
    press(&browser, key::ESCAPE);
    browser.wait_for("the new page", LONG, |b| {
        b.reload();
        b.has("meta[name=version]")
    });
    engine(&browser);
    browser.wait_for("the older files to go", LONG, |b| kept(b).len() == 1);
    assert_ne!(kept(&browser), first);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_embed_keeps_nothing() {
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let browser = Browser::start(&Options::default());
    browser.goto(&format!("{}?mode=embed&start=load#n1=ordered", server.url()));
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    browser.script_async("new Promise((done) => setTimeout(done, 500))");
    assert!(kept(&browser).is_empty());
    assert_eq!(
        browser.script_async("navigator.serviceWorker.getRegistrations().then((list) => list.length)"),
        0
    );
    assert!(!server.requests().iter().any(|path| path == "sw.js"));
}

#[test]
fn a_lesson_on_the_projector_asks_the_room_and_the_speaker_counts_hands() {
    let folder = copied("lesson");
    let lesson = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons/short.md");
    fs::copy(lesson, folder.join("lessons/short.md")).unwrap();
    let server = Server::start(&folder, BASE, 0).unwrap();
    let browser = Browser::start(&projector("en"));
    browser.goto(&format!("{}?mode=present&lang=en&lesson=short", server.url()));
    browser.wait_for("the lesson", LONG, |b| b.has("[data-engine=ready]") && place(b) == "1 / 4");
    assert_eq!(browser.text(".present__title"), "What a scale-in leaves");
    browser.wait_for("its caption", LONG, |b| b.count("#picture .pod--ready") == 2);
    let slides = browser.window();
    press(&browser, 's');
    browser.wait_for("a second window", LONG, |b| b.windows().len() == 2);
    let speaker = browser.windows().into_iter().find(|window| *window != slides).expect("the speaker window");
    browser.switch_to(&speaker);
    let says = |selector: &str, part: &str| {
        let text = format!("return document.querySelector('{selector}')?.textContent ?? ''");
        browser.wait_for(part, LONG, |b| b.script(&text).as_str().is_some_and(|text| text.contains(part)));
    };
    says(".speaker__notes", "Point at the order.");
    browser.script("document.querySelector('#speaker-forward').click()");
    says(".speaker__main", "How many claims are left?");
    says(".speaker__main", "B. Two");
    says(".speaker__main", "The default of the retention policy");
    browser.type_into("#hands-1", "12");
    browser.switch_to(&slides);
    browser.wait_for("the hands", LONG, |b| {
        b.script("return [...document.querySelectorAll('.present__hands')].map((e) => e.textContent).join()")
            == "12"
    });
    let room = browser.text(".present__say");
    assert!(!room.contains("retention") && !browser.has(".present__option--right, .present__bar"), "{room}");
    assert_eq!(browser.script(SMALL), serde_json::json!([]));
    for key in ['a', '3'] {
        press(&browser, key);
    }
    browser.wait_for("hands by keys", LONG, |b| b.count(".present__hands") == 2);
    press(&browser, key::PAGE_DOWN);
    browser.wait_for("the answer", LONG, |b| b.has(".present__option--right .present__bar"));
    assert!(browser.text(".present__option--right").contains("Two"));
    assert!(browser.text(".present__say").contains("retention policy"));
    assert_eq!(browser.count(".present__bar"), 2);
    assert_eq!(browser.script(SMALL), serde_json::json!([]));
    // A reload comes back to the same step.
    browser.reload();
    browser.wait_for("the same step", LONG, |b| b.has("[data-engine=ready]") && place(b) == "2 / 4");
    browser.switch_to(&speaker);
    says(".speaker__place", "2 / 4");
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
    fs::remove_dir_all(folder).unwrap();
}
