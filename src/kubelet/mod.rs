//! The kubelets of all nodes: phases, readiness, restarts, graceful ends (statefulset.md section 13).
//!
//! With `pace.scripted` they write what the recorder's scripted kubelet wrote, step by step (golden/README.md 1.1);
//! otherwise the paces pull, start and stop say how long things take, and back-off runs on timers.

pub mod run;

use crate::api::object::set_condition;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::world::PodName;
use crate::component::{
    Component, Ctx, DeleteOptions, EventType, Fault, SyncError, WorkKey, WorkQueue, World,
};
use crate::object;
use crate::sim::{SimDuration, SimTime, SortedMap, SortedSet};
use crate::store::{Change, View};
use run::{Container, Next, PodRun, State};
use std::rc::Rc;

/// The kubelets.
#[derive(Clone, Default)]
pub struct Kubelets {
    pods: SortedMap<WorkKey, PodRun>,
    /// How many addresses each node has given.
    addresses: SortedMap<Text, u32>,
    /// Images present on each node.
    images: SortedSet<(Text, Text)>,
    /// Not before then may the scripted kubelet write again.
    free_at: SimTime,
    /// Nodes that lost their power and have not been reached since.
    rebooted: SortedSet<Text>,
    /// Pods that were removed while they ran; their containers are still to be stopped.
    removed: Vec<(Rc<Object>, PodRun)>,
}

// Everything between bound and running that is neither pulling nor starting.
const REPORT: SimDuration = SimDuration(20);
const SANDBOX: SimDuration = SimDuration(80);

/// What a healthy node's kubelet reports: type, status, reason, message.
const WELL: [(&str, &str, &str, &str); 4] = [
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
];

impl Kubelets {
    fn schedule(&mut self, key: &WorkKey, next: Next, delay: SimDuration, ctx: &mut Ctx<'_>) {
        if let Some(run) = self.pods.get_mut(key)
            && (!run.ending || matches!(next, Next::End | Next::Remove))
        {
            run.next = next;
            run.due = ctx.client.now() + delay;
            ctx.requeue_after(key.clone(), delay);
        }
    }

    // The delay before a step: the script's, or the given one.
    fn delay(ctx: &Ctx<'_>, normal: SimDuration) -> SimDuration {
        ctx.world.pace.scripted.map_or(normal, |(step, _)| step)
    }

    fn held(key: &WorkKey, world: &World) -> bool {
        !world.held.is_empty()
            && world.held.contains(&PodName { namespace: key.namespace.clone(), name: key.name.clone() })
    }

    fn crash_loops(key: &WorkKey, run: &PodRun, world: &World) -> Option<usize> {
        let name = PodName { namespace: key.namespace.clone(), name: key.name.clone() };
        let container = world.crash_looping.get(&name)?;
        Some(match container {
            Some(container) => run.containers.iter().position(|c| c.name == *container).unwrap_or(0),
            None => 0,
        })
    }

    // The next free address of the node's range, from .2 to .254 and around again.
    fn next_address(&mut self, node: &Text, store: &crate::store::Store) -> Text {
        const HOSTS: u32 = 253;
        let range = store.get(Kind::Node, "", node).map_or("", |node| node.spec().get("podCIDR").str());
        let range = range.rsplit_once('.').map_or("10.244.0", |(range, _)| range);
        loop {
            let given = self.addresses.entry(node.clone()).or_insert(0);
            let ip = Text::from(format!("{range}.{}", *given % HOSTS + 2));
            *given += 1;
            // The first time around they are all free; more than all cannot be taken.
            let is_free = *given <= HOSTS || self.pods.values().all(|run| run.node != *node || run.ip != ip);
            if is_free || *given > 100 * HOSTS * HOSTS {
                return ip;
            }
        }
    }

    fn write(&self, key: &WorkKey, ctx: &mut Ctx<'_>) {
        let Some(run) = self.pods.get(key) else { return };
        let pod = ObjectKey::new(Kind::Pod, key.namespace.clone(), key.name.clone());
        let now = ctx.client.now();
        let ip = node_ip(ctx.client.store(), &run.node);
        ctx.client.set_node(Some(run.node.clone()));
        // The pod may be gone by now; then there is nobody to tell.
        let _ = ctx.client.patch(&pod, "status", |body| run.write_status(body, now, &ip));
    }

    // Says that the containers of a pod end; nobody hears it from a node that is not reached.
    fn kill(pod: &Object, run: &PodRun, ctx: &mut Ctx<'_>) {
        if !ctx.world.node_is_reachable(&run.node) {
            return;
        }
        ctx.client.set_node(Some(run.node.clone()));
        for container in run.containers.iter().filter(|c| c.running()) {
            let part = ["spec.containers{", &container.name, "}"].concat();
            let text = ["Stopping container ", &container.name].concat();
            ctx.event_at(pod, &part, EventType::Normal, "Killing", text);
        }
    }

    fn event(
        &self,
        key: &WorkKey,
        container: &str,
        kind: EventType,
        reason: &'static str,
        message: String,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(pod) = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned() else { return };
        let part = if container.is_empty() {
            String::new()
        } else if pod.spec().get("initContainers").items().iter().any(|c| c.get("name").str() == container) {
            format!("spec.initContainers{{{container}}}")
        } else {
            format!("spec.containers{{{container}}}")
        };
        ctx.event_at(&pod, &part, kind, reason, message);
    }

    fn pull_events(&mut self, key: &WorkKey, node: &Text, image: &Text, container: &str, ctx: &mut Ctx<'_>) {
        let short = short_texts(ctx);
        // An image that is there is asked for again under the policy Always.
        let pod = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name);
        let always = pod.is_some_and(|pod| {
            let lists = ["containers", "initContainers"].map(|list| pod.spec().get(list).items().iter());
            let mut own = lists.into_iter().flatten().filter(|c| c.get("name").str() == container);
            own.any(|c| c.get("imagePullPolicy").str() == "Always")
        });
        if self.images.insert((node.clone(), image.clone())) || always {
            let took = Self::delay(ctx, ctx.world.pace.pull).to_string();
            self.event(
                key,
                container,
                EventType::Normal,
                "Pulling",
                format!("Pulling image \"{image}\""),
                ctx,
            );
            let text = format!(
                "Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: 71005258 bytes."
            );
            self.event(key, container, EventType::Normal, "Pulled", text, ctx);
        } else {
            let end = if short { " and can be accessed by the pod" } else { "" };
            let text = format!("Container image \"{image}\" already present on machine{end}");
            self.event(key, container, EventType::Normal, "Pulled", text, ctx);
        }
    }

    fn start_events(&mut self, key: &WorkKey, node: &Text, image: &Text, container: &str, ctx: &mut Ctx<'_>) {
        self.pull_events(key, node, image, container, ctx);
        let (created, started) = if short_texts(ctx) {
            ("Container created".to_string(), "Container started".to_string())
        } else {
            (format!("Created container: {container}"), format!("Started container {container}"))
        };
        self.event(key, container, EventType::Normal, "Created", created, ctx);
        self.event(key, container, EventType::Normal, "Started", started, ctx);
    }

    fn step(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) {
        let now = ctx.client.now();
        let Some(run) = self.pods.get_mut(key) else { return };
        let node = run.node.clone();
        match run.next.clone() {
            Next::Rest => {}
            Next::Create => {
                self.write(key, ctx);
                let delay = Self::delay(ctx, SANDBOX);
                self.schedule(key, Next::Sandbox, delay, ctx);
            }
            Next::Sandbox => {
                let ip = self.next_address(&node, ctx.client.store());
                let run = self.pods.get_mut(key).expect("looked up above");
                run.ip = ip;
                run.sandbox = true;
                self.write(key, ctx);
                self.after_init(key, 0, ctx);
            }
            Next::Init(i) => {
                let Some(container) = run.init.get_mut(i) else { return };
                container.state = State::Running(now);
                let (name, image, sidecar) =
                    (container.name.clone(), container.image.clone(), container.sidecar);
                container.ready = sidecar;
                self.write(key, ctx);
                self.start_events(key, &node, &image, &name, ctx);
                if !sidecar {
                    let pod = PodName { namespace: key.namespace.clone(), name: key.name.clone() };
                    ctx.world.begun.push((pod, name));
                }
                if sidecar {
                    self.after_init(key, i + 1, ctx);
                } else {
                    let delay = Self::delay(ctx, SimDuration(500));
                    self.schedule(key, Next::InitDone(i), delay, ctx);
                }
            }
            Next::InitDone(i) => {
                if let Some(container) = run.init.get_mut(i) {
                    let began = if let State::Running(at) = container.state { at } else { now };
                    container.state = State::Ended(0, "Completed", began, now);
                    container.ready = true;
                }
                self.write(key, ctx);
                self.after_init(key, i + 1, ctx);
            }
            Next::Start | Next::ImageBackOff => self.start(key, ctx),
            Next::Ready => {
                for container in run.containers.iter_mut().filter(|c| c.running()) {
                    container.ready = true;
                }
                self.write(key, ctx);
                self.crash_again(key, ctx);
            }
            Next::Exit(i) => self.exit(key, i, 1, ctx),
            Next::Restart(i) => self.restart(key, i, ctx),
            Next::CrashBackOff(i) => self.crash_back_off(key, i, ctx),
            Next::End => {
                let started =
                    run.containers.iter().all(|c| !matches!(c.state, State::Waiting(..)) || c.restarts > 0);
                let beside = run.init.iter_mut().filter(|c| c.sidecar).chain(&mut run.debuggers);
                for container in run.containers.iter_mut().chain(beside) {
                    container.ready = false;
                    container.state = match container.state {
                        State::Running(began) => State::Ended(0, "Completed", began, now),
                        State::Waiting(..) => State::Ended(137, "ContainerStatusUnknown", now, now),
                        ref ended => ended.clone(),
                    };
                }
                run.finished = Some(if started { "Succeeded" } else { "Failed" });
                self.write(key, ctx);
                let delay = Self::delay(ctx, SimDuration(10));
                self.schedule(key, Next::Remove, delay, ctx);
            }
            Next::Remove => {
                let pod = ObjectKey::new(Kind::Pod, key.namespace.clone(), key.name.clone());
                let options = DeleteOptions {
                    grace_period_secs: Some(0),
                    uid: Some(run.uid.clone()),
                    propagation: None,
                };
                run.next = Next::Rest;
                ctx.client.set_node(Some(node));
                let _ = ctx.client.delete(&pod, &options);
            }
        }
    }

    // Goes on with the init container of that index, or with the containers.
    fn after_init(&mut self, key: &WorkKey, i: usize, ctx: &mut Ctx<'_>) {
        let Some(run) = self.pods.get(key) else { return };
        let pulls = |image: &Text| !self.images.contains(&(run.node.clone(), image.clone()));
        let pace = &ctx.world.pace;
        let mut delay = SimDuration(0);
        let next = match run.init.get(i) {
            Some(container) => {
                delay = delay + if pulls(&container.image) { pace.pull } else { SimDuration(0) } + pace.start;
                Next::Init(i)
            }
            None => {
                for container in &run.containers {
                    delay =
                        delay + if pulls(&container.image) { pace.pull } else { SimDuration(0) } + pace.start;
                }
                Next::Start
            }
        };
        let delay = Self::delay(ctx, delay);
        self.schedule(key, next, delay, ctx);
    }

    // All containers start, or an image cannot be pulled (S156).
    fn start(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) {
        let now = ctx.client.now();
        let scripted = ctx.world.pace.scripted.is_some();
        let held = Self::held(key, ctx.world);
        let Some(run) = self.pods.get_mut(key) else { return };
        let node = run.node.clone();
        let again = run.next == Next::ImageBackOff;
        let broken: Vec<usize> = (0..run.containers.len())
            .filter(|i| ctx.world.broken_images.contains(&*run.containers[*i].image))
            .filter(|i| !run.containers[*i].running())
            .collect();
        if let Some(i) = broken.first().copied() {
            let container = &mut run.containers[i];
            let (name, image) = (container.name.clone(), container.image.clone());
            let backing_off = matches!(container.state, State::Waiting("ErrImagePull", _));
            let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
            let full = run::full_name(&image);
            let error = if tag.is_empty() {
                format!("failed to pull and unpack image \"{full}\": not found")
            } else {
                format!(
                    "rpc error: code = NotFound desc = failed to pull and unpack image \"{full}\": failed to resolve \
                     reference \"{full}\": {full}: not found"
                )
            };
            if again && backing_off {
                let text = format!("Back-off pulling image \"{image}\": ErrImagePull: {error}");
                container.state = State::Waiting("ImagePullBackOff", text);
                run.pulls += 1;
                let retry = SimDuration::secs((10u64 << (run.pulls - 1).min(5)).min(300));
                self.write(key, ctx);
                self.event(
                    key,
                    &name,
                    EventType::Normal,
                    "BackOff",
                    format!("Back-off pulling image \"{image}\""),
                    ctx,
                );
                self.event(key, &name, EventType::Warning, "Failed", "Error: ImagePullBackOff".into(), ctx);
                if !scripted {
                    self.schedule(key, Next::Start, retry, ctx);
                } else if let Some(run) = self.pods.get_mut(key) {
                    run.next = Next::Rest;
                }
                return;
            }
            container.state = State::Waiting("ErrImagePull", error.clone());
            self.write(key, ctx);
            self.event(key, &name, EventType::Normal, "Pulling", format!("Pulling image \"{image}\""), ctx);
            let text = format!("Failed to pull image \"{image}\": {error}");
            self.event(key, &name, EventType::Warning, "Failed", text, ctx);
            self.event(key, &name, EventType::Warning, "Failed", "Error: ErrImagePull".into(), ctx);
            let delay = Self::delay(ctx, SimDuration(500));
            self.schedule(key, Next::ImageBackOff, delay, ctx);
            return;
        }
        let mut probed = false;
        let mut started = Vec::new();
        let unready = run.unready;
        for container in run.containers.iter_mut().filter(|c| !c.running()) {
            container.state = State::Running(now);
            container.ready = !container.probed && !held && !unready;
            probed |= container.probed;
            started.push((container.name.clone(), container.image.clone()));
        }
        run.next = Next::Rest;
        self.write(key, ctx);
        for (name, image) in started {
            self.start_events(key, &node, &image, &name, ctx);
        }
        if probed && !held {
            let delay = Self::delay(ctx, self.probe_delay(key, ctx));
            self.schedule(key, Next::Ready, delay, ctx);
        } else {
            self.crash_again(key, ctx);
        }
    }

    // When readiness comes after the start: the longest initial delay, then the successes asked for (S160 to S162).
    fn probe_delay(&self, key: &WorkKey, ctx: &Ctx<'_>) -> SimDuration {
        let Some(pod) = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name) else {
            return SimDuration(0);
        };
        let probes = pod.spec().get("containers").items().iter().map(|c| c.get("readinessProbe"));
        let wait = |probe: &Value| {
            let int = |member: &str, default| probe.get(member).as_int().unwrap_or(default).max(0) as u64;
            SimDuration(
                int("initialDelaySeconds", 0) * 1000
                    + int("successThreshold", 1).saturating_sub(1) * int("periodSeconds", 10) * 1000
                    + 100,
            )
        };
        probes.filter(|probe| !probe.is_null()).map(wait).max().unwrap_or_default()
    }

    // A container that keeps crashing exits again a second after its start.
    fn crash_again(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) {
        let Some(run) = self.pods.get(key) else { return };
        if let Some(i) = Self::crash_loops(key, run, ctx.world)
            && run.containers.get(i).is_some_and(Container::running)
        {
            let delay = Self::delay(ctx, SimDuration::secs(1));
            self.schedule(key, Next::Exit(i), delay, ctx);
        }
    }

    fn exit(&mut self, key: &WorkKey, i: usize, code: i64, ctx: &mut Ctx<'_>) {
        let now = ctx.client.now();
        let Some(run) = self.pods.get_mut(key) else { return };
        let Some(container) = run.containers.get_mut(i).filter(|c| c.running()) else { return };
        let began = if let State::Running(at) = container.state { at } else { now };
        container.state = State::Ended(code, if code == 0 { "Completed" } else { "Error" }, began, now);
        container.ready = false;
        let first = container.restarts == 0;
        self.write(key, ctx);
        let next = if first { Next::Restart(i) } else { Next::CrashBackOff(i) };
        let delay = Self::delay(ctx, SimDuration(if first { 300 } else { 100 }));
        self.schedule(key, next, delay, ctx);
    }

    // S157: 10 s after the second exit, then twice as long each time, at most five minutes.
    fn crash_back_off(&mut self, key: &WorkKey, i: usize, ctx: &mut Ctx<'_>) {
        let scripted = ctx.world.pace.scripted.is_some();
        let Some(run) = self.pods.get_mut(key) else { return };
        let uid = run.uid.clone();
        let Some(container) = run.containers.get_mut(i) else { return };
        let name = container.name.clone();
        let wait = SimDuration::secs((10u64 << (container.restarts - 1).clamp(0, 5)).min(300));
        let text = format!(
            "back-off {} restarting failed container={name} pod={}_{}({uid})",
            wait.go(),
            key.name,
            key.namespace
        );
        container.last = Some(container.state.clone());
        container.state = State::Waiting("CrashLoopBackOff", text);
        run.next = Next::Rest;
        self.write(key, ctx);
        let text = format!(
            "Back-off restarting failed container {name} in pod {}_{}({uid})",
            key.name, key.namespace
        );
        self.event(key, &name, EventType::Warning, "BackOff", text, ctx);
        if !scripted {
            self.schedule(key, Next::Restart(i), wait, ctx);
        }
    }

    fn restart(&mut self, key: &WorkKey, i: usize, ctx: &mut Ctx<'_>) {
        let now = ctx.client.now();
        let held = Self::held(key, ctx.world);
        let Some(run) = self.pods.get_mut(key) else { return };
        let unready = run.unready;
        let node = run.node.clone();
        let Some(container) = run.containers.get_mut(i) else { return };
        if let ended @ State::Ended(..) = &container.state {
            container.last = Some(ended.clone());
        }
        container.state = State::Running(now);
        container.restarts += 1;
        let probed = container.probed;
        container.ready = !probed && !held && !unready;
        let (name, image) = (container.name.clone(), container.image.clone());
        run.next = Next::Rest;
        self.write(key, ctx);
        self.start_events(key, &node, &image, &name, ctx);
        if probed && !held {
            let delay = Self::delay(ctx, self.probe_delay(key, ctx));
            self.schedule(key, Next::Ready, delay, ctx);
        } else {
            self.crash_again(key, ctx);
        }
    }

    // S167: the containers are told to end.
    fn terminate(&mut self, key: &WorkKey, pod: &Object, ctx: &mut Ctx<'_>) {
        let Some(run) = self.pods.get_mut(key) else { return };
        if matches!(run.next, Next::End | Next::Remove) || run.finished.is_some() {
            return;
        }
        run.ending = true;
        Self::kill(pod, run, ctx);
        let grace = pod.meta("deletionGracePeriodSeconds").as_int().unwrap_or(30).max(0) as u64;
        let delay = Self::delay(ctx, ctx.world.pace.stop.min(SimDuration::secs(grace)));
        self.schedule(key, Next::End, delay, ctx);
    }

    fn set_ready(&mut self, name: &PodName, ready: bool, ctx: &mut Ctx<'_>) {
        let key = WorkKey::new(name.namespace.clone(), name.name.clone());
        let Some(run) = self.pods.get_mut(&key) else { return };
        run.unready = !ready;
        // A probe belongs to its container; where there is none, the whole pod stops answering.
        let is_probed = run.containers.iter().any(|c| c.probed);
        let changes = |c: &Container| c.running() && c.ready != ready && (ready || c.probed || !is_probed);
        if !ctx.world.node_is_reachable(&run.node) || !run.containers.iter().any(changes) {
            return;
        }
        let changed = |c: &&mut Container| changes(c);
        let mut names: Vec<Text> = Vec::new();
        for container in run.containers.iter_mut().filter(changed) {
            container.ready = ready;
            names.push(container.name.clone());
        }
        self.write(&key, ctx);
        if !ready {
            let text = "Readiness probe failed: HTTP probe failed with statuscode: 503";
            if let Some(name) = names.first() {
                self.event(&key, name, EventType::Warning, "Unhealthy", text.into(), ctx);
            }
        }
    }

    fn on_node(&self, node: &str) -> Vec<WorkKey> {
        self.pods.iter().filter(|(_, run)| *run.node == *node).map(|(key, _)| key.clone()).collect()
    }

    // The node answers again: what was due is done, after a power cut the containers start anew.
    fn node_back(&mut self, node: &Text, ctx: &mut Ctx<'_>) {
        if !ctx.world.node_is_reachable(node) {
            return;
        }
        let powered = self.rebooted.remove(node);
        report_node(node, ctx);
        for key in self.on_node(node) {
            let object = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned();
            let Some(pod) =
                object.filter(|pod| self.pods.get(&key).is_some_and(|run| *run.uid == *pod.uid()))
            else {
                self.pods.remove(&key);
                continue;
            };
            let Some(run) = self.pods.get_mut(&key) else { continue };
            if pod.is_terminating() {
                if matches!(run.next, Next::End | Next::Remove) {
                    let next = run.next.clone();
                    let delay = Self::delay(ctx, REPORT);
                    self.schedule(&key, next, delay, ctx);
                } else {
                    self.terminate(&key, &pod, ctx);
                }
                continue;
            }
            if powered && run.sandbox {
                for container in &mut run.containers {
                    if let State::Running(began) = container.state {
                        container.last = Some(State::Ended(255, "Unknown", began, ctx.client.now()));
                        container.restarts += 1;
                    }
                    container.state = State::Waiting("ContainerCreating", String::new());
                    container.ready = false;
                }
                let delay = Self::delay(ctx, SANDBOX);
                self.schedule(&key, Next::Sandbox, delay, ctx);
            } else if run.next != Next::Rest {
                let next = run.next.clone();
                let delay = Self::delay(ctx, REPORT);
                self.schedule(&key, next, delay, ctx);
            } else if !run.sandbox && run.finished.is_none() {
                // Bound while nobody heard of it.
                let delay = Self::delay(ctx, REPORT);
                self.schedule(&key, Next::Create, delay, ctx);
            } else {
                self.write(&key, ctx);
            }
        }
    }
}

// The recorder's kubelet says everything as that of 1.36 does, whatever the release.
fn short_texts(ctx: &Ctx<'_>) -> bool {
    ctx.client.profile().short_container_texts || ctx.world.pace.scripted.is_some()
}

// S172: a kubelet that is heard again says that its node is well.
fn report_node(name: &Text, ctx: &mut Ctx<'_>) {
    let Some(node) = ctx.client.store().get(Kind::Node, "", name).cloned() else { return };
    if node.condition("Ready").get("status").str() == "True" {
        return;
    }
    let now = ctx.client.now().rfc3339();
    let mut changed = (*node).clone();
    for (kind, status, reason, message) in WELL {
        set_condition(
            &mut changed.body,
            object! {
                "lastHeartbeatTime" => now.clone(), "lastTransitionTime" => now.clone(), "message" => message,
                "reason" => reason, "status" => status, "type" => kind,
            },
        );
    }
    ctx.client.set_node(Some(name.clone()));
    // A refusal leaves the node as it is; the object was read just now.
    let _ = ctx.client.update_status(changed);
}

fn node_ip(store: &crate::store::Store, node: &str) -> String {
    store
        .get(Kind::Node, "", node)
        .and_then(|node| {
            node.status()
                .get("addresses")
                .items()
                .iter()
                .find(|a| a.get("type").str() == "InternalIP")
                .map(|a| a.get("address").str().to_string())
        })
        .unwrap_or_default()
}

impl Component for Kubelets {
    fn name(&self) -> &'static str {
        "kubelet"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::Pod]
    }

    fn reaction(&self, _world: &World) -> SimDuration {
        SimDuration(0)
    }

    fn observe(&mut self, change: &Change, _view: View<'_>, queue: &mut WorkQueue) {
        let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
        match &change.new {
            None => {
                let own = |run: &PodRun, old: &Object| *run.uid == *old.uid();
                if let Some(old) = &change.old
                    && self.pods.get(&key).is_some_and(|run| own(run, old))
                    && let Some(run) = self.pods.remove(&key)
                    && !run.ending
                {
                    self.removed.push((old.clone(), run));
                    queue.add(WorkKey { task: "gone", ..key });
                }
            }
            Some(pod) if !pod.spec().get("nodeName").str().is_empty() => {
                let known = self.pods.get(&key).is_some_and(|run| *run.uid == *pod.uid());
                if !known {
                    if matches!(pod.status().get("phase").str(), "Failed" | "Succeeded") {
                        return;
                    }
                    let mut run = PodRun::new(pod, change.at);
                    run.next = Next::Rest;
                    self.pods.insert(key.clone(), run);
                    queue.add(WorkKey { task: "new", ..key });
                } else if pod.is_terminating() && change.old.as_ref().is_some_and(|old| !old.is_terminating())
                {
                    queue.add(WorkKey { task: "end", ..key });
                } else if change.old.as_ref().is_some_and(|old| {
                    old.spec().get("ephemeralContainers") != pod.spec().get("ephemeralContainers")
                }) {
                    queue.add(WorkKey { task: "debug", ..key });
                }
            }
            Some(_) => {}
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let pod_key = WorkKey { task: "", ..key.clone() };
        if key.task == "gone" {
            for (pod, run) in std::mem::take(&mut self.removed) {
                Self::kill(&pod, &run, ctx);
            }
            return Ok(());
        }
        let Some(run) = self.pods.get(&pod_key) else { return Ok(()) };
        if !ctx.world.node_is_reachable(&run.node) {
            return Ok(());
        }
        let now = ctx.client.now();
        match key.task {
            "new" => {
                let delay = Self::delay(ctx, REPORT);
                self.schedule(&pod_key, Next::Create, delay, ctx);
            }
            "debug" => {
                let pod = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned();
                if let (Some(pod), Some(run)) = (pod, self.pods.get_mut(&pod_key)) {
                    run.add_debuggers(&pod, now);
                    self.write(&pod_key, ctx);
                }
            }
            "end" => {
                let pod = ctx.client.store().get(Kind::Pod, &key.namespace, &key.name).cloned();
                if let Some(pod) = pod {
                    self.terminate(&pod_key, &pod, ctx);
                }
            }
            _ if run.next == Next::Rest || now < run.due => {}
            _ => {
                if let Some((_, gap)) = ctx.world.pace.scripted {
                    if now < self.free_at {
                        let wait = self.free_at.since(now);
                        ctx.requeue_after(pod_key, wait);
                        return Ok(());
                    }
                    self.free_at = now + gap;
                }
                self.step(&pod_key, ctx);
            }
        }
        Ok(())
    }

    fn fault(&mut self, fault: &Fault, ctx: &mut Ctx<'_>) {
        match fault {
            Fault::Unready(pod) => self.set_ready(pod, false, ctx),
            Fault::Ready(pod) => self.set_ready(pod, true, ctx),
            Fault::Hold(pod) => {
                let key = WorkKey::new(pod.namespace.clone(), pod.name.clone());
                if self.pods.get(&key).is_some_and(PodRun::ready) {
                    self.set_ready(pod, false, ctx);
                    if let Some(run) = self.pods.get_mut(&key) {
                        run.unready = false;
                    }
                }
            }
            Fault::Release(pod) => {
                let key = WorkKey::new(pod.namespace.clone(), pod.name.clone());
                let Some(run) = self.pods.get(&key) else { return };
                let waiting = run
                    .containers
                    .iter()
                    .position(|c| matches!(c.state, State::Waiting("CrashLoopBackOff", _)));
                match waiting {
                    Some(i) => {
                        let delay = Self::delay(ctx, SimDuration(300));
                        self.schedule(&key, Next::Restart(i), delay, ctx);
                    }
                    None => self.set_ready(pod, true, ctx),
                }
            }
            Fault::Crash { pod, container, code } => {
                let key = WorkKey::new(pod.namespace.clone(), pod.name.clone());
                let Some(run) = self.pods.get_mut(&key) else { return };
                let beside =
                    container.as_ref().and_then(|name| run.debuggers.iter_mut().find(|c| c.name == *name));
                if let Some(debugger) = beside {
                    let (now, reason) = (ctx.client.now(), if *code == 0 { "Completed" } else { "Error" });
                    debugger.state = State::Ended(*code, reason, now, now);
                    self.write(&key, ctx);
                    return;
                }
                let i = match container {
                    Some(name) => run.containers.iter().position(|c| c.name == *name).unwrap_or(0),
                    None => 0,
                };
                if ctx.world.node_is_reachable(&run.node) {
                    self.exit(&key, i, *code, ctx);
                }
            }
            Fault::CrashLoop { pod, .. } => {
                let key = WorkKey::new(pod.namespace.clone(), pod.name.clone());
                self.crash_again(&key, ctx);
            }
            Fault::StopNode(node) => drop(self.rebooted.insert(node.clone())),
            Fault::StartNode(node) | Fault::MendNode(node) => self.node_back(node, ctx),
            _ => {}
        }
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
