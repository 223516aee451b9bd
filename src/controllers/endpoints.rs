//! The legacy Endpoints object of each Service with a selector (S184).

use super::service_index::{self as index, ServiceIndex};
use crate::api::{Kind, Map, Object, ObjectKey, Value};
use crate::component::{Component, Ctx, DeleteOptions, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::store::{Change, Reason, View};

/// The most addresses one object holds.
const MOST: usize = 1000;

/// The controller.
#[derive(Clone, Default)]
pub struct EndpointController {
    index: ServiceIndex,
}

impl Component for EndpointController {
    fn name(&self) -> &'static str {
        "endpoint-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        ServiceIndex::KINDS
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        self.index.observe(change, view, queue);
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let own = ObjectKey::new(Kind::Endpoints, key.namespace.clone(), key.name.clone());
        let Some((members, _)) = self.index.look(key) else {
            return match ctx.client.delete(&own, &DeleteOptions::default()) {
                Ok(_) => Ok(()),
                Err(status) if status.reason == Reason::NotFound => Ok(()),
                Err(status) => Err(status.into()),
            };
        };
        let service = members.service.clone();
        if service.spec().get("selector").entries().is_empty() {
            return Ok(());
        }
        let publish = service.spec().get("publishNotReadyAddresses").is_true();
        let (mut ready, mut waiting) = (Vec::new(), Vec::new());
        let mut ports = None;
        for pod in members.pods.values() {
            if !index::has_address(pod) || pod.is_terminating() && !publish {
                continue;
            }
            if ready.len() + waiting.len() >= MOST {
                break;
            }
            ports.get_or_insert_with(|| index::ports(&service, pod));
            let mut address = object! {
                "ip" => pod.status().get("podIP").text(), "nodeName" => pod.spec().get("nodeName").text(),
                "targetRef" => index::target(pod),
            };
            if let Some(hostname) = index::hostname(&service, pod) {
                address.set(&["hostname"], hostname);
            }
            if publish || index::is_ready(pod) { ready.push(address) } else { waiting.push(address) }
        }
        // RepackSubsets orders by address.
        ready.sort_by(|a, b| a.get("ip").str().cmp(b.get("ip").str()));
        waiting.sort_by(|a, b| a.get("ip").str().cmp(b.get("ip").str()));
        let mut subset = Value::map();
        if !ready.is_empty() {
            subset.set(&["addresses"], Value::list(ready));
        }
        if !waiting.is_empty() {
            subset.set(&["notReadyAddresses"], Value::list(waiting));
        }
        if !subset.entries().is_empty() {
            let ports = ports.unwrap_or_default().into_iter().map(|(name, port, protocol)| {
                let mut value = object! { "port" => port, "protocol" => protocol };
                if !name.is_empty() {
                    value.set(&["name"], name);
                }
                value
            });
            subset.set(&["ports"], Value::list(ports.collect()));
        }
        let mut labels: Map = service.labels().clone();
        labels.insert("endpoints.kubernetes.io/managed-by", "endpoint-controller");
        if index::is_headless(&service) {
            labels.insert("service.kubernetes.io/headless", "");
        }
        let live = ctx.client.store().by_key(&own).cloned();
        let mut object = match &live {
            Some(live) => (**live).clone(),
            None => Object::new(Kind::Endpoints, key.namespace.clone(), key.name.clone()),
        };
        object.body.set(&["metadata", "labels"], labels);
        if subset.entries().is_empty() {
            object.body.remove(&["subsets"]);
        } else {
            object.body.set(&["subsets"], Value::list(vec![subset]));
        }
        match live {
            None => drop(ctx.client.create(object)?),
            Some(live) if live.body != object.body => drop(ctx.client.update(object)?),
            Some(_) => {}
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
