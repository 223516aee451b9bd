//! Control loops, one file each; they meet in the store and never call one another.

pub mod autoscaler;
pub mod claim_binder;
pub mod daemon_set;
pub mod deployment;
pub mod disruption;
pub mod endpoint_slice;
pub mod endpoints;
pub mod garbage_collector;
pub mod namespace;
pub mod node_lifecycle;
pub mod owned_pods;
pub mod protection;
pub mod replica_set;
pub mod resource_quota;
pub mod service_index;
pub mod stateful_set;
