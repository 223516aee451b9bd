//! `kubectl wait`: until objects meet a condition (K156 to K158).

use super::delete::timed_out;
use super::{Item, NO_RESOURCES, Verb, check_names, look_all, words_of};
use crate::api::{Kind, Object, ObjectKey, Text};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format;
use crate::kubectl::output::jsonpath::Template;
use crate::kubectl::resource;
use crate::kubectl::select::Wanted;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::sim::{SimDuration, SimTime};

/// `kubectl wait`.
pub const VERB: Verb = Verb {
    name: "wait",
    flags: "for= timeout~ all! all-namespaces/A! selector/l= field-selector= filename/f, recursive/R! local! output/o= \
        template=",
    summary: "Wait for a specific condition on one or many resources",
    help:
        "kubectl wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) \
        [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]

Examples:
  # Wait until a pod is ready
  kubectl wait --for=condition=Ready pod/web-0

  # Wait until three pods of a set are ready
  kubectl wait --for=jsonpath='{.status.readyReplicas}'=3 sts/web --timeout=2m",
    run,
};

#[derive(Clone, Debug)]
enum Goal {
    Gone,
    There,
    Condition(String, String),
    Path(Template, Option<String>),
}

fn goal(text: &str) -> Result<Goal> {
    let lower = text.to_ascii_lowercase();
    if lower == "delete" {
        return Ok(Goal::Gone);
    }
    if lower == "create" {
        return Ok(Goal::There);
    }
    if lower.starts_with("condition=") {
        let rest = &text["condition=".len()..];
        let (name, value) = rest.split_once('=').unwrap_or((rest, "true"));
        return Ok(Goal::Condition(name.to_string(), value.to_string()));
    }
    if lower.starts_with("jsonpath=") {
        let rest = &text["jsonpath=".len()..];
        let (path, value) = match rest.rsplit_once('}') {
            Some((path, value)) => (format!("{path}}}"), value.strip_prefix('=')),
            None => match rest.split_once('=') {
                Some((path, value)) => (path.to_string(), Some(value)),
                None => (rest.to_string(), None),
            },
        };
        if path.trim_matches(['{', '}', '.']).is_empty() {
            return Err(Error::client("jsonpath expression cannot be empty"));
        }
        let template = Template::relaxed(path.trim_matches(['\'', '"'])).map_err(Error::client)?;
        let value = value.map(|value| value.trim_matches(['\'', '"']).to_string());
        if value.as_deref() == Some("") {
            return Err(Error::client("jsonpath wait has to have a value after equal sign"));
        }
        return Ok(Goal::Path(template, value));
    }
    Err(Error::client(format!("unrecognized condition: \"{text}\"")))
}

fn run(cx: &mut Cx) -> Result<Outcome> {
    let goal = goal(cx.args.text("for"))?;
    let words = words_of(cx)?;
    if words.is_empty() {
        return Err(Error::client(NO_RESOURCES));
    }
    let wanted = Wanted::parse(&words)?;
    check_names(cx, &wanted, cx.args.is("all"))?;
    let (mut waiting, mut errors) = (Vec::new(), Vec::new());
    for Item { resource, name, object, key } in look_all(cx, &wanted)? {
        let uid = object.map(|object| object.meta("uid").text());
        match (key, &goal) {
            (Some(key), _) if uid.is_some() => waiting.push((key, uid)),
            (Some(key), Goal::There) => waiting.push((key, None)),
            (_, Goal::Gone) => {}
            _ => errors.push(resource.not_found(&name)),
        }
    }
    if waiting.is_empty() && errors.is_empty() && !matches!(goal, Goal::Gone) {
        return Err(Error::client("no matching resources found"));
    }
    let timeout = match cx.args.duration("timeout").unwrap_or(30_000) {
        ..0 => SimDuration::secs(7 * 86_400),
        timeout => SimDuration(timeout as u64),
    };
    Ok(Outcome::Goes(Box::new(Until { waiting, goal, timeout, until: None, errors, cursor: None })))
}

/// Waits for objects one after the other.
#[derive(Clone)]
struct Until {
    waiting: Vec<(ObjectKey, Option<Text>)>,
    goal: Goal,
    timeout: SimDuration,
    until: Option<SimTime>,
    errors: Vec<Error>,
    cursor: Option<u64>,
}

impl Task for Until {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        let client = host.client();
        let store = client.store();
        while let Some((key, uid)) = self.waiting.first() {
            let until = *self.until.get_or_insert(client.now() + self.timeout);
            let now = store.by_key(key);
            let met = match &self.goal {
                Goal::Gone => {
                    now.is_none_or(|object| uid.as_ref().is_some_and(|uid| object.uid() != uid.as_str()))
                }
                Goal::There => now.is_some(),
                goal => {
                    // A state that came and went between two looks counts too.
                    let since = self.cursor.unwrap_or(store.head());
                    let passed = store.changes_from(since).filter(|change| change.key == *key);
                    now.is_some_and(|object| is_met(goal, object))
                        || passed.filter_map(|change| change.new.as_ref()).any(|object| is_met(goal, object))
                }
            };
            if met {
                let prefix = resource::of(key.kind).prefix();
                out.line(format_args!("{prefix}/{} condition met", key.name));
            } else if client.now() >= until {
                self.errors.push(Error::client(match self.goal {
                    Goal::There => "timed out waiting for the condition".to_string(),
                    _ => timed_out(key.kind, &key.name),
                }));
            } else {
                self.cursor = Some(store.head());
                return Ok(Progress::Wait { at: Some(until) });
            }
            self.waiting.remove(0);
            self.until = None;
            self.cursor = None;
        }
        Error::all(std::mem::take(&mut self.errors)).map(|()| Progress::Done(0))
    }
}

fn is_met(goal: &Goal, object: &Object) -> bool {
    match goal {
        Goal::Condition(name, value) => {
            let conditions = object.status().get("conditions").items();
            let found =
                conditions.iter().find(|condition| condition.get("type").str().eq_ignore_ascii_case(name));
            // A condition of an older generation says nothing about this one.
            let old = found.is_some_and(|condition| {
                let seen = condition.get("observedGeneration").as_int();
                seen.is_some_and(|seen| seen < object.generation()) && object.kind != Kind::Pod
            });
            !old && found.is_some_and(|condition| condition.get("status").str().eq_ignore_ascii_case(value))
        }
        Goal::Path(path, value) => {
            let values = path.values(&object.body);
            match value {
                None => !values.is_empty(),
                Some(value) => values.len() == 1 && format::plain(&values[0]) == *value,
            }
        }
        _ => false,
    }
}
