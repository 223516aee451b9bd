//! What a lesson file holds, and its reader.
//!
//! A lesson is one run cut into chapters: the `run` blocks one behind the other are one scenario, so a lesson can be
//! printed as one and replayed like any other run. Nothing is executed here, and a file from anywhere is data:
//! bounded in length, refused with line and column where it is not what it should be.

use super::fields::{Block, Field};
use super::text;
use crate::api::{Kind, ObjectKey, Profile};
use crate::kubectl::resource;
use crate::lang::Lang;
use crate::scenario::{Directive, Header, Scenario, heredoc_words};
use std::fmt;

/// The longest lesson file, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most steps.
const MAX_STEPS: usize = 40;
/// The most options of a question: as many as there are letters on keys to press.
const MAX_OPTIONS: usize = 6;
/// The most commands that prove an answer or a goal.
const MAX_PROBES: usize = 12;

/// What is wrong with a lesson, where, and what to do; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The line of the file.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl LessonError {
    pub(super) fn new(line: usize, column: usize, message: impl Into<String>) -> LessonError {
        LessonError { line, column, message: message.into() }
    }
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

type Result<T> = std::result::Result<T, LessonError>;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Both {
    pub ko: String,
    pub en: String,
}

impl Both {
    /// The text in that language.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.ko, &self.en)
    }
}

/// What the front matter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// As links name it.
    pub id: String,
    /// The modelled release.
    pub kubernetes: String,
    /// The seed of the run.
    pub seed: u64,
    /// How long it takes.
    pub minutes: u32,
    /// Lessons better seen before.
    pub after: Vec<String>,
    /// Where its facts come from.
    pub source: String,
    /// Its name.
    pub title: Both,
    /// One sentence about it.
    pub about: Both,
}

/// A lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// What the front matter says.
    pub front: Front,
    /// What the cluster is made of.
    pub header: Header,
    /// The steps; at least one.
    pub steps: Vec<Step>,
}

/// A step: something happens, and a caption says what.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The line of its heading.
    pub line: usize,
    /// What it is for.
    pub purpose: Both,
    /// What is carried out; may be empty.
    pub run: Vec<Directive>,
    /// The line its run begins on.
    pub run_line: usize,
    /// What is to be seen.
    pub caption: Both,
    /// The lines its captions begin on.
    pub caption_lines: [usize; 2],
    /// Asked before the run.
    pub ask: Option<Ask>,
    /// For the speaker.
    pub notes: Option<Both>,
    /// What the visitor is to reach.
    pub goal: Option<Goal>,
}

/// A question about what will be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The line it begins on.
    pub line: usize,
    /// The question.
    pub question: Both,
    /// What may be chosen or put into order; empty for other forms.
    pub options: Vec<Both>,
    /// What is right.
    pub answer: Answer,
    /// Commands whose output shows after the step that it is.
    pub proof: Vec<Probe>,
    /// Why.
    pub reason: Both,
}

/// What somebody answers, or what is right. Options count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One of the options.
    Choice(usize),
    /// An object on the stage.
    Pick(ObjectKey),
    /// A number.
    Number(i64),
    /// The options in this order.
    Order(Vec<usize>),
}

/// A command, and what it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The line it stands on.
    pub line: usize,
    /// As at the prompt.
    pub run: String,
    /// What it prints.
    pub text: String,
    /// The text is only a part of what it prints.
    pub is_part: bool,
}

impl Probe {
    /// True if that output is what was expected.
    pub fn holds(&self, printed: &str) -> bool {
        if self.is_part { printed.contains(&self.text) } else { printed.trim() == self.text }
    }
}

/// What the visitor is to reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The line it begins on.
    pub line: usize,
    /// What is true then.
    pub text: Both,
    /// What shows that it is; all of them hold.
    pub checks: Vec<Probe>,
    /// How to go about it.
    pub hint: Both,
    /// The line the solution begins on.
    pub solution_line: usize,
    /// One way there.
    pub solution: Vec<Directive>,
}

impl Goal {
    /// The command lines of the solution, for showing.
    pub fn commands(&self) -> String {
        let lines = self.solution.iter().filter_map(|directive| match directive {
            Directive::Line(line) => Some(line.as_str()),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A block between fences.
struct Fence<'a> {
    kind: &'a str,
    /// The line of its first content.
    line: usize,
    text: &'a str,
}

const KINDS: &str = "run, ko, en, ask, notes-ko, notes-en, goal and solution";

impl Lesson {
    /// Reads a lesson.
    pub fn parse(file: &str) -> Result<Lesson> {
        if file.len() > MAX_BYTES {
            let message =
                format!("a lesson has at most {} KiB; this has {}", MAX_BYTES / 1024, file.len() / 1024);
            return Err(LessonError::new(1, 1, message));
        }
        let file = &*file.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (front_text, rest, mut line) = front_matter(file)?;
        let front = Front::parse(front_text, 2)?;
        let mut lesson = Lesson { front, header: Header::default(), steps: Vec::new() };
        let mut fences: Vec<Fence<'_>> = Vec::new();
        let mut heading: Option<(usize, Both)> = None;
        let mut lines = rest.split_inclusive('\n');
        let mut at = 0;
        while let Some(raw) = lines.next() {
            let text = raw.trim_end();
            let start = at;
            at += raw.len();
            if let Some(kind) = text.strip_prefix("```") {
                if heading.is_none() {
                    return Err(LessonError::new(
                        line,
                        1,
                        "a step begins with a heading: `## 목적 | Purpose`",
                    ));
                }
                let (opened, begin) = (line, at);
                let mut end = None;
                for raw in lines.by_ref() {
                    line += 1;
                    if raw.trim_end() == "```" {
                        end = Some(at);
                        at += raw.len();
                        break;
                    }
                    if raw.starts_with("```") {
                        break;
                    }
                    at += raw.len();
                }
                let Some(end) = end else {
                    return Err(LessonError::new(opened, 1, "no line of three backticks ends this block"));
                };
                fences.push(Fence { kind: kind.trim(), line: opened + 1, text: &rest[begin..end] });
            } else if let Some(purpose) = text.strip_prefix("## ") {
                if let Some((line, purpose)) = heading.take() {
                    lesson.add(line, purpose, &fences)?;
                }
                fences.clear();
                heading = Some((line, purpose_of(purpose, line)?));
            } else if !text.trim().is_empty() {
                let column = 1 + text.chars().take_while(|c| c.is_whitespace()).count();
                let message = match text.starts_with('#') {
                    true => "a step has a heading of the second level: `## 목적 | Purpose`".to_string(),
                    false => format!("text stands in blocks of three backticks: {KINDS}"),
                };
                return Err(LessonError::new(line, column, message));
            }
            debug_assert!(start < at, "every turn takes a line");
            line += 1;
        }
        match heading {
            Some((line, purpose)) => lesson.add(line, purpose, &fences)?,
            None => return Err(LessonError::new(line, 1, "no step follows: `## 목적 | Purpose`")),
        }
        Ok(lesson)
    }

    fn add(&mut self, line: usize, purpose: Both, fences: &[Fence<'_>]) -> Result<()> {
        if self.steps.len() >= MAX_STEPS {
            return Err(LessonError::new(line, 1, format!("a lesson has at most {MAX_STEPS} steps")));
        }
        for (i, fence) in fences.iter().enumerate() {
            let known = ["run", "ko", "en", "ask", "notes-ko", "notes-en", "goal", "solution"];
            let fault = if !known.contains(&fence.kind) {
                format!("`{}` is no kind of block; there are {KINDS}", fence.kind)
            } else if fences[..i].iter().any(|other| other.kind == fence.kind) {
                format!("this step has a `{}` already; a new heading begins the next step", fence.kind)
            } else if fence.text.trim().is_empty() {
                "this block is empty: fill it or take it out".into()
            } else {
                continue;
            };
            return Err(LessonError::new(fence.line - 1, 4, fault));
        }
        let find = |kind: &str| fences.iter().find(|fence| fence.kind == kind);
        let missing = |what: &str| LessonError::new(line, 1, format!("this step has no `{what}` block"));
        let (ko, en) = (find("ko").ok_or_else(|| missing("ko"))?, find("en").ok_or_else(|| missing("en"))?);
        let caption = Both { ko: prose(ko)?, en: prose(en)? };
        let notes = match (find("notes-ko"), find("notes-en")) {
            (Some(ko), Some(en)) => Some(Both { ko: prose(ko)?, en: prose(en)? }),
            (None, None) => None,
            (ko, _) => return Err(missing(if ko.is_some() { "notes-en" } else { "notes-ko" })),
        };
        let (mut run, mut run_line) = (Vec::new(), line);
        if let Some(fence) = find("run") {
            let scenario = directives(fence, false)?;
            let default = Header::default();
            if !scenario.header.version.is_empty() || scenario.header.seed != default.seed {
                let message = "the front matter says release and seed (`kubernetes`, `seed`)";
                return Err(LessonError::new(fence.line, 1, message));
            }
            if self.steps.iter().all(|step| step.run.is_empty()) {
                self.header = scenario.header;
            } else if scenario.header != default {
                let message = "what the cluster is made of belongs to the start of the first run";
                return Err(LessonError::new(fence.line, 1, message));
            }
            run = scenario.actions.into_iter().map(|(_, directive)| directive).collect();
            run_line = fence.line;
        }
        self.header.version.clone_from(&self.front.kubernetes);
        self.header.seed = self.front.seed;
        let ask = find("ask").map(Ask::parse).transpose()?;
        if let Some(ask) = &ask
            && run.is_empty()
        {
            let message = "a question needs a `run` in the same step, which shows the answer";
            return Err(LessonError::new(ask.line, 1, message));
        }
        let goal = match (find("goal"), find("solution")) {
            (Some(goal), Some(solution)) => Some(Goal::parse(goal, solution)?),
            (Some(goal), None) => {
                return Err(LessonError::new(goal.line - 1, 1, "a goal needs a `solution` block behind it"));
            }
            (None, Some(solution)) => {
                return Err(LessonError::new(
                    solution.line - 1,
                    1,
                    "a solution needs a `goal` block before it",
                ));
            }
            (None, None) => None,
        };
        let caption_lines = [ko.line, en.line];
        self.steps.push(Step { line, purpose, run, run_line, caption, caption_lines, ask, notes, goal });
        Ok(())
    }

    /// The whole lesson as one run, its steps as labels.
    pub fn scenario(&self) -> Scenario {
        let mut actions = Vec::new();
        for (i, step) in self.steps.iter().enumerate() {
            if !step.run.is_empty() {
                let label = format!("{} {}", i + 1, text::plain(&step.purpose.en));
                actions.push((step.line, Directive::Label(label)));
                actions.extend(step.run.iter().map(|directive| (step.run_line, directive.clone())));
            }
        }
        Scenario { header: self.header.clone(), actions }
    }
}

impl Front {
    /// Reads the lines between the two `---`; the first of them is that line of the file.
    pub fn parse(text: &str, first_line: usize) -> Result<Front> {
        let block = Block::read(text, first_line)?;
        let root = block.root();
        root.only(&["id", "kubernetes", "seed", "minutes", "after", "source", "title", "about"])?;
        let id = root.get("id");
        let is_slug =
            |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_slug(&id.text()?) {
            return Err(id.wrong("an id has lowercase letters, digits and dashes, as the file name".into()));
        }
        let kubernetes = root.get("kubernetes");
        if Profile::find(&kubernetes.text()?).is_none() {
            let known: Vec<&str> = crate::api::profile::PROFILES.iter().map(|p| p.name).collect();
            return Err(
                kubernetes.wrong(format!("this release is not modelled; there are {}", known.join(", ")))
            );
        }
        let natural = |field: Field<'_>| -> Result<u32> {
            u32::try_from(field.number()?)
                .map_err(|_| field.wrong("expected a number that is not negative".into()))
        };
        let after = root.get("after");
        let after = if after.is_missing() { Vec::new() } else { after.items(10)? };
        Ok(Front {
            id: id.text()?,
            kubernetes: kubernetes.text()?,
            seed: u64::from(natural(root.get("seed"))?),
            minutes: natural(root.get("minutes"))?,
            after: after.iter().map(Field::text).collect::<Result<_>>()?,
            source: root.get("source").text()?,
            title: root.get("title").both()?,
            about: root.get("about").both()?,
        })
    }
}

impl Ask {
    fn parse(fence: &Fence<'_>) -> Result<Ask> {
        let block = Block::read(fence.text, fence.line)?;
        let root = block.root();
        root.only(&["form", "ko", "en", "options", "answer", "proof", "reason"])?;
        let (form, given) = (root.get("form"), root.get("answer"));
        let mut options = Vec::new();
        if !root.get("options").is_missing() {
            for option in root.get("options").items(MAX_OPTIONS)? {
                option.only(&["ko", "en"])?;
                options.push(option.both()?);
            }
        }
        let name = form.text()?;
        if matches!(&*name, "choice" | "order") != (options.len() >= 2) {
            let message = match options.is_empty() {
                true => format!("a question of the form `{name}` needs at least two `options`"),
                false => format!("a question of the form `{name}` has no use for these `options`"),
            };
            return Err(form.wrong(message));
        }
        let option = |number: &Field<'_>| match number.number()? {
            n if n >= 1 && n as usize <= options.len() => Ok(n as usize - 1),
            n => Err(number.wrong(format!("there is no option {n}; they count from 1 to {}", options.len()))),
        };
        let answer = match &*name {
            "choice" => Answer::Choice(option(&given)?),
            "number" => Answer::Number(given.number()?),
            "pick" => Answer::Pick(object(&given.text()?).ok_or_else(|| {
                given.wrong("expected an object as kind/name, such as pod/web-2 or pvc/www-web-0".into())
            })?),
            "order" => {
                let mut order = Vec::new();
                for item in given.items(MAX_OPTIONS)? {
                    let next = option(&item)?;
                    if order.contains(&next) {
                        return Err(item.wrong("this option is in the order already".into()));
                    }
                    order.push(next);
                }
                if order.len() != options.len() {
                    return Err(given.wrong("the order has to name every option".into()));
                }
                Answer::Order(order)
            }
            _ => {
                return Err(
                    form.wrong(format!("`{name}` is no form; there are choice, pick, number and order"))
                );
            }
        };
        Ok(Ask {
            line: fence.line,
            question: root.both()?,
            options,
            answer,
            proof: probes(&root.get("proof"))?,
            reason: root.get("reason").both()?,
        })
    }
}

impl Goal {
    fn parse(fence: &Fence<'_>, solution: &Fence<'_>) -> Result<Goal> {
        let block = Block::read(fence.text, fence.line)?;
        let root = block.root();
        root.only(&["ko", "en", "check", "hint"])?;
        Ok(Goal {
            line: fence.line,
            text: root.both()?,
            checks: probes(&root.get("check"))?,
            hint: root.get("hint").both()?,
            solution_line: solution.line,
            solution: directives(solution, true)?
                .actions
                .into_iter()
                .map(|(_, directive)| directive)
                .collect(),
        })
    }
}

// The commands of a `proof` or a `check`.
fn probes(list: &Field<'_>) -> Result<Vec<Probe>> {
    let items = list.items(MAX_PROBES)?;
    if items.is_empty() {
        return Err(list.wrong("at least one command has to show it".into()));
    }
    let mut probes = Vec::new();
    for item in items {
        item.only(&["run", "prints", "has"])?;
        let (prints, has) = (item.get("prints"), item.get("has"));
        if prints.is_missing() == has.is_missing() {
            return Err(
                item.wrong("expected either `prints` (the whole output) or `has` (a part of it)".into())
            );
        }
        let is_part = prints.is_missing();
        // A command that prints nothing prints "".
        let text = if is_part { has.text()? } else { prints.text_or_empty()? };
        let run = item.get("run").text()?;
        let run = run.strip_prefix("$ ").unwrap_or(&run).to_string();
        probes.push(Probe { line: item.line(), run, text, is_part });
    }
    Ok(probes)
}

/// The object meant by `pod/web-0`, in the namespace `default`.
pub fn object(text: &str) -> Option<ObjectKey> {
    let (kind, name) = text.split_once('/')?;
    let kind: Kind = resource::find(kind).ok()?.kind?;
    let namespace = if kind.info().namespaced { "default" } else { "" };
    (!name.is_empty()).then(|| ObjectKey::new(kind, namespace, name.to_string()))
}

// The lines between the two `---`, what follows, and on which line that begins.
fn front_matter(file: &str) -> Result<(&str, &str, usize)> {
    let message = "a lesson begins with `---`, its front matter, and `---`";
    let behind = file.strip_prefix("---\n").ok_or_else(|| LessonError::new(1, 1, message))?;
    let mut at = 0;
    for (i, raw) in behind.split_inclusive('\n').enumerate() {
        if raw.trim_end() == "---" {
            return Ok((&behind[..at], &behind[at + raw.len()..], i + 3));
        }
        at += raw.len();
    }
    Err(LessonError::new(1, 1, "no line `---` ends the front matter"))
}

fn purpose_of(text: &str, line: usize) -> Result<Both> {
    let parts: Vec<&str> = text.split(" | ").map(str::trim).collect();
    let [ko, en] = parts[..] else {
        return Err(LessonError::new(line, 4, "expected the purpose in both languages: `## 목적 | Purpose`"));
    };
    for part in [ko, en] {
        if let Err((_, message)) = text::spans(part) {
            return Err(LessonError::new(line, 4, message));
        }
    }
    Ok(Both { ko: ko.to_string(), en: en.to_string() })
}

// A block of sentences.
fn prose(fence: &Fence<'_>) -> Result<String> {
    match text::fault(fence.text) {
        Some((at, message)) => {
            let before = &fence.text[..at];
            let line = fence.line + before.matches('\n').count();
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            Err(LessonError::new(line, column, message))
        }
        None => Ok(fence.text.trim().to_string()),
    }
}

// A block of scenario text. In a solution, a line may begin with `kubectl`, as at the prompt.
fn directives(fence: &Fence<'_>, at_prompt: bool) -> Result<Scenario> {
    let mut text = String::new();
    let mut ends: Vec<(String, bool)> = Vec::new();
    for line in fence.text.lines() {
        if let Some((word, strip)) = ends.first() {
            if (if *strip { line.trim_start_matches('\t') } else { line }) == word {
                ends.remove(0);
            }
        } else {
            if at_prompt && line.starts_with("kubectl ") {
                text.push_str("$ ");
            }
            if line.starts_with("file ") || line.starts_with("$ ") || line.starts_with("kubectl ") {
                ends = heredoc_words(line);
            }
        }
        text.push_str(line);
        text.push('\n');
    }
    Scenario::parse(&text)
        .map_err(|error| LessonError::new(fence.line + error.line - 1, error.column, error.message))
}
