//! What the speaker window is told (`static/classroom.js`): this step, the next one, notes, and why.

use super::state::{Model, Origin};
use super::view;
use crate::api::Value;
use crate::object;
use crate::story;

/// All that the speaker window shows.
pub fn speaker(model: &mut Model) -> Value {
    let pictures = view::Pictures::default();
    let (labels, starts) = view::present::slides(model, &pictures);
    let slide = super::present::chapter_of(model.player.step(), &starts).map_or(0, |chapter| chapter + 1);
    let chapter = pictures.chapter(model);
    let caption = view::caption::read(model, chapter);
    let reasons = view::reasons::read(model, &pictures);
    let lang = model.ui.language.lang();
    let next = model.player.story().steps().get(model.player.step()).map(|step| story::caption(step, lang).0);
    let title = match model.ui.origin {
        Origin::Own => caption.chapter.clone(),
        origin => origin.title(model.ui.texts()).to_string(),
    };
    object! {
        "title" => title,
        "lang" => model.ui.language.code(),
        "slide" => slide,
        "slides" => Value::list(labels.into_iter().map(Value::from).collect()),
        "step" => model.player.step(),
        "now" => [caption.done.trim(), caption.next.trim()].join(" ").trim().to_string(),
        "next" => next.unwrap_or_default(),
        "why" => [&reasons.title, "\n\n", &reasons.lead].concat().trim().to_string(),
        "playing" => model.ui.playing,
        "blank" => model.ui.present.is_blank,
    }
}
