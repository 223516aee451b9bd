//! `nslookup` of BusyBox (D270 to D287).

use super::{Output, nslookup_record, server_address};
use crate::dns::message::{QType, Rcode, reverse_name};
use crate::dns::profile::BusyBox;
use crate::dns::resolver::{Resolver, busybox_names};
use crate::dns::server::Transport;
use crate::sim::SimDuration;
use std::net::IpAddr;

const TYPES: &[&str] = &["a", "aaaa", "cname", "mx", "ns", "ptr", "soa", "srv", "txt", "any"];

/// Runs `nslookup WORDS`.
pub fn run(args: &[String], net: &mut Resolver<'_>) -> Output {
    let version = net.busybox;
    let (mut types, mut words) = (vec![QType::A, QType::Aaaa], Vec::new());
    let mut typed_type = false;
    for arg in args {
        let option = arg.strip_prefix("-type=").or_else(|| arg.strip_prefix("-querytype="));
        match option {
            _ if version == BusyBox::V1_28 => words.push(arg.as_str()),
            Some(name) => {
                let known = TYPES.contains(&name.to_ascii_lowercase().as_str())
                    && (version >= BusyBox::V1_32 || !name.eq_ignore_ascii_case("srv"));
                let Some(qtype) = QType::parse(name).filter(|_| known) else {
                    return Output::fail(1, format!("nslookup: invalid query type \"{name}\"\n"));
                };
                (types, typed_type) = (vec![qtype], true);
            }
            None if arg.starts_with('-') => {}
            None => words.push(arg.as_str()),
        }
    }
    let Some(name) = words.first().copied() else {
        return Output::fail(
            1,
            "BusyBox v1.36.1 (2023-05-18 22:34:17 UTC) multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] \
             [-debug] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any\n",
        );
    };
    let server = words.get(1).map_or_else(|| net.nameserver(), ToString::to_string);
    if version == BusyBox::V1_28 {
        return old(name, &server, net);
    }
    let address = server_address(net, &server);
    let ip: Option<IpAddr> = name.parse().ok();
    let names = match ip {
        Some(ip) if !typed_type => {
            types = vec![QType::Ptr];
            vec![reverse_name(ip)]
        }
        _ => busybox_names(&net.conf, version, name),
    };
    let mut out = Output::default();
    for qtype in types {
        for name in &names {
            let Some(answer) = net.server.ask(&address, name, qtype, Transport::UDP) else {
                out.stdout = ";; connection timed out; no servers could be reached\n\n".into();
                (out.code, out.took) = (1, SimDuration::secs(5));
                return out;
            };
            if out.stdout.is_empty() {
                out.stdout = format!("Server:\t\t{server}\nAddress:\t{address}:53\n\n");
            }
            if answer.rcode != Rcode::NoError {
                out.stdout.push_str(&format!("** server can't find {name}: {}\n", answer.rcode.name()));
                if version >= BusyBox::V1_31 {
                    out.code = 1;
                }
            } else {
                if !answer.authoritative {
                    out.stdout.push_str("Non-authoritative answer:\n");
                }
                if answer.records.is_empty() && version == BusyBox::V1_32 {
                    out.stdout.push_str(&format!("*** Can't find {name}: No answer\n"));
                }
                answer.records.iter().for_each(|r| out.stdout.push_str(&nslookup_record(r, "", false)));
            }
            out.stdout.push('\n');
        }
    }
    out
}

/// 1.28 and earlier: the C library's resolver and numbered addresses (D285 to D287).
fn old(name: &str, server: &str, net: &mut Resolver<'_>) -> Output {
    let mut block = |label: &str, name: &str, ips: &[IpAddr]| {
        let mut text = format!("{label:<10} {name}\n");
        for (i, ip) in ips.iter().enumerate() {
            let reverse = net.name_of(*ip).map(|n| format!(" {n}")).unwrap_or_default();
            text.push_str(&format!("Address {}: {ip}{reverse}\n", i + 1));
        }
        text
    };
    let ips: Vec<IpAddr> = server.parse().into_iter().collect();
    let mut out = Output::ok(block("Server:", server, &ips) + "\n");
    match net.host(name) {
        Ok(host) => {
            let mut block = |ip: IpAddr, i: usize| {
                let reverse = net.name_of(ip).map(|n| format!(" {n}")).unwrap_or_default();
                format!("Address {}: {ip}{reverse}\n", i + 1)
            };
            let lines: String = host.addresses.iter().enumerate().map(|(i, ip)| block(*ip, i)).collect();
            out.stdout.push_str(&format!("{:<10} {name}\n{lines}", "Name:"));
        }
        Err(_) => {
            out.stderr = format!("nslookup: can't resolve '{name}'\n");
            out.code = 1;
        }
    }
    out
}
