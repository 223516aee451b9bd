//! The list of lessons: those of the documents, and those of wrong beliefs.

use super::Context;
use crate::lessons::{Front, Part};
use crate::ui::lesson::shelf::{Mark, Shelf};
use crate::ui::lesson::{Act, From};
use crate::ui::panels::question::spans;
use crate::ui::state::UiAction;
use crate::ui::texts::lesson as words;
use crate::ui::widgets::icon;
use yew::prelude::*;

/// The list, as the dialog shows it.
pub fn lessons(context: &Context, shelf: &Shelf) -> Html {
    let texts = words(context.texts.language);
    let part = |title: &'static str, part: Part| {
        html! {
            <section class="lessons__part">
                <h3>{title}</h3>
                <ul class="lessons__list">{ for shelf.part(part).map(|front| entry(context, front, shelf.mark(&front.id))) }</ul>
            </section>
        }
    };
    html! {
        <div class="lessons">
            if let Some(why) = &shelf.trouble { <p class="notice" role="alert">{icon("warn")}<span>{(texts.list_failed)(why)}</span></p> }
            if shelf.fronts.is_some() {
                {part(texts.documents, Part::Documents)}
                {part(texts.beliefs, Part::Beliefs)}
            } else if shelf.trouble.is_none() { <p class="empty" role="status">{texts.loading}</p> }
        </div>
    }
}

fn entry(context: &Context, front: &Front, mark: Option<Mark>) -> Html {
    let texts = words(context.texts.language);
    let lang = context.texts.language.lang();
    let step = match mark {
        Some(Mark::Step(step)) => step,
        _ => 1,
    };
    let open = UiAction::Lesson(Act::Fetch(From::Page(front.id.clone()), step));
    html! {
        <li><button type="button" class="what__item lessons__item" onclick={context.on(open)}>
            <span><b>{spans(front.title.get(lang))}</b><small>{spans(front.about.get(lang))}</small></span>
            <span class="lessons__note">{(texts.minutes)(front.minutes)}
                { match mark {
                    Some(Mark::Done) => html! { <span class="lessons__done">{icon("check")}{texts.done}</span> },
                    Some(Mark::Step(step)) => html! { <span>{(texts.begun)(step)}</span> },
                    None => Html::default(),
                } }
            </span>
        </button></li>
    }
}
