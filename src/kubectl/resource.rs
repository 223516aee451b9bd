//! The resource types kubectl has heard of, and how people name them (K14, K15, K17).
//!
//! Discovery lists more types than this cluster simulates; those are always empty.

use super::error::{Error, Result};
use crate::api::{KINDS, Kind};

/// What discovery lists: `@GROUP/VERSION`, then `PLURAL SHORT,NAMES KIND`, a `*` behind cluster-wide ones.
const DISCOVERY: &str = "\
@v1\n\
bindings - Binding\n\
componentstatuses cs ComponentStatus *\n\
configmaps cm ConfigMap\n\
endpoints ep Endpoints\n\
events ev Event\n\
limitranges limits LimitRange\n\
namespaces ns Namespace *\n\
nodes no Node *\n\
persistentvolumeclaims pvc PersistentVolumeClaim\n\
persistentvolumes pv PersistentVolume *\n\
pods po Pod\n\
podtemplates - PodTemplate\n\
replicationcontrollers rc ReplicationController\n\
resourcequotas quota ResourceQuota\n\
secrets - Secret\n\
serviceaccounts sa ServiceAccount\n\
services svc Service\n\
@admissionregistration.k8s.io/v1\n\
mutatingadmissionpolicies - MutatingAdmissionPolicy *\n\
mutatingadmissionpolicybindings - MutatingAdmissionPolicyBinding *\n\
mutatingwebhookconfigurations - MutatingWebhookConfiguration *\n\
validatingadmissionpolicies - ValidatingAdmissionPolicy *\n\
validatingadmissionpolicybindings - ValidatingAdmissionPolicyBinding *\n\
validatingwebhookconfigurations - ValidatingWebhookConfiguration *\n\
@apiextensions.k8s.io/v1\n\
customresourcedefinitions crd,crds CustomResourceDefinition *\n\
@apiregistration.k8s.io/v1\n\
apiservices - APIService *\n\
@apps/v1\n\
controllerrevisions - ControllerRevision\n\
daemonsets ds DaemonSet\n\
deployments deploy Deployment\n\
replicasets rs ReplicaSet\n\
statefulsets sts StatefulSet\n\
@authentication.k8s.io/v1\n\
selfsubjectreviews - SelfSubjectReview *\n\
tokenreviews - TokenReview *\n\
@authorization.k8s.io/v1\n\
localsubjectaccessreviews - LocalSubjectAccessReview\n\
selfsubjectaccessreviews - SelfSubjectAccessReview *\n\
selfsubjectrulesreviews - SelfSubjectRulesReview *\n\
subjectaccessreviews - SubjectAccessReview *\n\
@autoscaling/v2\n\
horizontalpodautoscalers hpa HorizontalPodAutoscaler\n\
@batch/v1\n\
cronjobs cj CronJob\n\
jobs - Job\n\
@certificates.k8s.io/v1\n\
certificatesigningrequests csr CertificateSigningRequest *\n\
@coordination.k8s.io/v1\n\
leases - Lease\n\
@discovery.k8s.io/v1\n\
endpointslices - EndpointSlice\n\
@events.k8s.io/v1\n\
events ev Event\n\
@flowcontrol.apiserver.k8s.io/v1\n\
flowschemas - FlowSchema *\n\
prioritylevelconfigurations - PriorityLevelConfiguration *\n\
@networking.k8s.io/v1\n\
ingressclasses - IngressClass *\n\
ingresses ing Ingress\n\
ipaddresses ip IPAddress *\n\
networkpolicies netpol NetworkPolicy\n\
servicecidrs - ServiceCIDR *\n\
@node.k8s.io/v1\n\
runtimeclasses - RuntimeClass *\n\
@policy/v1\n\
poddisruptionbudgets pdb PodDisruptionBudget\n\
@rbac.authorization.k8s.io/v1\n\
clusterrolebindings - ClusterRoleBinding *\n\
clusterroles - ClusterRole *\n\
rolebindings - RoleBinding\n\
roles - Role\n\
@resource.k8s.io/v1\n\
deviceclasses - DeviceClass *\n\
resourceclaims - ResourceClaim\n\
resourceclaimtemplates - ResourceClaimTemplate\n\
resourceslices - ResourceSlice *\n\
@scheduling.k8s.io/v1\n\
priorityclasses pc PriorityClass *\n\
@storage.k8s.io/v1\n\
csidrivers - CSIDriver *\n\
csinodes - CSINode *\n\
csistoragecapacities - CSIStorageCapacity\n\
storageclasses sc StorageClass *\n\
volumeattachments - VolumeAttachment *\n\
volumeattributesclasses vac VolumeAttributesClass *\n\
";

/// What `all` stands for, in that order (K17).
const ALL: &str = "pods,replicationcontrollers,services,daemonsets,deployments,replicasets,statefulsets,\
    horizontalpodautoscalers,cronjobs,jobs";

/// One resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `statefulsets`.
    pub plural: &'static str,
    /// `sts`; several are separated by commas; may be empty.
    pub short: &'static str,
    /// `apps/v1`.
    pub api_version: &'static str,
    /// `StatefulSet`.
    pub name: &'static str,
    /// False for nodes and the like.
    pub namespaced: bool,
    /// The kind, where it is simulated.
    pub kind: Option<Kind>,
}

impl Resource {
    /// `apps`, empty for the core group.
    pub fn group(&self) -> &'static str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `statefulset`.
    pub fn singular(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// `statefulset.apps`: what stands before the slash in results.
    pub fn prefix(&self) -> String {
        dotted(self.singular(), self.group())
    }

    /// `statefulsets.apps`: as the server names it.
    pub fn dotted(&self) -> String {
        dotted(self.plural.to_string(), self.group())
    }

    /// `statefulsets.apps "web" not found`.
    pub fn not_found(&self, name: &str) -> Error {
        let text = format!("{} \"{name}\" not found", self.dotted());
        crate::store::Status::new(crate::store::Reason::NotFound, text).into()
    }

    fn answers_to(&self, word: &str) -> bool {
        let (name, rest) = word.split_once('.').unwrap_or((word, ""));
        let named =
            name == self.plural || name == self.singular() || self.short.split(',').any(|s| s == name);
        if !named || name.is_empty() {
            return false;
        }
        let (group, version) = self.api_version.rsplit_once('/').unwrap_or(("", self.api_version));
        rest.is_empty()
            || rest == group
            || rest.strip_prefix(version).is_some_and(|rest| rest.strip_prefix('.').unwrap_or(rest) == group)
    }
}

fn dotted(word: String, group: &str) -> String {
    if group.is_empty() { word } else { format!("{word}.{group}") }
}

/// Every type, in the order of discovery.
pub fn all() -> impl Iterator<Item = Resource> {
    let mut api_version = "v1";
    DISCOVERY.lines().filter_map(move |line| {
        if let Some(version) = line.strip_prefix('@') {
            api_version = version;
            return None;
        }
        let mut words = line.split(' ');
        let (plural, short, name) = (words.next()?, words.next()?, words.next()?);
        let short = if short == "-" { "" } else { short };
        let kind = KINDS.iter().find(|info| info.name == name && info.kind.api_version() == api_version);
        let kind = kind.map(|info| info.kind);
        Some(Resource { plural, short, api_version, name, namespaced: words.next().is_none(), kind })
    })
}

/// The type of a kind that is simulated.
pub fn of(kind: Kind) -> Resource {
    all().find(|resource| resource.kind == Some(kind)).unwrap_or(Resource {
        plural: kind.info().plural,
        short: "",
        api_version: kind.api_version(),
        name: kind.name(),
        namespaced: kind.info().namespaced,
        kind: Some(kind),
    })
}

/// The type somebody means by `word` (K14).
pub fn find(word: &str) -> Result<Resource> {
    let lower = word.to_ascii_lowercase();
    all()
        .find(|resource| resource.answers_to(&lower))
        .ok_or_else(|| Error::client(format!("the server doesn't have a resource type \"{word}\"")))
}

/// The types of a comma-separated list.
pub fn find_list(words: &str) -> Result<Vec<Resource>> {
    let words = words.split(',').flat_map(|word| if word == "all" { ALL } else { word }.split(','));
    words.map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_in_discovery_and_agrees_with_it() {
        for info in KINDS {
            let resource = all().find(|resource| resource.kind == Some(info.kind));
            let Some(resource) = resource else { panic!("{} is missing", info.name) };
            assert_eq!(resource.plural, info.plural);
            assert_eq!(resource.namespaced, info.namespaced);
            assert_eq!(resource.short, info.short_names.join(","));
            assert_eq!(resource.dotted(), info.kind.resource());
        }
    }

    #[test]
    fn k14_a_type_has_many_names() {
        for word in ["sts", "STS", "statefulset", "statefulsets", "sts.apps", "statefulsets.v1.apps"] {
            assert_eq!(find(word).unwrap().kind, Some(Kind::StatefulSet), "{word}");
        }
        assert_eq!(find("events").unwrap().kind, Some(Kind::Event));
        assert_eq!(find("pods.v1").unwrap().kind, Some(Kind::Pod));
        for word in ["foo", "", "sts.core", "pods.v2"] {
            let text = format!("error: the server doesn't have a resource type \"{word}\"\n");
            assert_eq!(find(word).unwrap_err().report().0, text, "K182");
        }
        assert_eq!(find_list("all").unwrap().len(), 10);
    }
}
