//! The selected object as YAML, with what its last change touched.

use super::Context;
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
            if object.is_gone {
                <p class="empty">{(texts.object_gone)(&object.title)}</p>
            } else {
                <pre class="yaml" tabindex="0" translate="no" aria-label={object.title.clone()}>
                    { for object.lines.iter().map(|(line, changed)| html! { <span class={classes!("yaml__line", changed.then_some("yaml__line--new"))}>{line}</span> }) }
                </pre>
            }
        </>
    }
}
