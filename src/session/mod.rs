//! A cluster with somebody at the workstation: directives in, a film and a transcript out.
//!
//! [`Session`] is the machine that takes directives one after another; [`Run`] keeps its history, so that a run can
//! be seen at any moment, continued from any moment, and written down as a scenario.

pub mod compare;
mod desk;
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
use crate::cluster::observed::REFUSAL;
use crate::cluster::{Cluster, Config};
use crate::component::world::PodName;
use crate::component::{Fault, Happening};
use crate::dns::Cache;
use crate::kubectl::{Output, Place, Progress as Polled};
use crate::sim::SortedMap;
use crate::sim::{SimDuration, SimTime};
use desk::{Desk, Processes};
use inside::Inside;
use shell::{Env, Shell};

/// How long `settle` waits without a limit of its own.
pub const SETTLE_LIMIT: SimDuration = SimDuration(30 * 60 * 1000);

/// The most lines `history` remembers.
const MOST_LINES: usize = 1000;

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
    id: u64,
    /// Where what it prints belongs; a line typed into a shell in a pod is another entry of the same job.
    entry: usize,
    /// That entry has not ended.
    is_open: bool,
    input: u64,
    shell: Shell,
    wake: Option<SimTime>,
    printed: usize,
    background: bool,
    is_done: bool,
}

/// A cluster and its workstation.
#[derive(Clone)]
pub struct Session {
    cluster: Cluster,
    /// What the DNS server remembers.
    memory: Cache,
    files: SortedMap<String, String>,
    /// What the prompt remembers from line to line.
    env: Env,
    jobs: Vec<Job>,
    processes: Processes,
    entries: usize,
    said: Vec<Said>,
    polled_revision: u64,
}

impl Session {
    /// A fresh cluster and an empty folder.
    pub fn new(config: &Config) -> Session {
        Session {
            cluster: Cluster::new(config),
            memory: Cache::default(),
            files: SortedMap::new(),
            env: desk::environment(),
            jobs: Vec::new(),
            processes: Processes::new(config.seed),
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
        self.run_init_containers();
        self.poll_jobs();
        true
    }

    // The kubelet cannot run programs: what an init container does to its volumes is done here when it begins.
    fn run_init_containers(&mut self) {
        if self.cluster.world().begun.is_empty() {
            return;
        }
        for (pod, container) in std::mem::take(&mut self.cluster.world_mut().begun) {
            let [namespace, pod, container] =
                [pod.namespace, pod.name, container].map(|text| text.to_string());
            let place = Place { namespace, pod, container };
            let Session { cluster, memory, files, processes, .. } = self;
            let mut desk = Desk { cluster, memory, files, processes, input: 0, job: 0, manager: None };
            if let Some(mut inside) = Inside::enter(&mut desk, &place, false) {
                inside.run_command();
            }
        }
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

    /// When the next thing is due that may come to an end: not what an endless loop waits for.
    pub fn busy_at(&self) -> Option<SimTime> {
        let wakes = self.jobs.iter().filter(|job| !self.is_endless(job)).filter_map(|job| job.wake);
        wakes.chain(self.cluster.next_at()).min()
    }

    /// Lets the DNS server learn of what changed, by `limit` at the latest: its answers change without anything happening
    /// in the cluster.
    pub fn settle_names(&mut self, limit: SimTime) {
        if let Some(at) = self.cluster.names_at() {
            self.run_until(at.min(limit));
        }
    }

    /// True while a command keeps the prompt.
    pub fn is_busy(&self) -> bool {
        self.jobs.iter().any(|job| !job.background)
    }

    /// True if the command that keeps the prompt would never end by itself (`-w`, `logs -f`).
    fn waits_for_ever(&self) -> bool {
        self.jobs.iter().any(|job| !job.background && job.wake.is_none()) && self.cluster.next_at().is_none()
    }

    /// The prompt of the shell in a pod that the next line goes to, if there is one.
    pub fn inner_prompt(&self) -> Option<String> {
        let job = self.jobs.iter().find(|job| !job.background)?;
        self.processes.prompt(job.id)
    }

    /// Types a line. A command that keeps the prompt is interrupted first; a shell in a pod gets the line.
    pub fn type_line(&mut self, text: &str) {
        self.interrupt_foreground();
        let input = self.cluster.begin_input(&format!("$ {text}"));
        let entry = self.entries;
        self.entries += 1;
        let at = self.now();
        let inner = self.jobs.iter().position(|job| !job.background);
        let parsed = match inner {
            Some(i) => self.processes.feed(self.jobs[i].id, text).map(|()| None),
            None => shell::parse(desk::without_prompt(text))
                .map(Some)
                .map_err(|message| format!("bash: {message}\n")),
        };
        let background = parsed.as_ref().is_ok_and(|code| code.as_ref().is_some_and(|code| code.background));
        self.said.push(Said::Typed { entry, at, line: text.to_string(), background, input });
        if self.env.history.len() < MOST_LINES {
            self.env.history.push(text.lines().next().unwrap_or_default().to_string());
        }
        let i = match (parsed, inner) {
            (Err(message), _) => {
                self.said.push(Said::Printed { entry, at, text: message });
                self.said.push(Said::Ended { entry, at, code: 2 });
                return;
            }
            (_, Some(i)) => {
                let job = &mut self.jobs[i];
                (job.entry, job.input, job.is_open, job.printed) = (entry, input, true, 0);
                i
            }
            (Ok(code), None) => {
                let mut shell = Shell::new(if background { self.env.clone() } else { Env::default() });
                shell.run(code.unwrap_or_default());
                self.jobs.push(Job {
                    id: input,
                    entry,
                    is_open: true,
                    input,
                    shell,
                    wake: None,
                    printed: 0,
                    background,
                    is_done: false,
                });
                self.jobs.len() - 1
            }
        };
        self.poll_job(i);
        self.sweep();
    }

    /// What a line would print here, asked in a terminal of its own on a copy: nothing changes, and what keeps the prompt
    /// goes on. A command that would not end is left where it waits.
    pub fn ask(&self, line: &str) -> String {
        let mut copy = self.clone();
        copy.jobs.retain(|job| job.background);
        copy.said.clear();
        let asked = copy.entries;
        copy.type_line(line);
        copy.finish_foreground();
        let printed = copy.said.into_iter().filter_map(|said| match said {
            Said::Printed { entry, text, .. } if entry == asked => Some(text),
            _ => None,
        });
        printed.collect()
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
        let is_running = |job: &Job| !job.background && job.is_open && !self.is_endless(job);
        self.jobs.iter().any(is_running) && !self.waits_for_ever()
    }

    // A watch never ends by itself, however much happens.
    fn is_endless(&self, job: &Job) -> bool {
        job.shell.is_endless() || self.processes.is_endless(job.id)
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
            if !background && job.is_open {
                self.said.push(Said::Printed { entry: job.entry, at, text: "^C\n".into() });
            }
            // A shell in a pod gives up what runs in it and waits for the next line.
            if background || !self.processes.interrupt(job.id) {
                job.shell.interrupt();
                job.is_done = true;
            }
            if job.is_open {
                let code = if background { 0 } else { 130 };
                self.said.push(Said::Ended { entry: job.entry, at, code });
                job.is_open = false;
            }
        }
        self.sweep();
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
        if self.cluster.is_observed() {
            return Err(REFUSAL.to_string());
        }
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

    // Commands that have ended go, and with them what they ran in pods.
    fn sweep(&mut self) {
        self.jobs.retain(|job| !job.is_done);
        let jobs = &self.jobs;
        self.processes.retain(|id| jobs.iter().any(|job| job.id == id));
    }

    // Runs a job as far as it goes now.
    fn poll_job(&mut self, i: usize) {
        let Session { cluster, memory, files, jobs, env, processes, .. } = self;
        let job = &mut jobs[i];
        // A line at the prompt works on what the prompt remembers; one in the background has a copy.
        if !job.background {
            std::mem::swap(env, &mut job.shell.env);
        }
        let mut out = Output::default();
        let mut desk =
            Desk { cluster, memory, files, processes, input: job.input, job: job.id, manager: None };
        let progress = job.shell.poll(&mut desk, &mut out);
        self.cluster.announce();
        let job = &mut self.jobs[i];
        if !job.background {
            std::mem::swap(&mut self.env, &mut job.shell.env);
        }
        let waits = self.processes.prompt(job.id).is_some();
        let ended = match progress {
            Polled::Wait { at } => {
                job.wake = at;
                waits.then_some(self.processes.status(job.id))
            }
            Polled::Done(code) => {
                job.is_done = true;
                Some(code)
            }
        };
        for (_, text) in out.chunks {
            self.print(i, text);
        }
        let job = &mut self.jobs[i];
        if let Some(code) = ended.filter(|_| job.is_open) {
            job.is_open = false;
            self.said.push(Said::Ended { entry: job.entry, at: self.cluster.now(), code });
        }
    }

    fn print(&mut self, i: usize, mut text: String) {
        let job = &mut self.jobs[i];
        if text.is_empty() || job.printed > MAX_OUTPUT {
            return;
        }
        job.printed += text.len();
        if job.printed > MAX_OUTPUT {
            text = "… output stopped here: more than 1 MiB\n".into();
            job.shell.interrupt();
        }
        let entry = job.entry;
        self.said.push(Said::Printed { entry, at: self.cluster.now(), text });
    }
}
