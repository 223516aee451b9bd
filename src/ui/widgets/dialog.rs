//! A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back.

use super::IconButton;
use crate::ui::platform::dom;
use yew::prelude::*;

/// Properties of [`Dialog`].
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// Whether it is shown.
    pub open: bool,
    /// The heading.
    pub title: AttrValue,
    /// The name of the closing button.
    pub close_label: AttrValue,
    /// Called when it was closed, by the button, by Escape or beside it.
    pub onclose: Callback<()>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
    /// What is inside; drawn only while open.
    #[prop_or_default]
    pub children: Html,
}

/// A dialog over the page.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_effect_with((props.open, node.clone()), |(open, node)| dom::show_dialog(node, *open));
    let onclose = props.onclose.reform(|_: Event| ());
    let beside = {
        let (node, onclose) = (node.clone(), props.onclose.clone());
        // A press on the dialog itself, and not on what it holds, is a press beside it.
        Callback::from(move |event: MouseEvent| {
            if dom::is_on(&event, &node) {
                onclose.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.class.clone())} aria-label={props.title.clone()} {onclose} onclick={beside}>
            if props.open {
                <div class="dialog__box">
                    <header class="dialog__head">
                        <h2>{&props.title}</h2>
                        <IconButton icon="cross" label={props.close_label.clone()} key_hint="Esc" onpress={props.onclose.clone()} />
                    </header>
                    <div class="dialog__body">{props.children.clone()}</div>
                </div>
            }
        </dialog>
    }
}
