//! First, back, play, forward, last, speed, spacing, and the clock.

use super::Context;
use crate::ui::player::{SPEEDS, Spacing};
use crate::ui::state::{Dialog, UiAction};
use crate::ui::widgets::{Icon, IconButton, kbd};
use yew::prelude::*;

/// The id of the clock; the frame loop writes into it between steps.
pub const CLOCK: &str = "clock";

/// Properties of [`Transport`].
#[derive(Properties, PartialEq)]
pub struct TransportProps {
    /// Words and way back.
    pub context: Context,
    /// Time runs.
    pub playing: bool,
    /// Nothing can be played.
    pub is_blank: bool,
    /// The time shown.
    pub seconds: f64,
    /// The time at the end of what is known.
    pub end: f64,
    /// More is being computed.
    pub is_computing: bool,
    /// Which of [`SPEEDS`].
    pub speed: usize,
    /// How time is laid out.
    pub spacing: Spacing,
}

/// The controls.
#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let tool = |icon, label: &'static str, key_hint, action: UiAction| {
        html! { <IconButton {icon} {label} {key_hint} disabled={props.is_blank} onpress={context.says(action)} /> }
    };
    let word = if props.playing { texts.pause } else { texts.play };
    let spacing = if props.spacing == Spacing::Even { texts.spacing_even } else { texts.spacing_real };
    let option = |label: &'static str, value: &'static str, action: UiAction| {
        let onclick = context.says(action).reform(|_: MouseEvent| ());
        html! { <button type="button" class="transport__opt" {onclick}>{label}{" "}<b>{value}</b></button> }
    };
    html! {
        <div class="transport" role="toolbar" aria-label={texts.playback}>
            <div class="transport__row">
                {tool("first", texts.first, "Home", UiAction::SeekStep(0))}
                {tool("back", texts.back, "←", UiAction::StepBy(-1))}
                <button type="button" id="play" class="button button--play" aria-label={word} title={format!("{word} (Space)")}
                    disabled={props.is_blank} onclick={context.says(UiAction::TogglePlay).reform(|_: MouseEvent| ())}>
                    <Icon name={if props.playing { "pause" } else { "play" }} />
                </button>
                {tool("forward", texts.forward, "→", UiAction::StepBy(1))}
                {tool("last", texts.last, "End", UiAction::SeekEnd)}
                <span class="transport__clock"><span id={CLOCK}>{clock(&(texts.seconds)(props.seconds))}</span>{" "}
                    <small>{"/ "}{(texts.seconds)(props.end)}</small></span>
            </div>
            <div class="transport__opts">
                {option(texts.speed, SPEEDS[props.speed].1, UiAction::NextSpeed)}
                {option(texts.spacing, spacing, UiAction::ToggleSpacing)}
                <button type="button" class="transport__opt transport__keys" onclick={context.says(UiAction::Open(Some(Dialog::Help))).reform(|_: MouseEvent| ())}>
                    {kbd("?")}{" "}{texts.all_keys}</button>
                if props.is_computing { <span class="transport__busy">{texts.computing}</span> }
            </div>
        </div>
    }
}

// The frame loop owns the clock's text in the browser.
fn clock(text: &str) -> Html {
    if cfg!(target_arch = "wasm32") {
        Html::default()
    } else {
        html! { {text} }
    }
}
