//! The client tools, byte for byte as they print (dns.md 14.6 to 14.11).
//!
//! Each takes its words without the program's name, and a [`Resolver`]; none keeps anything.

pub mod dig;
pub mod getent;
pub mod host;
pub mod nslookup_bind;
pub mod nslookup_busybox;
pub mod ping;

use super::message::{Answer, Data, QType, Record};
use super::resolver::Resolver;
use super::server::Transport;
use crate::sim::{SimDuration, SimTime};
use std::net::IpAddr;

/// What a program left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit status.
    pub code: i32,
    /// How long it ran.
    pub took: SimDuration,
}

impl Output {
    /// A success that printed this.
    pub fn ok(stdout: impl Into<String>) -> Output {
        Output { stdout: stdout.into(), ..Output::default() }
    }
    /// A failure that said this on stderr.
    pub fn fail(code: i32, stderr: impl Into<String>) -> Output {
        Output { stderr: stderr.into(), code, ..Output::default() }
    }
}

/// Runs a tool by its name in the form of BIND, glibc or iputils; none if it is not one of them.
pub fn run(tool: &str, args: &[String], net: &mut Resolver<'_>) -> Option<Output> {
    Some(match tool {
        "nslookup" => nslookup_bind::run(args, net),
        "dig" => dig::run(args, net),
        "host" => host::run(args, net),
        "getent" => getent::run(args, net),
        // The applet asked for by its full name.
        "busybox" if args.first().is_some_and(|applet| applet == "nslookup") => {
            nslookup_busybox::run(&args[1..], net)
        }
        _ => return None,
    })
}

/// The address a server was given as: an address stays, a name is looked up.
fn server_address(net: &mut Resolver<'_>, given: &str) -> String {
    match given.parse::<IpAddr>() {
        Ok(_) => given.to_string(),
        Err(_) => net
            .host(given)
            .ok()
            .and_then(|h| h.addresses.first().map(ToString::to_string))
            .unwrap_or_default(),
    }
}

/// Asks over UDP, and again over TCP if the answer was cut; true if it was.
fn ask(
    net: &mut Resolver<'_>,
    server: &str,
    name: &str,
    qtype: QType,
    edns: usize,
    tcp: bool,
) -> (Option<Answer>, bool) {
    let answer = net.server.ask(server, name, qtype, Transport { edns, tcp });
    match answer {
        Some(answer) if answer.truncated && !tcp => {
            (net.server.ask(server, name, qtype, Transport { edns, tcp: true }), true)
        }
        answer => (answer, false),
    }
}

/// A record as both kinds of `nslookup` print it; `dot` ends targets.
fn nslookup_record(record: &Record, dot: &str, section: bool) -> String {
    let owner = &record.name;
    match &record.data {
        Data::A(ip) if section => format!("{owner}\tinternet address = {ip}\n"),
        Data::Aaaa(ip) if section => format!("{owner}\thas AAAA address {ip}\n"),
        Data::A(_) | Data::Aaaa(_) => format!("Name:\t{owner}\nAddress: {}\n", record.data.text()),
        Data::Cname(target) => format!("{owner}\tcanonical name = {target}{dot}\n"),
        Data::Ptr(target) => format!("{owner}\tname = {target}{dot}\n"),
        Data::Ns(target) => format!("{owner}\tnameserver = {target}{dot}\n"),
        Data::Srv { priority, weight, port, target } => {
            format!("{owner}\tservice = {priority} {weight} {port} {target}{dot}\n")
        }
        Data::Mx { preference, target } => format!("{owner}\tmail exchanger = {preference} {target}{dot}\n"),
        Data::Txt(text) => format!("{owner}\ttext = \"{text}\"\n"),
        Data::Soa { mname, rname, serial, numbers: [refresh, retry, expire, minimum] } => format!(
            "{owner}\n\torigin = {mname}\n\tmail addr = {rname}\n\tserial = {serial}\n\trefresh = {refresh}\n\tretry = \
             {retry}\n\texpire = {expire}\n\tminimum = {minimum}\n"
        ),
    }
}

/// Where a chain of aliases that begins at `name` ends.
fn end_of_chain(answer: &Answer, name: &str) -> String {
    let last = answer.records.iter().rev().find_map(|r| match &r.data {
        Data::Cname(target) => Some(target.clone()),
        _ => None,
    });
    last.unwrap_or_else(|| name.to_string())
}

/// `Fri Nov 20 17:21:08 UTC 2026`, as `date` and dig print a time.
pub fn date(now: SimTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let ((year, month, day), secs) = now.calendar();
    // The run begins on 2026-01-01, a Thursday.
    let weekday = DAYS[(now.as_millis() / 86_400_000 % 7) as usize];
    let month = MONTHS[(month - 1).clamp(0, 11) as usize];
    format!("{weekday} {month} {day:2} {:02}:{:02}:{:02} UTC {year}", secs / 3600, secs / 60 % 60, secs % 60)
}
