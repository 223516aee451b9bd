//! What is kept between visits: `localStorage`, or memory for this visit where the browser refuses it.

use crate::sim::SortedMap;
use std::cell::RefCell;

const PREFIX: &str = "ordinal.";

thread_local! {
    static MEMORY: RefCell<SortedMap<String, String>> = const { RefCell::new(SortedMap::new()) };
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The value kept under `name`.
pub fn get(name: &str) -> Option<String> {
    if let Some(kept) = MEMORY.with(|m| m.borrow().get(name).cloned()) {
        return Some(kept);
    }
    local()?.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps `value` under `name`; where the browser refuses, until the page is closed.
pub fn set(name: &str, value: &str) {
    let kept = local().is_some_and(|s| s.set_item(&format!("{PREFIX}{name}"), value).is_ok());
    MEMORY.with(|m| {
        if kept {
            m.borrow_mut().remove(name);
        } else {
            m.borrow_mut().insert(name.to_string(), value.to_string());
        }
    });
}

/// Forgets `name`.
pub fn remove(name: &str) {
    MEMORY.with(|m| m.borrow_mut().remove(name));
    if let Some(storage) = local() {
        let _ = storage.remove_item(&format!("{PREFIX}{name}"));
    }
}
