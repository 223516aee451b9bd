//! What the speaker window is told (`static/classroom.js`): this step, the next one, notes, and why.

use super::lesson::{Course, Phase};
use super::state::Model;
use super::view;
use crate::api::Value;
use crate::lang::Lang;
use crate::lessons::Answer;
use crate::object;
use crate::story;

/// All that the speaker window shows.
pub fn speaker(model: &mut Model) -> Value {
    let pictures = view::Pictures::default();
    let (labels, _) = view::present::slides(model, &pictures);
    let (slide, _) = view::present::place(model, &pictures);
    let chapter = pictures.chapter(model);
    let caption = view::caption::read(model, chapter);
    let reasons = view::reasons::read(model, &pictures);
    let lang = model.ui.language.lang();
    let next = model.player.story().steps().get(model.player.step()).map(|step| story::caption(step, lang).0);
    let said = [caption.done.trim(), caption.next.trim()].join(" ").trim().to_string();
    let course = model.course.as_ref();
    let told = course.map(|course| course.now().caption.get(lang).to_string());
    let after = course.map(|course| course.next().map_or("", |step| step.caption.get(lang)).to_string());
    object! {
        "title" => view::present::title(model, &caption.chapter),
        "lang" => model.ui.language.code(),
        "slide" => slide,
        "slides" => Value::list(labels.into_iter().map(Value::from).collect()),
        "step" => model.player.step(),
        "now" => told.unwrap_or_else(|| said.clone()),
        "happens" => if course.is_some() { said } else { String::new() },
        "next" => after.or(next).unwrap_or_default(),
        "notes" => course.and_then(|course| course.notes(lang)).unwrap_or_default().to_string(),
        "ask" => course.and_then(|course| asked(course, lang)).unwrap_or(Value::Null),
        "why" => [&reasons.title, "\n\n", &reasons.lead].concat().trim().to_string(),
        "playing" => model.ui.playing,
        "blank" => model.ui.present.is_blank,
    }
}

// The question of the step shown, open or over: only the speaker sees the answer beforehand.
fn asked(course: &Course, lang: Lang) -> Option<Value> {
    let ask = course.now().ask.as_ref()?;
    let options = ask.options.iter().map(|option| Value::from(option.get(lang).to_string()));
    let right = match ask.answer {
        Answer::Choice(option) => option as i64,
        _ => -1,
    };
    let counts = matches!(ask.answer, Answer::Choice(_));
    let hands =
        (0..ask.options.len()).map(|i| Value::from(course.hands.get(i).copied().unwrap_or(0) as usize));
    Some(object! {
        "text" => ask.question.get(lang).to_string(),
        "options" => Value::list(options.collect()),
        "hands" => Value::list(if counts { hands.collect() } else { Vec::new() }),
        "right" => right,
        "answer" => course.answer(lang).unwrap_or_default(),
        "reason" => ask.reason.get(lang).to_string(),
        "open" => course.phase == Phase::Asking,
    })
}
