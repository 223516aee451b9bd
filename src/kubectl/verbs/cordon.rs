//! `kubectl cordon` and `kubectl uncordon` (K165).

use super::{DryRun, Verb};
use crate::api::{Kind, Object};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::resource;
use crate::kubectl::select::{self, Filter};
use crate::kubectl::{Cx, Outcome};
use std::rc::Rc;

/// `kubectl cordon`.
pub const CORDON: Verb = Verb {
    name: "cordon",
    flags: "selector/l= dry-run?",
    summary: "Mark node as unschedulable",
    help: "kubectl cordon NODE

Examples:
  # No new pods on node-1
  kubectl cordon node-1",
    run: |cx| run(cx, true),
};

/// `kubectl uncordon`.
pub const UNCORDON: Verb = Verb {
    name: "uncordon",
    flags: CORDON.flags,
    summary: "Mark node as schedulable",
    help: "kubectl uncordon NODE

Examples:
  # New pods may go to node-1 again
  kubectl uncordon node-1",
    run: |cx| run(cx, false),
};

fn run(cx: &mut Cx, on: bool) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    // One that is missing keeps the others as they are.
    let (nodes, mut errors) = nodes(cx)?;
    Error::all(std::mem::take(&mut errors))?;
    for node in nodes {
        if let Err(error) = cordon(cx, &node, on, dry) {
            errors.push(error);
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

/// The nodes that are named, or that have the labels.
pub(crate) fn nodes(cx: &mut Cx) -> Result<(Vec<Rc<Object>>, Vec<Error>)> {
    let labels = cx.args.text("selector");
    let names = &cx.args.words;
    if names.is_empty() && labels.is_empty() {
        return Err(cx.usage(format_args!("USAGE: {} NODE [flags]", cx.command)));
    }
    if !names.is_empty() && !labels.is_empty() {
        return Err(Error::client("cannot specify both a node name and a --selector option"));
    }
    let kind = resource::of(Kind::Node);
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let client = cx.host.client();
    for name in names {
        let name = name.strip_prefix("node/").or_else(|| name.strip_prefix("nodes/")).unwrap_or(name);
        match select::named(client.store(), kind, "", name) {
            Ok(node) => found.push(node),
            Err(error) => errors.push(error),
        }
    }
    if names.is_empty() {
        let filter = Filter::parse(labels, "", kind)?;
        found.extend(client.store().list(Kind::Node, None).filter(|node| filter.matches(node)).cloned());
    }
    Ok((found, errors))
}

/// Closes or opens a node for new pods, and says so.
pub(crate) fn cordon(cx: &mut Cx, node: &Object, on: bool, dry: DryRun) -> Result<()> {
    let word = if on { "cordoned" } else { "uncordoned" };
    if node.spec().get("unschedulable").is_true() == on {
        cx.out.line(format_args!("node/{} already {word}{}", node.name(), dry.suffix()));
        return Ok(());
    }
    if dry != DryRun::Client {
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        client.patch(&node.key(), "", |body| {
            if on {
                body.set(&["spec", "unschedulable"], true);
            } else {
                body.remove(&["spec", "unschedulable"]);
            }
        })?;
    }
    cx.out.line(format_args!("node/{} {word}{}", node.name(), dry.suffix()));
    Ok(())
}
