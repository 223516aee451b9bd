//! The list of components, in the order in which they hear of a change at the same moment.

use super::Config;
use crate::component::Component;
use crate::controllers::autoscaler::Autoscaler;
use crate::controllers::claim_binder::ClaimBinder;
use crate::controllers::daemon_set::DaemonSetController;
use crate::controllers::deployment::DeploymentController;
use crate::controllers::disruption::DisruptionController;
use crate::controllers::endpoint_slice::EndpointSliceController;
use crate::controllers::endpoints::EndpointController;
use crate::controllers::garbage_collector::GarbageCollector;
use crate::controllers::namespace::{NamespaceController, RootCaPublisher};
use crate::controllers::node_lifecycle::{NodeLifecycle, PodGarbageCollector};
use crate::controllers::protection::{ClaimProtection, VolumeProtection};
use crate::controllers::replica_set::ReplicaSetController;
use crate::controllers::resource_quota::QuotaController;
use crate::controllers::stateful_set::StatefulSetController;
use crate::kubelet::Kubelets;
use crate::scheduler::Scheduler;

/// Every component, freshly made.
pub fn all(config: &Config) -> Vec<Box<dyn Component>> {
    vec![
        // Names change before the next pod is made, as in the recordings.
        Box::new(EndpointController::default()),
        Box::new(EndpointSliceController::default()),
        Box::new(StatefulSetController::default()),
        Box::new(DeploymentController),
        Box::new(ReplicaSetController::default()),
        Box::new(DaemonSetController::default()),
        Box::new(DisruptionController),
        Box::new(QuotaController),
        Box::new(Autoscaler::default()),
        Box::new(NamespaceController::default()),
        Box::new(RootCaPublisher),
        Box::new(ClaimBinder::default()),
        Box::new(ClaimProtection::new(config.profile.unused_claims)),
        Box::new(VolumeProtection),
        Box::new(GarbageCollector::default()),
        Box::new(NodeLifecycle::new(config.node_monitor_grace)),
        Box::new(PodGarbageCollector::default()),
        Box::new(Scheduler::default()),
        Box::new(Kubelets::default()),
    ]
}
