//! Which writing a text is in, from its letters alone: unlike its language, that is no guess.

/// A writing system, by its ISO 15924 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Script(&'static str);

/// Codes and the ranges of their letters; enough for the platforms' common writings.
const RANGES: [(&str, &[(u32, u32)]); 14] = [
    ("latn", &[(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0xFF21, 0xFF5A)]),
    ("cyrl", &[(0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)]),
    ("arab", &[(0x620, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)]),
    ("grek", &[(0x370, 0x3FF), (0x1F00, 0x1FFF)]),
    ("hebr", &[(0x590, 0x5FF), (0xFB1D, 0xFB4F)]),
    ("armn", &[(0x530, 0x58F)]),
    ("geor", &[(0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)]),
    ("ethi", &[(0x1200, 0x139F)]),
    ("deva", &[(0x900, 0x97F)]),
    ("beng", &[(0x980, 0x9FF)]),
    ("thai", &[(0xE00, 0xE7F)]),
    ("hang", &[(0x1100, 0x11FF), (0xAC00, 0xD7AF)]),
    ("kana", &[(0x3040, 0x30FF)]),
    ("hani", &[(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF)]),
];

/// A text is in every script that has at least one letter in so many.
const SHARE: usize = 5;

impl Script {
    /// Reads a code, in any case.
    pub fn parse(written: &str) -> Option<Self> {
        let code = written.to_ascii_lowercase();
        RANGES.iter().find(|(known, _)| *known == code).map(|(known, _)| Self(known))
    }

    /// The code in lower case.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// All codes, for the sentence about an unknown one.
    pub fn codes() -> String {
        RANGES.map(|(code, _)| code).join(" ")
    }
}

/// The scripts of a text: those that a fifth or more of its letters are in.
pub(crate) fn scripts(text: &str) -> Vec<Script> {
    let mut counts = [0usize; RANGES.len()];
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let code = u32::from(c);
        let holds = |ranges: &[(u32, u32)]| ranges.iter().any(|(a, b)| (*a..=*b).contains(&code));
        let found = RANGES.iter().position(|(_, ranges)| holds(ranges));
        if let Some(count) = found.and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let all: usize = counts.iter().sum();
    let enough = |count: usize| count > 0 && count * SHARE >= all;
    let found = RANGES.iter().zip(counts).filter(|(_, count)| enough(*count));
    found.map(|((code, _), _)| Script(code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_the_scripts_of_its_letters() {
        let codes = |text: &str| scripts(text).iter().map(|s| s.as_str()).collect::<Vec<_>>();
        assert_eq!(codes("قطار الليل متأخر"), ["arab"]);
        assert_eq!(codes("Поезд опаздывает, FC"), ["cyrl"]);
        assert_eq!(codes("Night train قطار الليل"), ["latn", "arab"]);
        assert!(codes("12:30 🚆").is_empty());
        assert_eq!(Script::parse("Arab").map(Script::as_str), Some("arab"));
        assert_eq!(Script::parse("xxxx"), None);
    }
}
