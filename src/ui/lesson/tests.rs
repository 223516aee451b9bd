//! Whole lessons gone through on the host.

use super::play::Errand;
use super::*;
use crate::api::{Kind, ObjectKey};
use crate::ui::state::{Dialog, Effect, Model, Panel, UiAction};
use crate::ui::update::update;

const SHORT: &str = include_str!("../../../tests/lessons/short.md");

// Computes and plays until nothing moves any more.
fn settle(model: &mut Model) {
    for _ in 0..100_000 {
        if !model.player.compute(64) {
            update(model, UiAction::Computed);
            continue;
        }
        update(model, UiAction::Computed);
        let busy = model.course.as_ref().is_some_and(|course| course.is_running);
        if model.ui.playing {
            update(model, UiAction::Frame(400.0));
        } else if !busy && model.player.is_computed() {
            return;
        }
    }
    panic!("this never comes to rest");
}

fn open(step: usize) -> Model {
    let mut model = Model::default();
    fetched(&mut model, From::Page("partition".into()), step, SHORT);
    model
}

fn fetched(model: &mut Model, from: From, step: usize, text: &str) {
    update(model, UiAction::Lesson(Act::Fetched(from, step, Ok(text.to_string()))));
    settle(model);
}

fn act(model: &mut Model, act: Act) {
    update(model, UiAction::Lesson(act));
    settle(model);
}

fn course(model: &Model) -> &Course {
    model.course.as_ref().expect("a lesson is open")
}

fn pods(model: &mut Model) -> Vec<String> {
    let position = model.player.position();
    let pods = model.player.still(position).store().list(Kind::Pod, Some("default"));
    pods.map(|pod| pod.name().to_string()).collect()
}

#[test]
fn a_question_names_what_it_says_and_no_set() {
    let key = |kind, name| ObjectKey::new(kind, "default", name);
    let stage = [
        key(Kind::StatefulSet, "web"),
        key(Kind::Pod, "web-1"),
        key(Kind::Pod, "web-10"),
        key(Kind::PersistentVolumeClaim, "www-web-1"),
    ];
    let named = |question: &str| {
        let text = SHORT.replace("The set is scaled to 1. How many claims are left?", question);
        let mut model = Model::default();
        fetched(&mut model, From::Page("partition".into()), 1, &text);
        act(&mut model, Act::Step(1));
        course(&model).named(stage.iter())
    };
    assert_eq!(named("web is scaled to 1. Does web-1 go?"), Some(vec![stage[1].clone()]));
    assert_eq!(named("Is www-web-1 there when web-10 is?"), Some(stage[2..].to_vec()));
    assert_eq!(named("How many pods has web?"), None);
}

#[test]
fn a_lesson_is_gone_through_to_its_goal() {
    let mut model = open(1);
    assert_eq!((course(&model).phase, model.ui.panel), (Phase::Shown, Panel::Lesson));
    assert_eq!(pods(&mut model), ["web-0", "web-1"]);
    assert_eq!(course(&model).notes(Lang::En), Some("Point at the order."));

    // The question stops before the step; its answer is not on the stage yet.
    act(&mut model, Act::Step(1));
    assert_eq!((course(&model).step, course(&model).phase), (1, Phase::Asking));
    assert_eq!(pods(&mut model), ["web-0", "web-1"]);
    assert_eq!(course(&model).answer(Lang::En).as_deref(), Some("B. Two"));
    act(&mut model, Act::Commit);
    assert_eq!(course(&model).phase, Phase::Asking, "nothing was chosen");
    act(&mut model, Act::Letter(7));
    assert_eq!(course(&model).draft, None, "there is no such option");
    act(&mut model, Act::Letter(0));
    act(&mut model, Act::Commit);
    assert_eq!(pods(&mut model), ["web-0"]);
    let (ask, given) = course(&model).answered().unwrap();
    assert_eq!((given, &ask.answer), (&Given::Answer(Answer::Choice(0)), &Answer::Choice(1)));
    assert_eq!(course(&model).phase, Phase::Shown);

    // Picked on the stage, pressed twice.
    act(&mut model, Act::Step(1));
    assert!(course(&model).asks_to_pick());
    let web = ObjectKey::new(Kind::Pod, "default", "web-0");
    update(&mut model, UiAction::Select(Some(web.clone())));
    assert_eq!((course(&model).phase, &model.ui.selected), (Phase::Asking, &None));
    update(&mut model, UiAction::Select(Some(web)));
    settle(&mut model);
    assert_eq!(course(&model).phase, Phase::Shown);
    assert_eq!(model.player.position().time, course(&model).ends().unwrap(), "it stops where the step ends");

    act(&mut model, Act::Step(1));
    assert!(course(&model).goal().is_some() && !course(&model).reached);
    update(&mut model, UiAction::Command("kubectl get pods".into()));
    settle(&mut model);
    assert!(!course(&model).reached && !course(&model).away);
    update(&mut model, UiAction::Command("kubectl scale sts web --replicas=3".into()));
    settle(&mut model);
    assert!(course(&model).reached && course(&model).is_over());
    assert_eq!(model.shelf.mark("partition"), Some(shelf::Mark::Done));
    assert_eq!(model.shelf.kept(), "partition:done");
}

#[test]
fn the_page_sees_the_run_that_the_command_line_sees() {
    let mut model = open(4);
    let mut checked = crate::session::Run::new(course(&model).lesson.header.clone());
    for step in &course(&model).lesson.steps {
        checked.begin(checked.stands(), step.run.clone()).unwrap();
        checked.carry_out().unwrap();
    }
    assert_eq!(course(&model).begins(), Some(checked.stands().time));
    let end = model.player.run().position(course(&model).begins().unwrap()).happenings;
    let told = |run: &crate::session::Run| -> Vec<String> {
        run.happenings()[..end].iter().map(|happening| format!("{happening:?}")).collect()
    };
    assert_eq!(told(model.player.run()), told(&checked));
    assert_eq!(pods(&mut model), ["web-0"]);
}

#[test]
fn a_step_in_the_middle_opens_with_its_question_and_goes_back() {
    let mut model = open(2);
    assert_eq!((course(&model).step, course(&model).phase), (1, Phase::Asking));
    act(&mut model, Act::Reveal);
    assert_eq!(course(&model).answered().unwrap().1, &Given::Nothing);
    act(&mut model, Act::Step(-1));
    assert_eq!((course(&model).step, pods(&mut model).len()), (0, 2));
    act(&mut model, Act::Step(1));
    assert_eq!((course(&model).phase, pods(&mut model).len()), (Phase::Shown, 1), "it is not asked again");
    act(&mut model, Act::Go(3));
    assert_eq!((course(&model).step, course(&model).phase), (3, Phase::Shown));
    act(&mut model, Act::Step(1));
    assert_eq!(course(&model).step, 3, "there is nothing behind the last step");
}

#[test]
fn whoever_types_leaves_the_path_and_comes_back() {
    let mut model = open(1);
    update(&mut model, UiAction::Command("kubectl delete sts web".into()));
    settle(&mut model);
    assert!(course(&model).away);
    assert!(pods(&mut model).is_empty());
    act(&mut model, Act::Return);
    assert!(!course(&model).away);
    assert_eq!(pods(&mut model), ["web-0", "web-1"]);
    // The next step from elsewhere comes back too.
    update(&mut model, UiAction::Command("kubectl delete sts web".into()));
    act(&mut model, Act::Step(1));
    assert_eq!((course(&model).away, course(&model).phase), (false, Phase::Asking));
    assert_eq!(pods(&mut model), ["web-0", "web-1"]);
}

#[test]
fn questions_can_be_switched_off() {
    let mut model = Model { is_asked_nothing: true, ..Model::default() };
    fetched(&mut model, From::Page("partition".into()), 2, SHORT);
    assert_eq!((course(&model).phase, pods(&mut model).len()), (Phase::Shown, 1));
}

#[test]
fn less_motion_goes_to_the_end_at_once() {
    let mut model = Model::default();
    model.ui.less_motion = true;
    fetched(&mut model, From::Page("partition".into()), 1, SHORT);
    assert_eq!((course(&model).phase, model.ui.playing, pods(&mut model).len()), (Phase::Shown, false, 2));
    act(&mut model, Act::Step(1));
    act(&mut model, Act::Reveal);
    assert_eq!((course(&model).phase, pods(&mut model).len()), (Phase::Shown, 1));
}

#[test]
fn a_broken_file_leaves_the_lesson_as_it_is() {
    let mut model = open(2);
    fetched(&mut model, From::File("mine.md".into()), 1, "---\nid: Mine\n---\n");
    let notice = model.ui.notice.clone().unwrap();
    assert!(notice.contains("mine.md:2:1: an id has"), "{notice}");
    assert_eq!(course(&model).step, 1);
    // Mended, and then written anew: the step that is worked on stays.
    fetched(&mut model, From::File("mine.md".into()), 3, SHORT);
    assert_eq!((course(&model).step, &course(&model).from), (2, &From::File("mine.md".into())));
    fetched(&mut model, From::File("mine.md".into()), 1, &SHORT.replace("가 사라지는가", "일까"));
    assert_eq!(course(&model).step, 2);
    assert!(course(&model).now().ask.as_ref().unwrap().question.ko.contains("일까"));
}

#[test]
fn an_order_is_moved_and_hands_are_counted() {
    let text = SHORT.replace("form: choice", "form: order").replace("answer: 2\n", "answer: [2, 1, 3]\n");
    let mut model = Model::default();
    fetched(&mut model, From::File("order.md".into()), 2, &text);
    assert_eq!(course(&model).order(), [0, 1, 2]);
    act(&mut model, Act::Move(0, -1));
    act(&mut model, Act::Move(0, 1));
    assert_eq!(course(&model).order(), [1, 0, 2]);
    act(&mut model, Act::Hands(vec![3, 9, 1, 7]));
    assert_eq!(course(&model).hands, [3, 9, 1]);
    act(&mut model, Act::Commit);
    let (ask, given) = course(&model).answered().unwrap();
    assert_eq!(given, &Given::Answer(ask.answer.clone()));
    assert_eq!(in_words(ask, &ask.answer, Lang::En), "B → A → C");
}

#[test]
fn another_run_closes_the_lesson_and_the_list_is_fetched_once() {
    let mut model = open(1);
    update(&mut model, UiAction::Story(1));
    assert!(model.course.is_none());
    let open = UiAction::Open(Some(Dialog::Lessons));
    assert_eq!(update(&mut model, open.clone()), [Effect::Lesson(Errand::Index)]);
    let front = SHORT.split("---\n").nth(1).unwrap().replace("id: short", "id: partition");
    update(&mut model, UiAction::Lesson(Act::Index(Ok(format!("---\n{front}")))));
    assert_eq!(model.shelf.part(crate::lessons::Part::Beliefs).count(), 1);
    assert_eq!(update(&mut model, open), []);
}

#[test]
fn a_lesson_is_given_to_a_class() {
    use crate::ui::present::{self, Act as Show};
    use crate::ui::speaker::speaker;
    let mut model = open(1);
    let class = |model: &mut Model, act: Show| {
        update(model, UiAction::Class(act));
        settle(model);
    };
    class(&mut model, Show::Begin);
    class(&mut model, Show::Slide(1, Vec::new()));
    assert_eq!(
        (course(&model).phase, model.ui.panel),
        (Phase::Asking, Panel::Stage),
        "words stand under the stage"
    );

    // A letter chooses the option whose hands are counted; digits are their number.
    let press = |model: &mut Model, code: &str| {
        let key = crate::ui::platform::dom::Key { code: code.into(), ..Default::default() };
        let action = present::key(&key, model.course.as_ref());
        let action = action.or_else(|| keys::action(&key, model.course.as_ref(), true).flatten());
        update(model, action.unwrap_or_else(|| panic!("{code} does nothing")));
    };
    for code in ["KeyA", "Digit1", "Digit7", "Backspace", "Digit2", "KeyB", "Numpad9"] {
        press(&mut model, code);
    }
    assert_eq!(course(&model).hands, [12, 9, 0]);
    class(&mut model, Show::Hands(2, 3));
    class(&mut model, Show::Hands(7, 3));
    for _ in 0..4 {
        press(&mut model, "Digit9");
    }
    assert_eq!(course(&model).hands, [12, 999, 3]);

    // The speaker knows the answer; the room does not.
    let told = speaker(&mut model);
    assert_eq!(told.get("slide").as_int(), Some(2));
    assert_eq!(told.at(&["ask", "right"]).as_int(), Some(1));
    assert_eq!(told.at(&["ask", "answer"]).str(), "B. 둘");
    assert_eq!(told.at(&["ask", "open"]).as_bool(), Some(true));
    assert!(told.get("next").str().contains("종료되는 중이다"), "{:?}", told.get("next"));

    // Going on answers nothing: the answer is shown, and the bars with it.
    press(&mut model, "Enter");
    settle(&mut model);
    assert_eq!(course(&model).phase, Phase::Shown);
    let (_, given) = course(&model).answered().unwrap();
    assert_eq!((given, course(&model).hands.len()), (&Given::Nothing, 3));
    assert_eq!((pods(&mut model), model.ui.panel), (vec!["web-0".to_string()], Panel::Stage));
    class(&mut model, Show::Slide(1, Vec::new()));
    assert_eq!((course(&model).step, course(&model).hands.len()), (2, 0));
    class(&mut model, Show::Slide(-1, Vec::new()));
    assert_eq!(course(&model).step, 1);
    let key = crate::ui::platform::dom::Key { code: "Digit1".into(), ..Default::default() };
    assert_eq!(present::key(&key, model.course.as_ref()), None, "nothing is asked: digits go to tenths");
    class(&mut model, Show::End);
    assert!(model.course.is_some() && !model.ui.present.is_on);
}
