//! The native program: the same engine at the command line (scenario.md 3).

/// Prints a line; that nobody reads it any more is no error of ours.
macro_rules! say {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($what)*);
    }};
}

mod bench;
mod replay;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use ordinal::lang::Lang;
use ordinal::program::{self, File};
use ordinal::session::{MOST_PODS, Run};
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
    /// Print the picture at a moment as an SVG file.
    Svg {
        /// The scenario; `-` reads standard input.
        file: String,
        /// `e17` (event number), `46s`, a label, or `end`.
        #[arg(long, default_value = "end")]
        at: String,
        /// The language of the picture's words.
        #[arg(long, default_value = "ko")]
        lang: Language,
        /// The colours.
        #[arg(long, default_value = "light")]
        theme: Theme,
    },
    /// Print a run as a file for another place: a picture that moves, a table of events, a script for a real cluster.
    Export {
        /// The scenario; `-` reads standard input.
        file: String,
        /// Which file.
        #[arg(long = "as", default_value = File::Moving.word(), value_parser = forms())]
        form: File,
        /// The language of the picture's words.
        #[arg(long, default_value = "ko")]
        lang: Language,
        /// The colours.
        #[arg(long, default_value = "light")]
        theme: Theme,
    },
    /// Say what the API server would say to manifests, and warn of what it accepts but cannot work.
    Check {
        /// The manifests, applied one after another; `-` reads standard input.
        #[arg(required = true)]
        manifests: Vec<String>,
        /// The language of the warnings.
        #[arg(long, default_value = "en")]
        lang: Language,
    },
    /// Print the share link of a scenario.
    Link {
        /// The scenario; `-` reads standard input.
        file: String,
        /// The address of the page; without it only the fragment is printed.
        #[arg(long, default_value = "")]
        page: String,
        /// The moment the link opens at: `e17`, `46s`, a label, or `end`.
        #[arg(long)]
        at: Option<String>,
    },
    /// Print the scenario a share link holds.
    Open {
        /// The link, or its fragment.
        link: String,
    },
    /// Run a scenario on two releases and print the first API write that differs, and why.
    Diff {
        /// The scenario; `-` reads standard input.
        file: String,
        /// The two releases: `--k8s 1.34 --k8s 1.36`.
        #[arg(long, required = true, num_args = 1)]
        k8s: Vec<String>,
        /// The language of the sentences.
        #[arg(long, default_value = "en")]
        lang: Language,
    },
    /// Turn what kubectl printed of a real cluster into a scenario: the same history, on the same stage.
    Observe {
        /// Output of `kubectl get … -o json --watch --output-watch-events --show-managed-fields`, one file a kind, or lists;
        /// `-` reads standard input.
        #[arg(required = true)]
        files: Vec<String>,
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
    /// Check lessons, or print one as a scenario.
    Lesson {
        #[command(subcommand)]
        command: LessonCommand,
    },
    /// Measure the engine against its budgets; build with optimisation (`cargo xtask bench`).
    Bench {
        /// Fail over absolute times too, which depend on the machine.
        #[arg(long)]
        strict: bool,
    },
}

#[derive(Subcommand)]
enum LessonCommand {
    /// Play lessons and hold answers, names and goals against the cluster.
    Check {
        /// The lesson files; `-` reads standard input.
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Print the whole lesson as a scenario.
    Scenario {
        /// The lesson file; `-` reads standard input.
        file: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Ko,
    En,
}

impl Language {
    fn lang(self) -> Lang {
        match self {
            Language::Ko => Lang::Ko,
            Language::En => Lang::En,
        }
    }
}

// The list of files is the program's own.
fn forms() -> impl TypedValueParser<Value = File> {
    PossibleValuesParser::new(File::ALL.iter().map(|file| file.word()))
        .map(|word| *File::ALL.iter().find(|file| file.word() == word).expect("one of these words"))
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Light,
    Dark,
    Contrast,
}

impl Theme {
    fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Contrast => "contrast",
        }
    }
}

fn main() -> ExitCode {
    let answer = match Cli::parse().command {
        Command::Run { file } => load(&file).map(|run| print(&run.print_transcript())),
        Command::Trace { file } => load(&file).map(|run| print(&run.trace())),
        Command::State { file, at } => {
            load(&file).and_then(|run| program::state(&run, &at)).map(|text| print(&text))
        }
        Command::Svg { file, at, lang, theme } => load(&file)
            .and_then(|run| program::svg(&run, &at, lang.lang(), theme.name()))
            .map(|text| print(&text)),
        Command::Export { file, form, lang, theme } => load(&file)
            .map(|run| form.make(&run, run.last(), lang.lang(), theme.name()))
            .map(|text| print(&text)),
        Command::Check { manifests, lang } => return check(&manifests, lang.lang()),
        Command::Link { file, page, at } => read(&file)
            .and_then(|text| program::link(&text, &page, at.as_deref()).map_err(|e| format!("{file}: {e}")))
            .map(|text| print(&text)),
        Command::Diff { file, k8s, lang } => read(&file)
            .and_then(|text| program::diff(&text, &k8s, lang.lang()).map_err(|e| format!("{file}: {e}")))
            .map(|text| print(&text)),
        Command::Open { link } => program::open(&link).map(|text| print(&text)),
        Command::Lesson { command: LessonCommand::Check { files } } => return check_lessons(&files),
        Command::Lesson { command: LessonCommand::Scenario { file } } => {
            read(&file).and_then(|text| program::lesson_scenario(&file, &text)).map(|text| print(&text))
        }
        Command::Observe { files } => observe(&files),
        Command::Replay { folders, all } => return replay::main(&folders, all),
        Command::Bench { strict } => return bench::main(strict),
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

fn check(files: &[String], lang: Lang) -> ExitCode {
    let mut manifests = Vec::new();
    for file in files {
        match read(file) {
            Ok(text) => manifests.push((file.clone(), text)),
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::FAILURE;
            }
        }
    }
    let checked = program::check(&manifests, lang);
    print(&checked.text);
    if checked.is_refused { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn check_lessons(files: &[String]) -> ExitCode {
    let mut all_hold = true;
    for file in files {
        match read(file).and_then(|text| program::check_lesson(file, &text)) {
            Ok(held) => print(&held),
            Err(wrong) => {
                eprintln!("{}", wrong.trim_end());
                all_hold = false;
            }
        }
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn observe(files: &[String]) -> Result<(), String> {
    let mut logs = Vec::new();
    for file in files {
        logs.push((file.clone(), read(file)?));
    }
    let (scenario, found) = program::observe(&logs)?;
    print(&scenario.print());
    eprintln!("{}", program::found_says(&found, Lang::En));
    Ok(())
}

fn read(file: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    if file == "-" {
        std::io::stdin().read_to_end(&mut bytes).map_err(|e| format!("standard input: {e}"))?;
    } else {
        bytes = std::fs::read(file).map_err(|e| format!("{file}: {e}"))?;
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = String::from_utf8_lossy(&e.as_bytes()[..e.utf8_error().valid_up_to()]).into_owned();
        let column = good.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let line = good.matches('\n').count() + 1;
        format!("{file}:{line}:{column}: this is not UTF-8 text")
    })
}

fn load(file: &str) -> Result<Run, String> {
    let run = Run::from_scenario(&read(file)?)
        .map_err(|e| format!("{file}:{}:{}: {}", e.line, e.column, e.message))?;
    if run.is_full() {
        eprintln!("{file}: stopped at {MOST_PODS} pods, the most that the simulator runs");
    }
    Ok(run)
}
