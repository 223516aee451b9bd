//! `kubectl set image`, `set env` and `set resources`: changes inside the pod template (K132).

use super::apply::told;
use super::{DryRun, Verb, targets};
use crate::api::{Kind, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};
use crate::object;

/// `kubectl set image`.
pub const IMAGE: Verb = Verb {
    name: "set image",
    flags: "all! selector/l= local! filename/f, kustomize/k= recursive/R! dry-run? field-manager= output/o= template= \
        record!",
    summary: "Update the image of a pod template",
    help: "kubectl set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...

Examples:
  # Roll out another version
  kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.24",
    run: image,
};

/// `kubectl set env`.
pub const ENV: Verb = Verb {
    name: "set env",
    flags: "all! selector/l= local! filename/f, recursive/R! dry-run? output/o= template= containers/c= env/e, list! \
        overwrite! resolve! field-manager= record!",
    summary: "Update environment variables on a pod template",
    help: "kubectl set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N

Examples:
  # Give the containers of a set a variable
  kubectl set env sts/web MODE=replica",
    run: env,
};

/// `kubectl set resources`.
pub const RESOURCES: Verb = Verb {
    name: "set resources",
    flags: "all! selector/l= local! filename/f, recursive/R! dry-run? output/o= template= containers/c= limits= \
        requests= field-manager= record!",
    summary: "Update resource requests and limits of a pod template",
    help: "kubectl set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS])

Examples:
  # Ask for more memory
  kubectl set resources sts/web -c nginx --limits=memory=256Mi",
    run: resources,
};

/// Where the containers of an object stand.
fn containers(object: &mut Value, kind: Kind) -> Option<&mut Value> {
    Some(match kind {
        Kind::Pod => object.at_mut(&["spec"]),
        Kind::StatefulSet | Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            object.at_mut(&["spec", "template", "spec"])
        }
        _ => return None,
    })
}

// Splits the words into those that name objects and those with a sign in them.
fn split(words: &[String], is_change: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    words.iter().cloned().partition(|word| !is_change(word))
}

fn image(cx: &mut Cx) -> Result<Outcome> {
    let (words, changes) = split(&cx.args.words, |word| word.contains('='));
    let mut images = Vec::new();
    for change in &changes {
        match change.split_once('=') {
            Some((name, image)) if !name.is_empty() && !image.is_empty() => images.push((name, image)),
            _ => return Err(Error::client(format!("image: {change} is not a valid image assignment"))),
        }
    }
    if images.is_empty() {
        return Err(Error::client("at least one image update is required"));
    }
    change(cx, words, "image updated", &|spec| {
        for (name, image) in &images {
            let mut found = false;
            for list in ["initContainers", "containers"] {
                if spec.get(list).is_null() {
                    continue;
                }
                for container in spec.at_mut(&[list]).list_mut() {
                    if *name == "*" || container.get("name").str() == *name {
                        container.set(&["image"], image.to_string());
                        found = true;
                    }
                }
            }
            if !found && *name != "*" {
                return Err(Error::client(format!("unable to find container named \"{name}\"")));
            }
        }
        Ok(())
    })
}

fn env(cx: &mut Cx) -> Result<Outcome> {
    let is_change = |word: &str| word.contains('=') || word.ends_with('-');
    let (words, mut changes) = split(&cx.args.words, is_change);
    changes.extend(cx.args.list("env"));
    if cx.args.is("list") {
        let (found, errors) = cx.with_words(words, targets)?;
        for (resource, object) in &found {
            let mut body = object.body.clone();
            let Some(spec) = containers(&mut body, object.kind) else { continue };
            for container in spec.get("containers").items() {
                cx.out.line(format_args!(
                    "# {} {}, container {}",
                    resource.name,
                    object.name(),
                    container.get("name").str()
                ));
                for variable in container.get("env").items() {
                    let name = variable.get("name").str();
                    match variable.get("value").as_str() {
                        Some(value) => cx.out.line(format_args!("{name}={value}")),
                        None => cx.out.line(format_args!("# {name} comes from elsewhere")),
                    }
                }
            }
        }
        return Error::all(errors).map(|()| Outcome::Done(0));
    }
    if changes.is_empty() {
        return Err(Error::client("at least one environment variable must be provided"));
    }
    let only = cx.args.get("containers").unwrap_or("*").to_string();
    change(cx, words, "env updated", &|spec| {
        for container in spec.at_mut(&["containers"]).list_mut() {
            if only != "*" && container.get("name").str() != only {
                continue;
            }
            let mut list = container.get("env").items().to_vec();
            for change in &changes {
                if let Some((name, value)) = change.split_once('=') {
                    let new = object! { "name" => name.to_string(), "value" => value.to_string() };
                    match list.iter_mut().find(|variable| variable.get("name").str() == name) {
                        Some(variable) => *variable = new,
                        None => list.push(new),
                    }
                } else {
                    let name = change.trim_end_matches('-');
                    list.retain(|variable| variable.get("name").str() != name);
                }
            }
            if list.is_empty() {
                container.remove(&["env"]);
            } else {
                container.set(&["env"], list);
            }
        }
        Ok(())
    })
}

fn resources(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    if !args.has("limits") && !args.has("requests") {
        return Err(Error::client(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let only = args.get("containers").unwrap_or("*").to_string();
    change(cx, args.words.clone(), "resource requirements updated", &|spec| {
        for container in spec.at_mut(&["containers"]).list_mut() {
            if only != "*" && container.get("name").str() != only {
                continue;
            }
            for part in ["limits", "requests"] {
                for pair in args.text(part).split(',').filter(|pair| !pair.is_empty()) {
                    let Some((name, amount)) = pair.split_once('=') else {
                        let text = format!("Invalid argument syntax {pair}, expected <resource>=<value>");
                        return Err(Error::client(text));
                    };
                    let list = container.at_mut(&["resources", part]).map_mut();
                    list.insert(name.to_string(), amount.to_string());
                }
            }
        }
        Ok(())
    })
}

fn change(
    cx: &mut Cx,
    words: Vec<String>,
    done: &str,
    edit: &dyn Fn(&mut Value) -> Result<()>,
) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    // One that is missing keeps the others from being changed.
    let (found, mut errors) = cx.with_words(words, targets)?;
    Error::all(std::mem::take(&mut errors))?;
    for (_, object) in found {
        let mut body = object.body.clone();
        let Some(spec) = containers(&mut body, object.kind) else {
            let text = format!("{}/{} is not a pod template", object.kind.resource(), object.name());
            errors.push(Error::client(text));
            continue;
        };
        if let Err(error) = edit(spec) {
            errors.push(error);
            continue;
        }
        if cx.args.is("record") && body != object.body {
            // K12: the command line is kept, for `rollout history`.
            let words = cx.words.iter().skip(1).filter(|word| !word.starts_with("--record"));
            let line: Vec<&str> = std::iter::once("kubectl").chain(words.map(String::as_str)).collect();
            let annotations = body.at_mut(&["metadata", "annotations"]).map_mut();
            annotations.insert("kubernetes.io/change-cause", format!("{} --record=true", line.join(" ")));
        }
        let edited = Object { kind: object.kind, body };
        if edited == *object && dry != DryRun::Client {
            continue;
        }
        if dry == DryRun::Client {
            told(cx, &format, &edited, &format!("{done}{}", dry.suffix()))?;
            continue;
        }
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        match client.patch(&object.key(), "", |body| *body = edited.body) {
            Ok(object) => told(cx, &format, &object, &format!("{done}{}", dry.suffix()))?,
            Err(status) => errors.push(status.into()),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}
