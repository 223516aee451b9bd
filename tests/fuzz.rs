//! Random input for what people type: a line at the prompt, a JSONPath, a Go template. Nothing may panic, nothing may hang.
//!
//! Inputs are lines of the scenarios and templates of ours, cut, doubled, spliced and sprinkled with what those languages
//! trip over. `ORDINAL_FUZZ=60` takes sixty seconds a target instead of one; the seeds are those of the run before, so a
//! longer run begins with what a shorter one has tried. An input that fails is printed, ready to be a test.

use ordinal::api::{Value, object::Object};
use ordinal::kubectl::output::{gotemplate::GoTemplate, jsonpath::Template};
use ordinal::session::Run;
use ordinal::sim::Rng;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// After so long an input hangs.
const PATIENCE: Duration = Duration::from_secs(30);

const SHELL_WORDS: &[&str] = &[
    "'",
    "\"",
    "`",
    "$(",
    ")",
    "$((",
    "))",
    "${",
    "}",
    "|",
    "||",
    "&&",
    "&",
    ";",
    ";;",
    "<<EOF\n",
    "\nEOF\n",
    "\n",
    "<",
    ">",
    ">>",
    "2>&1",
    "\\",
    "*",
    "?",
    "[",
    "]",
    "$?",
    "$i",
    "for i in ",
    "; do ",
    "; done",
    "while ",
    "until ",
    "if ",
    "; then ",
    " else ",
    "; fi",
    "case ",
    " in ",
    "esac",
    "{",
    "function ",
    "!",
    "#",
    "=",
    " -",
    "--",
    "\t",
    "\0",
    "\u{1f34e}",
    "가",
    "1e309",
    "-1",
    "99999999999999999999",
    "xargs ",
    "awk '{",
    "sed 's/",
    "jq '.",
    "sleep 1",
    "exit",
    "break",
    "eval ",
    "alias ",
];

const TEMPLATE_WORDS: &[&str] = &[
    "{",
    "}",
    "{{",
    "}}",
    "[",
    "]",
    "[*]",
    "[-1]",
    "[0:2]",
    "[::-1]",
    "[?(@.",
    ")]",
    "..",
    ".",
    "$",
    "@",
    "'",
    "\"",
    "\\",
    "\\n",
    "|",
    "range",
    "end",
    "if ",
    "else",
    "with ",
    "index ",
    "len ",
    "printf \"%",
    "%s",
    "%[3]*.[2]*d",
    "%99999999999d",
    "eq ",
    "and ",
    "or ",
    "not ",
    ":=",
    "$x",
    ",",
    "(",
    ")",
    "==",
    "!=",
    "<=",
    "\t",
    "\n",
    "\0",
    "가",
    "-",
    "{{-",
    "-}}",
    "/*",
    "*/",
    "true",
    "nil",
    "1e309",
    "99999999999999999999",
    "slice ",
    "html ",
    "js ",
    "call ",
    "template ",
    "define ",
    "break",
    "continue",
];

const TEMPLATES: &[&str] = &[
    "{.metadata.name}",
    "{range .items[*]}{.metadata.name}{\"\\t\"}{.spec.nodeName}{\"\\n\"}{end}",
    "{.items[?(@.status.phase==\"Running\")].metadata.name}",
    "{.metadata.labels.apps\\.kubernetes\\.io/pod-index}",
    "{..image}{.spec['containers','volumes'][0:2].name}",
    "{.spec.template.spec.containers[-1:]['name']}",
    "{{range $i, $c := .spec.template.spec.containers}}{{$i}}{{$c.image}}{{end}}",
    "{{if and .spec (eq .kind \"StatefulSet\")}}{{index .metadata.labels \"app\"}}{{else}}{{len .spec}}{{end}}",
    "{{with .status}}{{printf \"%s %5d %v\" .phase 3 .}}{{end}}{{- /* no */ -}}",
    "{{range .spec.template.spec.containers}}{{.name}}{{else}}none{{end}}{{\"\\n\" | printf \"%q\"}}",
];

fn seconds() -> Duration {
    let seconds = std::env::var("ORDINAL_FUZZ").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

/// Lines people type: those of all scenarios.
fn lines() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.extend(std::fs::read_dir(folder.join("documents")).unwrap().flatten().map(|entry| entry.path()));
    files.sort();
    let texts = files.iter().filter(|path| path.extension().is_some_and(|end| end == "scn"));
    let texts: Vec<String> = texts.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let lines: Vec<String> = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.trim().strip_prefix("$ "))
        .map(str::to_string)
        .collect();
    assert!(lines.len() > 300, "{}", lines.len());
    lines
}

/// The next input: one or two of the corpus, changed a few times.
fn mutated(rng: &mut Rng, corpus: &[String], words: &[&str]) -> String {
    let mut text: Vec<char> = corpus[rng.below(corpus.len())].chars().collect();
    for _ in 0..rng.below(6) {
        let at = rng.below(text.len() + 1);
        let end = (at + rng.below(12)).min(text.len());
        match rng.below(6) {
            0 => drop(text.drain(at..end)),
            1 => {
                let part: Vec<char> = text[at..end].to_vec();
                let again = 1 + rng.below(40);
                text.splice(at..at, part.repeat(again));
            }
            2 => {
                let other: Vec<char> = corpus[rng.below(corpus.len())].chars().collect();
                let from = rng.below(other.len() + 1);
                text.truncate(at);
                text.extend(&other[from..]);
            }
            _ => drop(text.splice(at..at, words[rng.below(words.len())].chars())),
        }
    }
    text.into_iter().take(4000).collect()
}

/// What an input is given to.
type Target = Box<dyn FnMut(&str)>;

/// Feeds a target until the time is over. It runs on a thread of its own, so that a hanging input can be named.
fn fuzz(name: &'static str, corpus: Vec<String>, words: &'static [&'static str], target: fn() -> Target) {
    let (says, hears) = channel::<String>();
    let until = Instant::now() + seconds();
    let worker = std::thread::spawn(move || {
        let mut target = target();
        let mut rng = Rng::new(1, name);
        let mut count = 0u64;
        while Instant::now() < until || count < 100 {
            let input = mutated(&mut rng, &corpus, words);
            says.send(input.clone()).expect("somebody listens");
            target(&input);
            count += 1;
        }
        count
    });
    let mut last = String::new();
    loop {
        match hears.recv_timeout(PATIENCE) {
            Ok(input) => last = input,
            Err(RecvTimeoutError::Timeout) => panic!("{name} hangs on {last:?}"),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    match worker.join() {
        Ok(count) => println!("{name}: {count} inputs"),
        Err(_) => panic!("{name} panics on {last:?}"),
    }
}

#[test]
fn fuzz_lines_at_the_prompt() {
    fuzz("shell", lines(), SHELL_WORDS, || {
        let scenario = "lab web\n$ kubectl apply -f web.yaml\nsettle\n$ kubectl run box --image=busybox -- sleep 1d\nsettle\n";
        let base = Run::from_scenario(scenario).expect("a good scenario").session().clone();
        Box::new(move |line| {
            let mut session = base.clone();
            session.type_line(line);
            session.finish_foreground();
            // A shell in a pod, or a watch, and then the next line.
            session.type_line("echo $?");
            session.finish_foreground();
        })
    });
}

fn trees() -> Vec<Value> {
    let scenario = "lab web\n$ kubectl apply -f web.yaml\nsettle\n";
    let run = Run::from_scenario(scenario).expect("a good scenario");
    let objects: Vec<Value> = run
        .session()
        .cluster()
        .store()
        .all()
        .map(|object: &std::rc::Rc<Object>| object.body.clone())
        .collect();
    let list = ordinal::object! { "kind" => "List", "items" => objects[..20.min(objects.len())].to_vec() };
    let mut trees = vec![Value::Null, list];
    trees.extend(objects.into_iter().filter(|body| matches!(body.get("kind").str(), "StatefulSet" | "Pod")));
    trees
}

#[test]
fn fuzz_jsonpath_and_go_templates() {
    let corpus = TEMPLATES.iter().map(|text| (*text).to_string()).collect();
    fuzz("templates", corpus, TEMPLATE_WORDS, || {
        let trees = trees();
        let mut turn = 0;
        Box::new(move |text| {
            turn += 1;
            let tree = &trees[turn % trees.len()];
            for template in [Template::parse(text), Template::relaxed(text)].into_iter().flatten() {
                let _ = template.print(tree);
                template.values(tree);
            }
            if let Ok(template) = GoTemplate::parse(text) {
                let _ = template.print(tree);
            }
        })
    });
}
