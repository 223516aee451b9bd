//! The header: what is shown, which release, sharing, theme, settings, help, language. Draws from choices alone, so that
//! it stands there before the engine does.

use super::Context;
use crate::api::profile::PROFILES;
use crate::samples::{SAMPLES, STORIES};
use crate::ui::present::Act;
use crate::ui::state::{Dialog, Origin, Panel, Screen, Theme, UiAction, UiState};
use crate::ui::texts::Language;
use crate::ui::widgets::{IconButton, MenuEntry, button, icon_button, logo, menu, rich};
use yew::prelude::*;

/// The header, as the page's choices have it.
pub fn header(ui: &UiState, context: &Context) -> Html {
    let texts = context.texts;
    let entry = |name, note, is_current, action: UiAction| MenuEntry {
        name,
        note,
        is_current,
        onclick: context.on(action),
    };
    let stories = STORIES.iter().enumerate().map(|(i, story)| {
        entry(
            story.title(texts.language.lang()),
            story.key,
            ui.origin == Origin::Story(i),
            UiAction::Story(i),
        )
    });
    let samples = SAMPLES.iter().enumerate().map(|(i, sample)| {
        entry(
            sample.title(texts.language.lang()),
            sample.key,
            ui.origin == Origin::Sample(i),
            UiAction::Sample(i),
        )
    });
    let own = entry(
        texts.own_cluster,
        "kubectl get --watch",
        ui.origin == Origin::Cluster,
        UiAction::Open(Some(Dialog::Cluster)),
    );
    let releases = PROFILES
        .iter()
        .map(|p| entry(p.name, p.git_version, p.name == ui.release, UiAction::Release(p.name)));
    let sample_label =
        html! { <><span class="muted head__word">{texts.sample}</span><b>{ui.origin.title(texts)}</b></> };
    let release_label = html! { <><span class="head__word">{"Kubernetes"}</span>{"v"}{ui.release}</> };
    let dark = ui.is_dark();
    let theme = IconButton {
        icon: if dark { "sun" } else { "moon" },
        label: if dark { texts.theme_light } else { texts.theme_dark },
        class: "head__theme",
        ..IconButton::default()
    };
    let present = IconButton {
        icon: "present",
        label: texts.present,
        class: "head__present",
        id: "present",
        ..IconButton::default()
    };
    let settings = IconButton { icon: "settings", label: texts.settings, ..IconButton::default() };
    let help = IconButton {
        icon: "help",
        label: texts.help,
        key: "?",
        class: "head__help",
        ..IconButton::default()
    };
    let open = |dialog| context.on(UiAction::Open(Some(dialog)));
    let other = if texts.language == Language::Ko { Language::En } else { Language::Ko };
    html! {
        <header class="head">
            <button type="button" class="head__brand" aria-label={["Ordinal, ", texts.home].concat()} onclick={context.on(UiAction::Home)}>{logo()}{"Ordinal"}</button>
            if ui.screen == Screen::Page { <h1 class="visually-hidden">{texts.title}</h1> }
            {menu("samples", "", sample_label, stories.chain(samples).chain([own]).collect())}
            <button type="button" class="button head__lessons" onclick={open(Dialog::Lessons)}>{texts.lessons}</button>
            <span class="head__space"></span>
            {menu("releases", "button--quiet", release_label, releases.collect())}
            <span class="head__sep"></span>
            {button("head__share", "share", open(Dialog::Share), html! { <span class="head__word">{texts.share}</span> })}
            {icon_button(&present, context.on(UiAction::Class(Act::Begin)))}
            {icon_button(&theme, context.on(UiAction::Theme(if dark { Theme::Light } else { Theme::Dark })))}
            {icon_button(&settings, open(Dialog::Settings))}
            {icon_button(&help, open(Dialog::Help))}
            <button type="button" class="button button--quiet head__lang" lang={other.code()} onclick={context.on(UiAction::Language(other))}>{texts.other_language}</button>
        </header>
    }
}

/// What the other release changes in this run, once it was chosen.
pub fn release_notice(context: &Context, says: &str) -> Html {
    let texts = context.texts;
    let close = IconButton { icon: "cross", label: texts.close, ..IconButton::default() };
    html! {
        <p class="notice notice--plain work__notice" role="status"><span>{rich(says)}{" "}
            <button type="button" class="because__src" onclick={context.on(UiAction::Show(Panel::Compare))}>{texts.compare}</button></span>
            {icon_button(&close, context.on(UiAction::Dismiss))}</p>
    }
}
