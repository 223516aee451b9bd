//! The picture, and over it the buttons that make it usable.
//!
//! The SVG is silent; a list of real buttons lies on it at the places the scene names. Buttons belong to ordinals, so
//! a pod that dies and returns stands under the same focused button.

use super::Context;
use super::question::veil;
use crate::api::ObjectKey;
use crate::scene::Paging;
use crate::ui::state::UiAction;
use crate::ui::view::Stage;
use crate::ui::widgets::{IconButton, icon_button};
use yew::prelude::*;

/// The id of the element that holds the picture; the frame loop writes into it between steps.
pub const PICTURE: &str = "picture";
/// The id of the place the picture is drawn in; the shell reads its size, and places the buttons after each drawing.
pub const AREA: &str = "stage";

/// The height of the row that turns the pages.
const PAGES: f64 = 34.0;

/// How a picture fits its place.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// The height the picture may take: larger ones are made smaller.
    pub height: f64,
    /// By how much it is enlarged, where there is room.
    pub enlarge: f64,
}

/// The stage.
pub fn stage(context: &Context, stage: &Stage, room: Room, selected: Option<&ObjectKey>) -> Html {
    let texts = context.texts;
    let paging = stage.paging.filter(|paging| paging.pages > 1);
    let height = if paging.is_some() { room.height - PAGES } else { room.height };
    let scale = if stage.height > 0.0 { (height / stage.height).clamp(0.6, room.enlarge) } else { 1.0 };
    let boxed = |place: [f64; 4]| place.map(|v| format!("{:.1}", v * scale)).join(" ");
    let whole = boxed([0.0, 0.0, stage.width, stage.height]);
    html! {
        <section id={AREA} class="stage" aria-label={texts.cluster} tabindex="-1">
            if stage.width == 0.0 {
                <div class="stage__empty">
                    <p><b>{texts.stage_empty}</b></p>
                    <p>{texts.stage_empty_hint}</p>
                </div>
            } else {
                <div class="stage__figure">
                    <div class="stage__box" data-box={whole}>
                        {picture(&stage.svg)}
                        {veil(stage, scale)}
                        <ol class="slots">
                            { for stage.slots.iter().map(|slot| {
                                let on = selected == Some(&slot.key);
                                let onclick = context.on(UiAction::Select(Some(slot.key.clone())));
                                let [_, _, width, height] = slot.place.map(|v| v * scale);
                                html! {
                                    <li key={format!("{}-{}", slot.key.kind.name(), slot.column)}>
                                        <button type="button" class={classes!("slot", on.then_some("slot--selected"))}
                                            data-box={boxed(slot.place)} aria-label={slot.name.clone()} aria-pressed={on.to_string()}
                                            title={slot.name.clone()} {onclick}>
                                            if on { {corners(width, height)} }
                                        </button>
                                    </li>
                                }
                            }) }
                        </ol>
                    </div>
                </div>
                if let Some(paging) = paging { {pages(context, paging)} }
            }
        </section>
    }
}

// In the browser the frame loop owns what is inside; on the host there is none, and the picture is written here.
fn picture(svg: &str) -> Html {
    let inside = if cfg!(target_arch = "wasm32") {
        Html::default()
    } else {
        Html::from_html_unchecked(svg.to_string().into())
    };
    html! { <div id={PICTURE} class="stage__picture">{inside}</div> }
}

fn pages(context: &Context, paging: Paging) -> Html {
    let texts = context.texts;
    let to = |icon, label, page: Option<usize>| {
        let what = IconButton { icon, label, disabled: page.is_none(), ..IconButton::default() };
        icon_button(&what, context.on(UiAction::PageTo(page)))
    };
    html! {
        <p class="stage__pages">
            {to("back", texts.columns_before, paging.page.checked_sub(1))}
            <span>{(texts.columns)(paging.first, paging.end - 1, paging.total)}</span>
            {to("forward", texts.columns_after, Some(paging.page + 1).filter(|page| *page < paging.pages))}
        </p>
    }
}

/// Four corner brackets: a ring would read as a border here.
fn corners(width: f64, height: f64) -> Html {
    const OUT: f64 = 5.0;
    const LONG: f64 = 10.0;
    let (a, c, e) = (-OUT, width + OUT, height + OUT);
    let s = LONG - 5.0;
    let path = format!(
        "M{a} {}v-{s}q0-5 5-5h{s}M{:.1} {a}h{s}q5 0 5 5v{s}M{c:.1} {:.1}v{s}q0 5-5 5h-{s}M{} {e:.1}h-{s}q-5 0-5-5v-{s}",
        a + LONG,
        c - LONG,
        e - LONG,
        a + LONG
    );
    html! { <svg class="slot__corners" aria-hidden="true"><path d={path} /></svg> }
}
