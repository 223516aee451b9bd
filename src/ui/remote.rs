//! The page as seen by the page around it: requests and answers as JSON (`static/embed.js` carries them).
//!
//! A request can do what a visitor can, and no more: nothing here reaches storage, the network or the host.

use super::player::SPEEDS;
use super::present::Act;
use super::state::{Model, Panel, Theme, UiAction};
use super::texts::Language;
use super::view;
use crate::api::Value;
use crate::api::manifest::parse_json;
use crate::api::print::{quote_json, to_go_json};
use crate::object;
use crate::program;
use crate::samples::SAMPLES;
use crate::scenario::link::{self, Linked};
use std::cell::RefCell;
use std::rc::Rc;

type Answering = Rc<dyn Fn(&str) -> String>;

thread_local! {
    static ANSWERING: RefCell<Option<Answering>> = const { RefCell::new(None) };
}

/// The page answers from now on.
pub fn listen(answering: impl Fn(&str) -> String + 'static) {
    ANSWERING.with(|place| *place.borrow_mut() = Some(Rc::new(answering)));
}

/// The answer to a request; an empty text before the page listens.
pub fn ask(request: &str) -> String {
    let answering = ANSWERING.with(|place| place.borrow().clone());
    answering.map(|answering| answering(request)).unwrap_or_default()
}

/// What a request makes the page do, and the answer: `{"ok":true,"value":…}` or `{"ok":false,"error":"…"}`.
pub fn answer(model: &mut Model, request: &str) -> (Vec<UiAction>, String) {
    let said = parse_json(request).map_err(|fault| fault.problem).and_then(|request| {
        if request.get("get").is_null() { act(model, &request) } else { read(model, &request) }
    });
    match said {
        Ok((actions, value)) => (actions, ["{\"ok\":true,\"value\":", &to_go_json(&value), "}"].concat()),
        Err(error) => (Vec::new(), ["{\"ok\":false,\"error\":", &quote_json(&error), "}"].concat()),
    }
}

type Said = Result<(Vec<UiAction>, Value), String>;

fn read(model: &mut Model, request: &Value) -> Said {
    let value: Value = match request.get("get").str() {
        "state" => state(model),
        "speaker" => super::speaker::speaker(model),
        "link" => {
            let at = model.player.position().happenings;
            [link::write(&model.player.text()), format!("&t=e{at}")].concat().into()
        }
        "svg" => {
            let (position, lang) = (model.player.position(), model.ui.language.lang());
            program::picture_file(model.player.run(), position, lang, model.ui.theme_code()).into()
        }
        "transcript" => model.player.run().print_transcript().into(),
        other => return Err(format!("`{other}` is none of state, speaker, link, svg, transcript")),
    };
    Ok((Vec::new(), value))
}

fn state(model: &mut Model) -> Value {
    let pictures = view::Pictures::default();
    let chapter = pictures.chapter(model);
    let caption = view::caption::read(model, chapter);
    let player = &model.player;
    object! {
        "t" => Value::Float(player.position().time.as_millis() as f64 / 1000.0),
        "end" => Value::Float(player.run().end().as_millis() as f64 / 1000.0),
        "event" => player.position().happenings,
        "events" => player.run().happenings().len(),
        "step" => player.step(),
        "steps" => player.steps().len(),
        "playing" => model.ui.playing,
        "speed" => SPEEDS[model.ui.speed].1,
        "fork" => player.futures().len(),
        "caption" => [caption.done.trim(), caption.next.trim()].join(" ").trim().to_string(),
    }
}

fn act(model: &mut Model, request: &Value) -> Said {
    let int = |key: &str| request.get(key).as_int();
    let actions = match request.get("do").str() {
        "play" if !model.ui.playing => vec![UiAction::TogglePlay],
        "pause" if model.ui.playing => vec![UiAction::TogglePlay],
        "play" | "pause" => Vec::new(),
        "step" => {
            let by = i32::try_from(int("by").unwrap_or(1)).unwrap_or(0);
            vec![if request.get("unit").str() == "event" {
                UiAction::EventBy(by)
            } else {
                UiAction::StepBy(by)
            }]
        }
        "seek" => {
            let at = request.get("t").str();
            model.player.run().moment(at)?;
            vec![UiAction::SeekMoment(at.to_string())]
        }
        "load" => vec![load(request)?],
        "command" if model.ui.looks.is_readonly => {
            return Err("nothing can be changed here: readonly=1".into());
        }
        "command" => vec![UiAction::Command(request.get("line").str().to_string())],
        "set" => set(model, request)?,
        "slide" => {
            let by = if int("by").is_some_and(|by| by < 0) { -1 } else { 1 };
            let (_, starts) = view::present::slides(model, &view::Pictures::default());
            vec![UiAction::Class(Act::Slide(by, starts))]
        }
        "hands" => {
            let number = |key: &str| int(key).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
            vec![UiAction::Class(Act::Hands(number("option") as usize, number("count")))]
        }
        "blank" => vec![UiAction::Class(Act::Blank)],
        other => {
            let known = "play, pause, step, seek, slide, blank, hands, load, command, set";
            return Err(format!("`{other}` is none of {known}"));
        }
    };
    Ok((actions, Value::Null))
}

fn load(request: &Value) -> Result<UiAction, String> {
    let (text, fragment, sample) =
        (request.get("text"), request.get("fragment"), request.get("sample").str());
    if let Some(text) = text.as_str() {
        return Ok(UiAction::OpenLink(Linked::Text(text.to_string()), None));
    }
    if let Some(fragment) = fragment.as_str() {
        let linked = link::read(fragment).ok_or("no run in this fragment")??;
        return Ok(UiAction::OpenLink(linked, link::moment(fragment)));
    }
    let known = SAMPLES.iter().position(|known| known.slug == sample);
    known
        .map(UiAction::Sample)
        .ok_or_else(|| format!("`load` needs a text, a fragment or a sample; `{sample}` is none"))
}

fn set(model: &Model, request: &Value) -> Result<Vec<UiAction>, String> {
    let mut actions = Vec::new();
    for (name, value) in request.entries() {
        let wrong = || format!("`{name}` cannot be `{}`", value.str());
        let word = value.str();
        actions.push(match name.as_str() {
            "do" => continue,
            "theme" => UiAction::Theme(Theme::from_code(word)),
            "lang" => UiAction::Language(Language::from_code(word).ok_or_else(wrong)?),
            "motion" => UiAction::LessMotion(word == "reduce"),
            "view" => UiAction::ByNode(word == "node"),
            "speed" => {
                let to = SPEEDS.iter().position(|(_, label)| *label == word).ok_or_else(wrong)?;
                UiAction::SpeedBy(to as i32 - model.ui.speed as i32)
            }
            "panel" => UiAction::Show(match word {
                "stage" => Panel::Stage,
                "why" => Panel::Reasons,
                "dns" => Panel::Names,
                "yaml" => Panel::Manifest,
                "terminal" => Panel::Terminal,
                _ => return Err(wrong()),
            }),
            other => return Err(format!("`{other}` cannot be set")),
        });
    }
    Ok(actions)
}
