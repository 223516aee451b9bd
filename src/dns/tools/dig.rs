//! `dig` (D300 to D306).

use super::{Output, ask, date, server_address};
use crate::dns::message::{Answer, QType, Record, reverse_name};
use crate::dns::profile::Bind;
use crate::dns::resolver::Resolver;
use crate::sim::{Rng, SimDuration};
use std::net::IpAddr;

/// What is printed; everything unless `+noall`.
#[derive(Clone)]
struct Show {
    cmd: bool,
    comments: bool,
    question: bool,
    answer: bool,
    authority: bool,
    additional: bool,
    stats: bool,
    short: bool,
    search: bool,
    showsearch: bool,
    tcp: bool,
    edns: bool,
    cookie: bool,
    ttl: bool,
    class: bool,
    recurse: bool,
}

/// Runs `dig WORDS`.
pub fn run(args: &[String], net: &mut Resolver<'_>) -> Output {
    let mut show = Show {
        cmd: true,
        comments: true,
        question: true,
        answer: true,
        authority: true,
        additional: true,
        stats: true,
        short: false,
        search: false,
        showsearch: false,
        tcp: false,
        edns: true,
        cookie: true,
        ttl: true,
        class: true,
        recurse: true,
    };
    let mut server = None;
    let mut lookups: Vec<(String, QType)> = Vec::new();
    let mut pending = None;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if let Some(given) = word.strip_prefix('@') {
            server = Some(given.to_string());
        } else if let Some(flag) = word.strip_prefix('+') {
            if !show.set(flag) {
                return Output::fail(1, format!("Invalid option: +{flag}\n{USAGE}"));
            }
        } else if let Some(rest) = word.strip_prefix('-').filter(|r| !r.is_empty()) {
            let key = rest.chars().next().unwrap_or(' ');
            if matches!(key, '4' | '6' | 'v' | 'r' | 'm' | 'u') {
                continue;
            }
            let attached = &rest[key.len_utf8()..];
            let value = if attached.is_empty() {
                words.next().cloned().unwrap_or_default()
            } else {
                attached.to_string()
            };
            match key {
                'x' => {
                    let Ok(ip) = value.parse::<IpAddr>() else {
                        return Output::fail(1, format!("Invalid IP address {value}\n{USAGE}"));
                    };
                    lookups.push((reverse_name(ip), QType::Ptr));
                }
                'q' => lookups.push((value, pending.take().unwrap_or(QType::A))),
                't' => set_type(&mut lookups, &mut pending, QType::parse(&value)),
                'p' | 'c' | 'b' | 'k' | 'y' | 'f' => {}
                _ => return Output::fail(1, format!("Invalid option: -{rest}\n{USAGE}")),
            }
        } else if let Some(qtype) = QType::parse(word) {
            set_type(&mut lookups, &mut pending, Some(qtype));
        } else if !word.eq_ignore_ascii_case("in") {
            lookups.push((word.clone(), pending.take().unwrap_or(QType::A)));
        }
    }
    if lookups.is_empty() {
        lookups.push((".".into(), pending.unwrap_or(QType::Ns)));
    }
    let shown = server.clone().unwrap_or_else(|| net.nameserver());
    let address = server_address(net, &shown);
    if address.is_empty() {
        return Output::fail(10, format!("dig: couldn't get address for '{shown}': not found\n"));
    }
    let mut out = Output::default();
    let greeting = |first: bool, version: &str| {
        let found = if server.is_some() && first { "; (1 server found)\n" } else { "" };
        let options = if first { ";; global options: +cmd\n" } else { "" };
        let blank = if first { "\n" } else { "" };
        format!("{blank}; <<>> DiG {version} <<>> {}\n{found}{options}", args.join(" "))
    };
    let version = net.server.zone.profile().bind_version.to_string();
    let new = net.bind >= Bind::V9_18;
    let edns = match (show.edns, new) {
        (false, _) => 0,
        (true, true) => 1232,
        (true, false) => 4096,
    };
    for (i, (typed, qtype)) in lookups.iter().enumerate() {
        let names = match show.search {
            true => net.conf.bind_names(typed),
            false => vec![typed.trim_end_matches('.').to_string()],
        };
        let hello = if show.cmd { greeting(i == 0, &version) } else { String::new() };
        let mut last = None;
        for name in names {
            let (answer, cut) = ask(net, &address, &name, *qtype, edns, show.tcp);
            let Some(answer) = answer else {
                let text = if new {
                    let line = format!(";; communications error to {address}#53: timed out\n");
                    format!("{line}{line}{line}{hello};; no servers could be reached\n")
                } else {
                    format!("{hello};; connection timed out; no servers could be reached\n\n")
                };
                out.stdout.push_str(&text);
                (out.code, out.took) = (9, SimDuration::secs(15));
                return out;
            };
            if cut && show.comments && !show.short {
                out.stdout.push_str(";; Truncated, retrying in TCP mode.\n");
            }
            let found = !answer.is_nxdomain();
            if let Some((name, answer, cut)) = last.replace((name, answer, cut)).filter(|_| show.showsearch) {
                out.stdout.push_str(&show.message(&name, *qtype, &answer, cut, edns, &shown, &address, net));
            }
            if found {
                break;
            }
        }
        out.stdout.push_str(&hello);
        if let Some((name, answer, cut)) = last {
            out.stdout.push_str(&show.message(&name, *qtype, &answer, cut, edns, &shown, &address, net));
        }
    }
    out
}

const USAGE: &str = "Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}\n            {global-d-opt} host \
                     [@local-server] {local-d-opt}\n            [ host [@local-server] {local-d-opt} [...]]\n\nUse \"dig -h\" \
                     (or \"dig -h | more\") for complete list of options\n";

fn set_type(lookups: &mut [(String, QType)], pending: &mut Option<QType>, qtype: Option<QType>) {
    match (lookups.last_mut(), qtype) {
        (Some(last), Some(qtype)) => last.1 = qtype,
        (None, Some(qtype)) => *pending = Some(qtype),
        _ => {}
    }
}

impl Show {
    fn set(&mut self, flag: &str) -> bool {
        let (name, on) = match flag.strip_prefix("no") {
            Some(rest) => (rest, false),
            None => (flag, true),
        };
        let name = name.split('=').next().unwrap_or("");
        let one = match name {
            "cmd" => &mut self.cmd,
            "comments" => &mut self.comments,
            "question" => &mut self.question,
            "answer" => &mut self.answer,
            "authority" => &mut self.authority,
            "additional" => &mut self.additional,
            "stats" => &mut self.stats,
            "search" => &mut self.search,
            "tcp" | "vc" => &mut self.tcp,
            "edns" => &mut self.edns,
            "cookie" => &mut self.cookie,
            "ttlid" => &mut self.ttl,
            "class" | "cl" => &mut self.class,
            "recurse" | "rec" => &mut self.recurse,
            "showsearch" => {
                self.search |= on;
                &mut self.showsearch
            }
            "short" => {
                if on {
                    self.set("noall");
                }
                &mut self.short
            }
            "all" => {
                for name in ["cmd", "comments", "question", "answer", "authority", "additional", "stats"] {
                    self.set(&if on { name.to_string() } else { format!("no{name}") });
                }
                return true;
            }
            "multiline" | "bufsize" | "time" | "timeout" | "tries" | "retry" | "ndots" | "domain"
            | "dnssec" | "do" | "adflag" | "ad" | "aaflag" | "cdflag" | "trace" | "nssearch" | "identify"
            | "ignore" | "rrcomments" | "crypto" | "split" | "qr" | "fail" | "defname" | "nsid"
            | "subnet" | "unknownformat" | "yaml" => {
                return true;
            }
            _ => return false,
        };
        *one = on;
        true
    }

    #[allow(clippy::too_many_arguments, reason = "one message and its circumstances, named at two callers")]
    fn message(
        &self,
        name: &str,
        qtype: QType,
        answer: &Answer,
        tcp: bool,
        edns: usize,
        shown: &str,
        address: &str,
        net: &Resolver<'_>,
    ) -> String {
        let mut text = String::new();
        if self.short {
            answer.records.iter().for_each(|r| text.push_str(&format!("{}\n", r.data.text())));
            return text;
        }
        let mut rng = Rng::new(net.server.now.as_millis() + net.server.log.len() as u64, "dig");
        if self.comments {
            text.push_str(";; Got answer:\n");
            let lower = name.to_ascii_lowercase();
            if net.bind >= Bind::V9_11 && (lower.ends_with(".local") || lower == "local") {
                text.push_str(
                    ";; WARNING: .local is reserved for Multicast DNS\n;; You are currently testing what happens when an \
                     mDNS query is leaked to DNS\n",
                );
            }
            text.push_str(&format!(
                ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {}\n;; flags: {}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, \
                 ADDITIONAL: {}\n",
                answer.rcode.name(),
                rng.below(65_536),
                flags(answer, !self.recurse),
                answer.records.len(),
                answer.authority.len(),
                answer.additional.len() + usize::from(edns > 0),
            ));
            if self.recurse && !answer.recursive {
                text.push_str(";; WARNING: recursion requested but not available\n");
            }
            text.push('\n');
            if edns > 0 {
                text.push_str(&format!(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: {edns}\n"));
                if self.cookie {
                    text.push_str(&format!("; COOKIE: {:016x} (echoed)\n", rng.next_u64()));
                }
            }
        }
        if self.question {
            if self.comments {
                text.push_str(";; QUESTION SECTION:\n");
            }
            text.push_str(&question_line(name, qtype));
            if self.comments {
                text.push('\n');
            }
        }
        let sections = [
            ("ANSWER", self.answer, &answer.records),
            ("AUTHORITY", self.authority, &answer.authority),
            ("ADDITIONAL", self.additional, &answer.additional),
        ];
        for (title, wanted, records) in sections {
            if wanted && !records.is_empty() {
                if self.comments {
                    text.push_str(&format!(";; {title} SECTION:\n"));
                }
                records.iter().for_each(|r| text.push_str(&self.record(r)));
                if self.comments {
                    text.push('\n');
                }
            }
        }
        if self.stats {
            let protocol = match (net.bind >= Bind::V9_18, tcp || self.tcp) {
                (false, _) => "",
                (true, true) => " (TCP)",
                (true, false) => " (UDP)",
            };
            text.push_str(&format!(
                ";; Query time: 0 msec\n;; SERVER: {address}#53({shown}){protocol}\n;; WHEN: {}\n;; MSG SIZE  rcvd: {}\n\n",
                date(net.server.now),
                answer.size
            ));
        }
        text
    }

    fn record(&self, record: &Record) -> String {
        layout(record, self.ttl, self.class)
    }
}

/// `qr aa tc rd ra`.
pub(super) fn flags(answer: &Answer, no_recursion: bool) -> String {
    let flags = [
        ("qr", true),
        ("aa", answer.authoritative),
        ("tc", answer.truncated),
        ("rd", !no_recursion),
        ("ra", answer.recursive),
    ];
    let set: Vec<&str> = flags.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
    set.join(" ")
}

/// Goes from column to column with TABs; where the column is passed already, one column on (D302): a blank, or a TAB
/// where that is the next stop. The first word does not count its first `skip` characters.
fn columns(words: &[(usize, String)], skip: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for (i, (target, word)) in words.iter().enumerate() {
        if i > 0 {
            let to = (column + 1).max(*target);
            let stops = to / 8 - column / 8;
            text.push_str(&"\t".repeat(stops));
            let from = if stops > 0 { to / 8 * 8 } else { column };
            text.push_str(&" ".repeat(to - from));
            column = to;
        }
        text.push_str(word);
        column += word.len() - if i == 0 { skip } else { 0 };
    }
    text.push('\n');
    text
}

/// `;nginx.default.svc.cluster.local. IN⇥A`.
pub(super) fn question_line(name: &str, qtype: QType) -> String {
    columns(&[(0, format!(";{name}.")), (32, "IN".into()), (40, qtype.name().into())], 1)
}

/// One record in columns.
pub(super) fn record_line(record: &Record) -> String {
    layout(record, true, true)
}

fn layout(record: &Record, ttl: bool, class: bool) -> String {
    let mut words = vec![(0, format!("{}.", record.name))];
    if ttl {
        words.push((24, record.ttl.to_string()));
    }
    if class {
        words.push((32, "IN".into()));
    }
    words.extend([(40, record.data.qtype().name().to_string()), (48, record.data.text())]);
    columns(&words, 0)
}
