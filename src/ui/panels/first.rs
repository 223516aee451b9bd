//! The first visit: one sentence, one obvious button, a still that already says something, and other stories.

use super::Context;
use crate::samples::STORIES;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Stage;
use crate::ui::widgets::{Button, Icon, kbd};
use yew::prelude::*;

/// Properties of [`First`].
#[derive(Properties, PartialEq)]
pub struct FirstProps {
    /// Words and way back.
    pub context: Context,
    /// The still.
    pub stage: Stage,
    /// The lanes of every story, as markup; empty until computed.
    pub lanes: Vec<AttrValue>,
    /// One lane a legend entry, as markup.
    pub legend: Vec<AttrValue>,
    /// Something is kept to go on with.
    pub has_kept: bool,
}

/// The first page.
#[component]
pub fn First(props: &FirstProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let picture = use_node_ref();
    {
        let (picture, send) = (picture.clone(), context.send.clone());
        use_effect_with((), move |()| {
            dom::observe_size(&picture, move |width, height| send.emit(UiAction::StageSize(width, height)));
        });
    }
    html! {
        <main class="first" id="stage" tabindex="-1">
            <div class="first__main">
                <section class="first__say">
                    <h1>{ for texts.first_title.iter().map(|line| html! { <span>{*line}{" "}</span> }) }</h1>
                    <p>{texts.first_lead}</p>
                    <div class="first__do">
                        <button type="button" id="begin" class="button button--primary first__play" onclick={context.says(UiAction::Begin).reform(|_: MouseEvent| ())}>
                            <Icon name="play" />{texts.first_play}<span class="first__len">{texts.first_length}</span></button>
                        <Button class="button--line first__paste" icon="paste" onpress={context.says(UiAction::PasteOwn)}>{texts.first_paste}</Button>
                    </div>
                    if props.has_kept {
                        <p class="first__back"><button type="button" class="because__src" onclick={context.says(UiAction::Continue).reform(|_: MouseEvent| ())}>{texts.first_continue}</button></p>
                    }
                    <p class="first__keys">
                        {kbd("Space")}{" "}{texts.key_play}{" "}{kbd("→")}{" "}{texts.key_step}{" "}{kbd("W")}{" "}{texts.key_why}
                    </p>
                </section>
                <section class="first__pic" ref={picture} aria-label={texts.cluster}>{Html::from_html_unchecked(props.stage.svg.clone().into())}</section>
            </div>
            <nav class="stories" aria-label={texts.stories}>
                <h2>{texts.stories}<span class="stories__hint">{texts.stories_hint}</span>
                    <span class="legend">{ for texts.legend.iter().zip(&props.legend).map(|((_, word), svg)| html! {
                        <span>{Html::from_html_unchecked(svg.clone())}{*word}</span>
                    }) }</span>
                </h2>
                <ul class="stories__row">
                    { for STORIES.iter().enumerate().map(|(i, story)| html! {
                        <li><button type="button" class="story" onclick={context.says(UiAction::Story(i)).reform(|_: MouseEvent| ())}>
                            <span class="story__pic">
                                if let Some(svg) = props.lanes.get(i).filter(|svg| !svg.is_empty()) { {Html::from_html_unchecked(svg.clone())} }
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
