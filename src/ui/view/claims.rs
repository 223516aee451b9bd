//! The ledger of claims: whose they are and what becomes of them.

use crate::api::{Kind, Object};
use crate::sim::Arrange;
use crate::store::Store;

/// One claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRow {
    /// Its name.
    pub name: String,
    /// `Bound`.
    pub phase: String,
    /// Its volume, or empty.
    pub volume: String,
    /// `1Gi`.
    pub size: String,
    /// The pod that mounts it now, or empty.
    pub user: String,
    /// Scaling in deletes it.
    pub dies_on_scale_in: bool,
}

/// Every claim of the namespace `default`.
pub fn rows(store: &Store) -> Vec<ClaimRow> {
    let uses = |pod: &Object, claim: &str| {
        pod.spec()
            .get("volumes")
            .items()
            .iter()
            .any(|v| v.at(&["persistentVolumeClaim", "claimName"]).str() == claim)
    };
    let mut rows: Vec<ClaimRow> = store
        .list(Kind::PersistentVolumeClaim, Some("default"))
        .map(|claim| {
            let user = store.list(Kind::Pod, Some("default")).find(|pod| uses(pod, claim.name()));
            let retention = store
                .list(Kind::StatefulSet, Some("default"))
                .find(|set| claim.name().contains(&format!("-{}-", set.name())));
            ClaimRow {
                name: claim.name().to_string(),
                phase: if claim.is_terminating() {
                    "Terminating".into()
                } else {
                    claim.status().get("phase").str().to_string()
                },
                volume: claim.spec().get("volumeName").str().to_string(),
                size: claim.spec().at(&["resources", "requests", "storage"]).str().to_string(),
                user: user.map(|pod| pod.name().to_string()).unwrap_or_default(),
                dies_on_scale_in: retention.is_some_and(|set| {
                    set.spec().at(&["persistentVolumeClaimRetentionPolicy", "whenScaled"]).str() == "Delete"
                }),
            }
        })
        .collect();
    rows.arrange_by_key(|row| (crate::ui::view::ordinal_of(&row.name), row.name.clone()));
    rows
}
