//! The document: focus, sizes, text boxes, dialogs, dropped files, keys.

use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlTextAreaElement,
    KeyboardEvent,
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

fn html(id: &str) -> Option<HtmlElement> {
    element(id)?.dyn_into().ok()
}

/// The element of the document that the page goes into.
pub fn mount_point() -> Option<Element> {
    element("app")
}

/// A key press, as far as the page cares: physical key, held keys, and whether text is being typed or composed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Key {
    /// The physical key, `KeyJ`.
    pub code: String,
    /// Shift was held.
    pub shift: bool,
    /// Control or Command was held.
    pub control: bool,
    /// Alt was held.
    pub alt: bool,
    /// An input method is composing.
    pub composing: bool,
    /// The focus is in a text box or a selection list.
    pub in_text: bool,
    /// The focus is on a button, a link or another control that Space presses.
    pub on_control: bool,
    /// A dialog is open.
    pub in_dialog: bool,
}

/// Calls `f` on every key press of the page; when it answers true the browser's own reaction is left out.
pub fn on_key(f: impl Fn(Key) -> bool + 'static) {
    let callback = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let tag = target.as_ref().map(Element::tag_name).unwrap_or_default();
        let key = Key {
            code: event.code(),
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            composing: is_composing(&event),
            in_text: match tag.as_str() {
                "TEXTAREA" | "SELECT" => true,
                "INPUT" => target
                    .as_ref()
                    .and_then(|t| t.get_attribute("type"))
                    .is_none_or(|t| t != "range" && t != "radio" && t != "checkbox"),
                _ => false,
            },
            on_control: matches!(tag.as_str(), "BUTTON" | "A" | "SUMMARY" | "INPUT"),
            in_dialog: document().and_then(|d| d.query_selector("dialog[open]").ok().flatten()).is_some(),
        };
        if f(key) {
            event.prevent_default();
        }
    });
    if let Some(document) = document() {
        let _ = document.add_event_listener_with_callback("keydown", callback.as_ref().unchecked_ref());
    }
    callback.forget();
}

/// True while an input method holds the key; Safari ends a composition with code 229 and `isComposing` false.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Calls `f` when the engine has come (loader.js), at once if it is there.
pub fn on_engine(f: impl Fn() + 'static) {
    let Some(document) = document() else { return };
    let state = document.document_element().and_then(|root| root.get_attribute("data-engine"));
    if state.is_some_and(|state| state == "ready") {
        return f();
    }
    let callback = Closure::<dyn Fn()>::new(f);
    let _ = document.add_event_listener_with_callback("ordinal:engine", callback.as_ref().unchecked_ref());
    callback.forget();
}

/// Says on the document that something happened.
pub fn announce(what: &str) {
    if let (Some(document), Ok(event)) = (document(), Event::new(what)) {
        let _ = document.dispatch_event(&event);
    }
}

/// Calls `f` whenever the page becomes hidden.
pub fn on_hidden(f: impl Fn() + 'static) {
    let callback = Closure::<dyn Fn()>::new(move || {
        if document().is_some_and(|d| d.hidden()) {
            f();
        }
    });
    if let Some(document) = document() {
        let _ =
            document.add_event_listener_with_callback("visibilitychange", callback.as_ref().unchecked_ref());
    }
    callback.forget();
}

/// Calls `f` whenever the window changes its size, or the page takes the whole screen.
pub fn on_resize(f: impl Fn() + 'static) {
    let callback = Closure::<dyn Fn()>::new(f);
    if let Some(document) = document() {
        let _ =
            document.add_event_listener_with_callback("fullscreenchange", callback.as_ref().unchecked_ref());
    }
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback("resize", callback.as_ref().unchecked_ref());
    }
    callback.forget();
}

/// Width and height of the element with this id; zeros if there is none.
pub fn size_of(id: &str) -> (f64, f64) {
    element(id).map_or((0.0, 0.0), |e| (f64::from(e.client_width()), f64::from(e.client_height())))
}

/// True if the element with this id takes room on the page.
pub fn is_shown(id: &str) -> bool {
    html(id).is_some_and(|e| e.offset_width() > 0)
}

/// Width and height of the window.
pub fn window_size() -> (f64, f64) {
    let size = |v: Result<JsValue, JsValue>| v.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    web_sys::window().map_or((0.0, 0.0), |w| (size(w.inner_width()), size(w.inner_height())))
}

fn matches(query: &str) -> bool {
    web_sys::window().and_then(|w| w.match_media(query).ok().flatten()).is_some_and(|m| m.matches())
}

/// The system asks for a dark page.
pub fn prefers_dark() -> bool {
    matches("(prefers-color-scheme: dark)")
}

/// The system asks for less movement.
pub fn prefers_less_motion() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// The browser's first language, `ko-KR`.
pub fn language() -> String {
    web_sys::window().and_then(|w| w.navigator().language()).unwrap_or_default()
}

/// Sets language, theme and title of the document.
pub fn set_document(language: &str, theme: &str, title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
        if let Some(root) = document.document_element() {
            let _ = root.set_attribute("lang", language);
            let _ = root.set_attribute("data-theme", theme);
        }
    }
}

/// Makes all words larger.
pub fn set_size(size: f64) {
    let root = document().and_then(|d| d.document_element()).and_then(|e| e.dyn_into::<HtmlElement>().ok());
    if let Some(root) = root {
        let _ = root.style().set_property("--size", &size.to_string());
    }
}

/// Says something in the console, for whoever wrote the address of the page.
pub fn say(text: &str) {
    // One more binding for one call: found by name.
    let console = web_sys::window().and_then(|w| js_sys::Reflect::get(&w, &"console".into()).ok());
    let Some(console) = console else { return };
    if let Ok(info) =
        js_sys::Reflect::get(&console, &"info".into()).and_then(JsCast::dyn_into::<js_sys::Function>)
    {
        let _ = info.call1(&console, &text.into());
    }
}

/// Moves the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = html(id) {
        let _ = element.focus();
    }
}

/// Moves the focus `by` parts of the page on, round at the ends. Every part is a selector, with the selector of what gets
/// the focus there; parts that are not shown are passed over.
pub fn focus_region(parts: &[(&str, &str)], by: i32) {
    let Some(document) = document() else { return };
    let find = |selector: &str| document.query_selector(selector).ok().flatten();
    let shown: Vec<_> = parts
        .iter()
        .filter_map(|(part, enter)| Some((find(part)?, find(enter)?.dyn_into::<HtmlElement>().ok()?)))
        .filter(|(_, enter)| enter.offset_width() > 0)
        .collect();
    if shown.is_empty() {
        return;
    }
    let active = document.active_element();
    let at = shown.iter().position(|(part, _)| part.contains(active.as_deref()));
    let next = match at {
        Some(at) => (at as i32 + by).rem_euclid(shown.len() as i32) as usize,
        None if by < 0 => shown.len() - 1,
        None => 0,
    };
    let _ = shown[next].1.focus();
}

/// Takes the focus away from whatever has it.
pub fn blur() {
    if let Some(active) =
        document().and_then(|d| d.active_element()).and_then(|e| e.dyn_into::<HtmlElement>().ok())
    {
        let _ = active.blur();
    }
}

/// True if the event happened on the element with this id itself and not on something inside it.
pub fn is_on(event: &Event, id: &str) -> bool {
    event.target().and_then(|t| t.dyn_into::<Element>().ok()).is_some_and(|target| target.id() == id)
}

/// Opens or closes the native dialog; the browser moves the focus in and back.
pub fn show_dialog(id: &str, open: bool) {
    if let Some(dialog) = element(id).and_then(|e| e.dyn_into::<HtmlDialogElement>().ok())
        && dialog.open() != open
    {
        if open {
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    }
}

/// The text of a text box or a one-line field that an event came from.
pub fn text_of(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    match target.dyn_into::<HtmlTextAreaElement>() {
        Ok(area) => area.value(),
        Err(other) => other.dyn_into::<HtmlInputElement>().map(|i| i.value()).unwrap_or_default(),
    }
}

/// The chosen value of the selection list that an event came from.
pub fn choice_of(event: &Event) -> String {
    event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok())
        .map(|s| s.value())
        .unwrap_or_default()
}

/// The whole text of the field with this id.
pub fn field_text(id: &str) -> String {
    match element(id).map(JsCast::dyn_into::<HtmlTextAreaElement>) {
        Some(Ok(area)) => area.value(),
        Some(Err(other)) => other.dyn_into::<HtmlInputElement>().map(|i| i.value()).unwrap_or_default(),
        None => String::new(),
    }
}

/// Sets the whole text of the field with this id without an undo step.
pub fn set_field_text(id: &str, text: &str) {
    match element(id).map(JsCast::dyn_into::<HtmlTextAreaElement>) {
        Some(Ok(area)) => area.set_value(text),
        Some(Err(other)) => {
            if let Ok(input) = other.dyn_into::<HtmlInputElement>() {
                input.set_value(text);
            }
        }
        None => {}
    }
}

/// Replaces the whole text of the text area with this id as one edit that the browser can undo.
pub fn replace_text(id: &str, text: &str) {
    let Some(area) = element(id).and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) else { return };
    if area.value() == text {
        return;
    }
    // The insertion goes where the focus is, so the field takes it for a moment; a hidden field cannot.
    let before = document().and_then(|d| d.active_element()).and_then(|e| e.dyn_into::<HtmlElement>().ok());
    let _ = area.focus();
    let focused = document().and_then(|d| d.active_element()).is_some_and(|e| e.is_same_node(Some(&area)));
    area.select();
    if !focused || !exec_insert(text) {
        area.set_value(text);
    }
    let _ = area.set_selection_range(0, 0);
    area.set_scroll_top(0);
    if let Some(before) = before.filter(|before| !before.is_same_node(Some(&area))) {
        // Where nothing had it, the body takes no focus back.
        let _ = area.blur();
        let _ = before.focus();
    }
}

/// Inserts `text` where the caret is, as an edit that the browser can undo.
pub fn exec_insert(text: &str) -> bool {
    // Deprecated, and still the only way by which undo survives; found by name because web-sys hides it.
    let Some(document) = document() else { return false };
    let document: JsValue = document.into();
    let Ok(function) = js_sys::Reflect::get(&document, &"execCommand".into()) else { return false };
    let Ok(function) = function.dyn_into::<js_sys::Function>() else { return false };
    function
        .call3(&document, &"insertText".into(), &JsValue::FALSE, &text.into())
        .is_ok_and(|done| done.is_truthy())
}

/// Puts the caret of the text area at a character offset in UTF-16 units and scrolls the line into view.
pub fn set_caret(id: &str, offset: u32, line: u32) {
    if let Some(area) = element(id).and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok()) {
        let _ = area.focus();
        let _ = area.set_selection_range(offset, offset);
        area.set_scroll_top((line as i32 * 20 - area.client_height() / 2).max(0));
    }
}

/// Puts the caret at a line and column, both from 1.
pub fn set_caret_at(id: &str, line: usize, column: usize) {
    let text = field_text(id);
    let before: usize =
        text.split('\n').take(line.saturating_sub(1)).map(|l| l.encode_utf16().count() + 1).sum();
    let here = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let inside: usize = here.chars().take(column.saturating_sub(1)).map(char::len_utf16).sum();
    set_caret(id, (before + inside) as u32, line as u32);
}

/// Puts the caret at the beginning of a line.
pub fn set_caret_line(id: &str, line: usize) {
    set_caret_at(id, line, 1);
}

/// The caret of the text area as an offset in UTF-16 units.
pub fn caret(id: &str) -> u32 {
    let area = element(id).and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok());
    area.and_then(|a| a.selection_start().ok().flatten()).unwrap_or(0)
}

/// The text of the field with this id up to the caret.
pub fn text_before_caret(id: &str) -> String {
    let units: Vec<u16> = field_text(id).encode_utf16().take(caret(id) as usize).collect();
    String::from_utf16_lossy(&units)
}

/// The document takes the whole screen, or gives it back; nothing where the browser does not do that.
pub fn toggle_whole_screen() {
    // Four more bindings for two calls: found by name.
    let Some(document) = document() else { return };
    let Some(root) = document.document_element() else { return };
    let full = js_sys::Reflect::get(&document, &"fullscreenElement".into()).is_ok_and(|e| e.is_truthy());
    let (this, name): (JsValue, &str) =
        if full { (document.into(), "exitFullscreen") } else { (root.into(), "requestFullscreen") };
    if let Ok(call) = js_sys::Reflect::get(&this, &name.into()).and_then(JsCast::dyn_into::<js_sys::Function>)
    {
        let _ = call.call0(&this);
    }
}

/// The browser can record what a canvas shows.
pub fn can_record() -> bool {
    let type_of = |this: &JsValue, name: &str| js_sys::Reflect::get(this, &name.into()).unwrap_or_default();
    let Some(window) = web_sys::window() else { return false };
    let recorder = type_of(&window, "MediaRecorder");
    let canvas = type_of(&type_of(&window, "HTMLCanvasElement"), "prototype");
    let supports = type_of(&recorder, "isTypeSupported").dyn_into::<js_sys::Function>();
    type_of(&canvas, "captureStream").is_function()
        && supports.is_ok_and(|f| f.call1(&recorder, &"video/webm".into()).is_ok_and(|yes| yes.is_truthy()))
}

/// Scroll offsets of the element an event came from.
pub fn scroll_of(event: &Event) -> (i32, i32) {
    event
        .target()
        .and_then(|t| t.dyn_into::<Element>().ok())
        .map_or((0, 0), |e| (e.scroll_left(), e.scroll_top()))
}

/// Scrolls the element with this id.
pub fn scroll_to(id: &str, left: i32, top: i32) {
    if let Some(element) = element(id) {
        element.set_scroll_left(left);
        element.set_scroll_top(top);
    }
}

/// Scrolls the element with this id to its end.
pub fn scroll_to_end(id: &str) {
    if let Some(element) = element(id) {
        element.set_scroll_top(element.scroll_height());
    }
}

/// How far along the element with this id a pointer is, 0 to 1.
pub fn fraction_in(id: &str, client_x: i32) -> f64 {
    element(id).map_or(0.0, |e| {
        let area = e.get_bounding_client_rect();
        ((f64::from(client_x) - area.left()) / area.width().max(1.0)).clamp(0.0, 1.0)
    })
}

/// Keeps a drag on the element with this id until the pointer is released.
pub fn capture(id: &str, pointer: i32) {
    if let Some(element) = element(id) {
        let _ = element.set_pointer_capture(pointer);
    }
}

/// Places every descendant of the element with this id that carries `data-box="left top width height"`: a style attribute in the markup would not
/// pass a strict policy, setting the property does.
pub fn place_boxes(id: &str) {
    let Some(list) = element(id).and_then(|e| e.query_selector_all("[data-box]").ok()) else {
        return;
    };
    for i in 0..list.length() {
        let Some(element) = list.item(i).and_then(|n| n.dyn_into::<HtmlElement>().ok()) else { continue };
        let text = element.get_attribute("data-box").unwrap_or_default();
        for (property, value) in ["left", "top", "width", "height"].into_iter().zip(text.split(' ')) {
            let _ = element.style().set_property(property, &format!("{value}px"));
        }
    }
}

/// Sets one attribute of the element with this id.
pub fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = element(id) {
        let _ = element.set_attribute(name, value);
    }
}

/// Sets the text of the element with this id.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = element(id) {
        element.set_text_content(Some(text));
    }
}

/// Replaces what is inside the node by markup that we wrote ourselves.
pub fn set_markup(id: &str, markup: &str) {
    if let Some(element) = element(id) {
        element.set_inner_html(markup);
    }
}

/// True if there is nothing inside the element with this id.
pub fn is_empty(id: &str) -> bool {
    element(id).is_none_or(|e| e.first_element_child().is_none())
}

/// Writes one group of the picture in the element with this id: only what is given.
pub fn set_group(
    id: &str,
    index: usize,
    class: &str,
    transform: &str,
    opacity: f64,
    offset: f64,
    inside: Option<&str>,
) {
    let Some(group) =
        element(id).and_then(|e| e.first_element_child()).and_then(|svg| svg.children().item(index as u32))
    else {
        return;
    };
    let set = |name: &str, value: &str| {
        let _ = group.set_attribute(name, value);
    };
    set("class", class);
    set("transform", transform);
    set("opacity", &format!("{opacity:.3}"));
    set("stroke-dashoffset", &format!("{offset:.2}"));
    if let Some(markup) = inside {
        group.set_inner_html(markup);
    }
}

/// Presses the element with this id.
pub fn press(id: &str) {
    if let Some(element) = html(id) {
        element.click();
    }
}

/// Empties a file field, so that the same file can be chosen again.
pub fn clear_field(event: &Event) {
    if let Some(input) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value("");
    }
}

/// Reads the chosen or dropped files of an event and hands over all at once, in their order: names and texts.
pub fn read_files(files: Option<web_sys::FileList>, f: impl FnOnce(Vec<(String, String)>) + 'static) {
    let files = files.map(|files| (0..files.length()).filter_map(|i| files.get(i)).collect::<Vec<_>>());
    let Some(files) = files.filter(|files| !files.is_empty()) else { return };
    let names: Vec<String> = files.iter().map(web_sys::File::name).collect();
    let texts: js_sys::Array = files.iter().map(|file| file.text()).collect();
    let done = Closure::once_into_js(move |texts: js_sys::Array| {
        let texts = texts.iter().map(|text| text.as_string().unwrap_or_default());
        f(names.into_iter().zip(texts).collect());
    });
    let all = js_sys::Promise::all(&texts);
    let then =
        js_sys::Reflect::get(&all, &"then".into()).ok().and_then(|t| t.dyn_into::<js_sys::Function>().ok());
    if let Some(then) = then {
        let _ = then.call1(&all, &done);
    }
}

/// The files chosen in a file field.
pub fn chosen_files(event: &Event) -> Option<web_sys::FileList> {
    event.target()?.dyn_into::<HtmlInputElement>().ok()?.files()
}

/// The files dropped onto something.
pub fn dropped_files(event: &web_sys::DragEvent) -> Option<web_sys::FileList> {
    event.data_transfer()?.files()
}

/// The text that a paste event brings.
pub fn pasted(event: &Event) -> Option<String> {
    // ClipboardEvent is one more binding for one field: read by name.
    let data = js_sys::Reflect::get(event, &"clipboardData".into()).ok()?;
    data.dyn_into::<web_sys::DataTransfer>().ok()?.get_data("text/plain").ok()
}

/// Some text of the page is selected.
pub fn has_selection() -> bool {
    // A Selection is one more binding for one field: read by name.
    web_sys::window()
        .and_then(|w| js_sys::Reflect::get(&w, &"getSelection".into()).ok())
        .and_then(|f| f.dyn_into::<js_sys::Function>().ok())
        .and_then(|f| f.call0(&JsValue::from(web_sys::window())).ok())
        .is_some_and(|s| js_sys::Reflect::get(&s, &"isCollapsed".into()).is_ok_and(|c| c.is_falsy()))
}

/// Focuses the element with this id, unless the press selected text or fell on a button.
pub fn focus_unless_selecting(event: &Event, id: &str) {
    let on_button = event
        .target()
        .and_then(|t| t.dyn_into::<Element>().ok())
        .is_some_and(|e| e.closest("button").is_ok_and(|b| b.is_some()));
    if !on_button && !has_selection() {
        focus(id);
    }
}
