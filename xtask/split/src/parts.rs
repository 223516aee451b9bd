//! What the first picture does without.

/// The functions at which the module is cut: what only they need comes with the second half. Few and large ones are
/// safest: the compiler merges functions of equal bodies under either's name, so that a general prefix
/// (`ordinal::api::`) would also catch what the first picture calls.
pub const CUT: &[&str] = &["ordinal::ui::app::app", "ordinal::program::answer"];

/// Whether the function of this mangled name comes with the second half by itself.
pub fn is_cut(name: &str) -> bool {
    CUT.contains(&path(name).as_str())
}

/// The Rust module of a function, by its mangled name: crate, module, module.
pub fn module(name: &str) -> String {
    let path = path(name);
    let path = path.split([' ', '<']).next().unwrap_or_default();
    path.split("::").take(3).collect::<Vec<_>>().join("::")
}

/// A mangled name as a person reads it.
pub fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// Readable, and for `<Type as Trait>::method` and `drop_in_place<Type>` beginning with the type, which decides.
fn path(name: &str) -> String {
    readable(name).trim_start_matches('<').trim_start_matches("core::ptr::drop_in_place<").to_string()
}
