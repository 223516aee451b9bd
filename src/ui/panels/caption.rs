//! One sentence over the picture: what happened, and what comes next.

use super::Context;
use crate::ui::view::Caption;
use crate::ui::widgets::rich;
use yew::prelude::*;

/// Properties of [`CaptionPanel`].
#[derive(Properties, PartialEq)]
pub struct CaptionProps {
    /// Words and way back.
    pub context: Context,
    /// What is said.
    pub caption: Caption,
}

/// The sentence.
#[component]
pub fn CaptionPanel(props: &CaptionProps) -> Html {
    let caption = &props.caption;
    html! {
        <div class="caption">
            <p class="caption__eyebrow">
                <b>{&caption.chapter}</b>
                if !caption.place.is_empty() { <span>{&caption.place}</span> }
            </p>
            <p class="caption__text">
                {rich(&caption.done)}
                if !caption.next.is_empty() { {" "}<em>{rich(&caption.next)}</em> }
            </p>
        </div>
    }
}
