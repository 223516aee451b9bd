//! The verbs: one file each, and the list that help, completion and tests walk.

pub mod api_resources;
pub mod apply;
pub mod attach;
pub mod autoscale;
pub mod config;
pub mod cordon;
pub mod cp;
pub mod create;
pub mod debug;
pub mod delete;
pub mod describe;
pub mod drain;
pub mod edit;
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
use super::manifests::{self, Manifest};
use super::output::fill::sort_by;
use super::select::{Filter, Wanted};
use super::{Cx, Outcome, resource::Resource};
use crate::api::{Object, ObjectKey};
use crate::component::Client;
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
    set::SELECTOR,
    set::SERVICE_ACCOUNT,
    set::VERB,
    explain::VERB,
    get::VERB,
    edit::VERB,
    delete::VERB,
    rollout::HISTORY,
    rollout::PAUSE,
    rollout::RESTART,
    rollout::RESUME,
    rollout::STATUS,
    rollout::UNDO,
    rollout::VERB,
    scale::VERB,
    autoscale::VERB,
    version::CLUSTER_INFO,
    small::TOP,
    cordon::CORDON,
    cordon::UNCORDON,
    drain::VERB,
    taint::VERB,
    describe::VERB,
    logs::VERB,
    attach::VERB,
    exec::VERB,
    attach::PORT_FORWARD,
    attach::PROXY,
    cp::VERB,
    small::AUTH,
    debug::VERB,
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
    config::VERB,
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

/// True for the first words of kubectl, with a verb here or not.
pub fn is_known(name: &str) -> bool {
    ORDER.split_whitespace().any(|known| known == name)
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
    if is_known(name) {
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

/// The words that name objects: those of the line, or `type/name` of what `-f` names.
fn words_of(cx: &mut Cx) -> Result<Vec<String>> {
    if !cx.args.has("filename") {
        return Ok(cx.args.words.clone());
    }
    let (found, errors) = manifests::read(cx)?;
    Error::all(errors)?;
    let word = |manifest: &Manifest| [&manifest.resource.prefix(), "/", manifest.object.name()].concat();
    Ok(found.iter().map(word).collect())
}

/// What a word came to: an object, or a name that there is none of.
struct Item {
    resource: Resource,
    name: String,
    object: Option<Rc<Object>>,
    /// None for a type that is not simulated.
    key: Option<ObjectKey>,
}

/// Looks for things of one type: the named ones, or all that `-l` and `--field-selector` fit.
fn look(cx: &mut Cx, resource: Resource, names: &[String]) -> Result<Vec<Item>> {
    let namespace = if resource.namespaced { cx.namespace() } else { String::new() };
    let mut items = Vec::new();
    if !names.is_empty() {
        let client = cx.host.client();
        for name in names {
            let key = resource.kind.map(|kind| Client::key(kind, &namespace, name));
            let object = key.as_ref().and_then(|key| client.store().by_key(key)).cloned();
            items.push(Item { resource, name: name.clone(), object, key });
        }
        return Ok(items);
    }
    let filter = Filter::parse(cx.args.text("selector"), cx.args.text("field-selector"), resource)?;
    let everywhere = cx.args.is("all-namespaces") || !resource.namespaced;
    let Some(kind) = resource.kind else { return Ok(items) };
    for object in cx.host.client().store().list(kind, (!everywhere).then_some(&namespace)) {
        if filter.matches(object) {
            let (name, key) = (object.name().to_string(), Some(object.key()));
            items.push(Item { resource, name, object: Some(object.clone()), key });
        }
    }
    Ok(items)
}

/// Looks for everything wanted.
fn look_all(cx: &mut Cx, wanted: &Wanted) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for (resource, names) in &wanted.groups {
        items.extend(look(cx, *resource, names)?);
    }
    Ok(items)
}

/// Names and selectors exclude one another; `all` may be meant only where it is said.
fn check_names(cx: &Cx, wanted: &Wanted, all: bool) -> Result<()> {
    let selected = !cx.args.text("selector").is_empty() || !cx.args.text("field-selector").is_empty();
    if wanted.by_name() && selected {
        return Err(Error::client("name cannot be provided when a selector is specified"));
    }
    if !wanted.by_name() && !selected && !all {
        return Err(Error::client("resource(s) were provided, but no name was specified"));
    }
    Ok(())
}

/// Objects with their types, and what was not found.
type Targets = (Vec<(Resource, Rc<Object>)>, Vec<Error>);

fn found(items: Vec<Item>) -> Targets {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for item in items {
        match item.object {
            Some(object) => found.push((item.resource, object)),
            None => errors.push(item.resource.not_found(&item.name)),
        }
    }
    (found, errors)
}

/// The live objects a changing verb is about: by name, selector, `--all` or `-f`. What is not found is told at the
/// end; what is found is changed before that.
fn targets(cx: &mut Cx) -> Result<Targets> {
    let words = words_of(cx)?;
    if words.is_empty() {
        return Err(Error::client(NO_RESOURCES));
    }
    let wanted = Wanted::parse(&words)?;
    check_names(cx, &wanted, cx.args.is("all"))?;
    Ok(found(look_all(cx, &wanted)?))
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
