//! The kinds this cluster knows: the one list that discovery, parsing, storage and printing walk.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the Kubernetes kind of that name")]
pub enum Kind {
    Namespace,
    Node,
    Pod,
    Service,
    Endpoints,
    EndpointSlice,
    PersistentVolumeClaim,
    PersistentVolume,
    StorageClass,
    ConfigMap,
    StatefulSet,
    ControllerRevision,
    Deployment,
    ReplicaSet,
    DaemonSet,
    Event,
    Secret,
    ResourceQuota,
    PodDisruptionBudget,
    HorizontalPodAutoscaler,
}

/// What discovery says of a kind.
#[derive(Debug)]
pub struct KindInfo {
    /// The kind itself.
    pub kind: Kind,
    /// `StatefulSet`.
    pub name: &'static str,
    /// `statefulsets`.
    pub plural: &'static str,
    /// `statefulset`.
    pub singular: &'static str,
    /// `sts`; may be empty.
    pub short_names: &'static [&'static str],
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// False for nodes, volumes, classes and namespaces.
    pub namespaced: bool,
}

macro_rules! kinds {
    ($($kind:ident $plural:literal $singular:literal $short:expr, $group:literal $version:literal, $namespaced:literal;)+) => {
        /// Every kind, in the order of [`Kind`].
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            kind: Kind::$kind,
            name: stringify!($kind),
            plural: $plural,
            singular: $singular,
            short_names: &$short,
            group: $group,
            version: $version,
            namespaced: $namespaced,
        }),+];
    };
}

kinds! {
    Namespace "namespaces" "namespace" ["ns"], "" "v1", false;
    Node "nodes" "node" ["no"], "" "v1", false;
    Pod "pods" "pod" ["po"], "" "v1", true;
    Service "services" "service" ["svc"], "" "v1", true;
    Endpoints "endpoints" "endpoints" ["ep"], "" "v1", true;
    EndpointSlice "endpointslices" "endpointslice" [], "discovery.k8s.io" "v1", true;
    PersistentVolumeClaim "persistentvolumeclaims" "persistentvolumeclaim" ["pvc"], "" "v1", true;
    PersistentVolume "persistentvolumes" "persistentvolume" ["pv"], "" "v1", false;
    StorageClass "storageclasses" "storageclass" ["sc"], "storage.k8s.io" "v1", false;
    ConfigMap "configmaps" "configmap" ["cm"], "" "v1", true;
    StatefulSet "statefulsets" "statefulset" ["sts"], "apps" "v1", true;
    ControllerRevision "controllerrevisions" "controllerrevision" [], "apps" "v1", true;
    Deployment "deployments" "deployment" ["deploy"], "apps" "v1", true;
    ReplicaSet "replicasets" "replicaset" ["rs"], "apps" "v1", true;
    DaemonSet "daemonsets" "daemonset" ["ds"], "apps" "v1", true;
    Event "events" "event" ["ev"], "" "v1", true;
    Secret "secrets" "secret" [], "" "v1", true;
    ResourceQuota "resourcequotas" "resourcequota" ["quota"], "" "v1", true;
    PodDisruptionBudget "poddisruptionbudgets" "poddisruptionbudget" ["pdb"], "policy" "v1", true;
    HorizontalPodAutoscaler "horizontalpodautoscalers" "horizontalpodautoscaler" ["hpa"], "autoscaling" "v2", true;
}

impl Kind {
    /// What discovery says of this kind.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// `StatefulSet`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// `apps/v1`, or `v1` for the core group.
    pub fn api_version(self) -> &'static str {
        match self.info().group {
            "" => "v1",
            "apps" => "apps/v1",
            "discovery.k8s.io" => "discovery.k8s.io/v1",
            "storage.k8s.io" => "storage.k8s.io/v1",
            "policy" => "policy/v1",
            "autoscaling" => "autoscaling/v2",
            other => unreachable!("group {other} has no apiVersion here"),
        }
    }

    /// `statefulsets.apps`, or `pods` for the core group: how kubectl and the API server name a resource.
    pub fn resource(self) -> String {
        let info = self.info();
        if info.group.is_empty() {
            info.plural.to_string()
        } else {
            format!("{}.{}", info.plural, info.group)
        }
    }

    /// The kind written `StatefulSet` in a manifest.
    pub fn from_name(name: &str) -> Option<Kind> {
        KINDS.iter().find(|info| info.name == name).map(|info| info.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_enum() {
        for (i, info) in KINDS.iter().enumerate() {
            assert_eq!(info.kind as usize, i, "{}", info.name);
        }
    }
}
