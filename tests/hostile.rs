//! Input that means harm: a clear error in time, nothing changed, nothing lost, and the next line works.
//!
//! The limit is that of an optimised build; the tests' own build may take ten times as long.

use ordinal::scenario::{Directive, Scenario};
use ordinal::session::Run;
use std::time::{Duration, Instant};

fn limit() -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 })
}

const WEB: &str = include_str!("../static/samples/web.yaml");

/// What is typed or pasted, and a word the answer has to say.
fn manifests() -> Vec<(&'static str, String, &'static str)> {
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for i in 1..12 {
        let again = vec![format!("*a{}", i - 1); 9].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{again}]\n"));
    }
    let many: String = (0..10_000)
        .map(|i| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{i}\n"))
        .collect();
    let paste =
        format!("{WEB}{}", "# a line of a very long comment, pasted by mistake\n".repeat(300 * 1024 / 51));
    vec![
        ("an alias bomb", bomb, "excessive aliasing"),
        ("a megabyte of nested braces", "{".repeat(1 << 20), "at most"),
        ("nested braces within the limit", "{".repeat(200 * 1024), "error parsing"),
        ("nested sequences within the limit", "- ".repeat(100 * 1024), "error parsing"),
        ("tabs", "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n".into(), "cannot start any token"),
        ("NUL bytes", "apiVersion: v1\nkind: \0Service\n".into(), "control characters are not allowed"),
        ("ten thousand documents", many, "at most"),
        ("a long paste", paste, "at most"),
        ("half a character", String::from_utf8_lossy(b"kind: Pod\xed\x8c\n").into_owned(), "apiVersion"),
        ("a very long line", format!("kind: {}", "x".repeat(200 * 1024)), "apiVersion"),
        ("no YAML at all", "<!doctype html><title>web.yaml</title>\n: : :".into(), "error"),
    ]
}

/// The run with `web.yaml` applied and settled.
fn running() -> Run {
    let scenario = format!("file web.yaml <<EOF\n{WEB}EOF\n$ kubectl apply -f web.yaml\nsettle\n");
    Run::from_scenario(&scenario).expect("a good scenario")
}

fn objects(run: &Run) -> Vec<String> {
    let store = run.session().cluster().store();
    let is_state = |key: &ordinal::api::ObjectKey| key.kind != ordinal::api::Kind::Event;
    store.all().map(|object| object.key()).filter(is_state).map(|key| key.to_string()).collect()
}

fn shown(text: &str) -> String {
    text.chars().take(300).collect()
}

#[test]
fn hostile_manifests_are_refused_in_time_and_change_nothing() {
    for (name, text, word) in manifests() {
        let mut run = running();
        let before = objects(&run);
        let begin = Instant::now();
        run.act(run.last(), Directive::File { name: "bad.yaml".into(), text })
            .expect("a file may hold anything");
        run.act(run.last(), Directive::Line("kubectl apply -f bad.yaml".into()))
            .expect("a line may be typed");
        let took = begin.elapsed();
        assert!(took < limit(), "{name}: {took:?}");
        let entry = run.transcript().last().expect("the line was typed").clone();
        let said: String = entry.output.iter().map(|(_, text)| text.as_str()).collect();
        assert!(entry.ended.is_some_and(|(_, code)| code != 0), "{name} was taken: {}", shown(&said));
        assert!(said.contains(word) && said.len() < 4096, "{name}: {}", shown(&said));
        assert_eq!(objects(&run), before, "{name}");
        run.act(run.last(), Directive::Line("kubectl get sts web -o name".into())).expect("it goes on");
        let after: String = run.transcript().last().unwrap().output.iter().map(|(_, t)| t.as_str()).collect();
        assert_eq!(after, "statefulset.apps/web\n", "{name}");
    }
}

#[test]
fn hostile_lines_are_answered_in_time() {
    let lines = [
        "kubectl scale sts web --replicas=99999999999999999999".to_string(),
        "kubectl scale sts web --replicas=-1".into(),
        format!("kubectl get {}", "x".repeat(100_000)),
        format!("kubectl get pods {}", "-".repeat(10_000)),
        format!("kubectl get pods -l {}", "a=b,".repeat(20_000)),
        format!("kubectl patch sts web -p '{}'", "[".repeat(100_000)),
        format!("kubectl patch sts web -p '{}'", "{\"a\":".repeat(50_000)),
        "kubectl apply -f /dev/zero".into(),
        "'".into(),
        "\"$(".into(),
        "| | |".into(),
        "kubectl exec web-0 -- sh -c \"".into(),
        "\0\u{1}\u{7f}\u{202e}".into(),
        "nslookup ".to_string() + &"a.".repeat(5000),
    ];
    let mut run = running();
    for line in lines {
        let before = objects(&run);
        let begin = Instant::now();
        let answer = run.act(run.last(), Directive::Line(line.clone()));
        let took = begin.elapsed();
        assert!(took < limit(), "{}: {took:?}", shown(&line));
        if answer.is_ok() {
            let entry = run.transcript().last().expect("typed").clone();
            assert!(entry.ended.is_some_and(|(_, code)| code != 0), "{}: {entry:?}", shown(&line));
        }
        assert_eq!(objects(&run), before, "{}", shown(&line));
    }
}

/// Pieces of lines, some of them broken.
const FRAGMENTS: &[&str] = &[
    "for",
    "i",
    "in",
    "0 1 2",
    "{1..3}",
    "{a,b}",
    "do",
    "done",
    "while",
    "until",
    "true",
    "false",
    "if",
    "then",
    "elif",
    "else",
    "fi",
    "case",
    "esac",
    "x)",
    ";;",
    ";",
    "&&",
    "||",
    "|",
    "|&",
    "!",
    "&",
    "(",
    ")",
    "{",
    "}",
    "$(",
    "`",
    "$((",
    "))",
    "${",
    "$i",
    "${i:-x}",
    "${i##*-}",
    "${#i}",
    "$?",
    "$@",
    "\"",
    "'",
    "\\",
    "<",
    ">",
    ">>",
    "2>&1",
    "2>/dev/null",
    "<<EOF",
    "<<<",
    "\n",
    "EOF",
    "echo",
    "echo a b",
    "cat",
    "web.yaml",
    "*",
    "?",
    "[a-z]*",
    "~",
    "grep",
    "-E",
    "'(a|b)*c'",
    "sed",
    "'s/a/b/g'",
    "'/x/,$ d'",
    "awk",
    "'{ print $1 }'",
    "'{ s += $2 } END { print s }'",
    "jq",
    "'.a[] | .b'",
    "'{a: .b}'",
    "seq 3",
    "seq 1 9999",
    "sort -n",
    "uniq -c",
    "head -1",
    "tail -n +2",
    "wc -l",
    "tr a b",
    "cut -d: -f1",
    "xargs",
    "-n 1",
    "-I{}",
    "tee f",
    "sleep 1",
    "watch",
    "date",
    "test -f f",
    "[",
    "]",
    "[[",
    "]]",
    "=",
    "X=1",
    "X=$X$X",
    "i=$((i+1))",
    "read",
    "eval",
    "alias",
    "a=b",
    "f()",
    "return",
    "exit",
    "break",
    "continue",
    "sh -c",
    "kubectl",
    "get pods",
    "exec web-0 --",
    "-it",
    "logs web-0",
    "-o name",
    "kubectl get sts web -o json",
    "nslookup nginx",
    "curl nginx",
    "cd",
    "..",
    "ls",
    "rm f",
    "mv f g",
    "printf '%s\\n'",
    "\u{1f34e}",
    "가나",
    "=~",
    "#",
    "mysql",
    "-e",
    "*)",
];

#[test]
fn random_lines_neither_panic_nor_hang() {
    let mut session = ordinal::session::Session::new(&Default::default());
    session.write_file("web.yaml", WEB);
    session.type_line("kubectl apply -f web.yaml");
    while session.step() {}
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most as u64) as usize
    };
    let mut ran = 0;
    for _ in 0..20_000 {
        let mut line = String::new();
        for _ in 0..1 + random(12) {
            line.push_str(FRAGMENTS[random(FRAGMENTS.len())]);
            line.push_str([" ", "", " "][random(3)]);
        }
        let begin = Instant::now();
        session.type_line(&line);
        for _ in 0..20 {
            if !session.holds_prompt() || !session.step() {
                break;
            }
        }
        let took = begin.elapsed();
        assert!(took < 2 * limit(), "{line:?}: {took:?}");
        let bytes: usize = session
            .take_said()
            .iter()
            .map(|said| if let ordinal::session::Said::Printed { text, .. } = said { text.len() } else { 0 })
            .sum();
        assert!(bytes <= 8 << 20, "{line:?} printed {bytes} bytes");
        ran += usize::from(bytes > 0);
        session.take_happenings();
    }
    assert!(ran > 10_000, "only {ran} lines printed something");
    session.interrupt_foreground();
    session.stop_background();
    session.type_line("unalias -a; cd; true; kubectl get sts web -o name");
    let said = session.take_said();
    let is_name = |said: &ordinal::session::Said| matches!(said, ordinal::session::Said::Printed { text, .. } if text.contains("statefulset.apps/web"));
    assert!(said.iter().any(is_name), "{said:?}");
}

#[test]
fn a_thousand_million_replicas_end_at_the_limit_that_is_said() {
    for policy in ["OrderedReady", "Parallel"] {
        let text = WEB
            .replace("replicas: 2", "replicas: 1000000000")
            .replace("  serviceName", &format!("  podManagementPolicy: {policy}\n  serviceName"));
        let mut run = Run::from_scenario("nodes 100\n").unwrap();
        let begin = Instant::now();
        run.act(run.last(), Directive::File { name: "web.yaml".into(), text }).unwrap();
        run.act(run.last(), Directive::Line("kubectl apply -f web.yaml".into())).unwrap();
        assert!(begin.elapsed() < limit(), "{policy}: the prompt came back after {:?}", begin.elapsed());
        // No step of the machine takes long, so the page can stop between any two.
        let mut longest = Duration::ZERO;
        for _ in 0..2_000 {
            let begin = Instant::now();
            if run.compute(1) {
                break;
            }
            longest = longest.max(begin.elapsed());
        }
        assert!(longest < limit(), "{policy}: a step took {longest:?}");
        let pods = run.session().cluster().store().count(ordinal::api::Kind::Pod);
        assert!(pods > 0 && pods <= ordinal::session::MOST_PODS + 500, "{policy}: {pods} pods");
    }
}

#[test]
fn hostile_scenarios_are_errors_with_a_place() {
    for (text, word) in [
        ("\0\0\0".to_string(), "no directive"),
        ("x".repeat(300 * 1024), "at most"),
        ("wait 1s\n".repeat(6000), "at most"),
        ("file a <<EOF\nnever ends".into(), "EOF"),
        ("nodes 1000000000".into(), "at most"),
        ("seed -1".into(), "whole number"),
        ("wait 99999999999999999h".into(), "duration"),
        ("k8s 0.1".into(), "1.36"),
    ] {
        let begin = Instant::now();
        let error = Scenario::parse(&text).map(|_| ()).expect_err(&shown(&text)).to_string();
        assert!(begin.elapsed() < limit());
        assert!(error.contains(word) && error.len() < 1000, "{}: {error}", shown(&text));
    }
}

#[cfg(feature = "ui")]
mod page {
    use super::*;
    use ordinal::ui::state::{Model, UiAction};
    use ordinal::ui::update::update;

    #[test]
    fn what_was_pasted_stays_in_the_editor_and_the_page_goes_on() {
        for (name, text, _) in manifests() {
            let mut model = Model::default();
            update(&mut model, UiAction::PasteOwn);
            let begin = Instant::now();
            update(&mut model, UiAction::Manifest(text.clone()));
            update(&mut model, UiAction::Apply);
            assert!(begin.elapsed() < 2 * limit(), "{name}: {:?}", begin.elapsed());
            while !model.player.compute(1000) {}
            update(&mut model, UiAction::Computed);
            // Beside its line in the editor, or by kubectl where the text is too long to look into while it is typed.
            let refused =
                model.player.transcript().iter().any(|e| e.ended.is_some_and(|(_, code)| code != 0));
            assert!(model.ui.errors() > 0 || refused, "{name}: no error is shown");
            assert_eq!(model.ui.manifest, text, "{name}: the text is still there");
            assert!(model.ui.problems.iter().all(|p| p.line >= 1 && p.column >= 1 && !p.text.is_empty()));
            update(&mut model, UiAction::Manifest(WEB.into()));
            assert_eq!(model.ui.errors(), 0, "{name}: the page did not recover");
            update(&mut model, UiAction::Apply);
            while !model.player.compute(1000) {}
            update(&mut model, UiAction::Computed);
            assert!(model.player.steps().len() > 5, "{name}: nothing runs afterwards");
        }
    }

    #[test]
    fn a_damaged_link_is_a_message_and_an_empty_page() {
        for text in ["\0", "no such directive", "file a <<EOF\n", &"x".repeat(300_000)] {
            let mut model = Model::default();
            ordinal::ui::update::open_run(&mut model, text);
            assert!(model.ui.notice.is_some(), "{}", shown(text));
            update(&mut model, UiAction::Command("kubectl get nodes".into()));
            while !model.player.compute(1000) {}
            update(&mut model, UiAction::Computed);
            assert_eq!(model.player.transcript().len(), 1);
        }
    }
}

const JSONPATHS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ".",
    "..",
    "*",
    "?",
    "@",
    "$",
    "'",
    "\"",
    "\\",
    ",",
    ":",
    "-1",
    "0",
    "2",
    "1:",
    "::2",
    "::0",
    "==",
    "!=",
    "<",
    "&&",
    "||",
    "range",
    "end",
    "{range .items[*]}",
    "{end}",
    "{\"\\n\"}",
    ".items",
    ".metadata.name",
    ".spec",
    "[?(@.kind==\"Pod\")]",
    "[*]",
    "['a','b']",
    "한",
    " ",
    "{.items[*].metadata.name}",
    "9999999999999999999",
];

const TEMPLATES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    "|",
    "(",
    ")",
    ".",
    "$",
    "$x",
    ":=",
    "=",
    "\"",
    "`",
    "'",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template \"a\"",
    "block",
    "{{end}}",
    "{{range .items}}",
    "{{if .}}",
    "{{else}}",
    "{{.metadata.name}}",
    "index",
    "len",
    "printf",
    "\"%d%s%v%z%999999999d\"",
    "eq",
    "and",
    "not",
    "slice",
    "html",
    "js",
    "/* c */",
    ",",
    "-1",
    "9999999999999999999",
    "1e400",
    "'a'",
    "nil",
    "true",
    "{{template \"a\"}}",
    "{{define \"a\"}}{{template \"a\"}}{{end}}",
    "한",
    " ",
    "\\n",
];

/// What a format of `kubectl get` makes of nonsense: always an end, in time. `ORDINAL_FUZZ` is how many are tried of each,
/// and a failure prints the seed, which `ORDINAL_SEED` takes.
#[test]
fn random_paths_and_templates_neither_panic_nor_hang() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("ORDINAL_SEED").unwrap_or(1);
    let most = number("ORDINAL_FUZZ").unwrap_or(3_000);
    let mut session = ordinal::session::Session::new(&Default::default());
    session.write_file("web.yaml", WEB);
    session.type_line("kubectl apply -f web.yaml");
    while session.step() {}
    session.take_said();
    for (format, parts) in [("jsonpath", JSONPATHS), ("go-template", TEMPLATES)] {
        let (mut good, mut bad) = (0, 0);
        for seed in first..first + most {
            let mut rng = ordinal::sim::Rng::new(seed, format);
            let text: String = (0..1 + rng.below(14)).map(|_| parts[rng.below(parts.len())]).collect();
            let (begin, length) = (Instant::now(), text.len());
            let quoted = ordinal::session::shell::quote(&text);
            session.type_line(&format!("kubectl get pods,sts -o {format}={quoted}"));
            assert!(!session.holds_prompt(), "seed {seed}: {format} {text:?} does not end");
            let took = begin.elapsed();
            assert!(took < 2 * limit(), "seed {seed}: {format} {text:?} ({length} bytes): {took:?}");
            for said in session.take_said() {
                match said {
                    ordinal::session::Said::Ended { code: 0, .. } => good += 1,
                    ordinal::session::Said::Ended { .. } => bad += 1,
                    ordinal::session::Said::Printed { text: out, .. } => {
                        assert!(
                            out.len() <= 2 << 20,
                            "seed {seed}: {format} {text:?} prints {} bytes",
                            out.len()
                        );
                    }
                    ordinal::session::Said::Typed { .. } => {}
                }
            }
            session.take_happenings();
        }
        assert!(good > most / 100 && bad > most / 100, "{format}: {good} were understood, {bad} refused");
    }
}
