//! `sed`: `s`, `d`, `p`, `q`, `a`, `i`, `c`, `=` and `y`, with addresses and `-n`, `-E`, `-i`.

use super::super::pattern::Pattern;
use super::Call;

enum Address {
    Line(usize),
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
            Some(c) if c.is_ascii_digit() => {
                let digits: String =
                    self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
                self.at += digits.len();
                Some(Address::Line(digits.parse().unwrap_or(usize::MAX)))
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
                command.text = self.chars[self.at..].iter().take_while(|c| **c != '\n').collect();
                self.at += command.text.chars().count();
            }
            'd' | 'p' | 'q' | '=' => {}
            _ => return Err(format!("unknown command: `{name}'")),
        }
        Ok(command)
    }
}

impl Command {
    fn applies(&mut self, number: usize, is_last: bool, line: &str) -> bool {
        let fits = |address: &Address| match address {
            Address::Line(wanted) => *wanted == number,
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

fn read(text: &str, extended: bool) -> Result<Vec<Command>, String> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, extended };
    let mut commands = Vec::new();
    loop {
        reader.skip(" ;\n\t");
        if reader.peek().is_none() {
            return Ok(commands);
        }
        let command = reader.command();
        commands.push(command.map_err(|why| format!("-e expression #1, char {}: {why}", reader.at))?);
        reader.skip(" \t");
        if reader.peek().is_some_and(|c| c != ';' && c != '\n') {
            return Err(format!("-e expression #1, char {}: extra characters after command", reader.at + 1));
        }
    }
}

pub fn run(call: &mut Call) -> i32 {
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
    let texts = call.texts(&words);
    if !in_place {
        let text: String = texts.iter().map(|(_, text)| text.as_str()).collect();
        call.out = edit(&mut commands, &text, is_quiet);
        return if call.err.is_empty() { 0 } else { 2 };
    }
    for (name, text) in texts {
        let text = edit(&mut commands, &text, is_quiet);
        if let Err(why) = call.system.write(&call.env.path(&name), &text, false) {
            call.fail(&format!("couldn't open file {name}: {why}"));
        }
    }
    if call.err.is_empty() { 0 } else { 2 }
}

fn edit(commands: &mut [Command], text: &str, is_quiet: bool) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let mut line = (*line).to_string();
        let mut behind = String::new();
        let (mut shows, mut ends) = (!is_quiet, false);
        for command in commands.iter_mut() {
            if !command.applies(i + 1, i + 1 == lines.len(), &line) {
                continue;
            }
            match command.name {
                's' => {
                    if let Some(new) = command.substitute(&line) {
                        line = new;
                        if command.flags.contains('p') {
                            out.push_str(&format!("{line}\n"));
                        }
                    }
                }
                'y' => {
                    let to: Vec<char> = command.text.chars().collect();
                    let place = |c: char| command.flags.chars().position(|known| known == c);
                    line = line
                        .chars()
                        .map(|c| place(c).and_then(|i| to.get(i)).copied().unwrap_or(c))
                        .collect();
                }
                'p' => out.push_str(&format!("{line}\n")),
                '=' => out.push_str(&format!("{}\n", i + 1)),
                'a' => behind.push_str(&format!("{}\n", command.text)),
                'i' => out.push_str(&format!("{}\n", command.text)),
                'q' => ends = true,
                name => {
                    if name == 'c' {
                        out.push_str(&format!("{}\n", command.text));
                    }
                    shows = false;
                    break;
                }
            }
            if ends {
                break;
            }
        }
        if shows {
            out.push_str(&line);
            out.push('\n');
        }
        out.push_str(&behind);
        if ends {
            break;
        }
    }
    out
}
