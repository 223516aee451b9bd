//! Parts of the page that are written in JavaScript and fetched when they are needed (`static/`; loader.js finds them).

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Calls a function of the part of this file name with a text, as soon as the part is there.
pub fn call(part: &str, function: &str, text: &str) {
    ask("call", &[part, function, text]);
}

/// Fetches a stylesheet that the first picture does without.
pub fn style(name: &str) {
    ask("style", &[name]);
}

fn ask(what: &str, words: &[&str]) {
    let list: js_sys::Array = words.iter().map(|word| JsValue::from_str(word)).collect();
    let loader = web_sys::window().and_then(|window| Reflect::get(&window, &"ordinalParts".into()).ok());
    let Some(loader) = loader else { return };
    if let Ok(function) = Reflect::get(&loader, &what.into()).and_then(JsCast::dyn_into::<Function>) {
        let _ = function.apply(&loader, &list);
    }
}
