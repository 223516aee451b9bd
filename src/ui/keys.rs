//! Keys: one table for the reducer and for the help.
//!
//! By physical key, because the Korean layout yields ㅓ where the English one yields J.

use super::platform::dom::Key;
use super::present::Act;
use super::state::{Dialog, Panel, UiAction};

/// A line of the help: how the keys are printed. What they do stands in `Texts::keys` at the same place.
pub const KEYS: &[&[&str]] = &[
    &["Space", "K"],
    &["→"],
    &["←"],
    &["Shift →", "."],
    &["Shift ←", ","],
    &["Home", "End"],
    &["L"],
    &["J"],
    &["N", "P", "PgDn", "PgUp"],
    &["0 … 9"],
    &["]", "["],
    &[">", "<"],
    &["G", "/"],
    &["V"],
    &["W"],
    &["D"],
    &["T"],
    &["Y"],
    &["C"],
    &["X"],
    &["E"],
    &["`"],
    &["Ctrl ↵"],
    &["F8"],
    &["Ctrl Space", "Tab"],
    &["↑", "↓"],
    &["Ctrl R"],
    &["Ctrl C", "Ctrl L"],
    &["F6"],
    &["F"],
    &["PgDn", "PgUp"],
    &["B"],
    &["S"],
    &["Esc"],
    &["?"],
    &["A … F", "1 … 6", "↵"],
];

/// What a key press means; none where it is not ours. `letters` is false when the visitor switched single keys off.
pub fn action(key: &Key, letters: bool) -> Option<UiAction> {
    if key.composing || key.alt || key.control {
        return None;
    }
    if key.code == "Escape" {
        return (!key.in_dialog).then_some(UiAction::Escape);
    }
    if key.code == "F6" && !key.in_dialog {
        return Some(UiAction::NextRegion(if key.shift { -1 } else { 1 }));
    }
    if key.in_text || key.in_dialog {
        return None;
    }
    // Space presses a focused button; arrows, Home and End work everywhere.
    let always = match (key.code.as_str(), key.shift) {
        ("ArrowRight", false) => Some(UiAction::StepBy(1)),
        ("ArrowLeft", false) => Some(UiAction::StepBy(-1)),
        ("ArrowRight", true) => Some(UiAction::EventBy(1)),
        ("ArrowLeft", true) => Some(UiAction::EventBy(-1)),
        ("Home", false) => Some(UiAction::SeekStep(0)),
        ("End", false) => Some(UiAction::SeekEnd),
        ("Space", false) if !key.on_control => Some(UiAction::TogglePlay),
        ("PageDown", false) => Some(UiAction::ChapterBy(1)),
        ("PageUp", false) => Some(UiAction::ChapterBy(-1)),
        _ => None,
    };
    if always.is_some() || !letters {
        return always;
    }
    Some(match (key.code.as_str(), key.shift) {
        ("KeyK", false) => UiAction::TogglePlay,
        ("Period", false) => UiAction::EventBy(1),
        ("Comma", false) => UiAction::EventBy(-1),
        ("Period", true) => UiAction::SpeedBy(1),
        ("Comma", true) => UiAction::SpeedBy(-1),
        ("KeyL", false) => UiAction::SecondsBy(10),
        ("KeyJ", false) => UiAction::SecondsBy(-10),
        ("KeyN", false) => UiAction::ChapterBy(1),
        ("KeyP", false) => UiAction::ChapterBy(-1),
        ("BracketRight", false) => UiAction::ChangeBy(1),
        ("BracketLeft", false) => UiAction::ChangeBy(-1),
        ("KeyG" | "Slash", false) => UiAction::Open(Some(Dialog::GoTo)),
        ("KeyV", false) => UiAction::ToggleView,
        ("KeyW", false) => UiAction::Show(Panel::Reasons),
        ("KeyD", false) => UiAction::Show(Panel::Names),
        ("KeyT", false) => UiAction::Show(Panel::Events),
        ("KeyY", false) => UiAction::Show(Panel::Objects),
        ("KeyC", false) => UiAction::Show(Panel::Claims),
        ("KeyX", false) => UiAction::FirstDifference,
        ("KeyE", false) => UiAction::FocusManifest,
        ("Backquote", false) => UiAction::FocusTerminal,
        ("KeyF", false) => UiAction::Present,
        ("KeyB", false) => UiAction::Class(Act::Blank),
        ("KeyS", false) => UiAction::Class(Act::Speaker),
        ("Slash", true) => UiAction::Open(Some(Dialog::Help)),
        (code, false) => {
            let digit = code.strip_prefix("Digit")?.parse().ok()?;
            UiAction::SeekTenth(digit)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::texts::Language;

    fn press(code: &str) -> Key {
        Key { code: code.into(), ..Key::default() }
    }

    #[test]
    fn every_line_of_the_help_has_its_words() {
        for language in [Language::Ko, Language::En] {
            assert_eq!(language.texts().keys.len(), KEYS.len());
        }
    }

    #[test]
    fn keys_stay_out_of_text_boxes_and_compositions() {
        assert!(matches!(action(&press("KeyJ"), true), Some(UiAction::SecondsBy(-10))));
        for change in
            [|k: &mut Key| k.in_text = true, |k: &mut Key| k.composing = true, |k: &mut Key| k.control = true]
        {
            let mut key = press("KeyJ");
            change(&mut key);
            assert!(action(&key, true).is_none());
        }
        assert!(action(&press("KeyJ"), false).is_none());
    }

    #[test]
    fn space_on_a_button_presses_the_button() {
        let mut key = press("Space");
        assert!(action(&key, true).is_some());
        key.on_control = true;
        assert!(action(&key, true).is_none());
    }
}
