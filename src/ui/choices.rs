//! What the visitor chose: kept from the last visit, or asked for by the address.

use super::looks;
use super::platform::{dom, storage, url};
use super::player;
use super::state::{Panel, Screen, Theme, UiState};
use super::texts::Language;
use crate::scenario::link;

/// The choices that were kept or asked for by the address; answers with what the address says in vain.
pub fn choices(ui: &mut UiState) -> Vec<String> {
    ui.system_dark = dom::prefers_dark();
    ui.language = storage::get("lang")
        .and_then(|code| Language::from_code(&code))
        .or_else(|| Language::from_code(&dom::language()))
        .unwrap_or(Language::Ko);
    ui.theme = storage::get("theme").map_or(Theme::Auto, |code| Theme::from_code(&code));
    ui.letters = storage::get("letters").is_none_or(|v| v != "false");
    ui.system_still = dom::prefers_less_motion();
    ui.less_motion = ui.system_still || storage::get("motion").is_some_and(|v| v == "less");
    ui.speed = storage::get("speed").and_then(|v| v.parse().ok()).unwrap_or(2).min(player::SPEEDS.len() - 1);
    let mode = url::parameter("mode").unwrap_or_default();
    ui.is_embed = mode == "embed";
    if ui.is_embed {
        ui.panel = Panel::Stage;
    }
    let unknown = looks::read(ui, &url::parameters());
    if ui.present.is_on {
        // Light unless somebody asks for this very talk to be dark.
        ui.present.is_dark = ui.theme == Theme::Dark && url::parameter("theme").is_some();
        ui.screen = Screen::Page;
        ui.panel = Panel::Stage;
    }
    unknown
}

/// Whether a run was kept or is asked for by the address: then there is no first page.
pub fn is_awaited() -> bool {
    link::holds_run(&url::fragment())
        || url::parameter("sample").is_some()
        || url::parameter("mode").is_some_and(|mode| mode == "embed" || mode == "present")
        || url::parameter("lesson").is_some()
        || storage::get("run").is_some()
}
