//! `kubectl run`: one bare pod (K121, K122).

use super::apply::told;
use super::{DryRun, Verb};
use crate::api::{Kind, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};

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
    if attached {
        return Err(Error::client(
            "this simulator does not attach to pods; use kubectl exec in a running one",
        ));
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
    if let Some(port) = args.int("port") {
        container.at_mut(&["ports"]).list_mut().push(crate::object! { "containerPort" => port });
    }
    if dry != DryRun::Client {
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        pod = (*client.create(pod)?).clone();
    }
    told(cx, &format, &pod, &format!("created{}", dry.suffix()))?;
    Ok(Outcome::Done(0))
}
