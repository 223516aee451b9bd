//! How evenly pods stand on nodes: the score of PodTopologySpread with its default constraints (S142).
//!
//! A pod is counted with all pods of its namespace that its Services and its owner select; what none selects is not
//! spread. The counts of each selection are kept as pods come and go, since a count for every pod would walk over
//! all of them. Follows pkg/scheduler/framework/plugins/helper DefaultSelector and podtopologyspread/scoring.go.

use crate::api::placement::labels_match;
use crate::api::{Kind, Object, Text, Value};
use crate::object;
use crate::sim::SortedMap;
use crate::store::View;

/// Counts of the selections asked for last.
#[derive(Clone, Default)]
pub struct Spreads(Vec<Spread>);

/// How many pods of one selection each node carries.
#[derive(Clone)]
pub struct Spread {
    namespace: Text,
    /// Label selectors; a pod counts if all of them select it. Without any nothing counts.
    selectors: Vec<Value>,
    nodes: SortedMap<Text, usize>,
}

// So many selections are remembered; a selection that was forgotten is counted anew.
const REMEMBERED: usize = 64;

/// True if the pod has a place and stays there.
pub fn counts(pod: &Object) -> bool {
    super::is_placed(pod) && !pod.is_terminating()
}

impl Spread {
    fn count(&mut self, pod: &Object, add: bool) {
        let selected = |selector| labels_match(selector, pod.labels());
        let none = self.selectors.is_empty() || *self.namespace != *pod.namespace();
        if none || !self.selectors.iter().all(selected) {
            return;
        }
        let count = self.nodes.entry(pod.spec().get("nodeName").text()).or_default();
        *count = if add { *count + 1 } else { count.saturating_sub(1) };
    }

    /// The number of pods on a node; the fewer, the better.
    pub fn on(&self, node: &str) -> usize {
        self.nodes.get(node).copied().unwrap_or(0)
    }
}

impl Spreads {
    /// A pod comes to its node or goes from it.
    pub fn count(&mut self, pod: &Object, add: bool) {
        for spread in &mut self.0 {
            spread.count(pod, add);
        }
    }

    /// The counts for a pod that looks for a node.
    pub fn of(&mut self, pod: &Object, view: View<'_>) -> &Spread {
        let selectors = selectors(pod, view);
        let namespace = pod.meta("namespace").text();
        let known = self.0.iter().position(|s| s.namespace == namespace && s.selectors == selectors);
        let i = known.unwrap_or_else(|| {
            if self.0.len() == REMEMBERED {
                self.0.remove(0);
            }
            let mut spread = Spread { namespace, selectors, nodes: SortedMap::new() };
            let others = view.list(Kind::Pod, Some(pod.namespace()));
            others.iter().filter(|other| counts(other)).for_each(|other| spread.count(other, true));
            self.0.push(spread);
            self.0.len() - 1
        });
        &self.0[i]
    }
}

// What the Services that select the pod select, and what its owner does.
fn selectors(pod: &Object, view: View<'_>) -> Vec<Value> {
    let mut selectors = Vec::new();
    for service in view.list(Kind::Service, Some(pod.namespace())) {
        let selector = service.spec().get("selector");
        if selector.entries().is_empty() {
            continue;
        }
        let selector = object! { "matchLabels" => selector.clone() };
        if labels_match(&selector, pod.labels()) && !selectors.contains(&selector) {
            selectors.push(selector);
        }
    }
    let owner = pod.controller().and_then(|owner| {
        let kind =
            [Kind::StatefulSet, Kind::ReplicaSet].into_iter().find(|kind| kind.name() == owner.kind())?;
        view.get(kind, pod.namespace(), owner.name())
    });
    selectors.extend(owner.map(|owner| owner.spec().get("selector").clone()));
    selectors
}
