//! Language, theme, movement, shortcuts, and starting over.

use super::Context;
use crate::ui::state::{Theme, UiAction, UiState};
use crate::ui::texts::Language;
use crate::ui::widgets::{button, segment};
use yew::prelude::*;

/// What stands in the dialog.
pub fn settings(context: &Context, ui: &UiState) -> Html {
    let texts = context.texts;
    let row = |label: &'static str, options: &[&str], chosen: usize, choose: &dyn Fn(usize) -> UiAction| {
        html! { <div class="settings__row"><span>{label}</span>{segment(label, options, chosen, &|i| context.on(choose(i)))}</div> }
    };
    let themes = [Theme::Auto, Theme::Light, Theme::Dark, Theme::Contrast];
    html! {
        <div class="settings">
            {row(texts.settings_language, &["한국어", "English"], texts.language as usize,
                &|i| UiAction::Language(if i == 0 { Language::Ko } else { Language::En }))}
            {row(texts.settings_theme, &[texts.theme_auto, texts.theme_light, texts.theme_dark, texts.theme_contrast], ui.theme as usize, &|i| UiAction::Theme(themes[i]))}
            {row(texts.settings_motion, &[texts.motion_full, texts.motion_less], usize::from(ui.less_motion), &|i| UiAction::LessMotion(i == 1))}
            {row(texts.settings_shortcuts, &[texts.on, texts.off], usize::from(!ui.letters), &|i| UiAction::Letters(i == 0))}
            <div class="settings__row"><span>{texts.start_over}<small>{texts.start_over_hint}</small></span>
                {button("button--line", "", context.on(UiAction::StartOver), texts.start_over.into())}</div>
        </div>
    }
}
