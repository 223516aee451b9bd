//! `kubectl version`, `cluster-info`, `options` and `help` (K176 to K178).

use super::{VERBS, Verb};
use crate::kubectl::{Cx, Outcome};

/// `kubectl version`.
pub const VERB: Verb = Verb {
    name: "version",
    flags: "client! output/o=",
    summary: "Print the client and server version information",
    help: "kubectl version [--client]

Examples:
  # Which versions are at work
  kubectl version",
    run: |cx: &mut Cx| {
        let profile = cx.profile();
        let kustomize = match profile.name {
            "1.33" => "v5.6.0",
            "1.34" | "1.35.0" | "1.35.4" => "v5.7.1",
            _ => "v5.8.1",
        };
        cx.out.line(format_args!("Client Version: {}\nKustomize Version: {kustomize}", profile.git_version));
        if !cx.args.is("client") {
            cx.out.line(format_args!("Server Version: {}", profile.git_version));
        }
        Ok(Outcome::Done(0))
    },
};

/// `kubectl cluster-info`.
pub const CLUSTER_INFO: Verb = Verb {
    name: "cluster-info",
    flags: "",
    summary: "Display cluster information",
    help: "kubectl cluster-info",
    run: |cx: &mut Cx| {
        cx.out.line(format_args!(
            "Kubernetes control plane is running at {}\n\nTo further debug and diagnose cluster problems, use 'kubectl \
             cluster-info dump'.",
            super::config::SERVER
        ));
        Ok(Outcome::Done(0))
    },
};

/// `kubectl options`.
pub const OPTIONS: Verb = Verb {
    name: "options",
    flags: "",
    summary: "Print the list of flags inherited by all commands",
    help: "kubectl options",
    run: |cx: &mut Cx| {
        cx.out.line(
            "The following options can be passed to any command:\n\n    -n, --namespace='':\n        If present, the \
             namespace scope for this CLI request\n\n    --context='':\n        The name of the kubeconfig context to use",
        );
        Ok(Outcome::Done(0))
    },
};

/// `kubectl help`.
pub const HELP: Verb = Verb {
    name: "help",
    flags: "",
    summary: "Help about any command",
    help: "kubectl help [command]",
    run: |cx: &mut Cx| {
        let name = cx.args.words.join(" ");
        let text = match VERBS.iter().find(|verb| verb.name == name) {
            Some(verb) => super::help(verb),
            None => super::overview(),
        };
        cx.out.out(text);
        Ok(Outcome::Done(0))
    },
};
