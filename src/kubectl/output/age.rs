//! Durations and moments as kubectl prints them (K51, K92).

use crate::api::Value;
use crate::sim::SimTime;

/// `45s`, `2m6s`, `3h5m`, …: the first fitting row of K51, truncated.
pub fn human(secs: i64) -> String {
    let (m, h, d) = (secs / 60, secs / 3600, secs / 86_400);
    let pair = |big: i64, unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{small_unit}") }
    };
    match secs {
        ..-1 => "<invalid>".to_string(),
        -1 => "0s".to_string(),
        0..120 => format!("{secs}s"),
        120..600 => pair(m, "m", secs % 60, "s"),
        600..10_800 => format!("{m}m"),
        10_800..28_800 => pair(h, "h", m % 60, "m"),
        28_800..172_800 => format!("{h}h"),
        172_800..691_200 => pair(d, "d", h % 24, "h"),
        691_200..63_072_000 => format!("{d}d"),
        63_072_000..252_288_000 => pair(d / 365, "y", d % 365, "d"),
        _ => format!("{}y", d / 365),
    }
}

/// The time from a timestamp of an object to now; `<unknown>` without one.
pub fn since(timestamp: &Value, now: SimTime) -> String {
    match SimTime::parse(timestamp.str()) {
        Some(at) => between(at, now),
        None => "<unknown>".to_string(),
    }
}

/// The time from one moment to another.
pub fn between(from: SimTime, to: SimTime) -> String {
    human((to.as_millis() as i64 - from.as_millis() as i64) / 1000)
}

/// `Fri, 20 Nov 2026 17:50:52 +0000`, as `describe` prints moments (K92).
pub fn long(timestamp: &Value) -> String {
    let Some(at) = SimTime::parse(timestamp.str()) else { return "<unset>".to_string() };
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    const DAYS: &[u8; 21] = b"SunMonTueWedThuFriSat";
    let ((year, month, day), secs) = at.calendar();
    let three = |names: &[u8], i: i64| String::from_utf8_lossy(&names[i as usize * 3..][..3]).into_owned();
    // 2026-01-01, at which every run begins, was a Thursday.
    let weekday = (4 + at.as_millis() as i64 / 86_400_000) % 7;
    format!(
        "{}, {day:02} {} {year} {:02}:{:02}:{:02} +0000",
        three(DAYS, weekday),
        three(MONTHS, month - 1),
        secs / 3600,
        secs / 60 % 60,
        secs % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k51_every_row_of_the_table() {
        for (secs, text) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (126, "2m6s"),
            (599, "9m59s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_800, "3h"),
            (11_100, "3h5m"),
            (28_800, "8h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (183_600, "2d3h"),
            (691_200, "8d"),
            (400 * 86_400, "400d"),
            (730 * 86_400, "2y"),
            (765 * 86_400, "2y35d"),
            (8 * 365 * 86_400, "8y"),
        ] {
            assert_eq!(human(secs), text);
        }
    }

    #[test]
    fn k92_moments_have_a_week_day() {
        assert_eq!(long(&"2026-01-01T00:00:46Z".into()), "Thu, 01 Jan 2026 00:00:46 +0000");
        assert_eq!(long(&"2026-11-20T17:50:52Z".into()), "Fri, 20 Nov 2026 17:50:52 +0000");
    }
}
