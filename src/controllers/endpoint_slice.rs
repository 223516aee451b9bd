//! EndpointSlices of Services with a selector (S180 to S183, C11).
//!
//! A slice holds endpoints with the same ports. A change of a pod touches the slice that holds it and no other.

use super::endpoints::{TRIGGER_TIME, Triggers, port_hash};
use super::service_index::{self as index, Changed, ServiceIndex};
use crate::api::{Kind, Map, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{Arrange, SortedMap, SortedSet};
use crate::store::{Change, Reason, View};

const PER_SLICE: usize = 100;
const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
const MANAGER: &str = "endpointslice-controller.k8s.io";
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// The controller; it remembers which slices it made for which Service, and which pod stands in which.
#[derive(Clone, Default)]
pub struct EndpointSliceController {
    index: ServiceIndex,
    slices: SortedMap<WorkKey, Slices>,
}

#[derive(Clone, Default)]
struct Slices {
    known: SortedMap<Text, Known>,
    /// Where each pod stands.
    place: SortedMap<Text, Text>,
    /// Somebody else changed a slice, or a pass failed: everything is looked at again.
    stale: bool,
    triggers: Triggers,
}

/// A slice as its last write left it.
#[derive(Clone)]
struct Known {
    /// A higher generation is somebody else's change.
    generation: i64,
    ports: Value,
    /// The number of endpoints.
    used: usize,
}

impl Known {
    fn of(slice: &Object) -> Known {
        Known {
            generation: slice.generation(),
            ports: slice.body.get("ports").clone(),
            used: endpoints(slice).len(),
        }
    }
}

fn labels(service: &Object) -> Map {
    let mut labels = service.labels().clone();
    labels.insert(MANAGED_BY, MANAGER);
    labels.insert(SERVICE_NAME, service.meta("name").text());
    if index::is_headless(service) {
        labels.insert("service.kubernetes.io/headless", "");
    }
    labels
}

fn endpoint(service: &Object, pod: &Object) -> Value {
    let serving = index::is_ready(pod);
    let terminating = pod.is_terminating();
    let publish = service.spec().get("publishNotReadyAddresses").is_true();
    let mut endpoint = object! {
        "addresses" => Value::list(vec![pod.status().get("podIP").clone()]),
        "conditions" => object! {
            "ready" => publish || serving && !terminating, "serving" => serving, "terminating" => terminating,
        },
        "nodeName" => pod.spec().get("nodeName").text(),
        "targetRef" => index::target(pod),
    };
    if let Some(hostname) = index::hostname(service, pod) {
        endpoint.set(&["hostname"], hostname);
    }
    endpoint
}

// The ports of a pod's endpoint in the order of their hashes, as slices are told apart by it.
fn ports(service: &Object, pod: &Object) -> Value {
    let mut ports: Vec<(u128, Value)> = index::ports(service, pod)
        .into_iter()
        .map(|(name, port, protocol)| {
            let hash = port_hash(&format!(
                "(v1.EndpointPort){{Name:(*string){name} Protocol:(*v1.Protocol){protocol} Port:(*int32){port} \
                 AppProtocol:(*string)<nil>}}"
            ));
            (hash, object! { "name" => name, "port" => port, "protocol" => protocol })
        })
        .collect();
    ports.arrange_by_key(|(hash, _)| *hash);
    Value::list(ports.into_iter().map(|(_, port)| port).collect())
}

// What makes an endpoint the same one: a pod with a new address is a new endpoint and goes to the end.
fn same_endpoint(a: &Value, b: &Value) -> bool {
    a.get("addresses") == b.get("addresses") && a.get("hostname") == b.get("hostname")
}

fn pod_of(endpoint: &Value) -> &Value {
    endpoint.at(&["targetRef", "name"])
}

fn endpoints(slice: &Object) -> &[Value] {
    slice.body.get("endpoints").items()
}

fn new_slice(service: &Object) -> Object {
    let mut slice = Object::new(Kind::EndpointSlice, service.meta("namespace").text(), "");
    let metadata = slice.body.at_mut(&["metadata"]).map_mut();
    metadata.remove("name");
    metadata.insert("generateName", format!("{}-", service.name()));
    metadata.insert("labels", labels(service));
    metadata.insert("ownerReferences", Value::list(vec![service.owner_reference()]));
    let body = slice.body.map_mut();
    body.insert("addressType", "IPv4");
    body.insert("endpoints", Value::list(Vec::new()));
    body.insert("ports", Value::list(Vec::new()));
    slice
}

/// One pass over one Service: the slices as they are and as they will be.
struct Pass<'a> {
    service: &'a Object,
    /// The slices that were looked at.
    loaded: SortedMap<Text, Object>,
    /// Those of them that will be written.
    dirty: SortedSet<Text>,
    /// Endpoints that stand nowhere yet, with their ports.
    fresh: Vec<(Value, Value)>,
}

impl Pass<'_> {
    fn load(&mut self, name: &Text, ctx: &Ctx<'_>) -> Option<&mut Object> {
        if !self.loaded.contains_key(name) {
            let slice = ctx.client.store().get(Kind::EndpointSlice, self.service.namespace(), name)?;
            self.loaded.insert(name.clone(), (**slice).clone());
        }
        self.loaded.get_mut(name)
    }

    // Everything is looked at: slices that are no longer there are forgotten, strangers in them put out, and labels
    // follow the Service.
    fn take_stock(&mut self, slices: &mut Slices, ctx: &Ctx<'_>) {
        slices.place.clear();
        let labels = Value::from(labels(self.service));
        for name in Vec::from_iter(slices.known.keys().cloned()) {
            let Some(slice) = self.load(&name, ctx) else {
                slices.known.remove(&name);
                continue;
            };
            let before = endpoints(slice).len();
            slice.body.at_mut(&["endpoints"]).list_mut().retain(|endpoint| {
                let pod = pod_of(endpoint).text();
                !pod.is_empty() && slices.place.insert(pod, name.clone()).is_none()
            });
            let mut changed = endpoints(slice).len() != before;
            if *slice.meta("labels") != labels {
                slice.body.set(&["metadata", "labels"], labels.clone());
                changed = true;
            }
            let used = endpoints(slice).len();
            if let Some(known) = slices.known.get_mut(&name) {
                known.used = used;
            }
            if changed {
                self.dirty.insert(name);
            }
        }
    }

    // One pod: its endpoint is changed where it stands, put out, or found a place later.
    fn consider(&mut self, name: &Text, pod: Option<&Object>, slices: &mut Slices, ctx: &Ctx<'_>) {
        let mut wanted = pod.map(|pod| (ports(self.service, pod), endpoint(self.service, pod)));
        if let Some(place) = slices.place.get(name).cloned()
            && let Some(slice) = self.load(&place, ctx)
        {
            let fits = wanted.as_ref().is_some_and(|(ports, _)| slice.body.get("ports") == ports);
            let list = slice.body.at_mut(&["endpoints"]).list_mut();
            if let Some(at) = list.iter().position(|endpoint| pod_of(endpoint).str() == &**name) {
                match &wanted {
                    Some((_, new)) if fits && same_endpoint(&list[at], new) => {
                        if list[at] != *new {
                            list[at] = new.clone();
                            self.dirty.insert(place);
                        }
                        wanted = None;
                    }
                    _ => {
                        list.remove(at);
                        slices.place.remove(name);
                        self.dirty.insert(place);
                    }
                }
            } else {
                slices.place.remove(name);
            }
        }
        self.fresh.extend(wanted);
    }

    // Puts the endpoints that stand nowhere into slices with their ports: those that are written anyhow, the
    // fullest first; then one that takes all that is left; then new ones. The answer is the new ones.
    fn find_places(&mut self, slices: &mut Slices, ctx: &Ctx<'_>) -> Vec<Object> {
        let mut made = Vec::new();
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        for (ports, endpoint) in std::mem::take(&mut self.fresh) {
            match groups.iter_mut().find(|(of, _)| *of == ports) {
                Some((_, group)) => group.push(endpoint),
                None => groups.push((ports, vec![endpoint])),
            }
        }
        for (ports, group) in groups {
            let mut left = group.into_iter();
            let mut here: Vec<(usize, Text)> = Vec::new();
            for (name, known) in &slices.known {
                let (used, fits) = match self.loaded.get(name) {
                    Some(slice) => (endpoints(slice).len(), *slice.body.get("ports") == ports),
                    None => (known.used, known.ports == ports),
                };
                if fits && (1..PER_SLICE).contains(&used) {
                    here.push((used, name.clone()));
                }
            }
            here.arrange_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            for (_, name) in here.iter().filter(|(_, name)| self.dirty.contains(name)) {
                if let Some(slice) = self.loaded.get_mut(name) {
                    slices.settle(name, fill(slice, &mut left));
                }
            }
            while left.len() > 0 {
                let roomy = here
                    .iter()
                    .find(|(used, name)| used + left.len() <= PER_SLICE && !self.dirty.contains(name));
                if let Some((_, name)) = roomy
                    && let Some(slice) = self.load(name, ctx)
                {
                    slices.settle(name, fill(slice, &mut left));
                    self.dirty.insert(name.clone());
                } else {
                    let mut slice = new_slice(self.service);
                    slice.body.set(&["ports"], ports.clone());
                    fill(&mut slice, &mut left);
                    made.push(slice);
                }
            }
        }
        made
    }
}

// Puts as many endpoints into a slice as it has room for; the answer is those.
fn fill<'a>(slice: &'a mut Object, left: &mut std::vec::IntoIter<Value>) -> &'a [Value] {
    let list = slice.body.at_mut(&["endpoints"]).list_mut();
    let before = list.len();
    list.extend(left.take(PER_SLICE.saturating_sub(before)));
    &list[before..]
}

impl EndpointSliceController {
    fn reconcile(&mut self, key: &WorkKey, changed: Changed, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some((members, _)) = self.index.look(key) else { return Ok(()) };
        let service = members.service.clone();
        let slices = self.slices.entry(key.clone()).or_default();
        let mut pass =
            Pass { service: &service, loaded: SortedMap::new(), dirty: SortedSet::new(), fresh: Vec::new() };
        let names: SortedSet<Text> = match changed {
            Changed::Pods(pods) => pods.into_iter().collect(),
            Changed::All => {
                pass.take_stock(slices, ctx);
                slices.place.keys().chain(members.pods.keys()).cloned().collect()
            }
        };
        let trigger = slices.triggers.note(&service, names.iter().map(|name| (name, members.pods.get(name))));
        for name in &names {
            let pod = members.pods.get(name).filter(|pod| index::has_address(pod));
            pass.consider(name, pod.map(|pod| &**pod), slices, ctx);
        }
        let mut made = pass.find_places(slices, ctx);
        // Slices that have become empty go; so does the empty one that stood for there being none.
        let mut empty: Vec<Text> = if pass.dirty.is_empty() && made.is_empty() && !slices.known.is_empty() {
            Vec::new()
        } else {
            let is_empty = |(name, known): &(&Text, &Known)| match pass.loaded.get(*name) {
                Some(slice) => endpoints(slice).is_empty(),
                None => known.used == 0,
            };
            slices.known.iter().filter(is_empty).map(|(name, _)| name.clone()).collect()
        };
        for name in &empty {
            pass.load(name, ctx);
        }
        let all_empty = empty.len() == slices.known.len();
        if all_empty && made.is_empty() {
            let stands_for_none = |name: &Text| {
                !pass.dirty.contains(name)
                    && pass.loaded.get(name).is_some_and(|slice| slice.body.get("ports").items().is_empty())
            };
            match &empty[..] {
                [name] if stands_for_none(name) => empty.clear(),
                _ => made.push(new_slice(&service)),
            }
        }
        // An empty slice becomes one that would be made, so that nothing goes only to come again.
        empty.retain(|name| {
            pass.dirty.remove(name);
            let Some(slice) = pass.loaded.get_mut(name) else { return false };
            let Some(new) = made.pop() else { return true };
            slices.settle(name, endpoints(&new));
            for member in ["endpoints", "ports"] {
                slice.body.set(&[member], new.body.get(member).clone());
            }
            slice.body.set(&["metadata", "labels"], new.meta("labels").clone());
            pass.dirty.insert(name.clone());
            false
        });
        let stamp = |slice: &mut Object| match &trigger {
            Some(time) => slice.body.set(&["metadata", "annotations", TRIGGER_TIME], time.clone()),
            None => {
                slice.body.remove(&["metadata", "annotations", TRIGGER_TIME]);
                if slice.annotations().is_empty() {
                    slice.body.remove(&["metadata", "annotations"]);
                }
            }
        };
        // A Service that goes gets no new slices, or the collector would never be done.
        for mut slice in made.into_iter().filter(|_| !service.is_terminating()) {
            stamp(&mut slice);
            let created = ctx.client.create(slice)?;
            let name = created.meta("name").text();
            slices.settle(&name, endpoints(&created));
            slices.known.insert(name, Known::of(&created));
        }
        for name in &pass.dirty {
            if let Some(mut slice) = pass.loaded.remove(name) {
                stamp(&mut slice);
                let updated = ctx.client.update(slice)?;
                slices.known.insert(name.clone(), Known::of(&updated));
            }
        }
        for name in empty {
            slices.known.remove(&name);
            let key = ObjectKey::new(Kind::EndpointSlice, key.namespace.clone(), name);
            match ctx.client.delete(&key, &DeleteOptions::default()) {
                Err(status) if status.reason != Reason::NotFound => return Err(status.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Slices {
    // These endpoints stand in the slice of that name.
    fn settle(&mut self, name: &Text, endpoints: &[Value]) {
        for endpoint in endpoints {
            self.place.insert(pod_of(endpoint).text(), name.clone());
        }
    }
}

impl Component for EndpointSliceController {
    fn name(&self) -> &'static str {
        "endpointslice-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Service, Kind::Pod, Kind::EndpointSlice]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
        match (change.key.kind, &change.new) {
            (Kind::EndpointSlice, new) => {
                let Some(slice) = new.as_ref().or(change.old.as_ref()) else { return };
                let key = WorkKey::new(change.key.namespace.clone(), slice.label(SERVICE_NAME).to_string());
                let Some(slices) = self.slices.get_mut(&key) else { return };
                let Some(known) = slices.known.get(&change.key.name) else { return };
                if new.as_ref().is_none_or(|slice| slice.generation() > known.generation) {
                    slices.stale = true;
                    queue.add(key);
                }
                return;
            }
            (Kind::Service, None) => drop(self.slices.remove(&key)),
            _ => {}
        }
        self.index.observe(change, view, queue);
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some((members, changed)) = self.index.look(key) else { return Ok(()) };
        if members.service.spec().get("selector").entries().is_empty() {
            return Ok(());
        }
        let stale = self.slices.get_mut(key).is_some_and(|slices| std::mem::take(&mut slices.stale));
        let done = self.reconcile(key, if stale { Changed::All } else { changed }, ctx);
        if done.is_err() {
            // In a namespace that goes nothing can be made any more.
            if ctx
                .client
                .store()
                .get(Kind::Namespace, "", &key.namespace)
                .is_none_or(|space| space.is_terminating())
            {
                return Ok(());
            }
            self.slices.entry(key.clone()).or_default().stale = true;
        }
        done
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Verb;
    use crate::controllers::endpoints::EndpointController;
    use crate::controllers::endpoints::tests::{Driver, pod, service};
    use std::rc::Rc;

    fn started(ports: &str) -> Driver {
        let mut driver = Driver::new(vec![
            Box::new(EndpointController::default()),
            Box::new(EndpointSliceController::default()),
        ]);
        driver.create(&service(ports));
        driver
    }

    fn add(driver: &mut Driver, name: &str, port: u32) {
        driver.create(&pod(name, port));
        driver.run_pod(name, true);
    }

    fn settle(driver: &mut Driver) -> Vec<(Verb, Kind, Text)> {
        let ours = |write: &&Rc<crate::component::Write>| write.actor == "endpointslice-controller";
        driver
            .settle()
            .iter()
            .filter(ours)
            .map(|write| (write.verb, write.key.kind, write.key.name.clone()))
            .collect()
    }

    fn slices(driver: &Driver) -> Vec<Rc<Object>> {
        driver.store().list(Kind::EndpointSlice, Some("default")).cloned().collect()
    }

    fn pods_of(slice: &Object) -> Vec<&str> {
        endpoints(slice).iter().map(|endpoint| pod_of(endpoint).str()).collect()
    }

    const WEB: &str = "{name: web, port: 80, targetPort: web}";

    #[test]
    fn a_service_without_pods_has_one_empty_slice() {
        let mut driver = started(WEB);
        assert_eq!(settle(&mut driver).len(), 1);
        let slice = slices(&driver).remove(0);
        assert!(endpoints(&slice).is_empty() && slice.body.get("ports").items().is_empty());
        assert_eq!(slice.annotation(TRIGGER_TIME), slice.meta("creationTimestamp").str());
        assert!(slice.owners().next().is_some_and(|owner| owner.is_controller() && owner.blocks_deletion()));
        // The same slice is filled, and emptied again when the last pod goes.
        add(&mut driver, "a", 80);
        assert!(settle(&mut driver).iter().all(|(verb, ..)| *verb == Verb::Update));
        assert_eq!(pods_of(&slices(&driver)[0]), ["a"]);
        driver.remove_pod("a");
        assert!(settle(&mut driver).iter().all(|(verb, ..)| *verb == Verb::Update));
        let left = slices(&driver);
        assert_eq!((left.len(), endpoints(&left[0]).len()), (1, 0));
        assert_eq!(left[0].name(), slice.name());
    }

    #[test]
    fn the_ports_stand_in_the_recorded_order() {
        // As recorded in `kubectl-corpus`, where the Service names web first.
        let mut driver = started("{name: web, port: 80}, {name: tls, port: 443}");
        add(&mut driver, "a", 80);
        settle(&mut driver);
        let names = |ports: &Value| Vec::from_iter(ports.items().iter().map(|port| port.get("name").text()));
        assert_eq!(names(slices(&driver)[0].body.get("ports")), ["tls", "web"]);
        let endpoints = driver.store().get(Kind::Endpoints, "default", "nginx").unwrap();
        assert_eq!(names(endpoints.body.get("subsets").items()[0].get("ports")), ["web", "tls"]);
    }

    #[test]
    fn a_changed_port_of_the_service_reaches_its_slices() {
        let mut driver = started("{name: web, port: 80}");
        add(&mut driver, "a", 80);
        settle(&mut driver);
        let key = ObjectKey::new(Kind::Service, "default", "nginx");
        let change = |body: &mut Value| {
            let port = &mut body.at_mut(&["spec", "ports"]).list_mut()[0];
            port.set(&["port"], 81);
            port.set(&["targetPort"], 81);
        };
        driver.user().patch(&key, "", change).unwrap();
        settle(&mut driver);
        let slices = slices(&driver);
        assert_eq!(slices.len(), 1, "the old slice is used again");
        assert_eq!(slices[0].body.get("ports").items()[0].get("port").as_int(), Some(81));
        assert_eq!(pods_of(&slices[0]), ["a"]);
    }

    #[test]
    fn pods_with_other_ports_stand_in_slices_of_their_own() {
        let mut driver = started(WEB);
        add(&mut driver, "a", 80);
        settle(&mut driver);
        add(&mut driver, "b", 8080);
        settle(&mut driver);
        let slices = slices(&driver);
        let mut found: Vec<(Option<i64>, Vec<&str>)> = slices
            .iter()
            .map(|slice| (slice.body.get("ports").items()[0].get("port").as_int(), pods_of(slice)))
            .collect();
        found.arrange();
        assert_eq!(found, [(Some(80), vec!["a"]), (Some(8080), vec!["b"])]);
        let endpoints = driver.store().get(Kind::Endpoints, "default", "nginx").unwrap();
        assert_eq!(endpoints.body.get("subsets").items().len(), 2);
    }

    #[test]
    fn what_somebody_deletes_or_empties_is_made_again() {
        let mut driver = started(WEB);
        add(&mut driver, "a", 80);
        settle(&mut driver);
        let slice = slices(&driver).remove(0);
        let endpoints = ObjectKey::new(Kind::Endpoints, "default", "nginx");
        for key in [slice.key(), endpoints.clone()] {
            driver.user().delete(&key, &DeleteOptions::default()).unwrap();
        }
        settle(&mut driver);
        let again = slices(&driver);
        assert_eq!((again.len(), pods_of(&again[0])), (1, vec!["a"]));
        assert!(again[0].uid() != slice.uid());
        assert_eq!(driver.store().by_key(&endpoints).unwrap().body.get("subsets").items().len(), 1);

        let empty = |body: &mut Value| body.set(&["endpoints"], Value::list(Vec::new()));
        driver.user().patch(&again[0].key(), "", empty).unwrap();
        settle(&mut driver);
        assert_eq!(pods_of(&slices(&driver)[0]), ["a"]);
    }

    #[test]
    fn a_slice_holds_a_hundred_and_a_change_writes_one() {
        let mut driver = started(WEB);
        for i in 0..230 {
            add(&mut driver, &format!("p{i:03}"), 80);
        }
        settle(&mut driver);
        let full = slices(&driver);
        assert_eq!(full.iter().map(|slice| endpoints(slice).len()).sum::<usize>(), 230);
        assert!(full.len() >= 3 && full.iter().all(|slice| endpoints(slice).len() <= PER_SLICE));

        let holder = full.iter().find(|slice| pods_of(slice).contains(&"p117")).unwrap();
        driver.run_pod("p117", false);
        assert_eq!(settle(&mut driver), [(Verb::Update, Kind::EndpointSlice, holder.meta("name").text())]);
    }

    #[test]
    fn c11_new_endpoints_are_appended_and_leave_at_the_end() {
        let mut driver = started(WEB);
        for name in ["b", "c"] {
            add(&mut driver, name, 80);
            settle(&mut driver);
        }
        driver.create(&pod("a", 80));
        settle(&mut driver);
        assert_eq!(pods_of(&slices(&driver)[0]), ["b", "c"], "no address yet");
        driver.run_pod("a", false);
        settle(&mut driver);
        let slice = slices(&driver).remove(0);
        assert_eq!(pods_of(&slice), ["b", "c", "a"]);
        assert!(!endpoints(&slice)[2].at(&["conditions", "ready"]).is_true());
        driver.end_pod("b");
        settle(&mut driver);
        assert_eq!(pods_of(&slices(&driver)[0]), ["c", "a"]);
        // A pod that came back with another address is a new endpoint.
        let change = |body: &mut Value| body.set(&["status", "podIP"], "10.244.9.9");
        driver.user().patch(&ObjectKey::new(Kind::Pod, "default", "c"), "status", change).unwrap();
        settle(&mut driver);
        assert_eq!(pods_of(&slices(&driver)[0]), ["a", "c"]);
    }

    #[test]
    fn a_pod_that_ends_without_a_word_on_its_readiness_stays_until_something_else_changes() {
        let mut driver = started(WEB);
        for name in ["a", "b"] {
            add(&mut driver, name, 80);
            settle(&mut driver);
        }
        let key = ObjectKey::new(Kind::Pod, "default", "a");
        driver.user().patch(&key, "status", |body| body.set(&["status", "phase"], "Failed")).unwrap();
        assert!(settle(&mut driver).is_empty());
        driver.run_pod("b", false);
        settle(&mut driver);
        assert_eq!(pods_of(&slices(&driver)[0]), ["b"]);
    }
}
