//! The first visit: one sentence, one obvious button, a still that already says something, and other stories.

use super::Context;
use crate::lessons::LESSONS;
use crate::samples::STORIES;
use crate::ui::state::{Dialog, UiAction};
use crate::ui::widgets::{button, icon, kbd};
use yew::prelude::*;

/// The id of the place of the still; the shell reads its size.
pub const PICTURE: &str = "still";

/// The pictures of the first page, as markup.
#[derive(Clone, Default)]
pub struct FirstPictures {
    /// The still.
    pub still: AttrValue,
    /// The lanes of every story, as far as they have been computed.
    pub lanes: Vec<AttrValue>,
    /// One lane a legend entry.
    pub legend: Vec<AttrValue>,
}

/// The first page.
pub fn first(context: &Context, pictures: &FirstPictures, has_kept: bool) -> Html {
    let texts = context.texts;
    html! {
        <main class="first" id="stage" tabindex="-1">
            <div class="first__main">
                <section class="first__say">
                    <h1>{ for texts.first_title.iter().map(|line| html! { <span>{*line}{" "}</span> }) }</h1>
                    <p>{texts.first_lead}</p>
                    <div class="first__do">
                        <button type="button" id="begin" class="button button--primary first__play" onclick={context.on(UiAction::Begin)}>
                            {icon("play")}{texts.first_play}<span class="first__len">{texts.first_length}</span></button>
                        {button("button--line first__paste", "paste", context.on(UiAction::PasteOwn), texts.first_paste.into())}
                    </div>
                    <p class="first__back first__lessons"><button type="button" class="because__src" onclick={context.on(UiAction::Open(Some(Dialog::Lessons)))}>{(texts.first_lessons)(LESSONS.len())}</button></p>
                    if has_kept {
                        <p class="first__back"><button type="button" class="because__src" onclick={context.on(UiAction::Continue)}>{texts.first_continue}</button></p>
                    }
                    <p class="first__own"><button type="button" class="because__src" onclick={context.on(UiAction::Open(Some(Dialog::Cluster)))}>{texts.own_cluster}{" …"}</button></p>
                    <p class="first__keys">
                        {kbd("Space")}{" "}{texts.key_play}{" "}{kbd("→")}{" "}{texts.key_step}{" "}{kbd("W")}{" "}{texts.key_why}
                    </p>
                </section>
                <div class="first__pic" id={PICTURE} role="img" aria-label={texts.first_picture}>{Html::from_html_unchecked(pictures.still.clone())}</div>
            </div>
            <nav class="stories" aria-label={texts.stories}>
                <h2>{texts.stories}<span class="stories__hint">{texts.stories_hint}</span>
                    <span class="legend">{ for texts.legend.iter().zip(&pictures.legend).map(|((_, word), svg)| html! {
                        <span>{Html::from_html_unchecked(svg.clone())}{*word}</span>
                    }) }</span>
                </h2>
                <ul class="stories__row">
                    { for STORIES.iter().enumerate().map(|(i, story)| html! {
                        <li><button type="button" class="story" onclick={context.on(UiAction::Story(i))}>
                            <span class="story__pic">
                                if let Some(svg) = pictures.lanes.get(i).filter(|svg| !svg.is_empty()) { {Html::from_html_unchecked(svg.clone())} }
                            </span>
                            <span class="story__name">{story.title(texts.language.lang())}</span>
                            <span class="story__key">{story.key}</span>
                        </button></li>
                    }) }
                </ul>
            </nav>
        </main>
    }
}
