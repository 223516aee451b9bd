//! The quota controller: counts anew what is used, when a quota is new or changed and when something went.
//!
//! Follows pkg/controller/resourcequota. What comes is charged by the admission plugin (`store::quota`).

use crate::api::{Kind, Object};
use crate::component::{Component, Ctx, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::store::quota::{COUNTED, has_ended, used};
use crate::store::{Change, View};

/// The controller.
#[derive(Clone, Default)]
pub struct QuotaController;

fn is_new(quota: &Object) -> bool {
    quota.spec().get("hard") != quota.status().get("hard")
}

impl Component for QuotaController {
    fn name(&self) -> &'static str {
        "resourcequota-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        COUNTED
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        let went = match (&change.old, &change.new) {
            (Some(old), Some(new)) => has_ended(new, change.at) && !has_ended(old, change.at),
            (old, new) => old.is_some() && new.is_none(),
        };
        if went {
            for quota in view.list(Kind::ResourceQuota, Some(&change.key.namespace)) {
                queue.add(WorkKey::of(quota));
            }
        }
        if let Some(quota) = change.new.as_ref().filter(|new| new.kind == Kind::ResourceQuota)
            && (change.old.is_none() || is_new(quota))
        {
            queue.add(WorkKey::of(quota));
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let Some(quota) = ctx.get(Kind::ResourceQuota, &key.namespace, &key.name) else { return Ok(()) };
        let used = used(ctx.client.store(), &quota, ctx.client.now(), None);
        let status = object! { "hard" => quota.spec().get("hard").clone(), "used" => used };
        if *quota.status() != status {
            let mut changed = (*quota).clone();
            changed.body.set(&["status"], status);
            ctx.client.update_status(changed)?;
        }
        Ok(())
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}
