//! A row of tabs: arrows move between them, as the pattern for tabs asks.

use crate::ui::platform::dom;
use yew::prelude::*;

/// One tab of a row.
pub struct Tab {
    /// The id of the button; the panel is labelled by it.
    pub id: &'static str,
    /// The word.
    pub label: &'static str,
    /// Further classes, `tabs__tab--narrow` for those that exist only on narrow pages.
    pub class: &'static str,
}

/// The row. `controls` is the id of what it switches; `choose` is called with the pressed one.
pub fn tabs(
    label: &'static str,
    row: &[Tab],
    chosen: usize,
    controls: &'static str,
    choose: &Callback<usize>,
) -> Html {
    let ids: Vec<&'static str> = row.iter().map(|tab| tab.id).collect();
    let onkeydown = {
        let choose = choose.clone();
        Callback::from(move |event: KeyboardEvent| {
            // A tab that the page has no room for is not shown, and is passed over.
            let shown: Vec<usize> = (0..ids.len()).filter(|i| dom::is_shown(ids[*i])).collect();
            let Some(at) = shown.iter().position(|i| *i == chosen) else { return };
            let to = match event.code().as_str() {
                "ArrowRight" => (at + 1) % shown.len(),
                "ArrowLeft" => (at + shown.len() - 1) % shown.len(),
                "Home" => 0,
                "End" => shown.len() - 1,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            choose.emit(shown[to]);
            dom::focus(ids[shown[to]]);
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label={label} {onkeydown}>
            { for row.iter().enumerate().map(|(i, tab)| {
                let on = i == chosen;
                let choose = choose.clone();
                let onclick = Callback::from(move |_: MouseEvent| choose.emit(i));
                html! {
                    <button type="button" role="tab" id={tab.id} class={classes!("tabs__tab", tab.class, on.then_some("tabs__tab--on"))}
                        aria-selected={on.to_string()} aria-controls={controls} tabindex={if on { "0" } else { "-1" }}
                        {onclick}>{tab.label}</button>
                }
            }) }
        </div>
    }
}
