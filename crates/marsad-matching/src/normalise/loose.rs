//! The loose form, for search: hamza carriers folded and Arabic affixes off.

use super::{TokenKind, words};

/// Prefixes of Lucene's `ArabicStemmer`, in its order, after our folding.
const PREFIXES: [&str; 7] = ["ال", "وال", "بال", "كال", "فال", "لل", "و"];
/// Suffixes of Lucene's `ArabicStemmer`, in its order; ة is ه and ى is ي by then.
const SUFFIXES: [&str; 8] = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];

/// [`super::norm_std`] with ؤ ئ folded to ء and each Arabic word stemmed lightly; links and
/// mentions in lower case.
pub fn norm_loose(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in words(text) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        match word.kind {
            TokenKind::Link | TokenKind::Mention => joined.push_str(&word.text.to_lowercase()),
            TokenKind::Word | TokenKind::Number => joined.push_str(&loose_word(&word.text)),
        }
    }
    joined
}

/// Folds and stems one word of [`super::words`], once, as Lucene does: stemming again what is a stem
/// already would take letters of the root.
pub fn loose_word(word: &str) -> String {
    let folded = word.replace(['ؤ', 'ئ'], "ء");
    stem(&folded).map_or_else(|| folded.clone(), str::to_owned)
}

fn stem(word: &str) -> Option<&str> {
    if !word.starts_with(|c: char| ('\u{0600}'..='\u{06FF}').contains(&c)) {
        return None;
    }
    let mut rest = word;
    for prefix in PREFIXES {
        let left = if prefix == "و" { 3 } else { 2 };
        if let Some(shorter) = rest.strip_prefix(prefix)
            && shorter.chars().count() >= left
        {
            rest = shorter;
            break;
        }
    }
    for suffix in SUFFIXES {
        if let Some(shorter) = rest.strip_suffix(suffix)
            && shorter.chars().count() >= 2
        {
            rest = shorter;
        }
    }
    Some(rest)
}
