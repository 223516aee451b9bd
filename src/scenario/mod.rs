//! A run as text: the scenario format, read and written.
//!
//! [`Scenario::parse`] reads what a link, a lesson, a test or a bug report holds; [`Scenario::print`] writes the same
//! run back. Nothing is executed here.

mod fault;
pub mod link;
pub mod observed;
#[cfg(test)]
mod tests;

pub use fault::{parse_fault, print_fault};

use crate::api::{Profile, Text};
use crate::cluster::Config;
use crate::cluster::observed::Observed;
use crate::component::{Fault, Pace};
use crate::dns::DnsProfile;
use crate::samples;
use crate::sim::SimDuration;
use std::fmt;
use std::rc::Rc;

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

/// A part of a line that is wrong, and why; an empty part stands where something is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong<'a> {
    /// The part, as a piece of the line itself.
    pub part: &'a str,
    /// What is wrong and what was expected.
    pub message: String,
}

impl<'a> Wrong<'a> {
    /// `part` is wrong.
    pub fn new(part: &'a str, message: impl Into<String>) -> Wrong<'a> {
        Wrong { part, message: message.into() }
    }

    // Where it stands in its line.
    fn at(self, number: usize, line: &str) -> ScenarioError {
        let offset = (self.part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        let column = line.get(..offset).unwrap_or(line).chars().count() + 1;
        ScenarioError { line: number, column, message: self.message }
    }
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
    /// `coredns kubeadm` or `coredns KNOB=VALUE …`, the knobs of dns.md 0; empty for the default.
    pub coredns: String,
    /// `lab KEY`: whose files lie in the folder from the beginning; empty for none.
    pub lab: String,
    /// `observed <<WORD`: a cluster that was seen elsewhere, played again.
    pub observed: Option<Rc<Observed>>,
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
            lab: String::new(),
            observed: None,
        }
    }
}

// `kubeadm` is what stands there already.
fn set_knob(profile: &mut DnsProfile, word: &str) -> bool {
    word == "kubeadm" || word.split_once('=').is_some_and(|(knob, value)| profile.set(knob, value))
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
        let (nodes, dns, observed) = (self.nodes.clone(), self.dns(), self.observed.clone());
        Config { profile, seed: self.seed, nodes, pace, dns, observed, ..Config::default() }
    }

    // The server, and the tools of images that do not say otherwise.
    fn dns(&self) -> DnsProfile {
        let mut profile = DnsProfile::default();
        for word in self.coredns.split_whitespace() {
            set_knob(&mut profile, word);
        }
        profile.set("libc", &self.resolver);
        profile
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

// What was observed may be longer than what somebody typed.
fn most_bytes(text: &str) -> usize {
    let is_observed = text.lines().take(100).any(|line| line.trim_start().starts_with("observed <<"));
    if is_observed { MAX_BYTES + observed::MOST_BYTES } else { MAX_BYTES }
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
        let most = most_bytes(text);
        if text.len() > most {
            return Err(error(1, 1, format!("a scenario has at most {} KiB", most / 1024)));
        }
        let text = text.replace("\r\n", "\n");
        let mut lines = Lines { lines: text.split('\n').collect(), next: 0 };
        let mut scenario = Scenario::default();
        let mut seen: Vec<&str> = Vec::new();
        while lines.next < lines.lines.len() {
            let number = lines.next + 1;
            let raw = lines.lines[lines.next];
            lines.next += 1;
            let line = raw.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if scenario.actions.len() >= MAX_ACTIONS {
                return Err(error(number, 1, format!("a scenario has at most {MAX_ACTIONS} actions")));
            }
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, &line[line.len()..]));
            let rest = rest.trim_start();
            let at = |wrong: Wrong<'_>| wrong.at(number, raw);
            let wrong = |message: &str| Wrong::new(rest, message).at(number, raw);
            let directive = match word {
                "k8s" | "gate" | "seed" | "nodes" | "pace" | "resolver" | "coredns" | "lab" => {
                    if !scenario.actions.is_empty() {
                        return Err(at(Wrong::new(
                            word,
                            format!("`{word}` belongs before the first action"),
                        )));
                    }
                    let name = if matches!(word, "gate" | "pace") { line } else { word };
                    if seen.contains(&name) {
                        return Err(at(Wrong::new(word, format!("`{word}` was given already"))));
                    }
                    seen.push(name);
                    header_line(&mut scenario.header, word, rest).map_err(at)?;
                    continue;
                }
                "observed" => {
                    if !scenario.actions.is_empty() || scenario.header.observed.is_some() {
                        return Err(at(Wrong::new(word, "`observed` stands once, before the first action")));
                    }
                    let end = rest.strip_prefix("<<").map(str::trim).filter(|end| !end.is_empty());
                    let end = end.ok_or_else(|| wrong("expected `observed <<WORD`"))?;
                    let body = lines.until(end, false).ok_or_else(|| {
                        at(Wrong::new(word, format!("no line `{end}` ends what was observed")))
                    })?;
                    let observed = observed::parse(&body).map_err(|(line, byte, message)| {
                        let column = body[line].get(..byte).map_or(0, |before| before.chars().count()) + 1;
                        error(number + 1 + line, column, message)
                    })?;
                    scenario.header.observed = Some(Rc::new(observed));
                    continue;
                }
                "$" => Directive::Line(command(rest, &mut lines).map_err(at)?),
                "file" => {
                    let (name, word) = rest
                        .split_once("<<")
                        .map(|(name, word)| (name.trim(), word.trim().trim_matches(['\'', '"'])))
                        .filter(|(name, word)| !name.is_empty() && !word.is_empty())
                        .ok_or_else(|| wrong("expected `file NAME <<WORD`"))?;
                    if name.contains(char::is_whitespace) {
                        return Err(wrong("a file has one name"));
                    }
                    let body = lines
                        .until(word, false)
                        .ok_or_else(|| at(Wrong::new(word, format!("no line `{word}` ends this file"))))?;
                    let mut text = body.join("\n");
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    Directive::File { name: name.to_string(), text }
                }
                "wait" => Directive::Wait(duration(rest).map_err(at)?),
                "settle" if rest.is_empty() => Directive::Settle(None),
                "settle" => Directive::Settle(Some(duration(rest).map_err(at)?)),
                "stop" if rest == "&" => Directive::StopBackground,
                "@label" if !rest.is_empty() => Directive::Label(rest.to_string()),
                "@label" => return Err(wrong("expected the text of the label")),
                _ => match parse_fault(line) {
                    Some(Ok(fault)) => Directive::Fault(fault),
                    Some(Err(wrong)) => return Err(at(wrong)),
                    None => {
                        return Err(at(Wrong::new(
                            word,
                            format!(
                                "`{word}` is no directive; a command line starts with `$ `, and there are file, wait, \
                                 settle, stop &, @label and the faults (hold, release, unready, ready, crash, \
                                 crashloop, break image, fix image, stop, start, cut, mend, fail storage, slow)"
                            ),
                        )));
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
        for (word, value) in
            [("resolver", &header.resolver), ("coredns", &header.coredns), ("lab", &header.lab)]
        {
            if !value.is_empty() {
                line(format!("{word} {value}"));
            }
        }
        if let Some(observed) = &header.observed {
            line(format!("observed <<END\n{}END", observed::print(observed)));
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
fn command<'a>(line: &'a str, lines: &mut Lines<'_>) -> Result<String, Wrong<'a>> {
    if line.is_empty() {
        return Err(Wrong::new(line, "expected a command line"));
    }
    let mut text = line.to_string();
    // A line that is not complete goes on in the next ones, if it ever becomes complete.
    let mut next = lines.next;
    while is_open(&text) && next < lines.lines.len() && text.len() < MAX_LINE {
        text.push('\n');
        text.push_str(lines.lines[next]);
        next += 1;
    }
    if is_open(&text) {
        text.truncate(line.len());
    } else {
        lines.next = next;
    }
    let whole = text.clone();
    for (word, strip_tabs) in heredoc_words(&whole) {
        let body = lines.until(&word, strip_tabs).ok_or_else(|| {
            let part = line.find("<<").map_or(line, |at| &line[at..]);
            Wrong::new(part, format!("no line `{word}` ends this heredoc"))
        })?;
        for line in body {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        text.push_str(&word);
    }
    Ok(text)
}

/// The longest command of several lines.
const MAX_LINE: usize = 4096;

/// True if a line needs more lines behind it: a quote is open, a backslash ends it, or a loop or condition has not ended
/// (K203, K204, K215).
pub fn is_open(text: &str) -> bool {
    let (mut quote, mut depth, mut is_first) = (None, 0, true);
    let mut word = String::new();
    let mut chars = text.chars().chain(['\n']).peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => match chars.next() {
                Some('\n') if chars.peek().is_none() => return true,
                _ => word.push(' '),
            },
            (Some(_), _) => {}
            (None, '\'' | '"') => {
                quote = Some(c);
                word.push(' ');
            }
            (None, '#') if word.is_empty() => while chars.next_if(|c| *c != '\n').is_some() {},
            (None, c) if c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')') => {
                match word.as_str() {
                    "for" | "while" | "until" | "if" | "case" if is_first => depth += 1,
                    "done" | "fi" | "esac" if is_first => depth -= 1,
                    _ => {}
                }
                // Behind these another command begins, so its first word may be a reserved one.
                let begins = matches!(word.as_str(), "do" | "then" | "else" | "elif" | "{" | "!") && is_first;
                is_first = !c.is_whitespace() || c == '\n' || begins || (word.is_empty() && is_first);
                word.clear();
            }
            (None, c) => word.push(c),
        }
    }
    quote.is_some() || depth > 0
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
            (None, '<') if line[i..].starts_with("<<<") => drop((chars.next(), chars.next())),
            // Between `((` and `))` it shifts.
            (None, '<')
                if line[i..].starts_with("<<")
                    && line[..i].matches("((").count() <= line[..i].matches("))").count() =>
            {
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

fn duration(text: &str) -> Result<SimDuration, Wrong<'_>> {
    SimDuration::parse(text)
        .ok_or_else(|| Wrong::new(text, format!("`{text}` is no duration such as 250ms, 5s or 1h30m")))
}

fn header_line<'a>(header: &mut Header, word: &str, rest: &'a str) -> Result<(), Wrong<'a>> {
    let wrong = |message: String| Err(Wrong::new(rest, message));
    let end = &rest[rest.len()..];
    let mut words = rest.split_whitespace();
    match word {
        "k8s" => {
            if Profile::find(rest).is_none() {
                let known: Vec<&str> = crate::api::profile::PROFILES.iter().map(|p| p.name).collect();
                return wrong(format!("Kubernetes `{rest}` is not modelled; there are {}", known.join(", ")));
            }
            header.version = rest.to_string();
        }
        "gate" => {
            let Some((name, value)) = rest.split_once('=') else {
                return wrong("expected NAME=true or NAME=false".into());
            };
            let on = match value {
                "true" => true,
                "false" => false,
                _ => return Err(Wrong::new(value, format!("`{value}` is neither true nor false"))),
            };
            if !Profile::default_release().clone().set_gate(name, on) {
                return wrong(format!("the gate `{name}` is not modelled"));
            }
            header.gates.push((name.to_string(), on));
        }
        "seed" => match rest.parse() {
            Ok(seed) => header.seed = seed,
            Err(_) => return wrong(format!("`{rest}` is no whole number below 2^64")),
        },
        "nodes" => {
            if let Ok(count) = rest.parse::<usize>() {
                if count > 100 {
                    return wrong("at most 100 nodes".into());
                }
                header.nodes = default_nodes(count);
            } else if rest.is_empty() {
                return wrong("expected a number or names".into());
            } else {
                let mut names = Vec::new();
                for name in words {
                    if names.contains(&name) {
                        return Err(Wrong::new(name, "two nodes have the same name"));
                    }
                    if !is_name(name) {
                        return Err(Wrong::new(name, format!("`{name}` is no name of a node")));
                    }
                    names.push(name);
                }
                header.nodes = names.into_iter().map(|name| Text::from(name.to_string())).collect();
            }
        }
        "pace" => {
            let (name, value) = (words.next().unwrap_or(end), words.next().unwrap_or(end));
            let Some(known) = Pace::NAMES.iter().find(|known| **known == name) else {
                let message = format!("`{name}` is no pace; there are {}", Pace::NAMES.join(", "));
                return Err(Wrong::new(name, message));
            };
            header.paces.push((known, duration(value)?));
            if let Some(more) = words.next() {
                return Err(Wrong::new(more, "expected nothing behind the duration"));
            }
        }
        "resolver" => {
            if !matches!(rest, "glibc" | "musl") {
                return wrong(format!("`{rest}` is no resolver; there are glibc and musl"));
            }
            header.resolver = rest.to_string();
        }
        "coredns" if rest.is_empty() => return wrong("expected the name of a DNS profile".into()),
        "coredns" => {
            let mut profile = DnsProfile::default();
            if let Some(word) = words.find(|word| !set_knob(&mut profile, word)) {
                let known = DnsProfile::NAMES.join("=, ");
                return Err(Wrong::new(
                    word,
                    format!("`{word}` is no DNS profile; there are kubeadm, {known}=, each with its values"),
                ));
            }
            header.coredns = rest.to_string();
        }
        _ => match samples::lab(rest) {
            Some(lab) => header.lab = lab.key.to_string(),
            None => {
                let known: Vec<&str> = samples::LABS.iter().map(|lab| lab.key).collect();
                return wrong(format!("there is no lab `{rest}`; there are {}", known.join(", ")));
            }
        },
    }
    Ok(())
}

// As the API server takes names of nodes: labels of lowercase letters, digits and dashes, with dots between.
fn is_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}
