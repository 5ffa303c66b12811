//! Telegram by an account: its own protocol instead of its web preview.
//!
//! `contacts.resolveUsername` turns a name into two numbers, once; `channels.getFullChannel` is the
//! channel; `messages.getHistory` goes down from the newest post (`offset_id`), as far as what is
//! known (`min_id`) or to the first; `channels.getMessages` decides whether a post that a page
//! should have shown is gone.
//!
//! Asked is nothing else: no members, no people, no joining, no pictures. Every question stands in
//! `invokeWithoutUpdates`: Telegram is not to tell what happens in the account.

mod address;
mod line;
mod login;
mod page;
mod session;
mod visit;
mod wire;

pub(crate) use address::LANE;
pub use login::{Code, Login, LoginError, Step as LoginStep, log_out};
pub use session::{Session, SessionError};
pub(crate) use visit::AccountVisit;
pub(crate) use wire::serve;
