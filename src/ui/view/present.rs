//! The slides of a run: its chapters, and which of them is shown.

use super::Pictures;
use crate::ui::present::chapter_of;
use crate::ui::state::Model;

/// Labels of the slides, and the steps at which they begin.
pub fn slides(model: &mut Model, pictures: &Pictures) -> (Vec<String>, Vec<usize>) {
    let lang = model.ui.language.lang();
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
    let (_, starts) = slides(model, pictures);
    (chapter_of(model.player.step(), &starts).map_or(0, |chapter| chapter + 1), starts.len())
}
