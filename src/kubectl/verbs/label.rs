//! `kubectl label` and `kubectl annotate` (K134, K135).

use super::apply::told;
use super::{DryRun, Verb};
use crate::api::{Map, Object};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};

/// `kubectl label`.
pub const LABEL: Verb = Verb {
    name: "label",
    flags: "overwrite! list! all! all-namespaces/A! selector/l= field-selector= filename/f, kustomize/k= recursive/R! \
        resource-version= local! dry-run? field-manager= output/o= template= record!",
    summary: "Update the labels on a resource",
    help: "kubectl label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N

Examples:
  # Give a pod a label
  kubectl label pod web-0 tier=front

  # Take it away again
  kubectl label pod web-0 tier-",
    run: |cx| run(cx, "labels"),
};

/// `kubectl annotate`.
pub const ANNOTATE: Verb = Verb {
    name: "annotate",
    flags: LABEL.flags,
    summary: "Update the annotations on a resource",
    help: "kubectl annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N

Examples:
  # Say why a rollout is made
  kubectl annotate sts web kubernetes.io/change-cause='another image'",
    run: |cx| run(cx, "annotations"),
};

fn run(cx: &mut Cx, what: &'static str) -> Result<Outcome> {
    let is_label = what == "labels";
    let singular = what.trim_end_matches('s');
    let is_change = |word: &String| word.contains('=') || word.ends_with('-');
    let from_file = cx.args.has("filename");
    // The first change ends the names.
    let names = cx.args.words.iter().position(is_change).unwrap_or(cx.args.words.len());
    let (words, changes) = cx.args.words.split_at(names);
    let (mut set, mut removed): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
    for change in changes {
        match change.split_once('=') {
            Some((key, value)) if is_label && value.contains('=') || key.is_empty() => {
                return Err(Error::client(format!("invalid {singular} spec: {change}")));
            }
            Some((key, value)) => set.push((key.to_string(), value.to_string())),
            None if change.ends_with('-') => removed.push(change.trim_end_matches('-').to_string()),
            None => {
                return Err(Error::client(
                    "all resources must be specified before changes: ".to_string() + change,
                ));
            }
        }
    }
    if words.is_empty() && !from_file {
        return Err(Error::client(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    let list = cx.args.is("list");
    if set.is_empty() && removed.is_empty() && !list {
        return Err(Error::client(format!("at least one {singular} update is required")));
    }
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let (found, mut errors) = cx.with_words(words.to_vec(), super::targets)?;
    for (_, object) in found {
        if list {
            for (key, value) in if is_label { object.labels() } else { object.annotations() } {
                cx.out.line(format_args!("{key}={}", value.str()));
            }
            continue;
        }
        let before = if is_label { object.labels() } else { object.annotations() };
        let clash = set.iter().find(|(key, value)| before.get(key).is_some_and(|old| old.str() != value));
        if let Some((key, _)) = clash.filter(|_| !cx.args.is("overwrite")) {
            let old = before.get(key).map_or("", |value| value.str());
            errors.push(Error::client(if is_label {
                format!("'{key}' already has a value ({old}), and --overwrite is false")
            } else {
                format!(
                    "--overwrite is false but found the following declared annotation(s): '{key}' already has a \
                     value ({old})"
                )
            }));
            continue;
        }
        for key in removed.iter().filter(|key| is_label && !before.contains_key(key)) {
            cx.out.line(format_args!("label \"{key}\" not found."));
        }
        let mut after = before.clone();
        for (key, value) in &set {
            after.insert(key.clone(), value.clone());
        }
        for key in &removed {
            after.remove(key);
        }
        let done = match (is_label, after == *before) {
            (false, _) => "annotated",
            (_, true) => "not labeled",
            (_, false) if removed.is_empty() || after.len() > before.len() => "labeled",
            (_, false) if set.is_empty() => "unlabeled",
            _ => "labeled",
        };
        let message = format!("{done}{}", dry.suffix());
        if dry == DryRun::Client {
            told(cx, &format, &object, &message)?;
            continue;
        }
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        let answer = client.patch(&object.key(), "", |body| put(body, what, after));
        match answer {
            Ok(object) => told(cx, &format, &object, &message)?,
            Err(status) => errors.push(status.into()),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

fn put(body: &mut crate::api::Value, what: &'static str, map: Map) {
    if map.is_empty() {
        body.remove(&["metadata", what]);
    } else {
        body.set(&["metadata", what], map);
    }
}

/// The change cause a rollout shows.
pub fn change_cause(object: &Object) -> &str {
    object.annotation("kubernetes.io/change-cause")
}
