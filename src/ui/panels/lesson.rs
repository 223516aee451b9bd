//! The lesson: what the step is for, its question, what was to be seen, the goal, and the way on.

use super::Context;
use super::question::{self, prose};
use crate::lessons::{Front, Goal};
use crate::ui::lesson::{Act, Course, From, Phase};
use crate::ui::state::{Dialog, UiAction};
use crate::ui::texts::{LessonTexts, lesson as words};
use crate::ui::widgets::{IconButton, button, icon, icon_button};
use yew::prelude::*;

/// The id of the button that goes on; it gets the focus when a question is over.
pub const NEXT: &str = "lesson-next";

/// The lesson. `after`: lessons to see next, shown when this one is over.
pub fn lesson(context: &Context, course: &Course, after: &[&Front]) -> Html {
    let texts = words(context.texts.language);
    let lang = context.texts.language.lang();
    let step = course.now();
    let on = |act: Act| context.on(UiAction::Lesson(act));
    let close = IconButton { icon: "cross", label: texts.leave, ..IconButton::default() };
    let is_busy = course.phase == Phase::Preparing;
    html! {
        <article class="lesson" aria-labelledby="lesson-purpose" aria-busy={is_busy.then_some("true")}>
            <header class="lesson__head">
                <p class="lesson__title"><b>{course.lesson.front.title.get(lang)}</b><span>{(texts.step)(course.step + 1, course.count())}</span></p>
                {icon_button(&close, on(Act::Leave))}
            </header>
            {dots(context, course, texts)}
            <h2 id="lesson-purpose" class="lesson__purpose">{prose_line(step.purpose.get(lang))}</h2>
            if course.away {
                <div class="notice lesson__away" role="status">{icon("fork")}<span>{texts.away}</span>
                    {button("button--primary", "", on(Act::Return), texts.back.into())}</div>
            }
            if is_busy { <p class="lesson__wait">{texts.preparing}</p> }
            if let Some(ask) = course.question() { {question::question(context, course, ask)} }
            <div role="status">
                if let Some((ask, given)) = course.answered() { {question::outcome(context, course, ask, given)} }
                if course.phase == Phase::Playing && course.answered().is_some() { <p class="lesson__wait">{texts.watch}</p> }
            </div>
            if shows_caption(course) { <div class="lesson__text">{prose(step.caption.get(lang))}</div> }
            if let Some(goal) = course.goal() { {goal_box(context, course, goal, texts)} }
            if course.is_over() { {over(context, after, texts)} }
            {way(context, course, texts)}
            <footer class="lesson__foot">{texts.source}{": "}{&course.lesson.front.source}{" · Kubernetes "}{&course.lesson.front.kubernetes}</footer>
        </article>
    }
}

// What was asked is not told before it was seen.
fn shows_caption(course: &Course) -> bool {
    match course.phase {
        Phase::Preparing | Phase::Asking => false,
        Phase::Playing => course.answered().is_none(),
        Phase::Shown => true,
    }
}

fn prose_line(text: &str) -> Html {
    question::spans(text)
}

// One mark a step, each the way there.
fn dots(context: &Context, course: &Course, texts: &LessonTexts) -> Html {
    html! {
        <ol class="lesson__dots" aria-label={texts.steps}>
            { for course.lesson.steps.iter().enumerate().map(|(i, step)| {
                let purpose = crate::lessons::text::plain(step.purpose.get(context.texts.language.lang()));
                let label = format!("{}: {purpose}", i + 1);
                let is_now = i == course.step;
                html! {
                    <li><button type="button" class={classes!("lesson__dot", (i < course.step).then_some("lesson__dot--past"))} aria-current={is_now.then_some("step")}
                        aria-label={label.clone()} title={label} onclick={context.on(UiAction::Lesson(Act::Go(i)))} /></li>
                }
            }) }
        </ol>
    }
}

fn way(context: &Context, course: &Course, texts: &LessonTexts) -> Html {
    let on = |by: i32| context.on(UiAction::Lesson(Act::Step(by)));
    let goes_on = course.question().is_none() && (course.next().is_some() || course.phase == Phase::Playing);
    let word = if course.phase == Phase::Playing { texts.skip } else { texts.next };
    html! {
        <div class={classes!("lesson__way", goes_on.then_some("lesson__way--on"))}>
            <button type="button" class="button button--line" disabled={course.step == 0} onclick={on(-1)}>{icon("back")}{texts.previous}</button>
            if goes_on {
                <button type="button" id={NEXT} class="button button--primary" disabled={course.phase == Phase::Preparing} onclick={on(1)}>{word}{icon("forward")}</button>
            }
        </div>
    }
}

fn goal_box(context: &Context, course: &Course, goal: &Goal, texts: &LessonTexts) -> Html {
    let lang = context.texts.language.lang();
    let on = |act: Act| context.on(UiAction::Lesson(act));
    let (mark, state) =
        if course.reached { ("check", texts.goal_reached) } else { ("dash", texts.goal_open) };
    let fold = |is_open: bool, word: &'static str, act: Act| {
        html! { <button type="button" class="button button--line" aria-expanded={is_open.to_string()} onclick={on(act)}>{word}</button> }
    };
    let commands = goal.commands();
    html! {
        <section class={classes!("goal", course.reached.then_some("goal--reached"))} aria-label={texts.goal}>
            <h3>{texts.goal}</h3>
            <p class="goal__text">{prose_line(goal.text.get(lang))}</p>
            <p class="goal__state" role="status">{icon(mark)}{state}</p>
            if !course.reached { <p class="goal__how">{texts.goal_how}</p> }
            <div class="goal__row">
                {fold(course.hint, texts.hint, Act::Hint)}
                {fold(course.solution, texts.solution, Act::Solution)}
                {button("button--line", "", on(Act::Return), texts.again.into())}
            </div>
            if course.hint { <div class="lesson__text">{prose(goal.hint.get(lang))}</div> }
            if course.solution {
                <pre class="goal__solution" tabindex="0" translate="no">{&commands}</pre>
                {button("button--line", "play", on(Act::Solve), texts.run_solution.into())}
            }
        </section>
    }
}

fn over(context: &Context, after: &[&Front], texts: &LessonTexts) -> Html {
    let lang = context.texts.language.lang();
    html! {
        <section class="over">
            <p class="over__said" role="status"><b>{texts.over}</b></p>
            if !after.is_empty() {
                <h3>{texts.see_next}</h3>
                <div class="what">
                    { for after.iter().map(|front| {
                        let open = UiAction::Lesson(Act::Fetch(From::Page(front.id.clone()), 1));
                        html! { <button type="button" class="what__item" onclick={context.on(open)}>
                            <span>{front.title.get(lang)}<small>{prose_line(front.about.get(lang))}</small></span>{icon("forward")}</button> }
                    }) }
                </div>
            }
            <p class="over__all">{button("button--line", "", context.on(UiAction::Open(Some(Dialog::Lessons))), texts.all.into())}</p>
        </section>
    }
}
