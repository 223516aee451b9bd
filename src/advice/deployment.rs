//! A StatefulSet written as the Deployment somebody might have taken instead.

use crate::api::Value;
use crate::api::manifest::parse;
use crate::api::print::to_yaml;

/// What a Deployment has of a set's `spec`.
const SHARED: &[&str] = &["replicas", "selector", "template", "minReadySeconds", "revisionHistoryLimit"];

/// The text with every StatefulSet as a Deployment of the same name, replicas and template. A Deployment has no claims of
/// its own: what the pods mounted by template is an `emptyDir`. None if there is no StatefulSet.
pub fn as_deployment(text: &str) -> Option<String> {
    let documents = parse(text).ok()?;
    let mut found = false;
    let texts = documents.into_iter().map(|document| {
        let mut value = document.value;
        if value.get("kind").str() == "StatefulSet" {
            found = true;
            convert(&mut value);
        }
        to_yaml(&value)
    });
    let texts: Vec<String> = texts.collect();
    found.then(|| texts.join("---\n"))
}

fn convert(set: &mut Value) {
    let templates = set.at(&["spec", "volumeClaimTemplates"]).items().iter();
    let volumes = templates.map(|claim| {
        let mut volume = Value::map();
        volume.set(&["name"], claim.at(&["metadata", "name"]).clone());
        volume.set(&["emptyDir"], Value::map());
        volume
    });
    let volumes: Vec<Value> = volumes.collect();
    set.set(&["kind"], "Deployment");
    let mut spec = Value::map();
    for name in SHARED {
        let value = set.at(&["spec", name]);
        if !value.is_null() {
            spec.set(&[name], value.clone());
        }
    }
    if !volumes.is_empty() {
        let pod = spec.at_mut(&["template", "spec", "volumes"]);
        let mut all = pod.items().to_vec();
        all.extend(volumes);
        *pod = Value::list(all);
    }
    set.set(&["spec"], spec);
}

/// A command with the StatefulSets it names as Deployments: `scale sts web` as `scale deployment web`.
pub fn in_command(line: &str) -> String {
    const NAMES: &[&str] = &["statefulsets.apps", "statefulset.apps", "statefulsets", "statefulset", "sts"];
    let word = |word: &str| {
        let (kind, rest) = word.split_at(word.find('/').unwrap_or(word.len()));
        if NAMES.contains(&kind) { ["deployment", rest].concat() } else { word.to_string() }
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_becomes_a_deployment_of_the_same_pods() {
        let text = "kind: Service\nmetadata:\n  name: nginx\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\nspec:\n  \
                    replicas: 3\n  serviceName: nginx\n  podManagementPolicy: Parallel\n  selector:\n    matchLabels:\n      app: nginx\n  \
                    template:\n    metadata:\n      labels:\n        app: nginx\n    spec:\n      containers:\n      - name: nginx\n        \
                    image: nginx\n        volumeMounts:\n        - name: www\n          mountPath: /data\n  volumeClaimTemplates:\n  - metadata:\n      \
                    name: www\n    spec:\n      accessModes: [ReadWriteOnce]\n";
        let made = as_deployment(text).unwrap();
        let documents = parse(&made).unwrap();
        let value = &documents[1].value;
        assert_eq!(value.get("kind").str(), "Deployment");
        assert_eq!(value.at(&["spec", "replicas"]).as_int(), Some(3));
        for gone in ["serviceName", "podManagementPolicy", "volumeClaimTemplates"] {
            assert!(value.at(&["spec", gone]).is_null(), "{made}");
        }
        let volumes = value.at(&["spec", "template", "spec", "volumes"]).items();
        assert_eq!((volumes.len(), volumes[0].get("name").str()), (1, "www"));
        assert!(volumes[0].get("emptyDir").as_map().is_some());
        assert_eq!(as_deployment("kind: Service\nmetadata:\n  name: nginx\n"), None);
    }

    #[test]
    fn commands_name_the_deployment() {
        for (line, expected) in [
            ("kubectl scale sts web --replicas=5", "kubectl scale deployment web --replicas=5"),
            ("kubectl rollout status statefulset/web", "kubectl rollout status deployment/web"),
            ("kubectl delete pod web-0", "kubectl delete pod web-0"),
        ] {
            assert_eq!(in_command(line), expected);
        }
    }
}
