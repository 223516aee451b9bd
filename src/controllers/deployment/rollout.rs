//! How replica sets change places: rolling, all at once, and in proportion when the Deployment is resized in between.

use super::{Pass, Sets, counted, limits, replicas, sets};
use crate::api::{Kind, Object};
use crate::component::SyncError;
use crate::sim::Arrange;
use std::rc::Rc;

fn available(set: &Object) -> i64 {
    counted(set, "availableReplicas")
}

fn active(sets: &[Rc<Object>]) -> impl Iterator<Item = &Rc<Object>> {
    sets.iter().filter(|set| replicas(set) > 0)
}

impl Pass<'_, '_> {
    /// A pass of a rolling update (S195): up if there is room, else down if enough are available.
    pub(super) fn roll(&mut self, sets: Sets) -> Result<(), SyncError> {
        let owned = sets.all().cloned().collect();
        let sets = self.find(owned, true)?;
        let changed = self.grow(&sets)? || self.shrink(&sets)?;
        if !changed && self.is_complete(self.deployment.status()) {
            self.clean_up(&sets.old)?;
        }
        self.write_rollout_status(&sets)
    }

    fn grow(&mut self, sets: &Sets) -> Result<bool, SyncError> {
        let Some(new) = &sets.new else { return Ok(false) };
        let wanted = replicas(&self.deployment);
        let size = match replicas(new) {
            own if own >= wanted => wanted,
            own => self.size_of_new(sets.all(), own),
        };
        self.resize(new, size, false)
    }

    fn shrink(&mut self, sets: &Sets) -> Result<bool, SyncError> {
        let Some(new) = &sets.new else { return Ok(false) };
        let mut sizes: Vec<(Rc<Object>, i64)> =
            active(&sets.old).map(|set| (set.clone(), replicas(set))).collect();
        let least = replicas(&self.deployment) - limits(&self.deployment).1;
        let total = sets.all().map(|set| replicas(set)).sum::<i64>();
        let room = total - least - (replicas(new) - available(new));
        if sizes.is_empty() || room <= 0 {
            return Ok(false);
        }
        // What is not available can go without harm, oldest set first.
        let mut gone = 0;
        for (set, size) in &mut sizes {
            let unhealthy = (*size - available(set)).clamp(0, room - gone);
            if unhealthy > 0 {
                *size -= unhealthy;
                self.resize(set, *size, false)?;
                gone += unhealthy;
            }
        }
        let mut surplus = sets.all().map(|set| available(set)).sum::<i64>() - least;
        for (set, size) in &mut sizes {
            let down = surplus.clamp(0, *size);
            if down > 0 {
                // The set may have been resized just now.
                let live = self.ctx.client.store().by_key(&set.key()).cloned();
                *size -= down;
                self.resize(&live.unwrap_or(set.clone()), *size, false)?;
                surplus -= down;
                gone += down;
            }
        }
        Ok(gone > 0)
    }

    /// A pass of a Recreate (S197): all old pods go before a new one comes.
    pub(super) fn recreate(&mut self, sets: Sets) -> Result<(), SyncError> {
        let mut scaled = false;
        for set in active(&sets.old) {
            scaled |= self.resize(set, 0, false)?;
        }
        if scaled || self.old_pods_run(&sets) {
            return self.write_rollout_status(&sets);
        }
        let owned = sets.all().cloned().collect();
        let sets = self.find(owned, true)?;
        if let Some(new) = &sets.new {
            let wanted = replicas(&self.deployment);
            self.resize(new, wanted, false)?;
        }
        if self.is_complete(self.deployment.status()) {
            self.clean_up(&sets.old)?;
        }
        self.write_rollout_status(&sets)
    }

    fn old_pods_run(&self, sets: &Sets) -> bool {
        if sets.old.iter().any(|set| counted(set, "replicas") > 0) {
            return true;
        }
        let old = |uid: &str| sets.old.iter().any(|set| set.uid() == uid);
        let view = self.ctx.view();
        view.list(Kind::Pod, Some(self.deployment.namespace())).into_iter().any(|pod| {
            pod.controller().is_some_and(|owner| old(owner.uid()))
                && !matches!(pod.status().get("phase").str(), "Failed" | "Succeeded")
        })
    }

    /// Spreads another number of replicas over the sets that have pods, in proportion to their sizes.
    pub(super) fn scale(&mut self, sets: &Sets) -> Result<(), SyncError> {
        let wanted = replicas(&self.deployment);
        let mut running: Vec<Rc<Object>> = sets.all().filter(|set| replicas(set) > 0).cloned().collect();
        let one = match running.len() {
            0 => sets.new.as_ref().or(sets.old.last()).cloned(),
            1 => running.pop(),
            _ => None,
        };
        if let Some(set) = one {
            return self.resize(&set, wanted, false).map(drop);
        }
        let saturated = sets.new.as_ref().is_some_and(|new| {
            replicas(new) == wanted
                && new.annotation(sets::DESIRED).parse() == Ok(wanted)
                && available(new) == wanted
        });
        if saturated {
            for set in active(&sets.old) {
                self.resize(set, 0, false)?;
            }
            return Ok(());
        }
        if running.is_empty() || !super::is_rolling(&self.deployment) {
            return Ok(());
        }
        let allowed = if wanted > 0 { wanted + limits(&self.deployment).0 } else { 0 };
        let total: i64 = running.iter().map(|set| replicas(set)).sum();
        let add = allowed - total;
        // Of equal sets the newer one grows first and the older one shrinks first.
        running.arrange_by(|a, b| {
            let age = a.created_at().cmp(&b.created_at()).then_with(|| a.name().cmp(b.name()));
            replicas(b).cmp(&replicas(a)).then(if add > 0 { age.reverse() } else { age })
        });
        let mut added = 0;
        let mut sizes: Vec<i64> = Vec::new();
        for set in &running {
            let part = self.proportion(set, add, added);
            sizes.push(replicas(set) + part);
            added += part;
        }
        // What rounding left over goes to the largest.
        sizes[0] = (sizes[0] + add - added).max(0);
        for (set, size) in running.iter().zip(sizes) {
            self.resize(set, size, true)?;
        }
        Ok(())
    }

    // A set's share of the replicas to add, or to take away where negative.
    fn proportion(&self, set: &Object, add: i64, added: i64) -> i64 {
        if add == 0 || added == add || replicas(set) == 0 {
            return 0;
        }
        let (own, wanted) = (replicas(set), replicas(&self.deployment));
        let share = if wanted == 0 {
            -own
        } else {
            // By how much the whole grows or shrinks against what it was when the set was last told.
            let before = set.annotation("deployment.kubernetes.io/max-replicas").parse().unwrap_or(0);
            let before = if before > 0 { before } else { counted(&self.deployment, "replicas") };
            if before == 0 {
                return 0;
            }
            let new = own * (wanted + limits(&self.deployment).0);
            // To the nearest whole number, halves away from zero.
            (2 * new + before) / (2 * before) - own
        };
        let left = add - added;
        if add > 0 { share.min(left) } else { share.max(left) }
    }
}
