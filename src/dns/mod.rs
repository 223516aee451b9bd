//! Stable network names: what cluster DNS answers, what a pod's resolver makes of it, what the tools print.
//!
//! [`Zone`] answers one question from a view of the store; [`DnsServer`] adds memory, order and size; [`Resolver`]
//! is a container's side. All of it is recomputed from Services and EndpointSlices on demand, so there is nothing
//! to rewind. The rules are those of dns.md and cited by number. Who connects to the addresses is `workload`'s
//! business.

pub mod profile;

pub mod message;

pub mod zone;

pub mod server;

pub mod resolver;

pub mod tools;

pub mod table;

#[cfg(test)]
mod tests;

pub use message::{Answer, Data, QType, Rcode, Record};
pub use profile::{Bind, BusyBox, DnsProfile, Libc, PodRecords, Upstream};
pub use resolver::{Failure, Host, ResolvConf, Resolver, Walk, steps};
pub use server::{Cache, DnsServer, Lookup, Transport};
pub use zone::{Zone, zone_at};
