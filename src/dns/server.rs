//! The DNS server as clients meet it: a zone, a memory, the order of addresses, the size of messages.
//!
//! The memory ([`Cache`]) is plain data and belongs to the caller; without one every answer is fresh. Reverse names
//! and names outside the cluster are remembered 30 s even where cluster names are not (D142).

use super::message::{Answer, QType, Rcode};
use super::zone::Zone;
use crate::sim::{Arrange, Rng, SimTime};

/// What the server remembers (D140, D141).
#[derive(Clone, Debug, Default)]
pub struct Cache {
    entries: Vec<Entry>,
    /// How often something was remembered: tells two states of one memory apart.
    pub changes: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    name: String,
    qtype: QType,
    answer: Answer,
    at: SimTime,
    /// How long it stays.
    secs: u64,
}

impl Entry {
    // The seconds it stays yet.
    fn left(&self, now: SimTime) -> Option<u64> {
        self.secs.checked_sub(now.since(self.at).as_secs()).filter(|left| *left > 0)
    }
}

impl Cache {
    /// What is remembered of a name now: the answer and the whole seconds it stays.
    pub fn peek(&self, name: &str, qtype: QType, now: SimTime) -> Option<(&Answer, u64)> {
        let name = key(name);
        let entry = self.entries.iter().find(|entry| entry.qtype == qtype && entry.name == name)?;
        Some((&entry.answer, entry.left(now)?))
    }

    /// Everything remembered now: name, type, answer, and the whole seconds it stays.
    pub fn held(&self, now: SimTime) -> impl Iterator<Item = (&str, QType, &Answer, u64)> {
        self.entries.iter().filter_map(move |e| Some((&*e.name, e.qtype, &e.answer, e.left(now)?)))
    }

    fn remember(&mut self, name: &str, qtype: QType, now: SimTime, answer: &Answer) {
        let name = key(name);
        self.entries.retain(|e| e.left(now).is_some() && (e.qtype != qtype || e.name != name));
        let records = answer.records.iter().chain(&answer.authority).chain(&answer.additional);
        let secs = match (answer.rcode, records.map(|r| r.ttl).min()) {
            (Rcode::ServFail, _) => 5,
            (_, Some(ttl)) => u64::from(ttl),
            (_, None) => return, // V129
        };
        self.entries.push(Entry { name, qtype, answer: answer.clone(), at: now, secs });
        self.changes += 1;
    }
}

fn key(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// How a question travels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transport {
    /// The size the client advertises by EDNS; 0 without EDNS.
    pub edns: usize,
    /// Over TCP.
    pub tcp: bool,
}

impl Transport {
    /// UDP without EDNS.
    pub const UDP: Transport = Transport { edns: 0, tcp: false };
    /// TCP without EDNS.
    pub const TCP: Transport = Transport { edns: 0, tcp: true };
}

/// One question and what came back; nothing if nobody answered.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The full name asked for.
    pub name: String,
    /// The type asked for.
    pub qtype: QType,
    /// The answer.
    pub answer: Option<Answer>,
}

/// The DNS server at one moment.
pub struct DnsServer<'a> {
    /// What it knows.
    pub zone: Zone<'a>,
    /// The time.
    pub now: SimTime,
    /// Everything asked so far.
    pub log: Vec<Lookup>,
    cache: Option<&'a mut Cache>,
    shuffle: Option<&'a mut Rng>,
}

impl<'a> DnsServer<'a> {
    /// A server that remembers in `cache`, if there is one, and gives addresses in the order of the slices.
    pub fn new(zone: Zone<'a>, now: SimTime, cache: Option<&'a mut Cache>) -> DnsServer<'a> {
        DnsServer { zone, now, log: Vec::new(), cache, shuffle: None }
    }

    /// Shuffles the addresses of each answer by this stream, as CoreDNS does (D130, D132).
    pub fn shuffled(mut self, rng: &'a mut Rng) -> DnsServer<'a> {
        self.shuffle = Some(rng);
        self
    }

    /// Asks the server at address `server`; none if there is no DNS server.
    pub fn ask(&mut self, server: &str, name: &str, qtype: QType, transport: Transport) -> Option<Answer> {
        let answer =
            (server == self.zone.profile().dns_ip.as_str()).then(|| self.reply(name, qtype, transport));
        self.log.push(Lookup { name: key_case(name), qtype, answer: answer.clone() });
        answer
    }

    fn reply(&mut self, name: &str, qtype: QType, transport: Transport) -> Answer {
        let profile = self.zone.profile();
        let inside = format!(".{}", key(name)).ends_with(&format!(".{}", profile.zone));
        let cache = self.cache.as_deref_mut().filter(|_| !inside || profile.cluster_cache);
        let mut answer = match cache {
            None => self.zone.answer(name, qtype),
            Some(cache) => match cache.peek(name, qtype, self.now) {
                Some((stored, left)) => {
                    let mut answer = stored.clone();
                    for section in [&mut answer.records, &mut answer.authority, &mut answer.additional] {
                        section.iter_mut().for_each(|record| record.ttl = left as u32);
                    }
                    let lived =
                        stored.records.iter().chain(&stored.authority).next().map_or(5, |r| r.ttl.into());
                    answer.cached = Some(lived.max(left) - left);
                    answer.authoritative = true; // D18
                    answer
                }
                None => {
                    let answer = self.zone.answer(name, qtype);
                    cache.remember(name, qtype, self.now, &answer);
                    answer
                }
            },
        };
        if answer.rcode == Rcode::NoError {
            for section in [&mut answer.records, &mut answer.additional] {
                // D130: aliases first, then everything else, then addresses.
                section.arrange_by_key(|r| match r.data.qtype() {
                    QType::Cname => 0,
                    QType::A | QType::Aaaa => 2,
                    _ => 1,
                });
                if let Some(rng) = &mut self.shuffle {
                    let first = section.iter().position(|r| r.data.ip().is_some()).unwrap_or(section.len());
                    for i in (first + 1..section.len()).rev() {
                        section.swap(i, first + rng.below(i - first + 1));
                    }
                }
            }
        }
        let limit = match transport {
            Transport { tcp: true, .. } => 65_535,
            Transport { edns, .. } => edns.max(512),
        };
        // D112: an OPT record with an 8-byte cookie.
        answer.fit(&key_case(name), if transport.edns > 0 { 23 } else { 0 }, limit);
        answer
    }
}

fn key_case(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_string()
}
