//! `kubectl rollout`: how a change of the pod template goes, and back again (K147 to K155).

mod kinds;

pub use kinds::{bare_template, replica_sets};

use kinds::{number, revisions, template_of};

use super::{DryRun, Targets, Verb, look_all, targets, unsupported, words_of};
use crate::api::{Kind, Object, ObjectKey, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::{Format, prefixed};
use crate::kubectl::output::{describe, table};
use crate::kubectl::select::Wanted;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::sim::{SimDuration, SimTime};
use std::rc::Rc;

/// `kubectl rollout`.
pub const VERB: Verb = Verb {
    name: "rollout",
    flags: "",
    summary: "Manage the rollout of a resource",
    help: "kubectl rollout SUBCOMMAND

Examples:
  # See how far a rollout is
  kubectl rollout status sts/web

  # Go back to the revision before
  kubectl rollout undo sts/web",
    run: |cx| match &cx.args.words[..] {
        [] => {
            cx.out.out(super::help(&VERB));
            Ok(Outcome::Done(0))
        }
        words => Err(cx.usage(format_args!("unknown command \"{}\"", words.join(" ")))),
    },
};

/// `kubectl rollout status`.
pub const STATUS: Verb = Verb {
    name: "rollout status",
    flags: "watch/w! revision# timeout~ filename/f, kustomize/k= recursive/R! selector/l=",
    summary: "Show the status of the rollout",
    help: "kubectl rollout status (TYPE NAME | TYPE/NAME) [flags]

Examples:
  # Wait until the rollout is done
  kubectl rollout status sts/web",
    run: status,
};

/// `kubectl rollout history`.
pub const HISTORY: Verb = Verb {
    name: "rollout history",
    flags: "revision# filename/f, kustomize/k= recursive/R! selector/l= output/o= template=",
    summary: "View rollout history",
    help: "kubectl rollout history (TYPE NAME | TYPE/NAME) [flags]

Examples:
  # The revisions of a set
  kubectl rollout history sts/web

  # What one of them looked like
  kubectl rollout history sts/web --revision=3",
    run: history,
};

/// `kubectl rollout undo`.
pub const UNDO: Verb = Verb {
    name: "rollout undo",
    flags: "to-revision# dry-run? filename/f, kustomize/k= recursive/R! selector/l= output/o= template=",
    summary: "Undo a previous rollout",
    help: "kubectl rollout undo (TYPE NAME | TYPE/NAME) [flags]

Examples:
  # Back to the revision before
  kubectl rollout undo sts/web

  # Back to revision 3
  kubectl rollout undo sts/web --to-revision=3",
    run: undo,
};

/// `kubectl rollout restart`.
pub const RESTART: Verb = Verb {
    name: "rollout restart",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= field-manager= output/o= template=",
    summary: "Restart a resource",
    help: "kubectl rollout restart RESOURCE

Examples:
  # Replace all pods of a set, one after the other
  kubectl rollout restart sts/web",
    run: restart,
};

/// `kubectl rollout pause`.
pub const PAUSE: Verb = Verb {
    name: "rollout pause",
    flags: RESTART.flags,
    summary: "Mark the provided resource as paused",
    help: "kubectl rollout pause RESOURCE",
    run: |cx| pause(cx, true),
};

/// `kubectl rollout resume`.
pub const RESUME: Verb = Verb {
    name: "rollout resume",
    flags: RESTART.flags,
    summary: "Resume a paused resource",
    help: "kubectl rollout resume RESOURCE",
    run: |cx| pause(cx, false),
};

// A type without names means all of it.
fn find(cx: &mut Cx) -> Result<Targets> {
    let words = words_of(cx)?;
    if words.is_empty() {
        return Err(Error::client("required resource not specified"));
    }
    let wanted = Wanted::parse(&words)?;
    let (found, errors) = super::found(look_all(cx, &wanted)?);
    if found.is_empty() && errors.is_empty() {
        let namespace = cx.namespace();
        cx.out.note(format_args!("No resources found in {namespace} namespace."));
    }
    Ok((found, errors))
}

fn status(cx: &mut Cx) -> Result<Outcome> {
    let (found, errors) = find(cx)?;
    if found.is_empty() {
        Error::all(errors)?;
        return Ok(Outcome::Done(0));
    }
    for (resource, _) in &found {
        if !kinds::rolls_out(resource.kind) {
            return Err(Error::client(format!(
                "no status viewer has been implemented for {}",
                resource.name
            )));
        }
    }
    let timeout = cx.args.duration("timeout").filter(|timeout| *timeout > 0);
    let watching = Following {
        keys: found.iter().map(|(_, object)| object.key()).collect(),
        cursor: None,
        once: !cx.args.bool_or("watch", true),
        until: timeout.map(|timeout| cx.host.now() + SimDuration(timeout as u64)),
        revision: cx.args.int("revision").unwrap_or(0),
        missing: errors,
    };
    Ok(Outcome::Goes(Box::new(watching)))
}

/// Follows sets, one after the other, until their rollout is done.
#[derive(Clone)]
struct Following {
    keys: Vec<ObjectKey>,
    cursor: Option<u64>,
    once: bool,
    until: Option<SimTime>,
    revision: i64,
    /// What was not found is told at the end.
    missing: Vec<Error>,
}

impl Task for Following {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        let client = host.client();
        let store = client.store();
        while let Some(key) = self.keys.first().cloned() {
            let mut states: Vec<Option<Rc<Object>>> = Vec::new();
            match self.cursor {
                None => states.push(store.by_key(&key).cloned()),
                Some(cursor) => {
                    let changes = store.changes_from(cursor).filter(|change| change.key == key);
                    states.extend(changes.map(|change| change.new.clone()));
                }
            }
            self.cursor = Some(store.head());
            let mut done = false;
            for state in states {
                let Some(set) = state else { return Err(Error::client("object has been deleted")) };
                let (line, end) = kinds::progress(&set, self.revision)?;
                out.line(line);
                done = end || self.once;
                if done {
                    break;
                }
            }
            if !done {
                if self.until.is_some_and(|until| client.now() >= until) {
                    return Err(Error::client("timed out waiting for the condition"));
                }
                return Ok(Progress::Wait { at: self.until });
            }
            self.keys.remove(0);
            self.cursor = None;
        }
        Error::all(std::mem::take(&mut self.missing)).map(|()| Progress::Done(0))
    }
}

fn history(cx: &mut Cx) -> Result<Outcome> {
    let format = Format::parse(cx.args)?;
    let wanted = cx.args.int("revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Error::client(format!("revision must be a positive integer: {wanted}")));
    }
    let (found, mut errors) = find(cx)?;
    for (resource, object) in found {
        if !kinds::rolls_out(resource.kind) {
            let text = format!("no history viewer has been implemented for \"{}\"", resource.name);
            errors.push(Error::client(text));
            continue;
        }
        let history = revisions(cx.host.client().store(), &object);
        if !format.is_table() {
            let revision = history.iter().rev().find(|revision| wanted == 0 || number(revision) == wanted);
            let Some(revision) = revision else {
                errors.push(Error::client("unable to find the specified revision"));
                continue;
            };
            let mut body = object.body.clone();
            body.set(&["spec", "template"], template_of(revision));
            let claims = match object.kind {
                Kind::StatefulSet => &mut body.at_mut(&["spec", "volumeClaimTemplates"]).list_mut()[..],
                _ => &mut [],
            };
            for claim in claims {
                claim.remove(&["apiVersion"]);
                claim.remove(&["kind"]);
            }
            let text = format.print(&body, true)?;
            cx.out.out(text);
        } else if wanted > 0 {
            match history.iter().find(|revision| number(revision) == wanted) {
                None => errors.push(Error::client("unable to find the specified revision")),
                Some(revision) => {
                    let template = describe::template(&template_of(revision), &cx.profile());
                    cx.out.line(format_args!("{} with revision #{wanted}\n{template}", prefixed(&object)));
                }
            }
        } else if history.is_empty() {
            cx.out.line(format_args!("{} \nNo rollout history found.", prefixed(&object)));
        } else {
            let mut text = "REVISION\tCHANGE-CAUSE\n".to_string();
            for revision in &history {
                let cause = match super::label::change_cause(revision) {
                    "" => "<none>",
                    cause => cause,
                };
                text += &format!("{}\t{cause}\n", number(revision));
            }
            let text = table::Aligner::describe().align(&text);
            cx.out.line(format_args!("{} \n{text}", prefixed(&object)));
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

fn undo(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let wanted = cx.args.int("to-revision").unwrap_or(0);
    if wanted < 0 {
        return Err(Error::client(format!("revision must be a positive integer: {wanted}")));
    }
    let (found, mut errors) = find(cx)?;
    for (resource, object) in found {
        if !kinds::rolls_out(resource.kind) {
            errors
                .push(Error::client(format!("no rollbacker has been implemented for \"{}\"", resource.name)));
            continue;
        }
        if !object.annotation(super::apply::LAST_APPLIED).is_empty() && !cx.profile().before(1, 36) {
            // C4: also when the undo then fails.
            cx.out.note(format_args!(
                "Warning: resource {}/{} was previously managed with 'kubectl apply'. Rolling back will not update the \
                 {} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider \
                 using 'kubectl apply' with your previous configuration file instead.",
                resource.plural,
                object.name(),
                super::apply::LAST_APPLIED
            ));
        }
        let history = revisions(cx.host.client().store(), &object);
        if object.spec().get("paused").is_true() {
            let text = "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try \
                        again";
            errors.push(Error::client(text));
            continue;
        }
        let goal = kinds::goal(&history, wanted, &object);
        let goal = match goal {
            Ok(goal) => goal,
            Err(text) => {
                errors.push(Error::client(text));
                continue;
            }
        };
        let template = template_of(&goal);
        let bare = if goal.kind == Kind::ReplicaSet { bare_template(&goal) } else { template.clone() };
        if dry == DryRun::Client {
            let text = describe::template(&template, &cx.profile());
            cx.out.out(format!("{} {}", prefixed(&object), text));
            continue;
        }
        if bare == *object.spec().get("template") {
            let text = format!(
                "skipped rollback (current template already matches revision {wanted}){}",
                dry.suffix()
            );
            super::apply::told(cx, &format, &object, &text)?;
            continue;
        }
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        match client.patch(&object.key(), "", |body| kinds::roll_back(body, &goal, bare)) {
            Ok(object) => super::apply::told(cx, &format, &object, &format!("rolled back{}", dry.suffix()))?,
            Err(status) => errors.push(status.into()),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

fn restart(cx: &mut Cx) -> Result<Outcome> {
    const AT: &str = "kubectl.kubernetes.io/restartedAt";
    let format = Format::parse(cx.args)?;
    let (found, mut errors) = find(cx)?;
    for (resource, object) in found {
        if !kinds::rolls_out(resource.kind) {
            errors.push(unsupported(resource, object.name(), "restarting"));
            continue;
        }
        if object.spec().get("paused").is_true() {
            errors.push(Error::client(format!(
                "{} \"{}\" can't restart paused deployment (run rollout resume first)",
                resource.dotted(),
                object.name()
            )));
            continue;
        }
        let now = cx.host.now().rfc3339();
        let annotations = object.spec().at(&["template", "metadata", "annotations"]);
        if annotations.get(AT).str() == now {
            errors.push(Error::client(format!(
                "failed to create patch for {}: if restart has already been triggered within the past second, please \
                 wait before attempting to trigger another",
                object.name()
            )));
            continue;
        }
        let change = |body: &mut Value| {
            body.at_mut(&["spec", "template", "metadata", "annotations"]).map_mut().insert(AT, now);
        };
        match cx.host.client().patch(&object.key(), "", change) {
            Ok(object) => super::apply::told(cx, &format, &object, "restarted")?,
            Err(status) => errors.push(status.into()),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

// K154: only Deployments can be paused.
fn pause(cx: &mut Cx, pause: bool) -> Result<Outcome> {
    let format = Format::parse(cx.args)?;
    if cx.args.words.is_empty() && !cx.args.has("filename") {
        return Err(Error::client("required resource not specified"));
    }
    let (found, mut later) = targets(cx)?;
    let mut errors = Vec::new();
    for (resource, object) in found {
        if resource.kind != Some(Kind::Deployment) {
            errors.push(unsupported(resource, object.name(), if pause { "pausing" } else { "resuming" }));
            continue;
        }
        if object.spec().get("paused").is_true() == pause {
            let already = if pause { "is already paused" } else { "is not paused" };
            let text = format!("{} \"{}\" {already}", resource.dotted(), object.name());
            errors.push(Error::client(text));
            continue;
        }
        let change = |body: &mut Value| match pause {
            true => body.set(&["spec", "paused"], true),
            false => drop(body.remove(&["spec", "paused"])),
        };
        match cx.host.client().patch(&object.key(), "", change) {
            Ok(object) => super::apply::told(cx, &format, &object, if pause { "paused" } else { "resumed" })?,
            Err(status) => errors.push(status.into()),
        }
    }
    errors.append(&mut later);
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}
