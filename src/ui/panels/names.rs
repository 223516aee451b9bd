//! DNS: what each name answers, headless beside ClusterIP, and what it answered a step ago.

use super::Context;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Names;
use crate::ui::view::names::Cell;
use crate::ui::widgets::{Icon, rich};
use yew::prelude::*;

/// Properties of [`NamesPanel`].
#[derive(Properties, PartialEq)]
pub struct NamesProps {
    /// Words and way back.
    pub context: Context,
    /// The table.
    pub names: Names,
    /// The pod that asks.
    pub asked_from: AttrValue,
}

/// The panel.
#[component]
pub fn NamesPanel(props: &NamesProps) -> Html {
    let (texts, names) = (props.context.texts, &props.names);
    let onchange = props.context.send.reform(|event: Event| UiAction::AskFrom(dom::choice_of(&event)));
    html! {
        <>
            <label class="names__ask">{texts.dns_asked_from}
                <select class="select" {onchange}>
                    <option value="" selected={props.asked_from.is_empty()}>{texts.dns_any_pod}</option>
                    { for names.clients.iter().map(|pod| html! { <option value={pod.clone()} selected={props.asked_from == *pod}>{pod}</option> }) }
                </select>
            </label>
            if let Some(name) = &names.missing { <p class="notice notice--warn"><Icon name="warn" /><span>{rich(&(texts.dns_missing_headless)(name))}</span></p> }
            if names.columns.is_empty() {
                <p class="empty">{texts.dns_no_services}</p>
            } else {
                <div class="names__scroll" tabindex="0" role="region" aria-label={texts.dns_title}>
                <table class="names__table">
                    <caption>{texts.dns_title}</caption>
                    <thead><tr>
                        <th scope="col">{texts.dns_name}</th>
                        { for names.columns.iter().map(|column| html! {
                            <th scope="col">{&column.name}<span class="names__kind">{if column.is_headless { texts.dns_headless } else { "ClusterIP" }}</span></th>
                        }) }
                    </tr></thead>
                    <tbody>
                        { for names.rows.iter().map(|row| html! {
                            <tr key={row.host.clone()}>
                                <th scope="row">if row.host.is_empty() { <span class="names__self">{texts.dns_service_itself}</span> } else { {format!("{}.", row.host)} }</th>
                                { for row.cells.iter().map(|cell| answer(props, cell)) }
                            </tr>
                        }) }
                    </tbody>
                </table>
                </div>
                <p class="why__lead">{texts.dns_terminal_hint}</p>
            }
        </>
    }
}

fn answer(props: &NamesProps, cell: &Cell) -> Html {
    let texts = props.context.texts;
    let old = cell.before.as_ref().map(|lines| {
        let lines: Vec<&str> = if lines.is_empty() { vec!["NXDOMAIN"] } else { lines.iter().map(String::as_str).collect() };
        lines.into_iter().map(|line| html! { <del class="names__old">{line.to_string()}</del> }).collect::<Html>()
    });
    html! {
        <td class={cell.before.is_some().then_some("names__new")}>
            { for cell.addresses.iter().map(|(address, ordinal)| html! {
                <span class="names__line">{address} if let Some(n) = ordinal { <span class="badge">{n}</span> }</span>
            }) }
            if let Some(n) = cell.one_of {
                <span class="names__note">{if n == 0 { texts.dns_no_endpoints.to_string() } else { (texts.dns_one_of)(n) }}</span>
            }
            if cell.is_missing { <span class="names__none"><Icon name="cross" />{"NXDOMAIN"}</span> }
            if !cell.is_missing && cell.addresses.is_empty() { <span class="names__none"><Icon name="dash" />{"NOERROR · 0"}</span> }
            if let Some(old) = old { {old} }
        </td>
    }
}
