//! DNS: what each name answers, headless beside ClusterIP, and what it answered a step ago.

use super::Context;
use crate::component::Landing;
use crate::dns::QType;
use crate::dns::table::{Cell, State};
use crate::scene::marks::client::short;
use crate::scene::model::ClientModel;
use crate::ui::platform::dom;
use crate::ui::state::{UiAction, UiState};
use crate::ui::view::Names;
use crate::ui::widgets::{button, icon, rich};
use yew::prelude::*;

/// The types of records that can be asked for.
const TYPES: &[QType] = &[QType::A, QType::Srv, QType::Ptr];

/// The panel.
pub fn names(context: &Context, names: &Names, ui: &UiState) -> Html {
    let texts = context.texts;
    let asked_from = &ui.asked_from;
    let onchange = context.send.reform(|event: Event| UiAction::AskFrom(dom::choice_of(&event)));
    html! {
        <>
            <h2 class="visually-hidden">{texts.dns}</h2>
            <label class="names__ask">{texts.dns_asked_from}
                <select class="select" {onchange}>
                    <option value="" selected={asked_from.is_empty()}>{texts.dns_any_pod}</option>
                    { for names.clients.iter().map(|pod| html! { <option value={pod.clone()} selected={asked_from == pod}>{pod.trim_start_matches("default/")}</option> }) }
                </select>
            </label>
            <div class="chips" role="group" aria-label={texts.dns_type}>
                { for TYPES.iter().map(|qtype| html! {
                    <button type="button" class="chip" aria-pressed={(ui.asked_type == *qtype).to_string()}
                        onclick={context.on(UiAction::AskType(*qtype))}><code>{qtype.name()}</code></button>
                }) }
            </div>
            if let Some(conf) = &names.conf {
                <p class="names__conf">{(texts.asked_path)(asked_from.trim_start_matches("default/"))}</p>
                <pre class="yaml names__conf" translate="no">{conf}</pre>
            }
            if let Some(name) = &names.missing { <p class="notice notice--warn">{icon("warn")}<span>{rich(&(texts.dns_missing_headless)(name))}</span></p> }
            if names.table.columns.is_empty() {
                <p class="empty">{texts.dns_no_services}</p>
            } else {
                {table(context, names)}
                {senders(context, names, ui)}
                if !names.writes.is_empty() {
                    <section class="why__part"><h3>{texts.dns_writes}</h3><ul class="because">
                        { for names.writes.iter().map(|(number, says)| html! {
                            <li class="because__item"><button type="button" class="link" onclick={context.on(UiAction::SeekMoment(format!("e{number}")))}>{says}</button></li>
                        }) }
                    </ul></section>
                }
                if !names.held.is_empty() {
                    <section class="why__part"><h3>{texts.dns_held}</h3><ul class="because">
                        { for names.held.iter().map(|(name, qtype, answer, left)| html! {
                            <li class="because__item"><span><code>{format!("{qtype} {name}")}</code><br />{answer}</span>
                                <span class="because__src because__src--default">{(texts.dns_cached)(*left as usize)}</span></li>
                        }) }
                    </ul></section>
                }
                <p class="why__lead">{if names.conf.is_some() { texts.asked_short } else { texts.dns_terminal_hint }}</p>
                <p class="why__lead">{(texts.dns_ttl)(names.ttl, names.is_kept)}</p>
            }
        </>
    }
}

// What each name is answered with, Service beside Service.
fn table(context: &Context, names: &Names) -> Html {
    let texts = context.texts;
    html! {
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
                        { for row.cells.iter().map(|cell| answer(context, names, cell)) }
                    </tr>
                }) }
            </tbody>
        </table>
        </div>
    }
}

// The programs that send requests, where those landed, and the form for another one.
fn senders(context: &Context, names: &Names, ui: &UiState) -> Html {
    let texts = context.texts;
    let lang = texts.language.lang();
    let on_name = context.send.reform(|event: Event| UiAction::ClientName(dom::choice_of(&event)));
    let on_resolver = context
        .send
        .reform(|event: Event| UiAction::ClientResolver(dom::choice_of(&event).parse().unwrap_or_default()));
    let option = |value: String, says: &str, selected: bool| html! { <option {value} {selected}>{says.to_string()}</option> };
    html! {
        <section class="why__part client-form" aria-label={texts.client_title}>
            <h3>{texts.client_title}</h3>
            { for names.senders.iter().map(|client| html! {
                <div class="client" key={format!("{}/{}", client.input, client.name)}>
                    <p><b>{&*client.pod.name}</b>{" → "}<code>{&*client.name}</code></p>
                    <p class="client__counts">{ for client.counts.iter().map(|(landing, count)| html! {
                        <span class={if matches!(landing, Landing::Pod(_)) { "client__to" } else { "client__to client__to--lost" }}>{short(landing, lang)}{" "}<b>{count}</b></span>
                    }) }</p>
                    {kept(context, names, client)}
                    {button("button--line", "", context.on(UiAction::Command(remove(client))), html! { {(texts.client_remove)(&client.pod.name)} })}
                </div>
            }) }
            if let Some(lines) = &names.placing {
                <p class="why__lead">{texts.client_lead}</p>
                <label class="names__ask">{texts.client_name}
                    <select class="select" id="client-name" onchange={on_name}>
                        { for names.targets.iter().map(|(name, _)| option(name.clone(), name, ui.client_name == *name)) }
                    </select>
                </label>
                <label class="names__ask">{texts.client_resolver}
                    <select class="select" id="client-resolver" onchange={on_resolver}>
                        { for texts.client_kinds.iter().enumerate().map(|(i, says)| option(i.to_string(), says, ui.client_resolver == i)) }
                    </select>
                </label>
                {button("button--line", "", context.on(UiAction::Command(lines.clone())), texts.client_place.into())}
            }
        </section>
    }
}

// What a program keeps of a name, and for how long yet.
fn kept(context: &Context, names: &Names, client: &ClientModel) -> Html {
    let Some((address, left)) = client.kept_for(names.now) else { return Html::default() };
    html! { <span class="names__note names__cached">{icon("clock")}{&*client.pod.name}{": "}{(context.texts.client_keeps)(address, left)}</span> }
}

fn remove(client: &ClientModel) -> String {
    let space = if &*client.pod.namespace == "default" {
        String::new()
    } else {
        format!(" -n {}", client.pod.namespace)
    };
    format!("kubectl delete pod {} --now{space}", client.pod.name)
}

fn answer(context: &Context, names: &Names, cell: &Cell) -> Html {
    let old = cell.before.as_ref().map(|state| {
        words(state).into_iter().map(|line| html! { <del class="names__old">{line}</del> }).collect::<Html>()
    });
    html! {
        <td class={cell.before.is_some().then_some("names__new")}>
            {state(context, &cell.state, cell.before.as_ref())}
            if let Some(seconds) = cell.cached { <span class="names__note names__cached">{icon("clock")}{(context.texts.dns_cached)(seconds as usize)}</span> }
            { for names.senders.iter().filter(|client| cell.name.starts_with(&[&*client.name, "."].concat())).map(|client| kept(context, names, client)) }
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
        State::Lines(lines) if lines.is_empty() => html! { <span class="names__none">{icon("dash")}</span> },
        State::Lines(lines) => lines.iter().map(|line| html! { <span class="names__line">{line}</span> }).collect(),
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
        State::Lines(lines) => lines.clone(),
        State::NoData => vec!["NOERROR · 0".into()],
        State::NxDomain => vec!["NXDOMAIN".into()],
        State::Failed => vec!["SERVFAIL".into()],
    }
}
