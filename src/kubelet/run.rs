//! One pod on its node: which containers run, what comes next, and the status that tells it.

use crate::api::{Object, Text, Value};
use crate::object;
use crate::sim::{Arrange, SimTime};

/// What a container does.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Not running, with reason and message.
    Waiting(&'static str, String),
    /// Running since then.
    Running(SimTime),
    /// Ended: exit code, reason, began, ended.
    Ended(i64, &'static str, SimTime, SimTime),
}

/// A container and what became of it.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: Text,
    /// Its image.
    pub image: Text,
    /// What it does.
    pub state: State,
    /// Its readiness.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: i64,
    /// The run before.
    pub last: Option<State>,
    /// It has a readiness probe.
    pub probed: bool,
    /// An init container that goes on running (restartPolicy Always).
    pub sidecar: bool,
}

impl Container {
    fn read(spec: &Value, waiting: &'static str) -> Container {
        Container {
            name: spec.get("name").text(),
            image: spec.get("image").text(),
            state: State::Waiting(waiting, String::new()),
            ready: false,
            restarts: 0,
            last: None,
            probed: !spec.get("readinessProbe").is_null(),
            sidecar: spec.get("restartPolicy").str() == "Always",
        }
    }

    /// True while it runs.
    pub fn running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    fn status(&self) -> Value {
        let time = |at: SimTime| Value::from(at.rfc3339());
        let state = |state: &State, id: &str| match state {
            State::Waiting(reason, message) if message.is_empty() => {
                object! { "waiting" => object! { "reason" => *reason } }
            }
            State::Waiting(reason, message) => {
                object! { "waiting" => object! { "message" => message.clone(), "reason" => *reason } }
            }
            State::Running(since) => object! { "running" => object! { "startedAt" => time(*since) } },
            State::Ended(code, reason, began, ended) => object! { "terminated" => object! {
                "containerID" => id.to_string(), "exitCode" => *code, "finishedAt" => time(*ended),
                "reason" => *reason, "startedAt" => time(*began),
            } },
        };
        // The back-off after a crash still shows the container that crashed.
        let backs_off = matches!(self.state, State::Waiting("CrashLoopBackOff", _));
        let id = container_id(self.restarts);
        let before = if backs_off { id.clone() } else { container_id(self.restarts - 1) };
        let mut status = object! {
            "image" => &self.image,
            "imageID" => "",
            "lastState" => self.last.as_ref().map_or_else(Value::map, |last| state(last, &before)),
            "name" => &self.name,
            "ready" => self.ready,
            "restartCount" => self.restarts,
            "started" => self.running(),
            "state" => state(&self.state, &id),
        };
        if backs_off || !matches!(self.state, State::Waiting(..)) {
            status.set(&["containerID"], id);
            let image = full_name(&self.image);
            status.set(&["imageID"], [&image, "@sha256:", &"0".repeat(64)].concat());
            status.set(&["image"], image);
        }
        status
    }
}

/// An image as the container runtime names it: with its registry and its tag.
pub fn full_name(image: &str) -> String {
    let (first, rest) = image.split_once('/').unwrap_or(("", image));
    let registry = first.contains(['.', ':']) || first == "localhost";
    let home = match (registry, first.is_empty()) {
        (true, _) => "",
        (false, true) => "docker.io/library/",
        (false, false) => "docker.io/",
    };
    let tag = if rest.contains([':', '@']) { "" } else { ":latest" };
    [home, image, tag].concat()
}

// What the runtime calls the container of a run.
fn container_id(run: i64) -> String {
    format!("containerd://{run:064}")
}

/// What the kubelet does next with a pod.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Nothing until something happens.
    Rest,
    /// Report that the containers are being made.
    Create,
    /// The sandbox exists: the pod has an address.
    Sandbox,
    /// The init container of that index runs.
    Init(usize),
    /// It has ended.
    InitDone(usize),
    /// All containers run (or an image cannot be pulled).
    Start,
    /// Pulling stays in back-off.
    ImageBackOff,
    /// Readiness comes.
    Ready,
    /// The container of that index is started again.
    Restart(usize),
    /// The container of that index stays in back-off.
    CrashBackOff(usize),
    /// The container of that index exits.
    Exit(usize),
    /// All containers have ended.
    End,
    /// The pod object goes.
    Remove,
}

/// A pod on its node.
#[derive(Clone, Debug)]
pub struct PodRun {
    /// The pod's uid.
    pub uid: Text,
    /// The node.
    pub node: Text,
    /// What comes next, and when.
    pub next: Next,
    /// When.
    pub due: SimTime,
    /// The address.
    pub ip: Text,
    /// When the kubelet first saw it.
    pub started_at: SimTime,
    /// The sandbox exists.
    pub sandbox: bool,
    /// In the order of the spec.
    pub init: Vec<Container>,
    /// In the order of their names, as the status lists them.
    pub containers: Vec<Container>,
    /// Those that `kubectl debug` put beside them.
    pub debuggers: Vec<Container>,
    /// Readiness was taken away by a fault.
    pub unready: bool,
    /// It was told to end: nothing starts any more.
    pub ending: bool,
    /// Failed pulls so far.
    pub pulls: u32,
    /// The final phase, once it has one.
    pub finished: Option<&'static str>,
}

impl PodRun {
    /// A pod that was just bound.
    pub fn new(pod: &Object, now: SimTime) -> PodRun {
        let spec = pod.spec();
        let waiting = if spec.get("initContainers").items().is_empty() {
            "ContainerCreating"
        } else {
            "PodInitializing"
        };
        let read = |member: &str| -> Vec<Container> {
            spec.get(member).items().iter().map(|c| Container::read(c, waiting)).collect()
        };
        let mut containers = read("containers");
        containers.arrange_by(|a, b| a.name.cmp(&b.name));
        PodRun {
            uid: pod.meta("uid").text(),
            node: spec.get("nodeName").text(),
            next: Next::Create,
            due: now,
            ip: Text::default(),
            started_at: now,
            sandbox: false,
            init: read("initContainers"),
            containers,
            debuggers: Vec::new(),
            unready: false,
            ending: false,
            pulls: 0,
            finished: None,
        }
    }

    /// Starts what was put beside the containers and does not run yet.
    pub fn add_debuggers(&mut self, pod: &Object, now: SimTime) {
        for spec in pod.spec().get("ephemeralContainers").items().iter().skip(self.debuggers.len()) {
            let mut container = Container::read(spec, "ContainerCreating");
            container.state = State::Running(now);
            self.debuggers.push(container);
        }
    }

    /// True once every ordinary init container has ended well and every sidecar runs.
    pub fn initialized(&self) -> bool {
        self.init.iter().all(|c| if c.sidecar { c.running() } else { matches!(c.state, State::Ended(0, ..)) })
            || self.containers.iter().any(|c| !matches!(c.state, State::Waiting(..)))
    }

    /// True if every container and sidecar is ready.
    pub fn ready(&self) -> bool {
        self.finished.is_none()
            && self.containers.iter().all(|c| c.ready)
            && self.init.iter().filter(|c| c.sidecar).all(|c| c.ready)
    }

    /// S146.
    pub fn phase(&self) -> &'static str {
        if let Some(phase) = self.finished {
            return phase;
        }
        let never_started = self
            .containers
            .iter()
            .any(|c| matches!(c.state, State::Waiting(..)) && c.last.is_none() && c.restarts == 0);
        if !self.initialized() || never_started { "Pending" } else { "Running" }
    }

    /// Writes the status into the pod (`status` of the body), times of unchanged conditions kept.
    pub fn write_status(&self, body: &mut Value, now: SimTime, node_ip: &str) {
        let old: Vec<Value> = body.at(&["status", "conditions"]).items().to_vec();
        let at = now.rfc3339();
        let condition = |kind: &'static str, status: bool, reason: &str, message: &str| {
            let status = if status { "True" } else { "False" };
            let before = old.iter().find(|c| c.get("type").str() == kind);
            let since = match before {
                Some(c) if c.get("status").str() == status && !c.get("lastTransitionTime").is_null() => {
                    c.get("lastTransitionTime").clone()
                }
                _ => at.clone().into(),
            };
            let generation = body.at(&["metadata", "generation"]).clone();
            let mut value = object! {
                "lastProbeTime" => Value::Null, "lastTransitionTime" => since,
                "observedGeneration" => generation, "status" => status, "type" => kind,
            };
            if !reason.is_empty() {
                value.set(&["reason"], reason.to_string());
            }
            if !message.is_empty() {
                value.set(&["message"], message.to_string());
            }
            value
        };
        let finished = match self.finished {
            Some("Succeeded") => "PodCompleted",
            Some(_) => "PodFailed",
            None => "",
        };
        let unready: Vec<&str> =
            self.in_spec_order(body).into_iter().filter(|name| !self.is_ready(name)).collect();
        let incomplete: Vec<&str> = self
            .init
            .iter()
            .filter(|c| if c.sidecar { !c.running() } else { !matches!(c.state, State::Ended(0, ..)) })
            .map(|c| &*c.name)
            .collect();
        let (ready, reason, message) = if self.ready() {
            (true, "", String::new())
        } else if finished.is_empty() {
            (false, "ContainersNotReady", format!("containers with unready status: [{}]", unready.join(" ")))
        } else {
            (false, finished, String::new())
        };
        let initialized = match (self.initialized() || self.finished.is_some(), finished) {
            (true, "PodCompleted") => condition("Initialized", true, "PodCompleted", ""),
            (true, _) => condition("Initialized", true, "", ""),
            (false, _) => {
                let message = format!("containers with incomplete status: [{}]", incomplete.join(" "));
                condition("Initialized", false, "ContainersNotInitialized", &message)
            }
        };
        let mut scheduled = old
            .iter()
            .find(|c| c.get("type").str() == "PodScheduled")
            .cloned()
            .unwrap_or_else(|| condition("PodScheduled", true, "", ""));
        scheduled.set(&["observedGeneration"], body.at(&["metadata", "generation"]).clone());
        let mut conditions = vec![
            condition("PodReadyToStartContainers", self.sandbox && self.finished.is_none(), "", ""),
            initialized,
            condition("Ready", ready, reason, &message),
            condition("ContainersReady", ready, reason, &message),
            scheduled,
        ];
        let ours = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];
        conditions.extend(old.iter().filter(|c| !ours.contains(&c.get("type").str())).cloned());
        let generation = body.at(&["metadata", "generation"]).clone();
        let qos = qos_class(body.get("spec"));
        let status = body.at_mut(&["status"]).map_mut();
        status.insert("conditions", Value::list(conditions));
        status.insert(
            "containerStatuses",
            Value::list(self.containers.iter().map(Container::status).collect()),
        );
        if !self.init.is_empty() {
            status.insert(
                "initContainerStatuses",
                Value::list(self.init.iter().map(Container::status).collect()),
            );
        }
        if !self.debuggers.is_empty() {
            let list = self.debuggers.iter().map(Container::status).collect();
            status.insert("ephemeralContainerStatuses", Value::list(list));
        }
        status.insert("hostIP", node_ip.to_string());
        status.insert("hostIPs", Value::list(vec![object! { "ip" => node_ip.to_string() }]));
        status.insert("observedGeneration", generation);
        status.insert("phase", self.phase());
        if !self.ip.is_empty() {
            status.insert("podIP", &self.ip);
            status.insert("podIPs", Value::list(vec![object! { "ip" => &self.ip }]));
        }
        status.insert("qosClass", qos);
        status.insert("startTime", self.started_at.rfc3339());
    }

    fn in_spec_order<'a>(&'a self, body: &'a Value) -> Vec<&'a str> {
        body.at(&["spec", "containers"]).items().iter().map(|c| c.get("name").str()).collect()
    }

    fn is_ready(&self, name: &str) -> bool {
        self.containers.iter().any(|c| *c.name == *name && c.ready)
    }
}

/// `status.qosClass` of a pod spec: Guaranteed, Burstable or BestEffort.
pub fn qos_class(spec: &Value) -> &'static str {
    let containers: Vec<&Value> =
        spec.get("containers").items().iter().chain(spec.get("initContainers").items()).collect();
    let part = |c: &Value, part: &str| c.at(&["resources", part]).entries().len();
    if containers.iter().all(|c| part(c, "requests") == 0 && part(c, "limits") == 0) {
        return "BestEffort";
    }
    let guaranteed = containers.iter().all(|c| {
        ["cpu", "memory"].iter().all(|resource| {
            let limit = c.at(&["resources", "limits", resource]);
            let request = c.at(&["resources", "requests", resource]);
            !limit.is_null() && (request.is_null() || request == limit)
        })
    });
    if guaranteed { "Guaranteed" } else { "Burstable" }
}
