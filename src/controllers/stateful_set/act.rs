//! Performs a pass: revisions first, then the steps of the plan, then the status, then history (S52, S65).

use super::decide::{self, Plan, Step};
use super::retention::{self, Owner};
use super::revision::{self, Choice};
use super::spec::SetSpec;
use super::status::SetStatus;
use super::{StatefulSetController, identity, selects};
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Action, Ctx, Decision, DeleteOptions, EventType, Gate, SyncError, Why, WorkKey};
use crate::sim::{SimDuration, SortedMap};
use crate::store::{Reason, Status, View};
use std::rc::Rc;

/// One pass over the set of that key.
pub fn sync(
    controller: &mut StatefulSetController,
    key: &WorkKey,
    ctx: &mut Ctx<'_>,
) -> Result<(), SyncError> {
    let Some(set) = ctx.get(Kind::StatefulSet, &key.namespace, &key.name) else { return Ok(()) };
    let mut pass = Pass {
        spec: SetSpec::read(&set),
        set: set.clone(),
        key: key.clone(),
        controller,
        actions: Vec::new(),
        templates: SortedMap::new(),
    };
    let written = pass.controller.memory(&set).written;
    if ctx.cursor < written && ctx.client.profile().read_your_writes {
        return Err(SyncError("the own copy is not as new as what was written".into()));
    }
    let result = pass.run(ctx);
    pass.remember(ctx, &result);
    result.map(drop).map_err(|failure| failure.error)
}

/// A pass that ended early, and the gate that names why.
struct Failure {
    error: SyncError,
    gate: Option<Gate>,
}

impl From<Rc<Status>> for Failure {
    fn from(status: Rc<Status>) -> Self {
        Failure { error: status.into(), gate: None }
    }
}

/// What became of an attempt to repair a pod.
enum Repair {
    /// There was nothing to repair.
    Needless,
    /// It was written.
    Done,
    /// The pod has been changed since it was read; not told yet.
    Stale,
}

struct Pass<'a> {
    set: Rc<Object>,
    spec: SetSpec,
    key: WorkKey,
    controller: &'a mut StatefulSetController,
    actions: Vec<(u64, Action)>,
    templates: SortedMap<Text, Value>,
}

impl Pass<'_> {
    fn run(&mut self, ctx: &mut Ctx<'_>) -> Result<Option<Gate>, Failure> {
        let mut revisions = self.claim_revisions(ctx)?;
        self.claim_pods(ctx)?;
        let mut collisions = self.set.status().get("collisionCount").as_int().unwrap_or(0);
        let update = self.update_revision(ctx, &mut revisions, &mut collisions)?;
        let current = self.current_revision(&revisions, &update);
        let plan = self.controller.plan(&self.set, &self.spec, &current, &update, ctx);
        let (result, updated) = self.perform(ctx, &plan);
        let status = self.write_status(ctx, &current, &update, collisions, updated);
        let history = self.truncate_history(ctx, &revisions, &current, &update);
        let min_ready = self.spec.min_ready_secs;
        result?;
        let available = status?;
        history?;
        if min_ready > 0 && available != self.spec.replicas {
            self.look_again(ctx);
        }
        Ok(plan.gate)
    }

    // S49: a set that waits for availability looks again.
    fn look_again(&mut self, ctx: &mut Ctx<'_>) {
        let min_ready = self.spec.min_ready_secs;
        let now = ctx.client.now();
        let pods = &self.controller.memory(&self.set).pods;
        let earliest = pods
            .iter()
            .filter(|(_, pod)| !pod.available(min_ready, now))
            .filter_map(|(_, pod)| pod.available_at(min_ready))
            .min();
        let delay = match earliest {
            Some(at) if !ctx.client.profile().coarse_availability_check => at.since(now),
            _ => SimDuration::secs(min_ready as u64),
        };
        let key = self.key.clone();
        if self.controller.memory(&self.set).sleeps(now, now + delay) {
            ctx.requeue_after(key, delay);
        }
    }

    // The revisions of this set, sorted; orphans that fit are adopted (S32, S33, S54).
    fn claim_revisions(&mut self, ctx: &mut Ctx<'_>) -> Result<Vec<Rc<Object>>, Failure> {
        let mut revisions = Vec::new();
        for revision in ctx.list(Kind::ControllerRevision, Some(&self.key.namespace)) {
            match revision.controller() {
                Some(owner) if owner.uid() == self.set.uid() => revisions.push(revision),
                Some(_) => {}
                None if selects(&self.set, &revision) && !revision.is_terminating() => {
                    if self.set.is_terminating() {
                        revisions.push(revision);
                        continue;
                    }
                    self.still_there(ctx)?;
                    let owner = self.set.owner_reference();
                    let adopted = ctx.client.patch(&revision.key(), "", |body| {
                        body.at_mut(&["metadata", "ownerReferences"]).list_mut().push(owner);
                    })?;
                    self.note(ctx, revision.key(), Why::Adopt);
                    revisions.push(adopted);
                }
                None => {}
            }
        }
        revision::sort(&mut revisions);
        Ok(revisions)
    }

    // Before the first adoption the set is read uncached: same uid, not being deleted (S54, S55).
    fn still_there(&self, ctx: &Ctx<'_>) -> Result<(), Failure> {
        let live = ctx.client.store().get(Kind::StatefulSet, &self.key.namespace, &self.key.name);
        let message = match live {
            Some(live) if live.uid() == self.set.uid() && !live.is_terminating() => return Ok(()),
            Some(live) if live.is_terminating() => {
                format!("{}/{} has just been deleted", self.key.namespace, self.key.name)
            }
            _ => format!("original {}/{} is gone", self.key.namespace, self.key.name),
        };
        Err(Failure { error: SyncError(message), gate: None })
    }

    // Takes over pods that fit and lets go of pods that no longer do (S55).
    fn claim_pods(&mut self, ctx: &mut Ctx<'_>) -> Result<(), Failure> {
        if self.set.is_terminating() {
            return Ok(());
        }
        let misfits: Vec<Rc<Object>> = self.controller.memory(&self.set).misfits.values().cloned().collect();
        for pod in misfits {
            let uid = Text::from(self.set.uid().to_string());
            let done = ctx.client.patch(&pod.key(), "", |body| {
                let owners = body.at_mut(&["metadata", "ownerReferences"]).list_mut();
                owners.retain(|owner| *owner.get("uid").str() != *uid);
                if owners.is_empty() {
                    body.remove(&["metadata", "ownerReferences"]);
                }
            });
            match done {
                Ok(_) => self.note(ctx, pod.key(), Why::Release),
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => return Err(status.into()),
            }
            self.controller.memory(&self.set).misfits.remove(pod.name());
        }
        let orphans: Vec<ObjectKey> = self
            .controller
            .orphans
            .iter()
            .filter(|key| key.namespace == self.key.namespace)
            .filter(|key| identity::ordinal_in(&self.key.name, &key.name).is_some())
            .cloned()
            .collect();
        for key in orphans {
            let Some(pod) = ctx.view().by_key(&key).cloned() else { continue };
            if pod.controller().is_some() || pod.is_terminating() || !selects(&self.set, &pod) {
                continue;
            }
            self.still_there(ctx)?;
            let owner = self.set.owner_reference();
            let adopted = ctx.client.patch(&key, "", |body| {
                body.at_mut(&["metadata", "ownerReferences"]).list_mut().push(owner);
            });
            match adopted {
                Ok(adopted) => {
                    self.note(ctx, key.clone(), Why::Adopt);
                    self.controller.orphans.remove(&key);
                    let set = self.set.clone();
                    self.controller.file(&set, &adopted);
                }
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => return Err(status.into()),
            }
        }
        Ok(())
    }

    // S34 to S37: the update revision is found, raised or made.
    fn update_revision(
        &mut self,
        ctx: &mut Ctx<'_>,
        revisions: &mut Vec<Rc<Object>>,
        collisions: &mut i64,
    ) -> Result<Text, Failure> {
        let set = self.set.clone();
        let profile = ctx.client.profile().clone();
        let memory = self.controller.memory(&set);
        if memory.template != *set.spec().get("template") || memory.data.is_null() {
            memory.template = set.spec().get("template").clone();
            memory.data = revision::data(revision::stored_template(&set, &profile));
            memory.first_hash = revision::hash(&memory.data, *collisions).into();
        }
        let (data, first_hash) = (memory.data.clone(), memory.first_hash.clone());
        let choice = match revision::choose(revisions, &data) {
            Choice::Latest(name) => Choice::Latest(name),
            other => revision::same_meaning(revisions, &data, &profile).map_or(other, Choice::Latest),
        };
        match choice {
            Choice::Latest(name) => Ok(name),
            Choice::Rollback { name, number } => {
                let i = revisions.iter().position(|r| *r.name() == *name).expect("chosen among these");
                let mut raised = (*revisions[i]).clone();
                raised.body.set(&["revision"], number);
                let raised = ctx.client.update(raised)?;
                self.note(ctx, raised.key(), Why::Rollback);
                revisions[i] = raised;
                revision::sort(revisions);
                Ok(name)
            }
            Choice::New { number } => loop {
                let candidate = revision::new_revision(&set, &data, number, *collisions, &first_hash);
                let key = candidate.key();
                match ctx.client.create(candidate) {
                    Ok(made) => {
                        self.note(ctx, key.clone(), Why::NewRevision);
                        revisions.push(made);
                        return Ok(key.name);
                    }
                    Err(status) if status.reason == Reason::AlreadyExists => {
                        let existing = ctx.client.store().by_key(&key).cloned();
                        match existing {
                            Some(existing) if *existing.body.get("data") == data => {
                                revisions.push(existing);
                                return Ok(key.name);
                            }
                            _ => *collisions += 1,
                        }
                    }
                    Err(status) => return Err(status.into()),
                }
            },
        }
    }

    // S38.
    fn current_revision(&self, revisions: &[Rc<Object>], update: &Text) -> Text {
        let stored = self.set.status().get("currentRevision");
        match revisions.iter().find(|revision| revision.meta("name") == stored) {
            Some(revision) => revision.meta("name").text(),
            None => update.clone(),
        }
    }

    // The steps in order; after a failure the rest of the batch is still done, then the pass ends (S69). The number
    // tells how many deletions of the update phase were done.
    fn perform(&mut self, ctx: &mut Ctx<'_>, plan: &Plan) -> (Result<(), Failure>, usize) {
        let mut failed: Option<(u32, Failure)> = None;
        let mut updated = 0;
        let first_update = plan.steps.len() - plan.updates;
        for (i, (batch, step)) in plan.steps.iter().enumerate() {
            if let Some((in_batch, _)) = &failed
                && (in_batch != batch || self.spec.monotonic)
            {
                break;
            }
            match self.step(ctx, step) {
                Ok(()) => updated += usize::from(i >= first_update),
                Err(failure) => {
                    failed.get_or_insert((*batch, failure));
                }
            }
        }
        (failed.map_or(Ok(()), |(_, failure)| Err(failure)), updated)
    }

    fn step(&mut self, ctx: &mut Ctx<'_>, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Create { ordinal, revision } => self.create_pod(ctx, *ordinal, revision),
            Step::Delete { ordinal, why } => self.delete_pod(ctx, *ordinal, why),
            Step::EnsureClaims { ordinal } => {
                self.ensure_claims(ctx, *ordinal, false)?;
                self.repair_claims(ctx, *ordinal, false).map(drop)
            }
            Step::Repair { ordinal } => self.repair_pod(ctx, *ordinal),
            Step::RepairClaims { ordinal } => self.repair_claims(ctx, *ordinal, false).map(drop),
        }
    }

    // S70: claims first, then the pod, then the claims' owners, then the event.
    fn create_pod(&mut self, ctx: &mut Ctx<'_>, ordinal: i64, revision: &Text) -> Result<(), Failure> {
        let name = identity::pod_name(self.set.name(), ordinal);
        if let Err(failure) = self.ensure_claims(ctx, ordinal, false) {
            self.pod_event(ctx, "create", &name, Some(&failure.error.0));
            return Err(failure);
        }
        let template = self.template(ctx, revision);
        let pod = identity::new_pod(&self.set, &template, revision, ordinal);
        let key = pod.key();
        match ctx.client.create(pod) {
            Ok(_) => {}
            Err(status) => {
                if status.reason != Reason::AlreadyExists {
                    self.pod_event(ctx, "create", &name, Some(&status.message));
                }
                return Err(self.refused(ctx, key, &status));
            }
        }
        self.note(ctx, key, Why::MissingPod);
        if !self.spec.retains_all_claims()
            && let Err(failure) = self.repair_claims(ctx, ordinal, false)
        {
            self.pod_event(ctx, "update", &name, Some(&failure.error.0));
            return Err(failure);
        }
        self.pod_event(ctx, "create", &name, None);
        Ok(())
    }

    // The claim as the own copy has it, or as it is now.
    fn claim(&self, ctx: &Ctx<'_>, name: &str, live: bool) -> Option<Rc<Object>> {
        let view = if live { View::live(ctx.client.store()) } else { ctx.view() };
        view.get(Kind::PersistentVolumeClaim, &self.key.namespace, name).cloned()
    }

    // S70.1: every claim is tried, errors are collected. Tried again after a conflict, it knows what it made before.
    fn ensure_claims(&mut self, ctx: &mut Ctx<'_>, ordinal: i64, again: bool) -> Result<(), Failure> {
        let set = self.set.clone();
        let pod = identity::pod_name(set.name(), ordinal);
        let mut errors: Vec<String> = Vec::new();
        let mut gate = None;
        for template in identity::claim_templates(&set) {
            let name = identity::claim_name(template.at(&["metadata", "name"]).str(), set.name(), ordinal);
            match self.claim(ctx, &name, again) {
                Some(claim) if claim.is_terminating() => {
                    errors.push(format!("pvc {name} is being deleted"));
                    let retry = self.retry_at(ctx);
                    gate = Some(Gate::ClaimTerminating { pod: pod.clone(), claim: name, retry });
                }
                Some(_) => {}
                None => {
                    let claim = identity::new_claim(&set, template, ordinal);
                    let key = claim.key();
                    match ctx.client.create(claim) {
                        Ok(_) => {
                            self.note(ctx, key, Why::MissingClaim);
                            let verb = self.verb(ctx, "create");
                            let message = format!(
                                "{verb} Claim {name} Pod {pod} in StatefulSet {} success",
                                set.name()
                            );
                            ctx.event(&set, EventType::Normal, "SuccessfulCreate", message);
                        }
                        Err(status) => {
                            if status.reason != Reason::AlreadyExists {
                                let verb = self.verb(ctx, "create");
                                let message = format!(
                                    "{verb} Claim {name} for Pod {pod} in StatefulSet {} failed error: {}",
                                    set.name(),
                                    status.message
                                );
                                ctx.event(&set, EventType::Warning, "FailedCreate", message);
                            }
                            errors.push(format!("failed to create PVC {name}: {}", status.message));
                            gate = Some(Gate::Refused {
                                object: key,
                                message: status.message.clone(),
                                retry: self.retry_at(ctx),
                            });
                        }
                    }
                }
            }
        }
        match errors.len() {
            0 => Ok(()),
            1 => Err(Failure { error: SyncError(errors.remove(0)), gate }),
            _ => Err(Failure { error: SyncError(format!("[{}]", errors.join(", "))), gate }),
        }
    }

    fn delete_pod(&mut self, ctx: &mut Ctx<'_>, ordinal: i64, why: &Why) -> Result<(), Failure> {
        let key = decide::pod_key(&self.set, ordinal);
        match ctx.client.delete(&key, &DeleteOptions::default()) {
            Ok(_) => {
                self.note(ctx, key.clone(), why.clone());
                self.pod_event(ctx, "delete", &key.name, None);
                Ok(())
            }
            Err(status) if status.reason == Reason::NotFound => Ok(()),
            Err(status) => {
                self.pod_event(ctx, "delete", &key.name, Some(&status.message));
                Err(self.refused(ctx, key, &status))
            }
        }
    }

    // S73.
    // A pod of an older version, such as one adopted in this pass, is read again and tried once more (S73).
    fn repair_pod(&mut self, ctx: &mut Ctx<'_>, ordinal: i64) -> Result<(), Failure> {
        let key = decide::pod_key(&self.set, ordinal);
        let Some(pod) = ctx.view().by_key(&key).cloned() else { return Ok(()) };
        let live = ctx.client.store().by_key(&key).filter(|live| live.uid() == pod.uid()).cloned();
        if let (Repair::Stale, Some(live)) = (self.repair(ctx, ordinal, &key, &pod, live.is_some())?, &live)
            && let Repair::Needless = self.repair(ctx, ordinal, &key, live, false)?
        {
            // What there was to do was done in the claims; it is told all the same.
            self.pod_event(ctx, "update", &key.name, None);
        }
        Ok(())
    }

    fn repair(
        &mut self,
        ctx: &mut Ctx<'_>,
        ordinal: i64,
        key: &ObjectKey,
        pod: &Object,
        again: bool,
    ) -> Result<Repair, Failure> {
        let key = key.clone();
        let mut changed = pod.clone();
        let mut repaired = false;
        if !identity::identity_matches(&self.set, pod) {
            changed.body.set(&["metadata", "labels", identity::POD_NAME_LABEL], key.name.clone());
            changed.body.set(&["metadata", "labels", identity::POD_INDEX_LABEL], ordinal.to_string());
            repaired = true;
        }
        if !identity::storage_matches(&self.set, pod, ordinal) {
            let own = pod.spec().get("volumes").items().to_vec();
            changed.body.set(&["spec", "volumes"], identity::volumes(&self.set, &own, ordinal));
            if let Err(failure) = self.ensure_claims(ctx, ordinal, !again) {
                self.pod_event(ctx, "update", &key.name, Some(&failure.error.0));
                return Err(failure);
            }
            repaired = true;
        }
        match self.repair_claims(ctx, ordinal, !again) {
            Ok(some) => repaired |= some,
            Err(failure) => {
                self.pod_event(ctx, "update", &key.name, Some(&failure.error.0));
                return Err(failure);
            }
        }
        if !repaired {
            return Ok(Repair::Needless);
        }
        match ctx.client.update(changed) {
            Ok(_) => {
                self.note(ctx, key.clone(), Why::Identity);
                self.pod_event(ctx, "update", &key.name, None);
                Ok(Repair::Done)
            }
            Err(status) if again && status.reason == Reason::Conflict => Ok(Repair::Stale),
            Err(status) => {
                self.pod_event(ctx, "update", &key.name, Some(&status.message));
                Err(self.refused(ctx, key, &status))
            }
        }
    }

    // S102 to S105; true if some claim was written. Tried again after a conflict, it knows what it wrote before.
    fn repair_claims(&mut self, ctx: &mut Ctx<'_>, ordinal: i64, again: bool) -> Result<bool, Failure> {
        let set = self.set.clone();
        let pod_key = decide::pod_key(&set, ordinal);
        let Some(pod) = ctx.client.store().by_key(&pod_key).cloned() else { return Ok(false) };
        let owner: Owner = retention::wanted_owner(&self.spec, ordinal);
        let mut written = false;
        for name in identity::claim_names(&set, ordinal) {
            let Some(claim) = self.claim(ctx, &name, again) else { continue };
            if !retention::needs_repair(&claim, &set, ordinal, pod.uid(), &self.spec, owner) {
                continue;
            }
            let (claim, conflict) = retention::repaired(&claim, &set, ordinal, pod.uid(), owner);
            if conflict {
                let message = format!(
                    "PersistentVolumeClaim {name} has a conflicting OwnerReference that acts as a manging controller, \
                     the retention policy is ignored for this claim"
                );
                ctx.event(&set, EventType::Warning, "ConflictingController", message);
            }
            let key = claim.key();
            match ctx.client.update(claim) {
                Ok(_) => self.note(ctx, key, Why::RetentionPolicy),
                Err(status) => {
                    let mut failure = self.refused(ctx, key, &status);
                    let start = ["could not update claim ", &name, " for delete policy ownerRefs: "].concat();
                    failure.error.0.insert_str(0, &start);
                    return Err(failure);
                }
            }
            written = true;
        }
        Ok(written)
    }

    // S94; the answer is availableReplicas.
    fn write_status(
        &mut self,
        ctx: &mut Ctx<'_>,
        current: &Text,
        update: &Text,
        collisions: i64,
        updated: usize,
    ) -> Result<i64, Failure> {
        let now = ctx.client.now();
        let set = self.set.clone();
        let spec = self.spec.clone();
        let pods = &self.controller.memory(&set).pods;
        let mut status = SetStatus::count(&set, &spec, pods, current, update, collisions, now);
        status.current_replicas -= updated as i64;
        status.complete_rollout(&spec, ctx.client.profile().on_delete_completes);
        if status.differs_from(&set) {
            let mut changed = (*set).clone();
            // A conflict would only be retried with the same status on the newest object.
            changed.body.remove(&["metadata", "resourceVersion"]);
            changed.body.map_mut().insert("status", status.to_value());
            match ctx.client.update_status(changed) {
                Ok(_) => self.note(ctx, set.key(), Why::Status),
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => return Err(status.into()),
            }
        }
        Ok(status.available_replicas)
    }

    // S39.
    fn truncate_history(
        &mut self,
        ctx: &mut Ctx<'_>,
        revisions: &[Rc<Object>],
        current: &Text,
        update: &Text,
    ) -> Result<(), Failure> {
        if self.spec.history_limit < 0 || revisions.len() as i64 <= self.spec.history_limit {
            return Ok(());
        }
        let pods = &self.controller.memory(&self.set).pods;
        let unused: Vec<Rc<Object>> = revisions
            .iter()
            .filter(|revision| {
                let name = revision.name();
                *name != **current && *name != **update && !pods.revisions().any(|used| **used == *name)
            })
            .cloned()
            .collect();
        let surplus = unused.len().saturating_sub(self.spec.history_limit as usize);
        for revision in unused.into_iter().take(surplus) {
            match ctx.client.delete(&revision.key(), &DeleteOptions::default()) {
                Ok(_) => self.note(ctx, revision.key(), Why::HistoryLimit),
                Err(status) if status.reason == Reason::NotFound => {}
                Err(status) => return Err(status.into()),
            }
        }
        Ok(())
    }

    // The pod template of a revision; read once a pass.
    fn template(&mut self, ctx: &Ctx<'_>, name: &Text) -> Value {
        if let Some(template) = self.templates.get(&**name) {
            return template.clone();
        }
        let template = match ctx.client.store().get(Kind::ControllerRevision, &self.key.namespace, name) {
            Some(revision) => revision::template_of(revision),
            None => self.set.spec().get("template").clone(),
        };
        self.templates.insert(name.clone(), template.clone());
        template
    }

    // C1: from 1.35 on the texts begin with a capital.
    fn verb(&self, ctx: &Ctx<'_>, verb: &'static str) -> String {
        if ctx.client.profile().capital_event_messages {
            let mut text = verb.to_string();
            text[..1].make_ascii_uppercase();
            text
        } else {
            verb.to_string()
        }
    }

    // S109.
    fn pod_event(&self, ctx: &mut Ctx<'_>, verb: &'static str, pod: &str, error: Option<&str>) {
        let text = self.verb(ctx, verb);
        let set = self.set.clone();
        let start = format!("{text} Pod {pod} in StatefulSet {}", set.name());
        let reason = match (verb, error.is_some()) {
            ("create", false) => "SuccessfulCreate",
            ("create", true) => "FailedCreate",
            ("delete", false) => "SuccessfulDelete",
            ("delete", true) => "FailedDelete",
            (_, false) => "SuccessfulUpdate",
            (_, true) => "FailedUpdate",
        };
        match error {
            None => ctx.event(&set, EventType::Normal, reason, format!("{start} successful")),
            Some(error) => {
                ctx.event(&set, EventType::Warning, reason, format!("{start} failed error: {error}"));
            }
        }
    }

    fn note(&mut self, ctx: &Ctx<'_>, object: ObjectKey, why: Why) {
        if object.kind != Kind::ControllerRevision
            && let Some(memory) = self.controller.sets.get_mut(&self.key)
        {
            memory.written = ctx.client.store().head();
        }
        self.actions.push((ctx.client.last_write(), Action { object, why }));
    }

    fn refused(&self, ctx: &Ctx<'_>, object: ObjectKey, status: &Rc<Status>) -> Failure {
        let retry = self.retry_at(ctx);
        let gate = Gate::Refused { object, message: status.message.clone(), retry };
        Failure { error: status.clone().into(), gate: Some(gate) }
    }

    // When the key comes back if this pass fails (S50).
    fn retry_at(&self, ctx: &Ctx<'_>) -> Option<crate::sim::SimTime> {
        let delay = SimDuration((5u64 << ctx.queue.failures(&self.key).min(20)).min(1_000_000));
        Some(ctx.client.now() + delay)
    }

    // Tells the film what was done and what holds, unless nothing is new.
    fn remember(mut self, ctx: &mut Ctx<'_>, result: &Result<Option<Gate>, Failure>) {
        let gate = match result {
            Ok(gate) => gate.clone(),
            Err(failure) => failure.gate.clone(),
        };
        let Some(memory) = self.controller.sets.get_mut(&self.key) else { return };
        let actions = std::mem::take(&mut self.actions);
        if actions.is_empty() && memory.gate == gate {
            return;
        }
        memory.gate = gate.clone();
        ctx.client.note_decision(Decision { set: self.set.key(), actions, gate });
    }
}
