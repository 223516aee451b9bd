//! The ledger of claims: what stays, whose it is, and what scaling in or deleting the set would do now.

use super::Context;
use crate::sim::SimDuration;
use crate::ui::state::UiAction;
use crate::ui::view::ClaimRow;
use crate::ui::view::claims::VolumeRow;
use yew::prelude::*;

/// The panel.
pub fn claims(context: &Context, rows: &[ClaimRow]) -> Html {
    let texts = context.texts;
    if rows.is_empty() {
        return html! { <p class="empty">{texts.claims_none}</p> };
    }
    let fate = |dies: bool| if dies { texts.deleted } else { texts.kept };
    let age = |secs: u64| texts.language.lang().seconds(SimDuration::secs(secs));
    html! {
        <div class="names__scroll" tabindex="0" role="region" aria-label={texts.claims_title}>
        <table class="ledger ledger--claims">
            <caption>{texts.claims_title}</caption>
            <thead><tr>
                <th scope="col">{texts.claim}</th><th scope="col">{texts.used_by}</th>
                <th scope="col">{texts.on_scale_in}</th><th scope="col">{texts.on_delete}</th>
            </tr></thead>
            { for rows.iter().map(|row| html! {
                <tbody key={row.name.clone()}>
                    <tr>
                        <th scope="row"><button type="button" class="link" onclick={context.on(UiAction::Select(Some(row.key.clone())))}><code>{&row.name}</code></button>
                            <small>{format!("{} · {} · {}", row.size, row.phase, age(row.age))}</small></th>
                        <td>if let Some((pod, secs)) = &row.user { <code>{pod}</code><small>{age(*secs)}if row.is_adopted { {" · "}{texts.adopted} }</small> } else { <b>{texts.nobody}</b> }</td>
                        <td>{fate(row.dies_on_scale_in)}</td>
                        <td>{fate(row.dies_on_delete)}</td>
                    </tr>
                    <tr class="ledger__more"><td colspan="4">{more(context, row)}</td></tr>
                </tbody>
            }) }
        </table>
        </div>
    }
}

// The line below: owner, class, volume, and its files.
fn more(context: &Context, row: &ClaimRow) -> Html {
    let texts = context.texts;
    let grows = if row.can_grow { texts.can_grow } else { texts.cannot_grow };
    let class = [&*row.class, &*row.binding, grows].into_iter().filter(|text| !text.is_empty());
    let owner = if row.owner.is_empty() { texts.nobody } else { &row.owner };
    html! {
        <>
            <small>{texts.object_owner}{" "}<code>{owner.to_string()}</code>{" · "}{class.collect::<Vec<_>>().join(" · ")}</small>
            if let Some(volume) = &row.volume { {files(context, row, volume)} }
        </>
    }
}

fn files(context: &Context, row: &ClaimRow, volume: &VolumeRow) -> Html {
    let texts = context.texts;
    let is_open = volume.files.is_some();
    let key = (!is_open).then(|| row.key.clone());
    html! {
        <>
            <small>{"PV "}<code class="ledger__pv">{&volume.name}</code>{" · "}{&volume.reclaim}if !volume.places.is_empty() { {" · "}{texts.only_at}{" "}<code>{&volume.places}</code> }</small>
            <button type="button" class="link ledger__files" aria-expanded={is_open.to_string()} onclick={context.on(UiAction::Files(key))}>{texts.files}<span class="visually-hidden">{" "}{&row.name}</span></button>
            if let Some(files) = &volume.files {
                if files.is_empty() { <small>{texts.no_files}</small> }
                { for files.iter().map(|(name, text)| html! {
                    <><small><code>{name}</code></small><pre class="yaml ledger__file" translate="no">{text}</pre></>
                }) }
            }
        </>
    }
}
