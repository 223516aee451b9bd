//! What the native program prints, as functions from text to text (scenario.md 3).
//!
//! Reading files, arguments and exit codes belong to `src/cli`; here is nothing that could differ between machines.
//! An error is one line for the person at the prompt.

mod diff;

pub use diff::diff;

pub mod export;

pub use export::File;

use crate::advice;
use crate::api::print::to_yaml;
use crate::lang::Lang;
use crate::lessons::{self, Lesson, LessonError};
use crate::scenario::observed::{self, Found};
use crate::scenario::{Directive, Header, Scenario, link};
use crate::scene::svg::{svg_document, svg_element};
use crate::scene::{Scene, StageModel, StageOptions, stage};
use crate::session::{Position, Run};
use std::rc::Rc;

/// How wide a picture is drawn: the page's stage on a screen of 1280 pixels.
const WIDTH: f64 = 704.0;
/// How wide a moving picture is drawn.
const EXPORT_WIDTH: f64 = 640.0;
/// How wide the still of an embedded page is: 600 pixels less its margins.
const EMBED_WIDTH: f64 = 568.0;

/// What `ordinal run` or `ordinal trace` prints for a scenario's text. The page's build cuts the module here too
/// (`xtask/split`), so it has to stay a function of its own.
#[inline(never)]
pub fn answer(command: &str, scenario: &str) -> Result<String, String> {
    let run = Run::from_scenario(scenario).map_err(|error| error.to_string())?;
    match command {
        "run" => Ok(run.print_transcript()),
        "trace" => Ok(run.trace()),
        _ => Err(format!("`{command}` is neither `run` nor `trace`")),
    }
}

/// `ordinal state`: all objects at a moment, as one YAML stream.
pub fn state(run: &Run, at: &str) -> Result<String, String> {
    let still = run.still(run.moment(at)?);
    let mut out = String::new();
    for object in still.store().all() {
        out.push_str("---\n");
        out.push_str(&to_yaml(&object.body));
    }
    Ok(out)
}

/// `ordinal svg`: the picture at a moment, a file that needs nothing else. `theme`: `light`, `dark` or `contrast`.
pub fn svg(run: &Run, at: &str, lang: Lang, theme: &str) -> Result<String, String> {
    Ok(picture_file(run, run.moment(at)?, lang, theme))
}

/// The picture at a position as a file that needs nothing else.
pub fn picture_file(run: &Run, position: Position, lang: Lang, theme: &str) -> String {
    svg_document(&picture(run, position, lang), theme)
}

/// The still of an embedded page: the picture at a position, an element without styles of its own.
pub fn still(run: &Run, position: Position, lang: Lang) -> String {
    svg_element(&stage(&model(run, position), &StageOptions::embed(EMBED_WIDTH, lang, false)))
}

// The stage as the page shows it: the youngest set, or the one written last, with every ordinal it ever wanted.
fn picture(run: &Run, position: Position, lang: Lang) -> Scene {
    stage(&model(run, position), &StageOptions::page(WIDTH, lang))
}

fn model(run: &Run, position: Position) -> StageModel {
    let still = run.still(position);
    let happenings = run.happenings();
    let so_far = &happenings[..position.happenings.min(happenings.len())];
    let set = StageModel::choose(still.store()).or_else(|| StageModel::last_set(so_far));
    let decision = set.as_ref().and_then(|set| still.decision(set));
    let mut model = StageModel::from_store(still.store(), set.as_ref(), still.now(), decision);
    model.recall(so_far, still.store());
    if let Some((low, high)) = set.as_ref().and_then(|set| StageModel::ordinals(happenings, set)) {
        model.keep_columns(low..=high);
    }
    model
}

/// `ordinal observe`: what kubectl printed of a real cluster, files by name and text, as a scenario; and what was found.
pub fn observe(files: &[(String, String)]) -> Result<(Scenario, Found), String> {
    let (seen, found) = observed::read(files).map_err(|error| error.to_string())?;
    let version = found.release.clone();
    let header = Header { observed: Some(Rc::new(seen)), version, ..Header::default() };
    Ok((Scenario { header, actions: Vec::new() }, found))
}

/// What was found in a log, in a sentence or two.
pub fn found_says(found: &Found, lang: Lang) -> String {
    let Found { objects, changes, left_out, cut, .. } = found;
    let mut says = lang.pick(
        format!("오브젝트 {objects}개와 변화 {changes}번을 읽었다."),
        format!("{objects} objects and {changes} changes were read."),
    );
    if !left_out.is_empty() {
        let kinds = left_out.join(", ");
        says += &lang.pick(format!(" 읽지 않은 것: {kinds}."), format!(" Left out: {kinds}."));
    }
    for file in cut {
        says += &lang.pick(
            format!(" {file}: 오브젝트 중간에서 끝나므로 그 앞까지만 읽었다."),
            format!(" {file} ends in the middle of an object; what stands before is read."),
        );
    }
    says
}

/// What [`check`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What the API server says, as kubectl prints it, and then what it accepts although it cannot work.
    pub text: String,
    /// Something was refused.
    pub is_refused: bool,
}

/// `ordinal check`: manifests, by name and text, one after another against one fresh cluster.
pub fn check(manifests: &[(String, String)], lang: Lang) -> Checked {
    let mut run = Run::new(Header::default());
    let mut checked = Checked { text: String::new(), is_refused: false };
    for (i, (_, text)) in manifests.iter().enumerate() {
        // The workstation's names of files are plain words; the author's are put back below.
        let file = format!("manifest-{i}.yaml");
        let lines = [
            Directive::File { name: file.clone(), text: text.clone() },
            Directive::Line(format!("kubectl apply -f {file}")),
        ];
        for line in lines {
            if let Err(error) = run.act(run.last(), line) {
                checked.text.push_str(&format!("{}\n", error.0));
                checked.is_refused = true;
            }
        }
        let Some(entry) = run.transcript().last() else { continue };
        checked.is_refused |= entry.ended.is_none_or(|(_, code)| code != 0);
        let said: String = entry.output.iter().map(|(_, text)| text.as_str()).collect();
        checked.text.push_str(&said.replace(&file, &manifests[i].0));
    }
    // A Service may stand in another file than the set it governs, so all are read as one text.
    let mut whole = String::new();
    let mut starts = Vec::new();
    for (_, text) in manifests {
        if !whole.is_empty() {
            whole.push_str(if whole.ends_with('\n') { "---\n" } else { "\n---\n" });
        }
        starts.push(whole.lines().count());
        whole.push_str(text);
    }
    for problem in advice::problems(&whole, lang) {
        let file = starts.partition_point(|start| *start < problem.line).saturating_sub(1);
        let Some((name, _)) = manifests.get(file) else { continue };
        let word = if problem.is_error { "error" } else { "warning" };
        let line = problem.line - starts[file];
        checked.text.push_str(&format!("{name}:{line}:{}: {word}: {}\n", problem.column, problem.text));
    }
    checked
}

/// `ordinal lesson check`: what holds in a lesson, or what does not, a line each.
pub fn check_lesson(file: &str, text: &str) -> Result<String, String> {
    let lesson = read_lesson(file, text)?;
    let mut checked = lessons::check(&lesson);
    let stem = file.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or(&lesson.front.id);
    if stem != lesson.front.id {
        let message =
            format!("the id is `{}` and the file is named `{stem}`: make them equal", lesson.front.id);
        checked.wrong.push(LessonError { line: 2, column: 1, message });
    }
    let at = |line: &LessonError| format!("{file}:{line}\n");
    match checked.wrong.is_empty() {
        true => Ok(checked.held.iter().map(|held| format!("{file}: {held}\n")).collect()),
        false => Err(checked.wrong.iter().map(at).collect()),
    }
}

/// `ordinal lesson scenario`: the runs of a lesson as one scenario.
pub fn lesson_scenario(file: &str, text: &str) -> Result<String, String> {
    Ok(read_lesson(file, text)?.scenario().print())
}

fn read_lesson(file: &str, text: &str) -> Result<Lesson, String> {
    Lesson::parse(text).map_err(|error| format!("{file}:{error}"))
}

/// `ordinal link`: the link to a scenario on the page at `base`, or only its fragment.
pub fn link(text: &str, base: &str, at: Option<&str>) -> Result<String, String> {
    let run = Run::from_scenario(text).map_err(|error| error.to_string())?;
    let mut out = format!("{base}#{}", link::write(text));
    if let Some(at) = at {
        run.moment(at)?;
        out.push_str("&t=");
        out.push_str(&link::encode(at));
    }
    out.push('\n');
    Ok(out)
}

/// `ordinal open`: the scenario a link holds.
pub fn open(link: &str) -> Result<String, String> {
    let linked = link::read(link).ok_or("no run in this link: expected `#z1=…`, `#p1=…` or `#n1=…`")?;
    linked.and_then(link::Linked::text)
}
