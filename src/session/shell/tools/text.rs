//! Tools that read text and print text.

use super::super::expr;
use super::super::pattern::{Pattern, class};
use super::Call;
use crate::api::print;

pub fn cat(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let (text, status) = call.input(&files);
    if options.iter().any(|(option, _)| "nAbE".contains(*option)) {
        let has = |wanted: &str| options.iter().any(|(option, _)| wanted.contains(*option));
        let mut number = 0;
        for line in text.lines() {
            let line = if has("A") { line.replace('\t', "^I") } else { line.to_string() };
            let end = if has("AE") { "$" } else { "" };
            let counts = has("n") || has("b") && !line.is_empty();
            number += usize::from(counts);
            let head = if counts { format!("{number:>6}\t") } else { String::new() };
            call.print(&format!("{head}{line}{end}"));
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

/// The escapes of `echo -e` and `printf`.
pub fn unescape(text: &str) -> String {
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
    fill(format, args, false)
}

/// The same for `awk`, where `%c` of a number is the character of that number.
pub fn format_awk(format: &str, args: &[String]) -> String {
    fill(format, args, true)
}

fn whole(text: &str) -> i64 {
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).unwrap_or(0),
        None => text.trim().parse().unwrap_or(expr::number(text) as i64),
    }
}

// `1.234568e+04`.
fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{digits}e{sign}{power:0>2}")
}

fn fill(format: &str, args: &[String], is_code: bool) -> String {
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
                Some('d' | 'i' | 'u') => format!("{}", whole(arg)),
                Some('x') => format!("{:x}", whole(arg)),
                Some('X') => format!("{:X}", whole(arg)),
                Some('o') => format!("{:o}", whole(arg)),
                Some('e') => exponent(expr::number(arg), precision.unwrap_or(6)),
                Some('g') => expr::text(expr::number(arg)),
                Some('b') => unescape(arg),
                Some('f') => format!("{:.1$}", expr::number(arg), precision.unwrap_or(6)),
                Some('c') => match arg.parse::<u32>().ok().and_then(char::from_u32).filter(|_| is_code) {
                    Some(c) => String::from(c),
                    None => arg.chars().take(1).collect(),
                },
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
    let (options, mut words) = call.options("eABCmf");
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
    let is_extended = has('E') || has('P') || call.name == "egrep";
    let perl = |text: &str| match has('P') {
        true => [("\\d", "[0-9]"), ("\\D", "[^0-9]"), ("\\h", "[ \t]")]
            .iter()
            .fold(text.to_string(), |text, (short, long)| text.replace(short, long)),
        false => text.to_string(),
    };
    let mut patterns = Vec::new();
    for text in texts.iter().flat_map(|text| text.split('\n')) {
        let pattern = match has('F') {
            true => Ok(Pattern::fixed(text, has('i'))),
            false => Pattern::new(&perl(text), is_extended, has('i')),
        };
        match pattern {
            Ok(pattern) => patterns.push(pattern),
            Err(why) => {
                call.fail(&why);
                return 2;
            }
        }
    }
    let found: Vec<String>;
    if has('r') || has('R') {
        let start = if words.is_empty() { vec!["."] } else { words.clone() };
        found = start.iter().flat_map(|folder| super::files::below(call, folder)).collect();
        words = found.iter().map(String::as_str).collect();
    }
    let files = call.texts(&words);
    if has('s') {
        call.err = call.err.lines().filter(|line| line.contains("\u{0}")).collect();
    }
    let is_missing = files.len() < words.len();
    let is_named = (files.len() > 1 || has('H') || has('r') || has('R')) && !has('h');
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
            if has('c') || has('q') || has('l') || has('L') {
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
        } else if has('l') && count > 0 || has('L') && count == 0 {
            call.print(name);
        }
    }
    if has('L') && !is_missing {
        return i32::from(call.out.is_empty());
    }
    if !is_missing && call.err.is_empty() || hits > 0 && has('q') { i32::from(hits == 0) } else { 2 }
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
    if files.len() > 1 && !call.args.iter().any(|arg| arg == "-q") {
        let options: Vec<String> =
            call.args.iter().filter(|arg| !files.contains(&arg.as_str())).cloned().collect();
        let mut parts = Vec::new();
        for (name, text) in call.texts(&files) {
            let mut inner = Call::new(call.name, &options, &text, call.env, &mut *call.system);
            head(&mut inner);
            parts.push(format!("==> {name} <==\n{}", inner.out));
        }
        call.out = parts.join("\n");
        return i32::from(!call.err.is_empty());
    }
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

pub fn uniq(call: &mut Call) -> i32 {
    let (options, files) = call.options("");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let (text, status) = call.input(&files);
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((count, before)) if *before == line || has('i') && before.eq_ignore_ascii_case(line) => {
                *count += 1;
            }
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
    let (options, files) = call.options("dfcb");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let long = |name: &str| call.args.iter().find_map(|arg| arg.strip_prefix(name)).map(str::to_string);
    let (inverted, between) = (long("--complement").is_some(), long("--output-delimiter="));
    let only = has('s') || long("--only-delimited").is_some();
    let value = |wanted: char| options.iter().find(|(option, _)| *option == wanted).map(|(_, value)| *value);
    let Some(list) = value('f').or(value('c')).or(value('b')) else {
        call.fail("you must specify a list of bytes, characters, or fields");
        call.err.push_str("Try 'cut --help' for more information.\n");
        return 1;
    };
    let wanted = |n: usize| {
        list.split(',').any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            (from.parse().unwrap_or(1)..=to.parse().unwrap_or(usize::MAX)).contains(&n)
        }) != inverted
    };
    let mark = value('d').and_then(|text| text.chars().next()).unwrap_or('\t');
    let (text, status) = call.input(&files);
    for line in text.lines() {
        let part = if value('f').is_none() {
            line.chars().enumerate().filter(|(i, _)| wanted(i + 1)).map(|(_, c)| c).collect()
        } else if line.contains(mark) {
            let fields = line.split(mark).enumerate().filter(|(i, _)| wanted(i + 1));
            let between = between.clone().unwrap_or_else(|| mark.to_string());
            fields.map(|(_, field)| field).collect::<Vec<_>>().join(&between)
        } else if only {
            continue;
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
    let mut args = call.args.iter().map(String::as_str);
    let (mut between, mut is_wide, mut numbers) = ("\n".to_string(), false, Vec::new());
    while let Some(arg) = args.next() {
        match arg.strip_prefix("-s") {
            Some("") => between = args.next().unwrap_or("").to_string(),
            Some(text) => between = text.to_string(),
            None if arg == "-w" => is_wide = true,
            None => numbers.push(expr::number(arg)),
        }
    }
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
    let texts: Vec<String> = (0..count).map(|i| expr::text(first + i as f64 * step)).collect();
    let width = if is_wide { texts.iter().map(String::len).max().unwrap_or(0) } else { 0 };
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:0>width$}")).collect();
    if !texts.is_empty() {
        call.print(&texts.join(&between));
    }
    0
}

/// The bytes of a base64 text, or none if it is not one.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for b in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = print::BASE64.iter().position(|known| *known == b)?;
        (bits, count) = ((bits << 6 | value as u32) & 0xff_ffff, count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

pub fn base64(call: &mut Call) -> i32 {
    let (options, files) = call.options("w");
    let (text, status) = call.input(&files);
    if options.iter().any(|(option, _)| *option == 'd') || call.args.iter().any(|word| word == "--decode") {
        let Some(bytes) = decode(&text) else { return call.fail("invalid input") };
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
