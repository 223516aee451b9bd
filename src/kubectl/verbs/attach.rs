//! `kubectl attach`: the program a container was made for (K160, K163), and `port-forward` and `proxy`, which have nowhere
//! to listen and say what does the same.

use super::Verb;
use super::exec::{container_of, pod_of, unreachable};
use super::run::{Attached, RECORDED};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::{Cx, Host, Outcome, Output, Place, Progress, Task};

/// `kubectl attach`.
pub const VERB: Verb = Verb {
    name: "attach",
    flags: "container/c= stdin/i! tty/t! quiet/q! pod-running-timeout~ detach-keys=",
    summary: "Attach to a running container",
    help: "kubectl attach (POD | TYPE/NAME) -c CONTAINER

Examples:
  # Go back to the shell that kubectl run began
  kubectl attach box -c box -i -t",
    run,
};

/// `kubectl port-forward`.
pub const PORT_FORWARD: Verb = Verb {
    name: "port-forward",
    flags: "address, pod-running-timeout~",
    summary: "Forward local ports to a pod; says here what does the same",
    help: "kubectl port-forward TYPE/NAME [LOCAL_PORT:]REMOTE_PORT

Examples:
  # There is no browser behind this prompt; ask from inside instead
  kubectl exec web-0 -- curl -s localhost:80",
    run: port_forward,
};

/// `kubectl proxy`.
pub const PROXY: Verb = Verb {
    name: "proxy",
    flags: "port/p# address= api-prefix= www/w= accept-hosts= accept-paths= reject-paths= disable-filter!",
    summary: "Run a proxy to the API server; says here what does the same",
    help: "kubectl proxy [--port=PORT]

Examples:
  # Nothing listens here; read the API itself
  kubectl get pods -o json",
    run: |_| {
        Err(Error::client(
            "this simulator has no network behind its prompt, so nothing can listen on 127.0.0.1:8001; read what the API \
             has with kubectl get TYPE NAME -o json",
        ))
    },
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let target = match &cx.args.words[..] {
        [] => return Err(cx.usage("at least 1 argument is required for attach")),
        [one] => one.clone(),
        [kind, name] => format!("{kind}/{name}"),
        words => {
            let text = format!(
                "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw {}: [{}]",
                words.len(),
                words.join(" ")
            );
            return Err(cx.usage(text));
        }
    };
    let pod = pod_of(cx, &target)?;
    let phase = pod.status().get("phase").str();
    if matches!(phase, "Succeeded" | "Failed") {
        let text = format!("cannot attach a container in a completed pod; current phase is {phase}");
        return Err(Error::client(text));
    }
    let container = container_of(cx, &pod, false)?;
    let path = format!("attach/{}/{}/{container}", pod.namespace(), pod.name());
    if let Some(outcome) = unreachable(cx, &pod, |url, why| {
        Error::client(format!("Internal error occurred: error sending request: Post \"{url}/{path}\": {why}"))
    })? {
        return Ok(outcome);
    }
    let lists =
        ["containers", "initContainers", "ephemeralContainers"].map(|list| pod.spec().get(list).items());
    let spec = lists.iter().flat_map(|list| list.iter()).find(|c| c.get("name").str() == container);
    let spec = spec.cloned().unwrap_or_default();
    if cx.args.is("tty") && !spec.get("tty").is_true() {
        cx.out.note(format_args!("error: Unable to use a TTY - container {container} did not allocate one"));
    }
    let newer = !cx.profile().before(1, 34);
    let words = ["command", "args"].map(|list| spec.get(list).items().to_vec());
    let mut argv: Vec<String> = words.iter().flatten().map(|word| word.str().to_string()).collect();
    let place = Place { namespace: pod.namespace().into(), pod: pod.name().into(), container };
    if !spec.get("stdin").is_true() || !cx.args.is("stdin") {
        if !cx.args.is("quiet") {
            if newer {
                cx.out.note(RECORDED);
            }
            cx.out.note("If you don't see a command prompt, try pressing enter.");
        }
        return Ok(Outcome::Goes(Box::new(Listening(place))));
    }
    if argv.is_empty() {
        argv.push("sh".into());
    }
    Ok(Outcome::Goes(Box::new(Attached {
        place,
        argv,
        stdin: cx.stdin.to_string(),
        has_terminal: spec.get("tty").is_true() && cx.stdin.is_empty(),
        always: pod.spec().get("restartPolicy").str() == "Always",
        removes: false,
        is_quiet: cx.args.is("quiet"),
        newer,
        id: None,
    })))
}

/// Hears what a program prints that reads nothing; until Ctrl+C, or until its container ends.
#[derive(Clone)]
struct Listening(Place);

impl Task for Listening {
    fn poll(&mut self, host: &mut dyn Host, _: &mut Output) -> Result<Progress> {
        let Place { namespace, pod, container } = &self.0;
        let client = host.client();
        let pod = client.store().get(crate::api::Kind::Pod, namespace, pod);
        let runs = pod.is_some_and(|pod| {
            let lists = ["containerStatuses", "ephemeralContainerStatuses"]
                .map(|list| pod.status().get(list).items());
            lists.iter().flat_map(|list| list.iter()).any(|status| {
                status.get("name").str() == container && !status.at(&["state", "running"]).is_null()
            })
        });
        Ok(if runs { Progress::Wait { at: None } } else { Progress::Done(0) })
    }

    fn is_endless(&self) -> bool {
        true
    }
}

fn port_forward(cx: &mut Cx) -> Result<Outcome> {
    let [target, ports @ ..] = &cx.args.words[..] else {
        return Err(cx.usage("TYPE/NAME and list of ports are required for port-forward"));
    };
    let Some(ports) = ports.first() else {
        return Err(cx.usage("TYPE/NAME and list of ports are required for port-forward"));
    };
    let (local, port) = ports.split_once(':').unwrap_or((ports, ports));
    let (target, local, port) = (target.clone(), local.to_string(), port.to_string());
    let pod = pod_of(cx, &target)?;
    Err(Error::client(format!(
        "unable to listen on port {local}: this simulator has no network behind its prompt, so no browser could open \
         localhost:{local}\nAsk from inside the cluster instead: kubectl exec {} -- curl -s localhost:{port}",
        pod.name()
    )))
}
