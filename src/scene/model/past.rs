//! What no object tells any more and only the past does: the Services of a set that is gone, and containers that still
//! run behind a cut although the object of their pod was removed.

use super::{Note, PodModel, PodState, StageModel, pod_model, services};
use crate::api::{Kind, Object, ObjectKey};
use crate::component::{Fault, Happening, What};
use crate::scenario::parse_fault;
use crate::store::Store;
use std::rc::Rc;

impl StageModel {
    /// Adds what `so_far` tells and `store`, the store behind it, does not.
    pub fn recall(&mut self, so_far: &[Happening], store: &Store) {
        if let Some(key) = self.set.as_ref().filter(|set| !set.exists).map(|set| set.key.clone())
            && let Some(last) = last_seen(so_far, &key)
        {
            services::read(self, store, Some(last));
            self.services.retain(|service| service.shape != super::ServiceShape::Missing);
            if !self.services.iter().any(|service| service.governing) {
                self.columns.iter_mut().for_each(|column| column.dns = None);
            }
        }
        let now = so_far.last().map_or_else(Default::default, |happening| happening.at);
        self.others.extend(left_running(so_far).iter().map(|pod| PodModel {
            state: PodState::Lost,
            word: "Running".into(),
            countdown: None,
            note: Note::Unknown,
            ..pod_model(store, pod, now)
        }));
    }
}

// An object that is gone, as it was.
fn last_seen<'a>(so_far: &'a [Happening], key: &ObjectKey) -> Option<&'a Rc<Object>> {
    so_far.iter().rev().find_map(|happening| match &happening.what {
        What::Write(write) if write.key == *key && write.new.is_none() => write.old.as_ref(),
        _ => None,
    })
}

// Pods whose objects went while their nodes were cut off: nobody could tell the kubelet, so their containers run on until
// it is heard again or loses its power.
fn left_running(so_far: &[Happening]) -> Vec<&Rc<Object>> {
    let (mut cut, mut left) = (Vec::new(), Vec::<&Rc<Object>>::new());
    let node = |pod: &Object| pod.spec().get("nodeName").text();
    for happening in so_far {
        match &happening.what {
            What::Input(note) => match parse_fault(&note.text) {
                Some(Ok(Fault::CutNode(name))) => cut.push(name),
                // Without power nothing runs on.
                Some(Ok(Fault::MendNode(name) | Fault::StopNode(name))) => {
                    cut.retain(|known| *known != name);
                    left.retain(|pod| node(pod) != name);
                }
                _ => {}
            },
            What::Write(write) if write.key.kind == Kind::Pod && write.new.is_none() && !cut.is_empty() => {
                let runs = |pod: &&Rc<Object>| {
                    pod.status().get("phase").str() == "Running" && cut.contains(&node(pod))
                };
                left.extend(write.old.as_ref().filter(runs));
            }
            _ => {}
        }
    }
    left
}
