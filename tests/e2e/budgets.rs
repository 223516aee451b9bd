//! The budgets of the page, measured: `cargo xtask bench --browser` prints them. Times depend on the machine, so nothing
//! here fails a test run.

use crate::driver::{Browser, Options, key};
use crate::visit;
use serde_json::json;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(120);

/// What the main thread has done so far: milliseconds of script and of everything, and bytes in use.
fn metrics(browser: &Browser) -> [f64; 3] {
    let all = browser.devtools("Performance.getMetrics", &json!({}));
    let of = |name: &str| {
        let list = all["metrics"].as_array().into_iter().flatten();
        list.filter(|m| m["name"] == name).find_map(|m| m["value"].as_f64()).unwrap_or(0.0)
    };
    [of("ScriptDuration") * 1000.0, of("TaskDuration") * 1000.0, of("JSHeapUsedSize")]
}

/// Script and all work of the main thread, in milliseconds, for each of `times` runs of `act`.
fn cost(browser: &Browser, times: usize, mut act: impl FnMut(&Browser)) -> [f64; 2] {
    let before = metrics(browser);
    for _ in 0..times {
        act(browser);
    }
    let after = metrics(browser);
    [0, 1].map(|i| (after[i] - before[i]) / times as f64)
}

/// Bytes of every WebAssembly memory of the page.
fn memory(browser: &Browser) -> f64 {
    let prototype =
        browser.devtools("Runtime.evaluate", &json!({ "expression": "WebAssembly.Memory.prototype" }));
    let found = browser
        .devtools("Runtime.queryObjects", &json!({ "prototypeObjectId": prototype["result"]["objectId"] }));
    let sum = "function() { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) }";
    let call = json!({ "objectId": found["objects"]["objectId"], "functionDeclaration": sum, "returnByValue": true });
    browser.devtools("Runtime.callFunctionOn", &call)["result"]["value"].as_f64().unwrap_or(f64::NAN)
}

fn row(what: &str, value: f64, unit: &str, budget: Option<f64>) {
    let verdict = match budget {
        Some(budget) if value <= budget => format!("{budget:>8} {unit:<3} ok"),
        Some(budget) => format!("{budget:>8} {unit:<3} OVER"),
        None => String::new(),
    };
    println!("{what:<44}{value:>10.1} {unit:<3}{verdict}");
}

/// What the browser noted since the page was asked for.
const NOTED: &str = "new Promise((done) => {
  const noted = { paint: 0, shift: 0, blocked: 0 };
  const see = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  see('largest-contentful-paint', (e) => noted.paint = e.startTime);
  see('layout-shift', (e) => noted.shift += e.hadRecentInput ? 0 : e.value);
  see('longtask', (e) => noted.blocked += Math.max(0, e.duration - 50));
  const mark = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
  setTimeout(() => done([noted.paint, mark('ordinal:running'), mark('ordinal:engine'), noted.blocked, noted.shift]), 1500);
})";

/// Deltas between frames, for three seconds.
const FRAMES: &str = "new Promise((done) => {
  const times = [];
  const frame = (now) => { times.push(now); times[times.length - 1] - times[0] < 3000 ? requestAnimationFrame(frame) : done(times.slice(1).map((t, i) => t - times[i])); };
  requestAnimationFrame(frame);
})";

fn command(browser: &Browser, line: &str) {
    browser.click("#prompt");
    browser.type_keys(line);
    browser.type_keys(&key::ENTER.to_string());
    browser.script("document.activeElement.blur()");
}

fn computed(browser: &Browser) {
    browser.wait_for("everything to be computed", LONG, |b| {
        b.script_async("new Promise((done) => setTimeout(done, 500))");
        !b.has(".timeline[aria-busy=true]") && !b.has(".timeline__busy")
    });
}

fn press(browser: &Browser, key: char) {
    browser.type_keys(&key.to_string());
    // The step is drawn in the next frame.
    browser.script_async("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
}

/// Presses the play button, if it says so.
fn play_or_pause(browser: &Browser, word: &str) {
    browser.script(&format!(
        "const play = document.querySelector('#play'); if (play.ariaLabel === '{word}') play.click()"
    ));
}

#[test]
#[ignore = "measures; cargo xtask bench --browser"]
fn page_budgets() {
    let wide = Options { width: 1440, height: 900, lang: "en", ..Options::default() };
    println!();
    visit(&wide, "?lang=en", |page| {
        let noted = page.browser.script_async(NOTED);
        let of = |i: usize| noted[i].as_f64().unwrap_or_default();
        row("largest paint", of(0), "ms", Some(1000.0));
        row("first picture (module runs)", of(1), "ms", Some(700.0));
        row("usable (engine there)", of(2), "ms", None);
        row("main thread blocked while loading", of(3), "ms", Some(150.0));
        row("layout shift, thousandths", of(4) * 1000.0, "", Some(20.0));
        page.browser.devtools("Performance.enable", &json!({}));
        let idle =
            cost(&page.browser, 1, |b| drop(b.script_async("new Promise((done) => setTimeout(done, 2000))")));
        row("first page at rest, of 2 s", idle[1], "ms", None);
    });
    visit(&wide, "?lang=en#n1=parallel", |page| {
        let browser = &page.browser;
        browser.devtools("Performance.enable", &json!({}));
        browser.wait_for_element("#prompt");
        computed(browser);
        let play = cost(browser, 1, |b| {
            b.script("document.querySelector('#play').click()");
            b.script_async("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
            b.script("document.querySelector('#play').click()");
        });
        row("press of play to the next frame", play[1], "ms", Some(100.0));
        command(browser, "kubectl scale sts web --replicas=60");
        browser.wait_for("sixty", LONG, |b| b.text("#terminal-log").contains("scaled"));
        computed(browser);
        // Back to the command, whose pods all come at once.
        play_or_pause(browser, "Pause");
        press(browser, 'p');
        let before = metrics(browser);
        play_or_pause(browser, "Play");
        let frames = browser.script_async(FRAMES);
        let after = metrics(browser);
        let mut frames: Vec<f64> =
            frames.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();
        frames.sort_by(f64::total_cmp);
        let n = frames.len().max(1);
        row("frames a second, 60 moving", 1000.0 * n as f64 / frames.iter().sum::<f64>().max(1.0), "", None);
        row(
            "a frame, 95th of a hundred",
            frames.get(n * 95 / 100).copied().unwrap_or_default(),
            "ms",
            Some(20.0),
        );
        row("script a frame while moving", (after[0] - before[0]) / n as f64, "ms", Some(4.0));
        play_or_pause(browser, "Pause");
    });
    visit(&wide, "?lang=en#n1=parallel", |page| {
        let browser = &page.browser;
        browser.devtools("Performance.enable", &json!({}));
        browser.wait_for_element("#prompt");
        command(browser, "kubectl scale sts web --replicas=100");
        browser.wait_for("a hundred", LONG, |b| b.text("#terminal-log").contains("scaled"));
        computed(browser);
        browser.script("document.querySelector('.timeline__slider').focus()");
        press(browser, key::END);
        for _ in 0..25 {
            press(browser, key::LEFT);
        }
        let step = cost(browser, 20, |b| press(b, key::RIGHT));
        row("a step at 100 pods: script", step[0], "ms", Some(8.0));
        row("a step at 100 pods: script, layout, paint", step[1], "ms", None);
        let mut there = false;
        let seek = cost(browser, 10, |b| {
            there = !there;
            press(b, if there { key::HOME } else { key::END });
        });
        row("a seek from end to end", seek[1], "ms", Some(50.0));
        let bytes = memory(browser) + metrics(browser)[2];
        row("memory: module and page", bytes / 1e6, "MB", Some(60.0));
        let idle =
            cost(browser, 1, |b| drop(b.script_async("new Promise((done) => setTimeout(done, 2000))")));
        row("paused, work in 2 s", idle[1], "ms", Some(20.0));
    });
}
