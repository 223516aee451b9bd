//! `kubectl scale`: another number of replicas, through the `scale` subresource (K128).

use super::{DryRun, Verb, targets};
use crate::api::{Kind, ObjectKey};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::output::list::int;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::sim::{SimDuration, SimTime};
use crate::store::{Reason, Status};

/// `kubectl scale`.
pub const VERB: Verb = Verb {
    name: "scale",
    flags: "replicas# current-replicas# resource-version= timeout~ all! filename/f, kustomize/k= recursive/R! \
        selector/l= dry-run? output/o= template= record!",
    summary: "Set a new size for a StatefulSet",
    help: "kubectl scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE \
        NAME)

Examples:
  # Scale a set to three pods
  kubectl scale sts/web --replicas=3

  # Only if it has two now
  kubectl scale sts/web --current-replicas=2 --replicas=3",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let Some(replicas) = cx.args.int("replicas") else {
        return Err(Error::client("required flag(s) \"replicas\" not set"));
    };
    if replicas < 0 {
        let text = "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0";
        return Err(Error::client(text));
    }
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let (found, mut errors) = targets(cx)?;
    if found.is_empty() && errors.is_empty() {
        return Err(Error::client("no objects passed to scale"));
    }
    let old_client = cx.profile().before(1, 35);
    if old_client && found.is_empty() {
        let text: Vec<String> = errors.iter().map(Error::message).collect();
        let text = if text.len() == 1 { text[0].clone() } else { format!("[{}]", text.join(", ")) };
        return Err(Error::client(format!("no objects passed to scale {text}")));
    }
    if found.is_empty() {
        Error::all(std::mem::take(&mut errors))?;
    }
    let mut waiting = Vec::new();
    for (resource, object) in found {
        if !matches!(resource.kind, Some(Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet)) {
            let text = "the server could not find the requested resource";
            return Err(Status::new(Reason::NotFound, text).into());
        }
        let before = int(object.spec().get("replicas"));
        if let Some(expected) = cx.args.int("current-replicas").filter(|n| *n >= 0 && *n != before) {
            return Err(Error::client(format!("Expected replicas to be {expected}, was {before}")));
        }
        if dry != DryRun::Client {
            let mut client = cx.host.client();
            client.set_dry_run(dry == DryRun::Server);
            client.patch(&object.key(), "scale", |body| body.set(&["spec", "replicas"], replicas))?;
        }
        waiting.push(object.key());
        let text = format.result(&object, &format!("scaled{}", dry.suffix()))?;
        cx.out.out(text);
    }
    match cx.args.duration("timeout") {
        Some(timeout) if timeout > 0 && dry == DryRun::No && errors.is_empty() => {
            let until = cx.host.now() + SimDuration(timeout as u64);
            Ok(Outcome::Goes(Box::new(Reached { waiting, replicas, until })))
        }
        _ => Error::all(errors).map(|()| Outcome::Done(0)),
    }
}

/// Waits until the sets have their number of pods.
#[derive(Clone)]
struct Reached {
    waiting: Vec<ObjectKey>,
    replicas: i64,
    until: SimTime,
}

impl Task for Reached {
    fn poll(&mut self, host: &mut dyn Host, _: &mut Output) -> Result<Progress> {
        let client = host.client();
        self.waiting.retain(|key| {
            let replicas = client.store().by_key(key).map(|set| int(set.status().get("replicas")));
            replicas.is_some_and(|replicas| replicas != self.replicas)
        });
        match self.waiting.first() {
            None => Ok(Progress::Done(0)),
            Some(key) if client.now() >= self.until => {
                Err(Error::client(format!("timed out waiting for \"{}\" to be synced", key.name)))
            }
            Some(_) => Ok(Progress::Wait { at: Some(self.until) }),
        }
    }
}
