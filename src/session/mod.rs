//! A cluster with somebody at the workstation: directives in, a film and a transcript out.
//!
//! [`Session`] is the machine that takes directives one after another; [`Run`] keeps its history, so that a run can
//! be seen at any moment, continued from any moment, and written down as a scenario.

pub mod compare;
mod inside;
mod promises;
mod run;
pub mod shell;
mod trace;
mod trial;

pub use promises::Promises;
pub use run::{ActError, Acted, Entry, Future, MOST_PODS, Position, Progress, Run, Still};
pub use trial::{Outcome, Trial};

use crate::api::{Kind, ObjectKey, Text};
use crate::cluster::{Cluster, Config};
use crate::component::world::PodName;
use crate::component::{Client, Fault, Happening};
use crate::dns::Cache;
use crate::kubectl::{self, ExecOutcome, Host, Invocation, Output, Program, Progress as Polled};
use crate::sim::{SimDuration, SimTime, SortedMap};
use shell::{Command, Line, Link, Stdin};
use std::collections::VecDeque;

/// How long `settle` waits without a limit of its own.
pub const SETTLE_LIMIT: SimDuration = SimDuration(30 * 60 * 1000);

/// The most bytes one command may print; what comes behind is cut with a clear line.
const MAX_OUTPUT: usize = 1024 * 1024;

/// A piece of output: of which transcript entry, when, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is what the sentence names")]
pub enum Said {
    /// A line was typed (as in the scenario, heredocs included).
    Typed { entry: usize, at: SimTime, line: String, background: bool, input: u64 },
    /// It printed something.
    Printed { entry: usize, at: SimTime, text: String },
    /// It ended.
    Ended { entry: usize, at: SimTime, code: i32 },
}

impl Said {
    /// When.
    pub fn at(&self) -> SimTime {
        match self {
            Said::Typed { at, .. } | Said::Printed { at, .. } | Said::Ended { at, .. } => *at,
        }
    }
}

/// A command line at work.
#[derive(Clone)]
struct Job {
    entry: usize,
    input: u64,
    line: VecDeque<(Link, Vec<Command>)>,
    /// The commands of the pipeline behind the running one.
    rest: VecDeque<Command>,
    redirect: Option<(String, bool)>,
    program: Option<Box<dyn Program>>,
    /// What the running program printed, when it goes into a pipe or a file.
    captured: Option<String>,
    wake: Option<SimTime>,
    last_code: i32,
    printed: usize,
    background: bool,
    /// What a `$(…)` printed so far, if this is one.
    inner: Option<String>,
}

/// A cluster and its workstation.
#[derive(Clone)]
pub struct Session {
    cluster: Cluster,
    /// What the DNS server remembers.
    memory: Cache,
    files: SortedMap<String, String>,
    jobs: Vec<Job>,
    entries: usize,
    said: Vec<Said>,
    polled_revision: u64,
}

struct Desk<'a> {
    cluster: &'a mut Cluster,
    memory: &'a mut Cache,
    files: &'a mut SortedMap<String, String>,
    input: u64,
}

impl Host for Desk<'_> {
    fn client(&mut self) -> Client<'_> {
        self.cluster.client("user", self.input)
    }
    fn now(&self) -> SimTime {
        self.cluster.now()
    }
    fn files(&mut self) -> &mut SortedMap<String, String> {
        self.files
    }
    fn exec(
        &mut self,
        namespace: &str,
        pod: &str,
        container: Option<&str>,
        argv: &[String],
        stdin: &str,
    ) -> ExecOutcome {
        inside::exec(self.cluster, self.memory, namespace, pod, container, argv, stdin)
    }
}

impl Session {
    /// A fresh cluster and an empty folder.
    pub fn new(config: &Config) -> Session {
        Session {
            cluster: Cluster::new(config),
            memory: Cache::default(),
            files: SortedMap::new(),
            jobs: Vec::new(),
            entries: 0,
            said: Vec::new(),
            polled_revision: 0,
        }
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// What the DNS server remembers.
    pub fn memory(&self) -> &Cache {
        &self.memory
    }

    /// The workstation's folder.
    pub fn files(&self) -> &SortedMap<String, String> {
        &self.files
    }

    /// Writes a file into the workstation's folder.
    pub fn write_file(&mut self, name: &str, text: &str) {
        self.cluster.begin_input(&format!("file {name}"));
        self.files.insert(name.to_string(), text.to_string());
    }

    /// Puts a file into the workstation's folder that is there from the beginning.
    pub fn put_file(&mut self, name: &str, text: &str) {
        self.files.insert(name.to_string(), text.to_string());
    }

    /// The time.
    pub fn now(&self) -> SimTime {
        self.cluster.now()
    }

    /// When the next thing is due, a waiting command's timer included.
    pub fn next_at(&self) -> Option<SimTime> {
        let wake = self.jobs.iter().filter_map(|job| job.wake).min();
        match (self.cluster.next_at(), wake) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Does the next thing that is due; false if there is none.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.next_at() else { return false };
        if self.cluster.next_at() == Some(at) {
            self.cluster.step();
        } else {
            self.cluster.run_until(at);
        }
        self.poll_jobs();
        true
    }

    /// Lets time pass until `until`.
    pub fn run_until(&mut self, until: SimTime) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.cluster.run_until(until);
    }

    /// Takes what happened in the cluster since the last call.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        self.cluster.take_happenings()
    }

    /// Takes what the terminal showed since the last call.
    pub fn take_said(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    /// True while a command keeps the prompt.
    pub fn is_busy(&self) -> bool {
        self.jobs.iter().any(|job| !job.background)
    }

    /// True if the command that keeps the prompt would never end by itself (`-w`, `logs -f`).
    fn waits_for_ever(&self) -> bool {
        self.jobs.iter().any(|job| !job.background && job.wake.is_none()) && self.cluster.next_at().is_none()
    }

    /// Types a line. A command that keeps the prompt is interrupted first.
    pub fn type_line(&mut self, text: &str) {
        self.interrupt_foreground();
        let input = self.cluster.begin_input(&format!("$ {text}"));
        let entry = self.entries;
        self.entries += 1;
        let at = self.now();
        match shell::parse(text) {
            Ok(Line { pipelines, background }) => {
                self.said.push(Said::Typed { entry, at, line: text.to_string(), background, input });
                let job = Job {
                    entry,
                    input,
                    line: pipelines.into(),
                    rest: VecDeque::new(),
                    redirect: None,
                    program: None,
                    captured: None,
                    wake: None,
                    last_code: 0,
                    printed: 0,
                    background,
                    inner: None,
                };
                self.jobs.push(job);
                self.poll_job(self.jobs.len() - 1);
                self.sweep();
            }
            Err(message) => {
                self.said.push(Said::Typed { entry, at, line: text.to_string(), background: false, input });
                self.said.push(Said::Printed { entry, at, text: message + "\n" });
                self.said.push(Said::Ended { entry, at, code: 2 });
            }
        }
    }

    /// Lets a blocking command end; one that would never end keeps the prompt.
    pub fn finish_foreground(&mut self) {
        let limit = self.now() + SETTLE_LIMIT;
        while self.holds_prompt() {
            if self.next_at().is_none_or(|at| at > limit) || !self.step() {
                break;
            }
        }
    }

    /// True while a command that will end by itself keeps the prompt.
    pub fn holds_prompt(&self) -> bool {
        self.is_busy() && !self.watches() && !self.waits_for_ever()
    }

    // A watch never ends by itself, however much happens.
    fn watches(&self) -> bool {
        self.jobs.iter().any(|job| !job.background && job.program.as_ref().is_some_and(|p| p.is_endless()))
    }

    /// Sends Ctrl+C to the command that keeps the prompt.
    pub fn interrupt_foreground(&mut self) {
        self.interrupt(false);
    }

    /// Ends background commands (`stop &`).
    pub fn stop_background(&mut self) {
        self.cluster.begin_input("stop &");
        self.interrupt(true);
    }

    fn interrupt(&mut self, background: bool) {
        let at = self.now();
        for job in self.jobs.iter_mut().filter(|job| job.background == background) {
            if let Some(program) = &mut job.program {
                program.interrupt();
            }
            job.program = None;
            job.line.clear();
            job.rest.clear();
            if !background {
                self.said.push(Said::Printed { entry: job.entry, at, text: "^C\n".into() });
            }
            self.said.push(Said::Ended { entry: job.entry, at, code: if background { 0 } else { 130 } });
        }
        self.jobs.retain(|job| job.background != background);
    }

    /// Something happens in the outside world; an unknown object is refused.
    pub fn fault(&mut self, fault: &Fault) -> Result<(), String> {
        self.check_fault(fault)?;
        let input = self.cluster.begin_input(&crate::scenario::print_fault(fault));
        self.cluster.fault(fault, input);
        self.poll_jobs();
        Ok(())
    }

    fn check_fault(&self, fault: &Fault) -> Result<(), String> {
        let store = self.cluster.store();
        let pod = |pod: &PodName| match store.get(Kind::Pod, &pod.namespace, &pod.name) {
            Some(_) => Ok(()),
            None => Err(format!("there is no pod {}/{} now", pod.namespace, pod.name)),
        };
        let exists = |kind: Kind, name: &Text| match store.by_key(&ObjectKey::new(kind, "", name.clone())) {
            Some(_) => Ok(()),
            None => {
                let known: Vec<&str> = store.list(kind, None).map(|object| object.name()).collect();
                Err(format!("there is no {} {name}; there are {}", kind.info().singular, known.join(", ")))
            }
        };
        match fault {
            // These belong to the name, so the pod may come later.
            Fault::Hold(_) | Fault::Release(_) | Fault::CrashLoop { .. } => Ok(()),
            Fault::Unready(name) | Fault::Ready(name) | Fault::Crash { pod: name, .. } => pod(name),
            Fault::StopNode(node) | Fault::StartNode(node) | Fault::CutNode(node) | Fault::MendNode(node) => {
                exists(Kind::Node, node)
            }
            Fault::FailStorage(class) | Fault::MendStorage(class) => exists(Kind::StorageClass, class),
            Fault::Slow { component, .. } | Fault::MendComponent(component) => {
                if self.cluster.component_names().any(|name| **component == *name) {
                    return Ok(());
                }
                let known: Vec<&str> = self.cluster.component_names().collect();
                Err(format!("there is no controller {component}; there are {}", known.join(", ")))
            }
            Fault::BreakImage(_) | Fault::FixImage(_) => Ok(()),
        }
    }

    /// Names this moment.
    pub fn label(&mut self, text: &str) {
        self.cluster.begin_input(&format!("@label {text}"));
    }

    fn poll_jobs(&mut self) {
        let revision = self.cluster.store().revision();
        let now = self.now();
        let changed = revision != self.polled_revision;
        self.polled_revision = revision;
        for i in 0..self.jobs.len() {
            if changed || self.jobs[i].wake.is_some_and(|at| at <= now) {
                self.poll_job(i);
            }
        }
        self.sweep();
    }

    fn sweep(&mut self) {
        self.jobs.retain(|job| job.program.is_some() || !job.line.is_empty() || !job.rest.is_empty());
    }

    // Runs a job as far as it goes now.
    fn poll_job(&mut self, i: usize) {
        loop {
            if self.jobs[i].program.is_some() {
                let Session { cluster, memory, files, jobs, .. } = self;
                let job = &mut jobs[i];
                let mut out = Output::default();
                let mut desk = Desk { cluster, memory, files, input: job.input };
                let progress =
                    job.program.as_mut().map_or(Polled::Done(0), |program| program.poll(&mut desk, &mut out));
                self.cluster.announce();
                let mut stdout = String::new();
                for (stream, text) in out.chunks {
                    // Standard error does not go through the pipe.
                    match (&mut self.jobs[i].captured, stream) {
                        (Some(captured), kubectl::Stream::Stdout) => captured.push_str(&text),
                        _ => stdout.push_str(&text),
                    }
                }
                self.print(i, stdout);
                match progress {
                    Polled::Wait { at } => {
                        self.jobs[i].wake = at;
                        return;
                    }
                    Polled::Done(code) => {
                        let job = &mut self.jobs[i];
                        job.program = None;
                        job.wake = None;
                        job.last_code = code;
                        let text = job.captured.take();
                        self.after(i, text);
                    }
                }
            } else if !self.start_next(i) {
                return;
            }
        }
    }

    // The running command of a pipeline has ended; its captured output goes on.
    fn after(&mut self, i: usize, captured: Option<String>) {
        let Some(text) = captured else { return };
        let job = &mut self.jobs[i];
        if let Some(next) = job.rest.front_mut() {
            next.stdin = Some(Stdin::Text(text));
        } else if let Some(inner) = job.inner.as_mut().filter(|_| job.redirect.is_none()) {
            inner.push_str(&text);
        } else if let Some((file, append)) = job.redirect.take() {
            let content = self.files.entry(file).or_default();
            if !append {
                content.clear();
            }
            content.push_str(&text);
        }
    }

    // Starts the next command of the line; false if the line has ended.
    fn start_next(&mut self, i: usize) -> bool {
        let at = self.now();
        let job = &mut self.jobs[i];
        let command = match job.rest.pop_front() {
            Some(command) => command,
            None => loop {
                let Some((link, pipeline)) = job.line.pop_front() else {
                    let (entry, code) = (job.entry, job.last_code);
                    if job.inner.is_some() {
                        return false;
                    }
                    self.said.push(Said::Ended { entry, at, code });
                    return false;
                };
                let runs = match link {
                    Link::Always => true,
                    Link::IfOk => job.last_code == 0,
                    Link::IfFailed => job.last_code != 0,
                };
                if runs {
                    job.rest = pipeline.into();
                    if let Some(command) = job.rest.pop_front() {
                        break command;
                    }
                }
            },
        };
        let mut command = command;
        let (entry, input) = (job.entry, job.input);
        command.words = command.words.iter().flat_map(|word| self.expand(word, entry, input)).collect();
        let job = &mut self.jobs[i];
        let piped = !job.rest.is_empty();
        job.redirect = command.redirect.clone();
        job.captured = (piped || job.redirect.is_some() || job.inner.is_some()).then(String::new);
        let stdin = match &command.stdin {
            None => String::new(),
            Some(Stdin::Text(text)) => text.clone(),
            Some(Stdin::File(name)) => match self.files.get(name) {
                Some(text) => text.clone(),
                None => {
                    job.last_code = 1;
                    let text = format!("-bash: {name}: No such file or directory\n");
                    self.print(i, text);
                    return true;
                }
            },
        };
        let name = command.words.first().map_or("", String::as_str);
        if matches!(name, "kubectl" | "k") {
            job.program = Some(kubectl::start(Invocation { words: command.words, stdin }));
            return true;
        }
        let ran = match inside::name_tool(&self.cluster, &mut self.memory, &command.words) {
            Some(out) => Some(shell::Ran { stdout: out.stdout, stderr: out.stderr, code: out.code }),
            None => shell::run_tool(&command.words, &stdin, &self.files),
        };
        match ran {
            Some(ran) => {
                let job = &mut self.jobs[i];
                job.last_code = ran.code;
                match job.captured.take() {
                    Some(_) => {
                        self.print(i, ran.stderr);
                        self.after(i, Some(ran.stdout));
                    }
                    None => self.print(i, ran.stdout + &ran.stderr),
                }
            }
            None => {
                self.jobs[i].last_code = 127;
                self.jobs[i].captured = None;
                let text = format!("-bash: {name}: command not found\n");
                self.print(i, text);
            }
        }
        true
    }

    // A word with what its `$(…)` print now, which may be several words or none.
    fn expand(&mut self, word: &str, entry: usize, input: u64) -> Vec<String> {
        if !word.contains(shell::END) {
            return vec![word.to_string()];
        }
        let mut words: Vec<String> = Vec::new();
        let mut open: Option<String> = None;
        let mut rest = word;
        while let Some(i) = rest.find([shell::SPLIT, shell::WHOLE]) {
            if i > 0 {
                open.get_or_insert_default().push_str(&rest[..i]);
            }
            let split = rest[i..].starts_with(shell::SPLIT);
            let end = rest.find(shell::END).unwrap_or(rest.len() - 1);
            let text = self.output_of(&rest[i + 1..end], entry, input);
            rest = &rest[end + 1..];
            if !split {
                open.get_or_insert_default().push_str(&text);
                continue;
            }
            for (n, piece) in text.split_whitespace().enumerate() {
                if n > 0 {
                    words.extend(open.take());
                }
                open.get_or_insert_default().push_str(piece);
            }
        }
        if !rest.is_empty() {
            open.get_or_insert_default().push_str(rest);
        }
        words.extend(open);
        words
    }

    // What a line prints at once, without its last line ends; what would have to wait is left out.
    fn output_of(&mut self, text: &str, entry: usize, input: u64) -> String {
        let Ok(Line { pipelines, .. }) = shell::parse(text) else { return String::new() };
        self.jobs.push(Job {
            entry,
            input,
            line: pipelines.into(),
            rest: VecDeque::new(),
            redirect: None,
            program: None,
            captured: None,
            wake: None,
            last_code: 0,
            printed: 0,
            background: false,
            inner: Some(String::new()),
        });
        self.poll_job(self.jobs.len() - 1);
        let printed = self.jobs.pop().and_then(|job| job.inner).unwrap_or_default();
        printed.trim_end_matches('\n').to_string()
    }

    fn print(&mut self, i: usize, mut text: String) {
        if text.is_empty() {
            return;
        }
        let job = &mut self.jobs[i];
        if job.printed > MAX_OUTPUT {
            return;
        }
        job.printed += text.len();
        if job.printed > MAX_OUTPUT {
            text = "… output stopped here: more than 1 MiB\n".into();
        }
        let entry = job.entry;
        self.said.push(Said::Printed { entry, at: self.cluster.now(), text });
    }
}
