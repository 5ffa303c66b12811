//! Answers that come again unchanged: the bytes are kept once, each look after that refers to them.

use hashbrown::HashMap;
use marsad_capture::{Answer, Ask, INVOKE};
use marsad_evidence::{Hash, merkle::sha256};

use crate::pipeline::exchange::Kept;

/// A shorter body takes no more room than what would be said of it.
const BODY_BYTES_MIN: usize = 512;
/// Addresses that are remembered; beyond, all are forgotten and kept whole once more.
const ADDRESSES_MAX: usize = 50_000;

/// What this watch last kept of each address.
#[derive(Debug, Default)]
pub(super) struct Again {
    kept: HashMap<String, (Hash, Kept)>,
}

impl Again {
    /// The record with these bytes, where the answer is the last one kept of its address.
    pub(super) fn find(&self, ask: &Ask, answer: &Answer) -> Option<&Kept> {
        let (digest, kept) = self.kept.get(&ask.url)?;
        let is_same = kept.status == answer.status && *digest == sha256(&answer.body);
        is_same.then_some(kept)
    }

    /// Remembers where an answer was kept whole.
    pub(super) fn note(&mut self, ask: &Ask, answer: &Answer, kept: Kept) {
        // A revisit has a head of HTTP; what went in another protocol has none.
        if answer.body.len() < BODY_BYTES_MIN || ask.method == INVOKE {
            return;
        }
        if self.kept.len() >= ADDRESSES_MAX && !self.kept.contains_key(&ask.url) {
            self.kept.clear();
        }
        self.kept.insert(ask.url.clone(), (sha256(&answer.body), kept));
    }
}

#[cfg(test)]
mod tests {
    use marsad_capture::Limit;
    use marsad_types::Timestamp;

    use super::*;

    #[test]
    fn what_went_in_the_type_language_is_never_said_to_come_again() {
        let kept = Kept { leaf: 7, id: "<urn:uuid:7>".to_owned(), at: Timestamp(1), status: 200 };
        let body = |byte: u8, length: usize| Answer {
            status: 200,
            headers: Vec::new(),
            body: vec![byte; length],
        };
        let ask = |method: &'static str, url: &str| {
            let lane = ("x".to_owned(), Limit::per_second(1));
            Ask { method, ..Ask::get(url.to_owned(), "telegram-tl", lane) }
        };
        let page = body(b'a', BODY_BYTES_MIN);
        let mut again = Again::default();
        for (method, expected) in [("GET", Some(&kept)), (INVOKE, None)] {
            let ask = ask(method, &format!("{method}://telegram.org/x"));
            assert_eq!(again.find(&ask, &page), None);
            again.note(&ask, &page, kept.clone());
            assert_eq!(again.find(&ask, &page), expected, "{method}");
            assert_eq!(again.find(&ask, &body(b'b', BODY_BYTES_MIN)), None);
        }
        // What is short stands whole each time.
        let (short, get) = (body(b'a', BODY_BYTES_MIN - 1), ask("GET", "https://t.me/y"));
        again.note(&get, &short, kept);
        assert_eq!(again.find(&get, &short), None);
    }
}
