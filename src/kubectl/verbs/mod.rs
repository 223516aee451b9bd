//! The verbs: one file each, and the list that help, completion and tests walk.

pub mod api_resources;
pub mod apply;
pub mod config;
pub mod cordon;
pub mod create;
pub mod delete;
pub mod describe;
pub mod drain;
pub mod events;
pub mod exec;
pub mod explain;
pub mod expose;
pub mod get;
pub mod label;
pub mod logs;
pub mod patch;
pub mod replace;
pub mod rollout;
pub mod run;
pub mod scale;
pub mod set;
pub mod small;
pub mod taint;
pub mod version;
pub mod wait;

use super::error::{Error, Result};
use super::output::fill::sort_by;
use super::select::{self, Filter, Wanted};
use super::{Cx, Outcome, manifests, resource::Resource};
use crate::api::Object;
use std::rc::Rc;

/// One verb.
#[allow(private_interfaces, reason = "the run function is called from kubectl alone")]
pub struct Verb {
    /// `get`, or with its sub-verb `rollout status`.
    pub name: &'static str,
    /// Its flags, as [`super::args`] reads them.
    pub flags: &'static str,
    /// One line for the overview.
    pub summary: &'static str,
    /// How it is used, with examples.
    pub help: &'static str,
    run: fn(&mut Cx) -> Result<Outcome>,
}

impl Verb {
    /// Runs the verb.
    pub(super) fn run(&self, cx: &mut Cx) -> Result<Outcome> {
        (self.run)(cx)
    }
}

/// Every verb.
pub const VERBS: &[Verb] = &[
    create::VERB,
    expose::VERB,
    run::VERB,
    set::IMAGE,
    set::ENV,
    set::RESOURCES,
    explain::VERB,
    get::VERB,
    delete::VERB,
    rollout::HISTORY,
    rollout::PAUSE,
    rollout::RESTART,
    rollout::RESUME,
    rollout::STATUS,
    rollout::UNDO,
    rollout::VERB,
    scale::VERB,
    version::CLUSTER_INFO,
    small::TOP,
    cordon::CORDON,
    cordon::UNCORDON,
    drain::VERB,
    taint::VERB,
    describe::VERB,
    logs::VERB,
    exec::VERB,
    small::AUTH,
    events::VERB,
    small::DIFF,
    apply::VIEW_LAST_APPLIED,
    apply::VERB,
    patch::VERB,
    replace::VERB,
    wait::VERB,
    label::LABEL,
    label::ANNOTATE,
    small::COMPLETION,
    config::CURRENT_CONTEXT,
    config::GET_CONTEXTS,
    config::SET_CONTEXT,
    config::USE_CONTEXT,
    config::VIEW,
    version::VERB,
    api_resources::VERSIONS,
    api_resources::VERB,
    version::OPTIONS,
    version::HELP,
];

/// The first words of kubectl, in the order of its suggestions; those without a verb here are not simulated.
const ORDER: &str = "create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top \
    cordon uncordon drain taint describe logs attach exec port-forward proxy cp auth debug events diff apply patch \
    replace wait kustomize label annotate completion config plugin version api-versions api-resources options";

/// The first words of all verbs, each once.
pub fn names() -> impl Iterator<Item = &'static str> {
    let first = |verb: &Verb| verb.name.split(' ').next().unwrap_or(verb.name);
    VERBS.iter().enumerate().filter_map(move |(i, verb)| {
        let name = first(verb);
        (i == 0 || first(&VERBS[i - 1]) != name).then_some(name)
    })
}

/// What bare `kubectl` prints.
pub fn overview() -> String {
    let mut text = "kubectl controls the Kubernetes cluster manager.\n\nCommands:\n".to_string();
    for verb in VERBS {
        text += &format!("  {:<24}{}\n", verb.name, verb.summary);
    }
    text + "\nUse \"kubectl <command> --help\" for more information about a given command.\n"
}

/// What `--help` prints.
pub fn help(verb: &Verb) -> String {
    format!("{}.\n\nUsage:\n  {}\n", verb.summary, verb.help)
}

/// What is said about a word that is no verb (K13, K179).
pub fn unknown(name: &str) -> Error {
    if ORDER.split(' ').any(|known| known == name) {
        return Error::client(format!("this simulator does not offer \"kubectl {name}\""));
    }
    let lower = name.to_ascii_lowercase();
    let near: Vec<&str> = ORDER
        .split_whitespace()
        .filter(|known| {
            let synonym = match lower.as_str() {
                "list" | "ps" => matches!(*known, "get" | "wait"),
                "rm" => *known == "delete",
                _ => false,
            };
            synonym || distance(&lower, known) <= 2 || known.starts_with(&lower)
        })
        .collect();
    let mut text = format!("error: unknown command \"{name}\" for \"kubectl\"");
    if !near.is_empty() {
        text += "\n\nDid you mean this?";
        for name in near {
            text += &format!("\n\t{name}");
        }
    }
    Error::Raw(text)
}

/// How many letters have to be changed, added or left out.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The name nearest to `word`, if one is near enough; swapped letters count as one mistake.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        sort_by(&mut letters, |a, b| a < b);
        letters
    };
    names
        .map(|name| {
            let distance = distance(word, name);
            (if sorted(word) == sorted(name) { distance.min(1) } else { distance }, name)
        })
        .filter(|(distance, name)| *distance <= 2 && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

const NO_RESOURCES: &str = "You must provide one or more resources by argument or filename.\nExample resource \
    specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

/// The words `type/name` of what `-f` names, if it is given: for verbs that only need to know which objects.
fn file_words(cx: &mut Cx) -> Result<Option<Vec<String>>> {
    if !cx.args.has("filename") {
        return Ok(None);
    }
    let (found, errors) = manifests::read(cx)?;
    Error::all(errors)?;
    let words =
        found.iter().map(|manifest| format!("{}/{}", manifest.resource.prefix(), manifest.object.name()));
    Ok(Some(words.collect()))
}

/// Objects with their types, and what was not found.
type Targets = (Vec<(Resource, Rc<Object>)>, Vec<Error>);

/// The live objects a changing verb is about: by name, selector, `--all` or `-f`. What is not found is told at the
/// end; what is found is changed before that.
fn targets(cx: &mut Cx) -> Result<Targets> {
    let words = match file_words(cx)? {
        Some(words) => words,
        None => cx.args.words.clone(),
    };
    let args = cx.args;
    if words.is_empty() {
        return Err(Error::client(NO_RESOURCES));
    }
    let wanted = Wanted::parse(&words)?;
    let (labels, fields) = (args.text("selector"), args.text("field-selector"));
    let listed = args.is("all") || !labels.is_empty() || !fields.is_empty();
    if wanted.by_name() {
        if !labels.is_empty() || !fields.is_empty() {
            return Err(Error::client("name cannot be provided when a selector is specified"));
        }
    } else if !listed {
        return Err(Error::client("resource(s) were provided, but no name was specified"));
    }
    let namespace = cx.namespace();
    let everywhere = args.is("all-namespaces");
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    let client = cx.host.client();
    for (resource, names) in &wanted.groups {
        if names.is_empty() {
            let filter = Filter::parse(labels, fields, *resource)?;
            if let Some(kind) = resource.kind {
                let within = (!everywhere && resource.namespaced).then_some(namespace.as_str());
                let objects = client.store().list(kind, within).filter(|object| filter.matches(object));
                found.extend(objects.map(|object| (*resource, object.clone())));
            }
        }
        for name in names {
            match select::named(client.store(), *resource, &namespace, name) {
                Ok(object) => found.push((*resource, object)),
                Err(error) => errors.push(error),
            }
        }
    }
    Ok((found, errors))
}

/// What `--dry-run` asks for (K107).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DryRun {
    /// Nothing is dry.
    No,
    /// The server only tries.
    Server,
    /// kubectl only says what it would do.
    Client,
}

impl DryRun {
    fn parse(cx: &mut Cx) -> Result<DryRun> {
        Ok(match cx.args.text("dry-run") {
            "" | "none" | "false" => DryRun::No,
            "server" => DryRun::Server,
            "client" => DryRun::Client,
            "unchanged" | "true" => {
                cx.out.note("W0101 00:00:00.000000       1 helpers.go:758] --dry-run is deprecated and can be replaced with --dry-run=client.");
                DryRun::Client
            }
            other => {
                let text =
                    format!("Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\".");
                return Err(Error::client(text));
            }
        })
    }

    /// What stands behind the message of a result.
    fn suffix(self) -> &'static str {
        match self {
            DryRun::No => "",
            DryRun::Server => " (server dry run)",
            DryRun::Client => " (dry run)",
        }
    }
}

/// True for sets that kubectl knows as a template with replicas.
fn unsupported(resource: Resource, name: &str, what: &str) -> Error {
    Error::client(format!("{} \"{name}\" {what} is not supported", resource.dotted()))
}
