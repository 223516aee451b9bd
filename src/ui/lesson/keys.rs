//! Keys while a question is open: letters and digits choose, arrows move on the stage, Enter answers.

use super::{Act, Course};
use crate::lessons::Answer;
use crate::ui::platform::dom::Key;
use crate::ui::state::UiAction;

/// What a key press means to an open question; `Some(None)` leaves it to the browser, and none to the page.
pub fn action(key: &Key, course: Option<&Course>, letters: bool) -> Option<Option<UiAction>> {
    let ask = course?.question()?;
    if key.composing || key.alt || key.control || key.shift || key.in_dialog || key.in_text {
        return None;
    }
    let act = |act: Act| Some(Some(UiAction::Lesson(act)));
    let code = key.code.as_str();
    match (code, &ask.answer) {
        ("ArrowRight" | "ArrowDown", Answer::Pick(_)) => act(Act::Pick(1)),
        ("ArrowLeft" | "ArrowUp", Answer::Pick(_)) => act(Act::Pick(-1)),
        // Radio buttons and places in an order have arrows of their own.
        ("ArrowRight" | "ArrowLeft" | "ArrowDown" | "ArrowUp", _) => Some(None),
        ("Enter" | "NumpadEnter", _) if !key.on_control => act(Act::Commit),
        (_, Answer::Choice(_)) if letters => {
            let digit = code
                .strip_prefix("Digit")
                .and_then(|d| d.parse::<usize>().ok())
                .and_then(|d| d.checked_sub(1));
            let letter =
                code.strip_prefix("Key").and_then(|l| l.bytes().next()).map(|l| usize::from(l - b'A'));
            let option = digit.or(letter)?;
            // Digits do not jump while a question is open; letters behind the last option stay what they are.
            match option < ask.options.len() {
                true => act(Act::Letter(option)),
                false if digit.is_some() => Some(None),
                false => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons::Lesson;
    use crate::ui::lesson::{From, Phase};
    use std::rc::Rc;

    fn course(step: usize) -> Course {
        let lesson = Lesson::parse(include_str!("../../../tests/lessons/short.md")).unwrap();
        let mut course = Course::new(Rc::new(lesson), From::Page("short".into()), step, true);
        course.phase = Phase::Asking;
        course
    }

    #[test]
    fn keys_answer_only_while_a_question_is_open() {
        let key = |code: &str| Key { code: code.into(), ..Key::default() };
        let says = |code: &str, step: usize| action(&key(code), Some(&course(step)), true);
        let is = |act: Act| Some(Some(UiAction::Lesson(act)));
        assert_eq!(says("KeyB", 1), is(Act::Letter(1)));
        assert_eq!(says("Digit3", 1), is(Act::Letter(2)));
        assert_eq!(says("Digit9", 1), Some(None), "digits do not jump to tenths");
        assert_eq!(says("KeyW", 1), None, "still the key of a panel");
        assert_eq!(says("ArrowRight", 1), Some(None), "radio buttons have arrows of their own");
        assert_eq!(says("Enter", 1), is(Act::Commit));
        assert_eq!(says("NumpadEnter", 2), is(Act::Commit));
        assert_eq!(says("ArrowRight", 2), is(Act::Pick(1)));
        assert_eq!(says("Digit1", 2), None);
        assert_eq!(says("KeyB", 0), None, "nothing is asked there");
        assert_eq!(action(&key("KeyB"), Some(&course(1)), false), None);
        assert_eq!(action(&Key { in_text: true, ..key("KeyB") }, Some(&course(1)), true), None);
        assert_eq!(action(&key("KeyB"), None, true), None);
    }
}
