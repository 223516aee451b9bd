use super::*;
use crate::api::manifest;

// The manifest of the fourth document of the research: two mistakes, of which the server names one.
const SAMPLE: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: sample-statefulset
spec:
  updateStrategy:
    type: OnDelete
  serviceName: sample-statefulset
  replicas: 3
  selector:
    matchLabels:
      app: sample-app
  templates:
    metadata:
      labels:
        app: sample-app
    spec:
      containers:
      - name: nginx-container
        image: nginx:1.16
        volumeMounts:
        - name: www
          mountPath: /usr/share/nginx/html
      volumeClaimTemplates:
      - metadata:
          name: www
        spec:
          accessModes:
          - ReadWriteOnce
          resources:
            requests:
              storage: 1G
";

fn found(text: &str) -> Vec<Repair> {
    manifest::parse(text).unwrap().iter().flat_map(|document| repairs(text, document)).collect()
}

#[test]
fn both_mistakes_of_the_sample_are_repaired_at_once() {
    let list = found(SAMPLE);
    let told: Vec<_> = list.iter().map(|r| (r.line, r.column, r.kind, r.target.as_str())).collect();
    assert_eq!(told, [(13, 3, RepairKind::Rename, "template"), (24, 7, RepairKind::Move, "spec")]);
    let text = apply(SAMPLE, &list);
    assert_eq!(found(&text), []);
    assert!(text.contains("\n  template:\n"), "{text}");
    assert!(
        text.contains("\n  volumeClaimTemplates:\n  - metadata:\n      name: www\n    spec:\n"),
        "{text}"
    );
    let document = &manifest::parse(&text).unwrap()[0];
    let (_, problems) = schema::decode(&document.value).unwrap();
    assert_eq!(problems, []);
    // The same without a line break at the end, behind another document, and before one.
    let cut = SAMPLE.trim_end();
    for text in [cut.to_string(), format!("# a\n---\n{SAMPLE}"), format!("{SAMPLE}---\n{SAMPLE}")] {
        let repaired = apply(&text, &found(&text));
        assert_eq!(found(&repaired), [], "{repaired}");
    }
}

#[test]
fn other_slips_are_repaired_too() {
    for (wrong, right) in [
        ("replicas: 3", "replicas: \"3\""),
        ("kind: StatefulSet", "kind: Statefulset"),
        ("kind: StatefulSet", "kind: StatefullSet"),
        ("apiVersion: apps/v1", "apiVersion: apps/v1beta1"),
        ("replicas: 3", "replica: 3"),
        ("image: nginx:1.16", "imgae: nginx:1.16"),
        ("app: sample-app\n  template", "app: 1\n  template"),
        ("storage: 1G", "storage: 1GB"),
    ] {
        let sound = apply(SAMPLE, &found(SAMPLE));
        let broken = sound.replacen(wrong, right, 1);
        assert_ne!(sound, broken, "{wrong}");
        let list = found(&broken);
        assert_eq!(list.len(), 1, "{right}: {list:?}");
        let repaired = apply(&broken, &list);
        assert_eq!(found(&repaired), [], "{right}: {repaired}");
    }
}

#[test]
fn what_cannot_be_repaired_is_still_named() {
    let list = found(
        "apiVersion: v1\nkind: Service\nmetadata: {name: x, spec: 1}\nspec: {fooBarBaz: 1, porst: []}\n",
    );
    let told: Vec<_> = list.iter().map(|r| (r.path.as_str(), r.kind, r.edits.len())).collect();
    assert_eq!(
        told,
        [
            ("metadata.spec", RepairKind::Move, 0),
            ("spec.fooBarBaz", RepairKind::Unknown, 0),
            ("spec.porst", RepairKind::Rename, 1)
        ]
    );
}
