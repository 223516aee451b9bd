//! Services.

use super::text::{self, Name};
use super::{Errors, child, index, labels, pod};
use crate::api::Value;

/// The addresses services get: base and mask.
pub const SERVICE_RANGE: ([u8; 4], u32) = ([10, 96, 0, 0], 12);

pub(super) fn spec(errors: &mut Errors, spec: &Value, create: bool) {
    let kind = spec.get("type").str();
    let addresses = spec.get("clusterIPs").items();
    let headless = addresses.len() == 1 && addresses[0].str() == "None" && kind != "ExternalName";
    let ports = spec.get("ports").items();
    if ports.is_empty() && !headless && kind != "ExternalName" {
        errors.required("spec.ports", "");
    }
    match kind {
        "LoadBalancer" | "NodePort" if headless => {
            errors.invalid_text(
                "spec.clusterIPs[0]",
                "None",
                &format!("may not be set to 'None' for {kind} services"),
            );
        }
        "ExternalName" => {
            for member in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
                let value = spec.get(member);
                if !value.is_null() && (member == "ipFamilyPolicy" || !value.items().is_empty()) {
                    errors.forbidden(&child("spec", member), "may not be set for ExternalName services");
                }
            }
            let name = spec.get("externalName").str();
            let name = name.strip_suffix('.').unwrap_or(name);
            if name.is_empty() {
                errors.required("spec.externalName", "");
            } else {
                errors.each("spec.externalName", name, Name::Subdomain.check(name));
            }
        }
        _ => {}
    }
    let mut names: Vec<&str> = Vec::new();
    for (i, port) in ports.iter().enumerate() {
        self::port(errors, port, &index("spec.ports", i), ports.len() > 1, &mut names);
    }
    labels(errors, spec.get("selector"), "spec.selector");
    errors.one_of("spec.sessionAffinity", spec.get("sessionAffinity").str(), &["ClientIP", "None"]);
    let before = errors.0.len();
    if kind != "ExternalName" {
        self::addresses(errors, spec, addresses);
    }
    errors.one_of("spec.type", kind, &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
    node_ports(errors, ports, kind);
    if !spec.get("allocateLoadBalancerNodePorts").is_null() && kind != "LoadBalancer" {
        errors.forbidden(
            "spec.allocateLoadBalancerNodePorts",
            "may only be used when `type` is 'LoadBalancer'",
        );
    }
    let policy = spec.get("internalTrafficPolicy").str();
    if !policy.is_empty() && !matches!(policy, "Cluster" | "Local") {
        errors.not_supported("spec.internalTrafficPolicy", policy, &["Cluster", "Local"]);
    }
    // The allocator comes after validation: only it knows the range.
    if create && errors.0.len() == before && errors.is_empty() && !headless {
        for address in addresses {
            let text = address.str();
            if parse_address(text).is_some_and(|ip| !in_range(ip)) {
                let detail = format!(
                    "failed to allocate IP {text}: the provided network does not match the current range"
                );
                errors.invalid("spec.clusterIPs", spec.get("clusterIPs"), &detail);
            }
        }
    }
}

fn port<'a>(errors: &mut Errors, port: &'a Value, path: &str, named: bool, names: &mut Vec<&'a str>) {
    let name = port.get("name").str();
    let at = child(path, "name");
    if named && name.is_empty() {
        errors.required(&at, "");
    } else if !name.is_empty() {
        errors.each(&at, name, Name::Label.check(name));
        if names.contains(&name) {
            errors.duplicate(&at, name);
        }
        names.push(name);
    }
    let number = port.get("port").as_int().unwrap_or(0);
    if let Some(problem) = text::port_number(number) {
        errors.invalid(&child(path, "port"), &number.into(), problem);
    }
    errors.one_of(&child(path, "protocol"), port.get("protocol").str(), &["SCTP", "TCP", "UDP"]);
    pod::port_or_name(errors, port.get("targetPort"), &child(path, "targetPort"));
}

fn addresses(errors: &mut Errors, spec: &Value, addresses: &[Value]) {
    let path = "spec.clusterIPs";
    let one = spec.get("clusterIP").str();
    if !one.is_empty() && addresses.first().is_none_or(|a| a.str() != one) {
        if addresses.is_empty() {
            errors.required(path, "");
        } else {
            errors.invalid(path, spec.get("clusterIPs"), "first value must match `clusterIP`");
        }
    } else if one.is_empty() && !addresses.is_empty() {
        errors.invalid(path, spec.get("clusterIPs"), "must be empty when `clusterIP` is not specified");
    }
    for (i, family) in spec.get("ipFamilies").items().iter().enumerate() {
        if !matches!(family.str(), "IPv4" | "IPv6") {
            errors.not_supported(&index("spec.ipFamilies", i), family.str(), &["IPv4", "IPv6"]);
        }
    }
    let policy = spec.get("ipFamilyPolicy").str();
    let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    if !policy.is_empty() && !policies.contains(&policy) {
        errors.not_supported("spec.ipFamilyPolicy", policy, &policies);
    }
    for (i, address) in addresses.iter().enumerate() {
        let text = address.str();
        if i == 0 && text == "None" {
            if addresses.len() > 1 {
                errors.invalid(path, spec.get("clusterIPs"), "'None' must be the first and only value");
            }
        } else if parse_address(text).is_none() && !text.contains(':') {
            let detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
            errors.invalid_text(&index(path, i), text, detail);
        }
    }
    if addresses.len() > 2 {
        errors.invalid(path, spec.get("clusterIPs"), "may only hold up to 2 values");
    }
}

fn node_ports(errors: &mut Errors, ports: &[Value], kind: &str) {
    for (i, port) in ports.iter().enumerate() {
        if kind == "ClusterIP" && port.get("nodePort").as_int().is_some_and(|n| n != 0) {
            errors.forbidden(
                &child(&index("spec.ports", i), "nodePort"),
                "may not be used when `type` is 'ClusterIP'",
            );
        }
    }
    for (i, port) in ports.iter().enumerate() {
        let same = |other: &&Value| {
            other.get("protocol") == port.get("protocol") && other.get("port") == port.get("port")
        };
        if ports[..i].iter().any(|other| same(&other)) {
            let value = format!(
                "{{\"Name\":\"\",\"Protocol\":\"{}\",\"AppProtocol\":null,\"Port\":{},\
                 \"TargetPort\":0,\"NodePort\":0}}",
                port.get("protocol").str(),
                port.get("port").as_int().unwrap_or(0)
            );
            errors.add(&index("spec.ports", i), "Duplicate value", &value, "");
        }
    }
}

/// What an update of a service may change.
pub(super) fn update(errors: &mut Errors, new: &Value, old: &Value) {
    if [new, old].iter().any(|spec| spec.get("type").str() == "ExternalName") {
        return;
    }
    let (after, before) = (new.get("clusterIPs"), old.get("clusterIPs"));
    if after.items().is_empty() && !before.items().is_empty() {
        return errors.invalid("spec.clusterIPs[0]", after, "primary clusterIP can not be unset");
    }
    for (i, (a, b)) in after.items().iter().zip(before.items()).enumerate() {
        if a != b {
            errors.invalid(&index("spec.clusterIPs", i), after, "may not change once set");
        }
    }
}

fn parse_address(text: &str) -> Option<[u8; 4]> {
    text.parse::<std::net::Ipv4Addr>().ok().map(|ip| ip.octets())
}

fn in_range(address: [u8; 4]) -> bool {
    let (base, bits) = SERVICE_RANGE;
    (u32::from_be_bytes(address) ^ u32::from_be_bytes(base)) >> (32 - bits) == 0
}
