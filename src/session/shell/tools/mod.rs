//! The tools of a Unix system, the same at the workstation and in containers: one list, each a function over its words
//! and its input.

mod awk;
mod files;
mod jq;
mod lines;
mod sed;
mod sort;
mod text;

pub use text::unescape;

use super::code::Word;
use super::parse::plain;
use super::{Env, System};

/// One tool.
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Runs it; its exit status.
    pub run: fn(&mut Call) -> i32,
    /// It answers line by line, so a watch can be piped through it.
    pub streams: bool,
}

/// One run of a tool.
pub struct Call<'a> {
    /// The tool's name.
    pub name: &'static str,
    /// The words behind it.
    pub args: &'a [String],
    /// What is piped into it.
    pub stdin: &'a str,
    /// The variables of the shell.
    pub env: &'a Env,
    /// Files and the time.
    pub system: &'a mut dyn System,
    /// What it prints.
    pub out: String,
    /// What it complains.
    pub err: String,
    /// True if somebody looks at what it prints.
    pub is_seen: bool,
    /// Variables it sets.
    pub sets: Vec<(String, String)>,
}

/// Options as `getopt` takes them apart, with the values of those that have one, and the other words.
type Options<'a> = (Vec<(char, &'a str)>, Vec<&'a str>);

impl<'a> Call<'a> {
    /// A run that has not printed anything.
    pub fn new(
        name: &'static str,
        args: &'a [String],
        stdin: &'a str,
        env: &'a Env,
        system: &'a mut dyn System,
    ) -> Call<'a> {
        let (out, err) = (String::new(), String::new());
        Call { name, args, stdin, env, system, out, err, is_seen: false, sets: Vec::new() }
    }

    /// Takes the words apart; `valued` are the options with a value. Long options are left out.
    fn options(&self, valued: &str) -> Options<'a> {
        let (mut options, mut words) = (Vec::new(), Vec::new());
        let mut args = self.args.iter();
        while let Some(arg) = args.next() {
            if arg == "--" {
                words.extend(args.by_ref().map(String::as_str));
            } else if !arg.starts_with('-') || arg == "-" {
                words.push(arg.as_str());
            } else if !arg.starts_with("--") {
                for (i, c) in arg.char_indices().skip(1) {
                    if !valued.contains(c) {
                        options.push((c, ""));
                        continue;
                    }
                    let rest = &arg[i + c.len_utf8()..];
                    let value =
                        if rest.is_empty() { args.next().map_or("", |word| word.as_str()) } else { rest };
                    options.push((c, value));
                    break;
                }
            }
        }
        (options, words)
    }

    fn print(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Complains under the tool's name; the status to end with.
    fn fail(&mut self, text: &str) -> i32 {
        self.err.push_str(&format!("{}: {text}\n", self.name));
        1
    }

    fn read(&self, file: &str) -> Option<String> {
        match file {
            "-" | "/dev/stdin" => Some(self.stdin.to_string()),
            "/dev/null" => Some(String::new()),
            _ => self.system.read(&self.env.path(file)),
        }
    }

    /// The texts of files with their names, or the input; what cannot be read is complained about.
    fn texts(&mut self, files: &[&str]) -> Vec<(String, String)> {
        if files.is_empty() {
            return vec![("-".into(), self.stdin.to_string())];
        }
        let mut texts = Vec::new();
        for file in files {
            let Some(text) = self.read(file) else {
                let is_folder = self.system.is_folder(&self.env.path(file));
                self.fail(&format!(
                    "{file}: {}",
                    if is_folder { "Is a directory" } else { "No such file or directory" }
                ));
                continue;
            };
            texts.push(((*file).to_string(), text));
        }
        texts
    }

    /// The same as one text, with the status so far.
    fn input(&mut self, files: &[&str]) -> (String, i32) {
        let text = self.texts(files).into_iter().map(|(_, text)| text).collect();
        (text, i32::from(!self.err.is_empty()))
    }
}

const fn tool(name: &'static str, run: fn(&mut Call) -> i32) -> Tool {
    Tool { name, run, streams: false }
}

const fn filter(name: &'static str, run: fn(&mut Call) -> i32) -> Tool {
    Tool { name, run, streams: true }
}

/// True if these words run a tool that answers each line as it comes, without counting them.
pub fn streams(words: &[Word]) -> bool {
    let texts: Vec<String> = words.iter().map(|word| plain(word)).collect();
    let tool = TOOLS.iter().find(|tool| texts.first().is_some_and(|name| name == tool.name));
    tool.is_some_and(|tool| tool.streams) && !texts.iter().any(|text| text.contains("NR") || text == "-c")
}

/// Every tool, by name.
pub const TOOLS: &[Tool] = &[
    tool("[", files::test),
    tool("[[", files::test),
    filter("awk", awk::run),
    tool("base64", text::base64),
    tool("basename", files::basename),
    filter("cat", text::cat),
    tool("chmod", files::nothing),
    tool("chown", files::nothing),
    tool("clear", files::nothing),
    filter("column", lines::column),
    tool("cp", files::copy),
    filter("cut", text::cut),
    tool("date", files::date),
    tool("df", files::df),
    tool("dirname", files::dirname),
    tool("echo", text::echo),
    filter("egrep", text::grep),
    tool("env", files::env),
    tool("expr", lines::expr),
    tool("find", files::find),
    filter("fold", lines::fold),
    filter("grep", text::grep),
    tool("head", text::head),
    tool("hostname", files::hostname),
    tool("id", files::id),
    filter("jq", jq::jq),
    tool("ls", files::list),
    tool("mkdir", files::mkdir),
    tool("mv", files::copy),
    tool("nl", lines::nl),
    tool("paste", lines::paste),
    tool("printenv", files::env),
    tool("printf", text::printf),
    filter("rev", lines::rev),
    tool("rm", files::remove),
    tool("rmdir", files::rmdir),
    filter("sed", sed::run),
    tool("seq", text::seq),
    tool("sort", sort::sort),
    tool("sync", files::nothing),
    tool("tac", lines::tac),
    tool("tail", text::head),
    filter("tee", text::tee),
    tool("test", files::test),
    tool("touch", files::touch),
    filter("tr", text::tr),
    tool("uname", files::uname),
    tool("uniq", text::uniq),
    tool("wc", text::wc),
    tool("whoami", files::id),
    tool("yq", jq::yq),
];
