//! A menu that opens under its button: the browser's own popover, so Escape and a press elsewhere close it.

use super::icon;
use yew::prelude::*;

/// One line of a menu.
pub struct MenuEntry {
    /// Its name.
    pub name: &'static str,
    /// A word about it, or empty.
    pub note: &'static str,
    /// It is the current one.
    pub is_current: bool,
    /// What a press does.
    pub onclick: Callback<MouseEvent>,
}

/// A button and the list under it. `id` is the popover's, and what the button points at; `class` holds further classes
/// of the button.
pub fn menu(id: &'static str, class: &'static str, label: Html, entries: Vec<MenuEntry>) -> Html {
    html! {
        <div class={classes!("menu", ["menu--", id].concat())}>
            <button type="button" class={classes!("button", class)} popovertarget={id}>
                {label}
                <span class="button__caret">{icon("caret")}</span>
            </button>
            <ul {id} class="menu__list" popover="auto">
                { for entries.into_iter().map(|entry| html! {
                    <li>
                        <button type="button" class="menu__item" popovertarget={id} popovertargetaction="hide"
                            aria-current={entry.is_current.then_some("true")} onclick={entry.onclick}>
                            <span class="menu__name">{entry.name}</span>
                            if !entry.note.is_empty() { <span class="menu__note">{entry.note}</span> }
                        </button>
                    </li>
                }) }
            </ul>
        </div>
    }
}
