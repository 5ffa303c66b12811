//! Stand-ins of the platforms' public interfaces, for tests, soaks and benchmarks; no product.
//!
//! **What.** [`Telegram`], with a state that is posted to, edited, deleted from and renamed, answers
//! as the platform does: its paging, its errors, its traps. Others follow, a file each.
//!
//! **Main path.** Make one, fill it, and either ask it directly ([`Mock::answer`], simulated time,
//! no socket) or put it on a local port ([`serve`]). Before every mock stands a [`Gate`]: a limit,
//! faults, a log of requests. Afterwards `truth()` says what a perfect watcher would know.
//!
//! **Invariants.** An answer depends on the state, the request, its number at the gate and `now_ms`
//! alone: what happens later than `now_ms` is not seen yet, so that a whole year can be written
//! first and watched afterwards. A fault changes no state. Nothing here reads a clock.
//!
//! **Not here.** Reading these answers. All texts are the caller's; neutral ones, please.

mod chance;
mod gate;
mod http;
mod serve;
pub mod telegram;
mod time;
mod truth;

pub use gate::{FaultKind, Faults, Gate, Limit, Seen};
pub use http::{Fault, Request, Response};
pub use serve::{HandClock, Served, serve};
pub use telegram::Telegram;
pub use truth::{PostKind, TrueChannel, TruePost, TrueVersion, Truth};

use std::fmt;

/// Something that answers as a platform does.
pub trait Mock: Send + Sync {
    /// Answers a request that arrives at `now_ms` (milliseconds since 1970 UTC).
    fn answer(&self, request: &Request, now_ms: i64) -> Response;

    /// Opens a conversation over a websocket, where the platform has one at this path.
    fn talk(&self, _request: &Request) -> Option<Box<dyn Talk>> {
        None
    }
}

/// One side of a conversation over a websocket: texts in, texts out, pure in time as [`Mock`] is.
pub trait Talk: Send {
    /// Takes a text of the client and answers it.
    fn hear(&mut self, text: &str, now_ms: i64) -> Vec<String>;

    /// What the server says by itself until `now_ms`: news, pings.
    fn due(&mut self, now_ms: i64) -> Vec<String>;
}

/// A channel or post that the mock does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mock holds no '{}'", self.0)
    }
}

impl std::error::Error for Unknown {}
