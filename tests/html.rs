//! Every panel as markup, drawn on the host from a real run: `html/<panel>.html`. `UPDATE_EXPECT=1 cargo test` writes them anew.

use ordinal::samples::{SAMPLES, STORIES};
use ordinal::ui::editor::Marks;
use ordinal::ui::panels::{self, Context};
use ordinal::ui::state::{Model, Theme, UiAction, open_run, update};
use ordinal::ui::texts::Language;
use ordinal::ui::{editor, view};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use yew::prelude::*;

fn context(language: Language) -> Context {
    Context { texts: language.texts(), send: Callback::noop() }
}

/// A model in the middle of the first story: scaled in, one pod on its way out.
fn model(language: Language) -> Model {
    let mut model = Model::default();
    model.ui.language = language;
    let manifest = open_run(&mut model, STORIES[0].scenario).expect("the story has a manifest");
    model.ui.manifest = manifest.clone();
    model.ui.applied = manifest;
    while !model.player.compute(1000) {}
    let last = model.player.steps().len() - 1;
    update(&mut model, UiAction::SeekStep(last.saturating_sub(4)));
    model
}

fn render<C>(props: C::Properties) -> String
where
    C: BaseComponent,
{
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, yew::LocalServerRenderer::<C>::with_props(props).hydratable(false).render())
}

/// Compares with the kept markup; tags stand on lines of their own so that a difference can be read.
fn check(name: &str, markup: &str) {
    let markup = markup.replace("><", ">\n<") + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/html/{name}.html"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, &markup).expect("tests/html can be written");
        return;
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == markup,
        "tests/html/{name}.html differs; UPDATE_EXPECT=1 cargo test writes it anew. Now:\n{markup}"
    );
}

macro_rules! props {
    ($kind:path { $($field:ident: $value:expr),* $(,)? }) => {{ use $kind as Props; yew::props!(Props { $($field: $value),* }) }};
}

#[test]
fn caption_names_what_happened_and_what_is_next() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let chapter = view::Pictures::default().chapter(&mut model);
        let caption = view::caption::read(&model, chapter);
        assert!(!caption.done.is_empty() && !caption.chapter.is_empty());
        let props = props!(panels::caption::CaptionProps { context: context(language), caption: caption });
        check(&format!("caption.{}", language.code()), &render::<panels::caption::CaptionPanel>(props));
    }
}

#[test]
fn stage_has_a_button_for_every_pod() {
    let mut model = model(Language::En);
    let stage = view::Pictures::default().stage(&mut model);
    let props = props!(panels::stage::StageProps {
        context: context(Language::En),
        stage: stage,
        room: 480.0,
        selected: None
    });
    let markup = render::<panels::stage::StagePanel>(props);
    assert!(markup.contains("aria-label=\"web-0,"), "{markup}");
    check("stage", &markup);
}

#[test]
fn timeline_is_a_slider_over_lanes() {
    let mut model = model(Language::Ko);
    let track = view::track::read(&mut model, &view::Pictures::default());
    let props = props!(panels::timeline::TimelineProps {
        context: context(Language::Ko),
        track: track,
        width: 1088.0,
        step: 3,
        last: 20,
        spoken: AttrValue::from("web-0")
    });
    check("timeline", &render::<panels::timeline::TimelinePanel>(props));
}

#[test]
fn transport_has_words() {
    let props = props!(panels::transport::TransportProps {
        context: context(Language::Ko),
        playing: false,
        is_blank: false,
        seconds: 7.3,
        end: 124.0,
        is_computing: false,
        speed: 2,
        spacing: ordinal::ui::player::Spacing::Even
    });
    check("transport", &render::<panels::transport::Transport>(props));
}

#[test]
fn manifest_marks_its_problems() {
    let text = SAMPLES.iter().find(|s| s.slug == "templates-typo").expect("the sample").text;
    let problems = Rc::new(editor::problems(text, Language::Ko.lang()));
    assert_eq!(problems.len(), 2);
    let props = props!(panels::manifest::ManifestProps {
        context: context(Language::Ko),
        text: text,
        problems: problems.clone(),
        marks: Marks::default(),
        is_changed: true
    });
    check("manifest", &render::<panels::manifest::ManifestPanel>(props));
    let mended = editor::mend_all(text, Language::Ko.lang()).map(AttrValue::from);
    let props = props!(panels::reasons::ReasonsProps {
        context: context(Language::Ko),
        reasons: view::Reasons::default(),
        problems: problems,
        text: text,
        mended: mended
    });
    check("reasons.refused", &render::<panels::reasons::ReasonsPanel>(props));
}

#[test]
fn reasons_say_why_nothing_happens() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let reasons = view::reasons::read(&mut model, &view::Pictures::default());
        assert!(!reasons.title.is_empty());
        let props = props!(panels::reasons::ReasonsProps { context: context(language), reasons: reasons });
        check(&format!("reasons.{}", language.code()), &render::<panels::reasons::ReasonsPanel>(props));
    }
}

#[test]
fn names_are_a_table() {
    let mut model = model(Language::En);
    let names = view::names::read(&mut model, &view::Pictures::default());
    let props =
        props!(panels::names::NamesProps { context: context(Language::En), names: names, asked_from: "" });
    check("names", &render::<panels::names::NamesPanel>(props));
}

#[test]
fn terminal_shows_what_was_printed_by_now() {
    let mut model = model(Language::En);
    let now = model.player.position().time;
    let blocks = view::terminal::blocks(model.player.transcript(), now);
    assert!(!blocks.is_empty());
    let props = props!(panels::terminal::TerminalProps {
        context: context(Language::En),
        blocks: blocks,
        lines: Vec::new(),
        nearest: None::<String>
    });
    check("terminal", &render::<panels::terminal::TerminalPanel>(props));
    model.player.go_to_step(0);
    assert!(view::terminal::blocks(model.player.transcript(), model.player.position().time).len() <= 1);
}

#[test]
fn events_objects_and_claims() {
    let mut model = model(Language::En);
    let rows = view::events::rows(&model.player, false);
    let props = props!(panels::events::EventsProps {
        context: context(Language::En),
        rows: rows,
        all: false,
        now: 0usize
    });
    check("events", &render::<panels::events::EventsPanel>(props));
    model.ui.selected =
        Some(ordinal::api::ObjectKey::new(ordinal::api::Kind::PersistentVolumeClaim, "default", "www-web-0"));
    let object = view::objects::read(&mut model);
    let props = props!(panels::objects::ObjectsProps { context: context(Language::En), object: object });
    check("objects", &render::<panels::objects::ObjectsPanel>(props));
    let position = model.player.position();
    let rows = view::claims::rows(model.player.still(position).store());
    let props = props!(panels::claims::ClaimsProps { context: context(Language::En), rows: rows });
    check("claims", &render::<panels::claims::ClaimsPanel>(props));
}

#[test]
fn dialogs_and_the_first_page() {
    let english = || context(Language::En);
    check("help", &render::<panels::help::Help>(props!(panels::help::HelpProps { context: english() })));
    let props = props!(panels::settings::SettingsProps {
        context: english(),
        theme: Theme::Auto,
        letters: true,
        less_motion: false
    });
    check("settings", &render::<panels::settings::Settings>(props));
    let props = props!(panels::share::ShareProps {
        context: english(),
        link: "https://example.org/#p1=k8s",
        text: "k8s 1.36\n"
    });
    check("share", &render::<panels::share::Share>(props));
    let props = props!(panels::first::FirstProps {
        context: context(Language::Ko),
        stage: view::Stage::default(),
        lanes: Vec::new(),
        legend: Vec::new(),
        has_kept: false
    });
    check("first", &render::<panels::first::First>(props));
}
