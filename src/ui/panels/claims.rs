//! The ledger of claims: what stays, whose it is, and what scaling in would do.

use super::Context;
use crate::ui::view::ClaimRow;
use yew::prelude::*;

/// The panel.
pub fn claims(context: &Context, rows: &[ClaimRow]) -> Html {
    let texts = context.texts;
    if rows.is_empty() {
        return html! { <p class="empty">{texts.claims_none}</p> };
    }
    html! {
        <table class="ledger">
            <caption>{texts.claims_title}</caption>
            <thead><tr>
                <th scope="col">{texts.claim}</th><th scope="col">{texts.used_by}</th><th scope="col">{texts.on_scale_in}</th>
            </tr></thead>
            <tbody>
                { for rows.iter().map(|row| html! {
                    <tr key={row.name.clone()}>
                        <th scope="row"><code>{&row.name}</code><small>{format!("{} · {}", row.size, row.phase)}</small></th>
                        <td>if row.user.is_empty() { <b>{texts.nobody}</b> } else { <code>{&row.user}</code> }</td>
                        <td>{if row.dies_on_scale_in { texts.deleted } else { texts.kept }}</td>
                    </tr>
                }) }
            </tbody>
        </table>
    }
}
