//! What the API server fills in (S1 to S5, S119, S128).
//!
//! Follows `SetObjectDefaults_*` of pkg/apis/core/v1 and pkg/apis/apps/v1, with the admission plugins a plain cluster
//! has: ServiceAccount, DefaultTolerationSeconds, Priority, DefaultStorageClass, StorageObjectInUseProtection.

mod service;

use crate::api::print::base64;
use crate::api::quantity::Quantity;
use crate::api::{Kind, Object, Profile, Text, Value};
use crate::object;

/// What defaulting has to ask of the rest of the server.
pub struct AdmissionContext<'a> {
    /// The modelled release.
    pub profile: &'a Profile,
    /// The StorageClass a claim without one gets.
    pub default_storage_class: Option<Text>,
    /// Hands out an address for a Service.
    pub cluster_ip: &'a mut dyn FnMut() -> Text,
    /// How long pods bear a node that is not ready, or unreachable.
    pub toleration_secs: (i64, i64),
    /// The stored object, when this is an update.
    pub old: Option<&'a Object>,
}

/// Fills in the defaults of an object, and drops what a closed gate hides (S8). Filling in twice changes nothing more.
pub fn default_object(object: &mut Object, context: &mut AdmissionContext) {
    let body = &mut object.body;
    match object.kind {
        Kind::StatefulSet => stateful_set(body, context),
        Kind::Deployment => {
            deployment(body);
        }
        Kind::ReplicaSet => replica_set(body, context),
        Kind::DaemonSet => daemon_set(body, context),
        Kind::Pod => pod(body, context),
        Kind::Service => service::service(body, context),
        Kind::PersistentVolumeClaim => {
            claim(body);
            if context.old.is_none() {
                admit_claim(body, context);
            }
        }
        Kind::PersistentVolume => {
            volume(body);
            if context.old.is_none() {
                add_finalizer(body, "kubernetes.io/pv-protection");
            }
        }
        Kind::StorageClass => {
            default_absent(body, "reclaimPolicy", "Delete");
            default_absent(body, "volumeBindingMode", "Immediate");
        }
        Kind::Namespace => {
            let name = body.at(&["metadata", "name"]).clone();
            let labels = body.at_mut(&["metadata", "labels"]).map_mut();
            labels.insert("kubernetes.io/metadata.name", name);
            let spec = body.at_mut(&["spec"]);
            if spec.get("finalizers").items().is_empty() {
                spec.map_mut().insert("finalizers", vec!["kubernetes".into()]);
            }
            default(body.at_mut(&["status"]), "phase", "Active");
        }
        Kind::Node => node(body),
        Kind::Endpoints => {
            for subset in items_mut(body, "subsets") {
                for port in items_mut(subset, "ports") {
                    default(port, "protocol", "TCP");
                }
            }
        }
        Kind::Secret => {
            default(body, "type", "Opaque");
            // What is given as it is stands encoded beside the rest.
            let given = body.get("stringData").clone();
            body.remove(&["stringData"]);
            for (key, value) in given.entries() {
                body.at_mut(&["data"]).map_mut().insert(key.clone(), base64(value.str().as_bytes()));
            }
        }
        Kind::HorizontalPodAutoscaler => {
            let spec = body.at_mut(&["spec"]);
            if !has(spec, "minReplicas") {
                spec.map_mut().insert("minReplicas", 1);
            }
            if spec.get("metrics").items().is_empty() {
                let target = object! { "averageUtilization" => 80, "type" => "Utilization" };
                let metric = object! {
                    "resource" => object! { "name" => "cpu", "target" => target }, "type" => "Resource",
                };
                spec.map_mut().insert("metrics", Value::list(vec![metric]));
            }
        }
        Kind::EndpointSlice => {
            for port in items_mut(body, "ports") {
                default(port, "name", "");
                default(port, "protocol", "TCP");
            }
        }
        _ => {}
    }
}

// Sets a member that is absent, null or an empty string.
fn default(value: &mut Value, key: &'static str, to: impl Into<Value>) {
    let old = value.get(key);
    if old.is_null() || old.as_str() == Some("") {
        value.map_mut().insert(key, to);
    }
}

// Sets a member that is absent or null; an empty string stays, and is refused.
fn default_absent(value: &mut Value, key: &'static str, to: &'static str) {
    if !has(value, key) {
        value.map_mut().insert(key, to);
    }
}

// Sets a number that is absent or 0.
fn default_number(value: &mut Value, key: &'static str, to: i64) {
    if matches!(value.get(key), Value::Null | Value::Int(0)) {
        value.map_mut().insert(key, to);
    }
}

fn has(value: &Value, key: &str) -> bool {
    !value.get(key).is_null()
}

// The items of a list member for writing; none without touching anything if there are none.
fn items_mut<'a>(value: &'a mut Value, key: &'static str) -> &'a mut [Value] {
    if value.get(key).items().is_empty() {
        return &mut [];
    }
    value.map_mut().entry(key).list_mut()
}

fn member_mut<'a>(value: &'a mut Value, key: &'static str) -> Option<&'a mut Value> {
    value.get(key).as_map()?;
    Some(value.map_mut().entry(key))
}

fn stateful_set(body: &mut Value, context: &AdmissionContext) {
    let spec = body.at_mut(&["spec"]);
    default(spec, "podManagementPolicy", "OrderedReady");
    let strategy = spec.at_mut(&["updateStrategy"]);
    if strategy.get("type").str().is_empty() {
        strategy.map_mut().insert("type", "RollingUpdate");
        if !has(strategy, "rollingUpdate") {
            strategy.map_mut().insert("rollingUpdate", Value::map());
        }
    }
    let rolling = strategy.get("type").str() == "RollingUpdate";
    if let Some(update) = member_mut(strategy, "rollingUpdate") {
        let stored = context
            .old
            .is_some_and(|old| has(old.spec().at(&["updateStrategy", "rollingUpdate"]), "maxUnavailable"));
        if !context.profile.max_unavailable_gate && !stored {
            update.remove(&["maxUnavailable"]);
        }
        if rolling {
            default(update, "partition", 0);
            if context.profile.max_unavailable_gate {
                default(update, "maxUnavailable", 1);
            }
        }
    }
    let retention = spec.at_mut(&["persistentVolumeClaimRetentionPolicy"]);
    default(retention, "whenDeleted", "Retain");
    default(retention, "whenScaled", "Retain");
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "serviceName", "");
    pod_template(spec.at_mut(&["template"]));
    for template in items_mut(spec, "volumeClaimTemplates") {
        template.map_mut().insert("apiVersion", "v1");
        template.map_mut().insert("kind", "PersistentVolumeClaim");
        claim(template);
    }
}

fn deployment(body: &mut Value) {
    let spec = body.at_mut(&["spec"]);
    default(spec, "replicas", 1);
    let strategy = spec.at_mut(&["strategy"]);
    default(strategy, "type", "RollingUpdate");
    if strategy.get("type").str() == "RollingUpdate" {
        let rolling = strategy.at_mut(&["rollingUpdate"]);
        default(rolling, "maxUnavailable", "25%");
        default(rolling, "maxSurge", "25%");
    }
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "progressDeadlineSeconds", 600);
    pod_template(spec.at_mut(&["template"]));
}

fn replica_set(body: &mut Value, context: &AdmissionContext) {
    let spec = body.at_mut(&["spec"]);
    default(spec, "replicas", 1);
    pod_template(spec.at_mut(&["template"]));
    if context.old.is_none() {
        body.set(&["status"], object! { "replicas" => 0 });
    }
}

fn daemon_set(body: &mut Value, context: &AdmissionContext) {
    const GENERATION: &str = "deprecated.daemonset.template.generation";
    let spec = body.at_mut(&["spec"]);
    let strategy = spec.at_mut(&["updateStrategy"]);
    default(strategy, "type", "RollingUpdate");
    if strategy.get("type").str() == "RollingUpdate" {
        let rolling = strategy.at_mut(&["rollingUpdate"]);
        default(rolling, "maxUnavailable", 1);
        default(rolling, "maxSurge", 0);
    }
    default(spec, "revisionHistoryLimit", 10);
    pod_template(spec.at_mut(&["template"]));
    // The server counts the templates of a set, in an annotation that nobody else may change.
    let generation = match context.old {
        None => 1,
        Some(old) => {
            let changed = old.spec().get("template") != body.at(&["spec", "template"]);
            old.annotation(GENERATION).parse().unwrap_or(0) + i64::from(changed)
        }
    };
    body.at_mut(&["metadata", "annotations"]).map_mut().insert(GENERATION, generation.to_string());
    if context.old.is_none() {
        body.set(
            &["status"],
            object! {
                "currentNumberScheduled" => 0, "desiredNumberScheduled" => 0, "numberMisscheduled" => 0,
                "numberReady" => 0,
            },
        );
    }
}

fn pod_template(template: &mut Value) {
    template.at_mut(&["metadata"]).map_mut();
    pod_spec(template.at_mut(&["spec"]));
}

/// Defaults that pods and templates share (S3).
fn pod_spec(spec: &mut Value) {
    default(spec, "dnsPolicy", "ClusterFirst");
    default(spec, "restartPolicy", "Always");
    spec.at_mut(&["securityContext"]).map_mut();
    default(spec, "terminationGracePeriodSeconds", 30);
    default(spec, "schedulerName", "default-scheduler");
    if has(spec, "serviceAccountName") {
        let name = spec.get("serviceAccountName").clone();
        spec.map_mut().insert("serviceAccount", name);
    } else if has(spec, "serviceAccount") {
        let name = spec.get("serviceAccount").clone();
        spec.map_mut().insert("serviceAccountName", name);
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in items_mut(spec, list) {
            self::container(container);
        }
    }
    for volume in items_mut(spec, "volumes") {
        volume_source(volume);
    }
    quantities(spec, "overhead");
}

fn container(container: &mut Value) {
    let image = container.get("image").str();
    let policy = if is_latest(image) { "Always" } else { "IfNotPresent" };
    default(container, "imagePullPolicy", policy);
    default(container, "terminationMessagePath", "/dev/termination-log");
    default(container, "terminationMessagePolicy", "File");
    let resources = container.at_mut(&["resources"]);
    resources.map_mut();
    quantities(resources, "limits");
    quantities(resources, "requests");
    for port in items_mut(container, "ports") {
        default(port, "protocol", "TCP");
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = member_mut(container, probe) {
            default_number(probe, "timeoutSeconds", 1);
            default_number(probe, "periodSeconds", 10);
            default_number(probe, "successThreshold", 1);
            default_number(probe, "failureThreshold", 3);
            handler(probe);
            if let Some(grpc) = member_mut(probe, "grpc") {
                default(grpc, "service", "");
            }
        }
    }
    if let Some(lifecycle) = member_mut(container, "lifecycle") {
        for hook in ["postStart", "preStop"] {
            if let Some(hook) = member_mut(lifecycle, hook) {
                handler(hook);
            }
        }
    }
    for variable in items_mut(container, "env") {
        if let Some(from) = member_mut(variable, "valueFrom")
            && let Some(field) = member_mut(from, "fieldRef")
        {
            default(field, "apiVersion", "v1");
        }
    }
}

fn handler(value: &mut Value) {
    if let Some(get) = member_mut(value, "httpGet") {
        default(get, "path", "/");
        default(get, "scheme", "HTTP");
    }
}

// No tag means latest; a digest alone is something definite, and what is no name of an image has no tag.
fn is_latest(image: &str) -> bool {
    let (name, digest) = image.split_once('@').map_or((image, ""), |(name, digest)| (name, digest));
    let registry = |host: &str| {
        host.contains(['.', ':']) || host == "localhost" || host.contains(|c: char| c.is_ascii_uppercase())
    };
    let path = match name.split_once('/') {
        Some((host, path)) if registry(host) => path,
        _ => name,
    };
    let (path, tag) = path.split_once(':').unwrap_or((path, "latest"));
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let named = path.split('/').all(|part| {
        part.starts_with(inner)
            && part.ends_with(inner)
            && part.chars().all(|c| inner(c) || matches!(c, '.' | '_' | '-'))
    });
    named && tag == "latest" && (digest.is_empty() || name.ends_with(":latest"))
}

fn quantities(value: &mut Value, key: &'static str) {
    let Some(list) = member_mut(value, key) else { return };
    for (_, amount) in list.map_mut().values_mut() {
        if let Ok(quantity) = Quantity::parse(amount.str()) {
            *amount = quantity.round_up_to_milli().to_string().into();
        }
    }
}

fn volume_source(volume: &mut Value) {
    if volume.entries().iter().all(|(key, _)| *key == "name") {
        volume.map_mut().insert("emptyDir", Value::map());
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = member_mut(volume, source) {
            default(source, "defaultMode", 420);
            downward(source);
            for part in items_mut(source, "sources") {
                if let Some(token) = member_mut(part, "serviceAccountToken") {
                    default(token, "expirationSeconds", 3600);
                }
                if let Some(api) = member_mut(part, "downwardAPI") {
                    downward(api);
                }
            }
        }
    }
    if let Some(path) = member_mut(volume, "hostPath") {
        default(path, "type", "");
    }
    if let Some(ephemeral) = member_mut(volume, "ephemeral")
        && let Some(template) = member_mut(ephemeral, "volumeClaimTemplate")
    {
        default_absent(template.at_mut(&["spec"]), "volumeMode", "Filesystem");
    }
}

fn downward(source: &mut Value) {
    for item in items_mut(source, "items") {
        if let Some(field) = member_mut(item, "fieldRef") {
            default(field, "apiVersion", "v1");
        }
    }
}

/// A pod: what templates have, and what only pods get (S4, S119).
fn pod(body: &mut Value, context: &AdmissionContext) {
    let spec = body.at_mut(&["spec"]);
    pod_spec(spec);
    let host_network = spec.get("hostNetwork").is_true();
    for list in ["initContainers", "containers"] {
        for container in items_mut(spec, list) {
            requests_from_limits(container);
            for port in items_mut(container, "ports") {
                if host_network {
                    let number = port.get("containerPort").clone();
                    default_number(port, "hostPort", number.as_int().unwrap_or(0));
                }
            }
        }
    }
    default(spec, "enableServiceLinks", true);
    if context.old.is_some() {
        return;
    }
    if spec.get("terminationGracePeriodSeconds").as_int().is_some_and(|n| n < 0) {
        spec.map_mut().insert("terminationGracePeriodSeconds", 1);
    }
    default_absent(spec, "preemptionPolicy", "PreemptLowerPriority");
    default(spec, "priority", 0);
    default(spec, "serviceAccountName", "default");
    let account = spec.get("serviceAccountName").clone();
    default(spec, "serviceAccount", account);
    let (not_ready, unreachable) = context.toleration_secs;
    for (key, seconds) in
        [("node.kubernetes.io/not-ready", not_ready), ("node.kubernetes.io/unreachable", unreachable)]
    {
        let tolerated = spec.get("tolerations").items().iter().any(|t| {
            let (k, effect) = (t.get("key").str(), t.get("effect").str());
            (k == key || (k.is_empty() && t.get("operator").str() == "Exists"))
                && (effect == "NoExecute" || effect.is_empty())
        });
        if !tolerated {
            spec.at_mut(&["tolerations"]).list_mut().push(object! {
                "effect" => "NoExecute", "key" => key, "operator" => "Exists", "tolerationSeconds" => seconds,
            });
        }
    }
    let class = qos_class(body.get("spec"));
    let status = body.at_mut(&["status"]).map_mut();
    status.insert("phase", "Pending");
    status.insert("qosClass", class);
}

fn requests_from_limits(container: &mut Value) {
    let limits = container.at(&["resources", "limits"]).clone();
    for (name, limit) in limits.entries() {
        let requests = container.at_mut(&["resources", "requests"]).map_mut();
        if !requests.contains_key(name) {
            requests.insert(name.clone(), limit.clone());
        }
    }
}

/// The quality-of-service class of a defaulted pod: `Guaranteed`, `Burstable` or `BestEffort`.
pub fn qos_class(spec: &Value) -> &'static str {
    let (mut any, mut guaranteed) = (false, true);
    for container in spec.get("containers").items().iter().chain(spec.get("initContainers").items()) {
        let amount = |list: &str, name: &str| {
            let amount = container.at(&["resources", list, name]);
            Quantity::parse(amount.str()).ok().filter(|q| q.sign() > 0)
        };
        for name in ["cpu", "memory"] {
            let (request, limit) = (amount("requests", name), amount("limits", name));
            any |= request.is_some() || limit.is_some();
            guaranteed &= limit.is_some() && request == limit;
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

fn claim(body: &mut Value) {
    let spec = body.at_mut(&["spec"]);
    default_absent(spec, "volumeMode", "Filesystem");
    let resources = spec.at_mut(&["resources"]);
    resources.map_mut();
    quantities(resources, "limits");
    quantities(resources, "requests");
    default(body.at_mut(&["status"]), "phase", "Pending");
}

fn admit_claim(body: &mut Value, context: &AdmissionContext) {
    if !has(body.get("spec"), "storageClassName")
        && body.at(&["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"]).is_null()
        && let Some(class) = &context.default_storage_class
    {
        body.set(&["spec", "storageClassName"], class);
    }
    add_finalizer(body, "kubernetes.io/pvc-protection");
}

fn add_finalizer(body: &mut Value, finalizer: &'static str) {
    if body.at(&["metadata", "finalizers"]).items().iter().all(|f| f.str() != finalizer) {
        body.at_mut(&["metadata", "finalizers"]).list_mut().push(finalizer.into());
    }
}

fn volume(body: &mut Value) {
    let spec = body.at_mut(&["spec"]);
    default(spec, "persistentVolumeReclaimPolicy", "Retain");
    default_absent(spec, "volumeMode", "Filesystem");
    quantities(spec, "capacity");
    if let Some(path) = member_mut(spec, "hostPath") {
        default(path, "type", "");
    }
    if let Some(reference) = member_mut(spec, "claimRef") {
        default(reference, "kind", "PersistentVolumeClaim");
        default(reference, "apiVersion", "v1");
    }
    default(body.at_mut(&["status"]), "phase", "Pending");
}

fn node(body: &mut Value) {
    let status = body.at_mut(&["status"]);
    quantities(status, "capacity");
    quantities(status, "allocatable");
    if status.get("allocatable").entries().is_empty() && !status.get("capacity").entries().is_empty() {
        let capacity = status.get("capacity").clone();
        status.map_mut().insert("allocatable", capacity);
    }
    if let Some(cidr) =
        body.at(&["spec", "podCIDR"]).as_str().filter(|c| !c.is_empty()).map(ToString::to_string)
        && !has(body.get("spec"), "podCIDRs")
    {
        body.set(&["spec", "podCIDRs"], vec![cidr.into()]);
    }
}
