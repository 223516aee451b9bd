//! DNS: what each name answers, headless beside ClusterIP, and what it answered a step ago.

use super::Context;
use crate::dns::table::{Cell, State};
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Names;
use crate::ui::widgets::{icon, rich};
use yew::prelude::*;

/// The panel.
pub fn names(context: &Context, names: &Names, asked_from: &str) -> Html {
    let texts = context.texts;
    let onchange = context.send.reform(|event: Event| UiAction::AskFrom(dom::choice_of(&event)));
    html! {
        <>
            <label class="names__ask">{texts.dns_asked_from}
                <select class="select" {onchange}>
                    <option value="" selected={asked_from.is_empty()}>{texts.dns_any_pod}</option>
                    { for names.clients.iter().map(|pod| html! { <option value={pod.clone()} selected={asked_from == *pod}>{pod.trim_start_matches("default/")}</option> }) }
                </select>
            </label>
            if let Some(conf) = &names.conf {
                <p class="names__conf">{(texts.asked_path)(asked_from.trim_start_matches("default/"))}</p>
                <pre class="yaml names__conf" translate="no">{conf}</pre>
            }
            if let Some(name) = &names.missing { <p class="notice notice--warn">{icon("warn")}<span>{rich(&(texts.dns_missing_headless)(name))}</span></p> }
            if names.table.columns.is_empty() {
                <p class="empty">{texts.dns_no_services}</p>
            } else {
                <div class="names__scroll" tabindex="0" role="region" aria-label={texts.dns_title}>
                <table class="names__table">
                    <caption>{texts.dns_title}</caption>
                    <thead><tr>
                        <th scope="col">{texts.dns_name}</th>
                        { for names.table.columns.iter().map(|column| html! {
                            <th scope="col">{&column.service}<span class="names__kind">{match (column.exists, column.headless) {
                                (false, _) => texts.dns_none,
                                (true, true) => texts.dns_headless,
                                (true, false) => "ClusterIP",
                            }}</span></th>
                        }) }
                    </tr></thead>
                    <tbody>
                        { for names.table.rows.iter().map(|row| html! {
                            <tr key={row.pod.clone().unwrap_or_default()}>
                                <th scope="row">{match &row.pod {
                                    None => html! { <span class="names__self">{texts.dns_service_itself}</span> },
                                    Some(pod) => html! { {format!("{pod}.")} },
                                }}</th>
                                { for row.cells.iter().map(|cell| answer(context, cell)) }
                            </tr>
                        }) }
                    </tbody>
                </table>
                </div>
                if !names.held.is_empty() {
                    <section class="why__part"><h3>{texts.dns_held}</h3><ul class="because">
                        { for names.held.iter().map(|(name, qtype, answer, left)| html! {
                            <li class="because__item"><span><code>{format!("{qtype} {name}")}</code><br />{answer}</span>
                                <span class="because__src because__src--default">{(texts.dns_cached)(*left as usize)}</span></li>
                        }) }
                    </ul></section>
                }
                <p class="why__lead">{if names.conf.is_some() { texts.asked_short } else { texts.dns_terminal_hint }}</p>
            }
        </>
    }
}

fn answer(context: &Context, cell: &Cell) -> Html {
    let old = cell.before.as_ref().map(|state| {
        words(state).into_iter().map(|line| html! { <del class="names__old">{line}</del> }).collect::<Html>()
    });
    html! {
        <td class={cell.before.is_some().then_some("names__new")}>
            {state(context, &cell.state, cell.before.as_ref())}
            if let Some(seconds) = cell.cached { <span class="names__note names__cached">{icon("clock")}{(context.texts.dns_cached)(seconds as usize)}</span> }
            if let Some(live) = &cell.live { <span class="names__note">{context.texts.dns_live}</span>{state(context, live, None)} }
            if let Some(old) = old { {old} }
        </td>
    }
}

fn state(context: &Context, state: &State, before: Option<&State>) -> Html {
    let texts = context.texts;
    match state {
        State::Pods(pods) => pods
            .iter()
            .map(|(address, pod)| {
                let ordinal = pod.as_ref().and_then(|pod| pod.rsplit('-').next()).and_then(|n| n.parse::<u64>().ok());
                // Of several addresses only the new ones are set apart.
                let known = matches!(before, Some(State::Pods(old)) if old.iter().any(|(a, _)| a == address));
                html! { <span class={classes!("names__line", known.then_some("names__line--known"))}>{address} if let Some(n) = ordinal { <span class="badge">{n}</span> }</span> }
            })
            .collect(),
        State::Virtual(address, ready) => html! {
            <><span class="names__line">{address}</span>
            <span class="names__note">{if *ready == 0 { texts.dns_no_endpoints.to_string() } else { (texts.dns_one_of)(*ready) }}</span></>
        },
        State::Alias(name) => html! { <span class="names__line">{"→ "}{name}</span> },
        State::NoData => html! { <span class="names__none">{icon("dash")}{"NOERROR · 0"}</span> },
        State::NxDomain => html! { <span class="names__none">{icon("cross")}{"NXDOMAIN"}</span> },
        State::Failed => html! { <span class="names__none">{icon("cross")}{"SERVFAIL"}</span> },
    }
}

fn words(state: &State) -> Vec<String> {
    match state {
        State::Pods(pods) => pods.iter().map(|(address, _)| address.clone()).collect(),
        State::Virtual(address, _) | State::Alias(address) => vec![address.clone()],
        State::NoData => vec!["NOERROR · 0".into()],
        State::NxDomain => vec!["NXDOMAIN".into()],
        State::Failed => vec!["SERVFAIL".into()],
    }
}
