//! The fault directives (scenario.md 1.3), read and written.

use super::{Wrong, duration};
use crate::api::Text;
use crate::component::Fault;
use crate::component::world::PodName;

fn text(s: &str) -> Text {
    s.to_string().into()
}

fn pod(name: &str) -> PodName {
    match name.split_once('/') {
        Some((namespace, name)) => PodName { namespace: text(namespace), name: text(name) },
        None => PodName { namespace: Text::Static("default"), name: text(name) },
    }
}

// Components are told from nodes by how they are called; the tests hold every component against this.
fn is_component(name: &str) -> bool {
    matches!(name, "scheduler" | "kubelet")
        || ["-controller", "-collector", "-binder", "-autoscaler", "-publisher"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Reads a fault; none if the line is no fault at all, an error if its parts are wrong.
pub fn parse_fault(line: &str) -> Option<Result<Fault, Wrong<'_>>> {
    let line = line.trim();
    let words: Vec<&str> = line.split_whitespace().collect();
    let (word, rest) = words.split_first()?;
    let end = &line[line.len()..];
    let first = rest.first().copied().unwrap_or(end);
    let one = |make: fn(&str) -> Fault, what: &str| match rest {
        [name] => Ok(make(name)),
        [] => Err(Wrong::new(end, format!("expected the name of a {what}"))),
        [_, more, ..] => Err(Wrong::new(more, format!("expected one {what} and nothing more"))),
    };
    let expected = |form: &str| Err(Wrong::new(first, format!("expected `{form}`")));
    Some(match (*word, rest) {
        ("hold", _) => one(|p| Fault::Hold(pod(p)), "pod"),
        ("release", _) => one(|p| Fault::Release(pod(p)), "pod"),
        ("unready", _) => one(|p| Fault::Unready(pod(p)), "pod"),
        ("ready", _) => one(|p| Fault::Ready(pod(p)), "pod"),
        ("crash", [name]) => Ok(Fault::Crash { pod: pod(name), container: None, code: 1 }),
        ("crash", [name, second]) => Ok(match second.parse() {
            Ok(code) => Fault::Crash { pod: pod(name), container: None, code },
            Err(_) => Fault::Crash { pod: pod(name), container: Some(text(second)), code: 1 },
        }),
        ("crash", [name, container, code]) => match code.parse() {
            Ok(code) => Ok(Fault::Crash { pod: pod(name), container: Some(text(container)), code }),
            Err(_) => Err(Wrong::new(code, format!("`{code}` is no exit code"))),
        },
        ("crash", _) => expected("crash POD [CONTAINER] [CODE]"),
        ("crashloop", [name]) => Ok(Fault::CrashLoop { pod: pod(name), container: None }),
        ("crashloop", [name, container]) => {
            Ok(Fault::CrashLoop { pod: pod(name), container: Some(text(container)) })
        }
        ("crashloop", _) => expected("crashloop POD [CONTAINER]"),
        ("break", ["image", image]) => Ok(Fault::BreakImage(text(image))),
        ("fix", ["image", image]) => Ok(Fault::FixImage(text(image))),
        ("break", _) => expected("break image IMAGE"),
        ("fix", _) => expected("fix image IMAGE"),
        ("fail", ["storage", class]) => Ok(Fault::FailStorage(text(class))),
        ("fail", _) => expected("fail storage CLASS"),
        ("mend", ["storage", class]) => Ok(Fault::MendStorage(text(class))),
        ("stop", _) => one(|n| Fault::StopNode(text(n)), "node"),
        ("start", _) => one(|n| Fault::StartNode(text(n)), "node"),
        ("cut", _) => one(|n| Fault::CutNode(text(n)), "node"),
        ("mend", [name]) if is_component(name) => Ok(Fault::MendComponent(text(name))),
        ("mend", _) => one(|n| Fault::MendNode(text(n)), "node, controller or `storage CLASS`"),
        ("slow", [component, by]) => duration(by).map(|by| Fault::Slow { component: text(component), by }),
        ("slow", _) => expected("slow CONTROLLER DURATION"),
        _ => return None,
    })
}

/// Writes a fault as a directive.
pub fn print_fault(fault: &Fault) -> String {
    let name = |pod: &PodName| {
        if pod.namespace == "default" {
            pod.name.to_string()
        } else {
            format!("{}/{}", pod.namespace, pod.name)
        }
    };
    match fault {
        Fault::Hold(pod) => format!("hold {}", name(pod)),
        Fault::Release(pod) => format!("release {}", name(pod)),
        Fault::Unready(pod) => format!("unready {}", name(pod)),
        Fault::Ready(pod) => format!("ready {}", name(pod)),
        Fault::Crash { pod, container: None, code: 1 } => format!("crash {}", name(pod)),
        Fault::Crash { pod, container: None, code } => format!("crash {} {code}", name(pod)),
        Fault::Crash { pod, container: Some(container), code } => {
            format!("crash {} {container} {code}", name(pod))
        }
        Fault::CrashLoop { pod, container: None } => format!("crashloop {}", name(pod)),
        Fault::CrashLoop { pod, container: Some(container) } => {
            format!("crashloop {} {container}", name(pod))
        }
        Fault::BreakImage(image) => format!("break image {image}"),
        Fault::FixImage(image) => format!("fix image {image}"),
        Fault::StopNode(node) => format!("stop {node}"),
        Fault::StartNode(node) => format!("start {node}"),
        Fault::CutNode(node) => format!("cut {node}"),
        Fault::MendNode(node) => format!("mend {node}"),
        Fault::FailStorage(class) => format!("fail storage {class}"),
        Fault::MendStorage(class) => format!("mend storage {class}"),
        Fault::Slow { component, by } => format!("slow {component} {by}"),
        Fault::MendComponent(component) => format!("mend {component}"),
    }
}
