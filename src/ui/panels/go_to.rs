//! Where to: a time, a step, an event or the name of an object.

use super::Context;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use yew::prelude::*;

/// The id of the field.
pub const FIELD: &str = "go-to";

/// What stands in the dialog; `not_found` is what was looked for in vain.
pub fn go_to(context: &Context, not_found: Option<&str>) -> Html {
    let texts = context.texts;
    let onsubmit = context.send.reform(|event: SubmitEvent| {
        event.prevent_default();
        UiAction::GoTo(dom::field_text(FIELD))
    });
    html! {
        <form class="goto" {onsubmit}>
            <label for={FIELD}>{texts.go_to_label}</label>
            <p class="share__row">
                <input id={FIELD} type="text" class="share__link" autocomplete="off" spellcheck="false" translate="no"
                    aria-invalid={not_found.is_some().to_string()} aria-describedby="go-to-error" />
                <button type="submit" class="button button--primary">{texts.go_to}</button>
            </p>
            <p id="go-to-error" class="goto__error" role="status">{not_found.map(texts.go_to_nothing)}</p>
        </form>
    }
}
