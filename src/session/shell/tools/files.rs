//! Tools that ask about files, the time and the machine, and those that change files.

use super::super::expr;
use super::super::pattern::Pattern;
use super::Call;
use crate::dns::tools as dns;
use crate::sim::SimTime;
use crate::sim::time::unix_secs;

/// What succeeds without a trace here: modes and owners are not modelled.
pub fn nothing(_: &mut Call) -> i32 {
    0
}

pub fn basename(call: &mut Call) -> i32 {
    let path = call.args.first().map_or("", |path| path.trim_end_matches('/'));
    let name = path.rsplit('/').next().unwrap_or("");
    let end = call.args.get(1).map_or("", String::as_str);
    call.print(name.strip_suffix(end).filter(|rest| !rest.is_empty()).unwrap_or(name));
    0
}

pub fn dirname(call: &mut Call) -> i32 {
    let path = call.args.first().map_or("", |path| path.trim_end_matches('/'));
    call.print(path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder }));
    0
}

pub fn hostname(call: &mut Call) -> i32 {
    call.print(&call.env.get("HOSTNAME"));
    0
}

pub fn id(call: &mut Call) -> i32 {
    let user = call.env.get("USER");
    call.print(&if call.name == "id" {
        format!("uid=0({user}) gid=0({user}) groups=0({user})")
    } else {
        user
    });
    0
}

pub fn uname(call: &mut Call) -> i32 {
    let host = call.env.get("HOSTNAME");
    let (options, _) = call.options("");
    call.print(&match options.first() {
        Some(('a', _)) => format!("Linux {host} 6.12.0 x86_64 GNU/Linux"),
        Some(('n', _)) => host,
        Some(('r', _)) => "6.12.0".into(),
        Some(('m', _)) => "x86_64".into(),
        _ => "Linux".into(),
    });
    0
}

/// `env` and `printenv`.
pub fn env(call: &mut Call) -> i32 {
    if let Some(name) = call.args.first() {
        let value = call.env.vars.get(name);
        return match value {
            Some(value) => {
                call.print(value);
                0
            }
            None => 1,
        };
    }
    for (name, value) in &call.env.vars {
        call.out.push_str(&format!("{name}={value}\n"));
    }
    0
}

pub fn date(call: &mut Call) -> i32 {
    let given = call.args.iter().position(|word| word == "-d").and_then(|at| call.args.get(at + 1));
    let given = given.or_else(|| call.args.iter().find(|word| word.starts_with("-d@")));
    let now = match given.map(|text| text.trim_start_matches("-d")) {
        None | Some("now") => call.system.now(),
        Some(text) => {
            // The simulated clock does not go back behind its beginning.
            let begin = SimTime::ZERO.unix_millis() as i64 / 1000;
            let seconds = match text.strip_prefix('@') {
                Some(seconds) => seconds.parse().ok(),
                None => unix_secs(text),
            };
            match seconds.and_then(|seconds: i64| u64::try_from(seconds - begin).ok()) {
                Some(since) => SimTime(since * 1000),
                None => return call.fail(&format!("invalid date '{text}'")),
            }
        }
    };
    let Some(format) = call.args.iter().find_map(|word| word.strip_prefix('+')) else {
        call.print(&dns::date(now));
        return 0;
    };
    // `2026-01-01T00:00:00Z` and `Thu Jan  1 00:00:00 UTC 2026` hold every piece.
    let (stamp, long) = (now.rfc3339(), dns::date(now));
    let mut text = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => text.push_str(&stamp[..4]),
            Some('m') => text.push_str(&stamp[5..7]),
            Some('d') => text.push_str(&stamp[8..10]),
            Some('H') => text.push_str(&stamp[11..13]),
            Some('M') => text.push_str(&stamp[14..16]),
            Some('S') => text.push_str(&stamp[17..19]),
            Some('F') => text.push_str(&stamp[..10]),
            Some('T') => text.push_str(&stamp[11..19]),
            Some('a') => text.push_str(&long[..3]),
            Some('b') => text.push_str(&long[4..7]),
            Some('Z') => text.push_str("UTC"),
            Some('s') => text.push_str(&(now.unix_millis() / 1000).to_string()),
            Some('N') => text.push_str(&format!("{:03}000000", now.unix_millis() % 1000)),
            Some(c) => text.push(c),
            None => text.push('%'),
        }
    }
    call.print(&text);
    0
}

pub fn df(call: &mut Call) -> i32 {
    call.print("Filesystem     1K-blocks    Used Available Use% Mounted on");
    call.print("overlay        104857600 9437184  95420416   9% /");
    0
}

pub fn list(call: &mut Call) -> i32 {
    let (options, mut words) = call.options("");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    if words.is_empty() {
        words.push(".");
    }
    let many = words.len() > 1;
    let (mut plain, mut groups) = (Vec::new(), Vec::new());
    for word in words {
        let path = call.env.path(word);
        if call.read(word).is_some() || (has('d') && call.system.is_folder(&path)) {
            plain.push((word.to_string(), path));
        } else if call.system.is_folder(&path) {
            let mut names = call.system.list(&path);
            names.retain(|name| has('a') || has('A') || !name.starts_with('.'));
            let names: Vec<_> =
                names.into_iter().map(|name| (name.clone(), format!("{path}/{name}"))).collect();
            groups.push((word, names));
        } else {
            call.fail(&format!("cannot access '{word}': No such file or directory"));
        }
    }
    show(call, &plain, has('l'), has('1'));
    for (i, (word, names)) in groups.iter().enumerate() {
        if many {
            let gap = if i > 0 || !plain.is_empty() { "\n" } else { "" };
            call.print(&format!("{gap}{word}:"));
        }
        if has('l') {
            call.print(&format!("total {}", 4 * names.len()));
        }
        show(call, names, has('l'), has('1'));
    }
    if call.err.is_empty() { 0 } else { 2 }
}

// Names in a row where somebody looks, one a line elsewhere; with `-l` what is known of each.
fn show(call: &mut Call, names: &[(String, String)], long: bool, lines: bool) {
    let date = dns::date(call.system.now());
    for (name, path) in names.iter().filter(|_| long) {
        let is_folder = call.read(path).is_none();
        let size = call.read(path).map_or(4096, |text| text.len());
        let (mode, links) = if is_folder { ("drwxr-xr-x", 2) } else { ("-rw-r--r--", 1) };
        call.print(&format!("{mode} {links} root root {size:>5} {} {name}", &date[4..16]));
    }
    if !long && !names.is_empty() {
        let between = if call.is_seen && !lines { "  " } else { "\n" };
        let row: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
        call.print(&row.join(between));
    }
}

pub fn mkdir(call: &mut Call) -> i32 {
    let (_, words) = call.options("m");
    for word in words {
        let path = call.env.path(word) + "/";
        if let Err(why) = call.system.write(&path, "", false) {
            call.fail(&format!("cannot create directory '{word}': {why}"));
        }
    }
    i32::from(!call.err.is_empty())
}

pub fn touch(call: &mut Call) -> i32 {
    let (_, words) = call.options("dt");
    for word in words {
        if let Err(why) = call.system.write(&call.env.path(word), "", true) {
            call.fail(&format!("cannot touch '{word}': {why}"));
        }
    }
    i32::from(!call.err.is_empty())
}

pub fn remove(call: &mut Call) -> i32 {
    let (options, words) = call.options("");
    let has = |wanted: &str| options.iter().any(|(option, _)| wanted.contains(*option));
    for word in words {
        let path = call.env.path(word);
        if call.system.remove(&path) {
            continue;
        }
        if !call.system.is_folder(&path) {
            if !has("f") {
                call.fail(&format!("cannot remove '{word}': No such file or directory"));
            }
        } else if has("rR") {
            remove_folder(call, &path);
        } else {
            call.fail(&format!("cannot remove '{word}': Is a directory"));
        }
    }
    i32::from(!call.err.is_empty())
}

fn remove_folder(call: &mut Call, path: &str) {
    for name in call.system.list(path) {
        let inner = format!("{}/{name}", path.trim_end_matches('/'));
        // Folders that are mounted stay, and so do files that nothing can remove.
        if !call.system.remove(&inner) && call.read(&inner).is_none() && inner.len() < 1000 {
            remove_folder(call, &inner);
        }
    }
    call.system.remove(&format!("{path}/"));
}

/// `cp` and `mv`.
pub fn copy(call: &mut Call) -> i32 {
    let (_, mut words) = call.options("");
    let Some(to) = words.pop().filter(|_| !words.is_empty()) else {
        return call.fail("missing file operand");
    };
    let into = call.system.is_folder(&call.env.path(to));
    for word in words {
        let Some(text) = call.read(word) else {
            call.fail(&format!("cannot stat '{word}': No such file or directory"));
            continue;
        };
        let name = word.rsplit('/').next().unwrap_or(word);
        let path = call.env.path(&if into { format!("{to}/{name}") } else { to.to_string() });
        match call.system.write(&path, &text, false) {
            Ok(()) if call.name == "mv" && path != call.env.path(word) => {
                let from = call.env.path(word);
                call.system.remove(&from);
            }
            Ok(()) => {}
            Err(why) => {
                call.fail(&format!("cannot create '{to}': {why}"));
            }
        }
    }
    i32::from(!call.err.is_empty())
}

/// `test`, `[` and, as far as it is the same, `[[`.
pub fn test(call: &mut Call) -> i32 {
    let mut words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    if let Some(close) =
        [("[", "]"), ("[[", "]]")].iter().find(|(name, _)| *name == call.name).map(|(_, close)| *close)
        && words.pop() != Some(close)
    {
        call.fail(&format!("missing `{close}'"));
        return 2;
    }
    match holds(call, &words) {
        Ok(holds) => i32::from(!holds),
        Err(message) => {
            call.fail(&message);
            2
        }
    }
}

fn holds(call: &mut Call, words: &[&str]) -> Result<bool, String> {
    for (word, any) in [("-o", true), ("-a", false)] {
        if let Some(at) =
            words.iter().position(|known| *known == word).filter(|at| *at > 0 && *at + 1 < words.len())
        {
            let (left, right) = (holds(call, &words[..at])?, holds(call, &words[at + 1..])?);
            return Ok(if any { left || right } else { left && right });
        }
    }
    let number = |text: &str| {
        let number: Result<i64, _> = text.trim().parse();
        number.map_err(|_| format!("{text}: integer expression expected"))
    };
    Ok(match *words {
        [] => false,
        ["!", ref rest @ ..] => !holds(call, rest)?,
        [word] => !word.is_empty(),
        ["-z", text] => text.is_empty(),
        ["-n", text] => !text.is_empty(),
        ["-d", path] => call.read(path).is_none() && call.system.is_folder(&call.env.path(path)),
        ["-e", path] => call.read(path).is_some() || call.system.is_folder(&call.env.path(path)),
        ["-f" | "-r" | "-w" | "-x", path] => call.read(path).is_some(),
        ["-s", path] => call.read(path).is_some_and(|text| !text.is_empty()),
        [left, "=" | "==", right] if call.name == "[[" => Pattern::glob(right).is_whole(left),
        [left, "=" | "==", right] => left == right,
        [left, "!=", right] if call.name == "[[" => !Pattern::glob(right).is_whole(left),
        [left, "!=", right] => left != right,
        [left, "<", right] => left < right,
        [left, ">", right] => left > right,
        [left, "=~", right] => {
            let text: Vec<char> = left.chars().collect();
            let found = Pattern::new(right, true, false)?.find(&text, 0);
            for (i, (from, to)) in found.iter().flatten().enumerate() {
                let name = if i == 0 { "BASH_REMATCH".into() } else { format!("BASH_REMATCH[{i}]") };
                call.sets.push((name, text[*from..*to].iter().collect()));
            }
            found.is_some()
        }
        [left, operator, right] => {
            let operator = match operator {
                "-eq" => "==",
                "-ne" => "!=",
                "-lt" => "<",
                "-le" => "<=",
                "-gt" => ">",
                "-ge" => ">=",
                _ => return Err(format!("{operator}: binary operator expected")),
            };
            let text = format!("{} {operator} {}", number(left)?, number(right)?);
            expr::sum(&text, &mut Default::default())? != 0
        }
        [operator, _] => return Err(format!("{operator}: unary operator expected")),
        _ => return Err("too many arguments".into()),
    })
}

/// Every file below a folder, as `find` names them; a file is itself.
pub fn below(call: &Call, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![start.trim_end_matches('/').to_string()];
    while let Some(path) = open.pop() {
        let whole = call.env.path(&path);
        if call.read(&path).is_some() || found.len() > 2000 {
            found.push(path);
            continue;
        }
        let names = call.system.list(&whole);
        open.extend(
            names.iter().rev().filter(|name| !name.starts_with('.')).map(|name| format!("{path}/{name}")),
        );
    }
    found
}

/// `find FOLDERS [-name GLOB] [-type f|d] [-maxdepth N]`.
pub fn find(call: &mut Call) -> i32 {
    let args: Vec<&str> = call.args.iter().map(String::as_str).collect();
    let split = args.iter().position(|arg| arg.starts_with('-')).unwrap_or(args.len());
    let (starts, mut tests) = args.split_at(split);
    let (mut name, mut kind, mut depth) = (None, "", usize::MAX);
    while let [test, value, rest @ ..] = tests {
        match *test {
            "-name" | "-iname" => name = Some(Pattern::glob(value)),
            "-type" => kind = value,
            "-maxdepth" => depth = value.parse().unwrap_or(usize::MAX),
            other => {
                return call.fail(&format!("unknown predicate `{other}'"));
            }
        }
        tests = rest;
    }
    if let [test] = tests
        && *test != "-print"
    {
        return call.fail(&format!("missing argument to `{test}'"));
    }
    for start in if starts.is_empty() { &["."][..] } else { starts } {
        let mut open = vec![(start.to_string(), 0)];
        while let Some((path, level)) = open.pop() {
            let (is_file, whole) = (call.read(&path).is_some(), call.env.path(&path));
            if !is_file && !call.system.is_folder(&whole) {
                call.fail(&format!("'{path}': No such file or directory"));
                continue;
            }
            let last = path.rsplit('/').next().unwrap_or(&path);
            let fits = name.as_ref().is_none_or(|name| name.is_whole(last));
            if fits && (kind.is_empty() || (kind == "f") == is_file) {
                call.print(&path);
            }
            if !is_file && level < depth && call.out.len() < 100_000 {
                let names = call.system.list(&whole);
                let inner = names
                    .iter()
                    .rev()
                    .map(|name| (format!("{}/{name}", path.trim_end_matches('/')), level + 1));
                open.extend(inner);
            }
        }
    }
    i32::from(!call.err.is_empty())
}

pub fn rmdir(call: &mut Call) -> i32 {
    let (_, words) = call.options("");
    for word in words {
        let path = call.env.path(word);
        let text = match (call.system.is_folder(&path), call.system.list(&path).is_empty()) {
            (true, true) => {
                call.system.remove(&format!("{path}/"));
                continue;
            }
            (true, false) => "Directory not empty",
            _ => "No such file or directory",
        };
        call.fail(&format!("failed to remove '{word}': {text}"));
    }
    i32::from(!call.err.is_empty())
}
