//! The lanes as a picture, a slider over them, and the way back to an old future.

use super::Context;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Track;
use crate::ui::widgets::Icon;
use yew::prelude::*;

/// The id of the line of now; the frame loop moves it.
pub const HEAD: &str = "head";
/// The id of the veil over the future; the frame loop moves it.
pub const VEIL: &str = "veil";

/// Properties of [`TimelinePanel`].
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// Words and way back.
    pub context: Context,
    /// The lanes.
    pub track: Track,
    /// The width they are drawn for.
    pub width: f64,
    /// The step shown.
    pub step: usize,
    /// The last step known.
    pub last: usize,
    /// What is said of the step shown.
    pub spoken: AttrValue,
}

/// The timeline.
#[component]
pub fn TimelinePanel(props: &TimelineProps) -> Html {
    let (texts, track) = (props.context.texts, &props.track);
    let area = use_node_ref();
    {
        let (area, send) = (area.clone(), props.context.send.clone());
        use_effect_with((), move |()| {
            dom::observe_size(&area, move |width, _| send.emit(UiAction::TrackWidth(width)));
        });
    }
    let oninput = props
        .context
        .send
        .reform(|event: InputEvent| UiAction::SeekMoment(dom::text_of(&event).parse().unwrap_or(0.0)));
    // The picture is pressed and dragged; the slider is what the keyboard and screen readers get.
    let held = use_mut_ref(|| false);
    let seek = {
        let (area, send) = (area.clone(), props.context.send.clone());
        move |event: &PointerEvent| send.emit(UiAction::SeekPlace(dom::fraction_in(&area, event.client_x())))
    };
    let onpointerdown = {
        let (area, held, seek) = (area.clone(), held.clone(), seek.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                *held.borrow_mut() = true;
                dom::capture(&area, event.pointer_id());
                seek(&event);
            }
        })
    };
    let onpointermove = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            if *held.borrow() {
                seek(&event);
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *held.borrow_mut() = false);
    let (top, bottom) = track.lanes;
    html! {
        <div class={classes!("timeline", track.is_blank.then_some("timeline--blank"))}>
            <div class="timeline__area" ref={area} {onpointerdown} {onpointermove} {onpointerup}>
                if track.is_blank {
                    <p class="timeline__none">{texts.no_history}</p>
                } else {
                    {Html::from_html_unchecked(track.svg.clone().into())}
                    <svg class="track track__now" width={props.width.to_string()} height={track.height.to_string()} aria-hidden="true">
                        <g id={VEIL}><rect class="track__future" x="0" y={(top - 3.0).to_string()} width="100%" height={(bottom - top + 6.0).max(0.0).to_string()} /></g>
                        <g id={HEAD}>
                            <path class="track__head" d={format!("M0 {}V{}", top - 4.0, bottom + 9.0)} />
                            <circle class="track__knob" cx="0" cy={(top - 6.0).to_string()} r="5.5" />
                        </g>
                    </svg>
                    <input type="range" class="timeline__slider" aria-label={texts.timeline} aria-valuetext={props.spoken.clone()}
                        min="0" max={props.last.to_string()} step="1" value={props.step.to_string()} {oninput} />
                }
            </div>
            if let Some((which, label)) = track.futures.iter().enumerate().next_back() {
                <p class="timeline__ghost">
                    <span>{(texts.old_future)(label)}</span>
                    <button type="button" onclick={props.context.says(UiAction::GoBackToFuture(which)).reform(|_: MouseEvent| ())}>
                        <Icon name="fork" />{texts.go_back_to_future}</button>
                </p>
            }
        </div>
    }
}
