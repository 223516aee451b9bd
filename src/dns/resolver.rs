//! What a pod sees of DNS: its resolv.conf, its hosts file, and how the resolvers walk the search list.

use super::message::{Answer, QType, Rcode, reverse_name};
use super::profile::{Bind, BusyBox, DnsProfile, Libc};
use super::server::{DnsServer, Lookup, Transport};
use super::zone::zone_at;
use crate::api::Object;
use crate::sim::SimTime;
use crate::store::View;
use std::net::IpAddr;

/// The content of /etc/resolv.conf.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ResolvConf {
    /// Whom to ask.
    pub nameservers: Vec<String>,
    /// What to append.
    pub search: Vec<String>,
    /// `ndots:5` and others.
    pub options: Vec<String>,
    /// dockershim's order of lines.
    pub nameserver_first: bool,
}

impl ResolvConf {
    /// What the kubelet writes for a pod (D170 to D174).
    pub fn for_pod(pod: &Object, profile: &DnsProfile) -> ResolvConf {
        let spec = pod.spec();
        let mut conf = ResolvConf { nameserver_first: profile.nameserver_first, ..ResolvConf::default() };
        let host_network = spec.get("hostNetwork").is_true();
        let node_search = profile.node_search.iter().map(ToString::to_string);
        match spec.get("dnsPolicy").as_str().unwrap_or("ClusterFirst") {
            "None" => {}
            policy if policy == "Default" || (host_network && policy == "ClusterFirst") => {
                // The node's resolver is the one DNS forwards to; it answers under the same address here.
                conf.nameservers.push(profile.dns_ip.to_string());
                conf.search.extend(node_search);
            }
            _ => {
                let (namespace, zone) = (pod.namespace(), &profile.zone);
                conf.nameservers.push(profile.dns_ip.to_string());
                conf.search =
                    vec![format!("{namespace}.svc.{zone}"), format!("svc.{zone}"), zone.to_string()];
                conf.search.extend(node_search);
                conf.options.push(format!("ndots:{}", profile.ndots));
            }
        }
        let config = spec.get("dnsConfig");
        let texts =
            |key: &str| config.get(key).items().iter().map(|v| v.str().to_string()).collect::<Vec<_>>();
        conf.nameservers.extend(texts("nameservers"));
        conf.search.extend(texts("searches"));
        for option in config.get("options").items() {
            let name = option.get("name").str();
            let text = match option.get("value").as_str() {
                Some(value) => format!("{name}:{value}"),
                None => name.to_string(),
            };
            match conf.options.iter_mut().find(|old| old.split(':').next() == Some(name)) {
                Some(old) => *old = text,
                None => conf.options.push(text),
            }
        }
        for (list, limit) in [(&mut conf.nameservers, 3), (&mut conf.search, 32)] {
            let mut seen: Vec<String> = Vec::new();
            list.retain(|item| {
                !seen.contains(item) && {
                    seen.push(item.clone());
                    true
                }
            });
            list.truncate(limit);
        }
        conf
    }

    /// The file (D172).
    pub fn text(&self) -> String {
        let search = match self.search.is_empty() {
            true => String::new(),
            false => format!("search {}\n", self.search.join(" ")),
        };
        let servers: String = self.nameservers.iter().map(|ip| format!("nameserver {ip}\n")).collect();
        let options = match self.options.is_empty() {
            true => String::new(),
            false => format!("options {}\n", self.options.join(" ")),
        };
        if self.nameserver_first { servers + &search + &options } else { search + &servers + &options }
    }

    /// Reads such a file, whoever wrote it.
    pub fn parse(text: &str) -> ResolvConf {
        let mut conf = ResolvConf::default();
        for line in text.lines() {
            let mut words = line.split_whitespace().map(String::from);
            match words.next().as_deref() {
                Some("nameserver") => conf.nameservers.extend(words.next()),
                Some("search" | "domain") => conf.search = words.collect(),
                Some("options") => conf.options.extend(words),
                _ => {}
            }
        }
        conf
    }

    /// From how many dots on a name is tried as it is.
    pub fn ndots(&self) -> usize {
        self.options.iter().find_map(|o| o.strip_prefix("ndots:")?.parse().ok()).unwrap_or(1)
    }

    fn is_absolute(&self, name: &str) -> bool {
        name.ends_with('.') || name.matches('.').count() >= self.ndots()
    }

    fn suffixed(&self, name: &str) -> Vec<String> {
        self.search.iter().map(|domain| format!("{name}.{}", domain.trim_matches('.'))).collect()
    }

    /// The names BIND's tools ask for, in order, until one is not NXDOMAIN (D201 to D205).
    pub fn bind_names(&self, name: &str) -> Vec<String> {
        let mut names = if self.is_absolute(name) { Vec::new() } else { self.suffixed(name) };
        names.truncate(8);
        names.push(plain(name));
        names
    }
}

fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_string()
}

/// A pod's hostname (D180).
pub fn hostname(pod: &Object) -> &str {
    let name = match pod.spec().get("hostname").str() {
        "" => pod.name(),
        name => name,
    };
    let cut = name.char_indices().nth(63).map_or(name, |(end, _)| &name[..end]);
    cut.trim_end_matches(['-', '.'])
}

/// A pod's domain, empty without `subdomain` (D180).
pub fn domain(pod: &Object, profile: &DnsProfile) -> String {
    match pod.spec().get("subdomain").str() {
        "" => String::new(),
        subdomain => format!("{subdomain}.{}.svc.{}", pod.namespace(), profile.zone),
    }
}

/// A pod's addresses.
pub fn pod_ips(pod: &Object) -> Vec<IpAddr> {
    let status = pod.status();
    let mut ips: Vec<IpAddr> =
        status.get("podIPs").items().iter().filter_map(|i| i.get("ip").str().parse().ok()).collect();
    if ips.is_empty() {
        ips.extend(status.get("podIP").str().parse::<IpAddr>());
    }
    ips
}

/// The content of a pod's /etc/hosts (D182).
pub fn hosts_file(pod: &Object, profile: &DnsProfile) -> String {
    let network = if pod.spec().get("hostNetwork").is_true() { " (host network)" } else { "" };
    let mut text = format!(
        "# Kubernetes-managed hosts file{network}.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost \
         ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
    );
    let (host, domain) = (hostname(pod), domain(pod, profile));
    for ip in pod_ips(pod) {
        text.push_str(&match domain.as_str() {
            "" => format!("{ip}\t{host}\n"),
            domain => format!("{ip}\t{host}.{domain}\t{host}\n"),
        });
    }
    let aliases = pod.spec().get("hostAliases").items();
    if !aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in aliases {
        let names: Vec<&str> =
            alias.get("hostnames").items().iter().map(super::super::api::value::Value::str).collect();
        text.push_str(&format!("{}\t{}\n", alias.get("ip").str(), names.join("\t")));
    }
    text
}

/// A name that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The full name.
    pub canonical: String,
    /// Other names, from the hosts file or a chain of aliases.
    pub aliases: Vec<String>,
    /// Its addresses in the order of the answer.
    pub addresses: Vec<IpAddr>,
}

/// Why a name was not found (D213).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No such name.
    NoName,
    /// The name exists without address.
    NoData,
    /// Nobody could say.
    Again,
}

impl Failure {
    /// As the C library words it (D213, D217).
    pub fn text(self, libc: Libc) -> &'static str {
        match (libc, self) {
            (Libc::Glibc, Failure::NoName) => "Name or service not known",
            (Libc::Glibc, Failure::NoData) => "No address associated with hostname",
            (Libc::Glibc, Failure::Again) => "Temporary failure in name resolution",
            (Libc::Musl, Failure::NoName) => "Name does not resolve",
            (Libc::Musl, Failure::NoData) => "Name has no usable address",
            (Libc::Musl, Failure::Again) => "Try again",
        }
    }
}

/// The resolver of one container: its files and the server they name.
pub struct Resolver<'a> {
    /// Whom it asks.
    pub server: DnsServer<'a>,
    /// /etc/resolv.conf.
    pub conf: ResolvConf,
    /// The text of /etc/hosts.
    pub hosts: String,
    /// The image's C library.
    pub libc: Libc,
    /// The image's BIND tools.
    pub bind: Bind,
    /// The image's BusyBox.
    pub busybox: BusyBox,
}

/// A walk to show step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// `nslookup`, `host`, `dig +search`.
    Bind,
    /// Programs linked to glibc.
    Glibc,
    /// Programs linked to musl.
    Musl,
    /// BusyBox `nslookup`.
    BusyBox,
}

impl<'a> Resolver<'a> {
    /// The resolver of `pod` with what the kubelet wrote for it.
    pub fn of_pod(pod: &Object, server: DnsServer<'a>) -> Resolver<'a> {
        let profile = server.zone.profile();
        Resolver {
            conf: ResolvConf::for_pod(pod, profile),
            hosts: hosts_file(pod, profile),
            libc: profile.libc,
            bind: profile.bind,
            busybox: profile.busybox,
            server,
        }
    }

    /// The address of the first nameserver.
    pub fn nameserver(&self) -> String {
        self.conf.nameservers.first().cloned().unwrap_or_else(|| "127.0.0.1".into())
    }

    /// Asks the first nameserver.
    pub fn ask(&mut self, name: &str, qtype: QType, transport: Transport) -> Option<Answer> {
        let server = self.nameserver();
        self.server.ask(&server, name, qtype, transport)
    }

    /// The questions of one walk for `name`, in order.
    pub fn walk(&mut self, walk: Walk, name: &str, qtype: QType) -> Vec<Lookup> {
        let before = self.server.log.len();
        match walk {
            Walk::Bind => {
                for step in self.conf.bind_names(name) {
                    if self.ask(&step, qtype, Transport::UDP).is_none_or(|a| !a.is_nxdomain()) {
                        break;
                    }
                }
            }
            Walk::BusyBox => {
                for step in busybox_names(&self.conf, self.busybox, name) {
                    self.ask(&step, qtype, Transport::UDP);
                }
            }
            Walk::Glibc | Walk::Musl => {
                self.libc = if walk == Walk::Musl { Libc::Musl } else { Libc::Glibc };
                let types: &[QType] = if qtype == QType::A { &[QType::A, QType::Aaaa] } else { &[qtype] };
                let _ = self.lookup(name, types);
            }
        }
        self.server.log.split_off(before)
    }

    /// `getaddrinfo`: hosts file, then DNS for both families.
    pub fn host(&mut self, name: &str) -> Result<Host, Failure> {
        self.host_of(name, &[QType::A, QType::Aaaa])
    }

    /// The same for the given families.
    pub fn host_of(&mut self, name: &str, types: &[QType]) -> Result<Host, Failure> {
        if let Ok(ip) = name.parse::<IpAddr>() {
            return Ok(Host { canonical: name.to_string(), aliases: Vec::new(), addresses: vec![ip] });
        }
        match self.from_file(name, types) {
            Some(host) => Ok(host),
            None => self.lookup(name, types),
        }
    }

    /// The entry of the hosts file for a name.
    pub fn from_file(&self, name: &str, types: &[QType]) -> Option<Host> {
        let name = plain(name);
        let mut found: Option<Host> = None;
        for (ip, names) in self.file_lines() {
            let family = if ip.is_ipv4() { QType::A } else { QType::Aaaa };
            if types.contains(&family) && names.iter().any(|n| n.eq_ignore_ascii_case(&name)) {
                match &mut found {
                    Some(host) => host.addresses.push(ip),
                    None => {
                        let aliases = names[1..].iter().map(ToString::to_string).collect();
                        found = Some(Host { canonical: names[0].to_string(), aliases, addresses: vec![ip] });
                    }
                }
            }
        }
        found
    }

    fn file_lines(&self) -> impl Iterator<Item = (IpAddr, Vec<&str>)> {
        self.hosts.lines().filter_map(|line| {
            let mut words = line.split('#').next().unwrap_or("").split_whitespace();
            let ip = words.next()?.parse().ok()?;
            let names: Vec<&str> = words.collect();
            (!names.is_empty()).then_some((ip, names))
        })
    }

    /// The name of an address: the hosts file's, or the PTR record's.
    pub fn name_of(&mut self, ip: IpAddr) -> Option<String> {
        let line = self.file_lines().find(|(known, _)| *known == ip).map(|(_, names)| names[0].to_string());
        if line.is_some() {
            return line;
        }
        let answer = self.ask(&reverse_name(ip), QType::Ptr, Transport::UDP)?;
        let names: Vec<String> =
            answer.records.iter().map(|r| r.data.text().trim_end_matches('.').to_string()).collect();
        // D311: musl keeps the last of several names.
        if self.libc == Libc::Musl { names.into_iter().next_back() } else { names.into_iter().next() }
    }

    /// The search walk of the C library, without hosts file (D210 to D216).
    pub fn lookup(&mut self, name: &str, types: &[QType]) -> Result<Host, Failure> {
        let glibc = self.libc == Libc::Glibc;
        let mut steps = Vec::new();
        if self.conf.is_absolute(name) {
            steps.push(plain(name));
            if glibc && !name.ends_with('.') {
                steps.extend(self.conf.suffixed(name));
            }
        } else {
            steps = self.conf.suffixed(name);
            steps.push(plain(name));
        }
        let mut failure = Failure::NoName;
        for step in steps {
            let (mut host, mut nodata, mut broken) = (None::<Host>, false, false);
            for qtype in types {
                let mut answer = self.ask(&step, *qtype, Transport::UDP);
                if answer.as_ref().is_some_and(|a| a.truncated) {
                    answer = self.ask(&step, *qtype, Transport::TCP);
                }
                match answer {
                    Some(a) if a.rcode == Rcode::NoError => {
                        nodata = true;
                        if let Some(last) = a.records.iter().rfind(|r| r.data.ip().is_some()) {
                            let found = host.get_or_insert_with(|| Host {
                                canonical: last.name.clone(),
                                aliases: a
                                    .records
                                    .iter()
                                    .filter(|r| r.data.ip().is_none())
                                    .map(|r| r.name.clone())
                                    .collect(),
                                addresses: Vec::new(),
                            });
                            found.addresses.extend(a.addresses());
                        }
                    }
                    Some(a) if a.is_nxdomain() => {}
                    _ => broken = true,
                }
            }
            if let Some(host) = host {
                return Ok(host);
            }
            if broken {
                failure = Failure::Again;
            } else if nodata && failure != Failure::Again {
                failure = Failure::NoData;
            }
            if !glibc && (nodata || broken) {
                break;
            }
        }
        Err(failure)
    }
}

/// The names BusyBox `nslookup` asks for, all at once (D271).
pub fn busybox_names(conf: &ResolvConf, version: BusyBox, name: &str) -> Vec<String> {
    if name.contains('.') || version == BusyBox::V1_29 || conf.search.is_empty() {
        return vec![plain(name)];
    }
    conf.suffixed(name)
}

/// What a program in `pod` asks for when it looks up `name`, step by step.
pub fn steps(
    view: View<'_>,
    profile: &DnsProfile,
    now: SimTime,
    pod: &Object,
    walk: Walk,
    name: &str,
    qtype: QType,
) -> Vec<Lookup> {
    let server = DnsServer::new(zone_at(view, profile), now, None);
    Resolver::of_pod(pod, server).walk(walk, name, qtype)
}
