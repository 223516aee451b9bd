//! Pods that want to be beside others, or not beside them: required inter-pod affinity and anti-affinity (S140).
//!
//! Placed pods that keep others away are remembered, so that a pod without such wishes costs nothing. Preferences are not
//! scored, and namespaces are the pod's own or those a term lists. Follows interpodaffinity/filtering.go.

use super::is_placed;
use crate::api::placement::labels_match;
use crate::api::{Kind, Object, Text, Value};
use crate::sim::SortedMap;
use crate::store::View;
use std::rc::Rc;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

fn terms<'a>(pod: &'a Object, which: &str) -> &'a [Value] {
    pod.spec().at(&["affinity", which, REQUIRED]).items()
}

// True if a term of `owner` is about that pod.
fn selects(term: &Value, owner: &Object, pod: &Object) -> bool {
    let listed = term.get("namespaces").items();
    let namespace = match listed {
        [] => owner.namespace() == pod.namespace(),
        listed => listed.iter().any(|namespace| namespace.str() == pod.namespace()),
    };
    namespace && !term.get("labelSelector").is_null() && labels_match(term.get("labelSelector"), pod.labels())
}

/// The placed pods that keep others away.
#[derive(Clone, Default)]
pub struct Exclusive(SortedMap<Text, Rc<Object>>);

impl Exclusive {
    /// A pod comes to its node or goes from it.
    pub fn place(&mut self, pod: &Object, add: bool) {
        if terms(pod, "podAntiAffinity").is_empty() {
            return;
        }
        if add {
            self.0.insert(pod.meta("uid").text(), Rc::new(pod.clone()));
        } else {
            self.0.remove(&pod.meta("uid").text());
        }
    }

    /// What other pods have to say about the places of this one.
    pub fn rules(&self, pod: &Object, view: View<'_>) -> Rules {
        let mut rules = Rules::default();
        let (near, away) = (terms(pod, "podAffinity"), terms(pod, "podAntiAffinity"));
        for owner in self.0.values() {
            for term in terms(owner, "podAntiAffinity").iter().filter(|term| selects(term, owner, pod)) {
                rules.others.push((term.get("topologyKey").text(), owner.spec().get("nodeName").text()));
            }
        }
        if near.is_empty() && away.is_empty() {
            return rules;
        }
        let mut placed = view.list(Kind::Pod, None);
        placed.retain(|other| is_placed(other));
        // Bound or promised a node, and not heard of yet.
        let known: Vec<Text> = placed.iter().map(|other| other.meta("uid").text()).collect();
        placed.extend(self.0.iter().filter(|(uid, _)| !known.contains(uid)).map(|(_, other)| other));
        let nodes = |term: &Value| -> Vec<Text> {
            let found = placed.iter().filter(|other| selects(term, pod, other));
            found.map(|other| other.spec().get("nodeName").text()).collect()
        };
        for term in away {
            let key = term.get("topologyKey").text();
            rules.away.extend(nodes(term).into_iter().map(|node| (key.clone(), node)));
        }
        for term in near {
            let found = nodes(term);
            // The first of a group has nobody to be beside.
            if !found.is_empty() || !selects(term, pod, pod) {
                rules.near.push((term.get("topologyKey").text(), found));
            }
        }
        rules
    }
}

/// Where a pod may not be, or has to be: topology keys and nodes in those domains.
#[derive(Default)]
pub struct Rules {
    near: Vec<(Text, Vec<Text>)>,
    away: Vec<(Text, Text)>,
    others: Vec<(Text, Text)>,
}

impl Rules {
    /// Why the node cannot take the pod, and whether removing others could help; `find` looks nodes up.
    pub fn refusal<'a>(
        &self,
        node: &Object,
        find: &dyn Fn(&str) -> Option<&'a Rc<Object>>,
    ) -> Option<(&'static str, bool)> {
        let same = |key: &str, other: &str| {
            let domain = node.label(key);
            !domain.is_empty() && find(other).is_some_and(|other| other.label(key) == domain)
        };
        let is_near = |(key, nodes): &(Text, Vec<Text>)| nodes.iter().any(|other| same(key, other));
        if !self.near.iter().all(is_near) {
            return Some(("node(s) didn't match pod affinity rules", false));
        }
        if self.away.iter().any(|(key, other)| same(key, other)) {
            return Some(("node(s) didn't match pod anti-affinity rules", true));
        }
        let kept_away = self.others.iter().any(|(key, other)| same(key, other));
        kept_away.then_some(("node(s) didn't satisfy existing pods anti-affinity rules", true))
    }
}
