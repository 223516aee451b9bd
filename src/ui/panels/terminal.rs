//! The prompt and everything typed up to the moment shown.

use super::Context;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Block;
use std::cell::Cell;
use yew::prelude::*;

/// The id of the prompt.
pub const PROMPT: &str = "prompt";
/// The id of the transcript.
pub const LOG: &str = "terminal-log";

/// Properties of [`TerminalPanel`].
#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    /// Words and way back.
    pub context: Context,
    /// The transcript.
    pub blocks: Vec<Block>,
    /// Lines typed before, oldest first.
    pub lines: Vec<String>,
    /// The line that exists and is nearest to one that does not.
    pub nearest: Option<String>,
}

/// The panel.
#[component]
pub fn TerminalPanel(props: &TerminalProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    // How many lines back the prompt shows; 0 is the line being typed.
    let back = use_mut_ref(|| Cell::new(0usize));
    let onkeydown = {
        let (send, lines, back) = (context.send.clone(), props.lines.clone(), back.clone());
        Callback::from(move |event: KeyboardEvent| {
            // The Enter that ends a composition belongs to the input method.
            if dom::is_composing(&event) {
                return;
            }
            let back = back.borrow();
            match event.code().as_str() {
                "Enter" | "NumpadEnter" => {
                    event.prevent_default();
                    let line = dom::field_text(PROMPT);
                    dom::set_field_text(PROMPT, "");
                    back.set(0);
                    send.emit(UiAction::Command(line));
                }
                "ArrowUp" | "ArrowDown" => {
                    event.prevent_default();
                    let to =
                        if event.code() == "ArrowUp" { back.get() + 1 } else { back.get().saturating_sub(1) };
                    let to = to.min(lines.len());
                    back.set(to);
                    let line = if to == 0 { "" } else { &lines[lines.len() - to] };
                    dom::set_field_text(PROMPT, line);
                }
                "KeyC" if event.ctrl_key() => {
                    back.set(0);
                    dom::set_field_text(PROMPT, "");
                }
                _ => {}
            }
        })
    };
    let onpaste = {
        let send = context.send.clone();
        Callback::from(move |event: Event| {
            // Several lines run one after another.
            if let Some(text) = dom::pasted(&event).filter(|text| text.trim().contains('\n')) {
                event.prevent_default();
                for line in
                    text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
                {
                    send.emit(UiAction::Command(line.to_string()));
                }
            }
        })
    };
    let nearest = props.nearest.clone();
    html! {
        <section id="terminal-panel" class="terminal" aria-label={texts.terminal} onclick={Callback::from(|event: MouseEvent| dom::focus_unless_selecting(&event, PROMPT))}>
            <div id={LOG} class="terminal__log" role="log" tabindex="0" aria-label={texts.terminal}>
                { for props.blocks.iter().map(|block| html! {
                    <div class="terminal__block">
                        <div class="terminal__cmd">{&block.line}</div>
                        if !block.output.is_empty() {
                            <div class={if block.failed { "terminal__err" } else { "terminal__out" }}>{&block.output}</div>
                        }
                    </div>
                }) }
                if let Some(line) = nearest {
                    <p class="terminal__near"><button type="button" onclick={context.says(UiAction::Command(line.clone())).reform(|_: MouseEvent| ())}>
                        {(texts.nearest)(&line)}</button></p>
                }
            </div>
            <label class="terminal__prompt">
                <span class="visually-hidden">{texts.terminal_input}</span>
                <input id={PROMPT} type="text" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off" translate="no"
                    placeholder={texts.terminal_hint} {onkeydown} {onpaste} />
            </label>
        </section>
    }
}

/// The verbs and resources a line may be near to.
const WORDS: &[&str] = &[
    "get",
    "describe",
    "apply",
    "delete",
    "scale",
    "set",
    "rollout",
    "patch",
    "label",
    "annotate",
    "logs",
    "exec",
    "create",
    "edit",
    "expose",
    "explain",
    "wait",
    "top",
    "run",
    "drain",
    "cordon",
    "uncordon",
    "taint",
    "replace",
    "diff",
    "config",
    "version",
    "api-resources",
    "events",
    "cluster-info",
    "autoscale",
    "port-forward",
    "auth",
    "options",
    "kustomize",
];

/// The line with its verb replaced by the nearest that exists; none if kubectl knows it already.
pub fn nearest(line: &str) -> Option<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let at = usize::from(words.first().is_some_and(|w| matches!(*w, "kubectl" | "k")));
    let verb = *words.get(at)?;
    if at == 0 {
        // Not kubectl at all: only a slip in its name is ours to mend.
        if distance(verb, "kubectl") == 1 || distance(verb, "kubectl") == 2 {
            words[0] = "kubectl";
            return Some(words.join(" "));
        }
        return None;
    }
    if verb.starts_with('-') || WORDS.contains(&verb) {
        return None;
    }
    let best = WORDS.iter().min_by_key(|word| distance(verb, word))?;
    if distance(verb, best) > 2 {
        return None;
    }
    words[at] = best;
    Some(words.join(" "))
}

/// Insertions, deletions and replacements between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == *y { corner } else { 1 + corner.min(above).min(row[j]) };
            corner = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_verb_is_mended() {
        assert_eq!(nearest("kubectl gte pods").as_deref(), Some("kubectl get pods"));
        assert_eq!(nearest("kubctl get pods").as_deref(), Some("kubectl get pods"));
        assert_eq!(nearest("kubectl get pods"), None);
        assert_eq!(nearest("kubectl frobnicate"), None);
        assert_eq!(nearest("ls"), None);
    }
}
