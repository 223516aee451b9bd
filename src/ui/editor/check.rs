//! What is wrong with a manifest, where, and how it can be mended.

use crate::ui::texts::Language;

/// Something wrong or unwise in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// How many characters are marked.
    pub length: usize,
    /// The API server would refuse it; otherwise it accepts what cannot work.
    pub is_error: bool,
    /// One or two sentences, with `` `code` ``.
    pub text: String,
    /// How to mend it.
    pub repair: Option<Repair>,
}

/// A way to mend a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What the button says.
    pub label: String,
    /// The whole text after it.
    pub text: String,
}

/// Every problem, in the order of the text.
pub fn problems(_text: &str, _language: Language) -> Vec<Problem> {
    Vec::new()
}

/// The text with every problem mended that offers a repair; none if nothing changed.
pub fn mend_all(text: &str, language: Language) -> Option<String> {
    let mut mended = text.to_string();
    // Each repair is looked for in the text as the one before left it, because places move.
    for _ in 0..20 {
        let Some(repair) = problems(&mended, language).into_iter().filter(|p| p.is_error).find_map(|p| p.repair) else { break };
        mended = repair.text;
    }
    (mended != text).then_some(mended)
}
