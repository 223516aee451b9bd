//! Control loops, one file each; they meet in the store and never call one another.

pub mod claim_binder;
pub mod protection;
pub mod stateful_set;
