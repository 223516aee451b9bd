#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // The bans are for the simulation.

use super::*;
use crate::api::print::{to_go_json, to_json, to_yaml};
use std::time::Instant;

fn one(text: &str) -> Value {
    let mut documents = parse(text).unwrap();
    assert_eq!(documents.len(), 1, "{text}");
    documents.remove(0).value
}

fn message(text: &str) -> String {
    parse(text).unwrap_err().message.replace("error converting YAML to JSON: yaml: ", "")
}

#[test]
fn scalars_are_those_of_yaml_1_1() {
    for (text, json) in [
        ("yes", "true"),
        ("Off", "false"),
        ("0777", "511"),
        ("0o17", "15"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("1e3", "1000"),
        ("1.5", "1.5"),
        ("1.0", "1"),
        ("~", "null"),
        ("\"1\"", "\"1\""),
        ("'yes'", "\"yes\""),
        ("2020-01-01", "\"2020-01-01\""),
        ("12:30:45", "\"12:30:45\""),
        ("!!str 1", "\"1\""),
        ("100m", "\"100m\""),
        ("|\n  a\n  b\n", "\"a\\nb\\n\""),
        (">-\n  a\n  b\n", "\"a b\""),
        ("\"\\u00e9\\n\"", "\"é\\n\""),
    ] {
        let value = one(&format!("a: {text}\n"));
        assert_eq!(to_go_json(value.get("a")), json, "{text}");
    }
    assert_eq!(
        to_go_json(&one("a: &x {b: 1}\nc:\n  <<: *x\n  d: *x\n")),
        r#"{"a":{"b":1},"c":{"b":1,"d":{"b":1}}}"#
    );
    assert_eq!(to_go_json(&one("80: a\ntrue: b\n80: c\n")), r#"{"80":"c","true":"b"}"#);
}

#[test]
fn mistakes_are_told_in_kubectls_words() {
    for (text, told) in [
        ("a: 1\nb: 2\nmetadata: name: x\n", "line 3: mapping values are not allowed in this context"),
        ("apiVersion: v1\nkind Service\nmetadata:\n", "line 3: could not find expected ':'"),
        ("kind Foo\nmetadata:\n", "line 2: mapping values are not allowed in this context"),
        ("a:\n\tb: 1\n", "line 2: found character that cannot start any token"),
        ("a: b\n  c\n\td: e\n", "line 3: found a tab character that violates indentation"),
        ("a: \"x\n", "line 2: found unexpected end of stream"),
        ("a: 1\nb: 2\nc: [a, b\nd: 1\n", "line 3: did not find expected ',' or ']'"),
        ("a: *foo\n", "unknown anchor 'foo' referenced"),
        ("a: &x [*x]\n", "anchor 'x' value contains itself"),
        ("a: \u{0}b\n", "control characters are not allowed"),
    ] {
        assert_eq!(message(text), told, "{text:?}");
    }
    let error = parse("{\"a\" 1}").unwrap_err();
    assert_eq!(error.message, "json: offset 6: invalid character '1' after object key");
    // What is no JSON may still be YAML.
    assert_eq!(to_go_json(&one("{\"a\": 1,}")), "{\"a\":1}");
    // Lines of messages count inside the document, lines of marks in the whole text.
    let error = parse("a: 1\n---\nb: 2\nc: d: e\n").unwrap_err();
    assert_eq!(
        error.message,
        "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"
    );
    assert_eq!((error.line, error.column), (4, 5));
    assert_eq!(parse("--- a\n").unwrap_err().message, "invalid Yaml document separator: a");
}

#[test]
fn every_field_knows_where_it_stands() {
    let text = "# first\nkind: A\n---\nkind: B\nspec:\n  list:\n  - name: x\n    ann.io/a.b: {c: 1}\n  - y\n";
    let documents = parse(text).unwrap();
    assert_eq!(documents.iter().map(|d| d.start_line).collect::<Vec<_>>(), [1, 4]);
    let marks = &documents[1].marks;
    for (path, key, value) in [
        ("kind", (4, 1), (4, 7)),
        ("spec.list", (6, 3), (7, 3)),
        ("spec.list[0]", (7, 5), (7, 5)),
        ("spec.list[0].name", (7, 5), (7, 11)),
        ("spec.list[0].ann.io/a.b.c", (8, 18), (8, 21)),
        ("spec.list[1]", (9, 5), (9, 5)),
    ] {
        assert_eq!(marks.key(path), Some(key), "{path}");
        assert_eq!(marks.value(path), Some(value), "{path}");
    }
    assert_eq!(marks.key("spec.none"), None);
    assert_eq!(marks.nearest("spec.list[0].none.at.all"), (7, 5));
    let json = parse("{\n  \"kind\": \"A\",\n  \"l\": [1,\n 2]}").unwrap();
    assert_eq!(json[0].marks.key("kind"), Some((2, 3)));
    assert_eq!(json[0].marks.value("l[1]"), Some((4, 2)));
    let twice = &parse("a: 1\nb: {c: 1}\na: 2\n").unwrap()[0];
    assert_eq!(twice.duplicates, [("a".into(), 3, 1)]);
}

#[test]
fn hostile_texts_are_answered_at_once() {
    let bomb: String = (0..30)
        .map(|i| match i {
            0 => "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_string(),
            i => format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(",")),
        })
        .collect();
    let documents: String = (0..10_000).map(|i| format!("a: {i}\n---\n")).collect();
    let mut texts: Vec<(&str, String)> = vec![
        ("alias bomb", bomb),
        ("nested braces", "{".repeat(1 << 20)),
        ("nested braces that fit", "{".repeat(200_000)),
        ("nested brackets", "a: ".to_string() + &"[".repeat(200_000)),
        ("nested dashes", "- ".repeat(100_000)),
        ("nested keys", "? ".repeat(100_000)),
        ("json brackets", "{\"a\":".repeat(40_000)),
        ("tabs", "\t".repeat(200_000)),
        ("nuls", "\0".repeat(200_000)),
        ("many documents", documents),
        ("long paste", "a: b\n".repeat(60_000)),
        ("one line", "a".repeat(250_000)),
        ("quotes", "'".repeat(250_001)),
        ("anchors", "a: &a &b &c *a\n".repeat(10)),
        ("separators", "---\n".repeat(60_000)),
        ("merge", "<<: [*a]\n".repeat(10)),
        ("colons", ":".repeat(250_000)),
        ("line separators", "\u{2028}".repeat(80_000)),
    ];
    // Whatever a sound manifest is cut down to is answered as well.
    let sound = "apiVersion: v1\nkind: \"S\\u00e9\"\nspec: &a\n  l: [1, {a: 'b'}]\n  t: |\n    x\nm: *a\n? [k]\n: !!str v\n";
    texts.extend(
        (0..sound.len()).filter(|i| sound.is_char_boundary(*i)).map(|i| ("cut", sound[..i].to_string())),
    );
    texts.extend((0..sound.len()).map(|i| ("cut in front", sound.get(i..).unwrap_or("").to_string())));
    for (name, text) in texts {
        let start = Instant::now();
        let (documents, error) = parse_some(&text);
        let spent = start.elapsed();
        // A debug build is allowed more than the page.
        assert!(spent.as_millis() < 500, "{name} took {spent:?}");
        if !name.starts_with("cut")
            && !matches!(name, "one line" | "separators" | "line separators" | "long paste")
        {
            assert!(error.is_some(), "{name}");
        }
        for document in documents {
            let _ = (to_yaml(&document.value).len(), to_json(&document.value).len());
        }
    }
}

#[test]
fn many_keys_in_one_object_stay_fast() {
    let text: String = (0..20_000).map(|i| format!("k{i}: 1\n")).collect();
    let start = Instant::now();
    assert_eq!(one(&text).entries().len(), 20_000);
    assert!(start.elapsed().as_millis() < 1000, "{:?}", start.elapsed());
}

#[test]
fn what_is_printed_reads_the_same() {
    let strings = [
        "",
        "a",
        "yes",
        "12",
        "1e3",
        "~",
        "2020-01-01",
        "1:30",
        " x",
        "x ",
        "a: b",
        "a #b",
        "- x",
        "-x",
        "?",
        "x\ny",
        "x\ny\n",
        "\n",
        "x\n\n",
        " x\ny",
        "x \ny",
        "\t",
        "'",
        "\"",
        "한글",
        "😀",
        "...",
        "%x",
        "@x",
        "`x",
        "a\u{2028}b",
    ];
    let list = Value::list(strings.iter().map(|s| Value::from(*s)).collect());
    let value = crate::object! { "list" => list.clone(), "map" => crate::object! { "k" => list, "e" => Value::map() } };
    assert_eq!(one(&to_yaml(&value)), value);
    assert_eq!(parse_json(&to_json(&value)).unwrap(), value);
    assert_eq!(parse_json(&to_go_json(&value)).unwrap(), value);
}
