//! What the native program prints, over every scenario there is.

use crate::scenarios;
use ordinal::lang::Lang;
use ordinal::program;
use ordinal::program::export::script;
use ordinal::samples::STORIES;
use ordinal::session::Run;

const WEB: &str = include_str!("../static/samples/web.yaml");

#[test]
fn every_scenario_has_a_trace_a_state_and_a_picture() {
    for (name, text) in scenarios::all() {
        let run = Run::from_scenario(&text).unwrap();
        let trace = run.trace();
        for line in trace.lines() {
            let row: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line}"));
            for field in ["n", "t_ms", "actor", "verb", "kind", "name", "code", "because"] {
                assert!(row.get(field).is_some(), "{name}: no {field} in {line}");
            }
        }
        let state = program::state(&run, "end").unwrap();
        for document in serde_yaml::Deserializer::from_str(&state) {
            let value = <serde_json::Value as serde::Deserialize>::deserialize(document).unwrap();
            assert!(value["kind"].is_string(), "{name}: {value}");
        }
        for (lang, theme) in [(Lang::Ko, "light"), (Lang::En, "dark"), (Lang::En, "contrast")] {
            let svg = program::svg(&run, "end", lang, theme).unwrap();
            assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
            assert!(!svg.contains("NaN") && !svg.contains("<script"), "{name}");
        }
    }
}

#[test]
fn moments_are_events_times_labels_and_the_end() {
    let text = scenarios::all().into_iter().find(|(name, _)| name.contains("ordered")).unwrap().1;
    let run = Run::from_scenario(&format!("{text}\n@label the end of it\n")).unwrap();
    let lengths: Vec<usize> =
        ["e1", "e40", "5s", "end"].iter().map(|at| program::state(&run, at).unwrap().len()).collect();
    assert!(lengths[0] < lengths[1] && lengths[0] < lengths[2], "{lengths:?}");
    assert_eq!(program::state(&run, "the end of it"), program::state(&run, "end"));
    for at in ["", "e", "e999999999", "46", "no such label", "-1s"] {
        let error = program::state(&run, at).expect_err(at);
        assert!(error.contains(at) && error.len() < 300, "{at}: {error}");
    }
}

#[test]
fn links_hold_the_scenario() {
    for (name, text) in scenarios::all() {
        let link = program::link(&text, "https://example.org/", Some("end")).unwrap();
        assert_eq!(program::open(link.trim()).as_deref(), Ok(text.as_str()), "{name}");
    }
    for broken in ["", "https://example.org/", "#p1=%zz", "#n1=nothing"] {
        assert!(program::open(broken).is_err(), "{broken}");
    }
}

#[test]
fn check_says_what_the_api_server_says_and_what_cannot_work() {
    let good = program::check(&[("web.yaml".into(), WEB.into())], Lang::En);
    assert!(!good.is_refused && good.text.contains("statefulset.apps/web created"), "{}", good.text);
    let broken = WEB.replace("serviceName:", "serviceNam:");
    let refused = program::check(&[("my/web.yaml".into(), broken)], Lang::En);
    assert!(
        refused.is_refused && refused.text.contains("unknown field \"spec.serviceNam\""),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("my/web.yaml"), "{}", refused.text);
    // The Service stands in another file than the set it governs.
    let (service, set) = WEB.split_once("---\n").unwrap();
    let both = [("service.yaml".to_string(), service.to_string()), ("set.yaml".into(), set.into())];
    let checked = program::check(&both, Lang::Ko);
    assert!(!checked.is_refused && !checked.text.contains("warning"), "{}", checked.text);
    // What is accepted and cannot work is said with file and line.
    let unnamed = [both[0].clone(), ("set.yaml".into(), set.replace("\"nginx\"", "\"web\""))];
    let unnamed = program::check(&unnamed, Lang::En);
    let warning = unnamed.text.lines().find(|line| line.contains("warning"));
    assert!(
        !unnamed.is_refused && warning.is_some_and(|line| line.starts_with("set.yaml:")),
        "{}",
        unnamed.text
    );
}

/// The picture at the end of a run, in both languages.
fn pictures(scenario: &str) -> [String; 2] {
    let run = Run::from_scenario(scenario).unwrap();
    [Lang::Ko, Lang::En].map(|lang| program::picture_file(&run, run.last(), lang, "light"))
}

#[test]
fn a_deleted_set_is_called_so_and_its_service_stays_while_it_exists() {
    let begin = "lab web\n$ kubectl apply -f web.yaml\nsettle\n$ kubectl delete sts web\nsettle\n";
    let deleted = pictures(begin);
    let scaled = pictures(&begin.replace("delete sts web", "scale sts web --replicas=0"));
    for (deleted, scaled, word) in [(&deleted[0], &scaled[0], "삭제됨"), (&deleted[1], &scaled[1], "deleted")]
    {
        assert!(deleted.contains(word) && !deleted.contains("replicas: "));
        assert!(!scaled.contains(word) && scaled.contains("replicas: "));
        assert!(deleted.contains("service/default/nginx") && scaled.contains("service/default/nginx"));
    }
    for gone in pictures(&format!("{begin}$ kubectl delete svc nginx\nsettle\n")) {
        assert!(!gone.contains("nginx"));
    }
}

#[test]
fn a_pod_that_runs_on_behind_a_cut_is_drawn_until_its_node_is_back() {
    let begin = "lab web\n$ kubectl apply -f web.yaml\nsettle\ncut node-2\nwait 1m\n\
                 $ kubectl delete pod web-1 --force --grace-period=0\nsettle\n";
    let words = [
        "node-2에서 아직 실행 중, API 서버는 모름",
        "still running on node-2, the API server does not know it",
    ];
    for (picture, word) in pictures(begin).iter().zip(words) {
        assert!(picture.contains(word));
    }
    for ended in ["mend node-2\nsettle\n", "stop node-2\n"] {
        let pictures = pictures(&format!("{begin}{ended}"));
        assert!(pictures.iter().zip(words).all(|(picture, word)| !picture.contains(word)), "{ended}");
    }
}

/// What a program says of a script that it reads from its input, and whether it is content; none if it is not there.
fn says(program: &str, words: &[&str], script: &str) -> Option<(bool, String)> {
    let mut reader = std::process::Command::new(program)
        .args(words)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    std::io::Write::write_all(&mut reader.stdin.take().unwrap(), script.as_bytes()).unwrap();
    let said = reader.wait_with_output().unwrap();
    let text = [said.stdout, said.stderr].concat();
    Some((said.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn a_script_is_read_by_a_shell() {
    // xtask installs it where it can, and says which.
    let named = std::env::var("SHELLCHECK").unwrap_or_else(|_| "shellcheck".into());
    let hard = "k8s 1.36\nfile a.yaml <<END\nEOF\nit's\nEND\n$ kubectl apply -f a.yaml || echo 'no'\nhold web-1\nsettle\n";
    for text in STORIES.iter().map(|story| story.scenario).chain([hard]) {
        let made = script(text).unwrap();
        let (is_read, said) = says("sh", &["-n"], &made).expect("a shell");
        assert!(is_read, "{said}\n{made}");
        match says(&named, &["--shell=sh", "-"], &made) {
            Some((is_clean, said)) => assert!(is_clean, "{said}\n{made}"),
            None => eprintln!("skipped: there is no {named}"),
        }
    }
    assert!(script("wait soon\n").is_err());
}
