//! The model of the page, and everything that can happen to it.
//!
//! Types only: what follows from an action is in [`update`](super::update).

use super::cluster_log::ClusterLog;
use super::editor::Problem;
use super::lesson::{self, Course, play::Errand, shelf::Shelf};
use super::looks::Looks;
use super::others::{Change, Compare, Other, Tries};
use super::panels::terminal::Near;
use super::player::{Player, Spacing};
use super::present::{self, Present};
use super::texts::{Language, Texts};
use crate::api::hash::fnv1a;
use crate::api::{ObjectKey, Profile};
use crate::dns::QType;
use crate::program::File;
use crate::samples::{SAMPLES, STORIES};
use crate::scenario::link::Linked;
use crate::session::Promises;
use crate::sim::SimTime;
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
    /// Which of [`crate::ui::player::SPEEDS`].
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
    /// The type of record asked for.
    pub asked_type: QType,
    /// The name that a client to be placed asks for; the first if there is none of it.
    pub client_name: String,
    /// How it keeps answers, as [`crate::ui::view::names::RESOLVERS`] numbers it.
    pub client_resolver: usize,
    /// The claim whose files are shown.
    pub files_of: Option<ObjectKey>,
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
            asked_type: QType::A,
            client_name: String::new(),
            client_resolver: 0,
            files_of: None,
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
    AskType(QType),
    ClientName(String),
    ClientResolver(usize),
    Files(Option<ObjectKey>),
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
