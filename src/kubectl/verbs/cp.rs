//! `kubectl cp`: files between the workstation's folder and containers, as `tar` on both sides carries them.

use super::Verb;
use super::exec::{container_of, pod_of};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::{Cx, Outcome, Output, Place, Progress, Stream};

/// `kubectl cp`.
pub const VERB: Verb = Verb {
    name: "cp",
    flags: "container/c= no-preserve! retries#",
    summary: "Copy files and directories to and from containers",
    help: "kubectl cp <file-spec-src> <file-spec-dest>

Examples:
  # A file into a pod
  kubectl cp index.html web-0:/usr/share/nginx/html/index.html

  # And back, from another namespace and container
  kubectl cp shop/web-0:/etc/hosts hosts -c nginx",
    run,
};

/// The deepest folder that is copied.
const DEEPEST: usize = 20;

fn run(cx: &mut Cx) -> Result<Outcome> {
    let [from, to] = &cx.args.words[..] else {
        return Err(cx.usage("source and destination are required"));
    };
    let (from, to) = (from.clone(), to.clone());
    match (remote(&from)?, remote(&to)?) {
        (Some(_), Some(_)) => Err(Error::client("one of src or dest must be a local file specification")),
        (None, None) => Err(Error::client("one of src or dest must be a remote file specification")),
        (None, Some((pod, path))) => upload(cx, &from, pod, path),
        (Some((pod, path)), None) => download(cx, pod, path, &to),
    }
}

// `[namespace/]pod:path`; a path with a slash before its colon is a local one.
fn remote(spec: &str) -> Result<Option<(&str, &str)>> {
    let found = match spec.split_once(':') {
        Some((pod, path)) if !pod.is_empty() && !pod.starts_with(['.', '/']) => Some((pod, path)),
        Some(("", _)) => {
            return Err(Error::client(
                "filespec must match the canonical format: [[namespace/]pod:]file/path",
            ));
        }
        _ => None,
    };
    if spec.is_empty() || found.is_some_and(|(_, path)| path.is_empty()) {
        return Err(Error::client("filepath can not be empty"));
    }
    Ok(found)
}

fn place(cx: &mut Cx, pod: &str) -> Result<Place> {
    let (namespace, name) = match pod.split_once('/') {
        Some((namespace, name)) => (namespace.to_string(), name),
        None => (cx.namespace(), pod),
    };
    let mut args = cx.args.clone();
    args.set("namespace", namespace);
    let mut cx = cx.with_args(&args);
    let pod = pod_of(&mut cx, name)?;
    let container = container_of(&mut cx, &pod, true)?;
    Ok(Place { namespace: pod.namespace().into(), pod: pod.name().into(), container })
}

// Runs a program in the container to its end: what it printed, and whether it went well.
fn inside(cx: &mut Cx, place: &Place, argv: &[&str], stdin: &str) -> Result<(String, bool)> {
    let argv: Vec<String> = argv.iter().map(|word| (*word).to_string()).collect();
    let id = cx.host.exec(place, &argv, stdin, false).map_err(Error::client)?;
    let mut out = Output::default();
    let progress = cx.host.poll_exec(id, &mut out);
    if progress == Progress::Done(137) {
        let text = format!("unable to upgrade connection: container not found (\"{}\")", place.container);
        return Err(Error::client(text));
    }
    Ok((out.text(Stream::Stdout), progress == Progress::Done(0)))
}

fn upload(cx: &mut Cx, from: &str, pod: &str, path: &str) -> Result<Outcome> {
    let at = format!("{}{}", cx.folder, from.trim_start_matches("./").trim_end_matches('/'));
    let below = format!("{at}/");
    let files: Vec<(String, String)> = cx
        .host
        .files()
        .iter()
        .filter(|(name, _)| **name == at || name.starts_with(&below))
        .map(|(name, text)| (name[at.len()..].to_string(), text.clone()))
        .collect();
    if files.is_empty() {
        return Err(Error::client(format!("{from} doesn't exist in local filesystem")));
    }
    let place = place(cx, pod)?;
    let last = at.rsplit('/').next().unwrap_or_default();
    let is_folder = inside(cx, &place, &["test", "-d", path], "")?.1;
    let base = match is_folder || path.ends_with('/') {
        true => format!("{}/{last}", path.trim_end_matches('/')),
        false => path.to_string(),
    };
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with('/')) {
        let file = format!("{base}{name}");
        if let Some((folder, _)) = file.rsplit_once('/').filter(|_| !name.is_empty()) {
            inside(cx, &place, &["mkdir", "-p", folder], "")?;
        }
        if !inside(cx, &place, &["sh", "-c", "cat > \"$1\"", "sh", &file], text)?.1 {
            cx.out.note(format_args!(
                "tar: {}: Cannot open: No such file or directory",
                file.trim_start_matches('/')
            ));
            return Err(Error::client("command terminated with exit code 2"));
        }
    }
    Ok(Outcome::Done(0))
}

fn download(cx: &mut Cx, pod: &str, path: &str, to: &str) -> Result<Outcome> {
    let place = place(cx, pod)?;
    let path = if path == "/" { path } else { path.trim_end_matches('/') };
    if path.starts_with('/') {
        cx.out.note("tar: Removing leading `/' from member names");
    }
    let mut found = Vec::new();
    collect(cx, &place, path, "", DEEPEST, &mut found)?;
    if found.is_empty() {
        let name = path.trim_start_matches('/');
        cx.out.note(format_args!("tar: {name}: Cannot stat: No such file or directory"));
        cx.out.note("tar: Exiting with failure status due to previous errors");
        return Err(Error::client(format!("{path} no such file or directory")));
    }
    let at = format!("{}{}", cx.folder, to.trim_start_matches("./").trim_end_matches('/'));
    let below = format!("{at}/");
    // Into a folder that is there, under its own name.
    let is_folder = at.is_empty() || at == "." || cx.host.files().keys().any(|name| name.starts_with(&below));
    let last = path.rsplit('/').next().unwrap_or_default();
    let base = match (is_folder, at.as_str()) {
        (true, "" | ".") => last.to_string(),
        (true, at) => format!("{at}/{last}"),
        (false, at) => at.to_string(),
    };
    for (name, text) in found {
        cx.host.files().insert(format!("{base}{name}"), text);
    }
    Ok(Outcome::Done(0))
}

// Every file at a path inside, by what is behind that path.
fn collect(
    cx: &mut Cx,
    place: &Place,
    path: &str,
    name: &str,
    depth: usize,
    found: &mut Vec<(String, String)>,
) -> Result<()> {
    let file = format!("{path}{name}");
    if !inside(cx, place, &["test", "-d", &file], "")?.1 {
        let (text, is_there) = inside(cx, place, &["cat", &file], "")?;
        if is_there {
            found.push((name.to_string(), text));
        }
        return Ok(());
    }
    let (names, _) = inside(cx, place, &["ls", &file], "")?;
    for inner in names.lines().filter(|_| depth > 0) {
        collect(cx, place, path, &format!("{name}/{inner}"), depth - 1, found)?;
    }
    Ok(())
}
