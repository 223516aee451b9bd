//! Services: defaults, and what the server gives, keeps and takes back.

use super::super::validation::service_external;
use super::{AdmissionContext, default, default_absent, default_number, has, items_mut};
use crate::api::Value;

/// Defaults, addresses, and what an update keeps or lets go.
pub(super) fn service(body: &mut Value, context: &mut AdmissionContext) {
    let spec = body.at_mut(&["spec"]);
    default(spec, "sessionAffinity", "None");
    default(spec, "type", "ClusterIP");
    if spec.get("sessionAffinity").str() == "ClientIP" {
        let config = spec.at_mut(&["sessionAffinityConfig", "clientIP"]);
        default(config, "timeoutSeconds", 10800);
    } else {
        spec.remove(&["sessionAffinityConfig"]);
    }
    for port in items_mut(spec, "ports") {
        default(port, "protocol", "TCP");
        if matches!(port.get("targetPort"), Value::Null | Value::Int(0))
            || port.get("targetPort").as_str() == Some("")
        {
            let number = port.get("port").clone();
            port.map_mut().insert("targetPort", number);
        }
    }
    if service_external(spec) {
        default(spec, "externalTrafficPolicy", "Cluster");
    }
    let kind = spec.get("type").text();
    if *kind == *"LoadBalancer" {
        default(spec, "allocateLoadBalancerNodePorts", true);
    }
    if matches!(&*kind, "ClusterIP" | "NodePort" | "LoadBalancer") {
        default_absent(spec, "internalTrafficPolicy", "Cluster");
    }
    if let Some(old) = context.old {
        keep_addresses(spec, old.spec());
        drop_unneeded(spec, old.spec());
    }
    if !matches!(&*kind, "ClusterIP" | "NodePort" | "LoadBalancer") {
        return;
    }
    if spec.get("clusterIPs").items().is_empty() {
        if spec.get("clusterIP").str().is_empty() {
            let address = (context.cluster_ip)();
            spec.map_mut().insert("clusterIP", address);
        }
        let address = spec.get("clusterIP").clone();
        spec.map_mut().insert("clusterIPs", vec![address]);
    }
    // Who names the addresses of a headless Service without a selector may name addresses of both families.
    if context.old.is_none()
        && spec.get("clusterIP").str() == "None"
        && spec.get("selector").entries().is_empty()
        && !has(spec, "ipFamilyPolicy")
        && spec.get("ipFamilies").items().is_empty()
    {
        spec.map_mut().insert("ipFamilies", vec!["IPv4".into(), "IPv6".into()]);
        spec.map_mut().insert("ipFamilyPolicy", "RequireDualStack");
    }
    if spec.get("ipFamilies").items().is_empty() {
        spec.map_mut().insert("ipFamilies", vec!["IPv4".into()]);
    }
    default_absent(spec, "ipFamilyPolicy", "SingleStack");
}

fn is_addressed(spec: &Value) -> bool {
    spec.get("type").str() != "ExternalName"
}

fn has_node_ports(spec: &Value) -> bool {
    match spec.get("type").str() {
        "NodePort" => true,
        "LoadBalancer" => spec.get("allocateLoadBalancerNodePorts").as_bool() != Some(false),
        _ => false,
    }
}

// An update that leaves out what the server gave keeps it; a changed clusterIP changes clusterIPs with it.
fn keep_addresses(spec: &mut Value, old: &Value) {
    let copy = |spec: &mut Value, key: &'static str| {
        let value = spec.get(key);
        if (value.is_null() || value.as_str() == Some("")) && has(old, key) {
            spec.map_mut().insert(key, old.get(key).clone());
        }
    };
    if is_addressed(spec) && is_addressed(old) {
        for key in ["clusterIP", "clusterIPs", "ipFamilies"] {
            copy(spec, key);
        }
        if !has(spec, "ipFamilyPolicy") {
            copy(spec, "ipFamilyPolicy");
        }
        if spec.get("clusterIP") != old.get("clusterIP") && spec.get("clusterIPs") == old.get("clusterIPs") {
            let address = spec.get("clusterIP").clone();
            spec.map_mut().insert("clusterIPs", vec![address]);
        }
    }
    if has_node_ports(spec) && has_node_ports(old) {
        let number = |port: &Value| port.get("nodePort").as_int().unwrap_or(0);
        let kept: Vec<i64> = spec.get("ports").items().iter().map(number).collect();
        for port in items_mut(spec, "ports") {
            let same = old.get("ports").items().iter().find(|p| p.get("name") == port.get("name"));
            if let Some(number) = same.map(number).filter(|n| *n != 0 && !kept.contains(n)) {
                default_number(port, "nodePort", number);
            }
        }
    }
}

// What the new type has no use for goes, unless it was changed too.
fn drop_unneeded(spec: &mut Value, old: &Value) {
    let balanced = |spec: &Value| spec.get("type").str() == "LoadBalancer";
    let unnamed = is_addressed(old) && !is_addressed(spec);
    let inside = service_external(old) && !service_external(spec);
    let unbalanced = balanced(old) && !balanced(spec);
    for (unneeded, members) in [
        (unnamed, &["clusterIP", "clusterIPs"][..]),
        (unnamed, &["ipFamilies"]),
        (unnamed, &["ipFamilyPolicy"]),
        (inside, &["externalTrafficPolicy"]),
        (unbalanced, &["allocateLoadBalancerNodePorts"]),
        (unbalanced, &["loadBalancerClass"]),
    ] {
        if unneeded && members.iter().all(|member| spec.get(member) == old.get(member)) {
            for member in members {
                spec.remove(&[member]);
            }
        }
    }
    let numbers = |spec: &Value| -> Vec<i64> {
        spec.get("ports").items().iter().filter_map(|port| port.get("nodePort").as_int()).collect()
    };
    if has_node_ports(old) && !has_node_ports(spec) && numbers(old) == numbers(spec) {
        for port in items_mut(spec, "ports") {
            port.remove(&["nodePort"]);
        }
    }
}
