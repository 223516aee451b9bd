//! `kubectl create`: objects of a file, or of a few kinds made from flags (K115, K118 to K120).

use super::apply::{self, told};
use super::{DryRun, Verb};
use crate::api::print::{base64, quote_json};
use crate::api::quantity::Quantity;
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
        external-name= raw= show-managed-fields! hard= scopes= min-available= max-unavailable= type= append-hash!",
    summary: "Create a resource from a file or from stdin",
    help: "kubectl create -f FILENAME
  kubectl create namespace NAME
  kubectl create configmap NAME [--from-literal=key=value]
  kubectl create secret generic NAME [--from-literal=key=value]
  kubectl create quota NAME [--hard=pods=3,requests.storage=5Gi]
  kubectl create poddisruptionbudget NAME --selector=SELECTOR --min-available=N
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
            ["secret", "generic", ref rest @ ..] => secret(cx, rest, dry, &format),
            ["quota" | "resourcequota", ref rest @ ..] => quota(cx, rest, dry, &format),
            ["poddisruptionbudget" | "pdb", ref rest @ ..] => budget(cx, rest, dry, &format),
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
            Err(status) => return Err(Error::client([failed, &status.message].concat())),
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
    for (key, value) in literals(cx)? {
        object.body.at_mut(&["data"]).map_mut().insert(key, value);
    }
    make(cx, object, "failed to create configmap: ", dry, format)
}

// The data that flags give: `--from-literal=KEY=VALUE`, `--from-file=[KEY=]FILE`.
fn literals(cx: &mut Cx) -> Result<Vec<(String, String)>> {
    let mut data = Vec::new();
    for literal in cx.args.list("from-literal") {
        let Some((key, value)) = literal.split_once('=') else {
            return Err(Error::client(format!("invalid literal source {literal}, expected key=value")));
        };
        data.push((key.to_string(), value.to_string()));
    }
    for file in cx.args.list("from-file") {
        let (key, path) = file.split_once('=').unwrap_or((file.rsplit('/').next().unwrap_or(&file), &file));
        let Some(text) = cx.host.files().get(path).cloned() else {
            return Err(Error::client(format!("error reading {path}: no such file or directory")));
        };
        data.push((key.to_string(), text));
    }
    Ok(data)
}

fn secret(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "secret generic", rest)?;
    let place = place(cx, dry);
    let texts = [("{NAME}", name), ("{SPACE}", place.as_str()), ("{TYPE}", cx.args.text("type"))];
    let mut object =
        drawn(Kind::Secret, "metadata:\n  name: {NAME}\n  namespace: {SPACE}\ntype: {TYPE}", &texts);
    for (key, value) in literals(cx)? {
        object.body.at_mut(&["data"]).map_mut().insert(key, base64(value.as_bytes()));
    }
    // kubectl's own text has no colon.
    make(cx, object, "failed to create secret ", dry, format)
}

fn quota(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "quota", rest)?;
    let place = place(cx, dry);
    let mut object = drawn(Kind::ResourceQuota, PLAIN, &[("{NAME}", name), ("{SPACE}", &place)]);
    object.body.set(&["spec"], Value::map());
    object.body.set(&["status"], Value::map());
    let split = |text: &str| -> Vec<String> {
        text.split(',').filter(|part| !part.is_empty()).map(str::to_string).collect()
    };
    for limit in split(cx.args.text("hard")) {
        let Some((resource, amount)) = limit.split_once('=') else {
            let text = format!("invalid argument syntax {limit}, expected <resource>=<value>");
            return Err(Error::client(text));
        };
        let Ok(amount) = Quantity::parse(amount) else {
            return Err(Error::client(Quantity::parse(amount).err().unwrap_or_default()));
        };
        object.body.at_mut(&["spec", "hard"]).map_mut().insert(resource.to_string(), amount.to_string());
    }
    let scopes: Vec<Value> = split(cx.args.text("scopes")).into_iter().map(Value::from).collect();
    if !scopes.is_empty() {
        object.body.set(&["spec", "scopes"], Value::list(scopes));
    }
    make(cx, object, "failed to create quota: ", dry, format)
}

const BUDGET: &str = "metadata:
  name: {NAME}
  namespace: {SPACE}
spec: {}
status:
  currentHealthy: 0
  desiredHealthy: 0
  disruptionsAllowed: 0
  expectedPods: 0";

fn budget(cx: &mut Cx, rest: &[&str], dry: DryRun, format: &Format) -> Result<Outcome> {
    let name = one_name(cx, "poddisruptionbudget", rest)?;
    let refused = |text: &str| Err(Error::client(text.to_string()));
    let args = cx.args;
    if !args.has("selector") {
        return refused("a selector must be specified");
    }
    let (least, most) = (args.text("min-available"), args.text("max-unavailable"));
    let (member, amount, flag) = match (least.is_empty(), most.is_empty()) {
        (true, true) => return refused("one of min-available or max-unavailable must be specified"),
        (false, false) => return refused("min-available and max-unavailable cannot be both specified"),
        (false, true) => ("minAvailable", least, "min-available"),
        (true, false) => ("maxUnavailable", most, "max-unavailable"),
    };
    let number = amount.strip_suffix('%').unwrap_or(amount);
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return refused(&["invalid format specified for ", flag].concat());
    }
    let place = place(cx, dry);
    let mut object = drawn(Kind::PodDisruptionBudget, BUDGET, &[("{NAME}", name), ("{SPACE}", &place)]);
    object.body.set(&["spec", member], port_of(amount));
    for pair in args.text("selector").split(',') {
        if let Some((key, value)) = pair.split_once('=') {
            let labels = object.body.at_mut(&["spec", "selector", "matchLabels"]).map_mut();
            labels.insert(key.to_string(), value.trim_start_matches('=').to_string());
        }
    }
    make(cx, object, "failed to create poddisruptionbudgets: ", dry, format)
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
    make(cx, object, &["failed to create ", kind, " service: "].concat(), dry, format)
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
    make(cx, object, "failed to create deployment: ", dry, format)
}
