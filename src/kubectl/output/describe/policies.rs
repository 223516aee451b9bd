//! Namespaces, and what limits or steers what is in them.

use super::super::fill::joined;
use super::super::list::{self, goal};
use super::Page;
use crate::api::{Kind, Object, Value};

/// What a scope of a quota covers.
const SCOPES: &[(&str, &str)] = &[
    (
        "BestEffort",
        "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
    ),
    (
        "NotBestEffort",
        "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed \
         quality of service.",
    ),
    (
        "NotTerminating",
        "Matches all pods that do not have an active deadline. These pods usually include long running pods whose \
         container command is not expected to terminate.",
    ),
    (
        "Terminating",
        "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being \
         actively terminated by the system.",
    ),
];

impl Page<'_> {
    pub(super) fn namespace(&mut self, namespace: &Object) {
        self.fill(0, &namespace.body, "Status:\t{status.phase}\n");
        let conditions = namespace.status().get("conditions").items();
        if !conditions.is_empty() {
            self.put(
                "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  \
                 ----\t------\t------------------\t------\t-------\n",
            );
        }
        for condition in conditions {
            self.fill(1, condition, "{type}\t{status}\t{@lastTransitionTime}\t{reason}\t{message}\n");
        }
        let store = self.store;
        let quotas: Vec<_> = store.list(Kind::ResourceQuota, Some(namespace.name())).collect();
        self.put(if quotas.is_empty() { "\nNo resource quota.\n" } else { "\nResource Quotas\n" });
        for quota in quotas {
            self.fill(1, &quota.body, "Name:\t{metadata.name}\n");
            self.quota(1, quota);
        }
        self.put("\nNo LimitRange resource.\n");
    }

    // What is used of what there may be.
    pub(super) fn quota(&mut self, level: usize, quota: &Object) {
        let scopes = quota.spec().get("scopes");
        if !scopes.items().is_empty() {
            self.line(level, "Scopes", &joined(scopes, ", "));
        }
        for (scope, about) in SCOPES {
            if scopes.items().iter().any(|own| own.str() == *scope) {
                let star = if level == 0 { " * " } else { "* " };
                self.fill(level, &Value::Null, &[star, about, "\n"].concat());
            }
        }
        let line = if level == 0 { "----" } else { "---" };
        let head = ["Resource\tUsed\tHard\n--------\t", line, "\t", line, "\n"].concat();
        self.fill(level, &Value::Null, &head);
        for (resource, hard) in quota.status().get("hard").entries() {
            let used = quota.status().at(&["used", resource]).str();
            self.fill(level, &Value::Null, &[resource, "\t", used, "\t", hard.str(), "\n"].concat());
        }
    }

    pub(super) fn budget(&mut self, budget: &Object) {
        self.fill(
            0,
            &budget.body,
            "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\n\
             ?spec.minAvailable Min available:\t{spec.minAvailable}\n\
             ?spec.maxUnavailable Max unavailable:\t{spec.maxUnavailable}\n",
        );
        let selector = budget.spec().get("selector");
        let unset = if selector.is_null() { "<unset>".to_string() } else { list::selector(selector) };
        self.line(0, "Selector", &unset);
        self.put("Status:\n");
        self.fill(
            2,
            budget.status(),
            "Allowed disruptions:\t{disruptionsAllowed|0}\nCurrent:\t{currentHealthy|0}\n\
             Desired:\t{desiredHealthy|0}\nTotal:\t{expectedPods|0}\n",
        );
    }

    pub(super) fn autoscaler(&mut self, scaler: &Object) {
        self.head(scaler);
        self.fill(
            0,
            &scaler.body,
            "CreationTimestamp:\t{@metadata.creationTimestamp}\n\
             Reference:\t{spec.scaleTargetRef.kind}/{spec.scaleTargetRef.name}\n\
             Metrics:\t( current / target )\n",
        );
        for metric in scaler.spec().get("metrics").items() {
            let goal = goal(metric);
            let percent = if goal.ends_with('%') { "  (as a percentage of request)" } else { "" };
            let name = metric.at(&["resource", "name"]).str();
            let title = match metric.get("type").str() {
                "Resource" => ["resource ", name, " on pods", percent].concat(),
                other => [other, " metric"].concat(),
            };
            self.line(1, &title, &["<unknown> / ", &goal].concat());
        }
        self.fill(
            0,
            &scaler.body,
            "Min replicas:\t{spec.minReplicas|<unset>}\nMax replicas:\t{spec.maxReplicas}\n\
             {spec.scaleTargetRef.kind} pods:\t{status.currentReplicas|0} current / {status.desiredReplicas|0} desired\n",
        );
        let conditions = scaler.status().get("conditions").items();
        if !conditions.is_empty() {
            self.put("Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n");
        }
        for condition in conditions {
            self.fill(1, condition, "{type}\t{status}\t{reason}\t{message}\n");
        }
    }
}
