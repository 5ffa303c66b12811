//! Platforms to raw exchanges: what to ask, when to ask it, and the asking.
//!
//! **What.** A [`Visit`] to a source is a small machine without a socket: it names the next
//! [`Ask`], hears the [`Answer`], and remembers how far it came in a [`Memory`]. [`Budget`] says
//! when a host may be asked again, [`Schedule`] whose turn it is, [`Fetcher`] asks.
//!
//! **Main path.** [`Source::parse`] → [`Schedule::next`] → [`Connector::visit`] → [`Visit::next`] →
//! [`Budget::ready_at`] → [`Fetcher::send`] → [`Visit::hear`] → … → [`Visit::end`].
//!
//! **Invariants.** Public channels only: what is private is refused in here, by name where the name
//! says so and by the platform's answer otherwise. Nothing is asked but addresses that a connector
//! makes from a source, or that the desk itself names to be told at: no link of a post is followed,
//! no redirect either. What is delivered to us is taken in from whoever shows the secret. Credentials
//! stand in [`Ask::secret`] and [`HookSecret`] alone, which are never kept or printed. No clock but the fetcher's waiting: time
//! comes in as milliseconds.
//!
//! **Not here.** What the bytes mean, where they are kept; the watch list.

mod account;
mod answer;
mod ask;
mod bot_api;
mod budget;
mod connector;
mod fetch;
mod mail;
mod matrix;
mod memory;
#[cfg(feature = "mtproto")]
mod mtproto;
mod page;
mod receive;
mod rocketchat;
mod rpc_error;
mod schedule;
mod socket;
mod source;
mod telegram_web;
mod tell;
mod visit;

pub use account::Account;
pub use answer::{Answer, Missed};
pub use ask::{Ask, INVOKE, Secret};
pub use bot_api::{Hook, HookPlace, HookSecret, HookStanding, HookUpdate, Subscription};
pub use budget::{Budget, Limit};
pub use connector::{Connector, Place, Places};
pub use fetch::{Done, Fetcher};
pub use mail::{Letter, MailServer, Mailer, is_mail_address};
pub use memory::{Memory, RECENT_MAX};
#[cfg(feature = "mtproto")]
pub use mtproto::{Code, Login, LoginError, LoginStep, Session, SessionError, log_out};
pub use receive::{Delivery, Receipts};
pub use rocketchat::{Realtime, RealtimeStep, Saying, Standing};
pub use rpc_error::RpcError;
pub use schedule::{Schedule, Turn};
pub use socket::{Heard as FrameHeard, Overheard};
pub use source::{Source, SourceError};
pub use tell::{matrix_notice, webhook};
pub use visit::{Heard, Look, Nudge, Outcome, Plan, Public, Visit};
