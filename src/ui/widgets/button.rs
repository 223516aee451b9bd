//! Buttons: with a word, with an icon alone, and a row of which one is chosen.

use super::icon;
use yew::prelude::*;

/// A button with words, and an icon before them unless that has no name. `class` holds further classes,
/// `button--primary`.
pub fn button(class: &'static str, name: &'static str, onclick: Callback<MouseEvent>, words: Html) -> Html {
    html! {
        <button type="button" class={classes!("button", class)} {onclick}>
            if !name.is_empty() { {icon(name)} }
            {words}
        </button>
    }
}

/// What an [`icon_button`] is and says.
#[derive(Default)]
pub struct IconButton {
    /// The picture.
    pub icon: &'static str,
    /// The name for everyone who does not see the picture, and the tooltip.
    pub label: &'static str,
    /// The key that does the same, for the tooltip.
    pub key: &'static str,
    /// Further classes.
    pub class: &'static str,
    /// Its id, if anybody has to find it.
    pub id: &'static str,
    /// Cannot be pressed now.
    pub disabled: bool,
}

/// A button that is only a picture.
pub fn icon_button(what: &IconButton, onclick: Callback<MouseEvent>) -> Html {
    let IconButton { icon: name, label, key, class, id, disabled } = *what;
    let id = (!id.is_empty()).then_some(id);
    let title = if key.is_empty() { label.to_string() } else { [label, " (", key, ")"].concat() };
    html! {
        <button type="button" {id} class={classes!("button", "button--icon", class)} aria-label={label} {title} {disabled} {onclick}>
            {icon(name)}
        </button>
    }
}

/// A few words of which one is chosen; `choose` says what a press on the n-th does.
pub fn segment(
    label: &'static str,
    options: &[&str],
    chosen: usize,
    choose: &dyn Fn(usize) -> Callback<MouseEvent>,
) -> Html {
    html! {
        <div class="segment" role="group" aria-label={label}>
            { for options.iter().enumerate().map(|(i, word)| {
                let on = i == chosen;
                html! {
                    <button type="button" class={classes!("segment__item", on.then_some("segment__item--on"))}
                        aria-pressed={on.to_string()} onclick={choose(i)}>{*word}</button>
                }
            }) }
        </div>
    }
}
