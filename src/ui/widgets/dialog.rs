//! A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back.
//!
//! The shell opens and closes it after each drawing (`platform::dom::show_dialog`).

use super::{IconButton, icon_button};
use crate::ui::platform::dom;
use yew::prelude::*;

/// The id of the dialog.
pub const DIALOG: &str = "dialog";

/// A dialog over the page; what is inside is drawn only while it is open. `onclose` is called when it was closed, by
/// the button, by Escape or beside it.
pub fn dialog(
    title: &'static str,
    class: &'static str,
    close_label: &'static str,
    onclose: Callback<()>,
    inside: Option<Html>,
) -> Html {
    // A press on the dialog itself, and not on what it holds, is a press beside it.
    let beside = {
        let onclose = onclose.clone();
        Callback::from(move |event: MouseEvent| {
            if dom::is_on(&event, DIALOG) {
                onclose.emit(());
            }
        })
    };
    let close = IconButton { icon: "cross", label: close_label, key: "Esc", ..IconButton::default() };
    let pressed = onclose.reform(|_: MouseEvent| ());
    let onclose = onclose.reform(|_: Event| ());
    html! {
        <dialog id={DIALOG} class={classes!("dialog", class)} aria-label={title} {onclose} onclick={beside}>
            if let Some(inside) = inside {
                <div class="dialog__box">
                    <header class="dialog__head"><h2>{title}</h2>{icon_button(&close, pressed)}</header>
                    <div class="dialog__body">{inside}</div>
                </div>
            }
        </dialog>
    }
}
