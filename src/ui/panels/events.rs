//! Events as Kubernetes records them, commands and faults between them, and on demand every API write.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::view::EventRow;
use crate::ui::widgets::{rich, segment};
use yew::prelude::*;

/// The panel; `chain` is what led to the row of that number.
pub fn events(
    context: &Context,
    rows: &[EventRow],
    all: bool,
    chain: Option<&(usize, Vec<(usize, String)>)>,
) -> Html {
    let texts = context.texts;
    let last = rows.last().map(|row| row.seconds);
    html! {
        <>
            <div class="events__head">
                <h2 class="why__title">{texts.events}</h2>
                {segment(texts.events_filter, &[texts.events, texts.events_writes], usize::from(all), &|i| context.on(UiAction::AllEvents(i == 1)))}
            </div>
            if rows.is_empty() { <p class="empty">{texts.events_none}</p> }
            <ol class="events">
                { for rows.iter().rev().map(|row| {
                    let go = context.on(UiAction::SeekTime(crate::sim::SimTime((row.seconds * 1000.0) as u64)));
                    let class = classes!("event", row.is_warning.then_some("event--warning"), row.is_input.then_some("event--input"),
                        (last == Some(row.seconds)).then_some("event--now"));
                    let causes = chain.filter(|(of, _)| *of == row.happenings).map(|(_, causes)| causes);
                    html! {
                        <li key={row.happenings} {class}>
                            <button type="button" class="event__time" onclick={go} title={texts.jump}>{format!("{:.1}", row.seconds)}</button>
                            <div>
                                if row.is_input {
                                    <code class="event__input">{&row.message}</code>
                                } else {
                                    <span class="event__head"><b>{&row.reason}</b>{" "}<span class="event__object">{&row.object}</span>{" "}
                                        <button type="button" class="because__src" aria-expanded={causes.is_some().to_string()}
                                            onclick={context.on(UiAction::Chain(Some(row.happenings)))}>{texts.why}</button></span>
                                    <span class="event__text">{&row.kind}{if row.message.is_empty() { "" } else { " · " }}{&row.message}</span>
                                    if let Some(causes) = causes {
                                        <ol class="chain">{ for causes.iter().map(|(happening, says)| html! {
                                            <li><button type="button" class="because__src" onclick={context.on(UiAction::GoTo(format!("e{happening}")))}>{rich(says)}</button></li>
                                        }) }</ol>
                                    }
                                }
                            </div>
                        </li>
                    }
                }) }
            </ol>
        </>
    }
}
