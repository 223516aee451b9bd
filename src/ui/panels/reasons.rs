//! Why: what holds the controller, where that is said, and what would release it.

use super::Context;
use crate::ui::editor::{DiffLine, Problem, diff, mend_all};
use crate::ui::platform::dom;
use crate::ui::state::UiAction;
use crate::ui::view::reasons::{Because, Meter, Source};
use crate::ui::view::{PromiseRow, Reasons};
use crate::ui::widgets::{button, icon, rich};
use yew::prelude::*;

/// The panel.
pub fn reasons(context: &Context, reasons: &Reasons, promises: &[PromiseRow]) -> Html {
    let texts = context.texts;
    html! {
        <>
            <h2 class="why__title">{rich(&reasons.title)}</h2>
            if !reasons.lead.is_empty() { <p class="why__lead">{rich(&reasons.lead)}</p> }
            if let Some(meter) = &reasons.meter { {meter_bar(context, meter)} }
            {part(texts.because, &reasons.because, context)}
            {part(texts.stays, &reasons.stays, context)}
            if !reasons.releases.is_empty() {
                <section class="why__part"><h3>{texts.released}</h3><div class="what">
                    { for reasons.releases.iter().map(|release| {
                        let inside = html! { <span>{rich(&release.text)}if !release.note.is_empty() { <small>{&release.note}</small> }</span> };
                        match release.step {
                            Some(step) => html! {
                                <button type="button" class="what__item" title={texts.jump} onclick={context.on(UiAction::SeekStep(step))}>
                                    {inside}{icon("jump")}</button>
                            },
                            None => html! { <p class="what__item">{inside}</p> },
                        }
                    }) }
                </div></section>
            }
            if !reasons.what_if.is_empty() {
                <section class="why__part"><h3>{texts.what_if}</h3><div class="what">
                    { for reasons.what_if.iter().map(|(other, outcome)| {
                        let said = match outcome {
                            Some(outcome) => html! { <small>{rich(outcome)}</small> },
                            None if reasons.is_tried => html! { <small>{texts.computing}{" …"}</small> },
                            None => Html::default(),
                        };
                        if other.lines.is_empty() {
                            // Waiting needs no press; what comes of it is what the others are held against.
                            return if reasons.is_tried { html! { <p class="what__item"><span>{texts.if_nothing}{said}</span></p> } } else { Html::default() };
                        }
                        let title = other.lines.join("\n");
                        html! {
                            <button type="button" class="what__item" {title} onclick={context.on(UiAction::WhatIf(other.clone()))}>
                                <span><code>{&other.says}</code>{said}</span>{icon("fork")}</button>
                        }
                    }) }
                </div>
                if !reasons.is_tried {
                    <p class="why__try">{button("button--line", "", context.on(UiAction::TryOthers), texts.try_others.into())}</p>
                }
                </section>
            }
            {kept(context, promises)}
        </>
    }
}

/// The promises: one quiet line while they are kept, open with moment and cause where one broke.
fn kept(context: &Context, promises: &[PromiseRow]) -> Html {
    let texts = context.texts;
    let broken = promises.iter().filter(|row| row.broken.is_some()).count();
    html! {
        <details class={classes!("promises", (broken > 0).then_some("promises--broken"))} open={broken > 0}>
            <summary>{icon(if broken > 0 { "error" } else { "check" })}
                {if broken > 0 { (texts.promises_broken)(broken) } else { (texts.promises_kept)(promises.len()) }}</summary>
            <ul>
                { for promises.iter().map(|row| html! {
                    <li class={classes!("promises__row", row.broken.is_some().then_some("promises__row--broken"))}>{icon(if row.broken.is_some() { "cross" } else { "check" })}
                        <span>{row.text}
                            if let Some((happening, says)) = &row.broken {
                                <button type="button" class="because__src" onclick={context.on(UiAction::GoTo(format!("e{happening}")))}>{rich(says)}</button>
                            }
                        </span></li>
                }) }
            </ul>
        </details>
    }
}

fn part(title: &str, reasons: &[Because], context: &Context) -> Html {
    if reasons.is_empty() {
        return Html::default();
    }
    let texts = context.texts;
    html! {
        <section class="why__part"><h3>{title}</h3><div class="because">
            { for reasons.iter().map(|because| {
                let source = match &because.source {
                    Source::None => Html::default(),
                    Source::Line(line) => {
                        let line = *line;
                        let go = Callback::from(move |_: MouseEvent| dom::set_caret_line(super::manifest::FIELD, line));
                        html! { <button type="button" class="because__src" onclick={go}>{(texts.manifest_line)(line)}</button> }
                    }
                    Source::Command(words, step) => html! {
                        <button type="button" class="because__src" onclick={context.on(UiAction::SeekStep(*step))}>{words}</button>
                    },
                    Source::Default(value) => html! {
                        <span class="because__src because__src--default"><code>{value}</code>{" "}{texts.default_value}</span>
                    },
                };
                html! { <div class="because__item"><span>{rich(&because.text)}</span>{source}</div> }
            }) }
        </div></section>
    }
}

/// A stretch of time: gone, left, and now, with what stands at its ends.
fn meter_bar(context: &Context, meter: &Meter) -> Html {
    const WIDTH: f64 = 316.0;
    let texts = context.texts;
    let whole = meter.to.since(meter.from).0.max(1) as f64;
    let gone = (meter.now.since(meter.from).0 as f64 / whole).clamp(0.0, 1.0) * WIDTH;
    let left = meter.to.since(meter.now).0 as f64 / 1000.0;
    let seconds = |ms: f64| (texts.seconds)(ms / 1000.0).replace(".0", "");
    let text_x = gone.clamp(46.0, WIDTH - 60.0);
    html! {
        <svg class="meter" viewBox="0 0 316 58" role="img" aria-label={(texts.seconds)(left)}>
            <rect x="0" y="20" width="316" height="8" rx="4" class={format!("meter__left meter__left--{}", meter.token)} />
            <path d={format!("M4 20H{gone:.1}v8H4a4 4 0 0 1 0-8z")} class="meter__gone" />
            <path class="meter__now" d={format!("M{gone:.1} 14V34")} />
            <text x="0" y="10" class="t t--note">{seconds(0.0)}</text>
            <text x={format!("{text_x:.1}")} y="10" class="t t--now" text-anchor="middle">
                {format!("{} {}", texts.now, seconds(meter.now.since(meter.from).0 as f64))}</text>
            <text x="316" y="10" class="t t--note" text-anchor="end">{seconds(whole)}</text>
            <text x="0" y="46" class="t t--note t--mono">{&meter.first}</text>
            <text x="316" y="46" class="t t--note t--mono" text-anchor="end">{&meter.last}</text>
        </svg>
    }
}

/// What is wrong with the manifest, shown as the reason why nothing is applied, and how it reads once it is mended.
pub fn refused(context: &Context, problems: &[Problem], text: &str) -> Html {
    let texts = context.texts;
    let mended = mend_all(text, texts.language.lang());
    let errors = problems.iter().filter(|p| p.is_error).count();
    html! {
        <>
            <h2 class="why__title">{texts.refused_title}</h2>
            <p class="why__lead">{texts.refused_lead}</p>
            if let Some(mended) = &mended {
                <section class="why__part"><h3>{texts.repaired_so}</h3>
                    <pre class="diff" translate="no">{difference(diff(text, mended, 1))}</pre>
                    <p class="why__fixall">{button("button--primary", "", context.on(UiAction::RepairAll),
                        if errors == 2 { texts.repair_both } else { texts.repair_all }.into())}</p>
                </section>
            }
            <section class="why__part"><h3>{texts.because}</h3><div class="because">
                { for problems.iter().filter(|p| p.is_error).map(|p| html! { <div class="because__item"><p>{rich(&p.text)}</p></div> }) }
            </div></section>
        </>
    }
}

/// The lines of a difference, each with its mark.
pub(super) fn difference(lines: impl IntoIterator<Item = DiffLine>) -> Html {
    lines
        .into_iter()
        .map(|line| match line {
            DiffLine::Same(text) => html! { <span class="diff__line">{format!("  {text}")}</span> },
            DiffLine::Out(text) => {
                html! { <del class="diff__line diff__line--out">{format!("- {text}")}</del> }
            }
            DiffLine::In(text) => {
                html! { <ins class="diff__line diff__line--in">{format!("+ {text}")}</ins> }
            }
            DiffLine::Gap => html! { <span class="diff__line diff__line--gap">{"  …"}</span> },
        })
        .collect()
}
