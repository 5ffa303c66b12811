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
