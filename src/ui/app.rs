//! The shell: turns the model into a page, carries out effects, and runs the one frame loop.
//!
//! Yew draws once per step. Between steps `App::paint` alone writes the picture, the clock and the line of now, and
//! it is also what writes them after every drawing, so the two never disagree.

use super::editor;
use super::panels::{self, Context, PANELS};
use super::platform::{clipboard, dom, frames, storage, url};
use super::player::Player;
use super::state::{self, Dialog, Effect, Model, Panel, Screen, Theme, UiAction, update};
use super::texts::Language;
use super::view;
use super::widgets::{Announcer, Button, Icon, IconButton, Logo, Menu, Tab, Tabs};
use crate::api::profile::PROFILES;
use crate::samples::{SAMPLES, STORIES};
use crate::scenario::link;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// A slice of computing takes at most so long, so that no press waits.
const SLICE_MS: f64 = 12.0;
/// Steps of the engine between two looks at the clock.
const SLICE_STEPS: usize = 20;

/// The page.
pub struct App {
    model: Rc<RefCell<Model>>,
    context: Context,
    frames: frames::FrameLoop,
    computing: bool,
    /// The pictures of the stories, computed one after another while nothing else is to do.
    lanes: Vec<AttrValue>,
    drafts: Vec<Player>,
    text_timer: u32,
    pictures: view::Pictures,
}

/// What the component hears.
pub enum Message {
    /// Something happened.
    Do(UiAction),
    /// A slice of computing is due.
    Slice,
    /// A slice for the story pictures is due.
    Stories,
    /// The editor's text has rested.
    Keep,
}

impl Component for App {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &yew::Context<Self>) -> Self {
        let mut model = Model::default();
        let editor_text = restore(&mut model);
        let send = ctx.link().callback(Message::Do);
        let model = Rc::new(RefCell::new(model));
        {
            let (model, send) = (model.clone(), send.clone());
            dom::on_key(move |key| {
                let letters = model.borrow().ui.letters;
                match super::keys::action(&key, letters) {
                    Some(action) => {
                        send.emit(action);
                        true
                    }
                    None => false,
                }
            });
        }
        {
            let send = send.clone();
            dom::on_hidden(move || send.emit(UiAction::Hidden));
        }
        let texts = model.borrow().ui.texts();
        let mut app = App {
            model,
            context: Context { texts, send },
            frames: frames::FrameLoop::default(),
            computing: false,
            lanes: Vec::new(),
            drafts: Vec::new(),
            text_timer: 0,
            pictures: view::Pictures::default(),
        };
        app.set_document();
        app.compute(ctx);
        // The text area fills itself from the model when it is mounted.
        drop(editor_text);
        app
    }

    fn update(&mut self, ctx: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Do(UiAction::SeekPlace(place)) => {
                let step = self.pictures.timeline(&mut self.model.borrow_mut()).axis.step_at(place);
                self.act(ctx, UiAction::SeekStep(step))
            }
            Message::Do(action) => self.act(ctx, action),
            Message::Slice => {
                let done = {
                    let mut model = self.model.borrow_mut();
                    let until = frames::now() + SLICE_MS;
                    loop {
                        let done = model.player.compute(SLICE_STEPS);
                        if done || frames::now() > until {
                            break done;
                        }
                    }
                };
                self.computing = !done;
                let drawn = self.act(ctx, UiAction::Computed);
                if done {
                    self.stories(ctx);
                } else {
                    self.soon(ctx, Message::Slice);
                }
                drawn
            }
            Message::Stories => self.story_slice(ctx),
            Message::Keep => {
                self.text_timer -= 1;
                if self.text_timer == 0 {
                    storage::set("manifest", &self.model.borrow().ui.manifest);
                }
                false
            }
        }
    }

    fn view(&self, _ctx: &yew::Context<Self>) -> Html {
        let mut model = self.model.borrow_mut();
        let model = &mut *model;
        let context = Context { texts: model.ui.texts(), send: self.context.send.clone() };
        let texts = context.texts;
        let chapter = self.pictures.chapter(model);
        let caption = view::caption::read(model, chapter);
        let spoken: AttrValue = format!("{} {}", caption.done, caption.next).into();
        let said = if model.ui.playing && model.ui.speed > 2 { AttrValue::from("") } else { spoken.clone() };
        let page = match model.ui.screen {
            Screen::First => {
                html! { <div class="page page--first">{self.header(model, &context)}{self.first(model, &context)}{self.time(model, &context, spoken)}</div> }
            }
            Screen::Page => self.page(model, &context, caption, spoken),
        };
        html! {
            <>
                <a class="skip" href="#stage">{texts.skip_to_stage}</a>
                {page}
                <Announcer text={said} />
                {self.dialogs(model, &context)}
            </>
        }
    }

    fn rendered(&mut self, _ctx: &yew::Context<Self>, _first: bool) {
        self.paint();
    }
}

impl App {
    fn act(&mut self, ctx: &yew::Context<Self>, action: UiAction) -> bool {
        let effects = update(&mut self.model.borrow_mut(), action);
        let mut draw = true;
        for effect in effects {
            match effect {
                Effect::PaintOnly => draw = false,
                Effect::Frames | Effect::Settle => self.run_frames(ctx, effect == Effect::Settle),
                Effect::Compute => self.compute(ctx),
                Effect::EditorText(text) => later(move || dom::replace_text(panels::manifest::FIELD, &text)),
                Effect::Caret(line, column) => {
                    later(move || dom::set_caret_at(panels::manifest::FIELD, line, column));
                }
                Effect::Prompt(text) => dom::set_field_text(panels::terminal::PROMPT, &text),
                Effect::Focus(id) => later(move || dom::focus(id)),
                Effect::Blur => dom::blur(),
                Effect::Keep("manifest", _) => {
                    self.text_timer += 1;
                    let link = ctx.link().clone();
                    frames::after(400, move || link.send_message(Message::Keep));
                }
                Effect::Keep(name, value) => storage::set(name, &value),
                Effect::KeepRun => storage::set("run", &self.model.borrow().player.text()),
                Effect::Forget => {
                    ["run", "manifest", "speed", "letters", "motion"].into_iter().for_each(storage::remove);
                }
                Effect::Document => self.set_document(),
                Effect::Copy(text) => clipboard::copy(&text),
                Effect::Download(name, text) => clipboard::download(&name, &text),
                Effect::ScrollTerminal => later(|| dom::scroll_to_end(panels::terminal::LOG)),
            }
        }
        if !draw {
            self.paint();
        }
        draw
    }

    fn run_frames(&mut self, ctx: &yew::Context<Self>, settle: bool) {
        let (model, link) = (self.model.clone(), ctx.link().clone());
        self.frames.start(move |ms| {
            let going = match model.try_borrow() {
                Ok(model) => model.ui.playing || (settle && model.player.movement() < 1.0),
                Err(_) => true,
            };
            if going {
                link.send_message(Message::Do(UiAction::Frame(ms)));
            }
            going
        });
    }

    fn soon(&self, ctx: &yew::Context<Self>, message: Message) {
        let link = ctx.link().clone();
        frames::after(0, move || link.send_message(message));
    }

    fn compute(&mut self, ctx: &yew::Context<Self>) {
        if !self.computing {
            self.computing = true;
            self.soon(ctx, Message::Slice);
        }
    }

    /// The pictures of the first page's stories, when there is nothing more urgent.
    fn stories(&mut self, ctx: &yew::Context<Self>) {
        let first = self.model.borrow().ui.screen == Screen::First;
        if first && self.lanes.len() < STORIES.len() && self.drafts.is_empty() {
            self.soon(ctx, Message::Stories);
        }
    }

    fn story_slice(&mut self, ctx: &yew::Context<Self>) -> bool {
        if self.model.borrow().ui.screen != Screen::First || self.lanes.len() >= STORIES.len() {
            self.drafts.clear();
            return false;
        }
        if self.drafts.is_empty() {
            let story = &STORIES[self.lanes.len()];
            self.drafts.push(Player::from_text(story.scenario).unwrap_or_default());
            self.soon(ctx, Message::Stories);
            return false;
        }
        let until = frames::now() + SLICE_MS;
        let draft = &mut self.drafts[0];
        let done = loop {
            let done = draft.compute(SLICE_STEPS);
            if done || frames::now() > until {
                break done;
            }
        };
        if done {
            let svg = view::track::small(draft);
            self.lanes.push(svg.into());
            self.drafts.clear();
        }
        self.soon(ctx, Message::Stories);
        done
    }

    fn set_document(&self) {
        let model = self.model.borrow();
        let theme = if model.ui.is_dark() { "dark" } else { "light" };
        dom::set_document(model.ui.language.code(), theme, model.ui.texts().title);
    }

    /// Writes what moves between steps.
    fn paint(&mut self) {
        let mut model = self.model.borrow_mut();
        let model = &mut *model;
        let texts = model.ui.texts();
        let position = model.player.moving_position(model.ui.spacing);
        dom::set_text(panels::transport::CLOCK, &(texts.seconds)(position.time.0 as f64 / 1000.0));
        let x = view::track::head(model, &self.pictures);
        dom::set_attribute(panels::timeline::HEAD, "transform", &format!("translate({x:.1} 0)"));
        dom::set_attribute(panels::timeline::VEIL, "transform", &format!("translate({x:.1} 0)"));
        if model.ui.screen == Screen::Page {
            let picture = panels::stage::PICTURE;
            match self.pictures.paint(model, dom::is_empty(picture)) {
                view::pictures::Paint::Nothing => {}
                view::pictures::Paint::Whole(svg) => dom::set_markup(picture, &svg),
                view::pictures::Paint::Groups(groups) => {
                    for group in groups {
                        dom::set_group(
                            picture,
                            group.index,
                            &group.class,
                            &group.transform,
                            group.opacity,
                            group.offset,
                            group.inside.as_deref(),
                        );
                    }
                }
            }
        }
    }

    fn header(&self, model: &Model, context: &Context) -> Html {
        let texts = context.texts;
        let ui = &model.ui;
        let mut entries: Vec<(AttrValue, AttrValue, bool)> = Vec::new();
        for (i, story) in STORIES.iter().enumerate() {
            entries.push((
                story.title(texts.language.lang()).into(),
                story.key.into(),
                ui.origin == state::Origin::Story(i),
            ));
        }
        for (i, sample) in SAMPLES.iter().enumerate() {
            entries.push((
                sample.title(texts.language.lang()).into(),
                sample.key.into(),
                ui.origin == state::Origin::Sample(i),
            ));
        }
        let choose = context.send.reform(|i: usize| match i.checked_sub(STORIES.len()) {
            None => UiAction::Story(i),
            Some(sample) => UiAction::Sample(sample),
        });
        let releases = PROFILES
            .iter()
            .map(|p| {
                (
                    AttrValue::from(format!("v{}", p.name)),
                    AttrValue::from(p.git_version),
                    p.name == ui.release,
                )
            })
            .collect::<Vec<_>>();
        let release = context.send.reform(|i: usize| UiAction::Release(PROFILES[i].name));
        let sample_label = html! { <><span class="muted head__word">{texts.sample}</span><b>{ui.origin.title(texts)}</b></> };
        let release_label =
            html! { <><span class="head__word">{"Kubernetes"}</span>{format!("v{}", ui.release)}</> };
        let dark = ui.is_dark();
        let other = if texts.language == Language::Ko { Language::En } else { Language::Ko };
        html! {
            <header class="head">
                <button type="button" class="head__brand" aria-label={format!("Ordinal, {}", texts.home)} onclick={context.says(UiAction::Home).reform(|_: MouseEvent| ())}><Logo />{"Ordinal"}</button>
                if ui.screen == Screen::Page { <h1 class="visually-hidden">{texts.title}</h1> }
                <Menu id="samples" label={sample_label} {entries} onchoose={choose} />
                <span class="head__space"></span>
                <Menu id="releases" class="button--quiet" label={release_label} entries={releases} onchoose={release} />
                <span class="head__sep"></span>
                <Button class="head__share" icon="share" onpress={context.says(UiAction::Open(Some(Dialog::Share)))}><span class="head__word">{texts.share}</span></Button>
                <IconButton icon={if dark { "sun" } else { "moon" }} label={if dark { texts.theme_light } else { texts.theme_dark }}
                    class="head__theme" onpress={context.says(UiAction::Theme(if dark { Theme::Light } else { Theme::Dark }))} />
                <IconButton icon="settings" label={texts.settings} onpress={context.says(UiAction::Open(Some(Dialog::Settings)))} />
                <IconButton icon="help" label={texts.help} key_hint="?" class="head__help" onpress={context.says(UiAction::Open(Some(Dialog::Help)))} />
                <button type="button" class="button button--quiet head__lang" lang={other.code()} onclick={context.says(UiAction::Language(other)).reform(|_: MouseEvent| ())}>{texts.other_language}</button>
            </header>
        }
    }

    fn first(&self, model: &mut Model, context: &Context) -> Html {
        let width = model.ui.stage_size.0.clamp(300.0, 760.0);
        let stage = self.pictures.still(model, width);
        let legend = context
            .texts
            .legend
            .iter()
            .map(|(state, _)| view::track::legend(state).into())
            .collect::<Vec<AttrValue>>();
        html! { <panels::first::First context={context.clone()} {stage} lanes={self.lanes.clone()} {legend} has_kept={model.ui.has_kept} /> }
    }

    fn time(&self, model: &mut Model, context: &Context, spoken: AttrValue) -> Html {
        let track = view::track::read(model, &self.pictures);
        let position = model.player.position();
        html! {
            <footer class="time">
                <panels::transport::Transport context={context.clone()} playing={model.ui.playing} is_blank={model.player.is_blank()}
                    seconds={position.time.0 as f64 / 1000.0} end={view::track::end_seconds(&model.player)} is_computing={self.computing}
                    speed={model.ui.speed} spacing={model.ui.spacing} />
                <panels::timeline::TimelinePanel context={context.clone()} {track} width={model.ui.track_width} step={model.player.step()}
                    last={model.player.steps().len() - 1} {spoken} />
            </footer>
        }
    }

    fn page(&self, model: &mut Model, context: &Context, caption: view::Caption, spoken: AttrValue) -> Html {
        let texts = context.texts;
        // Where the page is wide, the manifest and the terminal have places of their own and the side shows Why.
        if dom::window_size().0 >= 1200.0 && matches!(model.ui.panel, Panel::Manifest | Panel::Terminal) {
            model.ui.panel = Panel::Reasons;
        }
        let panel = model.ui.panel;
        let stage = self.pictures.stage(model);
        let time = self.time(model, context, spoken);
        let chosen = PANELS.iter().position(|entry| entry.panel == panel).unwrap_or(0);
        let tabs: Vec<Tab> = PANELS
            .iter()
            .map(|entry| Tab {
                id: entry.id,
                label: (entry.label)(texts).into(),
                class: if entry.is_narrow { "tabs__tab--narrow" } else { "" },
            })
            .collect();
        let reasons = view::reasons::read(model, &self.pictures);
        let now = model.player.moving_position(model.ui.spacing).time;
        let blocks = view::terminal::blocks(model.player.transcript(), now);
        let mut marks = view::marks(model);
        if panel == Panel::Reasons {
            marks.cited = reasons.cited();
        }
        let side = self.side(model, context, reasons);
        let narrow = match panel {
            Panel::Manifest => "manifest",
            Panel::Terminal => "terminal",
            _ => "side",
        };
        let ui = &model.ui;
        html! {
            <div class={classes!("page", format!("page--{narrow}"))}>
                {self.header(model, context)}
                <main class="work">
                    if let Some(notice) = &ui.notice { <p class="notice notice--warn work__notice" role="alert"><Icon name="warn" /><span>{notice}</span></p> }
                    <panels::caption::CaptionPanel context={context.clone()} {caption} />
                    <panels::stage::StagePanel context={context.clone()} {stage} room={if dom::window_size().0 < 900.0 { f64::MAX } else { ui.stage_size.1 }} selected={ui.selected.clone()} />
                </main>
                {time}
                <div class="sidetabs"><Tabs label={texts.panels} {tabs} {chosen} controls="side"
                    onchoose={context.send.reform(|i: usize| UiAction::Show(PANELS[i].panel))} /></div>
                <aside id="side" class="side" role="tabpanel" aria-labelledby={PANELS[chosen].id}>{side}</aside>
                <panels::manifest::ManifestPanel context={context.clone()} text={ui.manifest.clone()} problems={ui.problems.clone()} {marks}
                    is_changed={ui.manifest != ui.applied} />
                <panels::terminal::TerminalPanel context={context.clone()} {blocks} lines={ui.lines.clone()} nearest={ui.nearest.clone()} />
            </div>
        }
    }

    fn side(&self, model: &mut Model, context: &Context, reasons: view::Reasons) -> Html {
        let context = context.clone();
        match model.ui.panel {
            Panel::Names => {
                let names = view::names::read(model, &self.pictures);
                html! { <panels::names::NamesPanel {context} {names} asked_from={model.ui.asked_from.clone()} /> }
            }
            Panel::Events => {
                let rows = view::events::rows(&model.player, model.ui.all_events);
                html! { <panels::events::EventsPanel {context} {rows} all={model.ui.all_events} now={model.player.position().happenings} /> }
            }
            Panel::Objects => {
                let object = view::objects::read(model);
                html! { <panels::objects::ObjectsPanel {context} {object} /> }
            }
            Panel::Claims => {
                let position = model.player.position();
                let rows = view::claims::rows(model.player.still(position).store());
                html! { <panels::claims::ClaimsPanel {context} {rows} /> }
            }
            _ => {
                let ui = &model.ui;
                let refused = ui.errors() > 0;
                let mended = if refused {
                    editor::mend_all(&ui.manifest, ui.language.lang()).map(AttrValue::from)
                } else {
                    None
                };
                let text = if refused { ui.manifest.clone() } else { String::new() };
                html! { <panels::reasons::ReasonsPanel {context} {reasons} problems={ui.problems.clone()} {text} {mended} /> }
            }
        }
    }

    fn dialogs(&self, model: &Model, context: &Context) -> Html {
        let texts = context.texts;
        let ui = &model.ui;
        let (title, class) = match ui.dialog {
            Some(Dialog::Share) => (texts.share, "dialog--share"),
            Some(Dialog::Settings) => (texts.settings, "dialog--settings"),
            Some(Dialog::Help) => (texts.help, "dialog--help"),
            None => ("", ""),
        };
        let inside = match ui.dialog {
            Some(Dialog::Share) => {
                let text = model.player.text();
                let link = format!("{}#{}", url::base(), link::write(&text));
                html! { <panels::share::Share context={context.clone()} {link} {text} /> }
            }
            Some(Dialog::Settings) => {
                html! { <panels::settings::Settings context={context.clone()} theme={ui.theme} letters={ui.letters} less_motion={ui.less_motion} /> }
            }
            Some(Dialog::Help) => html! { <panels::help::Help context={context.clone()} /> },
            None => Html::default(),
        };
        html! {
            <super::widgets::Dialog open={ui.dialog.is_some()} {title} {class} close_label={texts.close} onclose={context.says(UiAction::Open(None))}>
                {inside}
            </super::widgets::Dialog>
        }
    }
}

fn later(f: impl FnOnce() + 'static) {
    frames::after(0, f);
}

/// What was kept or asked for by the address: choices, the run, the text.
fn restore(model: &mut Model) -> Option<String> {
    let ui = &mut model.ui;
    ui.system_dark = dom::prefers_dark();
    let asked = |name: &str| url::parameter(name).or_else(|| storage::get(name));
    ui.language = asked("lang")
        .and_then(|code| Language::from_code(&code))
        .or_else(|| Language::from_code(&dom::language()))
        .unwrap_or(Language::Ko);
    ui.theme = asked("theme").map_or(Theme::Auto, |code| Theme::from_code(&code));
    ui.letters = storage::get("letters").is_none_or(|v| v != "false");
    ui.less_motion = dom::prefers_less_motion() || storage::get("motion").is_some_and(|v| v == "less");
    ui.speed =
        storage::get("speed").and_then(|v| v.parse().ok()).unwrap_or(2).min(super::player::SPEEDS.len() - 1);
    if let Some(linked) = link::read(&url::fragment()) {
        ui.screen = Screen::Page;
        ui.origin = state::Origin::Own;
        let manifest = state::open_link(model, linked);
        url::clear_fragment();
        return Some(state::take_text(model, manifest.unwrap_or_default()));
    }
    if let Some(sample) =
        url::parameter("sample").and_then(|slug| SAMPLES.iter().position(|s| s.slug == slug))
    {
        update(model, UiAction::Sample(sample));
        return Some(model.ui.manifest.clone());
    }
    if let Some(text) = storage::get("run") {
        model.ui.screen = Screen::Page;
        model.ui.origin = state::Origin::Own;
        let manifest = state::open_run(model, &text);
        if let Some(manifest) = manifest {
            model.ui.applied = manifest;
        }
        let kept = storage::get("manifest").unwrap_or_else(|| model.ui.applied.clone());
        model.opening = Some(usize::MAX);
        let applied = model.ui.applied.clone();
        let text = state::take_text(model, kept);
        model.ui.applied = applied;
        return Some(text);
    }
    state::open_story_still(model);
    None
}
