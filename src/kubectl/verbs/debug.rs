//! `kubectl debug`: a container with tools beside those of a pod, or a pod on a node.

use super::Verb;
use super::create::drawn;
use super::exec::pod_of;
use super::run::Attached;
use crate::api::{Kind, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::{Cx, Outcome, Place};
use crate::object;
use crate::sim::Rng;
use crate::store::Status;

/// `kubectl debug`.
pub const VERB: Verb = Verb {
    name: "debug",
    flags: "image= container/c= target= stdin/i! tty/t! attach! quiet/q! env, profile= image-pull-policy= copy-to= \
        share-processes! replace! same-node! set-image, arguments-only! custom= keep-labels! keep-annotations!",
    summary: "Create debugging sessions for troubleshooting workloads and nodes",
    help: "kubectl debug (POD | TYPE/NAME) --image=image [-it] [--target=CONTAINER] [-- COMMAND [args...]]

Examples:
  # A shell beside the containers of web-0
  kubectl debug -it web-0 --image=busybox:1.28 --target=nginx

  # A pod on a node
  kubectl debug node/node-1 -it --image=busybox",
    run,
};

const NODE_POD: &str = "metadata:
  name: {NAME}
  namespace: {SPACE}
spec:
  containers:
  - image: {IMAGE}
    name: debugger
    resources: {}
    stdin: true
    tty: true
    volumeMounts:
    - mountPath: /host
      name: host-root
  hostIPC: true
  hostNetwork: true
  hostPID: true
  nodeName: {NODE}
  restartPolicy: Never
  tolerations:
  - operator: Exists
  volumes:
  - hostPath:
      path: /
    name: host-root";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let before = cx.args.dash.unwrap_or(cx.args.words.len());
    let (targets, argv) = cx.args.words.split_at(before);
    let [target] = targets else {
        return Err(cx.usage("NAME or TYPE/NAME is required for debug"));
    };
    if cx.args.has("copy-to") {
        return Err(Error::client(
            "this simulator does not make copies of pods to debug; leave out --copy-to to get a container beside those of \
             the pod",
        ));
    }
    let Some(image) = cx.args.get("image").filter(|image| !image.is_empty()) else {
        return Err(cx.usage("you must specify --image"));
    };
    if cx.args.is("tty") && !cx.args.is("stdin") {
        return Err(cx.usage("-i/--stdin is required for containers with -t/--tty=true"));
    }
    let (target, image, argv) = (target.clone(), image.to_string(), argv.to_vec());
    let suffix = Rng::new(cx.host.client().moment(), "debug").suffix(5);
    let attaches = cx.args.bool_or("attach", cx.args.is("stdin"));
    let place = match target.strip_prefix("node/").or_else(|| target.strip_prefix("no/")) {
        Some(node) => on_node(cx, node, &image, &suffix, &argv)?,
        None => beside(cx, &target, &image, &suffix, &argv)?,
    };
    if !attaches {
        return Ok(Outcome::Done(0));
    }
    Ok(Outcome::Goes(Box::new(Attached {
        place,
        argv: if argv.is_empty() { vec!["sh".to_string()] } else { argv },
        stdin: cx.stdin.to_string(),
        has_terminal: cx.args.is("tty") && cx.stdin.is_empty(),
        always: false,
        removes: false,
        is_quiet: cx.args.is("quiet"),
        newer: !cx.profile().before(1, 34),
        id: None,
    })))
}

fn on_node(cx: &mut Cx, node: &str, image: &str, suffix: &str, argv: &[String]) -> Result<Place> {
    if cx.host.client().store().get(Kind::Node, "", node).is_none() {
        return Err(Status::not_found(Kind::Node, node).into());
    }
    let name = format!("node-debugger-{node}-{suffix}");
    let namespace = cx.namespace();
    let texts = [("{NAME}", name.as_str()), ("{SPACE}", &namespace), ("{IMAGE}", image), ("{NODE}", node)];
    let mut pod = drawn(Kind::Pod, NODE_POD, &texts);
    if let Some(container) = pod.body.at_mut(&["spec", "containers"]).list_mut().first_mut() {
        set_words(container, argv);
    }
    cx.host.client().create(pod)?;
    if !cx.args.is("quiet") {
        cx.out.line(format_args!("Creating debugging pod {name} with container debugger on node {node}."));
    }
    Ok(Place { namespace, pod: name, container: "debugger".into() })
}

fn beside(cx: &mut Cx, target: &str, image: &str, suffix: &str, argv: &[String]) -> Result<Place> {
    let pod = pod_of(cx, target)?;
    let beside = cx.args.text("target").to_string();
    if !beside.is_empty() {
        has_container(&pod, &beside)?;
        cx.out.note(format_args!(
            "Targeting container \"{beside}\". If you don't see processes from this container it may be because the \
             container runtime doesn't support this feature."
        ));
    }
    let name = match cx.args.get("container") {
        Some(name) => name.to_string(),
        None => {
            let name = format!("debugger-{suffix}");
            if !cx.args.is("quiet") {
                cx.out.note(format_args!("Defaulting debug container name to {name}."));
            }
            name
        }
    };
    let mut container = object! {
        "image" => image.to_string(), "name" => name.clone(), "resources" => Value::map(),
        "stdin" => cx.args.is("stdin"), "tty" => cx.args.is("tty"),
    };
    if !beside.is_empty() {
        container.set(&["targetContainerName"], beside);
    }
    set_words(&mut container, argv);
    cx.host.client().patch(&pod.key(), "ephemeralcontainers", |body| {
        body.at_mut(&["spec", "ephemeralContainers"]).list_mut().push(container);
    })?;
    Ok(Place { namespace: pod.namespace().into(), pod: pod.name().into(), container: name })
}

fn has_container(pod: &Object, name: &str) -> Result<()> {
    let lists = ["containers", "initContainers"].map(|list| pod.spec().get(list).items());
    match lists.iter().flat_map(|list| list.iter()).any(|container| container.get("name").str() == name) {
        true => Ok(()),
        false => Err(Status::invalid(
            Kind::Pod,
            pod.name(),
            vec![format!("spec.ephemeralContainers[0].targetContainerName: Not found: \"{name}\"")],
        )
        .into()),
    }
}

fn set_words(container: &mut Value, argv: &[String]) {
    if !argv.is_empty() {
        let words: Vec<Value> = argv.iter().map(|word| word.clone().into()).collect();
        container.set(&["command"], words);
    }
}
