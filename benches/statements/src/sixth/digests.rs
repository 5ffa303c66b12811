//! Several statements in one post.

use crate::post::Role;
use crate::sixth::changes::{Bears, changed};
use crate::sixth::edits::sentences;
use crate::sixth::lexicon::{TONGUES, Tongue, Values};
use crate::sixth::{Builder, DAYS, HOUR, Said, extent};

/// Digests of each language.
const EACH: usize = 22;

impl Builder {
    /// Digests of what was said, some posted again elsewhere.
    pub(super) fn digests(&mut self, said: &[Said]) {
        for tongue in TONGUES {
            let mut own: Vec<&Said> = said.iter().filter(|said| said.tongue == tongue).collect();
            own.sort_by_key(|said| said.at);
            for _ in 0..EACH {
                // Statements near each other in time.
                let count = 2 + self.chance.below(3);
                let start = self.chance.below(own.len().saturating_sub(2 * count));
                let mut items: Vec<&Said> =
                    own.iter().skip(start).take(2 * count).copied().collect();
                while items.len() > count {
                    items.remove(self.chance.below(items.len()));
                }
                let kind = *self.chance.pick(&["digest", "digest", "digest of cut items"]);
                self.digest(&items, tongue, kind);
            }
        }
    }

    /// A post of these statements after the last of them, and sometimes the same post elsewhere.
    pub(super) fn digest(&mut self, items: &[&Said], tongue: Tongue, kind: &'static str) {
        let body = self.listed(items, tongue, kind == "digest of cut items");
        let carries: Vec<usize> = items.iter().map(|said| said.statement).collect();
        let latest = items.iter().map(|said| said.at).max().unwrap_or(0);
        let mut at = latest + HOUR * (1 + self.chance.below(DAYS) as i64);
        let times = if self.chance.one_in(5) { 2 } else { 1 };
        for _ in 0..times {
            let channel = self.channel_of(tongue);
            self.post((channel, at), &body, carries.clone(), (Role::Digest, kind));
            at += self.lag();
        }
    }

    fn listed(&mut self, items: &[&Said], tongue: Tongue, is_cut: bool) -> String {
        let mut values = Values::new();
        let mut line = |builder: &mut Self, list: &str| {
            let pattern = builder.pattern(list, tongue);
            builder.filled(pattern, tongue, &mut values)
        };
        let mut parts = Vec::new();
        if !self.chance.one_in(4) {
            parts.push(line(self, "digesthead"));
        }
        let bullet = *self.chance.pick(&["•", "—", "🔹", "✅", "number", "▪️", "", "*"]);
        for (number, said) in items.iter().enumerate() {
            let mut text = said.body.split_whitespace().collect::<Vec<_>>().join(" ");
            if is_cut {
                text = self.shortened(&text, tongue);
            } else if self.chance.one_in(4) {
                let lexicon = &self.lexicons[tongue as usize];
                text = changed(&text, Bears::LettersOnly, lexicon, &mut self.chance).0;
            }
            parts.push(match bullet {
                "number" => format!("{}. {text}", number + 1),
                "" => text,
                sign => format!("{sign} {text}"),
            });
        }
        if self.chance.one_in(3) {
            parts.push(line(self, "digestend"));
        }
        parts.join(if self.chance.one_in(2) { "\n" } else { "\n\n" })
    }

    /// Its first sentences of at least twelve words, or its beginning and an ellipsis.
    fn shortened(&mut self, text: &str, tongue: Tongue) -> String {
        let parts = sentences(text);
        let mut start = String::new();
        for part in &parts {
            if start.split_whitespace().count() >= 12 {
                break;
            }
            if !start.is_empty() {
                start.push(' ');
            }
            start.push_str(part);
        }
        if start.split_whitespace().count() * 5 >= text.split_whitespace().count() * 2
            && self.chance.one_in(2)
        {
            return start;
        }
        let lexicon = &self.lexicons[tongue as usize];
        extent::cut(text, lexicon, &mut self.chance).unwrap_or_else(|| text.to_owned())
    }
}
