//! `kubectl describe` (K91).

use super::Verb;
use crate::api::{Kind, Object};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::describe;
use crate::kubectl::resource::Resource;
use crate::kubectl::select::{self, Filter, Wanted};
use crate::kubectl::{Cx, Outcome};
use std::rc::Rc;

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
    let words = match super::file_words(cx)? {
        Some(words) => words,
        None => cx.args.words.clone(),
    };
    if words.is_empty() {
        return Err(Error::client(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of \
             supported resources.",
        ));
    }
    let wanted = Wanted::parse(&words)?;
    let labels = cx.args.text("selector");
    if wanted.by_name() && !labels.is_empty() {
        return Err(Error::client("name cannot be provided when a selector is specified"));
    }
    let namespace = cx.namespace();
    let everywhere = cx.args.is("all-namespaces");
    let profile = cx.profile();
    for (resource, _) in &wanted.groups {
        if resource.kind == Some(Kind::Endpoints) {
            cx.out
                .note("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        }
    }
    let client = cx.host.client();
    let (store, now) = (client.store(), client.now());
    let list = |resource: &Resource, filter: &Filter| -> Vec<Rc<Object>> {
        let within = (!everywhere && resource.namespaced).then_some(namespace.as_str());
        let objects = resource.kind.map(|kind| store.list(kind, within));
        objects.into_iter().flatten().filter(|object| filter.matches(object)).cloned().collect()
    };
    let (mut found, mut errors, mut by_prefix) = (Vec::new(), Vec::new(), Vec::new());
    for (resource, names) in &wanted.groups {
        if names.is_empty() {
            found.extend(list(resource, &Filter::parse(labels, "", *resource)?));
        }
        for name in names {
            match select::named(store, *resource, &namespace, name) {
                Ok(object) => found.push(object),
                // No such name: everything that begins like it.
                Err(error) => {
                    let mut near = list(resource, &Filter::default());
                    near.retain(|object| object.name().starts_with(name.as_str()) && !wanted.slashed);
                    if near.is_empty() {
                        errors.push(error);
                    }
                    by_prefix.extend(near);
                }
            }
        }
    }
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
