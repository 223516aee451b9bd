//! EndpointSlices of Services with a selector (S180 to S183, C11).

use super::service_index::{self as index, Changed, ServiceIndex};
use crate::api::{Kind, Map, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::store::{Change, View};
use std::collections::BTreeMap;

const PER_SLICE: usize = 100;

/// The controller; it remembers which slices it made for which Service, and which pod stands in which.
#[derive(Clone, Default)]
pub struct EndpointSliceController {
    index: ServiceIndex,
    slices: BTreeMap<WorkKey, Slices>,
}

#[derive(Clone, Default)]
struct Slices {
    names: Vec<Text>,
    /// Where each pod stands.
    place: BTreeMap<Text, Text>,
}

fn labels(service: &Object) -> Map {
    let mut labels = service.labels().clone();
    labels.insert("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    labels.insert("kubernetes.io/service-name", service.meta("name").text());
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

impl Component for EndpointSliceController {
    fn name(&self) -> &'static str {
        "endpointslice-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        ServiceIndex::KINDS
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        if change.key.kind == Kind::Service && change.new.is_none() {
            self.slices.remove(&WorkKey::new(change.key.namespace.clone(), change.key.name.clone()));
        }
        self.index.observe(change, view, queue);
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some((members, changed)) = self.index.look(key) else { return Ok(()) };
        let service = members.service.clone();
        if service.spec().get("selector").entries().is_empty() || service.is_terminating() {
            return Ok(());
        }
        let slices = self.slices.entry(key.clone()).or_default();
        let names: Vec<Text> = match changed {
            Changed::Pods(pods) => pods,
            Changed::All => slices.place.keys().chain(members.pods.keys()).cloned().collect(),
        };
        let key_of = |name: &Text| ObjectKey::new(Kind::EndpointSlice, key.namespace.clone(), name.clone());
        // The slices to write, as they will be.
        let mut dirty: BTreeMap<Text, Object> = BTreeMap::new();
        let mut fresh: Vec<Value> = Vec::new();
        let live = |name: &Text, dirty: &BTreeMap<Text, Object>, ctx: &Ctx<'_>| -> Option<Object> {
            dirty
                .get(name)
                .cloned()
                .or_else(|| ctx.client.store().by_key(&key_of(name)).map(|o| (**o).clone()))
        };
        let mut seen: Vec<&Text> = Vec::new();
        for name in &names {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let pod = members.pods.get(name).filter(|pod| index::has_address(pod));
            let place = slices.place.get(name).cloned();
            match (pod, place) {
                (None, None) => {}
                (pod, Some(slice)) => {
                    let Some(mut object) = live(&slice, &dirty, ctx) else {
                        slices.place.remove(name);
                        continue;
                    };
                    let list = object.body.at_mut(&["endpoints"]).list_mut();
                    let at = list.iter().position(|e| e.at(&["targetRef", "name"]).str() == &**name);
                    match (pod, at) {
                        (Some(pod), Some(at)) => {
                            let new = endpoint(&service, pod);
                            if list[at] == new {
                                continue;
                            }
                            list[at] = new;
                        }
                        (Some(pod), None) => list.push(endpoint(&service, pod)),
                        (None, at) => {
                            slices.place.remove(name);
                            match at {
                                Some(at) => drop(list.remove(at)),
                                None => continue,
                            }
                        }
                    }
                    dirty.insert(slice, object);
                }
                (Some(pod), None) => fresh.push(endpoint(&service, pod)),
            }
        }
        let ports = members.pods.values().find(|pod| index::has_address(pod)).map(|pod| ports(&service, pod));
        // New endpoints fill the slices there are, then new ones.
        let mut made: Option<Object> = None;
        for endpoint in fresh {
            let pod = endpoint.at(&["targetRef", "name"]).text();
            let open = slices.names.iter().find(|name| {
                live(name, &dirty, ctx).is_some_and(|o| o.body.get("endpoints").items().len() < PER_SLICE)
            });
            let Some(name) = open.cloned() else {
                // Filled before it is made, so that it is written once.
                let slice = made.get_or_insert_with(|| new_slice(&service));
                let list = slice.body.at_mut(&["endpoints"]).list_mut();
                list.push(endpoint);
                if list.len() == PER_SLICE {
                    finish(&mut made, &ports, slices, ctx)?;
                }
                continue;
            };
            if let Some(mut object) = live(&name, &dirty, ctx) {
                object.body.at_mut(&["endpoints"]).list_mut().push(endpoint);
                slices.place.insert(pod, name.clone());
                dirty.insert(name, object);
            }
        }
        if slices.names.is_empty() && made.is_none() {
            made = Some(new_slice(&service));
        }
        finish(&mut made, &ports, slices, ctx)?;
        if changed_service(&service, slices.names.first().and_then(|n| ctx.client.store().by_key(&key_of(n))))
        {
            for name in &slices.names {
                if let Some(mut object) = live(name, &dirty, ctx) {
                    object.body.set(&["metadata", "labels"], labels(&service));
                    dirty.insert(name.clone(), object);
                }
            }
        }
        for (name, mut object) in dirty {
            if object.body.get("endpoints").items().is_empty() {
                if slices.names.len() > 1 {
                    slices.names.retain(|known| *known != name);
                    ctx.client.delete(&key_of(&name), &DeleteOptions::default())?;
                    continue;
                }
                object.body.set(&["endpoints"], Value::list(Vec::new()));
                object.body.set(&["ports"], Value::list(Vec::new()));
            } else if let Some(ports) = &ports {
                object.body.set(&["ports"], ports.clone());
            }
            object.body.remove(&["metadata", "resourceVersion"]);
            ctx.client.update(object)?;
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

// Creates the slice that was filled, if there is one, and notes who stands in it.
fn finish(
    made: &mut Option<Object>,
    ports: &Option<Value>,
    slices: &mut Slices,
    ctx: &mut Ctx<'_>,
) -> Result<(), SyncError> {
    let Some(mut slice) = made.take() else { return Ok(()) };
    if let Some(ports) = ports {
        slice.body.set(&["ports"], ports.clone());
    }
    let created = ctx.client.create(slice)?;
    let name = created.meta("name").text();
    for endpoint in created.body.get("endpoints").items() {
        slices.place.insert(endpoint.at(&["targetRef", "name"]).text(), name.clone());
    }
    slices.names.push(name);
    Ok(())
}

fn changed_service(service: &Object, slice: Option<&std::rc::Rc<Object>>) -> bool {
    slice.is_some_and(|slice| *slice.labels() != labels(service))
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

fn ports(service: &Object, pod: &Object) -> Value {
    let ports = index::ports(service, pod)
        .into_iter()
        .map(|(name, port, protocol)| object! { "name" => name, "port" => port, "protocol" => protocol });
    Value::list(ports.collect())
}
