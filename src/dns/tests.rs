//! The vectors of dns.md 15 to 17 and the recordings, over clusters written as text.

use super::message::address_of_reverse;
use super::tools::{nslookup_busybox, run};
use super::*;
use crate::api::{Kind, Object, Value};
use crate::object;
use crate::sim::SimTime;
use crate::store::{Store, View};

/// Builds a store of lines such as `service NS NAME IP[,IP] PORT/PROTOCOL/NUMBER,…` and
/// `slice NS NAME SERVICE PORTS ADDRESS/HOSTNAME/ready …`; `-` stands for nothing, `>NAME` for an alias.
pub(crate) fn cluster(text: &str) -> Store {
    let mut store = Store::default();
    let mut put = |object: Object| {
        store.commit(SimTime::ZERO, 0, object.key(), Some(object));
    };
    let own = |s: &str| Value::from(s.to_string());
    let ports = |text: &str| -> Vec<Value> {
        let parse = |port: &str| {
            let parts: Vec<&str> = port.split('/').collect();
            let number: i64 = parts[2].parse().unwrap();
            let name = if parts[0] == "-" { "" } else { parts[0] };
            object! { "name" => own(name), "protocol" => own(parts[1]), "port" => number }
        };
        if text == "-" { Vec::new() } else { text.split(',').map(parse).collect() }
    };
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let named = |kind, ns: &str, name: &str| Object::new(kind, ns.to_string(), name.to_string());
        match words[0] {
            "namespace" => words[1..].iter().for_each(|name| put(named(Kind::Namespace, "", name))),
            "service" => {
                let mut service = named(Kind::Service, words[1], words[2]);
                match words[3].strip_prefix('>') {
                    Some(target) => {
                        service.body.set(&["spec", "type"], "ExternalName");
                        service.body.set(&["spec", "externalName"], own(target));
                    }
                    None => {
                        let ips: Vec<Value> = words[3].split(',').map(own).collect();
                        service.body.set(&["spec", "clusterIP"], ips[0].clone());
                        service.body.set(&["spec", "clusterIPs"], ips);
                    }
                }
                service.body.set(&["spec", "ports"], ports(words[4]));
                put(service);
            }
            "slice" => {
                let mut slice = named(Kind::EndpointSlice, words[1], words[2]);
                slice
                    .body
                    .at_mut(&["metadata", "labels"])
                    .map_mut()
                    .insert(zone::SERVICE_NAME, own(words[3]));
                slice.body.set(&["ports"], ports(words[4]));
                let endpoint = |text: &&str| {
                    let (address, rest) = text.split_once('/').unwrap_or((text, "-/ready"));
                    let (hostname, ready) = rest.split_once('/').unwrap_or((rest, "ready"));
                    let mut endpoint = object! {
                        "addresses" => vec![own(address)],
                        "conditions" => object! { "ready" => ready == "ready" },
                    };
                    if hostname != "-" {
                        endpoint.set(&["hostname"], own(hostname));
                    }
                    endpoint
                };
                slice.body.set(&["endpoints"], words[5..].iter().map(endpoint).collect::<Vec<_>>());
                put(slice);
            }
            "pod" => {
                let mut pod = named(Kind::Pod, words[1], words[2]);
                pod.body.set(&["status", "podIP"], own(words[3]));
                pod.body.set(&["spec", "hostname"], own(words[2]));
                if let Some(subdomain) = words.get(4) {
                    pod.body.set(&["spec", "subdomain"], own(subdomain));
                }
                put(pod);
            }
            other => panic!("{other}"),
        }
    }
    store
}

pub(crate) fn client_pod(namespace: &str) -> Object {
    let mut pod = Object::new(Kind::Pod, namespace.to_string(), "client");
    pod.body.set(&["status", "podIP"], "10.244.3.250");
    pod
}

/// One answer in a line: `NX`, `ND`, `SERVFAIL`, or the records; `+` begins the additional section.
fn brief(answer: &Answer) -> String {
    if answer.rcode != Rcode::NoError {
        return if answer.is_nxdomain() { "NX".into() } else { answer.rcode.name().into() };
    }
    if answer.records.is_empty() {
        return "ND".into();
    }
    let list = |records: &[Record]| -> String {
        records.iter().map(|r| format!(" {}", r.data.text().replace(".svc.cluster.local.", ".S"))).collect()
    };
    let extra =
        if answer.additional.is_empty() { String::new() } else { format!(" +{}", list(&answer.additional)) };
    (list(&answer.records) + &extra).trim().to_string()
}

fn check(store: &Store, profile: &DnsProfile, table: &str) {
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (rule, rest) = line.split_once(' ').unwrap();
        let (question, expected) = rest.split_once(" -> ").unwrap();
        let (name, qtype) = question.trim().split_once(' ').unwrap();
        let full = match name.strip_suffix(".S") {
            Some(name) => format!("{name}.svc.{}", profile.zone),
            None => name.to_string(),
        };
        let zone = zone_at(View::live(store), profile);
        for qtype in qtype.split(',') {
            let mut answer = zone.answer(&full, QType::parse(qtype.trim()).unwrap());
            assert_eq!(brief(&answer), expected.trim(), "{rule}: {full} {qtype}");
            if answer.is_nxdomain() || answer.is_nodata() {
                assert_eq!(answer.authority.len(), 1, "D81 {rule}: {full}");
            }
            answer.fit(&full, 0, 512);
        }
    }
}

const FIXTURE_H: &str = "
    namespace default testns podns kube-system svcns
    service kube-system kubedns 10.0.0.10 dns/UDP/53
    service testns svc1 10.0.0.1 http/TCP/80
    slice testns svc1-a svc1 http/TCP/80 172.0.0.1/ep1a
    service testns svcempty 10.0.0.1 http/TCP/80
    slice testns svcempty-a svcempty http/TCP/80
    service testns svc6 1234:abcd::1 http/TCP/80
    service testns hdls1 None http/TCP/80
    slice testns hdls1-a hdls1 http/TCP/80 172.0.0.2 172.0.0.3 172.0.0.4/dup-name 172.0.0.5/dup-name
    slice testns hdls1-b hdls1 http/TCP/80 5678:abcd::1 5678:abcd::2
    service testns hdlsprtls None -
    slice testns hdlsprtls-a hdlsprtls - 172.0.0.20
    service testns svc-dual-stack 10.0.0.3,10::3 http/TCP/80
    service testns external >ext.interwebs.test -
    service testns external-to-service >svc1.testns.svc.cluster.local -
    pod podns foo 10.240.0.1
";

#[test]
fn coredns_vectors_v1_to_v72() {
    let store = cluster(FIXTURE_H);
    let mut profile = DnsProfile { ttl: 5, ..DnsProfile::default() };
    check(
        &store,
        &profile,
        "
        V1 svc1.testns.S A -> 10.0.0.1
        V2 svcempty.testns.S A -> 10.0.0.1
        V3 svc1.testns.S SRV -> 0 100 80 svc1.testns.S + 10.0.0.1
        V4 svcempty.testns.S SRV -> 0 100 80 svcempty.testns.S + 10.0.0.1
        V5 svc6.testns.S SRV -> 0 100 80 svc6.testns.S + 1234:abcd::1
        V6 _http._tcp.svc1.testns.S SRV -> 0 100 80 svc1.testns.S + 10.0.0.1
        V8 hdls1.testns.S A -> 172.0.0.2 172.0.0.3 172.0.0.4 172.0.0.5
        V9 hdlsprtls.testns.S A -> 172.0.0.20
        V10 svc1.testns.S AAAA -> ND
        V11 svc0.testns.S AAAA,A -> NX
        V13 svc0.svc-nons.S A,TXT -> NX
        V14 dns-version.cluster.local TXT -> \"1.1.0\"
        V15 svc1.testns.S TXT -> ND
        V17 bogusendpoint.hdls1.testns.S A -> NX
        V18 bogusendpoint.svc0.testns.S A -> NX
        V19 svc6.testns.S AAAA -> 1234:abcd::1
        V20 _http._tcp.svc6.testns.S SRV -> 0 100 80 svc6.testns.S + 1234:abcd::1
        V21 hdls1.testns.S AAAA -> 5678:abcd::1 5678:abcd::2
        V22 svc.cluster.local A,NS -> ND
        V23 pod.cluster.local A -> ND
        V24 testns.S A,NS -> ND
        V27 foo.cluster.local NS -> NX
        V28 foo.S NS -> NX
        V29 svc-dual-stack.testns.S A -> 10.0.0.3
        V30 svc-dual-stack.testns.S AAAA -> 10::3
        V31 svc-dual-stack.testns.S SRV -> 0 50 80 svc-dual-stack.testns.S + 10.0.0.3 10::3
        V32 svc1.testns.S SOA -> ND
        V33 endpoint.external.testns.S CNAME -> NX
        V34 subdomain.subdomain.external.testns.S CNAME -> NX
        V35 _http._tcp.hdls1.testns.S SRV -> 0 16 80 172-0-0-2.hdls1.testns.S 0 16 80 172-0-0-3.hdls1.testns.S 0 16 80 dup-name.hdls1.testns.S 0 16 80 5678-abcd--1.hdls1.testns.S 0 16 80 5678-abcd--2.hdls1.testns.S + 172.0.0.2 172.0.0.3 172.0.0.4 172.0.0.5 5678:abcd::1 5678:abcd::2
        V37 5678-abcd--2.hdls1.testns.S AAAA -> 5678:abcd::2
        V39 172-0-0-20.hdlsprtls.testns.S A -> 172.0.0.20
        V40 172-0-0-2.hdls1.testns.S A -> 172.0.0.2
        V42 dup-name.hdls1.testns.S A -> 172.0.0.4 172.0.0.5
        V43 external.testns.S CNAME -> ext.interwebs.test.
        V45 external-to-service.testns.S A -> svc1.testns.S 10.0.0.1
        V47 svc1.nsnoexist.S A -> NX
        V54 cluster.local HINFO,A,AAAA,SRV -> ND
        V61 10-240-0-1.podns.pod.cluster.local A -> 10.240.0.1
        V62 172-0-0-2.podns.pod.cluster.local A -> 172.0.0.2
        V63 blah.podns.pod.cluster.local A,AAAA,HINFO -> NX
        V66 blah.pod-nons.pod.cluster.local A -> NX
        V67 podns.pod.cluster.local A -> ND
        V81 example.org.cluster.local PTR -> NX
        V82 svc1.testns.S PTR -> ND
        V97 ep1a.svc1.testns.S A -> 172.0.0.1
        V114 ..svc1.testns.S A -> 10.0.0.1
        V116 webs.testns.pood.cluster.local A -> NX
        V117 too.long.for.what.I.am.trying.to.pod.cluster.local A -> NX
        V118 us-west-2a.pin._zone.svc1.testns.S A -> NX
        D45 hdlsprtls.testns.S SRV -> ND
        D66 10-240-0-1.podns.pod.cluster.local SRV -> 0 100 0 10-240-0-1.podns.pod.cluster.local. + 10.240.0.1
        ",
    );
    profile.pods = PodRecords::Disabled;
    check(
        &store,
        &profile,
        "V59 10-240-0-1.podns.pod.cluster.local A -> NX\nV60 172-0-0-2.podns.pod.cluster.local A -> NX",
    );
    profile.pods = PodRecords::Verified;
    check(
        &store,
        &profile,
        "V68 10-240-0-1.podns.pod.cluster.local A -> 10.240.0.1
        V69 podns.pod.cluster.local A -> ND
        V70 svcns.S A -> ND
        V71 pod-nons.pod.cluster.local A -> NX
        V72 172-0-0-2.podns.pod.cluster.local A -> NX",
    );
}

#[test]
fn v49_to_v52_keep_letter_case() {
    let store = cluster(FIXTURE_H);
    let profile = DnsProfile::default();
    let zone = zone_at(View::live(&store), &profile);
    let missing = zone.answer("not-a-service.testns.svc.ClUsTeR.lOcAl", QType::A);
    assert_eq!(missing.authority[0].name, "ClUsTeR.lOcAl");
    assert!(missing.authority[0].data.text().starts_with("ns.dns.ClUsTeR.lOcAl. hostmaster.ClUsTeR.lOcAl. "));
    assert_eq!(
        zone.answer("SvC1.TeStNs.SvC.cLuStEr.LoCaL", QType::A).records[0].name,
        "SvC1.TeStNs.SvC.cLuStEr.LoCaL"
    );
    let srv = zone.answer("_HtTp._TcP.sVc1.TeStNs.SvC.cLuStEr.LoCaL", QType::Srv);
    assert_eq!(srv.records[0].data.text(), "0 100 80 svc1.testns.svc.cLuStEr.LoCaL.");
    assert_eq!(zone.answer("Cluster.local", QType::Soa).records[0].name, "Cluster.local");
}

#[test]
fn v75_to_v86_and_v119_to_v123_reverse_names() {
    let store = cluster(
        "namespace default testns kube-system
        service testns svc1 192.168.1.100 http/TCP/80
        slice testns svc1-a svc1 http/TCP/80 10.0.0.100/ep1a 1234:abcd::1/ep1b fd00:77:30::a/ip6svc1ex fd00:77:30::2:9ba6/ip6svc1in 10.0.0.99/double-ep
        slice testns svc1-b svc1 http/TCP/80 10.0.0.100/ep1a
        slice testns svc2-a svc2 http/TCP/80 10.0.0.99/double-ep",
    );
    let mut profile = DnsProfile::default();
    check(
        &store,
        &profile,
        "V75 100.0.0.10.in-addr.arpa PTR -> ep1a.svc1.testns.S
        V76 100.1.168.192.in-addr.arpa PTR -> svc1.testns.S
        V77 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.c.b.a.4.3.2.1.ip6.arpa PTR -> ep1b.svc1.testns.S
        V78 a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.7.7.0.0.0.0.d.f.ip6.arpa PTR -> ip6svc1ex.svc1.testns.S
        V79 6.a.b.9.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.7.7.0.0.0.0.d.f.ip6.arpa PTR -> ip6svc1in.svc1.testns.S
        V84 100.0.0.10.cluster.local PTR -> NX
        V85 99.0.0.10.in-addr.arpa PTR -> double-ep.svc1.testns.S double-ep.svc2.testns.S
        D71 10.0.96.10.in-addr.arpa PTR -> kube-dns.kube-system.S",
    );
    profile.ptr_hostname_only = true;
    let store = cluster(
        "namespace testns
        slice testns svc1-a svc1 http/TCP/80 10.0.0.99/double-ep
        slice testns svc2-a svc2 http/TCP/80 10.0.0.99",
    );
    check(&store, &profile, "V86 99.0.0.10.in-addr.arpa PTR -> double-ep.svc1.testns.S");
    for (name, ip) in [
        ("54.119.58.176.in-addr.arpa", Some("176.58.119.54")),
        (".58.176.in-addr.arpa", None),
        ("d.0.1.0.0.2.ip6.arpa", None),
        ("54.119.58.176.ip6.arpa", None),
    ] {
        assert_eq!(address_of_reverse(name), ip.map(|ip| ip.parse().unwrap()), "{name}");
    }
}

const FIXTURE_X: &str = "
    namespace default kube-system
    service default nginx None web/TCP/80
    slice default nginx-a nginx web/TCP/80 172.16.158.2/web-0 172.16.24.2/web-1
    service default web-lb 10.96.8.8 web/TCP/80
    slice default web-lb-a web-lb web/TCP/80 172.16.158.2 172.16.24.2
    service default kubernetes 10.96.0.1 https/TCP/443
    service default empty None web/TCP/80
    service default ext >www.example.com -
    service default extsvc >kubernetes.default.svc.cluster.local -
    service default extnone >nosuch.default.svc.cluster.local -
    service default myweb-svc 10.233.19.251 -/TCP/80
    service default myweb-svc-headless None -/TCP/80
    slice default myweb-a myweb-svc-headless -/TCP/8080 10.233.90.185 10.233.92.98 10.233.96.206
";

#[test]
fn derived_vectors_x1_to_x45() {
    let store = cluster(FIXTURE_X);
    let mut profile = DnsProfile::default();
    check(
        &store,
        &profile,
        "X1 nginx.default.S SRV -> 0 50 80 web-0.nginx.default.S 0 50 80 web-1.nginx.default.S + 172.16.158.2 172.16.24.2
        X2 web.tcp.nginx.default.S SRV -> 0 50 80 web-0.nginx.default.S 0 50 80 web-1.nginx.default.S + 172.16.158.2 172.16.24.2
        X3 _web._tcp.nginx.default.S A -> 172.16.158.2 172.16.24.2
        X4 _nope._tcp.nginx.default.S SRV -> NX
        X5 _web._udp.nginx.default.S SRV -> NX
        X6 _WEB._TCP.nginx.default.S A -> 172.16.158.2 172.16.24.2
        X7 web-0.nginx.default.S SRV -> 0 100 80 web-0.nginx.default.S + 172.16.158.2
        X8 172-16-158-2.nginx.default.S A -> NX
        X9 172-16-158-2.web-lb.default.S A -> 172.16.158.2
        X10 web-0.web-lb.default.S A -> NX
        X11 2.158.16.172.in-addr.arpa PTR -> web-0.nginx.default.S 172-16-158-2.web-lb.default.S
        X13 myweb-svc-headless.default.S SRV -> 0 33 8080 10-233-90-185.myweb-svc-headless.default.S 0 33 8080 10-233-92-98.myweb-svc-headless.default.S 0 33 8080 10-233-96-206.myweb-svc-headless.default.S + 10.233.90.185 10.233.92.98 10.233.96.206
        X14 myweb-svc.default.S SRV -> 0 100 80 myweb-svc.default.S + 10.233.19.251
        X15 kube-dns.kube-system.S SRV -> 0 33 53 kube-dns.kube-system.S 0 33 9153 kube-dns.kube-system.S + 10.96.0.10
        X16 empty.default.S A,AAAA,SRV,TXT -> NX
        X17 nosuch.default.S SOA -> ND
        X18 default.S TXT -> NX
        X19 nginx.default.S ANY,MX -> ND
        X21 nosuch.default.S MX -> NX
        X22 *.nginx.default.S A -> NX
        X23 any.nginx.default.S A -> NX
        X24 ext.default.S A -> www.example.com. 93.184.216.34
        X25 extsvc.default.S A -> kubernetes.default.S 10.96.0.1
        X26 extnone.default.S A -> ND
        X27 extnone.default.S CNAME -> nosuch.default.S
        X28 ext.default.S SRV,TXT,MX -> ND
        X30 172-16-158-2.default.pod.cluster.local A -> 172.16.158.2
        X30 172-16-158-2.default.pod.cluster.local AAAA -> ND
        X31 web-0.default.pod.cluster.local A -> NX
        X32 x.10-0-0-1.default.pod.cluster.local A -> 10.0.0.1
        X33 fd00--7.default.pod.cluster.local AAAA -> fd00::7
        X33 fd00--7.default.pod.cluster.local A -> ND
        X34 1.0.96.10.in-addr.arpa PTR -> kubernetes.default.S
        X35 9.9.9.10.in-addr.arpa PTR -> NX
        X36 a.b.c.nginx.default.S A -> NX
        X44 ns.dns.cluster.local A -> 10.96.0.10
        X45 dns-version.cluster.local TXT -> \"1.1.0\"
        D83 cluster.local NS -> kube-dns.kube-system.S + 10.96.0.10",
    );
    let zone = zone_at(View::live(&store), &profile);
    assert_eq!(zone.answer("dns-version.cluster.local", QType::Txt).records[0].ttl, 30, "D22");
    let outside = zone.answer("9.9.9.10.in-addr.arpa", QType::Ptr);
    assert!(!outside.authoritative && outside.recursive, "D76");
    profile.ptr_hostname_only = true;
    check(&store, &profile, "X12 2.158.16.172.in-addr.arpa PTR -> web-0.nginx.default.S");
    profile.upstream = Upstream::Resolver(Vec::new());
    check(&store, &profile, "X29 ext.default.S A -> www.example.com.");
}

#[test]
fn names_follow_the_service_and_readiness_x38_to_x55() {
    let profile = DnsProfile::default();
    let with = |rest: &str| cluster(&format!("namespace default kube-system\n{rest}"));
    let lb = "slice default web-lb-a web-lb web/TCP/80 172.16.158.2\n";
    check(
        &with(lb),
        &profile,
        "X38 web-0.nginx.default.S A -> NX
        X38 nginx.default.S A -> NX
        X38 2.158.16.172.in-addr.arpa PTR -> 172-16-158-2.web-lb.default.S",
    );
    check(
        &with(
            "service default nginx 10.96.9.9 web/TCP/80\nslice default nginx-a nginx web/TCP/80 172.16.158.2/web-0",
        ),
        &profile,
        "X39 nginx.default.S A -> 10.96.9.9
        X39 web-0.nginx.default.S A -> 172.16.158.2
        X39 nginx.default.S SRV -> 0 100 80 nginx.default.S + 10.96.9.9",
    );
    check(
        &with(
            "service default nginx None web/TCP/80\nslice default nginx-a nginx web/TCP/80 172.16.158.2/web-0/unready 172.16.24.2/web-1",
        ),
        &profile,
        "X40 web-0.nginx.default.S A -> NX
        X42 nginx.default.S A -> 172.16.24.2",
    );
    // C14: no endpoint that is ready.
    check(
        &with(
            "service default nginx None web/TCP/80\nslice default nginx-a nginx web/TCP/80 172.16.158.2/web-0/unready",
        ),
        &profile,
        "X43 nginx.default.S A,AAAA,SRV -> NX",
    );
    check(
        &with("service default h None a/TCP/80,b/TCP/81\nslice default h-a h a/TCP/80,b/TCP/81 10.0.0.1/x-0 10.0.0.2/x-1 10.0.0.3/x-2"),
        &profile,
        "X50 _b._tcp.h.default.S SRV -> 0 33 81 x-0.h.default.S 0 33 81 x-1.h.default.S 0 33 81 x-2.h.default.S + 10.0.0.1 10.0.0.2 10.0.0.3
        X50 x-0.h.default.S SRV -> 0 50 80 x-0.h.default.S 0 50 81 x-0.h.default.S + 10.0.0.1",
    );
    check(
        &with(
            "service default d None p/TCP/80\nslice default d-4 d p/TCP/80 10.0.0.7/h\nslice default d-6 d p/TCP/80 fd00::7/h",
        ),
        &profile,
        "X52 d.default.S SRV -> 0 50 80 h.d.default.S + 10.0.0.7 fd00::7",
    );
    check(
        &with(
            "service default d None p/TCP/80\nslice default d-6 d p/TCP/80 fd00:10:244::5 2001:db8:3333:4444:5555:6666::",
        ),
        &profile,
        "X53 fd00-10-244--5.d.default.S AAAA -> fd00:10:244::5
        V108 2001-db8-3333-4444-5555-6666--0.d.default.S AAAA -> 2001:db8:3333:4444:5555:6666::
        D50 d.default.S A -> ND",
    );
}

fn headless(pods: usize) -> Store {
    let endpoints: String = (0..pods).map(|i| format!(" 10.0.{}.{}/web-{i}", i / 250, i % 250 + 1)).collect();
    cluster(&format!(
        "namespace default kube-system
        service default kubernetes 10.96.0.1 https/TCP/443
        service default nginx None web/TCP/80
        slice default nginx-a nginx web/TCP/80{endpoints}"
    ))
}

#[test]
fn sizes_and_truncation_d113_to_d115() {
    let profile = DnsProfile::default();
    let ask = |pods: usize, name: &str, qtype: QType, edns: usize| {
        let store = headless(pods);
        let mut server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
        server.ask("10.96.0.10", name, qtype, Transport { edns, tcp: false }).unwrap()
    };
    let nginx = "nginx.default.svc.cluster.local";
    let nosuch = "nosuch.default.svc.cluster.local";
    assert_eq!(ask(2, "kubernetes.default.svc.cluster.local", QType::A, 1232).size, 129);
    assert_eq!(ask(2, nginx, QType::A, 1232).size, 166);
    assert_eq!((ask(2, nosuch, QType::A, 0).size, ask(2, nosuch, QType::A, 1232).size), (143, 166));
    let kept = |a: &Answer| (a.records.len(), a.additional.len(), a.truncated, a.size);
    assert_eq!(kept(&ask(28, nginx, QType::A, 0)), (28, 0, false, 497));
    assert_eq!(kept(&ask(29, nginx, QType::A, 0)), (28, 0, true, 497));
    assert_eq!(kept(&ask(100, nginx, QType::A, 1232)), (72, 0, true, 1224));
    assert_eq!(ask(300, nginx, QType::A, 4096).records.len(), 251);
    assert_eq!(kept(&ask(6, nginx, QType::Srv, 0)), (6, 6, false, 487));
    assert_eq!(kept(&ask(7, nginx, QType::Srv, 0)), (7, 4, true, 512));
    assert_eq!(kept(&ask(8, nginx, QType::Srv, 0)), (8, 0, true, 505));
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(|w| w.trim_matches('\'').to_string()).collect()
}

/// Runs a command line of the recordings as a client in `default`.
fn client(line: &str, server: DnsServer<'_>) -> (tools::Output, Vec<Lookup>) {
    let mut net = Resolver::of_pod(&client_pod("default"), server);
    let words = words(line);
    let out = match words[0].as_str() {
        "busybox" => nslookup_busybox::run(&words[2..], &mut net),
        tool => run(tool, &words[1..], &mut net).unwrap(),
    };
    (out, net.server.log)
}

/// What differs from run to run is replaced; lines whose order is random are counted apart.
fn masked(text: &str, unordered: bool) -> (Vec<String>, Vec<String>) {
    let mut lines: (Vec<String>, Vec<String>) = Default::default();
    for line in text.lines() {
        let mut line = line.to_string();
        for (before, after) in [
            ("id: ", ""),
            ("COOKIE: ", " "),
            (";; WHEN: ", ""),
            ("hostmaster.cluster.local. ", " "),
            ("#53 in ", " "),
        ] {
            if let Some(at) = line.find(before) {
                let from = at + before.len();
                let len = if after.is_empty() { None } else { line[from..].find(after) };
                let to = len.map_or(line.len(), |len| from + len);
                line.replace_range(from..to, "*");
            }
        }
        let random = [
            "Address: ",
            "\tA\t",
            " A\t",
            " A 1",
            "has address",
            "PTR",
            "domain name pointer",
            "name = ",
            " SRV record ",
            "10-244-",
        ];
        let order = unordered || random.iter().any(|r| line.contains(r)) || line.starts_with("10.");
        // Of `getent ahosts` only the shape of a line can be compared: the name stands on the first one.
        if order { lines.1.push(line) } else { lines.0.push(line) }
    }
    lines.1.sort();
    lines
}

#[test]
fn recorded_outputs() {
    let profile = DnsProfile::recorder();
    let (mut store, mut state, mut reading, mut now) =
        (Store::default(), String::new(), false, SimTime::ZERO);
    let (mut cache, mut commands, mut folder) = (Cache::default(), 0, "");
    let text = include_str!("tests/recorded.txt");
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("= ") {
            (folder, cache) = (name, Cache::default());
        } else if line == "state" {
            (reading, state) = (true, String::new());
        } else if let Some(at) = line.strip_prefix("at ") {
            now = SimTime(at.parse().unwrap());
            if std::mem::take(&mut reading) {
                store = cluster(&state);
            }
        } else if let Some(command) = line.strip_prefix("$ ") {
            let mut expected = String::new();
            for line in lines.by_ref() {
                if let Some(code) = line.strip_prefix("# exit ") {
                    let server = DnsServer::new(zone_at(View::live(&store), &profile), now, Some(&mut cache));
                    let (out, _) = client(command, server);
                    let busybox = command.starts_with("busybox");
                    let first_named =
                        |text: &str| text.replace(" STREAM nginx.default.svc.cluster.local", " STREAM ");
                    let (got, want) = (first_named(&out.stdout), first_named(&expected));
                    assert_eq!(
                        masked(&got, busybox),
                        masked(&want, busybox),
                        "{folder}: {command}\n{}",
                        out.stdout
                    );
                    assert_eq!(
                        (out.stderr.as_str(), out.code.to_string().as_str()),
                        ("", code),
                        "{folder}: {command}"
                    );
                    commands += 1;
                    break;
                }
                expected.push_str(line);
                expected.push('\n');
            }
        } else {
            state.push_str(line);
            state.push('\n');
        }
    }
    assert_eq!(commands, 109);
}

#[test]
fn search_walks_x60_to_x79() {
    let store = cluster(FIXTURE_X);
    let mut profile = DnsProfile::default();
    let mut check = |rule: &str, walk: Option<Walk>, command: &str, expected: &str| {
        profile.libc = if walk == Some(Walk::Musl) { Libc::Musl } else { Libc::Glibc };
        let server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
        let log = match walk {
            Some(walk) => Resolver::of_pod(&client_pod("default"), server).walk(walk, command, QType::A),
            None => client(command, server).1,
        };
        let asked: Vec<String> = log
            .iter()
            .map(|l| {
                format!(
                    "{} {}",
                    l.qtype.name(),
                    l.name.replace(".svc.cluster.local", ".S").replace("cluster.local", "C")
                )
            })
            .collect();
        assert_eq!(asked.join(", "), expected, "{rule}");
    };
    let none = None;
    check("X60", none, "nslookup nginx", "A nginx.default.S, AAAA nginx.default.S");
    check("X61", none, "nslookup nosuch", "A nosuch.default.S, A nosuch.S, A nosuch.C, A nosuch");
    check(
        "X62",
        none,
        "host kubernetes.default",
        "A kubernetes.default.default.S, A kubernetes.default.S, AAAA kubernetes.default.S, MX kubernetes.default.S",
    );
    check(
        "X64",
        none,
        "nslookup web-0.nginx.default.svc.cluster.local",
        "A web-0.nginx.default.S, AAAA web-0.nginx.default.S",
    );
    check("X65", none, "nslookup ext", "A ext.default.S, AAAA www.example.com");
    check(
        "X66",
        none,
        "nslookup a.b.c.d.e",
        "A a.b.c.d.e.default.S, A a.b.c.d.e.S, A a.b.c.d.e.C, A a.b.c.d.e",
    );
    check("X67", none, "nslookup a.b.c.d.e.f", "A a.b.c.d.e.f");
    check("X68", none, "dig nginx", "A nginx");
    check("X69", none, "dig +search nosuch", "A nosuch.default.S, A nosuch.S, A nosuch.C, A nosuch");
    check(
        "X70",
        none,
        "busybox nslookup nginx",
        "A nginx.default.S, A nginx.S, A nginx.C, AAAA nginx.default.S, AAAA nginx.S, AAAA nginx.C",
    );
    check("X71", none, "busybox nslookup web-0.nginx", "A web-0.nginx, AAAA web-0.nginx");
    check(
        "X72",
        none,
        "getent hosts nginx",
        "AAAA nginx.default.S, AAAA nginx.S, AAAA nginx.C, AAAA nginx, A nginx.default.S",
    );
    let both =
        |names: &[&str]| names.iter().map(|n| format!("A {n}, AAAA {n}")).collect::<Vec<_>>().join(", ");
    check("X74", Some(Walk::Glibc), "nosuch", &both(&["nosuch.default.S", "nosuch.S", "nosuch.C", "nosuch"]));
    check(
        "X75",
        Some(Walk::Glibc),
        "default",
        &both(&["default.default.S", "default.S", "default.C", "default"]),
    );
    check("X76", Some(Walk::Musl), "default", &both(&["default.default.S", "default.S"]));
    check("X77", Some(Walk::Musl), "a.b.c.d.e.f", "A a.b.c.d.e.f, AAAA a.b.c.d.e.f");
    check(
        "X78",
        Some(Walk::Glibc),
        "a.b.c.d.e.f",
        &both(&["a.b.c.d.e.f", "a.b.c.d.e.f.default.S", "a.b.c.d.e.f.S", "a.b.c.d.e.f.C"]),
    );
    profile.busybox = BusyBox::V1_28;
    let server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
    let (out, log) = client("busybox nslookup web-0.nginx", server);
    assert_eq!(log.len(), 4, "X79 {log:?}");
    let old = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\nName:      \
               web-0.nginx\nAddress 1: 172.16.158.2 web-0.nginx.default.svc.cluster.local\n";
    assert_eq!(out.stdout, old, "G30");
}

#[test]
fn printed_forms_g1_to_g63() {
    let store = cluster(FIXTURE_X);
    let mut profile = DnsProfile::default();
    let out = |profile: &DnsProfile, command: &str| {
        client(command, DnsServer::new(zone_at(View::live(&store), profile), SimTime::ZERO, None)).0
    };
    let head = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n";
    let n0 = "Name:\tweb-0.nginx.default.svc.cluster.local\nAddress: 172.16.158.2\n";
    for (rule, command, code, text) in [
        ("G1", "nslookup web-0.nginx", 0, format!("{head}{n0}\n")),
        ("G4", "nslookup nosuch", 1, format!("{head}** server can't find nosuch: NXDOMAIN\n\n")),
        ("G6", "nslookup 10.9.9.9", 1, "** server can't find 9.9.9.10.in-addr.arpa: NXDOMAIN\n\n".into()),
        ("G7", "nslookup default", 0, format!("{head}*** Can't find default.svc.cluster.local: No answer\n\n")),
        ("G8", "nslookup -type=aaaa nginx", 0, format!("{head}*** Can't find nginx: No answer\n\n")),
        (
            "G10",
            "nslookup ext",
            0,
            format!(
                "{head}ext.default.svc.cluster.local\tcanonical name = www.example.com.\nName:\twww.example.com\nAddress: \
                 93.184.216.34\n\n"
            ),
        ),
        (
            "G11",
            "nslookup www.example.com",
            0,
            format!("{head}Non-authoritative answer:\nName:\twww.example.com\nAddress: 93.184.216.34\n\n"),
        ),
        ("D250", "nslookup WEB-0.Nginx", 0, format!("{head}{}\n", n0.replace("web-0.nginx", "WEB-0.Nginx"))),
        ("G15", "nslookup -type=bogus nosuch", 1, format!("unknown query type: bogus\n{head}** server can't find nosuch: NXDOMAIN\n\n")),
        ("D292", "host default", 0, String::new()),
        ("G44", "host -t aaaa nginx", 0, "nginx.default.svc.cluster.local has no AAAA record\n".into()),
        ("D293", "host 10.9.9.9", 1, "Host 9.9.9.10.in-addr.arpa. not found: 3(NXDOMAIN)\n".into()),
        (
            "D294",
            "host web-lb 10.96.0.10",
            0,
            "Using domain server:\nName: 10.96.0.10\nAddress: 10.96.0.10#53\nAliases: \n\nweb-lb.default.svc.cluster.local has \
             address 10.96.8.8\n"
                .into(),
        ),
        (
            "G43",
            "host ext",
            0,
            "ext.default.svc.cluster.local is an alias for www.example.com.\nwww.example.com has address 93.184.216.34\n".into(),
        ),
        ("G54", "dig +search +short nginx", 0, "172.16.158.2\n172.16.24.2\n".into()),
        ("G54", "dig +short nginx", 0, String::new()),
        ("G55", "dig +short ext.default.svc.cluster.local", 0, "www.example.com.\n93.184.216.34\n".into()),
        ("G56", "dig TXT dns-version.cluster.local +short", 0, "\"1.1.0\"\n".into()),
        (
            "G60",
            "getent hosts nginx",
            0,
            "172.16.158.2    nginx.default.svc.cluster.local\n172.16.24.2     nginx.default.svc.cluster.local\n".into(),
        ),
        ("G62", "getent hosts ext", 0, "93.184.216.34   www.example.com ext.default.svc.cluster.local\n".into()),
        (
            "G23",
            "busybox nslookup web-0.nginx",
            1,
            "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find web-0.nginx: NXDOMAIN\n\n** server can't find \
             web-0.nginx: NXDOMAIN\n\n"
                .into(),
        ),
    ] {
        let got = out(&profile, command);
        assert_eq!((got.stdout, got.code), (text, code), "{rule}: {command}");
    }
    let dig = out(&profile, "dig -x 10.9.9.9").stdout;
    assert!(
        dig.contains(";; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n\n"),
        "G57 {dig}"
    );
    profile.bind = Bind::V9_18;
    let line = ";; Got recursion not available from 10.96.0.10\n";
    assert_eq!(out(&profile, "nslookup web-0.nginx").stdout, format!("{line}{head}{n0}{line}\n"), "G2");
    let nosuch = format!("{line}{line}{line}{head}** server can't find nosuch: NXDOMAIN\n\n");
    assert_eq!(out(&profile, "nslookup nosuch").stdout, nosuch, "G4");
    assert_eq!(out(&profile, "nslookup web-0.nginx 10.96.0.10").stdout, format!("{head}{n0}\n"), "G13");
    assert_eq!(out(&profile, "nslookup nginx 9.9.9.9").code, 1, "D248");
    profile.libc = Libc::Musl;
    assert_eq!(
        out(&profile, "getent hosts web-lb").stdout,
        "10.96.8.8         web-lb.default.svc.cluster.local  web-lb.default.svc.cluster.local web-lb\n",
        "D311"
    );
}

#[test]
fn the_documents_t1_to_t24() {
    let profile = DnsProfile { dns_ip: "10.200.1.10".into(), ..DnsProfile::default() };
    let store = cluster(
        "namespace default\nservice default nginx None web/TCP/80\nslice default nginx-a nginx web/TCP/80 172.16.158.2/web-0 172.16.24.2/web-1",
    );
    let ask = |command: &str| {
        client(command, DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None)).0.stdout
    };
    let head = "Server:\t\t10.200.1.10\nAddress:\t10.200.1.10#53\n\n";
    let pair = |ip: &str| format!("Name:\tnginx.default.svc.cluster.local\nAddress: {ip}\n");
    assert_eq!(
        ask("nslookup nginx"),
        format!("{head}{}{}\n", pair("172.16.158.2"), pair("172.16.24.2")),
        "T1, D330"
    );
    let srv = |i: u32| {
        format!(
            "nginx.default.svc.cluster.local\tservice = 0 50 80 web-{i}.nginx.default.svc.cluster.local.\n"
        )
    };
    assert_eq!(ask("nslookup -type=srv nginx"), format!("{head}{}{}\n", srv(0), srv(1)), "T2");
    let profile = DnsProfile::default();
    let store = cluster(
        "namespace default\nservice default test-deploy 10.110.169.181 -/TCP/80\nslice default t-a test-deploy -/TCP/80 10.110.126.40 10.100.194.79 10.110.126.39",
    );
    let server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
    assert_eq!(
        client("busybox nslookup 10.110.126.39", server).0.stdout,
        "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n39.126.110.10.in-addr.arpa\tname = \
         10-110-126-39.test-deploy.default.svc.cluster.local\n\n",
        "T11, G20"
    );
}

#[test]
fn the_cache_keeps_success_and_failure_d199() {
    let profile = DnsProfile { cluster_cache: true, ..DnsProfile::default() };
    let before = cluster(
        "namespace default\nservice default nginx None web/TCP/80\nslice default n nginx web/TCP/80 10.0.0.2/web-0",
    );
    let gone =
        cluster("namespace default\nservice default nginx None web/TCP/80\nslice default n nginx web/TCP/80");
    let after = cluster(
        "namespace default\nservice default nginx None web/TCP/80\nslice default n nginx web/TCP/80 10.0.0.3/web-0",
    );
    let mut cache = Cache::default();
    let mut ask = |store: &Store, secs: u64| {
        let mut server =
            DnsServer::new(zone_at(View::live(store), &profile), SimTime(secs * 1000), Some(&mut cache));
        let answer = server
            .ask("10.96.0.10", "web-0.nginx.default.svc.cluster.local", QType::A, Transport::UDP)
            .unwrap();
        (brief(&answer), answer.records.first().map(|r| r.ttl))
    };
    assert_eq!(ask(&before, 0), ("10.0.0.2".into(), Some(30)));
    assert_eq!(ask(&after, 10), ("10.0.0.2".into(), Some(20)));
    assert_eq!(ask(&after, 31), ("10.0.0.3".into(), Some(30)));
    assert_eq!(ask(&gone, 70).0, "NX");
    assert_eq!(ask(&after, 90).0, "NX");
    assert_eq!(ask(&after, 101).0, "10.0.0.3");
}

#[test]
fn a_pod_knows_its_names_d172_to_d184() {
    let profile = DnsProfile::default();
    let store = cluster("namespace default\npod default web-0 172.16.158.2 nginx");
    let pod = store.get(Kind::Pod, "default", "web-0").unwrap();
    let conf = ResolvConf::for_pod(pod, &profile);
    let text = "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
    assert_eq!(conf.text(), text, "D172");
    assert_eq!(ResolvConf::parse(text), conf);
    let hosts = resolver::hosts_file(pod, &profile);
    assert!(hosts.ends_with("172.16.158.2\tweb-0.nginx.default.svc.cluster.local\tweb-0\n"), "D182 {hosts}");
    let server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
    let mut net = Resolver::of_pod(pod, server);
    let found = run("getent", &words("hosts web-0"), &mut net).unwrap();
    assert_eq!(found.stdout, "172.16.158.2    web-0.nginx.default.svc.cluster.local web-0\n", "G61");
}

#[test]
fn no_input_is_too_strange() {
    let store = cluster(FIXTURE_X);
    let profile = DnsProfile::default();
    let long = "a".repeat(70_000);
    for name in [
        "",
        ".",
        "..",
        "...svc.cluster.local",
        "ü.svc.cluster.local",
        "svc.cluster.local.",
        "-",
        "_._.nginx.default.svc.cluster.local",
        &long,
    ] {
        for tool in [
            "nslookup",
            "dig",
            "host",
            "getent hosts",
            "busybox nslookup",
            "dig -x",
            "dig -t",
            "host -t",
            "dig -é",
            "host -é",
        ] {
            let server = DnsServer::new(zone_at(View::live(&store), &profile), SimTime::ZERO, None);
            client(&format!("{tool} {name}"), server);
        }
        for qtype in
            [QType::A, QType::Srv, QType::Ptr, QType::Soa, QType::Ns, QType::Txt, QType::Other("HTTPS")]
        {
            zone_at(View::live(&store), &profile).answer(name, qtype);
        }
    }
}

#[test]
fn the_table_shows_both_kinds_of_service_and_what_changed() {
    use super::table::{State, Table};
    let profile = DnsProfile::default();
    let services = "namespace default
        service default nginx None web/TCP/80
        service default nginx-ro 10.96.41.7 web/TCP/80\n";
    let build = |slices: &str| {
        let mut store = cluster(&format!("{services}{slices}"));
        for name in ["nginx", "nginx-ro"] {
            let mut service = (**store.get(Kind::Service, "default", name).unwrap()).clone();
            service.body.set(&["spec", "selector"], object! { "app" => "nginx" });
            store.commit(SimTime::ZERO, 0, service.key(), Some(service));
        }
        store
    };
    let mut set = Object::new(Kind::StatefulSet, "default", "web");
    set.body.set(&["spec", "replicas"], 2);
    set.body.set(&["spec", "serviceName"], "nginx");
    set.body.set(&["spec", "template", "metadata", "labels"], object! { "app" => "nginx" });
    let earlier = build(
        "slice default n nginx web/TCP/80 10.0.0.2/web-0\nslice default r nginx-ro web/TCP/80 10.0.0.2",
    );
    let later = build(
        "slice default n nginx web/TCP/80 10.0.0.2/web-0 10.0.0.3/web-1\nslice default r nginx-ro web/TCP/80 10.0.0.2 10.0.0.3",
    );
    let at = |store: &Store| Table::of_set(View::live(store), &profile, &set, QType::A, None, SimTime::ZERO);
    let (before, mut after) = (at(&earlier), at(&later));
    assert_eq!(
        after.columns.iter().map(|c| (c.service.as_str(), c.headless)).collect::<Vec<_>>(),
        [("nginx", true), ("nginx-ro", false)]
    );
    let pods = |list: &[(&str, &str)]| {
        State::Pods(list.iter().map(|(ip, pod)| (ip.to_string(), Some(pod.to_string()))).collect())
    };
    assert_eq!(after.rows[0].cells[0].state, pods(&[("10.0.0.2", "web-0"), ("10.0.0.3", "web-1")]));
    assert_eq!(after.rows[0].cells[1].state, State::Virtual("10.96.41.7".into(), 2));
    assert_eq!(after.rows[2].cells[1].state, State::NxDomain);
    assert_eq!(after.rows[0].cells[0].srv.len(), 2);
    assert_eq!(after.compare(&before), 3);
    assert_eq!(after.rows[2].cells[0].before, Some(State::NxDomain));
}
