//! What CoreDNS' `kubernetes` plugin answers, from Services and EndpointSlices (dns.md 1 to 10).
//!
//! Nothing is kept: each question looks at the view it was given. Who answers later than the store changes, what
//! is remembered and in which order addresses come is the business of `server`.

use super::message::{Answer, Data, QType, Rcode, Record, address_of_reverse};
use super::profile::{DnsProfile, PodRecords, Upstream};
use crate::api::{Kind, Object, Value};
use crate::sim::SimTime;
use crate::store::View;
use std::net::IpAddr;
use std::rc::Rc;

/// The calendar second of [`SimTime::ZERO`].
const EPOCH_UNIX_SECS: u64 = 1_767_225_600;

/// The port of a Service or endpoint without ports (D45).
const NO_PORT: i64 = -1;

/// Cluster DNS over one view of the cluster.
#[derive(Clone)]
pub struct Zone<'a> {
    view: View<'a>,
    profile: &'a DnsProfile,
    kube_dns: Option<Rc<Object>>,
}

/// One combination of address (or alias) and port that a name stands for.
struct Entry {
    /// The address, or the alias' target.
    host: Result<IpAddr, String>,
    port: i64,
    /// The name an SRV record points to, without the zone.
    target: String,
}

/// A name exists (perhaps without entries: NODATA), or not (NXDOMAIN).
type Entries = Option<Vec<Entry>>;

/// Cluster DNS as it answers by that view.
pub fn zone_at<'a>(view: View<'a>, profile: &'a DnsProfile) -> Zone<'a> {
    Zone::new(view, profile)
}

impl<'a> Zone<'a> {
    /// Cluster DNS over that view.
    pub fn new(view: View<'a>, profile: &'a DnsProfile) -> Zone<'a> {
        let implied =
            profile.implied_kube_dns && view.get(Kind::Service, "kube-system", "kube-dns").is_none();
        let kube_dns = implied.then(|| {
            let mut service = Object::new(Kind::Service, "kube-system", "kube-dns");
            let port = |name: &'static str, protocol: &'static str, port: i64| {
                crate::object! { "name" => name, "port" => port, "protocol" => protocol }
            };
            service.body.set(&["spec", "clusterIP"], profile.dns_ip.clone());
            let ports =
                vec![port("dns", "UDP", 53), port("dns-tcp", "TCP", 53), port("metrics", "TCP", 9153)];
            service.body.set(&["spec", "ports"], ports);
            Rc::new(service)
        });
        Zone { view, profile, kube_dns }
    }

    /// The knobs.
    pub fn profile(&self) -> &'a DnsProfile {
        self.profile
    }

    /// What the server answers to one question, with every record and in the order of the slices (D54).
    pub fn answer(&self, name: &str, qtype: QType) -> Answer {
        let name = name.strip_suffix('.').unwrap_or(name);
        let lower = name.to_ascii_lowercase();
        let zone = self.profile.zone.as_str();
        let mut answer = match below(&lower, zone) {
            Some(labels) => {
                let suffix = &name[name.len() - zone.len()..];
                self.cluster_answer(name, labels, suffix, qtype, 0)
            }
            None if below(&lower, "in-addr.arpa").is_some() || below(&lower, "ip6.arpa").is_some() => {
                self.reverse_answer(name, &lower, qtype)
            }
            None => self.upstream_answer(name, &lower, qtype),
        };
        // D22: the cache plugin gives all records of an answer the smallest of their times, 5 to 30.
        let all = |a: &Answer| a.records.iter().chain(&a.authority).chain(&a.additional).map(|r| r.ttl).min();
        if let Some(ttl) = all(&answer) {
            let ttl = ttl.clamp(5, 30);
            for section in [&mut answer.records, &mut answer.authority, &mut answer.additional] {
                section.iter_mut().for_each(|record| record.ttl = ttl);
            }
        }
        answer
    }

    fn record(&self, name: impl Into<String>, data: Data) -> Record {
        Record { name: name.into(), ttl: self.profile.ttl, data }
    }

    fn cluster_answer(&self, name: &str, labels: &str, suffix: &str, qtype: QType, depth: u32) -> Answer {
        let soa = || self.soa(suffix);
        let none = |exists: bool| {
            let mut answer = Answer::new(if exists { Rcode::NoError } else { Rcode::NxDomain });
            answer.authority.push(soa());
            answer
        };
        let mut answer = Answer::new(Rcode::NoError);
        let apex = labels.is_empty();
        match qtype {
            QType::Soa => {
                if !apex {
                    return none(true); // D82
                }
                answer.records.push(soa());
                return answer;
            }
            QType::Txt if labels == "dns-version" => {
                answer.records.push(Record { ttl: 28_800, ..self.record(name, Data::Txt("1.1.0".into())) });
                return answer;
            }
            QType::Ns if apex => {
                let Some(ips) = self.own_addresses() else { return none(true) };
                let target = format!("kube-dns.kube-system.svc.{suffix}");
                answer.records.push(self.record(name, Data::Ns(target.clone())));
                answer
                    .additional
                    .extend(ips.into_iter().map(|ip| self.record(target.clone(), Data::of_ip(ip))));
                return answer;
            }
            QType::A | QType::Aaaa if labels == "ns.dns" => {
                let ips = self.own_addresses().unwrap_or_default();
                answer.records = ips
                    .into_iter()
                    .map(|ip| self.record(name, Data::of_ip(ip)))
                    .filter(|r| r.data.qtype() == qtype)
                    .collect();
                return if answer.records.is_empty() { none(false) } else { answer };
            }
            _ => {}
        }
        let entries = self.find(labels);
        // D86: a text is asked for at a name with records, or the name does not exist.
        let entries = if qtype == QType::Txt { entries.filter(|e| !e.is_empty()) } else { entries };
        let Some(entries) = entries else { return none(false) };
        let alias = entries.iter().find_map(|e| e.host.as_ref().err());
        match (qtype, alias) {
            (QType::Cname, Some(target)) => {
                answer.records.push(self.record(name, Data::Cname(target.clone())));
            }
            (QType::A | QType::Aaaa, Some(target)) => {
                let link = self.record(name, Data::Cname(target.clone()));
                let lower = target.to_ascii_lowercase();
                match below(&lower, &self.profile.zone) {
                    // D68 (a): without records at its end the whole answer is empty.
                    Some(labels) if depth < 10 => {
                        let zone = &target[target.len() - self.profile.zone.len()..];
                        let inner = self.cluster_answer(target, labels, zone, qtype, depth + 1);
                        if inner.records.is_empty() {
                            return none(true);
                        }
                        answer.records.push(link);
                        answer.records.extend(inner.records);
                    }
                    Some(_) => return none(true),
                    None => {
                        let inner = self.upstream_answer(target, &lower, qtype);
                        answer.records.push(link);
                        answer.records.extend(inner.records);
                    }
                }
            }
            (QType::A | QType::Aaaa, None) => {
                for ip in entries.iter().filter_map(|e| e.host.as_ref().ok()) {
                    let record = self.record(name, Data::of_ip(*ip));
                    if record.data.qtype() == qtype && !answer.records.contains(&record) {
                        answer.records.push(record);
                    }
                }
            }
            (QType::Srv, None) => {
                let weight = (100 / entries.len().max(1)).max(1) as u16; // D55
                for entry in entries.iter().filter(|e| e.port != NO_PORT) {
                    let target = format!("{}.{suffix}", entry.target);
                    let port = entry.port.clamp(0, 65_535) as u16;
                    let record =
                        self.record(name, Data::Srv { priority: 0, weight, port, target: target.clone() });
                    if !answer.records.contains(&record) {
                        answer.records.push(record);
                    }
                    if let Ok(ip) = entry.host {
                        let extra = self.record(target, Data::of_ip(ip));
                        if !answer.additional.contains(&extra) {
                            answer.additional.push(extra);
                        }
                    }
                }
            }
            _ => {}
        }
        if answer.records.is_empty() { none(true) } else { answer }
    }

    /// What a name below the zone stands for (D31 to D34). `labels`: the part left of the zone, lower case.
    fn find(&self, labels: &str) -> Entries {
        let mut rest: Vec<&str> = labels.split('.').collect();
        let kind = rest.pop().unwrap_or("");
        if labels.is_empty() {
            return Some(Vec::new());
        }
        if !matches!(kind, "svc" | "pod") {
            return None;
        }
        let Some(namespace) = rest.pop() else { return Some(Vec::new()) };
        let known = self.view.get(Kind::Namespace, "", namespace).is_some()
            || self.kube_dns.as_ref().is_some_and(|service| service.namespace() == namespace);
        if !known || (kind == "pod" && self.profile.pods == PodRecords::Disabled) {
            return None;
        }
        let Some(name) = rest.pop() else { return Some(Vec::new()) };
        if rest.len() > 2 {
            return None;
        }
        if kind == "pod" {
            return self.pod_entries(namespace, name);
        }
        let service = self.service(namespace, name)?;
        let (endpoint, port, protocol) = match rest[..] {
            [] => ("", "", ""),
            [endpoint] => (endpoint, "", ""),
            [port, protocol, ..] => ("", strip(port), strip(protocol)),
        };
        let base = format!("{name}.{namespace}.svc");
        let spec = service.spec();
        if spec.get("type").str() == "ExternalName" {
            let target = spec.get("externalName").str().trim_end_matches('.');
            let plain = rest.is_empty() && !target.is_empty() && target.parse::<IpAddr>().is_err();
            return plain.then(|| vec![Entry { host: Err(target.to_string()), port: NO_PORT, target: base }]);
        }
        let mut found = Vec::new();
        let wanted = |p: &Value| {
            (port.is_empty() || p.get("name").str().eq_ignore_ascii_case(port))
                && (protocol.is_empty() || protocol_of(p).eq_ignore_ascii_case(protocol))
        };
        let sentinel = [crate::object! { "port" => NO_PORT, "protocol" => "" }];
        let ports_of = |list: &'_ Value| -> Vec<i64> {
            let items = if list.items().is_empty() { &sentinel } else { list.items() };
            items.iter().filter(|p| wanted(p)).map(|p| p.get("port").as_int().unwrap_or(NO_PORT)).collect()
        };
        if is_headless(&service) || rest.len() == 1 {
            for slice in self.slices(namespace, name) {
                let ports = ports_of(slice.body.get("ports"));
                for ready in ready_endpoints(slice) {
                    for ip in addresses_of(ready) {
                        let label = endpoint_name(ready, ip);
                        if endpoint.is_empty() || label.eq_ignore_ascii_case(endpoint) {
                            let target = format!("{label}.{base}");
                            found.extend(ports.iter().map(|port| Entry {
                                host: Ok(ip),
                                port: *port,
                                target: target.clone(),
                            }));
                        }
                    }
                }
            }
        } else {
            let ips = cluster_ips(&service);
            for port in ports_of(spec.get("ports")) {
                found.extend(ips.iter().map(|ip| Entry { host: Ok(*ip), port, target: base.clone() }));
            }
        }
        // Port and protocol, a headless Service and an endpoint name exist only with something behind them (C14).
        if found.is_empty() { None } else { Some(found) }
    }

    fn pod_entries(&self, namespace: &str, label: &str) -> Entries {
        let dashes = label.matches('-').count();
        let text = label.replace('-', if dashes == 3 && !label.contains("--") { "." } else { ":" });
        let ip: IpAddr = text.parse().ok()?;
        let alive = |pod: &&&Rc<Object>| {
            let status = pod.status();
            let ips = status.get("podIPs").items().iter().map(|i| i.get("ip").str());
            !pod.is_terminating() && ips.chain([status.get("podIP").str()]).any(|i| i.parse() == Ok(ip))
        };
        let exists = self.profile.pods != PodRecords::Verified
            || self.view.list(Kind::Pod, Some(namespace)).iter().find(alive).is_some();
        exists.then(|| vec![Entry { host: Ok(ip), port: 0, target: format!("{label}.{namespace}.pod") }])
    }

    fn reverse_answer(&self, name: &str, lower: &str, qtype: QType) -> Answer {
        let ip = if qtype == QType::Ptr { address_of_reverse(lower) } else { None };
        let mut answer = Answer::new(Rcode::NoError);
        for target in ip.map(|ip| self.names_of(ip)).unwrap_or_default() {
            answer.records.push(self.record(name, Data::Ptr(target)));
        }
        // D21, D76: what is not found is asked elsewhere.
        if answer.records.is_empty() { self.upstream_answer(name, lower, qtype) } else { answer }
    }

    /// The names of an address (D71, D72): of the Service that has it, else of every ready endpoint.
    pub fn names_of(&self, ip: IpAddr) -> Vec<String> {
        let zone = &self.profile.zone;
        let services = self.view.list(Kind::Service, None);
        for service in services.into_iter().chain(&self.kube_dns) {
            if cluster_ips(service).contains(&ip) {
                return vec![format!("{}.{}.svc.{zone}", service.name(), service.namespace())];
            }
        }
        let mut names = Vec::new();
        for slice in self.view.list(Kind::EndpointSlice, None) {
            let service = slice.label(SERVICE_NAME);
            for ready in ready_endpoints(slice) {
                let skip = self.profile.ptr_hostname_only && ready.get("hostname").str().is_empty();
                if !skip && !service.is_empty() && addresses_of(ready).any(|a| a == ip) {
                    let name =
                        format!("{}.{service}.{}.svc.{zone}", endpoint_name(ready, ip), slice.namespace());
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        names
    }

    fn upstream_answer(&self, name: &str, lower: &str, qtype: QType) -> Answer {
        let Upstream::Resolver(table) = &self.profile.upstream else {
            let nothing = self.profile.upstream == Upstream::Nothing;
            let mut answer = Answer::new(if nothing { Rcode::NxDomain } else { Rcode::ServFail });
            answer.authoritative = nothing;
            return answer;
        };
        let mut answer = Answer::new(Rcode::NxDomain);
        (answer.authoritative, answer.recursive) = (false, true);
        let (mut owner, mut asked) = (name.to_string(), lower.to_string());
        for _ in 0..10 {
            let mut alias = None;
            for (_, data) in table.iter().filter(|(known, _)| known.as_str() == asked) {
                answer.rcode = Rcode::NoError;
                let data = match data.parse::<IpAddr>() {
                    Ok(ip) => Data::of_ip(ip),
                    Err(_) => {
                        alias = Some(data.to_string());
                        Data::Cname(data.to_string())
                    }
                };
                if data.qtype() == qtype || (alias.is_some() && qtype != QType::Cname) {
                    answer.records.push(self.record(owner.clone(), data));
                }
            }
            match alias {
                Some(target) => (owner, asked) = (target.clone(), target.to_ascii_lowercase()),
                None => break,
            }
        }
        if answer.records.is_empty() {
            let private =
                ["10.in-addr.arpa", "168.192.in-addr.arpa"].into_iter().find(|z| below(lower, z).is_some());
            let mut soa = |owner: &str, mname: &str, rname: &str, serial, numbers| {
                let data = Data::Soa { mname: mname.into(), rname: rname.into(), serial, numbers };
                answer.authority.push(self.record(owner, data));
            };
            match private {
                Some(zone) => soa(
                    zone,
                    "prisoner.iana.org",
                    "hostmaster.root-servers.org",
                    1,
                    [604_800, 60, 604_800, 604_800],
                ),
                None => soa(
                    "",
                    "a.root-servers.net",
                    "nstld.verisign-grs.com",
                    2_024_010_100,
                    [1800, 900, 604_800, 86_400],
                ),
            }
        }
        answer
    }

    fn soa(&self, suffix: &str) -> Record {
        let data = Data::Soa {
            mname: format!("ns.dns.{suffix}"),
            rname: format!("hostmaster.{suffix}"),
            serial: self.serial(),
            numbers: [7200, 1800, 86_400, self.profile.ttl],
        };
        Record { ttl: self.profile.ttl.min(300), ..self.record(suffix, data) }
    }

    /// The second of the last change that concerns DNS (D80), as far as the objects still tell.
    fn serial(&self) -> u64 {
        let services = self.view.list(Kind::Service, None);
        let slices = self.view.list(Kind::EndpointSlice, None);
        let when = services.into_iter().chain(slices).map(|object| {
            let changed = object.annotation("endpoints.kubernetes.io/last-change-trigger-time");
            SimTime::parse(changed).unwrap_or_default().max(object.created_at())
        });
        EPOCH_UNIX_SECS + when.max().unwrap_or_default().as_millis() / 1000
    }

    fn own_addresses(&self) -> Option<Vec<IpAddr>> {
        self.service("kube-system", "kube-dns").map(|service| cluster_ips(&service))
    }

    fn service(&self, namespace: &str, name: &str) -> Option<Rc<Object>> {
        let implied = || self.kube_dns.as_ref().filter(|s| s.namespace() == namespace && s.name() == name);
        self.view.get(Kind::Service, namespace, name).or_else(implied).cloned()
    }

    fn slices<'s>(&self, namespace: &str, service: &'s str) -> impl Iterator<Item = &'a Rc<Object>> + 's
    where
        'a: 's,
    {
        self.view
            .list(Kind::EndpointSlice, Some(namespace))
            .into_iter()
            .filter(move |s| s.label(SERVICE_NAME) == service)
    }
}

/// The label that names an EndpointSlice's Service.
pub const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// The labels left of `zone`, if the name is in it (D16).
fn below<'n>(lower: &'n str, zone: &str) -> Option<&'n str> {
    match lower.strip_suffix(zone)? {
        "" => Some(""),
        labels => labels.strip_suffix('.'),
    }
}

fn strip(label: &str) -> &str {
    label.strip_prefix('_').unwrap_or(label)
}

fn protocol_of(port: &Value) -> &str {
    port.get("protocol").as_str().unwrap_or("TCP")
}

/// True for a Service without ClusterIP that is no alias.
pub fn is_headless(service: &Object) -> bool {
    service.spec().get("clusterIP").str() == "None"
}

/// The ClusterIPs of a Service.
pub fn cluster_ips(service: &Object) -> Vec<IpAddr> {
    let spec = service.spec();
    let mut ips: Vec<IpAddr> =
        spec.get("clusterIPs").items().iter().filter_map(|ip| ip.str().parse().ok()).collect();
    if ips.is_empty() {
        ips.extend(spec.get("clusterIP").str().parse::<IpAddr>());
    }
    ips
}

/// The endpoints of a slice that DNS shows (D59): an absent `ready` counts as true.
pub fn ready_endpoints(slice: &Object) -> impl Iterator<Item = &Value> {
    slice
        .body
        .get("endpoints")
        .items()
        .iter()
        .filter(|e| e.at(&["conditions", "ready"]).as_bool() != Some(false))
}

fn addresses_of(endpoint: &Value) -> impl Iterator<Item = IpAddr> + '_ {
    endpoint.get("addresses").items().iter().filter_map(|ip| ip.str().parse().ok())
}

/// The label of an endpoint (D51): its hostname, or its address with dashes.
fn endpoint_name(endpoint: &Value, ip: IpAddr) -> String {
    let hostname = endpoint.get("hostname").str();
    if !hostname.is_empty() {
        return hostname.to_string();
    }
    let dashed = ip.to_string().replace(['.', ':'], "-");
    if dashed.ends_with('-') { dashed + "0" } else { dashed }
}
