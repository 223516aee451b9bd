//! What a cluster holds before anybody does anything: namespaces, nodes, storage classes, the API's own Service.

use super::Config;
use crate::api::{Kind, Object, Text, Value, hash};
use crate::controllers::namespace::root_ca;
use crate::object;
use crate::sim::SimTime;

/// Where the API server listens.
const API_ADDRESS: &str = "192.168.10.10";
const API_PORT: i64 = 16443;

const NAMESPACES: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Every object that is there at time zero.
pub fn objects(config: &Config) -> Vec<Object> {
    let mut objects: Vec<Object> = NAMESPACES.into_iter().map(namespace).collect();
    objects.extend(config.nodes.iter().enumerate().map(|(i, name)| node(i, name, config)));
    objects.push(class("standard", true, "Immediate", "Delete"));
    objects.push(class("late", false, "WaitForFirstConsumer", "Delete"));
    objects.push(class("keep", false, "Immediate", "Retain"));
    objects.push(kubernetes());
    objects.extend(kubernetes_endpoints());
    objects.extend(NAMESPACES.iter().map(|name| given(name)));
    objects
}

// The ConfigMap of a namespace. Its uid is no number of the run's row, in which it would stand before all others.
fn given(namespace: &'static str) -> Object {
    let mut map = root_ca(&namespace.into());
    let uid = format!("{:08x}-0000-4000-8000-000000000000", hash::fnv1a(namespace.as_bytes()));
    map.body.set(&["metadata", "uid"], uid);
    map
}

fn namespace(name: &'static str) -> Object {
    let mut namespace = Object::new(Kind::Namespace, "", name);
    namespace.body.set(&["metadata", "labels"], object! { "kubernetes.io/metadata.name" => name });
    namespace.body.set(&["spec"], object! { "finalizers" => Value::list(vec!["kubernetes".into()]) });
    namespace.body.set(&["status"], object! { "phase" => "Active" });
    namespace
}

/// The event that tells of a node's first appearance.
pub fn registered(node: &Object) -> Object {
    let name = node.meta("name").text();
    let at = SimTime::ZERO.rfc3339();
    let message = format!("Node {name} event: Registered Node {name} in Controller");
    let mut event = Object::new(Kind::Event, "default", format!("{name}.{:016x}", 0));
    for (member, value) in [
        (
            "involvedObject",
            object! {
                "apiVersion" => "v1", "kind" => "Node", "name" => name, "uid" => node.meta("uid").text(),
            },
        ),
        ("reason", "RegisteredNode".into()),
        ("message", message.into()),
        ("type", "Normal".into()),
        ("count", 1.into()),
        ("eventTime", Value::Null),
        ("firstTimestamp", at.clone().into()),
        ("lastTimestamp", at.into()),
        ("source", object! { "component" => "node-controller" }),
        ("reportingComponent", "node-controller".into()),
        ("reportingInstance", "".into()),
    ] {
        event.body.set(&[member], value);
    }
    event
}

/// A node as the recorder's: 4 CPUs, 8 Gi, 110 pods.
pub fn node(index: usize, name: &Text, config: &Config) -> Object {
    let mut node = Object::new(Kind::Node, "", name.clone());
    let at = SimTime::ZERO.rfc3339();
    node.body.set(
        &["metadata", "labels"],
        object! {
            "beta.kubernetes.io/arch" => "amd64", "beta.kubernetes.io/os" => "linux",
            "kubernetes.io/arch" => "amd64", "kubernetes.io/hostname" => name, "kubernetes.io/os" => "linux",
        },
    );
    let resources =
        object! { "cpu" => "4", "ephemeral-storage" => "100Gi", "memory" => "8Gi", "pods" => "110" };
    let condition =
        |kind: &'static str, status: &'static str, reason: &'static str, message: &'static str| {
            object! {
                "lastHeartbeatTime" => at.clone(), "lastTransitionTime" => at.clone(), "message" => message,
                "reason" => reason, "status" => status, "type" => kind,
            }
        };
    node.body.set(&["metadata", "annotations"], object! { "node.alpha.kubernetes.io/ttl" => "0" });
    let range = format!("10.244.{}.0/24", index + 1);
    node.body.set(
        &["spec"],
        object! { "podCIDR" => range.clone(), "podCIDRs" => Value::list(vec![range.into()]) },
    );
    node.body.set(
        &["status"],
        object! {
            "addresses" => Value::list(vec![
                object! { "address" => format!("192.168.10.{}", 11 + index), "type" => "InternalIP" },
                object! { "address" => name, "type" => "Hostname" },
            ]),
            "allocatable" => resources.clone(),
            "capacity" => resources,
            "conditions" => Value::list(vec![
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ]),
            "nodeInfo" => object! {
                "architecture" => "amd64", "containerRuntimeVersion" => "containerd://2.2.1",
                "kernelVersion" => "6.1.0-40-amd64", "kubeletVersion" => config.profile.git_version,
                "operatingSystem" => "linux", "osImage" => "Debian GNU/Linux 12 (bookworm)",
            },
        },
    );
    node
}

fn class(name: &'static str, default: bool, binding: &'static str, reclaim: &'static str) -> Object {
    let mut class = Object::new(Kind::StorageClass, "", name);
    if default {
        class.body.set(
            &["metadata", "annotations"],
            object! { "storageclass.kubernetes.io/is-default-class" => "true" },
        );
    }
    let body = class.body.map_mut();
    body.insert("provisioner", "kubernetes.io/host-path");
    body.insert("reclaimPolicy", reclaim);
    body.insert("volumeBindingMode", binding);
    class
}

fn kubernetes() -> Object {
    let mut service = Object::new(Kind::Service, "default", "kubernetes");
    service
        .body
        .set(&["metadata", "labels"], object! { "component" => "apiserver", "provider" => "kubernetes" });
    service.body.set(
        &["spec"],
        object! {
            "clusterIP" => "10.96.0.1", "clusterIPs" => Value::list(vec!["10.96.0.1".into()]),
            "internalTrafficPolicy" => "Cluster", "ipFamilies" => Value::list(vec!["IPv4".into()]),
            "ipFamilyPolicy" => "SingleStack",
            "ports" => Value::list(vec![object! { "name" => "https", "port" => 443, "protocol" => "TCP", "targetPort" => API_PORT }]),
            "sessionAffinity" => "None", "type" => "ClusterIP",
        },
    );
    service.body.set(&["status"], object! { "loadBalancer" => Value::map() });
    service
}

// What the API server writes about itself: no controller makes these, since the Service has no selector.
fn kubernetes_endpoints() -> [Object; 2] {
    let port = object! { "name" => "https", "port" => API_PORT, "protocol" => "TCP" };
    let mut slice = Object::new(Kind::EndpointSlice, "default", "kubernetes");
    slice.body.set(&["metadata", "labels"], object! { "kubernetes.io/service-name" => "kubernetes" });
    slice.body.set(&["metadata", "generation"], 1);
    let body = slice.body.map_mut();
    body.insert("addressType", "IPv4");
    let endpoint = object! {
        "addresses" => Value::list(vec![API_ADDRESS.into()]), "conditions" => object! { "ready" => true },
    };
    body.insert("endpoints", Value::list(vec![endpoint]));
    body.insert("ports", Value::list(vec![port.clone()]));
    let mut endpoints = Object::new(Kind::Endpoints, "default", "kubernetes");
    endpoints
        .body
        .set(&["metadata", "labels"], object! { "endpointslice.kubernetes.io/skip-mirror" => "true" });
    let subset = object! {
        "addresses" => Value::list(vec![object! { "ip" => API_ADDRESS }]), "ports" => Value::list(vec![port]),
    };
    endpoints.body.map_mut().insert("subsets", Value::list(vec![subset]));
    [endpoints, slice]
}
