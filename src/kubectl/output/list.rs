//! The columns of `kubectl get`, per kind (K29 to K50).

use super::age;
use crate::api::{Kind, Object, Value};
use crate::sim::SimTime;

/// The columns of a kind; those that begin with `*` appear only with `-o wide`.
pub fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Pod => &[
            "NAME",
            "READY",
            "STATUS",
            "RESTARTS",
            "AGE",
            "*IP",
            "*NODE",
            "*NOMINATED NODE",
            "*READINESS GATES",
        ],
        Kind::StatefulSet => &["NAME", "READY", "AGE", "*CONTAINERS", "*IMAGES"],
        Kind::Service => &["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "*SELECTOR"],
        Kind::Endpoints => &["NAME", "ENDPOINTS", "AGE"],
        Kind::EndpointSlice => &["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"],
        Kind::PersistentVolumeClaim => &[
            "NAME",
            "STATUS",
            "VOLUME",
            "CAPACITY",
            "ACCESS MODES",
            "STORAGECLASS",
            "VOLUMEATTRIBUTESCLASS",
            "AGE",
            "*VOLUMEMODE",
        ],
        Kind::PersistentVolume => &[
            "NAME",
            "CAPACITY",
            "ACCESS MODES",
            "RECLAIM POLICY",
            "STATUS",
            "CLAIM",
            "STORAGECLASS",
            "VOLUMEATTRIBUTESCLASS",
            "REASON",
            "AGE",
            "*VOLUMEMODE",
        ],
        Kind::StorageClass => {
            &["NAME", "PROVISIONER", "RECLAIMPOLICY", "VOLUMEBINDINGMODE", "ALLOWVOLUMEEXPANSION", "AGE"]
        }
        Kind::ControllerRevision => &["NAME", "CONTROLLER", "REVISION", "AGE"],
        Kind::Node => &[
            "NAME",
            "STATUS",
            "ROLES",
            "AGE",
            "VERSION",
            "*INTERNAL-IP",
            "*EXTERNAL-IP",
            "*OS-IMAGE",
            "*KERNEL-VERSION",
            "*CONTAINER-RUNTIME",
        ],
        Kind::Event => &[
            "LAST SEEN",
            "TYPE",
            "REASON",
            "OBJECT",
            "*SUBOBJECT",
            "*SOURCE",
            "MESSAGE",
            "*FIRST SEEN",
            "*COUNT",
            "*NAME",
        ],
        Kind::ConfigMap => &["NAME", "DATA", "AGE"],
        Kind::Namespace => &["NAME", "STATUS", "AGE"],
    }
}

/// The cells of an object, as many as its kind has columns.
pub fn cells(object: &Object, now: SimTime) -> Vec<String> {
    let name = object.name().to_string();
    let created = age::since(object.meta("creationTimestamp"), now);
    let (spec, status) = (object.spec(), object.status());
    match object.kind {
        Kind::Pod => pod(object, name, created, now),
        Kind::StatefulSet => {
            let ready = int(status.get("readyReplicas"));
            let containers = spec.at(&["template", "spec", "containers"]);
            vec![
                name,
                format!("{ready}/{}", int(spec.get("replicas"))),
                created,
                join(containers, "name"),
                join(containers, "image"),
            ]
        }
        Kind::Service => service(object, name, created),
        Kind::Endpoints => vec![name, endpoints(object), created],
        Kind::EndpointSlice => {
            let ports = object.body.get("ports").items().iter().map(|port| text_of(port.get("port")));
            let addresses = object.body.get("endpoints").items().iter();
            let addresses = addresses.flat_map(|endpoint| endpoint.get("addresses").items()).map(text_of);
            vec![
                name,
                object.body.get("addressType").str().to_string(),
                short_list(ports.collect(), "<unset>"),
                short_list(addresses.collect(), "<unset>"),
                created,
            ]
        }
        Kind::PersistentVolumeClaim => {
            let bound = !spec.get("volumeName").str().is_empty();
            vec![
                name,
                phase(object),
                spec.get("volumeName").str().to_string(),
                if bound { quantity(status.at(&["capacity", "storage"])) } else { String::new() },
                if bound { access_modes(status.get("accessModes")) } else { String::new() },
                storage_class(object),
                or(spec.get("volumeAttributesClassName"), "<unset>"),
                created,
                or(spec.get("volumeMode"), "<unset>"),
            ]
        }
        Kind::PersistentVolume => {
            let claim = spec.get("claimRef");
            vec![
                name,
                quantity(spec.at(&["capacity", "storage"])),
                access_modes(spec.get("accessModes")),
                spec.get("persistentVolumeReclaimPolicy").str().to_string(),
                phase(object),
                if claim.is_null() {
                    String::new()
                } else {
                    format!("{}/{}", claim.get("namespace").str(), claim.get("name").str())
                },
                storage_class(object),
                or(spec.get("volumeAttributesClassName"), "<unset>"),
                status.get("reason").str().to_string(),
                created,
                or(spec.get("volumeMode"), "<unset>"),
            ]
        }
        Kind::StorageClass => {
            let default = object.annotation("storageclass.kubernetes.io/is-default-class") == "true";
            vec![
                if default { format!("{name} (default)") } else { name },
                object.body.get("provisioner").str().to_string(),
                or(object.body.get("reclaimPolicy"), "Delete"),
                or(object.body.get("volumeBindingMode"), "Immediate"),
                object.body.get("allowVolumeExpansion").is_true().to_string(),
                created,
            ]
        }
        Kind::ControllerRevision => {
            let owner = object.controller().map_or("<none>".to_string(), |owner| {
                let kind = owner.kind().to_ascii_lowercase();
                match owner.0.get("apiVersion").str().split_once('/') {
                    Some((group, _)) => format!("{kind}.{group}/{}", owner.name()),
                    None => format!("{kind}/{}", owner.name()),
                }
            });
            vec![name, owner, int(object.body.get("revision")).to_string(), created]
        }
        Kind::Node => node(object, name, created),
        Kind::Event => event(object, now),
        Kind::ConfigMap => {
            let data =
                object.body.get("data").entries().len() + object.body.get("binaryData").entries().len();
            vec![name, data.to_string(), created]
        }
        Kind::Namespace => vec![name, status.get("phase").str().to_string(), created],
    }
}

/// The number, or 0.
pub fn int(value: &Value) -> i64 {
    value.as_int().unwrap_or(0)
}

/// A string or number as text.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        _ => String::new(),
    }
}

/// The text of a string or number, or `missing`.
pub fn or(value: &Value, missing: &str) -> String {
    let text = text_of(value);
    if text.is_empty() { missing.to_string() } else { text }
}

/// A quantity as it stands.
pub fn quantity(value: &Value) -> String {
    or(value, "0")
}

/// `RWO,ROX` (K34).
pub fn access_modes(modes: &Value) -> String {
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let has = |long: &str| modes.items().iter().any(|mode| mode.str() == long);
    known.iter().filter(|(long, _)| has(long)).map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

/// The class, also of the old annotation.
pub fn storage_class(object: &Object) -> String {
    match object.annotation("volume.beta.kubernetes.io/storage-class") {
        "" => object.spec().get("storageClassName").str().to_string(),
        class => class.to_string(),
    }
}

/// `k=v,k2=v2`, or `<none>`.
pub fn pairs(map: &Value) -> String {
    let pairs: Vec<String> =
        map.entries().iter().map(|(key, value)| format!("{key}={}", value.str())).collect();
    if pairs.is_empty() { "<none>".to_string() } else { pairs.join(",") }
}

/// At most three items, then ` + N more...`.
pub fn short_list(items: Vec<String>, empty: &str) -> String {
    match items.len() {
        0 => empty.to_string(),
        1..=3 => items.join(","),
        n => format!("{} + {} more...", items[..3].join(","), n - 3),
    }
}

fn join(items: &Value, key: &str) -> String {
    items.items().iter().map(|item| item.get(key).str()).collect::<Vec<_>>().join(",")
}

fn phase(object: &Object) -> String {
    if object.is_terminating() {
        "Terminating".into()
    } else {
        object.status().get("phase").str().to_string()
    }
}

/// The roles of a node, sorted, or `<none>`.
pub fn roles(node: &Object) -> String {
    let roles = node.labels().iter().filter_map(|(key, value)| {
        let role = key.strip_prefix("node-role.kubernetes.io/").map(str::to_string);
        role.or_else(|| (key.as_str() == "kubernetes.io/role").then(|| value.str().to_string()))
    });
    let roles: Vec<String> = roles.filter(|role| !role.is_empty()).collect();
    if roles.is_empty() { "<none>".into() } else { roles.join(",") }
}

fn node(object: &Object, name: String, created: String) -> Vec<String> {
    let mut status = match object.condition("Ready").get("status").str() {
        "True" => "Ready".to_string(),
        "" => "Unknown".to_string(),
        _ => "NotReady".to_string(),
    };
    if object.spec().get("unschedulable").is_true() {
        status.push_str(",SchedulingDisabled");
    }
    let address = |kind: &str| {
        let addresses = object.status().get("addresses").items();
        let found = addresses.iter().find(|address| address.get("type").str() == kind);
        found.map_or("<none>".to_string(), |address| address.get("address").str().to_string())
    };
    let info = object.status().get("nodeInfo");
    vec![
        name,
        status,
        roles(object),
        created,
        info.get("kubeletVersion").str().to_string(),
        address("InternalIP"),
        address("ExternalIP"),
        or(info.get("osImage"), "<unknown>"),
        or(info.get("kernelVersion"), "<unknown>"),
        or(info.get("containerRuntimeVersion"), "<unknown>"),
    ]
}

/// When an event was first and last seen, and how often; of the old and of the new form.
pub fn event_times(event: &Object, now: SimTime) -> (String, String, i64) {
    let at = |path: &[&str]| event.body.at(path);
    let first = if at(&["firstTimestamp"]).is_null() { at(&["eventTime"]) } else { at(&["firstTimestamp"]) };
    let first = age::since(first, now);
    let series = at(&["series"]);
    if !series.is_null() {
        return (first, age::since(series.get("lastObservedTime"), now), int(series.get("count")));
    }
    let last = match at(&["lastTimestamp"]) {
        Value::Null => first.clone(),
        last => age::since(last, now),
    };
    (first, last, int(at(&["count"])).max(1))
}

/// Who reports an event.
pub fn event_source(event: &Object) -> String {
    let source = event.body.get("source");
    let component = or(source.get("component"), event.body.get("reportingComponent").str());
    match source.get("host").str() {
        "" => component,
        host => format!("{component}, {host}"),
    }
}

fn event(object: &Object, now: SimTime) -> Vec<String> {
    let (first, last, count) = event_times(object, now);
    let about = object.body.get("involvedObject");
    vec![
        last,
        object.body.get("type").str().to_string(),
        object.body.get("reason").str().to_string(),
        format!("{}/{}", about.get("kind").str().to_ascii_lowercase(), about.get("name").str()),
        about.get("fieldPath").str().to_string(),
        event_source(object),
        object.body.get("message").str().trim().to_string(),
        first,
        count.to_string(),
        object.name().to_string(),
    ]
}

fn service(object: &Object, name: String, created: String) -> Vec<String> {
    let spec = object.spec();
    let kind = or(spec.get("type"), "ClusterIP");
    let listed: Vec<&str> = spec.get("externalIPs").items().iter().map(Value::str).collect();
    let ingress = object.status().at(&["loadBalancer", "ingress"]).items();
    let external = match kind.as_str() {
        "ExternalName" => spec.get("externalName").str().to_string(),
        "LoadBalancer" if ingress.is_empty() && listed.is_empty() => "<pending>".to_string(),
        "LoadBalancer" => {
            let given = ingress
                .iter()
                .map(|i| if i.get("ip").str().is_empty() { i.get("hostname") } else { i.get("ip") });
            given.map(Value::str).chain(listed).collect::<Vec<_>>().join(",")
        }
        _ if listed.is_empty() => "<none>".to_string(),
        _ => listed.join(","),
    };
    let ports = spec.get("ports").items().iter().map(|port| {
        let number = int(port.get("port"));
        let protocol = or(port.get("protocol"), "TCP");
        match port.get("nodePort").as_int() {
            Some(node) if node > 0 => format!("{number}:{node}/{protocol}"),
            _ => format!("{number}/{protocol}"),
        }
    });
    let ports: Vec<String> = ports.collect();
    vec![
        name,
        kind,
        or(spec.get("clusterIP"), "<none>"),
        external,
        if ports.is_empty() { "<none>".into() } else { ports.join(",") },
        created,
        pairs(spec.get("selector")),
    ]
}

fn endpoints(object: &Object) -> String {
    let mut items = Vec::new();
    for subset in object.body.get("subsets").items() {
        let ports = subset.get("ports").items();
        let ips = subset.get("addresses").items().iter().map(|address| address.get("ip").str());
        if ports.is_empty() {
            items.extend(ips.map(str::to_string));
        } else {
            for port in ports {
                items.extend(ips.clone().map(|ip| format!("{ip}:{}", int(port.get("port")))));
            }
        }
    }
    short_list(items, "<none>")
}

/// True for an init container that goes on running beside the others.
pub fn is_sidecar(container: &Value) -> bool {
    container.get("restartPolicy").str() == "Always"
}

// Follows pkg/printers/internalversion/printers.go printPod (K44 to K50).
fn pod(object: &Object, name: String, created: String, now: SimTime) -> Vec<String> {
    let (spec, status) = (object.spec(), object.status());
    let init_specs = spec.get("initContainers").items();
    let sidecar = |name: &str| init_specs.iter().any(|c| c.get("name").str() == name && is_sidecar(c));
    let total = spec.get("containers").items().len() + init_specs.iter().filter(|c| is_sidecar(c)).count();
    let phase = status.get("phase").str();
    let mut reason = or(status.get("reason"), phase);
    if object.condition("PodScheduled").get("reason").str() == "SchedulingGated" {
        reason = "SchedulingGated".to_string();
    }
    let (mut ready, mut initializing) = (0, false);
    let mut init = Restarts::default();
    let mut app = Restarts::default();
    for (i, container) in status.get("initContainerStatuses").items().iter().enumerate() {
        let beside = sidecar(container.get("name").str());
        init.count(container);
        if beside {
            app.count(container);
        }
        let state = container.get("state");
        let ended = state.get("terminated");
        let waiting = state.at(&["waiting", "reason"]).str();
        if !ended.is_null() && int(ended.get("exitCode")) == 0 {
            continue;
        }
        if beside && container.get("started").is_true() {
            ready += usize::from(container.get("ready").is_true());
            continue;
        }
        reason = if !ended.is_null() {
            format!("Init:{}", end_reason(ended))
        } else if !waiting.is_empty() && waiting != "PodInitializing" {
            format!("Init:{waiting}")
        } else {
            format!("Init:{i}/{}", init_specs.len())
        };
        initializing = true;
        break;
    }
    let mut restarts = init;
    if !initializing || object.condition("Initialized").get("status").str() == "True" {
        restarts = app;
        let mut running = false;
        for container in status.get("containerStatuses").items().iter().rev() {
            restarts.count(container);
            let state = container.get("state");
            let waiting = state.at(&["waiting", "reason"]).str();
            if !waiting.is_empty() {
                reason = waiting.to_string();
            } else if !state.get("terminated").is_null() {
                reason = end_reason(state.get("terminated"));
            } else if container.get("ready").is_true() && !state.get("running").is_null() {
                running = true;
                ready += 1;
            }
        }
        if reason == "Completed" && running {
            let is_ready = object.condition("Ready").get("status").str() == "True";
            reason = if is_ready { "Running" } else { "NotReady" }.to_string();
        }
    }
    if object.is_terminating() {
        if status.get("reason").str() == "NodeLost" {
            reason = "Unknown".to_string();
        } else if !matches!(phase, "Succeeded" | "Failed") {
            reason = "Terminating".to_string();
        }
    }
    let gates = spec.get("readinessGates").items();
    let open = gates
        .iter()
        .filter(|gate| object.condition(gate.get("conditionType").str()).get("status").str() == "True");
    vec![
        name,
        format!("{ready}/{total}"),
        reason,
        restarts.text(now),
        created,
        or(status.get("podIP"), "<none>"),
        or(spec.get("nodeName"), "<none>"),
        or(status.get("nominatedNodeName"), "<none>"),
        if gates.is_empty() { "<none>".into() } else { format!("{}/{}", open.count(), gates.len()) },
    ]
}

fn end_reason(ended: &Value) -> String {
    match (ended.get("reason").str(), int(ended.get("signal"))) {
        ("", 0) => format!("ExitCode:{}", int(ended.get("exitCode"))),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_string(),
    }
}

#[derive(Clone, Default)]
struct Restarts {
    count: i64,
    last: Option<SimTime>,
}

impl Restarts {
    fn count(&mut self, container: &Value) {
        self.count += int(container.get("restartCount"));
        let ended = container.at(&["lastState", "terminated", "finishedAt"]);
        self.last = self.last.max(SimTime::parse(ended.str()));
    }

    fn text(&self, now: SimTime) -> String {
        match self.last {
            Some(at) if self.count > 0 => format!("{} ({} ago)", self.count, age::between(at, now)),
            _ => self.count.to_string(),
        }
    }
}
