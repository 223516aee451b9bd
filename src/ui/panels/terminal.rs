//! The prompt and everything typed up to the moment shown.

use super::Context;
use crate::kubectl::verbs;
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::Block;
use yew::prelude::*;

/// The id of the prompt.
pub const PROMPT: &str = "prompt";
/// The id of the transcript.
pub const LOG: &str = "terminal-log";

/// What stands under the transcript: help with the line typed last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Near {
    /// The line that exists and is nearest to one that does not.
    pub line: Option<String>,
    /// What the word at the prompt can become.
    pub choices: Vec<String>,
}

/// The panel; `prompt` is that of a shell in a pod, while one is open.
pub fn terminal(context: &Context, blocks: &[Block], near: &Near, prompt: Option<&str>) -> Html {
    let texts = context.texts;
    let onkeydown = {
        let send = context.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            // The Enter that ends a composition belongs to the input method.
            if dom::is_composing(&event) {
                return;
            }
            let line = dom::field_text(PROMPT);
            let action = match event.code().as_str() {
                "Enter" | "NumpadEnter" => {
                    dom::set_field_text(PROMPT, "");
                    UiAction::Command(line)
                }
                "ArrowUp" => UiAction::HistoryBy(1),
                "ArrowDown" => UiAction::HistoryBy(-1),
                // Escape and then Tab leaves, as in the manifest; where nothing is typed, Tab alone does.
                "Tab" if !event.shift_key() && !line.is_empty() => UiAction::Complete(line),
                "Space" if event.ctrl_key() => UiAction::Complete(line),
                "KeyR" if event.ctrl_key() => UiAction::SearchBack(line),
                "KeyC" if event.ctrl_key() && !dom::has_selection() => UiAction::Interrupt,
                "KeyL" if event.ctrl_key() => UiAction::ClearTerminal,
                _ => return,
            };
            event.prevent_default();
            send.emit(action);
        })
    };
    let onpaste = {
        let send = context.send.clone();
        Callback::from(move |event: Event| {
            // Several lines run one after another.
            if let Some(text) = dom::pasted(&event).filter(|text| text.trim().contains('\n')) {
                event.prevent_default();
                send.emit(UiAction::Command(text));
            }
        })
    };
    html! {
        <section id="terminal-panel" class="terminal" aria-label={texts.terminal} onclick={Callback::from(|event: MouseEvent| dom::focus_unless_selecting(&event, PROMPT))}>
            <div id={LOG} class="terminal__log" role="log" tabindex="0" aria-label={texts.terminal_log}>
                { for blocks.iter().map(|block| html! {
                    <div class="terminal__block">
                        <div class="terminal__cmd">{&block.line}</div>
                        if !block.output.is_empty() {
                            <div class={if block.failed { "terminal__err" } else { "terminal__out" }}>{&block.output}</div>
                        }
                    </div>
                }) }
                if let Some(line) = &near.line {
                    <p class="terminal__near"><button type="button" onclick={context.on(UiAction::Command(line.clone()))}>
                        {(texts.nearest)(line)}</button></p>
                }
                if !near.choices.is_empty() { <p class="terminal__choices">{near.choices.join("  ")}</p> }
            </div>
            <label class="terminal__prompt" data-prompt={prompt.map(str::to_string)}>
                <span class="visually-hidden">{texts.terminal_input}</span>
                <input id={PROMPT} type="text" spellcheck="false" autocapitalize="off" autocomplete="off" autocorrect="off" translate="no"
                    placeholder={texts.terminal_hint} {onkeydown} {onpaste} />
            </label>
        </section>
    }
}

/// The line with its verb replaced by the nearest that exists; none if kubectl knows it already.
pub fn nearest(line: &str) -> Option<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let at = usize::from(words.first().is_some_and(|w| matches!(*w, "kubectl" | "k")));
    let verb = *words.get(at)?;
    if at == 0 {
        // Not kubectl at all: only a slip in its name is ours to mend.
        if matches!(verbs::distance(verb, "kubectl"), 1 | 2) {
            words[0] = "kubectl";
            return Some(words.join(" "));
        }
        return None;
    }
    if verb.starts_with('-') || verbs::is_known(verb) {
        return None;
    }
    words[at] = verbs::nearest(verb, verbs::names())?;
    Some(words.join(" "))
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
