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

mod node_loss {

    use crate::api::{Kind, Object, manifest};
    use crate::cluster::{Cluster, Config};
    use crate::component::Fault;
    use crate::sim::{SimDuration, SimTime};
    use crate::store::admission;
    use std::rc::Rc;

    fn ready(object: &Object) -> &str {
        object.condition("Ready").get("status").str()
    }

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
    spec: {containers: [{name: nginx, image: nginx}]}
";

    fn pod(cluster: &Cluster) -> Rc<Object> {
        cluster.store().get(Kind::Pod, "default", "web-1").cloned().unwrap()
    }

    #[test]
    fn a_pod_of_a_silent_node_is_replaced_only_when_the_node_is_back() {
        let mut cluster = Cluster::new(&Config::default());
        while cluster.step() {}
        assert!(cluster.now() < SimTime(1000), "healthy nodes need no timer");
        let input = cluster.begin_input("apply");
        let document = manifest::parse(WEB).unwrap().remove(0);
        cluster.client("user", input).create(admission::decode(&document.value).unwrap().0).unwrap();
        cluster.announce();
        while cluster.step() {}
        let (first, begin) = (pod(&cluster), cluster.now());
        let node = first.spec().get("nodeName").text();
        let (uid, after) = (first.uid(), |secs| begin + SimDuration::secs(secs));

        cluster.fault(&Fault::StopNode(node.clone()), input);
        cluster.run_until(after(49));
        assert_eq!(pod(&cluster).condition("Ready").get("status").str(), "True");
        cluster.run_until(after(51));
        assert_eq!(pod(&cluster).condition("Ready").get("status").str(), "False");
        assert!(!pod(&cluster).is_terminating());
        let silent = cluster.store().get(Kind::Node, "", &node).unwrap();
        assert_eq!((ready(silent), silent.spec().get("taints").items().len()), ("Unknown", 2));
        cluster.run_until(after(1000));
        assert!(pod(&cluster).is_terminating() && pod(&cluster).uid() == uid);

        cluster.fault(&Fault::StartNode(node.clone()), input);
        while cluster.step() {}
        assert!(pod(&cluster).uid() != uid);
        assert_eq!(pod(&cluster).condition("Ready").get("status").str(), "True");
        let back = cluster.store().get(Kind::Node, "", &node).unwrap();
        assert_eq!((ready(back), back.spec().get("taints").is_null()), ("True", true));
    }
}
