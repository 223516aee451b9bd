//! Programs inside containers, and the name tools at the workstation's prompt.
//!
//! A container has the files of its volumes and a layer of its own; what lies in a volume lives as long as the volume.
//! There is no real shell: words, quotes, `;`, `&&`, `||`, pipes and redirection, and the programs of [`run_one`].

use super::shell::{self, Command, Link, Stdin};
use crate::api::{Kind, Object, Text, Value};
use crate::cluster::Cluster;
use crate::dns::resolver::{self, ResolvConf, Resolver};
use crate::dns::server::{Cache, DnsServer};
use crate::dns::tools;
use crate::dns::zone::zone_at;
use crate::kubectl::ExecOutcome;

/// The name tools; at the workstation they ask as a client of namespace `default` would.
pub const NAME_TOOLS: &[&str] = &["nslookup", "dig", "host", "getent", "busybox"];

fn failed(code: i32, stderr: String) -> ExecOutcome {
    ExecOutcome { stdout: String::new(), stderr, code }
}

/// Runs a program in a container of a pod; the first container if none is named.
pub fn exec(
    cluster: &mut Cluster,
    memory: &mut Cache,
    namespace: &str,
    pod: &str,
    container: Option<&str>,
    argv: &[String],
    stdin: &str,
) -> ExecOutcome {
    let Some(pod) = cluster.store().get(Kind::Pod, namespace, pod).cloned() else {
        return failed(1, format!("Error from server (NotFound): pods \"{pod}\" not found\n"));
    };
    let containers = pod.spec().get("containers").items();
    let chosen = match container {
        Some(name) => containers.iter().find(|c| c.get("name").str() == name),
        None => containers.first(),
    };
    let Some(chosen) = chosen.cloned() else {
        return failed(1, "error: the pod has no such container\n".into());
    };
    let mut inside = Inside { cluster, memory, pod: &pod, container: chosen };
    inside.words(argv, stdin)
}

/// Runs a name tool at the workstation; none if it is not one.
pub fn name_tool(cluster: &Cluster, memory: &mut Cache, words: &[String]) -> Option<ExecOutcome> {
    let tool = words.first().filter(|tool| NAME_TOOLS.contains(&tool.as_str()))?;
    let client = Object::new(Kind::Pod, "default", "workstation");
    Some(ask(cluster, memory, &client, tool, &words[1..]))
}

fn ask(cluster: &Cluster, memory: &mut Cache, pod: &Object, tool: &str, args: &[String]) -> ExecOutcome {
    let profile = cluster.dns().clone();
    let view = cluster.view_late_by(cluster.world().pace.dns);
    let server = DnsServer::new(zone_at(view, &profile), cluster.now(), Some(memory));
    let mut resolver = Resolver::of_pod(pod, server);
    match tools::run(tool, args, &mut resolver) {
        Some(out) => ExecOutcome { stdout: out.stdout, stderr: out.stderr, code: out.code },
        None => failed(127, format!("{tool}: command not found\n")),
    }
}

struct Inside<'a> {
    cluster: &'a mut Cluster,
    /// What the DNS server remembers.
    memory: &'a mut Cache,
    pod: &'a Object,
    container: Value,
}

impl Inside<'_> {
    fn words(&mut self, argv: &[String], stdin: &str) -> ExecOutcome {
        let shell =
            argv.first().is_some_and(|name| matches!(name.as_str(), "sh" | "bash" | "/bin/sh" | "/bin/bash"));
        if !shell {
            return self.run_one(argv, stdin).unwrap_or_else(|| {
                let name = argv.first().map_or("", String::as_str);
                failed(
                    126,
                    format!(
                        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"{name}\": \
                         executable file not found in $PATH: unknown\ncommand terminated with exit code 126\n"
                    ),
                )
            });
        }
        match argv.iter().position(|word| word == "-c").and_then(|i| argv.get(i + 1)) {
            Some(script) => self.script(script),
            None => self.script(stdin),
        }
    }

    // `sh -c`: the shell's own exit status is that of its last command.
    fn script(&mut self, script: &str) -> ExecOutcome {
        let mut all = ExecOutcome::default();
        for text in script.lines().filter(|line| !line.trim().is_empty()) {
            let line = match shell::parse(&self.expand(text)) {
                Ok(line) => line,
                Err(message) => {
                    all.stderr.push_str(&message.replace("-bash", "sh"));
                    all.stderr.push('\n');
                    all.code = 2;
                    return all;
                }
            };
            for (link, pipeline) in line.pipelines {
                let runs = match link {
                    Link::Always => true,
                    Link::IfOk => all.code == 0,
                    Link::IfFailed => all.code != 0,
                };
                if runs {
                    self.pipeline(pipeline, &mut all);
                }
            }
        }
        all
    }

    // The few variables and substitutions the documents use.
    fn expand(&self, text: &str) -> String {
        let hostname = resolver::hostname(self.pod).to_string();
        let mut text = text.to_string();
        for name in ["$(hostname)", "`hostname`", "${HOSTNAME}", "$HOSTNAME"] {
            text = text.replace(name, &hostname);
        }
        text
    }

    fn pipeline(&mut self, pipeline: Vec<Command>, all: &mut ExecOutcome) {
        let last = pipeline.len().saturating_sub(1);
        let mut through = String::new();
        for (i, command) in pipeline.into_iter().enumerate() {
            let stdin = match &command.stdin {
                Some(Stdin::Text(text)) => text.clone(),
                Some(Stdin::File(name)) => self.read(name).unwrap_or_default(),
                None => std::mem::take(&mut through),
            };
            let name = command.words.first().cloned().unwrap_or_default();
            let out = self
                .run_one(&command.words, &stdin)
                .unwrap_or_else(|| failed(127, format!("sh: 1: {name}: not found\n")));
            all.stderr.push_str(&out.stderr);
            all.code = out.code;
            match command.redirect {
                Some((file, append)) => {
                    if let Err(error) = self.write(&file, &out.stdout, append) {
                        all.stderr.push_str(&format!("sh: 1: {error}\n"));
                        all.code = 2;
                    }
                }
                None if i == last => all.stdout.push_str(&out.stdout),
                None => through = out.stdout,
            }
        }
    }

    fn run_one(&mut self, words: &[String], stdin: &str) -> Option<ExecOutcome> {
        let name = words.first()?.rsplit('/').next()?.to_string();
        let args = &words[1..];
        let ok = |stdout: String| Some(ExecOutcome { stdout, ..ExecOutcome::default() });
        match name.as_str() {
            "true" | ":" | "sync" => ok(String::new()),
            "false" => Some(failed(1, String::new())),
            "hostname" => {
                let profile = self.cluster.dns().clone();
                let host = resolver::hostname(self.pod);
                match args.first().map(String::as_str) {
                    Some("-f" | "--fqdn") => {
                        let domain = resolver::domain(self.pod, &profile);
                        ok(if domain.is_empty() { format!("{host}\n") } else { format!("{host}.{domain}\n") })
                    }
                    Some("-i" | "-I") => ok(format!("{}\n", self.pod.status().get("podIP").str())),
                    _ => ok(format!("{host}\n")),
                }
            }
            "cat" if !args.is_empty() => {
                let (mut stdout, mut stderr) = (String::new(), String::new());
                for file in args.iter().filter(|a| !a.starts_with('-')) {
                    match self.read(file) {
                        Some(text) => stdout.push_str(&text),
                        None => stderr.push_str(&format!("cat: {file}: No such file or directory\n")),
                    }
                }
                let code = i32::from(!stderr.is_empty());
                Some(ExecOutcome { stdout, stderr, code })
            }
            "ls" => {
                let path = args.iter().find(|a| !a.starts_with('-')).map_or("/", String::as_str);
                ok(self.list(path).into_iter().map(|name| name + "\n").collect())
            }
            "rm" => {
                for file in args.iter().filter(|a| !a.starts_with('-')) {
                    let (volume, path) = self.place(file);
                    if let Some(files) = self.cluster.world_mut().files.get_mut(&*volume) {
                        files.remove(&*path);
                    }
                }
                ok(String::new())
            }
            "env" | "printenv" => ok(format!(
                "HOSTNAME={}\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
                resolver::hostname(self.pod)
            )),
            "date" => ok(format!("{}\n", tools::date(self.cluster.now()))),
            "sleep" => ok(String::new()),
            tool if NAME_TOOLS.contains(&tool) => Some(ask(self.cluster, self.memory, self.pod, tool, args)),
            _ => shell::run_tool(words, stdin, &Default::default()).map(|ran| ExecOutcome {
                stdout: ran.stdout,
                stderr: ran.stderr,
                code: ran.code,
            }),
        }
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
        let inner = path[mount.get("mountPath").str().trim_end_matches('/').len()..].to_string();
        let name = mount.get("name").str();
        let volumes = self.pod.spec().get("volumes").items();
        let claim = volumes
            .iter()
            .find(|volume| volume.get("name").str() == name)
            .and_then(|volume| volume.at(&["persistentVolumeClaim", "claimName"]).as_str())
            .and_then(|claim| {
                self.cluster.store().get(Kind::PersistentVolumeClaim, self.pod.namespace(), claim)
            });
        match claim {
            Some(claim) => (format!("pv/{}", claim.spec().get("volumeName").str()), inner),
            None => (format!("pod/{uid}/{name}"), inner),
        }
    }

    fn read(&self, path: &str) -> Option<String> {
        match path {
            "/etc/hostname" => return Some(format!("{}\n", resolver::hostname(self.pod))),
            "/etc/hosts" => return Some(resolver::hosts_file(self.pod, self.cluster.dns())),
            "/etc/resolv.conf" => return Some(ResolvConf::for_pod(self.pod, self.cluster.dns()).text()),
            _ => {}
        }
        let (volume, path) = self.place(path);
        if let Some(text) = self.cluster.world().files.get(&*volume).and_then(|files| files.get(&*path)) {
            return Some(text.str().to_string());
        }
        self.config_file(&volume, &path)
    }

    // A file of a ConfigMap volume.
    fn config_file(&self, volume: &str, path: &str) -> Option<String> {
        let name = volume.rsplit('/').next()?;
        let volumes = self.pod.spec().get("volumes").items();
        let source = volumes.iter().find(|v| v.get("name").str() == name)?.get("configMap").get("name");
        let map = self.cluster.store().get(Kind::ConfigMap, self.pod.namespace(), source.as_str()?)?;
        Some(map.body.get("data").get(path.trim_start_matches('/')).as_str()?.to_string())
    }

    fn write(&mut self, path: &str, text: &str, append: bool) -> Result<(), String> {
        if matches!(path, "/dev/null" | "/dev/stdout" | "/dev/stderr") {
            return Ok(());
        }
        const MOST: usize = 256 * 1024;
        let (volume, path) = self.place(path);
        let old = if append { self.read_in(&volume, &path) } else { String::new() };
        if old.len() + text.len() > MOST {
            return Err(format!("cannot create {path}: File too large"));
        }
        let files = self.cluster.world_mut().files.entry(Text::from(volume)).or_default();
        files.insert(path.into(), Value::from(old + text));
        Ok(())
    }

    fn read_in(&self, volume: &str, path: &str) -> String {
        let files = self.cluster.world().files.get(volume);
        files.and_then(|files| files.get(path)).map_or(String::new(), |v| v.str().to_string())
    }

    fn list(&self, path: &str) -> Vec<String> {
        let (volume, inner) = self.place(path);
        let start = format!("{}/", inner.trim_end_matches('/'));
        let mut names: Vec<String> = self
            .cluster
            .world()
            .files
            .get(&*volume)
            .into_iter()
            .flat_map(|files| files.keys())
            .filter_map(|file| file.strip_prefix(start.as_str()))
            .filter_map(|rest| rest.split('/').next())
            .map(str::to_string)
            .collect();
        names.dedup();
        names
    }
}
