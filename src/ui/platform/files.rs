//! Lesson files dropped anywhere onto the page.
//!
//! Where the browser hands out a file as a place and not as a copy (the File System Access API), it is read again each
//! time the window gets the focus back: an author who saves and comes back sees the new text.

use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, File};

type Hear = std::rc::Rc<dyn Fn(String, Result<String, String>)>;

fn call(this: &JsValue, name: &str) -> Option<JsValue> {
    let method = js_sys::Reflect::get(this, &name.into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
    method.call0(this).ok()
}

// Hears what a promise comes to.
fn then(promise: &JsValue, done: impl FnOnce(JsValue) + 'static) {
    let method = js_sys::Reflect::get(promise, &"then".into()).ok();
    if let Some(method) = method.and_then(|method| method.dyn_into::<js_sys::Function>().ok()) {
        let _ = method.call2(promise, &Closure::once_into_js(done), &js_sys::Function::new_no_args(""));
    }
}

fn read(file: &File, most: usize, hear: &Hear) {
    let (name, hear) = (file.name(), hear.clone());
    if file.size() > most as f64 {
        return hear(name, Err(format!("1:1: {} KiB > {} KiB", file.size() as u64 / 1024, most / 1024)));
    }
    then(&file.text(), move |text| hear(name, Ok(text.as_string().unwrap_or_default())));
}

/// Calls `f` with name and text of every dropped `.md` file, and again when it was written anew; the browser and other
/// parts of the page do not see that drop.
pub fn on_lesson(most: usize, f: impl Fn(String, Result<String, String>) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let hear: Hear = std::rc::Rc::new(f);
    // The place of the file dropped last, and when it was written.
    let place = std::rc::Rc::new(std::cell::RefCell::new(None::<(JsValue, f64)>));
    let over = Closure::<dyn Fn(DragEvent)>::new(|event: DragEvent| {
        // Text that is dragged within the page is none of ours.
        if event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
            event.prevent_default();
        }
    });
    let drop = {
        let (hear, place) = (hear.clone(), place.clone());
        Closure::<dyn Fn(DragEvent)>::new(move |event: DragEvent| {
            let Some(data) = event.data_transfer() else { return };
            let Some(file) = data.files().and_then(|files| files.get(0)) else { return };
            event.prevent_default();
            if !file.name().ends_with(".md") {
                return;
            }
            event.stop_propagation();
            *place.borrow_mut() = None;
            read(&file, most, &hear);
            let items = js_sys::Reflect::get(&data, &"items".into()).ok();
            let item = items.and_then(|items| js_sys::Reflect::get_u32(items.unchecked_ref(), 0).ok());
            if let Some(promise) = item.and_then(|item| call(&item, "getAsFileSystemHandle")) {
                let (place, written) = (place.clone(), file.last_modified());
                then(&promise, move |handle| *place.borrow_mut() = Some((handle, written)));
            }
        })
    };
    let focus = Closure::<dyn Fn()>::new(move || {
        let Some((handle, written)) = place.borrow().clone() else { return };
        let Some(promise) = call(&handle, "getFile") else { return };
        let (hear, place) = (hear.clone(), place.clone());
        then(&promise, move |file| {
            let Ok(file) = file.dyn_into::<File>() else { return };
            if file.last_modified() > written {
                *place.borrow_mut() = Some((handle, file.last_modified()));
                read(&file, most, &hear);
            }
        });
    });
    let _ = window.add_event_listener_with_callback("dragover", over.as_ref().unchecked_ref());
    let _ = window.add_event_listener_with_callback_and_bool("drop", drop.as_ref().unchecked_ref(), true);
    let _ = window.add_event_listener_with_callback("focus", focus.as_ref().unchecked_ref());
    over.forget();
    drop.forget();
    focus.forget();
}
