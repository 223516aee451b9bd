//! Which pods belong to which Service: shared by both endpoint controllers, kept up to date change by change.

use crate::api::{Kind, Object, Text, Value};
use crate::component::{WorkKey, WorkQueue};
use crate::sim::SortedMap;
use crate::store::{Change, View};
use std::rc::Rc;

/// A Service with a selector and the pods it selects.
#[derive(Clone)]
pub struct Members {
    /// The Service.
    pub service: Rc<Object>,
    /// The selected pods by name.
    pub pods: SortedMap<Text, Rc<Object>>,
    /// Pods that changed since the last look; all of them if the Service is new or has changed.
    pub changed: Changed,
}

/// What changed since the last look.
#[derive(Clone, PartialEq, Eq)]
pub enum Changed {
    /// These pods.
    Pods(Vec<Text>),
    /// Everything.
    All,
}

/// The Services of a cluster by namespace and name.
#[derive(Clone, Default)]
pub struct ServiceIndex {
    services: SortedMap<WorkKey, Members>,
}

// Nothing that a controller of endpoints wakes for has changed; a pod that only ends stays until something else does
// (endpointslice/util podEndpointsChanged).
fn is_same(old: &Object, new: &Object) -> bool {
    let part = |path: &[&str]| old.body.at(path) == new.body.at(path);
    !new.is_terminating()
        && !old.is_terminating()
        && old.uid() == new.uid()
        && is_ready(old) == is_ready(new)
        && part(&["metadata", "labels"])
        && part(&["status", "podIP"])
        && part(&["spec", "nodeName"])
}

/// True if the Service selects pods and the labels are among them; Services without selector select nothing.
pub fn selects(service: &Object, pod: &Object) -> bool {
    let selector = service.spec().get("selector").entries();
    !selector.is_empty() && selector.iter().all(|(key, value)| pod.labels().get(key) == Some(value))
}

/// True if the Service is headless.
pub fn is_headless(service: &Object) -> bool {
    service.spec().get("clusterIP").str() == "None"
}

impl ServiceIndex {
    /// The kinds it has to hear of.
    pub const KINDS: &[Kind] = &[Kind::Service, Kind::Pod];

    /// Takes in a change and queues the Services it touches.
    pub fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::Service => {
                let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                match &change.new {
                    None => drop(self.services.remove(&key)),
                    Some(service) => {
                        let same =
                            self.services.get(&key).is_some_and(|m| m.service.spec() == service.spec());
                        let pods = match self.services.remove(&key) {
                            Some(members) if same => members.pods,
                            _ => view
                                .list(Kind::Pod, Some(&change.key.namespace))
                                .into_iter()
                                .filter(|pod| selects(service, pod))
                                .map(|pod| (pod.meta("name").text(), pod.clone()))
                                .collect(),
                        };
                        let members = Members { service: service.clone(), pods, changed: Changed::All };
                        self.services.insert(key.clone(), members);
                    }
                }
                queue.add(key);
            }
            Kind::Pod => {
                let of_namespace =
                    self.services.iter_mut().filter(|(key, _)| key.namespace == change.key.namespace);
                for (key, members) in of_namespace {
                    let now = change.new.as_ref().filter(|pod| selects(&members.service, pod));
                    let before = match now {
                        Some(pod) => members.pods.insert(change.key.name.clone(), pod.clone()),
                        None => members.pods.remove(&*change.key.name),
                    };
                    if now.is_some() || before.is_some() {
                        if let Changed::Pods(pods) = &mut members.changed {
                            pods.push(change.key.name.clone());
                        }
                        let same = now.zip(before.as_ref()).is_some_and(|(now, old)| is_same(old, now));
                        if !same {
                            queue.add(key.clone());
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The Service of that key, for one look; what changed is forgotten.
    pub fn look(&mut self, key: &WorkKey) -> Option<(&Members, Changed)> {
        let members = self.services.get_mut(key)?;
        let changed = std::mem::replace(&mut members.changed, Changed::Pods(Vec::new()));
        Some((members, changed))
    }
}

/// The ports of a Service as endpoints have them: the target ports, names found in the pod.
pub fn ports(service: &Object, pod: &Object) -> Vec<(Text, i64, Text)> {
    let containers = pod.spec().get("containers").items();
    service
        .spec()
        .get("ports")
        .items()
        .iter()
        .filter_map(|port| {
            let target = port.get("targetPort");
            let number = match target {
                Value::Int(n) => Some(*n),
                Value::Str(name) => containers
                    .iter()
                    .flat_map(|c| c.get("ports").items())
                    .find(|p| p.get("name").str() == name.as_str())
                    .and_then(|p| p.get("containerPort").as_int()),
                _ => port.get("port").as_int(),
            };
            let protocol = match port.get("protocol") {
                Value::Str(protocol) => protocol.clone(),
                _ => Text::Static("TCP"),
            };
            Some((port.get("name").text(), number?, protocol))
        })
        .collect()
}

/// `spec.hostname`, if the pod says it belongs to this Service (S182).
pub fn hostname(service: &Object, pod: &Object) -> Option<Text> {
    let hostname = pod.spec().get("hostname").text();
    let own = pod.spec().get("subdomain").str() == service.name() && pod.namespace() == service.namespace();
    (own && !hostname.is_empty()).then_some(hostname)
}

/// True if the pod can be an endpoint: it has an address and has not ended (S180).
pub fn has_address(pod: &Object) -> bool {
    !pod.status().get("podIP").str().is_empty()
        && !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded")
}

/// True if the pod's condition Ready is True.
pub fn is_ready(pod: &Object) -> bool {
    pod.condition("Ready").get("status").str() == "True"
}

/// A reference to a pod.
pub fn target(pod: &Object) -> Value {
    crate::object! {
        "kind" => "Pod", "name" => pod.meta("name").text(), "namespace" => pod.meta("namespace").text(),
        "uid" => pod.meta("uid").text(),
    }
}
