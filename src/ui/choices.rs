//! What the visitor chose: kept from the last visit, or asked for by the address.

use super::platform::{dom, storage, url};
use super::player;
use super::state::{Panel, Theme, UiState};
use super::texts::Language;
use crate::scenario::link;

/// The choices that were kept or asked for by the address.
pub fn choices(ui: &mut UiState) {
    ui.system_dark = dom::prefers_dark();
    let asked = |name: &str| url::parameter(name).or_else(|| storage::get(name));
    ui.language = asked("lang")
        .and_then(|code| Language::from_code(&code))
        .or_else(|| Language::from_code(&dom::language()))
        .unwrap_or(Language::Ko);
    ui.theme = asked("theme").map_or(Theme::Auto, |code| Theme::from_code(&code));
    ui.is_embed = url::parameter("mode").is_some_and(|mode| mode == "embed");
    if ui.is_embed {
        ui.panel = Panel::Stage;
    }
    ui.letters = storage::get("letters").is_none_or(|v| v != "false");
    ui.less_motion = dom::prefers_less_motion() || storage::get("motion").is_some_and(|v| v == "less");
    ui.speed = storage::get("speed").and_then(|v| v.parse().ok()).unwrap_or(2).min(player::SPEEDS.len() - 1);
}

/// Whether a run was kept or is asked for by the address: then there is no first page.
pub fn is_awaited() -> bool {
    link::holds_run(&url::fragment())
        || url::parameter("sample").is_some()
        || url::parameter("lesson").is_some()
        || url::parameter("mode").is_some_and(|mode| mode == "embed")
        || storage::get("run").is_some()
}
