//! `sort`: by keys, each with its own way to compare.

use super::super::expr;
use super::Call;
use super::text::unescape;
use crate::kubectl::output::fill::sort_by;

/// What a line is sorted by.
struct Key {
    /// Field and character it begins with, counted from one; none for the whole line.
    from: Option<(usize, usize)>,
    to: Option<(usize, usize)>,
    how: String,
}

impl Key {
    // `2`, `2,2n`, `1.3,1.5r`.
    fn read(text: &str) -> Key {
        let place = |text: &str| {
            let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
            let (field, at) = digits.split_once('.').unwrap_or((digits, ""));
            (expr::number(field).max(1.0) as usize, expr::number(at) as usize)
        };
        let how: String = text.chars().filter(|c| c.is_alphabetic()).collect();
        let (from, to) = text.split_once(',').map_or((text, None), |(from, to)| (from, Some(to)));
        Key { from: Some(place(from)), to: to.map(place), how }
    }

    fn of(&self, line: &str, mark: Option<char>) -> String {
        let Some((field, at)) = self.from else { return line.to_string() };
        // Without a mark the blanks in front belong to a field.
        let mut fields: Vec<String> = Vec::new();
        match mark {
            Some(mark) => fields.extend(line.split(mark).map(str::to_string)),
            None => {
                let mut open = String::new();
                for c in line.chars() {
                    if c.is_whitespace() && !open.trim().is_empty() {
                        fields.push(std::mem::take(&mut open));
                    }
                    open.push(c);
                }
                fields.push(open);
            }
        }
        let last = self.to.map_or(fields.len(), |(last, _)| last).min(fields.len());
        let mut parts: Vec<String> = fields.get(field - 1..last).unwrap_or_default().to_vec();
        if let (Some((_, end @ 1..)), Some(part)) = (self.to, parts.last_mut()) {
            *part = part.chars().take(end).collect();
        }
        if let (2.., Some(part)) = (at, parts.first_mut()) {
            *part = part.chars().skip(at - 1).collect();
        }
        parts.join(&mark.map_or(String::new(), String::from))
    }
}

fn order(how: &str, a: &str, b: &str) -> std::cmp::Ordering {
    let has = |wanted: char| how.contains(wanted);
    let by_number = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal);
    // `1K` is more than `900`.
    let sized = |text: &str| {
        let text = text.trim();
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || "+-.".contains(c)).chars().next();
        let power = unit.and_then(|c| "KMGTPE".find(c.to_ascii_uppercase())).map_or(0, |at| at + 1);
        (power, expr::number(text))
    };
    if has('h') {
        let (a, b) = (sized(a), sized(b));
        return a.0.cmp(&b.0).then(by_number(a.1, b.1));
    }
    if has('n') || has('g') {
        return by_number(expr::number(a.trim()), expr::number(b.trim()));
    }
    if has('V') {
        return versions(a, b);
    }
    let blank = |text: &str| if has('b') { text.trim_start().to_string() } else { text.to_string() };
    let (a, b) = (blank(a), blank(b));
    if has('f') { a.to_uppercase().cmp(&b.to_uppercase()) } else { a.cmp(&b) }
}

// Digits count as numbers: web-2 before web-10.
fn versions(a: &str, b: &str) -> std::cmp::Ordering {
    let parts = |text: &str| -> Vec<(String, u64)> {
        let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
        let mut in_number = false;
        for c in text.chars() {
            if in_number && !c.is_ascii_digit() {
                parts.push((String::new(), 0));
            }
            in_number = c.is_ascii_digit();
            let Some((word, number)) = parts.last_mut() else { continue };
            match c.to_digit(10) {
                Some(digit) => *number = number.saturating_mul(10).saturating_add(u64::from(digit)),
                None => word.push(c),
            }
        }
        parts
    };
    parts(a).cmp(&parts(b))
}

pub fn sort(call: &mut Call) -> i32 {
    let (options, files) = call.options("kto");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let mark = options.iter().find(|(option, _)| *option == 't').map(|(_, value)| unescape(value));
    let mark = mark.and_then(|text| text.chars().next());
    let whole: String =
        options.iter().map(|(option, _)| *option).filter(|c| "nhgVfbr".contains(*c)).collect();
    let mut keys: Vec<Key> =
        options.iter().filter(|(option, _)| *option == 'k').map(|(_, value)| Key::read(value)).collect();
    for key in keys.iter_mut().filter(|key| key.how.is_empty()) {
        key.how = whole.clone();
    }
    if keys.is_empty() {
        keys.push(Key { from: None, to: None, how: whole.clone() });
    }
    let (text, status) = call.input(&files);
    let mut lines: Vec<&str> = text.lines().collect();
    let compare = |a: &str, b: &str| {
        for key in &keys {
            let found = order(&key.how, &key.of(a, mark), &key.of(b, mark));
            let found = if key.how.contains('r') { found.reverse() } else { found };
            if found.is_ne() {
                return found;
            }
        }
        std::cmp::Ordering::Equal
    };
    let whole_line = |a: &str, b: &str| if whole.contains('r') { b.cmp(a) } else { a.cmp(b) };
    let before = |a: &str, b: &str| {
        let found = compare(a, b);
        (if has('s') || has('u') { found } else { found.then(whole_line(a, b)) }).is_lt()
    };
    if has('c') || has('C') {
        let at = (1..lines.len()).find(|i| before(lines[*i], lines[i - 1]));
        if let (Some(i), true) = (at, has('c')) {
            let name = files.first().copied().unwrap_or("-");
            return call.fail(&format!("{name}:{}: disorder: {}", i + 1, lines[i]));
        }
        return i32::from(at.is_some());
    }
    sort_by(&mut lines, |a, b| before(a, b));
    if has('u') {
        lines.dedup_by(|a, b| compare(a, b).is_eq());
    }
    for line in lines {
        call.print(line);
    }
    if let Some((_, file)) = options.iter().find(|(option, _)| *option == 'o') {
        let (path, text) = (call.env.path(file), std::mem::take(&mut call.out));
        if let Err(why) = call.system.write(&path, &text, false) {
            return call.fail(&why);
        }
    }
    status
}
