//! `kubectl delete`: asks for the end of objects, then waits until they are gone (K136 to K146).

use super::{DryRun, Item, NO_RESOURCES, Verb, check_names, look_all};
use crate::api::{Kind, ObjectKey, Text};
use crate::component::{DeleteOptions, Propagation};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::prefixed;
use crate::kubectl::resource::{self, Resource};
use crate::kubectl::select::Wanted;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task, manifests};
use crate::sim::{SimDuration, SimTime};
use crate::store::Reason;

/// `kubectl delete`.
pub const VERB: Verb = Verb {
    name: "delete",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= all-namespaces/A! all! cascade? dry-run? \
        field-selector= force! grace-period# ignore-not-found! interactive/i! now! output/o= timeout~ wait! raw=",
    summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    help: "kubectl delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])

Examples:
  # Delete one pod and wait until it is gone
  kubectl delete pod web-0

  # Delete a set and keep its pods
  kubectl delete sts web --cascade=orphan

  # Delete what a manifest names
  kubectl delete -f web.yaml",
    run,
};

const WARNING: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been \
    terminated. The resource may continue to run on the cluster indefinitely.";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let propagation = match args.text("cascade") {
        "" | "background" | "true" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        "false" => {
            cx.out.note(
                "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.",
            );
            Propagation::Orphan
        }
        other => {
            let text = format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            );
            return Err(Error::client(text));
        }
    };
    let dry = DryRun::parse(cx)?;
    let force = args.is("force");
    let mut grace = args.int("grace-period").unwrap_or(-1);
    if args.is("now") {
        if grace != -1 {
            return Err(Error::client("--now and --grace-period cannot be specified together"));
        }
        grace = 1;
    }
    if grace == 0 && !force {
        grace = 1;
    }
    if force && grace < 0 {
        grace = 0;
    }
    if args.is("all") && !args.text("selector").is_empty() {
        return Err(Error::client("setting 'all' parameter but found a non empty selector. "));
    }
    if force && grace > 0 {
        let text = "--force and --grace-period greater than 0 cannot be specified together";
        return Err(Error::client(text));
    }
    if force {
        cx.out.note(WARNING);
    }
    let (found, mut errors) = find(cx)?;
    let ignore = args.is("ignore-not-found") || args.is("all");
    if found.is_empty() && errors.is_empty() {
        if !args.is("ignore-not-found") {
            cx.out.line("No resources found");
        }
        return Ok(Outcome::Done(0));
    }
    if args.has("namespace") && found.iter().any(|target| !target.resource.namespaced) {
        cx.out.note("Warning: deleting cluster-scoped resources, not scoped to the provided namespace");
    }
    let newer = !cx.profile().before(1, 34);
    let options = DeleteOptions {
        grace_period_secs: u64::try_from(grace).ok(),
        propagation: Some(propagation),
        ..DeleteOptions::default()
    };
    let mut gone = Vec::new();
    for Target { resource, name, key, source } in found {
        let Some(key) = key else {
            errors.push(resource.not_found(&name));
            continue;
        };
        let mut client = cx.host.client();
        let before = client.store().by_key(&key).cloned();
        // What is not there is asked for all the same: the server is the one to say so.
        if dry != DryRun::Client || before.is_none() {
            client.set_dry_run(dry == DryRun::Server);
            match client.delete(&key, &options) {
                Ok(_) => {}
                Err(status) if status.reason == Reason::NotFound && ignore => continue,
                Err(status) => {
                    errors.push(match &source {
                        Some(source) => Error::when(&status, "deleting", source),
                        None => status.into(),
                    });
                    continue;
                }
            }
        }
        let Some(object) = before else { continue };
        gone.push((object.key(), object.meta("uid").text()));
        if args.text("output") == "name" {
            cx.out.line(prefixed(&object));
            continue;
        }
        let forced = if grace == 0 { "force " } else { "" };
        let place = match object.namespace() {
            namespace if newer && !namespace.is_empty() => format!(" from {namespace} namespace"),
            _ => String::new(),
        };
        cx.out.line(format_args!(
            "{} \"{}\" {forced}deleted{place}{}",
            resource.prefix(),
            object.name(),
            dry.suffix()
        ));
    }
    if dry != DryRun::No || !args.bool_or("wait", true) {
        return Error::all(errors).map(|()| Outcome::Done(0));
    }
    let timeout = args.duration("timeout").filter(|timeout| *timeout > 0);
    let until = timeout.map(|timeout| cx.host.now() + SimDuration(timeout as u64));
    Ok(Outcome::Goes(Box::new(Gone { waiting: gone, until, errors })))
}

struct Target {
    resource: Resource,
    name: String,
    /// None for a type that is not simulated.
    key: Option<ObjectKey>,
    source: Option<String>,
}

fn find(cx: &mut Cx) -> Result<(Vec<Target>, Vec<Error>)> {
    let args = cx.args;
    let mut found = Vec::new();
    if args.has("filename") {
        let (manifests, errors) = manifests::read(cx)?;
        found.extend(manifests.into_iter().map(|manifest| Target {
            resource: manifest.resource,
            name: manifest.object.name().to_string(),
            key: Some(manifest.object.key()),
            source: Some(manifest.source),
        }));
        return Ok((found, errors));
    }
    if args.words.is_empty() {
        return Err(Error::client(NO_RESOURCES));
    }
    let wanted = Wanted::parse(&args.words)?;
    check_names(cx, &wanted, args.is("all"))?;
    for Item { resource, name, key, .. } in look_all(cx, &wanted)? {
        found.push(Target { resource, name, key, source: None });
    }
    Ok((found, Vec::new()))
}

/// Waits until objects are gone, one after the other; an object made anew under the same name does not count.
#[derive(Clone)]
struct Gone {
    waiting: Vec<(ObjectKey, Text)>,
    until: Option<SimTime>,
    errors: Vec<Error>,
}

impl Task for Gone {
    fn poll(&mut self, host: &mut dyn Host, _: &mut Output) -> Result<Progress> {
        let client = host.client();
        let store = client.store();
        self.waiting
            .retain(|(key, uid)| store.by_key(key).is_some_and(|object| object.uid() == uid.as_str()));
        let Some((key, _)) = self.waiting.first() else {
            return Error::all(std::mem::take(&mut self.errors)).map(|()| Progress::Done(0));
        };
        if self.until.is_some_and(|until| client.now() >= until) {
            let mut errors = std::mem::take(&mut self.errors);
            errors.push(Error::client(timed_out(key.kind, &key.name)));
            Error::all(errors)?;
        }
        Ok(Progress::Wait { at: self.until })
    }
}

/// `timed out waiting for the condition on pods/web-0` (K137, K156).
pub fn timed_out(kind: Kind, name: &str) -> String {
    format!("timed out waiting for the condition on {}/{name}", resource::of(kind).plural)
}
