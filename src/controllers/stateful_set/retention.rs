//! Who owns a claim under `persistentVolumeClaimRetentionPolicy` (S102 to S105).

use super::identity;
use super::spec::SetSpec;
use crate::api::{Object, OwnerRef, Value};
use crate::object;

/// Whom a claim should belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody: the claim outlives both.
    Nobody,
    /// The set: the claim goes with it.
    Set,
    /// The pod: the claim goes with it.
    Pod,
}

/// The owner of the claims of an ordinal by the table of S102.
pub fn wanted_owner(spec: &SetSpec, ordinal: i64) -> Owner {
    let condemned = !spec.wants(ordinal);
    match (spec.delete_claims_with_set, spec.delete_claims_on_scale_in) {
        (_, true) if condemned => Owner::Pod,
        (true, _) => Owner::Set,
        _ => Owner::Nobody,
    }
}

fn is_set(owner: OwnerRef<'_>, set: &Object) -> bool {
    owner.kind() == "StatefulSet" && owner.name() == set.name()
}

fn is_pod(owner: OwnerRef<'_>, pod: &str) -> bool {
    owner.kind() == "Pod" && owner.name() == pod
}

// A controller that is neither this set nor this pod.
fn unexpected_controller(claim: &Object, set: &Object, pod: &str) -> bool {
    claim.owners().any(|owner| owner.is_controller() && !is_set(owner, set) && !is_pod(owner, pod))
}

/// True if the claim's owners have to be changed (S104).
pub fn needs_repair(
    claim: &Object,
    set: &Object,
    ordinal: i64,
    pod_uid: &str,
    spec: &SetSpec,
    owner: Owner,
) -> bool {
    let pod = identity::pod_name(set.name(), ordinal);
    let mut has_set = false;
    let mut has_pod = false;
    let mut without_flag = false;
    for reference in claim.owners() {
        let (ours, uid) = if is_set(reference, set) {
            has_set = true;
            (true, set.uid())
        } else if is_pod(reference, &pod) {
            has_pod = true;
            (true, pod_uid)
        } else {
            (false, "")
        };
        if ours && reference.uid() != uid {
            return false;
        }
        without_flag |= ours && !reference.is_controller();
    }
    if !spec.retains_all_claims() && unexpected_controller(claim, set, &pod) {
        return has_set || has_pod;
    }
    without_flag || (has_set, has_pod) != (owner == Owner::Set, owner == Owner::Pod)
}

/// The claim with the owners it should have (S105); the answer also tells whether another controller stands in the
/// way.
pub fn repaired(claim: &Object, set: &Object, ordinal: i64, pod_uid: &str, owner: Owner) -> (Object, bool) {
    let pod = identity::pod_name(set.name(), ordinal);
    let conflict = unexpected_controller(claim, set, &pod);
    let mut owners: Vec<Value> = claim
        .owners()
        .filter(|reference| !is_set(*reference, set) && !is_pod(*reference, &pod))
        .map(|reference| reference.0.clone())
        .collect();
    match owner {
        _ if conflict => {}
        Owner::Nobody => {}
        Owner::Set => owners.push(set.owner_reference()),
        Owner::Pod => owners.push(object! {
            "apiVersion" => "v1", "blockOwnerDeletion" => true, "controller" => true, "kind" => "Pod",
            "name" => pod, "uid" => pod_uid.to_string(),
        }),
    }
    let mut claim = claim.clone();
    if owners.is_empty() {
        claim.body.remove(&["metadata", "ownerReferences"]);
    } else {
        claim.body.set(&["metadata", "ownerReferences"], Value::list(owners));
    }
    (claim, conflict)
}
