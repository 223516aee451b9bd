//! `kubectl exec`: a program inside a container (K159 to K163).

use super::Verb;
use crate::api::{Kind, Object, Text};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::select::{self, Wanted};
use crate::kubectl::{Cx, Host, Outcome, Output, Place, Progress, Task};
use crate::sim::SimTime;
use crate::store::{Reason, Status};
use std::rc::Rc;

/// `kubectl exec`.
pub const VERB: Verb = Verb {
    name: "exec",
    flags: "container/c= stdin/i! tty/t! quiet/q! filename/f, pod-running-timeout~",
    summary: "Execute a command in a container",
    help: "kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]

Examples:
  # The host name of a pod
  kubectl exec web-0 -- hostname

  # A shell command, in one container of several
  kubectl exec web-0 -c nginx -- sh -c 'echo $(hostname) > /usr/share/nginx/html/index.html'",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let words = &cx.args.words;
    let before = cx.args.dash.unwrap_or(words.len());
    let Some(target) = words.first().filter(|_| before > 0) else {
        return Err(Error::client("pod, type/name or --filename must be specified"));
    };
    if before > 1 {
        return Err(
            cx.usage("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
        );
    }
    let argv = &words[before..];
    if argv.is_empty() {
        return Err(Error::client("you must specify at least one command for the container"));
    }
    let pod = pod_of(cx, target)?;
    let phase = pod.status().get("phase").str();
    if matches!(phase, "Succeeded" | "Failed") {
        let text = format!("cannot exec into a container in a completed pod; current phase is {phase}");
        return Err(Error::client(text));
    }
    let container = container_of(cx, &pod, true)?;
    if pod.spec().get("nodeName").str().is_empty() {
        let text = format!("pod {} does not have a host assigned", pod.name());
        return Err(Status::new(Reason::BadRequest, text).into());
    }
    let mut query: String = argv.iter().map(|word| format!("command={}&", escaped(word))).collect();
    // The API server names what it asks of the kubelet in the order of the alphabet.
    let tty = cx.args.is("tty") && cx.stdin.is_empty();
    for (name, asked) in [("error", !tty), ("input", cx.args.is("stdin")), ("output", true), ("tty", tty)] {
        if asked {
            query += &format!("{name}=1&");
        }
    }
    let path = format!("exec/{}/{}/{container}?{}", pod.namespace(), pod.name(), query.trim_end_matches('&'));
    if let Some(outcome) = unreachable(cx, &pod, |url, why| {
        Error::client(format!("Internal error occurred: error sending request: Post \"{url}/{path}\": {why}"))
    })? {
        return Ok(outcome);
    }
    let statuses = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]
        .map(|list| pod.status().get(list).items());
    let running = statuses
        .iter()
        .flat_map(|list| list.iter())
        .any(|status| status.get("name").str() == container && !status.at(&["state", "running"]).is_null());
    if !running {
        return Err(Error::client(format!(
            "Internal error occurred: unable to upgrade connection: container not found (\"{container}\")"
        )));
    }
    // A program inside changes what was observed as little as a request would.
    if let Some(refusal) = cx.host.client().refusal() {
        return Err(refusal.into());
    }
    // A terminal is there unless something is piped in (K162).
    if cx.args.is("tty") && !cx.stdin.is_empty() {
        cx.out.note("Unable to use a TTY - input is not a terminal or the right kind of file");
    }
    let has_terminal = cx.args.is("tty") && cx.args.is("stdin") && cx.stdin.is_empty();
    let stdin = if cx.args.is("stdin") { cx.stdin } else { "" };
    let place = Place { namespace: pod.namespace().into(), pod: pod.name().into(), container };
    let begun = cx.host.exec(&place, argv, stdin, has_terminal);
    let id = begun.map_err(|why| {
        // The runtime numbers what it tries to start; the pod and the time stand in for its number.
        let number = format!("{}{:032x}", pod.uid().replace('-', ""), cx.host.now().as_millis());
        Error::client(format!(
            "Internal error occurred: Internal error occurred: error executing command in container: failed to exec in \
             container: failed to start exec \"{number}\": OCI runtime exec failed: exec failed: unable to start container \
             process: {why}"
        ))
    })?;
    Ok(Outcome::Goes(Box::new(Exec { id, node: pod.spec().get("nodeName").text() })))
}

/// What a command comes to whose pod is on a node that does not answer: the API server tries for a while, then says in
/// the given words why it cannot reach the kubelet. Nothing if the node answers.
pub(crate) fn unreachable(
    cx: &mut Cx,
    pod: &Object,
    tell: impl FnOnce(&str, &str) -> Error,
) -> Result<Option<Outcome>> {
    let name = pod.spec().get("nodeName").str();
    // An observed cluster has no machines behind it.
    if name.is_empty() || cx.host.client().refusal().is_some() {
        return Ok(None);
    }
    let node = cx.host.client().store().get(Kind::Node, "", name).cloned();
    let Some(node) = node else { return Err(Status::not_found(Kind::Node, name).into()) };
    let Some((why, after)) = cx.host.trouble(name) else { return Ok(None) };
    let addresses = node.status().get("addresses").items();
    let internal = addresses.iter().find(|address| address.get("type").str() == "InternalIP");
    let at = format!("{}:10250", internal.map_or("", |address| address.get("address").str()));
    let error = tell(&format!("https://{at}"), &format!("dial tcp {at}: {why}"));
    Ok(Some(Outcome::Goes(Box::new(Unreachable { at: cx.host.now() + after, error }))))
}

// A request that comes to nothing at that time.
#[derive(Clone)]
struct Unreachable {
    at: SimTime,
    error: Error,
}

impl Task for Unreachable {
    fn poll(&mut self, host: &mut dyn Host, _out: &mut Output) -> Result<Progress> {
        if host.now() < self.at { Ok(Progress::Wait { at: Some(self.at) }) } else { Err(self.error.clone()) }
    }
}

// As Go writes a value into the query of an address.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Ends what runs in a container whose node no longer answers.
pub(crate) fn check_connection(host: &dyn Host, node: &str) -> Result<()> {
    match host.trouble(node) {
        None => Ok(()),
        Some(_) => Err(Error::client(
            "error reading from error stream: next reader: websocket: close 1006 (abnormal closure): unexpected EOF",
        )),
    }
}

// A program that runs in a container.
#[derive(Clone)]
struct Exec {
    id: u64,
    node: Text,
}

impl Task for Exec {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        check_connection(host, &self.node)?;
        let progress = host.poll_exec(self.id, out);
        if let Progress::Done(code @ 1..) = progress {
            out.note(format_args!("command terminated with exit code {code}"));
        }
        Ok(progress)
    }
}

/// The pod of a name, or the first of what `type/name` owns.
pub(crate) fn pod_of(cx: &mut Cx, target: &str) -> Result<Rc<Object>> {
    let namespace = cx.namespace();
    let client = cx.host.client();
    let store = client.store();
    let not_found = || Error::from(Status::not_found(Kind::Pod, target));
    if !target.contains('/') {
        return store.get(Kind::Pod, &namespace, target).cloned().ok_or_else(not_found);
    }
    let wanted = Wanted::parse(&[target.to_string()])?;
    let Some((resource, names)) = wanted.groups.first() else { return Err(not_found()) };
    let object = select::named(store, *resource, &namespace, &names[0])?;
    if object.kind == Kind::Pod {
        return Ok(object);
    }
    let labels = match object.kind {
        Kind::Service => object.spec().get("selector"),
        Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            object.spec().at(&["selector", "matchLabels"])
        }
        _ => {
            let text = format!(
                "cannot attach to *{}: selector for {} not implemented",
                resource.name, resource.name
            );
            return Err(Error::client(text));
        }
    };
    let fits = |pod: &&Rc<Object>| labels.entries().iter().all(|(key, value)| pod.label(key) == value.str());
    store
        .list(Kind::Pod, Some(&namespace))
        .find(fits)
        .cloned()
        .ok_or_else(|| Error::client("timed out waiting for the condition"))
}

/// The container `-c` names, or the first; says so where there are several (K160).
pub(crate) fn container_of(cx: &mut Cx, pod: &Object, exec: bool) -> Result<String> {
    let names = |list: &str| -> Vec<String> {
        pod.spec().get(list).items().iter().map(|container| container.get("name").str().to_string()).collect()
    };
    let (apps, inits, others) = (names("containers"), names("initContainers"), names("ephemeralContainers"));
    if let Some(name) = cx.args.get("container") {
        if apps.iter().chain(&inits).chain(&others).any(|container| container == name) {
            return Ok(name.to_string());
        }
        let text = format!("container {name} is not valid for pod {}", pod.name());
        return Err(match exec {
            true => Status::new(Reason::BadRequest, text).into(),
            false => Error::client(text),
        });
    }
    let chosen = pod.annotation("kubectl.kubernetes.io/default-container");
    if !chosen.is_empty() && apps.iter().any(|container| container == chosen) {
        return Ok(chosen.to_string());
    }
    let first = apps.first().cloned().unwrap_or_default();
    if apps.len() + inits.len() + others.len() > 1 && !cx.args.is("quiet") {
        let all: Vec<String> = apps
            .into_iter()
            .chain(inits.iter().map(|name| format!("{name} (init)")))
            .chain(others.iter().map(|name| format!("{name} (ephem)")))
            .collect();
        cx.out.note(format_args!("Defaulted container \"{first}\" out of: {}", all.join(", ")));
    }
    Ok(first)
}
