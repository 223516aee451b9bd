//! What stands in captions, questions and notes: words, `code` and **bold**.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// What it says.
    pub text: &'a str,
    /// As a machine writes it.
    pub code: bool,
    /// Important.
    pub bold: bool,
}

/// The pieces of a text, or where it is not what is allowed and why.
pub fn spans(text: &str) -> Result<Vec<Span<'_>>, (usize, &'static str)> {
    let mut spans = Vec::new();
    let (mut start, mut opened) = (0, 0);
    let (mut code, mut bold) = (false, false);
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let length = match bytes[i] {
            b'`' => 1,
            b'*' if !code && bytes.get(i + 1) == Some(&b'*') => 2,
            b'<' if !code
                && bytes.get(i + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/') =>
            {
                return Err((i, "HTML is not read here; a word in angle brackets belongs into backticks"));
            }
            b']' if !code && bytes.get(i + 1) == Some(&b'(') => {
                return Err((i, "links are not read here; write what the reader needs to know"));
            }
            _ => {
                i += 1;
                continue;
            }
        };
        if start < i {
            spans.push(Span { text: &text[start..i], code, bold });
        }
        match length {
            1 => code = !code,
            _ => bold = !bold,
        }
        opened = i;
        i += length;
        start = i;
    }
    if code {
        return Err((opened, "this backtick is not closed"));
    }
    if bold {
        return Err((opened, "this `**` is not closed"));
    }
    if start < text.len() {
        spans.push(Span { text: &text[start..], code, bold });
    }
    Ok(spans)
}

/// The paragraphs of a text: a line that is empty ends one.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// What a text says without its marks.
pub fn plain(text: &str) -> String {
    spans(text).map_or(text.to_string(), |spans| spans.iter().map(|span| span.text).collect())
}

/// Where a block of text is not what is allowed: byte and reason.
pub(super) fn fault(text: &str) -> Option<(usize, &'static str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(['#', '>', '|']) || line.starts_with("- ") || line.starts_with("* ") {
            return Some((at, "headings, lists, tables and quotes are not read here; write sentences"));
        }
        at += line.len();
    }
    spans(text).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_bold_are_told_apart() {
        let read = |text| -> Vec<(String, bool, bool)> {
            spans(text).unwrap().iter().map(|s| (s.text.to_string(), s.code, s.bold)).collect()
        };
        assert_eq!(
            read("`web-0`이 **먼저 `Ready`**다"),
            [
                ("web-0".into(), true, false),
                ("이 ".into(), false, false),
                ("먼저 ".into(), false, true),
                ("Ready".into(), true, true),
                ("다".into(), false, false),
            ]
        );
        assert_eq!(read("2 * 3 < 4 and `a ** b <b>`").len(), 2);
        assert_eq!(plain("a `b` **c**"), "a b c");
    }

    #[test]
    fn anything_else_is_refused_where_it_stands() {
        for (text, at) in [("a `b", 2), ("a **b", 2), ("<b>a</b>", 0), ("see [a](b)", 6)] {
            assert_eq!(spans(text).unwrap_err().0, at, "{text}");
        }
        assert_eq!(fault("one\n- two").map(|(at, _)| at), Some(4));
    }
}
