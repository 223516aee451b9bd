//! The columns of `kubectl get`, per kind (K29 to K50).

use super::age;
use super::fill::{fill, joined, place};
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
        Kind::Deployment => {
            &["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "*CONTAINERS", "*IMAGES", "*SELECTOR"]
        }
        Kind::ReplicaSet => {
            &["NAME", "DESIRED", "CURRENT", "READY", "AGE", "*CONTAINERS", "*IMAGES", "*SELECTOR"]
        }
        Kind::DaemonSet => &[
            "NAME",
            "DESIRED",
            "CURRENT",
            "READY",
            "UP-TO-DATE",
            "AVAILABLE",
            "NODE SELECTOR",
            "AGE",
            "*CONTAINERS",
            "*IMAGES",
            "*SELECTOR",
        ],
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
        Kind::Secret => &["NAME", "TYPE", "DATA", "AGE"],
        Kind::ResourceQuota => &["NAME", "REQUEST", "LIMIT", "AGE"],
        Kind::PodDisruptionBudget => {
            &["NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE"]
        }
        Kind::HorizontalPodAutoscaler => {
            &["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
        }
    }
}

/// The cells of an object, as many as its kind has columns.
pub fn cells(object: &Object, now: SimTime) -> Vec<String> {
    let created = age::since(object.meta("creationTimestamp"), now);
    let (spec, status) = (object.spec(), object.status());
    let mut cells = vec![object.name().to_string()];
    let mut more = |given: &[&str]| cells.extend(given.iter().map(ToString::to_string));
    match object.kind {
        Kind::Pod => pod(object, &mut cells, created, now),
        Kind::StatefulSet => {
            let containers = spec.at(&["template", "spec", "containers"]);
            let ready = [&place(status, "readyReplicas|0"), "/", &place(spec, "replicas|0")].concat();
            more(&[&ready, &created, &join(containers, "name"), &join(containers, "image")]);
        }
        Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            let places: &[&str] = match object.kind {
                Kind::Deployment => &["updatedReplicas|0", "availableReplicas|0"],
                Kind::ReplicaSet => &["replicas|0", "readyReplicas|0"],
                _ => &[
                    "desiredNumberScheduled|0",
                    "currentNumberScheduled|0",
                    "numberReady|0",
                    "updatedNumberScheduled|0",
                    "numberAvailable|0",
                ],
            };
            match object.kind {
                Kind::Deployment => {
                    more(&[&[&place(status, "readyReplicas|0"), "/", &place(spec, "replicas|0")].concat()]);
                }
                Kind::ReplicaSet => more(&[&place(spec, "replicas|0")]),
                _ => {}
            }
            for spec in places {
                more(&[&place(status, spec)]);
            }
            let pod = spec.at(&["template", "spec"]);
            if object.kind == Kind::DaemonSet {
                more(&[&pairs(pod.get("nodeSelector"))]);
            }
            let containers = pod.get("containers");
            let selector = selector(spec.get("selector"));
            more(&[&created, &join(containers, "name"), &join(containers, "image"), &selector]);
        }
        Kind::Service => service(object, &mut cells, created),
        Kind::Endpoints => more(&[&endpoints(object), &created]),
        Kind::EndpointSlice => {
            let (mut ports, mut addresses) = (Vec::new(), Vec::new());
            for port in object.body.get("ports").items() {
                ports.push(text_of(port.get("port")));
            }
            for endpoint in object.body.get("endpoints").items() {
                addresses.extend(endpoint.get("addresses").items().iter().map(text_of));
            }
            let (ports, addresses) = (short_list(ports, "<unset>"), short_list(addresses, "<unset>"));
            more(&[object.body.get("addressType").str(), &ports, &addresses, &created]);
        }
        Kind::PersistentVolumeClaim => {
            let volume = spec.get("volumeName").str();
            let (size, modes) = if volume.is_empty() {
                Default::default()
            } else {
                (place(status, "capacity.storage|0"), access_modes(status.get("accessModes")))
            };
            let class = place(spec, "volumeAttributesClassName|<unset>");
            let mode = place(spec, "volumeMode|<unset>");
            more(&[&phase(object), volume, &size, &modes, &storage_class(object), &class, &created, &mode]);
        }
        Kind::PersistentVolume => {
            let mut claim = place(spec, "claimRef.namespace");
            if !spec.get("claimRef").is_null() {
                claim += "/";
                claim += &place(spec, "claimRef.name");
            }
            more(&[
                &place(spec, "capacity.storage|0"),
                &access_modes(spec.get("accessModes")),
                spec.get("persistentVolumeReclaimPolicy").str(),
                &phase(object),
                &claim,
                &storage_class(object),
                &place(spec, "volumeAttributesClassName|<unset>"),
                status.get("reason").str(),
                &created,
                &place(spec, "volumeMode|<unset>"),
            ]);
        }
        Kind::StorageClass => {
            if object.annotation("storageclass.kubernetes.io/is-default-class") == "true" {
                cells[0] += " (default)";
            }
            let places = [
                "provisioner",
                "reclaimPolicy|Delete",
                "volumeBindingMode|Immediate",
                "allowVolumeExpansion|false",
            ];
            cells.extend(places.map(|spec| place(&object.body, spec)));
            cells.push(created);
        }
        Kind::ControllerRevision => {
            let owner = object.controller().map_or("<none>".to_string(), |owner| {
                let group = owner.0.get("apiVersion").str().split_once('/').map_or("", |(group, _)| group);
                let dot = if group.is_empty() { "" } else { "." };
                [&owner.kind().to_ascii_lowercase(), dot, group, "/", owner.name()].concat()
            });
            more(&[&owner, &place(&object.body, "revision|0"), &created]);
        }
        Kind::Node => node(object, &mut cells, created),
        Kind::Event => event(object, &mut cells, now),
        Kind::ConfigMap => {
            let data =
                object.body.get("data").entries().len() + object.body.get("binaryData").entries().len();
            more(&[&data.to_string(), &created]);
        }
        Kind::Namespace => more(&[status.get("phase").str(), &created]),
        Kind::Secret => {
            let data = object.body.get("data").entries().len().to_string();
            more(&[object.body.get("type").str(), &data, &created]);
        }
        Kind::ResourceQuota => {
            let mut columns = [String::new(), String::new()];
            for (resource, hard) in status.get("hard").entries() {
                let column = &mut columns[usize::from(resource.starts_with("limits"))];
                *column += if column.is_empty() { "" } else { ", " };
                *column += &[resource, ": ", status.at(&["used", resource]).str(), "/", hard.str()].concat();
            }
            more(&[&columns[0], &columns[1], &created]);
        }
        Kind::PodDisruptionBudget => {
            let places = [place(spec, "minAvailable|N/A"), place(spec, "maxUnavailable|N/A")];
            more(&[&places[0], &places[1], &place(status, "disruptionsAllowed|0"), &created]);
        }
        Kind::HorizontalPodAutoscaler => {
            let mut targets: Vec<String> = spec.get("metrics").items().iter().map(target).collect();
            let hidden = targets.len().saturating_sub(2);
            targets.truncate(2);
            let mut text = if targets.is_empty() { "<none>".to_string() } else { targets.join(", ") };
            if hidden > 0 {
                text += &format!(" + {hidden} more...");
            }
            more(&[
                &place(spec, "scaleTargetRef.kind"),
                &text,
                &place(spec, "minReplicas|<unset>"),
                &place(spec, "maxReplicas|0"),
                &place(status, "currentReplicas|0"),
                &created,
            ]);
            cells[1] += &["/", &place(spec, "scaleTargetRef.name")].concat();
        }
    }
    cells
}

/// What an autoscaler's metric is to be; nothing measures what it is.
pub fn goal(metric: &Value) -> String {
    let of =
        [metric, metric.get("resource"), metric.get("pods"), metric.get("object"), metric.get("external")];
    let target = of.map(|of| of.get("target")).into_iter().find(|target| !target.is_null());
    let target = target.unwrap_or(&Value::Null);
    match target.get("averageUtilization") {
        Value::Null => or(target.get("averageValue"), &or(target.get("value"), "<auto>")),
        percent => [&text_of(percent), "%"].concat(),
    }
}

fn target(metric: &Value) -> String {
    let name = metric.at(&["resource", "name"]).str();
    let colon = if name.is_empty() { "" } else { ": " };
    [name, colon, "<unknown>/", &goal(metric)].concat()
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
    let mut text = String::new();
    for (key, value) in map.entries() {
        text += if text.is_empty() { "" } else { "," };
        text += &[key, "=", value.str()].concat();
    }
    if text.is_empty() { "<none>".to_string() } else { text }
}

/// A label selector as its one-line form: `app=nginx,tier in (a,b)`, or `<none>`.
pub fn selector(selector: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (key, value) in selector.get("matchLabels").entries() {
        parts.push([key, "=", value.str()].concat());
    }
    for expression in selector.get("matchExpressions").items() {
        let key = expression.get("key").str();
        let values: Vec<&str> = expression.get("values").items().iter().map(Value::str).collect();
        parts.push(match expression.get("operator").str() {
            "Exists" => key.to_string(),
            "DoesNotExist" => ["!", key].concat(),
            operator => [key, " ", &operator.to_ascii_lowercase(), " (", &values.join(","), ")"].concat(),
        });
    }
    if parts.is_empty() { "<none>".to_string() } else { parts.join(",") }
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

fn node(object: &Object, cells: &mut Vec<String>, created: String) {
    let mut status = match object.condition("Ready").get("status").str() {
        "True" => "Ready",
        "" => "Unknown",
        _ => "NotReady",
    }
    .to_string();
    if object.spec().get("unschedulable").is_true() {
        status += ",SchedulingDisabled";
    }
    let address = |kind: &str| {
        let addresses = object.status().get("addresses").items();
        let found = addresses.iter().find(|address| address.get("type").str() == kind);
        found.map_or("<none>", |address| address.get("address").str()).to_string()
    };
    let info = object.status().get("nodeInfo");
    cells.extend([status, roles(object), created, place(info, "kubeletVersion")]);
    cells.extend(["InternalIP", "ExternalIP"].map(address));
    let places = ["osImage|<unknown>", "kernelVersion|<unknown>", "containerRuntimeVersion|<unknown>"];
    let mut places = places.map(|spec| place(info, spec));
    // From 1.36 on the kernel is named with its architecture.
    let minor =
        info.get("kubeletVersion").str().split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    if minor.is_some_and(|minor| minor >= 36) {
        places[1] += &format!(" ({})", info.get("architecture").str());
    }
    cells.extend(places);
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

fn event(object: &Object, cells: &mut Vec<String>, now: SimTime) {
    let (first, last, count) = event_times(object, now);
    let about = object.body.get("involvedObject");
    let kind = about.get("kind").str().to_ascii_lowercase();
    let name = cells.pop().unwrap_or_default();
    cells.push(last);
    cells.extend(["type", "reason"].map(|key| place(&object.body, key)));
    cells.push([&kind, "/", about.get("name").str()].concat());
    cells.extend([place(about, "fieldPath"), event_source(object)]);
    cells.push(object.body.get("message").str().trim().to_string());
    cells.extend([first, count.to_string(), name]);
}

fn service(object: &Object, cells: &mut Vec<String>, created: String) {
    let spec = object.spec();
    let kind = place(spec, "type|ClusterIP");
    let mut external = joined(spec.get("externalIPs"), ",");
    let ingress = object.status().at(&["loadBalancer", "ingress"]).items();
    match kind.as_str() {
        "ExternalName" => external = place(spec, "externalName"),
        "LoadBalancer" => {
            for given in ingress {
                external += if external.is_empty() { "" } else { "," };
                external += given.get("ip").as_str().unwrap_or(given.get("hostname").str());
            }
            external = if external.is_empty() { "<pending>".into() } else { external };
        }
        _ => {}
    }
    let mut ports = String::new();
    for port in spec.get("ports").items() {
        let places = if int(port.get("nodePort")) > 0 { "{port}:{nodePort}/" } else { "{port}/" };
        ports += if ports.is_empty() { "" } else { "," };
        fill(&mut ports, 0, port, places);
        fill(&mut ports, 0, port, "{protocol|TCP}");
    }
    let none_or = |text: String| if text.is_empty() { "<none>".to_string() } else { text };
    let address = place(spec, "clusterIP|<none>");
    cells.extend([kind, address, none_or(external), none_or(ports), created, pairs(spec.get("selector"))]);
}

fn endpoints(object: &Object) -> String {
    let mut items = Vec::new();
    for subset in object.body.get("subsets").items() {
        let ports = subset.get("ports").items();
        for i in 0..ports.len().max(1) {
            for address in subset.get("addresses").items() {
                let mut item = place(address, "ip");
                if let Some(port) = ports.get(i) {
                    item += ":";
                    item += &place(port, "port|0");
                }
                items.push(item);
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
fn pod(object: &Object, cells: &mut Vec<String>, created: String, now: SimTime) {
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
    let mut open = 0;
    for gate in gates {
        let kind = gate.get("conditionType").str();
        open += usize::from(object.condition(kind).get("status").str() == "True");
    }
    cells.extend([
        [&ready.to_string(), "/", &total.to_string()].concat(),
        reason,
        restarts.text(now),
        created,
    ]);
    cells.extend([
        place(status, "podIP|<none>"),
        place(spec, "nodeName|<none>"),
        place(status, "nominatedNodeName|<none>"),
        if gates.is_empty() {
            "<none>".into()
        } else {
            [&open.to_string(), "/", &gates.len().to_string()].concat()
        },
    ]);
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
