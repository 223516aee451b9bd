//! One's own cluster: what kubectl watched is chosen as files, seen on the stage, asked at the prompt, and kept nowhere.

use crate::driver::{Options, key};
use crate::visit;
use ordinal::session::Run;
use serde_json::json;
use std::time::Duration;

const WEB: &str = include_str!("../../static/samples/web.yaml");
const LONG: Duration = Duration::from_secs(60);
const WATCHED: [&str; 4] = ["sts", "pods", "pvc", "svc"];

// The files that watches of a cluster write in which web-2 never becomes ready.
fn files() -> Vec<(String, String)> {
    let mut text = format!("file web.yaml <<EOF\n{WEB}EOF\n");
    for kind in WATCHED {
        text += &format!("$ kubectl get {kind} -o json --watch --output-watch-events > {kind}.json &\n");
    }
    text += "$ kubectl apply -f web.yaml\nsettle\nhold web-2\n$ kubectl scale sts web --replicas=4\nwait 30s\nstop &\n";
    let run = Run::from_scenario(&text).unwrap();
    WATCHED.map(|kind| (format!("{kind}.json"), run.files()[&format!("{kind}.json")].clone())).to_vec()
}

fn choose(page: &crate::driver::Browser, files: &[(String, String)]) {
    let files = json!(files);
    page.script(&format!(
        "const transfer = new DataTransfer();
         for (const [name, text] of {files}) transfer.items.add(new File([text], name));
         const field = document.querySelector('#cluster-files');
         field.files = transfer.files;
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    ));
}

#[test]
fn a_watched_cluster_is_seen_asked_and_not_kept() {
    for (lang, held) in [("ko", "web-2"), ("en", "web-2")] {
        visit(&Options { width: 1440, height: 900, lang, ..Options::default() }, "", |page| {
            let browser = &page.browser;
            browser.wait_for("the engine", LONG, |b| b.has("[data-engine=ready]"));
            browser.click(".first__own button");
            browser.wait_for_element(".cluster");
            // A file that is no log is named with its place, and changes nothing.
            choose(browser, &[("broken.json".into(), "{\"type\":\"ADDED\",\n\"object\": ]".into())]);
            browser.wait_for("the mistake", LONG, |b| {
                b.has("#cluster-error .notice")
                    && b.text("#cluster-error").contains("broken.json: line 2, column 11")
            });
            choose(browser, &files());
            browser.wait_for("web-2 on the stage", LONG, |b| {
                let labels = "return [...document.querySelectorAll('.slot')].map(b => b.getAttribute('aria-label')).join('|')";
                let labels = b.script(labels);
                let labels = labels.as_str().unwrap_or_default();
                labels.contains("web-2") && labels.contains("0/1") && labels.contains("www-web-2")
            });
            browser.wait_for("the gate", LONG, |b| b.text(".why, [role=tabpanel]").contains(held));
            assert!(!browser.has(".cluster"), "the dialog closes");
            browser.click("#prompt");
            browser.type_keys("kubectl get pods");
            browser.type_keys(&key::ENTER.to_string());
            browser.wait_for("the pods", LONG, |b| b.text("#terminal-log, .terminal").contains("web-2"));
            browser.type_keys("kubectl scale sts web --replicas=9");
            browser.type_keys(&key::ENTER.to_string());
            browser.wait_for("the refusal", LONG, |b| {
                b.text("#terminal-log, .terminal").contains("observed elsewhere")
            });
            let kept = browser.script("return JSON.stringify({...localStorage})");
            let kept = kept.as_str().unwrap_or_default();
            assert!(
                !kept.contains("observed <<") && !kept.contains("StatefulSet"),
                "nothing is kept: {kept}"
            );
            if let Some(folder) = std::env::var_os("ORDINAL_SHOTS") {
                browser.screenshot(&std::path::Path::new(&folder).join(format!("observed-{lang}.png")));
                browser.click(".head__brand");
                browser.wait_for_element(".first__own");
                browser.screenshot(&std::path::Path::new(&folder).join(format!("observed-first-{lang}.png")));
                browser.click(".first__own button");
                browser.wait_for_element(".cluster");
                browser
                    .screenshot(&std::path::Path::new(&folder).join(format!("observed-dialog-{lang}.png")));
            }
        });
    }
}
