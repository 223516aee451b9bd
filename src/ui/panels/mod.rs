//! The parts of the page, one file each.

pub mod caption;
pub mod claims;
pub mod cluster;
pub mod compare;
pub mod embed;
pub mod events;
pub mod first;
pub mod go_to;
pub mod header;
pub mod help;
pub mod lesson;
pub mod lessons;
pub mod manifest;
pub mod names;
pub mod objects;
pub mod present;
pub mod question;
pub mod reasons;
pub mod settings;
pub mod share;
pub mod stage;
pub mod terminal;
pub mod timeline;
pub mod transport;

use super::state::{Panel, UiAction};
use super::texts::Texts;
use yew::prelude::*;

/// A tab of the side.
pub struct PanelEntry {
    /// Which.
    pub panel: Panel,
    /// The id of its tab.
    pub id: &'static str,
    /// Its word.
    pub label: fn(&'static Texts) -> &'static str,
    /// It is a tab only where the page is narrow; elsewhere it has a place of its own.
    pub is_narrow: bool,
}

/// The tabs, in order.
pub const PANELS: &[PanelEntry] = &[
    LESSON,
    PanelEntry { panel: Panel::Reasons, id: "tab-why", label: |t| t.why, is_narrow: false },
    PanelEntry { panel: Panel::Names, id: "tab-dns", label: |t| t.dns, is_narrow: false },
    PanelEntry { panel: Panel::Events, id: "tab-events", label: |t| t.events, is_narrow: false },
    PanelEntry { panel: Panel::Objects, id: "tab-objects", label: |t| t.objects, is_narrow: false },
    PanelEntry { panel: Panel::Claims, id: "tab-claims", label: |t| t.claims, is_narrow: false },
    PanelEntry { panel: Panel::Compare, id: "tab-compare", label: |t| t.compare, is_narrow: false },
    PanelEntry { panel: Panel::Manifest, id: "tab-manifest", label: |t| t.manifest, is_narrow: true },
    PanelEntry { panel: Panel::Terminal, id: "tab-terminal", label: |t| t.terminal, is_narrow: true },
];

/// The tab that is there only while there is a lesson.
pub const LESSON: PanelEntry =
    PanelEntry { panel: Panel::Lesson, id: "tab-lesson", label: |t| t.lesson, is_narrow: false };

/// What every panel gets: the words, and the way to say what happened.
#[derive(Clone)]
pub struct Context {
    /// The words.
    pub texts: &'static Texts,
    /// The way to say what happened.
    pub send: Callback<UiAction>,
}

impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.texts, other.texts) && self.send == other.send
    }
}

impl Context {
    /// What a press does.
    pub fn on(&self, action: UiAction) -> Callback<MouseEvent> {
        let send = self.send.clone();
        Callback::from(move |_: MouseEvent| send.emit(action.clone()))
    }
}
