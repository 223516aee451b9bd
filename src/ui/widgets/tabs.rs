//! A row of tabs: arrows move between them, as the pattern for tabs asks.

use crate::ui::platform::dom;
use yew::prelude::*;

/// One tab of a row.
#[derive(Clone, PartialEq)]
pub struct Tab {
    /// The id of the button; the panel is labelled by it.
    pub id: &'static str,
    /// The word.
    pub label: AttrValue,
    /// Further classes, `tabs__tab--narrow` for those that exist only on narrow pages.
    pub class: &'static str,
}

/// Properties of [`Tabs`].
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// What the row is about.
    pub label: AttrValue,
    /// The tabs, in order.
    pub tabs: Vec<Tab>,
    /// Which is shown.
    pub chosen: usize,
    /// The id of what they switch.
    pub controls: &'static str,
    /// Called with the pressed one.
    pub onchoose: Callback<usize>,
}

/// The row.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let count = props.tabs.len();
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()}>
            { for props.tabs.iter().enumerate().map(|(i, tab)| {
                let on = i == props.chosen;
                let onclick = props.onchoose.reform(move |_: MouseEvent| i);
                let onkeydown = {
                    let choose = props.onchoose.clone();
                    let ids: Vec<&'static str> = props.tabs.iter().map(|t| t.id).collect();
                    Callback::from(move |event: KeyboardEvent| {
                        let to = match event.code().as_str() {
                            "ArrowRight" => (i + 1) % count,
                            "ArrowLeft" => (i + count - 1) % count,
                            "Home" => 0,
                            "End" => count - 1,
                            _ => return,
                        };
                        event.prevent_default();
                        event.stop_propagation();
                        choose.emit(to);
                        dom::focus(ids[to]);
                    })
                };
                html! {
                    <button type="button" role="tab" id={tab.id} class={classes!("tabs__tab", tab.class, on.then_some("tabs__tab--on"))}
                        aria-selected={on.to_string()} aria-controls={props.controls} tabindex={if on { "0" } else { "-1" }}
                        {onclick} {onkeydown}>{&tab.label}</button>
                }
            }) }
        </div>
    }
}
