//! `ping` of iputils and of BusyBox (D320 to D325), one packet at a time.

use super::Output;
use crate::dns::message::QType;
use crate::dns::profile::Libc;
use crate::dns::resolver::Resolver;
use std::net::IpAddr;

/// A running `ping`.
#[derive(Clone, Debug)]
pub struct Ping {
    /// The address pinged.
    pub ip: IpAddr,
    busybox: bool,
    title: String,
    from: String,
    count: Option<u64>,
    sent: u64,
    received: u64,
}

impl Ping {
    /// Reads the words and resolves the name: the running program and its first line, or how it failed.
    pub fn start(args: &[String], busybox: bool, net: &mut Resolver<'_>) -> Result<(Ping, String), Output> {
        let (mut count, mut numeric, mut name) = (None, false, None);
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix('-') else {
                name = Some(word.as_str());
                continue;
            };
            match option.chars().next() {
                Some(key @ ('c' | 'i' | 'W' | 'w' | 's' | 't' | 'I')) => {
                    let attached = &option[1..];
                    let value =
                        if attached.is_empty() { words.next().map_or("", |w| w.as_str()) } else { attached };
                    if key == 'c' {
                        count = value.parse().ok().filter(|n| *n > 0);
                    }
                }
                Some('n') => numeric = true,
                _ => {}
            }
        }
        let Some(name) = name else {
            return Err(match busybox {
                true => Output::fail(1, "Usage: ping [OPTIONS] HOST\n"),
                false => Output::fail(1, "ping: usage error: Destination address required\n"),
            });
        };
        let host = match net.host_of(name, &[QType::A, QType::Aaaa]) {
            Ok(host) => host,
            Err(_) if busybox => return Err(Output::fail(1, format!("ping: bad address '{name}'\n"))),
            Err(failure) => {
                let code = if net.libc == Libc::Musl { 1 } else { 2 };
                return Err(Output::fail(code, format!("ping: {name}: {}\n", failure.text(net.libc))));
            }
        };
        let Some(ip) = host.addresses.first().copied() else {
            return Err(Output::fail(1, format!("ping: bad address '{name}'\n")));
        };
        let typed_ip = name.parse::<IpAddr>().is_ok();
        let (title, first, from) = if busybox {
            (name.to_string(), format!("PING {name} ({ip}): 56 data bytes\n"), ip.to_string())
        } else {
            let from = match (typed_ip || numeric, net) {
                (true, _) => ip.to_string(),
                (false, net) => format!("{} ({ip})", net.name_of(ip).unwrap_or_else(|| ip.to_string())),
            };
            let first = match ip.is_ipv4() {
                true => format!("PING {} ({ip}) 56(84) bytes of data.\n", host.canonical),
                false => format!("PING {}({ip} ({ip})) 56 data bytes\n", host.canonical),
            };
            (host.canonical, first, from)
        };
        Ok((Ping { ip, busybox, title, from, count, sent: 0, received: 0 }, first))
    }

    /// True if it ends by itself.
    pub fn is_counted(&self) -> bool {
        self.count.is_some()
    }

    /// True when all packets were sent.
    pub fn is_done(&self) -> bool {
        self.count.is_some_and(|count| self.sent >= count)
    }

    /// Sends one packet; `alive`: there is an answer. `hops` routers lie between.
    pub fn packet(&mut self, alive: bool, hops: u64) -> String {
        self.sent += 1;
        if !alive {
            return String::new();
        }
        self.received += 1;
        let (seq, label) = if self.busybox { (self.sent - 1, "seq") } else { (self.sent, "icmp_seq") };
        let micros = 50 + (seq * 37 + hops * 113) % 61;
        format!(
            "64 bytes from {}: {label}={seq} ttl={} time=0.{micros:03} ms\n",
            self.from,
            64 - hops.min(63)
        )
    }

    /// The statistics and the exit status.
    pub fn finish(&self) -> Output {
        let lost = (self.sent - self.received) * 100 / self.sent.max(1);
        let word = if self.busybox { "packets received" } else { "received" };
        let mut text = format!(
            "\n--- {} ping statistics ---\n{} packets transmitted, {} {word}, {lost}% packet loss",
            self.title, self.sent, self.received
        );
        if !self.busybox {
            text.push_str(&format!(", time {}ms", self.sent.saturating_sub(1) * 1001));
        }
        text.push('\n');
        if self.received > 0 {
            text.push_str(match self.busybox {
                true => "round-trip min/avg/max = 0.050/0.078/0.110 ms\n",
                false => "rtt min/avg/max/mdev = 0.050/0.078/0.110/0.018 ms\n",
            });
        }
        Output { stdout: text, code: i32::from(self.received == 0), ..Output::default() }
    }
}
