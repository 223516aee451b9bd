//! What a pass would do now, without doing it: for a cluster that is watched from outside.
//!
//! The revisions are those the set's status names, as the real controller chose them; a template seen from outside
//! lacks what was not to be read, so its hash would be another.

use super::StatefulSetController;
use super::decide::Step;
use super::identity;
use super::spec::SetSpec;
use crate::api::{Kind, ObjectKey};
use crate::component::{Action, Ctx, Gate, Why, WorkKey};

impl StatefulSetController {
    /// The writes a pass over the set of that key would make, each with its reason, and the gate behind them; none if
    /// there is no such set. The set comes back when time alone opens the gate. A set whose newest generation the
    /// controller has not seen (S91) is not held by anything.
    pub fn foresee(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Option<(Vec<Action>, Option<Gate>)> {
        let set = ctx.get(Kind::StatefulSet, &key.namespace, &key.name)?;
        let status = set.status();
        let seen = status.get("observedGeneration").as_int().unwrap_or(0);
        if seen < set.generation() {
            return Some((Vec::new(), None));
        }
        let update = status.get("updateRevision").text();
        let current = match status.get("currentRevision").text() {
            name if name.is_empty() => update.clone(),
            name => name,
        };
        self.memory(&set);
        let plan = self.plan(&set, &SetSpec::read(&set), &current, &update, ctx);
        let now = ctx.client.now();
        let view = ctx.view();
        let claim = |name: &str| view.get(Kind::PersistentVolumeClaim, &key.namespace, name);
        let mut actions = Vec::new();
        for (_, step) in &plan.steps {
            let (ordinal, why) = match step {
                Step::Create { ordinal, .. } => (*ordinal, Why::MissingPod),
                Step::Delete { ordinal, why } => (*ordinal, why.clone()),
                Step::EnsureClaims { .. } | Step::Repair { .. } | Step::RepairClaims { .. } => continue,
            };
            if matches!(why, Why::MissingPod) {
                for name in identity::claim_names(&set, ordinal).filter(|name| claim(name).is_none()) {
                    let object = ObjectKey::new(Kind::PersistentVolumeClaim, key.namespace.clone(), name);
                    actions.push(Action { object, why: Why::MissingClaim });
                }
            }
            let object =
                ObjectKey::new(Kind::Pod, key.namespace.clone(), identity::pod_name(set.name(), ordinal));
            actions.push(Action { object, why });
        }
        if let Some(at) = plan.gate.as_ref().and_then(Gate::until).filter(|at| *at > now) {
            ctx.requeue_after(key.clone(), at.since(now));
        }
        // While there is something to make or to remove, nothing holds.
        let gate = plan.gate.filter(|_| actions.is_empty());
        Some((actions, gate))
    }
}
