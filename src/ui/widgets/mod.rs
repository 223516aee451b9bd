//! Buttons, tabs, icons, dialogs, menus: what the panels are built of. None of them knows Kubernetes.
//!
//! They are functions and no components: a component costs the module some kilobytes, and none of them keeps anything.

mod button;
mod dialog;
mod icon;
mod menu;
mod tabs;

pub use button::{IconButton, button, icon_button, segment};
pub use dialog::{DIALOG, dialog};
pub use icon::{icon, logo};
pub use menu::{MenuEntry, menu};
pub use tabs::{Tab, tabs};

use yew::prelude::*;

/// The one polite live region of the page: speaks a sentence without showing it; a new one replaces the old one.
pub fn announcer(text: AttrValue) -> Html {
    html! { <p class="visually-hidden" role="status" aria-live="polite">{text}</p> }
}

/// A key as it is printed on a keyboard.
pub fn kbd(key: &str) -> Html {
    html! { <kbd class="kbd">{key}</kbd> }
}

/// Text in which `` `code` `` is set as code and `*words*` are emphasised: the only markup our own texts use.
pub fn rich(text: &str) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*']) {
        let mark = &rest[at..=at];
        let Some(length) = rest[at + 1..].find(mark) else { break };
        parts.push(html! { {&rest[..at]} });
        let inner = rest[at + 1..at + 1 + length].to_string();
        parts.push(if mark == "`" {
            html! { <code>{inner}</code> }
        } else {
            html! { <b>{inner}</b> }
        });
        rest = &rest[at + 2 + length..];
    }
    parts.push(html! { {rest} });
    parts.into_iter().collect()
}
