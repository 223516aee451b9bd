//! Korean particles after names, which end in digits and letters more often than in Hangul.
//!
//! A digit counts as it is read (0 영, 1 일, 2 이 …), a letter by its Korean name (N 엔, X 엑스).

/// A particle with two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Josa {
    /// 은, 는
    EunNeun,
    /// 이, 가
    IGa,
    /// 을, 를
    EulReul,
    /// 과, 와
    GwaWa,
    /// 으로, 로
    EuroRo,
    /// 이라는, 라는
    IraneunRaneun,
    /// 이다, 다
    Ida,
}

/// How the last sound of a word ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Vowel,
    Rieul,
    Consonant,
    Unknown,
}

fn end(word: &str) -> End {
    // Quotes and brackets are not read.
    let Some(last) = word.chars().rev().find(|c| c.is_alphanumeric()) else { return End::Unknown };
    // Names that everybody reads as words, not letter by letter.
    if word.ends_with("web") || word.ends_with("app") {
        return End::Consonant;
    }
    match last.to_ascii_lowercase() {
        '1' | '7' | '8' | 'l' | 'r' => End::Rieul,
        '0' | '3' | '6' | 'm' | 'n' => End::Consonant,
        '2' | '4' | '5' | '9' | 'a'..='z' => End::Vowel,
        c @ '가'..='힣' => match (c as u32 - '가' as u32) % 28 {
            0 => End::Vowel,
            8 => End::Rieul,
            _ => End::Consonant,
        },
        _ => End::Unknown,
    }
}

/// The form of the particle that follows `word`: `particle("web-1", Josa::EulReul)` is `을`.
pub fn particle(word: &str, josa: Josa) -> &'static str {
    let (closed, open, both) = match josa {
        Josa::EunNeun => ("은", "는", "은(는)"),
        Josa::IGa => ("이", "가", "이(가)"),
        Josa::EulReul => ("을", "를", "을(를)"),
        Josa::GwaWa => ("과", "와", "과(와)"),
        Josa::EuroRo => ("으로", "로", "(으)로"),
        Josa::IraneunRaneun => ("이라는", "라는", "(이)라는"),
        Josa::Ida => ("이다", "다", "(이)다"),
    };
    match end(word) {
        End::Vowel => open,
        End::Rieul if josa == Josa::EuroRo => open,
        End::Rieul | End::Consonant => closed,
        End::Unknown => both,
    }
}

/// The word with its particle: `josa("web-1", Josa::EulReul)` is `web-1을`.
pub fn josa(word: &str, kind: Josa) -> String {
    format!("{word}{}", particle(word, kind))
}
