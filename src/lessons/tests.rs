//! The reader and the checker, held against a small lesson and against mended copies of it.

use super::*;
use crate::lang::Lang;

const SHORT: &str = include_str!("../../tests/lessons/short.md");

fn short() -> Lesson {
    Lesson::parse(SHORT).unwrap_or_else(|error| panic!("tests/lessons/short.md:{error}"))
}

// The lesson with one part exchanged, which has to be there.
fn with(old: &str, new: &str) -> String {
    assert!(SHORT.contains(old), "{old:?} is not in the lesson");
    SHORT.replacen(old, new, 1)
}

#[test]
fn a_lesson_is_read_whole() {
    let lesson = short();
    assert_eq!(lesson.front.title.get(Lang::En), "What a scale-in leaves");
    assert_eq!(lesson.header.lab, "web");
    assert_eq!(lesson.header.version, "1.36");
    assert_eq!(lesson.steps.len(), 4);
    assert_eq!(lesson.steps[0].purpose.ko, "Pod 둘을 차례로 세운다");
    assert_eq!(lesson.steps[0].notes.as_ref().map(|notes| &*notes.en), Some("Point at the order."));
    let ask = lesson.steps[1].ask.as_ref().unwrap();
    assert_eq!((ask.options.len(), &ask.answer), (3, &Answer::Choice(1)));
    let goal = lesson.steps[3].goal.as_ref().unwrap();
    assert_eq!(goal.commands(), "kubectl scale sts web --replicas=3");
    assert_eq!(
        SHORT.lines().nth(lesson.steps[2].line - 1),
        Some("## 돌아오는 것을 본다 | See what comes back")
    );
    assert_eq!(SHORT.lines().nth(goal.line - 1), Some("ko: web의 Pod 셋이 모두 Ready다"));
}

#[test]
fn a_lesson_is_a_scenario() {
    let scenario = short().scenario();
    let text = scenario.print();
    assert!(text.starts_with("k8s 1.36\nlab web\n@label 1 Bring up two pods\n$ kubectl apply"), "{text}");
    assert!(!text.contains("replicas=3"), "the solution is the visitor's: {text}");
}

#[test]
fn a_good_lesson_holds() {
    let checked = check(&short());
    assert_eq!(checked.wrong, [], "{:?}", checked.held);
    for part in ["doing nothing does not", "the solution reaches", "names in the captions", "prints what"] {
        assert!(checked.held.iter().any(|line| line.contains(part)), "{part}: {:?}", checked.held);
    }
}

/// What is exchanged, for what, and the line of the exchanged text that is named, and what the message says.
type Case = (&'static str, &'static str, &'static str);

#[test]
fn what_does_not_hold_is_found() {
    let cases: &[Case] = &[
        ("answer: pod/web-0", "answer: pod/web-1", "Pod/web-1 cannot be picked"),
        ("  prints: \"2\"", "  prints: \"1\"", "expected prints \"1\", and it prints \"2\""),
        ("PVC `www-web-1`은", "PVC `www-web-7`은", "`www-web-7` neither exists"),
        ("`pvc/www-web-0` 같은", "`svc/web` 같은", "`svc/web` neither exists"),
        ("  prints: \"3\"", "  prints: \"1\"", "doing nothing reaches this goal"),
        ("--replicas=3\nsettle", "--replicas=2\nsettle", "the solution does not reach the goal"),
        (
            "## 돌아오는 것을 본다 | See what comes back\n\n```run\n$",
            "## a | b\n\n```run\nfix image x/y:1\ncrash web-9\n$",
            "web-9",
        ),
    ];
    for (old, new, message) in cases {
        let lesson = Lesson::parse(&with(old, new)).unwrap_or_else(|error| panic!("{new}: {error}"));
        let wrong = check(&lesson).wrong;
        assert!(wrong.iter().any(|error| error.message.contains(message)), "{new}: {wrong:?}");
    }
}

#[test]
fn craft_is_looked_at() {
    let last = SHORT.find("## 직접").unwrap();
    let lesson = Lesson::parse(&SHORT[..last]).unwrap();
    let wrong = check(&lesson).wrong;
    let has = |text: &str| wrong.iter().any(|error| error.message.contains(text));
    assert!(has("4 to 8 steps; this has 3") && has("needs a `goal`"), "{wrong:?}");
}

#[test]
fn a_broken_file_is_refused_where_it_is_broken() {
    // What is exchanged, for what, where in what is put the fault stands (by the text that begins there), what is said.
    let cases: &[(&str, &str, &str, &str)] = &[
        ("---\nid:", "id:", "id:", "begins with `---`"),
        ("id: short", "id: Short One", "id: Short", "lowercase letters"),
        ("id: short", "id: short\nauthor: me", "author", "`author` is nothing that belongs here"),
        ("\"1.36\"", "\"0.9\"", "kubernetes", "not modelled"),
        ("\"1.36\"", "1.36", "kubernetes", "into quotes"),
        ("seed: 1", "seed: -1", "seed", "not negative"),
        ("minutes: 3", "minutes: few", "minutes", "whole number"),
        ("  ko: 줄이면", "  kr: 줄이면", "title:", "`ko` is missing"),
        (
            "## Pod 둘을 차례로 세운다 | Bring",
            "## Pod 둘을 차례로 세운다, Bring",
            "Pod 둘을 차례로 세운다, Bring",
            "both languages",
        ),
        ("## 하나를", "### 하나를", "###", "second level"),
        ("## 하나를", "a word\n## 하나를", "a word", "blocks of three backticks"),
        ("```run\n$ kubectl scale", "```rum\n$ kubectl scale", "rum", "no kind of block"),
        ("```run\n$ kubectl scale", "```run\nkubectl scale", "kubectl scale", "no directive"),
        ("```run\n$ kubectl scale", "```run\nnodes 5\n$ kubectl scale", "nodes 5", "first run"),
        ("```run\nlab web", "```run\nseed 7\nlab web", "seed 7", "front matter"),
        ("사라졌다. PVC", "<b>사라졌다</b>. PVC", "<b>", "HTML"),
        ("`web-1`이 사라졌다.", "`web-1이 사라졌다. **", "`은 그대로다", "not closed"),
        ("`web-1`이 사라졌다.", "- `web-1`이 사라졌다.", "- `web", "lists"),
        ("form: choice", "form: poll", "form: poll", "no use for these `options`"),
        ("form: choice", "form: order", "answer", "as a list"),
        ("answer: 2", "answer: 4", "answer", "there is no option 4"),
        ("answer: 2", "answer: 2\nanswer: 3", "answer: 3", "twice"),
        ("answer: pod/web-0", "answer: web-0", "answer: web-0", "kind/name"),
        ("  has: Terminating", "  is: Terminating", "is: T", "`is` is nothing"),
        ("  has: Terminating", "  has: a\n  prints: b", "run: kubectl get pod web-0", "either"),
        ("```solution", "```hint", "hint", "no kind of block"),
        ("settle\n```\n", "settle\n", "```run", "no line of three backticks"),
        ("ko: 어느 Pod가 사라지는가?", "ko: 어느: 것: 인가?", "ko: 어느", "into quotes"),
    ];
    for (old, new, at, message) in cases {
        let text = with(old, new);
        let Err(error) = Lesson::parse(&text) else { panic!("{new:?} was taken") };
        assert!(error.message.contains(message), "{new:?}: {error}");
        let line = text.lines().nth(error.line - 1).unwrap_or_default();
        let found: String = line.chars().skip(error.column - 1).collect();
        let first = at.lines().next().unwrap_or_default();
        assert!(
            found.starts_with(first) || line.trim_start().starts_with(first),
            "{new:?}: {error} is {found:?}"
        );
    }
}

#[test]
fn whatever_comes_an_answer_comes() {
    assert!(Lesson::parse(&"#".repeat(MAX_BYTES + 1)).unwrap_err().message.contains("256 KiB"));
    // Cut off anywhere, and with any line left out.
    for (i, _) in SHORT.char_indices().step_by(7) {
        let _ = Lesson::parse(&SHORT[..i]);
    }
    let lines: Vec<&str> = SHORT.lines().collect();
    for i in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(i);
        let _ = Lesson::parse(&fewer.join("\n"));
    }
    let deep = with("form: choice", &format!("form: {}", "[".repeat(100_000)));
    assert!(Lesson::parse(&deep).is_err());
    let many = format!("{}{}", SHORT, "\n## a | b\n```ko\na\n```\n```en\na\n```\n".repeat(60));
    assert!(Lesson::parse(&many).unwrap_err().message.contains("at most 40 steps"));
}

#[test]
fn the_index_keeps_the_order_of_the_list() {
    let front =
        |slug: &str| SHORT.split("---\n").nth(1).unwrap().replace("id: short", &format!("id: {slug}"));
    let text = format!("---\n{}---\n{}---\n{}", front("partition"), front("first-set"), front("unknown"));
    let ids: Vec<String> = index(&text).into_iter().map(|front| front.id).collect();
    assert_eq!(ids, ["first-set", "partition"]);
    assert!(index("no index").is_empty());
}
