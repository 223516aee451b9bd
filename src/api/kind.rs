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
    ($($kind:ident $plural:literal $singular:literal $short:expr, $group:literal, $namespaced:literal;)+) => {
        /// Every kind, in the order of [`Kind`].
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            kind: Kind::$kind,
            name: stringify!($kind),
            plural: $plural,
            singular: $singular,
            short_names: &$short,
            group: $group,
            version: "v1",
            namespaced: $namespaced,
        }),+];
    };
}

kinds! {
    Namespace "namespaces" "namespace" ["ns"], "", false;
    Node "nodes" "node" ["no"], "", false;
    Pod "pods" "pod" ["po"], "", true;
    Service "services" "service" ["svc"], "", true;
    Endpoints "endpoints" "endpoints" ["ep"], "", true;
    EndpointSlice "endpointslices" "endpointslice" [], "discovery.k8s.io", true;
    PersistentVolumeClaim "persistentvolumeclaims" "persistentvolumeclaim" ["pvc"], "", true;
    PersistentVolume "persistentvolumes" "persistentvolume" ["pv"], "", false;
    StorageClass "storageclasses" "storageclass" ["sc"], "storage.k8s.io", false;
    ConfigMap "configmaps" "configmap" ["cm"], "", true;
    StatefulSet "statefulsets" "statefulset" ["sts"], "apps", true;
    ControllerRevision "controllerrevisions" "controllerrevision" [], "apps", true;
    Deployment "deployments" "deployment" ["deploy"], "apps", true;
    ReplicaSet "replicasets" "replicaset" ["rs"], "apps", true;
    DaemonSet "daemonsets" "daemonset" ["ds"], "apps", true;
    Event "events" "event" ["ev"], "", true;
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
