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

/// Appends the last `digits` hexadecimal digits of a number; names and uids are made of them by the thousand.
pub fn push_hex(text: &mut String, number: u64, digits: u32) {
    for i in (0..digits).rev() {
        text.push(char::from(b"0123456789abcdef"[(number >> (4 * i)) as usize & 15]));
    }
}
