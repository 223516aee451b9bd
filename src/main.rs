//! The page: mounts it, and nothing else.

fn main() {
    ordinal::ui::mount();
}
