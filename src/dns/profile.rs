//! What differs between clusters, images and tools, as data: the knobs of dns.md 0 (D3).

use crate::api::Text;

/// How `a-b-c-d.NS.pod` names are answered (D60 to D62).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodRecords {
    /// There are none.
    Disabled,
    /// Any address is answered, pod or no pod.
    Insecure,
    /// Only the addresses of pods.
    Verified,
}

/// Which BIND the tools `nslookup`, `host` and `dig` are of, as far as their output differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bind {
    /// 9.9 and 9.10.
    V9_9,
    /// 9.11 up to 9.18.25.
    V9_11,
    /// 9.18.26 and later.
    V9_18,
}

/// Which BusyBox, as far as its `nslookup` differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BusyBox {
    /// 1.28 and earlier: the resolver of the C library.
    V1_28,
    /// 1.29: its own resolver, no search list.
    V1_29,
    /// 1.30.
    V1_30,
    /// 1.31: exit status 1 after any refusal.
    V1_31,
    /// 1.32 and 1.33: tells of empty answers.
    V1_32,
    /// 1.34 and later.
    V1_34,
}

/// The C library of an image: its resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// Debian and most others.
    Glibc,
    /// Alpine.
    Musl,
}

/// Who answers for names outside the cluster (D24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// A resolver of the outside world that knows these names (an address, or another name for an alias).
    Resolver(Vec<(Text, Text)>),
    /// Every name is refused with authority and without SOA, as in the recordings.
    Nothing,
    /// Nobody answers.
    Unreachable,
}

/// The knobs of cluster DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsProfile {
    /// The cluster domain.
    pub zone: Text,
    /// The nameserver of pods, and the ClusterIP of the Service kube-dns.
    pub dns_ip: Text,
    /// Time to live of cluster records in seconds.
    pub ttl: u32,
    /// How pod names are answered.
    pub pods: PodRecords,
    /// Reverse names only for endpoints with a hostname (CoreDNS 1.11.4 and 1.12.0; D74).
    pub ptr_hostname_only: bool,
    /// Cluster names are cached as well (kubeadm up to 1.31; D143); reverse names always are.
    pub cluster_cache: bool,
    /// The Service kube-dns answers although no object of that name exists.
    pub implied_kube_dns: bool,
    /// The resolver's `ndots`.
    pub ndots: u32,
    /// Search domains the node adds.
    pub node_search: Vec<Text>,
    /// dockershim's order of resolv.conf (nameserver first; D172).
    pub nameserver_first: bool,
    /// The BIND of images with BIND tools.
    pub bind: Bind,
    /// What dig calls itself.
    pub bind_version: Text,
    /// The BusyBox of images with BusyBox.
    pub busybox: BusyBox,
    /// The C library of images that do not say.
    pub libc: Libc,
    /// Names outside the cluster.
    pub upstream: Upstream,
}

impl Default for DnsProfile {
    /// kubeadm 1.32 and later (the values in bold of D3).
    fn default() -> Self {
        DnsProfile {
            zone: "cluster.local".into(),
            dns_ip: "10.96.0.10".into(),
            ttl: 30,
            pods: PodRecords::Insecure,
            ptr_hostname_only: false,
            cluster_cache: false,
            implied_kube_dns: true,
            ndots: 5,
            node_search: Vec::new(),
            nameserver_first: false,
            bind: Bind::V9_11,
            bind_version: "9.16.50".into(),
            busybox: BusyBox::V1_34,
            libc: Libc::Glibc,
            upstream: Upstream::Resolver(vec![
                ("www.example.com".into(), "93.184.216.34".into()),
                ("example.com".into(), "93.184.216.34".into()),
                ("kubernetes.io".into(), "3.33.186.135".into()),
            ]),
        }
    }
}

impl DnsProfile {
    /// The DNS server and the tools of the recordings: no Service for it, nothing outside, BIND 9.18.
    pub fn recorder() -> DnsProfile {
        DnsProfile {
            dns_ip: "127.0.0.10".into(),
            implied_kube_dns: false,
            bind: Bind::V9_18,
            bind_version: "9.18.49-1~deb12u3-Debian".into(),
            upstream: Upstream::Nothing,
            ..DnsProfile::default()
        }
    }

    /// The names [`DnsProfile::set`] knows.
    pub const NAMES: &[&str] = &[
        "zone",
        "dns_ip",
        "ttl",
        "pods",
        "ptr_mode",
        "cluster_cache",
        "ndots",
        "bind",
        "busybox",
        "libc",
        "upstream",
    ];

    /// Sets a knob by its name in D3; false if there is no such knob or value.
    pub fn set(&mut self, knob: &str, value: &str) -> bool {
        match (knob, value) {
            ("zone", zone) if !zone.is_empty() => self.zone = zone.to_ascii_lowercase().into(),
            ("dns_ip", ip) if ip.parse::<std::net::IpAddr>().is_ok() => self.dns_ip = ip.to_string().into(),
            ("ttl", ttl) => match ttl.parse() {
                Ok(ttl) if ttl <= 3600 => self.ttl = ttl,
                _ => return false,
            },
            ("ndots", n) => match n.parse() {
                Ok(n) if n <= 15 => self.ndots = n,
                _ => return false,
            },
            ("pods", "disabled") => self.pods = PodRecords::Disabled,
            ("pods", "insecure") => self.pods = PodRecords::Insecure,
            ("pods", "verified") => self.pods = PodRecords::Verified,
            ("ptr_mode", "all") => self.ptr_hostname_only = false,
            ("ptr_mode", "hostname-only") => self.ptr_hostname_only = true,
            ("cluster_cache", "off") => self.cluster_cache = false,
            ("cluster_cache", "on") => self.cluster_cache = true,
            ("libc", "glibc") => self.libc = Libc::Glibc,
            ("libc", "musl") => self.libc = Libc::Musl,
            ("upstream", "resolver") => self.upstream = DnsProfile::default().upstream,
            ("upstream", "nothing") => self.upstream = Upstream::Nothing,
            ("upstream", "unreachable") => self.upstream = Upstream::Unreachable,
            ("bind", version) => {
                let (bind, name) = match version {
                    "9.9" | "9.10" | "9.9-9.10" => (Bind::V9_9, "9.9.5-9+deb8u19-Debian"),
                    "9.11" | "9.16" | "9.11-9.18.25" => (Bind::V9_11, "9.16.50"),
                    "9.18" | "9.20" | "9.18.26+" => (Bind::V9_18, "9.18.49"),
                    _ => return false,
                };
                (self.bind, self.bind_version) = (bind, name.into());
            }
            ("busybox", version) => {
                let minor =
                    version.trim_start_matches(['≤', '≥']).strip_prefix("1.").and_then(|v| v.parse().ok());
                self.busybox = match minor {
                    Some(0..=28u32) => BusyBox::V1_28,
                    Some(29) => BusyBox::V1_29,
                    Some(30) => BusyBox::V1_30,
                    Some(31) => BusyBox::V1_31,
                    Some(32 | 33) => BusyBox::V1_32,
                    Some(_) => BusyBox::V1_34,
                    None => return false,
                };
            }
            _ => return false,
        }
        true
    }
}
