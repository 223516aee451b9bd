//! What is typed and applied becomes directives of the run at the moment shown.

use super::open::new_run;
use super::time::pause;
use crate::scenario::{Directive, heredoc_words};
use crate::ui::panels::terminal::Near;
use crate::ui::state::*;

/// The file name under which the editor's text is applied.
pub const FILE: &str = "web.yaml";

pub(super) fn apply(model: &mut Model) -> Vec<Effect> {
    let mut text = model.ui.manifest.clone();
    if text.trim().is_empty() {
        return vec![Effect::Focus("manifest")];
    }
    model.ui.screen = Screen::Page;
    pause(model);
    if model.player.run().is_observed() {
        // What was only watched cannot be changed: the manifest begins a simulation.
        new_run(model, "");
        model.ui.origin = Origin::Own;
    }
    model.ui.applied = text.clone();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let line = format!("kubectl apply -f {FILE}");
    run_lines(model, vec![Directive::File { name: FILE.into(), text }], vec![line])
}

pub(super) fn command(model: &mut Model, text: &str) -> Vec<Effect> {
    let lines = commands_of(text);
    let Some(last) = lines.last() else { return Vec::new() };
    pause(model);
    if model.ui.lines.last() != Some(last) {
        model.ui.lines.push(last.clone());
    }
    // The editor's text is the file that commands name, as if it had been saved.
    let text = &model.ui.manifest;
    let mut first = Vec::new();
    if lines.iter().any(|line| line.contains(FILE))
        && !text.trim().is_empty()
        && model.player.run().files().get(FILE).is_none_or(|file| file.trim_end() != text.trim_end())
    {
        model.ui.applied = text.clone();
        first.push(Directive::File { name: FILE.into(), text: text.trim_end().to_string() + "\n" });
    }
    run_lines(model, first, lines)
}

/// The command lines of a text as it stands in documents: `$ ` before a line is left out, a heredoc keeps its lines,
/// and a backslash at the end joins the next one.
fn commands_of(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut command = line.trim().trim_start_matches("$ ").trim().to_string();
        while command.ends_with('\\') {
            command.pop();
            command += lines.next().unwrap_or_default().trim();
        }
        if command.is_empty() || command.starts_with('#') {
            continue;
        }
        for (word, strip_tabs) in heredoc_words(&command) {
            for line in lines.by_ref() {
                let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
                command.push('\n');
                command += line;
                if line == word {
                    break;
                }
            }
        }
        commands.push(command);
    }
    commands
}

pub(super) fn run_lines(
    model: &mut Model,
    mut directives: Vec<Directive>,
    lines: Vec<String>,
) -> Vec<Effect> {
    model.ui.near = Near {
        line: lines.last().and_then(|line| crate::ui::panels::terminal::nearest(line)),
        choices: Vec::new(),
    };
    directives.extend(lines.into_iter().map(Directive::Line));
    run_directives(model, directives)
}

/// Does something at the moment shown, as if it had been typed.
pub fn run_directives(model: &mut Model, directives: Vec<Directive>) -> Vec<Effect> {
    stray(model);
    model.ui.notice = None;
    model.ui.back = 0;
    (model.promises, model.tries, model.ui.chain) = (None, None, None);
    if let Err(message) = model.player.act(directives) {
        model.ui.notice = Some(message);
    }
    model.play_when_ready = true;
    vec![Effect::Compute, Effect::KeepRun, Effect::ScrollTerminal]
}

pub(super) fn stray(model: &mut Model) {
    if let Some(course) = &mut model.course {
        course.stray();
    }
}
