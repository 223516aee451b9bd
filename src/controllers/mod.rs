//! Control loops.

pub mod stateful_set;
