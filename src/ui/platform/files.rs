//! Lesson files dropped anywhere onto the page; the listening itself is in `static/lesson.js`.

use wasm_bindgen::prelude::*;

/// Calls `f` with name and text of every lesson file that is dropped, and again when it was written anew. A text longer
/// than a lesson may be is cut, but not to so little that it would pass for one.
pub fn on_lesson(f: impl Fn(String, String) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let hear = Closure::<dyn Fn(JsValue, JsValue)>::new(move |name: JsValue, text: JsValue| {
        f(name.as_string().unwrap_or_default(), text.as_string().unwrap_or_default());
    });
    let _ = js_sys::Reflect::set(&window, &"ordinalHear".into(), hear.as_ref());
    hear.forget();
}
