//! The header: what is shown, which release, sharing, theme, settings, help, language. Draws from choices alone, so that
//! it stands there before the engine does.

use super::Context;
use crate::api::profile::PROFILES;
use crate::ui::samples::{SAMPLES, STORIES};
use crate::ui::state::{Dialog, Origin, Screen, Theme, UiAction, UiState};
use crate::ui::texts::Language;
use crate::ui::widgets::{Button, IconButton, Logo, Menu};
use yew::prelude::*;

/// The header, as the page's choices have it.
pub fn header(ui: &UiState, context: &Context) -> Html {
    let texts = context.texts;
    let mut entries: Vec<(AttrValue, AttrValue, bool)> = Vec::new();
    for (i, story) in STORIES.iter().enumerate() {
        entries.push((story.title(texts.language).into(), story.key.into(), ui.origin == Origin::Story(i)));
    }
    for (i, sample) in SAMPLES.iter().enumerate() {
        entries.push((
            sample.title(texts.language).into(),
            sample.key.into(),
            ui.origin == Origin::Sample(i),
        ));
    }
    let choose = context.send.reform(|i: usize| match i.checked_sub(STORIES.len()) {
        None => UiAction::Story(i),
        Some(sample) => UiAction::Sample(sample),
    });
    let releases = PROFILES
        .iter()
        .map(|p| {
            (AttrValue::from(format!("v{}", p.name)), AttrValue::from(p.git_version), p.name == ui.release)
        })
        .collect::<Vec<_>>();
    let release = context.send.reform(|i: usize| UiAction::Release(PROFILES[i].name));
    let sample_label =
        html! { <><span class="muted head__word">{texts.sample}</span><b>{ui.origin.title(texts)}</b></> };
    let release_label =
        html! { <><span class="head__word">{"Kubernetes"}</span>{format!("v{}", ui.release)}</> };
    let dark = ui.is_dark();
    let other = if texts.language == Language::Ko { Language::En } else { Language::Ko };
    html! {
        <header class="head">
            <button type="button" class="head__brand" aria-label={format!("Ordinal, {}", texts.home)} onclick={context.says(UiAction::Home).reform(|_: MouseEvent| ())}><Logo />{"Ordinal"}</button>
            if ui.screen == Screen::Page { <h1 class="visually-hidden">{texts.title}</h1> }
            <Menu id="samples" label={sample_label} {entries} onchoose={choose} />
            <span class="head__space"></span>
            <Menu id="releases" class="button--quiet" label={release_label} entries={releases} onchoose={release} />
            <span class="head__sep"></span>
            <Button class="head__share" icon="share" onpress={context.says(UiAction::Open(Some(Dialog::Share)))}><span class="head__word">{texts.share}</span></Button>
            <IconButton icon={if dark { "sun" } else { "moon" }} label={if dark { texts.theme_light } else { texts.theme_dark }}
                class="head__theme" onpress={context.says(UiAction::Theme(if dark { Theme::Light } else { Theme::Dark }))} />
            <IconButton icon="settings" label={texts.settings} onpress={context.says(UiAction::Open(Some(Dialog::Settings)))} />
            <IconButton icon="help" label={texts.help} key_hint="?" class="head__help" onpress={context.says(UiAction::Open(Some(Dialog::Help)))} />
            <button type="button" class="button button--quiet head__lang" lang={other.code()} onclick={context.says(UiAction::Language(other)).reform(|_: MouseEvent| ())}>{texts.other_language}</button>
        </header>
    }
}
