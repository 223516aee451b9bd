//! What differs between Kubernetes versions, as data: the table of statefulset.md 0.3.
//!
//! Nothing else in the code asks for a version number; it asks for the switch.

/// The behaviour of one Kubernetes release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `1.36`, as the header shows it.
    pub name: &'static str,
    /// `v1.36.3`, as `kubectl version` and the VERSION column of nodes print it.
    pub git_version: &'static str,
    /// Revision data holds `creationTimestamp: null` (S43).
    pub creation_timestamp_in_revision: bool,
    /// The latest revision is compared semantically (S35).
    pub semantic_revision_comparison: bool,
    /// "Unavailable" looks at minReadySeconds instead of readiness alone (S61).
    pub available_instead_of_ready: bool,
    /// The gate MaxUnavailableStatefulSet (S86).
    pub max_unavailable_gate: bool,
    /// Parallel sets delete broken old pods without budget (S90).
    pub parallel_two_phase_deletion: bool,
    /// The controller waits for its own writes to appear in its copy (S53).
    pub read_your_writes: bool,
    /// The pod template is validated when the set is created (S15).
    pub validate_template_on_create: bool,
    /// FailedScheduling names the taint's key and value (S141).
    pub taint_in_scheduling_text: bool,
    /// `Container created` instead of `Created container: NAME` (S153).
    pub short_container_texts: bool,
    /// Event messages of the StatefulSet controller begin with a capital letter (C1).
    pub capital_event_messages: bool,
    /// FailedScheduling for unbound claims ends `not found` (C2).
    pub unbound_claims_not_found_text: bool,
    /// `describe sts` has the additional lines of kubectl 1.37 (C18).
    pub wide_describe: bool,
    /// Pods say which generation their status speaks of; before, the server dropped the field.
    pub pod_observed_generation: bool,
    /// A set with OnDelete completes its rollout as well; before, its current revision stayed for good (S84, S93).
    pub on_delete_completes: bool,
    /// The last availableReplicas update waits for a coarse timer (C19).
    pub coarse_availability_check: bool,
    /// Claims say whether a pod refers to them (the gate PersistentVolumeClaimUnusedSinceTime).
    pub unused_claims: bool,
}

const V1_36: Profile = Profile {
    name: "1.36",
    git_version: "v1.36.3",
    creation_timestamp_in_revision: false,
    semantic_revision_comparison: true,
    available_instead_of_ready: true,
    max_unavailable_gate: false,
    parallel_two_phase_deletion: false,
    read_your_writes: true,
    validate_template_on_create: true,
    taint_in_scheduling_text: false,
    short_container_texts: true,
    capital_event_messages: true,
    unbound_claims_not_found_text: true,
    wide_describe: false,
    pod_observed_generation: true,
    on_delete_completes: false,
    coarse_availability_check: false,
    unused_claims: false,
};

/// Every modelled release, oldest first.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "1.33",
        git_version: "v1.33.13",
        creation_timestamp_in_revision: true,
        semantic_revision_comparison: false,
        available_instead_of_ready: false,
        read_your_writes: false,
        validate_template_on_create: false,
        taint_in_scheduling_text: true,
        short_container_texts: false,
        capital_event_messages: false,
        unbound_claims_not_found_text: false,
        pod_observed_generation: false,
        coarse_availability_check: true,
        ..V1_36
    },
    Profile {
        name: "1.34",
        git_version: "v1.34.4",
        read_your_writes: false,
        taint_in_scheduling_text: true,
        short_container_texts: false,
        capital_event_messages: false,
        coarse_availability_check: true,
        ..V1_36
    },
    Profile {
        name: "1.35.0",
        git_version: "v1.35.0",
        max_unavailable_gate: true,
        read_your_writes: false,
        coarse_availability_check: true,
        ..V1_36
    },
    Profile { name: "1.35.4", git_version: "v1.35.4", read_your_writes: false, ..V1_36 },
    V1_36,
    Profile {
        name: "1.37",
        git_version: "v1.37.1",
        max_unavailable_gate: true,
        parallel_two_phase_deletion: true,
        wide_describe: true,
        on_delete_completes: true,
        unused_claims: true,
        ..V1_36
    },
];

impl Profile {
    /// The release that is used unless a run asks for another one.
    pub fn default_release() -> &'static Profile {
        PROFILES.iter().find(|p| p.name == "1.36").expect("the list has 1.36")
    }

    /// The release for `1.36`, `v1.36`, `1.35.2`, …: of the listed ones with that minor version the last whose
    /// patch is not above the asked one; without a patch the last of that minor version.
    pub fn find(version: &str) -> Option<&'static Profile> {
        let version = version.strip_prefix('v').unwrap_or(version);
        let mut parts = version.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let patch: u32 = match parts.next() {
            Some(patch) => patch.parse().ok()?,
            None => u32::MAX,
        };
        let same = |p: &&Profile| {
            let mut own = p.name.split('.');
            own.next() == Some(major)
                && own.next() == Some(minor)
                && own.next().map_or(0, |p| p.parse().unwrap_or(0)) <= patch
        };
        PROFILES.iter().rfind(same)
    }

    /// True if this release is older than `major.minor`; for what differs in kubectl's texts.
    pub fn before(&self, major: u32, minor: u32) -> bool {
        let mut own = self.name.split('.').map(|part| part.parse().unwrap_or(0));
        (own.next().unwrap_or(0), own.next().unwrap_or(0)) < (major, minor)
    }

    /// The minor version: 36.
    pub fn minor(&self) -> u32 {
        self.name.split('.').nth(1).and_then(|part| part.parse().ok()).unwrap_or(0)
    }

    /// Turns a feature gate on or off; false if no switch belongs to it.
    pub fn set_gate(&mut self, gate: &str, on: bool) -> bool {
        match gate {
            "MaxUnavailableStatefulSet" => self.max_unavailable_gate = on,
            "StatefulSetSemanticRevisionComparison" => self.semantic_revision_comparison = on,
            "StaleControllerConsistencyStatefulSet" => self.read_your_writes = on,
            "PersistentVolumeClaimUnusedSinceTime" => self.unused_claims = on,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_by_minor_and_patch() {
        for (asked, found) in [
            ("1.33", "1.33"),
            ("v1.36.3", "1.36"),
            ("1.35.2", "1.35.0"),
            ("1.35", "1.35.4"),
            ("1.37", "1.37"),
        ] {
            assert_eq!(Profile::find(asked).unwrap().name, found, "{asked}");
        }
        for asked in ["1.20", "", "2", "x.y", "1.36.z"] {
            assert!(Profile::find(asked).is_none(), "{asked}");
        }
    }
}
