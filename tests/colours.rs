//! The colours of `styles/tokens.css` against each other, in every theme: words keep 4.5 : 1, shapes that mean something
//! 3 : 1, on both grounds. A browser's checker cannot see what lies under the words of a picture; this can.

use std::collections::BTreeMap;
use std::fs;

const WORDS: &[&str] = &[
    "text",
    "muted",
    "accent",
    "pending",
    "creating",
    "ready",
    "terminating",
    "failed",
    "done",
    "code-key",
    "code-value",
    "code-number",
    "code-quiet",
];
const SHAPES: &[&str] = &["line", "focus"];

type Tokens = BTreeMap<String, String>;

/// Every `--name: #rrggbb` of the block that begins with `selector`, over those of `base`.
fn tokens(css: &str, selector: &str, base: &Tokens) -> Tokens {
    let start = css.find(selector).unwrap_or_else(|| panic!("tokens.css has no {selector}"));
    let block = css[start..].split('}').next().unwrap_or_default();
    let mut all = base.clone();
    for part in block.split("--").skip(1) {
        if let Some((name, value)) = part.split_once(':') {
            all.insert(name.to_string(), value.split(';').next().unwrap_or_default().trim().to_string());
        }
    }
    all
}

fn luminance(colour: &str) -> f64 {
    let part = |i: usize| {
        let value = u8::from_str_radix(&colour[i..i + 2], 16).unwrap_or_else(|_| panic!("{colour}"));
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

/// As the Web Content Accessibility Guidelines define it.
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn words_and_shapes_stand_out_in_every_theme() {
    let css = fs::read_to_string("styles/tokens.css").expect("the tokens");
    let light = tokens(&css, ":root {", &Tokens::new());
    let themes = [
        ("light", light.clone(), 4.5),
        ("dark", tokens(&css, "[data-theme=\"dark\"] {", &light), 4.5),
        ("contrast", tokens(&css, "[data-theme=\"contrast\"] {", &light), 7.0),
    ];
    let mut low = Vec::new();
    for (theme, tokens, words) in &themes {
        let mut check = |name: &str, ground: &str, least: f64| {
            let ratio = ratio(&tokens[name], &tokens[ground]);
            if ratio < least {
                low.push(format!("{theme}: {name} on {ground} has {ratio:.2} : 1, not {least}"));
            }
        };
        for ground in ["bg", "panel"] {
            WORDS.iter().for_each(|name| check(name, ground, *words));
            SHAPES.iter().for_each(|name| check(name, ground, 3.0));
        }
        for state in ["pending", "creating", "ready", "terminating", "failed", "done", "accent"] {
            check(state, &format!("{state}-wash"), *words);
        }
        check("on-accent", "accent", *words);
        check("text", "sunken", *words);
        check("muted", "sunken", *words);
    }
    assert!(low.is_empty(), "\n{}\n", low.join("\n"));
}
