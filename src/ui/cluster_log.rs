//! A real cluster's own history: files dropped or pasted one after another, read together, shown as a run.
//!
//! Nothing is sent anywhere and nothing is kept in the browser: the run goes when the page is closed.

use super::player::Player;
use super::state::{Dialog, Effect, Model, Origin, Panel, Screen, UiAction};
use super::update::{open_player, set_manifest, update};
use crate::api::print::to_yaml;
use crate::api::{Kind, Object, ObjectKey};
use crate::cluster::observed::Observed;
use crate::program;
use crate::session::Run;
use crate::sim::SortedMap;

/// What was dropped so far, and what is wrong with the last of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterLog {
    files: Vec<(String, String)>,
    /// Why the last file was not taken, with its place.
    pub error: Option<String>,
}

/// Forgets what was dropped before.
pub fn begin(model: &mut Model) {
    model.ui.log = ClusterLog::default();
}

/// Takes more files. Those taken so far become the run that is shown; one that cannot be read changes nothing.
pub fn take(model: &mut Model, more: Vec<(String, String)>) -> Vec<Effect> {
    let mut files = model.ui.log.files.clone();
    files.retain(|(known, _)| more.iter().all(|(name, _)| name != known));
    files.extend(more);
    let (scenario, found) = match program::observe(&files) {
        Ok(read) => read,
        Err(error) => {
            model.ui.log.error = Some(error);
            // What came by another way than the dialog is answered there as well.
            model.ui.dialog = Some(Dialog::Cluster);
            return Vec::new();
        }
    };
    let mut effects = update(model, UiAction::Hidden);
    model.ui.log = ClusterLog { files, error: None };
    model.ui.screen = Screen::Page;
    model.ui.origin = Origin::Cluster;
    model.ui.panel = Panel::Reasons;
    model.ui.dialog = None;
    open_player(model, Ok(Player::new(Run::begun(scenario))));
    model.moment = Some("end".into());
    if let Some(observed) = &model.player.run().header().observed {
        let text = manifest(observed);
        model.ui.applied = text.clone();
        effects.extend(set_manifest(model, text));
    }
    let lang = model.ui.language.lang();
    let more = lang.pick(
        " 아무것도 보내거나 저장하지 않았다. 왼쪽 매니페스트를 적용하면 같은 것을 시뮬레이션한다.",
        " Nothing was sent or kept. Apply the manifest on the left to simulate the same.",
    );
    model.ui.notice = Some(program::found_says(&found, lang) + more);
    effects.push(Effect::Compute);
    effects
}

/// The sets that were seen and the Services that govern them, as they were last, without what the cluster filled in.
fn manifest(observed: &Observed) -> String {
    let mut last: SortedMap<ObjectKey, &Object> = SortedMap::new();
    for object in &observed.start {
        last.insert(object.key(), object);
    }
    for seen in &observed.seen {
        if let Some(object) = &seen.new {
            last.insert(seen.key.clone(), object);
        }
    }
    let mut documents = Vec::new();
    for set in last.values().filter(|object| object.kind == Kind::StatefulSet) {
        let name = set.spec().get("serviceName").text();
        let service = ObjectKey::new(Kind::Service, set.meta("namespace").text(), name);
        documents.extend(last.get(&service).map(|service| plain(service)));
        documents.push(plain(set));
    }
    documents.dedup();
    documents.join("---\n")
}

// What somebody would have typed.
fn plain(object: &Object) -> String {
    let mut typed = Object::new(object.kind, "", object.meta("name").text());
    if !object.labels().is_empty() {
        typed.body.set(&["metadata", "labels"], object.labels().clone());
    }
    typed.body.set(&["spec"], object.spec().clone());
    let spec = typed.body.at_mut(&["spec"]).map_mut();
    if object.kind == Kind::Service {
        for filled in
            ["clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "sessionAffinity"]
        {
            spec.remove(filled);
        }
        if spec.get("clusterIP").is_some_and(|ip| ip.str() != "None") {
            spec.remove("clusterIP");
        }
    }
    typed.body.remove(&["spec", "template", "metadata", "creationTimestamp"]);
    if !typed.spec().get("volumeClaimTemplates").items().is_empty() {
        for claim in typed.body.at_mut(&["spec", "volumeClaimTemplates"]).list_mut() {
            claim.remove(&["status"]);
            claim.remove(&["metadata", "creationTimestamp"]);
        }
    }
    to_yaml(&typed.body)
}
