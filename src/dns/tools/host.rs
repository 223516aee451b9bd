//! `host` (D290 to D296).

use super::dig::{question_line, record_line};
use super::{Output, ask, end_of_chain, server_address};
use crate::dns::message::{Answer, Data, QType, Rcode, Record, reverse_name};
use crate::dns::profile::Bind;
use crate::dns::resolver::Resolver;
use crate::sim::{Rng, SimDuration};
use std::net::IpAddr;

const USAGE: &str = "Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] \
                     [-m flag] [-p port] hostname [server]\n";

/// Runs `host WORDS`.
pub fn run(args: &[String], net: &mut Resolver<'_>) -> Output {
    let (mut qtype, mut verbose, mut tcp, mut words) = (None, false, false, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(flags) = arg.strip_prefix('-').filter(|f| !f.is_empty()) else {
            words.push(arg.as_str());
            continue;
        };
        let mut rest = flags.chars();
        while let Some(flag) = rest.next() {
            match flag {
                'v' | 'd' => verbose = true,
                'a' => (verbose, qtype) = (true, Some(QType::Any)),
                'T' => tcp = true,
                't' | 'c' | 'N' | 'W' | 'R' | 'm' | 'p' => {
                    let attached: String = rest.by_ref().collect();
                    let value =
                        if attached.is_empty() { args.next().cloned().unwrap_or_default() } else { attached };
                    if flag == 't' {
                        match QType::parse(&value) {
                            Some(known) => qtype = Some(known),
                            None => return Output::fail(2, format!("host: invalid type: {value}\n\n")),
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let Some(typed) = words.first().copied() else { return Output::fail(1, USAGE) };
    let shown = words.get(1).map_or_else(|| net.nameserver(), ToString::to_string);
    let address = server_address(net, &shown);
    let mut run = Run { net, out: Output::default(), address, verbose, tcp };
    if words.len() > 1 {
        if run.address.is_empty() {
            return Output::fail(1, format!("host: couldn't get address for '{shown}': not found\n"));
        }
        run.out.stdout =
            format!("Using domain server:\nName: {shown}\nAddress: {}#53\nAliases: \n\n", run.address);
    }
    match typed.parse::<IpAddr>() {
        Ok(ip) if qtype.is_none() => {
            let name = reverse_name(ip);
            run.lookup(std::slice::from_ref(&name), QType::Ptr, &format!("{name}."), false);
        }
        _ => {
            let names = run.net.conf.bind_names(typed);
            let found =
                run.lookup(&names, qtype.unwrap_or(QType::A), typed.trim_end_matches('.'), qtype.is_some());
            if let (Some(name), None) = (found, qtype) {
                for follow in [QType::Aaaa, QType::Mx] {
                    run.lookup(std::slice::from_ref(&name), follow, &name, false);
                }
            }
        }
    }
    run.out
}

struct Run<'r, 'a> {
    net: &'r mut Resolver<'a>,
    out: Output,
    address: String,
    verbose: bool,
    tcp: bool,
}

impl Run<'_, '_> {
    /// One lookup; the name to follow up if it was answered without error. `typed` is named when it fails.
    fn lookup(&mut self, names: &[String], qtype: QType, typed: &str, explicit: bool) -> Option<String> {
        let mut last = None;
        for name in names {
            if self.verbose {
                self.out.stdout.push_str(&format!("Trying \"{name}\"\n"));
            }
            let (answer, cut) = ask(self.net, &self.address, name, qtype, 0, self.tcp);
            self.tcp |= cut;
            let Some(answer) = answer else {
                self.unreachable();
                return None;
            };
            let go_on = answer.is_nxdomain();
            last = Some((name, answer));
            if !go_on {
                break;
            }
        }
        let (name, answer) = last?;
        if answer.rcode != Rcode::NoError {
            let shown = if answer.is_nxdomain() { typed } else { name.as_str() };
            let code = answer.rcode;
            self.out.stdout.push_str(&format!("Host {shown} not found: {}({})\n", code.code(), code.name()));
            self.out.code = 1;
        }
        if self.verbose {
            let text = verbose(name, qtype, &answer, &self.address, self.net);
            self.out.stdout.push_str(&text);
        } else if answer.rcode == Rcode::NoError {
            answer.records.iter().for_each(|record| self.out.stdout.push_str(&line(record)));
            if answer.records.is_empty() && explicit {
                self.out.stdout.push_str(&format!("{name} has no {} record\n", qtype.name()));
            }
        }
        (answer.rcode == Rcode::NoError).then(|| end_of_chain(&answer, name))
    }

    fn unreachable(&mut self) {
        let text = if self.net.bind == Bind::V9_18 {
            let line = format!(";; communications error to {}#53: timed out\n", self.address);
            format!("{line}{line};; no servers could be reached\n")
        } else {
            ";; connection timed out; no servers could be reached\n\n".to_string()
        };
        self.out.stdout.push_str(&text);
        (self.out.code, self.out.took) = (1, SimDuration::secs(10));
    }
}

fn line(record: &Record) -> String {
    let owner = &record.name;
    match &record.data {
        Data::A(ip) => format!("{owner} has address {ip}\n"),
        Data::Aaaa(ip) => format!("{owner} has IPv6 address {ip}\n"),
        data => {
            let verb = match data.qtype() {
                QType::Cname => "is an alias for",
                QType::Ptr => "domain name pointer",
                QType::Ns => "name server",
                QType::Mx => "mail is handled by",
                QType::Txt => "descriptive text",
                QType::Soa => "has SOA record",
                _ => "has SRV record",
            };
            format!("{owner} {verb} {}\n", data.text())
        }
    }
}

/// What `-v` prints of one answer.
fn verbose(name: &str, qtype: QType, answer: &Answer, server: &str, net: &Resolver<'_>) -> String {
    let id = Rng::new(net.server.now.as_millis() + net.server.log.len() as u64, "host").below(65_536);
    let mut text = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {id}\n;; flags: {}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, \
         ADDITIONAL: {}\n\n;; QUESTION SECTION:\n{}\n",
        answer.rcode.name(),
        super::dig::flags(answer, false),
        answer.records.len(),
        answer.authority.len(),
        answer.additional.len(),
        question_line(name, qtype),
    );
    let sections =
        [("ANSWER", &answer.records), ("AUTHORITY", &answer.authority), ("ADDITIONAL", &answer.additional)];
    for (title, records) in sections.into_iter().filter(|(_, records)| !records.is_empty()) {
        text.push_str(&format!(";; {title} SECTION:\n"));
        records.iter().for_each(|record| text.push_str(&record_line(record)));
        text.push('\n');
    }
    text + &format!("Received {} bytes from {server}#53 in 0 ms\n", answer.size)
}
