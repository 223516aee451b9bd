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
    let affinity = spec.get("sessionAffinity").str();
    errors.one_of("spec.sessionAffinity", affinity, &["ClientIP", "None"]);
    let timeout = spec.at(&["sessionAffinityConfig", "clientIP", "timeoutSeconds"]);
    if affinity == "ClientIP" && timeout.as_int().is_some_and(|n| !(1..=86400).contains(&n)) {
        errors.invalid(
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            timeout,
            "must be greater than 0 and less than 86400",
        );
    }
    let before = errors.0.len();
    if kind != "ExternalName" {
        self::addresses(errors, spec, addresses);
    }
    for (i, address) in spec.get("externalIPs").items().iter().enumerate() {
        errors.each(&index("spec.externalIPs", i), address.str(), text::endpoint_problems(address.str()));
    }
    errors.one_of("spec.type", kind, &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
    node_ports(errors, ports, kind);
    let ranges = spec.get("loadBalancerSourceRanges").items();
    if !ranges.is_empty() && kind != "LoadBalancer" {
        let detail = "may only be used when `type` is 'LoadBalancer'";
        errors.forbidden("spec.LoadBalancerSourceRanges", detail);
    }
    for (i, range) in ranges.iter().enumerate() {
        let (address, bits) = range.str().trim().split_once('/').unwrap_or((range.str(), ""));
        let most = if address.contains(':') { 128 } else { 32 };
        if !text::address_problems(address).is_empty() || !bits.parse::<u32>().is_ok_and(|n| n <= most) {
            let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            errors.invalid_text(&index("spec.LoadBalancerSourceRanges", i), range.str().trim(), detail);
        }
    }
    if !spec.get("allocateLoadBalancerNodePorts").is_null() && kind != "LoadBalancer" {
        errors.forbidden(
            "spec.allocateLoadBalancerNodePorts",
            "may only be used when `type` is 'LoadBalancer'",
        );
    }
    let class = spec.get("loadBalancerClass");
    if !class.is_null() && kind != "LoadBalancer" {
        errors.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'");
    } else if !class.is_null() {
        errors.each("spec.loadBalancerClass", class.str(), text::label_key(class.str()));
    }
    let (policy, path) = (spec.get("externalTrafficPolicy"), "spec.externalTrafficPolicy");
    if service_external(spec) {
        errors.one_of(path, policy.str(), &["Cluster", "Local"]);
    } else if !policy.is_null() {
        errors.invalid(path, policy, "may only be set for externally-accessible services");
    }
    let check = spec.get("healthCheckNodePort");
    let checked = kind == "LoadBalancer" && policy.str() == "Local";
    if !check.is_null() && !checked {
        let detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.invalid("spec.healthCheckNodePort", check, detail);
    }
    let policies = ["Cluster", "Local"];
    errors.if_set("spec.internalTrafficPolicy", spec.get("internalTrafficPolicy"), &policies);
    let near = ["PreferClose", "PreferSameZone", "PreferSameNode"];
    errors.if_set("spec.trafficDistribution", spec.get("trafficDistribution"), &near);
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

/// True if the service can be reached from outside of the cluster.
pub(in super::super) fn service_external(spec: &Value) -> bool {
    match spec.get("type").str() {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => !spec.get("externalIPs").items().is_empty(),
        _ => false,
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
    let protocol = port.get("appProtocol");
    if !protocol.is_null() {
        errors.each(&child(path, "appProtocol"), protocol.str(), text::label_key(protocol.str()));
    }
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
    let families = spec.get("ipFamilies").items();
    for (i, family) in families.iter().enumerate() {
        let at = index("spec.ipFamilies", i);
        errors.if_set(&at, family, &["IPv4", "IPv6"]);
        if families[..i].contains(family) {
            errors.duplicate(&at, family.str());
        }
    }
    let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    errors.if_set("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), &policies);
    let before = errors.0.len();
    for (i, address) in addresses.iter().enumerate() {
        let text = address.str();
        if i > 0 || text != "None" {
            errors.each(&index(path, i), text, text::address_problems(text));
        } else if addresses.len() > 1 {
            errors.invalid(path, spec.get("clusterIPs"), "'None' must be the first and only value");
        }
    }
    let usable = errors.0.len() == before;
    if addresses.len() > 2 {
        errors.invalid(path, spec.get("clusterIPs"), "may only hold up to 2 values");
    }
    let family_of = |text: &str| if text.contains(':') { "IPv6" } else { "IPv4" };
    if !usable {
        return;
    }
    if let [first, second, rest @ ..] = addresses
        && (!rest.is_empty() || family_of(first.str()) == family_of(second.str()))
    {
        let detail = "may specify no more than one IP for each IP family";
        errors.invalid(path, spec.get("clusterIPs"), detail);
    }
    for (i, (address, family)) in addresses.iter().zip(families).enumerate() {
        let (text, family) = (address.str(), family.str());
        if text != "None" && matches!(family, "IPv4" | "IPv6") && family_of(text) != family {
            let i_text = i.to_string();
            let detail = ["expected an ", family, " value as indicated by `ipFamilies[", &i_text, "]`"];
            errors.invalid_text(&index(path, i), text, &detail.concat());
        }
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
    for (i, port) in ports.iter().enumerate().filter(|(_, port)| !port.get("nodePort").is_null()) {
        let same = |other: &Value| {
            other.get("protocol") == port.get("protocol") && other.get("nodePort") == port.get("nodePort")
        };
        if ports[..i].iter().any(same) {
            let number = port.get("nodePort").as_int().unwrap_or(0).to_string();
            let at = child(&index("spec.ports", i), "nodePort");
            errors.add(&at, "Duplicate value", &number, "");
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

/// What an update of a service may change: of its addresses and families only the second.
pub(super) fn update(errors: &mut Errors, new: &Value, old: &Value) {
    if [new, old].iter().any(|spec| spec.get("type").str() == "ExternalName") {
        return;
    }
    let headless = |spec: &Value| {
        let addresses = spec.get("clusterIPs").items();
        addresses.len() == 1 && addresses[0].str() == "None"
    };
    let (from, to) = (headless(old), headless(new));
    for (member, one) in [("clusterIPs", "clusterIP"), ("ipFamilies", "ipFamily")] {
        let (after, before) = (new.get(member), old.get(member));
        // Families are given anew when a service becomes headless, or stops to be.
        if from && to || one == "ipFamily" && (from || to) {
            continue;
        }
        let first = index(&child("spec", member), 0);
        if new.get("clusterIPs").items().is_empty() && after.items().len() < before.items().len() {
            errors.invalid(&first, after, &["primary ", one, " can not be unset"].concat());
        }
        let same_length = after.items().len() == before.items().len();
        for (i, (a, b)) in after.items().iter().zip(before.items()).enumerate() {
            if a != b && (i == 0 || same_length) {
                let at = if one == "ipFamily" { first.clone() } else { index("spec.clusterIPs", i) };
                errors.invalid(&at, after, "may not change once set");
            }
        }
    }
    let class = new.get("loadBalancerClass");
    let balancers = [new, old].iter().all(|spec| spec.get("type").str() == "LoadBalancer");
    if balancers && class != old.get("loadBalancerClass") {
        errors.invalid("spec.loadBalancerClass", class, "may not change once set");
    }
}

fn parse_address(text: &str) -> Option<[u8; 4]> {
    text.parse::<std::net::Ipv4Addr>().ok().map(|ip| ip.octets())
}

fn in_range(address: [u8; 4]) -> bool {
    let (base, bits) = SERVICE_RANGE;
    (u32::from_be_bytes(address) ^ u32::from_be_bytes(base)) >> (32 - bits) == 0
}
