//! `curl` and `wget`: to pods and Services from inside a pod, for the known manifests from the workstation.
//!
//! An nginx image serves the folder it serves in truth; every other image greets with the pod's name.

use super::{Desk, Inside, Started, System, resolver};
use crate::api::{Kind, Object};
use crate::component::Landing;
use crate::kubectl::{Host, Output, Place, Program, Progress, Stream};
use crate::samples;
use crate::sim::{SimDuration, SimTime};
use std::net::IpAddr;
use std::rc::Rc;

/// What a command line asks for.
#[derive(Default)]
struct Request {
    url: String,
    /// `-o FILE`, `-O`; `-` is standard output.
    file: Option<String>,
    write_out: String,
    /// `-s` without `-S`: curl keeps its errors to itself.
    is_silent: bool,
    fails: bool,
    /// `-m`, `--connect-timeout`, `-T`: milliseconds.
    timeout: Option<u64>,
    head: bool,
    /// `--resolve HOST:PORT:ADDRESS`.
    resolve: Vec<String>,
}

impl Request {
    fn read(name: &str, args: &[String]) -> Request {
        let mut request = Request::default();
        let mut shows_errors = false;
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if let Some(long) = arg.strip_prefix("--") {
                match long {
                    "silent" => request.is_silent = true,
                    "show-error" => shows_errors = true,
                    "fail" => request.fails = true,
                    "head" => request.head = true,
                    "output" | "write-out" | "max-time" | "connect-timeout" | "header" | "request"
                    | "data" | "resolve" => {
                        let value = args.next().cloned().unwrap_or_default();
                        match long {
                            "output" => request.file = Some(value),
                            "write-out" => request.write_out = value,
                            "max-time" | "connect-timeout" => request.limit(&value),
                            "resolve" => request.resolve.push(value),
                            _ => {}
                        }
                    }
                    _ => {}
                }
                continue;
            }
            let Some(flags) = arg.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
                request.url = arg.clone();
                continue;
            };
            for (i, flag) in flags.char_indices() {
                let valued = if name == "curl" { "owmHXdAue" } else { "OTtU" };
                if valued.contains(flag) {
                    let rest = &flags[i + 1..];
                    let value =
                        if rest.is_empty() { args.next().cloned().unwrap_or_default() } else { rest.into() };
                    match (name, flag) {
                        ("curl", 'o') | ("wget", 'O') => request.file = Some(value),
                        ("curl", 'w') => request.write_out = value,
                        ("curl", 'm') | ("wget", 'T') => request.limit(&value),
                        _ => {}
                    }
                    break;
                }
                match flag {
                    's' => request.is_silent = true,
                    'S' => shows_errors = true,
                    'f' => request.fails = true,
                    'I' => request.head = true,
                    'O' => request.file = Some(String::new()),
                    _ => {}
                }
            }
        }
        request.is_silent = name == "curl" && request.is_silent && !shows_errors;
        if name == "wget" {
            request.file.get_or_insert_default();
        }
        // The last part of the path names the file.
        if request.file.as_deref() == Some("") {
            let last = request.url.rsplit('/').next().unwrap_or_default();
            request.file = Some(if last.is_empty() { "index.html".into() } else { last.into() });
        }
        request
    }

    // The least of the limits counts.
    fn limit(&mut self, seconds: &str) {
        if let Ok(seconds) = seconds.parse::<f64>() {
            let millis = (seconds.max(0.0) * 1000.0) as u64;
            self.timeout = Some(self.timeout.map_or(millis, |limit| limit.min(millis)));
        }
    }

    // What is written out at the end, whether it went well or not.
    fn written_out(&self, code: u16) -> String {
        self.write_out.replace("\\n", "\n").replace("%{http_code}", &format!("{code:03}"))
    }

    // The address the command line gives for a host and a port.
    fn given(&self, host: &str, port: u16) -> Option<IpAddr> {
        let start = format!("{host}:{port}:");
        self.resolve.iter().find_map(|entry| entry.strip_prefix(&*start)?.parse().ok())
    }

    // How it ends when there is no answer.
    fn fails_with(&self, message: String, status: i32) -> Started {
        Started::Ran(self.written_out(0), if self.is_silent { String::new() } else { message + "\n" }, status)
    }

    // Host, port and path.
    fn target(&self) -> (String, u16, String) {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let default = if self.url.starts_with("https") { 443 } else { 80 };
        let (host, port) =
            match host.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?))) {
                Some((host, port)) => (host, port),
                None => (host, default),
            };
        (host.to_string(), port, if path.is_empty() { "/".into() } else { path.into() })
    }
}

/// At the workstation: the manifests of the official pages; nothing inside the cluster can be reached from there.
pub fn from_outside(desk: &mut Desk<'_>, words: &[String], folder: &str) -> Started {
    let request = Request::read(&words[0], &words[1..]);
    let (host, ..) = request.target();
    match samples::page(&request.url) {
        Some(text) => deliver(desk, folder, &request, &text, 200),
        None => unresolved(&request, &words[0], &host),
    }
}

fn unresolved(request: &Request, name: &str, host: &str) -> Started {
    match (name, host) {
        ("curl", "") => Started::Ran(String::new(), "curl: (2) no URL specified\n".into(), 2),
        ("curl", _) => request.fails_with(format!("curl: (6) Could not resolve host: {host}"), 6),
        _ => request.fails_with(format!("wget: bad address '{host}'"), 1),
    }
}

// Nobody answers: it ends when its patience does, or the kernel's.
fn silence(
    desk: &Desk<'_>,
    request: &Request,
    name: &str,
    host: &str,
    ip: Option<IpAddr>,
    port: u16,
) -> Started {
    let millis = request.timeout.unwrap_or(PATIENCE.0);
    let ip = ip.map_or(String::new(), |ip| ip.to_string());
    let (message, status) = match (name, request.timeout) {
        ("curl", Some(_)) => (format!("curl: (28) Connection timed out after {millis} milliseconds"), 28),
        ("curl", None) => (
            format!(
                "curl: (28) Failed to connect to {host} port {port} after {millis} ms: Couldn't connect to server"
            ),
            28,
        ),
        (_, Some(_)) => ("wget: download timed out".into(), 1),
        (_, None) => (format!("wget: can't connect to remote host ({ip}): Connection timed out"), 1),
    };
    Late::after(desk, SimDuration(millis), request.fails_with(message, status))
}

/// How long the kernel tries to connect to somebody who does not answer: seven packets, each time twice as long.
pub const PATIENCE: SimDuration = SimDuration(127_000);

/// A program that has nothing to say until a moment.
#[derive(Clone)]
pub struct Late {
    at: SimTime,
    out: String,
    err: String,
    status: i32,
}

impl Late {
    /// That end, but only so much later.
    pub fn after(desk: &Desk<'_>, delay: SimDuration, end: Started) -> Started {
        match end {
            Started::Ran(out, err, status) => {
                Started::Runs(Box::new(Late { at: desk.cluster.now() + delay, out, err, status }))
            }
            other => other,
        }
    }
}

impl Program for Late {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Progress {
        if host.now() < self.at {
            return Progress::Wait { at: Some(self.at) };
        }
        out.push(Stream::Stdout, std::mem::take(&mut self.out));
        out.push(Stream::Stderr, std::mem::take(&mut self.err));
        Progress::Done(self.status)
    }

    fn interrupt(&mut self) {}

    fn is_endless(&self) -> bool {
        false
    }

    fn boxed_clone(&self) -> Box<dyn Program> {
        Box::new(self.clone())
    }
}

/// Inside a pod.
pub fn get(inside: &mut Inside<'_, '_>, name: &str, args: &[String], folder: &str) -> Started {
    let request = Request::read(name, args);
    let (host, port, path) = request.target();
    if let Some(text) = samples::page(&request.url) {
        return deliver(inside, folder, &request, &text, 200);
    }
    let own = inside.pod.clone();
    let given = request.given(&host, port);
    let address = match host.as_str() {
        "" => return unresolved(&request, name, ""),
        "localhost" | "127.0.0.1" => own.status().get("podIP").str().parse().ok(),
        host => match given.or_else(|| host.parse::<IpAddr>().ok()) {
            Some(ip) => Some(ip),
            None => match super::resolve(inside.desk, &own, |net| net.host(host)) {
                Ok(found) => found.addresses.first().copied(),
                Err(failure) => {
                    inside.desk.note(&own, host, "", false, super::failed(failure));
                    return unresolved(&request, name, host);
                }
            },
        },
    };
    let ip = address.map_or(String::new(), |ip| ip.to_string());
    let reached = server(inside.desk, &own, &ip, port);
    let landing = match &reached {
        Reached::Pod(pod, _) => Landing::Pod(pod.name().to_string().into()),
        Reached::Nobody => Landing::Silent,
        Reached::Refusal if is_somebodys(inside.desk, &ip) => Landing::Refused,
        Reached::Refusal => Landing::Gone,
    };
    inside.desk.note(&own, &host, &ip, given.is_some(), landing);
    let (pod, port) = match reached {
        Reached::Pod(pod, port) => (pod, port),
        Reached::Nobody => return silence(inside.desk, &request, name, &host, address, port),
        Reached::Refusal if name == "curl" => {
            return request.fails_with(
                format!(
                    "curl: (7) Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server"
                ),
                7,
            );
        }
        Reached::Refusal => {
            return request
                .fails_with(format!("wget: can't connect to remote host ({ip}): Connection refused"), 1);
        }
    };
    let (code, body) = answer(inside.desk, &pod, port, &path);
    deliver(inside, folder, &request, &body, code)
}

// A pod or a Service has this address.
fn is_somebodys(desk: &Desk<'_>, ip: &str) -> bool {
    let store = desk.cluster.store();
    store.list(Kind::Pod, None).any(|pod| pod.status().get("podIP").str() == ip)
        || store.list(Kind::Service, None).any(|service| service.spec().get("clusterIP").str() == ip)
}

/// Who answers at an address.
pub enum Reached {
    /// This pod, at this port of its own.
    Pod(Box<Object>, u16),
    /// Somebody says no.
    Refusal,
    /// Packets get no answer: the node is without power or network.
    Nobody,
}

/// Who answers `client` at an address and a port: a pod itself, or one of a Service's in turn.
pub fn server(desk: &mut Desk<'_>, client: &Object, ip: &str, port: u16) -> Reached {
    let (store, world) = (desk.cluster.store(), desk.cluster.world());
    let at = |pod: &Object, port: u16| {
        let node = pod.spec().get("nodeName").str();
        if node != client.spec().get("nodeName").str() && !world.node_is_reachable(node) {
            return Reached::Nobody;
        }
        if listens(pod, port) { Reached::Pod(Box::new(pod.clone()), port) } else { Reached::Refusal }
    };
    let is_up =
        |pod: &Object| pod.status().get("podIP").str() == ip && pod.status().get("phase").str() == "Running";
    if let Some(pod) = store.list(Kind::Pod, None).find(|pod| is_up(pod)) {
        return at(pod, port);
    }
    let of_ip = |service: &&Rc<Object>| service.spec().get("clusterIP").str() == ip;
    let Some(service) = store.list(Kind::Service, None).find(of_ip) else {
        // A pod whose object is gone has its address from its node.
        let is_lost = |node: &Rc<Object>| {
            let range = node.spec().get("podCIDR").str().rsplit_once('.').map_or("", |(range, _)| range);
            !range.is_empty()
                && ip.rsplit_once('.').is_some_and(|(network, _)| network == range)
                && !world.node_is_reachable(node.name())
        };
        let is_lost = store.list(Kind::Node, None).any(is_lost);
        return if is_lost { Reached::Nobody } else { Reached::Refusal };
    };
    let ports = service.spec().get("ports").items();
    let chosen = ports.iter().find(|entry| entry.get("port").as_int() == Some(i64::from(port)));
    let Some(chosen) = chosen else { return Reached::Refusal };
    let mut ready = Vec::new();
    for slice in store.list(Kind::EndpointSlice, Some(service.namespace())) {
        if slice.label("kubernetes.io/service-name") != service.name() {
            continue;
        }
        let own = slice
            .body
            .get("ports")
            .items()
            .iter()
            .find(|entry| entry.get("name").str() == chosen.get("name").str());
        let Some(own) = own.and_then(|entry| entry.get("port").as_int()) else { continue };
        for endpoint in slice.body.get("endpoints").items() {
            if endpoint.at(&["conditions", "ready"]).is_true() {
                ready.push((endpoint.at(&["targetRef", "name"]).str().to_string(), own as u16));
            }
        }
    }
    let turn = desk.processes.turn as usize;
    desk.processes.turn += 1;
    let chosen = ready.get(turn % ready.len().max(1));
    let pod = chosen.and_then(|(name, port)| Some((store.get(Kind::Pod, service.namespace(), name)?, *port)));
    pod.map_or(Reached::Refusal, |(pod, port)| at(pod, port))
}

// A container listens on the ports it names; one that names none on any.
fn listens(pod: &Object, port: u16) -> bool {
    let containers = pod.spec().get("containers").items();
    let mut ports = containers.iter().flat_map(|container| container.get("ports").items()).peekable();
    ports.peek().is_none() || ports.any(|entry| entry.get("containerPort").as_int() == Some(i64::from(port)))
}

// What the server in a pod says: status and body.
fn answer(desk: &mut Desk<'_>, pod: &Object, port: u16, path: &str) -> (u16, String) {
    const ROOT: &str = "/usr/share/nginx/html";
    let containers = pod.spec().get("containers").items();
    let has_port = |container: &&crate::api::Value| {
        container
            .get("ports")
            .items()
            .iter()
            .any(|entry| entry.get("containerPort").as_int() == Some(i64::from(port)))
    };
    let Some(container) = containers.iter().find(has_port).or(containers.first()) else {
        return (502, String::new());
    };
    if !container.get("image").str().contains("nginx") {
        return (200, format!("Hello from {}\n", resolver::hostname(pod)));
    }
    let place = Place {
        namespace: pod.namespace().into(),
        pod: pod.name().into(),
        container: container.get("name").str().into(),
    };
    let Some(inside) = Inside::enter(desk, &place, false) else { return (502, String::new()) };
    let path = path.split('?').next().unwrap_or(path);
    let file = if path.ends_with('/') { format!("{ROOT}{path}index.html") } else { format!("{ROOT}{path}") };
    if let Some(text) = inside.read(&file) {
        return (200, text);
    }
    let is_mounted = inside.place(ROOT).1 != ROOT;
    match (path, is_mounted) {
        ("/", true) => (403, page("403 Forbidden")),
        ("/", false) => (200, WELCOME.into()),
        _ => (404, page("404 Not Found")),
    }
}

const WELCOME: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n\
    <h1>Welcome to nginx!</h1>\n</body>\n</html>\n";

fn page(title: &str) -> String {
    format!(
        "<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1></center>\n\
         <hr><center>nginx</center>\n</body>\n</html>\n"
    )
}

// The answer on standard output or in a file.
fn deliver(system: &mut dyn System, folder: &str, request: &Request, body: &str, code: u16) -> Started {
    if request.fails && code >= 400 {
        let message = format!("curl: (22) The requested URL returned error: {code}\n");
        let message = if request.is_silent { String::new() } else { message };
        return Started::Ran(request.written_out(code), message, 22);
    }
    let mut out = request.written_out(code);
    let word = ["OK", "Forbidden", "Not Found"]
        [[200, 403, 404].iter().position(|known| *known == code).unwrap_or(0)];
    let body = match request.head {
        true => format!("HTTP/1.1 {code} {word}\nServer: nginx\nContent-Length: {}\n\n", body.len()),
        false => body.to_string(),
    };
    match request.file.as_deref() {
        None | Some("-") => out = body + &out,
        Some("/dev/null") => {}
        Some(file) => {
            let path = if file.starts_with('/') { file.to_string() } else { format!("{folder}/{file}") };
            if let Err(why) = system.write(&path, &body, false) {
                return Started::Ran(String::new(), format!("curl: (23) {why}\n"), 23);
            }
        }
    }
    Started::Ran(out, String::new(), 0)
}
