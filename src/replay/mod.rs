//! The engine against a recording of a real control plane (scenario.md 4).
//!
//! A recording is a folder as golden/README.md describes it. Its steps are played on a fresh cluster with the
//! recording's kubelet delays; then decisions, settled states, events and outputs are compared, each object by
//! object. Nothing here knows a single recording.

mod compare;
#[cfg(not(target_arch = "wasm32"))]
pub mod folder;
mod mask;
mod reduce;

pub use mask::{mask, mask_dns, mask_places};
pub use reduce::{Normaliser, reduce, unnumbered};

use crate::api::{Object, Value, manifest, print};
use crate::component::{Happening, What, Write};
use crate::dns::DnsProfile;
use crate::scenario::{Directive, Header, parse_fault};
use crate::session::Session;
use crate::sim::{SimDuration, SimTime};
use crate::store::Store;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a recording's folder holds; the caller reads the files.
pub struct Recording {
    /// Its name: the folder's, with `versions/…/` before it for the recordings of other releases.
    pub name: String,
    /// File name (with sub-folder: `kubectl/08-….txt`) to content.
    pub files: BTreeMap<String, String>,
}

/// The four classes of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// One controller and one object: the same writes in the same order.
    Decisions,
    /// One object at the end of one settle step.
    Settled,
    /// One event series.
    Events,
    /// One file of `kubectl/` or `dns/`.
    Outputs,
}

impl Class {
    /// All of them, in the order in which they are printed.
    pub const ALL: [Class; 4] = [Class::Decisions, Class::Settled, Class::Events, Class::Outputs];

    /// `decisions`, `settled`, `events`, `outputs`.
    pub fn name(self) -> &'static str {
        match self {
            Class::Decisions => "decisions",
            Class::Settled => "settled",
            Class::Events => "events",
            Class::Outputs => "outputs",
        }
    }
}

/// One place where engine and recording differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What was compared.
    pub class: Class,
    /// The step, where one belongs to it.
    pub step: Option<i64>,
    /// The object, controller or file.
    pub subject: String,
    /// What the recording has.
    pub expected: String,
    /// What the engine did.
    pub got: String,
}

/// The result of one recording.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Equal and compared, by class.
    pub counts: BTreeMap<Class, (usize, usize)>,
    /// Every difference, but for those that are excepted.
    pub differences: Vec<Difference>,
    /// Outputs that cannot agree, for the reasons of [`EXCEPTIONS`]; counted nowhere else.
    pub excepted: usize,
    /// Exceptions that were not needed: the outputs agree, or there are no such files.
    pub idle: Vec<String>,
}

/// The outputs that cannot agree: a line each with the recording, the file, and the reason.
pub const EXCEPTIONS: &str = include_str!("../../tests/golden/exceptions.txt");

/// The lines of [`EXCEPTIONS`]: recording, file, reason.
pub fn exceptions() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    EXCEPTIONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(|line| {
        let (recording, rest) = line.split_once(' ')?;
        let (file, reason) = rest.split_once(' ')?;
        Some((recording, file, reason))
    })
}

impl Report {
    fn count(&mut self, class: Class, difference: Option<Difference>) {
        let (equal, all) = self.counts.entry(class).or_default();
        *all += 1;
        match difference {
            None => *equal += 1,
            Some(difference) => self.differences.push(difference),
        }
    }

    // Takes out what is excepted in that recording.
    fn except(&mut self, recording: &str) {
        for (_, file, _) in exceptions().filter(|(known, ..)| *known == recording) {
            let of_file = |difference: &Difference| {
                difference.class == Class::Outputs
                    && difference.subject.split_once(':').is_some_and(|(name, _)| name == file)
            };
            match self.differences.iter().position(of_file) {
                Some(i) => {
                    self.differences.remove(i);
                    self.excepted += 1;
                    self.counts.entry(Class::Outputs).or_default().1 -= 1;
                }
                None => self.idle.push(file.to_string()),
            }
        }
    }

    /// Equal and compared of one class.
    pub fn of(&self, class: Class) -> (usize, usize) {
        self.counts.get(&class).copied().unwrap_or_default()
    }
}

/// One step of `scenario.yaml`.
struct Step {
    n: i64,
    kind: String,
    command: String,
    seconds: f64,
    at_ms: i64,
}

/// What the engine did, step by step.
struct Played {
    /// The objects at the beginning.
    before: Store,
    /// Everything, in order.
    happenings: Vec<Happening>,
    /// Writes with the step in which they happened.
    writes: Vec<(i64, Rc<Write>)>,
    /// All objects at the end of each settle step.
    settled: BTreeMap<i64, Vec<Rc<Object>>>,
    /// What each command printed, with its exit status.
    outputs: BTreeMap<i64, (String, Option<i32>)>,
}

/// Everything that happens when the steps of a recording are played, behind the objects that are there before.
pub fn happenings(recording: &Recording) -> Result<(Store, Vec<Happening>), String> {
    let scenario = read_scenario(recording)?;
    let played = play(recording, &scenario, &read_steps(&scenario));
    Ok((played.before, played.happenings))
}

fn read_scenario(recording: &Recording) -> Result<Value, String> {
    let text = recording.files.get("scenario.yaml").ok_or("no scenario.yaml")?;
    let documents =
        manifest::parse(text).map_err(|e| format!("scenario.yaml:{}:{}: {}", e.line, e.column, e.message))?;
    Ok(documents.first().map(|d| d.value.clone()).ok_or("scenario.yaml is empty")?)
}

/// Plays a recording and compares; the error says what in the folder cannot be read.
pub fn replay(recording: &Recording) -> Result<Report, String> {
    let scenario = read_scenario(recording)?;
    let steps = read_steps(&scenario);
    let played = play(recording, &scenario, &steps);
    let writes = read_lines(recording, "writes.jsonl")?;
    let actors = match recording.files.get("actors.json") {
        Some(text) => print::parse_json(text).map_err(|e| format!("actors.json: {e:?}"))?,
        None => Value::map(),
    };
    let mut report = Report::default();
    compare::decisions(&writes, &actors, &played, &mut report);
    compare::settled(&writes, &actors, &steps, &played, &mut report);
    compare::events(&writes, &actors, &played, &mut report);
    let chance = compare::Chance::read(&writes, &actors);
    compare::outputs(recording, &steps, &chance, &played, &mut report);
    report.except(&recording.name);
    Ok(report)
}

fn read_lines(recording: &Recording, name: &str) -> Result<Vec<Value>, String> {
    let text = recording.files.get(name).map_or("", String::as_str);
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(|(i, line)| print::parse_json(line).map_err(|e| format!("{name}:{}: {e:?}", i + 1)))
        .collect()
}

fn read_steps(scenario: &Value) -> Vec<Step> {
    let number = |value: &Value| match value {
        Value::Int(n) => *n as f64,
        Value::Float(f) => *f,
        _ => 0.0,
    };
    scenario
        .get("steps")
        .items()
        .iter()
        .enumerate()
        // The key `n` reads as a boolean in YAML 1.1; the steps are numbered in order.
        .map(|(i, step)| Step {
            n: i as i64,
            kind: step.get("type").str().to_string(),
            command: step.get("command").str().to_string(),
            seconds: number(step.get("seconds")),
            at_ms: step.get("at_ms").as_int().unwrap_or(0),
        })
        .collect()
}

fn header(scenario: &Value) -> Header {
    let version = scenario.at(&["versions", "kubernetes"]).str();
    let gates = scenario
        .get("feature_gates")
        .items()
        .iter()
        .filter_map(|gate| gate.str().split_once('='))
        .map(|(name, on)| (name.to_string(), on == "true"))
        .collect();
    let nodes = scenario.get("nodes").items().iter().map(Value::text).collect();
    Header { version: version.to_string(), gates, nodes, ..Header::default() }
}

// The recorder's quiet time: nothing written for so long means settled.
const QUIET: SimDuration = SimDuration(2_500);

fn play(recording: &Recording, scenario: &Value, steps: &[Step]) -> Played {
    let mut config = header(scenario).config();
    let delay = |member| SimDuration(scenario.at(&["kubelet", member]).as_int().unwrap_or(400).max(0) as u64);
    config.pace.scripted = Some((delay("step_delay_ms"), delay("min_gap_between_writes_ms")));
    config.pace.provision = SimDuration(40);
    // The recorder's DNS server stands outside of its cluster (golden/README.md 1).
    config.dns = DnsProfile::recorder();
    let flags = scenario.get("flags").entries().iter().flat_map(|(_, flags)| flags.items());
    for flag in flags {
        if let Some(grace) = flag.str().strip_prefix("--node-monitor-grace-period=")
            && let Some(grace) = SimDuration::parse(grace)
        {
            config.node_monitor_grace = grace;
        }
        let seconds = |name: &str| flag.str().strip_prefix(name)?.parse().ok();
        if let Some(seconds) = seconds("--default-not-ready-toleration-seconds=") {
            config.toleration_secs.0 = seconds;
        }
        if let Some(seconds) = seconds("--default-unreachable-toleration-seconds=") {
            config.toleration_secs.1 = seconds;
        }
    }
    let mut session = Session::new(&config);
    for (name, text) in &recording.files {
        if !name.contains('/')
            && (name.ends_with(".yaml") || name.ends_with(".yml"))
            && name != "scenario.yaml"
        {
            session.put_file(name, text);
        }
    }
    let mut played = Played {
        before: session.cluster().store().clone(),
        happenings: Vec::new(),
        writes: Vec::new(),
        settled: BTreeMap::new(),
        outputs: BTreeMap::new(),
    };
    let mut entries: BTreeMap<usize, i64> = BTreeMap::new();
    let mut typed = 0;
    for (i, step) in steps.iter().enumerate() {
        let begin = session.now();
        match step.kind.as_str() {
            "kubectl" | "dns" => {
                entries.insert(typed, step.n);
                typed += 1;
                session.type_line(&step.command);
                session.finish_foreground();
            }
            "watch" => {
                entries.insert(typed, step.n);
                typed += 1;
                session.type_line(&format!("{} &", step.command));
            }
            "kubelet" => {
                if let Some(Ok(fault)) = parse_fault(&step.command) {
                    let _ = session.fault(&fault);
                }
            }
            "wait" => session.run_until(begin + SimDuration((step.seconds * 1000.0) as u64)),
            "stop" => session.stop_background(),
            "settle" => {
                let limit = if step.seconds > 0.0 { step.seconds } else { 60.0 };
                settle(&mut session, begin + SimDuration((limit * 1000.0) as u64));
                played.settled.insert(step.n, session.cluster().store().all().cloned().collect());
            }
            _ => {}
        }
        // Steps without a settle between them follow each other as they did.
        if step.kind != "settle"
            && let Some(next) = steps.get(i + 1)
        {
            let gap = SimDuration((next.at_ms - step.at_ms).max(0) as u64);
            session.run_until(begin + gap);
        }
        take(&mut session, step.n, &entries, &mut played);
    }
    played
}

// Until nothing was written for a while, at most to the limit.
fn settle(session: &mut Session, limit: SimTime) {
    let mut quiet_from = session.now();
    let mut revision = session.cluster().store().revision();
    while let Some(at) = session.next_at() {
        if at > quiet_from + QUIET || at > limit {
            break;
        }
        session.step();
        let now = session.cluster().store().revision();
        if now != revision {
            revision = now;
            quiet_from = session.now();
        }
    }
    session.run_until((quiet_from + QUIET).min(limit));
}

fn take(session: &mut Session, step: i64, entries: &BTreeMap<usize, i64>, played: &mut Played) {
    for happening in session.take_happenings() {
        if let What::Write(write) = &happening.what {
            played.writes.push((step, write.clone()));
        }
        played.happenings.push(happening);
    }
    for said in session.take_said() {
        use crate::session::Said;
        match said {
            Said::Typed { .. } => {}
            Said::Printed { entry, text, .. } => {
                if let Some(n) = entries.get(&entry) {
                    played.outputs.entry(*n).or_default().0.push_str(&text);
                }
            }
            Said::Ended { entry, code, .. } => {
                if let Some(n) = entries.get(&entry) {
                    played.outputs.entry(*n).or_default().1 = Some(code);
                }
            }
        }
    }
}

/// The steps of a recording as a scenario, for looking at it on the page.
pub fn as_directives(scenario: &Value) -> Vec<Directive> {
    read_steps(scenario)
        .into_iter()
        .filter_map(|step| match step.kind.as_str() {
            "kubectl" => Some(Directive::Line(step.command)),
            "watch" => Some(Directive::Line(format!("{} &", step.command))),
            "settle" => Some(Directive::Settle(None)),
            "wait" => Some(Directive::Wait(SimDuration((step.seconds * 1000.0) as u64))),
            "kubelet" => parse_fault(&step.command).and_then(Result::ok).map(Directive::Fault),
            "stop" => Some(Directive::StopBackground),
            _ => None,
        })
        .collect()
}
