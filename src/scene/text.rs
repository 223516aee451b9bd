//! How wide a text is, guessed on the safe side for every face of the stack, and names cut to fit.

/// The width of a text in pixels, wide enough for every face of the stack.
pub fn width(text: &str, size: f64, bold: bool, mono: bool) -> f64 {
    let mut em = 0.0;
    for c in text.chars() {
        em += match c {
            c if c as u32 > 0x1100 => 0.94,
            _ if mono => 0.602,
            ' ' | '.' | ',' | ':' | ';' | '\'' | 'i' | 'l' | '|' => 0.30,
            'A'..='Z' | 'm' | 'w' => 0.72,
            '0'..='9' => 0.62,
            _ => 0.57,
        };
    }
    em * size * if bold { 1.04 } else { 1.0 }
}

/// A name in two parts, before and from the ordinal; the first is cut in its middle so that both fit.
/// `("sampl…set-", "0")`.
pub fn split_name(name: &str, room: f64, size: f64) -> (String, String) {
    let (base, ordinal) = match name.rfind('-') {
        Some(dash) if name[dash + 1..].bytes().all(|b| b.is_ascii_digit()) => name.split_at(dash + 1),
        _ => (name, ""),
    };
    let left = room - width(ordinal, size, true, false);
    (elide(base, left, size, false), ordinal.to_string())
}

/// The text, or as much of its two ends as fits around an ellipsis.
pub fn elide(text: &str, room: f64, size: f64, mono: bool) -> String {
    if width(text, size, false, mono) <= room {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut keep = chars.len().saturating_sub(1);
    loop {
        // The end tells names apart as well as the beginning does: two thirds before, one third after.
        let tail = keep / 3;
        let head = keep - tail;
        let mut cut: String = chars[..head].iter().collect();
        cut.push('…');
        cut.extend(&chars[chars.len() - tail..]);
        if keep <= 1 || width(&cut, size, false, mono) <= room {
            return cut;
        }
        keep -= 1;
    }
}

/// A word as one line, or cut in two at a capital letter if it does not fit: `ContainerCreating`.
pub fn break_word(word: &str, room: f64, size: f64) -> (String, Option<String>) {
    if width(word, size, true, false) <= room {
        return (word.to_string(), None);
    }
    // Capitals and the sign after a colon are the seams; the one nearest to the middle is the best.
    let middle = word.len() / 2;
    let bytes = word.as_bytes();
    let seam = (1..word.len())
        .filter(|&i| {
            word.is_char_boundary(i)
                && (bytes[i].is_ascii_uppercase() && !bytes[i - 1].is_ascii_uppercase()
                    || bytes[i - 1] == b':')
        })
        .min_by_key(|i| i.abs_diff(middle));
    match seam {
        Some(i) => (elide(&word[..i], room, size, false), Some(elide(&word[i..], room, size, false))),
        None => (elide(word, room, size, false), None),
    }
}
