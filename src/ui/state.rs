//! The model of the page, everything that can happen to it, and the one function that takes the next step.
//!
//! [`update`] changes the model and answers with effects: what the browser has to do besides being drawn. It calls
//! nothing of the browser itself, so whole visits can be played on the host.

use super::cluster_log::{self, ClusterLog};
use super::complete::complete;
use super::editor::{self, Problem};
use super::lesson::{self, Course, play::Errand, shelf::Shelf};
use super::looks::Looks;
use super::others::{Change, Compare, Other, Tries};
use super::panels::terminal::Near;
use super::player::{Advance, Player, SPEEDS, Spacing};
use super::present::{self, Present};
use super::texts::{Language, Texts};
use crate::api::hash::fnv1a;
use crate::api::{Kind, ObjectKey, Profile};
use crate::component::What;
use crate::lessons::Answer;
use crate::program::export::{film, handout};
use crate::program::{File, picture_file};
use crate::samples::{SAMPLES, STORIES};
use crate::scenario::link::{self, Linked};
use crate::scenario::observed;
use crate::scenario::{Directive, heredoc_words};
use crate::session::{MOST_PODS, Promises};
use crate::sim::{SimDuration, SimTime};
use std::rc::Rc;

/// What fills the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// One sentence, one button, other stories.
    First,
    /// Manifest, stage, terminal, panels.
    Page,
}

/// The tabs at the side. The manifest and the terminal are tabs only where the page is narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the panel of that file")]
pub enum Panel {
    #[default]
    Reasons,
    /// Only while there is a lesson.
    Lesson,
    /// The picture, where panels take its place (an embedded page).
    Stage,
    Names,
    Events,
    Objects,
    Claims,
    Compare,
    Manifest,
    Terminal,
}

/// What stands over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the dialog of that file")]
pub enum Dialog {
    Share,
    Settings,
    Help,
    GoTo,
    Cluster,
    Lessons,
}

/// The chosen theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
    Contrast,
}

impl Theme {
    /// As parameters and storage have it.
    pub fn code(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Contrast => "contrast",
        }
    }
    /// The theme of a code; automatic for any other.
    pub fn from_code(code: &str) -> Theme {
        Theme::from_name(code).unwrap_or_default()
    }
    /// The theme of a code, if it is one.
    pub fn from_name(code: &str) -> Option<Theme> {
        [Theme::Auto, Theme::Light, Theme::Dark, Theme::Contrast]
            .into_iter()
            .find(|theme| theme.code() == code)
    }
}

/// Everything the page shows besides the run.
pub struct UiState {
    /// The language.
    pub language: Language,
    /// The chosen theme.
    pub theme: Theme,
    /// The system is dark.
    pub system_dark: bool,
    /// The system asks for less movement.
    pub system_still: bool,
    /// Movement is left out: wished here or by the system.
    pub less_motion: bool,
    /// Single-key shortcuts work.
    pub letters: bool,
    /// The page is a part of another one: smaller, and it keeps nothing.
    pub is_embed: bool,
    /// What a presentation shows.
    pub present: Present,
    /// What only the address can ask for.
    pub looks: Looks,
    /// What fills the page.
    pub screen: Screen,
    /// What stands over it.
    pub dialog: Option<Dialog>,
    /// The tab shown.
    pub panel: Panel,
    /// The stage shows nodes and what is on them.
    pub by_node: bool,
    /// Which page of ordinals is shown, where they do not fit; none for where something happens.
    pub page: Option<usize>,
    /// The object whose YAML is shown and whose changes are marked.
    pub selected: Option<ObjectKey>,
    /// Time runs.
    pub playing: bool,
    /// Which of [`SPEEDS`].
    pub speed: usize,
    /// How time is laid out.
    pub spacing: Spacing,
    /// The text in the editor.
    pub manifest: String,
    /// The text applied last.
    pub applied: String,
    /// What is wrong with the text in the editor.
    pub problems: Rc<Vec<Problem>>,
    /// The sample or story shown, for the header.
    pub origin: Origin,
    /// The modelled release.
    pub release: &'static str,
    /// The pod that asks for names; empty for anywhere in the cluster.
    pub asked_from: String,
    /// The event list also shows API writes.
    pub all_events: bool,
    /// The happening whose causes are shown, as [`crate::ui::view::EventRow`] numbers them.
    pub chain: Option<usize>,
    /// The release was switched, and what that changes is to be said.
    pub says_release: bool,
    /// Width and height the picture may take.
    pub stage_size: (f64, f64),
    /// The window is narrow and low, as an embed is: the picture leaves out what it can.
    pub is_low: bool,
    /// Width of the timeline.
    pub track_width: f64,
    /// A message about the run itself: a link that could not be read.
    pub notice: Option<String>,
    /// Help with the line typed last.
    pub near: Near,
    /// Old lines of the prompt, oldest first.
    pub lines: Vec<String>,
    /// How many lines back the prompt shows; 0 is the line being typed.
    pub back: usize,
    /// What Ctrl+R looks for in the old lines.
    pub wanted: String,
    /// What the word at the caret of the editor can become.
    pub offers: Vec<String>,
    /// The next change of the editor's text is our own insertion.
    pub inserting: bool,
    /// The transcript is shown from this entry on.
    pub cleared: usize,
    /// Which code the share dialog shows.
    pub share_code: usize,
    /// What was looked for in vain.
    pub not_found: Option<String>,
    /// Something worth going on with is kept in this browser.
    pub has_kept: bool,
    /// What kubectl saw of a real cluster, as far as it was dropped.
    pub log: ClusterLog,
}

/// Where the run came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A story of the first page.
    Story(usize),
    /// A sample manifest.
    Sample(usize),
    /// A lesson.
    Lesson,
    /// Typed, pasted, dropped or linked.
    Own,
    /// A real cluster that was watched.
    Cluster,
}

impl Origin {
    /// What the header calls it.
    pub fn title(self, texts: &Texts) -> &'static str {
        match self {
            Origin::Story(i) => STORIES[i].title(texts.language.lang()),
            Origin::Sample(i) => SAMPLES[i].title(texts.language.lang()),
            Origin::Lesson => texts.lesson,
            Origin::Own => texts.own_manifest,
            Origin::Cluster => texts.own_cluster,
        }
    }
}

impl UiState {
    /// The words in the chosen language.
    pub fn texts(&self) -> &'static Texts {
        self.language.texts()
    }
    /// The page is drawn dark.
    pub fn is_dark(&self) -> bool {
        match self.theme {
            _ if self.present.is_on => self.present.is_dark,
            Theme::Auto => self.system_dark,
            Theme::Light | Theme::Contrast => false,
            Theme::Dark => true,
        }
    }
    /// The theme the page is drawn in: `light`, `dark` or `contrast`.
    pub fn theme_code(&self) -> &'static str {
        match self.is_dark() {
            true => "dark",
            false if self.theme == Theme::Contrast => "contrast",
            false => "light",
        }
    }
    /// By how much the picture is enlarged, for a room or because the address says so.
    pub fn enlarge(&self) -> f64 {
        if self.present.is_on { self.present.enlarge() } else { self.looks.size }
    }
    /// The width the picture is drawn for, before it is enlarged.
    pub fn drawn_width(&self) -> f64 {
        self.stage_size.0 / self.enlarge()
    }
    /// Errors in the editor's text.
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|p| p.is_error).count()
    }
}

impl Default for UiState {
    fn default() -> Self {
        UiState {
            language: Language::Ko,
            theme: Theme::Auto,
            system_dark: false,
            system_still: false,
            less_motion: false,
            letters: true,
            is_embed: false,
            present: Present::default(),
            looks: Looks::default(),
            screen: Screen::First,
            dialog: None,
            panel: Panel::Reasons,
            by_node: false,
            page: None,
            selected: None,
            playing: false,
            speed: 2,
            spacing: Spacing::Even,
            manifest: SAMPLES[0].text.to_string(),
            applied: String::new(),
            problems: Rc::new(Vec::new()),
            origin: Origin::Story(0),
            release: Profile::default_release().name,
            asked_from: String::new(),
            all_events: false,
            chain: None,
            says_release: false,
            stage_size: (704.0, 480.0),
            is_low: false,
            track_width: 1088.0,
            notice: None,
            near: Near::default(),
            lines: Vec::new(),
            back: 0,
            wanted: String::new(),
            offers: Vec::new(),
            inserting: false,
            cleared: 0,
            share_code: 0,
            not_found: None,
            has_kept: false,
            log: ClusterLog::default(),
        }
    }
}

/// The page and the run.
#[derive(Default)]
pub struct Model {
    /// What is shown.
    pub ui: UiState,
    /// The run and the place in it.
    pub player: Player,
    /// The promises, held against the run behind it.
    pub promises: Option<Promises>,
    /// A second run on the same clock.
    pub compare: Option<Compare>,
    /// Futures that somebody asked to be tried.
    pub tries: Option<Tries>,
    /// Where the still of the first page stops: computed first, then gone to.
    pub opening: Option<usize>,
    /// The version of the run that the editor's text was held against.
    pub checked: u64,
    /// The moment that a link opens at, gone to as soon as it is computed.
    pub moment: Option<String>,
    /// Play as soon as something is computed beyond the place shown.
    pub play_when_ready: bool,
    /// The lesson under way.
    pub course: Option<Course>,
    /// The lessons there are, and how far the visitor has come.
    pub shelf: Shelf,
    /// Lessons do not ask (`questions=off`).
    pub is_asked_nothing: bool,
}

impl Model {
    /// Tells states of the second run apart, for pictures that show both.
    pub fn compared(&self) -> u64 {
        let number = |compare: &Compare| u64::from(fnv1a(compare.change.label().as_bytes())) << 32;
        self.compare.as_ref().map_or(0, |compare| number(compare) | compare.player.version)
    }
}

/// What a browser makes of the pictures of a run (`static/pictures.js`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The moment shown, twice as large.
    Png,
    /// All steps as a film.
    Film,
    /// All steps on paper.
    Print,
}

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UiAction {
    // time
    TogglePlay,
    StepBy(i32),
    EventBy(i32),
    SeekStep(usize),
    SeekTime(SimTime),
    /// A part of the timeline's width, which only the shell can turn into a step.
    SeekPlace(f64),
    SeekTenth(usize),
    SeekEnd,
    SecondsBy(i64),
    ChapterBy(i32),
    ChangeBy(i32),
    SpeedBy(i32),
    NextSpeed,
    ToggleSpacing,
    Frame(f64),
    Hidden,
    Computed,
    GoBackToFuture(usize),
    StopComputing,
    // page
    Home,
    Begin,
    PasteOwn,
    Continue,
    Story(usize),
    Sample(usize),
    Show(Panel),
    Select(Option<ObjectKey>),
    Open(Option<Dialog>),
    Escape,
    Language(Language),
    Theme(Theme),
    Letters(bool),
    LessMotion(bool),
    Release(&'static str),
    StageSize(f64, f64),
    TrackWidth(f64),
    ToggleView,
    ByNode(bool),
    PageTo(Option<usize>),
    GoTo(String),
    /// Only the shell knows which part of the page has the focus.
    NextRegion(i32),
    Present,
    /// What a presenter does.
    Class(present::Act),
    AskFrom(String),
    AllEvents(bool),
    Chain(Option<usize>),
    StartOver,
    Copy(String),
    Download(String, String),
    /// Opens this run, at this moment, on a page of its own.
    OpenWhole,
    /// The code the share dialog shows.
    ShareCode(usize),
    /// Offers the run as a file.
    Export(File),
    /// Draws the run where only a browser can.
    Draw(Drawn),
    /// Goes to a moment as links name it.
    SeekMoment(String),
    /// Opens a run, at a moment as links name it.
    OpenLink(Linked, Option<String>),
    // manifest
    Manifest(String),
    OpenText(String),
    /// Files that kubectl wrote of a real cluster: names and texts.
    ClusterLog(Vec<(String, String)>),
    Apply,
    Repair(usize),
    RepairAll,
    GoToProblem(usize),
    FocusManifest,
    // terminal
    Command(String),
    FocusTerminal,
    HistoryBy(i32),
    /// The next older line that has this in it; again, the one before.
    SearchBack(String),
    Complete(String),
    /// The editor's text up to the caret.
    CompleteField(String),
    Interrupt,
    ClearTerminal,
    /// Only the shell knows the set that is shown.
    TryOthers,
    WhatIf(Other),
    // the second run
    Compare(Option<Change>),
    FirstDifference,
    TakeOther,
    Dismiss,
    Lesson(lesson::Act),
}

/// What the browser has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for frames until time stands still again.
    Frames,
    /// Show the movement into the step just entered.
    Settle,
    /// Compute on in slices.
    Compute,
    /// Put this text into the editor as one edit.
    EditorText(String),
    /// Insert at the caret of the editor.
    Insert(String),
    /// The picture takes the whole screen, or gives it back.
    WholeScreen,
    /// Put the caret at a line and column of the editor.
    Caret(usize, usize),
    /// Put a text into the prompt.
    Prompt(String),
    /// Focus the element with this id.
    Focus(&'static str),
    /// Give the focus up.
    Blur,
    /// Keep a value.
    Keep(&'static str, String),
    /// Keep the run as text.
    KeepRun,
    /// Forget everything kept.
    Forget,
    /// Language, theme and title of the document changed.
    Document,
    /// The address says how the page is shown.
    Mode(Option<&'static str>),
    /// Call a function of a part of the page that is fetched when it is needed.
    Part(&'static str, &'static str, String),
    /// Open the page of this fragment in a window of its own.
    Visit(String),
    /// Copy a text.
    Copy(String),
    /// Offer a file.
    Download(String, String),
    /// Show the end of the transcript.
    ScrollTerminal,
    /// Only the movable parts changed: no panel has to be drawn.
    PaintOnly,
    /// Fetch something for lessons.
    Lesson(Errand),
}

/// Takes the next step.
pub fn update(model: &mut Model, action: UiAction) -> Vec<Effect> {
    let mut effects = step(model, action);
    effects.extend(lesson::play::look(model));
    effects
}

fn step(model: &mut Model, action: UiAction) -> Vec<Effect> {
    use UiAction as A;
    match action {
        action if model.ui.looks.forbids(&action) => Vec::new(),
        A::Lesson(act) => lesson::play::act(model, act),
        A::ChapterBy(by) if model.course.is_some() => lesson::play::act(model, lesson::Act::Step(by)),
        A::Select(Some(key)) if model.course.as_ref().is_some_and(Course::asks_to_pick) => {
            lesson::play::act(model, lesson::Act::Draft(Answer::Pick(key)))
        }
        A::Open(Some(Dialog::Lessons)) => lesson::play::open_list(model),
        A::TogglePlay if model.ui.playing => pause(model),
        A::TogglePlay => play(model),
        A::StepBy(by) => {
            let player = &mut model.player;
            let inside = player.position() != at_step(player);
            let to = match by {
                // Back from between two steps is to the step before.
                by if by < 0 && inside => player.step() as i64 + i64::from(by) + 1,
                by => player.step() as i64 + i64::from(by),
            };
            let known = to >= 0 && (to as usize) < player.steps().len();
            let mut effects = seek(model, |p| p.go_to_step(to.max(0) as usize));
            if by == 1 && known && !model.ui.less_motion {
                model.player.enter();
                effects.push(Effect::Settle);
            }
            effects
        }
        A::EventBy(by) => seek(model, |p| p.go_by_events(by)),
        A::SeekStep(step) => seek(model, |p| p.go_to_step(step)),
        A::SeekTime(time) => seek(model, |p| p.go_to_time(time)),
        A::SeekPlace(_) => Vec::new(),
        A::SeekTenth(tenth) => seek(model, |p| p.go_to_step((p.steps().len() - 1) * tenth.min(10) / 10)),
        A::SeekMoment(at) => match model.player.run().moment(&at) {
            Ok(position) => seek(model, |p| p.go_to(position)),
            Err(_) => Vec::new(),
        },
        A::SeekEnd => seek(model, |p| p.go_to_step(usize::MAX)),
        A::SecondsBy(by) => seek(model, |p| {
            let now = p.position().time;
            let by = SimDuration(by.unsigned_abs() * 1000).0 as i64 * by.signum();
            p.go_to_time(SimTime(now.0.saturating_add_signed(by).min(p.run().end().0)));
        }),
        A::ChapterBy(by) => seek(model, |p| {
            let now = p.position().happenings;
            let inputs: Vec<usize> = p
                .run()
                .happenings()
                .iter()
                .enumerate()
                .filter(|(_, h)| matches!(h.what, What::Input(_)))
                .map(|(i, _)| i + 1)
                .collect();
            let to = if by > 0 {
                inputs.iter().find(|i| **i > now).copied()
            } else {
                inputs.iter().rev().find(|i| **i < now).copied()
            };
            let Some(to) = to else { return p.go_to_step(if by > 0 { usize::MAX } else { 0 }) };
            let step = p.steps().iter().position(|s| s.happenings >= to).unwrap_or(usize::MAX);
            p.go_to_step(step);
        }),
        A::ChangeBy(by) => {
            let Some(key) = model.ui.selected.clone() else { return Vec::new() };
            seek(model, |p| {
                let now = p.position().happenings;
                let changes = p.run().happenings().iter().enumerate().filter_map(|(i, h)| match &h.what {
                    What::Write(write) if write.key == key && write.changed() => Some((i + 1, h.at)),
                    _ => None,
                });
                let to = if by > 0 {
                    changes.into_iter().find(|(i, _)| *i > now)
                } else {
                    changes.into_iter().rfind(|(i, _)| *i < now)
                };
                if let Some((happenings, time)) = to {
                    p.go_to(crate::session::Position { happenings, time });
                }
            })
        }
        A::SpeedBy(by) => {
            model.ui.speed = (model.ui.speed as i32 + by).clamp(0, SPEEDS.len() as i32 - 1) as usize;
            vec![Effect::Keep("speed", model.ui.speed.to_string())]
        }
        A::NextSpeed => {
            model.ui.speed = (model.ui.speed + 1) % SPEEDS.len();
            vec![Effect::Keep("speed", model.ui.speed.to_string())]
        }
        A::ToggleSpacing => {
            model.ui.spacing = if model.ui.spacing == Spacing::Even { Spacing::Real } else { Spacing::Even };
            Vec::new()
        }
        A::Frame(ms) => frame(model, ms),
        A::Hidden if model.ui.playing => pause(model),
        A::Hidden => Vec::new(),
        A::Computed => computed(model),
        A::GoBackToFuture(which) => {
            pause(model);
            stray(model);
            model.player.go_back_to_future(which);
            (model.promises, model.tries, model.ui.chain) = (None, None, None);
            vec![Effect::Compute, Effect::KeepRun]
        }
        A::StopComputing => {
            let effects = pause(model);
            model.player.stop();
            (model.opening, model.compare, model.tries) = (None, None, None);
            effects
        }
        A::Home => {
            let effects = pause(model);
            model.ui.screen = Screen::First;
            model.ui.has_kept = !model.player.is_blank();
            effects
        }
        A::Begin => {
            model.ui.screen = Screen::Page;
            model.player.go_to_step(0);
            let mut effects = play(model);
            effects.push(Effect::Focus("play"));
            effects
        }
        A::Continue => {
            model.ui.screen = Screen::Page;
            vec![Effect::Focus("play")]
        }
        A::PasteOwn => {
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Own;
            model.ui.panel = Panel::Manifest;
            new_run(model, "");
            model.ui.applied.clear();
            let mut effects = set_manifest(model, String::new());
            effects.extend([Effect::Focus("manifest"), Effect::Compute]);
            effects
        }
        A::Story(which) => {
            let story = &STORIES[which];
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Story(which);
            let manifest = open_run(model, story.scenario);
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied = model.ui.manifest.clone();
            model.play_when_ready = true;
            effects.extend([Effect::Compute, Effect::KeepRun, Effect::Focus("play")]);
            effects
        }
        A::OpenLink(linked, at) => {
            pause(model);
            model.ui.screen = Screen::Page;
            let manifest = open_link(model, Ok(linked));
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied = model.ui.manifest.clone();
            model.moment = at;
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Sample(which) => {
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Sample(which);
            new_run(model, "");
            model.ui.applied.clear();
            let mut effects = set_manifest(model, SAMPLES[which].text.to_string());
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Show(panel) => {
            let over = model.ui.is_embed || model.ui.present.is_on;
            if model.ui.looks.has_panel(panel) {
                model.ui.panel = if over && model.ui.panel == panel { Panel::Stage } else { panel };
            }
            match panel {
                Panel::Terminal => vec![Effect::ScrollTerminal],
                _ => Vec::new(),
            }
        }
        A::Select(key) => {
            model.ui.selected = if model.ui.selected == key { None } else { key };
            Vec::new()
        }
        A::Open(dialog) => {
            let effects = if dialog.is_some() && model.ui.playing { pause(model) } else { Vec::new() };
            model.ui.dialog = dialog;
            model.ui.not_found = None;
            if dialog == Some(Dialog::Cluster) {
                cluster_log::begin(model);
            }
            effects
        }
        A::Escape => {
            if model.ui.present.is_on && !present::close(model) && model.ui.selected.is_none() {
                return present::act(model, present::Act::End);
            }
            model.ui.selected = None;
            vec![Effect::Blur]
        }
        A::Language(language) => {
            model.ui.language = language;
            check(model);
            vec![Effect::Keep("lang", language.code().into()), Effect::Document]
        }
        A::Theme(theme) if model.ui.present.is_on => {
            model.ui.present.is_dark = theme == Theme::Dark;
            vec![Effect::Document]
        }
        A::Theme(theme) => {
            model.ui.theme = theme;
            vec![Effect::Keep("theme", theme.code().into()), Effect::Document]
        }
        A::Letters(on) => {
            model.ui.letters = on;
            vec![Effect::Keep("letters", on.to_string())]
        }
        A::LessMotion(on) => {
            model.ui.less_motion = on;
            vec![Effect::Keep("motion", if on { "less" } else { "full" }.into())]
        }
        A::Release(release) => {
            pause(model);
            let before = std::mem::replace(&mut model.ui.release, release);
            let text = with_release(&model.player.text(), release);
            let (here, version) = (model.player.position(), model.player.version);
            let old = std::mem::take(&mut model.player);
            model.player.version = version;
            let is_blank = old.is_blank();
            let course = model.course.take();
            let _ = open_run(model, &text);
            model.course = course;
            stray(model);
            model.player.aim_at(here);
            if !is_blank && before != release {
                // The run that was there is the one to compare with.
                model.compare = Some(Compare::before(old, before, &model.player));
                model.ui.says_release = true;
            }
            vec![Effect::Compute, Effect::KeepRun]
        }
        A::StageSize(width, height) if width > 0.0 => {
            model.ui.stage_size = (width, height);
            Vec::new()
        }
        A::TrackWidth(width) if width > 0.0 => {
            model.ui.track_width = width;
            Vec::new()
        }
        A::StageSize(..) | A::TrackWidth(_) | A::NextRegion(_) => Vec::new(),
        A::Present => vec![Effect::WholeScreen],
        A::Class(act) => present::act(model, act),
        A::ToggleView => {
            model.ui.by_node = !model.ui.by_node;
            Vec::new()
        }
        A::ByNode(on) => {
            model.ui.by_node = on;
            Vec::new()
        }
        A::PageTo(page) => {
            model.ui.page = page;
            Vec::new()
        }
        A::GoTo(what) => go_to(model, what.trim()),
        A::AskFrom(pod) => {
            model.ui.asked_from = pod;
            Vec::new()
        }
        A::AllEvents(on) => {
            model.ui.all_events = on;
            Vec::new()
        }
        A::Chain(happening) => {
            model.ui.chain = happening.filter(|_| model.ui.chain != happening);
            Vec::new()
        }
        A::StartOver => {
            let (language, theme) = (model.ui.language, model.ui.theme);
            let size =
                (model.ui.stage_size, model.ui.track_width, model.ui.system_dark, model.ui.less_motion);
            let shelf = std::mem::take(&mut model.shelf);
            *model = Model { shelf, is_asked_nothing: model.is_asked_nothing, ..Model::default() };
            model.ui.language = language;
            model.ui.theme = theme;
            (model.ui.stage_size, model.ui.track_width, model.ui.system_dark, model.ui.less_motion) = size;
            let text = open_story_still(model);
            let mut effects = vec![Effect::Forget, Effect::Document, Effect::Compute];
            effects.extend(text.map(Effect::EditorText));
            effects
        }
        A::OpenWhole => {
            let text = model.player.text();
            let at = model.player.position().happenings;
            let effects = pause(model);
            std::iter::once(Effect::Visit(format!("{}&t=e{at}", link::write(&text)))).chain(effects).collect()
        }
        A::ShareCode(which) => {
            model.ui.share_code = which;
            Vec::new()
        }
        A::Export(file) => {
            let (position, lang) = (model.player.position(), model.ui.language.lang());
            let theme = model.ui.theme_code();
            vec![Effect::Download(file.name().into(), file.make(model.player.run(), position, lang, theme))]
        }
        A::Draw(what) => {
            let theme = model.ui.theme_code();
            let (run, lang) = (model.player.run(), model.ui.language.lang());
            let (function, text) = match what {
                Drawn::Png => ("png", picture_file(run, model.player.position(), lang, theme)),
                Drawn::Film => ("webm", film(run, lang, theme).join("\0")),
                Drawn::Print => ("print", handout(run, lang)),
            };
            vec![Effect::Part("pictures.js", function, text)]
        }
        A::Copy(text) => vec![Effect::Copy(text)],
        A::Download(name, text) => vec![Effect::Download(name, text)],
        A::Manifest(text) => {
            if !std::mem::take(&mut model.ui.inserting) {
                model.ui.offers.clear();
            }
            model.ui.manifest = text;
            check(model);
            vec![Effect::Keep("manifest", model.ui.manifest.clone())]
        }
        A::ClusterLog(files) => cluster_log::take(model, files),
        A::OpenText(text) if observed::is_log(&text) => {
            cluster_log::begin(model);
            cluster_log::take(model, vec![("dropped.json".into(), text)])
        }
        A::OpenText(text) => {
            model.ui.origin = Origin::Own;
            set_manifest(model, text)
        }
        A::Apply => apply(model),
        A::Repair(which) => match model.ui.problems.get(which).and_then(|p| p.repair.as_ref()) {
            Some(repair) => {
                let text = repair.text.clone();
                set_manifest(model, text)
            }
            None => Vec::new(),
        },
        A::RepairAll => match editor::mend_all(&model.ui.manifest, model.ui.language.lang()) {
            Some(text) => {
                let mut effects = set_manifest(model, text);
                effects.extend(apply(model));
                effects
            }
            None => Vec::new(),
        },
        A::GoToProblem(by) => match model.ui.problems.get(by) {
            Some(problem) => vec![Effect::Caret(problem.line, problem.column)],
            None => Vec::new(),
        },
        A::FocusManifest => {
            model.ui.panel = Panel::Manifest;
            vec![Effect::Focus("manifest")]
        }
        A::Command(line) => command(model, &line),
        A::FocusTerminal => {
            model.ui.panel = Panel::Terminal;
            vec![Effect::Focus("prompt"), Effect::ScrollTerminal]
        }
        A::HistoryBy(by) => {
            let ui = &mut model.ui;
            ui.back = (ui.back as i32 + by).clamp(0, ui.lines.len() as i32) as usize;
            let line = if ui.back == 0 { String::new() } else { ui.lines[ui.lines.len() - ui.back].clone() };
            vec![Effect::Prompt(line)]
        }
        A::SearchBack(typed) => {
            let ui = &mut model.ui;
            let line = |back: usize| ui.lines.len().checked_sub(back).and_then(|i| ui.lines.get(i));
            if ui.back == 0 || line(ui.back) != Some(&typed) {
                (ui.back, ui.wanted) = (0, typed.clone());
            }
            let older = (ui.back + 1..=ui.lines.len())
                .find(|back| line(*back).is_some_and(|l| l.contains(&ui.wanted)));
            let failed = if older.is_none() { "failed " } else { "" };
            let said = ["(", failed, "reverse-i-search) ", &ui.wanted].concat();
            let found = older.and_then(line).cloned();
            ui.back = older.unwrap_or(ui.back);
            ui.near = Near { line: None, choices: vec![said] };
            vec![Effect::Prompt(found.unwrap_or(typed)), Effect::ScrollTerminal]
        }
        A::CompleteField(before) => {
            let done = editor::complete(&before, &model.ui.manifest);
            model.ui.offers = done.choices;
            model.ui.inserting = !done.line.is_empty();
            if done.line.is_empty() { Vec::new() } else { vec![Effect::Insert(done.line)] }
        }
        A::Complete(line) => {
            let done = complete(&line, model.player.run().session());
            model.ui.near = Near { line: None, choices: done.choices };
            vec![Effect::Prompt(done.line), Effect::ScrollTerminal]
        }
        A::Interrupt => {
            model.ui.back = 0;
            let mut effects = vec![Effect::Prompt(String::new())];
            if !model.player.is_computed() {
                effects.extend(update(model, A::StopComputing));
            }
            effects
        }
        A::ClearTerminal => {
            model.ui.cleared = model.player.transcript().len();
            model.ui.near = Near::default();
            Vec::new()
        }
        A::TryOthers => vec![Effect::Compute],
        A::WhatIf(other) => {
            pause(model);
            let mut effects =
                other.manifest.clone().map(|text| set_manifest(model, text)).unwrap_or_default();
            if let Some(text) = &other.manifest {
                model.ui.applied.clone_from(text);
            }
            effects.extend(run_directives(model, other.directives(FILE)));
            effects
        }
        A::Compare(change) => {
            model.ui.panel = Panel::Compare;
            model.ui.says_release = false;
            model.compare = change.and_then(|change| Compare::new(&model.player, change));
            vec![Effect::Compute]
        }
        A::FirstDifference => {
            match model.compare.as_ref().and_then(|compare| compare.parting(&model.player)) {
                Some(step) => seek(model, |p| p.go_to_step(step)),
                None => {
                    model.ui.panel = Panel::Compare;
                    Vec::new()
                }
            }
        }
        A::TakeOther => {
            let Some(compare) = model.compare.take() else { return Vec::new() };
            let release = compare.player.run().session().cluster().profile().name;
            let (here, text) = (model.player.position(), compare.player.text());
            let course = model.course.take();
            let manifest = open_run(model, &text);
            model.course = course;
            stray(model);
            model.ui.release = release;
            model.player.aim_at(here);
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied.clone_from(&model.ui.manifest);
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Dismiss => {
            model.ui.says_release = false;
            Vec::new()
        }
    }
}

fn at_step(player: &Player) -> crate::session::Position {
    let step = player.steps()[player.step()];
    crate::session::Position { happenings: step.happenings, time: step.time }
}

pub(super) fn seek(model: &mut Model, go: impl FnOnce(&mut Player)) -> Vec<Effect> {
    // Whoever goes somewhere does not want to be taken to where a link pointed.
    model.moment = None;
    model.ui.playing = false;
    model.ui.present.stop = None;
    model.play_when_ready = false;
    model.player.rest();
    go(&mut model.player);
    vec![Effect::ScrollTerminal]
}

pub(super) fn play(model: &mut Model) -> Vec<Effect> {
    model.ui.screen = Screen::Page;
    if model.player.at_end() {
        if !model.player.is_computed() || model.player.extend() {
            model.play_when_ready = true;
            return vec![Effect::Compute];
        }
        // From the end, play begins again; in a blank run there is nothing to play.
        if model.player.is_blank() {
            return Vec::new();
        }
        model.player.go_to_step(0);
    }
    model.ui.playing = true;
    vec![Effect::Frames]
}

pub(super) fn pause(model: &mut Model) -> Vec<Effect> {
    model.play_when_ready = false;
    model.ui.present.stop = None;
    if model.ui.playing {
        model.ui.playing = false;
        model.player.hold(model.ui.spacing);
    }
    Vec::new()
}

fn frame(model: &mut Model, ms: f64) -> Vec<Effect> {
    if !model.ui.playing {
        model.player.settle(ms);
        return vec![Effect::PaintOnly];
    }
    if present::stops(model) {
        model.ui.playing = false;
        model.player.rest();
        return Vec::new();
    }
    let before = model.player.moving_position(model.ui.spacing).time;
    let advance = model.player.advance(ms * SPEEDS[model.ui.speed].0, model.ui.spacing);
    if lesson::play::stop(model, before) {
        return vec![Effect::ScrollTerminal];
    }
    match advance {
        Advance::Within => vec![Effect::PaintOnly],
        Advance::Step => vec![Effect::ScrollTerminal],
        Advance::Waiting => vec![Effect::PaintOnly, Effect::Compute],
        // Whoever plays on at the end sees what comes then.
        Advance::End if model.player.extend() => vec![Effect::Compute],
        Advance::End => {
            model.ui.playing = false;
            Vec::new()
        }
    }
}

fn computed(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Err(message) = model.player.take_in() {
        model.ui.notice = Some(message);
    }
    if model.player.is_full() {
        model.ui.notice = Some((model.ui.texts().too_many_pods)(MOST_PODS));
    }
    if let Some(step) = model.opening
        && (model.player.steps().len() > step || model.player.is_computed())
    {
        model.opening = None;
        model.player.go_to_step(step);
    }
    if model.player.is_computed()
        && let Some(at) = model.moment.take()
    {
        match model.player.run().moment(&at) {
            // The event that ends a step is that step.
            Ok(position) => {
                match model.player.steps().iter().position(|s| s.happenings == position.happenings) {
                    Some(step) if at.starts_with('e') => model.player.go_to_step(step),
                    _ => model.player.go_to(position),
                }
            }
            Err(message) => model.ui.notice = Some((model.ui.texts().link_broken)(&message)),
        }
    }
    if model.play_when_ready && model.moment.is_none() && !model.player.at_end() {
        model.play_when_ready = false;
        model.ui.playing = true;
        effects.push(Effect::Frames);
    }
    if model.player.is_computed() {
        model.play_when_ready = false;
        // Claims that are there make older data of what is typed.
        if model.checked != model.player.version {
            model.checked = model.player.version;
            check(model);
        }
    }
    effects.extend(lesson::play::pump(model));
    effects
}

/// Goes to a time (`46s`), an event (`e17`), a step (`12`), or an object by its name.
fn go_to(model: &mut Model, what: &str) -> Vec<Effect> {
    if what.is_empty() {
        return Vec::new();
    }
    let event = what.strip_prefix('e').and_then(|n| n.parse::<i64>().ok());
    let effects = if let Some(event) = event {
        seek(model, |p| p.go_by_events((event - p.position().happenings as i64) as i32))
    } else if let Ok(step) = what.parse() {
        seek(model, |p| p.go_to_step(step))
    } else if let Some(time) = SimDuration::parse(&what.replace('초', "s").replace('분', "m")) {
        seek(model, |p| p.go_to_time((SimTime::ZERO + time).min(p.run().end())))
    } else {
        let Some((key, at)) = first_of(&model.player, what) else {
            model.ui.not_found = Some(what.to_string());
            return Vec::new();
        };
        model.ui.panel = Panel::Objects;
        model.ui.selected = Some(key.clone());
        let position = model.player.position();
        if model.player.still(position).store().by_key(&key).is_some() {
            Vec::new()
        } else {
            seek(model, |p| p.go_to(at))
        }
    };
    model.ui.dialog = None;
    effects
}

// The object of that name, or of `pod/web-0`, or one whose name has that in it, and when it was made.
fn first_of(player: &Player, what: &str) -> Option<(ObjectKey, crate::session::Position)> {
    let (kind, name) = what.split_once('/').map_or((None, what), |(kind, name)| (Some(kind), name));
    let kind = kind.and_then(|kind| crate::kubectl::resource::find(kind).ok()?.kind);
    let made = |fits: &dyn Fn(&str) -> bool| {
        player.run().happenings().iter().enumerate().find_map(|(n, happening)| match &happening.what {
            What::Write(write)
                if write.new.is_some()
                    && write.key.kind != Kind::Event
                    && kind.is_none_or(|kind| kind == write.key.kind)
                    && fits(&write.key.name) =>
            {
                let at = crate::session::Position { happenings: n + 1, time: happening.at };
                Some((write.key.clone(), at))
            }
            _ => None,
        })
    };
    made(&|known| known == name).or_else(|| made(&|known| known.contains(name)))
}

fn check(model: &mut Model) {
    let lang = model.ui.language.lang();
    let mut problems = editor::problems(&model.ui.manifest, lang);
    let store = model.player.run().session().cluster().store();
    let exists = |kind: &str, name: &str| {
        Kind::from_name(kind).is_some_and(|kind| store.get(kind, "default", name).is_some())
    };
    if store.count(Kind::PersistentVolumeClaim) > 0 {
        problems.extend(editor::claims_found(&model.ui.manifest, lang, &exists));
    }
    if *model.ui.problems != problems {
        model.ui.problems = Rc::new(problems);
    }
}

pub(super) fn set_manifest(model: &mut Model, text: String) -> Vec<Effect> {
    model.ui.manifest = text.clone();
    check(model);
    vec![Effect::EditorText(text.clone()), Effect::Keep("manifest", text)]
}

/// The file name under which the editor's text is applied.
pub const FILE: &str = "web.yaml";

fn apply(model: &mut Model) -> Vec<Effect> {
    let mut text = model.ui.manifest.clone();
    if text.trim().is_empty() {
        return vec![Effect::Focus("manifest")];
    }
    model.ui.screen = Screen::Page;
    pause(model);
    if model.player.run().is_observed() {
        // What was only watched cannot be changed: the manifest begins a simulation.
        new_run(model, "");
        model.ui.origin = Origin::Own;
    }
    model.ui.applied = text.clone();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let line = format!("kubectl apply -f {FILE}");
    run_lines(model, vec![Directive::File { name: FILE.into(), text }], vec![line])
}

fn command(model: &mut Model, text: &str) -> Vec<Effect> {
    let lines = commands_of(text);
    let Some(last) = lines.last() else { return Vec::new() };
    pause(model);
    if model.ui.lines.last() != Some(last) {
        model.ui.lines.push(last.clone());
    }
    // The editor's text is the file that commands name, as if it had been saved.
    let text = &model.ui.manifest;
    let mut first = Vec::new();
    if lines.iter().any(|line| line.contains(FILE))
        && !text.trim().is_empty()
        && model.player.run().files().get(FILE).is_none_or(|file| file.trim_end() != text.trim_end())
    {
        model.ui.applied = text.clone();
        first.push(Directive::File { name: FILE.into(), text: text.trim_end().to_string() + "\n" });
    }
    run_lines(model, first, lines)
}

/// The command lines of a text as it stands in documents: `$ ` before a line is left out, a heredoc keeps its lines,
/// and a backslash at the end joins the next one.
fn commands_of(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut command = line.trim().trim_start_matches("$ ").trim().to_string();
        while command.ends_with('\\') {
            command.pop();
            command += lines.next().unwrap_or_default().trim();
        }
        if command.is_empty() || command.starts_with('#') {
            continue;
        }
        for (word, strip_tabs) in heredoc_words(&command) {
            for line in lines.by_ref() {
                let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
                command.push('\n');
                command += line;
                if line == word {
                    break;
                }
            }
        }
        commands.push(command);
    }
    commands
}

fn run_lines(model: &mut Model, mut directives: Vec<Directive>, lines: Vec<String>) -> Vec<Effect> {
    model.ui.near = Near {
        line: lines.last().and_then(|line| super::panels::terminal::nearest(line)),
        choices: Vec::new(),
    };
    directives.extend(lines.into_iter().map(Directive::Line));
    run_directives(model, directives)
}

/// Does something at the moment shown, as if it had been typed.
pub fn run_directives(model: &mut Model, directives: Vec<Directive>) -> Vec<Effect> {
    stray(model);
    model.ui.notice = None;
    model.ui.back = 0;
    (model.promises, model.tries, model.ui.chain) = (None, None, None);
    if let Err(message) = model.player.act(directives) {
        model.ui.notice = Some(message);
    }
    model.play_when_ready = true;
    vec![Effect::Compute, Effect::KeepRun, Effect::ScrollTerminal]
}

fn stray(model: &mut Model) {
    if let Some(course) = &mut model.course {
        course.stray();
    }
}

/// Puts a text into the editor that counts as applied.
pub fn show_applied(model: &mut Model, text: String) -> Vec<Effect> {
    model.ui.applied.clone_from(&text);
    set_manifest(model, text)
}

fn new_run(model: &mut Model, scenario: &str) {
    let text = with_release(scenario, model.ui.release);
    let _ = open_run(model, &text);
}

/// Shows another run; answers with its manifest, if it has one.
pub fn open_run(model: &mut Model, scenario: &str) -> Option<String> {
    open_player(model, Player::from_text(scenario))
}

/// The same of a run that was read already, or of why it could not be.
pub(super) fn open_player(model: &mut Model, player: Result<Player, String>) -> Option<String> {
    model.ui.playing = false;
    model.ui.selected = None;
    model.ui.notice = None;
    model.ui.near = Near::default();
    model.ui.cleared = 0;
    model.ui.page = None;
    (model.promises, model.compare, model.tries, model.ui.chain) = (None, None, None, None);
    model.ui.says_release = false;
    model.course = None;
    model.opening = None;
    model.play_when_ready = false;
    match player {
        Ok(player) => {
            let version = model.player.version;
            // A run brings its own release.
            model.ui.release = player.run().session().cluster().profile().name;
            model.player = player;
            model.player.version = version + 1;
        }
        Err(message) => {
            model.ui.notice = Some((model.ui.texts().link_broken)(&message));
            model.player = Player::default();
        }
    }
    let files = model.player.run().files();
    files.get(FILE).or_else(|| files.values().next()).cloned()
}

/// Opens what a link holds; answers with its manifest. A damaged link shows an empty run and says why.
pub fn open_link(model: &mut Model, linked: Result<Linked, String>) -> Option<String> {
    model.ui.origin = match &linked {
        Ok(Linked::Named(name)) => {
            STORIES.iter().position(|story| story.slug == name).map_or(Origin::Own, Origin::Story)
        }
        _ => Origin::Own,
    };
    let text = linked.and_then(Linked::text);
    let manifest = open_run(model, text.as_deref().unwrap_or_default());
    if let Err(message) = text {
        model.ui.notice = Some((model.ui.texts().link_broken)(&message));
    }
    manifest
}

/// Takes a text for the editor that counts as applied; answers with it.
pub fn take_text(model: &mut Model, text: String) -> String {
    model.ui.manifest = text.clone();
    model.ui.applied = text.clone();
    check(model);
    text
}

/// The first story, stopped where it already says something; answers with its manifest.
pub fn open_story_still(model: &mut Model) -> Option<String> {
    model.ui.origin = Origin::Story(0);
    let manifest = open_run(model, STORIES[0].scenario);
    if let Some(text) = &manifest {
        model.ui.manifest = text.clone();
        model.ui.applied = text.clone();
        check(model);
    }
    model.opening = Some(STORIES[0].still);
    manifest
}

/// The scenario with another release in its header.
fn with_release(scenario: &str, release: &str) -> String {
    let rest: String = scenario.lines().filter(|l| !l.starts_with("k8s ")).flat_map(|l| [l, "\n"]).collect();
    format!("k8s {release}\n{rest}")
}
