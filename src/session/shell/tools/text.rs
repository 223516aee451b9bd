//! Tools that read text and print text.

use super::super::expr;
use super::super::pattern::{Pattern, class};
use super::Call;
use crate::api::print;
use crate::kubectl::output::fill::sort_by;

pub fn cat(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let (text, status) = call.input(&files);
    if options.iter().any(|(option, _)| *option == 'n') {
        for (i, line) in text.lines().enumerate() {
            call.print(&format!("{:>6}\t{line}", i + 1));
        }
    } else {
        call.out.push_str(&text);
    }
    status
}

pub fn echo(call: &mut Call) -> i32 {
    let is_option = |word: &&String| {
        word.len() > 1 && word.starts_with('-') && word[1..].bytes().all(|b| b"neE".contains(&b))
    };
    let flags = call.args.iter().take_while(is_option).count();
    let has = |flag: char| call.args[..flags].iter().any(|word| word.contains(flag));
    let text = call.args[flags..].join(" ");
    let text = if has('e') { unescape(&text) } else { text };
    call.out = text + if has('n') { "" } else { "\n" };
    0
}

// The escapes of `echo -e` and `printf`.
fn unescape(text: &str) -> String {
    let mut done = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            done.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => done.push('\n'),
            Some('t') => done.push('\t'),
            Some('r') => done.push('\r'),
            Some('\\') => done.push('\\'),
            Some('e') => done.push('\u{1b}'),
            Some('"') => done.push('"'),
            Some(c) => done.extend(['\\', c]),
            None => done.push('\\'),
        }
    }
    done
}

/// `printf FORMAT ARGS`: the format again and again until the arguments are used up.
pub fn format(format: &str, args: &[String]) -> String {
    let format = unescape(format);
    let mut done = String::new();
    let mut next = 0;
    loop {
        let before = next;
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                done.push(c);
                continue;
            }
            if chars.next_if_eq(&'%').is_some() {
                done.push('%');
                continue;
            }
            let mut spec = String::new();
            while let Some(c) = chars.next_if(|c| "-+ 0.123456789".contains(*c)) {
                spec.push(c);
            }
            let arg = args.get(next).map_or("", String::as_str);
            next += 1;
            let (width, precision) = spec.split_once('.').unwrap_or((&spec, ""));
            let precision = precision.parse::<usize>().ok();
            let text = match chars.next() {
                Some('d' | 'i') => format!("{}", expr::number(arg) as i64),
                Some('f') => format!("{:.1$}", expr::number(arg), precision.unwrap_or(6)),
                Some('c') => arg.chars().take(1).collect(),
                Some('q') => super::super::builtins::quote(arg),
                _ => arg.chars().take(precision.unwrap_or(usize::MAX)).collect::<String>(),
            };
            let size = width.trim_start_matches(['-', '+', '0', ' ']).parse::<usize>().unwrap_or(0).min(1000);
            done.push_str(&match (width.starts_with('-'), width.starts_with('0')) {
                (true, _) => format!("{text:<size$}"),
                (_, true) => format!("{text:0>size$}"),
                _ => format!("{text:>size$}"),
            });
        }
        if next >= args.len() || next == before {
            return done;
        }
    }
}

pub fn printf(call: &mut Call) -> i32 {
    let Some((first, rest)) = call.args.split_first() else {
        return call.fail("usage: printf format [arguments]");
    };
    call.out = format(first, rest);
    0
}

pub fn grep(call: &mut Call) -> i32 {
    let (options, mut words) = call.options("eABCm");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let number = |wanted: &str| {
        let found = options.iter().rev().find(|(option, _)| wanted.contains(*option));
        found.map(|(_, value)| expr::number(value).max(0.0) as usize)
    };
    let mut texts: Vec<&str> =
        options.iter().filter(|(option, _)| *option == 'e').map(|(_, value)| *value).collect();
    if texts.is_empty() {
        if words.is_empty() {
            call.err =
                "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
                    .into();
            return 2;
        }
        texts.push(words.remove(0));
    }
    let is_extended = has('E') || call.name == "egrep";
    let mut patterns = Vec::new();
    for text in texts.iter().flat_map(|text| text.split('\n')) {
        let pattern = match has('F') {
            true => Ok(Pattern::fixed(text, has('i'))),
            false => Pattern::new(text, is_extended, has('i')),
        };
        match pattern {
            Ok(pattern) => patterns.push(pattern),
            Err(why) => {
                call.fail(&why);
                return 2;
            }
        }
    }
    let files = call.texts(&words);
    let is_named = (files.len() > 1 || has('H')) && !has('h');
    let (before, after) = (number("BC").unwrap_or(0), number("AC").unwrap_or(0));
    let mut hits = 0;
    for (name, text) in &files {
        let lines: Vec<&str> = text.lines().collect();
        let mut count = 0;
        // The line behind the last one printed, and until which one context follows.
        let (mut shown, mut until) = (0, 0);
        for (i, line) in lines.iter().enumerate() {
            let chars: Vec<char> = line.chars().collect();
            let parts = matches(&patterns, &chars, has('w'), has('x'));
            let is_hit = parts.is_empty() == has('v') && number("m").is_none_or(|most| count < most);
            let head = |mark: char| {
                let name = if is_named { format!("{name}{mark}") } else { String::new() };
                if has('n') { format!("{name}{}{mark}", i + 1) } else { name }
            };
            count += usize::from(is_hit);
            if has('c') || has('q') || has('l') {
                continue;
            }
            if !is_hit {
                if i < until {
                    call.print(&format!("{}{line}", head('-')));
                    shown = i + 1;
                }
                continue;
            }
            if has('o') {
                for (from, to) in parts.iter().filter(|(from, to)| to > from) {
                    let part: String = chars[*from..*to].iter().collect();
                    call.print(&format!("{}{part}", head(':')));
                }
                continue;
            }
            let first = i.saturating_sub(before).max(shown);
            if shown > 0 && first > shown && before + after > 0 {
                call.print("--");
            }
            for line in &lines[first..i] {
                call.print(line);
            }
            call.print(&format!("{}{line}", head(':')));
            (shown, until) = (i + 1, i + 1 + after);
        }
        hits += count;
        if has('c') {
            let text = if is_named { format!("{name}:{count}") } else { count.to_string() };
            call.print(&text);
        } else if has('l') && count > 0 {
            call.print(name);
        }
    }
    if call.err.is_empty() || hits > 0 && has('q') { i32::from(hits == 0) } else { 2 }
}

// The parts of a line that fit one of the patterns, as words or as the whole line if asked.
fn matches(patterns: &[Pattern], line: &[char], words: bool, whole: bool) -> Vec<(usize, usize)> {
    let is_word = |at: usize| line.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut found = Vec::new();
    let mut at = 0;
    while at <= line.len() {
        let first = patterns.iter().filter_map(|pattern| pattern.find(line, at)).map(|found| found[0]);
        let Some((from, to)) = first.min_by_key(|(from, to)| (*from, usize::MAX - to)) else { break };
        let is_whole_word = !(is_word(to) || from > 0 && is_word(from - 1));
        if (!words || is_whole_word) && (!whole || (from == 0 && to == line.len())) {
            found.push((from, to));
        }
        at = to.max(from + 1);
    }
    found
}

/// `head` and `tail`.
pub fn head(call: &mut Call) -> i32 {
    let is_tail = call.name == "tail";
    let (mut count, mut bytes, mut files) = ("10".to_string(), None, Vec::new());
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some("n") => count = args.next().cloned().unwrap_or_default(),
            Some("c") => bytes = args.next().map(|text| expr::number(text) as usize),
            Some("f" | "F" | "q") => {}
            Some(rest) if !rest.is_empty() => count = rest.trim_start_matches(['n', '=']).to_string(),
            _ => files.push(arg.as_str()),
        }
    }
    let n = count.trim_start_matches(['-', '+']).parse::<usize>();
    let Ok(n) = n else { return call.fail(&format!("invalid number of lines: '{count}'")) };
    let (text, status) = call.input(&files);
    if let Some(bytes) = bytes {
        let at = if is_tail { text.len().saturating_sub(bytes) } else { bytes.min(text.len()) };
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        call.out = if is_tail { text[at..].to_string() } else { text[..at].to_string() };
        return status;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let part = match (is_tail, count.chars().next()) {
        (true, Some('+')) => &lines[n.saturating_sub(1).min(lines.len())..],
        (true, _) => &lines[lines.len().saturating_sub(n)..],
        (false, Some('-')) => &lines[..lines.len().saturating_sub(n)],
        (false, _) => &lines[..n.min(lines.len())],
    };
    call.out = part.concat();
    status
}

pub fn wc(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let texts = call.texts(&files);
    let counts = |text: &str| [text.matches('\n').count(), text.split_whitespace().count(), text.len()];
    let wanted: Vec<usize> = (0..3)
        .filter(|i| {
            options.is_empty() || options.iter().any(|(option, _)| "lwc".chars().nth(*i) == Some(*option))
        })
        .collect();
    let mut total = [0; 3];
    let mut rows: Vec<(String, [usize; 3])> = Vec::new();
    for (name, text) in &texts {
        let row = counts(text);
        (0..3).for_each(|i| total[i] += row[i]);
        rows.push((if files.is_empty() { String::new() } else { format!(" {name}") }, row));
    }
    if rows.len() > 1 {
        rows.push((" total".into(), total));
    }
    let width = match (wanted.len(), rows.len()) {
        (1, 1) => 1,
        _ if files.is_empty() => 7,
        _ => total.iter().max().map_or(1, |n| n.to_string().len()),
    };
    for (name, row) in rows {
        let numbers: Vec<String> = wanted.iter().map(|i| format!("{:>width$}", row[*i])).collect();
        call.print(&format!("{}{name}", numbers.join(" ")));
    }
    i32::from(!call.err.is_empty())
}

pub fn sort(call: &mut Call) -> i32 {
    let (options, files) = call.options("kt");
    let has =
        |wanted: char| options.iter().any(|(option, value)| *option == wanted || value.contains(wanted));
    let value = |wanted: char| options.iter().find(|(option, _)| *option == wanted).map(|(_, value)| *value);
    let (text, status) = call.input(&files);
    let mut lines: Vec<&str> = text.lines().collect();
    let key = |line: &str| -> String {
        let Some(field) = value('k') else { return line.to_string() };
        let from = (expr::number(field).max(1.0) as usize) - 1;
        let to = field.split_once(',').map(|(_, to)| expr::number(to) as usize);
        let fields: Vec<&str> = match value('t') {
            Some(mark) => line.split(mark.chars().next().unwrap_or('\t')).collect(),
            None => line.split_whitespace().collect(),
        };
        let to = to.unwrap_or(fields.len()).min(fields.len());
        fields.get(from..to).map_or(String::new(), |fields| fields.join(" "))
    };
    let (is_number, folds, reversed) = (has('n') || has('h') || has('V'), has('f'), has('r'));
    sort_by(&mut lines, |a, b| {
        let (a, b) = if reversed { (b, a) } else { (a, b) };
        let (x, y) = (key(a), key(b));
        if is_number && expr::number(&x) != expr::number(&y) {
            return expr::number(&x) < expr::number(&y);
        }
        let (x, y) = if folds { (x.to_lowercase(), y.to_lowercase()) } else { (x, y) };
        (x, *a) < (y, *b)
    });
    if has('u') {
        lines.dedup();
    }
    for line in lines {
        call.print(line);
    }
    status
}

pub fn uniq(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let (text, status) = call.input(&files);
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((count, before)) if *before == line => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    for (count, line) in groups {
        if (has('d') && count < 2) || (has('u') && count > 1) {
            continue;
        }
        call.print(&if has('c') { format!("{count:>7} {line}") } else { line.to_string() });
    }
    status
}

pub fn cut(call: &mut Call) -> i32 {
    let (options, files) = call.options("dfc");
    let value = |wanted: char| options.iter().find(|(option, _)| *option == wanted).map(|(_, value)| *value);
    let Some(list) = value('f').or(value('c')) else {
        call.fail("you must specify a list of bytes, characters, or fields");
        call.err.push_str("Try 'cut --help' for more information.\n");
        return 1;
    };
    let wanted = |n: usize| {
        list.split(',').any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            (from.parse().unwrap_or(1)..=to.parse().unwrap_or(usize::MAX)).contains(&n)
        })
    };
    let mark = value('d').and_then(|text| text.chars().next()).unwrap_or('\t');
    let (text, status) = call.input(&files);
    for line in text.lines() {
        let part = if value('f').is_none() {
            line.chars().enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, c)| c).collect()
        } else if line.contains(mark) {
            let fields = line.split(mark).enumerate().filter(|(i, _)| wanted(i + 1));
            fields.map(|(_, field)| field).collect::<Vec<_>>().join(&mark.to_string())
        } else {
            line.to_string()
        };
        call.print(&part);
    }
    status
}

// The characters of one of tr's sets.
fn set(text: &str) -> Vec<char> {
    if let Some(name) = text.strip_prefix("[:").and_then(|text| text.strip_suffix(":]")) {
        return class(name).iter().flat_map(|(from, to)| *from..=*to).collect();
    }
    let chars: Vec<char> = unescape(text).chars().collect();
    let mut all = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match chars[i..] {
            [from, '-', to, ..] if from <= to => {
                all.extend((from..=to).take(10_000));
                i += 3;
            }
            [c, ..] => {
                all.push(c);
                i += 1;
            }
            [] => break,
        }
    }
    all
}

pub fn tr(call: &mut Call) -> i32 {
    let (options, words) = call.options("");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let Some(first) = words.first() else { return call.fail("missing operand") };
    let (from, to) = (set(first), words.get(1).map_or(Vec::new(), |text| set(text)));
    if to.is_empty() && !has('d') && !has('s') {
        return call.fail(&format!("missing operand after '{first}'"));
    }
    let mut last = None;
    for c in call.stdin.chars() {
        let place = match (from.iter().position(|known| *known == c), has('c')) {
            (place, false) => place,
            (Some(_), true) => None,
            (None, true) => Some(usize::MAX),
        };
        let new = match place {
            Some(_) if has('d') => continue,
            Some(place) => to.get(place).or(to.last()).copied().unwrap_or(c),
            None => c,
        };
        let squeezed = has('s') && if to.is_empty() { place.is_some() } else { to.contains(&new) };
        if !squeezed || last != Some(new) {
            call.out.push(new);
        }
        last = Some(new);
    }
    0
}

pub fn tee(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let append = options.iter().any(|(option, _)| *option == 'a');
    call.out = call.stdin.to_string();
    for file in files {
        let path = call.env.path(file);
        if let Err(why) = call.system.write(&path, call.stdin, append) {
            call.fail(&format!("{file}: {why}"));
        }
    }
    i32::from(!call.err.is_empty())
}

pub fn seq(call: &mut Call) -> i32 {
    let numbers: Vec<f64> = call.args.iter().map(|word| expr::number(word)).collect();
    let (first, step, last) = match numbers[..] {
        [last] => (1.0, 1.0, last),
        [first, last] => (first, 1.0, last),
        [first, step, last] => (first, step, last),
        _ => return call.fail("missing operand"),
    };
    if step == 0.0 {
        return call.fail("invalid Zero increment value: '0'");
    }
    let count = ((last - first) / step + 1.0).clamp(0.0, 100_000.0) as usize;
    for i in 0..count {
        call.print(&expr::text(first + i as f64 * step));
    }
    0
}

pub fn base64(call: &mut Call) -> i32 {
    let (options, files) = call.options("w");
    let (text, status) = call.input(&files);
    if options.iter().any(|(option, _)| *option == 'd') || call.args.iter().any(|word| word == "--decode") {
        let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
        for b in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
            let Some(value) = print::BASE64.iter().position(|known| *known == b) else {
                return call.fail("invalid input");
            };
            (bits, count) = ((bits << 6 | value as u32) & 0xff_ffff, count + 6);
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count) as u8);
            }
        }
        call.out = String::from_utf8_lossy(&bytes).into_owned();
        return status;
    }
    let line = print::base64(text.as_bytes());
    if options.iter().any(|(option, value)| *option == 'w' && *value == "0") {
        call.out = line;
    } else {
        for row in line.as_bytes().chunks(76) {
            call.print(&String::from_utf8_lossy(row));
        }
    }
    status
}
