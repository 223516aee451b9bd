//! `kubectl run`: one bare pod, and a terminal in it with `-i` (K121 to K126).

use super::apply::told;
use super::exec::check_connection;
use super::{DryRun, Verb};
use crate::api::{Kind, ObjectKey, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Host, Outcome, Output, Place, Progress, Task};
use crate::store::{DeleteOptions, Status};

/// `kubectl run`.
pub const VERB: Verb = Verb {
    name: "run",
    flags: "image= restart= rm! stdin/i! tty/t! attach! command! env, labels/l= annotations, port# expose! dry-run? \
        image-pull-policy= overrides= override-type= privileged! leave-stdin-open! pod-running-timeout~ quiet/q! \
        grace-period# force! timeout~ wait! cascade? output/o= template= record! field-manager= save-config!",
    summary: "Run a particular image on the cluster",
    help: "kubectl run NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--command] -- \
        [COMMAND] [args...]

Examples:
  # A pod that sleeps
  kubectl run box --image=busybox --restart=Never -- sleep 1d",
    run,
};

const POD: &str = "metadata:
  labels:
    run: {NAME}
  name: {NAME}
  namespace: {SPACE}
spec:
  containers:
  - image: {IMAGE}
    name: {NAME}
    resources: {}
  dnsPolicy: ClusterFirst
  restartPolicy: {RESTART}
status: {}";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let Some(image) = args.get("image").filter(|image| !image.is_empty()) else {
        return Err(Error::client("required flag(s) \"image\" not set"));
    };
    let Some(name) = args.words.first().filter(|_| args.dash != Some(0)) else {
        return Err(cx.usage("NAME is required for run"));
    };
    if image.contains(' ')
        || image.split('/').any(|part| part.matches(':').count() > 1)
        || image.starts_with('-')
    {
        return Err(Error::client(format!("Invalid image name \"{image}\": invalid reference format")));
    }
    let attached = args.is("stdin") || args.is("attach");
    if args.is("tty") && !args.is("stdin") {
        return Err(cx.usage("-i/--stdin is required for containers with -t/--tty=true"));
    }
    if args.is("rm") && !attached {
        return Err(cx.usage("--rm should only be used for attached containers"));
    }
    let restart = args.get("restart").unwrap_or("Always");
    if !matches!(restart, "Always" | "OnFailure" | "Never") {
        return Err(cx.usage(format_args!("invalid restart policy: {restart}")));
    }
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(args)?;
    let place = super::create::place(cx, dry);
    let texts = [("{NAME}", name.as_str()), ("{SPACE}", &place), ("{IMAGE}", image), ("{RESTART}", restart)];
    let mut pod = super::create::drawn(Kind::Pod, POD, &texts);
    if args.has("labels") {
        pod.body.set(&["metadata", "labels"], Value::map());
        for pair in args.list("labels") {
            let (key, value) = pair.split_once('=').unwrap_or((&pair, ""));
            pod.body.at_mut(&["metadata", "labels"]).map_mut().insert(key.to_string(), value.to_string());
        }
    }
    let containers = pod.body.at_mut(&["spec", "containers"]).list_mut();
    let Some(container) = containers.first_mut() else { return Err(cx.usage("NAME is required for run")) };
    for word in &args.words[1..] {
        let list = container.at_mut(&[if args.is("command") { "command" } else { "args" }]);
        list.list_mut().push(word.clone().into());
    }
    for pair in args.list("env") {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error::client(format!("invalid env: {pair}")));
        };
        let mut variable = Value::map();
        variable.set(&["name"], key.to_string());
        variable.set(&["value"], value.to_string());
        container.at_mut(&["env"]).list_mut().push(variable);
    }
    if args.is("stdin") {
        container.set(&["stdin"], true);
        if !args.is("leave-stdin-open") {
            container.set(&["stdinOnce"], true);
        }
    }
    if args.is("tty") {
        container.set(&["tty"], true);
    }
    if let Some(port) = args.int("port") {
        container.at_mut(&["ports"]).list_mut().push(crate::object! { "containerPort" => port });
    }
    if dry != DryRun::Client {
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        pod = (*client.create(pod)?).clone();
    }
    if !attached || dry != DryRun::No {
        told(cx, &format, &pod, &format!("created{}", dry.suffix()))?;
        return Ok(Outcome::Done(0));
    }
    let container = name.clone();
    let newer = !cx.profile().before(1, 34);
    Ok(Outcome::Goes(Box::new(Attached {
        place: Place { namespace: pod.namespace().into(), pod: name.clone(), container },
        argv: if args.words.len() > 1 { args.words[1..].to_vec() } else { vec!["sh".to_string()] },
        stdin: cx.stdin.to_string(),
        has_terminal: args.is("tty") && cx.stdin.is_empty(),
        always: restart == "Always",
        removes: args.is("rm"),
        is_quiet: args.is("quiet"),
        newer,
        id: None,
    })))
}

/// A pod that was made to be talked to (K123 to K126).
#[derive(Clone)]
pub(super) struct Attached {
    pub(super) place: Place,
    pub(super) argv: Vec<String>,
    pub(super) stdin: String,
    pub(super) has_terminal: bool,
    /// Restart policy Always: it would go on without anybody.
    pub(super) always: bool,
    pub(super) removes: bool,
    pub(super) is_quiet: bool,
    pub(super) newer: bool,
    /// The program in it, once it runs.
    pub(super) id: Option<u64>,
}

impl Task for Attached {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        let Place { namespace, pod: name, container } = &self.place;
        let id = match self.id {
            Some(id) => id,
            None => {
                let client = host.client();
                let pod = client.store().get(Kind::Pod, namespace, name);
                let Some(pod) = pod else { return Err(Status::not_found(Kind::Pod, name).into()) };
                let lists = ["containerStatuses", "ephemeralContainerStatuses"];
                let runs = |status: &Value| {
                    status.get("name").str() == container && !status.at(&["state", "running"]).is_null()
                };
                if !lists.iter().any(|list| pod.status().get(list).items().iter().any(runs)) {
                    return Ok(Progress::Wait { at: None });
                }
                let begun = host.exec(&self.place, &self.argv, &self.stdin, self.has_terminal);
                begun.map_err(Error::client)?
            }
        };
        let pod = host.client().store().get(Kind::Pod, namespace, name).cloned();
        if let Some(pod) = pod {
            check_connection(host, pod.spec().get("nodeName").str())?;
        }
        let mut said = Output::default();
        let progress = host.poll_exec(id, &mut said);
        let waits = matches!(progress, Progress::Wait { .. }) || !self.stdin.is_empty();
        // What ends before kubectl is attached only leaves its log (K124).
        if self.id.is_none() && waits && !self.is_quiet {
            if self.newer {
                out.note(RECORDED);
            }
            out.note("If you don't see a command prompt, try pressing enter.");
        }
        self.id = Some(id);
        for (stream, text) in said.chunks {
            out.push(stream, text);
        }
        let Progress::Done(code) = progress else { return Ok(progress) };
        host.end_container(&self.place, code);
        if self.always && self.has_terminal && !self.is_quiet {
            out.line(format_args!(
                "Session ended, resume using 'kubectl attach {name} -c {container} -i -t' command when the pod is running"
            ));
        }
        if self.removes {
            let key = ObjectKey::new(Kind::Pod, namespace.clone(), name.clone());
            host.client().delete(&key, &DeleteOptions::default())?;
            if !self.is_quiet {
                let place = if self.newer { format!(" from {namespace} namespace") } else { String::new() };
                out.line(format_args!("pod \"{name}\" deleted{place}"));
            }
        }
        if code != 0 && !self.always {
            out.note(format_args!("pod {namespace}/{name} terminated (Error)"));
        }
        Ok(Progress::Done(if self.always { 0 } else { code }))
    }
}

/// What newer kubectls say before they attach.
pub(super) const RECORDED: &str = "All commands and output from this session will be recorded in container logs, including credentials \
    and sensitive information passed through the command prompt.";
