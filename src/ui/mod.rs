//! The page.
//!
//! One model ([`state::Model`]) holds what is shown and the run itself; every press, key and frame becomes a
//! [`state::UiAction`], and one function takes the next step. `app` turns the model into a page: panels are drawn
//! once per step, and between steps the frame loop alone writes into the picture. Only `platform` knows of a browser.

pub mod app;
pub mod choices;
pub mod cluster_log;
pub mod complete;
pub mod editor;
pub mod keys;
pub mod lesson;
pub mod lobby;
pub mod looks;
pub mod others;
pub mod panels;
pub mod platform;
pub mod player;
pub mod present;
pub mod remote;
pub mod speaker;
pub mod state;
pub mod texts;
pub mod update;
pub mod view;
pub mod widgets;

/// Puts the page into the document.
pub fn mount() {
    match platform::dom::mount_point() {
        Some(root) => yew::Renderer::<lobby::Lobby>::with_root(root).render(),
        None => yew::Renderer::<lobby::Lobby>::new().render(),
    };
}
