//! The page's DNS panel as data: the names of a set below each of its Services, and what each is answered with.
//!
//! [`Table::of_set`] reads one moment; [`Table::compare`] marks what another moment answered differently.

use super::message::{Answer, QType, Rcode, reverse_name};
use super::profile::DnsProfile;
use super::server::Cache;
use super::zone::{SERVICE_NAME, Zone, is_headless, ready_endpoints, zone_at};
use crate::api::{Kind, Object};
use crate::sim::{Arrange, SimTime};
use crate::store::View;

/// What a name is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Pod addresses, each with the pod that has it, in the order of the slices.
    Pods(Vec<(String, Option<String>)>),
    /// One virtual address, and how many ready pods are behind it.
    Virtual(String, usize),
    /// Another name.
    Alias(String),
    /// Records as text: ports and targets, or the names of an address. None where there is nothing to ask for.
    Lines(Vec<String>),
    /// The name exists without address.
    NoData,
    /// There is no such name.
    NxDomain,
    /// The server could not say.
    Failed,
}

/// One name below one Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The full name.
    pub name: String,
    /// What a query of the table's type gets.
    pub state: State,
    /// What an SRV query gets: port and target of each record.
    pub srv: Vec<(u16, String)>,
    /// Whole seconds this answer stays in the server's memory, if it comes from there.
    pub cached: Option<u64>,
    /// What the server would say without its memory, if that is something else.
    pub live: Option<State>,
    /// What it was before, if [`Table::compare`] found a difference.
    pub before: Option<State>,
}

/// A Service of the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub service: String,
    /// True without ClusterIP.
    pub headless: bool,
    /// False if the set names a Service that does not exist.
    pub exists: bool,
    /// True for the set's `serviceName`.
    pub governing: bool,
}

/// The Service itself, or one pod's name below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The pod; none for the Service itself.
    pub pod: Option<String>,
    /// One per column.
    pub cells: Vec<Cell>,
}

/// Names by Services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The governing Service first, then the others by name.
    pub columns: Vec<Column>,
    /// The Service's row first, then the pods by ordinal.
    pub rows: Vec<Row>,
}

impl Table {
    /// The table of a StatefulSet for one type of record: A, SRV, or the PTR names of the addresses. With `cache`, answers
    /// the server remembers come from there.
    pub fn of_set(
        view: View<'_>,
        profile: &DnsProfile,
        set: &Object,
        qtype: QType,
        cache: Option<&Cache>,
        now: SimTime,
    ) -> Table {
        let namespace = set.namespace();
        let spec = set.spec();
        let governing = spec.get("serviceName").str();
        let labels = spec.at(&["template", "metadata", "labels"]);
        let mut columns = Vec::new();
        if !governing.is_empty() {
            let service = view.get(Kind::Service, namespace, governing);
            columns.push(Column {
                service: governing.to_string(),
                headless: service.is_none_or(|s| is_headless(s)),
                exists: service.is_some(),
                governing: true,
            });
        }
        for service in view.list(Kind::Service, Some(namespace)) {
            let selector = service.spec().get("selector").entries();
            let selects = !selector.is_empty() && selector.iter().all(|(k, v)| labels.get(k) == v);
            if selects && service.name() != governing {
                columns.push(Column {
                    service: service.name().to_string(),
                    headless: is_headless(service),
                    exists: true,
                    governing: false,
                });
            }
        }
        let mut pods: Vec<(i64, String)> = Vec::new();
        let start = spec.at(&["ordinals", "start"]).as_int().unwrap_or(0);
        let wanted = spec.get("replicas").as_int().unwrap_or(1).clamp(0, 1000);
        pods.extend((start..start + wanted).map(|i| (i, format!("{}-{i}", set.name()))));
        for pod in view.list(Kind::Pod, Some(namespace)) {
            let ordinal = pod.name().strip_prefix(set.name()).and_then(|r| r.strip_prefix('-')?.parse().ok());
            if let Some(i) = ordinal.filter(|i| {
                pod.controller().is_some_and(|o| o.uid() == set.uid()) && !pods.iter().any(|p| p.0 == *i)
            }) {
                pods.push((i, pod.name().to_string()));
            }
        }
        pods.arrange();
        let asker = Asker { view, profile, zone: zone_at(view, profile), namespace, cache, now };
        let row = |pod: Option<String>| {
            let cells = columns.iter().map(|c| {
                let cell = asker.cell(&c.service, pod.as_deref());
                match qtype {
                    QType::Srv => asker.srv(cell),
                    QType::Ptr => asker.ptr(cell, &c.service, pod.as_deref()),
                    _ => cell,
                }
            });
            Row { cells: cells.collect(), pod }
        };
        let rows =
            std::iter::once(None).chain(pods.into_iter().map(|(_, name)| Some(name))).map(row).collect();
        Table { columns, rows }
    }

    /// Notes in every cell what `earlier` answered, where that differs; the number of differences.
    pub fn compare(&mut self, earlier: &Table) -> usize {
        let old: Vec<&Cell> = earlier.rows.iter().flat_map(|row| &row.cells).collect();
        let mut count = 0;
        for cell in self.rows.iter_mut().flat_map(|row| &mut row.cells) {
            let before = old.iter().find(|o| o.name == cell.name).map_or(&State::NxDomain, |o| &o.state);
            cell.before = (*before != cell.state).then(|| before.clone());
            count += usize::from(cell.before.is_some());
        }
        count
    }
}

// Who fills the cells of one table.
struct Asker<'a> {
    view: View<'a>,
    profile: &'a DnsProfile,
    zone: Zone<'a>,
    namespace: &'a str,
    cache: Option<&'a Cache>,
    now: SimTime,
}

impl Asker<'_> {
    fn cell(&self, service: &str, pod: Option<&str>) -> Cell {
        let below = pod.map(|pod| format!("{pod}.")).unwrap_or_default();
        let name = format!("{below}{service}.{}.svc.{}", self.namespace, self.profile.zone);
        let stored = self
            .cache
            .filter(|_| self.profile.cluster_cache)
            .and_then(|cache| cache.peek(&name, QType::A, self.now));
        let fresh = self.zone.answer(&name, QType::A);
        let slices = || {
            let all = self.view.list(Kind::EndpointSlice, Some(self.namespace)).into_iter();
            all.filter(move |slice| slice.label(SERVICE_NAME) == service)
        };
        let owner = |ip: &str| {
            let mut endpoints = slices().flat_map(|slice| slice.body.get("endpoints").items());
            let found = endpoints.find(|e| e.get("addresses").items().iter().any(|a| a.str() == ip))?;
            let target = found.at(&["targetRef", "name"]).as_str().or(found.get("hostname").as_str());
            target.map(String::from)
        };
        let virtual_ip = pod.is_none()
            && self.view.get(Kind::Service, self.namespace, service).is_some_and(|s| !is_headless(s));
        let state_of = |answer: &Answer| {
            let addresses: Vec<String> = answer.addresses().map(|ip| ip.to_string()).collect();
            let alias = answer.records.iter().find(|r| r.data.qtype() == QType::Cname);
            match (answer.rcode, alias, addresses.first()) {
                (Rcode::NxDomain, ..) => State::NxDomain,
                (Rcode::NoError, Some(alias), _) => {
                    State::Alias(alias.data.text().trim_end_matches('.').to_string())
                }
                (Rcode::NoError, None, None) => State::NoData,
                (Rcode::NoError, None, Some(ip)) if virtual_ip => {
                    State::Virtual(ip.clone(), slices().map(|slice| ready_endpoints(slice).count()).sum())
                }
                (Rcode::NoError, None, Some(_)) => {
                    State::Pods(addresses.into_iter().map(|ip| (ip.clone(), owner(&ip))).collect())
                }
                _ => State::Failed,
            }
        };
        let (state, cached, live) = told(stored, &fresh, state_of);
        let srv = self.zone.answer(&name, QType::Srv).records;
        let srv = srv.into_iter().filter_map(|record| match record.data {
            super::Data::Srv { port, target, .. } => Some((port, target)),
            _ => None,
        });
        Cell { name, state, srv: srv.collect(), cached, live, before: None }
    }

    // The same name asked for its SRV records, in the order of the answer.
    fn srv(&self, cell: Cell) -> Cell {
        let lines: Vec<String> =
            cell.srv.iter().map(|(port, target)| format!("{port} {}", plain(target))).collect();
        let state = match lines.is_empty() {
            true if self.zone.answer(&cell.name, QType::Srv).is_nxdomain() => State::NxDomain,
            true => State::NoData,
            false => State::Lines(lines),
        };
        Cell { state, cached: None, live: None, ..cell }
    }

    // What the address is called below this Service: a pod's own, or the cluster IP. Reverse names are remembered by every
    // server (D142).
    fn ptr(&self, cell: Cell, service: &str, pod: Option<&str>) -> Cell {
        let address = match pod {
            Some(pod) => self
                .view
                .get(Kind::Pod, self.namespace, pod)
                .map(|pod| pod.status().get("podIP").str().to_string()),
            None => self
                .view
                .get(Kind::Service, self.namespace, service)
                .map(|s| s.spec().get("clusterIP").str().to_string()),
        };
        let Some(ip) = address.and_then(|address| address.parse().ok()) else {
            return Cell { state: State::Lines(Vec::new()), cached: None, live: None, ..cell };
        };
        let name = reverse_name(ip);
        let below = format!(".{service}.{}.svc.{}", self.namespace, self.profile.zone);
        let state_of = |answer: &Answer| {
            let names = answer.records.iter().map(|record| plain(&record.data.text()).to_string());
            let names: Vec<String> = names.filter(|name| [".", name].concat().ends_with(&below)).collect();
            if names.is_empty() { State::NxDomain } else { State::Lines(names) }
        };
        let stored = self.cache.and_then(|cache| cache.peek(&name, QType::Ptr, self.now));
        let (state, cached, live) = told(stored, &self.zone.answer(&name, QType::Ptr), state_of);
        Cell { name, state, cached, live, ..cell }
    }
}

// What is answered, for how many seconds it is still remembered, and what would be without that memory, if that differs.
fn told(
    stored: Option<(&Answer, u64)>,
    fresh: &Answer,
    state_of: impl Fn(&Answer) -> State,
) -> (State, Option<u64>, Option<State>) {
    let live = state_of(fresh);
    let Some((answer, left)) = stored else { return (live, None, None) };
    let state = state_of(answer);
    let live = (live != state).then_some(live);
    (state, Some(left), live)
}

fn plain(name: &str) -> &str {
    name.trim_end_matches('.')
}
