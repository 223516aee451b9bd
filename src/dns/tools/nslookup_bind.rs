//! `nslookup` of BIND (D240 to D250).

use super::{Output, ask, end_of_chain, nslookup_record, server_address};
use crate::dns::message::{Answer, Data, QType, Rcode, Record, reverse_name};
use crate::dns::profile::Bind;
use crate::dns::resolver::Resolver;
use crate::sim::SimDuration;
use std::net::IpAddr;

/// Runs `nslookup WORDS`.
pub fn run(args: &[String], net: &mut Resolver<'_>) -> Output {
    let mut out = Output::default();
    let (mut qtype, mut debug, mut search, mut tcp, mut words) = (None, false, true, false, Vec::new());
    for arg in args {
        let Some(option) = arg.strip_prefix('-') else {
            words.push(arg.as_str());
            continue;
        };
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        match key {
            "ty" | "type" | "query" | "querytype" | "q" => match QType::parse(value) {
                Some(known) => qtype = Some(known),
                None => out.stdout.push_str(&format!("unknown query type: {value}\n")),
            },
            "debug" | "d2" => debug = true,
            "nosearch" | "nosea" => search = false,
            "vc" => tcp = true,
            "port" | "timeout" | "retry" | "norecurse" | "recurse" | "search" | "novc" | "nodebug"
            | "class" | "domain" => {}
            _ => out.stdout.push_str(&format!("*** Invalid option: {option}\n")),
        }
    }
    let Some(typed) = words.first().copied() else { return out };
    let given = words.get(1).copied();
    let shown = given.map_or_else(|| net.nameserver(), String::from);
    let address = server_address(net, &shown);
    if address.is_empty() {
        out.stdout.push_str(&format!("nslookup: couldn't get address for '{shown}': not found\n"));
        out.code = 1;
        return out;
    }
    let mut run = Run { net, out, shown, address, given: given.is_some(), debug, tcp };
    let ip: Option<IpAddr> = typed.parse().ok();
    let (names, first) = match ip {
        Some(ip) => (vec![reverse_name(ip)], QType::Ptr),
        None if search => (run.net.conf.bind_names(typed), qtype.unwrap_or(QType::A)),
        None => (vec![typed.trim_end_matches('.').to_string()], qtype.unwrap_or(QType::A)),
    };
    let old = run.net.bind == Bind::V9_9;
    let header = old || ip.is_none() || qtype.is_some();
    if let Some((name, answer)) = run.walk(&names, first) {
        run.body(&name, first, &answer, header);
        let simple = ip.is_none() && qtype.is_none();
        if answer.rcode == Rcode::NoError && answer.records.is_empty() && (!simple || old) {
            run.out.stdout.push_str(&format!("*** Can't find {typed}: No answer\n"));
        } else if answer.rcode == Rcode::NoError && simple && !old {
            let target = end_of_chain(&answer, &name);
            if let Some((name, second)) = run.walk(&[target], QType::Aaaa) {
                run.body(&name, QType::Aaaa, &second, false);
                if second.is_nodata() && answer.records.is_empty() {
                    run.out.stdout.push_str(&format!("*** Can't find {name}: No answer\n"));
                }
            }
        }
        run.out.stdout.push('\n');
    }
    run.out
}

struct Run<'r, 'a> {
    net: &'r mut Resolver<'a>,
    out: Output,
    shown: String,
    address: String,
    given: bool,
    debug: bool,
    tcp: bool,
}

impl Run<'_, '_> {
    /// Asks the names in turn until one is not NXDOMAIN, printing what is printed as answers arrive (D246, D247).
    fn walk(&mut self, names: &[String], qtype: QType) -> Option<(String, Answer)> {
        let new = self.net.bind == Bind::V9_18;
        let mut last = None;
        for name in names {
            let (answer, cut) = ask(self.net, &self.address, name, qtype, 0, self.tcp);
            if cut {
                self.tcp = true;
                self.out.stdout.push_str(";; Truncated, retrying in TCP mode.\n");
            }
            let Some(answer) = answer else {
                self.unreachable();
                return None;
            };
            if new && !self.given && answer.rcode == Rcode::ServFail {
                self.out.stdout.push_str(&format!(";; Got SERVFAIL reply from {}\n", self.address));
            } else if new && !self.given && !answer.recursive {
                self.out.stdout.push_str(&format!(";; Got recursion not available from {}\n", self.address));
            }
            let go_on = answer.is_nxdomain();
            last = Some((name.clone(), answer));
            if !go_on {
                break;
            }
        }
        last
    }

    fn unreachable(&mut self) {
        let text = if self.net.bind == Bind::V9_18 {
            let line = format!(";; communications error to {}#53: timed out\n", self.address);
            format!("{line}{line}{line};; no servers could be reached\n\n")
        } else {
            ";; connection timed out; no servers could be reached\n\n\n".to_string()
        };
        self.out.stdout.push_str(&text);
        self.out.code = 1;
        self.out.took = SimDuration::secs(15);
    }

    fn body(&mut self, name: &str, qtype: QType, answer: &Answer, header: bool) {
        let out = &mut self.out.stdout;
        if header {
            out.push_str(&format!("Server:\t\t{}\nAddress:\t{}#53\n\n", self.shown, self.address));
        }
        if self.debug {
            out.push_str(&debug_block(name, qtype, answer));
        }
        if answer.rcode != Rcode::NoError {
            out.push_str(&format!("** server can't find {name}: {}\n", answer.rcode.name()));
            self.out.code = 1;
            return;
        }
        if !answer.authoritative && header {
            out.push_str("Non-authoritative answer:\n");
        }
        answer.records.iter().for_each(|record| out.push_str(&nslookup_record(record, ".", false)));
        if !answer.authoritative && !matches!(qtype, QType::A | QType::Aaaa) && !answer.records.is_empty() {
            out.push_str("\nAuthoritative answers can be found from:\n");
            let rest = answer.authority.iter().chain(&answer.additional);
            rest.for_each(|record| out.push_str(&nslookup_record(record, ".", true)));
        }
    }
}

/// What `-debug` prints of one answer (G14).
fn debug_block(name: &str, qtype: QType, answer: &Answer) -> String {
    let record = |r: &Record| {
        let rest = match &r.data {
            Data::A(ip) => format!("\tinternet address = {ip}\n"),
            Data::Aaaa(ip) => format!("\thas AAAA address {ip}\n"),
            _ => nslookup_record(r, ".", false)
                .trim_start_matches(r.name.as_str())
                .trim_start_matches('\n')
                .to_string(),
        };
        format!("    ->  {}\n{rest}\tttl = {}\n", r.name, r.ttl)
    };
    let section = |title: &str, records: &[Record]| -> String {
        format!("    {title}:\n{}", records.iter().map(record).collect::<String>())
    };
    format!(
        "------------\n    QUESTIONS:\n\t{name}, type = {}, class = IN\n{}{}{}------------\n",
        qtype.name(),
        section("ANSWERS", &answer.records),
        section("AUTHORITY RECORDS", &answer.authority),
        section("ADDITIONAL RECORDS", &answer.additional),
    )
}
