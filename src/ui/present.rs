//! Presentation: the stage for a whole room, and how a run is told with two keys of a remote.
//!
//! A run has chapters (what was typed and what came of it), and a chapter is a slide that moves: forward plays it to its
//! end, forward again goes on to the next one; back returns to its beginning. Where chapters begin only the shell
//! knows, because it keeps the timeline.

use super::lesson::{self, Course};
use super::platform::dom::Key;
use super::player::Player;
use super::state::{Effect, Model, Panel, Screen, UiAction};
use super::update::{pause, play, seek};
use crate::lessons::Answer;

/// The smallest words of the picture have so many pixels of their own.
const SMALLEST: f64 = 11.5;
/// In a room they have so many, on a screen of so many lines.
const READABLE: f64 = 24.0;
const LINES: f64 = 720.0;

/// The file of the speaker window and what belongs to it.
pub const PART: &str = "classroom.js";
/// The stylesheet that comes with a presentation.
pub const STYLE: &str = "present.css";

/// What a presentation shows besides the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// The page is a presentation.
    pub is_on: bool,
    /// Nothing is shown for a while.
    pub is_blank: bool,
    /// Dark; otherwise light, because projectors wash dark out.
    pub is_dark: bool,
    /// The height of the window.
    pub height: f64,
    /// Playing ends at this step.
    pub stop: Option<usize>,
}

impl Present {
    /// By how much the picture is enlarged; 1 where nothing is presented.
    pub fn enlarge(&self) -> f64 {
        if self.is_on { (READABLE / SMALLEST) * (self.height / LINES).max(0.3) } else { 1.0 }
    }
}

impl Present {
    /// The panel that goes with a lesson: on a projector its words stand under the stage.
    pub fn beside_stage(&self) -> Panel {
        if self.is_on { Panel::Stage } else { Panel::Lesson }
    }
}

/// What the presenter does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Shows the run to a room.
    Begin,
    /// Back to the page.
    End,
    /// Darkens the screen, or shows it again.
    Blank,
    /// Opens the speaker window.
    Speaker,
    /// So many slides on; the steps at which chapters begin. A lesson's slides are its steps.
    Slide(i32, Vec<usize>),
    /// So many hands for an option of the question.
    Hands(usize, u32),
    /// A digit of that number, or none to take the last one back, for the option that is chosen.
    Digit(Option<u32>),
}

/// What keys mean to the presenter of an open question: a letter chooses the option whose hands are counted, digits are
/// their number, Enter is as good as going on.
pub fn key(key: &Key, course: Option<&Course>) -> Option<UiAction> {
    if key.composing || key.alt || key.control || key.shift || key.in_dialog || key.in_text {
        return None;
    }
    let course = course.filter(|course| course.question().is_some())?;
    let digits = key.code.strip_prefix("Digit").or(key.code.strip_prefix("Numpad"));
    let digit = digits.and_then(|digit| digit.parse::<u32>().ok());
    let act = match (key.code.as_str(), digit) {
        ("Enter" | "NumpadEnter", _) if !key.on_control => Act::Slide(1, Vec::new()),
        ("Backspace", _) => Act::Digit(None),
        (_, Some(digit)) if matches!(course.draft, Some(Answer::Choice(_))) => Act::Digit(Some(digit)),
        _ => return None,
    };
    Some(UiAction::Class(act))
}

/// More hands than this are not in the room.
const MOST_HANDS: u32 = 999;

/// Takes the presenter's step.
pub fn act(model: &mut Model, act: Act) -> Vec<Effect> {
    match act {
        Act::Begin => {
            let mut effects = pause(model);
            model.ui.screen = Screen::Page;
            model.ui.panel = Panel::Stage;
            model.ui.dialog = None;
            model.ui.present.is_on = true;
            // A reload comes back to this run.
            effects.extend([Effect::Mode(Some("present")), Effect::KeepRun, Effect::Document]);
            effects.push(Effect::Part(PART, "begin", String::new()));
            effects
        }
        Act::End => {
            let effects = pause(model);
            model.ui.present = Present::default();
            model.ui.panel = Panel::Reasons;
            let after = [
                Effect::Mode(None),
                Effect::Part(PART, "end", String::new()),
                Effect::Document,
                Effect::Focus("present"),
            ];
            effects.into_iter().chain(after).collect()
        }
        _ if !model.ui.present.is_on => Vec::new(),
        Act::Blank => {
            model.ui.present.is_blank = !model.ui.present.is_blank;
            if model.ui.present.is_blank { pause(model) } else { Vec::new() }
        }
        Act::Hands(option, hands) => count(model, Some(option), |_| hands),
        Act::Digit(Some(digit)) => count(model, None, |hands| hands * 10 + digit),
        Act::Digit(None) => count(model, None, |hands| hands / 10),
        Act::Speaker => vec![Effect::Part(PART, "speaker", String::new())],
        Act::Slide(by, starts) => {
            model.ui.present.is_blank = false;
            if let Some(course) = &model.course {
                let opens = by > 0 && course.question().is_some();
                let act = if opens { lesson::Act::Reveal } else { lesson::Act::Step(by.signum()) };
                return lesson::play::act(model, act);
            }
            if by > 0 { forward(model, &starts) } else { back(model, &starts) }
        }
    }
}

fn count(model: &mut Model, option: Option<usize>, make: impl Fn(u32) -> u32) -> Vec<Effect> {
    let Some(course) = &mut model.course else { return Vec::new() };
    let options = course.question().map_or(0, |ask| ask.options.len());
    let chosen = match course.draft {
        Some(Answer::Choice(option)) => Some(option),
        _ => None,
    };
    if let Some(option) = option.or(chosen).filter(|option| *option < options) {
        let mut hands = course.hands.clone();
        hands.resize(options, 0);
        hands[option] = make(hands[option]).min(MOST_HANDS);
        course.count_hands(hands);
    }
    Vec::new()
}

/// The topmost thing closes; true if there was one.
pub fn close(model: &mut Model) -> bool {
    let open = model.ui.present.is_blank || model.ui.panel != Panel::Stage;
    model.ui.present.is_blank = false;
    model.ui.panel = Panel::Stage;
    open
}

/// Which chapter a step lies in; none before the first.
pub fn chapter_of(step: usize, starts: &[usize]) -> Option<usize> {
    starts.iter().rposition(|start| *start <= step)
}

fn end_of(player: &Player, chapter: usize, starts: &[usize]) -> usize {
    starts.get(chapter + 1).map_or(player.steps().len(), |next| *next).saturating_sub(1)
}

fn forward(model: &mut Model, starts: &[usize]) -> Vec<Effect> {
    let (step, was_playing) = (model.player.step(), model.ui.playing);
    let here = chapter_of(step, starts);
    let end = here.map_or(0, |here| end_of(&model.player, here, starts));
    if was_playing {
        return seek(model, |p| p.go_to_step(end.max(step)));
    }
    let next = here.map_or(0, |here| here + 1);
    let (from, until) = match starts.get(next) {
        // Between two steps one is still inside the chapter.
        _ if here.is_some() && step < end => (None, end),
        Some(start) => (Some(*start), end_of(&model.player, next, starts)),
        None => return Vec::new(),
    };
    let mut effects = Vec::new();
    if let Some(from) = from {
        effects = seek(model, |p| p.go_to_step(from));
        if !model.ui.less_motion {
            model.player.enter();
            effects.push(Effect::Settle);
        }
    }
    if model.player.step() < until {
        effects.extend(play(model));
        // The last chapter may still be growing: it plays to the end of the run.
        let is_last = until + 1 >= model.player.steps().len();
        model.ui.present.stop = (!is_last || model.player.is_computed()).then_some(until);
    }
    effects
}

fn back(model: &mut Model, starts: &[usize]) -> Vec<Effect> {
    let step = model.player.step();
    let to = match chapter_of(step, starts) {
        Some(here) if step > starts[here] || model.ui.playing => starts[here],
        Some(here) if here > 0 => starts[here - 1],
        _ => 0,
    };
    seek(model, |p| p.go_to_step(to))
}

/// Playing has come to the end of the slide, and the picture to rest.
pub fn stops(model: &mut Model) -> bool {
    let at = |stop| model.player.step() >= stop && model.player.movement() >= 1.0;
    let ends = model.ui.present.stop.is_some_and(at);
    if ends {
        model.ui.present.stop = None;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::STORIES;
    use crate::ui::state::UiAction;
    use crate::ui::update::{open_run, update};

    fn model() -> (Model, Vec<usize>) {
        let mut model = Model::default();
        open_run(&mut model, STORIES[0].scenario).expect("the story has a manifest");
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        update(&mut model, UiAction::SeekStep(0));
        update(&mut model, UiAction::Class(Act::Begin));
        let timeline = crate::ui::view::Pictures::default().timeline(&mut model);
        let starts: Vec<usize> = timeline.chapters.iter().map(|chapter| chapter.moment as usize).collect();
        assert!(starts.len() >= 2, "{starts:?}");
        (model, starts)
    }

    fn slide(model: &mut Model, by: i32, starts: &[usize]) {
        update(model, UiAction::Class(Act::Slide(by, starts.to_vec())));
    }

    fn play_on(model: &mut Model) {
        for _ in 0..10_000 {
            if !model.ui.playing {
                return;
            }
            update(model, UiAction::Frame(100.0));
        }
        panic!("it plays for ever");
    }

    #[test]
    fn a_remote_tells_the_whole_run_and_back() {
        let (mut model, starts) = model();
        for (chapter, start) in starts.iter().enumerate() {
            slide(&mut model, 1, &starts);
            assert_eq!((model.player.step(), model.ui.playing), (*start, true));
            play_on(&mut model);
            let end = end_of(&model.player, chapter, &starts);
            assert_eq!(model.player.step(), end, "a slide ends before the next begins");
            assert_eq!(chapter_of(end, &starts), Some(chapter));
        }
        let last = model.player.step();
        slide(&mut model, 1, &starts);
        assert_eq!((model.player.step(), model.ui.playing), (last, false), "there is nothing behind the end");
        for start in starts.iter().rev() {
            slide(&mut model, -1, &starts);
            assert_eq!(model.player.step(), *start);
        }
        slide(&mut model, -1, &starts);
        assert_eq!(model.player.step(), 0);
    }

    #[test]
    fn forward_while_it_plays_goes_to_the_end_of_the_slide() {
        let (mut model, starts) = model();
        slide(&mut model, 1, &starts);
        update(&mut model, UiAction::Frame(16.0));
        slide(&mut model, 1, &starts);
        assert_eq!((model.player.step(), model.ui.playing), (end_of(&model.player, 0, &starts), false));
        // Stopped by hand inside a slide, it plays on to the same end.
        slide(&mut model, -1, &starts);
        slide(&mut model, 1, &starts);
        slide(&mut model, -1, &starts);
        assert_eq!((model.player.step(), model.ui.playing), (starts[0], false), "back stops what plays");
        slide(&mut model, 1, &starts);
        update(&mut model, UiAction::Frame(16.0));
        update(&mut model, UiAction::TogglePlay);
        slide(&mut model, 1, &starts);
        play_on(&mut model);
        assert_eq!(model.player.step(), end_of(&model.player, 0, &starts));
    }

    #[test]
    fn panels_slide_over_the_stage_and_escape_closes_what_is_on_top() {
        let (mut model, starts) = model();
        let show = |model: &mut Model, panel| drop(update(model, UiAction::Show(panel)));
        show(&mut model, Panel::Names);
        assert_eq!(model.ui.panel, Panel::Names);
        show(&mut model, Panel::Names);
        assert_eq!(model.ui.panel, Panel::Stage);
        update(&mut model, UiAction::FocusTerminal);
        assert_eq!(model.ui.panel, Panel::Terminal);
        update(&mut model, UiAction::Class(Act::Blank));
        assert!(model.ui.present.is_blank && !model.ui.playing);
        update(&mut model, UiAction::Escape);
        assert!(!model.ui.present.is_blank && model.ui.panel == Panel::Stage);
        update(&mut model, UiAction::Class(Act::Blank));
        slide(&mut model, 1, &starts);
        assert!(!model.ui.present.is_blank, "going on shows the screen again");
        update(&mut model, UiAction::Escape);
        assert!(!model.ui.present.is_on, "with nothing on top, Escape ends it");
        let before = model.player.step();
        slide(&mut model, 1, &starts);
        assert_eq!(model.player.step(), before, "outside of a presentation there are no slides");
    }

    #[test]
    fn a_presentation_is_light_until_it_is_made_dark() {
        let (mut model, _) = model();
        model.ui.system_dark = true;
        assert!(!model.ui.is_dark());
        let effects = update(&mut model, UiAction::Theme(crate::ui::state::Theme::Dark));
        assert!(model.ui.is_dark());
        assert!(!effects.iter().any(|e| matches!(e, Effect::Keep(..))), "the page keeps its own theme");
        update(&mut model, UiAction::Class(Act::End));
        assert!(model.ui.theme == crate::ui::state::Theme::Auto && model.ui.is_dark());
    }

    #[test]
    fn words_have_24_pixels_at_720_lines() {
        let at = |height| Present { is_on: true, height, ..Present::default() }.enlarge() * SMALLEST;
        assert!((at(720.0) - 24.0).abs() < 1e-9 && (at(1080.0) - 36.0).abs() < 1e-9);
        assert_eq!(Present::default().enlarge(), 1.0);
    }
}
