//! Posts that hold several statements, and posts that only look like others.

use super::{Builder, DAY, First, MINUTE, TONGUES, language, stories};
use crate::post::Role;

impl Builder {
    /// A decoy in one to `most` channels, its copies changed in letters at most.
    fn decoy(&mut self, text: &str, kind: &'static str, (at, most): (i64, usize)) -> usize {
        let statement = self.new_statement();
        let language = language(text);
        for copy in 0..=self.chance.below(most) {
            let body = match copy {
                0 => text.to_owned(),
                _ => self.lettered(text, language).0,
            };
            let place = (if copy == 0 { at } else { self.later(at) }, self.channel(language));
            self.draft(place, body, vec![statement], (Role::Decoy, kind));
        }
        statement
    }

    /// The same text with one fact changed: another statement, in another channel or the same.
    pub(super) fn other_facts(&mut self, first: &First) {
        let tongue = TONGUES[first.language];
        let changed = stories::other_fact(&first.body, tongue, &mut self.chance);
        let Some((text, kind)) = changed else { return };
        // An opening that another statement has would be that statement.
        let opening = super::edits::sentences(&text).swap_remove(0);
        let is_own = first.body.starts_with(&opening);
        if !self.used.insert(opening) && !is_own {
            return;
        }
        let at = self.later(first.at);
        if self.chance.one_in(4) {
            let statement = self.new_statement();
            self.draft((at, first.channel), text, vec![statement], (Role::Decoy, kind));
        } else {
            self.decoy(&text, kind, (at, 2));
        }
    }

    /// Some statements of a language in one post, each whole; now and then before the others have
    /// them, and passed on by another channel.
    pub(super) fn digests(&mut self, group: &[First]) {
        for number in 0..4 {
            let language = number % 3;
            let tongue = TONGUES[language];
            let mut items: Vec<&First> = Vec::new();
            for _ in 0..40 {
                let item = &group[self.chance.below(group.len())];
                let fits = item.language == language
                    && !items.iter().any(|known| known.statement == item.statement);
                if fits && items.len() < 3 + number {
                    items.push(item);
                }
            }
            if items.len() < 2 {
                continue;
            }
            let style = self.chance.below(4);
            let mut body = self.chance.word(tongue.digest_leads).to_owned();
            for (number, item) in items.iter().enumerate() {
                let text = &item.body;
                body = match style {
                    0 => format!("{body}\n\n{}) {text}", number + 1),
                    1 => format!("{body}\n• {text}"),
                    2 => format!("{body}\n\n📌 {text} (t.me/quayside/{})", 70 + number),
                    _ => format!("{body}\n* * *\n{text}"),
                };
            }
            let early = self.chance.one_in(8);
            let times = items.iter().map(|item| item.at);
            let at = if early {
                times.min().unwrap_or(0) - (1 + self.chance.below(300)) as i64 * MINUTE
            } else {
                let last = times.max().unwrap_or(0);
                self.later(last)
            };
            let kind = if early { "digest first" } else { "digest" };
            let carries: Vec<usize> = items.iter().map(|item| item.statement).collect();
            let channel = self.channel(language);
            let again = self.chance.one_in(4).then(|| (self.later(at), self.channel(language)));
            for place in std::iter::once((at, channel)).chain(again) {
                self.draft(place, body.clone(), carries.clone(), (Role::Digest, kind));
            }
        }
    }

    /// The first words of many: too little of each to carry it.
    pub(super) fn headlines(&mut self, group: &[First]) {
        for (language, tongue) in TONGUES.iter().enumerate() {
            let fitting: Vec<&First> =
                group.iter().filter(|first| first.language == language).collect();
            let mut body = self.chance.word(tongue.headline_leads).to_owned();
            let mut at = 0;
            for first in fitting.iter().take(6) {
                let words = 4 + self.chance.below(5);
                let start: Vec<&str> = first.body.split(' ').take(words).collect();
                body = format!("{body}\n— {}…", start.join(" "));
                at = at.max(first.at);
            }
            let at = self.later(at);
            self.decoy(&body, "headlines", (at, 2));
        }
    }

    /// Another text that quotes five to eight words.
    pub(super) fn quotes(&mut self, group: &[First]) {
        for _ in 0..4 {
            let quoted = &group[self.chance.below(group.len())];
            let Some(other) = self.others.pop() else { return };
            let (at, text) = (self.later(quoted.at), quoted.body.clone());
            let words: Vec<&str> = text.split(' ').collect();
            let length = 5 + self.chance.below(4);
            let from = self.chance.below(words.len().saturating_sub(length).max(1));
            let quote = words[from..(from + length).min(words.len())].join(" ");
            let body = match self.chance.below(3) {
                0 => format!("«{quote}» — {other}"),
                1 => format!("{other} “{quote}”"),
                _ => format!("> {quote}\n{other}"),
            };
            self.decoy(&body, "quote", (at, 1));
        }
    }

    /// What has no original among the statements.
    pub(super) fn decoys(&mut self) {
        self.turned();
        self.bulletins();
        self.formulas();
        self.matters();
        self.shorts();
    }

    /// Two texts that one word sets against each other, in other channels within two days.
    fn turned(&mut self) {
        for tongue in TONGUES {
            for template in tongue.turned {
                let sides = stories::turned(template, tongue, &mut self.chance);
                let at = self.any_time();
                for side in sides {
                    let at = self.later(at);
                    self.decoy(&side, "meaning turned", (at, 3));
                }
            }
        }
    }

    /// Reports of one form: each form at home in two channels, passed on by others.
    fn bulletins(&mut self) {
        for (language, tongue) in TONGUES.iter().enumerate() {
            for (number, template) in tongue.bulletins.iter().enumerate() {
                let homes = [language * 12 + number, language * 12 + (number + 5) % 12];
                let mut at = self.any_time() / 3;
                for issue in 0..10 {
                    at += if issue % 3 == 2 { 40 * MINUTE } else { DAY };
                    let text = stories::fill(template, tongue, &mut self.chance);
                    let mut texts = vec![(text.clone(), "bulletin")];
                    if let Some(text) = turned_round(&text, tongue.list("town")) {
                        texts.push((text, "turned round"));
                    }
                    for (text, kind) in texts {
                        if !self.used.insert(text.clone()) {
                            continue;
                        }
                        let statement = self.new_statement();
                        let home = homes[self.chance.below(2)];
                        let is = (Role::Decoy, kind);
                        self.draft((at, home), text.clone(), vec![statement], is);
                        for _ in 0..self.chance.below(3) {
                            let mut channel = self.channel(language);
                            while homes.contains(&channel) {
                                channel = self.channel(language);
                            }
                            let (at, body) = (self.later(at), self.lettered(&text, language).0);
                            self.draft((at, channel), body, vec![statement], is);
                        }
                    }
                }
            }
        }
    }

    /// Words that many channels put before or after whatever they say, about different things.
    fn formulas(&mut self) {
        for tongue in TONGUES {
            for formula in tongue.formulas {
                for _ in 0..16 {
                    let topic = self.chance.pick(tongue.topics);
                    let (used, chance) = (&mut self.used, &mut self.chance);
                    let body = stories::opening(topic, tongue, used, chance);
                    let text = match self.chance.below(3) {
                        0 => format!("{formula}\n{body}"),
                        1 => format!("{formula} {body}"),
                        _ => format!("{body}\n\n{formula}"),
                    };
                    let at = self.any_time();
                    self.decoy(&text, "formula", (at, 2));
                }
            }
        }
    }

    /// One matter in different words.
    fn matters(&mut self) {
        for tongue in TONGUES {
            for reports in tongue.matters {
                let at = self.any_time();
                for report in *reports {
                    let at = self.later(at);
                    self.decoy(report, "same matter", (at, 2));
                }
            }
        }
    }

    /// A few words: equal ones are the same, a word apart they are not.
    fn shorts(&mut self) {
        for tongue in TONGUES {
            for pair in tongue.shorts {
                for text in pair {
                    let statement = self.new_statement();
                    for _ in 0..4 {
                        let place = (self.any_time(), self.chance.below(super::STEADY));
                        let body = match self.chance.below(3) {
                            0 => format!("{text} 🌿"),
                            1 => text.to_uppercase(),
                            _ => (*text).to_owned(),
                        };
                        self.draft(place, body, vec![statement], (Role::Decoy, "short"));
                    }
                }
            }
        }
    }
}

/// The first two places of a line changed for each other: who came from where, who won.
fn turned_round(text: &str, towns: &[&str]) -> Option<String> {
    let mut found: Vec<(usize, &str)> =
        towns.iter().filter_map(|town| Some((text.find(town)?, *town))).collect();
    found.sort_unstable();
    let [(first, one), (second, other), ..] = found.as_slice() else { return None };
    let (start, middle) = (text.get(..*first)?, text.get(first + one.len()..*second)?);
    let end = text.get(second + other.len()..)?;
    Some(format!("{start}{other}{middle}{one}{end}"))
}
