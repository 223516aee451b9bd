//! The ledger of claims: whose they are, how old beside their pods, and what would become of them.

use crate::api::{Kind, Object};
use crate::session::Still;
use crate::sim::{Arrange, SimTime};
use crate::store::Store;
use crate::ui::state::Model;

/// One claim.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRow {
    /// Its key.
    pub key: crate::api::ObjectKey,
    /// Its name; outside `default` with its namespace.
    pub name: String,
    /// `Bound`.
    pub phase: String,
    /// `1Gi`, and `1Gi → 2Gi` where more is asked for than there is.
    pub size: String,
    /// Its age in seconds.
    pub age: u64,
    /// The pod that mounts it now, and that pod's age in seconds.
    pub user: Option<(String, u64)>,
    /// That pod is younger: it took over what another left.
    pub is_adopted: bool,
    /// What its owner references name, `StatefulSet/web`; empty if nobody owns it.
    pub owner: String,
    /// Scaling its pod away deletes it.
    pub dies_on_scale_in: bool,
    /// Deleting the set deletes it.
    pub dies_on_delete: bool,
    /// The volume behind it.
    pub volume: Option<VolumeRow>,
    /// `standard`, and when it binds: `Immediate`.
    pub class: String,
    /// When that class binds.
    pub binding: String,
    /// That class lets claims grow.
    pub can_grow: bool,
}

/// The volume behind a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumeRow {
    /// Its name.
    pub name: String,
    /// `Delete` or `Retain`: what becomes of it without its claim.
    pub reclaim: String,
    /// The nodes or zones that can mount it; empty for all.
    pub places: String,
    /// Names and texts of its files, if somebody looks at them.
    pub files: Option<Vec<(String, String)>>,
}

/// So much younger is a pod that was not made with its claim.
const ADOPTED: u64 = 2;

/// Every claim at the moment shown.
pub fn read(model: &mut Model) -> Vec<ClaimRow> {
    let position = model.player.position();
    let mut rows = rows(model.player.still(position));
    let open = model.ui.files_of.clone();
    if let Some(row) = rows.iter_mut().find(|row| Some(&row.key) == open.as_ref())
        && let Some(volume) = &mut row.volume
    {
        volume.files = Some(model.player.run().files_in(position.time, &volume.name));
    }
    rows
}

/// Every claim of the cluster, by ordinal.
pub fn rows(still: &Still) -> Vec<ClaimRow> {
    let store = still.store();
    let mut rows: Vec<ClaimRow> =
        store.list(Kind::PersistentVolumeClaim, None).map(|claim| row(store, claim, still.now())).collect();
    rows.arrange_by_key(|row| (crate::ui::view::ordinal_of(&row.name), row.name.clone()));
    rows
}

fn row(store: &Store, claim: &Object, now: SimTime) -> ClaimRow {
    let (namespace, spec) = (claim.namespace(), claim.spec());
    let uses = |pod: &&std::rc::Rc<Object>| {
        let volumes = pod.spec().get("volumes").items();
        volumes.iter().any(|v| v.at(&["persistentVolumeClaim", "claimName"]).str() == claim.name())
    };
    let age = |object: &Object| now.since(object.created_at()).as_secs();
    let pod = store.list(Kind::Pod, Some(namespace)).find(uses);
    let set = store
        .list(Kind::StatefulSet, Some(namespace))
        .find(|set| claim.name().contains(&["-", set.name(), "-"].concat()));
    let policy = |when: &str| {
        set.is_some_and(|set| {
            set.spec().at(&["persistentVolumeClaimRetentionPolicy", when]).str() == "Delete"
        })
    };
    let owners: Vec<String> =
        claim.owners().map(|owner| [owner.kind(), "/", owner.name()].concat()).collect();
    // Which pod or set takes its claim along is written into the claim; of a claim without a pod nothing is decided any more.
    let is_owned_by = |kind: &str| claim.owners().any(|owner| owner.kind() == kind);
    let (asked, there) = (
        spec.at(&["resources", "requests", "storage"]).str(),
        claim.status().at(&["capacity", "storage"]).str(),
    );
    let class = spec.get("storageClassName").str();
    let found = store.get(Kind::StorageClass, "", class);
    let in_class = |field: &str| found.map_or(String::new(), |class| class.body.get(field).str().to_string());
    let volume =
        store.get(Kind::PersistentVolume, "", spec.get("volumeName").str()).map(|volume| VolumeRow {
            name: volume.name().to_string(),
            reclaim: volume.spec().get("persistentVolumeReclaimPolicy").str().to_string(),
            places: places(volume),
            files: None,
        });
    ClaimRow {
        key: claim.key(),
        name: match namespace {
            "default" => claim.name().to_string(),
            namespace => [namespace, "/", claim.name()].concat(),
        },
        phase: if claim.is_terminating() {
            "Terminating".into()
        } else {
            claim.status().get("phase").str().into()
        },
        size: if there.is_empty() || there == asked {
            asked.into()
        } else {
            [there, " → ", asked].concat()
        },
        age: age(claim),
        is_adopted: pod.is_some_and(|pod| age(claim) >= age(pod) + ADOPTED),
        user: pod.map(|pod| (pod.name().to_string(), age(pod))),
        owner: owners.join(", "),
        dies_on_scale_in: is_owned_by("Pod") || (policy("whenScaled") && pod.is_some()),
        dies_on_delete: is_owned_by("StatefulSet") || (policy("whenDeleted") && pod.is_some()),
        volume,
        class: class.to_string(),
        binding: in_class("volumeBindingMode"),
        can_grow: found.is_some_and(|class| class.body.get("allowVolumeExpansion").is_true()),
    }
}

// Where a volume can be mounted, by the values of its node affinity.
fn places(volume: &Object) -> String {
    let terms = volume.spec().at(&["nodeAffinity", "required", "nodeSelectorTerms"]).items();
    let expressions = terms.iter().flat_map(|term| term.get("matchExpressions").items());
    let values = expressions.flat_map(|expression| expression.get("values").items());
    values.map(crate::api::Value::str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::UiAction;
    use crate::ui::update::{open_run, update};

    const WEB: &str = include_str!("../../../static/samples/web.yaml");

    fn after(commands: &str, policy: &str) -> Model {
        let mut model = Model::default();
        let web = WEB.replacen("spec:\n  serviceName", &format!("spec:\n{policy}  serviceName"), 1);
        assert!(policy.is_empty() || web != WEB, "{web}");
        open_run(
            &mut model,
            &format!("file web.yaml <<EOF\n{web}EOF\n$ kubectl apply -f web.yaml\nsettle\n{commands}"),
        );
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        update(&mut model, UiAction::SeekEnd);
        model
    }

    const DELETE: &str =
        "  persistentVolumeClaimRetentionPolicy:\n    whenScaled: Delete\n    whenDeleted: Delete\n";

    #[test]
    fn a_pod_that_came_back_has_adopted_its_claim() {
        let mut model = after("wait 30s\n$ kubectl delete pod web-1\nsettle\n", "");
        let rows = read(&mut model);
        let of = |n: usize| rows.iter().find(|row| row.name.ends_with(&format!("-{n}"))).unwrap();
        let (kept, young) = (of(0), of(1));
        assert!(!kept.is_adopted && young.is_adopted, "{rows:?}");
        let (name, age) = young.user.clone().unwrap();
        assert!(name == "web-1" && age + 30 <= young.age, "{young:?}");
        assert_eq!((young.dies_on_scale_in, young.dies_on_delete, &*young.owner), (false, false, ""));
        let volume = young.volume.as_ref().unwrap();
        assert_eq!((&*volume.reclaim, &*young.binding), ("Delete", "Immediate"));
    }

    #[test]
    fn what_dies_is_what_the_policy_says_of_claims_in_use() {
        let mut model = after("", DELETE);
        for row in read(&mut model) {
            assert!(row.dies_on_delete && row.dies_on_scale_in, "{row:?}");
            assert_eq!(row.owner, "StatefulSet/web");
        }
    }

    #[test]
    fn files_are_those_of_that_moment() {
        let mut model = after(
            "$ kubectl exec web-0 -- sh -c 'echo one > /usr/share/nginx/html/a'\nwait 5s\n\
             $ kubectl exec web-0 -- sh -c 'echo two > /usr/share/nginx/html/a'\n",
            "",
        );
        let claim = read(&mut model)[0].key.clone();
        assert!(read(&mut model)[0].volume.as_ref().unwrap().files.is_none());
        update(&mut model, UiAction::Files(Some(claim)));
        let mut files = || read(&mut model)[0].volume.as_ref().unwrap().files.clone().unwrap();
        assert_eq!(files(), [("/a".to_string(), "two\n".to_string())]);
        let back = model.player.run().end();
        let before = SimTime(back.0 - 2000);
        update(&mut model, UiAction::SeekTime(before));
        let files = read(&mut model)[0].volume.as_ref().unwrap().files.clone().unwrap();
        assert_eq!(files[0].1, "one\n");
    }
}
