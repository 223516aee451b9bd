//! The first picture, and the wait for the engine.
//!
//! The page arrives in two halves (`xtask/src/halves.rs`). This is what runs when only the first is there: the first
//! page with a still that was drawn beforehand, or an empty page if the address asks for a run. What is pressed
//! meanwhile is kept and done when the engine has come; then [`app`] takes over and draws the same picture.
//! What only that function reaches is in the other half, so nothing else here can call the engine by mistake.

use super::app::app;
use super::choices::{choices, is_awaited};
use super::panels::first::FirstPictures;
use super::panels::header::header;
use super::panels::{self, Context};
use super::platform::{dom, storage};
use super::state::{Screen, UiAction, UiState};
use super::texts::Language;
use super::view;
use crate::samples::STORIES;
use yew::prelude::*;

/// The still of the first story, by language, for a phone and for any other window. `tests/html.rs` draws it anew and
/// compares.
const STILLS: [[&str; 2]; 2] = [
    [include_str!("stills/ordered.phone.ko.svg"), include_str!("stills/ordered.ko.svg")],
    [include_str!("stills/ordered.phone.en.svg"), include_str!("stills/ordered.en.svg")],
];
/// A narrower window is a phone's.
const PHONE: f64 = 512.0;

/// The still for this window; the engine shows it too until it has computed as far.
pub fn still(language: Language) -> &'static str {
    let by_language = match language {
        Language::Ko => STILLS[0],
        Language::En => STILLS[1],
    };
    by_language[usize::from(dom::window_size().0 >= PHONE)]
}

/// The lanes of the stories, in their order.
pub const LANES: [&str; STORIES.len()] = [
    include_str!("stills/ordered.lanes.svg"),
    include_str!("stills/parallel.lanes.svg"),
    include_str!("stills/rollout.lanes.svg"),
    include_str!("stills/node.lanes.svg"),
];

/// The page before and after the engine has come.
pub struct Lobby {
    ui: UiState,
    send: Callback<UiAction>,
    wish: Option<UiAction>,
    is_awaited: bool,
    is_ready: bool,
}

/// What the component hears.
pub enum Message {
    /// Something was pressed.
    Do(UiAction),
    /// The engine has come.
    Ready,
}

impl Component for Lobby {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &yew::Context<Self>) -> Self {
        let mut ui = UiState::default();
        let unknown = choices(&mut ui);
        if !unknown.is_empty() {
            dom::say(&["Ordinal: not understood in the address: ", &unknown.join(" ")].concat());
        }
        if ui.looks.size > 1.0 {
            dom::set_size(ui.looks.size);
        }
        let link = ctx.link().clone();
        dom::on_engine(move || link.send_message(Message::Ready));
        let lobby = Lobby {
            ui,
            send: ctx.link().callback(Message::Do),
            wish: None,
            is_awaited: is_awaited(),
            is_ready: false,
        };
        lobby.set_document();
        lobby
    }

    fn update(&mut self, _ctx: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Ready => self.is_ready = true,
            Message::Do(UiAction::Language(language)) => {
                self.ui.language = language;
                storage::set("lang", language.code());
            }
            Message::Do(UiAction::Theme(theme)) => {
                self.ui.theme = theme;
                storage::set("theme", theme.code());
            }
            // How large things are is asked again by whoever comes after.
            Message::Do(UiAction::StageSize(..) | UiAction::TrackWidth(_)) => return false,
            Message::Do(action) => self.wish = Some(action),
        }
        if !self.is_ready {
            self.set_document();
        }
        true
    }

    fn view(&self, _ctx: &yew::Context<Self>) -> Html {
        if self.is_ready {
            return app(self.wish.clone());
        }
        let context = Context { texts: self.ui.texts(), send: self.send.clone() };
        if self.ui.is_embed {
            // The still stays in its place (static/embed.js).
            return Html::default();
        }
        let waits = self.wish.is_some() || self.is_awaited;
        html! {
            <>
                <a class="skip" href="#stage">{context.texts.skip_to_stage}</a>
                <div class="page page--first" aria-busy={waits.then_some("true")}>
                    {header(&self.ui, &context)}
                    if self.ui.screen == Screen::First && !self.is_awaited { {first(&context)} } else { <main class="first" id="stage"></main> }
                    <footer class="time"></footer>
                </div>
            </>
        }
    }
}

impl Lobby {
    fn set_document(&self) {
        dom::set_document(self.ui.language.code(), self.ui.theme_code(), self.ui.texts().title);
    }
}

fn first(context: &Context) -> Html {
    let texts = context.texts;
    let pictures = FirstPictures {
        still: AttrValue::from(still(texts.language)),
        lanes: LANES.iter().map(|svg| AttrValue::from(*svg)).collect(),
        legend: texts.legend.iter().map(|(state, _)| view::track::legend(state).into()).collect(),
    };
    panels::first::first(context, &pictures, false)
}
