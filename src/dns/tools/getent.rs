//! `getent hosts` and `getent ahosts` (D310, D311).

use super::Output;
use crate::dns::message::QType;
use crate::dns::profile::Libc;
use crate::dns::resolver::{Host, Resolver};
use std::net::IpAddr;

/// Runs `getent WORDS`.
pub fn run(args: &[String], net: &mut Resolver<'_>) -> Output {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut out = Output::default();
    match words[..] {
        [] => {
            return Output::fail(
                1,
                "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n",
            );
        }
        ["hosts"] => {
            for line in net.hosts.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
                let mut words = line.split_whitespace();
                let ip = words.next().unwrap_or("");
                out.stdout.push_str(&format!("{ip:<15} {}\n", words.collect::<Vec<_>>().join(" ")));
            }
        }
        ["hosts", ref names @ ..] => {
            for name in names {
                match hosts(name, net) {
                    Some(text) => out.stdout.push_str(&text),
                    None => out.code = 2,
                }
            }
        }
        ["ahosts" | "ahostsv4", ref names @ ..] => {
            for name in names {
                let Ok(host) = net.host_of(name, &[QType::A]) else {
                    out.code = 2;
                    continue;
                };
                let mut canonical = host.canonical.as_str();
                for ip in &host.addresses {
                    for kind in ["STREAM", "DGRAM", "RAW"] {
                        out.stdout.push_str(&format!("{:<15} {kind:<6} {canonical}\n", ip.to_string()));
                        canonical = "";
                    }
                }
            }
        }
        [database, ..] => return Output::fail(1, format!("Unknown database: {database}\n")),
    }
    out
}

fn hosts(name: &str, net: &mut Resolver<'_>) -> Option<String> {
    let musl = net.libc == Libc::Musl;
    if let Ok(ip) = name.parse::<IpAddr>() {
        return match net.name_of(ip) {
            Some(found) if musl => Some(format!("{:<16}  {found}  {found}\n", ip.to_string())),
            Some(found) => Some(format!("{:<15} {found}\n", ip.to_string())),
            None if musl => Some(format!("{:<16}  {ip}  {ip}\n", ip.to_string())),
            None => None,
        };
    }
    if musl {
        let host = net.host_of(name, &[QType::A, QType::Aaaa]).ok()?;
        let first = host.addresses.first()?.to_string();
        return Some(format!("{first:<16}  {}  {} {name}\n", host.canonical, host.canonical));
    }
    // D214: gethostbyname2 for IPv6 first, with the whole walk, then for IPv4.
    let Host { canonical, aliases, addresses } =
        net.host_of(name, &[QType::Aaaa]).or_else(|_| net.host_of(name, &[QType::A])).ok()?;
    let aliases: String = aliases.iter().map(|alias| format!(" {alias}")).collect();
    Some(addresses.iter().map(|ip| format!("{:<15} {canonical}{aliases}\n", ip.to_string())).collect())
}
