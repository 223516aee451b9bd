//! The assembled machine at work on the documents' set.

use super::{Cluster, Config};
use crate::api::{Kind, manifest};
use crate::component::{What, Write};
use crate::store::admission;
use std::rc::Rc;

const WEB: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: nginx
  replicas: 2
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - name: nginx
        image: registry.k8s.io/nginx-slim:0.24
        volumeMounts: [{name: www, mountPath: /usr/share/nginx/html}]
  volumeClaimTemplates:
  - metadata: {name: www}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
";

fn apply(cluster: &mut Cluster, text: &str) {
    let input = cluster.begin_input("apply");
    for document in manifest::parse(text).unwrap() {
        let (object, _) = admission::decode(&document.value).unwrap();
        cluster.client("user", input).create(object).unwrap();
        cluster.announce();
    }
}

fn settle(cluster: &mut Cluster) -> Vec<Rc<Write>> {
    while cluster.step() {}
    cluster
        .take_happenings()
        .into_iter()
        .filter_map(|h| if let What::Write(w) = h.what { Some(w) } else { None })
        .collect()
}

#[test]
fn an_ordered_set_comes_up_one_by_one() {
    let mut cluster = Cluster::new(&Config::default());
    apply(&mut cluster, WEB);
    let writes = settle(&mut cluster);
    let ready = |name: &str| {
        writes
            .iter()
            .find(|w| {
                *w.key.name == *name
                    && w.new.as_ref().is_some_and(|o| {
                        o.kind == Kind::Pod && o.condition("Ready").get("status").str() == "True"
                    })
            })
            .map(|w| w.n)
    };
    let created =
        |name: &str| writes.iter().find(|w| *w.key.name == *name && w.key.kind == Kind::Pod).map(|w| w.n);
    assert!(created("web-0") < ready("web-0"));
    assert!(ready("web-0") < created("web-1"));
    let set = cluster.store().get(Kind::StatefulSet, "default", "web").unwrap();
    assert_eq!(set.status().get("readyReplicas").as_int(), Some(2));
    assert_eq!(cluster.store().list(Kind::PersistentVolume, None).count(), 2);
}
