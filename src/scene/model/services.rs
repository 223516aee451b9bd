//! Services above the columns, and what each ordinal's name answers.

use super::{StageModel, ordinal_of};
use crate::api::{Kind, Object, Text};
use crate::sim::Arrange;
use crate::store::Store;
use std::rc::Rc;

/// A service that matters to the columns.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceModel {
    /// Its name.
    pub name: Text,
    /// How it answers.
    pub shape: ServiceShape,
    /// True if the set names it in `spec.serviceName`.
    pub governing: bool,
    /// The ordinals it leads to now.
    pub ordinals: Vec<i64>,
}

/// How a service answers.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceShape {
    /// With every pod's address.
    Headless,
    /// With this one address.
    Cluster(Text),
    /// The set names it, but there is none.
    Missing,
}

/// The DNS name of one ordinal.
#[derive(Clone, Debug, PartialEq)]
pub struct NameModel {
    /// `web-3.nginx`.
    pub name: String,
    /// What it answers; none is NXDOMAIN.
    pub address: Option<Text>,
    /// True if the answer is new.
    pub changed: bool,
}

/// Reads the services of the set's namespace into the model.
pub(super) fn read(model: &mut StageModel, store: &Store, object: Option<&Rc<Object>>) {
    let (Some(set), Some(object)) = (&model.set, object) else { return };
    let governing = object.spec().get("serviceName").text();
    let labels = object.spec().at(&["template", "metadata", "labels"]);
    let mut services = Vec::new();
    for service in store.list(Kind::Service, Some(&set.key.namespace)) {
        let selector = service.spec().get("selector").entries();
        let is_governing = service.name() == &*governing;
        let selects = !selector.is_empty() && selector.iter().all(|(k, v)| labels.get(k).str() == v.str());
        if !is_governing && !selects {
            continue;
        }
        let shape = match service.spec().get("clusterIP").str() {
            "None" => ServiceShape::Headless,
            _ => ServiceShape::Cluster(service.spec().get("clusterIP").text()),
        };
        let mut ordinals: Vec<i64> = endpoints(store, service)
            .into_iter()
            .filter_map(|e| ordinal_of(&e.pod, &set.key.name).filter(|_| e.ready))
            .collect();
        ordinals.arrange();
        services.push(ServiceModel {
            name: service.meta("name").text(),
            shape,
            governing: is_governing,
            ordinals,
        });
    }
    if !governing.is_empty() && !services.iter().any(|s| s.governing) {
        services.push(ServiceModel {
            name: governing.clone(),
            shape: ServiceShape::Missing,
            governing: true,
            ordinals: Vec::new(),
        });
    }
    services.arrange_by(|a, b| (!a.governing, &a.name).cmp(&(!b.governing, &b.name)));
    model.services = services;
    if !governing.is_empty() {
        for column in &mut model.columns {
            let name = format!("{}.{governing}", column.name);
            column.dns = Some(NameModel { name, address: None, changed: false });
        }
    }
    model.read_names(store);
}

impl StageModel {
    /// Reads what the names answer from what the DNS server knows, which may be older than the store.
    pub fn read_names(&mut self, names: &Store) {
        let Some(set) = &self.set else { return };
        let Some(governing) = self.services.iter().find(|s| s.governing) else { return };
        let service = names.get(Kind::Service, &set.key.namespace, &governing.name);
        let service = service.filter(|service| service.spec().get("clusterIP").str() == "None");
        let answers = service.map(|service| endpoints(names, service)).unwrap_or_default();
        for column in &mut self.columns {
            if let Some(dns) = &mut column.dns {
                let answer = answers.iter().find(|e| e.ready && *e.hostname == *column.name);
                dns.address = answer.map(|e| e.address.clone());
            }
        }
    }
}

struct Endpoint {
    pod: Text,
    hostname: Text,
    address: Text,
    ready: bool,
}

/// Every endpoint in the slices of a service. One that is not ready counts if the service publishes those too.
fn endpoints(store: &Store, service: &Object) -> Vec<Endpoint> {
    let publish = service.spec().get("publishNotReadyAddresses").is_true();
    store
        .list(Kind::EndpointSlice, Some(service.namespace()))
        .filter(|slice| slice.label("kubernetes.io/service-name") == service.name())
        .flat_map(|slice| slice.body.get("endpoints").items())
        .map(|e| Endpoint {
            pod: e.at(&["targetRef", "name"]).text(),
            hostname: e.get("hostname").text(),
            address: e
                .get("addresses")
                .items()
                .first()
                .map_or_else(|| "".into(), crate::api::value::Value::text),
            ready: publish || e.at(&["conditions", "ready"]).as_bool().unwrap_or(true),
        })
        .collect()
}
