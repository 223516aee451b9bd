//! API server and etcd: the one place where objects change.

pub mod error;

pub use error::{Reason, Status};
