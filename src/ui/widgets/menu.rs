//! A menu that opens under its button: the browser's own popover, so Escape and a press elsewhere close it.

use super::Icon;
use yew::prelude::*;

/// Properties of [`Menu`].
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// The id of the popover; also what its button points at.
    pub id: &'static str,
    /// The words on the button.
    pub label: Html,
    /// Name, note and whether it is the current one, for each entry.
    pub entries: Vec<(AttrValue, AttrValue, bool)>,
    /// Called with the pressed entry.
    pub onchoose: Callback<usize>,
    /// Further classes of the button.
    #[prop_or_default]
    pub class: Classes,
}

/// A button and the list under it.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    html! {
        <div class={classes!("menu", format!("menu--{}", props.id))}>
            <button type="button" class={classes!("button", props.class.clone())} popovertarget={props.id}>
                {props.label.clone()}
                <span class="button__caret"><Icon name="caret" /></span>
            </button>
            <ul id={props.id} class="menu__list" popover="auto">
                { for props.entries.iter().enumerate().map(|(i, (name, note, on))| {
                    let onclick = props.onchoose.reform(move |_: MouseEvent| i);
                    html! {
                        <li>
                            <button type="button" class="menu__item" popovertarget={props.id} popovertargetaction="hide"
                                aria-current={on.then_some("true")} {onclick}>
                                <span class="menu__name">{name}</span>
                                if !note.is_empty() { <span class="menu__note">{note}</span> }
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
