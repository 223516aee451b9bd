//! Every panel as markup, drawn on the host from a real run: `html/<panel>.html`. `UPDATE_EXPECT=1 cargo test` writes them anew.

use ordinal::lessons::Answer;
use ordinal::samples::{SAMPLES, STORIES};
use ordinal::ui::editor::Marks;
use ordinal::ui::lesson::shelf::Shelf;
use ordinal::ui::lesson::{Act, From};
use ordinal::ui::others::{self, Change};
use ordinal::ui::panels::terminal::Near;
use ordinal::ui::panels::{self, Context};
use ordinal::ui::player::Player;
use ordinal::ui::state::{Model, UiAction, UiState};
use ordinal::ui::texts::Language;
use ordinal::ui::update::{open_run, open_story_still, update};
use ordinal::ui::{editor, view};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use yew::html::ChildrenProps;
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
    update(&mut model, UiAction::Computed);
    let last = model.player.steps().len() - 1;
    update(&mut model, UiAction::SeekStep(last.saturating_sub(4)));
    model
}

/// A drawing as a component, which is what can be written as markup.
#[component]
fn Drawn(props: &ChildrenProps) -> Html {
    props.children.clone()
}

fn drawn(html: Html) -> String {
    render::<Drawn>(yew::props!(ChildrenProps { children: html }))
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

/// Compares with a picture that the page shows before its engine has come.
fn check_still(name: &str, svg: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/ui/stills/{name}.svg"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, svg).expect("src/ui/stills can be written");
        return;
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == svg,
        "src/ui/stills/{name}.svg is not what the engine draws; UPDATE_EXPECT=1 cargo test writes it anew"
    );
}

#[test]
fn the_stills_are_what_the_engine_draws() {
    for language in [Language::Ko, Language::En] {
        let mut model = Model::default();
        model.ui.language = language;
        open_story_still(&mut model);
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        let still = view::Pictures::default().still(&mut model, 704.0);
        check_still(&format!("{}.{}", STORIES[0].slug, language.code()), &still.svg);
        let still = view::Pictures::default().still(&mut model, 358.0);
        check_still(&format!("{}.phone.{}", STORIES[0].slug, language.code()), &still.svg);
    }
    for story in STORIES {
        let mut player = Player::from_text(story.scenario).expect("a story can be read");
        while !player.compute(1000) {}
        player.take_in().expect("a story is not refused");
        check_still(&format!("{}.lanes", story.slug), &view::track::small(&mut player));
    }
}

#[test]
fn caption_names_what_happened_and_what_is_next() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let chapter = view::Pictures::default().chapter(&mut model);
        let caption = view::caption::read(&model, chapter);
        assert!(!caption.done.is_empty() && !caption.chapter.is_empty());
        let html = panels::caption::caption(&context(language), &caption, false);
        check(&format!("caption.{}", language.code()), &drawn(html));
    }
}

#[test]
fn stage_has_a_button_for_every_pod() {
    let mut model = model(Language::En);
    let stage = view::Pictures::default().stage(&mut model);
    let markup = drawn(panels::stage::stage(
        &context(Language::En),
        &stage,
        panels::stage::Room { height: 480.0, enlarge: 1.0 },
        None,
    ));
    assert!(markup.contains("aria-label=\"web-0,"), "{markup}");
    check("stage", &markup);
}

#[test]
fn timeline_is_a_slider_over_lanes() {
    let mut model = model(Language::Ko);
    let track = view::track::read(&mut model, &view::Pictures::default());
    let place =
        panels::timeline::Place { width: 1088.0, step: 3, last: 20, spoken: "web-0".into(), is_busy: false };
    check("timeline", &drawn(panels::timeline::timeline(&context(Language::Ko), &track, place)));
}

#[test]
fn transport_has_words() {
    let ui = UiState::default();
    check("transport", &drawn(panels::transport::transport(&context(Language::Ko), &ui, false, 7.3, 124.0)));
}

#[test]
fn manifest_marks_its_problems() {
    let text = SAMPLES.iter().find(|s| s.slug == "templates-typo").expect("the sample").text;
    let problems = Rc::new(editor::problems(text, Language::Ko.lang()));
    assert_eq!(problems.len(), 2);
    let props = yew::props!(panels::manifest::ManifestProps {
        context: context(Language::Ko),
        text: text,
        problems: problems.clone(),
        marks: Marks::default(),
        is_changed: true
    });
    check("manifest", &render::<panels::manifest::ManifestPanel>(props));
    check("reasons.refused", &drawn(panels::reasons::refused(&context(Language::Ko), &problems, text)));
}

#[test]
fn reasons_say_why_nothing_happens() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let reasons = view::reasons::read(&mut model, &view::Pictures::default());
        assert!(!reasons.title.is_empty());
        let promises = view::promises::rows(&model);
        let html = panels::reasons::reasons(&context(language), &reasons, &promises);
        check(&format!("reasons.{}", language.code()), &drawn(html));
    }
}

/// Computes whatever is asked for, as the shell does in slices.
fn compute(model: &mut Model) {
    while !others::work(model, 50) {}
    update(model, UiAction::Computed);
}

#[test]
fn what_could_be_done_is_tried() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let pictures = view::Pictures::default();
        compute(&mut model);
        let before = model.player.text();
        view::reasons::try_others(&mut model, &pictures);
        compute(&mut model);
        assert_eq!(model.player.text(), before, "trying changes nothing");
        let reasons = view::reasons::read(&mut model, &pictures);
        assert!(
            reasons.is_tried && reasons.what_if.iter().all(|(_, outcome)| outcome.is_some()),
            "{reasons:#?}"
        );
        let html = panels::reasons::reasons(&context(language), &reasons, &view::promises::rows(&model));
        check(&format!("reasons.tried.{}", language.code()), &drawn(html));
        // Doing one of them forks.
        let (other, _) =
            reasons.what_if.iter().find(|(other, _)| other.manifest.is_some()).expect("Parallel");
        update(&mut model, UiAction::WhatIf(other.clone()));
        compute(&mut model);
        assert!(model.ui.manifest.contains("podManagementPolicy: Parallel"));
        assert_eq!(model.player.futures().len(), 1, "the command behind that moment is an old future");
        assert!(model.player.text().contains("--cascade=orphan"));
        // Elsewhere nothing is tried yet.
        update(&mut model, UiAction::SeekStep(2));
        assert!(!view::reasons::read(&mut model, &pictures).is_tried);
    }
}

#[test]
fn a_second_run_stands_beside_the_first() {
    for language in [Language::Ko, Language::En] {
        let mut model = model(language);
        let pictures = view::Pictures::default();
        compute(&mut model);
        let change = Change::Field("StatefulSet", "spec.podManagementPolicy", Some("Parallel"));
        assert!(
            view::compare::read(&mut model, &pictures).choices.iter().any(|(_, choice)| *choice == change)
        );
        update(&mut model, UiAction::Compare(Some(change)));
        compute(&mut model);
        update(&mut model, UiAction::FirstDifference);
        let view = view::compare::read(&mut model, &pictures);
        let beside = view.beside.as_ref().expect("a second run");
        assert!(
            beside.differs
                && beside.says.as_ref().is_some_and(|says| says.contains("statefulset-controller"))
        );
        check(
            &format!("compare.{}", language.code()),
            &drawn(panels::compare::compare(&context(language), &view)),
        );
        let track = view::track::read(&mut model, &pictures);
        assert!(track.svg.contains("track__differs") && track.svg.contains("track__parts"), "{}", track.svg);
        // It goes on when the first does.
        let steps = model.compare.as_ref().map(|c| c.player.steps().len());
        update(&mut model, UiAction::SeekEnd);
        update(&mut model, UiAction::Command("kubectl scale sts web --replicas=4".into()));
        compute(&mut model);
        assert!(model.compare.as_ref().map(|c| c.player.steps().len()) > steps);
        update(&mut model, UiAction::TakeOther);
        compute(&mut model);
        assert!(model.compare.is_none() && model.player.text().contains("podManagementPolicy: Parallel"));
    }
}

#[test]
fn a_switch_of_the_release_says_what_it_changes() {
    let mut model = model(Language::En);
    compute(&mut model);
    for (release, says) in
        [("1.35.4", "Nothing differs for this run."), ("1.36", "Nothing differs"), ("1.33", "The same until")]
    {
        update(&mut model, UiAction::Release(release));
        compute(&mut model);
        let compare = model.compare.as_ref().expect("the run before");
        let said = view::compare::says(compare, &model.player, &model).expect("computed");
        assert!(said.starts_with(says), "{release}: {said}");
        assert_eq!(model.ui.release, release);
    }
    update(&mut model, UiAction::Release("1.33"));
    assert!(model.compare.is_none(), "the same release again is no switch");
}

#[test]
fn a_broken_promise_is_said_with_moment_and_cause() {
    let story = STORIES.iter().find(|s| s.slug == "node").expect("the story").scenario;
    let forced = story.replace(
        "$ kubectl get pods -o wide\nmend node-2\n",
        "$ kubectl delete pod web-1 --grace-period=0 --force\n",
    );
    let mut model = Model::default();
    model.ui.language = Language::En;
    open_run(&mut model, &forced);
    compute(&mut model);
    let broken = |model: &Model| {
        view::promises::rows(model).iter().filter_map(|r| r.broken.clone()).collect::<Vec<_>>()
    };
    assert!(broken(&model).is_empty(), "nothing has happened at the beginning");
    update(&mut model, UiAction::SeekEnd);
    let found = broken(&model);
    assert!(found.len() == 1 && found[0].1.contains("web-1 ← `kubectl delete pod web-1"), "{found:?}");
    let reasons = view::reasons::read(&mut model, &view::Pictures::default());
    let html = panels::reasons::reasons(&context(Language::En), &reasons, &view::promises::rows(&model));
    check("reasons.broken", &drawn(html));
}

#[test]
fn names_are_a_table() {
    let mut model = model(Language::En);
    let names = view::names::read(&mut model, &view::Pictures::default());
    check("names", &drawn(panels::names::names(&context(Language::En), &names, &model.ui)));
}

#[test]
fn terminal_shows_what_was_printed_by_now() {
    let mut model = model(Language::En);
    let now = model.player.position().time;
    let blocks = view::terminal::blocks(model.player.transcript(), now);
    assert!(!blocks.is_empty());
    let html = panels::terminal::terminal(&context(Language::En), &blocks, &Near::default());
    check("terminal", &drawn(html));
    model.player.go_to_step(0);
    assert!(view::terminal::blocks(model.player.transcript(), model.player.position().time).len() <= 1);
}

#[test]
fn events_objects_and_claims() {
    let mut model = model(Language::En);
    let rows = view::events::rows(&model.player, false);
    let last = rows.last().expect("something happened").happenings;
    let chain = (last, view::events::chain(&model.player, last, Language::En.lang()));
    assert!(chain.1.len() > 1, "{chain:?}");
    check("events", &drawn(panels::events::events(&context(Language::En), &rows, false, Some(&chain))));
    model.ui.selected =
        Some(ordinal::api::ObjectKey::new(ordinal::api::Kind::PersistentVolumeClaim, "default", "www-web-0"));
    let object = view::objects::read(&mut model);
    check("objects", &drawn(panels::objects::objects(&context(Language::En), object.as_ref())));
    let rows = view::claims::read(&mut model);
    check("claims", &drawn(panels::claims::claims(&context(Language::En), &rows)));
}

#[test]
fn dialogs_and_the_first_page() {
    let english = context(Language::En);
    check("help", &drawn(panels::help::help(&english)));
    check("settings", &drawn(panels::settings::settings(&english, &UiState::default())));
    let parts = panels::share::Parts {
        base: "https://example.org/a/".into(),
        fragment: "n1=ordered&t=e17".into(),
        still: "AbC".into(),
        title: "A \"title\" <b>".into(),
        lang: "en",
        records: true,
    };
    check("share", &drawn(panels::share::share(&english, &parts, 0, false, "k8s 1.36\n")));
    let codes: String = panels::share::CODES
        .iter()
        .map(|code| format!("## {}\n{}\n", code.name, (code.make)(&parts)))
        .collect();
    check("share.codes", &codes);
    check("go-to", &drawn(panels::go_to::go_to(&english, Some("web-9"))));
    let pictures = panels::first::FirstPictures::default();
    check("first", &drawn(panels::first::first(&context(Language::Ko), &pictures, false)));
}

/// The lesson of the tests at a step, after a few acts; everything is carried out at once.
fn course(text: &str, step: usize, language: Language, acts: &[Act]) -> Model {
    let mut model = Model::default();
    (model.ui.language, model.ui.less_motion) = (language, true);
    let settle = |model: &mut Model| {
        for _ in 0..10 {
            while !model.player.compute(1000) {}
            update(model, UiAction::Computed);
        }
    };
    let file = From::File("short.md".into());
    update(&mut model, UiAction::Lesson(Act::Fetched(file, step, Ok(text.to_string()))));
    settle(&mut model);
    for act in acts {
        update(&mut model, UiAction::Lesson(act.clone()));
        settle(&mut model);
        if *act == Act::Solve {
            update(&mut model, UiAction::SeekEnd);
        }
    }
    model
}

#[test]
fn a_lesson_is_an_article_in_every_form() {
    let short = include_str!("lessons/short.md");
    let order = short.replace("form: choice", "form: order").replace("answer: 2\n", "answer: [2, 1, 3]\n");
    let options = short.find("options:").unwrap()..short.find("answer: 2").unwrap();
    let number =
        [&short[..options.start], &short[options.end..]].concat().replace("form: choice", "form: number");
    let hands = [Act::Draft(Answer::Choice(0)), Act::Hands(vec![7, 12, 1]), Act::Commit];
    let web = Answer::Pick(ordinal::lessons::object("pod/web-0").unwrap());
    let cases: &[(&str, Model, &[&str])] = &[
        ("step.ko", course(short, 1, Language::Ko, &[]), &["Pod 둘을", "aria-current=\"step\""]),
        (
            "choice.en",
            course(short, 2, Language::En, &[Act::Letter(2)]),
            &["<fieldset", "<legend", "type=\"radio\""],
        ),
        (
            "outcome.en",
            course(short, 2, Language::En, &hands),
            &["It went otherwise", "Hands raised", "Retain"],
        ),
        ("shown.ko", course(short, 2, Language::Ko, &[Act::Reveal]), &["정답", "유보 정책"]),
        ("pick.ko", course(short, 3, Language::Ko, &[Act::Draft(web)]), &["web-0"]),
        ("number.en", course(&number, 2, Language::En, &[]), &["inputmode=\"numeric\""]),
        ("order.ko", course(&order, 2, Language::Ko, &[Act::Move(2, -1)]), &["위로", "아래로"]),
        (
            "goal.en",
            course(short, 4, Language::En, &[Act::Hint, Act::Solution]),
            &["Not yet", "kubectl scale"],
        ),
        ("over.ko", course(short, 4, Language::Ko, &[Act::Solve]), &["이루었다", "레슨을 마쳤다"]),
    ];
    for (name, model, parts) in cases {
        let course = model.course.as_ref().expect("a lesson is open");
        let html = panels::lesson::lesson(&context(model.ui.language), course, &[]);
        let markup = drawn(html);
        for part in *parts {
            assert!(markup.contains(part), "{name} has no {part}: {markup}");
        }
        check(&format!("lesson.{name}"), &markup);
    }
    let mut away = course(short, 1, Language::En, &[]);
    update(&mut away, UiAction::Command("kubectl delete sts web".into()));
    let markup = drawn(panels::lesson::lesson(&context(Language::En), away.course.as_ref().unwrap(), &[]));
    assert!(markup.contains("Back to the lesson"), "{markup}");
}

#[test]
fn the_list_of_lessons_has_marks() {
    let short = include_str!("lessons/short.md");
    let front =
        |slug: &str| short.split("---\n").nth(1).unwrap().replace("id: short", &format!("id: {slug}"));
    let mut shelf = Shelf::default();
    shelf.read(Ok(format!(
        "---\n{}---\n{}---\n{}",
        front("first-set"),
        front("partition"),
        front("versions")
    )));
    shelf.take_up("partition:done versions:3 nothing:2 partition:x");
    let markup = drawn(panels::lessons::lessons(&context(Language::En), &shelf));
    assert_eq!((markup.matches("lessons__item").count(), markup.matches("lessons__done").count()), (3, 1));
    check("lessons", &markup);
}
