//! What an unquoted YAML 1.1 scalar means: follows resolve.go of go-yaml v2.

use crate::api::value::Value;

/// The null, truth value or number that `text` means unquoted; none if it is a string.
pub fn plain(text: &str) -> Option<Value> {
    let Some(first) = text.bytes().next() else { return Some(Value::Null) };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
                Some(true.into())
            }
            "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
                Some(false.into())
            }
            "~" | "null" | "Null" | "NULL" => Some(Value::Null),
            _ => None,
        },
        b'.' | b'+' | b'-' | b'0'..=b'9' => number(text),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    if is_timestamp(text) {
        return None;
    }
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if !text.starts_with('.')
        && let Some(n) = integer(&digits)
    {
        return Some(n);
    }
    float(&digits).map(from_float)
}

/// A float as JSON carries it on: whole numbers become integers.
pub fn from_float(f: f64) -> Value {
    if f.fract() == 0.0 && f.abs() < 9.0e18 { Value::Int(f as i64) } else { Value::Float(f) }
}

// strconv.ParseInt with base 0.
fn integer(text: &str) -> Option<Value> {
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = body.get(..2).unwrap_or("").to_ascii_lowercase();
    let (radix, body) = match lower.as_str() {
        "0x" => (16, &body[2..]),
        "0b" => (2, &body[2..]),
        "0o" => (8, &body[2..]),
        _ if body.len() > 1 && body.starts_with('0') => (8, &body[1..]),
        _ => (10, body),
    };
    if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let n = i128::from_str_radix(body, radix).ok()?;
    let n = if negative { -n } else { n };
    match i64::try_from(n) {
        Ok(n) => Some(Value::Int(n)),
        // Beyond 64 bits signed JSON readers fall back to floats.
        Err(_) if n > 0 && n <= u64::MAX as i128 => Some(Value::Float(n as f64)),
        Err(_) => None,
    }
}

/// Reads `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, exactly for up to 15 digits and small exponents; the
/// library's reader would cost the page more than all of YAML's scalars.
pub fn float(text: &str) -> Option<f64> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match body.find(['e', 'E']) {
        Some(i) => (&body[..i], &body[i + 1..]),
        None => (body, "0"),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if unsigned.is_empty() || !digits(unsigned) {
        return None;
    }
    let mut power = unsigned.parse::<i32>().unwrap_or(9999).min(9999);
    if exponent.starts_with('-') {
        power = -power;
    }
    let (mut mantissa, mut rest): (u64, i32) = (0, 0);
    for digit in whole.bytes().chain(fraction.bytes()) {
        if mantissa < 100_000_000_000_000_000 {
            mantissa = mantissa * 10 + u64::from(digit - b'0');
        } else {
            rest += 1;
        }
    }
    power += rest - fraction.len() as i32;
    let mut value = mantissa as f64;
    // In two steps: what is left of a long fraction may be smaller than any float has a name for.
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-22, 22);
        let factor = (0..step.abs()).fold(1.0, |product, _| product * 10.0);
        value = if step > 0 { value * factor } else { value / factor };
        power -= step;
    }
    value.is_finite().then_some(if text.starts_with('-') { -value } else { value })
}

/// True for what go-yaml takes for a point in time; it stays a string but is quoted when written.
pub fn is_timestamp(text: &str) -> bool {
    let b = text.as_bytes();
    if b.len() < 8 || !b[..4].iter().all(u8::is_ascii_digit) || b[4] != b'-' {
        return false;
    }
    let mut rest = &text[5..];
    let mut number = |stop: &str, low: u32, high: u32| -> bool {
        let n = rest.bytes().take_while(u8::is_ascii_digit).count().min(2);
        let ok = n > 0 && rest[..n].parse::<u32>().is_ok_and(|v| (low..=high).contains(&v));
        rest = &rest[n..];
        match rest.chars().next() {
            Some(c) if stop.contains(c) => rest = &rest[c.len_utf8()..],
            None if stop.is_empty() => {}
            _ if stop.is_empty() => {}
            _ => return false,
        }
        ok
    };
    if !number("-", 1, 12) {
        return false;
    }
    if !number("", 1, 31) {
        return false;
    }
    if rest.is_empty() {
        return true;
    }
    let zoned = rest.starts_with(['T', 't']);
    if !zoned && !rest.starts_with(' ') {
        return false;
    }
    rest = &rest[1..];
    let mut clock = rest.split(':');
    let field = |part: Option<&str>, high: u32| {
        part.is_some_and(|p| {
            (1..=2).contains(&p.len())
                && p.bytes().all(|b| b.is_ascii_digit())
                && p.parse::<u32>().is_ok_and(|v| v <= high)
        })
    };
    if !field(clock.next(), 23) || !field(clock.next(), 59) {
        return false;
    }
    let Some(mut seconds) = rest.splitn(3, ':').nth(2) else { return false };
    let n = seconds.bytes().take_while(u8::is_ascii_digit).count();
    if !field(seconds.get(..n), 59) {
        return false;
    }
    seconds = &seconds[n..];
    if let Some(fraction) = seconds.strip_prefix('.') {
        let n = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 {
            return false;
        }
        seconds = &fraction[n..];
    }
    if !zoned {
        return seconds.is_empty();
    }
    seconds == "Z"
        || (seconds.len() == 6
            && seconds.starts_with(['+', '-'])
            && field(seconds.get(1..3), 24)
            && field(seconds.get(4..6), 60)
            && seconds.as_bytes()[3] == b':')
}
