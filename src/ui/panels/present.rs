//! The head of a presentation: what is told, how far it has come, and controls that show while the pointer moves.

use super::Context;
use super::question::{prose, spans};
use crate::lessons::{Answer, Ask, Both};
use crate::ui::lesson::{Act as LessonAct, Course, Phase, in_words, letter};
use crate::ui::present::Act;
use crate::ui::state::{Theme, UiAction, UiState};
use crate::ui::texts::Language;
use crate::ui::view::Caption;
use crate::ui::widgets::{IconButton, icon, icon_button, rich};
use yew::prelude::*;

/// More slides than this are counted, not drawn.
const MOST_DOTS: usize = 14;

/// An option of four that is longer has no room beside the others.
const LONG: usize = 30;

/// The head. `slide`: which one is shown, from 1, and 0 before the first; `slides`: how many there are.
pub fn head(context: &Context, ui: &UiState, title: &str, slide: usize, slides: usize) -> Html {
    let texts = context.texts;
    let tool = |icon, label, key, action| {
        icon_button(&IconButton { icon, label, key, ..IconButton::default() }, context.on(action))
    };
    let (icon, label, theme) = if ui.is_dark() {
        ("sun", texts.theme_light, Theme::Light)
    } else {
        ("moon", texts.theme_dark, Theme::Dark)
    };
    let other = if texts.language == Language::Ko { Language::En } else { Language::Ko };
    html! {
        <header class="head present__head">
            <h1 class="present__title">{title.to_string()}</h1>
            <div class="present__tools" role="toolbar" aria-label={texts.present}>
                {tool("speaker", texts.present_speaker, "S", UiAction::Class(Act::Speaker))}
                {tool("blank", texts.present_blank, "B", UiAction::Class(Act::Blank))}
                {tool("whole", texts.present_whole, "F", UiAction::Present)}
                {tool(icon, label, "", UiAction::Theme(theme))}
                <button type="button" class="button button--quiet" lang={other.code()} onclick={context.on(UiAction::Language(other))}>{texts.other_language}</button>
                {tool("cross", texts.present_end, "Esc", UiAction::Class(Act::End))}
            </div>
            if slides > 0 {
                <p class="present__steps">
                    if slides <= MOST_DOTS {
                        { for (1..=slides).map(|n| {
                            let state = if n < slide { Some("present__dot--past") } else { (n == slide).then_some("present__dot--now") };
                            html! { <i class={classes!("present__dot", state)}></i> }
                        }) }
                    }
                    <span>{format!("{slide} / {slides}")}</span>
                </p>
            }
        </header>
    }
}

/// What lies over everything while the screen is blank.
pub fn blank(context: &Context) -> Html {
    html! { <button type="button" class="present__blank" aria-label={context.texts.present_unblank} onclick={context.on(UiAction::Class(Act::Blank))}></button> }
}

/// A lesson's step under the stage: its question with the hands raised, what came out, or what is to be seen.
pub fn lesson(context: &Context, course: &Course, caption: &Caption) -> Html {
    let lang = context.texts.language.lang();
    let step = course.now();
    let purpose = html! { <h2 class="present__purpose">{spans(step.purpose.get(lang))}</h2> };
    let inside = match (course.question(), course.answered()) {
        (Some(ask), _) => asked(context, course, ask),
        (None, Some((ask, _))) if course.phase == Phase::Shown => html! {
            <>
                {asked(context, course, ask)}
                <div class="present__text">{prose(ask.reason.get(lang))}</div>
            </>
        },
        // What was asked happens now: the run speaks for itself.
        (None, Some(_)) => {
            html! { <>{purpose}<p class="present__text"><b>{rich(&caption.done)}</b>{" "}{rich(&caption.next)}</p></> }
        }
        _ => html! { <>{purpose}<div class="present__text">{prose(step.caption.get(lang))}</div></> },
    };
    html! {
        <div class="present__say" role="status">{inside}</div>
    }
}

// The options with their hands; when it is over, bars, and a mark at the right one.
fn asked(context: &Context, course: &Course, ask: &Ask) -> Html {
    let lang = context.texts.language.lang();
    let is_open = course.phase == Phase::Asking;
    let most = course.hands.iter().copied().max().unwrap_or(0).max(1);
    let options = ask.options.iter().enumerate().map(|(i, option)| {
        let is_chosen = course.draft == Some(Answer::Choice(i));
        let is_right = !is_open && ask.answer == Answer::Choice(i);
        let hands = course.hands.get(i).copied().unwrap_or(0);
        let class = classes!("present__option", is_chosen.then_some("present__option--on"), is_right.then_some("present__option--right"));
        let onclick = context.on(UiAction::Lesson(LessonAct::Draft(Answer::Choice(i))));
        html! {
            <li>
                <button type="button" {class} aria-pressed={is_chosen.to_string()} disabled={!is_open} {onclick}>
                    if is_right { {icon("check")} }
                    <span class="present__letter">{letter(i)}</span><span class="present__words">{spans(option.get(lang))}</span>
                    if hands > 0 { <span class="present__hands">{hands}</span> }
                    if !is_open && hands > 0 {
                        <svg class="present__bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width={format!("{:.1}", f64::from(hands) / f64::from(most) * 100.0)} height="1" /></svg>
                    }
                </button>
            </li>
        }
    });
    // Long ones stand two by two; a Korean letter is as wide as two others.
    let wide =
        |option: &Both| option.get(lang).chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let is_long = ask.options.len() > 3 && ask.options.iter().any(|option| wide(option) > LONG);
    let answer = in_words(ask, &ask.answer, lang);
    html! {
        <div class="present__ask">
            if is_open || ask.options.is_empty() { <p class="present__question">{spans(ask.question.get(lang))}</p> }
            if ask.options.is_empty() || !matches!(ask.answer, Answer::Choice(_)) {
                if !is_open { <p class="present__answer">{icon("check")}<b>{spans(&answer)}</b></p> }
            }
            if !ask.options.is_empty() { <ol class={classes!("present__options", is_long.then_some("present__options--long"))}>{ for options }</ol> }
        </div>
    }
}
