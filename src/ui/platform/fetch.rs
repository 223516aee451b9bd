//! Texts from the network, as data and never longer than expected. The reading itself is in `static/lesson.js`, which can
//! stop in the middle of an answer that does not end.

use wasm_bindgen::prelude::*;

/// Reads the text at an address, of at most so many bytes; the error says why not, in the browser's words.
pub fn text(address: &str, most: usize, done: impl FnOnce(Result<String, String>) + 'static) {
    let done = Closure::once_into_js(move |text: JsValue, why: JsValue| {
        done(text.as_string().ok_or_else(|| why.as_string().unwrap_or_default()));
    });
    let read = web_sys::window()
        .and_then(|window| js_sys::Reflect::get(&window, &"ordinalRead".into()).ok())
        .and_then(|read| read.dyn_into::<js_sys::Function>().ok());
    if let Some(read) = read {
        let _ = read.call3(&JsValue::NULL, &address.into(), &JsValue::from(most as f64), &done);
    }
}
