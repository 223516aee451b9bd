//! `kubectl expose`: a Service for pods (K127).

use super::apply::told;
use super::create::{drawn, port_of};
use super::{DryRun, Verb, targets};
use crate::api::{Kind, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};

/// `kubectl expose`.
pub const VERB: Verb = Verb {
    name: "expose",
    flags: "port= target-port= protocol= name= type= cluster-ip= external-ip= load-balancer-ip= selector= labels/l= \
        session-affinity= overrides= override-type= save-config! filename/f, kustomize/k= recursive/R! dry-run? \
        field-manager= output/o= template= record!",
    summary: "Take a pod or service and expose it as a new Kubernetes service",
    help: "kubectl expose (-f FILENAME | TYPE NAME) [--port=port] [--target-port=port] [--name=name] [--type=type]

Examples:
  # An address of its own for one pod
  kubectl expose pod web-0 --port=80 --name=web-0",
    run,
};

const SERVICE: &str = "metadata:
  name: {NAME}
  namespace: {SPACE}
spec:
  clusterIP: {ADDRESS}
  type: {TYPE}
status:
  loadBalancer: {}";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let (found, errors) = targets(cx)?;
    for (resource, object) in found {
        let selector = match object.kind {
            Kind::Pod => object.meta("labels").clone(),
            Kind::Service => object.spec().get("selector").clone(),
            Kind::Deployment | Kind::ReplicaSet => object.spec().at(&["selector", "matchLabels"]).clone(),
            _ => return Err(Error::client(format!("cannot expose a {}", dotted_kind(&resource)))),
        };
        let args = cx.args;
        let port = match args.get("port") {
            Some(port) => port.parse::<i64>().ok(),
            None => {
                let pod = object.spec().at(&["template", "spec"]);
                let pod = if pod.is_null() { object.spec() } else { pod };
                let containers = pod.get("containers").items();
                let ports = containers.iter().flat_map(|container| container.get("ports").items());
                ports.map(|port| port.get("containerPort")).find_map(Value::as_int)
            }
        };
        let Some(port) = port else {
            return Err(Error::client("couldn't find port via --port flag or introspection"));
        };
        let target = args.get("target-port").map_or(Value::from(port), port_of);
        let namespace = if dry == DryRun::Client { "" } else { object.namespace() };
        let mut service = drawn(
            Kind::Service,
            SERVICE,
            &[
                ("{NAME}", args.get("name").unwrap_or(object.name())),
                ("{SPACE}", namespace),
                ("{TYPE}", args.text("type")),
                ("{ADDRESS}", args.text("cluster-ip")),
            ],
        );
        if !object.labels().is_empty() {
            service.body.set(&["metadata", "labels"], object.meta("labels").clone());
        }
        service.body.set(&["spec", "selector"], selector);
        let mut line = Value::map();
        line.set(&["port"], port);
        line.set(&["protocol"], args.get("protocol").unwrap_or("TCP").to_string());
        line.set(&["targetPort"], target);
        service.body.at_mut(&["spec", "ports"]).list_mut().push(line);
        if dry != DryRun::Client {
            let mut client = cx.host.client();
            client.set_dry_run(dry == DryRun::Server);
            service = (*client.create(service)?).clone();
        }
        told(cx, &format, &service, &format!("exposed{}", dry.suffix()))?;
    }
    Error::all(errors).map(|()| Outcome::Done(0))
}

fn dotted_kind(resource: &crate::kubectl::resource::Resource) -> String {
    match resource.group() {
        "" => resource.name.to_string(),
        group => format!("{}.{group}", resource.name),
    }
}
