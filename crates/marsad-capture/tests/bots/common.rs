//! What the tests of these connectors share.

use marsad_capture::{Answer, Ask, Heard, Memory, Outcome, Visit};

/// More questions than any visit of these tests takes.
const ASKS_MAX: usize = 5000;

/// An answer in JSON.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> Answer {
    let kind = ("Content-Type".to_owned(), "application/json".to_owned());
    Answer { status, headers: vec![kind], body: body.to_string().into_bytes() }
}

/// What a visit came to.
pub(crate) struct Run {
    pub(crate) memory: Memory,
    /// `None` where it was cut off.
    pub(crate) outcome: Option<Outcome>,
    /// Paths and queries, in the order they were asked.
    pub(crate) asked: Vec<String>,
}

/// Lets a visit ask until it is over or has heard `cut_after` answers. The memory is what a process
/// that ends then would have kept. An answer that is none is given up at the third try.
pub(crate) fn drive(
    mut visit: Box<dyn Visit>,
    cut_after: Option<usize>,
    mut answer: impl FnMut(&Ask) -> Answer,
) -> Run {
    let (mut asked, mut tries) = (Vec::new(), 0);
    // As the clocks of the stand-ins: a connector may count on an hour between a server's and ours.
    let mut at_ms = 1_795_400_000_000;
    while let Some(ask) = visit.next() {
        if cut_after == Some(asked.len()) {
            return Run { memory: visit.memory().clone(), outcome: None, asked };
        }
        assert_eq!(visit.next().as_ref(), Some(&ask), "the question stays the same");
        assert!(asked.len() < ASKS_MAX, "the visit does not end: {ask:?}");
        let path = ask.url.splitn(4, '/').nth(3).unwrap_or_default();
        asked.push(format!("/{path}"));
        at_ms += 100;
        match visit.hear(&answer(&ask), at_ms) {
            Heard::Understood => tries = 0,
            Heard::Again(why) if tries == 2 => visit.give_up(why),
            Heard::Again(_) => tries += 1,
        }
    }
    Run { memory: visit.memory().clone(), outcome: Some(visit.end()), asked }
}

/// The parameters of an address.
pub(crate) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned())
}
