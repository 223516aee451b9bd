//! The assembled machine: one API server, every component, one queue of what is due.
//!
//! [`Cluster`] is a plain value. [`Cluster::step`] does the next thing that is due; [`Cluster::fault`] and the
//! client of [`Cluster::client`] are the only ways in. What happened is taken with [`Cluster::take_happenings`].
//! A change reaches the components that watch its kind at once (later for a slow one); a component reacts after
//! its pace and then works on every key that waits.

pub mod bootstrap;
mod choices;
pub mod components;
pub mod invariants;
pub mod observed;
#[cfg(test)]
mod tests;

use crate::api::{Kind, Object, Profile, Text};
use crate::component::client::{Film, InputNote};
use crate::component::{
    Cause, Client, Component, Ctx, Fault, Happening, Pace, Recorder, Request, What, WorkKey, WorkQueue, World,
};
use crate::dns::DnsProfile;
use crate::sim::{Queue, SimDuration, SimTime};
use crate::store::{ApiServer, Store, View};
use observed::{Observed, Witness};
use std::rc::Rc;

/// What a cluster is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The modelled release.
    pub profile: Profile,
    /// The seed of every random choice.
    pub seed: u64,
    /// The names of the nodes.
    pub nodes: Vec<Text>,
    /// How long the outside world takes.
    pub pace: Pace,
    /// `--node-monitor-grace-period`: how long a silent node counts as ready (S171).
    pub node_monitor_grace: SimDuration,
    /// `--default-not-ready-toleration-seconds` and `--default-unreachable-toleration-seconds` (S119).
    pub toleration_secs: (i64, i64),
    /// The cluster's DNS server and the tools that ask it.
    pub dns: DnsProfile,
    /// A cluster that was seen elsewhere and is only played again; none for one that is simulated.
    pub observed: Option<Rc<Observed>>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            profile: Profile::default_release().clone(),
            seed: 1,
            nodes: (1..=3).map(|i| Text::from(format!("node-{i}"))).collect(),
            pace: Pace::default(),
            node_monitor_grace: SimDuration::secs(50),
            toleration_secs: (300, 300),
            dns: DnsProfile::default(),
            observed: None,
        }
    }
}

#[derive(Clone, Debug)]
enum Due {
    /// The components of these bits hear of the changes they have not heard of.
    Deliver(u64),
    /// The component works on the keys that wait.
    Sync(usize),
    /// A key comes back.
    Requeue(usize, WorkKey, Cause),
    /// A change that was seen elsewhere.
    Seen(usize),
}

#[derive(Clone)]
struct Slot {
    component: Box<dyn Component>,
    queue: WorkQueue,
    recorder: Recorder,
    /// Changes before this position have been heard.
    cursor: u64,
    deliver_at: Option<SimTime>,
    sync_due: bool,
}

/// A simulated cluster.
#[derive(Clone)]
pub struct Cluster {
    now: SimTime,
    server: ApiServer,
    dns: Rc<DnsProfile>,
    film: Film,
    world: World,
    due: Queue<Due>,
    slots: Vec<Slot>,
    /// For each kind, the slots that watch it.
    watchers: Rc<Vec<Vec<usize>>>,
    spread: u64,
    observed: Option<Rc<Observed>>,
}

impl Cluster {
    /// A cluster with its nodes, namespaces and storage classes, at time zero, with nothing due.
    pub fn new(config: &Config) -> Cluster {
        let components = match config.observed {
            Some(_) => vec![Box::new(Witness::default()) as Box<dyn Component>],
            None => components::all(config),
        };
        let slots: Vec<Slot> = components
            .into_iter()
            .map(|component| Slot {
                recorder: Recorder::new(component.event_source()),
                component,
                queue: WorkQueue::default(),
                cursor: 0,
                deliver_at: None,
                sync_due: false,
            })
            .collect();
        let mut watchers = vec![Vec::new(); crate::api::KINDS.len()];
        for (i, slot) in slots.iter().enumerate() {
            for kind in slot.component.watches() {
                watchers[*kind as usize].push(i);
            }
        }
        let mut cluster = Cluster {
            now: SimTime::ZERO,
            server: ApiServer::new(Rc::new(config.profile.clone()), config.seed),
            film: Film::default(),
            dns: Rc::new(config.dns.clone()),
            world: World { pace: config.pace.clone(), ..World::default() },
            due: Queue::default(),
            slots,
            watchers: Rc::new(watchers),
            spread: 0,
            observed: config.observed.clone(),
        };
        cluster.server.toleration_secs = config.toleration_secs;
        match &config.observed {
            Some(observed) => {
                cluster.server.frozen = Some(observed::REFUSAL);
                for object in &observed.start {
                    cluster.server.store.commit(cluster.now, 0, object.key(), Some(object.clone()));
                }
                cluster.await_seen(0);
            }
            None => {
                for object in bootstrap::objects(config) {
                    cluster.server.seed(cluster.now, object);
                }
            }
        }
        // The recorder's clusters were new; elsewhere such events are long forgotten.
        if config.pace.scripted.is_some() {
            let nodes: Vec<Object> =
                cluster.server.store.list(Kind::Node, None).map(|node| bootstrap::registered(node)).collect();
            nodes.into_iter().for_each(|event| cluster.server.seed(cluster.now, event));
        }
        // The beginning is there already when the run begins: everyone has seen it and has nothing to do.
        cluster.spread();
        while cluster.next_at() == Some(SimTime::ZERO) {
            cluster.step();
        }
        if cluster.observed.is_none() {
            cluster.film = Film::default();
        }
        cluster
    }

    /// True if the cluster was seen elsewhere and is only played again.
    pub fn is_observed(&self) -> bool {
        self.observed.is_some()
    }

    /// The time.
    pub fn now(&self) -> SimTime {
        self.now
    }
    /// Every object.
    pub fn store(&self) -> &Store {
        &self.server.store
    }
    /// The store as somebody sees it who is late by `lag`, such as the DNS server.
    pub fn view_late_by(&self, lag: SimDuration) -> View<'_> {
        let store = &self.server.store;
        View::new(store, store.first_after(self.now - lag))
    }
    /// The store as the component of that name sees it now; none if there is no such component.
    pub fn view_of(&self, component: &str) -> Option<View<'_>> {
        let slot = self.slots.iter().find(|slot| slot.component.name() == component)?;
        Some(View::new(&self.server.store, slot.cursor))
    }
    /// The cluster's DNS server and the tools that ask it.
    pub fn dns(&self) -> &DnsProfile {
        &self.dns
    }
    /// The outside world.
    pub fn world(&self) -> &World {
        &self.world
    }
    /// The outside world, for programs inside containers (files in volumes).
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }
    /// The modelled release.
    pub fn profile(&self) -> &Profile {
        &self.server.profile
    }
    /// The names of the components, for `slow`.
    pub fn component_names(&self) -> impl Iterator<Item = &'static str> {
        self.slots.iter().map(|slot| slot.component.name())
    }

    /// When the next thing is due; none if the cluster has settled.
    pub fn next_at(&self) -> Option<SimTime> {
        self.due.next_at()
    }

    /// When the DNS server answers by the newest change of what it reads; none if it does already.
    pub fn names_at(&self) -> Option<SimTime> {
        let lag = self.world.pace.dns;
        let reads = [Kind::Namespace, Kind::Service, Kind::EndpointSlice, Kind::Pod];
        let recent = self.server.store.changes_from(self.server.store.first_after(self.now - lag));
        let last = recent.rev().find(|change| reads.contains(&change.key.kind))?;
        Some(last.at + lag)
    }

    /// Does the next thing that is due; false if there is none.
    pub fn step(&mut self) -> bool {
        let Some((at, due)) = self.due.pop() else { return false };
        self.now = at;
        self.act(due);
        true
    }

    fn act(&mut self, due: Due) {
        match due {
            Due::Deliver(slots) => bits(slots).for_each(|i| self.deliver(i)),
            Due::Sync(i) => self.sync(i),
            Due::Requeue(i, key, cause) => {
                self.slots[i].queue.add_because(key, cause);
                self.arm(i);
            }
            Due::Seen(i) => self.see(i),
        }
        self.spread();
    }

    fn see(&mut self, i: usize) {
        if let Some(seen) = self.observed.as_ref().and_then(|observed| observed.seen.get(i)) {
            let mut client =
                Client::new(&mut self.server, &mut self.film, self.now, seen.actor, Cause::Start);
            client.observe(seen.key.clone(), seen.new.clone());
            self.await_seen(i + 1);
        }
    }

    fn await_seen(&mut self, i: usize) {
        if let Some(seen) = self.observed.as_ref().and_then(|observed| observed.seen.get(i)) {
            self.due.push(seen.at, Due::Seen(i));
        }
    }

    /// Lets time pass until `until`, doing all that is due by then.
    pub fn run_until(&mut self, until: SimTime) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// Notes that something comes from outside; the number is the cause of what follows.
    pub fn begin_input(&mut self, text: &str) -> u64 {
        self.film.inputs += 1;
        let note = InputNote { n: self.film.inputs, text: text.to_string().into() };
        self.film.pending.push(Happening { at: self.now, what: What::Input(Rc::new(note)) });
        self.film.inputs
    }

    /// Notes what became of a request that a program in a pod sent.
    pub fn note_request(&mut self, request: Request) {
        self.film.pending.push(Happening { at: self.now, what: What::Request(Rc::new(request)) });
    }

    /// The API as `actor` uses it because of the input of that number. Call [`Cluster::announce`] afterwards.
    pub fn client(&mut self, actor: &'static str, input: u64) -> Client<'_> {
        Client::new(&mut self.server, &mut self.film, self.now, actor, Cause::Input(input))
    }

    /// Tells the components of what a client wrote.
    pub fn announce(&mut self) {
        self.spread();
    }

    /// Something happens in the outside world, because of the input of that number.
    pub fn fault(&mut self, fault: &Fault, input: u64) {
        self.world.note(fault);
        let cause = Cause::Input(input);
        for i in 0..self.slots.len() {
            let Cluster { server, film, world, slots, now, .. } = self;
            let Slot { component, queue, recorder, cursor, .. } = &mut slots[i];
            queue.set_cause(cause);
            let client = Client::new(server, film, *now, component.name(), cause);
            component.fault(fault, &mut Ctx { client, cursor: *cursor, queue, world, recorder });
            self.arm(i);
        }
        // A component that is no longer slow catches up now.
        let late = |i: &usize| self.slots[*i].cursor < self.server.store.head();
        let late = (0..self.slots.len()).filter(late).fold(0, |bits, i| bits | 1 << i);
        self.schedule_delivery(late);
        self.spread();
    }

    /// Takes what happened since the last call.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.film.pending)
    }

    fn lag(&self, i: usize) -> SimDuration {
        let component = &self.slots[i].component;
        let slow = &self.world.slow;
        let own = component.lag(&self.world);
        if slow.is_empty() { own } else { own + slow.get(component.name()).copied().unwrap_or_default() }
    }

    // Announces new changes to the components that watch their kinds.
    fn spread(&mut self) {
        let head = self.server.store.head();
        if self.spread == head {
            return;
        }
        let mut wanted = 0u64;
        let watchers = self.watchers.clone();
        for change in self.server.store.changes_from(self.spread) {
            for i in &watchers[change.key.kind as usize] {
                wanted |= 1 << i;
            }
        }
        self.spread = head;
        self.schedule_delivery(wanted);
        for i in 0..self.slots.len() {
            if wanted & (1 << i) == 0
                && self.slots[i].deliver_at.is_none()
                && self.slots[i].cursor + 64 < head
            {
                // Nothing of interest was among them.
                self.slots[i].cursor = self.next_interesting(i, head);
            }
        }
        let heard = self.slots.iter().map(|slot| slot.cursor).min().unwrap_or(head);
        // The DNS server answers from the recent past, so a little of it is kept.
        let lag = self.world.pace.dns.max(SimDuration::secs(2));
        let recent = self.server.store.first_after(self.now - lag);
        self.server.store.forget_changes_before(heard.min(recent));
    }

    fn next_interesting(&self, i: usize, head: u64) -> u64 {
        let kinds = self.slots[i].component.watches();
        let from = self.slots[i].cursor;
        self.server
            .store
            .changes_from(from)
            .find(|change| kinds.contains(&change.key.kind))
            .map_or(head, |change| change.seq)
    }

    // Those who hear of something at the same moment hear of it one after another, in the order of the list.
    fn schedule_delivery(&mut self, slots: u64) {
        let mut together: Option<(SimTime, u64)> = None;
        for i in bits(slots) {
            let Some(first) = self.server.store.change(self.slots[i].cursor) else { continue };
            let at = (first.at + self.lag(i)).max(self.now);
            if self.slots[i].deliver_at.is_some_and(|due| due <= at) {
                continue;
            }
            self.slots[i].deliver_at = Some(at);
            match &mut together {
                Some((time, slots)) if *time == at => *slots |= 1 << i,
                _ => {
                    if let Some((time, slots)) = together.replace((at, 1 << i)) {
                        self.due.push(time, Due::Deliver(slots));
                    }
                }
            }
        }
        if let Some((time, slots)) = together {
            self.due.push(time, Due::Deliver(slots));
        }
    }

    fn deliver(&mut self, i: usize) {
        if self.slots[i].deliver_at != Some(self.now) {
            return; // An earlier delivery took its place.
        }
        let lag = self.lag(i);
        let slot = &mut self.slots[i];
        slot.deliver_at = None;
        let kinds = slot.component.watches();
        while let Some(change) = self.server.store.change(slot.cursor) {
            if change.at + lag > self.now {
                break;
            }
            slot.cursor += 1;
            if kinds.contains(&change.key.kind) {
                slot.queue.set_cause(Cause::Write(change.write));
                let view = View::new(&self.server.store, slot.cursor);
                slot.component.observe(change, view, &mut slot.queue);
            }
        }
        if self.slots[i].cursor < self.server.store.head() {
            self.schedule_delivery(1 << i);
        }
        self.arm(i);
    }

    // Schedules what the component's queue asks for.
    fn arm(&mut self, i: usize) {
        let slot = &mut self.slots[i];
        for key in slot.queue.take_withdrawn() {
            self.due.drop_where(|due| matches!(due, Due::Requeue(of, later, _) if *of == i && *later == key));
        }
        for (at, key, cause) in slot.queue.take_later() {
            self.due.push(at.max(self.now), Due::Requeue(i, key, cause));
        }
        if !slot.queue.is_empty() && !slot.sync_due {
            slot.sync_due = true;
            let at = self.now + slot.component.reaction(&self.world);
            self.due.push(at, Due::Sync(i));
        }
    }

    fn sync(&mut self, i: usize) {
        let Cluster { server, film, world, slots, now, .. } = self;
        let Slot { component, queue, recorder, cursor, sync_due, .. } = &mut slots[i];
        *sync_due = false;
        // Keys that come back while these are worked on wait for the next round.
        for _ in 0..queue.len() {
            let Some((key, cause)) = queue.pop() else { break };
            queue.set_cause(cause);
            let client = Client::new(server, film, *now, component.name(), cause);
            match component.sync(&key, &mut Ctx { client, cursor: *cursor, queue, world, recorder }) {
                Ok(()) => queue.forget(&key),
                Err(_) => {
                    if let Some(at) = queue.back_off(*now, &key) {
                        queue.add_at(at, key, cause);
                    }
                }
            }
        }
        self.arm(i);
    }
}

// The numbers of the bits that are set, upwards.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros() as usize;
        set &= set.checked_sub(1)?;
        Some(bit)
    })
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cluster at {} ms with {} objects", self.now.as_millis(), self.server.store.len())
    }
}
