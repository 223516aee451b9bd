//! The workstation's prompt: one line into commands.
//!
//! Words and quotes, pipes, `&&`, `||`, `;`, `$(…)`, redirection and heredocs, as far as the documents need them. Programs
//! other than kubectl are the few of [`TOOLS`]; anything else is `command not found`.

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Command {
    /// The words, quotes removed.
    pub words: Vec<String>,
    /// What the heredoc or `<` gives it; a pipe wins.
    pub stdin: Option<Stdin>,
    /// `> FILE` or `>> FILE` (true).
    pub redirect: Option<(String, bool)>,
}

/// Where a command reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// A heredoc's lines.
    Text(String),
    /// `< FILE`.
    File(String),
}

/// How a pipeline follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// `;`, or the first one.
    Always,
    /// `&&`.
    IfOk,
    /// `||`.
    IfFailed,
}

/// A line: pipelines and how they follow each other; true if it runs in the background.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Line {
    /// The pipelines.
    pub pipelines: Vec<(Link, Vec<Command>)>,
    /// It ended in `&`.
    pub background: bool,
}

/// Stands in a word before the line of a `$(…)`: its output is split into words.
pub const SPLIT: char = '\u{1}';
/// Likewise inside double quotes: its output stays one piece.
pub const WHOLE: char = '\u{2}';
/// Stands behind the line of a `$(…)`.
pub const END: char = '\u{3}';

// The line of a `$(`, up to its bracket.
fn substitution(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, mark: char) -> Result<String, String> {
    chars.next();
    let mut text = String::from(mark);
    let mut depth = 1;
    for c in chars.by_ref() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            text.push(END);
            return Ok(text);
        }
        text.push(c);
    }
    Err("-bash: unexpected EOF while looking for matching `)'".into())
}

/// Reads a line with its heredoc bodies (as a scenario holds it). The error is the shell's own message.
pub fn parse(text: &str) -> Result<Line, String> {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut heredocs = body.split('\n');
    let mut line = Line::default();
    let mut link = Link::Always;
    let mut pipeline: Vec<Command> = Vec::new();
    let mut command = Command::default();
    let mut chars = first.chars().peekable();
    let mut word: Option<String> = None;
    // What the next finished word is for.
    #[derive(PartialEq)]
    enum For {
        Word,
        Out(bool),
        In,
        Here(bool),
    }
    let mut target = For::Word;
    macro_rules! finish_word {
        () => {
            if let Some(done) = word.take() {
                match std::mem::replace(&mut target, For::Word) {
                    For::Word => command.words.push(done),
                    For::Out(append) => command.redirect = Some((done, append)),
                    For::In => command.stdin = Some(Stdin::File(done)),
                    For::Here(strip) => {
                        let mut text = String::new();
                        for line in heredocs.by_ref() {
                            let line = if strip { line.trim_start_matches('\t') } else { line };
                            if line == done {
                                break;
                            }
                            text.push_str(line);
                            text.push('\n');
                        }
                        command.stdin = Some(Stdin::Text(text));
                    }
                }
            }
        };
    }
    let unexpected = |token: &str| format!("-bash: syntax error near unexpected token `{token}'");
    macro_rules! finish_command {
        ($token:expr) => {
            finish_word!();
            if target != For::Word || command.words.is_empty() {
                return Err(unexpected($token));
            }
            pipeline.push(std::mem::take(&mut command));
        };
    }
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let text = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => text.push(c),
                        None => return Err("-bash: unexpected EOF while looking for matching `''".into()),
                    }
                }
            }
            '"' => {
                let text = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(c @ ('"' | '\\' | '$' | '`')) => text.push(c),
                            Some(c) => {
                                text.push('\\');
                                text.push(c);
                            }
                            None => {
                                return Err("-bash: unexpected EOF while looking for matching `\"'".into());
                            }
                        },
                        Some('$') if chars.peek() == Some(&'(') => {
                            text.push_str(&substitution(&mut chars, WHOLE)?);
                        }
                        Some(c) => text.push(c),
                        None => return Err("-bash: unexpected EOF while looking for matching `\"'".into()),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            '#' if word.is_none() => break,
            ' ' | '\t' => finish_word!(),
            '|' if chars.peek() == Some(&'|') => {
                chars.next();
                finish_command!("||");
                line.pipelines.push((link, std::mem::take(&mut pipeline)));
                link = Link::IfFailed;
            }
            '|' => {
                finish_command!("|");
            }
            '&' if chars.peek() == Some(&'&') => {
                chars.next();
                finish_command!("&&");
                line.pipelines.push((link, std::mem::take(&mut pipeline)));
                link = Link::IfOk;
            }
            '&' if chars.peek() == Some(&'>') => return Err(unexpected("&>")),
            '&' if chars.clone().all(char::is_whitespace) => {
                line.background = true;
            }
            ';' => {
                finish_command!(";");
                line.pipelines.push((link, std::mem::take(&mut pipeline)));
                link = Link::Always;
            }
            '<' if chars.peek() == Some(&'<') => {
                finish_word!();
                chars.next();
                let strip = chars.peek() == Some(&'-');
                if strip {
                    chars.next();
                }
                target = For::Here(strip);
            }
            '<' => {
                finish_word!();
                target = For::In;
            }
            '>' => {
                finish_word!();
                let append = chars.peek() == Some(&'>');
                if append {
                    chars.next();
                }
                target = For::Out(append);
            }
            '$' if chars.peek() == Some(&'(') => {
                let text = substitution(&mut chars, SPLIT)?;
                word.get_or_insert_default().push_str(&text);
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    finish_word!();
    if target != For::Word {
        return Err(unexpected("newline"));
    }
    if !command.words.is_empty() {
        pipeline.push(command);
        line.pipelines.push((link, pipeline));
    } else if !pipeline.is_empty() || (link != Link::Always) {
        return Err("-bash: syntax error: unexpected end of file".into());
    }
    Ok(line)
}

/// The programs of the workstation besides kubectl.
pub const TOOLS: &[&str] = &["cat", "echo", "ls", "grep", "head", "tail", "wc", "cut", "clear"];

/// What a tool printed.
pub struct Ran {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub code: i32,
}

/// Runs a tool of [`TOOLS`]; none if there is no such program.
pub fn run_tool(words: &[String], stdin: &str, files: &crate::sim::SortedMap<String, String>) -> Option<Ran> {
    let name = words.first()?.as_str();
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let ok = |stdout: String| Some(Ran { stdout, stderr: String::new(), code: 0 });
    // The input of a filter: its files, or what comes through the pipe.
    let input = |names: &[&str]| -> Result<String, String> {
        if names.is_empty() {
            return Ok(stdin.to_string());
        }
        let mut text = String::new();
        for file in names {
            match files.get(file.trim_start_matches("./")) {
                Some(content) => text.push_str(content),
                None if *file == "-" => text.push_str(stdin),
                None => return Err(format!("{name}: {file}: No such file or directory\n")),
            }
        }
        Ok(text)
    };
    let fail = |stderr: String| Some(Ran { stdout: String::new(), stderr, code: 1 });
    match name {
        "cat" => match input(&args) {
            Ok(text) => ok(text),
            Err(error) => fail(error),
        },
        "echo" => {
            let newline = args.first() != Some(&"-n");
            let words = if newline { &args[..] } else { &args[1..] };
            ok(words.join(" ") + if newline { "\n" } else { "" })
        }
        "ls" => ok(files.keys().map(|name| format!("{name}\n")).collect()),
        "clear" => ok(String::new()),
        "grep" => {
            let flags: String =
                args.iter().filter(|a| a.starts_with('-')).flat_map(|a| a[1..].chars()).collect();
            let mut rest = args.iter().filter(|a| !a.starts_with('-')).copied();
            let Some(pattern) = rest.next() else {
                return fail("Usage: grep [OPTION]... PATTERNS [FILE]...\n".into());
            };
            let names: Vec<&str> = rest.collect();
            let text = match input(&names) {
                Ok(text) => text,
                Err(error) => return fail(error),
            };
            let fold = |s: &str| if flags.contains('i') { s.to_lowercase() } else { s.to_string() };
            let alternatives: Vec<String> = pattern.split("\\|").map(fold).collect();
            let hits: Vec<&str> = text
                .lines()
                .filter(|line| {
                    alternatives.iter().any(|p| fold(line).contains(p.as_str())) != flags.contains('v')
                })
                .collect();
            let stdout = if flags.contains('c') {
                format!("{}\n", hits.len())
            } else {
                hits.iter().map(|line| format!("{line}\n")).collect()
            };
            Some(Ran { stdout, stderr: String::new(), code: i32::from(hits.is_empty()) })
        }
        "head" | "tail" => {
            let mut count = 10usize;
            let mut names = Vec::new();
            let mut iter = args.iter();
            while let Some(arg) = iter.next() {
                match arg.strip_prefix("-n").or_else(|| arg.strip_prefix('-')) {
                    Some("") => count = iter.next().and_then(|n| n.parse().ok()).unwrap_or(10),
                    Some(n) => count = n.parse().unwrap_or(10),
                    None => names.push(*arg),
                }
            }
            match input(&names) {
                Ok(text) => {
                    let lines: Vec<&str> = text.lines().collect();
                    let part = match name {
                        "head" => &lines[..count.min(lines.len())],
                        _ => &lines[lines.len().saturating_sub(count)..],
                    };
                    ok(part.iter().map(|line| format!("{line}\n")).collect())
                }
                Err(error) => fail(error),
            }
        }
        "cut" => {
            // `-d X -f N`, with or without blanks.
            let value = |flag: &str| {
                let i = args.iter().position(|arg| arg.starts_with(flag))?;
                Some(match args[i].len() {
                    2 => args.get(i + 1).copied().unwrap_or(""),
                    _ => &args[i][2..],
                })
            };
            let between = value("-d").and_then(|text| text.chars().next()).unwrap_or('\t');
            let Some(field) = value("-f").and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0)
            else {
                let text = "cut: you must specify a list of bytes, characters, or fields\n\
                            Try 'cut --help' for more information.\n";
                return fail(text.into());
            };
            let part = |line: &str| match line.contains(between) {
                true => line.split(between).nth(field - 1).unwrap_or("").to_string(),
                false => line.to_string(),
            };
            ok(stdin.lines().map(|line| part(line) + "\n").collect())
        }
        "wc" => match input(&args.iter().filter(|a| !a.starts_with('-')).copied().collect::<Vec<_>>()) {
            Ok(text) => {
                let (lines, words, bytes) =
                    (text.matches('\n').count(), text.split_whitespace().count(), text.len());
                ok(match args.iter().find(|a| a.starts_with('-')) {
                    Some(&"-l") => format!("{lines}\n"),
                    Some(&"-w") => format!("{words}\n"),
                    Some(&"-c") => format!("{bytes}\n"),
                    _ => format!("{lines:>7}{words:>8}{bytes:>8}\n"),
                })
            }
            Err(error) => fail(error),
        },
        _ => None,
    }
}
