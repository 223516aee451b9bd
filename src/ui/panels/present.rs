//! The head of a presentation: what is told, how far it has come, and controls that show while the pointer moves.

use super::Context;
use crate::ui::present::Act;
use crate::ui::state::{Theme, UiAction, UiState};
use crate::ui::texts::Language;
use crate::ui::widgets::{IconButton, icon_button};
use yew::prelude::*;

/// More slides than this are counted, not drawn.
const MOST_DOTS: usize = 14;

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
