//! What stands before every mock: a limit, faults, a log.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::chance;
use crate::http::{Fault, Request, Response};

/// Requests that the log remembers; older ones are forgotten, so that a soak does not fill memory.
const LOG_MAX: usize = 100_000;

/// How many requests a client may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// So many in any window of `window_ms`.
    pub requests: u32,
    /// Length of the window, which slides.
    pub window_ms: i64,
    /// Whether a request too many is refused, with the platform's own signal; else it is counted
    /// and answered.
    pub refuses: bool,
}

impl Limit {
    /// So many requests a second, counted only.
    pub fn per_second(requests: u32) -> Self {
        Self { requests, window_ms: 1000, refuses: false }
    }

    /// The same limit, refusing what is too much.
    #[must_use]
    pub fn refusing(self) -> Self {
        Self { refuses: true, ..self }
    }
}

/// A way in which a request can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// No answer, ever.
    Silence,
    /// Too many requests, in the platform's own words, though there were not.
    TooMany,
    /// A status of 500 and up.
    Failed(u16),
    /// The body is announced whole, sent in part, and the connection closes.
    CutShort,
    /// The body ends early and looks complete to HTTP: no JSON, half a page.
    Malformed,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Silence,
        Self::TooMany,
        Self::Failed(500),
        Self::Failed(502),
        Self::Failed(503),
        Self::CutShort,
        Self::Malformed,
    ];
}

/// Which requests fail. The same seed fails the same requests, by their number at the gate.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// Chance begins here.
    pub seed: u64,
    /// Share of requests that fail, 0 to 1.
    pub share: f64,
    /// How they fail, each as often.
    pub kinds: Vec<FaultKind>,
    /// Stretches of time, in milliseconds, in which every request is answered 503.
    pub outages: Vec<Range<i64>>,
}

impl Faults {
    /// A share of requests, failing in all ways.
    pub fn new(seed: u64, share: f64) -> Self {
        Self { seed, share, kinds: FaultKind::ALL.to_vec(), outages: Vec::new() }
    }

    /// The same in these ways only.
    #[must_use]
    pub fn of(self, kinds: &[FaultKind]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    /// The same with an outage, from the first instant to before the last.
    #[must_use]
    pub fn with_outage(mut self, outage_ms: Range<i64>) -> Self {
        self.outages.push(outage_ms);
        self
    }

    fn of_request(&self, number: u64, now_ms: i64) -> Option<FaultKind> {
        if self.outages.iter().any(|outage| outage.contains(&now_ms)) {
            return Some(FaultKind::Failed(503));
        }
        let word = chance::word(self.seed, number);
        if chance::unit(word) >= self.share {
            return None;
        }
        self.kinds.get(chance::below(chance::mix(word), self.kinds.len())).copied()
    }
}

/// A request that was seen at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When it arrived, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who sent it.
    pub client: String,
    /// Its method.
    pub method: String,
    /// Its path with the query.
    pub path: String,
    /// The status it was answered with; 0 where nothing was answered, 101 where a websocket was
    /// opened (it counts as no request).
    pub status: u16,
    /// The fault it met.
    pub fault: Option<FaultKind>,
    /// Whether it was one too many for the limit.
    pub is_over_limit: bool,
}

/// What a gate needs to know of the platform behind it.
pub(crate) trait Platform {
    /// Answers; with `Effect::None` without changing anything.
    fn route(&self, request: &Request, now_ms: i64, effect: Effect) -> Response;

    /// Says that there were too many requests and, where the platform does, how long to wait.
    fn too_many(&self, wait_ms: i64, now_ms: i64) -> Response;

    /// Says that the server failed.
    fn failed(&self, status: u16) -> Response;
}

/// Whether an answer may change the state, as a commit of a cursor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Full,
    None,
}

/// The gate of a mock: set a limit and faults here, read what arrived.
#[derive(Debug, Default)]
pub struct Gate {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    limit: Option<Limit>,
    faults: Option<Faults>,
    number: u64,
    over_limit: u64,
    recent: BTreeMap<String, VecDeque<i64>>,
    log: VecDeque<Seen>,
}

impl Gate {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets or lifts the limit.
    pub fn set_limit(&self, limit: Option<Limit>) {
        let mut inner = self.inner();
        inner.limit = limit;
        inner.recent.clear();
    }

    /// Sets or lifts the faults.
    pub fn set_faults(&self, faults: Option<Faults>) {
        self.inner().faults = faults;
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.inner().number
    }

    /// Requests so far that were too many, for this limit or the platform's own.
    pub fn over_limit(&self) -> u64 {
        self.inner().over_limit
    }

    /// The requests so far, the first first; the latest 100,000 of them.
    pub fn log(&self) -> Vec<Seen> {
        self.inner().log.iter().cloned().collect()
    }

    /// Forgets the log; counts go on.
    pub fn clear_log(&self) {
        self.inner().log.clear();
    }

    /// Writes down that a websocket was opened.
    pub(crate) fn note_talk(&self, request: &Request, now_ms: i64) {
        self.inner().note(Seen { status: 101, ..Seen::of(request, now_ms) });
    }

    /// Lets a request in, or not, and writes down what became of it.
    pub(crate) fn pass(&self, platform: &dyn Platform, request: &Request, now_ms: i64) -> Response {
        let (wait_ms, refuses, fault) = self.inner().judge(request, now_ms);
        let too_many = wait_ms.filter(|_| refuses);
        let response = match (too_many, fault) {
            (Some(wait_ms), _) => platform.too_many(wait_ms, now_ms),
            (None, None) => platform.route(request, now_ms, Effect::Full),
            (None, Some((kind, word))) => broken(platform, request, now_ms, (kind, word)),
        };
        let mut inner = self.inner();
        let is_over_limit = wait_ms.is_some() || response.is_too_many() && fault.is_none();
        inner.over_limit += u64::from(is_over_limit);
        let is_silent = response.fault == Some(Fault::Silence);
        inner.note(Seen {
            status: if is_silent { 0 } else { response.status },
            fault: fault.map(|(kind, _)| kind).filter(|_| too_many.is_none()),
            is_over_limit,
            ..Seen::of(request, now_ms)
        });
        response
    }
}

impl Seen {
    fn of(request: &Request, at_ms: i64) -> Self {
        Self {
            at_ms,
            client: request.client.clone(),
            method: request.method.clone(),
            path: request.path.clone(),
            status: 0,
            fault: None,
            is_over_limit: false,
        }
    }
}

impl Inner {
    fn note(&mut self, seen: Seen) {
        if self.log.len() >= LOG_MAX {
            self.log.pop_front();
        }
        self.log.push_back(seen);
    }

    /// How long the client should have waited, whether that is refused, and the fault, if any.
    fn judge(
        &mut self,
        request: &Request,
        now_ms: i64,
    ) -> (Option<i64>, bool, Option<(FaultKind, u64)>) {
        let number = self.number;
        self.number += 1;
        let fault = self.faults.as_ref().and_then(|faults| {
            let kind = faults.of_request(number, now_ms)?;
            Some((kind, chance::word(faults.seed.wrapping_add(1), number)))
        });
        let Some(limit) = self.limit else { return (None, false, fault) };
        let recent = self.recent.entry(request.client.clone()).or_default();
        while recent.front().is_some_and(|at| at + limit.window_ms <= now_ms) {
            recent.pop_front();
        }
        if recent.len() < limit.requests as usize {
            recent.push_back(now_ms);
            return (None, limit.refuses, fault);
        }
        let wait_ms = recent.front().map_or(limit.window_ms, |at| at + limit.window_ms - now_ms);
        (Some(wait_ms), limit.refuses, fault)
    }
}

fn broken(
    platform: &dyn Platform,
    request: &Request,
    now_ms: i64,
    (kind, word): (FaultKind, u64),
) -> Response {
    match kind {
        FaultKind::Silence => Response { fault: Some(Fault::Silence), ..Response::default() },
        FaultKind::TooMany => platform.too_many(1000 + chance::below(word, 30_000) as i64, now_ms),
        FaultKind::Failed(status) => platform.failed(status),
        FaultKind::CutShort | FaultKind::Malformed => {
            let mut whole = platform.route(request, now_ms, Effect::None);
            if whole.body.is_empty() {
                // There is nothing to cut.
                return platform.failed(502);
            }
            // At least the last byte is missing, so that JSON never stays whole.
            let kept = chance::below(word, whole.body.len());
            if kind == FaultKind::CutShort {
                whole.fault = Some(Fault::CutShort(kept));
            } else {
                whole.body.truncate(kept);
            }
            whole
        }
    }
}

impl Response {
    /// Whether a platform refuses for too many requests.
    fn is_too_many(&self) -> bool {
        self.status == 429 || self.status == 420
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Platform for Echo {
        fn route(&self, _: &Request, now_ms: i64, effect: Effect) -> Response {
            Response::new(200, "text/plain", format!("{now_ms} {effect:?} and some more"))
        }

        fn too_many(&self, wait_ms: i64, _: i64) -> Response {
            Response::new(429, "text/plain", wait_ms.to_string())
        }

        fn failed(&self, status: u16) -> Response {
            Response::new(status, "text/plain", "failed")
        }
    }

    fn from(client: &str) -> Request {
        Request { client: client.to_owned(), ..Request::get("/x") }
    }

    #[test]
    fn a_limit_is_per_client_and_its_window_slides() {
        let gate = Gate::default();
        gate.set_limit(Some(Limit::per_second(2).refusing()));
        let statuses = |client: &str, times: &[i64]| -> Vec<u16> {
            times.iter().map(|at| gate.pass(&Echo, &from(client), *at).status).collect()
        };
        assert_eq!(statuses("a", &[0, 600, 900, 1000, 1500, 1600]), [200, 200, 429, 200, 429, 200]);
        assert_eq!(statuses("b", &[1600]), [200]);
        assert_eq!(gate.over_limit(), 2);
        assert_eq!(gate.requests(), 7);
        assert!(gate.log()[2].is_over_limit);
    }

    #[test]
    fn a_limit_that_only_counts_refuses_nothing() {
        let gate = Gate::default();
        gate.set_limit(Some(Limit::per_second(1)));
        let statuses: Vec<u16> =
            [0, 1, 2].iter().map(|at| gate.pass(&Echo, &from("a"), *at).status).collect();
        assert_eq!(statuses, [200, 200, 200]);
        assert_eq!(gate.over_limit(), 2);
    }

    #[test]
    fn faults_come_in_their_share_and_again_with_the_same_seed() {
        let run = |seed: u64| -> Vec<Option<FaultKind>> {
            let gate = Gate::default();
            gate.set_faults(Some(Faults::new(seed, 0.3)));
            for at in 0..2000 {
                gate.pass(&Echo, &from("a"), at);
            }
            gate.log().into_iter().map(|seen| seen.fault).collect()
        };
        let first = run(7);
        assert_eq!(first, run(7));
        assert_ne!(first, run(8));
        let failed = first.iter().flatten().count();
        assert!((500..700).contains(&failed), "{failed} of 2000");
        for kind in FaultKind::ALL {
            assert!(first.contains(&Some(kind)), "{kind:?}");
        }
    }

    #[test]
    fn a_fault_has_no_effect_and_damages_the_body() {
        let gate = Gate::default();
        gate.set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::CutShort])));
        let whole = gate.pass(&Echo, &from("a"), 5);
        assert_eq!(whole.text(), "5 None and some more");
        let Some(Fault::CutShort(after)) = whole.fault else { panic!("{whole:?}") };
        assert!(after < whole.body.len());
        gate.set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::Malformed])));
        assert!(gate.pass(&Echo, &from("a"), 5).body.len() < whole.body.len());
        gate.set_faults(Some(Faults::new(1, 1.0).of(&[FaultKind::Silence])));
        assert_eq!(gate.pass(&Echo, &from("a"), 5).fault, Some(Fault::Silence));
        assert_eq!(gate.log()[2].status, 0);
        assert_eq!(gate.over_limit(), 0);
    }

    #[test]
    fn an_outage_is_a_stretch_of_503() {
        let gate = Gate::default();
        gate.set_faults(Some(Faults::new(1, 0.0).with_outage(10..20)));
        let statuses: Vec<u16> =
            [9, 10, 19, 20].iter().map(|at| gate.pass(&Echo, &from("a"), *at).status).collect();
        assert_eq!(statuses, [200, 503, 503, 200]);
    }
}
