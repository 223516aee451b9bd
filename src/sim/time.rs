//! Simulated time in whole milliseconds.
//!
//! A run begins at [`SimTime::ZERO`], which timestamps print as 2026-01-01T00:00:00Z. Nothing here reads a clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// The calendar second at which every run begins: 2026-01-01T00:00:00Z.
const EPOCH_UNIX_SECS: i64 = 1_767_225_600;

/// A moment, in milliseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(pub u64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(pub u64);

impl SimTime {
    /// The beginning of the run.
    pub const ZERO: SimTime = SimTime(0);

    /// Milliseconds since the run began.
    pub fn as_millis(self) -> u64 {
        self.0
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(self) -> u64 {
        EPOCH_UNIX_SECS as u64 * 1000 + self.0
    }

    /// Time since `earlier`, zero if that is later.
    pub fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// `2026-01-01T00:00:46Z`: whole seconds, as Kubernetes writes `metav1.Time`.
    pub fn rfc3339(self) -> String {
        let ((year, month, day), secs) = self.calendar();
        // Written digit by digit: every write to the API has some.
        let mut text = String::with_capacity(20);
        for (number, behind) in [
            (year / 100, None),
            (year % 100, Some('-')),
            (month, Some('-')),
            (day, Some('T')),
            (secs / 3600, Some(':')),
            (secs / 60 % 60, Some(':')),
            (secs % 60, Some('Z')),
        ] {
            for digit in [number / 10 % 10, number % 10] {
                text.push(char::from(b'0' + digit as u8));
            }
            text.extend(behind);
        }
        text
    }

    /// Year, month and day, and the second of that day.
    pub fn calendar(self) -> ((i64, i64, i64), i64) {
        let unix = EPOCH_UNIX_SECS + (self.0 / 1000) as i64;
        (civil_from_days(unix.div_euclid(86_400)), unix.rem_euclid(86_400))
    }

    /// Reads what [`SimTime::rfc3339`] wrote, to the second.
    pub fn parse(text: &str) -> Option<SimTime> {
        u64::try_from(unix_secs(text)? - EPOCH_UNIX_SECS).ok().map(|s| SimTime(s * 1000))
    }
}

/// Seconds since 1970 of a moment as the API writes it: `2026-01-01T00:00:46Z`; parts of seconds are left out.
pub fn unix_secs(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 20 || bytes[10] != b'T' || !text.ends_with('Z') || !text.is_ascii() {
        return None;
    }
    let n = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let days = days_from_civil(n(0, 4)?, n(5, 7)?, n(8, 10)?);
    Some(days * 86_400 + n(11, 13)? * 3600 + n(14, 16)? * 60 + n(17, 19)?)
}

impl SimDuration {
    /// So many milliseconds.
    pub const fn millis(ms: u64) -> SimDuration {
        SimDuration(ms)
    }
    /// So many seconds.
    pub const fn secs(s: u64) -> SimDuration {
        SimDuration(s * 1000)
    }
    /// The length in milliseconds.
    pub fn as_millis(self) -> u64 {
        self.0
    }
    /// The length in whole seconds, rounded down.
    pub fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// `10s`, `1m20s`, `5m0s`: as Go prints a duration of whole seconds.
    pub fn go(self) -> String {
        let s = self.as_secs();
        if s < 60 { format!("{s}s") } else { format!("{}m{}s", s / 60, s % 60) }
    }

    /// Reads `250ms`, `5s`, `2m`, `1h30m`, `1.5s`, `0`; none for anything else.
    pub fn parse(text: &str) -> Option<SimDuration> {
        if text == "0" {
            return Some(SimDuration(0));
        }
        let mut rest = text;
        let mut total = 0f64;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let (unit, ms) = [("ms", 1.0), ("s", 1000.0), ("m", 60_000.0), ("h", 3_600_000.0)]
                .into_iter()
                .find(|(unit, _)| rest.starts_with(unit))?;
            total += number * ms;
            rest = &rest[unit.len()..];
        }
        (total < 1e15).then_some(SimDuration(total.round() as u64))
    }
}

impl fmt::Display for SimDuration {
    /// `250ms`, `5s`, `1.5s`, `2m`, `1h30m`: what [`SimDuration::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0;
        if ms == 0 {
            return f.write_str("0s");
        }
        if ms < 1000 {
            return write!(f, "{ms}ms");
        }
        let (h, m, s, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        if h > 0 {
            write!(f, "{h}h")?;
        }
        if m > 0 {
            write!(f, "{m}m")?;
        }
        if rest > 0 {
            let fraction = format!("{rest:03}");
            write!(f, "{s}.{}s", fraction.trim_end_matches('0'))?;
        } else if s > 0 {
            write!(f, "{s}s")?;
        }
        Ok(())
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_add(d.0))
    }
}
impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, d: SimDuration) {
        *self = *self + d;
    }
}
impl Sub<SimDuration> for SimTime {
    type Output = SimTime;
    fn sub(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_sub(d.0))
    }
}
impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, d: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(d.0))
    }
}

// Days since 1970-01-01 and back, in the proleptic Gregorian calendar.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_read_back() {
        assert_eq!(SimTime::ZERO.rfc3339(), "2026-01-01T00:00:00Z");
        for ms in [0, 46_000, 86_400_000 * 59, 86_400_000 * 800] {
            assert_eq!(SimTime::parse(&SimTime(ms).rfc3339()), Some(SimTime(ms)));
        }
        assert_eq!(SimTime::parse("yesterday"), None);
    }

    #[test]
    fn durations_read_back() {
        for text in ["250ms", "5s", "2m", "1h30m", "1.5s", "0s"] {
            assert_eq!(SimDuration::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "5", "s", "5x", "-5s", "5s3"] {
            assert_eq!(SimDuration::parse(text), None, "{text}");
        }
    }
}
