//! One sentence over the picture: what happened, and what comes next; beside it, by what the picture is ordered.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::view::Caption;
use crate::ui::widgets::{rich, segment};
use yew::prelude::*;

/// The sentence.
pub fn caption(context: &Context, caption: &Caption, by_node: bool) -> Html {
    let texts = context.texts;
    html! {
        <div class="caption">
            <div class="caption__eyebrow">
                <b>{&caption.chapter}</b>
                if !caption.place.is_empty() { <span>{&caption.place}</span> }
                <span class="caption__space"></span>
                {segment(texts.view, &[texts.by_ordinal, texts.by_node], usize::from(by_node), &|i| context.on(UiAction::ByNode(i == 1)))}
            </div>
            <p class="caption__text">
                {rich(&caption.done)}
                if !caption.next.is_empty() { {" "}<em>{rich(&caption.next)}</em> }
            </p>
        </div>
    }
}
