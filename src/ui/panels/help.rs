//! Keys, and what is modelled and what is not.

use super::Context;
use crate::ui::keys::KEYS;
use crate::ui::widgets::kbd;
use yew::prelude::*;

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
                <h3>{texts.help_not_modelled}</h3>
                <ul class="help__list">{ for texts.help_not_modelled_items.iter().map(|item| html! { <li>{*item}</li> }) }</ul>
                <p class="why__lead">{texts.help_source}</p>
            </section>
        </div>
    }
}
