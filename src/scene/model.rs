//! Everything a picture of the cluster needs, as plain data, read from the store at a moment.
//!
//! Columns go by ordinal. Without a set to show, every pod is a column of its own and no ordinal is drawn.
//! State words are kubectl's STATUS column; [`PodState`] is the coarser condition that decides the drawing.

mod clients;
mod past;
mod pods;
mod services;

pub use clients::{ClientModel, clients};
pub use pods::{Countdown, Note, PodModel, PodState, Revision, pod_model, pod_word};
pub use services::{NameModel, ServiceModel, ServiceShape};

use crate::api::{Kind, Object, ObjectKey, Text};
use crate::component::decision::{Decision, Gate, Why};
use crate::component::{Happening, What};
use crate::sim::{Arrange, SimTime, SortedMap};
use crate::store::Store;
use std::rc::Rc;

/// Ordinals beyond so many are drawn only where something of theirs exists.
const MOST_COLUMNS: i64 = 1000;

/// The cluster as the stage shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageModel {
    /// The set on the stage, if there is one.
    pub set: Option<SetModel>,
    /// Every set of the cluster, in the order of their names.
    pub sets: Vec<ObjectKey>,
    /// The columns, by ordinal.
    pub columns: Vec<Column>,
    /// Services that matter to these pods; the governing one first.
    pub services: Vec<ServiceModel>,
    /// What the controller does or waits for.
    pub hand: Option<Hand>,
    /// The nodes, by name.
    pub nodes: Vec<NodeModel>,
    /// Pods of no set that run beside it, by name.
    pub others: Vec<PodModel>,
    /// Programs in pods that send requests.
    pub clients: Vec<ClientModel>,
    /// True if the pods of this set have claims.
    pub has_claims: bool,
}

/// The set on the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct SetModel {
    /// Its key.
    pub key: ObjectKey,
    /// `spec.replicas`.
    pub replicas: i64,
    /// `spec.ordinals.start`.
    pub start: i64,
    /// `spec.updateStrategy.rollingUpdate.partition`, if it holds anything back.
    pub partition: Option<i64>,
    /// False if the object is gone and only what it left is shown.
    pub exists: bool,
    /// True while it is being deleted.
    pub terminating: bool,
}

/// One ordinal.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The ordinal; the position among the pods if no set is shown.
    pub ordinal: i64,
    /// The name its pod has or would have.
    pub name: String,
    /// True if `spec.replicas` asks for it.
    pub wanted: bool,
    /// The pod, if it exists.
    pub pod: Option<PodModel>,
    /// Its claims, in the order of the templates.
    pub claims: Vec<ClaimModel>,
    /// What its name answers, if the set has a governing service.
    pub dns: Option<NameModel>,
    /// True if this is what differs from the run beside it.
    pub differs: bool,
}

/// A claim and the volume behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimModel {
    /// Its key.
    pub key: ObjectKey,
    /// Its condition.
    pub state: ClaimState,
    /// The volume bound to it.
    pub volume: Option<VolumeModel>,
}

/// The condition of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimState {
    /// No volume yet.
    Pending,
    /// Bound, its pod is there.
    Bound,
    /// Bound, and its pod is gone.
    Kept,
    /// Being deleted; protected while a pod uses it.
    Terminating,
    /// Its volume is gone.
    Lost,
}

/// A volume.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeModel {
    /// Its name.
    pub name: Text,
    /// `1Gi`.
    pub size: Text,
    /// Its condition.
    pub state: VolumeState,
}

/// The condition of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the phase of that name")]
pub enum VolumeState {
    Available,
    Bound,
    Released,
    Failed,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeModel {
    /// Its name.
    pub name: Text,
    /// Its condition.
    pub state: NodeState,
    /// Since when it has not been ready.
    pub since: Option<SimTime>,
}

/// The condition of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeState {
    /// Takes pods.
    Ready,
    /// Says it is not ready.
    NotReady,
    /// Says nothing any more.
    Unknown,
    /// Takes no new pods.
    Cordoned,
}

/// What the controller does or waits for, and over which ordinal it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Hand {
    /// The column it stands over; the first if it has no ordinal.
    pub ordinal: Option<i64>,
    /// What it does.
    pub says: Says,
}

/// What the controller says.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// It waits at a gate.
    Gate(Gate),
    /// It has written something for this reason, to the object of this name.
    Did(Why, Text),
}

impl Says {
    /// The class of its mood: working, waiting, or backing off.
    pub fn mood(&self) -> &'static str {
        match self {
            Says::Gate(Gate::Refused { .. }) => "backing",
            Says::Gate(_) => "waiting",
            Says::Did(..) => "working",
        }
    }
}

impl StageModel {
    /// Every set, ordered by namespace and name.
    pub fn sets(store: &Store) -> Vec<ObjectKey> {
        store.list(Kind::StatefulSet, None).map(|set| set.key()).collect()
    }

    /// The set to show when nobody chose one: the youngest, or else the last name.
    pub fn choose(store: &Store) -> Option<ObjectKey> {
        store.list(Kind::StatefulSet, None).max_by_key(|set| set.created_at()).map(|set| set.key())
    }

    /// The set to show when none is there: the one written last.
    pub fn last_set(happenings: &[Happening]) -> Option<ObjectKey> {
        happenings.iter().rev().find_map(|h| match &h.what {
            What::Write(write) if write.key.kind == Kind::StatefulSet && write.error.is_none() => {
                Some(write.key.clone())
            }
            _ => None,
        })
    }

    /// The lowest and highest ordinal a set wants anywhere in a run: columns that stay, so that nothing jumps.
    pub fn ordinals(happenings: &[Happening], set: &ObjectKey) -> Option<(i64, i64)> {
        let sets = happenings.iter().filter_map(|h| match &h.what {
            What::Write(write) if write.key == *set => write.new.as_ref(),
            _ => None,
        });
        sets.map(|set| {
            let start = set.spec().at(&["ordinals", "start"]).as_int().unwrap_or(0);
            (start, start + set.spec().get("replicas").as_int().unwrap_or(1) - 1)
        })
        .filter(|(low, high)| high >= low && high - low < 200)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// Reads the store at the moment `now`. `set`: which set to show; it may be gone, then what it left is shown.
    pub fn from_store(
        store: &Store,
        set: Option<&ObjectKey>,
        now: SimTime,
        decision: Option<&Decision>,
    ) -> StageModel {
        let mut model =
            StageModel { sets: StageModel::sets(store), nodes: nodes(store), ..StageModel::default() };
        let Some(key) = set else {
            model.others = store.list(Kind::Pod, None).map(|pod| pod_model(store, pod, now)).collect();
            model.others_as_columns();
            return model;
        };
        let object = store.by_key(key);
        let spec = object.map_or(crate::api::value::null(), |o| o.spec());
        let start = spec.at(&["ordinals", "start"]).as_int().unwrap_or(0);
        let replicas = if object.is_some() { spec.get("replicas").as_int().unwrap_or(1) } else { 0 };
        let mut columns: SortedMap<i64, Column> = SortedMap::new();
        for ordinal in start..start + replicas.min(MOST_COLUMNS) {
            columns.insert(ordinal, Column::empty(&key.name, ordinal, true));
        }
        let templates: Vec<&str> = spec
            .get("volumeClaimTemplates")
            .items()
            .iter()
            .map(|t| t.at(&["metadata", "name"]).str())
            .collect();
        for pod in store.list(Kind::Pod, None) {
            match member(pod, key, object) {
                Some(ordinal) => {
                    let column =
                        columns.entry(ordinal).or_insert_with(|| Column::empty(&key.name, ordinal, false));
                    column.pod = Some(pod_model(store, pod, now));
                }
                None => model.others.push(pod_model(store, pod, now)),
            }
        }
        for claim in store.list(Kind::PersistentVolumeClaim, Some(&key.namespace)) {
            let Some((template, ordinal)) = claim_of(claim.name(), &key.name) else { continue };
            if object.is_some() && !templates.contains(&template) {
                continue;
            }
            let column = columns.entry(ordinal).or_insert_with(|| Column::empty(&key.name, ordinal, false));
            column.claims.push(claim_model(store, claim, column.pod.is_some()));
        }
        for column in columns.values_mut() {
            let rank = |c: &ClaimModel| {
                let template = claim_of(&c.key.name, &key.name).map_or("", |(t, _)| t);
                templates.iter().position(|t| *t == template)
            };
            column.claims.arrange_by_key(rank);
        }
        model.has_claims = !templates.is_empty() || columns.values().any(|c| !c.claims.is_empty());
        model.columns = columns.into_values().collect();
        let partition =
            spec.at(&["updateStrategy", "rollingUpdate", "partition"]).as_int().filter(|p| *p > start);
        model.set = Some(SetModel {
            key: key.clone(),
            replicas,
            start,
            partition,
            exists: object.is_some(),
            terminating: object.is_some_and(|o| o.is_terminating()),
        });
        services::read(&mut model, store, object);
        model.hand = decision.filter(|d| d.set == *key && object.is_some()).and_then(|d| hand(d, &model));
        model
    }

    /// A set that does not exist: only the places its pods would have.
    pub fn ghost(namespace: &str, name: &str, replicas: i64, has_claims: bool) -> StageModel {
        let key = ObjectKey::new(Kind::StatefulSet, namespace.to_string(), name.to_string());
        StageModel {
            columns: (0..replicas).map(|o| Column::empty(name, o, true)).collect(),
            set: Some(SetModel {
                key,
                replicas: 0,
                start: 0,
                partition: None,
                exists: false,
                terminating: false,
            }),
            has_claims,
            ..StageModel::default()
        }
    }

    /// The column of an ordinal.
    pub fn column(&self, ordinal: i64) -> Option<&Column> {
        self.columns.iter().find(|c| c.ordinal == ordinal)
    }

    /// How many pods are in each state, in the order of the states.
    pub fn counts(&self) -> Vec<(PodState, usize)> {
        let mut counts = SortedMap::new();
        for column in &self.columns {
            *counts.entry(column.pod.as_ref().map_or(PodState::None, |p| p.state)).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Marks the names whose answer differs from `before`.
    pub fn mark_changes(&mut self, before: &StageModel) {
        for column in &mut self.columns {
            let old = before.column(column.ordinal).and_then(|c| c.dns.as_ref());
            if let Some(dns) = &mut column.dns {
                dns.changed = old.is_some_and(|old| old.address != dns.address);
            }
        }
    }

    /// Marks the columns whose pod differs from the one in the run beside it.
    pub fn mark_differences(&mut self, beside: &StageModel) {
        let look = |c: &Column| {
            (
                c.pod.as_ref().map(|p| (p.state, p.revision.clone())),
                c.claims.iter().map(|c| c.state).collect::<Vec<_>>(),
            )
        };
        for column in &mut self.columns {
            column.differs = beside.column(column.ordinal).map(look) != Some(look(column));
        }
    }

    /// Keeps columns free for these ordinals, so that the picture does not get narrower in the middle of a run.
    pub fn keep_columns(&mut self, ordinals: std::ops::RangeInclusive<i64>) {
        let Some(set) = &self.set else { return };
        let service = self.services.iter().find(|s| s.governing).map(|s| s.name.clone());
        for ordinal in ordinals {
            if let Err(at) = self.columns.binary_search_by_key(&ordinal, |c| c.ordinal) {
                let mut column = Column::empty(&set.key.name, ordinal, false);
                column.dns = service.as_ref().map(|s| NameModel {
                    name: format!("{}.{s}", column.name),
                    address: None,
                    changed: false,
                });
                self.columns.insert(at, column);
            }
        }
    }

    fn others_as_columns(&mut self) {
        self.columns = std::mem::take(&mut self.others)
            .into_iter()
            .enumerate()
            .map(|(i, pod)| Column {
                pod: Some(pod.clone()),
                wanted: false,
                ..Column::empty(&pod.key.name, i as i64, false)
            })
            .map(|mut column| {
                column.name = column.pod.as_ref().map_or_else(String::new, |p| p.key.name.to_string());
                column
            })
            .collect();
    }
}

impl Column {
    fn empty(set: &str, ordinal: i64, wanted: bool) -> Column {
        Column {
            ordinal,
            name: format!("{set}-{ordinal}"),
            wanted,
            pod: None,
            claims: Vec::new(),
            dns: None,
            differs: false,
        }
    }

    /// True if anything is or should be here. Columns kept free only hold their place.
    pub fn is_shown(&self) -> bool {
        self.wanted || self.pod.is_some() || !self.claims.is_empty()
    }
}

/// The ordinal of a pod that belongs to the set, by its owner; by its name where the owner is gone.
fn member(pod: &Object, set: &ObjectKey, object: Option<&Rc<Object>>) -> Option<i64> {
    if pod.namespace() != &*set.namespace {
        return None;
    }
    let ordinal = ordinal_of(pod.name(), &set.name)?;
    match (pod.controller(), object) {
        (Some(owner), Some(object)) => (owner.uid() == object.uid()).then_some(ordinal),
        (Some(owner), None) => {
            (owner.kind() == "StatefulSet" && owner.name() == &*set.name).then_some(ordinal)
        }
        (None, _) => Some(ordinal),
    }
}

/// The ordinal in `web-3`, if the rest is the set's name.
pub fn ordinal_of(pod: &str, set: &str) -> Option<i64> {
    let digits = pod.strip_prefix(set)?.strip_prefix('-')?;
    let canonical = digits == "0" || !digits.starts_with('0');
    if canonical && digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Template and ordinal in `www-web-3`, if the middle is the set's name.
pub fn claim_of<'a>(claim: &'a str, set: &str) -> Option<(&'a str, i64)> {
    let dash = claim.rfind('-')?;
    let (rest, digits) = (&claim[..dash], &claim[dash + 1..]);
    let template = rest.strip_suffix(set)?.strip_suffix('-')?;
    Some((template, ordinal_of(&format!("x-{digits}"), "x")?))
}

fn claim_model(store: &Store, claim: &Object, has_pod: bool) -> ClaimModel {
    let state = match claim.status().get("phase").str() {
        _ if claim.is_terminating() => ClaimState::Terminating,
        "Bound" if has_pod => ClaimState::Bound,
        "Bound" => ClaimState::Kept,
        "Lost" => ClaimState::Lost,
        _ => ClaimState::Pending,
    };
    let volume = claim.spec().get("volumeName").text();
    let volume = store.get(Kind::PersistentVolume, "", &volume).map(|volume| VolumeModel {
        name: volume.meta("name").text(),
        size: volume.spec().at(&["capacity", "storage"]).text(),
        state: match volume.status().get("phase").str() {
            "Bound" => VolumeState::Bound,
            "Released" => VolumeState::Released,
            "Failed" => VolumeState::Failed,
            _ => VolumeState::Available,
        },
    });
    ClaimModel { key: claim.key(), state, volume }
}

fn nodes(store: &Store) -> Vec<NodeModel> {
    let node = |node: &Rc<Object>| {
        let ready = node.condition("Ready");
        let state = match ready.get("status").str() {
            "False" => NodeState::NotReady,
            "Unknown" => NodeState::Unknown,
            _ if node.spec().get("unschedulable").is_true() => NodeState::Cordoned,
            _ => NodeState::Ready,
        };
        let away = matches!(state, NodeState::NotReady | NodeState::Unknown);
        let since = SimTime::parse(ready.get("lastTransitionTime").str()).filter(|_| away);
        NodeModel { name: node.meta("name").text(), state, since }
    };
    store.list(Kind::Node, None).map(node).collect()
}

/// The gate that holds, or else the last thing done that a person would notice.
fn hand(decision: &Decision, model: &StageModel) -> Option<Hand> {
    if let Some(gate) = &decision.gate {
        let name = match gate {
            Gate::CondemnedNotReady { first_unavailable, .. } => Some(first_unavailable.clone()),
            Gate::Refused { object, .. } => Some(object.name.clone()),
            Gate::Partition { partition, .. } => {
                return Some(Hand { ordinal: Some(*partition), says: Says::Gate(gate.clone()) });
            }
            Gate::OnDelete { pods } => pods.last().cloned(),
            _ => gate.pod().map(|p| p.to_string().into()),
        };
        let ordinal = name.and_then(|name| ordinal_at_end(&name));
        return Some(Hand { ordinal, says: Says::Gate(gate.clone()) });
    }
    let done = |why: &Why| {
        !matches!(why, Why::Status | Why::MissingClaim | Why::RetentionPolicy | Why::HistoryLimit)
    };
    let (_, action) = decision.actions.iter().rev().find(|(_, action)| done(&action.why))?;
    let ordinal = (action.object.kind == Kind::Pod).then(|| ordinal_at_end(&action.object.name)).flatten();
    ordinal.filter(|o| model.column(*o).is_some())?;
    Some(Hand { ordinal, says: Says::Did(action.why.clone(), action.object.name.clone()) })
}

/// The number a name ends in.
pub fn ordinal_at_end(name: &str) -> Option<i64> {
    name.rsplit_once('-').and_then(|(_, digits)| digits.parse().ok())
}
