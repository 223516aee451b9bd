//! Scenes as SVG files under `tests/scenes`; `UPDATE_EXPECT=1` writes them anew.

mod drawn;
mod moved;
mod samples;

use super::Scene;

/// Compares a scene with `tests/scenes/<name>.svg`.
pub(crate) fn expect(name: &str, scene: &Scene) {
    let path = format!("{}/tests/scenes/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    // The styles are left out: a colour is no change of a picture.
    let actual = super::svg::svg_element(scene);
    #[allow(clippy::disallowed_methods, reason = "how expected files are written anew")]
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &actual).expect("the folder tests/scenes exists");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name}.svg differs; look at it and run again with UPDATE_EXPECT=1");
}
