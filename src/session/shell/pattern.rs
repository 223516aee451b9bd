//! Regular expressions of grep, sed and awk, and globs: backtracking with a bound, characters as they are.

use std::cell::Cell;

/// How much one search may try, how deep groups lie, and how many groups and repetitions there are.
const MOST_TRIES: usize = 200_000;
const MOST_DEPTH: usize = 20;
const MOST_PARTS: usize = 200;

enum Node {
    Char(char),
    Any,
    Set(Vec<(char, char)>, bool),
    Start,
    End,
    /// A word begins or ends here.
    Edge(bool),
    Group(usize, Vec<Vec<Node>>),
    Back(usize),
    Repeat(Box<Node>, usize, usize),
}

/// A compiled expression.
pub struct Pattern {
    nodes: Vec<Node>,
    groups: usize,
    fold: bool,
    tries: Cell<usize>,
}

/// Where the whole match and each group begin and end.
pub type Found = Vec<(usize, usize)>;

type Then<'a> = &'a mut dyn FnMut(usize, &mut Found) -> bool;

struct Reader<'a> {
    text: std::iter::Peekable<std::str::Chars<'a>>,
    extended: bool,
    groups: usize,
    parts: usize,
}

impl Reader<'_> {
    // The next sign if it is one of those, which basic expressions write with a backslash.
    fn sign(&mut self, signs: &str) -> Option<char> {
        let mut ahead = self.text.clone();
        let mut c = ahead.next()?;
        if !self.extended {
            if c != '\\' {
                return None;
            }
            c = ahead.next()?;
        }
        if !signs.contains(c) {
            return None;
        }
        self.text = ahead;
        Some(c)
    }

    fn alternatives(&mut self, depth: usize) -> Result<Vec<Vec<Node>>, String> {
        if depth > MOST_DEPTH {
            return Err("Regular expression too big".into());
        }
        let mut all = vec![Vec::new()];
        loop {
            if depth > 0 {
                let before = self.text.clone();
                if self.sign(")").is_some() {
                    self.text = before;
                    return Ok(all);
                }
            }
            if self.sign("|").is_some() {
                all.push(Vec::new());
                continue;
            }
            let is_first = all.last().is_none_or(Vec::is_empty);
            let Some(node) = self.node(depth, is_first)? else { return Ok(all) };
            if let Some(list) = all.last_mut() {
                list.push(node);
            }
        }
    }

    fn node(&mut self, depth: usize, is_first: bool) -> Result<Option<Node>, String> {
        let mut node = if self.sign("(").is_some() {
            self.groups += 1;
            self.parts += 1;
            let group = self.groups;
            let inner = self.alternatives(depth + 1)?;
            if self.sign(")").is_none() {
                return Err("Unmatched ( or \\(".into());
            }
            Node::Group(group, inner)
        } else {
            let Some(c) = self.text.next() else { return Ok(None) };
            match c {
                '.' => Node::Any,
                '[' => self.set()?,
                '^' if self.extended || is_first => Node::Start,
                '$' if self.extended || self.text.peek().is_none() => Node::End,
                '*' if is_first => Node::Char('*'),
                '\\' => match self.text.next() {
                    Some('b' | '<' | '>') => Node::Edge(true),
                    Some('B') => Node::Edge(false),
                    Some(c @ ('w' | 'W')) => {
                        Node::Set(vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')], c == 'W')
                    }
                    Some(c @ ('s' | 'S')) => Node::Set(vec![(' ', ' '), ('\t', '\r')], c == 'S'),
                    Some(c @ ('d' | 'D')) => Node::Set(vec![('0', '9')], c == 'D'),
                    Some('t') => Node::Char('\t'),
                    Some('n') => Node::Char('\n'),
                    Some(c) if c.is_ascii_digit() => Node::Back(c as usize - '0' as usize),
                    Some(c) => Node::Char(c),
                    None => return Err("Trailing backslash".into()),
                },
                c => Node::Char(c),
            }
        };
        loop {
            let (least, most) = if self.text.next_if_eq(&'*').is_some() {
                (0, usize::MAX)
            } else {
                match self.sign("+?{") {
                    Some('+') => (1, usize::MAX),
                    Some('?') => (0, 1),
                    Some(_) => self.bounds()?,
                    None => return Ok(Some(node)),
                }
            };
            self.parts += 1;
            if self.parts > MOST_PARTS || matches!(node, Node::Repeat(..)) && self.parts > MOST_DEPTH {
                return Err("Regular expression too big".into());
            }
            node = Node::Repeat(Box::new(node), least, most);
        }
    }

    // `{2}`, `{2,}`, `{2,5}` behind the bracket.
    fn bounds(&mut self) -> Result<(usize, usize), String> {
        let mut text = String::new();
        while let Some(c) = self.text.next_if(|c| c.is_ascii_digit() || *c == ',') {
            text.push(c);
        }
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        let least = least.parse().unwrap_or(0);
        let most = if most.is_empty() { usize::MAX } else { most.parse().unwrap_or(usize::MAX) };
        if self.sign("}").is_none() || text.is_empty() || least > 255 {
            return Err("Invalid content of \\{\\}".into());
        }
        Ok((least, most))
    }

    fn set(&mut self) -> Result<Node, String> {
        let error = || "Unmatched [, [^, [:, [., or [=".to_string();
        let inverted = self.text.next_if(|c| *c == '^' || *c == '!').is_some();
        let mut ranges = Vec::new();
        loop {
            let c = self.text.next().ok_or_else(error)?;
            match c {
                ']' if !ranges.is_empty() => return Ok(Node::Set(ranges, inverted)),
                '[' if self.text.next_if_eq(&':').is_some() => {
                    let mut name = String::new();
                    while let Some(c) = self.text.next_if(char::is_ascii_alphabetic) {
                        name.push(c);
                    }
                    if self.text.next() != Some(':') || self.text.next() != Some(']') {
                        return Err(error());
                    }
                    ranges.extend_from_slice(class(&name));
                }
                c => {
                    let mut ahead = self.text.clone();
                    match (ahead.next(), ahead.next()) {
                        (Some('-'), Some(end)) if end != ']' => {
                            self.text = ahead;
                            ranges.push((c, end));
                        }
                        _ => ranges.push((c, c)),
                    }
                }
            }
        }
    }
}

/// The characters of `[:NAME:]`.
pub fn class(name: &str) -> &'static [(char, char)] {
    match name {
        "digit" => &[('0', '9')],
        "alpha" => &[('a', 'z'), ('A', 'Z')],
        "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
        "upper" => &[('A', 'Z')],
        "lower" => &[('a', 'z')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        _ => &[('\0', '\0')],
    }
}

impl Pattern {
    /// A regular expression: extended (`grep -E`) or basic; `fold` makes case not matter.
    pub fn new(text: &str, extended: bool, fold: bool) -> Result<Pattern, String> {
        let text = if fold { text.to_lowercase() } else { text.to_string() };
        let mut reader = Reader { text: text.chars().peekable(), extended, groups: 0, parts: 0 };
        let mut all = reader.alternatives(0)?;
        let nodes = match all.len() {
            1 => all.remove(0),
            _ => vec![Node::Group(reader.groups + 1, all)],
        };
        Ok(Pattern { nodes, groups: reader.groups + 1, fold, tries: Cell::new(0) })
    }

    /// A text as it is.
    pub fn fixed(text: &str, fold: bool) -> Pattern {
        let text = if fold { text.to_lowercase() } else { text.to_string() };
        Pattern { nodes: text.chars().map(Node::Char).collect(), groups: 0, fold, tries: Cell::new(0) }
    }

    /// A glob: `*`, `?`, `[…]`, and a backslash before what stands for itself.
    pub fn glob(text: &str) -> Pattern {
        let mut reader = Reader { text: text.chars().peekable(), extended: true, groups: 0, parts: 0 };
        let mut nodes = Vec::new();
        while let Some(c) = reader.text.next() {
            let before = reader.text.clone();
            nodes.push(match c {
                '*' if matches!(nodes.last(), Some(Node::Repeat(..))) || nodes.len() > MOST_PARTS => continue,
                '*' => Node::Repeat(Box::new(Node::Any), 0, usize::MAX),
                '?' => Node::Any,
                '[' => reader.set().unwrap_or_else(|_| {
                    reader.text = before;
                    Node::Char('[')
                }),
                '\\' => Node::Char(reader.text.next().unwrap_or('\\')),
                c => Node::Char(c),
            });
        }
        Pattern { nodes, groups: 0, fold: false, tries: Cell::new(0) }
    }

    /// True if the whole text fits.
    pub fn is_whole(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut found = vec![(0, 0); self.groups + 1];
        self.tries.set(0);
        self.run(&self.nodes, &text, 0, &mut found, &mut |end, _| end == text.len())
    }

    /// True if a part of the text fits.
    pub fn is_in(&self, text: &str) -> bool {
        self.find(&text.chars().collect::<Vec<_>>(), 0).is_some()
    }

    /// The first place from `from` on that fits.
    pub fn find(&self, text: &[char], from: usize) -> Option<Found> {
        self.tries.set(0);
        for at in from..=text.len() {
            let mut found = vec![(0, 0); self.groups + 1];
            let mut end = 0;
            if self.run(&self.nodes, text, at, &mut found, &mut |to, _| {
                end = to;
                true
            }) {
                found[0] = (at, end);
                return Some(found);
            }
        }
        None
    }

    fn fits(&self, node: &Node, c: char) -> bool {
        let c = if self.fold { c.to_lowercase().next().unwrap_or(c) } else { c };
        match node {
            Node::Char(wanted) => *wanted == c,
            Node::Any => true,
            Node::Set(ranges, inverted) => ranges.iter().any(|(a, b)| (*a..=*b).contains(&c)) != *inverted,
            _ => false,
        }
    }

    fn run(
        &self,
        mut nodes: &[Node],
        text: &[char],
        mut at: usize,
        found: &mut Found,
        then: Then<'_>,
    ) -> bool {
        let is_word = |at: usize| text.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        while let Some((node, rest)) = nodes.split_first() {
            if self.tries.replace(self.tries.get() + 1) > MOST_TRIES {
                return false;
            }
            match node {
                Node::Char(_) | Node::Any | Node::Set(..) => {
                    if !text.get(at).is_some_and(|c| self.fits(node, *c)) {
                        return false;
                    }
                    at += 1;
                }
                Node::Start if at == 0 => {}
                Node::End if at == text.len() => {}
                Node::Edge(wanted) if (is_word(at) != (at > 0 && is_word(at - 1))) == *wanted => {}
                Node::Start | Node::End | Node::Edge(_) => return false,
                Node::Back(group) => {
                    let (from, to) = found.get(*group).copied().unwrap_or_default();
                    if !text[at..].starts_with(&text[from..to]) {
                        return false;
                    }
                    at += to - from;
                }
                Node::Group(group, choices) => {
                    return choices.iter().any(|choice| {
                        let mut end = |to: usize, found: &mut Found| {
                            let before = std::mem::replace(&mut found[*group], (at, to));
                            let fits = self.run(rest, text, to, found, then);
                            if !fits {
                                found[*group] = before;
                            }
                            fits
                        };
                        self.run(choice, text, at, found, &mut end)
                    });
                }
                Node::Repeat(inner, least, most) => {
                    if matches!(**inner, Node::Char(_) | Node::Any | Node::Set(..)) {
                        let fits =
                            text[at..].iter().take(*most).take_while(|c| self.fits(inner, **c)).count();
                        return fits >= *least
                            && (*least..=fits).rev().any(|n| self.run(rest, text, at + n, found, then));
                    }
                    return self.again(inner, (*least, *most), rest, text, at, found, then, 0);
                }
            }
            nodes = rest;
        }
        then(at, found)
    }

    // A repeated group: as often as it fits, then less often.
    #[allow(clippy::too_many_arguments, reason = "the state of one search")]
    fn again(
        &self,
        inner: &Node,
        (least, most): (usize, usize),
        rest: &[Node],
        text: &[char],
        at: usize,
        found: &mut Found,
        then: Then<'_>,
        count: usize,
    ) -> bool {
        if count < most && count < MOST_PARTS {
            let mut more = |to: usize, found: &mut Found| {
                to > at && self.again(inner, (least, most), rest, text, to, found, then, count + 1)
            };
            if self.run(std::slice::from_ref(inner), text, at, found, &mut more) {
                return true;
            }
        }
        count >= least && self.run(rest, text, at, found, then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_find_what_grep_finds() {
        let cases: &[(&str, bool, &str, Option<&str>)] = &[
            ("web-[0-9]*", false, "pod web-12 x", Some("web-12")),
            ("^NAME|web", true, "x web", Some("web")),
            ("a\\|b", false, "cb", Some("b")),
            ("a|b", false, "cb a|b", Some("a|b")),
            ("(ab)+c", true, "xababc", Some("ababc")),
            ("\\(a*\\)b\\1$", false, "aabaa", Some("aabaa")),
            ("[[:digit:]]{2,3}", true, "a1b1234", Some("123")),
            ("\\bpod\\b", true, "pods pod", Some("pod")),
            ("x*", true, "abc", Some("")),
            ("(a|ab)(c|bcd)", true, "abcd", Some("abcd")),
            ("[^ ]+$", true, "a b", Some("b")),
            ("q", true, "abc", None),
            ("(a*)*b", true, "aaaaaaaaaaaaaaaaaaaaaaaaaaaac", None),
        ];
        for (pattern, extended, text, expected) in cases {
            let chars: Vec<char> = text.chars().collect();
            let found = Pattern::new(pattern, *extended, false).unwrap().find(&chars, 0);
            let found: Option<String> = found.map(|f| chars[f[0].0..f[0].1].iter().collect());
            assert_eq!(found.as_deref(), *expected, "{pattern} in {text}");
        }
        for wrong in ["[a", "a{", "(", "\\"] {
            assert!(Pattern::new(wrong, true, false).is_err(), "{wrong}");
        }
        assert!(Pattern::new("WEB", true, true).unwrap().is_in("my Web"));
    }

    #[test]
    fn globs_fit_whole_names() {
        for (glob, name, fits) in [
            ("*.yaml", "web.yaml", true),
            ("*.yaml", "web.yml", false),
            ("web-?", "web-0", true),
            ("[a-c]*", "b1", true),
            ("\\*", "*", true),
            ("a*b*c", "aXbYc", true),
        ] {
            assert_eq!(Pattern::glob(glob).is_whole(name), fits, "{glob} {name}");
        }
    }
}
