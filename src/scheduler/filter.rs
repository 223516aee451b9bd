//! Why a node cannot take a pod (S140), and how that is told (S141).

use crate::api::placement::{selects_node, tolerates};
use crate::api::quantity::Quantity;
use crate::api::{Kind, Object, ObjectKey, Profile, Text, Value};
use crate::component::Ctx;
use crate::sim::{Arrange, SortedMap};

/// What a node carries.
#[derive(Clone, Debug, Default)]
pub struct Load {
    pods: usize,
    cpu_milli: i64,
    memory: i64,
}

impl Load {
    /// Adds or takes away a pod.
    pub fn count(&mut self, pod: &Object, add: bool) {
        let (cpu, memory) = requests(pod);
        if add {
            self.pods += 1;
            self.cpu_milli += cpu;
            self.memory += memory;
        } else {
            self.pods = self.pods.saturating_sub(1);
            self.cpu_milli -= cpu;
            self.memory -= memory;
        }
    }
}

/// A node and what it carries.
pub struct Node<'a> {
    /// The node.
    pub object: &'a Object,
    /// Its load.
    pub load: &'a Load,
}

/// A claim of the pod.
pub struct Claim {
    /// Its key.
    pub key: ObjectKey,
    /// It is bound only once the pod has a node.
    pub waits_for_node: bool,
    /// The hostname its volume is tied to, if it is.
    pub hostnames: Option<Vec<Text>>,
}

/// Why a node refuses, and whether removing other pods could help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The texts; several resources may be short at once.
    pub reasons: Vec<String>,
    /// Only resources are missing.
    pub preemption_could_help: bool,
}

/// The pod's claims, or a reason that holds on every node.
pub fn claims(pod: &Object, ctx: &Ctx<'_>) -> Result<Vec<Claim>, String> {
    let view = ctx.view();
    let mut claims = Vec::new();
    for volume in pod.spec().get("volumes").items() {
        let name = volume.at(&["persistentVolumeClaim", "claimName"]);
        if name.is_null() {
            continue;
        }
        let Some(claim) = view.get(Kind::PersistentVolumeClaim, pod.namespace(), name.str()) else {
            return Err(format!("persistentvolumeclaim \"{}\" not found", name.str()));
        };
        if claim.is_terminating() {
            return Err(format!("persistentvolumeclaim \"{}\" is being deleted", name.str()));
        }
        let class = view.get(Kind::StorageClass, "", claim.spec().get("storageClassName").str());
        let late = class.is_some_and(|c| c.body.get("volumeBindingMode").str() == "WaitForFirstConsumer");
        let bound = claim.status().get("phase").str() == "Bound";
        if !bound && !late {
            return Err("pod has unbound immediate PersistentVolumeClaims".into());
        }
        let volume = view.get(Kind::PersistentVolume, "", claim.spec().get("volumeName").str());
        if bound && volume.is_none() {
            return Err(format!(
                "persistentvolumeclaim \"{}\" bound to non-existent persistentvolume \"{}\"",
                name.str(),
                claim.spec().get("volumeName").str()
            ));
        }
        claims.push(Claim {
            key: claim.key(),
            waits_for_node: !bound,
            hostnames: volume.and_then(|volume| pinned(volume)),
        });
    }
    Ok(claims)
}

// The hostnames a volume's node affinity allows; none if it is free.
fn pinned(volume: &Object) -> Option<Vec<Text>> {
    let terms = volume.spec().at(&["nodeAffinity", "required", "nodeSelectorTerms"]).items();
    let names: Vec<Text> = terms
        .iter()
        .flat_map(|term| term.get("matchExpressions").items())
        .filter(|e| e.get("key").str() == "kubernetes.io/hostname")
        .flat_map(|e| e.get("values").items().iter().map(Value::text))
        .collect();
    (!names.is_empty()).then_some(names)
}

/// Why the node cannot take the pod; none if it can. The first failing filter counts.
pub fn refusal(pod: &Object, node: &Node<'_>, claims: &[Claim], profile: &Profile) -> Option<Refusal> {
    let no = |reason: String| Some(Refusal { reasons: vec![reason], preemption_could_help: false });
    let spec = pod.spec();
    if node.object.spec().get("unschedulable").is_true()
        && !tolerates(spec, "node.kubernetes.io/unschedulable", "", "NoSchedule")
    {
        return no("node(s) were unschedulable".into());
    }
    for taint in node.object.spec().get("taints").items() {
        let (key, value, effect) =
            (taint.get("key").str(), taint.get("value").str(), taint.get("effect").str());
        if matches!(effect, "NoSchedule" | "NoExecute") && !tolerates(spec, key, value, effect) {
            return no(if profile.taint_in_scheduling_text {
                format!("node(s) had untolerated taint {{{key}: {value}}}")
            } else {
                "node(s) had untolerated taint(s)".into()
            });
        }
    }
    if !selects_node(spec, node.object) {
        return no("node(s) didn't match Pod's node affinity/selector".into());
    }
    let mut short = Vec::new();
    let allocatable = node.object.status().get("allocatable");
    let (cpu, memory) = requests(pod);
    if node.load.pods as i64 >= quantity_milli(allocatable.get("pods")) / 1000 {
        short.push("Too many pods".to_string());
    }
    if cpu > 0 && node.load.cpu_milli + cpu > quantity_milli(allocatable.get("cpu")) {
        short.push("Insufficient cpu".to_string());
    }
    if memory > 0 && node.load.memory + memory > quantity_milli(allocatable.get("memory")) / 1000 {
        short.push("Insufficient memory".to_string());
    }
    if !short.is_empty() {
        // What the whole node does not have, no removal of pods gives.
        let fits_empty = cpu <= quantity_milli(allocatable.get("cpu"))
            && memory <= quantity_milli(allocatable.get("memory")) / 1000;
        return Some(Refusal { reasons: short, preemption_could_help: fits_empty });
    }
    let hostname = node.object.label("kubernetes.io/hostname");
    if claims
        .iter()
        .any(|c| c.hostnames.as_ref().is_some_and(|names| !names.iter().any(|n| **n == *hostname)))
    {
        return no("node(s) didn't match PersistentVolume's node affinity".into());
    }
    None
}

// What the containers ask for: milli-CPUs and bytes.
fn requests(pod: &Object) -> (i64, i64) {
    let sum = |resource: &str| -> i64 {
        pod.spec()
            .get("containers")
            .items()
            .iter()
            .map(|c| {
                let request = c.at(&["resources", "requests", resource]);
                quantity_milli(if request.is_null() {
                    c.at(&["resources", "limits", resource])
                } else {
                    request
                })
            })
            .sum()
    };
    (sum("cpu"), sum("memory") / 1000)
}

/// A quantity in thousandths: `500m` is 500, `1Gi` is 1024³ · 1000; 0 for anything that is none.
pub fn quantity_milli(value: &Value) -> i64 {
    match value {
        Value::Int(n) => n.saturating_mul(1000),
        Value::Float(f) => (f * 1000.0) as i64,
        other => Quantity::parse(other.str()).map_or(0, Quantity::milli),
    }
}

/// The text of FailedScheduling when every node refuses (S141).
pub fn message(refusals: &[Refusal], nodes: usize) -> String {
    let mut reasons: SortedMap<&str, usize> = SortedMap::new();
    for reason in refusals.iter().flat_map(|r| &r.reasons) {
        *reasons.entry(reason).or_default() += 1;
    }
    let mut list: Vec<String> = reasons.into_iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    list.arrange();
    let helps = refusals.iter().filter(|r| r.preemption_could_help).count();
    let mut preemption = Vec::new();
    if helps > 0 {
        preemption.push(format!("{helps} No preemption victims found for incoming pod"));
    }
    if helps < refusals.len() {
        preemption.push(format!("{} Preemption is not helpful for scheduling", refusals.len() - helps));
    }
    preemption.arrange();
    format!(
        "0/{nodes} nodes are available: {}. no new claims to deallocate, preemption: 0/{nodes} nodes are available: {}.",
        list.join(", "),
        preemption.join(", ")
    )
}
