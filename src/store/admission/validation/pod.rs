//! Pods and pod templates.

mod affinity;
mod env;
mod volumes;

pub(super) use affinity::{node_selector, taint_effect};
pub(super) use volumes::{absolute, host_path};

use super::text::{self, Name};
use super::{Errors, annotations, child, diff, index, label_name, labels, non_negative};
use crate::api::Value;
use crate::api::quantity::Quantity;
use volumes::Usable;

const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

/// A pod template; `claims` are the claim templates that stand for volumes, of sets only.
pub(super) fn template(errors: &mut Errors, template: &Value, path: &str, claims: Option<&[Value]>) {
    labels(errors, template.at(&["metadata", "labels"]), &child(path, "labels"));
    annotations(errors, template.at(&["metadata", "annotations"]), &child(path, "annotations"));
    spec(errors, template.get("spec"), &child(path, "spec"), claims);
    if !template.at(&["spec", "ephemeralContainers"]).items().is_empty() {
        let path = child(path, "spec.ephemeralContainers");
        errors.forbidden(&path, "ephemeral containers not allowed in pod template");
    }
}

/// A pod spec; `claims` are the claim templates of the set it is the template of.
pub(super) fn spec(errors: &mut Errors, spec: &Value, path: &str, claims: Option<&[Value]>) {
    let usable = volumes::volumes(errors, spec, &child(path, "volumes"), claims.unwrap_or_default());
    containers(errors, spec, path, &usable);
    for (i, container) in spec.get("containers").items().iter().enumerate() {
        for (j, port) in container.get("ports").items().iter().enumerate() {
            let number = port.get("hostPort");
            let other = !number.is_null() && number != port.get("containerPort");
            if other && spec.get("hostNetwork").is_true() {
                let at = child(&index(&child(&index(&child(path, "containers"), i), "ports"), j), "hostPort");
                errors.invalid(&at, number, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
    let policies = ["Always", "OnFailure", "Never"];
    errors.one_of(&child(path, "restartPolicy"), spec.get("restartPolicy").str(), &policies);
    let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    errors.one_of(&child(path, "dnsPolicy"), spec.get("dnsPolicy").str(), &policies);
    labels(errors, spec.get("nodeSelector"), &child(path, "nodeSelector"));
    security(errors, spec.get("securityContext"), &child(path, "securityContext"));
    affinity::affinity(errors, spec.get("affinity"), &child(path, "affinity"));
    dns(errors, spec, &child(path, "dnsConfig"));
    for (member, name) in [("readinessGates", "conditionType"), ("schedulingGates", "name")] {
        for (i, gate) in spec.get(member).items().iter().enumerate() {
            let at = index(&child(path, member), i);
            let at = if name == "name" { at } else { child(&at, name) };
            label_name(errors, &at, gate.get(name).str());
        }
    }
    for (i, alias) in spec.get("hostAliases").items().iter().enumerate() {
        let (at, ip) = (index(&child(path, "hostAliases"), i), alias.get("ip").str());
        errors.each(&child(&at, "ip"), ip, text::address_problems(ip));
        for (j, name) in alias.get("hostnames").items().iter().enumerate() {
            let at = index(&child(&at, "hostnames"), j);
            errors.each(&at, name.str(), Name::Subdomain.check(name.str()));
        }
    }
    let at = child(path, "topologySpreadConstraints");
    affinity::spread(errors, spec.get("topologySpreadConstraints").items(), &at);
    for (member, name) in [
        ("serviceAccountName", Name::Subdomain),
        ("nodeName", Name::Subdomain),
        ("activeDeadlineSeconds", Name::Label),
        ("hostname", Name::Label),
        ("subdomain", Name::Label),
        ("tolerations", Name::Label),
        ("priorityClassName", Name::Subdomain),
        ("runtimeClassName", Name::Subdomain),
    ] {
        let (value, at) = (spec.get(member), child(path, member));
        // In a set the controller writes host name and subdomain.
        if claims.is_some() && matches!(member, "hostname" | "subdomain") {
            continue;
        }
        if member == "activeDeadlineSeconds" {
            between(errors, value, &at, 1);
        }
        affinity::tolerations(errors, value.items(), &at);
        if !value.str().is_empty() {
            errors.each(&at, value.str(), name.check(value.str()));
        }
    }
    let policies = ["PreemptLowerPriority", "Never"];
    errors.if_set(&child(path, "preemptionPolicy"), spec.get("preemptionPolicy"), &policies);
    errors.if_set(&child(path, "os"), spec.at(&["os", "name"]), &["linux", "windows"]);
}

fn between(errors: &mut Errors, value: &Value, path: &str, least: i64) {
    if value.as_int().is_some_and(|n| !(least..=i64::from(i32::MAX)).contains(&n)) {
        let detail = ["must be between ", &least.to_string(), " and 2147483647, inclusive"].concat();
        errors.invalid(path, value, &detail);
    }
}

// Of a pod or of a container, which has some of the members only.
fn security(errors: &mut Errors, context: &Value, path: &str) {
    for member in ["fsGroup", "runAsUser", "runAsGroup"] {
        between(errors, context.get(member), &child(path, member), 0);
    }
    for (i, group) in context.get("supplementalGroups").items().iter().enumerate() {
        between(errors, group, &index(&child(path, "supplementalGroups"), i), 0);
    }
    for (member, supported) in [
        ("fsGroupChangePolicy", ["Always", "OnRootMismatch"]),
        ("procMount", ["Default", "Unmasked"]),
        ("supplementalGroupsPolicy", ["Merge", "Strict"]),
    ] {
        errors.if_set(&child(path, member), context.get(member), &supported);
    }
    if context.get("allowPrivilegeEscalation").as_bool() == Some(false) {
        let adds = context.at(&["capabilities", "add"]).items();
        for (found, what) in [
            (context.get("privileged").is_true(), "`privileged` to true"),
            (adds.iter().any(|add| add.str() == "CAP_SYS_ADMIN"), "`capabilities.Add` CAP_SYS_ADMIN"),
        ] {
            if found {
                let shown = diff::on_one_line("SecurityContext", context);
                let detail = ["cannot set `allowPrivilegeEscalation` to false and ", what].concat();
                errors.invalid_raw(path, &shown, &detail);
            }
        }
    }
    let profile = context.get("seccompProfile");
    if profile.is_null() {
        return;
    }
    let at = child(path, "seccompProfile");
    let supported = ["Localhost", "RuntimeDefault", "Unconfined"];
    errors.if_set(&child(&at, "type"), profile.get("type"), &supported);
    let (local, at) = (profile.get("localhostProfile"), child(&at, "localhostProfile"));
    if profile.get("type").str() != "Localhost" {
        if !local.is_null() {
            let shown = diff::on_one_line("SeccompProfile", profile);
            errors.invalid_raw(&at, &shown, "can only be set when seccomp type is Localhost");
        }
    } else {
        if local.is_null() {
            errors.required(&at, "must be set when seccomp type is Localhost");
        }
        errors.each(&at, local.str(), text::path_problems(local.str(), false));
    }
}

fn dns(errors: &mut Errors, spec: &Value, path: &str) {
    let config = spec.get("dnsConfig");
    let servers = config.get("nameservers").items();
    if spec.get("dnsPolicy").str() == "None" {
        if config.is_null() {
            return errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if servers.is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&child(path, "nameservers"), detail);
        }
    }
    let at = child(path, "nameservers");
    if servers.len() > 3 {
        errors.invalid(&at, config.get("nameservers"), "must not have more than 3 nameservers");
    }
    for (i, server) in servers.iter().enumerate() {
        errors.each(&index(&at, i), server.str(), text::address_problems(server.str()));
    }
    for (i, option) in config.get("options").items().iter().enumerate() {
        if option.get("name").str().is_empty() {
            errors.required(&index(&child(path, "options"), i), "must not be empty");
        }
    }
}

fn containers(errors: &mut Errors, spec: &Value, path: &str, volumes: &[Usable]) {
    let grace = spec.get("terminationGracePeriodSeconds");
    let list = spec.get("containers").items();
    let at = child(path, "containers");
    if list.is_empty() {
        errors.required(&at, "");
    }
    let mut names: Vec<&str> = Vec::new();
    for (i, container) in list.iter().enumerate() {
        let path = index(&at, i);
        common(errors, container, &path, volumes);
        unique_name(errors, container, &path, &mut names);
        life(errors, container, &path, grace);
        if !container.get("restartPolicy").is_null() {
            restart_policy(errors, container, &path);
        }
    }
    host_ports(errors, list, &at);
    let at = child(path, "initContainers");
    for (i, container) in spec.get("initContainers").items().iter().enumerate() {
        let path = index(&at, i);
        common(errors, container, &path, volumes);
        if !container.get("restartPolicy").is_null() {
            restart_policy(errors, container, &path);
        }
        unique_name(errors, container, &path, &mut names);
        // The server leaves out which one it is.
        host_ports(errors, std::slice::from_ref(container), &at);
        if container.get("restartPolicy").str() == "Always" {
            life(errors, container, &path, grace);
        } else {
            for member in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
                if !container.get(member).is_null() {
                    errors.forbidden(
                        &child(&path, member),
                        "may not be set for init containers without restartPolicy=Always",
                    );
                }
            }
        }
    }
}

fn unique_name<'a>(errors: &mut Errors, container: &'a Value, path: &str, names: &mut Vec<&'a str>) {
    let name = container.get("name").str();
    if names.contains(&name) {
        errors.duplicate(&child(path, "name"), name);
    } else {
        names.push(name);
    }
}

fn restart_policy(errors: &mut Errors, container: &Value, path: &str) {
    let policy = container.get("restartPolicy").str();
    if !matches!(policy, "Always" | "OnFailure" | "Never") {
        errors.not_supported(&child(path, "restartPolicy"), policy, &["Always", "Never", "OnFailure"]);
    }
}

fn common(errors: &mut Errors, container: &Value, path: &str, volumes: &[Usable]) {
    errors.name(&child(path, "name"), container.get("name").str(), Name::Label);
    if container.get("image").str().is_empty() {
        errors.required(&child(path, "image"), "");
    }
    errors.one_of(
        &child(path, "terminationMessagePolicy"),
        container.get("terminationMessagePolicy").str(),
        &["File", "FallbackToLogsOnError"],
    );
    ports(errors, container, &child(path, "ports"));
    env::variables(errors, container, path);
    volumes::mounts(errors, container, &child(path, "volumeMounts"), volumes);
    volumes::devices(errors, container, &child(path, "volumeDevices"), volumes);
    errors.one_of(
        &child(path, "imagePullPolicy"),
        container.get("imagePullPolicy").str(),
        &["Always", "IfNotPresent", "Never"],
    );
    resources(errors, container.get("resources"), &child(path, "resources"));
    security(errors, container.get("securityContext"), &child(path, "securityContext"));
}

fn ports(errors: &mut Errors, container: &Value, path: &str) {
    let mut names: Vec<&str> = Vec::new();
    for (i, port) in container.get("ports").items().iter().enumerate() {
        let path = index(path, i);
        let name = port.get("name").str();
        if !name.is_empty() {
            let problems = text::port_name(name);
            if !problems.is_empty() {
                errors.each(&child(&path, "name"), name, problems);
            } else if names.contains(&name) {
                errors.duplicate(&child(&path, "name"), name);
            } else {
                names.push(name);
            }
        }
        for member in ["containerPort", "hostPort"] {
            let at = child(&path, member);
            match port.get(member).as_int().unwrap_or(0) {
                0 if member == "containerPort" => errors.required(&at, ""),
                0 => {}
                number => {
                    if let Some(problem) = text::port_number(number) {
                        errors.invalid(&at, port.get(member), problem);
                    }
                }
            }
        }
        errors.one_of(&child(&path, "protocol"), port.get("protocol").str(), PROTOCOLS);
    }
}

fn host_ports(errors: &mut Errors, containers: &[Value], path: &str) {
    let mut seen: Vec<String> = Vec::new();
    for (i, container) in containers.iter().enumerate() {
        for (j, port) in container.get("ports").items().iter().enumerate() {
            let Some(number) = port.get("hostPort").as_int().filter(|n| *n != 0) else { continue };
            let key = format!("{}/{}/{number}", port.get("protocol").str(), port.get("hostIP").str());
            if seen.contains(&key) {
                errors.duplicate(&format!("{path}[{i}].ports[{j}].hostPort"), &key);
            } else {
                seen.push(key);
            }
        }
    }
}

fn resources(errors: &mut Errors, resources: &Value, path: &str) {
    let limits = resources.get("limits");
    let (mut huge, mut usual) = (false, false);
    for list in ["limits", "requests"] {
        let list_path = child(path, list);
        for (name, amount) in resources.get(list).entries() {
            let at = [&list_path, "[", name, "]"].concat();
            let is_huge = name.starts_with("hugepages-");
            let standard = matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage") || is_huge;
            let problems = text::label_key(name);
            if problems.is_empty() && !name.contains('/') && !standard && name != "storage" {
                errors.invalid_text(&at, name, "must be a standard resource type or fully qualified");
            }
            errors.each(&at, name, problems);
            if !name.contains('/') && !standard {
                errors.invalid_text(&at, name, "must be a standard resource for containers");
            }
            let Ok(quantity) = Quantity::parse(amount.str()) else { continue };
            if quantity.sign() < 0 {
                errors.invalid(&at, amount, "must be greater than or equal to 0");
            }
            huge |= is_huge;
            usual |= matches!(name.as_str(), "cpu" | "memory");
            // Devices are counted, and given to one only; so are huge pages.
            let device = name.contains('/') && !name.contains("kubernetes.io/");
            if device && !quantity.is_whole() {
                errors.invalid(&at, amount, "must be an integer");
            }
            if list == "limits" {
                continue;
            }
            let whole = device || is_huge;
            let given = limits.get(name).str();
            let wanted = match Quantity::parse(given) {
                Ok(limit) if whole && quantity != limit => "must be equal to ",
                Ok(limit) if quantity > limit => "must be less than or equal to ",
                Err(_) if whole => {
                    let detail = "Limit must be set for non overcommitable resources";
                    errors.required(&child(path, "limits"), detail);
                    continue;
                }
                _ => continue,
            };
            errors.invalid(&list_path, amount, &[wanted, name, " limit of ", given].concat());
        }
    }
    if huge && !usual {
        errors.forbidden(path, "HugePages require cpu or memory");
    }
}

fn life(errors: &mut Errors, container: &Value, path: &str, grace: &Value) {
    for hook in ["postStart", "preStop"] {
        let value = container.at(&["lifecycle", hook]);
        if !value.is_null() {
            handler(errors, value, &child(&child(path, "lifecycle"), hook), grace);
        }
    }
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.get(kind);
        if probe.is_null() {
            continue;
        }
        let path = child(path, kind);
        handler(errors, probe, &path, grace);
        for member in
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            non_negative(errors, &child(&path, member), probe.get(member));
        }
        if probe.get("terminationGracePeriodSeconds").as_int().is_some_and(|n| n <= 0) {
            let at = child(&path, "terminationGracePeriodSeconds");
            errors.invalid(&at, probe.get("terminationGracePeriodSeconds"), "must be greater than 0");
        }
        let grace = probe.get("terminationGracePeriodSeconds");
        if kind == "readinessProbe" && !grace.is_null() {
            let at = child(&path, "terminationGracePeriodSeconds");
            errors.invalid(&at, grace, "must not be set for readinessProbes");
        }
        if kind != "readinessProbe" && probe.get("successThreshold").as_int() != Some(1) {
            errors.invalid(&child(&path, "successThreshold"), probe.get("successThreshold"), "must be 1");
        }
    }
}

fn handler(errors: &mut Errors, value: &Value, path: &str, grace: &Value) {
    let mut seen = false;
    for kind in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
        let action = value.get(kind);
        if action.is_null() {
            continue;
        }
        let path = child(path, kind);
        if seen {
            errors.forbidden(&path, "may not specify more than 1 handler type");
            continue;
        }
        seen = true;
        match kind {
            "exec" if action.get("command").items().is_empty() => {
                errors.required(&child(&path, "command"), "");
            }
            "exec" => {}
            "sleep" => {
                let (seconds, most) = (action.get("seconds"), grace.as_int().unwrap_or(i64::MAX));
                if seconds.as_int().is_some_and(|n| !(0..=most).contains(&n)) {
                    let most = most.to_string();
                    let detail =
                        ["must be non-negative and less than terminationGracePeriodSeconds (", &most, ")"];
                    errors.invalid(&path, seconds, &detail.concat());
                }
            }
            _ => port_or_name(errors, action.get("port"), &child(&path, "port")),
        }
        if kind == "httpGet" && !matches!(action.get("scheme").str(), "HTTP" | "HTTPS") {
            errors.not_supported(&child(&path, "scheme"), action.get("scheme").str(), &["HTTP", "HTTPS"]);
        }
    }
    if !seen {
        errors.required(path, "must specify a handler type");
    }
}

pub(super) fn port_or_name(errors: &mut Errors, port: &Value, path: &str) {
    match port {
        Value::Str(name) => errors.each(path, name, text::port_name(name)),
        number => {
            if let Some(problem) = text::port_number(number.as_int().unwrap_or(0)) {
                errors.invalid(path, &number.as_int().unwrap_or(0).into(), problem);
            }
        }
    }
}
