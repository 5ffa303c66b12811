//! Stand-ins of the platforms' public interfaces, for tests, soaks and benchmarks; no product.
//!
//! **What.** [`Telegram`] (t.me's web preview), [`Matrix`] (a homeserver's public rooms),
//! [`RocketChat`] (a workspace, REST and realtime) and [`BotApi`] (TamTam and MAX) hold a state that
//! is posted to, edited, deleted from and renamed, and answer as the platforms do: their paging,
//! their errors, their traps. A file each.
//!
//! **Main path.** Make one, fill it, and either ask it directly ([`Mock::answer`], simulated time,
//! no socket) or put it on a local port ([`serve`]). Before every mock stands a [`Gate`]: a limit,
//! faults, a log of requests. Afterwards `truth()` says what a perfect watcher would know.
//!
//! **Invariants.** An answer depends on the state, the request, its number at the gate and `now_ms`
//! alone: what happens later than `now_ms` is not seen yet, so that a whole year can be written
//! first and watched afterwards (but nothing is to be written into a past that was watched). A fault
//! changes no state. Nothing here reads a clock.
//!
//! ```
//! use marsad_mock::{Mock, Request, Telegram, telegram::Draft};
//!
//! let telegram = Telegram::new();
//! telegram.add_channel("coastweather", "Coast Weather", 15_230, 0);
//! let id = telegram.post("coastweather", 1_000, Draft::text("Fog until noon"))?;
//! telegram.edit("coastweather", id, 2_000, "Fog until two")?;
//! telegram.delete("coastweather", id, 3_000)?;
//! let page = telegram.answer(&Request::get("/s/coastweather"), 2_500).text();
//! assert!(page.contains("Fog until two"));
//! assert_eq!(telegram.truth().posts[0].deleted_ms, Some(3_000));
//! # Ok::<(), marsad_mock::Unknown>(())
//! ```
//!
//! **Not here.** Reading these answers. All texts are the caller's; neutral ones, please.

pub mod botapi;
mod chance;
mod gate;
mod http;
pub mod matrix;
pub mod rocketchat;
mod serve;
pub mod telegram;
mod time;
mod truth;

pub use botapi::BotApi;
pub use gate::{FaultKind, Faults, Gate, Limit, Seen};
pub use http::{Fault, Request, Response};
pub use matrix::Matrix;
pub use rocketchat::RocketChat;
pub use serve::{HandClock, Served, serve};
pub use telegram::Telegram;
pub use truth::{PostKind, TrueChannel, TruePost, TrueVersion, Truth};

use std::fmt;

/// Something that answers as a platform does.
pub trait Mock: Send + Sync {
    /// Answers a request that arrives at `now_ms` (milliseconds since 1970 UTC).
    fn answer(&self, request: &Request, now_ms: i64) -> Response;

    /// Whether the platform would still hold a request that arrived at `asked_ms`, having nothing to
    /// say yet (a long poll). A server asks this until it is false, and then for the answer.
    fn holds(&self, _request: &Request, _asked_ms: i64, _now_ms: i64) -> bool {
        false
    }

    /// Opens a conversation over a websocket, where the platform has one at this path.
    fn talk(&self, _request: &Request, _now_ms: i64) -> Option<Box<dyn Talk>> {
        None
    }
}

/// One side of a conversation over a websocket: texts in, texts out, pure in time as [`Mock`] is.
pub trait Talk: Send {
    /// Takes a text of the client and answers it.
    fn hear(&mut self, text: &str, now_ms: i64) -> Vec<String>;

    /// What the server says by itself until `now_ms`: news, pings.
    fn due(&mut self, now_ms: i64) -> Vec<String>;

    /// Whether the server has hung up by `now_ms`.
    fn is_over(&self, now_ms: i64) -> bool;
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
