//! What programs in pods send over the network, as far as a person would ask where it went.

use crate::api::{ObjectKey, Text};

/// A request, or a lookup that a program keeps for its requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The pod it was sent from.
    pub client: ObjectKey,
    /// The number of the input that began the program.
    pub input: u64,
    /// The name that was asked for, or the address if there was no name.
    pub name: Text,
    /// The address it went to; empty if there was none.
    pub address: Text,
    /// The address was looked up earlier and kept by the program (`curl --resolve`).
    pub kept: bool,
    /// What became of it.
    pub landing: Landing,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// Nothing was sent: the name was looked up and found.
    Found,
    /// It reached this pod.
    Pod(Text),
    /// Somebody is there and says no.
    Refused,
    /// Nobody has the address any more.
    Gone,
    /// Packets get no answer.
    Silent,
    /// There is no such name.
    NoName,
    /// The name exists without address.
    NoAddress,
    /// The name server could not say.
    NoServer,
}

impl Landing {
    /// True for every landing at a pod, whichever it is, and for the same failure.
    pub fn is_like(&self, other: &Landing) -> bool {
        matches!((self, other), (Landing::Pod(_), Landing::Pod(_))) || self == other
    }
}
