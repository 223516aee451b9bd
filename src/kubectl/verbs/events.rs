//! `kubectl events`: what happened, in the order of time (K88).

use super::Verb;
use crate::api::{Kind, Object};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::fill::sort_by;
use crate::kubectl::output::list::event_times;
use crate::kubectl::output::table;
use crate::kubectl::select::Wanted;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::sim::SimTime;
use crate::store::Store;
use std::rc::Rc;

/// `kubectl events`.
pub const VERB: Verb = Verb {
    name: "events",
    flags: "all-namespaces/A! for= types, watch/w! no-headers! chunk-size# output/o= template=",
    summary: "List events",
    help: "kubectl events [(-o|--output=)json|yaml|name|jsonpath] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]

Examples:
  # What happened to a set
  kubectl events --for statefulset/web

  # Only warnings
  kubectl events --types=Warning",
    run,
};

/// When an event was last seen.
pub fn last_seen(event: &Object) -> &str {
    let at = |path: &[&str]| event.body.at(path).str();
    [at(&["series", "lastObservedTime"]), at(&["lastTimestamp"]), at(&["eventTime"])]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or("")
}

/// `40s`, or `40s (x2 over 3m)`.
pub fn interval(event: &Object, now: SimTime) -> String {
    let (first, last, count) = event_times(event, now);
    let series = !event.body.get("series").is_null();
    if series || count > 1 { format!("{last} (x{count} over {first})") } else { first }
}

/// Oldest first; of equal age in the order of their making.
pub fn sort(events: &mut [Rc<Object>]) {
    fn seconds(event: &Object) -> &str {
        last_seen(event).get(..19).unwrap_or("")
    }
    sort_by(events, |a, b| seconds(a) < seconds(b));
}

/// The events about an object, sorted. A node's events name it in the place of its uid.
pub fn about(store: &Store, object: &Object) -> Vec<Rc<Object>> {
    let own = |event: &&Rc<Object>| {
        let about = event.body.get("involvedObject");
        about.get("name").str() == object.name()
            && about.get("kind").str() == object.kind.name()
            && (about.get("uid").str() == object.uid() || object.kind == Kind::Node)
    };
    let namespace = (!object.namespace().is_empty()).then_some(object.namespace());
    let mut events: Vec<Rc<Object>> = store.list(Kind::Event, namespace).filter(own).cloned().collect();
    sort(&mut events);
    events
}

fn run(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let namespace = cx.namespace();
    let about = match args.get("for") {
        Some(text) => {
            let Some((resource, names)) = Wanted::parse(&[text.to_string()])?.groups.pop() else {
                return Ok(Outcome::Done(0));
            };
            let Some(name) = names.into_iter().next() else {
                return Err(Error::client("--for must be in resource/name form"));
            };
            Some((resource.name, name))
        }
        None => None,
    };
    let types = args.list("types");
    if let Some(wrong) =
        types.iter().find(|kind| !["normal", "warning"].contains(&kind.to_ascii_lowercase().as_str()))
    {
        return Err(Error::client(format!("valid --types are Normal or Warning, not {wrong}")));
    }
    let mut listing = Listing {
        namespace: (!args.is("all-namespaces")).then_some(namespace.clone()),
        about,
        types,
        headers: !args.is("no-headers"),
        aligner: table::Aligner::list(),
        cursor: 0,
    };
    let client = cx.host.client();
    let within = listing.namespace.clone();
    let events = client.store().list(Kind::Event, within.as_deref());
    let mut events: Vec<Rc<Object>> = events.filter(|event| listing.wants(event)).cloned().collect();
    sort(&mut events);
    listing.cursor = client.store().head();
    let now = client.now();
    if events.is_empty() && !args.is("watch") {
        match within {
            Some(namespace) => cx.out.note(format_args!("No events found in {namespace} namespace.")),
            None => cx.out.note("No events found."),
        }
        return Ok(Outcome::Done(0));
    }
    cx.out.out(listing.print(&events, now));
    if args.is("watch") {
        return Ok(Outcome::Goes(Box::new(listing)));
    }
    Ok(Outcome::Done(0))
}

#[derive(Clone)]
struct Listing {
    namespace: Option<String>,
    about: Option<(&'static str, String)>,
    types: Vec<String>,
    headers: bool,
    aligner: table::Aligner,
    cursor: u64,
}

impl Listing {
    fn wants(&self, event: &Object) -> bool {
        let involved = event.body.get("involvedObject");
        let kind = event.body.get("type").str();
        self.about.as_ref().is_none_or(|(kind, name)| {
            involved.get("kind").str() == *kind && involved.get("name").str() == name.as_str()
        }) && (self.types.is_empty() || self.types.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind)))
    }

    fn print(&mut self, events: &[Rc<Object>], now: SimTime) -> String {
        let mut text = String::new();
        if std::mem::take(&mut self.headers) {
            text += if self.namespace.is_none() { "NAMESPACE\t" } else { "" };
            text += "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n";
        }
        for event in events {
            let member = |key: &str| event.body.get(key).str();
            let about = event.body.get("involvedObject");
            let mut cells = Vec::new();
            cells.extend(self.namespace.is_none().then(|| event.namespace().to_string()));
            cells.push(interval(event, now));
            cells.push(member("type").to_string());
            cells.push(member("reason").to_string());
            cells.push(format!("{}/{}", about.get("kind").str(), about.get("name").str()));
            cells.push(member("message").trim().to_string());
            text += &table::line(&cells);
        }
        self.aligner.align(&text)
    }
}

impl Task for Listing {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        let client = host.client();
        let store = client.store();
        for change in store.changes_from(self.cursor) {
            let Some(event) = change.new.as_ref().filter(|event| event.kind == Kind::Event) else { continue };
            let here = self.namespace.as_ref().is_none_or(|namespace| event.namespace() == namespace);
            if here && self.wants(event) {
                out.out(self.print(std::slice::from_ref(event), change.at));
            }
        }
        self.cursor = store.head();
        Ok(Progress::Wait { at: None })
    }

    fn is_endless(&self) -> bool {
        true
    }
}
