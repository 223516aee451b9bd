//! The sentence over the picture.

use crate::story::caption;
use crate::ui::state::Model;

/// What happened, what comes next, and where in the run that is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// The chapter: what the last command set going.
    pub chapter: String,
    /// `27 / 32 단계`.
    pub place: String,
    /// What happened.
    pub done: String,
    /// What comes next, or empty.
    pub next: String,
}

/// The caption at the moment shown; `chapter` is what the last command set going.
pub fn read(model: &Model, chapter: Option<String>) -> Caption {
    let texts = model.ui.texts();
    if model.player.is_blank() {
        let errors = model.ui.errors();
        return if errors > 0 {
            Caption {
                chapter: texts.rejected.into(),
                place: (texts.problems_count)(errors, 0),
                done: texts.nothing_yet.into(),
                next: texts.rejected_next.into(),
            }
        } else {
            Caption {
                chapter: texts.manifest.into(),
                place: String::new(),
                done: texts.nothing_yet.into(),
                next: texts.nothing_yet_next.into(),
            }
        };
    }
    let lang = model.ui.language.lang();
    let step = model.player.step();
    let place = (texts.step_of)(step, model.player.steps().len() - 1);
    let chapter = chapter.unwrap_or_default();
    let Some(told) = step.checked_sub(1).and_then(|i| model.player.story().steps().get(i)) else {
        return Caption {
            chapter: texts.manifest.into(),
            place,
            done: texts.nothing_yet.into(),
            next: texts.press_play.into(),
        };
    };
    let (done, next) = caption(told, lang);
    Caption { chapter, place, done, next: next.unwrap_or_default() }
}
