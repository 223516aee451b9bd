//! What an address asks for, as it is seen: a line for every name of `ui/looks.rs`.

use crate::driver::{Browser, Options};
use crate::static_server::Server;
use crate::{BASE, dist};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(60);

/// A query, and what has to become true of the page.
const CASES: &[(&str, &str)] = &[
    ("lang=en", "document.documentElement.lang === 'en'"),
    ("theme=dark", "document.documentElement.dataset.theme === 'dark'"),
    ("theme=contrast", "getComputedStyle(document.body).color === 'rgb(0, 0, 0)'"),
    ("mode=present", "!!q('.page--present') && q('.present__head').offsetWidth === innerWidth"),
    ("mode=embed", "!!q('.page--embed') || !!q('#wake')"),
    ("sample=parallel", "q('#manifest').value.includes('Parallel')"),
    ("lesson=first-set&step=2", "q('.lesson__dot[aria-current]')?.parentElement.matches(':nth-child(2)')"),
    (
        "panels=dns,stage,timeline",
        "q('#tab-dns').ariaSelected === 'true' && !q('#tab-why') && !shown('.manifest') && !shown('.terminal') && !shown('.caption') && shown('.timeline')",
    ),
    ("view=node", "!!q('#picture .scene--nodes')"),
    (
        "size=1.5",
        "parseFloat(getComputedStyle(q('.caption__text')).fontSize) === 30 && q('#picture .t--state').getScreenCTM().a > 1.1",
    ),
    ("start=click", "!!q('#boot') || document.documentElement.dataset.state === 'asleep'"),
    ("autoplay=1", "+q('.timeline__slider').value > 0"),
    ("controls=min", "!shown('.transport__opts') && shown('#play')"),
    ("controls=none", "!shown('.time') && shown('#picture')"),
    ("readonly=1", "!shown('.manifest') && !shown('#prompt') && !q('#tab-manifest') && shown('.terminal')"),
    (
        "questions=off&lesson=claims-stay&step=3",
        "!!q('.lesson__purpose') && !q('.ask') && shown('.lesson__text')",
    ),
    ("motion=reduce&autoplay=1", "q('.timeline__slider').value === '0' && +q('.timeline__slider').max > 5"),
    ("speed=4", "q('.transport__opt b').textContent === '4×'"),
    ("spacing=real&lang=en", "q('.transport__opts').textContent.includes('real')"),
    ("k8s=1.33&sample=web", "q('[popovertarget=releases]').textContent.includes('1.33')"),
];

#[test]
fn every_name_is_seen_on_the_page() {
    let server = Server::start(&dist(), BASE, 0).unwrap();
    let browser = Browser::start(&Options { width: 1440, height: 900, lang: "ko", ..Options::default() });
    for (query, holds) in CASES {
        let run = match query {
            query if query.contains("sample") || query.contains("lesson") => "",
            query if query.contains("autoplay") => "#n1=ordered",
            _ => "#n1=ordered&t=e60",
        };
        browser.goto("about:blank");
        browser.goto(&format!("{}?{query}{run}", server.url()));
        let check = format!(
            "const q = (s) => document.querySelector(s), shown = (s) => (q(s)?.offsetWidth ?? 0) > 0 && (q(s)?.offsetHeight ?? 0) > 0;\
             try {{ return !!({holds}); }} catch {{ return false; }}"
        );
        browser.wait_for(query, LONG, |b| b.script(&check) == true);
        browser.script("localStorage.clear()");
    }
    assert!(browser.console_errors().is_empty(), "{:#?}", browser.console_errors());
    // What means nothing is said once.
    browser.goto("about:blank");
    browser.goto(&format!("{}?colour=red&speed=4#n1=ordered", server.url()));
    browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
    let said = browser.console().into_iter().filter(|entry| entry.message.contains("colour=red"));
    let said: Vec<_> = said.collect();
    assert!(said.len() == 1 && !said[0].message.contains("speed"), "{said:#?}");
}
