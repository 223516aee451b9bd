//! Smaller tools that turn lines about, put them side by side, or count with them.

use super::super::expr;
use super::Call;
use crate::sim::SortedMap;

pub fn tac(call: &mut Call) -> i32 {
    let (_, files) = call.options("");
    let (text, status) = call.input(&files);
    text.lines().rev().for_each(|line| call.print(line));
    status
}

pub fn rev(call: &mut Call) -> i32 {
    let (_, files) = call.options("");
    let (text, status) = call.input(&files);
    text.lines().for_each(|line| call.print(&line.chars().rev().collect::<String>()));
    status
}

pub fn nl(call: &mut Call) -> i32 {
    let (_, files) = call.options("bw");
    let (text, status) = call.input(&files);
    let mut number = 0;
    for line in text.lines() {
        number += usize::from(!line.is_empty());
        call.print(&if line.is_empty() { "       ".into() } else { format!("{number:>6}\t{line}") });
    }
    status
}

pub fn fold(call: &mut Call) -> i32 {
    let (options, files) = call.options("w");
    let width =
        options.iter().find(|(option, _)| *option == 'w').map_or(80, |(_, text)| expr::number(text) as usize);
    let (text, status) = call.input(&files);
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        if chars.is_empty() {
            call.print("");
        }
        for part in chars.chunks(width.max(1)) {
            call.print(&part.iter().collect::<String>());
        }
    }
    status
}

/// `paste`: files side by side, or with `-s` the lines of each in one.
pub fn paste(call: &mut Call) -> i32 {
    let (options, files) = call.options("d");
    let marks = options
        .iter()
        .find(|(option, _)| *option == 'd')
        .map_or("\t".into(), |(_, text)| super::unescape(text));
    let marks: Vec<char> = marks.chars().collect();
    let mark = |i: usize| marks.get(i % marks.len().max(1)).copied();
    let texts = call.texts(&files);
    let rows: Vec<Vec<&str>> = texts.iter().map(|(_, text)| text.lines().collect()).collect();
    let joined = |cells: &[&str]| {
        let mut line = String::new();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.extend(mark(i - 1));
            }
            line.push_str(cell);
        }
        line
    };
    if options.iter().any(|(option, _)| *option == 's') {
        rows.iter().for_each(|row| call.print(&joined(row)));
    } else {
        for i in 0..rows.iter().map(Vec::len).max().unwrap_or(0) {
            let cells: Vec<&str> = rows.iter().map(|row| row.get(i).copied().unwrap_or("")).collect();
            call.print(&joined(&cells));
        }
    }
    i32::from(!call.err.is_empty())
}

/// `column -t`: a table of the words of each line.
pub fn column(call: &mut Call) -> i32 {
    let (options, files) = call.options("so");
    let value = |wanted: char| options.iter().find(|(option, _)| *option == wanted).map(|(_, value)| *value);
    let (text, status) = call.input(&files);
    if !options.iter().any(|(option, _)| *option == 't') {
        call.out = text;
        return status;
    }
    let split = |line: &'_ str| -> Vec<String> {
        match value('s').map(super::unescape) {
            Some(marks) => line.split(|c| marks.contains(c)).map(str::to_string).collect(),
            None => line.split_whitespace().map(str::to_string).collect(),
        }
    };
    let rows: Vec<Vec<String>> = text.lines().filter(|line| !line.trim().is_empty()).map(split).collect();
    let width = |i: usize| {
        rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in &rows {
        let mut line = String::new();
        for (i, cell) in row.iter().enumerate() {
            let size = if i + 1 < row.len() { width(i) } else { 0 };
            line += if i > 0 { value('o').unwrap_or("  ") } else { "" };
            line += &format!("{cell:<size$}");
        }
        call.print(&line);
    }
    status
}

/// `expr A + B`, comparisons, `length`.
pub fn expr(call: &mut Call) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).collect();
    if let ["length", text] = words[..] {
        call.print(&text.chars().count().to_string());
        return i32::from(text.is_empty());
    }
    if let [left, sign @ ("=" | "!="), right] = words[..] {
        let holds = (left == right) == (sign == "=");
        call.print(if holds { "1" } else { "0" });
        return i32::from(!holds);
    }
    let text = words.iter().map(|word| if *word == "=" { "==" } else { word }).collect::<Vec<_>>().join(" ");
    match expr::sum(&text, &mut SortedMap::new()) {
        Ok(value) if !words.is_empty() => {
            call.print(&value.to_string());
            i32::from(value == 0)
        }
        Ok(_) => {
            call.fail("missing operand");
            2
        }
        Err(_) => {
            call.fail("non-integer argument");
            2
        }
    }
}
