//! What runs pods: StatefulSets, Deployments, ReplicaSets, DaemonSets (K93, K104).

use super::{NONE, Page, list};
use crate::api::{Kind, Map, Object};
use crate::kubectl::output::fill::{place, sort_by};
use crate::kubectl::verbs::rollout;
use std::rc::Rc;

impl Page<'_> {
    pub(super) fn stateful_set(&mut self, set: &Object) {
        self.fill(
            0,
            &set.body,
            "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n\
             CreationTimestamp:\t{@metadata.creationTimestamp}\n",
        );
        let spec = set.spec();
        self.line(0, "Selector", &list::selector(spec.get("selector")));
        self.marks(set);
        if self.profile.wide_describe {
            let lines =
                "Service Name:\t{spec.serviceName}\nPod Management Policy:\t{spec.podManagementPolicy}\n";
            self.fill(0, &set.body, lines);
        }
        self.fill(
            0,
            &set.body,
            "Replicas:\t{spec.replicas|0} desired | {status.replicas|0} total\n\
             Update Strategy:\t{spec.updateStrategy.type}\n\
             ?spec.updateStrategy.rollingUpdate.partition   Partition:\t{spec.updateStrategy.rollingUpdate.partition}\n\
             ?spec.updateStrategy.rollingUpdate.maxUnavailable   MaxUnavailable:\t\
             {spec.updateStrategy.rollingUpdate.maxUnavailable}\n",
        );
        let retention = spec.get("persistentVolumeClaimRetentionPolicy");
        if self.profile.wide_describe && !retention.is_null() {
            self.put("Persistent Volume Claim Retention Policy:\n");
            self.fill(1, retention, "WhenDeleted:\t{whenDeleted}\nWhenScaled:\t{whenScaled}\n");
        }
        self.pods_status(set);
        self.template(spec.get("template"));
        let claims = spec.get("volumeClaimTemplates").items();
        if claims.is_empty() {
            self.line(0, "Volume Claims", NONE);
            return;
        }
        self.put("Volume Claims:\n");
        for claim in claims {
            self.fill(1, claim, "Name:\t{metadata.name}\nStorageClass:\t{spec.storageClassName}\n");
            self.labels("  Labels", claim.at(&["metadata", "labels"]));
            let annotations = claim.at(&["metadata", "annotations"]).as_map();
            self.annotations("  Annotations", annotations.unwrap_or(Map::empty()));
            let lines = "Capacity:\t{spec.resources.requests.storage|<default>}\nAccess Modes:\t{*spec.accessModes}\n";
            self.fill(1, claim, lines);
        }
    }

    // How many pods of the owner are in which phase.
    fn pods_status(&mut self, owner: &Object) {
        let mut counts = [0; 4];
        for pod in self.store.list(Kind::Pod, Some(owner.namespace())) {
            let phases = ["Running", "Pending", "Succeeded", "Failed"];
            let phase = phases.iter().position(|phase| *phase == pod.status().get("phase").str());
            if let Some(i) = phase.filter(|_| pod.controller().is_some_and(|of| of.uid() == owner.uid())) {
                counts[i] += 1;
            }
        }
        let [running, waiting, succeeded, failed] = counts;
        let text = format!("{running} Running / {waiting} Waiting / {succeeded} Succeeded / {failed} Failed");
        self.line(0, "Pods Status", &text);
    }

    fn reasons(&mut self, object: &Object) {
        let conditions = object.status().get("conditions").items();
        if conditions.is_empty() {
            return;
        }
        self.put("Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n");
        for condition in conditions {
            self.fill(1, condition, "{type} \t{status}\t{reason}\n");
        }
    }

    pub(super) fn deployment(&mut self, deployment: &Object) {
        self.fill(
            0,
            &deployment.body,
            "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n\
             CreationTimestamp:\t{@metadata.creationTimestamp}\n",
        );
        self.marks(deployment);
        let spec = deployment.spec();
        self.line(0, "Selector", &list::selector(spec.get("selector")));
        self.fill(
            0,
            &deployment.body,
            "Replicas:\t{spec.replicas|0} desired | {status.updatedReplicas|0} updated | {status.replicas|0} total | \
             {status.availableReplicas|0} available | {status.unavailableReplicas|0} unavailable\n\
             StrategyType:\t{spec.strategy.type}\nMinReadySeconds:\t{spec.minReadySeconds|0}\n\
             ?spec.strategy.rollingUpdate RollingUpdateStrategy:\t{spec.strategy.rollingUpdate.maxUnavailable} max \
             unavailable, {spec.strategy.rollingUpdate.maxSurge} max surge\n",
        );
        self.template(spec.get("template"));
        self.reasons(deployment);
        let template = spec.get("template");
        let mut sets = rollout::replica_sets(self.store, deployment);
        sort_by(&mut sets, |a, b| a.created_at() < b.created_at());
        let new = sets.iter().position(|set| rollout::bare_template(set) == *template);
        let new = new.map(|i| sets.remove(i));
        let text = |sets: &[Rc<Object>]| {
            let size = |set: &Rc<Object>| {
                let (there, wanted) = (place(set.status(), "replicas|0"), place(set.spec(), "replicas|0"));
                [set.name(), " (", &there, "/", &wanted, " replicas created)"].concat()
            };
            let sizes: Vec<String> = sets.iter().map(size).collect();
            if sizes.is_empty() { NONE.to_string() } else { sizes.join(", ") }
        };
        self.line(0, "OldReplicaSets", &text(&sets));
        self.line(0, "NewReplicaSet", &text(&Vec::from_iter(new)));
    }

    pub(super) fn replica_set(&mut self, set: &Object) {
        self.fill(0, &set.body, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n");
        self.line(0, "Selector", &list::selector(set.spec().get("selector")));
        self.marks(set);
        if let Some(owner) = set.controller() {
            self.fill(0, owner.0, "Controlled By:\t{kind}/{name}\n");
        }
        self.fill(0, &set.body, "Replicas:\t{status.replicas|0} current / {spec.replicas|0} desired\n");
        self.pods_status(set);
        self.template(set.spec().get("template"));
        self.reasons(set);
    }

    pub(super) fn daemon_set(&mut self, set: &Object) {
        self.fill(0, &set.body, "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n");
        let spec = set.spec();
        self.line(0, "Selector", &list::selector(spec.get("selector")));
        self.line(0, "Node-Selector", &list::pairs(spec.at(&["template", "spec", "nodeSelector"])));
        self.marks(set);
        self.fill(
            0,
            set.status(),
            "Desired Number of Nodes Scheduled: {desiredNumberScheduled|0}\n\
             Current Number of Nodes Scheduled: {currentNumberScheduled|0}\n\
             Number of Nodes Scheduled with Up-to-date Pods: {updatedNumberScheduled|0}\n\
             Number of Nodes Scheduled with Available Pods: {numberAvailable|0}\n\
             Number of Nodes Misscheduled: {numberMisscheduled|0}\n",
        );
        self.pods_status(set);
        self.template(spec.get("template"));
    }
}
