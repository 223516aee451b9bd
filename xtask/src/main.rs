//! The build tooling: `cargo xtask <verb>`.
//!
//! Every verb first gets what it needs and the machine lacks ([`setup`]), into `target/tools` where it can. Nothing
//! here has a dependency, so the first call costs a few seconds. Verbs are entries of [`VERBS`]; help walks it.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // The bans are for the simulation; this is a tool.

mod run;

mod setup;
mod toolchain;

mod bench;
mod build;
mod check;
mod halves;
mod lesson_pages;
mod offline;
mod serve;
mod single;
mod size;
mod static_server;
mod test;

use std::process::ExitCode;

struct Verb {
    name: &'static str,
    about: &'static str,
    words: &'static str,
    run: fn(&[String]) -> run::Result<()>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "serve",
        about: "build the page and serve it on 127.0.0.1",
        words: "[--dev] [--port N] [--no-build]",
        run: serve::run,
    },
    Verb {
        name: "test",
        about: "all tests: on the host, then the page in a real browser",
        words: "[--host | --browser] [-- words for the test binary]",
        run: test::run,
    },
    Verb {
        name: "check",
        about: "format, clippy in every combination of features, documentation",
        words: "",
        run: check::run,
    },
    Verb { name: "build", about: "the page, ready to publish, in dist/", words: "[--dev]", run: build::run },
    Verb {
        name: "single",
        about: "the page as one HTML file, in dist-single/",
        words: "[--no-build]",
        run: single::run,
    },
    Verb { name: "size", about: "what a visitor downloads, against the budget", words: "", run: size::run },
    Verb {
        name: "bench",
        about: "how fast the simulation is, natively; or the page, against its budgets",
        words: "[--browser | words]",
        run: bench::run,
    },
    Verb {
        name: "setup",
        about: "install what the other verbs need, and nothing else",
        words: "",
        run: setup::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(first) = words.first().filter(|word| !["help", "--help", "-h"].contains(&word.as_str())) else {
        print!("{}", help());
        return ExitCode::SUCCESS;
    };
    let Some(verb) = VERBS.iter().find(|verb| verb.name == first) else {
        eprintln!("xtask: there is no verb {first:?}\n");
        eprint!("{}", help());
        return ExitCode::from(2);
    };
    match (verb.run)(&words[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            if reason != run::SAID {
                eprintln!("xtask {}: {reason}", verb.name);
            }
            ExitCode::FAILURE
        }
    }
}

fn help() -> String {
    let mut text = String::from("cargo xtask <verb>\n\n");
    for verb in VERBS {
        text += &format!("  {:<8}{}\n", verb.name, verb.about);
        if !verb.words.is_empty() {
            text += &format!("  {:<8}  {}\n", "", verb.words);
        }
    }
    text += "\nWhat is missing is installed first: tools into target/tools (or $ORDINAL_TOOLS), a browser by apt.\n";
    text
}
