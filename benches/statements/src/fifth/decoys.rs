//! Posts that look like others and are their own.

use super::texts::Lang;
use super::{DAY, MINUTE, Maker, START, series::Series, topics, words};

impl Maker {
    /// Different texts that quote the same five to eight words.
    pub(super) fn quotes(&mut self) {
        for _ in 0..34 {
            let lang = Lang::ALL[self.chance.below(3)];
            let Some(source) = self.pools[lang as usize].spare.pop() else { continue };
            let words: Vec<&str> = source.split_whitespace().collect();
            let length = 5 + self.chance.below(4);
            let from = self.chance.below(words.len().saturating_sub(length) + 1);
            let quote = words[from..(from + length).min(words.len())].join(" ");
            for _ in 0..2 + self.chance.below(3) {
                let Some(body) = self.pools[lang as usize].bodies.pop() else { break };
                let body = match self.chance.below(3) {
                    0 => format!("«{quote}»\n{body}"),
                    1 => format!("{body}\n\"{quote}\""),
                    _ => {
                        let mut pieces: Vec<&str> = body.split_inclusive([' ', '\n']).collect();
                        let at = self.chance.below(pieces.len());
                        let quote = format!("“{quote}” ");
                        pieces.insert(at, &quote);
                        pieces.concat()
                    }
                };
                let place = (self.channel(lang, |_| true), self.minute());
                self.decoy(("quote", 5), lang, place, &body);
            }
        }
    }

    /// Short texts under a formula as long as themselves.
    pub(super) fn formulas(&mut self) {
        for lang in Lang::ALL {
            for _ in 0..lang.of([48, 36, 36]) {
                let bodies = &mut self.pools[lang as usize].bodies;
                let short = bodies.iter().rposition(|b| b.split_whitespace().count() <= 15);
                let Some(short) = short else { break };
                let body = bodies.swap_remove(short);
                let formula = self.chance.word(words::FORMULAS[lang as usize]);
                let place = (self.channel(lang, |_| true), self.minute());
                let between = self.chance.word(&[":\n", "\n\n", " ", ". "]);
                self.decoy(("formula", 5), lang, place, &format!("{formula}{between}{body}"));
            }
        }
    }

    /// Short bodies in the long frames of few channels. None comes again.
    pub(super) fn short_bodies(&mut self) {
        for lang in Lang::ALL {
            for _ in 0..lang.of([60, 55, 45]) {
                let Some(body) = self.pools[lang as usize].shorts.pop() else { break };
                let framed = |style| matches!(style, "long footer" | "header and footer");
                let channel = self.channel(lang, |c| c.lang == lang && framed(c.style));
                let place = (channel, self.minute());
                self.decoy(("short body", 0), lang, place, &body);
            }
        }
    }

    /// Events told by several channels, each in its own words.
    pub(super) fn topics(&mut self) {
        for _ in 0..60 {
            let lang = Lang::ALL[self.chance.below(3)];
            let at = self.minute();
            for telling in topics::tellings(lang, &mut self.chance) {
                if !self.seen.insert(telling.clone()) {
                    continue;
                }
                let at = at + self.chance.below(600) as i64 * MINUTE;
                let place = (self.channel(lang, |_| true), at);
                self.decoy(("topic", 5), lang, place, &telling);
            }
        }
    }

    /// Series of a channel, a post a day or nearly.
    pub(super) fn series(&mut self) {
        for _ in 0..22 {
            let lang = Lang::ALL[self.chance.below(3)];
            let series = Series::new(lang, &mut self.chance);
            let channel = self.channel(lang, |_| true);
            let hour = 6 + self.chance.below(14) as i64;
            let days = 8 + self.chance.below(23);
            for day in 0..days {
                let body = series.write(day + 1, &mut self.chance);
                if self.chance.one_in(9) || !self.seen.insert(body.clone()) {
                    continue;
                }
                let minutes = hour * 60 + self.chance.below(12) as i64;
                let at = START + day as i64 * DAY + minutes * MINUTE;
                self.decoy(("series", 6), lang, (channel, at), &body);
            }
        }
    }
}
