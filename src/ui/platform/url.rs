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

/// Every pair of the query, decoded.
pub fn parameters() -> Vec<(String, String)> {
    let search = location().and_then(|l| l.search().ok()).unwrap_or_default();
    let pairs = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_string(), decoded(value).unwrap_or_default())
        })
        .collect()
}

/// The fragment as it stands in the address: what a link holds ([`crate::scenario::link`] reads it).
pub fn fragment() -> String {
    location().and_then(|l| l.hash().ok()).unwrap_or_default()
}

fn value_in(text: &str, name: &str) -> Option<String> {
    let value = text.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))?.1;
    decoded(value)
}

fn decoded(value: &str) -> Option<String> {
    js_sys::decode_uri_component(&value.replace('+', "%20")).ok().map(String::from)
}

/// The page's address without query and fragment.
pub fn base() -> String {
    // A file has no origin that could stand in an address.
    let origin = |l: &web_sys::Location| match l.protocol().ok()?.as_str() {
        "file:" => Some("file://".to_string()),
        _ => l.origin().ok(),
    };
    location().and_then(|l| Some([origin(&l)?, l.pathname().ok()?].concat())).unwrap_or_default()
}

/// Opens the whole page with this fragment in a window of its own.
pub fn visit(fragment: &str) {
    if let Some(window) = web_sys::window() {
        let address = [&base(), "#", fragment].concat();
        let _ = window.open_with_url_and_target_and_features(&address, "_blank", "noopener");
    }
}

/// Says in the address how the page is shown (`mode=`), so that a reload shows it so again.
pub fn set_mode(mode: Option<&str>) {
    let pair = mode.map(|mode| ["mode=", mode].concat()).unwrap_or_default();
    set_pairs(&["mode="], &pair, &fragment());
}

/// Writes a lesson and its step into the address, `lesson=partition&step=2`, in the place of those that were there.
pub fn set_lesson(place: &str) {
    set_pairs(&["lesson=", "step="], place, "");
}

fn set_pairs(names: &[&str], pairs: &str, fragment: &str) {
    let Some(window) = web_sys::window() else { return };
    let (Ok(history), Ok(search)) = (window.history(), window.location().search()) else { return };
    let is_other = |pair: &&str| !pair.is_empty() && !names.iter().any(|name| pair.starts_with(name));
    let mut all: Vec<&str> = search.trim_start_matches('?').split('&').filter(is_other).collect();
    all.extend((!pairs.is_empty()).then_some(pairs));
    let mark = if all.is_empty() { "" } else { "?" };
    let address = [&base(), mark, &all.join("&"), fragment].concat();
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
}

/// Removes the fragment, so that a reload continues with what was kept and not with the link.
pub fn clear_fragment() {
    if let Some(window) = web_sys::window()
        && let Ok(history) = window.history()
    {
        let search = window.location().search().unwrap_or_default();
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&[base(), search].concat()));
    }
}
