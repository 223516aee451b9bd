//! A set's spec as the controller reads it, defaults filled in where an object came without admission.

use crate::api::{Object, Value};

/// `spec.updateStrategy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// `OnDelete`.
    OnDelete,
    /// `RollingUpdate`; none if the block `rollingUpdate` is absent, which changes S71.
    RollingUpdate(Option<RollingUpdate>),
}

/// `spec.updateStrategy.rollingUpdate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingUpdate {
    /// Ordinals from here on are updated.
    pub partition: i64,
    /// An integer or a percentage; none if absent.
    pub max_unavailable: Option<Amount>,
}

/// An integer or a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Int(i64),
    /// So many of a hundred.
    Percent(i64),
}

/// What the controller reads of `spec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSpec {
    /// Wanted pods.
    pub replicas: i64,
    /// The first ordinal.
    pub start: i64,
    /// True unless `Parallel` (S64).
    pub monotonic: bool,
    /// The update strategy.
    pub strategy: Strategy,
    /// `minReadySeconds`.
    pub min_ready_secs: i64,
    /// `whenDeleted: Delete`.
    pub delete_claims_with_set: bool,
    /// `whenScaled: Delete`.
    pub delete_claims_on_scale_in: bool,
    /// `revisionHistoryLimit`.
    pub history_limit: i64,
}

impl SetSpec {
    /// Reads a set.
    pub fn read(set: &Object) -> SetSpec {
        let spec = set.spec();
        let int = |path: &[&str], default| spec.at(path).as_int().unwrap_or(default);
        let rolling = spec.at(&["updateStrategy", "rollingUpdate"]);
        let strategy = match spec.at(&["updateStrategy", "type"]).str() {
            "OnDelete" => Strategy::OnDelete,
            _ if rolling.is_null() => Strategy::RollingUpdate(None),
            _ => Strategy::RollingUpdate(Some(RollingUpdate {
                partition: rolling.get("partition").as_int().unwrap_or(0),
                max_unavailable: match rolling.get("maxUnavailable") {
                    Value::Int(n) => Some(Amount::Int(*n)),
                    Value::Str(s) => s.strip_suffix('%').and_then(|s| s.parse().ok()).map(Amount::Percent),
                    _ => None,
                },
            })),
        };
        let retention = |member| spec.at(&["persistentVolumeClaimRetentionPolicy", member]).str() == "Delete";
        SetSpec {
            replicas: int(&["replicas"], 1),
            start: int(&["ordinals", "start"], 0),
            monotonic: spec.get("podManagementPolicy").str() != "Parallel",
            strategy,
            min_ready_secs: int(&["minReadySeconds"], 0),
            delete_claims_with_set: retention("whenDeleted"),
            delete_claims_on_scale_in: retention("whenScaled"),
            history_limit: int(&["revisionHistoryLimit"], 10),
        }
    }

    /// One past the last wanted ordinal.
    pub fn end(&self) -> i64 {
        self.start.saturating_add(self.replicas)
    }

    /// True if pods of that ordinal are wanted (S19).
    pub fn wants(&self, ordinal: i64) -> bool {
        self.start <= ordinal && ordinal < self.end()
    }

    /// True if some claim may get an owner (S102).
    pub fn retains_all_claims(&self) -> bool {
        !self.delete_claims_with_set && !self.delete_claims_on_scale_in
    }

    /// The first slot the update phase may touch (S80), as an ordinal.
    pub fn update_min(&self) -> i64 {
        match &self.strategy {
            // Slots count from the start ordinal.
            Strategy::RollingUpdate(Some(rolling)) => self.start.saturating_add(rolling.partition),
            _ => self.start,
        }
    }

    /// How many pods may be unavailable during an update when the gate is on (S86).
    pub fn max_unavailable(&self) -> usize {
        let value = match &self.strategy {
            Strategy::RollingUpdate(Some(rolling)) => rolling.max_unavailable,
            _ => None,
        };
        let max = match value {
            None => 1,
            Some(Amount::Int(n)) => n,
            Some(Amount::Percent(p)) => self.replicas.saturating_mul(p) / 100,
        };
        max.max(1) as usize
    }
}
