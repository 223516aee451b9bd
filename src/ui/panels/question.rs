//! Predict, then reveal: the question before a step, and afterwards what was answered beside what happened.

use super::Context;
use crate::lessons::text::{self, paragraphs};
use crate::lessons::{Answer, Ask};
use crate::ui::lesson::{Act, Course, Given, Phase, in_words, letter};
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::texts::{LessonTexts, lesson as words};
use crate::ui::view::Stage;
use crate::ui::widgets::{button, icon};
use yew::prelude::*;

/// The id of what takes an answer; it gets the focus when the question is asked.
pub const FIRST: &str = "ask-first";

/// `code` and **bold** as elements.
pub fn spans(text: &str) -> Html {
    let Ok(spans) = text::spans(text) else { return html! { {text} } };
    let span = |span: &text::Span<'_>| {
        let inside = match span.code {
            true => html! { <code translate="no">{span.text}</code> },
            false => html! { {span.text} },
        };
        if span.bold {
            html! { <b>{inside}</b> }
        } else {
            inside
        }
    };
    spans.iter().map(span).collect()
}

/// Sentences, paragraph by paragraph.
pub fn prose(text: &str) -> Html {
    html! { <>{ for paragraphs(text).map(|paragraph| html! { <p>{spans(paragraph)}</p> }) }</> }
}

/// The question, and the way to answer.
pub fn question(context: &Context, course: &Course, ask: &Ask) -> Html {
    let texts = words(context.texts.language);
    let lang = context.texts.language.lang();
    let on = |act: Act| context.on(UiAction::Lesson(act));
    let send = context.send.clone();
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        send.emit(UiAction::Lesson(Act::Commit));
    });
    let inside = match &ask.answer {
        Answer::Choice(_) => choices(context, course, ask),
        Answer::Pick(_) => html! {
            <>
                <p class="ask__how">{texts.pick_none}</p>
                <p class="ask__picked" role="status">if let Some(answer) = &course.draft { {texts.picked}{": "}<code>{in_words(ask, answer, lang)}</code> }</p>
            </>
        },
        Answer::Number(_) => number(context, texts),
        Answer::Order(_) => order(context, course, ask, texts),
    };
    let is_ready = course.draft.is_some() || matches!(ask.answer, Answer::Order(_));
    html! {
        <form class="ask" {onsubmit}>
            <fieldset>
                <legend><span class="ask__mark">{texts.predict}</span>{spans(ask.question.get(lang))}</legend>
                {inside}
            </fieldset>
            <div class="ask__row">
                <button type="submit" class={classes!("button", if is_ready { "button--primary" } else { "button--off" })} aria-disabled={(!is_ready).then_some("true")}>{texts.commit}</button>
                {button("button--line", "", on(Act::Reveal), texts.reveal.into())}
            </div>
        </form>
    }
}

fn choices(context: &Context, course: &Course, ask: &Ask) -> Html {
    let lang = context.texts.language.lang();
    html! {
        <div class="ask__options">
            { for ask.options.iter().enumerate().map(|(i, option)| {
                let is_on = course.draft == Some(Answer::Choice(i));
                let onchange = context.send.reform(move |_: Event| UiAction::Lesson(Act::Draft(Answer::Choice(i))));
                html! {
                    <label class="ask__option">
                        <input type="radio" name="ask" id={(i == 0).then_some(FIRST)} checked={is_on} {onchange} />
                        <span class="ask__letter">{letter(i)}</span><span>{spans(option.get(lang))}</span>
                    </label>
                }
            }) }
        </div>
    }
}

fn number(context: &Context, texts: &LessonTexts) -> Html {
    let send = context.send.clone();
    let oninput = Callback::from(move |_: InputEvent| {
        if let Ok(number) = dom::field_text(FIRST).trim().parse() {
            send.emit(UiAction::Lesson(Act::Draft(Answer::Number(number))));
        }
    });
    html! { <input id={FIRST} class="ask__number" type="text" inputmode="numeric" autocomplete="off" aria-label={texts.number} {oninput} /> }
}

// The buttons belong to places, not to options: what is moved goes on under the next button, and the focus with it.
fn order(context: &Context, course: &Course, ask: &Ask, texts: &LessonTexts) -> Html {
    let lang = context.texts.language.lang();
    let order = course.order();
    let last = order.len().saturating_sub(1);
    let rows = order.iter().enumerate().map(|(place, option)| {
        let says = ask.options.get(*option).map_or("", |option| option.get(lang));
        let plain = text::plain(says);
        let send = context.send.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let by = match event.code().as_str() {
                "ArrowUp" => -1,
                "ArrowDown" => 1,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            send.emit(UiAction::Lesson(Act::Move(place, by)));
            let to = (place as i64 + i64::from(by)).clamp(0, last as i64);
            dom::focus(&format!("order-{to}"));
        });
        let move_by = |name: &'static str, label: String, by: i32| {
            let onclick = context.on(UiAction::Lesson(Act::Move(place, by)));
            let is_end = if by < 0 { place == 0 } else { place == last };
            html! { <button type="button" class={classes!("button", "button--icon", name)} aria-label={label.clone()} title={label} disabled={is_end} {onclick}>{icon("caret")}</button> }
        };
        let id = if place == 0 { FIRST.to_string() } else { format!("order-{place}") };
        html! {
            <li class="ask__place" {id} tabindex="0" {onkeydown}>
                <span class="ask__letter">{letter(*option)}</span><span class="ask__words">{spans(says)}</span>
                {move_by("ask__up", (texts.up)(&plain), -1)}{move_by("ask__down", (texts.down)(&plain), 1)}
            </li>
        }
    });
    html! { <ol class="ask__order">{ for rows }</ol> }
}

/// What was answered, and once the step has ended, what was right and why.
pub fn outcome(context: &Context, course: &Course, ask: &Ask, given: &Given) -> Html {
    let texts = words(context.texts.language);
    let lang = context.texts.language.lang();
    let guess = match given {
        Given::Answer(answer) => Some((in_words(ask, answer, lang), *answer == ask.answer)),
        Given::Nothing => None,
    };
    let is_over = course.phase == Phase::Shown;
    let is_right = guess.as_ref().is_some_and(|(_, right)| *right);
    html! {
        <section class="outcome">
            <p class="outcome__question">{spans(ask.question.get(lang))}</p>
            if let Some((guess, _)) = &guess { <p class="outcome__guess"><span>{texts.your_guess}</span><b>{spans(guess)}</b></p> }
            if is_over {
                if guess.is_some() {
                    <p class={classes!("outcome__verdict", is_right.then_some("outcome__verdict--right"))}>
                        {icon(if is_right { "check" } else { "cross" })}{if is_right { texts.right } else { texts.wrong }}</p>
                }
                if !is_right { <p class="outcome__guess"><span>{texts.answer}</span><b>{spans(&in_words(ask, &ask.answer, lang))}</b></p> }
                <div class="outcome__reason">{prose(ask.reason.get(lang))}</div>
                if !course.hands.is_empty() { {bars(context, course, ask, texts)} }
            }
        </section>
    }
}

// How many hands were raised for each option.
fn bars(context: &Context, course: &Course, ask: &Ask, texts: &LessonTexts) -> Html {
    let lang = context.texts.language.lang();
    let most = course.hands.iter().copied().max().unwrap_or(0).max(1);
    html! {
        <table class="hands">
            <caption>{texts.hands}</caption>
            { for ask.options.iter().zip(&course.hands).enumerate().map(|(i, (option, hands))| {
                let is_right = ask.answer == Answer::Choice(i);
                let width = f64::from(*hands) / f64::from(most) * 100.0;
                html! {
                    <tr class={is_right.then_some("hands__right")}>
                        <th scope="row"><abbr title={text::plain(option.get(lang))}>{letter(i)}</abbr></th>
                        <td class="hands__bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width={format!("{width:.1}")} height="10" /></svg></td>
                        <td>{*hands}</td>
                    </tr>
                }
            }) }
        </table>
    }
}

/// A veil over the stage with holes where the question points: everything else steps back.
pub fn veil(stage: &Stage, scale: f64) -> Html {
    let Some(named) = &stage.named else { return Html::default() };
    const AROUND: f64 = 7.0;
    let hole = |[x, y, w, h]: [f64; 4]| {
        format!(
            "M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}z",
            x - AROUND,
            y - AROUND,
            w + 2.0 * AROUND,
            h + 2.0 * AROUND,
            w + 2.0 * AROUND
        )
    };
    let holes: String = stage
        .slots
        .iter()
        .filter(|slot| named.contains(&slot.key))
        .map(|slot| hole(slot.place.map(|v| v * scale)))
        .collect();
    let (width, height) = (stage.width * scale, stage.height * scale);
    html! { <svg class="stage__veil" aria-hidden="true"><path fill-rule="evenodd" d={format!("M-8-8h{:.1}v{:.1}h-{:.1}z{holes}", width + 16.0, height + 16.0, width + 16.0)} /></svg> }
}
