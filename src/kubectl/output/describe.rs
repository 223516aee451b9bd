//! `kubectl describe`: everything about one object, in prose-like columns (K90 to K105).
//!
//! Follows kubectl pkg/describe/describe.go: text with TABs is written first, columns are aligned at the end.

use super::age;
use super::list::{self, int, or, text_of};
use super::table::Aligner;
use crate::api::quantity::Quantity;
use crate::api::{Kind, Map, Object, Profile, Value};
use crate::kubectl::verbs::{apply::LAST_APPLIED, events};
use crate::object;
use crate::sim::SimTime;
use crate::store::Store;
use std::rc::Rc;

const NONE: &str = "<none>";

/// Lines with TABs, indented by levels of two blanks.
struct Page<'a> {
    text: String,
    store: &'a Store,
    now: SimTime,
    profile: &'a Profile,
}

macro_rules! put {
    ($page:expr, $level:expr, $($arg:tt)*) => {
        $page.put($level, format_args!($($arg)*))
    };
}

/// Describes an object; with its events, if those are wanted.
pub fn object(object: &Object, store: &Store, now: SimTime, profile: &Profile, events: bool) -> String {
    let mut page = Page { text: String::new(), store, now, profile };
    match object.kind {
        Kind::Pod => page.pod(object),
        Kind::StatefulSet => page.stateful_set(object),
        Kind::Service => page.service(object),
        Kind::PersistentVolumeClaim => page.claim(object),
        Kind::PersistentVolume => page.volume(object),
        Kind::StorageClass => page.storage_class(object),
        Kind::Node => page.node(object),
        Kind::Endpoints => page.endpoints(object),
        Kind::EndpointSlice => page.endpoint_slice(object),
        Kind::ConfigMap => page.config_map(object),
        Kind::Namespace => {
            page.head(object, false);
            put!(page, 0, "Status:\t{}\n", object.status().get("phase").str());
            put!(page, 0, "\nNo resource quota.\n\nNo LimitRange resource.\n");
            return page.done();
        }
        Kind::ControllerRevision | Kind::Event => page.anything(object),
    }
    if events {
        page.events(object);
    }
    page.done()
}

/// A pod template as `rollout history --revision` prints it: with TABs as they are.
pub fn template(template: &Value, profile: Profile) -> String {
    let store = Store::default();
    let mut page = Page { text: String::new(), store: &store, now: SimTime::ZERO, profile: &profile };
    page.template(template);
    page.text
}

impl Page<'_> {
    fn put(&mut self, level: usize, text: std::fmt::Arguments<'_>) {
        use std::fmt::Write;
        self.text.extend(std::iter::repeat_n("  ", level));
        let _ = self.text.write_fmt(text);
    }

    fn done(self) -> String {
        Aligner::describe().align(&self.text)
    }

    fn head(&mut self, object: &Object, namespace: bool) {
        put!(self, 0, "Name:\t{}\n", object.name());
        if namespace {
            put!(self, 0, "Namespace:\t{}\n", object.namespace());
        }
        self.labels("Labels", object.meta("labels"));
        self.annotations("Annotations", object.annotations());
    }

    fn labels(&mut self, title: &str, map: &Value) {
        put!(self, 0, "{title}:\t");
        if map.entries().is_empty() {
            put!(self, 0, "{NONE}\n");
        }
        for (i, (key, value)) in map.entries().iter().enumerate() {
            put!(self, 0, "{}{key}={}\n", if i > 0 { "\t" } else { "" }, value.str());
        }
    }

    fn annotations(&mut self, title: &str, map: &Map) {
        const LONGEST: usize = 140;
        put!(self, 0, "{title}:\t");
        let shown: Vec<_> = map.iter().filter(|(key, _)| key.as_str() != LAST_APPLIED).collect();
        if shown.is_empty() {
            put!(self, 0, "{NONE}\n");
        }
        for (i, (key, value)) in shown.into_iter().enumerate() {
            put!(self, 0, "{}", if i > 0 { "\t" } else { "" });
            let value = value.str().strip_suffix('\n').unwrap_or(value.str());
            if value.len() + key.len() + 2 <= LONGEST && !value.contains('\n') {
                put!(self, 0, "{key}: {value}\n");
                continue;
            }
            put!(self, 0, "{key}:\n");
            for line in value.split('\n') {
                let cut: String = line.chars().take(LONGEST - 2).collect();
                put!(self, 0, "\t  {cut}{}\n", if cut.len() < line.len() { "..." } else { "" });
            }
        }
    }

    fn tolerations(&mut self, title: &str, tolerations: &Value) {
        put!(self, 0, "{title}:\t");
        let mut sorted: Vec<&Value> = tolerations.items().iter().collect();
        sorted.sort_by_key(|toleration| toleration.get("key").str());
        if sorted.is_empty() {
            put!(self, 0, "{NONE}\n");
        }
        for (i, toleration) in sorted.into_iter().enumerate() {
            let part = |key: &str| toleration.get(key).str();
            let mut text = if i > 0 { "\t".to_string() } else { String::new() };
            text += part("key");
            if !part("value").is_empty() {
                text += &format!("={}", part("value"));
            }
            if !part("effect").is_empty() {
                text += &format!(":{}", part("effect"));
            }
            if part("operator") == "Exists" && part("value").is_empty() {
                let bare = part("key").is_empty() && part("effect").is_empty();
                text += if bare { "op=Exists" } else { " op=Exists" };
            }
            if let Some(secs) = toleration.get("tolerationSeconds").as_int() {
                text += &format!(" for {secs}s");
            }
            put!(self, 0, "{text}\n");
        }
    }

    fn events(&mut self, object: &Object) {
        let own = |event: &&Rc<Object>| {
            let about = event.body.get("involvedObject");
            about.get("name").str() == object.name()
                && about.get("kind").str() == object.kind.name()
                && (about.get("uid").str() == object.uid() || object.kind == Kind::Node)
        };
        let namespace = (!object.namespace().is_empty()).then_some(object.namespace());
        let mut events: Vec<Rc<Object>> =
            self.store.list(Kind::Event, namespace).filter(own).cloned().collect();
        if events.is_empty() {
            put!(self, 0, "Events:\t{NONE}\n");
            return;
        }
        events::sort(&mut events);
        put!(self, 0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n");
        put!(self, 1, "----\t------\t----\t----\t-------\n");
        for event in events {
            let member = |key: &str| event.body.get(key).str();
            let path = event.body.at(&["involvedObject", "fieldPath"]).str();
            let path = if path.is_empty() || self.profile.before(1, 35) {
                String::new()
            } else {
                format!("{path}: ")
            };
            put!(
                self,
                1,
                "{}\t{}\t{}\t{}\t{path}{}\n",
                member("type"),
                member("reason"),
                events::interval(&event, self.now),
                list::event_source(&event),
                member("message").trim()
            );
        }
    }

    fn created(&mut self, object: &Object) {
        put!(self, 0, "CreationTimestamp:\t{}\n", age::long(object.meta("creationTimestamp")));
    }

    fn stateful_set(&mut self, set: &Object) {
        let (spec, status) = (set.spec(), set.status());
        put!(self, 0, "Name:\t{}\nNamespace:\t{}\n", set.name(), set.namespace());
        self.created(set);
        put!(self, 0, "Selector:\t{}\n", selector(spec.get("selector")));
        self.labels("Labels", set.meta("labels"));
        self.annotations("Annotations", set.annotations());
        if self.profile.wide_describe {
            put!(self, 0, "Service Name:\t{}\n", spec.get("serviceName").str());
            put!(self, 0, "Pod Management Policy:\t{}\n", spec.get("podManagementPolicy").str());
        }
        put!(
            self,
            0,
            "Replicas:\t{} desired | {} total\n",
            int(spec.get("replicas")),
            int(status.get("replicas"))
        );
        let strategy = spec.get("updateStrategy");
        put!(self, 0, "Update Strategy:\t{}\n", strategy.get("type").str());
        let rolling = strategy.get("rollingUpdate");
        if let Some(partition) = rolling.get("partition").as_int() {
            put!(self, 0, "  Partition:\t{partition}\n");
            if !rolling.get("maxUnavailable").is_null() {
                put!(self, 0, "  MaxUnavailable:\t{}\n", text_of(rolling.get("maxUnavailable")));
            }
        }
        let retention = spec.get("persistentVolumeClaimRetentionPolicy");
        if self.profile.wide_describe && !retention.is_null() {
            put!(self, 0, "Persistent Volume Claim Retention Policy:\n");
            put!(self, 1, "WhenDeleted:\t{}\n", retention.get("whenDeleted").str());
            put!(self, 1, "WhenScaled:\t{}\n", retention.get("whenScaled").str());
        }
        let pods = self.store.list(Kind::Pod, Some(set.namespace()));
        let mut counts = [0; 4];
        for pod in pods.filter(|pod| pod.controller().is_some_and(|owner| owner.uid() == set.uid())) {
            let phases = ["Running", "Pending", "Succeeded", "Failed"];
            if let Some(i) = phases.iter().position(|phase| *phase == pod.status().get("phase").str()) {
                counts[i] += 1;
            }
        }
        let [running, waiting, succeeded, failed] = counts;
        put!(
            self,
            0,
            "Pods Status:\t{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed\n"
        );
        self.template(spec.get("template"));
        let claims = spec.get("volumeClaimTemplates").items();
        if claims.is_empty() {
            put!(self, 0, "Volume Claims:\t{NONE}\n");
            return;
        }
        put!(self, 0, "Volume Claims:\n");
        for claim in claims {
            let metadata = claim.get("metadata");
            put!(self, 1, "Name:\t{}\n", metadata.get("name").str());
            put!(self, 1, "StorageClass:\t{}\n", claim.at(&["spec", "storageClassName"]).str());
            self.labels("  Labels", metadata.get("labels"));
            self.annotations("  Annotations", metadata.get("annotations").as_map().unwrap_or(Map::empty()));
            let size = or(claim.at(&["spec", "resources", "requests", "storage"]), "<default>");
            put!(self, 1, "Capacity:\t{size}\n");
            let modes: Vec<&str> =
                claim.at(&["spec", "accessModes"]).items().iter().map(Value::str).collect();
            put!(self, 1, "Access Modes:\t[{}]\n", modes.join(" "));
        }
    }

    fn template(&mut self, template: &Value) {
        let spec = template.get("spec");
        put!(self, 0, "Pod Template:\n");
        self.labels("  Labels", template.at(&["metadata", "labels"]));
        if let Some(map) = template.at(&["metadata", "annotations"]).as_map().filter(|map| !map.is_empty()) {
            self.annotations("  Annotations", map);
        }
        if !spec.get("serviceAccountName").str().is_empty() {
            put!(self, 0, "  Service Account:\t{}\n", spec.get("serviceAccountName").str());
        }
        if !spec.get("initContainers").items().is_empty() {
            self.containers("Init Containers", spec.get("initContainers"), None, "  ");
        }
        self.containers("Containers", spec.get("containers"), None, "  ");
        self.volumes(spec.get("volumes"), "  ");
        self.labels("  Node-Selectors", spec.get("nodeSelector"));
        self.tolerations("  Tolerations", spec.get("tolerations"));
    }

    fn pod(&mut self, pod: &Object) {
        let (spec, status) = (pod.spec(), pod.status());
        put!(self, 0, "Name:\t{}\nNamespace:\t{}\n", pod.name(), pod.namespace());
        if let Some(priority) = spec.get("priority").as_int() {
            put!(self, 0, "Priority:\t{priority}\n");
        }
        put!(self, 0, "Service Account:\t{}\n", spec.get("serviceAccountName").str());
        match spec.get("nodeName").str() {
            "" => put!(self, 0, "Node:\t{NONE}\n"),
            node => put!(self, 0, "Node:\t{node}/{}\n", status.get("hostIP").str()),
        }
        if !status.get("startTime").is_null() {
            put!(self, 0, "Start Time:\t{}\n", age::long(status.get("startTime")));
        }
        self.labels("Labels", pod.meta("labels"));
        self.annotations("Annotations", pod.annotations());
        let phase = status.get("phase").str();
        if pod.is_terminating() && !matches!(phase, "Succeeded" | "Failed") {
            let since = age::since(pod.meta("deletionTimestamp"), self.now);
            put!(self, 0, "Status:\tTerminating (lasts {since})\n");
            let grace = int(pod.meta("deletionGracePeriodSeconds"));
            put!(self, 0, "Termination Grace Period:\t{grace}s\n");
        } else {
            put!(self, 0, "Status:\t{phase}\n");
        }
        for (title, key) in [("Reason", "reason"), ("Message", "message")] {
            if !status.get(key).str().is_empty() {
                put!(self, 0, "{title}:\t{}\n", status.get(key).str());
            }
        }
        put!(self, 0, "IP:\t{}\n", status.get("podIP").str());
        let addresses = status.get("podIPs").items();
        if addresses.is_empty() {
            put!(self, 0, "IPs:\t{NONE}\n");
        } else {
            put!(self, 0, "IPs:\n");
        }
        for address in addresses {
            put!(self, 1, "IP:\t{}\n", address.get("ip").str());
        }
        if let Some(owner) = pod.controller() {
            put!(self, 0, "Controlled By:\t{}/{}\n", owner.kind(), owner.name());
        }
        if !spec.get("initContainers").items().is_empty() {
            self.containers("Init Containers", spec.get("initContainers"), Some(pod), "");
        }
        self.containers("Containers", spec.get("containers"), Some(pod), "");
        if !status.get("conditions").items().is_empty() {
            put!(self, 0, "Conditions:\n  Type\tStatus\n");
        }
        for condition in status.get("conditions").items() {
            put!(self, 1, "{} \t{} \n", condition.get("type").str(), condition.get("status").str());
        }
        self.volumes(spec.get("volumes"), "");
        put!(self, 0, "QoS Class:\t{}\n", or(status.get("qosClass"), "BestEffort"));
        self.labels("Node-Selectors", spec.get("nodeSelector"));
        self.tolerations("Tolerations", spec.get("tolerations"));
    }

    fn containers(&mut self, title: &str, containers: &Value, pod: Option<&Object>, space: &str) {
        put!(self, 0, "{space}{title}:\n");
        for container in containers.items() {
            let name = container.get("name").str();
            let statuses = ["containerStatuses", "initContainerStatuses"];
            let status = pod.and_then(|pod| {
                let mut all = statuses.iter().flat_map(|list| pod.status().get(list).items());
                all.find(|status| status.get("name").str() == name)
            });
            put!(self, 1, "{}{name}:\n", if space.is_empty() { "" } else { " " });
            if let Some(status) = status {
                put!(self, 2, "Container ID:\t{}\n", status.get("containerID").str());
            }
            put!(self, 2, "Image:\t{}\n", container.get("image").str());
            if let Some(status) = status {
                put!(self, 2, "Image ID:\t{}\n", status.get("imageID").str());
            }
            self.ports(container.get("ports").items());
            for (title, key) in [("Command", "command"), ("Args", "args")] {
                if !container.get(key).items().is_empty() {
                    put!(self, 2, "{title}:\n");
                }
                for line in container.get(key).items().iter().flat_map(|word| word.str().split('\n')) {
                    put!(self, 3, "{line}\n");
                }
            }
            if let Some(status) = status {
                self.state("State", status.get("state"));
                if !status.at(&["lastState", "terminated"]).is_null() {
                    self.state("Last State", status.get("lastState"));
                }
                let ready = if status.get("ready").is_true() { "True" } else { "False" };
                put!(self, 2, "Ready:\t{ready}\n");
                put!(self, 2, "Restart Count:\t{}\n", int(status.get("restartCount")));
            }
            for (title, key) in [("Limits", "limits"), ("Requests", "requests")] {
                let amounts = container.at(&["resources", key]).entries();
                if !amounts.is_empty() {
                    put!(self, 2, "{title}:\n");
                }
                for (name, amount) in amounts {
                    put!(self, 3, "{name}:\t{}\n", text_of(amount));
                }
            }
            for (title, key) in
                [("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")]
            {
                if !container.get(key).is_null() {
                    put!(self, 2, "{title}:\t{}\n", probe(container.get(key)));
                }
            }
            self.environment(container, pod);
            let mut mounts: Vec<&Value> = container.get("volumeMounts").items().iter().collect();
            mounts.sort_by_key(|mount| mount.get("mountPath").str());
            put!(self, 2, "Mounts:{}\n", if mounts.is_empty() { "\t<none>" } else { "" });
            for mount in mounts {
                let mode = if mount.get("readOnly").is_true() { "ro" } else { "rw" };
                let path = match mount.get("subPath").str() {
                    "" => String::new(),
                    path => format!(",path={path:?}"),
                };
                let (at, name) = (mount.get("mountPath").str(), mount.get("name").str());
                put!(self, 3, "{at} from {name} ({mode}{path})\n");
            }
        }
    }

    fn ports(&mut self, ports: &[Value]) {
        let named = !self.profile.before(1, 34);
        let text = |key: &str| {
            let ports = ports.iter().map(|port| {
                let name = match port.get("name").str() {
                    name if named && !name.is_empty() => format!(" ({name})"),
                    _ => String::new(),
                };
                format!("{}/{}{name}", int(port.get(key)), or(port.get("protocol"), "TCP"))
            });
            let ports: Vec<String> = ports.collect();
            if ports.is_empty() { NONE.to_string() } else { ports.join(", ") }
        };
        let s = if ports.len() > 1 { "s" } else { "" };
        put!(self, 2, "Port{s}:\t{}\n", text("containerPort"));
        put!(self, 2, "Host Port{s}:\t{}\n", text("hostPort"));
    }

    fn state(&mut self, title: &str, state: &Value) {
        let (running, waiting, ended) = (state.get("running"), state.get("waiting"), state.get("terminated"));
        if !running.is_null() {
            put!(self, 2, "{title}:\tRunning\n");
            put!(self, 3, "Started:\t{}\n", age::long(running.get("startedAt")));
        } else if !ended.is_null() {
            put!(self, 2, "{title}:\tTerminated\n");
            for (title, key) in [("Reason", "reason"), ("Message", "message")] {
                if !ended.get(key).str().is_empty() {
                    put!(self, 3, "{title}:\t{}\n", ended.get(key).str());
                }
            }
            put!(self, 3, "Exit Code:\t{}\n", int(ended.get("exitCode")));
            if int(ended.get("signal")) > 0 {
                put!(self, 3, "Signal:\t{}\n", int(ended.get("signal")));
            }
            // A container that never ran has no times; Go prints its zero time.
            let moment = |key: &str| match ended.get(key) {
                Value::Null => "Mon, 01 Jan 0001 00:00:00 +0000".to_string(),
                at => age::long(at),
            };
            put!(self, 3, "Started:\t{}\n", moment("startedAt"));
            put!(self, 3, "Finished:\t{}\n", moment("finishedAt"));
        } else {
            put!(self, 2, "{title}:\tWaiting\n");
            if !waiting.get("reason").str().is_empty() {
                put!(self, 3, "Reason:\t{}\n", waiting.get("reason").str());
            }
        }
    }

    fn environment(&mut self, container: &Value, pod: Option<&Object>) {
        let from = container.get("envFrom").items();
        if !from.is_empty() {
            put!(self, 2, "Environment Variables from:\n");
        }
        for source in from {
            let (kind, source_of) = match source.get("configMapRef") {
                Value::Null => ("Secret", source.get("secretRef")),
                map => ("ConfigMap", map),
            };
            let prefix = match source.get("prefix").str() {
                "" => String::new(),
                prefix => format!(" with prefix '{prefix}'"),
            };
            let optional = source_of.get("optional").is_true();
            put!(self, 3, "{}\t{kind}{prefix}\tOptional: {optional}\n", source_of.get("name").str());
        }
        let variables = container.get("env").items();
        put!(self, 2, "Environment:{}\n", if variables.is_empty() { "\t<none>" } else { "" });
        for variable in variables {
            let name = variable.get("name").str();
            let from = variable.get("valueFrom");
            if from.is_null() {
                for (i, line) in variable.get("value").str().split('\n').enumerate() {
                    let label = if i == 0 { format!("{name}:") } else { String::new() };
                    put!(self, 3, "{label}\t{line}\n");
                }
                continue;
            }
            for (key, kind) in [("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map")] {
                let source = from.get(key);
                if !source.is_null() {
                    put!(
                        self,
                        3,
                        "{name}:\t<set to the key '{}' {kind} '{}'>\tOptional: {}\n",
                        source.get("key").str(),
                        source.get("name").str(),
                        source.get("optional").is_true()
                    );
                }
            }
            let field = from.get("fieldRef");
            if !field.is_null() {
                let path = field.get("fieldPath").str();
                let value = pod.map(|pod| field_of(pod, path)).unwrap_or_default();
                put!(self, 3, "{name}:\t{value} ({}:{path})\n", or(field.get("apiVersion"), "v1"));
            }
            let resource = from.get("resourceFieldRef");
            if !resource.is_null() {
                let what = resource.get("resource").str();
                let (part, key) = what.split_once('.').unwrap_or(("limits", what));
                let value = text_of(container.at(&["resources", part, key]));
                put!(self, 3, "{name}:\t{} ({what})\n", if value.is_empty() { "0" } else { &value });
            }
        }
    }

    fn volumes(&mut self, volumes: &Value, space: &str) {
        if volumes.items().is_empty() {
            put!(self, 0, "{space}Volumes:\t{NONE}\n");
            return;
        }
        put!(self, 0, "{space}Volumes:\n");
        for volume in volumes.items() {
            put!(self, 1, "{}{}:\n", if space.is_empty() { "" } else { " " }, volume.get("name").str());
            self.volume_source(volume);
        }
    }

    fn volume_source(&mut self, volume: &Value) {
        let has = |key: &str| !volume.get(key).is_null();
        let mut lines: Vec<(&str, String)> = Vec::new();
        let kind = if has("hostPath") {
            let path = volume.get("hostPath");
            lines.push(("Path", path.get("path").str().into()));
            lines.push(("HostPathType", path.get("type").str().into()));
            "HostPath (bare host directory volume)"
        } else if has("emptyDir") {
            let dir = volume.get("emptyDir");
            lines.push(("Medium", dir.get("medium").str().into()));
            lines.push(("SizeLimit", or(dir.get("sizeLimit"), "<unset>")));
            "EmptyDir (a temporary directory that shares a pod's lifetime)"
        } else if has("persistentVolumeClaim") {
            let claim = volume.get("persistentVolumeClaim");
            lines.push(("ClaimName", claim.get("claimName").str().into()));
            lines.push(("ReadOnly", claim.get("readOnly").is_true().to_string()));
            "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
        } else if has("configMap") {
            let map = volume.get("configMap");
            lines.push(("Name", map.get("name").str().into()));
            lines.push(("Optional", map.get("optional").is_true().to_string()));
            "ConfigMap (a volume populated by a ConfigMap)"
        } else if has("secret") {
            let secret = volume.get("secret");
            lines.push(("SecretName", secret.get("secretName").str().into()));
            lines.push(("Optional", secret.get("optional").is_true().to_string()));
            "Secret (a volume populated by a Secret)"
        } else if has("projected") {
            for source in volume.at(&["projected", "sources"]).items() {
                let (secret, map) = (source.get("secret"), source.get("configMap"));
                if !secret.is_null() {
                    lines.push(("SecretName", secret.get("name").str().into()));
                    lines.push(("Optional", secret.get("optional").is_true().to_string()));
                } else if !source.get("downwardAPI").is_null() {
                    lines.push(("DownwardAPI", "true".into()));
                } else if !map.is_null() {
                    lines.push(("ConfigMapName", map.get("name").str().into()));
                    lines.push(("Optional", map.get("optional").is_true().to_string()));
                } else {
                    let secs = int(source.at(&["serviceAccountToken", "expirationSeconds"]));
                    lines.push(("TokenExpirationSeconds", secs.to_string()));
                }
            }
            "Projected (a volume that contains injected data from multiple sources)"
        } else if has("csi") {
            let csi = volume.get("csi");
            lines.push(("Driver", csi.get("driver").str().into()));
            lines.push(("VolumeHandle", csi.get("volumeHandle").str().into()));
            "CSI (a Container Storage Interface (CSI) volume source)"
        } else if has("nfs") {
            let nfs = volume.get("nfs");
            lines.push(("Server", nfs.get("server").str().into()));
            lines.push(("Path", nfs.get("path").str().into()));
            lines.push(("ReadOnly", nfs.get("readOnly").is_true().to_string()));
            "NFS (an NFS mount that lasts the lifetime of a pod)"
        } else {
            put!(self, 1, "<unknown>\n");
            return;
        };
        put!(self, 2, "Type:\t{kind}\n");
        for (title, text) in lines {
            put!(self, 2, "{title}:\t{text}\n");
        }
    }

    fn service(&mut self, service: &Object) {
        let spec = service.spec();
        self.head(service, true);
        put!(self, 0, "Selector:\t{}\n", list::pairs(spec.get("selector")));
        put!(self, 0, "Type:\t{}\n", or(spec.get("type"), "ClusterIP"));
        if !spec.get("ipFamilyPolicy").is_null() {
            put!(self, 0, "IP Family Policy:\t{}\n", spec.get("ipFamilyPolicy").str());
        }
        put!(self, 0, "IP Families:\t{}\n", joined(spec.get("ipFamilies")));
        put!(self, 0, "IP:\t{}\n", spec.get("clusterIP").str());
        put!(self, 0, "IPs:\t{}\n", joined(spec.get("clusterIPs")));
        if !spec.get("externalName").str().is_empty() {
            put!(self, 0, "External Name:\t{}\n", spec.get("externalName").str());
        }
        let slices: Vec<&Rc<Object>> = self
            .store
            .list(Kind::EndpointSlice, Some(service.namespace()))
            .filter(|slice| slice.label("kubernetes.io/service-name") == service.name())
            .collect();
        for port in spec.get("ports").items() {
            let name = or(port.get("name"), "<unset>");
            let protocol = or(port.get("protocol"), "TCP");
            put!(self, 0, "Port:\t{name}\t{}/{protocol}\n", int(port.get("port")));
            put!(self, 0, "TargetPort:\t{}/{protocol}\n", text_of(port.get("targetPort")));
            if let Some(node) = port.get("nodePort").as_int().filter(|port| *port > 0) {
                put!(self, 0, "NodePort:\t{name}\t{node}/{protocol}\n");
            }
            put!(self, 0, "Endpoints:\t{}\n", endpoints(&slices, port.get("name").str()));
        }
        put!(self, 0, "Session Affinity:\t{}\n", or(spec.get("sessionAffinity"), "None"));
        for (title, key) in [("External", "externalTrafficPolicy"), ("Internal", "internalTrafficPolicy")] {
            if !spec.get(key).str().is_empty() {
                put!(self, 0, "{title} Traffic Policy:\t{}\n", spec.get(key).str());
            }
        }
    }

    fn claim(&mut self, claim: &Object) {
        let (spec, status) = (claim.spec(), claim.status());
        put!(self, 0, "Name:\t{}\nNamespace:\t{}\n", claim.name(), claim.namespace());
        put!(self, 0, "StorageClass:\t{}\n", list::storage_class(claim));
        self.phase(claim);
        put!(self, 0, "Volume:\t{}\n", spec.get("volumeName").str());
        self.labels("Labels", claim.meta("labels"));
        self.annotations("Annotations", claim.annotations());
        put!(self, 0, "Finalizers:\t{}\n", bracketed(claim.meta("finalizers")));
        let bound = !spec.get("volumeName").str().is_empty();
        let capacity =
            if bound { list::quantity(status.at(&["capacity", "storage"])) } else { String::new() };
        let modes = if bound { list::access_modes(status.get("accessModes")) } else { String::new() };
        put!(self, 0, "Capacity:\t{capacity}\nAccess Modes:\t{modes}\n");
        if !spec.get("volumeMode").is_null() {
            put!(self, 0, "VolumeMode:\t{}\n", spec.get("volumeMode").str());
        }
        let users = self.store.list(Kind::Pod, Some(claim.namespace())).filter(|pod| {
            let volumes = pod.spec().get("volumes").items();
            volumes.iter().any(|v| v.at(&["persistentVolumeClaim", "claimName"]).str() == claim.name())
        });
        let users: Vec<&str> = users.map(|pod| pod.name()).collect();
        put!(self, 0, "Used By:\t{}\n", if users.is_empty() { NONE.to_string() } else { users.join("\n\t") });
        let conditions = status.get("conditions").items();
        if !conditions.is_empty() {
            put!(
                self,
                0,
                "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n"
            );
            put!(self, 1, "----\t------\t-----------------\t------------------\t------\t-------\n");
        }
        for condition in conditions {
            let part = |key: &str| condition.get(key).str();
            put!(
                self,
                1,
                "{} \t{} \t{} \t{} \t{} \t{}\n",
                part("type"),
                part("status"),
                age::long(condition.get("lastProbeTime")),
                age::long(condition.get("lastTransitionTime")),
                part("reason"),
                part("message")
            );
        }
    }

    fn phase(&mut self, object: &Object) {
        if object.is_terminating() {
            let since = age::since(object.meta("deletionTimestamp"), self.now);
            put!(self, 0, "Status:\tTerminating (lasts {since})\n");
        } else {
            put!(self, 0, "Status:\t{}\n", object.status().get("phase").str());
        }
    }

    fn volume(&mut self, volume: &Object) {
        let spec = volume.spec();
        self.head(volume, false);
        put!(self, 0, "Finalizers:\t{}\n", bracketed(volume.meta("finalizers")));
        put!(self, 0, "StorageClass:\t{}\n", list::storage_class(volume));
        self.phase(volume);
        let claim = spec.get("claimRef");
        if claim.is_null() {
            put!(self, 0, "Claim:\t\n");
        } else {
            put!(self, 0, "Claim:\t{}/{}\n", claim.get("namespace").str(), claim.get("name").str());
        }
        put!(self, 0, "Reclaim Policy:\t{}\n", spec.get("persistentVolumeReclaimPolicy").str());
        put!(self, 0, "Access Modes:\t{}\n", list::access_modes(spec.get("accessModes")));
        if !spec.get("volumeMode").is_null() {
            put!(self, 0, "VolumeMode:\t{}\n", spec.get("volumeMode").str());
        }
        put!(self, 0, "Capacity:\t{}\n", list::quantity(spec.at(&["capacity", "storage"])));
        let terms = spec.at(&["nodeAffinity", "required", "nodeSelectorTerms"]).items();
        if terms.is_empty() {
            put!(self, 0, "Node Affinity:\t{NONE}\n");
        } else {
            put!(self, 0, "Node Affinity:\t\n  Required Terms:\t\n");
        }
        for (i, term) in terms.iter().enumerate() {
            let wanted = term.get("matchExpressions").items().iter().map(|expression| {
                let values: Vec<&str> = expression.get("values").items().iter().map(Value::str).collect();
                let operator = expression.get("operator").str().to_ascii_lowercase();
                format!("{} {operator} [{}]", expression.get("key").str(), values.join(", "))
            });
            put!(self, 2, "Term {i}:\t{}\n", wanted.collect::<Vec<_>>().join("\n\t"));
        }
        put!(self, 0, "Message:\t{}\n", volume.status().get("message").str());
        put!(self, 0, "Source:\n");
        self.volume_source(spec);
    }

    fn storage_class(&mut self, class: &Object) {
        let default = class.annotation("storageclass.kubernetes.io/is-default-class") == "true";
        put!(self, 0, "Name:\t{}\nIsDefaultClass:\t{}\n", class.name(), if default { "Yes" } else { "No" });
        put!(self, 0, "Annotations:\t{}\n", list::pairs(class.meta("annotations")));
        put!(self, 0, "Provisioner:\t{}\n", class.body.get("provisioner").str());
        put!(self, 0, "Parameters:\t{}\n", list::pairs(class.body.get("parameters")));
        let growing = match class.body.get("allowVolumeExpansion").as_bool() {
            None => "<unset>",
            Some(true) => "True",
            Some(false) => "False",
        };
        put!(self, 0, "AllowVolumeExpansion:\t{growing}\n");
        let options = class.body.get("mountOptions");
        if options.items().is_empty() {
            put!(self, 0, "MountOptions:\t{NONE}\n");
        } else {
            put!(self, 0, "MountOptions:\n");
        }
        for option in options.items() {
            put!(self, 1, "{}\n", option.str());
        }
        put!(self, 0, "ReclaimPolicy:\t{}\n", or(class.body.get("reclaimPolicy"), "Delete"));
        put!(self, 0, "VolumeBindingMode:\t{}\n", or(class.body.get("volumeBindingMode"), "Immediate"));
    }

    fn config_map(&mut self, map: &Object) {
        self.head(map, true);
        put!(self, 0, "\nData\n====\n");
        for (key, value) in map.body.get("data").entries() {
            put!(self, 0, "{key}:\n----\n{}\n\n", value.str());
        }
        put!(self, 0, "\nBinaryData\n====\n");
        for (key, value) in map.body.get("binaryData").entries() {
            put!(self, 0, "{key}: {} bytes\n", value.str().len() / 4 * 3);
        }
        put!(self, 0, "\n");
    }

    fn endpoints(&mut self, endpoints: &Object) {
        self.head(endpoints, true);
        put!(self, 0, "Subsets:\n");
        for subset in endpoints.body.get("subsets").items() {
            for (title, key) in [("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")] {
                let ips: Vec<&str> =
                    subset.get(key).items().iter().map(|address| address.get("ip").str()).collect();
                put!(
                    self,
                    1,
                    "{title}:\t{}\n",
                    if ips.is_empty() { NONE.to_string() } else { ips.join(",") }
                );
            }
            if !subset.get("ports").items().is_empty() {
                put!(self, 1, "Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n");
            }
            for port in subset.get("ports").items() {
                let name = or(port.get("name"), "<unset>");
                put!(self, 2, "{name}\t{}\t{}\n", int(port.get("port")), port.get("protocol").str());
            }
            put!(self, 0, "\n");
        }
    }

    fn endpoint_slice(&mut self, slice: &Object) {
        self.head(slice, true);
        put!(self, 0, "AddressType:\t{}\n", slice.body.get("addressType").str());
        let ports = slice.body.get("ports").items();
        if ports.is_empty() {
            put!(self, 0, "Ports: <unset>\n");
        } else {
            put!(self, 0, "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n");
        }
        for port in ports {
            let name = or(port.get("name"), "<unset>");
            put!(self, 1, "{name}\t{}\t{}\n", or(port.get("port"), "*"), port.get("protocol").str());
        }
        let endpoints = slice.body.get("endpoints").items();
        if endpoints.is_empty() {
            put!(self, 0, "Endpoints: {NONE}\n");
        } else {
            put!(self, 0, "Endpoints:\n");
        }
        for endpoint in endpoints {
            put!(self, 1, "- Addresses:\t{}\n", joined(endpoint.get("addresses")));
            put!(self, 2, "Conditions:\n");
            let ready = endpoint.at(&["conditions", "ready"]);
            put!(self, 3, "Ready:\t{}\n", or(ready, "<unset>"));
            put!(self, 2, "Hostname:\t{}\n", or(endpoint.get("hostname"), "<unset>"));
            let target = endpoint.get("targetRef");
            if !target.is_null() {
                put!(self, 2, "TargetRef:\t{}/{}\n", target.get("kind").str(), target.get("name").str());
            }
            put!(self, 2, "NodeName:\t{}\n", or(endpoint.get("nodeName"), "<unset>"));
            put!(self, 2, "Zone:\t{}\n", or(endpoint.get("zone"), "<unset>"));
        }
    }

    fn node(&mut self, node: &Object) {
        let (spec, status) = (node.spec(), node.status());
        put!(self, 0, "Name:\t{}\nRoles:\t{}\n", node.name(), list::roles(node));
        self.labels("Labels", node.meta("labels"));
        self.annotations("Annotations", node.annotations());
        self.created(node);
        let taints = spec.get("taints").items().iter().map(|taint| {
            let value = match taint.get("value").str() {
                "" => String::new(),
                value => format!("={value}"),
            };
            format!("{}{value}:{}", taint.get("key").str(), taint.get("effect").str())
        });
        let mut taints: Vec<String> = taints.collect();
        taints.sort();
        put!(
            self,
            0,
            "Taints:\t{}\n",
            if taints.is_empty() { NONE.to_string() } else { taints.join("\n\t") }
        );
        put!(self, 0, "Unschedulable:\t{}\n", spec.get("unschedulable").is_true());
        // Leases are not simulated; the kubelet renews its own every ten seconds.
        let ready = node.condition("Ready");
        put!(self, 0, "Lease:\n  HolderIdentity:\t{}\n  AcquireTime:\t<unset>\n", node.name());
        put!(self, 1, "RenewTime:\t{}\n", {
            if ready.get("status").str() == "True" {
                let at = SimTime(self.now.as_millis() / 10_000 * 10_000);
                age::long(&at.rfc3339().into())
            } else {
                age::long(ready.get("lastHeartbeatTime"))
            }
        });
        let conditions = status.get("conditions").items();
        if !conditions.is_empty() {
            put!(
                self,
                0,
                "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n"
            );
            put!(self, 1, "----\t------\t-----------------\t------------------\t------\t-------\n");
        }
        for condition in conditions {
            let part = |key: &str| condition.get(key).str();
            put!(
                self,
                1,
                "{} \t{} \t{} \t{} \t{} \t{}\n",
                part("type"),
                part("status"),
                age::long(condition.get("lastHeartbeatTime")),
                age::long(condition.get("lastTransitionTime")),
                part("reason"),
                part("message")
            );
        }
        put!(self, 0, "Addresses:\n");
        for address in status.get("addresses").items() {
            put!(self, 1, "{}:\t{}\n", address.get("type").str(), address.get("address").str());
        }
        for (title, key) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
            put!(self, 0, "{title}:\n");
            for (name, amount) in status.get(key).entries() {
                put!(self, 1, "{name}:\t{}\n", text_of(amount));
            }
        }
        put!(self, 0, "System Info:\n");
        for (title, key) in [
            ("Machine ID", "machineID"),
            ("System UUID", "systemUUID"),
            ("Boot ID", "bootID"),
            ("Kernel Version", "kernelVersion"),
            ("OS Image", "osImage"),
            ("Operating System", "operatingSystem"),
            ("Architecture", "architecture"),
            ("Container Runtime Version", "containerRuntimeVersion"),
            ("Kubelet Version", "kubeletVersion"),
        ] {
            put!(self, 1, "{title}:\t{}\n", status.at(&["nodeInfo", key]).str());
        }
        if !spec.get("podCIDR").str().is_empty() {
            put!(
                self,
                0,
                "PodCIDR:\t{}\nPodCIDRs:\t{}\n",
                spec.get("podCIDR").str(),
                joined(spec.get("podCIDRs"))
            );
        }
        self.load(node);
    }

    fn load(&mut self, node: &Object) {
        let finished = |pod: &Object| matches!(pod.status().get("phase").str(), "Succeeded" | "Failed");
        let here = |pod: &&Rc<Object>| pod.spec().get("nodeName").str() == node.name() && !finished(pod);
        let pods: Vec<&Rc<Object>> = self.store.list(Kind::Pod, None).filter(here).collect();
        let room = |what: &str| Amount::of(node.status().at(&["allocatable", what]));
        put!(self, 0, "Non-terminated Pods:\t({} in total)\n", pods.len());
        put!(self, 1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n");
        put!(self, 1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n");
        let names = ["cpu", "memory", "ephemeral-storage"];
        let mut total = [[Amount::default(), Amount::default()]; 3];
        for pod in &pods {
            let mut cells = Vec::new();
            for (i, name) in names.iter().enumerate() {
                for (j, part) in ["requests", "limits"].iter().enumerate() {
                    let amount = Amount::of_pod(pod, part, name);
                    total[i][j].add(&amount);
                    if i < 2 {
                        cells.push(amount.share(&room(name)));
                    }
                }
            }
            let created = age::since(pod.meta("creationTimestamp"), self.now);
            put!(self, 1, "{}\t{}\t\t{}\t{created}\n", pod.namespace(), pod.name(), cells.join("\t"));
        }
        put!(
            self,
            0,
            "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
        );
        put!(self, 1, "Resource\tRequests\tLimits\n  --------\t--------\t------\n");
        for (i, name) in names.iter().enumerate() {
            let [requests, limits] = &total[i];
            put!(self, 1, "{name}\t{}\t{}\n", requests.share(&room(name)), limits.share(&room(name)));
        }
    }

    // Follows printUnstructuredContent: for kinds that have no describer of their own.
    fn anything(&mut self, object: &Object) {
        self.head(object, true);
        let mut body = object.body.clone();
        for member in ["name", "namespace", "labels", "annotations"] {
            body.remove(&["metadata", member]);
        }
        self.tree(0, &body);
    }

    fn tree(&mut self, level: usize, value: &Value) {
        for (key, value) in value.entries() {
            let label = label(key);
            match value {
                Value::Map(_) => {
                    put!(self, level, "{label}:\n");
                    self.tree(level + 1, value);
                }
                Value::List(items) => {
                    put!(self, level, "{label}:\n");
                    for item in items.iter() {
                        match item {
                            Value::Map(_) => self.tree(level + 1, item),
                            other => put!(self, level + 1, "{}\n", text_of(other)),
                        }
                    }
                }
                Value::Null => put!(self, level, "{label}:\t<nil>\n"),
                other => put!(self, level, "{label}:\t{}\n", text_of(other)),
            }
        }
    }
}

/// An amount of a resource in thousandths, and the text of the first one that was added.
#[derive(Clone, Copy, Default)]
struct Amount {
    milli: i64,
    /// Of binary quantities the sum is shown in binary units.
    binary: bool,
}

impl Amount {
    fn of(value: &Value) -> Amount {
        let text = text_of(value);
        let milli = Quantity::parse(&text).map_or(0, Quantity::milli);
        Amount { milli, binary: text.ends_with('i') }
    }

    fn of_pod(pod: &Object, part: &str, name: &str) -> Amount {
        let mut sum = Amount::default();
        let of = |container: &Value| Amount::of(container.at(&["resources", part, name]));
        for container in pod.spec().get("containers").items() {
            sum.add(&of(container));
        }
        for container in pod.spec().get("initContainers").items() {
            let amount = of(container);
            if list::is_sidecar(container) {
                sum.add(&amount);
            } else if amount.milli > sum.milli {
                sum = amount;
            }
        }
        sum
    }

    fn add(&mut self, other: &Amount) {
        self.milli = self.milli.saturating_add(other.milli);
        self.binary |= other.binary;
    }

    /// `100m (2%)`.
    fn share(&self, whole: &Amount) -> String {
        let percent =
            if whole.milli == 0 { 0 } else { (self.milli as i128 * 100 / whole.milli as i128) as i64 };
        let text = if self.milli % 1000 != 0 {
            format!("{}m", self.milli)
        } else {
            let units = self.milli / 1000;
            let binary = ["", "Ki", "Mi", "Gi", "Ti"];
            let mut at = (units, 0);
            while self.binary && at.0 != 0 && at.0 % 1024 == 0 && at.1 + 1 < binary.len() {
                at = (at.0 / 1024, at.1 + 1);
            }
            format!("{}{}", at.0, binary[at.1])
        };
        format!("{text} ({percent}%)")
    }
}

// Follows smartLabelFor: `dnsPolicy` reads `Dns Policy`, `uid` reads `UID`.
fn label(key: &str) -> String {
    if key.chars().any(|c| !c.is_alphabetic() && c != '-') {
        return key.to_string();
    }
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = key.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let next_lower = chars.get(i + 1).is_some_and(|c| c.is_lowercase());
        let before_lower = i > 0 && chars[i - 1].is_lowercase();
        match words.last_mut() {
            Some(word) if !(c.is_uppercase() && (before_lower || next_lower)) => word.push(*c),
            _ => words.push(c.to_string()),
        }
    }
    for word in &mut words {
        let upper = word.to_uppercase();
        if ["API", "URL", "UID", "OSB", "GUID"].contains(&upper.as_str()) {
            *word = upper;
        } else if let Some(first) = word.chars().next() {
            *word = first.to_uppercase().collect::<String>() + &word[first.len_utf8()..];
        }
    }
    words.join(" ")
}

fn joined(list: &Value) -> String {
    let items: Vec<&str> = list.items().iter().map(Value::str).collect();
    if items.is_empty() { NONE.to_string() } else { items.join(",") }
}

fn bracketed(list: &Value) -> String {
    let items: Vec<&str> = list.items().iter().map(Value::str).collect();
    format!("[{}]", items.join(" "))
}

/// A label selector as text: `app=nginx,tier in (a,b)`.
fn selector(selector: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (key, value) in selector.get("matchLabels").entries() {
        parts.push(format!("{key}={}", value.str()));
    }
    for expression in selector.get("matchExpressions").items() {
        let key = expression.get("key").str();
        let values: Vec<&str> = expression.get("values").items().iter().map(Value::str).collect();
        parts.push(match expression.get("operator").str() {
            "Exists" => key.to_string(),
            "DoesNotExist" => format!("!{key}"),
            operator => format!("{key} {} ({})", operator.to_ascii_lowercase(), values.join(",")),
        });
    }
    if parts.is_empty() { NONE.to_string() } else { parts.join(",") }
}

// K100.
fn probe(probe: &Value) -> String {
    let number = |key: &str, otherwise: i64| probe.get(key).as_int().unwrap_or(otherwise);
    let times = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        number("initialDelaySeconds", 0),
        number("timeoutSeconds", 1),
        number("periodSeconds", 10),
        number("successThreshold", 1),
        number("failureThreshold", 3)
    );
    let (exec, http, tcp, grpc) =
        (probe.get("exec"), probe.get("httpGet"), probe.get("tcpSocket"), probe.get("grpc"));
    if !exec.is_null() {
        let words: Vec<&str> = exec.get("command").items().iter().map(Value::str).collect();
        format!("exec [{}] {times}", words.join(" "))
    } else if !http.is_null() {
        let scheme = or(http.get("scheme"), "HTTP").to_ascii_lowercase();
        let (host, port, path) = (http.get("host").str(), text_of(http.get("port")), http.get("path").str());
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        format!("http-get {scheme}://{host}:{port}{slash}{path} {times}")
    } else if !tcp.is_null() {
        format!("tcp-socket {}:{} {times}", tcp.get("host").str(), text_of(tcp.get("port")))
    } else if !grpc.is_null() {
        format!("grpc <pod>:{} {} {times}", int(grpc.get("port")), grpc.get("service").str())
    } else {
        format!("unknown {times}")
    }
}

/// The value of a downward-API field.
fn field_of(pod: &Object, path: &str) -> String {
    if let Some((map, key)) = path.strip_suffix("']").and_then(|path| path.split_once("['")) {
        let map = map.split('.').fold(&pod.body, |value, step| value.get(step));
        return map.get(key).str().to_string();
    }
    text_of(path.split('.').fold(&pod.body, |value, step| value.get(step)))
}

// K101: at most three ready addresses of a port.
fn endpoints(slices: &[&Rc<Object>], port_name: &str) -> String {
    if slices.is_empty() {
        return NONE.to_string();
    }
    let mut ready = Vec::new();
    let mut behind = false;
    for slice in slices {
        let bare = [object! {}];
        let ports = slice.body.get("ports").items();
        for port in if ports.is_empty() { &bare[..] } else { ports } {
            if !ports.is_empty() && port.get("name").str() != port_name {
                continue;
            }
            for endpoint in slice.body.get("endpoints").items() {
                behind |= ready.len() == 3;
                if endpoint.at(&["conditions", "ready"]).as_bool() == Some(false) {
                    continue;
                }
                let address = endpoint.get("addresses").items().first().map_or("", Value::str);
                ready.push(match port.get("port").as_int() {
                    Some(port) => format!("{address}:{port}"),
                    None => address.to_string(),
                });
            }
        }
    }
    let more = if behind { format!(" + {} more...", ready.len().saturating_sub(3)) } else { String::new() };
    ready.truncate(3);
    ready.join(",") + &more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_fields_are_words() {
        for (key, text) in [
            ("apiVersion", "API Version"),
            ("uid", "UID"),
            ("dnsPolicy", "Dns Policy"),
            ("$patch", "$patch"),
            ("kubernetes.io/os", "kubernetes.io/os"),
            ("blockOwnerDeletion", "Block Owner Deletion"),
            ("tcpSocket", "Tcp Socket"),
        ] {
            assert_eq!(label(key), text);
        }
    }
}
