//! The coloured copy of the text that lies under the text box, as markup.

use super::Problem;
use std::fmt::Write;

/// What is marked in the text besides its colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Live values beside a line: line number and words.
    pub hints: Vec<(usize, String)>,
    /// Lines that a reason names.
    pub cited: Vec<usize>,
}

/// Beyond this many lines the text is shown without colours, so that typing stays quick.
const MOST_LINES: usize = 3000;

/// The markup of all lines, numbers included.
pub fn highlight(text: &str, problems: &[Problem], marks: &Marks) -> String {
    let mut out = String::with_capacity(text.len() * 4);
    let plain = text.lines().count() > MOST_LINES;
    for (i, line) in text.split('\n').enumerate() {
        let number = i + 1;
        let here: Vec<&Problem> = problems.iter().filter(|p| p.line == number).collect();
        let class = match here.iter().any(|p| p.is_error) {
            true => " editor__line--error",
            false if !here.is_empty() => " editor__line--warn",
            false => "",
        };
        let cited = if marks.cited.contains(&number) { " editor__line--cited" } else { "" };
        let _ = write!(
            out,
            "<div class=\"editor__line{class}{cited}\"><span class=\"editor__no\">{number}</span><span>"
        );
        if plain {
            escape(&mut out, line);
        } else {
            tokens(&mut out, line, &here);
        }
        out.push_str("</span>");
        for (_, words) in marks.hints.iter().filter(|(n, _)| *n == number) {
            out.push_str("<span class=\"editor__hint\">");
            escape(&mut out, words);
            out.push_str("</span>");
        }
        out.push_str("</div>");
    }
    out
}

fn tokens(out: &mut String, line: &str, problems: &[&Problem]) {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || line.starts_with("---") {
        parts.push(("q", line));
    } else {
        let mut head = line.len() - trimmed.len();
        while line[head..].starts_with("- ") {
            head += 2;
            head += line[head..].len() - line[head..].trim_start().len();
        }
        if head > 0 {
            parts.push(("q", &line[..head]));
        }
        let rest = &line[head..];
        let colon = rest.find(": ").or_else(|| rest.strip_suffix(':').map(str::len));
        match colon.filter(|c| !rest[..*c].contains(['"', '\'', ' '])) {
            Some(colon) => {
                parts.push(("k", &rest[..colon]));
                parts.push(("q", ":"));
                value(&mut parts, &rest[colon + 1..]);
            }
            None => value(&mut parts, rest),
        }
    }
    // A squiggle lies under the parts that a problem covers; a problem counts columns in characters, from 1.
    let mut column = 1;
    for (class, part) in parts {
        let length = part.chars().count();
        let hit = problems.iter().any(|p| p.column < column + length && p.column + p.length.max(1) > column);
        let squiggle = if hit && !part.trim().is_empty() { " squiggle" } else { "" };
        let _ = write!(out, "<span class=\"{class}{squiggle}\">");
        escape(out, part);
        out.push_str("</span>");
        column += length;
    }
}

fn value<'a>(parts: &mut Vec<(&'a str, &'a str)>, text: &'a str) {
    let (text, comment) = match text.find(" #") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let word = text.trim();
    let number = !word.is_empty()
        && (word.parse::<f64>().is_ok() || matches!(word, "true" | "false" | "null" | "None"));
    if !text.is_empty() {
        parts.push((if number { "n" } else { "v" }, text));
    }
    if !comment.is_empty() {
        parts.push(("q", comment));
    }
}

/// Appends text for use in markup.
pub fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let out = highlight("name: <img src=x>\n- \"&\"", &[], &Marks::default());
        assert!(!out.contains("<img") && out.contains("&lt;img") && out.contains("&amp;"));
    }

    #[test]
    fn a_problem_marks_its_line_and_its_word() {
        let problem =
            Problem { line: 2, column: 3, length: 9, is_error: true, text: String::new(), repair: None };
        let out = highlight("spec:\n  templates:\n", &[problem], &Marks::default());
        assert!(
            out.contains("editor__line--error")
                && out.contains("<span class=\"k squiggle\">templates</span>")
        );
    }
}
