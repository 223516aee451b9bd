//! What lessons need of the browser: texts from the network, a dropped file and its newer versions, the address.

use super::play::Errand;
use super::{Act, Course, From};
use crate::lessons::MAX_BYTES;
use crate::ui::platform::{fetch, files, url};
use crate::ui::state::UiAction;
use crate::ui::texts::{Language, lesson as words};
use yew::Callback;

/// Fetches what was asked for; the answer is an action.
pub fn run(errand: Errand, language: Language, send: Callback<UiAction>) {
    let texts = words(language);
    let (from, step) = match errand {
        Errand::Index => {
            let done = move |text: Result<String, String>| send.emit(UiAction::Lesson(Act::Index(text)));
            return fetch::text("lessons/index.yaml", MAX_BYTES, done);
        }
        Errand::Lesson(from, step) => (from, step),
    };
    let address = match &from {
        From::Page(slug) => ["lessons/", slug, ".md"].concat(),
        From::Address(address) if address.starts_with("https://") => address.clone(),
        _ => {
            let why = Err(texts.not_https.to_string());
            return send.emit(UiAction::Lesson(Act::Fetched(from, step, why)));
        }
    };
    fetch::text(&address, MAX_BYTES, move |text| {
        let text = text.map_err(|why| (texts.not_fetched)(&why));
        send.emit(UiAction::Lesson(Act::Fetched(from.clone(), step, text)));
    });
}

/// The lesson that the address asks for, and at which step.
pub fn asked_for() -> Option<(From, usize)> {
    let what = url::parameter("lesson")?;
    let step = url::parameter("step").and_then(|step| step.parse().ok()).unwrap_or(1);
    let is_slug = what.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    Some((if is_slug { From::Page(what) } else { From::Address(what) }, step))
}

/// Opens lesson files that are dropped onto the page, and reads them again when their author comes back from the editor.
pub fn listen(send: Callback<UiAction>) {
    files::on_lesson(move |name, text| {
        send.emit(UiAction::Lesson(Act::Fetched(From::File(name), 1, Ok(text))));
    });
}

/// What the address says of a course, as query parameters; empty for none, and for a file that no address has.
pub fn place(course: Option<&Course>) -> String {
    let Some(course) = course else { return String::new() };
    let lesson = match &course.from {
        From::Page(slug) => slug.clone(),
        From::Address(address) => crate::scenario::link::encode(address),
        From::File(_) => return String::new(),
    };
    format!("lesson={lesson}&step={}", course.step + 1)
}
