//! What kubectl says when something is wrong, in its own words and shapes (K5, K6, K8, K194).

use crate::store::{Reason, Status};
use std::rc::Rc;

/// Why a command fails.
#[derive(Clone, Debug)]
pub enum Error {
    /// kubectl itself objects: printed `error: TEXT`.
    Client(String),
    /// The API server said no: printed `Error from server (REASON): TEXT`.
    Server(Rc<Status>),
    /// Printed as it stands.
    Raw(String),
    /// Several, each on a line of its own (K6).
    Many(Vec<Error>),
    /// Nothing more is printed; the status is this.
    Exit(i32),
}

/// What a step of a command answers.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Rc<Status>> for Error {
    fn from(status: Rc<Status>) -> Self {
        Error::Server(status)
    }
}
impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Error::Server(Rc::new(status))
    }
}

impl Error {
    /// An objection of kubectl itself.
    pub fn client(text: impl Into<String>) -> Error {
        Error::Client(text.into())
    }

    /// A mistake found by the flag parser (K8).
    pub fn flag(command: &str, text: impl std::fmt::Display) -> Error {
        let command = if command.is_empty() { String::new() } else { format!(" {command}") };
        Error::Raw(format!("error: {text}\nSee 'kubectl{command} --help' for usage."))
    }

    /// A mistake found by the command's own check of its arguments (K8).
    pub fn usage(command: &str, text: impl std::fmt::Display) -> Error {
        Error::Raw(format!("error: {text}\nSee 'kubectl {command} -h' for help and examples"))
    }

    /// A refusal with what was being done: `error when creating "web.yaml": …`.
    pub fn when(status: &Status, doing: &str, source: &str) -> Error {
        let mut status = status.clone();
        status.message = format!("error when {doing} \"{source}\": {}", status.message);
        status.into()
    }

    /// All of them: none, the one, or several.
    pub fn all(mut errors: Vec<Error>) -> Result<()> {
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => Err(Error::Many(errors)),
        }
    }

    /// The bare text, for errors that quote others.
    pub fn message(&self) -> String {
        match self {
            Error::Server(status) => status.message.clone(),
            other => other.listed(),
        }
    }

    /// What is printed on stderr, and the status.
    pub fn report(&self) -> (String, i32) {
        let text = match self {
            Error::Exit(code) => return (String::new(), *code),
            Error::Raw(text) => text.clone(),
            Error::Client(text) => format!("error: {text}"),
            Error::Server(status) if status.reason == Reason::Invalid => invalid(status),
            Error::Server(_) => self.listed(),
            Error::Many(errors) => errors.iter().map(Error::listed).collect::<Vec<_>>().join("\n"),
        };
        (text + "\n", 1)
    }

    /// One of several.
    fn listed(&self) -> String {
        match self {
            Error::Client(text) | Error::Raw(text) => text.clone(),
            Error::Server(status) => {
                format!("Error from server ({}): {}", status.reason.name(), status.message)
            }
            Error::Many(errors) => errors.iter().map(Error::listed).collect::<Vec<_>>().join("\n"),
            Error::Exit(_) => String::new(),
        }
    }
}

// K194: `The StatefulSet "web" is invalid: CAUSE`, several causes on lines of their own.
fn invalid(status: &Status) -> String {
    let subject = status.message.split_once("\" is invalid").and_then(|(head, _)| {
        let (kind, name) = head.rsplit_once(" \"")?;
        let kind = kind.rsplit(": ").next()?;
        Some((kind.split('.').next()?, name))
    });
    let mut causes: Vec<&String> = Vec::new();
    for cause in &status.causes {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    let Some((kind, name)) = subject else { return format!("The request is invalid: {}", status.message) };
    match causes[..] {
        [] => format!("The {kind} \"{name}\" is invalid"),
        [cause] => format!("The {kind} \"{name}\" is invalid: {cause}"),
        _ => {
            let lines: Vec<String> = causes.iter().map(|cause| format!("* {cause}")).collect();
            format!("The {kind} \"{name}\" is invalid: \n{}", lines.join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;

    #[test]
    fn k194_one_cause_and_several() {
        let one = Status::invalid(Kind::StatefulSet, "web", vec!["spec: Forbidden: no".into()]);
        assert_eq!(
            Error::from(one.clone()).report().0,
            "The StatefulSet \"web\" is invalid: spec: Forbidden: no\n"
        );
        let listed = Error::Many(vec![Error::when(&one, "creating", "w.yaml"), Error::client("b")]);
        assert_eq!(
            listed.report().0,
            "Error from server (Invalid): error when creating \"w.yaml\": StatefulSet.apps \"web\" is invalid: \
             spec: Forbidden: no\nb\n"
        );
        let two = Status::invalid(Kind::Service, "x", vec!["a: no".into(), "b: no".into(), "a: no".into()]);
        assert_eq!(Error::from(two).report().0, "The Service \"x\" is invalid: \n* a: no\n* b: no\n");
    }

    #[test]
    fn k8_usage_errors_end_in_two_ways() {
        assert_eq!(
            Error::flag("get", "unknown flag: --foo").report(),
            ("error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n".to_string(), 1)
        );
        assert_eq!(
            Error::usage("rollout", "unknown command \"x\"").report().0,
            "error: unknown command \"x\"\nSee 'kubectl rollout -h' for help and examples\n"
        );
    }
}
