//! The one function that takes the next step of the page.
//!
//! [`update`] changes the model and answers with effects: what the browser has to do besides being drawn. It calls
//! nothing of the browser itself, so whole visits can be played on the host.

mod lines;
mod open;
mod time;

pub use lines::{FILE, run_directives};
pub use open::{open_link, open_run, open_story_still, show_applied, take_text};
pub(super) use open::{open_player, set_manifest};
pub(super) use time::{pause, play, seek};

use super::cluster_log;
use super::complete::complete;
use super::editor;
use super::lesson::{self, Course};
use super::others::Compare;
use super::panels::terminal::Near;
use super::player::{SPEEDS, Spacing};
use super::present;
use super::state::*;
use crate::component::What;
use crate::lessons::Answer;
use crate::program::export::{film, handout};
use crate::program::picture_file;
use crate::samples::{SAMPLES, STORIES};
use crate::scenario::link;
use crate::scenario::observed;
use crate::sim::{SimDuration, SimTime};
use lines::{apply, command, stray};
use open::{check, new_run, with_release};
use time::{at_step, computed, frame, go_to};

/// Takes the next step.
pub fn update(model: &mut Model, action: UiAction) -> Vec<Effect> {
    let mut effects = step(model, action);
    effects.extend(lesson::play::look(model));
    effects
}

fn step(model: &mut Model, action: UiAction) -> Vec<Effect> {
    use UiAction as A;
    match action {
        action if model.ui.looks.forbids(&action) => Vec::new(),
        A::Lesson(act) => lesson::play::act(model, act),
        A::ChapterBy(by) if model.course.is_some() => lesson::play::act(model, lesson::Act::Step(by)),
        A::Select(Some(key)) if model.course.as_ref().is_some_and(Course::asks_to_pick) => {
            lesson::play::act(model, lesson::Act::Draft(Answer::Pick(key)))
        }
        A::Open(Some(Dialog::Lessons)) => lesson::play::open_list(model),
        A::TogglePlay if model.ui.playing => pause(model),
        A::TogglePlay => play(model),
        A::StepBy(by) => {
            let player = &mut model.player;
            let inside = player.position() != at_step(player);
            let to = match by {
                // Back from between two steps is to the step before.
                by if by < 0 && inside => player.step() as i64 + i64::from(by) + 1,
                by => player.step() as i64 + i64::from(by),
            };
            let known = to >= 0 && (to as usize) < player.steps().len();
            let mut effects = seek(model, |p| p.go_to_step(to.max(0) as usize));
            if by == 1 && known && !model.ui.less_motion {
                model.player.enter();
                effects.push(Effect::Settle);
            }
            effects
        }
        A::EventBy(by) => seek(model, |p| p.go_by_events(by)),
        A::SeekStep(step) => seek(model, |p| p.go_to_step(step)),
        A::SeekTime(time) => seek(model, |p| p.go_to_time(time)),
        A::SeekPlace(_) => Vec::new(),
        A::SeekTenth(tenth) => seek(model, |p| p.go_to_step((p.steps().len() - 1) * tenth.min(10) / 10)),
        A::SeekMoment(at) => match model.player.run().moment(&at) {
            Ok(position) => seek(model, |p| p.go_to(position)),
            Err(_) => Vec::new(),
        },
        A::SeekEnd => seek(model, |p| p.go_to_step(usize::MAX)),
        A::SecondsBy(by) => seek(model, |p| {
            let now = p.position().time;
            let by = SimDuration(by.unsigned_abs() * 1000).0 as i64 * by.signum();
            p.go_to_time(SimTime(now.0.saturating_add_signed(by).min(p.run().end().0)));
        }),
        A::ChapterBy(by) => seek(model, |p| {
            let now = p.position().happenings;
            let inputs: Vec<usize> = p
                .run()
                .happenings()
                .iter()
                .enumerate()
                .filter(|(_, h)| matches!(h.what, What::Input(_)))
                .map(|(i, _)| i + 1)
                .collect();
            let to = if by > 0 {
                inputs.iter().find(|i| **i > now).copied()
            } else {
                inputs.iter().rev().find(|i| **i < now).copied()
            };
            let Some(to) = to else { return p.go_to_step(if by > 0 { usize::MAX } else { 0 }) };
            let step = p.steps().iter().position(|s| s.happenings >= to).unwrap_or(usize::MAX);
            p.go_to_step(step);
        }),
        A::ChangeBy(by) => {
            let Some(key) = model.ui.selected.clone() else { return Vec::new() };
            seek(model, |p| {
                let now = p.position().happenings;
                let changes = p.run().happenings().iter().enumerate().filter_map(|(i, h)| match &h.what {
                    What::Write(write) if write.key == key && write.changed() => Some((i + 1, h.at)),
                    _ => None,
                });
                let to = if by > 0 {
                    changes.into_iter().find(|(i, _)| *i > now)
                } else {
                    changes.into_iter().rfind(|(i, _)| *i < now)
                };
                if let Some((happenings, time)) = to {
                    p.go_to(crate::session::Position { happenings, time });
                }
            })
        }
        A::SpeedBy(by) => {
            model.ui.speed = (model.ui.speed as i32 + by).clamp(0, SPEEDS.len() as i32 - 1) as usize;
            vec![Effect::Keep("speed", model.ui.speed.to_string())]
        }
        A::NextSpeed => {
            model.ui.speed = (model.ui.speed + 1) % SPEEDS.len();
            vec![Effect::Keep("speed", model.ui.speed.to_string())]
        }
        A::ToggleSpacing => {
            model.ui.spacing = if model.ui.spacing == Spacing::Even { Spacing::Real } else { Spacing::Even };
            Vec::new()
        }
        A::Frame(ms) => frame(model, ms),
        A::Hidden if model.ui.playing => pause(model),
        A::Hidden => Vec::new(),
        A::Computed => computed(model),
        A::GoBackToFuture(which) => {
            pause(model);
            stray(model);
            model.player.go_back_to_future(which);
            (model.promises, model.tries, model.ui.chain) = (None, None, None);
            vec![Effect::Compute, Effect::KeepRun]
        }
        A::StopComputing => {
            let effects = pause(model);
            model.player.stop();
            (model.opening, model.compare, model.tries) = (None, None, None);
            effects
        }
        A::Home => {
            let effects = pause(model);
            model.ui.screen = Screen::First;
            model.ui.has_kept = !model.player.is_blank();
            effects
        }
        A::Begin => {
            model.ui.screen = Screen::Page;
            model.player.go_to_step(0);
            let mut effects = play(model);
            effects.push(Effect::Focus("play"));
            effects
        }
        A::Continue => {
            model.ui.screen = Screen::Page;
            vec![Effect::Focus("play")]
        }
        A::PasteOwn => {
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Own;
            model.ui.panel = Panel::Manifest;
            new_run(model, "");
            model.ui.applied.clear();
            let mut effects = set_manifest(model, String::new());
            effects.extend([Effect::Focus("manifest"), Effect::Compute]);
            effects
        }
        A::Story(which) => {
            let story = &STORIES[which];
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Story(which);
            let manifest = open_run(model, story.scenario);
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied = model.ui.manifest.clone();
            model.play_when_ready = true;
            effects.extend([Effect::Compute, Effect::KeepRun, Effect::Focus("play")]);
            effects
        }
        A::OpenLink(linked, at) => {
            pause(model);
            model.ui.screen = Screen::Page;
            let manifest = open_link(model, Ok(linked));
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied = model.ui.manifest.clone();
            model.moment = at;
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Sample(which) => {
            model.ui.screen = Screen::Page;
            model.ui.origin = Origin::Sample(which);
            new_run(model, "");
            model.ui.applied.clear();
            let mut effects = set_manifest(model, SAMPLES[which].text.to_string());
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Show(panel) => {
            let over = model.ui.is_embed || model.ui.present.is_on;
            if model.ui.looks.has_panel(panel) {
                model.ui.panel = if over && model.ui.panel == panel { Panel::Stage } else { panel };
            }
            match panel {
                Panel::Terminal => vec![Effect::ScrollTerminal],
                _ => Vec::new(),
            }
        }
        A::Select(key) => {
            model.ui.selected = if model.ui.selected == key { None } else { key };
            Vec::new()
        }
        A::Open(dialog) => {
            let effects = if dialog.is_some() && model.ui.playing { pause(model) } else { Vec::new() };
            model.ui.dialog = dialog;
            model.ui.not_found = None;
            if dialog == Some(Dialog::Cluster) {
                cluster_log::begin(model);
            }
            effects
        }
        A::Escape => {
            if model.ui.present.is_on && !present::close(model) && model.ui.selected.is_none() {
                return present::act(model, present::Act::End);
            }
            model.ui.selected = None;
            vec![Effect::Blur]
        }
        A::Language(language) => {
            model.ui.language = language;
            check(model);
            vec![Effect::Keep("lang", language.code().into()), Effect::Document]
        }
        A::Theme(theme) if model.ui.present.is_on => {
            model.ui.present.is_dark = theme == Theme::Dark;
            vec![Effect::Document]
        }
        A::Theme(theme) => {
            model.ui.theme = theme;
            vec![Effect::Keep("theme", theme.code().into()), Effect::Document]
        }
        A::Letters(on) => {
            model.ui.letters = on;
            vec![Effect::Keep("letters", on.to_string())]
        }
        A::LessMotion(on) => {
            model.ui.less_motion = on;
            vec![Effect::Keep("motion", if on { "less" } else { "full" }.into())]
        }
        A::Release(release) => {
            pause(model);
            let before = std::mem::replace(&mut model.ui.release, release);
            let text = with_release(&model.player.text(), release);
            let (here, version) = (model.player.position(), model.player.version);
            let old = std::mem::take(&mut model.player);
            model.player.version = version;
            let is_blank = old.is_blank();
            let course = model.course.take();
            let _ = open_run(model, &text);
            model.course = course;
            stray(model);
            model.player.aim_at(here);
            if !is_blank && before != release {
                // The run that was there is the one to compare with.
                model.compare = Some(Compare::before(old, before, &model.player));
                model.ui.says_release = true;
            }
            vec![Effect::Compute, Effect::KeepRun]
        }
        A::StageSize(width, height) if width > 0.0 => {
            model.ui.stage_size = (width, height);
            Vec::new()
        }
        A::TrackWidth(width) if width > 0.0 => {
            model.ui.track_width = width;
            Vec::new()
        }
        A::StageSize(..) | A::TrackWidth(_) | A::NextRegion(_) => Vec::new(),
        A::Present => vec![Effect::WholeScreen],
        A::Class(act) => present::act(model, act),
        A::ToggleView => {
            model.ui.by_node = !model.ui.by_node;
            Vec::new()
        }
        A::ByNode(on) => {
            model.ui.by_node = on;
            Vec::new()
        }
        A::PageTo(page) => {
            model.ui.page = page;
            Vec::new()
        }
        A::GoTo(what) => go_to(model, what.trim()),
        A::AskFrom(pod) => {
            model.ui.asked_from = pod;
            Vec::new()
        }
        A::AskType(qtype) => {
            model.ui.asked_type = qtype;
            Vec::new()
        }
        A::ClientName(name) => {
            model.ui.client_name = name;
            Vec::new()
        }
        A::ClientResolver(which) => {
            model.ui.client_resolver = which;
            Vec::new()
        }
        A::Files(claim) => {
            model.ui.files_of = claim;
            Vec::new()
        }
        A::AllEvents(on) => {
            model.ui.all_events = on;
            Vec::new()
        }
        A::Chain(happening) => {
            model.ui.chain = happening.filter(|_| model.ui.chain != happening);
            Vec::new()
        }
        A::StartOver => {
            let (language, theme) = (model.ui.language, model.ui.theme);
            let size =
                (model.ui.stage_size, model.ui.track_width, model.ui.system_dark, model.ui.less_motion);
            let shelf = std::mem::take(&mut model.shelf);
            *model = Model { shelf, is_asked_nothing: model.is_asked_nothing, ..Model::default() };
            model.ui.language = language;
            model.ui.theme = theme;
            (model.ui.stage_size, model.ui.track_width, model.ui.system_dark, model.ui.less_motion) = size;
            let text = open_story_still(model);
            let mut effects = vec![Effect::Forget, Effect::Document, Effect::Compute];
            effects.extend(text.map(Effect::EditorText));
            effects
        }
        A::OpenWhole => {
            let text = model.player.text();
            let at = model.player.position().happenings;
            let effects = pause(model);
            std::iter::once(Effect::Visit(format!("{}&t=e{at}", link::write(&text)))).chain(effects).collect()
        }
        A::ShareCode(which) => {
            model.ui.share_code = which;
            Vec::new()
        }
        A::Export(file) => {
            let (position, lang) = (model.player.position(), model.ui.language.lang());
            let theme = model.ui.theme_code();
            vec![Effect::Download(file.name().into(), file.make(model.player.run(), position, lang, theme))]
        }
        A::Draw(what) => {
            let theme = model.ui.theme_code();
            let (run, lang) = (model.player.run(), model.ui.language.lang());
            let (function, text) = match what {
                Drawn::Png => ("png", picture_file(run, model.player.position(), lang, theme)),
                Drawn::Film => ("webm", film(run, lang, theme).join("\0")),
                Drawn::Print => ("print", handout(run, lang)),
            };
            vec![Effect::Part("pictures.js", function, text)]
        }
        A::Copy(text) => vec![Effect::Copy(text)],
        A::Download(name, text) => vec![Effect::Download(name, text)],
        A::Manifest(text) => {
            if !std::mem::take(&mut model.ui.inserting) {
                model.ui.offers.clear();
            }
            model.ui.manifest = text;
            check(model);
            vec![Effect::Keep("manifest", model.ui.manifest.clone())]
        }
        A::ClusterLog(files) => cluster_log::take(model, files),
        A::OpenText(text) if observed::is_log(&text) => {
            cluster_log::begin(model);
            cluster_log::take(model, vec![("dropped.json".into(), text)])
        }
        A::OpenText(text) => {
            model.ui.origin = Origin::Own;
            set_manifest(model, text)
        }
        A::Apply => apply(model),
        A::Repair(which) => match model.ui.problems.get(which).and_then(|p| p.repair.as_ref()) {
            Some(repair) => {
                let text = repair.text.clone();
                set_manifest(model, text)
            }
            None => Vec::new(),
        },
        A::RepairAll => match editor::mend_all(&model.ui.manifest, model.ui.language.lang()) {
            Some(text) => {
                let mut effects = set_manifest(model, text);
                effects.extend(apply(model));
                effects
            }
            None => Vec::new(),
        },
        A::GoToProblem(by) => match model.ui.problems.get(by) {
            Some(problem) => vec![Effect::Caret(problem.line, problem.column)],
            None => Vec::new(),
        },
        A::FocusManifest => {
            model.ui.panel = Panel::Manifest;
            vec![Effect::Focus("manifest")]
        }
        A::Command(line) => command(model, &line),
        A::FocusTerminal => {
            model.ui.panel = Panel::Terminal;
            vec![Effect::Focus("prompt"), Effect::ScrollTerminal]
        }
        A::HistoryBy(by) => {
            let ui = &mut model.ui;
            ui.back = (ui.back as i32 + by).clamp(0, ui.lines.len() as i32) as usize;
            let line = if ui.back == 0 { String::new() } else { ui.lines[ui.lines.len() - ui.back].clone() };
            vec![Effect::Prompt(line)]
        }
        A::SearchBack(typed) => {
            let ui = &mut model.ui;
            let line = |back: usize| ui.lines.len().checked_sub(back).and_then(|i| ui.lines.get(i));
            if ui.back == 0 || line(ui.back) != Some(&typed) {
                (ui.back, ui.wanted) = (0, typed.clone());
            }
            let older = (ui.back + 1..=ui.lines.len())
                .find(|back| line(*back).is_some_and(|l| l.contains(&ui.wanted)));
            let failed = if older.is_none() { "failed " } else { "" };
            let said = ["(", failed, "reverse-i-search) ", &ui.wanted].concat();
            let found = older.and_then(line).cloned();
            ui.back = older.unwrap_or(ui.back);
            ui.near = Near { line: None, choices: vec![said] };
            vec![Effect::Prompt(found.unwrap_or(typed)), Effect::ScrollTerminal]
        }
        A::CompleteField(before) => {
            let done = editor::complete(&before, &model.ui.manifest);
            model.ui.offers = done.choices;
            model.ui.inserting = !done.line.is_empty();
            if done.line.is_empty() { Vec::new() } else { vec![Effect::Insert(done.line)] }
        }
        A::Complete(line) => {
            let done = complete(&line, model.player.run().session());
            model.ui.near = Near { line: None, choices: done.choices };
            vec![Effect::Prompt(done.line), Effect::ScrollTerminal]
        }
        A::Interrupt => {
            model.ui.back = 0;
            let mut effects = vec![Effect::Prompt(String::new())];
            if !model.player.is_computed() {
                effects.extend(update(model, A::StopComputing));
            }
            effects
        }
        A::ClearTerminal => {
            model.ui.cleared = model.player.transcript().len();
            model.ui.near = Near::default();
            Vec::new()
        }
        A::TryOthers => vec![Effect::Compute],
        A::WhatIf(other) => {
            pause(model);
            let mut effects =
                other.manifest.clone().map(|text| set_manifest(model, text)).unwrap_or_default();
            if let Some(text) = &other.manifest {
                model.ui.applied.clone_from(text);
            }
            effects.extend(run_directives(model, other.directives(FILE)));
            effects
        }
        A::Compare(change) => {
            model.ui.panel = Panel::Compare;
            model.ui.says_release = false;
            model.compare = change.and_then(|change| Compare::new(&model.player, change));
            vec![Effect::Compute]
        }
        A::FirstDifference => {
            match model.compare.as_ref().and_then(|compare| compare.parting(&model.player)) {
                Some(step) => seek(model, |p| p.go_to_step(step)),
                None => {
                    model.ui.panel = Panel::Compare;
                    Vec::new()
                }
            }
        }
        A::TakeOther => {
            let Some(compare) = model.compare.take() else { return Vec::new() };
            let release = compare.player.run().session().cluster().profile().name;
            let (here, text) = (model.player.position(), compare.player.text());
            let course = model.course.take();
            let manifest = open_run(model, &text);
            model.course = course;
            stray(model);
            model.ui.release = release;
            model.player.aim_at(here);
            let mut effects = manifest.map(|text| set_manifest(model, text)).unwrap_or_default();
            model.ui.applied.clone_from(&model.ui.manifest);
            effects.extend([Effect::Compute, Effect::KeepRun]);
            effects
        }
        A::Dismiss => {
            model.ui.says_release = false;
            Vec::new()
        }
    }
}
