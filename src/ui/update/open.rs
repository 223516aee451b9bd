//! Which run is shown: a link, a story, a kept text, and its manifest in the editor.

use super::lines::FILE;
use crate::api::Kind;
use crate::samples::STORIES;
use crate::scenario::link::Linked;
use crate::ui::editor;
use crate::ui::panels::terminal::Near;
use crate::ui::player::Player;
use crate::ui::state::*;
use std::rc::Rc;

pub(super) fn check(model: &mut Model) {
    let lang = model.ui.language.lang();
    let mut problems = editor::problems(&model.ui.manifest, lang);
    let store = model.player.run().session().cluster().store();
    let exists = |kind: &str, name: &str| {
        Kind::from_name(kind).is_some_and(|kind| store.get(kind, "default", name).is_some())
    };
    if store.count(Kind::PersistentVolumeClaim) > 0 {
        problems.extend(editor::claims_found(&model.ui.manifest, lang, &exists));
    }
    if *model.ui.problems != problems {
        model.ui.problems = Rc::new(problems);
    }
}

pub(in crate::ui) fn set_manifest(model: &mut Model, text: String) -> Vec<Effect> {
    model.ui.manifest = text.clone();
    check(model);
    vec![Effect::EditorText(text.clone()), Effect::Keep("manifest", text)]
}

/// Puts a text into the editor that counts as applied.
pub fn show_applied(model: &mut Model, text: String) -> Vec<Effect> {
    model.ui.applied.clone_from(&text);
    set_manifest(model, text)
}

pub(super) fn new_run(model: &mut Model, scenario: &str) {
    let text = with_release(scenario, model.ui.release);
    let _ = open_run(model, &text);
}

/// Shows another run; answers with its manifest, if it has one.
pub fn open_run(model: &mut Model, scenario: &str) -> Option<String> {
    open_player(model, Player::from_text(scenario))
}

/// The same of a run that was read already, or of why it could not be.
pub(in crate::ui) fn open_player(model: &mut Model, player: Result<Player, String>) -> Option<String> {
    model.ui.playing = false;
    model.ui.selected = None;
    model.ui.notice = None;
    model.ui.near = Near::default();
    model.ui.cleared = 0;
    model.ui.page = None;
    (model.promises, model.compare, model.tries, model.ui.chain) = (None, None, None, None);
    model.ui.says_release = false;
    model.course = None;
    model.opening = None;
    model.play_when_ready = false;
    match player {
        Ok(player) => {
            let version = model.player.version;
            // A run brings its own release.
            model.ui.release = player.run().session().cluster().profile().name;
            model.player = player;
            model.player.version = version + 1;
        }
        Err(message) => {
            model.ui.notice = Some((model.ui.texts().link_broken)(&message));
            model.player = Player::default();
        }
    }
    let files = model.player.run().files();
    files.get(FILE).or_else(|| files.values().next()).cloned()
}

/// Opens what a link holds; answers with its manifest. A damaged link shows an empty run and says why.
pub fn open_link(model: &mut Model, linked: Result<Linked, String>) -> Option<String> {
    model.ui.origin = match &linked {
        Ok(Linked::Named(name)) => {
            STORIES.iter().position(|story| story.slug == name).map_or(Origin::Own, Origin::Story)
        }
        _ => Origin::Own,
    };
    let text = linked.and_then(Linked::text);
    let manifest = open_run(model, text.as_deref().unwrap_or_default());
    if let Err(message) = text {
        model.ui.notice = Some((model.ui.texts().link_broken)(&message));
    }
    manifest
}

/// Takes a text for the editor that counts as applied; answers with it.
pub fn take_text(model: &mut Model, text: String) -> String {
    model.ui.manifest = text.clone();
    model.ui.applied = text.clone();
    check(model);
    text
}

/// The first story, stopped where it already says something; answers with its manifest.
pub fn open_story_still(model: &mut Model) -> Option<String> {
    model.ui.origin = Origin::Story(0);
    let manifest = open_run(model, STORIES[0].scenario);
    if let Some(text) = &manifest {
        model.ui.manifest = text.clone();
        model.ui.applied = text.clone();
        check(model);
    }
    model.opening = Some(STORIES[0].still);
    manifest
}

/// The scenario with another release in its header.
pub(super) fn with_release(scenario: &str, release: &str) -> String {
    let rest: String = scenario.lines().filter(|l| !l.starts_with("k8s ")).flat_map(|l| [l, "\n"]).collect();
    format!("k8s {release}\n{rest}")
}
