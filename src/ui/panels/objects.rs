//! The selected object as YAML, with what its last change touched.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::view::ObjectView;
use crate::ui::widgets::Button;
use yew::prelude::*;

/// Properties of [`ObjectsPanel`].
#[derive(Properties, PartialEq)]
pub struct ObjectsProps {
    /// Words and way back.
    pub context: Context,
    /// The selected object, if there is one.
    pub object: Option<ObjectView>,
}

/// The panel.
#[component]
pub fn ObjectsPanel(props: &ObjectsProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let Some(object) = &props.object else { return html! { <p class="empty">{texts.object_none}</p> } };
    html! {
        <>
            <h2 class="why__title object__title"><code>{&object.title}</code></h2>
            <p class="object__tools">
                <Button class="button--line" onpress={context.says(UiAction::ChangeBy(-1))}>{texts.object_previous}</Button>
                <Button class="button--line" onpress={context.says(UiAction::ChangeBy(1))}>{texts.object_next_change}</Button>
            </p>
            if let Some((owner, key)) = &object.owner {
                <p class="object__owner">{texts.object_owner}{" "}
                    <button type="button" class="because__src" onclick={context.says(UiAction::Select(Some(key.clone()))).reform(|_: MouseEvent| ())}>{owner}</button></p>
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
