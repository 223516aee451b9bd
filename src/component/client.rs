//! The way to write: every request is numbered, traced, and names its cause.

use crate::api::object::set_condition;
use crate::api::{Kind, Object, ObjectKey, Profile, Text, Value};
use crate::component::{Decision, Request};
use crate::sim::SimTime;
use crate::store::server::Committed;
use crate::store::{ApiServer, Reason, Status, Store, Writer, eviction, fields, quota};
pub use crate::store::{DeleteOptions, Propagation};
use std::rc::Rc;

/// What led to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Cause {
    /// The beginning of the run.
    #[default]
    Start,
    /// The input of that number: a line typed, a fault.
    Input(u64),
    /// The write of that number.
    Write(u64),
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the API verb of that name")]
pub enum Verb {
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,
}

impl Verb {
    /// `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
            Verb::DeleteCollection => "deletecollection",
        }
    }
}

/// One API write and its answer.
#[derive(Clone, Debug)]
pub struct Write {
    /// Its number; counts from 1.
    pub n: u64,
    /// When.
    pub at: SimTime,
    /// Who: `statefulset-controller`, `kubelet`, `user`.
    pub actor: &'static str,
    /// Which node's kubelet, if it was one.
    pub node: Option<Text>,
    /// What was asked.
    pub verb: Verb,
    /// `status`, `binding`, `scale`, `eviction`, or empty.
    pub subresource: &'static str,
    /// Of which object.
    pub key: ObjectKey,
    /// The HTTP code of the answer.
    pub code: u16,
    /// The refusal, if it was one.
    pub error: Option<Rc<Status>>,
    /// What led to it.
    pub because: Cause,
    /// The object before, where it existed.
    pub old: Option<Rc<Object>>,
    /// The object after, where it exists.
    pub new: Option<Rc<Object>>,
}

impl Write {
    /// True if the write changed something.
    pub fn changed(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => !Rc::ptr_eq(old, new),
            (None, None) => false,
            _ => true,
        }
    }
}

/// Something that came from outside, for the trace.
#[derive(Clone, Debug, PartialEq)]
pub struct InputNote {
    /// Its number; counts from 1.
    pub n: u64,
    /// As it stands in the scenario: `$ kubectl scale sts web --replicas=5`, `stop node-2`.
    pub text: Text,
}

/// One entry of the film: what happened at a moment.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// An API write.
    Write(Rc<Write>),
    /// An input from outside.
    Input(Rc<InputNote>),
    /// A pass of the StatefulSet controller that wrote something, or came to hold at another gate than before.
    Decision(Rc<Decision>),
    /// A program in a pod sent a request.
    Request(Rc<Request>),
}

/// Collects what happens; numbers writes and inputs.
#[derive(Clone, Debug, Default)]
pub struct Film {
    /// The number of writes so far.
    pub writes: u64,
    /// The number of inputs so far.
    pub inputs: u64,
    /// What happened and has not been taken yet.
    pub pending: Vec<Happening>,
}

/// One actor's connection to the API server.
pub struct Client<'a> {
    server: &'a mut ApiServer,
    film: &'a mut Film,
    now: SimTime,
    actor: &'static str,
    node: Option<Text>,
    cause: Cause,
    last_write: u64,
    dry_run: bool,
    manager: Option<Text>,
}

impl<'a> Client<'a> {
    /// A connection of `actor` at `now`; `cause` is named by every write.
    pub fn new(
        server: &'a mut ApiServer,
        film: &'a mut Film,
        now: SimTime,
        actor: &'static str,
        cause: Cause,
    ) -> Client<'a> {
        Client { server, film, now, actor, node: None, cause, last_write: 0, dry_run: false, manager: None }
    }

    /// The time.
    pub fn now(&self) -> SimTime {
        self.now
    }
    /// What led to the writes of this connection.
    pub fn cause(&self) -> Cause {
        self.cause
    }
    /// The modelled release.
    pub fn profile(&self) -> &Profile {
        &self.server.profile
    }
    /// The store as it is now, for uncached reads.
    pub fn store(&self) -> &Store {
        &self.server.store
    }
    /// Names the node whose kubelet writes from here on.
    pub fn set_node(&mut self, node: Option<Text>) {
        self.node = node;
    }
    /// The node whose kubelet writes, if it is one.
    pub fn node(&self) -> Option<&Text> {
        self.node.as_ref()
    }
    /// The number of the last write of this connection, 0 if there was none.
    pub fn last_write(&self) -> u64 {
        self.last_write
    }

    /// The moment in nanoseconds since 1970; never the same twice.
    pub fn moment(&self) -> u64 {
        self.now.unix_millis() * 1_000_000 + self.film.writes % 1_000_000
    }

    /// Records a pass of the StatefulSet controller.
    pub fn note_decision(&mut self, decision: Decision) {
        self.film.pending.push(Happening { at: self.now, what: What::Decision(Rc::new(decision)) });
    }

    /// Why nothing can be changed here, if so.
    pub fn refusal(&self) -> Option<Status> {
        self.server.frozen.map(|why| Status::new(Reason::Forbidden, why.to_string()))
    }

    /// From here on requests are answered and change nothing, nor are they traced.
    pub fn set_dry_run(&mut self, dry_run: bool) {
        self.dry_run = dry_run;
    }

    /// Names the field manager whose writes these are; without one nothing is noted.
    pub fn set_manager(&mut self, manager: Option<Text>) {
        self.manager = manager;
    }

    /// Applies a manifest on the server's side, for a field manager.
    pub fn apply(
        &mut self,
        key: &ObjectKey,
        asked: &Value,
        manager: &Text,
        force: bool,
    ) -> Result<Rc<Object>, Rc<Status>> {
        let (n, answer) = self.ask(|server, now, n| server.apply(now, n, key, asked, manager, force));
        self.trace(n, Verb::Patch, "", key.clone(), answer, 200)
    }

    /// Gives what client-side managers own to one that applies on the server's side.
    pub fn migrate(&mut self, key: &ObjectKey, names: &[Text], to: &Text) -> Result<Rc<Object>, Rc<Status>> {
        let (n, answer) = self.ask(|server, now, n| {
            let Some(object) = server.store.by_key(key) else {
                return Err(Status::not_found(key.kind, &key.name));
            };
            let mut object = (**object).clone();
            fields::migrate(&mut object.managers, names, to);
            server.writer = Writer::Said;
            server.update(now, n, object, "")
        });
        self.trace(n, Verb::Patch, "", key.clone(), answer, 200)
    }

    /// Creates an object.
    pub fn create(&mut self, object: Object) -> Result<Rc<Object>, Rc<Status>> {
        let key = object.key();
        let (n, answer) = self.ask(|server, now, n| server.create(now, n, object));
        let made = self.trace(n, Verb::Create, "", key, answer, 201)?;
        if !self.dry_run {
            for quota in quota::charge(self.store(), &made, self.now).unwrap_or_default() {
                self.count(quota);
            }
        }
        Ok(made)
    }

    // The API server itself writes down what a request used up.
    fn count(&mut self, counted: Object) {
        let (actor, last_write) = (self.actor, self.last_write);
        self.actor = "apiserver";
        // Nobody else writes between the look and this.
        let _ = self.update_status(counted);
        (self.actor, self.last_write) = (actor, last_write);
    }

    /// Replaces an object; a resource version in it must be the stored one.
    pub fn update(&mut self, object: Object) -> Result<Rc<Object>, Rc<Status>> {
        self.update_part(object, "")
    }

    /// Replaces the status of an object.
    pub fn update_status(&mut self, object: Object) -> Result<Rc<Object>, Rc<Status>> {
        self.update_part(object, "status")
    }

    /// Replaces an object through its `scale` subresource.
    pub fn update_scale(&mut self, object: Object) -> Result<Rc<Object>, Rc<Status>> {
        self.update_part(object, "scale")
    }

    fn update_part(&mut self, object: Object, subresource: &'static str) -> Result<Rc<Object>, Rc<Status>> {
        let key = object.key();
        let (n, answer) = self.ask(|server, now, n| server.update(now, n, object, subresource));
        self.trace(n, Verb::Update, subresource, key, answer, 200)
    }

    /// Changes an object as it is now, without a version check: `subresource` is `""`, `"status"`, …
    pub fn patch(
        &mut self,
        key: &ObjectKey,
        subresource: &'static str,
        change: impl FnOnce(&mut Value),
    ) -> Result<Rc<Object>, Rc<Status>> {
        self.try_patch(key, subresource, |body| {
            change(body);
            Ok(())
        })
    }

    /// Like [`Client::patch`], where the patch itself can be refused.
    pub fn try_patch(
        &mut self,
        key: &ObjectKey,
        subresource: &'static str,
        change: impl FnOnce(&mut Value) -> Result<(), Status>,
    ) -> Result<Rc<Object>, Rc<Status>> {
        self.write_changed(Verb::Patch, key, subresource, change, 200)
    }

    /// Notes a change that was seen elsewhere: no admission, no rules; what was asked follows from what came of it.
    pub fn observe(&mut self, key: ObjectKey, new: Option<Object>) {
        self.film.writes += 1;
        let n = self.film.writes;
        let (old, new) = self.server.store.commit(self.now, n, key.clone(), new);
        let (verb, subresource, code) = match (&old, &new) {
            (None, _) => (Verb::Create, "", 201),
            (Some(_), None) => (Verb::Delete, "", 200),
            (Some(old), Some(new)) if new.is_terminating() && !old.is_terminating() => {
                (Verb::Delete, "", 200)
            }
            (Some(old), Some(new)) if old.spec() == new.spec() && old.status() != new.status() => {
                (Verb::Update, "status", 200)
            }
            _ => (Verb::Update, "", 200),
        };
        self.push(n, verb, subresource, key, code, None, old, new);
    }

    /// Binds a pod to a node (the `binding` subresource).
    pub fn bind(&mut self, pod: &ObjectKey, node: &str) -> Result<Rc<Object>, Rc<Status>> {
        let at = self.now.rfc3339();
        let node = Text::from(node.to_string());
        self.write_changed(
            Verb::Create,
            pod,
            "binding",
            move |body| {
                body.set(&["spec", "nodeName"], node);
                set_condition(
                    body,
                    crate::object! {
                        "lastProbeTime" => Value::Null, "lastTransitionTime" => at,
                        "status" => "True", "type" => "PodScheduled",
                    },
                );
                Ok(())
            },
            201,
        )
    }

    fn write_changed(
        &mut self,
        verb: Verb,
        key: &ObjectKey,
        subresource: &'static str,
        change: impl FnOnce(&mut Value) -> Result<(), Status>,
        code: u16,
    ) -> Result<Rc<Object>, Rc<Status>> {
        let (n, answer) = self.ask(|server, now, n| match server.store.by_key(key).cloned() {
            None => Err(Status::not_found(key.kind, &key.name)),
            Some(old) => {
                let mut object = (*old).clone();
                change(&mut object.body)?;
                if subresource == "binding" {
                    server.bind(now, n, object)
                } else {
                    server.update(now, n, object, subresource)
                }
            }
        });
        self.trace(n, verb, subresource, key.clone(), answer, code)
    }

    /// Deletes an object; the answer is what is left of it, none if it is gone.
    pub fn delete(
        &mut self,
        key: &ObjectKey,
        options: &DeleteOptions,
    ) -> Result<Option<Rc<Object>>, Rc<Status>> {
        let (n, answer) = self.ask(|server, now, n| server.delete(now, n, key, options));
        match answer {
            Ok(done) => {
                let left = done.new.clone();
                self.push(n, Verb::Delete, "", key.clone(), 200, None, done.old, done.new);
                Ok(left)
            }
            Err(status) => Err(self.refused(n, Verb::Delete, "", key.clone(), status)),
        }
    }

    /// Evicts a pod (the `eviction` subresource): a deletion that is asked for politely.
    pub fn evict(&mut self, pod: &ObjectKey, options: &DeleteOptions) -> Result<(), Rc<Status>> {
        let budget =
            self.store().by_key(pod).and_then(|pod| eviction::permit(self.store(), self.now, pod).ok()?);
        let (n, answer) = self.ask(|server, now, n| server.evict(now, n, pod, options));
        match answer {
            Ok(done) => {
                self.push(n, Verb::Create, "eviction", pod.clone(), 201, None, done.old, done.new);
                if let Some(budget) = budget.filter(|_| !self.dry_run) {
                    self.count(budget);
                }
                Ok(())
            }
            Err(status) => Err(self.refused(n, Verb::Create, "eviction", pod.clone(), status)),
        }
    }

    /// Deletes all objects of a kind in a namespace: one request, and a record for each object that it takes.
    pub fn delete_collection(&mut self, kind: Kind, namespace: &str) -> Result<(), Rc<Status>> {
        let mut keys: Vec<ObjectKey> =
            self.store().list(kind, Some(namespace)).map(|object| object.key()).collect();
        if keys.is_empty() {
            // The request is made all the same.
            self.film.writes += 1;
            let key = Client::key(kind, namespace, "");
            self.push(self.film.writes, Verb::DeleteCollection, "", key, 200, None, None, None);
        }
        let options =
            DeleteOptions { propagation: Some(Propagation::Background), ..DeleteOptions::default() };
        for key in keys.drain(..) {
            let (n, answer) = self.ask(|server, now, n| server.delete(now, n, &key, &options));
            match answer {
                Ok(done) => self.push(n, Verb::DeleteCollection, "", key, 200, None, done.old, done.new),
                Err(status) => return Err(self.refused(n, Verb::DeleteCollection, "", key, status)),
            }
        }
        Ok(())
    }

    /// Lets a namespace go that is empty (the `finalize` subresource).
    pub fn finalize(&mut self, namespace: &Text) -> Result<(), Rc<Status>> {
        let key = ObjectKey::new(Kind::Namespace, "", namespace.clone());
        let (n, answer) = self.ask(|server, now, n| server.finalize(now, n, namespace));
        self.trace(n, Verb::Update, "finalize", key, answer, 200).map(drop)
    }

    // Puts a request to the server; a dry run goes to a copy of it.
    fn ask(
        &mut self,
        request: impl FnOnce(&mut ApiServer, SimTime, u64) -> Result<Committed, Status>,
    ) -> (u64, Result<Committed, Status>) {
        if let Some(refusal) = self.refusal() {
            return (0, Err(refusal));
        }
        self.server.writer = self.manager.clone().map_or(Writer::Component, Writer::Manager);
        let (n, answer) = if self.dry_run {
            (0, request(&mut self.server.clone(), self.now, 0))
        } else {
            self.film.writes += 1;
            let n = self.film.writes;
            (n, request(self.server, self.now, n))
        };
        self.server.writer = Writer::Component;
        (n, answer)
    }

    fn trace(
        &mut self,
        n: u64,
        verb: Verb,
        subresource: &'static str,
        key: ObjectKey,
        answer: Result<Committed, Status>,
        code: u16,
    ) -> Result<Rc<Object>, Rc<Status>> {
        match answer {
            Ok(done) => {
                let object = done.new.clone().or_else(|| done.old.clone());
                let key = object.as_ref().map_or(key, |object| object.key());
                self.push(n, verb, subresource, key, code, None, done.old, done.new);
                object.ok_or_else(|| Rc::new(Status::new(Reason::InternalError, "the write left no object")))
            }
            Err(status) => Err(self.refused(n, verb, subresource, key, status)),
        }
    }

    fn refused(
        &mut self,
        n: u64,
        verb: Verb,
        subresource: &'static str,
        key: ObjectKey,
        status: Status,
    ) -> Rc<Status> {
        let status = Rc::new(status);
        self.push(n, verb, subresource, key, status.code(), Some(status.clone()), None, None);
        status
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one record, named at the only two callers")]
    fn push(
        &mut self,
        n: u64,
        verb: Verb,
        subresource: &'static str,
        key: ObjectKey,
        code: u16,
        error: Option<Rc<Status>>,
        old: Option<Rc<Object>>,
        new: Option<Rc<Object>>,
    ) {
        if self.dry_run || n == 0 {
            return;
        }
        self.last_write = n;
        let write = Write {
            n,
            at: self.now,
            actor: self.actor,
            node: self.node.clone(),
            verb,
            subresource,
            key,
            code,
            error,
            because: self.cause,
            old,
            new,
        };
        self.film.pending.push(Happening { at: self.now, what: What::Write(Rc::new(write)) });
    }

    /// The key of an object of this kind and name.
    pub fn key(kind: Kind, namespace: &str, name: &str) -> ObjectKey {
        ObjectKey::new(kind, namespace.to_string(), name.to_string())
    }
}
