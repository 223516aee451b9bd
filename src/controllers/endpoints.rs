//! The legacy Endpoints object of each Service with a selector (S184), and what endpoints and slices have in common.

use super::service_index::{self as index, Changed, ServiceIndex};
use crate::api::{Kind, Map, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{Arrange, SortedMap};
use crate::store::{Change, Reason, View};
use std::rc::Rc;

/// The annotation that says when the change happened that led to the last write.
pub(super) const TRIGGER_TIME: &str = "endpoints.kubernetes.io/last-change-trigger-time";
const OVER_CAPACITY: &str = "endpoints.kubernetes.io/over-capacity";

/// The most addresses one object holds.
const MOST: usize = 1000;

/// FNV-1a with 128 bits over the Go form of a port; ports stand in the order of their hashes.
pub(super) fn port_hash(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
    })
}

/// Remembers when the pods of one Service last changed readiness, to say what a write goes back to.
#[derive(Clone, Default)]
pub(super) struct Triggers {
    known: bool,
    pods: SortedMap<Text, Text>,
}

impl Triggers {
    /// Takes in the pods that changed (none: gone) and answers the earliest change since the last call, if there was
    /// any: the Service's creation at first.
    pub(super) fn note<'a>(
        &mut self,
        service: &Object,
        pods: impl Iterator<Item = (&'a Text, Option<&'a Rc<Object>>)>,
    ) -> Option<Text> {
        let mut earliest: Option<Text> = None;
        for (name, pod) in pods {
            let time =
                pod.map(|pod| pod.condition("Ready").get("lastTransitionTime").text()).unwrap_or_default();
            if time.is_empty() {
                self.pods.remove(name);
            } else if self.pods.get(name).is_none_or(|last| *last < time) {
                self.pods.insert(name.clone(), time.clone());
                earliest = Some(earliest.map_or(time.clone(), |earliest| earliest.min(time)));
            }
        }
        if !std::mem::replace(&mut self.known, true) {
            return Some(service.meta("creationTimestamp").text());
        }
        earliest
    }
}

/// A port an address offers: name, number, protocol.
type Port = (Text, i64, Text);

/// One address, as it stands in the object.
#[derive(Clone, PartialEq)]
struct Address {
    ready: bool,
    value: Value,
    ports: Rc<Vec<Port>>,
}

/// The addresses of one Service.
#[derive(Clone, Default)]
struct Addresses {
    /// Ordered as the object has them: by address, then by uid.
    by_address: SortedMap<(Text, Text), Address>,
    /// How many of them are ready.
    ready: usize,
    /// The values of those that are ready and of the others, as long as all of them fit into the object.
    lists: Option<[Value; 2]>,
    /// The last address of an object full of ready ones: what changes behind it does not concern the object.
    full_until: Option<(Text, Text)>,
    of_pod: SortedMap<Text, (Text, Text)>,
    /// Somebody else removed the object, or a pass failed: everything is looked at again.
    stale: bool,
    triggers: Triggers,
}

/// The controller; it remembers the addresses of every Service.
#[derive(Clone, Default)]
pub struct EndpointController {
    index: ServiceIndex,
    addresses: SortedMap<WorkKey, Addresses>,
}

fn address(service: &Object, pod: &Object, publish: bool) -> Address {
    let mut value = object! {
        "ip" => pod.status().get("podIP").text(), "nodeName" => pod.spec().get("nodeName").text(),
        "targetRef" => index::target(pod),
    };
    if let Some(hostname) = index::hostname(service, pod) {
        value.set(&["hostname"], hostname);
    }
    Address { ready: publish || index::is_ready(pod), value, ports: Rc::new(index::ports(service, pod)) }
}

fn port(port: &Port) -> (u128, Value) {
    let (name, number, protocol) = port;
    let hash = port_hash(&format!(
        "(v1.EndpointPort){{Name:(string){name} Port:(int32){number} Protocol:(v1.Protocol){protocol} \
         AppProtocol:(*string)<nil>}}"
    ));
    let mut value = object! { "port" => *number, "protocol" => protocol.clone() };
    if !name.is_empty() {
        value.set(&["name"], name.clone());
    }
    (hash, value)
}

// The values of the ready addresses, and of the others.
fn lists<'a>(addresses: impl Iterator<Item = &'a Address>) -> [Value; 2] {
    let mut lists = [Vec::new(), Vec::new()];
    for address in addresses {
        lists[usize::from(!address.ready)].push(address.value.clone());
    }
    lists.map(Value::list)
}

fn subset(lists: &[Value; 2], ports: &[&Port]) -> Value {
    let mut subset = Value::map();
    for (member, list) in ["addresses", "notReadyAddresses"].into_iter().zip(lists) {
        if !list.items().is_empty() {
            subset.set(&[member], list.clone());
        }
    }
    if !ports.is_empty() {
        let mut ports: Vec<(u128, Value)> = ports.iter().map(|of| port(of)).collect();
        ports.arrange_by_key(|(hash, _)| *hash);
        subset.set(&["ports"], Value::list(ports.into_iter().map(|(_, port)| port).collect()));
    }
    subset
}

// Where an address is among the values of its list, or belongs.
fn position(list: &Value, place: &(Text, Text)) -> Result<usize, usize> {
    list.items().binary_search_by(|value| {
        let uid = || value.at(&["targetRef", "uid"]).str();
        value.get("ip").str().cmp(&place.0).then_with(|| uid().cmp(&place.1))
    })
}

impl Addresses {
    // Answers whether the object may change by it.
    fn put(&mut self, name: &Text, new: Option<Address>) -> bool {
        let old = self.of_pod.get(name).and_then(|place| self.by_address.get(place));
        if old == new.as_ref() {
            return false;
        }
        let full_until = self.full_until.take();
        let within = |place: &(Text, Text)| full_until.as_ref().is_none_or(|last| place <= last);
        let mut changes = false;
        if let Some(place) = self.of_pod.remove(name) {
            changes |= within(&place);
            if let Some(old) = self.by_address.remove(&place) {
                self.ready -= usize::from(old.ready);
                if let Some(lists) = &mut self.lists {
                    let list = &mut lists[usize::from(!old.ready)];
                    if let Ok(at) = position(list, &place) {
                        list.list_mut().remove(at);
                    }
                }
            }
        }
        if let Some(mut new) = new {
            // Most offer the same, and then it need not be compared again and again.
            if let Some((_, other)) =
                self.by_address.first_key_value().filter(|(_, other)| other.ports == new.ports)
            {
                new.ports = other.ports.clone();
            }
            self.ready += usize::from(new.ready);
            let place = (new.value.get("ip").text(), new.value.at(&["targetRef", "uid"]).text());
            changes |= within(&place);
            if let Some(lists) = &mut self.lists {
                let list = &mut lists[usize::from(!new.ready)];
                if let Err(at) = position(list, &place) {
                    // With room for no more than there is: every version is kept.
                    let (before, behind) = list.items().split_at(at);
                    *list = Value::list([before, &[new.value.clone()], behind].concat());
                }
            }
            self.of_pod.insert(name.clone(), place.clone());
            self.by_address.insert(place, new);
        }
        if self.of_pod.len() > MOST {
            self.lists = None;
        }
        self.full_until = full_until.filter(|_| !changes);
        changes
    }

    // The subsets: ports that the same addresses offer stand together. Above the limit those that are not ready are
    // left out first; the second answer says that some are.
    fn subsets(&mut self, has_ports: bool) -> (Vec<Value>, bool) {
        if let Some((_, first)) = self.by_address.first_key_value()
            && self.by_address.len() <= MOST
            && self.by_address.values().all(|address| Rc::ptr_eq(&address.ports, &first.ports))
            && (!has_ports || !first.ports.is_empty())
        {
            self.full_until = None;
            let lists = self.lists.get_or_insert_with(|| lists(self.by_address.values()));
            return (vec![subset(lists, &Vec::from_iter(&*first.ports))], false);
        }
        let (mut room_ready, mut room_other) = (MOST, MOST.saturating_sub(self.ready));
        let mut kept: Vec<&Address> = Vec::with_capacity(self.by_address.len().min(MOST));
        let mut last = None;
        for (place, address) in &self.by_address {
            let room = if address.ready { &mut room_ready } else { &mut room_other };
            if *room > 0 {
                *room -= 1;
                kept.push(address);
                last = Some(place);
            } else if room_ready + room_other == 0 {
                break;
            }
        }
        self.full_until = last.filter(|_| self.ready >= MOST && self.by_address.len() > MOST).cloned();
        let cut = kept.len() < self.by_address.len();
        let Some(first) = kept.first() else { return (Vec::new(), cut) };
        if kept.iter().all(|address| Rc::ptr_eq(&address.ports, &first.ports) || address.ports == first.ports)
        {
            // An address whose ports cannot be told is none.
            if has_ports && first.ports.is_empty() {
                return (Vec::new(), cut);
            }
            return (vec![subset(&lists(kept.iter().copied()), &Vec::from_iter(&*first.ports))], cut);
        }
        let mut offered: SortedMap<&Port, Vec<usize>> = SortedMap::new();
        for (i, address) in kept.iter().enumerate() {
            for port in &*address.ports {
                offered.entry(port).or_default().push(i);
            }
        }
        let mut groups: SortedMap<Vec<usize>, Vec<&Port>> = SortedMap::new();
        for (port, by) in offered {
            groups.entry(by).or_default().push(port);
        }
        let subsets = groups
            .iter()
            .map(|(by, ports)| subset(&lists(by.iter().filter_map(|i| kept.get(*i).copied())), ports));
        (subsets.collect(), cut)
    }
}

impl EndpointController {
    fn reconcile(&mut self, key: &WorkKey, changed: Changed, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let own = ObjectKey::new(Kind::Endpoints, key.namespace.clone(), key.name.clone());
        let Some((members, _)) = self.index.look(key) else { return Ok(()) };
        let service = members.service.clone();
        let addresses = self.addresses.entry(key.clone()).or_default();
        let publish = service.spec().get("publishNotReadyAddresses").is_true();
        let names: Vec<Text> = match &changed {
            Changed::Pods(pods) => pods.clone(),
            Changed::All => {
                addresses.by_address.clear();
                addresses.of_pod.clear();
                addresses.ready = 0;
                addresses.lists = None;
                addresses.full_until = None;
                members.pods.keys().cloned().collect()
            }
        };
        let trigger =
            addresses.triggers.note(&service, names.iter().map(|name| (name, members.pods.get(name))));
        let mut changes = matches!(changed, Changed::All);
        for name in &names {
            let pod = members.pods.get(name);
            let wanted = pod.filter(|pod| index::has_address(pod) && (publish || !pod.is_terminating()));
            changes |= addresses.put(name, wanted.map(|pod| address(&service, pod, publish)));
        }
        if !changes {
            return Ok(());
        }
        let mut labels: Map = service.labels().clone();
        labels.insert("endpoints.kubernetes.io/managed-by", "endpoint-controller");
        if index::is_headless(&service) {
            labels.insert("service.kubernetes.io/headless", "");
        }
        let (subsets, cut) = addresses.subsets(!service.spec().get("ports").items().is_empty());
        let live = ctx.client.store().by_key(&own).cloned();
        let same = live.as_ref().is_some_and(|live| {
            live.body.get("subsets").items() == subsets
                && *live.labels() == labels
                && (live.annotation(OVER_CAPACITY) == "truncated") == cut
        });
        if same {
            return Ok(());
        }
        let mut object = match &live {
            Some(live) => (**live).clone(),
            None => Object::new(Kind::Endpoints, key.namespace.clone(), key.name.clone()),
        };
        object.body.set(&["metadata", "labels"], labels);
        for (annotation, value) in
            [(TRIGGER_TIME, trigger), (OVER_CAPACITY, cut.then_some(Text::Static("truncated")))]
        {
            match value {
                Some(value) => object.body.set(&["metadata", "annotations", annotation], value),
                None => drop(object.body.remove(&["metadata", "annotations", annotation])),
            }
        }
        if object.meta("annotations").entries().is_empty() {
            object.body.remove(&["metadata", "annotations"]);
        }
        if subsets.is_empty() {
            object.body.remove(&["subsets"]);
        } else {
            object.body.set(&["subsets"], Value::list(subsets));
        }
        match live {
            None => ctx.client.create(object)?,
            Some(_) => ctx.client.update(object)?,
        };
        Ok(())
    }
}

impl Component for EndpointController {
    fn name(&self) -> &'static str {
        "endpoint-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Service, Kind::Pod, Kind::Endpoints]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
        match (change.key.kind, &change.new) {
            (Kind::Endpoints, None) => {
                if let Some(addresses) = self.addresses.get_mut(&key) {
                    addresses.stale = true;
                    queue.add(key);
                }
            }
            (Kind::Endpoints, Some(_)) => {}
            (kind, new) => {
                if kind == Kind::Service && new.is_none() {
                    self.addresses.remove(&key);
                }
                self.index.observe(change, view, queue);
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some((members, changed)) = self.index.look(key) else {
            let own = ObjectKey::new(Kind::Endpoints, key.namespace.clone(), key.name.clone());
            return match ctx.client.delete(&own, &DeleteOptions::default()) {
                Err(status) if status.reason != Reason::NotFound => Err(status.into()),
                _ => Ok(()),
            };
        };
        if members.service.spec().get("selector").entries().is_empty() {
            return Ok(());
        }
        let stale = self.addresses.get_mut(key).is_some_and(|addresses| std::mem::take(&mut addresses.stale));
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
            self.addresses.entry(key.clone()).or_default().stale = true;
        }
        done
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::api::{Profile, manifest};
    use crate::component::client::Film;
    use crate::component::{Cause, Client, Recorder, Verb, What, World, Write};
    use crate::sim::{SimDuration, SimTime};
    use crate::store::{ApiServer, Store, admission};

    struct Slot {
        component: Box<dyn Component>,
        queue: WorkQueue,
        recorder: Recorder,
        cursor: u64,
    }

    /// Drives a few components over an API server; pods are run and ended by hand.
    pub struct Driver {
        server: ApiServer,
        film: Film,
        world: World,
        now: SimTime,
        slots: Vec<Slot>,
    }

    impl Driver {
        /// An API server with the namespace `default`, watched by the components.
        pub fn new(components: Vec<Box<dyn Component>>) -> Driver {
            let mut server = ApiServer::new(Rc::new(Profile::default_release().clone()), 1);
            server.seed(SimTime::ZERO, Object::new(Kind::Namespace, "", "default"));
            let slot = |component: Box<dyn Component>| Slot {
                recorder: Recorder::new(component.event_source()),
                component,
                queue: WorkQueue::default(),
                cursor: 0,
            };
            let slots = components.into_iter().map(slot).collect();
            Driver { server, film: Film::default(), world: World::default(), now: SimTime::ZERO, slots }
        }

        pub fn store(&self) -> &Store {
            &self.server.store
        }

        pub fn user(&mut self) -> Client<'_> {
            Client::new(&mut self.server, &mut self.film, self.now, "user", Cause::Start)
        }

        pub fn create(&mut self, text: &str) {
            for document in manifest::parse(text).unwrap() {
                let object = admission::decode(&document.value).unwrap().0;
                self.user().create(object).unwrap();
            }
        }

        /// The pod runs, has an address of its own and is ready, or not.
        pub fn run_pod(&mut self, name: &str, ready: bool) {
            let n = self.store().list(Kind::Pod, None).position(|pod| pod.name() == name).unwrap() + 2;
            let at = self.now.rfc3339();
            let key = ObjectKey::new(Kind::Pod, "default", name.to_string());
            let status = object! {
                "phase" => "Running", "podIP" => format!("10.244.{}.{}", n / 250, n % 250),
                "conditions" => Value::list(vec![object! {
                    "lastTransitionTime" => at, "status" => if ready { "True" } else { "False" }, "type" => "Ready",
                }]),
            };
            self.user().patch(&key, "status", |body| body.set(&["status"], status)).unwrap();
        }

        /// The pod has ended and is not ready any more, its object is still there.
        pub fn end_pod(&mut self, name: &str) {
            let key = ObjectKey::new(Kind::Pod, "default", name.to_string());
            let end = |body: &mut Value| {
                body.set(&["status", "phase"], "Succeeded");
                body.remove(&["status", "conditions"]);
            };
            self.user().patch(&key, "status", end).unwrap();
        }

        /// The pod's object goes at once.
        pub fn remove_pod(&mut self, name: &str) {
            let options = DeleteOptions { grace_period_secs: Some(0), ..DeleteOptions::default() };
            self.user().delete(&ObjectKey::new(Kind::Pod, "default", name.to_string()), &options).unwrap();
        }

        /// Lets the components work until nothing is left to do; the answer is what was written since the last call.
        pub fn settle(&mut self) -> Vec<Rc<Write>> {
            for _ in 0..1000 {
                self.now += SimDuration(5);
                for slot in &mut self.slots {
                    while let Some(change) = self.server.store.change(slot.cursor) {
                        slot.cursor += 1;
                        if slot.component.watches().contains(&change.key.kind) {
                            let view = View::new(&self.server.store, slot.cursor);
                            slot.component.observe(change, view, &mut slot.queue);
                        }
                    }
                }
                if self.slots.iter().all(|slot| slot.queue.is_empty()) {
                    let written =
                        |happening| if let What::Write(write) = happening { Some(write) } else { None };
                    return std::mem::take(&mut self.film.pending)
                        .into_iter()
                        .filter_map(|h| written(h.what))
                        .collect();
                }
                let Driver { server, film, world, slots, now } = self;
                for Slot { component, queue, recorder, cursor } in slots {
                    for _ in 0..queue.len() {
                        let Some((key, cause)) = queue.pop() else { break };
                        let client = Client::new(server, film, *now, component.name(), cause);
                        let mut ctx = Ctx { client, cursor: *cursor, queue: &mut *queue, world, recorder };
                        if component.sync(&key, &mut ctx).is_err() {
                            queue.add_because(key, cause);
                        }
                    }
                }
            }
            panic!("the components never come to rest");
        }
    }

    /// A Service of pods labelled `app: nginx`, with those ports.
    pub fn service(ports: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: nginx}}\nspec:\n  clusterIP: None\n  \
             selector: {{app: nginx}}\n  ports: [{ports}]\n"
        )
    }

    /// A pod labelled `app: nginx` whose port `web` has that number.
    pub fn pod(name: &str, port: u32) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: nginx}}}}\nspec:\n  containers: \
             [{{name: c, image: nginx, ports: [{{name: web, containerPort: {port}}}]}}]\n"
        )
    }

    fn started(ports: &str) -> Driver {
        let mut driver = Driver::new(vec![Box::new(EndpointController::default())]);
        driver.create(&service(ports));
        driver.settle();
        driver
    }

    fn object(driver: &Driver) -> Rc<Object> {
        driver.store().get(Kind::Endpoints, "default", "nginx").unwrap().clone()
    }

    fn names(list: &Value) -> Vec<&str> {
        list.items().iter().map(|address| address.at(&["targetRef", "name"]).str()).collect()
    }

    #[test]
    fn without_pods_there_are_only_labels() {
        let driver = started("{name: web, port: 80}");
        assert!(object(&driver).body.get("subsets").is_null());
        assert_eq!(object(&driver).labels().len(), 2);
        assert_eq!(object(&driver).annotation(TRIGGER_TIME), object(&driver).meta("creationTimestamp").str());
    }

    #[test]
    fn ready_and_other_pods_stand_apart_and_terminating_ones_nowhere() {
        let mut driver = started("{name: web, port: 80}");
        for (name, ready) in [("a", true), ("b", false), ("c", true)] {
            driver.create(&pod(name, 80));
            driver.run_pod(name, ready);
        }
        driver.settle();
        let subsets = object(&driver).body.get("subsets").clone();
        assert_eq!(names(subsets.items()[0].get("addresses")), ["a", "c"]);
        assert_eq!(names(subsets.items()[0].get("notReadyAddresses")), ["b"]);
        assert_eq!(driver.settle().len(), 0, "nothing is written without a change");

        // A pod on no node would go at once.
        let c = ObjectKey::new(Kind::Pod, "default", "c");
        driver.user().bind(&c, "node-1").unwrap();
        driver.user().delete(&c, &DeleteOptions::default()).unwrap();
        driver.settle();
        assert!(driver.store().by_key(&c).is_some_and(|pod| pod.is_terminating()));
        assert_eq!(names(object(&driver).body.get("subsets").items()[0].get("addresses")), ["a"]);
        // S184: with unready addresses published, every pod is there.
        let publish = |body: &mut Value| body.set(&["spec", "publishNotReadyAddresses"], true);
        driver.user().patch(&ObjectKey::new(Kind::Service, "default", "nginx"), "", publish).unwrap();
        driver.settle();
        assert_eq!(names(object(&driver).body.get("subsets").items()[0].get("addresses")), ["a", "b", "c"]);
    }

    #[test]
    fn pods_with_other_ports_stand_in_subsets_of_their_own() {
        let mut driver = started("{name: web, port: 80, targetPort: web}, {name: tls, port: 443}");
        for (name, port) in [("a", 80), ("b", 8080)] {
            driver.create(&pod(name, port));
            driver.run_pod(name, true);
        }
        driver.settle();
        let subsets = object(&driver).body.get("subsets").clone();
        let found = subsets.items().iter().map(|subset| {
            let port = subset.get("ports").items()[0].get("port").as_int();
            (port.unwrap(), names(subset.get("addresses")))
        });
        assert_eq!(
            SortedMap::from_iter(found),
            SortedMap::from_iter([(80, vec!["a"]), (443, vec!["a", "b"]), (8080, vec!["b"])])
        );
    }

    #[test]
    fn a_deleted_object_is_made_again_and_goes_with_its_service() {
        let mut driver = started("{name: web, port: 80}");
        driver.create(&pod("a", 80));
        driver.run_pod("a", true);
        driver.settle();
        let own = object(&driver).key();
        driver.user().delete(&own, &DeleteOptions::default()).unwrap();
        driver.settle();
        assert_eq!(names(object(&driver).body.get("subsets").items()[0].get("addresses")), ["a"]);
        let service = ObjectKey::new(Kind::Service, "default", "nginx");
        driver.user().delete(&service, &DeleteOptions::default()).unwrap();
        let writes = driver.settle();
        assert!(
            writes.iter().any(|write| write.verb == Verb::Delete && write.actor == "endpoint-controller")
        );
        assert!(driver.store().list(Kind::Endpoints, None).next().is_none());
    }

    #[test]
    fn above_a_thousand_addresses_the_object_is_cut() {
        let mut addresses = Addresses::default();
        for i in 0..1200 {
            let target = object! { "name" => format!("p{i}"), "uid" => format!("u{i}") };
            let value = object! { "ip" => format!("10.0.{}.{}", i / 250, i % 250), "targetRef" => target };
            let new = Address { ready: i >= 300, value, ports: Rc::default() };
            addresses.put(&Text::from(format!("p{i}")), Some(new));
        }
        let (subsets, cut) = addresses.subsets(false);
        let count = |member: &str| subsets[0].get(member).items().len();
        assert_eq!((count("addresses"), count("notReadyAddresses"), cut), (900, 100, true));
    }

    #[test]
    fn what_changes_behind_a_full_object_does_not_concern_it() {
        let address = |i: usize, ready: bool| {
            let (ip, uid) = (format!("10.244.{}.{}", i / 250, i % 250), format!("u{i}"));
            let value =
                object! { "ip" => Text::from(ip), "targetRef" => object! { "uid" => Text::from(uid) } };
            Address { ready, value, ports: Rc::default() }
        };
        let mut addresses = Addresses::default();
        let mut shown = addresses.subsets(false);
        let mut skipped = 0;
        // Many come, some are not ready for a while, and all but a few go again.
        let coming = (0..1400).map(|i| (i * 577 % 1400, i, true));
        let waiting = (0..300).flat_map(|i| [(i * 7, i * 7, false), (i * 7 % 1400, i, true)]);
        let going = (0..1400).map(|i| (i * 911 % 1400, i, false));
        for (phase, steps) in
            [Vec::from_iter(coming), Vec::from_iter(waiting), Vec::from_iter(going)].iter().enumerate()
        {
            for (n, _, ready) in steps {
                let new = (phase < 2).then(|| address(n % 1400, *ready));
                let changes = addresses.put(&Text::from(format!("p{}", n % 1400)), new);
                let skips = !changes && addresses.full_until.is_some() && addresses.by_address.len() > MOST;
                let whole = addresses.clone().subsets(false);
                if skips {
                    skipped += 1;
                } else {
                    shown = addresses.subsets(false);
                }
                assert!(shown == whole, "phase {phase}, pod {n}");
            }
        }
        assert!(skipped > 100, "{skipped}");
    }
}
