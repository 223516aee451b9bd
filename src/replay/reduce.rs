//! Objects reduced as the recorder reduced them, with its names for what is random.

use crate::api::{Kind, Object, Text, Value};

use std::collections::BTreeMap;

/// Gives random names a form that both sides share: a volume is called by the claim it was made for, since volumes come
/// in any order; made-up names are `PREFIX~N`.
#[derive(Default)]
pub struct Normaliser {
    volumes: BTreeMap<Text, String>,
    generated: BTreeMap<Text, Text>,
    counts: BTreeMap<Text, usize>,
}

impl Normaliser {
    /// Learns the names of an object as it appears.
    pub fn learn(&mut self, object: &Object) {
        match object.kind {
            Kind::PersistentVolume => {
                let claim = object.spec().get("claimRef");
                if !claim.is_null() {
                    let claim = [claim.get("namespace").str(), "/", claim.get("name").str()].concat();
                    self.learn_volume(object.name(), &claim);
                }
            }
            Kind::EndpointSlice => {
                let prefix = object.meta("generateName").text();
                if !prefix.is_empty() && !self.generated.contains_key(object.name()) {
                    let count = self.counts.entry(prefix.clone()).or_default();
                    *count += 1;
                    self.generated.insert(object.meta("name").text(), format!("{prefix}~{count}").into());
                }
            }
            // `PREFIX~N`; a DaemonSet's pods by their node.
            Kind::Pod => {
                let Some(owner) = object.controller() else { return };
                let prefix = object.meta("generateName").str();
                if self.generated.contains_key(object.name()) {
                    return;
                }
                let (base, point) = match owner.kind() {
                    "ReplicaSet" => ([prefix, "~"].concat(), ""),
                    "DaemonSet" => ([prefix, "~", &own_node(object)].concat(), "."),
                    _ => return,
                };
                let count = self.counts.entry(Text::from(base.clone())).or_default();
                *count += 1;
                let name = format!("{base}{point}{count}");
                self.generated.insert(object.meta("name").text(), name.into());
            }
            _ => {}
        }
    }

    /// A name as the recorder would print it.
    pub fn name(&self, kind: Kind, name: &str) -> String {
        match kind {
            Kind::PersistentVolume => self.volume(name),
            _ => self.generated.get(name).map_or(name.to_string(), ToString::to_string),
        }
    }

    /// A volume's name, the recorder's own as well: `volume-NAMESPACE.CLAIM#N`. One that was made by hand keeps its name.
    pub fn volume(&self, name: &str) -> String {
        self.volumes.get(name).cloned().unwrap_or_else(|| name.to_string())
    }

    /// Learns a volume that was made for a claim.
    pub fn learn_volume(&mut self, name: &str, claim: &str) {
        if claim.is_empty() || self.volumes.contains_key(name) {
            return;
        }
        let start = ["volume-", &claim.replace('/', "."), "#"].concat();
        let next = self.volumes.values().filter(|known| known.starts_with(&start)).count() + 1;
        self.volumes.insert(name.to_string().into(), format!("{start}{next}"));
    }

    /// A text with volume names replaced.
    pub fn text(&self, text: &str) -> String {
        let mut out = text.to_string();
        // Longest first, so that `pvc-uid-1` does not eat the start of `pvc-uid-12`.
        let mut names: Vec<&Text> = self.volumes.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        for name in names {
            if out.contains(&**name) {
                out = out.replace(&**name, &self.volume(name));
            }
        }
        for (name, written) in &self.generated {
            if out.contains(&**name) {
                out = out.replace(&**name, written);
            }
        }
        out
    }
}

// The node a daemon pod is made for.
fn own_node(pod: &Object) -> String {
    let path =
        ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
    let terms = pod.spec().at(&path).items().iter();
    let mut fields = terms.flat_map(|term| term.get("matchFields").items());
    fields.next().and_then(|field| field.get("values").items().first()).map_or("", Value::str).to_string()
}

/// A text without the numbers of made-up names: which of several like pods got which is chance.
pub fn unnumbered(text: &str) -> String {
    let mut parts = text.split('~');
    let mut out = parts.next().unwrap_or("").to_string();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c))).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        out.push('~');
        // A daemon pod keeps its node.
        out.push_str(name.rsplit_once('.').map_or("", |(node, _)| node));
        out.push_str(rest);
    }
    out
}

fn put(out: &mut Value, key: &'static str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::Str(s) => s.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    };
    if !empty {
        out.set(&[key], value);
    }
}

/// The reduced form of an object, as `fields` of writes.jsonl.
pub fn reduce(object: &Object, names: &Normaliser) -> Value {
    let mut out = Value::map();
    let (spec, status) = (object.spec(), object.status());
    put(&mut out, "labels", object.meta("labels").clone());
    let owners: Vec<Value> =
        object.owners().map(|owner| Value::from(format!("{}/{}", owner.kind(), owner.name()))).collect();
    put(&mut out, "owners", owners.into());
    put(&mut out, "finalizers", object.meta("finalizers").clone());
    if object.is_terminating() {
        put(&mut out, "deleting", true.into());
        put(&mut out, "deletionGracePeriodSeconds", object.meta("deletionGracePeriodSeconds").clone());
    }
    match object.kind {
        Kind::Pod => reduce_pod(object, &mut out),
        Kind::StatefulSet => {
            put(&mut out, "generation", object.meta("generation").clone());
            let mut reduced = Value::map();
            for member in [
                "replicas",
                "podManagementPolicy",
                "updateStrategy",
                "persistentVolumeClaimRetentionPolicy",
                "revisionHistoryLimit",
                "serviceName",
                "minReadySeconds",
                "ordinals",
            ] {
                put(&mut reduced, member, spec.get(member).clone());
            }
            // An empty service name is written all the same.
            if !spec.get("serviceName").is_null() {
                reduced.set(&["serviceName"], spec.get("serviceName").clone());
            }
            put(&mut out, "spec", reduced);
            put(&mut out, "images", images(spec.at(&["template", "spec"])));
            put(&mut out, "status", status.clone());
        }
        Kind::Deployment | Kind::ReplicaSet | Kind::DaemonSet => {
            put(&mut out, "generation", object.meta("generation").clone());
            let members: &[&str] = match object.kind {
                Kind::Deployment => &["replicas", "strategy", "revisionHistoryLimit"],
                Kind::ReplicaSet => &["replicas"],
                _ => &["updateStrategy", "revisionHistoryLimit"],
            };
            let mut reduced = Value::map();
            for member in members {
                put(&mut reduced, member, spec.get(member).clone());
            }
            put(&mut out, "spec", reduced);
            put(&mut out, "images", images(spec.at(&["template", "spec"])));
            put(&mut out, "conditions", conditions(status));
            let mut status = status.clone();
            status.remove(&["conditions"]);
            put(&mut out, "status", status);
            put(&mut out, "annotations", annotations(object));
        }
        Kind::ControllerRevision => put(&mut out, "revision", object.body.get("revision").clone()),
        Kind::PersistentVolumeClaim => {
            put(&mut out, "phase", status.get("phase").clone());
            put(&mut out, "volumeName", Value::from(names.volume(spec.get("volumeName").str())));
            put(&mut out, "storageClassName", spec.get("storageClassName").clone());
            put(&mut out, "accessModes", spec.get("accessModes").clone());
            put(&mut out, "request", spec.at(&["resources", "requests", "storage"]).clone());
            put(&mut out, "capacity", status.at(&["capacity", "storage"]).clone());
            put(&mut out, "annotations", annotations(object));
        }
        Kind::PersistentVolume => {
            put(&mut out, "phase", status.get("phase").clone());
            let claim = spec.get("claimRef");
            if !claim.is_null() {
                put(
                    &mut out,
                    "claim",
                    Value::from(format!("{}/{}", claim.get("namespace").str(), claim.get("name").str())),
                );
            }
            put(&mut out, "storageClassName", spec.get("storageClassName").clone());
            put(&mut out, "reclaim", spec.get("persistentVolumeReclaimPolicy").clone());
            put(&mut out, "capacity", spec.at(&["capacity", "storage"]).clone());
            put(&mut out, "accessModes", spec.get("accessModes").clone());
            put(&mut out, "annotations", annotations(object));
        }
        Kind::EndpointSlice => {
            put(&mut out, "generation", object.meta("generation").clone());
            put(&mut out, "addressType", object.body.get("addressType").clone());
            put(&mut out, "ports", object.body.get("ports").clone());
            let endpoints: Vec<Value> = object
                .body
                .get("endpoints")
                .items()
                .iter()
                .map(|endpoint| {
                    let mut e = Value::map();
                    put(&mut e, "addresses", endpoint.get("addresses").clone());
                    // The recorder writes null where there is none.
                    e.set(&["hostname"], endpoint.get("hostname").clone());
                    put(&mut e, "conditions", endpoint.get("conditions").clone());
                    put(&mut e, "nodeName", endpoint.get("nodeName").clone());
                    let target = names.name(Kind::Pod, endpoint.at(&["targetRef", "name"]).str());
                    put(&mut e, "target", Value::from(target));
                    e
                })
                .collect();
            put(&mut out, "endpoints", endpoints.into());
        }
        Kind::Endpoints => {
            let subsets: Vec<Value> = object
                .body
                .get("subsets")
                .items()
                .iter()
                .map(|subset| {
                    let addresses = |member: &str| {
                        let list = subset.get(member).items().iter().map(|address| {
                            let name = names.name(Kind::Pod, address.at(&["targetRef", "name"]).str());
                            Value::list(vec![
                                address.get("ip").clone(),
                                address.get("hostname").clone(),
                                Value::from(name),
                            ])
                        });
                        Value::list(list.collect())
                    };
                    let mut s = Value::map();
                    s.set(&["ready"], addresses("addresses"));
                    s.set(&["notReady"], addresses("notReadyAddresses"));
                    s.set(&["ports"], subset.get("ports").clone());
                    s
                })
                .collect();
            put(&mut out, "subsets", subsets.into());
        }
        Kind::Service => {
            for member in ["clusterIP", "type", "selector", "publishNotReadyAddresses"] {
                put(&mut out, member, spec.get(member).clone());
            }
            put(&mut out, "ports", spec.get("ports").clone());
        }
        _ => {}
    }
    out
}

fn annotations(object: &Object) -> Value {
    let kept = object
        .annotations()
        .iter()
        .filter(|(key, _)| **key != *"kubectl.kubernetes.io/last-applied-configuration");
    Value::Map(kept.map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn images(pod_spec: &Value) -> Value {
    let images = pod_spec.get("containers").items().iter().map(|c| c.get("image").clone());
    Value::list(images.collect())
}

// By type: `False Reason: message`.
fn conditions(status: &Value) -> Value {
    let mut conditions = Value::map();
    for condition in status.get("conditions").items() {
        let mut text = condition.get("status").str().to_string();
        let (reason, message) = (condition.get("reason").str(), condition.get("message").str());
        if !reason.is_empty() {
            text.push(' ');
            text.push_str(reason);
        }
        if !message.is_empty() {
            text.push_str(": ");
            text.push_str(message);
        }
        *conditions.map_mut().entry(condition.get("type").text()) = text.into();
    }
    conditions
}

fn reduce_pod(pod: &Object, out: &mut Value) {
    let (spec, status) = (pod.spec(), pod.status());
    put(out, "generation", pod.meta("generation").clone());
    put(out, "phase", status.get("phase").clone());
    put(out, "reason", status.get("reason").clone());
    put(out, "conditions", conditions(status));
    for (key, value) in [
        ("nodeName", spec.get("nodeName")),
        ("podIP", status.get("podIP")),
        ("hostname", spec.get("hostname")),
        ("subdomain", spec.get("subdomain")),
        ("observedGeneration", status.get("observedGeneration")),
    ] {
        put(out, key, value.clone());
    }
    let claims = spec
        .get("volumes")
        .items()
        .iter()
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).as_str())
        .map(|name| Value::from(name.to_string()));
    put(out, "claims", Value::list(claims.collect()));
    put(out, "images", images(spec));
    let containers = |member: &str| {
        let list = status.get(member).items().iter().map(|c| {
            let mut reduced = Value::map();
            put(&mut reduced, "name", c.get("name").clone());
            put(&mut reduced, "state", container_state(c.get("state")).into());
            put(&mut reduced, "last", container_state(c.get("lastState")).into());
            put(&mut reduced, "ready", c.get("ready").clone());
            put(&mut reduced, "started", c.get("started").clone());
            put(&mut reduced, "restarts", c.get("restartCount").clone());
            reduced
        });
        Value::list(list.collect())
    };
    put(out, "containers", containers("containerStatuses"));
    put(out, "initContainers", containers("initContainerStatuses"));
}

// `running`, `waiting:REASON` or `terminated:REASON:CODE`.
fn container_state(state: &Value) -> String {
    if !state.get("running").is_null() {
        "running".to_string()
    } else if let w @ Value::Map(_) = state.get("waiting") {
        format!("waiting:{}", w.get("reason").str())
    } else if let t @ Value::Map(_) = state.get("terminated") {
        format!("terminated:{}:{}", t.get("reason").str(), t.get("exitCode").as_int().unwrap_or(0))
    } else {
        String::new()
    }
}
