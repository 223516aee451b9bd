//! The simulation kernel: time, chance and the order of what happens. Knows nothing of Kubernetes.

pub mod queue;
pub mod rng;
pub mod time;

pub use queue::Queue;
pub use rng::Rng;
pub use time::{SimDuration, SimTime};
