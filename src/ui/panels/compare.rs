//! Compare: a second run on the same clock with one thing changed, and where the two first part.

use super::Context;
use crate::ui::state::UiAction;
use crate::ui::view::CompareView;
use crate::ui::widgets::{button, icon, rich};
use yew::prelude::*;

/// The panel.
pub fn compare(context: &Context, view: &CompareView) -> Html {
    let texts = context.texts;
    let chosen = view.beside.as_ref().map(|beside| beside.label.as_str());
    let on = chosen.is_some();
    html! {
        <>
            <h2 class="why__title">{texts.compare_title}</h2>
            <p class="why__lead">{if on { texts.compare_legend } else { texts.compare_lead }}</p>
            <div class="chips">
                { for view.choices.iter().map(|(label, change)| html! {
                    <button type="button" class="chip" aria-pressed={(chosen == Some(label)).to_string()}
                        onclick={context.on(UiAction::Compare(Some(change.clone())))}><code>{label}</code></button>
                }) }
            </div>
            if let Some(beside) = &view.beside {
                <p class="compare__says" role="status">{rich(beside.says.as_deref().unwrap_or(texts.computing))}</p>
                <p class="object__tools">
                    if beside.differs { {button("button--line", "jump", context.on(UiAction::FirstDifference), texts.first_difference.into())} }
                    {button("button--line", "", context.on(UiAction::TakeOther), texts.take_other.into())}
                    {button("button--line", "", context.on(UiAction::Compare(None)), texts.compare_stop.into())}
                </p>
                <div class="compare__stage">{Html::from_html_unchecked(beside.svg.clone().into())}</div>
                <table class="ledger">
                    <thead><tr><th scope="col">{texts.now}</th><th scope="col">{texts.this_run}</th><th scope="col"><code>{&beside.label}</code></th></tr></thead>
                    <tbody>{ for beside.counts.iter().map(|(name, here, there)| html! {
                        <tr><th scope="row">{*name}</th><td>{here}</td>
                            <td>{there}if here != there { <span class="compare__mark">{icon("cross")}<span class="visually-hidden">{texts.differs}</span></span> }</td></tr>
                    }) }</tbody>
                </table>
            }
        </>
    }
}
