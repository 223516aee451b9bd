//! Namespaces that are deleted: everything in them goes first, pods before all else.
//!
//! Follows pkg/controller/namespace. And what every namespace is given, the ConfigMap with the certificate of the API
//! server (pkg/controller/certificates/rootcacertpublisher).

use crate::api::object::set_condition;
use crate::api::{KINDS, Kind, Map, Object, Text};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::{Change, View};
use std::rc::Rc;

/// So long after each change of a namespace that goes it is looked at: other servers may not know of it yet.
const GRACE: SimDuration = SimDuration(5_000);
/// What has a finalizer is expected to be gone after so many seconds.
const FINALIZERS: u64 = 15;

/// Empties namespaces.
#[derive(Clone, Default)]
pub struct NamespaceController {
    /// When a namespace is looked at next; the earliest time counts.
    due: SortedMap<WorkKey, SimTime>,
}

/// What is left of one kind after its deletion was asked for.
struct Left {
    kind: Kind,
    objects: Vec<Rc<Object>>,
}

fn clear(kind: Kind, name: &Text, ctx: &mut Ctx<'_>) -> Result<Option<Left>, SyncError> {
    ctx.client.delete_collection(kind, name)?;
    let objects: Vec<Rc<Object>> = ctx.client.store().list(kind, Some(name)).cloned().collect();
    Ok((!objects.is_empty()).then_some(Left { kind, objects }))
}

// How many seconds until the pods have ended.
fn grace_of(pods: &[Rc<Object>], since: SimTime, now: SimTime) -> u64 {
    let grace = |pod: &Rc<Object>| pod.spec().get("terminationGracePeriodSeconds").as_int().unwrap_or(0);
    let longest = pods.iter().map(grace).max().unwrap_or(0).max(0) as u64;
    if now.since(since) >= SimDuration::secs(longest) { 0 } else { longest }
}

fn conditions(namespace: &mut Object, left: &[Left], now: SimTime) {
    let mut kinds: Vec<String> = Vec::new();
    let mut finalizers = Map::new();
    for Left { kind, objects } in left {
        let info = kind.info();
        kinds.push(format!("{}.{} has {} resource instances", info.plural, info.group, objects.len()));
        for finalizer in objects.iter().flat_map(|object| object.meta("finalizers").items()) {
            let count = finalizers.entry(finalizer.text());
            *count = (count.as_int().unwrap_or(0) + 1).into();
        }
    }
    kinds.sort();
    let held: Vec<String> = finalizers
        .iter()
        .map(|(name, n)| format!("{name} in {} resource instances", n.as_int().unwrap_or(0)))
        .collect();
    let remaining = (!kinds.is_empty())
        .then(|| ("SomeResourcesRemain", format!("Some resources are remaining: {}", kinds.join(", "))));
    let held = (!held.is_empty()).then(|| {
        let text = format!("Some content in the namespace has finalizers remaining: {}", held.join(", "));
        ("SomeFinalizersRemain", text)
    });
    for (kind, found, reason, message) in [
        ("DeletionDiscoveryFailure", None, "ResourcesDiscovered", "All resources successfully discovered"),
        (
            "DeletionGroupVersionParsingFailure",
            None,
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "DeletionContentFailure",
            None,
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        ("ContentRemaining", remaining, "ContentRemoved", "All content successfully removed"),
        ("FinalizersRemaining", held, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
    ] {
        let status = if found.is_some() { "True" } else { "False" };
        let (reason, message) = found.unwrap_or((reason, message.to_string()));
        set_condition(
            &mut namespace.body,
            object! {
                "lastTransitionTime" => now.rfc3339(), "message" => message, "reason" => reason,
                "status" => status, "type" => ["Namespace", kind].concat(),
            },
        );
    }
}

impl NamespaceController {
    fn look_at(&mut self, key: &WorkKey, at: SimTime) -> bool {
        let sooner = self.due.get(key).is_none_or(|due| at < *due);
        if sooner {
            self.due.insert(key.clone(), at);
        }
        sooner
    }
}

impl Component for NamespaceController {
    fn name(&self) -> &'static str {
        "namespace-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Namespace]
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new("", change.key.name.clone());
        match &change.new {
            Some(namespace) if namespace.is_terminating() => {
                let at = change.at + GRACE;
                if self.look_at(&key, at) {
                    queue.add_later(at, key);
                }
            }
            Some(_) => {}
            None => drop(self.due.remove(&key)),
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let (name, now) = (&key.name, ctx.client.now());
        let Some(namespace) = ctx.get(Kind::Namespace, "", name) else { return Ok(()) };
        if self.due.get(key).is_none_or(|due| *due > now) {
            return Ok(());
        }
        self.due.remove(key);
        let since = SimTime::parse(namespace.meta("deletionTimestamp").str()).unwrap_or(now);
        let mut left = Vec::new();
        let mut seconds = 0;
        let pods = clear(Kind::Pod, name, ctx)?;
        if let Some(Left { objects, .. }) = &pods {
            let held = objects.iter().any(|pod| !pod.meta("finalizers").items().is_empty());
            seconds = grace_of(objects, since, now).max(if held { FINALIZERS } else { 0 });
        } else {
            for info in KINDS.iter().filter(|info| info.namespaced && info.kind != Kind::Pod) {
                left.extend(clear(info.kind, name, ctx)?);
            }
            if !left.is_empty() {
                seconds = FINALIZERS;
            }
        }
        let mut changed = (*namespace).clone();
        conditions(&mut changed, &left, now);
        if changed != *namespace {
            ctx.client.update_status(changed)?;
        }
        if pods.is_some() || !left.is_empty() {
            if seconds == 0 {
                return Err(SyncError(format!("unexpected items still remain in namespace: {name}")));
            }
            let wait = SimDuration::secs(seconds / 2 + 1);
            if self.look_at(key, now + wait) {
                ctx.requeue_after(key.clone(), wait);
            }
            return Ok(());
        }
        ctx.client.finalize(name)?;
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

/// The name of the ConfigMap in every namespace.
pub const ROOT_CA: &str = "kube-root-ca.crt";

/// The ConfigMap that pods read the API server's certificate from; empty, as there is no certificate authority.
pub fn root_ca(namespace: &Text) -> Object {
    let mut map = Object::new(Kind::ConfigMap, namespace.clone(), ROOT_CA);
    let about = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such \
                 as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across \
                 distributions of Kubernetes clusters.";
    map.body.set(&["metadata", "annotations"], object! { "kubernetes.io/description" => about });
    map.body.set(&["data"], object! { "ca.crt" => "" });
    map
}

/// Gives every namespace its ConfigMap.
#[derive(Clone, Default)]
pub struct RootCaPublisher;

impl Component for RootCaPublisher {
    fn name(&self) -> &'static str {
        "root-ca-cert-publisher"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Namespace, Kind::ConfigMap]
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::Namespace if change.new.is_some() => queue.add(WorkKey::new("", change.key.name.clone())),
            Kind::ConfigMap if *change.key.name == *ROOT_CA => {
                queue.add(WorkKey::new("", change.key.namespace.clone()));
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let name = &key.name;
        let Some(namespace) = ctx.get(Kind::Namespace, "", name) else { return Ok(()) };
        if namespace.is_terminating() {
            return Ok(());
        }
        let wanted = root_ca(name);
        match ctx.get(Kind::ConfigMap, name, ROOT_CA) {
            None => drop(ctx.client.create(wanted)?),
            Some(map) if map.body.get("data") != wanted.body.get("data") => {
                let mut changed = (*map).clone();
                changed.body.set(&["data"], wanted.body.get("data").clone());
                ctx.client.update(changed)?;
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
