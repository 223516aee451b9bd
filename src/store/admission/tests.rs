use super::*;
use crate::api::hash::revision_hash;
use crate::api::{Profile, Text, manifest};

/// Decodes and defaults the one document of a manifest.
fn defaulted(text: &str, profile: &Profile) -> Object {
    let documents = manifest::parse(text).unwrap();
    let (mut object, problems) = decode(&documents[0].value).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let mut addresses = || Text::from("10.96.0.11");
    let mut context = AdmissionContext {
        profile,
        default_storage_class: Some("standard".into()),
        toleration_secs: (300, 300),
        cluster_ip: &mut addresses,
        old: None,
    };
    default_object(&mut object, &mut context);
    object
}

/// A set around a template that is given as YAML at the left edge.
fn set(template: &str) -> String {
    let indented: String = template.trim().lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n      \
         app: x\n  template:\n{indented}"
    )
}

fn hash(template: &str, version: &str, collision: i64) -> String {
    let profile = Profile::find(version).unwrap();
    let object = defaulted(&set(template), profile);
    let prepared = prepare_template_for_revision(object.spec().get("template"), profile);
    revision_hash(&revision_data(&prepared), collision)
}

#[test]
fn revision_hashes_are_the_published_ones() {
    let h1 = "metadata: {labels: {app: foo}, annotations: {test: value}}\nspec: {containers: [{name: test, image: test}]}";
    let h3 = "metadata: {labels: {app: nginx-stateful}}\nspec: {containers: [{name: nginx, image: nginx}]}";
    let h4 = "metadata: {labels: {app: nginx-stateful}}\n\
              spec: {containers: [{name: nginx, image: \"nginx:1.21.1\", imagePullPolicy: Always}]}";
    let h6 = "metadata: {labels: {app: nginx-stateful}, annotations: {kubectl.kubernetes.io/restartedAt: \
              \"2025-01-02T03:04:05Z\"}}\n\
              spec: {containers: [{name: nginx, image: \"nginx:1.21.1\", imagePullPolicy: Always}]}";
    let h7 = "metadata: {labels: {app: nginx-stateful}}\n\
              spec: {containers: [{name: nginx, image: nginx, command: [\"sh\",\"-c\",\"echo a && cat <f >g\"]}]}";
    let h8 = "metadata: {labels: {foo: bar}}\nspec: {containers: [{name: nginx, image: nginx}]}";
    let h9 = |image: &str, grace: u32| {
        format!(
            "metadata: {{labels: {{app: nginx}}}}\nspec:\n  terminationGracePeriodSeconds: {grace}\n  containers:\n  - \
             name: nginx\n    image: {image}\n    ports: [{{containerPort: 80, name: web}}]\n    volumeMounts: [{{name: \
             www, mountPath: /usr/share/nginx/html}}]"
        )
    };
    let h12 = format!(
        "{}\n    resources: {{limits: {{memory: 128Mi}}, requests: {{cpu: 100m, memory: 64Mi}}}}\n    \
         readinessProbe: {{httpGet: {{path: /, port: 80}}}}",
        h9("nginx:1.25", 30)
    );
    let h13 = format!(
        "{h12}\n  volumes: [{{name: cfg, configMap: {{name: cfg}}}}, {{name: tmp}}]\n  initContainers: [{{name: init, \
         image: \"busybox:1.36\", command: [sh, -c, \"true\"], restartPolicy: Always}}]"
    );
    let rows: Vec<(&str, String, i64, &str, &str)> = vec![
        ("H1, H2", h1.into(), 0, "c77f6d978", "776999688b"),
        ("H3", h3.into(), 0, "7db594cfbd", "6dcc97b6c4"),
        ("H4", h4.into(), 0, "6c7d474cc", "56857ddcd7"),
        ("H5", h3.into(), 1, "7db594cfbf", "6dcc97b6c5"),
        ("H6", h6.into(), 0, "57bbfd6bdf", "845dd5c89f"),
        ("H7", h7.into(), 0, "5f879d8987", "7f77b6cb45"),
        ("H8", h8.into(), 0, "66875dd5f", "675c9b55b9"),
        ("H9", h9("k8s.gcr.io/nginx-slim:0.8", 10), 0, "6596ffb49b", "7976d76cdb"),
        ("H10", h9("registry.k8s.io/nginx-slim:0.24", 10), 0, "7757fc6447", "6cdc958bf"),
        ("H11", h9("registry.k8s.io/nginx-slim:0.24", 30), 0, "7d6d54cbf", "7d8559755f"),
        ("H12", h12, 0, "6ddc5757c7", "7589dfbcdc"),
        ("H13", h13, 0, "54cd6ff9fc", "66d6695875"),
    ];
    for (name, template, collision, with_time, without) in rows {
        assert_eq!(hash(&template, "1.33", collision), with_time, "{name} in 1.33");
        assert_eq!(hash(&template, "1.36", collision), without, "{name} in 1.36");
    }
}

mod families;
mod printed;
mod recordings;
