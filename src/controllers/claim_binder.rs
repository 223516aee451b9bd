//! The volume controller: claims to volumes, provisioning and reclaiming (statefulset.md section 11).

use crate::api::quantity::Quantity;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::component::{Component, Ctx, DeleteOptions, EventType, Fault, SyncError, WorkKey, WorkQueue};
use crate::object;
use crate::sim::{Arrange, SimDuration, SortedSet};
use crate::store::{Change, Reason, View};

/// The volume controller. Its kinds of work: claims (`""`), and volumes (`"volume"`).
#[derive(Clone, Default)]
pub struct ClaimBinder {
    /// Volumes that are not tied to an existing claim: the only ones a claim can get.
    free: SortedSet<Text>,
    /// Claims without a volume.
    waiting: SortedSet<WorkKey>,
    /// New claims that no pod waited for when they came; the first look is at that moment.
    early: SortedSet<WorkKey>,
}

const RESYNC: SimDuration = SimDuration(15_000);
const PV_CONTROLLER: &str = "kubernetes.io/pv-controller";
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

impl Component for ClaimBinder {
    fn name(&self) -> &'static str {
        "persistent-volume-binder"
    }

    fn event_source(&self) -> &'static str {
        "persistentvolume-controller"
    }

    fn watches(&self) -> &'static [Kind] {
        &[Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::StorageClass]
    }

    fn observe(&mut self, change: &Change, view: View<'_>, queue: &mut WorkQueue) {
        match change.key.kind {
            Kind::PersistentVolumeClaim => {
                let key = WorkKey::new(change.key.namespace.clone(), change.key.name.clone());
                let made = change.new.as_ref().filter(|_| change.old.is_none());
                if made.is_some_and(|claim| is_late(claim, view) && consumers(claim, view).is_empty()) {
                    self.early.insert(key.clone());
                }
                if change.new.as_ref().is_some_and(|claim| claim.spec().get("volumeName").str().is_empty()) {
                    self.waiting.insert(key.clone());
                } else {
                    self.waiting.remove(&key);
                }
                queue.add(key);
                if let (Some(old), None) = (&change.old, &change.new) {
                    let volume = old.spec().get("volumeName").text();
                    if !volume.is_empty() {
                        queue.add(WorkKey::task("volume", "", volume));
                    }
                }
            }
            Kind::PersistentVolume => {
                queue.add(WorkKey::task("volume", "", change.key.name.clone()));
                // A volume the controller made is for the claim it names.
                let free = change
                    .new
                    .as_ref()
                    .is_some_and(|volume| volume.spec().at(&["claimRef", "uid"]).is_null());
                if free {
                    self.free.insert(change.key.name.clone());
                    for claim in &self.waiting {
                        queue.add(claim.clone());
                    }
                } else {
                    self.free.remove(&*change.key.name);
                }
            }
            _ => {
                // The real one sees new classes at its next resync.
                for claim in &self.waiting {
                    queue.add_later(change.at + RESYNC, claim.clone());
                }
            }
        }
    }

    fn sync(&mut self, key: &WorkKey, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        if key.task == "volume" {
            return volume(&key.name, ctx);
        }
        let Some(claim) = ctx.get(Kind::PersistentVolumeClaim, &key.namespace, &key.name) else {
            return Ok(());
        };
        if key.task == "provision" {
            return provision(&claim, ctx);
        }
        let bound = !claim.annotation("pv.kubernetes.io/bind-completed").is_empty();
        let name = claim.spec().get("volumeName").text();
        match (bound, name.is_empty()) {
            (true, _) => {
                if ctx.get(Kind::PersistentVolume, "", &name).is_none()
                    && claim.status().get("phase").str() == "Bound"
                {
                    set_phase(&claim, "Lost", ctx)?;
                    let text = "Bound claim has lost its PersistentVolume. Data on the volume is lost!";
                    ctx.event(&claim, EventType::Warning, "ClaimLost", text.into());
                }
                Ok(())
            }
            (false, false) => match ctx.get(Kind::PersistentVolume, "", &name) {
                Some(volume) if fits(&volume, &claim) || claimed_by(&volume, &claim) => {
                    bind(&claim, &volume, ctx)
                }
                Some(_) => {
                    let text = format!("volume \"{name}\" already bound to a different claim.");
                    ctx.event(&claim, EventType::Warning, "FailedBinding", text);
                    Ok(())
                }
                None => Ok(()),
            },
            (false, true) => self.unbound(&claim, ctx),
        }
    }

    fn fault(&mut self, fault: &Fault, ctx: &mut Ctx<'_>) {
        if let Fault::MendStorage(class) = fault {
            let waiting: Vec<WorkKey> = ctx
                .list(Kind::PersistentVolumeClaim, None)
                .iter()
                .filter(|c| {
                    c.spec().get("storageClassName").str() == &**class
                        && c.status().get("phase").str() == "Pending"
                })
                .map(|c| WorkKey::of(c))
                .collect();
            for key in waiting {
                ctx.queue.add(key);
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Component> {
        Box::new(self.clone())
    }
}

impl ClaimBinder {
    // S130.
    fn unbound(&mut self, claim: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
        let class_name = claim.spec().get("storageClassName").text();
        let class = ctx.get(Kind::StorageClass, "", &class_name);
        let late = is_late(claim, ctx.view());
        let chosen = !claim.annotation("volume.kubernetes.io/selected-node").is_empty();
        let view = ctx.view();
        let mut fitting: Vec<_> = self
            .free
            .iter()
            .filter_map(|name| view.get(Kind::PersistentVolume, "", name).cloned())
            .filter(|v| fits(v, claim) && (!late || !v.spec().get("claimRef").is_null()))
            .collect();
        fitting.arrange_by_key(|v| size(v.spec().at(&["capacity", "storage"])));
        if let Some(volume) = fitting.first() {
            return bind(claim, volume, ctx);
        }
        if late && !chosen {
            let early = self.early.remove(&WorkKey::of(claim));
            let pods = if early { Vec::new() } else { consumers(claim, view) };
            let (reason, text) = match &*pods {
                [] => {
                    ("WaitForFirstConsumer", "waiting for first consumer to be created before binding".into())
                }
                [pod] => ("WaitForPodScheduled", format!("waiting for pod {pod} to be scheduled")),
                pods => {
                    ("WaitForPodScheduled", format!("waiting for pods {} to be scheduled", pods.join(",")))
                }
            };
            ctx.event(claim, EventType::Normal, reason, text);
            return Ok(());
        }
        if class_name.is_empty() {
            let text = "no persistent volumes available for this claim and no storage class is set";
            ctx.event(claim, EventType::Normal, "FailedBinding", text.into());
            return Ok(());
        }
        if class.is_none() {
            let text = format!("storageclass.storage.k8s.io \"{class_name}\" not found");
            ctx.event(claim, EventType::Warning, "ProvisioningFailed", text);
            return Ok(());
        }
        let provisioner = class.as_ref().map_or(Text::default(), |c| c.body.get("provisioner").text());
        if claim.annotation("volume.kubernetes.io/storage-provisioner").is_empty() {
            let mut changed = claim.clone();
            let annotations = changed.body.at_mut(&["metadata", "annotations"]).map_mut();
            annotations.insert("volume.beta.kubernetes.io/storage-provisioner", &provisioner);
            annotations.insert("volume.kubernetes.io/storage-provisioner", &provisioner);
            // C10: the loser of a race with another writer comes back at the next resync.
            if let Err(status) = ctx.client.update(changed) {
                ctx.requeue_after(WorkKey::of(claim), RESYNC);
                return if status.reason == Reason::Conflict { Ok(()) } else { Err(status.into()) };
            }
        }
        let delay = ctx.world.pace.provision;
        ctx.requeue_after(WorkKey { task: "provision", ..WorkKey::of(claim) }, delay);
        Ok(())
    }
}

// True if the claim's volume is made only once a pod that mounts it has a node.
fn is_late(claim: &Object, view: View<'_>) -> bool {
    view.get(Kind::StorageClass, "", claim.spec().get("storageClassName").str())
        .is_some_and(|class| class.body.get("volumeBindingMode").str() == "WaitForFirstConsumer")
}

// The pods without a node that mount the claim.
fn consumers(claim: &Object, view: View<'_>) -> Vec<String> {
    let mounts = |pod: &Object| {
        let mut volumes = pod.spec().get("volumes").items().iter();
        volumes.any(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).str() == claim.name())
    };
    view.list(Kind::Pod, Some(claim.namespace()))
        .iter()
        .filter(|pod| pod.spec().get("nodeName").str().is_empty() && mounts(pod))
        .map(|pod| pod.name().to_string())
        .collect()
}

fn provision(claim: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    if !claim.spec().get("volumeName").str().is_empty() {
        return Ok(());
    }
    let class_name = claim.spec().get("storageClassName").text();
    let Some(class) = ctx.get(Kind::StorageClass, "", &class_name) else { return Ok(()) };
    if ctx.world.failing_classes.contains(&*class_name) {
        let text = format!(
            "failed to provision volume with StorageClass \"{class_name}\": rpc error: code = Unavailable desc = the \
             storage backend does not answer"
        );
        ctx.event(claim, EventType::Warning, "ProvisioningFailed", text);
        ctx.requeue_after(WorkKey { task: "provision", ..WorkKey::of(claim) }, RESYNC);
        return Ok(());
    }
    let provisioner = class.body.get("provisioner").text();
    let name: Text = format!("pvc-{}", claim.uid()).into();
    if ctx.get(Kind::PersistentVolume, "", &name).is_none() {
        let mut volume = Object::new(Kind::PersistentVolume, "", name.clone());
        volume.body.set(
            &["metadata", "annotations"],
            object! {
                "kubernetes.io/createdby" => "hostpath-dynamic-provisioner",
                "pv.kubernetes.io/bound-by-controller" => "yes",
                PROVISIONED_BY => &provisioner,
            },
        );
        let reclaim = match class.body.get("reclaimPolicy").str() {
            "" => Text::Static("Delete"),
            policy => policy.to_string().into(),
        };
        // C: the controller's own finalizer, for what it will have to remove, comes first, the server's protection second.
        let own = (reclaim == *"Delete").then(|| PV_CONTROLLER.into());
        let finalizers = own.into_iter().chain([super::protection::PV_PROTECTION.into()]);
        volume.body.set(&["metadata", "finalizers"], Value::list(finalizers.collect()));
        volume.body.set(
            &["spec"],
            object! {
                "accessModes" => claim.spec().get("accessModes").clone(),
                "capacity" => object! { "storage" => claim.spec().at(&["resources", "requests", "storage"]).clone() },
                "claimRef" => claim_ref(claim),
                "hostPath" => object! { "path" => format!("/tmp/hostpath_pv/{}", claim.uid()), "type" => "" },
                "persistentVolumeReclaimPolicy" => reclaim,
                "storageClassName" => &class_name,
                "volumeMode" => "Filesystem",
            },
        );
        ctx.client.create(volume)?;
    }
    if let Some(volume) = ctx.client.store().get(Kind::PersistentVolume, "", &name).cloned() {
        set_phase(&volume, "Bound", ctx)?;
        let text = format!("Successfully provisioned volume {name} using {provisioner}");
        ctx.event(claim, EventType::Normal, "ProvisioningSucceeded", text);
        finish(claim, &name, ctx)?;
    }
    Ok(())
}

// Ties an existing volume to the claim.
fn bind(claim: &Object, volume: &Object, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let name = volume.meta("name").text();
    if !claimed_by(volume, claim) {
        let mut changed = volume.clone();
        changed.body.set(&["spec", "claimRef"], claim_ref(claim));
        changed.body.set(&["metadata", "annotations", "pv.kubernetes.io/bound-by-controller"], "yes");
        ctx.client.update(changed)?;
    }
    if let Some(volume) = ctx.client.store().get(Kind::PersistentVolume, "", &name).cloned()
        && volume.status().get("phase").str() != "Bound"
    {
        set_phase(&volume, "Bound", ctx)?;
    }
    finish(claim, &name, ctx)
}

fn finish(claim: &Object, volume: &Text, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    // A claim of the same name that came since gets a volume of its own.
    let live = ctx.client.store().by_key(&claim.key()).filter(|live| live.uid() == claim.uid()).cloned();
    let Some(live) = live else { return Ok(()) };
    let by_controller = live.spec().get("volumeName").str().is_empty();
    let mut changed = (*live).clone();
    changed.body.set(&["spec", "volumeName"], volume);
    let annotations = changed.body.at_mut(&["metadata", "annotations"]).map_mut();
    annotations.insert("pv.kubernetes.io/bind-completed", "yes");
    if by_controller {
        annotations.insert("pv.kubernetes.io/bound-by-controller", "yes");
    }
    let updated = ctx.client.update(changed)?;
    let object = ctx.client.store().get(Kind::PersistentVolume, "", volume).cloned();
    let mut bound = (*updated).clone();
    let status = bound.body.at_mut(&["status"]).map_mut();
    status.insert("phase", "Bound");
    if let Some(volume) = object {
        status.insert("accessModes", volume.spec().get("accessModes").clone());
        status.insert("capacity", volume.spec().get("capacity").clone());
    }
    ctx.client.update_status(bound)?;
    Ok(())
}

fn set_phase(object: &Object, phase: &'static str, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let mut changed = object.clone();
    changed.body.set(&["status", "phase"], phase);
    ctx.client.update_status(changed)?;
    Ok(())
}

fn claim_ref(claim: &Object) -> Value {
    object! {
        "apiVersion" => "v1", "kind" => "PersistentVolumeClaim", "name" => claim.meta("name").text(),
        "namespace" => claim.meta("namespace").text(), "resourceVersion" => claim.meta("resourceVersion").text(),
        "uid" => claim.meta("uid").text(),
    }
}

fn claimed_by(volume: &Object, claim: &Object) -> bool {
    let reference = volume.spec().get("claimRef");
    reference.get("name").str() == claim.name()
        && reference.get("namespace").str() == claim.namespace()
        && (reference.get("uid").is_null() || reference.get("uid").str() == claim.uid())
}

// A free volume of the right class, modes and size.
fn fits(volume: &Object, claim: &Object) -> bool {
    let (v, c) = (volume.spec(), claim.spec());
    let free = v.get("claimRef").is_null() || claimed_by(volume, claim);
    let phase = volume.status().get("phase").str();
    let modes = v.get("accessModes").items();
    free && !volume.is_terminating()
        && matches!(phase, "" | "Pending" | "Available" | "Bound")
        && v.get("storageClassName").str() == c.get("storageClassName").str()
        && c.get("accessModes").items().iter().all(|mode| modes.contains(mode))
        && size(v.at(&["capacity", "storage"])) >= size(c.at(&["resources", "requests", "storage"]))
}

fn size(quantity: &Value) -> i64 {
    let text = match quantity {
        Value::Int(n) => n.to_string(),
        other => other.str().to_string(),
    };
    Quantity::parse(&text).map_or(0, Quantity::milli)
}

// A volume on its own: Available, or to be reclaimed once its claim is gone (S136).
fn volume(name: &Text, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let Some(volume) = ctx.get(Kind::PersistentVolume, "", name) else { return Ok(()) };
    let reference = volume.spec().get("claimRef");
    let phase = volume.status().get("phase").str();
    let ours = volume.annotation(PROVISIONED_BY).starts_with("kubernetes.io/");
    let deletes = volume.spec().get("persistentVolumeReclaimPolicy").str() == "Delete";
    if ours && phase == "Bound" && !volume.is_terminating() && volume.has_finalizer(PV_CONTROLLER) != deletes
    {
        return follow_policy(&volume, deletes, ctx);
    }
    if reference.is_null() {
        if !matches!(phase, "Available" | "Released") && !volume.is_terminating() {
            set_phase(&volume, "Available", ctx)?;
        }
        return Ok(());
    }
    let claim = ObjectKey::new(
        Kind::PersistentVolumeClaim,
        reference.get("namespace").text(),
        reference.get("name").text(),
    );
    let claim = ctx.view().by_key(&claim).cloned();
    if claim.is_some_and(|c| reference.get("uid").is_null() || reference.get("uid").str() == c.uid()) {
        return Ok(());
    }
    if phase == "Bound" {
        set_phase(&volume, "Released", ctx)?;
    }
    if !deletes || !ours {
        return Ok(());
    }
    // The storage is removed first, then the finalizer that stands for it, then the object. The controller hears of the
    // second before it has done the third, and puts the finalizer back; so it takes two rounds (two recordings in three).
    let Some(live) = ctx.client.store().get(Kind::PersistentVolume, "", name).cloned() else { return Ok(()) };
    if live.is_terminating() && live.has_finalizer(super::protection::PV_PROTECTION) {
        return Ok(());
    }
    if live.has_finalizer(PV_CONTROLLER) {
        follow_policy(&live, false, ctx)?;
    }
    if !live.is_terminating()
        && let Some(changed) = ctx.client.store().get(Kind::PersistentVolume, "", name).cloned()
    {
        follow_policy(&changed, true, ctx)?;
    }
    match ctx.client.delete(&live.key(), &DeleteOptions::default()) {
        Err(status) if status.reason != Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}

// The controller's finalizer is there for storage that it will have to remove (modifyDeletionFinalizers).
fn follow_policy(volume: &Object, deletes: bool, ctx: &mut Ctx<'_>) -> Result<(), SyncError> {
    let mut changed = volume.clone();
    let finalizers = changed.body.at_mut(&["metadata", "finalizers"]).list_mut();
    finalizers.retain(|finalizer| finalizer.str() != PV_CONTROLLER);
    if deletes {
        finalizers.push(PV_CONTROLLER.into());
    }
    ctx.client.update(changed)?;
    Ok(())
}
