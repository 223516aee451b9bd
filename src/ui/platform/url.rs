//! The page's own address: query parameters, the fragment, and writing the fragment back.

use wasm_bindgen::JsValue;

fn location() -> Option<web_sys::Location> {
    web_sys::window().map(|w| w.location())
}

/// The query parameter `name`, decoded.
pub fn parameter(name: &str) -> Option<String> {
    let search = location()?.search().ok()?;
    value_in(search.trim_start_matches('?'), name)
}

/// The fragment as it stands in the address: what a link holds ([`crate::scenario::link`] reads it).
pub fn fragment() -> String {
    location().and_then(|l| l.hash().ok()).unwrap_or_default()
}

fn value_in(text: &str, name: &str) -> Option<String> {
    let value = text.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?.1;
    js_sys::decode_uri_component(&value.replace('+', "%20")).ok().map(String::from)
}

/// The page's address without query and fragment.
pub fn base() -> String {
    location().and_then(|l| Some(format!("{}{}", l.origin().ok()?, l.pathname().ok()?))).unwrap_or_default()
}

/// Opens the whole page with this fragment in a window of its own.
pub fn visit(fragment: &str) {
    if let Some(window) = web_sys::window() {
        let address = [&base(), "#", fragment].concat();
        let _ = window.open_with_url_and_target_and_features(&address, "_blank", "noopener");
    }
}

/// Writes a lesson and its step into the address, `lesson=partition&step=2`, in the place of those that were there.
pub fn set_lesson(place: &str) {
    let Some(window) = web_sys::window() else { return };
    let (Ok(history), Ok(search)) = (window.history(), window.location().search()) else { return };
    let is_other =
        |pair: &&str| !pair.is_empty() && !pair.starts_with("lesson=") && !pair.starts_with("step=");
    let mut pairs: Vec<&str> = search.trim_start_matches('?').split('&').filter(is_other).collect();
    pairs.extend((!place.is_empty()).then_some(place));
    let mark = if pairs.is_empty() { "" } else { "?" };
    let address = [&base(), mark, &pairs.join("&")].concat();
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
}

/// Removes the fragment, so that a reload continues with what was kept and not with the link.
pub fn clear_fragment() {
    if let Some(window) = web_sys::window()
        && let Ok(history) = window.history()
    {
        let search = window.location().search().unwrap_or_default();
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{}{search}", base())));
    }
}
