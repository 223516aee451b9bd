//! The selected object: what can be done to it, its YAML, its revisions, its events.

use super::Context;
use super::reasons::difference;
use crate::ui::others::Other;
use crate::ui::state::UiAction;
use crate::ui::view::ObjectView;
use crate::ui::widgets::button;
use yew::prelude::*;

/// The panel.
pub fn objects(context: &Context, object: Option<&ObjectView>) -> Html {
    let texts = context.texts;
    let Some(object) = object else { return html! { <p class="empty">{texts.object_none}</p> } };
    html! {
        <>
            <h2 class="why__title object__title"><code>{&object.title}</code></h2>
            <p class="object__tools">
                {button("button--line", "", context.on(UiAction::ChangeBy(-1)), texts.object_previous.into())}
                {button("button--line", "", context.on(UiAction::ChangeBy(1)), texts.object_next_change.into())}
            </p>
            if let Some((owner, key)) = &object.owner {
                <p class="object__owner">{texts.object_owner}{" "}
                    <button type="button" class="because__src" onclick={context.on(UiAction::Select(Some(key.clone())))}>{owner}</button></p>
            }
            if !object.acts.is_empty() {
                <section class="object__acts" aria-label={texts.object_acts}>
                    <h3>{texts.object_acts}</h3>
                    <ul>
                        { for object.acts.iter().map(|act| {
                            let onclick = context.on(UiAction::WhatIf(Other::line(act.line.clone())));
                            html! { <li><button type="button" class="act" title={act.line.clone()} {onclick}>{act.label}<code>{&act.line}</code></button></li> }
                        }) }
                    </ul>
                </section>
            }
            if object.is_gone {
                <p class="empty">{(texts.object_gone)(&object.title)}</p>
            } else {
                {revisions(context, object)}
                if object.lines.iter().any(|line| line.is_typed) { <p class="object__hint"><b>{texts.object_typed}</b>{" · "}{texts.object_filled}</p> }
                <pre class="yaml" tabindex="0" translate="no" aria-label={object.title.clone()}>
                    { for object.lines.iter().map(|line| {
                        let class = classes!("yaml__line", line.is_new.then_some("yaml__line--new"), line.is_typed.then_some("yaml__line--typed"));
                        html! { <span {class}>{&line.text}</span> }
                    }) }
                </pre>
                if !object.events.is_empty() {
                    <h3 class="object__head">{texts.events}</h3>
                    <ul class="object__events">
                        { for object.events.iter().map(|(reason, message)| html! { <li><b>{reason}</b>{" "}{message}</li> }) }
                    </ul>
                }
            }
        </>
    }
}

fn revisions(context: &Context, object: &ObjectView) -> Html {
    let texts = context.texts;
    if object.revisions.is_empty() {
        return Html::default();
    }
    html! {
        <section class="object__revisions">
            <h3 class="object__head">{texts.object_revisions}</h3>
            { for object.revisions.iter().map(|revision| {
                let select = context.on(UiAction::Select(Some(revision.key.clone())));
                html! {
                    <details>
                        <summary><code>{&revision.title}</code>{" "}{(texts.object_pods)(revision.pods)}</summary>
                        <pre class="diff" tabindex="0" translate="no" aria-label={revision.title.clone()}>
                            {difference(revision.difference.iter().cloned())}
                            if revision.difference.is_empty() { <span class="diff__line">{texts.object_same}</span> }
                        </pre>
                        <p><button type="button" class="because__src" onclick={select}>{&revision.title}</button></p>
                    </details>
                }
            }) }
        </section>
    }
}
