//! `kubectl run`: one bare pod (K121, K122).

use super::apply::told;
use super::{DryRun, Verb};
use crate::api::{Kind, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};
use crate::object;

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
    let namespace =
        if dry == DryRun::Client && !args.has("namespace") { String::new() } else { cx.namespace() };
    let mut pod = Object::new(Kind::Pod, namespace, name.clone());
    let mut labels = object! { "run" => name.clone() };
    if args.has("labels") {
        labels = Value::map();
        for pair in args.list("labels") {
            let (key, value) = pair.split_once('=').unwrap_or((&pair, ""));
            labels.map_mut().insert(key.to_string(), value.to_string());
        }
    }
    pod.body.set(&["metadata", "labels"], labels);
    let mut container =
        object! { "image" => image.to_string(), "name" => name.clone(), "resources" => Value::map() };
    let words: Vec<Value> = args.words[1..].iter().map(|word| Value::from(word.clone())).collect();
    if !words.is_empty() {
        container.set(&[if args.is("command") { "command" } else { "args" }], words);
    }
    let mut variables = Vec::new();
    for pair in args.list("env") {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Error::client(format!("invalid env: {pair}")));
        };
        variables.push(object! { "name" => key.to_string(), "value" => value.to_string() });
    }
    if !variables.is_empty() {
        container.set(&["env"], variables);
    }
    if let Some(port) = args.int("port") {
        container.set(&["ports"], vec![object! { "containerPort" => port }]);
    }
    pod.body.set(
        &["spec"],
        object! {
            "containers" => vec![container], "dnsPolicy" => "ClusterFirst", "restartPolicy" => restart.to_string(),
        },
    );
    pod.body.set(&["status"], Value::map());
    if dry != DryRun::Client {
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        pod = (*client.create(pod)?).clone();
    }
    told(cx, &format, &pod, &format!("created{}", dry.suffix()))?;
    Ok(Outcome::Done(0))
}
