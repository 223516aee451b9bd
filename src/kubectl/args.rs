//! Words to flags and arguments, by the rules of pflag (K9, K10, K180).
//!
//! A command lists its flags in one text: `watch/w! output/o= replicas#`. The sign says what a flag takes:
//! `!` nothing (a truth value), `?` perhaps a value behind `=`, `=` text, `,` texts, `#` a whole number,
//! `~` a duration.

use super::error::{Error, Result};
use crate::api::print::quote_json;
use crate::sim::SimDuration;

/// Flags that every command takes (K10).
const GLOBAL: &str = "namespace/n= context= cluster= user= kubeconfig= request-timeout= v/v= vmodule= \
    warnings-as-errors! server/s= as= as-uid= as-group, cache-dir= certificate-authority= client-certificate= \
    client-key= insecure-skip-tls-verify! match-server-version! password= profile= profile-output= tls-server-name= \
    token= username= disable-compression! log-flush-frequency= kuberc= help/h!";

/// A command line, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Args {
    /// The words that are no flags.
    pub words: Vec<String>,
    /// How many of [`Args::words`] stand before `--`, if that was there.
    pub dash: Option<usize>,
    flags: Vec<(&'static str, String)>,
}

#[derive(Clone, Copy)]
struct Flag {
    name: &'static str,
    short: Option<char>,
    takes: char,
}

fn flags(spec: &'static str) -> impl Iterator<Item = Flag> {
    spec.split_whitespace().chain(GLOBAL.split_whitespace()).filter_map(|word| {
        let takes = word.chars().next_back()?;
        let (name, short) = match word[..word.len() - 1].split_once('/') {
            Some((name, short)) => (name, short.chars().next()),
            None => (&word[..word.len() - 1], None),
        };
        Some(Flag { name, short, takes })
    })
}

impl Args {
    /// Takes `words` apart; `command` is named in complaints.
    pub fn parse(command: &str, spec: &'static str, words: &[String]) -> Result<Args> {
        let mut args = Args::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if args.dash.is_some() || word == "-" || !word.starts_with('-') {
                args.words.push(word.clone());
            } else if word == "--" {
                args.dash = Some(args.words.len());
            } else if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_string())),
                    None => (long, None),
                };
                if name.is_empty() || name.starts_with('-') {
                    return Err(Error::flag(command, format_args!("bad flag syntax: {word}")));
                }
                let Some(flag) = flags(spec).find(|flag| flag.name == name) else {
                    return Err(Error::flag(command, format_args!("unknown flag: --{name}")));
                };
                let value = match value {
                    Some(value) => value,
                    None if "!?".contains(flag.takes) => implied(flag),
                    None => match rest.next() {
                        Some(next) => next.clone(),
                        None => {
                            let text = format_args!("flag needs an argument: --{name}");
                            return Err(Error::flag(command, text));
                        }
                    },
                };
                args.put(command, flag, value)?;
            } else {
                let group = &word[1..];
                let mut letters = group;
                while let Some(letter) = letters.chars().next() {
                    letters = &letters[letter.len_utf8()..];
                    let Some(flag) = flags(spec).find(|flag| flag.short == Some(letter)) else {
                        let text = format_args!("unknown shorthand flag: '{letter}' in -{}{letters}", letter);
                        return Err(Error::flag(command, text));
                    };
                    let value = if let Some(value) = letters.strip_prefix('=') {
                        letters = "";
                        value.to_string()
                    } else if "!?".contains(flag.takes) {
                        implied(flag)
                    } else if !letters.is_empty() {
                        std::mem::take(&mut letters).to_string()
                    } else if let Some(next) = rest.next() {
                        next.clone()
                    } else {
                        let text = format_args!("flag needs an argument: '{letter}' in -{letter}");
                        return Err(Error::flag(command, text));
                    };
                    args.put(command, flag, value)?;
                }
            }
        }
        Ok(args)
    }

    fn put(&mut self, command: &str, flag: Flag, value: String) -> Result<()> {
        let quoted = quote_json(&value);
        let trouble = match flag.takes {
            '!' if bool_of(&value).is_none() => {
                Some(["strconv.ParseBool: parsing ", &quoted, ": invalid syntax"].concat())
            }
            '#' => match value.parse::<i64>() {
                Ok(_) => None,
                Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => {
                    Some(["strconv.ParseInt: parsing ", &quoted, ": value out of range"].concat())
                }
                Err(_) => Some(["strconv.ParseInt: parsing ", &quoted, ": invalid syntax"].concat()),
            },
            '~' if duration_of(&value).is_none() => Some(if value.parse::<f64>().is_ok() {
                ["time: missing unit in duration ", &quoted].concat()
            } else {
                ["time: invalid duration ", &quoted].concat()
            }),
            _ => None,
        };
        if let Some(trouble) = trouble {
            let short = flag.short.map(|short| format!("-{short}, ")).unwrap_or_default();
            let name = flag.name;
            let text = format_args!("invalid argument {quoted} for \"{short}--{name}\" flag: {trouble}");
            return Err(Error::flag(command, text));
        }
        self.flags.push((flag.name, value));
        Ok(())
    }

    /// The value of a flag; the last one wins.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(flag, _)| *flag == name).map(|(_, value)| value.as_str())
    }

    /// Puts another value in the place of a flag's last one.
    pub fn replace(&mut self, name: &str, value: String) {
        if let Some((_, old)) = self.flags.iter_mut().rev().find(|(flag, _)| *flag == name) {
            *old = value;
        }
    }

    /// Gives a flag a value, as if it had been written last.
    pub fn set(&mut self, name: &'static str, value: String) {
        self.flags.push((name, value));
    }

    /// The value of a flag, or `""`.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// True if the flag was written.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// True if the truth value is given and true.
    pub fn is(&self, name: &str) -> bool {
        self.bool_or(name, false)
    }

    /// The truth value, or `default`.
    pub fn bool_or(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(bool_of).unwrap_or(default)
    }

    /// The whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// The duration in milliseconds; negative ones are possible.
    pub fn duration(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(duration_of)
    }

    /// Every value of a list flag, commas taken apart.
    pub fn list(&self, name: &str) -> Vec<String> {
        let mut list = Vec::new();
        for (flag, values) in &self.flags {
            if *flag == name {
                list.extend(values.split(',').map(str::to_string));
            }
        }
        list
    }
}

// What a flag means that was written without a value.
fn implied(flag: Flag) -> String {
    match flag.name {
        "dry-run" => "unchanged",
        "cascade" => "background",
        "validate" => "strict",
        _ => "true",
    }
    .to_string()
}

fn bool_of(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn duration_of(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text),
    };
    SimDuration::parse(text).map(|duration| sign * duration.as_millis() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args> {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        Args::parse("get", "watch/w! output/o= replicas# label-columns/L, timeout~ stdin/i! tty/t!", &words)
    }

    #[test]
    fn k9_flags_stand_anywhere_and_have_many_spellings() {
        for line in ["po -o wide -w", "-o=wide po --watch", "--output wide --watch=true po", "-wowide po"] {
            let args = parse(line).unwrap();
            assert_eq!((args.text("output"), args.is("watch")), ("wide", true), "{line}");
            assert_eq!(args.words, ["po"], "{line}");
        }
        let args = parse("x -it -L a,b -L c -- ls -l").unwrap();
        assert_eq!((args.words.len(), args.dash), (3, Some(1)));
        assert_eq!(args.list("label-columns"), ["a", "b", "c"]);
        assert!(args.is("stdin") && args.is("tty"));
    }

    #[test]
    fn k180_mistakes_are_named() {
        for (line, text) in [
            ("--foo", "unknown flag: --foo"),
            ("-Z", "unknown shorthand flag: 'Z' in -Z"),
            ("-o", "flag needs an argument: 'o' in -o"),
            ("--output", "flag needs an argument: --output"),
            (
                "--watch=foo",
                "invalid argument \"foo\" for \"-w, --watch\" flag: strconv.ParseBool: parsing \"foo\": invalid syntax",
            ),
            (
                "--replicas=x",
                "invalid argument \"x\" for \"--replicas\" flag: strconv.ParseInt: parsing \"x\": invalid syntax",
            ),
        ] {
            let report = parse(line).unwrap_err().report().0;
            assert_eq!(report, format!("error: {text}\nSee 'kubectl get --help' for usage.\n"));
        }
    }
}
