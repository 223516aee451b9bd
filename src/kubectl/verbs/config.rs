//! `kubectl config`: the one context there is, and its namespace (K175).

use super::Verb;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::table;
use crate::kubectl::{CONFIG, Cx, Outcome, current_namespace};

/// The name of the context.
pub const CONTEXT: &str = "kubernetes";
/// Where the API server is said to be.
pub const SERVER: &str = "https://127.0.0.1:16443";
const USER: &str = "kubernetes-admin";

/// `kubectl config` without a word behind it.
pub const VERB: Verb = Verb {
    name: "config",
    flags: "",
    summary: "Modify kubeconfig files",
    help: "kubectl config SUBCOMMAND

Examples:
  # Which context is used
  kubectl config get-contexts

  # Another namespace for what follows
  kubectl config set-context --current --namespace=kube-system",
    run: |cx| match &cx.args.words[..] {
        [] => {
            cx.out.out(super::help(&VERB));
            Ok(Outcome::Done(0))
        }
        words => Err(cx.usage(format_args!("unknown command \"{}\"", words.join(" ")))),
    },
};

/// `kubectl config current-context`.
pub const CURRENT_CONTEXT: Verb = Verb {
    name: "config current-context",
    flags: "",
    summary: "Display the current-context",
    help: "kubectl config current-context",
    run: |cx| {
        cx.out.line(CONTEXT);
        Ok(Outcome::Done(0))
    },
};

/// `kubectl config get-contexts`.
pub const GET_CONTEXTS: Verb = Verb {
    name: "config get-contexts",
    flags: "no-headers! output/o=",
    summary: "Describe one or many contexts",
    help: "kubectl config get-contexts [NAME]",
    run: get_contexts,
};

/// `kubectl config use-context`.
pub const USE_CONTEXT: Verb = Verb {
    name: "config use-context",
    flags: "",
    summary: "Set the current-context",
    help: "kubectl config use-context CONTEXT_NAME",
    run: |cx| match &cx.args.words[..] {
        [name] if name == CONTEXT => {
            cx.out.line(format_args!("Switched to context \"{name}\"."));
            Ok(Outcome::Done(0))
        }
        [name] => Err(Error::client(format!("no context exists with the name: \"{name}\""))),
        _ => Err(cx.usage("Unexpected args: []")),
    },
};

/// `kubectl config set-context`.
pub const SET_CONTEXT: Verb = Verb {
    name: "config set-context",
    flags: "current!",
    summary: "Set a context entry, such as the namespace",
    help: "kubectl config set-context --current --namespace=NAMESPACE

Examples:
  # Work in the namespace team-a from now on
  kubectl config set-context --current --namespace=team-a",
    run: set_context,
};

/// `kubectl config view`.
pub const VIEW: Verb = Verb {
    name: "config view",
    flags: "minify! raw! flatten! output/o= merge!",
    summary: "Display merged kubeconfig settings",
    help: "kubectl config view",
    run: |cx| {
        let namespace = written(cx);
        let text = config(&namespace);
        match cx.args.text("output") {
            "jsonpath={..namespace}" | "jsonpath={.contexts[0].context.namespace}" => cx.out.out(namespace),
            _ => cx.out.out(text),
        }
        Ok(Outcome::Done(0))
    },
};

// The namespace of the context, empty if none was ever set.
fn written(cx: &mut Cx) -> String {
    if cx.host.files().contains_key(CONFIG) { current_namespace(cx.host) } else { String::new() }
}

fn config(namespace: &str) -> String {
    let namespace =
        if namespace.is_empty() { String::new() } else { format!("    namespace: {namespace}\n") };
    format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    insecure-skip-tls-verify: true\n    server: {SERVER}\n  name: \
         {CONTEXT}\ncontexts:\n- context:\n    cluster: {CONTEXT}\n{namespace}    user: {USER}\n  name: \
         {CONTEXT}\ncurrent-context: {CONTEXT}\nkind: Config\nusers:\n- name: {USER}\n  user:\n    token: REDACTED\n"
    )
}

fn get_contexts(cx: &mut Cx) -> Result<Outcome> {
    let other = cx.args.words.iter().find(|name| *name != CONTEXT);
    if cx.args.text("output") == "name" {
        cx.out.line(CONTEXT);
        return Ok(Outcome::Done(0));
    }
    let mut text = String::new();
    if !cx.args.is("no-headers") {
        text += "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n";
    }
    if other.is_none() {
        text += &format!("*\t{CONTEXT}\t{CONTEXT}\t{USER}\t{}\n", written(cx));
    }
    cx.out.out(table::Aligner::list().align(&text));
    match other {
        Some(name) => Err(Error::client(format!("context {name} not found"))),
        None => Ok(Outcome::Done(0)),
    }
}

fn set_context(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let name = match args.words.first() {
        Some(name) => name.as_str(),
        None if args.is("current") => CONTEXT,
        None => return Err(Error::client("you must specify a non-empty context name or --current")),
    };
    if name != CONTEXT {
        return Err(Error::client(format!("this simulator has no other context than \"{CONTEXT}\"")));
    }
    let namespace = args.text("namespace").to_string();
    if args.has("namespace") {
        cx.host.files().insert(CONFIG.to_string(), config(&namespace));
    }
    cx.out.line(format_args!("Context \"{name}\" modified."));
    Ok(Outcome::Done(0))
}
