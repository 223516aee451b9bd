//! `kubectl describe`: everything about one object, in prose-like columns (K90 to K105).
//!
//! Follows kubectl pkg/describe/describe.go: text with TABs is written first, columns are aligned at the end.

mod policies;
mod workloads;

use super::age;
use super::fill::{at, fill, joined, place, sort_by};
use super::list::{self, text_of};
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

/// Describes an object; with its events, if those are wanted.
pub fn object(object: &Object, store: &Store, now: SimTime, profile: &Profile, events: bool) -> String {
    let mut page = Page { text: String::new(), store, now, profile };
    match object.kind {
        Kind::Pod => page.pod(object),
        Kind::StatefulSet => page.stateful_set(object),
        Kind::Deployment => page.deployment(object),
        Kind::ReplicaSet => page.replica_set(object),
        Kind::DaemonSet => page.daemon_set(object),
        Kind::Service => page.service(object),
        Kind::PersistentVolumeClaim => page.claim(object),
        Kind::PersistentVolume => page.volume(object),
        Kind::StorageClass => page.storage_class(object),
        Kind::Node => page.node(object),
        Kind::Endpoints => page.endpoints(object),
        Kind::EndpointSlice => page.endpoint_slice(object),
        Kind::ConfigMap => page.config_map(object),
        Kind::Namespace => {
            page.head(object);
            page.namespace(object);
            return page.done();
        }
        Kind::Secret => {
            page.head(object);
            page.fill(0, &object.body, "\nType:\t{type}\n\nData\n====\n");
            for (key, value) in object.body.get("data").entries() {
                let (text, padding) =
                    (value.str(), value.str().bytes().rev().take_while(|b| *b == b'=').count());
                page.line(0, key, &format!("{} bytes", text.len() / 4 * 3 - padding));
            }
            return page.done();
        }
        Kind::ResourceQuota => {
            page.fill(0, &object.body, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n");
            page.quota(0, object);
            return page.done();
        }
        Kind::PodDisruptionBudget => page.budget(object),
        Kind::HorizontalPodAutoscaler => page.autoscaler(object),
        Kind::ControllerRevision | Kind::Event => page.anything(object),
    }
    if events {
        page.events(object);
    }
    page.done()
}

/// A pod template as `rollout history --revision` prints it: with TABs as they are.
pub fn template(template: &Value, profile: &Profile) -> String {
    let store = Store::default();
    let mut page = Page { text: String::new(), store: &store, now: SimTime::ZERO, profile };
    page.template(template);
    page.text
}

impl Page<'_> {
    fn fill(&mut self, level: usize, value: &Value, lines: &str) {
        fill(&mut self.text, level, value, lines);
    }

    // One line of a title and a text.
    fn line(&mut self, level: usize, title: &str, text: &str) {
        for _ in 0..level {
            self.text.push_str("  ");
        }
        for part in [title, ":\t", text, "\n"] {
            self.text.push_str(part);
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn done(self) -> String {
        Aligner::describe().align(&self.text)
    }

    fn head(&mut self, object: &Object) {
        self.fill(
            0,
            &object.body,
            "Name:\t{metadata.name}\n?metadata.namespace Namespace:\t{metadata.namespace}\n",
        );
        self.marks(object);
    }

    fn marks(&mut self, object: &Object) {
        self.labels("Labels", object.meta("labels"));
        self.annotations("Annotations", object.annotations());
    }

    fn labels(&mut self, title: &str, map: &Value) {
        let pairs: Vec<String> =
            map.entries().iter().map(|(key, value)| [key, "=", value.str()].concat()).collect();
        self.line(0, title, &none_or(pairs.join("\n\t")));
    }

    fn annotations(&mut self, title: &str, map: &Map) {
        const LONGEST: usize = 140;
        let mut text = String::new();
        for (key, value) in map.iter().filter(|(key, _)| key.as_str() != LAST_APPLIED) {
            text += if text.is_empty() { "" } else { "\n\t" };
            let value = value.str().strip_suffix('\n').unwrap_or(value.str());
            text += key;
            if value.len() + key.len() + 2 <= LONGEST && !value.contains('\n') {
                text += ": ";
                text += value;
                continue;
            }
            text += ":";
            for line in value.split('\n') {
                let cut: String = line.chars().take(LONGEST - 2).collect();
                text += "\n\t  ";
                text += &cut;
                text += if cut.len() < line.len() { "..." } else { "" };
            }
        }
        self.line(0, title, &none_or(text));
    }

    fn tolerations(&mut self, title: &str, tolerations: &Value) {
        let mut sorted: Vec<&Value> = tolerations.items().iter().collect();
        sort_by(&mut sorted, |a, b| a.get("key").str() < b.get("key").str());
        let mut text = String::new();
        for toleration in sorted {
            text += if text.is_empty() { "" } else { "\n\t" };
            let before = text.len();
            fill(&mut text, 0, toleration, "{key}\n?value ={value}\n?effect :{effect}\n");
            let line = text.split_off(before).replace('\n', "");
            text += &line;
            if toleration.get("operator").str() == "Exists" && toleration.get("value").str().is_empty() {
                text += if line.is_empty() { "op=Exists" } else { " op=Exists" };
            }
            fill(&mut text, 0, toleration, "?tolerationSeconds  for {tolerationSeconds}s");
        }
        self.line(0, title, &none_or(text));
    }

    fn events(&mut self, object: &Object) {
        let events = events::about(self.store, object);
        if events.is_empty() {
            self.line(0, "Events", NONE);
            return;
        }
        self.put("Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n");
        for event in events {
            self.fill(1, &event.body, "{type}\t{reason}\t");
            let path = event.body.at(&["involvedObject", "fieldPath"]).str();
            let path = if path.is_empty() || self.profile.before(1, 35) { "" } else { path };
            let colon = if path.is_empty() { "" } else { ": " };
            let interval = events::interval(&event, self.now);
            let message = event.body.get("message").str().trim();
            // Only who, not where.
            let source = list::event_source(&event);
            let source = source.split(", ").next().unwrap_or("");
            self.put(&[&interval, "\t", source, "\t", path, colon, message, "\n"].concat());
        }
    }

    fn template(&mut self, template: &Value) {
        let spec = template.get("spec");
        self.put("Pod Template:\n");
        self.labels("  Labels", template.at(&["metadata", "labels"]));
        if let Some(map) = template.at(&["metadata", "annotations"]).as_map().filter(|map| !map.is_empty()) {
            self.annotations("  Annotations", map);
        }
        self.fill(0, spec, "?serviceAccountName   Service Account:\t{serviceAccountName}\n");
        self.inside(spec, None, "  ");
    }

    // Containers, volumes and where the pod may go.
    fn inside(&mut self, spec: &Value, pod: Option<&Object>, space: &str) {
        if !spec.get("initContainers").items().is_empty() {
            self.containers("Init Containers", spec.get("initContainers"), pod, space);
        }
        self.containers("Containers", spec.get("containers"), pod, space);
        if !spec.get("ephemeralContainers").items().is_empty() {
            self.containers("Ephemeral Containers", spec.get("ephemeralContainers"), pod, space);
        }
        if let Some(pod) = pod {
            if !pod.status().get("conditions").items().is_empty() {
                self.put("Conditions:\n  Type\tStatus\n");
            }
            for condition in pod.status().get("conditions").items() {
                self.fill(1, condition, "{type} \t{status} \n");
            }
        }
        let volumes = spec.get("volumes").items();
        self.put(&[space, "Volumes:", if volumes.is_empty() { "\t<none>\n" } else { "\n" }].concat());
        for volume in volumes {
            self.put(if space.is_empty() { "  " } else { "   " });
            self.fill(0, volume, "{name}:\n");
            self.volume_source(volume);
        }
        if let Some(pod) = pod {
            self.fill(0, pod.status(), "QoS Class:\t{qosClass|BestEffort}\n");
        }
        self.labels(&[space, "Node-Selectors"].concat(), spec.get("nodeSelector"));
        self.tolerations(&[space, "Tolerations"].concat(), spec.get("tolerations"));
    }

    fn pod(&mut self, pod: &Object) {
        let status = pod.status();
        self.fill(
            0,
            &pod.body,
            "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n?spec.priority Priority:\t{spec.priority}\n\
             Service Account:\t{spec.serviceAccountName}\n",
        );
        match pod.spec().get("nodeName").str() {
            "" => self.line(0, "Node", NONE),
            _ => self.fill(0, &pod.body, "Node:\t{spec.nodeName}/{status.hostIP}\n"),
        }
        self.fill(0, status, "?startTime Start Time:\t{@startTime}\n");
        self.marks(pod);
        if pod.is_terminating() && !matches!(status.get("phase").str(), "Succeeded" | "Failed") {
            self.terminating(pod);
            self.fill(0, &pod.body, "Termination Grace Period:\t{metadata.deletionGracePeriodSeconds|0}s\n");
        } else {
            self.fill(0, status, "Status:\t{phase}\n");
        }
        self.fill(0, status, "?reason Reason:\t{reason}\n?message Message:\t{message}\nIP:\t{podIP}\n");
        let addresses = status.get("podIPs").items();
        self.put(if addresses.is_empty() { "IPs:\t<none>\n" } else { "IPs:\n" });
        for address in addresses {
            self.fill(1, address, "IP:\t{ip}\n");
        }
        if let Some(owner) = pod.controller() {
            self.fill(0, owner.0, "Controlled By:\t{kind}/{name}\n");
        }
        self.inside(pod.spec(), Some(pod), "");
    }

    fn containers(&mut self, title: &str, containers: &Value, pod: Option<&Object>, space: &str) {
        self.put(&[space, title, ":\n"].concat());
        for container in containers.items() {
            let name = container.get("name").str();
            let statuses = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
            let status = pod.and_then(|pod| {
                let mut all = statuses.iter().flat_map(|list| pod.status().get(list).items());
                all.find(|status| status.get("name").str() == name)
            });
            self.put(if space.is_empty() { "  " } else { "   " });
            self.fill(0, container, "{name}:\n");
            if let Some(status) = status {
                self.fill(2, status, "Container ID:\t{containerID}\n");
            }
            self.fill(2, container, "Image:\t{image}\n");
            if let Some(status) = status {
                self.fill(2, status, "Image ID:\t{imageID}\n");
            }
            let ports = container.get("ports").items();
            let s = if ports.len() > 1 { "s" } else { "" };
            self.line(2, &["Port", s].concat(), &self.ports(ports, "containerPort"));
            self.line(2, &["Host Port", s].concat(), &self.ports(ports, "hostPort"));
            for (title, key) in [("Command", "command"), ("Args", "args")] {
                let words = container.get(key).items();
                if !words.is_empty() {
                    self.put(&["    ", title, ":\n"].concat());
                }
                for line in words.iter().flat_map(|word| word.str().split('\n')) {
                    self.put(&["      ", line, "\n"].concat());
                }
            }
            if let Some(status) = status {
                self.state("State", status.get("state"));
                if !status.at(&["lastState", "terminated"]).is_null() {
                    self.state("Last State", status.get("lastState"));
                }
                self.line(2, "Ready", if status.get("ready").is_true() { "True" } else { "False" });
                self.fill(2, status, "Restart Count:\t{restartCount|0}\n");
            }
            for (title, key) in [("    Limits:\n", "limits"), ("    Requests:\n", "requests")] {
                let amounts = container.at(&["resources", key]).entries();
                if !amounts.is_empty() {
                    self.put(title);
                }
                for (name, amount) in amounts {
                    self.line(3, name, &text_of(amount));
                }
            }
            for (title, key) in
                [("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")]
            {
                if !container.get(key).is_null() {
                    self.line(2, title, &probe(container.get(key)));
                }
            }
            self.environment(container, pod);
            let mut mounts: Vec<&Value> = container.get("volumeMounts").items().iter().collect();
            sort_by(&mut mounts, |a, b| a.get("mountPath").str() < b.get("mountPath").str());
            self.put(if mounts.is_empty() { "    Mounts:\t<none>\n" } else { "    Mounts:\n" });
            for mount in mounts {
                self.fill(3, mount, "{mountPath} from {name} (");
                self.put(if mount.get("readOnly").is_true() { "ro" } else { "rw" });
                self.fill(0, mount, "?subPath ,path=\"{subPath}\"");
                self.put(")\n");
            }
        }
    }

    fn ports(&self, ports: &[Value], key: &str) -> String {
        let mut text = String::new();
        for port in ports {
            text += if text.is_empty() { "" } else { ", " };
            text += &place(port, &[key, "|0"].concat());
            fill(&mut text, 0, port, "/{protocol|TCP}");
            if !self.profile.before(1, 34) {
                fill(&mut text, 0, port, "?name  ({name})");
            }
        }
        none_or(text)
    }

    fn state(&mut self, title: &str, state: &Value) {
        let ended = state.get("terminated");
        if !state.get("running").is_null() {
            self.line(2, title, "Running");
            self.fill(3, state, "Started:\t{@running.startedAt}\n");
        } else if !ended.is_null() {
            self.line(2, title, "Terminated");
            let lines = "?reason Reason:\t{reason}\n?message Message:\t{message}\nExit Code:\t{exitCode|0}\n\
                         ?signal Signal:\t{signal}\n";
            self.fill(3, ended, lines);
            for (title, key) in [("Started", "startedAt"), ("Finished", "finishedAt")] {
                // A container that never ran has no times; Go prints its zero time.
                let moment = match ended.get(key) {
                    Value::Null => "Mon, 01 Jan 0001 00:00:00 +0000".to_string(),
                    moment => age::long(moment),
                };
                self.line(3, title, &moment);
            }
        } else {
            self.line(2, title, "Waiting");
            self.fill(3, state.get("waiting"), "?reason Reason:\t{reason}\n");
        }
    }

    fn environment(&mut self, container: &Value, pod: Option<&Object>) {
        let from = container.get("envFrom").items();
        if !from.is_empty() {
            self.put("    Environment Variables from:\n");
        }
        for source in from {
            let (kind, source_of) = match source.get("configMapRef") {
                Value::Null => ("Secret", source.get("secretRef")),
                map => ("ConfigMap", map),
            };
            self.fill(3, source_of, "{name}\t");
            self.put(kind);
            self.fill(0, source, "?prefix  with prefix '{prefix}'");
            self.fill(0, source_of, "\tOptional: {optional|false}\n");
        }
        let variables = container.get("env").items();
        self.put(if variables.is_empty() { "    Environment:\t<none>\n" } else { "    Environment:\n" });
        for variable in variables {
            let from = variable.get("valueFrom");
            if from.is_null() {
                let value = variable.get("value").str().replace('\n', "\n      \t");
                self.line(3, variable.get("name").str(), &value);
                continue;
            }
            self.fill(3, variable, "{name}:\t");
            let (field, resource) = (from.get("fieldRef"), from.get("resourceFieldRef"));
            if !field.is_null() {
                let value = pod.map(|pod| field_of(pod, field.get("fieldPath").str())).unwrap_or_default();
                self.put(&value);
                self.fill(0, field, " ({apiVersion|v1}:{fieldPath})\n");
            } else if !resource.is_null() {
                let what = resource.get("resource").str();
                self.put(&place(container.get("resources"), &[what, "|0"].concat()));
                self.fill(0, resource, " ({resource})\n");
            } else {
                const OPTIONAL: &str = "'>\tOptional: {optional|false}\n";
                let (secret, map) = (from.get("secretKeyRef"), from.get("configMapKeyRef"));
                let (source, kind) =
                    if secret.is_null() { (map, "of config map '") } else { (secret, "in secret '") };
                self.fill(0, source, "<set to the key '{key}' ");
                self.put(kind);
                self.fill(0, source, "{name}");
                self.fill(0, source, OPTIONAL);
            }
        }
    }

    fn volume_source(&mut self, volume: &Value) {
        const SOURCES: [(&str, &str); 7] = [
            ("hostPath", "HostPath (bare host directory volume)\nPath:\t{path}\nHostPathType:\t{type}\n"),
            (
                "emptyDir",
                "EmptyDir (a temporary directory that shares a pod's lifetime)\nMedium:\t{medium}\n\
                 SizeLimit:\t{sizeLimit|<unset>}\n",
            ),
            (
                "persistentVolumeClaim",
                "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)\n\
                 ClaimName:\t{claimName}\nReadOnly:\t{readOnly|false}\n",
            ),
            (
                "configMap",
                "ConfigMap (a volume populated by a ConfigMap)\nName:\t{name}\nOptional:\t{optional|false}\n",
            ),
            (
                "secret",
                "Secret (a volume populated by a Secret)\nSecretName:\t{secretName}\n\
                 Optional:\t{optional|false}\n",
            ),
            (
                "csi",
                "CSI (a Container Storage Interface (CSI) volume source)\nDriver:\t{driver}\n\
                 VolumeHandle:\t{volumeHandle}\n",
            ),
            (
                "nfs",
                "NFS (an NFS mount that lasts the lifetime of a pod)\nServer:\t{server}\nPath:\t{path}\n\
                 ReadOnly:\t{readOnly|false}\n",
            ),
        ];
        for (key, lines) in SOURCES {
            let source = volume.get(key);
            if !source.is_null() {
                self.fill(2, source, &["Type:\t", lines].concat());
                return;
            }
        }
        if volume.get("projected").is_null() {
            self.put("  <unknown>\n");
            return;
        }
        self.put("    Type:\tProjected (a volume that contains injected data from multiple sources)\n");
        for source in volume.at(&["projected", "sources"]).items() {
            self.fill(
                2,
                source,
                "?secret SecretName:\t{secret.name}\n?secret Optional:\t{secret.optional|false}\n\
                 ?downwardAPI DownwardAPI:\ttrue\n?configMap ConfigMapName:\t{configMap.name}\n\
                 ?configMap Optional:\t{configMap.optional|false}\n\
                 ?serviceAccountToken TokenExpirationSeconds:\t{serviceAccountToken.expirationSeconds}\n",
            );
        }
    }

    fn service(&mut self, service: &Object) {
        let spec = service.spec();
        self.head(service);
        self.fill(
            0,
            spec,
            "Selector:\t{+selector}\nType:\t{type|ClusterIP}\n?ipFamilyPolicy IP Family Policy:\t{ipFamilyPolicy}\n\
             IP Families:\t{&ipFamilies}\nIP:\t{clusterIP}\nIPs:\t{&clusterIPs}\n\
             ?externalName External Name:\t{externalName}\n",
        );
        let slices: Vec<&Rc<Object>> = self
            .store
            .list(Kind::EndpointSlice, Some(service.namespace()))
            .filter(|slice| slice.label("kubernetes.io/service-name") == service.name())
            .collect();
        for port in spec.get("ports").items() {
            self.fill(
                0,
                port,
                "Port:\t{name|<unset>}\t{port}/{protocol|TCP}\nTargetPort:\t{targetPort}/{protocol|TCP}\n\
                 ?nodePort NodePort:\t{name|<unset>}\t{nodePort}/{protocol|TCP}\n",
            );
            self.line(0, "Endpoints", &endpoints(&slices, port.get("name").str()));
        }
        self.fill(
            0,
            spec,
            "Session Affinity:\t{sessionAffinity|None}\n\
             ?externalTrafficPolicy External Traffic Policy:\t{externalTrafficPolicy}\n\
             ?internalTrafficPolicy Internal Traffic Policy:\t{internalTrafficPolicy}\n",
        );
    }

    fn claim(&mut self, claim: &Object) {
        self.fill(0, &claim.body, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n");
        self.line(0, "StorageClass", &list::storage_class(claim));
        self.phase(claim);
        self.fill(0, claim.spec(), "Volume:\t{volumeName}\n");
        self.marks(claim);
        let bound = !claim.spec().get("volumeName").str().is_empty();
        let nothing = Value::Null;
        let status = if bound { claim.status() } else { &nothing };
        self.fill(0, &claim.body, "Finalizers:\t{*metadata.finalizers}\n");
        self.fill(0, status, "Capacity:\t{capacity.storage}\n");
        self.line(0, "Access Modes", &list::access_modes(status.get("accessModes")));
        self.fill(0, claim.spec(), "?volumeMode VolumeMode:\t{volumeMode}\n");
        let mut users = Vec::new();
        for pod in self.store.list(Kind::Pod, Some(claim.namespace())) {
            let volumes = pod.spec().get("volumes").items();
            if volumes.iter().any(|v| v.at(&["persistentVolumeClaim", "claimName"]).str() == claim.name()) {
                users.push(pod.name());
            }
        }
        self.line(0, "Used By", &none_or(users.join("\n\t")));
        self.conditions(claim.status(), "lastProbeTime");
    }

    // The wide table of conditions of claims and nodes.
    fn conditions(&mut self, status: &Value, seen: &str) {
        let conditions = status.get("conditions").items();
        if !conditions.is_empty() {
            let title = if seen == "lastProbeTime" { "LastProbeTime" } else { "LastHeartbeatTime" };
            self.put(&[
                "Conditions:\n  Type\tStatus\t",
                title,
                "\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t\
                 ------\t-------\n",
            ]
            .concat());
        }
        for condition in conditions {
            // Go's first moment stands for none.
            let none = condition.get(seen).is_null();
            let seen = if none { "Mon, 01 Jan 0001 00:00:00 +0000" } else { &*["{@", seen, "}"].concat() };
            let lines = ["{type} \t{status} \t", seen, " \t{@lastTransitionTime} \t{reason} \t{message}\n"];
            self.fill(1, condition, &lines.concat());
        }
    }

    fn phase(&mut self, object: &Object) {
        if object.is_terminating() {
            self.terminating(object);
        } else {
            self.fill(0, &object.body, "Status:\t{status.phase}\n");
        }
    }

    fn terminating(&mut self, object: &Object) {
        let since = age::since(object.meta("deletionTimestamp"), self.now);
        self.line(0, "Status", &["Terminating (lasts ", &since, ")"].concat());
    }

    fn volume(&mut self, volume: &Object) {
        let spec = volume.spec();
        self.head(volume);
        self.fill(0, &volume.body, "Finalizers:\t{*metadata.finalizers}\n");
        self.line(0, "StorageClass", &list::storage_class(volume));
        self.phase(volume);
        let claim =
            if spec.get("claimRef").is_null() { "\n" } else { "{claimRef.namespace}/{claimRef.name}\n" };
        self.fill(
            0,
            spec,
            &["Claim:\t", claim, "Reclaim Policy:\t{persistentVolumeReclaimPolicy}\n"].concat(),
        );
        self.line(0, "Access Modes", &list::access_modes(spec.get("accessModes")));
        self.fill(0, spec, "?volumeMode VolumeMode:\t{volumeMode}\nCapacity:\t{capacity.storage}\n");
        let terms = at(spec, "nodeAffinity.required.nodeSelectorTerms").items();
        let none = "Node Affinity:\t<none>\n";
        self.put(if terms.is_empty() { none } else { "Node Affinity:\t\n  Required Terms:\t\n" });
        for (i, term) in terms.iter().enumerate() {
            let mut text = String::new();
            for wanted in term.get("matchExpressions").items() {
                text += if text.is_empty() { "" } else { "\n\t" };
                let operator = wanted.get("operator").str().to_ascii_lowercase();
                let values = joined(wanted.get("values"), ", ");
                text += &[wanted.get("key").str(), " ", &operator, " [", &values, "]"].concat();
            }
            self.line(2, &["Term ", &i.to_string()].concat(), &text);
        }
        self.fill(0, &volume.body, "Message:\t{status.message}\nSource:\n");
        self.volume_source(spec);
    }

    fn storage_class(&mut self, class: &Object) {
        let default = class.annotation("storageclass.kubernetes.io/is-default-class") == "true";
        self.line(0, "Name", class.name());
        self.line(0, "IsDefaultClass", if default { "Yes" } else { "No" });
        let growing = match class.body.get("allowVolumeExpansion").as_bool() {
            None => "<unset>",
            Some(true) => "True",
            Some(false) => "False",
        };
        self.fill(
            0,
            &class.body,
            "Annotations:\t{+metadata.annotations}\nProvisioner:\t{provisioner}\nParameters:\t{+parameters}\n",
        );
        self.line(0, "AllowVolumeExpansion", growing);
        let options = class.body.get("mountOptions");
        if options.items().is_empty() {
            self.line(0, "MountOptions", NONE);
        } else {
            self.put(&["MountOptions:\n  ", &joined(options, "\n  "), "\n"].concat());
        }
        let lines =
            "ReclaimPolicy:\t{reclaimPolicy|Delete}\nVolumeBindingMode:\t{volumeBindingMode|Immediate}\n";
        self.fill(0, &class.body, lines);
    }

    fn config_map(&mut self, map: &Object) {
        self.head(map);
        self.put("\nData\n====\n");
        for (key, value) in map.body.get("data").entries() {
            self.put(&[key, ":\n----\n", value.str(), "\n\n"].concat());
        }
        self.put("\nBinaryData\n====\n");
        for (key, value) in map.body.get("binaryData").entries() {
            self.put(&[key, ": ", &(value.str().len() / 4 * 3).to_string(), " bytes\n"].concat());
        }
        self.put("\n");
    }

    fn endpoints(&mut self, endpoints: &Object) {
        self.head(endpoints);
        self.put("Subsets:\n");
        for subset in endpoints.body.get("subsets").items() {
            for (title, key) in [("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")] {
                let addresses = subset.get(key).items();
                let ips: Vec<&str> = addresses.iter().map(|address| address.get("ip").str()).collect();
                self.line(1, title, &none_or(ips.join(",")));
            }
            let ports = subset.get("ports").items();
            if !ports.is_empty() {
                self.put("  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n");
            }
            for port in ports {
                self.fill(2, port, "{name|<unset>}\t{port}\t{protocol}\n");
            }
            self.put("\n");
        }
    }

    fn endpoint_slice(&mut self, slice: &Object) {
        self.head(slice);
        self.fill(0, &slice.body, "AddressType:\t{addressType}\n");
        let ports = slice.body.get("ports").items();
        let head = "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n";
        self.put(if ports.is_empty() { "Ports: <unset>\n" } else { head });
        for port in ports {
            self.fill(1, port, "{name|<unset>}\t{port|*}\t{protocol}\n");
        }
        let endpoints = slice.body.get("endpoints").items();
        self.put(if endpoints.is_empty() { "Endpoints: <none>\n" } else { "Endpoints:\n" });
        for endpoint in endpoints {
            self.fill(
                1,
                endpoint,
                "- Addresses:\t{&addresses}\n  Conditions:\n    Ready:\t{conditions.ready|<unset>}\n  \
                 Hostname:\t{hostname|<unset>}\n?targetRef   TargetRef:\t{targetRef.kind}/{targetRef.name}\n  \
                 NodeName:\t{nodeName|<unset>}\n  Zone:\t{zone|<unset>}\n",
            );
        }
    }

    fn node(&mut self, node: &Object) {
        let (spec, status) = (node.spec(), node.status());
        self.line(0, "Name", node.name());
        self.line(0, "Roles", &list::roles(node));
        self.marks(node);
        self.fill(0, &node.body, "CreationTimestamp:\t{@metadata.creationTimestamp}\n");
        let mut taints = Vec::new();
        for taint in spec.get("taints").items() {
            let mut text = String::new();
            fill(&mut text, 0, taint, "{key}\n?value ={value}\n:{effect}\n");
            taints.push(text.replace('\n', ""));
        }
        sort_by(&mut taints, |a, b| a < b);
        self.line(0, "Taints", &none_or(taints.join("\n\t")));
        // Leases are not simulated; the kubelet renews its own every ten seconds.
        let lines = "Unschedulable:\t{spec.unschedulable|false}\nLease:\n  HolderIdentity:\t{metadata.name}\n  \
                     AcquireTime:\t<unset>\n";
        self.fill(0, &node.body, lines);
        let ready = node.condition("Ready");
        let renewed = if ready.get("status").str() == "True" {
            age::long(&SimTime(self.now.as_millis() / 10_000 * 10_000).rfc3339().into())
        } else {
            age::long(ready.get("lastHeartbeatTime"))
        };
        self.line(1, "RenewTime", &renewed);
        self.conditions(status, "lastHeartbeatTime");
        self.put("Addresses:\n");
        for address in status.get("addresses").items() {
            self.fill(1, address, "{type}:\t{address}\n");
        }
        for (title, key) in [("Capacity:\n", "capacity"), ("Allocatable:\n", "allocatable")] {
            self.put(title);
            for (name, amount) in status.get(key).entries() {
                self.line(1, name, &text_of(amount));
            }
        }
        self.put("System Info:\n");
        self.fill(
            1,
            status.get("nodeInfo"),
            "Machine ID:\t{machineID}\nSystem UUID:\t{systemUUID}\nBoot ID:\t{bootID}\n\
             Kernel Version:\t{kernelVersion}\nOS Image:\t{osImage}\nOperating System:\t{operatingSystem}\n\
             Architecture:\t{architecture}\nContainer Runtime Version:\t{containerRuntimeVersion}\n\
             Kubelet Version:\t{kubeletVersion}\n",
        );
        self.fill(0, spec, "?podCIDR PodCIDR:\t{podCIDR}\n?podCIDR PodCIDRs:\t{&podCIDRs}\n");
        self.load(node);
    }

    fn load(&mut self, node: &Object) {
        let finished = |pod: &Object| matches!(pod.status().get("phase").str(), "Succeeded" | "Failed");
        let here = |pod: &&Rc<Object>| pod.spec().get("nodeName").str() == node.name() && !finished(pod);
        let pods: Vec<&Rc<Object>> = self.store.list(Kind::Pod, None).filter(here).collect();
        const NAMES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
        let room = NAMES.map(|name| Amount::of(node.status().at(&["allocatable", name])));
        self.line(0, "Non-terminated Pods", &["(", &pods.len().to_string(), " in total)"].concat());
        self.put(
            "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  ---------\t----\t\t\
             ------------\t----------\t---------------\t-------------\t---\n",
        );
        let mut total = [[Amount::default(), Amount::default()]; 3];
        for pod in &pods {
            self.fill(1, &pod.body, "{metadata.namespace}\t{metadata.name}\t\t");
            for (i, name) in NAMES.iter().enumerate() {
                for (j, part) in ["requests", "limits"].iter().enumerate() {
                    let amount = Amount::of_pod(pod, part, name);
                    total[i][j].add(&amount);
                    if i < 2 {
                        self.put(&[&amount.share(&room[i]), "\t"].concat());
                    }
                }
            }
            let created = age::since(pod.meta("creationTimestamp"), self.now);
            self.put(&[&created, "\n"].concat());
        }
        self.put(
            "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  \
             Resource\tRequests\tLimits\n  --------\t--------\t------\n",
        );
        for (i, name) in NAMES.iter().enumerate() {
            let [requests, limits] = &total[i];
            self.put(
                &["  ", name, "\t", &requests.share(&room[i]), "\t", &limits.share(&room[i]), "\n"].concat(),
            );
        }
    }

    // Follows printUnstructuredContent: for kinds that have no describer of their own.
    fn anything(&mut self, object: &Object) {
        self.head(object);
        let mut body = object.body.clone();
        for member in ["name", "namespace", "labels", "annotations"] {
            body.remove(&["metadata", member]);
        }
        self.tree(0, &body);
    }

    fn tree(&mut self, level: usize, value: &Value) {
        for (key, value) in value.entries() {
            let label = label(key);
            let alone = matches!(value, Value::Map(_) | Value::List(_));
            if !alone {
                let text = if value.is_null() { "<nil>".to_string() } else { text_of(value) };
                self.line(level, &label, &text);
                continue;
            }
            let space = "  ".repeat(level);
            self.put(&[&space, label.as_str(), ":\n"].concat());
            self.tree(level + 1, value);
            for item in value.items() {
                match item {
                    Value::Map(_) => self.tree(level + 1, item),
                    other => self.put(&[&space, "  ", &text_of(other), "\n"].concat()),
                }
            }
        }
    }
}

fn none_or(text: String) -> String {
    if text.is_empty() { NONE.to_string() } else { text }
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
    if key.chars().any(|c| !c.is_ascii_alphabetic() && c != '-') {
        return key.to_string();
    }
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = key.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let next_lower = chars.get(i + 1).is_some_and(char::is_ascii_lowercase);
        let before_lower = i > 0 && chars[i - 1].is_ascii_lowercase();
        match words.last_mut() {
            Some(word) if !(c.is_ascii_uppercase() && (before_lower || next_lower)) => word.push(*c),
            _ => words.push(c.to_string()),
        }
    }
    for word in &mut words {
        let upper = word.to_ascii_uppercase();
        if ["API", "URL", "UID", "OSB", "GUID"].contains(&upper.as_str()) {
            *word = upper;
        } else {
            word[..1].make_ascii_uppercase();
        }
    }
    words.join(" ")
}

// K100.
fn probe(probe: &Value) -> String {
    let mut text = String::new();
    let what = if !probe.get("exec").is_null() {
        "exec {*exec.command}"
    } else if !probe.get("httpGet").is_null() {
        text += "http-get ";
        text += &place(probe, "httpGet.scheme|http").to_ascii_lowercase();
        let path = probe.at(&["httpGet", "path"]).str();
        if path.is_empty() || path.starts_with('/') {
            "://{httpGet.host}:{httpGet.port}{httpGet.path}"
        } else {
            "://{httpGet.host}:{httpGet.port}/{httpGet.path}"
        }
    } else if !probe.get("tcpSocket").is_null() {
        "tcp-socket {tcpSocket.host}:{tcpSocket.port}"
    } else if !probe.get("grpc").is_null() {
        "grpc <pod>:{grpc.port} {grpc.service}"
    } else {
        "unknown"
    };
    fill(&mut text, 0, probe, what);
    fill(
        &mut text,
        0,
        probe,
        " delay={initialDelaySeconds|0}s timeout={timeoutSeconds|1}s period={periodSeconds|10}s \
         #success={successThreshold|1} #failure={failureThreshold|3}",
    );
    text
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
