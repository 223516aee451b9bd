//! The lanes as a picture, a slider over them, and beside them what is being computed and what was left behind.

use super::Context;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Track;
use crate::ui::widgets::icon;
use yew::prelude::*;

/// The id of the line of now; the frame loop moves it.
pub const HEAD: &str = "head";
/// The id of the veil over the future; the frame loop moves it.
pub const VEIL: &str = "veil";
/// The id of the place the lanes are drawn in; the shell reads its width.
pub const AREA: &str = "track";

/// Where in the run the page is.
pub struct Place {
    /// The width the lanes are drawn for.
    pub width: f64,
    /// The step shown.
    pub step: usize,
    /// The last step known.
    pub last: usize,
    /// What is said of the step shown.
    pub spoken: AttrValue,
    /// Something has been computed for so long that it has to be said.
    pub is_busy: bool,
}

/// The timeline.
pub fn timeline(context: &Context, track: &Track, place: Place) -> Html {
    let texts = context.texts;
    let oninput = context
        .send
        .reform(|event: InputEvent| UiAction::SeekStep(dom::text_of(&event).parse().unwrap_or(0)));
    // The picture is pressed and dragged; the slider is what the keyboard and screen readers get.
    let seek = |send: Callback<UiAction>, starts: bool| {
        Callback::from(move |event: PointerEvent| {
            if event.buttons() & 1 == 1 && (!starts || event.button() == 0) {
                if starts {
                    dom::capture(AREA, event.pointer_id());
                }
                send.emit(UiAction::SeekPlace(dom::fraction_in(AREA, event.client_x())));
            }
        })
    };
    let (top, bottom) = track.lanes;
    html! {
        <div class={classes!("timeline", track.is_blank.then_some("timeline--blank"))}>
            <div class="timeline__area" id={AREA} onpointerdown={seek(context.send.clone(), true)} onpointermove={seek(context.send.clone(), false)}>
                if track.is_blank {
                    <p class="timeline__none">{texts.no_history}</p>
                } else {
                    {Html::from_html_unchecked(track.svg.clone().into())}
                    <svg class="track track__now" width={place.width.to_string()} height={track.height.to_string()} aria-hidden="true">
                        <g id={VEIL}><rect class="track__future" x="0" y={(top - 3.0).to_string()} width="100%" height={(bottom - top + 6.0).max(0.0).to_string()} /></g>
                        <g id={HEAD}>
                            <path class="track__head" d={format!("M0 {}V{}", top - 4.0, bottom + 9.0)} />
                            <circle class="track__knob" cx="0" cy={(top - 6.0).to_string()} r="5.5" />
                        </g>
                    </svg>
                    <input type="range" class="timeline__slider" aria-label={texts.timeline} aria-valuetext={place.spoken}
                        min="0" max={place.last.to_string()} step="1" value={place.step.to_string()} {oninput} />
                }
            </div>
            if place.is_busy {
                <p class="timeline__note" role="status">
                    <span>{texts.computing}{" "}{"…"}</span>
                    <button type="button" onclick={context.on(UiAction::StopComputing)}>{icon("pause")}{texts.stop_computing}</button>
                </p>
            } else if let Some((which, label)) = track.futures.iter().enumerate().next_back() {
                <p class="timeline__note">
                    <span>{(texts.old_future)(label)}</span>
                    <button type="button" onclick={context.on(UiAction::GoBackToFuture(which))}>{icon("fork")}{texts.go_back_to_future}</button>
                </p>
            }
            if track.goes_on && !place.is_busy { <p class="timeline__end">{texts.computed_so_far}</p> }
        </div>
    }
}
