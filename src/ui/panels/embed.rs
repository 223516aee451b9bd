//! The head of an embedded page: what is shown, the panels that can take the picture's place, and the way out.

use super::{Context, LESSON, PanelEntry};
use crate::ui::state::{Panel, UiAction, UiState};
use crate::ui::widgets::{IconButton, icon_button};
use yew::prelude::*;

/// The tabs of an embedded page: never two beside each other.
pub const TABS: &[PanelEntry] = &[
    PanelEntry { panel: Panel::Stage, id: "tab-stage", label: |t| t.picture, is_narrow: false },
    LESSON,
    PanelEntry { panel: Panel::Reasons, id: "tab-why", label: |t| t.why, is_narrow: false },
    PanelEntry { panel: Panel::Names, id: "tab-dns", label: |t| t.dns, is_narrow: false },
    PanelEntry { panel: Panel::Manifest, id: "tab-manifest", label: |_| "YAML", is_narrow: false },
    PanelEntry { panel: Panel::Terminal, id: "tab-terminal", label: |t| t.terminal, is_narrow: false },
];

/// The head; `tabs` is the row of [`TABS`].
pub fn head(context: &Context, ui: &UiState, tabs: Html) -> Html {
    let texts = context.texts;
    let open = IconButton { icon: "open", label: texts.open_whole, ..IconButton::default() };
    html! {
        <header class="head head--embed">
            <h1 class="head__title">{ui.origin.title(texts)}</h1>
            <div class="sidetabs">{tabs}</div>
            {icon_button(&open, context.on(UiAction::OpenWhole))}
        </header>
    }
}
