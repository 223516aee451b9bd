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

/// Removes the fragment, so that a reload continues with what was kept and not with the link.
pub fn clear_fragment() {
    if let Some(window) = web_sys::window()
        && let Ok(history) = window.history()
    {
        let search = window.location().search().unwrap_or_default();
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("{}{search}", base())));
    }
}
