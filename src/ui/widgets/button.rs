//! Buttons: with a word, with an icon alone, and a row of which one is chosen.

use super::Icon;
use yew::prelude::*;

/// Properties of [`Button`].
#[derive(Properties, PartialEq)]
pub struct ButtonProps {
    /// What a press does.
    pub onpress: Callback<()>,
    /// Further classes, `button--primary`.
    #[prop_or_default]
    pub class: Classes,
    /// An icon before the words.
    #[prop_or_default]
    pub icon: Option<&'static str>,
    /// Cannot be pressed now.
    #[prop_or_default]
    pub disabled: bool,
    /// The words.
    #[prop_or_default]
    pub children: Html,
}

/// A button with words.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let onclick = props.onpress.reform(|_: MouseEvent| ());
    html! {
        <button type="button" class={classes!("button", props.class.clone())} disabled={props.disabled} {onclick}>
            if let Some(name) = props.icon { <Icon {name} /> }
            {props.children.clone()}
        </button>
    }
}

/// Properties of [`IconButton`].
#[derive(Properties, PartialEq)]
pub struct IconButtonProps {
    /// What a press does.
    pub onpress: Callback<()>,
    /// The picture.
    pub icon: &'static str,
    /// The name for everyone who does not see the picture, and the tooltip.
    pub label: AttrValue,
    /// The key that does the same, for the tooltip.
    #[prop_or_default]
    pub key_hint: &'static str,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
    /// Cannot be pressed now.
    #[prop_or_default]
    pub disabled: bool,
}

/// A button that is only a picture.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let onclick = props.onpress.reform(|_: MouseEvent| ());
    let title = if props.key_hint.is_empty() {
        props.label.to_string()
    } else {
        format!("{} ({})", props.label, props.key_hint)
    };
    html! {
        <button type="button" class={classes!("button", "button--icon", props.class.clone())} aria-label={props.label.clone()}
            {title} disabled={props.disabled} {onclick}>
            <Icon name={props.icon} />
        </button>
    }
}

/// Properties of [`Segment`].
#[derive(Properties, PartialEq)]
pub struct SegmentProps {
    /// What the choice is about.
    pub label: AttrValue,
    /// The words, in order.
    pub options: Vec<AttrValue>,
    /// Which is chosen.
    pub chosen: usize,
    /// Called with the pressed one.
    pub onchoose: Callback<usize>,
}

/// A few words of which one is chosen.
#[component]
pub fn Segment(props: &SegmentProps) -> Html {
    html! {
        <div class="segment" role="group" aria-label={props.label.clone()}>
            { for props.options.iter().enumerate().map(|(i, word)| {
                let onclick = props.onchoose.reform(move |_: MouseEvent| i);
                let on = i == props.chosen;
                html! {
                    <button type="button" class={classes!("segment__item", on.then_some("segment__item--on"))}
                        aria-pressed={on.to_string()} {onclick}>{word}</button>
                }
            }) }
        </div>
    }
}
