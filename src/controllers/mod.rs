//! Control loops, one file each; they meet in the store and never call one another.

pub mod claim_binder;
pub mod endpoint_slice;
pub mod endpoints;
pub mod garbage_collector;
pub mod node_lifecycle;
pub mod protection;
pub mod service_index;
pub mod stateful_set;
