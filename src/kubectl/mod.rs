//! The command language: one command line in, a running program out.
//!
//! [`start`] makes a [`Program`]; whoever runs it polls it at once, after every change of the store and at the
//! time it asked for, until it is done. A verb takes its words apart, checks them, acts through the API, prints
//! (one file per verb in `verbs`). Texts follow the real kubectl to the byte; the K rules are those of the
//! specification. Pipes, loops and redirections belong to the shell around this.

pub mod args;
pub mod error;
pub mod lexer;
pub mod manifests;
pub mod output;
pub mod resource;
pub mod select;
pub mod verbs;
mod wire;

use crate::api::{Kind, Profile, Text};
use crate::component::Client;
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::Store;
use args::Args;
use error::{Error, Result};
use verbs::{VERBS, Verb};

/// What a command needs from the machine it runs on.
pub trait Host {
    /// The connection of the person at the prompt.
    fn client(&mut self) -> Client<'_>;
    /// Names the field manager whose the writes of [`Host::client`] are from now on.
    fn write_as(&mut self, manager: Text);
    /// The time.
    fn now(&self) -> SimTime;
    /// The files in the current folder of the workstation.
    fn files(&mut self) -> &mut SortedMap<String, String>;
    /// Begins a program inside a container and answers its number. The error is the container runtime's.
    fn exec(
        &mut self,
        place: &Place,
        argv: &[String],
        stdin: &str,
        has_terminal: bool,
    ) -> std::result::Result<u64, String>;
    /// Lets such a program go on.
    fn poll_exec(&mut self, id: u64, out: &mut Output) -> Progress;
    /// The program a container was made for ends with this status.
    fn end_container(&mut self, place: &Place, code: i32);
    /// Why the API server cannot talk to the kubelet of a node, and after how long it gives up; none if it can.
    fn trouble(&self, _node: &str) -> Option<(&'static str, SimDuration)> {
        None
    }
    /// Gives a text to the program that edits files; what it left.
    fn edit(&mut self, editor: &str, text: &str) -> std::result::Result<String, String>;
    /// What a container has printed, if the machine keeps it.
    fn logs(&mut self, _namespace: &str, _pod: &str, _container: &str) -> Vec<LogLine> {
        Vec::new()
    }
}

/// A container of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
}

/// A line a container printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: SimTime,
    /// What, without line break.
    pub text: String,
}

/// One command line, quotes already resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The words; the first is `kubectl` or `k`.
    pub words: Vec<String>,
    /// What `-f -` reads.
    pub stdin: String,
    /// The folder in which relative files lie: empty, or with `/` at its end.
    pub folder: String,
    /// `KUBE_EDITOR`.
    pub editor: String,
}

/// Where a piece of output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Results.
    Stdout,
    /// Errors, warnings, `No resources found` (K2).
    Stderr,
}

/// What a program has printed, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The pieces.
    pub chunks: Vec<(Stream, String)>,
}

impl Output {
    /// Prints a result.
    pub fn out(&mut self, text: impl Into<String>) {
        self.push(Stream::Stdout, text.into());
    }

    /// Prints a result and a line break.
    pub fn line(&mut self, text: impl std::fmt::Display) {
        self.push(Stream::Stdout, format!("{text}\n"));
    }

    /// Prints a line beside the results.
    pub fn note(&mut self, text: impl std::fmt::Display) {
        self.push(Stream::Stderr, format!("{text}\n"));
    }

    /// Prints to a stream.
    pub fn push(&mut self, stream: Stream, text: String) {
        match self.chunks.last_mut() {
            _ if text.is_empty() => {}
            Some((last, before)) if *last == stream => before.push_str(&text),
            _ => self.chunks.push((stream, text)),
        }
    }

    /// All of one stream.
    pub fn text(&self, stream: Stream) -> String {
        self.chunks.iter().filter(|(s, _)| *s == stream).map(|(_, text)| text.as_str()).collect()
    }
}

/// How far a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has ended with this status.
    Done(i32),
    /// It wants to be polled again after any change of the store, or at the given time.
    Wait {
        /// The time, if there is one.
        at: Option<SimTime>,
    },
}

/// A command that runs.
pub trait Program {
    /// Goes on as far as it can.
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Progress;
    /// Somebody pressed Ctrl+C; the next poll ends with status 130.
    fn interrupt(&mut self);
    /// True for a watch: it never ends by itself.
    fn is_endless(&self) -> bool {
        false
    }
    /// A copy, for snapshots.
    fn boxed_clone(&self) -> Box<dyn Program>;
}

impl Clone for Box<dyn Program> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}

/// What goes on after a verb has done its first step: a watch, a wait.
pub(crate) trait Task: TaskClone {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress>;
    fn is_endless(&self) -> bool {
        false
    }
}

pub(crate) trait TaskClone {
    fn boxed_clone(&self) -> Box<dyn Task>;
}
impl<T: Task + Clone + 'static> TaskClone for T {
    fn boxed_clone(&self) -> Box<dyn Task> {
        Box::new(self.clone())
    }
}
impl Clone for Box<dyn Task> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}

/// What a verb's first step came to.
pub(crate) enum Outcome {
    /// Done, with this status.
    Done(i32),
    /// It goes on.
    Goes(Box<dyn Task>),
}

/// What a verb works with.
pub(crate) struct Cx<'a> {
    host: &'a mut dyn Host,
    out: &'a mut Output,
    args: &'a Args,
    stdin: &'a str,
    /// Where relative files lie.
    folder: &'a str,
    /// `KUBE_EDITOR`.
    editor: &'a str,
    /// `rollout status`.
    command: &'static str,
    /// Every word, for annotations that keep the command line.
    words: &'a [String],
}

impl Cx<'_> {
    /// The namespace of the command (K18).
    fn namespace(&mut self) -> String {
        match self.args.get("namespace") {
            Some(namespace) => namespace.to_string(),
            None => current_namespace(self.host),
        }
    }

    /// The modelled release.
    fn profile(&mut self) -> Profile {
        self.host.client().profile().clone()
    }

    /// The same with other words.
    fn with_words<T>(&mut self, words: Vec<String>, run: fn(&mut Cx) -> T) -> T {
        let mut args = self.args.clone();
        args.words = words;
        run(&mut self.with_args(&args))
    }

    /// The same with other arguments.
    fn with_args<'b>(&'b mut self, args: &'b Args) -> Cx<'b> {
        Cx {
            host: self.host,
            out: self.out,
            args,
            stdin: self.stdin,
            folder: self.folder,
            editor: self.editor,
            command: self.command,
            words: self.words,
        }
    }

    /// An objection to the arguments (K8).
    fn usage(&self, text: impl std::fmt::Display) -> Error {
        Error::usage(self.command, text)
    }
}

/// The file that keeps the current context.
const CONFIG: &str = ".kube/config";

fn current_namespace(host: &mut dyn Host) -> String {
    let config = host.files().get(CONFIG);
    let line = config.and_then(|text| text.lines().find_map(|line| line.trim().strip_prefix("namespace: ")));
    line.unwrap_or("default").to_string()
}

/// Makes a program of a command line.
pub fn start(invocation: Invocation) -> Box<dyn Program> {
    Box::new(Line { invocation, running: None, interrupted: false })
}

/// One command line on its way.
#[derive(Clone)]
struct Line {
    invocation: Invocation,
    running: Option<Box<dyn Task>>,
    interrupted: bool,
}

impl Program for Line {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Progress {
        if self.interrupted {
            return Progress::Done(130);
        }
        let answer = match &mut self.running {
            Some(task) => task.poll(host, out),
            None => match run(&self.invocation, host, out) {
                Ok(Outcome::Done(code)) => Ok(Progress::Done(code)),
                Ok(Outcome::Goes(mut task)) => {
                    let answer = task.poll(host, out);
                    self.running = Some(task);
                    answer
                }
                Err(error) => Err(error),
            },
        };
        answer.unwrap_or_else(|error| {
            let (text, code) = error.report();
            out.push(Stream::Stderr, text);
            Progress::Done(code)
        })
    }

    fn interrupt(&mut self) {
        self.interrupted = true;
    }

    fn is_endless(&self) -> bool {
        self.running.as_ref().is_some_and(|task| task.is_endless())
    }

    fn boxed_clone(&self) -> Box<dyn Program> {
        Box::new(self.clone())
    }
}

fn run(invocation: &Invocation, host: &mut dyn Host, out: &mut Output) -> Result<Outcome> {
    let words = invocation.words.get(1..).unwrap_or_default();
    let (verb, rest) = find_verb(words)?;
    let Some(verb) = verb else {
        Args::parse("", "", &rest)?;
        out.out(verbs::overview());
        return Ok(Outcome::Done(0));
    };
    let mut args = Args::parse(verb.name, verb.flags, &rest)?;
    read_template(&mut args, &invocation.folder, host)?;
    if args.is("help") {
        out.out(verbs::help(verb));
        return Ok(Outcome::Done(0));
    }
    if let Some(context) = args.get("context").filter(|context| *context != verbs::config::CONTEXT) {
        let text = format!("Error in configuration: context was not found for specified context: {context}");
        return Err(Error::Raw(text));
    }
    host.write_as(manager_of(verb, &args));
    if args.has("record") {
        out.note("Flag --record has been deprecated, --record will be removed in the future");
    }
    let mut cx = Cx {
        host,
        out,
        args: &args,
        stdin: &invocation.stdin,
        folder: &invocation.folder,
        editor: &invocation.editor,
        command: verb.name,
        words: &invocation.words,
    };
    verb.run(&mut cx)
}

// Under which name a verb writes.
fn manager_of(verb: &Verb, args: &Args) -> Text {
    if let Some(name) = args.get("field-manager").filter(|name| !name.is_empty()) {
        return name.to_string().into();
    }
    match verb.name.split(' ').next().unwrap_or_default() {
        "apply" if args.is("server-side") => "kubectl".into(),
        "apply" => "kubectl-client-side-apply".into(),
        first @ ("create" | "replace" | "patch" | "edit" | "label" | "annotate" | "set" | "rollout"
        | "run" | "expose" | "taint") => ["kubectl-", first].concat().into(),
        _ => "kubectl".into(),
    }
}

// `-o jsonpath-file=FILE` and the like: the same as the text of the file behind the name of the format.
fn read_template(args: &mut Args, folder: &str, host: &mut dyn Host) -> Result<()> {
    const FORMATS: [(&str, &str); 3] =
        [("jsonpath-file", "jsonpath"), ("go-template-file", "go-template"), ("templatefile", "go-template")];
    if let Some(file) = args.text("output").strip_prefix("custom-columns-file=") {
        let columns = read_columns(file, folder, host)?;
        args.replace("output", columns);
        return Ok(());
    }
    let (name, file) = args.text("output").split_once('=').unwrap_or((args.text("output"), ""));
    let Some((_, format)) = FORMATS.iter().find(|(known, _)| *known == name) else { return Ok(()) };
    let file = if file.is_empty() { args.text("template") } else { file };
    if file.is_empty() {
        return Err(Error::client("template format specified but no template given"));
    }
    let path = format!("{folder}{}", file.strip_prefix("./").unwrap_or(file));
    let Some(text) = host.files().get(&path) else {
        let text = format!("error reading --template {file}, open {file}: no such file or directory\n");
        return Err(Error::client(text));
    };
    let value = format!("{format}={text}");
    args.replace("output", value);
    Ok(())
}

// `-o custom-columns-file=FILE`: a line of heads and a line of paths.
fn read_columns(file: &str, folder: &str, host: &mut dyn Host) -> Result<String> {
    let path = format!("{folder}{}", file.strip_prefix("./").unwrap_or(file));
    let Some(text) = host.files().get(&path) else {
        let text = format!("error reading template {file}, open {file}: no such file or directory\n");
        return Err(Error::client(text));
    };
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let (heads, paths) = (lines.next().unwrap_or_default(), lines.next());
    let missing = if heads.is_empty() { "header" } else { "spec" };
    let Some(paths) = paths.filter(|_| !heads.is_empty()) else {
        return Err(Error::client(format!(
            "invalid template, missing {missing} line. Expected format is one line of space separated headers, one line \
             of space separated column specs."
        )));
    };
    if heads.len() != paths.len() {
        let (heads, paths) = (heads.len(), paths.len());
        let text = format!("number of headers ({heads}) and field specifications ({paths}) don't match");
        return Err(Error::client(text));
    }
    let columns: Vec<String> = heads.iter().zip(paths).map(|(head, path)| format!("{head}:{path}")).collect();
    Ok(format!("custom-columns={}", columns.join(",")))
}

// Finds the verb: the first word that is no flag, and the next one where it has sub-verbs. The rest keeps its order.
fn find_verb(words: &[String]) -> Result<(Option<&'static Verb>, Vec<String>)> {
    let mut rest = words.to_vec();
    let Some(at) = next_plain(&rest, 0) else { return Ok((None, rest)) };
    let name = rest.remove(at);
    let second = next_plain(&rest, at).and_then(|at| {
        let text = format!("{name} {}", rest[at]);
        let verb = VERBS.iter().find(|verb| verb.name == text)?;
        Some((at, verb))
    });
    if let Some((at, verb)) = second {
        rest.remove(at);
        return Ok((Some(verb), rest));
    }
    match VERBS.iter().find(|verb| verb.name == name) {
        Some(verb) => Ok((Some(verb), rest)),
        None => Err(verbs::unknown(&name)),
    }
}

// The first word from `from` on that is neither a flag nor the value of a global one.
fn next_plain(words: &[String], from: usize) -> Option<usize> {
    let mut i = from;
    while let Some(word) = words.get(i) {
        match word.as_str() {
            "--" => return None,
            "-n" | "-s" | "-v" | "--namespace" | "--context" | "--cluster" | "--user" | "--kubeconfig"
            | "--request-timeout" | "--server" | "--as" | "--v" => i += 2,
            _ if word.starts_with('-') && word != "-" => i += 1,
            _ => return Some(i),
        }
    }
    None
}

/// The nearest line that would be understood, where the first words are misspelt.
pub fn suggest(line: &str) -> Option<String> {
    let words = lexer::words(line);
    let first = words.first()?;
    let replace = |word: &lexer::Word, by: &str| format!("{}{by}{}", &line[..word.start], &line[word.end..]);
    if first.text != "kubectl" && first.text != "k" {
        return (verbs::distance(&first.text, "kubectl") <= 2).then(|| replace(first, "kubectl"));
    }
    let texts: Vec<String> = words[1..].iter().map(|word| word.text.clone()).collect();
    let verb = next_plain(&texts, 0)?;
    let name = &texts[verb];
    if !VERBS.iter().any(|v| v.name.split(' ').next() == Some(name)) {
        let near = verbs::nearest(name, verbs::names())?;
        return Some(replace(&words[verb + 1], near));
    }
    let next = next_plain(&texts, verb + 1)?;
    let subs: Vec<&str> =
        VERBS.iter().filter_map(|v| v.name.strip_prefix(name.as_str())?.strip_prefix(' ')).collect();
    let takes_type =
        matches!(name.as_str(), "get" | "describe" | "delete" | "scale" | "patch" | "label" | "annotate");
    let near = if !subs.is_empty() && !subs.contains(&texts[next].as_str()) {
        verbs::nearest(&texts[next], subs.into_iter())?
    } else if takes_type && !texts[next].contains(['/', ',']) && resource::find(&texts[next]).is_err() {
        let known = resource::all().filter(|resource| resource.kind.is_some());
        verbs::nearest(&texts[next], known.flat_map(|r| [r.plural, r.short]).filter(|name| !name.is_empty()))?
    } else {
        return None;
    };
    Some(replace(&words[next + 1], near))
}

/// The words that could stand where the line ends, sorted.
pub fn completions(line: &str, store: &Store) -> Vec<String> {
    let words = lexer::words(line);
    let fresh = line.is_empty() || line.ends_with(char::is_whitespace);
    let typed = if fresh { "" } else { words.last().map_or("", |word| &word.text) };
    let before = &words[..words.len() - usize::from(!fresh && !words.is_empty())];
    let texts: Vec<String> = before.iter().skip(1).map(|word| word.text.clone()).collect();
    let mut found: Vec<String> = Vec::new();
    let kinds = || resource::all().filter(|resource| resource.kind.is_some());
    let objects = |kind: Kind| store.list(kind, None).map(|object| object.name().to_string());
    if before.is_empty() {
        found.push("kubectl".to_string());
    } else if let Ok((verb, rest)) = find_verb(&texts) {
        let plain: Vec<&String> = rest.iter().filter(|word| !word.starts_with('-')).collect();
        match (verb, typed) {
            (None, _) => found.extend(verbs::names().map(str::to_string)),
            (Some(verb), _) if typed.starts_with('-') => {
                let names = verb.flags.split_whitespace().filter_map(|flag| {
                    flag.trim_end_matches(['!', '?', '=', ',', '#', '~']).split('/').next()
                });
                found.extend(names.map(|name| format!("--{name}")));
            }
            (Some(verb), _) => {
                let last = texts.last().map_or("", String::as_str);
                let subs = VERBS.iter().filter_map(|v| v.name.strip_prefix(verb.name)?.strip_prefix(' '));
                let subs: Vec<String> = subs.map(str::to_string).collect();
                if matches!(last, "-n" | "--namespace") {
                    found.extend(objects(Kind::Namespace));
                } else if matches!(verb.name, "exec" | "logs") {
                    if plain.is_empty() {
                        found.extend(objects(Kind::Pod));
                    }
                } else if matches!(verb.name, "cordon" | "uncordon" | "drain") {
                    found.extend(objects(Kind::Node));
                } else if !subs.is_empty() && verb.name != "create" {
                    found = subs;
                } else if let Some((kind, _)) = typed.split_once('/') {
                    if let Some(known) = resource::find(kind).ok().and_then(|r| r.kind) {
                        found.extend(objects(known).map(|name| format!("{kind}/{name}")));
                    }
                } else if plain.is_empty() {
                    found.extend(subs);
                    found.extend(kinds().map(|resource| resource.plural.to_string()));
                } else if let Some(kind) = resource::find(plain[0]).ok().and_then(|r| r.kind) {
                    found.extend(objects(kind));
                }
            }
        }
    }
    found.retain(|word| word.starts_with(typed) && word != typed);
    output::fill::sort_by(&mut found, |a, b| a < b);
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
