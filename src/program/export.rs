//! A run as files for other places: pictures, a transcript, a table of events, a script for a real cluster.

use super::{EXPORT_WIDTH, model, picture_file};
use crate::api::{Kind, Object};
use crate::component::{Fault, What};
use crate::lang::Lang;
use crate::scenario::{Directive, Scenario, print_fault};
use crate::scene::animation::{Frame, animation};
use crate::scene::svg::{escape, svg_element, write_styles};
use crate::scene::{StageOptions, stage};
use crate::session::{Position, Run};
use crate::sim::{SimTime, SortedMap};
use crate::story::{self, caption};
use std::fmt::Write;

/// A moving picture may be so large, in bytes: readers of a page wait for it.
const MOST_MOVING: usize = 150 * 1024;

/// What a run can be saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The scenario, which is the run.
    Scenario,
    /// The picture at the moment shown.
    Picture,
    /// The whole run as a picture that moves by itself.
    Moving,
    /// What was typed and what it printed.
    Transcript,
    /// Every event, a line each.
    Events,
    /// The same commands for a real cluster.
    Script,
    /// Pictures with their sentences, six to a sheet of A4, as an HTML document.
    Handout,
}

impl File {
    /// Every kind of file.
    pub const ALL: &[File] = &[
        File::Scenario,
        File::Picture,
        File::Moving,
        File::Transcript,
        File::Events,
        File::Script,
        File::Handout,
    ];

    /// What it is asked for by: `moving`.
    pub fn word(self) -> &'static str {
        match self {
            File::Scenario => "scenario",
            File::Picture => "picture",
            File::Moving => "moving",
            File::Transcript => "transcript",
            File::Events => "events",
            File::Script => "script",
            File::Handout => "handout",
        }
    }

    /// A name for it.
    pub fn name(self) -> &'static str {
        match self {
            File::Scenario => "run.scn",
            File::Picture => "moment.svg",
            File::Moving => "ordinal.svg",
            File::Transcript => "transcript.txt",
            File::Events => "events.tsv",
            File::Script => "run.sh",
            File::Handout => "handout.html",
        }
    }

    /// Its content. `theme`: `light`, `dark` or `contrast`.
    pub fn make(self, run: &Run, position: Position, lang: Lang, theme: &str) -> String {
        match self {
            File::Scenario => run.text(),
            File::Picture => picture_file(run, position, lang, theme),
            File::Moving => moving(run, 0..=usize::MAX, lang, theme),
            File::Transcript => run.print_transcript(),
            File::Events => events(run),
            File::Script => script(&run.text()).unwrap_or_default(),
            File::Handout => handout(run, lang),
        }
    }
}

/// The steps of a run whose first happening is in `range`, as one SVG file that moves; steps are left out where it would
/// be larger than readers wait for.
pub fn moving(run: &Run, range: std::ops::RangeInclusive<usize>, lang: Lang, theme: &str) -> String {
    let steps = story::steps(run.happenings());
    let steps: Vec<&story::Step> = steps.iter().filter(|step| range.contains(&step.first)).collect();
    let frames: Vec<Frame> = steps.iter().map(|step| frame(run, step, lang)).collect();
    let mut every = 1;
    loop {
        let mut some: Vec<Frame> = frames.iter().rev().step_by(every).rev().cloned().collect();
        if let Some(last) = some.last_mut() {
            last.seconds = 4.0;
        }
        let file = animation(&some, theme);
        if file.len() <= MOST_MOVING || some.len() < 2 {
            return file;
        }
        every += 1;
    }
}

fn frame(run: &Run, step: &story::Step, lang: Lang) -> Frame {
    let position = Position { happenings: step.last + 1, time: step.until };
    let scene = stage(&model(run, position), &StageOptions::page(EXPORT_WIDTH, lang));
    Frame { scene, seconds: 1.4, caption: caption(step, lang).0 }
}

/// A film may have so many pictures, because recording it takes as long as watching it.
const MOST_FRAMES: usize = 60;
/// A handout may have so many: ten sheets.
const MOST_PRINTED: usize = 60;
/// How wide a picture of a handout is drawn, by its columns: each just as wide as a card needs to be.
const PRINTED_WIDTH: [f64; 3] = [32.0, 96.0, 512.0];

/// The pictures of a film with their sentences, an SVG file for every step; of long runs some steps are left out.
pub fn film(run: &Run, lang: Lang, theme: &str) -> Vec<String> {
    let steps = story::steps(run.happenings());
    some(&steps, MOST_FRAMES).iter().map(|step| animation(&[frame(run, step, lang)], theme)).collect()
}

// At most so many, evenly, with the last one among them.
fn some<T>(all: &[T], most: usize) -> Vec<&T> {
    let every = all.len().div_ceil(most).max(1);
    all.iter().rev().step_by(every).rev().collect()
}

/// The steps of a run for paper: an HTML document, six pictures with their sentences to a sheet of A4.
pub fn handout(run: &Run, lang: Lang) -> String {
    let mut out =
        ["<!doctype html>\n<html lang=\"", lang.pick("ko", "en"), "\" data-theme=\"light\">\n<head>\n"]
            .concat();
    out.push_str("<meta charset=\"utf-8\">\n<title>Ordinal</title>\n<style>\n");
    write_styles(&mut out);
    out.push_str(SHEET);
    out.push_str("</style>\n</head>\n<body>\n");
    let steps = story::steps(run.happenings());
    let chosen = some(&steps, MOST_PRINTED);
    for (n, step) in chosen.iter().enumerate() {
        let position = Position { happenings: step.last + 1, time: step.until };
        let shown = model(run, position);
        let [beside, each, most] = PRINTED_WIDTH;
        let width = (beside + each * shown.columns.len().max(3) as f64).min(most);
        let scene = stage(&shown, &StageOptions::present(width, lang));
        out.push_str("<figure>");
        out.push_str(&svg_element(&scene));
        let seconds = lang.seconds(step.at.since(SimTime::ZERO));
        let _ = write!(out, "<figcaption><b>{} · {seconds}</b> ", n + 1);
        escape(&mut out, &caption(step, lang).0.replace('`', ""));
        out.push_str("</figcaption></figure>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

const SHEET: &str = "@page{size:A4;margin:12mm}*{box-sizing:border-box}
body{margin:0;display:grid;grid-template-columns:1fr 1fr;gap:0 8mm;font:10.5pt/1.45 var(--sans);color:#000;word-break:keep-all;-webkit-print-color-adjust:exact;print-color-adjust:exact}
figure{margin:0;height:88mm;padding:5mm 1mm;border-bottom:.3mm solid #bbb;break-inside:avoid;overflow:hidden}
figure:nth-child(6n){break-after:page}
figure svg{display:block;width:100%;height:auto;max-height:56mm;overflow:visible}
figcaption{margin-top:4mm}
";

/// The Event objects in the order of their writing, with tabs between the columns and a line of names first.
pub fn events(run: &Run) -> String {
    let mut out = String::from("seconds\ttype\treason\tobject\tcount\tmessage\n");
    for happening in run.happenings() {
        let What::Write(write) = &happening.what else { continue };
        let Some(event) = write.new.as_ref().filter(|object| object.kind == Kind::Event) else { continue };
        let seconds = happening.at.as_millis() as f64 / 1000.0;
        let _ = writeln!(out, "{seconds:.3}\t{}", columns(event).join("\t"));
    }
    out
}

fn columns(event: &Object) -> [String; 5] {
    let body = &event.body;
    let word = |key: &str| body.get(key).str().replace(['\t', '\n'], " ");
    let about = body.get("involvedObject");
    let series = body.at(&["series", "count"]).as_int();
    [
        word("type"),
        word("reason"),
        format!("{}/{}", about.get("kind").str(), about.get("name").str()),
        series.or(body.get("count").as_int()).unwrap_or(1).to_string(),
        word("message"),
    ]
}

/// A scenario as a shell script for a cluster of kind or minikube: its commands and waits; what was broken on purpose
/// stands there as the nearest real action, in a comment. The error is the scenario's own.
pub fn script(text: &str) -> Result<String, String> {
    let scenario = Scenario::parse(text).map_err(|error| error.to_string())?;
    let mut out = String::from(
        "#!/bin/sh\n# The commands of a run of Ordinal, for a cluster made with kind or minikube.\n\
         # It changes the cluster of your current context: kubectl config current-context\nset -u\n",
    );
    let mut files = SortedMap::new();
    for (_, action) in &scenario.actions {
        match action {
            Directive::File { name, text } => {
                files.insert(name.clone(), text.clone());
                let word = end_word(text);
                let _ = write!(out, "\ncat > {} <<'{word}'\n{text}{word}\n", quoted(name));
            }
            Directive::Line(line) => {
                let _ = writeln!(out, "\n{line}");
            }
            Directive::Wait(time) => {
                let _ = writeln!(out, "sleep {}", time.as_millis().div_ceil(1000));
            }
            Directive::Settle(_) => out.push_str("sleep 20 # until nothing changes any more\n"),
            Directive::StopBackground => out.push_str("kill $! 2>/dev/null\n"),
            Directive::Label(label) => {
                let _ = writeln!(out, "\n# {label}");
            }
            Directive::Fault(fault) => {
                let _ = writeln!(out, "\n# {}\n# {}", print_fault(fault), nearest(fault));
            }
        }
    }
    Ok(out)
}

// What comes nearest on a real cluster.
fn nearest(fault: &Fault) -> String {
    match fault {
        Fault::Hold(pod) | Fault::Unready(pod) => {
            format!(
                "give {} a readiness probe on a file and remove it: kubectl exec {0} -- rm /tmp/ready",
                pod.name
            )
        }
        Fault::Release(pod) | Fault::Ready(pod) => format!("kubectl exec {} -- touch /tmp/ready", pod.name),
        Fault::Crash { pod, .. } => format!("kubectl exec {} -- kill 1", pod.name),
        Fault::CrashLoop { pod, .. } => format!("give {} a command that exits", pod.name),
        Fault::BreakImage(image) => format!("set an image that does not exist in place of {image}"),
        Fault::FixImage(image) => format!("set the image {image} again"),
        Fault::StopNode(node) => format!("docker stop {node} (the container of the kind node)"),
        Fault::StartNode(node) => format!("docker start {node}"),
        Fault::CutNode(node) => format!("docker network disconnect kind {node}"),
        Fault::MendNode(node) => format!("docker network connect kind {node}"),
        Fault::FailStorage(class) => format!("scale the provisioner of the class {class} to 0"),
        Fault::MendStorage(class) => format!("scale the provisioner of the class {class} back"),
        Fault::Slow { component, .. } => format!("nothing slows {component} alone on a real cluster"),
        Fault::MendComponent(component) => format!("{component} runs as ever"),
    }
}

fn end_word(text: &str) -> String {
    let mut word = String::from("EOF");
    while text.lines().any(|line| line == word) {
        word.push('_');
    }
    word
}

fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if name.chars().all(plain) { name.to_string() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::STORIES;

    #[test]
    fn every_story_can_be_saved_as_every_file() {
        for story in STORIES {
            let run = Run::from_scenario(story.scenario).unwrap();
            for file in File::ALL {
                let text = file.make(&run, run.last(), Lang::Ko, "light");
                assert!(text.len() > 100 && text.ends_with('\n'), "{} {file:?}: {}", story.slug, text.len());
                assert!(*file != File::Moving || text.len() <= MOST_MOVING, "{}: {}", story.slug, text.len());
            }
        }
    }

    #[test]
    fn events_are_a_table() {
        let run = Run::from_scenario(STORIES[0].scenario).unwrap();
        let table = events(&run);
        assert!(table.lines().all(|line| line.split('\t').count() == 6), "{table}");
        assert!(
            table.contains("\tNormal\tSuccessfulCreate\tStatefulSet/web\t1\tCreate Pod web-0 "),
            "{table}"
        );
    }
}
