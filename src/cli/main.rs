//! The native program: the same engine at the command line (scenario.md 3).

mod replay;

use clap::{Parser, Subcommand};
use ordinal::component::{Cause, Happening, What};
use ordinal::session::{Position, Run};
use ordinal::sim::SimTime;
use std::io::{Read, Write};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "ordinal", version, about = "A simulated Kubernetes StatefulSet, as text.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the transcript of a scenario.
    Run {
        /// The scenario; `-` reads standard input.
        file: String,
    },
    /// Print every API write of a scenario, one JSON object a line.
    Trace {
        /// The scenario; `-` reads standard input.
        file: String,
    },
    /// Print all objects at a moment as one YAML stream.
    State {
        /// The scenario; `-` reads standard input.
        file: String,
        /// `e17` (event number), `46s`, a label, or `end`.
        #[arg(long, default_value = "end")]
        at: String,
    },
    /// Run recordings of a real control plane and compare.
    Replay {
        /// Folders of recordings.
        #[arg(required = true)]
        folders: Vec<String>,
        /// Print every difference instead of the first few of a recording.
        #[arg(long)]
        all: bool,
    },
}

fn main() -> ExitCode {
    let answer = match Cli::parse().command {
        Command::Run { file } => load(&file).map(|run| print(&run.print_transcript())),
        Command::Trace { file } => load(&file).map(|run| {
            let mut out = String::new();
            for happening in run.happenings() {
                trace_line(happening, &mut out);
            }
            print(&out);
        }),
        Command::State { file, at } => load(&file).and_then(|run| {
            let position = moment(&run, &at)?;
            let still = run.still(position);
            let mut out = String::new();
            for object in still.store().all() {
                out.push_str("---\n");
                out.push_str(&ordinal::api::print::to_yaml(&object.body));
            }
            print(&out);
            Ok(())
        }),
        Command::Replay { folders, all } => return replay::main(&folders, all),
    };
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) {
    // A closed pipe is no error of ours.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn load(file: &str) -> Result<Run, String> {
    let mut text = String::new();
    if file == "-" {
        std::io::stdin().read_to_string(&mut text).map_err(|e| format!("standard input: {e}"))?;
    } else {
        text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    }
    Run::from_scenario(&text).map_err(|e| format!("{file}:{}:{}: {}", e.line, e.column, e.message))
}

/// The position of `e17`, `46s`, a label, or `end`.
fn moment(run: &Run, text: &str) -> Result<Position, String> {
    if text == "end" {
        return Ok(run.last());
    }
    if let Some(n) = text.strip_prefix('e').and_then(|n| n.parse::<usize>().ok()) {
        let happening = n.checked_sub(1).and_then(|i| run.happenings().get(i));
        let happening = happening.ok_or(format!("there are {} events", run.happenings().len()))?;
        return Ok(Position { happenings: n, time: happening.at });
    }
    if let Some(duration) = ordinal::sim::SimDuration::parse(text) {
        return Ok(run.position(SimTime::ZERO + duration));
    }
    let label = format!("@label {text}");
    let found =
        run.happenings().iter().position(|h| matches!(&h.what, What::Input(note) if *note.text == *label));
    match found {
        Some(i) => Ok(Position { happenings: i + 1, time: run.happenings()[i].at }),
        None => Err(format!("`{text}` is no event (e17), time (46s), label, or end")),
    }
}

fn trace_line(happening: &Happening, out: &mut String) {
    let What::Write(write) = &happening.what else { return };
    let because = match write.because {
        Cause::Start => "start".to_string(),
        Cause::Input(n) => format!("input {n}"),
        Cause::Write(n) => format!("write {n}"),
    };
    let line = ordinal::object! {
        "n" => write.n,
        "t_ms" => write.at.as_millis(),
        "actor" => write.actor,
        "verb" => write.verb.name(),
        "subresource" => write.subresource,
        "kind" => write.key.kind.name(),
        "ns" => write.key.namespace.clone(),
        "name" => write.key.name.clone(),
        "code" => i64::from(write.code),
        "because" => because,
    };
    out.push_str(&ordinal::api::print::to_go_json(&line));
    out.push('\n');
}
