//! First, back, play, forward, last, speed, spacing, and the clock.

use super::Context;
use crate::ui::player::{SPEEDS, Spacing};
use crate::ui::state::{Dialog, UiAction, UiState};
use crate::ui::widgets::{IconButton, icon, icon_button, kbd};
use yew::prelude::*;

/// The id of the clock; the frame loop writes into it between steps.
pub const CLOCK: &str = "clock";

/// The controls. `seconds`: the time shown; `end`: the time at the end of what is known; `is_blank`: nothing can be
/// played.
pub fn transport(context: &Context, ui: &UiState, is_blank: bool, seconds: f64, end: f64) -> Html {
    let texts = context.texts;
    let tool = |icon, label, key, action: UiAction| {
        let what = IconButton { icon, label, key, disabled: is_blank, ..IconButton::default() };
        icon_button(&what, context.on(action))
    };
    let word = if ui.playing { texts.pause } else { texts.play };
    let spacing = if ui.spacing == Spacing::Even { texts.spacing_even } else { texts.spacing_real };
    let option = |label: &'static str, value: &'static str, action: UiAction| {
        html! { <button type="button" class="transport__opt" onclick={context.on(action)}>{label}{" "}<b>{value}</b></button> }
    };
    html! {
        <div class="transport" role="toolbar" aria-label={texts.playback}>
            <div class="transport__row">
                {tool("first", texts.first, "Home", UiAction::SeekStep(0))}
                {tool("back", texts.back, "←", UiAction::StepBy(-1))}
                <button type="button" id="play" class="button button--play" aria-label={word} title={[word, " (Space)"].concat()}
                    disabled={is_blank} onclick={context.on(UiAction::TogglePlay)}>
                    {icon(if ui.playing { "pause" } else { "play" })}
                </button>
                {tool("forward", texts.forward, "→", UiAction::StepBy(1))}
                {tool("last", texts.last, "End", UiAction::SeekEnd)}
                <span class="transport__clock"><span id={CLOCK}>{clock(&(texts.seconds)(seconds))}</span>{" "}
                    <small>{"/ "}{(texts.seconds)(end)}</small></span>
            </div>
            <div class="transport__opts">
                {option(texts.speed, SPEEDS[ui.speed].1, UiAction::NextSpeed)}
                {option(texts.spacing, spacing, UiAction::ToggleSpacing)}
                <button type="button" class="transport__opt transport__keys" onclick={context.on(UiAction::Open(Some(Dialog::Help)))}>
                    {kbd("?")}{" "}{texts.all_keys}</button>
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
