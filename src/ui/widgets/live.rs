//! The one polite live region of the page.

use yew::prelude::*;

/// Properties of [`Announcer`].
#[derive(Properties, PartialEq)]
pub struct AnnouncerProps {
    /// The sentence to be spoken; a new one replaces the old one.
    pub text: AttrValue,
}

/// Speaks a sentence without showing it.
#[component]
pub fn Announcer(props: &AnnouncerProps) -> Html {
    html! { <p class="visually-hidden" role="status" aria-live="polite">{&props.text}</p> }
}
