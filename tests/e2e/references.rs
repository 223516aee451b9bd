//! Ten states of the page as they looked when somebody last looked at them: `tests/e2e/references/`.
//!
//! Pictures are kept small and compared by the mean colour of squares, because no two machines draw letters alike.
//! `UPDATE_REFERENCES=1` writes them anew; look at each before it is committed.

use crate::driver::{Browser, Options, key};
use crate::{lessons, visit};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);
/// How small pictures are kept.
const SCALE: f64 = 0.4;
/// So many of a thousand squares may differ.
const MOST: u64 = 20;

/// Counts, of a thousand squares of 8 × 8, those whose mean colour differs by more than a tenth.
const DIFFERENCE: &str = "(async () => {
  const pixels = async (text) => {
    const image = new Image();
    image.src = `data:image/png;base64,${text}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixels(ONE), await pixels(OTHER)];
  if (a.width !== b.width || a.height !== b.height) return 1000;
  let differ = 0, all = 0;
  for (let y = 0; y + 8 <= a.height; y += 8) for (let x = 0; x + 8 <= a.width; x += 8) {
    const sums = [0, 0, 0];
    for (let i = 0; i < 64; i++) {
      const at = ((y + (i >> 3)) * a.width + x + (i & 7)) * 4;
      for (let c = 0; c < 3; c++) sums[c] += a.data[at + c] - b.data[at + c];
    }
    all++;
    if (sums.some((sum) => Math.abs(sum) / 64 > 25)) differ++;
  }
  return Math.round(1000 * differ / all);
})()";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/references")
}

/// What is seen, small, as base64.
fn seen(browser: &Browser) -> String {
    browser.script("document.activeElement?.blur()");
    // Fonts and stylesheets have come, nothing moves any more.
    browser.script_async("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 500)))");
    let size = browser.script("return [innerWidth, innerHeight]");
    let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": SCALE });
    let shot = browser.devtools("Page.captureScreenshot", &json!({ "format": "png", "clip": clip }));
    shot["data"].as_str().expect("a picture").to_string()
}

fn differ(browser: &Browser, one: &str, other: &str) -> u64 {
    let script =
        DIFFERENCE.replace("ONE", &json!(one).to_string()).replace("OTHER", &json!(other).to_string());
    let found = browser.script_async(&script);
    found.as_u64().unwrap_or_else(|| panic!("the pictures cannot be compared: {found}"))
}

/// Compares what is seen with the kept picture of that name.
fn hold(browser: &Browser, name: &str) {
    let now = seen(browser);
    let file = folder().join(format!("{name}.png"));
    if std::env::var_os("UPDATE_REFERENCES").is_some() {
        std::fs::create_dir_all(folder()).expect("a folder for references");
        std::fs::write(&file, crate::driver::base64(&now)).expect("the picture can be written");
        return;
    }
    let kept = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let differs = differ(browser, &now, &crate::driver::to_base64(&kept));
    if differs > MOST {
        let shown = std::env::temp_dir().join(format!("ordinal-{name}.png"));
        std::fs::write(&shown, crate::driver::base64(&now)).expect("the picture can be written");
        panic!("{name}: {differs} of 1000 squares differ; what is seen now is in {}", shown.display());
    }
}

fn still(width: u32, height: u32, lang: &'static str, dark: bool) -> Options {
    Options { width, height, lang, dark, reduced_motion: true }
}

/// So many steps before the end of the story.
fn before_the_end(browser: &Browser, steps: usize) {
    browser.wait_for("the whole story", LONG, |b| {
        b.script("return +(document.querySelector('.timeline__slider')?.max ?? 0)").as_u64() >= Some(20)
    });
    browser.script("document.querySelector('.timeline__slider').focus()");
    browser.type_keys(&key::END.to_string());
    for _ in 0..steps {
        browser.type_keys(&key::LEFT.to_string());
    }
    browser.script("document.activeElement.blur()");
}

#[test]
fn the_first_page() {
    visit(&still(1440, 900, "ko", false), "", |page| {
        browser_settled(&page.browser);
        hold(&page.browser, "first-ko");
        // The comparison can say no.
        let light = seen(&page.browser);
        page.browser.set_media(true, true);
        page.browser.reload();
        page.browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
        browser_settled(&page.browser);
        assert!(differ(&page.browser, &light, &seen(&page.browser)) > 500);
        assert_eq!(differ(&page.browser, &light, &light), 0);
        hold(&page.browser, "first-dark-ko");
    });
}

// The picture of the first page is the engine's own.
fn browser_settled(browser: &Browser) {
    browser.script_async("new Promise((done) => setTimeout(done, 1500))");
}

#[test]
fn the_page_amid_a_scale_in() {
    visit(&still(1440, 900, "ko", false), "?lang=ko#n1=ordered", |page| {
        before_the_end(&page.browser, 4);
        hold(&page.browser, "scale-in-ko");
        page.browser.type_keys("c");
        hold(&page.browser, "claims-ko");
    });
}

#[test]
fn the_page_by_node_in_the_dark() {
    visit(&still(1440, 900, "en", true), "?lang=en#n1=node", |page| {
        before_the_end(&page.browser, 8);
        page.browser.type_keys("v");
        hold(&page.browser, "nodes-dark-en");
    });
}

#[test]
fn names_with_a_client() {
    visit(&still(1440, 900, "en", false), "?lang=en#n1=ordered", |page| {
        before_the_end(&page.browser, 0);
        crate::panels::place_client(&page.browser, "nginx", "0");
        page.browser.wait_for("a request", LONG, |b| b.has(".client__box"));
        page.browser.script("document.querySelector('.timeline__slider').focus()");
        page.browser.type_keys(&key::END.to_string());
        page.browser.wait_for("a pod reached", LONG, |b| b.has(".wire--ray"));
        hold(&page.browser, "client-en");
    });
}

#[test]
fn two_runs_in_the_dark() {
    visit(&still(1024, 768, "en", true), "?lang=en#n1=ordered", |page| {
        before_the_end(&page.browser, 4);
        page.browser.click("#tab-compare");
        page.browser.wait_for_element(".chip");
        page.browser.click(".chip");
        page.browser.wait_for("the difference", LONG, |b| b.has(".compare__stage svg"));
        hold(&page.browser, "compare-dark-en");
    });
}

#[test]
fn a_question() {
    visit(&still(1440, 900, "ko", false), "?lang=ko", |page| {
        lessons::open_short(&page.browser);
        page.browser.click("#lesson-next");
        page.browser.wait_for_element(".ask");
        hold(&page.browser, "question-ko");
    });
}

#[test]
fn a_phone() {
    visit(&still(390, 844, "ko", false), "?lang=ko#n1=ordered", |page| {
        before_the_end(&page.browser, 4);
        hold(&page.browser, "phone-ko");
    });
}

#[test]
fn an_embed_and_a_room() {
    visit(&still(600, 420, "en", true), "?lang=en&mode=embed&start=load#n1=ordered&t=e60", |page| {
        page.browser.wait_for("the picture", LONG, |b| b.has(".scene"));
        hold(&page.browser, "embed-dark-en");
    });
    visit(&still(1280, 720, "ko", false), "?lang=ko&mode=present#n1=ordered&t=e60", |page| {
        page.browser.wait_for("the picture", LONG, |b| b.has(".page--present .scene"));
        hold(&page.browser, "room-ko");
    });
}
