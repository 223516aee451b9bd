//! The manifest: a plain text area over a coloured copy of its text, the list of problems, and the way to apply.
//!
//! The text lives in the browser's own field and is read on input, never written while somebody types: a composing
//! input method would lose its place. Our own edits go through the browser's insertion, so undo knows them.

use super::Context;
use crate::scenario::observed::is_log;
use crate::ui::editor::{Marks, Problem, highlight};
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::widgets::{button, icon, kbd, rich};
use std::rc::Rc;
use yew::prelude::*;

/// The id of the text area.
pub const FIELD: &str = "manifest";
const LAYER: &str = "manifest-layer";

/// Properties of [`ManifestPanel`].
#[derive(Properties, PartialEq)]
pub struct ManifestProps {
    /// Words and way back.
    pub context: Context,
    /// The text, for the coloured copy.
    pub text: AttrValue,
    /// What is wrong with it.
    pub problems: Rc<Vec<Problem>>,
    /// What is marked in it.
    pub marks: Marks,
    /// What the word at the caret can become.
    #[prop_or_default]
    pub offers: AttrValue,
    /// It differs from what was applied last.
    pub is_changed: bool,
}

/// The panel.
#[component]
pub fn ManifestPanel(props: &ManifestProps) -> Html {
    let (context, texts) = (&props.context, props.context.texts);
    let leaving = use_mut_ref(|| false);
    let dragged = use_state(|| false);
    {
        let text = props.text.clone();
        use_effect_with((), move |()| dom::set_field_text(FIELD, &text));
    }
    let oninput = {
        let send = context.send.clone();
        Callback::from(move |event: InputEvent| {
            let text = dom::text_of(&event);
            send.emit(UiAction::Manifest(text));
        })
    };
    let onscroll = Callback::from(|event: Event| {
        let (left, top) = dom::scroll_of(&event);
        dom::scroll_to(LAYER, left, top);
    });
    let onkeydown = {
        let (send, leaving, problems) = (context.send.clone(), leaving.clone(), props.problems.clone());
        Callback::from(move |event: KeyboardEvent| {
            if dom::is_composing(&event) {
                return;
            }
            let held = event.ctrl_key() || event.meta_key();
            match event.code().as_str() {
                "Enter" | "NumpadEnter" if held => {
                    event.prevent_default();
                    send.emit(UiAction::Manifest(dom::field_text(FIELD)));
                    send.emit(UiAction::Apply);
                }
                "Space" if event.ctrl_key() => {
                    event.prevent_default();
                    send.emit(UiAction::CompleteField(dom::text_before_caret(FIELD)));
                }
                "Escape" => {
                    event.stop_propagation();
                    *leaving.borrow_mut() = true;
                    return;
                }
                // Escape and then Tab leaves, as the label says.
                "Tab" if !*leaving.borrow() && !event.shift_key() && !held => {
                    event.prevent_default();
                    dom::exec_insert("  ");
                }
                "F8" if !problems.is_empty() => {
                    event.prevent_default();
                    let line = dom::field_text(FIELD)[..]
                        .chars()
                        .take(dom::caret(FIELD) as usize)
                        .filter(|c| *c == '\n')
                        .count()
                        + 1;
                    let next = if event.shift_key() {
                        problems.iter().rposition(|p| p.line < line).unwrap_or(problems.len() - 1)
                    } else {
                        problems.iter().position(|p| p.line > line).unwrap_or(0)
                    };
                    send.emit(UiAction::GoToProblem(next));
                }
                _ => {}
            }
            *leaving.borrow_mut() = false;
        })
    };
    let ondragover = {
        let dragged = dragged.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            dragged.set(true);
        })
    };
    let ondragleave = {
        let dragged = dragged.clone();
        Callback::from(move |_: DragEvent| dragged.set(false))
    };
    let ondrop = {
        let (send, dragged) = (context.send.clone(), dragged.clone());
        Callback::from(move |event: DragEvent| {
            dragged.set(false);
            if dom::dropped_files(&event).is_some_and(|files| files.length() > 0) {
                event.prevent_default();
                let send = send.clone();
                dom::read_files(dom::dropped_files(&event), move |files| open(&send, files));
            }
        })
    };
    let onchange = {
        let send = context.send.clone();
        Callback::from(move |event: Event| {
            let send = send.clone();
            dom::read_files(dom::chosen_files(&event), move |files| open(&send, files));
            dom::clear_field(&event);
        })
    };
    let errors = props.problems.iter().filter(|p| p.is_error).count();
    let mendable = props.problems.iter().filter(|p| p.is_error && p.repair.is_some()).count();
    let warnings = props.problems.len() - errors;
    let state = match () {
        () if !props.problems.is_empty() => (texts.problems_count)(errors, warnings),
        () if props.is_changed => texts.unapplied.to_string(),
        () => texts.applied.to_string(),
    };
    let layer = highlight(&props.text, &props.problems, &props.marks);
    html! {
        <section id="manifest-panel" class={classes!("manifest", dragged.then_some("manifest--dragged"))} aria-label={texts.manifest}
            {ondragover} {ondragleave} {ondrop}>
            <header class="manifest__head">
                <h2>{texts.manifest}</h2>
                <input type="file" id="file" class="visually-hidden" multiple=true accept=".yaml,.yml,.json,.txt" tabindex="-1" aria-hidden="true" {onchange} />
                {button("button--quiet", "file", Callback::from(|_| dom::press("file")), texts.choose_file.into())}
            </header>
            <div class="editor">
                <div id={LAYER} class="editor__layer" aria-hidden="true">{Html::from_html_unchecked(format!("<div class=\"editor__lines\">{layer}</div>").into())}</div>
                <textarea id={FIELD} class="editor__text" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" translate="no"
                    aria-label={texts.manifest_label} aria-invalid={(errors > 0).to_string()} aria-describedby="problems"
                    {oninput} {onscroll} {onkeydown} />
                if *dragged { <p class="editor__drop">{texts.drop_here}</p> }
            </div>
            <div class="problems" id="problems">
                <ul class="problems__list">
                    { for props.problems.iter().enumerate().map(|(i, problem)| problem_item(context, i, problem)) }
                </ul>
                if !props.offers.is_empty() { <p class="problems__offers" role="status">{&props.offers}</p> }
                <div class="problems__foot">
                    <span class="problems__state" role="status">{state}</span>
                    if errors > 0 && mendable == errors {
                        {button("button--primary", "", context.on(UiAction::RepairAll),
                            if errors == 2 { texts.repair_both } else { texts.repair_all }.into())}
                    } else {
                        {button(if errors > 0 { "button--off" } else { "button--primary" }, "", context.on(UiAction::Apply),
                            html! { <>{texts.apply}{kbd("Ctrl ↵")}</> })}
                    }
                </div>
            </div>
        </section>
    }
}

fn problem_item(context: &Context, i: usize, problem: &Problem) -> Html {
    let go = context.on(UiAction::GoToProblem(i));
    html! {
        <li class={classes!("problem", problem.is_error.then_some("problem--error"))}>
            <span class="problem__icon">{icon(if problem.is_error { "error" } else { "warn" })}</span>
            <div>
                <button type="button" class="problem__where" onclick={go}>{format!("{}:{}", problem.line, problem.column)}</button>
                {rich(&problem.text)}
                if let Some(repair) = &problem.repair {
                    <button type="button" class="problem__fix" onclick={context.on(UiAction::Repair(i))}>{rich(&repair.label)}</button>
                }
            </div>
        </li>
    }
}

// Logs of a cluster belong together; of manifests each takes the place of the one before.
fn open(send: &Callback<UiAction>, files: Vec<(String, String)>) {
    if files.iter().all(|(_, text)| is_log(text)) {
        return send.emit(UiAction::ClusterLog(files));
    }
    files.into_iter().for_each(|(_, text)| send.emit(UiAction::OpenText(text)));
}
