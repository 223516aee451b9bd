//! `kubectl create`: objects of a file, or of a few kinds made from flags (K115, K118 to K120).

use super::apply::{self, told};
use super::{DryRun, Verb};
use crate::api::print::quote_json;
use crate::api::{Kind, Object, Value, manifest};
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
            ["service" | "svc", kind @ ("clusterip" | "nodeport" | "externalname"), ref rest @ ..] => {
                service(cx, kind, rest, dry, &format)
            }
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
            told(cx, &format, &Object::of(manifest.object.kind, body), "created (dry run)")?;
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

/// An object of a manifest in which `{NAME}`, `{NAMESPACE}` and the like stand for texts; a line whose text is empty
/// is left out.
pub(crate) fn drawn(kind: Kind, manifest: &str, texts: &[(&str, &str)]) -> Object {
    let mut text = String::new();
    'lines: for line in manifest.lines() {
        let mut line = line.to_string();
        for (name, value) in texts {
            if line.contains(name) {
                if value.is_empty() {
                    continue 'lines;
                }
                line = line.replace(name, &quote_json(value));
            }
        }
        text += &line;
        text.push('\n');
    }
    let documents = manifest::parse(&text).unwrap_or_default();
    let mut body = documents.into_iter().next().map(|document| document.value).unwrap_or_default();
    body.set(&["apiVersion"], kind.api_version());
    body.set(&["kind"], kind.name());
    Object::of(kind, body)
}

// A dry object has no namespace of its own unless one was asked for.
pub(crate) fn place(cx: &mut Cx, dry: DryRun) -> String {
    if dry == DryRun::Client && !cx.args.has("namespace") { String::new() } else { cx.namespace() }
}

const PLAIN: &str = "metadata:\n  name: {NAME}\n  namespace: {SPACE}";

fn namespace(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "namespace", rest)?;
    let manifest =
        if dry == DryRun::Client { "metadata: {name: {NAME}}\nspec: {}\nstatus: {}" } else { PLAIN };
    let object = drawn(Kind::Namespace, manifest, &[("{NAME}", name), ("{SPACE}", "")]);
    make(cx, object, "", dry, format)
}

fn config_map(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "configmap", rest)?;
    let place = place(cx, dry);
    let mut object = drawn(Kind::ConfigMap, PLAIN, &[("{NAME}", name), ("{SPACE}", &place)]);
    for literal in cx.args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=') else {
            return Err(Error::client(format!("invalid literal source {literal}, expected key=value")));
        };
        object.body.at_mut(&["data"]).map_mut().insert(key.to_string(), value.to_string());
    }
    for file in cx.args.list("from-file") {
        let (key, path) = file.split_once('=').unwrap_or((file.rsplit('/').next().unwrap_or(&file), &file));
        let Some(text) = cx.host.files().get(path).cloned() else {
            return Err(Error::client(format!("error reading {path}: no such file or directory")));
        };
        object.body.at_mut(&["data"]).map_mut().insert(key.to_string(), text);
    }
    make(cx, object, "failed to create configmap", dry, format)
}

const SERVICE: &str = "metadata:
  labels:
    app: {NAME}
  name: {NAME}
  namespace: {SPACE}
spec:
  clusterIP: {ADDRESS}
  externalName: {TARGET}
  selector:
    app: {NAME}
  type: {TYPE}
status:
  loadBalancer: {}";

fn service(cx: &mut Cx, kind: &str, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, &["service ", kind].concat(), rest)?;
    let kind = match kind {
        "nodeport" => "NodePort",
        "externalname" => "ExternalName",
        _ => "ClusterIP",
    };
    let args = cx.args;
    let specs = args.list("tcp");
    if kind == "ExternalName" {
        if !args.has("external-name") {
            return Err(Error::client("required flag(s) \"external-name\" not set"));
        }
    } else if specs.is_empty() && args.text("clusterip") != "None" {
        return Err(Error::client("at least one tcp port specifier must be provided"));
    }
    let place = place(cx, dry);
    let mut object = drawn(
        Kind::Service,
        SERVICE,
        &[
            ("{NAME}", name),
            ("{SPACE}", &place),
            ("{TYPE}", kind),
            ("{ADDRESS}", args.text("clusterip")),
            ("{TARGET}", args.text("external-name")),
        ],
    );
    for spec in &specs {
        let (port, target) = spec.split_once(':').unwrap_or((spec, spec));
        let Ok(number) = port.parse::<u16>() else {
            return Err(Error::client(format!("strconv.ParseUint: parsing \"{port}\": invalid syntax")));
        };
        let mut line = object! { "protocol" => "TCP" };
        line.set(&["name"], spec.replace(':', "-"));
        line.set(&["port"], i64::from(number));
        line.set(&["targetPort"], port_of(target));
        object.body.at_mut(&["spec", "ports"]).list_mut().push(line);
    }
    make(cx, object, &["failed to create ", kind, " service"].concat(), dry, format)
}

/// A port as a number, or else as a name.
pub(crate) fn port_of(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::from(text.to_string()), Value::from)
}

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: {NAME}
  name: {NAME}
spec:
  selector:
    matchLabels:
      app: {NAME}
  strategy: {}
  template:
    metadata:
      labels:
        app: {NAME}
    spec:
      containers:
      - image: {IMAGE}
        name: {CONTAINER}
        resources: {}
status: {}";

fn deployment(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let [name, ..] = rest else { return one_name(cx, "deployment", rest).map(|_| Outcome::Done(0)) };
    let image = cx.args.text("image");
    let container = image.rsplit('/').next().unwrap_or("").split([':', '@']).next().unwrap_or("");
    let texts = [("{NAME}", *name), ("{IMAGE}", image), ("{CONTAINER}", container)];
    let mut object = drawn(Kind::Deployment, DEPLOYMENT, &texts);
    object.body.set(&["spec", "replicas"], cx.args.int("replicas").unwrap_or(1));
    if dry != DryRun::Client {
        object.body.set(&["metadata", "namespace"], cx.namespace());
    }
    make(cx, object, "failed to create deployment", dry, format)
}
