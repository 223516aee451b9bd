//! Language, theme, movement, shortcuts, and starting over.

use super::Context;
use crate::ui::state::{Theme, UiAction};
use crate::ui::texts::Language;
use crate::ui::widgets::{Button, Segment};
use yew::prelude::*;

/// Properties of [`Settings`].
#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// Words and way back.
    pub context: Context,
    /// The theme chosen.
    pub theme: Theme,
    /// Single keys work.
    pub letters: bool,
    /// Movement is left out.
    pub less_motion: bool,
}

/// What stands in the dialog.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let row = |label: &'static str, options: Vec<&'static str>, chosen: usize, onchoose: Callback<usize>| {
        let options: Vec<AttrValue> = options.into_iter().map(AttrValue::from).collect();
        html! { <div class="settings__row"><span>{label}</span><Segment {label} {options} {chosen} {onchoose} /></div> }
    };
    let themes = [Theme::Auto, Theme::Light, Theme::Dark];
    let theme = themes.iter().position(|t| *t == props.theme).unwrap_or(0);
    let send = &context.send;
    html! {
        <div class="settings">
            {row(texts.settings_language, vec!["한국어", "English"], texts.language as usize,
                send.reform(|i| UiAction::Language(if i == 0 { Language::Ko } else { Language::En })))}
            {row(texts.settings_theme, vec![texts.theme_auto, texts.theme_light, texts.theme_dark], theme, send.reform(move |i: usize| UiAction::Theme(themes[i])))}
            {row(texts.settings_motion, vec![texts.motion_full, texts.motion_less], usize::from(props.less_motion), send.reform(|i| UiAction::LessMotion(i == 1)))}
            {row(texts.settings_shortcuts, vec![texts.on, texts.off], usize::from(!props.letters), send.reform(|i| UiAction::Letters(i == 0)))}
            <div class="settings__row"><span>{texts.start_over}<small>{texts.start_over_hint}</small></span>
                <Button class="button--line" onpress={context.says(UiAction::StartOver)}>{texts.start_over}</Button></div>
        </div>
    }
}
