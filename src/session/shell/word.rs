//! Words to what a command sees: braces when a line is read; variables, sums, splitting and globs when it runs.

use super::code::{Part, Word};
use super::pattern::Pattern;
use super::{Env, System, expr};

/// The most words braces make, the longest a word may become, and the longest all words of a command together.
const MOST_WORDS: usize = 10_000;
const MOST_BYTES: usize = 1 << 17;
const MOST_IN_ALL: usize = 1 << 20;

/// Appends the words that `{a,b}` and `{1..3}` make of one.
pub fn braces(word: Word, into: &mut Vec<Word>) {
    if into.len() >= MOST_WORDS {
        return;
    }
    let is = |i: usize, c: char| word[i] == Part::Char(c);
    for open in (0..word.len()).filter(|i| is(*i, '{')) {
        let mut depth = 0;
        let mut commas = vec![open];
        let close = (open..word.len()).find(|i| {
            depth += i32::from(is(*i, '{')) - i32::from(is(*i, '}'));
            if depth == 1 && is(*i, ',') {
                commas.push(*i);
            }
            depth == 0
        });
        let Some(close) = close else { continue };
        let choices: Vec<Word> = if commas.len() > 1 {
            commas.push(close);
            commas.windows(2).map(|pair| word[pair[0] + 1..pair[1]].to_vec()).collect()
        } else {
            match sequence(&super::parse::plain(&word[open + 1..close])) {
                Some(texts) => texts.into_iter().map(|text| text.chars().map(Part::Char).collect()).collect(),
                None => continue,
            }
        };
        for choice in choices {
            braces([&word[..open], &choice, &word[close + 1..]].concat(), into);
        }
        return;
    }
    into.push(word);
}

// `1..5`, `5..1`, `01..10`, `a..e`, `0..10..2`.
fn sequence(text: &str) -> Option<Vec<String>> {
    let mut ends = text.split("..");
    let (from, to, step) = (ends.next()?, ends.next()?, ends.next());
    let letter = |text: &str| text.chars().next().filter(|c| text.len() == 1 && c.is_ascii_alphabetic());
    let number = |text: &str| text.parse::<i32>().ok().map(i64::from);
    let letters = letter(from).zip(letter(to));
    let (first, last) = match letters {
        Some((a, b)) => (a as i64, b as i64),
        None => (number(from)?, number(to)?),
    };
    let step = step.map_or(Some(1), number)?.abs().max(1);
    let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
    let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
    let count = ((last - first).abs() / step + 1).min(MOST_WORDS as i64);
    let value = |i: i64| if last < first { first - i * step } else { first + i * step };
    let text = |n: i64| match letters {
        Some(_) => char::from_u32(n as u32).map_or(String::new(), String::from),
        None => format!("{n:0width$}"),
    };
    Some((0..count).map(|i| text(value(i))).collect())
}

/// Turns words into text with the values of now.
pub struct Expansion<'a> {
    /// Variables, which `${X:=…}` and `$((X++))` may set.
    pub env: &'a mut Env,
    /// What substitutions printed.
    pub slots: &'a [String],
    /// For globs.
    pub system: &'a dyn System,
}

// A word being made; globs are looked for if it holds one outside quotes.
#[derive(Default)]
struct Field {
    text: String,
    pattern: String,
    globs: bool,
}

impl Field {
    fn push(&mut self, c: char, quoted: bool) {
        self.text.push(c);
        if !quoted && "*?[".contains(c) {
            self.globs = true;
        } else if "*?[]\\".contains(c) && quoted {
            self.pattern.push('\\');
        }
        self.pattern.push(c);
    }
}

impl Expansion<'_> {
    /// The words of a command.
    pub fn all(&mut self, words: &[Word]) -> Result<Vec<String>, String> {
        let mut done = Vec::new();
        let mut bytes = 0;
        for word in words {
            for field in self.fields(word)? {
                bytes += field.text.len();
                let found = if field.globs { self.glob(&field.pattern) } else { Vec::new() };
                if found.is_empty() { done.push(field.text) } else { done.extend(found) }
            }
            if done.len() > MOST_WORDS || bytes > MOST_IN_ALL {
                return Err("Argument list too long".into());
            }
        }
        Ok(done)
    }

    /// A word that stays one.
    pub fn one(&mut self, word: &[Part]) -> Result<String, String> {
        let mut text = String::new();
        for part in self.tilde(word)? {
            text.push_str(&part.0);
        }
        Ok(text)
    }

    /// A pattern: quoted characters stand for themselves.
    pub fn pattern(&mut self, word: &[Part]) -> Result<Pattern, String> {
        let mut field = Field::default();
        for (text, quoted, _) in self.tilde(word)? {
            text.chars().for_each(|c| field.push(c, quoted));
        }
        Ok(Pattern::glob(&field.pattern))
    }

    // The parts as text; whether each was quoted, and whether blanks in it separate words.
    fn tilde(&mut self, word: &[Part]) -> Result<Vec<(String, bool, bool)>, String> {
        let home =
            word.first() == Some(&Part::Char('~')) && matches!(word.get(1), None | Some(Part::Char('/')));
        let mut done = Vec::new();
        let mut bytes = 0;
        for (i, part) in word.iter().enumerate() {
            let piece = match part {
                Part::Char('~') if home && i == 0 => (self.env.get("HOME"), true, false),
                Part::Char(c) => (String::from(*c), false, false),
                Part::Quoted(text) => (text.to_string(), true, false),
                Part::Slot(slot, quoted) => {
                    (self.slots.get(*slot).cloned().unwrap_or_default(), *quoted, !quoted)
                }
                Part::Sum(word, quoted) => {
                    let text = self.one(word)?;
                    (expr::sum(&text, &mut self.env.vars)?.to_string(), *quoted, !quoted)
                }
                Part::Var { name, quoted, operator, word } => {
                    (self.variable(name, operator, word)?, *quoted, !quoted)
                }
            };
            bytes += piece.0.len();
            if bytes > MOST_BYTES {
                return Err("word too long".into());
            }
            done.push(piece);
        }
        Ok(done)
    }

    fn fields(&mut self, word: &[Part]) -> Result<Vec<Field>, String> {
        if let [Part::Var { name, quoted: true, operator: "", .. }] = word
            && name == "@"
        {
            let field = |text: &String| Field { text: text.clone(), ..Field::default() };
            return Ok(self.env.args.iter().map(field).collect());
        }
        let mut done = Vec::new();
        let mut open: Option<Field> = None;
        for (text, quoted, splits) in self.tilde(word)? {
            if quoted || !splits {
                let field = open.get_or_insert_default();
                text.chars().for_each(|c| field.push(c, quoted));
                continue;
            }
            let separators = self.env.separators();
            for c in text.chars() {
                if separators.contains(c) {
                    done.extend(open.take());
                } else {
                    open.get_or_insert_default().push(c, false);
                }
            }
        }
        done.extend(open);
        Ok(done)
    }

    fn variable(&mut self, name: &str, operator: &str, word: &[Part]) -> Result<String, String> {
        let value = self.env.get(name);
        let is_unset = value.is_empty() && (operator.starts_with(':') || !self.env.vars.contains_key(name));
        Ok(match operator {
            "length" => value.chars().count().to_string(),
            ":-" | "-" if is_unset => self.one(word)?,
            ":=" | "=" if is_unset => {
                let text = self.one(word)?;
                self.env.vars.insert(name.to_string(), text.clone());
                text
            }
            ":+" | "+" => {
                if is_unset {
                    String::new()
                } else {
                    self.one(word)?
                }
            }
            ":?" if is_unset => return Err(format!("{name}: {}", self.one(word)?)),
            "#" | "##" | "%" | "%%" => {
                let pattern = self.pattern(word)?;
                trim(&value, &pattern, operator)
            }
            "/" | "//" => {
                let split = word.iter().position(|part| *part == Part::Char('/')).unwrap_or(word.len());
                let pattern = self.pattern(&word[..split])?;
                let by = self.one(word.get(split + 1..).unwrap_or_default())?;
                replace(&value, &pattern, &by, operator == "//")
            }
            ":" => {
                let text = self.one(word)?;
                let (from, count) = text.split_once(':').unwrap_or((&text, "1000000"));
                let mut number = |text: &str| expr::sum(text, &mut self.env.vars);
                let (from, count) = (number(from)?.max(0) as usize, number(count)?.max(0) as usize);
                value.chars().skip(from).take(count).collect()
            }
            "?" if is_unset => return Err(format!("{name}: {}", self.one(word)?)),
            "^^" => value.to_uppercase(),
            ",," => value.to_lowercase(),
            "^" | "," => {
                let mut chars = value.chars();
                let first = chars.next().map_or(String::new(), String::from);
                let first = if operator == "^" { first.to_uppercase() } else { first.to_lowercase() };
                first + chars.as_str()
            }
            _ => value,
        })
    }

    // The files a pattern stands for; the part before the last `/` is taken as it is.
    fn glob(&self, pattern: &str) -> Vec<String> {
        let (folder, name) = pattern.rsplit_once('/').map_or(("", pattern), |(folder, name)| (folder, name));
        let before = &pattern[..pattern.len() - name.len()];
        let fits = Pattern::glob(name);
        let mut found = self.system.list(&self.env.path(if folder.is_empty() && !before.is_empty() {
            "/"
        } else {
            folder
        }));
        found.retain(|file| fits.is_whole(file) && (name.starts_with('.') || !file.starts_with('.')));
        found.into_iter().map(|file| format!("{before}{file}")).collect()
    }
}

// `${X#…}` and so on: the shortest or longest beginning or end that fits goes.
fn trim(value: &str, pattern: &Pattern, operator: &str) -> String {
    let cuts: Vec<usize> = value.char_indices().map(|(i, _)| i).chain([value.len()]).take(4096).collect();
    let front = operator.starts_with('#');
    let fits = |cut: &&usize| pattern.is_whole(if front { &value[..**cut] } else { &value[**cut..] });
    // The shortest beginning comes first, and so does the longest end.
    let found =
        if (operator.len() == 1) == front { cuts.iter().find(fits) } else { cuts.iter().rev().find(fits) };
    match found {
        Some(cut) if front => value[*cut..].to_string(),
        Some(cut) => value[..*cut].to_string(),
        None => value.to_string(),
    }
}

fn replace(value: &str, pattern: &Pattern, by: &str, all: bool) -> String {
    let text: Vec<char> = value.chars().collect();
    let mut done = String::new();
    let mut at = 0;
    let mut goes_on = true;
    while at < text.len() {
        match pattern.find(&text, at).filter(|found| goes_on && found[0].1 > found[0].0) {
            Some(found) => {
                done.extend(&text[at..found[0].0]);
                done.push_str(by);
                at = found[0].1;
                goes_on = all;
            }
            None => {
                done.extend(&text[at..]);
                break;
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_make_words_and_other_brackets_stay() {
        let cases = [
            ("web-{0..2}", "web-0 web-1 web-2"),
            ("{a,b}{1,2}", "a1 a2 b1 b2"),
            ("{3..1}", "3 2 1"),
            ("{08..10}", "08 09 10"),
            ("{a..c}x", "ax bx cx"),
            ("{0..6..3}", "0 3 6"),
            ("{{.spec.nodeName}}", "{{.spec.nodeName}}"),
            ("a{b}c", "a{b}c"),
            ("{x", "{x"),
        ];
        for (text, expected) in cases {
            let mut words = Vec::new();
            braces(text.chars().map(Part::Char).collect(), &mut words);
            let words: Vec<String> = words.iter().map(|word| super::super::parse::plain(word)).collect();
            assert_eq!(words.join(" "), expected);
        }
    }
}
