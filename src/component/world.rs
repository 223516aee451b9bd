//! The world outside the control plane: how long things take, and what somebody broke on purpose.

use crate::api::{Text, Value};
use crate::sim::{SimDuration, SortedMap, SortedSet};

/// How long the outside world takes (scenario.md 1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From Pending to bound.
    pub schedule: SimDuration,
    /// From a claim to its bound volume.
    pub provision: SimDuration,
    /// Each image, once a node.
    pub pull: SimDuration,
    /// Each container.
    pub start: SimDuration,
    /// From deletion to the last container's end.
    pub stop: SimDuration,
    /// One reaction of a controller.
    pub sync: SimDuration,
    /// From an EndpointSlice write to the DNS server answering by it.
    pub dns: SimDuration,
    /// The scripted kubelet of a recording: (delay of each step, least gap between any two of its writes). Takes
    /// the place of pull, start and stop (golden/README.md 1.1).
    pub scripted: Option<(SimDuration, SimDuration)>,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            schedule: SimDuration(20),
            provision: SimDuration(300),
            pull: SimDuration(600),
            start: SimDuration(700),
            stop: SimDuration(1000),
            sync: SimDuration(5),
            dns: SimDuration(50),
            scripted: None,
        }
    }
}

impl Pace {
    /// The names a scenario may use.
    pub const NAMES: &[&str] = &["schedule", "provision", "pull", "start", "stop", "sync", "dns"];

    /// The pace of that name, for changing it.
    pub fn by_name(&mut self, name: &str) -> Option<&mut SimDuration> {
        Some(match name {
            "schedule" => &mut self.schedule,
            "provision" => &mut self.provision,
            "pull" => &mut self.pull,
            "start" => &mut self.start,
            "stop" => &mut self.stop,
            "sync" => &mut self.sync,
            "dns" => &mut self.dns,
            _ => return None,
        })
    }
}

/// Something that happens outside the control plane (scenario.md 1.3). Pods are of namespace `default` unless
/// written `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the directive of that name")]
pub enum Fault {
    Hold(PodName),
    Release(PodName),
    Unready(PodName),
    Ready(PodName),
    Crash { pod: PodName, container: Option<Text>, code: i64 },
    CrashLoop { pod: PodName, container: Option<Text> },
    BreakImage(Text),
    FixImage(Text),
    StopNode(Text),
    StartNode(Text),
    CutNode(Text),
    MendNode(Text),
    FailStorage(Text),
    MendStorage(Text),
    Slow { component: Text, by: SimDuration },
    MendComponent(Text),
}

/// A pod by namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodName {
    /// The namespace.
    pub namespace: Text,
    /// The name.
    pub name: Text,
}

/// What is broken, held or slow, and what lies in the volumes.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// How long things take.
    pub pace: Pace,
    /// Pods whose readiness does not come.
    pub held: SortedSet<PodName>,
    /// Pods (and which container; none means the first) that exit 1 s after every start.
    pub crash_looping: SortedMap<PodName, Option<Text>>,
    /// Images whose pulls fail.
    pub broken_images: SortedSet<Text>,
    /// Nodes without power.
    pub stopped_nodes: SortedSet<Text>,
    /// Nodes the control plane cannot reach.
    pub cut_nodes: SortedSet<Text>,
    /// Classes whose provisioning fails.
    pub failing_classes: SortedSet<Text>,
    /// Components that see the world that much later.
    pub slow: SortedMap<Text, SimDuration>,
    /// Files: volume (`pv/NAME`, or `pod/UID/VOLUME` for one that goes with the pod) to path to content.
    pub files: SortedMap<Text, SortedMap<Text, Value>>,
    /// Init containers that have begun: whoever can run programs takes them from here and runs theirs.
    pub begun: Vec<(PodName, Text)>,
}

impl World {
    /// True if neither power nor network of the node is out.
    pub fn node_is_reachable(&self, node: &str) -> bool {
        !self.stopped_nodes.contains(node) && !self.cut_nodes.contains(node)
    }

    /// Notes a fault; components hear of it afterwards.
    pub fn note(&mut self, fault: &Fault) {
        match fault.clone() {
            Fault::Hold(pod) => drop(self.held.insert(pod)),
            Fault::Release(pod) => {
                self.held.remove(&pod);
                self.crash_looping.remove(&pod);
            }
            Fault::CrashLoop { pod, container } => drop(self.crash_looping.insert(pod, container)),
            Fault::BreakImage(image) => drop(self.broken_images.insert(image)),
            Fault::FixImage(image) => drop(self.broken_images.remove(&*image)),
            Fault::StopNode(node) => drop(self.stopped_nodes.insert(node)),
            Fault::StartNode(node) => drop(self.stopped_nodes.remove(&*node)),
            Fault::CutNode(node) => drop(self.cut_nodes.insert(node)),
            Fault::MendNode(node) => drop(self.cut_nodes.remove(&*node)),
            Fault::FailStorage(class) => drop(self.failing_classes.insert(class)),
            Fault::MendStorage(class) => drop(self.failing_classes.remove(&*class)),
            Fault::Slow { component, by } => drop(self.slow.insert(component, by)),
            Fault::MendComponent(component) => drop(self.slow.remove(&*component)),
            Fault::Unready(_) | Fault::Ready(_) | Fault::Crash { .. } => {}
        }
    }
}
