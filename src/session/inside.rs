//! Programs inside containers, and the network and name tools at the workstation's prompt.
//!
//! A container has the files of its volumes and a layer of its own; what lies in a volume lives as long as the volume.
//! The shell and the tools are those of [`super::shell`]; what needs the pod or the network is here.

mod ensemble;
pub mod sql;
mod web;

pub use web::Answer;

use super::desk::Desk;
use super::shell::{self, Env, Shell, Started, System, tools::TOOLS};
use crate::api::{Kind, Object, Text, Value};
use crate::component::world::PodName;
use crate::component::{Fault, Landing};
use crate::dns::resolver::{self, Failure, ResolvConf, Resolver};
use crate::dns::server::DnsServer;
use crate::dns::tools;
use crate::dns::zone::zone_at;
use crate::kubectl::{LogLine, Output, Place, Program, Progress};
use crate::sim::SimTime;
use std::rc::Rc;

/// The programs besides [`TOOLS`] and kubectl.
pub const PROGRAMS: &[&str] = &[
    "busybox", "curl", "dig", "getent", "host", "kill", "killall", "mysql", "nslookup", "ping", "pkill",
    "ps", "wget",
];

/// Programs the shell has in itself that a container can also be told to run.
const BUILT_IN: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "ash",
    "/bin/sh",
    "/bin/bash",
    "sleep",
    "true",
    "false",
    "pwd",
    "timeout",
    "watch",
    "xargs",
    "time",
];

/// How often the shell of an init container gets its turn.
const MOST_SLICES: usize = 100;

/// The most bytes one file may have.
const MOST_BYTES: usize = 256 * 1024;

/// Writes to a text that stands for a file, or says why not.
pub fn put(file: &mut String, text: &str, append: bool) -> Result<(), String> {
    if !append {
        file.clear();
    }
    if file.len() + text.len() > MOST_BYTES {
        return Err("File too large".into());
    }
    file.push_str(text);
    Ok(())
}

/// The names in a folder of a flat list of paths; a path that ends in `/` is an empty folder.
pub fn names<'a>(paths: impl Iterator<Item = &'a str>, folder: &str) -> Vec<String> {
    let start = match folder.trim_end_matches('/') {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let mut names: Vec<String> = paths
        .filter_map(|path| path.strip_prefix(start.as_str())?.split('/').find(|part| !part.is_empty()))
        .map(str::to_string)
        .collect();
    names.dedup();
    names
}

/// Runs a program of [`PROGRAMS`] at the workstation: the name tools ask as a client of namespace `default` would.
pub fn from_outside(desk: &mut Desk<'_>, words: &[String], folder: &str) -> Started {
    let client = Object::new(Kind::Pod, "default", "workstation");
    match words[0].as_str() {
        "curl" | "wget" => web::from_outside(desk, words, folder),
        "ping" => ping(desk, &client, &words[1..]),
        name => ask(desk, &client, name, &words[1..]),
    }
}

// Asks the cluster's name server as a pod does.
fn resolve<T>(desk: &mut Desk<'_>, pod: &Object, ask: impl FnOnce(&mut Resolver<'_>) -> T) -> T {
    let (mut ask, mut said) = (Some(ask), None);
    with_resolver(desk, pod, &mut |net| said = ask.take().map(|ask| ask(net)));
    said.expect("it is asked once")
}

fn with_resolver(desk: &mut Desk<'_>, pod: &Object, ask: &mut dyn FnMut(&mut Resolver<'_>)) {
    let mut profile = desk.cluster.dns().clone();
    // The image brings its C library and its BusyBox.
    let image =
        pod.spec().get("containers").items().first().map_or("", |container| container.get("image").str());
    let (name, tag) = image.rsplit('/').next().unwrap_or(image).split_once(':').unwrap_or((image, ""));
    match name {
        "busybox" => {
            profile.set("busybox", tag);
        }
        "alpine" | "curl" => {
            profile.set("libc", "musl");
        }
        _ => {}
    }
    let view = desk.cluster.view_late_by(desk.cluster.world().pace.dns);
    let server = DnsServer::new(zone_at(view, &profile), desk.cluster.now(), Some(desk.memory));
    let server = server.shuffled(&mut desk.processes.shuffle);
    ask(&mut Resolver::of_pod(pod, server));
}

// What a failed lookup is to whoever wanted to send something.
fn failed(failure: Failure) -> Landing {
    match failure {
        Failure::NoName => Landing::NoName,
        Failure::NoData => Landing::NoAddress,
        Failure::Again => Landing::NoServer,
    }
}

// `getent hosts NAME`: a lookup that a program keeps for what it sends later.
fn note_lookup(desk: &mut Desk<'_>, pod: &Object, args: &[String], started: &Started) {
    let ([_, name], Started::Ran(out, _, _)) = (args, started) else { return };
    let ip = out.split_whitespace().next().unwrap_or_default();
    let landing = if ip.is_empty() { Landing::NoName } else { Landing::Found };
    desk.note(pod, name, ip, true, landing);
}

fn ask(desk: &mut Desk<'_>, pod: &Object, tool: &str, args: &[String]) -> Started {
    match resolve(desk, pod, |net| tools::run(tool, args, net)) {
        Some(out) => Started::Ran(out.stdout, out.stderr, out.code),
        None => Started::Unknown,
    }
}

fn ping(desk: &mut Desk<'_>, pod: &Object, args: &[String]) -> Started {
    match resolve(desk, pod, |net| tools::ping::Ping::start(args, false, net)) {
        Ok((ping, first)) => {
            Started::Runs(Box::new(Pinging { ping, first: Some(first), next: SimTime::ZERO }))
        }
        Err(out) => Started::Ran(out.stdout, out.stderr, out.code),
    }
}

// `ping` as a program: a packet a second.
#[derive(Clone)]
struct Pinging {
    ping: tools::ping::Ping,
    first: Option<String>,
    next: SimTime,
}

impl Program for Pinging {
    fn poll(&mut self, host: &mut dyn crate::kubectl::Host, out: &mut Output) -> Progress {
        let now = host.now();
        if let Some(first) = self.first.take() {
            out.out(first);
            self.next = now;
        }
        while self.next <= now {
            if self.ping.is_done() {
                let end = self.ping.finish();
                out.out(end.stdout);
                return Progress::Done(end.code);
            }
            let ip = self.ping.ip.to_string();
            let is_up = |pod: &&Rc<Object>| {
                pod.status().get("podIP").str() == ip && pod.status().get("phase").str() == "Running"
            };
            let node = host
                .client()
                .store()
                .list(Kind::Pod, None)
                .find(is_up)
                .map(|pod| pod.spec().get("nodeName").text());
            let is_alive = node.is_some_and(|node| host.trouble(&node).is_none());
            out.out(self.ping.packet(is_alive, 1));
            self.next = SimTime(self.next.0 + 1000);
        }
        Progress::Wait { at: Some(self.next) }
    }

    fn interrupt(&mut self) {}

    fn is_endless(&self) -> bool {
        !self.ping.is_counted()
    }

    fn boxed_clone(&self) -> Box<dyn Program> {
        Box::new(self.clone())
    }
}

/// What the prompt of a shell in a container looks like (K216).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// `/data # `, as BusyBox has it.
    Folder,
    /// `# `, as the `sh` of Debian has it.
    Bare,
    /// `root@web-0:/data# `.
    Bash,
}

impl Prompt {
    /// The prompt of a shell with these variables.
    pub fn text(self, env: &Env) -> String {
        match self {
            Prompt::Folder => format!("{} # ", env.get("PWD")),
            Prompt::Bare => "# ".into(),
            Prompt::Bash => format!("root@{}:{}# ", env.get("HOSTNAME"), env.get("PWD")),
        }
    }
}

/// A container seen from within.
pub struct Inside<'a, 'b> {
    desk: &'a mut Desk<'b>,
    /// The pod.
    pub pod: Rc<Object>,
    container: Value,
    has_terminal: bool,
}

impl<'a, 'b> Inside<'a, 'b> {
    /// Goes into a container, if its pod exists and has it.
    pub fn enter(desk: &'a mut Desk<'b>, place: &Place, has_terminal: bool) -> Option<Inside<'a, 'b>> {
        let pod = desk.cluster.store().get(Kind::Pod, &place.namespace, &place.pod)?.clone();
        let lists =
            ["containers", "initContainers", "ephemeralContainers"].map(|list| pod.spec().get(list).items());
        let container = lists
            .iter()
            .flat_map(|list| list.iter())
            .find(|c| c.get("name").str() == place.container)?
            .clone();
        Some(Inside { desk, pod, container, has_terminal })
    }

    /// True while the container runs.
    pub fn is_running(&self) -> bool {
        let name = self.container.get("name");
        let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"]
            .map(|list| self.pod.status().get(list).items());
        let mut all = lists.iter().flat_map(|list| list.iter());
        all.any(|status| status.get("name") == name && !status.at(&["state", "running"]).is_null())
    }

    /// A shell that runs these words: one that waits for lines if they name a shell and a terminal is there. The error
    /// is the runtime's, for a program the image does not have.
    pub fn shell(&self, argv: &[String], stdin: &str) -> Result<Shell, String> {
        let name = argv.first().map_or("", String::as_str);
        let short = name.rsplit('/').next().unwrap_or(name);
        let is_known = BUILT_IN.contains(&name)
            || PROGRAMS.contains(&short)
            || (ensemble::PROGRAMS.contains(&short) && self.has_ensemble(short))
            || TOOLS.iter().any(|tool| tool.name == short)
            || self.read(name).is_some();
        if !is_known {
            return Err(match name.starts_with('/') {
                true => format!("exec: \"{name}\": stat {name}: no such file or directory"),
                false => format!("exec: \"{name}\": executable file not found in $PATH"),
            });
        }
        let mut shell = Shell::new(self.environment());
        shell.set_input(stdin.to_string());
        let is_shell = matches!(short, "sh" | "bash" | "zsh" | "ash");
        if is_shell && argv.len() == 1 && self.has_terminal {
            shell.stay();
            return Ok(shell);
        }
        let line: Vec<String> = argv.iter().map(|word| shell::quote(word)).collect();
        shell.run(shell::parse(&line.join(" "))?);
        Ok(shell)
    }

    /// Runs the container's own command, for what it does to files: as far as it gets in no time, whatever its end. What
    /// it sleeps for does not come, and a program that is not simulated is a failed command.
    pub fn run_command(&mut self) {
        let vars = self.environment().vars;
        let lists = ["command", "args"].map(|list| self.container.get(list).items().to_vec());
        let argv: Vec<String> = lists
            .iter()
            .flatten()
            .map(|word| {
                // `$(NAME)` is put in by the kubelet.
                let whole = word.str().to_string();
                vars.iter().fold(whole, |text, (name, value)| text.replace(&format!("$({name})"), value))
            })
            .collect();
        let Ok(mut shell) = self.shell(&argv, "") else { return };
        let mut out = Output::default();
        let now = self.now();
        for _ in 0..MOST_SLICES {
            match shell.poll(self, &mut out) {
                Progress::Wait { at: Some(at) } if at <= now => out.chunks.clear(),
                _ => break,
            }
        }
    }

    fn environment(&self) -> Env {
        let mut env = Env::new(&[
            ("HOME", "/root"),
            ("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
            ("KUBERNETES_SERVICE_PORT", "443"),
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("USER", "root"),
        ]);
        let folder = match self.container.get("workingDir").str() {
            "" => "/",
            folder => folder,
        };
        let mut set = |name: &str, value: &str| drop(env.vars.insert(name.to_string(), value.to_string()));
        set("HOSTNAME", resolver::hostname(&self.pod));
        set("PWD", folder);
        for variable in self.container.get("env").items() {
            let path = variable.at(&["valueFrom", "fieldRef", "fieldPath"]).str();
            let value = match path {
                "" => variable.get("value").str(),
                path => crate::kubectl::output::fill::at(&self.pod.body, path).str(),
            };
            set(variable.get("name").str(), value);
        }
        env
    }

    /// What the prompt of a shell looks like that these words begin: the image decides.
    pub fn prompt(&self, argv: &[String]) -> Prompt {
        let name = argv.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        match name {
            "bash" | "zsh" => Prompt::Bash,
            _ if self.image_is(&["busybox", "alpine", "network-multitool", "netshoot"]) => Prompt::Folder,
            _ => Prompt::Bare,
        }
    }

    fn image_is(&self, names: &[&str]) -> bool {
        let image = self.container.get("image").str().rsplit('/').next().unwrap_or_default();
        names.contains(&image.split([':', '@']).next().unwrap_or_default())
    }

    // As BusyBox prints them, or with `-f` and `-l` as procps does.
    fn processes(&self, flags: &str) -> String {
        let list = ensemble::processes(self);
        if self.image_is(&["busybox", "alpine"]) || !flags.contains(['f', 'l']) {
            let mut text = "PID   USER     TIME  COMMAND\n".to_string();
            for (i, command) in list.iter().enumerate() {
                text += &format!("{:>5} root      0:00 {command}\n", 1 + 26 * i);
            }
            return text;
        }
        let user = match self.pod.spec().at(&["securityContext", "runAsUser"]).as_int() {
            Some(1000) if self.has_ensemble("zkCli.sh") => "zookeep+".to_string(),
            Some(id) if id > 0 => id.to_string(),
            _ => "root".to_string(),
        };
        let began = self.pod.status().get("startTime").str().get(11..16).unwrap_or("00:00").to_string();
        let is_long = flags.contains('l');
        let mut text = match is_long {
            true => {
                "F S UID        PID  PPID  C PRI  NI ADDR SZ WCHAN  STIME TTY          TIME CMD\n".to_string()
            }
            false => "UID        PID  PPID  C STIME TTY          TIME CMD\n".to_string(),
        };
        for (i, command) in list.iter().enumerate() {
            let (id, parent) = (1 + 26 * i, i.min(1));
            text += &match is_long {
                true => format!(
                    "{} S {user:<8} {id:>5} {parent:>5}  0  80   0 -  1127 -      {began} ?        00:00:00 {command}\n",
                    if i == 0 { 4 } else { 0 }
                ),
                false => format!("{user:<8} {id:>5} {parent:>5}  0 {began} ?        00:00:00 {command}\n"),
            };
        }
        text
    }

    /// What the container has printed.
    pub fn log(&self) -> Vec<LogLine> {
        let name = self.container.get("name");
        let lists =
            ["containerStatuses", "initContainerStatuses"].map(|list| self.pod.status().get(list).items());
        let status = lists.iter().flat_map(|list| list.iter()).find(|status| status.get("name") == name);
        let began =
            status.and_then(|status| SimTime::parse(status.at(&["state", "running", "startedAt"]).str()));
        let Some(began) = began else { return Vec::new() };
        if self.has_ensemble("zkCli.sh") {
            return ensemble::log(&self.pod, &self.container, began, self.desk.cluster.now());
        }
        let (uid, name) = (self.pod.uid(), name.str());
        let own = self
            .desk
            .processes
            .answers
            .iter()
            .filter(|answer| answer.uid == *uid && answer.container == name);
        own.filter(|answer| answer.line.at >= began).map(|answer| answer.line.clone()).collect()
    }

    fn has_ensemble(&self, program: &str) -> bool {
        self.image_is(&[if program == "nodetool" { "cassandra" } else { "kubernetes-zookeeper" }])
    }

    // What the fault directives do, done from within: a process ends, a program is taken away.
    fn happens(&mut self, fault: fn(PodName) -> Fault) {
        let name =
            PodName { namespace: self.pod.meta("namespace").text(), name: self.pod.meta("name").text() };
        let input = self.desk.input;
        self.desk.cluster.fault(&fault(name), input);
    }

    // Which volume a path lies in, and where in it; the container's own layer if in none.
    fn place(&self, path: &str) -> (String, String) {
        let path = format!("/{}", path.trim_start_matches('/'));
        let mounts = self.container.get("volumeMounts").items();
        let mount = mounts
            .iter()
            .filter(|mount| {
                let at = mount.get("mountPath").str().trim_end_matches('/');
                path == at || path.starts_with(&format!("{at}/"))
            })
            .max_by_key(|mount| mount.get("mountPath").str().len());
        let uid = self.pod.uid();
        let Some(mount) = mount else {
            return (format!("pod/{uid}/container/{}", self.container.get("name").str()), path);
        };
        let sub = mount.get("subPath").str();
        let sub = if sub.is_empty() { String::new() } else { format!("/{sub}") };
        let inner = sub + &path[mount.get("mountPath").str().trim_end_matches('/').len()..];
        let name = mount.get("name").str();
        let volumes = self.pod.spec().get("volumes").items();
        let claim = volumes
            .iter()
            .find(|volume| volume.get("name").str() == name)
            .and_then(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).as_str())
            .and_then(|claim| {
                self.desk.cluster.store().get(Kind::PersistentVolumeClaim, self.pod.namespace(), claim)
            });
        match claim {
            Some(claim) => (format!("pv/{}", claim.spec().get("volumeName").str()), inner),
            None => (format!("pod/{uid}/{name}"), inner),
        }
    }

    // The names of a ConfigMap volume.
    fn config_names(&self, volume: &str, path: &str) -> Vec<String> {
        if !path.trim_matches('/').is_empty() {
            return Vec::new();
        }
        let map = self.config_map(volume);
        map.map_or(Vec::new(), |map| map.entries().iter().map(|(name, _)| name.to_string()).collect())
    }

    fn config_map(&self, volume: &str) -> Option<&Value> {
        let name = volume.rsplit('/').next()?;
        let volumes = self.pod.spec().get("volumes").items();
        let source = volumes.iter().find(|v| v.get("name").str() == name)?.get("configMap").get("name");
        let map = self.desk.cluster.store().get(Kind::ConfigMap, self.pod.namespace(), source.as_str()?)?;
        Some(map.body.get("data"))
    }

    // A file of a ConfigMap volume.
    fn config_file(&self, volume: &str, path: &str) -> Option<String> {
        Some(self.config_map(volume)?.get(path.trim_start_matches('/')).as_str()?.to_string())
    }
}

impl System for Inside<'_, '_> {
    fn name(&self) -> &'static str {
        "sh"
    }

    fn now(&self) -> SimTime {
        self.desk.cluster.now()
    }

    fn is_terminal(&self) -> bool {
        self.has_terminal
    }

    fn read(&self, whole: &str) -> Option<String> {
        let path = whole;
        match path {
            "/etc/hostname" => return Some(format!("{}\n", resolver::hostname(&self.pod))),
            "/etc/hosts" => return Some(resolver::hosts_file(&self.pod, self.desk.cluster.dns())),
            "/etc/resolv.conf" => {
                return Some(ResolvConf::for_pod(&self.pod, self.desk.cluster.dns()).text());
            }
            _ => {}
        }
        let (volume, path) = self.place(path);
        let files = self.desk.cluster.world().files.get(&*volume);
        match files.and_then(|files| files.get(&*path)) {
            Some(text) => Some(text.str().to_string()),
            None => self.config_file(&volume, &path),
        }
        .or_else(|| ensemble::file(self, whole))
    }

    fn write(&mut self, path: &str, text: &str, append: bool) -> Result<(), String> {
        let (volume, path) = self.place(path);
        let files = self.desk.cluster.world_mut().files.entry(Text::from(volume)).or_default();
        let mut file = files.get(&*path).map_or(String::new(), |text| text.str().to_string());
        put(&mut file, text, append)?;
        files.insert(path.into(), Value::from(file));
        Ok(())
    }

    fn remove(&mut self, path: &str) -> bool {
        let (volume, path) = self.place(path);
        let files = self.desk.cluster.world_mut().files.get_mut(&*volume);
        files.is_some_and(|files| files.remove(&*path).is_some())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let (volume, inner) = self.place(folder);
        let files = self.desk.cluster.world().files.get(&*volume);
        let paths = files.into_iter().flat_map(|files| files.keys()).map(|path| path.trim_start_matches('/'));
        let mut found = names(paths, inner.trim_start_matches('/'));
        found.extend(self.config_names(&volume, &inner));
        let mounts = self.container.get("volumeMounts").items();
        let mounts = mounts.iter().map(|mount| mount.get("mountPath").str().trim_matches('/'));
        let known = ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"].into_iter();
        let known = known.chain(["etc/hostname", "etc/hosts", "etc/resolv.conf"]).chain(mounts);
        if !volume.starts_with("pv/") && !inner.is_empty() {
            found.extend(names(known, folder.trim_start_matches('/')));
        }
        let made = ensemble::paths(self);
        found.extend(names(
            made.iter().map(|path| path.trim_start_matches('/')),
            folder.trim_start_matches('/'),
        ));
        crate::kubectl::output::fill::sort_by(&mut found, |a, b| a < b);
        found.dedup();
        found
    }

    fn is_folder(&self, path: &str) -> bool {
        let mounts = self.container.get("volumeMounts").items();
        let is_mount = mounts.iter().any(|mount| mount.get("mountPath").str().trim_end_matches('/') == path);
        is_mount
            || matches!(path, "/" | "/tmp" | "/root" | "/var" | "/usr" | "/home" | "/bin")
            || self.read(&format!("{path}/")).is_some()
            || (self.read(path).is_none() && !self.list(path).is_empty())
    }

    fn start(&mut self, words: &[String], stdin: &str, env: &Env) -> Started {
        let name = words[0].rsplit('/').next().unwrap_or_default();
        let args = &words[1..];
        let ok = |text: String| Started::Ran(text, String::new(), 0);
        match name {
            "hostname" => match args.first().map(String::as_str) {
                Some("-f" | "--fqdn") => {
                    let domain = resolver::domain(&self.pod, self.desk.cluster.dns());
                    let dot = if domain.is_empty() { "" } else { "." };
                    ok(format!("{}{dot}{domain}\n", resolver::hostname(&self.pod)))
                }
                Some("-i" | "-I") => ok(format!("{}\n", self.pod.status().get("podIP").str())),
                _ => Started::Unknown,
            },
            "curl" | "wget" => web::get(self, name, args, &env.path(".")),
            "mysql" => sql::mysql(self, words, stdin),
            // The readiness probe of the MySQL lab asks with the client, so taking it away makes the pod unready.
            "mv" if args.iter().any(|path| path == "/usr/bin/mysql") => {
                let is_gone = args[0] == "/usr/bin/mysql";
                self.happens(if is_gone { Fault::Unready } else { Fault::Ready });
                ok(String::new())
            }
            "ping" => ping(self.desk, &self.pod.clone(), args),
            "pkill" | "kill" | "killall" => {
                self.happens(|pod| Fault::Crash { pod, container: None, code: 143 });
                ok(String::new())
            }
            "ps" => ok(self.processes(args.first().map_or("", String::as_str))),
            "zkCli.sh" | "nodetool" => ensemble::run(self, name, args).unwrap_or(Started::Unknown),
            // The probes of the ZooKeeper tutorial run this program: without it the server counts as dead and is restarted.
            "rm" if args.iter().any(|path| path == "/usr/bin/zookeeper-ready")
                && self.has_ensemble("zkCli.sh") =>
            {
                self.happens(Fault::Unready);
                self.happens(|pod| Fault::Crash { pod, container: None, code: 137 });
                ok(String::new())
            }
            // The image decides whose nslookup it is.
            "nslookup" if self.image_is(&["busybox", "alpine"]) => {
                let args = [&["nslookup".to_string()], args].concat();
                ask(self.desk, &self.pod.clone(), "busybox", &args)
            }
            _ => {
                let pod = self.pod.clone();
                let started = ask(self.desk, &pod, name, args);
                if name == "getent" {
                    note_lookup(self.desk, &pod, args, &started);
                }
                started
            }
        }
    }

    fn poll(&mut self, program: &mut dyn Program, out: &mut Output) -> Progress {
        program.poll(self.desk, out)
    }
}
