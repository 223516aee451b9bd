//! The list of components, in the order in which they hear of a change at the same moment, and what the cluster
//! holds at the beginning.

use super::Config;
use crate::api::Object;
use crate::component::Component;
use crate::controllers;

/// Every component, freshly made.
pub fn all(config: &Config) -> Vec<Box<dyn Component>> {
    let _ = config;
    vec![Box::new(controllers::stateful_set::StatefulSetController::default())]
}

/// What is there before the run begins: namespaces, nodes, storage classes.
pub fn bootstrap(config: &Config) -> Vec<Object> {
    let _ = config;
    vec![Object::new(crate::api::Kind::Namespace, "", "default")]
}
