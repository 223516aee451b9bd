//! `sed`: every command but branches and files, with addresses, blocks and `-n`, `-E`, `-i`, `-z`.

use super::super::pattern::Pattern;
use super::Call;

/// Commands in one script.
const MOST_COMMANDS: usize = 500;

enum Address {
    Line(usize),
    /// `FIRST~STEP`.
    Every(usize, usize),
    /// `+N`, behind the first line of a range.
    More(usize),
    Last,
    Fits(Pattern),
}

struct Command {
    from: Option<Address>,
    to: Option<Address>,
    inverted: bool,
    /// Within its range.
    is_open: bool,
    name: char,
    pattern: Option<Pattern>,
    text: String,
    flags: String,
    /// What a block holds, and where a range with `+N` ends.
    block: Vec<Command>,
    until: usize,
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    extended: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip(&mut self, signs: &str) {
        while self.peek().is_some_and(|c| signs.contains(c)) {
            self.at += 1;
        }
    }

    // Up to the sign, which `\` before it takes as it is.
    fn until(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            match (c, self.peek()) {
                (c, _) if c == end => return Some(text),
                ('\\', Some(next)) if next == end => {
                    self.at += 1;
                    text.push(next);
                }
                ('\\', Some(next)) => {
                    self.at += 1;
                    text.extend(['\\', next]);
                }
                (c, _) => text.push(c),
            }
        }
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        Ok(match self.peek() {
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some('/') => {
                self.at += 1;
                let text = self.until('/').ok_or("unterminated address regex")?;
                Some(Address::Fits(Pattern::new(&text, self.extended, false)?))
            }
            Some('+') => {
                self.at += 1;
                let digits: String =
                    self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
                self.at += digits.len();
                Some(Address::More(digits.parse().unwrap_or(0)))
            }
            Some(c) if c.is_ascii_digit() => {
                let digits: String =
                    self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
                self.at += digits.len();
                let line = digits.parse().unwrap_or(usize::MAX);
                if self.peek() != Some('~') {
                    return Ok(Some(Address::Line(line)));
                }
                self.at += 1;
                let step: String = self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
                self.at += step.len();
                Some(Address::Every(line, step.parse().unwrap_or(1)))
            }
            _ => None,
        })
    }

    fn command(&mut self) -> Result<Command, String> {
        let from = self.address()?;
        let mut to = None;
        if self.peek() == Some(',') {
            self.at += 1;
            to = self.address()?;
        }
        self.skip(" ");
        let inverted = self.peek() == Some('!');
        self.at += usize::from(inverted);
        let name = self.peek().ok_or("missing command")?;
        self.at += 1;
        let mut command = Command {
            from,
            to,
            inverted,
            is_open: false,
            name,
            pattern: None,
            text: String::new(),
            flags: String::new(),
            block: Vec::new(),
            until: 0,
        };
        match name {
            's' | 'y' => {
                let sign = self.peek().ok_or("unterminated `s' command")?;
                self.at += 1;
                let parts = self.until(sign).and_then(|first| Some((first, self.until(sign)?)));
                let (first, second) = parts.ok_or_else(|| format!("unterminated `{name}' command"))?;
                command.flags = self.chars[self.at..].iter().take_while(|c| c.is_alphanumeric()).collect();
                self.at += command.flags.len();
                command.text = second;
                if name == 's' {
                    command.pattern =
                        Some(Pattern::new(&first, self.extended, command.flags.contains(['i', 'I']))?);
                } else {
                    command.flags = first;
                }
            }
            'a' | 'i' | 'c' => {
                self.skip(" ");
                if self.peek() == Some('\\') {
                    self.at += 1;
                    self.skip("\n");
                }
                let text: String = self.chars[self.at..].iter().take_while(|c| **c != '\n').collect();
                self.at += text.chars().count();
                command.text = super::text::unescape(&text);
            }
            '{' => command.block = self.commands(true)?,
            'd' | 'D' | 'p' | 'P' | 'q' | 'Q' | '=' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | 'l' => {}
            _ => return Err(format!("unknown command: `{name}'")),
        }
        Ok(command)
    }
}

impl Command {
    fn applies(&mut self, number: usize, is_last: bool, line: &str) -> bool {
        let fits = |address: &Address| match address {
            Address::Line(wanted) => *wanted == number,
            Address::Every(first, 0) => number == *first,
            Address::Every(first, step) => number >= *first && (number - first).is_multiple_of(*step),
            Address::More(_) => number >= self.until,
            Address::Last => is_last,
            Address::Fits(pattern) => pattern.is_in(line),
        };
        let holds = match (&self.from, &self.to) {
            (None, _) => true,
            (Some(from), None) => fits(from),
            (Some(_), Some(to)) if self.is_open => {
                self.is_open = !(fits(to) || matches!(to, Address::Line(end) if *end <= number));
                true
            }
            (Some(from), Some(to)) => {
                let begins = fits(from);
                self.is_open = begins && !matches!(to, Address::Line(end) if *end <= number);
                if let Address::More(more) = to
                    && begins
                {
                    self.is_open = *more > 0;
                    self.until = number + more;
                }
                begins
            }
        };
        holds != self.inverted
    }

    // The line with what fits replaced; none if nothing did.
    fn substitute(&self, line: &str) -> Option<String> {
        let pattern = self.pattern.as_ref()?;
        let chars: Vec<char> = line.chars().collect();
        let wanted: usize = self.flags.chars().find_map(|c| c.to_digit(10)).map_or(1, |n| n as usize);
        let all = self.flags.contains('g');
        let (mut done, mut at, mut count, mut changed) = (String::new(), 0, 0, false);
        while at <= chars.len() {
            let Some(found) = pattern.find(&chars, at) else { break };
            let (from, to) = found[0];
            done.extend(&chars[at..from]);
            count += 1;
            if count >= wanted && (all || !changed) {
                changed = true;
                let mut text = self.text.chars();
                while let Some(c) = text.next() {
                    let group = match c {
                        '&' => Some(0),
                        '\\' => match text.next() {
                            Some('n') => {
                                done.push('\n');
                                continue;
                            }
                            Some(c) if c.is_ascii_digit() => c.to_digit(10),
                            Some(c) => {
                                done.push(c);
                                continue;
                            }
                            None => None,
                        },
                        c => {
                            done.push(c);
                            continue;
                        }
                    };
                    if let Some((from, to)) = group.and_then(|group| found.get(group as usize)) {
                        done.extend(&chars[*from..*to]);
                    }
                }
            } else {
                done.extend(&chars[from..to]);
            }
            if to == from {
                done.extend(chars.get(to));
            }
            at = to.max(from + usize::from(to == from));
            if changed && !all {
                break;
            }
        }
        done.extend(chars.get(at..).unwrap_or_default());
        changed.then_some(done)
    }
}

impl Reader {
    // Commands up to the end, or to the bracket that closes a block.
    fn commands(&mut self, is_block: bool) -> Result<Vec<Command>, String> {
        let mut commands = Vec::new();
        loop {
            self.skip(" ;\n\t");
            match self.peek() {
                None if is_block => return Err("unmatched `{'".into()),
                None => return Ok(commands),
                Some('}') if is_block => {
                    self.at += 1;
                    return Ok(commands);
                }
                Some('}') => return Err("unexpected `}'".into()),
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                    continue;
                }
                Some(_) => {}
            }
            commands.push(self.command()?);
            if commands.len() > MOST_COMMANDS {
                return Err("too many commands".into());
            }
            self.skip(" \t");
            if self.peek().is_some_and(|c| !";\n}#".contains(c)) {
                self.at += 1;
                return Err("extra characters after command".into());
            }
        }
    }
}

fn read(text: &str, extended: bool) -> Result<Vec<Command>, String> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, extended };
    reader.commands(false).map_err(|why| format!("-e expression #1, char {}: {why}", reader.at))
}

pub fn run(call: &mut Call) -> i32 {
    // The ending of the copy is part of `-i`.
    let ending = call.args.iter().find_map(|arg| {
        arg.strip_prefix("-i").or(arg.strip_prefix("--in-place=")).filter(|end| end.starts_with('.'))
    });
    let ending = ending.map(str::to_string);
    let args: Vec<String> = call
        .args
        .iter()
        .map(|arg| match arg.as_str() {
            arg if ending.is_some() && arg.starts_with("-i.") => "-i".to_string(),
            "--in-place" => "-i".to_string(),
            "--quiet" | "--silent" => "-n".to_string(),
            "--regexp-extended" => "-E".to_string(),
            "--null-data" => "-z".to_string(),
            arg if arg.starts_with("--in-place=") => "-i".to_string(),
            arg if arg.starts_with("--expression=") => format!("-e{}", &arg[13..]),
            arg => arg.to_string(),
        })
        .collect();
    let mut inner = Call::new(call.name, &args, call.stdin, call.env, &mut *call.system);
    let status = edit_files(&mut inner, ending.as_deref());
    (call.out, call.err) = (inner.out, inner.err);
    status
}

fn edit_files(call: &mut Call, ending: Option<&str>) -> i32 {
    let (options, mut words) = call.options("ef");
    let has = |wanted: &str| options.iter().any(|(option, _)| wanted.contains(*option));
    let mut script: Vec<&str> =
        options.iter().filter(|(option, _)| *option == 'e').map(|(_, text)| *text).collect();
    if script.is_empty() {
        if words.is_empty() {
            return call.fail("no script specified");
        }
        script.push(words.remove(0));
    }
    let mut commands = match read(&script.join("\n"), has("Er")) {
        Ok(commands) => commands,
        Err(why) => return call.fail(&why),
    };
    let (is_quiet, in_place) = (has("n"), has("i"));
    let end = if has("z") { '\0' } else { '\n' };
    let texts = call.texts(&words);
    if !in_place {
        let text: String = texts.iter().map(|(_, text)| text.as_str()).collect();
        call.out = edit(&mut commands, &text, is_quiet, end);
        return if call.err.is_empty() { 0 } else { 2 };
    }
    for (name, text) in texts {
        if let Some(ending) = ending
            && let Err(why) = call.system.write(&call.env.path(&format!("{name}{ending}")), &text, false)
        {
            call.fail(&format!("couldn't open file {name}{ending}: {why}"));
        }
        let text = edit(&mut commands, &text, is_quiet, end);
        if let Err(why) = call.system.write(&call.env.path(&name), &text, false) {
            call.fail(&format!("couldn't open file {name}: {why}"));
        }
    }
    if call.err.is_empty() { 0 } else { 2 }
}

// A run of a script over lines: what it has printed, what it holds, where it stands.
struct Editor<'a> {
    lines: Vec<&'a str>,
    at: usize,
    line: String,
    hold: String,
    out: String,
    behind: String,
    is_quiet: bool,
    end: char,
    steps: usize,
}

#[derive(PartialEq)]
enum Flow {
    On,
    /// The next line, without this one.
    Next,
    /// From the beginning with what is left of the line.
    Again,
    Quit(bool),
}

impl Editor<'_> {
    fn print(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push(self.end);
    }

    fn run(&mut self, commands: &mut [Command]) -> Flow {
        for command in commands {
            self.steps += 1;
            if self.steps > MOST_STEPS || self.out.len() > super::super::MOST_BYTES {
                return Flow::Quit(false);
            }
            let is_last = self.at + 1 >= self.lines.len();
            if !command.applies(self.at + 1, is_last, &self.line) {
                continue;
            }
            match command.name {
                '{' => {
                    let flow = self.run(&mut command.block);
                    if flow != Flow::On {
                        return flow;
                    }
                }
                's' => {
                    if let Some(new) = command.substitute(&self.line) {
                        self.line = new;
                        if command.flags.contains('p') {
                            self.print(&self.line.clone());
                        }
                    }
                }
                'y' => {
                    let to: Vec<char> = command.text.chars().collect();
                    let place = |c: char| command.flags.chars().position(|known| known == c);
                    let new = |c| place(c).and_then(|i| to.get(i)).copied().unwrap_or(c);
                    self.line = self.line.chars().map(new).collect();
                }
                'p' => self.print(&self.line.clone()),
                'P' => {
                    let first = self.line.split('\n').next().unwrap_or_default().to_string();
                    self.print(&first);
                }
                'l' => self.print(&format!(
                    "{}$",
                    self.line.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
                )),
                '=' => self.out.push_str(&format!("{}\n", self.at + 1)),
                'a' => self.behind.push_str(&format!("{}\n", command.text)),
                'i' => self.out.push_str(&format!("{}\n", command.text)),
                'h' => self.hold = self.line.clone(),
                'H' => self.hold = format!("{}\n{}", self.hold, self.line),
                'g' => self.line = self.hold.clone(),
                'G' => self.line = format!("{}\n{}", self.line, self.hold),
                'x' => std::mem::swap(&mut self.line, &mut self.hold),
                'n' | 'N' if is_last => return Flow::Quit(true),
                'n' => {
                    if !self.is_quiet {
                        self.print(&self.line.clone());
                    }
                    self.at += 1;
                    self.line = self.lines[self.at].to_string();
                }
                'N' => {
                    self.at += 1;
                    self.line = format!("{}\n{}", self.line, self.lines[self.at]);
                }
                'q' => return Flow::Quit(true),
                'Q' => return Flow::Quit(false),
                'c' => {
                    // Of a range only the end is told.
                    if !command.is_open || command.inverted {
                        self.out.push_str(&format!("{}\n", command.text));
                    }
                    return Flow::Next;
                }
                'D' if self.line.contains('\n') => {
                    let rest = self.line.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_string());
                    self.line = rest;
                    return Flow::Again;
                }
                _ => return Flow::Next,
            }
        }
        Flow::On
    }
}

/// Commands carried out before a script is taken to be endless.
const MOST_STEPS: usize = 500_000;

fn edit(commands: &mut [Command], text: &str, is_quiet: bool, end: char) -> String {
    let whole = text.strip_suffix(end).unwrap_or(text);
    let lines: Vec<&str> = if text.is_empty() { Vec::new() } else { whole.split(end).collect() };
    let (hold, out, behind) = (String::new(), String::new(), String::new());
    let mut editor = Editor { lines, at: 0, line: String::new(), hold, out, behind, is_quiet, end, steps: 0 };
    while editor.at < editor.lines.len() {
        editor.line = editor.lines[editor.at].to_string();
        let mut flow = editor.run(commands);
        while flow == Flow::Again {
            flow = editor.run(commands);
        }
        if !is_quiet && matches!(flow, Flow::On | Flow::Quit(true)) {
            editor.print(&editor.line.clone());
        }
        let behind = std::mem::take(&mut editor.behind);
        editor.out.push_str(&behind);
        if matches!(flow, Flow::Quit(_)) {
            break;
        }
        editor.at += 1;
    }
    // What had no line break at its end gets none.
    if end == '\0' && !text.ends_with('\0') {
        editor.out.pop();
    }
    editor.out
}
