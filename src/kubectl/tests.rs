//! Promises over the list of verbs, and real command lines on small clusters.

use super::*;
use crate::api::{Map, Object, Value, manifest};
use crate::component::Cause;
use crate::component::client::Film;
use crate::object;
use crate::store::ApiServer;
use std::rc::Rc;

struct Desk {
    server: ApiServer,
    film: Film,
    files: SortedMap<String, String>,
    now: SimTime,
    ran: String,
    manager: Option<Text>,
}

impl Host for Desk {
    fn client(&mut self) -> Client<'_> {
        let mut client = Client::new(&mut self.server, &mut self.film, self.now, "user", Cause::Start);
        client.set_manager(self.manager.clone());
        client
    }
    fn write_as(&mut self, manager: Text) {
        self.manager = Some(manager);
    }
    fn now(&self) -> SimTime {
        self.now
    }
    fn files(&mut self) -> &mut SortedMap<String, String> {
        &mut self.files
    }
    // The program only says what it was told to run, and where.
    fn exec(&mut self, place: &Place, argv: &[String], _: &str, _: bool) -> std::result::Result<u64, String> {
        self.ran = format!(
            "{} {} {}
",
            place.pod,
            place.container,
            argv.join(" ")
        );
        Ok(1)
    }
    fn edit(&mut self, editor: &str, text: &str) -> std::result::Result<String, String> {
        let (from, to) = editor.split_once("=>").ok_or("no such editor")?;
        Ok(text.replace(from, to))
    }
    fn end_container(&mut self, _: &Place, _: i32) {}
    fn poll_exec(&mut self, _: u64, out: &mut Output) -> Progress {
        out.out(self.ran.clone());
        Progress::Done(0)
    }
}

impl Desk {
    fn new() -> Desk {
        let mut server = ApiServer::new(Rc::new(Profile::default_release().clone()), 1);
        let mut namespace = Object::new(Kind::Namespace, "", "default");
        namespace.body.set(&["status", "phase"], "Active");
        server.seed(SimTime::ZERO, namespace);
        Desk {
            server,
            film: Film::default(),
            files: SortedMap::new(),
            now: SimTime(5000),
            ran: String::new(),
            manager: None,
        }
    }

    /// Puts objects as they stand in a recorded `-o yaml`.
    fn load(&mut self, yaml: &str) {
        for document in manifest::parse(yaml).unwrap() {
            let kind = Kind::from_name(document.value.get("kind").str()).unwrap();
            self.server.seed(SimTime::ZERO, Object::of(kind, document.value));
        }
    }

    fn program(line: &str) -> Box<dyn Program> {
        let words = lexer::words(line).into_iter().map(|word| word.text).collect();
        start(Invocation { words, ..Invocation::default() })
    }

    /// What a line prints on both streams, and its status.
    fn run(&mut self, line: &str) -> String {
        let mut out = Output::default();
        let progress = Desk::program(line).poll(self, &mut out);
        let mut text = out.text(Stream::Stdout);
        let notes = out.text(Stream::Stderr);
        if !notes.is_empty() {
            text += &format!("# stderr\n{notes}");
        }
        match progress {
            Progress::Done(0) => {}
            Progress::Done(code) => text += &format!("# exit {code}\n"),
            Progress::Wait { .. } => text += "# waits\n",
        }
        text
    }
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: nginx\n  labels: {app: nginx}\nspec:\n  ports:\n  \
    - port: 80\n    name: web\n  clusterIP: None\n  selector: {app: nginx}\n";
const SET: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\nspec:\n  serviceName: nginx\n  \
    replicas: 2\n  selector:\n    matchLabels: {app: nginx}\n  template:\n    metadata:\n      labels: {app: nginx}\n    \
    spec:\n      containers:\n      - name: nginx\n        image: nginx:1\n";

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.files.insert("web.yaml".into(), format!("{SERVICE}---\n{SET}"));
    desk
}

#[test]
fn every_verb_has_a_name_of_its_own_and_help() {
    let mut names = Vec::new();
    for verb in VERBS {
        assert!(!names.contains(&verb.name), "{} twice", verb.name);
        names.push(verb.name);
        assert!(!verb.summary.is_empty() && verb.help.starts_with("kubectl "), "{}", verb.name);
        assert!(verb.name.split(' ').all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        let text = desk().run(&format!("kubectl {} --help", verb.name));
        assert!(text.contains(verb.help), "{}: {text}", verb.name);
        let mut flags: Vec<&str> = verb.flags.split_whitespace().collect();
        for flag in &flags {
            assert!(flag.ends_with(['!', '?', '=', ',', '#', '~']), "{}: {flag}", verb.name);
        }
        flags.sort_unstable();
        flags.dedup();
        assert_eq!(flags.len(), verb.flags.split_whitespace().count(), "{}", verb.name);
    }
    for verb in VERBS.iter().filter(|verb| verb.name.contains(' ')) {
        assert!(overview_names().any(|name| name == verb.name.split(' ').next().unwrap()));
    }
}

fn overview_names() -> impl Iterator<Item = &'static str> {
    verbs::names()
}

#[test]
fn nothing_a_person_types_stops_the_program() {
    let words = [
        "get",
        "po",
        "sts/web",
        "-l",
        "a in (",
        "-o",
        "jsonpath={",
        "wide",
        "--",
        "-f",
        "-",
        "web.yaml",
        "",
        "'",
        "{{",
        "apply",
        "patch",
        "-p",
        "[]",
        "{}",
        "--type=json",
        "scale",
        "--replicas",
        "9999999999999999999",
        "all",
        "/",
        "a/b/c",
        "rollout",
        "status",
        "undo",
        "wait",
        "--for",
        "jsonpath=",
        "condition=",
        "logs",
        "exec",
        "label",
        "x-",
        "a=",
        "=",
        "taint",
        "k=v:",
        "describe",
        "delete",
        "--cascade",
        "create",
        "service",
        "clusterip",
        "--tcp=x",
        "events",
        "explain",
        "sts.spec.",
        "-",
        "ü",
        "--sort-by",
        ".",
        "-A",
        "-w",
        "set",
        "image",
        "*=",
        "config",
        "run",
    ];
    let mut seed = 7u64;
    for _ in 0..4000 {
        let mut line = "kubectl".to_string();
        for _ in 0..1 + seed % 6 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            line += &format!(" {}", words[(seed >> 33) as usize % words.len()]);
        }
        let mut desk = desk();
        desk.run(&line);
        let _ = (suggest(&line), completions(&line, &desk.server.store));
    }
}

#[test]
fn k106_apply_creates_changes_and_leaves_alone() {
    let mut desk = desk();
    assert_eq!(
        desk.run("kubectl apply -f web.yaml"),
        "service/nginx created\nstatefulset.apps/web created\n"
    );
    assert_eq!(
        desk.run("kubectl apply -f web.yaml"),
        "service/nginx unchanged\nstatefulset.apps/web unchanged\n"
    );
    desk.files.insert("web.yaml".into(), SET.replace("replicas: 2", "replicas: 3"));
    assert_eq!(desk.run("k apply -f ./web.yaml"), "statefulset.apps/web configured\n");
    assert_eq!(desk.run("kubectl get sts web -o jsonpath={.spec.replicas}"), "3");
    assert_eq!(
        desk.run("kubectl apply -f no.yaml"),
        "# stderr\nerror: the path \"no.yaml\" does not exist\n# exit 1\n"
    );
    assert_eq!(
        desk.run("kubectl apply web.yaml"),
        "# stderr\nerror: Unexpected args: [web.yaml]\nSee 'kubectl apply -h' for help and examples\n# exit 1\n"
    );
}

#[test]
fn k128_scale() {
    let mut desk = desk();
    desk.run("kubectl apply -f web.yaml");
    for (line, text) in [
        ("kubectl scale sts web --replicas=5", "statefulset.apps/web scaled\n"),
        (
            "kubectl scale sts web --replicas=2 --current-replicas=9",
            "# stderr\nerror: Expected replicas to be 9, was 5\n# exit 1\n",
        ),
        ("kubectl scale sts web", "# stderr\nerror: required flag(s) \"replicas\" not set\n# exit 1\n"),
        (
            "kubectl scale sts nope --replicas=2",
            "# stderr\nError from server (NotFound): statefulsets.apps \"nope\" not found\n# exit 1\n",
        ),
        (
            "kubectl scale sts -l app=zzz --replicas=1",
            "# stderr\nerror: no objects passed to scale\n# exit 1\n",
        ),
        (
            "kubectl scale sts web --replicas=7 --dry-run=server",
            "statefulset.apps/web scaled (server dry run)\n",
        ),
        ("kubectl get sts --no-headers", "web   0/5   0s\n"),
    ] {
        assert_eq!(desk.run(line), text, "{line}");
    }
}

#[test]
fn k136_delete_prints_at_once_and_waits() {
    let mut desk = desk();
    desk.run("kubectl apply -f web.yaml");
    assert_eq!(
        desk.run("kubectl delete sts web"),
        "statefulset.apps \"web\" deleted from default namespace\n"
    );
    assert_eq!(
        desk.run("kubectl delete sts web"),
        "# stderr\nError from server (NotFound): statefulsets.apps \"web\" not found\n# exit 1\n"
    );
    assert_eq!(desk.run("kubectl delete sts --all"), "No resources found\n");
    let mut pod = Object::new(Kind::Pod, "default", "slow");
    pod.body.set(&["spec"], object! { "nodeName" => "node-1", "terminationGracePeriodSeconds" => 30 });
    desk.server.seed(SimTime::ZERO, pod);
    let mut out = Output::default();
    let mut program = Desk::program("kubectl delete pod slow");
    assert_eq!(program.poll(&mut desk, &mut out), Progress::Wait { at: None });
    assert_eq!(out.text(Stream::Stdout), "pod \"slow\" deleted from default namespace\n");
    let key = Client::key(Kind::Pod, "default", "slow");
    let options = crate::component::DeleteOptions { grace_period_secs: Some(0), ..Default::default() };
    desk.client().delete(&key, &options).unwrap();
    assert_eq!(program.poll(&mut desk, &mut out), Progress::Done(0));
}

#[test]
fn k78_a_watch_prints_the_list_and_then_a_row_for_each_change() {
    let mut desk = desk();
    let mut out = Output::default();
    let mut watch = Desk::program("kubectl get sts -w");
    assert_eq!(watch.poll(&mut desk, &mut out), Progress::Wait { at: None });
    assert!(watch.is_endless() && out.chunks.is_empty());
    desk.run("kubectl apply -f web.yaml");
    watch.poll(&mut desk, &mut out);
    desk.run("kubectl scale sts web --replicas=10");
    desk.run("kubectl delete sts web");
    watch.poll(&mut desk, &mut out);
    assert_eq!(
        out.text(Stream::Stdout),
        "NAME   READY   AGE\nweb    0/2     0s\nweb    0/10    0s\nweb    0/10    0s\n"
    );
    watch.interrupt();
    assert_eq!(watch.poll(&mut desk, &mut out), Progress::Done(130));
}

#[test]
fn k179_unknown_commands_and_the_words_of_sub_commands() {
    let mut desk = desk();
    for (line, text) in [
        (
            "kubectl gett",
            "# stderr\nerror: unknown command \"gett\" for \"kubectl\"\n\nDid you mean this?\n\tset\n\tget\n# exit 1\n",
        ),
        ("kubectl xyzzy", "# stderr\nerror: unknown command \"xyzzy\" for \"kubectl\"\n# exit 1\n"),
        (
            "kubectl rollout stauts sts/web",
            "# stderr\nerror: unknown command \"stauts sts/web\"\nSee 'kubectl rollout -h' for help and examples\n\
             # exit 1\n",
        ),
        (
            "kubectl -n",
            "# stderr\nerror: flag needs an argument: 'n' in -n\nSee 'kubectl --help' for usage.\n# exit 1\n",
        ),
        ("kubectl config current-context", "kubernetes\n"),
        ("kubectl -n x get po", "# stderr\nNo resources found in x namespace.\n"),
    ] {
        assert_eq!(desk.run(line), text, "{line}");
    }
}

#[test]
fn hints_name_the_nearest_command_line() {
    for (line, hint) in [
        ("kubctl get po", Some("kubectl get po")),
        ("kubectl gte pods", Some("kubectl get pods")),
        ("kubectl rollout stauts sts/web", Some("kubectl rollout status sts/web")),
        ("kubectl -n x get statefulsest", Some("kubectl -n x get statefulsets")),
        ("kubectl get po", None),
        ("ls", None),
        ("", None),
    ] {
        assert_eq!(suggest(line).as_deref(), hint, "{line}");
    }
    let mut desk = desk();
    desk.run("kubectl apply -f web.yaml");
    let store = &desk.server.store;
    for (line, words) in [
        ("kubectl ro", vec!["rollout"]),
        ("kubectl rollout u", vec!["undo"]),
        ("kubectl get sts w", vec!["web"]),
        ("kubectl scale sts/", vec!["sts/web"]),
        ("kubectl get sta", vec!["statefulsets"]),
        ("kubectl scale --rep", vec!["--replicas"]),
    ] {
        assert_eq!(completions(line, store), words, "{line}");
    }
}

#[test]
fn k45_the_status_column_of_pods() {
    let pod = |status: Value| {
        let mut pod = Object::new(Kind::Pod, "default", "p");
        let init = vec![object! { "name" => "i" }, object! { "name" => "j" }];
        pod.body.set(
            &["spec"],
            object! { "containers" => vec![object! { "name" => "c" }], "initContainers" => init },
        );
        pod.body.set(&["status"], status);
        output::list::cells(&pod, SimTime(60_000))[1..4].join(" ")
    };
    let app =
        |state: Value| object! { "name" => "c", "state" => state, "ready" => true, "restartCount" => 0 };
    let waiting = |reason: &'static str| object! { "waiting" => object! { "reason" => reason } };
    let running = || object! { "running" => Value::map() };
    let ended = |code: i64| object! { "terminated" => object! { "exitCode" => code } };
    let with = |list: &'static str, item: Value| {
        let mut status = object! { "phase" => "Pending" };
        status.map_mut().insert(list, vec![item]);
        status
    };
    assert_eq!(pod(object! { "phase" => "Pending" }), "0/1 Pending 0");
    assert_eq!(pod(object! { "phase" => "Failed", "reason" => "Evicted" }), "0/1 Evicted 0");
    assert_eq!(pod(with("containerStatuses", app(waiting("ErrImagePull")))), "0/1 ErrImagePull 0");
    assert_eq!(pod(with("containerStatuses", app(running()))), "1/1 Pending 0");
    assert_eq!(pod(with("containerStatuses", app(ended(3)))), "0/1 ExitCode:3 0");
    let init = |state: Value| object! { "name" => "i", "state" => state, "restartCount" => 2 };
    assert_eq!(pod(with("initContainerStatuses", init(running()))), "0/1 Init:0/2 2");
    assert_eq!(pod(with("initContainerStatuses", init(ended(1)))), "0/1 Init:ExitCode:1 2");
    assert_eq!(
        pod(with("initContainerStatuses", init(waiting("CrashLoopBackOff")))),
        "0/1 Init:CrashLoopBackOff 2"
    );
    let mut crashed = app(waiting("CrashLoopBackOff"));
    crashed.set(&["restartCount"], 2);
    crashed.set(&["lastState", "terminated", "finishedAt"], "2026-01-01T00:00:56Z");
    assert_eq!(pod(with("containerStatuses", crashed)), "0/1 CrashLoopBackOff 2 (4s ago)");
}

#[test]
fn k99_describe_of_a_pending_pod_agrees_with_the_recording() {
    let mut desk = Desk::new();
    let recorded = include_str!("tests/describe.txt");
    let (yaml, rest) = recorded.split_once("=== describe\n").unwrap();
    desk.load(yaml);
    let mut text = desk.run("kubectl describe pod huge --show-events=false");
    text += &desk.run("kubectl describe svc front --show-events=false");
    text += &desk.run("kubectl get pods,svc -o wide");
    assert_eq!(text, rest);
}

#[test]
fn a_map_of_labels_prints_sorted() {
    let map: Map = [("b", "2"), ("a", "1")].into_iter().collect();
    assert_eq!(output::list::pairs(&map.into()), "a=1,b=2");
}
