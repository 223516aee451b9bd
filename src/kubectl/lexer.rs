//! A line to words: blanks separate, quotes and backslashes hold together (K204).

/// One word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word without its quotes.
    pub text: String,
    /// The byte at which it begins in the line.
    pub start: usize,
    /// The byte behind it.
    pub end: usize,
}

/// Splits a line; an unclosed quote ends with the line. A word that begins with `#` begins a comment.
pub fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some(&(start, first)) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
            continue;
        }
        if first == '#' {
            break;
        }
        let mut text = String::new();
        let mut quote = None;
        let mut end = line.len();
        while let Some(&(at, c)) = chars.peek() {
            if quote.is_none() && c.is_whitespace() {
                end = at;
                break;
            }
            chars.next();
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (_, Some(open)) if c == open => quote = None,
                ('\\', None | Some('"')) => match chars.next() {
                    Some((_, next)) => {
                        if quote.is_some() && !matches!(next, '"' | '\\' | '$' | '`' | '\n') {
                            text.push('\\');
                        }
                        if next != '\n' {
                            text.push(next);
                        }
                    }
                    None => text.push('\\'),
                },
                _ => text.push(c),
            }
        }
        words.push(Word { text, start, end });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        words(line).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn k204_quotes_and_backslashes() {
        assert_eq!(texts("k get po  -l 'app in (a,b)'"), ["k", "get", "po", "-l", "app in (a,b)"]);
        assert_eq!(texts(r#"-p '{"a":"b"}' "x\"y" a\ b "\n""#), ["-p", r#"{"a":"b"}"#, "x\"y", "a b", "\\n"]);
        assert_eq!(texts("a # b"), ["a"]);
        assert_eq!(texts("'open"), ["open"]);
        assert_eq!(words("ab  cd")[1], Word { text: "cd".into(), start: 4, end: 6 });
    }
}
