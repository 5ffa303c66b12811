//! Statements that look like others and are their own.

use crate::post::Role;
use crate::sixth::changes::Bears;
use crate::sixth::edits::sentences;
use crate::sixth::lexicon::{TONGUES, Tongue, Values};
use crate::sixth::{Builder, EACH, OPENING, Said};

/// Texts of four to ten words in each language, and those that heavy frames stand around.
const SHORT: usize = 16;
/// Reports that quote, greetings and pairs of writers in each language.
const REPORTS: usize = 12;
const GREETINGS: usize = 9;

impl Builder {
    pub(super) fn decoys(&mut self, said: &[Said]) {
        for tongue in TONGUES {
            self.shorts(tongue);
            self.greetings(tongue);
            self.writers(tongue);
            self.opposites(tongue);
            self.corrections(tongue);
            let own: Vec<&Said> = said.iter().filter(|said| said.tongue == tongue).collect();
            self.quotes(&own, tongue);
        }
    }

    /// A statement and `copies` at most of it, all of one kind.
    fn own(
        &mut self,
        text: &str,
        tongue: Tongue,
        kind: &'static str,
        copies: usize,
    ) -> Option<Said> {
        let statement = self.claim(text, usize::MAX)?;
        let said = self.first(statement, text, tongue, (Role::Decoy, kind));
        for _ in 0..self.chance.below(copies + 1) {
            self.again(&said, Bears::NoWords, Some((Role::Decoy, kind)));
        }
        Some(said)
    }

    /// Short texts: the same one again word by word, others in the same heavy frames.
    fn shorts(&mut self, tongue: Tongue) {
        for number in 0..SHORT {
            let pattern = self.pattern("short", tongue);
            let text = self.filled(pattern, tongue, &mut Values::new());
            let Some(statement) = self.claim(&text, usize::MAX) else { continue };
            let is_framed = number % 2 == 0;
            let kind = if is_framed { "short in a frame" } else { "short" };
            let mut said = self.first(statement, &text, tongue, (Role::Decoy, kind));
            if is_framed {
                // The first channels of a language wear one heavy frame.
                let channel = tongue as usize * EACH + self.chance.below(3);
                let at = said.at + self.lag();
                self.post((channel, at), &text, vec![statement], (Role::Decoy, kind));
                said.channel = channel;
            }
            for _ in 0..self.chance.below(4) {
                self.again(&said, Bears::LettersOnly, Some((Role::Decoy, kind)));
            }
        }
    }

    /// One greeting and one farewell around different news; some pass the news on without them.
    fn greetings(&mut self, tongue: Tongue) {
        let mut formulas = Vec::new();
        for _ in 0..3 {
            let lexicon = self.lexicon(tongue);
            let list = (lexicon.list("greeting").to_vec(), lexicon.list("closing").to_vec());
            formulas.push((self.chance.word(&list.0), self.chance.word(&list.1)));
        }
        for _ in 0..GREETINGS {
            let pattern = self.pattern("story", tongue);
            let story = self.filled(pattern, tongue, &mut Values::new());
            let mut news = String::new();
            for part in sentences(&story) {
                if news.split(' ').count() < 9 {
                    if !news.is_empty() {
                        news.push(' ');
                    }
                    news.push_str(part);
                }
            }
            let (greeting, closing) = *self.chance.pick(&formulas);
            let Some(statement) = self.claim(&news, OPENING) else { continue };
            let label = (Role::Decoy, "greeting");
            let text = match self.chance.below(3) {
                0 => format!("{greeting} {news}"),
                1 => format!("{greeting}\n\n{news}\n\n{closing}"),
                _ => format!("{greeting}\n{news} {closing}"),
            };
            let said = self.first(statement, &text, tongue, label);
            if self.chance.one_in(2) {
                self.again(&said, Bears::NoWords, Some(label));
            }
            if self.chance.one_in(2) {
                self.again(&Said { body: news, ..said }, Bears::NoWords, Some(label));
            }
        }
    }

    /// Two who write of one event in their own words.
    fn writers(&mut self, tongue: Tongue) {
        for (one, other) in self.lexicon(tongue).pairs("event").collect::<Vec<_>>() {
            let mut values = Values::new();
            for pattern in [one, other] {
                let text = self.filled(pattern, tongue, &mut values);
                self.own(&text, tongue, "same event", 2);
            }
        }
    }

    /// Yes and no in the same words.
    fn opposites(&mut self, tongue: Tongue) {
        for pattern in self.lexicon(tongue).list("opposite").to_vec() {
            let filled = self.filled(pattern, tongue, &mut Values::new());
            let Some((before, rest)) = filled.split_once('<') else { continue };
            let Some((sides, after)) = rest.split_once('>') else { continue };
            for side in sides.split('/') {
                let text = format!("{before}{side}{after}");
                let mut first = text.chars();
                let text = first.next().into_iter().flat_map(char::to_uppercase).chain(first);
                self.own(&text.collect::<String>(), tongue, "opposite", 2);
            }
        }
    }

    /// A note, and later what was wrong in it.
    fn corrections(&mut self, tongue: Tongue) {
        for (note, correction) in self.lexicon(tongue).pairs("correction").collect::<Vec<_>>() {
            let mut values = Values::new();
            for pattern in [note, correction] {
                let text = self.filled(pattern, tongue, &mut values);
                self.own(&text, tongue, "correction", 2);
            }
        }
    }

    /// Reports that quote five to eight words of another statement.
    fn quotes(&mut self, said: &[&Said], tongue: Tongue) {
        let mut quote = String::new();
        let mut reports: Vec<&str> = Vec::new();
        for _ in 0..REPORTS {
            // Each quotation is in two or three reports of different kinds.
            if reports.is_empty() {
                quote = self.run(said);
                reports = self.lexicon(tongue).list("report").to_vec();
                while reports.len() > 2 + self.chance.below(2) {
                    reports.remove(self.chance.below(reports.len()));
                }
            }
            let Some(pattern) = reports.pop() else { continue };
            let mut values = Values::new();
            values.insert("quote".to_owned(), quote.clone());
            let text = self.filled(pattern, tongue, &mut values);
            self.own(&text, tongue, "quote", 1);
        }
    }

    /// Five to eight words on end of one of these, without the marks of a sentence.
    fn run(&mut self, said: &[&Said]) -> String {
        loop {
            let body = &self.chance.pick(said).body;
            let words: Vec<&str> = body.split_whitespace().collect();
            let count = 5 + self.chance.below(4);
            let start = self.chance.below(words.len() - count);
            let run = words[start..start + count].join(" ");
            let run = run.trim_matches(|c: char| !c.is_alphanumeric());
            if !run.contains(|c: char| ".!?؟:«»\"“”()[]*#<>—".contains(c)) {
                return run.to_owned();
            }
        }
    }
}
