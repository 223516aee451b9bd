//! A run as text: the scenario format, read and written.
//!
//! [`Scenario::parse`] reads what a link, a lesson, a test or a bug report holds; [`Scenario::print`] writes the same
//! run back. Nothing is executed here.

mod fault;
#[cfg(test)]
mod tests;

pub use fault::{parse_fault, print_fault};

use crate::api::{Profile, Text};
use crate::cluster::Config;
use crate::component::{Fault, Pace};
use crate::sim::SimDuration;
use std::fmt;

/// The longest scenario, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most actions.
pub const MAX_ACTIONS: usize = 5_000;

/// What is wrong with a scenario, and where; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// What comes before the first action.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// As written after `k8s`; empty for the default release.
    pub version: String,
    /// `gate NAME=true`, in order.
    pub gates: Vec<(String, bool)>,
    /// `seed`.
    pub seed: u64,
    /// The names of the nodes.
    pub nodes: Vec<Text>,
    /// `pace NAME DURATION`, in order.
    pub paces: Vec<(&'static str, SimDuration)>,
    /// `resolver NAME`; empty for the default.
    pub resolver: String,
    /// `coredns NAME`; empty for the default.
    pub coredns: String,
}

impl Default for Header {
    fn default() -> Self {
        Header {
            version: String::new(),
            gates: Vec::new(),
            seed: 1,
            nodes: default_nodes(3),
            paces: Vec::new(),
            resolver: String::new(),
            coredns: String::new(),
        }
    }
}

fn default_nodes(n: usize) -> Vec<Text> {
    (1..=n).map(|i| Text::from(format!("node-{i}"))).collect()
}

impl Header {
    /// The cluster this header describes.
    pub fn config(&self) -> Config {
        let mut profile = Profile::find(&self.version).unwrap_or_else(Profile::default_release).clone();
        for (gate, on) in &self.gates {
            profile.set_gate(gate, *on);
        }
        let mut pace = Pace::default();
        for (name, duration) in &self.paces {
            if let Some(slot) = pace.by_name(name) {
                *slot = *duration;
            }
        }
        Config { profile, seed: self.seed, nodes: self.nodes.clone(), pace, ..Config::default() }
    }
}

/// One action.
#[derive(Clone, Debug, PartialEq)]
pub enum Directive {
    /// `$ LINE`; heredoc lines follow inside, separated by newlines.
    Line(String),
    /// `file NAME <<WORD`.
    File {
        /// The file's name.
        name: String,
        /// Its content; ends with a newline unless empty.
        text: String,
    },
    /// `wait`.
    Wait(SimDuration),
    /// `settle`, at most so long.
    Settle(Option<SimDuration>),
    /// `stop &`.
    StopBackground,
    /// `@label TEXT`.
    Label(String),
    /// A fault.
    Fault(Fault),
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Scenario {
    /// What comes before the first action.
    pub header: Header,
    /// The actions with their line numbers.
    pub actions: Vec<(usize, Directive)>,
}

struct Lines<'a> {
    lines: Vec<&'a str>,
    next: usize,
}

impl<'a> Lines<'a> {
    // The lines up to one that is just `word`; the index points behind it.
    fn until(&mut self, word: &str, strip_tabs: bool) -> Option<Vec<&'a str>> {
        let trimmed = |line: &'a str| if strip_tabs { line.trim_start_matches('\t') } else { line };
        let end = (self.next..self.lines.len()).find(|i| trimmed(self.lines[*i]) == word)?;
        let body = self.lines[self.next..end].iter().map(|line| trimmed(line)).collect();
        self.next = end + 1;
        Some(body)
    }
}

impl Scenario {
    /// Reads a scenario.
    pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
        let error = |line: usize, column: usize, message: String| ScenarioError { line, column, message };
        if text.len() > MAX_BYTES {
            return Err(error(1, 1, format!("a scenario has at most {} KiB", MAX_BYTES / 1024)));
        }
        let text = text.replace("\r\n", "\n");
        let mut lines = Lines { lines: text.split('\n').collect(), next: 0 };
        let mut scenario = Scenario::default();
        let mut seen: Vec<String> = Vec::new();
        while lines.next < lines.lines.len() {
            let number = lines.next + 1;
            let raw = lines.lines[lines.next];
            lines.next += 1;
            let line = raw.trim_start();
            let indent = raw.chars().count() - line.chars().count();
            if line.trim_end().is_empty() || line.starts_with('#') {
                continue;
            }
            if scenario.actions.len() >= MAX_ACTIONS {
                return Err(error(number, 1, format!("a scenario has at most {MAX_ACTIONS} actions")));
            }
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let rest = rest.trim();
            let column = indent + word.chars().count() + 2;
            let at = |message: String| error(number, column, message);
            let directive = match word {
                "k8s" | "gate" | "seed" | "nodes" | "pace" | "resolver" | "coredns" | "lab" => {
                    if !scenario.actions.is_empty() {
                        return Err(error(
                            number,
                            indent + 1,
                            format!("`{word}` belongs before the first action"),
                        ));
                    }
                    let name =
                        if matches!(word, "gate" | "pace") { line.to_string() } else { word.to_string() };
                    if seen.contains(&name) {
                        return Err(error(number, indent + 1, format!("`{word}` was given already")));
                    }
                    seen.push(name);
                    header_line(&mut scenario.header, word, rest).map_err(at)?;
                    continue;
                }
                "$" => Directive::Line(command(rest, &mut lines).map_err(at)?),
                "file" => {
                    let (name, word) = rest
                        .split_once("<<")
                        .map(|(name, word)| (name.trim(), word.trim()))
                        .filter(|(name, word)| !name.is_empty() && !word.is_empty())
                        .ok_or_else(|| at("expected `file NAME <<WORD`".into()))?;
                    let word = word.trim_matches(['\'', '"']);
                    let body = lines
                        .until(word, false)
                        .ok_or_else(|| at(format!("no line `{word}` ends this file")))?;
                    let mut text = body.join("\n");
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    Directive::File { name: name.to_string(), text }
                }
                "wait" => Directive::Wait(
                    SimDuration::parse(rest)
                        .ok_or_else(|| at(format!("`{rest}` is no duration such as 250ms, 5s or 1h30m")))?,
                ),
                "settle" if rest.is_empty() => Directive::Settle(None),
                "settle" => Directive::Settle(Some(
                    SimDuration::parse(rest)
                        .ok_or_else(|| at(format!("`{rest}` is no duration such as 30s or 10m")))?,
                )),
                "stop" if rest == "&" => Directive::StopBackground,
                "@label" if !rest.is_empty() => Directive::Label(rest.to_string()),
                "@label" => return Err(at("expected the text of the label".into())),
                _ => match parse_fault(line.trim_end()) {
                    Some(Ok(fault)) => Directive::Fault(fault),
                    Some(Err(message)) => return Err(at(message)),
                    None => {
                        return Err(error(
                            number,
                            indent + 1,
                            format!(
                                "`{word}` is no directive; a command line starts with `$ `, and there are file, wait, \
                                 settle, stop &, @label and the faults (hold, release, unready, ready, crash, \
                                 crashloop, break image, fix image, stop, start, cut, mend, fail storage, slow)"
                            ),
                        ));
                    }
                },
            };
            scenario.actions.push((number, directive));
        }
        Ok(scenario)
    }

    /// Writes the scenario as text; reading it gives the same scenario but for line numbers.
    pub fn print(&self) -> String {
        let mut out = String::new();
        let header = &self.header;
        let defaults = Header::default();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        if !header.version.is_empty() {
            line(format!("k8s {}", header.version));
        }
        for (gate, on) in &header.gates {
            line(format!("gate {gate}={on}"));
        }
        if header.seed != 1 {
            line(format!("seed {}", header.seed));
        }
        if header.nodes != defaults.nodes {
            let names: Vec<&str> = header.nodes.iter().map(|n| &**n).collect();
            if header.nodes == default_nodes(names.len()) {
                line(format!("nodes {}", names.len()));
            } else {
                line(format!("nodes {}", names.join(" ")));
            }
        }
        for (name, duration) in &header.paces {
            line(format!("pace {name} {duration}"));
        }
        for (word, value) in [("resolver", &header.resolver), ("coredns", &header.coredns)] {
            if !value.is_empty() {
                line(format!("{word} {value}"));
            }
        }
        for (_, action) in &self.actions {
            line(action.to_string());
        }
        out
    }
}

impl fmt::Display for Directive {
    /// The directive as it stands in a scenario, without the last newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Directive::Line(text) => write!(f, "$ {text}"),
            Directive::File { name, text } => {
                let mut word = String::from("EOF");
                while text.lines().any(|line| line == word) {
                    word.push('_');
                }
                write!(f, "file {name} <<{word}\n{text}{word}")
            }
            Directive::Wait(duration) => write!(f, "wait {duration}"),
            Directive::Settle(None) => f.write_str("settle"),
            Directive::Settle(Some(limit)) => write!(f, "settle {limit}"),
            Directive::StopBackground => f.write_str("stop &"),
            Directive::Label(text) => write!(f, "@label {text}"),
            Directive::Fault(fault) => f.write_str(&print_fault(fault)),
        }
    }
}

// A command line; the lines of its heredocs follow it.
fn command(line: &str, lines: &mut Lines<'_>) -> Result<String, String> {
    if line.is_empty() {
        return Err("expected a command line".into());
    }
    let mut text = line.to_string();
    for (word, strip_tabs) in heredoc_words(line) {
        let body =
            lines.until(&word, strip_tabs).ok_or_else(|| format!("no line `{word}` ends this heredoc"))?;
        for line in body {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        text.push_str(&word);
    }
    Ok(text)
}

/// The end words of the heredocs a line opens, and whether leading tabs are stripped (`<<-`).
pub fn heredoc_words(line: &str) -> Vec<(String, bool)> {
    let mut words = Vec::new();
    let mut quote = None;
    let mut chars = line.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            (None, '<') if line[i..].starts_with("<<") && !line[i..].starts_with("<<<") => {
                chars.next();
                let rest = &line[i + 2..];
                let (strip, rest) = match rest.strip_prefix('-') {
                    Some(rest) => (true, rest),
                    None => (false, rest),
                };
                let word: String = rest
                    .trim_start()
                    .chars()
                    .take_while(|c| !c.is_whitespace() && !matches!(c, '|' | ';' | '&' | '>' | ')'))
                    .filter(|c| !matches!(c, '\'' | '"' | '\\'))
                    .collect();
                if !word.is_empty() {
                    words.push((word, strip));
                }
            }
            _ => {}
        }
    }
    words
}

fn header_line(header: &mut Header, word: &str, rest: &str) -> Result<(), String> {
    let mut words = rest.split_whitespace();
    match word {
        "k8s" => {
            Profile::find(rest).ok_or_else(|| {
                let known: Vec<&str> = crate::api::profile::PROFILES.iter().map(|p| p.name).collect();
                format!("Kubernetes `{rest}` is not modelled; there are {}", known.join(", "))
            })?;
            header.version = rest.to_string();
        }
        "gate" => {
            let (name, value) = rest.split_once('=').ok_or("expected NAME=true or NAME=false")?;
            let on = match value {
                "true" => true,
                "false" => false,
                _ => return Err(format!("`{value}` is neither true nor false")),
            };
            if !Profile::default_release().clone().set_gate(name, on) {
                return Err(format!("the gate `{name}` is not modelled"));
            }
            header.gates.push((name.to_string(), on));
        }
        "seed" => {
            header.seed = rest.parse().map_err(|_| format!("`{rest}` is no whole number below 2^64"))?;
        }
        "nodes" => {
            if let Ok(count) = rest.parse::<usize>() {
                if count > 100 {
                    return Err("at most 100 nodes".into());
                }
                header.nodes = default_nodes(count);
            } else if rest.is_empty() {
                return Err("expected a number or names".into());
            } else {
                header.nodes = words.map(|name| Text::from(name.to_string())).collect();
                let mut names = header.nodes.clone();
                names.sort();
                if names.windows(2).any(|pair| pair[0] == pair[1]) {
                    return Err("two nodes have the same name".into());
                }
            }
        }
        "pace" => {
            let (name, value) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let name = Pace::NAMES
                .iter()
                .find(|known| **known == name)
                .ok_or_else(|| format!("`{name}` is no pace; there are {}", Pace::NAMES.join(", ")))?;
            let duration =
                SimDuration::parse(value).ok_or_else(|| format!("`{value}` is no duration such as 700ms"))?;
            header.paces.push((name, duration));
        }
        "resolver" => {
            if !matches!(rest, "glibc" | "musl") {
                return Err(format!("`{rest}` is no resolver; there are glibc and musl"));
            }
            header.resolver = rest.to_string();
        }
        "coredns" => header.coredns = rest.to_string(),
        _ => return Err(format!("there is no lab `{rest}`")),
    }
    Ok(())
}
