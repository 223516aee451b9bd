//! `kubectl autoscale`: an autoscaler for a set, between two numbers of pods.

use super::apply::told;
use super::create::{drawn, place};
use super::{DryRun, Verb, targets};
use crate::api::quantity::Quantity;
use crate::api::{Kind, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};
use crate::object;

/// `kubectl autoscale`.
pub const VERB: Verb = Verb {
    name: "autoscale",
    flags: "min# max# cpu= memory= cpu-percent# name= dry-run? save-config! filename/f, kustomize/k= recursive/R! \
        field-manager= output/o= template= record! show-managed-fields!",
    summary: "Auto-scale a deployment, replica set, stateful set, or replication controller",
    help: "kubectl autoscale (-f FILENAME | TYPE NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]

Examples:
  # Between one and three pods; nothing measures their load here
  kubectl autoscale sts web --min=1 --max=3 --cpu=50%",
    run,
};

const SCALER: &str = "metadata:
  name: {NAME}
  namespace: {SPACE}
status:
  currentMetrics: null
  desiredReplicas: 0";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let args = cx.args;
    let Some(most) = args.int("max") else { return Err(Error::client("required flag(s) \"max\" not set")) };
    let least = args.int("min").filter(|least| *least > 0);
    if most < 1 {
        let text = format!("--max=MAXPODS is required and must be at least 1, max: {most}");
        return Err(Error::client(text));
    }
    if let Some(least) = least.filter(|least| *least > most) {
        let text =
            format!("--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}");
        return Err(Error::client(text));
    }
    if args.has("cpu-percent") {
        cx.out.note(
            "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' \
             for utilization or '500m' for milliCPU).",
        );
    }
    let mut metrics = Vec::new();
    let percent = args.int("cpu-percent").map(|n| format!("{n}%")).unwrap_or_default();
    for (resource, given) in [("cpu", args.text("cpu")), ("cpu", &*percent), ("memory", args.text("memory"))]
    {
        if given.is_empty() {
            continue;
        }
        let mut target = Value::map();
        if let Some(percent) = given.strip_suffix('%').and_then(|percent| percent.parse::<i64>().ok()) {
            target.set(&["averageUtilization"], percent);
            target.set(&["type"], "Utilization");
        } else if let Ok(amount) = Quantity::parse(given) {
            target.set(&["averageValue"], amount.to_string());
            target.set(&["type"], "AverageValue");
        } else {
            let text = format!("invalid resource {resource} value: {given}");
            return Err(Error::client(text));
        }
        let resource = object! { "name" => resource, "target" => target };
        metrics.push(object! { "resource" => resource, "type" => "Resource" });
    }
    let (found, errors) = targets(cx)?;
    for (resource, target) in found {
        if !matches!(target.kind, Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet) {
            let text = format!("cannot autoscale a {}: could not find a scale subresource", resource.name);
            return Err(Error::client(text));
        }
        let place = place(cx, dry);
        let name = args.get("name").unwrap_or(target.name());
        let texts = [("{NAME}", name), ("{SPACE}", place.as_str())];
        let mut scaler = drawn(Kind::HorizontalPodAutoscaler, SCALER, &texts);
        let spec = scaler.body.at_mut(&["spec"]);
        spec.set(&["maxReplicas"], most);
        if let Some(least) = least {
            spec.set(&["minReplicas"], least);
        }
        if !metrics.is_empty() {
            spec.set(&["metrics"], Value::list(metrics.clone()));
        }
        let of = object! {
            "apiVersion" => target.kind.api_version(), "kind" => target.kind.name(), "name" => target.meta("name").text(),
        };
        spec.set(&["scaleTargetRef"], of);
        if dry != DryRun::Client {
            let mut client = cx.host.client();
            client.set_dry_run(dry == DryRun::Server);
            scaler = match client.create(scaler) {
                Ok(made) => (*made).clone(),
                Err(status) if !metrics.is_empty() => return Err(status.into()),
                Err(_) => {
                    return Err(Error::client(
                        "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: \
                         empty input",
                    ));
                }
            };
        }
        told(cx, &format, &scaler, &format!("autoscaled{}", dry.suffix()))?;
    }
    Error::all(errors).map(|()| Outcome::Done(0))
}
