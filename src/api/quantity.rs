//! Resource quantities: `500m`, `1Gi`, `0.5`.
//!
//! A [`Quantity`] counts billionths exactly, which is all the API server keeps. Parsing refuses in its words and
//! printing is canonical, so `1024Mi` comes back as `1Gi`. Follows apimachinery's resource.Quantity.

use std::cmp::Ordering;

/// How a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `k`, `M`, `G`.
    Decimal,
    /// `Ki`, `Mi`, `Gi`.
    Binary,
    /// `e3`.
    Exponent,
}

/// An amount of cpu, memory, storage or of anything else that is counted.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nanos: i128,
    format: Format,
}

const WRONG_FORMAT: &str = "quantities must match the regular expression \
                            '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX: &str = "unable to parse quantity's suffix";
const NANOS: i128 = 1_000_000_000;
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
// The server caps what it reads at 2^63-1.
const MOST: i128 = i64::MAX as i128 * NANOS;

impl Quantity {
    /// Reads a quantity; the error is the API server's text.
    pub fn parse(text: &str) -> Result<Quantity, &'static str> {
        if text.is_empty() {
            return Err(WRONG_FORMAT);
        }
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (digits, rest) = split(unsigned, |c| c.is_ascii_digit());
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => split(rest, |c| c.is_ascii_digit()),
            None => ("", rest),
        };
        let (letters, behind) = split(rest, |c| "eEinumkKMGTP".contains(c));
        let exponent = behind.strip_prefix(['+', '-']).unwrap_or(behind);
        // A number has to be there, and nothing behind the exponent.
        if !exponent.bytes().all(|b| b.is_ascii_digit()) || (unsigned.is_empty() && rest.is_empty()) {
            return Err(WRONG_FORMAT);
        }
        let (scale, power, format) = suffix(rest, letters).ok_or(WRONG_SUFFIX)?;
        let mut nanos: i128 = 0;
        let mut more = false;
        for digit in digits.bytes().chain(fraction.bytes()) {
            if nanos > MOST * 1_000_000_000 {
                // Digits behind the cap only say how much too much it is; digits of a fraction nothing at all.
                more = true;
                break;
            }
            nanos = nanos * 10 + i128::from(digit - b'0');
        }
        let mut exponent = 9 + power - if more { 0 } else { fraction.len() as i32 };
        while exponent > 0 && nanos != 0 && nanos < MOST * 1024 {
            nanos *= 10;
            exponent -= 1;
        }
        nanos = nanos.saturating_mul(scale);
        let mut lost = false;
        while exponent < 0 && nanos != 0 {
            lost |= nanos % 10 != 0;
            nanos /= 10;
            exponent += 1;
        }
        // Less than a billionth counts as one: amounts round away from zero.
        nanos = (nanos + i128::from(lost)).min(MOST);
        let nanos = if text.starts_with('-') { -nanos } else { nanos };
        Ok(Quantity { nanos, format })
    }

    /// So many whole ones.
    pub fn of(count: i64) -> Quantity {
        Quantity { nanos: i128::from(count) * NANOS, format: Format::Decimal }
    }

    /// The sum, written as the first is unless that is nothing.
    pub fn plus(self, other: Quantity) -> Quantity {
        let format = if self.nanos == 0 { other.format } else { self.format };
        Quantity { nanos: (self.nanos + other.nanos).min(MOST), format }
    }

    /// Rounded up to thousandths, as resource lists keep it.
    pub fn round_up_to_milli(self) -> Quantity {
        let step = NANOS / 1000;
        let up = self.nanos.rem_euclid(step);
        Quantity { nanos: if up == 0 { self.nanos } else { self.nanos - up + step }, ..self }
    }

    /// In thousandths, rounded up.
    pub fn milli(self) -> i64 {
        (self.round_up_to_milli().nanos / (NANOS / 1000)) as i64
    }

    /// In whole units, rounded up.
    pub fn whole(self) -> i64 {
        let up = i128::from(self.nanos.rem_euclid(NANOS) != 0);
        (self.nanos.div_euclid(NANOS) + up) as i64
    }

    /// -1, 0 or 1.
    pub fn sign(self) -> i32 {
        self.nanos.signum() as i32
    }

    /// True for a whole number of units.
    pub fn is_whole(self) -> bool {
        self.nanos % NANOS == 0
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.nanos == other.nanos
    }
}
impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Quantity) -> Option<Ordering> {
        self.nanos.partial_cmp(&other.nanos)
    }
}

impl std::fmt::Display for Quantity {
    /// The canonical form.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.nanos == 0 {
            return f.write_str("0");
        }
        // Binary suffixes are only for whole amounts from 1024 on.
        if self.format == Format::Binary && self.nanos.abs() >= 1024 * NANOS {
            let mut n = i128::from(self.whole());
            let mut i = 0;
            while n % 1024 == 0 && i + 1 < BINARY.len() {
                n /= 1024;
                i += 1;
            }
            return write!(f, "{n}{}", BINARY[i]);
        }
        let mut n = self.nanos;
        let mut i = 0;
        while n % 1000 == 0 && i + 1 < DECIMAL.len() {
            n /= 1000;
            i += 1;
        }
        match self.format {
            Format::Exponent if i != 3 => write!(f, "{n}e{}", (i as i32 - 3) * 3),
            _ => write!(f, "{n}{}", DECIMAL[i]),
        }
    }
}

fn split(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !wanted(c)).unwrap_or(text.len()))
}

// A factor, a power of ten and the format.
fn suffix(whole: &str, letters: &str) -> Option<(i128, i32, Format)> {
    if whole == letters {
        if let Some(i) = DECIMAL.iter().position(|s| *s == whole) {
            return Some((1, (i as i32 - 3) * 3, Format::Decimal));
        }
        if let Some(i) = BINARY.iter().position(|s| *s == whole) {
            return Some((1 << (10 * i), 0, Format::Binary));
        }
        return None;
    }
    if letters != "e" && letters != "E" {
        return None;
    }
    Some((1, whole[1..].parse().ok().filter(|e: &i32| e.abs() < 1000)?, Format::Exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_come_back_canonical() {
        for (text, canonical) in [
            ("0.5", "500m"),
            ("1024Mi", "1Gi"),
            ("1000m", "1"),
            ("1G", "1G"),
            ("1500M", "1500M"),
            ("0", "0"),
            ("0Gi", "0"),
            ("1.5Gi", "1536Mi"),
            ("512", "512"),
            ("0.5Ki", "512"),
            ("1e3", "1e3"),
            ("12e6", "12e6"),
            ("1E", "1E"),
            ("-100m", "-100m"),
            (".5", "500m"),
            ("1.", "1"),
            ("0.0000000001", "1n"),
            ("128974848", "128974848"),
            ("99999999999999999999", "9223372036854775807"),
        ] {
            assert_eq!(Quantity::parse(text).map(|q| q.to_string()), Ok(canonical.to_string()), "{text}");
        }
    }

    #[test]
    fn refusals_are_the_servers() {
        for (text, error) in [
            ("100mm", WRONG_SUFFIX),
            ("1Gb", WRONG_FORMAT),
            ("", WRONG_FORMAT),
            ("one", WRONG_FORMAT),
            ("1 Gi", WRONG_FORMAT),
            ("10 m", WRONG_FORMAT),
            ("1ki", WRONG_SUFFIX),
        ] {
            assert_eq!(Quantity::parse(text).err(), Some(error), "{text}");
        }
    }
}
