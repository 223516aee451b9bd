//! Pods and pod templates.

use super::text::{self, Name};
use super::{Errors, annotations, child, index, label_name, labels, non_negative, selector};
use crate::api::Value;
use crate::api::quantity::Quantity;

const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

/// A pod template; `claims` are the claim templates that stand for volumes.
pub(super) fn template(errors: &mut Errors, template: &Value, path: &str, claims: &[Value]) {
    labels(errors, template.at(&["metadata", "labels"]), &child(path, "labels"));
    annotations(errors, template.at(&["metadata", "annotations"]), &child(path, "annotations"));
    spec(errors, template.get("spec"), &child(path, "spec"), claims);
    if !template.at(&["spec", "ephemeralContainers"]).items().is_empty() {
        let path = child(path, "spec.ephemeralContainers");
        errors.forbidden(&path, "ephemeral containers not allowed in pod template");
    }
}

/// A pod spec; `claims` are the claim templates of the set it is the template of.
pub(super) fn spec(errors: &mut Errors, spec: &Value, path: &str, claims: &[Value]) {
    let volumes = volumes(errors, spec, &child(path, "volumes"), claims);
    containers(errors, spec, path, &volumes);
    errors.one_of(
        &child(path, "restartPolicy"),
        spec.get("restartPolicy").str(),
        &["Always", "OnFailure", "Never"],
    );
    errors.one_of(
        &child(path, "dnsPolicy"),
        spec.get("dnsPolicy").str(),
        &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"],
    );
    labels(errors, spec.get("nodeSelector"), &child(path, "nodeSelector"));
    affinity(errors, spec.get("affinity"), &child(path, "affinity"));
    spread(errors, spec.get("topologySpreadConstraints").items(), &child(path, "topologySpreadConstraints"));
    for (member, name) in [
        ("serviceAccountName", Name::Subdomain),
        ("nodeName", Name::Subdomain),
        ("hostname", Name::Label),
        ("subdomain", Name::Label),
        ("priorityClassName", Name::Subdomain),
    ] {
        let value = spec.get(member).str();
        // In a set the controller writes host name and subdomain.
        let skip = matches!(member, "hostname" | "subdomain") && path.contains("template");
        if !value.is_empty() && !skip {
            errors.each(&child(path, member), value, name.check(value));
        }
        if member == "nodeName" && spec.get("activeDeadlineSeconds").as_int().is_some_and(|n| n < 1) {
            errors.invalid(
                &child(path, "activeDeadlineSeconds"),
                spec.get("activeDeadlineSeconds"),
                "must be between 1 and 2147483647, inclusive",
            );
        }
    }
    tolerations(errors, spec.get("tolerations").items(), &child(path, "tolerations"));
}

const NO_SOURCES: &[&str] = &["name"];

// Answers the names of the usable volumes.
fn volumes<'a>(errors: &mut Errors, spec: &'a Value, path: &str, claims: &'a [Value]) -> Vec<&'a str> {
    let name_of = |claim: &'a Value| claim.at(&["metadata", "name"]).str();
    let own = spec
        .get("volumes")
        .items()
        .iter()
        .filter(|v| !claims.iter().any(|c| name_of(c) == v.get("name").str()));
    let all =
        claims.iter().map(|claim| (name_of(claim), None)).chain(own.map(|v| (v.get("name").str(), Some(v))));
    let mut names: Vec<&str> = Vec::new();
    for (i, (name, volume)) in all.enumerate() {
        let path = index(path, i);
        let mut found = Errors::default();
        if let Some(volume) = volume {
            volume_source(&mut found, volume, &path);
        }
        let name_path = child(&path, "name");
        if name.is_empty() {
            found.required(&name_path, "");
        } else {
            found.each(&name_path, name, Name::Label.check(name));
        }
        if names.contains(&name) {
            found.duplicate(&name_path, name);
        }
        if found.is_empty() {
            names.push(name);
        }
        errors.0.append(&mut found.0);
    }
    names
}

fn volume_source(errors: &mut Errors, volume: &Value, path: &str) {
    let mut seen = false;
    for (source, value) in volume.entries() {
        if NO_SOURCES.contains(&source.as_str()) || value.is_null() {
            continue;
        }
        let path = child(path, source);
        if seen {
            errors.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        seen = true;
        let required = match source.as_str() {
            "configMap" => "name",
            "secret" => "secretName",
            "persistentVolumeClaim" => "claimName",
            "hostPath" => "path",
            _ => continue,
        };
        if value.get(required).str().is_empty() {
            errors.required(&child(&path, required), "");
        }
        if value.get("defaultMode").as_int().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
            errors.invalid(
                &child(&path, "defaultMode"),
                value.get("defaultMode"),
                "must be a number between 0 and 0777 (octal), both inclusive",
            );
        }
        for (i, item) in value.get("items").items().iter().enumerate() {
            for member in ["key", "path"] {
                if item.get(member).str().is_empty() {
                    errors.required(&format!("{path}.items[{i}].{member}"), "");
                }
            }
        }
    }
    if !seen {
        errors.required(path, "must specify a volume type");
    }
}

fn containers(errors: &mut Errors, spec: &Value, path: &str, volumes: &[&str]) {
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
        life(errors, container, &path);
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
        if container.get("restartPolicy").str() == "Always" {
            life(errors, container, &path);
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

fn common(errors: &mut Errors, container: &Value, path: &str, volumes: &[&str]) {
    let name = container.get("name").str();
    if name.is_empty() {
        errors.required(&child(path, "name"), "");
    } else {
        errors.each(&child(path, "name"), name, Name::Label.check(name));
    }
    if container.get("image").str().is_empty() {
        errors.required(&child(path, "image"), "");
    }
    errors.one_of(
        &child(path, "terminationMessagePolicy"),
        container.get("terminationMessagePolicy").str(),
        &["File", "FallbackToLogsOnError"],
    );
    ports(errors, container, &child(path, "ports"));
    variables(errors, container, path);
    mounts(errors, container, &child(path, "volumeMounts"), volumes);
    errors.one_of(
        &child(path, "imagePullPolicy"),
        container.get("imagePullPolicy").str(),
        &["Always", "IfNotPresent", "Never"],
    );
    resources(errors, container.get("resources"), &child(path, "resources"));
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

fn variables(errors: &mut Errors, container: &Value, path: &str) {
    for (i, variable) in container.get("env").items().iter().enumerate() {
        let at = index(&child(path, "env"), i);
        let name = variable.get("name").str();
        if name.is_empty() {
            errors.required(&child(&at, "name"), "");
        } else {
            errors.each(&child(&at, "name"), name, text::variable_name(name));
        }
        let from = variable.get("valueFrom");
        if from.is_null() {
            continue;
        }
        let at = child(&at, "valueFrom");
        let mut sources = 0;
        for (source, required) in [
            ("fieldRef", &["fieldPath"][..]),
            ("resourceFieldRef", &["resource"]),
            ("configMapKeyRef", &["name", "key"]),
            ("secretKeyRef", &["name", "key"]),
            ("fileKeyRef", &[]),
        ] {
            let value = from.get(source);
            if value.is_null() {
                continue;
            }
            sources += 1;
            for member in required {
                if value.get(member).str().is_empty() {
                    errors.required(&format!("{at}.{source}.{member}"), "");
                }
            }
        }
        let problem = match sources {
            0 => {
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            }
            _ if !variable.get("value").str().is_empty() => "may not be specified when `value` is not empty",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        errors.invalid_text(&at, "", problem);
    }
    for (i, source) in container.get("envFrom").items().iter().enumerate() {
        let at = index(&child(path, "envFrom"), i);
        let mut sources = 0;
        for member in ["configMapRef", "secretRef"] {
            if !source.get(member).is_null() {
                sources += 1;
                if source.get(member).get("name").str().is_empty() {
                    errors.required(&format!("{at}.{member}.name"), "");
                }
            }
        }
        let list = child(path, "envFrom");
        match sources {
            0 => errors.invalid_text(&list, "", "must specify one of: `configMapRef` or `secretRef`"),
            1 => {}
            _ => errors.invalid_text(&list, "", "may not have more than one field specified at a time"),
        }
    }
}

fn mounts(errors: &mut Errors, container: &Value, path: &str, volumes: &[&str]) {
    let mut points: Vec<&str> = Vec::new();
    for (i, mount) in container.get("volumeMounts").items().iter().enumerate() {
        let path = index(path, i);
        let (name, point) = (mount.get("name").str(), mount.get("mountPath").str());
        if name.is_empty() {
            errors.required(&child(&path, "name"), "");
        }
        if !volumes.contains(&name) {
            errors.not_found(&child(&path, "name"), name);
        }
        if point.is_empty() {
            errors.required(&child(&path, "mountPath"), "");
        }
        if points.contains(&point) {
            errors.invalid_text(&child(&path, "mountPath"), point, "must be unique");
        }
        points.push(point);
    }
}

fn resources(errors: &mut Errors, resources: &Value, path: &str) {
    let limits = resources.get("limits");
    for list in ["limits", "requests"] {
        for (name, amount) in resources.get(list).entries() {
            let at = format!("{path}.{list}[{name}]");
            let known = matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage")
                || name.starts_with("hugepages-");
            let problems = text::label_key(name);
            if !problems.is_empty() {
                errors.each(&at, name, problems);
            } else if !name.contains('/') && !known {
                errors.invalid_text(&at, name, "must be a standard resource type or fully qualified");
                errors.invalid_text(&at, name, "must be a standard resource for containers");
            }
            let Ok(quantity) = Quantity::parse(amount.str()) else { continue };
            if quantity.sign() < 0 {
                errors.invalid(&at, amount, "must be greater than or equal to 0");
            }
            let limit = limits.get(name).str();
            if list == "requests" && Quantity::parse(limit).is_ok_and(|limit| quantity > limit) {
                let detail = format!("must be less than or equal to {name} limit of {limit}");
                errors.invalid(&child(path, "requests"), amount, &detail);
            }
        }
    }
}

fn life(errors: &mut Errors, container: &Value, path: &str) {
    for hook in ["postStart", "preStop"] {
        let value = container.at(&["lifecycle", hook]);
        if !value.is_null() {
            handler(errors, value, &format!("{path}.lifecycle.{hook}"));
        }
    }
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let probe = container.get(kind);
        if probe.is_null() {
            continue;
        }
        let path = child(path, kind);
        handler(errors, probe, &path);
        for member in
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"]
        {
            non_negative(errors, &child(&path, member), probe.get(member));
        }
        if probe.get("terminationGracePeriodSeconds").as_int().is_some_and(|n| n <= 0) {
            let at = child(&path, "terminationGracePeriodSeconds");
            errors.invalid(&at, probe.get("terminationGracePeriodSeconds"), "must be greater than 0");
        }
        if kind != "readinessProbe" && probe.get("successThreshold").as_int() != Some(1) {
            errors.invalid(&child(&path, "successThreshold"), probe.get("successThreshold"), "must be 1");
        }
    }
}

fn handler(errors: &mut Errors, value: &Value, path: &str) {
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
            "exec" | "sleep" => {}
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

fn affinity(errors: &mut Errors, affinity: &Value, path: &str) {
    for kind in ["podAffinity", "podAntiAffinity"] {
        let required = affinity.get(kind).get("requiredDuringSchedulingIgnoredDuringExecution").items();
        for (i, term) in required.iter().enumerate() {
            let at = format!("{path}.{kind}.requiredDuringSchedulingIgnoredDuringExecution[{i}]");
            selector(errors, term.get("labelSelector"), &child(&at, "labelSelector"));
            if term.get("topologyKey").str().is_empty() {
                errors.required(&child(&at, "topologyKey"), "can not be empty");
            }
        }
        let preferred = affinity.get(kind).get("preferredDuringSchedulingIgnoredDuringExecution").items();
        for (i, term) in preferred.iter().enumerate() {
            let at = format!("{path}.{kind}.preferredDuringSchedulingIgnoredDuringExecution[{i}]");
            if !term.get("weight").as_int().is_some_and(|w| (1..=100).contains(&w)) {
                errors.invalid(&child(&at, "weight"), term.get("weight"), "must be in the range 1-100");
            }
            let inner = term.get("podAffinityTerm");
            selector(errors, inner.get("labelSelector"), &child(&at, "podAffinityTerm.labelSelector"));
            if inner.get("topologyKey").str().is_empty() {
                errors.required(&child(&at, "podAffinityTerm.topologyKey"), "can not be empty");
            }
        }
    }
}

fn spread(errors: &mut Errors, constraints: &[Value], path: &str) {
    for (i, constraint) in constraints.iter().enumerate() {
        let path = index(path, i);
        if constraint.get("maxSkew").as_int().unwrap_or(0) <= 0 {
            errors.invalid(&child(&path, "maxSkew"), constraint.get("maxSkew"), "must be greater than zero");
        }
        if constraint.get("topologyKey").str().is_empty() {
            errors.required(&child(&path, "topologyKey"), "can not be empty");
        }
        let action = constraint.get("whenUnsatisfiable").str();
        if !matches!(action, "DoNotSchedule" | "ScheduleAnyway") {
            let at = child(&path, "whenUnsatisfiable");
            errors.not_supported(&at, action, &["DoNotSchedule", "ScheduleAnyway"]);
        }
        selector(errors, constraint.get("labelSelector"), &child(&path, "labelSelector"));
    }
}

fn tolerations(errors: &mut Errors, tolerations: &[Value], path: &str) {
    for (i, toleration) in tolerations.iter().enumerate() {
        let path = index(path, i);
        let member = |name: &str| toleration.get(name).str();
        let at = child(&path, "operator");
        if !member("key").is_empty() {
            label_name(errors, &child(&path, "key"), member("key"));
        } else if member("operator") != "Exists" {
            errors.invalid_text(
                &at,
                member("operator"),
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            );
        }
        if !toleration.get("tolerationSeconds").is_null() && member("effect") != "NoExecute" {
            errors.invalid_text(
                &child(&path, "effect"),
                member("effect"),
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match member("operator") {
            "Equal" | "" => {
                let problems = text::label_value(member("value"));
                if !problems.is_empty() {
                    errors.invalid_text(&at, member("value"), &problems.join(";"));
                }
            }
            "Exists" if !member("value").is_empty() => {
                errors.invalid_text(&at, member("value"), "value must be empty when `operator` is 'Exists'");
            }
            "Exists" => {}
            other => errors.not_supported(&at, other, &["Equal", "Exists"]),
        }
        if !member("effect").is_empty() {
            taint_effect(errors, &child(&path, "effect"), member("effect"));
        }
    }
}

pub(super) fn taint_effect(errors: &mut Errors, path: &str, effect: &str) {
    errors.one_of(path, effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
}
