//! The API server's rules for create, update and delete; admission stands in its own module.
//!
//! Nothing here knows who asks or why; `component::client` does. A refused request changes nothing.

use super::admission::{self, AdmissionContext};
use super::{Reason, Status, Store, eviction, fields, quota};
use crate::api::{Kind, Object, ObjectKey, Profile, Text, Value, schema};
use crate::object;
use crate::sim::{Rng, SimDuration, SimTime, push_hex};
use std::rc::Rc;

/// How dependents are treated when their owner is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Propagation {
    /// The object goes at once, the collector deletes dependents afterwards.
    #[default]
    Background,
    /// The object waits until its blocking dependents are gone.
    Foreground,
    /// Dependents lose the reference and stay.
    Orphan,
}

impl Propagation {
    /// As `DeleteOptions.propagationPolicy`.
    pub fn name(self) -> &'static str {
        match self {
            Propagation::Background => "Background",
            Propagation::Foreground => "Foreground",
            Propagation::Orphan => "Orphan",
        }
    }
}

/// `DeleteOptions`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct DeleteOptions {
    /// Seconds; none means the object's own.
    pub grace_period_secs: Option<u64>,
    /// What happens to dependents; none means the kind's default (background).
    pub propagation: Option<Propagation>,
    /// Only if the object still has this uid.
    pub uid: Option<Text>,
}

/// What a write did.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Before; of an object that went when its last finalizer did, as it went.
    pub old: Option<Rc<Object>>,
    /// After; none if the object is gone.
    pub new: Option<Rc<Object>>,
}

/// Who owns what a request writes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Writer {
    /// Nobody that is kept: a component.
    #[default]
    Component,
    /// This field manager.
    Manager(Text),
    /// The request says it itself.
    Said,
}

/// The API server: the store, and what it hands out.
#[derive(Clone, Debug)]
pub struct ApiServer {
    /// Every object.
    pub store: Store,
    /// The modelled release.
    pub profile: Rc<Profile>,
    uids: Rng,
    names: Rng,
    next_cluster_ip: u32,
    /// How long pods bear a node that is not ready, or unreachable, unless they say otherwise (S119).
    pub toleration_secs: (i64, i64),
    /// Who owns what the next request writes.
    pub writer: Writer,
    /// Why every request to change something is refused, if it is.
    pub frozen: Option<&'static str>,
    /// Requests that fail, for tests: verb, kind, and how many of them pass before.
    #[cfg(test)]
    pub refuse: Vec<(&'static str, Kind, usize)>,
}

impl ApiServer {
    /// An empty server.
    pub fn new(profile: Rc<Profile>, seed: u64) -> ApiServer {
        ApiServer {
            store: Store::default(),
            profile,
            uids: Rng::new(seed, "uid"),
            names: Rng::new(seed, "generateName"),
            next_cluster_ip: 10,
            toleration_secs: (300, 300),
            writer: Writer::default(),
            frozen: None,
            #[cfg(test)]
            refuse: Vec::new(),
        }
    }

    /// Creates an object: name, uid, times and generation are given here, status is dropped (S6).
    pub fn create(&mut self, now: SimTime, write: u64, mut object: Object) -> Result<Committed, Status> {
        let kind = object.kind;
        #[cfg(test)]
        self.fail("create", kind)?;
        if object.name().is_empty() {
            let prefix = object.meta("generateName").str().to_string();
            if prefix.is_empty() {
                return Err(Status::invalid(
                    kind,
                    "",
                    vec!["metadata.name: Required value: name or generateName is required".into()],
                ));
            }
            let cut: String = prefix.chars().take(58).collect();
            let name = format!("{cut}{}", self.names.suffix(5));
            object.body.set(&["metadata", "name"], name);
        }
        if kind.info().namespaced {
            if object.namespace().is_empty() {
                object.body.set(&["metadata", "namespace"], "default");
            }
            let namespace = object.namespace();
            match self.store.get(Kind::Namespace, "", namespace) {
                None => return Err(Status::not_found(Kind::Namespace, namespace)),
                Some(ns) if ns.is_terminating() => {
                    return Err(Status::new(
                        Reason::Forbidden,
                        format!(
                            "{} \"{}\" is forbidden: unable to create new content in namespace {namespace} because \
                             it is being terminated",
                            kind.resource(),
                            object.name()
                        ),
                    ));
                }
                Some(_) => {}
            }
        }
        let key = object.key();
        if self.store.by_key(&key).is_some() {
            let mut status = Status::already_exists(kind, object.name());
            if !object.meta("generateName").is_null() {
                // C9: the text for objects that name a prefix as well, which all pods of a set do.
                status.message.push_str(", the server was not able to generate a unique name for the object");
            }
            return Err(status);
        }
        if has_status(kind) && kind != Kind::Node {
            object.body.remove(&["status"]);
        }
        for member in ["deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"] {
            object.body.remove(&["metadata", member]);
        }
        if kind == Kind::Pod {
            self.mount_service_account(&mut object);
        }
        self.admit(&mut object)?;
        self.own(None, &mut object, "", now);
        if has_status(kind)
            && !matches!(
                kind,
                Kind::Pod
                    | Kind::Node
                    | Kind::Namespace
                    | Kind::PersistentVolume
                    | Kind::PersistentVolumeClaim
            )
        {
            object.body.set(&["status"], schema::empty_status(kind));
        }
        quota::charge(&self.store, &object, now)?;
        let uid = self.new_uid();
        let metadata = object.body.at_mut(&["metadata"]).map_mut();
        metadata.insert("uid", uid);
        metadata.insert("creationTimestamp", now.rfc3339());
        if has_generation(kind) {
            metadata.insert("generation", 1);
        } else {
            metadata.remove("generation");
        }
        let (old, new) = self.store.commit(now, write, key, Some(object));
        Ok(Committed { old, new })
    }

    /// Puts an object that is there before the run begins: status and all, without admission.
    pub fn seed(&mut self, now: SimTime, mut object: Object) {
        if object.uid().is_empty() {
            let uid = self.new_uid();
            object.body.set(&["metadata", "uid"], uid);
        }
        let metadata = object.body.at_mut(&["metadata"]).map_mut();
        metadata.insert("creationTimestamp", now.rfc3339());
        let key = object.key();
        self.store.commit(now, 0, key, Some(object));
    }

    /// Replaces an object, or its status only with `subresource` `"status"`. A resource version in `object` must be
    /// the stored one. A change that changes nothing is no change (no new resource version).
    pub fn update(
        &mut self,
        now: SimTime,
        write: u64,
        mut object: Object,
        subresource: &str,
    ) -> Result<Committed, Status> {
        let kind = object.kind;
        #[cfg(test)]
        self.fail(if subresource == "status" { "status" } else { "update" }, kind)?;
        let key = object.key();
        let Some(old) = self.store.by_key(&key).cloned() else {
            return Err(Status::not_found(kind, object.name()));
        };
        let sent = object.meta("resourceVersion");
        if !sent.is_null() && *sent != *old.meta("resourceVersion") {
            return Err(Status::conflict(kind, object.name()));
        }
        let uid = object.meta("uid");
        if !uid.is_null() && *uid != *old.meta("uid") {
            return Err(Status::new(
                Reason::Conflict,
                format!(
                    "Operation cannot be fulfilled on {} \"{}\": StorageError: invalid object, Code: 4, Precondition \
                     failed: UID in precondition: {}, UID in object meta: {}",
                    kind.resource(),
                    object.name(),
                    uid.str(),
                    old.uid()
                ),
            ));
        }
        if subresource == "status" {
            let mut status = object.status().clone();
            if kind == Kind::Pod && !self.profile.pod_observed_generation {
                drop_observed_generation(&mut status);
            }
            let annotations = object.meta("annotations").clone();
            object = (*old).clone();
            *object.body.at_mut(&["status"]) = status;
            // A Deployment's revision is written with its status.
            if kind == Kind::Deployment && !annotations.is_null() {
                object.body.set(&["metadata", "annotations"], annotations);
            }
        } else if subresource == "ephemeralcontainers" {
            let list = object.spec().get("ephemeralContainers").clone();
            object = (*old).clone();
            object.body.set(&["spec", "ephemeralContainers"], list);
            self.default(&mut object, Some(&old));
        } else {
            // What only the server writes stays as it is.
            let metadata = old.body.get("metadata");
            for member in
                ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"]
            {
                match metadata.get(member) {
                    Value::Null => drop(object.body.remove(&["metadata", member])),
                    value => *object.body.at_mut(&["metadata"]).map_mut().entry(member) = value.clone(),
                }
            }
            if has_status(kind) {
                match old.status() {
                    Value::Null => drop(object.body.remove(&["status"])),
                    status => *object.body.at_mut(&["status"]) = status.clone(),
                }
            }
            self.admit_update(&mut object, &old)?;
            self.own(Some(&old), &mut object, subresource, now);
            let changed = match kind {
                Kind::EndpointSlice => ["endpoints", "ports", "addressType"]
                    .iter()
                    .any(|member| object.body.get(member) != old.body.get(member)),
                _ => object.spec() != old.spec(),
            };
            if has_generation(kind) && changed {
                object.body.set(&["metadata", "generation"], old.generation() + 1);
            }
        }
        *object.body.at_mut(&["metadata"]).map_mut().entry("resourceVersion") =
            old.meta("resourceVersion").clone();
        if object == *old {
            return Ok(Committed { old: Some(old.clone()), new: Some(old) });
        }
        if subresource == "status" {
            object.managers.status_at = now;
        }
        let gone = object.is_terminating()
            && object.meta("finalizers").items().is_empty()
            && (kind != Kind::Pod || object.meta("deletionGracePeriodSeconds").as_int() == Some(0))
            // A namespace has a finalizer of another sort.
            && kind != Kind::Namespace;
        if gone {
            // The answer is the object as it went.
            let last = Rc::new(object);
            self.store.commit(now, write, key, None);
            return Ok(Committed { old: Some(last), new: None });
        }
        let (old, new) = self.store.commit(now, write, key, Some(object));
        Ok(Committed { old, new })
    }

    /// Applies a manifest for a field manager (server-side apply).
    pub fn apply(
        &mut self,
        now: SimTime,
        write: u64,
        key: &ObjectKey,
        asked: &Value,
        manager: &Text,
        force: bool,
    ) -> Result<Committed, Status> {
        let live = self.store.by_key(key).cloned();
        let object = fields::apply(live.as_deref(), key.kind, asked, manager, force, now)?;
        self.writer = Writer::Said;
        match live {
            None => self.create(now, write, object),
            Some(_) => self.update(now, write, object, ""),
        }
    }

    // Notes whose the fields are that a request wrote.
    fn own(&self, old: Option<&Object>, object: &mut Object, subresource: &str, now: SimTime) {
        if self.writer == Writer::Said {
            return;
        }
        let mut managers = old.map(|old| old.managers.clone()).unwrap_or_default();
        if let Writer::Manager(name) = &self.writer {
            let subresource = if subresource == "scale" { "scale" } else { "" };
            fields::update(&mut managers, old, object, (name, subresource), now);
        }
        object.managers = managers;
    }

    /// Deletes an object: marks it, or removes it at once where nothing holds it (S115 to S117, S120 to S122).
    pub fn delete(
        &mut self,
        now: SimTime,
        write: u64,
        key: &ObjectKey,
        options: &DeleteOptions,
    ) -> Result<Committed, Status> {
        #[cfg(test)]
        self.fail("delete", key.kind)?;
        let Some(old) = self.store.by_key(key).cloned() else {
            return Err(Status::not_found(key.kind, &key.name));
        };
        if let Some(uid) = &options.uid
            && *uid != *old.uid()
        {
            return Err(Status::new(
                Reason::Conflict,
                format!(
                    "Operation cannot be fulfilled on {} \"{}\": the UID in the precondition ({uid}) does not match \
                     the UID in record ({}). The object might have been deleted and then recreated",
                    key.kind.resource(),
                    key.name,
                    old.uid()
                ),
            ));
        }
        if key.kind == Kind::Namespace {
            return self.delete_namespace(now, write, &old);
        }
        let grace = match key.kind {
            Kind::Pod => pod_grace(&old, options.grace_period_secs),
            _ => 0,
        };
        let mut finalizers: Vec<Value> = old.meta("finalizers").items().to_vec();
        let mut add = |name: &'static str| {
            if !finalizers.iter().any(|f| f.str() == name) {
                finalizers.push(name.into());
            }
        };
        match options.propagation {
            Some(Propagation::Foreground) => add("foregroundDeletion"),
            Some(Propagation::Orphan) => add("orphan"),
            _ => {}
        }
        let gone = grace == 0 && finalizers.is_empty();
        if gone && key.kind != Kind::Pod {
            let (old, _) = self.store.commit(now, write, key.clone(), None);
            return Ok(Committed { old, new: None });
        }
        let already = old.is_terminating();
        let shorter = old.meta("deletionGracePeriodSeconds").as_int().is_none_or(|g| (grace as i64) < g);
        if already && !shorter && !gone {
            return Ok(Committed { old: Some(old.clone()), new: Some(old) });
        }
        let mut object = (*old).clone();
        let generation = old.generation();
        // A shorter grace counts from the first request.
        let asked =
            SimTime::parse(old.meta("deletionTimestamp").str()).filter(|_| already).map_or(now, |end| {
                end - SimDuration::secs(
                    old.meta("deletionGracePeriodSeconds").as_int().unwrap_or(0).max(0) as u64
                )
            });
        let metadata = object.body.at_mut(&["metadata"]).map_mut();
        let end = asked + SimDuration::secs(grace);
        metadata.insert("deletionTimestamp", end.rfc3339());
        metadata.insert("deletionGracePeriodSeconds", grace);
        if !finalizers.is_empty() {
            metadata.insert("finalizers", Value::list(finalizers));
        }
        if generation > 0 && !already {
            metadata.insert("generation", generation + 1);
        }
        let (old, new) = self.store.commit(now, write, key.clone(), Some(object));
        if gone {
            // A pod is marked with a grace of zero first and removed then: watches see both.
            self.store.commit(now, write, key.clone(), None);
            return Ok(Committed { old, new: None });
        }
        Ok(Committed { old, new })
    }

    // A namespace goes when its controller has emptied it and taken away its finalizer.
    fn delete_namespace(&mut self, now: SimTime, write: u64, old: &Rc<Object>) -> Result<Committed, Status> {
        if matches!(old.name(), "default" | "kube-system" | "kube-public") {
            let text =
                format!("namespaces \"{}\" is forbidden: this namespace may not be deleted", old.name());
            return Err(Status::new(Reason::Forbidden, text));
        }
        if old.is_terminating() {
            return Ok(Committed { old: Some(old.clone()), new: Some(old.clone()) });
        }
        let mut object = (**old).clone();
        object.body.set(&["metadata", "deletionTimestamp"], now.rfc3339());
        object.body.set(&["status", "phase"], "Terminating");
        let (old, new) = self.store.commit(now, write, old.key(), Some(object));
        Ok(Committed { old, new })
    }

    /// Takes the finalizer of a namespace away that its controller has emptied, and with the last one the namespace.
    pub fn finalize(&mut self, now: SimTime, write: u64, name: &Text) -> Result<Committed, Status> {
        let key = ObjectKey::new(Kind::Namespace, "", name.clone());
        let Some(old) = self.store.by_key(&key).cloned() else {
            return Err(Status::not_found(Kind::Namespace, name));
        };
        let mut object = (*old).clone();
        let held = !object.meta("finalizers").items().is_empty();
        object.body.set(&["spec"], Value::map());
        let (old, new) = self.store.commit(now, write, key, held.then_some(object));
        Ok(Committed { old, new })
    }

    /// Deletes a pod if its disruption budget permits; the pod says why it goes (S179).
    pub fn evict(
        &mut self,
        now: SimTime,
        write: u64,
        key: &ObjectKey,
        options: &DeleteOptions,
    ) -> Result<Committed, Status> {
        let Some(old) = self.store.by_key(key).cloned() else {
            return Err(Status::not_found(key.kind, &key.name));
        };
        eviction::permit(&self.store, now, &old)?;
        let mut pod = (*old).clone();
        eviction::mark(&mut pod.body, "EvictionByEvictionAPI", "Eviction API: evicting", now);
        if !self.profile.pod_observed_generation {
            drop_observed_generation(pod.body.at_mut(&["status"]));
        }
        self.store.commit(now, write, key.clone(), Some(pod));
        let done = self.delete(now, write, key, options)?;
        Ok(Committed { old: Some(old), new: done.new })
    }

    /// Binds a pod to a node: `object` is the pod with its node and its PodScheduled condition.
    pub fn bind(&mut self, now: SimTime, write: u64, object: Object) -> Result<Committed, Status> {
        let key = object.key();
        match self.store.by_key(&key) {
            None => return Err(Status::not_found(Kind::Pod, object.name())),
            Some(old) if !old.spec().get("nodeName").str().is_empty() => {
                return Err(Status::new(
                    Reason::Conflict,
                    format!(
                        "Operation cannot be fulfilled on pods/binding \"{}\": pod {} is already assigned to node \"{}\"",
                        object.name(),
                        object.name(),
                        old.spec().get("nodeName").str()
                    ),
                ));
            }
            Some(_) => {}
        }
        let (old, new) = self.store.commit(now, write, key, Some(object));
        Ok(Committed { old, new })
    }

    fn default(&mut self, object: &mut Object, old: Option<&Object>) {
        let default_storage_class = match object.kind {
            Kind::PersistentVolumeClaim => self.default_class(),
            _ => None,
        };
        let profile = self.profile.clone();
        let toleration_secs = self.toleration_secs;
        let mut cluster_ip = || self.new_cluster_ip();
        let mut context = AdmissionContext {
            profile: &profile,
            default_storage_class,
            cluster_ip: &mut cluster_ip,
            toleration_secs,
            old,
        };
        admission::default_object(object, &mut context);
    }

    // S128: of several default classes the youngest counts.
    fn default_class(&self) -> Option<Text> {
        self.store
            .list(Kind::StorageClass, None)
            .filter(|class| class.annotation("storageclass.kubernetes.io/is-default-class") == "true")
            .max_by_key(|class| (class.created_at(), std::cmp::Reverse(class.name().to_string())))
            .map(|class| class.meta("name").text())
    }

    fn admit(&mut self, object: &mut Object) -> Result<(), Status> {
        self.default(object, None);
        match admission::validate_create(object, &self.profile) {
            causes if causes.is_empty() => Ok(()),
            causes => Err(Status::invalid(object.kind, object.name(), causes)),
        }
    }

    fn admit_update(&mut self, object: &mut Object, old: &Object) -> Result<(), Status> {
        self.default(object, Some(old));
        match admission::validate_update(object, old, &self.profile) {
            causes if causes.is_empty() => self.may_grow(object, old),
            causes => Err(Status::invalid(object.kind, object.name(), causes)),
        }
    }

    // The admission plugin PersistentVolumeClaimResize.
    fn may_grow(&self, claim: &Object, old: &Object) -> Result<(), Status> {
        let class = old.spec().get("storageClassName").str();
        if claim.kind != Kind::PersistentVolumeClaim
            || !admission::validation::grows(claim, old)
            || self
                .store
                .get(Kind::StorageClass, "", class)
                .is_some_and(|class| class.body.get("allowVolumeExpansion").is_true())
        {
            return Ok(());
        }
        let text = format!(
            "persistentvolumeclaims \"{}\" is forbidden: only dynamically provisioned pvc can be resized and the \
             storageclass that provisions the pvc must support resize",
            claim.name()
        );
        Err(Status::new(Reason::Forbidden, text))
    }

    // The admission plugin ServiceAccount: every container sees the token of its pod's account.
    fn mount_service_account(&mut self, pod: &mut Object) {
        const PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
        let spec = pod.body.at_mut(&["spec"]);
        if spec.get("automountServiceAccountToken").as_bool() == Some(false) {
            return;
        }
        let name = Text::from(format!("kube-api-access-{}", self.names.suffix(5)));
        let mut used = false;
        for list in ["initContainers", "containers"] {
            if spec.get(list).items().is_empty() {
                continue;
            }
            for container in spec.at_mut(&[list]).list_mut() {
                if container
                    .get("volumeMounts")
                    .items()
                    .iter()
                    .all(|mount| mount.get("mountPath").str() != PATH)
                {
                    let mount = object! { "mountPath" => PATH, "name" => name.clone(), "readOnly" => true };
                    container.at_mut(&["volumeMounts"]).list_mut().push(mount);
                    used = true;
                }
            }
        }
        if !used {
            return;
        }
        let field = object! { "apiVersion" => "v1", "fieldPath" => "metadata.namespace" };
        let sources = vec![
            object! { "serviceAccountToken" => object! { "expirationSeconds" => 3607, "path" => "token" } },
            object! {
                "configMap" => object! {
                    "items" => vec![object! { "key" => "ca.crt", "path" => "ca.crt" }],
                    "name" => "kube-root-ca.crt",
                },
            },
            object! {
                "downwardAPI" => object! {
                    "items" => vec![object! { "fieldRef" => field, "path" => "namespace" }],
                },
            },
        ];
        spec.at_mut(&["volumes"]).list_mut().push(object! {
            "name" => name,
            "projected" => object! { "defaultMode" => 420, "sources" => sources },
        });
    }

    #[cfg(test)]
    fn fail(&mut self, verb: &str, kind: Kind) -> Result<(), Status> {
        let Some(at) = self.refuse.iter().position(|(v, k, _)| *v == verb && *k == kind) else {
            return Ok(());
        };
        if self.refuse[at].2 > 0 {
            self.refuse[at].2 -= 1;
            return Ok(());
        }
        self.refuse.remove(at);
        Err(Status::new(Reason::InternalError, "refused by a test"))
    }

    fn new_cluster_ip(&mut self) -> Text {
        self.next_cluster_ip += 1;
        format!("10.96.{}.{}", self.next_cluster_ip / 250 + 100, self.next_cluster_ip % 250 + 1).into()
    }

    fn new_uid(&mut self) -> Text {
        let (a, b) = (self.uids.next_u64(), self.uids.next_u64());
        let mut uid = String::with_capacity(36);
        for (number, digits) in
            [(a >> 32, 8), (a >> 16, 4), (a & 0xfff | 0x4000, 4), (b >> 50 | 0x8000, 4), (b, 12)]
        {
            if digits < 8 || !uid.is_empty() {
                uid.push('-');
            }
            push_hex(&mut uid, number, digits);
        }
        uid.into()
    }
}

// What a server without the gate PodObservedGenerationTracking does to a pod's status.
fn drop_observed_generation(status: &mut Value) {
    status.remove(&["observedGeneration"]);
    if !status.get("conditions").is_null() {
        for condition in status.at_mut(&["conditions"]).list_mut() {
            condition.remove(&["observedGeneration"]);
        }
    }
}

/// The grace period a delete of this pod gets, in seconds (S115).
fn pod_grace(pod: &Object, asked: Option<u64>) -> u64 {
    let own = pod.spec().get("terminationGracePeriodSeconds").as_int().unwrap_or(30).max(0) as u64;
    let unbound = pod.spec().get("nodeName").str().is_empty();
    let finished = matches!(pod.status().get("phase").str(), "Failed" | "Succeeded");
    if unbound || finished { 0 } else { asked.unwrap_or(own) }
}

/// True for kinds with a status subresource.
pub fn has_status(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pod
            | Kind::Node
            | Kind::StatefulSet
            | Kind::Deployment
            | Kind::ReplicaSet
            | Kind::DaemonSet
            | Kind::PersistentVolume
            | Kind::PersistentVolumeClaim
            | Kind::Service
            | Kind::Namespace
            | Kind::ResourceQuota
            | Kind::PodDisruptionBudget
            | Kind::HorizontalPodAutoscaler
    )
}

/// True for kinds whose `metadata.generation` the server keeps.
pub fn has_generation(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pod
            | Kind::StatefulSet
            | Kind::Deployment
            | Kind::ReplicaSet
            | Kind::DaemonSet
            | Kind::EndpointSlice
            | Kind::PodDisruptionBudget
    )
}
