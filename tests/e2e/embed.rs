//! A run in somebody else's page: another origin, a strict policy, ten of them at once.

use crate::driver::{Browser, Options};
use crate::static_server::Server;
use crate::{BASE, dist};
use ordinal::lang::Lang;
use ordinal::program;
use ordinal::samples::STORIES;
use ordinal::scenario::link;
use ordinal::session::Run;
use ordinal::ui::panels::share::{CODES, Parts};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(30);

// What the share dialog makes of the first story at its 60th event.
fn parts(base: &str) -> Parts {
    let run = Run::from_scenario(STORIES[0].scenario).unwrap();
    let position = run.moment("e60").unwrap();
    Parts {
        base: base.to_string(),
        fragment: format!("{}&t=e60", link::write(STORIES[0].scenario)),
        still: link::pack(&program::still(&run, position, Lang::En)),
        title: STORIES[0].title(Lang::En).to_string(),
        lang: "en",
        records: true,
    }
}

fn code(name: &str, parts: &Parts) -> String {
    (CODES.iter().find(|code| code.name == name).unwrap().make)(parts)
}

/// A blog on a host of its own, with `body` in a post; the folder goes when the test ends.
struct Blog {
    server: Server,
    folder: PathBuf,
}

impl Blog {
    fn new(name: &str, body: &str) -> Blog {
        let folder = std::env::temp_dir().join(format!("ordinal-blog-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let policy =
            "default-src 'none'; frame-src http:; script-src http:; style-src 'unsafe-inline'; img-src data:";
        let page = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"{policy}\">\
             <title>A post</title><link rel=icon href=data:,><p>Before.</p>{body}<p>Behind.</p>"
        );
        fs::write(folder.join("index.html"), page).unwrap();
        Blog { server: Server::start(&folder, "/", 0).unwrap(), folder }
    }
}

impl Drop for Blog {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn modules(server: &Server) -> usize {
    server.requests().iter().filter(|path| path.ends_with(".wasm")).count()
}

#[test]
fn ten_embeds_show_their_moment_and_fetch_no_module() {
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let frame = code("iframe", &parts(&server.url()));
    assert!(frame.len() < 6_000, "a code of {} characters", frame.len());
    let blog = Blog::new("ten", &frame.replace(" loading=\"lazy\"", "").repeat(10));
    let browser = Browser::start(&Options { lang: "en", ..Options::default() });
    browser.goto(&blog.server.url());
    // The frames are of another origin, so what they fetched is asked of the server.
    browser.wait_for("ten stills", LONG, |_| {
        server.requests().iter().filter(|path| path.starts_with("embed-")).count() >= 1
            && server.requests().iter().filter(|path| path.is_empty() || path.contains("mode=embed")).count()
                >= 10
    });
    browser.script_async("new Promise((done) => setTimeout(done, 1000))");
    assert_eq!(modules(&server), 0);
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
}

#[test]
fn the_still_is_the_moment_of_the_link_and_a_damaged_one_is_left_out() {
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let browser = Browser::start(&Options { width: 600, height: 420, lang: "en", ..Options::default() });
    let Parts { fragment, still, .. } = parts("");
    browser.goto(&format!("{}?mode=embed#{fragment}&s={still}", server.url()));
    browser.wait_for_element(".asleep__picture svg");
    assert!(browser.text(".asleep__picture").contains("Running"), "{}", browser.text(".asleep__picture"));
    assert_eq!(
        browser.script("return document.querySelectorAll('.asleep [href], .asleep script').length"),
        0
    );

    // Somebody's own picture: shapes are taken over, everything else is not.
    let hostile = "<svg viewBox=\"0 0 9 9\" onload=\"document.title='no'\"><script>document.title='no'</script><a href=\"x\"><text>t</text></a><image href=\"x\"/><rect width=\"9\" height=\"9\" style=\"fill:red\"/></svg>";
    browser.goto("about:blank");
    browser.goto(&format!("{}?mode=embed#{fragment}&s={}", server.url(), link::pack(hostile)));
    browser.wait_for_element(".asleep__picture rect");
    assert_eq!(browser.script("return document.querySelector('.asleep__picture').innerHTML.match(/<(?!\\/)[a-z]+|on[a-z]+=|style=|href=/g).join()"), "<svg,<rect");
    browser.goto("about:blank");
    browser.goto(&format!("{}?mode=embed#{fragment}&s=!!!", server.url()));
    browser.wait_for_element("#wake");
    assert!(!browser.has(".asleep__picture svg"));

    // Woken, it plays on from there, keeps nothing, and leaves the address alone.
    browser.click("#wake");
    browser.wait_for("the engine", LONG, |browser| browser.has("[data-engine=ready]"));
    browser.wait_for_element(".page--embed .caption__text");
    assert!(!browser.has("#boot"));
    browser.wait_for("the step", LONG, |browser| browser.text(".caption__eyebrow").contains("23"));
    assert!(browser.url().contains("&t=e60"));
    assert_eq!(browser.script("return localStorage.length"), 0);
    browser.click("#tab-dns");
    browser.wait_for_element(".page--side .side");
    assert!(
        !browser.has(".work:not([hidden])")
            || browser.script("return getComputedStyle(document.querySelector('.work')).display") == "none"
    );
    // The policy has its say about the hostile picture; nothing else may be amiss.
    let mut errors = browser.console_errors();
    errors.retain(|entry| !entry.message.contains("Executing inline event handler"));
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_element_plays_seeks_types_and_is_told() {
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let blog = Blog::new("element", &code("<sts-stage>", &parts(&server.url())));
    let browser = Browser::start(&Options { lang: "en", ..Options::default() });
    browser.goto(&blog.server.url());
    browser.wait_for("the frame", LONG, |browser| {
        browser.script("return !!document.querySelector('sts-stage')?.ready") == true
    });
    assert_eq!(modules(&server), 0, "asleep until it is asked for something");
    let stage = "document.querySelector('sts-stage')";
    browser.script(&format!(
        "window.said = []; {stage}.addEventListener('sts-state', (e) => said.push(e.detail.event))"
    ));
    let asked = |call: &str| {
        browser.script_async(&format!("{stage}.{call}.catch((error) => 'refused: ' + error.message)"))
    };
    assert_eq!(asked("pause()"), serde_json::Value::Null);
    assert_eq!(modules(&server), 2);
    assert_eq!(asked("seek('e20')"), serde_json::Value::Null);
    assert_eq!(asked("get('state')")["event"], 20);
    assert_eq!(asked("step(1, 'event')"), serde_json::Value::Null);
    assert_eq!(asked("get('state')")["event"], 21);
    assert!(asked("seek('nowhere')").as_str().unwrap().starts_with("refused: `nowhere`"));
    asked("seek('end')");
    asked("command('kubectl scale sts web --replicas=1')");
    browser.wait_for("the command's output", LONG, |_| {
        asked("get('transcript')").as_str().is_some_and(|text| text.contains("web scaled"))
    });
    assert!(asked("get('svg')").as_str().unwrap().starts_with("<svg xmlns"));
    assert!(asked("get('link')").as_str().unwrap().contains("z1="));
    assert!(browser.script("return said.length").as_i64().unwrap() > 0, "the host heard of no state");
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
}
