//! What the address asks for (`?view=node&speed=2`): how the page looks, never what it shows.
//!
//! One table of names, each with what its values set. A name or a value that is not in it is left out, and the shell says so
//! once in the console. What was chosen on an earlier visit gives way to the address.

use super::player::{SPEEDS, Spacing};
use super::state::{Panel, Theme, UiAction, UiState};
use super::texts::Language;
use crate::api::profile::PROFILES;

/// Which controls there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controls {
    /// All.
    #[default]
    Full,
    /// Play, a step back and on, and the timeline.
    Min,
    /// None; keys and messages are obeyed all the same.
    None,
}

/// What only the address can ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    /// How large words and pictures are, 1 to 3.
    pub size: f64,
    /// The parts there are, the first one shown; none for all.
    pub parts: Option<Vec<&'static str>>,
    /// The controls.
    pub controls: Controls,
    /// Nothing can be changed: no editor, no prompt.
    pub is_readonly: bool,
    /// Lessons stop and ask.
    pub asks: bool,
    /// Whether a run plays as soon as it is there; none for what the mode does.
    pub autoplay: Option<bool>,
}

impl Default for Looks {
    fn default() -> Looks {
        let controls = Controls::Full;
        Looks { size: 1.0, parts: None, controls, is_readonly: false, asks: true, autoplay: None }
    }
}

/// The parts of a page by the names that addresses have for them; those with a panel are tabs somewhere.
pub const PARTS: &[(&str, Option<Panel>)] = &[
    ("stage", Some(Panel::Stage)),
    ("caption", None),
    ("timeline", None),
    ("lesson", Some(Panel::Lesson)),
    ("why", Some(Panel::Reasons)),
    ("dns", Some(Panel::Names)),
    ("events", Some(Panel::Events)),
    ("objects", Some(Panel::Objects)),
    ("claims", Some(Panel::Claims)),
    ("compare", Some(Panel::Compare)),
    ("yaml", Some(Panel::Manifest)),
    ("terminal", Some(Panel::Terminal)),
];

impl Looks {
    /// The part of this name exists.
    pub fn has(&self, name: &str) -> bool {
        self.parts.as_ref().is_none_or(|parts| parts.contains(&name))
    }
    /// The panel exists.
    pub fn has_panel(&self, panel: Panel) -> bool {
        let name = PARTS.iter().find(|(_, known)| *known == Some(panel)).map_or("", |(name, _)| name);
        (panel == Panel::Stage || self.has(name)) && !(self.is_readonly && panel == Panel::Manifest)
    }
    /// Nothing can be changed, and this would.
    pub fn forbids(&self, action: &UiAction) -> bool {
        use UiAction as A;
        let changes = matches!(
            action,
            A::Command(_)
                | A::Apply
                | A::Repair(_)
                | A::RepairAll
                | A::WhatIf(_)
                | A::TakeOther
                | A::PasteOwn
        );
        let writes = matches!(action, A::Manifest(_) | A::OpenText(_) | A::FocusManifest);
        self.is_readonly && (changes || writes)
    }
    /// Classes of the page.
    pub fn classes(&self) -> Vec<&'static str> {
        let mut classes = Vec::new();
        let mut add = |on: bool, class| {
            if on {
                classes.push(class);
            }
        };
        add(!self.has("caption"), "page--no-caption");
        add(!self.has("timeline"), "page--no-timeline");
        add(!self.has_panel(Panel::Manifest), "page--no-manifest");
        add(!self.has("terminal"), "page--no-terminal");
        add(self.is_readonly, "page--readonly");
        add(self.controls == Controls::Min, "page--controls-min");
        add(self.controls == Controls::None, "page--controls-none");
        classes
    }
}

/// A name that addresses may have.
pub struct Parameter {
    /// The name.
    pub name: &'static str,
    /// Sets what the value says; false for a value that it does not know.
    pub set: fn(&mut UiState, &str) -> bool,
}

/// Every name. What a page is about (`lesson`, `step`, `sample`) and when it starts are read where that is decided.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "lang",
        set: |ui, value| auto(value) || put(&mut ui.language, Language::from_code(value)),
    },
    Parameter { name: "theme", set: |ui, value| auto(value) || put(&mut ui.theme, Theme::from_name(value)) },
    Parameter { name: "mode", set: mode },
    Parameter { name: "lesson", set: |_, value| !value.is_empty() },
    Parameter { name: "step", set: |_, value| value.parse::<usize>().is_ok() },
    Parameter { name: "sample", set: |_, value| !value.is_empty() },
    Parameter { name: "panels", set: parts },
    Parameter { name: "view", set: |ui, value| put(&mut ui.by_node, choice(value, "ordinal", "node")) },
    Parameter { name: "size", set: size },
    Parameter { name: "start", set: |_, value| matches!(value, "click" | "load" | "visible") },
    Parameter {
        name: "autoplay",
        set: |ui, value| choice(value, "0", "1").map(|on| ui.looks.autoplay = Some(on)).is_some(),
    },
    Parameter { name: "controls", set: |ui, value| put(&mut ui.looks.controls, controls(value)) },
    Parameter { name: "readonly", set: |ui, value| put(&mut ui.looks.is_readonly, choice(value, "0", "1")) },
    Parameter { name: "questions", set: |ui, value| put(&mut ui.looks.asks, choice(value, "off", "on")) },
    Parameter { name: "motion", set: motion },
    Parameter { name: "speed", set: |ui, value| put(&mut ui.speed, speed(value)) },
    Parameter { name: "spacing", set: spacing },
    Parameter { name: "k8s", set: release },
];

/// Takes over what the pairs of a query ask for; answers with those that mean nothing here.
pub fn read(ui: &mut UiState, pairs: &[(String, String)]) -> Vec<String> {
    let mut unknown = Vec::new();
    for (name, value) in pairs {
        let known = PARAMETERS.iter().find(|parameter| parameter.name == name);
        if !known.is_some_and(|parameter| (parameter.set)(ui, value)) {
            unknown.push([name, "=", value].concat());
        }
    }
    unknown
}

fn put<T>(place: &mut T, value: Option<T>) -> bool {
    let is_known = value.is_some();
    if let Some(value) = value {
        *place = value;
    }
    is_known
}

fn auto(value: &str) -> bool {
    value == "auto"
}

// False for the first word, true for the second.
fn choice(value: &str, no: &str, yes: &str) -> Option<bool> {
    if value == yes { Some(true) } else { (value == no).then_some(false) }
}

fn mode(ui: &mut UiState, value: &str) -> bool {
    (ui.is_embed, ui.present.is_on) = (value == "embed", value == "present");
    matches!(value, "page" | "embed" | "present")
}

fn size(ui: &mut UiState, value: &str) -> bool {
    let size = value.parse().ok().filter(|size: &f64| (1.0..=3.0).contains(size));
    put(&mut ui.looks.size, size)
}

fn parts(ui: &mut UiState, value: &str) -> bool {
    let find = |name: &str| PARTS.iter().find(|(known, _)| *known == name);
    let parts: Vec<_> = value.split(',').filter_map(|name| find(name.trim())).collect();
    if parts.is_empty() {
        return false;
    }
    let first = parts.iter().find_map(|(_, panel)| *panel);
    // Where the picture has a place of its own, the first of the others is shown beside it.
    let beside = parts.iter().find_map(|(_, panel)| panel.filter(|panel| *panel != Panel::Stage));
    let shown = if ui.is_embed { first } else { beside };
    put(&mut ui.panel, shown);
    ui.looks.parts = Some(parts.iter().map(|(name, _)| *name).collect());
    parts.len() == value.split(',').count()
}

fn controls(value: &str) -> Option<Controls> {
    match value {
        "full" => Some(Controls::Full),
        "min" => Some(Controls::Min),
        "none" => Some(Controls::None),
        _ => None,
    }
}

// Who asks the system for less movement gets less, whatever an address says.
fn motion(ui: &mut UiState, value: &str) -> bool {
    match value {
        "reduce" => ui.less_motion = true,
        "full" => ui.less_motion = ui.system_still,
        _ => return auto(value),
    }
    true
}

fn speed(value: &str) -> Option<usize> {
    let wanted: f64 = value.parse().ok()?;
    SPEEDS.iter().position(|(speed, _)| *speed == wanted)
}

fn spacing(ui: &mut UiState, value: &str) -> bool {
    ui.spacing = if value == "real" { Spacing::Real } else { Spacing::Even };
    matches!(value, "even" | "real")
}

fn release(ui: &mut UiState, value: &str) -> bool {
    put(&mut ui.release, PROFILES.iter().map(|profile| profile.name).find(|name| *name == value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> (UiState, Vec<String>) {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_string(), value.to_string())
        };
        let pairs: Vec<_> = query.split('&').map(pair).collect();
        let mut ui = UiState { system_still: false, ..UiState::default() };
        let unknown = read(&mut ui, &pairs);
        (ui, unknown)
    }

    type Case = (&'static str, &'static str, fn(&UiState) -> bool);

    /// A name, a value, what it sets. Every name has a line.
    const CASES: &[Case] = &[
        ("lang", "en", |ui| ui.language == Language::En),
        ("lang", "auto", |ui| ui.language == Language::Ko),
        ("theme", "dark", |ui| ui.is_dark()),
        ("theme", "contrast", |ui| ui.theme_code() == "contrast"),
        ("mode", "present", |ui| ui.present.is_on && !ui.is_embed),
        ("mode", "embed", |ui| ui.is_embed && !ui.present.is_on),
        ("lesson", "first-set", |_| true),
        ("step", "3", |_| true),
        ("sample", "web", |_| true),
        ("panels", "dns,stage,timeline", |ui| {
            ui.panel == Panel::Names
                && ui.looks.has_panel(Panel::Names)
                && !ui.looks.has_panel(Panel::Reasons)
                && ui.looks.classes() == ["page--no-caption", "page--no-manifest", "page--no-terminal"]
        }),
        ("view", "node", |ui| ui.by_node),
        ("view", "ordinal", |ui| !ui.by_node),
        ("size", "1.5", |ui| ui.looks.size == 1.5 && ui.enlarge() == 1.5),
        ("start", "visible", |_| true),
        ("autoplay", "1", |ui| ui.looks.autoplay == Some(true)),
        ("autoplay", "0", |ui| ui.looks.autoplay == Some(false)),
        ("controls", "min", |ui| ui.looks.classes() == ["page--controls-min"]),
        ("controls", "none", |ui| ui.looks.classes() == ["page--controls-none"]),
        ("readonly", "1", |ui| ui.looks.is_readonly && !ui.looks.has_panel(Panel::Manifest)),
        ("questions", "off", |ui| !ui.looks.asks),
        ("motion", "reduce", |ui| ui.less_motion),
        ("speed", "0.5", |ui| SPEEDS[ui.speed].1 == "½×"),
        ("spacing", "real", |ui| ui.spacing == Spacing::Real),
        ("k8s", "1.33", |ui| ui.release == "1.33"),
    ];

    #[test]
    fn every_name_of_the_table_does_what_it_says() {
        for (name, value, holds) in CASES {
            let (ui, unknown) = asked(&format!("{name}={value}"));
            assert!(unknown.is_empty() && holds(&ui), "{name}={value}: {unknown:?}");
        }
        for parameter in PARAMETERS {
            assert!(CASES.iter().any(|(name, ..)| *name == parameter.name), "{} has no case", parameter.name);
        }
    }

    #[test]
    fn what_means_nothing_is_said_and_changes_nothing() {
        let wrong = [
            "colour=red",
            "lang=fr",
            "theme=pink",
            "mode=big",
            "panels=",
            "panels=why,tea",
            "view=both",
            "size=9",
            "size=-1",
            "autoplay=yes",
            "controls=some",
            "readonly=2",
            "questions=maybe",
            "motion=none",
            "speed=3",
            "spacing=odd",
            "k8s=9.9",
            "start=never",
            "step=last",
        ];
        for pair in wrong {
            let (ui, unknown) = asked(pair);
            assert_eq!(unknown, [pair]);
            let before = UiState::default();
            assert!(
                (ui.speed, ui.by_node, ui.release, ui.language)
                    == (before.speed, before.by_node, before.release, before.language)
                    && ui.looks.size == 1.0,
                "{pair}"
            );
        }
        assert_eq!(asked("utm_source=x&lang=en&lang=xx").1, ["utm_source=x", "lang=xx"]);
    }

    #[test]
    fn nobody_is_given_more_movement_than_the_system_allows() {
        let mut ui = UiState { system_still: true, less_motion: true, ..UiState::default() };
        read(&mut ui, &[("motion".into(), "full".into())]);
        assert!(ui.less_motion);
    }

    #[test]
    fn an_embed_shows_the_first_of_its_panels() {
        let mut ui = UiState::default();
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        read(&mut ui, &[pair("mode", "embed"), pair("panels", "terminal,stage")]);
        assert_eq!(ui.panel, Panel::Terminal);
        read(&mut ui, &[pair("panels", "stage,terminal")]);
        assert_eq!(ui.panel, Panel::Stage);
    }
}
