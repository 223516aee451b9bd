//! `kubectl get`: lists in columns and other forms, and watches (K53 to K64, K78 to K86).

use super::{Verb, found, look, words_of};
use crate::api::print::to_go_json;
use crate::api::{Kind, Object, Text, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::fill::sort_by;
use crate::kubectl::output::format::{self, Format};
use crate::kubectl::output::jsonpath::{Template, compare_values};
use crate::kubectl::output::{list, table};
use crate::kubectl::resource::Resource;
use crate::kubectl::select::{Filter, Wanted};
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::object;
use crate::sim::SimTime;
use crate::store::fields;
use std::cmp::Ordering;
use std::rc::Rc;

/// `kubectl get`.
pub const VERB: Verb = Verb {
    name: "get",
    flags: "all-namespaces/A! field-selector= filename/f, kustomize/k= ignore-not-found! label-columns/L, no-headers! \
        output/o= output-watch-events! recursive/R! selector/l= show-kind! show-labels! show-managed-fields! \
        sort-by= subresource= template= watch/w! watch-only! chunk-size# server-print! allow-missing-template-keys! \
        raw=",
    summary: "Display one or many resources",
    help: "kubectl get [(-o|--output=)json|yaml|name|jsonpath|custom-columns|wide] (TYPE[.GROUP] [NAME | -l label] | \
        TYPE/NAME ...) [flags]

Examples:
  # List all pods
  kubectl get pods

  # List a set with its pods and claims
  kubectl get sts,pods,pvc -l app=nginx

  # Watch pods come and go
  kubectl get pods -w

  # Print one field
  kubectl get pod web-0 -o jsonpath='{.status.podIP}'",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let format = Format::parse(args)?;
    if args.has("show-labels") && !format.is_table() {
        let name = args.text("output").split('=').next().unwrap_or("");
        let text = format!("--show-labels option cannot be used with {name} printer");
        return Err(Error::client(text));
    }
    let words = words_of(cx)?;
    if words.is_empty() {
        cx.out.note(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of \
             supported resources.\n",
        );
        return Err(cx.usage(
            "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that \
             resource (e.g. kubectl explain pods).",
        ));
    }
    let wanted = Wanted::parse(&words)?;
    let everywhere = args.is("all-namespaces");
    let (labels, fields) = (args.text("selector"), args.text("field-selector"));
    if wanted.by_name() {
        if !labels.is_empty() || !fields.is_empty() {
            return Err(Error::client("name cannot be provided when a selector is specified"));
        }
        if everywhere {
            return Err(Error::client("a resource cannot be retrieved by name across all namespaces"));
        }
    }
    let watch = args.is("watch") || args.is("watch-only");
    if watch && wanted.groups.iter().any(|(resource, _)| *resource != wanted.groups[0].0) {
        return Err(Error::client("you may only specify a single resource type"));
    }
    for (resource, _) in &wanted.groups {
        if resource.kind == Some(Kind::Event) && words[0].eq_ignore_ascii_case("ev") {
            let text =
                "Warning: short name \"ev\" could also match lower priority resource events.events.k8s.io";
            cx.out.note(text);
        }
        if resource.kind == Some(Kind::Endpoints) {
            cx.out
                .note("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        }
    }
    let namespace = cx.namespace();
    let sort = match args.text("sort-by") {
        "" => None,
        path => Some((path, Template::relaxed(path).map_err(Error::client)?)),
    };
    if watch && sort.is_some() {
        cx.out.note("warning: --watch requested, --sort-by will be ignored for watch events received");
    }

    let mut groups: Vec<(Resource, Vec<Rc<Object>>)> = Vec::new();
    let mut errors = Vec::new();
    for (resource, names) in &wanted.groups {
        let (objects, missing) = found(look(cx, *resource, names)?);
        let objects = objects.into_iter().map(|(_, object)| object);
        if !args.is("ignore-not-found") {
            errors.extend(missing);
        }
        // Names given as type/name share a table with their neighbours of the same type.
        match groups.last_mut() {
            Some((last, before)) if *last == *resource && !names.is_empty() => before.extend(objects),
            _ => groups.push((*resource, objects.collect())),
        }
    }
    if wanted.by_name() {
        groups.retain(|(_, objects)| !objects.is_empty());
    }
    let client = cx.host.client();
    let (cursor, now) = (client.store().head(), client.now());

    if let Some((path, sort)) = &sort
        && !sort_objects(&mut groups, sort)
    {
        if !format.is_table() {
            let path = path.trim_start_matches(['{', '.']).trim_end_matches('}');
            let text = format!("couldn't find any field with path \"{{.{path}}}\" in the list of objects");
            return Err(Error::client(text));
        }
        if groups.iter().map(|(_, objects)| objects.len()).sum::<usize>() > 1 {
            groups.iter_mut().for_each(|(_, objects)| objects.clear());
        }
    }

    if watch {
        let Some((resource, names)) = wanted.groups.first() else { return Ok(Outcome::Done(0)) };
        Error::all(errors)?;
        let Some(kind) = resource.kind else { return Ok(Outcome::Done(0)) };
        let objects = groups.pop().map(|(_, objects)| objects).unwrap_or_default();
        let several = wanted.groups.iter().map(|(_, names)| names.len()).sum::<usize>() > 1;
        let watching = Watch {
            kind,
            namespace: (!everywhere && resource.namespaced).then_some(namespace),
            name: names.first().cloned(),
            filter: Filter::parse(labels, fields, *resource)?,
            cursor,
            rows: Rows::new(cx, *resource, everywhere, args.is("show-kind")),
            format,
            events: args.is("output-watch-events"),
            printed: false,
            first: if args.is("watch-only") { Vec::new() } else { objects },
            several,
        };
        return Ok(Outcome::Goes(Box::new(watching)));
    }

    let count: usize = groups.iter().map(|(_, objects)| objects.len()).sum();
    if format.is_table() {
        let mut kinds: Vec<Resource> = groups.iter().map(|(resource, _)| *resource).collect();
        kinds.dedup();
        let prefix = args.is("show-kind") || kinds.len() > 1;
        let mut text = String::new();
        for (resource, objects) in groups.iter().filter(|(_, objects)| !objects.is_empty()) {
            if !text.is_empty() && !args.is("no-headers") {
                text.push('\n');
            }
            let mut rows = Rows::new(cx, *resource, everywhere, prefix);
            let marked: Vec<(&str, &Object)> = objects.iter().map(|object| ("", object.as_ref())).collect();
            text += &rows.print(&marked, now);
        }
        cx.out.out(text);
        if count == 0 && errors.is_empty() && !args.is("ignore-not-found") {
            if everywhere || wanted.groups.iter().any(|(resource, _)| !resource.namespaced) {
                cx.out.note("No resources found");
            } else {
                cx.out.note(format_args!("No resources found in {namespace} namespace."));
            }
        }
    } else {
        let old = cx.profile().creation_timestamp_in_revision;
        let objects = groups.into_iter().flat_map(|(_, objects)| objects);
        let shows = args.is("show-managed-fields");
        let objects = objects.map(|object| if old { with_nulls(&object) } else { object });
        let objects: Vec<Rc<Object>> =
            objects.map(|object| if shows { with_managers(&object) } else { object }).collect();
        let one = wanted.groups.len() == 1 && wanted.groups[0].1.len() == 1;
        let headers = !args.is("no-headers");
        if one && !objects.is_empty() {
            cx.out.out(format.print(&objects[0].body, headers)?);
        } else if !objects.is_empty() || errors.is_empty() && !args.is("ignore-not-found") {
            cx.out.out(format.print(&format::list(&objects), headers)?);
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

// The object with `metadata.managedFields`.
fn with_managers(object: &Rc<Object>) -> Rc<Object> {
    let mut shown = (**object).clone();
    shown.body.set(&["metadata", "managedFields"], fields::shown(object));
    Rc::new(shown)
}

// Up to 1.33 the API server writes the empty creation times of templates out.
fn with_nulls(object: &Rc<Object>) -> Rc<Object> {
    if object.spec().get("template").is_null() {
        return object.clone();
    }
    let mut object = (**object).clone();
    object.body.at_mut(&["spec", "template", "metadata"]).map_mut().entry("creationTimestamp");
    if !object.spec().get("volumeClaimTemplates").is_null() {
        for claim in object.body.at_mut(&["spec", "volumeClaimTemplates"]).list_mut() {
            claim.at_mut(&["metadata"]).map_mut().entry("creationTimestamp");
        }
    }
    Rc::new(object)
}

// K63: by one field, those without it first. False if no object has it.
fn sort_objects(groups: &mut [(Resource, Vec<Rc<Object>>)], path: &Template) -> bool {
    let mut any = groups.iter().all(|(_, objects)| objects.is_empty());
    for (_, objects) in groups {
        let mut keyed: Vec<(Option<Value>, Rc<Object>)> =
            objects.drain(..).map(|object| (path.values(&object.body).into_iter().next(), object)).collect();
        any |= keyed.iter().any(|(key, _)| key.is_some());
        sort_by(&mut keyed, |(a, _), (b, _)| match (a, b) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(a), Some(b)) => match (a.as_str(), b.as_str()) {
                (Some(a), Some(b)) => natural(a, b).is_lt(),
                _ => compare_values(a, b).is_some_and(Ordering::is_lt),
            },
        });
        objects.extend(keyed.into_iter().map(|(_, object)| object));
    }
    any
}

// Digits inside a text count as numbers: web-2 before web-10.
fn natural(a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else { return a.len().cmp(&b.len()) };
        let (m, n) = (number(a), number(b));
        if m > 0 && n > 0 {
            let (left, right) = (a[..m].trim_start_matches('0'), b[..n].trim_start_matches('0'));
            match left.len().cmp(&right.len()).then(left.cmp(right)).then(m.cmp(&n)) {
                Ordering::Equal => (a, b) = (&a[m..], &b[n..]),
                order => return order,
            }
        } else if x != y {
            return x.cmp(&y);
        } else {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
        }
    }
}

/// The rows of one type: which columns, and how wide they have been.
#[derive(Clone)]
pub struct Rows {
    resource: Resource,
    wide: bool,
    namespaces: bool,
    prefix: bool,
    headers: bool,
    labels: Vec<String>,
    show_labels: bool,
    events: bool,
    aligner: table::Aligner,
}

impl Rows {
    fn new(cx: &Cx, resource: Resource, everywhere: bool, prefix: bool) -> Rows {
        Rows {
            resource,
            wide: cx.args.text("output") == "wide",
            namespaces: everywhere && resource.namespaced,
            prefix,
            headers: !cx.args.is("no-headers"),
            labels: cx.args.list("label-columns"),
            show_labels: cx.args.is("show-labels"),
            events: cx.args.is("output-watch-events") && (cx.args.is("watch") || cx.args.is("watch-only")),
            aligner: table::Aligner::list(),
        }
    }

    /// Prints objects, each with the word of a watch event; the first time with heads.
    fn print(&mut self, objects: &[(&str, &Object)], now: SimTime) -> String {
        let Some(kind) = self.resource.kind else { return String::new() };
        let columns = list::columns(kind);
        let mut text = String::new();
        if std::mem::take(&mut self.headers) {
            let mut heads: Vec<String> = Vec::new();
            heads.extend(self.events.then(|| "EVENT".to_string()));
            heads.extend(self.namespaces.then(|| "NAMESPACE".to_string()));
            for column in columns {
                match column.strip_prefix('*') {
                    Some(column) => heads.extend(self.wide.then(|| column.to_string())),
                    None => heads.push(column.to_string()),
                }
            }
            let last = |label: &String| label.rsplit('/').next().unwrap_or("").to_ascii_uppercase();
            heads.extend(self.labels.iter().map(last));
            heads.extend(self.show_labels.then(|| "LABELS".to_string()));
            text += &table::line(&heads);
        }
        for (event, object) in objects {
            let mut row: Vec<String> = Vec::new();
            row.extend(self.events.then(|| event.to_string()));
            row.extend(self.namespaces.then(|| object.namespace().to_string()));
            for (column, cell) in columns.iter().zip(list::cells(object, now)) {
                if *column == "NAME" && self.prefix {
                    row.push(format!("{}/{cell}", self.resource.prefix()));
                } else if self.wide || !column.starts_with('*') {
                    row.push(cell);
                }
            }
            row.extend(self.labels.iter().map(|label| object.label(label).to_string()));
            row.extend(self.show_labels.then(|| list::pairs(object.meta("labels"))));
            text += &table::line(&row);
        }
        self.aligner.align(&text)
    }
}

/// A list, then its changes, until somebody stops it.
#[derive(Clone)]
struct Watch {
    kind: Kind,
    namespace: Option<String>,
    name: Option<String>,
    filter: Filter,
    cursor: u64,
    rows: Rows,
    format: Format,
    events: bool,
    /// Something was printed: documents of YAML are divided.
    printed: bool,
    first: Vec<Rc<Object>>,
    several: bool,
}

impl Task for Watch {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        let client = host.client();
        let first = std::mem::take(&mut self.first);
        if !first.is_empty() {
            if self.format.is_table() {
                let rows: Vec<(&str, &Object)> =
                    first.iter().map(|object| ("ADDED", object.as_ref())).collect();
                out.out(self.rows.print(&rows, client.now()));
            } else {
                for object in &first {
                    self.print("ADDED", object, client.now(), out)?;
                }
            }
        }
        if self.several {
            let text = "you may only watch a single resource or type of resource at a time";
            return Err(Error::client(text));
        }
        let store = client.store();
        for change in store.changes_from(self.cursor) {
            let fits = |object: &Option<Rc<Object>>| {
                object.as_ref().is_some_and(|object| self.filter.matches(object))
            };
            if change.key.kind != self.kind
                || self.namespace.as_ref().is_some_and(|namespace| change.key.namespace != **namespace)
                || self.name.as_ref().is_some_and(|name| change.key.name != Text::from(name))
            {
                continue;
            }
            let (event, object) = match (fits(&change.old), fits(&change.new)) {
                (false, true) => ("ADDED", &change.new),
                (true, true) => ("MODIFIED", &change.new),
                (true, false) => ("DELETED", &change.old),
                (false, false) => continue,
            };
            if let Some(object) = object {
                self.print(event, object, change.at, out)?;
            }
        }
        self.cursor = store.head();
        Ok(Progress::Wait { at: None })
    }

    fn is_endless(&self) -> bool {
        true
    }
}

impl Watch {
    fn print(&mut self, event: &str, object: &Rc<Object>, now: SimTime, out: &mut Output) -> Result<()> {
        if self.format.is_table() {
            out.out(self.rows.print(&[(event, object)], now));
            return Ok(());
        }
        if self.format == Format::Yaml && self.printed {
            out.out("---\n");
        }
        self.printed = true;
        // Go's printers write a watch event as one line of JSON; a name is the object's own.
        out.out(match (&self.format, self.events) {
            (Format::Json, true) => {
                format!("{{\"type\":\"{event}\",\"object\":{}}}\n", to_go_json(&object.body))
            }
            (Format::Name, _) | (_, false) => self.format.print(&object.body, false)?,
            (format, true) => {
                let event = object! { "object" => object.body.clone(), "type" => event.to_string() };
                format.print(&event, false)?
            }
        });
        Ok(())
    }
}
