//! Keys, and what is modelled and what is not.

use super::Context;
use crate::ui::keys::KEYS;
use crate::ui::widgets::kbd;
use yew::prelude::*;

/// What the test run found when it played the recordings: `tests/replay.rs` writes it and says what stands where.
const REPLAYED: &str = include_str!("../../../static/replayed.txt");

// A row a version: `equal / all`, and how many outputs are excepted.
fn replayed(context: &Context) -> Html {
    let texts = context.texts;
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(' ').collect();
        let pair = |i: usize| match cells.get(i..i + 2) {
            Some([equal, all]) if equal == all => (*equal).to_string(),
            Some([equal, all]) => [equal, " / ", all].concat(),
            _ => String::new(),
        };
        let cell = |i: usize| cells.get(i).copied().unwrap_or_default().to_string();
        let row = [cell(0), cell(1), pair(2), pair(4), pair(6), pair(8), cell(10)];
        html! { <tr>{ for row.into_iter().map(|cell| html! { <td>{cell}</td> }) }</tr> }
    };
    html! {
        <table class="help__table">
            <thead><tr>{ for texts.help_replayed_heads.iter().map(|head| html! { <th scope="col">{*head}</th> }) }</tr></thead>
            <tbody>{ for REPLAYED.lines().map(row) }</tbody>
        </table>
    }
}

/// What stands in the dialog.
pub fn help(context: &Context) -> Html {
    let texts = context.texts;
    html! {
        <div class="help">
            <section>
                <h3>{texts.help_keys}</h3>
                <dl class="help__keys">
                    { for KEYS.iter().zip(texts.keys).map(|(keys, what)| html! {
                        <div><dt>{ for keys.iter().map(|key| html! { <>{kbd(key)}{" "}</> }) }</dt><dd>{*what}</dd></div>
                    }) }
                </dl>
            </section>
            <section>
                <h3>{texts.help_modelled}</h3>
                <ul class="help__list">{ for texts.help_modelled_items.iter().map(|item| html! { <li>{*item}</li> }) }</ul>
                <h3>{texts.help_replayed}</h3>
                {replayed(context)}
                <p class="why__lead">{texts.help_replayed_lead}</p>
                <h3>{texts.help_not_modelled}</h3>
                <ul class="help__list">{ for texts.help_not_modelled_items.iter().map(|item| html! { <li>{*item}</li> }) }</ul>
                <p class="why__lead">{texts.help_source}</p>
            </section>
        </div>
    }
}
