//! Interface icons: 16 by 16, stroked with the text's colour.

use yew::prelude::*;

const PATHS: &[(&str, &str)] = &[
    ("first", "M4 3.5v9M12.5 3.8 6.8 8l5.7 4.2z"),
    ("back", "M11.5 3.8 5.8 8l5.7 4.2z"),
    ("play", "M5 3.2v9.6L12.8 8z"),
    ("pause", "M4.6 3.4h2.2v9.2H4.6zM9.2 3.4h2.2v9.2H9.2z"),
    ("forward", "M4.5 3.8 10.2 8l-5.7 4.2z"),
    ("last", "M12 3.5v9M3.5 3.8 9.2 8l-5.7 4.2z"),
    ("open", "M9 3h4v4M13 3 7.500 8.500M11.500 9.500v3.500H3V4.500h3.500"),
    ("share", "M8 9.8V2.6M5.2 5.2 8 2.4l2.8 2.8M3.4 8.4v4.7h9.2V8.4"),
    ("present", "M2.500 3h11v7.500h-11zM8 10.500v3M5.500 13.500h5"),
    ("speaker", "M3 2.500h10v7.500H8.500L6 12.500V10H3zM5.500 5.300h5M5.500 7.300h3"),
    ("blank", "M2.500 3.500h11v9h-11zM2.500 12.500l11-9"),
    ("whole", "M3 6.500V3h3.500M9.500 3H13v3.500M13 9.500V13H9.500M6.500 13H3V9.500"),
    ("settings", "M2.8 4.7h5.6M11.6 4.7h1.6M2.8 11.3h1.6M7.6 11.3h5.6M10 3.1v3.2M6 9.7v3.2"),
    (
        "help",
        "M6.2 6.3a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.4M8 11.6v.05M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2",
    ),
    ("caret", "M4.5 6.5 8 10l3.5-3.5"),
    ("warn", "M8 2.6 14.3 13.4H1.7zM8 6.7v3.2M8 11.7v.05"),
    ("error", "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2"),
    ("jump", "M3 8h8.5M8.5 4.8 11.7 8l-3.2 3.2M13.5 3.5v9"),
    ("fork", "M4.5 3v10M4.5 9.5c0-3 6.5-1.500 6.5-5.5M11 3v1"),
    ("moon", "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6"),
    (
        "sun",
        "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.6v1.5M8 12.900v1.5M1.600 8h1.500M12.900 8h1.500M3.500 3.500l1 1M11.500 11.500l1 1M3.500 12.500l1-1M11.500 4.500l1-1",
    ),
    ("paste", "M5.5 3.2h-2v10h9v-10h-2M5.5 2.3h5v2.4h-5z"),
    ("file", "M4 2.500h5l3 3v8H4zM9 2.500v3h3"),
    ("check", "M3.5 8.5 6.7 11.5 12.5 5"),
    ("cross", "M4.3 4.3l7.4 7.4M11.7 4.3l-7.4 7.4"),
    ("clock", "M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3M8 5v3.1l2.1 1.4"),
    ("dash", "M4.5 8h7"),
    ("terminal", "M3 4.5 6.5 8 3 11.5M8 12h5"),
    ("copy", "M5.500 5.500h7v7h-7zM3.500 10.500v-7h7"),
];

/// One icon of the table above, an unknown name draws nothing; silent, because the button around it has the name.
pub fn icon(name: &'static str) -> Html {
    let path = PATHS.iter().find(|(known, _)| *known == name).map_or("", |(_, path)| path);
    let solid = matches!(name, "play" | "pause" | "back" | "forward" | "first" | "last");
    html! {
        <svg class={classes!("icon16", solid.then_some("icon16--solid"))} viewBox="0 0 16 16" aria-hidden="true">
            <path d={path} />
        </svg>
    }
}

/// Two bars and the dashed place of a third.
pub fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 22 18" aria-hidden="true">
            <rect class="logo__bar" x="0" y="10" width="6" height="8" rx="1.5" />
            <rect class="logo__bar" x="8" y="5" width="6" height="13" rx="1.5" />
            <rect class="logo__next" x="16.6" y=".6" width="4.8" height="16.8" rx="1.2" />
        </svg>
    }
}
