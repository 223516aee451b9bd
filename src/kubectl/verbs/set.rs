//! `kubectl set`: changes inside the pod template, and the selector of a Service (K132).
//!
//! `set subject` is about kinds that are not simulated.

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
    flags: "all! selector/l= local! filename/f, recursive/R! dry-run? output/o= template= containers/c= env/e, from= keys, \
        prefix= list! overwrite! resolve! field-manager= record!",
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

/// `kubectl set selector`.
pub const SELECTOR: Verb = Verb {
    name: "set selector",
    flags: "all! local! filename/f, recursive/R! dry-run? output/o= template= resource-version= field-manager= record!",
    summary: "Set the selector of a service",
    help: "kubectl set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]

Examples:
  # Let a service take the pods of another set
  kubectl set selector service nginx app=web",
    run: selector,
};

/// `kubectl set serviceaccount`.
pub const SERVICE_ACCOUNT: Verb = Verb {
    name: "set serviceaccount",
    flags: "all! local! filename/f, recursive/R! dry-run? output/o= template= field-manager= record!",
    summary: "Update the service account of a pod template",
    help: "kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT

Examples:
  # Let the pods of a set act as another account
  kubectl set serviceaccount sts/web reader",
    run: service_account,
};

/// `kubectl set`.
pub const VERB: Verb = Verb {
    name: "set",
    flags: "",
    summary: "Set specific features on objects",
    help: "kubectl set SUBCOMMAND

Examples:
  # Roll out another version
  kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.24",
    run: |cx| match &cx.args.words[..] {
        [] => {
            cx.out.out(super::help(&VERB));
            Ok(Outcome::Done(0))
        }
        [word, ..] if word == "subject" => {
            Err(Error::client("this simulator does not offer \"kubectl set subject\""))
        }
        // The short name.
        [word, rest @ ..] if word == "sa" => cx.with_words(rest.to_vec(), service_account),
        words => Err(cx.usage(format_args!("unknown command \"{}\"", words.join(" ")))),
    },
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
                    match variable.get("valueFrom") {
                        Value::Null => {
                            cx.out.line(format_args!("{name}={}", variable.get("value").str()));
                        }
                        source => cx.out.line(format_args!("# {name} from {}", source_text(source))),
                    }
                }
            }
        }
        return Error::all(errors).map(|()| Outcome::Done(0));
    }
    let sourced = from_source(cx)?;
    if changes.is_empty() && sourced.is_empty() {
        return Err(Error::client("at least one environment variable must be provided"));
    }
    let only = cx.args.get("containers").unwrap_or("*").to_string();
    let overwrites = cx.args.bool_or("overwrite", true);
    change(cx, words, "env updated", &|spec| {
        for container in spec.at_mut(&["containers"]).list_mut() {
            if only != "*" && container.get("name").str() != only {
                continue;
            }
            let mut list = container.get("env").items().to_vec();
            for change in &changes {
                if let Some((name, value)) = change.split_once('=') {
                    let old = list.iter().find(|variable| variable.get("name").str() == name);
                    if let Some(old) = old.map(|old| old.get("value").str()).filter(|old| *old != value)
                        && !overwrites
                    {
                        let text = format!("'{name}' already has a value ({old}), and --overwrite is false");
                        return Err(Error::client(text));
                    }
                    put(&mut list, object! { "name" => name.to_string(), "value" => value.to_string() });
                } else {
                    let name = change.trim_end_matches('-');
                    list.retain(|variable| variable.get("name").str() != name);
                }
            }
            for variable in &sourced {
                put(&mut list, variable.clone());
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

// Puts a variable in the place of the one of its name, or at the end.
fn put(list: &mut Vec<Value>, variable: Value) {
    match list.iter_mut().find(|old| old.get("name") == variable.get("name")) {
        Some(old) => *old = variable,
        None => list.push(variable),
    }
}

// Where a variable's value comes from, in the words of `--list`.
fn source_text(source: &Value) -> String {
    for (member, kind) in [("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")] {
        let part = source.get(member);
        if !part.is_null() {
            return format!("{kind} {}, key {}", part.get("name").str(), part.get("key").str());
        }
    }
    match source.at(&["fieldRef", "fieldPath"]).as_str() {
        Some(path) => format!("field path {path}"),
        None => format!("resource field {}", source.at(&["resourceFieldRef", "resource"]).str()),
    }
}

// The variables `--from` names: one for each key of a ConfigMap.
fn from_source(cx: &mut Cx) -> Result<Vec<Value>> {
    let Some(from) = cx.args.get("from") else { return Ok(Vec::new()) };
    let (targets, errors) = cx.with_words(vec![from.to_string()], targets)?;
    Error::all(errors)?;
    let wanted = cx.args.list("keys");
    let mut variables = Vec::new();
    for (_, object) in targets {
        if object.kind != Kind::ConfigMap {
            return Err(Error::client("unsupported resource specified in --from"));
        }
        for (key, _) in object.body.get("data").entries() {
            if !wanted.is_empty() && !wanted.iter().any(|name| *name == key.as_str()) {
                continue;
            }
            let upper = key.to_ascii_uppercase();
            let upper = upper.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
            let name = [cx.args.text("prefix"), &upper].concat();
            let mut variable = object! { "name" => name };
            let source = object! { "key" => key.clone(), "name" => object.name().to_string() };
            variable.set(&["valueFrom", "configMapKeyRef"], source);
            variables.push(variable);
        }
    }
    Ok(variables)
}

// The words without the last, which says what is set.
fn before_last(cx: &Cx, missing: &str) -> Result<(Vec<String>, String)> {
    match cx.args.words.split_last() {
        Some((last, words)) => Ok((words.to_vec(), last.clone())),
        None => Err(Error::client(missing)),
    }
}

fn service_account(cx: &mut Cx) -> Result<Outcome> {
    let (words, name) = before_last(cx, "serviceaccount is required")?;
    change(cx, words, "serviceaccount updated", &|spec| {
        spec.set(&["serviceAccountName"], name.clone());
        Ok(())
    })
}

fn selector(cx: &mut Cx) -> Result<Outcome> {
    let (words, text) = before_last(cx, "one selector is required")?;
    let mut labels = Value::map();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match part.split_once('=').filter(|(key, _)| !key.ends_with('!')) {
            Some((key, value)) => {
                let value = value.trim_start_matches('=').trim().to_string();
                labels.map_mut().insert(key.trim().to_string(), value);
            }
            None => {
                return Err(Error::client(format!(
                    "match expression [{{{} Exists []}}] not supported on this object",
                    part.trim()
                )));
            }
        }
    }
    change_where(cx, words, "selector updated", service_spec, &|spec| {
        spec.set(&["selector"], labels.clone());
        Ok(())
    })
}

fn service_spec(object: &mut Value, kind: Kind) -> Option<&mut Value> {
    (kind == Kind::Service).then(|| object.at_mut(&["spec"]))
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
    change_where(cx, words, done, containers, edit)
}

// Changes the part of each object that `part` finds.
fn change_where(
    cx: &mut Cx,
    words: Vec<String>,
    done: &str,
    part: fn(&mut Value, Kind) -> Option<&mut Value>,
    edit: &dyn Fn(&mut Value) -> Result<()>,
) -> Result<Outcome> {
    if words.is_empty() && !cx.args.has("filename") {
        let text = "one or more resources must be specified as <resource> <name> or <resource>/<name>";
        return Err(Error::client(text));
    }
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    // One that is missing keeps the others from being changed.
    let (found, mut errors) = cx.with_words(words, targets)?;
    Error::all(std::mem::take(&mut errors))?;
    for (_, object) in found {
        let mut body = object.body.clone();
        let Some(spec) = part(&mut body, object.kind) else {
            errors.push(Error::client(match done {
                "selector updated" => "setting a selector is only supported for Services".to_string(),
                _ => format!("{}/{} is not a pod template", object.kind.resource(), object.name()),
            }));
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
        let edited = Object { body, ..(*object).clone() };
        let tells_anyway = matches!(done, "selector updated" | "serviceaccount updated");
        if edited == *object && dry != DryRun::Client && !tells_anyway {
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
