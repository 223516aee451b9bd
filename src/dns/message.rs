//! Questions, answers and records, and how many bytes they take.
//!
//! Names are kept without the final dot and in the letter case they are returned in; [`Data::text`] prints them
//! with the dot, as zone files and `dig` do.

use crate::sim::SortedSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The type of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QType {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Service: port and target.
    Srv,
    /// Name of a reverse name.
    Ptr,
    /// Alias.
    Cname,
    /// Name server.
    Ns,
    /// Start of authority.
    Soa,
    /// Text.
    Txt,
    /// Mail exchanger.
    Mx,
    /// Any record.
    Any,
    /// A type that never has records here: its name.
    Other(&'static str),
}

const TYPES: &[(&str, QType)] = &[
    ("A", QType::A),
    ("AAAA", QType::Aaaa),
    ("SRV", QType::Srv),
    ("PTR", QType::Ptr),
    ("CNAME", QType::Cname),
    ("NS", QType::Ns),
    ("SOA", QType::Soa),
    ("TXT", QType::Txt),
    ("MX", QType::Mx),
    ("ANY", QType::Any),
    ("HINFO", QType::Other("HINFO")),
    ("HTTPS", QType::Other("HTTPS")),
    ("SVCB", QType::Other("SVCB")),
    ("CAA", QType::Other("CAA")),
    ("NAPTR", QType::Other("NAPTR")),
    ("DS", QType::Other("DS")),
    ("DNSKEY", QType::Other("DNSKEY")),
];

impl QType {
    /// The type of that name, in any letter case.
    pub fn parse(name: &str) -> Option<QType> {
        TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, qtype)| *qtype)
    }

    /// `A`, `SRV`, ….
    pub fn name(self) -> &'static str {
        TYPES.iter().find(|(_, qtype)| *qtype == self).map_or("A", |(name, _)| name)
    }
}

/// The code of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the code of that name")]
pub enum Rcode {
    NoError,
    ServFail,
    NxDomain,
    Refused,
}

impl Rcode {
    /// `NXDOMAIN`, ….
    pub fn name(self) -> &'static str {
        match self {
            Rcode::NoError => "NOERROR",
            Rcode::ServFail => "SERVFAIL",
            Rcode::NxDomain => "NXDOMAIN",
            Rcode::Refused => "REFUSED",
        }
    }
    /// The number on the wire.
    pub fn code(self) -> u8 {
        match self {
            Rcode::NoError => 0,
            Rcode::ServFail => 2,
            Rcode::NxDomain => 3,
            Rcode::Refused => 5,
        }
    }
}

/// The data of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the record type of that name")]
pub enum Data {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Srv { priority: u16, weight: u16, port: u16, target: String },
    Ptr(String),
    Cname(String),
    Ns(String),
    Txt(String),
    Mx { preference: u16, target: String },
    Soa { mname: String, rname: String, serial: u64, numbers: [u32; 4] },
}

impl Data {
    /// The record type.
    pub fn qtype(&self) -> QType {
        match self {
            Data::A(_) => QType::A,
            Data::Aaaa(_) => QType::Aaaa,
            Data::Srv { .. } => QType::Srv,
            Data::Ptr(_) => QType::Ptr,
            Data::Cname(_) => QType::Cname,
            Data::Ns(_) => QType::Ns,
            Data::Txt(_) => QType::Txt,
            Data::Mx { .. } => QType::Mx,
            Data::Soa { .. } => QType::Soa,
        }
    }

    /// The data of an address record.
    pub fn of_ip(ip: IpAddr) -> Data {
        match ip {
            IpAddr::V4(ip) => Data::A(ip),
            IpAddr::V6(ip) => Data::Aaaa(ip),
        }
    }

    /// The address of an address record.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Data::A(ip) => Some(IpAddr::V4(*ip)),
            Data::Aaaa(ip) => Some(IpAddr::V6(*ip)),
            _ => None,
        }
    }

    /// As a zone file writes it: names end in a dot, texts stand in quotes.
    pub fn text(&self) -> String {
        match self {
            Data::A(ip) => ip.to_string(),
            Data::Aaaa(ip) => ip.to_string(),
            Data::Srv { priority, weight, port, target } => format!("{priority} {weight} {port} {target}."),
            Data::Ptr(name) | Data::Cname(name) | Data::Ns(name) => format!("{name}."),
            Data::Txt(text) => format!("\"{text}\""),
            Data::Mx { preference, target } => format!("{preference} {target}."),
            Data::Soa { mname, rname, serial, numbers: [a, b, c, d] } => {
                format!("{mname}. {rname}. {serial} {a} {b} {c} {d}")
            }
        }
    }

    /// Bytes on the wire, uncompressed (D112), and the name that may be compressed.
    fn size(&self) -> usize {
        match self {
            Data::A(_) => 4,
            Data::Aaaa(_) => 16,
            Data::Srv { target, .. } => 6 + wire_len(target),
            Data::Ptr(name) | Data::Cname(name) | Data::Ns(name) => wire_len(name),
            Data::Txt(text) => 1 + text.len(),
            Data::Mx { target, .. } => 2 + wire_len(target),
            Data::Soa { mname, rname, .. } => 20 + wire_len(mname) + wire_len(rname),
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The owner, without final dot.
    pub name: String,
    /// Seconds it may be remembered.
    pub ttl: u32,
    /// Type and data.
    pub data: Data,
}

/// One answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What came of it.
    pub rcode: Rcode,
    /// The server speaks for the zone (AA).
    pub authoritative: bool,
    /// The server would ask others (RA).
    pub recursive: bool,
    /// Records were left out (TC).
    pub truncated: bool,
    /// Answer section.
    pub records: Vec<Record>,
    /// Authority section: the SOA of negative answers.
    pub authority: Vec<Record>,
    /// Additional section, without OPT.
    pub additional: Vec<Record>,
    /// Seconds since it was stored, if it came out of the server's cache.
    pub cached: Option<u64>,
    /// Bytes on the wire.
    pub size: usize,
}

impl Answer {
    /// An answer without records.
    pub fn new(rcode: Rcode) -> Answer {
        Answer {
            rcode,
            authoritative: true,
            recursive: false,
            truncated: false,
            records: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
            cached: None,
            size: 0,
        }
    }

    /// True if the name does not exist.
    pub fn is_nxdomain(&self) -> bool {
        self.rcode == Rcode::NxDomain
    }

    /// True if the name exists and has no record of that type.
    pub fn is_nodata(&self) -> bool {
        self.rcode == Rcode::NoError && self.records.is_empty()
    }

    /// The addresses in the answer section.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.records.iter().filter_map(|record| record.data.ip())
    }

    /// Counts bytes and leaves out what does not fit `limit` (D110 to D112). `opt`: bytes of the OPT record.
    pub(crate) fn fit(&mut self, question: &str, opt: usize, limit: usize) {
        let head = 12 + wire_len(question) + 4;
        let all = [&self.records, &self.authority, &self.additional].into_iter().flatten();
        let plain = head + opt + all.map(|r| wire_len(&r.name) + 10 + r.data.size()).sum::<usize>();
        if plain <= limit {
            self.size = plain;
            return;
        }
        let mut known = SortedSet::new();
        packed(question, true, &mut known);
        let (mut used, mut full) = (head + opt, false);
        for section in [&mut self.records, &mut self.authority, &mut self.additional] {
            let mut keep = 0;
            for record in section.iter() {
                let owner = packed(&record.name, true, &mut known);
                let data = match &record.data {
                    Data::Srv { target, .. } => 6 + packed(target, false, &mut known),
                    Data::Ptr(name) | Data::Cname(name) | Data::Ns(name) => packed(name, true, &mut known),
                    Data::Mx { target, .. } => 2 + packed(target, true, &mut known),
                    Data::Soa { mname, rname, .. } => {
                        20 + packed(mname, true, &mut known) + packed(rname, true, &mut known)
                    }
                    other => other.size(),
                };
                full = full || used + owner + 10 + data > limit;
                if full {
                    break;
                }
                used += owner + 10 + data;
                keep += 1;
            }
            self.truncated |= keep < section.len();
            section.truncate(keep);
        }
        self.size = used;
    }
}

fn wire_len(name: &str) -> usize {
    if name.is_empty() { 1 } else { name.len() + 2 }
}

/// The length of a name in a compressed message; its suffixes are known from then on.
fn packed(name: &str, compress: bool, known: &mut SortedSet<String>) -> usize {
    let (mut rest, mut length) = (name, None);
    while !rest.is_empty() {
        if !known.insert(rest.to_string()) && length.is_none() {
            length = Some(name.len() - rest.len() + 2);
        }
        rest = rest.split_once('.').map_or("", |(_, rest)| rest);
    }
    if compress { length.unwrap_or_else(|| wire_len(name)) } else { wire_len(name) }
}

/// `2.1.244.10.in-addr.arpa`, or the name of an IPv6 address.
pub fn reverse_name(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(ip) => {
            let mut name = String::new();
            for byte in ip.octets().iter().rev() {
                name.push_str(&format!("{:x}.{:x}.", byte & 15, byte >> 4));
            }
            name + "ip6.arpa"
        }
    }
}

/// The address of a reverse name; none unless it is complete (D70).
pub fn address_of_reverse(name: &str) -> Option<IpAddr> {
    if let Some(labels) = name.strip_suffix(".in-addr.arpa") {
        let mut labels: Vec<&str> = labels.split('.').collect();
        labels.reverse();
        return labels.join(".").parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    }
    let nibbles: Vec<&str> = name.strip_suffix(".ip6.arpa")?.split('.').collect();
    if nibbles.len() != 32 {
        return None;
    }
    let mut bits = 0u128;
    for nibble in nibbles.iter().rev() {
        if nibble.len() != 1 {
            return None;
        }
        bits = bits << 4 | u128::from(u8::from_str_radix(nibble, 16).ok()?);
    }
    Some(IpAddr::V6(bits.into()))
}
