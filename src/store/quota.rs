//! What a namespace may use: the admission plugin ResourceQuota and what it counts.
//!
//! Follows pkg/quota/v1 and plugin/pkg/admission/resourcequota. The plugin charges what it lets in to the status of the
//! quota; the quota controller counts anew when something went. Both ask [`amount`].

use super::{Reason, Status, Store};
use crate::api::quantity::Quantity;
use crate::api::{Kind, Map, Object, Value};
use crate::object;
use crate::sim::SimTime;

/// What is counted in quotas, of whatever group.
pub const COUNTED: &[Kind] = &[
    Kind::Pod,
    Kind::Service,
    Kind::PersistentVolumeClaim,
    Kind::ConfigMap,
    Kind::Secret,
    Kind::ResourceQuota,
    Kind::StatefulSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::DaemonSet,
];

/// The kinds that are also counted by their bare plural: those of the core group.
fn is_bare(kind: Kind) -> bool {
    COUNTED.contains(&kind) && kind.api_version() == "v1"
}

/// True for a pod that uses nothing any more: it has ended, or its time to end is over.
pub fn has_ended(object: &Object, now: SimTime) -> bool {
    object.kind == Kind::Pod
        && (matches!(object.status().get("phase").str(), "Failed" | "Succeeded")
            || SimTime::parse(object.meta("deletionTimestamp").str()).is_some_and(|end| end < now))
}

/// What an object uses of a resource, by the name that quotas have for it.
pub fn amount(object: &Object, resource: &str) -> Quantity {
    let kind = object.kind;
    if resource.strip_prefix("count/").is_some_and(|counted| counted == kind.resource())
        || is_bare(kind) && resource == kind.info().plural
    {
        return Quantity::of(1);
    }
    match kind {
        Kind::Pod => {
            let (list, name) = resource.split_once('.').unwrap_or(("requests", resource));
            let sum = |containers: &str| -> Vec<Quantity> {
                let containers = object.spec().get(containers).items().iter();
                containers.map(|c| quantity(c.at(&["resources", list, name]))).collect()
            };
            let all = sum("containers").into_iter().fold(Quantity::of(0), Quantity::plus);
            // Init containers run one after the other.
            sum("initContainers").into_iter().fold(all, |most, one| if one > most { one } else { most })
        }
        Kind::PersistentVolumeClaim => {
            let class = resource.split_once(".storageclass.storage.k8s.io/");
            match class {
                Some((class, _)) if *object.spec().get("storageClassName").str() != *class => Quantity::of(0),
                Some((_, "persistentvolumeclaims")) => Quantity::of(1),
                Some((_, "requests.storage")) | None if resource.ends_with("requests.storage") => {
                    quantity(object.spec().at(&["resources", "requests", "storage"]))
                }
                _ => Quantity::of(0),
            }
        }
        Kind::Service => {
            let kind = object.spec().get("type").str();
            let balanced = kind == "LoadBalancer";
            match resource {
                "services.loadbalancers" => Quantity::of(balanced.into()),
                "services.nodeports" if balanced || kind == "NodePort" => {
                    Quantity::of(object.spec().get("ports").items().len() as i64)
                }
                _ => Quantity::of(0),
            }
        }
        _ => Quantity::of(0),
    }
}

fn quantity(value: &Value) -> Quantity {
    Quantity::parse(value.str()).unwrap_or(Quantity::of(0))
}

// True if the quota is for such objects: all there are, or the pods of its scopes.
fn covers(quota: &Object, object: &Object) -> bool {
    let spec = object.spec();
    quota.spec().get("scopes").items().iter().all(|scope| {
        let best_effort = || object.status().get("qosClass").str() == "BestEffort" || is_best_effort(spec);
        let limited = || !spec.get("activeDeadlineSeconds").is_null();
        object.kind == Kind::Pod
            && match scope.str() {
                "BestEffort" => best_effort(),
                "NotBestEffort" => !best_effort(),
                "Terminating" => limited(),
                "NotTerminating" => !limited(),
                _ => false,
            }
    })
}

fn is_best_effort(pod_spec: &Value) -> bool {
    ["initContainers", "containers"].iter().flat_map(|list| pod_spec.get(list).items()).all(|container| {
        ["requests", "limits"].iter().all(|list| container.at(&["resources", list]).entries().is_empty())
    })
}

/// What is used of everything that a quota limits, but for one object.
pub fn used(store: &Store, quota: &Object, now: SimTime, but: Option<&Object>) -> Map {
    let mut used = Map::default();
    for (resource, _) in quota.spec().get("hard").entries() {
        let mut sum = Quantity::of(0);
        for kind in COUNTED {
            for object in store.list(*kind, Some(quota.namespace())) {
                let counted = resource.starts_with("count/") || !has_ended(object, now);
                let left_out = but.is_some_and(|but| but.kind == *kind && but.name() == object.name());
                if counted && !left_out && covers(quota, object) {
                    sum = sum.plus(amount(object, resource));
                }
            }
        }
        used.insert(resource.clone(), sum.to_string());
    }
    used
}

/// The quotas as they are once a new object is charged to them; an error if one of them does not let it in.
pub fn charge(store: &Store, object: &Object, now: SimTime) -> Result<Vec<Object>, Status> {
    let mut charged = Vec::new();
    for quota in store.list(Kind::ResourceQuota, Some(object.namespace())) {
        if covers(quota, object)
            && let Some(quota) = charge_one(store, quota, object, now).map_err(|why| refusal(object, &why))?
        {
            charged.push(quota);
        }
    }
    Ok(charged)
}

fn refusal(object: &Object, why: &str) -> Status {
    let text = format!("{} \"{}\" is forbidden: {why}", object.kind.resource(), object.name());
    Status::new(Reason::Forbidden, text)
}

fn charge_one(
    store: &Store,
    quota: &Object,
    object: &Object,
    now: SimTime,
) -> Result<Option<Object>, String> {
    let name = quota.name();
    if let Some(missing) = unspecified(quota, object) {
        return Err(format!("failed quota: {name}: must specify {missing}"));
    }
    let mut charged = quota.clone();
    let hard = quota.spec().get("hard");
    if quota.status().get("hard") != hard {
        // The controller is quicker than the next command; here commands take no time at all.
        let status = object! { "hard" => hard.clone(), "used" => used(store, quota, now, Some(object)) };
        charged.body.set(&["status"], status);
    }
    let status = charged.status().clone();
    let mut touched = false;
    let mut over: [Vec<String>; 3] = Default::default();
    for (resource, limit) in hard.entries() {
        let more = amount(object, resource);
        if more.sign() == 0 {
            continue;
        }
        let used = status.at(&["used", resource]);
        let sum = quantity(used).plus(more);
        if sum > quantity(limit) {
            for (list, number) in
                over.iter_mut().zip([more.to_string(), used.str().into(), limit.str().into()])
            {
                list.push([resource, "=", &number].concat());
            }
        }
        *charged.body.at_mut(&["status", "used"]).map_mut().entry(resource.clone()) = sum.to_string().into();
        touched = true;
    }
    if !over[0].is_empty() {
        let [requested, used, limited] = over.map(|list| list.join(","));
        return Err(format!(
            "exceeded quota: {name}, requested: {requested}, used: {used}, limited: {limited}"
        ));
    }
    Ok(touched.then_some(charged))
}

// Every container has to say how much it wants of cpu and memory where that is limited.
fn unspecified(quota: &Object, object: &Object) -> Option<String> {
    const ASKED: &[&str] =
        &["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];
    if object.kind != Kind::Pod {
        return None;
    }
    let mut missing = Vec::new();
    for resource in ASKED.iter().filter(|resource| !quota.spec().at(&["hard", resource]).is_null()) {
        let (list, name) = resource.split_once('.').unwrap_or(("requests", resource));
        let lists = ["containers", "initContainers"];
        let silent: Vec<&str> = lists
            .iter()
            .flat_map(|containers| object.spec().get(containers).items())
            .filter(|container| container.at(&["resources", list, name]).is_null())
            .map(|container| container.get("name").str())
            .collect();
        if !silent.is_empty() {
            missing.push([resource, " for: ", &silent.join(",")].concat());
        }
    }
    (!missing.is_empty()).then(|| missing.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::manifest;

    fn object(kind: Kind, text: &str) -> Object {
        Object::of(kind, manifest::parse(text).unwrap().remove(0).value)
    }

    #[test]
    fn what_an_object_uses_of_a_resource() {
        let pod = object(
            Kind::Pod,
            "spec:
  initContainers: [{name: i, resources: {requests: {cpu: '1'}}}]
  containers:
  - {name: a, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m}}}
  - {name: b, resources: {requests: {cpu: 200m}}}",
        );
        let claim = object(
            Kind::PersistentVolumeClaim,
            "spec: {storageClassName: fast, resources: {requests: {storage: 2Gi}}}",
        );
        let service = object(Kind::Service, "spec: {type: NodePort, ports: [{port: 80}, {port: 81}]}");
        let set = object(Kind::StatefulSet, "spec: {}");
        for (object, resource, used) in [
            (&pod, "pods", "1"),
            (&pod, "count/pods", "1"),
            (&pod, "requests.cpu", "1"),
            (&pod, "cpu", "1"),
            (&pod, "requests.memory", "64Mi"),
            (&pod, "limits.cpu", "200m"),
            (&pod, "services", "0"),
            (&claim, "persistentvolumeclaims", "1"),
            (&claim, "requests.storage", "2Gi"),
            (&claim, "fast.storageclass.storage.k8s.io/requests.storage", "2Gi"),
            (&claim, "slow.storageclass.storage.k8s.io/requests.storage", "0"),
            (&claim, "fast.storageclass.storage.k8s.io/persistentvolumeclaims", "1"),
            (&service, "services", "1"),
            (&service, "services.nodeports", "2"),
            (&service, "services.loadbalancers", "0"),
            (&set, "count/statefulsets.apps", "1"),
            (&set, "statefulsets", "0"),
        ] {
            assert_eq!(amount(object, resource).to_string(), used, "{resource}");
        }
    }

    #[test]
    fn scopes_choose_pods() {
        let quota = |scopes: &str| object(Kind::ResourceQuota, &format!("spec: {{scopes: [{scopes}]}}"));
        let plain = object(Kind::Pod, "spec: {containers: [{name: a}]}");
        let asking = object(
            Kind::Pod,
            "spec: {activeDeadlineSeconds: 5, containers: [{name: a, resources: {limits: {cpu: 1}}}]}",
        );
        let claim = object(Kind::PersistentVolumeClaim, "spec: {}");
        for (scopes, of_plain, of_asking, of_claim) in [
            ("", true, true, true),
            ("BestEffort", true, false, false),
            ("NotBestEffort", false, true, false),
            ("Terminating", false, true, false),
            ("NotTerminating", true, false, false),
            ("Terminating, NotBestEffort", false, true, false),
        ] {
            let covered = [&plain, &asking, &claim].map(|object| covers(&quota(scopes), object));
            assert_eq!(covered, [of_plain, of_asking, of_claim], "{scopes}");
        }
    }
}
