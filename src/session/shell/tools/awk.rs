//! A small `awk`: patterns, `print`, `printf`, `if`, `next`, variables; no arrays and no functions of one's own.
//!
//! The program is read anew for every line; what does not apply is read without effect.

use super::super::expr::{self, Names, Reader};
use super::Call;
use std::collections::BTreeMap;

/// The line at hand and the variables.
struct Row {
    line: String,
    fields: Vec<String>,
    vars: BTreeMap<String, String>,
    out: String,
    skips: bool,
}

impl Row {
    fn set_line(&mut self, line: &str) {
        self.line = line.to_string();
        let fields: Vec<&str> = match Names::get(self, "FS").as_str() {
            " " | "" => line.split_whitespace().collect(),
            separator => line.split(separator).collect(),
        };
        self.fields = fields.into_iter().map(str::to_string).collect();
    }
}

impl Names for Row {
    fn get(&mut self, name: &str) -> String {
        match name {
            "NF" => self.fields.len().to_string(),
            _ => self.vars.get(name).cloned().unwrap_or_default(),
        }
    }

    // `$3` is set under the name `$3`.
    fn set(&mut self, name: &str, value: String) {
        match name.strip_prefix('$').map(|n| n.parse::<usize>().unwrap_or(0)) {
            None => drop(self.vars.insert(name.to_string(), value)),
            Some(0) => self.set_line(&value),
            Some(n) => {
                let n = n.min(1000);
                self.fields.resize(self.fields.len().max(n), String::new());
                self.fields[n - 1] = value;
                let separator = self.vars.get("OFS").map_or(" ", String::as_str);
                self.line = self.fields.join(separator);
            }
        }
    }

    fn field(&mut self, n: usize) -> Option<String> {
        Some(if n == 0 { self.line.clone() } else { self.fields.get(n - 1).cloned().unwrap_or_default() })
    }
}

type Result<T> = std::result::Result<T, String>;

struct Program<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
}

impl Program<'_> {
    fn take(&mut self, token: &str) -> bool {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        let found = token.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let here = self.at;
        let goes_on = |c: &char| c.is_alphanumeric() || *c == '_';
        if self.take(word) && !self.chars.get(self.at).is_some_and(goes_on) {
            return true;
        }
        self.at = here;
        false
    }

    fn value(&mut self, row: &mut Row, live: bool) -> Result<String> {
        self.take("");
        let mut reader = Reader::new(self.chars, row);
        (reader.at, reader.live) = (self.at, live);
        let value = reader.value();
        self.at = reader.at;
        value
    }

    /// Every rule that belongs to a moment: `BEGIN`, `END`, or a line.
    fn rules(&mut self, row: &mut Row, moment: &str) -> Result<()> {
        self.at = 0;
        loop {
            while self.take(";") {}
            self.take("");
            if self.at >= self.chars.len() {
                return Ok(());
            }
            let special = ["BEGIN", "END"].into_iter().find(|word| self.word(word));
            let mut live = special.unwrap_or("") == moment && !row.skips;
            let has_pattern = special.is_none() && self.chars.get(self.at) != Some(&'{');
            if has_pattern {
                let value = self.value(row, live)?;
                live = live && expr::is_true(&value);
            }
            if self.take("{") {
                self.block(row, live)?;
            } else if has_pattern {
                if live {
                    row.out.push_str(&row.line);
                    row.out.push('\n');
                }
            } else {
                return Err("syntax error".into());
            }
        }
    }

    fn block(&mut self, row: &mut Row, live: bool) -> Result<()> {
        loop {
            while self.take(";") {}
            if self.take("}") {
                return Ok(());
            }
            if self.at >= self.chars.len() {
                return Err("syntax error: missing }".into());
            }
            let live = live && !row.skips;
            self.statement(row, live)?;
        }
    }

    fn statement(&mut self, row: &mut Row, live: bool) -> Result<()> {
        self.depth += 1;
        if self.depth > 50 {
            return Err("nested too deeply".into());
        }
        if self.take("{") {
            self.block(row, live)?;
        } else if self.word("if") {
            if !self.take("(") {
                return Err("syntax error".into());
            }
            let holds = expr::is_true(&self.value(row, live)?);
            if !self.take(")") {
                return Err("syntax error: missing )".into());
            }
            self.statement(row, live && holds)?;
            let here = self.at;
            while self.take(";") {}
            if self.word("else") {
                self.statement(row, live && !holds)?;
            } else {
                self.at = here;
            }
        } else if self.word("next") {
            row.skips = row.skips || live;
        } else if self.word("printf") {
            let values = self.values(row, live)?;
            if let Some((format, rest)) = values.split_first().filter(|_| live) {
                row.out.push_str(&super::text::format(format, rest));
            }
        } else if self.word("print") {
            let values = self.values(row, live)?;
            if live {
                let separator = row.vars.get("OFS").map_or(" ", String::as_str);
                let text = if values.is_empty() { row.line.clone() } else { values.join(separator) };
                row.out.push_str(&text);
                row.out.push('\n');
            }
        } else if !self.field(row, live)? {
            self.value(row, live)?;
        }
        self.depth -= 1;
        Ok(())
    }

    // `$2 = VALUE`.
    fn field(&mut self, row: &mut Row, live: bool) -> Result<bool> {
        let here = self.at;
        let digits = |program: &Self| -> String {
            program.chars[program.at..].iter().take_while(|c| c.is_ascii_digit()).collect()
        };
        if self.take("$") {
            let n = digits(self);
            self.at += n.len();
            if !n.is_empty() && self.take("=") && self.chars.get(self.at) != Some(&'=') {
                let value = self.value(row, live)?;
                if live {
                    row.set(&format!("${n}"), value);
                }
                return Ok(true);
            }
        }
        self.at = here;
        Ok(false)
    }

    fn values(&mut self, row: &mut Row, live: bool) -> Result<Vec<String>> {
        let mut values = Vec::new();
        while self.chars.get(self.at).is_some_and(|c| *c == ' ' || *c == '\t') {
            self.at += 1;
        }
        if self.chars.get(self.at).is_none_or(|c| "};\n".contains(*c)) {
            return Ok(values);
        }
        loop {
            values.push(self.value(row, live)?);
            if !self.take(",") {
                return Ok(values);
            }
        }
    }
}

pub fn run(call: &mut Call) -> i32 {
    let (options, mut words) = call.options("Fv");
    if words.is_empty() {
        call.err = "usage: awk [-F fs][-v var=value][prog][file ...]\n".into();
        return 2;
    }
    let chars: Vec<char> = words.remove(0).chars().collect();
    let vars = BTreeMap::new();
    let mut row = Row { line: String::new(), fields: Vec::new(), vars, out: String::new(), skips: false };
    for (option, value) in options {
        match (option, value.split_once('=')) {
            ('F', _) => row.set("FS", value.replace("\\t", "\t")),
            (_, Some((name, value))) => row.set(name, value.to_string()),
            _ => {}
        }
    }
    let mut program = Program { chars: &chars, at: 0, depth: 0 };
    let (text, _) = call.input(&words);
    let mut done = program.rules(&mut row, "BEGIN");
    for (i, line) in text.lines().enumerate() {
        if done.is_err() || row.out.len() > super::super::MOST_BYTES {
            break;
        }
        row.set("NR", (i + 1).to_string());
        row.set_line(line);
        row.skips = false;
        program.depth = 0;
        done = program.rules(&mut row, "");
    }
    row.skips = false;
    let done = done.and_then(|()| program.rules(&mut row, "END"));
    call.out = row.out;
    if let Err(why) = done {
        call.out.clear();
        call.fail(&why);
    }
    if call.err.is_empty() { 0 } else { 2 }
}
