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
use std::collections::VecDeque;

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
    let (found, errors) = find(cx)?;
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
    let options = DeleteOptions {
        grace_period_secs: u64::try_from(grace).ok(),
        propagation: Some(propagation),
        ..DeleteOptions::default()
    };
    let timeout = args.duration("timeout").filter(|timeout| *timeout > 0);
    let mut deletion = Deletion {
        targets: found.into(),
        next: cx.host.now(),
        options,
        dry,
        ignore,
        names_only: args.text("output") == "name",
        says_where: !cx.profile().before(1, 34),
        waits: dry == DryRun::No && args.bool_or("wait", true),
        waiting: Vec::new(),
        until: timeout.map(|timeout| cx.host.now() + SimDuration(timeout as u64)),
        errors,
    };
    match deletion.poll(cx.host, cx.out)? {
        Progress::Done(code) => Ok(Outcome::Done(code)),
        Progress::Wait { .. } => Ok(Outcome::Goes(Box::new(deletion))),
    }
}

/// From one request to the next of the same command: the server answers and controllers see the change in between.
const REQUEST: SimDuration = SimDuration(10);

#[derive(Clone)]
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

/// Asks for the end of objects, one after the other, then waits until they are gone; an object made anew under the
/// same name does not count.
#[derive(Clone)]
struct Deletion {
    targets: VecDeque<Target>,
    /// When the next request goes out.
    next: SimTime,
    options: DeleteOptions,
    dry: DryRun,
    /// What is not there is no error.
    ignore: bool,
    names_only: bool,
    says_where: bool,
    waits: bool,
    waiting: Vec<(ObjectKey, Text)>,
    until: Option<SimTime>,
    errors: Vec<Error>,
}

impl Deletion {
    fn ask(&mut self, target: Target, host: &mut dyn Host, out: &mut Output) {
        let Target { resource, name, key, source } = target;
        let Some(key) = key else {
            self.errors.push(resource.not_found(&name));
            return;
        };
        let mut client = host.client();
        let before = client.store().by_key(&key).cloned();
        // What is not there is asked for all the same: the server is the one to say so.
        if self.dry != DryRun::Client || before.is_none() {
            client.set_dry_run(self.dry == DryRun::Server);
            match client.delete(&key, &self.options) {
                Ok(_) => {}
                Err(status) if status.reason == Reason::NotFound && self.ignore => return,
                Err(status) => {
                    self.errors.push(match &source {
                        Some(source) => Error::when(&status, "deleting", source),
                        None => status.into(),
                    });
                    return;
                }
            }
        }
        let Some(object) = before else { return };
        self.waiting.push((object.key(), object.meta("uid").text()));
        if self.names_only {
            out.line(prefixed(&object));
            return;
        }
        let forced = if self.options.grace_period_secs == Some(0) { "force " } else { "" };
        let place = match object.namespace() {
            namespace if self.says_where && !namespace.is_empty() => format!(" from {namespace} namespace"),
            _ => String::new(),
        };
        out.line(format_args!(
            "{} \"{}\" {forced}deleted{place}{}",
            resource.prefix(),
            object.name(),
            self.dry.suffix()
        ));
    }

    fn end(&mut self) -> Result<Progress> {
        Error::all(std::mem::take(&mut self.errors)).map(|()| Progress::Done(0))
    }
}

impl Task for Deletion {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        while host.now() >= self.next
            && let Some(target) = self.targets.pop_front()
        {
            self.ask(target, host, out);
            // A dry run changes nothing that somebody could see in between.
            if self.dry == DryRun::No {
                self.next = host.now() + REQUEST;
            }
        }
        if !self.targets.is_empty() {
            return Ok(Progress::Wait { at: Some(self.next) });
        }
        if !self.waits {
            return self.end();
        }
        let client = host.client();
        let store = client.store();
        self.waiting
            .retain(|(key, uid)| store.by_key(key).is_some_and(|object| object.uid() == uid.as_str()));
        let Some((key, _)) = self.waiting.first() else { return self.end() };
        if self.until.is_some_and(|until| client.now() >= until) {
            self.errors.push(Error::client(timed_out(key.kind, &key.name)));
            return self.end();
        }
        Ok(Progress::Wait { at: self.until })
    }
}

/// `timed out waiting for the condition on pods/web-0` (K137, K156).
pub fn timed_out(kind: Kind, name: &str) -> String {
    format!("timed out waiting for the condition on {}/{name}", resource::of(kind).plural)
}
