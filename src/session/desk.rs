//! The workstation: its folder, its programs, and what it runs in pods.

use super::inside::{self, Inside};
use super::shell::{Env, Shell, Started, System, parse, tools::TOOLS};
use crate::api::{Object, Text};
use crate::cluster::Cluster;
use crate::component::world::PodName;
use crate::component::{Client, Fault, Landing, Request};
use crate::dns::Cache;
use crate::kubectl::{self, Host, Invocation, Output, Place, Program, Progress};
use crate::sim::{Rng, SimDuration, SimTime, SortedMap};

/// The folder in which the prompt stands.
const HOME: &str = "/root";

/// What the prompt begins with.
pub fn environment() -> Env {
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    Env::new(&[
        ("HOME", HOME),
        ("HOSTNAME", "workstation"),
        ("PATH", path),
        ("PWD", HOME),
        ("SHELL", "/bin/bash"),
        ("USER", "root"),
    ])
}

/// A line without the prompt that was pasted with it, where a known command follows (K210).
pub fn without_prompt(line: &str) -> &str {
    let mut rest = line.trim_start();
    if let Some((_, behind)) = rest.split_once(":~# ").filter(|_| rest.starts_with(['(', '['])) {
        rest = behind;
    }
    rest = rest.trim_start_matches("**");
    while let Some(behind) = ["$ ", "# ", "> "].iter().find_map(|prompt| rest.strip_prefix(prompt)) {
        rest = behind.trim_start();
    }
    let word = rest.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
    let is_known = matches!(word, "kubectl" | "k" | "for" | "while" | "until" | "if")
        || super::shell::BUILTINS.contains(&word)
        || inside::PROGRAMS.contains(&word)
        || TOOLS.iter().any(|tool| tool.name == word);
    match is_known {
        true if line.trim_start().starts_with("**") => rest.trim_end().trim_end_matches("**"),
        true => rest,
        false => line,
    }
}

/// A program that runs in a container.
#[derive(Clone)]
struct Process {
    id: u64,
    job: u64,
    place: Place,
    /// The uid of the pod it was begun in.
    pod: String,
    shell: Shell,
    has_terminal: bool,
}

/// What runs in pods for somebody at the workstation.
#[derive(Clone)]
pub struct Processes {
    list: Vec<Process>,
    begun: u64,
    /// Counts requests, so that a Service takes its pods in turn.
    pub turn: u64,
    /// In which order the DNS server names addresses (D132).
    pub shuffle: Rng,
}

impl Processes {
    /// Nothing runs yet.
    pub fn new(seed: u64) -> Processes {
        Processes { list: Vec::new(), begun: 0, turn: 0, shuffle: Rng::new(seed, "dns") }
    }

    fn of(&self, job: u64) -> Option<&Process> {
        self.list.iter().rev().find(|process| process.job == job)
    }

    /// The prompt of the shell that waits for a line of this job.
    pub fn prompt(&self, job: u64) -> Option<String> {
        let process = self.of(job).filter(|process| process.shell.reads())?;
        match process.shell.talk() {
            [] => Some(format!("{} # ", process.shell.env.get("PWD"))),
            words => Some(inside::sql::prompt(words)),
        }
    }

    /// The status its last command left.
    pub fn status(&self, job: u64) -> i32 {
        self.of(job).map_or(0, |process| process.shell.env.status)
    }

    /// True if what runs in it never ends by itself.
    pub fn is_endless(&self, job: u64) -> bool {
        self.of(job).is_some_and(|process| process.shell.is_endless())
    }

    /// Gives a line to the shell of a job; the error is that shell's.
    pub fn feed(&mut self, job: u64, line: &str) -> Result<(), String> {
        let Some(process) = self.list.iter_mut().rev().find(|process| process.job == job) else {
            return Ok(());
        };
        process.shell.type_line(line).map_err(|message| {
            process.shell.env.status = 2;
            format!("sh: {message}\n")
        })
    }

    /// Ctrl+C for a shell that waits for lines; false if the job has none.
    pub fn interrupt(&mut self, job: u64) -> bool {
        let process =
            self.list.iter_mut().rev().find(|process| process.job == job && process.shell.is_prompt());
        let Some(process) = process else { return false };
        if !process.shell.reads() {
            process.shell.interrupt();
        }
        true
    }

    /// Forgets what belongs to other jobs than these.
    pub fn retain(&mut self, keeps: impl Fn(u64) -> bool) {
        self.list.retain(|process| keeps(process.job));
    }
}

/// The workstation while a job is at work.
pub struct Desk<'a> {
    pub cluster: &'a mut Cluster,
    pub memory: &'a mut Cache,
    pub files: &'a mut SortedMap<String, String>,
    pub processes: &'a mut Processes,
    pub input: u64,
    pub job: u64,
    /// Under which name its commands write.
    pub manager: Option<Text>,
}

impl Host for Desk<'_> {
    fn client(&mut self) -> Client<'_> {
        let mut client = self.cluster.client("user", self.input);
        client.set_manager(self.manager.clone());
        client
    }

    fn write_as(&mut self, manager: Text) {
        self.manager = Some(manager);
    }

    fn now(&self) -> SimTime {
        self.cluster.now()
    }

    fn files(&mut self) -> &mut SortedMap<String, String> {
        self.files
    }

    fn exec(
        &mut self,
        place: &Place,
        argv: &[String],
        stdin: &str,
        has_terminal: bool,
    ) -> Result<u64, String> {
        let Some(inside) = Inside::enter(self, place, has_terminal) else {
            return Err("unable to upgrade connection: pod does not exist".into());
        };
        let pod = inside.pod.uid().to_string();
        let shell = inside.shell(argv, stdin)?;
        let id = self.processes.begun + 1;
        self.processes.begun = id;
        let place = place.clone();
        self.processes.list.push(Process { id, job: self.job, place, pod, shell, has_terminal });
        Ok(id)
    }

    fn trouble(&self, node: &str) -> Option<(&'static str, SimDuration)> {
        let world = self.cluster.world();
        // Nobody on the wire knows the address of a machine without power; behind a cut packets only vanish.
        if world.stopped_nodes.contains(node) {
            return Some(("connect: no route to host", SimDuration::secs(3)));
        }
        world.cut_nodes.contains(node).then_some(("i/o timeout", SimDuration::secs(30)))
    }

    fn edit(&mut self, editor: &str, text: &str) -> Result<String, String> {
        const FILE: &str = "/tmp/kubectl-edit.yaml";
        self.write(FILE, text, false)?;
        let mut shell = Shell::new(environment());
        let mut out = Output::default();
        let begun = parse(&format!("{editor} {FILE}")).map(|code| shell.run(code));
        let ended = begun.map(|()| shell.poll(self, &mut out));
        let after = self.read(FILE).unwrap_or_default();
        self.remove(FILE);
        match ended? {
            Progress::Done(0) => Ok(after),
            _ => Err(format!("there was a problem with the editor \"{editor}\"")),
        }
    }

    fn end_container(&mut self, place: &Place, code: i32) {
        let pod = PodName { namespace: place.namespace.clone().into(), name: place.pod.clone().into() };
        let fault = Fault::Crash { pod, container: Some(place.container.clone().into()), code: code.into() };
        self.cluster.fault(&fault, self.input);
    }

    fn poll_exec(&mut self, id: u64, out: &mut Output) -> Progress {
        let list = &mut self.processes.list;
        let Some(i) = list.iter().position(|process| process.id == id) else { return Progress::Done(137) };
        let mut process = list.remove(i);
        let progress = match Inside::enter(self, &process.place, process.has_terminal) {
            Some(mut inside) if inside.pod.uid() == process.pod && inside.is_running() => {
                process.shell.poll(&mut inside, out)
            }
            _ => return Progress::Done(137),
        };
        if matches!(progress, Progress::Wait { .. }) {
            let at = i.min(self.processes.list.len());
            self.processes.list.insert(at, process);
        }
        progress
    }
}

impl Desk<'_> {
    /// Notes what became of something that a program in `pod` sent or looked up.
    pub fn note(&mut self, pod: &Object, name: &str, address: &str, kept: bool, landing: Landing) {
        let (name, address) = (name.to_string().into(), address.to_string().into());
        let request = Request { client: pod.key(), input: self.input, name, address, kept, landing };
        self.cluster.note_request(request);
    }

    // The name of a file as the folder keeps it.
    fn key(path: &str) -> &str {
        path.strip_prefix(HOME).unwrap_or(path).trim_start_matches('/')
    }
}

impl System for Desk<'_> {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn now(&self) -> SimTime {
        self.cluster.now()
    }

    fn is_terminal(&self) -> bool {
        true
    }

    fn read(&self, path: &str) -> Option<String> {
        self.files.get(Self::key(path)).cloned()
    }

    fn write(&mut self, path: &str, text: &str, append: bool) -> Result<(), String> {
        let file = self.files.entry(Self::key(path).to_string()).or_default();
        inside::put(file, text, append)
    }

    fn remove(&mut self, path: &str) -> bool {
        self.files.remove(Self::key(path)).is_some()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        inside::names(self.files.keys().map(String::as_str), Self::key(folder))
    }

    fn is_folder(&self, path: &str) -> bool {
        path == HOME || path == "/" || !self.list(path).is_empty() || self.read(&format!("{path}/")).is_some()
    }

    fn start(&mut self, words: &[String], stdin: &str, env: &Env) -> Started {
        let folder = env.path(".");
        if matches!(words[0].as_str(), "kubectl" | "k") {
            let (words, stdin) = (words.to_vec(), stdin.to_string());
            let folder = match Self::key(&folder) {
                "" => String::new(),
                folder => format!("{folder}/"),
            };
            let editor = ["KUBE_EDITOR", "EDITOR"].map(|name| env.get(name));
            let editor = editor.into_iter().find(|editor| !editor.is_empty()).unwrap_or_default();
            return Started::Runs(kubectl::start(Invocation { words, stdin, folder, editor }));
        }
        inside::from_outside(self, words, &folder)
    }

    fn poll(&mut self, program: &mut dyn Program, out: &mut Output) -> Progress {
        let progress = program.poll(self, out);
        self.cluster.announce();
        progress
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Run;

    #[test]
    fn d130_the_seed_decides_in_which_order_addresses_come() {
        let orders = |seed: u64| {
            let begin = "lab web\n$ kubectl apply -f web.yaml\n$ kubectl run box --image=busybox -- sleep 1d\nsettle\n";
            let asked = "$ kubectl exec box -- getent hosts nginx\n".repeat(8);
            let run = Run::from_scenario(&format!("seed {seed}\n{begin}{asked}")).unwrap();
            let outputs = run.transcript().iter().filter(|entry| entry.line.contains("getent"));
            outputs.map(|entry| entry.output[0].1.clone()).collect::<Vec<_>>()
        };
        let (first, other) = (orders(1), orders(2));
        assert_eq!(first, orders(1), "the same seed, the same run");
        assert_ne!(first, other);
        assert!(first.iter().any(|order| *order != first[0]), "each answer is shuffled anew: {first:?}");
    }

    #[test]
    fn k210_pasted_prompts_go_where_a_command_follows() {
        for (line, expected) in [
            ("$ kubectl get pods", "kubectl get pods"),
            ("$ $ kubectl explain sts", "kubectl explain sts"),
            ("**# kubectl get sts**", "kubectl get sts"),
            ("# kubectl get sts", "kubectl get sts"),
            ("# Use this if you are able to", "# Use this if you are able to"),
            ("(🍎 |DOIK-Lab:default) root@k8s-m:~# kubectl get pvc", "kubectl get pvc"),
            ("echo '# kubectl'", "echo '# kubectl'"),
            ("for i in 0 1; do echo $i; done", "for i in 0 1; do echo $i; done"),
        ] {
            assert_eq!(without_prompt(line), expected);
        }
    }
}
