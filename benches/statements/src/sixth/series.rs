//! Bulletins of one template: another figure, place, date or score is another statement.

use crate::post::Role;
use crate::sixth::changes::Bears;
use crate::sixth::lexicon::{TONGUES, Tongue, Values};
use crate::sixth::{Builder, HOUR, Said};

/// A list of templates, its kind, and the slots that change from issue to issue (all if none).
const SERIES: [(&str, &str, &[&str]); 5] = [
    ("number", "series number", &["n"]),
    ("where", "series place", &["place", "inplace"]),
    ("when", "series date", &["day", "n", "month"]),
    ("score", "series score", &[]),
    ("several", "series figures", &["n", "hour", "place", "thing"]),
];

impl Builder {
    pub(super) fn series(&mut self) {
        for tongue in TONGUES {
            for (list, kind, changing) in SERIES {
                for pattern in self.lexicon(tongue).list(list).to_vec() {
                    if !self.chance.one_in(3) {
                        self.bulletins(pattern, tongue, kind, changing);
                    }
                }
            }
        }
    }

    /// Issues of one series in one channel, some taken over by others, at times a digest of them.
    fn bulletins(&mut self, pattern: &str, tongue: Tongue, kind: &'static str, changing: &[&str]) {
        let label = (Role::Decoy, kind);
        let channel = self.channel_of(tongue);
        let mut at = self.moment();
        let every = HOUR * i64::from([6, 12, 24][self.chance.below(3)]);
        let mut values = Values::new();
        let mut issues: Vec<Said> = Vec::new();
        for _ in 0..4 + self.chance.below(6) {
            values.retain(|slot, _| !changing.is_empty() && !changing.contains(&kind_of(slot)));
            let body = self.filled(pattern, tongue, &mut values);
            at += every;
            let Some(statement) = self.claim(&body, usize::MAX) else { continue };
            self.post((channel, at), &body, vec![statement], label);
            let said = Said { statement, body, tongue, at, channel };
            for _ in 0..[0, 0, 1, 2][self.chance.below(4)] {
                self.again(&said, Bears::NoWords, Some(label));
            }
            issues.push(said);
        }
        if issues.len() > 3 && self.chance.one_in(4) {
            let count = 2 + self.chance.below(2);
            let items: Vec<&Said> = issues.iter().rev().take(count).collect();
            self.digest(&items, tongue, "digest of a series");
        }
    }
}

/// The list a slot is filled from; `n` for figures.
fn kind_of(slot: &str) -> &str {
    if slot.starts_with('n') && slot.contains('-') {
        return "n";
    }
    slot.trim_end_matches(|c: char| c.is_ascii_digit())
}
