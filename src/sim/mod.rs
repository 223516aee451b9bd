//! The simulation kernel: time, chance and the order of what happens. Knows nothing of Kubernetes.

pub mod queue;
pub mod rng;
pub mod sort;
pub mod sorted;
pub mod time;

pub use queue::Queue;
pub use rng::Rng;
pub use sort::Arrange;
pub use sorted::{SortedMap, SortedSet};
pub use time::{SimDuration, SimTime};
