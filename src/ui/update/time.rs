//! Steps through time: playing, holding, going somewhere, and what has been computed meanwhile.

use super::open::check;
use crate::api::{Kind, ObjectKey};
use crate::component::What;
use crate::session::MOST_PODS;
use crate::sim::{SimDuration, SimTime};
use crate::ui::lesson;
use crate::ui::player::{Advance, Player, SPEEDS};
use crate::ui::present;
use crate::ui::state::*;

pub(super) fn at_step(player: &Player) -> crate::session::Position {
    let step = player.steps()[player.step()];
    crate::session::Position { happenings: step.happenings, time: step.time }
}

pub(in crate::ui) fn seek(model: &mut Model, go: impl FnOnce(&mut Player)) -> Vec<Effect> {
    // Whoever goes somewhere does not want to be taken to where a link pointed.
    model.moment = None;
    model.ui.playing = false;
    model.ui.present.stop = None;
    model.play_when_ready = false;
    model.player.rest();
    go(&mut model.player);
    vec![Effect::ScrollTerminal]
}

pub(in crate::ui) fn play(model: &mut Model) -> Vec<Effect> {
    model.ui.screen = Screen::Page;
    if model.player.at_end() {
        if !model.player.is_computed() || model.player.extend() {
            model.play_when_ready = true;
            return vec![Effect::Compute];
        }
        // From the end, play begins again; in a blank run there is nothing to play.
        if model.player.is_blank() {
            return Vec::new();
        }
        model.player.go_to_step(0);
    }
    model.ui.playing = true;
    vec![Effect::Frames]
}

pub(in crate::ui) fn pause(model: &mut Model) -> Vec<Effect> {
    model.play_when_ready = false;
    model.ui.present.stop = None;
    if model.ui.playing {
        model.ui.playing = false;
        model.player.hold(model.ui.spacing);
    }
    Vec::new()
}

pub(super) fn frame(model: &mut Model, ms: f64) -> Vec<Effect> {
    if !model.ui.playing {
        model.player.settle(ms);
        return vec![Effect::PaintOnly];
    }
    if present::stops(model) {
        model.ui.playing = false;
        model.player.rest();
        return Vec::new();
    }
    let before = model.player.moving_position(model.ui.spacing).time;
    let advance = model.player.advance(ms * SPEEDS[model.ui.speed].0, model.ui.spacing);
    if lesson::play::stop(model, before) {
        return vec![Effect::ScrollTerminal];
    }
    match advance {
        Advance::Within => vec![Effect::PaintOnly],
        Advance::Step => vec![Effect::ScrollTerminal],
        Advance::Waiting => vec![Effect::PaintOnly, Effect::Compute],
        // Whoever plays on at the end sees what comes then.
        Advance::End if model.player.extend() => vec![Effect::Compute],
        Advance::End => {
            model.ui.playing = false;
            Vec::new()
        }
    }
}

pub(super) fn computed(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Err(message) = model.player.take_in() {
        model.ui.notice = Some(message);
    }
    if model.player.is_full() {
        model.ui.notice = Some((model.ui.texts().too_many_pods)(MOST_PODS));
    }
    if let Some(step) = model.opening
        && (model.player.steps().len() > step || model.player.is_computed())
    {
        model.opening = None;
        model.player.go_to_step(step);
    }
    if model.player.is_computed()
        && let Some(at) = model.moment.take()
    {
        match model.player.run().moment(&at) {
            // The event that ends a step is that step.
            Ok(position) => {
                match model.player.steps().iter().position(|s| s.happenings == position.happenings) {
                    Some(step) if at.starts_with('e') => model.player.go_to_step(step),
                    _ => model.player.go_to(position),
                }
            }
            Err(message) => model.ui.notice = Some((model.ui.texts().link_broken)(&message)),
        }
    }
    if model.play_when_ready && model.moment.is_none() && !model.player.at_end() {
        model.play_when_ready = false;
        model.ui.playing = true;
        effects.push(Effect::Frames);
    }
    if model.player.is_computed() {
        model.play_when_ready = false;
        // Claims that are there make older data of what is typed.
        if model.checked != model.player.version {
            model.checked = model.player.version;
            check(model);
        }
    }
    effects.extend(lesson::play::pump(model));
    effects
}

/// Goes to a time (`46s`), an event (`e17`), a step (`12`), or an object by its name.
pub(super) fn go_to(model: &mut Model, what: &str) -> Vec<Effect> {
    if what.is_empty() {
        return Vec::new();
    }
    let event = what.strip_prefix('e').and_then(|n| n.parse::<i64>().ok());
    let effects = if let Some(event) = event {
        seek(model, |p| p.go_by_events((event - p.position().happenings as i64) as i32))
    } else if let Ok(step) = what.parse() {
        seek(model, |p| p.go_to_step(step))
    } else if let Some(time) = SimDuration::parse(&what.replace('초', "s").replace('분', "m")) {
        seek(model, |p| p.go_to_time((SimTime::ZERO + time).min(p.run().end())))
    } else {
        let Some((key, at)) = first_of(&model.player, what) else {
            model.ui.not_found = Some(what.to_string());
            return Vec::new();
        };
        model.ui.panel = Panel::Objects;
        model.ui.selected = Some(key.clone());
        let position = model.player.position();
        if model.player.still(position).store().by_key(&key).is_some() {
            Vec::new()
        } else {
            seek(model, |p| p.go_to(at))
        }
    };
    model.ui.dialog = None;
    effects
}

// The object of that name, or of `pod/web-0`, or one whose name has that in it, and when it was made.
fn first_of(player: &Player, what: &str) -> Option<(ObjectKey, crate::session::Position)> {
    let (kind, name) = what.split_once('/').map_or((None, what), |(kind, name)| (Some(kind), name));
    let kind = kind.and_then(|kind| crate::kubectl::resource::find(kind).ok()?.kind);
    let made = |fits: &dyn Fn(&str) -> bool| {
        player.run().happenings().iter().enumerate().find_map(|(n, happening)| match &happening.what {
            What::Write(write)
                if write.new.is_some()
                    && write.key.kind != Kind::Event
                    && kind.is_none_or(|kind| kind == write.key.kind)
                    && fits(&write.key.name) =>
            {
                let at = crate::session::Position { happenings: n + 1, time: happening.at };
                Some((write.key.clone(), at))
            }
            _ => None,
        })
    };
    made(&|known| known == name).or_else(|| made(&|known| known.contains(name)))
}
