//! Events as Kubernetes records them, commands and faults between them, and on demand every API write.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::view::EventRow;
use crate::ui::widgets::Segment;
use yew::prelude::*;

/// Properties of [`EventsPanel`].
#[derive(Properties, PartialEq)]
pub struct EventsProps {
    /// Words and way back.
    pub context: Context,
    /// The rows.
    pub rows: Vec<EventRow>,
    /// API writes are among them.
    pub all: bool,
    /// Happenings up to the moment shown: the rows of the newest moment are marked.
    pub now: usize,
}

/// The panel.
#[component]
pub fn EventsPanel(props: &EventsProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let last = props.rows.last().map(|row| row.seconds);
    html! {
        <>
            <div class="events__head">
                <h2 class="why__title">{texts.events}</h2>
                <Segment label={texts.events_filter} options={vec![texts.events.into(), format!("+ {}", texts.events_writes).into()]}
                    chosen={usize::from(props.all)} onchoose={context.send.reform(|i| UiAction::AllEvents(i == 1))} />
            </div>
            if props.rows.is_empty() { <p class="empty">{texts.events_none}</p> }
            <ol class="events">
                { for props.rows.iter().rev().map(|row| {
                    let go = context.says(UiAction::SeekTime(crate::sim::SimTime((row.seconds * 1000.0) as u64))).reform(|_: MouseEvent| ());
                    let class = classes!("event", row.is_warning.then_some("event--warning"), row.is_input.then_some("event--input"),
                        (last == Some(row.seconds)).then_some("event--now"));
                    html! {
                        <li key={row.happenings} {class}>
                            <button type="button" class="event__time" onclick={go} title={texts.jump}>{format!("{:.1}", row.seconds)}</button>
                            <div>
                                if row.is_input {
                                    <code class="event__input">{&row.message}</code>
                                } else {
                                    <span class="event__head"><b>{&row.reason}</b>{" "}<span class="event__object">{&row.object}</span></span>
                                    <span class="event__text">{&row.kind}{if row.message.is_empty() { "" } else { " · " }}{&row.message}</span>
                                }
                            </div>
                        </li>
                    }
                }) }
            </ol>
        </>
    }
}
