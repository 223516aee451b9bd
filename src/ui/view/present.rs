//! The slides of a run: its chapters, and which of them is shown.

use super::Pictures;
use crate::lessons::text;
use crate::ui::present::chapter_of;
use crate::ui::state::{Model, Origin};

/// What is presented; `chapter`: what the last command set going.
pub fn title(model: &Model, chapter: &str) -> String {
    match (&model.course, model.ui.origin) {
        (Some(course), _) => course.lesson.front.title.get(model.ui.language.lang()).to_string(),
        (None, Origin::Own) => chapter.to_string(),
        (None, origin) => origin.title(model.ui.texts()).to_string(),
    }
}

/// Labels of the slides, and the steps at which they begin; those of a lesson have no such place.
pub fn slides(model: &mut Model, pictures: &Pictures) -> (Vec<String>, Vec<usize>) {
    let lang = model.ui.language.lang();
    if let Some(course) = &model.course {
        return (
            course.lesson.steps.iter().map(|step| text::plain(step.purpose.get(lang))).collect(),
            Vec::new(),
        );
    }
    let timeline = pictures.timeline(model);
    let mut labels: Vec<String> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    for chapter in &timeline.chapters {
        let start = chapter.moment as usize;
        // Lines that belong to one step are one slide.
        if starts.last() != Some(&start) {
            labels.push(chapter.label(lang));
            starts.push(start);
        }
    }
    (labels, starts)
}

/// Which slide is shown, from 1, and how many there are; 0 before the first.
pub fn place(model: &mut Model, pictures: &Pictures) -> (usize, usize) {
    if let Some(course) = &model.course {
        return (course.step + 1, course.count());
    }
    let (_, starts) = slides(model, pictures);
    (chapter_of(model.player.step(), &starts).map_or(0, |chapter| chapter + 1), starts.len())
}
