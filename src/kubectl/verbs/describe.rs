//! `kubectl describe` (K91).

use super::{Verb, check_names, look, look_all, words_of};
use crate::api::Kind;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::describe;
use crate::kubectl::select::Wanted;
use crate::kubectl::{Cx, Outcome};

/// `kubectl describe`.
pub const VERB: Verb = Verb {
    name: "describe",
    flags: "all-namespaces/A! selector/l= filename/f, kustomize/k= recursive/R! show-events! chunk-size#",
    summary: "Show details of a specific resource or group of resources",
    help: "kubectl describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)

Examples:
  # Everything about a pod, with its events
  kubectl describe pod web-0

  # All pods of a set
  kubectl describe pods -l app=nginx",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let words = words_of(cx)?;
    if words.is_empty() {
        return Err(Error::client(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    }
    let wanted = Wanted::parse(&words)?;
    check_names(cx, &wanted, true)?;
    let namespace = cx.namespace();
    let everywhere = cx.args.is("all-namespaces");
    let profile = cx.profile();
    for (resource, _) in &wanted.groups {
        if resource.kind == Some(Kind::Endpoints) {
            cx.out
                .note("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        }
    }
    let (mut found, mut errors, mut by_prefix) = (Vec::new(), Vec::new(), Vec::new());
    for item in look_all(cx, &wanted)? {
        if let Some(object) = item.object {
            found.push(object);
            continue;
        }
        // No such name: everything that begins like it.
        let before = by_prefix.len();
        if !wanted.slashed {
            for near in look(cx, item.resource, &[])? {
                by_prefix.extend(near.object.filter(|_| near.name.starts_with(&item.name)));
            }
        }
        if by_prefix.len() == before {
            errors.push(item.resource.not_found(&item.name));
        }
    }
    let client = cx.host.client();
    let (store, now) = (client.store(), client.now());
    let events = cx.args.bool_or("show-events", found.len() + by_prefix.len() < 2);
    let mut text = String::new();
    let empty = found.is_empty() && by_prefix.is_empty() && errors.is_empty();
    for object in &found {
        if !text.is_empty() {
            text += "\n\n";
        }
        text += &describe::object(object, store, now, &profile, events);
    }
    for object in &by_prefix {
        text += &describe::object(object, store, now, &profile, events);
        text.push('\n');
    }
    cx.out.out(text);
    if empty {
        if everywhere {
            cx.out.note("No resources found");
        } else {
            cx.out.note(format_args!("No resources found in {namespace} namespace."));
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}
