//! The page: mounts it, and offers what the native program prints to scripts of the page it stands in.

use wasm_bindgen::prelude::*;

fn main() {
    ordinal::ui::mount();
}

/// Asks the page something, or makes it do something, for the page around it: JSON in, JSON out (`static/embed.js`).
#[wasm_bindgen]
pub fn remote(request: &str) -> String {
    ordinal::ui::remote::ask(request)
}

/// What `ordinal run` or `ordinal trace` prints for a scenario's text, for scripts:
/// `import(glue).then(module => module.ordinal("run", text))`. Throws what they would print as an error. The engine has
/// to be there (`data-engine=ready` on the document's root).
#[wasm_bindgen]
pub fn ordinal(command: &str, scenario: &str) -> Result<String, String> {
    ordinal::program::answer(command, scenario)
}
