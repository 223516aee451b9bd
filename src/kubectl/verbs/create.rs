//! `kubectl create`: objects of a file, or of a few kinds made from flags (K115, K118 to K120).

use super::apply::{self, told};
use super::{DryRun, Verb};
use crate::api::{Kind, Map, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome, manifests};
use crate::object;

/// `kubectl create`.
pub const VERB: Verb = Verb {
    name: "create",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= dry-run? edit! field-manager= save-config! validate? \
        output/o= template= record! tcp, clusterip= from-literal, from-file, image= replicas/r# port# node-port# \
        external-name= raw= show-managed-fields!",
    summary: "Create a resource from a file or from stdin",
    help: "kubectl create -f FILENAME
  kubectl create namespace NAME
  kubectl create configmap NAME [--from-literal=key=value]
  kubectl create service clusterip NAME [--tcp=port:targetPort] [--clusterip=None]

Examples:
  # Create what web.yaml describes
  kubectl create -f web.yaml

  # Create a headless service
  kubectl create service clusterip nginx --tcp=80:80 --clusterip=None",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    if !cx.args.has("filename") {
        let words: Vec<&str> = cx.args.words.iter().map(String::as_str).collect();
        return match words[..] {
            ["namespace" | "ns", ref rest @ ..] => namespace(cx, rest, dry, &format),
            ["configmap" | "cm", ref rest @ ..] => config_map(cx, rest, dry, &format),
            ["service" | "svc", kind @ ("clusterip" | "nodeport"), ref rest @ ..] => {
                service(cx, kind, rest, dry, &format)
            }
            ["service" | "svc", "externalname", ref rest @ ..] => external_name(cx, rest, dry, &format),
            ["deployment" | "deploy", _, ..] if !cx.args.has("image") => {
                Err(Error::client("required flag(s) \"image\" not set"))
            }
            ["deployment" | "deploy", ref rest @ ..] => deployment(cx, rest, dry, &format),
            _ => manifests::read(cx).map(|_| Outcome::Done(0)),
        };
    }
    let (found, mut errors) = manifests::read(cx)?;
    for manifest in found {
        let saved = cx.args.is("save-config");
        let body = if saved { apply::annotated(&manifest.object.body) } else { manifest.object.body.clone() };
        if dry == DryRun::Client {
            told(cx, &format, &Object { kind: manifest.object.kind, body }, "created (dry run)")?;
            continue;
        }
        match apply::create(cx, &body, dry) {
            Ok(object) => told(cx, &format, &object, &format!("created{}", dry.suffix()))?,
            Err(status) => errors.push(Error::when(&status, "creating", &manifest.source)),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

fn one_name<'a>(cx: &Cx, what: &str, rest: &[&'a str]) -> Result<&'a str> {
    match rest {
        [name] => Ok(name),
        _ => Err(Error::usage(
            &format!("{} {what}", cx.command),
            format_args!("exactly one NAME is required, got {}", rest.len()),
        )),
    }
}

// Creates what a generator made; `failed` stands before the server's refusal.
fn make(cx: &mut Cx, object: Object, failed: &str, dry: DryRun, format: &Format) -> Result<Outcome> {
    let mut made = object;
    if dry != DryRun::Client {
        let mut client = cx.host.client();
        client.set_dry_run(dry == DryRun::Server);
        made = match client.create(made) {
            Ok(object) => (*object).clone(),
            Err(status) if failed.is_empty() => return Err(status.into()),
            Err(status) => return Err(Error::client(format!("{failed}: {}", status.message))),
        };
    }
    told(cx, format, &made, &format!("created{}", dry.suffix()))?;
    Ok(Outcome::Done(0))
}

// A dry object has no namespace of its own unless one was asked for.
fn place(cx: &mut Cx, dry: DryRun) -> String {
    if dry == DryRun::Client && !cx.args.has("namespace") { String::new() } else { cx.namespace() }
}

fn namespace(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "namespace", rest)?;
    let mut object = Object::new(Kind::Namespace, "", name.to_string());
    if dry == DryRun::Client {
        object.body.set(&["spec"], Value::map());
        object.body.set(&["status"], Value::map());
    }
    make(cx, object, "", dry, format)
}

fn config_map(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "configmap", rest)?;
    let mut data = Map::new();
    for literal in cx.args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=') else {
            return Err(Error::client(format!("invalid literal source {literal}, expected key=value")));
        };
        data.insert(key.to_string(), value.to_string());
    }
    for file in cx.args.list("from-file") {
        let (key, path) = file.split_once('=').unwrap_or((file.rsplit('/').next().unwrap_or(&file), &file));
        let Some(text) = cx.host.files().get(path).cloned() else {
            return Err(Error::client(format!("error reading {path}: no such file or directory")));
        };
        data.insert(key.to_string(), text);
    }
    let place = place(cx, dry);
    let mut object = Object::new(Kind::ConfigMap, place, name.to_string());
    if !data.is_empty() {
        object.body.set(&["data"], data);
    }
    make(cx, object, "failed to create configmap", dry, format)
}

fn external_name(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "service externalname", rest)?;
    let Some(target) = cx.args.get("external-name").map(str::to_string) else {
        return Err(Error::client("required flag(s) \"external-name\" not set"));
    };
    let place = place(cx, dry);
    let mut object = Object::new(Kind::Service, place, name.to_string());
    let label = object! { "app" => name.to_string() };
    object.body.set(&["metadata", "labels"], label.clone());
    object
        .body
        .set(&["spec"], object! { "externalName" => target, "selector" => label, "type" => "ExternalName" });
    object.body.set(&["status"], object! { "loadBalancer" => Value::map() });
    make(cx, object, "failed to create ExternalName service", dry, format)
}

fn service(cx: &mut Cx, kind: &str, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, &format!("service {kind}"), rest)?;
    let (kind, failed) = match kind {
        "nodeport" => ("NodePort", "failed to create NodePort service"),
        _ => ("ClusterIP", "failed to create ClusterIP service"),
    };
    let specs = cx.args.list("tcp");
    if specs.is_empty() && cx.args.text("clusterip") != "None" {
        return Err(Error::client("at least one tcp port specifier must be provided"));
    }
    let mut ports = Vec::new();
    for spec in &specs {
        let (port, target) = spec.split_once(':').unwrap_or((spec, spec));
        let number: i64 = match port.parse::<u16>() {
            Ok(n) => n.into(),
            Err(_) => {
                return Err(Error::client(format!("strconv.ParseUint: parsing \"{port}\": invalid syntax")));
            }
        };
        let target = target.parse::<i64>().map_or_else(|_| Value::from(target.to_string()), Value::from);
        ports.push(object! {
            "name" => spec.replace(':', "-"), "port" => number, "protocol" => "TCP", "targetPort" => target,
        });
    }
    let place = place(cx, dry);
    let mut object = Object::new(Kind::Service, place, name.to_string());
    let label = object! { "app" => name.to_string() };
    object.body.set(&["metadata", "labels"], label.clone());
    let mut spec = object! { "selector" => label, "type" => kind };
    if cx.args.has("clusterip") {
        spec.set(&["clusterIP"], cx.args.text("clusterip").to_string());
    }
    if !ports.is_empty() {
        spec.set(&["ports"], ports);
    }
    object.body.set(&["spec"], spec);
    object.body.set(&["status"], object! { "loadBalancer" => Value::map() });
    make(cx, object, failed, dry, format)
}

// Deployments are not simulated, but their manifests can be made.
fn deployment(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let [name, ..] = rest else { return one_name(cx, "deployment", rest).map(|_| Outcome::Done(0)) };
    if dry != DryRun::Client || format.is_table() {
        return Err(Error::client("this simulator does not run objects of kind \"Deployment\""));
    }
    let image = cx.args.text("image").to_string();
    let container = image.rsplit('/').next().unwrap_or("").split([':', '@']).next().unwrap_or("").to_string();
    let label = object! { "app" => name.to_string() };
    let value = object! {
        "apiVersion" => "apps/v1",
        "kind" => "Deployment",
        "metadata" => object! { "labels" => label.clone(), "name" => name.to_string() },
        "spec" => object! {
            "replicas" => cx.args.int("replicas").unwrap_or(1),
            "selector" => object! { "matchLabels" => label.clone() },
            "strategy" => Value::map(),
            "template" => object! {
                "metadata" => object! { "labels" => label },
                "spec" => object! {
                    "containers" => vec![object! {
                        "image" => image, "name" => container, "resources" => Value::map(),
                    }],
                },
            },
        },
        "status" => Value::map(),
    };
    let text = format.print(&value, true)?;
    cx.out.out(text);
    Ok(Outcome::Done(0))
}
