//! The shell: turns the model into a page, carries out effects, and runs the one frame loop.
//!
//! Yew draws once per step. Between steps `App::paint` alone writes the picture, the clock and the line of now, and
//! it is also what writes them after every drawing, so the two never disagree.

use super::choices::choices;
use super::lesson;
use super::lobby;
use super::panels::header::header;
use super::panels::{self, Context, PANELS, PanelEntry};
use super::platform::{clipboard, dom, frames, parts, storage, url};
use super::present::{self, Act};
use super::remote;
use super::state::{Dialog, Effect, Model, Origin, Panel, Screen, UiAction};
use super::update::{self, update};
use super::view;
use super::widgets::{self, Tab, announcer, icon, tabs};
use crate::samples::SAMPLES;
use crate::scenario::link;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::prelude::*;

/// A slice of computing takes at most so long, so that no press waits.
const SLICE_MS: f64 = 12.0;
/// Steps of the engine between two looks at the clock.
const SLICE_STEPS: usize = 1;
/// Computing that takes no longer is not worth a word.
const BUSY_MS: f64 = 300.0;

/// A window lower than this is low (`styles/shell.css` has the same number), and beside the picture it has so much.
const LOW: f64 = 560.0;
const AROUND_LOW: f64 = 196.0;
/// Beside the picture of an embedded page (`styles/panels/embed.css`).
const AROUND_EMBED: f64 = 188.0;
/// And so much more with words twice as large.
const MORE_EMBED: f64 = 64.0;

/// The parts of the page that F6 goes through, in the order of reading, and what gets the focus there.
const REGIONS: &[(&str, &str)] = &[
    ("#stage", "#stage"),
    (".time", "#play"),
    (".sidetabs", "[role=tab][aria-selected=true]"),
    ("#manifest-panel", "#manifest"),
    ("#terminal-panel", "#prompt"),
];

/// The page.
pub struct App {
    model: Rc<RefCell<Model>>,
    context: Context,
    frames: frames::FrameLoop,
    /// Since when something is computed.
    computing: Option<f64>,
    /// While something is computed, the page is not drawn again before.
    draw_at: Cell<f64>,
    /// The pictures of the stories, computed one after another while nothing else is to do.
    text_timer: u32,
    /// What the address was last told of a lesson.
    told: String,
    pictures: view::Pictures,
}

/// Properties of [`App`].
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// What was pressed before the engine was there.
    #[prop_or_default]
    pub wish: Option<UiAction>,
}

/// What the component hears.
pub enum Message {
    /// Something happened.
    Do(UiAction),
    /// A slice of computing is due.
    Slice,
    /// The editor's text has rested.
    Keep,
    /// The window has another size.
    Measure,
}

/// The page with its engine. The build cuts the module here (`xtask/split`): what only this function needs comes later,
/// so it has to stay a function of its own.
#[inline(never)]
pub fn app(wish: Option<UiAction>) -> Html {
    html! { <App {wish} /> }
}

impl Component for App {
    type Message = Message;
    type Properties = AppProps;

    fn create(ctx: &yew::Context<Self>) -> Self {
        let mut model = Model::default();
        let editor_text = restore(&mut model);
        let send = ctx.link().callback(Message::Do);
        // The first picture is there already: what comes in its place is as large from the beginning.
        let size = dom::size_of(panels::first::PICTURE);
        if size.0 > 0.0 {
            model.ui.stage_size = size;
        }
        let model = Rc::new(RefCell::new(model));
        {
            let (model, send) = (model.clone(), send.clone());
            dom::on_key(move |key| {
                let pressed = {
                    let model = model.borrow();
                    let letters = model.ui.letters;
                    let course = model.course.as_ref();
                    let presented = model.ui.present.is_on.then(|| present::key(&key, course)).flatten();
                    match presented.map(Some).or_else(|| lesson::keys::action(&key, course, letters)) {
                        Some(answer) => answer,
                        None => super::keys::action(&key, letters),
                    }
                };
                match pressed {
                    Some(action) => {
                        send.emit(action);
                        true
                    }
                    None => false,
                }
            });
        }
        {
            let (model, send) = (model.clone(), send.clone());
            remote::listen(move |request| {
                let (actions, answer) = remote::answer(&mut model.borrow_mut(), request);
                actions.into_iter().for_each(|action| send.emit(action));
                answer
            });
        }
        {
            let send = send.clone();
            dom::on_hidden(move || send.emit(UiAction::Hidden));
        }
        {
            let link = ctx.link().clone();
            dom::on_resize(move || link.send_message(Message::Measure));
        }
        let language = model.borrow().ui.language;
        if !model.borrow().ui.is_embed {
            lesson::errands::listen(send.clone());
        }
        if let Some((from, step)) = lesson::errands::asked_for() {
            lesson::errands::run(lesson::play::Errand::Lesson(from, step), language, send.clone());
        }
        let texts = model.borrow().ui.texts();
        let mut app = App {
            model,
            context: Context { texts, send },
            frames: frames::FrameLoop::default(),
            computing: None,
            draw_at: Cell::new(0.0),
            text_timer: 0,
            told: String::new(),
            pictures: view::Pictures::default(),
        };
        app.set_document();
        parts::style("panels.css");
        if app.model.borrow().ui.present.is_on {
            parts::style(present::STYLE);
            parts::call(present::PART, "begin", "");
            // A reload comes back to this run.
            storage::set("run", &app.model.borrow().player.text());
        }
        app.compute(ctx);
        // The text area fills itself from the model when it is mounted.
        drop(editor_text);
        if let Some(wish) = &ctx.props().wish {
            ctx.link().send_message(Message::Do(wish.clone()));
        }
        app
    }

    fn update(&mut self, ctx: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Do(UiAction::NextRegion(by)) => {
                dom::focus_region(REGIONS, by);
                false
            }
            Message::Do(UiAction::SeekPlace(place)) => {
                let step = self.pictures.timeline(&mut self.model.borrow_mut()).axis.step_at(place);
                self.act(ctx, UiAction::SeekStep(step))
            }
            Message::Do(UiAction::ChapterBy(by)) if self.model.borrow().ui.present.is_on => {
                let starts = view::present::slides(&mut self.model.borrow_mut(), &self.pictures).1;
                self.act(ctx, UiAction::Class(Act::Slide(by, starts)))
            }
            Message::Do(UiAction::Lesson(lesson::Act::Pick(by))) => {
                let mut model = self.model.borrow_mut();
                let stage = self.pictures.stage(&mut model);
                let slots: Vec<_> = stage.slots.into_iter().map(|slot| slot.key).collect();
                lesson::play::pick(&mut model, &slots, by).is_some()
            }
            Message::Do(UiAction::TryOthers) => {
                view::reasons::try_others(&mut self.model.borrow_mut(), &self.pictures);
                self.act(ctx, UiAction::TryOthers)
            }
            Message::Do(action) => self.act(ctx, action),
            Message::Slice => {
                let done = {
                    let mut model = self.model.borrow_mut();
                    let until = frames::now() + SLICE_MS;
                    loop {
                        let done = super::others::work(&mut model, SLICE_STEPS);
                        if done || frames::now() > until {
                            break done;
                        }
                    }
                };
                if done {
                    self.computing = None;
                    return self.act(ctx, UiAction::Computed);
                }
                self.soon(ctx, Message::Slice);
                // Drawing may cost more than the slice: it gets a part of the time, and computing the rest.
                let now = frames::now();
                if now < self.draw_at.get() {
                    return false;
                }
                let drawn = self.act(ctx, UiAction::Computed);
                self.draw_at.set(frames::now() + 4.0 * (frames::now() - now));
                drawn
            }
            Message::Keep => {
                self.text_timer -= 1;
                if self.text_timer == 0 {
                    storage::set("manifest", &self.model.borrow().ui.manifest);
                }
                false
            }
            Message::Measure => {
                self.measure(ctx);
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
                html! { <div class="page page--first">{header(&model.ui, &context)}{self.first(model, &context)}{self.time(model, &context, spoken)}</div> }
            }
            Screen::Page => self.page(model, &context, caption, spoken),
        };
        html! {
            <>
                <a class="skip" href="#stage">{texts.skip_to_stage}</a>
                {page}
                {announcer(said)}
                {self.dialogs(model, &context)}
            </>
        }
    }

    fn rendered(&mut self, ctx: &yew::Context<Self>, _first: bool) {
        self.paint();
        dom::place_boxes(panels::stage::AREA);
        dom::show_dialog(widgets::DIALOG, self.model.borrow().ui.dialog.is_some());
        self.measure(ctx);
        let model = self.model.borrow();
        if model.ui.present.is_on && model.moment.is_none() {
            storage::set("place", &["e", &model.player.position().happenings.to_string()].concat());
        }
        drop(model);
        self.tell_address();
        dom::announce("ordinal:drawn");
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
                Effect::Insert(text) => drop(dom::exec_insert(&text)),
                Effect::WholeScreen => dom::toggle_whole_screen(),
                Effect::Keep(..) if self.model.borrow().ui.is_embed => {}
                // Nothing of what was seen of a real cluster is kept, its manifest neither.
                Effect::Keep("manifest", _) if self.model.borrow().player.run().is_observed() => {}
                Effect::Keep("manifest", _) => {
                    self.text_timer += 1;
                    let link = ctx.link().clone();
                    frames::after(400, move || link.send_message(Message::Keep));
                }
                Effect::Keep(name, value) => storage::set(name, &value),
                // A lesson is kept by its name, and what the visitor had before it stays.
                Effect::KeepRun if self.keeps_nothing() => {}
                Effect::Lesson(errand) => {
                    let language = self.model.borrow().ui.language;
                    lesson::errands::run(errand, language, self.context.send.clone());
                }
                Effect::Visit(fragment) => url::visit(&fragment),
                Effect::KeepRun => storage::set("run", &self.model.borrow().player.text()),
                Effect::Forget => {
                    ["run", "manifest", "speed", "letters", "motion"].into_iter().for_each(storage::remove);
                }
                Effect::Document => self.set_document(),
                Effect::Mode(mode) => url::set_mode(mode),
                Effect::Part(part, function, text) => {
                    if part == present::PART {
                        parts::style(present::STYLE);
                    }
                    parts::call(part, function, &text);
                }
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

    fn keeps_nothing(&self) -> bool {
        let model = self.model.borrow();
        // What was seen of a real cluster is not kept either.
        model.ui.is_embed || model.course.is_some() || model.player.run().is_observed()
    }

    /// The address names the lesson and its step, so that it can be passed on and loaded again.
    fn tell_address(&mut self) {
        let model = self.model.borrow();
        let place = lesson::errands::place(model.course.as_ref());
        if !model.ui.is_embed && place != self.told {
            url::set_lesson(&place);
            self.told = place;
        }
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
        if self.computing.is_none() {
            self.computing = Some(frames::now());
            self.draw_at.set(0.0);
            self.soon(ctx, Message::Slice);
        }
    }

    fn set_document(&self) {
        let model = self.model.borrow();
        dom::set_document(model.ui.language.code(), model.ui.theme_code(), model.ui.texts().title);
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

    fn first(&self, model: &mut Model, context: &Context) -> Html {
        let width = model.ui.stage_size.0.clamp(300.0, 760.0);
        let still = match model.opening.is_some() && model.ui.origin == Origin::Story(0) {
            true => lobby::still(model.ui.language).to_string(),
            false => self.pictures.still(model, width).svg,
        };
        let legend = context
            .texts
            .legend
            .iter()
            .map(|(state, _)| view::track::legend(state).into())
            .collect::<Vec<AttrValue>>();
        let lanes = lobby::LANES.iter().map(|svg| AttrValue::from(*svg)).collect();
        let pictures = panels::first::FirstPictures { still: still.into(), lanes, legend };
        panels::first::first(context, &pictures, model.ui.has_kept)
    }

    /// Asks how large the places of the pictures are, which a drawing or the window may have changed.
    fn measure(&self, ctx: &yew::Context<Self>) {
        let (stage, place) = {
            let ui = &self.model.borrow().ui;
            let is_first = ui.screen == Screen::First;
            (ui.stage_size, if is_first { panels::first::PICTURE } else { panels::stage::AREA })
        };
        let size = dom::size_of(place);
        if size.0 > 0.0 && size != stage {
            ctx.link().send_message(Message::Do(UiAction::StageSize(size.0, size.1)));
        }
        let (width, _) = dom::size_of(panels::timeline::AREA);
        if width > 0.0 && width != self.model.borrow().ui.track_width {
            ctx.link().send_message(Message::Do(UiAction::TrackWidth(width)));
        }
    }

    fn time(&self, model: &mut Model, context: &Context, spoken: AttrValue) -> Html {
        let track = view::track::read(model, &self.pictures);
        let seconds = model.player.position().time.0 as f64 / 1000.0;
        let end = view::track::end_seconds(&model.player).max(seconds);
        let place = panels::timeline::Place {
            width: model.ui.track_width,
            step: model.player.step(),
            last: model.player.steps().len() - 1,
            spoken,
            is_busy: self.computing.is_some_and(|since| frames::now() - since > BUSY_MS),
        };
        html! {
            <footer class="time">
                {panels::transport::transport(context, &model.ui, model.player.is_blank(), seconds, end)}
                {panels::timeline::timeline(context, &track, place)}
            </footer>
        }
    }

    fn page(&self, model: &mut Model, context: &Context, caption: view::Caption, spoken: AttrValue) -> Html {
        let texts = context.texts;
        let (width, height) = dom::window_size();
        model.ui.is_low = width < 900.0 && height < LOW && !model.ui.present.is_on;
        // Where the page is wide, the manifest and the terminal have places of their own and the side shows Why.
        let is_embed = model.ui.is_embed;
        let presents = model.ui.present.is_on;
        model.ui.present.height = height;
        let alone = is_embed || presents;
        let has_no_place = match model.ui.panel {
            Panel::Stage => !alone,
            Panel::Manifest | Panel::Terminal => width >= 1200.0 && !alone,
            Panel::Lesson => model.course.is_none(),
            _ => false,
        };
        if has_no_place {
            model.ui.panel = Panel::Reasons;
        }
        let panel = model.ui.panel;
        let all = if is_embed { panels::embed::TABS } else { PANELS };
        let has_lesson = model.course.is_some();
        let tabs_here: Rc<[&PanelEntry]> = all
            .iter()
            .filter(|entry| entry.panel != Panel::Lesson || has_lesson)
            .filter(|entry| model.ui.looks.has_panel(entry.panel))
            .collect();
        let mut stage = self.pictures.stage(model);
        stage.named =
            model.course.as_ref().and_then(|course| course.named(stage.slots.iter().map(|s| &s.key)));
        let time = self.time(model, context, spoken);
        let chosen = tabs_here.iter().position(|entry| entry.panel == panel).unwrap_or(0);
        let row: Vec<Tab> = tabs_here
            .iter()
            .map(|entry| Tab {
                id: entry.id,
                label: (entry.label)(texts),
                class: if entry.is_narrow { "tabs__tab--narrow" } else { "" },
            })
            .collect();
        let reasons = view::reasons::read(model, &self.pictures);
        let (slide, slides) = if presents { view::present::place(model, &self.pictures) } else { (0, 0) };
        let now = model.player.moving_position(model.ui.spacing).time;
        let transcript = model.player.transcript();
        let blocks = view::terminal::blocks(&transcript[model.ui.cleared.min(transcript.len())..], now);
        let mut marks = view::marks(model);
        if panel == Panel::Reasons {
            marks.cited = reasons.cited();
        }
        let side = self.side(model, context, reasons);
        let narrow = match panel {
            Panel::Manifest => "manifest",
            Panel::Terminal => "terminal",
            Panel::Stage => "stage",
            Panel::Lesson => "side page--lesson",
            _ => "side",
        };
        let release = match &model.compare {
            Some(compare) if model.ui.says_release => view::compare::says(compare, &model.player, model),
            _ => None,
        };
        let ui = &model.ui;
        let height = match dom::window_size() {
            _ if presents => ui.stage_size.1,
            (_, height) if ui.is_embed => height - AROUND_EMBED - (ui.looks.size - 1.0) * MORE_EMBED,
            (_, height) if ui.is_low => height - AROUND_LOW,
            // A narrow page scrolls.
            (width, _) if width < 900.0 => f64::MAX,
            _ => ui.stage_size.1,
        };
        let room = panels::stage::Room { height, enlarge: ui.enlarge() };
        let (labelled, shown) = (tabs_here.get(chosen).map_or("", |entry| entry.id), tabs_here.clone());
        let choose = context.send.reform(move |i: usize| UiAction::Show(shown[i].panel));
        let picked = model.course.as_ref().and_then(lesson::Course::picked);
        let head = if presents {
            let title = view::present::title(model, &caption.chapter);
            panels::present::head(context, ui, &title, slide, slides)
        } else if is_embed {
            let row = tabs(texts.panels, &row, chosen, "side", &choose);
            panels::embed::head(context, ui, row)
        } else {
            header(ui, context)
        };
        html! {
            <div class={classes!("page", format!("page--{narrow}"), ui.looks.classes(), is_embed.then_some("page--embed"), presents.then_some("page--present projector"))}>
                {head}
                <main class="work">
                    if let Some(notice) = &ui.notice { <p class="notice notice--warn work__notice" role="alert">{icon("warn")}<span>{notice}</span></p> }
                    if let Some(says) = &release { {panels::header::release_notice(context, says)} }
                    if let Some(course) = model.course.as_ref().filter(|_| presents) { {panels::present::lesson(context, course, &caption)} }
                    else { {panels::caption::caption(context, &caption, ui.by_node)} }
                    {panels::stage::stage(context, &stage, room, picked.or(ui.selected.as_ref()))}
                </main>
                {time}
                <aside class="aside" aria-label={texts.panels}>
                    if !alone { <div class="sidetabs">{tabs(texts.panels, &row, chosen, "side", &choose)}</div> }
                    if presents { <div id="side" class="side" tabindex="0">{side}</div> }
                    else { <div id="side" class="side" role="tabpanel" tabindex="0" aria-labelledby={labelled}>{side}</div> }
                </aside>
                <panels::manifest::ManifestPanel context={context.clone()} text={ui.manifest.clone()} problems={ui.problems.clone()} {marks} offers={ui.offers.join("  ")}
                    is_changed={ui.manifest != ui.applied} />
                {panels::terminal::terminal(context, &blocks, &ui.near)}
                if ui.present.is_blank { {panels::present::blank(context)} }
            </div>
        }
    }

    fn side(&self, model: &mut Model, context: &Context, reasons: view::Reasons) -> Html {
        match model.ui.panel {
            Panel::Lesson => {
                let Some(course) = &model.course else { return Html::default() };
                let after = match &course.from {
                    lesson::From::Page(slug) if course.is_over() => model.shelf.after(slug, 2),
                    _ => Vec::new(),
                };
                panels::lesson::lesson(context, course, &after)
            }
            Panel::Names => {
                let names = view::names::read(model, &self.pictures);
                panels::names::names(context, &names, &model.ui)
            }
            Panel::Events => {
                let rows = view::events::rows(&model.player, model.ui.all_events);
                let chain = model
                    .ui
                    .chain
                    .map(|at| (at, view::events::chain(&model.player, at, model.ui.language.lang())));
                panels::events::events(context, &rows, model.ui.all_events, chain.as_ref())
            }
            Panel::Objects => panels::objects::objects(context, view::objects::read(model).as_ref()),
            Panel::Claims => panels::claims::claims(context, &view::claims::read(model)),
            Panel::Compare => panels::compare::compare(context, &view::compare::read(model, &self.pictures)),
            _ if model.ui.errors() > 0 => {
                panels::reasons::refused(context, &model.ui.problems, &model.ui.manifest)
            }
            _ => panels::reasons::reasons(context, &reasons, &view::promises::rows(model)),
        }
    }

    fn dialogs(&self, model: &Model, context: &Context) -> Html {
        let texts = context.texts;
        let ui = &model.ui;
        let (title, class) = match ui.dialog {
            Some(Dialog::Share) => (texts.share, "dialog--share"),
            Some(Dialog::Settings) => (texts.settings, "dialog--settings"),
            Some(Dialog::Help) => (texts.help, "dialog--help"),
            Some(Dialog::GoTo) => (texts.go_to, "dialog--goto"),
            Some(Dialog::Cluster) => (texts.own_cluster, "dialog--share"),
            Some(Dialog::Lessons) => (texts.lessons, "dialog--lessons"),
            None => ("", ""),
        };
        let inside = ui.dialog.map(|dialog| match dialog {
            Dialog::Share => {
                let text = model.player.text();
                let (run, position) = (model.player.run(), model.player.position());
                let at = format!("&t=e{}", position.happenings);
                let parts = panels::share::Parts {
                    base: url::base(),
                    fragment: [link::write(&text), at].concat(),
                    still: link::pack(&crate::program::still(run, position, ui.language.lang())),
                    title: ui.origin.title(texts).into(),
                    lang: ui.language.code(),
                    records: dom::can_record(),
                };
                let long = parts.link().len() > link::LONG;
                panels::share::share(context, &parts, ui.share_code, long, &text)
            }
            Dialog::Settings => panels::settings::settings(context, ui),
            Dialog::Help => panels::help::help(context),
            Dialog::Lessons => panels::lessons::lessons(context, &model.shelf),
            Dialog::GoTo => panels::go_to::go_to(context, ui.not_found.as_deref()),
            Dialog::Cluster => panels::cluster::cluster(context, &ui.log),
        });
        let close = context.send.reform(|()| UiAction::Open(None));
        widgets::dialog(title, class, texts.close, close, inside)
    }
}

fn later(f: impl FnOnce() + 'static) {
    frames::after(0, f);
}

/// What was kept or asked for by the address: choices, the run, the text.
fn restore(model: &mut Model) -> Option<String> {
    choices(&mut model.ui);
    model.shelf.take_up(&storage::get("lessons").unwrap_or_default());
    model.is_asked_nothing = !model.ui.looks.asks;
    let ui = &mut model.ui;
    if lesson::errands::asked_for().is_some() {
        ui.screen = Screen::Page;
        update::open_run(model, "");
        return None;
    }
    if let Some(linked) = link::read(&url::fragment()) {
        ui.screen = Screen::Page;
        model.moment = link::moment(&url::fragment());
        let manifest = update::open_link(model, linked);
        // Who has pressed a sleeping page wants to see it play.
        let is_pressed = model.ui.is_embed && url::parameter("start").is_none_or(|s| s == "click");
        model.play_when_ready = !model.ui.less_motion && model.ui.looks.autoplay.unwrap_or(is_pressed);
        if !model.ui.is_embed {
            url::clear_fragment();
        }
        return Some(update::take_text(model, manifest.unwrap_or_default()));
    }
    if let Some(sample) =
        url::parameter("sample").and_then(|slug| SAMPLES.iter().position(|s| s.slug == slug))
    {
        update(model, UiAction::Sample(sample));
        return Some(model.ui.manifest.clone());
    }
    if model.ui.is_embed {
        model.ui.screen = Screen::Page;
        return update::open_story_still(model);
    }
    if let Some(text) = storage::get("run") {
        model.ui.screen = Screen::Page;
        model.ui.origin = Origin::Own;
        let manifest = update::open_run(model, &text);
        if let Some(manifest) = manifest {
            model.ui.applied = manifest;
        }
        let kept = storage::get("manifest").unwrap_or_else(|| model.ui.applied.clone());
        match storage::get("place").filter(|_| model.ui.present.is_on) {
            Some(place) => model.moment = Some(place),
            None => model.opening = Some(usize::MAX),
        }
        let applied = model.ui.applied.clone();
        let text = update::take_text(model, kept);
        model.ui.applied = applied;
        return Some(text);
    }
    update::open_story_still(model);
    if model.ui.present.is_on {
        model.opening = None;
    }
    None
}
