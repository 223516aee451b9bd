//! `ordinal bench`: measures the engine against its budgets.
//!
//! Absolute times mean little on a shared machine, so they warn; ratios are like against like, and one that is over its
//! budget fails. `--strict` lets both fail.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a benchmark needs the real clock")]

use ordinal::scenario::Directive;
use ordinal::session::{Position, Run};
use std::fmt::Write;
use std::process::ExitCode;
use std::time::Instant;

/// Runs of a measurement; the median counts.
const RUNS: usize = 7;
/// Places in a run that are looked at.
const LOOKS: usize = 60;

struct Row {
    what: String,
    got: f64,
    budget: f64,
    unit: &'static str,
}

impl Row {
    fn is_ratio(&self) -> bool {
        self.unit == "×"
    }
    fn is_over(&self) -> bool {
        self.got > self.budget
    }
}

/// Measures, prints a table and says whether a budget is broken.
pub fn main(strict: bool) -> ExitCode {
    let mut rows = Vec::new();
    let mut row = |what: String, got: f64, budget: f64, unit: &'static str| {
        let row = Row { what, got, budget, unit };
        let mark = if row.is_over() { "  OVER" } else { "" };
        say!("{:<58}{:>10.1} {:<3}{:>8.0}{mark}", row.what, row.got, row.unit, row.budget);
        rows.push(row);
    };
    say!("{:<58}{:>10} {:<3}{:>8}", "", "measured", "", "budget");

    // The large run comes first: later the allocator would hand it what smaller ones gave back, and it would seem light.
    let before = resident();
    let (ten_thousand, large) = timed(|| ordered(10_000));
    let held = resident().zip(before).map(|(after, before)| after - before);
    let thousand = median(|| ordered(1_000));
    row("1,000 ordered replicas, apply to settled".into(), thousand, 50.0, "ms");
    row("10,000 ordered replicas, apply to settled".into(), ten_thousand, 1_000.0, "ms");
    row("growth for ten times as many".into(), ten_thousand / thousand, 12.0, "×");
    if let Some(held) = held {
        let events = large.happenings().len();
        let per_100_000 = held * 100_000.0 / events as f64;
        row(format!("memory for 100,000 events (of {events})"), per_100_000, 60.0, "MB");
    }

    let small = ordered(700);
    for (run, budget) in [(&small, 16.0), (&large, 50.0)] {
        let (middle, worst) = looks(run);
        let events = run.happenings().len();
        row(format!("look at any moment of {events} events, middle"), middle, budget, "ms");
        row(format!("look at any moment of {events} events, worst"), worst, budget, "ms");
    }

    let broken: Vec<&Row> = rows.iter().filter(|row| row.is_over() && (strict || row.is_ratio())).collect();
    if broken.is_empty() {
        return ExitCode::SUCCESS;
    }
    for row in broken {
        eprintln!("over budget: {}", row.what);
    }
    ExitCode::FAILURE
}

/// A set of so many pods, created one after another until nothing happens any more.
fn ordered(replicas: usize) -> Run {
    let mut run =
        Run::from_scenario(&format!("nodes {}\n", (replicas / 100 + 1).min(100))).expect("a header");
    let lines = [
        Directive::File { name: "web.yaml".into(), text: manifest(replicas) },
        Directive::Line("kubectl apply -f web.yaml".into()),
    ];
    for line in lines {
        run.act(run.last(), line).expect("a line that can be typed");
    }
    while !run.is_settled() {
        run.extend();
        while !run.compute(10_000) {}
    }
    assert_eq!(
        run.session().cluster().store().list(ordinal::api::Kind::Pod, None).count(),
        replicas,
        "all pods are there"
    );
    run
}

fn manifest(replicas: usize) -> String {
    let mut text = include_str!("../../static/samples/web.yaml").to_string();
    let at = text.find("replicas: ").expect("the sample has replicas") + "replicas: ".len();
    let end = at + text[at..].find('\n').expect("a line ends");
    let mut number = String::new();
    write!(number, "{replicas}").expect("a string can be written to");
    text.replace_range(at..end, &number);
    text
}

/// Milliseconds of a look at a moment: the middle one and the worst.
fn looks(run: &Run) -> (f64, f64) {
    let last = run.happenings().len();
    let mut times: Vec<f64> = (1..=LOOKS)
        .map(|n| {
            // Not in order: from anywhere to anywhere.
            let happenings = (n * 37 % LOOKS) * last / LOOKS + 1;
            let time = run.happenings()[happenings - 1].at;
            timed(|| std::hint::black_box(run.still(Position { happenings, time }))).0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() - 1])
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begin = Instant::now();
    let out = work();
    (begin.elapsed().as_secs_f64() * 1000.0, out)
}

fn median<T>(work: impl Fn() -> T) -> f64 {
    let mut times: Vec<f64> = (0..RUNS).map(|_| timed(&work).0).collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// The program's memory in megabytes, where the system says.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
}
